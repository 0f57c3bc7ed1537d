//! Sessions and tokens of an account, for those who run the place: which there are, never what is shown with them, and ending them.

use actions::hosting::By;
use actions::hosting::credentials;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use domain::{Noun, Refusal};
use serde::{Deserialize, Serialize};
use storage::accounts::{Credential, Kind};
use utoipa::ToSchema;

use crate::api::answer::{Answer, Audience, fresh, json};
use crate::api::input::{Json, Path};
use crate::api::refusals::{Forbidden, Missing, NotLoggedIn, Refused};
use crate::api::shape::List;
use crate::api::value::{Id, Moment, Scope};
use crate::door::App;
use crate::gate::Member;
use crate::problem::{Form, Problem};

/// What somebody shows to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialKind {
    /// A browser that is logged in.
    Session,
    /// A program.
    Token,
}

impl From<Kind> for CredentialKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Session => Self::Session,
            Kind::Token => Self::Token,
        }
    }
}

/// A session or a token of somebody, without what is shown with it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountCredential {
    /// Its id.
    id: Id,
    /// Whether it is a browser's or a program's.
    kind: CredentialKind,
    /// The browser, or the name that its owner gave the token.
    label: String,
    /// What it allows at most.
    scope: Scope,
    /// When it was made.
    created: Moment,
    /// From when on it is worth nothing; null for never.
    #[schema(required)]
    expires: Option<Moment>,
}

impl From<Credential> for AccountCredential {
    fn from(credential: Credential) -> Self {
        let Credential { id, kind, label, scope, created, expires, .. } = credential;
        let expires = (expires.0 != i64::MAX).then_some(Moment(expires));
        Self { id: Id(id), kind: kind.into(), label, scope: scope.into(), created: Moment(created), expires }
    }
}

fn whole(found: Vec<Credential>) -> List<AccountCredential> {
    List { items: found.into_iter().map(AccountCredential::from).collect(), next: None }
}

/// Sessions and tokens of somebody, the newest first; 200 at most
#[utoipa::path(
    get,
    path = "/api/v1/admin/accounts/{name}/credentials",
    tag = "accounts",
    params(("name" = String, Path, description = "The name of the account")),
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = List<AccountCredential>), NotLoggedIn, Forbidden, Missing)
)]
pub async fn list_credentials(
    State(app): State<App>,
    Member(who): Member,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let found = credentials::list(&app.ctx, &By::Administrator(who), &name).await?;
    fresh(&headers, Audience::Nobody, &whole(found))
}

/// What is ended, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    /// Which; all of the account's but the one that is used for this if it is left out or null.
    id: Option<Id>,
    /// For the moderation log, which everybody can read; at most 500 characters, may be empty.
    #[schema(max_length = 500)]
    reason: String,
}

/// Ends one of somebody's sessions and tokens, or all of them
///
/// It answers what is left. The password stays as it is: who knows it can log in again.
#[utoipa::path(
    post,
    path = "/api/v1/admin/accounts/{name}/credentials/end",
    tag = "accounts",
    params(("name" = String, Path, description = "The name of the account")),
    request_body = Ending,
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = List<AccountCredential>), NotLoggedIn, Forbidden, Missing, Refused)
)]
pub async fn end_credentials(
    State(app): State<App>,
    Member(who): Member,
    Path(name): Path<String>,
    Json(given): Json<Ending>,
) -> Answer {
    let one = given.id.map(|id| id.0);
    match credentials::end(&app.ctx, &By::Administrator(who), &name, one, &given.reason).await {
        Ok(left) => json(StatusCode::OK, &whole(left)),
        // Not as where the caller's own is worth nothing: that is 401.
        Err(actions::Error::Refused(Refusal::NotFound(Noun::Credential))) => {
            let words = "They have no such session or token (any more).".to_owned();
            Err(Problem::request(StatusCode::NOT_FOUND, "not-found", words, Form::Json))
        }
        Err(other) => Err(other.into()),
    }
}
