//! What actors of other servers are called: by the host of their id, or by another one that leads back to them.

use actions::elsewhere::{backfill, naming};
use serde_json::{Value, json};

use crate::home::{Home, note};
use crate::world::{Wishes, World};

fn jrd(subject: &str, actor: &str) -> Value {
    json!({ "subject": format!("acct:{subject}"), "links": [{ "rel": "self", "type": "application/activity+json", "href": actor }] })
}

/// Cy has answered a thread from a server that says they are called `cy@` another one, which answers so.
async fn called(answers: impl Fn(&str) -> Option<Value> + Send + Sync + 'static) -> (World, String, Home, Home) {
    // Handles have no scheme: all servers of a test network speak as we do.
    let world = World::with(Wishes { url: "http://talk.example".into(), ..Wishes::default() }).await;
    let thread = world.thread("Which kettle?").await;
    let to = format!("http://talk.example/c/{thread}");
    let social = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let seen = std::sync::Arc::clone(&social);
    let short = Home::new(move |path, _| {
        path.starts_with(".well-known/webfinger").then(|| answers(&seen.lock().unwrap())).flatten()
    })
    .await;
    let host = short.base.trim_start_matches("http://").to_owned();
    let long = Home::new(move |path, base| match path {
        "notes/1" => Some(note(base, path, &to, json!(null))),
        asked => asked
            .starts_with(".well-known/webfinger?resource=acct%3Acy%40")
            .then(|| jrd(&format!("cy@{host}"), &format!("{base}/users/cy"))),
    })
    .await;
    long.base.clone_into(&mut social.lock().unwrap());
    Box::pin(backfill::object(&world.app.ctx, &long.id("notes/1"))).await.unwrap();
    (world, thread, long, short)
}

async fn handle(world: &World, thread: &str) -> String {
    world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200).text("/comments/0/author/handle")
}

fn bare(home: &Home) -> &str {
    home.base.trim_start_matches("http://")
}

#[tokio::test]
async fn e02_a_name_on_another_host_is_taken_if_that_host_leads_back() {
    let (sender, receiver) = std::sync::mpsc::channel::<String>();
    let receiver = std::sync::Mutex::new(receiver);
    let own = std::sync::Mutex::new(String::new());
    let (world, thread, long, short) = called(move |social| {
        let mut own = own.lock().unwrap();
        if own.is_empty() {
            *own = receiver.lock().unwrap().recv().unwrap();
        }
        Some(jrd(&format!("cy@{own}"), &format!("{social}/users/cy")))
    })
    .await;
    sender.send(bare(&short).to_owned()).unwrap();
    // Nothing has waited for it.
    assert_eq!(handle(&world, &thread).await, format!("cy@{}", bare(&long)));
    assert_eq!(naming::round(&world.app.ctx).await.unwrap(), 1);
    assert_eq!(handle(&world, &thread).await, format!("cy@{}", bare(&short)));
    // It is asked for once.
    assert_eq!(naming::round(&world.app.ctx).await.unwrap(), 0);
}

#[tokio::test]
async fn e02_e03_a_name_on_another_host_that_does_not_lead_back_is_not_taken() {
    let (world, thread, long, short) =
        called(|social| Some(jrd("cy@elsewhere.example", &format!("{social}/users/dan")))).await;
    assert_eq!(naming::round(&world.app.ctx).await.unwrap(), 1);
    assert_eq!(handle(&world, &thread).await, format!("cy@{}", bare(&long)));
    assert!(!short.asked().is_empty());
    let (world, thread, long, _short) = called(|_| None).await;
    naming::round(&world.app.ctx).await.unwrap();
    assert_eq!(handle(&world, &thread).await, format!("cy@{}", bare(&long)));
    assert_eq!(naming::round(&world.app.ctx).await.unwrap(), 0);
}
