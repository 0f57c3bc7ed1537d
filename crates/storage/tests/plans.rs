//! No query reads a whole table. Alone in this file, because it records the statements of the whole process.

extern crate rejoinder_storage as storage;

use storage::Db;
use storage::testing::generate::{generate, landmarks};
use storage::testing::plans::{self, Plan, Planner};
use storage::testing::{empty, execute, tour};

/// Enough for the largest thread there is, few enough to be made in seconds.
const COMMENTS: u64 = 20_000;

#[tokio::test(flavor = "multi_thread")]
async fn no_query_reads_a_whole_table() {
    let (place, _kept) = empty().await;
    let at = place.clone();
    tokio::task::spawn_blocking(move || generate(&at, COMMENTS, &mut |_| {})).await.unwrap().unwrap();
    plans::record();
    let db = Db::open(place.clone()).unwrap();
    let content = db.read(landmarks).await.unwrap();
    assert_eq!((content.comments, content.largest == content.thousand), (20_000, false));
    plans::take();
    tour::tour(&db, content).await.unwrap();
    let statements = plans::take();
    let asked = plans::explain(&db, statements.clone(), Planner::AsIfLarge).await.unwrap();
    assert_faultless(&asked);
    if db.place().url.starts_with("sqlite:") {
        assert_read_from_the_index_alone("objects::comment_of", &asked);
        // Not whatever is old, of which nearly all stays.
        assert_goes_by("comments_by_state", "forgetting", &asked);
    }
    // Statistics make no plan worse. Only new connections know of them.
    db.write(|tx| execute(tx, "ANALYZE")).await.unwrap();
    let informed = Db::open(place).unwrap();
    assert_faultless(&plans::explain(&informed, statements, Planner::AsIfLarge).await.unwrap());
}

/// Each row elsewhere is a page that is hardly ever in memory.
fn assert_read_from_the_index_alone(purpose: &str, plans: &[Plan]) {
    let steps: Vec<&String> =
        plans.iter().filter(|plan| plan.statement.purpose == purpose).flat_map(|plan| &plan.steps).collect();
    assert!(
        !steps.is_empty() && steps.iter().all(|step| step.contains("USING COVERING INDEX")),
        "{purpose}: {steps:?}"
    );
}

/// One of the statements for this goes by that index.
fn assert_goes_by(index: &str, purpose: &str, plans: &[Plan]) {
    let mut steps = plans.iter().filter(|plan| plan.statement.purpose == purpose).flat_map(|plan| &plan.steps);
    assert!(steps.any(|step| step.contains(&format!("INDEX {index} (state=?)"))), "{purpose} does not go by {index}");
}

fn assert_faultless(plans: &[Plan]) {
    assert!(plans.len() > 60, "only {} statements were recorded", plans.len());
    let faulty: Vec<Plan> = plans.iter().filter(|plan| !plan.faults.is_empty()).cloned().collect();
    assert!(faulty.is_empty(), "{}", plans::text(&faulty));
}
