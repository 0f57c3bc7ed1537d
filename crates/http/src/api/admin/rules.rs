//! The rules that look at comments before they are published: seen, set and tried as a whole.

use actions::hosting::By;
use actions::rules::keeping::{self, Edition, Tried};
use actions::rules::written::Book;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use domain::Refusal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::answer::{Answer, json};
use crate::api::condition::stale;
use crate::api::input::Json;
use crate::api::refusals::{Forbidden, NotLoggedIn, Refused, Stale};
use crate::api::shape::handle;
use crate::api::value::{Effect, Id};
use crate::door::App;
use crate::gate::Member;
use crate::problem::{Form, Problem};

/// Everything that is decided about what is looked at before it is published. What is left out is as in a list that was never set.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// How many published comments make somebody trusted; 0: nobody is.
    #[serde(default)]
    #[schema(maximum = 1000)]
    trusted_after: u32,
    /// How many comments may wait for moderators; what is to be held beyond that is refused.
    #[serde(default = "most_held")]
    #[schema(minimum = 1, maximum = 100_000)]
    most_held: u32,
    /// The same of the people of one other server, or of all people here.
    #[serde(default = "most_held_of_server")]
    #[schema(minimum = 1, maximum = 100_000)]
    most_held_of_server: u32,
    /// The rules. The strictest that matches counts.
    #[schema(max_items = 1000)]
    rules: Vec<Rule>,
}

fn most_held() -> u32 {
    Book::default().most_held
}

fn most_held_of_server() -> u32 {
    Book::default().most_held_of_server
}

/// One rule.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What moderators know it by; no two have the same.
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// The board on which it counts; all if it is left out.
    #[serde(default)]
    board: Option<String>,
    /// Whose comments it is for.
    #[serde(default)]
    whom: Whom,
    /// Whether it counts for those who are trusted, too.
    #[serde(default)]
    even_trusted: bool,
    /// What becomes of a comment that it matches.
    effect: Effect,
    /// What authors are told whose comment it refuses: what they can do.
    #[serde(default)]
    #[schema(max_length = 500)]
    message: String,
    /// What it asks; all of it must hold. A rule that asks nothing matches everything: so a board is calmed.
    #[serde(default)]
    when: When,
}

/// Whose comments a rule is for.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Whom {
    /// Everybody's.
    #[default]
    Everybody,
    /// Those of people of other servers.
    Remote,
    /// Those of people of this one.
    Local,
}

/// What a rule asks.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// Nothing else by its author can be read here yet.
    first_of_author: bool,
    /// Nothing by anybody of its author's server can.
    first_of_server: bool,
    /// Its author has had an account, or has been known here, for fewer hours.
    younger_than_hours: Option<u32>,
    /// It has more links.
    links_more_than: Option<u32>,
    /// It links to one of these hosts, or to one below them.
    links_to: Vec<String>,
    /// One of these words or phrases is in it, in any letter case.
    words: Vec<String>,
    /// One of these regular expressions matches its text (syntax of Rust's `regex`: no look-around, no back-references).
    patterns: Vec<String>,
    /// It says that it is in one of these languages: tags, of which `de` includes `de-AT`.
    languages: Vec<String>,
    /// It mentions more people.
    mentions_more_than: Option<u32>,
    /// The same text came from its author's server (of people here: from its author) more often.
    repeated: Option<Often>,
    /// More was written.
    rate: Option<Rate>,
    /// Its author is of one of these servers, or of one below them.
    servers: Vec<String>,
}

/// More than so many in a while.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Often {
    /// So many are not too many.
    #[schema(maximum = 1000)]
    more_than: u32,
    /// The while; a day at most.
    #[schema(minimum = 1, maximum = 1440)]
    within_minutes: u32,
}

/// How much was written before, by whom or where.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// Whose comments are counted.
    per: Per,
    /// So many are not too many.
    #[schema(maximum = 1000)]
    more_than: u32,
    /// The while; a day at most.
    #[schema(minimum = 1, maximum = 1440)]
    within_minutes: u32,
}

/// Whose comments are counted: the author's, those of the author's server, those on the board.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Per {
    /// The author's.
    Author,
    /// All of the author's server.
    Server,
    /// All on the board.
    Board,
}

/// The actions know the same by the same names.
fn turned<A: Serialize, B: for<'de> Deserialize<'de>>(from: &A) -> Result<B, Problem> {
    let turned = serde_json::to_value(from).and_then(serde_json::from_value);
    turned.map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "answered 500: rules could not be read");
        let words = "Something went wrong on our side. It has been noted for those who run this server.";
        Problem::request(StatusCode::INTERNAL_SERVER_ERROR, "internal", words, Form::Json)
    })
}

fn shown(edition: &Edition) -> Answer {
    let mut answer = json(StatusCode::OK, &turned::<_, Rules>(&edition.book)?)?;
    answer.headers_mut().insert(header::ETAG, tag(edition));
    Ok(answer)
}

fn tag(edition: &Edition) -> HeaderValue {
    HeaderValue::try_from(format!("\"{}\"", edition.number)).unwrap_or(HeaderValue::from_static("\"\""))
}

/// The edition that a caller has seen; nothing if any will do.
fn seen(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(tag) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let tag = tag.to_str().unwrap_or_default().trim();
    if tag == "*" {
        return Ok(None);
    }
    // A tag that was never given is that of no edition.
    Ok(Some(tag.trim_matches('"').parse().unwrap_or(u64::MAX)))
}

/// The rules that look at comments before they are published
#[utoipa::path(
    get,
    path = "/api/v1/admin/rules",
    tag = "moderation",
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = Rules, headers(("ETag" = String))), NotLoggedIn, Forbidden)
)]
pub async fn list_rules(State(app): State<App>, Member(who): Member) -> Answer {
    shown(&keeping::list(&app.ctx, &By::Administrator(who)).await?)
}

/// Sets all rules
///
/// They count from the next comment on. With `If-Match`, only if nobody has changed them since they were read.
#[utoipa::path(
    put,
    path = "/api/v1/admin/rules",
    tag = "moderation",
    params(("If-Match" = Option<String>, Header, description = "`ETag` of the rules that were changed", nullable = false)),
    request_body = Rules,
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = Rules, headers(("ETag" = String))), NotLoggedIn, Forbidden, Stale, Refused)
)]
pub async fn set_rules(
    State(app): State<App>,
    Member(who): Member,
    headers: HeaderMap,
    Json(given): Json<Rules>,
) -> Answer {
    let (book, of) = (turned(&given)?, seen(&headers)?);
    match keeping::set(&app.ctx, &By::Administrator(who.clone()), book, of).await {
        Err(actions::Error::Refused(Refusal::Conflict)) => {
            let now = keeping::list(&app.ctx, &By::Administrator(who)).await?;
            Ok(stale(&tag(&now)))
        }
        set => shown(&set?),
    }
}

/// What rules would have done.
#[derive(Debug, Serialize, ToSchema)]
pub struct RulesTrial {
    /// How many comments were looked at: the newest that readers can see, 1,000 at most.
    looked_at: usize,
    /// Those on which a rule would have had an effect, the newest first.
    found: Vec<TriedComment>,
}

/// A comment on which rules would have had an effect.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriedComment {
    /// The comment.
    comment_id: Id,
    /// Its thread.
    thread_id: Id,
    /// The handle of its author.
    author: String,
    /// What the strictest rule would have done.
    effect: Effect,
    /// All that match, in order; one that refuses is the last.
    rules: Vec<String>,
}

impl From<Tried> for TriedComment {
    fn from(tried: Tried) -> Self {
        let Tried { line, effect, rules } = tried;
        let author = handle(&line.author.name, &line.author.host);
        Self { comment_id: Id(line.id.0), thread_id: Id(line.thread.0), author, effect: effect.into(), rules }
    }
}

/// Tries rules on the newest comments, and changes nothing
///
/// How often something was written, and in which language, is not known afterwards: rules that ask for that match nothing here.
#[utoipa::path(
    post,
    path = "/api/v1/admin/rules/test",
    tag = "moderation",
    request_body = Rules,
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = RulesTrial), NotLoggedIn, Forbidden, Refused)
)]
pub async fn test_rules(State(app): State<App>, Member(who): Member, Json(given): Json<Rules>) -> Answer {
    let trial = keeping::test(&app.ctx, &By::Administrator(who), turned(&given)?).await?;
    let found = trial.found.into_iter().map(TriedComment::from).collect();
    json(StatusCode::OK, &RulesTrial { looked_at: trial.looked_at, found })
}
