//! The proof that an author elsewhere allows something: a document on the author's own server, which has to be fetched from there. What is
//! said about it anywhere else is a claim. (GoToSocial: `ReplyAuthorization`, `LikeAuthorization`; before that `ReplyApproval`,
//! `LikeApproval`, and at first the `Accept` itself.)

use domain::Time;
use federation::budget::Budget;
use federation::origin::Id;
use federation::wire::parse::{self, Found, Grant, Kind, Note, Stamp};
use moka::sync::Cache;
use storage::permissions::Deed;
use storage::remotes::{self, Remote};
use storage::{Read, comments, objects};

use super::receive::comment;
use super::signer::Signer;
use super::work::Postponed;
use super::{consent, notes};
use crate::{Ctx, Error, Result};

/// Stamps that are remembered; each takes about two hundred bytes.
const KEPT: u64 = 10_000;
/// How long one that proved nothing is not asked for again, in milliseconds.
const VAIN_MS: i64 = 60 * 60 * 1000;

/// What was asked for and proved nothing. In memory only: after a restart it is asked for once more.
pub(crate) struct Forgeries(Cache<String, i64>);

impl Forgeries {
    pub(super) fn new() -> Self {
        Self(Cache::new(KEPT))
    }

    fn has(&self, claim: &str, now: Time) -> bool {
        self.0.get(claim).is_some_and(|until| now.0 < until)
    }

    fn remember(&self, claim: String, now: Time) {
        self.0.insert(claim, now.plus_ms(VAIN_MS).0);
    }
}

/// That somebody allows something, as it is claimed.
pub(super) struct Claim {
    /// Where it is to be read.
    pub(super) stamp: Id,
    /// What is allowed.
    pub(super) deed: Deed,
    /// Who is to have allowed it: who wrote what it is done with.
    pub(super) author: String,
    /// The id of what is done: the answer, the like.
    pub(super) object: String,
    /// The id of what it is done with.
    pub(super) target: String,
}

/// Whether a claim is true: its stamp is fetched from the author's server, without leaving it, and says exactly that.
///
/// # Errors
/// [`Postponed`]: a failure that may pass.
pub(super) async fn holds(ctx: &Ctx, claim: &Claim, budget: &Budget) -> Result<bool, Postponed> {
    let rules = ctx.elsewhere().rules();
    let at_home = rules.id(&claim.author).is_ok_and(|author| author.is_with(&claim.stamp));
    if !at_home || rules.is_ours(&claim.stamp) {
        return Ok(false);
    }
    let (forgeries, now) = (ctx.elsewhere().forgeries(), ctx.now());
    let name = format!("{} {} {}", claim.stamp, claim.object, claim.target);
    if forgeries.has(&name, now) {
        return Ok(false);
    }
    let holds = match found(ctx, &claim.stamp, budget).await? {
        Some(found) => says(&found, claim),
        None => false,
    };
    if !holds {
        forgeries.remember(name, now);
    }
    Ok(holds)
}

/// What stands under that very id: whatever a redirect leads to is another document.
async fn found(ctx: &Ctx, stamp: &Id, budget: &Budget) -> Result<Option<Found>, Postponed> {
    let signer = Signer::instance(ctx).await?;
    match super::client(ctx).await?.fetch(stamp, Some(&signer), budget, ctx.now().0).await {
        Ok(document) if document.id == *stamp => Ok(parse::object(&document.body, ctx.elsewhere().rules(), stamp).ok()),
        Ok(_) => Ok(None),
        Err(error) if error.may_pass() => Err(Postponed::Elsewhere(error.to_string())),
        Err(_) => Ok(None),
    }
}

fn says(found: &Found, claim: &Claim) -> bool {
    match found {
        Found::Stamp(Stamp { kind, author, object, target }) => {
            let [new, old] = match claim.deed {
                Deed::Reply => ["ReplyAuthorization", "ReplyApproval"],
                Deed::Like => ["LikeAuthorization", "LikeApproval"],
            };
            // The older ones need not say with what: an answer answers one thing only.
            let targeted = target.as_ref().map_or(kind == old, |target| target.as_str() == claim.target);
            (kind == new || kind == old)
                && author.as_str() == claim.author
                && object.as_str() == claim.object
                && targeted
        }
        Found::Activity(done) => {
            let by = done.actor.as_ref().map(Id::as_str);
            let of = done.object.as_ref().map(Id::as_str);
            done.kind == Some(Kind::Accept) && by == Some(&claim.author) && of == Some(&claim.object)
        }
        Found::Note(_) | Found::Gone | Found::Other(_) => false,
    }
}

/// Whether an answer may be put where it says.
#[derive(Clone)]
pub(super) enum Leave {
    /// It may, or it is not for this to say.
    Free,
    /// It may, as can be read there.
    Proven(String),
    /// The author of what it answers wants to be asked, and is not known to have said yes.
    Not,
}

/// Whether a comment from elsewhere may be put below what it answers, which is here.
///
/// # Errors
/// [`Postponed`]: a failure that may pass.
pub(super) async fn leave(ctx: &Ctx, note: &Note, by: &Remote, budget: &Budget) -> Result<Leave, Postponed> {
    let (cx, asked, who) = (ctx.clone(), note.clone(), by.clone());
    let needed = ctx.db().read(move |tx| needed(tx, &cx, &asked, &who)).await?;
    let Some((author, target)) = needed else { return Ok(Leave::Free) };
    let Some(stamp) = note.approved_by.clone() else { return Ok(Leave::Not) };
    let claim = Claim { stamp, deed: Deed::Reply, author, object: note.id.to_string(), target };
    Ok(if holds(ctx, &claim, budget).await? { Leave::Proven(claim.stamp.to_string()) } else { Leave::Not })
}

/// Who has to allow it, and the id of what it answers; nothing where nobody has to, or the comment is here.
fn needed(tx: &mut Read, ctx: &Ctx, note: &Note, by: &Remote) -> Result<Option<(String, String)>> {
    if objects::comment_of(tx, note.id.as_str())?.is_some() {
        return Ok(None);
    }
    let Some(parent) = note.in_reply_to.as_ref().map_or(Ok(None), |above| comment(tx, ctx, above))? else {
        return Ok(None);
    };
    if consent::answering(tx, parent, (by.actor, &by.uri))? == Grant::Automatic {
        return Ok(None);
    }
    let spot = comments::spot(tx, parent)?;
    let author = spot.map_or(Ok(None), |spot| remotes::of_actor(tx, spot.author))?;
    let author = author.ok_or(Error::missing(domain::Noun::Comment))?;
    Ok(Some((author.uri, notes::id(tx, ctx, parent)?)))
}
