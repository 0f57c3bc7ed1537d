//! The plans by which a database finds what the query functions ask for. Every statement is recorded as it is really sent, then
//! explained. A plan is faulty if it reads a whole table, or a whole index, or sorts a list that an index has in order.

use std::sync::{Mutex, PoisonError};

use diesel::connection::{Instrumentation, InstrumentationEvent};
use diesel::{RunQueryDsl as _, sql_types};

use crate::conn::{Conn, Read};
use crate::{Db, Error, Result};

/// A statement as it was sent, and what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The query function.
    pub purpose: String,
    /// Its SQL, with placeholders.
    pub sql: String,
}

/// How the database goes about it.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is planned.
    pub statement: Statement,
    /// One step on each line, in the database's words.
    pub steps: Vec<String>,
    /// The steps that read too much.
    pub faults: Vec<String>,
}

/// How the statements are planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planner {
    /// As always.
    Natural,
    /// As if reading a whole table were dear: for tables so small that PostgreSQL rightly reads them whole.
    AsIfLarge,
}

struct Record {
    purpose: String,
    statements: Vec<Statement>,
}

static RECORD: Mutex<Option<Record>> = Mutex::new(None);

fn recorded<T>(what: impl FnOnce(&mut Option<Record>) -> T) -> T {
    what(&mut RECORD.lock().unwrap_or_else(PoisonError::into_inner))
}

/// From now on every statement on connections that are made from now on, in this whole process, is recorded.
///
/// # Panics
/// If Diesel cannot be told.
pub fn record() {
    fn instrumentation() -> Option<Box<dyn Instrumentation>> {
        Some(Box::new(|event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                note(&query.to_string());
            }
        }))
    }
    recorded(|record| *record = Some(Record { purpose: String::new(), statements: Vec::new() }));
    diesel::connection::set_default_instrumentation(instrumentation).expect("cannot record statements");
}

fn note(query: &str) {
    // Diesel shows the values after the statement.
    let sql = query.rsplit_once(" -- binds: ").map_or(query, |(sql, _)| sql).to_owned();
    recorded(|record| {
        if let Some(record) = record {
            let statement = Statement { purpose: record.purpose.clone(), sql };
            record.statements.push(statement);
        }
    });
}

/// Says what the following statements are for.
pub fn purpose(purpose: &str) {
    recorded(|record| {
        if let Some(record) = record {
            purpose.clone_into(&mut record.purpose);
        }
    });
}

/// What was recorded so far, and begins anew.
pub fn take() -> Vec<Statement> {
    recorded(|record| record.as_mut().map(|record| std::mem::take(&mut record.statements)).unwrap_or_default())
}

/// Whole tables may be read here, and why.
const WHOLE: &[(&str, &str)] = &[
    ("boards::all", "boards are few"),
    ("accounts::count all", "everything is counted, and callers keep the number"),
    ("comments::count_published", "nearly everything is counted, and callers keep the number"),
    ("comments::latest", "they come in order, and the first are enough"),
    ("boards::thread_counts", "everything is counted, and callers keep the numbers"),
    ("remotes::any", "the first is enough"),
    ("outbox::totals", "nearly all that is kept waits: the first that waits is among the first"),
    ("policies::all", "it is kept in memory until it changes"),
    ("policies::all_with_times", "each is compared with a list of somebody else's, when that is looked at"),
    ("blocklists::all", "there are twenty at most"),
    ("sanctions::all", "all that counts, by an index of that alone; it is kept in memory until it changes"),
    ("sanctions::sweeping", "all that counts, by an index of that alone, when a server is let in again"),
    ("webhooks::all", "there are twenty at most"),
    ("comments::count_local", "everything of ours is counted, and callers keep the numbers"),
];
/// Sorted lists that are small whatever the size of the database, and why.
const SORTED: &[(&str, &str)] = &[
    ("staff::list", "staff is few"),
    ("follows::holders", "those who have answered one comment or voted on it"),
    ("comments::tally", "five states, each counted"),
    ("reports::on", "what is reported of one comment, by each person once"),
    ("reports::open_after", "what is reported of one comment, by each person once"),
    ("reports::on_these", "what is reported of the comments of a page"),
    ("actors::by_handle", "a name has three origins"),
    ("boards::thread_counts", "boards are few"),
    ("outbox::due", "the hosts for which something waits, each once"),
    ("stats::lagging", "the hosts for which something waits, each once"),
    ("boards::all", "boards are few"),
];

/// Indexes that hold nothing but what is looked for, in order: the first few need no condition.
#[cfg(feature = "postgres")]
const QUEUES: &[&str] = &["inbox_by_turn"];

fn excused(list: &[(&str, &str)], purpose: &str) -> bool {
    list.iter().any(|(excused, _)| *excused == purpose)
}

/// Explains recorded statements, each of its kind once.
///
/// # Errors
/// If one cannot be explained.
pub async fn explain(db: &Db, mut statements: Vec<Statement>, planner: Planner) -> Result<Vec<Plan>> {
    statements.retain(|statement| {
        let verb = statement.sql.split_whitespace().next().unwrap_or_default();
        // Diesel asks PostgreSQL for the numbers of types.
        matches!(verb, "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "WITH") && !statement.sql.contains("pg_type")
    });
    let mut seen = Vec::new();
    statements.retain(|statement| {
        let new = !seen.contains(statement);
        if new {
            seen.push(statement.clone());
        }
        new
    });
    db.read(move |tx| statements.into_iter().map(|statement| plan(tx, statement, planner)).collect()).await
}

#[derive(diesel::QueryableByName)]
struct Detail {
    #[diesel(sql_type = sql_types::Text)]
    detail: String,
}

#[cfg(feature = "postgres")]
#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = sql_types::Text, column_name = "QUERY PLAN")]
    line: String,
}

fn plan(tx: &mut Read, statement: Statement, planner: Planner) -> Result<Plan> {
    let (steps, faults) = match &mut tx.conn {
        #[cfg(feature = "sqlite")]
        Conn::Sqlite(conn) => {
            let rows: Vec<Detail> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {}", statement.sql)).load(conn)?;
            let steps: Vec<String> = rows.into_iter().map(|row| row.detail).collect();
            let faults = steps.iter().filter(|step| sqlite_fault(step, &statement)).cloned().collect();
            (steps, faults)
        }
        #[cfg(feature = "postgres")]
        Conn::Pg(conn) => {
            let rows: Vec<Line> = postgres_plan(conn, &statement.sql, planner)?;
            let steps: Vec<String> = rows.into_iter().map(|row| row.line).collect();
            let faults = match planner {
                Planner::AsIfLarge => postgres_faults(&steps, &statement.purpose, &|_| true),
                Planner::Natural => {
                    let large = large_tables(conn)?;
                    postgres_faults(&steps, &statement.purpose, &|table| large.iter().any(|large| large == table))
                }
            };
            (steps, faults)
        }
    };
    Ok(Plan { statement, steps, faults })
}

/// What SQLite calls a scan of the index of words is a look-up if it says, after the colon, what by: `M1<`, `=`. And what a statement
/// has itself put together is no table.
#[cfg(feature = "sqlite")]
fn sqlite_fault(step: &str, statement: &Statement) -> bool {
    let purpose = statement.purpose.as_str();
    let own = |name: &str| statement.sql.starts_with(&format!("WITH RECURSIVE {name} ("));
    if step.strip_prefix("SCAN ").is_some_and(own) {
        return false;
    }
    let looked_up = |(_, by): (&str, &str)| by.split_once(':').is_some_and(|(_, by)| !by.is_empty());
    let looked_up = step.split_once("VIRTUAL TABLE INDEX ").is_some_and(looked_up);
    let scans = step.starts_with("SCAN ") && step != "SCAN CONSTANT ROW" && !looked_up;
    let builds = step.contains("AUTOMATIC");
    let sorts = step.starts_with("USE TEMP B-TREE FOR") && !step.ends_with("FOR RIGHT PART OF ORDER BY");
    let whole = scans || builds;
    whole && !excused(WHOLE, purpose) || sorts && !excused(SORTED, purpose)
}

/// The plan for any values: PostgreSQL would otherwise see that NULL finds nothing.
#[cfg(feature = "postgres")]
fn postgres_plan(conn: &mut diesel::PgConnection, sql: &str, planner: Planner) -> Result<Vec<Line>> {
    use diesel::connection::SimpleConnection as _;
    if planner == Planner::AsIfLarge {
        // A hash or a merge begins with reading one side whole.
        for dear in ["enable_seqscan", "enable_hashjoin", "enable_mergejoin"] {
            conn.batch_execute(&format!("SET LOCAL {dear} = off"))?;
        }
    }
    conn.batch_execute(&format!("SET LOCAL plan_cache_mode = force_generic_plan; PREPARE explained AS {sql}"))?;
    let count = (1..).take_while(|n| sql.contains(&format!("${n}"))).count();
    let values = if count == 0 { String::new() } else { format!("({})", vec!["NULL"; count].join(", ")) };
    let lines = diesel::sql_query(format!("EXPLAIN EXECUTE explained{values}")).load(conn)?;
    conn.batch_execute("DEALLOCATE explained")?;
    Ok(lines)
}

/// Tables that are dear to read whole. Of the others PostgreSQL does so rightly.
#[cfg(feature = "postgres")]
fn large_tables(conn: &mut diesel::PgConnection) -> Result<Vec<String>> {
    let large = "SELECT relname::text AS detail FROM pg_class WHERE relkind = 'r' AND reltuples > 5000";
    Ok(diesel::sql_query(large).load::<Detail>(conn)?.into_iter().map(|row| row.detail).collect())
}

/// A scan of an index without a condition reads all of it. The condition stands below the scan, further in.
#[cfg(feature = "postgres")]
fn postgres_faults(steps: &[String], purpose: &str, is_large: &dyn Fn(&str) -> bool) -> Vec<String> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let conditioned = |n: usize| {
        let own = steps.get(n).map_or(0, |line| indent(line));
        let below = steps.iter().skip(n + 1).take_while(|line| indent(line) > own && !line.contains("->"));
        below.into_iter().any(|line| line.trim_start().starts_with("Index Cond:"))
    };
    let word_after = |line: &str, mark: &str| {
        let rest = line.split_once(mark).map_or("", |(_, rest)| rest);
        rest.split([' ', ')']).next().unwrap_or_default().to_owned()
    };
    let fault = |(n, line): (usize, &String)| {
        let reads = ["Seq Scan", "Index Scan", "Index Only Scan"].iter().any(|scan| line.contains(scan));
        let bounded = n.checked_sub(1).and_then(|above| steps.get(above)).is_some_and(|line| line.contains("Limit  ("));
        let first_few = bounded && QUEUES.contains(&word_after(line, " using ").as_str());
        let conditioned = conditioned(n) || first_few;
        let whole = reads && !line.contains("Bitmap") && !conditioned && is_large(&word_after(line, " on "));
        // Of a few rows a sort is the best plan.
        let sorts = line.trim_start_matches([' ', '-', '>']).starts_with("Sort  (")
            && word_after(line, " rows=").parse().is_ok_and(|rows: u64| rows > 1_000);
        let bad = whole && !excused(WHOLE, purpose) || sorts && !excused(SORTED, purpose);
        bad.then(|| line.clone())
    };
    steps.iter().enumerate().filter_map(fault).collect()
}

/// One text of many plans, the faults marked.
#[must_use]
pub fn text(plans: &[Plan]) -> String {
    let mut text = String::new();
    for plan in plans {
        text.push_str(&format!("{}\n    {}\n", plan.statement.purpose, plan.statement.sql));
        for step in &plan.steps {
            let mark = if plan.faults.contains(step) { "!!" } else { "  " };
            text.push_str(&format!("  {mark}    {step}\n"));
        }
    }
    text
}

/// What makes a transaction end without a trace.
pub(crate) fn undone() -> Error {
    Error::Unknown("nothing: all of it is to be undone")
}
