//! An answer by somebody known to something that stands here, as most are: nothing has to be asked for elsewhere, and
//! nothing of the same server waits that may come before it. The comment itself is what is stored, and knows the activity when it comes
//! again: the inbox has no row for it. What is acknowledged is as durable as what waits, stands in the tree at once, and costs one
//! transaction instead of five. Everything else, and whatever fails
//! here, goes to the queue, which finds out why and keeps that.

use std::sync::Arc;

use domain::rules::Rules;
use domain::{Level, Time};
use federation::signature::Claim;
use federation::wire::parse::{self, Activity, Envelope, Kind, Note, Object, Unread};
use storage::remotes::Remote;
use storage::{Write, inbox, peers, remotes};

use super::place::{self, AtOnce, Text};
use super::policy;
use super::receive::{self, Received};
use super::regroup::Heard;
use crate::{Ctx, Error, rules};

/// The longest that is dealt with while its sender waits, in bytes.
const LONGEST: usize = 64 << 10;

/// What came, read whole before anything is locked.
struct Answer {
    now: Time,
    envelope: Envelope,
    note: Note,
    by: Arc<Remote>,
    heard: Heard,
    text: Text,
    level: Level,
}

/// Why something is not dealt with at once.
enum Later {
    /// It has to wait for others, or needs what is not here.
    Waits,
    Failed(Error),
}

impl From<Error> for Later {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<storage::Error> for Later {
    fn from(error: storage::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// Deals with what somebody has said who has been heard lately, if it can be done at once; nothing is stored otherwise.
pub(super) async fn from_acquaintance(
    ctx: &Ctx,
    claim: &Claim,
    (envelope, unread): (&Envelope, Option<Unread>),
    heard: &Heard,
) -> Option<Received> {
    let unread = unread?;
    let by = ctx.elsewhere().acquaintances().get(envelope.actor.as_str()).await?;
    receive::fits(ctx, claim, &by).await.ok()?;
    deal_with(ctx, (envelope, Some(unread)), by, heard).await
}

/// The same of somebody who has just been looked up, and whose words these are; they are remembered.
pub(super) async fn from(ctx: &Ctx, by: Remote, envelope: &Envelope, heard: &Heard) -> Option<Received> {
    let acquaintances = ctx.elsewhere().acquaintances();
    if acquaintances.get(&by.uri).await.is_some_and(|known| *known == by) {
        // It was tried.
        return None;
    }
    let by = Arc::new(by);
    acquaintances.insert(by.uri.clone(), Arc::clone(&by)).await;
    if !may_be(ctx, envelope, heard.body.len()) {
        return None;
    }
    deal_with(ctx, (envelope, None), by, heard).await
}

/// Where the host's own program is asked first, everything waits in the queue: no sender is kept waiting for what a third party says, and
/// none of the few places here.
pub(super) fn may_be(ctx: &Ctx, envelope: &Envelope, bytes: usize) -> bool {
    ctx.hook().is_none() && envelope.kind == Kind::Create && bytes <= LONGEST
}

/// What was not kept while its sender was looked up is read anew.
async fn deal_with(ctx: &Ctx, said: (&Envelope, Option<Unread>), by: Arc<Remote>, heard: &Heard) -> Option<Received> {
    let envelope = said.0;
    // Whoever finds none waits in the queue, which keeps nobody from reading.
    let _place = ctx.elsewhere().places_at_once(ctx.db().spare_writers()).try_acquire().ok()?;
    let level = policy::level(ctx, &envelope.actor.host()).await.ok().filter(|level| level.is_spoken_to())?;
    let rules = rules::current(ctx).await.ok()?;
    let answer = Answer { level, ..read(ctx, said, (by, &rules), heard)? };
    let cx = ctx.clone();
    match ctx.db().write(move |tx| deal(tx, &cx, answer)).await {
        Ok(received) => {
            let new = u64::from(received == Received::Stored);
            metrics::counter!("rejoinder_inbox_settled_total", "outcome" => "done").increment(new);
            Some(received)
        }
        Err(Later::Waits) => None,
        Err(Later::Failed(error)) => {
            tracing::debug!(%error, id = envelope.id.as_str(), "what came could not be dealt with at once");
            None
        }
    }
}

fn read(
    ctx: &Ctx,
    (envelope, unread): (&Envelope, Option<Unread>),
    (by, rules): (Arc<Remote>, &Arc<Rules>),
    heard: &Heard,
) -> Option<Answer> {
    let ours = ctx.elsewhere().rules();
    let activity = match unread {
        Some(unread) => unread.read(ours),
        None => parse::parse(heard.body.as_bytes(), ours),
    };
    let Ok(Activity::Create(Object::Here(note))) = activity else { return None };
    note.in_reply_to.as_ref()?;
    let text = Text::new(ctx, &note, rules, false);
    let (now, envelope, heard) = (ctx.now(), envelope.clone(), heard.clone());
    Some(Answer { now, envelope, note: *note, by, heard, text, level: Level::Allow })
}

fn deal(tx: &mut Write, ctx: &Ctx, answer: Answer) -> Result<Received, Later> {
    let Answer { now, envelope, note, by, heard, text, level } = answer;
    let host = envelope.actor.host();
    // They may have another key since, or be gone.
    if remotes::held_by_uri(tx, &by.uri)?.as_ref() != Some(&*by) || inbox::waits(tx, &host)? {
        return Err(Later::Waits);
    }
    match place::put_now(tx, ctx, level, (&note, &by), &heard, text)? {
        AtOnce::New => {}
        AtOnce::Known => return Ok(Received::Known),
        AtOnce::Not => return Err(Later::Waits),
    }
    peers::heard(tx, &host, now)?;
    Ok(Received::Stored)
}
