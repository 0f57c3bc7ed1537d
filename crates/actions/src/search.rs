//! Looking for comments.

use std::sync::Arc;

use domain::text::fold;
use domain::{CommentId, Refusal, Time};
use storage::search::{self, Query};
use storage::{actors, boards, comments, threads};

use crate::people::Titled;
use crate::{Ctx, Error, Result};

/// What is asked, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// Words.
    pub words: String,
    /// A handle.
    pub author: String,
    /// A board's name.
    pub board: String,
    /// From this day or moment on (`2026-11-23` or RFC 3339).
    pub since: String,
    /// Before this day or moment.
    pub until: String,
}

/// A page of what was found, newest first, and the cursor of the next.
///
/// # Errors
/// [`Refusal::Field`] for what cannot be understood or is not there; failures.
pub async fn search(
    ctx: &Ctx,
    ask: &Ask,
    before: Option<CommentId>,
    limit: usize,
) -> Result<(Vec<Titled>, Option<CommentId>)> {
    if ask.words.chars().count() > 400 {
        return Err(Error::Refused(Refusal::field("q", "it is too long; a few words find more")));
    }
    let words = bounded(&ask.words);
    let ask = Ask { words, ..ask.clone() };
    let (since, until) = (moment("since", &ask.since)?, moment("until", &ask.until)?);
    // Searches read more than other requests: they are not to take all connections from those.
    let _place = Arc::clone(ctx.searches()).acquire_owned().await;
    ctx.db()
        .read(move |tx| {
            let author = match ask.author.trim().trim_start_matches('@') {
                "" => None,
                handle => {
                    let (name, host) = handle.split_once('@').unwrap_or((handle, ""));
                    let found = actors::by_handle(tx, &host.to_lowercase(), name)?;
                    Some(found.ok_or_else(|| unknown("author", "nobody of that name has written here"))?.id)
                }
            };
            let board = match ask.board.trim() {
                "" => None,
                name => {
                    Some(boards::by_address(tx, name)?.ok_or_else(|| unknown("board", "there is no such board"))?.id)
                }
            };
            let query = Query { words: ask.words.clone(), author, board, since, until };
            if query == Query::default() || (fold(&query.words).is_empty() && author.is_none() && board.is_none()) {
                return Ok((Vec::new(), None));
            }
            let more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
            let mut ids = search::find(tx, &query, before, more)?;
            let next = (ids.len() > limit).then(|| ids.get(limit.saturating_sub(1)).copied()).flatten();
            ids.truncate(limit);
            let mut found = Vec::with_capacity(ids.len());
            for comment in comments::lines(tx, &ids)?.into_iter().rev() {
                let title = threads::find(tx, comment.thread)?.map(|thread| thread.title).unwrap_or_default();
                found.push(Titled { comment, title });
            }
            Ok((found, next))
        })
        .await
}

/// The longest search, in words; further ones are not looked at.
const MAX_WORDS: usize = 8;
/// The shortest beginning of a word that is looked for; shorter ones are whole words.
const MIN_PREFIX: usize = 3;

/// The words that are looked for: what costs the most to find is not.
#[must_use]
pub fn bounded(words: &str) -> String {
    let word = |word: &str| {
        let bare = word.trim_end_matches('*');
        if bare.chars().count() < MIN_PREFIX { bare.to_owned() } else { word.to_owned() }
    };
    words.split_whitespace().take(MAX_WORDS).map(word).collect::<Vec<_>>().join(" ")
}

fn unknown(field: &'static str, problem: &str) -> Error {
    Error::Refused(Refusal::field(field, problem))
}

/// A day (its first moment, UTC) or a moment.
fn moment(field: &'static str, text: &str) -> Result<Option<Time>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let day = || {
        let day = text.parse::<jiff::civil::Date>().ok()?.at(0, 0, 0, 0);
        jiff::tz::TimeZone::UTC.to_timestamp(day).ok()
    };
    let moment = text.parse::<jiff::Timestamp>().ok().or_else(day);
    let moment =
        moment.ok_or_else(|| unknown(field, "write a day like 2026-11-23, or a time like 2026-11-23T10:00:00Z"));
    moment.map(|moment| Some(Time(moment.as_millisecond())))
}
