//! Comments for programs: as shown and as written, with their places in the tree. What a page of a thread holds is `reading.rs`.

use std::collections::HashMap;
use std::sync::Arc;

use domain::authority::knows;
use domain::tree::{Placed, Tree};
use domain::{CommentId, CommentSort, Noun, Origin, Refusal, State, ThreadId};
use storage::Read;
use storage::comments::{self, Line, Spot};
use storage::objects::{self, Object};
use storage::threads::{self, Thread};

use crate::reading::{Arranged, arranged, standing};
use crate::{Ctx, Error, Person, Result};

/// A comment, as much as everybody may know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The comment as shown.
    pub line: Line,
    /// Its words as written; empty where there are none to show.
    pub source: String,
    /// Its id on the server where it is at home; `None` if that is here.
    pub home: Option<String>,
    /// Its direct answers.
    pub replies: u32,
    /// All that hangs below it.
    pub below: u32,
}

/// A stretch of a thread in display order.
#[derive(Debug)]
pub struct Stretch {
    /// The thread; its `version` is the one that is shown.
    pub thread: Thread,
    /// Its root.
    pub root: Passage,
    /// The comments, without the root.
    pub comments: Vec<Passage>,
    /// The last comment, when more follow.
    pub next: Option<CommentId>,
}

/// Reads `limit` comments of a thread after `after`.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::BadCursor`], or a failure.
pub async fn stretch(
    ctx: &Ctx,
    id: ThreadId,
    sort: CommentSort,
    after: Option<CommentId>,
    limit: usize,
) -> Result<Stretch> {
    let cx = ctx.clone();
    ctx.db()
        .read(move |tx| {
            let (thread, arranged) = thread(&cx, tx, id, sort)?;
            let tree = &arranged.tree;
            let from = match after {
                None => 0,
                Some(after) => tree.position(after).ok_or(Error::Refused(Refusal::BadCursor))? + 1,
            };
            let to = from.saturating_add(limit).min(tree.placed.len());
            let placed = tree.placed.get(from..to).unwrap_or_default();
            let ids: Vec<_> = std::iter::once(id.root()).chain(placed.iter().map(|placed| placed.id)).collect();
            let words = Words::read(tx, id, &ids, arranged.leaves.len())?;
            Ok(Stretch {
                root: words.root(tree, id)?,
                comments: (from..to).filter_map(|position| words.passage(tree, position)).collect(),
                next: (to < tree.placed.len()).then(|| placed.last().map(|placed| placed.id)).flatten(),
                thread,
            })
        })
        .await
}

/// One comment with the nearest of those that it answers.
#[derive(Debug)]
pub struct InContext {
    /// Its thread; its `version` is the one that is shown.
    pub thread: Thread,
    /// The comment.
    pub passage: Passage,
    /// What it answers, from further up to its parent; without the root.
    pub context: Vec<Passage>,
}

/// Reads one comment, and up to `context` of the comments between the root and it. One that is held, which has no place in the tree, is
/// read by those who know of it.
///
/// # Errors
/// [`Refusal::NotFound`], or a failure.
pub async fn in_context(ctx: &Ctx, who: Option<&Person>, id: CommentId, context: usize) -> Result<InContext> {
    let (cx, standing) = (ctx.clone(), who.map(Person::standing));
    ctx.db()
        .read(move |tx| {
            let spot = comments::spot(tx, id)?.ok_or(Error::missing(Noun::Comment))?;
            if spot.state == State::Held {
                let known = knows(standing.as_ref(), spot.author, spot.board);
                return if known { held(tx, &spot) } else { Err(Error::missing(Noun::Comment)) };
            }
            let (thread, arranged) = thread(&cx, tx, spot.thread, CommentSort::default())?;
            let tree = &arranged.tree;
            let at = tree.position(id);
            let chain: Vec<_> = at.map(|at| tree.ancestors(at)).unwrap_or_default();
            let nearest = chain.get(chain.len().saturating_sub(context)..).unwrap_or_default();
            let ids: Vec<_> = nearest.iter().map(|placed| placed.id).chain([id]).collect();
            let words = Words::read(tx, spot.thread, &ids, usize::MAX)?;
            let passage = match at {
                Some(at) => words.passage(tree, at).ok_or(Error::missing(Noun::Comment))?,
                None => words.root(tree, spot.thread)?,
            };
            let above = nearest.iter().filter_map(|placed| words.passage(tree, tree.position(placed.id)?)).collect();
            Ok(InContext { thread, passage, context: above })
        })
        .await
}

/// One whose words were taken back while it was held is nothing any more.
fn held(tx: &mut Read, spot: &Spot) -> Result<InContext> {
    let is_root = spot.parent.is_none();
    let (line, source) = (comments::lines(tx, &[spot.id])?.pop(), comments::source(tx, spot.id)?);
    // A thread may begin with a link alone, and waits as a whole.
    let source = source.or_else(|| is_root.then(String::new));
    let thread = threads::find(tx, spot.thread)?.filter(|thread| is_root || thread.state.stands());
    let (Some(line), Some(source), Some(thread)) = (line, source, thread) else {
        return Err(Error::missing(Noun::Comment));
    };
    let home = objects::of_comments(tx, &[spot.id])?.remove(&spot.id).map(|object| object.uri);
    Ok(InContext { thread, passage: Passage { line, source, home, replies: 0, below: 0 }, context: Vec::new() })
}

/// The words as written of some comments, and where they come from.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    words: Vec<(CommentId, String)>,
    homes: HashMap<CommentId, Object>,
}

impl Sources {
    /// Those of one of the comments; empty where there are none to show.
    #[must_use]
    pub fn of(&self, id: CommentId) -> &str {
        let at = self.words.binary_search_by_key(&id, |(id, _)| *id).ok();
        at.and_then(|at| self.words.get(at)).map_or("", |(_, source)| source)
    }

    /// The id of one of the comments on the server where it is at home; `None` if that is here.
    #[must_use]
    pub fn home(&self, id: CommentId) -> Option<&str> {
        self.homes.get(&id).map(|object| object.uri.as_str())
    }

    fn read(tx: &mut Read, ids: &[CommentId], elsewhere: &[CommentId]) -> Result<Self> {
        Ok(Self { words: comments::sources(tx, ids)?, homes: objects::of_comments(tx, elsewhere)? })
    }
}

/// Reads the words as written of these comments, as far as everybody may see them.
///
/// # Errors
/// Failures only.
pub async fn sources<'a>(ctx: &Ctx, lines: impl Iterator<Item = &'a Line> + Clone) -> Result<Sources> {
    let ids: Vec<_> = lines.clone().map(|line| line.id).collect();
    let elsewhere = elsewhere(lines);
    ctx.db().read(move |tx| Sources::read(tx, &ids, &elsewhere)).await
}

/// Those that are at home on other servers, or may be: of what was deleted before it came it is not known whose it was.
fn elsewhere<'a>(lines: impl Iterator<Item = &'a Line>) -> Vec<CommentId> {
    let may_be = |line: &&Line| match line.author.origin {
        Origin::Local => false,
        Origin::Remote => true,
        Origin::Imported => line.state == State::Deleted,
    };
    lines.filter(may_be).map(|line| line.id).collect()
}

fn thread(ctx: &Ctx, tx: &mut Read, id: ThreadId, sort: CommentSort) -> Result<(Thread, Arc<Arranged>)> {
    let thread = standing(tx, id)?;
    let arranged = arranged(ctx, tx, &thread, sort)?;
    Ok((thread, arranged))
}

/// The words of some comments of a thread, both lists by id.
struct Words {
    lines: Vec<Line>,
    sources: Sources,
}

impl Words {
    /// `all`: how many comments the thread has. When most of them are asked for, they are read in one go.
    fn read(tx: &mut Read, thread: ThreadId, ids: &[CommentId], all: usize) -> Result<Self> {
        let lines = if ids.len() > all / 2 { comments::all_lines(tx, thread)? } else { comments::lines(tx, ids)? };
        let sources = Sources::read(tx, ids, &elsewhere(lines.iter()))?;
        Ok(Self { lines, sources })
    }

    fn passage(&self, tree: &Tree, position: usize) -> Option<Passage> {
        let placed = tree.get(position)?;
        self.of(placed.id, children(tree, position, placed), placed.below)
    }

    fn root(&self, tree: &Tree, thread: ThreadId) -> Result<Passage> {
        let replies = siblings(tree, tree.placed.first());
        let below = u32::try_from(tree.placed.len()).unwrap_or(u32::MAX);
        self.of(thread.root(), replies, below).ok_or(Error::missing(Noun::Thread))
    }

    fn of(&self, id: CommentId, replies: u32, below: u32) -> Option<Passage> {
        let line = self.lines.binary_search_by_key(&id, |line| line.id).ok().and_then(|at| self.lines.get(at))?;
        let home = self.sources.home(id).map(str::to_owned);
        Some(Passage { line: line.clone(), source: self.sources.of(id).to_owned(), home, replies, below })
    }
}

fn children(tree: &Tree, position: usize, placed: &Placed) -> u32 {
    if placed.below == 0 { 0 } else { siblings(tree, tree.get(position + 1)) }
}

/// How many siblings there are from this one on.
fn siblings(tree: &Tree, first: Option<&Placed>) -> u32 {
    let chain = std::iter::successors(first, |placed| placed.next.and_then(|next| tree.get(next as usize)));
    u32::try_from(chain.count()).unwrap_or(u32::MAX)
}

/// Comments with the words that they have, whatever readers see of them: for those who decide about them, and for nobody else.
pub(crate) fn with_words(tx: &mut Read, ids: &[CommentId]) -> Result<HashMap<CommentId, Line>> {
    let mut html = comments::htmls(tx, ids)?;
    let with_words = |line: Line| (line.id, Line { html: html.remove(&line.id).unwrap_or_default(), ..line });
    Ok(comments::lines(tx, ids)?.into_iter().map(with_words).collect())
}
