//! How much was moderated, by month.

use actions::transparency::Numbers;
use axum::extract::State;
use axum::http::HeaderMap;
use domain::Figure;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{Answer, Audience, fresh};
use super::shape::List;
use crate::door::App;

/// What was done in a month (UTC). What whoever has the machine did without an account is not in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct MonthOfModeration {
    /// Which, as 2026-11.
    month: String,
    /// Comments that were removed.
    removed: i64,
    /// Comments that were put back.
    restored: i64,
    /// Comments that waited for a moderator, and were let out.
    approved: i64,
    /// Comments that waited and were not let out.
    rejected: i64,
    /// Reports that came, from people here and from other servers.
    reports_received: i64,
    /// Reports in which something was found.
    reports_resolved: i64,
    /// Reports in which nothing was found.
    reports_dismissed: i64,
    /// Appeals that were made.
    appeals_made: i64,
    /// Appeals that were rejected: what was decided stayed.
    appeals_rejected: i64,
    /// Appeals that were granted: what was decided was undone.
    appeals_granted: i64,
    /// Notices that something is against the law.
    notices_received: i64,
    /// Notices after which something was taken down.
    notices_granted: i64,
    /// Notices after which nothing was.
    notices_refused: i64,
    /// Comments that were taken down as against the law, with a statement of reasons to their authors.
    illegal_removed: i64,
    /// Decisions about other servers.
    policies_changed: i64,
    /// After how many whole hours half of the comments that were reported had been decided about; 720 stands for longer as well. Null if
    /// nothing was decided.
    #[schema(required)]
    median_hours: Option<i64>,
}

impl From<&Numbers> for MonthOfModeration {
    fn from(numbers: &Numbers) -> Self {
        Self {
            month: numbers.month.to_string(),
            removed: numbers.of(Figure::Removed),
            restored: numbers.of(Figure::Restored),
            approved: numbers.of(Figure::Approved),
            rejected: numbers.of(Figure::Rejected),
            reports_received: numbers.of(Figure::Reported),
            reports_resolved: numbers.of(Figure::Resolved),
            reports_dismissed: numbers.of(Figure::Dismissed),
            appeals_made: numbers.of(Figure::Appealed),
            appeals_rejected: numbers.of(Figure::AppealsRejected),
            appeals_granted: numbers.of(Figure::AppealsGranted),
            notices_received: numbers.of(Figure::Noticed),
            notices_granted: numbers.of(Figure::Granted),
            notices_refused: numbers.of(Figure::Refused),
            illegal_removed: numbers.of(Figure::Illegal),
            policies_changed: numbers.of(Figure::Policies),
            median_hours: numbers.median_hours(),
        }
    }
}

/// How much was moderated in the last 24 months, the newest first
///
/// Months in which nothing was are left out. Counted anew every five minutes.
#[utoipa::path(
    get,
    path = "/api/v1/transparency",
    tag = "instance",
    responses((status = 200, body = List<MonthOfModeration>))
)]
pub async fn read_transparency(State(app): State<App>, headers: HeaderMap) -> Answer {
    let months = app.months().await?;
    let items = months.iter().map(MonthOfModeration::from).collect();
    fresh(&headers, Audience::Everybody, &List { items, next: None })
}
