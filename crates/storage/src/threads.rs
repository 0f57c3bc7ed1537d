//! Threads: their lists, their counters, and the version that every visible change raises.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use domain::authority::Openness;
use domain::{ActorId, BoardId, CommentId, EventKind, Origin, State, ThreadId, ThreadSort, Time, Votes, rank};

use crate::boards::address;
use crate::conn::{Change, Read, Write, on_either};
use crate::kept::{Sql, Value, kept};
use crate::schema::{actors, boards, comments, events, threads, withheld};
use crate::{Error, Result, marks};

/// A thread as stored, with what a page says of it at its head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    /// Its id, the root comment's too.
    pub id: ThreadId,
    /// Its board.
    pub board: BoardId,
    /// The board's name, without a host.
    pub board_name: String,
    /// Empty for a board of ours; otherwise the other server that it is at home on.
    pub board_host: String,
    /// The board's title.
    pub board_title: String,
    /// Its title.
    pub title: String,
    /// What it discusses, if that is a page elsewhere.
    pub url: Option<String>,
    /// When it began.
    pub published: Time,
    /// Whether lists show it.
    pub listed: bool,
    /// Whether it takes no new comments.
    pub locked: bool,
    /// Whether it stands at the head of its board.
    pub pinned: bool,
    /// Comments that stand in the tree, without the root.
    pub comments: i64,
    /// When the last comment came.
    pub active: Time,
    /// Score of the root.
    pub score: i64,
    /// Hot rank of the root.
    pub hot: i64,
    /// Wilson rank of the root.
    pub best: i64,
    /// Grows with every change that a reader can see.
    pub version: i64,
    /// Who wrote the root.
    pub author: Author,
    /// What became of the root.
    pub state: State,
    /// Seconds that everybody has to let pass between two comments of theirs in it, for its own sake; 0: none.
    pub slow: i64,
    /// The same for all its board.
    pub board_slow: i64,
    /// In which thread its root stands: in this one, unless it was merged into another.
    pub place: ThreadId,
}

/// Who wrote something, as much as a line of a page says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// The actor.
    pub id: ActorId,
    /// Their name.
    pub name: String,
    /// Empty for local people.
    pub host: String,
    /// Where they come from.
    pub origin: Origin,
}

pub(crate) type AuthorRow = (i64, String, String, i16);
pub(crate) const AUTHOR: (actors::id, actors::name, actors::host, actors::origin) =
    (actors::id, actors::name, actors::host, actors::origin);

pub(crate) fn author((id, name, host, origin): AuthorRow) -> Result<Author> {
    let origin = Origin::coded(origin).ok_or(Error::Unknown("actors.origin"))?;
    Ok(Author { id: ActorId(id), name, host, origin })
}

type ThreadRow = (i64, i64, String, Option<String>, i64, bool, bool, bool, i64, i64, i64, i64, i64, i64, i64);
type Row = (ThreadRow, (String, String, String, i64), AuthorRow, (i16, i64));

fn thread((row, (board_name, board_host, board_title, board_slow), by, (state, place)): Row) -> Result<Thread> {
    let (id, board, title, url, published, listed, locked, pinned, comments, active, score, hot, best, version, slow) =
        row;
    Ok(Thread {
        id: ThreadId(id),
        board: BoardId(board),
        board_name,
        board_host,
        board_title,
        title,
        url,
        published: Time(published),
        listed,
        locked,
        pinned,
        comments,
        active: Time(active),
        score,
        hot,
        best,
        version,
        author: author(by)?,
        state: State::coded(state).ok_or(Error::Unknown("comments.state"))?,
        slow,
        board_slow,
        place: ThreadId(place),
    })
}

/// Threads with board, root and author; four tables, each found by its key.
macro_rules! heads {
    () => {
        threads::table
            .inner_join(boards::table)
            .inner_join(comments::table.on(comments::id.eq(threads::id)))
            .inner_join(actors::table.on(actors::id.eq(comments::author_id)))
            .select((
                threads::all_columns,
                (boards::name, boards::host, boards::title, boards::slow),
                AUTHOR,
                (comments::state, comments::thread_id),
            ))
    };
}

/// A new thread; its root comment is stored apart.
#[derive(Clone, Debug)]
pub struct NewThread<'a> {
    /// Its id.
    pub id: ThreadId,
    /// Its board.
    pub board: BoardId,
    /// Its title.
    pub title: &'a str,
    /// What it discusses.
    pub url: Option<&'a str>,
    /// When it began.
    pub published: Time,
    /// Votes on the root.
    pub votes: Votes,
}

/// Stores a thread. The root comment must follow in the same transaction.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn insert(tx: &mut Write, new: &NewThread<'_>) -> Result<()> {
    let row = (
        threads::id.eq(new.id.0),
        threads::board_id.eq(new.board.0),
        threads::title.eq(new.title),
        threads::url.eq(new.url),
        threads::published_at.eq(new.published.0),
        threads::listed.eq(true),
        threads::locked.eq(false),
        threads::pinned.eq(false),
        threads::comments.eq(0),
        threads::active_at.eq(new.published.0),
        threads::score.eq(new.votes.score()),
        threads::hot.eq(rank::hot(new.votes, new.published)),
        threads::best.eq(rank::best(new.votes)),
        threads::version.eq(1),
    );
    diesel::insert_into(threads::table).values(row).execute(&mut tx.conn)?;
    tx.tell(Change::Thread { thread: new.id, version: 1, event: None });
    Ok(())
}

/// The thread of that id.
///
/// # Errors
/// Storage failures only.
pub fn find(tx: &mut Read, id: ThreadId) -> Result<Option<Thread>> {
    heads!().filter(threads::id.eq(id.0)).get_result::<Row>(&mut tx.conn).optional()?.map(thread).transpose()
}

/// The threads that follow one, in the order of their ids: all of them, in lists or not.
///
/// # Errors
/// Storage failures only.
pub fn after(tx: &mut Read, thread_id: ThreadId, limit: i64) -> Result<Vec<Thread>> {
    let query = heads!().filter(threads::id.gt(thread_id.0)).order(threads::id).limit(limit);
    query.load::<Row>(&mut tx.conn)?.into_iter().map(thread).collect()
}

/// Where a page of a list begins: after the thread with this key and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After {
    /// The thread's value in the chosen order.
    pub key: i64,
    /// Its id.
    pub id: i64,
}

impl Thread {
    /// What its board is called in addresses.
    #[must_use]
    pub fn board_address(&self) -> String {
        address(&self.board_name, &self.board_host)
    }

    /// Whether its board is ours. Of any other it is that board's server which decides what stands in it, and passes it on.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.board_host.is_empty()
    }

    /// The thread into which it was merged.
    #[must_use]
    pub fn merged_into(&self) -> Option<ThreadId> {
        Some(self.place).filter(|place| *place != self.id)
    }

    /// Whether it takes new comments.
    #[must_use]
    pub fn openness(&self) -> Openness {
        openness(self.locked)
    }

    /// The cursor for the page after this thread.
    #[must_use]
    pub fn after(&self, sort: ThreadSort) -> After {
        let key = match sort {
            ThreadSort::Hot => self.hot,
            ThreadSort::New => self.published.0,
            ThreadSort::Top => self.score,
            ThreadSort::Best => self.best,
            ThreadSort::Active => self.active.0,
        };
        After { key, id: self.id.0 }
    }
}

/// A page of the listed threads, of one board or of all.
///
/// # Errors
/// Storage failures only.
pub fn page(
    tx: &mut Read,
    board: Option<BoardId>,
    sort: ThreadSort,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<Thread>> {
    let mut query = heads!().filter(threads::listed.eq(true)).limit(limit).into_boxed();
    if let Some(board) = board {
        query = query.filter(threads::board_id.eq(board.0));
    }
    macro_rules! ordered {
        ($key:expr) => {{
            if let Some(after) = after {
                // `key <= ?` alone bounds the index; the rest drops what was shown already.
                query = query.filter($key.le(after.key)).filter($key.lt(after.key).or(threads::id.lt(after.id)));
            }
            query.order(($key.desc(), threads::id.desc())).load::<Row>(&mut tx.conn)?
        }};
    }
    let rows = match sort {
        ThreadSort::Hot => ordered!(threads::hot),
        ThreadSort::New => ordered!(threads::published_at),
        ThreadSort::Top => ordered!(threads::score),
        ThreadSort::Best => ordered!(threads::best),
        ThreadSort::Active => ordered!(threads::active_at),
    };
    rows.into_iter().map(thread).collect()
}

/// The threads at the head of a board, newest first.
///
/// # Errors
/// Storage failures only.
pub fn pinned(tx: &mut Read, board: BoardId) -> Result<Vec<Thread>> {
    let query = heads!()
        .filter(threads::board_id.eq(board.0))
        // Bare, as in the index of the few that are.
        .filter(threads::pinned)
        .filter(threads::listed.eq(true))
        .order(threads::id.desc())
        .limit(10);
    query.load::<Row>(&mut tx.conn)?.into_iter().map(thread).collect()
}

/// What a change means for the thread it happens in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touch {
    /// Comments that now stand in the tree, less those that no longer do.
    pub comments: i64,
    /// The time of the new comment, if the change is one.
    pub active: Option<Time>,
    /// What those who watch are told.
    pub event: Option<(EventKind, CommentId)>,
    /// When it happens.
    pub now: Time,
}

/// A thread right after a change in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touched {
    /// Its version.
    pub version: i64,
    /// Whether it takes new comments: on PostgreSQL it may have been locked since that was looked up.
    pub openness: Openness,
}

const TOUCH: &str = "UPDATE threads SET version = version + 1, comments = comments + ?, \
     active_at = CASE WHEN active_at < ? THEN ? ELSE active_at END WHERE id = ? RETURNING version, locked";

/// Raises the thread's version, keeps its counters, and records the news. Every visible change in a thread passes here.
///
/// # Errors
/// Storage failures only.
pub fn touch(tx: &mut Write, id: ThreadId, touch: Touch) -> Result<Touched> {
    // Whoever is stored later may have been written earlier.
    let active = touch.active.map_or(i64::MIN, |active| active.0);
    // From here on nobody else can lock the thread until this transaction ends: what it is now is what it is at the commit.
    let (version, locked) = on_either!(&mut tx.conn, |c| {
        let values = [touch.comments, active, active, id.0].map(Value::Number);
        Sql::<4, (BigInt, Bool)>::new(TOUCH, values).get_result::<(i64, bool)>(c)
    })?;
    if let Some((kind, comment)) = touch.event {
        let row = (
            events::thread_id.eq(id.0),
            events::version.eq(version),
            events::kind.eq(kind.code()),
            events::comment_id.eq(comment.0),
            events::created_at.eq(touch.now.0),
        );
        on_either!(&mut tx.conn, |c| diesel::insert_into(events::table).values(row).execute(c))?;
    }
    tx.tell(Change::Thread { thread: id, version, event: touch.event });
    Ok(Touched { version, openness: openness(locked) })
}

fn openness(locked: bool) -> Openness {
    if locked { Openness::Locked } else { Openness::Open }
}

/// Stores the ranks that follow from the votes on the root.
///
/// # Errors
/// Storage failures only.
pub fn set_votes(tx: &mut Write, id: ThreadId, published: Time, votes: Votes) -> Result<()> {
    let ranks = (
        threads::score.eq(votes.score()),
        threads::hot.eq(rank::hot(votes, published)),
        threads::best.eq(rank::best(votes)),
    );
    on_either!(&mut tx.conn, |c| kept(diesel::update(threads::table.find(id.0)).set(ranks)).run(c))?;
    Ok(())
}

/// Gives the thread another title and another link, as its author has changed them. Says whether they were others.
///
/// # Errors
/// Storage failures only.
pub fn retitle(tx: &mut Write, id: ThreadId, title: &str, url: Option<&str>) -> Result<bool> {
    let known: (String, Option<String>) =
        threads::table.find(id.0).select((threads::title, threads::url)).get_result(&mut tx.conn)?;
    if (known.0.as_str(), known.1.as_deref()) == (title, url) {
        return Ok(false);
    }
    let set = (threads::title.eq(title), threads::url.eq(url));
    diesel::update(threads::table.find(id.0)).set(set).execute(&mut tx.conn)?;
    Ok(true)
}

/// Sets whether lists show the thread.
///
/// # Errors
/// Storage failures only.
pub fn set_listed(tx: &mut Write, id: ThreadId, listed: bool) -> Result<()> {
    diesel::update(threads::table.find(id.0)).set(threads::listed.eq(listed)).execute(&mut tx.conn)?;
    Ok(())
}

/// Has lists show the thread, unless a rule has kept it out of them: that outlasts whatever else did.
///
/// # Errors
/// Storage failures only.
pub fn list_again(tx: &mut Write, id: ThreadId) -> Result<()> {
    let free = threads::table.filter(threads::id.eq(id.0)).filter(not(exists(marks::limiting(threads::id))));
    diesel::update(free).set(threads::listed.eq(true)).execute(&mut tx.conn)?;
    Ok(())
}

/// Sets whether the thread takes no new comments.
///
/// # Errors
/// Storage failures only.
pub fn set_locked(tx: &mut Write, id: ThreadId, locked: bool) -> Result<()> {
    diesel::update(threads::table.find(id.0)).set(threads::locked.eq(locked)).execute(&mut tx.conn)?;
    Ok(())
}

/// Sets whether the thread stands at the head of its board.
///
/// # Errors
/// Storage failures only.
pub fn set_pinned(tx: &mut Write, id: ThreadId, pinned: bool) -> Result<()> {
    diesel::update(threads::table.find(id.0)).set(threads::pinned.eq(pinned)).execute(&mut tx.conn)?;
    Ok(())
}

/// Sets how many seconds everybody has to let pass between two comments of theirs in the thread.
///
/// # Errors
/// Storage failures only.
pub fn set_slow(tx: &mut Write, id: ThreadId, slow: i64) -> Result<()> {
    diesel::update(threads::table.find(id.0)).set(threads::slow.eq(slow)).execute(&mut tx.conn)?;
    Ok(())
}

/// Takes title and link away with the words of a removed root; [`give_back`] returns them.
///
/// # Errors
/// Storage failures only.
pub fn withhold(tx: &mut Write, id: ThreadId) -> Result<()> {
    let (title, url): (String, Option<String>) =
        threads::table.find(id.0).select((threads::title, threads::url)).get_result(&mut tx.conn)?;
    let row = (withheld::thread_id.eq(id.0), withheld::title.eq(title), withheld::url.eq(url));
    diesel::insert_into(withheld::table).values(row).execute(&mut tx.conn)?;
    erase_title(tx, id)
}

/// Title and link as its author gave them, also where [`withhold`] took them.
///
/// # Errors
/// Storage failures only.
pub fn head_words(tx: &mut Read, id: ThreadId) -> Result<Option<(String, Option<String>)>> {
    let withheld = withheld::table.find(id.0).select((withheld::title, withheld::url)).get_result(&mut tx.conn);
    if let Some(kept) = withheld.optional()? {
        return Ok(Some(kept));
    }
    let shown = threads::table.find(id.0).select((threads::title, threads::url)).get_result(&mut tx.conn);
    Ok(shown.optional()?)
}

/// Puts back what [`withhold`] took, and returns the title.
///
/// # Errors
/// Storage failures only.
pub fn give_back(tx: &mut Write, id: ThreadId) -> Result<Option<String>> {
    let kept: Option<(String, Option<String>)> =
        withheld::table.find(id.0).select((withheld::title, withheld::url)).get_result(&mut tx.conn).optional()?;
    let Some((title, url)) = kept else { return Ok(None) };
    diesel::update(threads::table.find(id.0))
        .set((threads::title.eq(&title), threads::url.eq(url)))
        .execute(&mut tx.conn)?;
    diesel::delete(withheld::table.find(id.0)).execute(&mut tx.conn)?;
    Ok(Some(title))
}

/// Erases title and link, also those that were withheld.
///
/// # Errors
/// Storage failures only.
pub fn erase_for_good(tx: &mut Write, id: ThreadId) -> Result<()> {
    diesel::delete(withheld::table.find(id.0)).execute(&mut tx.conn)?;
    erase_title(tx, id)
}

/// Erases title and link: they are words of the author too.
///
/// # Errors
/// Storage failures only.
pub fn erase_title(tx: &mut Write, id: ThreadId) -> Result<()> {
    diesel::update(threads::table.find(id.0))
        .set((threads::title.eq(""), threads::url.eq(None::<String>)))
        .execute(&mut tx.conn)?;
    Ok(())
}
