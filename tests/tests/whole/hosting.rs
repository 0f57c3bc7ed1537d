//! Other servers from the command line, beside a server that runs: seeing how they stand, deciding about them, and looking for what may
//! keep them from speaking with this one.

use domain::Time;
use rejoinder_tests::{Site, within};
use serde_json::{Value, json};
use storage::follows::Address;
use storage::inbox::{self, Arrival, State};
use storage::keys::Holder;
use storage::outbox::{self, Activity, Reach};
use storage::{Result, Write};

/// A moment in 2027, as an id.
const NUMBER: i64 = 402_653_184_000_000_001;

/// Something that waits for another server, and something that came from it and was refused.
async fn prepared(site: &Site) {
    let _ = site.run(&["board", "create", "talk"]).await.ok();
    let prepare = |tx: &mut Write| -> Result<()> {
        let activity = Activity {
            id: NUMBER,
            body: r#"{"type":"Announce"}"#.into(),
            signer: Holder::Instance,
            key_id: "http://talk.test/actor#main-key".into(),
            reach: Reach::Public,
            created: Time(1_800_000_000_000),
            words_of: None,
        };
        let to = Address { inbox: "https://peer.example/inbox".into(), host: "peer.example".into() };
        outbox::say(tx, &activity, &[to], || NUMBER + 1)?;
        let (uri, actor, host) = ("https://peer.example/likes/1", "https://peer.example/u/bo", "peer.example");
        let arrival = Arrival {
            id: NUMBER + 2,
            uri,
            actor,
            host,
            kind: "Like",
            body: "{}",
            received: Time(1_800_000_000_000),
            again: None,
        };
        inbox::insert(tx, &arrival)?;
        inbox::settle(tx, NUMBER + 2, State::Refused, "it is \u{1b}[31mnot theirs")
    };
    site.open().write(prepare).await.unwrap();
}

#[tokio::test]
async fn other_servers_are_seen_and_decided_about() {
    let site = Site::new().await;
    prepared(&site).await;
    let table = site.run(&["peers"]).await.ok();
    assert!(table.starts_with("HOST ") && table.contains("\npeer.example "), "{table}");
    let one = site.run(&["peers", "peer.example"]).await.ok();
    assert!(one.lines().any(|line| line.starts_with("waiting ") && line.ends_with(" 1")), "{one}");
    let all = site.run(&["peers", "--json"]).await.json();
    assert_eq!(
        (&all[0]["host"], &all[0]["state"], &all[0]["waiting"]),
        (&json!("peer.example"), &json!("open"), &json!(1))
    );
    for _ in 0..2 {
        let said = site.run(&["peers", "pause", "peer.example"]).await.ok();
        assert_eq!(said, "peer.example is paused: it is brought nothing until it is resumed");
    }
    assert_eq!(site.run(&["peers", "--json", "peer.example"]).await.json()[0]["state"], "paused");
    assert!(site.run(&["peers", "retry", "peer.example"]).await.refusal(1).contains("resume it"));
    assert_eq!(site.run(&["peers", "resume", "peer.example", "--json"]).await.json()["state"], "open");
    assert!(site.run(&["peers", "unknown.example"]).await.refusal(1).contains("There is no such server"));

    let (waiting, arrived) = ((NUMBER + 1).to_string(), (NUMBER + 2).to_string());
    let table = site.run(&["deliveries"]).await.ok();
    assert!(table.contains(&waiting) && table.contains("Announce  https://peer.example/inbox"), "{table}");
    assert_eq!(site.run(&["deliveries", "--host", "other.example", "--json"]).await.json(), json!([]));
    assert_eq!(site.run(&["deliveries", "skip", &waiting]).await.ok(), "Announce to peer.example is not brought");
    assert_eq!(site.run(&["deliveries", "--state", "skipped", "--json"]).await.json()[0]["id"], json!(waiting));
    assert_eq!(site.run(&["deliveries", "retry", &waiting, "--json"]).await.json()["state"], "waiting");

    let table = site.run(&["inbox", "--state", "refused"]).await.ok();
    assert!(table.contains(&arrived) && table.contains("not theirs") && !table.contains('\u{1b}'), "{table}");
    assert_eq!(site.run(&["inbox", "replay", &arrived]).await.ok(), "Like of peer.example is dealt with again");
    assert_eq!(site.run(&["inbox", "--json"]).await.json()[0]["state"], "waiting");

    assert_eq!(site.run(&["keys", "rotate", "--board", "talk"]).await.ok(), "http://talk.test/b/talk has a new key");
    for wrong in [
        &["keys", "rotate"][..],
        &["keys", "rotate", "--all", "--server"],
        &["inbox", "--state", "lost"],
        &["deliveries", "skip"],
    ] {
        assert_eq!(site.run(wrong).await.status.code(), Some(2), "{wrong:?}");
    }
    for help in [&["peers", "--help"][..], &["inbox", "--help"], &["deliveries", "--help"], &["doctor", "--help"]] {
        assert!(site.run(help).await.ok().contains("--json"), "{help:?}");
    }
}

/// A key that a command has made signs and is shown by the server that runs.
#[tokio::test]
async fn a_key_that_is_made_beside_the_server_is_shown_by_it() {
    // On a test network, where ids may begin with http://.
    let site = Site::new().await.set("FEDERATION__DANGEROUS_ALLOW_ADDRESSES", "[\"127.0.0.0/8\"]");
    let _ = site.run(&["board", "create", "talk"]).await.ok();
    let server = site.start().await;
    let key = async || {
        let request =
            server.anonymous().request(reqwest::Method::GET, "/b/talk").header("accept", "application/activity+json");
        let shown: Value = request.send().await.unwrap().json().await.unwrap();
        shown["publicKey"]["publicKeyPem"].clone()
    };
    let old = key().await;
    assert!(old.is_string(), "{old}");
    let _ = site.run(&["keys", "rotate", "--board", "talk"]).await.ok();
    within("the new key", async { while key().await == old {} }).await;
}

#[tokio::test]
async fn the_doctor_says_what_is_wrong_by_words_and_by_status() {
    let site = Site::new().await;
    let _ = site.run(&["board", "create", "talk"]).await.ok();
    // Nobody can be asked by a name that is only known here.
    let found = site.run(&["doctor", "--json"]).await.json();
    let level = |check: &str| {
        let one = found.as_array().unwrap().iter().find(|one| one["check"] == check);
        one.unwrap_or_else(|| panic!("no {check} in {found}"))["level"].clone()
    };
    for (check, expected) in
        [("configuration", "ok"), ("address", "warning"), ("folder", "ok"), ("database", "ok"), ("peers", "ok")]
    {
        assert_eq!(level(check), expected, "{check}");
    }
    // With test networks the address is asked, and nobody listens there.
    let site = site.set("FEDERATION__DANGEROUS_ALLOW_ADDRESSES", "[\"127.0.0.0/8\"]");
    let site = site.set("SERVER__PUBLIC_URL", "http://localhost:1");
    let done = site.run(&["doctor"]).await;
    assert_eq!(done.status.code(), Some(1), "{done:?}");
    assert!(done.stdout.contains("error    reach") && done.stdout.contains("→ Start the server"), "{done:?}");
    assert!(done.stdout.contains("dangerous_allow_addresses"), "{done:?}");
    assert!(done.stderr.starts_with("rejoinder: 1 of ") && done.stderr.lines().count() == 1, "{done:?}");
}

#[tokio::test]
async fn what_waits_is_measured_when_somebody_asks() {
    let site = Site::new().await.set("METRICS__TOKEN", "sixteen-or-more-characters");
    prepared(&site).await;
    let _ = site.run(&["peers", "pause", "peer.example"]).await.ok();
    let server = site.start().await;
    let measured = server.api("sixteen-or-more-characters").get("/metrics").await.expect(200).body;
    for line in [
        "rejoinder_inbox_waiting 0",
        "rejoinder_deliveries_waiting 1",
        "rejoinder_deliveries_given_up 0",
        "rejoinder_peers{state=\"paused\"} 1",
        "rejoinder_peers{state=\"failing\"} 0",
    ] {
        assert!(measured.lines().any(|found| found == line), "no {line} in {measured}");
    }
    assert!(measured.contains("rejoinder_delivery_oldest_seconds "), "{measured}");
    assert!(!measured.contains("peer.example"), "no series for each host");
}
