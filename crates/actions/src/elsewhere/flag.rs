//! Reports from other servers: they come into the queue of the moderators, as those of readers do. Who reports is who has signed: with most
//! software the server itself, so that nobody learns who was offended. Reports are told to nobody else.

use std::borrow::Cow;
use std::collections::BTreeSet;

use domain::Category;
use domain::authority::{Act, may};
use domain::text::{from_html, plain};
use federation::origin::Id;
use storage::remotes::Remote;
use storage::reports::{self, NewReport};
use storage::{Write, actors, comments};

use super::place;
use super::receive::comment;
use super::work::Outcome;
use crate::caller::subject;
use crate::report::{MAX_TEXT, is_deaf_to};
use crate::{Ctx, Result};

/// Things of one report that are looked at.
const MOST: usize = 20;

/// Takes a report on each comment that it names and that is here.
///
/// # Errors
/// Failures only.
pub(crate) async fn flagged(
    ctx: &Ctx,
    mut objects: Vec<Id>,
    (id, category, text): (&str, Category, &str),
    by: Remote,
) -> Result<Outcome> {
    objects.truncate(MOST);
    let (cx, flag, text) = (ctx.clone(), id.to_owned(), words(ctx, text));
    ctx.db().write(move |tx| report(tx, &cx, &objects, (&flag, category, &text), &by)).await
}

fn report(
    tx: &mut Write,
    ctx: &Ctx,
    objects: &[Id],
    (flag, category, text): (&str, Category, &str),
    by: &Remote,
) -> Result<Outcome> {
    let host = actors::find(tx, by.actor)?.map(|actor| actor.host).unwrap_or_default();
    let mut outcome = Outcome::Ignored("nothing that it reports is here");
    let found: Result<Vec<_>> = objects.iter().filter_map(|object| comment(tx, ctx, object).transpose()).collect();
    // In one order, so that two reports on the same comments do not wait for one another.
    for comment in BTreeSet::from_iter(found?) {
        let Some(spot) = comments::spot(tx, comment)? else { continue };
        if may(Some(&place::standing(ctx, by)), Act::Report, subject(&spot)).is_err() {
            continue;
        }
        let (id, reporter, now) = (ctx.id(), by.actor, ctx.now());
        if is_deaf_to(tx, &host, now)? {
            return Ok(Outcome::Ignored("nothing was found in most of what was reported from there"));
        }
        reports::insert(tx, &NewReport { id, comment, reporter, host: &host, flag: Some(flag), category, text, now })?;
        outcome = Outcome::Done;
    }
    Ok(outcome)
}

/// What is said in a report, as plain text. It is meant to be that; whoever sends markup loses the markup.
fn words(ctx: &Ctx, text: &str) -> String {
    let plain = match from_html(text, &ctx.limits().text) {
        Ok(clean) if text.contains('<') => Cow::Owned(plain(&clean.html)),
        _ => Cow::Borrowed(text),
    };
    domain::text::tidy(&plain).chars().take(MAX_TEXT).collect()
}
