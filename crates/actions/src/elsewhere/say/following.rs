//! Follows of boards and threads elsewhere, and answers to theirs.

use federation::wire::addresses::OurActor;
use federation::wire::build::{self, Document, Heading};
use storage::follows::Address;
use storage::outbox::Reach;
use storage::remotes::Remote;
use storage::{Write, follows};

use super::{Saying, heading, say, utter};
use crate::{Ctx, Result};

/// Somebody here wants to hear what a board elsewhere passes on.
pub(crate) fn follow(tx: &mut Write, ctx: &Ctx, who: &str, number: i64, group: &Remote) -> Result<()> {
    let actor = OurActor::Person(who.to_owned());
    let document = build::follow(heading(ctx, number, &actor), &group.uri);
    let to: Vec<Address> = follows::address(group.inbox.clone()).into_iter().collect();
    say(tx, ctx, Saying { actor: &actor, document, number, reach: Reach::Addressed, words_of: None }, &to)
}

/// Somebody here does not want to hear it any more; `follow` is the number of the Follow.
pub(crate) fn unfollow(tx: &mut Write, ctx: &Ctx, who: &str, follow: i64, group: &Remote) -> Result<()> {
    let (actor, number) = (OurActor::Person(who.to_owned()), ctx.id());
    let followed = build::follow(heading(ctx, follow, &actor), &group.uri);
    let document = build::undo(heading(ctx, number, &actor), &followed);
    let to: Vec<Address> = follows::address(group.inbox.clone()).into_iter().collect();
    say(tx, ctx, Saying { actor: &actor, document, number, reach: Reach::Addressed, words_of: None }, &to)
}

/// Yes to somebody's Follow of one of our actors.
pub(crate) fn accepted(tx: &mut Write, ctx: &Ctx, actor: &OurActor, follow: &str, by: &Remote) -> Result<()> {
    answered(tx, ctx, actor, (follow, by), build::accept)
}

/// No to somebody's Follow of one of our actors: theirs need not wait for an answer.
pub(crate) fn rejected(tx: &mut Write, ctx: &Ctx, actor: &OurActor, follow: &str, by: &Remote) -> Result<()> {
    answered(tx, ctx, actor, (follow, by), build::reject)
}

/// The same to somebody whose server is not spoken to any more. It is the last that is said.
pub(crate) fn parted(tx: &mut Write, ctx: &Ctx, actor: &OurActor, follow: &str, by: &Remote) -> Result<()> {
    let (saying, to) = answer_to(ctx, actor, (follow, by), build::reject);
    utter(tx, ctx, saying, &to)
}

fn answered(
    tx: &mut Write,
    ctx: &Ctx,
    actor: &OurActor,
    (follow, by): (&str, &Remote),
    answer: fn(Heading<'_>, build::Follow<'_>) -> Document,
) -> Result<()> {
    let (saying, to) = answer_to(ctx, actor, (follow, by), answer);
    say(tx, ctx, saying, &to)
}

fn answer_to<'a>(
    ctx: &Ctx,
    actor: &'a OurActor,
    (follow, by): (&str, &Remote),
    answer: fn(Heading<'_>, build::Follow<'_>) -> Document,
) -> (Saying<'a>, Vec<Address>) {
    let addresses = ctx.elsewhere().addresses();
    let (number, object) = (ctx.id(), addresses.actor(actor));
    let follow = build::Follow { id: follow, actor: &by.uri, object: &object };
    let document = answer(heading(ctx, number, actor), follow);
    let to: Vec<Address> = follows::address(by.inbox.clone()).into_iter().collect();
    (Saying { actor, document, number, reach: Reach::Addressed, words_of: None }, to)
}
