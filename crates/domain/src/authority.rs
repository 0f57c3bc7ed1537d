//! Who may do what with a comment: one table, for people here and people elsewhere alike. The rule is written nowhere else.

use crate::rights::{Reach, Right};
use crate::sanction::Bars;
use crate::{ActorId, BoardId, Origin, Refusal, Role, Sanction, Scope, State};

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Who acts.
    pub actor: ActorId,
    /// Their role; for a remote actor [`Role::Member`].
    pub role: Role,
    /// Where they have it.
    pub reach: Reach,
    /// What the login or token in use allows at most.
    pub scope: Scope,
    /// What was decided against them.
    pub bars: Bars,
}

impl Standing {
    /// Somebody without a role, who may write, and against whom nothing was decided.
    #[must_use]
    pub fn member(actor: ActorId) -> Self {
        Self { actor, role: Role::Member, reach: Reach::Everywhere, scope: Scope::Write, bars: Bars::default() }
    }

    /// What they are on a board.
    #[must_use]
    pub fn role_on(&self, board: BoardId) -> Role {
        if self.reach.includes(board) { self.role } else { Role::Member }
    }
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Answer a comment.
    Reply,
    /// Have answered a comment on another server.
    ReplyElsewhere,
    /// Vote on a comment, or take the vote back.
    Vote,
    /// Report a comment to the moderators.
    Report,
    /// Change one's words.
    Edit,
    /// Take one's comment back.
    Delete,
    /// Put one's comment back that one has deleted.
    PutBack,
    /// Take a comment down.
    Remove,
    /// Put a comment back that was taken down.
    Restore,
    /// Lock, unlock, pin, unpin a thread.
    Manage,
    /// Read earlier versions of a comment.
    ReadHistory,
}

/// What it is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Who wrote the comment.
    pub author: ActorId,
    /// What became of it.
    pub state: State,
    /// The board of its thread.
    pub board: BoardId,
    /// Whether its thread takes new comments.
    pub thread: Openness,
}

/// Whether a thread takes new comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Openness {
    /// It does.
    Open,
    /// A moderator closed it.
    Locked,
}

/// Who may start threads on a board.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Admission {
    /// People of other servers, too.
    #[default]
    Everybody,
    /// People of this instance.
    OurPeople,
}

/// Whose business an act is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Anybody,
    Member,
    Other,
    Author,
    Holder(Right),
}

struct Rule {
    act: Act,
    whose: Whose,
    scope: Scope,
    states: &'static [State],
    locked: Openness,
    words: &'static str,
}

use State::{Deleted, Flagged, Held, Published, Removed};

/// The table. `states` are those the comment may be in; `locked` says whether the act needs an open thread.
const RULES: [Rule; 11] = [
    Rule {
        act: Act::Reply,
        whose: Whose::Member,
        scope: Scope::Write,
        states: &[Published, Flagged],
        locked: Openness::Open,
        words: "answer",
    },
    Rule {
        act: Act::ReplyElsewhere,
        whose: Whose::Member,
        scope: Scope::Write,
        // It may have been written before its author deleted what it answers; and what answers it would be lost as well. What a
        // moderator removed takes no answers from anywhere.
        states: &[Published, Flagged, Deleted],
        locked: Openness::Open,
        words: "answer",
    },
    Rule {
        act: Act::Vote,
        whose: Whose::Other,
        scope: Scope::Write,
        states: &[Published],
        locked: Openness::Locked,
        words: "vote",
    },
    Rule {
        act: Act::Report,
        whose: Whose::Other,
        scope: Scope::Write,
        states: &[Published, Flagged],
        locked: Openness::Locked,
        words: "report comments",
    },
    Rule {
        act: Act::Edit,
        whose: Whose::Author,
        scope: Scope::Write,
        states: &[Published, Held],
        locked: Openness::Open,
        words: "edit this comment",
    },
    Rule {
        act: Act::Delete,
        whose: Whose::Author,
        scope: Scope::Write,
        // Not what was removed: who is to wipe away evidence is told that it is gone.
        states: &[Published, Flagged, Held],
        locked: Openness::Locked,
        words: "delete this comment",
    },
    Rule {
        act: Act::PutBack,
        whose: Whose::Author,
        scope: Scope::Write,
        states: &[Deleted],
        // It brings words.
        locked: Openness::Open,
        words: "put this comment back",
    },
    Rule {
        act: Act::Remove,
        whose: Whose::Holder(Right::Remove),
        scope: Scope::Moderate,
        states: &[Published, Flagged, Held],
        locked: Openness::Locked,
        words: "remove comments",
    },
    Rule {
        act: Act::Restore,
        whose: Whose::Holder(Right::Restore),
        scope: Scope::Moderate,
        states: &[Removed, Flagged],
        locked: Openness::Locked,
        words: "restore comments",
    },
    Rule {
        act: Act::Manage,
        whose: Whose::Holder(Right::ManageThreads),
        scope: Scope::Moderate,
        states: &[Published, Flagged, Deleted, Removed],
        locked: Openness::Locked,
        words: "manage threads",
    },
    Rule {
        act: Act::ReadHistory,
        whose: Whose::Anybody,
        scope: Scope::Read,
        states: &[Published],
        locked: Openness::Locked,
        words: "read earlier versions",
    },
];

/// Whether `who` (nobody: not logged in) may do `act` with `subject`.
///
/// # Errors
/// The refusal to show, when they may not.
pub fn may(who: Option<&Standing>, act: Act, subject: Subject) -> Result<(), Refusal> {
    let Some(rule) = RULES.iter().find(|rule| rule.act == act) else {
        return Err(Refusal::Forbidden("do this", "No rule allows it."));
    };
    if subject.state == Held && !knows(who, subject.author, subject.board) {
        return Err(Refusal::NotFound(crate::Noun::Comment));
    }
    rule.whose(who, subject)?;
    rule.is_free(who, subject)?;
    rule.state(subject.state)?;
    match (rule.locked, subject.thread) {
        (Openness::Open, Openness::Locked) => Err(Refusal::Locked),
        _ => Ok(()),
    }
}

/// Whether somebody knows of what `author` wrote on a board and is held. For others it does not exist, whatever they ask.
#[must_use]
pub fn knows(who: Option<&Standing>, author: ActorId, board: BoardId) -> bool {
    who.is_some_and(|who| who.actor == author || Right::SeeHeld.on(who, board).is_ok())
}

/// Whether `who`, who comes from `origin`, may start a thread on a board that admits these.
///
/// # Errors
/// The refusal to show, when they may not.
pub fn may_start(who: &Standing, origin: Origin, (board, admission): (BoardId, Admission)) -> Result<(), Refusal> {
    if who.scope < Scope::Write {
        return Err(Refusal::ScopeMissing(Scope::Write.name()));
    }
    if who.bars.on(board) == Some(Sanction::Suspend) {
        return Err(Refusal::Forbidden("start threads here", SUSPENDED));
    }
    match (admission, origin) {
        (Admission::Everybody, _) | (Admission::OurPeople, Origin::Local) => Ok(()),
        (Admission::OurPeople, Origin::Remote | Origin::Imported) => {
            Err(Refusal::Forbidden("start threads on this board", "Only people of its own server may."))
        }
    }
}

/// What somebody is told who is suspended.
pub const SUSPENDED: &str = "You are suspended. At /decisions you read why, until when, and how to appeal.";
/// What somebody is told who would change words that nobody has looked at.
const HELD: &str = "What you write waits for a moderator for now; what stands cannot be changed meanwhile.";

/// The mildest decision against somebody that forbids them an act. What they take back they may always take back.
fn forbidden_by(act: Act, state: State) -> Option<Sanction> {
    match act {
        Act::Delete | Act::ReadHistory => None,
        // Words that came in past the moderators.
        Act::PutBack => Some(Sanction::Hold),
        Act::Edit if state != Held => Some(Sanction::Hold),
        Act::Edit | Act::Reply | Act::ReplyElsewhere | Act::Vote | Act::Report => Some(Sanction::Suspend),
        Act::Remove | Act::Restore | Act::Manage => Some(Sanction::Suspend),
    }
}

impl Rule {
    fn is_free(&self, who: Option<&Standing>, subject: Subject) -> Result<(), Refusal> {
        let Some(found) = who.and_then(|who| who.bars.on(subject.board)) else { return Ok(()) };
        if forbidden_by(self.act, subject.state).is_none_or(|least| found < least) {
            return Ok(());
        }
        Err(Refusal::Forbidden(self.words, if found == Sanction::Suspend { SUSPENDED } else { HELD }))
    }

    fn whose(&self, who: Option<&Standing>, subject: Subject) -> Result<(), Refusal> {
        let Some(who) = who else {
            return if self.whose == Whose::Anybody { Ok(()) } else { Err(Refusal::LoginRequired(self.words)) };
        };
        let own = who.actor == subject.author;
        let reason = match self.whose {
            Whose::Other if own => "This comment is your own.",
            Whose::Author if !own => "It is somebody else's.",
            Whose::Holder(right) => return right.on(who, subject.board),
            Whose::Anybody | Whose::Member | Whose::Other | Whose::Author => {
                return if who.scope < self.scope { Err(Refusal::ScopeMissing(self.scope.name())) } else { Ok(()) };
            }
        };
        Err(Refusal::Forbidden(self.words, reason))
    }

    fn state(&self, state: State) -> Result<(), Refusal> {
        if self.states.contains(&state) {
            return Ok(());
        }
        match state {
            Held => Err(Refusal::NotFound(crate::Noun::Comment)),
            Published => Err(Refusal::Forbidden(self.words, "It stands as it is; there is nothing to put back.")),
            Flagged | Deleted | Removed => Err(Refusal::Tombstone(state.name())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sanction::Bar;

    const AUTHOR: ActorId = ActorId(1);

    fn who(actor: i64, role: Role, scope: Scope) -> Option<Standing> {
        Some(Standing { role, scope, ..Standing::member(ActorId(actor)) })
    }

    fn on(state: State) -> Subject {
        Subject { author: AUTHOR, state, board: BoardId(1), thread: Openness::Open }
    }

    /// The whole table, act by act: nobody, reader, author, moderator × every state.
    #[test]
    fn the_table() {
        let callers = [
            None,
            who(2, Role::Member, Scope::Write),
            who(1, Role::Member, Scope::Write),
            who(3, Role::Moderator, Scope::Admin),
        ];
        // Per act: for each caller the states (in code order) in which it is allowed.
        let expected: [(Act, [&str; 4]); 11] = [
            (Act::Reply, ["", "PF", "PF", "PF"]),
            (Act::ReplyElsewhere, ["", "PFD", "PFD", "PFD"]),
            (Act::Vote, ["", "P", "", "P"]),
            (Act::Report, ["", "PF", "", "PF"]),
            (Act::Edit, ["", "", "PH", ""]),
            (Act::Delete, ["", "", "PFH", ""]),
            (Act::PutBack, ["", "", "D", ""]),
            (Act::Remove, ["", "", "", "PFH"]),
            (Act::Restore, ["", "", "", "FR"]),
            (Act::Manage, ["", "", "", "PFDR"]),
            (Act::ReadHistory, ["P", "P", "P", "P"]),
        ];
        for (act, per_caller) in expected {
            for (caller, allowed) in callers.iter().zip(per_caller) {
                let got: String = [(Published, 'P'), (Flagged, 'F'), (Held, 'H'), (Deleted, 'D'), (Removed, 'R')]
                    .into_iter()
                    .filter(|(state, _)| may(caller.as_ref(), act, on(*state)).is_ok())
                    .map(|(_, letter)| letter)
                    .collect();
                assert_eq!(got, allowed, "{act:?} by {caller:?}");
            }
        }
    }

    #[test]
    fn a_locked_thread_takes_no_words_but_gives_them_back() {
        let locked = Subject { thread: Openness::Locked, ..on(Published) };
        let author = who(1, Role::Member, Scope::Write);
        assert_eq!(may(author.as_ref(), Act::Reply, locked), Err(Refusal::Locked));
        assert_eq!(may(author.as_ref(), Act::ReplyElsewhere, locked), Err(Refusal::Locked));
        assert_eq!(may(author.as_ref(), Act::Edit, locked), Err(Refusal::Locked));
        assert_eq!(may(author.as_ref(), Act::Delete, locked), Ok(()));
        assert_eq!(may(who(2, Role::Member, Scope::Write).as_ref(), Act::Vote, locked), Ok(()));
    }

    #[test]
    fn a_token_does_no_more_than_its_scope() {
        assert_eq!(
            may(who(2, Role::Admin, Scope::Read).as_ref(), Act::Reply, on(Published)),
            Err(Refusal::ScopeMissing("write"))
        );
        assert_eq!(
            may(who(2, Role::Admin, Scope::Write).as_ref(), Act::Remove, on(Published)),
            Err(Refusal::ScopeMissing("moderate"))
        );
    }

    #[test]
    fn a_board_says_whether_others_start_threads_on_it() {
        let member = Standing::member(AUTHOR);
        for (origin, admission, allowed) in [
            (Origin::Local, Admission::Everybody, true),
            (Origin::Local, Admission::OurPeople, true),
            (Origin::Remote, Admission::Everybody, true),
            (Origin::Remote, Admission::OurPeople, false),
            (Origin::Imported, Admission::OurPeople, false),
        ] {
            assert_eq!(
                may_start(&member, origin, (BoardId(1), admission)).is_ok(),
                allowed,
                "{origin:?} {admission:?}"
            );
        }
        let reader = Standing { scope: Scope::Read, ..member };
        let refused = may_start(&reader, Origin::Local, (BoardId(1), Admission::Everybody));
        assert_eq!(refused, Err(Refusal::ScopeMissing("write")));
    }

    /// Per sanction: the letters of the states in which each act is left to whom it was decided against, who wrote the comment.
    #[test]
    fn what_a_sanction_forbids() {
        let barred = |level, role| {
            let bar = Bar { level, board: Some(BoardId(1)), until: None };
            let bars = Bars::new(&[bar].into(), crate::Time(0));
            Standing { role, scope: Scope::Admin, bars, ..Standing::member(AUTHOR) }
        };
        let left = |level, act, state| may(Some(&barred(level, Role::Moderator)), act, on(state)).is_ok();
        let acts = [
            (Act::Reply, Published),
            (Act::Edit, Published),
            (Act::Edit, Held),
            (Act::PutBack, Deleted),
            (Act::Delete, Published),
            (Act::Remove, Published),
        ];
        let expected = [
            (Sanction::Limit, [true, true, true, true, true, true]),
            (Sanction::Hold, [true, false, true, false, true, true]),
            (Sanction::Suspend, [false, false, false, false, true, false]),
        ];
        for (level, allowed) in expected {
            assert_eq!(acts.map(|(act, state)| left(level, act, state)), allowed, "{level:?}");
            let other = Subject { board: BoardId(2), ..on(Published) };
            assert_eq!(may(Some(&barred(level, Role::Member)), Act::Reply, other), Ok(()), "{level:?} elsewhere");
            let start = may_start(&barred(level, Role::Member), Origin::Local, (BoardId(1), Admission::Everybody));
            assert_eq!(start.is_err(), level == Sanction::Suspend);
        }
    }

    #[test]
    fn what_is_held_does_not_exist_for_others() {
        assert_eq!(
            may(who(2, Role::Member, Scope::Write).as_ref(), Act::Vote, on(Held)),
            Err(Refusal::NotFound(crate::Noun::Comment))
        );
    }
}
