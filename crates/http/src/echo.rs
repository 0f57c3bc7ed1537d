//! A mirror for whoever has set up what stands before this server: `/healthz/echo/…` answers how a request has arrived here. A signature
//! of another server covers the host, the path and some headers, and none verifies if a proxy changes one of them. Shown is nothing but
//! what `rejoinder doctor` sends; cookies above all are not.

use axum::extract::{OriginalUri, Request};
use axum::http::{HeaderMap, HeaderName, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

/// The longest value that is shown, in characters: a signature has about 500.
const LONGEST: usize = 2_048;

/// `/healthz/echo/…`, read or posted to.
pub async fn echo(OriginalUri(uri): OriginalUri, request: Request) -> Response {
    let (parts, _body) = request.into_parts();
    let headers = crate::inbox::with_host(&parts.headers, &uri);
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let shown = json!({
        "method": parts.method.as_str(),
        "target": target.chars().take(LONGEST).collect::<String>(),
        "host": shown(&headers, &header::HOST),
        "date": shown(&headers, &header::DATE),
        "digest": shown(&headers, &HeaderName::from_static("digest")),
        "signature": shown(&headers, &HeaderName::from_static("signature")),
        "content_type": shown(&headers, &header::CONTENT_TYPE),
    });
    let answer = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (answer, shown.to_string()).into_response()
}

/// A header that is there once.
fn shown(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then(|| value.chars().take(LONGEST).collect())
}
