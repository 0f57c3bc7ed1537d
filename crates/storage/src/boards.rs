//! Boards.

use diesel::prelude::*;
use domain::{BoardId, Time};

use crate::Result;
use crate::actors::storable;
use crate::conn::{Change, Read, Write};
use crate::schema::{boards, threads};

/// A board as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Board {
    /// Its id.
    pub id: BoardId,
    /// Its name in addresses.
    pub name: String,
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
    /// When it was made.
    pub created: Time,
}

type Row = (i64, String, String, String, String, String, String, i64);
type Columns = (
    boards::id,
    boards::name,
    boards::title,
    boards::about,
    boards::about_html,
    boards::rules,
    boards::rules_html,
    boards::created_at,
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
);

fn board((id, name, title, about, about_html, rules, rules_html, created): Row) -> Board {
    Board { id: BoardId(id), name, title, about, about_html, rules, rules_html, created: Time(created) }
}

/// Stores a board.
///
/// # Errors
/// [`crate::Error::Duplicate`] when the name is taken.
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
    );
    diesel::insert_into(boards::table).values(row).execute(&mut tx.conn)?;
    tx.tell(Change::Site);
    Ok(())
}

/// Changes title, description and rules.
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
    );
    diesel::update(boards::table.find(board.id.0)).set(set).execute(&mut tx.conn)?;
    tx.tell(Change::Site);
    Ok(())
}

/// The board of that name, in any letter case.
///
/// # Errors
/// Storage failures only.
pub fn by_name(tx: &mut Read, name: &str) -> Result<Option<Board>> {
    if !storable(name) {
        return Ok(None);
    }
    let found = boards::table.filter(boards::name_key.eq(name.to_lowercase())).select(COLUMNS);
    Ok(found.get_result(&mut tx.conn).optional()?.map(board))
}

/// All boards by name. There are few: a host makes them by hand.
///
/// # Errors
/// Storage failures only.
pub fn all(tx: &mut Read) -> Result<Vec<Board>> {
    let rows: Vec<Row> = boards::table.order(boards::name_key).limit(1000).select(COLUMNS).load(&mut tx.conn)?;
    Ok(rows.into_iter().map(board).collect())
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
