//! B: whose a thing is.

use federation::wire::addresses::OurActor;
use serde_json::{Value, json};
use storage::inbox::State;

use crate::house::{House, Wishes, same};
use crate::letter::{Letter, USUAL};
use crate::peer::{Peer, Reply};
use crate::scene::{Scene, acquaint};
use crate::voice::{PUBLIC, Voice, other_key};

/// An instance as on the internet, to which somebody on a server that is not there is known.
struct Outside {
    house: House,
    bo: Voice,
    root: String,
}

impl Outside {
    async fn new() -> Self {
        let house = House::with(Wishes::public()).await;
        let bo = Voice::new("https://remote.example", "bo");
        acquaint(&house, &bo).await;
        let root = house.id(&format!("c/{}", house.thread("Which kettle?").await));
        Self { house, bo, root }
    }

    fn create(&self) -> Value {
        self.bo.activity("creates/1", "Create", &self.bo.note("notes/1", &self.root, "<p>Hello.</p>"))
    }

    /// At the door.
    async fn refuses(&self, letter: &Letter, status: u16) {
        let before = self.house.rows(&[]).await;
        let answer = self.house.send(letter).await;
        self.house.work().await;
        assert_eq!(answer.status, status, "{}: {}", String::from_utf8_lossy(&letter.body), answer.body);
        same(&before, &self.house.rows(&[]).await);
    }

    /// With this in the place of one part.
    async fn refuses_part(&self, name: &str, value: Value) {
        let mut create = self.create();
        create[name] = value;
        self.refuses(&self.bo.letter(&self.house, &create), 400).await;
    }

    async fn takes(&self, activity: &Value) {
        self.house.send(&self.bo.letter(&self.house, activity)).await.is(202);
        self.house.work().await;
        assert_eq!(self.house.table("objects").await.len(), 1);
    }
}

#[tokio::test]
async fn b01_an_activity_on_another_host_than_its_actor_is_refused() {
    let o = Outside::new().await;
    for host in ["other.example", "remote.example.other.example", "sub.remote.example", "xremote.example"] {
        o.refuses_part("id", json!(format!("https://{host}/creates/1"))).await;
    }
    o.takes(&o.create()).await;
}

#[tokio::test]
async fn b02_another_port_or_scheme_is_another_server() {
    let o = Outside::new().await;
    for id in
        ["https://remote.example:8443/creates/1", "http://remote.example/creates/1", "https://remote.example:80/1"]
    {
        o.refuses_part("id", json!(id)).await;
    }
    // On a test network, where ports are allowed, too.
    let (s, other) = (Scene::new().await, Peer::new().await);
    let mut create = s.create("creates/1", &s.note("notes/1", "<p>Hello.</p>"));
    for id in [other.id("creates/1"), s.peer.id("creates/1").replace("http://", "https://")] {
        create["id"] = json!(id);
        s.refuses(&s.peer.letter(&s.house, &create), 400, "malformed").await;
    }
}

#[tokio::test]
async fn b03_an_activity_has_one_absolute_id() {
    let o = Outside::new().await;
    for id in [
        Value::Null,
        json!(""),
        json!(7),
        json!(true),
        json!({ "id": "https://remote.example/creates/1" }),
        json!(["https://remote.example/creates/1"]),
        json!("/creates/1"),
        json!("creates/1"),
        json!("//remote.example/creates/1"),
        json!("tag:remote.example,2027:1"),
        json!("urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66"),
        json!("did:key:z6Mk"),
        json!("https://remote.example@other.example/1"),
        json!(" https://remote.example/creates/1"),
        json!(format!("https://remote.example/{}", "x".repeat(3_000))),
        // Short as it is sent, and too long as it would be stored.
        json!(format!("https://remote.example/{}", "ü".repeat(500))),
    ] {
        o.refuses_part("id", id).await;
    }
    let mut without = o.create();
    without.as_object_mut().unwrap().remove("id");
    o.refuses(&o.bo.letter(&o.house, &without), 400).await;
    let twice = o.create().to_string().replacen("{", r#"{"id":"https://remote.example/creates/2","#, 1);
    o.refuses(&o.bo.signed(&o.house, &twice), 400).await;
}

#[tokio::test]
async fn b05_an_activity_has_one_actor() {
    let o = Outside::new().await;
    let (me, victim) = (o.bo.me(), "https://victim.example/users/v");
    for actor in [
        json!([me, victim]),
        json!([victim, me]),
        json!([me]),
        json!({ "id": me }),
        Value::Null,
        json!(""),
        json!(victim),
        json!("https://remote.example/users/somebody-else"),
    ] {
        let mut create = o.create();
        create["actor"] = actor.clone();
        let before = o.house.rows(&[]).await;
        let answer = o.house.send(&o.bo.letter(&o.house, &create)).await;
        o.house.work().await;
        assert!((400..600).contains(&answer.status), "{actor}: {answer:?}");
        same(&before, &o.house.rows(&[]).await);
    }
    let twice = o.create().to_string().replacen("{", &format!(r#"{{"actor":"{victim}","#), 1);
    o.refuses(&o.bo.signed(&o.house, &twice), 400).await;
}

#[tokio::test]
async fn b07_nobody_writes_in_a_neighbours_name() {
    let s = Scene::new().await;
    let neighbour = s.peer.neighbour("cy").with_key(other_key());
    s.peer.show_actor(&neighbour);
    let mut note = s.note("notes/1", "<p>Not mine.</p>");
    for author in [
        json!(neighbour.me()),
        json!([neighbour.me()]),
        json!({ "id": neighbour.me() }),
        json!([s.peer.me(), neighbour.me()]),
    ] {
        note["attributedTo"] = author;
        s.ignores(&s.peer, &s.create("creates/1", &note)).await;
        s.ignores(&s.peer, &s.peer.activity("updates/1", "Update", &note)).await;
    }
    note.as_object_mut().unwrap().remove("attributedTo");
    s.ignores(&s.peer, &s.create("creates/2", &note)).await;
}

#[tokio::test]
async fn b08_nobody_creates_on_another_server() {
    let (s, victim) = (Scene::new().await, Peer::new().await);
    let forged = victim.note("notes/1", &s.root(), "<p>Forged.</p>");
    s.ignores(&s.peer, &s.create("creates/1", &forged)).await;
    let mut mixed = forged.clone();
    mixed["attributedTo"] = json!(s.peer.me());
    s.ignores(&s.peer, &s.create("creates/2", &mixed)).await;
    // Only named: it is not on the server of who says so.
    s.ignores(&s.peer, &s.create("creates/3", &forged["id"])).await;
    assert!(victim.asked().is_empty(), "{:?}", victim.asked());
}

#[tokio::test]
async fn b09_what_is_somebody_elses_or_ours_is_not_made_again() {
    let s = Scene::new().await;
    let victim = Peer::new().await;
    let theirs = victim.note("notes/1", &s.root(), "<p>The original.</p>");
    s.says(&victim, &victim.activity("creates/1", "Create", &theirs)).await;
    let comment = s.comment(&victim.id("notes/1")).await.unwrap();
    let mut forged = theirs.clone();
    forged["content"] = json!("<p>Forged.</p>");
    s.ignores(&s.peer, &s.create("creates/1", &forged)).await;
    forged["attributedTo"] = json!(s.peer.me());
    s.ignores(&s.peer, &s.create("creates/2", &forged)).await;
    let neighbour = victim.neighbour("cy").with_key(other_key());
    victim.show_actor(&neighbour);
    s.acquaint(&neighbour).await;
    forged["attributedTo"] = json!(neighbour.me());
    s.ignores(&neighbour, &neighbour.activity("creates/3", "Create", &forged)).await;
    s.ignores(&neighbour, &neighbour.activity("updates/3", "Update", &forged)).await;
    assert!(s.words(&comment).await.contains("The original."));
    for ours in [s.root(), s.house.id("c/7"), s.house.id("u/ana"), s.house.id(&format!("t/{}", s.thread))] {
        let mut forged = s.note("notes/2", "<p>Forged.</p>");
        forged["id"] = json!(ours);
        s.ignores(&s.peer, &s.create("creates/4", &forged)).await;
        forged["attributedTo"] = json!(s.house.id("u/ana"));
        s.ignores(&s.peer, &s.create("creates/5", &forged)).await;
    }
}

#[tokio::test]
async fn b10_nobody_speaks_as_one_of_ours_however_it_is_written() {
    let o = Outside::new().await;
    for actor in [
        "https://talk.example/u/ana",
        "https://TALK.example/u/ana",
        "HTTPS://talk.example/u/ana",
        "https://talk.example:443/u/ana",
        "https://talk.example:8443/u/ana",
        "https://talk.example./u/ana",
        "http://talk.example/u/ana",
        "https://ana@talk.example/u/ana",
        "https://ｔａｌｋ.example/u/ana",
        "https://talk.ex\u{ad}ample/u/ana",
        "https://talk%2eexample/u/ana",
        "https://talk\u{3002}example/u/ana",
        "https://talk.example\\@remote.example/u/ana",
        "ana@talk.example",
        "acct:ana@talk.example",
    ] {
        let mut create = o.create();
        create["actor"] = json!(actor);
        create["id"] = json!(actor.replace("/u/ana", "/activities/7"));
        let parameters = format!(r#"keyId="{actor}#main-key",algorithm="rsa-sha256""#);
        let letter = o.bo.unsigned(&o.house, "/inbox", &create.to_string());
        let letter = letter.cavage(&o.bo.key, USUAL, &parameters);
        let before = o.house.rows(&[]).await;
        let answer = o.house.send(&letter).await;
        assert!(matches!(answer.status, 400 | 401), "{actor}: {answer:?}");
        same(&before, &o.house.rows(&[]).await);
        // Signed with a key of their own.
        o.refuses(&o.bo.letter(&o.house, &create), 400).await;
        // What they write in our name is nothing either.
        let mut note = o.bo.note("notes/1", &o.root, "<p>Forged.</p>");
        note["attributedTo"] = json!(actor);
        let before = o.house.rows(&["inbox", "peers"]).await;
        o.house.send(&o.bo.letter(&o.house, &o.bo.activity("creates/9", "Create", &note))).await;
        o.house.work().await;
        same(&before, &o.house.rows(&["inbox", "peers"]).await);
    }
    // Our own key does not help: it is on our own server.
    let ours = o.house.ctx.elsewhere().addresses().key(&OurActor::Instance);
    let letter = o.bo.unsigned(&o.house, "/inbox", &o.create().to_string());
    o.refuses(&letter.cavage(&o.bo.key, USUAL, &format!(r#"keyId="{ours}""#)), 401).await;
}

#[tokio::test]
async fn b12_a_host_has_one_name_by_which_it_could_be_shut_out() {
    // Whatever is decided about `remote.example` holds for each of these, for none of them is another name of it.
    let o = Outside::new().await;
    for host in
        ["remote.example.", "remote.example:443", "remote.example:8443", "93.184.216.34", "[2001:db8::1]", "2130706433"]
    {
        let other = Voice::new(&format!("https://{host}"), "bo");
        let create = other.activity("creates/1", "Create", &other.note("notes/1", &o.root, "<p>Me again.</p>"));
        let before = o.house.rows(&[]).await;
        let answer = o.house.send(&other.letter(&o.house, &create)).await;
        o.house.work().await;
        // The port that goes without saying names the same actor, who is known under one name and no other.
        if host == "remote.example:443" {
            assert_eq!(answer.status, 401, "{answer:?}");
        } else {
            assert_eq!(answer.status, 400, "{host}: {answer:?}");
        }
        same(&before, &o.house.rows(&[]).await);
    }
    let upper = Voice::new("https://REMOTE.example", "bo");
    let create = upper.activity("creates/1", "Create", &upper.note("notes/1", &o.root, "<p>Me.</p>"));
    o.house.send(&upper.letter(&o.house, &create)).await;
    o.house.work().await;
    for row in o.house.rows(&[]).await {
        assert!(!row.contains("REMOTE.example") || row.starts_with("inbox {"), "{row}");
    }
}

#[tokio::test]
async fn b13_what_is_inside_is_judged_by_its_own_host() {
    // An honest server passes on what others say: each thing is asked for at its own home, so that a rule about that host sees it.
    let (s, victim) = (Scene::new().await, Peer::new().await);
    let inner = victim.note("notes/1", &s.root(), "<p>Inner.</p>");
    let create = victim.activity("creates/1", "Create", &inner);
    for (number, object) in [json!(inner["id"]), inner.clone(), create].iter().enumerate() {
        s.ignores_strangers(&s.peer, &s.peer.activity(&format!("announces/{number}"), "Announce", object)).await;
    }
    // It was asked for, and is not there.
    assert_eq!(victim.asked()[0], "/notes/1");
}

#[tokio::test]
async fn b14_a_document_is_what_it_says_or_is_asked_for_once_more() {
    let (s, victim) = (Scene::new().await, Peer::new().await);
    let told = async |path: &str, number: u32| {
        let announce = s.peer.activity(&format!("announces/{number}"), "Announce", &json!(s.peer.id(path)));
        s.says(&s.peer, &announce).await;
    };
    let other = s.note("notes/b", "<p>Under its own name.</p>");
    s.peer.show("/notes/a", other.clone());
    s.peer.show("/notes/b", other);
    s.peer.show("/notes/c", s.note("notes/d", "<p>Neither.</p>"));
    s.peer.show("/notes/d", s.note("notes/e", "<p>Neither.</p>"));
    s.peer.show("/notes/e", s.note("notes/e", "<p>Neither.</p>"));
    s.peer.show("/notes/f", victim.note("notes/1", &s.root(), "<p>Somebody else's.</p>"));
    victim.show("/notes/1", victim.note("notes/1", &s.root(), "<p>Somebody else's.</p>"));
    for (number, path) in ["notes/a", "notes/c", "notes/f"].iter().enumerate() {
        told(path, number as u32).await;
    }
    assert_eq!(s.house.table("objects").await.len(), 1);
    assert!(s.comment(&s.peer.id("notes/b")).await.is_some());
    assert_eq!(s.peer.asked(), ["/notes/a", "/notes/b", "/notes/c", "/notes/d", "/notes/f"]);
    assert!(victim.asked().is_empty());
}

/// Shows a note as another thing than an activity, and has it passed on: nothing comes of it.
async fn shown_as(s: &Scene, number: usize, kind: &str) {
    let note = s.note(&format!("media/{number}"), "<p>A file that somebody has uploaded.</p>");
    s.peer.reply(&format!("/media/{number}"), Reply::typed(kind, &note.to_string()));
    s.ignores(&s.peer, &s.peer.activity(&format!("announces/{number}"), "Announce", &note["id"])).await;
    assert_eq!(s.peer.asked().last().unwrap(), &format!("/media/{number}"), "{kind}");
}

#[tokio::test]
async fn b15_a_document_of_another_type_is_not_read() {
    let s = Scene::new().await;
    for (number, kind) in [
        "text/html",
        "text/html; charset=utf-8",
        "application/json",
        "application/octet-stream",
        "image/png",
        "text/plain",
        "application/xml",
        "application/activity+json\r\nContent-Type: text/html",
        "",
    ]
    .iter()
    .enumerate()
    {
        shown_as(&s, number, kind).await;
    }
    // Nor an actor: who cannot be read has no key.
    for (number, kind) in ["text/html", "application/json"].iter().enumerate() {
        let stranger = s.peer.neighbour(&format!("stranger{number}"));
        s.peer.reply(&format!("/users/{}", stranger.name), Reply::typed(kind, &stranger.actor().to_string()));
        let note = stranger.note("notes/1", &s.root(), "<p>Hello.</p>");
        let answer = s.unmoved(&stranger.letter(&s.house, &stranger.activity("creates/1", "Create", &note))).await;
        answer.refused(401, "unknown-actor");
    }
}

#[tokio::test]
async fn b16_linked_data_has_one_profile() {
    let s = Scene::new().await;
    for (number, kind) in [
        "application/ld+json",
        r#"application/ld+json; profile="https://evil.example/""#,
        r#"application/ld+json; profile="https://www.w3.org/ns/activitystreams#""#,
        r#"application/ld+json; profile="https://www.w3.org/ns/activitystreams"; profile="https://evil.example/""#,
        r#"application/activity+json; profile="https://evil.example/""#,
        "application/activity+json; charset=utf-16",
        "application/activity+json, text/html",
    ]
    .iter()
    .enumerate()
    {
        shown_as(&s, number, kind).await;
    }
    let note = s.note("notes/1", "<p>As it should be.</p>");
    let kind = r#"application/ld+json; profile="https://www.w3.org/ns/activitystreams"; charset=utf-8"#;
    s.peer.reply("/notes/1", Reply::typed(kind, &note.to_string()));
    s.says(&s.peer, &s.peer.activity("announces/x", "Announce", &note["id"])).await;
    assert!(s.comment(&s.peer.id("notes/1")).await.is_some());
}

/// A stranger whose document has this in one place says something: nothing comes of it.
async fn stranger_with(s: &Scene, number: usize, change: impl FnOnce(&mut Value)) {
    let stranger = s.peer.neighbour(&format!("stranger{number}"));
    let mut actor = stranger.actor();
    change(&mut actor);
    s.peer.show(&format!("/users/{}", stranger.name), actor.clone());
    let note = stranger.note(&format!("notes/{number}"), &s.root(), "<p>Hello.</p>");
    let create = stranger.activity(&format!("creates/{number}"), "Create", &note);
    let answer = s.unmoved(&stranger.letter(&s.house, &create)).await;
    assert_eq!(answer.status, 401, "{actor}: {}", answer.body);
}

#[tokio::test]
async fn b17_the_addresses_of_an_actor_are_on_its_own_server() {
    let (s, other) = (Scene::new().await, Peer::new().await);
    let bad = [
        other.id("inbox"),
        "http://127.0.0.1/inbox".to_owned(),
        "http://10.0.0.1/inbox".into(),
        "http://[::1]/inbox".into(),
        "https://169.254.169.254/".into(),
        "javascript:alert(1)".into(),
        "file:///etc/passwd".into(),
        "data:,x".into(),
        s.house.id("inbox"),
        "/inbox".into(),
        s.peer.id("inbox").replace("http://", "https://"),
    ];
    let mut number = 0;
    for field in ["inbox", "outbox", "followers"] {
        for address in &bad {
            number += 1;
            stranger_with(&s, number, |actor| actor[field] = json!(address)).await;
        }
    }
    for address in &bad {
        number += 1;
        stranger_with(&s, number, |actor| actor["endpoints"]["sharedInbox"] = json!(address)).await;
    }
    for absent in [Value::Null, json!([]), json!(7), json!([s.peer.id("inbox"), s.peer.id("inbox")])] {
        number += 1;
        stranger_with(&s, number, |actor| actor["inbox"] = absent).await;
    }
    assert!(other.seen().is_empty(), "{:?}", other.asked());
}

#[tokio::test]
async fn b18_a_key_belongs_to_who_shows_it() {
    let (s, other) = (Scene::new().await, Peer::new().await);
    let mut number = 0;
    let mut bad = async |change: &dyn Fn(&mut Value)| {
        number += 1;
        stranger_with(&s, number, change).await;
    };
    bad(&|actor| actor["publicKey"]["owner"] = json!(other.me())).await;
    bad(&|actor| actor["publicKey"]["owner"] = json!(s.peer.me())).await;
    bad(&|actor| actor["publicKey"]["id"] = json!(other.key_id())).await;
    bad(&|actor| actor["publicKey"] = json!([])).await;
    bad(&|actor| actor["publicKey"] = Value::Null).await;
    bad(&|actor| actor["publicKey"] = json!("a key")).await;
    // Among a thousand keys of others its own is not looked for without end.
    bad(&|actor| {
        let own = actor["publicKey"].clone();
        let mut foreign = own.clone();
        foreign["owner"] = json!(other.me());
        let mut keys = vec![foreign; 1_000];
        keys.push(own);
        actor["publicKey"] = json!(keys);
    })
    .await;
    assert!(other.seen().is_empty(), "{:?}", other.asked());
}

#[tokio::test]
async fn b20_actors_who_say_the_same_of_themselves_stay_two() {
    let s = Scene::new().await;
    // The same name, inbox and key under another id.
    let double = Voice { name: "double".into(), ..s.peer.clone() };
    let mut actor = double.actor();
    actor["preferredUsername"] = json!("bo");
    actor["inbox"] = s.peer.actor()["inbox"].clone();
    s.peer.show("/users/double", actor);
    let first = s.writes("notes/1", "<p>First.</p>").await;
    let note = double.note("notes/2", &s.root(), "<p>Second.</p>");
    s.says(&double, &double.activity("creates/2", "Create", &note)).await;
    let second = s.comment(&double.id("notes/2")).await.unwrap();
    let handle = async |comment: &str| s.house.get(&format!("/api/v1/comments/{comment}")).await.text("/author/name");
    let (one, two) = (handle(&first).await, handle(&second).await);
    assert_eq!(one, "bo");
    assert!(two.starts_with("bo~"), "{two}");
    // Neither changes or deletes what is the other's.
    let mut forged = note.clone();
    (forged["content"], forged["attributedTo"]) = (json!("<p>Forged.</p>"), json!(s.peer.me()));
    s.ignores(&s.peer, &s.peer.activity("updates/1", "Update", &forged)).await;
    s.ignores(&s.peer, &s.peer.activity("deletes/1", "Delete", &note["id"])).await;
}

#[tokio::test]
async fn b21_proofs_inside_the_body_give_nobody_a_voice() {
    let (s, victim) = (Scene::new().await, Peer::new().await);
    let signature = json!({
        "type": "RsaSignature2017", "creator": victim.key_id(), "created": "2027-01-15T07:00:00Z", "signatureValue": "AAAA",
    });
    let proof = json!({
        "type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "verificationMethod": victim.key_id(),
        "proofPurpose": "assertionMethod", "proofValue": "z3sXaxjKs4M3BRicwWA9peyNPJvJqxtGsDmpt1jjoHCjgeUf71TRFz56osPSfDErszyLp5Ks1EhYSgpDaNM977Rg2",
    });
    s.says(&victim, &victim.activity("follows/1", "Follow", &json!(s.house.id("u/ben")))).await;
    victim.forget();
    let note = victim.note("notes/1", &s.root(), "<p>Forged.</p>");
    for (name, value) in [("signature", &signature), ("proof", &proof)] {
        let mut create = victim.activity("creates/1", "Create", &note);
        create[name] = value.clone();
        // Brought by somebody else, as relays do.
        let letter = s.peer.unsigned(&s.house, "/inbox", &create.to_string());
        s.refuses(&letter.cavage(&other_key(), USUAL, &s.peer.parameters()), 401, "signature").await;
        let mine = s.create("creates/2", &create);
        s.ignores(&s.peer, &mine).await;
    }
    // One that is wrong does no harm to who signed the request.
    let mut create = s.create("creates/3", &s.note("notes/3", "<p>Mine.</p>"));
    (create["signature"], create["proof"]) = (signature, proof);
    s.takes(&s.peer.letter(&s.house, &create)).await;
    assert!(victim.seen().is_empty(), "{:?}", victim.asked());
}

#[tokio::test]
async fn b22_names_mean_what_they_mean_whatever_the_context_says() {
    let (s, context) = (Scene::new().await, Peer::new().await);
    let victim = Voice::new("http://localhost:9", "victim");
    // Loaded by nobody, and redefining nothing.
    let mut create = s.create("creates/1", &s.note("notes/1", "<p>Mine.</p>"));
    create["@context"] = json!([
        "https://www.w3.org/ns/activitystreams",
        context.id("context"),
        { "actor": "as:object", "Public": context.id("nobody"), "id": "as:url", "attributedTo": { "@id": "as:actor", "@type": "@id" } },
    ]);
    create["as:actor"] = json!(victim.me());
    create["https://www.w3.org/ns/activitystreams#actor"] = json!(victim.me());
    create["@id"] = json!(victim.id("creates/1"));
    s.takes(&s.peer.letter(&s.house, &create)).await;
    assert!(context.seen().is_empty(), "{:?}", context.asked());
    // Structure that is not where it stands is refused.
    for name in ["@graph", "@included", "@reverse"] {
        for part in ["", "object"] {
            let mut create = s.create("creates/2", &s.note("notes/2", "<p>Mine.</p>"));
            let inside = victim.activity("creates/1", "Create", &victim.note("notes/1", &s.root(), "<p>Forged.</p>"));
            let place = if part.is_empty() { &mut create } else { &mut create[part] };
            place[name] = json!([inside]);
            s.refuses(&s.peer.letter(&s.house, &create), 400, "malformed").await;
        }
    }
    // Nor do other spellings stand for the names.
    let plain = s.create("creates/3", &s.note("notes/3", "<p>Mine.</p>"));
    for (name, other) in [("actor", "as:actor"), ("type", "@type"), ("id", "@id"), ("actor", "Actor"), ("type", "TYPE")]
    {
        let mut renamed = plain.clone();
        let value = renamed.as_object_mut().unwrap().remove(name).unwrap();
        renamed[other] = value;
        s.refuses(&s.peer.letter(&s.house, &renamed), 400, "malformed").await;
    }
    let mut everybody = s.note("notes/4", "<p>To whom?</p>");
    (everybody["to"], everybody["cc"], everybody["as:to"]) = (json!([]), json!([]), json!([PUBLIC]));
    s.ignores(&s.peer, &s.create("creates/4", &everybody)).await;
    assert_eq!(s.reason(State::Ignored).await, "it is private, and is shown to nobody");
}
