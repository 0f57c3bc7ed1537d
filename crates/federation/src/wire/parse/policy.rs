//! What an author lets others do with a note: GoToSocial's `interactionPolicy`, also under the names it had before 0.19.

use super::fields::Fields;
use super::recipients::is_public;
use crate::origin::Id;

/// Entries of one list that are looked at.
const MAX_ENTRIES: usize = 32;

/// What others may do with a note.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Answer it.
    pub reply: Permission,
    /// Like it.
    pub like: Permission,
    /// Announce it.
    pub announce: Permission,
}

/// Who may do a thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Permission {
    /// Everybody: the author did not say anything else.
    #[default]
    Anybody,
    /// Those who are listed. An actor may be listed, or a collection of them.
    Listed {
        /// May do it.
        automatic: Listed,
        /// May ask for it.
        manual: Listed,
    },
}

/// A list of those who may.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    is_public: bool,
    /// Actors and collections.
    pub ids: Vec<Id>,
}

/// What the author's word means for one actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// May do it.
    Automatic,
    /// May do it once the author has accepted it.
    Manual,
    /// May not do it.
    Refused,
}

impl Policy {
    pub(super) fn read(note: Fields<'_>) -> Self {
        let policy = note.inside("interactionPolicy");
        let permission = |name| policy.and_then(|policy| policy.inside(name)).map(Permission::read).unwrap_or_default();
        Self { reply: permission("canReply"), like: permission("canLike"), announce: permission("canAnnounce") }
    }
}

impl Permission {
    fn read(permission: Fields<'_>) -> Self {
        Self::Listed {
            automatic: Listed::read(permission, ["automaticApproval", "always"]),
            manual: Listed::read(permission, ["manualApproval", "approvalRequired"]),
        }
    }

    /// What it means for somebody who is in `groups`: their own id, and the collections of the author that they are known to be in.
    #[must_use]
    pub fn grant(&self, groups: &[&Id]) -> Grant {
        match self {
            Self::Anybody => Grant::Automatic,
            Self::Listed { automatic, .. } if automatic.has(groups) => Grant::Automatic,
            Self::Listed { manual, .. } if manual.has(groups) => Grant::Manual,
            Self::Listed { .. } => Grant::Refused,
        }
    }
}

impl Listed {
    /// Whether everybody is listed.
    #[must_use]
    pub fn has_everybody(&self) -> bool {
        self.is_public
    }

    fn read(permission: Fields<'_>, [name, older]: [&'static str; 2]) -> Self {
        let name = if permission.value(name).is_some() { name } else { older };
        let is_public = permission.many(name).iter().take(MAX_ENTRIES).any(|value| is_public(value.as_str()));
        Self { is_public, ids: permission.ids(name, MAX_ENTRIES) }
    }

    fn has(&self, groups: &[&Id]) -> bool {
        self.is_public || self.ids.iter().any(|id| groups.contains(&id))
    }
}
