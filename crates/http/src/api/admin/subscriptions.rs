//! Lists of servers that somebody else keeps: subscribing to them, and deciding about what has changed in them.

use actions::hosting::By;
use actions::hosting::subscriptions::review::{self, Done, Proposed, Rest, Review, Verdict};
use actions::hosting::subscriptions::{self, fetching};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::listing::{Alarm, Proposal};
use domain::policy::{Coverage, Entry};
use serde::{Deserialize, Serialize};
use storage::blocklists as rows;
use utoipa::ToSchema;

use crate::api::answer::{Answer, Audience, created, done, fresh, json};
use crate::api::input::{Json, Path};
use crate::api::refusals::{Conflict, Forbidden, Missing, NotLoggedIn, Refused};
use crate::api::shape::List;
use crate::api::value::{Id, Level, Moment};
use crate::door::App;
use crate::gate::Member;
use crate::problem::Problem;

/// What about a list is suspicious: it had entries and has none (`emptied`), or more than half of them came, went or changed at once
/// (`upset`).
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BlocklistAlarm {
    /// It had entries and has none.
    Emptied,
    /// More than half of them came, went or changed at once.
    Upset,
}

impl From<Alarm> for BlocklistAlarm {
    fn from(alarm: Alarm) -> Self {
        match alarm {
            Alarm::Emptied => Self::Emptied,
            Alarm::Upset => Self::Upset,
        }
    }
}

/// A list of servers that somebody else keeps, and that is looked at each day.
#[derive(Debug, Serialize, ToSchema)]
pub struct Subscription {
    /// Its number.
    id: Id,
    /// Its address.
    url: String,
    /// Since when it is looked at.
    created: Moment,
    /// How many lines wait for somebody to decide, as of the last time that was counted.
    waiting: i64,
    /// What about the last changes is suspicious, until somebody has decided about them.
    #[schema(required)]
    alarm: Option<BlocklistAlarm>,
    /// When it was last had, changed or not; null: never.
    #[schema(required)]
    fetched: Option<Moment>,
    /// When it is looked at next.
    next_try: Moment,
    /// How often in a row it was not to be had.
    failures: i64,
    /// Why the last time; empty if it was.
    error: String,
}

impl From<rows::Blocklist> for Subscription {
    fn from(rows::Blocklist { id, url, created, state }: rows::Blocklist) -> Self {
        Self {
            id: Id(id),
            url,
            created: Moment(created),
            waiting: state.waiting,
            alarm: state.alarm.map(BlocklistAlarm::from),
            fetched: state.fetched.map(Moment),
            next_try: Moment(state.next),
            failures: state.failures,
            error: state.error,
        }
    }
}

/// What is to be looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSubscription {
    /// Where it is: an address that begins with `https://`. Private addresses are not fetched from.
    #[schema(max_length = 2048)]
    url: String,
    /// For the moderation log, which everybody can read; at most 500 characters, may be empty.
    #[schema(max_length = 500)]
    reason: String,
}

/// What is proposed about a server: to deal with it as the list says (`follow`), or to decide nothing about it any more, for it was
/// because of the list, which does not name it any longer (`lift`).
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BlocklistProposal {
    /// To deal with it as the list says.
    Follow,
    /// To decide nothing about it any more.
    Lift,
}

/// How a server is dealt with.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct BlocklistEntry {
    /// How.
    level: Level,
    /// Whether those below it are, too.
    subdomains: bool,
}

impl From<Entry> for BlocklistEntry {
    fn from(Entry { level, coverage }: Entry) -> Self {
        Self { level: level.into(), subdomains: coverage == Coverage::Subdomains }
    }
}

/// A line of a review.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReviewLine {
    /// The server.
    host: String,
    /// What is proposed.
    proposal: BlocklistProposal,
    /// What counts now; null: nothing was decided.
    #[schema(required)]
    from: Option<BlocklistEntry>,
    /// What would count; null: nothing.
    #[schema(required)]
    to: Option<BlocklistEntry>,
    /// Why, as the list has it.
    reason: String,
    /// Addresses of other lists that are subscribed to and name it, too.
    also: Vec<String>,
}

impl From<Proposed> for ReviewLine {
    fn from(Proposed { host, proposal, reason, also }: Proposed) -> Self {
        let (proposal, from, to) = match proposal {
            Proposal::Follow { from, to } => (BlocklistProposal::Follow, from, Some(to)),
            Proposal::Lift { from } => (BlocklistProposal::Lift, Some(from), None),
        };
        let [from, to] = [from, to].map(|entry| entry.map(BlocklistEntry::from));
        Self { host, proposal, from, to, reason, also }
    }
}

/// A line of a list that is no entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnreadLine {
    /// Which, from 1.
    line: i64,
    /// How it begins.
    text: String,
    /// What is wrong with it.
    reason: String,
}

/// What has changed in a list and waits for somebody to decide.
#[derive(Debug, Serialize, ToSchema)]
pub struct BlocklistReview {
    /// The list.
    list: Subscription,
    /// What tells this from what it was and will be; to be sent with the decision.
    version: String,
    /// What is proposed, by host; at most 20000.
    lines: Vec<ReviewLine>,
    /// Lines that are no entries, the first 200.
    refused: Vec<UnreadLine>,
}

impl From<Review> for BlocklistReview {
    fn from(Review { mut list, lines, version }: Review) -> Self {
        let unread = std::mem::take(&mut list.state.unread);
        let line = |rows::Unread { line, text, reason }| UnreadLine { line, text, reason };
        Self {
            list: list.into(),
            version,
            lines: lines.into_iter().map(ReviewLine::from).collect(),
            refused: unread.into_iter().map(line).collect(),
        }
    }
}

/// What becomes of the lines that are not named.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewRest {
    /// It is done as proposed.
    Approve,
    /// It is not.
    Refuse,
}

/// What is decided about what has changed in a list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BlocklistDecision {
    /// That of the review that was looked at.
    version: String,
    /// Hosts about which it is done as proposed.
    #[serde(default)]
    approve: Vec<String>,
    /// Hosts about which it is not, and is not proposed again until the list says something else.
    #[serde(default)]
    refuse: Vec<String>,
    /// What becomes of all others; if it is left out, they wait.
    #[schema(nullable = false)]
    rest: Option<ReviewRest>,
    /// For the moderation log, which everybody can read; at most 500 characters, may be empty.
    #[schema(max_length = 500)]
    reason: String,
}

impl From<BlocklistDecision> for Verdict {
    fn from(BlocklistDecision { version, approve, refuse, rest, reason }: BlocklistDecision) -> Self {
        let rest = rest.map(|rest| match rest {
            ReviewRest::Approve => Rest::Approve,
            ReviewRest::Refuse => Rest::Refuse,
        });
        Self { version, approve, refuse, rest, reason }
    }
}

/// What was done.
#[derive(Debug, Serialize, ToSchema)]
pub struct BlocklistDecided {
    /// Servers about which nothing had been decided.
    new: usize,
    /// Those that are dealt with more strictly, or more of whom are.
    stricter: usize,
    /// Those about which nothing is decided any more.
    lifted: usize,
    /// Lines that were refused.
    refused: usize,
    /// What waits then.
    review: BlocklistReview,
}

impl From<(Done, Review)> for BlocklistDecided {
    fn from((Done { new, stricter, lifted, refused }, review): (Done, Review)) -> Self {
        Self { new, stricter, lifted, refused, review: review.into() }
    }
}

/// Lists of servers that are subscribed to, and how it goes with them
#[utoipa::path(
    get,
    path = "/api/v1/admin/blocklists",
    tag = "servers",
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = List<Subscription>), NotLoggedIn, Forbidden)
)]
pub async fn list_blocklists(State(app): State<App>, Member(who): Member, headers: HeaderMap) -> Answer {
    let found = subscriptions::list(&app.ctx, &By::Administrator(who)).await?;
    let items = found.into_iter().map(Subscription::from).collect();
    fresh(&headers, Audience::Nobody, &List { items, next: None })
}

/// Subscribes to a list of servers
///
/// It is fetched at once and then each day. Nothing of it counts before somebody has decided so. If it is not to be had, `error` says why,
/// and it is tried again.
#[utoipa::path(
    post,
    path = "/api/v1/admin/blocklists",
    tag = "servers",
    request_body = NewSubscription,
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 201, body = Subscription, headers(("Location" = String))), NotLoggedIn, Forbidden, Refused)
)]
pub async fn subscribe_blocklist(
    State(app): State<App>,
    Member(who): Member,
    Json(new): Json<NewSubscription>,
) -> Answer {
    let added = subscriptions::subscribe(&app.ctx, &By::Administrator(who), &new.url, &new.reason).await?;
    created(&format!("/api/v1/admin/blocklists/{}/review", added.id), &Subscription::from(added))
}

/// Ends the subscription to a list of servers
///
/// What was decided because of it stays.
#[utoipa::path(
    delete,
    path = "/api/v1/admin/blocklists/{id}",
    tag = "servers",
    params(("id" = Id, Path, description = "Its number")),
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 204, description = "It is looked at no more"), NotLoggedIn, Forbidden, Missing)
)]
pub async fn unsubscribe_blocklist(
    State(app): State<App>,
    Member(who): Member,
    Path(Id(id)): Path<Id>,
) -> Result<Response, Problem> {
    subscriptions::unsubscribe(&app.ctx, &By::Administrator(who), id).await?;
    Ok(done())
}

/// Has a list of servers fetched now
#[utoipa::path(
    post,
    path = "/api/v1/admin/blocklists/{id}/fetch",
    tag = "servers",
    params(("id" = Id, Path, description = "Its number")),
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = Subscription), NotLoggedIn, Forbidden, Missing)
)]
pub async fn fetch_blocklist(State(app): State<App>, Member(who): Member, Path(Id(id)): Path<Id>) -> Answer {
    let now = fetching::fetch(&app.ctx, &By::Administrator(who), id).await?;
    json(StatusCode::OK, &Subscription::from(now))
}

/// What has changed in a list of servers and waits for somebody to decide
#[utoipa::path(
    get,
    path = "/api/v1/admin/blocklists/{id}/review",
    tag = "servers",
    params(("id" = Id, Path, description = "Its number")),
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = BlocklistReview), NotLoggedIn, Forbidden, Missing)
)]
pub async fn read_blocklist_review(
    State(app): State<App>,
    Member(who): Member,
    Path(Id(id)): Path<Id>,
    headers: HeaderMap,
) -> Answer {
    let review = review::look(&app.ctx, &By::Administrator(who), id).await?;
    fresh(&headers, Audience::Nobody, &BlocklistReview::from(review))
}

/// Decides about what has changed in a list of servers
///
/// If it is not what was looked at any more, nothing is done.
#[utoipa::path(
    post,
    path = "/api/v1/admin/blocklists/{id}/review",
    tag = "servers",
    params(("id" = Id, Path, description = "Its number")),
    request_body = BlocklistDecision,
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = BlocklistDecided), NotLoggedIn, Forbidden, Missing, Conflict, Refused)
)]
pub async fn decide_blocklist_review(
    State(app): State<App>,
    Member(who): Member,
    Path(Id(id)): Path<Id>,
    Json(given): Json<BlocklistDecision>,
) -> Answer {
    let decided = review::decide(&app.ctx, &By::Administrator(who), id, given.into()).await?;
    json(StatusCode::OK, &BlocklistDecided::from(decided))
}
