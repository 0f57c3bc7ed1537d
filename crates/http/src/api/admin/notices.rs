//! Notices that something is against the law, for those who decide them. Whoever one is about does not see it, whatever their role, unless
//! nobody else could decide; those who moderate named boards see what is about these alone.

use actions::notices::{self, About, Told};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use domain::CommentId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::answer::{Answer, Audience, fresh, json};
use crate::api::cursor::List as Cursor;
use crate::api::input::{Json, Path, Query, limit};
use crate::api::refusals::{Conflict, Forbidden, Missing, NotLoggedIn, Refused};
use crate::api::shape::{List, handle};
use crate::api::value::{Ground, Id, Illegality, Moment, NoticeState, State as CommentState};
use crate::door::App;
use crate::gate::Member;

/// A notice with all that is needed to decide it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Notice {
    /// Its id, which is the number on its receipt.
    id: Id,
    /// Where it stands.
    state: NoticeState,
    /// What kind of thing it is about.
    category: Illegality,
    /// Why that is against the law, in the words of whoever told it.
    explanation: String,
    /// Who told it; empty: they did not say. Not to be passed on to the author.
    name: String,
    /// Where they can be reached; empty: they did not say.
    email: String,
    /// What it is about.
    about: Vec<Noticed>,
    /// When it came.
    at: Moment,
    /// When it was decided; null if it was not yet.
    #[schema(required)]
    decided_at: Option<Moment>,
    /// Why it was decided so; empty until then.
    reason: String,
    /// Whether a program decided.
    automated: bool,
    /// Whether it is about the caller, who decides because nobody else can: `name` and `email` are left empty then.
    alone: bool,
}

/// Something that a notice is about.
#[derive(Debug, Serialize, ToSchema)]
pub struct Noticed {
    /// Its address, as whoever told it wrote it.
    address: String,
    /// The comment that is there; null: somebody's page, or a board's, which no decision here changes.
    #[schema(required)]
    comment: Option<NoticedComment>,
    /// Whether the decision took it down, whatever became of it later.
    taken_down: bool,
}

/// A comment that a notice is about.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticedComment {
    /// Its id.
    id: Id,
    /// Its thread.
    thread_id: Id,
    /// The handle of its author.
    author: String,
    /// What became of it.
    state: CommentState,
    /// Its words as HTML, also where readers do not see them.
    html: String,
    /// When it was published.
    published: Moment,
}

impl From<About> for Noticed {
    fn from(about: About) -> Self {
        let comment = about.line.map(|line| NoticedComment {
            id: Id(line.id.0),
            thread_id: Id(line.thread.0),
            author: handle(&line.author.name, &line.author.host),
            state: line.state.into(),
            html: line.html,
            published: Moment(line.published),
        });
        Self { address: about.address, comment, taken_down: about.taken_down }
    }
}

impl From<Told> for Notice {
    fn from(told: Told) -> Self {
        let Told { notice, about, alone } = told;
        Self {
            id: Id(notice.id),
            state: notice.state.into(),
            category: notice.category.into(),
            explanation: notice.explanation,
            name: notice.name,
            email: notice.email,
            about: about.into_iter().map(Noticed::from).collect(),
            at: Moment(notice.created),
            decided_at: notice.decided.map(Moment),
            reason: notice.reason,
            automated: notice.automated,
            alone,
        }
    }
}

/// Which of them, which page, how long.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NoticePages {
    /// In which state; `open` if it is left out.
    #[param(nullable = false, inline)]
    state: Option<NoticeState>,
    /// Where the page begins: `next` of the page before.
    #[param(nullable = false, pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Option<String>,
    /// How many entries it holds; 30 if it is left out.
    #[param(minimum = 1, maximum = 100, nullable = false)]
    limit: Option<u32>,
}

/// Notices on the boards of the caller, the oldest first
#[utoipa::path(
    get,
    path = "/api/v1/admin/notices",
    tag = "moderation",
    params(NoticePages),
    security(("token" = ["moderate"]), ("session" = [])),
    responses((status = 200, body = List<Notice>), NotLoggedIn, Forbidden)
)]
pub async fn list_notices(
    State(app): State<App>,
    Member(who): Member,
    Query(pages): Query<NoticePages>,
    headers: HeaderMap,
) -> Answer {
    let after = Cursor::Notices.read(pages.cursor.as_deref())?;
    let (state, limit) = (pages.state.unwrap_or(NoticeState::Open), limit(pages.limit, 30, 100)?);
    let (found, next) = notices::page(&app.ctx, &who, state.into(), after, limit).await?;
    let items = found.into_iter().map(Notice::from).collect();
    fresh(&headers, Audience::Nobody, &List { items, next: next.map(|id| Cursor::Notices.after(id)) })
}

/// A decision about a notice.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoticeRuling {
    /// What becomes of it; not `open`.
    decision: NoticeState,
    /// With `partly-removed`: the comments that are taken down.
    #[serde(default)]
    comments: Vec<Id>,
    /// Why: for the moderation log, which everybody can read, for whoever told it, and for the author. Name nobody in it.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
    /// What it is about and why that is against the law, for the author alone; the reason, if it is left out.
    #[serde(default)]
    #[schema(max_length = 2000)]
    facts: String,
    /// The ground; `law` if it is left out.
    #[serde(default = "law")]
    #[schema(inline)]
    ground: Ground,
    /// Which law, or which rule.
    #[serde(default)]
    #[schema(max_length = 500)]
    provision: String,
    /// Whether a program decided.
    #[serde(default)]
    automated: bool,
}

fn law() -> Ground {
    Ground::Law
}

impl From<NoticeRuling> for notices::Ruling {
    fn from(given: NoticeRuling) -> Self {
        Self {
            verdict: given.decision.into(),
            comments: given.comments.into_iter().map(|id| CommentId(id.0)).collect(),
            reason: given.reason,
            facts: given.facts,
            ground: given.ground.into(),
            provision: given.provision,
            automated: given.automated,
        }
    }
}

/// Decides a notice
///
/// What is taken down is kept as a copy that only administrators read, and its author is told why, with a statement of reasons; not by whom
/// it was told. Whoever decides second, and otherwise, is told that it was decided in the meantime.
#[utoipa::path(
    post,
    path = "/api/v1/admin/notices/{id}/decide",
    tag = "moderation",
    params(("id" = Id, Path, description = "The notice's id")),
    request_body = NoticeRuling,
    security(("token" = ["moderate"]), ("session" = [])),
    responses((status = 200, body = Notice), NotLoggedIn, Forbidden, Missing, Conflict, Refused)
)]
pub async fn decide_notice(
    State(app): State<App>,
    Member(who): Member,
    Path(Id(id)): Path<Id>,
    Json(given): Json<NoticeRuling>,
) -> Answer {
    let now = notices::decide(&app.ctx, &who, id, given.into()).await?;
    json(StatusCode::OK, &Notice::from(now))
}
