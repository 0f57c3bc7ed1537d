//! Everything that readers can see of the discussions at home here, as lines of JSON: for other programs, and for another instance, which
//! imports it ([`crate::import::rejoinder`]). One thread at a time is in memory. Not here: files; accounts, votes and decisions, which a
//! backup has.

use std::collections::HashMap;

use domain::tree::{Branch, Tree};
use domain::{CommentId, CommentSort, Noun, State, ThreadId, Time, rank};
use serde::{Deserialize, Serialize};
use storage::boards::{self, Board};
use storage::comments::{self, Line};
use storage::threads::{self, Thread};

use crate::{Ctx, Error, Result};

/// What the first line calls the form of the file.
pub const FORM: &str = "rejoinder-discussions";
/// Grows when a program that knows the form before could misread it.
pub const VERSION: u32 = 1;
/// Threads whose heads are read at a time.
const HEADS: i64 = 100;

/// A line of the file. A thread is followed by its comments, each after what it answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Entry {
    /// The first line.
    Export {
        /// [`FORM`].
        form: String,
        /// [`VERSION`].
        version: u32,
        /// The address of the instance.
        instance: String,
        /// When it was written.
        written: String,
    },
    /// A board.
    Board {
        /// Its name.
        name: String,
        /// Its title.
        title: String,
        /// What it is about (Markdown).
        about: String,
        /// Its rules (Markdown).
        rules: String,
    },
    /// A thread.
    Thread {
        /// The name of its board.
        board: String,
        /// Its title; empty where whoever began it took it back.
        title: String,
        /// The page that is discussed.
        link: Option<String>,
        /// Its first comment.
        #[serde(flatten)]
        root: Piece,
    },
    /// A comment.
    Comment {
        /// What it answers, by its address; at the top the thread.
        parent: String,
        /// All else.
        #[serde(flatten)]
        piece: Piece,
    },
}

/// What threads and comments have alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Its address, by which it is known again.
    pub url: String,
    /// Who wrote it: a name of the instance, or `name@host`.
    pub author: String,
    /// When.
    pub published: String,
    /// When it was changed last.
    pub edited: Option<String>,
    /// What became of it: `published`, `flagged`, `deleted` or `removed`.
    pub state: String,
    /// Votes for it less votes against it.
    pub score: i64,
    /// Its words (Markdown); nothing where readers do not see them.
    pub text: Option<String>,
    /// The same, as it is shown.
    pub html: Option<String>,
}

/// How much was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Threads.
    pub threads: usize,
    /// Comments in them, without what begins each.
    pub comments: usize,
}

/// Hands over one line after the other: of the board of that name, or of all that are at home here. Each thread is as it was at one moment.
///
/// # Errors
/// An unknown board; failures; what `take` refuses.
pub async fn export<E: From<Error>>(
    ctx: &Ctx,
    board: Option<&str>,
    mut take: impl FnMut(&Entry) -> Result<(), E>,
) -> Result<Written, E> {
    let (boards, mut written) = (chosen(ctx, board).await?, Written::default());
    take(&head(ctx))?;
    boards.iter().map(described).try_for_each(|entry| take(&entry))?;
    let mut after = ThreadId(0);
    loop {
        let heads = ctx.db().read(move |tx| threads::after(tx, after, HEADS)).await.map_err(Error::from)?;
        let Some(last) = heads.last() else { return Ok(written) };
        after = last.id;
        for thread in heads.into_iter().filter(|thread| boards.iter().any(|board| board.id == thread.board)) {
            let entries = whole(ctx, thread.id).await?;
            entries.iter().try_for_each(&mut take)?;
            written.threads += usize::from(!entries.is_empty());
            written.comments += entries.len().saturating_sub(1);
        }
    }
}

async fn chosen(ctx: &Ctx, board: Option<&str>) -> Result<Vec<Board>> {
    let mut all = ctx.db().read(boards::all).await?;
    all.retain(|one| one.host.is_empty() && board.is_none_or(|name| one.name.eq_ignore_ascii_case(name)));
    if all.is_empty() && board.is_some() { Err(Error::missing(Noun::Board)) } else { Ok(all) }
}

fn head(ctx: &Ctx) -> Entry {
    let (form, instance) = (FORM.to_owned(), ctx.elsewhere().addresses().base().to_owned());
    Entry::Export { form, version: VERSION, instance, written: moment(ctx.now()) }
}

fn described(board: &Board) -> Entry {
    let Board { name, title, about, rules, .. } = board.clone();
    Entry::Board { name, title, about, rules }
}

/// A thread with its comments; nothing, if it is none that readers see.
async fn whole(ctx: &Ctx, id: ThreadId) -> Result<Vec<Entry>> {
    let cx = ctx.clone();
    ctx.db()
        .read(move |tx| {
            // In the transaction that reads the comments: it may have been merged into another since.
            let Some(thread) = threads::find(tx, id)?.filter(is_seen) else { return Ok(Vec::new()) };
            let lines = comments::all_lines(tx, id)?;
            let ids: Vec<CommentId> = lines.iter().map(|line| line.id).collect();
            let texts: HashMap<_, _> = comments::sources(tx, &ids)?.into_iter().collect();
            Ok(entries(&cx, thread, &lines, texts))
        })
        .await
}

fn is_seen(thread: &Thread) -> bool {
    thread.state.stands() && thread.merged_into().is_none()
}

fn entries(ctx: &Ctx, thread: Thread, lines: &[Line], mut texts: HashMap<CommentId, String>) -> Vec<Entry> {
    let branches: Vec<Branch> = lines.iter().map(branch).collect();
    let tree = Tree::arrange(thread.id.root(), &branches, CommentSort::Old);
    let mut piece = |line: &Line| piece(ctx, line, texts.remove(&line.id));
    let Some(root) = lines.iter().find(|line| line.id == thread.id.root()) else { return Vec::new() };
    let (root, board) = (piece(root), thread.board_name);
    let mut all = vec![Entry::Thread { board, title: thread.title, link: thread.url, root }];
    all.extend(tree.placed.iter().filter_map(|placed| {
        let line = lines.get(placed.row)?;
        let parent = ctx.elsewhere().addresses().comment(line.parent.unwrap_or(thread.id.root()));
        Some(Entry::Comment { parent, piece: piece(line) })
    }));
    all
}

fn branch(line: &Line) -> Branch {
    let Line { id, parent, published, votes, .. } = *line;
    Branch { id, parent, published, votes, best: rank::best(votes) }
}

fn piece(ctx: &Ctx, line: &Line, text: Option<String>) -> Piece {
    let author = &line.author;
    let by = if author.host.is_empty() { author.name.clone() } else { format!("{}@{}", author.name, author.host) };
    Piece {
        url: ctx.elsewhere().addresses().comment(line.id),
        // Nobody is named in the place of what they took back.
        author: if line.state == State::Deleted { String::new() } else { by },
        published: moment(line.published),
        edited: line.edited.map(moment),
        state: line.state.name().to_owned(),
        score: line.votes.score(),
        html: text.is_some().then(|| line.html.clone()),
        text,
    }
}

/// RFC 3339, UTC, with milliseconds.
fn moment(time: Time) -> String {
    format!("{:.3}", jiff::Timestamp::from_millisecond(time.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH))
}
