//! Comments as a tree of nested elements. The caller gives them flat, in display order, each with
//! its depth; what is nested, linked and counted is worked out here, without recursion.

use std::borrow::Cow;
use std::fmt::{self, Write};

use askama::{FastWritable, Template, Values};

use crate::{
    personal::Cast,
    slots::{SlotClose, SlotKind, SlotOpen},
    views::{
        frame::{count, points},
        time::Stamp,
    },
};

/// Levels that are nested in the document. Deeper comments follow one another at this level:
/// browsers stop nesting at about 500 elements, and a comment takes two of them.
const NESTED_LEVELS: usize = 60;
/// Levels that are indented in full, then levels that are indented a little. From the first of
/// those on, a comment says in figures how deep it stands.
const FULL_STEPS: usize = 8;
const SMALL_STEPS: usize = 16;

/// What the markup of a comment takes besides its text, in bytes and generously.
const ROW_ROOM: usize = 1_150;

/// Where an author comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin<'a> {
    /// An account of this instance.
    Local,
    /// A person on another server, by its host.
    Remote(Cow<'a, str>),
    /// A name that came with imported comments, by the site it was taken from.
    Imported(Cow<'a, str>),
}

/// What an author may do beyond writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Nothing more.
    Member,
    /// Moderates the board.
    Moderator,
    /// Runs the instance.
    Administrator,
}

/// Who wrote something. Already markup when printed with `safe`.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "parts/author.html")]
pub struct Author<'a> {
    /// The name, without host.
    pub name: Cow<'a, str>,
    /// Where the name is at home.
    pub origin: Origin<'a>,
    /// What the author may do here.
    pub role: Role,
    /// Whether the author started the thread.
    pub started_thread: bool,
}

impl<'a> Author<'a> {
    /// A member of this instance, with no mark.
    #[must_use]
    pub fn local(name: impl Into<Cow<'a, str>>) -> Self {
        Self { name: name.into(), origin: Origin::Local, role: Role::Member, started_thread: false }
    }
}

/// What has become of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommentState {
    /// To be read.
    Shown,
    /// Flagged by readers: `[flagged]`, with the text behind it if the view has any.
    Flagged,
    /// Deleted by its author: `[deleted]`.
    Deleted,
    /// Removed by a moderator: `[removed]`.
    Removed,
    /// Waiting for a moderator: `[held]`, with the text for those who may see it.
    Held,
}

/// One comment of a page.
#[derive(Debug, Clone)]
pub struct Comment<'a> {
    /// Its id.
    pub id: i64,
    /// The id of what it answers; the thread's for a comment at the top.
    pub parent: i64,
    /// 0 at the top of the thread.
    pub depth: u16,
    /// Who wrote it; nobody for a tombstone without a name.
    pub author: Option<Author<'a>>,
    /// When it was written, Unix milliseconds.
    pub published_ms: i64,
    /// When it was last edited, if it was.
    pub edited_ms: Option<i64>,
    /// Ups minus downs.
    pub score: i64,
    /// What has become of it.
    pub state: CommentState,
    /// Sanitised markup; empty for a tombstone.
    pub html: Cow<'a, str>,
    /// How many comments below it are not on this page.
    pub more_below: u32,
}

impl Comment<'_> {
    const fn is_open_to_readers(&self) -> bool {
        matches!(self.state, CommentState::Shown | CommentState::Flagged)
    }
}

/// Whether a thread takes answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replies {
    /// It does.
    Open,
    /// It is locked or archived.
    Closed,
}

/// What the comments of one tree have in common.
#[derive(Debug, Clone)]
pub struct TreeFrame {
    /// When the page is made, Unix milliseconds.
    pub now_ms: i64,
    /// Whether there are links to reply.
    pub replies: Replies,
    /// Ids shown on the same page outside this tree; links to them stay on the page.
    pub elsewhere: Vec<i64>,
    /// The comment at the top of the thread under which all of these stand, for a tree that does
    /// not begin at the top.
    pub top: Option<i64>,
    /// The comment that the page is about, to be set off.
    pub focus: Option<i64>,
}

/// Comments, arranged. Already markup when printed with `safe`.
#[derive(Debug)]
pub struct Tree<'a> {
    comments: Vec<Comment<'a>>,
    places: Vec<Place>,
    frame: TreeFrame,
}

/// Where a comment stands: positions are indexes into the tree's comments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Place {
    level: usize,
    parent: Option<usize>,
    top: Option<usize>,
    previous: Option<usize>,
    next: Option<usize>,
    below: u32,
}

impl<'a> Tree<'a> {
    /// Arranges comments that come depth first, in display order. A depth may jump (what is not
    /// shown may stand between); a comment hangs below the nearest one before it that is less deep.
    #[must_use]
    pub fn nested(comments: Vec<Comment<'a>>, frame: TreeFrame) -> Self {
        let places = arrange(&comments);
        Self { comments, places, frame }
    }

    /// A chain of comments, each answering the one before it, one under another without indent.
    #[must_use]
    pub fn chain(comments: Vec<Comment<'a>>, frame: TreeFrame) -> Self {
        let link =
            |index: usize| Place { parent: index.checked_sub(1), top: (index > 0).then_some(0), ..Place::default() };
        let places = (0..comments.len()).map(link).collect();
        Self { comments, places, frame }
    }

    /// Whether there is nothing to show.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.comments.is_empty()
    }

    /// About how many bytes the tree takes when written.
    #[must_use]
    pub fn room(&self) -> usize {
        let text: usize = self.comments.iter().map(|c| c.html.len()).sum();
        text + self.comments.len() * ROW_ROOM
    }

    fn write(&self, dest: &mut dyn Write) -> askama::Result<()> {
        let mut open: Vec<&Comment<'_>> = Vec::with_capacity(NESTED_LEVELS + 1);
        for (comment, place) in self.comments.iter().zip(&self.places) {
            while open.len() > place.level.min(NESTED_LEVELS) {
                close(dest, open.pop())?;
            }
            self.row(comment, place).render_into(dest)?;
            open.push(comment);
        }
        while !open.is_empty() {
            close(dest, open.pop())?;
        }
        Ok(())
    }

    fn row<'r>(&'r self, comment: &'r Comment<'a>, place: &'r Place) -> Row<'r, 'a> {
        let here = |index: Option<usize>| {
            let id = self.comments.get(index?)?.id;
            Some(Link { id, prefix: "#c" })
        };
        let parent = here(place.parent).filter(|link| link.id == comment.parent);
        let top = here(place.top).or_else(|| self.frame.top.map(|id| self.elsewhere(id)));
        Row {
            comment,
            place,
            frame: &self.frame,
            parent: parent.unwrap_or_else(|| self.elsewhere(comment.parent)),
            top: top.filter(|link| link.id != comment.id),
            previous: here(place.previous),
            next: here(place.next),
        }
    }

    fn elsewhere(&self, id: i64) -> Link {
        let prefix = if self.frame.elsewhere.contains(&id) { "#c" } else { "/c/" };
        Link { id, prefix }
    }
}

impl fmt::Display for Tree<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(self.write(f)?)
    }
}

impl FastWritable for Tree<'_> {
    fn write_into(&self, dest: &mut dyn Write, _: &dyn Values) -> askama::Result<()> {
        self.write(dest)
    }
}

/// A comment whose subtree has not ended yet, while arranging.
struct Unfinished {
    index: usize,
    depth: u16,
    last_child: Option<usize>,
}

fn arrange(comments: &[Comment<'_>]) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::with_capacity(comments.len());
    let mut path: Vec<Unfinished> = Vec::new();
    let mut last_at_top = None;
    for (index, comment) in comments.iter().enumerate() {
        while path.last().is_some_and(|above| above.depth >= comment.depth) {
            finish(&mut path, &mut places);
        }
        let siblings = match path.last_mut() {
            Some(above) => &mut above.last_child,
            None => &mut last_at_top,
        };
        let previous = siblings.replace(index);
        if let Some(before) = previous.and_then(|i| places.get_mut(i)) {
            before.next = Some(index);
        }
        places.push(Place {
            level: path.len(),
            parent: path.last().map(|above| above.index),
            top: path.first().filter(|above| above.depth == 0).map(|above| above.index),
            previous,
            next: None,
            below: comment.more_below,
        });
        path.push(Unfinished { index, depth: comment.depth, last_child: None });
    }
    while !path.is_empty() {
        finish(&mut path, &mut places);
    }
    places
}

/// Ends the deepest subtree: what was counted below it counts below its parent too.
fn finish(path: &mut Vec<Unfinished>, places: &mut [Place]) {
    let ended = path.pop().and_then(|ended| places.get(ended.index));
    let below = ended.map_or(0, |place| place.below.saturating_add(1));
    if let Some(above) = path.last().and_then(|above| places.get_mut(above.index)) {
        above.below = above.below.saturating_add(below);
    }
}

fn close(dest: &mut dyn Write, comment: Option<&Comment<'_>>) -> askama::Result<()> {
    if let Some(comment) = comment.filter(|c| c.more_below > 0) {
        let count = count(comment.more_below.into(), "more reply", "more replies");
        let id = comment.id;
        write!(dest, "<p class=\"more\"><a href=\"/c/{id}\">{count}</a></p>")?;
    }
    Ok(dest.write_str("</details></article>\n")?)
}

/// A link to another comment: on this page or on its own.
#[derive(Debug, Clone, Copy)]
struct Link {
    id: i64,
    prefix: &'static str,
}

/// One comment up to where its replies begin; [`close`] ends it.
#[derive(Template)]
#[template(path = "parts/comment.html")]
struct Row<'r, 'a> {
    comment: &'r Comment<'a>,
    place: &'r Place,
    frame: &'r TreeFrame,
    parent: Link,
    top: Option<Link>,
    previous: Option<Link>,
    next: Option<Link>,
}

impl Row<'_, '_> {
    const fn step(&self) -> &'static str {
        if self.place.level <= FULL_STEPS {
            ""
        } else if self.place.level <= SMALL_STEPS {
            " small"
        } else {
            " none"
        }
    }

    fn emphasis(&self) -> &'static str {
        if self.frame.focus == Some(self.comment.id) { " focus" } else { "" }
    }

    const fn is_deep(&self) -> bool {
        self.place.level > FULL_STEPS
    }

    /// What its collapse hides: in the flat part of the tree that is the text alone.
    const fn hides_replies(&self) -> bool {
        self.place.below > 0 && self.place.level < NESTED_LEVELS
    }

    fn takes_replies(&self) -> bool {
        self.frame.replies == Replies::Open && self.comment.is_open_to_readers()
    }

    fn points(&self) -> String {
        points(self.comment.score)
    }

    const fn time(&self) -> Stamp {
        Stamp { at_ms: self.comment.published_ms, now_ms: self.frame.now_ms }
    }

    const fn slot(&self, kind: SlotKind) -> SlotOpen {
        kind.open(self.comment.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comment(id: i64, parent: i64, depth: u16) -> Comment<'static> {
        Comment {
            id,
            parent,
            depth,
            author: Some(Author::local("ada")),
            published_ms: 0,
            edited_ms: None,
            score: 1,
            state: CommentState::Shown,
            html: "<p>x</p>".into(),
            more_below: 0,
        }
    }

    fn frame() -> TreeFrame {
        TreeFrame { now_ms: 0, replies: Replies::Open, elsewhere: vec![7], top: None, focus: None }
    }

    /// The deepest nesting of articles; fails when they are not nested properly.
    fn nesting(html: &str) -> usize {
        let mut open: Vec<&str> = Vec::new();
        let mut deepest = 0;
        for tag in html.split('<').skip(1) {
            let name = tag.split([' ', '>']).next().unwrap();
            match name.strip_prefix('/') {
                Some(closed) => assert_eq!(open.pop(), Some(closed)),
                None => open.push(name),
            }
            deepest = deepest.max(open.iter().filter(|name| **name == "article").count());
        }
        assert_eq!(open, Vec::<&str>::new());
        deepest
    }

    fn of_depths(depths: &[u16]) -> Vec<Comment<'static>> {
        let ids = (100..).zip(depths);
        ids.map(|(id, depth)| comment(id, 7, *depth)).collect()
    }

    #[test]
    fn any_sequence_of_depths_is_nested_properly_and_not_without_end() {
        let down: Vec<u16> = (0..=200).collect();
        let jumps = [0, 5, 5, 2, 200, 0, 199, 3, 200, 200, 61, 60, 59, 0];
        let saw: Vec<u16> = (0..1_000).map(|i| i * 37 % 201).collect();
        for (depths, expected) in
            [(&down[..], NESTED_LEVELS + 1), (&jumps[..], 4), (&saw[..], NESTED_LEVELS + 1), (&[][..], 0)]
        {
            let html = Tree::nested(of_depths(depths), frame()).to_string();
            assert!(nesting(&html) <= expected, "{depths:?}");
            assert_eq!(html.matches("<article").count(), depths.len());
        }
        let html = Tree::nested(of_depths(&down), frame()).to_string();
        assert_eq!(nesting(&html), NESTED_LEVELS + 1);
    }

    #[test]
    fn places_know_their_neighbours_and_what_is_below() {
        let mut comments =
            vec![comment(10, 7, 0), comment(11, 10, 1), comment(12, 11, 2), comment(13, 10, 1), comment(14, 7, 0)];
        comments[2].more_below = 5;
        let places = arrange(&comments);
        assert_eq!(places[0].below, 8);
        assert_eq!(places[0].next, Some(4));
        assert_eq!(places[1].next, Some(3));
        assert_eq!(places[3].previous, Some(1));
        assert_eq!(places[2].top, Some(0));
        assert_eq!(places[4].previous, Some(0));
        assert_eq!(places[4].below, 0);
    }

    #[test]
    fn links_stay_on_the_page_when_they_can() {
        let comments = vec![comment(10, 7, 0), comment(11, 10, 1), comment(12, 99, 3)];
        let html = Tree::nested(comments, frame()).to_string();
        assert!(html.contains(r##"<a href="#c7">parent</a>"##));
        assert!(html.contains(r##"<a href="#c10">parent</a> <a href="#c10">root</a>"##));
        assert!(html.contains(r##"<a href="/c/99">parent</a>"##));
    }

    #[test]
    fn what_is_left_out_is_linked_inside_its_comment() {
        let mut comments = vec![comment(10, 7, 0), comment(11, 7, 0)];
        comments[0].more_below = 1_204;
        let html = Tree::nested(comments, frame()).to_string();
        let more = html.find("<a href=\"/c/10\">1,204 more replies</a>").unwrap();
        assert!(more < html.find("id=\"c11\"").unwrap());
        assert!(html.contains("<summary>1204 replies</summary>"));
    }

    #[test]
    fn tombstones_keep_their_place_and_take_nothing() {
        let mut gone = comment(10, 7, 0);
        gone.state = CommentState::Deleted;
        gone.author = None;
        gone.html = "".into();
        let html = Tree::nested(vec![gone, comment(11, 10, 1)], frame()).to_string();
        let (tombstone, child) = html.split_once("id=\"c11\"").unwrap();
        assert!(tombstone.contains("[deleted]"));
        assert!(!tombstone.contains("/c/10/reply") && !tombstone.contains("value=\"10\""));
        assert!(child.contains("/c/11/reply") && child.contains("name=\"up\" value=\"11\""));
    }

    #[test]
    fn a_closed_thread_has_no_reply_links() {
        let frame = TreeFrame { replies: Replies::Closed, ..frame() };
        let html = Tree::nested(vec![comment(10, 7, 0)], frame).to_string();
        assert!(!html.contains("/reply"));
    }

    #[test]
    fn the_room_is_enough() {
        let comments = (0..500).map(|i| comment(i64::MAX - i, i64::MAX, 0)).collect();
        let tree = Tree::nested(comments, frame());
        assert!(tree.to_string().len() <= tree.room());
    }
}
