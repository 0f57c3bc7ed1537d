//! What we say to other servers: each activity once, and a delivery for each place it is to be brought to. Both are written in the
//! transaction that makes the change they tell of.

mod listed;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use domain::{CommentId, Time};

use crate::conn::{Change, Conn, Read, Write, on_either};
use crate::follows::Address;
use crate::kept::LIST;
use crate::keys::Holder;
use crate::schema::{activities, deliveries, peers as peers_table};
use crate::{Result, peers};

pub use listed::{Entry, State, Totals, find, forget_ended_before, last_error, page, skip, totals};

/// Something that we say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Its number, which stands in its id.
    pub id: i64,
    /// As sent: JSON.
    pub body: String,
    /// Whose key signs it.
    pub signer: Holder,
    /// The id of that key as others know it.
    pub key_id: String,
    /// Whether whoever asks is given it.
    pub reach: Reach,
    /// When it was said.
    pub created: Time,
    /// The comment whose words are in it.
    pub words_of: Option<CommentId>,
}

/// Who may read an activity by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Everybody.
    Public,
    /// Those it was sent to.
    Addressed,
}

/// Deliveries that are stored by one statement: everybody else who writes waits for those of a popular comment.
const TOGETHER: usize = 100;

/// Says something to those at these places. `first` is the number of the first delivery; the others follow upon it.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn say(tx: &mut Write, activity: &Activity, to: &[Address], mut number: impl FnMut() -> i64) -> Result<()> {
    let (signer, signer_id) = activity.signer.coded();
    let row = (
        activities::id.eq(activity.id),
        activities::body.eq(&activity.body),
        activities::signer.eq(signer),
        activities::signer_id.eq(signer_id),
        activities::key_id.eq(&activity.key_id),
        activities::public.eq(activity.reach == Reach::Public),
        activities::created_at.eq(activity.created.0),
        activities::comment_id.eq(activity.words_of.map(|comment| comment.0)),
    );
    diesel::insert_into(activities::table).values(row).execute(&mut tx.conn)?;
    for batch in to.chunks(TOGETHER) {
        let hosts: Vec<&str> = batch.iter().map(|address| address.host.as_str()).collect();
        peers::know_all(tx, &hosts)?;
        let row = |address: &'_ Address| {
            (
                deliveries::id.eq(number()),
                deliveries::activity_id.eq(activity.id),
                deliveries::host.eq(address.host.clone()),
                deliveries::inbox.eq(address.inbox.clone()),
                deliveries::state.eq(0_i16),
                deliveries::attempts.eq(0_i64),
                deliveries::error.eq(""),
            )
        };
        let rows: Vec<_> = batch.iter().map(row).collect();
        on_either!(&mut tx.conn, |c| diesel::insert_into(deliveries::table).values(rows).execute(c))?;
    }
    if !to.is_empty() {
        tx.tell(Change::Outbox);
    }
    Ok(())
}

/// An activity that everybody may read, by its number.
///
/// # Errors
/// Storage failures only.
pub fn public(tx: &mut Read, id: i64) -> Result<Option<String>> {
    let found = activities::table.find(id).filter(activities::public.eq(true)).select(activities::body);
    Ok(found.get_result(&mut tx.conn).optional()?)
}

/// A server for which something waits, and to which the lane is free.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Due {
    /// Its host.
    #[diesel(sql_type = Text)]
    pub host: String,
    /// How often in a row it could not be reached.
    #[diesel(sql_type = BigInt)]
    pub failures: i64,
    /// When something was last brought to it; 0 for never.
    #[diesel(sql_type = BigInt)]
    pub reached: i64,
}

/// Servers to which something can be brought now: first those that are reached, beginning with those whose turn was longest ago; then
/// those that are not known; then those that fail.
///
/// # Errors
/// Storage failures only.
pub fn due(tx: &mut Read, now: Time, limit: i64) -> Result<Vec<Due>> {
    // From one host to the next by the index, which Diesel cannot say: for a server that sleeps, very much may wait.
    // CROSS, because SQLite would otherwise begin with all servers that are open.
    let due = "WITH RECURSIVE waiting (host) AS (
            SELECT (SELECT host FROM deliveries WHERE state = 0 ORDER BY host LIMIT 1)
            UNION ALL
            SELECT (SELECT deliveries.host FROM deliveries WHERE deliveries.state = 0 AND deliveries.host > waiting.host
                ORDER BY deliveries.host LIMIT 1)
            FROM waiting WHERE waiting.host IS NOT NULL
        )
        SELECT peers.host, peers.failures, peers.reached_at AS reached FROM waiting CROSS JOIN peers
        WHERE peers.host = waiting.host AND peers.state = 0 AND peers.next_at <= $1 AND peers.leased_until < $1
        ORDER BY peers.failures, CASE WHEN peers.reached_at = 0 THEN 1 ELSE 0 END, peers.reached_at LIMIT $2";
    Ok(diesel::sql_query(due).bind::<BigInt, _>(now.0).bind::<BigInt, _>(limit).load(&mut tx.conn)?)
}

/// Something to be brought to a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its number.
    pub id: i64,
    /// The place.
    pub inbox: String,
    /// What is brought: JSON.
    pub body: String,
    /// Whose key signs it.
    pub signer: Holder,
    /// The id of that key.
    pub key_id: String,
    /// How often it was tried.
    pub attempts: i64,
}

/// What waits for a host, in the order in which it was said, but for what is for these inboxes.
///
/// # Errors
/// Storage failures only.
pub fn waiting(tx: &mut Read, host: &str, except: &[String], limit: i64) -> Result<Vec<Delivery>> {
    type Row = (i64, String, i64, String, i16, i64, String);
    macro_rules! waiting {
        () => {
            deliveries::table
                .inner_join(activities::table)
                .filter(deliveries::state.eq(0_i16))
                .filter(deliveries::host.eq(host))
                .order(deliveries::id)
                .limit(limit)
                .select((
                    deliveries::id,
                    deliveries::inbox,
                    deliveries::attempts,
                    activities::body,
                    activities::signer,
                    activities::signer_id,
                    activities::key_id,
                ))
        };
    }
    let rows: Vec<Row> = match except {
        // As nearly always: this one is kept prepared.
        [] => on_either!(&mut tx.conn, |c| waiting!().load(c))?,
        some => waiting!().filter(deliveries::inbox.ne_all(some)).load(&mut tx.conn)?,
    };
    let delivery = |(id, inbox, attempts, body, signer, signer_id, key_id): Row| {
        Ok(Delivery { id, inbox, body, signer: Holder::of(signer, signer_id)?, key_id, attempts })
    };
    rows.into_iter().map(delivery).collect()
}

/// What was said with the words of a comment in it is said no more: who has not heard it will not, and nobody is given it.
///
/// # Errors
/// Storage failures only.
pub fn take_back(tx: &mut Write, comment: CommentId) -> Result<()> {
    take_all_back(tx, &[comment])
}

/// The same of several comments, a few hundred at most.
///
/// # Errors
/// Storage failures only.
pub fn take_all_back(tx: &mut Write, those: &[CommentId]) -> Result<()> {
    let said = || activities::table.filter(activities::comment_id.eq_any(those.iter().map(|comment| Some(comment.0))));
    let to_be_brought = deliveries::activity_id.eq_any(said().select(activities::id));
    diesel::delete(deliveries::table.filter(to_be_brought)).execute(&mut tx.conn)?;
    diesel::delete(said()).execute(&mut tx.conn)?;
    Ok(())
}

/// It was brought.
///
/// # Errors
/// Storage failures only.
pub fn brought(tx: &mut Write, ids: &[i64]) -> Result<()> {
    for batch in ids.chunks(LIST) {
        match &mut tx.conn {
            // Nobody is far away, and this statement is kept prepared.
            #[cfg(feature = "sqlite")]
            Conn::Sqlite(c) => {
                batch.iter().try_for_each(|id| diesel::delete(deliveries::table.find(*id)).execute(c).map(drop))?;
            }
            #[cfg(feature = "postgres")]
            Conn::Pg(c) => {
                diesel::delete(deliveries::table.filter(deliveries::id.eq_any(batch))).execute(c)?;
            }
        }
    }
    Ok(())
}

/// It could not be brought this time.
///
/// # Errors
/// Storage failures only.
pub fn failed(tx: &mut Write, id: i64, error: &str) -> Result<()> {
    let set = (deliveries::attempts.eq(deliveries::attempts + 1), deliveries::error.eq(error));
    diesel::update(deliveries::table.find(id)).set(set).execute(&mut tx.conn)?;
    Ok(())
}

/// It is not to be tried any more, for that reason.
///
/// # Errors
/// Storage failures only.
pub fn give_up(tx: &mut Write, id: i64, error: &str) -> Result<bool> {
    let set = (deliveries::state.eq(State::GivenUp.code()), deliveries::error.eq(error));
    Ok(diesel::update(deliveries::table.find(id)).set(set).execute(&mut tx.conn)? > 0)
}

/// Nothing that waits for this inbox is to be tried any more, for that reason. Says how much did.
///
/// # Errors
/// Storage failures only.
pub fn end_inbox(tx: &mut Write, host: &str, inbox: &str, error: &str) -> Result<usize> {
    let theirs = deliveries::table
        .filter(deliveries::state.eq(0_i16))
        .filter(deliveries::host.eq(host))
        .filter(deliveries::inbox.eq(inbox));
    Ok(diesel::update(theirs).set((deliveries::state.eq(1_i16), deliveries::error.eq(error))).execute(&mut tx.conn)?)
}

/// Nothing that was said to a server before that number, and waits or was given up, is to be brought there. Says how much that was.
///
/// # Errors
/// Storage failures only.
pub fn drop_host(tx: &mut Write, host: &str, before: i64) -> Result<usize> {
    let theirs = deliveries::table.filter(deliveries::state.eq_any([0_i16, 1, 2])).filter(deliveries::host.eq(host));
    let theirs = theirs.filter(deliveries::id.lt(before));
    Ok(diesel::delete(theirs).execute(&mut tx.conn)?)
}

/// What was to be brought before `before` to servers that are paused or asleep is not to be tried any more. Says how much that is.
///
/// # Errors
/// Storage failures only.
pub fn give_up_before(tx: &mut Write, before: Time, limit: i64) -> Result<usize> {
    let open = peers::State::Open.code();
    let left: Vec<i64> = deliveries::table
        .inner_join(peers_table::table.on(peers_table::host.eq(deliveries::host)))
        .filter(deliveries::state.eq(0_i16))
        .filter(deliveries::id.lt(domain::first_made_at(before)))
        .filter(peers_table::state.ne(open))
        .order(deliveries::id)
        .limit(limit)
        .select(deliveries::id)
        .load(&mut tx.conn)?;
    for batch in left.chunks(LIST) {
        let set =
            (deliveries::state.eq(State::GivenUp.code()), deliveries::error.eq("its server was away for too long"));
        diesel::update(deliveries::table.filter(deliveries::id.eq_any(batch))).set(set).execute(&mut tx.conn)?;
    }
    Ok(left.len())
}

/// It is to be tried again from the beginning. Says whether it was given up or skipped.
///
/// # Errors
/// Storage failures only.
pub fn retry(tx: &mut Write, id: i64) -> Result<bool> {
    let ended = deliveries::table.find(id).filter(deliveries::state.ne(0_i16));
    let again = diesel::update(ended)
        .set((deliveries::state.eq(0_i16), deliveries::attempts.eq(0_i64)))
        .execute(&mut tx.conn)?;
    if again > 0 {
        tx.tell(Change::Outbox);
    }
    Ok(again > 0)
}

/// Forgets what was said before `before` and waits nowhere. Says how much.
///
/// # Errors
/// Storage failures only.
pub fn forget_before(tx: &mut Write, before: Time, limit: i64) -> Result<usize> {
    // The offset keeps PostgreSQL from reading all deliveries to join them: each old activity asks the index.
    let waiting = deliveries::table.filter(deliveries::activity_id.eq(activities::id)).select(deliveries::id);
    let waiting = waiting.limit(1).offset(0);
    let over: Vec<i64> = activities::table
        .filter(activities::created_at.lt(before.0))
        .filter(diesel::dsl::not(diesel::dsl::exists(waiting)))
        .order(activities::created_at)
        .limit(limit)
        .select(activities::id)
        .load(&mut tx.conn)?;
    let mut forgotten = 0;
    for batch in over.chunks(LIST) {
        forgotten += diesel::delete(activities::table.filter(activities::id.eq_any(batch))).execute(&mut tx.conn)?;
    }
    Ok(forgotten)
}
