//! The JSON API under `/api/v1`, and the OpenAPI document that describes it. Ids are strings, times RFC 3339, errors RFC 9457,
//! lists `{"items":[…],"next":…}`. There is no CORS: pages of other sites do not call it from a browser. Not here: rules, SQL.

mod actors;
pub mod admin;
pub mod answer;
mod appeals;
mod backfill;
mod boards;
mod comments;
pub mod condition;
mod credentials;
pub mod cursor;
pub mod document;
pub mod input;
mod instance;
pub mod links;
mod me;
pub mod moderation;
pub mod notices;
mod opinions;
pub(crate) mod refusals;
mod second_factor;
pub mod shape;
pub mod statements;
mod threads;
mod transparency;
pub mod value;

pub use document::document;

use axum::Router;
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use std::sync::LazyLock;

use crate::door::App;
use crate::live;
use crate::routes::{Operations, get, routes};

/// Every operation of the API, one line for each address.
pub fn operations() -> Operations {
    Operations::default()
        .routes(routes!(instance::read_instance, instance::describe_instance))
        .routes(routes!(instance::read_modlog))
        .routes(routes!(transparency::read_transparency))
        .routes(routes!(boards::list_boards, boards::create_board))
        .routes(routes!(boards::read_board, boards::describe_board))
        .routes(routes!(boards::read_follow, boards::follow_board, boards::unfollow_board))
        .routes(routes!(threads::list_board_threads, threads::start_thread))
        .routes(routes!(threads::list_threads))
        .routes(routes!(threads::read_thread))
        .routes(routes!(live::thread_events))
        .routes(routes!(comments::read_comment, comments::edit_comment, comments::delete_comment))
        .routes(routes!(comments::read_source))
        .routes(routes!(comments::read_history))
        .routes(routes!(comments::reply_to_comment))
        .routes(routes!(opinions::vote_on_comment))
        .routes(routes!(opinions::report_comment))
        .routes(routes!(comments::preview))
        .routes(routes!(actors::read_actor))
        .routes(routes!(actors::list_actor_comments))
        .routes(routes!(actors::search_comments))
        .routes(routes!(credentials::join))
        .routes(routes!(credentials::challenge))
        .routes(routes!(credentials::list_sessions, credentials::log_in))
        .routes(routes!(credentials::log_out))
        .routes(routes!(credentials::end_session))
        .routes(routes!(credentials::list_tokens, credentials::issue_token))
        .routes(routes!(credentials::revoke_token))
        .routes(routes!(me::read_me, me::describe_me))
        .routes(routes!(me::change_password))
        .routes(routes!(second_factor::read_second_factor, second_factor::begin_second_factor))
        .routes(routes!(second_factor::confirm_second_factor))
        .routes(routes!(second_factor::end_second_factor))
        .routes(routes!(me::list_notifications))
        .routes(routes!(me::list_warnings))
        .routes(routes!(me::mark_read))
        .routes(routes!(appeals::list_appeals, appeals::appeal))
        .routes(routes!(notices::give_notice))
        .routes(routes!(notices::read_receipt))
        .routes(routes!(statements::read_statement))
        .routes(routes!(statements::list_decisions))
        .routes(routes!(moderation::remove_comment))
        .routes(routes!(moderation::restore_comment))
        .routes(routes!(moderation::approve_comment))
        .routes(routes!(moderation::reject_comment))
        .routes(routes!(moderation::lock_thread))
        .routes(routes!(moderation::unlock_thread))
        .routes(routes!(moderation::pin_thread))
        .routes(routes!(moderation::unpin_thread))
        .routes(routes!(moderation::cover_comment))
        .routes(routes!(moderation::uncover_comment))
        .routes(routes!(backfill::read_backfill, backfill::want_backfill))
        .merge(admin::operations())
}

/// The API, ready to be merged: all routes, and the document at `/api/v1/openapi.json`.
pub fn router() -> Router<App> {
    operations().router().route("/api/v1/openapi.json", get(serve_document))
}

async fn serve_document(headers: HeaderMap) -> Response {
    static DOCUMENT: LazyLock<(Bytes, answer::Tag)> = LazyLock::new(|| {
        // Maps of strings and numbers can always be written; were it not so, the tests that read it would say so.
        let bytes = serde_json::to_vec(&document()).unwrap_or_default();
        let tag = answer::Tag::of([bytes.as_slice()]);
        (bytes.into(), tag)
    });
    let ((bytes, tag), everybody) = (&*DOCUMENT, answer::Audience::Everybody);
    let unchanged = answer::unchanged(&headers, everybody, tag);
    unchanged.unwrap_or_else(|| answer::whole(everybody, tag, "application/json", bytes.clone()))
}
