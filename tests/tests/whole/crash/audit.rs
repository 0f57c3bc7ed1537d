//! Looks behind the scenes after a crash: whether every row has the rows that belong to it, whether every counter is what a
//! recount gives, and what became of what the writers wrote.

use std::collections::HashMap;

use domain::{CommentId, EventKind, Origin, State, rank};
use rejoinder_tests::Site;
use storage::comments::{self, Line};
use storage::testing::{execute, number};
use storage::threads;
use storage::votes::{self, Vote};
use storage::{Db, Read, Result, actors};

use super::writer::{Board, Writer};

/// What the database holds of what the writers wrote.
#[derive(Debug, Default)]
pub struct Stored {
    /// By id; `None`: a tombstone.
    words: HashMap<String, Option<String>>,
    /// By writer and target.
    votes: HashMap<(usize, String), i64>,
    comments: i64,
}

impl Stored {
    /// The words of a comment, if it is there.
    pub fn words(&self, id: &str) -> Option<Option<String>> {
        self.words.get(id).cloned()
    }

    /// A writer's vote.
    pub fn vote(&self, writer: usize, target: &str) -> i64 {
        self.votes.get(&(writer, target.to_owned())).copied().unwrap_or_default()
    }

    /// How many comments there are.
    pub fn comments(&self) -> i64 {
        self.comments
    }
}

/// Looks at everything, at one moment.
///
/// # Panics
/// If anything is half, or does not add up.
pub async fn audit(site: &Site, writers: &[Writer], board: &Board) -> Stored {
    audit_with(site, writers, 1 + board.targets.len() as i64).await
}

/// The same where people here have written so many comments that no writer wrote.
///
/// # Panics
/// If anything is half, or does not add up.
pub async fn audit_with(site: &Site, writers: &[Writer], seeds: i64) -> Stored {
    let own = writers.iter().map(|writer| (writer.number(), writer.own().keys().cloned().collect())).collect();
    let names = writers
        .iter()
        .map(|writer| (writer.number(), writer.name(), writer.votes().keys().cloned().collect()))
        .collect();
    let asked = Asked { own, names, seeds };
    let (db, is_sqlite) = (site.open(), site.file().is_some());
    if !is_sqlite {
        nothing_is_going_on(&db).await;
    }
    db.read(move |tx| look(tx, &asked, is_sqlite)).await.unwrap()
}

/// Waits for what a killed client had begun, which may still be written. Who writes holds these tables in another way. One after another: the
/// server that has been started again writes too, in an order of its own.
async fn nothing_is_going_on(db: &Db) {
    for table in ["comments", "texts", "threads", "votes", "events", "idempotency", "comment_words"] {
        db.write(move |tx| execute(tx, &format!("LOCK TABLE {table} IN SHARE MODE"))).await.unwrap();
    }
}

struct Asked {
    own: Vec<(usize, Vec<String>)>,
    names: Vec<(usize, String, Vec<String>)>,
    /// Comments of this server that no writer wrote.
    seeds: i64,
}

fn look(tx: &mut Read, asked: &Asked, is_sqlite: bool) -> Result<Stored> {
    if is_sqlite {
        for check in ["pragma_integrity_check WHERE integrity_check <> 'ok'", "pragma_foreign_key_check"] {
            assert_eq!(number(tx, &format!("SELECT count(*) FROM {check}"))?, 0, "{check}");
        }
    }
    for (fault, sql) in faults(asked.seeds) {
        assert_eq!(number(tx, &sql)?, 0, "{fault}: {sql}");
    }
    ranks_follow_from_votes(tx)?;
    stored(tx, asked)
}

/// Each counts what must not be. Held to both databases.
fn faults(seeds: i64) -> Vec<(&'static str, String)> {
    let (shown, gone) = (State::Published.code(), State::Deleted.code());
    let (new, edit, delete) = (EventKind::Comment.code(), EventKind::Edit.code(), EventKind::Delete.code());
    let per_comment = |what: &str| format!("SELECT count(*) FROM comments c WHERE {what}");
    let per_thread = |what: &str| format!("SELECT count(*) FROM threads t WHERE {what}");
    let events = |kind: i16| format!("(SELECT count(*) FROM events e WHERE e.comment_id = c.id AND e.kind = {kind})");
    let votes = |value: i64| format!("(SELECT count(*) FROM votes v WHERE v.comment_id = c.id AND v.value = {value})");
    let has = |table: &str| format!("EXISTS (SELECT 1 FROM {table} x WHERE x.comment_id = c.id)");
    let revisions = "(SELECT count(*) FROM revisions r WHERE r.comment_id = c.id)";
    let parent = "SELECT 1 FROM comments p WHERE p.id = c.parent_id";
    let of = |origin: Origin| format!("SELECT id FROM actors WHERE origin = {}", origin.code());
    let local = of(Origin::Local);
    // What its home had deleted before it came here stands where it stood, and says not even whose it was.
    let is_grave = format!("c.state = {gone} AND c.author_id IN ({})", of(Origin::Imported));
    vec![
        ("states", per_comment(&format!("c.state NOT IN ({shown}, {gone})"))),
        ("comments without words", per_comment(&format!("c.state = {shown} AND NOT {}", has("texts")))),
        ("words of tombstones", per_comment(&format!("c.state = {gone} AND ({} OR {revisions} > 0)", has("texts")))),
        (
            "comments that search does not know",
            per_comment(&format!("c.state = {shown} AND c.id NOT IN (SELECT rowid FROM comment_words)")),
        ),
        (
            "words that search should not know",
            format!(
                "SELECT count(*) FROM comment_words w WHERE w.rowid NOT IN (SELECT id FROM comments WHERE state = {shown})"
            ),
        ),
        ("answers without news", per_comment(&format!("c.parent_id IS NOT NULL AND {} <> 1", events(new)))),
        (
            "deletions without news",
            per_comment(&format!("{} <> (CASE WHEN c.state = {gone} THEN 1 ELSE 0 END)", events(delete))),
        ),
        ("edits without news", per_comment(&format!("c.state = {shown} AND {revisions} <> {}", events(edit)))),
        (
            "edits without a time",
            per_comment(&format!("c.state = {shown} AND (c.edited_at IS NULL) <> ({revisions} = 0)")),
        ),
        ("votes counted wrongly", per_comment(&format!("c.ups <> {} OR c.downs <> {}", votes(1), votes(-1)))),
        (
            "answers in another thread, or at a wrong depth",
            per_comment(&format!(
                "c.parent_id IS NOT NULL AND NOT EXISTS ({parent} AND p.thread_id = c.thread_id AND p.depth + 1 = c.depth)"
            )),
        ),
        (
            "answers that nobody was told of",
            // Whoever has deleted what is answered from elsewhere is told of nothing.
            per_comment(&format!(
                "EXISTS ({parent} AND p.state = {shown} AND p.author_id <> c.author_id AND p.author_id IN ({local})) AND NOT ({is_grave}) AND NOT {}",
                has("notifications")
            )),
        ),
        (
            "notices of one's own answers",
            per_comment(&format!("EXISTS ({parent} AND p.author_id = c.author_id) AND {}", has("notifications"))),
        ),
        (
            "comments without their key",
            format!(
                "SELECT abs((SELECT count(*) FROM comments WHERE author_id IN ({local})) - {seeds} - (SELECT count(*) FROM idempotency))"
            ),
        ),
        (
            "keys of the same comment",
            "SELECT count(*) FROM idempotency a JOIN idempotency b ON a.comment_id = b.comment_id WHERE a.key <> b.key"
                .into(),
        ),
        (
            "threads without a root",
            per_thread(
                "NOT EXISTS (SELECT 1 FROM comments c WHERE c.id = t.id AND c.parent_id IS NULL AND c.thread_id = t.id)",
            ),
        ),
        (
            "comments counted wrongly",
            per_thread(&format!(
                "t.comments <> (SELECT count(*) FROM comments c WHERE c.thread_id = t.id AND c.parent_id IS NOT NULL AND c.state = {shown})"
            )),
        ),
        (
            "versions without a change",
            per_thread(
                "t.version <> 1 + (SELECT count(*) FROM events e WHERE e.thread_id = t.id) OR t.version < (SELECT coalesce(max(e.version), 1) FROM events e WHERE e.thread_id = t.id)",
            ),
        ),
        (
            "times of the last comment",
            per_thread("t.active_at <> (SELECT max(c.published_at) FROM comments c WHERE c.thread_id = t.id)"),
        ),
        (
            "more than one housekeeping",
            "SELECT count(*) FROM jobs a JOIN jobs b ON a.kind = b.kind WHERE a.id <> b.id".into(),
        ),
    ]
}

/// The ranks are functions of votes and time; SQL cannot say which.
fn ranks_follow_from_votes(tx: &mut Read) -> Result<()> {
    for thread in threads::page(tx, None, domain::ThreadSort::New, None, 100_000)? {
        let root = line(tx, thread.id.root())?;
        let expected = (root.votes.score(), rank::hot(root.votes, root.published), rank::best(root.votes));
        assert_eq!((thread.score, thread.hot, thread.best), expected, "{thread:?}");
    }
    Ok(())
}

fn line(tx: &mut Read, id: CommentId) -> Result<Line> {
    Ok(comments::lines(tx, &[id])?.pop().expect("the comment is gone"))
}

fn stored(tx: &mut Read, asked: &Asked) -> Result<Stored> {
    let mut found = Stored { comments: number(tx, "SELECT count(*) FROM comments")?, ..Stored::default() };
    for (_, ids) in &asked.own {
        let ids: Vec<CommentId> = ids.iter().map(|id| id.parse().unwrap()).collect();
        found.words.extend(comments::lines(tx, &ids)?.iter().map(|line| (line.id.to_string(), None)));
        let sources = comments::sources(tx, &ids)?;
        found.words.extend(sources.into_iter().map(|(id, source)| (id.to_string(), Some(source))));
    }
    for (writer, name, targets) in &asked.names {
        let actor = actors::by_handle(tx, "", name)?.expect("a writer is gone").id;
        for target in targets {
            let vote = match votes::one(tx, target.parse().unwrap(), actor)? {
                Some((Vote::Up, _)) => 1,
                Some((Vote::Down, _)) => -1,
                None => 0,
            };
            found.votes.insert((*writer, target.clone()), vote);
        }
    }
    Ok(found)
}
