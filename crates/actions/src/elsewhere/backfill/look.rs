//! One look at a thread: which of its comments are asked for who answers them. A thread has thousands, and each look asks for some dozens:
//! the newest, for they are being answered; those with most answers; those that have not been asked for yet; and of the others some in
//! their turn. Where the root is at home elsewhere and its home shows the whole thread, that alone is asked.

use std::collections::HashMap;

use domain::authority::Openness;
use domain::{CommentId, ThreadId};
use federation::origin::Id;
use storage::backfills::{self, Away, Backfill};
use storage::{Read, comments, objects, threads};

use super::tally::Tally;
use super::walk::{Compared, Ending, Walk};
use super::{Asker, members};
use crate::{Ctx, Result};

/// Comments that have not been asked for yet.
const UNSEEN: i64 = 40;
/// The newest comments.
const NEWEST: i64 = 10;
/// Those with most answers.
const ANSWERED: usize = 5;
/// Of the others, in their turn.
const IN_TURN: i64 = 15;

/// What came of a look, and where the next one goes on.
pub(super) struct Looked {
    pub(super) tally: Tally,
    pub(super) seen: CommentId,
    pub(super) turn: CommentId,
    pub(super) context: Option<String>,
    pub(super) ending: Ending,
}

/// What a look begins with.
struct Before {
    known: i64,
    /// Where the root is at home, if that is elsewhere.
    root: Option<String>,
    /// The digest of what is here.
    digest: String,
    chosen: Vec<Away>,
    seen: CommentId,
    turn: CommentId,
}

/// Looks at a thread that is leased.
///
/// # Errors
/// Failures only.
pub(super) async fn look(ctx: &Ctx, leased: &Backfill, asker: Asker) -> Result<Looked> {
    let thread = leased.thread;
    let rest = ctx.elsewhere().memory().take_rest(thread);
    let goes_on = rest.is_some();
    let mut walk = Walk::new(ctx, Some(thread), asker, rest).await?;
    let (mut seen, mut turn, mut context) = (leased.seen, leased.turn, leased.context.clone());
    if !goes_on {
        let (cx, from) = (ctx.clone(), leased.clone());
        if let Some(before) = ctx.db().read(move |tx| before(tx, &cx, &from)).await? {
            walk.set_known(before.known);
            let compared = match &before.root {
                Some(root) => compared(ctx, &mut walk, (thread, root), &mut context, &before.digest).await?,
                None => Compared::Unread,
            };
            if compared == Compared::Unread {
                (seen, turn) = (before.seen, before.turn);
                for (comment, uri) in before.chosen {
                    if let Ok(id) = ctx.elsewhere().rules().id(&uri) {
                        walk.ask_again(comment, id);
                    }
                }
            }
        }
    }
    let ending = walk.go().await?;
    let (tally, rest) = walk.end();
    if ending == Ending::More {
        ctx.elsewhere().memory().keep_rest(thread, rest);
    }
    Ok(Looked { tally, seen, turn, context, ending })
}

/// Compares the thread with its collection at the home of its root, whose address is remembered: then one request is enough.
async fn compared(
    ctx: &Ctx,
    walk: &mut Walk,
    (thread, root): (ThreadId, &str),
    context: &mut Option<String>,
    digest: &str,
) -> Result<Compared> {
    let rules = ctx.elsewhere().rules();
    let Ok(root) = rules.id(root) else { return Ok(Compared::Unread) };
    if let Some(known) = context.as_deref().and_then(|text| rules.id(text).ok()).filter(|id| id.is_with(&root)) {
        let compared = walk.compare(&known, digest).await?;
        if compared != Compared::Unread {
            return Ok(compared);
        }
    }
    // There is none, or it is no longer where it was, or its home does not answer: then it is kept for the next time.
    let found: Option<Id> = walk.context_of(thread.root(), &root).await?;
    match found.filter(|found| context.as_deref() != Some(found.as_str())) {
        Some(found) => {
            *context = Some(found.to_string());
            walk.compare(&found, digest).await
        }
        None => Ok(Compared::Unread),
    }
}

/// What is known of a thread before it is looked at. To one that is locked nothing can be added, and nothing is asked for.
fn before(tx: &mut Read, ctx: &Ctx, from: &Backfill) -> Result<Option<Before>> {
    let Some(thread) = threads::find(tx, from.thread)? else { return Ok(None) };
    let known = backfills::count(tx, thread.id)?;
    if thread.openness() == Openness::Locked {
        let (seen, turn) = (from.seen, from.turn);
        return Ok(Some(Before { known, root: None, digest: String::new(), chosen: Vec::new(), seen, turn }));
    }
    let root = objects::of_comments(tx, &[thread.id.root()])?.remove(&thread.id.root()).map(|object| object.uri);
    let digest = if root.is_some() { members::digest(tx, ctx, &thread)? } else { String::new() };
    let unseen = backfills::after(tx, thread.id, from.seen, UNSEEN)?;
    let seen = unseen.last().map_or(from.seen, |(last, _)| *last);
    let in_turn = backfills::after(tx, thread.id, from.turn, IN_TURN)?;
    // After the last one it begins with the first again.
    let is_full = i64::try_from(in_turn.len()).is_ok_and(|count| count == IN_TURN);
    let turn = in_turn.last().filter(|_| is_full).map_or(CommentId(0), |(last, _)| *last);
    let mut chosen = unseen;
    chosen.extend(backfills::newest(tx, thread.id, NEWEST)?);
    chosen.extend(most_answered(tx, thread.id)?);
    chosen.extend(in_turn);
    let mut once = std::collections::HashSet::new();
    chosen.retain(|(comment, _)| once.insert(*comment));
    Ok(Some(Before { known, root, digest, chosen, seen, turn }))
}

/// The comments from elsewhere that have most answers here.
fn most_answered(tx: &mut Read, thread: ThreadId) -> Result<Vec<Away>> {
    let mut answers: HashMap<CommentId, usize> = HashMap::new();
    for leaf in comments::leaves(tx, thread)? {
        if let Some(parent) = leaf.branch.parent {
            *answers.entry(parent).or_default() += 1;
        }
    }
    let mut most: Vec<(usize, CommentId)> = answers.into_iter().map(|(comment, count)| (count, comment)).collect();
    most.sort_unstable_by(|one, other| other.cmp(one));
    let ids: Vec<CommentId> = most.into_iter().map(|(_, comment)| comment).take(ANSWERED * 8).collect();
    let mut found = backfills::of_these(tx, thread, &ids)?;
    found.sort_by_key(|(comment, _)| ids.iter().position(|id| id == comment));
    found.truncate(ANSWERED);
    Ok(found)
}
