//! From rows to the plain data of views.

use std::borrow::Cow;

use actions::elsewhere::approval::Waiting;
use actions::import::merge::NOBODY;
use actions::reading::Page;
use domain::window::Shown;
use domain::{ActorId, CommentId, Origin, Role, State, ThreadId};
use pages::views::{self, BoardLink, Comment, CommentState, Joint, Replies, ThreadHead, ThreadRow};
use storage::approvals::Stage;
use storage::boards::Board;
use storage::comments::Line;
use storage::holds::{self, Hold};
use storage::threads::{Author, Thread};

use crate::door::Site;

/// A board as a link.
pub fn board_link(board: &Board) -> BoardLink {
    BoardLink { name: board.address(), title: board.title.clone() }
}

/// An author as shown; `starter` is whoever started the thread.
pub fn author(site: &Site, author: &Author, starter: Option<ActorId>) -> views::Author<'static> {
    named(site, author, Cow::Owned(author.name.clone()), Cow::Owned(author.host.clone()), starter)
}

/// The same without copies, for pages with thousands of them.
fn lent<'a>(site: &Site, author: &'a Author, starter: Option<ActorId>) -> views::Author<'a> {
    named(site, author, Cow::Borrowed(&author.name), Cow::Borrowed(&author.host), starter)
}

fn named<'a>(
    site: &Site,
    author: &Author,
    name: Cow<'a, str>,
    host: Cow<'a, str>,
    starter: Option<ActorId>,
) -> views::Author<'a> {
    let origin = match author.origin {
        Origin::Local => views::Origin::Local,
        Origin::Remote => views::Origin::Remote(host),
        Origin::Imported => views::Origin::Imported(host),
    };
    let role = match site.role(author.id) {
        // Who helps decides nothing: what they write has no more weight.
        Role::Member | Role::Helper => views::Role::Member,
        Role::Moderator => views::Role::Moderator,
        Role::Admin => views::Role::Administrator,
    };
    views::Author { name, origin, role, started_thread: starter == Some(author.id) }
}

/// Whether a source has told who this is.
fn is_known(author: &Author) -> bool {
    author.origin != Origin::Imported || author.name != NOBODY
}

/// Whoever started a thread, where that is known.
pub fn starter(thread: &Thread) -> Option<ActorId> {
    (is_known(&thread.author) && thread.state.is_signed()).then_some(thread.author.id)
}

/// What is shown of a state.
pub fn state(state: State) -> CommentState {
    match state {
        State::Published => CommentState::Shown,
        State::Flagged => CommentState::Flagged,
        State::Held => CommentState::Held,
        State::Deleted => CommentState::Deleted,
        State::Removed => CommentState::Removed,
    }
}

/// The title of a thread, also where its author or a moderator took it away.
pub fn title(thread: &Thread) -> String {
    titled(&thread.title, thread.state)
}

/// The same from its parts.
pub fn titled(title: &str, state: State) -> String {
    match (title, state) {
        ("", State::Removed) => "[removed]".into(),
        ("", State::Deleted) => "[deleted]".into(),
        // A view that knows only the title cannot tell by whom it was taken away.
        ("", _) => "[no longer here]".into(),
        _ => title.to_owned(),
    }
}

/// What stands below the address of a thread and is no page of it.
const NO_SLUGS: [&str; 6] = ["context", "follow", "followers", "following", "inbox", "outbox"];

/// A title in the address of its thread's page. Empty where it would be the address of something else: the page is at home at the bare
/// address then.
pub fn slug(title: &str) -> String {
    Some(domain::text::slug(title)).filter(|slug| !NO_SLUGS.contains(&slug.as_str())).unwrap_or_default()
}

/// The canonical path of a thread's page.
pub fn thread_path(thread: &Thread) -> String {
    let slug = slug(&thread.title);
    if slug.is_empty() { format!("/t/{}", thread.id) } else { format!("/t/{}/{}", thread.id, encoded(&slug)) }
}

/// A path segment.
pub fn encoded(segment: &str) -> String {
    percent_encoding::utf8_percent_encode(segment, percent_encoding::NON_ALPHANUMERIC)
        .to_string()
        .replace("%2D", "-")
        .replace("%5F", "_")
        .replace("%2E", ".")
}

/// A handle as a path segment: `name` or `name@host`.
pub fn encoded_handle(name: &str, host: &str) -> String {
    if host.is_empty() { encoded(name) } else { format!("{}@{}", encoded(name), encoded(host)) }
}

fn host(url: Option<&str>) -> Option<String> {
    let host = url::Url::parse(url?).ok()?.host_str()?.to_owned();
    Some(host.strip_prefix("www.").map(str::to_owned).unwrap_or(host))
}

/// A thread in a list.
pub fn row(site: &Site, thread: &Thread) -> ThreadRow {
    ThreadRow {
        id: thread.id.0,
        path: thread_path(thread),
        title: title(thread),
        url: thread.url.clone(),
        host: host(thread.url.as_deref()),
        board: BoardLink { name: thread.board_address(), title: thread.board_title.clone() },
        author: is_known(&thread.author).then(|| author(site, &thread.author, None)),
        published_ms: thread.published.0,
        score: thread.score,
        comments: u64::try_from(thread.comments).unwrap_or(0),
        pinned: thread.pinned,
        locked: thread.locked,
    }
}

/// The head of a thread's page.
pub fn head<'a>(site: &Site, page: &'a Page) -> ThreadHead<'a> {
    let (thread, root) = (&page.thread, &page.root);
    let signed = thread.state.is_signed();
    ThreadHead {
        id: thread.id.0,
        path: thread_path(thread),
        title: title(thread),
        url: thread.url.clone(),
        host: host(thread.url.as_deref()),
        board: BoardLink { name: thread.board_address(), title: thread.board_title.clone() },
        author: (signed && is_known(&thread.author)).then(|| author(site, &thread.author, None)),
        imported_from: (thread.author.origin == Origin::Imported).then(|| thread.author.host.clone()),
        published_ms: thread.published.0,
        edited_ms: root.edited.map(|time| time.0),
        score: thread.score,
        state: state(thread.state),
        html: words(root),
        version: thread.version,
        comments: u64::try_from(thread.comments).unwrap_or(0),
        pinned: thread.pinned,
        locked: thread.locked,
        slow: slow(thread.slow.max(thread.board_slow)),
        split_from: page.joints.from.as_ref().map(joint),
        split_off: page.joints.off.iter().map(joint).collect(),
        replies: if thread.state.is_signed() { replies(thread) } else { Replies::Closed },
    }
}

fn joint((id, title): &(ThreadId, String)) -> Joint {
    Joint { path: format!("/t/{id}"), title: title.clone() }
}

/// Slow mode in words.
fn slow(seconds: i64) -> Option<String> {
    let each = match seconds {
        ..=0 => return None,
        1 => "a second".to_owned(),
        60 => "a minute".to_owned(),
        3_600 => "an hour".to_owned(),
        hours if hours % 3_600 == 0 => format!("every {} hours", hours / 3_600),
        minutes if minutes % 60 == 0 => format!("every {} minutes", minutes / 60),
        seconds => format!("every {seconds} seconds"),
    };
    Some(format!("slow: one comment {each}"))
}

/// The words of a comment; what is sensitive is unfolded by who wants to see it.
pub fn words(line: &Line) -> Cow<'_, str> {
    covered(line.sensitive, &line.html)
}

/// Words that were not always those of the comment, behind the cover that it has now: a moderator has covered all it ever said.
pub fn covered(sensitive: bool, html: &str) -> Cow<'_, str> {
    if sensitive && !html.is_empty() {
        return Cow::Owned(format!("<details><summary>Sensitive: show it</summary>{html}</details>"));
    }
    Cow::Borrowed(html)
}

/// Whether a thread takes answers.
pub fn replies(thread: &Thread) -> Replies {
    if thread.locked { Replies::Closed } else { Replies::Open }
}

/// A comment as shown.
pub fn comment<'a>(site: &Site, line: &'a Line, starter: Option<ActorId>) -> Comment<'a> {
    let signed = line.state.is_signed();
    Comment {
        id: line.id.0,
        parent: line.parent.map_or(line.thread.0, |parent| parent.0),
        depth: u16::try_from(line.depth.saturating_sub(1)).unwrap_or(u16::MAX),
        author: signed.then(|| lent(site, &line.author, starter)),
        published_ms: line.published.0,
        edited_ms: line.edited.map(|time| time.0),
        score: line.votes.score(),
        state: state(line.state),
        html: words(line),
        more_below: 0,
    }
}

/// The comments of a page in display order; `first` are those that stand before its window.
pub fn comments<'a>(site: &Site, page: &'a Page, first: &[CommentId]) -> Vec<Comment<'a>> {
    let starter = starter(&page.thread);
    let mut out: Vec<Comment<'a>> = Vec::with_capacity(page.shown.len() + first.len());
    // Positions in the tree and where their comments are in `out`; both only grow.
    let mut at: Vec<(usize, usize)> = Vec::with_capacity(page.shown.len() + first.len());
    let place = |position: usize, out: &mut Vec<Comment<'a>>, at: &mut Vec<(usize, usize)>| {
        if let Some(line) = page.line_at(position) {
            at.push((position, out.len()));
            out.push(comment(site, line, starter));
        }
    };
    for position in first.iter().filter_map(|id| page.arranged.tree.position(*id)) {
        place(position, &mut out, &mut at);
    }
    for shown in &page.shown {
        match shown {
            Shown::Comment(position) => place(*position, &mut out, &mut at),
            Shown::More { under, hidden } => {
                let above = at.binary_search_by_key(under, |(position, _)| *position).ok();
                let above = above.and_then(|found| at.get(found)).and_then(|(_, index)| out.get_mut(*index));
                if let Some(above) = above {
                    above.more_below = above.more_below.saturating_add(*hidden);
                }
            }
        }
    }
    out
}

/// In words what moderators have said to a comment that is held.
pub fn held(hold: &Hold) -> &'static str {
    match hold.stage {
        holds::Stage::Waiting | holds::Stage::Deleted => "Waiting for a moderator",
        holds::Stage::Rejected => "Not let out by a moderator",
    }
}

/// In words for whom a comment waits.
pub fn waits(waiting: &Waiting) -> String {
    let host = &waiting.host;
    match waiting.stage {
        Stage::Asked | Stage::Allowed => format!("Waiting for the permission of {host}"),
        Stage::Refused => format!("Not allowed by {host}, or only after the thread was closed"),
        Stage::TakenBack => format!("No longer allowed by {host}"),
    }
}
