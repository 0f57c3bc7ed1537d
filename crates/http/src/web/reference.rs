//! The API's reference for people, from the same document that programs read.

use axum::extract::State;

use super::shell::{Answer, Shell};
use crate::door::App;
use crate::pages::views::ApiPage;

/// `/api`
pub async fn page(shell: Shell, State(_app): State<App>) -> Answer {
    let view = ApiPage { frame: shell.frame().await?, document: "/api/v1/openapi.json".into(), groups: Vec::new() };
    shell.page(&view).await
}
