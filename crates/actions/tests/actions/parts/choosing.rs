//! Which of what has come is worked off next.

use std::sync::Arc;
use std::time::Instant;

use actions::elsewhere::aside;
use actions::elsewhere::choosing::{AT_ONCE, CHAIN, Choice, LONG, SLOW_EACH, Task, judge};
use storage::inbox::Candidate;

fn choice(tasks: &[Task], quick: &[&str]) -> Choice {
    Choice::new(tasks.iter(), &Arc::new(quick.iter().map(|host| (*host).to_owned()).collect()))
}

fn takes(choice: &mut Choice, actor: &str, kind: &str) -> bool {
    let (_, host) = actor.split_once('@').unwrap_or((actor, ""));
    choice.takes(&Candidate { id: 1, actor: actor.into(), host: host.into(), kind: kind.into() })
}

fn task(actor: &str, host: &str, begun: Instant) -> Task {
    Task { actor: actor.into(), host: host.into(), begun, aside: Arc::default() }
}

#[test]
fn what_somebody_says_next_waits_and_what_they_pass_on_does_not() {
    let mut choice = choice(&[task("bo@a.example", "a.example", Instant::now())], &["a.example"]);
    assert!(!takes(&mut choice, "bo@a.example", "Update"));
    assert!(takes(&mut choice, "bo@a.example", "Announce") && takes(&mut choice, "cy@a.example", "Update"));
}

#[test]
fn of_one_actor_only_so_much_is_taken_at_once() {
    let mut choice = choice(&[], &["a.example"]);
    let taken = (0..20).filter(|_| takes(&mut choice, "bo@a.example", "Create")).count();
    assert_eq!((taken, takes(&mut choice, "cy@a.example", "Create")), (CHAIN, true));
}

#[test]
fn whoever_is_not_known_to_be_quick_takes_no_places_of_others() {
    let mut choice = choice(&[], &["quick.example"]);
    let of = |choice: &mut Choice, host: &str| {
        (0..9).filter(|n| takes(choice, &format!("actor{n}@{host}"), "Create")).count()
    };
    assert_eq!(of(&mut choice, "new.example"), SLOW_EACH);
    let strangers: usize = (0..50).map(|n| of(&mut choice, &format!("s{n}.example"))).sum();
    assert_eq!((SLOW_EACH + strangers, of(&mut choice, "quick.example")), (AT_ONCE / 2, 9));
}

#[test]
fn a_quick_server_that_lets_us_wait_now_is_none() {
    let long_ago = Instant::now().checked_sub(LONG).unwrap();
    let tasks = [task("bo", "a.example", long_ago), task("cy", "a.example", Instant::now())];
    let mut choice = choice(&tasks, &["a.example", "b.example"]);
    assert!(!takes(&mut choice, "di@a.example", "Create") && takes(&mut choice, "di@b.example", "Create"));
}

#[tokio::test]
async fn what_we_waited_for_others_is_no_fault_of_a_server() {
    let long_ago = Instant::now().checked_sub(LONG + LONG).unwrap();
    let waiting = task("bo@a.example", "a.example", long_ago);
    // It goes on waiting.
    let aside = Arc::clone(&waiting.aside);
    let waited = aside::counted(Arc::clone(&aside), async move {
        let mut waits = std::pin::pin!(aside::waits(std::future::pending::<()>()));
        let now = std::future::poll_fn(|cx| std::task::Poll::Ready(waits.as_mut().poll(cx).is_pending()));
        assert!(now.await);
        aside.begin_at(long_ago);
        let mut choice = choice(std::slice::from_ref(&waiting), &["a.example"]);
        assert!(takes(&mut choice, "cy@a.example", "Create"));
        waiting
    });
    let waiting = waited.await;
    // It has waited, and is done.
    assert!(waiting.took() < LONG, "{:?}", waiting.took());
    let mut quick = Arc::default();
    judge(&mut quick, waiting);
    judge(&mut quick, task("bo@b.example", "b.example", long_ago));
    assert_eq!(quick.iter().collect::<Vec<_>>(), ["a.example"]);
}
