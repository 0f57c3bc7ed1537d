//! What a writer knows of what it wrote: what was acknowledged, and what may or may not have happened.

use std::fmt::Debug;

/// Something that has one of two values: the last that was acknowledged, or the one that was in flight at the crash.
#[derive(Clone, Debug)]
pub struct Known<T> {
    acknowledged: T,
    in_flight: Option<T>,
}

impl<T: Clone + Debug + PartialEq> Known<T> {
    /// A value that was acknowledged.
    pub fn new(value: T) -> Self {
        Self { acknowledged: value, in_flight: None }
    }

    /// The last value that was acknowledged.
    pub fn value(&self) -> &T {
        &self.acknowledged
    }

    /// Another value is on its way.
    pub fn send(&mut self, value: T) {
        self.in_flight = Some(value);
    }

    /// What was on its way has arrived.
    pub fn acknowledge(&mut self) {
        if let Some(value) = self.in_flight.take() {
            self.acknowledged = value;
        }
    }

    /// What was on its way has arrived, and changed nothing.
    pub fn take_back(&mut self) {
        self.in_flight = None;
    }

    /// What was found stored is taken for the truth, if it can be.
    pub fn learn(&mut self, stored: T, what: &dyn Debug) {
        let possible = stored == self.acknowledged || self.in_flight.as_ref() == Some(&stored);
        assert!(possible, "{what:?}: {stored:?} is stored, but {self:?} was written");
        *self = Self::new(stored);
    }
}
