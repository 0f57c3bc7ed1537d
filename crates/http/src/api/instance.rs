//! The instance, and what its moderators did.

use actions::Joining;
use actions::instance::Numbers;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::answer::{Answer, Audience, fresh, json};
use super::cursor::List;
use super::input::{Json, Query, limit};
use super::refusals::{Forbidden, NotLoggedIn, Refused};
use super::shape::{self, Counts, Instance, Limits, LogEntry, Software};
use crate::door::{App, Site};
use crate::gate::Member;

/// The instance: its name, its rules, what it takes, how much there is
#[utoipa::path(get, path = "/api/v1/instance", tag = "instance", responses((status = 200, body = Instance<'static>)))]
pub async fn read_instance(State(app): State<App>, headers: HeaderMap) -> Answer {
    let (site, numbers) = (app.site().await?, app.numbers().await?);
    fresh(&headers, Audience::Everybody, &instance(&app, &site, &numbers))
}

fn instance<'a>(app: &'a App, site: &'a Site, numbers: &Numbers) -> Instance<'a> {
    let limits = app.ctx.limits();
    Instance {
        name: &site.facts.name,
        rules: &site.facts.about,
        rules_html: &site.facts.about_html,
        uri: &app.settings.public_url,
        software: Software { name: "rejoinder", version: env!("CARGO_PKG_VERSION"), source: app.url("/source") },
        registration: limits.joining.into(),
        question: Some(limits.question.as_str())
            .filter(|question| limits.joining == Joining::Approval && !question.is_empty()),
        limits: Limits {
            comment_chars: limits.text.max_chars,
            title_chars: limits.text.max_title,
            depth: limits.depth,
            body_bytes: app.settings.body_bytes,
        },
        counts: Counts { accounts: numbers.accounts, comments: numbers.comments },
    }
}

/// What is to be said of the instance from now on; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InstanceChange {
    /// What it is called.
    name: Option<String>,
    /// Its rules and what it is about (Markdown).
    rules: Option<String>,
}

/// Describes the instance
///
/// For administrators.
#[utoipa::path(
    patch,
    path = "/api/v1/instance",
    tag = "instance",
    request_body = InstanceChange,
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = Instance<'static>), NotLoggedIn, Forbidden, Refused)
)]
pub async fn describe_instance(
    State(app): State<App>,
    Member(who): Member,
    Json(change): Json<InstanceChange>,
) -> Answer {
    actions::instance::describe(&app.ctx, &who, change.name.as_deref(), change.rules.as_deref()).await?;
    let (site, numbers) = (app.site().await?, app.numbers().await?);
    json(StatusCode::OK, &instance(&app, &site, &numbers))
}

/// Which page of a list, and how long.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Pages {
    /// Where the page begins: `next` of the page before.
    #[param(nullable = false, pattern = "^[A-Za-z0-9_-]+$")]
    pub cursor: Option<String>,
    /// How many entries it holds; 30 if it is left out.
    #[param(minimum = 1, maximum = 100, nullable = false)]
    pub limit: Option<u32>,
}

impl Pages {
    /// The length asked for.
    ///
    /// # Errors
    /// The problem that says what is possible.
    pub fn limit(&self) -> Result<usize, crate::problem::Problem> {
        limit(self.limit, 30, 100)
    }
}

/// What moderators did, newest first
#[utoipa::path(get, path = "/api/v1/modlog", tag = "instance", params(Pages), responses((status = 200, body = shape::List<LogEntry>)))]
pub async fn read_modlog(State(app): State<App>, Query(pages): Query<Pages>, headers: HeaderMap) -> Answer {
    let before = List::Log.read(pages.cursor.as_deref())?;
    let (entries, next) = actions::manage::log(&app.ctx, before, pages.limit()?).await?;
    let items = entries.into_iter().map(|listed| LogEntry::public(&app.ctx, listed)).collect();
    fresh(&headers, Audience::Everybody, &shape::List { items, next: next.map(|id| List::Log.after(id)) })
}
