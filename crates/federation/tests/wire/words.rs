//! What we say, whole, as golden files; and that it can be read.

use domain::authority::Openness;
use domain::{CommentId, ThreadId};
use federation::origin::Rules;
use federation::wire::addresses::{Addresses, OurActor, Ours};
use federation::wire::build::{
    self, Announced, Authorization, Contents, Deed, Deletion, Document, Follow, Heading, Indexing, Named, Note, Part,
    Profile, Replies, Request, ShutOut,
};
use federation::wire::{members, parse};
use serde_json::{Value, json};

use crate::golden;
use crate::peers;

const MOMENT: i64 = 1_795_428_000_123;
const BO: &str = "https://mastodon.example/users/bo";
const BOS_NOTE: &str = "https://mastodon.example/users/bo/statuses/1";

fn addresses() -> Addresses {
    Addresses::new(Rules::new("https://c.example", Vec::new()).unwrap().ours())
}

fn ana() -> OurActor {
    OurActor::Person("ana".to_owned())
}

fn news() -> OurActor {
    OurActor::Board("news".to_owned())
}

fn board() -> Named {
    Named { id: "https://c.example/b/news".to_owned(), handle: "@news@c.example".to_owned() }
}

fn said(addresses: &Addresses, by: impl FnOnce(Heading<'_>) -> Document) -> Document {
    by(Heading { addresses, number: 501, actor: &ana() })
}

fn board_said(addresses: &Addresses, by: impl FnOnce(Heading<'_>) -> Document) -> Document {
    by(Heading { addresses, number: 502, actor: &news() })
}

fn profile(name: &str) -> Profile {
    Profile {
        name: Some(name.to_owned()),
        summary: Some("<p>About it</p>".to_owned()),
        published: 1_767_225_600_000,
        indexing: Indexing::Allowed,
        pem: "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n".to_owned(),
    }
}

fn answer() -> Note {
    let bo = Named { id: BO.to_owned(), handle: "@bo@mastodon.example".to_owned() };
    Note {
        id: CommentId(43),
        thread: ThreadId(42),
        board: board(),
        author: OurActor::Person("ana".to_owned()),
        part: Part::Answer { to: BOS_NOTE.to_owned(), author: Some(bo.clone()) },
        mentions: vec![bo, Named { id: "https://c.example/u/cy".to_owned(), handle: "@cy@c.example".to_owned() }],
        html: "<p>Not <em>so</em></p>".to_owned(),
        markdown: "Not *so*".to_owned(),
        language: Some("en".to_owned()),
        published: MOMENT,
        edited: Some(MOMENT + 300_000),
        openness: Openness::Open,
        approval: None,
        sensitive: false,
        replies: Replies {
            total: 3,
            first: vec!["https://c.example/c/44".to_owned(), BOS_NOTE.to_owned()],
            next: Some(45),
        },
    }
}

/// The same, which Bo had to be asked for.
fn allowed() -> Note {
    let approval = Some("https://mastodon.example/users/bo/authorizations/1".to_owned());
    Note { approval, edited: None, ..answer() }
}

/// Ana lets Bo do something with her comment.
fn permission(deed: Deed) -> Authorization {
    let (object, target) = (BOS_NOTE.to_owned(), "https://c.example/c/43".to_owned());
    Authorization { number: 601, deed, author: ana(), object, target }
}

/// The same on a board of another server.
fn elsewhere() -> Note {
    let tea = Named { id: "https://lemmy.example/c/tea".to_owned(), handle: "@tea@lemmy.example".to_owned() };
    Note { board: tea, edited: None, ..answer() }
}

/// The same, closed and for those only who want to see it.
fn covered() -> Note {
    Note { sensitive: true, openness: Openness::Locked, ..root() }
}

fn root() -> Note {
    Note {
        id: CommentId(42),
        part: Part::Root {
            title: "Tea & <kettles>".to_owned(),
            link: Some("https://kettles.example/?a=1&b=2".to_owned()),
        },
        mentions: Vec::new(),
        html: "<p>Which one?</p>".to_owned(),
        markdown: "Which one?".to_owned(),
        language: None,
        edited: None,
        openness: Openness::Locked,
        sensitive: false,
        replies: Replies::default(),
        ..answer()
    }
}

fn actors() -> Vec<(&'static str, Document)> {
    let addresses = addresses();
    let actor = |who: OurActor, name: &str| build::actor(&addresses, &who, &profile(name));
    let bare = Profile { name: None, summary: None, indexing: Indexing::Refused, ..profile("") };
    vec![
        ("actor-person", actor(ana(), "Ana")),
        ("actor-person-bare", build::actor(&addresses, &ana(), &bare)),
        ("actor-board", actor(news(), "News")),
        ("actor-board-all", actor(OurActor::BoardAll("news".to_owned()), "News, every comment")),
        ("actor-thread", actor(OurActor::Thread(ThreadId(42)), "Tea & <kettles>")),
        ("actor-instance", build::actor(&addresses, &OurActor::Instance, &bare)),
    ]
}

fn things() -> Vec<(&'static str, Document)> {
    let addresses = addresses();
    let list = |of: Ours, total, contents| build::collection(&addresses, &of, total, &contents);
    let ids = |ids: &[&str]| Contents::Whole(ids.iter().map(|&id| id.to_owned()).collect());
    let create = said(&addresses, |heading| build::create(heading, &root())).inner();
    vec![
        ("note-answer", build::note(&addresses, &answer())),
        ("note-root", build::note(&addresses, &root())),
        ("note-elsewhere", build::note(&addresses, &elsewhere())),
        ("note-allowed", build::note(&addresses, &allowed())),
        ("reply-authorization", build::authorization(&addresses, &permission(Deed::Reply))),
        ("like-authorization", build::authorization(&addresses, &permission(Deed::Like))),
        ("authorization-revoked", build::revoked(&addresses, 601)),
        ("tombstone", build::tombstone(&addresses, CommentId(43), Some("https://b.example/notes/1"))),
        ("followers", list(Ours::Followers(news()), 12, Contents::Counted)),
        ("outbox", list(Ours::Outbox(news()), 2, Contents::Paged)),
        ("outbox-page", build::page(&addresses, &Ours::Outbox(news()), 0, &[create], None)),
        ("featured", list(Ours::Featured("news".to_owned()), 1, ids(&["https://c.example/c/42"]))),
        ("moderators", list(Ours::Moderators("news".to_owned()), 2, ids(&["https://c.example/u/ana", BO]))),
        ("replies", list(Ours::Replies(CommentId(43)), 3, Contents::Paged)),
        ("replies-page", build::page(&addresses, &Ours::Replies(CommentId(43)), 45, &[json!(BOS_NOTE)], None)),
        ("context", build::discussion(&addresses, ThreadId(42), 2, &members::digest(vec![BOS_NOTE.to_owned()]))),
        (
            "context-page",
            build::page(&addresses, &Ours::Context(ThreadId(42)), 0, &[json!("https://c.example/c/42")], Some(42)),
        ),
    ]
}

fn activities() -> Vec<(&'static str, Document)> {
    let addresses = addresses();
    let addresses = &addresses;
    let target = "https://lemmy.example/c/tea";
    let (follow, like) =
        (said(addresses, |by| build::follow(by, target)), said(addresses, |by| build::like(by, BOS_NOTE, &[BO])));
    let announce =
        board_said(addresses, |by| build::announce(by, Announced::Id("https://c.example/c/42".to_owned()), MOMENT));
    let create = said(addresses, |by| build::create(by, &root()));
    let update = said(addresses, |by| build::update(by, &answer()));
    let delete = said(addresses, |by| build::delete(by, "https://c.example/c/43", &board(), Deletion::Author));
    let unlike = said(addresses, |by| build::undo(Heading { number: 503, ..by }, &like));
    let passed =
        |done: &Document| board_said(addresses, |by| build::announce(by, Announced::Activity(done.value()), MOMENT));
    let (id, object) = ("https://lemmy.example/activities/flag/1", "https://c.example/c/43");
    let flagged = build::Flagged { id, actor: "https://lemmy.example/u/bo", object, text: "spam" };
    let lock = said(addresses, |by| build::lock(by, "https://c.example/c/42", "news", ""));
    let out = ShutOut { person: BO, board: "news", until: Some(MOMENT), with_comments: true, reason: "advertising" };
    let block = said(addresses, |by| build::block(by, out));
    let forever = ShutOut { until: None, with_comments: false, reason: "", ..out };
    let asked = Request {
        id: "https://mastodon.example/users/bo/requests/1",
        deed: Deed::Reply,
        actor: BO,
        instrument: BOS_NOTE,
        object: "https://c.example/c/43",
    };
    let (featured, pinned) = ("https://c.example/b/news/featured", "https://c.example/c/42");
    let theirs = Follow { id: "https://mastodon.example/f/1", actor: BO, object: "https://c.example/b/news" };
    vec![
        ("create-answer", said(addresses, |by| build::create(by, &answer()))),
        ("announce-update", passed(&update)),
        ("announce-delete", passed(&delete)),
        ("announce-like", passed(&like)),
        ("announce-undo-like", passed(&unlike)),
        ("update-answer", update),
        (
            "update-actor",
            said(addresses, |by| build::update_actor(by, &build::actor(addresses, &ana(), &profile("Ana")))),
        ),
        ("undo-delete-by-author", said(addresses, |by| build::undo(Heading { number: 503, ..by }, &delete))),
        ("delete-by-author", delete),
        (
            "delete-by-moderator",
            said(addresses, |by| build::delete(by, BOS_NOTE, &board(), Deletion::Moderator { reason: "spam" })),
        ),
        ("delete-actor", said(addresses, build::delete_actor)),
        ("undo-follow", said(addresses, |by| build::undo(Heading { number: 503, ..by }, &follow))),
        ("follow", follow),
        ("ask-to-reply", said(addresses, |by| build::ask_to_reply(by, &Note { edited: None, ..answer() }, BO))),
        ("ask-to-like", said(addresses, |by| build::ask_to_like(Heading { number: 503, ..by }, &like, BOS_NOTE, BO))),
        ("allow-reply", said(addresses, |by| build::allow(by, asked, 601))),
        ("deny-like", said(addresses, |by| build::deny(by, Request { deed: Deed::Like, ..asked }))),
        ("like-allowed", build::allowed_like(like.clone(), "https://mastodon.example/users/bo/authorizations/2")),
        ("accept", board_said(addresses, |by| build::accept(by, theirs))),
        ("reject", board_said(addresses, |by| build::reject(by, theirs))),
        ("undo-like", unlike),
        ("like", like),
        ("dislike", said(addresses, |by| build::dislike(by, BOS_NOTE, &[BO]))),
        ("undo-announce", board_said(addresses, |by| build::undo(Heading { number: 503, ..by }, &announce))),
        ("announce-id", announce),
        ("announce-activity", passed(&create)),
        ("flag", build::flag(addresses, 504, BO, &[BOS_NOTE.to_owned()], ("spam", "Please look at this"))),
        ("resolve", said(addresses, |by| build::resolve(by, flagged, "news"))),
        ("add", said(addresses, |by| build::add(by, pinned, featured, "news"))),
        ("remove", said(addresses, |by| build::remove(by, pinned, featured, "news"))),
        ("undo-lock", said(addresses, |by| build::undo(Heading { number: 503, ..by }, &lock))),
        ("announce-lock", passed(&lock)),
        ("lock", lock),
        ("lock-because", said(addresses, |by| build::lock(by, "https://c.example/c/42", "news", "calm down"))),
        ("update-covered", said(addresses, |by| build::update(by, &covered()))),
        ("announce-block", passed(&block)),
        ("undo-block", said(addresses, |by| build::undo(Heading { number: 503, ..by }, &block))),
        ("block", block),
        ("block-forever", said(addresses, |by| build::block(by, forever))),
    ]
}

/// As somebody on Mastodon may have sent it.
const RECEIVED: &str = r#"{ "@context": ["https://www.w3.org/ns/activitystreams", {"x": "https://mastodon.example/x"}],
  "id": "https://mastodon.example/users/bo/statuses/1/activity", "type": "Create", "actor": "https://mastodon.example/users/bo",
  "to": ["as:Public"], "object": {"id": "https://mastodon.example/users/bo/statuses/1", "type": "Note", "x": 1.50e0,
  "content": "<p>K\u00e4nnchen \/ Kanne</p>"}}"#;

fn received() -> String {
    let (addresses, news) = (addresses(), news());
    build::announce_received(Heading { addresses: &addresses, number: 505, actor: &news }, RECEIVED, MOMENT)
}

#[test]
fn what_came_is_passed_on_byte_by_byte() {
    let announced = received();
    assert!(announced.ends_with(&format!(",\"object\":{RECEIVED}}}")), "{announced}");
    let elsewhere = peers::rules();
    let read = parse::parse(announced.as_bytes(), &elsewhere).unwrap();
    let parse::Activity::Announce(inner) = read else { panic!("{read:?}") };
    assert_eq!((inner.kind, inner.actor.unwrap().as_str()), (Some(parse::Kind::Create), BO));
    assert_eq!(inner.object.unwrap().as_str(), BOS_NOTE);
}

#[test]
fn what_is_passed_on_is_read_as_what_it_is() {
    let rules = peers::rules();
    let announce = |inner: Value| {
        let announce =
            json!({"id": "https://a.example/1", "type": "Announce", "actor": "https://a.example/c", "object": inner});
        parse::passed_on(announce.to_string().as_bytes(), &rules)
    };
    let (by, post) = ("https://b.example/u/mo", "https://d.example/post/7");
    let lock = json!({"id": "https://b.example/2", "type": "Lock", "actor": by, "object": post});
    assert_eq!(announce(lock.clone()), Ok(parse::Activity::Lock { object: rules.id(post).unwrap() }));
    let undo = announce(json!({"id": "https://b.example/3", "type": "Undo", "actor": by, "object": lock}));
    let Ok(parse::Activity::Undo(inner)) = undo else { panic!("{undo:?}") };
    assert_eq!((inner.kind, inner.object), (Some(parse::Kind::Lock), Some(rules.id(post).unwrap())));
    assert!(announce(json!("https://b.example/2")).is_err());
    assert!(announce(json!({"id": "https://b.example/2", "type": "Lock", "object": post})).is_err());
}

#[test]
fn whom_an_activity_is_for_stands_on_it() {
    let rules = peers::rules();
    let addressed = |parts: Value| {
        let mut activity = json!({"id": "https://a.example/1", "type": "Like", "actor": "https://a.example/u"});
        activity.as_object_mut().unwrap().extend(parts.as_object().unwrap().clone());
        parse::addressed(activity.to_string().as_bytes(), &rules).unwrap()
    };
    let news = "https://c.example/b/news";
    let of = |parts: Value| (addressed(parts.clone()).is_public(), addressed(parts).is_for(news));
    assert_eq!(of(json!({})), (false, false));
    assert_eq!(of(json!({"to": "as:Public"})), (true, false));
    // To be found, and not to be passed on.
    assert_eq!(of(json!({"cc": ["https://www.w3.org/ns/activitystreams#Public"]})), (false, false));
    assert_eq!(of(json!({"audience": news})), (false, true));
    assert_eq!(of(json!({"to": [BO], "cc": [news]})), (false, true));
    assert_eq!(of(json!({"audience": {"id": news, "type": "Group"}, "to": ["Public", BO]})), (true, true));
    assert!(parse::addressed(b"[]", &rules).is_err());
}

#[test]
fn a_key_says_whose_it_is_in_a_document_on_the_same_server() {
    let rules = peers::rules();
    let owner = |document: Value, key: &str| {
        parse::key_owner(document.to_string().as_bytes(), &rules, key).map(|owner| owner.to_string()).ok()
    };
    let key = "https://gts.example/users/cy/main-key";
    let shown = |owner: &str| json!({"id": key, "owner": owner, "publicKeyPem": "PEM"});
    let cy = "https://gts.example/users/cy";
    assert_eq!(owner(json!({"id": cy, "publicKey": shown(cy)}), key).as_deref(), Some(cy));
    assert_eq!(owner(json!({"id": cy, "publicKey": [json!(7), shown(cy)]}), key).as_deref(), Some(cy));
    assert_eq!(owner(json!({"id": cy, "publicKey": shown(BO)}), key), None);
    assert_eq!(owner(json!({"id": cy, "publicKey": shown(cy)}), "https://gts.example/other"), None);
    assert_eq!(owner(json!({"id": cy}), key), None);
}

#[test]
fn what_we_say_has_the_shape_that_it_had() {
    let all: Vec<_> = actors().into_iter().chain(things()).chain(activities()).collect();
    for (name, document) in &all {
        golden::compare(&golden::place(&format!("out/{name}.json")), &format!("{:#}\n", document.value()));
        assert_eq!(serde_json::from_str::<Value>(&document.json()).unwrap(), document.value());
    }
    let received: Value = serde_json::from_str(&received()).unwrap();
    golden::compare(&golden::place("out/announce-received.json"), &format!("{received:#}\n"));
    let mut names: Vec<_> = all.iter().map(|(name, _)| format!("{name}.json")).collect();
    names.push("announce-received.json".to_owned());
    names.sort();
    let files = golden::entries(&golden::place("out"));
    let found: Vec<_> = files.iter().map(|file| file.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(found, names, "a golden file that nobody makes");
}

#[test]
fn what_we_say_is_understood_elsewhere() {
    let elsewhere = peers::rules();
    for (name, document) in activities() {
        let read = parse::parse(document.json().as_bytes(), &elsewhere);
        // What became of reports from here is for Lemmy alone: we report in nobody's name, and nobody waits for it.
        let ignored = matches!(read, Ok(parse::Activity::Ignored { .. }));
        assert!(read.is_ok() && ignored == (name == "resolve"), "{name}: {read:?}");
    }
    for (name, document) in actors() {
        let asked = elsewhere.id(document.value()["id"].as_str().unwrap()).unwrap();
        let read = parse::actor(document.json().as_bytes(), &elsewhere, &asked);
        // The name of the instance actor is a host, as Mastodon's is.
        assert!(read.is_ok_and(|actor| actor.key.is_some()), "{name}");
    }
}

#[test]
fn what_a_comment_says_arrives_elsewhere() {
    let elsewhere = peers::rules();
    let document = build::note(&addresses(), &answer());
    let asked = elsewhere.id("https://c.example/c/43").unwrap();
    let Ok(parse::Found::Note(note)) = parse::object(document.json().as_bytes(), &elsewhere, &asked) else {
        panic!("not a note");
    };
    assert_eq!(note.recipients.visibility(None), parse::Visibility::Public);
    assert_eq!((note.content.as_str(), note.markdown.as_deref()), ("<p>Not <em>so</em></p>", Some("Not *so*")));
    assert_eq!((note.published, note.updated), (Some(1_795_428_000_000), Some(1_795_428_300_000)));
    assert_eq!(note.url.unwrap().as_str(), "https://c.example/t/42#c43");
    let handles: Vec<_> = note.tags.mentions.iter().filter_map(|mention| mention.name.as_deref()).collect();
    assert_eq!(handles, ["@news@c.example", "@bo@mastodon.example", "@cy@c.example"]);
    assert_eq!(note.replies.items.len(), 2);
    assert_eq!(note.replies.next.unwrap().as_str(), "https://c.example/c/43/replies?after=45");
}

#[test]
fn every_context_is_one_that_peers_carry_with_them() {
    let known = [
        "https://www.w3.org/ns/activitystreams",
        "https://w3id.org/security/v1",
        "https://purl.archive.org/socialweb/webfinger",
        "https://gotosocial.org/ns",
    ];
    for (name, document) in actors().into_iter().chain(things()).chain(activities()) {
        let value = document.value();
        let contexts = match &value["@context"] {
            Value::Array(contexts) => contexts.clone(),
            one => vec![one.clone()],
        };
        assert_eq!(contexts[0], json!(known[0]), "{name}: Mastodon and Misskey look for it");
        assert!(contexts.iter().all(|context| context.as_str().is_none_or(|name| known.contains(&name))), "{name}");
        assert_eq!(value.to_string().matches("@context").count(), 1, "{name}");
    }
}
