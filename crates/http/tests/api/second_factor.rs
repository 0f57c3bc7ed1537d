//! The second factor of those who have a role.

use actions::account;
use aws_lc_rs::hmac;
use serde_json::{Value, json};

use crate::world::{Caller, PASSWORD, World};

/// What an authenticator shows after so many steps of the world's clock.
fn code(secret: &str, steps: i64) -> String {
    let five = |c: char| "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).unwrap();
    let bits: String = secret.chars().map(|c| format!("{:05b}", five(c))).collect();
    let bytes: Vec<u8> =
        bits.as_bytes().chunks(8).map(|eight| u8::from_str_radix(str::from_utf8(eight).unwrap(), 2).unwrap()).collect();
    let mac = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes),
        &(1_800_000_000 / 30 + steps).to_be_bytes(),
    );
    let at = usize::from(mac.as_ref()[19] & 0xf);
    let number = u32::from_be_bytes(mac.as_ref()[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

const PATH: &str = "/api/v1/me/second-factor";

fn otp(code: &str) -> Value {
    json!({ "otp": code })
}

fn own() -> Value {
    json!({ "password": PASSWORD })
}

async fn confirmed(who: &Caller) -> (String, Vec<Value>) {
    who.post(PATH, json!({ "password": "a guess of somebody" })).await.refused(401, "bad-credentials");
    let begun = who.post(PATH, own()).await.is(201);
    let secret = begun.text("/secret");
    assert_eq!(begun.text("/uri"), format!("otpauth://totp/talk.example:mo?secret={secret}&issuer=talk.example"));
    who.post(&format!("{PATH}/confirm"), otp("0")).await.refused(401, "bad-code");
    assert_eq!(who.get(PATH).await.is(200).text("/state"), "pending");
    let confirmed = who.post(&format!("{PATH}/confirm"), otp(&code(&secret, 0))).await.is(200);
    (secret, confirmed.at("/recovery_codes").as_array().unwrap().clone())
}

#[tokio::test]
async fn a_moderator_is_asked_for_a_code_that_works_once() {
    let world = World::new().await;
    account::set_password(&world.app.ctx, "mo", PASSWORD).await.unwrap();
    world.ana.post(PATH, own()).await.refused(403, "forbidden");
    world.mo.post(&format!("{PATH}/confirm"), otp("123456")).await.refused(409, "out-of-turn");
    let elsewhere = world.token("mo", domain::Scope::Write).await;
    elsewhere.get("/api/v1/me").await.is(200);
    let (secret, recovery) = confirmed(&world.mo).await;
    // Who had the password alone is not in any more.
    elsewhere.get("/api/v1/me").await.is(401);
    assert_eq!(world.mo.get(PATH).await.is(200).json(), json!({ "state": "on", "recovery_codes_left": 10 }));
    world.mo.post(PATH, own()).await.refused(409, "out-of-turn");

    let log_in = async |otp: Option<&str>| {
        let mut login = json!({ "name": "mo", "password": PASSWORD });
        if let Some(otp) = otp {
            login["otp"] = otp.into();
        }
        world.anon.post("/api/v1/sessions", login).await
    };
    log_in(None).await.refused(401, "second-factor-needed");
    log_in(Some(&code(&secret, 0))).await.refused(401, "bad-code");
    log_in(Some(&code(&secret, 2))).await.refused(401, "bad-code");
    log_in(Some(&code(&secret, 1))).await.is(201);
    log_in(Some(&code(&secret, 1))).await.refused(401, "bad-code");
    let rescue = recovery[3].as_str().unwrap();
    log_in(Some(&rescue.to_lowercase())).await.is(201);
    log_in(Some(rescue)).await.refused(401, "bad-code");
    assert_eq!(world.mo.get(PATH).await.is(200).at("/recovery_codes_left"), 9);

    world.mo.post(&format!("{PATH}/end"), otp("000000")).await.refused(401, "bad-code");
    world.mo.post(&format!("{PATH}/end"), otp(recovery[0].as_str().unwrap())).await.is(204);
    world.mo.post(&format!("{PATH}/end"), otp("")).await.is(204);
    log_in(None).await.is(201);
}

#[tokio::test]
async fn the_host_lets_in_who_has_lost_everything() {
    let world = World::new().await;
    account::set_password(&world.app.ctx, "mo", PASSWORD).await.unwrap();
    confirmed(&world.mo).await;
    account::set_password(&world.app.ctx, "mo", PASSWORD).await.unwrap();
    world.anon.post("/api/v1/sessions", json!({ "name": "mo", "password": PASSWORD })).await.is(201);
}

#[tokio::test]
async fn the_pages_set_it_up_ask_for_it_and_end_it() {
    let world = World::new().await;
    let ctx = &world.app.ctx;
    account::set_password(ctx, "mo", PASSWORD).await.unwrap();
    let mo = world.cookie(&account::log_in(ctx, "mo", PASSWORD, "").await.unwrap().secret);
    let wrong = mo.form("/settings/second-factor", &[("factor-password", "a guess")]).await.is(422).body();
    assert!(wrong.contains("id=\"factor-password-bad\"") && !wrong.contains("secret="), "{wrong}");
    let begun = mo.form("/settings/second-factor", &[("factor-password", PASSWORD)]).await.is(200).body();
    let secret = begun.split_once("secret=").unwrap().1.split_once('&').unwrap().0.to_owned();
    let confirm = "/settings/second-factor/confirm";
    mo.form(confirm, &[("otp", "000000")]).await.is(422);
    let codes = mo.form(confirm, &[("otp", &code(&secret, 0))]).await.is(200).body();
    assert!(codes.contains("Keep these recovery codes"), "{codes}");

    let (name, password) = (("name", "mo"), ("password", PASSWORD));
    let asked = world.anon.form("/login", &[name, password]).await.is(401).body();
    assert!(asked.contains("name=\"otp\"") && asked.contains("id=\"otp-bad\""), "{asked}");
    world.anon.form("/login", &[name, password, ("otp", &code(&secret, 1))]).await.is(303);

    assert!(mo.get("/settings").await.is(200).body().contains("Recovery codes left: 10"));
    world.hands.forward(60_000);
    let ended = mo.form("/settings/second-factor/end", &[("otp", &code(&secret, 2))]).await.is(200).body();
    assert!(ended.contains("switched off") && ended.contains("Set it up"), "{ended}");
}
