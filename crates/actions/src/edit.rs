//! Changing one's words.

use domain::authority::{Act, Standing};
use domain::text::{Rendered, tidy};
use domain::{CommentId, EventKind, Level, Refusal, State, Time};
use storage::Write;
use storage::comments::{self, Words};
use storage::threads::{self, Touch};

use crate::elsewhere::say::{self, Home};
use crate::writing::{index, permitted, render, still_permitted};
use crate::{Ctx, Error, Person, Result};

/// What somebody believes to be changing. If it is something else by then, nothing is changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    /// Whatever it is.
    Anything,
    /// These words.
    Words(String),
    /// What was last changed at that moment, or never.
    Edition(Option<Time>),
}

/// Replaces the words of one's comment; the earlier ones can still be read.
///
/// # Errors
/// Refusals of the text and of the table of rights, [`Refusal::Conflict`]; failures.
pub async fn edit(ctx: &Ctx, who: &Person, comment: CommentId, source: &str, of: Of) -> Result<()> {
    let rendered = render(ctx, source)?;
    let (cx, who, source) = (ctx.clone(), who.clone(), tidy(source));
    ctx.db()
        .write(move |tx| {
            if change(tx, &cx, &who.standing(), comment, (&source, &rendered), &of)? == Change::Made {
                let board = comments::spot(tx, comment)?.map(|spot| spot.board);
                let level = board.map_or(Level::Allow, |board| who.bars.level_on(board));
                say::edited(tx, &cx, comment, Home::of(&who.name, level))?;
            }
            Ok(())
        })
        .await
}

/// Whether an edit changed anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// It did.
    Made,
    /// The words were the same.
    None,
}

/// Replaces the words of a comment, whoever wrote it and wherever.
pub(crate) fn change(
    tx: &mut Write,
    ctx: &Ctx,
    who: &Standing,
    comment: CommentId,
    (source, rendered): (&str, &Rendered),
    of: &Of,
) -> Result<Change> {
    let spot = permitted(tx, who, Act::Edit, comment)?;
    let old = comments::source(tx, comment)?.unwrap_or_default();
    // Also when it is sent a second time, as a change of what it was before.
    if old == source {
        return Ok(Change::None);
    }
    let other = match of {
        Of::Anything => false,
        Of::Words(words) => tidy(words) != tidy(&old),
        Of::Edition(edited) => *edited != spot.edited,
    };
    if other {
        return Err(Error::Refused(Refusal::Conflict));
    }
    let now = ctx.now();
    comments::edit(tx, comment, Words { source, html: &rendered.html }, ctx.id(), now)?;
    if spot.state != State::Held {
        let title = spot.parent.is_none().then_some(spot.title.as_str());
        index(tx, comment, spot.state, title, &rendered.plain)?;
        let event = Some((EventKind::Edit, comment));
        let touched = threads::touch(tx, spot.thread, Touch { comments: 0, active: None, event, now })?;
        still_permitted(who, Act::Edit, &spot, touched.openness)?;
    }
    Ok(Change::Made)
}
