//! The host's own program, which is asked about each comment after the rules and before it is published. It is asked before anything is locked:
//! however long it takes, nobody waits but whoever wrote the comment. What it says is a part of what was found in the words (`Look`), and has
//! its effect where the rules have theirs. A program that is slow, or lies, costs two seconds and one of a few places, and nothing else.

use std::sync::Arc;
use std::time::Duration;

use domain::authority::{Act, Standing, may, may_start};
use domain::rules::{Occasion, Subject};
use domain::text::Rendered;
use domain::{ActorId, BoardId, CommentId, Effect, Origin, Role, ThreadId};
use federation::client::{CallError, Called};
use federation::origin::Id;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use storage::boards::Board;
use storage::comments::Spot;
use storage::{Read, actors, boards, comments};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout_at};

use super::Matter;
use super::facts::Known;
use super::looking::Look;
use crate::caller::subject;
use crate::{Ctx, Error, Result, elsewhere, sealed};

/// How long a comment waits for the answer at most, all tries included.
const WITHIN: Duration = Duration::from_secs(2);
/// How long one try may take: there is time for a second one.
const TRY: Duration = Duration::from_millis(900);
/// How often it is tried: what fails at once may be a program that starts again.
const TRIES: u32 = 3;
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(100);
/// Comments about which is asked at the same time. The others wait for a place, within their time.
const PLACES: usize = 32;
/// The longest answer, in bytes.
const LONGEST: usize = 16 << 10;
/// Tags that are kept of an answer, and characters of a tag, and of a reason.
const MOST_TAGS: usize = 10;
const LONGEST_TAG: usize = 60;
const LONGEST_REASON: usize = 500;

/// What is done with a comment about which no answer came, or none that can be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFailure {
    /// As if there were no program.
    Open,
    /// It waits for a moderator.
    Closed,
}

/// A program that is asked; clones share its places.
#[derive(Clone, Debug)]
pub struct Hook {
    to: Id,
    secret: Arc<str>,
    on_failure: OnFailure,
    places: Arc<Semaphore>,
}

impl Hook {
    /// The program at this address, which knows us by the secret.
    ///
    /// # Errors
    /// The refusal of an address that may not be called.
    pub fn new(elsewhere: &elsewhere::Elsewhere, url: &str, secret: &str, on_failure: OnFailure) -> Result<Self> {
        let to = sealed::address(elsewhere.rules(), url)?;
        Ok(Self { to, secret: secret.into(), on_failure, places: Arc::new(Semaphore::new(PLACES)) })
    }

    /// What becomes of a comment about which it has said nothing.
    pub(super) fn silent(&self, why: &str) -> Said {
        match self.on_failure {
            OnFailure::Open => Said::default(),
            OnFailure::Closed => {
                Said { verdict: Verdict::Hold, reason: why.to_owned(), tags: Vec::new(), is_silence: true }
            }
        }
    }

    /// The same of one about which it was not asked: whoever runs it hears of that, whatever counts then.
    pub(super) fn unasked(&self) -> Said {
        metrics::counter!("rejoinder_hook_total", "outcome" => "unasked").increment(1);
        tracing::warn!(counts = ?self.on_failure, "the moderation hook was not asked about a comment: what it needed to know has changed meanwhile");
        self.silent(UNASKED)
    }
}

/// Why a comment waits about which was not asked: something has changed after it was looked at whether that is needed.
pub(super) const UNASKED: &str = "it could not be asked in time";

/// What the program says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Said {
    /// What is to become of the comment.
    pub verdict: Verdict,
    /// Why: for moderators, and for an author whose comment is refused.
    #[serde(default)]
    pub reason: String,
    /// What moderators are to see beside it.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Whether it has said nothing, and something else counts.
    #[serde(skip)]
    pub is_silence: bool,
}

/// What is to become of a comment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It has nothing against it; the rules still count.
    #[default]
    Approve,
    /// A moderator is to look at it.
    Hold,
    /// It is refused.
    Refuse,
}

/// Where a comment is to stand.
#[derive(Clone, Debug)]
pub(crate) enum At {
    /// As an answer to this one; what the table of rights is asked.
    Below(CommentId, Act),
    /// At the head of a thread on this board.
    On(Box<Board>, Origin),
    /// In the place of the words that this one has, or had; what the table of rights is asked.
    Instead(CommentId, Act),
}

/// A comment about which is asked.
pub(crate) struct Question<'a> {
    /// Who wrote it, and their host; empty for people here.
    pub(crate) who: Standing,
    pub(crate) host: &'a str,
    /// Where it is to stand.
    pub(crate) at: At,
    /// The title and the link of a thread.
    pub(crate) title: &'a str,
    pub(crate) link: Option<&'a str>,
    /// The words as written and rendered, if there are any.
    pub(crate) words: Option<(&'a str, &'a Rendered)>,
}

/// As it is sent.
#[derive(Serialize)]
struct Letter<'a> {
    id: String,
    occasion: &'static str,
    board: String,
    thread: Option<String>,
    in_reply_to: Option<String>,
    comment: Option<String>,
    author: Author,
    title: Option<&'a str>,
    link: Option<&'a str>,
    text: &'a str,
    html: &'a str,
}

#[derive(Serialize)]
struct Author {
    handle: String,
    local: bool,
}

/// What is known here of where it is to stand, and of who wrote it.
struct Place {
    board: BoardId,
    address: String,
    thread: Option<ThreadId>,
    parent: Option<CommentId>,
    comment: Option<CommentId>,
    handle: String,
}

/// Asks about a comment, if there is anybody to ask; what is said is kept with what was found in the words.
///
/// # Errors
/// Failures only.
pub(crate) async fn ask(ctx: &Ctx, look: &mut Look, question: Question<'_>) -> Result<()> {
    let Some(hook) = ctx.hook() else { return Ok(()) };
    let until = Instant::now() + WITHIN;
    let Some(place) = in_question(ctx, look, &question).await? else { return Ok(()) };
    let id = ctx.id();
    let body = sealed::written(&letter(id, &place, &question))?;
    let said = match timeout_at(until, exchange(ctx, hook, (id, body))).await {
        Ok(Ok(said)) => Ok(said),
        Ok(Err(why)) => Err(why),
        Err(_) => Err("it did not answer in time".to_owned()),
    };
    metrics::counter!("rejoinder_hook_total", "outcome" => if said.is_ok() { "answered" } else { "failed" })
        .increment(1);
    look.hear(said.unwrap_or_else(|why| {
        tracing::warn!(why, "the moderation hook gave no answer that could be used");
        hook.silent(&why)
    }));
    Ok(())
}

/// Where the comment is to stand, unless it needs no question: who moderates there is not asked about, and what the table of rights or a rule
/// refuses is refused without.
async fn in_question(ctx: &Ctx, look: &Look, question: &Question<'_>) -> Result<Option<Place>> {
    let (cx, look, who, host, at) =
        (ctx.clone(), look.clone(), question.who.clone(), question.host.to_owned(), question.at.clone());
    let source = question.words.map(|(source, _)| source.to_owned());
    ctx.db()
        .read(move |tx| {
            let Some(place) = place(tx, &who, &at, source.as_deref())? else { return Ok(None) };
            if who.role_on(place.board) != Role::Member || is_refused(tx, &cx, &look, (&who, &host), &place)? {
                return Ok(None);
            }
            Ok(Some(place))
        })
        .await
}

fn place(tx: &mut Read, who: &Standing, at: &At, source: Option<&str>) -> Result<Option<Place>> {
    let Some((board, thread, parent, comment)) = spot(tx, who, at, source)? else { return Ok(None) };
    let address = boards::find(tx, board)?.map(|board| board.address()).unwrap_or_default();
    let handle = handle(tx, who.actor)?;
    Ok(Some(Place { board, address, thread, parent, comment, handle }))
}

/// Board, thread, what is answered, and what is changed.
type Found = (BoardId, Option<ThreadId>, Option<CommentId>, Option<CommentId>);

fn spot(tx: &mut Read, who: &Standing, at: &At, source: Option<&str>) -> Result<Option<Found>> {
    match *at {
        At::On(ref board, origin) => {
            let may = may_start(who, origin, (board.id, board.admission)).is_ok();
            Ok(may.then_some((board.id, None, None, None)))
        }
        At::Below(above, act) => {
            let found = permitted(tx, who, (above, act))?;
            Ok(found.map(|spot| (spot.board, Some(spot.thread), Some(above), None)))
        }
        At::Instead(comment, act) => {
            let Some(spot) = permitted(tx, who, (comment, act))? else { return Ok(None) };
            // Of the root the title may be another one.
            let same = spot.parent.is_some() && comments::source(tx, comment)?.as_deref() == source;
            Ok((!same).then_some((spot.board, Some(spot.thread), spot.parent, Some(comment))))
        }
    }
}

/// The comment, if somebody may do this with it.
fn permitted(tx: &mut Read, who: &Standing, (comment, act): (CommentId, Act)) -> Result<Option<Spot>> {
    Ok(comments::spot(tx, comment)?.filter(|spot| may(Some(who), act, subject(spot)).is_ok()))
}

fn handle(tx: &mut Read, actor: ActorId) -> Result<String> {
    let known = actors::find(tx, actor)?;
    Ok(known
        .map(|who| if who.host.is_empty() { who.name } else { format!("{}@{}", who.name, who.host) })
        .unwrap_or_default())
}

fn is_refused(tx: &mut Read, ctx: &Ctx, look: &Look, (who, host): (&Standing, &str), place: &Place) -> Result<bool> {
    let Some(found) = look.found() else { return Ok(false) };
    let occasion = occasion(place);
    let matter = Matter { who, comment: place.comment.unwrap_or(CommentId(0)), board: place.board, occasion };
    let subject = Subject { board: place.board, host, occasion, ..found.subject() };
    let verdict = found.rules().judge(subject, &mut Known::new(tx, ctx, host, matter, found.text()))?;
    Ok(verdict.decisive().is_some_and(|rule| rule.effect == Effect::Refuse))
}

fn occasion(place: &Place) -> Occasion {
    if place.comment.is_some() { Occasion::Edit } else { Occasion::New }
}

fn letter<'a>(id: i64, place: &Place, question: &Question<'a>) -> Letter<'a> {
    let number = |id: i64| id.to_string();
    Letter {
        id: number(id),
        occasion: if occasion(place) == Occasion::New { "new" } else { "edit" },
        board: place.address.clone(),
        thread: place.thread.map(|thread| number(thread.0)),
        in_reply_to: place.parent.map(|parent| number(parent.0)),
        comment: place.comment.map(|comment| number(comment.0)),
        author: Author { handle: place.handle.clone(), local: question.host.is_empty() },
        title: Some(question.title).filter(|title| !title.is_empty()),
        link: question.link,
        text: question.words.map_or("", |(source, _)| source),
        html: question.words.map_or("", |(_, rendered)| rendered.html.as_str()),
    }
}

/// Waits for a place and asks, again if that may help. The time of all that is the caller's to bound.
async fn exchange(ctx: &Ctx, hook: &Hook, (id, body): (i64, bytes::Bytes)) -> std::result::Result<Said, String> {
    let _place = hook.places.acquire().await.map_err(|closed| closed.to_string())?;
    let client = ctx.elsewhere().client().map_err(|bad| bad.to_string())?;
    let mut left = TRIES;
    loop {
        left -= 1;
        let (now, sent) = (ctx.now(), body.clone());
        let letter = (sealed::headers(&hook.secret, id, &sent, now), sent);
        let (why, may_pass) = match client.call(&hook.to, letter, LONGEST, TRY, now.0).await {
            Ok(Called { status: 200, json: Some(json), .. }) => return understood(&json),
            Ok(Called { status: 200, .. }) => ("its answer is no JSON".to_owned(), false),
            Ok(Called { status, .. }) => (format!("it answered with status {status}"), status == 429 || status >= 500),
            Err(why) => (why.to_string(), matches!(why, CallError::NoAnswer(_))),
        };
        if !may_pass || left == 0 {
            return Err(why);
        }
        sleep(PAUSE).await;
    }
}

/// Reads an answer. Whatever cannot be understood is none: a program that says something new means something by it.
///
/// # Errors
/// Why it is none, in words.
pub fn understood(json: &[u8]) -> std::result::Result<Said, String> {
    let unknown = |error: serde_json::Error| format!("its answer is none that is known: {error}");
    // A list would be read as the members in their order.
    let object: serde_json::Map<String, Value> = serde_json::from_slice(json).map_err(unknown)?;
    let said = Said::deserialize(Value::Object(object)).map_err(unknown)?;
    // One line, that turns nothing of what stands beside it around.
    let line = |text: &str| domain::text::tidy(text).trim().replace(['\n', '\t'], " ");
    let short = |text: &str, most: usize| line(text).chars().take(most).collect::<String>();
    let tags = said.tags.iter().map(|tag| short(tag, LONGEST_TAG)).filter(|tag| !tag.is_empty()).take(MOST_TAGS);
    let reason = short(&said.reason, LONGEST_REASON);
    Ok(Said { verdict: said.verdict, reason, tags: tags.collect(), is_silence: false })
}

/// What an author is told whose comment was refused without a reason.
pub(super) const REFUSED: &str = "Write to those who run this server if you think that it is wrong.";

impl Said {
    /// Why it waits, in words.
    pub(super) fn why(&self) -> String {
        if self.reason.is_empty() { "it gave no reason".into() } else { self.reason.clone() }
    }

    /// The refusal.
    pub(super) fn refusal(&self) -> Error {
        let reason = if self.reason.is_empty() { REFUSED } else { &self.reason };
        Error::Refused(domain::Refusal::ByRule(reason.to_owned()))
    }
}
