//! Invitations.

use actions::hosting::By;
use actions::joining::invitations::{self, Wanted};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::answer::{Answer, Audience, created, done, fresh};
use crate::api::cursor::List as Cursor;
use crate::api::input::{Json, Path, Query};
use crate::api::instance::Pages;
use crate::api::refusals::{Forbidden, Missing, NotLoggedIn, Refused};
use crate::api::shape::List;
use crate::api::value::{Id, Moment};
use crate::door::App;
use crate::gate::Member;
use crate::problem::Problem;

/// An invitation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invitation {
    /// Its id.
    id: Id,
    /// Who made it; null if it was made on the command line.
    #[schema(required)]
    by: Option<String>,
    /// How many may still join with it.
    uses_left: i64,
    /// When it was made.
    created: Moment,
    /// From when on it is worth nothing.
    expires: Moment,
}

impl From<storage::invitations::Invitation> for Invitation {
    fn from(invitation: storage::invitations::Invitation) -> Self {
        let storage::invitations::Invitation { id, inviter_name, uses_left, created, expires, .. } = invitation;
        Self { id: Id(id), by: inviter_name, uses_left, created: Moment(created), expires: Moment(expires) }
    }
}

/// An invitation right after it was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuedInvitation {
    /// What the invited person shows. It is shown here and never again.
    code: String,
    /// The page on which they join.
    url: String,
    /// The rest.
    #[serde(flatten)]
    invitation: Invitation,
}

/// The address of the page on which somebody joins with this code.
#[must_use]
pub fn address(public_url: &str, code: &str) -> String {
    format!("{public_url}/join?invitation={code}")
}

/// What an invitation is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    /// How many may join with it; one if it is left out.
    #[schema(minimum = 1, maximum = 1000)]
    uses: Option<u32>,
    /// How many days it lasts; seven if it is left out.
    #[schema(minimum = 1, maximum = 365)]
    days: Option<u32>,
    /// For the moderation log, which everybody can read; at most 500 characters, may be empty.
    #[schema(max_length = 500)]
    reason: String,
}

/// How long an invitation lasts where nothing is said, in days.
pub const DAYS: u32 = 7;

/// Makes an invitation
#[utoipa::path(
    post,
    path = "/api/v1/admin/invitations",
    tag = "joining",
    request_body = NewInvitation,
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 201, body = IssuedInvitation, headers(("Location" = String))), NotLoggedIn, Forbidden, Refused)
)]
pub async fn invite(State(app): State<App>, Member(who): Member, Json(new): Json<NewInvitation>) -> Answer {
    let wanted = Wanted { uses: new.uses.unwrap_or(1), days: new.days.unwrap_or(DAYS) };
    let issued = invitations::create(&app.ctx, &By::Administrator(who), wanted, &new.reason).await?;
    let url = address(&app.settings.public_url, &issued.code);
    let location = format!("/api/v1/admin/invitations/{}", issued.invitation.id);
    created(&location, &IssuedInvitation { code: issued.code, url, invitation: issued.invitation.into() })
}

/// Invitations, newest first
#[utoipa::path(
    get,
    path = "/api/v1/admin/invitations",
    tag = "joining",
    params(Pages),
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = List<Invitation>), NotLoggedIn, Forbidden)
)]
pub async fn list_invitations(
    State(app): State<App>,
    Member(who): Member,
    Query(pages): Query<Pages>,
    headers: HeaderMap,
) -> Answer {
    let before = Cursor::Invitations.read(pages.cursor.as_deref())?;
    let (found, next) = invitations::page(&app.ctx, &By::Administrator(who), before, pages.limit()?).await?;
    let items = found.into_iter().map(Invitation::from).collect();
    fresh(&headers, Audience::Nobody, &List { items, next: next.map(|id| Cursor::Invitations.after(id)) })
}

/// Makes an invitation worthless
///
/// Whoever has joined with it stays.
#[utoipa::path(
    delete,
    path = "/api/v1/admin/invitations/{id}",
    tag = "joining",
    params(("id" = Id, Path, description = "The invitation's id")),
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 204, description = "It is worth nothing from now on"), NotLoggedIn, Forbidden, Missing)
)]
pub async fn uninvite(
    State(app): State<App>,
    Member(who): Member,
    Path(Id(id)): Path<Id>,
) -> Result<Response, Problem> {
    let _ = invitations::revoke(&app.ctx, &By::Administrator(who), id).await?;
    Ok(done())
}
