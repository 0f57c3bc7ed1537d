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
pub(crate) struct Same<Q>(Q);

/// Keeps a statement prepared that has the same text whenever it is asked: an `UPDATE` of the same columns, a list of [`places`].
pub(crate) fn kept<Q>(statement: Q) -> Same<Q> {
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
    pub(crate) fn run<C>(self, conn: &mut C) -> QueryResult<()>
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
pub(crate) const LIST: usize = 256;

/// These and, until they are 1, 4, 16, 64 or 256, the last of them again: a list's length is part of its statement's text.
pub(crate) fn places<T: Clone>(these: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut list: Vec<T> = these.into_iter().collect();
    let Some(last) = list.last().cloned() else { return list };
    let mut length = 1;
    while length < list.len() {
        length *= 4;
    }
    list.resize(length, last);
    list
}

#[cfg(test)]
mod tests {
    use super::{LIST, places};

    #[test]
    fn lists_have_one_of_five_lengths_and_nobody_new() {
        assert_eq!(places([7_i64; 0]), [0_i64; 0]);
        assert_eq!(places([7]), [7]);
        assert_eq!(places([7, 8]), [7, 8, 8, 8]);
        assert_eq!(places(0..4), [0, 1, 2, 3]);
        let lengths: std::collections::BTreeSet<usize> = (1..=LIST).map(|n| places(0..n).len()).collect();
        assert_eq!(lengths.into_iter().collect::<Vec<_>>(), [1, 4, 16, 64, 256]);
    }

    #[cfg(feature = "sqlite")]
    mod on_a_connection {
        use std::sync::{Arc, Mutex};

        use diesel::connection::{Connection, InstrumentationEvent, SimpleConnection};
        use diesel::prelude::*;

        use crate::conn::Conn;
        use crate::kept::{kept, places};

        diesel::table! {
            things (id) {
                id -> BigInt,
                name -> Text,
            }
        }

        /// A connection, and what it has kept.
        fn connection() -> (Conn, Arc<Mutex<Vec<String>>>) {
            let mut conn = diesel::SqliteConnection::establish(":memory:").unwrap();
            let made = "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT NOT NULL); \
                 INSERT INTO things VALUES (1, 'a'), (2, 'b'), (3, 'c')";
            conn.batch_execute(made).unwrap();
            let mut conn = Conn::Sqlite(conn);
            let all = Arc::new(Mutex::new(Vec::new()));
            let seen = Arc::clone(&all);
            conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
                if let InstrumentationEvent::CacheQuery { sql, .. } = event {
                    seen.lock().unwrap().push(sql.to_owned());
                }
            });
            (conn, all)
        }

        #[test]
        fn lists_of_like_length_are_one_statement() {
            let (mut conn, all) = connection();
            let mut names = Vec::new();
            for ids in [vec![3, 9], vec![], vec![1, 2, 3], vec![2], vec![1], vec![3, 2, 1, 0]] {
                let those = things::table.filter(things::id.eq_any(places(ids))).order(things::id).select(things::name);
                names.push(kept(those).load::<String>(&mut conn).unwrap().concat());
            }
            assert_eq!(names, ["c", "", "abc", "b", "a", "abc"]);
            // Of four, of none, of one.
            assert_eq!(all.lock().unwrap().len(), 3);
        }

        #[test]
        fn an_update_is_kept_that_diesel_would_not_keep() {
            let (mut conn, all) = connection();
            let named = |id: i64| diesel::update(things::table.find(id)).set(things::name.eq("z"));
            assert_eq!(named(1).execute(&mut conn).unwrap(), 1);
            assert_eq!(all.lock().unwrap().len(), 0);
            let returned: Vec<i64> =
                [2, 3].map(|id| kept(named(id).returning(things::id)).get_result(&mut conn).unwrap()).to_vec();
            assert_eq!(returned, [2, 3]);
            assert_eq!(all.lock().unwrap().len(), 1);
            for id in [1, 2] {
                let Conn::Sqlite(c) = &mut conn else { panic!("this is SQLite") };
                kept(diesel::update(things::table.find(id)).set(things::name.eq("y"))).run(c).unwrap();
            }
            let names: Vec<String> = things::table.order(things::id).select(things::name).load(&mut conn).unwrap();
            assert_eq!(names, ["y", "y", "z"]);
            // That one and the list of names.
            assert_eq!(all.lock().unwrap().len(), 3);
        }
    }
}
