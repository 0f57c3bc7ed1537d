//! The tree of a thread: rows in any order in, display order out, in time linear but for one sort. No recursion: depth is whatever comes.

use std::collections::HashMap;

use crate::{CommentId, CommentSort, Time, Votes, rank};

/// What the arrangement needs to know of a comment.
#[derive(Clone, Copy, Debug)]
pub struct Branch {
    /// The comment.
    pub id: CommentId,
    /// What it answers; `None` only for the root of the thread.
    pub parent: Option<CommentId>,
    /// When it was published.
    pub published: Time,
    /// Its votes.
    pub votes: Votes,
    /// Stored Wilson rank, see [`rank::best`].
    pub best: i64,
}

/// A comment at its place. Positions are indices into [`Tree::placed`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The comment.
    pub id: CommentId,
    /// Index of its [`Branch`] in the input.
    pub row: usize,
    /// 0 for the direct answers to the root.
    pub depth: u32,
    /// How many comments hang below it, at any depth.
    pub below: u32,
    /// Position of what it answers; `None` at the top.
    pub parent: Option<u32>,
    /// Position of the comment at the top that it hangs from; its own at the top.
    pub top: u32,
    /// Position of the sibling before.
    pub prev: Option<u32>,
    /// Position of the sibling after.
    pub next: Option<u32>,
}

impl Placed {
    /// Position of the first comment that is not below this one, which stands at `position`.
    #[must_use]
    pub fn end(&self, position: usize) -> usize {
        position + 1 + self.below as usize
    }
}

/// A thread's comments (without its root) in display order: depth first, siblings by the chosen sort.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// The comments in display order.
    pub placed: Vec<Placed>,
    at: HashMap<CommentId, u32>,
}

const NONE: u32 = u32::MAX;

impl Tree {
    /// Arranges the answers to `root`. A comment whose parent is not among the rows stands at the top, so that nothing is lost.
    #[must_use]
    pub fn arrange(root: CommentId, rows: &[Branch], sort: CommentSort) -> Self {
        let index: HashMap<CommentId, u32> =
            rows.iter().enumerate().map(|(row, branch)| (branch.id, row as u32)).collect();
        let children = Children::of(root, rows, &index, sort);
        let mut tree = Self { placed: Vec::with_capacity(rows.len()), at: HashMap::with_capacity(rows.len()) };
        tree.place(root, rows, &children);
        tree.count();
        tree
    }

    /// Where the comment stands.
    #[must_use]
    pub fn position(&self, id: CommentId) -> Option<usize> {
        self.at.get(&id).map(|position| *position as usize)
    }

    /// The comment at a position.
    #[must_use]
    pub fn get(&self, position: usize) -> Option<&Placed> {
        self.placed.get(position)
    }

    /// The chain from the top down to, and without, the comment at `position`.
    #[must_use]
    pub fn ancestors(&self, position: usize) -> Vec<&Placed> {
        let mut chain = Vec::new();
        let mut next = self.get(position).and_then(|placed| placed.parent);
        while let Some(placed) = next.and_then(|parent| self.get(parent as usize)) {
            chain.push(placed);
            next = placed.parent;
        }
        chain.reverse();
        chain
    }

    fn place(&mut self, root: CommentId, rows: &[Branch], children: &Children) {
        let mut placed = vec![false; rows.len()];
        let mut stack: Vec<Step> = Vec::new();
        push_children(&mut stack, children, children.first_top, 0, None, None);
        self.drain(rows, children, &mut stack, &mut placed);
        // What no walk from the top reaches hangs in a circle. That cannot be stored, but if a database were damaged its
        // comments must still be shown: the circle is cut at its first row.
        for row in 0..rows.len() as u32 {
            let reached = placed.get(row as usize).copied().unwrap_or(true);
            if !reached && rows.get(row as usize).is_some_and(|branch| branch.id != root) {
                stack.push(Step { row, depth: 0, parent: None, top: None });
                self.drain(rows, children, &mut stack, &mut placed);
            }
        }
    }

    fn drain(&mut self, rows: &[Branch], children: &Children, stack: &mut Vec<Step>, done: &mut [bool]) {
        while let Some(step) = stack.pop() {
            let Some((branch, done)) = rows.get(step.row as usize).zip(done.get_mut(step.row as usize)) else {
                continue;
            };
            if std::mem::replace(done, true) {
                continue;
            }
            let position = self.placed.len() as u32;
            let top = step.top.unwrap_or(position);
            self.at.insert(branch.id, position);
            self.placed.push(Placed {
                id: branch.id,
                row: step.row as usize,
                depth: step.depth,
                below: 0,
                parent: step.parent,
                top,
                prev: None,
                next: None,
            });
            let first = children.first.get(step.row as usize).copied().unwrap_or(NONE);
            push_children(stack, children, first, step.depth + 1, Some(position), Some(top));
        }
    }

    /// Fills in what can be known only once everything is placed: `below`, `prev`, `next`.
    fn count(&mut self) {
        let mut below = vec![0_u32; self.placed.len()];
        for position in (0..self.placed.len()).rev() {
            let own = below.get(position).copied().unwrap_or(0);
            let parent = self.placed.get(position).and_then(|placed| placed.parent);
            if let Some(sum) = parent.and_then(|parent| below.get_mut(parent as usize)) {
                *sum += own + 1;
            }
            if let Some(placed) = self.placed.get_mut(position) {
                placed.below = own;
            }
        }
        for position in 0..self.placed.len() {
            let Some(this) = self.placed.get(position).copied() else { continue };
            let end = this.end(position);
            let sibling = self.placed.get_mut(end).filter(|next| next.parent == this.parent);
            if let Some(sibling) = sibling {
                sibling.prev = Some(position as u32);
                if let Some(this) = self.placed.get_mut(position) {
                    this.next = Some(end as u32);
                }
            }
        }
    }
}

struct Step {
    row: u32,
    depth: u32,
    parent: Option<u32>,
    top: Option<u32>,
}

fn push_children(
    stack: &mut Vec<Step>,
    children: &Children,
    first: u32,
    depth: u32,
    parent: Option<u32>,
    top: Option<u32>,
) {
    let from = stack.len();
    let mut row = first;
    while row != NONE {
        stack.push(Step { row, depth, parent, top });
        row = children.next.get(row as usize).copied().unwrap_or(NONE);
    }
    if let Some(added) = stack.get_mut(from..) {
        added.reverse();
    }
}

/// Sibling lists as two arrays of row numbers: one allocation each, whatever the shape of the tree.
struct Children {
    first_top: u32,
    first: Vec<u32>,
    next: Vec<u32>,
}

impl Children {
    fn of(root: CommentId, rows: &[Branch], index: &HashMap<CommentId, u32>, sort: CommentSort) -> Self {
        let mut order: Vec<u32> =
            (0..rows.len() as u32).filter(|row| rows.get(*row as usize).is_some_and(|b| b.id != root)).collect();
        order.sort_unstable_by_key(|row| rows.get(*row as usize).map(|branch| key(branch, sort)));
        let mut lists = Self { first_top: NONE, first: vec![NONE; rows.len()], next: vec![NONE; rows.len()] };
        // From last to first, so that each push to the front leaves the list in order.
        for row in order.into_iter().rev() {
            let branch = rows.get(row as usize);
            let parent = branch.and_then(|branch| branch.parent).filter(|parent| *parent != root);
            let head = match parent.and_then(|parent| index.get(&parent)) {
                Some(parent) => lists.first.get_mut(*parent as usize),
                None => Some(&mut lists.first_top),
            };
            if let (Some(head), Some(next)) = (head, lists.next.get_mut(row as usize)) {
                *next = std::mem::replace(head, row);
            }
        }
        lists
    }
}

/// Ascending key by which siblings stand.
fn key(branch: &Branch, sort: CommentSort) -> (i64, i64, CommentId) {
    let down = |rank: i64| rank.saturating_neg();
    match sort {
        CommentSort::Best => (down(branch.best), 0, branch.id),
        CommentSort::Top => (down(branch.votes.score()), 0, branch.id),
        CommentSort::New => (down(branch.published.0), down(branch.id.0), branch.id),
        CommentSort::Old => (branch.published.0, 0, branch.id),
        CommentSort::Controversial => (down(rank::controversy(branch.votes)), down(branch.best), branch.id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ROOT: CommentId = CommentId(1);

    fn branch(id: i64, parent: i64, best: i64) -> Branch {
        let parent = (parent != 0).then_some(CommentId(parent));
        Branch { id: CommentId(id), parent, published: Time(id), votes: Votes::default(), best }
    }

    fn shown(rows: &[Branch], sort: CommentSort) -> Vec<(i64, u32)> {
        Tree::arrange(ROOT, rows, sort).placed.iter().map(|p| (p.id.0, p.depth)).collect()
    }

    #[test]
    fn depth_first_and_siblings_by_rank() {
        let rows =
            [branch(1, 0, 0), branch(2, 1, 5), branch(3, 1, 9), branch(4, 2, 1), branch(5, 3, 1), branch(6, 3, 2)];
        assert_eq!(shown(&rows, CommentSort::Best), [(3, 0), (6, 1), (5, 1), (2, 0), (4, 1)]);
        assert_eq!(shown(&rows, CommentSort::Old), [(2, 0), (4, 1), (3, 0), (5, 1), (6, 1)]);
        assert_eq!(shown(&rows, CommentSort::New), [(3, 0), (6, 1), (5, 1), (2, 0), (4, 1)]);
    }

    #[test]
    fn links_between_neighbours() {
        let rows = [branch(2, 1, 0), branch(3, 2, 0), branch(4, 2, 0), branch(5, 1, 0)];
        let tree = Tree::arrange(ROOT, &rows, CommentSort::Old);
        let [two, three, four, five] = tree.placed[..] else { panic!("four comments") };
        assert_eq!((two.below, two.prev, two.next, two.top), (2, None, Some(3), 0));
        assert_eq!((three.parent, three.prev, three.next, three.top), (Some(0), None, Some(2), 0));
        assert_eq!((four.prev, four.next), (Some(1), None));
        assert_eq!((five.prev, five.below, five.top), (Some(0), 0, 3));
        assert_eq!(tree.ancestors(2).iter().map(|p| p.id.0).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn what_hangs_from_nowhere_or_from_itself_stands_at_the_top() {
        let rows = [branch(2, 99, 0), branch(3, 3, 0), branch(4, 5, 0), branch(5, 4, 0)];
        assert_eq!(Tree::arrange(ROOT, &rows, CommentSort::Old).placed.len(), 4);
    }

    #[test]
    fn a_chain_of_a_hundred_thousand() {
        let rows: Vec<_> = (2..100_002).map(|id| branch(id, id - 1, 0)).collect();
        let tree = Tree::arrange(ROOT, &rows, CommentSort::Best);
        assert_eq!(tree.placed.last().map(|p| p.depth), Some(99_999));
        assert_eq!(tree.placed[0].below, 99_999);
    }

    proptest! {
        #[test]
        fn everything_stands_once_whatever_the_parents(parents in prop::collection::vec(0_i64..40, 0..40), sort in 0_usize..5) {
            let rows: Vec<_> = parents.iter().enumerate().map(|(n, p)| branch(n as i64 + 2, *p, *p)).collect();
            let tree = Tree::arrange(ROOT, &rows, CommentSort::ALL[sort]);
            let mut ids: Vec<_> = tree.placed.iter().map(|p| p.id.0).collect();
            ids.sort_unstable();
            prop_assert_eq!(ids, rows.iter().map(|b| b.id.0).collect::<Vec<_>>());
            let tops: u32 = tree.placed.iter().filter(|p| p.depth == 0).map(|p| p.below + 1).sum();
            prop_assert_eq!(tops as usize, rows.len());
        }
    }
}
