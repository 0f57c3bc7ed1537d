//! Threads, answers, edits, votes, reports, tombstones.

use actions::edit::Of;
use actions::start_thread::{Opening, start_thread};
use actions::{Once, comment, edit, manage, passage, personal, reading, reply, report, retract, search, vote};
use domain::{Category, CommentId, CommentSort, Deed, EventKind, Scope, State, ThreadSort};
use storage::votes::Vote;

use crate::world::{World, refusal};

#[tokio::test]
async fn an_answer_stands_in_the_tree_is_counted_found_and_told() {
    let world = World::new().await;
    let thread = world.thread("Slow trains").await;
    let mut news = world.ctx.db().changes().watch();
    let answer = world.reply(&world.bo, thread.root(), "Slowness is a *virtue*, @mo").await;
    let deeper = world.reply(&world.ana, answer, "Is it?").await;

    let stretch = passage::stretch(&world.ctx, thread, CommentSort::Best, None, 10).await.unwrap();
    let shown: Vec<_> =
        stretch.comments.iter().map(|one| (one.line.id, one.line.depth, one.line.html.as_str())).collect();
    assert_eq!((shown[0].0, shown[0].1, shown[1].0, shown[1].1), (answer, 1, deeper, 2));
    assert!(shown[0].2.contains("<em>virtue</em>"), "{}", shown[0].2);
    assert_eq!((stretch.thread.comments, stretch.thread.version), (2, 3));

    let found = search::search(&world.ctx, &search::Ask { words: "SLOWNESS".into(), ..Default::default() }, None, 10)
        .await
        .unwrap();
    assert_eq!(found.0.iter().map(|one| one.comment.id).collect::<Vec<_>>(), [answer]);

    assert_eq!(personal::unread(&world.ctx, &world.ana).await.unwrap(), 1);
    assert_eq!(personal::unread(&world.ctx, &world.bo).await.unwrap(), 1);
    let (mentioned, _) = personal::news(&world.ctx, &world.mo, None, 10).await.unwrap();
    assert_eq!((mentioned[0].comment.id, mentioned[0].kind), (answer, personal::Kind::Mention));

    let told = news.recv().await.unwrap();
    let event = Some((EventKind::Comment, answer));
    assert_eq!(told, storage::Change::Thread { thread, version: 2, event });
}

#[tokio::test]
async fn the_same_request_twice_is_one_comment() {
    let world = World::new().await;
    let thread = world.thread("Twice").await;
    let once = Once { key: "k1".into(), fingerprint: [1; 32] };
    let send = |once: Once| reply::reply(&world.ctx, &world.bo, thread.root(), "Hello", Some(once));
    let first = send(once.clone()).await.unwrap();
    assert_eq!(send(once.clone()).await.unwrap(), first);
    assert_eq!(refusal(send(Once { fingerprint: [2; 32], ..once }).await), "idempotency-key-reused");
    assert_eq!(reading::head(&world.ctx, thread).await.unwrap().comments, 1);

    let opening = Opening { title: "T".into(), ..Opening::default() };
    let key = Once { key: "k2".into(), fingerprint: [3; 32] };
    let start = || start_thread(&world.ctx, &world.bo, "talk", &opening, Some(key.clone()));
    assert_eq!(start().await.unwrap(), start().await.unwrap());
}

#[tokio::test]
async fn answers_stop_at_the_deepest_level() {
    let world = World::new().await;
    let mut at = world.thread("Deep").await.root();
    for _ in 0..=5 {
        at = world.reply(&world.bo, at, "deeper").await;
    }
    assert_eq!(refusal(reply::reply(&world.ctx, &world.ana, at, "too deep", None).await), "too-deep");
}

#[tokio::test]
async fn an_edit_keeps_what_was_said_before() {
    let world = World::new().await;
    let thread = world.thread("Edits").await;
    let id = world.reply(&world.bo, thread.root(), "first words").await;
    world.hands.forward(1000);
    edit::edit(&world.ctx, &world.bo, id, "second words", Of::Words("first words".into())).await.unwrap();
    assert_eq!(comment::source(&world.ctx, None, id).await.unwrap(), "second words");
    let history = comment::history(&world.ctx, id).await.unwrap();
    assert_eq!(history.iter().map(|revision| revision.source.as_str()).collect::<Vec<_>>(), ["first words"]);
    assert!(comment::find(&world.ctx, id).await.unwrap().edited.is_some());

    for stale in [Of::Words("first words".into()), Of::Edition(None)] {
        assert_eq!(refusal(edit::edit(&world.ctx, &world.bo, id, "third", stale).await), "conflict");
    }
    let again = Of::Edition(None);
    edit::edit(&world.ctx, &world.bo, id, "second words", again).await.unwrap();
    let edited = comment::find(&world.ctx, id).await.unwrap().edited;
    edit::edit(&world.ctx, &world.bo, id, "second words", Of::Edition(edited)).await.unwrap();
    assert_eq!(refusal(edit::edit(&world.ctx, &world.ana, id, "not mine", Of::Anything).await), "forbidden");
    let search = |words: &str| {
        let ask = search::Ask { words: words.into(), ..Default::default() };
        let ctx = world.ctx.clone();
        async move { search::search(&ctx, &ask, None, 10).await.unwrap().0.len() }
    };
    assert_eq!((search("first").await, search("second").await), (0, 1));
}

#[tokio::test]
async fn a_vote_counts_once_and_can_be_taken_back() {
    let world = World::new().await;
    let thread = world.thread("Votes").await;
    let id = world.reply(&world.bo, thread.root(), "vote on me").await;
    let up = |who| vote::vote(&world.ctx, who, id, Some(Vote::Up));
    assert_eq!(up(&world.ana).await.unwrap().score(), 1);
    assert_eq!(up(&world.ana).await.unwrap().score(), 1);
    assert_eq!(up(&world.mo).await.unwrap().score(), 2);
    assert_eq!(vote::vote(&world.ctx, &world.ana, id, Some(Vote::Down)).await.unwrap().score(), 0);
    assert_eq!(vote::vote(&world.ctx, &world.ana, id, None).await.unwrap().score(), 1);
    assert_eq!(refusal(up(&world.bo).await), "forbidden");
    let own = personal::own(&world.ctx, &world.mo, thread).await.unwrap();
    assert_eq!(own.votes.get(&id), Some(&Vote::Up));

    vote::vote(&world.ctx, &world.mo, thread.root(), Some(Vote::Up)).await.unwrap();
    let listing = actions::board::listing(&world.ctx, None, ThreadSort::Top, None, 10).await.unwrap();
    assert_eq!(listing.threads[0].score, 1);
}

#[tokio::test]
async fn a_deleted_comment_leaves_its_place_and_no_word() {
    let world = World::new().await;
    let thread = world.thread("Deletion").await;
    let id = world.reply(&world.bo, thread.root(), "unrepeatable words").await;
    edit::edit(&world.ctx, &world.bo, id, "other unrepeatable words", Of::Anything).await.unwrap();
    let answer = world.reply(&world.ana, id, "I read it").await;
    assert_eq!(refusal(retract::delete(&world.ctx, &world.ana, id).await), "forbidden");
    retract::delete(&world.ctx, &world.bo, id).await.unwrap();

    let stretch = passage::stretch(&world.ctx, thread, CommentSort::Best, None, 10).await.unwrap();
    let states: Vec<_> =
        stretch.comments.iter().map(|one| (one.line.id, one.line.state, one.line.html.as_str())).collect();
    assert_eq!(states[0], (id, State::Deleted, ""));
    assert_eq!((states[1].0, states[1].1), (answer, State::Published));
    assert_eq!(stretch.thread.comments, 1);
    assert_eq!(refusal(comment::source(&world.ctx, None, id).await), "tombstone");
    assert_eq!(refusal(comment::history(&world.ctx, id).await), "tombstone");
    assert_eq!(refusal(reply::reply(&world.ctx, &world.ana, id, "still there?", None).await), "tombstone");
    let rows = world.ctx.db().read(move |tx| {
        let sql = format!("SELECT (SELECT count(*) FROM texts WHERE comment_id = {id}) + (SELECT count(*) FROM revisions WHERE comment_id = {id})");
        storage::testing::number(tx, &sql)
    });
    assert_eq!(rows.await.unwrap(), 0);
}

#[tokio::test]
async fn a_removed_thread_is_nowhere_until_it_is_restored() {
    let world = World::new().await;
    let thread = world.thread("A title to hide").await;
    world.reply(&world.bo, thread.root(), "an answer").await;
    assert_eq!(refusal(retract::remove(&world.ctx, &world.ana, thread.root(), "no").await), "forbidden");
    retract::remove(&world.ctx, &world.mo, thread.root(), "advertising").await.unwrap();
    retract::remove(&world.ctx, &world.mo, thread.root(), "again").await.unwrap();

    let ask = search::Ask { words: "title".into(), ..Default::default() };
    let listed = || actions::board::listing(&world.ctx, Some("talk".into()), ThreadSort::New, None, 10);
    assert!(listed().await.unwrap().threads.is_empty());
    assert!(search::search(&world.ctx, &ask, None, 10).await.unwrap().0.is_empty());
    let page = reading::head(&world.ctx, thread).await.unwrap();
    assert_eq!((page.state, page.title.as_str()), (State::Removed, ""));
    let bo = actions::people::find(&world.ctx, "bo").await.unwrap();
    let (wrote, _) = actions::people::comments(&world.ctx, &bo, None, 10).await.unwrap();
    assert_eq!(wrote[0].title, "");

    retract::restore(&world.ctx, &world.mo, thread.root(), "was no advertising").await.unwrap();
    assert_eq!(listed().await.unwrap().threads[0].title, "A title to hide");
    assert_eq!(search::search(&world.ctx, &ask, None, 10).await.unwrap().0.len(), 1);
    let (log, _) = manage::log(&world.ctx, None, 10).await.unwrap();
    let log: Vec<_> = log.iter().map(|listed| (listed.entry.deed, listed.entry.reason.as_str())).collect();
    assert_eq!(log, [(Deed::Restore, "was no advertising"), (Deed::Remove, "advertising")]);
}

#[tokio::test]
async fn a_locked_thread_is_read_only() {
    let world = World::new().await;
    let thread = world.thread("Heated").await;
    manage::manage(&world.ctx, &world.mo, thread, Deed::Lock, "calm down").await.unwrap();
    assert_eq!(refusal(reply::reply(&world.ctx, &world.bo, thread.root(), "but", None).await), "locked");
    manage::manage(&world.ctx, &world.mo, thread, Deed::Unlock, "").await.unwrap();
    world.reply(&world.bo, thread.root(), "thanks").await;
    manage::manage(&world.ctx, &world.mo, thread, Deed::Pin, "").await.unwrap();
    let listing = actions::board::listing(&world.ctx, Some("talk".into()), ThreadSort::Hot, None, 10).await.unwrap();
    assert_eq!((listing.pinned.len(), listing.threads.len()), (1, 0));
}

#[tokio::test]
async fn reports_need_words_and_count_once() {
    let world = World::new().await;
    let id = world.thread("Reported").await.root();
    let send = |text: &'static str, category| report::report(&world.ctx, &world.bo, id, category, text);
    assert_eq!(refusal(send("", Category::Other).await), "bad-field");
    send("", Category::Spam).await.unwrap();
    send("again", Category::Abuse).await.unwrap();
    let count = world.ctx.db().read(|tx| storage::testing::number(tx, "SELECT count(*) FROM reports")).await;
    assert_eq!(count.unwrap(), 1);
}

#[tokio::test]
async fn a_token_that_reads_cannot_write() {
    let world = World::new().await;
    let thread = world.thread("Scopes").await;
    let reader = actions::Person { scope: Scope::Read, ..world.bo.clone() };
    assert_eq!(refusal(reply::reply(&world.ctx, &reader, thread.root(), "x", None).await), "scope-missing");
    assert_eq!(refusal(vote::vote(&world.ctx, &reader, thread.root(), None).await), "scope-missing");
    let opening = Opening { title: "T".into(), ..Opening::default() };
    assert_eq!(refusal(start_thread(&world.ctx, &reader, "talk", &opening, None).await), "scope-missing");
}

#[tokio::test]
async fn openings_are_checked() {
    let world = World::new().await;
    let open = |title: &str, url: &str, text: &str| {
        let opening = Opening { title: title.into(), url: url.into(), text: text.into() };
        let (ctx, ana) = (world.ctx.clone(), world.ana.clone());
        async move { start_thread(&ctx, &ana, "talk", &opening, None).await }
    };
    assert_eq!(refusal(open("", "", "words").await), "text-refused");
    assert_eq!(refusal(open("T", "javascript:alert(1)", "").await), "text-refused");
    assert!(open("Only a link", "https://example.com/a", "").await.is_ok());
    assert!(open("Only a title", "", "").await.is_ok());
    let nowhere = Opening { title: "T".into(), ..Opening::default() };
    assert_eq!(refusal(start_thread(&world.ctx, &world.ana, "nowhere", &nowhere, None).await), "not-found");
    let missing = reply::reply(&world.ctx, &world.ana, CommentId(1), "x", None).await;
    assert_eq!(refusal(missing), "not-found");
}
