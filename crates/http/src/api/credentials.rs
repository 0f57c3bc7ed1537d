//! Accounts, sessions and tokens. A session is a cookie, for browsers; a token is shown as `Authorization: Bearer`, for
//! programs. Either is made once and only its digest is kept.

use actions::account::Shown;
use actions::joining::{Candidate, Joined, challenge};
use actions::{Person, account};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::Refusal;
use serde::{Deserialize, Serialize};
use storage::accounts::Kind;
use utoipa::ToSchema;

use super::admin::accounts::AccountState;
use super::answer::{Answer, Audience, created, done, fresh, json};
use super::input::{Json, Path};
use super::me::answer_me;
use super::refusals::{Conflict, Forbidden, Missing, NotLoggedIn, Refused};
use super::shape::{Actor, Credential, List, Me};
use super::value::{Id, Moment, Scope};
use crate::door::{App, Door};
use crate::gate::{Address, Member};
use crate::problem::{Form, Problem};
use crate::web::entry::{effort, join_from, label, set_cookie};

/// A new account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// The name: 2 to 30 letters, digits, `_`, `-`, `.`.
    #[schema(min_length = 2, max_length = 30, pattern = "^[A-Za-z0-9_][A-Za-z0-9_.-]*[A-Za-z0-9_]$")]
    name: String,
    /// The password: 10 characters or more.
    #[schema(min_length = 10, max_length = 256)]
    password: String,
    /// The answer to the `question` of the instance, where somebody decides about each account.
    #[schema(max_length = 2000, nullable = false)]
    answer: Option<String>,
    /// The code of an invitation; needed where only those can join who were invited.
    #[schema(nullable = false)]
    invitation: Option<String>,
    /// A `challenge` of this instance that was met. Without one, fewer can join from one address within a day.
    #[schema(nullable = false)]
    challenge: Option<String>,
    /// What meets it.
    #[schema(nullable = false)]
    proof: Option<String>,
}

/// What is asked of whoever joins, so that it costs something to make many accounts.
#[derive(Debug, Serialize, ToSchema)]
pub struct Challenge {
    /// To be sent with the proof: a number in decimal digits, so that the SHA-256 of challenge, a full stop and number begins with zeros.
    challenge: String,
    /// How many bits have to be zero.
    bits: u32,
    /// From when on it is worth nothing. It counts once.
    expires: Moment,
}

/// A challenge for whoever joins
#[utoipa::path(
    post,
    path = "/api/v1/accounts/challenge",
    tag = "accounts",
    responses((status = 201, body = Challenge))
)]
pub async fn challenge(State(app): State<App>) -> Answer {
    let issued = challenge::issue(&app.ctx, app.settings.proof_bits).await?;
    let (challenge, bits, expires) = (issued.text, issued.bits, Moment(issued.expires));
    json(StatusCode::CREATED, &Challenge { challenge, bits, expires })
}

/// An application for an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct Application {
    /// The name that is kept for whoever has applied.
    name: String,
    /// Where it stands.
    state: AccountState,
}

/// Makes an account
///
/// `POST /sessions` logs in afterwards. Where somebody decides about each account, it is one only then: until then it is answered with
/// 202, and logging in with 403.
#[utoipa::path(
    post,
    path = "/api/v1/accounts",
    tag = "accounts",
    request_body = NewAccount,
    responses(
        (status = 201, body = Actor<'static>, headers(("Location" = String))),
        (status = 202, body = Application),
        Forbidden, Conflict, Refused
    )
)]
pub async fn join(State(app): State<App>, Address(address): Address, Json(new): Json<NewAccount>) -> Answer {
    let NewAccount { name, password, answer, invitation, challenge, proof } = new;
    let effort = effort(&app, &challenge.unwrap_or_default(), &proof.unwrap_or_default()).await?;
    let candidate = Candidate { name, password, answer: answer.unwrap_or_default(), invitation };
    let name = candidate.name.trim();
    if join_from(&app, (address, effort), &candidate).await? == Joined::Waiting {
        return json(StatusCode::ACCEPTED, &Application { name: name.to_owned(), state: AccountState::Waiting });
    }
    let profile = actions::people::find(&app.ctx, name).await?;
    created(&format!("/api/v1/actors/{}", profile.actor.name), &Actor::new(&app.settings, &profile))
}

/// Name and password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The name of the account.
    name: String,
    /// Its password.
    password: String,
    /// The one-time code of an authenticator, or a recovery code, where the account asks for one.
    #[schema(nullable = false)]
    otp: Option<String>,
}

/// Logs in
///
/// Sets a session cookie. Programs do better with a token: log in once, make one with `POST /tokens`, log out.
#[utoipa::path(
    post,
    path = "/api/v1/sessions",
    tag = "accounts",
    request_body = Login,
    responses((status = 201, body = Me<'static>, headers(("Set-Cookie" = String))), NotLoggedIn, Forbidden, Refused)
)]
pub async fn log_in(
    State(app): State<App>,
    Address(address): Address,
    headers: HeaderMap,
    Json(login): Json<Login>,
) -> Answer {
    let label = label(&headers);
    let shown = Shown { name: &login.name, password: &login.password, otp: login.otp.as_deref().unwrap_or_default() };
    let granted = account::log_in_by(&app.ctx, shown, &label);
    let granted = app.tries.attempt(&login.name, address, granted).await?;
    let mut answer = answer_me(&app, &granted.person, StatusCode::CREATED).await?;
    set_cookie(&mut answer, &app.settings, &granted.secret, account::SESSION_MS / 1000);
    Ok(answer)
}

/// Logs out
#[utoipa::path(
    delete,
    path = "/api/v1/sessions/current",
    tag = "accounts",
    security(("session" = [])),
    responses((status = 204, description = "The session is worth nothing from now on", headers(("Set-Cookie" = String))), NotLoggedIn, Missing)
)]
pub async fn log_out(State(app): State<App>, Member(who): Member) -> Result<Response, Problem> {
    revoke(&app, &who, who.credential, Kind::Session).await?;
    let mut answer = done();
    set_cookie(&mut answer, &app.settings, "", 0);
    Ok(answer)
}

/// The caller's sessions, newest first
#[utoipa::path(
    get,
    path = "/api/v1/sessions",
    tag = "accounts",
    security(("token" = ["read"]), ("session" = [])),
    responses((status = 200, body = List<Credential>), NotLoggedIn)
)]
pub async fn list_sessions(State(app): State<App>, Member(who): Member, headers: HeaderMap) -> Answer {
    list(&app, &who, Kind::Session, &headers).await
}

/// Ends one of the caller's sessions
#[utoipa::path(
    delete,
    path = "/api/v1/sessions/{id}",
    tag = "accounts",
    params(("id" = Id, Path, description = "The session's id")),
    security(("token" = ["write"]), ("session" = [])),
    responses((status = 204, description = "It is worth nothing from now on"), NotLoggedIn, Forbidden, Missing)
)]
pub async fn end_session(
    State(app): State<App>,
    Member(who): Member,
    Path(Id(id)): Path<Id>,
) -> Result<Response, Problem> {
    revoke(&app, &who, id, Kind::Session).await?;
    Ok(done())
}

/// A new token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for, to know it by.
    label: String,
    /// What it may do; not more than the session or token that it is made with.
    scope: Scope,
    /// How many days it lasts; for good if it is left out.
    #[schema(minimum = 1, maximum = 3650)]
    days: Option<u32>,
}

/// A token right after it was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuedToken {
    /// What to show as `Authorization: Bearer …`. It is shown here and never again.
    token: String,
    /// Its id.
    id: Id,
    /// What it may do.
    scope: Scope,
}

/// Makes a token for programs
#[utoipa::path(
    post,
    path = "/api/v1/tokens",
    tag = "accounts",
    request_body = NewToken,
    security(("token" = ["write"]), ("session" = [])),
    responses((status = 201, body = IssuedToken, headers(("Location" = String))), NotLoggedIn, Forbidden, Refused)
)]
pub async fn issue_token(State(app): State<App>, Member(who): Member, Json(new): Json<NewToken>) -> Answer {
    if new.days.is_some_and(|days| !(1..=3650).contains(&days)) {
        return Err(Refusal::field("days", "choose from 1 to 3650, or leave it out").into());
    }
    let granted = account::issue_token(&app.ctx, &who, new.scope.into(), &new.label, new.days).await?;
    let id = Id(granted.person.credential);
    created(&format!("/api/v1/tokens/{}", id.0), &IssuedToken { token: granted.secret, id, scope: new.scope })
}

/// The caller's tokens, newest first
#[utoipa::path(
    get,
    path = "/api/v1/tokens",
    tag = "accounts",
    security(("token" = ["read"]), ("session" = [])),
    responses((status = 200, body = List<Credential>), NotLoggedIn)
)]
pub async fn list_tokens(State(app): State<App>, Member(who): Member, headers: HeaderMap) -> Answer {
    list(&app, &who, Kind::Token, &headers).await
}

/// Revokes one of the caller's tokens
#[utoipa::path(
    delete,
    path = "/api/v1/tokens/{id}",
    tag = "accounts",
    params(("id" = Id, Path, description = "The token's id")),
    security(("token" = ["write"]), ("session" = [])),
    responses((status = 204, description = "It is worth nothing from now on"), NotLoggedIn, Forbidden, Missing)
)]
pub async fn revoke_token(
    State(app): State<App>,
    Member(who): Member,
    Path(Id(id)): Path<Id>,
) -> Result<Response, Problem> {
    revoke(&app, &who, id, Kind::Token).await?;
    Ok(done())
}

async fn list(app: &Door, who: &Person, kind: Kind, headers: &HeaderMap) -> Answer {
    let found = account::credentials(&app.ctx, who).await?;
    let of_kind = found.into_iter().filter(|credential| credential.kind == kind);
    let items = of_kind.map(|credential| Credential::new(credential, who.credential)).collect();
    fresh(headers, Audience::Nobody, &List { items, next: None })
}

/// Makes a session worthless by the route of sessions, a token by that of tokens.
async fn revoke(app: &Door, who: &Person, id: i64, kind: Kind) -> Result<(), Problem> {
    let found = account::credentials(&app.ctx, who).await?;
    if !found.iter().any(|credential| credential.id == id && credential.kind == kind) {
        let (word, list) = match kind {
            Kind::Session => ("session", "/api/v1/sessions"),
            Kind::Token => ("token", "/api/v1/tokens"),
        };
        let words = format!("You have no such {word} (any more). {list} lists those you have.");
        return Err(Problem::request(StatusCode::NOT_FOUND, "not-found", words, Form::Json));
    }
    Ok(account::revoke(&app.ctx, who, id).await?)
}
