//! What was sent, read as JSON and not yet as anything else.

use serde_json::{Map, Value};

use super::fields::Fields;
use super::{Activity, Envelope, Refused, activity, envelope, json};
use crate::origin::Rules;

/// JSON that has one meaning. In memory it takes many times what was sent, so that it is not to be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Document(Map<String, Value>);

impl Document {
    /// Reads what was sent.
    ///
    /// # Errors
    /// When it is no JSON object, is too large, or two programs could read two things in it.
    pub fn read(bytes: &[u8]) -> Result<Self, Refused> {
        json::read(bytes).map(Self)
    }

    /// Who speaks and of what.
    ///
    /// # Errors
    /// As of [`envelope`](super::envelope()), once it has been read.
    pub fn envelope(&self, rules: &Rules) -> Result<Envelope, Refused> {
        envelope::read(Fields::new(&self.0, rules))
    }

    /// What is done, of the envelope that was read from it.
    ///
    /// # Errors
    /// As of [`parse`](super::parse()), once it has been read.
    pub fn activity(&self, envelope: &Envelope, rules: &Rules) -> Result<Activity, Refused> {
        activity::read(envelope.kind.clone(), &envelope.actor, Fields::new(&self.0, rules))
    }
}
