//! What has come from other servers and was not dealt with at once. It is stored before it is answered, and worked off by lease, in turns of the hosts: whoever
//! sends fifty thousand things waits for fifty thousand turns, and whoever sends one for one.

use diesel::prelude::*;
use domain::Time;

use crate::conn::{Change, Read, Write, on_either};
use crate::forgetting::delete_oldest;
use crate::kept::{LIST, kept, places};
use crate::literal::Literal;
use crate::schema::inbox;
use crate::{Error, Result};

/// What becomes of something that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It waits for its turn.
    Waiting,
    /// It failed for a reason that may pass, and is tried again.
    Again,
    /// It has had its effect.
    Done,
    /// It concerns nothing that is here.
    Ignored,
    /// It was not for the sender to say.
    Refused,
    /// It failed for good, or too often.
    Failed,
}

impl State {
    const ALL: [Self; 6] = [Self::Waiting, Self::Again, Self::Done, Self::Ignored, Self::Refused, Self::Failed];

    const fn code(self) -> i16 {
        match self {
            Self::Waiting => 0,
            Self::Again => 1,
            Self::Done => 2,
            Self::Ignored => 3,
            Self::Refused => 4,
            Self::Failed => 5,
        }
    }

    fn coded(code: i16) -> Result<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code).ok_or(Error::Unknown("inbox.state"))
    }
}

/// What [`State::Waiting`] is called in the conditions of the indexes.
const WAITING: Literal<{ State::Waiting.code() }> = Literal;
/// The same of [`State::Again`].
const AGAIN: Literal<{ State::Again.code() }> = Literal;

/// What is not to be dealt with any more.
const JUDGED: [i16; 4] = [State::Done.code(), State::Ignored.code(), State::Refused.code(), State::Failed.code()];

/// Something that has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival<'a> {
    /// Our number for it.
    pub id: i64,
    /// The activity's id.
    pub uri: &'a str,
    /// Who said it: whose signature it has.
    pub actor: &'a str,
    /// Their server.
    pub host: &'a str,
    /// The activity's type.
    pub kind: &'a str,
    /// As received.
    pub body: &'a str,
    /// When.
    pub received: Time,
    /// When it was signed, if it may be done again under one id: then it is new again if what came under that id was dealt with and had come
    /// before. The same request twice is not signed later.
    pub again: Option<Time>,
}

/// Whether something had come before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// It is new, and waits for its turn.
    New,
    /// It was here already.
    Known,
    /// As much of its host waits as may: it is not stored, and may be sent again.
    Full,
}

/// Things of one host that wait at the same time. A host sends them faster than they are worked off as long as it likes, and the disk is
/// everybody's; those that are sent again later lose nothing.
const MOST_WAITING: i64 = 10_000;

/// So much of one host may wait whatever its size; beyond it nothing that is longer than most are.
const MOST_LARGE: i64 = 100;
/// What is long, in bytes: a comment is a tenth of it.
const LARGE: usize = 64 << 10;

/// Stores what came, once.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn insert(tx: &mut Write, new: &Arrival<'_>) -> Result<Stored> {
    let Turn { own, first } = turn(tx, new.host)?;
    if own - first >= MOST_LARGE && new.body.len() > LARGE {
        return Ok(Stored::Full);
    }
    // Turns tell that it may be so; only then it is worth counting.
    if own - first >= MOST_WAITING && waiting_of(tx, new.host)? >= MOST_WAITING {
        return Ok(Stored::Full);
    }
    let stored = put(tx, new, own)?;
    if !stored && !renew(tx, new, own)? {
        return Ok(Stored::Known);
    }
    tx.tell(Change::Inbox);
    Ok(Stored::New)
}

/// Says whether it is new.
fn put(tx: &mut Write, new: &Arrival<'_>, turn: i64) -> Result<bool> {
    let row = (
        inbox::id.eq(new.id),
        inbox::uri.eq(new.uri),
        inbox::actor.eq(new.actor),
        inbox::host.eq(new.host),
        inbox::kind.eq(new.kind),
        inbox::body.eq(new.body),
        inbox::state.eq(State::Waiting.code()),
        inbox::reason.eq(""),
        inbox::turn.eq(turn),
        inbox::next_at.eq(new.received.0),
        inbox::leased_until.eq(0_i64),
        inbox::attempts.eq(0_i64),
        inbox::received_at.eq(new.received.0),
    );
    let stored = on_either!(&mut tx.conn, |c| {
        diesel::insert_into(inbox::table).values(row).on_conflict(inbox::uri).do_nothing().execute(c)
    })?;
    Ok(stored > 0)
}

/// What was dealt with waits again, as it came now. Says whether there was such.
fn renew(tx: &mut Write, new: &Arrival<'_>, turn: i64) -> Result<bool> {
    let Some(signed) = new.again else { return Ok(false) };
    let before = inbox::table
        .filter(inbox::uri.eq(new.uri))
        .filter(inbox::actor.eq(new.actor))
        .filter(inbox::state.eq_any(JUDGED))
        .filter(inbox::received_at.lt(signed.0));
    let set = (
        inbox::body.eq(new.body),
        inbox::kind.eq(new.kind),
        inbox::state.eq(State::Waiting.code()),
        inbox::reason.eq(""),
        inbox::turn.eq(turn),
        inbox::next_at.eq(new.received.0),
        inbox::attempts.eq(0_i64),
        inbox::received_at.eq(new.received.0),
    );
    Ok(diesel::update(before).set(set).execute(&mut tx.conn)? > 0)
}

/// How many things of a host wait.
fn waiting_of(tx: &mut Read, host: &str) -> Result<i64> {
    let own = inbox::table.filter(inbox::host.eq(host)).filter(inbox::state.eq(WAITING));
    Ok(own.count().get_result(&mut tx.conn)?)
}

/// Whether anything of a host waits, or is being dealt with.
///
/// # Errors
/// Storage failures only.
pub fn waits(tx: &mut Read, host: &str) -> Result<bool> {
    Ok(last_turn(tx, host)?.is_some())
}

/// The turn of what a host sent last of what waits.
fn last_turn(tx: &mut Read, host: &str) -> Result<Option<i64>> {
    let last = on_either!(&mut tx.conn, |c| {
        let own = inbox::table.filter(inbox::host.eq(host)).filter(inbox::state.eq(WAITING));
        own.order(inbox::turn.desc()).select(inbox::turn).first(c)
    });
    Ok(last.optional()?)
}

/// Whose turn it is.
struct Turn {
    /// The next of a host.
    own: i64,
    /// That of what waits and comes first.
    first: i64,
}

/// The next turn of a host: one after its last that waits, and not before whatever waits now.
fn turn(tx: &mut Read, host: &str) -> Result<Turn> {
    let now = on_either!(&mut tx.conn, |c| {
        let waiting = inbox::table.filter(inbox::state.eq(WAITING)).order((inbox::turn, inbox::id));
        waiting.select(inbox::turn).first::<i64>(c)
    });
    let first = now.optional()?.unwrap_or(0);
    Ok(Turn { own: last_turn(tx, host)?.map_or(0, |own| own.saturating_add(1)).max(first), first })
}

/// Forgets what came before `before` and has been judged: nobody sends it again so late, and no administrator has had it dealt with
/// again. Each time `limit` of what was judged alike, the oldest first. Says how much.
///
/// # Errors
/// Storage failures only.
pub fn forget_before(tx: &mut Write, before: Time, limit: i64) -> Result<usize> {
    // Ids grow with time: the index that knows states knows ages.
    let (first, mut forgotten) = (domain::next_id(0, before.0, 0), 0);
    for state in JUDGED {
        let old = inbox::state.eq(state).and(inbox::id.lt(first));
        forgotten += delete_oldest!(tx, inbox by inbox::id, old, limit)?;
    }
    Ok(forgotten)
}

/// Whether an activity has come before and is not to be dealt with again; `again` as in [`Arrival`].
///
/// # Errors
/// Storage failures only.
pub fn is_known(tx: &mut Read, uri: &str, again: Option<Time>) -> Result<bool> {
    let known = on_either!(&mut tx.conn, |c| {
        inbox::table.filter(inbox::uri.eq(uri)).select((inbox::state, inbox::received_at)).first::<(i16, i64)>(c)
    });
    let known = known.optional()?;
    let renewed = |(state, received)| JUDGED.contains(&state) && again.is_some_and(|signed| received < signed.0);
    Ok(known.is_some_and(|known| !renewed(known)))
}

/// How much is looked at beyond what is wanted where something is not taken.
const BEHIND: i64 = 256;

/// Something to be worked off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leased {
    /// Our number for it.
    pub id: i64,
    /// The activity's id.
    pub uri: String,
    /// Who said it.
    pub actor: String,
    /// As received.
    pub body: String,
    /// When.
    pub received: Time,
    /// How often it has been leased, this time included.
    pub attempts: i64,
    /// Whether it was put off, or leased before: what was said later may have been dealt with.
    pub is_late: bool,
}

/// Something that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Our number for it.
    pub id: i64,
    /// Who said it.
    pub actor: String,
    /// Their server.
    pub host: String,
    /// The activity's type.
    pub kind: String,
}

/// Leases up to `limit` of what is due and `takes` wants, until `until`: first what is tried again, then what waits, by turns.
///
/// # Errors
/// Storage failures only.
pub fn lease(
    tx: &mut Write,
    now: Time,
    until: Time,
    limit: i64,
    takes: &mut dyn FnMut(&Candidate) -> bool,
) -> Result<Vec<Leased>> {
    let free = inbox::table.filter(inbox::leased_until.lt(now.0));
    let columns = (inbox::id, inbox::actor, inbox::host, inbox::kind);
    let again = |tx: &mut Read, window| {
        let rows =
            free.filter(inbox::state.eq(AGAIN)).filter(inbox::next_at.le(now.0)).order((inbox::next_at, inbox::id));
        rows.limit(window).select(columns).load(&mut tx.conn)
    };
    let waiting = |tx: &mut Read, window| {
        free.filter(inbox::state.eq(WAITING))
            .order((inbox::turn, inbox::id))
            .limit(window)
            .select(columns)
            .load(&mut tx.conn)
    };
    let mut due = taken(tx, again, (limit / 4).max(1), takes)?;
    let left = limit - i64::try_from(due.len()).unwrap_or(limit);
    due.extend(taken(tx, waiting, left, takes)?);
    // The condition on the lease stands here, too: another node may have chosen the same rows.
    let lease = diesel::update(inbox::table)
        .filter(inbox::id.eq_any(places(due.iter().copied())))
        .filter(inbox::leased_until.lt(now.0))
        .set((inbox::leased_until.eq(until.0), inbox::attempts.eq(inbox::attempts + 1)))
        .returning((
            inbox::id,
            inbox::uri,
            inbox::actor,
            inbox::body,
            inbox::received_at,
            inbox::attempts,
            inbox::state,
        ));
    let mut rows: Vec<(i64, String, String, String, i64, i64, i16)> = kept(lease).get_results(&mut tx.conn)?;
    // An UPDATE answers in any order.
    rows.sort_by_key(|row| due.iter().position(|id| *id == row.0));
    let leased = |(id, uri, actor, body, received, attempts, state)| {
        let is_late = attempts > 1 || state == State::Again.code();
        Leased { id, uri, actor, body, received: Time(received), attempts, is_late }
    };
    Ok(rows.into_iter().map(leased).collect())
}

/// The first of these that are wanted. Where many wait behind what is not, only so many are looked at: their turn comes.
fn taken(
    tx: &mut Read,
    rows: impl Fn(&mut Read, i64) -> QueryResult<Vec<(i64, String, String, String)>>,
    limit: i64,
    takes: &mut dyn FnMut(&Candidate) -> bool,
) -> Result<Vec<i64>> {
    let (wanted, mut found) = (usize::try_from(limit).unwrap_or(0), Vec::new());
    let first = rows(tx, limit)?;
    let seen = first.len();
    // Each is asked about once.
    for window in [Some(first), None] {
        let rows = match window {
            Some(first) => first,
            None if found.len() < seen => rows(tx, limit + BEHIND)?.split_off(seen),
            None => break,
        };
        let candidates = rows.into_iter().map(|(id, actor, host, kind)| Candidate { id, actor, host, kind });
        for candidate in candidates {
            if found.len() < wanted && takes(&candidate) {
                found.push(candidate.id);
            }
        }
    }
    Ok(found)
}

/// These were leased and not begun with.
///
/// # Errors
/// Storage failures only.
pub fn give_back(tx: &mut Write, ids: &[i64]) -> Result<()> {
    let set = (inbox::leased_until.eq(0_i64), inbox::attempts.eq(inbox::attempts - 1));
    for batch in ids.chunks(LIST) {
        diesel::update(inbox::table.filter(inbox::id.eq_any(batch))).set(set).execute(&mut tx.conn)?;
    }
    Ok(())
}

/// These have had their effect: what [`settle`] does with each, in one statement.
///
/// # Errors
/// Storage failures only.
pub fn done(tx: &mut Write, ids: &[i64]) -> Result<()> {
    let set = (inbox::state.eq(State::Done.code()), inbox::leased_until.eq(0_i64), inbox::reason.eq(""));
    for batch in ids.chunks(LIST) {
        let those = inbox::table.filter(inbox::id.eq_any(places(batch.iter().copied())));
        on_either!(&mut tx.conn, |c| kept(diesel::update(those).set((set, inbox::body.eq("")))).run(c))?;
    }
    Ok(())
}

/// What came has been judged. What is done or ignored is not needed any more: its body is let go, its id is kept, so that it is known
/// when it comes again.
///
/// # Errors
/// Storage failures only.
pub fn settle(tx: &mut Write, id: i64, state: State, reason: &str) -> Result<()> {
    let set = (inbox::state.eq(state.code()), inbox::reason.eq(reason), inbox::leased_until.eq(0_i64));
    let one = inbox::table.find(id);
    match state {
        State::Done | State::Ignored => diesel::update(one).set((set, inbox::body.eq(""))).execute(&mut tx.conn)?,
        State::Waiting | State::Again | State::Refused | State::Failed => {
            diesel::update(one).set(set).execute(&mut tx.conn)?
        }
    };
    Ok(())
}

/// What an actor said is not to be dealt with any more, for that reason, if it came until then and still waits to be tried again.
///
/// # Errors
/// Storage failures only.
pub fn overtake(tx: &mut Write, uri: &str, actor: &str, until: Time, reason: &str) -> Result<()> {
    let found = inbox::table.filter(inbox::uri.eq(uri)).filter(inbox::actor.eq(actor));
    let found = found.filter(inbox::received_at.le(until.0));
    let again = found.filter(inbox::state.eq(State::Again.code())).select(inbox::id);
    match again.first(&mut tx.conn).optional()? {
        Some(id) => settle(tx, id, State::Ignored, reason),
        None => Ok(()),
    }
}

/// What came is to be tried again at `at`.
///
/// # Errors
/// Storage failures only.
pub fn again(tx: &mut Write, id: i64, at: Time, reason: &str) -> Result<()> {
    let set = (
        inbox::state.eq(State::Again.code()),
        inbox::next_at.eq(at.0),
        inbox::leased_until.eq(0_i64),
        inbox::reason.eq(reason),
    );
    diesel::update(inbox::table.find(id)).set(set).execute(&mut tx.conn)?;
    Ok(())
}

/// One line of the list for administrators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Our number for it.
    pub id: i64,
    /// The activity's id.
    pub uri: String,
    /// Who said it.
    pub actor: String,
    /// Their server.
    pub host: String,
    /// The activity's type.
    pub kind: String,
    /// What became of it.
    pub state: State,
    /// Why.
    pub reason: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it came.
    pub received: Time,
}

type Line = (i64, String, String, String, String, i16, String, i64, i64);

fn entry((id, uri, actor, host, kind, state, reason, attempts, received): Line) -> Result<Entry> {
    let (state, received) = (State::coded(state)?, Time(received));
    Ok(Entry { id, uri, actor, host, kind, state, reason, attempts, received })
}

const LINE: (
    inbox::id,
    inbox::uri,
    inbox::actor,
    inbox::host,
    inbox::kind,
    inbox::state,
    inbox::reason,
    inbox::attempts,
    inbox::received_at,
) = (
    inbox::id,
    inbox::uri,
    inbox::actor,
    inbox::host,
    inbox::kind,
    inbox::state,
    inbox::reason,
    inbox::attempts,
    inbox::received_at,
);

/// What came and is in that state, newest first, from below `before`.
///
/// # Errors
/// Storage failures only.
pub fn page(tx: &mut Read, state: State, before: Option<i64>, limit: i64) -> Result<Vec<Entry>> {
    let rows: Vec<Line> = inbox::table
        .filter(inbox::state.eq(state.code()))
        .filter(inbox::id.lt(before.unwrap_or(i64::MAX)))
        .order(inbox::id.desc())
        .limit(limit)
        .select(LINE)
        .load(&mut tx.conn)?;
    rows.into_iter().map(entry).collect()
}

/// One of them.
///
/// # Errors
/// Storage failures only.
pub fn find(tx: &mut Read, id: i64) -> Result<Option<Entry>> {
    let row: Option<Line> = inbox::table.find(id).select(LINE).get_result(&mut tx.conn).optional()?;
    row.map(entry).transpose()
}

/// How much waits, also for being tried again.
///
/// # Errors
/// Storage failures only.
pub fn waiting(tx: &mut Read) -> Result<i64> {
    let waits = inbox::table.filter(inbox::state.eq_any([State::Waiting.code(), State::Again.code()]));
    Ok(waits.count().get_result(&mut tx.conn)?)
}

/// Puts what was refused or has failed back to what waits. Says whether it was such.
///
/// # Errors
/// Storage failures only.
pub fn replay(tx: &mut Write, id: i64, now: Time) -> Result<bool> {
    let ended = inbox::table.find(id).filter(inbox::state.eq_any([State::Refused.code(), State::Failed.code()]));
    let set = (inbox::state.eq(State::Again.code()), inbox::next_at.eq(now.0), inbox::attempts.eq(0_i64));
    let replayed = diesel::update(ended).set(set).execute(&mut tx.conn)? > 0;
    if replayed {
        tx.tell(Change::Inbox);
    }
    Ok(replayed)
}

/// What came from a server and is to be tried again later is tried now, as if it had not been tried before. Says whether there is any.
///
/// # Errors
/// Storage failures only.
pub fn hasten(tx: &mut Write, host: &str, now: Time) -> Result<bool> {
    let later =
        inbox::table.filter(inbox::host.eq(host)).filter(inbox::state.eq(AGAIN)).filter(inbox::next_at.gt(now.0));
    let set = (inbox::next_at.eq(now.0), inbox::attempts.eq(0_i64));
    let hastened = diesel::update(later).set(set).execute(&mut tx.conn)? > 0;
    if hastened {
        tx.tell(Change::Inbox);
    }
    Ok(hastened)
}
