//! How the instance fares, in numbers: what came, how long what waits has waited, whether every server has heard everything.

use actions::stats::{self, Age, Day, Servers, Waits};
use axum::extract::State;
use axum::http::HeaderMap;
use domain::rights::Right;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::answer::{Answer, Audience, fresh};
use crate::api::refusals::{Forbidden, NotLoggedIn};
use crate::api::value::Moment;
use crate::door::App;
use crate::gate::Member;

/// How the instance fares. What is not for the caller to know is null.
#[derive(Debug, Serialize, ToSchema)]
pub struct Stats {
    /// The last 30 days (UTC), the oldest first, the last of them today.
    days: Vec<DayStats>,
    /// What waits for moderators on the boards of the caller.
    queue: QueueStats,
    /// How many have applied for an account and wait, up to 1,000; null for those who do not decide about that.
    #[schema(required)]
    applications: Option<i64>,
    /// How it stands with other servers; null for those who do not look after that.
    #[schema(required)]
    servers: Option<ServerStats>,
}

/// What came on a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayStats {
    /// When it began.
    begins: Moment,
    /// Comments that readers can see; imported ones on the day of the import.
    comments: i64,
    /// Reports on all boards, whatever has become of them; null for those whose role is on named boards.
    #[schema(required)]
    reports: Option<i64>,
}

impl From<Day> for DayStats {
    fn from(day: Day) -> Self {
        Self { begins: Moment(day.begins), comments: day.comments, reports: day.reports }
    }
}

/// What waits for moderators, up to 1,000 of each kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueStats {
    /// Held comments.
    held: usize,
    /// Reported comments.
    reported: usize,
    /// Since when the oldest waits; null if none does.
    #[schema(required)]
    oldest: Option<Moment>,
    /// The same by how long they have waited.
    ages: Vec<AgeStats>,
}

/// What has waited so long.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgeStats {
    /// For fewer hours than this, and no fewer than the line before says; null: for longer.
    #[schema(required)]
    under_hours: Option<u32>,
    /// Held comments.
    held: usize,
    /// Reported comments.
    reported: usize,
}

const fn under_hours(age: Age) -> Option<u32> {
    match age {
        Age::Hour => Some(1),
        Age::Day => Some(24),
        Age::Days => Some(72),
        Age::Week => Some(168),
        Age::More => None,
    }
}

impl From<Waits> for QueueStats {
    fn from(waits: Waits) -> Self {
        let age = |&(age, held, reported): &_| AgeStats { under_hours: under_hours(age), held, reported };
        Self {
            held: waits.held(),
            reported: waits.reported(),
            oldest: waits.oldest.map(Moment),
            ages: waits.by_age.iter().map(age).collect(),
        }
    }
}

/// How it stands with other servers; at most ten seconds old.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServerStats {
    /// Whether every server was brought everything.
    all_heard: bool,
    /// Deliveries that wait.
    deliveries_waiting: i64,
    /// Deliveries that were given up.
    deliveries_given_up: i64,
    /// Activities of other servers that wait here.
    inbox_waiting: i64,
    /// Servers that are reached.
    sound: i64,
    /// Servers that are tried and fail.
    failing: i64,
    /// Servers that an administrator has paused.
    paused: i64,
    /// Servers that were not reached for days.
    asleep: i64,
    /// Servers for which something waits longest, ten at most.
    lagging: Vec<LagStats>,
    /// What somebody should look at, in words.
    warnings: Vec<String>,
}

/// A server for which something waits.
#[derive(Debug, Serialize, ToSchema)]
pub struct LagStats {
    /// Its host.
    host: String,
    /// How long it has waited, in seconds.
    lag_seconds: i64,
}

impl From<&Servers> for ServerStats {
    fn from(servers: &Servers) -> Self {
        let (deliveries, peers) = (servers.numbers.deliveries, servers.numbers.peers);
        let lag =
            |lag: &storage::stats::Lag| LagStats { host: lag.host.clone(), lag_seconds: servers.lag_ms(lag) / 1_000 };
        Self {
            all_heard: servers.all_heard(),
            deliveries_waiting: deliveries.waiting,
            deliveries_given_up: deliveries.given_up,
            inbox_waiting: servers.numbers.inbox_waiting,
            sound: peers.sound,
            failing: peers.failing,
            paused: peers.paused,
            asleep: peers.asleep,
            lagging: servers.lagging.iter().map(lag).collect(),
            warnings: servers.warnings().into_iter().map(|finding| finding.says).collect(),
        }
    }
}

/// How the instance fares
///
/// For everybody who sees what is held; each is told what their rights reach.
#[utoipa::path(
    get,
    path = "/api/v1/admin/stats",
    tag = "moderation",
    security(("token" = ["moderate"]), ("session" = [])),
    responses((status = 200, body = Stats), NotLoggedIn, Forbidden)
)]
pub async fn read_stats(State(app): State<App>, Member(who): Member, headers: HeaderMap) -> Answer {
    let queue = stats::waits(&app.ctx, &who).await?.into();
    let servers = match who.must(Right::RunPeers) {
        Ok(()) => Some(ServerStats::from(&*app.servers().await?)),
        Err(_) => None,
    };
    let (days, applications) = (app.days(&who).await?, stats::applied(&app.ctx, &who).await?);
    let days = days.into_iter().map(DayStats::from).collect();
    fresh(&headers, Audience::Nobody, &Stats { days, queue, applications, servers })
}
