//! By what two servers see at once whether they know the same comments of a thread: a digest of the members' ids. It stands in the
//! collection of the thread (`context`), and whoever has another one compares the lists.

use aws_lc_rs::digest::{Context, SHA256};

/// What the digest is called in a document.
pub(super) const TERM: &str = "membersDigest";
/// What the term means: an address of its own that nobody else has. A number needs no host that would have to stay ours.
pub(super) const MEANING: &str = "urn:uuid:ed9bc094-5198-40ad-958f-f5328b352855";

/// The digest: SHA-256, as 64 lower-case hexadecimal digits, over the ids sorted by their bytes, each once and followed by a line feed.
#[must_use]
pub fn digest(mut ids: Vec<String>) -> String {
    ids.sort_unstable();
    ids.dedup();
    let mut hash = Context::new(&SHA256);
    for id in &ids {
        hash.update(id.as_bytes());
        hash.update(b"\n");
    }
    hash.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a text could be such a digest.
pub(super) fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_members_have_the_same_digest_in_any_order() {
        let ids = |all: &[&str]| all.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        let one = digest(ids(&["https://a.example/1", "https://b.example/2"]));
        assert_eq!(one, digest(ids(&["https://b.example/2", "https://a.example/1", "https://b.example/2"])));
        assert_ne!(one, digest(ids(&["https://a.example/1"])));
        // No id has a line feed in it, so that no two lists are one text.
        assert_ne!(digest(ids(&["ab", "c"])), digest(ids(&["a", "bc"])));
        // printf 'a\nb\n' | sha256sum
        assert_eq!(digest(ids(&["b", "a"])), "911169ddaaf146aff539f58c26c489af3b892dff0fe283c1c264c65ae5aa59a2");
        assert!(is_digest(&one) && !is_digest(&one.to_uppercase()) && !is_digest(""));
    }
}
