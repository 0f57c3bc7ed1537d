//! What is left of comments that their homes deleted before they came here. They have no words, and nobody to whom they could be put
//! down; but what answers them has to stand below something, and where it stands on other servers.

use domain::{ActorId, CommentId, EventKind, State, Votes};
use federation::budget::Budget;
use federation::origin::Id;
use federation::wire::parse;
use storage::comments::{self, NewComment, Spot};
use storage::objects::{self, Object};
use storage::threads::{self, Touch};
use storage::{Write, actors};

use super::signer::Signer;
use super::work::Postponed;
use crate::{Ctx, Result};

/// Whose a comment is of which nobody says whose it was: a name that can be neither followed nor asked, and that no page shows.
const NOBODY: &str = "nobody";

/// Something that is deleted, and what it answered.
#[derive(Clone, Debug)]
pub(super) struct Grave {
    /// The id that it had.
    pub id: Id,
    /// What it answered.
    pub answered: Id,
}

/// What is left of a comment at its home; nothing if it is not deleted, or its home does not say what it answered.
///
/// # Errors
/// [`Postponed`]: a failure that may pass.
pub(super) async fn grave(ctx: &Ctx, id: &Id, budget: &Budget) -> Result<Option<Grave>, Postponed> {
    let signer = Signer::instance(ctx).await?;
    let document = match super::client(ctx).await?.fetch_tombstone(id, Some(&signer), budget, ctx.now().0).await {
        Ok(document) => document,
        Err(error) if error.may_pass() => return Err(Postponed::Elsewhere(error.to_string())),
        Err(_) => return Ok(None),
    };
    let answered = parse::buried(&document.body, ctx.elsewhere().rules(), id).ok().flatten();
    Ok(answered.map(|answered| Grave { id: id.clone(), answered }))
}

/// Puts it below what it answered, which is here. Nobody is told of it: whoever asks is shown the way to its home.
pub(super) fn dig(tx: &mut Write, ctx: &Ctx, grave: &Grave, parent: &Spot) -> Result<()> {
    let (id, now) = (CommentId(ctx.id()), ctx.now());
    let author = actors::imported(tx, ActorId(ctx.id()), &grave.id.host(), NOBODY, now)?;
    let new = NewComment {
        id,
        thread: parent.thread,
        parent: Some(parent.id),
        author,
        depth: parent.depth + 1,
        state: State::Deleted,
        published: parent.published,
        votes: Votes::default(),
        words: None,
    };
    comments::insert(tx, &new)?;
    for event in [EventKind::Comment, EventKind::Delete] {
        threads::touch(tx, parent.thread, Touch { comments: 0, active: None, event: Some((event, id)), now })?;
    }
    let object = Object { uri: grave.id.to_string(), comment: id, url: None, updated: now, announced: false };
    Ok(objects::insert(tx, &object)?)
}
