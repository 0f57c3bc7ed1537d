//! What administrators see of deliveries, what becomes of what was given up, and when something is tried again.

use actions::hosting::peers::{self as hosting, Standing};
use actions::hosting::{By, keys as pair_keys};
use rcgen::{CertificateParams, KeyPair};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::rustls::{ServerConfig, crypto::aws_lc_rs};

use super::*;

/// A server with a certificate that nobody has vouched for.
async fn unproven() -> Address {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into())
        .unwrap();
    let (tls, listener) = (TlsAcceptor::from(Arc::new(config)), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let host = format!("localhost:{}", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(tls.accept(stream));
        }
    });
    Address { inbox: format!("https://{host}/inbox"), host }
}

async fn listed(scene: &Scene, host: &str) -> Standing {
    let (all, next) = hosting::page(&scene.world.ctx, &By::Host, "", 100).await.unwrap();
    assert_eq!(next, None);
    all.into_iter().find(|one| one.peer.host == host).unwrap()
}

#[tokio::test]
async fn whoever_is_well_waits_for_nobody_and_each_of_the_others_is_shown_with_its_reason() {
    let scene = Scene::running().await;
    let mut hanging = Host::start(|_, _| Reply::Never).await;
    let busy = Host::start(|_, _| Reply::Busy { seconds: 600 }).await;
    let gone = Host::start(|_, _| Reply::Status(410)).await;
    let (unproven, mut well) = (unproven().await, Host::sound().await);
    let mut to: Vec<Address> = [&hanging, &busy, &gone, &well].map(|host| host.inbox("/inbox")).into();
    to.push(unproven.clone());
    scene.say("0", &to).await;
    hanging.next().await;
    // The request to the one that hangs is under way from here on: it is not given up while the others are brought everything.
    scene.say("1", &to).await;
    assert_eq!(well.bodies(2).await, numbers(0..2));
    let shown = scene.empty(&well.name).await;
    assert_eq!((shown.failures, listed(&scene, &well.name).await.reason.as_str()), (0, ""));
    scene.until(&gone.name, |_, backlog| backlog == (0, 2)).await;
    scene.until(&busy.name, |peer, _| peer.failures == 1).await;
    scene.until(&unproven.host, |peer, _| peer.failures == 1).await;
    let still = listed(&scene, &hanging.name).await;
    assert_eq!((still.waiting, still.peer.failures, still.reason.as_str()), (2, 0, ""));

    let (away, now) = (listed(&scene, &busy.name).await, scene.world.ctx.now());
    assert_eq!((away.reason.as_str(), away.next()), ("the inbox answered with status 503", Some(now.plus_ms(600_000))));
    assert_eq!((away.waiting, away.lag_ms()), (2, Some(0)));
    let ended = listed(&scene, &gone.name).await;
    assert_eq!((ended.reason.as_str(), ended.given_up), ("the inbox answered with status 410", 2));
    let broken = listed(&scene, &unproven.host).await;
    assert!(broken.reason.starts_with("its certificate is not accepted: "), "{}", broken.reason);

    scene.until(&hanging.name, |peer, _| peer.failures == 1).await;
    assert_eq!(listed(&scene, &hanging.name).await.reason, "it did not answer in time");
}

#[tokio::test]
async fn whoever_found_no_lane_is_given_one_when_another_ends() {
    let scene = Scene::running().await;
    let mut hosts = Vec::new();
    // More than may be tried at the same time of those that were never reached.
    for _ in 0..80 {
        hosts.push(Host::sound().await);
    }
    let to: Vec<Address> = hosts.iter().map(|host| host.inbox("/inbox")).collect();
    scene.say("0", &to).await;
    // Nobody says anything more, and the next round comes later than a test waits.
    for host in &mut hosts {
        assert_eq!(host.bodies(1).await, numbers(0..1));
    }
}

#[tokio::test]
async fn what_is_due_again_is_brought_then_and_not_a_round_later() {
    let scene = Scene::running().await;
    let busy = |_: &str, number| if number == 0 { Reply::Busy { seconds: 1 } } else { Reply::Status(202) };
    let mut host = Host::start(busy).await;
    scene.say("0", &[host.inbox("/inbox")]).await;
    host.next().await;
    scene.until(&host.name, |peer, _| peer.failures == 1).await;
    // Nobody says anything: within the time that a test waits, no other look would find it.
    scene.world.hands.forward(1_000);
    assert_eq!(host.next().await.text(), "0");
    scene.empty(&host.name).await;
}

#[tokio::test]
async fn who_starts_finds_out_when_something_is_due_again() {
    let mut scene = Scene::new().await;
    let mut host = Host::sound().await;
    scene.say("0", &[host.inbox("/inbox")]).await;
    let (name, now) = (host.name.clone(), scene.world.ctx.now());
    let failure = peers::Failure {
        since: now,
        failures: 1,
        next: now.plus_ms(2_000),
        soonest: now.plus_ms(2_000),
        state: State::Open,
        error: "no",
    };
    scene.world.ctx.db().write(move |tx| peers::failed(tx, &name, &failure)).await.unwrap();
    // Another server's turn, which begins after the look at this one.
    let mut other = Host::sound().await;
    scene.say("0", &[other.inbox("/inbox")]).await;
    scene.run();
    other.next().await;
    assert!(host.is_silent());
    scene.world.hands.forward(2_000);
    assert_eq!(host.next().await.text(), "0");
}

#[tokio::test]
async fn what_was_given_up_is_kept_for_a_month_and_not_for_ever() {
    let scene = Scene::new().await;
    let ctx = &scene.world.ctx;
    let away = nobody().await;
    maintenance::schedule(ctx).await.unwrap();
    scene.say("given up", std::slice::from_ref(&away)).await;
    let host = away.host.clone();
    let give_up = move |tx: &mut storage::Write| -> storage::Result<bool> {
        let waiting = outbox::waiting(tx, &host, &[], 1)?;
        outbox::give_up(tx, waiting[0].id, "the inbox answered with status 400")
    };
    assert!(ctx.db().write(give_up).await.unwrap());
    scene.world.hands.forward(29 * 24 * 3_600_000);
    assert_eq!(maintenance::run_due(ctx).await.unwrap(), 0);
    scene.world.hands.forward(24 * 3_600_000 + 1);
    // The delivery, and what it was to bring.
    assert_eq!(maintenance::run_due(ctx).await.unwrap(), 2);
    assert_eq!(scene.peer(&away.host).await.1, (0, 0));
}

#[tokio::test]
async fn a_new_key_signs_at_once_and_followers_are_told() {
    let scene = Scene::running().await;
    let mut host = Host::sound().await;
    scene.follower(&host.inbox("/inbox")).await;
    let ana = Holder::Person(scene.world.ana.actor);
    let old = pairs::public(&scene.world.ctx, ana).await.unwrap();
    let whose = pair_keys::Whose::Account("ana".into());
    assert_eq!(pair_keys::rotate(&scene.world.ctx, whose).await.unwrap(), ["http://localhost:1/u/ana"]);
    let new = pairs::public(&scene.world.ctx, ana).await.unwrap();
    assert_ne!(old, new);
    let arrival = host.next().await;
    let said: serde_json::Value = serde_json::from_str(arrival.text()).unwrap();
    assert_eq!((&said["type"], &said["object"]["publicKey"]["publicKeyPem"]), (&"Update".into(), &new.as_str().into()));
    let rules = Rules::new(&format!("http://{}", host.name), Vec::new()).unwrap();
    let incoming = Incoming { method: "POST", target: &arrival.target, headers: &arrival.headers, body: &arrival.body };
    let claim = read(&incoming, &Here { origin: rules.ours(), now_ms: scene.world.ctx.now().0 }).unwrap();
    claim.verify(&PublicKey::from_pem(&new).unwrap()).unwrap();

    let all = pair_keys::rotate(&scene.world.ctx, pair_keys::Whose::All).await.unwrap();
    assert_eq!(all, ["http://localhost:1/u/ana"]);
    let server = pair_keys::rotate(&scene.world.ctx, pair_keys::Whose::Server).await.unwrap();
    assert_eq!(server, ["http://localhost:1/actor"]);
    let nobody = pair_keys::rotate(&scene.world.ctx, pair_keys::Whose::Board("nowhere".into())).await;
    assert_eq!(crate::world::refusal(nobody), "not-found");
}
