//! Notices that something here is against the law, from anybody (Regulation (EU) 2022/2065, article 16). Whoever tells it gets a receipt, at
//! whose secret address they see what became of it: this server sends no mail. Not here: how often somebody may (`http`), copies of what is
//! taken down (`preserving`), what authors read of it (`statements`).

use std::collections::HashMap;

use domain::notice::{Said, Target};
use domain::rights::{Reach, Right};
use domain::{CommentId, Deed, Ground, Illegality, NoticeState, Noun, Refusal, State};
use storage::comments::{self, Line};
use storage::log::{self, Entry};
use storage::notices::{self, Decided, Notice, Target as Place};
use storage::statements::{self, Statement};
use storage::{Read, Write, actors, boards, objects};

use crate::hosting::{and_one, cut};
use crate::writing::reasoned;
use crate::{Ctx, Error, Person, Result, passage, preserving, retract, secrets};

/// The longest statement of facts, in Unicode scalar values.
pub const MAX_FACTS: usize = 2_000;
/// The longest name of a law or a rule.
pub const MAX_PROVISION: usize = 500;

/// A notice that can be taken: all that it needs is there, and what it names is here.
#[derive(Clone, Debug)]
pub struct Checked {
    category: Illegality,
    said: Said,
    places: Vec<(String, Option<CommentId>)>,
}

/// Whether a notice can be taken.
///
/// # Errors
/// Refusals of what is missing, and of addresses at which nothing is shown here; failures.
pub async fn check(ctx: &Ctx, category: Illegality, said: Said) -> Result<Checked> {
    let said = said.check(category)?;
    let (cx, addresses) = (ctx.clone(), said.addresses.clone());
    let find = move |tx: &mut Read| {
        let place = |address: String| Ok((address.clone(), place(tx, &cx, &address)?));
        addresses.into_iter().map(place).collect::<Result<Vec<_>>>()
    };
    let places = ctx.db().read(find).await?;
    Ok(Checked { category, said, places })
}

/// What is at an address; `None`: somebody's page, or a board's.
fn place(tx: &mut Read, ctx: &Ctx, address: &str) -> Result<Option<CommentId>> {
    let here = match path_of(ctx, address) {
        Some(path) => Target::of(path),
        None => objects::by_uri(tx, address)?.map(|object| Target::Comment(object.comment)),
    };
    let is_there = match &here {
        Some(Target::Comment(comment)) => is_shown(tx, *comment)?,
        Some(Target::Person(handle)) => {
            let (name, host) = handle.split_once('@').unwrap_or((handle, ""));
            actors::by_handle(tx, host, name)?.is_some()
        }
        Some(Target::Board(name)) => boards::all(tx)?.iter().any(|board| board.address() == *name),
        None => false,
    };
    match here.filter(|_| is_there) {
        Some(Target::Comment(comment)) => Ok(Some(comment)),
        Some(Target::Person(_) | Target::Board(_)) => Ok(None),
        None => Err(nothing_there(ctx, address)),
    }
}

fn is_shown(tx: &mut Read, comment: CommentId) -> Result<bool> {
    Ok(comments::spot(tx, comment)?.is_some_and(|spot| matches!(spot.state, State::Published | State::Flagged)))
}

/// The path of an address of ours, however its host is written.
fn path_of<'a>(ctx: &Ctx, address: &'a str) -> Option<&'a str> {
    let rest = ["https://", "http://"].iter().find_map(|scheme| {
        let head = address.get(..scheme.len()).filter(|head| head.eq_ignore_ascii_case(scheme));
        head.and_then(|head| address.get(head.len()..))
    })?;
    let host = ctx.elsewhere().addresses().host();
    let named = rest.get(..host.len()).filter(|named| named.eq_ignore_ascii_case(host))?;
    rest.get(named.len()..).filter(|path| path.starts_with('/'))
}

fn nothing_there(ctx: &Ctx, address: &str) -> Error {
    let shown: String = address.chars().take(100).collect();
    let host = ctx.elsewhere().addresses().host();
    let problem = format!(
        "nothing that somebody wrote is shown here at {shown}; write the address that your browser shows while you see it here, on \
         {host}. What stands on another server only has to be told there"
    );
    Error::Refused(Refusal::field("addresses", problem))
}

/// What whoever told something has of it.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The number under which those who run this place know it.
    pub number: i64,
    /// What stands in the address at which they see what became of it. It is shown once, and is not kept.
    pub secret: String,
}

/// Takes a notice.
///
/// # Errors
/// Failures only.
pub async fn tell(ctx: &Ctx, checked: Checked) -> Result<Receipt> {
    let Checked { category, said, places } = checked;
    let (number, secret) = (ctx.id(), secrets::secret(ctx));
    let new = Notice {
        id: number,
        category,
        explanation: said.explanation,
        name: said.name,
        email: said.email,
        state: NoticeState::Open,
        reason: String::new(),
        automated: false,
        decided: None,
        created: ctx.now(),
    };
    let place = |(address, comment)| Place { notice: number, address, comment };
    let (places, hash) = (places.into_iter().map(place).collect::<Vec<_>>(), secrets::digest(&secret));
    ctx.db().write(move |tx| Ok::<_, Error>(notices::insert(tx, &new, &hash, &places)?)).await?;
    Ok(Receipt { number, secret })
}

/// A notice with what it is about.
#[derive(Clone, Debug)]
pub struct Told {
    /// The notice.
    pub notice: Notice,
    /// What it is about, in the order in which it was named.
    pub about: Vec<About>,
}

/// Something that a notice is about.
#[derive(Clone, Debug)]
pub struct About {
    /// Its address, as whoever told it wrote it.
    pub address: String,
    /// The comment that is there, with the words that it has, whatever readers see of it; `None`: somebody's page, or a board's.
    pub line: Option<Line>,
}

/// What became of the notice whose receipt has this secret.
///
/// # Errors
/// [`Refusal::NotFound`]; failures.
pub async fn receipt(ctx: &Ctx, secret: &str) -> Result<Told> {
    let hash = secrets::digest(secret);
    ctx.db()
        .read(move |tx| {
            let notice = notices::by_secret(tx, &hash)?.ok_or(Error::missing(Noun::Notice))?;
            whole(tx, vec![notice])?.pop().ok_or(Error::missing(Noun::Notice))
        })
        .await
}

/// Notices whose business it is of whoever asks, the oldest first, and after which one the next page begins.
///
/// # Errors
/// Refusals to those who may not see them; failures.
pub async fn page(
    ctx: &Ctx,
    who: &Person,
    state: NoticeState,
    after: Option<i64>,
    limit: usize,
) -> Result<(Vec<Told>, Option<i64>)> {
    who.must(Right::DecideNotices)?;
    let (reach, actor) = (who.reach.clone(), who.actor);
    ctx.db()
        .read(move |tx| {
            let mut found = notices::page(tx, state, (&reach, actor), after, and_one(limit))?;
            let next = cut(&mut found, limit, |notice| notice.id);
            Ok((whole(tx, found)?, next))
        })
        .await
}

/// All that belongs to these, in three queries however many they are.
fn whole(tx: &mut Read, found: Vec<Notice>) -> Result<Vec<Told>> {
    let ids: Vec<i64> = found.iter().map(|notice| notice.id).collect();
    let places = notices::targets(tx, &ids)?;
    let comments: Vec<CommentId> = places.iter().filter_map(|place| place.comment).collect();
    let lines = passage::with_words(tx, &comments)?;
    let mut about: HashMap<i64, Vec<About>> = HashMap::new();
    for Place { notice, address, comment } in places {
        let line = comment.and_then(|comment| lines.get(&comment).cloned());
        about.entry(notice).or_default().push(About { address, line });
    }
    let told = |notice: Notice| Told { about: about.remove(&notice.id).unwrap_or_default(), notice };
    Ok(found.into_iter().map(told).collect())
}

/// What is decided about a notice.
#[derive(Clone, Debug)]
pub struct Ruling {
    /// What becomes of it; not [`NoticeState::Open`].
    pub verdict: NoticeState,
    /// Of [`NoticeState::PartlyRemoved`]: what is taken down. Of the others nothing has to be said.
    pub comments: Vec<CommentId>,
    /// Why: for the log, which everybody can read, for whoever told it, and for the author.
    pub reason: String,
    /// What it is about and why that is against the law, for the author; empty: the reason says it.
    pub facts: String,
    /// On which ground.
    pub ground: Ground,
    /// Which law or which rule; may be empty.
    pub provision: String,
    /// Whether a program decided.
    pub automated: bool,
}

impl Ruling {
    fn checked(self) -> Result<Self> {
        let tidy = |field, text: &str, most| {
            let text = domain::text::tidy(text).trim().to_owned();
            let is_short = text.chars().count() <= most;
            let problem = || Error::Refused(Refusal::field(field, format!("say it in {most} characters")));
            is_short.then_some(text).ok_or_else(problem)
        };
        let (facts, provision) =
            (tidy("facts", &self.facts, MAX_FACTS)?, tidy("provision", &self.provision, MAX_PROVISION)?);
        let reason = reasoned(&self.reason)?;
        if reason.is_empty() {
            return Err(Error::Refused(Refusal::field("reason", "say why; whoever told it is owed that")));
        }
        if self.verdict == NoticeState::Open {
            return Err(Error::Refused(Refusal::field("decision", "choose removed, partly-removed or kept")));
        }
        Ok(Self { facts: if facts.is_empty() { reason.clone() } else { facts }, reason, provision, ..self })
    }

    /// What is taken down of what a notice is about.
    fn chosen(&self, about: &[CommentId]) -> Result<Vec<CommentId>> {
        if self.verdict != NoticeState::PartlyRemoved {
            return Ok(if self.verdict == NoticeState::Removed { about.to_vec() } else { Vec::new() });
        }
        let is_part = !self.comments.is_empty() && self.comments.iter().all(|one| about.contains(one));
        let problem = "name those of its comments that are taken down, by their ids";
        is_part.then(|| self.comments.clone()).ok_or_else(|| Error::Refused(Refusal::field("comments", problem)))
    }
}

/// Decides a notice. What is taken down is kept as a copy, and its author is told why. The same decision twice does nothing the second time;
/// another one is refused: somebody has decided in the meantime.
///
/// # Errors
/// Refusals to those who may not, of no reason; [`Refusal::NotFound`] also to whoever wrote what it is about; [`Refusal::Conflict`];
/// failures.
pub async fn decide(ctx: &Ctx, who: &Person, id: i64, ruling: Ruling) -> Result<Told> {
    who.must(Right::DecideNotices)?;
    let (cx, who, ruling) = (ctx.clone(), who.clone(), ruling.checked()?);
    ctx.db()
        .write(move |tx| {
            let notice = notices::find(tx, id)?.ok_or(Error::missing(Noun::Notice))?;
            let about = concerned(tx, &who, id)?;
            if notice.state == NoticeState::Open {
                settle(tx, &cx, &who, (id, &about), &ruling)?;
            } else if notice.state != ruling.verdict {
                return Err(Error::Refused(Refusal::Conflict));
            }
            let notice = notices::find(tx, id)?.into_iter().collect();
            whole(tx, notice)?.pop().ok_or(Error::missing(Noun::Notice))
        })
        .await
}

/// The comments that a notice is about, if it is this person's to decide. To others there is none.
fn concerned(tx: &mut Read, who: &Person, id: i64) -> Result<Vec<CommentId>> {
    let mut about = Vec::new();
    for place in notices::targets(tx, &[id])? {
        let Some(comment) = place.comment else {
            if who.reach == Reach::Everywhere {
                continue;
            }
            return Err(Error::missing(Noun::Notice));
        };
        let spot = comments::spot(tx, comment)?.filter(|spot| spot.author != who.actor);
        let spot = spot.filter(|spot| who.reach.includes(spot.board)).ok_or(Error::missing(Noun::Notice))?;
        who.must_on(Right::DecideNotices, spot.board)?;
        if !about.contains(&comment) {
            about.push(comment);
        }
    }
    Ok(about)
}

fn settle(tx: &mut Write, ctx: &Ctx, who: &Person, (id, about): (i64, &[CommentId]), ruling: &Ruling) -> Result<()> {
    let chosen = ruling.chosen(about)?;
    for comment in &chosen {
        take_down(tx, ctx, who, (id, *comment), ruling)?;
    }
    let deed = if ruling.verdict == NoticeState::Kept { Deed::RefuseNotice } else { Deed::GrantNotice };
    let entry = Entry {
        id: ctx.id(),
        moderator: who.actor,
        moderator_name: String::new(),
        deed,
        // One of those that were taken down; of one that was left nobody is to think so.
        comment: chosen.first().or(about.first()).copied(),
        host: None,
        person: None,
        reason: ruling.reason.clone(),
        at: ctx.now(),
    };
    log::insert(tx, &entry)?;
    let Ruling { verdict: state, reason, automated, .. } = ruling;
    let decided = Decided { state: *state, reason, automated: *automated, at: ctx.now() };
    if notices::decide(tx, id, decided)? { Ok(()) } else { Err(Error::Refused(Refusal::Conflict)) }
}

/// Takes a comment down as against the law. Of what its author has deleted meanwhile there is nothing left to take down.
fn take_down(tx: &mut Write, ctx: &Ctx, who: &Person, (id, comment): (i64, CommentId), ruling: &Ruling) -> Result<()> {
    if comments::spot_to_change(tx, comment)?.is_none_or(|spot| spot.state == State::Deleted) {
        return Ok(());
    }
    preserving::keep(tx, ctx, comment, &format!("notice {id}: {}", ruling.reason))?;
    retract::removed(tx, ctx, who, comment, ruling.reason.clone())?;
    let Some(entry) = log::last_removal(tx, comment)? else { return Ok(()) };
    let statement = Statement {
        entry: entry.id,
        comment,
        facts: ruling.facts.clone(),
        ground: ruling.ground,
        provision: ruling.provision.clone(),
        on_notice: true,
        automated: ruling.automated,
        at: ctx.now(),
    };
    statements::insert(tx, &statement)?;
    Ok(())
}
