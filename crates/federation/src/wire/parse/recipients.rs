//! Whom a thing is sent to, and so who may see it.

use super::Refused;
use super::fields::Fields;
use crate::origin::Id;

/// Most recipients in `to` and `cc` together. They are never fetched; each is a name to look up.
const MAX_RECIPIENTS: usize = 200;

/// The three ways to write "everybody" (ActivityPub 5.6).
const PUBLIC: [&str; 3] = ["https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"];

/// Who may see a thing, by custom since Mastodon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Everybody is in `to`.
    Public,
    /// Everybody is in `cc`: to be seen by all, and not to be pushed.
    Unlisted,
    /// The author's followers.
    Followers,
    /// Those who are named.
    Direct,
}

/// Whom a thing is sent to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recipients {
    /// Actors and collections it is sent to, everybody not among them.
    pub to: Vec<Id>,
    /// Actors and collections that get a copy, everybody not among them.
    pub cc: Vec<Id>,
    is_to_public: bool,
    is_cc_public: bool,
}

impl Recipients {
    pub(super) fn read(thing: Fields<'_>) -> Result<Self, Refused> {
        if thing.many("to").len() + thing.many("cc").len() > MAX_RECIPIENTS {
            return Err(Refused::Many { field: "to", max: MAX_RECIPIENTS });
        }
        let has_public = |name| thing.many(name).iter().any(|value| is_public(value.as_str()));
        Ok(Self {
            to: thing.ids("to", MAX_RECIPIENTS),
            cc: thing.ids("cc", MAX_RECIPIENTS),
            is_to_public: has_public("to"),
            is_cc_public: has_public("cc"),
        })
    }

    /// Who may see it, when `followers` is the author's collection of them. Without that, what is for followers counts as direct:
    /// neither is ever shown in public.
    #[must_use]
    pub fn visibility(&self, followers: Option<&Id>) -> Visibility {
        let is_for = |group: &Id| self.to.contains(group) || self.cc.contains(group);
        if self.is_to_public {
            Visibility::Public
        } else if self.is_cc_public {
            Visibility::Unlisted
        } else if followers.is_some_and(is_for) {
            Visibility::Followers
        } else {
            Visibility::Direct
        }
    }
}

pub(super) fn is_public(name: Option<&str>) -> bool {
    name.is_some_and(|name| PUBLIC.contains(&name))
}
