//! Leases.

use std::collections::HashMap;

use domain::Time;
use storage::testing::{database, number};
use storage::{Db, Error, jobs};

use crate::{read, write};

#[tokio::test]
async fn work_is_leased_when_it_is_due_and_again_when_the_lease_runs_out() {
    let db = database().await;
    write(&db, |tx| {
        assert!(!jobs::any(tx, "mail")?);
        jobs::insert(tx, 1, "mail", "to you", Time(10))?;
        jobs::insert(tx, 2, "mail", "to me", Time(5))?;
        assert!(jobs::any(tx, "mail")? && !jobs::any(tx, "sweep")?);

        assert_eq!(jobs::lease(tx, Time(4), Time(60), 10)?, []);
        let first = jobs::lease(tx, Time(10), Time(60), 1)?;
        assert_eq!((first.len(), first[0].id, first[0].payload.as_str(), first[0].attempts), (1, 2, "to me", 1));
        let second = jobs::lease(tx, Time(10), Time(60), 10)?;
        assert_eq!((second.len(), second[0].id), (1, 1));
        assert_eq!(jobs::lease(tx, Time(60), Time(99), 10)?, [], "the lease lasts until 60");
        let mut again = jobs::lease(tx, Time(61), Time(99), 10)?;
        again.sort_by_key(|job| job.id);
        assert_eq!(again.iter().map(|job| (job.id, job.attempts)).collect::<Vec<_>>(), [(1, 2), (2, 2)]);

        jobs::again(tx, 1, Time(200), "no answer")?;
        jobs::done(tx, 2)?;
        assert_eq!(jobs::lease(tx, Time(150), Time(300), 10)?, []);
        assert_eq!(jobs::lease(tx, Time(200), Time(300), 10)?[0].id, 1);
        assert_eq!(number(tx, "SELECT count(*) FROM jobs WHERE last_error = 'no answer'")?, 1);
        Ok(())
    })
    .await;
}

/// Eight workers and 2,000 pieces of work: each is leased by exactly one.
#[tokio::test(flavor = "multi_thread")]
async fn many_workers_never_lease_the_same_work() {
    let db = database().await;
    write(&db, |tx| (0..2000).try_for_each(|n| jobs::insert(tx, n, "work", "", Time(n % 7)))).await;
    let workers: Vec<_> = (0..8).map(|_| tokio::spawn(worker(Db::clone(&db)))).collect();
    let mut leased: HashMap<i64, u32> = HashMap::new();
    for worker in workers {
        for id in worker.await.unwrap() {
            *leased.entry(id).or_default() += 1;
        }
    }
    assert_eq!(leased.len(), 2000);
    assert!(leased.values().all(|times| *times == 1), "some work was leased twice");
    assert_eq!(read(&db, |tx| number(tx, "SELECT max(attempts) FROM jobs")).await, 1);
}

async fn worker(db: Db) -> Vec<i64> {
    let mut mine = Vec::new();
    loop {
        let leased = db.write::<_, Error>(|tx| jobs::lease(tx, Time(100), Time(1000), 20)).await.unwrap();
        // Others may have been faster with all of the chosen rows: it is over when nothing is left to choose.
        let left = "SELECT count(*) FROM jobs WHERE leased_until < 100";
        if leased.is_empty() && db.read::<_, Error>(|tx| number(tx, left)).await.unwrap() == 0 {
            return mine;
        }
        mine.extend(leased.into_iter().map(|job| job.id));
    }
}
