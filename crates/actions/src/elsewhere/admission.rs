//! Whom those who moderate a board elsewhere shut out from it, and whom they let in again (Lemmy's `Block`). What follows from it here is
//! in [`crate::sanctions::elsewhere`].

use domain::{ActorId, Time};
use federation::budget::Budget;
use federation::origin::Id;
use federation::wire::addresses::{OurActor, Ours};
use federation::wire::parse::Activity;
use storage::remotes::Remote;
use storage::{Read, actors, boards};

use super::known;
use super::moderation::{not_theirs, ours, reason, speaks};
use super::work::{Outcome, Postponed};
use crate::sanctions::Written;
use crate::sanctions::elsewhere::{self, Place};
use crate::{Ctx, Result};

/// Somebody may no longer take part somewhere, or may again.
#[derive(Clone, Debug)]
pub(crate) struct Admission {
    who: Id,
    place: Option<Id>,
    way: Way,
}

#[derive(Clone, Debug)]
enum Way {
    /// They are shut out.
    Out { until: Option<Time>, written: Written, reason: String },
    /// They are let in.
    In(Written),
}

impl Admission {
    /// What an activity says of this.
    pub(super) fn of(activity: &Activity) -> Option<Self> {
        let written = |turns: bool| if turns { Written::Turns } else { Written::Stays };
        Some(match activity {
            Activity::Block { object, target, until, removes, reason: why } => {
                let reason = reason(why.as_deref().unwrap_or_default());
                let way = Way::Out { until: until.map(Time), written: written(*removes), reason };
                Self { who: object.clone(), place: target.clone(), way }
            }
            Activity::Unblock { object, target, restores } => {
                Self { who: object.clone(), place: target.clone(), way: Way::In(written(*restores)) }
            }
            _ => return None,
        })
    }
}

/// Puts it into effect, if it is theirs to decide.
///
/// # Errors
/// [`Postponed`]: a failure that may pass.
pub(super) async fn decided(
    ctx: &Ctx,
    Admission { who, place, way }: Admission,
    by: &Remote,
    budget: &Budget,
) -> Result<Outcome, Postponed> {
    let Some(place) = place else { return Ok(Outcome::Ignored("whom people block is between them")) };
    if ctx.elsewhere().rules().is_ours(&place) {
        return Ok(ours());
    }
    let found = ctx.db().read(move |tx| board(tx, &place)).await?;
    let Some((group, board)) = found else { return Ok(Outcome::Ignored("it is about no board that is here")) };
    if !speaks(ctx, by, &group, budget).await? {
        return Ok(not_theirs());
    }
    let Some(person) = person(ctx, &who, budget).await? else {
        return Ok(Outcome::Ignored("whom it is about is not known here, and cannot be asked for"));
    };
    let place = Place { board, person, by: by.actor };
    match way {
        Way::Out { until, written, reason } => elsewhere::shut_out(ctx, place, (until, written), reason).await?,
        Way::In(written) => elsewhere::let_in(ctx, place, written).await?,
    }
    Ok(Outcome::Done)
}

/// A board elsewhere that is known here.
fn board(tx: &mut Read, place: &Id) -> Result<Option<(Remote, domain::BoardId)>> {
    let Some(group) = known::stored(tx, place)? else { return Ok(None) };
    Ok(boards::of_actor(tx, group.actor)?.map(|board| (group, board.id)))
}

/// Also somebody of whom nothing has been heard yet: they may write later.
async fn person(ctx: &Ctx, who: &Id, budget: &Budget) -> Result<Option<ActorId>, Postponed> {
    if ctx.elsewhere().rules().is_ours(who) {
        let Some(Ours::Actor(OurActor::Person(name))) = ctx.elsewhere().addresses().read(who) else { return Ok(None) };
        return Ok(ctx.db().read(move |tx| actors::by_handle(tx, "", &name)).await?.map(|actor| actor.id));
    }
    match known::met(ctx, who, budget).await {
        Ok(found) => Ok(Some(found.actor)),
        Err(unknown) => unknown.for_good().map(|_| None),
    }
}
