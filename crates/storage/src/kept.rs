//! Statements that a connection keeps prepared. Diesel prepares every `UPDATE`, and whatever is written as SQL, anew each time: it cannot
//! know that the text is the same again. Those that each new comment needs are written here as SQL that both databases understand.

use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, HasSqlType, Text, Untyped};

/// What takes the place of a `?`.
pub(crate) enum Value<'a> {
    /// A `BIGINT`.
    Number(i64),
    /// A `TEXT`.
    Text(&'a str),
}

/// A statement and its values, in order; `Row` are the SQL types of what it returns.
pub(crate) struct Kept<'a, const N: usize, Row = Untyped> {
    sql: &'static str,
    values: [Value<'a>; N],
    row: PhantomData<Row>,
}

impl<'a, const N: usize, Row> Kept<'a, N, Row> {
    /// `sql` has a `?` for each value, and no other.
    pub(crate) fn new(sql: &'static str, values: [Value<'a>; N]) -> Self {
        Self { sql, values, row: PhantomData }
    }
}

impl<DB, const N: usize, Row> QueryFragment<DB> for Kept<'_, N, Row>
where
    DB: Backend + HasSqlType<BigInt> + HasSqlType<Text>,
    i64: ToSql<BigInt, DB>,
    str: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let mut values = self.values.iter();
        for part in self.sql.split_inclusive('?') {
            out.push_sql(part.trim_end_matches('?'));
            match values.next().filter(|_| part.ends_with('?')) {
                Some(Value::Number(number)) => out.push_bind_param::<BigInt, _>(number)?,
                Some(Value::Text(text)) => out.push_bind_param::<Text, _>(*text)?,
                None => {}
            }
        }
        Ok(())
    }
}

/// It is known by its text.
impl<const N: usize, Row> QueryId for Kept<'_, N, Row> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<const N: usize, Row> Query for Kept<'_, N, Row> {
    type SqlType = Row;
}

impl<Conn, const N: usize, Row> RunQueryDsl<Conn> for Kept<'_, N, Row> {}
