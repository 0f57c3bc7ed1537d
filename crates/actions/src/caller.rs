//! Who asks for an action.

use domain::authority::{Openness, SUSPENDED, Standing, Subject};
use domain::rights::{Reach, Right};
use domain::sanction::Bars;
use domain::{AccountId, ActorId, BoardId, Refusal, Role, Sanction, Scope, Time};
use storage::comments::Spot;

use crate::{Error, Result};

/// Somebody with an account, proven by a session or a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their account.
    pub account: AccountId,
    /// The actor they act as.
    pub actor: ActorId,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// Where they have it.
    pub reach: Reach,
    /// What the credential in use allows at most.
    pub scope: Scope,
    /// The credential in use.
    pub credential: i64,
    /// Until when what is made with that credential may last.
    pub until: Time,
    /// What was decided against them.
    pub bars: Bars,
}

impl Person {
    /// As the table of rights knows them.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let (reach, bars) = (self.reach.clone(), self.bars.clone());
        Standing { actor: self.actor, role: self.role, reach, scope: self.scope, bars }
    }

    /// Refuses whoever is suspended on the whole instance: for what is done on no board.
    ///
    /// # Errors
    /// The refusal.
    pub fn must_be_free(&self, doing: &'static str) -> Result<()> {
        match self.bars.everywhere() {
            Some(Sanction::Suspend) => Err(Error::Refused(Refusal::Forbidden(doing, SUSPENDED))),
            _ => Ok(()),
        }
    }

    /// Refuses unless this person has a right somewhere, with the credential in use.
    ///
    /// # Errors
    /// The refusal; also of the other function here.
    pub fn must(&self, right: Right) -> Result<()> {
        Ok(right.somewhere(&self.standing())?)
    }

    /// The same on a board.
    pub fn must_on(&self, right: Right, board: BoardId) -> Result<()> {
        Ok(right.on(&self.standing(), board)?)
    }

    /// Refuses unless this person may do something of a role with the credential in use.
    ///
    /// # Errors
    /// The refusal.
    pub fn must_be(&self, role: Role, doing: &'static str) -> Result<()> {
        let scope = match role {
            Role::Member => Scope::Write,
            Role::Helper | Role::Moderator => Scope::Moderate,
            Role::Admin => Scope::Admin,
        };
        if self.role < role {
            return Err(Error::Refused(Refusal::Forbidden(doing, "That is for those who run this instance.")));
        }
        if self.scope < scope {
            return Err(Error::Refused(Refusal::ScopeMissing(scope.name())));
        }
        if role > Role::Member { self.must_be_free(doing) } else { Ok(()) }
    }
}

/// What the table of rights has to know of a comment.
#[must_use]
pub fn subject(spot: &Spot) -> Subject {
    let thread = if spot.locked { Openness::Locked } else { Openness::Open };
    Subject { author: spot.author, state: spot.state, board: spot.board, thread }
}
