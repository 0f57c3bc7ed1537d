//! What this process has learned of inboxes: which signatures they take, and which are left alone for a while. In memory alone: who
//! forgets it tries once too often.

use std::collections::HashMap;

use domain::Time;
use federation::signature::Form;

use super::verdict::{Blame, Verdict};

/// What is out of the ordinary at the inboxes of one server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Habits(HashMap<String, Habit>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Habit {
    /// The form that was last taken.
    form: Form,
    strikes: u32,
    /// Which delivery was last answered with a fault, and how often in a row.
    faults: (i64, u32),
    /// It is left alone until then.
    until: Time,
}

impl Default for Habit {
    fn default() -> Self {
        Self { form: Form::Cavage, strikes: 0, faults: (0, 0), until: Time(0) }
    }
}

impl Habits {
    fn of(&self, inbox: &str) -> Habit {
        self.0.get(inbox).copied().unwrap_or_default()
    }

    /// Whether there is nothing to remember.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The inboxes that are left alone at that time.
    pub fn aside(&self, now: Time) -> Vec<String> {
        self.0.iter().filter(|(_, habit)| habit.until > now).map(|(inbox, _)| inbox.clone()).collect()
    }

    /// The next moment after that time at which an inbox is left alone no longer.
    pub fn next(&self, now: Time) -> Option<Time> {
        self.0.values().map(|habit| habit.until).filter(|until| *until > now).min()
    }

    /// How a request to an inbox is signed: after a refusal once in the other form, because a refusal does not say what it is about.
    pub fn form(&self, inbox: &str) -> Form {
        let habit = self.of(inbox);
        if habit.strikes == 1 { other(habit.form) } else { habit.form }
    }

    /// How often in a row an inbox has refused us, and answered this delivery with a fault.
    pub fn counts(&self, inbox: &str, delivery: i64) -> (u32, u32) {
        let habit = self.of(inbox);
        (habit.strikes, if habit.faults.0 == delivery { habit.faults.1 } else { 0 })
    }

    /// Remembers what came of an attempt in that form.
    pub fn learn(&mut self, inbox: &str, delivery: i64, form: Form, verdict: &Verdict, now: Time) {
        let (_, faults) = self.counts(inbox, delivery);
        let habit = self.of(inbox);
        let habit = match verdict {
            Verdict::Brought => Habit { form, ..Habit::default() },
            Verdict::Gone(_) => Habit::default(),
            // If it is the refusals that were too many, the next activity is no reason to begin anew.
            Verdict::GivenUp(_) => Habit { faults: (0, 0), ..habit },
            Verdict::Aside { wait_ms, .. } => {
                Habit { strikes: habit.strikes + 1, until: now.plus_ms(*wait_ms), ..habit }
            }
            Verdict::Later { blame: Blame::Server, .. } => habit,
            Verdict::Later { blame: Blame::Either, .. } => Habit { faults: (delivery, faults + 1), ..habit },
        };
        if habit == Habit::default() {
            self.0.remove(inbox);
        } else {
            self.0.insert(inbox.to_owned(), habit);
        }
    }
}

const fn other(form: Form) -> Form {
    match form {
        Form::Cavage => Form::Rfc9421,
        Form::Rfc9421 => Form::Cavage,
    }
}
