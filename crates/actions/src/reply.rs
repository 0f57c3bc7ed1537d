//! Answering a comment.

use domain::authority::Act;
use domain::{CommentId, EventKind, Refusal, State, Votes};
use storage::comments::{self, NewComment, Spot, Words};
use storage::threads::{self, Touch};

use crate::once::{self, Once};
use crate::writing::{index, notify, permitted, render};
use crate::{Ctx, Error, Person, Result};

/// Publishes an answer and returns its id. With `once`, the same request again returns the same comment.
///
/// # Errors
/// Refusals of the text, of the depth, of the table of rights; failures.
pub async fn reply(ctx: &Ctx, who: &Person, parent: CommentId, source: &str, once: Option<Once>) -> Result<CommentId> {
    let rendered = render(ctx, source)?;
    let (cx, who, source) = (ctx.clone(), who.clone(), source.to_owned());
    ctx.db()
        .write(move |tx| {
            if let Some(comment) = once::seen(tx, &who, once.as_ref())? {
                return Ok(comment);
            }
            let spot = permitted(tx, &who, Act::Reply, parent)?;
            let max = cx.limits().depth;
            if spot.depth > max {
                return Err(Error::Refused(Refusal::TooDeep { max }));
            }
            let (id, now) = (CommentId(cx.id()), cx.now());
            let words = Words { source: &source, html: &rendered.html };
            comments::insert(tx, &new(id, &spot, &who, words, now))?;
            let event = Some((EventKind::Comment, id));
            threads::touch(tx, spot.thread, Touch { comments: 1, active: Some(now), event, now })?;
            index(tx, id, None, &rendered.plain)?;
            notify(tx, &cx, id, who.actor, Some(spot.author), &rendered.mentions, now)?;
            once::remember(tx, &who, once.as_ref(), id, now)?;
            Ok(id)
        })
        .await
}

fn new<'a>(id: CommentId, parent: &Spot, who: &Person, words: Words<'a>, now: domain::Time) -> NewComment<'a> {
    NewComment {
        id,
        thread: parent.thread,
        parent: Some(parent.id),
        author: who.actor,
        depth: parent.depth + 1,
        state: State::Published,
        published: now,
        votes: Votes::default(),
        words: Some(words),
    }
}
