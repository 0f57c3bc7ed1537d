//! Who has which role, and on which boards.

use std::collections::HashMap;

use actions::hosting::By;
use actions::staffing::{self, Appointment};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use domain::BoardId;
use domain::rights::Reach;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::answer::{Answer, Audience, fresh, json};
use crate::api::input::{Json, Path};
use crate::api::refusals::{Forbidden, Missing, NotLoggedIn, Refused};
use crate::api::shape::List;
use crate::api::value::Role;
use crate::door::{App, Door};
use crate::gate::Member;

/// Somebody, and what they are here.
#[derive(Debug, Serialize, ToSchema)]
pub struct Staff {
    /// Their name.
    name: String,
    /// Their role.
    role: Role,
    /// The boards on which they have it; null: on all.
    #[schema(required)]
    boards: Option<Vec<String>>,
}

/// The role that somebody is to have.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRole {
    /// The role.
    role: Role,
    /// Names of the boards on which helpers and moderators have it; left out or null: on all.
    #[schema(max_items = 200)]
    boards: Option<Vec<String>>,
    /// For the moderation log, which everybody can read; at most 500 characters, may be empty.
    #[schema(max_length = 500)]
    reason: String,
}

async fn shown(app: &Door, staff: Vec<storage::staff::Staff>) -> actions::Result<Vec<Staff>> {
    let site = app.site().await?;
    let names: HashMap<BoardId, &str> = site.boards.iter().map(|board| (board.id, board.name.as_str())).collect();
    let boards = |reach| match reach {
        Reach::Everywhere => None,
        Reach::Boards(ids) => Some(ids.iter().filter_map(|id| names.get(id).map(|name| (*name).to_owned())).collect()),
    };
    Ok(staff
        .into_iter()
        .map(|one| Staff { name: one.name, role: one.role.into(), boards: boards(one.reach) })
        .collect())
}

/// Those with a role, by name
#[utoipa::path(
    get,
    path = "/api/v1/admin/staff",
    tag = "moderation",
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = List<Staff>), NotLoggedIn, Forbidden)
)]
pub async fn list_staff(State(app): State<App>, Member(who): Member, headers: HeaderMap) -> Answer {
    let found = staffing::list(&app.ctx, &By::Administrator(who)).await?;
    fresh(&headers, Audience::Nobody, &List { items: shown(&app, found).await?, next: None })
}

/// Gives somebody a role
///
/// There is always an administrator: the last one cannot be made anything else.
#[utoipa::path(
    put,
    path = "/api/v1/admin/accounts/{name}/role",
    tag = "moderation",
    params(("name" = String, Path, description = "The name of somebody with an account here")),
    request_body = NewRole,
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = Staff), NotLoggedIn, Forbidden, Missing, Refused)
)]
pub async fn set_role(
    State(app): State<App>,
    Member(who): Member,
    Path(name): Path<String>,
    Json(new): Json<NewRole>,
) -> Answer {
    let to = Appointment { role: new.role.into(), boards: new.boards };
    let now = staffing::appoint(&app.ctx, &By::Administrator(who), &name, to, &new.reason).await?;
    let shown = shown(&app, vec![now]).await?.pop();
    json(StatusCode::OK, &shown)
}
