//! Programs that are told of what happens.

use actions::hosting::By;
use actions::webhooks::{self, Order, Seen};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::News;
use serde::{Deserialize, Serialize};
use storage::webhooks::{self as rows, Item};
use utoipa::{IntoParams, ToSchema};

use crate::api::answer::{Answer, Audience, created, done, fresh, json};
use crate::api::cursor::List as Cursor;
use crate::api::input::{Json, Path, Query, limit};
use crate::api::refusals::{Forbidden, Missing, NotLoggedIn, Refused};
use crate::api::shape::List;
use crate::api::value::{Id, Moment};
use crate::door::App;
use crate::gate::Member;
use crate::problem::Problem;

/// Something of which a program is told. `moderation.decided` is whatever the moderation log says that has no name of its own here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum WebhookEvent {
    /// Readers can see a comment that they could not see before.
    #[serde(rename = "comment.published")]
    CommentPublished,
    /// Its words were changed.
    #[serde(rename = "comment.edited")]
    CommentEdited,
    /// Its author took it back.
    #[serde(rename = "comment.deleted")]
    CommentDeleted,
    /// It was taken down.
    #[serde(rename = "comment.removed")]
    CommentRemoved,
    /// It was put back.
    #[serde(rename = "comment.restored")]
    CommentRestored,
    /// It waits for a moderator.
    #[serde(rename = "comment.held")]
    CommentHeld,
    /// A thread began that readers can see.
    #[serde(rename = "thread.started")]
    ThreadStarted,
    /// A comment was reported.
    #[serde(rename = "report.opened")]
    ReportOpened,
    /// The reports on a comment were decided.
    #[serde(rename = "report.decided")]
    ReportDecided,
    /// An author appealed.
    #[serde(rename = "appeal.made")]
    AppealMade,
    /// An appeal was decided.
    #[serde(rename = "appeal.decided")]
    AppealDecided,
    /// Something was decided about a person.
    #[serde(rename = "actor.sanctioned")]
    ActorSanctioned,
    /// Anything else that the moderation log says.
    #[serde(rename = "moderation.decided")]
    ModerationDecided,
    /// Nothing: it is told where somebody tries whether it arrives, and cannot be asked for.
    #[serde(rename = "ping")]
    Ping,
}

macro_rules! same {
    ($($name:ident),+ $(,)?) => {
        impl From<News> for WebhookEvent {
            fn from(news: News) -> Self {
                match news { $(News::$name => Self::$name),+ }
            }
        }

        impl From<WebhookEvent> for News {
            fn from(event: WebhookEvent) -> Self {
                match event { $(WebhookEvent::$name => Self::$name),+ }
            }
        }
    };
}

same! {
    CommentPublished, CommentEdited, CommentDeleted, CommentRemoved, CommentRestored, CommentHeld, ThreadStarted, ReportOpened, ReportDecided,
    AppealMade, AppealDecided, ActorSanctioned, ModerationDecided, Ping,
}

/// A program that is told of what happens.
#[derive(Debug, Serialize, ToSchema)]
pub struct Webhook {
    /// Its number.
    id: Id,
    /// Its address.
    url: String,
    /// Of what it is told.
    events: Vec<WebhookEvent>,
    /// Whether nothing is brought for now; what happens is kept for it.
    paused: bool,
    /// Since when it is told.
    created: Moment,
    /// How much waits for it; 10000 stands for as much or more.
    waiting: i64,
    /// How much was given up, likewise.
    given_up: i64,
    /// How often in a row it took nothing.
    failures: i64,
    /// Why the last time; empty if it took something.
    error: String,
    /// When it is tried again, if it took nothing.
    #[schema(required)]
    next_try: Option<Moment>,
    /// When it took something last; null: never.
    #[schema(required)]
    reached: Option<Moment>,
}

impl From<Seen> for Webhook {
    fn from(Seen { webhook, waiting, given_up }: Seen) -> Self {
        let rows::Webhook { id, url, kinds, paused, created, failures, error, next, reached, .. } = webhook;
        Self {
            id: Id(id),
            url,
            events: kinds.into_iter().map(WebhookEvent::from).collect(),
            paused,
            created: Moment(created),
            waiting,
            given_up,
            failures,
            error,
            next_try: (failures > 0).then_some(Moment(next)),
            reached: reached.map(Moment),
        }
    }
}

/// A program right after it was added.
#[derive(Debug, Serialize, ToSchema)]
pub struct AddedWebhook {
    /// By which it knows that it is told by this server. It is shown here and never again.
    secret: String,
    /// The rest.
    #[serde(flatten)]
    webhook: Webhook,
}

impl From<rows::Webhook> for AddedWebhook {
    fn from(webhook: rows::Webhook) -> Self {
        Self { secret: webhook.secret.clone(), webhook: Seen { webhook, waiting: 0, given_up: 0 }.into() }
    }
}

/// What is to be told to whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// Where: an address that begins with `https://`. Private addresses are not called.
    #[schema(max_length = 2048)]
    url: String,
    /// Of what; of everything if it is left out.
    #[schema(nullable = false)]
    events: Option<Vec<WebhookEvent>>,
    /// For the moderation log, which everybody can read; at most 500 characters, may be empty.
    #[schema(max_length = 500)]
    reason: String,
}

/// Has a program told of what happens
///
/// What it is told is signed with the secret, which is shown here and never again.
#[utoipa::path(
    post,
    path = "/api/v1/admin/webhooks",
    tag = "webhooks",
    request_body = NewWebhook,
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 201, body = AddedWebhook, headers(("Location" = String))), NotLoggedIn, Forbidden, Refused)
)]
pub async fn add_webhook(State(app): State<App>, Member(who): Member, Json(new): Json<NewWebhook>) -> Answer {
    let kinds: Vec<News> = new.events.unwrap_or_default().into_iter().map(News::from).collect();
    let added = webhooks::add(&app.ctx, &By::Administrator(who), &new.url, &kinds, &new.reason).await?;
    created(&format!("/api/v1/admin/webhooks/{}", added.id), &AddedWebhook::from(added))
}

/// Programs that are told of what happens, and how it goes with them
#[utoipa::path(
    get,
    path = "/api/v1/admin/webhooks",
    tag = "webhooks",
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = List<Webhook>), NotLoggedIn, Forbidden)
)]
pub async fn list_webhooks(State(app): State<App>, Member(who): Member, headers: HeaderMap) -> Answer {
    let found = webhooks::list(&app.ctx, &By::Administrator(who)).await?;
    let items = found.into_iter().map(Webhook::from).collect();
    fresh(&headers, Audience::Nobody, &List { items, next: None })
}

/// Has a program told nothing any more
///
/// What it was still to be told is forgotten.
#[utoipa::path(
    delete,
    path = "/api/v1/admin/webhooks/{id}",
    tag = "webhooks",
    params(("id" = Id, Path, description = "Its number")),
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 204, description = "It is told nothing from now on"), NotLoggedIn, Forbidden, Missing)
)]
pub async fn remove_webhook(
    State(app): State<App>,
    Member(who): Member,
    Path(Id(id)): Path<Id>,
) -> Result<Response, Problem> {
    webhooks::remove(&app.ctx, &By::Administrator(who), id).await?;
    Ok(done())
}

macro_rules! orders {
    ($($(#[doc = $doc:literal])+ $name:ident $path:literal $order:ident),+ $(,)?) => {$(
        $(#[doc = $doc])+
        #[utoipa::path(
            post,
            path = $path,
            tag = "webhooks",
            params(("id" = Id, Path, description = "Its number")),
            security(("token" = ["admin"]), ("session" = [])),
            responses((status = 200, body = Webhook), NotLoggedIn, Forbidden, Missing)
        )]
        pub async fn $name(State(app): State<App>, Member(who): Member, Path(Id(id)): Path<Id>) -> Answer {
            let now = webhooks::order(&app.ctx, &By::Administrator(who), id, Order::$order).await?;
            json(StatusCode::OK, &Webhook::from(now))
        }
    )+};
}

orders! {
    /// Has nothing brought to a program for now
    ///
    /// What happens is kept for it.
    pause_webhook "/api/v1/admin/webhooks/{id}/pause" Pause,
    /// Has what waits for a program brought again, beginning now
    resume_webhook "/api/v1/admin/webhooks/{id}/resume" Resume,
    /// Tells a program something that means nothing
    ///
    /// It is brought after all that waits, and as that is: a `ping`.
    test_webhook "/api/v1/admin/webhooks/{id}/test" Test,
    /// Has brought again what was given up
    ///
    /// It comes before what waits, in the order in which it happened, under the same numbers.
    replay_webhook "/api/v1/admin/webhooks/{id}/replay" Replay,
}

/// Something that a program was not told, or not yet.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookDelivery {
    /// Its number, which it is told under.
    id: Id,
    /// What it is.
    event: WebhookEvent,
    /// The comment that it happened to.
    #[schema(required)]
    comment: Option<Id>,
    /// When it happened.
    at: Moment,
}

impl From<Item> for WebhookDelivery {
    fn from(item: Item) -> Self {
        let comment = item.comment.map(|comment| Id(comment.0));
        Self { id: Id(item.id), event: item.kind.into(), comment, at: Moment(item.at) }
    }
}

/// Where something stands that a program was not told. What is told is not kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WebhookDeliveryState {
    /// It is to be told.
    #[default]
    Waiting,
    /// It was tried for three days.
    GivenUp,
}

impl From<WebhookDeliveryState> for rows::State {
    fn from(state: WebhookDeliveryState) -> Self {
        match state {
            WebhookDeliveryState::Waiting => Self::Waiting,
            WebhookDeliveryState::GivenUp => Self::GivenUp,
        }
    }
}

/// Which of them, which page, how long.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WebhookPages {
    /// In which state; `waiting` if it is left out.
    #[param(nullable = false, inline)]
    state: Option<WebhookDeliveryState>,
    /// Where the page begins: `next` of the page before.
    #[param(nullable = false, pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Option<String>,
    /// How many entries it holds; 30 if it is left out.
    #[param(minimum = 1, maximum = 100, nullable = false)]
    limit: Option<u32>,
}

/// What a program was not told, or not yet, in the order in which it happened
#[utoipa::path(
    get,
    path = "/api/v1/admin/webhooks/{id}/deliveries",
    tag = "webhooks",
    params(("id" = Id, Path, description = "Its number"), WebhookPages),
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = List<WebhookDelivery>), NotLoggedIn, Forbidden, Missing)
)]
pub async fn list_webhook_deliveries(
    State(app): State<App>,
    Member(who): Member,
    Path(Id(id)): Path<Id>,
    Query(pages): Query<WebhookPages>,
    headers: HeaderMap,
) -> Answer {
    let after = Cursor::News.read(pages.cursor.as_deref())?;
    let (state, limit) = (pages.state.unwrap_or_default().into(), limit(pages.limit, 30, 100)?);
    let (found, next) = webhooks::page(&app.ctx, &By::Administrator(who), id, state, after, limit).await?;
    let items = found.into_iter().map(WebhookDelivery::from).collect();
    fresh(&headers, Audience::Nobody, &List { items, next: next.map(|id| Cursor::News.after(id)) })
}
