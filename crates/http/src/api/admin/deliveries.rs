//! What was not brought to other servers, or not yet.

use actions::hosting::By;
use actions::hosting::deliveries::{self, Order};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use storage::outbox;
use utoipa::{IntoParams, ToSchema};

use crate::api::answer::{Answer, Audience, fresh, json};
use crate::api::cursor::List as Cursor;
use crate::api::input::{Json, Path, Query, limit};
use crate::api::moderation::Reason;
use crate::api::refusals::{Forbidden, Missing, NotLoggedIn, Refused};
use crate::api::shape::List;
use crate::api::value::{Id, Moment};
use crate::door::App;
use crate::gate::Member;

/// Something on its way to a place on another server.
#[derive(Debug, Serialize, ToSchema)]
pub struct Delivery {
    /// Its number.
    id: Id,
    /// The id of what is brought.
    activity: String,
    /// What kind of activity it is.
    kind: String,
    /// To which server.
    host: String,
    /// To which place there.
    inbox: String,
    /// Where it stands.
    state: DeliveryState,
    /// How often it was tried.
    attempts: i64,
    /// Why it was not brought the last time; empty if it was not tried.
    error: String,
    /// When it was said.
    said: Moment,
}

/// Where a delivery stands that is not brought. What is brought is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryState {
    /// It is to be brought.
    Waiting,
    /// It was tried for the last time.
    GivenUp,
    /// An administrator does not want it brought.
    Skipped,
}

impl From<outbox::State> for DeliveryState {
    fn from(state: outbox::State) -> Self {
        match state {
            outbox::State::Waiting => Self::Waiting,
            outbox::State::GivenUp => Self::GivenUp,
            outbox::State::Skipped => Self::Skipped,
        }
    }
}

impl From<DeliveryState> for outbox::State {
    fn from(state: DeliveryState) -> Self {
        match state {
            DeliveryState::Waiting => Self::Waiting,
            DeliveryState::GivenUp => Self::GivenUp,
            DeliveryState::Skipped => Self::Skipped,
        }
    }
}

impl From<deliveries::Delivery> for Delivery {
    fn from(delivery: deliveries::Delivery) -> Self {
        let deliveries::Delivery { entry, said, activity, kind } = delivery;
        Self {
            id: Id(entry.id),
            activity,
            kind,
            host: entry.host,
            inbox: entry.inbox,
            state: entry.state.into(),
            attempts: entry.attempts,
            error: entry.error,
            said: Moment(said),
        }
    }
}

/// Which of them, which page, how long.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeliveryPages {
    /// In which state; `waiting` if it is left out.
    #[param(nullable = false, inline)]
    state: Option<DeliveryState>,
    /// To which server; to any if it is left out.
    #[param(nullable = false)]
    host: Option<String>,
    /// Where the page begins: `next` of the page before.
    #[param(nullable = false, pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Option<String>,
    /// How many entries it holds; 30 if it is left out.
    #[param(minimum = 1, maximum = 100, nullable = false)]
    limit: Option<u32>,
}

/// What was not brought to other servers, or not yet, newest first
#[utoipa::path(
    get,
    path = "/api/v1/admin/deliveries",
    tag = "servers",
    params(DeliveryPages),
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = List<Delivery>), NotLoggedIn, Forbidden)
)]
pub async fn list_deliveries(
    State(app): State<App>,
    Member(who): Member,
    Query(pages): Query<DeliveryPages>,
    headers: HeaderMap,
) -> Answer {
    let before = Cursor::Deliveries.read(pages.cursor.as_deref())?;
    let (state, limit) = (pages.state.unwrap_or(DeliveryState::Waiting), limit(pages.limit, 30, 100)?);
    let which = (state.into(), pages.host.as_deref());
    let (found, next) = deliveries::page(&app.ctx, &By::Administrator(who), which, before, limit).await?;
    let items = found.into_iter().map(Delivery::from).collect();
    fresh(&headers, Audience::Nobody, &List { items, next: next.map(|id| Cursor::Deliveries.after(id)) })
}

macro_rules! orders {
    ($($(#[doc = $doc:literal])+ $name:ident $path:literal $order:ident),+ $(,)?) => {$(
        $(#[doc = $doc])+
        #[utoipa::path(
            post,
            path = $path,
            tag = "servers",
            params(("id" = Id, Path, description = "The delivery's number")),
            request_body = Reason,
            security(("token" = ["admin"]), ("session" = [])),
            responses((status = 200, body = Delivery), NotLoggedIn, Forbidden, Missing, Refused)
        )]
        pub async fn $name(
            State(app): State<App>,
            Member(who): Member,
            Path(Id(id)): Path<Id>,
            Json(given): Json<Reason>,
        ) -> Answer {
            let by = By::Administrator(who);
            let delivery = deliveries::order(&app.ctx, &by, id, Order::$order, &given.reason).await?;
            json(StatusCode::OK, &Delivery::from(delivery))
        }
    )+};
}

orders! {
    /// Has something brought again that was given up or skipped
    retry_delivery "/api/v1/admin/deliveries/{id}/retry" Retry,
    /// Has something not brought that waits, or was given up
    skip_delivery "/api/v1/admin/deliveries/{id}/skip" Skip,
}
