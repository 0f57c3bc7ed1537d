//! What is learned of inboxes.

use actions::elsewhere::deliver::habits::Habits;
use actions::elsewhere::deliver::verdict::{Blame, Verdict};
use domain::Time;
use federation::signature::Form;

const INBOX: &str = "https://a.example/inbox";
const NOW: Time = Time(1_000);

fn refused() -> Verdict {
    Verdict::Aside { wait_ms: 500, error: String::new() }
}

#[test]
fn the_other_form_is_tried_once_and_kept_if_it_is_taken() {
    let mut habits = Habits::default();
    assert_eq!(habits.form(INBOX), Form::Cavage);
    habits.learn(INBOX, 1, Form::Cavage, &refused(), NOW);
    assert_eq!(habits.form(INBOX), Form::Rfc9421);
    let mut taken = habits.clone();
    habits.learn(INBOX, 1, Form::Rfc9421, &refused(), NOW);
    assert_eq!((habits.form(INBOX), habits.counts(INBOX, 1)), (Form::Cavage, (2, 0)));
    taken.learn(INBOX, 1, Form::Rfc9421, &Verdict::Brought, NOW);
    assert_eq!((taken.form(INBOX), taken.counts(INBOX, 1)), (Form::Rfc9421, (0, 0)));
}

#[test]
fn an_inbox_is_left_alone_for_its_time_and_forgotten_when_it_takes_something() {
    let mut habits = Habits::default();
    habits.learn(INBOX, 1, Form::Cavage, &refused(), NOW);
    assert_eq!(habits.aside(NOW), [INBOX]);
    assert!(habits.aside(NOW.plus_ms(500)).is_empty());
    assert_eq!((habits.next(NOW), habits.next(NOW.plus_ms(500))), (Some(NOW.plus_ms(500)), None));
    habits.learn(INBOX, 1, Form::Cavage, &Verdict::GivenUp(String::new()), NOW);
    assert_eq!(habits.counts(INBOX, 2), (1, 0));
    habits.learn(INBOX, 2, Form::Cavage, &Verdict::Brought, NOW);
    assert!(habits.is_empty());
}

#[test]
fn faults_are_counted_for_one_activity() {
    let mut habits = Habits::default();
    let later = Verdict::Later { blame: Blame::Either, wait_ms: 1, at_least_ms: 1, error: String::new() };
    habits.learn(INBOX, 1, Form::Cavage, &later, NOW);
    habits.learn(INBOX, 1, Form::Cavage, &later, NOW);
    assert_eq!((habits.counts(INBOX, 1), habits.counts(INBOX, 2)), ((0, 2), (0, 0)));
    habits.learn(INBOX, 2, Form::Cavage, &later, NOW);
    assert_eq!(habits.counts(INBOX, 2), (0, 1));
}
