//! Applications: who wants to join where an administrator decides about each. None of them is an actor or has an account yet.

use diesel::prelude::*;
use domain::{Time, first_made_at};

use crate::actors::storable;
use crate::conn::{Read, Write};
use crate::schema::applications;
use crate::{Error, Result};

/// Where an application stands. One that was granted is an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody has decided.
    Waiting,
    /// Somebody has decided against it. The name is free again.
    TurnedAway,
}

impl State {
    const ALL: [Self; 2] = [Self::Waiting, Self::TurnedAway];

    pub(crate) fn code(self) -> i16 {
        match self {
            Self::Waiting => 0,
            Self::TurnedAway => 1,
        }
    }
}

/// An application as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Its id.
    pub id: i64,
    /// The name that is asked for.
    pub name: String,
    /// PHC string (argon2id); empty for those who were turned away.
    pub password: String,
    /// What was answered; empty for those who were turned away.
    pub answer: String,
    /// Where it stands.
    pub state: State,
    /// When it was made.
    pub created: Time,
}

type Row = (i64, String, String, String, i16, i64);
type Columns = (
    applications::id,
    applications::name,
    applications::password,
    applications::answer,
    applications::state,
    applications::created_at,
);
const COLUMNS: Columns = (
    applications::id,
    applications::name,
    applications::password,
    applications::answer,
    applications::state,
    applications::created_at,
);

fn application((id, name, password, answer, state, created): Row) -> Result<Application> {
    let known = State::ALL.into_iter().find(|known| known.code() == state);
    let state = known.ok_or(Error::Unknown("applications.state"))?;
    Ok(Application { id, name, password, answer, state, created: Time(created) })
}

/// Stores one, in the place of one of that name that was turned away.
///
/// # Errors
/// [`Error::Duplicate`] when one of that name waits.
pub fn insert(tx: &mut Write, new: &Application) -> Result<()> {
    let key = new.name.to_lowercase();
    let former = applications::table
        .filter(applications::name_key.eq(&key))
        .filter(applications::state.eq(State::TurnedAway.code()));
    diesel::delete(former).execute(&mut tx.conn)?;
    let row = (
        applications::id.eq(new.id),
        applications::name.eq(&new.name),
        applications::name_key.eq(&key),
        applications::password.eq(&new.password),
        applications::answer.eq(&new.answer),
        applications::state.eq(new.state.code()),
        applications::created_at.eq(new.created.0),
    );
    diesel::insert_into(applications::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// The application for that name.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn by_name(tx: &mut Read, name: &str) -> Result<Option<Application>> {
    if !storable(name) {
        return Ok(None);
    }
    let row = applications::table
        .filter(applications::name_key.eq(name.to_lowercase()))
        .select(COLUMNS)
        .get_result::<Row>(&mut tx.conn);
    row.optional()?.map(application).transpose()
}

/// A page of the applications in this state, newest first.
///
/// # Errors
/// Storage failures only.
pub fn page(tx: &mut Read, state: State, before: Option<i64>, limit: i64) -> Result<Vec<Application>> {
    let rows: Vec<Row> = applications::table
        .filter(applications::state.eq(state.code()))
        .filter(applications::id.lt(before.unwrap_or(i64::MAX)))
        .order(applications::id.desc())
        .limit(limit)
        .select(COLUMNS)
        .load(&mut tx.conn)?;
    rows.into_iter().map(application).collect()
}

/// Deletes one: it has become an account.
///
/// # Errors
/// Storage failures only.
pub fn remove(tx: &mut Write, id: i64) -> Result<()> {
    diesel::delete(applications::table.find(id)).execute(&mut tx.conn)?;
    Ok(())
}

/// Keeps of one only that it was turned away.
///
/// # Errors
/// Storage failures only.
pub fn turn_away(tx: &mut Write, id: i64) -> Result<()> {
    let nothing =
        (applications::password.eq(""), applications::answer.eq(""), applications::state.eq(State::TurnedAway.code()));
    diesel::update(applications::table.find(id)).set(nothing).execute(&mut tx.conn)?;
    Ok(())
}

/// Deletes those that were made before `time`, the oldest first and about `most` at once: what was turned away, and what nobody has decided about.
///
/// # Errors
/// Storage failures only.
pub fn forget_before(tx: &mut Write, time: Time, most: i64) -> Result<usize> {
    // Ids begin with when they were made.
    Ok(crate::conn::forget_oldest!(tx, applications by id, first_made_at(time), most))
}
