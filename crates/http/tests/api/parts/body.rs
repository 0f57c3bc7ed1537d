//! Reading what a request sends.

use axum::body::{Body, Bytes};
use door::body::{PATIENCE, Unread, read};
use futures::StreamExt as _;

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
