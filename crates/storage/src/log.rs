//! The moderation log: what moderators did. Entries are added and never changed; of what goes to and fro elsewhere only the last is kept.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::{ActorId, CommentId, Deed, News, Role, Time};

use crate::conn::{Read, Write};
use crate::schema::{accounts, actors, moderation_log, remotes};
use crate::webhooks::{self, Item};
use crate::{Error, Result, figures};

/// As whom the log names whoever has the machine. No name of a person has spaces in it.
pub const HOST: &str = "the command line";

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id; entries are in order of their ids.
    pub id: i64,
    /// Who did it; `None`: whoever has the machine, by the command line.
    pub moderator: Option<ActorId>,
    /// Their name, or [`HOST`]; not stored with the entry.
    pub moderator_name: String,
    /// What they did.
    pub deed: Deed,
    /// What it was done to.
    pub comment: Option<CommentId>,
    /// The server it was done to, or whose affairs.
    pub host: Option<String>,
    /// The handle of the person it was done to.
    pub person: Option<String>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Time,
}

/// An entry as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The entry.
    pub entry: Entry,
    /// What whoever did it was then; `None`: somebody on another server, or whoever has the machine.
    pub role: Option<Role>,
}

/// Which entries are looked for; all that is said has to fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sought {
    /// What was done.
    pub deed: Option<Deed>,
    /// By whom.
    pub moderator: Option<ActorId>,
    /// To which comment.
    pub comment: Option<CommentId>,
    /// The least id, and the first one that is too great.
    pub between: Option<(i64, i64)>,
    /// Only what everybody may know of.
    pub public: bool,
}

/// Adds an entry, with the role that whoever did it has now, counts it, and has it told.
///
/// # Errors
/// Storage failures only; also of the other functions here.
pub fn insert(tx: &mut Write, entry: &Entry) -> Result<()> {
    let role = entry.moderator.map_or(Ok(None), |moderator| role(tx, moderator))?;
    let row = (
        moderation_log::id.eq(entry.id),
        moderation_log::moderator_id.eq(entry.moderator.map(|moderator| moderator.0)),
        moderation_log::deed.eq(entry.deed.code()),
        moderation_log::comment_id.eq(entry.comment.map(|comment| comment.0)),
        moderation_log::reason.eq(&entry.reason),
        moderation_log::created_at.eq(entry.at.0),
        moderation_log::host.eq(&entry.host),
        moderation_log::person.eq(&entry.person),
        moderation_log::role.eq(role),
    );
    diesel::insert_into(moderation_log::table).values(row).execute(&mut tx.conn)?;
    // What stands in the log for a few is for no program either.
    if !Deed::WITHIN.contains(&entry.deed) {
        let kind = News::of_deed(entry.deed);
        webhooks::tell(tx, &Item { id: entry.id, kind, comment: entry.comment, entry: Some(entry.id), at: entry.at })?;
    }
    entry.deed.figure().map_or(Ok(()), |figure| figures::add(tx, entry.at, figure, 1))
}

fn role(tx: &mut Write, moderator: ActorId) -> Result<Option<i16>> {
    let of = accounts::table.filter(accounts::actor_id.eq(moderator.0)).select(accounts::role);
    Ok(of.get_result(&mut tx.conn).optional()?)
}

/// Forgets that a thread was closed and opened since `since` by those who moderate it on another server: what comes of it now is said once,
/// however often they change their minds. What people here did stays.
pub fn forget_closings(tx: &mut Write, root: CommentId, since: Time) -> Result<usize> {
    let elsewhere = remotes::table.select(remotes::actor_id.nullable());
    let those = moderation_log::table
        .filter(moderation_log::comment_id.eq(root.0))
        .filter(moderation_log::deed.eq_any([Deed::Lock.code(), Deed::Unlock.code()]))
        .filter(moderation_log::created_at.gt(since.0))
        .filter(moderation_log::moderator_id.eq_any(elsewhere));
    Ok(diesel::delete(those).execute(&mut tx.conn)?)
}

/// Forgets that `by`, who moderates a board on another server, shut somebody out and let them in since `since`, as [`forget_closings`] does.
pub fn forget_admissions(tx: &mut Write, by: ActorId, person: &str, since: Time) -> Result<usize> {
    let deeds = [Deed::SuspendActor, Deed::PurgeActor, Deed::RestoreActor, Deed::ReviveActor].map(Deed::code);
    let those = moderation_log::table
        .filter(moderation_log::moderator_id.eq(by.0))
        .filter(moderation_log::person.eq(person))
        .filter(moderation_log::deed.eq_any(deeds))
        .filter(moderation_log::created_at.gt(since.0));
    Ok(diesel::delete(those).execute(&mut tx.conn)?)
}

type Row =
    (i64, Option<i64>, Option<String>, i16, Option<i64>, String, i64, Option<String>, Option<String>, Option<i16>);

macro_rules! rows {
    () => {
        moderation_log::table.left_join(actors::table).select((
            moderation_log::id,
            moderation_log::moderator_id,
            actors::name.nullable(),
            moderation_log::deed,
            moderation_log::comment_id,
            moderation_log::reason,
            moderation_log::created_at,
            moderation_log::host,
            moderation_log::person,
            moderation_log::role,
        ))
    };
}

fn listed((id, moderator, moderator_name, deed, comment, reason, at, host, person, role): Row) -> Result<Listed> {
    let unknown = || Error::Unknown("moderation_log.role");
    let role = role.map(|role| Role::coded(role).ok_or_else(unknown)).transpose()?;
    let deed = Deed::coded(deed).ok_or(Error::Unknown("moderation_log.deed"))?;
    let (moderator, comment, at) = (moderator.map(ActorId), comment.map(CommentId), Time(at));
    let moderator_name = moderator_name.unwrap_or_else(|| HOST.to_owned());
    Ok(Listed { entry: Entry { id, moderator, moderator_name, deed, comment, host, person, reason, at }, role })
}

/// A page of the log, newest first.
pub fn page(tx: &mut Read, sought: Sought, before: Option<i64>, limit: i64) -> Result<Vec<Listed>> {
    let mut found = rows!()
        .filter(moderation_log::id.lt(before.unwrap_or(i64::MAX)))
        .order(moderation_log::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(deed) = sought.deed {
        found = found.filter(moderation_log::deed.eq(deed.code()));
    }
    if let Some(moderator) = sought.moderator {
        found = found.filter(moderation_log::moderator_id.eq(moderator.0));
    }
    if let Some(comment) = sought.comment {
        found = found.filter(moderation_log::comment_id.eq(comment.0));
    }
    if let Some((from, until)) = sought.between {
        found = found.filter(moderation_log::id.ge(from)).filter(moderation_log::id.lt(until));
    }
    if sought.public {
        found = found.filter(moderation_log::deed.ne_all(Deed::WITHIN.map(Deed::code)));
    }
    found.load::<Row>(&mut tx.conn)?.into_iter().map(listed).collect()
}

/// The entries of these ids.
pub fn these(tx: &mut Read, ids: &[i64]) -> Result<HashMap<i64, Entry>> {
    let rows: Vec<Row> = rows!().filter(moderation_log::id.eq_any(ids.to_vec())).load(&mut tx.conn)?;
    let by_id = |row: Row| listed(row).map(|one| (one.entry.id, one.entry));
    rows.into_iter().map(by_id).collect()
}

/// The newest removal of a comment.
pub fn last_removal(tx: &mut Read, comment: CommentId) -> Result<Option<Entry>> {
    last_about(tx, comment, Deed::Remove)
}

/// The newest time that this was done to a comment.
pub fn last_about(tx: &mut Read, comment: CommentId, deed: Deed) -> Result<Option<Entry>> {
    let row = rows!()
        .filter(moderation_log::comment_id.eq(comment.0))
        .filter(moderation_log::deed.eq(deed.code()))
        .order(moderation_log::id.desc())
        .first::<Row>(&mut tx.conn)
        .optional()?;
    Ok(row.map(listed).transpose()?.map(|one| one.entry))
}

/// What was done to the person of that handle, newest first.
pub fn of_person(tx: &mut Read, person: &str, limit: i64) -> Result<Vec<Listed>> {
    let rows = rows!().filter(moderation_log::person.eq(person)).order(moderation_log::id.desc());
    rows.limit(limit).load::<Row>(&mut tx.conn)?.into_iter().map(listed).collect()
}
