//! Secure mode: documents for those who sign.

use axum::body::Body;
use axum::http::Method;
use door::settings::Documents;
use serde_json::{Value, json};

use crate::peer::Peer;
use crate::world::{Wishes, World};

const ACCEPT: &str = "application/activity+json";

async fn scene() -> (World, Peer) {
    let wishes = Wishes { documents: Documents::Signed, ..Wishes::default() };
    (World::with(wishes).await, Peer::new().await)
}

fn signed(world: &World, peer: &Peer, path: &str) -> axum::http::Request<Body> {
    let mut request = peer.signed_by("users/bo", world, (Method::GET, path), None);
    request.headers_mut().insert("accept", ACCEPT.parse().unwrap());
    request
}

#[tokio::test]
async fn h06_documents_are_shown_to_those_who_sign_and_kept_by_nobody_else() {
    let (world, peer) = scene().await;
    let thread = world.thread("Which kettle?").await;
    for path in
        ["/u/ana", "/b/talk", "/b/talk/outbox?after=0", &format!("/c/{thread}"), &format!("/t/{thread}/context")]
    {
        world.anon.get_with(path, "accept", ACCEPT).await.refused(401, "signature");
        let answer = world.anon.send(signed(&world, &peer, path)).await.is(200);
        assert_eq!(answer.header("content-type"), ACCEPT, "{path}");
        assert!(answer.header("cache-control").starts_with("private"), "{path}");
        assert_eq!(answer.header("vary"), "Accept, Signature", "{path}");
    }
    // People read the pages as ever.
    world.anon.get_with("/b/talk", "accept", "text/html").await.is(200);
}

#[tokio::test]
async fn h06_what_begins_a_conversation_is_shown_to_everybody() {
    let (world, _) = scene().await;
    for path in
        ["/actor", "/.well-known/webfinger?resource=acct:ana@talk.example", "/.well-known/nodeinfo", "/nodeinfo/2.1"]
    {
        world.anon.get_with(path, "accept", ACCEPT).await.is(200);
    }
    world.anon.get_with("/actor/outbox", "accept", ACCEPT).await.refused(401, "signature");
}

#[tokio::test]
async fn h06_a_signature_has_to_be_right_and_somebodys() {
    let (world, peer) = scene().await;
    let mut moved = signed(&world, &peer, "/u/ana");
    *moved.uri_mut() = "/u/bo".parse().unwrap();
    world.anon.send(moved).await.refused(401, "signature");
    let old = signed(&world, &peer, "/u/ana");
    world.hands.forward(2 * 3600 * 1000);
    world.anon.send(old).await.refused(401, "signature");
    let other = Peer::with_key(federation::keys::PrivateKey::generate().unwrap()).await;
    other.show("users/bo", other.actor("bo", &peer.key));
    world.anon.send(signed(&world, &other, "/u/ana")).await.refused(401, "signature");
    other.show("users/bo", Value::Null);
    world.anon.send(signed(&world, &other, "/u/ana")).await.refused(401, "signature");
}

#[tokio::test]
async fn h06_a_key_may_have_an_address_of_its_own() {
    let (world, peer) = scene().await;
    // As GoToSocial has it: the address answers with a stub.
    let (id, key) = (peer.id("users/cy"), peer.id("users/cy/main-key"));
    let shown = json!({ "id": key, "owner": id, "publicKeyPem": peer.key.public_pem() });
    let mut cy = peer.actor("cy", &peer.key);
    cy["publicKey"] = shown.clone();
    peer.show("users/cy", cy);
    peer.show("users/cy/main-key", json!({ "id": id, "type": "Person", "publicKey": shown }));
    let url = "https://talk.example/u/ana".parse().unwrap();
    let now = actions::Clock::now(&world.hands).0;
    let form = federation::signature::Form::Cavage;
    for _ in 0..2 {
        let headers = federation::signature::sign(form, &peer.key, &key, &Method::GET, &url, None, now).unwrap();
        let mut request =
            world.anon.request(Method::GET, "/u/ana").header("accept", ACCEPT).body(Body::empty()).unwrap();
        request.headers_mut().extend(headers);
        world.anon.send(request).await.is(200);
    }
}
