//! Statements that a connection keeps prepared. Diesel prepares every `UPDATE`, every list and whatever is written as SQL anew each time:
//! it cannot know that the text is the same again. To prepare one takes longer than to run it. Those that each request needs are kept:
//! diesel's own by [`kept`], with lists of [`places`]; what it has no words for as [`Sql`] that both databases understand.

use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::connection::LoadConnection;
use diesel::expression::QueryMetadata;
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
pub(crate) struct Sql<'a, const N: usize, Row = Untyped> {
    sql: &'static str,
    values: [Value<'a>; N],
    row: PhantomData<Row>,
}

impl<'a, const N: usize, Row> Sql<'a, N, Row> {
    /// `sql` has a `?` for each value, and no other.
    pub(crate) fn new(sql: &'static str, values: [Value<'a>; N]) -> Self {
        Self { sql, values, row: PhantomData }
    }
}

impl<DB, const N: usize, Row> QueryFragment<DB> for Sql<'_, N, Row>
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
impl<const N: usize, Row> QueryId for Sql<'_, N, Row> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<const N: usize, Row> Query for Sql<'_, N, Row> {
    type SqlType = Row;
}

impl<Conn, const N: usize, Row> RunQueryDsl<Conn> for Sql<'_, N, Row> {}

/// A statement of diesel's whose text is one of few.
pub struct Same<Q>(Q);

/// Keeps a statement prepared that has the same text whenever it is asked: an `UPDATE` of the same columns, a list of [`places`].
pub fn kept<Q>(statement: Q) -> Same<Q> {
    Same(statement)
}

impl<DB: Backend, Q: QueryFragment<DB>> QueryFragment<DB> for Same<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

/// It is known by its text.
impl<Q> QueryId for Same<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Same<Q> {
    type SqlType = Q::SqlType;
}

impl<Conn, Q> RunQueryDsl<Conn> for Same<Q> {}

impl<Q> Same<Q> {
    /// Runs a statement that changes something and returns nothing. Diesel's `execute` looks at a reference to it, which knows nothing of
    /// what may be kept, and would prepare it anew.
    ///
    /// # Errors
    /// As the database fails.
    pub fn run<C>(self, conn: &mut C) -> QueryResult<()>
    where
        C: LoadConnection,
        C::Backend: QueryMetadata<Untyped>,
        Q: QueryFragment<C::Backend>,
    {
        conn.load(Changing(self))?.try_for_each(|row| row.map(|_| ()))
    }
}

/// A statement without rows.
struct Changing<Q>(Same<Q>);

impl<DB: Backend, Q: QueryFragment<DB>> QueryFragment<DB> for Changing<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, backend: &DB) -> QueryResult<bool> {
        self.0.is_safe_to_cache_prepared(backend)
    }
}

/// It is known by its text.
impl<Q> QueryId for Changing<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> Query for Changing<Q> {
    type SqlType = Untyped;
}

/// The most that one list asks for: SQLite takes a limited number of parameters.
pub const LIST: usize = 256;

/// These and, until they are 1, 4, 16, 64 or 256, the last of them again: a list's length is part of its statement's text.
#[must_use]
pub fn places<T: Clone>(these: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut list: Vec<T> = these.into_iter().collect();
    let Some(last) = list.last().cloned() else { return list };
    let mut length = 1;
    while length < list.len() {
        length *= 4;
    }
    list.resize(length, last);
    list
}
