//! The pages of those who run the place. Each stands in [`PAGES`] with the right that it asks for: its navigation, who may see it and the
//! test that walks them all follow from that line. Another page is a handler, its route and a line.

mod accounts;
pub mod actors;
mod appeals;
mod boards;
mod instance;
mod invitations;
mod lists;
mod log;
mod overview;
mod peers;
mod preserved;
mod rules;
mod sessions;
mod subscriptions;
mod threads;
mod traffic;
mod webhooks;

use axum::Router;
use axum::http::StatusCode;
use domain::Refusal;
use domain::rights::Right;
use pages::views::{DeskLink, Frame, Notice};

use super::shell::{Fields, Oops, Shell, local, see};
use crate::door::App;
use crate::routes::{form, get, post};

pub(in crate::web) use actors::path as actor_path;

/// Lines on one page.
const PAGE: usize = 50;

/// Path, what it is called and the right that it asks for, in the order of the navigation.
pub const PAGES: &[(&str, &str, Right)] = &[
    ("/admin", "Overview", Right::SeeHeld),
    ("/admin/queue", "Queue", Right::SeeHeld),
    ("/admin/appeals", "Appeals", Right::DecideAppeals),
    ("/admin/log", "Log", Right::SeeLog),
    ("/admin/accounts", "Accounts", Right::RunAccounts),
    ("/admin/invitations", "Invitations", Right::RunAccounts),
    ("/admin/boards", "Boards", Right::RunBoards),
    ("/admin/rules", "Rules", Right::RunRules),
    ("/admin/actors", "People", Right::SeeActors),
    ("/admin/preserved", "Copies", Right::Preserve),
    ("/admin/webhooks", "Webhooks", Right::RunWebhooks),
    ("/admin/peers", "Servers", Right::RunPeers),
    ("/admin/blocklists", "Blocklists", Right::RunPeers),
    ("/admin/inbox", "Arrivals", Right::RunPeers),
    ("/admin/deliveries", "Deliveries", Right::RunPeers),
    ("/admin/settings", "Instance", Right::DescribeInstance),
];

/// Their routes; the queue has a module of its own.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin", get(overview::page))
        .route("/admin/appeals", get(appeals::page))
        .route("/admin/appeals/{id}", post(appeals::decided))
        .route("/admin/log", get(log::page))
        .route("/admin/accounts", get(accounts::page))
        .route("/admin/accounts/{name}", form(accounts::one, accounts::decided))
        .route("/admin/accounts/{name}/role", post(accounts::appointed))
        .route("/admin/invitations", form(invitations::page, invitations::made))
        .route("/admin/invitations/{id}", post(invitations::revoked))
        .route("/admin/boards", get(boards::page))
        .route("/admin/boards/{board}", form(boards::one, boards::described))
        .route("/admin/threads/{id}", form(threads::one, threads::done))
        .route("/admin/rules", form(rules::page, rules::sent))
        .route("/admin/peers", get(peers::page))
        .route("/admin/peers/import", form(lists::page, lists::sent))
        .route("/admin/peers/export", get(lists::export))
        .route("/admin/peers/{host}", form(peers::one, peers::ordered))
        .route("/admin/peers/{host}/policy", post(peers::decided))
        .route("/admin/blocklists", form(subscriptions::page, subscriptions::subscribed))
        .route("/admin/blocklists/{id}", form(subscriptions::one, subscriptions::ordered))
        .route("/admin/inbox", get(traffic::arrivals))
        .route("/admin/inbox/{id}", post(traffic::replayed))
        .route("/admin/deliveries", get(traffic::deliveries))
        .route("/admin/deliveries/{id}", post(traffic::ordered))
        .route("/admin/settings", form(instance::page, instance::described))
        .route("/admin/accounts/{name}/sessions", form(sessions::page, sessions::ended))
        .route("/admin/actors", get(actors::page))
        .route("/admin/actors/{handle}", form(actors::one, actors::done))
        .route("/admin/preserved", form(preserved::page, preserved::made))
        .route("/admin/preserved/{id}", form(preserved::one, preserved::done))
        .route("/admin/webhooks", form(webhooks::page, webhooks::added))
        .route("/admin/webhooks/{id}", form(webhooks::one, webhooks::ordered))
}

impl Shell {
    /// The frame of one of these pages, with its navigation.
    ///
    /// # Errors
    /// The refusal of whoever does not have the right; failures.
    pub async fn desk(&self, right: Right) -> Result<Frame, Oops> {
        let person = self.member("run this place")?;
        person.must(right)?;
        let applied = actions::stats::applied(&self.app.ctx, person).await?;
        let path = self.path.split('?').next().unwrap_or_default();
        let link = |&(href, title, right): &(&'static str, &'static str, Right)| {
            person.must(right).ok().map(|()| DeskLink {
                href,
                title,
                count: applied.filter(|_| href == "/admin/accounts").map(many).unwrap_or_default(),
                current: is_below(path, href),
            })
        };
        let desk = PAGES.iter().filter_map(link).collect();
        Ok(Frame { desk, ..self.private_frame().await? })
    }
}

/// Whether a page is this entry of the navigation, or below it. The overview stands above all others.
#[must_use]
pub fn is_below(path: &str, href: &str) -> bool {
    let below = path.strip_prefix(href);
    below.is_some_and(|rest| rest.is_empty() || (href != "/admin" && rest.starts_with('/')))
}

/// How many, as far as anybody counts; nothing for none.
#[must_use]
pub fn many(count: i64) -> String {
    let most = i64::try_from(actions::queue::MOST_COUNTED).unwrap_or(i64::MAX);
    match count {
        0 => String::new(),
        count if count < most => count.to_string(),
        _ => "1,000+".into(),
    }
}

/// Where the next page of a list begins, as its address says.
fn before(query: &Fields) -> Result<Option<i64>, Refusal> {
    match query.get("before") {
        "" => Ok(None),
        text => Ok(Some(text.parse().ok().ok_or(Refusal::BadCursor)?)),
    }
}

/// The address of a list with these fields, but for those that are empty.
fn address(path: &str, fields: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(fields.iter().filter(|(_, value)| !value.is_empty()));
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// What was done before this page came: the address says which of these.
fn said(query: &Fields) -> Option<Notice> {
    let words = match query.get("said") {
        "approve" => "They have their account.",
        "reject" => "They were not let in. The name is free again.",
        "reject-appeal" => "Rejected: what was decided stays. Who appealed is told.",
        "grant-appeal" => "Granted: what was decided is undone. Who appealed is told.",
        "role" => "They have that role from now on.",
        "revoke" => "The invitation is worth nothing from now on.",
        "worthless" => "Nothing was done: it was used up, too old or revoked before, and worth nothing already.",
        "pause" => "Nothing is brought there until you resume it.",
        "resume" => "What waits for it is brought from now on.",
        "retry" => "It is tried again now.",
        "policy" => "That is how it is dealt with from now on.",
        "replay" => "It is dealt with again.",
        "skip" => "It will not be brought.",
        "board" => "The board was changed.",
        "thread" => "Done: it counts from now on.",
        "rules" => "These rules count from now on.",
        "settings" => "Saved.",
        "end-sessions" => "What was ended is worth nothing from now on.",
        "actor" => "Done: it counts from now on.",
        "noted" => "The note is kept.",
        "preserve" => "A copy is kept.",
        "prolong" => "It is kept longer.",
        "pause-webhook" => "It is told nothing until you resume it. What happens is kept for it.",
        "resume-webhook" => "What waits for it is brought from now on.",
        "test-webhook" => "A ping is brought after all that waits.",
        "replay-webhook" => "What was given up is brought again.",
        "remove-webhook" => "It is told nothing any more.",
        "subscribe" => "It is looked at each day from now on. Nothing of it counts before you say so.",
        "unsubscribe" => "It is looked at no more. What was decided because of it stays.",
        "fetch" => "It was asked for.",
        "review" => "That is decided.",
        _ => return None,
    };
    Some(Notice::Done(words.into()))
}

/// Back to the list from which a form was sent, which says what was done.
pub fn back(fields: &Fields, word: &str, otherwise: &str) -> axum::response::Response {
    let path = Some(local(fields.get("back"))).filter(|path| path.starts_with("/admin")).unwrap_or(otherwise);
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut fields = Fields::parse(query.as_bytes());
    fields.0.retain(|(name, _)| name != "said");
    fields.0.push(("said".into(), word.into()));
    let pairs: Vec<_> = fields.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    see(&address(path, &pairs))
}

/// Why it was not done, for the list as it is now; other errors stay errors.
fn undone(error: actions::Error) -> Result<(StatusCode, Notice), Oops> {
    let (status, words) = match &error {
        actions::Error::Refused(Refusal::Field { problem, .. }) => {
            (StatusCode::UNPROCESSABLE_ENTITY, super::shell::capitalised(problem))
        }
        actions::Error::Refused(
            refusal @ (Refusal::Conflict | Refusal::OutOfTurn(_) | Refusal::Overtaken(_) | Refusal::Text(_)),
        ) => (StatusCode::CONFLICT, refusal.to_string()),
        _ => return Err(error.into()),
    };
    Ok((status, Notice::Warning(words)))
}

/// The query of the list from which a form was sent.
fn query_of(fields: &Fields) -> Fields {
    let query = local(fields.get("back")).split_once('?').map_or("", |(_, query)| query);
    let mut query = Fields::parse(query.as_bytes());
    query.0.retain(|(name, _)| name != "said");
    query
}

/// A word that is one of none of those that a form has.
fn unknown() -> Oops {
    Refusal::field("do", "this cannot be done here").into()
}
