//! Reading a thread or a part of it: rows, arranged and cut to a page. What is shown to everybody; what belongs to one
//! reader is `personal.rs`.

use std::sync::Arc;

use domain::tree::{Branch, Placed, Tree};
use domain::window::{Budget, Shown, window};
use domain::{CommentId, CommentSort, Noun, Refusal, State, ThreadId, rank};
use storage::comments::{self, Leaf, Line};
use storage::grafts;
use storage::threads::{self, Thread};

use crate::{Ctx, Error, Result};

/// A thread's tree, in memory as long as its version lasts.
#[derive(Debug)]
pub struct Arranged {
    /// Display order.
    pub tree: Tree,
    /// What each [`Placed::row`] points into.
    pub leaves: Vec<Leaf>,
}

impl Arranged {
    /// About how many bytes it takes.
    #[must_use]
    pub fn bytes(&self) -> u32 {
        let each = size_of::<Leaf>() + size_of::<Placed>() + 2 * size_of::<(CommentId, u32)>();
        u32::try_from(self.leaves.len().saturating_mul(each)).unwrap_or(u32::MAX)
    }
}

/// Which part of a thread is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The whole thread, from the comment at the top that follows this one.
    Whole {
        /// The last comment at the top of the page before.
        after: Option<CommentId>,
    },
    /// One comment with what hangs below it.
    Below {
        /// The comment.
        comment: CommentId,
        /// The last of its direct answers on the page before.
        after: Option<CommentId>,
    },
}

/// A page of a thread.
#[derive(Debug)]
pub struct Page {
    /// The thread; its `version` is the one that this page shows.
    pub thread: Thread,
    /// Its root.
    pub root: Line,
    /// The whole tree.
    pub arranged: Arc<Arranged>,
    /// The lines of this page; positions in the tree.
    pub shown: Vec<Shown>,
    /// The comments at those positions and of `context`, by id.
    lines: Vec<Line>,
    /// The comments between the root and the one asked for, from the top.
    pub context: Vec<CommentId>,
    /// The comment asked for, unless the whole thread was.
    pub focus: Option<CommentId>,
    /// The last comment at the top of this page, when another page follows.
    pub next: Option<CommentId>,
    /// How many comments the next pages hold.
    pub left: usize,
    /// What was split off, or what it was split off from: on a page of the whole thread.
    pub joints: Joints,
}

/// How a thread hangs together with others, with their titles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Joints {
    /// Off which it was split.
    pub from: Option<(ThreadId, String)>,
    /// What was split off it.
    pub off: Vec<(ThreadId, String)>,
}

impl Joints {
    fn of(tx: &mut storage::Read, thread: ThreadId) -> Result<Self> {
        let from = grafts::split_of(tx, thread)?.map_or(Ok(None), |split| threads::find(tx, split.from))?;
        let from = from.filter(|from| from.listed).map(|from| (from.id, from.title));
        Ok(Self { from, off: grafts::split_off(tx, thread, JOINTS)? })
    }
}

/// Threads that a page names beside its own.
const JOINTS: i64 = 20;

impl Page {
    /// The words and all of a comment on this page.
    #[must_use]
    pub fn line(&self, id: CommentId) -> Option<&Line> {
        let at = self.lines.binary_search_by_key(&id, |line| line.id).ok()?;
        self.lines.get(at)
    }

    /// All comments that were read for this page, by id.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The words and all of the comment at a position of the tree, if it is on this page.
    #[must_use]
    pub fn line_at(&self, position: usize) -> Option<&Line> {
        let placed = self.placed(position)?;
        // When all comments were read, they stand as the rows of the tree do.
        let row = self.lines.get(placed.row).filter(|line| line.id == placed.id);
        row.or_else(|| self.line(placed.id))
    }

    /// The comment at a position of the tree.
    #[must_use]
    pub fn placed(&self, position: usize) -> Option<&Placed> {
        self.arranged.tree.get(position)
    }
}

/// Reads a page of a thread.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::BadCursor`], or a failure.
pub async fn page(ctx: &Ctx, thread: ThreadId, part: Part, sort: CommentSort, budget: Budget) -> Result<Page> {
    let cx = ctx.clone();
    ctx.db().read(move |tx| read(&cx, tx, thread, part, sort, budget)).await
}

fn read(
    ctx: &Ctx,
    tx: &mut storage::Read,
    id: ThreadId,
    part: Part,
    sort: CommentSort,
    budget: Budget,
) -> Result<Page> {
    let thread = standing(tx, id)?;
    let (arranged, all) = if fits(&thread, part, budget) {
        arranged_with_lines(ctx, tx, &thread, sort)?
    } else {
        (arranged(ctx, tx, &thread, sort)?, None)
    };
    let tree = &arranged.tree;
    let range = range(tree, part)?;
    let cut = window(tree, range.from, range.to, budget);
    let context: Vec<CommentId> =
        range.focus.map(|at| tree.ancestors(at).iter().map(|placed| placed.id).collect()).unwrap_or_default();
    let ids = needed(id, tree, &cut.shown, &context, range.focus);
    let lines = match all {
        Some(lines) => lines,
        None if ids.len() > arranged.leaves.len() / 2 => comments::all_lines(tx, id)?,
        None => comments::lines(tx, &ids)?,
    };
    let root = lines.binary_search_by_key(&id.root(), |line| line.id).ok().and_then(|at| lines.get(at)).cloned();
    let root = root.ok_or(Error::missing(Noun::Thread))?;
    let joints = if matches!(part, Part::Whole { .. }) { Joints::of(tx, id)? } else { Joints::default() };
    let last_top = |next: usize| tree.get(next).and_then(|placed| placed.prev).and_then(|prev| tree.get(prev as usize));
    Ok(Page {
        root,
        next: cut.next.and_then(last_top).map(|placed| placed.id),
        left: cut.next.map_or(0, |next| range.to.saturating_sub(next)),
        shown: cut.shown,
        lines,
        context,
        focus: range.focus.and_then(|at| tree.get(at)).map(|placed| placed.id),
        thread,
        arranged,
        joints,
    })
}

/// The tree of this version, arranged now if it is not in memory.
pub(crate) fn arranged(ctx: &Ctx, tx: &mut storage::Read, thread: &Thread, sort: CommentSort) -> Result<Arc<Arranged>> {
    if let Some(known) = ctx.arranged().get(&(thread.id, thread.version, sort)) {
        return Ok(known);
    }
    let leaves = comments::leaves(tx, thread.id)?;
    Ok(arrange(ctx, thread, sort, leaves))
}

/// The same for a page that will show all comments: then one query reads the tree with the words, unless the tree is in memory.
fn arranged_with_lines(
    ctx: &Ctx,
    tx: &mut storage::Read,
    thread: &Thread,
    sort: CommentSort,
) -> Result<(Arc<Arranged>, Option<Vec<Line>>)> {
    if let Some(known) = ctx.arranged().get(&(thread.id, thread.version, sort)) {
        return Ok((known, None));
    }
    let lines = comments::all_lines(tx, thread.id)?;
    Ok((arrange(ctx, thread, sort, lines.iter().map(leaf).collect()), Some(lines)))
}

fn arrange(ctx: &Ctx, thread: &Thread, sort: CommentSort, leaves: Vec<Leaf>) -> Arc<Arranged> {
    let branches: Vec<_> = leaves.iter().map(|leaf| leaf.branch).collect();
    let tree = Tree::arrange(thread.id.root(), &branches, sort);
    let arranged = Arc::new(Arranged { tree, leaves });
    ctx.arranged().insert((thread.id, thread.version, sort), Arc::clone(&arranged));
    arranged
}

/// Whether a page most likely shows the whole thread.
fn fits(thread: &Thread, part: Part, budget: Budget) -> bool {
    part == Part::Whole { after: None } && usize::try_from(thread.comments).is_ok_and(|count| count <= budget.comments)
}

fn leaf(line: &Line) -> Leaf {
    let branch = Branch {
        id: line.id,
        parent: line.parent,
        published: line.published,
        votes: line.votes,
        best: rank::best(line.votes),
    };
    Leaf { branch, author: line.author.id, state: line.state }
}

struct Range {
    from: usize,
    to: usize,
    focus: Option<usize>,
}

/// The positions that a part covers, before it is cut to a page.
fn range(tree: &Tree, part: Part) -> Result<Range> {
    let (focus, after) = match part {
        Part::Whole { after } => (None, after),
        Part::Below { comment, after } => (Some(tree.position(comment).ok_or(Error::missing(Noun::Comment))?), after),
    };
    let to = focus.map_or(tree.placed.len(), |at| tree.get(at).map_or(at, |placed| placed.end(at)));
    let from = match after {
        None => focus.map_or(0, |at| at + 1),
        Some(after) => {
            let at = tree.position(after).ok_or(Error::Refused(Refusal::BadCursor))?;
            let placed = tree.get(at).filter(|placed| placed.parent.map(|parent| parent as usize) == focus);
            placed.ok_or(Error::Refused(Refusal::BadCursor))?.end(at)
        }
    };
    Ok(Range { from, to, focus })
}

fn needed(
    thread: ThreadId,
    tree: &Tree,
    shown: &[Shown],
    context: &[CommentId],
    focus: Option<usize>,
) -> Vec<CommentId> {
    let on_page = shown.iter().filter_map(|line| match line {
        Shown::Comment(at) => tree.get(*at).map(|placed| placed.id),
        Shown::More { .. } => None,
    });
    let focus = focus.and_then(|at| tree.get(at)).map(|placed| placed.id);
    std::iter::once(thread.root()).chain(context.iter().copied()).chain(focus).chain(on_page).collect()
}

/// The thread that a comment stands in, unless nobody may know of the comment.
///
/// # Errors
/// [`Refusal::NotFound`], or a failure.
pub async fn thread_of(ctx: &Ctx, comment: CommentId) -> Result<ThreadId> {
    let spot = ctx.db().read(move |tx| comments::spot(tx, comment)).await?;
    let spot = spot.filter(|spot| spot.state != State::Held);
    spot.map(|spot| spot.thread).ok_or(Error::missing(Noun::Comment))
}

/// The head of a thread, without its comments.
///
/// # Errors
/// [`Refusal::NotFound`], or a failure.
pub async fn head(ctx: &Ctx, thread: ThreadId) -> Result<Thread> {
    ctx.db().read(move |tx| standing(tx, thread)).await
}

/// A thread that readers may see.
pub(crate) fn standing(tx: &mut storage::Read, id: ThreadId) -> Result<Thread> {
    let found = threads::find(tx, id)?.filter(|thread| thread.state.stands()).ok_or(Error::missing(Noun::Thread))?;
    match found.merged_into() {
        Some(place) => Err(Error::Refused(Refusal::Merged(place))),
        None => Ok(found),
    }
}
