//! The document says what the server does. Every answer of every test here is held to it (see [`check`]); here are the walks over
//! all of its operations.

use std::sync::LazyLock;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use domain::Scope;
use serde_json::{Value, json};
use utoipa::openapi::{OpenApi, RefOr, Response, path};

use crate::world::{Answer, PASSWORD, World};

/// For each test, and so not in words: to write it down takes a seventh of what a test takes.
static DESCRIBED: LazyLock<OpenApi> = LazyLock::new(door::api::document);

/// In words.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::to_value(&*DESCRIBED).unwrap());

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
    let Some(operation) = described(method, path.split('?').next().unwrap_or_default()) else { return };
    let status = answer.status.as_u16().to_string();
    let said = operation.responses.responses.get(&status).and_then(response);
    let said = said.unwrap_or_else(|| panic!("{method} {path} answers {status}, which is not described: {answer:?}"));
    let kind = answer.header("content-type").split(';').next().unwrap_or_default();
    let fits = if kind.is_empty() { said.content.is_empty() } else { said.content.contains_key(kind) };
    assert!(fits, "{method} {path} {status}: “{kind}” is not described in {:?}", said.content.keys());
}

/// The operation that a request is for. What stands for itself goes before what stands for anything: `current` is no id.
fn described(method: &Method, path: &str) -> Option<&'static path::Operation> {
    let paths = &DESCRIBED.paths.paths;
    let exact = paths.get(path).and_then(|item| by_method(item, method));
    exact.or_else(|| paths.iter().filter(|(said, _)| fits(said, path)).find_map(|(_, item)| by_method(item, method)))
}

fn by_method<'a>(item: &'a path::PathItem, method: &Method) -> Option<&'a path::Operation> {
    let operation = match *method {
        Method::GET => &item.get,
        Method::PUT => &item.put,
        Method::POST => &item.post,
        Method::DELETE => &item.delete,
        Method::PATCH => &item.patch,
        _ => &None,
    };
    operation.as_ref()
}

fn fits(said: &str, path: &str) -> bool {
    let fits = |(said, given): (&str, &str)| said == given || said.starts_with('{') && !given.is_empty();
    said.split('/').count() == path.split('/').count() && said.split('/').zip(path.split('/')).all(fits)
}

fn response(said: &'static RefOr<Response>) -> Option<&'static Response> {
    match said {
        RefOr::T(response) => Some(response),
        RefOr::Ref(elsewhere) => {
            let name = elsewhere.ref_location.trim_start_matches("#/components/responses/");
            response(DESCRIBED.components.as_ref()?.responses.get(name)?)
        }
    }
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

/// The check itself: who answers otherwise than the document says does not get away with it.
#[tokio::test]
async fn an_answer_that_the_document_does_not_describe_is_noticed() {
    let world = World::new().await;
    let noticed = |answer: Answer| {
        let check = || check(&Method::GET, "/api/v1/boards", &answer);
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(check)).is_err()
    };
    let asked = async || world.anon.get("/api/v1/boards").await.is(200);
    assert!(!noticed(asked().await));
    let mut other = asked().await;
    other.status = StatusCode::IM_A_TEAPOT;
    assert!(noticed(other));
    let mut other = asked().await;
    other.headers.insert("content-type", "text/csv".parse().unwrap());
    assert!(noticed(other));
    let mut other = asked().await;
    other.headers.remove("content-type");
    assert!(noticed(other));
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
