//! The OpenAPI document: what the handlers say of themselves, and what is true of all of them.

use utoipa::openapi::path::{Operation, PathItem, Paths};
use utoipa::openapi::schema::{ArrayItems, Schema};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Components, InfoBuilder, LicenseBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{PartialSchema as _, ToSchema as _};

use super::value::{CommentSort, ThreadSort};
use super::{links, refusals};
use crate::live::ThreadEvent;
use crate::problem::ProblemBody;

const ABOUT: &str = "The API of a Rejoinder instance: everything that can be done on its pages.\n\n\
    Ids are strings. Times are RFC 3339, UTC, with milliseconds. Lists come in pages, `{\"items\": […], \"next\": cursor or null}`. \
    Errors are problems (RFC 9457) with a stable `code`, and words that say what to do. Unknown fields and parameters are errors.\n\n\
    Programs send `Authorization: Bearer TOKEN`; a token comes from `POST /api/v1/tokens` or from `rejoinder token create`. Browsers \
    have a session cookie, and change things from pages of this instance only. There is no CORS.\n\n\
    Answers that can be read have an `ETag`; send it back as `If-None-Match`. `RateLimit` says how much is left, where there is a limit.";

/// What operations are about, in the order in which the document has it.
pub const TAGS: [(&str, &str); 12] = [
    ("instance", "The instance, and what its moderators did."),
    ("boards", "Places for threads."),
    ("threads", "Threads: lists of them, starting one, reading one, following one live."),
    ("comments", "Comments: reading, answering, changing, voting, reporting."),
    ("actors", "Whoever writes."),
    ("search", "Looking for comments."),
    ("accounts", "Joining, logging in and out, tokens."),
    ("me", "The caller."),
    ("moderation", "For moderators."),
    ("joining", "Who may join, for administrators: applications for an account, invitations."),
    ("servers", "Other servers, for administrators: how they stand, what came from them, what is brought to them."),
    ("webhooks", "Programs that are told of what happens, for administrators."),
];

/// What every operation may answer, whatever it is.
const ALWAYS: [&str; 5] = ["400", "401", "429", "500", "503"];
/// What an operation that takes a body may answer besides.
const BODY: [&str; 3] = ["413", "415", "422"];
/// What an operation that changes something may answer besides.
const CHANGE: [&str; 1] = ["403"];

/// The document.
#[must_use]
pub fn document() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Rejoinder")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(LicenseBuilder::new().name("AGPL-3.0-only").identifier(Some("AGPL-3.0-only")).build()))
        .build();
    let mut document = OpenApi::new(info, Paths::new());
    super::operations().describe(&mut document);
    document.tags = Some(
        TAGS.map(|(name, words)| TagBuilder::new().name(name).description(Some(words)).build()).into_iter().collect(),
    );
    let components = document.components.get_or_insert_default();
    components.headers = refusals::headers();
    for (name, status, words) in refusals::all() {
        components.responses.insert((*name).to_owned(), refusals::response(status, words).into());
    }
    components.responses.insert("NotModified".to_owned(), not_modified().into());
    components.schemas.insert(ProblemBody::name().into_owned(), ProblemBody::schema());
    components.schemas.insert(ThreadEvent::name().into_owned(), ThreadEvent::schema());
    components.schemas.insert(ThreadSort::name().into_owned(), ThreadSort::schema());
    components.schemas.insert(CommentSort::name().into_owned(), CommentSort::schema());
    components.add_security_scheme("token", token());
    components.add_security_scheme("session", session());
    name_entries(components);
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            complete(path, method, operation);
            links::add(operation);
        }
    }
    document
}

/// Lets lists refer to what is in them: the macros write it out in full.
fn name_entries(components: &mut Components) {
    for (name, schema) in &mut components.schemas {
        let Some(entry) = name.strip_prefix("List_") else { continue };
        let RefOr::T(Schema::Object(object)) = schema else { continue };
        if let Some(RefOr::T(Schema::Array(array))) = object.properties.get_mut("items") {
            array.items = ArrayItems::RefOrSchema(Box::new(Ref::from_schema_name(entry).into()));
        }
    }
}

fn token() -> SecurityScheme {
    let words = "A token. What its scope allows: `read`, `write`, `moderate`, `admin`, each with those before it.";
    SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(words)).build())
}

fn session() -> SecurityScheme {
    let words = "The session of a browser; on https the cookie is called `__Host-session`.";
    SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description("session", words)))
}

/// Whether an operation reads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// It does.
    Get,
    /// It changes something.
    Other,
}

/// The operations of one path.
pub fn operations(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    let others = [&mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
    let others = others.into_iter().flatten().map(|operation| (Method::Other, operation));
    item.get.iter_mut().map(|operation| (Method::Get, operation)).chain(others)
}

fn complete(path: &str, method: Method, operation: &mut Operation) {
    let takes_body = operation.request_body.is_some();
    let responses = &mut operation.responses.responses;
    for (status, response) in responses.iter_mut() {
        if let RefOr::T(response) = response {
            add_headers(method, response);
            describe(status, method, response);
        }
    }
    if method == Method::Get && operation.security.is_none() {
        let anyhow = SecurityRequirement::default();
        operation.security = Some(vec![anyhow, SecurityRequirement::new("token", ["read"]), session_alone()]);
    }
    let body = BODY.iter().filter(|_| takes_body);
    let change = CHANGE.iter().filter(|_| method == Method::Other);
    for status in ALWAYS.iter().chain(body).chain(change) {
        let name = refusals::all().find(|(_, known, _)| known == status).map_or("Fault", |(name, ..)| name);
        responses.insert((*status).to_owned(), refusals::named(name));
    }
    if method == Method::Get && !path.ends_with("/events") {
        responses.insert("304".to_owned(), refusals::named("NotModified"));
    }
}

fn session_alone() -> SecurityRequirement {
    SecurityRequirement::new("session", Vec::<String>::new())
}

fn describe(status: &str, method: Method, response: &mut Response) {
    if response.description.is_empty() {
        let words = match (status, method) {
            ("201", _) => "What was made; Location says where it is.",
            (_, Method::Get) => "What was asked for.",
            (_, Method::Other) => "What came of it.",
        };
        response.description = words.to_owned();
    }
}

/// The headers of an answer that gives what was asked for.
fn add_headers(method: Method, response: &mut Response) {
    refusals::add_header(response, "RateLimit");
    refusals::add_header(response, "RateLimit-Policy");
    if method == Method::Get && response.content.contains_key("application/json") {
        refusals::add_header(response, "ETag");
    }
}

fn not_modified() -> Response {
    let words = "The client has it: its If-None-Match names the ETag that the answer would have.";
    let mut response = ResponseBuilder::new().description(words).build();
    add_headers(Method::Other, &mut response);
    refusals::add_header(&mut response, "ETag");
    response
}
