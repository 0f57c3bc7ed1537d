//! Comments from other servers: put into the thread that they answer, or at the head of a new one on the board that they are for;
//! changed and taken back by their authors. They take the path of our own: one table of rights, one way into the tree.

use std::sync::Arc;

use domain::authority::{Act, Standing};
use domain::rules::Rules;
use domain::text::{Opening, Rendered, TextRefusal, from_html, html_to_source, opening, render, tidy};
use domain::{ActorId, CommentId, EventKind, Level, News, Origin, Refusal, State, ThreadId, Time};
use federation::budget::Budget;
use federation::origin::Id;
use federation::wire::addresses::{OurActor, Ours};
use federation::wire::parse::{self, Attachment, Found, Grant, Note, NoteKind, Visibility};
use storage::approvals::{self, Approval, Stage};
use storage::boards::{self, Board};
use storage::comments::Spot;
use storage::objects::{self, Object};
use storage::remotes::Remote;
use storage::threads::{self, Touch};
use storage::{Read, Write, comments, following};

use super::aside;
use super::graves::{self, Grave};
use super::receive::comment;
use super::regroup::{self, Heard};
use super::say::{self, Home};
use super::signer::Signer;
use super::stamp::{self, Leave};
use super::work::{Outcome, Postponed};
use super::{backfill, consent, known, policy};
use crate::edit::{self, Of};
use crate::pace::Came;
use crate::reply::{Answer, add};
use crate::rules::hook::{self, At, Question};
use crate::rules::{self, Entering, Look, Words as Looked};
use crate::sanctions::known as known_bars;
use crate::start_thread::{New, open};
use crate::writing::{index, permitted};
use crate::{Ctx, Error, Result, retract, webhooks};

/// Comments that are fetched upward for one that answers what is not here. Lemmy's threads are no deeper.
const MOST_ABOVE: usize = 50;

/// As the table of rights knows somebody on another server.
pub(crate) fn standing(ctx: &Ctx, who: &Remote) -> Standing {
    Standing { bars: known_bars::of(ctx, who.actor), ..Standing::member(who.actor) }
}

/// Who told of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// Its author.
    Author,
    /// Somebody who passes it on: a board, perhaps, on which it stands then.
    By(ActorId),
}

/// Puts a comment into the tree. What it answers is fetched from its home if it is not here, and what that answers, up to something
/// that is, or that begins a thread here.
///
/// # Errors
/// [`Postponed`]: a failure that may pass.
pub(crate) async fn created(
    ctx: &Ctx,
    note: Note,
    by: Remote,
    told: Told,
    budget: &Budget,
) -> Result<Outcome, Postponed> {
    heard(ctx, (note, by), told, None, budget).await
}

/// The same of a comment of which something was said that may be passed on.
///
/// # Errors
/// [`Postponed`]: a failure that may pass.
pub(crate) async fn heard(
    ctx: &Ctx,
    (note, by): (Note, Remote),
    told: Told,
    said: Option<Heard>,
    budget: &Budget,
) -> Result<Outcome, Postponed> {
    let (mut chain, mut upward) = (vec![Link::Written(Arc::new((note, by)))], true);
    loop {
        let Some(top) = chain.last().cloned() else { return Ok(Outcome::Done) };
        // What was said was said of the last: what is above it was fetched.
        let said = said.clone().filter(|_| chain.len() == 1);
        let put = match top {
            // It takes much memory, and is done before and after all that waits for others.
            Link::Written(one) => Box::pin(put(ctx, one, (told, said), budget)).await?,
            Link::Left(grave) => laid(ctx, grave).await?,
        };
        match put {
            Put::Settled(Outcome::Done) => {
                (_, upward) = (chain.pop(), false);
            }
            Put::Settled(other) => return Ok(other),
            Put::Below(_) if !upward => return Ok(Outcome::Ignored("it answers nothing that is here")),
            Put::Below(_) if chain.len() > MOST_ABOVE => {
                return Ok(Outcome::Ignored("it answers something too deep to be fetched"));
            }
            Put::Below(above) => match asked_for(ctx, &above, budget).await? {
                Some(found) => chain.push(found),
                None => return Ok(Outcome::Ignored("it answers nothing that is here")),
            },
            Put::Unproven | Put::Unasked => return Ok(Outcome::Refused(NOT_ALLOWED.into())),
        }
    }
}

/// What became of the attempt to put a comment into the tree.
enum Put {
    /// That.
    Settled(Outcome),
    /// Nothing yet: this, which it answers, is not here.
    Below(Id),
    /// Nothing yet: there was no place for it when the host's program was to be asked, and now there is one.
    Unasked,
    /// Nothing yet: the author of what it answers wants to be asked, and whether they have said yes was not looked at.
    Unproven,
}

/// Puts a comment into the tree, if what it answers is there, as it nearly always is.
async fn put(
    ctx: &Ctx,
    one: Arc<(Note, Remote)>,
    (told, said): (Told, Option<Heard>),
    budget: &Budget,
) -> Result<Put, Postponed> {
    match put_by(ctx, Arc::clone(&one), (told, said.clone()), None).await? {
        Put::Unproven => {
            let leave = stamp::leave(ctx, &one.0, &one.1, budget).await?;
            Ok(put_by(ctx, one, (told, said), Some(leave)).await?)
        }
        other => Ok(other),
    }
}

/// How often the host's program is given another chance to be asked about a comment of which it was not known before that it hangs here.
const ROUNDS: usize = 3;

async fn put_by(
    ctx: &Ctx,
    one: Arc<(Note, Remote)>,
    (told, said): (Told, Option<Heard>),
    leave: Option<Leave>,
) -> Result<Put> {
    for _ in 0..ROUNDS {
        match put_once(ctx, (Arc::clone(&one), told, said.clone()), leave.clone(), true).await? {
            Put::Unasked => {}
            other => return Ok(other),
        }
    }
    put_once(ctx, (one, told, said), leave, false).await
}

/// `asked`: whether the host's program is to have been asked about what is put into the tree.
async fn put_once(
    ctx: &Ctx,
    (one, told, said): (Arc<(Note, Remote)>, Told, Option<Heard>),
    leave: Option<Leave>,
    asked: bool,
) -> Result<Put> {
    let level = policy::level(ctx, &one.0.id.host()).await?;
    if !level.is_spoken_to() {
        return Ok(Put::Settled(Outcome::Refused(policy::NOT_SPOKEN_TO.into())));
    }
    // Before anything is locked.
    let rules = rules::current(ctx).await?;
    let mut text = Text::new(ctx, &one.0, &rules, one.0.in_reply_to.is_none());
    let mut hung = true;
    if ctx.hook().is_some() {
        let at = where_new(ctx, &one.0, told).await?;
        hung = at.is_some();
        ask(ctx, (&one.0, &one.1), at, &mut text).await?;
    }
    let cx = ctx.clone();
    let ended = ctx.db().write(move |tx| {
        if is_here(tx, &one.0)? {
            return Ok(Put::Settled(Outcome::Done));
        }
        // What it answers has come since.
        if asked && !hung && matches!(hangs_new(tx, &cx, &one.0, told)?, Hangs::Here(_) | Hangs::On(_)) {
            return Ok(Put::Unasked);
        }
        hang(tx, &cx, level, (&one.0, &one.1), (told, said.as_ref()), text, leave.as_ref())
    });
    match ended.await {
        Err(Error::Refused(refusal)) => Ok(Put::Settled(Outcome::Refused(refusal.to_string()))),
        other => other,
    }
}

/// Where a comment is to stand that is not here, if that is.
async fn where_new(ctx: &Ctx, note: &Note, told: Told) -> Result<Option<At>> {
    let (cx, note) = (ctx.clone(), note.clone());
    let hangs = ctx.db().read(move |tx| match objects::by_uri(tx, note.id.as_str())? {
        Some(_) => Ok(None),
        None => hangs_new(tx, &cx, &note, told).map(Some),
    });
    Ok(match hangs.await? {
        Some(Hangs::Here(parent)) => Some(At::Below(parent, Act::ReplyElsewhere)),
        Some(Hangs::On(board)) => Some(At::On(board, Origin::Remote)),
        Some(Hangs::Below(_) | Hangs::Nowhere(_)) | None => None,
    })
}

/// Asks the host's program about what is to be read of a comment.
async fn ask(ctx: &Ctx, (note, by): (&Note, &Remote), at: Option<At>, text: &mut Text) -> Result<()> {
    let Some(at) = at else { return Ok(()) };
    let (host, who) = (note.id.host(), standing(ctx, by));
    let (words, title, link, look) = match text {
        Text::Answer(Ok((source, rendered)), look) => (Some((source.as_str(), &*rendered)), "", None, look),
        Text::Head(Ok(Head { title, link, words }), look) => {
            let words = words.as_ref().map(|(source, rendered)| (source.as_str(), rendered));
            (words, title.as_str(), link.as_deref(), look)
        }
        // It is refused as it is.
        Text::Answer(Err(_), _) | Text::Head(Err(_), _) => return Ok(()),
    };
    aside::waits(hook::ask(ctx, look, Question { who, host: &host, at, title, link, words })).await
}

/// A comment on the way from what came up to what is here.
#[derive(Clone)]
enum Link {
    /// As its home shows it, and who wrote it.
    Written(Arc<(Note, Remote)>),
    /// It is deleted there.
    Left(Grave),
}

/// A comment that is not here, or what is left of it.
async fn asked_for(ctx: &Ctx, id: &Id, budget: &Budget) -> Result<Option<Link>, Postponed> {
    if let Some(found) = fetched(ctx, id, budget).await? {
        return Ok(Some(Link::Written(Arc::new(found))));
    }
    Ok(graves::grave(ctx, id, budget).await?.map(Link::Left))
}

/// What a comment hangs from.
enum Hangs {
    /// This, which is here.
    Here(CommentId),
    /// Nothing: it begins a thread on this board.
    On(Box<Board>),
    /// Something elsewhere that is not here yet.
    Below(Id),
    /// Nothing that could be here.
    Nowhere(Outcome),
}

async fn where_it_hangs(ctx: &Ctx, note: &Note, told: Told) -> Result<Hangs> {
    let (cx, note) = (ctx.clone(), note.clone());
    ctx.db().read(move |tx| hangs(tx, &cx, &note, told)).await
}

fn hangs(tx: &mut Read, ctx: &Ctx, note: &Note, told: Told) -> Result<Hangs> {
    if let Some(known) = objects::by_uri(tx, note.id.as_str())? {
        // Whatever it hangs from: it hangs there.
        return Ok(Hangs::Here(known.comment));
    }
    hangs_new(tx, ctx, note, told)
}

/// The same of a comment that is not here.
fn hangs_new(tx: &mut Read, ctx: &Ctx, note: &Note, told: Told) -> Result<Hangs> {
    if objects::is_barred(tx, note.id.as_str())? {
        return Ok(Hangs::Nowhere(Outcome::Ignored("it was deleted before it came")));
    }
    if !may_be_shown(note) {
        return Ok(Hangs::Nowhere(Outcome::Ignored("it is private, and is shown to nobody")));
    }
    let Some(above) = &note.in_reply_to else {
        let nothing = Hangs::Nowhere(Outcome::Ignored("it answers nothing, and is for no board that is here"));
        return Ok(board(tx, ctx, note, told)?.map_or(nothing, |board| Hangs::On(Box::new(board))));
    };
    below(tx, ctx, above)
}

fn below(tx: &mut Read, ctx: &Ctx, above: &Id) -> Result<Hangs> {
    Ok(match comment(tx, ctx, above)? {
        Some(parent) => Hangs::Here(parent),
        None if ctx.elsewhere().rules().is_ours(above) => {
            Hangs::Nowhere(Outcome::Ignored("it answers something of ours that is no comment"))
        }
        None => Hangs::Below(above.clone()),
    })
}

/// Boards that are looked up among those to whom a thread is addressed.
const MOST_BOARDS: usize = 20;

/// The board on which a note that answers nothing begins a thread: one of ours that it is addressed to, or the one that passes it on, if
/// somebody here follows that. That a stranger addresses a board elsewhere is for that board to judge.
fn board(tx: &mut Read, ctx: &Ctx, note: &Note, told: Told) -> Result<Option<Board>> {
    let mentioned = note.tags.mentions.iter().map(|mention| &mention.href);
    let addressed = note.audience.iter().chain(&note.recipients.to).chain(&note.recipients.cc).chain(mentioned);
    let ours = addressed.filter_map(|id| match ctx.elsewhere().addresses().read(id)? {
        Ours::Actor(OurActor::Board(name) | OurActor::BoardAll(name)) => Some(name),
        _ => None,
    });
    for name in ours.take(MOST_BOARDS) {
        if let Some(board) = boards::by_name(tx, &name)? {
            return Ok(Some(board));
        }
    }
    let Told::By(group) = told else { return Ok(None) };
    let Some(board) = boards::of_actor(tx, group)? else { return Ok(None) };
    Ok(if following::is_followed(tx, board.id)? { Some(board) } else { None })
}

/// A comment as its home shows it now, with its author; nothing if there is none, or none that may be shown.
///
/// # Errors
/// [`Postponed`]: a failure that may pass.
pub(crate) async fn fetched(ctx: &Ctx, id: &Id, budget: &Budget) -> Result<Option<(Note, Remote)>, Postponed> {
    let signer = Signer::instance(ctx).await?;
    let document = match super::client(ctx).await?.fetch(id, Some(&signer), budget, ctx.now().0).await {
        Ok(document) => document,
        Err(error) if error.may_pass() => {
            return Err(Postponed::Elsewhere(error.to_string()));
        }
        Err(_) => return Ok(None),
    };
    let Ok(Found::Note(note)) = parse::object(&document.body, ctx.elsewhere().rules(), &document.id) else {
        return Ok(None);
    };
    match known::met(ctx, &note.author, budget).await {
        Ok(by) => Ok(Some((*note, by))),
        Err(known::Unknown::Ours(error)) => Err(error.into()),
        Err(known::Unknown::Fetch(error)) if error.may_pass() => Err(Postponed::Elsewhere(error.to_string())),
        Err(_) => Ok(None),
    }
}

/// What became of an answer that is dealt with at once.
pub(super) enum AtOnce {
    /// It stands in the tree now.
    New,
    /// It had come before.
    Known,
    /// Something has to be asked for first: what was written is to be undone.
    Not,
}

/// Puts an answer into the tree in this transaction, if nothing has to be asked for before.
///
/// # Errors
/// Refusals; storage failures.
pub(super) fn put_now(
    tx: &mut Write,
    ctx: &Ctx,
    level: Level,
    answer: (&Note, &Remote),
    said: &Heard,
    text: Text,
) -> Result<AtOnce> {
    if is_here(tx, answer.0)? {
        return Ok(AtOnce::Known);
    }
    Ok(match hang(tx, ctx, level, answer, (Told::Author, Some(said)), text, None)? {
        Put::Settled(Outcome::Done) => AtOnce::New,
        _ => AtOnce::Not,
    })
}

/// Whether a comment has come before; nobody else decides that until this transaction ends.
fn is_here(tx: &mut Write, note: &Note) -> Result<bool> {
    objects::hold(tx, note.id.as_str())?;
    Ok(objects::by_uri(tx, note.id.as_str())?.is_some())
}

/// Puts one comment that is not here below its parent, if that is here, or at the head of a thread; as its server is dealt with.
fn hang(
    tx: &mut Write,
    ctx: &Ctx,
    level: Level,
    (note, by): (&Note, &Remote),
    (told, said): (Told, Option<&Heard>),
    text: Text,
    leave: Option<&Leave>,
) -> Result<Put> {
    let (id, mut allowed) = (CommentId(ctx.id()), None);
    let (host, published) = (note.id.host(), when(ctx, note));
    let came = if said.is_some() { Came::Now } else { Came::Late(published) };
    let (thread, dealt) = match (hangs_new(tx, ctx, note, told)?, text) {
        (Hangs::Here(parent), Text::Answer(words, look)) => {
            match (consent::answering(tx, parent, (by.actor, &by.uri))?, leave) {
                (Grant::Automatic, _) => {}
                (_, Some(Leave::Proven(stamp))) => allowed = proven(tx, (id, parent), stamp)?,
                (_, None) => return Ok(Put::Unproven),
                (_, Some(Leave::Free | Leave::Not)) => return Ok(Put::Settled(Outcome::Refused(NOT_ALLOWED.into()))),
            }
            let (source, rendered) = words?;
            let (act, words, state) = (Act::ReplyElsewhere, (source.as_str(), &rendered), State::Published);
            let entering = Entering { host: &host, level, look: &look };
            let answer = Answer { id, act, parent, words, published, came, state, entering };
            let added = add(tx, ctx, &standing(ctx, by), &answer)?;
            (added.new.thread, added.level)
        }
        (Hangs::On(board), Text::Head(head, look)) => {
            let Head { title, link, words } = head?;
            let words = words.as_ref().map(|(source, rendered)| (source.as_str(), rendered));
            let url = link.as_deref();
            let entering = Entering { host: &host, level, look: &look };
            let new = New { id: ThreadId(id.0), board: &board, title: &title, url, words, published, came, entering };
            (new.id, open(tx, ctx, (&standing(ctx, by), Origin::Remote), &new)?)
        }
        (Hangs::Below(above), _) => return Ok(Put::Below(above)),
        (Hangs::Nowhere(why), _) => return Ok(Put::Settled(why)),
        (Hangs::Here(_) | Hangs::On(_), _) => {
            return Ok(Put::Settled(Outcome::Ignored("it answers nothing that is here")));
        }
    };
    // What is limited is made known to nobody later either.
    let is_limited = [level, dealt].contains(&Level::Limit);
    let announced = note.recipients.visibility(None) == Visibility::Public && !is_limited;
    let object = Object {
        uri: note.id.to_string(),
        comment: id,
        url: note.url.as_ref().map(ToString::to_string),
        updated: Time(note.updated.or(note.published).unwrap_or(0)),
        announced,
    };
    objects::insert(tx, &object)?;
    backfill::noticed(tx, ctx, thread)?;
    consent::keep_first(tx, id, note)?;
    if let Some(allowed) = allowed {
        approvals::insert(tx, &allowed)?;
    }
    if announced && dealt != Level::Hold {
        say::published(tx, ctx, id, said.map_or(Home::Elsewhere, Home::Heard))?;
    }
    Ok(Put::Settled(Outcome::Done))
}

const NOT_ALLOWED: &str = "whoever wrote what it answers has not allowed it";

/// That an answer is here because of this stamp: so that it goes when the stamp does.
fn proven(tx: &mut Read, (comment, parent): (CommentId, CommentId), stamp: &str) -> Result<Option<Approval>> {
    let (stage, stamp) = (Stage::Allowed, Some(stamp.to_owned()));
    let answered = comments::spot(tx, parent)?;
    Ok(answered.map(|answered| Approval { comment, author: answered.author, stage, request: None, stamp }))
}

/// Puts what is left of a comment below what that answered, if that is here.
async fn laid(ctx: &Ctx, grave: Grave) -> Result<Put> {
    let cx = ctx.clone();
    ctx.db().write(move |tx| lay(tx, &cx, &grave)).await
}

/// To a closed thread not even what is left is added.
fn lay(tx: &mut Write, ctx: &Ctx, grave: &Grave) -> Result<Put> {
    objects::hold(tx, grave.id.as_str())?;
    if objects::by_uri(tx, grave.id.as_str())?.is_some() {
        return Ok(Put::Settled(Outcome::Done));
    }
    match below(tx, ctx, &grave.answered)? {
        Hangs::Here(parent) => {
            let Some(parent) = comments::spot_to_change(tx, parent)?.filter(|parent| !parent.locked) else {
                return Ok(Put::Settled(Outcome::Refused(Refusal::Locked.to_string())));
            };
            graves::dig(tx, ctx, grave, &parent)?;
            Ok(Put::Settled(Outcome::Done))
        }
        Hangs::Below(above) => Ok(Put::Below(above)),
        Hangs::On(_) => Ok(Put::Settled(Outcome::Ignored("it answers nothing that is here"))),
        Hangs::Nowhere(why) => Ok(Put::Settled(why)),
    }
}

/// What a refusal means for what came: it is kept with its reason. Asked outside the transaction, which the refusal has undone: a rule
/// may refuse after something was written.
pub(crate) fn judged(ended: Result<Outcome>) -> Result<Outcome> {
    match ended {
        Err(Error::Refused(refusal)) => Ok(Outcome::Refused(refusal.to_string())),
        other => other,
    }
}

/// When it was published: as its home says, but not in the future.
fn when(ctx: &Ctx, note: &Note) -> Time {
    let now = ctx.now();
    note.published.map_or(now, |published| Time(published.min(now.0).max(0)))
}

/// What is to be read of a comment, or why it cannot be taken. It is worked out before anything is locked: there may be much of it, and all
/// who write would wait.
pub(super) enum Text {
    /// Of an answer, as source and rendered.
    Answer(Result<(String, Rendered)>, Look),
    /// Of what begins a thread.
    Head(Result<Head>, Look),
}

impl Text {
    /// Of something that begins a thread, or does not.
    pub(super) fn new(ctx: &Ctx, note: &Note, rules: &Arc<Rules>, begins: bool) -> Self {
        let language = note.language.as_deref();
        if !begins {
            let words = words(ctx, note);
            let looked = words.as_ref().map(|(_, text)| Looked { language, ..Looked::of(text) });
            let look = looked.map(|looked| Look::new(rules, looked)).unwrap_or_default();
            return Self::Answer(words, look);
        }
        let head = head(ctx, note);
        let looked = head.as_ref().map(|head| Looked { language, ..head.looked() });
        let look = looked.map(|looked| Look::new(rules, looked)).unwrap_or_default();
        Self::Head(head, look)
    }

    /// What was found in it.
    pub(super) fn look(&self) -> &Look {
        match self {
            Self::Answer(_, look) | Self::Head(_, look) => look,
        }
    }

    /// Of a comment that is here, as its author changes it or puts it back; nothing if it is not.
    ///
    /// # Errors
    /// Failures only.
    pub(super) async fn of_known(ctx: &Ctx, note: &Note, (by, act): (&Remote, Act)) -> Result<Option<Self>> {
        let uri = note.id.to_string();
        let known = ctx.db().read(move |tx| -> storage::Result<_> {
            let Some(object) = objects::by_uri(tx, &uri)? else { return Ok(None) };
            Ok(begins(tx, object.comment)?.map(|begins| (object.comment, begins)))
        });
        let (known, rules) = (known.await?, rules::current(ctx).await?);
        let Some((comment, begins)) = known else { return Ok(None) };
        let mut text = Self::new(ctx, note, &rules, begins);
        // What is for a few from now on is shown to nobody here, and to no program.
        if may_be_shown(note) {
            ask(ctx, (note, by), Some(At::Instead(comment, act)), &mut text).await?;
        }
        Ok(Some(text))
    }
}

/// Whether a comment is what somebody began a thread with: not what was made one of here. Its author knows nothing of that title.
fn begins(tx: &mut Read, comment: CommentId) -> storage::Result<Option<bool>> {
    let Some(spot) = comments::spot(tx, comment)? else { return Ok(None) };
    Ok(Some(spot.parent.is_none() && storage::grafts::split_of(tx, spot.thread)?.is_none()))
}

/// Its words, as source and rendered. A title and a warning stand before them.
fn words(ctx: &Ctx, note: &Note) -> Result<(String, Rendered)> {
    let limits = &ctx.limits().text;
    if let Some(markdown) = note.markdown.as_deref().filter(|_| note.content.is_empty()) {
        return Ok((tidy(markdown), render(markdown, limits, ctx.places())?));
    }
    clean(ctx, &html(note, note.name.as_deref(), None))
}

/// All that is to be read of it, as it came: what stands `above`, a warning, the words, what is attached but for the `link`.
fn html(note: &Note, above: Option<&str>, link: Option<&str>) -> String {
    let mut html = String::new();
    for line in above.into_iter().chain(note.warning.as_deref()) {
        html.push_str(&format!("<p><strong>{}</strong></p>", escaped(line)));
    }
    html.push_str(&note.content);
    for attachment in note.attachments.iter().filter(|attachment| Some(attachment.url.as_str()) != link) {
        let url = escaped(attachment.url.as_str());
        let name = attachment.name.as_deref().map_or_else(|| url.clone(), escaped);
        html.push_str(&format!("<p><a href=\"{url}\">{name}</a></p>"));
    }
    html
}

fn clean(ctx: &Ctx, html: &str) -> Result<(String, Rendered)> {
    let mut rendered = from_html(html, &ctx.limits().text)?;
    let ours = ctx.elsewhere().addresses().host();
    for mention in &mut rendered.mentions {
        mention.host = mention.host.take().filter(|host| host != ours);
    }
    Ok((html_to_source(&rendered.html), rendered))
}

/// What a thread begins with that was opened elsewhere.
pub(super) struct Head {
    pub(super) title: String,
    pub(super) link: Option<String>,
    /// As source and rendered; a title with a link may be all there is.
    pub(super) words: Option<(String, Rendered)>,
}

impl Head {
    fn looked(&self) -> Looked<'_> {
        let words = self.words.as_ref().map(|(_, text)| Looked::of(text)).unwrap_or_default();
        Looked { title: &self.title, link: self.link.as_deref(), ..words }
    }
}

fn head(ctx: &Ctx, note: &Note) -> Result<Head> {
    let (limits, link) = (&ctx.limits().text, link(note));
    let whole = match note.markdown.as_deref().filter(|_| note.content.is_empty()) {
        Some(markdown) => render(markdown, limits, ctx.places()),
        None => from_html(&html(note, None, link.as_deref()), limits),
    };
    let whole = match whole {
        Err(TextRefusal::Empty) => String::new(),
        other => other?.html,
    };
    let Opening { title, html } = opening(&whole, note.name.as_deref(), link.as_deref(), limits)?;
    let words = match clean(ctx, &html) {
        Err(Error::Refused(Refusal::Text(TextRefusal::Empty))) => None,
        other => Some(other?),
    };
    Ok(Head { title, link, words })
}

/// What a thread from elsewhere is about: the first page that is attached (Lemmy's way, and ours); of what is more than a note, its own
/// page.
fn link(note: &Note) -> Option<String> {
    let is_page =
        |attachment: &&Attachment| attachment.media_type.as_deref().is_none_or(|kind| kind.starts_with("text/html"));
    let attached = || note.attachments.iter().find(is_page).map(|page| page.url.to_string());
    match note.kind {
        NoteKind::Note | NoteKind::Page | NoteKind::Question => attached(),
        NoteKind::Article | NoteKind::Event | NoteKind::Video | NoteKind::Image | NoteKind::Audio => {
            note.url.as_ref().filter(|url| url.as_str() != note.id.as_str()).map(ToString::to_string).or_else(attached)
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Why a change of something has no effect that is not here.
const NOT_HERE: Outcome = Outcome::Ignored("what is changed is not here");

/// Its author has changed a comment, and says how. If it is not here and belongs here, it is asked for at its home: what made it may
/// have been lost, or is being worked off at this moment, with the words that it had before.
///
/// # Errors
/// [`Postponed`]: a failure that may pass.
pub(crate) async fn edited(
    ctx: &Ctx,
    note: Note,
    by: Remote,
    said: Heard,
    budget: &Budget,
) -> Result<Outcome, Postponed> {
    let outcome = updated(ctx, note.clone(), by, Some(said)).await?;
    if outcome != NOT_HERE || !matches!(where_it_hangs(ctx, &note, Told::Author).await?, Hangs::Here(_) | Hangs::On(_))
    {
        return Ok(outcome);
    }
    let Some((note, by)) = fetched(ctx, &note.id, budget).await? else { return Ok(NOT_HERE) };
    match created(ctx, note.clone(), by.clone(), Told::Author, budget).await? {
        Outcome::Done => {}
        other => return Ok(other),
    }
    // Of the words that were here first, if any were, these are the newer ones.
    Ok(match updated(ctx, note, by, None).await? {
        Outcome::Ignored(_) => Outcome::Done,
        other => other,
    })
}

/// Its author has changed a comment. What is not here is not made by that; an older change after a newer one changes nothing.
///
/// # Errors
/// Failures only.
pub(crate) async fn updated(ctx: &Ctx, note: Note, by: Remote, said: Option<Heard>) -> Result<Outcome> {
    let cx = ctx.clone();
    let Some(text) = Text::of_known(ctx, &note, (&by, Act::Edit)).await? else { return Ok(NOT_HERE) };
    judged(ctx.db().write(move |tx| change(tx, &cx, (&note, &by), said.as_ref(), text)).await)
}

fn change(
    tx: &mut Write,
    ctx: &Ctx,
    (note, by): (&Note, &Remote),
    said: Option<&Heard>,
    text: Text,
) -> Result<Outcome> {
    let Some(object) = objects::by_uri(tx, note.id.as_str())? else {
        return Ok(NOT_HERE);
    };
    // Of what its author says now to have changed, now is when; of what was only looked up it is not.
    let looked_up = note.published.filter(|_| said.is_none());
    let updated = Time(note.updated.or(looked_up).unwrap_or(ctx.now().0));
    if !objects::set_updated(tx, &object.uri, updated)? {
        return Ok(Outcome::Ignored("it is older than what is known"));
    }
    if !may_be_shown(note) {
        return hidden(tx, ctx, (note, by), object.comment);
    }
    consent::keep(tx, object.comment, note)?;
    let host = note.id.host();
    let made = match text {
        Text::Head(..) if begins(tx, object.comment)? != Some(true) => {
            return Ok(Outcome::Ignored("it was moved at this moment"));
        }
        Text::Head(head, look) => rewrite(tx, ctx, by, object.comment, (head?, entering(&host, &look)))?,
        Text::Answer(words, look) => {
            let (source, rendered) = words?;
            let words = (source.as_str(), &rendered, &Of::Anything);
            edit::change(tx, ctx, &standing(ctx, by), object.comment, words, entering(&host, &look))?
        }
    };
    let is_public = note.recipients.visibility(None) == Visibility::Public;
    let stands = comments::spot(tx, object.comment)?.is_some_and(|spot| spot.state.stands());
    if let Some(said) = said.filter(|_| is_public && stands && made == edit::Change::Made) {
        regroup::changed(tx, ctx, object.comment, said)?;
    }
    Ok(Outcome::Done)
}

/// A change: how its server is dealt with matters for what is new.
pub(super) fn entering<'a>(host: &'a str, look: &'a Look) -> Entering<'a> {
    Entering { host, level: Level::Allow, look }
}

/// Whether everybody may read a comment.
pub(super) fn may_be_shown(note: &Note) -> bool {
    matches!(note.recipients.visibility(None), Visibility::Public | Visibility::Unlisted)
}

/// A comment that everybody could read is for a few only now: its new words are shown to nobody, and its old ones neither. Of one that
/// names nobody at all it is not known for whom it is.
fn hidden(tx: &mut Write, ctx: &Ctx, (note, by): (&Note, &Remote), comment: CommentId) -> Result<Outcome> {
    if note.recipients.to.is_empty() && note.recipients.cc.is_empty() {
        return Ok(Outcome::Ignored("it does not say for whom it is now"));
    }
    retract::erase(tx, ctx, &standing(ctx, by), comment)?;
    Ok(Outcome::Done)
}

/// A thread begins with other words now, and may be called otherwise. One that had words keeps some: there is no edit to nothing.
fn rewrite(
    tx: &mut Write,
    ctx: &Ctx,
    by: &Remote,
    root: CommentId,
    (head, entering): (Head, Entering<'_>),
) -> Result<edit::Change> {
    let Head { title, link, words } = head;
    let root = permitted(tx, &standing(ctx, by), Act::Edit, root)?;
    // Title and words are judged together, and before any of them is changed.
    let ruling = edit::judged(tx, ctx, &standing(ctx, by), &root, entering)?;
    let renamed = threads::retitle(tx, root.thread, &title, link.as_deref())?;
    if let Some((source, rendered)) = words
        && reworded(tx, ctx, by, root.id, (&source, &rendered))? == edit::Change::Made
    {
        edit::settle(tx, ctx, &root, &ruling)?;
        return Ok(edit::Change::Made);
    }
    if renamed {
        // Whoever has looked at it has seen another title.
        comments::set_edited(tx, root.id, ctx.now())?;
        if root.state != State::Held {
            told_of_title(tx, ctx, &root, &title)?;
        }
        edit::settle(tx, ctx, &root, &ruling)?;
    }
    Ok(if renamed { edit::Change::Made } else { edit::Change::None })
}

/// A thread that readers see has another title.
fn told_of_title(tx: &mut Write, ctx: &Ctx, root: &Spot, title: &str) -> Result<()> {
    let plain = comments::html(tx, root.id)?.map(|html| domain::text::plain(&html)).unwrap_or_default();
    index(tx, root.id, root.state, Some(title), &plain)?;
    let event = Some((EventKind::Edit, root.id));
    threads::touch(tx, root.thread, Touch { comments: 0, active: None, event, now: ctx.now() })?;
    webhooks::happened(tx, ctx, News::CommentEdited, root.id)
}

/// The words of a thread that was judged as a whole.
fn reworded(
    tx: &mut Write,
    ctx: &Ctx,
    by: &Remote,
    root: CommentId,
    (source, rendered): (&str, &Rendered),
) -> Result<edit::Change> {
    let unseen = Look::judged();
    edit::change(tx, ctx, &standing(ctx, by), root, (source, rendered, &Of::Anything), entering(&by.uri, &unseen))
}

/// Something is deleted by its author: what is here becomes a tombstone, and what has not come yet is not to come any more.
///
/// # Errors
/// Failures only.
pub(crate) async fn deleted(ctx: &Ctx, object: Id, by: Remote, said: Heard) -> Result<Outcome> {
    let cx = ctx.clone();
    judged(ctx.db().write(move |tx| delete(tx, &cx, &object, (&by, &said))).await)
}

fn delete(tx: &mut Write, ctx: &Ctx, id: &Id, (by, said): (&Remote, &Heard)) -> Result<Outcome> {
    if ctx.elsewhere().rules().is_ours(id) {
        return Ok(Outcome::Refused("it is not the sender's to delete".into()));
    }
    objects::hold(tx, id.as_str())?;
    let Some(object) = objects::by_uri(tx, id.as_str())? else {
        // Only its own server can say of something unseen that it is gone.
        let own = ctx.elsewhere().rules().id(&by.uri).is_ok_and(|by| by.is_with(id));
        if own {
            objects::bar(tx, id.as_str(), ctx.now())?;
        }
        return Ok(Outcome::Ignored("what is deleted is not here"));
    };
    let is_unknown = is_unknown(tx, object.comment)?;
    retract::erase(tx, ctx, &standing(ctx, by), object.comment)?;
    if !is_unknown {
        regroup::retracted(tx, ctx, object.comment, said)?;
    }
    Ok(Outcome::Done)
}

/// Whether a comment has been held for as long as it is here: nobody was told of it. What stood before is held because it was changed, or
/// because a permission was taken back; those who heard of it then are to hear that it is gone.
fn is_unknown(tx: &mut Read, comment: CommentId) -> Result<bool> {
    let unchanged = comments::spot(tx, comment)?.is_some_and(|spot| spot.state == State::Held && spot.edited.is_none());
    Ok(unchanged && approvals::find(tx, comment)?.is_none())
}
