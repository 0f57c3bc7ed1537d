//! What is around discussions: the instance, boards, people, credentials, notifications, the moderation log.

use actions::people::Profile;
use domain::authority::Admission;
use domain::joining::Joining;
use serde::Serialize;
use storage::following::Stage;
use storage::{accounts, boards, log};
use utoipa::ToSchema;

use super::{Comment, handle, person_url};
use crate::api::value::{Deed, DoneAs, Id, Moment, Origin, Role, Sanction, Scope};
use crate::modlog;
use crate::settings::Settings;

/// The instance as a whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct Instance<'a> {
    /// What it is called.
    pub name: &'a str,
    /// Its rules and what it is about, as written.
    pub rules: &'a str,
    /// The same as clean HTML.
    pub rules_html: &'a str,
    /// Its address.
    pub uri: &'a str,
    /// The program that it runs.
    pub software: Software,
    /// Who may make an account.
    pub registration: Registration,
    /// What applicants are asked, where somebody decides about each; null where nothing is.
    #[schema(required)]
    pub question: Option<&'a str>,
    /// What it takes at most.
    pub limits: Limits,
    /// How much there is, as of the last few minutes.
    pub counts: Counts,
}

/// A program and where its source is (AGPL section 13).
#[derive(Debug, Serialize, ToSchema)]
pub struct Software {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Where the source of what is running is offered.
    pub source: String,
}

/// Who may make an account by form.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Registration {
    /// Anybody.
    Open,
    /// Anybody whom an administrator lets in afterwards.
    Approval,
    /// Whoever has an invitation.
    Invitation,
    /// Nobody.
    Closed,
}

impl From<Joining> for Registration {
    fn from(joining: Joining) -> Self {
        match joining {
            Joining::Open => Self::Open,
            Joining::Approval => Self::Approval,
            Joining::Invitation => Self::Invitation,
            Joining::Closed => Self::Closed,
        }
    }
}

/// What is taken at most.
#[derive(Debug, Serialize, ToSchema)]
pub struct Limits {
    /// The longest comment, in Unicode scalar values of its source.
    pub comment_chars: usize,
    /// The longest title, in Unicode scalar values.
    pub title_chars: usize,
    /// The deepest comment; comments at the top have depth 0.
    pub depth: u32,
    /// The largest request body, in bytes.
    pub body_bytes: usize,
}

/// How much there is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Counts {
    /// Local people.
    pub accounts: i64,
    /// Comments that can be read, roots of threads included.
    pub comments: i64,
}

/// A place for threads.
#[derive(Debug, Serialize, ToSchema)]
pub struct Board<'a> {
    /// Its name, without a host.
    pub name: &'a str,
    /// The other server that it is at home on; null for boards of this instance.
    #[schema(required)]
    pub host: Option<&'a str>,
    /// What it is called in addresses: `name`, or `name@host`.
    pub handle: String,
    /// Its title.
    pub title: &'a str,
    /// What it is about, as written.
    pub about: &'a str,
    /// The same as clean HTML.
    pub about_html: &'a str,
    /// Its rules, as written.
    pub rules: &'a str,
    /// The same as clean HTML.
    pub rules_html: &'a str,
    /// Whether people of other servers may start threads on it, by naming it in a public note; means nothing for a board of another
    /// server.
    pub remote_threads: bool,
    /// Slow mode: seconds that everybody has to let pass between two comments of theirs on it; 0 if it is off.
    pub slow_seconds: i64,
    /// When it was made, or first seen here.
    pub created: Moment,
    /// Its page where it is at home, and what it is known by everywhere, for ever.
    pub uri: String,
}

impl<'a> Board<'a> {
    /// A board as everybody sees it.
    #[must_use]
    pub fn new(settings: &Settings, board: &'a boards::Board) -> Self {
        Self {
            name: &board.name,
            host: Some(board.host.as_str()).filter(|host| !host.is_empty()),
            handle: board.address(),
            title: &board.title,
            about: &board.about,
            about_html: &board.about_html,
            rules: &board.rules,
            rules_html: &board.rules_html,
            remote_threads: board.admission == Admission::Everybody,
            slow_seconds: board.slow,
            created: Moment(board.created),
            uri: match &board.group {
                Some(group) => group.uri.clone(),
                None => format!("{}/b/{}", settings.public_url, board.name),
            },
        }
    }
}

/// How the caller follows a board of another server.
#[derive(Debug, Serialize, ToSchema)]
pub struct Follow<'a> {
    /// The board.
    pub board: Board<'a>,
    /// What became of it.
    pub state: FollowState,
}

/// What became of asking to follow a board.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FollowState {
    /// It is not answered yet.
    Asked,
    /// The board has said yes: what it passes on comes here.
    Accepted,
    /// The board has said no.
    Refused,
}

impl From<Stage> for FollowState {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Asked => Self::Asked,
            Stage::Accepted => Self::Accepted,
            Stage::Refused => Self::Refused,
        }
    }
}

/// Whoever writes: somebody of this instance, of another server, or a name that came with an import.
#[derive(Debug, Serialize, ToSchema)]
pub struct Actor<'a> {
    /// Their id.
    pub id: Id,
    /// Their name, without a host.
    pub name: &'a str,
    /// The other server, or the site that an imported name came from; null for people of this instance.
    #[schema(required)]
    pub host: Option<&'a str>,
    /// `name`, or `name@host`.
    pub handle: String,
    /// Where they come from.
    pub origin: Origin,
    /// What they may do here; null for those without an account here.
    #[schema(required)]
    pub role: Option<Role>,
    /// What they say of themselves, as written.
    pub about: &'a str,
    /// The same as clean HTML.
    pub about_html: &'a str,
    /// When they were first seen here.
    pub created: Moment,
    /// Their page here.
    pub url: String,
}

impl<'a> Actor<'a> {
    /// A person as everybody sees them.
    #[must_use]
    pub fn new(settings: &Settings, profile: &'a Profile) -> Self {
        let actor = &profile.actor;
        let handle = handle(&actor.name, &actor.host);
        Self {
            id: Id(actor.id.0),
            name: &actor.name,
            host: Some(actor.host.as_str()).filter(|host| !host.is_empty()),
            url: person_url(settings, &handle),
            handle,
            origin: actor.origin.into(),
            role: profile.role.map(Role::from),
            about: &actor.about,
            about_html: &actor.about_html,
            created: Moment(actor.created),
        }
    }
}

/// The caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me<'a> {
    /// As everybody sees them.
    #[serde(flatten)]
    pub actor: Actor<'a>,
    /// What the session or token in use allows at most.
    pub scope: Scope,
    /// The severest that was decided against them and counts on the whole instance now; null if nothing does. Why, until when, and how to
    /// appeal: `GET /me/decisions`.
    #[schema(required)]
    pub state: Option<Sanction>,
    /// Unread notifications; 100 stands for “many”.
    pub unread_count: usize,
}

/// A session or a token.
#[derive(Debug, Serialize, ToSchema)]
pub struct Credential {
    /// Its id.
    pub id: Id,
    /// The browser, or the name that its owner gave the token.
    pub label: String,
    /// What it allows at most.
    pub scope: Scope,
    /// When it was made.
    pub created: Moment,
    /// From when on it is worth nothing; null for never.
    #[schema(required)]
    pub expires: Option<Moment>,
    /// Whether this request was made with it.
    pub current: bool,
}

impl Credential {
    /// A credential as its owner sees it; `in_use` is the id of the one that the request came with.
    #[must_use]
    pub fn new(credential: accounts::Credential, in_use: i64) -> Self {
        Self {
            id: Id(credential.id),
            current: credential.id == in_use,
            label: credential.label,
            scope: credential.scope.into(),
            created: Moment(credential.created),
            expires: (credential.expires.0 != i64::MAX).then_some(Moment(credential.expires)),
        }
    }
}

/// Somebody answered or mentioned the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct News<'a> {
    /// Its id.
    pub id: Id,
    /// What the comment is to them.
    pub kind: NewsKind,
    /// When.
    pub at: Moment,
    /// When the caller read it; null if not yet.
    #[schema(required)]
    pub read: Option<Moment>,
    /// The comment.
    pub comment: Comment<'a>,
    /// Why, where something was decided; may be empty. Null where nothing was.
    #[schema(required)]
    pub reason: Option<&'a str>,
}

/// Why somebody is told of a comment.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NewsKind {
    /// It answers one of theirs.
    Reply,
    /// It mentions them.
    Mention,
    /// It is their own, and an author on another server did not allow it. Nobody else sees it.
    Refusal,
    /// It is their own, and was removed; they can appeal.
    Removed,
    /// It is their own, and was put back.
    Restored,
    /// They reported it, and something was found in that.
    ReportResolved,
    /// They reported it, and nothing was found.
    ReportDismissed,
    /// Its author has deleted what the caller had reported.
    ReportGone,
    /// It is their own, and what was decided about it stays: their appeal was rejected.
    AppealRejected,
    /// It is their own, and is back: their appeal was granted.
    AppealGranted,
}

/// Something that a moderator did.
#[derive(Debug, Serialize, ToSchema)]
pub struct LogEntry {
    /// Its id.
    pub id: Id,
    /// The handle of whoever did it; null where this instance tells only their role, and of what was done by the command line.
    #[schema(required)]
    pub moderator: Option<String>,
    /// As what they did it.
    pub role: DoneAs,
    /// What they did.
    pub deed: Deed,
    /// To which comment; null if it was not one.
    #[schema(required)]
    pub comment_id: Option<Id>,
    /// To which other server, or with what of it; null if it was not one.
    #[schema(required)]
    pub host: Option<String>,
    /// The handle of the person it was done to; null if it was not one.
    #[schema(required)]
    pub person: Option<String>,
    /// Why; may be empty.
    pub reason: String,
    /// When.
    pub at: Moment,
}

impl LogEntry {
    /// As everybody may read it.
    #[must_use]
    pub fn public(ctx: &actions::Ctx, listed: log::Listed) -> Self {
        let name = modlog::name(ctx, &listed).map(str::to_owned);
        Self::new(listed, name)
    }

    /// With the name of whoever did it, for those who moderate.
    #[must_use]
    pub fn whole(listed: log::Listed) -> Self {
        let name = listed.entry.moderator.map(|_| listed.entry.moderator_name.clone());
        Self::new(listed, name)
    }

    fn new(listed: log::Listed, moderator: Option<String>) -> Self {
        let role = modlog::done_as(&listed);
        let entry = listed.entry;
        Self {
            id: Id(entry.id),
            moderator,
            role,
            deed: entry.deed.into(),
            comment_id: entry.comment.map(|comment| Id(comment.0)),
            host: entry.host,
            person: entry.person,
            reason: entry.reason,
            at: Moment(entry.at),
        }
    }
}
