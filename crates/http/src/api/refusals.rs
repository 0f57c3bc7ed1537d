//! How the document describes refusals and failures: each once, under `components/responses`, and by name in each operation.
//! Those that any request can meet are added to all operations by `document`.

use std::collections::BTreeMap;

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, Header, Ref, RefOr, Response, ResponseBuilder};

/// A response by its name.
#[must_use]
pub fn named(name: &str) -> RefOr<Response> {
    RefOr::Ref(Ref::from_response_name(name))
}

/// A header that is described under `components/headers`.
#[must_use]
pub fn header(name: &str) -> RefOr<Header> {
    RefOr::Ref(Ref::new(format!("#/components/headers/{name}")))
}

macro_rules! refusals {
    ($($name:ident $status:literal $words:literal),+ $(,)?) => {
        $(
            #[doc = $words]
            pub struct $name;

            impl utoipa::IntoResponses for $name {
                fn responses() -> BTreeMap<String, RefOr<Response>> {
                    BTreeMap::from([($status.to_owned(), named(stringify!($name)))])
                }
            }
        )+

        const OF_SOME: &[(&str, &str, &str)] = &[$((stringify!($name), $status, $words)),+];
    };
}

refusals! {
    NotLoggedIn "401" "Nobody is logged in, or the session, the token or the password is worth nothing (any more).",
    Forbidden "403" "Not for this person, not with this token, not from a page of another site, or not here and now.",
    Missing "404" "There is no such thing, or not for the caller to know of.",
    Conflict "409" "Something else came first: the name is taken, the text was changed, the key was used for another request.",
    Stale "412" "It was changed since it was read, as If-Match says it was; ETag names what is there now.",
    Gone "410" "It was there; what is left is a tombstone.",
    Refused "422" "It was understood, but cannot be taken; the problem says what to change.",
}

/// Those that no handler names, because they do not depend on what is asked for.
const OF_ANY: [(&str, &str, &str); 6] = [
    ("BadRequest", "400", "The request cannot be understood; the problem says where."),
    ("TooLarge", "413", "The body is too large."),
    ("WrongType", "415", "The body is not declared to be JSON."),
    ("Throttled", "429", "Too many requests; Retry-After says when to come again."),
    ("Fault", "500", "A fault of this instance. It has been noted."),
    ("Unavailable", "503", "Not available at the moment; Retry-After says when to come again."),
];

/// Names, statuses and words of all.
pub fn all() -> impl Iterator<Item = &'static (&'static str, &'static str, &'static str)> {
    OF_SOME.iter().chain(&OF_ANY)
}

/// A refusal or failure in full, with the body that all of them have.
#[must_use]
pub fn response(status: &str, words: &str) -> Response {
    let body = ContentBuilder::new().schema(Some(Ref::from_schema_name("ProblemBody"))).build();
    let mut response = ResponseBuilder::new().description(words).content("application/problem+json", body).build();
    add_header(&mut response, "RateLimit");
    add_header(&mut response, "RateLimit-Policy");
    match status {
        "401" => add_header(&mut response, "WWW-Authenticate"),
        "412" => add_header(&mut response, "ETag"),
        "429" | "503" => add_header(&mut response, "Retry-After"),
        _ => {}
    }
    response
}

/// Says that a response has (or may have) a header.
pub fn add_header(response: &mut Response, name: &str) {
    response.headers.insert(name.to_owned(), header(name));
}

/// The headers that responses refer to.
#[must_use]
pub fn headers() -> BTreeMap<String, RefOr<Header>> {
    let text = || Object::with_type(Type::String);
    let seconds = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).build();
    let all = [
        ("ETag", text(), "What this answer is known by."),
        (
            "RateLimit",
            text(),
            "How many requests are left, and when there will be one more; only where there is a limit.",
        ),
        ("RateLimit-Policy", text(), "How many requests are allowed in how many seconds; only where there is a limit."),
        ("Retry-After", seconds, "Seconds after which it is worth trying again."),
        ("WWW-Authenticate", text(), "`Bearer`."),
    ];
    let described = |(name, kind, words): (&str, Object, &str)| {
        let header = HeaderBuilder::new().schema(Some(kind)).description(Some(words)).build();
        (name.to_owned(), RefOr::T(header))
    };
    all.map(described).into_iter().collect()
}
