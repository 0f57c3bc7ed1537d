//! Two servers that are both ours share a board: each answers on a port of its own, and what one says is signed, brought to the other's
//! inbox and worked off there.

use std::collections::BTreeSet;

use actions::elsewhere::{pairs, work};
use axum::body::Body;
use axum::http::{Method, Request};
use federation::signature::{Form, sign};
use serde_json::{Value, json};
use storage::outbox;

use crate::world::{Wishes, World};

struct Server {
    world: World,
    base: String,
}

impl Server {
    async fn new() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let world = World::with(Wishes { url: base.clone(), ..Wishes::default() }).await;
        world.serve(listener);
        Self { world, base }
    }

    fn host(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// Brings what waits for another server; says what that was.
    async fn bring(&self, to: &Self) -> Vec<Value> {
        let (ctx, host) = (&self.world.app.ctx, to.host().to_owned());
        let waiting = ctx.db().read(move |tx| outbox::waiting(tx, &host, &[], 100)).await.unwrap();
        let mut said = Vec::new();
        for delivery in waiting {
            let key = pairs::private(ctx, delivery.signer).await.unwrap();
            let (url, body) = (delivery.inbox.parse().unwrap(), delivery.body.as_bytes());
            let now = ctx.now().0;
            let headers = sign(Form::Cavage, &key, &delivery.key_id, &Method::POST, &url, Some(body), now).unwrap();
            let mut request = Request::post(url.path()).body(Body::from(delivery.body.clone())).unwrap();
            request.headers_mut().extend(headers);
            to.world.anon.send(request).await.is(202);
            ctx.db().write(move |tx| outbox::brought(tx, &[delivery.id])).await.unwrap();
            said.push(serde_json::from_str(&delivery.body).unwrap());
        }
        while work::round(&to.world.app.ctx).await.unwrap() > 0 {}
        said
    }

    async fn titles(&self, board: &str) -> Vec<Value> {
        self.world.anon.get(&format!("/api/v1/boards/{board}/threads?sort=new")).await.is(200).all("/items", "/title")
    }

    async fn thread(&self, board: &str) -> String {
        self.world.anon.get(&format!("/api/v1/boards/{board}/threads?sort=new")).await.is(200).text("/items/0/id")
    }

    /// What stands in a thread, each with its author and its score.
    async fn comments(&self, thread: &str) -> Vec<(String, String, i64)> {
        let page = self.world.anon.get(&format!("/api/v1/threads/{thread}?sort=old")).await.is(200);
        let comments = page.at("/comments");
        let one = |comment: &Value| {
            let author = comment["author"]["handle"].as_str().unwrap_or("nobody").to_owned();
            (author, comment["text"].as_str().unwrap_or_default().to_owned(), comment["score"].as_i64().unwrap())
        };
        comments.as_array().unwrap().iter().map(one).collect()
    }
}

/// Brings what each has to say to the other until both are silent; the kinds of what was said.
async fn exchange(one: &Server, two: &Server) -> BTreeSet<String> {
    let mut kinds = BTreeSet::new();
    loop {
        let mut said = one.bring(two).await;
        said.extend(two.bring(one).await);
        if said.is_empty() {
            return kinds;
        }
        kinds.extend(said.iter().map(|said| said["type"].as_str().unwrap().to_owned()));
    }
}

fn kinds<const N: usize>(kinds: [&str; N]) -> BTreeSet<String> {
    kinds.into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn two_of_ours_share_a_board() {
    let (one, two) = (Server::new().await, Server::new().await);
    let (ana, bo) = (&one.world.ana, &two.world.bo);
    // By its handle, of which both servers are asked to agree.
    let board = format!("talk@{}", two.host());
    let asked = ana.post(&format!("/api/v1/boards/@{board}/follow"), json!({})).await.is(200);
    assert_eq!((asked.text("/state"), asked.text("/board/title")), ("asked".into(), "Talk".into()));
    assert_eq!(exchange(&one, &two).await, kinds(["Accept", "Follow"]));
    let state = ana.get(&format!("/api/v1/boards/{board}/follow")).await.is(200).text("/state");
    assert_eq!(state, "accepted");

    // A thread of theirs, with its link and its words.
    let new = json!({ "title": "Tea & <kettles>", "url": "https://kettles.example/?a=1&b=2", "text": "Which *one*?" });
    bo.post("/api/v1/boards/talk/threads", new).await.is(201);
    exchange(&one, &two).await;
    let theirs = one.thread(&board).await;
    let page = one.world.anon.get(&format!("/api/v1/threads/{theirs}")).await.is(200);
    assert_eq!(
        (page.text("/thread/title"), page.text("/thread/url")),
        ("Tea & <kettles>".into(), "https://kettles.example/?a=1&b=2".into())
    );
    assert_eq!((page.text("/thread/text"), page.text("/thread/board")), ("Which *one*?".into(), board.clone()));
    assert_eq!(page.text("/thread/author/handle"), format!("bo@{}", two.host()));

    // Answered, edited and voted on from here.
    let answer = one.world.reply(ana, &theirs, "A copper one.").await;
    // Times are told in whole seconds.
    one.world.hands.forward(2_000);
    two.world.hands.forward(2_000);
    ana.patch(&format!("/api/v1/comments/{answer}"), json!({ "text": "A steel one." })).await.is(200);
    ana.put(&format!("/api/v1/comments/{theirs}/vote"), json!({ "value": 1 })).await.is(200);
    exchange(&one, &two).await;
    let home = two.thread("talk").await;
    let from_one = |text: &str, score: i64| (format!("ana@{}", one.host()), text.to_owned(), score);
    assert_eq!(two.comments(&home).await, [from_one("A steel one.", 0)]);
    assert_eq!(two.world.anon.get(&format!("/api/v1/threads/{home}")).await.at("/thread/score"), json!(1));

    // Answered and voted on there.
    let there = two.world.anon.get(&format!("/api/v1/threads/{home}")).await.text("/comments/0/id");
    two.world.reply(bo, &there, "Thank you.").await;
    bo.put(&format!("/api/v1/comments/{there}/vote"), json!({ "value": 1 })).await.is(200);
    exchange(&one, &two).await;
    let both =
        [("ana".to_owned(), "A steel one.".to_owned(), 1), (format!("bo@{}", two.host()), "Thank you.".into(), 0)];
    assert_eq!(one.comments(&theirs).await, both);

    // A thread of ours: opened there by who names the board, passed on to us, and not doubled.
    let new = json!({ "title": "Which pot?", "text": "I need one." });
    let ours = ana.post(&format!("/api/v1/boards/{board}/threads"), new).await.is(201).text("/id");
    exchange(&one, &two).await;
    let titles = [json!("Which pot?"), json!("Tea & <kettles>")];
    assert_eq!((one.titles(&board).await, two.titles("talk").await), (titles.to_vec(), titles.to_vec()));
    let copy = two.thread("talk").await;
    two.world.reply(bo, &copy, "Of clay.").await;
    exchange(&one, &two).await;
    assert_eq!(one.comments(&ours).await, [(format!("bo@{}", two.host()), "Of clay.".to_owned(), 0)]);
    ana.delete(&format!("/api/v1/comments/{ours}")).await.is(204);
    exchange(&one, &two).await;
    assert_eq!(two.world.anon.get(&format!("/api/v1/threads/{copy}")).await.is(200).text("/thread/state"), "deleted");

    // Enough of it.
    ana.delete(&format!("/api/v1/boards/{board}/follow")).await.is(204);
    assert_eq!(exchange(&one, &two).await, kinds(["Undo"]));
    two.world.thread("Unheard").await;
    assert_eq!(exchange(&one, &two).await, kinds([]));
}

#[tokio::test]
async fn who_follows_all_of_a_board_of_ours_hears_of_every_comment() {
    let (one, two) = (Server::new().await, Server::new().await);
    let board = format!("talk.all@{}", two.host());
    one.world.ana.post(&format!("/api/v1/boards/{board}/follow"), json!({})).await.is(200);
    exchange(&one, &two).await;
    let thread = two.world.thread("Which kettle?").await;
    two.world.reply(&two.world.bo, &thread, "A copper one.").await;
    exchange(&one, &two).await;
    let copy = one.thread(&board).await;
    assert_eq!(one.comments(&copy).await, [(format!("bo@{}", two.host()), "A copper one.".to_owned(), 0)]);
    // What is said to the loud one is said on the board.
    let new = json!({ "title": "Which pot?" });
    one.world.ana.post(&format!("/api/v1/boards/{board}/threads"), new).await.is(201);
    exchange(&one, &two).await;
    assert_eq!(two.titles("talk").await, [json!("Which pot?"), json!("Which kettle?")]);
}
