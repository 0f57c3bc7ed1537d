//! Reading what a request sends, within a limit.

use axum::body::{Body, Bytes};
use futures::StreamExt as _;

/// Why a body could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It holds more than it may.
    TooLarge,
    /// It ended before its end.
    CutOff,
}

/// How much of a body that is too large is read all the same, and dropped: a client that is still sending when the connection
/// ends hears no answer.
pub const PATIENCE: usize = 32 * 1024 * 1024;

/// The whole body, if it has at most `max` bytes.
///
/// # Errors
/// [`Unread`].
pub async fn read(body: Body, max: usize) -> Result<Bytes, Unread> {
    let (mut parts, mut size) = (body.into_data_stream(), 0_usize);
    let mut kept = Vec::new();
    while let Some(part) = parts.next().await {
        let part = part.map_err(|_broken| Unread::CutOff)?;
        size = size.saturating_add(part.len());
        if size <= max {
            kept.extend_from_slice(&part);
        } else if size > PATIENCE {
            break;
        } else {
            kept = Vec::new();
        }
    }
    if size > max { Err(Unread::TooLarge) } else { Ok(kept.into()) }
}
