//! Other servers.

use actions::hosting::peers::{self, Order, Standing};
use actions::hosting::{By, policies};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use domain::policy::Coverage;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::answer::{Answer, Audience, fresh, json};
use crate::api::cursor;
use crate::api::input::{Json, Path, Query};
use crate::api::instance::Pages;
use crate::api::moderation::Reason;
use crate::api::refusals::{Forbidden, Missing, NotLoggedIn, Refused};
use crate::api::shape::List;
use crate::api::value::{Level, Moment};
use crate::door::App;
use crate::gate::Member;

/// Another server.
#[derive(Debug, Serialize, ToSchema)]
pub struct Peer {
    /// Its host name.
    host: String,
    /// What it says it runs; empty until it was asked.
    software: String,
    /// Which version of it.
    version: String,
    /// Which form of activities it understands: `plain`, or `groups` that pass on whole activities (FEP-1b12).
    dialect: PeerDialect,
    /// Whether it is brought what waits: `open`, `paused` by an administrator, or `asleep`, not reached for days, until it is heard of.
    state: PeerState,
    /// When something last came from it; null for never.
    #[schema(required)]
    last_heard: Option<Moment>,
    /// When something was last brought to it; null for never.
    #[schema(required)]
    last_reached: Option<Moment>,
    /// Since when it has not been reached; null if it was the last time.
    #[schema(required)]
    failing_since: Option<Moment>,
    /// How often in a row it was not.
    failures: i64,
    /// Why something was not brought to it the last time; empty if everything was.
    last_error: String,
    /// Deliveries that wait for it.
    waiting: i64,
    /// Deliveries to it that were given up.
    given_up: i64,
    /// How long the oldest of those that wait has waited, in seconds; null if none waits.
    #[schema(required)]
    lag_seconds: Option<i64>,
    /// When it is tried again, if it is left alone until then.
    #[schema(required)]
    next_attempt: Option<Moment>,
    /// How it is dealt with, by its own entry in the list of servers, by that of one above, or as those that are not listed.
    level: Level,
    /// Its own entry; null if there is none.
    #[schema(required)]
    policy: Option<Policy>,
}

/// What was decided about a server.
#[derive(Debug, Serialize, ToSchema)]
pub struct Policy {
    /// How it is dealt with.
    level: Level,
    /// Whether all servers below its name are, too.
    subdomains: bool,
    /// Why.
    reason: String,
    /// When that was decided.
    decided_at: Moment,
}

impl From<storage::policies::Policy> for Policy {
    fn from(policy: storage::policies::Policy) -> Self {
        Self {
            level: policy.entry.level.into(),
            subdomains: policy.entry.coverage == Coverage::Subdomains,
            reason: policy.reason,
            decided_at: Moment(policy.decided),
        }
    }
}

/// What is decided about a server.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// How it is dealt with.
    level: Level,
    /// Whether all servers below its name are, too.
    #[serde(default)]
    subdomains: bool,
    /// For the moderation log, which everybody can read; at most 500 characters, may be empty.
    #[schema(max_length = 500)]
    reason: String,
}

/// Which form of activities a server understands.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PeerDialect {
    /// Announces of notes.
    Plain,
    /// Groups that pass on whole activities.
    Groups,
}

/// Whether a server is brought what waits for it.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PeerState {
    /// It is.
    Open,
    /// An administrator has paused it.
    Paused,
    /// It was not reached for days.
    Asleep,
}

impl From<Standing> for Peer {
    fn from(standing: Standing) -> Self {
        let (next_attempt, lag_ms) = (standing.next().map(Moment), standing.lag_ms());
        let Standing { peer, waiting, given_up, reason, level, policy, .. } = standing;
        let once = |time: domain::Time| (time.0 > 0).then_some(Moment(time));
        Self {
            dialect: match peer.dialect {
                storage::peers::Dialect::Plain => PeerDialect::Plain,
                storage::peers::Dialect::Groups => PeerDialect::Groups,
            },
            state: match peer.state {
                storage::peers::State::Open => PeerState::Open,
                storage::peers::State::Paused => PeerState::Paused,
                storage::peers::State::Asleep => PeerState::Asleep,
            },
            last_heard: once(peer.heard),
            last_reached: once(peer.reached),
            failing_since: peer.failing_since.map(Moment),
            failures: peer.failures,
            last_error: reason,
            waiting,
            given_up,
            lag_seconds: lag_ms.map(|ms| ms / 1_000),
            next_attempt,
            level: level.into(),
            policy: policy.map(Policy::from),
            host: peer.host,
            software: peer.software,
            version: peer.version,
        }
    }
}

/// Other servers that are known, by name
#[utoipa::path(
    get,
    path = "/api/v1/admin/peers",
    tag = "servers",
    params(Pages),
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = List<Peer>), NotLoggedIn, Forbidden)
)]
pub async fn list_peers(
    State(app): State<App>,
    Member(who): Member,
    Query(pages): Query<Pages>,
    headers: HeaderMap,
) -> Answer {
    let after = cursor::read_host(pages.cursor.as_deref())?;
    let (found, next) = peers::page(&app.ctx, &By::Administrator(who), &after, pages.limit()?).await?;
    let items = found.into_iter().map(Peer::from).collect();
    fresh(&headers, Audience::Nobody, &List { items, next: next.map(|host| cursor::after_host(&host)) })
}

/// One of them
#[utoipa::path(
    get,
    path = "/api/v1/admin/peers/{host}",
    tag = "servers",
    params(("host" = String, Path, description = "Its host name")),
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = Peer), NotLoggedIn, Forbidden, Missing)
)]
pub async fn read_peer(
    State(app): State<App>,
    Member(who): Member,
    Path(host): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let found = peers::find(&app.ctx, &By::Administrator(who), &host).await?;
    fresh(&headers, Audience::Nobody, &Peer::from(found))
}

/// Decides how a server is dealt with
///
/// Whether or not it was ever met. When this is answered, what was to be hidden is hidden, and nothing more is brought to a server that is
/// blocked.
#[utoipa::path(
    put,
    path = "/api/v1/admin/peers/{host}/policy",
    tag = "servers",
    params(("host" = String, Path, description = "Its host name; `*.` before it stands for `subdomains`")),
    request_body = Decision,
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = Peer), NotLoggedIn, Forbidden, Refused)
)]
pub async fn decide_about_peer(
    State(app): State<App>,
    Member(who): Member,
    Path(host): Path<String>,
    Json(given): Json<Decision>,
) -> Answer {
    let coverage = if given.subdomains { Coverage::Subdomains } else { Coverage::Host };
    let decision = policies::Decision { level: given.level.into(), coverage, reason: given.reason };
    let standing = policies::decide(&app.ctx, &By::Administrator(who), &host, decision).await?;
    json(StatusCode::OK, &Peer::from(standing))
}

macro_rules! orders {
    ($($(#[doc = $doc:literal])+ $name:ident $path:literal $order:ident),+ $(,)?) => {$(
        $(#[doc = $doc])+
        #[utoipa::path(
            post,
            path = $path,
            tag = "servers",
            params(("host" = String, Path, description = "Its host name")),
            request_body = Reason,
            security(("token" = ["admin"]), ("session" = [])),
            responses((status = 200, body = Peer), NotLoggedIn, Forbidden, Missing, Refused)
        )]
        pub async fn $name(
            State(app): State<App>,
            Member(who): Member,
            Path(host): Path<String>,
            Json(given): Json<Reason>,
        ) -> Answer {
            let by = By::Administrator(who);
            let standing = peers::order(&app.ctx, &by, &host, Order::$order, &given.reason).await?;
            json(StatusCode::OK, &Peer::from(standing))
        }
    )+};
}

orders! {
    /// Brings a server nothing until it is resumed
    pause_peer "/api/v1/admin/peers/{host}/pause" Pause,
    /// Brings a server what waits again, beginning now
    resume_peer "/api/v1/admin/peers/{host}/resume" Resume,
    /// Tries a server now that is left alone for a while, or sleeps; and what came from there and is to be tried again
    retry_peer "/api/v1/admin/peers/{host}/retry" Retry,
}
