//! How often what happened, by month: counted where it happens, so that nobody ever has to count it again.

use diesel::prelude::*;
use domain::{Figure, Month, Time};

use crate::conn::{Read, Write};
use crate::kept::{Sql, Value};
use crate::schema::figures;
use crate::{Error, Result};

/// Hours beyond which they are counted as so many.
pub const MOST_HOURS: i64 = 30 * 24;

/// How often something happened in a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// In which.
    pub month: Month,
    /// What.
    pub figure: Figure,
    /// After how many hours, for [`Figure::Waited`]; else 0.
    pub hours: i64,
    /// How often.
    pub count: i64,
}

const ADD: &str = "INSERT INTO figures (month, figure, hours, count) VALUES (?, ?, ?, ?) \
     ON CONFLICT (month, figure, hours) DO UPDATE SET count = figures.count + excluded.count";

/// Something happened so many times.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub(crate) fn add(tx: &mut Write, at: Time, figure: Figure, count: usize) -> Result<()> {
    insert(tx, at, (figure, 0), i64::try_from(count).unwrap_or(i64::MAX))
}

/// Something was decided that had waited since then.
pub(crate) fn waited(tx: &mut Write, since: Time, at: Time) -> Result<()> {
    let hours = at.0.saturating_sub(since.0).div_euclid(3_600_000).clamp(0, MOST_HOURS);
    insert(tx, at, (Figure::Waited, hours), 1)
}

fn insert(tx: &mut Write, at: Time, (figure, hours): (Figure, i64), count: i64) -> Result<()> {
    let values = [Month::of(at).number(), i64::from(figure.code()), hours, count].map(Value::Number);
    crate::conn::on_either!(&mut tx.conn, |c| Sql::<_>::new(ADD, values).execute(c))?;
    Ok(())
}

/// What was counted since a month, the oldest first. There are as many rows a month as there are figures, and as hours of [`MOST_HOURS`]
/// after which something was decided.
pub fn since(tx: &mut Read, month: Month) -> Result<Vec<Count>> {
    let rows: Vec<(i64, i16, i64, i64)> = figures::table
        .filter(figures::month.ge(month.number()))
        .order((figures::month, figures::figure, figures::hours))
        .select((figures::month, figures::figure, figures::hours, figures::count))
        .load(&mut tx.conn)?;
    let count = |(month, figure, hours, count): (i64, i16, i64, i64)| {
        let figure = Figure::coded(figure).ok_or(Error::Unknown("figures.figure"))?;
        Ok(Count { month: Month::numbered(month), figure, hours, count })
    };
    rows.into_iter().map(count).collect()
}
