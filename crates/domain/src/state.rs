//! What can be the case with a comment, a thread, an actor, an account: small closed sets, each with the number it is stored under.

use crate::rank::named;

macro_rules! coded {
    ($(#[$doc:meta])* $kind:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal $name:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $kind { $($(#[$vdoc])* $variant),+ }

        named!($kind { $($variant = $name),+ });

        impl $kind {
            /// The number it is stored under.
            #[must_use]
            pub const fn code(self) -> i16 {
                match self { $(Self::$variant => $code),+ }
            }

            /// The value stored under that number.
            #[must_use]
            pub fn coded(code: i16) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.code() == code)
            }
        }
    };
}

pub(crate) use coded;

coded! {
    /// What a reader gets of a comment.
    State {
        /// Everything.
        Published = 0 "published",
        /// Readers' reports have hidden its words; its place and its answers stay.
        Flagged = 1 "flagged",
        /// Waits for somebody's word: a moderator's, or that of an author elsewhere whom it answers. Nobody but its author and the moderators
        /// knows of it.
        Held = 2 "held",
        /// Taken back by its author: a tombstone.
        Deleted = 3 "deleted",
        /// Taken down by a moderator: a tombstone.
        Removed = 4 "removed",
    }
}

impl State {
    /// Whether readers may see its words.
    #[must_use]
    pub fn has_words(self) -> bool {
        self == Self::Published
    }

    /// Whether readers are told who wrote it: a tombstone does not say whose it is.
    #[must_use]
    pub fn is_signed(self) -> bool {
        !matches!(self, Self::Deleted | Self::Removed)
    }

    /// Whether it stands in the tree at all for readers.
    #[must_use]
    pub fn stands(self) -> bool {
        self != Self::Held
    }
}

coded! {
    /// Where an actor comes from.
    Origin {
        /// Of this instance.
        Local = 0 "local",
        /// Of another server.
        Remote = 1 "remote",
        /// A name that came with an import; nobody's login, until claimed.
        Imported = 2 "imported",
    }
}

coded! {
    /// What an account may do, in rising order.
    Role {
        /// Read, write, vote, report.
        Member = 0 "member",
        /// And work on reports.
        Helper = 3 "helper",
        /// And decide about comments.
        Moderator = 1 "moderator",
        /// And about everything.
        Admin = 2 "admin",
    }
}

coded! {
    /// What a token may do, in rising order; each includes those before it.
    Scope {
        /// Read what its account can read.
        Read = 0 "read",
        /// Write, vote, report as its account.
        Write = 1 "write",
        /// Use its account's moderator rights.
        Moderate = 2 "moderate",
        /// Use its account's administrator rights.
        Admin = 3 "admin",
    }
}

coded! {
    /// Why a reader reports a comment.
    Category {
        /// Advertising, repetition, fraud.
        Spam = 0 "spam",
        /// Insults, threats, harassment.
        Abuse = 1 "abuse",
        /// Off the thread's subject.
        OffTopic = 2 "off-topic",
        /// Against the law.
        Illegal = 3 "illegal",
        /// Anything else; the text says what.
        Other = 4 "other",
    }
}

coded! {
    /// Where a report stands.
    ReportState {
        /// Nobody has decided.
        Open = 0 "open",
        /// A moderator acted on it.
        Resolved = 1 "resolved",
        /// A moderator saw no need to act.
        Dismissed = 2 "dismissed",
    }
}

coded! {
    /// What happened in a thread, as told to those who watch it live.
    EventKind {
        /// A comment came.
        Comment = 0 "comment",
        /// A comment's words changed.
        Edit = 1 "edit",
        /// A comment became a tombstone, or came back from being one.
        Delete = 2 "delete",
        /// A comment's score changed.
        Vote = 3 "vote",
        /// A comment went to another thread with all below it, or came from one.
        Move = 4 "move",
    }
}

coded! {
    /// What is done with what another server says, in rising order of severity.
    Level {
        /// It is taken as that of everybody.
        Allow = 0 "allow",
        /// Comments stand where they answer, and are made known to nobody who did not ask for them.
        Limit = 1 "limit",
        /// Each new comment waits for a moderator.
        Hold = 2 "hold",
        /// Nothing is taken in any more, nothing is fetched or brought there; what is here stays.
        Reject = 3 "reject",
        /// The same, and what is here is hidden.
        Block = 4 "block",
    }
}

impl Level {
    /// Whether anything is taken from there and brought there.
    #[must_use]
    pub fn is_spoken_to(self) -> bool {
        self < Self::Reject
    }

    /// The state in which a new comment from there is stored.
    #[must_use]
    pub fn state(self) -> State {
        if self == Self::Hold { State::Held } else { State::Published }
    }
}

coded! {
    /// What a rule does with a comment that it matches, in rising severity.
    Effect {
        /// Moderators are told of it.
        Notify = 0 "notify",
        /// Moderators see the rule's name beside it.
        Tag = 1 "tag",
        /// It stands where it answers, and is made known to nobody who did not ask for it.
        Limit = 2 "limit",
        /// It waits for a moderator.
        Hold = 3 "hold",
        /// It is not taken.
        Refuse = 4 "refuse",
    }
}

coded! {
    /// Why a comment waits for a moderator.
    Cause {
        /// Everything from its author's server does.
        Server = 0 "server",
        /// A rule of the instance or the board says so.
        Rule = 1 "rule",
        /// Everything from its author does.
        Person = 2 "person",
        /// The host's own program says so, or has not answered.
        Hook = 3 "hook",
    }
}

coded! {
    /// What was decided against an actor, in rising order of severity.
    Sanction {
        /// What they write stands where it answers, and is made known to nobody who did not ask for it.
        Limit = 1 "limit",
        /// Each new comment waits for a moderator.
        Hold = 2 "hold",
        /// They write, vote and report nothing any more.
        Suspend = 3 "suspend",
    }
}

coded! {
    /// What a moderator did, as the moderation log tells it.
    Deed {
        /// Took a comment down.
        Remove = 0 "remove",
        /// Put a comment back.
        Restore = 1 "restore",
        /// Closed a thread to new comments.
        Lock = 2 "lock",
        /// Opened it again.
        Unlock = 3 "unlock",
        /// Put a thread at the head of its board.
        Pin = 4 "pin",
        /// Took it from there.
        Unpin = 5 "unpin",
        /// Found something in what readers reported.
        ResolveReports = 6 "resolve-reports",
        /// Found nothing in it.
        DismissReports = 7 "dismiss-reports",
        /// Has another server brought nothing for now.
        Pause = 20 "pause",
        /// Has it brought what waits again.
        Resume = 21 "resume",
        /// Has something tried at once, or again, that another server did not take.
        Retry = 22 "retry",
        /// Has something dealt with again that another server said.
        Replay = 23 "replay",
        /// Has something not brought that was to be.
        Skip = 24 "skip",
        /// Has what another server says taken as that of everybody.
        Allow = 30 "allow",
        /// Has its comments made known to nobody who did not ask for them.
        Limit = 31 "limit",
        /// Has each of its comments wait for a moderator.
        Hold = 32 "hold",
        /// Has nothing taken from it and nothing brought to it.
        Reject = 33 "reject",
        /// The same, and has what is here of it hidden.
        Block = 34 "block",
        /// Took a list of other servers over.
        Blocklist = 35 "blocklist",
        /// Let a comment out that waited.
        Approve = 36 "approve",
        /// Said no to a comment that waited.
        RejectComment = 60 "reject-comment",
        /// Changed the rules that look at comments before they are published.
        SetRules = 61 "set-rules",
        /// Took somebody's role.
        MakeMember = 50 "make-member",
        /// Made somebody a helper.
        MakeHelper = 51 "make-helper",
        /// Made somebody a moderator.
        MakeModerator = 52 "make-moderator",
        /// Made somebody an administrator.
        MakeAdmin = 53 "make-admin",
        /// Let in somebody who had applied for an account.
        Admit = 40 "admit",
        /// Did not let them in.
        TurnAway = 41 "turn-away",
        /// Made an invitation.
        Invite = 42 "invite",
        /// Made an invitation worthless.
        Uninvite = 43 "uninvite",
        /// Warned somebody.
        Warn = 70 "warn",
        /// Has what somebody writes made known to nobody who did not ask for it.
        LimitActor = 71 "limit-actor",
        /// Has each new comment of somebody wait for a moderator.
        HoldActor = 72 "hold-actor",
        /// Has somebody write nothing any more.
        SuspendActor = 73 "suspend-actor",
        /// The same, and took down what they had written.
        PurgeActor = 74 "purge-actor",
        /// Lifted what was decided against somebody.
        RestoreActor = 75 "restore-actor",
        /// The same, and put back what was taken down with it.
        ReviveActor = 76 "revive-actor",
        /// Told the home of a comment that it is reported here.
        ForwardReports = 80 "forward-reports",
        /// Asked that somebody else look at the removal of their comment, or at what was decided about them.
        Appeal = 81 "appeal",
        /// Looked at it, and left it as it was.
        RejectAppeal = 82 "reject-appeal",
        /// Looked at it, and undid it.
        GrantAppeal = 83 "grant-appeal",
        /// Left it as it was, whose own decision it was: there was nobody else.
        RejectAppealAlone = 84 "reject-appeal-alone",
        /// Undid what they had decided themselves: there was nobody else.
        GrantAppealAlone = 85 "grant-appeal-alone",
        /// Has a program told of what happens.
        AddWebhook = 90 "add-webhook",
        /// Has it told nothing any more.
        RemoveWebhook = 91 "remove-webhook",
        /// Moved a thread to another board.
        Move = 100 "move",
        /// Made a thread of a comment and all below it.
        Split = 101 "split",
        /// Moved all of a thread below the root of another.
        Merge = 102 "merge",
        /// Said how fast people may write in a thread.
        Slow = 103 "slow",
        /// Covered the words of a comment.
        Cover = 104 "cover",
        /// Uncovered them.
        Uncover = 105 "uncover",
        /// Took down what somebody had told to be against the law, or some of it.
        GrantNotice = 110 "grant-notice",
        /// Left it as it was.
        RefuseNotice = 111 "refuse-notice",
        /// Had a copy kept of what somebody wrote.
        Preserve = 112 "preserve",
        /// Had one kept longer.
        Prolong = 113 "prolong",
        /// Read one.
        ReadPreserved = 114 "read-preserved",
        /// Took down what was told of themselves, or some of it: nobody else could have decided.
        GrantNoticeAlone = 115 "grant-notice-alone",
        /// Left what was told of themselves as it was: nobody else could have decided.
        RefuseNoticeAlone = 116 "refuse-notice-alone",
        /// Has a list of servers, which somebody else keeps, looked at again and again.
        Subscribe = 120 "subscribe",
        /// Has it looked at no more.
        Unsubscribe = 121 "unsubscribe",
        /// Decided about what had changed in it.
        ReviewList = 122 "review-list",
        /// Ended sessions and tokens of somebody.
        EndSessions = 124 "end-sessions",
        /// Made a board.
        MakeBoard = 150 "make-board",
        /// Gave somebody a new password, who had lost theirs.
        ResetPassword = 151 "reset-password",
        /// Made new keys, by which other servers know who speaks.
        RotateKeys = 152 "rotate-keys",
    }
}

impl Deed {
    /// What everybody may not know of: that something is kept would tell its author, and whoever looks for it, that it is.
    pub const WITHIN: [Self; 3] = [Self::Preserve, Self::Prolong, Self::ReadPreserved];
}

coded! {
    /// What somebody is told.
    Told {
        /// A comment answers or mentions them, or is theirs and was not allowed.
        Comment = 0 "comment",
        /// Their comment was removed.
        Removed = 1 "removed",
        /// Their comment was put back.
        Restored = 2 "restored",
        /// Something was found in what they had reported.
        Resolved = 3 "report-resolved",
        /// Nothing was.
        Dismissed = 4 "report-dismissed",
        /// Their comment stays removed.
        AppealRejected = 5 "appeal-rejected",
        /// They had appealed, and their comment was put back.
        AppealGranted = 6 "appeal-granted",
        /// Its author has deleted what they had reported.
        Gone = 7 "report-gone",
    }
}

coded! {
    /// Where an appeal stands.
    AppealState {
        /// Nobody has decided.
        Open = 0 "open",
        /// What it is against stays: a comment stays removed, somebody stays suspended.
        Rejected = 1 "rejected",
        /// What it is against was undone: a comment is back, a suspension is lifted.
        Granted = 2 "granted",
    }
}

coded! {
    /// What moderators say to somebody about themselves.
    Word {
        /// They are warned.
        Warning = 0 "warning",
        /// Something was decided against them.
        Sanction = 1 "sanction",
        /// It was lifted.
        Lifted = 2 "lifted",
        /// They had appealed, and it stays.
        AppealRejected = 3 "appeal-rejected",
        /// They had appealed, and it was undone.
        AppealGranted = 4 "appeal-granted",
    }
}

impl Word {
    /// What can be appealed against.
    pub const AGAINST: [Self; 2] = [Self::Warning, Self::Sanction];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_read_back() {
        for state in State::ALL {
            assert_eq!((State::coded(state.code()), State::named(state.name())), (Some(*state), Some(*state)));
        }
        assert_eq!(State::coded(99), None);
        assert!(Role::Member < Role::Helper && Role::Helper < Role::Moderator && Role::Moderator < Role::Admin);
        assert!(Scope::Read < Scope::Write && Scope::Moderate < Scope::Admin);
    }
}
