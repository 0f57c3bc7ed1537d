//! Ids, times and words as the API writes them. Not here: whole things, which are in `shape`.

use std::borrow::Cow;
use std::fmt;

use domain::Time;
use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{KnownFormat, Object, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// What an id looks like.
const ID_PATTERN: &str = "^[1-9][0-9]{0,18}$";
const MAX_DIGITS: usize = 19;

/// An id: a number, written as a string because many JSON parsers know only 53 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Id(pub i64);

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(IdText)
    }
}

struct IdText;

impl Visitor<'_> for IdText {
    type Value = Id;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id as a string of digits")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Id, E> {
        let digits = (1..=MAX_DIGITS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || text.starts_with('0') {
            return Err(E::invalid_value(Unexpected::Str(text), &self));
        }
        // As long as an id, and too great for one: it stands for one that is never given.
        Ok(Id(text.parse().unwrap_or(i64::MAX)))
    }
}

impl PartialSchema for Id {
    fn schema() -> RefOr<Schema> {
        let description = "An id: a positive 64-bit number, as a string.";
        text().pattern(Some(ID_PATTERN)).description(Some(description)).build().into()
    }
}

impl ToSchema for Id {
    fn name() -> Cow<'static, str> {
        "Id".into()
    }
}

/// A moment: RFC 3339, UTC, with milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(pub Time);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Beyond what a calendar holds the nearest moment it does hold stands for it.
        let limit = if self.0.0 < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        write!(f, "{:.3}", jiff::Timestamp::from_millisecond(self.0.0).unwrap_or(limit))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.parse::<jiff::Timestamp>() {
            Ok(moment) => Ok(Self(Time(moment.as_millisecond()))),
            Err(_) => Err(D::Error::invalid_value(Unexpected::Str(&text), &"a moment as in RFC 3339")),
        }
    }
}

impl PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
        text().format(Some(format)).description(Some("A moment: RFC 3339, UTC, with milliseconds.")).build().into()
    }
}

impl ToSchema for Moment {
    fn name() -> Cow<'static, str> {
        "Moment".into()
    }
}

fn text() -> ObjectBuilder {
    ObjectBuilder::from(Object::with_type(Type::String))
}

/// A closed set of the domain as words of the API.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $(#[doc = stringify!($variant)] $variant),+ }

        impl From<domain::$name> for $name {
            fn from(value: domain::$name) -> Self {
                match value { $(domain::$name::$variant => Self::$variant),+ }
            }
        }

        impl From<$name> for domain::$name {
            fn from(value: $name) -> Self {
                match value { $($name::$variant => Self::$variant),+ }
            }
        }
    )+};
}

words! {
    /// What became of a comment: `flagged` hides its words after readers' reports; `deleted` (by its author) and `removed`
    /// (by a moderator) leave a tombstone; `held` waits for a moderator.
    State { Published, Flagged, Held, Deleted, Removed }
    /// Where an actor comes from: of this instance, of another server, or a name that came with an import.
    Origin { Local, Remote, Imported }
    /// What an account may do, in rising order.
    Role { Member, Helper, Moderator, Admin }
    /// What a token may do, in rising order; each includes those before it.
    Scope { Read, Write, Moderate, Admin }
    /// Why a comment is reported.
    Category { Spam, Abuse, OffTopic, Illegal, Other }
    /// Where a report stands: nobody has decided, there was something in it, there was not.
    ReportState { Open, Resolved, Dismissed }
    /// What a moderator did.
    Deed {
        Remove, Restore, Lock, Unlock, Pin, Unpin, ResolveReports, DismissReports, Pause, Resume, Retry, Replay, Skip, Allow, Limit, Hold,
        Reject, Block, Blocklist, Approve, RejectComment, SetRules, MakeMember, MakeHelper, MakeModerator, MakeAdmin, Admit, TurnAway, Invite, Uninvite,
        Warn, LimitActor, HoldActor, SuspendActor, PurgeActor, RestoreActor, ReviveActor,
        ForwardReports, Appeal, RejectAppeal, GrantAppeal, RejectAppealAlone, GrantAppealAlone, AddWebhook, RemoveWebhook,
        Move, Split, Merge, Slow, Cover, Uncover, GrantNotice, RefuseNotice, Preserve, Prolong, ReadPreserved,
        EndSessions, Subscribe, Unsubscribe, ReviewList, GrantNoticeAlone, RefuseNoticeAlone,
        MakeBoard, ResetPassword, RotateKeys,
    }
    /// What was decided against somebody, in rising order of severity: `limit` makes what they write known to nobody who did not ask for it,
    /// `hold` has each new comment wait for a moderator, `suspend` lets them write, vote and report nothing.
    Sanction { Limit, Hold, Suspend }
    /// Where an appeal stands: nobody has decided; `rejected`: what was decided stays, a comment stays removed; `granted`: it was undone, a comment is back.
    AppealState { Open, Rejected, Granted }
    /// Why somebody holds something to be against the law.
    Illegality { Children, Terror, Threats, Hatred, Defamation, Privacy, IntellectualProperty, Fraud, Other }
    /// Where a notice stands: nobody has decided, what it names was taken down, some of it was, it stays.
    NoticeState { Open, Removed, PartlyRemoved, Kept }
    /// On which ground something was taken down: the law, or the rules of the place.
    Ground { Law, Rules }
    /// How another server is dealt with, in rising order of severity: `limit` makes its comments known to nobody who did not ask for them,
    /// `hold` has each wait for a moderator, `reject` takes nothing in and brings nothing there, `block` also hides what is here.
    Level { Allow, Limit, Hold, Reject, Block }
    /// What a rule does with a comment: `notify` tells moderators, `tag` shows them the rule's name beside it, `limit` makes it known to
    /// nobody who did not ask for it, `hold` has it wait for a moderator, `refuse` does not take it.
    Effect { Notify, Tag, Limit, Hold, Refuse }
    /// The order of threads: score weighed against age, newest, highest score, surest approval, latest comment.
    ThreadSort { Hot, New, Top, Best, Active }
    /// The order of siblings: surest approval, highest score, newest, oldest, most evenly disputed.
    CommentSort { Best, Top, New, Old, Controversial }
}

/// As what somebody did something that stands in the moderation log: `author` is who wrote the comment, `elsewhere` somebody on another
/// server, `host` whoever has the machine, by the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DoneAs {
    /// Author
    Author,
    /// Member
    Member,
    /// Helper
    Helper,
    /// Moderator
    Moderator,
    /// Admin
    Admin,
    /// Host
    Host,
    /// Elsewhere
    Elsewhere,
}
