//! New key pairs for our actors, when somebody may have read the old ones.

use domain::{Deed, Noun};
use federation::wire::addresses::OurActor;
use storage::keys::{self, Holder};
use storage::{Read, boards};

use super::By;
use crate::elsewhere::{documents, pairs, say};
use crate::{Ctx, Error, Result};

/// Whose pairs are made anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// A board's, by name.
    Board(String),
    /// Somebody's with an account here, by name.
    Account(String),
    /// The server's, which threads and the second actors of boards share.
    Server,
    /// Everybody's who has one.
    All,
}

/// Makes new pairs in the place of the old ones, each committed by itself, as whoever has the machine. Says for whom, by the ids of the
/// actors. Those who follow somebody are told; whoever is not finds the new key when the next signature does not fit.
///
/// # Errors
/// [`domain::Refusal::NotFound`]; failures.
pub async fn rotate(ctx: &Ctx, whose: Whose) -> Result<Vec<String>> {
    let holders = ctx.db().read(move |tx| holders(tx, &whose)).await?;
    let mut done = Vec::new();
    for (holder, actor) in holders {
        let pair = pairs::fresh().await?;
        let (cx, public, whose) = (ctx.clone(), pair.public.clone(), actor.clone());
        ctx.db()
            .write(move |tx| {
                keys::replace(tx, holder, pair, cx.now())?;
                By::Host.log(tx, &cx, Deed::RotateKeys, &cx.elsewhere().addresses().actor(&whose))?;
                match documents::shown(tx, &whose)? {
                    Some(shown) => say::changed(tx, &cx, &whose, &documents::drawn(&cx, shown, public)),
                    None => Ok(()),
                }
            })
            .await?;
        done.push(ctx.elsewhere().addresses().actor(&actor));
    }
    Ok(done)
}

fn holders(tx: &mut Read, whose: &Whose) -> Result<Vec<(Holder, OurActor)>> {
    match whose {
        Whose::Server => Ok(vec![(Holder::Instance, OurActor::Instance)]),
        Whose::Board(name) => {
            let board = boards::by_name(tx, name)?.ok_or(Error::missing(Noun::Board))?;
            Ok(vec![(Holder::Board(board.id), OurActor::Board(board.name))])
        }
        Whose::Account(name) => {
            let person = documents::local(tx, name)?.ok_or(Error::missing(Noun::Person))?;
            Ok(vec![(Holder::Person(person.id), OurActor::Person(person.name))])
        }
        Whose::All => {
            let mut all = Vec::new();
            for holder in keys::holders(tx)? {
                let actor = match holder {
                    Holder::Instance => Some(OurActor::Instance),
                    Holder::Person(id) => storage::actors::find(tx, id)?.map(|person| OurActor::Person(person.name)),
                    Holder::Board(id) => boards::find(tx, id)?.map(|board| OurActor::Board(board.name)),
                };
                all.extend(actor.map(|actor| (holder, actor)));
            }
            Ok(all)
        }
    }
}
