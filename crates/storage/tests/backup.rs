//! Backup and restore, from each database into each. In a run on SQLite all four ways are between SQLite files.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is wrong")]

extern crate rejoinder_storage as storage;

use std::path::{Path, PathBuf};

use domain::text::plain;
use domain::{ActorId, BoardId, State};
use storage::backup::{BackupError, Overwrite, backup, restore};
use storage::search::{self, Query};
use storage::testing::generate::generate;
use storage::testing::{Kept, TestDb, contents, database, embedded, empty, empty_embedded, execute, number, world};
use storage::{Db, Error, Holder, Place, comments, settings, threads};

/// Content with something in every table, in a database that a server of its own may open.
async fn content(place: &Place) -> Db {
    let at = place.clone();
    tokio::task::spawn_blocking(move || generate(&at, 1_500, &mut |_| {})).await.unwrap().unwrap();
    let db = Db::open(place.clone()).unwrap();
    db.write(|tx| {
        settings::set(tx, "name", "Ünïcode and 'quotes' \\ \t and\nlines")?;
        let author = ActorId(1);
        let thread = world::thread(tx, BoardId(1), author, "Sought after title")?;
        let answer = world::reply(tx, thread.root(), author, "Sought after words & <signs>")?;
        comments::edit(
            tx,
            answer,
            comments::Words { source: "Later", html: "<p>Later wörds</p>" },
            world::id(),
            world::now(),
        )?;
        search::index(tx, answer, &plain("<p>Later wörds</p>"))?;
        let flagged = world::reply(tx, thread.root(), author, "Veiled words")?;
        comments::set_state(tx, flagged, State::Flagged)?;
        search::index(tx, flagged, "")?;
        let held = world::reply(tx, thread.root(), author, "Veiled words too")?;
        comments::set_state(tx, held, State::Held)?;
        search::forget(tx, held)?;
        threads::withhold(tx, thread)?;
        threads::give_back(tx, thread)?;
        let other = world::thread(tx, BoardId(1), author, "Kept back")?;
        threads::withhold(tx, other)
    })
    .await
    .unwrap();
    db
}

/// What a few searches find.
async fn found(db: &Db) -> Vec<usize> {
    let mut found = Vec::new();
    let words = |words: &str| Query { words: words.into(), ..Query::default() };
    let questions = [
        words("the"),
        words("sought title"),
        words("sought words"),
        words("later words"),
        words("veiled"),
        Query { author: Some(ActorId(2)), ..words("the") },
        Query { board: Some(BoardId(2)), ..Query::default() },
        Query { author: Some(ActorId(1)), board: Some(BoardId(1)), ..Query::default() },
    ];
    for query in questions {
        found.push(db.read(move |tx| search::find(tx, &query, None, 10_000)).await.unwrap().len());
    }
    found
}

async fn carries_everything((from, _from): (Place, Kept), (to, _to): (Place, Kept)) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("it's a backup.db");
    let db = content(&from).await;
    backup(&db, &file).await.unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "something is left beside the backup");
    let before = std::fs::read(&file).unwrap();
    assert_eq!(restore(&to, &file, Overwrite::No).await.unwrap().kept, None);
    assert!(before == std::fs::read(&file).unwrap(), "a restore touches the backup");

    let restored = Db::open(to).unwrap();
    let (old, new) = (contents(&db).await.unwrap(), contents(&restored).await.unwrap());
    assert!(old.len() > 5_000);
    assert!(old == new, "{} rows became {}", old.len(), new.len());
    let (old, new) = (found(&db).await, found(&restored).await);
    let [first, a, b, c, veiled, others @ ..] = old.as_slice() else { panic!("too few numbers: {old:?}") };
    assert!(*first > 500 && [*a, *b, *c, *veiled] == [1, 0, 1, 0] && !others.contains(&0), "{old:?}");
    assert_eq!(old, new);
    // It is a database like any other, and goes on.
    let author = ActorId(1);
    restored.write(move |tx| world::thread(tx, BoardId(1), author, "Afterwards")).await.unwrap();
    let afterwards = Query { words: "afterwards".into(), ..Query::default() };
    assert_eq!(restored.read(move |tx| search::find(tx, &afterwards, None, 10)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn from_this_database_into_itself() {
    carries_everything(empty().await, empty().await).await;
}

#[tokio::test]
async fn from_this_database_into_sqlite() {
    carries_everything(empty().await, empty_embedded()).await;
}

#[tokio::test]
async fn from_sqlite_into_this_database() {
    carries_everything(empty_embedded(), empty().await).await;
}

/// A backup taken while many write is of one moment: no counter in it is ahead of what is counted.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_is_of_one_moment() {
    let db = database().await;
    let thread = db
        .write(|tx| {
            let board = world::board(tx, "news")?;
            let alice = world::person(tx, "alice")?;
            world::thread(tx, board, alice.actor, "The first")
        })
        .await
        .unwrap();
    let writers: Vec<_> = (0..4)
        .map(|_| {
            let db = Db::clone(&db);
            tokio::spawn(async move {
                for _ in 0..100 {
                    let answer = db.write(move |tx| {
                        let author = comments::spot(tx, thread.root())?.unwrap().author;
                        world::reply(tx, thread.root(), author, "An answer")
                    });
                    answer.await.unwrap();
                }
            })
        })
        .collect();
    for n in 0..5 {
        let file = db.folder().join(format!("{n}.backup"));
        backup(&db, &file).await.unwrap();
        let (place, _kept) = empty_embedded();
        restore(&place, &file, Overwrite::No).await.unwrap();
        let restored = Db::open(place).unwrap();
        let (counted, counter) = restored
            .read(move |tx| {
                let counted = number(tx, "SELECT count(*) FROM comments WHERE parent_id IS NOT NULL")?;
                Ok::<_, Error>((counted, threads::find(tx, thread)?.unwrap().comments))
            })
            .await
            .unwrap();
        assert_eq!(counted, counter);
    }
    for writer in writers {
        writer.await.unwrap();
    }
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}

#[tokio::test]
async fn a_backup_replaces_nothing_and_leaves_nothing_half() {
    let db = database().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.db");
    std::fs::write(&file, "precious").unwrap();
    let outcome = backup(&db, &file).await;
    assert!(matches!(&outcome, Err(BackupError::Exists(path)) if *path == file), "{outcome:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "precious");
    std::fs::remove_file(&file).unwrap();

    let nowhere = folder.path().join("nowhere/backup.db");
    let words = backup(&db, &nowhere).await.unwrap_err().to_string();
    assert!(words.contains("nowhere") && words.contains("No such file"), "{words}");
    assert!(is_empty(folder.path()));
}

async fn a_backup(folder: &Path) -> PathBuf {
    let db = embedded().await;
    db.write(|tx| world::person(tx, "alice")).await.unwrap();
    let file = folder.join("backup.db");
    backup(&db, &file).await.unwrap();
    file
}

/// A closed database that has content.
async fn in_use() -> TestDb {
    let db = database().await;
    db.write(|tx| world::person(tx, "bob")).await.unwrap();
    db
}

async fn people(db: &Db) -> Vec<String> {
    let mut people = Vec::new();
    for name in ["alice", "bob"] {
        let found = db.read(move |tx| storage::actors::by_handle(tx, "", name)).await.unwrap();
        people.extend(found.map(|actor| actor.name));
    }
    people
}

#[tokio::test]
async fn nothing_is_restored_under_a_running_server() {
    let db = in_use().await;
    let file = a_backup(db.folder()).await;
    let outcome = restore(&db.place(), &file, Overwrite::Yes).await;
    assert!(matches!(outcome, Err(BackupError::Running)), "{outcome:?}");
    assert_eq!(people(&db).await, ["bob"]);
}

#[tokio::test]
async fn content_is_replaced_only_if_that_is_meant() {
    let (place, _kept) = empty().await;
    let folder = tempfile::tempdir().unwrap();
    let file = a_backup(folder.path()).await;
    let bob = |place: Place| async {
        let db = Db::open(place).unwrap();
        db.write(|tx| world::person(tx, "bob")).await.unwrap();
        assert_eq!(people(&db).await, ["bob"]);
    };
    bob(place.clone()).await;
    let outcome = restore(&place, &file, Overwrite::No).await;
    assert!(matches!(outcome, Err(BackupError::HasContent)), "{outcome:?}");
    assert_eq!(people(&Db::open(place.clone()).unwrap()).await, ["bob"]);

    let restored = restore(&place, &file, Overwrite::Yes).await.unwrap();
    assert_eq!(people(&Db::open(place.clone()).unwrap()).await, ["alice"]);
    if place.url.starts_with("sqlite") {
        let url = format!("sqlite://{}", restored.kept.unwrap().display());
        assert_eq!(people(&Db::open(Place { url, ..place.clone() }).unwrap()).await, ["bob"]);
    }
    // And a second time, next to what was kept the first time.
    restore(&place, &file, Overwrite::Yes).await.unwrap();
    assert_eq!(people(&Db::open(place).unwrap()).await, ["alice"]);
}

#[tokio::test]
async fn a_fresh_database_is_no_content() {
    let (place, _kept) = empty().await;
    drop(Db::open(place.clone()).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let file = a_backup(folder.path()).await;
    restore(&place, &file, Overwrite::No).await.unwrap();
    assert_eq!(people(&Db::open(place).unwrap()).await, ["alice"]);
}

/// Whatever is wrong with a file, the database stays as it was, and nothing is left lying about.
#[tokio::test]
async fn what_is_no_whole_backup_is_refused() {
    let (place, _kept) = empty().await;
    let db = Db::open(place.clone()).unwrap();
    db.write(|tx| world::person(tx, "bob")).await.unwrap();
    drop(db);
    let folder = tempfile::tempdir().unwrap();
    let good = std::fs::read(a_backup(folder.path()).await).unwrap();
    let file = folder.path().join("odd.db");
    let mut flipped = good.clone();
    for byte in &mut flipped[5_000..9_000] {
        *byte ^= 0x55;
    }
    let odd: [(&str, &[u8]); 5] = [
        ("empty", b""),
        ("a letter", b"Dear database, this is a letter and no backup."),
        ("a long letter", &b"Dear database! ".repeat(1_000)),
        ("the first half", &good[..good.len() / 2]),
        ("some bytes changed", &flipped),
    ];
    for (what, bytes) in odd {
        std::fs::write(&file, bytes).unwrap();
        let outcome = restore(&place, &file, Overwrite::Yes).await;
        let refused = matches!(outcome, Err(BackupError::NotABackup { .. } | BackupError::Damaged { .. }));
        assert!(refused, "{what}: {outcome:?}");
    }
    let missing = restore(&place, &folder.path().join("missing.db"), Overwrite::Yes).await;
    assert!(matches!(missing, Err(BackupError::File { .. })), "{missing:?}");
    assert_eq!(people(&Db::open(place).unwrap()).await, ["bob"]);
}

#[tokio::test]
async fn a_database_of_something_else_is_refused_and_so_is_a_later_version() {
    let (place, _kept) = empty().await;
    let other = embedded().await;
    other.write(|tx| execute(tx, "DROP TABLE __diesel_schema_migrations")).await.unwrap();
    let file = other.folder().join("other.backup");
    backup(&other, &file).await.unwrap();
    let outcome = restore(&place, &file, Overwrite::Yes).await;
    assert!(matches!(outcome, Err(BackupError::NotABackup { .. })), "{outcome:?}");

    let later = embedded().await;
    let version = "INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000000')";
    later.write(|tx| execute(tx, version)).await.unwrap();
    let file = later.folder().join("later.backup");
    backup(&later, &file).await.unwrap();
    let words = restore(&place, &file, Overwrite::Yes).await.unwrap_err().to_string();
    assert!(words.contains("newer version"), "{words}");
}

/// The journal of the replaced file must not be played into the new one.
#[tokio::test]
async fn what_was_written_last_is_kept_with_the_replaced_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rejoinder.db");
    let place = Place { url: format!("sqlite://{}", path.display()), connections: 2, holder: Holder::Tool };
    let db = Db::open(place.clone()).unwrap();
    db.write(|tx| world::person(tx, "bob")).await.unwrap();
    // A crash leaves the journal behind: copies of the files as they are now.
    let crashed = folder.path().join("crashed.db");
    for suffix in ["", "-wal"] {
        std::fs::copy(format!("{}{suffix}", path.display()), format!("{}{suffix}", crashed.display())).unwrap();
    }
    assert!(std::fs::metadata(folder.path().join("crashed.db-wal")).unwrap().len() > 0);
    let file = a_backup(folder.path()).await;
    let crashed = Place { url: format!("sqlite://{}", crashed.display()), ..place };
    let kept = restore(&crashed, &file, Overwrite::Yes).await.unwrap().kept.unwrap();
    assert_eq!(people(&Db::open(crashed.clone()).unwrap()).await, ["alice"]);
    let url = format!("sqlite://{}", kept.display());
    assert_eq!(people(&Db::open(Place { url, ..crashed }).unwrap()).await, ["bob"]);
}

/// Keys, addresses and hashes of passwords are in them.
#[cfg(unix)]
#[tokio::test]
async fn nobody_else_on_the_machine_can_read_a_database_or_a_backup() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let [database, copy] = ["made.db", "copy.db"].map(|name| folder.path().join(name));
    let place =
        |file: &Path| Place { url: format!("sqlite://{}", file.display()), connections: 1, holder: Holder::Tool };
    let db = Db::open(place(&database)).unwrap();
    backup(&db, &copy).await.unwrap();
    assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    // Whoever copies it to where it is to be restored may have opened it to others.
    std::fs::set_permissions(&copy, std::fs::Permissions::from_mode(0o644)).unwrap();
    let restored = folder.path().join("restored.db");
    restore(&place(&restored), &copy, Overwrite::No).await.unwrap();
    for file in [database, restored] {
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{}", file.display());
    }
}
