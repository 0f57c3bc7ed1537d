//! Leave is asked for, and given.

use domain::{ActorId, CommentId};
use federation::wire::addresses::OurActor;
use federation::wire::build::{self, Deletion, Document};
use storage::approvals::Wish;
use storage::follows::Address;
use storage::outbox::Reach;
use storage::remotes::Remote;
use storage::{Write, comments, follows};

use super::{Saying, heading, say, there};
use crate::elsewhere::{approval, notes};
use crate::{Ctx, Result};

/// Somebody here asks to answer what this author wrote, who alone hears of it: at the inbox that is the author's own. Servers that know no
/// requests wait for the comment itself, as it would have been sent.
pub(crate) fn asked_to_answer(
    tx: &mut Write,
    ctx: &Ctx,
    (comment, request): (CommentId, i64),
    name: &str,
    author: ActorId,
) -> Result<()> {
    let Some((author, to)) = own_inbox(tx, author)? else { return Ok(()) };
    let Some(note) = notes::to_be_allowed(tx, ctx, comment)? else { return Ok(()) };
    let (actor, number) = (OurActor::Person(name.to_owned()), ctx.id());
    let asked = build::ask_to_reply(heading(ctx, request, &actor), &note, &author.uri);
    let created = build::create(heading(ctx, number, &actor), &note);
    for (document, number) in [(asked, request), (created, number)] {
        let saying = Saying { actor: &actor, document, number, reach: Reach::Addressed, words_of: Some(comment) };
        say(tx, ctx, saying, &to)?;
    }
    Ok(())
}

/// What somebody here asked to answer with is taken back before it was allowed.
pub(crate) fn unasked(tx: &mut Write, ctx: &Ctx, comment: CommentId, name: &str, author: ActorId) -> Result<()> {
    let Some((_, to)) = own_inbox(tx, author)? else { return Ok(()) };
    let Some(line) = comments::lines(tx, &[comment])?.pop() else { return Ok(()) };
    let Some(thread) = storage::threads::find(tx, line.thread)? else { return Ok(()) };
    let (actor, number) = (OurActor::Person(name.to_owned()), ctx.id());
    let (object, board) = (ctx.elsewhere().addresses().comment(comment), notes::board(tx, ctx, &thread)?);
    let document = build::delete(heading(ctx, number, &actor), &object, &board, Deletion::Author);
    say(tx, ctx, Saying { actor: &actor, document, number, reach: Reach::Addressed, words_of: None }, &to)
}

/// Somebody here asks to like what this author wrote.
pub(crate) fn asked_to_like(tx: &mut Write, ctx: &Ctx, wish: Wish, name: &str, author: ActorId) -> Result<()> {
    let Some((author, to)) = own_inbox(tx, author)? else { return Ok(()) };
    let (actor, number) = (OurActor::Person(name.to_owned()), wish.request);
    let (object, like) = wanted(tx, ctx, &wish, (&actor, name), &author)?;
    let document = build::ask_to_like(heading(ctx, number, &actor), &like, &object, &author.uri);
    say(tx, ctx, Saying { actor: &actor, document, number, reach: Reach::Addressed, words_of: None }, &to)
}

/// Somebody here does not want to like it any more.
pub(crate) fn unwished(tx: &mut Write, ctx: &Ctx, wish: Wish, name: &str, author: ActorId) -> Result<()> {
    let Some((author, to)) = own_inbox(tx, author)? else { return Ok(()) };
    let (actor, number) = (OurActor::Person(name.to_owned()), ctx.id());
    let (_, like) = wanted(tx, ctx, &wish, (&actor, name), &author)?;
    let document = build::undo(heading(ctx, number, &actor), &like);
    say(tx, ctx, Saying { actor: &actor, document, number, reach: Reach::Addressed, words_of: None }, &to)
}

/// The id of what somebody wants to like, and the like.
fn wanted(
    tx: &mut Write,
    ctx: &Ctx,
    wish: &Wish,
    (actor, name): (&OurActor, &str),
    author: &Remote,
) -> Result<(String, Document)> {
    let object = notes::id(tx, ctx, wish.comment)?;
    let like = build::like(heading(ctx, wish.request, actor), &object, &[&author.uri]);
    Ok((object, like.called(approval::like(ctx, wish, name))))
}

/// The answer to a request from elsewhere: yes, with the number of the permission, or no.
pub(crate) fn permitted(
    tx: &mut Write,
    ctx: &Ctx,
    actor: &OurActor,
    (request, permission): (build::Request<'_>, Option<i64>),
    by: &Remote,
) -> Result<()> {
    let number = ctx.id();
    let heading = heading(ctx, number, actor);
    let document = match permission {
        Some(permission) => build::allow(heading, request, permission),
        None => build::deny(heading, request),
    };
    let to: Vec<Address> = follows::address(by.inbox.clone()).into_iter().collect();
    say(tx, ctx, Saying { actor, document, number, reach: Reach::Addressed, words_of: None }, &to)
}

/// An author elsewhere who is still there, and the inbox that is theirs alone.
fn own_inbox(tx: &mut Write, author: ActorId) -> Result<Option<(Remote, Vec<Address>)>> {
    let author = there(tx, author)?;
    Ok(author.map(|author| {
        let to = follows::address(author.inbox.clone()).into_iter().collect();
        (author, to)
    }))
}

/// The host on which somebody is at home.
pub(crate) fn host(of: &Remote) -> Option<String> {
    follows::address(of.inbox.clone()).map(|address| address.host)
}
