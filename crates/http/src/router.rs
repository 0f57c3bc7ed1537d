//! Every route on one page, and what each request passes on its way in and out.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use actions::secrets;
use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::{Noun, Refusal};
use futures::FutureExt as _;
use pages::assets;
use pages::views::machine;
use tower_http::compression::CompressionLayer;

use crate::door::App;
use crate::problem::{Form, Problem};
use crate::routes::{get, post};
use crate::{echo, files, gate, measured, web};

/// Writes the metrics of this process in the Prometheus text format.
pub type Scrape = Arc<dyn Fn() -> String + Send + Sync>;

/// What a page may load and do: only what is ours, and nothing inline.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'self'; manifest-src 'self'";

/// Headers of every answer.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(), browsing-topics=()"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// The whole door.
pub fn router(app: App, scrape: Scrape) -> Router {
    let routes = web::routes(&app)
        .merge(crate::api::router())
        .merge(crate::feeds::routes())
        .merge(crate::elsewhere::routes())
        .route("/readyz", get(ready))
        .fallback(nothing_here)
        .method_not_allowed_fallback(not_that_way)
        .layer(middleware::from_fn_with_state(app.clone(), enter))
        // What is kept is compressed by Brotli, once. An encoder of Brotli holds megabytes for as long as its reader is slow, so that what
        // is made for one reader is not.
        .layer(CompressionLayer::new().no_br())
        .layer(DefaultBodyLimit::max(app.settings.body_bytes));
    // These answer whatever the state of the database, and nothing counts who asks for them; inboxes have bounds of their own.
    let plain = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/healthz/echo/{*rest}", get(echo::echo).merge(post(echo::echo)))
        .route("/metrics", get(metrics))
        .route("/.well-known/security.txt", get(security))
        .route("/assets/{name}", get(asset))
        .route("/source", get(source))
        .merge(crate::inbox::routes())
        .route("/favicon.ico", get(|| async { Redirect::temporary(assets::ICON.url()) }))
        .route("/robots.txt", get(robots))
        .route("/.well-known/change-password", get(|| async { Redirect::temporary("/settings") }));
    routes
        .merge(plain)
        .layer(axum::Extension(Scraper(scrape)))
        .layer(middleware::from_fn_with_state(app.clone(), finish))
        .with_state(app)
}

/// Only `/metrics`, for a listener of its own.
pub fn metrics_only(app: App, scrape: Scrape) -> Router {
    let answer = |State(app): State<App>| async move {
        measured::refresh(&app).await;
        scrape()
    };
    Router::new().route("/metrics", get(answer)).with_state(app)
}

#[derive(Clone)]
struct Scraper(Scrape);

/// `/metrics` for whoever has the token, as bearer. It is none of an account, so that no gate asks whose it is.
async fn metrics(
    State(app): State<App>,
    axum::Extension(Scraper(scrape)): axum::Extension<Scraper>,
    headers: HeaderMap,
) -> Response {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    // Digests are compared, so that the time it takes tells nothing of the token.
    let same = |token: &str| given.is_some_and(|given| secrets::digest(given) == secrets::digest(token));
    if app.settings.metrics_token.as_deref().is_some_and(same) {
        measured::refresh(&app).await;
        return ([(header::CACHE_CONTROL, "no-store")], scrape()).into_response();
    }
    Problem::new(Refusal::NotFound(Noun::Page).into(), Form::Json).into_response()
}

/// Where a hole is to be reported (RFC 9116), if the host has said so. It is good for half a year from now, as long as this runs.
async fn security(State(app): State<App>) -> Response {
    let Some(contact) = &app.settings.security_contact else {
        return Problem::new(Refusal::NotFound(Noun::Page).into(), Form::Json).into_response();
    };
    let expires = machine(app.ctx.now().plus_ms(HALF_A_YEAR).0);
    let canonical = app.url("/.well-known/security.txt");
    format!("Contact: {contact}\nExpires: {expires}\nCanonical: {canonical}\n").into_response()
}

/// In milliseconds.
const HALF_A_YEAR: i64 = 182 * 24 * 3600 * 1000;

/// `/readyz`: whether requests that need the database can be answered.
async fn ready(State(app): State<App>) -> Response {
    match app.ctx.db().read(storage::boards::all).await {
        Ok(_) => "ready".into_response(),
        Err(error) => Problem::new(error.into(), Form::Json).into_response(),
    }
}

async fn asset(
    State(app): State<App>,
    axum::extract::Path(name): axum::extract::Path<String>,
    headers: HeaderMap,
) -> Response {
    let found = files::respond(&name, &headers, &app.rendering).await;
    found.unwrap_or_else(|| (StatusCode::NOT_FOUND, "There is no such file.").into_response())
}

/// The source of the running program.
async fn source(State(app): State<App>) -> Response {
    let name = concat!("attachment; filename=\"rejoinder-", env!("CARGO_PKG_VERSION"), ".tar.gz\"");
    let headers = [(header::CONTENT_TYPE, "application/gzip"), (header::CONTENT_DISPOSITION, name)];
    (headers, app.settings.source).into_response()
}

async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /search\nDisallow: /login\nDisallow: /join\nDisallow: /settings\nDisallow: /notifications\nDisallow: /c/*/reply\nDisallow: /c/*/report\nDisallow: /appeal/\nDisallow: /decisions\nDisallow: /notice\n"
}

async fn nothing_here(request: Request) -> Response {
    Problem::new(Refusal::NotFound(Noun::Page).into(), Form::of(&request)).into_response()
}

async fn not_that_way(request: Request) -> Response {
    let words = "This address does not take requests of this method; the Allow header names those that it takes.";
    Problem::request(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", words, Form::of(&request)).into_response()
}

/// What every request passes that is counted, from without to within. One layer and not three: each costs every request a copy
/// of the router's state and a place for its future.
async fn enter(State(app): State<App>, request: Request, next: Next) -> Response {
    let within = async |request| guard(&app, request, next).await;
    web::errors::as_pages(&app, request, within).await
}

/// Bounds the time of a request, and what a panic costs: the request and nothing else.
async fn guard(app: &App, request: Request, next: Next) -> Response {
    let form = Form::of(&request);
    let answer = AssertUnwindSafe(gate::pass(app, request, next)).catch_unwind();
    match tokio::time::timeout(app.settings.request_timeout, answer).await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => panicked(&*panic, form).into_response(),
        Err(_) => {
            let words = "This took too long, and was given up. Nothing was changed unless it says so when you look; try again in a moment.";
            let mut problem = Problem::request(StatusCode::SERVICE_UNAVAILABLE, "timeout", words, form);
            problem.retry_after = Some(AFTER_TIMEOUT);
            problem.into_response()
        }
    }
}

/// Seconds after which it is worth trying again what took too long.
const AFTER_TIMEOUT: u64 = 10;

fn panicked(what: &(dyn Any + Send), form: Form) -> Problem {
    let words = what.downcast_ref::<String>().map(String::as_str).or_else(|| what.downcast_ref::<&str>().copied());
    tracing::error!(panic = words.unwrap_or("?"), "a handler panicked");
    let words =
        "Something went wrong on our side, and nothing was changed. It has been noted for those who run this server.";
    Problem::request(StatusCode::INTERNAL_SERVER_ERROR, "internal", words, form)
}

/// Methods as they are counted: one that nobody knows is not to make a series of its own.
fn counted(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Counts and times requests by route, and logs those that failed.
async fn observe(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or("none".to_owned(), |path| path.as_str().to_owned());
    let method = counted(request.method());
    let response = next.run(request).await;
    let (status, took) = (response.status(), begun.elapsed());
    let labels = [("method", method.to_owned()), ("route", route.clone()), ("status", status.as_u16().to_string())];
    metrics::counter!("rejoinder_http_requests_total", &labels).increment(1);
    metrics::histogram!("rejoinder_http_request_seconds", "route" => route.clone()).record(took.as_secs_f64());
    if status.is_server_error() {
        tracing::warn!(method, route, status = status.as_u16(), ms = took.as_millis(), "request failed");
    } else {
        tracing::debug!(method, route, status = status.as_u16(), ms = took.as_millis(), "request");
    }
    response
}

/// The last hand on every answer: it is counted, and has its security headers.
async fn finish(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = observe(request, next).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if app.settings.secure() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}
