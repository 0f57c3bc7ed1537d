//! The small reading: who speaks and of what. It is all that is read of a stranger before the signature is verified.

use super::fields::Fields;
use super::{ActivityId, Kind, Refused, json, open};
use crate::origin::{Id, Rules};

/// Names that are looked at in one activity to find out whom it concerns.
const MAX_NAMES: usize = 500;

/// What stands on an activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// What it is called. An activity without an id is refused, of whatever type: nobody could tell whether it came before.
    pub id: ActivityId,
    /// Who claims to speak, on the same server as the id, which is not ours.
    pub actor: Id,
    /// What is done.
    pub kind: Kind,
    /// With what it is done, if that can be told.
    pub object: Option<Id>,
}

impl Envelope {
    /// Whether an actor speaks of itself, as when it changes or deletes itself.
    #[must_use]
    pub fn is_about_its_actor(&self) -> bool {
        self.object.as_ref() == Some(&self.actor)
    }
}

/// Reads who speaks and of what.
///
/// # Errors
/// When that cannot be told for certain; when id and actor are on two servers (FEP-fe34), or either on ours.
pub fn envelope(bytes: &[u8], rules: &Rules) -> Result<Envelope, Refused> {
    open(bytes, rules).map(|(envelope, _)| envelope)
}

pub(super) fn read(activity: Fields<'_>) -> Result<Envelope, Refused> {
    let kind = activity.kind()?;
    let id = activity.single("id")?;
    let id = ActivityId::read(id, activity.rules()).map_err(|why| Refused::Id { field: "id", why })?;
    let actor = activity.single("actor")?;
    let actor = activity.rules().id(actor).map_err(|why| Refused::Id { field: "actor", why })?;
    if activity.rules().is_ours(&actor) {
        return Err(Refused::Ours("actor"));
    }
    if activity.rules().is_ours(id.document()) {
        return Err(Refused::Ours("id"));
    }
    if !id.document().is_with(&actor) {
        return Err(Refused::Elsewhere("id"));
    }
    let object = activity.id("object").ok().flatten();
    Ok(Envelope { id, actor, kind, object })
}

/// Everybody and everything that is named where it means something, the actor included: objects, targets, recipients, mentions, what is
/// answered. What a stranger says need not cost a fetch if it names nothing that is known here; of all others nobody asks. At most 500, and
/// some of them twice.
///
/// # Errors
/// When it is no object that can be read for certain.
pub fn names(bytes: &[u8], rules: &Rules) -> Result<Vec<Id>, Refused> {
    let activity = json::read(bytes)?;
    Ok(named(Fields::new(&activity, rules)))
}

fn named(activity: Fields<'_>) -> Vec<Id> {
    let mut names = Vec::new();
    let object = activity.inside("object");
    // An activity inside the activity (an `Undo`, a group's `Announce`) has an object of its own.
    let inner = object.and_then(|object| object.inside("object"));
    for thing in [Some(activity), object, inner].into_iter().flatten() {
        for field in ["actor", "object", "target", "inReplyTo", "to", "cc", "audience"] {
            names.extend(thing.ids(field, MAX_NAMES.saturating_sub(names.len())));
        }
        let tags = thing.many("tag").iter().filter_map(|tag| thing.of(tag)).take(MAX_NAMES.saturating_sub(names.len()));
        names.extend(tags.filter_map(|tag| tag.id("href").ok().flatten()));
    }
    names
}
