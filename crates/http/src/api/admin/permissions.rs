//! Who may call what: the table of rights of the domain, with the routes that ask for each. A test walks it with every kind of caller, and
//! fails for a route under `/api/v1/admin` that does not stand here.

use axum::http::HeaderMap;
use domain::rights::{GRANTS, Grant, Holding, Right};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::answer::{Answer, Audience, fresh};
use crate::api::refusals::{Forbidden, NotLoggedIn};
use crate::api::shape::List;
use crate::api::value::{Role, Scope};
use crate::gate::Member;

/// Method, path and the right that is asked for.
pub const ROUTES: &[(&str, &str, Right)] = &[
    ("GET", "/api/v1/admin/permissions", Right::SeeRights),
    ("GET", "/api/v1/admin/stats", Right::SeeHeld),
    ("GET", "/api/v1/admin/queue", Right::SeeHeld),
    ("GET", "/api/v1/admin/queue/events", Right::SeeHeld),
    ("POST", "/api/v1/admin/comments/{id}/note", Right::WorkOnReports),
    ("GET", "/api/v1/admin/reports", Right::SeeReports),
    ("POST", "/api/v1/admin/reports/{id}/assign", Right::WorkOnReports),
    ("POST", "/api/v1/admin/reports/{id}/note", Right::WorkOnReports),
    ("POST", "/api/v1/admin/reports/{id}/resolve", Right::DecideReports),
    ("POST", "/api/v1/admin/reports/{id}/dismiss", Right::DecideReports),
    ("POST", "/api/v1/admin/reports/{id}/forward", Right::DecideReports),
    ("GET", "/api/v1/admin/appeals", Right::DecideAppeals),
    ("POST", "/api/v1/admin/appeals/{id}/reject", Right::DecideAppeals),
    ("POST", "/api/v1/admin/appeals/{id}/grant", Right::DecideAppeals),
    ("GET", "/api/v1/admin/notices", Right::DecideNotices),
    ("POST", "/api/v1/admin/notices/{id}/decide", Right::DecideNotices),
    ("GET", "/api/v1/admin/preserved", Right::Preserve),
    ("GET", "/api/v1/admin/preserved/{id}", Right::Preserve),
    ("POST", "/api/v1/admin/preserved/{id}/prolong", Right::Preserve),
    ("POST", "/api/v1/admin/comments/{id}/preserve", Right::Preserve),
    ("GET", "/api/v1/admin/log", Right::SeeLog),
    ("GET", "/api/v1/admin/actors", Right::SeeActors),
    ("GET", "/api/v1/admin/actors/{handle}", Right::SeeActors),
    ("POST", "/api/v1/admin/actors/{handle}/note", Right::SeeActors),
    ("POST", "/api/v1/admin/actors/{handle}/warn", Right::Sanction),
    ("POST", "/api/v1/admin/actors/{handle}/hold", Right::Sanction),
    ("POST", "/api/v1/admin/actors/{handle}/limit", Right::Sanction),
    ("POST", "/api/v1/admin/actors/{handle}/suspend", Right::Sanction),
    ("POST", "/api/v1/admin/actors/{handle}/restore", Right::Sanction),
    ("POST", "/api/v1/admin/comments/bulk", Right::DecideReports),
    ("POST", "/api/v1/admin/comments/{id}/remove", Right::Remove),
    ("POST", "/api/v1/admin/comments/{id}/restore", Right::Restore),
    ("POST", "/api/v1/admin/comments/{id}/approve", Right::Approve),
    ("POST", "/api/v1/admin/comments/{id}/reject", Right::Approve),
    ("POST", "/api/v1/admin/comments/{id}/lock", Right::ManageThreads),
    ("POST", "/api/v1/admin/comments/{id}/unlock", Right::ManageThreads),
    ("POST", "/api/v1/admin/comments/{id}/pin", Right::ManageThreads),
    ("POST", "/api/v1/admin/comments/{id}/unpin", Right::ManageThreads),
    ("POST", "/api/v1/admin/comments/{id}/move", Right::ManageThreads),
    ("POST", "/api/v1/admin/comments/{id}/split", Right::ManageThreads),
    ("POST", "/api/v1/admin/comments/{id}/merge", Right::ManageThreads),
    ("POST", "/api/v1/admin/comments/{id}/slow", Right::ManageThreads),
    ("POST", "/api/v1/admin/comments/{id}/nsfw", Right::ManageThreads),
    ("POST", "/api/v1/admin/comments/{id}/sfw", Right::ManageThreads),
    ("GET", "/api/v1/admin/threads/{id}/backfill", Right::Backfill),
    ("POST", "/api/v1/admin/threads/{id}/backfill", Right::Backfill),
    ("POST", "/api/v1/boards", Right::RunBoards),
    ("PATCH", "/api/v1/boards/{name}", Right::RunBoards),
    ("PATCH", "/api/v1/instance", Right::DescribeInstance),
    ("GET", "/api/v1/admin/rules", Right::RunRules),
    ("PUT", "/api/v1/admin/rules", Right::RunRules),
    ("POST", "/api/v1/admin/rules/test", Right::RunRules),
    ("GET", "/api/v1/admin/peers", Right::RunPeers),
    ("GET", "/api/v1/admin/peers/{host}", Right::RunPeers),
    ("POST", "/api/v1/admin/peers/{host}/pause", Right::RunPeers),
    ("POST", "/api/v1/admin/peers/{host}/resume", Right::RunPeers),
    ("POST", "/api/v1/admin/peers/{host}/retry", Right::RunPeers),
    ("PUT", "/api/v1/admin/peers/{host}/policy", Right::RunPeers),
    ("POST", "/api/v1/admin/peers/import", Right::RunPeers),
    ("GET", "/api/v1/admin/peers/export", Right::RunPeers),
    ("GET", "/api/v1/admin/blocklists", Right::RunPeers),
    ("POST", "/api/v1/admin/blocklists", Right::RunPeers),
    ("DELETE", "/api/v1/admin/blocklists/{id}", Right::RunPeers),
    ("POST", "/api/v1/admin/blocklists/{id}/fetch", Right::RunPeers),
    ("GET", "/api/v1/admin/blocklists/{id}/review", Right::RunPeers),
    ("POST", "/api/v1/admin/blocklists/{id}/review", Right::RunPeers),
    ("GET", "/api/v1/admin/inbox", Right::RunPeers),
    ("POST", "/api/v1/admin/inbox/{id}/replay", Right::RunPeers),
    ("GET", "/api/v1/admin/deliveries", Right::RunPeers),
    ("POST", "/api/v1/admin/deliveries/{id}/retry", Right::RunPeers),
    ("POST", "/api/v1/admin/deliveries/{id}/skip", Right::RunPeers),
    ("GET", "/api/v1/admin/accounts", Right::RunAccounts),
    ("POST", "/api/v1/admin/accounts/{name}/approve", Right::RunAccounts),
    ("POST", "/api/v1/admin/accounts/{name}/reject", Right::RunAccounts),
    ("GET", "/api/v1/admin/invitations", Right::RunAccounts),
    ("POST", "/api/v1/admin/invitations", Right::RunAccounts),
    ("DELETE", "/api/v1/admin/invitations/{id}", Right::RunAccounts),
    ("GET", "/api/v1/admin/staff", Right::RunAccounts),
    ("PUT", "/api/v1/admin/accounts/{name}/role", Right::RunAccounts),
    ("GET", "/api/v1/admin/webhooks", Right::RunWebhooks),
    ("POST", "/api/v1/admin/webhooks", Right::RunWebhooks),
    ("DELETE", "/api/v1/admin/webhooks/{id}", Right::RunWebhooks),
    ("POST", "/api/v1/admin/webhooks/{id}/pause", Right::RunWebhooks),
    ("POST", "/api/v1/admin/webhooks/{id}/resume", Right::RunWebhooks),
    ("POST", "/api/v1/admin/webhooks/{id}/test", Right::RunWebhooks),
    ("POST", "/api/v1/admin/webhooks/{id}/replay", Right::RunWebhooks),
    ("GET", "/api/v1/admin/webhooks/{id}/deliveries", Right::RunWebhooks),
    ("POST", "/api/v1/admin/comments/{id}/assign", Right::WorkOnReports),
    ("GET", "/api/v1/admin/accounts/{name}/credentials", Right::EndSessions),
    ("POST", "/api/v1/admin/accounts/{name}/credentials/end", Right::EndSessions),
];

/// Something that not everybody may do, and who may.
#[derive(Debug, Serialize, ToSchema)]
pub struct Permission {
    /// What it is called.
    right: &'static str,
    /// What it is, in words.
    description: &'static str,
    /// The least role that has it.
    role: Role,
    /// What a token must allow.
    scope: Scope,
    /// Whether somebody whose role is for named boards has it there, and only there.
    on_boards: bool,
    /// The routes that ask for it.
    routes: Vec<Route>,
}

/// A route of this API.
#[derive(Debug, Serialize, ToSchema)]
pub struct Route {
    /// Its method.
    method: &'static str,
    /// Its path, as in this document.
    path: &'static str,
}

impl From<Grant> for Permission {
    fn from(grant: Grant) -> Self {
        let asked = ROUTES.iter().filter(|(.., right)| *right == grant.right);
        Self {
            right: grant.right.name(),
            description: grant.words,
            role: grant.role.into(),
            scope: grant.scope.into(),
            on_boards: grant.holding == Holding::OnBoards,
            routes: asked.map(|(method, path, _)| Route { method, path }).collect(),
        }
    }
}

/// Who may do what
///
/// For everybody who has a role.
#[utoipa::path(
    get,
    path = "/api/v1/admin/permissions",
    tag = "moderation",
    security(("token" = ["moderate"]), ("session" = [])),
    responses((status = 200, body = List<Permission>), NotLoggedIn, Forbidden)
)]
pub async fn list_permissions(Member(who): Member, headers: HeaderMap) -> Answer {
    who.must(Right::SeeRights)?;
    fresh(&headers, Audience::Nobody, &List { items: GRANTS.map(Permission::from).into(), next: None })
}
