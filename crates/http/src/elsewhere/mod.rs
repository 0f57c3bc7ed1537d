//! What other servers ask of the door: the documents under our ids, and who is who here. Not here: what stands in a document, and who
//! may read it (`actions::elsewhere`).

pub mod accept;
pub mod documents;
mod names;
mod node;

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use axum::{Router, middleware};

use crate::api::answer::{Audience, Tag, unchanged, whole};
use crate::door::App;
use crate::routes::get;

pub use documents::or_page;

/// Addresses that have no page. The parameters are called as in the routes of the pages; what is read is the whole path.
const WITHOUT_PAGE: [&str; 18] = [
    "/actor/followers",
    "/actor/following",
    "/actor/outbox",
    "/u/{handle}/followers",
    "/u/{handle}/following",
    "/u/{handle}/outbox",
    "/b/{board}/followers",
    "/b/{board}/following",
    "/b/{board}/outbox",
    "/b/{board}/featured",
    "/b/{board}/moderators",
    "/t/{thread}/followers",
    "/t/{thread}/following",
    "/t/{thread}/outbox",
    "/t/{thread}/context",
    "/c/{comment}/replies",
    "/activities/{number}",
    "/authorizations/{number}",
];

/// What is asked for by other servers and has no page.
pub fn routes() -> Router<App> {
    let documents = WITHOUT_PAGE.into_iter().fold(Router::new(), |all, path| all.route(path, get(documents::bare)));
    documents.route("/actor", get(documents::instance)).merge(about_us())
}

/// What scripts on pages of other sites may read as well.
fn about_us() -> Router<App> {
    Router::new()
        .route("/.well-known/webfinger", get(names::webfinger))
        .route("/.well-known/host-meta", get(names::host_meta))
        .route("/.well-known/nodeinfo", get(node::discovery))
        .route("/nodeinfo/2.1", get(node::document))
        .layer(middleware::map_response(open))
}

async fn open(mut response: Response) -> Response {
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// 200, or 304 when the client has it.
fn shared(headers: &HeaderMap, kind: &'static str, body: Vec<u8>) -> Response {
    let tag = Tag::of([body.as_slice()]);
    let unchanged = unchanged(headers, Audience::Anybody, &tag);
    unchanged.unwrap_or_else(|| whole(Audience::Anybody, &tag, kind, body))
}
