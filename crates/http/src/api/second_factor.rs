//! The second factor of those who have a role.

use actions::second_factor;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use storage::second_factors;
use utoipa::ToSchema;

use super::answer::{Answer, Audience, done, fresh, json};
use super::input::Json;
use super::refusals::{Conflict, Forbidden, NotLoggedIn, Refused};
use crate::door::App;
use crate::gate::{Address, Member};
use crate::problem::Problem;

/// How one's second factor stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct SecondFactor {
    /// Whether it is asked for.
    state: SecondFactorState,
    /// How many recovery codes are left.
    recovery_codes_left: i64,
}

/// Whether a second factor is asked for.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SecondFactorState {
    /// There is none.
    Off,
    /// Not before it is confirmed.
    Pending,
    /// At every login.
    On,
}

/// A second factor for the authenticator.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewSecondFactor {
    /// Its secret in base32. It is shown here and never again.
    secret: String,
    /// The same as an `otpauth` address, for authenticators that read one.
    uri: String,
}

/// A code of one's second factor.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// The one-time code.
    otp: String,
}

/// The password of one's account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnPassword {
    /// The password: whoever has only found a session open does not know it.
    password: String,
}

/// Codes for whoever has lost their authenticator.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecoveryCodes {
    /// Each counts once, in the place of a one-time code. They are shown here and never again.
    recovery_codes: Vec<String>,
}

/// How one's second factor stands
#[utoipa::path(
    get,
    path = "/api/v1/me/second-factor",
    tag = "me",
    security(("token" = ["read"]), ("session" = [])),
    responses((status = 200, body = SecondFactor), NotLoggedIn)
)]
pub async fn read_second_factor(State(app): State<App>, Member(who): Member, headers: HeaderMap) -> Answer {
    let status = second_factor::status(&app.ctx, &who).await?;
    let state = match status.state {
        None => SecondFactorState::Off,
        Some(second_factors::State::Pending) => SecondFactorState::Pending,
        Some(second_factors::State::On) => SecondFactorState::On,
    };
    fresh(&headers, Audience::Nobody, &SecondFactor { state, recovery_codes_left: status.recovery_left })
}

/// Makes a second factor, for those with a role
///
/// It is asked for once it is confirmed by a code of the authenticator.
#[utoipa::path(
    post,
    path = "/api/v1/me/second-factor",
    tag = "me",
    request_body = OwnPassword,
    security(("token" = ["moderate"]), ("session" = [])),
    responses((status = 201, body = NewSecondFactor), NotLoggedIn, Forbidden, Conflict, Refused)
)]
pub async fn begin_second_factor(
    State(app): State<App>,
    Member(who): Member,
    Address(address): Address,
    Json(given): Json<OwnPassword>,
) -> Answer {
    let begun = second_factor::begin(&app.ctx, &who, &given.password);
    let begun = app.tries.attempt(&who.name, address, begun).await?;
    json(StatusCode::CREATED, &NewSecondFactor { secret: begun.secret, uri: begun.uri })
}

/// Switches one's second factor on
#[utoipa::path(
    post,
    path = "/api/v1/me/second-factor/confirm",
    tag = "me",
    request_body = Code,
    security(("token" = ["moderate"]), ("session" = [])),
    responses((status = 200, body = RecoveryCodes), NotLoggedIn, Forbidden, Conflict, Refused)
)]
pub async fn confirm_second_factor(
    State(app): State<App>,
    Member(who): Member,
    Address(address): Address,
    Json(code): Json<Code>,
) -> Answer {
    let confirmed = second_factor::confirm(&app.ctx, &who, &code.otp);
    let recovery_codes = app.tries.attempt(&who.name, address, confirmed).await?;
    json(StatusCode::OK, &RecoveryCodes { recovery_codes })
}

/// Ends one's second factor, by one of its codes
#[utoipa::path(
    post,
    path = "/api/v1/me/second-factor/end",
    tag = "me",
    request_body = Code,
    security(("token" = ["write"]), ("session" = [])),
    responses((status = 204, description = "There is none any more"), NotLoggedIn, Forbidden, Refused)
)]
pub async fn end_second_factor(
    State(app): State<App>,
    Member(who): Member,
    Address(address): Address,
    Json(code): Json<Code>,
) -> Result<Response, Problem> {
    let ended = second_factor::end(&app.ctx, &who, &code.otp);
    app.tries.attempt(&who.name, address, ended).await?;
    Ok(done())
}
