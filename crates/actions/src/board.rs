//! Boards: making one, describing it.

use domain::authority::Admission;
use domain::rights::Right;
use domain::text::tidy;
use domain::{BoardId, Deed, Noun, Refusal, Time};
use storage::boards::{self, Board};
use storage::{Write, threads};

use crate::hosting::By;
use crate::{Ctx, Error, Person, Result, naming, pace};

/// A board that can be stored.
#[derive(Clone, Debug)]
pub struct Checked {
    name: String,
    title: String,
    about: String,
    about_html: String,
    rules: String,
    rules_html: String,
    admission: Admission,
    slow: i64,
}

/// What is said of a board, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// Its title. Empty where it is made: its name.
    pub title: String,
    /// What it is about.
    pub about: String,
    /// Its rules.
    pub rules: String,
    /// Who may start threads on it.
    pub admission: Admission,
    /// Seconds that everybody has to let pass between two comments of theirs on it; 0: none.
    pub slow: i64,
}

/// Checks what was typed.
///
/// # Errors
/// The refusal of the part that cannot be taken.
pub fn check(ctx: &Ctx, name: &str, said: &Description) -> Result<Checked> {
    let name = naming::check(ctx, name)?;
    let title = if said.title.trim().is_empty() { &name } else { &said.title };
    let title = domain::text::title(title, &ctx.limits().text)?;
    let html = |text: &str| {
        if text.trim().is_empty() { Ok(String::new()) } else { crate::writing::render(ctx, text).map(|text| text.html) }
    };
    let (about_html, rules_html) = (html(&said.about)?, html(&said.rules)?);
    let slow = pace::checked("slow_seconds", said.slow)?;
    let (about, rules) = (tidy(&said.about), tidy(&said.rules));
    Ok(Checked { name, title, about, about_html, rules, rules_html, admission: said.admission, slow })
}

impl Checked {
    fn board(self, id: BoardId, created: Time) -> Board {
        let Self { name, title, about, about_html, rules, rules_html, admission, slow } = self;
        let host = String::new();
        Board { id, name, host, group: None, title, about, about_html, rules, rules_html, admission, created, slow }
    }
}

/// Makes a board, as an administrator.
///
/// # Errors
/// Refusals; failures.
pub async fn create(ctx: &Ctx, who: &Person, name: &str, said: &Description) -> Result<Board> {
    create_by(ctx, &By::Administrator(who.clone()), name, said).await
}

/// Makes a board; the log says who did.
///
/// # Errors
/// Refusals; failures.
pub async fn create_by(ctx: &Ctx, by: &By, name: &str, said: &Description) -> Result<Board> {
    by.must(Right::RunBoards)?;
    let (cx, by, checked) = (ctx.clone(), by.clone(), check(ctx, name, said)?);
    ctx.db()
        .write(move |tx| {
            let board = store(tx, &cx, checked)?;
            by.log(tx, &cx, Deed::MakeBoard, &board.name)?;
            Ok(board)
        })
        .await
}

/// Makes a board where nobody decides anything: a place that is being filled.
///
/// # Errors
/// Refusals; failures.
pub async fn create_as_host(ctx: &Ctx, name: &str, said: &Description) -> Result<Board> {
    let (cx, checked) = (ctx.clone(), check(ctx, name, said)?);
    ctx.db().write(move |tx| store(tx, &cx, checked)).await
}

pub(crate) fn store(tx: &mut Write, ctx: &Ctx, checked: Checked) -> Result<Board> {
    let board = checked.board(BoardId(ctx.id()), ctx.now());
    naming::free(tx, &board.name)?;
    match boards::insert(tx, &board) {
        Err(storage::Error::Duplicate(_)) => Err(Error::Refused(Refusal::NameTaken(board.name))),
        other => Ok(other.map(|()| board)?),
    }
}

/// Changes what is said of a board, as an administrator.
///
/// # Errors
/// Refusals; failures.
pub async fn describe(ctx: &Ctx, who: &Person, name: &str, said: &Description) -> Result<Board> {
    who.must(Right::RunBoards)?;
    let old = find(ctx, name).await?;
    if old.group.is_some() {
        return Err(Error::Refused(Refusal::Forbidden("describe this board", "It is described where it is at home.")));
    }
    // Where it is made without a title, it has its name for one; nobody is to lose a title by leaving the field empty.
    domain::text::title(&said.title, &ctx.limits().text)?;
    let board = check(ctx, &old.name, said)?.board(old.id, old.created);
    let stored = board.clone();
    ctx.db().write(move |tx| boards::update(tx, &stored)).await?;
    Ok(board)
}

/// The board of that address, `name` or `name@host`.
///
/// # Errors
/// [`Refusal::NotFound`]; failures.
pub async fn find(ctx: &Ctx, name: &str) -> Result<Board> {
    let name = name.to_owned();
    ctx.db().read(move |tx| boards::by_address(tx, &name)).await?.ok_or(Error::missing(Noun::Board))
}

/// Our boards, and those of other servers that somebody here follows.
///
/// # Errors
/// Failures only.
pub async fn all(ctx: &Ctx) -> Result<Vec<Board>> {
    Ok(ctx.db().read(boards::all).await?)
}

/// A page of threads: of one board, or of all.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The board, when one was asked for.
    pub board: Option<Board>,
    /// Threads at its head; on the first page only.
    pub pinned: Vec<threads::Thread>,
    /// The threads.
    pub threads: Vec<threads::Thread>,
    /// Where the next page begins, when there is one.
    pub next: Option<threads::After>,
}

/// Reads a page of threads.
///
/// # Errors
/// [`Refusal::NotFound`]; failures.
pub async fn listing(
    ctx: &Ctx,
    board: Option<String>,
    sort: domain::ThreadSort,
    after: Option<threads::After>,
    limit: usize,
) -> Result<Listing> {
    ctx.db()
        .read(move |tx| {
            let board = match board {
                Some(name) => Some(boards::by_address(tx, &name)?.ok_or(Error::missing(Noun::Board))?),
                None => None,
            };
            let id = board.as_ref().map(|board| board.id);
            let more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
            let mut found = threads::page(tx, id, sort, after, more)?;
            let next = if found.len() > limit {
                found.get(limit.saturating_sub(1)).map(|last| last.after(sort))
            } else {
                None
            };
            found.truncate(limit);
            let mut pinned = match id {
                Some(id) => threads::pinned(tx, id)?,
                None => Vec::new(),
            };
            found.retain(|thread| !pinned.iter().any(|pinned| pinned.id == thread.id));
            if after.is_some() {
                pinned.clear();
            }
            Ok(Listing { board, pinned, threads: found, next })
        })
        .await
}
