//! What moderators say to somebody here about themselves: that they are warned, what was decided against them, what became of their appeal.
//! Not here: deciding it (`sanctions`), appealing (`appeals`).

use std::collections::HashMap;

use domain::authority::Standing;
use domain::rights::may_sanction;
use domain::{ActorId, BoardId, Noun, Role, Time, Word};
use storage::comments::Line;
use storage::sanctions::{self, Decided};
use storage::warnings::{self, Warning};
use storage::{Read, Write, accounts, boards, swept, threads};

use crate::appeals::{self, Appealed, Kind, WINDOW_MS};
use crate::{Ctx, Error, Person, Result, passage};

/// So many are shown to whom they are about, and so many of the comments that were taken down with one.
const MOST: i64 = 50;

/// What was said, with what it is about.
#[derive(Clone, Debug)]
pub struct Said {
    /// What was said.
    pub word: Warning,
    /// The address of the board that it is about.
    pub board: Option<String>,
    /// What was decided or lifted, as it stands now.
    pub sanction: Option<Decided>,
}

impl Said {
    /// What was decided, as far as it can be appealed against.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.sanction.as_ref().map_or(Kind::Warning, |one| Kind::Sanction(one.bar.level))
    }

    /// Whether it counts now: a warning always does.
    #[must_use]
    pub fn counts(&self, now: Time) -> bool {
        self.sanction.as_ref().is_none_or(|one| one.ended.is_none() && !one.bar.is_over(now))
    }
}

/// A decision about somebody, for them.
#[derive(Clone, Debug)]
pub struct Told {
    /// What was said.
    pub said: Said,
    /// Whether there is something to be undone.
    pub stands: bool,
    /// Until when something can be said against it.
    pub until: Time,
    /// What they have said against it already.
    pub appeal: Option<Appealed>,
    /// The newest comments that were taken down with it, with their words and the titles of their threads.
    pub taken_down: Vec<(Line, String)>,
    /// How many there are.
    pub count: i64,
}

/// What was decided about the person, the newest first.
///
/// # Errors
/// Failures only.
pub async fn about(ctx: &Ctx, who: &Person) -> Result<Vec<Told>> {
    let (actor, now) = (who.actor, ctx.now());
    ctx.db()
        .read(move |tx| {
            let found = warnings::page(tx, actor, &Word::AGAINST, None, MOST)?;
            whole(tx, found)?.into_iter().map(|said| told(tx, said, now)).collect()
        })
        .await
}

/// One of these.
///
/// # Errors
/// A refusal where nothing of that id was said to them; failures.
pub async fn read(ctx: &Ctx, who: &Person, id: i64) -> Result<Told> {
    let (actor, now) = (who.actor, ctx.now());
    ctx.db()
        .read(move |tx| {
            let word = own(tx, actor, id)?;
            only(tx, word, now)
        })
        .await
}

/// What was said to somebody that can be appealed against.
pub(crate) fn own(tx: &mut Read, actor: ActorId, id: i64) -> Result<Warning> {
    let theirs = |word: &Warning| word.actor == actor && Word::AGAINST.contains(&word.kind);
    warnings::find(tx, id)?.filter(theirs).ok_or(Error::missing(Noun::Decision))
}

/// With all that belongs to it.
pub(crate) fn only(tx: &mut Read, word: Warning, now: Time) -> Result<Told> {
    let said = whole(tx, vec![word])?.pop().ok_or(Error::missing(Noun::Decision))?;
    told(tx, said, now)
}

fn told(tx: &mut Read, said: Said, now: Time) -> Result<Told> {
    let sanction = said.word.sanction;
    let count = sanction.map_or(Ok(0), |id| swept::count(tx, id))?;
    let (appeal, taken_down) = (appeals::against_word(tx, said.word.id)?, taken_down(tx, sanction)?);
    let (stands, until) = (said.counts(now) || count > 0, said.word.at.plus_ms(WINDOW_MS));
    Ok(Told { said, stands, until, appeal, taken_down, count })
}

fn taken_down(tx: &mut Read, sanction: Option<i64>) -> Result<Vec<(Line, String)>> {
    let ids = sanction.map_or(Ok(Vec::new()), |id| swept::shown(tx, id, MOST))?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut lines = passage::with_words(tx, &ids)?;
    let titled = |line: Line| {
        let title = threads::find(tx, line.thread)?.map(|thread| thread.title);
        Ok((line, title.unwrap_or_default()))
    };
    ids.iter().filter_map(|id| lines.remove(id)).map(titled).collect()
}

/// With what these are about.
pub(crate) fn whole(tx: &mut Read, found: Vec<Warning>) -> Result<Vec<Said>> {
    let one = |word: Warning| {
        let board = word.board.map_or(Ok(None), |board| boards::find(tx, board))?.map(|board| board.address());
        let sanction = word.sanction.map_or(Ok(None), |id| sanctions::find(tx, id))?;
        Ok(Said { word, board, sanction })
    };
    found.into_iter().map(one).collect()
}

/// The same, by their ids.
pub(crate) fn these(tx: &mut Read, ids: &[i64]) -> Result<HashMap<i64, Said>> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(warnings::find(tx, *id)?);
    }
    Ok(whole(tx, found)?.into_iter().map(|said| (said.word.id, said)).collect())
}

/// What is said, and about which decision on which board.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Saying {
    /// What it is.
    pub kind: Word,
    /// What was decided or lifted.
    pub sanction: Option<i64>,
    /// On which board.
    pub board: Option<BoardId>,
    /// Who says it.
    pub by: Option<ActorId>,
}

/// Says something to somebody, if they have an account here.
///
/// # Errors
/// Storage failures only.
pub(crate) fn say(tx: &mut Write, ctx: &Ctx, whom: ActorId, saying: Saying, reason: &str) -> Result<()> {
    if accounts::of_actor(tx, whom)?.is_none() {
        return Ok(());
    }
    let Saying { kind, sanction, board, by } = saying;
    let (id, reason, at) = (ctx.id(), reason.to_owned(), ctx.now());
    Ok(warnings::insert(tx, &Warning { id, actor: whom, kind, sanction, board, by, reason, at, read: None })?)
}

/// Whether somebody may decide again about whom this was said to: whoever may decide against them.
///
/// # Errors
/// The refusal; failures.
pub(crate) fn may_judge(tx: &mut Read, who: &Standing, word: &Warning) -> Result<()> {
    let role = word.board.map_or(who.role, |board| who.role_on(board));
    Ok(may_sanction((Some(who.actor), role), (word.actor, role_of(tx, word.actor)?))?)
}

fn role_of(tx: &mut Read, actor: ActorId) -> Result<Role> {
    let account = accounts::of_actor(tx, actor)?.map_or(Ok(None), |account| accounts::find(tx, account))?;
    Ok(account.map_or(Role::Member, |account| account.role))
}
