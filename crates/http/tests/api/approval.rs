//! Authors elsewhere who want to be asked before somebody here answers them or likes what they wrote.

use std::sync::Mutex;

use serde_json::{Value, json};
use storage::inbox::State;

use crate::peer::Peer;
use crate::received::{reason, waiting};
use crate::world::{Answer, Caller, HOST, World};

const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// An instance, Bo's server, where everything has to be asked for, and another one that follows all of the board.
struct Scene {
    world: World,
    peer: Peer,
    other: Peer,
    thread: String,
    /// What Bo answers.
    first: String,
    /// The number of Bo's comment here.
    asking: String,
    /// Requests that Bo has seen.
    seen: Mutex<Vec<Value>>,
}

impl Scene {
    async fn new() -> Self {
        let (world, peer, other) = (World::new().await, Peer::new().await, Peer::new().await);
        other.say(&world, &other.activity("follows/1", "Follow", &json!(format!("{HOST}/b/talk.all")))).await;
        let thread = world.thread("Which kettle?").await;
        // Whoever is answered may reply without asking: that is the moderator, and not Ana.
        let first = world.reply(&world.mo, &thread, "None at all.").await;
        let mut note = peer.note("notes/1", &format!("{HOST}/c/{first}"), "<p>Ask me first.</p>");
        let manual = json!({ "automaticApproval": peer.id("users/bo"), "manualApproval": PUBLIC });
        note["interactionPolicy"] = json!({ "canReply": manual, "canLike": manual });
        peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
        let asking = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200).text("/comments/1/id");
        world.hands.forward(1000);
        Self { world, peer, other, thread, first, asking, seen: Mutex::default() }
    }

    /// Ana answers Bo; the number of the answer.
    async fn answer(&self) -> String {
        self.world.reply(&self.world.ana, &self.asking, "A copper one.").await
    }

    async fn read(&self, who: &Caller, comment: &str) -> Answer {
        who.get(&format!("/api/v1/comments/{comment}")).await
    }

    async fn is_published(&self, comment: &str) -> bool {
        let shown = self.world.anon.get(&format!("/api/v1/threads/{}", self.thread)).await.is(200);
        let listed = shown.all("/comments", "/id").contains(&json!(comment));
        assert_eq!(listed, self.read(&self.world.anon, comment).await.status == 200);
        assert_eq!(listed, self.world.document(&format!("/c/{comment}")).await.status == 200);
        listed
    }

    /// Bo's server shows that Bo allows this.
    fn stamp(&self, kind: &str, object: &str) -> String {
        let stamp = self.peer.id("stamps/1");
        self.peer.show(
            "stamps/1",
            json!({ "id": stamp, "type": kind, "attributedTo": self.peer.id("users/bo"),
                    "interactingObject": object, "interactionTarget": self.peer.id("notes/1") }),
        );
        stamp
    }

    /// Bo says something about the last request of that type.
    async fn replies(&self, number: u32, kind: &str, request: &str, stamp: Option<&str>) {
        self.told(&self.peer).await;
        let asked = self.seen.lock().unwrap().iter().rev().find(|one| one["type"] == request).unwrap().clone();
        let asked = json!({ "id": asked["id"], "type": request, "actor": asked["actor"], "object": asked["object"],
                            "instrument": asked["instrument"]["id"] });
        let mut answer = self.peer.activity(&format!("answers/{number}"), kind, &asked);
        answer["result"] = json!(stamp);
        self.peer.say(&self.world, &answer).await;
    }

    async fn allow(&self, comment: &str) {
        let stamp = self.stamp("ReplyAuthorization", &format!("{HOST}/c/{comment}"));
        self.replies(99, "Accept", "ReplyRequest", Some(&stamp)).await;
    }

    async fn told(&self, peer: &Peer) -> Vec<String> {
        let said = waiting(&self.world, peer).await;
        self.seen.lock().unwrap().extend(said.iter().cloned());
        said.iter().map(|one| one["type"].as_str().unwrap().to_owned()).collect()
    }

    /// What Ana is told that was not allowed.
    async fn refusals(&self) -> Vec<Value> {
        let told = self.world.ana.get("/api/v1/notifications").await.is(200).at("/items");
        let refusals = told.as_array().unwrap().iter().filter(|one| one["kind"] == "refusal");
        refusals.map(|one| one["comment"]["id"].clone()).collect()
    }
}

#[tokio::test]
async fn an_answer_that_has_to_be_allowed_is_known_to_nobody_but_who_wrote_it_and_who_is_asked() {
    let s = Scene::new().await;
    let text = json!({ "text": "A copper one." });
    let written = s.world.ana.post(&format!("/api/v1/comments/{}/replies", s.asking), text).await.is(201);
    let id = written.text("/id");
    let waits = json!({ "host": s.peer.host(), "stage": "asked" });
    assert_eq!((written.at("/state"), written.at("/approval")), (json!("held"), waits.clone()));
    assert!(!s.is_published(&id).await);
    s.read(&s.world.bo, &id).await.refused(404, "not-found");
    for path in [format!("/c/{id}/reply"), format!("/c/{id}/report"), format!("/c/{id}/history"), format!("/c/{id}")] {
        s.world.bo.get_with(&path, "accept", "text/html").await.is(404);
    }
    let shown = s.read(&s.world.ana, &id).await.is(200);
    assert_eq!((shown.at("/approval"), shown.at("/text")), (waits, json!("A copper one.")));
    let page = s.world.ana.get_with(&format!("/c/{id}"), "accept", "text/html").await.is(200).body();
    let words = format!("Waiting for the permission of {}", s.peer.host());
    assert!(page.contains(&words) && page.contains("A copper one."), "{page}");
    assert!(s.world.ana.get_with("/notifications", "accept", "text/html").await.is(200).body().contains(&words));
    assert_eq!(s.refusals().await, Vec::<Value>::new());

    let said = waiting(&s.world, &s.peer).await;
    let kinds: Vec<_> = said.iter().map(|one| one["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["ReplyRequest", "Create"]);
    let [asked, created] = [&said[0], &said[1]];
    assert_eq!((&asked["to"], &asked["object"]), (&json!([s.peer.id("users/bo")]), &json!(s.peer.id("notes/1"))));
    assert_eq!(asked["instrument"], created["object"]);
    assert_eq!(asked["instrument"]["id"], json!(format!("{HOST}/c/{id}")));
    assert_eq!(asked["instrument"]["replyAuthorization"], Value::Null);
    for one in &said {
        let path = one["id"].as_str().unwrap().strip_prefix(HOST).unwrap();
        s.world.document(path).await.refused(404, "not-found");
    }
    let host = s.peer.host().to_owned();
    let to = s.world.app.ctx.db().read(move |tx| storage::outbox::waiting(tx, &host, &[], 9)).await.unwrap();
    assert!(to.iter().all(|one| one.inbox == s.peer.id("users/bo/inbox")));
    // What was announced to the other one is Bo's comment, and nothing since.
    assert_eq!(s.told(&s.other).await, ["Accept", "Announce", "Announce", "Announce"]);
}

#[tokio::test]
async fn once_it_is_allowed_everybody_hears_of_it_with_the_proof() {
    let s = Scene::new().await;
    let id = s.answer().await;
    s.allow(&id).await;
    assert!(s.is_published(&id).await, "{}", reason(&s.world, State::Refused).await);
    let note = s.world.document(&format!("/c/{id}")).await.is(200);
    let stamp = json!(s.peer.id("stamps/1"));
    assert_eq!((note.at("/replyAuthorization"), note.at("/approvedBy")), (stamp.clone(), stamp.clone()));
    let said = waiting(&s.world, &s.peer).await;
    let created = said.last().unwrap();
    assert_eq!((&created["type"], &created["object"]["replyAuthorization"]), (&json!("Create"), &stamp));
    assert_eq!(created["id"], json!(format!("{HOST}/activities/{id}")));
    assert_eq!(s.told(&s.other).await, ["Accept", "Announce", "Announce", "Announce", "Announce"]);
    assert_eq!(s.read(&s.world.ana, &id).await.is(200).json().get("approval"), None);
    // Said once more it changes nothing.
    let before = (s.told(&s.peer).await, s.told(&s.other).await);
    s.replies(2, "Accept", "ReplyRequest", Some(&s.peer.id("stamps/1"))).await;
    assert_eq!((s.told(&s.peer).await, s.told(&s.other).await), before);
    s.world.reply(&s.world.bo, &id, "Why copper?").await;
}

#[tokio::test]
async fn a_server_that_knows_no_requests_accepts_the_comment_and_the_yes_is_the_proof() {
    let s = Scene::new().await;
    let id = s.answer().await;
    let yes = s.peer.activity("answers/1", "Accept", &json!(format!("{HOST}/c/{id}")));
    s.peer.say(&s.world, &yes).await;
    assert!(!s.is_published(&id).await, "it is shown nowhere");
    let mut yes = s.peer.activity("answers/2", "Accept", &json!(format!("{HOST}/c/{id}")));
    s.peer.show("answers/2", yes.clone());
    s.peer.say(&s.world, &yes).await;
    assert!(s.is_published(&id).await);
    let note = s.world.document(&format!("/c/{id}")).await.is(200);
    assert_eq!(note.text("/approvedBy"), s.peer.id("answers/2"));
    // Taken back by its own id.
    yes = s.peer.activity("undos/1", "Undo", &yes);
    s.peer.say(&s.world, &yes).await;
    assert!(!s.is_published(&id).await);
}

#[tokio::test]
async fn a_no_is_told_to_who_wrote_it_and_nothing_is_lost() {
    let s = Scene::new().await;
    let id = s.answer().await;
    s.replies(1, "Reject", "ReplyRequest", None).await;
    assert!(!s.is_published(&id).await);
    assert_eq!(s.refusals().await, [json!(id)]);
    let shown = s.read(&s.world.ana, &id).await.is(200);
    assert_eq!((shown.at("/approval/stage"), shown.at("/text")), (json!("refused"), json!("A copper one.")));
    let page = s.world.ana.get_with("/notifications", "accept", "text/html").await.is(200).body();
    assert!(page.contains(&format!("Not allowed by {}", s.peer.host())), "{page}");
    assert_eq!(s.told(&s.other).await.len(), 4);
    // Who thinks better of it may still say yes.
    s.allow(&id).await;
    assert!(s.is_published(&id).await);
}

#[tokio::test]
async fn what_is_taken_back_while_it_waits_is_taken_back_from_who_was_asked() {
    let s = Scene::new().await;
    let id = s.answer().await;
    let path = format!("/api/v1/comments/{id}");
    s.world.ana.patch(&path, json!({ "text": "A copper kettle." })).await.is(200);
    assert_eq!(s.told(&s.peer).await, ["ReplyRequest", "Create"]);
    s.world.bo.delete(&path).await.refused(404, "not-found");
    s.world.ana.delete(&path).await.is(204);
    // What was not brought yet is not brought any more.
    assert_eq!(s.told(&s.peer).await, ["Delete"]);
    assert_eq!(s.told(&s.other).await.len(), 4);
    s.allow(&id).await;
    assert!(!s.is_published(&id).await);
    assert_eq!(s.refusals().await, Vec::<Value>::new());
    s.read(&s.world.ana, &id).await.refused(404, "not-found");
    s.world.ana.get_with(&format!("/c/{id}"), "accept", "text/html").await.is(404);
    let told = s.world.ana.get_with("/notifications", "accept", "text/html").await.is(200).body();
    assert!(!told.contains("Waiting for") && !told.contains("Not allowed"), "{told}");
    let thread = s.world.anon.get(&format!("/api/v1/threads/{}", s.thread)).await.is(200);
    assert_eq!(thread.all("/comments", "/id"), [json!(s.first), json!(s.asking)], "no tombstone where nothing was");
}

#[tokio::test]
async fn a_moderator_may_end_the_waiting_and_not_replace_the_permission() {
    let s = Scene::new().await;
    let form = s.world.ana.get_with(&format!("/c/{}/reply", s.asking), "accept", "text/html").await.is(200).body();
    assert!(form.contains(&format!("Whoever wrote this, on {}, agrees", s.peer.host())), "{form}");
    let id = s.answer().await;
    s.read(&s.world.mo, &id).await.is(200);
    let why = json!({ "reason": "" });
    s.world.mo.post(&format!("/api/v1/admin/comments/{id}/remove"), why.clone()).await.is(200);
    assert_eq!(s.told(&s.peer).await, ["Delete"]);
    s.world.mo.post(&format!("/api/v1/admin/comments/{id}/restore"), why).await.is(200);
    assert!(!s.is_published(&id).await);
    assert_eq!(s.read(&s.world.ana, &id).await.is(200).at("/state"), "held");
}

#[tokio::test]
async fn a_permission_that_is_taken_back_leaves_as_it_is_what_was_removed() {
    let s = Scene::new().await;
    let id = s.answer().await;
    s.allow(&id).await;
    s.world.mo.post(&format!("/api/v1/admin/comments/{id}/remove"), json!({ "reason": "" })).await.is(200);
    s.peer.show("stamps/1", Value::Null);
    s.peer.say(&s.world, &s.peer.activity("deletes/1", "Delete", &json!(s.peer.id("stamps/1")))).await;
    assert_eq!(s.read(&s.world.mo, &id).await.is(200).text("/state"), "removed");
    assert_eq!(s.read(&s.world.bo, &id).await.is(200).text("/state"), "removed");
}

#[tokio::test]
async fn a_permission_that_is_taken_back_takes_the_answer_along() {
    let s = Scene::new().await;
    let id = s.answer().await;
    s.allow(&id).await;
    let below = s.world.reply(&s.world.bo, &id, "Why copper?").await;
    // Not theirs to take back.
    s.other.say(&s.world, &s.other.activity("deletes/1", "Delete", &json!(s.peer.id("stamps/1")))).await;
    assert!(s.is_published(&id).await);
    s.peer.show("stamps/1", Value::Null);
    s.peer.say(&s.world, &s.peer.activity("deletes/1", "Delete", &json!(s.peer.id("stamps/1")))).await;
    assert!(!s.is_published(&id).await);
    assert!(s.is_published(&below).await, "what others wrote stays");
    s.world.document(&format!("/c/{id}")).await.is(410);
    for peer in [&s.peer, &s.other] {
        let said = waiting(&s.world, peer).await;
        let last = said.iter().rev().find(|one| one["type"] == "Delete").unwrap();
        assert_eq!(last["object"]["id"], json!(format!("{HOST}/c/{id}")));
    }
    assert_eq!(s.read(&s.world.ana, &id).await.is(200).text("/approval/stage"), "taken-back");
    assert_eq!(s.refusals().await, [json!(id)]);
    // Where it was deleted it cannot come back.
    s.allow(&id).await;
    assert!(!s.is_published(&id).await);
    s.world.ana.delete(&format!("/api/v1/comments/{id}")).await.is(204);
    s.world.document(&format!("/c/{id}")).await.is(410);
}

#[tokio::test]
async fn a_thread_that_was_closed_meanwhile_takes_no_answer() {
    let s = Scene::new().await;
    let id = s.answer().await;
    let lock = format!("/api/v1/admin/comments/{}/lock", s.thread);
    s.world.mo.post(&lock, json!({ "reason": "" })).await.is(200);
    s.allow(&id).await;
    assert!(!s.is_published(&id).await);
    assert_eq!(s.refusals().await, [json!(id)]);
}

#[tokio::test]
async fn a_like_that_has_to_be_allowed_counts_when_it_is() {
    let s = Scene::new().await;
    let vote = format!("/api/v1/comments/{}/vote", s.asking);
    let down = s.world.ana.put(&vote, json!({ "value": -1 })).await.refused(403, "forbidden");
    assert!(down.text("/detail").contains("asked"));
    let counted = s.world.ana.put(&vote, json!({ "value": 1 })).await.is(200);
    assert_eq!(counted.at("/score"), 0);
    s.world.ana.put(&vote, json!({ "value": 1 })).await.is(200);
    let own = async || s.read(&s.world.ana, &s.asking).await.is(200).at("/own_vote");
    let score = async || s.read(&s.world.anon, &s.asking).await.is(200).at("/score");
    assert_eq!((own().await, score().await), (json!(1), json!(0)));
    assert_eq!(s.told(&s.peer).await, ["LikeRequest"]);
    let said = waiting(&s.world, &s.peer).await;
    let like = said[0]["instrument"]["id"].as_str().unwrap().to_owned();
    assert!(like.starts_with(&format!("{HOST}/u/ana#likes/")), "{like}");

    // A stamp for another like, or of another kind, is none.
    for (number, (kind, object)) in
        [("LikeAuthorization", format!("{like}0")), ("ReplyAuthorization", like.clone())].into_iter().enumerate()
    {
        let stamp = s.stamp(kind, &object);
        s.replies(number as u32, "Accept", "LikeRequest", Some(&stamp)).await;
        assert_eq!(score().await, json!(0));
        s.world.hands.forward(3_600_000);
    }
    let stamp = s.stamp("LikeAuthorization", &like);
    s.replies(7, "Accept", "LikeRequest", Some(&stamp)).await;
    assert_eq!((own().await, score().await), (json!(1), json!(1)));
    let said = waiting(&s.world, &s.peer).await;
    let given = said.last().unwrap();
    assert_eq!((&given["type"], &given["id"]), (&json!("Like"), &json!(like)));
    assert_eq!(given["likeAuthorization"], json!(stamp));
    s.world.ana.put(&vote, json!({ "value": 0 })).await.is(200);
    assert_eq!((own().await, score().await), (json!(0), json!(0)));
    assert_eq!(s.told(&s.peer).await, ["LikeRequest", "Like", "Undo"]);
}

#[tokio::test]
async fn a_like_that_nobody_allows_is_taken_back_or_forgotten() {
    let s = Scene::new().await;
    let vote = format!("/api/v1/comments/{}/vote", s.asking);
    let own = async || s.read(&s.world.ana, &s.asking).await.is(200).at("/own_vote");
    s.world.ana.put(&vote, json!({ "value": 1 })).await.is(200);
    s.world.ana.put(&vote, json!({ "value": 0 })).await.is(200);
    assert_eq!((own().await, s.told(&s.peer).await), (json!(0), vec!["LikeRequest".into(), "Undo".into()]));
    s.world.hands.forward(1000);
    s.world.ana.put(&vote, json!({ "value": 1 })).await.is(200);
    s.replies(1, "Reject", "LikeRequest", None).await;
    assert_eq!((own().await, s.told(&s.peer).await.len()), (json!(0), 3));
}

#[tokio::test]
async fn what_may_be_liked_by_nobody_is_not_voted_on() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Which kettle?").await;
    let mut note = peer.note("notes/1", &format!("{HOST}/c/{thread}"), "<p>Never mind.</p>");
    note["interactionPolicy"] = json!({ "canLike": { "automaticApproval": [peer.id("users/bo")] } });
    peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
    let id = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200).text("/comments/0/id");
    for value in [1, -1] {
        let refused = world.ana.put(&format!("/api/v1/comments/{id}/vote"), json!({ "value": value })).await;
        assert!(refused.refused(403, "forbidden").text("/detail").contains("people of their choice"));
    }
    assert_eq!(waiting(&world, &peer).await, Vec::<Value>::new());
    world.reply(&world.ana, &id, "Why not?").await;
}
