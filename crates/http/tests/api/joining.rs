//! Who may join: applications that an administrator decides about, invitations.

use std::num::NonZeroU32;

use actions::{Joining, maintenance, secrets};
use door::settings::Rates;
use serde_json::{Value, json};

use crate::world::{Caller, PASSWORD, PROOF_BITS, Wishes, World};

async fn world(joining: Joining) -> World {
    World::with(Wishes { joining, ..Wishes::default() }).await
}

fn login(name: &str) -> Value {
    json!({ "name": name, "password": PASSWORD })
}

async fn apply(world: &World, name: &str) {
    let new = json!({ "name": name, "password": PASSWORD, "answer": "The <tides>." });
    let applied = world.anon.post("/api/v1/accounts", new).await.is(202);
    assert_eq!((applied.text("/name"), applied.text("/state")), (name.to_owned(), "waiting".into()));
}

async fn decide(who: &Caller, name: &str, what: &str) -> crate::world::Answer {
    who.post(&format!("/api/v1/admin/accounts/{name}/{what}"), json!({ "reason": "looked at" })).await
}

async fn deeds(world: &World) -> Vec<Value> {
    world.anon.get("/api/v1/modlog").await.is(200).all("/items", "/deed")
}

#[tokio::test]
async fn who_has_applied_is_nobody_until_an_administrator_lets_them_in() {
    let world = world(Joining::Approval).await;
    let instance = world.anon.get("/api/v1/instance").await.is(200);
    assert_eq!(
        (instance.text("/registration"), instance.text("/question")),
        ("approval".into(), "What <brings> you here?".into())
    );
    assert_eq!(
        world.anon.post("/api/v1/accounts", login("Cy")).await.refused(422, "bad-field").text("/field"),
        "answer"
    );
    apply(&world, "Cy").await;

    world.anon.post("/api/v1/sessions", login("cy")).await.refused(403, "not-yet-approved");
    let wrong = json!({ "name": "cy", "password": "a wrong password" });
    world.anon.post("/api/v1/sessions", wrong).await.refused(401, "bad-credentials");
    world.anon.get("/api/v1/actors/cy").await.refused(404, "not-found");
    let again = json!({ "name": "cY", "password": PASSWORD, "answer": "Me too." });
    world.anon.post("/api/v1/accounts", again).await.refused(409, "name-taken");
    let board = json!({ "name": "cy", "title": "Cy" });
    world.admin.post("/api/v1/boards", board).await.refused(409, "name-taken");

    let waiting = world.admin.get("/api/v1/admin/accounts?state=waiting").await.is(200);
    assert_eq!(
        (waiting.all("/items", "/name"), waiting.text("/items/0/answer")),
        (vec!["Cy".into()], "The <tides>.".into())
    );
    decide(&world.mo, "cy", "approve").await.refused(403, "forbidden");
    for _ in 0..2 {
        let approved = decide(&world.admin, "cy", "approve").await.is(200);
        assert_eq!(
            (approved.text("/name"), approved.text("/state"), approved.text("/role")),
            ("Cy".into(), "active".into(), "member".into())
        );
        assert_eq!(approved.at("/answer"), Value::Null);
    }
    assert_eq!(deeds(&world).await, ["admit"]);
    decide(&world.admin, "cy", "reject").await.refused(409, "out-of-turn");
    world.anon.post("/api/v1/sessions", login("cy")).await.is(201);
    assert_eq!(
        world.admin.get("/api/v1/admin/accounts?state=waiting").await.is(200).all("/items", "/name"),
        [] as [Value; 0]
    );
    assert_eq!(world.admin.get("/api/v1/admin/accounts?limit=1").await.is(200).all("/items", "/name"), ["Cy"]);
}

#[tokio::test]
async fn who_is_turned_away_leaves_the_name_free() {
    let world = world(Joining::Approval).await;
    decide(&world.admin, "cy", "reject").await.refused(404, "not-found");
    apply(&world, "cy").await;
    for _ in 0..2 {
        let rejected = decide(&world.admin, "cy", "reject").await.is(200);
        assert_eq!((rejected.text("/state"), rejected.at("/answer")), ("rejected".into(), Value::Null));
    }
    assert_eq!(deeds(&world).await, ["turn-away"]);
    let log = world.anon.get("/modlog").await.is(200).body();
    assert!(
        log.contains("did not let in somebody who had applied")
            && !log.split(|c: char| !c.is_alphanumeric()).any(|word| word == "cy"),
        "{log}"
    );
    world.anon.post("/api/v1/sessions", login("cy")).await.refused(401, "bad-credentials");
    decide(&world.admin, "cy", "approve").await.refused(404, "not-found");
    apply(&world, "CY").await;
    assert_eq!(
        world.admin.get("/api/v1/admin/accounts?state=rejected").await.is(200).all("/items", "/name"),
        [] as [Value; 0]
    );
}

#[tokio::test]
async fn an_invitation_lets_in_as_many_as_it_says() {
    let world = world(Joining::Invitation).await;
    world.anon.post("/api/v1/accounts", login("cy")).await.refused(403, "invitation-needed");
    let path = "/api/v1/admin/invitations";
    for wrong in [json!({ "uses": 0, "reason": "" }), json!({ "days": 366, "reason": "" })] {
        world.admin.post(path, wrong).await.refused(422, "bad-field");
    }
    world.mo.post(path, json!({ "reason": "" })).await.refused(403, "forbidden");
    let issued = world.admin.post(path, json!({ "uses": 2, "days": 3, "reason": "friends" })).await.is(201);
    let (code, id) = (issued.text("/code"), issued.text("/id"));
    assert_eq!(issued.text("/url"), format!("https://talk.example/join?invitation={code}"));

    let invited = |name: &str, code: &str| json!({ "name": name, "password": PASSWORD, "invitation": code });
    let bad = world.anon.post("/api/v1/accounts", invited("cy", "guessed")).await.refused(422, "bad-field");
    assert_eq!(bad.text("/field"), "invitation");
    world.anon.post("/api/v1/accounts", invited("ana", &code)).await.refused(409, "name-taken");
    for name in ["cy", "dan"] {
        world.anon.post("/api/v1/accounts", invited(name, &code)).await.is(201);
    }
    world.anon.post("/api/v1/accounts", invited("eve", &code)).await.refused(422, "bad-field");

    let listed = world.admin.get(path).await.is(200);
    assert_eq!(
        (listed.text("/items/0/id"), listed.text("/items/0/by"), listed.at("/items/0/uses_left")),
        (id, "ida".into(), 0.into())
    );
    assert!(!listed.body().contains(&code), "{listed:?}");
    let accounts = world.admin.get("/api/v1/admin/accounts?limit=3").await.is(200);
    assert_eq!(accounts.all("/items", "/invited_by"), ["ida".into(), "ida".into(), Value::Null]);
    assert_eq!(deeds(&world).await, ["invite"]);
}

#[tokio::test]
async fn an_invitation_ends_by_its_day_or_by_being_revoked() {
    let world = world(Joining::Approval).await;
    let path = "/api/v1/admin/invitations";
    let issue = || async { world.admin.post(path, json!({ "uses": 9, "reason": "" })).await.is(201) };
    let invited = |name: &str, code: String| json!({ "name": name, "password": PASSWORD, "invitation": code });
    let first = issue().await;
    // It spares its bearer the question.
    world.anon.post("/api/v1/accounts", invited("cy", first.text("/code"))).await.is(201);
    let one = format!("{path}/{}", first.text("/id"));
    world.mo.delete(&one).await.refused(403, "forbidden");
    for _ in 0..2 {
        world.admin.delete(&one).await.is(204);
    }
    world.anon.post("/api/v1/accounts", invited("dan", first.text("/code"))).await.refused(422, "bad-field");
    let second = issue().await;
    world.hands.forward(7 * 24 * 3600 * 1000);
    world.anon.post("/api/v1/accounts", invited("eve", second.text("/code"))).await.refused(422, "bad-field");
    assert_eq!(deeds(&world).await, ["invite", "uninvite", "invite"]);
}

#[tokio::test]
async fn the_page_asks_the_question_and_says_that_somebody_will_look() {
    let world = world(Joining::Approval).await;
    let page = world.anon.get("/join").await.is(200).body();
    assert!(
        page.contains("What &#60;brings&#62; you here?") || page.contains("What &lt;brings&gt; you here?"),
        "{page}"
    );
    let (name, password) = (("name", "cy"), ("password", PASSWORD));
    let refused = world.anon.form("/join", &[name, password]).await.is(422).body();
    assert!(refused.contains("id=\"answer-bad\""), "{refused}");
    let waiting = world.anon.form("/join", &[name, password, ("answer", "Tides.")]).await.is(202);
    assert!(waiting.body().contains("Somebody will look at it") && waiting.header("set-cookie").is_empty());
    let login = world.anon.form("/login", &[name, password]).await.is(403).body();
    assert!(login.contains("waits for somebody who runs this instance"), "{login}");
    decide(&world.admin, "cy", "approve").await.is(200);
    world.anon.form("/login", &[name, password]).await.is(303);
}

#[tokio::test]
async fn the_page_of_an_invitation_carries_its_code() {
    let world = world(Joining::Invitation).await;
    assert!(world.anon.get("/join").await.is(200).body().contains("name=\"invitation\""));
    let issued = world.admin.post("/api/v1/admin/invitations", json!({ "reason": "" })).await.is(201);
    let code = issued.text("/code");
    let page = world.anon.get(&format!("/join?invitation={code}")).await.is(200).body();
    assert!(page.contains(&format!("value=\"{code}\"")), "{page}");
    let (name, password) = (("name", "cy"), ("password", PASSWORD));
    let refused = world.anon.form("/join", &[name, password]).await.is(422).body();
    assert!(refused.contains("needs an invitation"), "{refused}");
    let joined = world.anon.form("/join", &[name, password, ("invitation", &code)]).await.is(303);
    assert!(joined.header("set-cookie").starts_with("__Host-session="), "{joined:?}");
}

/// A number that meets a challenge of [`PROOF_BITS`].
pub fn proof(challenge: &str) -> String {
    assert_eq!(PROOF_BITS, 8);
    let meets = |number: &u32| secrets::digest(&format!("{challenge}.{number}"))[0] == 0;
    (0..).find(meets).unwrap().to_string()
}

/// A number that does not.
fn no_proof(challenge: &str) -> String {
    let fails = |number: &u32| secrets::digest(&format!("{challenge}.{number}"))[0] != 0;
    (0..).find(fails).unwrap().to_string()
}

/// An open instance where one may join from an address without a proof of work.
async fn wary() -> World {
    let rates = Rates { address_unproven_joins: NonZeroU32::new(1), ..Rates::default() };
    World::with(Wishes { rates, ..Wishes::default() }).await
}

#[tokio::test]
async fn who_shows_a_proof_of_work_joins_where_others_have_to_wait() {
    let world = wary().await;
    world.anon.post("/api/v1/accounts", login("cy")).await.is(201);
    let waits = world.anon.post("/api/v1/accounts", login("dan")).await.refused(429, "throttled");
    assert!(waits.header("retry-after").parse::<u64>().unwrap() > 3600);
    let issue = || async { world.anon.post("/api/v1/accounts/challenge", json!({})).await.is(201) };
    let shown = |name: &str, challenge: &str, proof: &str| json!({ "name": name, "password": PASSWORD, "challenge": challenge, "proof": proof });
    let challenge = issue().await.text("/challenge");
    let proof_of_it = proof(&challenge);
    world
        .anon
        .post("/api/v1/accounts", shown("dan", &challenge, &no_proof(&challenge)))
        .await
        .refused(429, "throttled");
    world.anon.post("/api/v1/accounts", shown("dan", &challenge, &proof_of_it)).await.is(201);
    // It counts once, for an hour, and is ours.
    world.anon.post("/api/v1/accounts", shown("eve", &challenge, &proof_of_it)).await.refused(429, "throttled");
    let own = format!("9999999999999.0.x.{challenge}");
    world.anon.post("/api/v1/accounts", shown("eve", &own, &proof(&own))).await.refused(429, "throttled");
    let late = issue().await.text("/challenge");
    world.hands.forward(3600 * 1000);
    world.anon.post("/api/v1/accounts", shown("eve", &late, &proof(&late))).await.refused(429, "throttled");
}

#[tokio::test]
async fn the_page_works_without_a_script_and_has_a_challenge_for_one() {
    let world = wary().await;
    let page = world.anon.get("/join").await.is(200).body();
    let challenge = page.split_once("name=\"challenge\" value=\"").unwrap().1.split_once('"').unwrap().0;
    let password = ("password", PASSWORD);
    world
        .anon
        .form("/join", &[("name", "cy"), password, ("challenge", challenge), ("proof", &no_proof(challenge))])
        .await
        .is(303);
    let unproven = [("name", "dan"), password];
    assert!(world.anon.form("/join", &unproven).await.is(422).body().contains("Too many attempts"));
    let proven = [("name", "dan"), password, ("challenge", challenge), ("proof", &proof(challenge))];
    world.anon.form("/join", &proven).await.is(303);
}

#[tokio::test]
async fn what_nobody_sees_is_filled_in_by_nobody() {
    let world = World::new().await;
    assert!(world.anon.get("/join").await.is(200).body().contains("name=\"website\" tabindex=\"-1\""));
    let bot = [("name", "cy"), ("password", PASSWORD), ("website", "https://cheap.example")];
    let refused = world.anon.form("/join", &bot).await.is(422).body();
    assert!(refused.contains("Leave the field empty that says so"), "{refused}");
    world.anon.get("/api/v1/actors/cy").await.refused(404, "not-found");
}

#[tokio::test]
async fn a_name_that_is_taken_does_not_count_as_joining() {
    let rates = Rates { address_joins_of_a_day: NonZeroU32::new(1), ..Rates::default() };
    for joining in [Joining::Open, Joining::Approval] {
        let world = World::with(Wishes { joining, rates, ..Wishes::default() }).await;
        let new = |name: &str| json!({ "name": name, "password": PASSWORD, "answer": "The tides." });
        for _ in 0..3 {
            world.anon.post("/api/v1/accounts", new("ana")).await.refused(409, "name-taken");
        }
        let joined = world.anon.post("/api/v1/accounts", new("cy")).await;
        assert!(joined.status.is_success(), "{joined:?}");
        world.anon.post("/api/v1/accounts", new("dan")).await.refused(429, "throttled");
    }
}

#[tokio::test]
async fn nobody_can_apply_while_too_many_wait() {
    let world = world(Joining::Approval).await;
    let most = actions::joining::MOST_WAITING;
    let ctx = world.app.ctx.clone();
    let stored = world.app.ctx.db().write(move |tx| {
        for number in 0..most {
            let application = storage::applications::Application {
                id: ctx.id(),
                name: format!("person{number}"),
                password: String::new(),
                answer: "The tides.".into(),
                state: storage::applications::State::Waiting,
                created: ctx.now(),
            };
            storage::applications::insert(tx, &application)?;
        }
        Ok::<_, storage::Error>(())
    });
    stored.await.unwrap();
    let new = json!({ "name": "cy", "password": PASSWORD, "answer": "The tides." });
    let refused = world.anon.post("/api/v1/accounts", new.clone()).await.refused(429, "applications-full");
    assert!(refused.body().contains("ends after 30 days"), "{refused:?}");
    let fields = [("name", "cy"), ("password", PASSWORD), ("answer", "The tides.")];
    let page = world.anon.form("/join", &fields).await.is(422).body();
    assert!(page.contains("nobody else can apply at the moment") && page.contains("The tides."), "{page}");
    decide(&world.admin, "person7", "reject").await.is(200);
    world.anon.post("/api/v1/accounts", new.clone()).await.is(202);
    let next = json!({ "name": "dan", "password": PASSWORD, "answer": "The tides." });
    world.anon.post("/api/v1/accounts", next.clone()).await.refused(429, "applications-full");
    maintenance::schedule(&world.app.ctx).await.unwrap();
    world.hands.forward(31 * 24 * 3_600_000);
    maintenance::run_due(&world.app.ctx).await.unwrap();
    for applicant in [next, new] {
        world.anon.post("/api/v1/accounts", applicant).await.is(202);
    }
}
