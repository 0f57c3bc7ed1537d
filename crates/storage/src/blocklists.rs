//! Lists of servers that somebody else keeps: which are looked at, what each says of whom, and what was decided about that. What is decided
//! about a host itself stands in `policies`.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::listing::Alarm;
use domain::policy::{Coverage, Entry};
use domain::{Level, Time};

use crate::conn::{Read, Write, on_either};
use crate::kept::LIST;
use crate::schema::{blocklist_lines as lines, blocklists};
use crate::{Error, Result};

/// A list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocklist {
    /// Its number; the work of looking at it has the same.
    pub id: i64,
    /// Where it is.
    pub url: String,
    /// Since when it is looked at.
    pub created: Time,
    /// How it goes.
    pub state: State,
}

/// How it goes with a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// What its server calls the edition that is here (`ETag`); may be empty.
    pub etag: String,
    /// From when that is (`Last-Modified`), in the server's words; may be empty.
    pub modified: String,
    /// When it was last had, changed or not.
    pub fetched: Option<Time>,
    /// When it is looked at next.
    pub next: Time,
    /// How often in a row it was not to be had.
    pub failures: i64,
    /// Why the last time; empty if it was.
    pub error: String,
    /// What is suspicious about what has changed.
    pub alarm: Option<Alarm>,
    /// How many lines wait for somebody to decide, as of the last time that was counted.
    pub waiting: i64,
    /// Lines that are no entries.
    pub unread: Vec<Unread>,
}

/// A line of a list that is no entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Which, from 1.
    pub line: i64,
    /// How it begins.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

/// What a list says of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The host.
    pub host: String,
    /// What it says; `None`: nothing any more.
    pub says: Option<Entry>,
    /// Why, as the list has it.
    pub reason: String,
    /// What it said when somebody refused it, if anybody has.
    pub refused: Option<Option<Entry>>,
    /// The moment of the decision that was made because of it.
    pub applied: Option<Time>,
}

const fn alarm_code(alarm: Option<Alarm>) -> i16 {
    match alarm {
        None => 0,
        Some(Alarm::Emptied) => 1,
        Some(Alarm::Upset) => 2,
    }
}

fn coded_alarm(code: i16) -> Result<Option<Alarm>> {
    match code {
        0 => Ok(None),
        1 => Ok(Some(Alarm::Emptied)),
        2 => Ok(Some(Alarm::Upset)),
        _ => Err(Error::Unknown("blocklists.alarm")),
    }
}

fn code(says: Option<Entry>) -> i16 {
    says.map_or(0, |entry| 1 + 2 * entry.level.code() + i16::from(entry.coverage == Coverage::Subdomains))
}

fn coded(code: i16) -> Result<Option<Entry>> {
    if code == 0 {
        return Ok(None);
    }
    let level = Level::coded((code - 1) / 2).ok_or(Error::Unknown("blocklist_lines.says"))?;
    let coverage = if (code - 1) % 2 == 1 { Coverage::Subdomains } else { Coverage::Host };
    Ok(Some(Entry { level, coverage }))
}

fn written(unread: &[Unread]) -> String {
    let plain = |text: &str| text.replace(['\t', '\n', '\r'], " ");
    let line = |one: &Unread| format!("{}\t{}\t{}\n", one.line, plain(&one.text), plain(&one.reason));
    unread.iter().map(line).collect()
}

fn read(unread: &str) -> Vec<Unread> {
    let line = |line: &str| {
        let mut fields = line.splitn(3, '\t');
        let (line, text, reason) = (fields.next()?.parse().ok()?, fields.next()?, fields.next()?);
        Some(Unread { line, text: text.to_owned(), reason: reason.to_owned() })
    };
    unread.lines().filter_map(line).collect()
}

type Row = (i64, String, i64, String, String, i64, i64, i64, String, i16, i64, String);

fn blocklist(row: Row) -> Result<Blocklist> {
    let (id, url, created, etag, modified, fetched, next, failures, error, alarm, waiting, unread) = row;
    let (fetched, alarm) = ((fetched > 0).then_some(Time(fetched)), coded_alarm(alarm)?);
    let unread = read(&unread);
    let state = State { etag, modified, fetched, next: Time(next), failures, error, alarm, waiting, unread };
    Ok(Blocklist { id, url, created: Time(created), state })
}

/// Adds one.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn insert(tx: &mut Write, new: &Blocklist) -> Result<()> {
    let row = (
        blocklists::id.eq(new.id),
        blocklists::url.eq(&new.url),
        blocklists::created_at.eq(new.created.0),
        blocklists::etag.eq(""),
        blocklists::modified.eq(""),
        blocklists::fetched_at.eq(0),
        blocklists::next_at.eq(0),
        blocklists::failures.eq(0),
        blocklists::error.eq(""),
        blocklists::alarm.eq(0_i16),
        blocklists::waiting.eq(0),
        blocklists::unread.eq(""),
    );
    diesel::insert_into(blocklists::table).values(row).execute(&mut tx.conn)?;
    set(tx, new.id, &new.state)
}

/// Writes down how it goes with one.
///
/// # Errors
/// Storage failures only.
pub fn set(tx: &mut Write, id: i64, state: &State) -> Result<()> {
    let set = (
        blocklists::etag.eq(&state.etag),
        blocklists::modified.eq(&state.modified),
        blocklists::fetched_at.eq(state.fetched.map_or(0, |at| at.0)),
        blocklists::next_at.eq(state.next.0),
        blocklists::failures.eq(state.failures),
        blocklists::error.eq(&state.error),
        blocklists::alarm.eq(alarm_code(state.alarm)),
        blocklists::waiting.eq(state.waiting),
        blocklists::unread.eq(written(&state.unread)),
    );
    diesel::update(blocklists::table.find(id)).set(set).execute(&mut tx.conn)?;
    Ok(())
}

/// All of them, the oldest first: there are few.
///
/// # Errors
/// Storage failures only.
pub fn all(tx: &mut Read, limit: i64) -> Result<Vec<Blocklist>> {
    let rows = blocklists::table.order(blocklists::id).limit(limit).load::<Row>(&mut tx.conn)?;
    rows.into_iter().map(blocklist).collect()
}

/// One of them.
///
/// # Errors
/// Storage failures only.
pub fn find(tx: &mut Read, id: i64) -> Result<Option<Blocklist>> {
    blocklists::table.find(id).get_result::<Row>(&mut tx.conn).optional()?.map(blocklist).transpose()
}

/// Forgets one with its lines; what was decided because of them stays. Says whether there was one.
///
/// # Errors
/// Storage failures only.
pub fn remove(tx: &mut Write, id: i64) -> Result<bool> {
    Ok(diesel::delete(blocklists::table.find(id)).execute(&mut tx.conn)? > 0)
}

/// What one says, by host: tens of thousands of lines at most.
///
/// # Errors
/// Storage failures only.
pub fn lines(tx: &mut Read, id: i64) -> Result<Vec<Line>> {
    type Row = (String, i16, String, Option<i16>, Option<i64>);
    let columns = (lines::host, lines::says, lines::reason, lines::refused, lines::applied_at);
    let all = lines::table.filter(lines::blocklist_id.eq(id)).select(columns);
    let line = |(host, says, reason, refused, applied): Row| {
        let refused = refused.map(coded).transpose()?;
        Ok(Line { host, says: coded(says)?, reason, refused, applied: applied.map(Time) })
    };
    let found: Result<Vec<Line>> = all.load::<Row>(&mut tx.conn)?.into_iter().map(line).collect();
    let mut found = found?;
    // By their bytes, whatever the database's language: what is seen is told by a digest of it.
    found.sort_by(|a, b| a.host.cmp(&b.host));
    Ok(found)
}

/// Keeps what one says of a host, in place of what it said.
///
/// # Errors
/// Storage failures only.
pub fn keep(tx: &mut Write, id: i64, line: &Line) -> Result<()> {
    let set = (
        lines::says.eq(code(line.says)),
        lines::reason.eq(&line.reason),
        lines::refused.eq(line.refused.map(code)),
        lines::applied_at.eq(line.applied.map(|at| at.0)),
    );
    let row = (lines::blocklist_id.eq(id), lines::host.eq(&line.host), set);
    on_either!(&mut tx.conn, |c| {
        let new = diesel::insert_into(lines::table).values(row);
        new.on_conflict((lines::blocklist_id, lines::host)).do_update().set(set).execute(c)
    })?;
    Ok(())
}

/// Forgets what one said of a host.
///
/// # Errors
/// Storage failures only.
pub fn forget(tx: &mut Write, id: i64, host: &str) -> Result<()> {
    diesel::delete(lines::table.find((id, host))).execute(&mut tx.conn)?;
    Ok(())
}

/// Which lists name these hosts, by host.
///
/// # Errors
/// Storage failures only.
pub fn naming(tx: &mut Read, hosts: &[String]) -> Result<HashMap<String, Vec<i64>>> {
    let mut found: HashMap<String, Vec<i64>> = HashMap::new();
    for batch in hosts.chunks(LIST) {
        let those = lines::table.filter(lines::host.eq_any(batch)).filter(lines::says.gt(0_i16));
        let rows: Vec<(String, i64)> = those.select((lines::host, lines::blocklist_id)).load(&mut tx.conn)?;
        for (host, id) in rows {
            found.entry(host).or_default().push(id);
        }
    }
    Ok(found)
}
