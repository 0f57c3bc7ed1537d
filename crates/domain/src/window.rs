//! What part of a tree one page shows. Every comment that is left out is counted in a place from which it can be reached.

use crate::tree::Tree;

/// How much one page holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// After so many comments no further comment at the top begins.
    pub comments: usize,
    /// How many comments of one subtree at the top are shown, so that one long quarrel does not push all others off the page.
    pub per_subtree: usize,
}

impl Budget {
    /// Everything on one page.
    pub const ALL: Self = Self { comments: usize::MAX, per_subtree: usize::MAX };
}

/// One line of a page, in display order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The comment at this position.
    Comment(usize),
    /// So many answers below the comment at `under` are on its own page. Stands after the last shown of them.
    More {
        /// Position of the comment whose answers are left out.
        under: usize,
        /// How many comments are left out below it here.
        hidden: u32,
    },
}

/// A page of a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// The lines.
    pub shown: Vec<Shown>,
    /// Position at which the next page begins; `None` on the last one.
    pub next: Option<usize>,
}

/// Cuts a page out of the positions `from..to`, which must begin at a comment and end where its siblings end.
#[must_use]
pub fn window(tree: &Tree, from: usize, to: usize, budget: Budget) -> Window {
    let mut page = Window::default();
    let to = to.min(tree.placed.len());
    let (mut at, mut count) = (from, 0);
    // A page that holds the whole range needs no cutting of subtrees.
    let per_subtree = if to.saturating_sub(from) <= budget.comments { usize::MAX } else { budget.per_subtree.max(1) };
    while at < to {
        if count >= budget.comments {
            page.next = Some(at);
            break;
        }
        let end = tree.get(at).map_or(to, |placed| placed.end(at)).min(to);
        count += subtree(tree, at, end, per_subtree, &mut page.shown);
        at = end;
    }
    page
}

/// Shows the first `limit` comments of the subtree `from..to` and counts the others under their parents. Says how many it showed.
fn subtree(tree: &Tree, from: usize, to: usize, limit: usize, shown: &mut Vec<Shown>) -> usize {
    let cut = to.min(from.saturating_add(limit));
    shown.extend((from..cut).map(Shown::Comment));
    let mut at = cut;
    while at < to {
        let Some(placed) = tree.get(at) else { break };
        let Some(under) = placed.parent.map(|parent| parent as usize) else { break };
        // All siblings from here on are left out together, under their parent; then come those of an ancestor.
        let end = tree.get(under).map_or(to, |parent| parent.end(under)).min(to);
        shown.push(Shown::More { under, hidden: (end - at) as u32 });
        at = end;
    }
    cut - from
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Branch;
    use crate::{CommentId, CommentSort, Time, Votes};
    use proptest::prelude::*;

    fn tree(parents: &[i64]) -> Tree {
        let rows: Vec<_> = parents
            .iter()
            .enumerate()
            .map(|(n, parent)| Branch {
                id: CommentId(n as i64 + 2),
                parent: Some(CommentId(*parent)),
                published: Time(n as i64),
                votes: Votes::default(),
                best: 0,
            })
            .collect();
        Tree::arrange(CommentId(1), &rows, CommentSort::Old)
    }

    #[test]
    fn a_small_thread_is_shown_whole() {
        let tree = tree(&[1, 2, 3, 4, 1]);
        let page = window(&tree, 0, 5, Budget { comments: 5, per_subtree: 1 });
        assert_eq!(page.shown, (0..5).map(Shown::Comment).collect::<Vec<_>>());
        assert_eq!(page.next, None);
    }

    #[test]
    fn long_subtrees_are_cut_and_the_rest_is_counted_where_it_hangs() {
        // 2 ← 3 ← 4, 5;  2 ← 6;  7
        let tree = tree(&[1, 2, 3, 3, 2, 1]);
        let page = window(&tree, 0, 6, Budget { comments: 3, per_subtree: 3 });
        let more = |under, hidden| Shown::More { under, hidden };
        assert_eq!(page.shown, [Shown::Comment(0), Shown::Comment(1), Shown::Comment(2), more(1, 1), more(0, 1)]);
        assert_eq!(page.next, Some(5));
        assert_eq!(window(&tree, 5, 6, Budget { comments: 3, per_subtree: 3 }).shown, [Shown::Comment(5)]);
    }

    proptest! {
        #[test]
        fn pages_and_their_more_lines_account_for_every_comment(
            picks in prop::collection::vec(any::<prop::sample::Index>(), 0..120), comments in 1_usize..20, per_subtree in 1_usize..10,
        ) {
            let parents: Vec<i64> = picks.iter().enumerate().map(|(n, pick)| pick.index(n + 1) as i64 + 1).collect();
            let tree = tree(&parents);
            let (mut at, mut seen) = (Some(0), 0);
            while let Some(from) = at {
                let page = window(&tree, from, tree.placed.len(), Budget { comments, per_subtree });
                seen += page.shown.iter().map(|line| match line { Shown::Comment(_) => 1, Shown::More { hidden, .. } => *hidden as usize }).sum::<usize>();
                prop_assert!(page.next.is_none_or(|next| next > from));
                at = page.next;
            }
            prop_assert_eq!(seen, parents.len());
        }
    }
}
