//! What other servers are told of a change here, in the transaction that makes it: the activity, and a delivery for each place where
//! somebody hears of it.
//!
//! Followers of a board hear of its threads, or of everything; those of a thread hear of its comments; those of a person of what the
//! person writes; whoever is answered or mentioned of that. Followers whose servers keep groups themselves hear everything, whole
//! (`regroup`). Where nobody is to hear of it nothing is written down.

use std::collections::HashMap;

use domain::{ActorId, BoardId, CommentId, Level, Origin, ThreadId, Time};
use federation::nodeinfo::hears_of_reports;
use federation::wire::addresses::{Addresses, OurActor, Side};
use federation::wire::build::{self, Announced, Deletion, Document, Heading, Named, Note};
use storage::actors::Actor;
use storage::approvals::Wish;
use storage::follows::{self, Address, Followed};
use storage::outbox::{self, Activity, Reach};
use storage::remotes::{self, Presence, Remote};
use storage::reports::Report;
use storage::threads::{Author, Thread};
use storage::votes::Vote;
use storage::{Read, Write, announcements, boards, comments, objects, peers};

use super::approval;
use super::notes::{self, Seen};
use super::pairs;
use super::policy;
use super::regroup::{self, Circle, Done, Heard, Passed};
use crate::sanctions::known;
use crate::{Ctx, Result, quiet};

/// Where a comment is at home.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Home<'a> {
    /// Here; by the person of that name.
    Here(&'a str),
    /// The same, and it was told before, perhaps also that it is gone: this is said under a number of its own.
    Again(&'a str),
    /// By the person of that name, and it is made known to nobody but those who follow that person.
    Quiet(&'a str),
    /// On another server, from which it was fetched: it is made known to our followers, and everything else is its home's.
    Elsewhere,
    /// On another server, which said this of it.
    Heard(&'a Heard),
}

impl<'a> Home<'a> {
    /// Of what somebody here has written who is dealt with like that.
    pub(crate) fn of(name: &'a str, level: Level) -> Self {
        if level == Level::Limit { Self::Quiet(name) } else { Self::Here(name) }
    }
}

/// Something to be said.
struct Saying<'a> {
    /// Who says it.
    actor: &'a OurActor,
    /// What, under the number it is given.
    document: Document,
    number: i64,
    reach: Reach,
    /// The comment whose words are in it.
    words_of: Option<CommentId>,
}

fn say(tx: &mut Write, ctx: &Ctx, saying: Saying<'_>, to: &[Address]) -> Result<()> {
    if to.is_empty() { Ok(()) } else { bring(tx, ctx, saying, to) }
}

fn bring(tx: &mut Write, ctx: &Ctx, saying: Saying<'_>, to: &[Address]) -> Result<()> {
    let to = policy::spoken_to(tx, ctx, to)?;
    utter(tx, ctx, saying, &to)
}

/// The same, also to those who are not spoken to any more.
fn utter(tx: &mut Write, ctx: &Ctx, saying: Saying<'_>, to: &[Address]) -> Result<()> {
    let Saying { actor, document, number, reach, words_of } = saying;
    let Some(signer) = pairs::holder(tx, actor)? else { return Ok(()) };
    let key_id = ctx.elsewhere().addresses().key(actor);
    let (body, created) = (document.json(), ctx.now());
    let activity = Activity { id: number, body, signer, key_id, reach, created, words_of };
    Ok(outbox::say(tx, &activity, to, || ctx.id())?)
}

/// Says something about a comment to these, and whole to those in the circle. It is kept also where only the circle hears of it: there it
/// may be looked for under its id.
fn tell(tx: &mut Write, ctx: &Ctx, saying: Saying<'_>, to: Vec<Address>, circle: &Circle) -> Result<()> {
    let to = circle.others(to);
    if to.is_empty() && circle.is_empty() {
        return Ok(());
    }
    let done = Done { document: saying.document.clone(), reach: saying.reach, words_of: saying.words_of };
    bring(tx, ctx, saying, &to)?;
    regroup::done(tx, ctx, circle, &done)
}

/// A comment has been published.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub(crate) fn published(tx: &mut Write, ctx: &Ctx, id: CommentId, home: Home<'_>) -> Result<()> {
    if let Home::Quiet(name) = home {
        return to_followers(tx, ctx, id, name, build::create);
    }
    if nobody_hears(tx)? || (!matches!(home, Home::Here(_) | Home::Again(_)) && nobody_follows(tx, id)?) {
        return Ok(());
    }
    let Some(line) = comments::lines(tx, &[id])?.pop() else { return Ok(()) };
    let Some(thread) = storage::threads::find(tx, line.thread)? else { return Ok(()) };
    let circle = Circle::of(tx, &thread)?;
    let passed = match home {
        Home::Here(name) | Home::Again(name) => {
            let number = if matches!(home, Home::Again(_)) { ctx.id() } else { id.0 };
            let to = listeners(tx, ctx, id, &line.author)?;
            if !(to.is_empty() && circle.is_empty())
                && let Some(note) = ours(tx, ctx, id)?
            {
                let actor = OurActor::Person(name.to_owned());
                let document = build::create(heading(ctx, number, &actor), &note);
                let saying = Saying { actor: &actor, document, number, reach: Reach::Public, words_of: Some(id) };
                tell(tx, ctx, saying, to, &circle)?;
            }
            Passed::On
        }
        Home::Heard(heard) => regroup::heard(tx, ctx, &circle, (heard, Some(id)))?,
        Home::Elsewhere | Home::Quiet(_) => Passed::Not,
    };
    let object = notes::id(tx, ctx, id)?;
    if passed == Passed::Not {
        regroup::name(tx, ctx, &circle, &object)?;
    }
    // What stands on a board elsewhere is passed on by that board.
    if !thread.is_ours() {
        return Ok(());
    }
    announce(tx, ctx, (id, object, matches!(home, Home::Again(_))), Place::of(&thread), &circle)
}

/// Says something of a comment to those alone who follow its author.
fn to_followers(
    tx: &mut Write,
    ctx: &Ctx,
    id: CommentId,
    name: &str,
    said: fn(Heading<'_>, &Note) -> Document,
) -> Result<()> {
    let Some(spot) = comments::spot(tx, id)? else { return Ok(()) };
    let to = follows::addresses(tx, &[Followed::Person(spot.author)])?;
    let note = if to.is_empty() { None } else { ours(tx, ctx, id)? };
    let Some(note) = note else { return Ok(()) };
    let (actor, number) = (OurActor::Person(name.to_owned()), ctx.id());
    let document = said(heading(ctx, number, &actor), &note);
    say(tx, ctx, Saying { actor: &actor, document, number, reach: Reach::Public, words_of: Some(id) }, &to)
}

/// Whether nobody on any other server has ever been met: then there is nobody to look for.
fn nobody_hears(tx: &mut Write) -> Result<bool> {
    Ok(!remotes::any(tx)?)
}

/// Whether nobody follows where a comment stands: then what comes from elsewhere is passed on to nobody.
fn nobody_follows(tx: &mut Write, id: CommentId) -> Result<bool> {
    let Some(spot) = comments::spot(tx, id)? else { return Ok(true) };
    let there = [Followed::Everything(spot.board), Followed::Threads(spot.board), Followed::Thread(spot.thread)];
    Ok(!follows::any(tx, &there)?)
}

/// Where a comment stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    board: BoardId,
    name: &'a str,
    thread: ThreadId,
}

impl<'a> Place<'a> {
    pub(super) fn of(thread: &'a Thread) -> Self {
        Self { board: thread.board, name: &thread.board_name, thread: thread.id }
    }
}

/// The board and the thread pass a comment on to those who follow them and are not in the circle. `again`: under another id, for servers that
/// take nothing twice; our own is taken back with a `Delete`, so that nobody has to know the id then.
pub(super) fn announce(
    tx: &mut Write,
    ctx: &Ctx,
    (comment, object, again): (CommentId, String, bool),
    at: Place<'_>,
    circle: &Circle,
) -> Result<()> {
    for (actor, followed) in announcers(comment, at) {
        let to = circle.others(follows::addresses(tx, &[followed])?);
        if to.is_empty() {
            continue;
        }
        let number = ctx.id();
        let document = if again {
            build::announce(heading(ctx, number, &actor), Announced::Id(object.clone()), ctx.now().0)
        } else {
            announcement(tx, ctx, (number, &actor), (comment, object.clone()))?
        };
        say(tx, ctx, Saying { actor: &actor, document, number, reach: Reach::Public, words_of: None }, &to)?;
    }
    Ok(())
}

/// Who announces a comment, and to the followers of what.
fn announcers(comment: CommentId, at: Place<'_>) -> [(OurActor, Followed); 2] {
    let all = (OurActor::BoardAll(at.name.to_owned()), Followed::Everything(at.board));
    let one = if comment == at.thread.root() {
        (OurActor::Board(at.name.to_owned()), Followed::Threads(at.board))
    } else {
        (OurActor::Thread(at.thread), Followed::Thread(at.thread))
    };
    [one, all]
}

/// A comment is announced under an id that is known of the comment, so that it can be taken back.
fn announcement(
    tx: &mut Read,
    ctx: &Ctx,
    (number, actor): (i64, &OurActor),
    (comment, object): (CommentId, String),
) -> Result<Document> {
    let document = build::announce(heading(ctx, number, actor), Announced::Id(object), ctx.now().0);
    let before = announcements::taken_back(tx, comment)?;
    Ok(document.called(ctx.elsewhere().addresses().announcement(actor, comment, before)))
}

/// A comment that is at home elsewhere is to be seen here no longer: whoever has announced it takes that back, for its home may know nothing
/// of those who heard of it from us. Of our own the author's `Delete` says enough.
pub(crate) fn unannounced(tx: &mut Write, ctx: &Ctx, id: CommentId) -> Result<()> {
    let home = objects::of_comments(tx, &[id])?.remove(&id).filter(|home| home.announced);
    let (Some(home), Some(spot)) = (home, comments::spot(tx, id)?) else { return Ok(()) };
    let thread = storage::threads::find(tx, spot.thread)?.filter(Thread::is_ours);
    let Some(thread) = thread else { return Ok(()) };
    let circle = Circle::of(tx, &thread)?;
    taken_back(tx, ctx, (id, home.uri), Place::of(&thread), &circle)
}

/// Whoever has announced a comment takes that back from those who follow them and are not in the circle.
pub(super) fn taken_back(
    tx: &mut Write,
    ctx: &Ctx,
    (id, object): (CommentId, String),
    at: Place<'_>,
    circle: &Circle,
) -> Result<()> {
    let mut heard = false;
    for (actor, followed) in announcers(id, at) {
        let to = circle.others(follows::addresses(tx, &[followed])?);
        heard |= !to.is_empty();
        let number = ctx.id();
        let announced = announcement(tx, ctx, (number, &actor), (id, object.clone()))?;
        let document = build::undo(heading(ctx, number, &actor), &announced);
        let saying = Saying { actor: &actor, document, number, reach: Reach::Addressed, words_of: None };
        say(tx, ctx, saying, &to)?;
    }
    if heard { Ok(announcements::take_back(tx, id)?) } else { Ok(()) }
}

/// Somebody here asks to answer what this author wrote, who alone hears of it: at the inbox that is the author's own. Servers that know no
/// requests wait for the comment itself, as it would have been sent.
pub(crate) fn asked_to_answer(
    tx: &mut Write,
    ctx: &Ctx,
    (comment, request): (CommentId, i64),
    name: &str,
    author: ActorId,
) -> Result<()> {
    let Some((author, to)) = own_inbox(tx, author)? else { return Ok(()) };
    let Some(note) = notes::to_be_allowed(tx, ctx, comment)? else { return Ok(()) };
    let (actor, number) = (OurActor::Person(name.to_owned()), ctx.id());
    let asked = build::ask_to_reply(heading(ctx, request, &actor), &note, &author.uri);
    let created = build::create(heading(ctx, number, &actor), &note);
    for (document, number) in [(asked, request), (created, number)] {
        let saying = Saying { actor: &actor, document, number, reach: Reach::Addressed, words_of: Some(comment) };
        say(tx, ctx, saying, &to)?;
    }
    Ok(())
}

/// What somebody here asked to answer with is taken back before it was allowed.
pub(crate) fn unasked(tx: &mut Write, ctx: &Ctx, comment: CommentId, name: &str, author: ActorId) -> Result<()> {
    let Some((_, to)) = own_inbox(tx, author)? else { return Ok(()) };
    let Some(line) = comments::lines(tx, &[comment])?.pop() else { return Ok(()) };
    let Some(thread) = storage::threads::find(tx, line.thread)? else { return Ok(()) };
    let (actor, number) = (OurActor::Person(name.to_owned()), ctx.id());
    let (object, board) = (ctx.elsewhere().addresses().comment(comment), notes::board(tx, ctx, &thread)?);
    let document = build::delete(heading(ctx, number, &actor), &object, &board, Deletion::Author);
    say(tx, ctx, Saying { actor: &actor, document, number, reach: Reach::Addressed, words_of: None }, &to)
}

/// Somebody here asks to like what this author wrote.
pub(crate) fn asked_to_like(tx: &mut Write, ctx: &Ctx, wish: Wish, name: &str, author: ActorId) -> Result<()> {
    let Some((author, to)) = own_inbox(tx, author)? else { return Ok(()) };
    let (actor, number) = (OurActor::Person(name.to_owned()), wish.request);
    let (object, like) = wanted(tx, ctx, &wish, (&actor, name), &author)?;
    let document = build::ask_to_like(heading(ctx, number, &actor), &like, &object, &author.uri);
    say(tx, ctx, Saying { actor: &actor, document, number, reach: Reach::Addressed, words_of: None }, &to)
}

/// Somebody here does not want to like it any more.
pub(crate) fn unwished(tx: &mut Write, ctx: &Ctx, wish: Wish, name: &str, author: ActorId) -> Result<()> {
    let Some((author, to)) = own_inbox(tx, author)? else { return Ok(()) };
    let (actor, number) = (OurActor::Person(name.to_owned()), ctx.id());
    let (_, like) = wanted(tx, ctx, &wish, (&actor, name), &author)?;
    let document = build::undo(heading(ctx, number, &actor), &like);
    say(tx, ctx, Saying { actor: &actor, document, number, reach: Reach::Addressed, words_of: None }, &to)
}

/// The id of what somebody wants to like, and the like.
fn wanted(
    tx: &mut Write,
    ctx: &Ctx,
    wish: &Wish,
    (actor, name): (&OurActor, &str),
    author: &Remote,
) -> Result<(String, Document)> {
    let object = notes::id(tx, ctx, wish.comment)?;
    let like = build::like(heading(ctx, wish.request, actor), &object, &[&author.uri]);
    Ok((object, like.called(approval::like(ctx, wish, name))))
}

/// The answer to a request from elsewhere: yes, with the number of the permission, or no.
pub(crate) fn permitted(
    tx: &mut Write,
    ctx: &Ctx,
    actor: &OurActor,
    (request, permission): (build::Request<'_>, Option<i64>),
    by: &Remote,
) -> Result<()> {
    let number = ctx.id();
    let heading = heading(ctx, number, actor);
    let document = match permission {
        Some(permission) => build::allow(heading, request, permission),
        None => build::deny(heading, request),
    };
    let to: Vec<Address> = follows::address(by.inbox.clone()).into_iter().collect();
    say(tx, ctx, Saying { actor, document, number, reach: Reach::Addressed, words_of: None }, &to)
}

/// An author elsewhere who is still there, and the inbox that is theirs alone.
fn own_inbox(tx: &mut Write, author: ActorId) -> Result<Option<(Remote, Vec<Address>)>> {
    let author = there(tx, author)?;
    Ok(author.map(|author| {
        let to = follows::address(author.inbox.clone()).into_iter().collect();
        (author, to)
    }))
}

/// The host on which somebody is at home.
pub(crate) fn host(of: &Remote) -> Option<String> {
    follows::address(of.inbox.clone()).map(|address| address.host)
}

/// A comment of ours has other words.
pub(crate) fn edited(tx: &mut Write, ctx: &Ctx, id: CommentId, home: Home<'_>) -> Result<()> {
    if let Home::Quiet(name) = home {
        return to_followers(tx, ctx, id, name, build::update);
    }
    let Home::Here(name) = home else { return Ok(()) };
    if nobody_hears(tx)? {
        return Ok(());
    }
    let Some(line) = comments::lines(tx, &[id])?.pop() else { return Ok(()) };
    let Some(around) = Around::of(tx, ctx, line.thread, line.author.id)? else { return Ok(()) };
    let to = everybody(tx, ctx, id, &around)?;
    if to.is_empty() && around.circle.is_empty() {
        return Ok(());
    }
    let Some(note) = ours(tx, ctx, id)? else { return Ok(()) };
    let (actor, number) = (OurActor::Person(name.to_owned()), ctx.id());
    let document = build::update(heading(ctx, number, &actor), &note);
    let saying = Saying { actor: &actor, document, number, reach: Reach::Public, words_of: Some(id) };
    tell(tx, ctx, saying, to, &around.circle)
}

/// A comment of ours is about to be taken back by its author. Called before it is: afterwards nothing is known of who is to hear of it.
pub(crate) fn withdrawn(tx: &mut Write, ctx: &Ctx, id: CommentId, home: Home<'_>) -> Result<()> {
    let Home::Here(name) = home else { return Ok(()) };
    if nobody_hears(tx)? {
        return Ok(());
    }
    let Some(line) = comments::lines(tx, &[id])?.pop() else { return Ok(()) };
    if !line.state.stands() {
        return approval::called_off(tx, ctx, id, name);
    }
    let Some(around) = Around::of(tx, ctx, line.thread, line.author.id)? else { return Ok(()) };
    withdraw(tx, ctx, (id, name), &around)
}

/// Deliveries that are written in one transaction, as far as they can be told before: others wait to write.
const MOST_AT_ONCE: usize = 2_000;
/// Restored, a comment is told of three times at most: that its deletion is taken back, that it is there, and by those who announce it.
const TOLD: usize = 3;

/// How many of these comments of somebody, from the first, are told of in one transaction; one at least. Who answered them and who is mentioned
/// is not counted: it is looked up for each, and they are few beside those who follow.
pub(crate) fn as_many(tx: &mut Write, ctx: &Ctx, author: ActorId, those: &[(CommentId, ThreadId)]) -> Result<usize> {
    let (mut told, mut fit) = (0, 0);
    around_each(tx, ctx, author, those, |_, _, around| {
        told += TOLD * (around.to.len() + around.circle.len());
        fit += usize::from(told <= MOST_AT_ONCE);
        Ok(())
    })?;
    Ok(if told <= MOST_AT_ONCE { those.len() } else { fit.max(1) })
}

/// Comments of somebody here, which stand, are about to be removed by a moderator: a few hundred at most.
pub(crate) fn all_removed(tx: &mut Write, ctx: &Ctx, author: &Actor, those: &[(CommentId, ThreadId)]) -> Result<()> {
    around_each(tx, ctx, author.id, those, |tx, id, around| withdraw(tx, ctx, (id, &author.name), around))
}

/// They stand again: that they were deleted is taken back, and they are said anew, for those who know of no such thing and have forgotten
/// them.
pub(crate) fn all_restored(tx: &mut Write, ctx: &Ctx, author: &Actor, those: &[(CommentId, ThreadId)]) -> Result<()> {
    around_each(tx, ctx, author.id, those, |tx, id, around| {
        let to = everybody(tx, ctx, id, around)?;
        let (actor, number) = (OurActor::Person(author.name.clone()), ctx.id());
        let document = build::undo(heading(ctx, number, &actor), &deletion(ctx, (id, ctx.id()), &actor, around));
        let saying = Saying { actor: &actor, document, number, reach: Reach::Addressed, words_of: None };
        tell(tx, ctx, saying, to, &around.circle)?;
        let is_quiet = is_quiet(tx, ctx, id)?;
        published(tx, ctx, id, if is_quiet { Home::Quiet(&author.name) } else { Home::Again(&author.name) })
    })
}

/// Whether what stands again is for those alone who follow its author: somebody against whom something is decided is not made known anew.
pub(super) fn is_quiet(tx: &mut Read, ctx: &Ctx, id: CommentId) -> Result<bool> {
    let Some(spot) = comments::spot(tx, id)? else { return Ok(true) };
    Ok(known::of(ctx, spot.author).level_on(spot.board) != Level::Allow || quiet::is_quiet(tx, ctx, &spot)?)
}

/// A comment stands again that was removed here. One from elsewhere is announced again where it was.
pub(crate) fn restored(tx: &mut Write, ctx: &Ctx, id: CommentId) -> Result<()> {
    let Some(line) = comments::lines(tx, &[id])?.pop().filter(|line| line.state.stands()) else { return Ok(()) };
    if line.author.origin == Origin::Local {
        let author = storage::actors::find(tx, line.author.id)?;
        return author.map_or(Ok(()), |author| all_restored(tx, ctx, &author, &[(id, line.thread)]));
    }
    announced_again(tx, ctx, id)
}

/// As [`unannounced`] took it back.
pub(crate) fn announced_again(tx: &mut Write, ctx: &Ctx, id: CommentId) -> Result<()> {
    let home = objects::of_comments(tx, &[id])?.remove(&id).filter(|home| home.announced);
    let (Some(home), Some(spot)) = (home, comments::spot(tx, id)?) else { return Ok(()) };
    if is_quiet(tx, ctx, id)? {
        return Ok(());
    }
    let thread = storage::threads::find(tx, spot.thread)?.filter(Thread::is_ours);
    let Some(thread) = thread else { return Ok(()) };
    let circle = Circle::of(tx, &thread)?;
    let at = Place { board: thread.board, name: &thread.board_name, thread: thread.id };
    announce(tx, ctx, (id, home.uri, false), at, &circle)
}

/// What is the same for all of a thread is looked up once.
fn around_each(
    tx: &mut Write,
    ctx: &Ctx,
    author: ActorId,
    those: &[(CommentId, ThreadId)],
    mut each: impl FnMut(&mut Write, CommentId, &Around) -> Result<()>,
) -> Result<()> {
    if nobody_hears(tx)? {
        return Ok(());
    }
    let mut known: HashMap<ThreadId, Option<Around>> = HashMap::new();
    for (id, thread) in those {
        if !known.contains_key(thread) {
            known.insert(*thread, Around::of(tx, ctx, *thread, author)?);
        }
        if let Some(Some(around)) = known.get(thread) {
            each(tx, *id, around)?;
        }
    }
    Ok(())
}

/// Who hears of whatever somebody does in a thread.
struct Around {
    /// The board, as its home calls it.
    board: Named,
    circle: Circle,
    /// Those who follow the author, the board, the thread; and the board, if it is at home elsewhere.
    to: Vec<Address>,
}

impl Around {
    fn of(tx: &mut Write, ctx: &Ctx, thread: ThreadId, author: ActorId) -> Result<Option<Self>> {
        let Some(thread) = storage::threads::find(tx, thread)? else { return Ok(None) };
        let (board, circle) = (notes::board(tx, ctx, &thread)?, Circle::of(tx, &thread)?);
        let all = [
            Followed::Person(author),
            Followed::Everything(thread.board),
            Followed::Threads(thread.board),
            Followed::Thread(thread.id),
        ];
        let mut to = follows::addresses(tx, &all)?;
        to.extend(group(tx, thread.board)?.and_then(place));
        Ok(Some(Self { board, circle, to }))
    }
}

fn withdraw(tx: &mut Write, ctx: &Ctx, (id, name): (CommentId, &str), around: &Around) -> Result<()> {
    let to = everybody(tx, ctx, id, around)?;
    let (actor, number) = (OurActor::Person(name.to_owned()), ctx.id());
    let document = deletion(ctx, (id, number), &actor, around);
    let saying = Saying { actor: &actor, document, number, reach: Reach::Public, words_of: None };
    tell(tx, ctx, saying, to, &around.circle)
}

fn deletion(ctx: &Ctx, (id, number): (CommentId, i64), actor: &OurActor, around: &Around) -> Document {
    let object = ctx.elsewhere().addresses().comment(id);
    build::delete(heading(ctx, number, actor), &object, &around.board, Deletion::Author)
}

/// A comment is about to be removed by a moderator here. Of one of ours it is told in its author's name: in no other would Mastodon and
/// GoToSocial take it down, and nobody has to know which moderator it was. One from elsewhere is its home's.
pub(crate) fn removed(tx: &mut Write, ctx: &Ctx, id: CommentId) -> Result<()> {
    let Some(line) = comments::lines(tx, &[id])?.pop() else { return Ok(()) };
    if line.author.origin != Origin::Local {
        return Ok(());
    }
    withdrawn(tx, ctx, id, Home::Here(&line.author.name))
}

/// A vote, and when it was given: by that it is known when it is taken back.
pub(crate) type Given = (Vote, Time);

/// Somebody here has voted on a comment: its home is told, if that is elsewhere, and so is its board; and those who follow our board in
/// groups. `stamp`: where it can be read that the author has allowed it, who had to be asked.
pub(crate) fn voted(
    tx: &mut Write,
    ctx: &Ctx,
    id: CommentId,
    name: &str,
    (before, now): (Option<Given>, Option<Given>),
    stamp: Option<&str>,
) -> Result<()> {
    if nobody_hears(tx)? {
        return Ok(());
    }
    let Some(line) = comments::lines(tx, &[id])?.pop() else { return Ok(()) };
    let Some(thread) = storage::threads::find(tx, line.thread)? else { return Ok(()) };
    let counting = counting(tx, id)?;
    let mut to: Vec<Address> = counting.iter().cloned().filter_map(place).collect();
    to.sort_unstable();
    to.dedup();
    // Whoever counts it hears of it from its voter: a vote that is passed on cannot be verified, and servers like ours do not count it.
    let circle = Circle::of(tx, &thread)?.without(&to);
    let (object, actor) = (notes::id(tx, ctx, id)?, OurActor::Person(name.to_owned()));
    let author = ctx.elsewhere().addresses().actor(&notes::author(&line.author, &thread));
    let mut told: Vec<&str> = counting.iter().map(|actor| actor.uri.as_str()).collect();
    if line.author.origin != Origin::Remote {
        told.insert(0, &author);
    }
    let vote = |(vote, given): Given, number: i64| {
        let (document, side) = match vote {
            Vote::Up => (build::like(heading(ctx, number, &actor), &object, &told), Side::Like),
            Vote::Down => (build::dislike(heading(ctx, number, &actor), &object, &told), Side::Dislike),
        };
        // Pleroma takes back what it knows by its id, and nothing else.
        let document = document.called(ctx.elsewhere().addresses().vote(&actor, side, id, given.0));
        match stamp {
            Some(stamp) => build::allowed_like(document, stamp),
            None => document,
        }
    };
    if let Some(before) = before {
        let number = ctx.id();
        let document = build::undo(heading(ctx, number, &actor), &vote(before, number));
        let saying = Saying { actor: &actor, document, number, reach: Reach::Addressed, words_of: None };
        tell(tx, ctx, saying, to.clone(), &circle)?;
    }
    if let Some(now) = now {
        let number = ctx.id();
        let saying =
            Saying { actor: &actor, document: vote(now, number), number, reach: Reach::Addressed, words_of: None };
        tell(tx, ctx, saying, to, &circle)?;
    }
    Ok(())
}

/// Who elsewhere counts the votes on a comment: its author, and the board that it stands on.
fn counting(tx: &mut Write, id: CommentId) -> Result<Vec<Remote>> {
    let Some(spot) = comments::spot(tx, id)? else { return Ok(Vec::new()) };
    let mut found: Vec<Remote> = there(tx, spot.author)?.into_iter().collect();
    found.extend(group(tx, spot.board)?);
    Ok(found)
}

/// The group that a board is, if it is at home elsewhere.
fn group(tx: &mut Write, board: BoardId) -> Result<Option<Remote>> {
    let group = boards::find(tx, board)?.and_then(|board| board.group);
    group.map_or(Ok(None), |group| there(tx, group.actor))
}

/// What somebody elsewhere wrote is reported here: its author's server is told, and nobody learns by whom. Says which host that is, if it is
/// spoken to.
pub(crate) fn flagged(tx: &mut Write, ctx: &Ctx, id: CommentId, text: &str) -> Result<Option<String>> {
    let Some(line) = comments::lines(tx, &[id])?.pop() else { return Ok(None) };
    let Some(author) = there(tx, line.author.id)? else { return Ok(None) };
    let (number, object, uri) = (ctx.id(), notes::id(tx, ctx, id)?, author.uri.clone());
    let to: Vec<Address> = place(author).into_iter().collect();
    let Some(host) = policy::spoken_to(tx, ctx, &to)?.into_iter().next().map(|address| address.host) else {
        return Ok(None);
    };
    let document = build::flag(ctx.elsewhere().addresses(), number, &uri, &[object], text);
    let actor = OurActor::Instance;
    say(tx, ctx, Saying { actor: &actor, document, number, reach: Reach::Addressed, words_of: None }, &to)?;
    Ok(Some(host))
}

/// A moderator has looked at what was reported from another server: it is told so, if it understands that. It takes it from the moderator in
/// person; so this is for places where moderators are named.
pub(crate) fn resolved(tx: &mut Write, ctx: &Ctx, moderator: &str, report: &Report) -> Result<()> {
    let peer = peers::find(tx, &report.host)?.filter(|peer| hears_of_reports(&peer.software, &peer.version));
    let thread = comments::spot(tx, report.comment)?.map(|spot| spot.thread);
    let thread = thread.map_or(Ok(None), |thread| storage::threads::find(tx, thread))?.filter(Thread::is_ours);
    let (Some(_), Some(thread), Some(by), Some(id)) = (peer, thread, there(tx, report.reporter)?, &report.flag) else {
        return Ok(());
    };
    let (actor, number) = (OurActor::Person(moderator.to_owned()), ctx.id());
    let object = notes::id(tx, ctx, report.comment)?;
    let flag = build::Flagged { id, actor: &by.uri, object: &object, text: &report.text };
    let document = build::resolve(heading(ctx, number, &actor), flag, &thread.board_name);
    let to: Vec<Address> = place(by).into_iter().collect();
    say(tx, ctx, Saying { actor: &actor, document, number, reach: Reach::Addressed, words_of: None }, &to)
}

/// Somebody here wants to hear what a board elsewhere passes on.
pub(crate) fn follow(tx: &mut Write, ctx: &Ctx, who: &str, number: i64, group: &Remote) -> Result<()> {
    let actor = OurActor::Person(who.to_owned());
    let document = build::follow(heading(ctx, number, &actor), &group.uri);
    let to: Vec<Address> = follows::address(group.inbox.clone()).into_iter().collect();
    say(tx, ctx, Saying { actor: &actor, document, number, reach: Reach::Addressed, words_of: None }, &to)
}

/// Somebody here does not want to hear it any more; `follow` is the number of the Follow.
pub(crate) fn unfollow(tx: &mut Write, ctx: &Ctx, who: &str, follow: i64, group: &Remote) -> Result<()> {
    let (actor, number) = (OurActor::Person(who.to_owned()), ctx.id());
    let followed = build::follow(heading(ctx, follow, &actor), &group.uri);
    let document = build::undo(heading(ctx, number, &actor), &followed);
    let to: Vec<Address> = follows::address(group.inbox.clone()).into_iter().collect();
    say(tx, ctx, Saying { actor: &actor, document, number, reach: Reach::Addressed, words_of: None }, &to)
}

/// Yes to somebody's Follow of one of our actors.
pub(crate) fn accepted(tx: &mut Write, ctx: &Ctx, actor: &OurActor, follow: &str, by: &Remote) -> Result<()> {
    answered(tx, ctx, actor, (follow, by), build::accept)
}

/// No to somebody's Follow of one of our actors: theirs need not wait for an answer.
pub(crate) fn rejected(tx: &mut Write, ctx: &Ctx, actor: &OurActor, follow: &str, by: &Remote) -> Result<()> {
    answered(tx, ctx, actor, (follow, by), build::reject)
}

/// The same to somebody whose server is not spoken to any more. It is the last that is said.
pub(crate) fn parted(tx: &mut Write, ctx: &Ctx, actor: &OurActor, follow: &str, by: &Remote) -> Result<()> {
    let (saying, to) = answer_to(ctx, actor, (follow, by), build::reject);
    utter(tx, ctx, saying, &to)
}

fn answered(
    tx: &mut Write,
    ctx: &Ctx,
    actor: &OurActor,
    (follow, by): (&str, &Remote),
    answer: fn(Heading<'_>, build::Follow<'_>) -> Document,
) -> Result<()> {
    let (saying, to) = answer_to(ctx, actor, (follow, by), answer);
    say(tx, ctx, saying, &to)
}

fn answer_to<'a>(
    ctx: &Ctx,
    actor: &'a OurActor,
    (follow, by): (&str, &Remote),
    answer: fn(Heading<'_>, build::Follow<'_>) -> Document,
) -> (Saying<'a>, Vec<Address>) {
    let addresses = ctx.elsewhere().addresses();
    let (number, object) = (ctx.id(), addresses.actor(actor));
    let follow = build::Follow { id: follow, actor: &by.uri, object: &object };
    let document = answer(heading(ctx, number, actor), follow);
    let to: Vec<Address> = follows::address(by.inbox.clone()).into_iter().collect();
    (Saying { actor, document, number, reach: Reach::Addressed, words_of: None }, to)
}

/// An actor of ours is shown otherwise from now on: those who follow it are told.
pub(crate) fn changed(tx: &mut Write, ctx: &Ctx, actor: &OurActor, shown: &Document) -> Result<()> {
    let Some(Some(followed)) = super::documents::followed(tx, actor)? else { return Ok(()) };
    let (number, to) = (ctx.id(), follows::addresses(tx, &[followed])?);
    let document = build::update_actor(heading(ctx, number, actor), shown);
    say(tx, ctx, Saying { actor, document, number, reach: Reach::Public, words_of: None }, &to)
}

pub(super) fn heading<'a>(ctx: &'a Ctx, number: i64, actor: &'a OurActor) -> Heading<'a> {
    let addresses: &Addresses = ctx.elsewhere().addresses();
    Heading { addresses, number, actor }
}

fn ours(tx: &mut Write, ctx: &Ctx, id: CommentId) -> Result<Option<Box<Note>>> {
    Ok(match notes::seen(tx, ctx, id)? {
        Some(Seen::Note(note)) => Some(note),
        Some(Seen::Gone { .. } | Seen::Elsewhere(_)) | None => None,
    })
}

/// An actor on another server that is still there.
fn there(tx: &mut Write, actor: ActorId) -> Result<Option<Remote>> {
    Ok(remotes::of_actor(tx, actor)?.filter(|known| known.presence == Presence::There))
}

/// Who hears of a comment from its author: those who follow the author, whoever is answered, whoever is mentioned, and the board, if
/// it is at home elsewhere.
fn listeners(tx: &mut Write, ctx: &Ctx, id: CommentId, author: &Author) -> Result<Vec<Address>> {
    let mut to = follows::addresses(tx, &[Followed::Person(author.id)])?;
    let concerned = concerned(tx, ctx, id)?;
    to.extend(places(tx, &concerned)?);
    if let Some(spot) = comments::spot(tx, id)? {
        to.extend(group(tx, spot.board)?.and_then(place));
    }
    to.sort_unstable();
    to.dedup();
    Ok(to)
}

/// Where an actor is reached.
fn place(known: Remote) -> Option<Address> {
    follows::address(known.shared_inbox.unwrap_or(known.inbox))
}

fn places(tx: &mut Write, actors: &[ActorId]) -> Result<Vec<Address>> {
    let mut found = Vec::new();
    for actor in actors {
        found.extend(there(tx, *actor)?.and_then(place));
    }
    Ok(found)
}

/// The actors elsewhere whom a comment answers or mentions.
fn concerned(tx: &mut Write, ctx: &Ctx, id: CommentId) -> Result<Vec<ActorId>> {
    let mut found = Vec::new();
    if let Some(parent) = comments::spot(tx, id)?.and_then(|spot| spot.parent) {
        found.extend(comments::spot(tx, parent)?.map(|parent| parent.author));
    }
    let source = comments::source(tx, id)?.unwrap_or_default();
    found.extend(mentioned(tx, ctx, &source)?);
    Ok(found)
}

fn mentioned(tx: &mut Write, ctx: &Ctx, source: &str) -> Result<Vec<ActorId>> {
    let mut found = Vec::new();
    let rendered = domain::text::render(source, &ctx.limits().text, ctx.places());
    let mentions = rendered.map(|text| text.mentions).unwrap_or_default();
    for mention in mentions.into_iter().filter(|mention| mention.host.is_some()) {
        let host = mention.host.as_deref().unwrap_or_default();
        let actor = storage::actors::by_handle(tx, host, &mention.name)?;
        found.extend(actor.filter(|actor| actor.origin == Origin::Remote).map(|actor| actor.id));
    }
    Ok(found)
}

/// Everybody whose server may hold a comment: those around it, whom it answers and mentions, also before its last edit, who answered it or
/// voted on it.
fn everybody(tx: &mut Write, ctx: &Ctx, id: CommentId, around: &Around) -> Result<Vec<Address>> {
    let mut to = around.to.clone();
    let concerned = concerned(tx, ctx, id)?;
    to.extend(places(tx, &concerned)?);
    to.extend(follows::holders(tx, id)?);
    if let Some(earlier) = comments::revisions(tx, id)?.into_iter().next() {
        let before = mentioned(tx, ctx, &earlier.source)?;
        to.extend(places(tx, &before)?);
    }
    to.sort_unstable();
    to.dedup();
    Ok(to)
}
