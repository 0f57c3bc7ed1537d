//! Deciding how another server is dealt with. Not here: which entry counts for whom (`domain::policy`), what follows for what is here
//! (`elsewhere::parting`).

use domain::policy::{Coverage, Entry, subject};
use domain::{ActorId, Deed, Level, Refusal};
use storage::policies::{self, Policy};
use storage::{Write, jobs};

use super::By;
use super::peers::{self, Standing};
use crate::elsewhere::parting::{self, Look, Whom};
use crate::elsewhere::policy;
use crate::writing::reasoned;
use crate::{Ctx, Error, Result};

/// What is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// How the server is dealt with.
    pub level: Level,
    /// Whether those below its name are, too.
    pub coverage: Coverage,
    /// Why, for the moderation log.
    pub reason: String,
}

/// Decides about a server, whether or not it was ever met, and puts that into effect: when it is answered, what was to be hidden is. Doing
/// it twice does nothing the second time.
///
/// # Errors
/// [`Refusal::Field`] for what is no server that could be decided about; refusals of those who do not run this instance; failures.
pub async fn decide(ctx: &Ctx, by: &By, host: &str, decision: Decision) -> Result<Standing> {
    by.allowed()?;
    let (host, wildcard) = named(ctx, host)?;
    let coverage = if wildcard == Coverage::Subdomains { wildcard } else { decision.coverage };
    let (entry, reason) = (Entry { level: decision.level, coverage }, reasoned(&decision.reason)?);
    let (cx, who, name) = (ctx.clone(), by.clone(), host.clone());
    let changed = ctx.db().write(move |tx| decided(tx, &cx, &who, &name, (entry, reason))).await?;
    if let Some(whom) = changed {
        parting::carry_out(ctx, &whom, Look::First).await?;
    }
    peers::find(ctx, by, &host).await
}

fn named(ctx: &Ctx, host: &str) -> Result<(String, Coverage)> {
    let read = subject(host, ctx.elsewhere().addresses().host(), policy::network(ctx));
    read.map_err(|bad| Error::Refused(Refusal::field("host", format!("“{}” {bad}", domain::text::excerpt(host, 100)))))
}

/// Writes down what was decided, with the work that follows. Says whom it is about, if it is new.
fn decided(tx: &mut Write, ctx: &Ctx, by: &By, host: &str, (entry, reason): (Entry, String)) -> Result<Option<Whom>> {
    let before = policies::find(tx, host)?.map(|before| before.entry);
    if before == Some(entry) {
        return Ok(None);
    }
    by.note(tx, ctx, deed(entry.level), host, &reason)?;
    keep(tx, ctx, by.actor(), host, (entry, reason))?;
    // What counted before may have been for those below, too.
    let wide = [before, Some(entry)].into_iter().flatten().any(|entry| entry.coverage == Coverage::Subdomains);
    let whom = if wide { Whom::Below(host.to_owned()) } else { Whom::Host(host.to_owned()) };
    look_again(tx, ctx, &whom)?;
    Ok(Some(whom))
}

fn keep(tx: &mut Write, ctx: &Ctx, by: Option<ActorId>, host: &str, (entry, reason): (Entry, String)) -> Result<()> {
    Ok(policies::set(tx, &Policy { host: host.to_owned(), entry, reason, by, decided: ctx.now() })?)
}

fn look_again(tx: &mut Write, ctx: &Ctx, whom: &Whom) -> Result<()> {
    let at = ctx.now().plus_ms(parting::AGAIN_MS);
    Ok(jobs::insert(tx, ctx.id(), parting::KIND, &whom.payload(), at)?)
}

const fn deed(level: Level) -> Deed {
    match level {
        Level::Allow => Deed::Allow,
        Level::Limit => Deed::Limit,
        Level::Hold => Deed::Hold,
        Level::Reject => Deed::Reject,
        Level::Block => Deed::Block,
    }
}
