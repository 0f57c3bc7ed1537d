//! What other servers find: which of page and document is answered, every document whole, who is who, what runs here.

use std::num::NonZeroU32;

use axum::body::Body;
use axum::http::Method;
use domain::{CommentId, Time};
use door::settings::Rates;
use serde_json::{Value, json};
use storage::objects::Object;

use crate::shapes::golden;
use crate::world::{Answer, HOST, Wishes, World};

const ACTIVITY: &str = "application/activity+json";
const FIREFOX: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const CHROME: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7";
const MASTODON: &str = "application/activity+json, application/ld+json";
const MASTODON_LOOKS_UP: &str = r#"application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams", text/html;q=0.1"#;
const LEMMY: &str = "application/activity+json, application/json";
const GOTOSOCIAL: &str =
    r#"application/activity+json,application/ld+json;profile="https://www.w3.org/ns/activitystreams""#;
const AKKOMA: &str = r#"application/ld+json; profile="https://www.w3.org/ns/activitystreams""#;

impl World {
    /// As another server asks.
    pub async fn document(&self, path: &str) -> Answer {
        self.anon.get_with(path, "accept", MASTODON).await
    }
}

/// A document, without the key that is another one in each run.
fn masked(answer: &Answer) -> Value {
    assert_eq!(answer.header("content-type"), ACTIVITY);
    let mut document = answer.json();
    if let Some(pem) = document.pointer_mut("/publicKey/publicKeyPem") {
        assert!(pem.as_str().unwrap().starts_with("-----BEGIN PUBLIC KEY-----"));
        *pem = "PEM".into();
    }
    document
}

fn vary(answer: &Answer) -> String {
    let all = answer.headers.get_all("vary").iter().map(|value| value.to_str().unwrap());
    all.collect::<Vec<_>>().join(", ")
}

/// The addresses that have both forms.
async fn addresses(world: &World) -> [String; 5] {
    let thread = world.thread("Boats").await;
    let comment = world.reply(&world.bo, &thread, "I like boats.").await;
    ["/b/talk".into(), format!("/t/{thread}/boats"), format!("/c/{comment}"), "/u/bo".into(), format!("/t/{thread}")]
}

#[tokio::test]
async fn servers_get_the_document_and_browsers_the_page() {
    let world = World::new().await;
    for path in addresses(&world).await {
        for accept in [MASTODON, MASTODON_LOOKS_UP, LEMMY, GOTOSOCIAL, AKKOMA] {
            let answer = world.anon.get_with(&path, "accept", accept).await.is(200);
            assert_eq!(answer.header("content-type"), ACTIVITY, "{path} {accept}");
            assert!(vary(&answer).contains("Accept"), "{path} {accept}");
            assert!(answer.text("/id").starts_with(HOST), "{path}");
        }
        for accept in [FIREFOX, CHROME, "*/*", "application/json", "text/html, application/activity+json;q=0.9"] {
            let answer = world.anon.get_with(&path, "accept", accept).await;
            assert!(answer.status == 200 || answer.status == 303, "{path} {accept}: {answer:?}");
            assert_ne!(answer.header("content-type"), ACTIVITY, "{path} {accept}");
            assert!(vary(&answer).contains("Accept"), "{path} {accept}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn pages_that_are_not_there_and_those_of_readers_vary_too() {
    let world = World::new().await;
    for (caller, path) in
        [(&world.anon, "/c/7"), (&world.anon, "/b/none"), (&world.ana, "/b/talk"), (&world.ana, "/u/x")]
    {
        let answer = caller.get_with(path, "accept", FIREFOX).await;
        assert!(vary(&answer).contains("Accept"), "{path}: {answer:?}");
    }
}

#[tokio::test]
async fn an_id_is_the_address_without_slug_and_query() {
    let world = World::new().await;
    let thread = world.thread("Boats").await;
    let id = format!("{HOST}/t/{thread}");
    for path in ["", "/boats", "/whatever", "?sort=new", "/boats?after=7"] {
        assert_eq!(world.document(&format!("/t/{thread}{path}")).await.is(200).text("/id"), id, "{path}");
    }
    assert_eq!(world.document(&format!("/c/{thread}")).await.is(200).text("/context"), format!("{id}/context"));
    assert_eq!(world.document("/b/TALK").await.is(200).text("/id"), format!("{HOST}/b/talk"));
}

#[tokio::test]
async fn documents_are_kept_for_a_minute_and_have_tags() {
    let world = World::new().await;
    let thread = world.thread("Boats").await;
    for path in ["/u/ana".into(), format!("/c/{thread}"), format!("/t/{thread}/context"), "/actor".into()] {
        let first = world.document(&path).await.is(200);
        assert_eq!(first.header("cache-control"), "public, max-age=60", "{path}");
        let again = world.anon.request(Method::GET, &path).header("accept", MASTODON);
        let again = again.header("if-none-match", first.header("etag")).body(Body::empty()).unwrap();
        let again = world.anon.send(again).await.is(304);
        assert_eq!((again.bytes.len(), again.header("etag")), (0, first.header("etag")), "{path}");
        assert_eq!((again.header("cache-control"), vary(&again).contains("Accept")), ("public, max-age=60", true));
        let head = world.anon.request(Method::HEAD, &path).header("accept", MASTODON).body(Body::empty()).unwrap();
        let head = world.anon.send(head).await.is(200);
        assert_eq!((head.header("content-type"), head.header("etag")), (ACTIVITY, first.header("etag")), "{path}");
        assert!(head.bytes.is_empty());
    }
    let before = world.document(&format!("/c/{thread}")).await.header("etag").to_owned();
    world.reply(&world.bo, &thread, "An answer").await;
    assert_ne!(world.document(&format!("/c/{thread}")).await.header("etag"), before);
}

#[tokio::test]
async fn documents_are_as_they_were() {
    let world = World::with(Wishes::repeatable()).await;
    let new = json!({ "title": "Boats & <b>", "url": "https://example.org/boats", "text": "What do *you* think?" });
    let thread = world.ana.post("/api/v1/boards/talk/threads", new).await.is(201).text("/id");
    let comment = world.reply(&world.bo, &thread, "I like **boats**, @ana and @mo.").await;
    let answer = world.reply(&world.ana, &comment, "Me too.").await;
    world.hands.forward(90_500);
    world.ana.patch(&format!("/api/v1/comments/{answer}"), json!({ "text": "Me *too*." })).await.is(200);
    let gone = world.reply(&world.ana, &comment, "Not me.").await;
    world.ana.delete(&format!("/api/v1/comments/{gone}")).await.is(204);
    for deed in ["pin", "lock"] {
        let path = format!("/api/v1/admin/comments/{thread}/{deed}");
        world.mo.post(&path, json!({ "reason": "" })).await.is(200);
    }
    for (name, path) in [
        ("person", "/u/ana".into()),
        ("board", "/b/talk".into()),
        ("board-all", "/b/talk.all".into()),
        ("thread", format!("/t/{thread}")),
        ("instance", "/actor".into()),
        ("root", format!("/c/{thread}")),
        ("reply", format!("/c/{comment}")),
        ("reply-edited", format!("/c/{answer}")),
        ("create", format!("/activities/{comment}")),
        ("person-followers", "/u/ana/followers".into()),
        ("person-following", "/u/ana/following".into()),
        ("person-outbox", "/u/ana/outbox".into()),
        ("person-outbox-page", "/u/ana/outbox?after=0".into()),
        ("board-followers", "/b/talk/followers".into()),
        ("board-following", "/b/talk/following".into()),
        ("board-outbox", "/b/talk/outbox".into()),
        ("board-outbox-page", "/b/talk/outbox?after=0".into()),
        ("board-featured", "/b/talk/featured".into()),
        ("board-moderators", "/b/talk/moderators".into()),
        ("board-all-followers", "/b/talk.all/followers".into()),
        ("board-all-following", "/b/talk.all/following".into()),
        ("board-all-outbox", "/b/talk.all/outbox".into()),
        ("thread-followers", format!("/t/{thread}/followers")),
        ("thread-following", format!("/t/{thread}/following")),
        ("thread-outbox", format!("/t/{thread}/outbox")),
        ("thread-outbox-page", format!("/t/{thread}/outbox?after=0")),
        ("thread-context", format!("/t/{thread}/context")),
        ("thread-context-page", format!("/t/{thread}/context?after=0")),
        ("replies", format!("/c/{comment}/replies")),
        ("replies-page", format!("/c/{comment}/replies?after=0")),
        ("instance-followers", "/actor/followers".into()),
        ("instance-following", "/actor/following".into()),
        ("instance-outbox", "/actor/outbox".into()),
        ("instance-outbox-page", "/actor/outbox?after=0".into()),
    ] {
        golden(&format!("elsewhere/{name}"), &masked(&world.document(&path).await.is(200)));
    }
    golden("elsewhere/tombstone", &masked(&world.document(&format!("/c/{gone}")).await.is(410)));
}

#[tokio::test]
async fn addresses_without_a_page_are_answered_whatever_is_accepted() {
    let world = World::new().await;
    let thread = world.thread("Boats").await;
    for path in [
        "/u/ana/outbox".into(),
        "/b/talk/featured".into(),
        format!("/t/{thread}/context"),
        format!("/activities/{thread}"),
    ] {
        for accept in [FIREFOX, "*/*", MASTODON] {
            let answer = world.anon.get_with(&path, "accept", accept).await.is(200);
            assert_eq!(answer.header("content-type"), ACTIVITY, "{path} {accept}");
        }
    }
    let about = world.anon.get_with("/actor", "accept", FIREFOX).await.is(303);
    assert_eq!((about.header("location"), vary(&about).contains("Accept")), ("/about", true));
    assert_eq!(world.anon.get("/actor").await.is(200).text("/type"), "Application");
}

#[tokio::test]
async fn long_collections_come_in_pages() {
    let world = World::new().await;
    let thread = world.thread("Boats").await;
    let mut all = Vec::new();
    for n in 0..60 {
        all.push(format!("{HOST}/c/{}", world.reply(&world.bo, &thread, &format!("Boat {n}")).await));
        // The last that is sent whole, and the first that is not.
        if [19, 20, 21].contains(&all.len()) {
            let replies = &world.document(&format!("/c/{thread}")).await.is(200).json()["replies"];
            let (total, next) = (&replies["totalItems"], &replies["first"]["next"]);
            assert_eq!((total, next.is_string()), (&all.len().into(), all.len() > 20));
        }
    }
    let note = world.document(&format!("/c/{thread}")).await.is(200);
    assert_eq!((note.at("/replies/totalItems"), note.all("/replies/first/items", "").len()), (60.into(), 20));
    let (mut read, mut next) = (note.all("/replies/first/items", ""), note.text("/replies/first/next"));
    loop {
        let page = world.document(next.strip_prefix(HOST).unwrap()).await.is(200);
        read.extend(page.all("/items", ""));
        let Some(more) = page.json()["next"].as_str().map(str::to_owned) else { break };
        next = more;
    }
    assert_eq!(read, all);
    for (path, items, total) in
        [(format!("/t/{thread}/context"), "/orderedItems", 61), ("/u/bo/outbox".into(), "/orderedItems", 60)]
    {
        let first = world.document(&path).await.is(200);
        assert_eq!(first.at("/totalItems"), total, "{path}");
        let (mut count, mut next) = (0, first.text("/first"));
        loop {
            let page = world.document(next.strip_prefix(HOST).unwrap()).await.is(200);
            count += page.at(items).as_array().unwrap().len();
            let Some(more) = page.json()["next"].as_str().map(str::to_owned) else { break };
            next = more;
        }
        assert_eq!(count, total, "{path}");
    }
}

#[tokio::test]
async fn what_is_no_id_is_not_there() {
    let world = World::new().await;
    let thread = world.thread("Boats").await;
    for path in [
        "/c/x",
        "/c/07",
        "/c/99999999999999999999",
        "/c/-1",
        "/t/x",
        "/u/nobody",
        "/u/ana@elsewhere.example",
        "/u/%61na",
        "/b/none",
        "/b/none.all",
        "/b/.all",
        "/b/talk.all.all",
        "/u/nobody/outbox",
        "/b/none/featured",
        "/b/talk.all/featured",
        "/t/x/context",
        "/t/7/context",
        "/t/%2e%2e/outbox",
        "/b/%2e/outbox",
        "/c/7/replies",
        "/c/x/replies",
        "/activities/x",
        "/activities/7",
    ] {
        let refused = world.document(path).await.refused(404, "not-found");
        assert!(vary(&refused).contains("Accept"), "{path}");
    }
    for after in ["", "x", "-1", "1.5", "%00", "99999999999999999999"] {
        let path = format!("/t/{thread}/context?after={after}");
        world.document(&path).await.refused(400, "bad-cursor");
    }
}

#[tokio::test]
async fn a_comment_that_is_at_home_elsewhere_is_found_there() {
    let world = World::new().await;
    let thread = world.thread("Boats").await;
    let comment = world.reply(&world.bo, &thread, "From afar").await;
    let uri = "https://elsewhere.example/notes/1";
    let object = Object {
        uri: uri.into(),
        comment: comment.parse::<CommentId>().unwrap(),
        url: None,
        updated: Time(0),
        announced: true,
    };
    world.app.ctx.db().write(move |tx| storage::objects::insert(tx, &object)).await.unwrap();
    let answer = world.document(&format!("/c/{comment}")).await.is(302);
    assert_eq!((answer.header("location"), vary(&answer).contains("Accept")), (uri, true));
    world.anon.get_with(&format!("/c/{comment}"), "accept", FIREFOX).await.is(200);
    assert_eq!(world.document(&format!("/c/{thread}")).await.all("/replies/first/items", ""), [json!(uri)]);
    world.document(&format!("/activities/{comment}")).await.refused(404, "not-found");
}

#[tokio::test]
async fn a_thread_that_is_called_like_a_collection_is_reached_without_slug() {
    let world = World::new().await;
    for title in ["Outbox", "Follow", "inbox!", "Followers?", "Following", "CONTEXT"] {
        let thread = world.thread(title).await;
        let page = world.anon.get_with(&format!("/t/{thread}"), "accept", FIREFOX).await.is(200);
        assert!(page.body().contains(title.trim_end_matches(['!', '?'])), "{title}");
        let list = world.anon.get_with("/b/talk", "accept", FIREFOX).await.is(200).body();
        assert!(list.contains(&format!("\"/t/{thread}\"")) && !list.contains(&format!("/t/{thread}/")), "{title}");
    }
    let thread = world.thread("Outbox of boats").await;
    let slugged = world.anon.get_with(&format!("/t/{thread}"), "accept", FIREFOX).await.is(303);
    assert_eq!(slugged.header("location"), format!("/t/{thread}/outbox-of-boats"));
}

async fn asked(world: &World, resource: &str) -> Answer {
    let query: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("resource", resource).finish();
    world.anon.get(&format!("/.well-known/webfinger?{query}")).await
}

#[tokio::test]
async fn every_actor_has_a_name() {
    let world = World::new().await;
    let thread = world.thread("Boats").await;
    for (name, id, page, kind) in [
        ("ana", "/u/ana", "/u/ana", "Person"),
        ("talk", "/b/talk", "/b/talk", "Group"),
        ("talk.all", "/b/talk.all", "/b/talk", "Group"),
        (&format!("t-{thread}"), &format!("/t/{thread}"), &format!("/t/{thread}"), "Group"),
        ("talk.example", "/actor", "/about", "Application"),
    ] {
        let subject = format!("acct:{name}@talk.example");
        let (id, page) = (format!("{HOST}{id}"), format!("{HOST}{page}"));
        let aliases = if id == page { json!([page]) } else { json!([page, id]) };
        let expected = json!({
            "subject": subject,
            "aliases": aliases,
            "links": [
                { "rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": page },
                {
                    "rel": "self",
                    "type": "application/activity+json",
                    "href": id,
                    "properties": { "https://www.w3.org/ns/activitystreams#type": kind },
                },
            ],
        });
        let upper = format!("acct:{}@TALK.Example", name.to_uppercase());
        for resource in [&subject, subject.trim_start_matches("acct:"), &upper, &id] {
            let answer = asked(&world, resource).await.is(200);
            assert_eq!(answer.json(), expected, "{resource}");
            assert_eq!(answer.header("content-type"), "application/jrd+json");
            assert_eq!(answer.header("access-control-allow-origin"), "*");
        }
        // The name leads to the actor, and the actor to the name.
        let document = world.document(id.strip_prefix(HOST).unwrap()).await.is(200);
        assert_eq!(format!("acct:{}@talk.example", document.text("/preferredUsername")), subject);
        assert_eq!((document.text("/type"), document.text("/id")), (kind.to_owned(), id));
    }
    for site in [HOST, &format!("{HOST}/")] {
        assert_eq!(asked(&world, site).await.is(200).text("/subject"), "acct:talk.example@talk.example");
    }
    let unescaped = world.anon.get("/.well-known/webfinger?resource=acct:ana@talk.example&rel=self").await.is(200);
    assert_eq!(unescaped.text("/subject"), "acct:ana@talk.example");
}

#[tokio::test]
async fn a_person_and_a_board_of_one_name_are_both_found() {
    let world = World::new().await;
    // Nobody can take such a name any more; somebody may have it.
    let talk = storage::actors::Actor {
        id: domain::ActorId(7),
        origin: domain::Origin::Local,
        host: String::new(),
        name: "talk".into(),
        about: String::new(),
        about_html: String::new(),
        created: Time(0),
    };
    world.app.ctx.db().write(move |tx| storage::actors::insert(tx, &talk)).await.unwrap();
    let answer = asked(&world, "acct:talk@talk.example").await.is(200);
    let actors: Vec<_> = answer.all("/links", "").into_iter().filter(|link| link["rel"] == "self").collect();
    let hrefs: Vec<_> = actors.iter().map(|link| link["href"].as_str().unwrap()).collect();
    assert_eq!(hrefs, ["https://talk.example/u/talk", "https://talk.example/b/talk"]);
}

#[tokio::test]
async fn e06_webfinger_tells_only_of_whom_everybody_can_see() {
    let world = World::new().await;
    let mut refused = Vec::new();
    for resource in [
        "acct:nobody@talk.example",
        "acct:ana@elsewhere.example",
        "acct:ana@sub.talk.example",
        "acct:t-7@talk.example",
        "acct:t-x@talk.example",
        "acct:none.all@talk.example",
        "https://talk.example/c/7",
        "https://talk.example/t/7",
        "https://talk.example/u/ana/outbox",
        "https://talk.example/about",
        "https://elsewhere.example/u/ana",
        "https://elsewhere.example/",
        "acct:elsewhere.example@elsewhere.example",
    ] {
        refused.push(asked(&world, resource).await.refused(404, "not-found").bytes);
    }
    refused.dedup();
    assert_eq!(refused.len(), 1, "what is not there and who is not here are answered alike");
    for resource in [
        "",
        "ana",
        "acct:",
        "acct:ana",
        "acct:@talk.example",
        "acct:ana@",
        "acct:ana@talk.example@talk.example",
        "acct:a b@talk.example",
        "acct:ana@talk.example/x",
        "https://",
        "mailto:ana@talk.example",
        "acct:\u{fc}@talk.example",
        "acct:%@talk.example",
        &"x".repeat(5_000),
    ] {
        let answer = asked(&world, resource).await.refused(400, "bad-resource");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
    }
    let twice = "/.well-known/webfinger?resource=acct:ana@talk.example&resource=acct:bo@talk.example";
    for path in ["/.well-known/webfinger", "/.well-known/webfinger?rel=self", twice] {
        world.anon.get(path).await.refused(400, "bad-resource");
    }
}

#[tokio::test]
async fn the_server_says_what_runs_here() {
    let world = World::new().await;
    let thread = world.thread("Boats").await;
    world.reply(&world.bo, &thread, "One").await;
    world.reply(&world.bo, &thread, "Two").await;
    let discovery = world.anon.get("/.well-known/nodeinfo").await.is(200);
    assert_eq!(discovery.header("access-control-allow-origin"), "*");
    assert_eq!(
        discovery.json(),
        json!({ "links": [
            { "rel": "http://nodeinfo.diaspora.software/ns/schema/2.1", "href": format!("{HOST}/nodeinfo/2.1") },
            { "rel": "https://www.w3.org/ns/activitystreams#Application", "href": format!("{HOST}/actor") },
        ] })
    );
    let document = world.anon.get("/nodeinfo/2.1").await.is(200);
    assert_eq!(document.header("access-control-allow-origin"), "*");
    assert!(document.header("content-type").contains("schema/2.1#"));
    assert_eq!(
        document.json(),
        json!({
            "version": "2.1",
            "software": { "name": "rejoinder", "version": env!("CARGO_PKG_VERSION") },
            "protocols": ["activitypub"],
            "services": { "inbound": [], "outbound": ["atom1.0"] },
            "openRegistrations": true,
            "usage": { "users": { "total": 4 }, "localPosts": 1, "localComments": 2 },
            "metadata": {},
        })
    );
    let meta = world.anon.get("/.well-known/host-meta").await.is(200);
    assert_eq!(meta.header("content-type"), "application/xrd+xml");
    assert!(meta.body().contains("template=\"https://talk.example/.well-known/webfinger?resource={uri}\""));
}

#[tokio::test]
async fn other_servers_are_counted_by_their_address_and_need_no_cookie() {
    let rates = Rates { address_reads: NonZeroU32::new(3), ..Rates::default() };
    let world = World::with(Wishes { rates, ..Wishes::default() }).await;
    for path in ["/u/ana", "/actor", "/.well-known/webfinger?resource=acct:ana@talk.example"] {
        let answer = world.document(path).await.is(200);
        assert_eq!((answer.header("set-cookie"), answer.header("x-content-type-options")), ("", "nosniff"), "{path}");
    }
    for path in ["/u/ana", "/actor/outbox", "/nodeinfo/2.1"] {
        world.document(path).await.refused(429, "throttled");
    }
}
