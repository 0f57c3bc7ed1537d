//! What nobody may say, in the order of the list of adversarial cases.

use federation::origin::{BadId, Id, Rules};
use federation::wire::parse::{self, Activity, Collection, Found, Object, Refused, Visibility};
use serde_json::{Value, json};

use crate::peers::rules;

const BO: &str = "https://a.example/users/bo";
const NOTE: &str = "https://a.example/notes/1";

fn id(text: &str) -> Id {
    rules().id(text).unwrap()
}

fn note() -> Value {
    json!({"id": NOTE, "type": "Note", "attributedTo": BO, "content": "<p>x</p>", "to": "as:Public"})
}

fn activity(kind: &str, object: Value) -> Value {
    json!({"id": format!("{BO}#{kind}/1"), "type": kind, "actor": BO, "object": object})
}

fn parse(document: &Value) -> Result<Activity, Refused> {
    parse::parse(document.to_string().as_bytes(), &rules())
}

fn with(mut document: Value, name: &str, part: Value) -> Value {
    document[name] = part;
    document
}

fn create(note: Value) -> Result<Activity, Refused> {
    parse(&activity("Create", note))
}

fn created(note: Value) -> parse::Note {
    match create(note) {
        Ok(Activity::Create(Object::Here(note))) => *note,
        other => panic!("{other:?}"),
    }
}

#[test]
fn b1_an_id_on_another_server_than_its_actor_is_refused() {
    let like = activity("Like", json!("https://ours.example/c/7"));
    for other in ["https://b.example/1", "https://sub.a.example/1"] {
        assert_eq!(parse(&with(like.clone(), "id", json!(other))), Err(Refused::Elsewhere("id")), "{other}");
    }
}

#[test]
fn b2_another_port_or_scheme_is_another_server() {
    let testing = Rules::new("http://ours.test:8001", vec!["127.0.0.0/8".parse().unwrap()]).unwrap();
    for other in ["http://a.test:8003/1", "https://a.test:8002/1"] {
        let like = json!({"id": other, "type": "Like", "actor": "http://a.test:8002/u/bo", "object": NOTE});
        assert_eq!(parse::parse(like.to_string().as_bytes(), &testing), Err(Refused::Elsewhere("id")), "{other}");
    }
}

#[test]
fn b3_an_activity_without_a_proper_id_is_refused_of_whatever_type() {
    for kind in ["Like", "Follow", "Undo", "Accept"] {
        let activity = activity(kind, json!("https://ours.example/u/ana"));
        assert_eq!(parse(&with(activity.clone(), "id", Value::Null)), Err(Refused::Missing("id")));
        for odd in [json!({}), json!(["https://a.example/1"]), json!(7)] {
            assert!(matches!(parse(&with(activity.clone(), "id", odd)), Err(Refused::Shape { field: "id", .. })));
        }
        for (text, why) in
            [("/1", BadId::NotAbsolute), ("tag:a.example,2026:1", BadId::Scheme), ("did:key:z6Mk", BadId::Scheme)]
        {
            assert_eq!(parse(&with(activity.clone(), "id", json!(text))), Err(Refused::Id { field: "id", why }));
        }
    }
}

#[test]
fn b5_several_actors_or_types_are_refused_even_if_there_is_one() {
    let like = activity("Like", json!("https://ours.example/c/7"));
    for (name, several) in [
        ("actor", json!([BO])),
        ("actor", json!([BO, "https://ours.example/u/ana"])),
        ("actor", json!({"id": BO})),
        ("type", json!(["Like"])),
        ("type", json!(["Create", "Delete"])),
        ("type", json!(7)),
    ] {
        assert!(
            matches!(parse(&with(like.clone(), name, several)), Err(Refused::Shape { field, .. }) if field == name)
        );
    }
    assert_eq!(parse(&with(like, "type", Value::Null)), Err(Refused::Missing("type")));
}

#[test]
fn b7_a_note_by_somebody_else_is_refused_also_from_the_same_server() {
    let other = with(note(), "attributedTo", json!("https://a.example/users/cy"));
    assert_eq!(create(other.clone()), Err(Refused::NotTheirs("attributedTo")));
    assert_eq!(parse(&activity("Update", other)), Err(Refused::NotTheirs("attributedTo")));
    assert_eq!(create(with(note(), "attributedTo", Value::Null)), Err(Refused::Missing("attributedTo")));
}

#[test]
fn b7_of_several_authors_only_a_single_person_is_taken() {
    let person = |id: &str| json!({"type": "Person", "id": id});
    let channel = json!({"type": "Group", "id": "https://a.example/channels/c"});
    assert_eq!(created(with(note(), "attributedTo", json!([person(BO), channel]))).author, id(BO));
    assert_eq!(created(with(note(), "attributedTo", json!([channel, person(BO)]))).author, id(BO));
    assert_eq!(created(with(note(), "attributedTo", json!([BO]))).author, id(BO));
    let two = json!([person(BO), person("https://a.example/users/cy")]);
    for several in [json!([BO, "https://a.example/users/cy"]), two, json!([channel, BO])] {
        let refused = create(with(note(), "attributedTo", several));
        assert!(matches!(refused, Err(Refused::Shape { field: "attributedTo", .. })), "{refused:?}");
    }
}

#[test]
fn b8_a_note_on_another_server_is_refused() {
    let there = with(note(), "id", json!("https://b.example/notes/1"));
    assert_eq!(create(there), Err(Refused::Elsewhere("attributedTo")));
    let by_id = activity("Create", json!("https://b.example/notes/1"));
    assert_eq!(parse(&by_id), Err(Refused::Elsewhere("object")));
    assert_eq!(parse(&activity("Create", json!(NOTE))), Ok(Activity::Create(Object::There(id(NOTE)))));
}

#[test]
fn b9_nobody_else_makes_a_note_of_ours() {
    let ours = with(note(), "id", json!("https://ours.example/c/7"));
    assert_eq!(create(with(ours, "attributedTo", json!("https://ours.example/u/ana"))), Err(Refused::Ours("id")));
}

#[test]
fn b10_our_name_in_any_spelling_is_refused_as_an_actor() {
    for (ours, why) in [
        ("https://ours.example/u/ana", Refused::Ours("actor")),
        ("https://OURS.example/u/ana", Refused::Ours("actor")),
        ("https://ours.example:443/u/ana", Refused::Ours("actor")),
        ("https://ours.example./u/ana", Refused::Id { field: "actor", why: BadId::Host }),
        ("https://ours.example:8443/u/ana", Refused::Id { field: "actor", why: BadId::Port }),
        ("https://user@ours.example/u/ana", Refused::Id { field: "actor", why: BadId::Userinfo }),
    ] {
        let like = json!({"id": "https://ours.example/1", "type": "Like", "actor": ours, "object": NOTE});
        assert_eq!(parse(&like), Err(why), "{ours}");
    }
}

#[test]
fn b14_another_document_than_the_one_asked_for_is_refused() {
    let found = |bytes: &Value, asked: &str| parse::object(bytes.to_string().as_bytes(), &rules(), &id(asked));
    assert!(matches!(found(&note(), NOTE), Ok(Found::Note(_))));
    assert_eq!(found(&note(), "https://a.example/notes/2"), Err(Refused::OtherId(NOTE.to_owned())));
    assert_eq!(found(&note(), "https://b.example/notes/1"), Err(Refused::OtherId(NOTE.to_owned())));
    let gone = json!({"id": NOTE, "type": "Tombstone", "formerType": "Note"});
    assert_eq!(found(&gone, NOTE), Ok(Found::Gone));
    let buried = |bytes: &Value, asked: &str| parse::buried(bytes.to_string().as_bytes(), &rules(), &id(asked));
    let stone = json!({"id": NOTE, "type": "Tombstone", "inReplyTo": "https://b.example/notes/7"});
    assert_eq!(buried(&stone, NOTE), Ok(Some(id("https://b.example/notes/7"))));
    assert_eq!((buried(&gone, NOTE), buried(&note(), NOTE)), (Ok(None), Ok(None)));
    assert_eq!(buried(&stone, "https://a.example/notes/2"), Err(Refused::OtherId(NOTE.to_owned())));
    let forged = json!({"id": NOTE, "type": "Create", "actor": "https://b.example/users/cy", "object": NOTE});
    assert_eq!(found(&forged, NOTE), Err(Refused::Elsewhere("actor")));
}

fn bo() -> Value {
    json!({
        "id": BO, "type": "Person", "preferredUsername": "bo", "inbox": format!("{BO}/inbox"),
        "publicKey": {"id": format!("{BO}#main-key"), "owner": BO, "publicKeyPem": "PEM"},
    })
}

fn actor(document: &Value) -> Result<parse::Actor, Refused> {
    parse::actor(document.to_string().as_bytes(), &rules(), &id(BO))
}

#[test]
fn b17_an_address_of_an_actor_on_another_server_is_refused() {
    for name in ["inbox", "outbox", "followers", "featured"] {
        let there = with(bo(), name, json!("https://b.example/inbox"));
        assert_eq!(actor(&there), Err(Refused::Elsewhere(name)), "{name}");
    }
    let shared = with(bo(), "endpoints", json!({"sharedInbox": "https://ours.example/inbox"}));
    assert_eq!(actor(&shared), Err(Refused::Elsewhere("sharedInbox")));
    for (inbox, why) in [
        ("http://a.example/inbox", BadId::Scheme),
        ("https://127.0.0.1/inbox", BadId::Host),
        ("https://a.example:22/inbox", BadId::Port),
        ("javascript:alert(1)", BadId::Scheme),
    ] {
        assert_eq!(actor(&with(bo(), "inbox", json!(inbox))), Err(Refused::Id { field: "inbox", why }), "{inbox}");
    }
    assert_eq!(actor(&with(bo(), "inbox", Value::Null)), Err(Refused::Missing("inbox")));
    let group = with(with(bo(), "type", json!("Group")), "attributedTo", json!("https://b.example/moderators"));
    assert_eq!(actor(&group), Err(Refused::Elsewhere("attributedTo")));
}

#[test]
fn b18_only_a_key_of_the_actor_on_its_server_is_taken() {
    let key = |id: &str, owner: &str, pem: &str| json!({"id": id, "owner": owner, "publicKeyPem": pem});
    let own = key("https://a.example/users/bo/main-key", BO, "own");
    let (stranger, elsewhere) = (
        key(&format!("{BO}#k"), "https://a.example/users/cy", "stranger"),
        key("https://b.example/k", BO, "elsewhere"),
    );
    let read = |keys: Value| actor(&with(bo(), "publicKey", keys)).map(|actor| actor.key.map(|key| key.pem));
    assert_eq!(read(json!([stranger, elsewhere, own])), Ok(Some("own".to_owned())));
    assert_eq!(read(own.clone()), Ok(Some("own".to_owned())));
    assert_eq!(read(Value::Null), Ok(None));
    for keys in [stranger.clone(), elsewhere, json!("PEM"), key(&format!("{BO}#k"), BO, &"x".repeat(9_000))] {
        assert_eq!(read(keys), Err(Refused::Key));
    }
    let many: Vec<_> = std::iter::repeat_n(stranger, 1_000).chain([own]).collect();
    assert_eq!(read(json!(many)), Err(Refused::Key));
}

#[test]
fn b22_contexts_change_nothing_and_structure_is_refused() {
    let evil = json!({"@context": {"object": "as:actor", "Like": "as:Delete", "id": "@type"}});
    let mut like = activity("Like", json!(NOTE));
    like["@context"] = evil["@context"].clone();
    like["as:actor"] = json!("https://b.example/u/x");
    assert_eq!(parse(&like), Ok(Activity::Like { object: id(NOTE), emoji: None }));
    for name in ["@graph", "@included", "@reverse"] {
        let inside = activity("Create", with(note(), name, json!([])));
        assert!(matches!(parse(&inside), Err(Refused::Unreadable(_))), "{name}");
    }
}

#[test]
fn b22_a_name_that_stands_twice_is_refused_also_where_nobody_reads_it() {
    let text = activity("Like", json!(NOTE)).to_string();
    let twice = text.replacen('{', r#"{"x":1,"x":2,"#, 1);
    assert!(matches!(parse::envelope(twice.as_bytes(), &rules()), Err(Refused::Unreadable(_))));
}

#[test]
fn c5_an_actor_is_changed_by_itself_alone() {
    assert_eq!(parse(&activity("Update", bo())), Ok(Activity::UpdateActor));
    assert_eq!(parse(&activity("Update", json!(BO))), Ok(Activity::UpdateActor));
    let other = with(bo(), "id", json!("https://a.example/users/cy"));
    assert_eq!(parse(&activity("Update", other)), Err(Refused::NotTheirs("object")));
}

#[test]
fn c11_an_emoji_of_any_length_is_still_a_like() {
    let bomb = with(activity("Like", json!(NOTE)), "content", json!("🎉".repeat(1_000)));
    assert_eq!(parse(&bomb), Ok(Activity::Like { object: id(NOTE), emoji: None }));
}

#[test]
fn c13_of_what_is_inside_an_announce_only_names_are_kept() {
    let forged =
        json!({"id": "https://b.example/1", "type": "Create", "actor": "https://b.example/u/v", "object": note()});
    match parse(&activity("Announce", forged)) {
        Ok(Activity::Announce(inner)) => assert_eq!(inner.object, Some(id(NOTE))),
        other => panic!("{other:?}"),
    }
    assert!(parse(&activity("Announce", json!({"type": ["Create", "Delete"], "id": NOTE}))).is_err());
}

#[test]
fn c22_a_follow_of_several_or_of_nobody_is_refused() {
    for object in [json!([BO]), json!(["https://ours.example/b/news", BO]), json!(7), json!({"type": "Group"})] {
        assert!(matches!(parse(&activity("Follow", object)), Err(Refused::Shape { field: "object", .. })));
    }
    assert_eq!(parse(&activity("Follow", Value::Null)), Err(Refused::Missing("object")));
}

#[test]
fn c24_a_stamp_on_another_server_is_refused() {
    let accept = activity("Accept", json!("https://ours.example/c/9"));
    let forged = with(accept, "result", json!("https://b.example/stamps/1"));
    assert_eq!(parse(&forged), Err(Refused::Elsewhere("result")));
    let stamp = json!({"id": NOTE, "type": "ReplyApproval", "attributedTo": "https://b.example/u/v", "object": NOTE});
    let found = parse::object(stamp.to_string().as_bytes(), &rules(), &id(NOTE));
    assert_eq!(found, Err(Refused::Elsewhere("attributedTo")));
}

#[test]
fn c25_only_the_actor_itself_moves() {
    let there = json!("https://b.example/users/bo");
    let moved = with(activity("Move", json!(BO)), "target", there.clone());
    assert_eq!(parse(&moved), Ok(Activity::Move { target: id("https://b.example/users/bo") }));
    let other = with(activity("Move", json!("https://a.example/users/cy")), "target", there);
    assert_eq!(parse(&other), Err(Refused::NotTheirs("object")));
}

#[test]
fn c26_a_report_is_bounded() {
    let many = activity("Flag", json!(vec![NOTE; 101]));
    assert_eq!(parse(&many), Err(Refused::Many { field: "object", max: 100 }));
    let long = with(activity("Flag", json!([NOTE])), "content", json!("é".repeat(6_000)));
    assert!(matches!(parse(&long), Ok(Activity::Flag { text, .. }) if text.chars().count() == 5_000));
}

#[test]
fn c28_what_is_unknown_is_ignored_and_what_is_incomplete_refused() {
    let ignored = |kind: &str| Ok(Activity::Ignored { kind: kind.to_owned() });
    assert_eq!(parse(&activity("Travel", json!(NOTE))), ignored("Travel"));
    assert_eq!(create(with(note(), "type", json!("ChatMessage"))), ignored("Create ChatMessage"));
    assert_eq!(create(Value::Null), Err(Refused::Missing("object")));
    assert!(create(json!([NOTE])).is_err());
    assert!(create(with(note(), "type", json!(["Note", "Person"]))).is_err());
}

#[test]
fn undoing_what_somebody_else_did_is_refused() {
    let theirs = json!({"id": NOTE, "type": "Like", "actor": "https://a.example/users/cy", "object": NOTE});
    assert_eq!(parse(&activity("Undo", theirs)), Err(Refused::NotTheirs("object")));
}

#[test]
fn c31_who_may_see_a_note_follows_from_its_recipients() {
    let followers = id(&format!("{BO}/followers"));
    let seen = |to: Value, cc: Value| {
        let note = created(with(with(note(), "to", to), "cc", cc));
        note.recipients.visibility(Some(&followers))
    };
    let group = json!(followers.as_str());
    for everybody in ["Public", "as:Public", "https://www.w3.org/ns/activitystreams#Public"] {
        assert_eq!(seen(json!([BO, everybody]), Value::Null), Visibility::Public);
        assert_eq!(seen(group.clone(), json!(everybody)), Visibility::Unlisted);
    }
    assert_eq!(seen(group.clone(), json!([])), Visibility::Followers);
    assert_eq!(seen(json!("https://ours.example/u/ana"), group), Visibility::Followers);
    assert_eq!(seen(json!("https://ours.example/b/news"), Value::Null), Visibility::Direct);
    assert_eq!(seen(json!("https://evil.example/#Public"), Value::Null), Visibility::Direct);
}

#[test]
fn f2_lists_beyond_their_bound_are_refused() {
    let mention = json!({"type": "Mention", "href": BO});
    let image = json!({"type": "Image", "url": "https://a.example/1.png"});
    for (name, entry, max) in [("tag", mention, 100), ("attachment", image, 16), ("to", json!(BO), 200)] {
        let many = |count: usize| create(with(note(), name, json!(vec![entry.clone(); count])));
        assert!(many(max).is_ok(), "{name}");
        assert_eq!(many(max + 1), Err(Refused::Many { field: name, max }));
    }
    let both = with(with(note(), "to", json!(vec![BO; 101])), "cc", json!(vec![BO; 100]));
    assert_eq!(create(both), Err(Refused::Many { field: "to", max: 200 }));
}

#[test]
fn f3_text_beyond_its_bound_is_refused_or_cut() {
    let long = "x".repeat(1_000_001);
    assert_eq!(create(with(note(), "content", json!(long))), Err(Refused::Long { field: "content", max: 1_000_000 }));
    let cut = created(with(with(note(), "name", json!("é".repeat(9_999))), "summary", json!("y".repeat(99_999))));
    assert_eq!(cut.name.unwrap().chars().count(), 2_048);
    assert_eq!(cut.warning.unwrap().len(), 20_000);
    for name in ["", "a b", ".bo", "bo.", "bo/..", "b\u{202e}o", &"b".repeat(129)] {
        let refused = actor(&with(bo(), "preferredUsername", json!(name)));
        assert!(matches!(refused, Err(Refused::Shape { field: "preferredUsername", .. })), "{name:?}");
    }
}

#[test]
fn f8_a_list_stays_on_its_server_and_has_a_bound() {
    let asked = id("https://a.example/notes/1/replies");
    let read = |list: Value| parse::collection(list.to_string().as_bytes(), &rules(), &asked);
    let list = json!({"type": "CollectionPage", "id": asked.as_str(), "items": vec![NOTE; 5_000], "totalItems": 99});
    assert_eq!(read(list.clone()).unwrap().items.len(), parse::MAX_ITEMS);
    for name in ["next", "first", "id"] {
        let leading_away = with(list.clone(), name, json!("https://ours.example/c/7/replies"));
        assert_eq!(read(leading_away), Err(Refused::Elsewhere(name)));
    }
    let page = json!({"type": "CollectionPage", "items": NOTE, "next": "https://b.example/2"});
    assert_eq!(read(with(list, "first", page)), Err(Refused::Elsewhere("next")));
    assert_eq!(read(note()), Err(Refused::Kind("Note".to_owned())));
    let replies = created(with(note(), "replies", json!("https://b.example/replies"))).replies;
    assert_eq!(replies, Collection::default());
}

#[test]
fn f9_of_what_is_written_out_in_a_list_only_the_id_is_taken() {
    let forged = json!({"id": "https://b.example/notes/1", "type": "Note", "content": "forged", "attributedTo": BO});
    let nested =
        json!({"type": "Announce", "object": {"type": "Create", "object": {"type": "Create", "object": forged}}});
    let list = json!({"type": "OrderedCollection", "orderedItems": [forged, nested, 7, null, {}, "nonsense"]});
    let read = parse::collection(list.to_string().as_bytes(), &rules(), &id("https://a.example/outbox")).unwrap();
    assert_eq!(read.items, [id("https://b.example/notes/1"), id("https://b.example/notes/1")]);
}

#[test]
fn g3_a_page_on_another_server_or_of_another_scheme_is_left_out() {
    for url in ["https://b.example/1", "javascript:alert(1)", "http://a.example/1", "//a.example/1", "data:text/html,x"]
    {
        assert_eq!(created(with(note(), "url", json!(url))).url, None, "{url}");
        assert_eq!(actor(&with(bo(), "url", json!(url))).unwrap().url, None, "{url}");
    }
    let page = created(with(note(), "url", json!("https://a.example/@bo/1#c2"))).url;
    assert_eq!(page.unwrap().as_str(), "https://a.example/@bo/1#c2");
    let files = json!([{"url": "javascript:alert(1)"}, {"url": "https://cdn.example/1.png"}, "x"]);
    assert_eq!(created(with(note(), "attachment", files)).attachments.len(), 1);
}

#[test]
fn what_is_answered_is_known_for_certain() {
    let answer = |to: Value| create(with(note(), "inReplyTo", to));
    for none in [Value::Null, json!([])] {
        assert!(matches!(answer(none), Ok(Activity::Create(Object::Here(note))) if note.in_reply_to.is_none()));
    }
    for one in [json!(BO), json!([BO]), json!({"id": BO, "type": "Note"})] {
        assert!(matches!(answer(one), Ok(Activity::Create(Object::Here(note))) if note.in_reply_to == Some(id(BO))));
    }
    for odd in [json!([BO, NOTE]), json!("nonsense"), json!(7), json!({})] {
        assert!(answer(odd).is_err());
    }
}

#[test]
fn the_envelope_says_whom_an_activity_concerns() {
    let follow =
        json!({"id": "https://a.example/f", "type": "Follow", "actor": BO, "object": "https://ours.example/b/news"});
    let undo = activity("Undo", follow).to_string();
    let names = parse::names(undo.as_bytes(), &rules()).unwrap();
    assert!(names.contains(&id("https://ours.example/b/news")));
    let delete = activity("Delete", json!(BO)).to_string();
    assert!(parse::envelope(delete.as_bytes(), &rules()).unwrap().is_about_its_actor());
    let many = with(activity("Create", note()), "to", json!(vec![BO; 9_000])).to_string();
    assert!(parse::names(many.as_bytes(), &rules()).unwrap().len() <= 500);
}

#[test]
fn a_policy_is_read_under_both_its_names() {
    use federation::wire::parse::Grant;
    let policy = json!({
        "canReply": {"always": [BO], "approvalRequired": "as:Public"},
        "canLike": {"automaticApproval": "as:Public", "always": []},
        "canAnnounce": {},
    });
    let policy = created(with(note(), "interactionPolicy", policy)).policy;
    let (bo, cy) = (id(BO), id("https://b.example/u/cy"));
    assert_eq!([policy.reply.grant(&[&bo]), policy.reply.grant(&[&cy])], [Grant::Automatic, Grant::Manual]);
    assert_eq!([policy.like.grant(&[&cy]), policy.announce.grant(&[&cy])], [Grant::Automatic, Grant::Refused]);
    assert_eq!(created(note()).policy.reply.grant(&[&cy]), Grant::Automatic);
}
