//! The moderation log for those who moderate: with names, and by what is looked for.

use actions::hosting::By;
use actions::manage::{self, LogQuery};
use axum::extract::State;
use axum::http::HeaderMap;
use domain::CommentId;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::answer::{Answer, Audience, fresh};
use crate::api::cursor::List as Cursor;
use crate::api::input::{Query, limit};
use crate::api::refusals::{Forbidden, Missing, NotLoggedIn, Refused};
use crate::api::shape::{List, LogEntry};
use crate::api::value::{Deed, Id};
use crate::door::App;
use crate::gate::Member;

/// What is looked for (all that is said has to fit), which page, how long.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LogPages {
    /// What was done.
    #[param(nullable = false, inline)]
    deed: Option<Deed>,
    /// The name of whoever did it.
    #[param(nullable = false)]
    moderator: Option<String>,
    /// The comment it was done to.
    #[param(nullable = false)]
    comment: Option<Id>,
    /// In which month (UTC), as 2026-11.
    #[param(nullable = false, pattern = "^[0-9]{4}-[0-9]{2}$")]
    month: Option<String>,
    /// Where the page begins: `next` of the page before.
    #[param(nullable = false, pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Option<String>,
    /// How many entries it holds; 30 if it is left out.
    #[param(minimum = 1, maximum = 100, nullable = false)]
    limit: Option<u32>,
}

/// What moderators did, by whom, newest first
#[utoipa::path(
    get,
    path = "/api/v1/admin/log",
    tag = "moderation",
    params(LogPages),
    security(("token" = ["moderate"]), ("session" = [])),
    responses((status = 200, body = List<LogEntry>), NotLoggedIn, Forbidden, Missing, Refused)
)]
pub async fn list_log(
    State(app): State<App>,
    Member(who): Member,
    Query(pages): Query<LogPages>,
    headers: HeaderMap,
) -> Answer {
    let (before, limit) = (Cursor::Log.read(pages.cursor.as_deref())?, limit(pages.limit, 30, 100)?);
    let query = LogQuery {
        deed: pages.deed.map(domain::Deed::from),
        moderator: pages.moderator,
        comment: pages.comment.map(|id| CommentId(id.0)),
        month: pages.month,
    };
    let (found, next) = manage::search_log(&app.ctx, &By::Administrator(who), &query, before, limit).await?;
    let items = found.into_iter().map(LogEntry::whole).collect();
    fresh(&headers, Audience::Nobody, &List { items, next: next.map(|id| Cursor::Log.after(id)) })
}
