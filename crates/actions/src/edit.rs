//! Changing one's words.

use domain::authority::Act;
use domain::text::tidy;
use domain::{CommentId, EventKind, Refusal, State};
use storage::comments::{self, Words};
use storage::threads::{self, Touch};

use crate::writing::{index, permitted, render};
use crate::{Ctx, Error, Person, Result};

/// Replaces the words of one's comment; the earlier ones can still be read. `of` is the source that was edited: if it is
/// given and no longer the newest, nothing is changed.
///
/// # Errors
/// Refusals of the text and of the table of rights, [`Refusal::Conflict`]; failures.
pub async fn edit(ctx: &Ctx, who: &Person, comment: CommentId, source: &str, of: Option<String>) -> Result<()> {
    let rendered = render(ctx, source)?;
    let (cx, who, source) = (ctx.clone(), who.clone(), tidy(source));
    ctx.db()
        .write(move |tx| {
            let spot = permitted(tx, &who, Act::Edit, comment)?;
            let old = comments::source(tx, comment)?.unwrap_or_default();
            if of.is_some_and(|of| tidy(&of) != tidy(&old)) {
                return Err(Error::Refused(Refusal::Conflict));
            }
            if old == source {
                return Ok(());
            }
            let now = cx.now();
            comments::edit(tx, comment, Words { source: &source, html: &rendered.html }, cx.id(), now)?;
            if spot.state != State::Held {
                let title = spot.parent.is_none().then_some(spot.title.as_str());
                index(tx, comment, spot.state, title, &rendered.plain)?;
                let event = Some((EventKind::Edit, comment));
                threads::touch(tx, spot.thread, Touch { comments: 0, active: None, event, now })?;
            }
            Ok(())
        })
        .await
}
