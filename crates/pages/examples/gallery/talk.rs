//! Sample comments, arranged as a discussion grows: many short branches, a few long ones.

use rejoinder_pages::views::{Author, Comment, CommentState, Origin, Role};

use crate::words::{self, Chance, NAMES};

/// When the pages are made: 3 February 2025, 14:07 UTC.
pub const NOW: i64 = 1_738_591_641_000;
/// The sample thread.
pub const THREAD: i64 = 1_886_000_000_000_001;

const HOUR: i64 = 3_600_000;

/// A discussion of `size` comments, at most nine levels deep.
pub fn comments(size: usize) -> Vec<Comment<'static>> {
    let mut chance = Chance(20_250_203);
    let mut path: Vec<i64> = Vec::new();
    let mut all = Vec::with_capacity(size);
    for index in 0..size {
        let deepest = path.len().min(8);
        let depth = deepest.saturating_sub(chance.below(3) * chance.below(4));
        path.truncate(depth);
        let id = THREAD + 1 + i64::try_from(index).unwrap_or_default() * 4_096;
        let parent = path.last().copied().unwrap_or(THREAD);
        path.push(id);
        all.push(one(id, parent, depth, &mut chance));
    }
    season(&mut all);
    all
}

/// A chain: every comment answers the one before it.
pub fn chain(length: usize) -> Vec<Comment<'static>> {
    let mut chance = Chance(7);
    let mut all = Vec::with_capacity(length);
    let mut parent = THREAD;
    for depth in 0..length {
        let id = THREAD + 1 + i64::try_from(depth).unwrap_or_default();
        all.push(one(id, parent, depth, &mut chance));
        parent = id;
    }
    all
}

/// One comment, shown, by somebody.
pub fn one(id: i64, parent: i64, depth: usize, chance: &mut Chance) -> Comment<'static> {
    let name = chance.pick(&NAMES);
    Comment {
        id,
        parent,
        depth: u16::try_from(depth).unwrap_or(u16::MAX),
        author: Some(author(name, chance)),
        published_ms: NOW - HOUR * i64::try_from(chance.below(70)).unwrap_or_default() - 200_000,
        edited_ms: (chance.below(12) == 0).then_some(NOW - 100_000),
        score: i64::try_from(chance.below(60)).unwrap_or_default() - 6,
        state: CommentState::Shown,
        html: words::comment(chance).into(),
        more_below: 0,
    }
}

fn author(name: &'static str, chance: &mut Chance) -> Author<'static> {
    let origin = match chance.below(6) {
        0 => Origin::Remote("mastodon.example".into()),
        1 | 2 => Origin::Imported("news.example.com".into()),
        _ => Origin::Local,
    };
    Author {
        name: name.into(),
        role: match (name, &origin) {
            ("solveig", Origin::Local) => Role::Moderator,
            ("nadia", Origin::Local) => Role::Administrator,
            _ => Role::Member,
        },
        started_thread: name == "marten" && origin == Origin::Local,
        origin,
    }
}

/// Puts in what seldom happens: tombstones, flags, other scripts, long words, parts left out.
fn season(all: &mut [Comment<'static>]) {
    let mut set = |index: usize, change: &dyn Fn(&mut Comment<'static>)| {
        if let Some(comment) = all.get_mut(index) {
            change(comment);
        }
    };
    set(1, &|c| gone(c, CommentState::Deleted));
    set(4, &|c| c.html = words::ARABIC.into());
    set(6, &|c| c.state = CommentState::Flagged);
    set(9, &|c| gone(c, CommentState::Removed));
    set(11, &|c| c.html = words::HEBREW.into());
    set(14, &|c| c.html = words::UNBROKEN.into());
    set(16, &|c| c.html = words::CODE.into());
    set(18, &|c| c.more_below = 12);
    set(21, &|c| gone(c, CommentState::Held));
    set(24, &|c| gone(c, CommentState::Flagged));
    set(27, &|c| c.more_below = 1_204);
}

fn gone(comment: &mut Comment<'static>, state: CommentState) {
    comment.state = state;
    comment.html = "".into();
    if state == CommentState::Deleted {
        comment.author = None;
    }
}
