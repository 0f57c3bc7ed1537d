//! What groups pass on whole (FEP-1b12): ours to servers that keep groups themselves, and theirs to us.

use serde_json::{Value, json};
use storage::inbox::State;

use crate::peer::Peer;
use crate::received::{reason, waiting};
use crate::world::{HOST, World};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// A server that keeps groups and one that does not; Bo of each follows the board.
async fn scene() -> (World, Peer, Peer) {
    let (world, groups, plain) = (World::new().await, Peer::new().await, Peer::new().await);
    groups.keeps_groups(&world).await;
    for peer in [&groups, &plain] {
        peer.say(&world, &peer.activity("follows/1", "Follow", &json!(format!("{HOST}/b/talk")))).await;
    }
    (world, groups, plain)
}

/// What a server was told since the first `known` things, as (type, type of what is in it, who says it).
async fn told(world: &World, peer: &Peer, known: usize) -> Vec<[String; 3]> {
    let word = |value: &Value| value.as_str().unwrap_or("a name").trim_start_matches(HOST).to_owned();
    let said = waiting(world, peer).await.split_off(known);
    said.iter().map(|said| [word(&said["type"]), word(&said["object"]["type"]), word(&said["actor"])]).collect()
}

fn lines(told: &[[String; 3]]) -> Vec<String> {
    told.iter().map(|line| line.join(" ")).collect()
}

#[tokio::test]
async fn a_board_passes_on_everything_whole_to_servers_that_keep_groups() {
    let (world, groups, plain) = scene().await;
    let thread = world.thread("Which kettle?").await;
    let reply = world.reply(&world.bo, &thread, "A copper one.").await;
    world.bo.patch(&format!("/api/v1/comments/{reply}"), json!({ "text": "A steel one." })).await.is(200);
    let vote = format!("/api/v1/comments/{reply}/vote");
    world.ana.put(&vote, json!({ "value": 1 })).await.is(200);
    world.ana.put(&vote, json!({ "value": -1 })).await.is(200);
    world.ana.put(&vote, json!({ "value": 0 })).await.is(200);

    let heard = ["Create", "Create", "Update", "Like", "Undo", "Dislike", "Undo"];
    let heard: Vec<String> = heard.iter().map(|kind| format!("Announce {kind} /b/talk")).collect();
    assert_eq!(lines(&told(&world, &groups, 1).await), heard);
    // The others hear what they chose: of threads. Changes come from whoever makes them.
    assert_eq!(lines(&told(&world, &plain, 1).await), ["Announce a name /b/talk", "Update Note /u/bo"]);

    let said = waiting(&world, &groups).await;
    // Whatever was said with its words is taken back with the answer, and the thread is again as it was announced.
    world.bo.delete(&format!("/api/v1/comments/{reply}")).await.is(204);
    let create = &said[1]["object"];
    assert_eq!(
        (&create["actor"], &create["object"]["id"]),
        (&json!(format!("{HOST}/u/ana")), &json!(format!("{HOST}/c/{thread}")))
    );
    assert_eq!(create.get("@context"), None);
    // What is announced can be had under its own id, too, as long as it may be read.
    let id = create["id"].as_str().unwrap().trim_start_matches(HOST);
    assert_eq!(world.document(id).await.is(200).json()["object"], create["object"]);
    let update = said[3]["object"]["id"].as_str().unwrap().trim_start_matches(HOST);
    world.document(update).await.refused(404, "not-found");
    // Whoever matches by id finds what is taken back.
    assert_eq!(
        (&said[5]["object"]["object"], &said[5]["object"]["object"]["type"]),
        (&said[4]["object"], &json!("Like"))
    );
    assert_eq!(said[7]["object"]["object"], said[6]["object"]);
}

#[tokio::test]
async fn words_that_are_taken_back_before_they_were_brought_are_brought_to_nobody() {
    let (world, groups, plain) = scene().await;
    let thread = world.thread("Which kettle?").await;
    let reply = world.reply(&world.bo, &thread, "A copper one.").await;
    world.bo.patch(&format!("/api/v1/comments/{reply}"), json!({ "text": "A steel one." })).await.is(200);
    let peer = Peer::new().await;
    let note = peer.note("notes/1", &format!("{HOST}/c/{thread}"), "<p>An iron one.</p>");
    peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
    assert_eq!(waiting(&world, &groups).await.len(), 5);
    world.bo.delete(&format!("/api/v1/comments/{reply}")).await.is(204);
    peer.say(&world, &peer.activity("deletes/1", "Delete", &json!(note["id"]))).await;
    assert_eq!(
        lines(&told(&world, &groups, 1).await),
        ["Announce Create /b/talk", "Announce Delete /b/talk", "Announce Delete /b/talk"]
    );
    assert_eq!(lines(&told(&world, &plain, 1).await), ["Announce a name /b/talk", "Delete Tombstone /u/bo"]);
    let said = waiting(&world, &groups).await;
    assert!(!json!(said).to_string().contains("one."), "{said:#?}");
}

#[tokio::test]
async fn what_a_moderator_removes_is_taken_down_elsewhere_in_its_authors_name() {
    let (world, groups, plain) = scene().await;
    let thread = world.thread("Which kettle?").await;
    let reply = world.reply(&world.bo, &thread, "Buy my kettles.").await;
    let known = [waiting(&world, &groups).await.len(), waiting(&world, &plain).await.len()];
    for _ in 0..2 {
        let remove = format!("/api/v1/admin/comments/{reply}/remove");
        world.mo.post(&remove, json!({ "reason": "advertising" })).await.is(200);
    }
    // What was said with its words and not brought is not brought any more: to servers that keep groups that was one thing.
    assert_eq!(lines(&told(&world, &groups, known[0] - 1).await), ["Announce Delete /b/talk"]);
    assert_eq!(lines(&told(&world, &plain, known[1]).await), ["Delete Tombstone /u/bo"]);
    // Neither who did it nor why is anybody's business there.
    let said = waiting(&world, &groups).await.pop().unwrap().to_string();
    assert!(said.contains("/u/bo") && !said.contains("/u/mo") && !said.contains("advertising"), "{said}");
    // What is somebody's elsewhere is not ours to delete.
    let note = plain.note("notes/1", &format!("{HOST}/c/{thread}"), "<p>Mine.</p>");
    plain.say(&world, &plain.activity("creates/1", "Create", &note)).await;
    let known = waiting(&world, &plain).await.len();
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}?sort=new")).await.is(200);
    let theirs = shown.all("/comments", "/id").into_iter().find(|id| *id != json!(reply)).unwrap();
    let remove = format!("/api/v1/admin/comments/{}/remove", theirs.as_str().unwrap());
    world.mo.post(&remove, json!({ "reason": "" })).await.is(200);
    assert_eq!(told(&world, &plain, known).await.len(), 0);
}

#[tokio::test]
async fn nothing_goes_to_one_inbox_twice() {
    let (world, groups, _) = scene().await;
    for (n, followed) in ["/b/talk.all", "/u/bo"].iter().enumerate() {
        let follow = groups.activity(&format!("follows/{n}x"), "Follow", &json!(format!("{HOST}{followed}")));
        groups.say(&world, &follow).await;
    }
    let known = waiting(&world, &groups).await.len();
    let thread = world.thread("Which kettle?").await;
    let reply = world.reply(&world.bo, &thread, "A copper one.").await;
    let follow = groups.activity("follows/9", "Follow", &json!(format!("{HOST}/t/{thread}")));
    groups.say(&world, &follow).await;
    world.reply(&world.ana, &reply, "And where from?").await;
    assert_eq!(
        lines(&told(&world, &groups, known).await),
        [
            "Announce Create /b/talk",
            "Announce Create /b/talk",
            "Accept Follow /t/".to_owned().as_str(),
            "Announce Create /b/talk"
        ]
        .map(|line| if line.starts_with("Accept") { format!("{line}{thread}") } else { line.to_owned() })
    );
}

#[tokio::test]
async fn who_follows_only_the_loud_board_hears_by_it() {
    let (world, peer) = (World::new().await, Peer::new().await);
    peer.keeps_groups(&world).await;
    peer.say(&world, &peer.activity("follows/1", "Follow", &json!(format!("{HOST}/b/talk.all")))).await;
    let thread = world.thread("Which kettle?").await;
    world.reply(&world.bo, &thread, "A copper one.").await;
    assert_eq!(lines(&told(&world, &peer, 1).await), ["Announce Create /b/talk.all"; 2]);
}

#[tokio::test]
async fn a_thread_passes_on_whole_activities_to_those_who_follow_it_alone() {
    let (world, peer) = (World::new().await, Peer::new().await);
    peer.keeps_groups(&world).await;
    let thread = world.thread("Which kettle?").await;
    peer.say(&world, &peer.activity("follows/1", "Follow", &json!(format!("{HOST}/t/{thread}")))).await;
    world.reply(&world.bo, &thread, "A copper one.").await;
    assert_eq!(lines(&told(&world, &peer, 1).await), [format!("Announce Create /t/{thread}")]);
}

#[tokio::test]
async fn what_came_from_elsewhere_is_passed_on_as_it_came() {
    let (world, groups, plain) = scene().await;
    let thread = world.thread("Which kettle?").await;
    let note = plain.note("notes/1", &format!("{HOST}/c/{thread}"), "<p>Ein Kessel</p>");
    let known = waiting(&world, &groups).await.len();
    // Spaces, escapes, an unknown part with a number: whoever has signed it would find them changed.
    let create = plain.activity("creates/1", "Create", &note).to_string();
    let create = format!("{{ \"x:\\u00e4\" : 1.50e0,\n{}", create.strip_prefix('{').unwrap());
    plain.say_as("users/bo", &world, create.clone()).await;
    let mut changed = note.clone();
    changed["content"] = json!("<p>Ein Topf</p>");
    changed["updated"] = json!("2027-01-15T07:30:00Z");
    plain.say(&world, &plain.activity("updates/1", "Update", &changed)).await;
    let like = plain.activity("likes/1", "Like", &json!(format!("{HOST}/c/{thread}")));
    plain.say(&world, &like).await;
    // The same again is nothing new.
    plain.say(&world, &plain.activity("likes/2", "Like", &json!(format!("{HOST}/c/{thread}")))).await;
    plain.say(&world, &plain.activity("undo/1", "Undo", &like)).await;
    let heard = ["Create", "Update", "Like", "Undo"].map(|kind| format!("Announce {kind} /b/talk"));
    assert_eq!(lines(&told(&world, &groups, known).await), heard);
    let host = groups.base.trim_start_matches("http://").to_owned();
    let sent = world.app.ctx.db().read(move |tx| storage::outbox::waiting(tx, &host, &[], 100)).await.unwrap();
    assert!(sent[known].body.ends_with(&format!(",\"object\":{create}}}")), "{}", sent[known].body);
    plain.say(&world, &plain.activity("deletes/1", "Delete", &note["id"])).await;
    let last = lines(&told(&world, &groups, known + 2).await);
    assert_eq!(last, ["Announce Delete /b/talk"]);
    // What its author takes back is not shown again under the id of the announcement.
    let id = serde_json::from_str::<Value>(&sent[known].body).unwrap()["id"].as_str().unwrap().to_owned();
    world.document(id.trim_start_matches(HOST)).await.refused(404, "not-found");
}

#[tokio::test]
async fn what_was_not_for_everybody_is_not_passed_on() {
    let (world, groups, plain) = scene().await;
    let thread = world.thread("Which kettle?").await;
    let known = waiting(&world, &groups).await.len();
    let to = format!("{HOST}/c/{thread}");
    // Published quietly: shown, and not announced.
    let mut quiet = plain.note("notes/1", &to, "<p>Quietly.</p>");
    quiet["to"] = json!([plain.id("users/bo/followers")]);
    quiet["cc"] = json!([PUBLIC]);
    let mut create = plain.activity("creates/1", "Create", &quiet);
    create["to"] = quiet["to"].clone();
    plain.say(&world, &create).await;
    plain.say(&world, &plain.activity("deletes/1", "Delete", &quiet["id"])).await;
    // A vote for the author's eyes; Mastodon addresses none.
    let mut like = plain.activity("likes/1", "Like", &json!(to));
    like.as_object_mut().unwrap().remove("to");
    plain.say(&world, &like).await;
    assert_eq!(told(&world, &groups, known).await.len(), 0);
    // One that was given to the board, as Lemmy does.
    let mut undo = plain.activity("undo/1", "Undo", &like);
    undo.as_object_mut().unwrap().remove("to");
    undo["audience"] = json!(format!("{HOST}/b/talk"));
    plain.say(&world, &undo).await;
    // The note is for everybody, what was said of it is not: its name is enough.
    let mut create = plain.activity("creates/2", "Create", &plain.note("notes/2", &to, "<p>Aloud.</p>"));
    create["to"] = json!([format!("{HOST}/u/ana")]);
    plain.say(&world, &create).await;
    assert_eq!(lines(&told(&world, &groups, known).await), ["Announce Undo /b/talk", "Announce a name /b/talk"]);
}

#[tokio::test]
async fn a_vote_that_is_taken_back_is_named_as_it_was_told() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let note = peer.note("notes/1", &format!("{HOST}/c/{thread}"), "<p>A copper one.</p>");
    peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200);
    let vote = format!("/api/v1/comments/{}/vote", shown.text("/comments/0/id"));
    for value in [1, 0, -1, 1] {
        world.hands.forward(1);
        world.ana.put(&vote, json!({ "value": value })).await.is(200);
    }
    let said = waiting(&world, &peer).await;
    let kinds: Vec<_> = said.iter().map(|said| said["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["Like", "Undo", "Dislike", "Undo", "Like"]);
    let bare = |said: &Value| {
        let mut said = said.clone();
        said.as_object_mut().unwrap().shift_remove("@context");
        said
    };
    assert_eq!((&said[1]["object"], &said[3]["object"]), (&bare(&said[0]), &bare(&said[2])));
    assert_ne!(said[0]["id"], said[4]["id"]);
}

#[tokio::test]
async fn whoever_counts_a_vote_hears_of_it_from_its_voter() {
    let (world, groups, _) = scene().await;
    let thread = world.thread("Which kettle?").await;
    let note = groups.note("notes/1", &format!("{HOST}/c/{thread}"), "<p>A copper one.</p>");
    groups.say(&world, &groups.activity("creates/1", "Create", &note)).await;
    let known = waiting(&world, &groups).await.len();
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200);
    let vote = format!("/api/v1/comments/{}/vote", shown.text("/comments/0/id"));
    world.ana.put(&vote, json!({ "value": 1 })).await.is(200);
    world.ana.put(&vote, json!({ "value": 0 })).await.is(200);
    assert_eq!(lines(&told(&world, &groups, known).await), ["Like a name /u/ana", "Undo Like /u/ana"]);
}

/// A comment of Bo's that is here, a group on another server, and how its home shows it.
async fn passed(world: &World) -> (Peer, Peer, String, Value) {
    let (home, group) = (Peer::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let note = home.note("notes/1", &format!("{HOST}/c/{thread}"), "<p>As it was.</p>");
    home.show("notes/1", note.clone());
    home.say(world, &home.activity("creates/1", "Create", &note)).await;
    group.group("tea");
    (home, group, thread, note)
}

/// A group announces what somebody did.
fn announce(group: &Peer, path: &str, by: &Peer, kind: &str, object: &Value) -> String {
    let inner = by.activity(&format!("inner/{path}"), kind, object);
    json!({
        "id": group.id(path), "type": "Announce", "actor": group.id("users/tea"), "object": inner, "to": [PUBLIC],
        "cc": [format!("{HOST}/b/talk")],
    })
    .to_string()
}

async fn html(world: &World, thread: &str) -> String {
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200);
    let state = shown.text("/comments/0/state");
    if state == "published" { shown.text("/comments/0/html").replace(" dir=\"auto\"", "") } else { state }
}

#[tokio::test]
async fn c13_what_a_group_passes_on_is_asked_for_at_its_home() {
    let world = World::new().await;
    let (home, group, thread, note) = passed(&world).await;
    let mut forged = note.clone();
    forged["content"] = json!("<p>Forged.</p>");
    forged["updated"] = json!("2027-01-15T07:40:00Z");
    group.say_as("users/tea", &world, announce(&group, "announces/1", &home, "Update", &forged)).await;
    assert_eq!(html(&world, &thread).await, "<p>As it was.</p>");
    let mut newer = note.clone();
    newer["content"] = json!("<p>As it is.</p>");
    newer["updated"] = json!("2027-01-15T07:45:00Z");
    home.show("notes/1", newer);
    group.say_as("users/tea", &world, announce(&group, "announces/2", &home, "Update", &forged)).await;
    assert_eq!(html(&world, &thread).await, "<p>As it is.</p>");
    // What is not here is made of what its home shows, never of what is said (C4).
    let mut other = forged.clone();
    other["id"] = json!(home.id("notes/2"));
    group.say_as("users/tea", &world, announce(&group, "announces/3", &home, "Update", &other)).await;
    assert_eq!(reason(&world, State::Ignored).await, "what is changed cannot be had");
    assert_eq!(count(&world, &thread).await, 1);
    home.show("notes/2", home.note("notes/2", &format!("{HOST}/c/{thread}"), "<p>Another.</p>"));
    group.say_as("users/tea", &world, announce(&group, "announces/3b", &home, "Update", &other)).await;
    assert_eq!(count(&world, &thread).await, 2);
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200).json().to_string();
    assert!(shown.contains("Another.") && !shown.contains("Forged."), "{shown}");

    // A deletion counts when the home of what is deleted says so.
    group.say_as("users/tea", &world, announce(&group, "announces/4", &home, "Delete", &note["id"])).await;
    assert_eq!(reason(&world, State::Again).await, "its home still shows what is said to be deleted");
    for _ in 0..3 {
        world.hands.forward(600_000);
        while actions::elsewhere::work::round(&world.app.ctx).await.unwrap() > 0 {}
    }
    assert_eq!(reason(&world, State::Ignored).await, "its home still shows what is said to be deleted");
    assert_eq!(html(&world, &thread).await, "<p>As it is.</p>");
    home.show("notes/1", json!({ "id": note["id"], "type": "Tombstone" }));
    group.say_as("users/tea", &world, announce(&group, "announces/5", &home, "Delete", &note["id"])).await;
    assert_eq!(html(&world, &thread).await, "deleted");
    // And again.
    home.show("notes/1", Value::Null);
    group.say_as("users/tea", &world, announce(&group, "announces/6", &home, "Delete", &note["id"])).await;
    assert_eq!(html(&world, &thread).await, "deleted");
}

async fn count(world: &World, thread: &str) -> usize {
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200);
    shown.at("/comments").as_array().unwrap().len()
}

#[tokio::test]
async fn c12_what_others_did_is_passed_on_by_groups_only_and_votes_by_nobody() {
    let world = World::new().await;
    let (home, group, thread, note) = passed(&world).await;
    home.show("notes/1", Value::Null);
    let person = announce(&group, "announces/1", &home, "Delete", &note["id"]).replace("users/tea", "users/bo");
    group.say_as("users/bo", &world, person).await;
    assert_eq!(reason(&world, State::Ignored).await, "what others did is passed on by groups only");
    assert_eq!(html(&world, &thread).await, "<p>As it was.</p>");
    group.say_as("users/tea", &world, announce(&group, "announces/2", &home, "Like", &note["id"])).await;
    assert!(reason(&world, State::Ignored).await.starts_with("a vote that is passed on cannot be verified"));
    assert_eq!(world.anon.get(&format!("/api/v1/threads/{thread}")).await.at("/comments/0/score"), json!(0));
}
