//! Who may call what: every route that asks for a right × every kind of caller, as the table says.

use actions::account;
use actions::hosting::By;
use actions::staffing::{Appointment, appoint};
use axum::body::Body;
use axum::http::{Method, Request, header};
use domain::rights::{Grant, Holding, Right};
use domain::{Role, Scope};
use door::api::admin::permissions::ROUTES;
use serde_json::{Value, json};

use crate::world::{Caller, HOST, PASSWORD, World};

/// Everybody who may knock.
struct Callers {
    helper: Caller,
    /// Moderates a board on which nothing of this test stands.
    elsewhere: Caller,
    /// Moderates the board on which it stands.
    here: Caller,
    foreign: Caller,
}

async fn callers(world: &World) -> Callers {
    let ctx = &world.app.ctx;
    let other = json!({ "name": "other", "title": "Other" });
    world.admin.post("/api/v1/boards", other).await.is(201);
    for (name, role, boards) in
        [("hal", Role::Helper, None), ("mia", Role::Moderator, Some("other")), ("tom", Role::Moderator, Some("talk"))]
    {
        account::create(ctx, name, Some(PASSWORD), Role::Member, None).await.unwrap();
        let boards = boards.map(|board| vec![board.to_owned()]);
        appoint(ctx, &By::Host, name, Appointment { role, boards }, "").await.unwrap();
    }
    // About whom something is decided.
    account::create(ctx, "sam", None, Role::Member, None).await.unwrap();
    account::set_password(ctx, "ida", PASSWORD).await.unwrap();
    let session = account::log_in(ctx, "ida", PASSWORD, "a browser").await.unwrap();
    Callers {
        helper: world.token("hal", Scope::Admin).await,
        elsewhere: world.token("mia", Scope::Admin).await,
        here: world.token("tom", Scope::Admin).await,
        foreign: world.cookie(&session.secret),
    }
}

/// Who has decided what others are asked to look at again.
async fn earlier(world: &World) -> Caller {
    account::create(&world.app.ctx, "rex", None, Role::Member, None).await.unwrap();
    let to = Appointment { role: Role::Moderator, boards: None };
    appoint(&world.app.ctx, &By::Host, "rex", to, "").await.unwrap();
    world.token("rex", Scope::Admin).await
}

/// What a path is about, made for it where a thread is not.
async fn subject(world: &World, earlier: &Caller, path: &str, thread: &str) -> String {
    if path.contains("/appeals/") {
        let comment = world.reply(&world.bo, thread, "It was a joke.").await;
        let remove = format!("/api/v1/admin/comments/{comment}/remove");
        earlier.post(&remove, json!({ "reason": "a test" })).await.is(200);
        let appeal = json!({ "comment": comment, "text": "It was." });
        world.bo.post("/api/v1/appeals", appeal).await.is(201).text("/id")
    } else if path.contains("/notices/") {
        let notice = json!({ "addresses": [format!("{HOST}/c/{thread}")], "category": "privacy", "explanation": "My address.",
            "name": "Wilhelmina", "email": "w@notify.example", "good_faith": true });
        world.anon.post("/api/v1/notices", notice).await.is(201).text("/receipt/number")
    } else if path.contains("/inbox/") || path.contains("/deliveries/") {
        "7".to_owned()
    } else {
        thread.to_owned()
    }
}

/// A path of the table with something in it that is there, and a body that is understood.
fn filled(path: &str, id: &str) -> (String, Value) {
    let name = if path.contains("/accounts/") { "bo" } else { "talk" };
    let full =
        path.replace("{id}", id).replace("{name}", name).replace("{host}", "peer.example").replace("{handle}", "sam");
    let body = match path {
        "/api/v1/boards" => json!({ "name": "third", "title": "Third" }),
        "/api/v1/boards/{name}" => json!({ "title": "Talk" }),
        "/api/v1/instance" => json!({ "rules": "Be kind." }),
        "/api/v1/admin/accounts/{name}/role" => json!({ "role": "member", "reason": "" }),
        path if path.contains("/admin/rules") => json!({ "rules": [] }),
        "/api/v1/admin/actors/{handle}/note" => json!({ "text": "Look at this." }),
        path if path.contains("/actors/") => json!({ "reason": "a test", "board": "talk" }),
        path if path.ends_with("/comments/{id}/move") => json!({ "board": "talk", "reason": "a test" }),
        path if path.ends_with("/comments/{id}/split") => json!({ "title": "Another", "reason": "a test" }),
        path if path.ends_with("/comments/{id}/merge") => json!({ "into": id, "reason": "a test" }),
        path if path.ends_with("/comments/{id}/slow") => json!({ "seconds": 0, "reason": "a test" }),
        path if path.ends_with("/backfill") => Value::Null,
        // Not all of them: the caller would end what this test shows.
        path if path.ends_with("/credentials/end") => json!({ "id": "7", "reason": "a test" }),
        path if path.ends_with("/assign") => json!({ "take": true }),
        path if path.ends_with("/policy") => json!({ "level": "limit", "reason": "a test" }),
        path if path.ends_with("/import") => json!({ "list": "", "reason": "a test" }),
        path if path.ends_with("/decide") => json!({ "decision": "kept", "reason": "a test" }),
        path if path.ends_with("/prolong") => json!({ "days": 30, "reason": "a test" }),
        path if path.ends_with("/note") => json!({ "text": "Look at this." }),
        path if path.ends_with("/bulk") => {
            json!({ "action": "remove", "list": "removed", "ids": [id], "reason": "a test" })
        }
        path if path.ends_with("/blocklists") => json!({ "url": "http://localhost:1/", "reason": "a test" }),
        path if path.ends_with("/review") => json!({ "version": "", "reason": "a test" }),
        path if path.ends_with("/webhooks") => json!({ "url": "http://localhost:1/", "reason": "a test" }),
        _ => json!({ "reason": "a test" }),
    };
    (full, body)
}

async fn call(
    caller: &Caller,
    method: &str,
    (path, body): &(String, Value),
    sent_from: &[(&str, &str)],
) -> (u16, String) {
    let method: Method = method.parse().unwrap();
    let mut request = caller.request(method.clone(), path);
    for (name, value) in sent_from {
        request.headers_mut().unwrap().remove("sec-fetch-site");
        request = request.header(*name, *value);
    }
    let body = if method == Method::GET || body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    let request: Request<Body> = request.header(header::CONTENT_TYPE, "application/json").body(body).unwrap();
    let answer = caller.send(request).await;
    let refused = answer.status.is_client_error();
    let code = if refused { answer.json()["code"].as_str().unwrap_or_default().to_owned() } else { String::new() };
    (answer.status.as_u16(), code)
}

/// Whether the path leads to something that no test of routes has.
fn nothing_there(path: &str) -> bool {
    let empty = [
        "/{host}",
        "/inbox/",
        "/deliveries/",
        "/invitations/",
        "/webhooks/",
        "/preserved/",
        "/blocklists/",
        "/credentials/end",
    ];
    empty.iter().any(|part| path.contains(part))
}

/// What the table says of somebody. A list shows what they may see of it, also when that is nothing.
fn allowed((method, grant): (&str, Grant), role: Role, on_its_board: bool) -> bool {
    let list = method == "GET"
        && matches!(grant.right, Right::SeeReports | Right::SeeHeld | Right::DecideAppeals | Right::DecideNotices);
    // What is known of somebody every moderator may see, and add to.
    let known = grant.right == Right::SeeActors;
    role >= grant.role && (grant.holding == Holding::Everywhere || on_its_board || list || known)
}

#[tokio::test]
async fn every_route_takes_whom_the_table_says() {
    let world = World::new().await;
    let (callers, earlier) = (callers(&world).await, earlier(&world).await);
    let weak = world.token("ida", Scope::Write).await;
    let ended = account::create_token(&world.app.ctx, "ida", Scope::Admin, "test", Some(1)).await.unwrap();
    world.hands.forward(2 * 24 * 3600 * 1000);
    let ended = world.bearer(&ended.secret);
    let wrong = world.bearer("not-a-token-of-anybody");
    for (method, path, right) in ROUTES {
        let grant = right.grant();
        let thread = world.thread("Something").await;
        // Somebody has reported it, and it is reported.
        let report = format!("/api/v1/comments/{thread}/reports");
        world.bo.post(&report, json!({ "category": "spam" })).await.is(202);
        let asked = filled(path, &subject(&world, &earlier, path, &thread).await);
        let place = format!("{method} {path}");
        assert_eq!(call(&world.anon, method, &asked, &[]).await.0, 401, "nobody: {place}");
        assert_eq!(call(&wrong, method, &asked, &[]).await.0, 401, "a wrong token: {place}");
        assert_eq!(call(&ended, method, &asked, &[]).await.0, 401, "an expired token: {place}");
        let signature =
            "keyId=\"https://peer.example/u/bo#main-key\",headers=\"(request-target) host date\",signature=\"AAAA\"";
        assert_eq!(call(&world.anon, method, &asked, &[("signature", signature)]).await.0, 401, "a server: {place}");
        let refused = (403, "scope-missing".to_owned());
        assert_eq!(call(&weak, method, &asked, &[]).await, refused, "a token that writes: {place}");
        if *method != "GET" {
            for origin in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
                let (status, code) = call(&callers.foreign, method, &asked, &[origin]).await;
                assert_eq!((status, code.as_str()), (403, "foreign-origin"), "{origin:?}: {place}");
            }
        }
        let people = [
            ("a reader", &world.bo, Role::Member, true),
            ("a helper", &callers.helper, Role::Helper, true),
            ("another board's moderator", &callers.elsewhere, Role::Moderator, false),
            ("its board's moderator", &callers.here, Role::Moderator, true),
            ("a moderator", &world.mo, Role::Moderator, true),
            ("an administrator", &world.admin, Role::Admin, true),
        ];
        for (who, caller, role, on_its_board) in people {
            // What was split off begins a thread, and is not split again; what is decided is not decided again.
            let asked = if path.ends_with("/split") {
                filled(path, &world.reply(&world.bo, &thread, "Something else").await)
            } else {
                filled(path, &subject(&world, &earlier, path, &thread).await)
            };
            let (status, code) = call(caller, method, &asked, &[]).await;
            if allowed((method, grant), role, on_its_board) {
                // Who has an account already cannot be turned away.
                let late = status == 409 && path.ends_with("/accounts/{name}/reject");
                // What does not wait cannot be rejected.
                let late = late || (status == 422 && path.ends_with("/comments/{id}/reject"));
                // A thread is not merged into itself.
                let late = late || (status == 422 && path.ends_with("/merge"));
                // What is at home here is told to nobody.
                let here = status == 422 && path.ends_with("/forward");
                let done = (200..300).contains(&status) || late || here || (status == 404 && nothing_there(path));
                assert!(done, "{who}: {place}: {status} {code}");
            } else {
                // What is reported elsewhere is not for them to know.
                let unknown = ["/reports/", "/appeals/", "/notices/"].iter().any(|part| path.contains(part))
                    && role >= grant.role;
                let refused = if unknown { (404, "not-found") } else { (403, "forbidden") };
                assert_eq!((status, code.as_str()), refused, "{who}: {place}");
            }
        }
    }
}

#[test]
fn every_admin_route_is_in_the_table_and_the_other_way_round() {
    let document = serde_json::to_value(door::api::document()).unwrap();
    let mut routes = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys().filter(|key| *key != "parameters") {
            routes.push((method.to_uppercase(), path.clone()));
        }
    }
    let listed = |method: &str, path: &str| ROUTES.iter().any(|(m, p, _)| (*m, *p) == (method, path));
    for (method, path) in &routes {
        assert!(!path.starts_with("/api/v1/admin") || listed(method, path), "{method} {path} has no entry");
    }
    for (method, path, _) in ROUTES {
        assert!(routes.contains(&((*method).to_owned(), (*path).to_owned())), "{method} {path} is no route");
    }
}

/// Other servers take whom a board lists for its moderators.
#[tokio::test]
async fn a_board_lists_those_who_moderate_it_and_nobody_who_helps() {
    let world = World::new().await;
    let _ = callers(&world).await;
    let named = async |board: &str| {
        let path = format!("/b/{board}/moderators");
        let list = world.anon.get_with(&path, "accept", "application/activity+json").await.is(200).json();
        let items = list["orderedItems"].as_array().or(list["items"].as_array()).unwrap().clone();
        items.iter().map(|id| id.as_str().unwrap().rsplit('/').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(named("talk").await, ["ida", "mo", "tom"]);
    assert_eq!(named("other").await, ["ida", "mia", "mo"]);
}

#[tokio::test]
async fn the_table_is_told_to_those_with_a_role() {
    let world = World::new().await;
    let table = world.mo.get("/api/v1/admin/permissions").await.is(200).json();
    let rights: Vec<_> = table["items"].as_array().unwrap().iter().map(|item| item["right"].clone()).collect();
    assert_eq!(rights.len(), Right::ALL.len());
    let remove = &table["items"][rights.iter().position(|right| right == "remove-comments").unwrap()];
    let expected = json!({
        "right": "remove-comments", "description": "remove comments", "role": "moderator", "scope": "moderate", "on_boards": true,
        "routes": [{ "method": "POST", "path": "/api/v1/admin/comments/{id}/remove" }],
    });
    assert_eq!(*remove, expected);
}

fn role(role: &str) -> Value {
    json!({ "role": role, "reason": "they know the board" })
}

async fn found(world: &World, name: &str) -> Value {
    let staff = world.admin.get("/api/v1/admin/staff").await.is(200).json();
    let staff = staff["items"].as_array().unwrap().clone();
    staff.into_iter().find(|one| one["name"] == name).unwrap_or(Value::Null)
}

#[tokio::test]
async fn a_role_is_given_with_a_reason_and_counts_at_once() {
    let world = World::new().await;
    let thread = world.thread("Roles").await;
    let comment = world.reply(&world.ana, &thread, "Hm.").await;
    let remove = format!("/api/v1/admin/comments/{comment}/remove");
    let why = json!({ "reason": "noise" });
    world.bo.post(&remove, why.clone()).await.refused(403, "forbidden");
    let to = json!({ "role": "moderator", "boards": ["talk"], "reason": "they know the board" });
    let now = world.admin.put("/api/v1/admin/accounts/bo/role", to.clone()).await.is(200).json();
    assert_eq!(now, json!({ "name": "bo", "role": "moderator", "boards": ["talk"] }));
    assert_eq!(found(&world, "bo").await, now);
    let accounts = world.admin.get("/api/v1/admin/accounts?limit=100").await.is(200);
    let boards = |name: &str| {
        let at = accounts.all("/items", "/name").iter().position(|one| one == name).unwrap();
        accounts.at(&format!("/items/{at}/boards"))
    };
    assert_eq!((boards("bo"), boards("ida")), (json!(["talk"]), Value::Null));
    world.admin.put("/api/v1/admin/accounts/bo/role", to).await.is(200);
    world.bo.post(&remove, why).await.is(200);
    let log = world.anon.get("/api/v1/modlog").await.json();
    let told: Vec<_> = log["items"].as_array().unwrap().iter().map(|entry| entry["deed"].clone()).collect();
    assert_eq!(told, ["remove", "make-moderator"], "doing it twice is said once");
    let entry = &log["items"][1];
    assert_eq!((&entry["moderator"], &entry["person"]), (&json!("ida"), &json!("bo")));
    assert_eq!(entry["reason"], "they know the board");
    let page = world.anon.get_with("/modlog", "accept", "text/html").await.body();
    assert!(page.contains("made a moderator: bo"), "{page}");
    world.admin.put("/api/v1/admin/accounts/bo/role", role("member")).await.is(200);
    assert_eq!(found(&world, "bo").await, Value::Null);
}

#[tokio::test]
async fn nobody_raises_their_own_role_and_the_last_administrator_stays() {
    let world = World::new().await;
    for (caller, name) in [(&world.bo, "bo"), (&world.mo, "mo")] {
        let path = format!("/api/v1/admin/accounts/{name}/role");
        caller.put(&path, role("admin")).await.refused(403, "forbidden");
    }
    world.mo.put("/api/v1/admin/accounts/ida/role", role("member")).await.refused(403, "forbidden");
    let refused = world.admin.put("/api/v1/admin/accounts/ida/role", role("member")).await.refused(403, "forbidden");
    assert!(refused.body().contains("make somebody else an administrator first"));
    world.admin.put("/api/v1/admin/accounts/bo/role", role("admin")).await.is(200);
    world.admin.put("/api/v1/admin/accounts/ida/role", role("member")).await.is(200);
    world.admin.put("/api/v1/admin/accounts/bo/role", role("member")).await.refused(403, "forbidden");
    world.bo.put("/api/v1/admin/accounts/bo/role", role("helper")).await.refused(403, "forbidden");
}

#[tokio::test]
async fn boards_of_a_role_are_boards_and_the_role_has_them() {
    let world = World::new().await;
    let put = async |boards: Value, role: &str| {
        let body = json!({ "role": role, "boards": boards, "reason": "" });
        world.admin.put("/api/v1/admin/accounts/bo/role", body).await
    };
    put(json!(["nowhere"]), "moderator").await.refused(422, "bad-field");
    put(json!([]), "helper").await.refused(422, "bad-field");
    put(json!(["talk"]), "admin").await.refused(422, "bad-field");
    put(json!(vec!["talk"; 201]), "helper").await.refused(422, "bad-field");
    world.admin.put("/api/v1/admin/accounts/zoe/role", role("helper")).await.refused(404, "not-found");
    let twice = put(json!(["talk", "TALK"]), "helper").await.is(200).json();
    assert_eq!(twice["boards"], json!(["talk"]));
}
