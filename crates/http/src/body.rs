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
const PATIENCE: usize = 32 * 1024 * 1024;

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

#[cfg(test)]
mod tests {
    use super::*;

    /// A body of parts of a thousand bytes, which says how many were taken.
    fn parts(count: usize) -> (Body, std::sync::Arc<std::sync::atomic::AtomicUsize>) {
        let taken = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counter = std::sync::Arc::clone(&taken);
        let parts = futures::stream::iter(0..count).map(move |_| {
            counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 1000]))
        });
        (Body::from_stream(parts), taken)
    }

    #[tokio::test]
    async fn what_is_small_enough_is_read_whole() {
        assert_eq!(read(parts(3).0, 3000).await.unwrap().len(), 3000);
        assert_eq!(read(Body::empty(), 0).await.unwrap().len(), 0);
    }

    #[tokio::test]
    async fn what_is_too_large_is_taken_to_its_end_but_not_without_end() {
        let (body, taken) = parts(10);
        assert_eq!(read(body, 3000).await, Err(Unread::TooLarge));
        assert_eq!(taken.load(std::sync::atomic::Ordering::Relaxed), 10);
        let (body, taken) = parts(1_000_000);
        assert_eq!(read(body, 3000).await, Err(Unread::TooLarge));
        assert!(taken.load(std::sync::atomic::Ordering::Relaxed) <= PATIENCE / 1000 + 1);
    }

    #[tokio::test]
    async fn what_breaks_off_is_said_to() {
        let broken = futures::stream::iter([Ok(Bytes::from_static(b"x")), Err(std::io::Error::other("gone"))]);
        assert_eq!(read(Body::from_stream(broken), 10).await, Err(Unread::CutOff));
    }
}
