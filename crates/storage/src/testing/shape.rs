//! The tables, columns, keys and indexes that a database really has, as one text that is the same for both databases.

use diesel::{RunQueryDsl as _, sql_types};

use crate::conn::Conn;
use crate::schema::all_tables;
use crate::{Db, Result};

/// A line of the text, and what it is sorted by.
#[derive(Clone, diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = sql_types::Text)]
    of: String,
    #[diesel(sql_type = sql_types::Text)]
    line: String,
}

/// Columns in their order; keys and indexes by name.
const SQLITE: &[&str] = &[
    "SELECT t.name AS of, c.name || CASE upper(c.type) WHEN 'INTEGER' THEN ' bigint' WHEN 'BIGINT' THEN ' bigint' \
         WHEN 'SMALLINT' THEN ' smallint' WHEN 'BOOLEAN' THEN ' boolean' WHEN 'TEXT' THEN ' text' WHEN 'BLOB' THEN ' bytes' \
         ELSE ' ?' || c.type END || CASE c.\"notnull\" WHEN 1 THEN '' ELSE ' or null' END AS line \
     FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' ORDER BY t.name, c.cid",
    "SELECT name AS of, 'primary key (' || group_concat(key, ', ') || ')' AS line FROM ( \
         SELECT t.name, c.name AS key FROM sqlite_master t JOIN pragma_table_info(t.name) c \
         WHERE t.type = 'table' AND c.pk > 0 ORDER BY t.name, c.pk) GROUP BY name",
    // Whether a key is deferrable stands nowhere but in the text of its column.
    "SELECT of, key || ' refers to ' || target || CASE WHEN substr(rest, 1, instr(rest, char(10))) LIKE '%DEFERRABLE%' \
         THEN ', deferrable' ELSE '' END AS line FROM ( \
         SELECT t.name AS of, f.\"from\" AS key, f.\"table\" || ' (' || f.\"to\" || ')' AS target, \
             substr(t.sql, instr(t.sql, char(10) || '    ' || f.\"from\" || ' ') + 1) AS rest \
         FROM sqlite_master t JOIN pragma_foreign_key_list(t.name) f WHERE t.type = 'table' ORDER BY t.name, f.\"from\")",
    // These indexes end with the number of the row as all do here, and it is the id: the other database has to be told to put it there.
    "SELECT of, kind || name || ' (' || group_concat(key, ', ') || CASE WHEN name IN ('comments_by_author', \
         'comments_by_state') THEN ', id' ELSE '' END || ')' || filter AS line FROM ( \
         SELECT t.name AS of, CASE i.\"unique\" WHEN 1 THEN 'unique ' ELSE '' END || 'index ' AS kind, i.name, k.name AS key, \
             CASE i.partial WHEN 1 THEN ' where ' || lower(substr(s.sql, instr(s.sql, ' WHERE ') + 7)) ELSE '' END AS filter \
         FROM sqlite_master t JOIN pragma_index_list(t.name) i JOIN pragma_index_info(i.name) k \
         JOIN sqlite_master s ON s.name = i.name \
         WHERE t.type = 'table' AND i.origin = 'c' ORDER BY t.name, i.name, k.seqno) GROUP BY of, name",
];

const POSTGRES: &[&str] = &[
    "SELECT table_name::text AS of, column_name || ' ' || CASE data_type WHEN 'bytea' THEN 'bytes' ELSE data_type END \
         || CASE is_nullable WHEN 'NO' THEN '' ELSE ' or null' END AS line \
     FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position",
    "SELECT conrelid::regclass::text AS of, 'primary key (' || string_agg(a.attname, ', ' ORDER BY k.n) || ')' AS line \
     FROM pg_constraint c, unnest(conkey) WITH ORDINALITY k(number, n), pg_attribute a \
     WHERE contype = 'p' AND connamespace = 'public'::regnamespace AND a.attrelid = conrelid AND a.attnum = k.number GROUP BY conrelid",
    "SELECT conrelid::regclass::text AS of, a.attname || ' refers to ' || confrelid::regclass || ' (' || b.attname || ')' \
         || CASE WHEN condeferrable THEN ', deferrable' ELSE '' END AS line \
     FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = conkey[1] \
     JOIN pg_attribute b ON b.attrelid = confrelid AND b.attnum = confkey[1] WHERE contype = 'f' ORDER BY 1, 2",
    "SELECT i.indrelid::regclass::text AS of, CASE WHEN indisunique THEN 'unique ' ELSE '' END || 'index ' \
         || i.indexrelid::regclass || ' (' || string_agg(a.attname, ', ' ORDER BY k.n) || ')' \
         || coalesce(' where ' || lower(trim(both '()' from pg_get_expr(indpred, indrelid))), '') AS line \
     FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid AND t.relnamespace = 'public'::regnamespace, \
         unnest(indkey) WITH ORDINALITY k(number, n), pg_attribute a \
     WHERE NOT indisprimary AND a.attrelid = i.indrelid AND a.attnum = k.number \
     GROUP BY i.indrelid, i.indexrelid, indisunique, indpred ORDER BY 1, i.indexrelid::regclass::text",
];

/// The one table that is made differently, and what belongs to the migrations themselves.
fn is_apart(table: &str) -> bool {
    table.starts_with("comment_words") || table.starts_with("__diesel") || table.starts_with("sqlite_")
}

/// The shape of a database.
///
/// # Errors
/// As the database fails.
pub async fn shape(db: &Db) -> Result<String> {
    let parts = db
        .read(|tx| {
            let statements = if tx.conn.is_sqlite() { SQLITE } else { POSTGRES };
            statements.iter().map(|sql| lines(&mut tx.conn, sql)).collect::<Result<Vec<_>>>()
        })
        .await?;
    Ok(text(&parts.concat()))
}

fn lines(conn: &mut Conn, sql: &str) -> Result<Vec<Line>> {
    Ok(diesel::sql_query(sql).load(conn)?)
}

fn text(lines: &[Line]) -> String {
    let mut tables: Vec<&str> = lines.iter().map(|line| line.of.as_str()).filter(|table| !is_apart(table)).collect();
    tables.sort_unstable();
    tables.dedup();
    let table = |table: &&str| {
        let lines = lines.iter().filter(|line| line.of == *table);
        let lines: String = lines.map(|line| format!("    {}\n", line.line)).collect();
        format!("{table}\n{lines}")
    };
    tables.iter().map(table).collect::<Vec<_>>().join("\n")
}

macro_rules! declared {
    ($($table:ident ($($key:ident),+) { $($column:ident -> $type:ident $(<$inner:ident>)?,)+ })+) => {
        &[$((stringify!($table), &[$((stringify!($column), stringify!($type $(<$inner>)?))),+], &[$(stringify!($key)),+])),+]
    };
}

type Declared = (&'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);
const DECLARED: &[Declared] = all_tables!(declared);

/// The names of all tables.
pub fn tables() -> impl Iterator<Item = &'static str> {
    DECLARED.iter().map(|(table, ..)| *table)
}

/// Columns and primary keys as the query functions have them, in the same form.
#[must_use]
pub fn declared() -> String {
    let word = |of: &str, line: String| Line { of: of.to_owned(), line };
    let mut lines = Vec::new();
    for (table, columns, keys) in DECLARED {
        for (column, kind) in *columns {
            let inner = kind.trim_start_matches("Nullable").trim_matches([' ', '<', '>']);
            let name = match inner {
                "BigInt" => "bigint",
                "SmallInt" => "smallint",
                "Bool" => "boolean",
                "Text" => "text",
                "Binary" => "bytes",
                other => other,
            };
            let null = if kind.starts_with("Nullable") { " or null" } else { "" };
            lines.push(word(table, format!("{column} {name}{null}")));
        }
        lines.push(word(table, format!("primary key ({})", keys.join(", "))));
    }
    text(&lines)
}
