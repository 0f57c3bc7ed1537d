//! An activity of which only the envelope was read.

use serde_json::{Map, Value};

use super::fields::Fields;
use super::{Activity, Envelope, Kind, Refused, activity, envelope, json};
use crate::origin::{Id, Rules};

/// What is left to be read. In memory it takes many times what was sent, so that it is not to be kept.
#[derive(Debug)]
pub struct Unread {
    activity: Map<String, Value>,
    kind: Kind,
    actor: Id,
}

/// Reads who speaks and of what, for those who will want to know the rest at once.
///
/// # Errors
/// Those of [`envelope`](super::envelope()).
pub fn open(bytes: &[u8], rules: &Rules) -> Result<(Envelope, Unread), Refused> {
    let activity = json::read(bytes)?;
    let envelope = envelope::read(Fields::new(&activity, rules))?;
    let (kind, actor) = (envelope.kind.clone(), envelope.actor.clone());
    Ok((envelope, Unread { activity, kind, actor }))
}

impl Unread {
    /// Reads what is done.
    ///
    /// # Errors
    /// Those of [`parse`](super::parse()), but for those of [`open`].
    pub fn read(self, rules: &Rules) -> Result<Activity, Refused> {
        activity::read(self.kind, &self.actor, Fields::new(&self.activity, rules))
    }
}
