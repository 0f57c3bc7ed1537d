//! Boards of other servers that people here follow: finding one by its name or address, asking to hear what it passes on, and what it
//! answers. What it passes on then is put on the board by `place`.

use std::time::Duration;

use domain::authority::Admission;
use domain::{ActorId, BoardId, Noun, Refusal, Role};
use federation::budget::{Allowance, Budget, Cause, PerDomain};
use federation::webfinger::{Handle, resolve};
use federation::wire::addresses::{OurActor, Ours};
use federation::wire::parse::{Actor, Inner, Kind as Of};
use storage::boards::{self, Board, Group};
use storage::following::{self, Following, Stage};
use storage::remotes::{self, Kind, Presence, Remote};
use storage::{Read, Write, accounts};

use super::known::{self, Unknown};
use super::say;
use super::work::Outcome;
use crate::{Ctx, Error, Person, Result};

/// Two handles, with a redirect of each, and the actor: somebody waits for the answer.
const ALLOWANCE: Allowance = Allowance {
    fetches: 12,
    bytes: 2 << 20,
    time: Duration::from_secs(20),
    per_domain: PerDomain { fetches: 12, hosts: 3, per_host: 12 },
};

/// Who has asked and has no answer may ask again after this time, in milliseconds.
const AGAIN_MS: i64 = 10 * 60 * 1000;

/// A board elsewhere, and how somebody follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// The board.
    pub board: Board,
    /// What became of the Follow.
    pub stage: Stage,
}

/// Asks a board of another server that this person may hear what it passes on. `text` is its handle (`@name@host`) or its id. Once it
/// has said yes nothing more is asked.
///
/// # Errors
/// Refusals: who may not write, what is no board of another server, what cannot be found there; failures.
pub async fn follow(ctx: &Ctx, who: &Person, text: &str) -> Result<Followed> {
    who.must_be(Role::Member, "follow boards")?;
    who.must_be_free("follow boards")?;
    ask(ctx, who.actor, &who.name, text).await
}

/// The same as whoever has the machine, for the account of that name.
///
/// # Errors
/// As [`follow`], and a refusal of a name that no account has.
pub async fn follow_as_host(ctx: &Ctx, account: &str, text: &str) -> Result<Followed> {
    let wanted = account.to_owned();
    let found = ctx.db().read(move |tx| accounts::by_name(tx, &wanted)).await?;
    let account = found.ok_or_else(|| crate::account::nobody(account))?;
    ask(ctx, account.actor, &account.name, text).await
}

async fn ask(ctx: &Ctx, actor: ActorId, name: &str, text: &str) -> Result<Followed> {
    let (described, group) = find(ctx, text.trim()).await?;
    if group.kind != Kind::Group {
        return Err(unfollowable("it is no board: only groups can be followed from here"));
    }
    let (cx, name) = (ctx.clone(), name.to_owned());
    ctx.db().write(move |tx| asked(tx, &cx, (actor, &name), &described, &group)).await
}

fn unfollowable(problem: impl Into<String>) -> Error {
    Error::Refused(Refusal::field("name", problem))
}

/// Whom a handle or an id means, as their server describes them now.
async fn find(ctx: &Ctx, text: &str) -> Result<(Actor, Remote)> {
    let rules = ctx.elsewhere().rules();
    let budget = Budget::new(ALLOWANCE, Cause::Ours);
    let id = if text.contains("://") {
        rules.id(text).map_err(|bad| unfollowable(format!("the address {bad}")))?
    } else {
        // Lemmy's people write `!name@host`.
        let bare = text.strip_prefix('!').unwrap_or(text);
        let handle = Handle::parse(bare, rules).map_err(|bad| unfollowable(bad.to_string()))?;
        if handle.host() == ctx.elsewhere().addresses().host() {
            return Err(ours());
        }
        let found = resolve(super::client(ctx).await?, &handle, &budget, ctx.now().0).await;
        found.map_err(|why| unfollowable(why.to_string()))?.actor
    };
    if rules.is_ours(&id) {
        return Err(ours());
    }
    known::described(ctx, &id, &budget).await.map_err(|unknown| match unknown {
        Unknown::Ours(error) => error,
        other => unfollowable(other.to_string()),
    })
}

fn ours() -> Error {
    unfollowable("it is at home here, and needs no following")
}

fn asked(
    tx: &mut Write,
    ctx: &Ctx,
    (actor, name): (ActorId, &str),
    described: &Actor,
    group: &Remote,
) -> Result<Followed> {
    let board = match boards::of_actor(tx, group.actor)? {
        Some(board) => board,
        None => new_board(tx, ctx, described, group)?,
    };
    if let Some(known) = following::find(tx, actor, board.id)? {
        let asked_lately = known.stage == Stage::Asked && ctx.now().0 - known.asked.0 < AGAIN_MS;
        if known.stage == Stage::Accepted || asked_lately {
            return Ok(Followed { board, stage: known.stage });
        }
    }
    let number = ctx.id();
    following::ask(tx, actor, board.id, number, ctx.now())?;
    say::follow(tx, ctx, name, number, group)?;
    Ok(Followed { board, stage: Stage::Asked })
}

fn new_board(tx: &mut Write, ctx: &Ctx, described: &Actor, group: &Remote) -> Result<Board> {
    let summary = described.summary.as_deref().unwrap_or_default();
    let about = domain::text::from_html(summary, &ctx.limits().text).map(|text| text.html).unwrap_or_default();
    let (id, host) = (BoardId(ctx.id()), described.id.host());
    let taken = boards::by_address(tx, &boards::address(&described.username, &host))?.is_some();
    let board = Board {
        id,
        // As with people: a name belongs to whoever was met first under it.
        name: if taken { format!("{}~{id}", described.username) } else { described.username.clone() },
        host,
        group: Some(Group { actor: group.actor, uri: group.uri.clone(), url: group.url.clone() }),
        title: known::title(ctx, described),
        about: String::new(),
        about_html: about,
        rules: String::new(),
        rules_html: String::new(),
        admission: Admission::Everybody,
        created: ctx.now(),
        slow: 0,
    };
    boards::insert(tx, &board)?;
    Ok(board)
}

/// Follows a board elsewhere no longer, which is told. Doing it twice does nothing the second time.
///
/// # Errors
/// [`Refusal::NotFound`] for a board that is not known here; failures.
pub async fn unfollow(ctx: &Ctx, who: &Person, address: &str) -> Result<Board> {
    who.must_be(Role::Member, "follow boards")?;
    let (cx, who, address) = (ctx.clone(), who.clone(), address.trim().trim_start_matches(['@', '!']).to_owned());
    ctx.db()
        .write(move |tx| {
            let board = boards::by_address(tx, &address)?.ok_or(Error::missing(Noun::Board))?;
            let Some(group) = &board.group else { return Err(ours()) };
            let Some(known) = following::find(tx, who.actor, board.id)? else { return Ok(board) };
            following::remove(tx, who.actor, board.id)?;
            let there = remotes::of_actor(tx, group.actor)?.filter(|group| group.presence == Presence::There);
            // Also after a no, which may have become a yes meanwhile.
            if let Some(group) = there {
                say::unfollow(tx, &cx, &who.name, known.follow, &group)?;
            }
            Ok(board)
        })
        .await
}

/// Whether and how somebody follows a board.
///
/// # Errors
/// Failures only.
pub async fn stage(ctx: &Ctx, who: &Person, board: BoardId) -> Result<Option<Stage>> {
    let actor = who.actor;
    let known = ctx.db().read(move |tx| following::find(tx, actor, board)).await?;
    Ok(known.map(|known| known.stage))
}

/// A board elsewhere is gone, if the actor that is gone was one.
///
/// # Errors
/// Storage failures only.
pub(crate) fn gone(tx: &mut Write, ctx: &Ctx, actor: ActorId) -> Result<()> {
    match boards::of_actor(tx, actor)? {
        Some(board) => Ok(following::end(tx, board.id, ctx.now())?),
        None => Ok(()),
    }
}

/// An actor has gone to another server. If it is a board, whoever follows it from here asks to follow it there, and follows it no longer
/// where it was. What stands on it here stays there.
///
/// # Errors
/// Storage failures only.
pub(crate) fn moved(tx: &mut Write, ctx: &Ctx, from: &Remote, (described, to): (&Actor, &Remote)) -> Result<()> {
    let Some(board) = boards::of_actor(tx, from.actor)? else { return Ok(()) };
    for known in following::of_board(tx, board.id)? {
        let Some(who) = storage::actors::find(tx, known.actor)? else { continue };
        asked(tx, ctx, (who.id, &who.name), described, to)?;
        following::remove(tx, who.id, board.id)?;
        say::unfollow(tx, ctx, &who.name, known.follow, from)?;
    }
    Ok(())
}

/// A board has said yes or no to a Follow. It counts if the Follow was sent, and was sent to who answers.
///
/// # Errors
/// Failures only.
pub(crate) async fn answered(ctx: &Ctx, of: Inner, by: Remote, stage: Stage) -> Result<Outcome> {
    let cx = ctx.clone();
    ctx.db()
        .write(move |tx| {
            let Some(known) = sent(tx, &cx, &of, by.actor)? else {
                return Ok(Outcome::Ignored("it answers nothing that was asked of who says it"));
            };
            following::answer(tx, known.follow, stage, cx.now())?;
            Ok(Outcome::Done)
        })
        .await
}

/// The Follow that an answer is about, if it was sent to this actor: by its id, or where that is left out by who follows.
fn sent(tx: &mut Read, ctx: &Ctx, of: &Inner, to: ActorId) -> Result<Option<Following>> {
    let Some(board) = boards::of_actor(tx, to)? else { return Ok(None) };
    let addresses = ctx.elsewhere().addresses();
    let found = match &of.id {
        Some(id) => match id.as_id().and_then(|id| addresses.read(id)) {
            Some(Ours::Activity(number)) => following::by_follow(tx, number)?,
            _ => None,
        },
        None if of.kind == Some(Of::Follow) => match of.actor.as_ref().and_then(|actor| addresses.read(actor)) {
            Some(Ours::Actor(OurActor::Person(name))) => {
                let person = super::documents::local(tx, &name)?;
                person.map_or(Ok(None), |person| following::find(tx, person.id, board.id))?
            }
            _ => None,
        },
        None => None,
    };
    Ok(found.filter(|known| known.board == board.id))
}
