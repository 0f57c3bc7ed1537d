//! What authors elsewhere take back, and put back again; and what stands below what is gone.

use domain::{CommentId, State, ThreadId};
use serde_json::{Value, json};
use storage::inbox::State as Settled;
use storage::threads;

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
async fn what_was_removed_is_still_its_authors_to_delete_and_is_not_restored_then() {
    let scene = Scene::new().await;
    scene.moderate(&scene.id, "remove").await.is(200);
    scene.delete("deletes/1").await;
    assert_eq!(scene.shown().await.text("/state"), "deleted");
    scene.moderate(&scene.id, "restore").await.refused(410, "tombstone");
    // One of ours, with a title that was withheld.
    scene.moderate(&scene.thread, "remove").await.is(200);
    scene.world.ana.delete(&format!("/api/v1/comments/{}", scene.thread)).await.is(204);
    scene.moderate(&scene.thread, "restore").await.refused(410, "tombstone");
    let root: CommentId = scene.thread.parse().unwrap();
    let left = scene.world.app.ctx.db().write(move |tx| threads::give_back(tx, ThreadId(root.0)));
    assert_eq!(left.await.unwrap(), None);
}

#[tokio::test]
async fn what_was_removed_of_somebody_who_is_deleted_loses_its_words_too() {
    let scene = Scene::new().await;
    scene.moderate(&scene.id, "remove").await.is(200);
    scene.peer.show("users/bo", Value::Null);
    let leaves = scene.peer.activity("deletes/1", "Delete", &json!(scene.peer.id("users/bo")));
    scene.peer.say(&scene.world, &leaves).await;
    assert_eq!(actions::maintenance::run_due(&scene.world.app.ctx).await.unwrap(), 1);
    assert_eq!(scene.shown().await.text("/state"), "deleted");
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
async fn what_answers_a_tombstone_stands_below_it() {
    let scene = Scene::new().await;
    let removed = scene.world.reply(&scene.world.bo, &scene.thread, "Buy my kettles.").await;
    scene.moderate(&removed, "remove").await.is(200);
    let answer = scene.peer.note("notes/2", &format!("{HOST}/c/{removed}"), "<p>No.</p>");
    let below = scene.peer.note("notes/3", &scene.peer.id("notes/2"), "<p>Yes.</p>");
    for (n, note) in [(2, &answer), (3, &below)] {
        scene.peer.say(&scene.world, &scene.peer.activity(&format!("creates/{n}"), "Create", note)).await;
    }
    let shown = scene.world.anon.get(&format!("/api/v1/threads/{}?sort=old", scene.thread)).await.is(200);
    assert_eq!(shown.all("/comments", "/depth"), [json!(0), json!(0), json!(1), json!(2)]);
    // People here see that it is gone.
    let reply = scene.world.ana.post(&format!("/api/v1/comments/{removed}/replies"), json!({ "text": "Why?" })).await;
    reply.refused(410, "tombstone");
    // What is held does not exist for anybody elsewhere.
    let held: CommentId = scene.id.parse().unwrap();
    let set = scene.world.app.ctx.db().write(move |tx| storage::comments::set_state(tx, held, State::Held));
    set.await.unwrap();
    let answer = scene.peer.note("notes/4", &scene.peer.id("notes/1"), "<p>Where?</p>");
    scene.peer.say(&scene.world, &scene.peer.activity("creates/4", "Create", &answer)).await;
    assert!(!reason(&scene.world, Settled::Refused).await.is_empty());
}

/// What a server was told since the first `known` things: (type, type of what is in it, who says it).
async fn told(world: &World, peer: &Peer, known: usize) -> Vec<[String; 3]> {
    let word = |value: &Value| value.as_str().unwrap_or("a name").trim_start_matches(HOST).to_owned();
    let said = waiting(world, peer).await.split_off(known);
    said.iter().map(|said| [word(&said["type"]), word(&said["object"]["type"]), word(&said["actor"])]).collect()
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
