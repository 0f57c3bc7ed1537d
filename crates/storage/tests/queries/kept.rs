//! Statements that a connection keeps prepared. These run on SQLite always.

use std::sync::{Arc, Mutex};

use diesel::connection::{Connection, InstrumentationEvent, SimpleConnection};
use diesel::prelude::*;
use storage::testing::inside::{Conn, LIST, kept, places};

diesel::table! {
    things (id) {
        id -> BigInt,
        name -> Text,
    }
}

#[test]
fn lists_have_one_of_five_lengths_and_nobody_new() {
    assert_eq!(places([7_i64; 0]), [0_i64; 0]);
    assert_eq!(places([7]), [7]);
    assert_eq!(places([7, 8]), [7, 8, 8, 8]);
    assert_eq!(places(0..4), [0, 1, 2, 3]);
    let lengths: std::collections::BTreeSet<usize> = (1..=LIST).map(|n| places(0..n).len()).collect();
    assert_eq!(lengths.into_iter().collect::<Vec<_>>(), [1, 4, 16, 64, 256]);
}

/// A connection, and what it has kept.
fn connection() -> (Conn, Arc<Mutex<Vec<String>>>) {
    let mut conn = diesel::SqliteConnection::establish(":memory:").unwrap();
    let made = "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT NOT NULL); \
         INSERT INTO things VALUES (1, 'a'), (2, 'b'), (3, 'c')";
    conn.batch_execute(made).unwrap();
    let mut conn = Conn::Sqlite(conn);
    let all = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&all);
    conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::CacheQuery { sql, .. } = event {
            seen.lock().unwrap().push(sql.to_owned());
        }
    });
    (conn, all)
}

#[test]
fn lists_of_like_length_are_one_statement() {
    let (mut conn, all) = connection();
    let mut names = Vec::new();
    for ids in [vec![3, 9], vec![], vec![1, 2, 3], vec![2], vec![1], vec![3, 2, 1, 0]] {
        let those = things::table.filter(things::id.eq_any(places(ids))).order(things::id).select(things::name);
        names.push(kept(those).load::<String>(&mut conn).unwrap().concat());
    }
    assert_eq!(names, ["c", "", "abc", "b", "a", "abc"]);
    // Of four, of none, of one.
    assert_eq!(all.lock().unwrap().len(), 3);
}

#[test]
fn an_update_is_kept_that_diesel_would_not_keep() {
    let (mut conn, all) = connection();
    let named = |id: i64| diesel::update(things::table.find(id)).set(things::name.eq("z"));
    assert_eq!(named(1).execute(&mut conn).unwrap(), 1);
    assert_eq!(all.lock().unwrap().len(), 0);
    let returned: Vec<i64> =
        [2, 3].map(|id| kept(named(id).returning(things::id)).get_result(&mut conn).unwrap()).to_vec();
    assert_eq!(returned, [2, 3]);
    assert_eq!(all.lock().unwrap().len(), 1);
    for id in [1, 2] {
        let Conn::Sqlite(c) = &mut conn else { panic!("this is SQLite") };
        kept(diesel::update(things::table.find(id)).set(things::name.eq("y"))).run(c).unwrap();
    }
    let names: Vec<String> = things::table.order(things::id).select(things::name).load(&mut conn).unwrap();
    assert_eq!(names, ["y", "y", "z"]);
    // That one and the list of names.
    assert_eq!(all.lock().unwrap().len(), 3);
}
