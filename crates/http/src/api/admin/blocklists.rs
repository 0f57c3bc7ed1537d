//! Lists of servers, taken over and given to others.

use actions::hosting::By;
use actions::hosting::blocklist::Unread;
use actions::hosting::policies::{self, Difference, Run};
use axum::extract::State;
use axum::http::StatusCode;
use domain::policy::{Coverage, Entry};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::answer::{Answer, Audience, json, response};
use crate::api::input::Json;
use crate::api::refusals::{Forbidden, NotLoggedIn, Refused};
use crate::api::value::Level;
use crate::door::App;
use crate::gate::Member;

/// The media type of lists.
const CSV: &str = "text/csv; charset=utf-8";

/// A list of somebody else's.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Blocklist {
    /// As Mastodon writes it (CSV with `#domain,#severity,…`), or a host name on each line.
    list: String,
    /// Whether it is only looked at, and changes nothing.
    #[serde(default = "yes")]
    dry_run: bool,
    /// For the moderation log, which everybody can read; at most 500 characters, may be empty.
    #[schema(max_length = 500)]
    reason: String,
}

const fn yes() -> bool {
    true
}

/// What a list changes, or would change.
#[derive(Debug, Serialize, ToSchema)]
pub struct BlocklistDifference {
    /// Whether it was only looked at.
    pub dry_run: bool,
    /// Hosts about which nothing was decided.
    new: Vec<NewPolicy>,
    /// Hosts that are dealt with more strictly, or more of whom are. Nothing becomes milder by a list.
    changed: Vec<ChangedPolicy>,
    /// Hosts about which as much was decided, or that are allowed.
    kept: Vec<String>,
    /// Lines that are no entries.
    refused: Vec<RefusedLine>,
}

/// A host about which nothing was decided.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewPolicy {
    /// The host.
    host: String,
    /// How it is dealt with.
    level: Level,
    /// Whether those below it are, too.
    subdomains: bool,
}

/// A host that is dealt with otherwise.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangedPolicy {
    /// The host.
    host: String,
    /// How it was dealt with.
    from: Level,
    /// How it is.
    to: Level,
    /// Whether those below it are, too.
    subdomains: bool,
}

/// A line that is no entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefusedLine {
    /// Which, from 1.
    line: usize,
    /// How it begins.
    text: String,
    /// What is wrong with it.
    reason: String,
}

impl BlocklistDifference {
    /// Of a list that was taken over, or only looked at.
    #[must_use]
    pub fn new(run: Run, found: Difference) -> Self {
        let refused = |Unread { line, text, reason }| RefusedLine { line, text, reason };
        let new = |(host, entry): (String, Entry)| NewPolicy {
            host,
            level: entry.level.into(),
            subdomains: entry.coverage == Coverage::Subdomains,
        };
        let changed = |(host, from, to): (String, Entry, Entry)| ChangedPolicy {
            host,
            from: from.level.into(),
            to: to.level.into(),
            subdomains: to.coverage == Coverage::Subdomains,
        };
        Self {
            dry_run: run == Run::Dry,
            new: found.new.into_iter().map(new).collect(),
            changed: found.changed.into_iter().map(changed).collect(),
            kept: found.kept,
            refused: found.refused.into_iter().map(refused).collect(),
        }
    }
}

/// Takes over a list of servers, or says what that would change
///
/// Each entry counts for the servers below it, too, unless the list has a column `#subdomains` that says `false`.
#[utoipa::path(
    post,
    path = "/api/v1/admin/peers/import",
    tag = "servers",
    request_body = Blocklist,
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = BlocklistDifference), NotLoggedIn, Forbidden, Refused)
)]
pub async fn import_peers(State(app): State<App>, Member(who): Member, Json(given): Json<Blocklist>) -> Answer {
    let run = if given.dry_run { Run::Dry } else { Run::Real };
    let found = policies::import(&app.ctx, &By::Administrator(who), &given.list, run, &given.reason).await?;
    json(StatusCode::OK, &BlocklistDifference::new(run, found))
}

/// What was decided about other servers, as a list that others can take over
#[utoipa::path(
    get,
    path = "/api/v1/admin/peers/export",
    tag = "servers",
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = String, content_type = "text/csv"), NotLoggedIn, Forbidden)
)]
pub async fn export_peers(State(app): State<App>, Member(who): Member) -> Answer {
    let list = policies::export(&app.ctx, &By::Administrator(who)).await?;
    Ok(response(StatusCode::OK, Audience::Nobody, CSV, list))
}
