//! Reports, to where what is reported is at home, and what became of theirs.

use domain::{Category, CommentId};
use federation::nodeinfo::hears_of_reports;
use federation::wire::addresses::OurActor;
use federation::wire::build;
use storage::follows::Address;
use storage::outbox::Reach;
use storage::reports::Report;
use storage::threads::Thread;
use storage::{Write, comments, peers};

use super::{Saying, heading, place, say, there};
use crate::elsewhere::{notes, policy};
use crate::{Ctx, Result};

/// What somebody elsewhere wrote is reported here: its author's server is told, and nobody learns by whom. Says which host that is, if it is
/// spoken to.
pub(crate) fn flagged(
    tx: &mut Write,
    ctx: &Ctx,
    id: CommentId,
    (category, text): (Category, &str),
) -> Result<Option<String>> {
    let Some(line) = comments::lines(tx, &[id])?.pop() else { return Ok(None) };
    let Some(author) = there(tx, line.author.id)? else { return Ok(None) };
    let (number, object, uri) = (ctx.id(), notes::id(tx, ctx, id)?, author.uri.clone());
    let to: Vec<Address> = place(author).into_iter().collect();
    let Some(host) = policy::spoken_to(tx, ctx, &to)?.into_iter().next().map(|address| address.host) else {
        return Ok(None);
    };
    let document = build::flag(ctx.elsewhere().addresses(), number, &uri, &[object], (category.name(), text));
    let actor = OurActor::Instance;
    say(tx, ctx, Saying { actor: &actor, document, number, reach: Reach::Addressed, words_of: None }, &to)?;
    Ok(Some(host))
}

/// A moderator has looked at what was reported from another server: it is told so, if it understands that. It takes it from the moderator in
/// person; so this is for places where moderators are named.
pub(crate) fn resolved(tx: &mut Write, ctx: &Ctx, moderator: &str, report: &Report) -> Result<()> {
    let peer = peers::find(tx, &report.host)?.filter(|peer| hears_of_reports(&peer.software, &peer.version));
    let thread = comments::spot(tx, report.comment)?.map(|spot| spot.thread);
    let thread = thread.map_or(Ok(None), |thread| storage::threads::find(tx, thread))?.filter(Thread::is_ours);
    let (Some(_), Some(thread), Some(by), Some(id)) = (peer, thread, there(tx, report.reporter)?, &report.flag) else {
        return Ok(());
    };
    let (actor, number) = (OurActor::Person(moderator.to_owned()), ctx.id());
    let object = notes::id(tx, ctx, report.comment)?;
    let flag = build::Flagged { id, actor: &by.uri, object: &object, text: &report.text };
    let document = build::resolve(heading(ctx, number, &actor), flag, &thread.board_name);
    let to: Vec<Address> = place(by).into_iter().collect();
    say(tx, ctx, Saying { actor: &actor, document, number, reach: Reach::Addressed, words_of: None }, &to)
}
