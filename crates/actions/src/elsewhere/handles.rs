//! Whom of ours a handle or an id names: what other servers ask before they ask for anything else.

use domain::{Noun, ThreadId};
use federation::webfinger::Handle;
use federation::wire::addresses::{OurActor, Ours};
use storage::Read;

use super::documents::shown;
use crate::{Ctx, Error, Result};

/// What was asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Whoever is called so here.
    Name(String),
    /// An actor of ours, who may exist or not.
    Actor(OurActor),
    /// Nobody that could be here.
    Stranger,
}

/// Reads `acct:name@host`, `name@host`, or an id. Nothing if it is neither. The address of the whole site stands for the server's actor
/// (FEP-d556).
#[must_use]
pub fn read(ctx: &Ctx, text: &str) -> Option<Asked> {
    let (rules, addresses) = (ctx.elsewhere().rules(), ctx.elsewhere().addresses());
    if text.contains("://") {
        let id = rules.id(text).ok()?;
        return Some(match addresses.read(&id) {
            Some(Ours::Actor(actor)) => Asked::Actor(actor),
            None if id.as_str() == format!("{}/", rules.ours()) => Asked::Actor(OurActor::Instance),
            _ => Asked::Stranger,
        });
    }
    let host = addresses.host();
    // On a test network the host has a port, which no name could have.
    let bare = text.strip_prefix("acct:").unwrap_or(text);
    if bare.eq_ignore_ascii_case(&format!("{host}@{host}")) {
        return Some(Asked::Actor(OurActor::Instance));
    }
    let handle = Handle::parse(text, rules).ok()?;
    Some(if handle.host() == host { Asked::Name(handle.name().to_owned()) } else { Asked::Stranger })
}

/// Who is meant, each as they are written here. A person and a board may share a name: the board comes last, for of several Mastodon
/// takes the last, and it is the board that nobody could find otherwise.
///
/// # Errors
/// [`domain::Refusal::NotFound`] for nobody, and for whom readers cannot see; failures.
pub async fn find(ctx: &Ctx, asked: Asked) -> Result<Vec<OurActor>> {
    let actors = match asked {
        Asked::Name(name) => called(&name),
        Asked::Actor(actor) => vec![actor],
        Asked::Stranger => Vec::new(),
    };
    let there = ctx.db().read(move |tx| there(tx, &actors)).await?;
    if there.is_empty() { Err(Error::missing(Noun::Page)) } else { Ok(there) }
}

/// Who could be called so.
fn called(name: &str) -> Vec<OurActor> {
    let lower = name.to_ascii_lowercase();
    if let Some(board) = lower.strip_suffix(".all") {
        return vec![OurActor::BoardAll(board.to_owned())];
    }
    match lower.strip_prefix("t-") {
        Some(id) => id.parse::<ThreadId>().map(OurActor::Thread).into_iter().collect(),
        None => vec![OurActor::Person(lower.clone()), OurActor::Board(lower)],
    }
}

fn there(tx: &mut Read, actors: &[OurActor]) -> Result<Vec<OurActor>> {
    let mut there = Vec::new();
    for actor in actors {
        there.extend(shown(tx, actor)?.map(|shown| shown.actor));
    }
    Ok(there)
}
