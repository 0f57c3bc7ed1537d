//! I: running an instance among others.

use actions::elsewhere::work;
use domain::State as Of;
use serde_json::json;
use storage::backup::{Overwrite, backup, restore};
use storage::inbox::{self, State};
use storage::{Db, Holder};

use crate::house::{House, Wishes, same};
use crate::letter::{Letter, USUAL};
use crate::peer::{Peer, Reply};
use crate::scene::Scene;
use crate::voice::Voice;

const HOUR: i64 = 3_600_000;

#[tokio::test]
async fn i01_a_crowd_of_newcomers_does_not_stand_in_the_way_of_others() {
    let (s, honest) = (Scene::new().await, Peer::new().await);
    s.says(&honest, &honest.activity("follows/1", "Follow", &json!(s.house.id("u/ben")))).await;
    let bo = Voice::clone(&s.peer);
    s.peer.otherwise(move |path| Some(Reply::Document(bo.neighbour(path.strip_prefix("/users/")?).actor())));
    // What needs no worker is not in anybody's way: so that there is a queue, something of each of them waits.
    for peer in [&s.peer, &honest] {
        let like = peer.activity("likes/1", "Like", &json!(s.root()));
        s.house.send(&peer.letter(&s.house, &like)).await.is(202);
    }
    for number in 0..100 {
        let newcomer = s.peer.neighbour(&format!("newcomer{number}"));
        let note = newcomer.note(&format!("notes/{number}"), &s.root(), "<p>First!</p>");
        let letter = newcomer.letter(&s.house, &newcomer.activity(&format!("creates/{number}"), "Create", &note));
        s.house.send(&letter).await.is(202);
    }
    let note = honest.note("notes/1", &s.root(), "<p>Good day.</p>");
    s.house.send(&honest.letter(&s.house, &honest.activity("creates/1", "Create", &note))).await.is(202);
    // One round: whoever sent a hundred things has had a few turns, and whoever sent one has had it.
    work::round(&s.house.ctx).await.unwrap();
    assert!(s.comment(&honest.id("notes/1")).await.is_some());
    assert!(s.house.table("objects").await.len() < 50);
    s.house.work().await;
    // A page shows no more of them than it has room for.
    let page = s.house.page(&format!("/t/{}/which-kettle", s.thread)).await.is(200).body;
    assert!(page.matches("First!").count() <= 100);
    assert!(s.house.table("keys").await.len() <= 2, "newcomers make us make keys");
}

#[tokio::test]
async fn i02_who_mentions_fifty_people_reaches_twenty() {
    let s = Scene::new().await;
    let mut links = String::new();
    let mut tags = Vec::new();
    for number in 0..50 {
        let name = format!("person{number}");
        actions::account::create(&s.house.ctx, &name, None, domain::Role::Member, None).await.unwrap();
        let href = s.house.id(&format!("u/{name}"));
        links.push_str(&format!("<a href=\"{href}\" class=\"u-url mention\">@{name}</a> "));
        tags.push(json!({ "type": "Mention", "href": href, "name": format!("@{name}@talk.example") }));
    }
    let mut note = s.note("notes/1", &format!("<p>{links}</p>"));
    note["tag"] = json!(tags);
    s.takes(&s.peer.letter(&s.house, &s.create("creates/1", &note))).await;
    let told = s.house.table("notifications").await.len();
    assert!((1..=21).contains(&told), "{told} were told");
    // The same note again tells nobody again.
    s.ignores(&s.peer, &s.create("creates/2", &note)).await;
}

#[tokio::test]
async fn i04_what_was_removed_is_kept_for_moderators_whatever_its_author_does() {
    let s = Scene::new().await;
    let comment = s.writes("notes/1", "<p>Evidence.</p>").await;
    s.house.moderate(&comment, "remove").await;
    let kept = async || s.house.table("texts").await.into_iter().filter(|row| row.contains("Evidence.")).count();
    assert_eq!(kept().await, 1);
    let mut changed = s.note("notes/1", "<p>Nothing.</p>");
    changed["updated"] = json!("2027-01-15T07:30:00Z");
    s.ignores(&s.peer, &s.peer.activity("updates/1", "Update", &changed)).await;
    s.ignores(&s.peer, &s.peer.activity("deletes/1", "Delete", &json!(s.peer.id("notes/1")))).await;
    s.peer.reply("/users/bo", Reply::status(410));
    s.says(&s.peer, &s.peer.activity("deletes/2", "Delete", &json!(s.peer.me()))).await;
    assert_eq!(kept().await, 1);
    assert!(!s.shown().await.body.contains("Evidence."));
}

#[tokio::test]
async fn i05_what_its_author_takes_back_leaves_its_place_and_what_is_below() {
    let s = Scene::new().await;
    for (number, state) in [Of::Published, Of::Flagged, Of::Held].into_iter().enumerate() {
        let path = format!("notes/{number}");
        let comment = s.writes(&path, "<p>Taken back.</p>").await;
        let below = s.house.reply("ben", &comment, &format!("Below it {number}.")).await;
        s.house.put(&comment, state).await;
        s.says(&s.peer, &s.peer.activity(&format!("deletes/{number}"), "Delete", &json!(s.peer.id(&path)))).await;
        let found = s.house.get(&format!("/api/v1/comments/{comment}")).await.is(200);
        assert_eq!(found.text("/state"), "deleted", "{state:?}");
        assert!(s.house.get(&format!("/api/v1/comments/{below}")).await.is(200).body.contains("Below it"));
        // It does not come back by being sent once more.
        s.ignores(&s.peer, &s.create(&format!("creates/again{number}"), &s.note(&path, "<p>Taken back.</p>"))).await;
    }
    let shown = s.shown().await.body;
    assert!(shown.contains("Below it") && !shown.contains("Taken back."), "{shown}");
    assert!(!s.house.table("texts").await.iter().any(|row| row.contains("Taken back.")));
}

#[tokio::test]
async fn i06_who_signs_as_a_server_is_nobody_in_our_own_rooms() {
    let s = Scene::new().await;
    let comment = s.house.reply("ben", &s.thread, "Ours.").await;
    for (method, path) in [
        ("POST", format!("/api/v1/admin/comments/{comment}/remove")),
        ("POST", format!("/api/v1/admin/comments/{comment}/lock")),
        ("PATCH", "/api/v1/instance".into()),
        ("POST", "/api/v1/boards".into()),
        ("POST", "/api/v1/boards/talk/threads".into()),
        ("DELETE", format!("/api/v1/comments/{comment}")),
        ("GET", "/api/v1/me".into()),
        ("GET", "/api/v1/admin/inbox".into()),
        ("GET", "/api/v1/admin/peers".into()),
    ] {
        let letter =
            Letter::new(method, &path, if method == "GET" { b"" } else { br#"{"reason":"","name":"x","title":"x"}"# })
                .with("host", s.house.host())
                .with("content-type", "application/json")
                .dated(s.house.now());
        let covered = "(request-target) host date digest";
        for who in [&*s.peer, &s.peer.neighbour("mo")] {
            let signed = letter.clone().cavage(&who.key, covered, &who.parameters());
            let answer = s.unmoved(&signed).await;
            assert!(matches!(answer.status, 401 | 403 | 404 | 405), "{path}: {answer:?}");
            let value = signed.value("signature");
            let answer =
                s.unmoved(&signed.without("signature").with("authorization", &format!("Signature {value}"))).await;
            assert!((400..500).contains(&answer.status), "{path}: {answer:?}");
        }
        // Nor may pages of other sites read or write with somebody's cookie.
        let foreign = letter.with("origin", "https://evil.example").with("cookie", "__Host-session=x");
        let answer = s.unmoved(&foreign).await;
        assert!((400..500).contains(&answer.status), "{path}: {answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
        assert_eq!(answer.header("access-control-allow-credentials"), "", "{path}");
    }
}

#[tokio::test]
async fn i07_after_an_old_backup_no_id_is_used_again() {
    let house = House::with(Wishes::default()).await;
    let before = house.thread("Before the backup").await;
    let folder = house.folder().to_owned();
    let file = folder.join("backup.db");
    backup(house.ctx.db(), &file).await.unwrap();
    let lost = house.reply("ben", &before, "Lost.").await;
    house.api("ben", "DELETE", &format!("/api/v1/comments/{lost}"), &json!({})).await.is(204);
    // Another place with what was saved, and the same time: as when a machine is put up again at once.
    let (place, kept) = storage::testing::empty_embedded();
    restore(&place, &file, Overwrite::Yes).await.unwrap();
    let again = Db::open(storage::Place { holder: Holder::Server, ..place }).unwrap();
    house.hands.forward(1);
    let old: domain::CommentId = lost.parse().unwrap();
    let other = house.beside(again);
    for _ in 0..100 {
        assert!(other.id() > old.0, "an id from before is given out again");
    }
    drop((other, kept));
}

#[tokio::test]
async fn i08_what_was_begun_when_a_process_ended_is_done_once() {
    let s = Scene::new().await;
    // The answer waits behind the vote.
    let like = s.peer.activity("likes/1", "Like", &json!(s.root()));
    s.house.send(&s.peer.letter(&s.house, &like)).await.is(202);
    s.house.send(&s.letter()).await.is(202);
    // A worker takes them, and dies.
    let now = actions::Clock::now(&s.house.hands);
    let until = now.plus_ms(5 * 60 * 1000);
    let taken = s.house.ctx.db().write(move |tx| inbox::lease(tx, now, until, 10, &mut |_| true)).await.unwrap();
    assert_eq!(taken.len(), 2);
    s.house.work().await;
    assert_eq!(s.house.table("objects").await.len(), 0, "it is the other's");
    s.house.hands.forward(6 * 60 * 1000);
    s.house.work().await;
    assert!(s.comment(&s.peer.id("notes/spoiled")).await.is_some());
    // One does it, and dies before that is written down: the next does it again, and nothing changes.
    let before = s.house.rows(&["inbox", "peers"]).await;
    let (id, body) = (taken[1].id, taken[1].body.replace('\'', "''"));
    let sql = format!("UPDATE inbox SET state = 0, leased_until = 0, body = '{body}' WHERE id = {id}");
    s.house.ctx.db().write(move |tx| storage::testing::execute(tx, &sql)).await.unwrap();
    assert_eq!(work::round(&s.house.ctx).await.unwrap(), 1);
    same(&before, &s.house.rows(&["inbox", "peers"]).await);
    assert_eq!(s.reason(State::Refused).await, "");
    // What waits to be brought is there for whoever comes after.
    let waiting = s.house.table("deliveries").await;
    assert!(!waiting.is_empty());
}

#[tokio::test]
async fn i09_with_a_wrong_clock_everything_is_refused_and_it_is_said_why() {
    let s = Scene::new().await;
    let letter = s.letter();
    for hours in [2, -4] {
        s.house.hands.forward(hours * HOUR);
        let before = s.house.rows(&[]).await;
        let answer = s.house.send(&letter).await.refused(401, "signature");
        assert!(answer.text("/detail").contains("clock"), "{}", answer.body);
        same(&before, &s.house.rows(&[]).await);
    }
}

#[tokio::test]
async fn i10_a_proxy_that_changes_what_was_signed_is_named() {
    let s = Scene::new().await;
    let letter = s.letter();
    let said = async |letter: &Letter| s.unmoved(letter).await.refused(401, "signature").text("/detail");
    assert!(said(&letter.clone().with("host", "127.0.0.1:8080")).await.contains("proxy"));
    assert!(said(&letter.clone().without("signature")).await.contains("not signed"));
    // A target that was decoded or put in order on its way.
    let encoded = letter.clone().to("/u/%61na/inbox").cavage(&s.peer.key, USUAL, &s.peer.parameters());
    let words = said(&encoded.to("/u/ana/inbox")).await;
    assert!(words.contains("path"), "{words}");
    // A body that was packed or written anew.
    let spaced = String::from_utf8(letter.body.clone()).unwrap().replace("\":", "\": ");
    assert!(said(&letter.body(spaced.as_bytes())).await.contains("body"));
}
