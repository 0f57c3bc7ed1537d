//! Changing one's words.

use domain::authority::{Act, Standing};
use domain::rules::Occasion;
use domain::text::{Rendered, tidy};
use domain::{CommentId, EventKind, Level, News, Refusal, State, Time};
use storage::comments::{self, Spot, Words};
use storage::threads::{self, Touch};
use storage::{Read, Write, holds};

use crate::elsewhere::say::{self, Home};
use crate::rules::hook::{self, At, Question};
use crate::rules::{self, Entering, Look, Matter, Ruling, Words as Looked};
use crate::writing::{index, permitted, render, still_permitted};
use crate::{Ctx, Error, Person, Result, held, webhooks};

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
/// Refusals of the text, of the rules and of the table of rights, [`Refusal::Conflict`]; failures.
pub async fn edit(ctx: &Ctx, who: &Person, comment: CommentId, source: &str, of: Of) -> Result<()> {
    let rendered = render(ctx, source)?;
    let mut look = Look::new(&rules::current(ctx).await?, Looked::of(&rendered));
    let source = tidy(source);
    let (at, words) = (At::Instead(comment, Act::Edit), Some((source.as_str(), &rendered)));
    hook::ask(ctx, &mut look, Question { who: who.standing(), host: "", at, title: "", link: None, words }).await?;
    let (cx, who) = (ctx.clone(), who.clone());
    ctx.db()
        .write(move |tx| {
            let entering = Entering { host: "", level: Level::Allow, look: &look };
            if change(tx, &cx, &who.standing(), comment, (&source, &rendered, &of), entering)? == Change::Made {
                let level = level(tx, &who, comment)?;
                say::edited(tx, &cx, comment, Home::of(&who.name, level))?;
            }
            Ok(())
        })
        .await
}

/// How what somebody here wrote is dealt with now.
fn level(tx: &mut Read, who: &Person, comment: CommentId) -> Result<Level> {
    if rules::is_limited(tx, comment)? {
        return Ok(Level::Limit);
    }
    let board = comments::spot(tx, comment)?.map(|spot| spot.board);
    Ok(board.map_or(Level::Allow, |board| who.bars.level_on(board)))
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
    (source, rendered, of): (&str, &Rendered, &Of),
    entering: Entering<'_>,
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
    let ruling = judged(tx, ctx, who, &spot, entering)?;
    let now = ctx.now();
    comments::edit(tx, comment, Words { source, html: &rendered.html }, ctx.id(), now)?;
    if spot.state != State::Held {
        let title = spot.parent.is_none().then_some(spot.title.as_str());
        index(tx, comment, spot.state, title, &rendered.plain)?;
        let event = Some((EventKind::Edit, comment));
        let touched = threads::touch(tx, spot.thread, Touch { comments: 0, active: None, event, now })?;
        still_permitted(who, Act::Edit, &spot, touched.openness)?;
        webhooks::happened(tx, ctx, News::CommentEdited, comment)?;
    }
    settle(tx, ctx, &spot, &ruling)?;
    Ok(Change::Made)
}

/// What the rules say to other words of a comment. Of ours that readers can see none wait: others would have to be told that it is gone, and
/// most of them never take it back.
pub(crate) fn judged(tx: &mut Write, ctx: &Ctx, who: &Standing, spot: &Spot, entering: Entering<'_>) -> Result<Ruling> {
    let matter = Matter { who, comment: spot.id, board: spot.board, occasion: Occasion::Edit };
    let ruling = rules::ask(tx, ctx, entering, matter)?;
    let waits = ruling.is_held() && spot.state.stands() && entering.host.is_empty();
    if waits { Err(Error::Refused(Refusal::EditWaits)) } else { Ok(ruling) }
}

/// Does what the rules said, once the words are stored. What waits already waits as before, and what was rejected stays so.
pub(crate) fn settle(tx: &mut Write, ctx: &Ctx, spot: &Spot, ruling: &Ruling) -> Result<()> {
    if ruling.is_held() && spot.state.stands() {
        held::withhold(tx, ctx, spot.id)?;
    }
    if spot.state == State::Held && holds::find(tx, spot.id)?.is_some() {
        return Ok(());
    }
    ruling.keep(tx, ctx)
}
