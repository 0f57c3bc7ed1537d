//! Whole rows of every table, and their way from one database into another, a stretch at a time. Not here: which rows, in
//! which order, and what becomes of the search index (`backup.rs`).

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, Nullable, SmallInt, Text};

use crate::Result;
use crate::conn::Conn;
use crate::schema::{self, all_tables};

/// The types that both databases store alike, and what they are in Rust.
pub(crate) trait Stored {
    type Rust;
}

impl Stored for BigInt {
    type Rust = i64;
}
impl Stored for SmallInt {
    type Rust = i16;
}
impl Stored for Bool {
    type Rust = bool;
}
impl Stored for Text {
    type Rust = String;
}
impl Stored for Binary {
    type Rust = Vec<u8>;
}
impl<T> Stored for Nullable<T>
where
    T: Stored + diesel::sql_types::SqlType<IsNull = diesel::sql_types::is_nullable::NotNull>,
{
    type Rust = Option<T::Rust>;
}

/// Rows on their way at a time.
const STRETCH: usize = 2_000;

/// A table whose rows can be taken out and put in as they are.
pub(crate) trait Whole: Sized {
    /// Its name.
    const TABLE: &'static str;

    /// Hands all rows to `take`, a stretch at a time. Only a stretch is in memory.
    fn each(conn: &mut Conn, take: &mut dyn FnMut(Vec<Self>) -> Result<()>) -> Result<()>;

    /// Stores rows.
    fn store(conn: &mut Conn, rows: &[Self]) -> Result<()>;
}

/// Copies a table.
#[cfg(all(feature = "sqlite", feature = "postgres"))]
fn copy<T: Whole>(from: &mut Conn, to: &mut Conn) -> Result<()> {
    let mut copied = 0;
    T::each(from, &mut |rows| {
        copied += rows.len();
        T::store(to, &rows)
    })?;
    tracing::debug!(table = T::TABLE, rows = copied, "copied");
    Ok(())
}

/// Hands rows over, a stretch at a time.
pub(crate) fn stretches<T>(
    rows: impl Iterator<Item = diesel::QueryResult<T>>,
    take: &mut dyn FnMut(Vec<T>) -> Result<()>,
) -> Result<()> {
    let mut stretch = Vec::with_capacity(STRETCH);
    for row in rows {
        stretch.push(row?);
        if stretch.len() == STRETCH {
            take(std::mem::replace(&mut stretch, Vec::with_capacity(STRETCH)))?;
        }
    }
    take(stretch)
}

macro_rules! rows {
    ($($table:ident ($($key:ident),+) { $($column:ident -> $type:ident $(<$inner:ident>)?,)+ })+) => {
        $(
            #[expect(non_camel_case_types, reason = "it is named as its table is")]
            #[derive(Debug, Queryable, Insertable)]
            #[diesel(table_name = schema::$table, treat_none_as_default_value = false)]
            pub(crate) struct $table {
                $(pub(crate) $column: <$type $(<$inner>)? as Stored>::Rust,)+
            }

            impl Whole for $table {
                const TABLE: &'static str = stringify!($table);

                fn each(conn: &mut Conn, take: &mut dyn FnMut(Vec<Self>) -> Result<()>) -> Result<()> {
                    match conn {
                        #[cfg(feature = "sqlite")]
                        Conn::Sqlite(c) => stretches(schema::$table::table.load_iter::<Self, _>(c)?, take),
                        #[cfg(feature = "postgres")]
                        Conn::Pg(c) => {
                            use diesel::pg::PgRowByRowLoadingMode as RowByRow;
                            stretches(schema::$table::table.load_iter::<Self, RowByRow>(c)?, take)
                        }
                    }
                }

                fn store(conn: &mut Conn, rows: &[Self]) -> Result<()> {
                    match conn {
                        #[cfg(feature = "sqlite")]
                        Conn::Sqlite(c) => {
                            for row in rows {
                                diesel::insert_into(schema::$table::table).values(row).execute(c)?;
                            }
                        }
                        #[cfg(feature = "postgres")]
                        Conn::Pg(c) => {
                            diesel::copy_from(schema::$table::table).from_insertable(rows).execute(c)?;
                        }
                    }
                    Ok(())
                }
            }
        )+

        /// Copies every table, each after those that it refers to.
        #[cfg(all(feature = "sqlite", feature = "postgres"))]
        pub(crate) fn copy_all(from: &mut Conn, to: &mut Conn) -> Result<()> {
            $(copy::<$table>(from, to)?;)+
            Ok(())
        }

        /// Every row of every table in words, for comparing databases.
        #[cfg(feature = "testing")]
        pub(crate) fn in_words(conn: &mut Conn) -> Result<Vec<String>> {
            let mut words = Vec::new();
            $($table::each(conn, &mut |rows| {
                words.extend(rows.iter().map(|row| format!("{row:?}")));
                Ok(())
            })?;)+
            words.sort_unstable();
            Ok(words)
        }

        #[cfg(all(feature = "sqlite", feature = "postgres"))]
        /// The names of all tables, each after those that it refers to.
        pub(crate) const TABLES: &[&str] = &[$(stringify!($table)),+];
    };
}
all_tables!(rows);
