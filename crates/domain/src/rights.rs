//! What those with a role may do: one table, shown to whoever has one, and asked by every action. Where a right is held on boards, who
//! moderates named ones has it there and nowhere else. What everybody may do with comments stands in [`crate::authority`].

use std::sync::Arc;

use crate::authority::{SUSPENDED, Standing};
use crate::rank::named;
use crate::{ActorId, BoardId, Refusal, Role, Sanction, Scope};

/// Something that not everybody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Right {
    /// See this table.
    SeeRights,
    /// Take comments down.
    Remove,
    /// Put comments back.
    Restore,
    /// Let comments out that wait for a moderator.
    Approve,
    /// Lock, unlock, pin, unpin threads.
    ManageThreads,
    /// See what was fetched of a thread from other servers, and have it fetched again.
    Backfill,
    /// See what is held.
    SeeHeld,
    /// See what readers report.
    SeeReports,
    /// Take on what is held or reported, and write notes beside it.
    WorkOnReports,
    /// Say what becomes of reports.
    DecideReports,
    /// See what was decided against whom, and what moderators wrote about them.
    SeeActors,
    /// Warn, limit, hold, suspend people, and lift that.
    Sanction,
    /// See what authors say against removals, and decide it.
    DecideAppeals,
    /// See who did what as one who moderates.
    SeeLog,
    /// Make and describe boards.
    RunBoards,
    /// Describe the instance and set its rules.
    DescribeInstance,
    /// See, try and set the rules that look at comments before they are published.
    RunRules,
    /// See notices that something is against the law, and decide them.
    DecideNotices,
    /// Have what was written kept where only this right reads it, and read it there.
    Preserve,
    /// See and change how other servers are spoken to.
    RunPeers,
    /// See accounts and say who has which role.
    RunAccounts,
    /// See, add and remove programs that are told of what happens.
    RunWebhooks,
    /// See and end sessions and tokens of others.
    EndSessions,
}

named!(Right {
    SeeRights = "see-permissions",
    Remove = "remove-comments",
    Restore = "restore-comments",
    Approve = "approve-comments",
    ManageThreads = "manage-threads",
    Backfill = "backfill",
    SeeHeld = "see-held-comments",
    SeeReports = "see-reports",
    WorkOnReports = "work-on-reports",
    DecideReports = "decide-reports",
    SeeActors = "see-actors",
    Sanction = "sanction-actors",
    DecideAppeals = "decide-appeals",
    SeeLog = "see-log",
    RunBoards = "run-boards",
    DescribeInstance = "describe-instance",
    RunRules = "run-rules",
    DecideNotices = "decide-notices",
    Preserve = "preserve",
    RunPeers = "run-peers",
    RunAccounts = "run-accounts",
    RunWebhooks = "run-webhooks",
    EndSessions = "end-sessions",
});

/// Where a right is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holding {
    /// On all boards, or on those that somebody moderates.
    OnBoards,
    /// On the instance.
    Everywhere,
}

/// Who has a right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The right.
    pub right: Right,
    /// What it is, as in “You may not …”.
    pub words: &'static str,
    /// The least role that has it.
    pub role: Role,
    /// What a token must allow.
    pub scope: Scope,
    /// Where.
    pub holding: Holding,
}

const fn grant(right: Right, words: &'static str, role: Role, holding: Holding) -> Grant {
    let scope = match role {
        Role::Member => Scope::Write,
        Role::Helper | Role::Moderator => Scope::Moderate,
        Role::Admin => Scope::Admin,
    };
    Grant { right, words, role, scope, holding }
}

use Holding::{Everywhere, OnBoards};

/// The table.
pub const GRANTS: [Grant; 23] = [
    grant(Right::SeeRights, "see who may do what", Role::Helper, Everywhere),
    grant(Right::SeeHeld, "see what is held", Role::Helper, OnBoards),
    grant(Right::SeeReports, "see reports", Role::Helper, OnBoards),
    grant(Right::WorkOnReports, "work on reports", Role::Helper, OnBoards),
    grant(Right::DecideReports, "decide reports", Role::Moderator, OnBoards),
    grant(Right::SeeActors, "see what was decided about people", Role::Moderator, OnBoards),
    grant(Right::Sanction, "decide about people", Role::Moderator, OnBoards),
    grant(Right::DecideAppeals, "decide appeals", Role::Moderator, OnBoards),
    grant(Right::SeeLog, "see who did what", Role::Moderator, Everywhere),
    grant(Right::Remove, "remove comments", Role::Moderator, OnBoards),
    grant(Right::Restore, "restore comments", Role::Moderator, OnBoards),
    grant(Right::Approve, "let comments out", Role::Moderator, OnBoards),
    grant(Right::ManageThreads, "manage threads", Role::Moderator, OnBoards),
    grant(Right::Backfill, "see what was fetched from other servers", Role::Moderator, OnBoards),
    grant(Right::DecideNotices, "decide notices", Role::Moderator, OnBoards),
    grant(Right::Preserve, "read what is preserved", Role::Admin, Everywhere),
    grant(Right::RunBoards, "make or describe boards", Role::Admin, Everywhere),
    grant(Right::DescribeInstance, "describe this instance", Role::Admin, Everywhere),
    grant(Right::RunRules, "see or change rules for comments", Role::Admin, Everywhere),
    grant(Right::RunPeers, "see or change how other servers are spoken to", Role::Admin, Everywhere),
    grant(Right::RunAccounts, "see or change accounts", Role::Admin, Everywhere),
    grant(Right::RunWebhooks, "see or change webhooks", Role::Admin, Everywhere),
    grant(Right::EndSessions, "see or end sessions of others", Role::Admin, Everywhere),
];

/// On which boards somebody has their role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// On all.
    Everywhere,
    /// On these; on others they are a member like everybody.
    Boards(Arc<[BoardId]>),
}

impl Reach {
    /// Whether it includes a board.
    #[must_use]
    pub fn includes(&self, board: BoardId) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Boards(boards) => boards.contains(&board),
        }
    }
}

impl Right {
    /// Its line of the table.
    #[must_use]
    pub fn grant(self) -> Grant {
        // Each right has one: a test says so. Were it not so, nobody but administrators would have it.
        let found = GRANTS.into_iter().find(|grant| grant.right == self);
        found.unwrap_or(grant(self, "do this", Role::Admin, Everywhere))
    }

    /// Refuses unless somebody has it on some board at least.
    ///
    /// # Errors
    /// The refusal to show.
    pub fn somewhere(self, who: &Standing) -> Result<(), Refusal> {
        if who.bars.everywhere() == Some(Sanction::Suspend) {
            return Err(Refusal::Forbidden(self.grant().words, SUSPENDED));
        }
        self.of(who, who.role)
    }

    /// Refuses unless somebody has it on all boards.
    ///
    /// # Errors
    /// The refusal to show.
    pub fn everywhere(self, who: &Standing) -> Result<(), Refusal> {
        self.somewhere(who)?;
        match who.reach {
            Reach::Everywhere => Ok(()),
            Reach::Boards(_) => {
                Err(Refusal::Forbidden(self.grant().words, "You moderate named boards: say on which of them."))
            }
        }
    }

    /// Refuses unless somebody has it on this board.
    ///
    /// # Errors
    /// The refusal to show.
    pub fn on(self, who: &Standing, board: BoardId) -> Result<(), Refusal> {
        if who.role >= self.grant().role && !who.reach.includes(board) {
            return Err(Refusal::Forbidden(self.grant().words, "You moderate other boards."));
        }
        if who.bars.on(board) == Some(Sanction::Suspend) {
            return Err(Refusal::Forbidden(self.grant().words, SUSPENDED));
        }
        self.of(who, who.role_on(board))
    }

    fn of(self, who: &Standing, role: Role) -> Result<(), Refusal> {
        let Grant { words, role: least, scope, .. } = self.grant();
        if role < least {
            return Err(Refusal::Forbidden(words, for_whom(least)));
        }
        if who.scope < scope { Err(Refusal::ScopeMissing(scope.name())) } else { Ok(()) }
    }
}

/// Whether somebody of this role may decide against somebody: never against themselves, an administrator, or who is as high as they are.
///
/// # Errors
/// The refusal to show.
pub fn may_sanction((who, role): (Option<ActorId>, Role), (whom, theirs): (ActorId, Role)) -> Result<(), Refusal> {
    let reason = match theirs {
        _ if who == Some(whom) => "Nobody decides about themselves.",
        Role::Admin => "They run this instance. Somebody who does as well can give them another role first.",
        theirs if theirs >= role => "Their role is as high as yours. An administrator can decide about them.",
        _ => return Ok(()),
    };
    Err(Refusal::Forbidden("decide about this person", reason))
}

fn for_whom(role: Role) -> &'static str {
    match role {
        Role::Member => "That is for people with an account.",
        Role::Helper => "That is for those who moderate or help with it.",
        Role::Moderator => "That is for moderators.",
        Role::Admin => "That is for those who run this instance.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ActorId;

    fn who(role: Role, reach: Reach, scope: Scope) -> Standing {
        Standing { role, reach, scope, ..Standing::member(ActorId(1)) }
    }

    #[test]
    fn each_right_has_one_line() {
        for right in Right::ALL {
            assert_eq!(GRANTS.iter().filter(|grant| grant.right == *right).count(), 1, "{right:?}");
        }
        assert_eq!(GRANTS.len(), Right::ALL.len());
    }

    /// The table by role: which rights a moderator of all boards, a helper, a member has.
    #[test]
    fn by_role() {
        let held = |role| {
            let who = who(role, Reach::Everywhere, Scope::Admin);
            let held = Right::ALL.iter().filter(|right| right.on(&who, BoardId(1)).is_ok());
            held.map(|right| right.name()).collect::<Vec<_>>()
        };
        assert!(held(Role::Member).is_empty());
        assert_eq!(held(Role::Helper), ["see-permissions", "see-held-comments", "see-reports", "work-on-reports"]);
        let moderators = [
            "see-permissions",
            "remove-comments",
            "restore-comments",
            "approve-comments",
            "manage-threads",
            "backfill",
            "see-held-comments",
            "see-reports",
            "work-on-reports",
            "decide-reports",
            "see-actors",
            "sanction-actors",
            "decide-appeals",
            "see-log",
            "decide-notices",
        ];
        assert_eq!(held(Role::Moderator), moderators);
        assert_eq!(held(Role::Admin).len(), Right::ALL.len());
    }

    #[test]
    fn who_moderates_named_boards_is_a_member_elsewhere() {
        let who = who(Role::Moderator, Reach::Boards([BoardId(1)].into()), Scope::Moderate);
        assert_eq!((who.role_on(BoardId(1)), who.role_on(BoardId(2))), (Role::Moderator, Role::Member));
        assert_eq!(Right::Remove.on(&who, BoardId(1)), Ok(()));
        let other = Refusal::Forbidden("remove comments", "You moderate other boards.");
        assert_eq!(Right::Remove.on(&who, BoardId(2)), Err(other));
        assert_eq!(Right::Remove.somewhere(&who), Ok(()));
    }

    #[test]
    fn nobody_decides_about_themselves_or_about_who_is_as_high() {
        let (mo, other) = (Some(ActorId(1)), ActorId(2));
        let allowed = |role, theirs| may_sanction((mo, role), (other, theirs)).is_ok();
        assert!(allowed(Role::Moderator, Role::Member) && allowed(Role::Moderator, Role::Helper));
        assert!(!allowed(Role::Moderator, Role::Moderator) && !allowed(Role::Moderator, Role::Admin));
        assert!(allowed(Role::Admin, Role::Moderator) && !allowed(Role::Admin, Role::Admin));
        assert!(may_sanction((Some(other), Role::Admin), (other, Role::Member)).is_err());
        assert!(may_sanction((None, Role::Admin), (other, Role::Admin)).is_err());
    }

    #[test]
    fn who_is_suspended_has_no_rights_and_who_has_some_boards_not_all() {
        let bar = crate::sanction::Bar { level: Sanction::Suspend, board: Some(BoardId(1)), until: None };
        let bars = crate::sanction::Bars::new(&[bar].into(), crate::Time(0));
        let mo = Standing { bars, ..who(Role::Moderator, Reach::Everywhere, Scope::Moderate) };
        assert!(Right::Remove.on(&mo, BoardId(1)).is_err());
        assert_eq!((Right::Remove.on(&mo, BoardId(2)), Right::Sanction.everywhere(&mo)), (Ok(()), Ok(())));
        let some = who(Role::Moderator, Reach::Boards([BoardId(1)].into()), Scope::Moderate);
        assert!(Right::Sanction.everywhere(&some).is_err());
    }

    #[test]
    fn a_token_does_no_more_than_its_scope() {
        let admin = who(Role::Admin, Reach::Everywhere, Scope::Moderate);
        assert_eq!(Right::RunPeers.somewhere(&admin), Err(Refusal::ScopeMissing("admin")));
        assert_eq!(Right::Remove.on(&admin, BoardId(1)), Ok(()));
    }
}
