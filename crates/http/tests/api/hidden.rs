//! What readers cannot see, other servers cannot either: not itself, not in a list, not in a count.

use actions::import::foreign::{ForeignComment, ForeignState, ForeignText, ForeignThread};
use actions::import::merge::{Plan, Run, merge};
use domain::{CommentId, State};
use serde_json::{Value, json};

use crate::peer::Peer;
use crate::received::waiting;
use crate::world::{HOST, World};

async fn put(world: &World, comment: &str, state: State) {
    let id: CommentId = comment.parse().unwrap();
    world.app.ctx.db().write(move |tx| storage::comments::set_state(tx, id, state)).await.unwrap();
}

/// A thread with one answer that can be read and one in each state that cannot; their ids.
async fn discussion(world: &World) -> (String, String, Vec<(State, String)>) {
    let thread = world.thread("Boats").await;
    let seen = world.reply(&world.bo, &thread, "Everybody reads this.").await;
    let mut hidden = Vec::new();
    for state in [State::Held, State::Removed, State::Deleted, State::Flagged] {
        let comment = world.reply(&world.bo, &thread, "Nobody reads this.").await;
        match state {
            State::Removed => {
                let path = format!("/api/v1/admin/comments/{comment}/remove");
                world.mo.post(&path, json!({ "reason": "" })).await.is(200);
            }
            State::Deleted => {
                world.bo.delete(&format!("/api/v1/comments/{comment}")).await.is(204);
            }
            other => put(world, &comment, other).await,
        }
        hidden.push((state, comment));
    }
    (thread, seen, hidden)
}

#[tokio::test]
async fn h01_what_is_held_was_never_there_and_what_was_there_is_gone() {
    let world = World::new().await;
    let (thread, _, hidden) = discussion(&world).await;
    let unknown = world.document("/c/7").await.refused(404, "not-found").bytes;
    for (state, comment) in hidden {
        let answer = world.document(&format!("/c/{comment}")).await;
        if state == State::Held {
            assert_eq!(answer.refused(404, "not-found").bytes, unknown);
            let replies = world.document(&format!("/c/{comment}/replies")).await.refused(404, "not-found");
            assert_eq!(replies.bytes, world.document("/c/7/replies").await.bytes);
        } else {
            let gone = answer.is(410).json();
            let id = format!("{HOST}/c/{comment}");
            let context = "https://www.w3.org/ns/activitystreams";
            // Where it stands, everybody sees in its thread.
            let answered = format!("{HOST}/c/{thread}");
            let stone = json!({ "@context": context, "id": id, "type": "Tombstone", "inReplyTo": answered });
            assert_eq!(gone, stone, "{state:?}");
        }
        let told = world.document(&format!("/activities/{comment}")).await.refused(404, "not-found");
        assert_eq!(told.bytes, world.document("/activities/7").await.bytes, "{state:?}");
    }
}

#[tokio::test]
async fn h01_nobody_is_sent_to_the_home_of_what_cannot_be_seen_here() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Boats").await;
    let note = peer.note("notes/1", &format!("{HOST}/c/{thread}"), "<p>A rumour</p>");
    peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
    let id = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200).text("/comments/0/id");
    let path = format!("/c/{id}");
    assert_eq!(world.document(&path).await.is(302).header("location"), note["id"].as_str().unwrap());
    for state in [State::Removed, State::Flagged, State::Deleted] {
        put(&world, &id, state).await;
        assert!(!world.document(&path).await.is(410).body().contains("notes/1"), "{state:?}");
    }
    put(&world, &id, State::Held).await;
    world.document(&path).await.refused(404, "not-found");
}

#[tokio::test]
async fn h01_what_was_said_of_a_comment_goes_with_it() {
    let (world, peer) = (World::new().await, Peer::new().await);
    peer.say(&world, &peer.activity("follows/1", "Follow", &json!(format!("{HOST}/u/bo")))).await;
    let thread = world.thread("Boats").await;
    let comment = world.reply(&world.bo, &thread, "A rumour").await;
    world.bo.patch(&format!("/api/v1/comments/{comment}"), json!({ "text": "A worse rumour" })).await.is(200);
    let said = waiting(&world, &peer).await;
    let kinds: Vec<_> = said.iter().map(|one| one["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["Accept", "Create", "Update"]);
    let path = |one: &Value| one["id"].as_str().unwrap().strip_prefix(HOST).unwrap().to_owned();
    for one in &said[1..] {
        assert!(world.document(&path(one)).await.is(200).body().contains("rumour"));
    }
    // Whom we have accepted is nobody else's business.
    world.document(&path(&said[0])).await.refused(404, "not-found");
    let why = json!({ "reason": "" });
    world.mo.post(&format!("/api/v1/admin/comments/{comment}/remove"), why).await.is(200);
    for one in &said {
        world.document(&path(one)).await.refused(404, "not-found");
    }
}

#[tokio::test]
async fn h01_a_held_thread_is_nowhere() {
    let world = World::new().await;
    let thread = world.thread("Boats").await;
    let id: CommentId = thread.parse().unwrap();
    let held = world.app.ctx.db().write(move |tx| {
        storage::comments::set_state(tx, id, State::Held)?;
        storage::threads::set_listed(tx, domain::ThreadId(id.0), false)
    });
    held.await.unwrap();
    for below in ["", "/boats", "/context", "/outbox", "/followers", "/following"] {
        let here = world.document(&format!("/t/{thread}{below}")).await.refused(404, "not-found");
        assert_eq!(here.bytes, world.document(&format!("/t/7{below}")).await.bytes, "{below}");
    }
    let name = format!("/.well-known/webfinger?resource=acct:t-{thread}@talk.example");
    world.anon.get(&name).await.refused(404, "not-found");
    let board = world.document("/b/talk/outbox").await.is(200);
    assert_eq!(board.at("/totalItems"), 0);
    assert_eq!(world.document("/b/talk/outbox?after=0").await.is(200).at("/orderedItems"), json!([]));
}

#[tokio::test]
async fn h02_hidden_comments_are_in_no_collection_and_no_count() {
    let world = World::new().await;
    let (thread, seen, hidden) = discussion(&world).await;
    let [root, seen] = [thread.clone(), seen].map(|id| format!("{HOST}/c/{id}"));
    let note = world.document(&format!("/c/{thread}")).await.is(200);
    assert_eq!(note.at("/replies/totalItems"), 1);
    assert_eq!(note.all("/replies/first/items", ""), [json!(seen)]);
    let total = async |path: &str| world.document(path).await.is(200).at("/totalItems");
    assert_eq!(total(&format!("/c/{thread}/replies")).await, 1);
    assert_eq!(total(&format!("/t/{thread}/context")).await, 2);
    assert_eq!(total(&format!("/t/{thread}/outbox")).await, 2);
    assert_eq!(total("/u/bo/outbox").await, 1);
    let items = async |path: &str, name: &str| world.document(path).await.is(200).at(name);
    assert_eq!(items(&format!("/c/{thread}/replies?after=0"), "/items").await, json!([seen]));
    assert_eq!(items(&format!("/t/{thread}/context?after=0"), "/orderedItems").await, json!([root, seen]));
    for path in [format!("/t/{thread}/outbox?after=0"), "/u/bo/outbox?after=0".into()] {
        let page = world.document(&path).await.is(200).body();
        assert!(page.contains(&seen), "{path}");
        for (state, comment) in &hidden {
            assert!(!page.contains(comment.as_str()), "{path} {state:?}");
        }
        assert!(!page.contains("Nobody reads"), "{path}");
    }
}

#[tokio::test]
async fn h02_a_removed_thread_is_in_no_list_of_its_board() {
    let world = World::new().await;
    let thread = world.thread("A title with a secret").await;
    for deed in ["pin", "remove"] {
        let path = format!("/api/v1/admin/comments/{thread}/{deed}");
        world.mo.post(&path, json!({ "reason": "" })).await.is(200);
    }
    for path in ["/b/talk/outbox", "/b/talk.all/outbox", "/b/talk/featured", "/u/ana/outbox"] {
        assert_eq!(world.document(path).await.is(200).at("/totalItems"), 0, "{path}");
    }
    let feed = ["/b/talk/outbox?after=0".to_owned(), "/u/ana/outbox?after=0".into(), format!("/t/{thread}")];
    for path in feed {
        assert!(!world.document(&path).await.is(200).body().contains("secret"), "{path}");
    }
    world.document(&format!("/c/{thread}")).await.is(410);
}

#[tokio::test]
async fn h08_no_document_tells_who_moderated_or_how_somebody_logs_in() {
    let world = World::new().await;
    let (thread, seen, hidden) = discussion(&world).await;
    actions::account::create(&world.app.ctx, "eve", None, domain::Role::Member, Some("eve@mail.example".into()))
        .await
        .unwrap();
    let mut paths: Vec<String> =
        ["/u/eve", "/actor", "/b/talk", "/u/bo/outbox?after=0", "/nodeinfo/2.1"].map(Into::into).into();
    paths.extend([format!("/t/{thread}"), format!("/c/{seen}"), format!("/t/{thread}/context?after=0")]);
    paths.extend(hidden.iter().map(|(_, comment)| format!("/c/{comment}")));
    paths.push("/.well-known/webfinger?resource=acct:eve@talk.example".into());
    for path in paths {
        let answer = world.document(&path).await;
        let said = format!("{:?} {}", answer.headers, answer.body());
        for secret in ["mail.example", "127.0.0.1", "/u/mo", "\"mo\"", "password"] {
            assert!(!said.contains(secret), "{path} tells “{secret}”: {said}");
        }
    }
}

#[tokio::test]
async fn h09_followers_are_counted_and_not_named() {
    let world = World::new().await;
    let thread = world.thread("Boats").await;
    for actor in ["/u/ana".into(), "/b/talk".into(), "/b/talk.all".into(), format!("/t/{thread}"), "/actor".into()] {
        for list in ["followers", "following"] {
            for query in ["", "?after=0"] {
                let document = world.document(&format!("{actor}/{list}{query}")).await.is(200).json();
                let names: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
                assert_eq!(names, ["@context", "id", "type", "totalItems"], "{actor}/{list}{query}");
            }
        }
    }
}

#[tokio::test]
async fn imported_comments_are_the_boards() {
    let world = World::new().await;
    let comment = |id: &str, state, text| ForeignComment {
        id: id.into(),
        parent: None,
        author: Some("pg".into()),
        text,
        published: 1_700_000_000_000,
        score: None,
        state,
    };
    let foreign = ForeignThread {
        source: "hn".into(),
        id: "1".into(),
        title: Some("Old boats".into()),
        url: None,
        author: Some("pg".into()),
        text: ForeignText::Markdown("A root".into()),
        state: ForeignState::Published,
        published: 1_700_000_000_000,
        score: 1,
        comments: vec![
            comment("2", ForeignState::Published, ForeignText::Markdown("An *old* answer".into())),
            comment("3", ForeignState::Flagged, ForeignText::None),
        ],
        unplaced: Vec::new(),
        doubts: Vec::new(),
    };
    let plan = Plan { board: "talk".into(), site: "old.example".into(), run: Run::Real };
    let thread = merge(&world.app.ctx, foreign, plan, |_, _| {}).await.unwrap().thread.unwrap();
    let replies = world.document(&format!("/c/{thread}/replies?after=0")).await.is(200).all("/items", "");
    let [Value::String(reply)] = &replies[..] else { panic!("{replies:?}") };
    for path in [&format!("/c/{thread}"), reply.strip_prefix(HOST).unwrap()] {
        let note = world.document(path).await.is(200);
        assert_eq!(note.text("/attributedTo"), format!("{HOST}/b/talk"), "{path}");
        assert!(note.text("/content").contains("<strong>pg</strong> (old.example):"), "{path}");
        assert!(!note.body().contains("/u/pg") && !note.body().contains("@pg"), "{path}");
    }
    world.document("/u/pg@old.example").await.refused(404, "not-found");
    let name = "/.well-known/webfinger?resource=acct:pg@talk.example";
    world.anon.get(name).await.refused(404, "not-found");
}
