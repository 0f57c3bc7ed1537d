//! One namespace for people and boards: other servers look both up by the same `name@host`, and most of them take only one answer.

use domain::Refusal;
use domain::text::{Giver, NameRefusal};
use storage::{Read, actors, applications, boards};

use crate::{Ctx, Error, Result};

/// A name that somebody or something here could have, whether it is taken or not.
///
/// # Errors
/// Refusals of the name.
pub(crate) fn check(ctx: &Ctx, name: &str) -> Result<String> {
    check_given(ctx, name, Giver::Anybody)
}

/// The same for a name that somebody else gives.
///
/// # Errors
/// Refusals of the name.
pub(crate) fn check_given(ctx: &Ctx, name: &str, giver: Giver) -> Result<String> {
    let name = domain::text::name_given(name, giver)?;
    // The server itself is called by its host.
    if name.eq_ignore_ascii_case(ctx.elsewhere().addresses().host()) {
        return Err(NameRefusal::Reserved { name }.into());
    }
    Ok(name)
}

/// Refuses a name that a person or a board here has, or somebody who waits to be let in.
///
/// # Errors
/// [`Refusal::NameTaken`]; failures.
pub(crate) fn free(tx: &mut Read, name: &str) -> Result<()> {
    let waits = applications::by_name(tx, name)?.is_some_and(|one| one.state == applications::State::Waiting);
    if waits || actors::by_handle(tx, "", name)?.is_some() || boards::by_name(tx, name)?.is_some() {
        return Err(Error::Refused(Refusal::NameTaken(name.to_owned())));
    }
    Ok(())
}
