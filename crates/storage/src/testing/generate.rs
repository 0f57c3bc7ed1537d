//! Content in any amount, the same every time, in the shape of real content: threads of very different size that go on at the
//! same time, so that the comments of one lie scattered among those of others; words of very different frequency; votes,
//! tombstones, notifications, events; and other servers with all that there is between them and this one.

pub mod elsewhere;

use domain::{Origin, Role, State, ThreadId, Votes, next_id, rank};

use crate::conn::Conn;
use crate::db::Kind;
use crate::rows::{self, Whole};
use crate::{Error, Place, Read, Result, search};

/// People, all with accounts; the first is an administrator.
pub const PEOPLE: u64 = 2_000;
/// Boards: `board0`, `board1`, …, each with fewer threads than the one before.
pub const BOARDS: u64 = 5;
const WORDS: u64 = 5_000;
/// Comments stored together.
const STRETCH: usize = 5_000;
const START_MS: i64 = 1_720_000_000_000;
/// The time that all threads together take: two years.
const SPAN_MS: u64 = 2 * 365 * 24 * 3600 * 1000;
const DAY_MS: u64 = 24 * 3600 * 1000;

/// What was generated, with a few things to look at.
#[derive(Clone, Copy, Debug)]
pub struct Landmarks {
    /// Comments, roots included.
    pub comments: i64,
    /// Threads.
    pub threads: i64,
    /// The thread with the most comments: 10,000 of them where there is room.
    pub largest: ThreadId,
    /// A thread with 1,000 comments where there is room, otherwise the largest.
    pub thousand: ThreadId,
    /// A thread with about a hundred comments.
    pub typical: ThreadId,
}

/// Fills an empty database, making it first if it is not there, and leaves it as one that has grown: PostgreSQL's with the
/// statistics that its autovacuum gathers. `progress` is told how many comments are stored.
///
/// # Errors
/// If the database has content, or cannot be used.
pub fn generate(place: &Place, comments: u64, progress: &mut dyn FnMut(u64)) -> Result<()> {
    let mut conn = open(place)?;
    if super::count(&mut conn, "SELECT count(*) FROM actors")? > 0 {
        return Err(Error::Unavailable("there is content already".into()));
    }
    let plan = Plan::of(comments);
    let mut batch = Batch::default();
    conn.execute("BEGIN")?;
    people(&mut conn)?;
    plan.store(&mut conn, &mut batch, progress)?;
    elsewhere::store(&mut conn)?;
    conn.execute("COMMIT")?;
    match conn {
        // Nothing gathers statistics for SQLite by itself, and plans do not need them.
        #[cfg(feature = "sqlite")]
        Conn::Sqlite(_) => Ok(()),
        #[cfg(feature = "postgres")]
        Conn::Pg(_) => conn.execute("VACUUM ANALYZE"),
    }
}

/// What there is to look at in a generated database.
///
/// # Errors
/// If there is nothing, or the database fails.
pub fn landmarks(tx: &mut Read) -> Result<Landmarks> {
    let nearest = |tx: &mut Read, size: u64| -> Result<ThreadId> {
        let sql = format!("SELECT id FROM threads WHERE listed ORDER BY abs(comments - {size}), id LIMIT 1");
        Ok(ThreadId(super::number(tx, &sql)?))
    };
    Ok(Landmarks {
        comments: super::number(tx, "SELECT count(*) FROM comments")?,
        threads: super::number(tx, "SELECT count(*) FROM threads")?,
        largest: nearest(tx, u64::from(u32::MAX))?,
        thousand: nearest(tx, 1_000)?,
        typical: nearest(tx, 100)?,
    })
}

/// A connection that does not wait for the disk: what is generated can be generated again.
fn open(place: &Place) -> Result<Conn> {
    match place.kind()? {
        #[cfg(feature = "sqlite")]
        Kind::Sqlite(path) => {
            let mut conn = crate::sqlite::open(&path)?;
            crate::migrate::sqlite(&mut conn)?;
            let mut conn = Conn::Sqlite(conn);
            conn.execute("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF; PRAGMA cache_size = -400000")?;
            Ok(conn)
        }
        #[cfg(feature = "postgres")]
        Kind::Postgres => {
            let mut conn = crate::postgres::connect(&place.url)?;
            crate::migrate::postgres(&mut conn)?;
            let mut conn = Conn::Pg(conn);
            conn.execute("SET synchronous_commit = off; SET statement_timeout = 0")?;
            Ok(conn)
        }
        #[expect(unreachable_patterns, reason = "with both databases built in there is no other")]
        _ => Err(Error::Unavailable("this database is not built in".into())),
    }
}

/// Chance that is the same every time (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `end`.
    fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(end.max(1))) >> 64) as u64
    }

    /// A number below `end`; small ones come far more often.
    fn skewed(&mut self, end: u64) -> u64 {
        let share = self.below(1 << 20) as f64 / f64::from(1 << 20);
        (share * share * share * end as f64) as u64
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn people(conn: &mut Conn) -> Result<()> {
    let mut actors = Vec::new();
    let mut accounts = Vec::new();
    let mut credentials = Vec::new();
    for n in 0..PEOPLE as i64 {
        let name = format!("person{n}");
        actors.push(rows::actors {
            id: 1 + n,
            origin: Origin::Local.code(),
            host: String::new(),
            name_key: name.clone(),
            name,
            about: String::new(),
            about_html: String::new(),
            created_at: START_MS,
        });
        let role = if n == 0 { Role::Admin } else { Role::Member };
        let account = 10_001 + n;
        accounts.push(rows::accounts {
            id: account,
            actor_id: 1 + n,
            password: None,
            role: role.code(),
            email: None,
            created_at: START_MS,
            reach: 0,
        });
        credentials.push(rows::credentials {
            id: 20_001 + n,
            account_id: account,
            kind: 0,
            secret_hash: mix(n as u64).to_le_bytes().to_vec(),
            scope: 1,
            label: String::new(),
            created_at: START_MS,
            expires_at: START_MS.saturating_mul(2),
        });
    }
    let boards: Vec<_> = (0..BOARDS as i64)
        .map(|n| rows::boards {
            slow: 0,
            id: 1 + n,
            name: format!("board{n}"),
            name_key: format!("board{n}"),
            title: format!("Board {n}"),
            about: String::new(),
            about_html: String::new(),
            rules: String::new(),
            rules_html: String::new(),
            created_at: START_MS,
            host: String::new(),
            actor_id: None,
            remote_threads: true,
        })
        .collect();
    Whole::store(conn, &actors)?;
    Whole::store(conn, &accounts)?;
    Whole::store(conn, &credentials)?;
    Whole::store(conn, &boards)
}

/// A thread to be: how large it becomes, when it begins, how long it goes on.
struct Sketch {
    size: u64,
    start: u64,
    lasts: u64,
    /// Ids and depths of its comments so far, and who wrote them.
    grown: Vec<(i64, i64, i64)>,
    board: i64,
}

struct Plan {
    threads: Vec<Sketch>,
    /// When each comment comes, and in which thread.
    arrivals: Vec<(u64, u32)>,
}

impl Plan {
    fn of(comments: u64) -> Self {
        let mut chance = Chance(1);
        let mut threads = Vec::new();
        let mut left = comments.max(1);
        let special = [(20_000, 10_001), (2_000, 1_001), (1_000, 101)];
        let mut fixed = special.iter().filter(|(room, _)| comments >= *room).map(|(_, size)| *size);
        while left > 0 {
            let size = fixed.next().unwrap_or_else(|| 5 + chance.skewed(600)).min(left);
            left -= size;
            // Nothing begins so late that it would end in the future.
            let lasts = DAY_MS + chance.below(2 * DAY_MS);
            let start = chance.below(SPAN_MS - 4 * DAY_MS);
            let board = 1 + chance.skewed(BOARDS) as i64;
            threads.push(Sketch { size, start, lasts, board, grown: Vec::with_capacity(size as usize) });
        }
        let mut arrivals = Vec::with_capacity(comments as usize);
        for (n, thread) in threads.iter().enumerate() {
            arrivals.push((thread.start, n as u32));
            arrivals.extend((1..thread.size).map(|_| (thread.start + 1 + chance.skewed(thread.lasts), n as u32)));
        }
        arrivals.sort_unstable();
        Self { threads, arrivals }
    }

    fn store(mut self, conn: &mut Conn, batch: &mut Batch, progress: &mut dyn FnMut(u64)) -> Result<()> {
        let mut writer = Author::new();
        let count = self.arrivals.len();
        for (n, (at, thread)) in self.arrivals.iter().enumerate() {
            let Some(thread) = self.threads.get_mut(*thread as usize) else { continue };
            // What only the recent past leaves behind: news, events, keys.
            let recent = n + count / 50 >= count;
            writer.write(batch, thread, START_MS + *at as i64, recent);
            if batch.comments.len() >= STRETCH {
                batch.store(conn)?;
                progress(n as u64 + 1);
            }
        }
        progress(count as u64);
        batch.store(conn)
    }
}

/// Rows that wait to be stored together.
#[derive(Default)]
struct Batch {
    threads: Vec<rows::threads>,
    comments: Vec<rows::comments>,
    texts: Vec<rows::texts>,
    words: Vec<search::Entry<String>>,
    votes: Vec<rows::votes>,
    events: Vec<rows::events>,
    notifications: Vec<rows::notifications>,
    visits: Vec<rows::visits>,
    imports: Vec<rows::imports>,
    revisions: Vec<rows::revisions>,
    reports: Vec<rows::reports>,
    notes: Vec<rows::notes>,
    warnings: Vec<rows::warnings>,
    appeals: Vec<rows::appeals>,
    notices: Vec<rows::notices>,
    notice_targets: Vec<rows::notice_targets>,
    log: Vec<rows::moderation_log>,
    idempotency: Vec<rows::idempotency>,
    jobs: Vec<rows::jobs>,
}

impl Batch {
    fn store(&mut self, conn: &mut Conn) -> Result<()> {
        let full = std::mem::take(self);
        Whole::store(conn, &full.threads)?;
        Whole::store(conn, &full.comments)?;
        Whole::store(conn, &full.texts)?;
        search::fill(conn, &full.words)?;
        Whole::store(conn, &full.votes)?;
        Whole::store(conn, &full.events)?;
        Whole::store(conn, &full.notifications)?;
        Whole::store(conn, &full.visits)?;
        Whole::store(conn, &full.imports)?;
        Whole::store(conn, &full.revisions)?;
        Whole::store(conn, &full.reports)?;
        Whole::store(conn, &full.notes)?;
        Whole::store(conn, &full.log)?;
        Whole::store(conn, &full.warnings)?;
        Whole::store(conn, &full.appeals)?;
        Whole::store(conn, &full.notices)?;
        Whole::store(conn, &full.notice_targets)?;
        Whole::store(conn, &full.idempotency)?;
        Whole::store(conn, &full.jobs)
    }
}

/// Makes up comments.
struct Author {
    chance: Chance,
    vocabulary: Vec<String>,
    last: i64,
}

impl Author {
    fn new() -> Self {
        Self { chance: Chance(2), vocabulary: (0..WORDS).map(word).collect(), last: 1 << 40 }
    }

    fn id(&mut self, at: i64) -> i64 {
        self.last = next_id(self.last, at, self.chance.next() as u32);
        self.last
    }

    fn text(&mut self, words: u64) -> String {
        let mut text = String::with_capacity(words as usize * 7);
        for n in 0..words {
            if n > 0 {
                text.push_str(if n % 45 == 44 { "\n\n" } else { " " });
            }
            let word = self.chance.skewed(WORDS) as usize;
            text.push_str(self.vocabulary.get(word).map_or("", String::as_str));
        }
        text
    }

    /// The next comment of a thread, the root first.
    fn write(&mut self, batch: &mut Batch, thread: &mut Sketch, at: i64, recent: bool) {
        let id = self.id(at);
        let author = 1 + self.chance.skewed(PEOPLE) as i64;
        let (root, parent, depth) = self.place(thread, id);
        let state = if parent.is_none() { State::Published } else { self.state() };
        let votes = self.votes(batch, (root, id), parent.is_none(), at);
        let title = if parent.is_none() { self.thread(batch, thread, id, votes, at) } else { String::new() };
        thread.grown.push((id, depth, author));
        batch.comments.push(rows::comments {
            sensitive: false,
            id,
            thread_id: root,
            parent_id: parent.map(|(parent, _)| parent),
            author_id: author,
            depth,
            state: state.code(),
            published_at: at,
            edited_at: None,
            ups: votes.ups,
            downs: votes.downs,
            best: rank::best(votes),
        });
        if state != State::Deleted {
            self.words(batch, (id, author, thread.board), &title, state);
        }
        self.aftermath(batch, (root, id), thread.grown.len() as i64, recent);
        if let Some((_, answered)) = parent.filter(|_| recent) {
            let read_at = (id % 3 != 0).then_some(at);
            let account_id = 10_000 + answered;
            let row = rows::notifications {
                id,
                account_id,
                comment_id: id,
                read_at,
                created_at: at,
                kind: 0,
                entry_id: None,
            };
            batch.notifications.push(row);
        }
    }

    /// Root, what is answered and by whom that was written, depth.
    fn place(&mut self, thread: &Sketch, id: i64) -> (i64, Option<(i64, i64)>, i64) {
        let Some(&(root, _, asker)) = thread.grown.first() else { return (id, None, 0) };
        // A third answers the root; the others mostly what is new.
        let back = self.chance.skewed(thread.grown.len() as u64) as usize;
        let answered = thread.grown.iter().rev().nth(back).filter(|(_, depth, _)| *depth < 60 && id % 3 != 0);
        let (parent, depth, by) = answered.copied().unwrap_or((root, 0, asker));
        (root, Some((parent, by)), depth + 1)
    }

    fn state(&mut self) -> State {
        match self.chance.below(1_000) {
            0..5 => State::Flagged,
            5..8 => State::Held,
            8..12 => State::Deleted,
            12..15 => State::Removed,
            _ => State::Published,
        }
    }

    fn votes(&mut self, batch: &mut Batch, (thread, comment): (i64, i64), root: bool, at: i64) -> Votes {
        let count = match (root, self.chance.below(100)) {
            (true, _) => self.chance.skewed(200),
            (false, 0..15) => 1 + self.chance.below(5),
            (false, _) => 0,
        };
        let mut votes = Votes::default();
        let first = self.chance.below(PEOPLE);
        for n in 0..count {
            let down = self.chance.below(100) < 15;
            *(if down { &mut votes.downs } else { &mut votes.ups }) += 1;
            batch.votes.push(rows::votes {
                comment_id: comment,
                actor_id: 1 + ((first + 7 * n) % PEOPLE) as i64,
                thread_id: thread,
                value: if down { -1 } else { 1 },
                created_at: at,
            });
        }
        votes
    }

    /// Returns the title.
    fn thread(&mut self, batch: &mut Batch, sketch: &Sketch, id: i64, votes: Votes, at: i64) -> String {
        let title = self.text(7);
        batch.threads.push(rows::threads {
            slow: 0,
            id,
            board_id: sketch.board,
            title: title.clone(),
            url: (id % 2 == 0).then(|| format!("https://example.org/{id}")),
            published_at: at,
            listed: sketch.size > 90 || id % 50 != 0,
            locked: false,
            pinned: id % 500 == 0,
            comments: sketch.size as i64 - 1,
            active_at: START_MS + (sketch.start + sketch.lasts) as i64,
            score: votes.score(),
            hot: rank::hot(votes, domain::Time(at)),
            best: rank::best(votes),
            version: sketch.size as i64,
        });
        title
    }

    fn words(&mut self, batch: &mut Batch, (id, author, board): (i64, i64, i64), title: &str, state: State) {
        let words = 20 + self.chance.below(120);
        let source = self.text(words);
        let html = format!("<p>{}</p>", source.replace("\n\n", "</p><p>"));
        if search::SEEN.contains(&state) {
            let shown = if state.has_words() { source.as_str() } else { "" };
            batch.words.push(search::Entry { comment: id, author, board, text: format!("{title}\n{shown}") });
        }
        if id % 200 == 0 {
            let source = source.clone();
            let row = rows::revisions { id, comment_id: id, source, html: html.clone(), replaced_at: START_MS };
            batch.revisions.push(row);
        }
        batch.texts.push(rows::texts { comment_id: id, source, html });
    }

    /// What a comment leaves in other tables.
    fn aftermath(&mut self, batch: &mut Batch, (thread_id, id): (i64, i64), version: i64, recent: bool) {
        let created_at = START_MS;
        if recent {
            batch.events.push(rows::events { thread_id, version: version + 1, kind: 0, comment_id: id, created_at });
            let fingerprint = id.to_le_bytes().to_vec();
            let key = format!("key{id}");
            let account_id = 10_001 + (id % 100);
            batch.idempotency.push(rows::idempotency { account_id, key, fingerprint, comment_id: id, created_at });
        }
        match self.chance.below(1_000) {
            0..10 => {
                let (source, item) = ("example".to_owned(), id.to_string());
                batch.imports.push(rows::imports { source, item, comment_id: id });
            }
            10..60 => {
                let text = self.text(5);
                batch.notes.push(rows::notes { id, comment_id: id, author_id: 1, text: text.clone(), created_at });
                let (comment_id, reporter_id) = (id, 1 + id % PEOPLE as i64);
                batch.reports.push(rows::reports {
                    host: String::new(),
                    flag: None,
                    id,
                    comment_id,
                    reporter_id,
                    category: 0,
                    text,
                    state: 0,
                    created_at,
                    decided_at: None,
                });
            }
            60..110 => {
                let reason = self.text(5);
                batch.warnings.push(rows::warnings {
                    id,
                    actor_id: 1 + id % PEOPLE as i64,
                    board_id: None,
                    moderator_id: None,
                    reason: reason.clone(),
                    created_at,
                    read_at: Some(created_at),
                    kind: 0,
                    sanction_id: None,
                });
                batch.appeals.push(rows::appeals {
                    id,
                    comment_id: Some(id),
                    entry_id: Some(id),
                    author_id: 1 + id % PEOPLE as i64,
                    text: reason.clone(),
                    state: 0,
                    outcome_id: None,
                    created_at,
                    warning_id: None,
                });
                batch.notices.push(rows::notices {
                    id,
                    secret_hash: id.to_be_bytes().to_vec(),
                    category: 0,
                    explanation: reason.clone(),
                    name: String::new(),
                    email: String::new(),
                    state: 0,
                    reason: String::new(),
                    automated: false,
                    decided_at: None,
                    created_at,
                });
                let (place, address) = (0, String::new());
                batch.notice_targets.push(rows::notice_targets {
                    notice_id: id,
                    place,
                    address,
                    comment_id: Some(id),
                    actor_id: None,
                    taken_down: false,
                });
                let comment_id = Some(id);
                let host = None;
                let row = rows::moderation_log {
                    role: Some(1),
                    id,
                    moderator_id: Some(1),
                    deed: 0,
                    comment_id,
                    reason,
                    created_at,
                    host,
                    person: None,
                };
                batch.log.push(row);
            }
            110 => {
                let (kind, payload, last_error) = ("mail".to_owned(), String::new(), String::new());
                let (next_at, leased_until, attempts) = (id, 0, 0);
                batch.jobs.push(rows::jobs { id, kind, payload, next_at, leased_until, attempts, last_error });
            }
            _ => {}
        }
        // Its first visitor of many.
        if version == 1 {
            let visit = |n| rows::visits {
                account_id: 10_001 + n,
                thread_id,
                seen_at: created_at,
                read_at: created_at,
                last_at: created_at,
            };
            batch.visits.extend((0..20).map(|n| visit((id / 7 + n) % PEOPLE as i64)));
        }
    }
}

/// A word: common ones are short.
fn word(n: u64) -> String {
    const COMMON: [&str; 24] = [
        "the", "of", "and", "to", "a", "in", "is", "it", "that", "for", "was", "on", "with", "as", "but", "not",
        "this", "be", "are", "or", "have", "what", "from", "they",
    ];
    const SYLLABLES: [&str; 16] =
        ["ka", "ri", "to", "men", "sa", "lo", "vi", "dra", "ne", "pu", "shi", "gor", "el", "ba", "ti", "om"];
    if let Some(common) = COMMON.get(n as usize) {
        return (*common).to_owned();
    }
    let mut word = String::new();
    let mut rest = n;
    while rest > 0 {
        word.push_str(SYLLABLES.get(rest as usize % SYLLABLES.len()).copied().unwrap_or_default());
        rest /= SYLLABLES.len() as u64;
    }
    word
}
