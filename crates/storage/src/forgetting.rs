//! How what is over is deleted: the oldest first, a piece at a time. PostgreSQL gives up what takes too long, and others wait to write.

/// Deletes the oldest of a table that some condition holds of: as many as may be deleted at once, and those that are exactly as old as the
/// last of them. `$age` is indexed, and grows with time. Evaluates to how many those were.
macro_rules! delete_oldest {
    ($tx:expr, $table:ident by $age:expr, $old:expr, $limit:expr) => {{
        let old = || $table::table.filter($old);
        let last = old().order($age).offset($limit - 1).limit(1).select($age).first::<i64>(&mut $tx.conn).optional()?;
        diesel::delete(old().filter($age.le(last.unwrap_or(i64::MAX)))).execute(&mut $tx.conn)
    }};
}
pub(crate) use delete_oldest;
