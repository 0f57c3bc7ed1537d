//! What is decided elsewhere about boards elsewhere: by whom, and how far it goes.

use domain::{CommentId, Deed, ThreadId};
use serde_json::{Value, json};
use storage::inbox::State;
use storage::threads::Thread;

use crate::peer::Peer;
use crate::received::{reason, waiting};
use crate::world::{HOST, World};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

const QUARTER_MS: i64 = 15 * 60 * 1000;

/// A board of another server that Ana follows, with a thread by Bo and an answer to it. Mo moderates it, and Sly does not.
pub struct Scene {
    pub world: World,
    pub peer: Peer,
    pub tea: String,
}

impl Scene {
    pub async fn new() -> Self {
        let (world, peer) = (World::new().await, Peer::new().await);
        let tea = peer.group("tea");
        for name in ["mo", "sly"] {
            peer.show(&format!("users/{name}"), peer.actor(name, &peer.key));
        }
        let scene = Self { world, peer, tea };
        scene.lists("users/tea/moderators", &["users/mo"]);
        scene.followed().await;
        let mut page = scene.note(1, None);
        page["type"] = json!("Page");
        page["name"] = json!("Which kettle?");
        for (n, note) in [(1, page), (2, scene.note(2, Some(scene.peer.id("notes/1"))))] {
            scene.peer.show(&format!("notes/{n}"), note);
            scene.passes_on(&format!("announces/{n}"), &json!(scene.peer.id(&format!("notes/{n}")))).await;
        }
        scene
    }

    async fn followed(&self) {
        actions::elsewhere::following::follow_as_host(&self.world.app.ctx, "ana", &self.tea).await.unwrap();
        let follow = waiting(&self.world, &self.peer).await.pop().unwrap();
        let accept = json!({ "id": self.peer.id("accepts/1"), "type": "Accept", "actor": self.tea, "object": follow });
        self.peer.say_as("users/tea", &self.world, accept.to_string()).await;
    }

    pub fn note(&self, n: u32, to: Option<String>) -> Value {
        let mut note = self.peer.note(&format!("notes/{n}"), "", &format!("<p>Number {n}.</p>"));
        note["inReplyTo"] = json!(to);
        note["audience"] = json!(self.tea);
        note["cc"] = json!([self.tea]);
        note
    }

    fn lists(&self, path: &str, items: &[&str]) {
        let ids: Vec<String> = items.iter().map(|item| self.peer.id(item)).collect();
        let list = json!({ "id": self.peer.id(path), "type": "OrderedCollection", "orderedItems": ids });
        self.peer.show(path, list);
    }

    pub fn activity(&self, path: &str, who: &str, kind: &str, object: &Value) -> Value {
        json!({
            "id": self.peer.id(path), "type": kind, "actor": self.peer.id(who), "object": object, "to": [PUBLIC],
            "cc": [self.tea, format!("{HOST}/b/talk")], "audience": self.tea,
        })
    }

    /// Somebody says something to us.
    pub async fn says(&self, path: &str, who: &str, kind: &str, object: &Value) {
        self.peer.say_as(who, &self.world, self.activity(path, who, kind, object).to_string()).await;
    }

    /// The group passes something on.
    pub async fn passes_on(&self, path: &str, object: &Value) {
        self.says(path, "users/tea", "Announce", object).await;
    }

    pub async fn comment(&self, n: u32) -> CommentId {
        let uri = self.peer.id(&format!("notes/{n}"));
        let found = self.world.app.ctx.db().read(move |tx| storage::objects::by_uri(tx, &uri)).await.unwrap();
        found.unwrap().comment
    }

    pub async fn state(&self, n: u32) -> domain::State {
        let id = self.comment(n).await;
        self.world.app.ctx.db().read(move |tx| storage::comments::spot(tx, id)).await.unwrap().unwrap().state
    }

    async fn thread(&self) -> Thread {
        let id = ThreadId(self.comment(1).await.0);
        self.world.app.ctx.db().read(move |tx| storage::threads::find(tx, id)).await.unwrap().unwrap()
    }

    pub async fn log(&self) -> Vec<(Deed, String, String)> {
        let (found, _) = actions::manage::log(&self.world.app.ctx, None, 20).await.unwrap();
        found.into_iter().map(|one| (one.entry.deed, one.entry.moderator_name, one.entry.reason)).collect()
    }
}

#[tokio::test]
async fn c17_a_thread_is_closed_by_its_board_and_by_whom_the_board_lists() {
    let scene = Scene::new().await;
    let root = json!(scene.peer.id("notes/1"));
    scene.says("locks/1", "users/sly", "Lock", &root).await;
    assert!(reason(&scene.world, State::Refused).await.contains("whom it lists as moderators"));
    assert!(!scene.thread().await.locked);
    scene.says("locks/2", "users/mo", "Lock", &root).await;
    assert!(scene.thread().await.locked);
    // Its own author is no moderator of it, and the same again is nothing new.
    let lock = scene.activity("locks/2", "users/mo", "Lock", &root);
    let mut theirs = lock.clone();
    theirs["actor"] = json!(scene.peer.id("users/bo"));
    scene.says("undo/1", "users/bo", "Undo", &theirs).await;
    scene.says("locks/3", "users/mo", "Lock", &root).await;
    assert!(scene.thread().await.locked);
    scene.world.hands.forward(QUARTER_MS);
    scene.says("undo/2", "users/mo", "Undo", &lock).await;
    assert!(!scene.thread().await.locked);
    scene.world.hands.forward(QUARTER_MS);
    scene.passes_on("announces/3", &lock).await;
    assert!(scene.thread().await.locked);
    let log = scene.log().await;
    let deeds: Vec<_> = log.iter().map(|(deed, who, _)| (*deed, who.as_str())).collect();
    assert_eq!(deeds, [(Deed::Lock, "tea"), (Deed::Unlock, "mo"), (Deed::Lock, "mo")]);
}

#[tokio::test]
async fn what_is_closed_and_opened_over_and_over_is_one_line_of_the_log() {
    let scene = Scene::new().await;
    let root = json!(scene.peer.id("notes/1"));
    let lock = scene.activity("locks/0", "users/mo", "Lock", &root);
    // Ours did so before; that stays.
    let id = scene.comment(1).await;
    for deed in ["lock", "unlock"] {
        let path = format!("/api/v1/admin/comments/{id}/{deed}");
        scene.world.mo.post(&path, json!({ "reason": "" })).await.is(200);
    }
    for n in 1..6 {
        scene.says(&format!("locks/{n}"), "users/mo", "Lock", &root).await;
        scene.says(&format!("undo/{n}"), "users/mo", "Undo", &lock).await;
        scene.world.hands.forward(60_000);
    }
    assert!(!scene.thread().await.locked);
    let deeds = async || scene.log().await.into_iter().map(|(deed, _, _)| deed).collect::<Vec<_>>();
    assert_eq!(deeds().await, [Deed::Unlock, Deed::Unlock, Deed::Lock]);
    scene.world.hands.forward(QUARTER_MS);
    scene.says("locks/7", "users/mo", "Lock", &root).await;
    assert_eq!(deeds().await, [Deed::Lock, Deed::Unlock, Deed::Unlock, Deed::Lock]);
}

#[tokio::test]
async fn c17_a_comment_is_removed_by_its_board_and_by_whom_the_board_lists() {
    let scene = Scene::new().await;
    let comment = json!(scene.peer.id("notes/2"));
    let mut delete = scene.activity("deletes/1", "users/sly", "Delete", &comment);
    delete["summary"] = json!("because");
    scene.peer.say_as("users/sly", &scene.world, delete.to_string()).await;
    assert_eq!(scene.state(2).await, domain::State::Published);
    delete = scene.activity("deletes/2", "users/mo", "Delete", &comment);
    delete["summary"] = json!("off topic");
    scene.peer.say_as("users/mo", &scene.world, delete.to_string()).await;
    assert_eq!(scene.state(2).await, domain::State::Removed);
    assert_eq!(scene.log().await, [(Deed::Remove, "mo".to_owned(), "off topic".to_owned())]);
    // The root by the board itself, which passes on what one of its moderators did, whoever that was. Its home still shows it.
    let root = scene.activity("deletes/3", "users/sly", "Delete", &json!(scene.peer.id("notes/1")));
    scene.passes_on("announces/3", &root).await;
    assert_eq!(scene.state(1).await, domain::State::Removed);
    // Once more, and by a word that also means it.
    scene.passes_on("announces/4", &root).await;
    let mut remove = scene.activity("removes/1", "users/mo", "Remove", &comment);
    remove["target"] = json!(scene.tea);
    scene.peer.say_as("users/mo", &scene.world, remove.to_string()).await;
    assert_eq!(scene.log().await.len(), 2);
}

#[tokio::test]
async fn what_ours_wrote_on_a_board_elsewhere_is_removed_by_that_board() {
    let scene = Scene::new().await;
    let id = scene.comment(1).await.to_string();
    let reply = scene.world.reply(&scene.world.ana, &id, "A copper one.").await;
    let uri = json!(format!("{HOST}/c/{reply}"));
    let mut removal = scene.activity("deletes/1", "users/mo", "Delete", &uri);
    removal["summary"] = json!("no adverts");
    scene.passes_on("announces/3", &removal).await;
    let shown = scene.world.anon.get(&format!("/api/v1/comments/{reply}")).await.is(200);
    assert_eq!(shown.text("/state"), "removed");
    let told = scene.world.ana.get("/api/v1/notifications").await.is(200);
    assert_eq!(told.text("/items/0/reason"), "no adverts");
}

#[tokio::test]
async fn c16_nobody_elsewhere_decides_about_our_boards() {
    let scene = Scene::new().await;
    let ours = scene.world.thread("Which pan?").await;
    let root = json!(format!("{HOST}/c/{ours}"));
    let refused = async || reason(&scene.world, State::Refused).await.contains("nobody on another server moderates");
    scene.says("locks/1", "users/mo", "Lock", &root).await;
    assert!(refused().await);
    scene.passes_on("announces/3", &scene.activity("locks/2", "users/mo", "Lock", &root)).await;
    scene.passes_on("announces/4", &scene.activity("deletes/1", "users/mo", "Delete", &root)).await;
    for (n, list) in ["moderators", "featured"].iter().enumerate() {
        let mut add = scene.activity(&format!("adds/{n}"), "users/mo", "Add", &json!(scene.peer.id("users/sly")));
        add["target"] = json!(format!("{HOST}/b/talk/{list}"));
        scene.peer.say_as("users/mo", &scene.world, add.to_string()).await;
        assert!(refused().await);
    }
    let mut block = scene.activity("blocks/1", "users/mo", "Block", &json!(format!("{HOST}/u/ana")));
    block["target"] = json!(format!("{HOST}/b/talk"));
    scene.peer.say_as("users/mo", &scene.world, block.to_string()).await;
    assert!(refused().await);
    let shown = scene.world.anon.get(&format!("/api/v1/threads/{ours}")).await.is(200);
    assert_eq!((shown.at("/thread/locked"), shown.text("/thread/state")), (json!(false), "published".to_owned()));
    assert_eq!(scene.log().await.len(), 0);
}

#[tokio::test]
async fn c17_a_group_decides_about_its_own_threads_only() {
    let scene = Scene::new().await;
    let (root, comment) = (json!(scene.peer.id("notes/1")), json!(scene.peer.id("notes/2")));
    scene.peer.group("coffee");
    let inner = scene.activity("locks/1", "users/mo", "Lock", &root);
    scene.says("announces/3", "users/coffee", "Announce", &inner).await;
    assert!(reason(&scene.world, State::Refused).await.contains("that is for the board itself"));
    let inner = scene.activity("deletes/1", "users/bo", "Delete", &comment);
    scene.says("announces/4", "users/coffee", "Announce", &inner).await;
    assert_eq!((scene.state(2).await, scene.thread().await.locked), (domain::State::Published, false));
}

#[tokio::test]
async fn who_moderates_and_what_is_pinned_is_asked_again_when_it_is_said_to_be_otherwise() {
    let scene = Scene::new().await;
    let root = json!(scene.peer.id("notes/1"));
    // That Sly says that he is a moderator makes him none.
    let mut add = scene.activity("adds/1", "users/sly", "Add", &json!(scene.peer.id("users/sly")));
    add["target"] = json!(scene.peer.id("users/tea/moderators"));
    scene.peer.say_as("users/sly", &scene.world, add.to_string()).await;
    scene.says("locks/0", "users/sly", "Lock", &root).await;
    assert!(reason(&scene.world, State::Refused).await.contains("whom it lists"));
    scene.lists("users/tea/moderators", &["users/mo", "users/sly"]);
    let mut group = scene.peer.actor("tea", &scene.peer.key);
    group["type"] = json!("Group");
    group["attributedTo"] = json!(scene.peer.id("users/tea/moderators"));
    group["featured"] = json!(scene.peer.id("users/tea/featured"));
    scene.peer.show("users/tea", group);
    scene.lists("users/tea/featured", &["notes/1", "notes/2", "notes/7"]);
    scene.passes_on("announces/3", &add).await;
    assert!(scene.thread().await.pinned);
    scene.says("locks/1", "users/sly", "Lock", &root).await;
    assert!(scene.thread().await.locked);
    scene.lists("users/tea/featured", &[]);
    let mut remove = scene.activity("removes/1", "users/sly", "Remove", &root);
    remove["target"] = json!(scene.peer.id("users/tea/featured"));
    scene.peer.say_as("users/sly", &scene.world, remove.to_string()).await;
    assert!(!scene.thread().await.pinned);
    assert_eq!(scene.state(1).await, domain::State::Published);
}

#[tokio::test]
async fn what_a_board_elsewhere_removed_stands_again_when_it_says_so() {
    let scene = Scene::new().await;
    let root = scene.comment(1).await.to_string();
    let ours = scene.world.reply(&scene.world.ana, &root, "A copper one.").await;
    let uri = json!(format!("{HOST}/c/{ours}"));
    let theirs = json!(scene.peer.id("notes/2"));
    for (n, object) in [(1, &uri), (2, &theirs)] {
        let delete = scene.activity(&format!("deletes/{n}"), "users/mo", "Delete", object);
        scene.passes_on(&format!("announces/{}", n + 2), &delete).await;
        // Who is no moderator there, not even its author, puts nothing back.
        let mut undo = delete.clone();
        undo["actor"] = json!(scene.peer.id("users/sly"));
        scene.says(&format!("undo/{n}"), "users/sly", "Undo", &undo).await;
        assert!(reason(&scene.world, State::Refused).await.contains("whom it lists"));
        let undo = scene.activity(&format!("undo/{}", n + 2), "users/mo", "Undo", &delete);
        scene.passes_on(&format!("announces/{}", n + 4), &undo).await;
        scene.passes_on(&format!("announces/{}", n + 6), &undo).await;
    }
    assert_eq!(scene.world.anon.get(&format!("/api/v1/comments/{ours}")).await.is(200).text("/state"), "published");
    assert_eq!(scene.state(2).await, domain::State::Published);
    let told = scene.world.ana.get("/api/v1/notifications").await.is(200).all("/items", "/kind");
    assert_eq!(told, ["restored", "removed"]);
    let deeds: Vec<_> = scene.log().await.into_iter().map(|(deed, ..)| deed).collect();
    assert_eq!(deeds, [Deed::Restore, Deed::Remove, Deed::Restore, Deed::Remove]);
}

#[tokio::test]
async fn what_moderators_here_removed_is_not_put_back_by_those_of_its_board() {
    let scene = Scene::new().await;
    let (id, theirs) = (scene.comment(2).await, json!(scene.peer.id("notes/2")));
    scene.world.mo.post(&format!("/api/v1/admin/comments/{id}/remove"), json!({ "reason": "ours" })).await.is(200);
    let delete = scene.activity("deletes/1", "users/mo", "Delete", &theirs);
    scene.passes_on("announces/3", &delete).await;
    scene.says("undo/1", "users/mo", "Undo", &delete).await;
    assert_eq!(reason(&scene.world, State::Ignored).await, "what was removed here is put back here");
    assert_eq!(scene.state(2).await, domain::State::Removed);
}

/// Mo, or whoever it is, shuts somebody out from the board, or lets them in.
impl Scene {
    fn block(&self, path: &str, who: &str, person: &str) -> Value {
        let mut block = self.activity(path, who, "Block", &json!(person));
        block["target"] = json!(self.tea);
        block["summary"] = json!("advertising");
        block
    }
}

#[tokio::test]
async fn whom_a_board_elsewhere_shuts_out_writes_there_no_more_until_it_lets_them_in() {
    let scene = Scene::new().await;
    let (root, ana) = (scene.comment(1).await.to_string(), format!("{HOST}/u/ana"));
    let before = scene.world.reply(&scene.world.ana, &root, "A copper one.").await;
    // Whom the board does not list has no say.
    let block = scene.block("blocks/0", "users/sly", &ana);
    scene.peer.say_as("users/sly", &scene.world, block.to_string()).await;
    assert!(reason(&scene.world, State::Refused).await.contains("whom it lists"));
    scene.world.reply(&scene.world.ana, &root, "Or a kettle.").await;
    let block = scene.block("blocks/1", "users/mo", &ana);
    scene.passes_on("announces/3", &block).await;
    scene.passes_on("announces/4", &block).await;
    let path = format!("/api/v1/comments/{root}/replies");
    let refused = scene.world.ana.post(&path, json!({ "text": "And another." })).await.is(403);
    assert!(refused.text("/detail").contains("suspended"), "{refused:?}");
    // On other boards nothing is said against her, what she wrote stays, and she follows that board no more.
    scene.world.thread("Which pan?").await;
    assert_eq!(scene.world.anon.get(&format!("/api/v1/comments/{before}")).await.is(200).text("/state"), "published");
    let told = waiting(&scene.world, &scene.peer).await;
    assert!(told.iter().any(|one| one["type"] == "Undo" && one["object"]["type"] == "Follow"), "{told:#?}");
    assert_eq!(
        scene.log().await,
        [(Deed::SuspendActor, "tea".into(), format!("On tea@{}: advertising", scene.peer.host()))]
    );
    let undo = scene.activity("undo/1", "users/mo", "Undo", &scene.block("blocks/1", "users/mo", &ana));
    scene.world.hands.forward(QUARTER_MS);
    scene.peer.say_as("users/mo", &scene.world, undo.to_string()).await;
    scene.world.reply(&scene.world.ana, &root, "I am back.").await;
    let deeds: Vec<_> = scene.log().await.into_iter().map(|(deed, who, _)| (deed, who)).collect();
    assert_eq!(deeds, [(Deed::RestoreActor, "mo".into()), (Deed::SuspendActor, "tea".into())]);
}

#[tokio::test]
async fn what_they_wrote_goes_and_comes_back_with_them_if_the_board_says_so() {
    let scene = Scene::new().await;
    let bo = scene.peer.id("users/bo");
    let mut block = scene.block("blocks/1", "users/mo", &bo);
    block["removeData"] = json!(true);
    scene.peer.say_as("users/mo", &scene.world, block.to_string()).await;
    assert_eq!((scene.state(1).await, scene.state(2).await), (domain::State::Removed, domain::State::Removed));
    let mut undo = scene.activity("undo/1", "users/mo", "Undo", &block);
    undo["restoreData"] = json!(true);
    scene.peer.say_as("users/mo", &scene.world, undo.to_string()).await;
    assert_eq!((scene.state(1).await, scene.state(2).await), (domain::State::Published, domain::State::Published));
    // Within a quarter of an hour that is one line.
    let deeds: Vec<_> = scene.log().await.into_iter().map(|(deed, ..)| deed).collect();
    assert_eq!(deeds, [Deed::ReviveActor]);
}

#[tokio::test]
async fn a_board_elsewhere_shuts_out_until_a_time_and_lifts_nothing_that_was_decided_here() {
    let scene = Scene::new().await;
    let (root, ana) = (scene.comment(1).await.to_string(), format!("{HOST}/u/ana"));
    let mut block = scene.block("blocks/1", "users/mo", &ana);
    block["endTime"] = json!("2020-01-01T00:00:00Z");
    scene.peer.say_as("users/mo", &scene.world, block.to_string()).await;
    scene.world.reply(&scene.world.ana, &root, "That was over long ago.").await;
    let suspend = json!({ "board": format!("tea@{}", scene.peer.host()), "reason": "ours" });
    scene.world.mo.post("/api/v1/admin/actors/ana/suspend", suspend).await.is(200);
    let undo = scene.activity("undo/1", "users/mo", "Undo", &scene.block("blocks/2", "users/mo", &ana));
    scene.peer.say_as("users/mo", &scene.world, undo.to_string()).await;
    scene.world.ana.post(&format!("/api/v1/comments/{root}/replies"), json!({ "text": "Am I?" })).await.is(403);
}

#[tokio::test]
async fn whoever_is_let_in_by_the_board_needs_no_answer_to_an_appeal() {
    let scene = Scene::new().await;
    let block = scene.block("blocks/1", "users/mo", &format!("{HOST}/u/ana"));
    scene.peer.say_as("users/mo", &scene.world, block.to_string()).await;
    let told = scene.world.ana.get("/api/v1/me/decisions").await.is(200);
    let appeal = json!({ "decision": told.text("/items/0/id"), "text": "It was none." });
    scene.world.ana.post("/api/v1/appeals", appeal).await.is(201);
    let open = async || scene.world.admin.get("/api/v1/admin/appeals").await.is(200).at("/items");
    assert_eq!(open().await.as_array().unwrap().len(), 1);
    let undo = scene.activity("undo/1", "users/mo", "Undo", &block);
    scene.peer.say_as("users/mo", &scene.world, undo.to_string()).await;
    assert_eq!(open().await, json!([]));
}

#[tokio::test]
async fn what_one_decides_does_not_take_out_of_the_log_what_another_did() {
    let scene = Scene::new().await;
    let block = scene.block("blocks/1", "users/mo", &format!("{HOST}/u/ana"));
    scene.peer.say_as("users/mo", &scene.world, block.to_string()).await;
    let undo = scene.activity("undo/1", "users/mo", "Undo", &block);
    scene.passes_on("announces/3", &undo).await;
    let deeds: Vec<_> = scene.log().await.into_iter().map(|(deed, who, _)| (deed, who)).collect();
    assert_eq!(deeds, [(Deed::RestoreActor, "tea".into()), (Deed::SuspendActor, "mo".into())]);
}

#[tokio::test]
async fn a_block_of_no_board_that_is_here_does_nothing() {
    let scene = Scene::new().await;
    let block = scene.activity("blocks/1", "users/mo", "Block", &json!(format!("{HOST}/u/ana")));
    scene.peer.say_as("users/mo", &scene.world, block.to_string()).await;
    assert_eq!(reason(&scene.world, State::Ignored).await, "whom people block is between them");
    let mut block = scene.block("blocks/2", "users/mo", &format!("{HOST}/u/ana"));
    block["target"] = json!(scene.peer.id("users/unheard"));
    scene.peer.say_as("users/mo", &scene.world, block.to_string()).await;
    assert_eq!(reason(&scene.world, State::Ignored).await, "it is about no board that is here");
    let block = scene.block("blocks/3", "users/mo", &scene.peer.id("users/nobody"));
    scene.peer.say_as("users/mo", &scene.world, block.to_string()).await;
    assert!(reason(&scene.world, State::Ignored).await.contains("cannot be asked for"));
}

#[tokio::test]
async fn lists_that_cannot_be_read_are_taken_to_be_as_they_were() {
    let scene = Scene::new().await;
    let root = json!(scene.peer.id("notes/1"));
    let mut group = scene.peer.actor("tea", &scene.peer.key);
    group["type"] = json!("Group");
    group["attributedTo"] = json!(scene.peer.id("users/tea/moderators"));
    group["featured"] = json!(scene.peer.id("users/tea/featured"));
    scene.peer.show("users/tea", group);
    scene.lists("users/tea/featured", &["notes/1"]);
    scene.says("locks/1", "users/mo", "Lock", &root).await;
    assert!(scene.thread().await.locked && scene.thread().await.pinned);
    for path in ["users/tea/moderators", "users/tea/featured"] {
        scene.peer.show(path, json!(403));
    }
    scene.world.hands.forward(2 * 3600 * 1000);
    let lock = scene.activity("locks/1", "users/mo", "Lock", &root);
    scene.says("undo/1", "users/mo", "Undo", &lock).await;
    assert!(!scene.thread().await.locked && scene.thread().await.pinned);
    // One that says that there is nobody any more is believed.
    scene.lists("users/tea/moderators", &[]);
    scene.world.hands.forward(2 * 3600 * 1000);
    scene.says("locks/2", "users/mo", "Lock", &root).await;
    assert!(!scene.thread().await.locked && scene.thread().await.pinned);
}
