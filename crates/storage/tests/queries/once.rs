//! What happens once though it is asked for twice: imports and requests with a key.

use domain::Time;
use storage::imports::{self, Known};
use storage::testing::{database, world};
use storage::{Error, idempotency};

use crate::{read, scene, write};

#[tokio::test]
async fn imported_items_are_known_by_their_source() {
    let db = database().await;
    let scene = scene(&db).await;
    let (first, second) = write(&db, move |tx| {
        let first = world::reply(tx, scene.thread.root(), scene.bob.actor, "1")?;
        let second = world::reply(tx, first, scene.bob.actor, "2")?;
        imports::insert(tx, "site", "item 0", first)?;
        imports::insert(tx, "site", "item 599", second)?;
        imports::insert(tx, "other", "item 1", second)?;
        Ok((first, second))
    })
    .await;
    read(&db, move |tx| {
        let items: Vec<String> = (0..600).map(|n| format!("item {n}")).collect();
        let known = imports::known(tx, "site", &items)?;
        assert_eq!(known.len(), 2);
        assert_eq!(known["item 0"], Known { comment: first, thread: scene.thread, depth: 1 });
        assert_eq!(known["item 599"], Known { comment: second, thread: scene.thread, depth: 2 });
        assert!(imports::known(tx, "nowhere", &items)?.is_empty());
        assert!(imports::known(tx, "site", &[])?.is_empty());
        Ok(())
    })
    .await;
    let again = db.write(move |tx| imports::insert(tx, "site", "item 0", second)).await;
    assert!(matches!(again, Err(Error::Duplicate(_))), "{again:?}");
}

#[tokio::test]
async fn a_key_is_used_once_by_each_account() {
    let db = database().await;
    let scene = scene(&db).await;
    let (alice, bob, root) = (scene.alice.account, scene.bob.account, scene.thread.root());
    write(&db, move |tx| {
        assert_eq!(idempotency::find(tx, alice, "key")?, None);
        idempotency::insert(tx, alice, "key", b"print", root, Time(5))?;
        idempotency::insert(tx, bob, "key", b"other", root, Time(9))?;
        assert_eq!(idempotency::find(tx, alice, "key")?, Some((b"print".to_vec(), root)));
        Ok(())
    })
    .await;
    let again = db.write(move |tx| idempotency::insert(tx, alice, "key", b"print", root, Time(6))).await;
    assert!(matches!(again, Err(Error::Duplicate(_))), "{again:?}");
    write(&db, move |tx| {
        assert_eq!(idempotency::forget_before(tx, Time(9), 9)?, 1);
        assert_eq!(idempotency::find(tx, alice, "key")?, None);
        assert!(idempotency::find(tx, bob, "key")?.is_some());
        Ok(())
    })
    .await;
}

/// Two requests with the same key at once: one is done, the other learns of it and keeps nothing.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_requests_at_once_one_is_done() {
    let db = database().await;
    let scene = scene(&db).await;
    let request = || {
        db.write(move |tx| {
            let comment = world::reply(tx, scene.thread.root(), scene.bob.actor, "Only once")?;
            idempotency::insert(tx, scene.bob.account, "key", b"print", comment, Time(1))
        })
    };
    let (one, two, three) = tokio::join!(request(), request(), request());
    let done = [&one, &two, &three].iter().filter(|outcome| outcome.is_ok()).count();
    let duplicates = [&one, &two, &three].iter().filter(|o| matches!(o, Err(Error::Duplicate(_)))).count();
    assert_eq!((done, duplicates), (1, 2), "{one:?} {two:?} {three:?}");
    let thread = read(&db, move |tx| storage::threads::find(tx, scene.thread)).await.unwrap();
    assert_eq!((thread.comments, thread.version), (1, 2));
}
