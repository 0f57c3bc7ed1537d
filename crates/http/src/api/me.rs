//! The caller: who they are, their password, what is new to them.

use actions::passage::Sources;
use actions::words::Said;
use actions::{Person, account, passage, people, personal};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::Word;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Answer, Audience, done, fresh, json};
use super::cursor;
use super::input::{Json, Query};
use super::instance::Pages;
use super::refusals::{Forbidden, NotLoggedIn, Refused};
use super::shape::{self, Actor, Comment, List, Me, News, NewsKind};
use super::value::{Id, Moment, Sanction};
use crate::door::{App, Door};
use crate::gate::{Address, Member};
use crate::problem::Problem;

/// Who the caller is
#[utoipa::path(
    get,
    path = "/api/v1/me",
    tag = "me",
    security(("token" = ["read"]), ("session" = [])),
    responses((status = 200, body = Me<'static>), NotLoggedIn)
)]
pub async fn read_me(State(app): State<App>, Member(who): Member, headers: HeaderMap) -> Answer {
    let (profile, unread_count) = profile(&app, &who).await?;
    fresh(&headers, Audience::Nobody, &me(&app, &who, &profile, unread_count))
}

async fn profile(app: &Door, who: &Person) -> actions::Result<(people::Profile, usize)> {
    Ok((people::find(&app.ctx, &who.name).await?, personal::unread(&app.ctx, who).await?))
}

/// `Me` with a status: for what changes it, and for logging in.
pub(super) async fn answer_me(app: &Door, who: &Person, status: StatusCode) -> Answer {
    let (profile, unread_count) = profile(app, who).await?;
    json(status, &me(app, who, &profile, unread_count))
}

fn me<'a>(app: &'a Door, who: &Person, profile: &'a people::Profile, unread_count: usize) -> Me<'a> {
    let state = who.bars.everywhere().map(Sanction::from);
    Me { actor: Actor::new(&app.settings, profile), scope: who.scope.into(), state, unread_count }
}

/// What the caller says of themselves from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeChange {
    /// Markdown.
    about: String,
}

/// Describes oneself
#[utoipa::path(
    patch,
    path = "/api/v1/me",
    tag = "me",
    request_body = MeChange,
    security(("token" = ["write"]), ("session" = [])),
    responses((status = 200, body = Me<'static>), NotLoggedIn, Forbidden, Refused)
)]
pub async fn describe_me(State(app): State<App>, Member(who): Member, Json(change): Json<MeChange>) -> Answer {
    people::describe(&app.ctx, &who, &change.about).await?;
    answer_me(&app, &who, StatusCode::OK).await
}

/// The old password and the new one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password until now.
    old: String,
    /// The password from now on: 10 characters or more.
    #[schema(min_length = 10, max_length = 256)]
    new: String,
}

/// Changes one's password
///
/// All other sessions and tokens are worth nothing from then on.
#[utoipa::path(
    post,
    path = "/api/v1/me/password",
    tag = "me",
    request_body = PasswordChange,
    security(("token" = ["write"]), ("session" = [])),
    responses((status = 204, description = "It is changed"), NotLoggedIn, Forbidden, Refused)
)]
pub async fn change_password(
    State(app): State<App>,
    Member(who): Member,
    Address(address): Address,
    Json(change): Json<PasswordChange>,
) -> Result<Response, Problem> {
    let changed = account::change_password(&app.ctx, &who, &change.old, &change.new);
    app.tries.attempt(&who.name, address, changed).await?;
    Ok(done())
}

/// Who answered or mentioned the caller, and what was decided about what is theirs, newest first
#[utoipa::path(
    get,
    path = "/api/v1/notifications",
    tag = "me",
    security(("token" = ["read"]), ("session" = [])),
    params(Pages), responses((status = 200, body = List<News<'static>>), NotLoggedIn)
)]
pub async fn list_notifications(
    State(app): State<App>,
    Member(who): Member,
    Query(pages): Query<Pages>,
    headers: HeaderMap,
) -> Answer {
    let before = cursor::List::Notifications.read(pages.cursor.as_deref())?;
    let (found, next) = personal::news(&app.ctx, &who, before, pages.limit()?).await?;
    let sources = passage::sources(&app.ctx, found.iter().map(|news| &news.comment)).await?;
    let items = found.iter().map(|news| told(&app, news, &sources)).collect();
    let next = next.map(|id| cursor::List::Notifications.after(id));
    fresh(&headers, Audience::Nobody, &List { items, next })
}

fn told<'a>(app: &Door, news: &'a personal::News, sources: &'a Sources) -> News<'a> {
    let personal::News { notification, comment, title, kind, reason } = news;
    let shown = Comment::new(&app.settings, comment, sources.of(comment.id), sources.home(comment.id));
    let thread_title = Some(shape::title(title, domain::State::Deleted).to_owned());
    News {
        id: Id(notification.id),
        kind: match kind {
            personal::Kind::Answer => NewsKind::Reply,
            personal::Kind::Mention => NewsKind::Mention,
            personal::Kind::Refusal => NewsKind::Refusal,
            personal::Kind::Removed => NewsKind::Removed,
            personal::Kind::Restored => NewsKind::Restored,
            personal::Kind::Resolved => NewsKind::ReportResolved,
            personal::Kind::Dismissed => NewsKind::ReportDismissed,
            personal::Kind::Gone => NewsKind::ReportGone,
            personal::Kind::AppealRejected => NewsKind::AppealRejected,
            personal::Kind::AppealGranted => NewsKind::AppealGranted,
        },
        at: Moment(notification.at),
        read: notification.read.map(Moment),
        comment: Comment { thread_title, ..shown },
        reason: reason.as_deref(),
    }
}

/// What moderators have to say to the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct Warning {
    /// Its id.
    id: Id,
    /// The board that it is about; null: the whole instance.
    #[schema(required)]
    board: Option<String>,
    /// Why.
    reason: String,
    /// When.
    at: Moment,
    /// When the caller read it; null if not yet.
    #[schema(required)]
    read: Option<Moment>,
}

/// Of what moderators have warned the caller, newest first
///
/// The newest 50. They are counted among what is unread, and marked as read with notifications; so is what was decided against the caller
/// (`GET /me/decisions`).
#[utoipa::path(
    get,
    path = "/api/v1/me/warnings",
    tag = "me",
    security(("token" = ["read"]), ("session" = [])),
    responses((status = 200, body = List<Warning>), NotLoggedIn)
)]
pub async fn list_warnings(State(app): State<App>, Member(who): Member, headers: HeaderMap) -> Answer {
    let found = personal::warnings(&app.ctx, &who, &[Word::Warning], None, None).await?;
    let warning = |said: Said| Warning {
        id: Id(said.word.id),
        board: said.board,
        reason: said.word.reason,
        at: Moment(said.word.at),
        read: said.word.read.map(Moment),
    };
    fresh(&headers, Audience::Nobody, &List { items: found.into_iter().map(warning).collect(), next: None })
}

/// Up to where notifications were read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadUpTo {
    /// The id of the newest one that was read.
    up_to: Id,
}

/// Marks notifications as read
#[utoipa::path(
    post,
    path = "/api/v1/notifications/read",
    tag = "me",
    request_body = ReadUpTo,
    security(("token" = ["write"]), ("session" = [])),
    responses((status = 204, description = "They are marked"), NotLoggedIn, Forbidden, Refused)
)]
pub async fn mark_read(
    State(app): State<App>,
    Member(who): Member,
    Json(read): Json<ReadUpTo>,
) -> Result<Response, Problem> {
    personal::mark_read(&app.ctx, &who, read.up_to.0).await?;
    Ok(done())
}
