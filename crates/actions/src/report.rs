//! Reporting a comment to the moderators.

use domain::authority::{Act, may};
use domain::{Category, CommentId, Noun, Refusal, ReportState, Time};
use storage::reports::{self, NewReport, Whose};
use storage::{Read, comments};

use crate::caller::subject;
use crate::{Ctx, Error, Person, Result};

/// The longest text of a report, in Unicode scalar values.
pub const MAX_TEXT: usize = 2_000;

/// Within which time reports are looked at again to see what was in them: a bad month is over after a month.
const WINDOW_MS: i64 = 30 * DAY_MS;
const DAY_MS: i64 = 24 * 3600 * 1000;

/// How much somebody may report in whose reports there was nothing.
struct Allowance {
    /// So many were dismissed, and more than something was found in. Anybody is wrong now and then, and who reports much is wrong more often.
    dismissed: i64,
    /// So many a day are taken from then on: what is really bad can still be reported.
    a_day: u8,
}

/// Of a person.
const PERSON: Allowance = Allowance { dismissed: 5, a_day: 3 };
/// Of everybody on a host: many speak through it, and some of them are wrong on any day.
const HOST: Allowance = Allowance { dismissed: 50, a_day: 20 };

/// For how many milliseconds nothing more is taken of somebody, if so. `also`: how many are counted that are to be taken now.
fn waits(tx: &mut Read, whose: Whose<'_>, now: Time, also: u8) -> Result<Option<i64>> {
    let allowance = match whose {
        Whose::Person(_) => PERSON,
        Whose::Host(_) => HOST,
    };
    let most = usize::from(allowance.a_day + also);
    let of_a_day = reports::came_since(tx, whose, now.plus_ms(-DAY_MS), i64::from(allowance.a_day + also))?;
    // Most people never come so far, and nothing more is counted.
    let Some(oldest) = of_a_day.last().filter(|_| of_a_day.len() >= most) else { return Ok(None) };
    let since = now.plus_ms(-WINDOW_MS);
    let dismissed = reports::count_since(tx, whose, ReportState::Dismissed, since)?;
    if dismissed < allowance.dismissed || dismissed <= reports::count_since(tx, whose, ReportState::Resolved, since)? {
        return Ok(None);
    }
    Ok(Some(oldest.plus_ms(DAY_MS).0 - now.0))
}

/// Whether nothing more is taken today of what a host reports.
///
/// # Errors
/// Storage failures only.
pub(crate) fn is_deaf_to(tx: &mut Read, host: &str, now: Time) -> Result<bool> {
    Ok(waits(tx, Whose::Host(host), now, 0)?.is_some())
}

/// Stores a report. Reporting the same comment again changes nothing and is no error.
///
/// # Errors
/// Refusals of the text, of the table of rights, of too much that nothing was found in; failures.
pub async fn report(ctx: &Ctx, who: &Person, comment: CommentId, category: Category, text: &str) -> Result<()> {
    let text = domain::text::tidy(text).trim().to_owned();
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
            let now = cx.now();
            let new = NewReport {
                id: cx.id(),
                comment,
                reporter: who.actor,
                host: "",
                flag: None,
                category,
                text: &text,
                now,
            };
            if !reports::insert(tx, &new)? {
                return Ok(());
            }
            let Some(ms) = waits(tx, Whose::Person(who.actor), now, 1)? else { return Ok(()) };
            // What was stored is undone with this.
            let seconds = u64::try_from(ms / 1000 + 1).unwrap_or(1);
            Err(Error::Refused(Refusal::Throttled { seconds }))
        })
        .await
}
