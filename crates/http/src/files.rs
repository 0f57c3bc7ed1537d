//! The files that pages load, compressed once, in the form that their readers take.

use std::sync::LazyLock;

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use pages::assets::{self, Asset};

use crate::cache::{Packed, Places};

static PACKED: LazyLock<[(&Asset, Packed); 3]> =
    LazyLock::new(|| assets::ALL.map(|asset| (asset, Packed::new(asset.body))));

/// The answer, if there is such a file: to be kept for a year, since another content has another address.
pub async fn respond(name: &str, headers: &HeaderMap, places: &Places) -> Option<Response> {
    let (asset, packed) = PACKED.iter().find(|(asset, _)| asset.name == name)?;
    let mut response = packed.respond(headers, places).await;
    let out = response.headers_mut();
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    out.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    Some(response)
}
