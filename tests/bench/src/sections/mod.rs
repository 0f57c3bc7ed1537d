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
- What comes from other servers is signed before the clock runs, by people whom the server knows, with a key each; it is told from
  the wire (2 kB, as Mastodon writes it) over 50 connections, one of each server. The clock stops when nothing waits any more and the server has counted
  each reply as done, not when they were answered with 202; p50 and p99 are those of the 202.
- The rates for few and many stored take turns every 1,000 replies, six times in a round, each the median round (its p99
  the highest of the six); the ratio is the middle one of the rounds.
  Of many stored once any is answered, as in no conversation, and once the latest 1,000, as where few are stored; in all three so are
  the thousand comments of our own. Each round has copies, and servers that have just been started. The file of each log
  is as long as it gets under load (256 MB); the first 1,000 replies do not count, and what is left is too
  little for the log to be written back in any of them.
- Servers to which comments are brought have a port each, and take what comes in this process, without TLS. The time is that
  from the request that makes the comment (its commit included) to the last inbox; the CPU is the server's until all is written down.
  The row without open connections is of a server that has brought one comment to one of them since it was started; both have the
  author's key in the database.
- What waits stands in the database when the server is started; memory is looked at every 200 ms or sooner. A single reply is timed
  from before it is sent until it stands in the tree; its p99 is the slowest of all. More than 10,000 of one host do not wait: that host
  is told to come later. Where much of very many hosts waits, a single reply waits for one thing of each of them.
- Decisions of moderators are timed from the request until the pages of all threads (a suspension) and the number that moderators are
  shown (a block) say so; p50 is when the request was answered, p99 when it was so.
- For what many comments cost, nothing that was rendered is kept (page_cache_bytes = 0), and every request is for another
  thread or comment, at random.";

/// The middle one by rate.
pub fn median(mut outcomes: Vec<Outcome>) -> Outcome {
    outcomes.sort_by(|a, b| a.rate.total_cmp(&b.rate));
    let middle = outcomes.len() / 2;
    outcomes.into_iter().nth(middle).unwrap_or_default()
}
