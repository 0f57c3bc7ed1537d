//! The documents under our ids. Where an id is the address of a page, the request says which of both is wanted.

use actions::elsewhere::admit::reader;
use actions::elsewhere::documents::{Found, board_elsewhere, find};
use axum::extract::{OriginalUri, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::{Noun, Refusal};
use federation::media_type::ACTIVITY_JSON;
use federation::signature::Incoming;
use federation::wire::addresses::Ours;

use super::accept::Wanted;
use super::shared;
use crate::api::answer::{Audience, response};
use crate::door::{App, Door};
use crate::inbox::{answer as not_taken, with_host};
use crate::problem::Problem;
use crate::settings::Documents;

const VARY: HeaderValue = HeaderValue::from_static("Accept");

/// Before the handler of a page whose address is an id. Of a reader it asks nothing but a look at one header.
pub async fn or_page(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    if is_read && Wanted::of(request.headers()) == Wanted::Document {
        let asking = Asking { method: request.method(), uri: request.uri(), headers: request.headers() };
        return to_whom_it_may_be(&app, without_slug(request.uri().path()), None, asking).await;
    }
    let mut page = next.run(request).await;
    page.headers_mut().entry(header::VARY).or_insert(VARY);
    page
}

/// The part of a page's path that is its id. Whoever comes with the slug of a thread finds the id in the document.
#[must_use]
pub fn without_slug(path: &str) -> &str {
    path.match_indices('/').nth(2).and_then(|(end, _)| path.get(..end)).unwrap_or(path)
}

/// An address without a page.
pub async fn bare(
    State(app): State<App>,
    method: Method,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    match after(uri.query().unwrap_or_default()) {
        Ok(after) => {
            let asking = Asking { method: &method, uri: &uri, headers: &headers };
            to_whom_it_may_be(&app, uri.path(), after, asking).await
        }
        Err(refusal) => Problem::from(refusal).into_response(),
    }
}

/// `/actor`: the server itself, which everybody is shown. People read about it elsewhere.
pub async fn instance(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    if Wanted::of(&headers) == Wanted::Page {
        let mut about = Redirect::to("/about").into_response();
        about.headers_mut().insert(header::VARY, VARY);
        return about;
    }
    document(&app, uri.path(), None, &headers).await
}

/// Where a page of a collection begins.
///
/// # Errors
/// [`Refusal::BadCursor`].
pub fn after(query: &str) -> Result<Option<i64>, Refusal> {
    let Some((_, after)) = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "after") else {
        return Ok(None);
    };
    let number = after.parse().ok().filter(|_| after.bytes().all(|byte| byte.is_ascii_digit()));
    number.map(Some).ok_or(Refusal::BadCursor)
}

/// A request for a document.
#[derive(Clone, Copy)]
struct Asking<'a> {
    method: &'a Method,
    uri: &'a Uri,
    headers: &'a HeaderMap,
}

/// The document, if whoever asks may have it. What one is shown because of a signature, nobody keeps for others.
async fn to_whom_it_may_be(app: &Door, path: &str, after: Option<i64>, asking: Asking<'_>) -> Response {
    if app.settings.documents == Documents::Open {
        return document(app, path, after, asking.headers).await;
    }
    let headers = with_host(asking.headers, asking.uri);
    let target = asking.uri.path_and_query().map_or("/", |target| target.as_str());
    let incoming = Incoming { method: asking.method.as_str(), target, headers: &headers, body: b"" };
    let mut answer = match reader(&app.ctx, &incoming).await {
        Ok(()) => document(app, path, after, asking.headers).await,
        Err(refused) => not_taken(refused).into_response(),
    };
    answer.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept, Signature"));
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    answer
}

async fn document(app: &Door, path: &str, after: Option<i64>, headers: &HeaderMap) -> Response {
    let found = match named(app, path) {
        Some(ours) => find(&app.ctx, ours, after).await,
        None => match of_another(path) {
            Some(board) => board_elsewhere(&app.ctx, &board).await,
            None => Err(Refusal::NotFound(Noun::Page).into()),
        },
    };
    let mut answer = found.map_or_else(|error| Problem::from(error).into_response(), |found| answer(found, headers));
    answer.headers_mut().insert(header::VARY, VARY);
    answer
}

/// The address of a board that is at home elsewhere, if the path is that of its page here.
fn of_another(path: &str) -> Option<String> {
    let name = percent_encoding::percent_decode_str(path.strip_prefix("/b/")?).decode_utf8().ok()?;
    (name.contains('@') && !name.contains('/')).then(|| name.into_owned())
}

/// What a path names. Other spellings of the path of an id name nothing: an id has one.
fn named(app: &Door, path: &str) -> Option<Ours> {
    let elsewhere = app.ctx.elsewhere();
    let text = format!("{}{path}", elsewhere.rules().ours());
    let id = elsewhere.rules().id(&text).ok().filter(|id| id.as_str() == text)?;
    elsewhere.addresses().read(&id)
}

fn answer(found: Found, headers: &HeaderMap) -> Response {
    match found {
        Found::Document(body) => shared(headers, ACTIVITY_JSON, body.into_bytes()),
        Found::Gone(body) => response(StatusCode::GONE, Audience::Anybody, ACTIVITY_JSON, body),
        Found::Elsewhere(uri) => (StatusCode::FOUND, [(header::LOCATION, uri)]).into_response(),
    }
}
