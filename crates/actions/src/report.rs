//! Reporting a comment to the moderators.

use domain::authority::{Act, may};
use domain::{Category, CommentId, Noun, Refusal};
use storage::comments;
use storage::reports::{self, NewReport};

use crate::caller::subject;
use crate::{Ctx, Error, Person, Result};

/// The longest text of a report, in Unicode scalar values.
pub const MAX_TEXT: usize = 2_000;

/// Stores a report. Reporting the same comment again changes nothing and is no error.
///
/// # Errors
/// Refusals of the text and of the table of rights; failures.
pub async fn report(ctx: &Ctx, who: &Person, comment: CommentId, category: Category, text: &str) -> Result<()> {
    let text: String = text.trim().chars().filter(|c| !c.is_control() || *c == '\n').collect();
    let chars = text.chars().count();
    if chars > MAX_TEXT {
        let problem = format!("{chars} characters are too many; say it in {MAX_TEXT}");
        return Err(Error::Refused(Refusal::field("text", problem)));
    }
    if category == Category::Other && text.is_empty() {
        return Err(Error::Refused(Refusal::field("text", "say in a few words what is wrong with the comment")));
    }
    let (cx, who) = (ctx.clone(), who.clone());
    ctx.db()
        .write(move |tx| {
            let spot = comments::spot(tx, comment)?.ok_or(Error::missing(Noun::Comment))?;
            may(Some(&who.standing()), Act::Report, subject(&spot))?;
            let new = NewReport { id: cx.id(), comment, reporter: who.actor, category, text: &text, now: cx.now() };
            reports::insert(tx, &new)?;
            Ok(())
        })
        .await
}
