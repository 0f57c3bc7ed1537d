//! What an activity is called.

use std::fmt;

use url::Url;

use crate::origin::{BadId, Id, Rules};

/// The id of an activity. It may have a fragment, which other ids may not: Mastodon calls a like `…/users/ann#likes/7`, and nobody
/// can fetch that. It says whether the same activity came twice, and which one is taken back.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ActivityId {
    text: String,
    document: Id,
}

impl ActivityId {
    /// Reads one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str, rules: &Rules) -> Result<Self, BadId> {
        let document = rules.document_of(text)?;
        let url = Url::parse(text).ok().ok_or(BadId::NotAbsolute)?;
        Ok(Self { text: url.into(), document })
    }

    /// As compared.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The document it is or is in: whose origin it has.
    #[must_use]
    pub fn document(&self) -> &Id {
        &self.document
    }

    /// The same as the id of a thing that can be fetched.
    #[must_use]
    pub fn as_id(&self) -> Option<&Id> {
        (self.text == self.document.as_str()).then_some(&self.document)
    }
}

impl fmt::Display for ActivityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for ActivityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ActivityId({})", self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_tells_activities_apart_and_cannot_be_fetched() {
        let rules = Rules::new("https://ours.example", Vec::new()).unwrap();
        let like = ActivityId::read("https://a.example/users/ann#likes/7", &rules).unwrap();
        assert_eq!(like.to_string(), "https://a.example/users/ann#likes/7");
        assert_eq!((like.document().as_str(), like.as_id()), ("https://a.example/users/ann", None));
        let follow = ActivityId::read("https://a.example/follows/7", &rules).unwrap();
        assert_eq!(follow.as_id(), Some(follow.document()));
        assert_ne!(like, ActivityId::read("https://a.example/users/ann#likes/8", &rules).unwrap());
    }
}
