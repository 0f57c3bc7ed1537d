//! C: who may do what to what.

use domain::State as Of;
use serde_json::{Value, json};
use storage::inbox::State;

use crate::house::same;
use crate::peer::{Peer, Reply};
use crate::scene::{ARRIVALS, Scene};
use crate::voice::{PUBLIC, other_key};

const HOUR: i64 = 3_600_000;

impl Scene {
    /// Another person on the peer's server.
    async fn neighbour(&self) -> crate::voice::Voice {
        let neighbour = self.peer.neighbour("cy").with_key(other_key());
        self.peer.show_actor(&neighbour);
        self.acquaint(&neighbour).await;
        neighbour
    }

    /// A group on another server, whose moderators are said to be these.
    async fn group(&self, at: &Peer, moderators: &[String]) -> crate::voice::Voice {
        let group = at.neighbour("group");
        let mut actor = group.actor();
        actor["type"] = json!("Group");
        actor["attributedTo"] = json!(group.id("users/group/moderators"));
        at.show("/users/group", actor);
        let list = json!({
            "id": group.id("users/group/moderators"), "type": "OrderedCollection", "totalItems": moderators.len(),
            "orderedItems": moderators,
        });
        at.show("/users/group/moderators", list);
        self.says(&group, &group.activity("follows/group", "Follow", &json!(self.house.id("u/ben")))).await;
        group
    }

    /// The rows of what is written and where it stands.
    async fn standing(&self) -> Vec<String> {
        self.house
            .rows(&["inbox", "peers", "objects", "texts", "revisions", "events", "threads", "activities", "deliveries"])
            .await
    }
}

#[tokio::test]
async fn c01_nobody_changes_what_is_somebody_elses() {
    let (s, other) = (Scene::new().await, Peer::new().await);
    let neighbour = s.neighbour().await;
    s.says(&other, &other.activity("follows/1", "Follow", &json!(s.house.id("u/ben")))).await;
    let comment = s.writes("notes/1", "<p>Mine.</p>").await;
    for who in [&neighbour, &*other] {
        let mut forged = s.note("notes/1", "<p>Forged.</p>");
        forged["updated"] = json!("2027-01-15T07:30:00Z");
        s.ignores(who, &who.activity("updates/1", "Update", &forged)).await;
        forged["attributedTo"] = json!(who.me());
        s.ignores(who, &who.activity("updates/2", "Update", &forged)).await;
        s.ignores(who, &who.activity("updates/3", "Update", &json!(s.peer.id("notes/1")))).await;
    }
    assert!(s.words(&comment).await.contains("Mine."));
}

#[tokio::test]
async fn c02_a_change_changes_words_and_nothing_else() {
    let s = Scene::new().await;
    let comment = s.writes("notes/1", "<p>Before.</p>").await;
    let other = s.house.thread("Another").await;
    let before = s.standing().await;
    let mut changed = s.note("notes/1", "<p>After.</p>");
    changed["updated"] = json!("2027-01-15T07:30:00Z");
    changed["inReplyTo"] = json!(s.house.id(&format!("c/{other}")));
    changed["context"] = json!(s.house.id(&format!("t/{other}/context")));
    changed["published"] = json!("2001-01-01T00:00:00Z");
    changed["cc"] = json!([s.peer.me()]);
    changed["type"] = json!("Article");
    changed["url"] = json!(s.peer.id("elsewhere"));
    s.says(&s.peer, &s.peer.activity("updates/1", "Update", &changed)).await;
    let edited = |rows: Vec<String>| -> Vec<String> {
        let known = |row: String| match row.split_once("edited_at: ") {
            Some((head, tail)) => format!("{head}{}", tail.split_once(", ups").map_or(tail, |(_, rest)| rest)),
            None => row,
        };
        rows.into_iter().map(known).collect()
    };
    same(&edited(before), &edited(s.standing().await));
    let found = s.house.get(&format!("/api/v1/comments/{comment}")).await.is(200);
    assert!(found.body.contains(&s.thread) && !found.body.contains(&other), "{}", found.body);
    // To write in another's name changes nothing at all.
    changed["attributedTo"] = json!(s.house.id("u/ana"));
    changed["updated"] = json!("2027-01-15T07:40:00Z");
    changed["content"] = json!("<p>Later.</p>");
    s.ignores(&s.peer, &s.peer.activity("updates/2", "Update", &changed)).await;
}

#[tokio::test]
async fn c03_an_older_change_after_a_newer_one_changes_nothing() {
    let s = Scene::new().await;
    let comment = s.writes("notes/1", "<p>First.</p>").await;
    let change = |number: u32, minute: u32, words: &str| {
        let mut changed = s.note("notes/1", words);
        changed["updated"] = json!(format!("2027-01-15T07:{minute}:00Z"));
        s.peer.activity(&format!("updates/{number}"), "Update", &changed)
    };
    s.says(&s.peer, &change(1, 30, "<p>Newest.</p>")).await;
    assert!(s.words(&comment).await.contains("Newest."));
    s.ignores(&s.peer, &change(2, 20, "<p>Older.</p>")).await;
    // Times are told in whole seconds: of two changes in one, the later to come counts.
    s.says(&s.peer, &change(3, 30, "<p>Of the same second.</p>")).await;
    assert!(s.words(&comment).await.contains("Of the same second."));
    // The same again, and the creation again.
    s.ignores(&s.peer, &change(1, 30, "<p>Newest.</p>")).await;
    s.ignores(&s.peer, &s.create("creates/again", &s.note("notes/1", "<p>First.</p>"))).await;
    assert!(s.words(&comment).await.contains("Of the same second."));
}

#[tokio::test]
async fn c04_a_change_of_something_unknown_makes_nothing() {
    let s = Scene::new().await;
    let note = s.note("notes/1", "<p>Never seen.</p>");
    s.ignores(&s.peer, &s.peer.activity("updates/1", "Update", &note)).await;
    s.ignores(&s.peer, &s.peer.activity("updates/2", "Update", &note["id"])).await;
    s.ignores(&s.peer, &s.peer.activity("updates/3", "Update", &json!(s.root()))).await;
}

#[tokio::test]
async fn c05_an_actor_changes_only_itself_and_is_asked_for_again() {
    let (s, other) = (Scene::new().await, Peer::new().await);
    let neighbour = s.neighbour().await;
    let mut theirs = s.peer.actor();
    theirs["summary"] = json!("<p>Changed by somebody else.</p>");
    s.ignores(&neighbour, &neighbour.activity("updates/1", "Update", &theirs)).await;
    s.ignores(&neighbour, &neighbour.activity("updates/2", "Update", &json!(s.peer.me()))).await;
    // What is brought is not believed; what its server shows is.
    let renewed = s.peer.with_key(other_key());
    s.ignores_but_time(&s.peer, &s.peer.activity("updates/3", "Update", &renewed.actor())).await;
    for (number, inbox) in [other.id("inbox"), "http://10.0.0.1/inbox".into(), s.house.id("inbox")].iter().enumerate() {
        let mut moved = s.peer.actor();
        moved["inbox"] = json!(inbox);
        s.peer.show("/users/bo", moved.clone());
        s.ignores(&s.peer, &s.peer.activity(&format!("updates/moved{number}"), "Update", &moved)).await;
    }
    let mut described = s.peer.actor();
    described["summary"] = json!("<p>I collect kettles.</p>");
    s.peer.show("/users/bo", described.clone());
    s.says(&s.peer, &s.peer.activity("updates/9", "Update", &json!(s.peer.me()))).await;
    assert!(s.house.table("actors").await.iter().any(|row| row.contains("I collect kettles.")));
}

impl Scene {
    /// The same as `ignores`, but that it is written down when somebody was asked for.
    async fn ignores_but_time(&self, who: &crate::voice::Voice, activity: &Value) {
        let timeless = |rows: Vec<String>| -> Vec<String> {
            rows.into_iter().map(|row| row.split(", fetched_at").next().unwrap_or_default().to_owned()).collect()
        };
        let before = self.house.rows(&ARRIVALS).await;
        self.says(who, activity).await;
        same(&timeless(before), &timeless(self.house.rows(&ARRIVALS).await));
    }
}

#[tokio::test]
async fn c07_nobody_elsewhere_deletes_what_is_ours() {
    let s = Scene::new().await;
    let comment = s.house.reply("ben", &s.thread, "Ours.").await;
    for (number, ours) in [
        s.root(),
        s.house.id(&format!("c/{comment}")),
        s.house.id(&format!("t/{}", s.thread)),
        s.house.id("b/talk"),
        s.house.id("u/ana"),
        s.house.id("actor"),
    ]
    .iter()
    .enumerate()
    {
        s.ignores(&s.peer, &s.peer.activity(&format!("deletes/{number}"), "Delete", &json!(ours))).await;
        let tombstone = json!({ "id": ours, "type": "Tombstone" });
        s.ignores(&s.peer, &s.peer.activity(&format!("tombstones/{number}"), "Delete", &tombstone)).await;
    }
}

#[tokio::test]
async fn c08_an_actor_is_gone_when_its_server_says_so_and_not_when_it_fails() {
    let s = Scene::new().await;
    s.writes("notes/1", "<p>Still here.</p>").await;
    for (number, reply) in [
        Reply::status(404),
        Reply::status(500),
        Reply::status(503),
        Reply::typed("text/html", "gone"),
        Reply::Document(s.peer.actor()),
    ]
    .into_iter()
    .enumerate()
    {
        s.peer.reply("/users/bo", reply);
        s.ignores_but_time(&s.peer, &s.peer.activity(&format!("deletes/{number}"), "Delete", &json!(s.peer.me())))
            .await;
    }
    // Somebody who was never heard of, and cannot be asked for any more.
    let stranger = s.peer.neighbour("stranger");
    let before = s.house.rows(&[]).await;
    s.peer.forget();
    let mut leaves = stranger.activity("deletes/x", "Delete", &json!(stranger.me()));
    leaves["cc"] = json!([s.house.id("b/talk"), s.house.id("u/ana")]);
    s.house.send(&stranger.letter(&s.house, &leaves)).await.is(202);
    s.house.work().await;
    same(&before, &s.house.rows(&[]).await);
    assert!(s.peer.asked().is_empty(), "{:?}", s.peer.asked());
}

#[tokio::test]
async fn c08_a_server_that_hangs_deletes_nobody() {
    let s = Scene::new().await;
    s.peer.reply("/users/bo", Reply::Hang(Vec::new()));
    s.ignores(&s.peer, &s.peer.activity("deletes/1", "Delete", &json!(s.peer.me()))).await;
}

#[tokio::test]
async fn c09_what_was_deleted_before_it_came_does_not_come() {
    let s = Scene::new().await;
    let note = s.note("notes/1", "<p>Too late.</p>");
    s.says(&s.peer, &s.peer.activity("deletes/1", "Delete", &note["id"])).await;
    s.ignores(&s.peer, &s.create("creates/1", &note)).await;
    s.peer.show("/notes/1", note.clone());
    s.ignores(&s.peer, &s.peer.activity("announces/1", "Announce", &note["id"])).await;
    s.house.hands.forward(5 * HOUR);
    s.ignores(&s.peer, &s.create("creates/2", &note)).await;
    // Another server has no say in it.
    let (other, theirs) = (Peer::new().await, s.note("notes/2", "<p>In time.</p>"));
    s.says(&other, &other.activity("follows/1", "Follow", &json!(s.house.id("u/ben")))).await;
    s.says(&other, &other.activity("deletes/1", "Delete", &theirs["id"])).await;
    s.takes(&s.peer.letter(&s.house, &s.create("creates/3", &theirs))).await;
}

#[tokio::test]
async fn c11_one_actor_has_one_vote() {
    let s = Scene::new().await;
    let score = async || s.house.get(&format!("/api/v1/comments/{}", s.thread)).await.is(200).at("/score");
    let none = score().await.as_i64().unwrap();
    for number in 0..100 {
        let kind = ["Like", "EmojiReact"][number % 2];
        let mut like = s.peer.activity(&format!("likes/{number}"), kind, &json!(s.root()));
        like["content"] = json!("👍".repeat(number * 100));
        s.house.send(&s.peer.letter(&s.house, &like)).await.is(202);
    }
    s.house.work().await;
    assert_eq!((s.house.table("votes").await.len(), score().await), (1, json!(none + 1)));
    s.says(&s.peer, &s.peer.activity("dislikes/1", "Dislike", &json!(s.root()))).await;
    assert_eq!((s.house.table("votes").await.len(), score().await), (1, json!(none - 1)));
}

#[tokio::test]
async fn c11_what_cannot_be_seen_or_is_ones_own_cannot_be_voted_on() {
    let s = Scene::new().await;
    let own = s.writes("notes/1", "<p>Vote for me.</p>").await;
    let mut objects = vec![
        s.peer.id("notes/1"),
        s.house.id(&format!("c/{own}")),
        s.house.id("c/7"),
        "http://localhost:9/notes/unknown".to_owned(),
        s.house.id("b/talk"),
    ];
    for state in [Of::Held, Of::Deleted, Of::Removed, Of::Flagged] {
        let comment = s.house.reply("ben", &s.thread, "Hidden.").await;
        s.house.put(&comment, state).await;
        objects.push(s.house.id(&format!("c/{comment}")));
    }
    for (number, object) in objects.iter().enumerate() {
        for kind in ["Like", "Dislike", "EmojiReact"] {
            s.ignores(&s.peer, &s.peer.activity(&format!("votes/{kind}{number}"), kind, &json!(object))).await;
        }
    }
}

#[tokio::test]
async fn c12_what_somebody_passes_on_is_believed_of_its_home_alone() {
    let (s, home) = (Scene::new().await, Peer::new().await);
    let real = home.note("notes/1", &s.root(), "<p>As it was said.</p>");
    let mut forged = real.clone();
    forged["content"] = json!("<p>Forged.</p>");
    // There is none there.
    let create = |note: &Value| home.activity("creates/1", "Create", note);
    s.ignores_strangers(&s.peer, &s.peer.activity("announces/1", "Announce", &create(&forged))).await;
    s.ignores_strangers(&s.peer, &s.peer.activity("announces/2", "Announce", &forged)).await;
    // There is one, with other words: whatever is made of it, these are shown.
    home.show("/notes/1", real.clone());
    home.show("/creates/1", create(&real));
    s.says(&s.peer, &s.peer.activity("announces/3", "Announce", &create(&forged))).await;
    s.says(&s.peer, &s.peer.activity("announces/4", "Announce", &forged)).await;
    let shown = s.shown().await.body;
    assert!(shown.contains("As it was said.") && !shown.contains("Forged."), "{shown}");
}

#[tokio::test]
async fn c13_a_group_cannot_speak_for_people_of_other_servers() {
    let (s, forum, victim) = (Scene::new().await, Peer::new().await, Peer::new().await);
    let group = s.group(&forum, &[]).await;
    let real = victim.note("notes/1", &s.root(), "<p>The original.</p>");
    victim.show("/notes/1", real.clone());
    s.says(&victim, &victim.activity("creates/1", "Create", &real)).await;
    let mut forged = real.clone();
    forged["content"] = json!("<p>Forged.</p>");
    forged["updated"] = json!("2027-01-15T07:30:00Z");
    let unseen = victim.note("notes/2", &s.root(), "<p>Never said.</p>");
    for (number, inner) in [
        victim.activity("creates/2", "Create", &unseen),
        victim.activity("updates/1", "Update", &forged),
        victim.activity("deletes/1", "Delete", &forged["id"]),
        victim.activity("deletes/2", "Delete", &json!(victim.me())),
        victim.activity("likes/1", "Like", &json!(s.root())),
        victim.activity("dislikes/1", "Dislike", &json!(s.root())),
        victim.activity("undos/1", "Undo", &victim.activity("likes/1", "Like", &json!(s.root()))),
        victim.activity("follows/2", "Follow", &json!(s.house.id("b/talk"))),
    ]
    .iter()
    .enumerate()
    {
        s.ignores(&group, &group.activity(&format!("announces/{number}"), "Announce", inner)).await;
    }
    assert!(s.shown().await.body.contains("The original."));
}

#[tokio::test]
async fn c14_passing_on_makes_nothing_more_visible() {
    let s = Scene::new().await;
    let held = s.house.reply("ben", &s.thread, "A secret.").await;
    s.house.put(&held, Of::Held).await;
    let removed = s.house.reply("ben", &s.thread, "A removed secret.").await;
    s.house.moderate(&removed, "remove").await;
    let announce = |number: u32, id: &str| s.peer.activity(&format!("announces/{number}"), "Announce", &json!(id));
    for (number, comment) in [&held, &removed].into_iter().enumerate() {
        s.ignores(&s.peer, &announce(number as u32, &s.house.id(&format!("c/{comment}")))).await;
    }
    let mut note = s.note("notes/1", "<p>Among friends.</p>");
    note["to"] = json!([format!("{}/followers", s.peer.me())]);
    note["cc"] = json!([]);
    s.peer.show("/notes/1", note.clone());
    s.ignores(&s.peer, &announce(7, &s.peer.id("notes/1"))).await;
    // One of another server that we have removed here does not come back.
    let theirs = s.writes("notes/2", "<p>Removed here.</p>").await;
    s.peer.show("/notes/2", s.note("notes/2", "<p>Removed here.</p>"));
    s.house.moderate(&theirs, "remove").await;
    s.ignores(&s.peer, &announce(8, &s.peer.id("notes/2"))).await;
    let shown = s.shown().await.body;
    assert!(!shown.contains("secret") && !shown.contains("friends") && !shown.contains("Removed here"), "{shown}");
}

#[tokio::test]
async fn c16_nobody_elsewhere_makes_moderators_or_pins_here() {
    let s = Scene::new().await;
    let collections =
        ["b/talk/moderators", "b/talk/featured", "b/talk/followers", "b/talk/outbox", "b/other/moderators"];
    for (number, collection) in collections.iter().enumerate() {
        for kind in ["Add", "Remove"] {
            for object in [s.peer.me(), s.house.id("u/mo"), s.house.id("u/ana"), s.root()] {
                let mut change =
                    s.peer.activity(&format!("changes/{kind}{number}/{}", object.len()), kind, &json!(object));
                change["target"] = json!(s.house.id(collection));
                change["audience"] = json!(s.house.id("b/talk"));
                s.ignores(&s.peer, &change).await;
            }
        }
    }
    let listed = s.house.document("/b/talk/moderators").await.is(200).body;
    assert!(listed.contains("/u/mo") && !listed.contains("/u/ana") && !listed.contains("/users/bo"), "{listed}");
}

#[tokio::test]
async fn c17_only_those_who_moderate_here_moderate_here() {
    let s = Scene::new().await;
    let comment = s.house.reply("ben", &s.thread, "Ours.").await;
    let theirs = s.writes("notes/1", "<p>Theirs.</p>").await;
    let neighbour = s.neighbour().await;
    let group = s.group(&s.peer, &[s.peer.me()]).await;
    for (number, who) in [&*s.peer, &neighbour, &group].into_iter().enumerate() {
        for kind in ["Block", "Lock", "Remove", "Add", "Move"] {
            for object in [s.root(), s.house.id(&format!("c/{comment}")), s.house.id("u/ben"), s.house.id("b/talk")] {
                let mut deed = who.activity(&format!("deeds/{number}/{kind}/{}", object.len()), kind, &json!(object));
                deed["target"] = json!(s.house.id("b/talk"));
                deed["audience"] = json!(s.house.id("b/talk"));
                deed["cc"] = json!([s.house.id("b/talk")]);
                let undo = who.activity(&format!("undos/{number}/{kind}/{}", object.len()), "Undo", &deed);
                s.ignores(who, &deed).await;
                s.ignores(who, &undo).await;
            }
        }
    }
    // A neighbour of the author moderates nothing here either.
    let delete = neighbour.activity("deletes/1", "Delete", &json!(s.peer.id("notes/1")));
    s.ignores(&neighbour, &delete).await;
    assert!(s.words(&theirs).await.contains("Theirs."));
}

#[tokio::test]
async fn c18_to_moderate_a_group_elsewhere_gives_no_rights_here() {
    let (s, forum) = (Scene::new().await, Peer::new().await);
    let ours = [s.house.id("u/ana"), s.house.id("u/mo"), s.peer.me(), forum.me()];
    let group = s.group(&forum, &ours).await;
    let comment = s.house.reply("ben", &s.thread, "Ours.").await;
    for (number, who) in [&group, &*forum, &*s.peer].into_iter().enumerate() {
        for kind in ["Lock", "Block", "Remove"] {
            let mut deed = who.activity(&format!("deeds/{number}/{kind}"), kind, &json!(s.root()));
            (deed["target"], deed["audience"]) = (json!(group.me()), json!(group.me()));
            s.ignores_strangers(who, &deed).await;
        }
        let delete = who.activity(&format!("deletes/{number}"), "Delete", &json!(s.house.id(&format!("c/{comment}"))));
        s.ignores_strangers(who, &delete).await;
    }
    let path = format!("/api/v1/admin/comments/{comment}/remove");
    s.house.api("ana", "POST", &path, &json!({ "reason": "" })).await.is(403);
}

#[tokio::test]
async fn c20_what_takes_no_answers_takes_none_from_elsewhere() {
    let s = Scene::new().await;
    let refused = async |number: u32, to: &str| {
        let note = s.peer.note(&format!("notes/{number}"), to, "<p>One more.</p>");
        s.ignores(&s.peer, &s.create(&format!("creates/{number}"), &note)).await;
    };
    let locked = s.house.thread("Closed").await;
    s.house.moderate(&locked, "lock").await;
    refused(1, &s.house.id(&format!("c/{locked}"))).await;
    refused(2, &s.house.id(&format!("t/{locked}"))).await;
    let removed = s.house.thread("Removed").await;
    let below = s.house.reply("ben", &removed, "Below it.").await;
    s.house.moderate(&removed, "remove").await;
    refused(3, &s.house.id(&format!("c/{removed}"))).await;
    // What its author has deleted does, for whoever answers it may not have known.
    for (number, state) in [Of::Held, Of::Removed].into_iter().enumerate() {
        let comment = s.house.reply("ben", &s.thread, "Hidden.").await;
        s.house.put(&comment, state).await;
        refused(10 + number as u32, &s.house.id(&format!("c/{comment}"))).await;
    }
    refused(20, &s.house.id("c/7")).await;
    refused(21, &s.house.id("b/talk")).await;
    refused(22, &s.house.id("u/ana")).await;
    // Below what is locked, too, and to a comment of their own there.
    s.house.moderate(&s.thread, "lock").await;
    refused(30, &s.root()).await;
    assert!(!below.is_empty());
}

#[tokio::test]
async fn c21_a_yes_to_what_was_never_asked_means_nothing() {
    let (s, other) = (Scene::new().await, Peer::new().await);
    s.says(&other, &other.activity("follows/1", "Follow", &json!(s.house.id("u/ben")))).await;
    let asked = |by: &str, target: &str| json!({ "id": s.house.id("activities/7"), "type": "Follow", "actor": by, "object": target });
    let ours = [s.house.id("u/ana"), s.house.id("b/talk"), s.house.id("actor"), s.peer.me()];
    for (number, by) in ours.iter().enumerate() {
        for kind in ["Accept", "Reject"] {
            for (who, at) in [(&*s.peer, 1), (&*other, 2)] {
                let path = format!("answers/{number}/{kind}/{at}");
                s.ignores(who, &who.activity(&path, kind, &asked(by, &s.peer.me()))).await;
                let named = who.activity(&format!("{path}/named"), kind, &json!(s.house.id("activities/7")));
                s.ignores(who, &named).await;
            }
        }
    }
}

#[tokio::test]
async fn c22_one_follows_exactly_one_of_ours_once() {
    let s = Scene::new().await;
    let held = s.house.thread("Held").await;
    s.house.hold(&held).await;
    for (number, object) in [
        json!(s.peer.me()),
        json!("http://localhost:9/users/x"),
        json!(s.house.id("u/nobody")),
        json!(s.house.id("b/none")),
        json!(s.house.id(&format!("t/{held}"))),
        json!(s.root()),
        json!(s.house.id("u/ben/followers")),
        json!([s.house.id("u/ben"), s.house.id("u/mo")]),
        json!([s.house.id("u/ben")]),
        json!({ "type": "Person" }),
        json!(7),
        Value::Null,
    ]
    .iter()
    .enumerate()
    {
        s.ignores(&s.peer, &s.peer.activity(&format!("follows/x{number}"), "Follow", object)).await;
    }
    let before = s.house.table("follows").await.len();
    // The server itself says no.
    s.says(&s.peer, &s.peer.activity("follows/z", "Follow", &json!(s.house.id("actor")))).await;
    for number in 0..50 {
        let follow = s.peer.activity(&format!("follows/y{number}"), "Follow", &json!(s.house.id("u/ben")));
        s.house.send(&s.peer.letter(&s.house, &follow)).await.is(202);
    }
    s.house.work().await;
    assert_eq!(s.house.table("follows").await.len(), before + 1);
}

#[tokio::test]
async fn c23_there_is_no_restricted_board_that_a_request_could_open() {
    // Every board is for everybody: none can be made that is not, so that a follow gives nobody more than a look does.
    let s = Scene::new().await;
    let (stranger, comment) = (Peer::new().await, s.house.reply("ben", &s.thread, "For everybody.").await);
    let paths = [
        "/b/talk".into(),
        "/b/talk/outbox?after=0".into(),
        format!("/c/{comment}"),
        format!("/t/{}/outbox?after=0", s.thread),
    ];
    let mut before = Vec::new();
    for path in &paths {
        before.push(s.house.document(path).await.is(200).body);
    }
    s.says(&stranger, &stranger.activity("follows/1", "Follow", &json!(s.house.id("u/ben")))).await;
    for (path, before) in paths.iter().zip(before) {
        assert_eq!(s.house.document(path).await.is(200).body, before, "{path}");
    }
    let restricted = json!({ "name": "secret", "title": "Secret", "restricted": true, "visibility": "followers" });
    let answer = s.house.api("mo", "POST", "/api/v1/boards", &restricted).await;
    assert!((400..500).contains(&answer.status), "{answer:?}");
}

#[tokio::test]
async fn c24_a_stamp_is_worth_nothing_unless_it_is_the_authors_own() {
    let (s, other) = (Scene::new().await, Peer::new().await);
    // Bo answers the moderator, and wants to be asked before anybody else answers.
    let first = s.house.reply("mo", &s.thread, "None at all.").await;
    let mut asking = s.peer.note("notes/1", &s.house.id(&format!("c/{first}")), "<p>Ask me first.</p>");
    asking["interactionPolicy"] = json!({ "canReply": { "automaticApproval": [], "manualApproval": PUBLIC } });
    s.says(&s.peer, &s.create("creates/1", &asking)).await;
    let bos = s.comment(&s.peer.id("notes/1")).await.unwrap();
    let comment = s.house.reply("ben", &bos, "May I?").await;
    let mine = s.house.id(&format!("c/{comment}"));
    let neighbour = s.neighbour().await;
    // What somebody elsewhere answers needs the same.
    let strangers = other.note("notes/9", &s.peer.id("notes/1"), "<p>I may.</p>");
    let stamp = |at: &Peer, author: &str, object: &str, target: &str| {
        json!({ "id": at.id("stamps/1"), "type": "ReplyAuthorization", "attributedTo": author,
                "interactingObject": object, "interactionTarget": target })
    };
    let (bo, target, note) = (s.peer.me(), s.peer.id("notes/1"), other.id("notes/9"));
    let mut number = 0;
    let mut forged = 0;
    for object in [&mine, &note] {
        let right = stamp(&s.peer, &bo, object, &target);
        let mut of_another_kind = right.clone();
        of_another_kind["type"] = json!("LikeAuthorization");
        let mut under_another_id = right.clone();
        under_another_id["id"] = json!(s.peer.id("stamps/2"));
        let mut untargeted = right.clone();
        untargeted["interactionTarget"] = Value::Null;
        for (result, shown) in [
            (other.id("stamps/1"), Reply::Document(stamp(&other, &bo, object, &target))),
            (s.peer.id("stamps/1"), Reply::Document(stamp(&s.peer, &other.me(), object, &target))),
            (s.peer.id("stamps/1"), Reply::Document(stamp(&s.peer, &neighbour.me(), object, &target))),
            (s.peer.id("stamps/1"), Reply::Document(stamp(&s.peer, &bo, &s.root(), &target))),
            (s.peer.id("stamps/1"), Reply::Document(stamp(&s.peer, &bo, object, &s.root()))),
            (s.peer.id("stamps/1"), Reply::Document(of_another_kind)),
            (s.peer.id("stamps/1"), Reply::Document(under_another_id)),
            (s.peer.id("stamps/1"), Reply::Document(untargeted)),
            (s.peer.id("stamps/1"), Reply::typed("application/json", &right.to_string())),
            (s.peer.id("stamps/redirect"), Reply::Document(right.clone())),
            (s.peer.id("stamps/1"), Reply::status(404)),
            (s.peer.id("stamps/1"), Reply::status(410)),
            (s.house.id("stamps/1"), Reply::status(404)),
            (s.house.id(&format!("c/{comment}")), Reply::status(404)),
        ] {
            s.peer.reply("/stamps/1", shown.clone());
            s.peer.reply("/stamps/redirect", Reply::redirect(&s.peer.id("stamps/1")));
            other.reply("/stamps/1", shown);
            // What proved nothing is not asked for again for a while.
            s.house.hands.forward(3_600_000);
            number += 1;
            if object == &mine {
                let mut answer = s.peer.activity(&format!("answers/{number}"), "Accept", &json!(mine));
                answer["result"] = json!(result);
                s.ignores(&s.peer, &answer).await;
            }
            let mut claiming = strangers.clone();
            claiming[if number % 2 == 0 { "replyAuthorization" } else { "approvedBy" }] = json!(result);
            s.ignores_strangers(&other, &other.activity(&format!("creates/{number}"), "Create", &claiming)).await;
            forged += 1;
        }
    }
    assert_eq!(forged, 28);
    let mut asked = Vec::new();
    for number in 0..2 {
        let mut claiming = strangers.clone();
        claiming["approvedBy"] = json!(s.peer.id("stamps/1"));
        s.ignores_strangers(&other, &other.activity(&format!("creates/again/{number}"), "Create", &claiming)).await;
        asked.push(s.peer.asked().iter().filter(|path| path.starts_with("/stamps/")).count());
    }
    assert_eq!(asked[0], asked[1], "what proved nothing is not asked for again at once");
    // The true one: said by somebody else, it is nobody's; said by Bo, it counts once.
    let right = stamp(&s.peer, &bo, &mine, &target);
    s.peer.show("/stamps/true", {
        let mut right = right.clone();
        right["id"] = json!(s.peer.id("stamps/true"));
        right
    });
    for (who, number) in [(&neighbour, 1), (&*other, 2)] {
        for kind in ["Accept", "Reject"] {
            let mut answer = who.activity(&format!("answers/{kind}/{number}"), kind, &json!(mine));
            answer["result"] = json!(s.peer.id("stamps/true"));
            s.ignores_strangers(who, &answer).await;
        }
    }
    let is_shown = async || s.house.get(&format!("/api/v1/comments/{comment}")).await.status == 200;
    assert!(!is_shown().await);
    let mut answer = s.peer.activity("answers/true", "Accept", &json!(mine));
    answer["result"] = json!(s.peer.id("stamps/true"));
    s.says(&s.peer, &answer).await;
    assert!(is_shown().await, "{}", s.reason(State::Refused).await);
    s.ignores(&s.peer, &answer).await;
    answer["id"] = json!(s.peer.id("answers/replayed"));
    s.ignores(&s.peer, &answer).await;
    // Nor does anybody else take it away.
    for (who, number) in [(&neighbour, 1), (&*other, 2)] {
        s.says(who, &who.activity(&format!("deletes/{number}"), "Delete", &json!(s.peer.id("stamps/true")))).await;
        s.house.send(&who.letter(&s.house, &who.activity(&format!("undos/{number}"), "Undo", &answer))).await;
        s.house.work().await;
    }
    assert!(is_shown().await);
    // Nor does a note get in by claiming an approval.
    let locked = s.house.thread("Closed").await;
    s.house.moderate(&locked, "lock").await;
    let mut note = s.peer.note("notes/2", &s.house.id(&format!("c/{locked}")), "<p>Approved!</p>");
    note["approvedBy"] = json!(s.house.id("stamps/1"));
    s.ignores(&s.peer, &s.create("creates/2", &note)).await;
}

#[tokio::test]
async fn c25_nobody_takes_followers_along_to_who_does_not_know_of_it() {
    let (s, other) = (Scene::new().await, Peer::new().await);
    let follows = s.house.table("follows").await;
    other.show("/users/bo", other.actor());
    let goes = |number: u32, target: &str| {
        let mut goes = s.peer.activity(&format!("moves/{number}"), "Move", &json!(s.peer.me()));
        goes["target"] = json!(target);
        goes
    };
    // There is nothing there that says so, it is ours, it is the same again, or nobody.
    for (number, target) in
        [other.me(), s.house.id("u/ana"), s.house.id("b/talk"), s.peer.me(), other.id("users/none")].iter().enumerate()
    {
        s.ignores_strangers(&s.peer, &goes(number as u32, target)).await;
    }
    // Somebody else does it for them.
    let neighbour = s.neighbour().await;
    let mut forced = neighbour.activity("moves/9", "Move", &json!(s.peer.me()));
    forced["target"] = json!(neighbour.me());
    s.ignores(&neighbour, &forced).await;
    // A chain: there it says that it has gone on.
    let mut gone_on = other.actor();
    gone_on["alsoKnownAs"] = json!([other.id("users/third")]);
    gone_on["movedTo"] = json!(other.id("users/third"));
    other.show("/users/bo", gone_on);
    s.ignores_strangers(&s.peer, &goes(8, &other.me())).await;
    same(&follows, &s.house.table("follows").await);
}

#[tokio::test]
async fn c26_a_report_from_elsewhere_is_small_plain_and_not_public() {
    let s = Scene::new().await;
    let comment = s.house.reply("ben", &s.thread, "Reported.").await;
    let told = |rows: &[String]| rows.len();
    let before = (s.house.table("activities").await, s.house.table("deliveries").await);
    let many: Vec<String> = (0..10_000).map(|number| s.house.id(&format!("c/{number}"))).collect();
    let mut flag = s.peer.activity("flags/1", "Flag", &json!(many));
    s.ignores(&s.peer, &flag).await;
    flag["id"] = json!(s.peer.id("flags/2"));
    flag["object"] = json!([s.house.id("u/ben"), s.house.id(&format!("c/{comment}"))]);
    flag["content"] = json!(format!("<script>alert(1)</script><b>Rude</b>{}", "!".repeat(900_000)));
    s.says(&s.peer, &flag).await;
    let reports = s.house.table("reports").await;
    assert!(told(&reports) <= 1, "{reports:?}");
    for report in &reports {
        assert!(report.len() < 10_000, "it is as long as it came");
    }
    same(&before.0, &s.house.table("activities").await);
    same(&before.1, &s.house.table("deliveries").await);
    for path in [format!("/t/{}", s.thread), format!("/c/{comment}"), "/modlog".into(), "/u/ben".into()] {
        for answer in [s.house.page(&path).await, s.house.document(&path).await] {
            assert!(!answer.body.contains("Rude") && !answer.body.contains("users/bo"), "{path}: {}", answer.body);
        }
    }
    assert!(!s.house.table("moderation_log").await.iter().any(|row| row.contains("Rude")));
}

#[tokio::test]
async fn c28_a_type_is_one_word_and_what_is_not_understood_is_left_alone() {
    let s = Scene::new().await;
    let note = s.note("notes/1", "<p>Hello.</p>");
    for kind in
        [json!(["Create", "Delete"]), json!(["Create"]), json!(7), Value::Null, json!({ "id": "Create" }), json!(true)]
    {
        let mut create = s.create("creates/1", &note);
        create["type"] = kind;
        s.refuses(&s.peer.letter(&s.house, &create), 400, "malformed").await;
    }
    let before = s.house.rows(&[]).await;
    for kind in ["View", "create", "CREATE", "as:Create", "https://www.w3.org/ns/activitystreams#Create", "Note", ""] {
        let mut other = s.create("creates/1", &note);
        other["type"] = json!(kind);
        let answer = s.unmoved(&s.peer.letter(&s.house, &other)).await;
        assert!(matches!(answer.status, 202 | 400), "{kind}: {answer:?}");
    }
    same(&before, &s.house.rows(&[]).await);
    for object in
        [Value::Null, json!([]), json!(7), json!([note, note]), json!({}), json!({ "type": "Note" }), json!("")]
    {
        s.ignores(&s.peer, &s.create(&format!("creates/x{}", object.to_string().len()), &object)).await;
    }
    for kind in [json!(["Note", "Tombstone"]), json!("Person"), json!("Create"), json!(7), json!("OrderedCollection")] {
        let mut odd = note.clone();
        odd["type"] = kind;
        s.ignores(&s.peer, &s.create(&format!("creates/y{}", odd["type"].to_string().len()), &odd)).await;
    }
    // Only named, it is asked for once.
    s.peer.forget();
    s.peer.show("/notes/1", note.clone());
    s.says(&s.peer, &s.create("creates/named", &note["id"])).await;
    assert_eq!((s.peer.asked().len(), s.comment(&s.peer.id("notes/1")).await.is_some()), (1, true));
}

#[tokio::test]
async fn c29_whom_their_own_server_has_suspended_says_nothing_any_more() {
    let s = Scene::new().await;
    s.peer.show("/notes/old", s.note("notes/old", "<p>From before.</p>"));
    let comment = s.writes("notes/1", "<p>Said before.</p>").await;
    let mut suspended = s.peer.actor();
    suspended["suspended"] = json!(true);
    s.peer.show("/users/bo", suspended);
    s.says(&s.peer, &s.peer.activity("deletes/1", "Delete", &json!(s.peer.me()))).await;
    // Now nobody: nothing it says is stored, and nobody else can bring up what it had said.
    let before = s.house.rows(&[]).await;
    let mut changed = s.note("notes/1", "<p>Changed.</p>");
    changed["updated"] = json!("2027-01-15T07:30:00Z");
    for activity in [
        s.create("creates/2", &s.note("notes/2", "<p>Once more.</p>")),
        s.peer.activity("updates/2", "Update", &changed),
        s.peer.activity("likes/2", "Like", &json!(s.root())),
        s.peer.activity("follows/9", "Follow", &json!(s.house.id("u/ben"))),
        s.peer.activity("announces/2", "Announce", &json!(s.peer.id("notes/old"))),
    ] {
        s.house.send(&s.peer.letter(&s.house, &activity)).await.is(202);
        s.house.work().await;
    }
    same(&before, &s.house.rows(&[]).await);
    let neighbour = s.neighbour().await;
    s.ignores(&neighbour, &neighbour.activity("announces/3", "Announce", &json!(s.peer.id("notes/old")))).await;
    assert!(s.words(&comment).await.contains("Said before."));
}

#[tokio::test]
async fn c31_what_is_private_is_shown_and_counted_nowhere() {
    let s = Scene::new().await;
    let board = s.house.id("b/talk");
    for (number, (to, cc)) in [
        (json!([s.house.id("u/ana")]), json!([])),
        (json!([board]), json!([])),
        (json!([board]), json!([format!("{}/followers", s.peer.me())])),
        (json!([format!("{}/followers", s.peer.me())]), json!([s.house.id("u/ana")])),
        (json!([]), json!([])),
        (Value::Null, Value::Null),
        (json!(["https://www.w3.org/ns/activitystreams#public"]), json!([format!("{PUBLIC}/")])),
    ]
    .into_iter()
    .enumerate()
    {
        let mut note = s.note(&format!("notes/{number}"), "<p>Between us, @ana.</p>");
        (note["to"], note["cc"], note["audience"]) = (to.clone(), cc.clone(), json!(board));
        note["tag"] = json!([{ "type": "Mention", "href": s.house.id("u/ana"), "name": "@ana" }]);
        // Everybody stands around it, and not on it.
        let create = s.create(&format!("creates/{number}"), &note);
        s.ignores(&s.peer, &create).await;
        s.peer.show(&format!("/notes/{number}"), note.clone());
        s.ignores(&s.peer, &s.peer.activity(&format!("announces/{number}"), "Announce", &note["id"])).await;
    }
    assert_eq!(s.shown().await.at("/comments"), json!([]));
    assert_eq!(s.reason(State::Ignored).await, "it is private, and is shown to nobody");
    assert_eq!(s.house.document(&format!("/t/{}/context", s.thread)).await.is(200).at("/totalItems"), 1);
}
