//! Opening a database, and not being able to.

use std::path::Path;

use storage::objects::{self, Object};
use storage::testing::{database, embedded, empty, execute, number};
use storage::{Db, Error, Holder, Place, settings};

use crate::{read, thread, write};

fn place(url: String, holder: Holder) -> Place {
    Place { url, connections: 2, holder }
}

fn sqlite(path: &Path) -> Place {
    place(format!("sqlite://{}", path.display()), Holder::Server)
}

fn refusal(place: Place) -> String {
    match Db::open(place) {
        Err(Error::Unavailable(words)) => words,
        Err(other) => panic!("not in words for the host: {other}"),
        Ok(_) => panic!("it opened"),
    }
}

#[tokio::test]
async fn an_address_that_names_no_database_is_refused_with_the_setting() {
    for url in
        ["", "mysql://localhost/x", "rejoinder.db", "sqlite://", "sqlite://:memory:", "sqlite://file:x?mode=memory"]
    {
        let words = refusal(place(url.to_owned(), Holder::Server));
        assert!(words.contains("storage.url") && words.contains(url), "{words}");
    }
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_said_to_be_so() {
    let words = refusal(place("postgres://rejoinder@127.0.0.1:1/rejoinder".to_owned(), Holder::Server));
    assert!(words.contains("127.0.0.1") && words.contains("refused"), "{words}");
}

#[tokio::test]
async fn a_second_server_on_the_same_file_is_refused_and_a_tool_is_not() {
    let db = embedded().await;
    let server = Place { holder: Holder::Server, ..db.place() };
    let words = refusal(server.clone());
    assert!(words.contains("another Rejoinder server is running") && words.contains("rejoinder.db"), "{words}");
    let tool = Db::open(db.place()).unwrap();
    write(&tool, |tx| settings::set(tx, "by", "the tool")).await;
    assert_eq!(read(&db, |tx| settings::get(tx, "by")).await.as_deref(), Some("the tool"));
}

/// The locks that this process has on a file.
#[cfg(target_os = "linux")]
fn locks(file: &Path) -> usize {
    let (mine, inode) = (std::process::id(), std::os::unix::fs::MetadataExt::ino(&std::fs::metadata(file).unwrap()));
    let (mine, inode) = (format!(" {mine} "), format!(":{inode} "));
    let all = std::fs::read_to_string("/proc/locks").unwrap();
    all.lines().filter(|line| line.contains("POSIX") && line.contains(&mine) && line.contains(&inode)).count()
}

/// Without them the last command to close the file would delete the log that the server writes.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn opening_a_database_again_leaves_the_locks_of_those_who_have_it_open() {
    let db = embedded().await;
    write(&db, |tx| settings::set(tx, "key", "value")).await;
    let file = db.folder().join("rejoinder.db");
    let before = locks(&file);
    assert!(before > 0);
    let _tool = Db::open(db.place()).unwrap();
    assert_eq!(locks(&file), before);
}

/// Each of these costs much where it is missing, and nothing else would say so: a build from elsewhere than this folder lacks them.
#[tokio::test]
async fn sqlite_is_built_as_this_program_wants_it() {
    let db = embedded().await;
    for (option, is_wanted) in [("THREADSAFE=2", 1), ("ENABLE_QPSG", 1), ("ENABLE_MEMORY_MANAGEMENT", 0)] {
        let asked = format!("SELECT sqlite_compileoption_used('{option}')");
        let found = read(&db, move |tx| number(tx, &asked)).await;
        assert_eq!(found, is_wanted, "{option}");
    }
}

#[tokio::test]
async fn a_server_may_follow_one_that_has_ended() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..3 {
        let db = Db::open(sqlite(&folder.path().join("rejoinder.db"))).unwrap();
        write(&db, |tx| settings::set(tx, "key", "value")).await;
    }
}

#[tokio::test]
async fn a_folder_that_is_not_there_or_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let words = refusal(sqlite(&folder.path().join("nowhere/rejoinder.db")));
    assert!(words.contains("nowhere") && words.contains("No such file"), "{words}");

    let closed = folder.path().join("closed");
    std::fs::create_dir(&closed).unwrap();
    make_read_only(&closed);
    // Who may do everything may write there all the same; the kernel's own folders refuse even them.
    let allowed = std::fs::write(closed.join("probe"), "").is_ok();
    let closed = if allowed { Path::new("/sys/kernel") } else { &closed };
    let words = refusal(sqlite(&closed.join("rejoinder.db")));
    assert!(words.contains("rejoinder.db") && words.contains("ermission denied"), "{words}");
}

fn make_read_only(path: &Path) {
    let mut rights = std::fs::metadata(path).unwrap().permissions();
    rights.set_readonly(true);
    std::fs::set_permissions(path, rights).unwrap();
}

#[tokio::test]
async fn a_file_that_is_no_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rejoinder.db");
    let letter = "Dear database, this is a letter, and long enough to be looked at for what it is. ".repeat(20);
    std::fs::write(&path, &letter).unwrap();
    let words = refusal(sqlite(&path));
    assert!(words.contains("not a database"), "{words}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), letter);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_may_open_a_new_database_at_once() {
    let (place, _kept) = empty().await;
    let opened: Vec<_> = (0..8)
        .map(|_| {
            let place = place.clone();
            tokio::spawn(async move { Db::open(place).unwrap() })
        })
        .collect();
    for (n, db) in opened.into_iter().enumerate() {
        let db = db.await.unwrap();
        write(&db, move |tx| settings::set(tx, &format!("key{n}"), "value")).await;
    }
}

#[tokio::test]
async fn a_database_of_a_later_version_is_left_alone() {
    let db = database().await;
    write(&db, |tx| execute(tx, "INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000000')")).await;
    let words = refusal(db.place());
    assert!(words.contains("newer version of Rejoinder"), "{words}");
}

/// What a comment from elsewhere is looked for by was its id there, before it was a digest of that.
#[tokio::test]
async fn a_database_of_an_earlier_version_is_brought_to_this_one_with_what_is_in_it() {
    const BACK: &str = include_str!("../../../../migrations/sqlite/2026-11-30-000600_digests/down.sql");
    assert_eq!(BACK, include_str!("../../../../migrations/postgres/2026-11-30-000600_digests/down.sql"));
    let db = database().await;
    let comment = thread(&db).await.root();
    let uri = "https://a.example/notes/ä".to_owned();
    let object = Object { uri, comment, url: None, updated: domain::Time(5), announced: true };
    let (kept, uri) = (object.clone(), object.uri.clone());
    write(&db, move |tx| {
        objects::insert(tx, &kept)?;
        execute(tx, BACK)?;
        execute(tx, "DELETE FROM __diesel_schema_migrations WHERE version = '20261130000600'")
    })
    .await;
    let now = Db::open(db.place()).unwrap();
    let found = read(&now, move |tx| Ok((objects::by_uri(tx, &uri)?, objects::comment_of(tx, &uri)?))).await;
    assert_eq!(found, (Some(object), Some(comment)));
}
