//! Ids for comments that have none: made of what stays the same when the page is saved again.
//!
//! A comment is known by its author, its words, whom it answers, and, where all of that is the same, by its turn among these, the
//! oldest first. Neither its age nor its position counts, so a page saved later, with more comments and other ages, names the
//! same comments. The words of what it answers do not count either: an edit or a flag changes the id of that one comment, and not
//! of the whole discussion below it.

use std::collections::HashMap;
use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::{Draft, ForeignThread, Given};

/// The thread's id: of its address, else of its title, else of its oldest comment (the first of the page, where several are as
/// old).
pub(super) fn thread_id(given: &Given<'_>, drafts: &[Draft<'_>], said: &[i64]) -> String {
    if let Some(url) = given.url {
        return hash(&["thread by url", url.trim()]);
    }
    if let Some(title) = given.title {
        return hash(&["thread by title", &normal(title.to_lowercase().split_whitespace())]);
    }
    let oldest = drafts.iter().zip(said).filter(|(draft, _)| draft.parent.is_none()).min_by_key(|(_, said)| **said);
    oldest.map_or_else(String::new, |(draft, _)| hash(&["thread by comment", draft.author, &words(draft)]))
}

/// An id for each comment: `FINGERPRINT-THREAD`, so that the same words in two discussions are two comments.
pub(super) fn comment_ids(drafts: &[Draft<'_>], said: &[i64], thread_id: &str) -> Vec<String> {
    let bases: Vec<String> = drafts.iter().map(|draft| base(draft, drafts)).collect();
    let turns = turns(&bases, said);
    bases.iter().zip(turns).map(|(base, turn)| join(&hash(&["comment", base, &turn.to_string()]), thread_id)).collect()
}

fn base(draft: &Draft<'_>, drafts: &[Draft<'_>]) -> String {
    let above = draft.parent.and_then(|parent| drafts.get(parent));
    match above {
        Some(above) => hash(&["answer", above.author, draft.author, &words(draft)]),
        None => hash(&["top", draft.author, &words(draft)]),
    }
}

/// For each base its turn among the equal ones, the oldest first.
fn turns(bases: &[String], said: &[i64]) -> Vec<usize> {
    let mut oldest_first: Vec<(i64, usize)> = said.iter().copied().zip(0..).collect();
    oldest_first.sort_unstable();
    let mut seen: HashMap<&String, usize> = HashMap::new();
    let mut turns = vec![0; bases.len()];
    for (_, index) in oldest_first {
        if let (Some(base), Some(turn)) = (bases.get(index), turns.get_mut(index)) {
            let count = seen.entry(base).or_default();
            *turn = *count;
            *count += 1;
        }
    }
    turns
}

fn words(draft: &Draft<'_>) -> String {
    normal(draft.body.iter().flat_map(|line| line.text.split_whitespace()))
}

fn normal<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.fold(String::new(), |mut text, word| {
        text.extend([word, " "]);
        text
    })
}

/// 128 bits in hexadecimal. Every part goes in with its length, so that no two lists of parts look alike.
fn hash(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().iter().take(16).fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn join(fingerprint: &str, thread_id: &str) -> String {
    format!("{fingerprint}-{thread_id}")
}

/// The part of a comment's id that does not depend on the thread's id. With it a discussion is found again that was first
/// imported without the title or address that is given now: whichever known thread holds most of these fingerprints is the same
/// one.
#[must_use]
pub fn fingerprint(comment_id: &str) -> &str {
    comment_id.split_once('-').map_or(comment_id, |(fingerprint, _)| fingerprint)
}

/// Gives the thread, and with it its comments, the id under which it is already known.
pub fn rename(thread: &mut ForeignThread, id: &str) {
    id.clone_into(&mut thread.id);
    for comment in &mut thread.comments {
        comment.id = join(fingerprint(&comment.id), id);
    }
}
