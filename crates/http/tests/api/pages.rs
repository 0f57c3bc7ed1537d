//! Pages through the whole door, where it matters what the door does to them: what was written is kept, whoever refuses it.

use std::num::NonZeroU32;

use actions::account;
use door::settings::Rates;

use crate::world::{Caller, Wishes, World};

/// Somebody who is logged in by a browser.
async fn browser(world: &World, name: &str) -> Caller {
    let ctx = &world.app.ctx;
    account::set_password(ctx, name, "four violins in the rain").await.unwrap();
    world.cookie(&account::log_in(ctx, name, "four violins in the rain", "").await.unwrap().secret)
}

#[tokio::test]
async fn a_thread_whose_title_has_no_letters_is_reached_by_every_link() {
    let world = World::new().await;
    let thread = world.thread("👍 ???").await;
    world.reply(&world.bo, &thread, "Indeed.").await;
    for page in [world.anon.get("/").await.body(), world.anon.get(&format!("/t/{thread}")).await.is(200).body()] {
        assert!(!page.contains(&format!("/t/{thread}/\"")) && !page.contains(&format!("/t/{thread}/?")), "{page}");
    }
    world.anon.get(&format!("/t/{thread}?sort=new")).await.is(200);
    world.ana.delete(&format!("/api/v1/comments/{thread}")).await.is(204);
    let page = world.anon.get(&format!("/t/{thread}")).await.is(200).body();
    assert!(page.contains(&format!("href=\"/t/{thread}?sort=new\"")), "{page}");
    assert!(!page.contains(">locked<") && page.contains("The comments still take replies."), "{page}");
}

#[tokio::test]
async fn what_was_written_comes_back_from_whoever_refuses_it() {
    let rates = Rates { account_writes: NonZeroU32::new(1), address_writes: NonZeroU32::new(1), ..Rates::default() };
    let world = World::with(Wishes { rates, ..Wishes::default() }).await;
    let ana = browser(&world, "ana").await;
    let path = "/b/talk/submit";
    ana.form(path, &[("title", "First"), ("text", "x")]).await.is(303);
    let refused = ana.form(path, &[("title", "Second <thread>"), ("text", "many\nwords")]).await.is(429);
    assert!(refused.body().contains("Second &lt;thread&gt;") && refused.body().contains("many\nwords"));
    assert!(!refused.header("retry-after").is_empty());
    // Also what is carried through logging in; but never a password.
    let login = [("name", "ana"), ("password", "a secret of mine"), ("kept:text", "carried words")];
    world.anon.form("/login", &login).await.is(401);
    let refused = world.anon.form("/login", &login).await.is(429).body();
    assert!(refused.contains("carried words") && !refused.contains("a secret of mine"), "{refused}");
}

#[tokio::test]
async fn what_another_site_sends_is_not_shown() {
    let world = World::new().await;
    let ana = browser(&world, "ana").await;
    let request = ana
        .request(axum::http::Method::POST, "/b/talk/submit")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("content-length", "15");
    let mut request = request.body(axum::body::Body::from("title=Their+own")).unwrap();
    request.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    let refused = ana.send(request).await.is(403).body();
    assert!(!refused.contains("Their own"), "{refused}");
}

#[tokio::test]
async fn a_form_that_is_too_large_is_refused_in_words() {
    let world = World::new().await;
    let ana = browser(&world, "ana").await;
    let long = "x".repeat(crate::world::BODY + 1);
    let refused = ana.form("/b/talk/submit", &[("title", "Long"), ("text", &long)]).await.is(413).body();
    assert!(refused.contains("it may hold at most"), "{refused}");
}

#[tokio::test]
async fn an_edit_in_a_second_tab_does_not_overwrite_the_first() {
    let world = World::new().await;
    let thread = world.thread("Tabs").await;
    let id = world.reply(&world.ana, &thread, "before").await;
    let ana = browser(&world, "ana").await;
    let path = format!("/c/{id}/edit");
    let form = ana.get(&path).await.is(200).body();
    assert!(form.contains("name=\"of\" value=\"0\""), "{form}");
    world.hands.forward(1000);
    ana.form(&path, &[("text", "from the first tab"), ("of", "0")]).await.is(303);
    let second = ana.form(&path, &[("text", "from the second tab"), ("of", "0")]).await.is(422).body();
    assert!(second.contains("from the second tab") && second.contains("role=\"alert\""), "{second}");
    assert_eq!(world.anon.get(&format!("/api/v1/comments/{id}/source")).await.text("/text"), "from the first tab");
}

#[tokio::test]
async fn a_session_that_is_used_gets_a_fresh_cookie() {
    let world = World::new().await;
    let ana = browser(&world, "ana").await;
    assert_eq!(ana.get("/settings").await.is(200).header("set-cookie"), "");
    world.hands.forward(2 * 24 * 3600 * 1000);
    assert!(ana.get("/settings").await.is(200).header("set-cookie").starts_with("__Host-session="));
    assert_eq!(ana.get("/settings").await.is(200).header("set-cookie"), "", "once a day is enough");
}

#[tokio::test]
async fn joins_that_fail_do_not_count_as_joins() {
    let rates = Rates { address_joins: NonZeroU32::new(1), ..Rates::default() };
    let world = World::with(Wishes { rates, ..Wishes::default() }).await;
    for _ in 0..3 {
        world.anon.form("/join", &[("name", "cleo"), ("password", "short")]).await.is(422);
    }
    world.anon.form("/join", &[("name", "cleo"), ("password", "four violins in the rain")]).await.is(303);
    world.anon.form("/join", &[("name", "dora"), ("password", "four violins in the rain")]).await.is(422);
}

#[tokio::test]
async fn worthless_tokens_are_counted_against_where_they_come_from() {
    let rates = Rates { address_reads: NonZeroU32::new(2), ..Rates::default() };
    let world = World::with(Wishes { rates, ..Wishes::default() }).await;
    let guess = world.bearer("a guess");
    for _ in 0..2 {
        guess.get("/api/v1/me").await.is(401);
    }
    guess.get("/api/v1/me").await.refused(429, "throttled");
}
