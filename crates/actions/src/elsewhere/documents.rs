//! What others find under our ids. What is hidden from readers is hidden here, in counts too.

use domain::{CommentId, Noun, Origin, Role, ThreadId, ThreadSort};
use federation::wire::addresses::{Addresses, OurActor, Ours};
use federation::wire::build::{self, Contents, Document, Heading, Indexing, Profile};
use serde_json::Value;
use storage::actors::Actor;
use storage::follows::{self, Followed};
use storage::keys::Holder;
use storage::staff::Staff;
use storage::threads::{self, Thread};
use storage::{Read, boards, comments, outbox};

use super::notes::{self, Seen};
use super::{backfill, pairs, permission};
use crate::{Ctx, Error, Result};

/// Entries of one page of a collection.
const PAGE: i64 = 50;
const FULL: usize = 50;

/// What there is under an id.
#[derive(Debug)]
pub enum Found {
    /// This: JSON.
    Document(String),
    /// Nothing any more: JSON of a tombstone.
    Gone(String),
    /// It is at home elsewhere, under this id.
    Elsewhere(String),
}

/// What there is under an id of ours. `after`: for a page of a collection, the entry it begins after (0 for the first page).
///
/// # Errors
/// [`domain::Refusal::NotFound`] for what is not there and was never seen; failures.
pub async fn find(ctx: &Ctx, ours: Ours, after: Option<i64>) -> Result<Found> {
    match ours {
        Ours::Actor(actor) => profile(ctx, actor).await,
        Ours::Comment(id) => comment(ctx, id).await,
        Ours::Activity(number) => activity(ctx, number).await,
        Ours::Authorization(number) => permission::document(ctx, number).await,
        collection => self::collection(ctx, collection, after).await,
    }
}

fn missing() -> Error {
    Error::missing(Noun::Page)
}

/// Somebody with an account here.
pub(crate) fn local(tx: &mut Read, name: &str) -> Result<Option<Actor>> {
    Ok(storage::actors::by_handle(tx, "", name)?.filter(|actor| actor.origin == Origin::Local))
}

/// A thread that speaks for itself: on a board elsewhere it is that board's server which passes on what is said in it.
fn at_home(tx: &mut Read, id: ThreadId) -> Result<Option<Thread>> {
    Ok(standing(tx, id)?.filter(Thread::is_ours))
}

/// A thread whose root can be read.
fn standing(tx: &mut Read, id: ThreadId) -> Result<Option<Thread>> {
    Ok(threads::find(tx, id)?.filter(|thread| thread.state.stands() && thread.merged_into().is_none()))
}

async fn profile(ctx: &Ctx, actor: OurActor) -> Result<Found> {
    let (cx, asked) = (ctx.clone(), actor);
    let shown = match ctx.db().read(move |tx| described(tx, &cx, &asked)).await? {
        Described::Here(shown) => shown,
        Described::Elsewhere(root) => return Ok(Found::Elsewhere(root)),
    };
    let pem = pairs::public(ctx, shown.holder).await?;
    Ok(Found::Document(drawn(ctx, shown, pem).json()))
}

/// The document of an actor with this key.
pub(crate) fn drawn(ctx: &Ctx, shown: Shown, pem: String) -> Document {
    let profile = Profile {
        name: Some(shown.name).filter(|name| !name.is_empty()),
        summary: Some(shown.summary).filter(|summary| !summary.is_empty()),
        published: shown.published,
        indexing: Indexing::Allowed,
        pem,
    };
    build::actor(ctx.elsewhere().addresses(), &shown.actor, &profile)
}

/// Where an actor is to be read about.
enum Described {
    Here(Shown),
    /// A thread on a board elsewhere is no actor; this is the id of its root.
    Elsewhere(String),
}

fn described(tx: &mut Read, ctx: &Ctx, actor: &OurActor) -> Result<Described> {
    if let Some(shown) = shown(tx, actor)? {
        return Ok(Described::Here(shown));
    }
    let OurActor::Thread(id) = actor else { return Err(missing()) };
    // A root that cannot be seen here is not pointed to.
    let thread = standing(tx, *id)?.filter(|thread| thread.state.has_words()).ok_or_else(missing)?;
    Ok(Described::Elsewhere(notes::id(tx, ctx, thread.id.root())?))
}

/// The id of a board that is known here by an address of ours, `name@host`, and is at home elsewhere.
///
/// # Errors
/// [`domain::Refusal::NotFound`] where there is none; failures.
pub async fn board_elsewhere(ctx: &Ctx, address: &str) -> Result<Found> {
    let address = address.to_owned();
    let board = ctx.db().read(move |tx| boards::by_address(tx, &address)).await?;
    let group = board.and_then(|board| board.group).ok_or_else(missing)?;
    Ok(Found::Elsewhere(group.uri))
}

/// What is shown of an actor, but for its key.
pub(crate) struct Shown {
    /// As it is written here: names are found in any case.
    pub(crate) actor: OurActor,
    holder: Holder,
    name: String,
    summary: String,
    published: i64,
}

/// An actor that can be seen.
pub(crate) fn shown(tx: &mut Read, actor: &OurActor) -> Result<Option<Shown>> {
    Ok(match actor {
        OurActor::Person(name) => local(tx, name)?.map(|person| Shown {
            actor: OurActor::Person(person.name.clone()),
            holder: Holder::Person(person.id),
            name: person.name,
            summary: person.about_html,
            published: person.created.0,
        }),
        OurActor::Board(name) | OurActor::BoardAll(name) => boards::by_name(tx, name)?.map(|board| {
            let (own, all) = (OurActor::Board(board.name.clone()), OurActor::BoardAll(board.name.clone()));
            let is_all = matches!(actor, OurActor::BoardAll(_));
            Shown {
                actor: if is_all { all } else { own },
                holder: if is_all { Holder::Instance } else { Holder::Board(board.id) },
                name: if is_all { format!("{} (every comment)", board.title) } else { board.title },
                summary: board.about_html,
                published: board.created.0,
            }
        }),
        OurActor::Thread(id) => at_home(tx, *id)?.map(|thread| Shown {
            actor: OurActor::Thread(thread.id),
            holder: Holder::Instance,
            name: thread.title,
            summary: String::new(),
            published: thread.published.0,
        }),
        OurActor::Instance => Some(Shown {
            actor: OurActor::Instance,
            holder: Holder::Instance,
            name: storage::settings::get(tx, crate::instance::NAME)?.unwrap_or_default(),
            summary: String::new(),
            published: 0,
        }),
    })
}

async fn comment(ctx: &Ctx, id: CommentId) -> Result<Found> {
    let cx = ctx.clone();
    let seen = ctx.db().read(move |tx| notes::seen(tx, &cx, id)).await?;
    let addresses = ctx.elsewhere().addresses();
    match seen {
        Some(Seen::Note(note)) => Ok(Found::Document(build::note(addresses, &note).json())),
        Some(Seen::Gone { answered }) => Ok(Found::Gone(build::tombstone(addresses, id, answered.as_deref()).json())),
        Some(Seen::Elsewhere(id)) => Ok(Found::Elsewhere(id)),
        None => Err(Error::missing(Noun::Comment)),
    }
}

/// An activity of ours. That which made a comment has the comment's number, and is told as long as the comment can be read, whether or
/// not it was ever sent: what was sent may hold words that have since been taken away.
async fn activity(ctx: &Ctx, number: i64) -> Result<Found> {
    let cx = ctx.clone();
    ctx.db().read(move |tx| told(tx, &cx, number)).await?.map(Found::Document).ok_or_else(missing)
}

fn told(tx: &mut Read, ctx: &Ctx, number: i64) -> Result<Option<String>> {
    if comments::spot(tx, CommentId(number))?.is_none() {
        let Some(body) = outbox::public(tx, number)? else { return Ok(None) };
        let is_seen = match carried(ctx, &body) {
            Some(comment) => matches!(notes::seen(tx, ctx, comment)?, Some(Seen::Note(_))),
            None => true,
        };
        return Ok(Some(body).filter(|_| is_seen));
    }
    Ok(match notes::seen(tx, ctx, CommentId(number))? {
        Some(Seen::Note(note)) => Some(created(ctx.elsewhere().addresses(), &note).json()),
        Some(Seen::Gone { .. } | Seen::Elsewhere(_)) | None => None,
    })
}

/// The comment of ours whose words an activity holds, itself or in what it passes on.
fn carried(ctx: &Ctx, body: &str) -> Option<CommentId> {
    let body: Value = serde_json::from_str(body).ok()?;
    let objects = ["/object", "/object/object"].iter().filter_map(|place| body.pointer(place));
    let note = objects.into_iter().find(|object| object.get("type").is_some_and(|kind| kind == "Note"))?;
    let id = ctx.elsewhere().rules().id(note.get("id")?.as_str()?).ok()?;
    match ctx.elsewhere().addresses().read(&id)? {
        Ours::Comment(comment) => Some(comment),
        _ => None,
    }
}

fn created(addresses: &Addresses, note: &build::Note) -> Document {
    build::create(Heading { addresses, number: note.id.0, actor: &note.author }, note)
}

async fn collection(ctx: &Ctx, of: Ours, after: Option<i64>) -> Result<Found> {
    let cx = ctx.clone();
    ctx.db().read(move |tx| read_collection(tx, &cx, &of, after)).await.map(|found| Found::Document(found.json()))
}

fn read_collection(tx: &mut Read, ctx: &Ctx, of: &Ours, after: Option<i64>) -> Result<Document> {
    let addresses = ctx.elsewhere().addresses();
    let counted = |total: i64| build::collection(addresses, of, whole(total), &Contents::Counted);
    Ok(match of {
        Ours::Followers(actor) => counted(followers(tx, actor)?),
        Ours::Following(actor) => {
            shown(tx, actor)?.ok_or_else(missing)?;
            counted(following(tx, actor)?)
        }
        Ours::Featured(name) => {
            let board = boards::by_name(tx, name)?.ok_or_else(missing)?;
            let pinned: Vec<CommentId> = threads::pinned(tx, board.id)?.iter().map(|thread| thread.id.root()).collect();
            listed(addresses, of, notes::ids(tx, ctx, &pinned)?)
        }
        Ours::Moderators(name) => {
            let board = boards::by_name(tx, name)?.ok_or_else(missing)?;
            let moderates = |one: &Staff| one.role >= Role::Moderator && one.reach.includes(board.id);
            let staff = storage::staff::list(tx)?.into_iter().filter(moderates);
            listed(addresses, of, staff.map(|one| addresses.actor(&OurActor::Person(one.name))).collect())
        }
        Ours::Outbox(actor) => said(tx, ctx, of, actor, after)?,
        Ours::Context(thread) => {
            let thread = standing(tx, *thread)?.ok_or_else(missing)?;
            match after {
                None => {
                    let total = whole(comments::count_members(tx, thread.id)?);
                    build::discussion(addresses, thread.id, total, &backfill::members::digest(tx, ctx, &thread)?)
                }
                Some(after) => {
                    let members = comments::members(tx, thread.id, CommentId(after), PAGE)?;
                    page(tx, ctx, of, after, &members)?
                }
            }
        }
        Ours::Replies(id) => {
            comments::spot(tx, *id)?.filter(|spot| spot.state.stands()).ok_or_else(missing)?;
            match after {
                None => paged(addresses, of, comments::count_children(tx, *id)?),
                Some(after) => {
                    let children = comments::children(tx, *id, Some(CommentId(after)), PAGE)?;
                    page(tx, ctx, of, after, &children)?
                }
            }
        }
        Ours::Actor(_) | Ours::Comment(_) | Ours::Activity(_) | Ours::Authorization(_) => return Err(missing()),
    })
}

fn whole(total: i64) -> u64 {
    u64::try_from(total).unwrap_or(0)
}

fn listed(addresses: &Addresses, of: &Ours, ids: Vec<String>) -> Document {
    build::collection(addresses, of, ids.len() as u64, &Contents::Whole(ids))
}

fn paged(addresses: &Addresses, of: &Ours, total: i64) -> Document {
    build::collection(addresses, of, whole(total), &Contents::Paged)
}

/// A page that shows the ids of these comments.
fn page(tx: &mut Read, ctx: &Ctx, of: &Ours, after: i64, all: &[CommentId]) -> Result<Document> {
    let items: Vec<_> = notes::ids(tx, ctx, all)?.into_iter().map(Into::into).collect();
    let next = all.last().filter(|_| all.len() == FULL).map(|last| last.0);
    Ok(build::page(ctx.elsewhere().addresses(), of, after, &items, next))
}

/// How many boards of other servers an actor follows: people do.
fn following(tx: &mut Read, actor: &OurActor) -> Result<i64> {
    let OurActor::Person(name) = actor else { return Ok(0) };
    local(tx, name)?.map_or(Ok(0), |person| Ok(storage::following::count(tx, person.id)?))
}

fn followers(tx: &mut Read, actor: &OurActor) -> Result<i64> {
    let followed = followed(tx, actor)?.ok_or_else(missing)?;
    followed.map_or(Ok(0), |followed| Ok(follows::count(tx, followed)?))
}

/// What one hears of who follows an actor: nothing of the instance. `None` if there is no such actor.
pub(crate) fn followed(tx: &mut Read, actor: &OurActor) -> Result<Option<Option<Followed>>> {
    Ok(match actor {
        OurActor::Person(name) => local(tx, name)?.map(|person| Some(Followed::Person(person.id))),
        OurActor::Board(name) => boards::by_name(tx, name)?.map(|board| Some(Followed::Threads(board.id))),
        OurActor::BoardAll(name) => boards::by_name(tx, name)?.map(|board| Some(Followed::Everything(board.id))),
        OurActor::Thread(id) => at_home(tx, *id)?.map(|thread| Some(Followed::Thread(thread.id))),
        OurActor::Instance => Some(None),
    })
}

/// What an actor has said, newest first: a person its comments, a board its threads, a thread its comments.
fn said(tx: &mut Read, ctx: &Ctx, of: &Ours, actor: &OurActor, after: Option<i64>) -> Result<Document> {
    let addresses = ctx.elsewhere().addresses();
    let before = after.filter(|after| *after > 0).map(CommentId);
    let (total, numbers): (i64, Vec<CommentId>) = match actor {
        OurActor::Person(name) => {
            let person = local(tx, name)?.ok_or_else(missing)?;
            let lines = comments::by_author(tx, person.id, before, PAGE)?;
            (comments::count_public_by(tx, person.id)?, lines.into_iter().map(|(line, _)| line.id).collect())
        }
        OurActor::Board(name) | OurActor::BoardAll(name) => {
            let board = boards::by_name(tx, name)?.ok_or_else(missing)?;
            let last = before.map(|id| threads::find(tx, ThreadId(id.0))).transpose()?.flatten();
            let after = last.map(|last| last.after(ThreadSort::New));
            let page = threads::page(tx, Some(board.id), ThreadSort::New, after, PAGE)?;
            let total = boards::thread_counts(tx)?.into_iter().find(|(id, _)| *id == board.id).map_or(0, |(_, n)| n);
            (total, page.into_iter().map(|thread| thread.id.root()).collect())
        }
        OurActor::Thread(id) => {
            let thread = at_home(tx, *id)?.ok_or_else(missing)?;
            let lines = comments::newest(tx, thread.id, before, PAGE)?;
            (comments::count_members(tx, thread.id)?, lines.into_iter().map(|line| line.id).collect())
        }
        OurActor::Instance => (0, Vec::new()),
    };
    if after.is_none() {
        return Ok(paged(addresses, of, total));
    }
    let mut items = Vec::new();
    for number in &numbers {
        if let Some(Seen::Note(note)) = notes::seen(tx, ctx, *number)? {
            items.push(created(addresses, &note).inner());
        }
    }
    let next = numbers.last().filter(|_| numbers.len() == FULL).map(|last| last.0);
    Ok(build::page(addresses, of, after.unwrap_or(0), &items, next))
}
