//! What moderators do with whole threads, as programs, readers and other servers see it.

use serde_json::{Value, json};

use crate::peer::Peer;
use crate::received::waiting;
use crate::world::{Answer, HOST, World};

async fn order(world: &World, id: &str, deed: &str, body: Value) -> Answer {
    world.mo.post(&format!("/api/v1/admin/comments/{id}/{deed}"), body).await
}

async fn second_board(world: &World) {
    world.admin.post("/api/v1/boards", json!({ "name": "quiet", "title": "Quiet" })).await.is(201);
}

/// What a server was told since the first `known` things: (type, object, who says it).
async fn told(world: &World, peer: &Peer, known: usize) -> Vec<String> {
    let said = waiting(world, peer).await.split_off(known);
    let name = |value: &Value| {
        let id = value.as_str().or_else(|| value["id"].as_str()).unwrap_or_default();
        id.trim_start_matches(HOST).to_owned()
    };
    let line = |said: &Value| {
        let inner = &said["object"];
        let object = if inner["object"].is_null() {
            name(inner)
        } else {
            format!("{} {}", inner["type"].as_str().unwrap(), name(&inner["object"]))
        };
        format!("{} {object} by {}", said["type"].as_str().unwrap(), name(&said["actor"]))
    };
    said.iter().map(line).collect()
}

async fn follower(world: &World, board: &str, keeps_groups: bool) -> Peer {
    let peer = Peer::new().await;
    if keeps_groups {
        peer.keeps_groups(world).await;
    }
    peer.say(world, &peer.activity("follows/1", "Follow", &json!(format!("{HOST}/b/{board}")))).await;
    peer
}

#[tokio::test]
async fn a_moved_thread_is_taken_back_here_and_announced_there() {
    let world = World::new().await;
    second_board(&world).await;
    let (old, new, groups) = (
        follower(&world, "talk", false).await,
        follower(&world, "quiet", false).await,
        follower(&world, "quiet", true).await,
    );
    let thread = world.thread("Trains").await;
    let (known, theirs, grouped) =
        (waiting(&world, &old).await.len(), waiting(&world, &new).await.len(), waiting(&world, &groups).await.len());
    for _ in 0..2 {
        let moved = order(&world, &thread, "move", json!({ "board": "quiet", "reason": "wrong place" })).await.is(200);
        assert_eq!((moved.text("/board"), moved.text("/thread_id")), ("quiet".into(), thread.clone()));
    }
    assert_eq!(told(&world, &old, known).await, [format!("Undo Announce /c/{thread} by /b/talk")]);
    let update = format!("Update /c/{thread} by /u/ana");
    assert_eq!(told(&world, &new, theirs).await, [update.clone(), format!("Announce /c/{thread} by /b/quiet")]);
    let passed = told(&world, &groups, grouped).await;
    assert_eq!(
        passed,
        [format!("Announce Update /c/{thread} by /b/quiet"), format!("Announce /c/{thread} by /b/quiet")]
    );
    let note = world.document(&format!("/c/{thread}")).await.is(200).json();
    assert_eq!(note["audience"], json!(format!("{HOST}/b/quiet")));
    assert!(note["cc"].to_string().contains("/b/quiet") && !note.to_string().contains("/b/talk"), "{note:#}");

    let refused =
        order(&world, &thread, "move", json!({ "board": "nowhere", "reason": "" })).await.refused(422, "bad-field");
    assert_eq!(refused.text("/field"), "board");
    order(&world, "7", "move", json!({ "board": "quiet", "reason": "" })).await.refused(404, "not-found");
}

/// Whoever was told of it before it went holds it still, and is told when it changes or goes; of what is new there they are not.
#[tokio::test]
async fn who_holds_what_was_moved_hears_when_it_goes() {
    let world = World::new().await;
    second_board(&world).await;
    let (plain, groups) = (follower(&world, "talk", false).await, follower(&world, "talk", true).await);
    let thread = world.thread("Trains").await;
    let [kept, deleted, split] = ["one", "two", "three"].map(|words| world.reply(&world.bo, &thread, words));
    let (kept, deleted, split) = (kept.await, deleted.await, split.await);
    order(&world, &split, "split", json!({ "title": "Off", "board": "quiet", "reason": "" })).await.is(200);
    order(&world, &thread, "move", json!({ "board": "quiet", "reason": "" })).await.is(200);
    let (known, grouped) = (waiting(&world, &plain).await.len(), waiting(&world, &groups).await.len());

    world.reply(&world.bo, &thread, "new").await;
    world.bo.delete(&format!("/api/v1/comments/{deleted}")).await.is(204);
    order(&world, &split, "remove", json!({ "reason": "" })).await.is(200);
    world.bo.patch(&format!("/api/v1/comments/{kept}"), json!({ "text": "other words" })).await.is(200);
    order(&world, &thread, "lock", json!({ "reason": "" })).await.is(200);
    let by = "/u/bo";
    assert_eq!(
        told(&world, &plain, known).await,
        [
            format!("Delete /c/{deleted} by {by}"),
            format!("Delete /c/{split} by {by}"),
            format!("Update /c/{kept} by {by}"),
            format!("Update /c/{thread} by /u/ana"),
        ]
    );
    // The words of both that are gone are not brought any more.
    assert_eq!(
        told(&world, &groups, grouped - 2).await,
        [
            format!("Announce Delete /c/{deleted} by /b/talk"),
            format!("Announce Delete /c/{split} by /b/talk"),
            format!("Announce Update /c/{kept} by /b/talk"),
            format!("Announce Lock /c/{thread} by /b/talk"),
            format!("Announce Update /c/{thread} by /b/talk"),
        ]
    );
}

#[tokio::test]
async fn a_split_thread_is_a_thread_everywhere() {
    let world = World::new().await;
    let peer = follower(&world, "talk", false).await;
    let thread = world.thread("Trains").await;
    let off = world.reply(&world.bo, &thread, "By the way, tea").await;
    let note = peer.note("notes/1", &format!("{HOST}/c/{off}"), "<p>Green tea.</p>");
    peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
    let known = waiting(&world, &peer).await.len();
    let made = order(&world, &off, "split", json!({ "title": "Tea", "reason": "" })).await.is(200);
    assert_eq!((made.text("/thread_id"), made.text("/board")), (off.clone(), "talk".into()));
    assert_eq!(
        told(&world, &peer, known).await,
        [format!("Update /c/{off} by /u/bo"), format!("Announce /c/{off} by /b/talk")]
    );
    let note = world.document(&format!("/c/{off}")).await.is(200).json();
    assert_eq!((&note["inReplyTo"], &note["context"]), (&Value::Null, &json!(format!("{HOST}/t/{off}/context"))));
    let context = world.document(&format!("/t/{off}/context")).await.is(200).json();
    assert_eq!(context["totalItems"], 2);
    let context = world.document(&format!("/t/{thread}/context")).await.is(200).json();
    assert_eq!(context["totalItems"], 1);
    let root = world.document(&format!("/c/{thread}")).await.is(200).json();
    assert_eq!(root["replies"]["totalItems"], 0);

    // What its author changes at its home changes its words, and not the title that it was given here.
    let theirs = world.anon.get(&format!("/api/v1/threads/{off}")).await.is(200).text("/comments/0/id");
    order(&world, &theirs, "split", json!({ "title": "Green", "reason": "" })).await.is(200);
    let mut changed = peer.note("notes/1", &format!("{HOST}/c/{off}"), "<p>Black tea.</p>");
    changed["updated"] = json!("2030-01-01T00:00:00Z");
    peer.show("notes/1", changed.clone());
    peer.say(&world, &peer.activity("updates/1", "Update", &changed)).await;
    let read = world.anon.get(&format!("/api/v1/threads/{theirs}")).await.is(200);
    assert_eq!(read.text("/thread/title"), "Green");
    assert!(read.text("/thread/html").contains("Black tea."), "{}", read.text("/thread/html"));

    let page = world.anon.get(&format!("/t/{thread}/trains")).await.is(200).body();
    assert!(page.contains(&format!("Split off from here: <a href=\"/t/{off}\"><bdi>Tea</bdi></a>")), "{page}");
    let page = world.anon.get(&format!("/t/{off}/tea")).await.is(200).body();
    assert!(page.contains(&format!("Split off from <a href=\"/t/{thread}\"><bdi>Trains</bdi></a>")), "{page}");
}

#[tokio::test]
async fn a_merged_thread_leads_to_the_other_and_what_answers_it_lands_there() {
    let world = World::new().await;
    let peer = follower(&world, "talk", false).await;
    let (kept, doubled) = (world.thread("Trains").await, world.thread("Trains again").await);
    let known = waiting(&world, &peer).await.len();
    for _ in 0..2 {
        let merged = order(&world, &doubled, "merge", json!({ "into": kept, "reason": "" })).await.is(200);
        assert_eq!(merged.text("/thread_id"), kept);
    }
    assert_eq!(
        told(&world, &peer, known).await,
        [format!("Undo Announce /c/{doubled} by /b/talk"), format!("Update /c/{doubled} by /u/ana")]
    );
    for path in [format!("/t/{doubled}"), format!("/t/{doubled}/trains-again"), format!("/t/{doubled}?sort=new")] {
        let led = world.anon.get(&path).await.is(303);
        assert_eq!(led.header("location"), format!("/t/{kept}#c{doubled}"));
    }
    world.anon.get(&format!("/c/{doubled}")).await.is(200);
    let gone = world.anon.get(&format!("/api/v1/threads/{doubled}")).await.refused(410, "merged");
    assert!(gone.text("/detail").contains(&kept), "{}", gone.text("/detail"));
    world.anon.get(&format!("/t/{doubled}/feed.atom")).await.is(410);
    world.document(&format!("/t/{doubled}")).await.is(404);

    let note = peer.note("notes/1", &format!("{HOST}/c/{doubled}"), "<p>Late, and from afar.</p>");
    peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
    let read = world.anon.get(&format!("/api/v1/threads/{kept}")).await.is(200);
    assert_eq!(read.at("/thread/comments_count"), 2);
    assert_eq!(read.all("/comments", "/depth"), [0, 1]);
    let note = world.document(&format!("/c/{doubled}")).await.is(200).json();
    assert_eq!(note["inReplyTo"], json!(format!("{HOST}/c/{kept}")));
    assert!(note["content"].as_str().unwrap().contains("<strong>Trains again</strong>"), "{note:#}");
}

#[tokio::test]
async fn what_is_locked_pinned_and_covered_is_told() {
    let world = World::new().await;
    let (plain, groups) = (follower(&world, "talk", false).await, follower(&world, "talk", true).await);
    let thread = world.thread("Trains").await;
    let (known, grouped) = (waiting(&world, &plain).await.len(), waiting(&world, &groups).await.len());
    for deed in ["lock", "lock", "unlock", "pin", "unpin", "nsfw", "nsfw", "sfw"] {
        let path = format!("/api/v1/admin/comments/{thread}/{deed}");
        // Somebody else opens it than closed it.
        let (who, why) = if deed == "unlock" { (&world.admin, "calm again") } else { (&world.mo, "calm down") };
        who.post(&path, json!({ "reason": why })).await.is(200);
    }
    let update = format!("Update /c/{thread} by /u/ana");
    assert_eq!(told(&world, &plain, known).await, [&*update; 4]);
    let said = waiting(&world, &plain).await.split_off(known);
    let answering = |said: &Value| said["object"]["interactionPolicy"]["canReply"]["automaticApproval"].clone();
    let (nobody, everybody) =
        (json!([format!("{HOST}/u/ana")]), json!(["https://www.w3.org/ns/activitystreams#Public"]));
    assert_eq!((answering(&said[0]), answering(&said[1])), (nobody, everybody));
    assert_eq!((&said[2]["object"]["sensitive"], &said[3]["object"]["sensitive"]), (&json!(true), &json!(false)));

    let said = waiting(&world, &groups).await.split_off(grouped);
    let kinds: Vec<&str> = said.iter().map(|said| said["object"]["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["Lock", "Update", "Undo", "Update", "Add", "Remove", "Update", "Update"]);
    let (lock, undo) = (&said[0]["object"], &said[2]["object"]);
    assert_eq!(
        (&lock["actor"], &lock["object"], &lock["summary"]),
        (&json!(format!("{HOST}/u/mo")), &json!(format!("{HOST}/c/{thread}")), &json!("calm down"))
    );
    // All of it is taken back as it was said.
    assert_eq!((&undo["actor"], &undo["object"]), (&json!(format!("{HOST}/u/ida")), lock));
    assert_eq!(said[4]["object"]["target"], json!(format!("{HOST}/b/talk/featured")));
}

#[tokio::test]
async fn slow_mode_is_shown_and_says_when_to_come_again() {
    let world = World::new().await;
    let (thread, peer) = (world.thread("Hot").await, Peer::new().await);
    let slowed = order(&world, &thread, "slow", json!({ "seconds": 60, "reason": "" })).await.is(200);
    assert_eq!(slowed.at("/slow_seconds"), 60);
    world.reply(&world.bo, &thread, "one").await;
    let answer = world.bo.post(&format!("/api/v1/comments/{thread}/replies"), json!({ "text": "two" })).await;
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
    answer.refused(429, "too-soon");
    let page = world.anon.get(&format!("/t/{thread}/hot")).await.is(200).body();
    assert!(page.contains("<b class=\"mark\">slow: one comment a minute</b>"), "{page}");
    for n in 1..=2 {
        let note = peer.note(&format!("notes/{n}"), &format!("{HOST}/c/{thread}"), "<p>From afar.</p>");
        peer.say(&world, &peer.activity(&format!("creates/{n}"), "Create", &note)).await;
    }
    let read = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200);
    assert_eq!((read.at("/thread/comments_count"), read.at("/thread/slow_seconds")), (json!(2), json!(60)));

    let board = world.admin.patch("/api/v1/boards/talk", json!({ "slow_seconds": 90 })).await.is(200);
    assert_eq!(board.at("/slow_seconds"), 90);
    let bad =
        world.admin.patch("/api/v1/boards/talk", json!({ "slow_seconds": 90_000 })).await.refused(422, "bad-field");
    assert_eq!(bad.text("/field"), "slow_seconds");
    let kept = world.admin.patch("/api/v1/boards/talk", json!({ "title": "Talk" })).await.is(200);
    assert_eq!(kept.at("/slow_seconds"), 90);
}

#[tokio::test]
async fn what_is_sensitive_is_covered_on_the_page() {
    let world = World::new().await;
    let thread = world.thread("Pictures").await;
    let comment = world.reply(&world.bo, &thread, "blood").await;
    order(&world, &comment, "nsfw", json!({ "reason": "" })).await.is(200);
    let page = world.anon.get(&format!("/t/{thread}/pictures")).await.is(200).body();
    assert!(
        page.contains("<details><summary>Sensitive: show it</summary><p dir=\"auto\">blood</p></details>"),
        "{page}"
    );
    assert_eq!(world.anon.get(&format!("/api/v1/comments/{comment}")).await.is(200).at("/sensitive"), true);
    order(&world, &comment, "sfw", json!({ "reason": "" })).await.is(200);
    let page = world.anon.get(&format!("/t/{thread}/pictures")).await.is(200).body();
    assert!(!page.contains("Sensitive: show it"));
}

#[tokio::test]
async fn what_is_sensitive_is_covered_wherever_it_stands() {
    let world = World::new().await;
    let thread = world.thread("Pictures").await;
    let comment = world.reply(&world.bo, &thread, "blood").await;
    world.hands.forward(60 * 60 * 1000);
    world.bo.patch(&format!("/api/v1/comments/{comment}"), json!({ "text": "blood again" })).await.is(200);
    let pages = async || {
        let mut pages = Vec::new();
        for path in ["/u/bo", "/search?q=blood", "/notifications", &format!("/c/{comment}/history")] {
            pages.push(world.ana.get_with(path, "accept", "text/html").await.is(200).body());
        }
        pages
    };
    let feeds = async || {
        let mut feeds = Vec::new();
        for path in [format!("/t/{thread}"), "/u/bo".to_owned()] {
            feeds.push(world.anon.get(&format!("{path}/feed.atom")).await.is(200).body());
            feeds.push(world.anon.get(&format!("{path}/feed.json")).await.is(200).body());
        }
        feeds
    };
    const COVER: &str = "<details><summary>Sensitive: show it</summary>";
    // How often the word stands on a page, and how often behind a cover.
    let counted = |page: String| {
        let main = page.split_once("<main").unwrap().1.replace("value=\"blood\"", "");
        let open = main.split(COVER).map(|piece| piece.split_once("</details>").map_or(piece, |(_, after)| after));
        let open: String = std::iter::once(main.split(COVER).next().unwrap()).chain(open.skip(1)).collect();
        (main.matches("blood").count(), open.matches("blood").count())
    };
    for page in pages().await {
        let (all, open) = counted(page);
        assert!(all > 0 && all == open, "{all} {open}");
    }
    assert!(feeds().await.iter().all(|feed| feed.contains("blood")));
    for id in [&comment, &thread] {
        order(&world, id, "nsfw", json!({ "reason": "" })).await.is(200);
    }
    for page in pages().await {
        let (all, open) = counted(page.clone());
        assert!(all > 0 && open == 0, "{all} {open} {page}");
    }
    for feed in feeds().await {
        assert!(
            !feed.contains("blood") && feed.contains("Sensitive") && feed.contains(&format!("/c/{comment}")),
            "{feed}"
        );
    }
    let all = world.anon.get("/feed.atom").await.is(200).body();
    assert!(!all.contains("What do") && all.contains("Sensitive"), "{all}");
    for path in ["/api/v1/search?q=blood", "/api/v1/actors/bo/comments"] {
        assert_eq!(world.anon.get(path).await.is(200).all("/items", "/sensitive"), [json!(true)], "{path}");
    }
    let news = world.ana.get("/api/v1/notifications").await.is(200);
    assert_eq!(news.all("/items", "/comment/sensitive"), [json!(true)]);
    // Mastodon covers words where there is a warning, and only pictures where there is none.
    let note = world.document(&format!("/c/{comment}")).await.is(200).json();
    assert_eq!((&note["sensitive"], &note["summary"]), (&json!(true), &json!("Sensitive")));
    order(&world, &comment, "sfw", json!({ "reason": "" })).await.is(200);
    let note = world.document(&format!("/c/{comment}")).await.is(200).json();
    assert_eq!((&note["sensitive"], &note["summary"]), (&json!(false), &Value::Null));
}

#[tokio::test]
async fn what_is_made_known_to_nobody_is_not_by_putting_threads_in_order() {
    let world = World::new().await;
    second_board(&world).await;
    let groups = follower(&world, "talk.all", true).await;
    let thread = world.thread("Which kettle?").await;
    let limit = json!({ "reason": "", "board": "talk" });
    world.mo.post("/api/v1/admin/actors/bo/limit", limit).await.is(200);
    let quiet = world.reply(&world.bo, &thread, "Mine.").await;
    let known = waiting(&world, &groups).await.len();
    let listed = async || world.anon.get("/api/v1/threads").await.is(200).all("/items", "/id");
    order(&world, &quiet, "split", json!({ "title": "Another", "reason": "" })).await.is(200);
    for deed in ["lock", "pin", "unpin", "unlock"] {
        order(&world, &quiet, deed, json!({ "reason": "" })).await.is(200);
    }
    assert_eq!(listed().await, [json!(thread)]);
    assert_eq!(told(&world, &groups, known).await, Vec::<String>::new());
    // Where nothing is decided about its author it is as any other.
    order(&world, &quiet, "move", json!({ "board": "quiet", "reason": "" })).await.is(200);
    assert_eq!(listed().await.len(), 2);
    order(&world, &quiet, "move", json!({ "board": "talk", "reason": "" })).await.is(200);
    assert_eq!(listed().await, [json!(thread)]);
}
