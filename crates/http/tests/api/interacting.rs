//! Answering and following from one's own server, by the pages.

use serde_json::{Value, json};

use crate::peer::Peer;
use crate::world::{Wishes, World};

/// A server of a test network, where all speak as we do: without encryption.
async fn world() -> World {
    World::with(Wishes { url: "http://talk.example".into(), ..Wishes::default() }).await
}

/// Where Bo's server takes whoever has an account there.
fn knows_bo(peer: &Peer, links: &[Value]) {
    let host = peer.base.trim_start_matches("http://");
    let actor = json!({ "rel": "self", "type": "application/activity+json", "href": peer.id("users/bo") });
    let links: Vec<&Value> = std::iter::once(&actor).chain(links).collect();
    peer.show(".well-known/webfinger", json!({ "subject": format!("acct:bo@{host}"), "links": links }));
}

fn handle(peer: &Peer) -> String {
    format!("@bo@{}", peer.base.trim_start_matches("http://"))
}

#[tokio::test]
async fn a_reader_is_led_to_where_their_server_answers() {
    let world = world().await;
    let peer = Peer::new().await;
    let thread = world.thread("Violins").await;
    let comment = world.reply(&world.ana, &thread, "They are loud.").await;
    let template = |path: &str, gap: &str| format!("{}/{path}?uri={{{gap}}}", peer.base);
    let older = json!({ "rel": "http://ostatus.org/schema/1.0/subscribe", "template": template("old", "uri") });
    let newer = json!({ "rel": "https://w3id.org/fep/3b86/Object", "template": template("new", "object") });
    let path = format!("/c/{comment}/elsewhere");
    let page = world.anon.get(&path).await.is(200);
    assert!(page.header("content-security-policy").contains("form-action 'self' https:"));
    assert!(page.body().contains(&format!("http://talk.example/c/{comment}")), "{}", page.body());
    for (links, there) in [(vec![older.clone(), newer], "new"), (vec![older], "old")] {
        knows_bo(&peer, &links);
        let led = world.anon.form(&path, &[("handle", &handle(&peer))]).await.is(303);
        let object = format!("http%3A%2F%2Ftalk.example%2Fc%2F{comment}");
        assert_eq!(led.header("location"), format!("{}/{there}?uri={object}", peer.base));
        assert_eq!(led.header("referrer-policy"), "no-referrer");
    }
}

#[tokio::test]
async fn a_reader_whose_server_does_not_say_where_is_given_what_to_search_for() {
    let world = world().await;
    let peer = Peer::new().await;
    let thread = world.thread("Violins").await;
    // Neither a way at all, nor one that leads to somebody else (CVE-2026-33868).
    let elsewhere =
        json!({ "rel": "http://ostatus.org/schema/1.0/subscribe", "template": "https://evil.example/?uri={uri}" });
    for links in [vec![], vec![elsewhere]] {
        knows_bo(&peer, &links);
        for (path, wanted) in [
            (format!("/t/{thread}/follow"), format!("@t-{thread}@talk.example")),
            ("/b/talk/follow".into(), "@talk.all@talk.example".into()),
            (format!("/c/{thread}/elsewhere"), format!("http://talk.example/c/{thread}")),
        ] {
            let page = world.anon.form(&path, &[("handle", &handle(&peer))]).await.is(200).body();
            assert!(page.contains("does not say where") && page.contains(&wanted), "{page}");
            assert!(!page.contains("evil.example"), "{page}");
        }
    }
}

#[tokio::test]
async fn a_handle_that_leads_nowhere_is_refused_in_words() {
    let world = world().await;
    let peer = Peer::new().await;
    let nobody = handle(&peer);
    for (handle, said) in [
        ("bo", "a handle is a name and a host"),
        ("@ana@talk.example", "Log in here instead"),
        (nobody.as_str(), "ould not be asked about"),
        ("@bo@localhost:1/x?y#", "annot be"),
    ] {
        let page = world.anon.form("/b/talk/follow", &[("handle", handle)]).await.is(422).body();
        assert!(page.contains(said), "{handle}: {page}");
        let kept = handle.replace('@', "&#64;");
        assert!(page.contains(handle) || page.contains(&kept), "{page}");
    }
}

#[tokio::test]
async fn what_cannot_be_seen_cannot_be_answered_from_elsewhere() {
    let world = World::new().await;
    let thread = world.thread("Gone").await;
    let comment = world.reply(&world.ana, &thread, "Not for long.").await;
    world.ana.delete(&format!("/api/v1/comments/{comment}")).await.is(204);
    let locked = world.thread("Closed").await;
    world.mo.post(&format!("/api/v1/admin/comments/{locked}/lock"), json!({ "reason": "" })).await.is(200);
    for (path, status) in [
        (format!("/c/{locked}/elsewhere"), 403),
        (format!("/c/{comment}/elsewhere"), 410),
        ("/c/99/elsewhere".into(), 404),
        ("/c/x/elsewhere".into(), 404),
        ("/t/99/follow".into(), 404),
        ("/b/nowhere/follow".into(), 404),
    ] {
        world.anon.get(&path).await.is(status);
        world.anon.form(&path, &[("handle", "@bo@peer.example")]).await.is(status);
    }
}

#[tokio::test]
async fn whoever_has_no_account_here_is_offered_both_ways_to_answer() {
    let world = World::new().await;
    let thread = world.thread("Both").await;
    let page = world.anon.get(&format!("/c/{thread}/reply")).await.is(200).body();
    assert!(page.contains("Reply from your server"), "{page}");
    assert!(page.contains(&format!("/login?next=%2Fc%2F{thread}%2Freply")), "{page}");
    let page = world.anon.get(&format!("/t/{thread}/both")).await.is(200).body();
    assert!(
        page.contains(&format!("/c/{thread}/elsewhere")) && page.contains(&format!("/t/{thread}/follow")),
        "{page}"
    );
    assert!(world.anon.get("/b/talk").await.body().contains("/b/talk/follow"));
}
