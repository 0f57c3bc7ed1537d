//! D: what we ask other servers for, and where we never go.

use std::path::Path;
use std::process::Command;

use federation::address::may_dial;
use federation::budget::{Allowance, Budget, Cause};
use federation::client::FetchError;
use federation::webfinger::{Handle, resolve};
use serde_json::{Value, json};
use storage::inbox::State;
use tokio::net::TcpListener;

use crate::house::{House, Wishes, same};
use crate::peer::{Peer, Reply};
use crate::scene::Scene;
use crate::voice::Voice;

impl House {
    /// What comes of fetching an address with the client of the instance.
    async fn fetches(&self, address: &str) -> Result<Vec<u8>, FetchError> {
        let elsewhere = self.ctx.elsewhere();
        let id = elsewhere.rules().id(address)?;
        let budget = Budget::new(Allowance::default(), Cause::Ours);
        let found = elsewhere.client().unwrap().fetch(&id, None, &budget, self.now()).await?;
        Ok(found.body.to_vec())
    }
}

/// All the places where somebody names an address to us.
async fn named_everywhere(s: &Scene, number: usize, address: &str) {
    s.ignores(&s.peer, &s.peer.activity(&format!("announces/{number}"), "Announce", &json!(address))).await;
    s.ignores(&s.peer, &s.create(&format!("creates/{number}"), &json!(address))).await;
    let below = s.peer.note(&format!("notes/{number}"), address, "<p>Below it.</p>");
    s.ignores(&s.peer, &s.create(&format!("creates/below{number}"), &below)).await;
    let moved =
        s.peer.activity(&format!("redirected/{number}"), "Announce", &json!(s.peer.id(&format!("redirects/{number}"))));
    s.peer.reply(&format!("/redirects/{number}"), Reply::redirect(address));
    s.ignores(&s.peer, &moved).await;
    // As an actor, with a key there.
    let stranger = Voice::new(address.trim_end_matches('/'), "x");
    let follow = stranger.activity("follows/1", "Follow", &json!(s.house.id("b/talk")));
    let answer = s.unmoved(&stranger.letter(&s.house, &follow)).await;
    assert!((400..600).contains(&answer.status), "{address}: {answer:?}");
}

#[tokio::test]
async fn d01_nothing_but_https_is_asked_for() {
    let s = Scene::new().await;
    for (number, address) in [
        "file:///etc/passwd",
        "ftp://localhost/x",
        "gopher://localhost:70/x",
        "data:application/activity+json,{}",
        "javascript:alert(1)",
        "ws://localhost/x",
        "unix:/run/x",
        "//localhost/x",
    ]
    .iter()
    .enumerate()
    {
        named_everywhere(&s, number, address).await;
    }
    // Without a test network not even http.
    let house = House::with(Wishes::public()).await;
    assert!(matches!(house.fetches(&s.peer.id("users/bo")).await, Err(FetchError::BadId(_))));
    assert!(house.fetches("http://remote.example/users/bo").await.is_err());
}

#[tokio::test]
async fn d02_addresses_written_as_numbers_are_no_hosts() {
    let s = Scene::new().await;
    let port = s.peer.host().rsplit(':').next().unwrap().to_owned();
    for (number, host) in
        ["127.0.0.1", "[::1]", "2130706433", "0x7f.1", "0177.0.0.1", "0", "[::ffff:127.0.0.1]", "127.1", "１２７.0.0.1"]
            .iter()
            .enumerate()
    {
        named_everywhere(&s, number, &format!("http://{host}:{port}/users/bo")).await;
        named_everywhere(&s, 100 + number, &format!("https://{host}/users/bo")).await;
    }
    assert!(s.peer.asked().iter().all(|path| path.starts_with("/redirects/")), "{:?}", s.peer.asked());
}

#[tokio::test]
async fn d03_names_that_lead_into_private_networks_of_ipv4_are_not_dialled() {
    for address in [
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "192.0.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
    ] {
        assert!(!may_dial(address.parse().unwrap(), &[]), "{address}");
    }
    // The instance as on the internet does not reach this machine by any name, nor does one whose test network is another.
    let peer = Peer::new().await;
    let public = House::with(Wishes::public()).await;
    assert!(public.fetches("https://localhost/users/bo").await.unwrap_err().to_string().contains("no public address"));
    let other = House::with(Wishes { networks: vec!["10.0.0.0/8"], ..Wishes::default() }).await;
    assert!(other.fetches(&peer.me()).await.unwrap_err().to_string().contains("no public address"));
    assert!(peer.seen().is_empty());
}

#[tokio::test]
async fn d04_nor_are_those_of_ipv6() {
    for address in [
        "::1",
        "::",
        "fc00::1",
        "fdff::1",
        "fe80::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::ffff:8.8.8.8",
        "::8.8.8.8",
        "64:ff9b::808:808",
        "64:ff9b:1::1",
        "2002:7f00:1::1",
        "2001:0:4136::1",
        "2001:db8::1",
        "100::1",
    ] {
        assert!(!may_dial(address.parse().unwrap(), &[]), "{address}");
        assert!(!may_dial(address.parse().unwrap(), &["127.0.0.0/8".parse().unwrap()]), "{address}");
    }
    let house = House::with(Wishes { networks: vec!["2001:db8::/32"], ..Wishes::default() }).await;
    let peer = Peer::new().await;
    assert!(house.fetches(&peer.me()).await.is_err() && peer.seen().is_empty());
}

#[tokio::test]
async fn d05_of_a_name_with_several_addresses_only_allowed_ones_are_dialled() {
    // `localhost` leads to 127.0.0.1, and where there is IPv6 to ::1, too: only the first is allowed, whichever comes first.
    let s = Scene::new().await;
    let port: u16 = s.peer.host().rsplit(':').next().unwrap().parse().unwrap();
    let trap = TcpListener::bind(("::1", port)).await;
    assert!(s.house.fetches(&s.peer.me()).await.is_ok());
    let only_trap = House::with(Wishes { networks: vec!["fd00::/8"], ..Wishes::default() }).await;
    assert!(only_trap.fetches(&s.peer.me()).await.is_err());
    if let Ok(trap) = trap {
        let dialled = tokio::time::timeout(std::time::Duration::ZERO, trap.accept()).await;
        assert!(dialled.is_err(), "the address that is not allowed was dialled");
    }
    assert_eq!(s.peer.asked(), ["/users/bo"]);
}

#[tokio::test]
async fn d06_every_hop_of_a_redirect_is_judged_like_the_first() {
    let (s, other) = (Scene::new().await, Peer::new().await);
    let trap = Peer::new().await;
    let told = async |number: usize, first: Reply| {
        s.peer.reply(&format!("/hops/{number}"), first);
        let announce =
            s.peer.activity(&format!("announces/{number}"), "Announce", &json!(s.peer.id(&format!("hops/{number}"))));
        s.ignores_strangers(&s.peer, &announce).await;
    };
    let port = trap.host().rsplit(':').next().unwrap().to_owned();
    for (number, location) in [
        format!("http://127.0.0.1:{port}/x"),
        format!("http://[::1]:{port}/x"),
        format!("http://user:pass@localhost:{port}/x"),
        format!("ftp://localhost:{port}/x"),
        "file:///etc/passwd".into(),
        "http://10.0.0.1/x".into(),
        "https://169.254.169.254/latest".into(),
        s.root(),
        String::new(),
        "http://".into(),
    ]
    .iter()
    .enumerate()
    {
        told(number, Reply::redirect(location)).await;
    }
    assert!(trap.seen().is_empty(), "{:?}", trap.asked());
    let before = s.peer.asked().len();
    // In a circle, and on and on.
    told(20, Reply::redirect("/hops/20")).await;
    s.peer.otherwise(|path| path.strip_prefix("/on/").map(|n| Reply::redirect(&format!("/on/{n}0"))));
    told(21, Reply::redirect("/on/1")).await;
    assert!(s.peer.asked().len() - before <= 6, "{:?}", s.peer.asked());
    // Another server may be led to, and answers for what is its own and for nothing else.
    other.show("/notes/1", s.note("notes/x", "<p>Not theirs.</p>"));
    told(22, Reply::redirect(&other.id("notes/1"))).await;
    other.show("/notes/2", other.note("notes/2", &s.root(), "<p>Their own.</p>"));
    s.peer.reply("/hops/23", Reply::redirect(&other.id("notes/2")));
    s.says(&s.peer, &s.peer.activity("announces/23", "Announce", &json!(s.peer.id("hops/23")))).await;
    assert!(s.comment(&other.id("notes/2")).await.is_some());
    // Relative, and each hop with a signature of its own.
    s.peer.show("/notes/5", s.note("notes/5", "<p>Moved.</p>"));
    s.peer.reply("/hops/24", Reply::redirect("../notes/5"));
    s.says(&s.peer, &s.peer.activity("announces/24", "Announce", &json!(s.peer.id("hops/24")))).await;
    assert!(s.comment(&s.peer.id("notes/5")).await.is_some());
    let of = |request: &String| request.lines().find(|line| line.starts_with("signature: ")).map(str::to_owned);
    let signatures: Vec<_> = s.peer.seen().iter().rev().take(2).map(of).collect();
    assert!(signatures[0].is_some() && signatures[1].is_some() && signatures[0] != signatures[1]);
}

const TYPE: &str = "HTTP/1.1 200 X\r\nContent-Type: application/activity+json\r\n";

#[tokio::test]
async fn d08_endless_large_and_packed_answers_are_cut_off() {
    let s = Scene::new().await;
    let note = s.note("notes/x", "<p>Packed.</p>").to_string();
    for (number, reply) in [
        Reply::Endless(format!("{TYPE}\r\n{{").into_bytes()),
        Reply::Endless(format!("{TYPE}Transfer-Encoding: chunked\r\n\r\nffffffff\r\n").into_bytes()),
        Reply::Endless(b"HTTP/1.1 200 X\r\nX: ".to_vec()),
        Reply::Status(
            200,
            "Content-Type: application/activity+json\r\nContent-Encoding: gzip\r\n".into(),
            note.clone(),
        ),
        Reply::Status(200, "Content-Type: application/activity+json\r\nContent-Encoding: br\r\n".into(), note),
        Reply::typed("application/activity+json", &" ".repeat((1 << 20) + 1)),
        // Refused by what it says: not a byte more would ever come.
        Reply::Hang(format!("{TYPE}Content-Length: 2147483648\r\n\r\n").into_bytes()),
    ]
    .into_iter()
    .enumerate()
    {
        s.peer.reply(&format!("/big/{number}"), reply);
        let announce =
            s.peer.activity(&format!("announces/{number}"), "Announce", &json!(s.peer.id(&format!("big/{number}"))));
        s.ignores(&s.peer, &announce).await;
    }
    assert_eq!(s.peer.asked().len(), 7);
}

#[tokio::test]
async fn d08_slow_answers_end_with_our_patience() {
    let s = Scene::new().await;
    for (number, bytes) in ["", "HTTP/1.1 200 X\r\n", &format!("{TYPE}Content-Length: 9\r\n\r\n{{")].iter().enumerate()
    {
        s.peer.reply(&format!("/slow/{number}"), Reply::Hang(bytes.as_bytes().to_vec()));
        let announce =
            s.peer.activity(&format!("announces/{number}"), "Announce", &json!(s.peer.id(&format!("slow/{number}"))));
        s.ignores(&s.peer, &announce).await;
        // It is tried again later, and not for ever.
        assert!(s.reason(State::Again).await.contains("in time"), "{}", s.reason(State::Again).await);
        tokio::time::resume();
    }
}

/// Runs this test once more as a program of its own, with these variables.
fn again_with(name: &str, variables: &[(&str, &str)]) {
    let test = format!("d_fetching::{name}");
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([&test, "--exact", "--nocapture"])
        .env("ADVERSARY_INSIDE", "1")
        .env_remove("NO_PROXY")
        .env_remove("no_proxy");
    let output = command.envs(variables.iter().copied()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}{}", String::from_utf8_lossy(&output.stderr));
}

fn is_inside() -> bool {
    std::env::var_os("ADVERSARY_INSIDE").is_some()
}

#[tokio::test]
async fn d09_proxies_of_the_environment_are_not_used() {
    if !is_inside() {
        // Nobody listens there: whoever obeys fetches nothing.
        let nowhere = "http://127.0.0.1:9";
        let names = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
        again_with("d09_proxies_of_the_environment_are_not_used", &names.map(|name| (name, nowhere)));
    }
    let s = Scene::new().await;
    s.peer.show("/notes/1", s.note("notes/1", "<p>Fetched.</p>"));
    s.says(&s.peer, &s.peer.activity("announces/1", "Announce", &json!(s.peer.id("notes/1")))).await;
    assert!(s.comment(&s.peer.id("notes/1")).await.is_some());
}

#[tokio::test]
async fn d10_nothing_is_fetched_because_an_address_asks_for_it() {
    let s = Scene::new().await;
    for path in [
        "proxy",
        "preview",
        "media",
        "image",
        "avatar",
        "oembed",
        "embed",
        "url",
        "fetch",
        "resolve",
        "api/v1/preview",
        "api/v1/proxy",
        "api/v1/image",
    ] {
        for query in ["url", "uri", "u", "q", "src"] {
            let answer = s.house.get(&format!("/{path}?{query}={}", s.peer.me())).await;
            assert!((400..500).contains(&answer.status), "{path}: {answer:?}");
        }
    }
    for path in ["/", "/search", "/b/talk", "/.well-known/webfinger", "/interact", "/authorize_interaction"] {
        for query in ["url", "uri", "q", "resource"] {
            s.house.get(&format!("{path}?{query}={}", s.peer.me())).await;
        }
    }
    assert!(s.peer.seen().is_empty(), "{:?}", s.peer.asked());
}

#[tokio::test]
async fn d12_no_variable_and_no_kind_of_build_opens_private_networks() {
    if !is_inside() {
        let names = ["DANGER_FEDERATION_ALLOW_LOCAL_IP", "FEDERATION_DEBUG", "RUST_DEBUG", "REJOINDER_DEBUG"];
        again_with("d12_no_variable_and_no_kind_of_build_opens_private_networks", &names.map(|name| (name, "1")));
    }
    let house = House::with(Wishes::public()).await;
    assert!(house.fetches("https://localhost/users/bo").await.unwrap_err().to_string().contains("no public address"));
    assert!(house.fetches("https://127.0.0.1/users/bo").await.is_err());
    assert!(house.fetches("http://localhost/users/bo").await.is_err());
}

/// The Rust sources below a folder.
fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
}

#[tokio::test]
async fn d13_there_is_one_client_for_everything() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned();
    let mut found = Vec::new();
    for part in std::fs::read_dir(crates).unwrap().map(|part| part.unwrap().path()).filter(|part| part.is_dir()) {
        sources(&part.join("src"), &mut found);
    }
    let builds: Vec<_> =
        found.iter().filter(|(_, text)| text.contains("Client::builder()")).map(|(path, _)| path).collect();
    assert!(builds.len() == 1 && builds[0].ends_with("federation/src/client/mod.rs"), "{builds:?}");
    for (path, text) in &found {
        let speaks =
            ["reqwest::", "hyper_util::client", "TcpStream::connect", "ureq::"].iter().any(|way| text.contains(way));
        assert!(!speaks || path.contains("federation/src/"), "{path}");
    }
    // Names are asked for by it, too: where it does not go, they do not go.
    let (house, peer) =
        (House::with(Wishes { networks: vec!["10.0.0.0/8"], ..Wishes::default() }).await, Peer::new().await);
    let elsewhere = house.ctx.elsewhere();
    let handle = Handle::parse(&format!("bo@{}", peer.host()), elsewhere.rules()).unwrap();
    let budget = Budget::new(Allowance::default(), Cause::Ours);
    assert!(resolve(elsewhere.client().unwrap(), &handle, &budget, 0).await.is_err());
    let before: Vec<String> = house.rows(&[]).await;
    let follow: Value = peer.activity("follows/1", "Follow", &json!(house.id("b/talk")));
    house.send(&peer.letter(&house, &follow)).await;
    same(&before, &house.rows(&[]).await);
    assert!(peer.seen().is_empty(), "{:?}", peer.asked());
}
