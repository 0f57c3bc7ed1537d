//! What programs of the host are told of, as it happens.

use crate::rank::named;
use crate::state::coded;
use crate::{Deed, State};

coded! {
    /// Something that happened. No number is greater than 62: sets of them are kept as one number.
    News {
        /// Readers can see a comment that they could not see before.
        CommentPublished = 0 "comment.published",
        /// Its words were changed.
        CommentEdited = 1 "comment.edited",
        /// Its author took it back.
        CommentDeleted = 2 "comment.deleted",
        /// It was taken down.
        CommentRemoved = 3 "comment.removed",
        /// It was put back.
        CommentRestored = 4 "comment.restored",
        /// It waits for a moderator.
        CommentHeld = 5 "comment.held",
        /// A thread began that readers can see.
        ThreadStarted = 6 "thread.started",
        /// A comment was reported.
        ReportOpened = 7 "report.opened",
        /// The reports on a comment were decided.
        ReportDecided = 8 "report.decided",
        /// An author appealed.
        AppealMade = 9 "appeal.made",
        /// An appeal was decided.
        AppealDecided = 10 "appeal.decided",
        /// Something was decided about a person.
        ActorSanctioned = 11 "actor.sanctioned",
        /// Anything else that the moderation log says.
        ModerationDecided = 12 "moderation.decided",
        /// Nothing: somebody tries whether what is said arrives.
        Ping = 13 "ping",
    }
}

impl News {
    /// Its place in a set.
    #[must_use]
    pub fn bit(self) -> i64 {
        1 << self.code()
    }

    /// What it is that a comment turned into this state, from one in which it was known or had been.
    #[must_use]
    pub fn of_turn(to: State) -> Self {
        match to {
            State::Published | State::Flagged => Self::CommentRestored,
            State::Held => Self::CommentHeld,
            State::Deleted => Self::CommentDeleted,
            State::Removed => Self::CommentRemoved,
        }
    }

    /// What it is that a moderator did something.
    #[must_use]
    pub fn of_deed(deed: Deed) -> Self {
        match deed {
            Deed::ResolveReports | Deed::DismissReports => Self::ReportDecided,
            Deed::Appeal => Self::AppealMade,
            Deed::RejectAppeal | Deed::GrantAppeal | Deed::RejectAppealAlone | Deed::GrantAppealAlone => {
                Self::AppealDecided
            }
            Deed::Warn
            | Deed::LimitActor
            | Deed::HoldActor
            | Deed::SuspendActor
            | Deed::PurgeActor
            | Deed::RestoreActor
            | Deed::ReviveActor => Self::ActorSanctioned,
            _ => Self::ModerationDecided,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_place_of_its_own_in_a_set() {
        let all = News::ALL.iter().fold(0_i64, |set, news| set | news.bit());
        assert_eq!((all.count_ones() as usize, all > 0), (News::ALL.len(), true));
    }
}
