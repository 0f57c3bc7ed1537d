//! How a refusal or a failure is answered: as RFC 9457 `application/problem+json` to programs, as a page to people. The page
//! itself is made by a middleware (`web::errors`), which knows who asks; here is only which status and which words.

use std::sync::Arc;

use actions::Error;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use domain::Refusal;
use serde::Serialize;

/// How an answer is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// By a program.
    Json,
    /// By a person.
    Page,
}

impl Form {
    /// How this request wants its answers: the API always answers programs, pages only when they say so.
    #[must_use]
    pub fn of(request: &Request) -> Self {
        Self::from(request.uri().path(), request.headers())
    }

    /// The same for a request that was taken apart.
    #[must_use]
    pub fn of_parts(parts: &Parts) -> Self {
        Self::from(parts.uri.path(), &parts.headers)
    }

    fn from(path: &str, headers: &HeaderMap) -> Self {
        let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let program = path.starts_with("/api/") || (accept.contains("json") && !accept.contains("text/html"));
        if program { Self::Json } else { Self::Page }
    }
}

/// What went wrong, in the words and the status for whoever asked.
#[derive(Clone, Debug)]
pub struct Problem {
    form: Form,
    /// The HTTP status.
    pub status: StatusCode,
    /// A stable word for programs.
    pub code: &'static str,
    /// What happened and what to do, for people.
    pub detail: String,
    /// Which field of the input is meant.
    pub field: Option<&'static str>,
    /// Seconds after which it is worth trying again.
    pub retry_after: Option<u64>,
    /// What the person had written, by the name of the field: the page of the error gives it back.
    pub kept: Vec<(&'static str, String)>,
}

/// The body of an error (RFC 9457).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemBody {
    /// Where this kind of problem is described.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened and what to do about it.
    pub detail: String,
    /// A stable word for programs.
    pub code: String,
    /// Which field of the input is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// How long clients are told to wait for a database that is away.
const BACK_SOON: u64 = 2;

impl Problem {
    /// The answer to an error. A failure is logged here, once.
    #[must_use]
    pub fn new(error: Error, form: Form) -> Self {
        match error {
            Error::Refused(refusal) => Self::refusal(&refusal, form),
            // Of what people send nothing ends so; where it comes from another server it waits.
            Error::Later(reason) => Self {
                form,
                status: StatusCode::SERVICE_UNAVAILABLE,
                code: "unavailable",
                detail: format!("Try again in a few seconds: {reason}."),
                field: None,
                retry_after: Some(BACK_SOON),
                kept: Vec::new(),
            },
            Error::Failed(storage::Error::Unavailable(reason)) => {
                tracing::warn!(reason, "answered 503: the database is not available");
                Self {
                    form,
                    status: StatusCode::SERVICE_UNAVAILABLE,
                    code: "unavailable",
                    detail:
                        "The database cannot be reached at the moment; try again in a few seconds. What you sent was most likely not kept: look before you send it again."
                            .into(),
                    field: None,
                    retry_after: Some(BACK_SOON),
                    kept: Vec::new(),
                }
            }
            Error::Failed(failure) => {
                tracing::error!(error = &failure as &dyn std::error::Error, "answered 500");
                Self {
                    form,
                    status: StatusCode::INTERNAL_SERVER_ERROR,
                    code: "internal",
                    detail: "Something went wrong on our side, and nothing was changed. It has been noted for those who run this server.".into(),
                    field: None,
                    retry_after: None,
                    kept: Vec::new(),
                }
            }
        }
    }

    /// A refusal in words for people, who do not count hours in seconds.
    #[must_use]
    pub fn words(refusal: &Refusal) -> String {
        match refusal {
            Refusal::Throttled { seconds } if *seconds > MINUTE => {
                format!("Too many attempts. Try again in {}.", span(*seconds))
            }
            other => other.to_string(),
        }
    }

    fn refusal(refusal: &Refusal, form: Form) -> Self {
        let field = match refusal {
            Refusal::Field { field, .. } => Some(*field),
            Refusal::Text(refused) => Some(refused.field()),
            Refusal::Name(_) | Refusal::NameTaken(_) => Some("name"),
            _ => None,
        };
        let retry_after = match refusal {
            Refusal::Throttled { seconds } | Refusal::TooSoon { seconds } => Some(*seconds),
            _ => None,
        };
        Self {
            form,
            status: status(refusal),
            code: refusal.code(),
            detail: if form == Form::Page { Self::words(refusal) } else { refusal.to_string() },
            field,
            retry_after,
            kept: Vec::new(),
        }
    }

    /// A request that is wrong before it reaches any action: unreadable, too large, of a wrong type.
    #[must_use]
    pub fn request(status: StatusCode, code: &'static str, detail: impl Into<String>, form: Form) -> Self {
        Self { form, status, code, detail: detail.into(), field: None, retry_after: None, kept: Vec::new() }
    }

    /// The same for a script on a page.
    #[must_use]
    pub fn for_programs(self) -> Self {
        Self { form: Form::Json, ..self }
    }

    /// How it is answered.
    #[must_use]
    pub fn form(&self) -> Form {
        self.form
    }

    /// The body for programs.
    #[must_use]
    pub fn body(&self) -> ProblemBody {
        ProblemBody {
            kind: "about:blank".into(),
            title: self.status.canonical_reason().unwrap_or("Error").to_owned(),
            status: self.status.as_u16(),
            detail: self.detail.clone(),
            code: self.code.to_owned(),
            field: self.field.map(str::to_owned),
        }
    }
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// So long, rounded up: whoever comes again then is not too early.
fn span(seconds: u64) -> String {
    let (count, unit) =
        if seconds > HOUR { (seconds.div_ceil(HOUR), "hours") } else { (seconds.div_ceil(MINUTE), "minutes") };
    format!("{count} {unit}")
}

fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::LoginRequired(_)
        | Refusal::BadCredentials
        | Refusal::SecondFactorNeeded
        | Refusal::BadCode
        | Refusal::BadToken => StatusCode::UNAUTHORIZED,
        Refusal::NotFound(_) => StatusCode::NOT_FOUND,
        Refusal::Gone(_) | Refusal::Tombstone(_) | Refusal::Merged(_) => StatusCode::GONE,
        Refusal::Forbidden(..)
        | Refusal::ScopeMissing(_)
        | Refusal::Locked
        | Refusal::RegistrationClosed
        | Refusal::InvitationNeeded
        | Refusal::NotYetApproved
        | Refusal::ForeignOrigin => StatusCode::FORBIDDEN,
        Refusal::TooDeep { .. }
        | Refusal::Text(_)
        | Refusal::Name(_)
        | Refusal::ByRule(_)
        | Refusal::EditWaits
        | Refusal::Field { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::BadCursor => StatusCode::BAD_REQUEST,
        Refusal::NameTaken(_)
        | Refusal::Conflict
        | Refusal::OutOfTurn(_)
        | Refusal::Overtaken(_)
        | Refusal::KeyReused => StatusCode::CONFLICT,
        Refusal::Throttled { .. } | Refusal::TooSoon { .. } | Refusal::QueueFull | Refusal::ApplicationsFull { .. } => {
            StatusCode::TOO_MANY_REQUESTS
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = match self.form {
            Form::Json => {
                let body = serde_json::to_vec(&self.body()).unwrap_or_default();
                let kind = HeaderValue::from_static("application/problem+json");
                (self.status, [(header::CONTENT_TYPE, kind)], body).into_response()
            }
            // Words for the case that no middleware makes a page of it.
            Form::Page => (self.status, self.detail.clone()).into_response(),
        };
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED && self.form == Form::Json {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// Handlers of the API end with `?`: their errors are answered to programs.
impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::new(error, Form::Json)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::new(Error::Refused(refusal), Form::Json)
    }
}
