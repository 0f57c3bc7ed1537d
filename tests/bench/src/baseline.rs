//! The baseline: the same axum, the same bytes and headers, and nothing else.

use std::path::Path;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use axum::routing::get;
use bytes::Bytes;

use crate::Failure;
use crate::wire::Whole;

/// Headers that the server below writes by itself.
const OWN: [&str; 3] = ["content-length", "transfer-encoding", "date"];

/// Writes an answer down for [`serve`].
pub fn keep(answer: &Whole, file: &Path) -> Result<(), Failure> {
    let headers: Vec<_> = answer.headers.iter().filter(|(name, _)| !OWN.contains(&name.as_str())).collect();
    let said = serde_json::json!({ "status": answer.answer.status, "headers": headers });
    std::fs::write(file.with_extension("json"), said.to_string())?;
    std::fs::write(file, &answer.body)?;
    Ok(())
}

/// Serves it at every address, until the process is ended.
pub fn serve(file: &Path) -> Result<(), Failure> {
    let said: serde_json::Value = serde_json::from_slice(&std::fs::read(file.with_extension("json"))?)?;
    let body = Bytes::from(std::fs::read(file)?);
    let status =
        StatusCode::from_u16(said.get("status").and_then(|code| code.as_u64()?.try_into().ok()).unwrap_or(200))?;
    let pairs: Vec<(String, String)> = serde_json::from_value(said.get("headers").cloned().unwrap_or_default())?;
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(name.parse::<HeaderName>()?, HeaderValue::try_from(value)?);
    }
    let answer = move || {
        let mut response = Response::new(Body::from(body.clone()));
        *response.status_mut() = status;
        *response.headers_mut() = headers.clone();
        std::future::ready(response)
    };
    let router = Router::new().route("/{*path}", get(answer));
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("A static answer (listening on {})", listener.local_addr()?);
        axum::serve(listener, router).await?;
        Ok(())
    })
}
