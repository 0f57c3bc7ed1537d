//! Links of the document: which requests can follow from an answer, and where in it their parameter is.

use utoipa::openapi::RefOr;
use utoipa::openapi::link::{Link, LinkBuilder};
use utoipa::openapi::path::Operation;

/// What follows from what is made: the operation that makes it, the status, where its id is, and what can be asked then.
pub const LINKS: [(&str, &str, &str, &[&str]); 5] = [
    (
        "reply_to_comment",
        "201",
        "/id",
        &[
            "read_comment",
            "edit_comment",
            "delete_comment",
            "read_source",
            "read_history",
            "reply_to_comment",
            "vote_on_comment",
            "report_comment",
            "remove_comment",
            "restore_comment",
        ],
    ),
    (
        "start_thread",
        "201",
        "/id",
        &[
            "read_thread",
            "thread_events",
            "reply_to_comment",
            "lock_thread",
            "unlock_thread",
            "pin_thread",
            "unpin_thread",
            "read_backfill",
            "want_backfill",
        ],
    ),
    ("list_threads", "200", "/items/0/id", &["read_thread"]),
    ("create_board", "201", "/name", &["read_board", "describe_board", "list_board_threads", "start_thread"]),
    ("issue_token", "201", "/id", &["revoke_token"]),
];

/// Adds its links to an operation.
pub fn add(operation: &mut Operation) {
    let name = operation.operation_id.as_deref().unwrap_or_default();
    let of_this = LINKS.iter().filter(|(from, ..)| *from == name);
    for (_, status, place, followers) in of_this {
        if let Some(RefOr::T(response)) = operation.responses.responses.get_mut(*status) {
            let links = followers.iter().map(|follower| ((*follower).to_owned(), link(follower, place).into()));
            response.links.extend(links);
        }
    }
}

/// Boards are known by name, everything else by id.
fn link(follower: &str, place: &str) -> Link {
    let parameter = if place == "/name" { "name" } else { "id" };
    LinkBuilder::new().operation_id(follower).parameter(parameter, format!("$response.body#{place}")).build()
}
