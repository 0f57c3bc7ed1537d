//! Comments and who wrote them.

use actions::elsewhere::approval::Waiting;
use actions::passage::Passage;
use serde::Serialize;
use storage::approvals::Stage;
use storage::comments::{Line, Revision};
use storage::{threads, votes::Vote};
use utoipa::ToSchema;

use super::{handle, person_url};
use crate::api::value::{Id, Moment, Origin, State};
use crate::settings::Settings;

/// Who wrote something.
#[derive(Debug, Serialize, ToSchema)]
pub struct Author<'a> {
    /// Their name, without a host.
    pub name: &'a str,
    /// The other server, or the site that an imported name came from; null for people of this instance.
    #[schema(required)]
    pub host: Option<&'a str>,
    /// `name`, or `name@host`: what other routes know them by.
    pub handle: String,
    /// Where they come from.
    pub origin: Origin,
    /// Their page here.
    pub url: String,
}

impl<'a> Author<'a> {
    /// An author as everybody sees them.
    #[must_use]
    pub fn new(settings: &Settings, author: &'a threads::Author) -> Self {
        let handle = handle(&author.name, &author.host);
        Self {
            name: &author.name,
            host: Some(author.host.as_str()).filter(|host| !host.is_empty()),
            url: person_url(settings, &handle),
            handle,
            origin: author.origin.into(),
        }
    }

    /// The same, unless a tombstone keeps their name to itself.
    #[must_use]
    pub fn of(settings: &Settings, author: &'a threads::Author, state: domain::State) -> Option<Self> {
        let named = !matches!(state, domain::State::Deleted | domain::State::Removed);
        named.then(|| Self::new(settings, author))
    }
}

/// A comment. The root of a thread is one too.
#[derive(Debug, Serialize, ToSchema)]
pub struct Comment<'a> {
    /// Its id.
    pub id: Id,
    /// Its thread; the id of the thread's root, too.
    pub thread_id: Id,
    /// What it answers: at the top the root of the thread. Null for the root itself.
    #[schema(required)]
    pub parent_id: Option<Id>,
    /// 0 for direct answers to the root, one more for each answer to an answer. Null for the root itself.
    #[schema(required)]
    pub depth: Option<u32>,
    /// Who wrote it; null for a tombstone.
    #[schema(required)]
    pub author: Option<Author<'a>>,
    /// Its words as clean HTML; empty unless its state is `published`, or `held` for those who see it at all. Links to people are relative to this instance.
    pub html: &'a str,
    /// Its words as written (Markdown); likewise.
    pub text: &'a str,
    /// Ups less downs.
    pub score: i64,
    /// Votes up.
    pub ups: i64,
    /// Votes down.
    pub downs: i64,
    /// What became of it.
    pub state: State,
    /// Whether its words are for those only who want to see them.
    pub sensitive: bool,
    /// When it was published.
    pub published: Moment,
    /// When its words last changed; null if they never did.
    #[schema(required)]
    pub edited: Option<Moment>,
    /// Its direct answers. Left out where comments of many threads stand together.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub replies_count: Option<u32>,
    /// All that hangs below it. Left out where comments of many threads stand together.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub descendants_count: Option<u32>,
    /// The caller's vote: 1, 0 or -1. Left out for those who are not logged in, and in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = -1, maximum = 1)]
    pub own_vote: Option<i8>,
    /// The title of its thread. Left out where only comments of one thread stand together.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub thread_title: Option<String>,
    /// Whose permission it waits for, or has not got. Left out for all that is not held, and for everybody but its author and the moderators.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub approval: Option<Approval>,
    /// Its page.
    pub url: String,
    /// What it is known by everywhere, for ever.
    pub uri: String,
}

impl<'a> Comment<'a> {
    /// A comment by itself; `source` is its words as written, `home` its id where it is at home, if that is elsewhere.
    #[must_use]
    pub fn new(settings: &Settings, line: &'a Line, source: &'a str, home: Option<&str>) -> Self {
        let url = format!("{}/c/{}", settings.public_url, line.id);
        Self {
            id: Id(line.id.0),
            thread_id: Id(line.thread.0),
            parent_id: line.parent.map(|parent| Id(parent.0)),
            depth: line.depth.checked_sub(1),
            author: Author::of(settings, &line.author, line.state),
            html: &line.html,
            text: source,
            score: line.votes.score(),
            ups: line.votes.ups,
            downs: line.votes.downs,
            state: line.state.into(),
            sensitive: line.sensitive,
            published: Moment(line.published),
            edited: line.edited.map(Moment),
            replies_count: None,
            descendants_count: None,
            own_vote: None,
            thread_title: None,
            approval: None,
            uri: home.map_or_else(|| url.clone(), str::to_owned),
            url,
        }
    }

    /// A comment at its place in the tree.
    #[must_use]
    pub fn placed(settings: &Settings, passage: &'a Passage) -> Self {
        let home = passage.home.as_deref();
        Self::new(settings, &passage.line, &passage.source, home).counted(passage.replies, passage.below)
    }

    /// The same, with how much hangs below it.
    #[must_use]
    pub fn counted(self, replies: u32, below: u32) -> Self {
        Self { replies_count: Some(replies), descendants_count: Some(below), ..self }
    }
}

/// The permission of an author on another server that an answer needs.
#[derive(Debug, Serialize, ToSchema)]
pub struct Approval {
    /// The author's server.
    pub host: String,
    /// How far it has come.
    pub stage: ApprovalStage,
}

/// How far a permission has come.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ApprovalStage {
    /// The author has been asked.
    Asked,
    /// The author has agreed.
    Allowed,
    /// The author has not agreed, or the thread was closed before that.
    Refused,
    /// The author had agreed, and does not any more.
    TakenBack,
}

impl From<Waiting> for Approval {
    fn from(waiting: Waiting) -> Self {
        let stage = match waiting.stage {
            Stage::Asked => ApprovalStage::Asked,
            Stage::Allowed => ApprovalStage::Allowed,
            Stage::Refused => ApprovalStage::Refused,
            Stage::TakenBack => ApprovalStage::TakenBack,
        };
        Self { host: waiting.host, stage }
    }
}

/// A caller's vote as the API writes it.
#[must_use]
pub fn vote(vote: Option<&Vote>) -> i8 {
    match vote {
        Some(Vote::Up) => 1,
        Some(Vote::Down) => -1,
        None => 0,
    }
}

/// A comment and what it answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommentInContext<'a> {
    /// The comment.
    #[serde(flatten)]
    pub comment: Comment<'a>,
    /// What it answers, the parent last; as many as were asked for, without the root.
    pub context: Vec<Comment<'a>>,
}

/// The words of a comment as written.
#[derive(Debug, Serialize, ToSchema)]
pub struct Source {
    /// As written (Markdown).
    pub text: String,
}

/// Words that later ones took the place of.
#[derive(Debug, Serialize, ToSchema)]
pub struct Version {
    /// As written.
    pub text: String,
    /// As clean HTML.
    pub html: String,
    /// When later words took their place.
    pub replaced: Moment,
}

impl From<Revision> for Version {
    fn from(revision: Revision) -> Self {
        Self { text: revision.source, html: revision.html, replaced: Moment(revision.replaced) }
    }
}

/// What a comment's votes are now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Votes {
    /// The comment.
    pub comment_id: Id,
    /// The caller's vote.
    #[schema(minimum = -1, maximum = 1)]
    pub value: i8,
    /// Ups less downs.
    pub score: i64,
    /// Votes up.
    pub ups: i64,
    /// Votes down.
    pub downs: i64,
}
