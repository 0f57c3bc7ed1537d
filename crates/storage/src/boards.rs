//! Boards: ours, and those of other servers that somebody here follows or has followed.

use diesel::prelude::*;
use domain::authority::Admission;
use domain::{ActorId, BoardId, Time};

use crate::Result;
use crate::actors::storable;
use crate::conn::{Change, Read, Write};
use crate::following::Stage;
use crate::schema::{boards, following, remotes, threads};

/// A board as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Board {
    /// Its id.
    pub id: BoardId,
    /// Its name, without a host.
    pub name: String,
    /// Empty for our boards; otherwise the other server.
    pub host: String,
    /// What it is on its server, if that is another one.
    pub group: Option<Group>,
    /// Its title.
    pub title: String,
    /// What it is about, as written.
    pub about: String,
    /// The same, rendered and sanitised.
    pub about_html: String,
    /// Its rules, as written.
    pub rules: String,
    /// The same, rendered and sanitised.
    pub rules_html: String,
    /// Who may start threads on it.
    pub admission: Admission,
    /// When it was made, or first seen here.
    pub created: Time,
    /// Seconds that everybody has to let pass between two comments of theirs on it; 0: none.
    pub slow: i64,
}

/// A board as the actor that it is on another server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Who it is here.
    pub actor: ActorId,
    /// Its id.
    pub uri: String,
    /// The address of its page.
    pub url: Option<String>,
}

impl Board {
    /// What it is called in addresses: `name`, or `name@host`.
    #[must_use]
    pub fn address(&self) -> String {
        address(&self.name, &self.host)
    }
}

/// What a board is called in addresses: `name`, or `name@host`.
#[must_use]
pub fn address(name: &str, host: &str) -> String {
    if host.is_empty() { name.to_owned() } else { format!("{name}@{host}") }
}

type Row = (i64, String, String, String, String, String, String, i64, String, Option<i64>, bool, i64);
type Columns = (
    boards::id,
    boards::name,
    boards::title,
    boards::about,
    boards::about_html,
    boards::rules,
    boards::rules_html,
    boards::created_at,
    boards::host,
    boards::actor_id,
    boards::remote_threads,
    boards::slow,
);
const COLUMNS: Columns = (
    boards::id,
    boards::name,
    boards::title,
    boards::about,
    boards::about_html,
    boards::rules,
    boards::rules_html,
    boards::created_at,
    boards::host,
    boards::actor_id,
    boards::remote_threads,
    boards::slow,
);

/// A board with the group that it is elsewhere. Most are ours, and have none to be looked up.
fn board(tx: &mut Read, row: Row) -> Result<Board> {
    let (id, name, title, about, about_html, rules, rules_html, created, host, actor, is_open, slow) = row;
    let group = actor.map(|actor| group(tx, ActorId(actor))).transpose()?.flatten();
    let admission = if is_open { Admission::Everybody } else { Admission::OurPeople };
    let (id, created) = (BoardId(id), Time(created));
    Ok(Board { id, name, host, group, title, about, about_html, rules, rules_html, admission, created, slow })
}

fn group(tx: &mut Read, actor: ActorId) -> Result<Option<Group>> {
    let known = remotes::table.find(actor.0).select((remotes::uri, remotes::url));
    let known: Option<(String, Option<String>)> = known.get_result(&mut tx.conn).optional()?;
    Ok(known.map(|(uri, url)| Group { actor, uri, url }))
}

/// Stores a board.
///
/// # Errors
/// [`crate::Error::Duplicate`] when the name is taken, or the group is a board already.
pub fn insert(tx: &mut Write, new: &Board) -> Result<()> {
    let row = (
        boards::id.eq(new.id.0),
        boards::name.eq(&new.name),
        boards::name_key.eq(new.name.to_lowercase()),
        boards::title.eq(&new.title),
        boards::about.eq(&new.about),
        boards::about_html.eq(&new.about_html),
        boards::rules.eq(&new.rules),
        boards::rules_html.eq(&new.rules_html),
        boards::created_at.eq(new.created.0),
        boards::host.eq(&new.host),
        boards::actor_id.eq(new.group.as_ref().map(|group| group.actor.0)),
        boards::remote_threads.eq(new.admission == Admission::Everybody),
        boards::slow.eq(new.slow),
    );
    diesel::insert_into(boards::table).values(row).execute(&mut tx.conn)?;
    tx.tell(Change::Site);
    Ok(())
}

/// Changes title, description, rules, who may start threads, and how fast people write.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn update(tx: &mut Write, board: &Board) -> Result<()> {
    let set = (
        boards::title.eq(&board.title),
        boards::about.eq(&board.about),
        boards::about_html.eq(&board.about_html),
        boards::rules.eq(&board.rules),
        boards::rules_html.eq(&board.rules_html),
        boards::remote_threads.eq(board.admission == Admission::Everybody),
        boards::slow.eq(board.slow),
    );
    diesel::update(boards::table.find(board.id.0)).set(set).execute(&mut tx.conn)?;
    tx.tell(Change::Site);
    Ok(())
}

/// Our board of that name, in any letter case.
///
/// # Errors
/// Storage failures only.
pub fn by_name(tx: &mut Read, name: &str) -> Result<Option<Board>> {
    called(tx, name, "")
}

/// The board of that address, `name` or `name@host`, in any letter case.
///
/// # Errors
/// Storage failures only.
pub fn by_address(tx: &mut Read, address: &str) -> Result<Option<Board>> {
    let (name, host) = address.split_once('@').unwrap_or((address, ""));
    called(tx, name, &host.to_lowercase())
}

fn called(tx: &mut Read, name: &str, host: &str) -> Result<Option<Board>> {
    if !storable(name) || !storable(host) {
        return Ok(None);
    }
    let found = boards::table.filter(boards::host.eq(host)).filter(boards::name_key.eq(name.to_lowercase()));
    let found: Option<Row> = found.select(COLUMNS).get_result(&mut tx.conn).optional()?;
    found.map(|row| board(tx, row)).transpose()
}

/// The board of that id.
///
/// # Errors
/// Storage failures only.
pub fn find(tx: &mut Read, id: BoardId) -> Result<Option<Board>> {
    let found: Option<Row> = boards::table.find(id.0).select(COLUMNS).get_result(&mut tx.conn).optional()?;
    found.map(|row| board(tx, row)).transpose()
}

/// The board that a group elsewhere is.
///
/// # Errors
/// Storage failures only.
pub fn of_actor(tx: &mut Read, actor: ActorId) -> Result<Option<Board>> {
    let found = boards::table.filter(boards::actor_id.eq(actor.0)).select(COLUMNS);
    let found: Option<Row> = found.get_result(&mut tx.conn).optional()?;
    found.map(|row| board(tx, row)).transpose()
}

/// The boards of another server that were ever followed from here. Each was chosen by hand.
///
/// # Errors
/// Storage failures only.
pub fn of_host(tx: &mut Read, host: &str) -> Result<Vec<BoardId>> {
    let theirs = boards::table.filter(boards::host.eq(host)).order(boards::name_key).select(boards::id);
    Ok(theirs.load::<i64>(&mut tx.conn)?.into_iter().map(BoardId).collect())
}

/// Our boards by name, then those of other servers that somebody here follows, or has asked to. There are few: a host makes them by
/// hand, and people choose them by hand.
///
/// # Errors
/// Storage failures only.
pub fn all(tx: &mut Read) -> Result<Vec<Board>> {
    let ours = boards::table.filter(boards::host.eq("")).order(boards::name_key).limit(1000);
    let mut rows: Vec<Row> = ours.select(COLUMNS).load(&mut tx.conn)?;
    let chosen = following::table.filter(following::state.ne(Stage::Refused.code())).select(following::board_id);
    let theirs = boards::table.filter(boards::id.eq_any(chosen)).order((boards::host, boards::name_key)).limit(1000);
    rows.extend(theirs.select(COLUMNS).load::<Row>(&mut tx.conn)?);
    rows.into_iter().map(|row| board(tx, row)).collect()
}

/// How many listed threads each board has. Counts; callers keep the result for a while.
///
/// # Errors
/// Storage failures only.
pub fn thread_counts(tx: &mut Read) -> Result<Vec<(BoardId, i64)>> {
    let rows: Vec<(i64, i64)> = threads::table
        .filter(threads::listed.eq(true))
        .group_by(threads::board_id)
        .select((threads::board_id, diesel::dsl::count_star()))
        .load(&mut tx.conn)?;
    Ok(rows.into_iter().map(|(board, count)| (BoardId(board), count)).collect())
}
