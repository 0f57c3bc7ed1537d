//! The things that the API speaks of, as JSON. Not here: how they are read, which is in `actions`.

mod comment;
mod place;
mod thread;

pub use comment::{Approval, ApprovalStage, Author, Comment, CommentInContext, Source, Version, Votes, vote};
pub use place::{
    Actor, Board, Counts, Credential, Follow, FollowState, Instance, Limits, LogEntry, Me, News, NewsKind,
    Registration, Software,
};
pub use thread::{FullThread, Thread, ThreadPage, title};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;
use utoipa::ToSchema;

use crate::settings::Settings;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// The entries of this page.
    pub items: Vec<T>,
    /// The cursor of the next page; null on the last one.
    #[schema(required)]
    pub next: Option<String>,
}

/// What a path segment cannot contain as it is (RFC 3986).
const SEGMENT: AsciiSet = CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The address of a person's page.
#[must_use]
pub fn person_url(settings: &Settings, handle: &str) -> String {
    format!("{}/u/{}", settings.public_url, utf8_percent_encode(handle, &SEGMENT))
}

/// `name` here, `name@host` elsewhere.
#[must_use]
pub fn handle(name: &str, host: &str) -> String {
    if host.is_empty() { name.to_owned() } else { format!("{name}@{host}") }
}
