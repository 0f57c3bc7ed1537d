//! Coming in by forms, as a browser without script does: the set-up link, logging in and out, what outsiders are refused.

use rejoinder_tests::{Browser, Page, Server, Site};

pub const PASSWORD: &str = "four violins in the rain";

/// A site that was set up through its link, and the browser of its administrator, `ada`.
pub async fn set_up(site: &Site) -> (Server, Browser) {
    let server = site.start().await;
    let browser = server.browser();
    let page = browser.open(&setup_link(&server).await).await.expect(200);
    let fields = [
        ("instance", "The Well"),
        ("name", "ada"),
        ("password", PASSWORD),
        ("board", "talk"),
        ("title", "General talk"),
    ];
    let front = browser.press(&page, "form[action^='/setup/'] button", &fields).await.expect(200);
    assert_eq!(front.path, "/");
    (server, browser)
}

async fn setup_link(server: &Server) -> String {
    let line = server.stdout().line("/setup/").await.expect("no set-up link is printed");
    line.trim().to_owned()
}

/// A browser in which somebody has just joined.
pub async fn joined(server: &Server, name: &str) -> Browser {
    let browser = server.browser();
    let page = browser.open("/join?next=/about").await.expect(200);
    let page = browser.press(&page, JOIN, &[("name", name), ("password", PASSWORD)]).await.expect(200);
    assert_eq!((page.path.as_str(), corner(&page)), ("/about", Some(name.to_owned())));
    browser
}

const LOGIN: &str = "form[action='/login'] button";
const JOIN: &str = "form[action='/join'] button";
const LOGOUT: &str = "form[action='/logout'] button";

/// Who the page takes its reader for.
fn corner(page: &Page) -> Option<String> {
    page.texts(".who .me").into_iter().next()
}

async fn log_in(browser: &Browser, name: &str, password: &str) -> Page {
    let page = browser.open("/login").await.expect(200);
    browser.press(&page, LOGIN, &[("name", name), ("password", password)]).await
}

#[tokio::test]
async fn the_link_sets_the_instance_up_once() {
    let site = Site::new().await;
    let server = site.start().await;
    let link = setup_link(&server).await;
    let browser = server.browser();

    let page = browser.open(&link).await.expect(200);
    let short =
        [("instance", "The Well"), ("name", "ada"), ("password", "short"), ("board", "talk"), ("title", "Talk")];
    let again = browser.press(&page, "form[action^='/setup/'] button", &short).await.expect(422);
    assert!(again.text("[role=alert]").contains("5 characters are too few"), "{again:?}");
    let kept = again.fields("form[action^='/setup/'] button");
    for expected in [("name", "ada"), ("instance", "The Well"), ("board", "talk"), ("title", "Talk")] {
        assert!(kept.iter().any(|(name, value)| (name.as_str(), value.as_str()) == expected), "{kept:?}");
    }

    let front = browser.press(&again, "form[action^='/setup/'] button", &[("password", PASSWORD)]).await.expect(200);
    assert_eq!((front.path.as_str(), corner(&front).as_deref()), ("/", Some("ada")));
    assert_eq!(front.text(".brand"), "The Well");
    assert!(browser.open("/boards/new").await.answer.status.is_success(), "ada may make boards");
    let used = server.browser().open(&link).await.expect(404);
    assert!(used.text("main").contains("set-up link"), "{used:?}");

    // With an administrator there is no new link, neither at the next start nor for whoever asks on the machine: whoever used it would name
    // the place anew.
    server.stop().await;
    let server = site.start().await;
    let refused = site.run(&["setup-link"]).await.refusal(1);
    assert!(
        refused.contains("has an administrator already") && refused.contains("account role NAME admin"),
        "{refused}"
    );
    assert!(!server.stdout().text().contains("/setup/"));
    assert_eq!(log_in(&server.browser(), "Ada", PASSWORD).await.expect(200).path, "/");
}

#[tokio::test]
async fn a_fresh_link_takes_the_place_of_the_one_before_until_somebody_administers_the_instance() {
    let site = Site::new().await;
    let server = site.start().await;
    let first = site.run(&["setup-link"]).await.ok();
    assert!(first.starts_with("http://talk.test/setup/"), "{first}");
    let page = server.browser().open(&first).await.expect(200);
    assert_eq!(page.texts("form[action^='/setup/'] button"), ["Set it up"]);
    let second = site.run(&["setup-link"]).await.ok();
    server.browser().open(&first).await.expect(404);
    server.browser().open(&second).await.expect(200);
    let _ = site.run(&["account", "create", "ada"]).await.ok();
    let _ = site.run(&["account", "role", "ada", "admin"]).await.ok();
    server.browser().open(&second).await.expect(404);
}

#[tokio::test]
async fn a_name_that_a_board_cannot_have_is_said_at_the_board() {
    let site = Site::new().await;
    let server = site.start().await;
    let browser = server.browser();
    let page = browser.open(&setup_link(&server).await).await.expect(200);
    let fields =
        [("instance", "The Well"), ("name", "ada"), ("password", PASSWORD), ("board", "not a name"), ("title", "Talk")];
    let again = browser.press(&page, "form[action^='/setup/'] button", &fields).await.expect(422);
    assert_eq!(again.attributes("[role=alert] a", "href"), ["#board"], "{again:?}");
}

#[tokio::test]
async fn all_that_is_wrong_with_the_form_is_said_at_once() {
    let site = Site::new().await;
    let server = site.start().await;
    let browser = server.browser();
    let page = browser.open(&setup_link(&server).await).await.expect(200);
    let fields =
        [("instance", " "), ("name", "no spaces"), ("password", "short"), ("board", "not a name"), ("title", "Talk")];
    let again = browser.press(&page, "form[action^='/setup/'] button", &fields).await.expect(422);
    assert_eq!(again.attributes("[role=alert] a", "href"), ["#instance", "#name", "#password", "#board"], "{again:?}");
    assert!(again.text("[role=alert]").contains("write what this place is called"), "{again:?}");
}

#[tokio::test]
async fn sessions_begin_and_end() {
    let site = Site::new().await;
    let (server, ada) = set_up(&site).await;
    let bo = joined(&server, "bo").await;
    let page = bo.open("/").await.expect(200);
    assert_eq!(corner(&page).as_deref(), Some("bo"));
    let out = bo.press(&page, LOGOUT, &[]).await.expect(200);
    assert_eq!((out.path.as_str(), corner(&out)), ("/", None));
    assert_eq!(bo.open("/settings").await.expect(200).path, "/login?next=%2Fsettings");

    // A page that asks for a login is come back to.
    let login = bo.open("/settings").await;
    let settings = bo.press(&login, LOGIN, &[("name", "bo"), ("password", PASSWORD)]).await.expect(200);
    assert_eq!((settings.path.as_str(), settings.text("h1").as_str()), ("/settings", "Settings"));

    // A new password ends the other sessions and not this one.
    let elsewhere = server.browser();
    log_in(&elsewhere, "bo", PASSWORD).await.expect(200);
    let fields = [("current", PASSWORD), ("password", "a heron by the weir")];
    bo.press(&settings, "form[action='/settings/password'] button", &fields).await.expect(200);
    assert_eq!(corner(&bo.open("/").await).as_deref(), Some("bo"));
    assert_eq!(corner(&elsewhere.open("/").await), None);
    let old = log_in(&elsewhere, "bo", PASSWORD).await.expect(401);
    assert!(old.text("[role=alert]").contains("password"), "{old:?}");
    assert_eq!(corner(&ada.open("/").await).as_deref(), Some("ada"), "the sessions of others go on");

    // Sessions outlive the server.
    server.stop().await;
    let server = site.start().await;
    assert_eq!(corner(&bo.moved(server.address()).open("/").await).as_deref(), Some("bo"));
}

#[tokio::test]
async fn the_cookie_is_for_this_site_and_no_script() {
    let site = Site::new().await;
    let _ = site.run_with(&["account", "create", "ada", "--password-stdin"], &format!("{PASSWORD}\n")).await.ok();
    let fields = [("name", "ada"), ("password", PASSWORD)];

    let server = site.start().await;
    let answer = server.browser().post_from("http://talk.test", "/login", &fields).await.expect(303);
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("session=") && !cookie.contains("Secure"), "{cookie}");
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Max-Age="] {
        assert!(cookie.contains(part), "{cookie}");
    }
    server.stop().await;

    let site = site.set("SERVER__PUBLIC_URL", "https://talk.example");
    let server = site.start().await;
    let answer = server.browser().post_from("https://talk.example", "/login", &fields).await.expect(303);
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-session=") && cookie.contains("; Secure"), "{cookie}");
    assert!(answer.header("strict-transport-security").contains("max-age="), "{answer:?}");
}

#[tokio::test]
async fn pages_of_other_sites_can_send_nothing() {
    let site = Site::new().await;
    let (_server, ada) = set_up(&site).await;
    let forms: [(&str, &[(&str, &str)]); 4] = [
        ("/b/talk/submit", &[("title", "Not mine"), ("text", "Not mine either")]),
        ("/settings/about", &[("about", "defaced")]),
        ("/logout", &[]),
        ("/login", &[("name", "ada"), ("password", PASSWORD)]),
    ];
    for (path, fields) in forms {
        for origin in ["https://evil.example", "null", "http://talk.test.evil.example", "http://talk.test:81"] {
            let refused = ada.post_from(origin, path, fields).await.expect(403);
            assert!(refused.header("set-cookie").is_empty(), "{refused:?}");
        }
    }
    let front = ada.open("/").await.expect(200);
    assert_eq!(corner(&front).as_deref(), Some("ada"), "nobody was logged out");
    assert!(!front.answer.body.contains("Not mine"));
}

#[tokio::test]
async fn guessing_passwords_comes_to_an_end() {
    let site = Site::new().await.set("LIMITS__LOGIN_TRIES", "3").set("SERVER__TRUSTED_PROXIES", "127.0.0.1");
    let (server, ada) = set_up(&site).await;
    for _ in 0..5 {
        log_in(&server.browser(), "ada", PASSWORD).await.expect(200);
    }
    let guesser = server.browser();
    for guess in ["first guess", "second guess", "third guess"] {
        let page = log_in(&guesser, "ada", guess).await.expect(401);
        assert_eq!(corner(&page), None);
    }
    let stopped = log_in(&guesser, "ada", PASSWORD).await.expect(429);
    assert!(stopped.text("[role=alert]").contains("Too many"), "{stopped:?}");
    assert!(stopped.answer.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds > 0), "{stopped:?}");
    assert_eq!(corner(&ada.open("/").await).as_deref(), Some("ada"), "who is in stays in");
}
