//! Lists of servers that somebody else keeps.

use domain::listing::Alarm;
use domain::policy::{Coverage, Entry};
use domain::{Level, Time};
use storage::blocklists::{self, Blocklist, Line, State, Unread};
use storage::policies::{self, Policy};
use storage::testing::database;

use crate::write;

fn list(id: i64) -> Blocklist {
    let unread = vec![Unread { line: 7, text: "*.com".into(), reason: "is an ending".into() }];
    let state = State { fetched: Some(Time(9)), next: Time(10), waiting: 2, unread, ..State::default() };
    Blocklist { id, url: format!("https://{id}.example/list"), created: Time(7), state }
}

fn line(host: &str, level: Option<Level>) -> Line {
    let says = level.map(|level| Entry { level, coverage: Coverage::Subdomains });
    Line { host: host.into(), says, reason: "spam".into(), refused: None, applied: None }
}

#[tokio::test]
async fn a_list_and_how_it_goes_with_it() {
    let db = database().await;
    write(&db, |tx| {
        for id in [2, 1] {
            blocklists::insert(tx, &list(id))?;
        }
        assert_eq!(blocklists::all(tx, 9)?, [list(1), list(2)]);
        let state = State {
            alarm: Some(Alarm::Upset),
            failures: 3,
            error: "away".into(),
            etag: "\"7\"".into(),
            ..State::default()
        };
        blocklists::set(tx, 2, &state)?;
        assert_eq!(blocklists::find(tx, 2)?, Some(Blocklist { state, ..list(2) }));
        assert_eq!(blocklists::find(tx, 1)?, Some(list(1)));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_is_said_is_kept_by_list_and_host_and_goes_with_the_list() {
    let db = database().await;
    write(&db, |tx| {
        for id in [1, 2] {
            blocklists::insert(tx, &list(id))?;
            blocklists::keep(tx, id, &line("b.example", Some(Level::Block)))?;
        }
        let gone = Line { refused: Some(None), applied: Some(Time(5)), ..line("b.example", None) };
        blocklists::keep(tx, 1, &gone)?;
        blocklists::keep(tx, 1, &line("a.example", Some(Level::Limit)))?;
        assert_eq!(blocklists::lines(tx, 1)?, [line("a.example", Some(Level::Limit)), gone]);
        assert_eq!(blocklists::lines(tx, 2)?, [line("b.example", Some(Level::Block))]);
        let named = blocklists::naming(tx, &["a.example".into(), "b.example".into(), "c.example".into()])?;
        assert_eq!(named, [("a.example".to_owned(), vec![1]), ("b.example".to_owned(), vec![2])].into());
        blocklists::forget(tx, 1, "a.example")?;
        assert_eq!(blocklists::lines(tx, 1)?.len(), 1);
        assert!(blocklists::remove(tx, 2)? && !blocklists::remove(tx, 2)?);
        assert_eq!((blocklists::lines(tx, 2)?.len(), blocklists::lines(tx, 1)?.len()), (0, 1));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_was_decided_about_a_host_can_be_forgotten() {
    let db = database().await;
    write(&db, |tx| {
        let entry = Entry { level: Level::Block, coverage: Coverage::Host };
        for host in ["a.example", "b.example"] {
            let (host, reason) = (host.to_owned(), String::new());
            policies::set(tx, &Policy { host, entry, reason, by: None, decided: Time(5) })?;
        }
        policies::remove(tx, "a.example")?;
        assert_eq!(policies::all_with_times(tx)?, [("b.example".to_owned(), (entry, Time(5)))].into());
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_is_written_is_read() {
    let db = database().await;
    write(&db, |tx| {
        blocklists::insert(tx, &list(1))?;
        let coverages = [Coverage::Host, Coverage::Subdomains];
        let entries = Level::ALL.iter().flat_map(|level| coverages.map(|coverage| Entry { level: *level, coverage }));
        for says in entries.map(Some).chain([None]) {
            let told = Line { says, refused: Some(says), ..line("a.example", None) };
            blocklists::keep(tx, 1, &told)?;
            assert_eq!(blocklists::lines(tx, 1)?, [told]);
        }
        let unread = Unread { line: 7, text: "*.com\t\n".into(), reason: "is an ending".into() };
        blocklists::set(tx, 1, &State { unread: vec![unread.clone()], ..State::default() })?;
        let found = blocklists::find(tx, 1)?.unwrap().state.unread;
        assert_eq!(found, [Unread { text: "*.com  ".into(), ..unread }]);
        Ok(())
    })
    .await;
}
