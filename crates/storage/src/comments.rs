//! Comments: their places, their states, their words.

use std::collections::{BTreeSet, HashMap};

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use domain::tree::Branch;
use domain::{ActorId, BoardId, CommentId, Deed, Origin, State, ThreadId, Time, Votes, first_made_at, rank};

use crate::conn::{Conn, Read, Write, on_either};
use crate::kept::{LIST, kept, places};
use crate::literal::Literal;
use crate::schema::{accounts, actors, boards, comments, hidden, moderation_log, revisions, swept, texts, threads};
use crate::threads::{AUTHOR, Author, AuthorRow, author};
use crate::{Error, Result, holds};

/// What others may read whole: nearly all is so.
macro_rules! is_published {
    () => {
        comments::state.eq(State::Published.code())
    };
}
pub(crate) use is_published;

/// What [`State::Published`] is called in the condition of the index by state, which has all others. Whoever looks for one of those says, too,
/// that it is not this.
pub(crate) const PUBLISHED: Literal<{ State::Published.code() }> = Literal;

/// A new comment.
#[derive(Clone, Debug)]
pub struct NewComment<'a> {
    /// Its id.
    pub id: CommentId,
    /// Its thread.
    pub thread: ThreadId,
    /// What it answers; `None` for a root.
    pub parent: Option<CommentId>,
    /// Who wrote it.
    pub author: ActorId,
    /// 0 for a root, one more for each answer to an answer.
    pub depth: u32,
    /// Its state.
    pub state: State,
    /// When it was published.
    pub published: Time,
    /// Its votes.
    pub votes: Votes,
    /// Its words; `None` for a tombstone or a comment whose words are not known.
    pub words: Option<Words<'a>>,
}

/// The words of a comment.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// As written (Markdown).
    pub source: &'a str,
    /// As rendered and sanitised.
    pub html: &'a str,
}

/// Stores a comment and its words. Counters and news are [`crate::threads::touch`]'s, the search index is [`crate::search`]'s.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn insert(tx: &mut Write, new: &NewComment<'_>) -> Result<()> {
    let row = (
        comments::id.eq(new.id.0),
        comments::thread_id.eq(new.thread.0),
        comments::parent_id.eq(new.parent.map(|parent| parent.0)),
        comments::author_id.eq(new.author.0),
        comments::depth.eq(i64::from(new.depth)),
        comments::state.eq(new.state.code()),
        comments::published_at.eq(new.published.0),
        comments::edited_at.eq(None::<i64>),
        comments::ups.eq(new.votes.ups),
        comments::downs.eq(new.votes.downs),
        comments::best.eq(rank::best(new.votes)),
    );
    on_either!(&mut tx.conn, |c| diesel::insert_into(comments::table).values(row).execute(c))?;
    if let Some(words) = new.words {
        insert_words(tx, new.id, words)?;
    }
    Ok(())
}

/// Gives words to a comment that has none.
///
/// # Errors
/// Storage failures only.
pub fn insert_words(tx: &mut Write, id: CommentId, words: Words<'_>) -> Result<()> {
    let row = (texts::comment_id.eq(id.0), texts::source.eq(words.source), texts::html.eq(words.html));
    on_either!(&mut tx.conn, |c| diesel::insert_into(texts::table).values(row).execute(c))?;
    Ok(())
}

/// Gives other words to a comment, of which nobody is told that they were others: they say the same.
///
/// # Errors
/// Storage failures only.
pub fn replace_words(tx: &mut Write, id: CommentId, words: Words<'_>) -> Result<()> {
    diesel::delete(texts::table.find(id.0)).execute(&mut tx.conn)?;
    insert_words(tx, id, words)
}

/// What has to be known of a comment before anything is done with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The comment.
    pub id: CommentId,
    /// Its thread.
    pub thread: ThreadId,
    /// What it answers.
    pub parent: Option<CommentId>,
    /// Who wrote it.
    pub author: ActorId,
    /// How deep it stands.
    pub depth: u32,
    /// What became of it.
    pub state: State,
    /// When it was published.
    pub published: Time,
    /// When its words last changed.
    pub edited: Option<Time>,
    /// Its votes.
    pub votes: Votes,
    /// The thread's board.
    pub board: BoardId,
    /// Whether its thread takes no new comments.
    pub locked: bool,
    /// The thread's title.
    pub title: String,
    /// Whether its words are shown to those only who want to see them.
    pub sensitive: bool,
    /// How fast people write there.
    pub pace: Pace,
}

/// How many seconds everybody has to let pass between two comments of theirs; 0: none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// In the thread.
    pub thread: i64,
    /// On its board.
    pub board: i64,
}

type SpotRow =
    ((i64, i64, Option<i64>, i64, i64, i16, i64, Option<i64>, i64, i64, i64, bool, String), (bool, i64, i64));

/// The comment of that id with what matters of its thread.
///
/// # Errors
/// Storage failures only.
pub fn spot(tx: &mut Read, id: CommentId) -> Result<Option<Spot>> {
    // On the connection itself: going through `Conn`, the text is put together anew each time, and every change asks for some.
    let row = on_either!(&mut tx.conn, |c| {
        let spot = comments::table.inner_join(threads::table.inner_join(boards::table)).filter(comments::id.eq(id.0));
        let spot = spot.select((
            (
                comments::id,
                comments::thread_id,
                comments::parent_id,
                comments::author_id,
                comments::depth,
                comments::state,
                comments::published_at,
                comments::edited_at,
                comments::ups,
                comments::downs,
                threads::board_id,
                threads::locked,
                threads::title,
            ),
            (comments::sensitive, threads::slow, boards::slow),
        ));
        spot.get_result::<SpotRow>(c)
    });
    let row = row.optional()?;
    let Some((row, (sensitive, in_thread, on_board))) = row else { return Ok(None) };
    let (id, thread, parent, author, depth, state, published, edited, ups, downs, board, locked, title) = row;
    Ok(Some(Spot {
        id: CommentId(id),
        thread: ThreadId(thread),
        parent: parent.map(CommentId),
        author: ActorId(author),
        depth: depth_of(depth)?,
        state: state_of(state)?,
        published: Time(published),
        edited: edited.map(Time),
        votes: Votes { ups, downs },
        board: BoardId(board),
        locked,
        title,
        sensitive,
        pace: Pace { thread: in_thread, board: on_board },
    }))
}

/// The same, and nobody else can change the comment until this transaction ends. (On SQLite nobody can anyway.) Answers to it
/// do not wait: they hold no more than its key.
///
/// # Errors
/// Storage failures only.
pub fn spot_to_change(tx: &mut Write, id: CommentId) -> Result<Option<Spot>> {
    match &mut tx.conn {
        #[cfg(feature = "sqlite")]
        Conn::Sqlite(_) => {}
        #[cfg(feature = "postgres")]
        Conn::Pg(conn) => {
            comments::table.find(id.0).select(comments::id).for_no_key_update().get_result::<i64>(conn).optional()?;
        }
    }
    spot(tx, id)
}

/// Nobody else changes these comments until this transaction ends. They are taken in the order of their ids, as everybody takes several of
/// them, so that no two wait for one another. (On SQLite nobody can anyway.)
///
/// # Errors
/// Storage failures only.
pub fn hold(tx: &mut Write, those: &[CommentId]) -> Result<()> {
    // Asked for none of them, a database would look at all there are.
    if those.is_empty() {
        return Ok(());
    }
    crate::hidden::hold(tx, &those.iter().map(|id| id.0).collect::<Vec<_>>())
}

fn depth_of(depth: i64) -> Result<u32> {
    u32::try_from(depth).ok().ok_or(Error::Unknown("comments.depth"))
}

fn state_of(state: i16) -> Result<State> {
    State::coded(state).ok_or(Error::Unknown("comments.state"))
}

/// A comment as one line of a tree, without its words.
#[derive(Clone, Copy, Debug)]
pub struct Leaf {
    /// What the arrangement needs.
    pub branch: Branch,
    /// Who wrote it.
    pub author: ActorId,
    /// What became of it.
    pub state: State,
}

type LeafRow = (i64, Option<i64>, i64, i16, i64, i64, i64, i64);

/// All comments of a thread that stand in its tree, the root included, by id.
///
/// # Errors
/// Storage failures only.
pub fn leaves(tx: &mut Read, thread: ThreadId) -> Result<Vec<Leaf>> {
    // As in `all_lines`.
    on_either!(&mut tx.conn, |c| {
        comments::table
            .filter(comments::thread_id.eq(thread.0))
            .filter(comments::state.ne(State::Held.code()))
            .order(comments::id)
            .select((
                comments::id,
                comments::parent_id,
                comments::author_id,
                comments::state,
                comments::published_at,
                comments::ups,
                comments::downs,
                comments::best,
            ))
            .load_iter::<LeafRow, diesel::connection::DefaultLoadingMode>(c)?
            .map(|row| leaf(row?))
            .collect()
    })
}

fn leaf((id, parent, author, state, published, ups, downs, best): LeafRow) -> Result<Leaf> {
    let votes = Votes { ups, downs };
    Ok(Leaf {
        branch: Branch { id: CommentId(id), parent: parent.map(CommentId), published: Time(published), votes, best },
        author: ActorId(author),
        state: state_of(state)?,
    })
}

/// A comment as shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The comment.
    pub id: CommentId,
    /// Its thread.
    pub thread: ThreadId,
    /// What it answers.
    pub parent: Option<CommentId>,
    /// How deep it stands: 0 for the root.
    pub depth: u32,
    /// What became of it.
    pub state: State,
    /// When it was published.
    pub published: Time,
    /// When its words last changed.
    pub edited: Option<Time>,
    /// Its votes.
    pub votes: Votes,
    /// Who wrote it.
    pub author: Author,
    /// Its words, rendered; empty where there are none to show.
    pub html: String,
    /// Whether its words are shown to those only who want to see them.
    pub sensitive: bool,
}

/// A row of which the author is read as `A`: whole, or the id alone.
type RowBy<A> = (i64, i64, Option<i64>, i64, i16, i64, Option<i64>, i64, i64, A, Option<String>, bool);
type LineRow = RowBy<AuthorRow>;

fn line(row: LineRow) -> Result<Line> {
    line_by(row, author)
}

fn line_by<A>(row: RowBy<A>, author: impl FnOnce(A) -> Result<Author>) -> Result<Line> {
    let (id, thread, parent, depth, state, published, edited, ups, downs, by, html, sensitive) = row;
    let state = state_of(state)?;
    Ok(Line {
        id: CommentId(id),
        thread: ThreadId(thread),
        parent: parent.map(CommentId),
        depth: depth_of(depth)?,
        state,
        published: Time(published),
        edited: edited.map(Time),
        votes: Votes { ups, downs },
        author: author(by)?,
        html: html.filter(|_| state.has_words() || state == State::Held).unwrap_or_default(),
        sensitive,
    })
}

macro_rules! lines {
    () => {
        comments::table.inner_join(actors::table).left_join(texts::table).select((
            comments::id,
            comments::thread_id,
            comments::parent_id,
            comments::depth,
            comments::state,
            comments::published_at,
            comments::edited_at,
            comments::ups,
            comments::downs,
            AUTHOR,
            texts::html.nullable(),
            comments::sensitive,
        ))
    };
}

/// The comments of these ids with their words, by id. Those that do not exist are left out. Held ones are here: ask [`Line::state`].
///
/// # Errors
/// Storage failures only.
pub fn lines(tx: &mut Read, ids: &[CommentId]) -> Result<Vec<Line>> {
    let mut found = Vec::with_capacity(ids.len());
    for batch in ids.chunks(LIST) {
        let ids = places(batch.iter().map(|id| id.0));
        let rows: Vec<LineRow> = kept(lines!().filter(comments::id.eq_any(ids))).load(&mut tx.conn)?;
        for row in rows {
            found.push(line(row)?);
        }
    }
    found.sort_unstable_by_key(|line| line.id);
    Ok(found)
}

/// All comments of a thread that stand in its tree, with their words, by id.
///
/// # Errors
/// Storage failures only.
pub fn all_lines(tx: &mut Read, thread: ThreadId) -> Result<Vec<Line>> {
    // On the connection itself and row by row: a thread may have thousands, and going through `Conn` takes a third longer. Whoever
    // wrote a hundred of them is looked up once.
    let mut lines = on_either!(&mut tx.conn, |c| {
        comments::table
            .left_join(texts::table)
            .filter(comments::thread_id.eq(thread.0))
            .filter(comments::state.ne(State::Held.code()))
            .order(comments::id)
            .select((
                comments::id,
                comments::thread_id,
                comments::parent_id,
                comments::depth,
                comments::state,
                comments::published_at,
                comments::edited_at,
                comments::ups,
                comments::downs,
                comments::author_id,
                texts::html.nullable(),
                comments::sensitive,
            ))
            .load_iter::<RowBy<i64>, diesel::connection::DefaultLoadingMode>(c)?
            .map(|row| line_by(row?, unnamed))
            .collect::<Result<Vec<Line>>>()
    })?;
    let authors = authors(tx, lines.iter().map(|line| line.author.id.0))?;
    for line in &mut lines {
        line.author = authors.get(&line.author.id.0).cloned().ok_or(Error::Unknown("comments.author_id"))?;
    }
    Ok(lines)
}

/// Somebody of whom the id alone is known yet.
fn unnamed(id: i64) -> Result<Author> {
    author((id, String::new(), String::new(), Origin::Local.code()))
}

fn authors(tx: &mut Read, ids: impl Iterator<Item = i64>) -> Result<HashMap<i64, Author>> {
    let ids: Vec<i64> = ids.collect::<BTreeSet<_>>().into_iter().collect();
    let mut found = HashMap::with_capacity(ids.len());
    for batch in ids.chunks(LIST) {
        let those = actors::table.filter(actors::id.eq_any(places(batch.iter().copied()))).select(AUTHOR);
        let rows: Vec<AuthorRow> = kept(those).load(&mut tx.conn)?;
        for row in rows {
            found.insert(row.0, author(row)?);
        }
    }
    Ok(found)
}

/// The newest comments of a thread, newest first.
///
/// # Errors
/// Storage failures only.
pub fn newest(tx: &mut Read, thread: ThreadId, before: Option<CommentId>, limit: i64) -> Result<Vec<Line>> {
    let query = lines!()
        .filter(comments::thread_id.eq(thread.0))
        .filter(comments::state.ne(State::Held.code()))
        .filter(comments::id.lt(before.map_or(i64::MAX, |before| before.0)))
        .order(comments::id.desc())
        .limit(limit);
    query.load::<LineRow>(&mut tx.conn)?.into_iter().map(line).collect()
}

/// What somebody wrote, newest first, with the titles of the threads: what readers may see.
///
/// # Errors
/// Storage failures only.
pub fn by_author(tx: &mut Read, author: ActorId, before: Option<CommentId>, limit: i64) -> Result<Vec<(Line, String)>> {
    let rows: Vec<(LineRow, String)> = comments::table
        .inner_join(actors::table)
        .inner_join(threads::table)
        .left_join(texts::table)
        .filter(comments::author_id.eq(author.0))
        .filter(comments::state.eq_any([State::Published.code(), State::Flagged.code()]))
        .filter(comments::id.lt(before.map_or(i64::MAX, |before| before.0)))
        .order(comments::id.desc())
        .limit(limit)
        .select((
            (
                comments::id,
                comments::thread_id,
                comments::parent_id,
                comments::depth,
                comments::state,
                comments::published_at,
                comments::edited_at,
                comments::ups,
                comments::downs,
                AUTHOR,
                texts::html.nullable(),
                comments::sensitive,
            ),
            threads::title,
        ))
        .load(&mut tx.conn)?;
    rows.into_iter().map(|(row, title)| Ok((line(row)?, title))).collect()
}

/// How many comments of an author are in each state.
///
/// # Errors
/// Storage failures only.
pub fn tally(tx: &mut Read, author: ActorId) -> Result<Vec<(State, i64)>> {
    let theirs = comments::table.filter(comments::author_id.eq(author.0)).group_by(comments::state);
    let rows: Vec<(i16, i64)> = theirs.select((comments::state, diesel::dsl::count_star())).load(&mut tx.conn)?;
    rows.into_iter().map(|(state, count)| Ok((state_of(state)?, count))).collect()
}

/// Comments of an author that are no tombstones, by id, after `after`: also those that wait for a moderator, and those that only look like
/// one because their server is blocked, or because they were taken down with their author.
///
/// # Errors
/// Storage failures only.
pub fn left_by(tx: &mut Read, author: ActorId, after: CommentId, limit: i64) -> Result<Vec<CommentId>> {
    let stands = comments::state.ne_all([State::Deleted.code(), State::Removed.code()]);
    let may_come_back = hidden::comment_id.is_not_null().or(swept::comment_id.is_not_null());
    let rows = comments::table
        .left_join(hidden::table)
        .left_join(swept::table)
        .filter(comments::author_id.eq(author.0))
        .filter(stands.or(may_come_back))
        .filter(comments::id.gt(after.0))
        .order(comments::id)
        .limit(limit)
        .select(comments::id);
    Ok(rows.load::<i64>(&mut tx.conn)?.into_iter().map(CommentId).collect())
}

/// The words as written; `None` for a tombstone.
///
/// # Errors
/// Storage failures only.
pub fn source(tx: &mut Read, id: CommentId) -> Result<Option<String>> {
    Ok(texts::table.find(id.0).select(texts::source).get_result(&mut tx.conn).optional()?)
}

/// The words as written of those of these comments whose words readers may see, by id.
///
/// # Errors
/// Storage failures only.
pub fn sources(tx: &mut Read, ids: &[CommentId]) -> Result<Vec<(CommentId, String)>> {
    let mut found = Vec::with_capacity(ids.len());
    for batch in ids.chunks(LIST) {
        let those = texts::table
            .inner_join(comments::table)
            .filter(texts::comment_id.eq_any(places(batch.iter().map(|id| id.0))))
            .filter(comments::state.eq(State::Published.code()))
            .select((texts::comment_id, texts::source));
        let rows: Vec<(i64, String)> = kept(those).load(&mut tx.conn)?;
        found.extend(rows.into_iter().map(|(id, source)| (CommentId(id), source)));
    }
    found.sort_unstable_by_key(|(id, _)| *id);
    Ok(found)
}

/// The words as rendered; `None` for a tombstone. Also those of a removed comment: not to be shown.
///
/// # Errors
/// Storage failures only.
pub fn html(tx: &mut Read, id: CommentId) -> Result<Option<String>> {
    Ok(texts::table.find(id.0).select(texts::html).get_result(&mut tx.conn).optional()?)
}

/// The same of several.
///
/// # Errors
/// Storage failures only.
pub fn htmls(tx: &mut Read, ids: &[CommentId]) -> Result<HashMap<CommentId, String>> {
    let of = texts::table.filter(texts::comment_id.eq_any(ids.iter().map(|id| id.0).collect::<Vec<_>>()));
    let rows: Vec<(i64, String)> = of.select((texts::comment_id, texts::html)).load(&mut tx.conn)?;
    Ok(rows.into_iter().map(|(id, html)| (CommentId(id), html)).collect())
}

/// Replaces the words and keeps the earlier ones as a revision under `revision`.
///
/// # Errors
/// Storage failures only.
pub fn edit(tx: &mut Write, id: CommentId, words: Words<'_>, revision: i64, now: Time) -> Result<()> {
    let old: Option<(String, String)> =
        texts::table.find(id.0).select((texts::source, texts::html)).get_result(&mut tx.conn).optional()?;
    let Some((source, html)) = old else {
        // A thread that began as a link alone has had no words until now.
        insert_words(tx, id, words)?;
        diesel::update(comments::table.find(id.0)).set(comments::edited_at.eq(now.0)).execute(&mut tx.conn)?;
        return Ok(());
    };
    let row = (
        revisions::id.eq(revision),
        revisions::comment_id.eq(id.0),
        revisions::source.eq(source),
        revisions::html.eq(html),
        revisions::replaced_at.eq(now.0),
    );
    diesel::insert_into(revisions::table).values(row).execute(&mut tx.conn)?;
    diesel::update(texts::table.find(id.0))
        .set((texts::source.eq(words.source), texts::html.eq(words.html)))
        .execute(&mut tx.conn)?;
    diesel::update(comments::table.find(id.0)).set(comments::edited_at.eq(now.0)).execute(&mut tx.conn)?;
    Ok(())
}

/// Says that something of a comment was changed now that is not among its words: the title of its thread.
///
/// # Errors
/// Storage failures only.
pub fn set_edited(tx: &mut Write, id: CommentId, now: Time) -> Result<()> {
    diesel::update(comments::table.find(id.0)).set(comments::edited_at.eq(now.0)).execute(&mut tx.conn)?;
    Ok(())
}

/// Sets the state. What is held no more waits for nobody.
///
/// # Errors
/// Storage failures only.
pub fn set_state(tx: &mut Write, id: CommentId, state: State) -> Result<()> {
    diesel::update(comments::table.find(id.0)).set(comments::state.eq(state.code())).execute(&mut tx.conn)?;
    if state == State::Held { Ok(()) } else { holds::forget(tx, id) }
}

/// Deletes the words and all earlier versions of them: what is left is a tombstone, or nothing that a moderator could look at.
///
/// # Errors
/// Storage failures only.
pub fn erase_words(tx: &mut Write, id: CommentId) -> Result<()> {
    diesel::delete(texts::table.find(id.0)).execute(&mut tx.conn)?;
    diesel::delete(revisions::table.filter(revisions::comment_id.eq(id.0))).execute(&mut tx.conn)?;
    holds::forget(tx, id)
}

/// Sets whether the words of a comment are shown to those only who want to see them.
///
/// # Errors
/// Storage failures only.
pub fn set_sensitive(tx: &mut Write, id: CommentId, sensitive: bool) -> Result<()> {
    diesel::update(comments::table.find(id.0)).set(comments::sensitive.eq(sensitive)).execute(&mut tx.conn)?;
    Ok(())
}

/// The newest comment of somebody since `since` in a thread, or on a board, whatever became of it.
///
/// # Errors
/// Storage failures only.
pub fn newest_by(tx: &mut Read, author: ActorId, there: Area, since: Time) -> Result<Option<CommentId>> {
    let theirs = comments::table
        .inner_join(threads::table)
        .filter(comments::author_id.eq(author.0))
        .filter(comments::id.ge(first_made_at(since)))
        .order(comments::id.desc())
        .limit(1)
        .select(comments::id);
    let newest = match there {
        Area::Thread(thread) => theirs.filter(comments::thread_id.eq(thread.0)).get_result(&mut tx.conn),
        Area::Board(board) => theirs.filter(threads::board_id.eq(board.0)).get_result(&mut tx.conn),
    };
    Ok(newest.optional()?.map(CommentId))
}

/// Whether somebody has something in a thread, or on a board, that was published at `from` or later and before `until`, whatever became of it.
///
/// # Errors
/// Storage failures only.
pub fn wrote_between(tx: &mut Read, author: ActorId, there: Area, from: Time, until: Time) -> Result<bool> {
    let theirs = comments::table
        .inner_join(threads::table)
        .filter(comments::author_id.eq(author.0))
        .filter(comments::published_at.ge(from.0))
        .filter(comments::published_at.lt(until.0))
        .limit(1)
        .select(comments::id);
    let one = match there {
        Area::Thread(thread) => theirs.filter(comments::thread_id.eq(thread.0)).get_result::<i64>(&mut tx.conn),
        Area::Board(board) => theirs.filter(threads::board_id.eq(board.0)).get_result::<i64>(&mut tx.conn),
    };
    Ok(one.optional()?.is_some())
}

/// Until this transaction ends nobody else stores something of that author who asks for this first: what two store at once neither would see
/// of the other. The embedded database has one writer. Not the author's row: who suspends somebody holds that, and then their comments.
///
/// # Errors
/// Storage failures only.
pub fn hold_author(tx: &mut Write, author: ActorId) -> Result<()> {
    if !tx.conn.is_sqlite() {
        // In the first of both numbers of the key stands that it is the lock of an author; [`crate::objects::hold`] has another.
        let lock = "SELECT 1 FROM (SELECT pg_advisory_xact_lock(2, hashint8($1))) AS held";
        diesel::sql_query(lock).bind::<diesel::sql_types::BigInt, _>(author.0).execute(&mut tx.conn)?;
    }
    Ok(())
}

/// Where comments stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// In a thread.
    Thread(ThreadId),
    /// On a board.
    Board(BoardId),
}

/// An earlier version of a comment's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// As written.
    pub source: String,
    /// As rendered.
    pub html: String,
    /// When later words took their place.
    pub replaced: Time,
}

/// Earlier versions, newest first.
///
/// # Errors
/// Storage failures only.
pub fn revisions(tx: &mut Read, id: CommentId) -> Result<Vec<Revision>> {
    let rows: Vec<(String, String, i64)> = revisions::table
        .filter(revisions::comment_id.eq(id.0))
        .order(revisions::id.desc())
        .limit(200)
        .select((revisions::source, revisions::html, revisions::replaced_at))
        .load(&mut tx.conn)?;
    let revision = |(source, html, replaced)| Revision { source, html, replaced: Time(replaced) };
    Ok(rows.into_iter().map(revision).collect())
}

/// How many versions of a comment there are beside the present one.
///
/// # Errors
/// Storage failures only.
pub fn count_revisions(tx: &mut Read, id: CommentId) -> Result<i64> {
    Ok(revisions::table.filter(revisions::comment_id.eq(id.0)).count().get_result(&mut tx.conn)?)
}

/// Forgets what removed comments said before they were changed, at most so many: of those about which the moderation log says nothing since
/// `time`. What they say at last stays; and all of what was taken down with its author or hidden with its server, for it comes back with them.
/// Says how many those were.
///
/// # Errors
/// Storage failures only.
pub fn forget_editions_of_removed(tx: &mut Write, time: Time, limit: i64) -> Result<usize> {
    let said = moderation_log::table.filter(moderation_log::comment_id.eq(comments::id.nullable()));
    let old: Vec<i64> = revisions::table
        .inner_join(comments::table)
        .filter(comments::state.ne(PUBLISHED).and(comments::state.eq(State::Removed.code())))
        // As all of them are; so it is the removed ones that are gone through, and the index by comment has theirs.
        .filter(revisions::id.lt(first_made_at(time)))
        .filter(exists(said.filter(moderation_log::deed.eq(Deed::Remove.code()))))
        .filter(not(exists(said.filter(moderation_log::id.ge(first_made_at(time))))))
        .filter(not(exists(swept::table.filter(swept::comment_id.eq(comments::id)))))
        .filter(not(exists(hidden::table.filter(hidden::comment_id.eq(comments::id)))))
        .limit(limit)
        .select(revisions::id)
        .load(&mut tx.conn)?;
    if old.is_empty() {
        return Ok(0);
    }
    Ok(diesel::delete(revisions::table.filter(revisions::id.eq_any(old))).execute(&mut tx.conn)?)
}

/// How many comments readers may see whole, roots included: all but the others, which are few and have an index of their own.
///
/// # Errors
/// Storage failures only.
pub fn count_published(tx: &mut Read) -> Result<i64> {
    let all: i64 = comments::table.count().get_result(&mut tx.conn)?;
    let others: i64 = comments::table.filter(comments::state.ne(PUBLISHED)).count().get_result(&mut tx.conn)?;
    Ok(all - others)
}

/// How many threads there are by people here, and how many comments of theirs below those and others. Counts; callers keep the
/// result for a while.
///
/// # Errors
/// Storage failures only.
pub fn count_local(tx: &mut Read) -> Result<(i64, i64)> {
    let mut local = |is_root: bool| -> Result<i64> {
        let theirs = accounts::table
            .inner_join(comments::table.on(comments::author_id.eq(accounts::actor_id)))
            .filter(comments::state.eq(State::Published.code()))
            .filter(comments::parent_id.is_null().eq(is_root));
        Ok(theirs.count().get_result(&mut tx.conn)?)
    };
    Ok((local(true)?, local(false)?))
}

/// How many comments of an author readers may see.
///
/// # Errors
/// Storage failures only.
pub fn count_by_author(tx: &mut Read, author: ActorId) -> Result<i64> {
    let those = comments::table
        .filter(comments::author_id.eq(author.0))
        .filter(comments::state.eq_any([State::Published.code(), State::Flagged.code()]));
    Ok(those.count().get_result(&mut tx.conn)?)
}

/// How many comments of an author but this one readers may see whole, counted up to `most`.
///
/// # Errors
/// Storage failures only.
pub fn published_by(tx: &mut Read, author: ActorId, but: CommentId, most: i64) -> Result<i64> {
    let rows = comments::table
        .filter(comments::author_id.eq(author.0))
        .filter(is_published!())
        .filter(comments::id.ne(but.0))
        .limit(most)
        .select(comments::id);
    Ok(i64::try_from(rows.load::<i64>(&mut tx.conn)?.len()).unwrap_or(i64::MAX))
}

/// Whether readers may see a comment by anybody of this host whole, but for this one.
///
/// # Errors
/// Storage failures only.
pub fn any_of_host(tx: &mut Read, host: &str, but: CommentId) -> Result<bool> {
    let rows = actors::table
        .inner_join(comments::table)
        .filter(actors::host.eq(host))
        .filter(is_published!())
        .filter(comments::id.ne(but.0))
        .limit(1)
        .select(comments::id);
    Ok(!rows.load::<i64>(&mut tx.conn)?.is_empty())
}

/// The newest comments that readers may see whole, on all boards, newest first.
///
/// # Errors
/// Storage failures only.
pub fn latest(tx: &mut Read, limit: i64) -> Result<Vec<CommentId>> {
    let rows = comments::table.filter(is_published!()).order(comments::id.desc()).limit(limit).select(comments::id);
    Ok(rows.load::<i64>(&mut tx.conn)?.into_iter().map(CommentId).collect())
}

macro_rules! published {
    () => {
        comments::table.filter(is_published!())
    };
}

/// What answers a comment, among these: its thread's, which an index has with what each of them answers.
macro_rules! answers {
    ($among:expr, $id:expr) => {{
        let above = diesel::alias!(comments as above);
        let thread = above.filter(above.field(comments::id).eq($id.0)).select(above.field(comments::thread_id));
        $among.filter(comments::thread_id.nullable().eq(thread.single_value())).filter(comments::parent_id.eq($id.0))
    }};
}
pub(crate) use answers;

/// The published answers to a comment, oldest first, after `after`.
///
/// # Errors
/// Storage failures only.
pub fn children(tx: &mut Read, id: CommentId, after: Option<CommentId>, limit: i64) -> Result<Vec<CommentId>> {
    let rows = answers!(published!(), id)
        .filter(comments::id.gt(after.map_or(0, |after| after.0)))
        .order(comments::id)
        .limit(limit)
        .select(comments::id);
    Ok(rows.load::<i64>(&mut tx.conn)?.into_iter().map(CommentId).collect())
}

/// How many published answers a comment has.
///
/// # Errors
/// Storage failures only.
pub fn count_children(tx: &mut Read, id: CommentId) -> Result<i64> {
    Ok(answers!(published!(), id).count().get_result(&mut tx.conn)?)
}

/// Whether anything was ever written in answer to a comment, whatever became of it.
///
/// # Errors
/// Storage failures only.
pub fn has_answers(tx: &mut Read, id: CommentId) -> Result<bool> {
    let first = answers!(comments::table, id).limit(1).select(comments::id);
    Ok(!first.load::<i64>(&mut tx.conn)?.is_empty())
}

/// The published comments of a thread, the root included, by id, after `after`.
///
/// # Errors
/// Storage failures only.
pub fn members(tx: &mut Read, thread: ThreadId, after: CommentId, limit: i64) -> Result<Vec<CommentId>> {
    let rows = published!()
        .filter(comments::thread_id.eq(thread.0))
        .filter(comments::id.gt(after.0))
        .order(comments::id)
        .limit(limit)
        .select(comments::id);
    Ok(rows.load::<i64>(&mut tx.conn)?.into_iter().map(CommentId).collect())
}

/// How many published comments a thread has, the root included.
///
/// # Errors
/// Storage failures only.
pub fn count_members(tx: &mut Read, thread: ThreadId) -> Result<i64> {
    Ok(published!().filter(comments::thread_id.eq(thread.0)).count().get_result(&mut tx.conn)?)
}

/// How many published comments somebody wrote, roots of threads included.
///
/// # Errors
/// Storage failures only.
pub fn count_public_by(tx: &mut Read, author: ActorId) -> Result<i64> {
    Ok(published!().filter(comments::author_id.eq(author.0)).count().get_result(&mut tx.conn)?)
}
