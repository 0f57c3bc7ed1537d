//! What a server had taken when it was killed.

use domain::Time;
use storage::inbox::{self, Arrival};
use storage::testing::{database, empty, number};
use storage::{Db, Holder, Place, Read, Result, Write, backfills, introductions, jobs, peers};

use crate::{read, thread, write};

const UNTIL: Time = Time(1_000_000);
const LEASED: &str = "SELECT (SELECT count(*) FROM jobs WHERE leased_until > 0)
    + (SELECT count(*) FROM introductions WHERE leased_until > 0) + (SELECT count(*) FROM inbox WHERE leased_until > 0)
    + (SELECT count(*) FROM peers WHERE leased_until > 0) + (SELECT count(*) FROM backfills WHERE leased_until > 0)";

fn leased(tx: &mut Read) -> Result<i64> {
    number(tx, LEASED)
}

fn arrive(tx: &mut Write, id: i64) -> Result<()> {
    let (uri, actor) = (format!("https://a.example/{id}"), "https://a.example/u/ann");
    let (host, kind, body) = ("a.example", "Create", "{}");
    inbox::insert(tx, &Arrival { id, uri: &uri, actor, host, kind, body, received: Time(1), again: None })?;
    Ok(())
}

/// Something of each kind.
async fn fill(db: &Db) {
    let thread = thread(db).await;
    write(db, move |tx| {
        jobs::insert(tx, 1, "mail", "", Time(1))?;
        arrive(tx, 1)?;
        peers::know(tx, "a.example")?;
        let author = storage::comments::spot(tx, thread.root())?.unwrap().author;
        introductions::insert(tx, author, Time(1))?;
        backfills::wanted(tx, thread, Time(1))
    })
    .await;
}

/// Leases whatever is due at that time; says how much that was.
async fn lease(db: &Db, now: Time) -> usize {
    write(db, move |tx| {
        let works = jobs::lease(tx, now, UNTIL, 9)?.len() + introductions::lease(tx, now, UNTIL, 9)?.len();
        let looks = backfills::lease(tx, now, UNTIL, 9)?.len();
        let lane = peers::lease(tx, "a.example", now, UNTIL)?;
        Ok(works + looks + inbox::lease(tx, now, UNTIL, 9, &mut |_| true)?.len() + usize::from(lane.is_some()))
    })
    .await
}

/// Ends a server, and returns when nothing is left of it.
async fn killed(db: Db, place: &Place) {
    drop(db);
    let tool = Db::open(Place { holder: Holder::Tool, ..place.clone() }).unwrap();
    let held = "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database
        WHERE locktype = 'advisory' AND d.datname = current_database()";
    while place.url.starts_with("postgres") && read(&tool, |tx| number(tx, held)).await > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn its_successor_takes_it_up_at_once() {
    let (place, _kept) = empty().await;
    let place = Place { holder: Holder::Server, ..place };
    let db = Db::open(place.clone()).unwrap();
    fill(&db).await;
    assert_eq!(lease(&db, Time(5)).await, 5);
    assert_eq!((lease(&db, Time(6)).await, read(&db, leased).await), (0, 5));
    killed(db, &place).await;

    let db = Db::open(place).unwrap();
    assert_eq!(read(&db, leased).await, 0);
    assert_eq!(lease(&db, Time(6)).await, 5);
}

#[tokio::test]
async fn what_may_have_killed_it_waits_until_its_lease_has_run_out() {
    let (place, _kept) = empty().await;
    let place = Place { holder: Holder::Server, ..place };
    let mut begun = Vec::new();
    for start in 0..5 {
        let db = Db::open(place.clone()).unwrap();
        if start == 0 {
            write(&db, |tx| arrive(tx, 1)).await;
        }
        begun.push(write(&db, |tx| inbox::lease(tx, Time(5), UNTIL, 9, &mut |_| true)).await.len());
        killed(db, &place).await;
    }
    assert_eq!(begun, [1, 1, 1, 1, 0]);
}

#[tokio::test]
async fn a_command_and_a_node_beside_it_leave_it_alone() {
    let db = database().await;
    fill(&db).await;
    assert_eq!(lease(&db, Time(5)).await, 5);
    let tool = Db::open(db.place()).unwrap();
    assert_eq!(read(&tool, leased).await, 5);
    if db.place().url.starts_with("postgres") {
        let node = Db::open(Place { holder: Holder::Server, ..db.place() }).unwrap();
        assert_eq!(read(&node, leased).await, 5);
    }
}
