//! What is counted by month, for everybody to read.

use crate::Deed;
use crate::rank::named;
use crate::state::coded;

coded! {
    /// Something that is counted.
    Figure {
        /// Comments that were removed.
        Removed = 0 "removed",
        /// Comments that were put back.
        Restored = 1 "restored",
        /// Comments that were let out.
        Approved = 2 "approved",
        /// Comments that waited and were not let out.
        Rejected = 3 "rejected",
        /// Reports that came.
        Reported = 10 "reported",
        /// Reports in which something was found.
        Resolved = 11 "resolved",
        /// Reports in which nothing was.
        Dismissed = 12 "dismissed",
        /// How many hours passed until a comment's reports were decided.
        Waited = 13 "waited",
        /// Appeals that were made.
        Appealed = 20 "appealed",
        /// Appeals after which what was decided stayed so.
        AppealsRejected = 21 "appeals-rejected",
        /// Appeals after which it was undone.
        AppealsGranted = 22 "appeals-granted",
        /// Decisions about other servers.
        Policies = 30 "policies",
        /// Notices that something is against the law.
        Noticed = 40 "noticed",
        /// Notices after which something was taken down.
        Granted = 41 "granted",
        /// Notices after which nothing was.
        Refused = 42 "refused",
        /// Comments that were taken down as against the law, with a statement of reasons.
        Illegal = 43 "illegal",
    }
}

impl Deed {
    /// As what it is counted. Reports are counted one by one, where they come and where they are decided, and not by what is decided at once.
    #[must_use]
    pub fn figure(self) -> Option<Figure> {
        Some(match self {
            Self::Remove => Figure::Removed,
            Self::Restore => Figure::Restored,
            Self::Approve => Figure::Approved,
            Self::RejectComment => Figure::Rejected,
            Self::Appeal => Figure::Appealed,
            Self::RejectAppeal | Self::RejectAppealAlone => Figure::AppealsRejected,
            Self::GrantAppeal | Self::GrantAppealAlone => Figure::AppealsGranted,
            Self::Allow | Self::Limit | Self::Hold | Self::Reject | Self::Block | Self::Blocklist => Figure::Policies,
            Self::GrantNotice | Self::GrantNoticeAlone => Figure::Granted,
            Self::RefuseNotice | Self::RefuseNoticeAlone => Figure::Refused,
            _ => return None,
        })
    }
}
