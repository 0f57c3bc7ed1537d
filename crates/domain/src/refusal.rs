//! Refusals: what a person is told when they cannot have what they asked for, with what they can do about it. Failures of ours are another type, elsewhere.

use crate::ThreadId;
use crate::text::{NameRefusal, TextRefusal};

/// The thing that was not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noun {
    /// A board.
    Board,
    /// A thread.
    Thread,
    /// A comment.
    Comment,
    /// A person.
    Person,
    /// A page.
    Page,
    /// A set-up link.
    SetupLink,
    /// A session or token.
    Credential,
    /// What somebody reported.
    Report,
    /// Another server.
    Peer,
    /// Something that another server said.
    Arrival,
    /// Something on its way to another server.
    Delivery,
    /// A program that is told of what happens.
    Webhook,
    /// A subscription to a list of servers.
    Blocklist,
    /// An invitation.
    Invitation,
    /// What somebody says against a decision.
    Appeal,
    /// What was decided about whoever asks.
    Decision,
    /// What somebody tells to be against the law.
    Notice,
    /// A copy that is kept of what somebody wrote.
    Preserved,
}

impl Noun {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Board => "board",
            Self::Thread => "thread",
            Self::Comment => "comment",
            Self::Report => "report",
            Self::Person => "person",
            Self::Page => "page",
            Self::SetupLink => "set-up link",
            Self::Credential => "session or token",
            Self::Peer => "server among those that are known here",
            Self::Arrival => "activity in the inbox",
            Self::Delivery => "delivery",
            Self::Webhook => "webhook",
            Self::Blocklist => "subscription to a list of servers",
            Self::Invitation => "invitation",
            Self::Appeal => "appeal",
            Self::Decision => "decision about you",
            Self::Notice => "notice",
            Self::Preserved => "preserved copy",
        }
    }
}

/// Why something asked for is not done. `Display` is one or two sentences for the person, with the remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is not there, or not for this person to know of.
    #[error("There is no such {}. It may have been removed, or the address may be mistyped.", .0.word())]
    NotFound(Noun),
    /// It was there.
    #[error("This {} is gone. The discussion around it is still there.", .0.word())]
    Gone(Noun),
    /// Only somebody logged in can do it.
    #[error("Log in first, then try again: only people with an account can {0}.")]
    LoginRequired(&'static str),
    /// This person cannot do it.
    #[error("You may not {0}. {1}")]
    Forbidden(&'static str, &'static str),
    /// The token in use lacks a scope.
    #[error("This token lacks the scope “{0}”. Make one that has it.")]
    ScopeMissing(&'static str),
    /// The thread was merged into another one.
    #[error("This thread was merged into thread {0}, and all its comments are there. Ask for that one.")]
    Merged(ThreadId),
    /// Whoever writes there has to let some time pass first.
    #[error("Slow mode: everybody writes here once in a while only. Send this again in {seconds} seconds.")]
    TooSoon {
        /// How long to wait.
        seconds: u64,
    },
    /// The thread takes no new comments.
    #[error("This thread is locked: it can be read, but no longer answered.")]
    Locked,
    /// The comment is a tombstone.
    #[error("This comment was {0}, so nothing more can be done with it.")]
    Tombstone(&'static str),
    /// The answer would stand too deep.
    #[error("Answers go no deeper than {max} levels here. Answer a comment further up instead.")]
    TooDeep {
        /// The deepest level.
        max: u32,
    },
    /// The text cannot be taken.
    #[error(transparent)]
    Text(#[from] TextRefusal),
    /// The name cannot be taken.
    #[error(transparent)]
    Name(#[from] NameRefusal),
    /// The name belongs to somebody.
    #[error("The name “{0}” is taken. Choose another one.")]
    NameTaken(String),
    /// A field of the input is wrong.
    #[error("{field}: {problem}")]
    Field {
        /// Which one, as named in the API.
        field: &'static str,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// The cursor is not one of ours, or its comment has left the list.
    #[error("This page of the list cannot be found any more. Start again from the first page.")]
    BadCursor,
    /// Somebody else changed it in between.
    #[error("It was changed in the meantime. Look at the newest version and make your change again.")]
    Conflict,
    /// What was done before, or was not, stands against it: what, and what to do.
    #[error("{0}")]
    OutOfTurn(&'static str),
    /// Something came in between that whoever decides has not seen: what it is.
    #[error("{0} Look at it, and decide again.")]
    Overtaken(String),
    /// Name and password do not belong together.
    #[error("Name and password do not match. Check both; capital letters count in the password.")]
    BadCredentials,
    /// Too much in too short a time.
    #[error("Too many attempts. Try again in {seconds} seconds.")]
    Throttled {
        /// How long to wait.
        seconds: u64,
    },
    /// Nobody can join by form now.
    #[error("This instance takes no new accounts by form at the moment. Ask its administrator.")]
    RegistrationClosed,
    /// Too many wait already to be let in.
    #[error(
        "So many people wait to be let in here that nobody else can apply at the moment. Try again later: there is room as soon as some are \
         decided about, and what nobody has decided about ends after {days} days."
    )]
    ApplicationsFull {
        /// Days after which an application ends.
        days: u32,
    },
    /// Only those who were invited can join.
    #[error("Whoever joins here needs an invitation. Ask somebody who runs this instance for one.")]
    InvitationNeeded,
    /// Name and password belong together, but nobody has decided about the account yet.
    #[error("Your account waits for somebody who runs this instance to look at it. Try again later.")]
    NotYetApproved,
    /// Name and password belong together, but the account asks for a second factor.
    #[error("This account asks for a one-time code as well. Take it from your authenticator, or use a recovery code.")]
    SecondFactorNeeded,
    /// A one-time code is wrong.
    #[error("This one-time code is wrong, too old, or was used before. Wait for the next one, or use a recovery code.")]
    BadCode,
    /// A token that nobody has, or has any more.
    #[error("This token is not known here, or its time is over. Make a new one among your settings.")]
    BadToken,
    /// An `Idempotency-Key` came again with another request.
    #[error("This Idempotency-Key was used for another request. Use a new key for each new request.")]
    KeyReused,
    /// A rule of this instance refuses it, and says what its author can do.
    #[error("A rule here does not let this through. {0}")]
    ByRule(String),
    /// A rule would have what was changed wait for a moderator.
    #[error(
        "A moderator would have to look at this change first, and it was not made. Change it otherwise, or write a new comment."
    )]
    EditWaits,
    /// Moderators have too much to look at.
    #[error(
        "So much waits for the moderators here that nothing more can wait at the moment. Try again in a few hours."
    )]
    QueueFull,
    /// A request changes something, but comes from a page of another origin.
    #[error("The request came from a page of another site. Open the page here and send it from there.")]
    ForeignOrigin,
}

impl Refusal {
    /// A stable word for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "not-found",
            Self::Gone(_) => "gone",
            Self::LoginRequired(_) => "login-required",
            Self::Forbidden(..) => "forbidden",
            Self::ScopeMissing(_) => "scope-missing",
            Self::Merged(_) => "merged",
            Self::TooSoon { .. } => "too-soon",
            Self::Locked => "locked",
            Self::Tombstone(_) => "tombstone",
            Self::TooDeep { .. } => "too-deep",
            Self::Text(_) => "text-refused",
            Self::Name(_) => "name-refused",
            Self::NameTaken(_) => "name-taken",
            Self::Field { .. } => "bad-field",
            Self::BadCursor => "bad-cursor",
            Self::Conflict => "conflict",
            Self::OutOfTurn(_) => "out-of-turn",
            Self::Overtaken(_) => "overtaken",
            Self::BadCredentials => "bad-credentials",
            Self::Throttled { .. } => "throttled",
            Self::RegistrationClosed => "registration-closed",
            Self::ApplicationsFull { .. } => "applications-full",
            Self::InvitationNeeded => "invitation-needed",
            Self::NotYetApproved => "not-yet-approved",
            Self::SecondFactorNeeded => "second-factor-needed",
            Self::BadCode => "bad-code",
            Self::BadToken => "bad-token",
            Self::KeyReused => "idempotency-key-reused",
            Self::ByRule(_) => "refused-by-rule",
            Self::EditWaits => "edit-would-wait",
            Self::QueueFull => "queue-full",
            Self::ForeignOrigin => "foreign-origin",
        }
    }

    /// A refusal of one field.
    #[must_use]
    pub fn field(field: &'static str, problem: impl Into<String>) -> Self {
        Self::Field { field, problem: problem.into() }
    }
}
