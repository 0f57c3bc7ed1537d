//! What is measured, one file for each part of the table.

pub mod elsewhere;
mod pages;
mod reads;
pub mod size;
pub mod store;
pub mod uncached;
mod writes;

use crate::load::Outcome;

/// What a reader of the table must know.
pub const NOTES: &str = "
- The load comes from one thread of the same machine, so rates include what it takes; CPU time is the server's alone.
- All requests pass the whole router: who asks, rate limits (set so high that nobody meets them), metrics, security headers.
- A static answer is served by the same axum with the same headers and bytes, and nothing around it. Compared rows take
  turns; each shows its median round.
- Rows in ms CPU without a rate are measured inside one process, thread by thread: rows read and arranged, page rendered,
  compression beside them. Nothing is kept between two of them.
- Replies are committed with synchronous=FULL before they are answered, 32 writers with one request each in flight.
- For what many comments cost, nothing that was rendered is kept (page_cache_bytes = 0), and every request is for another
  thread or comment, at random.";

/// The middle one by rate.
pub fn median(mut outcomes: Vec<Outcome>) -> Outcome {
    outcomes.sort_by(|a, b| a.rate.total_cmp(&b.rate));
    let middle = outcomes.len() / 2;
    outcomes.into_iter().nth(middle).unwrap_or_default()
}
