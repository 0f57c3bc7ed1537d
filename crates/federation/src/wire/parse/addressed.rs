//! Whom an activity is sent to, apart from what is sent in it: what decides whether it may be passed on.

use super::fields::Fields;
use super::{Recipients, Refused, Visibility, json};
use crate::origin::{Id, Rules};

/// Groups that are looked at in `audience`.
const MAX_GROUPS: usize = 4;

/// Whom an activity is sent to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addressed {
    recipients: Recipients,
    groups: Vec<Id>,
}

impl Addressed {
    /// Whether it is for everybody, and not only to be found by everybody.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.recipients.visibility(None) == Visibility::Public
    }

    /// Whether a group is among those it is for, as recipient or as audience (FEP-1b12).
    #[must_use]
    pub fn is_for(&self, group: &str) -> bool {
        let Recipients { to, cc, .. } = &self.recipients;
        to.iter().chain(cc).chain(&self.groups).any(|id| id.as_str() == group)
    }
}

/// Reads whom an activity is sent to.
///
/// # Errors
/// When it cannot be read for certain, or is for too many.
pub fn addressed(bytes: &[u8], rules: &Rules) -> Result<Addressed, Refused> {
    let document = json::read(bytes)?;
    let activity = Fields::new(&document, rules);
    Ok(Addressed { recipients: Recipients::read(activity)?, groups: activity.ids("audience", MAX_GROUPS) })
}
