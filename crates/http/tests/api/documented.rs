//! The document says what the server does. Every answer of every test here is held to it (see [`check`]); here are the walks over
//! all of its operations.

use std::sync::LazyLock;

use axum::body::Body;
use axum::http::Method;
use domain::Scope;
use serde_json::{Value, json};

use crate::world::{Answer, PASSWORD, World};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::to_value(door::api::document()).unwrap());

/// What every path of the document begins with.
const API: &str = "/api/";

static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(operations);

/// An operation of the document.
struct Operation {
    method: Method,
    path: String,
    said: &'static Value,
}

fn operations() -> Vec<Operation> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let of_path = |(path, item): (&String, &'static Value)| {
        let path = path.clone();
        let one = move |(method, said): (&String, &'static Value)| Operation {
            method: method.to_uppercase().parse().unwrap(),
            path: path.clone(),
            said,
        };
        item.as_object().unwrap().iter().map(one).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

impl Operation {
    fn name(&self) -> &str {
        self.said["operationId"].as_str().unwrap()
    }

    fn matches(&self, method: &Method, path: &str) -> bool {
        let path = path.split('?').next().unwrap_or_default();
        let fits = |(said, given): (&str, &str)| said == given || said.starts_with('{') && !given.is_empty();
        *method == self.method
            && self.path.split('/').count() == path.split('/').count()
            && self.path.split('/').zip(path.split('/')).all(fits)
    }

    /// The scope that a token needs; `None` where nobody has to be logged in.
    fn scope(&self) -> Option<&str> {
        let needs = self.said["security"].as_array()?;
        let token = needs.iter().find_map(|need| need["token"][0].as_str());
        let nobody = needs.iter().any(|need| need.as_object().unwrap().is_empty());
        if nobody { None } else { Some(token.unwrap_or("session")) }
    }
}

/// Holds an answer to the document: the status is described, and so is the type of the body.
pub fn check(method: &Method, path: &str, answer: &Answer) {
    if !path.starts_with(API) {
        return;
    }
    let all = &*OPERATIONS;
    // What stands for itself goes before what stands for anything: `current` is no id.
    let exact = all.iter().find(|one| one.path == path && one.matches(method, path));
    let Some(operation) = exact.or_else(|| all.iter().find(|one| one.matches(method, path))) else { return };
    let status = answer.status.as_u16().to_string();
    let mut said = &operation.said["responses"][&status];
    if let Some(reference) = said["$ref"].as_str() {
        said = DOCUMENT.pointer(reference.trim_start_matches('#')).unwrap();
    }
    assert!(said.is_object(), "{method} {path} answers {status}, which is not described: {answer:?}");
    let kind = answer.header("content-type").split(';').next().unwrap_or_default();
    let described = said["content"].as_object();
    let fits =
        if kind.is_empty() { described.is_none() } else { described.is_some_and(|known| known.contains_key(kind)) };
    assert!(fits, "{method} {path} {status}: “{kind}” is not described in {said}");
}

/// A body that each operation takes, by its name.
fn body(name: &str) -> Value {
    match name {
        "create_board" => json!({ "name": "boats" }),
        "describe_board" => json!({ "title": "Talk" }),
        "describe_instance" => json!({ "rules": "" }),
        "start_thread" => json!({ "title": "A title" }),
        "edit_comment" | "reply_to_comment" | "preview" => json!({ "text": "words" }),
        "vote_on_comment" => json!({ "value": 1 }),
        "report_comment" => json!({ "category": "spam" }),
        "join" | "log_in" => json!({ "name": "cy", "password": PASSWORD }),
        "issue_token" => json!({ "label": "x", "scope": "read" }),
        "describe_me" => json!({ "about": "" }),
        "change_password" => json!({ "old": PASSWORD, "new": PASSWORD }),
        "set_rules" | "test_rules" => {
            json!({ "rules": [{ "name": "links", "effect": "tag", "when": { "links_more_than": 3 } }] })
        }
        "warn_actor" => json!({ "reason": "Be kind." }),
        "hold_actor" | "limit_actor" | "suspend_actor" | "restore_actor" => json!({ "reason": "" }),
        "note_actor" => json!({ "text": "Look at this." }),
        "assign_reports" | "assign_comment" => json!({}),
        "end_credentials" => json!({ "id": "7", "reason": "" }),
        "appeal" => json!({ "comment": "7", "text": "It was a joke." }),
        "give_notice" => {
            json!({ "addresses": ["https://talk.example/b/talk"], "category": "children", "explanation": "x", "good_faith": true })
        }
        "decide_notice" => json!({ "decision": "kept", "reason": "an opinion" }),
        "prolong_preserved" => json!({ "days": 30, "reason": "an order of a court" }),
        "note_reports" | "note_comment" => json!({ "text": "Look at this." }),
        "decide_in_bulk" => json!({ "action": "dismiss", "list": "reported", "ids": ["7"], "reason": "" }),
        "set_role" => json!({ "role": "helper", "reason": "" }),
        "begin_second_factor" => json!({ "password": PASSWORD }),
        "confirm_second_factor" | "end_second_factor" => json!({ "otp": "123456" }),
        "mark_read" => json!({ "up_to": "7" }),
        "remove_comment" | "restore_comment" | "approve_comment" | "reject_comment" | "lock_thread"
        | "unlock_thread" | "pin_thread" | "approve_account" | "reject_account" | "invite" | "unpin_thread"
        | "pause_peer" | "resume_peer" | "retry_peer" | "replay_arrival" | "retry_delivery" | "skip_delivery"
        | "cover_comment" | "uncover_comment" | "resolve_reports" | "dismiss_reports" | "forward_reports"
        | "reject_appeal" | "grant_appeal" | "preserve_comment" => {
            json!({ "reason": "" })
        }
        "move_thread" => json!({ "board": "talk", "reason": "" }),
        "split_thread" => json!({ "title": "Another", "reason": "" }),
        "merge_thread" => json!({ "into": "7", "reason": "" }),
        "slow_thread" => json!({ "seconds": 60, "reason": "" }),
        "decide_about_peer" => json!({ "level": "limit", "reason": "" }),
        "add_webhook" => json!({ "url": "http://localhost:1/", "reason": "" }),
        "subscribe_blocklist" => json!({ "url": "http://localhost:1/", "reason": "" }),
        "decide_blocklist_review" => json!({ "version": "", "rest": "approve", "reason": "" }),
        "import_peers" => json!({ "list": "", "reason": "" }),
        other => panic!("{other} takes a body that this test does not know"),
    }
}

async fn ask(world: &World, who: &crate::world::Caller, operation: &Operation, id: &str) -> Answer {
    let path = operation
        .path
        .replace("{id}", id)
        .replace("{secret}", "no-such-secret")
        .replace("{name}", "talk")
        .replace("{handle}", if operation.path.contains("/admin/") { "bo" } else { "ana" })
        .replace("{host}", "peer.example");
    let request = who.request(operation.method.clone(), &path);
    let answer = if operation.said["requestBody"].is_object() {
        let body = Body::from(body(operation.name()).to_string());
        who.send(request.header("content-type", "application/json").body(body).unwrap()).await
    } else if operation.name() == "thread_events" {
        // This one ends with the server.
        world.app.stop();
        who.send(request.body(Body::empty()).unwrap()).await
    } else {
        who.send(request.body(Body::empty()).unwrap()).await
    };
    check(&operation.method, &path, &answer);
    answer
}

#[tokio::test]
async fn every_operation_of_the_document_is_there() {
    let world = World::new().await;
    let all = &*OPERATIONS;
    assert!(all.len() >= 40, "{}", all.len());
    for operation in all {
        let thread = world.thread("A thread").await;
        let answer = ask(&world, &world.admin, operation, &thread).await;
        let words = String::from_utf8_lossy(&answer.bytes).into_owned();
        assert!(operation.path.starts_with(API), "{} is not checked", operation.name());
        assert_ne!(answer.status, 405, "{}", operation.name());
        assert!(!words.contains("no such page"), "{}: {words}", operation.name());
        assert!(answer.status.as_u16() < 500, "{}: {words}", operation.name());
    }
}

#[tokio::test]
async fn what_needs_a_login_refuses_everybody_else() {
    let world = World::new().await;
    let thread = world.thread("A thread").await;
    for operation in OPERATIONS.iter() {
        let answer = ask(&world, &world.anon, operation, &thread).await;
        if operation.scope().is_some() {
            answer.refused(401, "login-required");
        } else if !["log_in", "read_receipt"].contains(&operation.name()) {
            assert!(answer.status.is_success(), "{}: {answer:?}", operation.name());
        }
    }
}

#[tokio::test]
async fn what_needs_a_scope_refuses_tokens_without_it() {
    let world = World::new().await;
    let thread = world.thread("A thread").await;
    let all = [Scope::Read, Scope::Write, Scope::Moderate, Scope::Admin];
    for operation in OPERATIONS.iter() {
        let Some(needed) = operation.scope().and_then(Scope::named) else { continue };
        for scope in all.into_iter().filter(|scope| *scope < needed) {
            let weak = world.token("ida", scope).await;
            // Its own token is what it may always end.
            let id = if operation.path.ends_with("/tokens/{id}") || operation.path.ends_with("/sessions/{id}") {
                "7"
            } else {
                &thread
            };
            let answer = ask(&world, &weak, operation, id).await;
            if id == "7" {
                answer.refused(404, "not-found");
            } else {
                answer.is(403);
            }
        }
    }
}

#[tokio::test]
async fn the_document_is_served() {
    let world = World::new().await;
    let served = world.anon.get("/api/v1/openapi.json").await.is(200);
    assert_eq!(served.header("content-type"), "application/json");
    assert_eq!(served.json(), *DOCUMENT);
}
