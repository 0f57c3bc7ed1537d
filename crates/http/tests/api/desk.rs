//! The pages of those who run the place: who is let into which, and what can be done there without a script.

use actions::hosting::By;
use actions::staffing::{Appointment, appoint};
use actions::{Joining, account};
use domain::rights::Right;
use domain::{Level, Role};
use door::web::admin::PAGES;
use serde_json::json;

use crate::peer::Peer;
use crate::world::{Answer, Caller, PASSWORD, Wishes, World};

/// Somebody who is logged in by a browser.
pub async fn browser(world: &World, name: &str) -> Caller {
    let ctx = &world.app.ctx;
    account::set_password(ctx, name, PASSWORD).await.unwrap();
    world.cookie(&account::log_in(ctx, name, PASSWORD, "").await.unwrap().secret)
}

async fn with_role(world: &World, name: &str, role: Role, boards: Option<&str>) -> Caller {
    let ctx = &world.app.ctx;
    account::create(ctx, name, Some(PASSWORD), Role::Member, None).await.unwrap();
    let boards = boards.map(|board| vec![board.to_owned()]);
    appoint(ctx, &By::Host, name, Appointment { role, boards }, "").await.unwrap();
    browser(world, name).await
}

async fn page(who: &Caller, path: &str) -> Answer {
    who.get_with(path, "accept", "text/html").await
}

/// The links of the navigation of a page.
fn navigation(page: &str) -> Vec<&'static str> {
    let nav = page.split("aria-label=\"Running this place\"").nth(1).and_then(|rest| rest.split("</nav>").next());
    let nav = nav.unwrap_or_default();
    let links = PAGES.iter().filter(|(path, ..)| nav.contains(&format!("href=\"{path}\"")));
    links.map(|(path, ..)| *path).collect()
}

#[tokio::test]
async fn each_page_is_for_those_who_have_its_right_and_so_is_its_link() {
    let world = World::new().await;
    let people = [
        ("a reader", browser(&world, "bo").await, Role::Member),
        ("a helper", with_role(&world, "hal", Role::Helper, None).await, Role::Helper),
        ("a board's helper", with_role(&world, "hob", Role::Helper, Some("talk")).await, Role::Helper),
        ("a board's moderator", with_role(&world, "tom", Role::Moderator, Some("talk")).await, Role::Moderator),
        ("a moderator", browser(&world, "mo").await, Role::Moderator),
        ("an administrator", browser(&world, "ida").await, Role::Admin),
    ];
    for (path, title, right) in PAGES {
        let asked = page(&world.anon, path).await.is(303);
        assert!(asked.header("location").starts_with("/login?next="), "nobody: {path}");
        for (who, caller, role) in &people {
            let may = |right: &Right| *role >= right.grant().role;
            let answer = page(caller, path).await;
            assert_eq!(answer.status.as_u16(), if may(right) { 200 } else { 403 }, "{who}: {path}");
            if may(right) {
                let body = answer.body();
                assert!(body.contains(&format!("aria-current=\"page\">{title}")), "{who}: {path}: {body}");
                let theirs: Vec<_> = PAGES.iter().filter(|(.., right)| may(right)).map(|(path, ..)| *path).collect();
                assert_eq!(navigation(&body), theirs, "{who}: {path}");
            }
        }
    }
}

/// Where a form of these pages is sent to, with what it sends, and the right that it asks for.
const FORMS: &[(&str, &[(&str, &str)])] = &[
    ("/admin/accounts/bo", &[("do", "approve")]),
    ("/admin/accounts/bo/role", &[("role", "admin")]),
    ("/admin/invitations", &[("uses", "1"), ("days", "7")]),
    ("/admin/invitations/7", &[("do", "revoke")]),
    ("/admin/boards/talk", &[("title", "Ours now")]),
    ("/admin/rules", &[("document", "{\"rules\":[]}"), ("of", "0")]),
    ("/admin/peers/import", &[("list", "evil.example")]),
    ("/admin/peers/evil.example", &[("do", "pause")]),
    ("/admin/peers/evil.example/policy", &[("level", "block")]),
    ("/admin/inbox/7", &[("do", "replay")]),
    ("/admin/deliveries/7", &[("do", "skip")]),
    ("/admin/settings", &[("name", "Ours now"), ("rules", "")]),
    ("/admin/accounts/bo/sessions", &[("do", "end-all")]),
    ("/admin/blocklists", &[("url", "https://lists.example/hosts.csv")]),
    ("/admin/blocklists/7", &[("do", "unsubscribe")]),
    ("/admin/preserved", &[("comment", "7"), ("reason", "a court asks")]),
    ("/admin/preserved/7", &[("do", "prolong"), ("days", "30")]),
    ("/admin/webhooks", &[("url", "https://told.example/")]),
    ("/admin/webhooks/7", &[("do", "remove")]),
];

/// The same of those that moderators send.
const FORMS_OF_MODERATORS: &[(&str, &[(&str, &str)])] = &[
    ("/admin/actors/mo", &[("do", "suspend")]),
    ("/admin/appeals/7", &[("do", "grant-appeal")]),
    ("/admin/notices/7", &[("do", "remove")]),
    ("/admin/queue/7", &[("do", "approve"), ("list", "held")]),
    ("/admin/threads/7", &[("do", "pin")]),
];

#[tokio::test]
async fn no_form_is_taken_from_others() {
    let world = World::new().await;
    let (bo, mo) = (browser(&world, "bo").await, browser(&world, "mo").await);
    for (path, fields) in FORMS {
        world.anon.form(path, fields).await.is(401);
        for who in [&bo, &mo] {
            let refused = who.form(path, fields).await.is(403).body();
            assert!(refused.contains("You may not"), "{path}: {refused}");
        }
    }
    let thread = world.thread("Something").await;
    for (path, fields) in FORMS_OF_MODERATORS {
        let path = path.replace("/7", &format!("/{thread}"));
        world.anon.form(&path, fields).await.is(401);
        let refused = bo.form(&path, fields).await.is(403).body();
        assert!(refused.contains("You may not"), "{path}: {refused}");
    }
    let pages = ["/admin/accounts/bo", "/admin/boards/talk", "/admin/peers/evil.example", "/admin/peers/import"];
    for path in pages.into_iter().chain(["/admin/peers/export"]) {
        page(&mo, path).await.is(403);
        page(&world.anon, path).await.is(303);
    }
    assert_eq!(world.anon.get("/api/v1/instance").await.text("/name"), "Talk about it");
}

#[test]
fn every_form_of_the_desk_is_among_those_that_are_sent_by_others() {
    let routes = include_str!("../../src/web/admin/mod.rs").lines().filter(|line| line.trim().starts_with(".route("));
    let taken: Vec<&str> = routes
        .filter(|line| line.contains(" post(") || line.contains(" form("))
        .filter_map(|line| line.split('"').nth(1))
        .collect();
    assert!(taken.len() > 15, "{taken:?}");
    for path in taken {
        let is = |known: &str| {
            let (path, known) = (path.split('/'), known.split('/'));
            path.clone().count() == known.clone().count()
                && path.zip(known).all(|(part, known)| part.starts_with('{') || part == known)
        };
        assert!(FORMS.iter().chain(FORMS_OF_MODERATORS).any(|(known, _)| is(known)), "{path}");
    }
}

#[tokio::test]
async fn an_application_is_decided_where_it_is_shown_and_only_the_one_that_was_looked_at() {
    let world = World::with(Wishes { joining: Joining::Approval, ..Wishes::default() }).await;
    let ida = browser(&world, "ida").await;
    let apply = async |answer: &str| {
        let fields = [("name", "cy"), ("password", PASSWORD), ("answer", answer)];
        world.anon.form("/join", &fields).await.is(202);
        let list = world.admin.get("/api/v1/admin/accounts?state=waiting").await.is(200);
        list.text("/items/0/application")
    };
    let first = apply("I like <tides>.").await;
    let list = page(&ida, "/admin/accounts?state=waiting").await.is(200).body();
    assert!(list.contains("I like &lt;tides&gt;.") && list.contains("<b class=\"mark fresh\">1<span"), "{list}");
    let back = ("back", "/admin/accounts?state=waiting");
    let decide = |word: &'static str, id: String| {
        let ida = &ida;
        async move {
            let fields = [("do", word), ("application", &*id), ("reason", "looked at"), back];
            ida.form("/admin/accounts/cy", &fields).await
        }
    };
    let away = decide("reject", first.clone()).await.is(303);
    assert_eq!(away.header("location"), "/admin/accounts?state=waiting&said=reject");
    let second = apply("Somebody else.").await;
    let late = decide("approve", first.clone()).await.is(409).body();
    assert!(late.contains("changed in the meantime") && late.contains("Somebody else."), "{late}");
    let by_name = json!({ "reason": "", "application": first });
    world.admin.post("/api/v1/admin/accounts/cy/approve", by_name).await.refused(409, "conflict");
    decide("approve", second).await.is(303);
    let found = page(&ida, "/admin/accounts?name=CY").await.is(200).body();
    assert!(found.contains("href=\"/admin/accounts/cy\""), "{found}");
    assert!(!page(&ida, "/admin").await.body().contains("mark fresh"), "nobody waits");
}

#[tokio::test]
async fn an_invitation_is_shown_once_and_can_be_revoked() {
    let world = World::with(Wishes { joining: Joining::Invitation, ..Wishes::default() }).await;
    let ida = browser(&world, "ida").await;
    let wrong = ida.form("/admin/invitations", &[("uses", "many"), ("days", "7")]).await.is(422).body();
    assert!(wrong.contains("Choose from 1 to 1000"), "{wrong}");
    let made = ida.form("/admin/invitations", &[("uses", "2"), ("days", "7"), ("reason", "friends")]).await.is(200);
    let code = made.body().split("/join?invitation=").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let list = page(&ida, "/admin/invitations").await.body();
    assert!(!list.contains(&code) && list.contains("By ida") && list.contains("2 may join"), "{list}");
    let fields = |name: &'static str| [("name", name), ("password", PASSWORD), ("invitation", &*code)];
    world.anon.form("/join", &fields("cy")).await.is(303);
    let path = format!("/admin/invitations/{}", world.admin.get("/api/v1/admin/invitations").await.text("/items/0/id"));
    for told in ["worth nothing from now on", "Nothing was done: it was used up"] {
        let done = ida.form(&path, &[("do", "revoke")]).await.is(303);
        assert!(page(&ida, done.header("location")).await.body().contains(told), "{told}");
    }
    world.anon.form("/join", &fields("dan")).await.is(422);
    assert!(page(&ida, "/admin/accounts").await.body().contains("invited by ida"));
}

#[tokio::test]
async fn a_role_is_given_on_a_page() {
    let world = World::new().await;
    let ida = browser(&world, "ida").await;
    let path = "/admin/accounts/bo/role";
    let wrong = ida.form(path, &[("role", "helper"), ("boards", "nowhere")]).await.is(422).body();
    assert!(wrong.contains("There is no board") && wrong.contains("value=\"nowhere\""), "{wrong}");
    ida.form(path, &[("role", "helper"), ("boards", "talk"), ("reason", "knows it")]).await.is(303);
    let shown = page(&ida, "/admin/accounts/bo").await.is(200).body();
    assert!(shown.contains("helper on talk"), "{shown}");
    let staff = page(&ida, "/admin/accounts?state=staff").await.is(200).body();
    assert!(staff.contains("<span dir=\"auto\">on talk</span>") && staff.contains("on all boards"), "{staff}");
    page(&ida, "/admin/accounts/nobody").await.is(404);
}

#[tokio::test]
async fn rules_are_tried_before_they_are_set_and_nothing_else_is_set() {
    let world = World::new().await;
    let ida = browser(&world, "ida").await;
    let thread = world.thread("Kettles").await;
    world.reply(&world.bo, &thread, "Buy kettles.").await;
    let document = r#"{"rules":[{"name":"selling","effect":"hold","when":{"words":["buy"]}}]}"#;
    let tried = ida.form("/admin/rules", &[("document", document), ("of", "0")]).await.is(200).body();
    assert!(tried.contains("an effect on 1.") && tried.contains("selling"), "{tried}");
    let digest = tried.split("name=\"tried\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let set = |document: &'static str, of: &'static str| {
        let (ida, digest) = (&ida, digest.clone());
        let fields = [("document", document), ("of", of), ("tried", &*digest), ("intent", "set")]
            .map(|(a, b)| (a, b.to_owned()));
        async move {
            let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
            ida.form("/admin/rules", &fields).await
        }
    };
    // What was changed after it was tried is tried first.
    set(r#"{"rules":[]}"#, "0").await.is(200);
    assert_eq!(world.admin.get("/api/v1/admin/rules").await.at("/rules"), json!([]));
    let saved = set(document, "0").await.is(303);
    assert_eq!(saved.header("location"), "/admin/rules?said=rules");
    assert_eq!(world.admin.get("/api/v1/admin/rules").await.text("/rules/0/name"), "selling");
    let late = set(document, "0").await.is(422).body();
    assert!(late.contains("changed in the meantime"), "{late}");
    let wrong = ida.form("/admin/rules", &[("document", "{\"rule\":1}"), ("of", "1")]).await.is(422).body();
    assert!(wrong.contains("unknown field") && wrong.contains("id=\"document-bad\""), "{wrong}");
}

#[tokio::test]
async fn a_list_of_servers_is_looked_at_before_it_is_taken_over() {
    let world = World::new().await;
    let ida = browser(&world, "ida").await;
    let list = "#domain,#severity\nevil.example,suspend\nloud.example,silence\n";
    let seen = ida.form("/admin/peers/import", &[("list", list)]).await.is(200).body();
    assert!(seen.contains("2 new") && seen.contains("evil.example") && seen.contains("new: limit"), "{seen}");
    let digest = seen.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let take = [("list", "other.example"), ("seen", digest), ("intent", "take")];
    assert!(ida.form("/admin/peers/import", &take).await.is(200).body().contains("Nothing was changed yet"));
    // A browser ends lines otherwise.
    let sent = list.replace('\n', "\r\n");
    let take = [("list", &*sent), ("seen", digest), ("intent", "take"), ("reason", "a friend has it")];
    assert!(ida.form("/admin/peers/import", &take).await.is(200).body().contains("Taken over: 2 new"));
    let ours = page(&ida, "/admin/peers/export").await.is(200);
    assert!(ours.header("content-disposition").contains("servers.csv") && ours.body().contains("evil.example"));
    let one = page(&ida, "/admin/peers/evil.example").await.is(200).body();
    assert!(one.contains("blocked") && !one.contains("other.example"), "{one}");
    assert!(page(&ida, "/admin/log").await.is(200).body().contains("a friend has it"));
    let change = [("level", "hold"), ("covers", "host"), ("reason", "better now")];
    ida.form("/admin/peers/evil.example/policy", &change).await.is(303);
    assert!(page(&ida, "/admin/peers/evil.example").await.body().contains("better now"));
    let unknown = ida.form("/admin/peers/evil.example/policy", &[("level", "adore")]).await.is(422).body();
    assert!(unknown.contains("Choose one of the list"), "{unknown}");
}

#[tokio::test]
async fn a_server_that_was_never_met_is_shown_as_it_is_dealt_with() {
    let world = World::new().await;
    let ida = browser(&world, "ida").await;
    let block = [("level", "block"), ("covers", "subdomains"), ("reason", "spam")];
    ida.form("/admin/peers/evil.example/policy", &block).await.is(303);
    let below = page(&ida, "/admin/peers/sub.evil.example").await.is(200).body();
    assert!(below.contains("blocked") && below.contains("<option value=\"block\" selected>"), "{below}");
    let other = page(&ida, "/admin/peers/Other.example").await.is(200).body();
    assert!(other.contains("allowed") && other.contains("/admin/peers/other.example"), "{other}");
    let wrong = page(&ida, "/admin/peers/%68ttps%3A%2F%2Fevil.example").await.is(422).body();
    assert!(wrong.contains("is no host name"), "{wrong}");

    let world = World::with(Wishes { unlisted: Level::Reject, ..Wishes::default() }).await;
    let unlisted = page(&browser(&world, "ida").await, "/admin/peers/other.example").await.is(200).body();
    assert!(unlisted.contains("rejected") && unlisted.contains("<option value=\"reject\" selected>"), "{unlisted}");
}

#[tokio::test]
async fn what_a_form_leaves_out_is_not_decided_by_the_page() {
    let world = World::with(Wishes { joining: Joining::Approval, ..Wishes::default() }).await;
    let ida = browser(&world, "ida").await;
    world.anon.form("/join", &[("name", "cy"), ("password", PASSWORD), ("answer", "Tides.")]).await.is(202);
    for application in ["", "first"] {
        let fields = [("do", "approve"), ("application", application), ("back", "/admin/accounts?state=waiting")];
        let refused = ida.form("/admin/accounts/cy", &fields).await.is(422).body();
        assert!(refused.contains("which application is meant") && refused.contains("Tides."), "{refused}");
    }
    let waiting = world.admin.get("/api/v1/admin/accounts?state=waiting").await.is(200);
    assert_eq!(waiting.all("/items", "/name"), ["cy"]);
    let refused = ida.form("/admin/accounts/bo/role", &[("role", "moderator"), ("boards", " , ")]).await.is(422).body();
    assert!(refused.contains("Name one at least") && refused.contains("value=\" , \""), "{refused}");
    assert!(page(&ida, "/admin/accounts/bo").await.body().contains("<dd dir=\"auto\">member</dd>"));
}

#[tokio::test]
async fn a_board_keeps_its_title_and_the_form_what_was_typed() {
    let world = World::new().await;
    let ida = browser(&world, "ida").await;
    for blank in ["", " ", "\u{200b}"] {
        let refused = world.admin.patch("/api/v1/boards/talk", json!({ "title": blank })).await;
        assert_eq!(refused.refused(422, "text-refused").text("/field"), "title");
        ida.form("/admin/boards/talk", &[("title", blank), ("slow_seconds", "0")]).await.is(422);
    }
    let fields = [("title", "Talk"), ("description", "Of <kettles>"), ("slow_seconds", "half a minute")];
    let refused = ida.form("/admin/boards/talk", &fields).await.is(422).body();
    for words in ["Say how many seconds", "value=\"half a minute\"", "Of &lt;kettles&gt;"] {
        assert!(refused.contains(words), "{words}: {refused}");
    }
    ida.form("/admin/boards/talk", &[("title", "Talk"), ("slow_seconds", " 30 ")]).await.is(303);
    assert_eq!(world.anon.get("/api/v1/boards/talk").await.is(200).at("/slow_seconds"), 30);
}

#[tokio::test]
async fn a_thread_is_managed_on_a_page_by_those_who_may_on_its_board() {
    let world = World::new().await;
    world.admin.post("/api/v1/boards", json!({ "name": "garden", "title": "Garden" })).await.is(201);
    let (mo, bo) = (browser(&world, "mo").await, browser(&world, "bo").await);
    let elsewhere = with_role(&world, "pia", Role::Moderator, Some("garden")).await;
    let thread = world.thread("Kettles").await;
    let comment = world.reply(&world.bo, &thread, "Copper.").await;
    let (at, path) = (format!("/t/{thread}/kettles"), format!("/admin/threads/{thread}"));
    assert_eq!(page(&mo, &at).await.is(200).body().matches(&format!("\"{path}\"")).count(), 1);
    for who in [&bo, &elsewhere, &world.anon] {
        assert!(!page(who, &at).await.is(200).body().contains(&path));
        assert!(who.form(&path, &[("do", "lock")]).await.status.is_client_error());
    }
    page(&elsewhere, &path).await.is(403);
    page(&bo, &path).await.is(403);
    page(&world.anon, &path).await.is(303);
    for word in ["lock", "pin"] {
        mo.form(&path, &[("do", word), ("reason", "heated"), ("back", &path)]).await.is(303);
    }
    let shown = page(&mo, &path).await.is(200).body();
    assert!(
        shown.contains("it is locked") && shown.contains("pinned at the head") && shown.contains("Unlock"),
        "{shown}"
    );
    let wrong = mo.form(&path, &[("do", "slow"), ("seconds", "long"), ("reason", "why not")]).await.is(422).body();
    for words in ["Say how many seconds", "value=\"long\"", "value=\"why not\""] {
        assert!(wrong.contains(words), "{words}: {wrong}");
    }
    mo.form(&path, &[("do", "slow"), ("seconds", "60")]).await.is(303);
    assert!(page(&mo, &path).await.body().contains("60 seconds"));
    for (fields, words) in [
        ([("do", "move"), ("board", "nowhere")], "There is no board"),
        ([("do", "split"), ("comment", "x")], "give its id"),
        ([("do", "merge"), ("into", "7")], ""),
    ] {
        let refused = mo.form(&path, &fields).await;
        assert!(
            refused.status.is_client_error() && refused.body().to_lowercase().contains(&words.to_lowercase()),
            "{refused:?}"
        );
    }
    mo.form(&path, &[("do", "cover"), ("comment", &comment), ("sensitive", "yes")]).await.is(303);
    mo.form(&path, &[("do", "split"), ("comment", &comment), ("title", "Pots")]).await.is(303);
    assert_eq!(world.anon.get(&format!("/api/v1/threads/{comment}")).await.is(200).text("/thread/title"), "Pots");
    mo.form(&format!("/admin/threads/{comment}"), &[("do", "move"), ("board", "garden")]).await.is(303);
    mo.form(&path, &[("do", "merge"), ("into", &comment)]).await.is(303);
    let led = page(&world.anon, &at).await;
    assert!(led.status.is_redirection() && led.header("location").contains(&comment), "{led:?}");
}

#[tokio::test]
async fn what_was_written_is_given_back_to_who_is_logged_in_no_more() {
    let world = World::new().await;
    let document = "{\"rules\":[{\"name\":\"<selling>\"}]}";
    for (path, field, text) in
        [("/admin/rules", "document", document), ("/admin/peers/import", "list", "evil.example\nloud.example")]
    {
        let lapsed = world.anon.form(path, &[(field, text)]).await.is(401).body();
        let escaped = text.replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
        let kept = lapsed.contains(&escaped) || lapsed.contains(&escaped.replace("&quot;", "&#34;"));
        assert!(kept, "{path}: {lapsed}");
    }
}

/// A server that is known, for which something waits since more than an hour.
async fn lagging(world: &World) -> Peer {
    let peer = Peer::new().await;
    let thread = world.thread("A kettle").await;
    let root = format!("https://talk.example/c/{thread}");
    let note = peer.note("notes/1", &root, "<p>copper</p>");
    peer.say(world, &peer.activity("creates/1", "Create", &note)).await;
    peer.say(world, &peer.activity("follows/1", "Follow", &json!("https://talk.example/b/talk"))).await;
    world.thread("Told to followers").await;
    world.hands.forward(3_600_001);
    peer
}

#[tokio::test]
async fn the_overview_says_which_server_has_not_heard_everything() {
    let world = World::new().await;
    let ida = browser(&world, "ida").await;
    let peer = lagging(&world).await;
    let host = peer.host().to_owned();
    let overview = page(&ida, "/admin").await.is(200).body();
    assert!(overview.contains(&format!("/admin/peers/{}", host.replace(':', "%3A"))), "{overview}");
    assert!(overview.contains("60 minutes") && !overview.contains("has heard everything"), "{overview}");
    let warning = "the oldest for 60 minutes; 0 were given up. <a href=\"/admin/peers?by=lag\">";
    assert!(overview.contains(warning), "nothing was given up that could be looked at: {overview}");
    let stats = world.admin.get("/api/v1/admin/stats").await.is(200);
    assert_eq!(stats.text("/servers/lagging/0/host"), host);
    assert_eq!(
        (stats.at("/servers/all_heard"), stats.at("/servers/lagging/0/lag_seconds")),
        (false.into(), 3_600.into())
    );
    assert!(page(&ida, "/admin/peers?by=lag").await.body().contains(&host));
    let path = format!("/admin/peers/{host}");
    ida.form(&path, &[("do", "pause"), ("reason", "a test")]).await.is(303);
    assert!(page(&ida, &path).await.body().contains("paused"));
    let refused = ida.form(&path, &[("do", "retry")]).await.is(422).body();
    assert!(!refused.contains("Paused; resume") && refused.contains("resume it"), "{refused}");
    let list = page(&ida, &format!("/admin/deliveries?host={host}")).await.is(200).body();
    let id = list.split("action=\"/admin/deliveries/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    ida.form(&format!("/admin/deliveries/{id}"), &[("do", "skip")]).await.is(303);
    assert!(page(&ida, "/admin/deliveries?state=skipped").await.body().contains(&format!("/admin/deliveries/{id}")));
    assert!(page(&ida, "/admin/inbox?state=done").await.is(200).body().contains("Arrivals"));
}

#[tokio::test]
async fn the_numbers_are_counted_by_day_and_told_as_far_as_rights_reach() {
    let world = World::new().await;
    let thread = world.thread("Kettles").await;
    let comment = world.reply(&world.bo, &thread, "Copper.").await;
    let report = json!({ "category": "spam" });
    world.ana.post(&format!("/api/v1/comments/{comment}/reports"), report).await.is(202);
    world.hands.forward(26 * 3_600_000);
    world.reply(&world.bo, &thread, "Steel.").await;
    let overview = page(&browser(&world, "ida").await, "/admin").await.is(200).body();
    assert!(
        overview.contains("No other server is known yet.") && overview.contains("<svg class=\"bars\""),
        "{overview}"
    );
    let all = world.admin.get("/api/v1/admin/stats").await.is(200);
    let of = |day: usize| (all.at(&format!("/days/{day}/comments")), all.at(&format!("/days/{day}/reports")));
    assert_eq!((of(28), of(29)), ((2.into(), 1.into()), (1.into(), 0.into())), "the thread's own text is one, too");
    assert_eq!((all.at("/queue/reported"), all.at("/queue/ages/2/reported")), (1.into(), 1.into()));
    assert_eq!(all.at("/applications"), 0);
    let some = world.mo.get("/api/v1/admin/stats").await.is(200);
    assert_eq!(
        (some.at("/queue/reported"), some.at("/applications"), some.at("/servers")),
        (1.into(), json!(null), json!(null))
    );
    assert_eq!((some.at("/days/28/reports"), some.at("/days/28/comments")), (1.into(), 2.into()));
    world.bo.get("/api/v1/admin/stats").await.refused(403, "forbidden");
    world.admin.post("/api/v1/boards", json!({ "name": "garden", "title": "Garden" })).await.is(201);
    let elsewhere = with_role(&world, "pia", Role::Moderator, Some("garden")).await;
    let little = elsewhere.get("/api/v1/admin/stats").await.is(200);
    assert_eq!((little.at("/queue/reported"), little.at("/queue/oldest")), (0.into(), json!(null)));
    assert_eq!((little.at("/days/28/reports"), little.at("/days/28/comments")), (json!(null), 2.into()));
    let shown = page(&elsewhere, "/admin").await.is(200).body();
    assert!(shown.contains("Comments by day") && shown.contains("<b>0</b> reported"), "{shown}");
    assert!(!shown.contains("Reports by day") && !shown.contains("<th scope=\"col\">Reports</th>"), "{shown}");
    let other = with_role(&world, "mia", Role::Moderator, None).await;
    let shown = page(&other, "/admin").await.is(200).body();
    assert!(shown.contains("<b>1</b> reported") && !shown.contains("deliveries"), "{shown}");
}

#[tokio::test]
async fn an_appeal_is_decided_on_a_page_by_somebody_else() {
    let world = World::new().await;
    let (mo, ida) = (browser(&world, "mo").await, browser(&world, "ida").await);
    let thread = world.thread("Kettles").await;
    let comment = world.reply(&world.bo, &thread, "Copper <pots>.").await;
    let why = json!({ "reason": "off topic" });
    world.mo.post(&format!("/api/v1/admin/comments/{comment}/remove"), why).await.is(200);
    let bo = browser(&world, "bo").await;
    bo.form(&format!("/appeal/{comment}"), &[("text", "It is about kettles.")]).await.is(303);
    let list = page(&ida, "/admin/appeals").await.is(200).body();
    for words in ["It is about kettles.", "Copper &lt;pots&gt;.", "removed by mo: off topic"] {
        assert!(list.contains(words), "{words}: {list}");
    }
    let action = list.split("action=\"/admin/appeals/").nth(1).unwrap().split('"').next().unwrap();
    let path = format!("/admin/appeals/{action}");
    bo.form(&path, &[("do", "grant-appeal")]).await.is(403);
    mo.form(&path, &[("do", "reject-appeal")]).await.is(403);
    ida.form(&path, &[("do", "grant-appeal"), ("reason", "it is")]).await.is(303);
    assert_eq!(world.anon.get(&format!("/api/v1/comments/{comment}")).await.text("/state"), "published");
    assert!(page(&mo, "/admin/appeals?state=granted").await.body().contains("decided by ida"));
    let late = mo.form(&path, &[("do", "reject-appeal")]).await;
    assert!(late.status.is_client_error(), "{late:?}");
}

#[tokio::test]
async fn of_a_server_that_was_never_met_only_what_can_be_done_is_offered() {
    let world = World::new().await;
    let ida = browser(&world, "ida").await;
    let shown = page(&ida, "/admin/peers/never.example").await.is(200).body();
    assert!(
        !shown.contains("value=\"pause\"") && !shown.contains("value=\"retry\""),
        "each would be answered with 404"
    );
    assert!(shown.contains("/admin/peers/never.example/policy"));
    let policy = json!({ "level": "limit", "reason": "loud" });
    world.admin.put("/api/v1/admin/peers/never.example/policy", policy).await.is(200);
    let shown = page(&ida, "/admin/peers/never.example").await.is(200).body();
    assert!(!shown.contains("value=\"pause\"") && shown.contains("loud"));
}

#[tokio::test]
async fn a_moderator_comes_from_a_comment_to_what_can_be_done_with_it() {
    let world = World::new().await;
    let thread = world.thread("A kettle").await;
    let comment = world.reply(&world.bo, &thread, "And a pot?").await;
    let (mo, ana) = (browser(&world, "mo").await, browser(&world, "ana").await);
    let there = world.anon.get(&format!("/t/{thread}")).await.header("location").to_owned();
    let link = format!("/admin/threads/{thread}?do=split&amp;comment={comment}");
    assert!(page(&mo, &there).await.is(200).body().contains(&link));
    assert!(!page(&ana, &there).await.is(200).body().contains("/admin/threads/"));
    let form = page(&mo, &link.replace("&amp;", "&")).await.is(200).body();
    assert!(form.contains(&format!("name=\"comment\" value=\"{comment}\"")));
    assert!(form.contains(&format!("/admin/threads/{thread}?do=cover&amp;comment={comment}")), "and covers it");
}
