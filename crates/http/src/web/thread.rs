//! The page of a thread, and the page of a comment in its thread: made once for everybody and kept; what belongs to one
//! reader is filled into its slots.

use std::sync::Arc;

use actions::reading::{self, Page, Part};
use actions::{Person, passage};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::authority::{Act, may};
use domain::rights::Right;
use domain::visit::look;
use domain::window::Budget;
use domain::{CommentId, CommentSort, NotAnId, Noun, Refusal, ThreadId};
use pages::personal::{AnswerForm, Cast, OwnLinks, UNREAD, VoteButtons};
use pages::slots::SlotKind;
use pages::views::{self, ContextPage, ErrorPage, Frame, HeldPage, Replies, ThreadPage, Tree, TreeFrame};

use super::convert;
use super::shell::{Answer, Oops, Query, Shell, feeds, rendered, slotted_large};
use crate::cache::{Fresh, Key, Mark, Rendered};
use crate::door::{App, Site};

/// Above so many comments a thread is shown in parts only: every comment is reached, and no page is heavier than a phone can bear.
const ALL: i64 = 5_000;

/// `/t/{thread}`
pub async fn bare(shell: Shell, State(app): State<App>, Path(id): Path<String>, Query(query): Query) -> Answer {
    show_thread(shell, app, &id, None, &query).await
}

/// `/t/{thread}/{slug}`
pub async fn slugged(
    shell: Shell,
    State(app): State<App>,
    Path((id, slug)): Path<(String, String)>,
    Query(query): Query,
) -> Answer {
    show_thread(shell, app, &id, Some(&slug), &query).await
}

/// `/c/{comment}`: the comment, what it answers, what answers it. A root's page is its thread's.
pub async fn comment(shell: Shell, State(app): State<App>, Path(id): Path<String>, Query(query): Query) -> Answer {
    let id: CommentId = id.parse().map_err(|NotAnId| Refusal::NotFound(Noun::Comment))?;
    if let Some(person) = &shell.visitor
        && let Some(waits) = for_whom(&app, person, id).await?
    {
        return held(&shell, &app, id, waits).await;
    }
    let thread = match reading::thread_of(&app.ctx, id).await {
        Err(actions::Error::Refused(refusal)) => return unseen(&shell, &app, id, refusal).await,
        found => found?,
    };
    if thread.root() == id {
        return Ok(elsewhere(&format!("/t/{thread}")));
    }
    let after = cursor(query.get("after"))?;
    show(
        &shell,
        &app,
        thread,
        View { part: Part::Below { comment: id, after }, sort: sort(query.get("sort"))?, extent: Extent::Part },
        None,
    )
    .await
}

/// For whose word a comment waits.
struct Waits {
    title: String,
    says: &'static str,
    reason: String,
    is_rejected: bool,
}

const FOR_ITS_AUTHOR: &str =
    "Whoever wrote what this answers wants to agree to each answer first. Unless they do, nobody else sees yours.";
const FOR_A_MODERATOR: &str =
    "A moderator looks at it before others see it. Until then nobody does but its author and those who moderate.";
const NOT_LET_OUT: &str =
    "A moderator has looked at it and not let it out. Nobody sees it but its author and those who moderate.";

/// A comment that the reader may not see. Of one that was rejected everybody can read in the moderation log; the page says no more of it.
async fn unseen(shell: &Shell, app: &App, id: CommentId, refusal: Refusal) -> Answer {
    let Some(reason) = actions::held::rejection(&app.ctx, id).await? else { return Err(refusal.into()) };
    let (status, why) = (StatusCode::FORBIDDEN, Some(reason).filter(|reason| !reason.is_empty()));
    let view = ErrorPage {
        frame: shell.private_frame().await?,
        status: status.as_u16(),
        title: "A comment that was not let out".into(),
        detail: NOT_LET_OUT.into(),
        remedy: why.map(|reason| format!("Why: {reason}")).unwrap_or_default(),
        kept: Vec::new(),
        request_id: String::new(),
    };
    shell.page_with(status, &view).await
}

/// In words for whose word a comment waits, for whoever knows of it.
async fn for_whom(app: &App, person: &Person, id: CommentId) -> Result<Option<Waits>, actions::Error> {
    if let Some((hold, reason)) = actions::held::why(&app.ctx, person, id).await? {
        let is_rejected = hold.stage == storage::holds::Stage::Rejected;
        let (says, reason) = if is_rejected { (NOT_LET_OUT, reason) } else { (FOR_A_MODERATOR, String::new()) };
        return Ok(Some(Waits { title: convert::held(&hold).to_owned(), says, reason, is_rejected }));
    }
    let waiting = actions::comment::waiting(&app.ctx, person, id).await?;
    let waits =
        |one| Waits { title: convert::waits(&one), says: FOR_ITS_AUTHOR, reason: String::new(), is_rejected: false };
    Ok(waiting.map(waits))
}

/// A comment that waits for the word of a moderator, or of an author elsewhere, for whoever knows of it.
async fn held(shell: &Shell, app: &App, id: CommentId, waits: Waits) -> Answer {
    let found = passage::in_context(&app.ctx, shell.visitor.as_ref(), id, 0).await?;
    let (line, head) = (found.passage.line, found.thread);
    let site = app.site().await?;
    let frame = shell.private_frame().await?;
    let own = shell.visitor.as_ref().is_some_and(|person| person.actor == line.author.id);
    let moderates = shell.visitor.as_ref().is_some_and(|who| who.must_on(Right::Approve, head.board).is_ok());
    let view = HeldPage {
        comment: alone(&site, &line, frame.now_ms),
        frame,
        id: id.0,
        thread_title: convert::title(&head),
        thread_path: convert::thread_path(&head),
        waits: waits.title,
        says: waits.says,
        reason: waits.reason,
        own,
        is_rejected: waits.is_rejected,
        may_decide: moderates && !own,
    };
    shell.page(&view).await
}

async fn show_thread(shell: Shell, app: App, id: &str, slug: Option<&str>, query: &super::shell::Fields) -> Answer {
    let thread: ThreadId = id.parse().map_err(|NotAnId| Refusal::NotFound(Noun::Thread))?;
    let extent = if query.0.iter().any(|(name, _)| name == "all") { Extent::All } else { Extent::Part };
    let part = match extent {
        Extent::All => Part::Whole { after: None },
        Extent::Part => Part::Whole { after: cursor(query.get("after"))? },
    };
    let view = View { part, sort: sort(query.get("sort"))?, extent };
    match show(&shell, &app, thread, view, Some(slug.unwrap_or_default())).await {
        Err(Oops(problem)) if problem.code == MERGED => {
            let place = reading::thread_of(&app.ctx, thread.root()).await?;
            Ok(elsewhere(&format!("/t/{place}#c{thread}")))
        }
        answer => answer,
    }
}

/// What leads to where it stands now.
const MERGED: &str = "merged";

/// One way to look at a thread.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// The thread, or what hangs below one comment.
    pub part: Part,
    /// The order of its comments.
    pub sort: CommentSort,
    /// How much on one page.
    pub extent: Extent,
}

/// How much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// As much as the host wants on one page.
    Part,
    /// Everything.
    All,
}

fn sort(name: &str) -> Result<CommentSort, Refusal> {
    if name.is_empty() {
        return Ok(CommentSort::default());
    }
    CommentSort::named(name).ok_or_else(|| {
        let names: Vec<_> = CommentSort::ALL.iter().map(|sort| sort.name()).collect();
        Refusal::field("sort", format!("choose one of {}", names.join(", ")))
    })
}

fn cursor(text: &str) -> Result<Option<CommentId>, Refusal> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|NotAnId| Refusal::BadCursor) }
}

impl View {
    /// How many comments that are.
    #[must_use]
    pub fn budget(self, app: &App) -> Budget {
        match self.extent {
            Extent::All => Budget { comments: usize::try_from(ALL).unwrap_or(usize::MAX), per_subtree: usize::MAX },
            Extent::Part => {
                let comments = app.ctx.limits().page;
                Budget { comments, per_subtree: (comments / 2).max(1) }
            }
        }
    }

    /// What the page is kept under.
    fn key(self) -> String {
        let (comment, after) = match self.part {
            Part::Whole { after } => (0, after),
            Part::Below { comment, after } => (comment.0, after),
        };
        let all = if self.extent == Extent::All { "all" } else { "" };
        format!("{comment} {} {} {all}", after.map_or(0, |after| after.0), self.sort.name())
    }

    /// The address of the page that follows.
    fn next(self, base: &str, after: Option<CommentId>) -> Option<String> {
        let after = after?;
        let sort =
            if self.sort == CommentSort::default() { String::new() } else { format!("sort={}&", self.sort.name()) };
        Some(format!("{base}?{sort}after={after}"))
    }
}

/// Shows a view. `slug` is what the address said, where the address of the page has one.
async fn show(shell: &Shell, app: &App, thread: ThreadId, view: View, slug: Option<&str>) -> Answer {
    let version = app.ctx.db().thread_version(thread).await?.ok_or(Refusal::NotFound(Noun::Thread))?;
    let key = Key {
        thread,
        version,
        epoch: app.ctx.db().changes().epoch(),
        tick: Key::tick(app.ctx.now().0),
        view: view.key(),
    };
    let page = app.pages.get_or_make(key, make(shell, app, thread, view)).await.map_err(again)?;
    if let (Some(slug), Some(canonical)) = (slug, &page.slug)
        && slug != canonical
    {
        let query = shell.path.split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
        return Ok(elsewhere(&format!("{}{query}", page.path)));
    }
    if shell.visitor.is_none() {
        return Ok(page.respond(&shell.headers, &app.rendering).await);
    }
    personal(shell, app, thread, &page).await
}

/// To where a page stands now. It may stand elsewhere tomorrow (a title can be taken away), so nobody is to remember it.
fn elsewhere(path: &str) -> Response {
    let mut response = Redirect::to(path).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// An error that several wait for is told to each.
fn again(error: Arc<actions::Error>) -> Oops {
    match &*error {
        actions::Error::Refused(refusal) => refusal.clone().into(),
        actions::Error::Failed(storage::Error::Unavailable(reason)) => {
            actions::Error::Failed(storage::Error::Unavailable(reason.clone())).into()
        }
        actions::Error::Later(reason) => actions::Error::Later(reason).into(),
        actions::Error::Failed(other) => actions::Error::Failed(storage::Error::Panicked(other.to_string())).into(),
    }
}

async fn make(shell: &Shell, app: &App, thread: ThreadId, view: View) -> actions::Result<Rendered> {
    let page = reading::page(&app.ctx, thread, view.part, view.sort, view.budget(app)).await?;
    let site = app.site().await?;
    let frame = shell
        .frame()
        .await
        .map_err(|Oops(problem)| actions::Error::Failed(storage::Error::Unavailable(problem.detail)))?;
    let place = Arc::clone(&app.rendering).acquire_owned().await;
    let app = app.clone();
    // A large page takes its time: not on the threads that answer everybody else.
    let made = tokio::task::spawn_blocking(move || {
        let _place = place;
        compose(&app, &site, frame, &page, view).map(Fresh::pack)
    });
    made.await.map_err(|panic| actions::Error::Failed(storage::Error::Panicked(panic.to_string())))?
}

/// Renders a page that has been read; `frame` is any page's.
///
/// # Errors
/// A template that fails is a fault of ours.
pub fn compose(app: &App, site: &Site, mut frame: Frame, page: &Page, view: View) -> actions::Result<Fresh> {
    let path = convert::thread_path(&page.thread);
    let own = match view.part {
        Part::Whole { .. } => path.clone(),
        Part::Below { comment, .. } => format!("/c/{comment}"),
    };
    frame.path.clone_from(&own);
    frame.canonical = Some(app.url(&own));
    let (slotted, slug) = match view.part {
        Part::Whole { .. } => {
            frame.feeds = feeds(&format!("/t/{}", page.thread.id), "Comments");
            let all = whole(site, frame, page, view, &path);
            let slotted = slotted_large(&all, all.tree.room())?;
            (slotted, Some(convert::slug(&page.thread.title)))
        }
        Part::Below { comment, .. } => {
            let context = below(site, frame, page, view, &path, comment);
            (slotted_large(&context, context.above.room() + context.below.room())?, None)
        }
    };
    let marks = page.lines().iter().map(|line| Mark {
        id: line.id,
        author: line.author.id,
        published: line.published,
        state: line.state,
    });
    Ok(Fresh {
        slotted,
        path: own,
        slug,
        active: page.thread.active,
        board: page.thread.board,
        openness: page.thread.openness(),
        marks: marks.collect(),
    })
}

fn whole<'a>(site: &Site, frame: Frame, page: &'a Page, view: View, path: &str) -> ThreadPage<'a> {
    let tree_frame = TreeFrame {
        now_ms: frame.now_ms,
        replies: convert::replies(&page.thread),
        elsewhere: vec![page.thread.id.0],
        top: None,
        focus: None,
    };
    let shown_all = page.next.is_none() && page.shown.len() == page.arranged.tree.placed.len();
    let joint =
        if view.sort == CommentSort::default() { "?all".to_owned() } else { format!("?sort={}&all", view.sort.name()) };
    ThreadPage {
        thread: convert::head(site, page),
        sort: sort_view(view.sort),
        tree: Tree::nested(convert::comments(site, page, &[]), tree_frame),
        next: view.next(path, page.next),
        all: (!shown_all && view.extent == Extent::Part && page.thread.comments <= ALL)
            .then(|| format!("{path}{joint}")),
        frame,
    }
}

fn below<'a>(site: &Site, frame: Frame, page: &'a Page, view: View, path: &str, comment: CommentId) -> ContextPage<'a> {
    let starter = convert::starter(&page.thread);
    let above: Vec<_> =
        page.context.iter().filter_map(|id| page.line(*id)).map(|line| convert::comment(site, line, starter)).collect();
    let top = page.context.first().map(|id| id.0);
    let tree_frame = TreeFrame {
        now_ms: frame.now_ms,
        replies: convert::replies(&page.thread),
        elsewhere: page.context.iter().map(|id| id.0).collect(),
        top,
        focus: Some(comment.0),
    };
    ContextPage {
        thread_title: convert::title(&page.thread),
        thread_path: path.to_owned(),
        place_path: format!("{path}#c{comment}"),
        author: page
            .line(comment)
            .filter(|line| line.state.is_signed())
            .map(|line| convert::author(site, &line.author, starter)),
        above: Tree::chain(above, TreeFrame { focus: None, top: None, ..tree_frame.clone() }),
        below: Tree::nested(convert::comments(site, page, &[comment]), tree_frame),
        next: view.next(&format!("/c/{comment}"), page.next),
        frame,
    }
}

fn sort_view(sort: CommentSort) -> views::CommentSort {
    match sort {
        CommentSort::Best => views::CommentSort::Best,
        CommentSort::Top => views::CommentSort::Top,
        CommentSort::New => views::CommentSort::New,
        CommentSort::Old => views::CommentSort::Old,
        CommentSort::Controversial => views::CommentSort::Controversial,
    }
}

/// The page with this reader's votes, new comments and own links.
async fn personal(shell: &Shell, app: &App, thread: ThreadId, page: &Rendered) -> Answer {
    let Some(person) = &shell.visitor else {
        return Ok(page.respond(&shell.headers, &app.rendering).await);
    };
    let own = actions::personal::own(&app.ctx, person, thread).await?;
    let corner = shell.corner().await?;
    let (looked, standing) = (look(own.visit, page.active, app.ctx.now()), person.standing());
    let has = |right| person.must_on(right, page.board).is_ok();
    let (manages, suspends) = (has(Right::ManageThreads), has(Right::Sanction));
    let html = page.slotted.fill(|kind, id| {
        let comment = CommentId(id);
        let mark = || page.mark(comment);
        match kind {
            SlotKind::Account => corner.clone(),
            SlotKind::Unread => {
                let seen = looked.new_after?;
                mark().filter(|mark| mark.published > seen && mark.author != person.actor).map(|_| UNREAD.into())
            }
            SlotKind::Vote => {
                let cast = match own.votes.get(&comment)? {
                    storage::votes::Vote::Up => Cast::Up,
                    storage::votes::Vote::Down => Cast::Down,
                };
                rendered(&VoteButtons { id, cast }).ok()
            }
            SlotKind::Own => {
                let allowed = |act| {
                    let subject = mark().map(|mark| mark.subject(page.board, page.openness));
                    subject.is_some_and(|subject| may(Some(&standing), act, subject).is_ok())
                };
                let is_own = mark().is_some_and(|mark| mark.author == person.actor);
                let may_remove = !is_own && allowed(Act::Remove);
                let links = OwnLinks {
                    id,
                    may_delete: is_own && allowed(Act::Delete),
                    may_edit: is_own && allowed(Act::Edit),
                    managed: manages.then_some(thread.0),
                    removable: may_remove.then_some(thread.0),
                    may_suspend: may_remove && suspends,
                };
                links.shown()
            }
            SlotKind::Reply => rendered(&AnswerForm { thread: id }).ok(),
            SlotKind::News => None,
        }
    });
    // One comment's page is not a look at the whole thread.
    if let Some(visit) = looked.keep.filter(|_| page.slug.is_some()) {
        // Reading goes on when writing cannot: the marks stay as they are.
        if let Err(error) = actions::personal::keep(&app.ctx, person, thread, visit).await {
            tracing::warn!(%error, "a visit was not noted");
        }
    }
    Ok(response(shell, html))
}

fn response(shell: &Shell, html: String) -> Response {
    (shell.privately(), axum::response::Html(html)).into_response()
}

/// The tree of one comment by itself, for pages that are about it.
pub fn alone<'a>(site: &Site, line: &'a storage::comments::Line, now_ms: i64) -> Tree<'a> {
    let frame = TreeFrame { now_ms, replies: Replies::Closed, elsewhere: Vec::new(), top: None, focus: None };
    Tree::nested(vec![convert::comment(site, line, None)], frame)
}
