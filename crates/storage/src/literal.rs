//! Numbers that stand in a statement as they are. An index that holds only rows of some state is used where the statement names that
//! state: that a bound value is the same is not known to SQLite when it chooses. <https://www.sqlite.org/partialindex.html>

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::SmallInt;

/// The number `N`, a `SMALLINT`.
#[derive(Clone, Copy)]
pub(crate) struct Literal<const N: i16>;

impl<const N: i16> Expression for Literal<N> {
    type SqlType = SmallInt;
}

impl<const N: i16, Table> AppearsOnTable<Table> for Literal<N> {}

impl<const N: i16, Grouping> ValidGrouping<Grouping> for Literal<N> {
    type IsAggregate = is_aggregate::Never;
}

impl<const N: i16, DB: Backend> QueryFragment<DB> for Literal<N> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(&N.to_string());
        Ok(())
    }
}

/// Each number is another statement, and each is prepared once.
impl<const N: i16> QueryId for Literal<N> {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}
