//! Programs of the host that are told of what happens, and what each is still to be told: written in the transaction in which it happens, and
//! deleted when it is told. Not here: what is said in it (`actions`), and how it is sealed and brought.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use domain::{CommentId, News, Time, first_made_at};

use crate::conn::{Change, Conn, Read, Write, on_either};
use crate::kept::{LIST, Sql, Value};
use crate::schema::{news, webhooks};
use crate::{Error, Result};

/// A program that is told of what happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Its number.
    pub id: i64,
    /// Its address.
    pub url: String,
    /// What seals what is said.
    pub secret: String,
    /// Of what it is told.
    pub kinds: Vec<News>,
    /// Whether nothing is brought for now; what happens is kept for it.
    pub paused: bool,
    /// Since when it is told.
    pub created: Time,
    /// How often in a row it was not reached.
    pub failures: i64,
    /// Why the last time; empty if it was.
    pub error: String,
    /// When it is tried again.
    pub next: Time,
    /// When it took something last.
    pub reached: Option<Time>,
    /// Since when it is told again after a pause, if it was ever paused.
    pub resumed: Option<Time>,
}

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its number, which is no other's.
    pub id: i64,
    /// What it is.
    pub kind: News,
    /// The comment that it happened to.
    pub comment: Option<CommentId>,
    /// The entry of the moderation log that tells of it.
    pub entry: Option<i64>,
    /// When.
    pub at: Time,
}

/// Where something stands that is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is to be told.
    Waiting,
    /// For so long nobody took it that it is not tried any more.
    GivenUp,
}

impl State {
    const fn code(self) -> i16 {
        match self {
            Self::Waiting => 0,
            Self::GivenUp => 1,
        }
    }
}

type Row = (i64, String, String, i64, i16, i64, i64, String, i64, i64, i64);

const COLUMNS: (
    webhooks::id,
    webhooks::url,
    webhooks::secret,
    webhooks::kinds,
    webhooks::state,
    webhooks::created_at,
    webhooks::failures,
    webhooks::error,
    webhooks::next_at,
    webhooks::reached_at,
    webhooks::resumed_at,
) = (
    webhooks::id,
    webhooks::url,
    webhooks::secret,
    webhooks::kinds,
    webhooks::state,
    webhooks::created_at,
    webhooks::failures,
    webhooks::error,
    webhooks::next_at,
    webhooks::reached_at,
    webhooks::resumed_at,
);

fn webhook((id, url, secret, kinds, state, created, failures, error, next, reached, resumed): Row) -> Webhook {
    Webhook {
        id,
        url,
        secret,
        kinds: News::ALL.iter().copied().filter(|news| kinds & news.bit() != 0).collect(),
        paused: state == PAUSED,
        created: Time(created),
        failures,
        error,
        next: Time(next),
        reached: (reached > 0).then_some(Time(reached)),
        resumed: (resumed > 0).then_some(Time(resumed)),
    }
}

const TOLD: i16 = 0;
const PAUSED: i16 = 1;

/// Adds a program.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn insert(tx: &mut Write, new: &Webhook) -> Result<()> {
    let row = (
        webhooks::id.eq(new.id),
        webhooks::url.eq(&new.url),
        webhooks::secret.eq(&new.secret),
        webhooks::kinds.eq(new.kinds.iter().fold(0, |set, news| set | news.bit())),
        webhooks::state.eq(if new.paused { PAUSED } else { TOLD }),
        webhooks::created_at.eq(new.created.0),
        webhooks::failures.eq(new.failures),
        webhooks::error.eq(&new.error),
        webhooks::next_at.eq(new.next.0),
        webhooks::reached_at.eq(new.reached.map_or(0, |at| at.0)),
        webhooks::leased_until.eq(0),
        webhooks::resumed_at.eq(new.resumed.map_or(0, |at| at.0)),
    );
    diesel::insert_into(webhooks::table).values(row).execute(&mut tx.conn)?;
    Ok(())
}

/// All of them, the oldest first: there are few.
///
/// # Errors
/// Storage failures only.
pub fn all(tx: &mut Read, limit: i64) -> Result<Vec<Webhook>> {
    let rows = webhooks::table.order(webhooks::id).limit(limit).select(COLUMNS).load::<Row>(&mut tx.conn)?;
    Ok(rows.into_iter().map(webhook).collect())
}

/// One of them.
///
/// # Errors
/// Storage failures only.
pub fn find(tx: &mut Read, id: i64) -> Result<Option<Webhook>> {
    Ok(webhooks::table.find(id).select(COLUMNS).get_result::<Row>(&mut tx.conn).optional()?.map(webhook))
}

/// From now on nothing is written down for it, and nothing brought. Says whether there is one.
///
/// # Errors
/// Storage failures only.
pub fn stop(tx: &mut Write, id: i64) -> Result<bool> {
    let set = (webhooks::state.eq(PAUSED), webhooks::kinds.eq(0));
    Ok(diesel::update(webhooks::table.find(id)).set(set).execute(&mut tx.conn)? > 0)
}

/// Forgets some of what it was to be told. Says how much that is.
///
/// # Errors
/// Storage failures only.
pub fn forget_some(tx: &mut Write, id: i64, limit: i64) -> Result<usize> {
    let all = news::table.filter(news::webhook_id.eq(id)).order(news::id).limit(limit);
    let ids: Vec<i64> = all.select(news::id).load(&mut tx.conn)?;
    forget(tx, id, &ids)
}

fn forget(tx: &mut Write, webhook: i64, ids: &[i64]) -> Result<usize> {
    let mut forgotten = 0;
    for batch in ids.chunks(LIST) {
        let those = news::table.filter(news::webhook_id.eq(webhook)).filter(news::id.eq_any(batch.to_vec()));
        forgotten += diesel::delete(those).execute(&mut tx.conn)?;
    }
    Ok(forgotten)
}

/// Forgets it, with what it was still to be told: little, once it was stopped and forgotten in pieces. Says whether there was one.
///
/// # Errors
/// Storage failures only.
pub fn remove(tx: &mut Write, id: i64) -> Result<bool> {
    // With all that was written down for it, also by whom this has waited for.
    Ok(diesel::delete(webhooks::table.find(id)).execute(&mut tx.conn)? > 0)
}

/// Has nothing brought to it for now, or again, beginning at once.
///
/// # Errors
/// Storage failures only.
pub fn set_paused(tx: &mut Write, id: i64, paused: bool, now: Time) -> Result<()> {
    let this = || webhooks::table.find(id);
    if paused {
        diesel::update(this()).set(webhooks::state.eq(PAUSED)).execute(&mut tx.conn)?;
    } else {
        let set = (webhooks::state.eq(TOLD), webhooks::next_at.eq(0), webhooks::resumed_at.eq(now.0));
        diesel::update(this()).set(set).execute(&mut tx.conn)?;
    }
    tx.tell(Change::Outbox);
    Ok(())
}

const WANTED: &str = "SELECT webhooks.id FROM webhooks WHERE webhooks.id > 0 AND (webhooks.kinds & ?) <> 0 LIMIT 1";

/// Whether anybody wants to be told of such things: on most servers nobody does, and no number is taken for it.
///
/// # Errors
/// Storage failures only.
pub fn is_wanted(tx: &mut Read, kind: News) -> Result<bool> {
    let values = [Value::Number(kind.bit())];
    let found = on_either!(&mut tx.conn, |c| Sql::<1, BigInt>::new(WANTED, values).load::<i64>(c))?;
    Ok(!found.is_empty())
}

// By the key, which is larger than nothing: there are few of them, and none where nobody wants to be told.
macro_rules! to_all {
    ($lock:literal) => {
        concat!(
            "INSERT INTO news (webhook_id, id, kind, comment_id, entry_id, created_at, waits_since, state) \
             SELECT webhooks.id, ?, CAST(? AS SMALLINT), NULLIF(?, 0), NULLIF(?, 0), ?, ?, 0 FROM webhooks \
             WHERE webhooks.id > 0 AND (webhooks.kinds & ?) <> 0",
            $lock
        )
    };
}

/// Writes down that something has happened, for all who want to be told of such things. It is told when this transaction is committed, or not
/// at all.
///
/// # Errors
/// Storage failures only.
pub fn tell(tx: &mut Write, item: &Item) -> Result<()> {
    let (comment, entry) = (item.comment.map_or(0, |comment| comment.0), item.entry.unwrap_or(0));
    let values =
        [item.id, item.kind.code().into(), comment, entry, item.at.0, item.at.0, item.kind.bit()].map(Value::Number);
    let told = match &mut tx.conn {
        #[cfg(feature = "sqlite")]
        Conn::Sqlite(c) => Sql::<7>::new(to_all!(""), values).execute(c)?,
        #[cfg(feature = "postgres")]
        // One that is removed at this moment is waited for, and then left out.
        Conn::Pg(c) => Sql::<7>::new(to_all!(" FOR KEY SHARE"), values).execute(c)?,
    };
    if told > 0 {
        tx.tell(Change::Outbox);
    }
    Ok(())
}

/// The same for one of them alone, whatever it wants to be told of.
///
/// # Errors
/// Storage failures only.
pub fn tell_one(tx: &mut Write, webhook: i64, item: &Item) -> Result<()> {
    let row = (
        news::webhook_id.eq(webhook),
        news::id.eq(item.id),
        news::kind.eq(item.kind.code()),
        news::comment_id.eq(item.comment.map(|comment| comment.0)),
        news::entry_id.eq(item.entry),
        news::created_at.eq(item.at.0),
        news::waits_since.eq(item.at.0),
        news::state.eq(State::Waiting.code()),
    );
    diesel::insert_into(news::table).values(row).execute(&mut tx.conn)?;
    tx.tell(Change::Outbox);
    Ok(())
}

/// Leases those that are due and for which something waits, until `until`.
///
/// # Errors
/// Storage failures only.
pub fn lease(tx: &mut Write, now: Time, until: Time, limit: i64) -> Result<Vec<Webhook>> {
    let waits = news::table.filter(news::webhook_id.eq(webhooks::id)).filter(news::state.eq(State::Waiting.code()));
    let due: Vec<i64> = webhooks::table
        .filter(webhooks::id.gt(0))
        .filter(webhooks::state.eq(TOLD))
        .filter(webhooks::next_at.le(now.0))
        .filter(webhooks::leased_until.lt(now.0))
        .filter(diesel::dsl::exists(waits.select(news::id)))
        .order(webhooks::id)
        .limit(limit)
        .select(webhooks::id)
        .load(&mut tx.conn)?;
    let mut leased = Vec::new();
    for id in due {
        // Again, for another node may have been quicker.
        let free = webhooks::table.find(id).filter(webhooks::leased_until.lt(now.0));
        if diesel::update(free).set(webhooks::leased_until.eq(until.0)).execute(&mut tx.conn)? > 0 {
            leased.extend(find(tx, id)?);
        }
    }
    Ok(leased)
}

/// When the next of those is due for which something waits, and which nobody has leased.
///
/// # Errors
/// Storage failures only.
pub fn next_due(tx: &mut Read, now: Time) -> Result<Option<Time>> {
    let waits = news::table.filter(news::webhook_id.eq(webhooks::id)).filter(news::state.eq(State::Waiting.code()));
    let due: Vec<i64> = webhooks::table
        .filter(webhooks::id.gt(0))
        .filter(webhooks::state.eq(TOLD))
        .filter(webhooks::leased_until.lt(now.0))
        .filter(diesel::dsl::exists(waits.select(news::id)))
        .select(webhooks::next_at)
        .load(&mut tx.conn)?;
    Ok(due.into_iter().min().map(Time))
}

type Line = (i64, i16, Option<i64>, Option<i64>, i64);

fn item((id, kind, comment, entry, at): Line) -> Result<Item> {
    let kind = News::coded(kind).ok_or(Error::Unknown("news.kind"))?;
    Ok(Item { id, kind, comment: comment.map(CommentId), entry, at: Time(at) })
}

/// What a program is still to be told, or was not told, in the order in which it happened, after that one.
///
/// # Errors
/// Storage failures only.
pub fn page(tx: &mut Read, webhook: i64, state: State, after: i64, limit: i64) -> Result<Vec<Item>> {
    let rows = news::table
        .filter(news::webhook_id.eq(webhook))
        .filter(news::state.eq(state.code()))
        .filter(news::id.gt(after))
        .order(news::id)
        .limit(limit)
        .select((news::id, news::kind, news::comment_id, news::entry_id, news::created_at));
    rows.load::<Line>(&mut tx.conn)?.into_iter().map(item).collect()
}

/// How much that is, counted up to `most`.
///
/// # Errors
/// Storage failures only.
pub fn count(tx: &mut Read, webhook: i64, state: State, most: i64) -> Result<i64> {
    let those = news::table.filter(news::webhook_id.eq(webhook)).filter(news::state.eq(state.code()));
    let those: Vec<i64> = those.order(news::id).limit(most).select(news::id).load(&mut tx.conn)?;
    Ok(i64::try_from(those.len()).unwrap_or(i64::MAX))
}

/// How it went with a program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// What it took.
    pub told: Vec<i64>,
    /// Why it took no more, and when it is tried again; `None`: it took all that it was brought.
    pub failed: Option<(String, Time)>,
}

/// Writes down how it went, and gives the lease back.
///
/// # Errors
/// Storage failures only.
pub fn settle(tx: &mut Write, webhook: i64, turn: &Turn, now: Time) -> Result<()> {
    for batch in turn.told.chunks(LIST) {
        let told = news::table.filter(news::webhook_id.eq(webhook)).filter(news::id.eq_any(batch.to_vec()));
        diesel::delete(told).execute(&mut tx.conn)?;
    }
    let this = || webhooks::table.find(webhook);
    if !turn.told.is_empty() {
        let set = (webhooks::failures.eq(0), webhooks::error.eq(""), webhooks::reached_at.eq(now.0));
        diesel::update(this()).set(set).execute(&mut tx.conn)?;
    }
    if let Some((error, next)) = &turn.failed {
        let failures = webhooks::failures.eq(webhooks::failures + 1);
        diesel::update(this())
            .set((failures, webhooks::error.eq(error), webhooks::next_at.eq(next.0)))
            .execute(&mut tx.conn)?;
    }
    diesel::update(this()).set(webhooks::leased_until.eq(0)).execute(&mut tx.conn)?;
    Ok(())
}

/// What has waited since before `before` is not tried any more, some of it at least. Says how much that is.
///
/// # Errors
/// Storage failures only.
pub fn give_up_before(tx: &mut Write, webhook: i64, before: Time, limit: i64) -> Result<usize> {
    let waits = news::table.filter(news::webhook_id.eq(webhook)).filter(news::state.eq(State::Waiting.code()));
    let oldest = waits.order(news::id).limit(limit).select((news::id, news::waits_since));
    let oldest: Vec<(i64, i64)> = oldest.load(&mut tx.conn)?;
    let late: Vec<i64> = oldest.into_iter().filter(|(_, since)| *since < before.0).map(|(id, _)| id).collect();
    let mut given_up = 0;
    for batch in late.chunks(LIST) {
        let those = news::table.filter(news::webhook_id.eq(webhook)).filter(news::id.eq_any(batch.to_vec()));
        given_up += diesel::update(those).set(news::state.eq(State::GivenUp.code())).execute(&mut tx.conn)?;
    }
    Ok(given_up)
}

/// Forgets what happened before `before`, given up or kept through a pause; some of it at least. Says how much that is.
///
/// # Errors
/// Storage failures only.
pub fn forget_before(tx: &mut Write, webhook: i64, before: Time, limit: i64) -> Result<usize> {
    let over = news::table.filter(news::webhook_id.eq(webhook)).filter(news::id.lt(first_made_at(before)));
    let ids: Vec<i64> = over.order(news::id).limit(limit).select(news::id).load(&mut tx.conn)?;
    forget(tx, webhook, &ids)
}

/// What was given up is to be told again, up to `limit`, the oldest first; it waits from now on. Says how much that is.
///
/// # Errors
/// Storage failures only.
pub fn replay(tx: &mut Write, webhook: i64, limit: i64, now: Time) -> Result<usize> {
    let ids: Vec<i64> = page(tx, webhook, State::GivenUp, 0, limit)?.into_iter().map(|item| item.id).collect();
    for batch in ids.chunks(LIST) {
        let those = news::table.filter(news::webhook_id.eq(webhook)).filter(news::id.eq_any(batch.to_vec()));
        let set = (news::state.eq(State::Waiting.code()), news::waits_since.eq(now.0));
        diesel::update(those).set(set).execute(&mut tx.conn)?;
    }
    set_next(tx, webhook)?;
    Ok(ids.len())
}

fn set_next(tx: &mut Write, webhook: i64) -> Result<()> {
    diesel::update(webhooks::table.find(webhook)).set(webhooks::next_at.eq(0)).execute(&mut tx.conn)?;
    tx.tell(Change::Outbox);
    Ok(())
}
