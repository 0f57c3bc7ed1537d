//! What authors elsewhere take back, and put back again; and what stands below what is gone.

use domain::{CommentId, State};
use serde_json::{Value, json};
use storage::inbox::State as Settled;

use crate::peer::Peer;
use crate::received::{reason, waiting};
use crate::world::{Answer, HOST, World};

/// A thread of Ana's with a comment by Bo of another server, which shows it.
struct Scene {
    world: World,
    peer: Peer,
    thread: String,
    note: Value,
    /// The number of Bo's comment.
    id: String,
}

impl Scene {
    async fn new() -> Self {
        let (world, peer) = (World::new().await, Peer::new().await);
        let thread = world.thread("Which kettle?").await;
        let note = peer.note("notes/1", &format!("{HOST}/c/{thread}"), "<p>A copper one.</p>");
        peer.show("notes/1", note.clone());
        peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
        let id = number(&world, note["id"].as_str().unwrap()).await;
        Self { world, peer, thread, note, id }
    }

    /// Bo deletes it.
    async fn delete(&self, path: &str) -> Value {
        let delete = self.peer.activity(path, "Delete", &self.note["id"]);
        self.peer.say(&self.world, &delete).await;
        delete
    }

    /// Bo takes the deletion back.
    async fn undo(&self, path: &str, delete: &Value) {
        self.peer.say(&self.world, &self.peer.activity(path, "Undo", delete)).await;
    }

    async fn moderate(&self, id: &str, deed: &str) -> Answer {
        self.world.mo.post(&format!("/api/v1/admin/comments/{id}/{deed}"), json!({ "reason": "" })).await
    }

    async fn shown(&self) -> Answer {
        self.world.anon.get(&format!("/api/v1/comments/{}", self.id)).await.is(200)
    }
}

async fn number(world: &World, uri: &str) -> String {
    let uri = uri.to_owned();
    let found = world.app.ctx.db().read(move |tx| storage::objects::by_uri(tx, &uri)).await.unwrap();
    found.unwrap().comment.to_string()
}

#[tokio::test]
async fn what_is_made_private_is_taken_down() {
    let scene = Scene::new().await;
    let mut changed = scene.note.clone();
    changed["to"] = json!([scene.peer.id("users/bo/followers")]);
    changed["cc"] = json!([]);
    changed["content"] = json!("<p>Between us.</p>");
    changed["updated"] = json!("2027-01-15T07:30:00Z");
    scene.peer.say(&scene.world, &scene.peer.activity("updates/1", "Update", &changed)).await;
    let shown = scene.shown().await;
    assert!(!shown.body().contains("Between us.") && !shown.body().contains("copper"), "{}", shown.body());
    assert_eq!(shown.text("/state"), "deleted");
}

#[tokio::test]
async fn what_answers_what_its_author_has_deleted_stands_below_it() {
    let scene = Scene::new().await;
    let deleted = scene.world.reply(&scene.world.bo, &scene.thread, "No kettle.").await;
    scene.world.bo.delete(&format!("/api/v1/comments/{deleted}")).await.is(204);
    let answer = scene.peer.note("notes/2", &format!("{HOST}/c/{deleted}"), "<p>No.</p>");
    let below = scene.peer.note("notes/3", &scene.peer.id("notes/2"), "<p>Yes.</p>");
    for (n, note) in [(2, &answer), (3, &below)] {
        scene.peer.say(&scene.world, &scene.peer.activity(&format!("creates/{n}"), "Create", note)).await;
    }
    let shown = scene.world.anon.get(&format!("/api/v1/threads/{}?sort=old", scene.thread)).await.is(200);
    assert_eq!(shown.all("/comments", "/depth"), [json!(0), json!(0), json!(1), json!(2)]);
    // People here see that it is gone.
    let reply = scene.world.ana.post(&format!("/api/v1/comments/{deleted}/replies"), json!({ "text": "Why?" })).await;
    reply.refused(410, "tombstone");
    // What is held does not exist for anybody elsewhere.
    let held: CommentId = scene.id.parse().unwrap();
    let set = scene.world.app.ctx.db().write(move |tx| storage::comments::set_state(tx, held, State::Held));
    set.await.unwrap();
    let answer = scene.peer.note("notes/4", &scene.peer.id("notes/1"), "<p>Where?</p>");
    scene.peer.say(&scene.world, &scene.peer.activity("creates/4", "Create", &answer)).await;
    assert!(!reason(&scene.world, Settled::Refused).await.is_empty());
}

#[tokio::test]
async fn an_author_puts_back_what_its_home_shows_again() {
    let scene = Scene::new().await;
    let delete = scene.delete("deletes/1").await;
    // Its home does not show it yet; then it does, but somebody else says so.
    scene.peer.show("notes/1", Value::Null);
    scene.undo("undo/1", &delete).await;
    assert_eq!(scene.shown().await.text("/state"), "deleted");
    scene.peer.show("notes/1", scene.note.clone());
    scene.peer.show("users/sly", scene.peer.actor("sly", &scene.peer.key));
    let theirs = scene.peer.activity_of("sly", "deletes/2", "Delete", &scene.note["id"]);
    scene.peer.say(&scene.world, &scene.peer.activity_of("sly", "undo/2", "Undo", &theirs)).await;
    assert_eq!(scene.shown().await.text("/state"), "deleted");
    let thread = format!("/api/v1/threads/{}", scene.thread);
    let count = scene.world.anon.get(&thread).await.is(200).at("/thread/comments_count");
    scene.undo("undo/3", &delete).await;
    let shown = scene.shown().await;
    assert_eq!(shown.text("/state"), "published");
    assert!(shown.text("/html").contains("A copper one."));
    let now = scene.world.anon.get(&thread).await.is(200).at("/thread/comments_count");
    assert_eq!(now.as_i64(), count.as_i64().map(|count| count + 1));
    let found = scene.world.anon.get("/api/v1/search?q=copper").await.is(200);
    assert_eq!(found.at("/items").as_array().unwrap().len(), 1);
    // The same again is nothing new.
    scene.undo("undo/4", &delete).await;
    assert_eq!(scene.shown().await.text("/state"), "published");
}

#[tokio::test]
async fn a_thread_that_its_author_puts_back_has_its_title_again() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let mut page = peer.note("notes/1", "", "<p>I have two.</p>");
    page.as_object_mut().unwrap().remove("inReplyTo");
    page["type"] = json!("Page");
    page["name"] = json!("Which kettle?");
    page["audience"] = json!(format!("{HOST}/b/talk"));
    peer.show("notes/1", page.clone());
    peer.say(&world, &peer.activity("creates/1", "Create", &page)).await;
    let delete = peer.activity("deletes/1", "Delete", &page["id"]);
    peer.say(&world, &delete).await;
    let listed = async || world.anon.get("/api/v1/boards/talk/threads").await.is(200).all("/items", "/title");
    assert_eq!(listed().await, Vec::<Value>::new());
    peer.say(&world, &peer.activity("undo/1", "Undo", &delete)).await;
    assert_eq!(listed().await, [json!("Which kettle?")]);
}

#[tokio::test]
async fn a_thread_that_was_made_of_a_comment_has_the_title_that_it_was_given_again() {
    let scene = Scene::new().await;
    let title =
        async || scene.world.anon.get(&format!("/api/v1/threads/{}", scene.id)).await.is(200).text("/thread/title");
    let split = format!("/api/v1/admin/comments/{}/split", scene.id);
    scene.world.mo.post(&split, json!({ "title": "Copper", "reason": "" })).await.is(200);
    for n in 1..=2 {
        let delete = scene.delete(&format!("deletes/{n}")).await;
        assert_eq!(title().await, "[deleted]");
        scene.undo(&format!("undo/{n}"), &delete).await;
        assert_eq!((scene.shown().await.text("/state"), title().await), ("published".into(), "Copper".into()));
    }
    assert_eq!(scene.world.anon.get("/api/v1/search?q=copper").await.is(200).all("/items", "/id"), [json!(scene.id)]);
}

/// A thread that Bo began at home, with `Delete` and `Undo` of it.
async fn deleted_and_put_back(world: &World, peer: &Peer, page: &Value) {
    let delete = peer.activity(&format!("{}/deletes", page["name"].as_str().unwrap()), "Delete", &page["id"]);
    peer.say(world, &delete).await;
    let undo = peer.activity(&format!("{}/undos", page["name"].as_str().unwrap()), "Undo", &delete);
    peer.say(world, &undo).await;
}

#[tokio::test]
async fn what_waited_when_its_author_deleted_it_waits_when_they_put_it_back() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let policy = json!({ "level": "hold", "reason": "" });
    world.admin.put(&format!("/api/v1/admin/peers/{}/policy", peer.host()), policy).await.is(200);
    let listed = async || world.anon.get("/api/v1/boards/talk/threads").await.is(200).all("/items", "/title");
    for (name, rejected) in [("kettle", false), ("teapot", true)] {
        let path = format!("notes/{name}");
        let mut page = peer.note(&path, "", "<p>I have two.</p>");
        page.as_object_mut().unwrap().remove("inReplyTo");
        page["type"] = json!("Page");
        page["name"] = json!(name);
        page["audience"] = json!(format!("{HOST}/b/talk"));
        peer.show(&path, page.clone());
        peer.say(&world, &peer.activity(&format!("creates/{name}"), "Create", &page)).await;
        let id = number(&world, page["id"].as_str().unwrap()).await;
        let decide = async |deed: &str| {
            world.mo.post(&format!("/api/v1/admin/comments/{id}/{deed}"), json!({ "reason": "" })).await.is(200)
        };
        if rejected {
            decide("reject").await;
        }
        deleted_and_put_back(&world, &peer, &page).await;
        let waits = world.mo.get("/api/v1/admin/queue").await.is(200).all("/items", "/id");
        assert_eq!(waits, if rejected { vec![] } else { vec![json!(id)] });
        world.anon.get(&format!("/api/v1/threads/{id}")).await.refused(404, "not-found");
        assert_eq!(listed().await.len(), usize::from(rejected));
        decide("approve").await;
        assert_eq!(listed().await[0], json!(name));
    }
}

#[tokio::test]
async fn what_a_moderator_removed_its_author_neither_deletes_nor_puts_back() {
    let scene = Scene::new().await;
    scene.moderate(&scene.id, "remove").await.is(200);
    let delete = scene.delete("deletes/1").await;
    scene.undo("undo/1", &delete).await;
    assert_eq!(scene.shown().await.text("/state"), "removed");
    assert!(reason(&scene.world, Settled::Refused).await.contains("removed"));
    // What a moderator restored afterwards is its author's again.
    let other = Scene::new().await;
    other.moderate(&other.id, "remove").await.is(200);
    other.moderate(&other.id, "restore").await.is(200);
    let delete = other.delete("deletes/1").await;
    other.undo("undo/1", &delete).await;
    assert_eq!(other.shown().await.text("/state"), "published");
}

/// What a server was told since the first `known` things: (type, type of what is in it, who says it).
async fn told(world: &World, peer: &Peer, known: usize) -> Vec<[String; 3]> {
    let word = |value: &Value| value.as_str().unwrap_or("a name").trim_start_matches(HOST).to_owned();
    let said = waiting(world, peer).await.split_off(known);
    said.iter().map(|said| [word(&said["type"]), word(&said["object"]["type"]), word(&said["actor"])]).collect()
}

#[tokio::test]
async fn a_deletion_is_passed_on_whomever_it_names() {
    let (scene, groups) = (Scene::new().await, Peer::new().await);
    groups.keeps_groups(&scene.world).await;
    let follow = groups.activity("follows/1", "Follow", &json!(format!("{HOST}/b/talk")));
    groups.say(&scene.world, &follow).await;
    // Misskey names nobody.
    let mut delete = scene.peer.activity("deletes/1", "Delete", &scene.note["id"]);
    delete.as_object_mut().unwrap().remove("to");
    scene.peer.say(&scene.world, &delete).await;
    assert_eq!(told(&scene.world, &groups, 1).await, [["Announce", "Delete", "/b/talk"]]);
}

#[tokio::test]
async fn what_nobody_was_told_of_is_deleted_and_put_back_without_a_word() {
    let (world, peer, groups) = (World::new().await, Peer::new().await, Peer::new().await);
    groups.keeps_groups(&world).await;
    let follower = Peer::new().await;
    for one in [&groups, &follower] {
        one.say(&world, &one.activity("follows/1", "Follow", &json!(format!("{HOST}/b/talk.all")))).await;
    }
    let policy = json!({ "level": "hold", "reason": "" });
    world.admin.put(&format!("/api/v1/admin/peers/{}/policy", peer.host()), policy).await.is(200);
    let mut page = peer.note("notes/1", "", "<p>I have two.</p>");
    page.as_object_mut().unwrap().remove("inReplyTo");
    page["type"] = json!("Page");
    page["name"] = json!("kettle");
    page["audience"] = json!(format!("{HOST}/b/talk"));
    peer.show("notes/1", page.clone());
    peer.say(&world, &peer.activity("creates/1", "Create", &page)).await;
    deleted_and_put_back(&world, &peer, &page).await;
    for one in [&groups, &follower] {
        assert_eq!(told(&world, one, 1).await, [] as [[String; 3]; 0]);
    }
}

#[tokio::test]
async fn what_a_rule_holds_when_it_is_put_back_is_put_back_for_nobody() {
    let (scene, groups) = (Scene::new().await, Peer::new().await);
    groups.keeps_groups(&scene.world).await;
    groups.say(&scene.world, &groups.activity("follows/1", "Follow", &json!(format!("{HOST}/b/talk")))).await;
    let delete = scene.delete("deletes/1").await;
    let rules = json!({ "rules": [{ "name": "calm", "effect": "hold", "when": { "words": ["copper"] } }] });
    scene.world.admin.put("/api/v1/admin/rules", rules).await.is(200);
    scene.undo("undo/1", &delete).await;
    assert_eq!(told(&scene.world, &groups, 1).await, [["Announce", "Delete", "/b/talk"]]);
}

/// What was announced to `follower` of Bo's second comment, and what takes that back, as often as it was.
async fn announced_and_not(scene: &Scene, follower: &Peer) -> (Value, Vec<Value>) {
    let said = waiting(&scene.world, follower).await;
    let announced = said.iter().find(|said| said["type"] == "Announce").unwrap().clone();
    (announced, said.into_iter().filter(|said| said["type"] == "Undo").collect())
}

/// Somebody elsewhere follows all of the board, and Bo writes another comment.
async fn followed() -> (Scene, Peer, String) {
    let (scene, follower) = (Scene::new().await, Peer::new().await);
    let follow = follower.activity("follows/1", "Follow", &json!(format!("{HOST}/b/talk.all")));
    follower.say(&scene.world, &follow).await;
    let note = scene.peer.note("notes/2", &format!("{HOST}/c/{}", scene.thread), "<p>A steel one.</p>");
    scene.peer.say(&scene.world, &scene.peer.activity("creates/2", "Create", &note)).await;
    let id = number(&scene.world, note["id"].as_str().unwrap()).await;
    (scene, follower, id)
}

#[tokio::test]
async fn what_was_announced_and_is_deleted_at_its_home_is_announced_no_more() {
    let (scene, follower, _) = followed().await;
    let note = scene.peer.id("notes/2");
    scene.peer.say(&scene.world, &scene.peer.activity("deletes/2", "Delete", &json!(note))).await;
    let (announced, undone) = announced_and_not(&scene, &follower).await;
    assert_eq!((announced["object"].as_str(), undone.len()), (Some(note.as_str()), 1));
    let inner = &undone[0]["object"];
    assert_eq!((&inner["id"], &inner["type"], &inner["object"]), (&announced["id"], &announced["type"], &json!(note)));
    assert_eq!(undone[0]["actor"], announced["actor"]);
}

#[tokio::test]
async fn what_was_announced_and_is_removed_is_announced_no_more() {
    let (scene, follower, id) = followed().await;
    scene.moderate(&id, "remove").await.is(200);
    let (announced, undone) = announced_and_not(&scene, &follower).await;
    assert_eq!((undone.len(), &undone[0]["object"]["id"]), (1, &announced["id"]));
    // That its author deletes it then is nothing new to anybody.
    let delete = scene.peer.activity("deletes/2", "Delete", &json!(scene.peer.id("notes/2")));
    scene.peer.say(&scene.world, &delete).await;
    assert_eq!(announced_and_not(&scene, &follower).await.1.len(), 1);
}

#[tokio::test]
async fn what_is_announced_again_is_under_another_id_each_time() {
    let (scene, follower, id) = followed().await;
    for deed in ["remove", "restore", "remove", "restore", "remove"] {
        scene.moderate(&id, deed).await.is(200);
    }
    let said = waiting(&scene.world, &follower).await;
    let note = scene.peer.id("notes/2");
    let about = said.iter().filter(|said| said["object"] == note.as_str() || said["object"]["object"] == note.as_str());
    let about: Vec<(&Value, &Value)> = about
        .map(|said| (&said["type"], if said["type"] == "Undo" { &said["object"]["id"] } else { &said["id"] }))
        .collect();
    let kinds: Vec<_> = about.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, ["Announce", "Undo", "Announce", "Undo", "Announce", "Undo"]);
    let ids: Vec<&str> = about.iter().map(|(_, id)| id.as_str().unwrap()).collect();
    // What is taken back is what was announced last.
    assert_eq!([ids[0], ids[2], ids[4]], [ids[1], ids[3], ids[5]]);
    assert!(ids[0] != ids[2] && ids[2] != ids[4] && ids[0] != ids[4], "{ids:?}");
}
