//! The queue of moderators: what waits, what is reported, what was taken down lately, each with what is needed to decide it.

use actions::held;
use actions::queue::{self, Breadth, Decision, Item, List, Record};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use domain::{CommentId, Refusal};
use serde::{Deserialize, Serialize};
use storage::boards::Board;
use storage::comments::Line;
use utoipa::{IntoParams, ToSchema};

use crate::api::admin::reports::{Assignment, Note, OneReport};
use crate::api::answer::{Answer, Audience, fresh, json};
use crate::api::cursor::List as Cursor;
use crate::api::input::{Json, Path, Query, limit};
use crate::api::refusals::{Conflict, Forbidden, Gone, Missing, NotLoggedIn, Refused};
use crate::api::shape::{List as Page, handle};
use crate::api::value::{Deed, Id, Moment, State as CommentState};
use crate::door::App;
use crate::gate::Member;

/// Which part of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Queue {
    /// What waits for a moderator, the oldest first.
    Held,
    /// What is reported, the oldest first.
    Reported,
    /// What waited and was not let out, the newest first.
    Rejected,
    /// What was taken down, the latest first.
    Removed,
}

impl From<Queue> for List {
    fn from(queue: Queue) -> Self {
        match queue {
            Queue::Held => Self::Held,
            Queue::Reported => Self::Reported,
            Queue::Rejected => Self::Rejected,
            Queue::Removed => Self::Removed,
        }
    }
}

impl Queue {
    fn cursor(self) -> Cursor {
        match self {
            Self::Held => Cursor::Held,
            Self::Reported => Cursor::Reports,
            Self::Rejected => Cursor::Rejected,
            Self::Removed => Cursor::Removed,
        }
    }
}

/// A comment of the queue.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueItem {
    /// The comment's id.
    id: Id,
    /// Its thread.
    thread_id: Id,
    /// The thread's title.
    title: String,
    /// The address of the thread's board.
    board: String,
    /// The handle of its author, also where readers are not told.
    author: String,
    /// What became of it.
    state: CommentState,
    /// Its words as HTML, also where readers do not see them; empty once its author has deleted it.
    html: String,
    /// When it was published.
    published: Moment,
    /// Which words it has: another number after each change. Who approves it says with this what they have read.
    edition: String,
    /// The comments that it answers, the nearest last; two at most.
    context: Vec<Above>,
    /// Why it is held; null where it is not.
    #[schema(required)]
    held: Option<Held>,
    /// The names of the rules that marked it.
    marks: Vec<String>,
    /// Who has taken it on; null: nobody.
    #[schema(required)]
    assigned_to: Option<String>,
    /// Reports on it, the oldest first.
    reports: Vec<OneReport>,
    /// What moderators wrote for one another, the oldest first.
    notes: Vec<Note>,
    /// What is known of its author.
    author_record: AuthorRecord,
}

/// A comment that is answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct Above {
    /// Its id.
    id: Id,
    /// The handle of its author.
    author: String,
    /// What became of it.
    state: CommentState,
    /// Its words as HTML; empty where readers do not see them.
    html: String,
}

/// Why a comment is held.
#[derive(Debug, Serialize, ToSchema)]
pub struct Held {
    /// What holds it.
    cause: &'static str,
    /// The name of the rule, or why the hook holds it; empty otherwise.
    rule: String,
    /// Since when.
    since: Moment,
}

/// What is known of whoever wrote something.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuthorRecord {
    /// Since when they are known here; null: nobody knows.
    #[schema(required)]
    since: Option<Moment>,
    /// Their last comments, 200 at most, by what has become of them.
    comments: Vec<Share>,
    /// What was decided about these, the latest first.
    decisions: Vec<Earlier>,
}

/// So many comments are in this state.
#[derive(Debug, Serialize, ToSchema)]
pub struct Share {
    /// The state.
    state: CommentState,
    /// How many.
    count: u32,
}

/// Something that was decided before.
#[derive(Debug, Serialize, ToSchema)]
pub struct Earlier {
    /// About which comment.
    comment_id: Id,
    /// What was done.
    action: Deed,
    /// By whom; empty for those who may not read that in the log.
    moderator: String,
    /// Why; may be empty.
    reason: String,
    /// When.
    at: Moment,
}

fn above(line: &Line) -> Above {
    Above {
        id: Id(line.id.0),
        author: handle(&line.author.name, &line.author.host),
        state: line.state.into(),
        html: line.html.clone(),
    }
}

impl From<Record> for AuthorRecord {
    fn from(record: Record) -> Self {
        let share = |(state, count): (domain::State, usize)| Share {
            state: state.into(),
            count: u32::try_from(count).unwrap_or(u32::MAX),
        };
        let earlier = |decided: storage::queue::Decided| Earlier {
            comment_id: Id(decided.comment.0),
            action: decided.deed.into(),
            moderator: decided.by,
            reason: decided.reason,
            at: Moment(decided.at),
        };
        Self {
            since: record.since.map(Moment),
            comments: record.lately.into_iter().map(share).collect(),
            decisions: record.decided.into_iter().map(earlier).collect(),
        }
    }
}

impl QueueItem {
    /// As programs read it; the boards are all of the instance.
    #[must_use]
    pub fn of(boards: &[Board], item: Item) -> Self {
        let board = boards.iter().find(|board| board.id == item.board);
        let held = item.hold.map(|hold| Held { cause: hold.cause.name(), rule: hold.rule, since: Moment(hold.held) });
        Self {
            id: Id(item.line.id.0),
            thread_id: Id(item.line.thread.0),
            title: item.title,
            board: board.map(Board::address).unwrap_or_default(),
            author: handle(&item.line.author.name, &item.line.author.host),
            state: item.line.state.into(),
            html: item.line.html,
            published: Moment(item.line.published),
            edition: held::edition(item.line.edited).to_string(),
            context: item.above.iter().map(above).collect(),
            held,
            marks: item.marks,
            assigned_to: item.assigned,
            reports: item.reports.into_iter().map(OneReport::from).collect(),
            notes: item.notes.into_iter().map(Note::from).collect(),
            author_record: item.author.into(),
        }
    }
}

/// Which part, of which board, which page, how long.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QueuePages {
    /// Which part; `held` if it is left out.
    #[param(nullable = false, inline)]
    list: Option<Queue>,
    /// The address of a board; all of the caller's if it is left out.
    #[param(nullable = false)]
    board: Option<String>,
    /// Where the page begins: `next` of the page before.
    #[param(nullable = false, pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Option<String>,
    /// How many entries it holds; 30 if it is left out.
    #[param(minimum = 1, maximum = 100, nullable = false)]
    limit: Option<u32>,
}

/// What waits for moderators on the boards of the caller
#[utoipa::path(
    get,
    path = "/api/v1/admin/queue",
    tag = "moderation",
    params(QueuePages),
    security(("token" = ["moderate"]), ("session" = [])),
    responses((status = 200, body = Page<QueueItem>), NotLoggedIn, Forbidden, Missing)
)]
pub async fn read_queue(
    State(app): State<App>,
    Member(who): Member,
    Query(pages): Query<QueuePages>,
    headers: HeaderMap,
) -> Answer {
    let list = pages.list.unwrap_or(Queue::Held);
    let after = list.cursor().read(pages.cursor.as_deref())?;
    let limit = limit(pages.limit, 30, 100)?;
    let (found, next) = queue::page(&app.ctx, &who, (list.into(), pages.board), after, limit).await?;
    let site = app.site().await?;
    let items = found.into_iter().map(|one| QueueItem::of(&site.boards, one)).collect();
    fresh(&headers, Audience::Nobody, &Page { items, next: next.map(|id| list.cursor().after(id)) })
}

/// Something for other moderators.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentNote {
    /// At most 2,000 characters.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
}

/// That something was written.
#[derive(Debug, Serialize, ToSchema)]
pub struct Noted {
    /// The comment.
    comment_id: Id,
}

/// Writes something beside a comment that nobody but moderators sees
#[utoipa::path(
    post,
    path = "/api/v1/admin/comments/{id}/note",
    tag = "moderation",
    params(("id" = Id, Path, description = "The comment's id")),
    request_body = CommentNote,
    security(("token" = ["moderate"]), ("session" = [])),
    responses((status = 200, body = Noted), NotLoggedIn, Forbidden, Missing, Refused)
)]
pub async fn note_comment(
    State(app): State<App>,
    Member(who): Member,
    Path(Id(id)): Path<Id>,
    Json(given): Json<CommentNote>,
) -> Answer {
    queue::note(&app.ctx, &who, CommentId(id), &given.text).await?;
    json(StatusCode::OK, &Noted { comment_id: Id(id) })
}

/// Who has taken on what is held or reported.
#[derive(Debug, Serialize, ToSchema)]
pub struct Assigned {
    /// The comment.
    comment_id: Id,
    /// Their name.
    assigned_to: String,
}

/// Has somebody take on what is held or reported
///
/// The others see it in the queue.
#[utoipa::path(
    post,
    path = "/api/v1/admin/comments/{id}/assign",
    tag = "moderation",
    params(("id" = Id, Path, description = "The comment's id")),
    request_body = Assignment,
    security(("token" = ["moderate"]), ("session" = [])),
    responses((status = 200, body = Assigned), NotLoggedIn, Forbidden, Missing, Conflict, Refused)
)]
pub async fn assign_comment(
    State(app): State<App>,
    Member(who): Member,
    Path(Id(id)): Path<Id>,
    Json(given): Json<Assignment>,
) -> Answer {
    let assigned_to = queue::assign(&app.ctx, &who, CommentId(id), given.into()).await?;
    json(StatusCode::OK, &Assigned { comment_id: Id(id), assigned_to })
}

/// What is decided about several at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BulkAction {
    /// What is held comes out; also what was rejected, in that part of the queue.
    Approve,
    /// What is held does not.
    Reject,
    /// They are taken down, and reports on them are resolved.
    Remove,
    /// They are put back.
    Restore,
    /// Reports on them are dealt with.
    Resolve,
    /// There is nothing in reports on them.
    Dismiss,
}

impl From<BulkAction> for Decision {
    fn from(action: BulkAction) -> Self {
        match action {
            BulkAction::Approve => Self::Approve,
            BulkAction::Reject => Self::Reject,
            BulkAction::Remove => Self::Remove,
            BulkAction::Restore => Self::Restore,
            BulkAction::Resolve => Self::Resolve,
            BulkAction::Dismiss => Self::Dismiss,
        }
    }
}

/// What else in the same part of the queue is decided alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum With {
    /// Nothing.
    #[default]
    Nothing,
    /// Whatever the same people wrote.
    Author,
    /// Whatever people of the same servers wrote.
    Host,
}

impl From<With> for Breadth {
    fn from(with: With) -> Self {
        match with {
            With::Nothing => Self::This,
            With::Author => Self::Person,
            With::Host => Self::Host,
        }
    }
}

/// A decision about several comments.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Bulk {
    /// What is decided.
    action: BulkAction,
    /// The comments, 100 at most.
    #[schema(min_items = 1, max_items = 100)]
    ids: Vec<Id>,
    /// Which part of the queue they are of: where `with` looks for others.
    list: Queue,
    /// What else there is decided alike.
    #[serde(default)]
    with: With,
    /// For the moderation log, which everybody can read; at most 500 characters, may be empty.
    #[schema(max_length = 500)]
    reason: String,
}

/// What became of a decision about several.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkResult {
    /// About so many comments it was made now.
    decided: u32,
    /// Whether there are more by the same people or servers than are decided at once.
    more: bool,
    /// Those about which it could not be made, or had been.
    problems: Vec<BulkProblem>,
}

/// Why a decision was not made.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkProblem {
    /// The comment.
    id: Id,
    /// Why.
    problem: String,
}

/// Decides about several comments at once
///
/// Each is decided by itself: where one cannot be, the others are all the same. Where none can be, the reason of the first is the answer.
#[utoipa::path(
    post,
    path = "/api/v1/admin/comments/bulk",
    tag = "moderation",
    request_body = Bulk,
    security(("token" = ["moderate"]), ("session" = [])),
    responses((status = 200, body = BulkResult), NotLoggedIn, Forbidden, Missing, Conflict, Gone, Refused)
)]
pub async fn decide_in_bulk(State(app): State<App>, Member(who): Member, Json(bulk): Json<Bulk>) -> Answer {
    if bulk.ids.is_empty() || bulk.ids.len() > 100 {
        return Err(Refusal::field("ids", "name one comment at least, and 100 at most").into());
    }
    if bulk.with != With::Nothing && bulk.ids.len() > 1 {
        return Err(Refusal::field("ids", "name one comment where others are decided with it").into());
    }
    who.must(domain::rights::Right::DecideReports)?;
    let (mut decided, mut more, mut problems, mut refused, all) = (0, false, Vec::new(), Vec::new(), bulk.ids.len());
    for id in bulk.ids {
        let (place, what) = ((bulk.list.into(), None), (CommentId(id.0), bulk.with.into(), None));
        match queue::decide(&app.ctx, &who, place, what, bulk.action.into(), &bulk.reason).await {
            Ok(outcome) => {
                decided += u32::try_from(outcome.decided).unwrap_or(u32::MAX);
                more |= outcome.more;
                let told = outcome.before.as_ref().map(crate::queued::told);
                problems.extend(told.map(|problem| BulkProblem { id, problem }));
            }
            Err(actions::Error::Refused(refusal)) => {
                problems.push(BulkProblem { id, problem: refusal.to_string() });
                refused.push(refusal);
            }
            Err(failed) => return Err(failed.into()),
        }
    }
    if refused.len() == all {
        return Err(refused.swap_remove(0).into());
    }
    json(StatusCode::OK, &BulkResult { decided, more, problems })
}
