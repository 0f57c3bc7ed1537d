//! A: the request and who signed it.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use door::settings::Rates;
use serde_json::json;
use sha2::{Digest as _, Sha256, Sha512};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::house::{Address, Answer, House, Wishes, same};
use crate::letter::{Letter, USUAL, USUAL_9421, date};
use crate::peer::{Peer, Reply};
use crate::scene::Scene;
use crate::voice::other_key;

const HOUR: i64 = 3_600_000;

impl Scene {
    /// The same letter with another signature.
    fn covering(&self, covered: &str) -> Letter {
        self.letter().cavage(&self.peer.key, covered, &self.peer.parameters())
    }

    fn with_parameters(&self, covered: &str, parameters: &str) -> Letter {
        let parameters = format!(r#"keyId="{}",{parameters}"#, self.peer.key_id());
        self.letter().cavage(&self.peer.key, covered, &parameters)
    }

    /// Signed at that time.
    fn dated(&self, ms: i64) -> Letter {
        self.letter().with("date", &date(ms)).cavage(&self.peer.key, USUAL, &self.peer.parameters())
    }

    fn newer(&self, covered: &str, parameters: &str) -> Letter {
        self.letter().rfc9421(&self.peer.key, &self.house.base, covered, parameters)
    }

    fn usual_9421(&self) -> String {
        format!(r#";created={};keyid="{}";alg="rsa-v1_5-sha256""#, self.house.now() / 1000, self.peer.key_id())
    }
}

#[tokio::test]
async fn a01_a_request_without_a_signature_is_refused() {
    let s = Scene::new().await;
    s.refuses(&s.letter().without("signature"), 401, "signature").await;
    s.takes(&s.letter()).await;
}

#[tokio::test]
async fn a02_a_body_that_was_changed_after_signing_is_refused() {
    let s = Scene::new().await;
    let letter = s.letter();
    let other = String::from_utf8(letter.body.clone()).unwrap().replace("Spoiled.", "Changed!");
    s.refuses(&letter.clone().body(other.as_bytes()), 401, "signature").await;
    s.refuses(&letter.body(b""), 401, "signature").await;
}

#[tokio::test]
async fn a03_a_digest_that_is_right_and_not_signed_is_refused() {
    let s = Scene::new().await;
    s.refuses(&s.covering("(request-target) host date content-type"), 401, "signature").await;
}

#[tokio::test]
async fn a04_a_signed_length_is_no_digest() {
    let s = Scene::new().await;
    let letter = s.letter().without("digest").without("content-digest");
    let letter = letter.cavage(&s.peer.key, "(request-target) host date content-length", &s.peer.parameters());
    s.refuses(&letter, 401, "signature").await;
}

#[tokio::test]
async fn a05_a_digest_is_one_sha256_under_its_own_label() {
    let s = Scene::new().await;
    let right = STANDARD.encode(Sha256::digest(&s.letter().body));
    let wrong = STANDARD.encode(Sha256::digest(b"another body"));
    let long = STANDARD.encode(Sha512::digest(&s.letter().body));
    let signed = |digest: &str| s.letter().with("digest", digest).cavage(&s.peer.key, USUAL, &s.peer.parameters());
    for digest in [
        format!("SHA-256={right},SHA-256={wrong}"),
        format!("SHA-256={wrong},SHA-256={right}"),
        format!("SHA-512={right}"),
        format!("SHA-512={long}"),
        format!("MD5={}", STANDARD.encode([7; 16])),
        format!("MD5={right}"),
        format!("={right}"),
        right.clone(),
        "SHA-256=".to_owned(),
        String::new(),
    ] {
        s.refuses(&signed(&digest), 401, "signature").await;
    }
    let two = signed(&format!("SHA-256={right}")).and("digest", &format!("SHA-256={right}"));
    s.refuses(&two, 401, "signature").await;
    for label in ["sha-256", "Sha-256"] {
        s.takes(&signed(&format!("{label}={right}"))).await;
    }
}

#[tokio::test]
async fn a06_digest_only_signature_is_refused() {
    let s = Scene::new().await;
    for covered in
        ["digest", "digest date", "host digest date", "(request-target) digest date", "(request-target) host digest"]
    {
        s.refuses(&s.covering(covered), 401, "signature").await;
    }
}

#[tokio::test]
async fn a07_a_request_that_was_caught_is_worth_nothing_at_another_address() {
    let s = Scene::new().await;
    for inbox in ["/u/ana/inbox", "/b/talk/inbox", "/actor/inbox", "/u/ben/inbox"] {
        s.refuses(&s.letter().to(inbox), 401, "signature").await;
    }
    let newer = s.newer(USUAL_9421, &s.usual_9421());
    for inbox in ["/u/ana/inbox", "/inbox?x=1"] {
        s.refuses(&newer.clone().to(inbox), 401, "signature").await;
    }
}

#[tokio::test]
async fn a08_a_request_for_another_server_is_refused() {
    let s = Scene::new().await;
    for host in ["other.example", "talk.example.other.example", "talk.example:8443", "talk.example.", "", "127.0.0.1"] {
        let letter = s.letter().with("host", host).cavage(&s.peer.key, USUAL, &s.peer.parameters());
        s.refuses(&letter, 401, "signature").await;
    }
    // Two hosts, of which one is ours; and ours in other letters and with the port that goes without saying.
    let two = s.letter().and("host", "other.example");
    let answer = s.unmoved(&two).await;
    assert!((400..500).contains(&answer.status), "{answer:?}");
    for (number, host) in ["TALK.example", "talk.example:443"].iter().enumerate() {
        let note = s.note(&format!("notes/{number}"), "<p>Here.</p>");
        let letter = s.peer.letter(&s.house, &s.create(&format!("creates/{number}"), &note));
        s.takes(&letter.with("host", host).cavage(&s.peer.key, USUAL, &s.peer.parameters())).await;
    }
}

#[tokio::test]
async fn a08_the_authority_of_http2_is_the_host() {
    let s = Scene::with(Wishes { address: Address::OwnPort, ..Wishes::default() }).await;
    let client = reqwest::Client::builder().http2_prior_knowledge().no_proxy();
    let client = client.resolve("other.example", s.house.at).build().unwrap();
    let post = async |host: &str, letter: &Letter| {
        let url = format!("http://{host}:{}/inbox", s.house.at.port());
        let mut request = client.post(url).body(letter.body.clone());
        for name in ["date", "digest", "content-type", "signature"] {
            request = request.header(name, letter.value(name));
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.version(), reqwest::Version::HTTP_2);
        answer.status().as_u16()
    };
    let before = s.house.rows(&[]).await;
    let port = s.house.at.port();
    let elsewhere = s.letter().with("host", &format!("other.example:{port}"));
    let elsewhere = elsewhere.cavage(&s.peer.key, USUAL, &s.peer.parameters());
    assert_eq!(post("other.example", &elsewhere).await, 401);
    // What was signed for us, sent under another name.
    assert_eq!(post("other.example", &s.letter()).await, 401);
    same(&before, &s.house.rows(&[]).await);
    assert_eq!(post("localhost", &s.letter()).await, 202);
}

#[tokio::test]
async fn a09_a_date_in_the_future_is_refused() {
    let s = Scene::new().await;
    for ahead in [HOUR + 1_000, 24 * HOUR, 100 * 365 * 24 * HOUR] {
        s.refuses(&s.dated(s.house.now() + ahead), 401, "signature").await;
    }
    s.takes(&s.dated(s.house.now() + HOUR - 1_000)).await;
}

#[tokio::test]
async fn a10_a_date_of_long_ago_is_refused() {
    let s = Scene::new().await;
    for ago in [HOUR + 1_000, 24 * HOUR, s.house.now()] {
        s.refuses(&s.dated(s.house.now() - ago), 401, "signature").await;
    }
    let caught = s.letter();
    s.house.hands.forward(HOUR + 1_000);
    s.refuses(&caught, 401, "signature").await;
    s.takes(&s.dated(s.house.now() - HOUR + 1_000)).await;
}

#[tokio::test]
async fn a11_a_time_must_be_there_be_signed_and_be_one() {
    let s = Scene::new().await;
    let undated = "(request-target) host digest content-type";
    s.refuses(&s.covering(undated), 401, "signature").await;
    let without = s.letter().without("date").cavage(&s.peer.key, undated, &s.peer.parameters());
    s.refuses(&without, 401, "signature").await;
    for date in ["", "soon", "1800000000", "2027-01-15T08:00:00Z", "Fri, 32 Jan 2027 08:00:00 GMT"] {
        let letter = s.letter().with("date", date).cavage(&s.peer.key, USUAL, &s.peer.parameters());
        s.refuses(&letter, 401, "signature").await;
    }
}

#[tokio::test]
async fn a12_times_of_the_signature_itself_are_held_to_the_clock() {
    let s = Scene::new().await;
    let now = s.house.now() / 1000;
    let created = "(request-target) host digest (created)";
    let with = |parameters: String| s.with_parameters(created, &parameters);
    s.refuses(&with(format!(r#"algorithm="hs2019",created={}"#, now + 3_601)), 401, "signature").await;
    s.refuses(&with(format!(r#"algorithm="hs2019",created={}"#, now - 3_601)), 401, "signature").await;
    s.refuses(&with(format!(r#"algorithm="rsa-sha256",created={now}"#)), 401, "signature").await;
    for expires in [(now - 1).to_string(), now.to_string(), "soon".into(), format!("{now}.5"), "-1".into()] {
        let parameters = format!(r#"algorithm="hs2019",created={now},expires={expires}"#);
        s.refuses(&with(parameters), 401, "signature").await;
    }
    s.takes(&with(format!(r#"algorithm="hs2019",created={now},expires={}"#, now + 300))).await;
}

#[tokio::test]
async fn a13_the_same_request_twice_has_one_effect() {
    let s = Scene::new().await;
    let letter = s.letter();
    s.takes(&letter).await;
    let before = s.house.rows(&[]).await;
    s.house.send(&letter).await.is(202);
    s.house.work().await;
    same(&before, &s.house.rows(&[]).await);
    // Under another id the note is still the same one.
    s.ignores(&s.peer, &s.create("creates/again", &s.note("notes/spoiled", "<p>Spoiled.</p>"))).await;
}

#[tokio::test]
async fn a16_two_signatures_are_refused() {
    let s = Scene::new().await;
    let one = s.letter();
    let value = one.value("signature");
    let mine = s.letter().cavage(&other_key(), USUAL, &s.peer.parameters()).value("signature");
    s.refuses(&one.clone().and("signature", &value), 401, "signature").await;
    s.refuses(&one.clone().and("signature", &mine), 401, "signature").await;
    for scheme in ["Signature", "signature"] {
        s.refuses(&one.clone().with("authorization", &format!("{scheme} {mine}")), 401, "signature").await;
    }
    let newer = s.newer(USUAL_9421, &s.usual_9421());
    s.refuses(&newer.and("signature", &value), 401, "signature").await;
}

#[tokio::test]
async fn a19_a_key_of_somebody_else_does_not_speak_for_the_actor() {
    let s = Scene::new().await;
    let (other, neighbour) = (Peer::new().await, s.peer.neighbour("cy").with_key(other_key()));
    s.acquaint(&neighbour).await;
    let activity = s.create("creates/1", &s.note("notes/1", "<p>Not mine.</p>")).to_string();
    let unsigned = s.peer.unsigned(&s.house, "/inbox", &activity);
    for who in [&neighbour, &*other] {
        s.refuses(&unsigned.clone().cavage(&who.key, USUAL, &who.parameters()), 401, "signature").await;
    }
    // Their own key under the name of the actor's.
    s.refuses(&unsigned.cavage(&neighbour.key, USUAL, &s.peer.parameters()), 401, "signature").await;
    assert!(other.seen().is_empty());
}

#[tokio::test]
async fn a20_a_key_on_another_server_is_not_asked_whose_it_is() {
    let (s, evil) = (Scene::new().await, Peer::new().await);
    let key_id = evil.id("keys/1");
    let pem = evil.key.public_pem();
    evil.show("/keys/1", json!({ "id": key_id, "owner": s.peer.me(), "publicKeyPem": pem }));
    let letter = s.letter().cavage(&evil.key, USUAL, &format!(r#"keyId="{key_id}",algorithm="rsa-sha256""#));
    s.refuses(&letter, 401, "signature").await;
    assert!(evil.seen().is_empty(), "{:?}", evil.asked());
    // Nor does a key of a stranger's own server that names somebody else's count for the stranger.
    let mut liar = evil.actor();
    liar["publicKey"]["owner"] = json!(s.peer.me());
    evil.show("/users/bo", liar);
    let note = evil.note("notes/1", &s.root(), "<p>Who am I?</p>");
    let answer = s.unmoved(&evil.letter(&s.house, &evil.activity("creates/1", "Create", &note))).await;
    answer.refused(401, "unknown-actor");
}

#[tokio::test]
async fn a21_what_is_no_address_is_never_asked_for_a_key() {
    let s = Scene::new().await;
    let long = format!("{}#{}", s.peer.me(), "x".repeat(3_000));
    for key_id in [
        "acct:bo@localhost",
        "http://127.0.0.1/users/bo#main-key",
        "http://[::1]/key",
        "data:application/json,{}",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "",
        "/users/bo",
        &long,
    ] {
        let letter = s.letter().cavage(&s.peer.key, USUAL, &format!(r#"keyId="{key_id}",algorithm="rsa-sha256""#));
        s.refuses(&letter, 401, "signature").await;
    }
}

#[tokio::test]
async fn a22_the_key_says_which_algorithm_it_is() {
    let s = Scene::new().await;
    for label in ["hmac-sha256", "none", "rsa-sha1", "ed25519", "ecdsa-sha256", "rsa-pss-sha512", "", "RSA-SHA1"] {
        s.refuses(&s.with_parameters(USUAL, &format!(r#"algorithm="{label}""#)), 401, "signature").await;
    }
    s.takes(&s.with_parameters(USUAL, r#"algorithm="hs2019""#)).await;
}

/// DER with this tag.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag, 0x82], &length[..], content].concat()
}

/// A public key of so many bits, as PKCS #1.
fn key_of(bits: usize, last: u8, exponent: &[u8]) -> String {
    let mut modulus = vec![0xff; bits / 8 + 1];
    (modulus[0], modulus[bits / 8]) = (0, last);
    let key = der(0x30, &[der(2, &modulus), der(2, exponent)].concat());
    format!("-----BEGIN RSA PUBLIC KEY-----\n{}\n-----END RSA PUBLIC KEY-----\n", STANDARD.encode(key))
}

#[tokio::test]
async fn a23_keys_that_are_weak_large_or_none_are_refused_in_bounded_time() {
    let s = Scene::new().await;
    let fine = &[1, 0, 1];
    for (number, pem) in [
        key_of(512, 0xff, fine),
        key_of(1_024, 0xff, fine),
        key_of(16_384, 0xff, fine),
        key_of(32_768, 0xff, fine),
        key_of(2_048, 0xfe, fine),
        key_of(2_048, 0xff, &[1]),
        key_of(2_048, 0xff, &[2]),
        "-----BEGIN PUBLIC KEY-----\n!!!!\n-----END PUBLIC KEY-----".to_owned(),
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----".to_owned(),
        "not PEM at all".to_owned(),
        String::new(),
        "-".repeat(100_000),
    ]
    .into_iter()
    .enumerate()
    {
        let stranger = s.peer.neighbour(&format!("stranger{number}"));
        let mut actor = stranger.actor();
        actor["publicKey"]["publicKeyPem"] = json!(pem);
        s.peer.show(&format!("/users/{}", stranger.name), actor);
        let note = stranger.note(&format!("notes/{number}"), &s.root(), "<p>Weak.</p>");
        let letter = stranger.letter(&s.house, &stranger.activity(&format!("creates/{number}"), "Create", &note));
        let before = s.house.rows(&["remotes", "actors", "introductions"]).await;
        let begun = std::time::Instant::now();
        let answer = s.house.send(&letter).await;
        assert!(begun.elapsed() < Duration::from_secs(5), "{pem}");
        assert_eq!(answer.status, 401, "{pem}: {}", answer.body);
        s.house.work().await;
        same(&before, &s.house.rows(&["remotes", "actors", "introductions"]).await);
    }
}

#[tokio::test]
async fn a24_a_new_key_is_asked_for_once_in_a_while() {
    let s = Scene::new().await;
    let renewed = s.peer.with_key(other_key());
    let follow = |number: u32| renewed.activity(&format!("follows/new{number}"), "Follow", &json!(s.house.id("u/ben")));
    // Too early: whoever sends forged requests makes nobody fetch.
    for number in 0..3 {
        s.house.send(&renewed.letter(&s.house, &follow(number))).await.refused(401, "signature");
    }
    assert!(s.peer.asked().is_empty(), "{:?}", s.peer.asked());
    s.house.hands.forward(6 * 60 * 1000);
    for number in 0..3 {
        s.house.send(&renewed.letter(&s.house, &follow(number))).await.refused(401, "signature");
    }
    assert_eq!(s.peer.asked(), ["/users/bo"]);
    s.peer.show_actor(&renewed);
    s.house.hands.forward(6 * 60 * 1000);
    s.house.send(&renewed.letter(&s.house, &follow(4))).await.is(202);
    assert_eq!(s.peer.asked(), ["/users/bo", "/users/bo"]);
    // Who held the old one speaks no longer.
    s.house.send(&s.peer.letter(&s.house, &follow(5))).await.refused(401, "signature");
}

#[tokio::test]
async fn a25_strangers_cause_a_bounded_number_of_fetches() {
    let s = Scene::new().await;
    s.peer.otherwise(|_| Some(Reply::status(404)));
    let mut later = 0;
    for number in 0..400 {
        let stranger = s.peer.neighbour(&format!("stranger{number}"));
        let follow = stranger.activity(&format!("follows/{number}x"), "Follow", &json!(s.house.id("b/talk")));
        // It looks like a signature; making real ones would cost the sender more than us.
        let letter = stranger.unsigned(&s.house, "/inbox", &follow.to_string());
        let value = format!(r#"{},headers="{USUAL}",signature="{}""#, stranger.parameters(), STANDARD.encode([7; 256]));
        let answer = s.house.send(&letter.with("signature", &value)).await;
        if answer.status == 503 {
            later += 1;
            assert!(!answer.header("retry-after").is_empty());
        } else {
            answer.refused(401, "unknown-actor");
        }
    }
    let asked = s.peer.asked().len();
    assert!(asked <= 300 && later == 400 - asked, "{asked} fetches, {later} put off");
    // Whoever is known is heard all the same.
    s.takes(&s.letter()).await;
}

#[tokio::test]
async fn a25_one_address_does_not_use_up_what_is_for_all_strangers() {
    let s = Scene::with(Wishes { trusted_proxies: vec!["127.0.0.0/8"], ..Wishes::default() }).await;
    let from = |address: &str, letter: Letter| letter.with("x-forwarded-for", address);
    let mut unheard = 0;
    for number in 0..320 {
        let stranger = s.peer.neighbour(&format!("stranger{number}"));
        let follow = stranger.activity(&format!("follows/{number}x"), "Follow", &json!(s.house.id("b/talk")));
        let letter = stranger.unsigned(&s.house, "/inbox", &follow.to_string()).with("signature", "nonsense");
        let answer = s.house.send(&from("93.184.216.34", letter)).await;
        if answer.status == 429 {
            unheard += 1;
            assert!(!answer.header("retry-after").is_empty());
        }
    }
    assert!((10..=20).contains(&unheard), "{unheard}");
    s.house.send(&from("93.184.216.34", s.letter())).await.refused(429, "throttled");
    s.takes(&from("93.184.216.35", s.letter())).await;
}

#[tokio::test]
async fn a27_a_header_is_one_line_and_blanks_around_it_are_not_part_of_it() {
    let s = Scene::new().await;
    let letter = s.letter();
    for name in ["date", "digest", "signature"] {
        let value = letter.value(name);
        let (first, last) = value.split_at(value.len() / 2);
        for broken in [
            format!("{first}\r\n {last}"),
            format!("{first}\n{last}"),
            format!("{first}\0{last}"),
            format!("{value}\u{a0}"),
        ] {
            let answer = s.unmoved(&letter.clone().with(name, &broken)).await;
            assert!(matches!(answer.status, 400 | 401), "{name}: {answer:?}");
        }
    }
    let padded = ["date", "digest", "host"]
        .iter()
        .fold(letter.clone(), |padded, name| padded.with(name, &format!(" \t{}\t ", letter.value(name))));
    s.takes(&padded).await;
}

#[tokio::test]
async fn a28_signatures_of_the_rfc_are_held_to_what_they_must_cover_and_say() {
    let s = Scene::new().await;
    let now = s.house.now() / 1000;
    let key = format!(r#"keyid="{}""#, s.peer.key_id());
    let usual = s.usual_9421();
    for covered in [
        r#""@target-uri" "content-digest""#,
        r#""@method" "content-digest""#,
        r#""@method" "@target-uri""#,
        r#""@method" "@target-uri" "digest""#,
    ] {
        s.refuses(&s.newer(covered, &usual), 401, "signature").await;
    }
    for parameters in [
        format!(";{key}"),
        format!(";created={now}"),
        format!(";created={};{key}", now + 3_601),
        format!(";created={};{key}", now - 3_601),
        format!(";created={now};expires={now};{key}"),
        format!(";created={now};expires=\"soon\";{key}"),
        format!(";created={now};{key};alg=\"rsa-pss-sha512\""),
        format!(";created={now};{key};alg=\"ed25519\""),
        format!(";created={now};{key};alg=\"hmac-sha256\""),
    ] {
        s.refuses(&s.newer(USUAL_9421, &parameters), 401, "signature").await;
    }
    let one = s.newer(USUAL_9421, &usual);
    let (input, signature) = (one.value("signature-input"), one.value("signature"));
    let second = |text: &str| text.replacen("sig1", "sig2", 1);
    let two = one.clone().with("signature-input", &format!("{input}, {}", second(&input)));
    s.refuses(&two.with("signature", &format!("{signature}, {}", second(&signature))), 401, "signature").await;
    s.refuses(&one.clone().with("signature", &second(&signature)), 401, "signature").await;
    let other = String::from_utf8(one.body.clone()).unwrap().replace("Spoiled.", "Changed!");
    s.refuses(&one.clone().body(other.as_bytes()), 401, "signature").await;
    // Made for another server.
    let elsewhere = s.letter().rfc9421(&s.peer.key, "https://other.example", USUAL_9421, &usual);
    s.refuses(&elsewhere, 401, "signature").await;
    s.takes(&one).await;
}

#[tokio::test]
async fn a30_what_is_no_activity_by_its_type_is_refused() {
    let s = Scene::new().await;
    for kind in [
        "text/plain",
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/html",
        "application/ld+json",
        "application/activity+json, text/plain",
        "",
    ] {
        let letter = s.letter().with("content-type", kind).cavage(&s.peer.key, USUAL, &s.peer.parameters());
        s.refuses(&letter, 415, "not-an-activity").await;
    }
    s.refuses(&s.covering("(request-target) host date digest").without("content-type"), 415, "not-an-activity").await;
    let kind = r#"application/ld+json; profile="https://www.w3.org/ns/activitystreams""#;
    s.takes(&s.letter().with("content-type", kind).cavage(&s.peer.key, USUAL, &s.peer.parameters())).await;
}

/// A body that comes in chunks, without an end; how much of it was taken.
async fn endless(s: &Scene) -> usize {
    let head = s.letter().without("content-length").with("transfer-encoding", "chunked").head();
    let mut stream = TcpStream::connect(s.house.at).await.unwrap();
    stream.write_all(&head).await.unwrap();
    let chunk = [b"10000\r\n", &[b' '; 0x10000][..], b"\r\n"].concat();
    let mut sent = 0;
    while sent < 200 << 20 && stream.write_all(&chunk).await.is_ok() {
        sent += 0x10000;
    }
    sent
}

#[tokio::test]
async fn a31_packed_endless_and_slow_bodies_are_refused() {
    let s = Scene::with(Wishes { request_timeout: Duration::from_secs(2), ..Wishes::default() }).await;
    for coding in ["gzip", "br", "deflate", "identity, gzip"] {
        s.refuses(&s.letter().with("content-encoding", coding), 415, "encoded").await;
    }
    let before = s.house.rows(&[]).await;
    assert!(endless(&s).await < 100 << 20, "it reads on and on");
    // Half of a body, and then nothing.
    let letter = s.letter();
    let mut stream = TcpStream::connect(s.house.at).await.unwrap();
    stream.write_all(&letter.head()).await.unwrap();
    stream.write_all(&letter.body[..letter.body.len() / 2]).await.unwrap();
    Answer::read(&mut stream).await.refused(400, "cut-off");
    // A body that is shorter than it says.
    let mut stream = TcpStream::connect(s.house.at).await.unwrap();
    stream.write_all(&letter.head()).await.unwrap();
    stream.shutdown().await.unwrap();
    s.house.work().await;
    same(&before, &s.house.rows(&[]).await);
}

#[tokio::test]
async fn a32_a_body_above_a_mebibyte_is_refused_by_its_length_alone() {
    let s = Scene::new().await;
    let letter = s.letter();
    let padded = |size: usize| {
        let mut body = letter.body.clone();
        body.resize(size, b' ');
        s.peer.unsigned(&s.house, "/inbox", &String::from_utf8(body).unwrap()).cavage(
            &s.peer.key,
            USUAL,
            &s.peer.parameters(),
        )
    };
    s.refuses(&padded((1 << 20) + 1), 413, "too-large").await;
    // Not a byte of the body is waited for.
    let mut stream = TcpStream::connect(s.house.at).await.unwrap();
    stream.write_all(&letter.clone().with("content-length", "1048577").head()).await.unwrap();
    Answer::read(&mut stream).await.refused(413, "too-large");
    s.unmoved(&letter.clone().with("content-length", "99999999999999999999")).await.is(400);
    s.takes(&padded(1 << 20)).await;
}

#[tokio::test]
async fn a33_an_address_that_somebody_claims_does_not_evade_limits() {
    let rates = Rates { address_reads: std::num::NonZeroU32::new(3), ..Rates::default() };
    let house = House::with(Wishes { rates, ..Wishes::default() }).await;
    let mut statuses = Vec::new();
    for number in 0..6 {
        let letter = Letter::new("GET", "/.well-known/nodeinfo", b"").with("host", house.host());
        let letter = ["x-forwarded-for", "forwarded", "x-real-ip", "cf-connecting-ip", "true-client-ip"]
            .iter()
            .fold(letter, |letter, name| letter.with(name, &format!("203.0.113.{number}")));
        statuses.push(house.send(&letter).await.status);
    }
    assert_eq!(statuses, [200, 200, 200, 429, 429, 429]);
}
