//! Seeing, setting and trying the rules.

use std::sync::Arc;

use domain::authority::Standing;
use domain::rights::Right;
use domain::rules::{Occasion, Rules, Subject};
use domain::{BoardId, CommentId, Deed, Effect, Refusal};
use storage::comments::{self, Line};
use storage::{Read, settings};

use super::Matter;
use super::facts::Known;
use super::looking::{Look, Words};
use super::written::{Boards, Book, refused};
use crate::hosting::By;
use crate::writing::reasoned;
use crate::{Ctx, Error, Result};

/// The fact under which they are kept.
const KEY: &str = "rules";

/// The rules, and how often they were changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    /// The rules.
    pub book: Book,
    /// Grows with each change; 0 where nothing was ever set.
    pub number: u64,
}

/// What is kept: the number of the edition, a space, the rules as JSON.
fn read(text: Option<String>) -> Result<Edition> {
    let Some(text) = text else { return Ok(Edition { book: Book::default(), number: 0 }) };
    let unknown = || Error::Failed(storage::Error::Unknown("settings.rules"));
    let (number, json) = text.split_once(' ').ok_or_else(unknown)?;
    let number = number.parse().ok().ok_or_else(unknown)?;
    Ok(Edition { book: serde_json::from_str(json).ok().ok_or_else(unknown)?, number })
}

/// The rules that are kept, ready to be used.
pub(super) fn stored(tx: &mut Read) -> Result<(Edition, Rules)> {
    let edition = read(settings::get(tx, KEY)?)?;
    let rules = edition.book.ready(&mut Whatever(tx))?;
    Ok((edition, rules))
}

/// A board that is called otherwise since: what counts there counts nowhere, and nobody is kept from writing by that.
struct Whatever<'a>(&'a mut Read);

impl Boards for Whatever<'_> {
    fn find(&mut self, name: &str) -> Result<Option<BoardId>> {
        Ok(self.0.find(name)?.or(Some(BoardId(0))))
    }
}

/// The rules.
///
/// # Errors
/// Refusals to those who do not run this instance; failures.
pub async fn list(ctx: &Ctx, by: &By) -> Result<Edition> {
    by.must(Right::RunRules)?;
    ctx.db().read(|tx| read(settings::get(tx, KEY)?)).await
}

/// Sets all rules, if those that count are the edition of that number; `None`: whichever they are. The same again changes nothing.
///
/// # Errors
/// Refusals of what cannot be a rule, with the reason; [`Refusal::Conflict`]; refusals to those who do not run this instance; failures.
pub async fn set(ctx: &Ctx, by: &By, book: Book, of: Option<u64>) -> Result<Edition> {
    by.must(Right::RunRules)?;
    let (cx, by) = (ctx.clone(), by.clone());
    ctx.db()
        .write(move |tx| {
            let known = read(settings::get_to_change(tx, KEY)?)?;
            if of.is_some_and(|of| of != known.number) {
                return Err(Error::Refused(Refusal::Conflict));
            }
            book.ready(&mut **tx)?;
            if known.book == book {
                return Ok(known);
            }
            let number = known.number + 1;
            let json = serde_json::to_string(&book).map_err(|error| refused(error.to_string()))?;
            settings::set(tx, KEY, &format!("{number} {json}"))?;
            let changed = format!("{} rules", book.rules.len());
            by.log(tx, &cx, Deed::SetRules, &reasoned(&changed)?)?;
            Ok(Edition { book, number })
        })
        .await
}

/// The newest comments that rules are tried on.
const TRIED: i64 = 1_000;
/// So many at a time: whoever writes does not wait for long.
const AT_ONCE: usize = 100;

/// What rules would have done.
#[derive(Clone, Debug, Default)]
pub struct Trial {
    /// How many comments were looked at.
    pub looked_at: usize,
    /// Those on which a rule would have had an effect, the newest first.
    pub found: Vec<Tried>,
}

/// A comment on which rules would have had an effect.
#[derive(Clone, Debug)]
pub struct Tried {
    /// The comment.
    pub line: Line,
    /// What the strictest would have done.
    pub effect: Effect,
    /// The names of all that match.
    pub rules: Vec<String>,
}

/// Tries rules on the newest comments that readers can see, and changes nothing. How often something was written, and in which language, is
/// not known afterwards: rules that ask for that match nothing here; nor is a thread's link looked at. Authors are taken as they are known now, but for the comment itself.
///
/// # Errors
/// Refusals of what cannot be a rule; refusals to those who do not run this instance; failures.
pub async fn test(ctx: &Ctx, by: &By, book: Book) -> Result<Trial> {
    by.must(Right::RunRules)?;
    let (rules, ids) = ctx.db().read(move |tx| Ok::<_, Error>((book.ready(tx)?, comments::latest(tx, TRIED)?))).await?;
    let (rules, mut trial) = (Arc::new(rules), Trial::default());
    for some in ids.chunks(AT_ONCE) {
        let (cx, rules, some) = (ctx.clone(), Arc::clone(&rules), some.to_vec());
        let tried = ctx.db().read(move |tx| try_on(tx, &cx, &rules, &some)).await?;
        trial.looked_at += tried.0;
        trial.found.extend(tried.1);
    }
    Ok(trial)
}

fn try_on(tx: &mut Read, ctx: &Ctx, rules: &Arc<Rules>, ids: &[CommentId]) -> Result<(usize, Vec<Tried>)> {
    let lines = comments::lines(tx, ids)?;
    let (looked_at, mut found) = (lines.len(), Vec::new());
    // The newest first, as they came.
    for line in lines.into_iter().rev() {
        if let Some((effect, rules)) = tried(tx, ctx, rules, &line)? {
            found.push(Tried { line, effect, rules });
        }
    }
    Ok((looked_at, found))
}

fn tried(tx: &mut Read, ctx: &Ctx, rules: &Arc<Rules>, line: &Line) -> Result<Option<(Effect, Vec<String>)>> {
    let Some(spot) = comments::spot(tx, line.id)? else { return Ok(None) };
    let plain = domain::text::plain(&line.html);
    let title = if spot.parent.is_none() { spot.title.as_str() } else { "" };
    let mentions = domain::text::count_mentions(&line.html);
    let look = Look::new(rules, Words { title, html: &line.html, plain: &plain, mentions, ..Words::default() });
    let Some(seen) = look.found() else { return Ok(None) };
    let (who, host) = (Standing::member(spot.author), line.author.host.as_str());
    let occasion = Occasion::Edit;
    let matter = Matter { who: &who, comment: line.id, board: spot.board, occasion };
    let subject = Subject { board: spot.board, host, occasion, ..seen.subject() };
    let verdict = rules.judge(subject, &mut Known::new(tx, ctx, host, matter, None))?;
    let names = verdict.matched.iter().map(|rule| rule.name.clone()).collect();
    Ok(verdict.decisive().map(|rule| (rule.effect, names)))
}
