//! What a board elsewhere passes on is worked off in no order: what is decided about something is there before that has come, because its
//! home took long to show it. Here a home holds back its answer, which is then of before, until the next thing has been worked off.

use domain::{Deed, State};
use serde_json::{Value, json};
use storage::inbox::State as Settled;
use tokio::task::JoinHandle;

use crate::moderated::Scene;
use crate::peer::HeldBack;
use crate::received::reason;
use crate::world::HOST;

/// Something on its way here.
struct Late {
    answer: HeldBack,
    working: JoinHandle<()>,
}

impl Late {
    /// It comes now.
    async fn comes(self) {
        self.answer.go();
        self.working.await.unwrap();
    }
}

/// An answer to the thread, or another thread, as its home shows it.
fn shown(scene: &Scene, n: u32, begins: bool) -> Value {
    let mut note = scene.note(n, (!begins).then(|| scene.peer.id("notes/1")));
    if begins {
        note["type"] = json!("Page");
        note["name"] = json!("Which pot?");
    }
    scene.peer.show(&format!("notes/{n}"), note.clone());
    note
}

/// The board passes something on, and its home lets us wait.
async fn on_its_way(scene: &Scene, n: u32) -> Late {
    let mut answer = scene.peer.hold_back(&format!("notes/{n}"));
    let note = json!(scene.peer.id(&format!("notes/{n}")));
    let announce = scene.activity(&format!("announces/{n}"), "users/tea", "Announce", &note).to_string();
    let to_inbox = (axum::http::Method::POST, "/inbox");
    let request = scene.peer.signed_by("users/tea", &scene.world, to_inbox, Some(announce));
    scene.world.anon.send(request).await.is(202);
    let ctx = scene.world.app.ctx.clone();
    let working = tokio::spawn(async move {
        actions::elsewhere::work::round(&ctx).await.unwrap();
    });
    answer.asked().await;
    Late { answer, working }
}

/// What somebody does with it, as the board passes it on.
async fn passes_on(scene: &Scene, n: u32, who: &str, kind: &str, object: &Value) {
    let inner = scene.activity(&format!("inner/{kind}{n}"), who, kind, object);
    scene.passes_on(&format!("announces/{kind}{n}"), &inner).await;
}

async fn is_here(scene: &Scene, n: u32) -> bool {
    let uri = scene.peer.id(&format!("notes/{n}"));
    scene.world.app.ctx.db().read(move |tx| storage::objects::comment_of(tx, &uri)).await.unwrap().is_some()
}

async fn words(scene: &Scene, n: u32) -> String {
    let path = format!("/api/v1/comments/{}", scene.comment(n).await);
    scene.world.anon.get(&path).await.is(200).text("/html").replace(" dir=\"auto\"", "")
}

/// After so many milliseconds what is to be tried again is.
async fn later(scene: &Scene, ms: i64) {
    scene.world.hands.forward(ms);
    while actions::elsewhere::work::round(&scene.world.app.ctx).await.unwrap() > 0 {}
}

fn changed(mut note: Value) -> Value {
    note["content"] = json!("<p>As it is.</p>");
    note["updated"] = json!("2027-01-15T07:40:00Z");
    note
}

#[tokio::test]
async fn an_edit_that_overtakes_what_it_changes_is_not_lost() {
    let scene = Scene::new().await;
    for (n, begins) in [(3, false), (4, true)] {
        let note = shown(&scene, n, begins);
        let late = on_its_way(&scene, n).await;
        let newer = changed(note);
        scene.peer.show(&format!("notes/{n}"), newer.clone());
        passes_on(&scene, n, "users/bo", "Update", &newer).await;
        late.comes().await;
        assert_eq!(words(&scene, n).await, "<p>As it is.</p>");
    }
}

/// As above, and the older words are in the tree before the newer ones are: those are what its home was asked for last.
#[tokio::test]
async fn an_edit_that_is_asked_for_while_what_it_changes_comes_is_not_lost() {
    let scene = Scene::new().await;
    for (n, begins) in [(3, false), (4, true)] {
        let note = shown(&scene, n, begins);
        let first = on_its_way(&scene, n).await;
        let newer = changed(note);
        scene.peer.show(&format!("notes/{n}"), newer.clone());
        let mut answer = scene.peer.hold_back(&format!("notes/{n}"));
        let passed_on = passes_on(&scene, n, "users/bo", "Update", &newer);
        let meanwhile = async {
            answer.asked().await;
            first.comes().await;
            answer.go();
        };
        tokio::join!(passed_on, meanwhile);
        assert_eq!(words(&scene, n).await, "<p>As it is.</p>");
    }
}

#[tokio::test]
async fn a_change_that_names_only_what_is_changed_is_taken_as_its_home_shows_it() {
    let scene = Scene::new().await;
    let note = shown(&scene, 3, false);
    let late = on_its_way(&scene, 3).await;
    scene.peer.show("notes/3", changed(note.clone()));
    scene.says("updates/3", "users/bo", "Update", &note["id"]).await;
    late.comes().await;
    assert_eq!(words(&scene, 3).await, "<p>As it is.</p>");
}

#[tokio::test]
async fn what_is_deleted_before_it_comes_does_not_come_until_that_is_taken_back() {
    let scene = Scene::new().await;
    for (n, begins) in [(3, false), (4, true)] {
        let (note, path) = (shown(&scene, n, begins), format!("notes/{n}"));
        let late = on_its_way(&scene, n).await;
        scene.peer.show(&path, Value::Null);
        passes_on(&scene, n, "users/bo", "Delete", &note["id"]).await;
        late.comes().await;
        assert!(!is_here(&scene, n).await);
        let delete = scene.activity(&format!("inner/Delete{n}"), "users/bo", "Delete", &note["id"]);
        // Its home does not show it yet, and then it does.
        passes_on(&scene, n, "users/bo", "Undo", &delete).await;
        assert!(!is_here(&scene, n).await);
        scene.peer.show(&path, note);
        passes_on(&scene, n + 10, "users/bo", "Undo", &delete).await;
        assert_eq!(words(&scene, n).await, format!("<p>Number {n}.</p>"));
    }
}

/// It comes after it was looked for here, and before its home has said that it is gone.
#[tokio::test]
async fn what_comes_while_its_home_is_asked_whether_it_is_deleted_goes() {
    let scene = Scene::new().await;
    let note = shown(&scene, 3, false);
    let first = on_its_way(&scene, 3).await;
    scene.peer.show("notes/3", Value::Null);
    let mut answer = scene.peer.hold_back("notes/3");
    let passed_on = passes_on(&scene, 3, "users/bo", "Delete", &note["id"]);
    let meanwhile = async {
        answer.asked().await;
        first.comes().await;
        answer.go();
    };
    tokio::join!(passed_on, meanwhile);
    assert_eq!(scene.state(3).await, State::Deleted);
}

/// What was deleted and put back is asked for until it can be had: here, what it answers is on a server that is away for a while.
#[tokio::test]
async fn what_is_put_back_comes_though_its_place_cannot_be_had_at_once() {
    let scene = Scene::new().await;
    shown(&scene, 3, false);
    let above = scene.peer.id("notes/3");
    let note = scene.note(4, Some(above));
    scene.peer.show("notes/4", Value::Null);
    passes_on(&scene, 4, "users/bo", "Delete", &note["id"]).await;
    scene.peer.show("notes/4", note.clone());
    scene.peer.show("notes/3", json!(503));
    let delete = scene.activity("inner/Delete4", "users/bo", "Delete", &note["id"]);
    passes_on(&scene, 4, "users/bo", "Undo", &delete).await;
    assert!(!is_here(&scene, 4).await);
    shown(&scene, 3, false);
    later(&scene, 60_000).await;
    assert_eq!(words(&scene, 4).await, "<p>Number 4.</p>");
}

/// A deletion that is worked off after it was taken back: its home shows what is said to be deleted, by its author, and it stays.
#[tokio::test]
async fn what_its_author_deleted_and_put_back_is_not_taken_for_removed() {
    let scene = Scene::new().await;
    for (n, begins) in [(3, false), (4, true)] {
        let note = shown(&scene, n, begins);
        let late = on_its_way(&scene, n).await;
        passes_on(&scene, n, "users/bo", "Delete", &note["id"]).await;
        late.comes().await;
        passes_on(&scene, n + 10, "users/bo", "Delete", &note["id"]).await;
        for _ in 0..3 {
            later(&scene, 600_000).await;
        }
        assert_eq!(scene.state(n).await, State::Published);
    }
    assert_eq!(scene.log().await, []);
}

/// A cache before its home answers as it did before, for some minutes.
#[tokio::test]
async fn what_its_home_shows_for_a_while_after_it_was_deleted_goes() {
    let scene = Scene::new().await;
    let (note, other) = (scene.peer.id("notes/2"), shown(&scene, 3, false));
    let late = on_its_way(&scene, 3).await;
    for (n, id) in [(2, json!(note)), (3, other["id"].clone())] {
        passes_on(&scene, n, "users/bo", "Delete", &id).await;
    }
    late.comes().await;
    assert_eq!([scene.state(2).await, scene.state(3).await], [State::Published; 2]);
    for n in [2, 3] {
        scene.peer.show(&format!("notes/{n}"), Value::Null);
    }
    later(&scene, 60_000).await;
    assert_eq!([scene.state(2).await, scene.state(3).await], [State::Deleted; 2]);
}

/// The same of what an author says of an answer to something of ours; nobody else takes it back for them.
#[tokio::test]
async fn what_its_author_deleted_before_it_came_comes_when_they_take_that_back() {
    let scene = Scene::new().await;
    let thread = scene.world.thread("Which kettle?").await;
    let note = scene.peer.note("notes/3", &format!("{HOST}/c/{thread}"), "<p>Number 3.</p>");
    scene.says("deletes/3", "users/bo", "Delete", &note["id"]).await;
    scene.says("creates/3", "users/bo", "Create", &note).await;
    assert_eq!(reason(&scene.world, Settled::Ignored).await, "it was deleted before it came");
    scene.peer.show("notes/3", note.clone());
    for (n, who, comes) in [(1, "users/sly", false), (2, "users/bo", true)] {
        let delete = scene.activity("deletes/3", who, "Delete", &note["id"]);
        scene.says(&format!("undo/{n}"), who, "Undo", &delete).await;
        assert_eq!(is_here(&scene, 3).await, comes);
    }
    assert_eq!(words(&scene, 3).await, "<p>Number 3.</p>");
}

/// By a `Delete`, and by a word that also means it.
#[tokio::test]
async fn what_a_moderator_removes_before_it_comes_is_removed() {
    let scene = Scene::new().await;
    for (n, begins, kind) in [(3, false, "Delete"), (4, true, "Delete"), (5, false, "Remove")] {
        let note = shown(&scene, n, begins);
        let late = on_its_way(&scene, n).await;
        let mut removal = scene.activity(&format!("inner/{n}"), "users/mo", kind, &note["id"]);
        removal["summary"] = json!("off topic");
        removal["target"] = json!(scene.tea);
        scene.passes_on(&format!("announces/removal{n}"), &removal).await;
        late.comes().await;
        assert_eq!(scene.state(n).await, State::Removed);
    }
    let line = |reason: &str| (Deed::Remove, "tea".to_owned(), reason.to_owned());
    assert_eq!(scene.log().await, [line(""), line("off topic"), line("off topic")]);
}

#[tokio::test]
async fn a_thread_that_is_closed_before_it_comes_is_closed() {
    let scene = Scene::new().await;
    let note = shown(&scene, 3, true);
    let late = on_its_way(&scene, 3).await;
    passes_on(&scene, 3, "users/mo", "Lock", &note["id"]).await;
    late.comes().await;
    let thread = scene.world.anon.get(&format!("/api/v1/threads/{}", scene.comment(3).await)).await.is(200);
    assert_eq!(thread.at("/thread/locked"), json!(true));
}

/// Neither what nobody here follows, nor what is too old to be on its way.
#[tokio::test]
async fn what_cannot_be_on_its_way_is_not_asked_for_to_be_decided_about() {
    let scene = Scene::new().await;
    let pots = scene.peer.group("pots");
    let note = shown(&scene, 3, false);
    for kind in ["Delete", "Lock"] {
        let mut decision = scene.activity(&format!("announces/{kind}3"), "users/pots", "Announce", &json!(null));
        decision["object"] = scene.activity(&format!("inner/{kind}3"), "users/mo", kind, &note["id"]);
        decision["audience"] = json!(pots);
        scene.peer.say_as("users/pots", &scene.world, decision.to_string()).await;
        assert!(!is_here(&scene, 3).await, "{kind}");
    }
    // Not even that it is gone is asked for them.
    scene.peer.show("notes/3", Value::Null);
    let mut deletion = scene.activity("announces/gone", "users/pots", "Announce", &json!(null));
    deletion["object"] = scene.activity("inner/gone", "users/bo", "Delete", &note["id"]);
    scene.peer.say_as("users/pots", &scene.world, deletion.to_string()).await;
    shown(&scene, 3, false);
    passes_on(&scene, 3, "users/bo", "Update", &note).await;
    assert!(is_here(&scene, 3).await);
    let mut old = shown(&scene, 4, true);
    old["published"] = json!("2027-01-10T07:00:00Z");
    scene.peer.show("notes/4", old.clone());
    for kind in ["Delete", "Lock"] {
        passes_on(&scene, 4, "users/mo", kind, &old["id"]).await;
        assert!(!is_here(&scene, 4).await, "{kind}");
    }
    assert_eq!(scene.log().await, []);
}

#[tokio::test]
async fn a_board_that_passes_on_that_it_is_described_otherwise_is_asked_again() {
    let scene = Scene::new().await;
    let mut group = scene.peer.actor("tea", &scene.peer.key);
    group["type"] = json!("Group");
    group["name"] = json!("All about coffee");
    scene.peer.show("users/tea", group.clone());
    let is_renamed = async || scene.world.ana.get("/api/v1/boards").await.is(200).body().contains("All about coffee");
    // Of others it says nothing.
    let mut other = group.clone();
    other["id"] = json!(scene.peer.id("users/mo"));
    passes_on(&scene, 1, "users/mo", "Update", &other).await;
    assert!(!is_renamed().await);
    passes_on(&scene, 2, "users/mo", "Update", &group).await;
    assert!(is_renamed().await);
}
