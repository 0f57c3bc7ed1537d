//! What people are told of what was decided about their comments and about themselves.

use actions::appeals::{Kind, TakenDown};
use actions::statements::{self, Grounds, Stated};
use actions::words::{self, Told};
use axum::extract::State;
use axum::http::HeaderMap;
use domain::{CommentId, Sanction};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{Answer, Audience, fresh};
use super::appeals::{Appeal, Decided};
use super::input::Path;
use super::refusals::{Forbidden, Missing, NotLoggedIn, Refused};
use super::shape::List;
use super::value::{Ground, Id, Moment};
use crate::door::App;
use crate::gate::Member;

/// What can be done by whoever does not agree.
pub const REDRESS: &str = "You can appeal here, once and within thirty days: somebody else looks at it, where there is somebody else. You \
     can also go to a court; in the European Union, to a body that settles disputes out of court.";

/// How far a decision goes.
pub fn scope(kind: Kind) -> &'static str {
    match kind {
        Kind::Removal => {
            "The comment was removed: nobody but its author and those who moderate reads its words, everywhere and without limit of time. \
             Answers to it stay, and so does the account."
        }
        Kind::Rejection => {
            "The comment was not let out: nobody but its author and those who moderate knows of it, everywhere and without limit of time. \
             The account stays."
        }
        Kind::Warning => "You were warned. Nothing else was done.",
        Kind::Sanction(Sanction::Limit) => {
            "What you write stands where it answers, and is made known to nobody who did not ask for it. The account stays."
        }
        Kind::Sanction(Sanction::Hold) => {
            "What you write waits for a moderator, and what stands cannot be changed meanwhile. The account stays."
        }
        Kind::Sanction(Sanction::Suspend) => {
            "You write, vote and report nothing. You can read, take back what you wrote, and appeal. The account stays."
        }
    }
}

/// Why a comment was removed, or not let out (Regulation (EU) 2022/2065, article 17).
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementOfReasons {
    /// The comment.
    comment_id: Id,
    /// Its words as HTML, which nobody else reads but those who moderate; empty once they are gone.
    html: String,
    /// What was decided. Anything but `removal` and `rejection` was decided about its author, and the comment was taken down with that.
    decision: Decided,
    /// What was decided about its author, where the comment was taken down with that: as in `GET /me/decisions`. Null otherwise.
    #[schema(required)]
    decision_id: Option<Id>,
    /// When it was decided.
    decided_at: Moment,
    /// What was decided, and how far that goes.
    scope: &'static str,
    /// The facts, and why they are against the law or the rules; that no reason was given, where none was.
    facts: String,
    /// The ground.
    ground: Ground,
    /// Which law, or which rule; may be empty.
    provision: String,
    /// Whether somebody had told of it; not who.
    on_notice: bool,
    /// Whether a program decided.
    automated: bool,
    /// What can be done by whoever does not agree.
    redress: &'static str,
    /// Until when there can be an appeal.
    appeal_until: Moment,
}

/// The comment's part of it, and what was decided.
struct Down {
    html: String,
    kind: Kind,
    decision: Option<i64>,
    at: domain::Time,
    until: domain::Time,
}

impl Down {
    fn new(down: TakenDown) -> Self {
        match down {
            TakenDown::Alone(removal) => Self {
                html: removal.line.html,
                kind: removal.decision.kind,
                decision: None,
                at: removal.decision.at,
                until: removal.until,
            },
            TakenDown::WithAuthor(told, line) => Self {
                html: line.html,
                kind: told.said.kind(),
                decision: Some(told.said.word.id),
                at: told.said.word.at,
                until: told.until,
            },
        }
    }
}

impl StatementOfReasons {
    fn new(comment: CommentId, stated: Stated) -> Self {
        let Stated { down, grounds } = stated;
        let Grounds { facts, ground, provision, on_notice, automated, .. } = grounds;
        let Down { html, kind, decision, at, until } = Down::new(down);
        Self {
            comment_id: Id(comment.0),
            html,
            decision: kind.into(),
            decision_id: decision.map(Id),
            decided_at: Moment(at),
            scope: scope(kind),
            facts,
            ground: ground.into(),
            provision,
            on_notice,
            automated,
            redress: REDRESS,
            appeal_until: Moment(until),
        }
    }
}

/// Why one's comment was removed, or not let out
///
/// For its author.
#[utoipa::path(
    get,
    path = "/api/v1/comments/{id}/statement",
    tag = "me",
    params(("id" = Id, Path, description = "The comment's id")),
    security(("token" = ["read"]), ("session" = [])),
    responses((status = 200, body = StatementOfReasons), NotLoggedIn, Forbidden, Missing, Refused)
)]
pub async fn read_statement(
    State(app): State<App>,
    Member(who): Member,
    Path(Id(id)): Path<Id>,
    headers: HeaderMap,
) -> Answer {
    let stated = statements::read(&app.ctx, &who, CommentId(id)).await?;
    fresh(&headers, Audience::Nobody, &StatementOfReasons::new(CommentId(id), stated))
}

/// A comment that was taken down with its author.
#[derive(Debug, Serialize, ToSchema)]
pub struct TakenDownWith {
    /// The comment.
    comment_id: Id,
    /// The title of its thread.
    title: String,
    /// Its words as HTML, which nobody else reads but those who moderate.
    html: String,
}

/// What was decided about the caller, and why (Regulation (EU) 2022/2065, article 17).
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionAboutMe {
    /// Its id.
    id: Id,
    /// What was decided.
    decision: Decided,
    /// The board on which it counts; null: the whole instance.
    #[schema(required)]
    board: Option<String>,
    /// Since when.
    at: Moment,
    /// When it ends by itself; null: never.
    #[schema(required)]
    until: Option<Moment>,
    /// When it ended; null if it has not.
    #[schema(required)]
    ended: Option<Moment>,
    /// Whether it counts now.
    counts: bool,
    /// How far it goes.
    scope: &'static str,
    /// Why; that no reason was given, where none was.
    facts: String,
    /// The ground.
    ground: Ground,
    /// Whether a program decided.
    automated: bool,
    /// How many comments are down because of it.
    comments_removed: u64,
    /// The newest 50 of them.
    comments: Vec<TakenDownWith>,
    /// What can be done by whoever does not agree.
    redress: &'static str,
    /// Until when there can be an appeal.
    appeal_until: Moment,
    /// The appeal against it; null if there is none.
    #[schema(required)]
    appeal: Option<Appeal>,
}

impl DecisionAboutMe {
    fn new(told: Told, now: domain::Time) -> Self {
        let Grounds { facts, ground, automated, .. } = statements::about_person(&told);
        let Told { said, until, appeal, taken_down, count, .. } = told;
        let (kind, counts) = (said.kind(), said.counts(now));
        let sanction = said.sanction.as_ref();
        Self {
            id: Id(said.word.id),
            decision: kind.into(),
            at: Moment(said.word.at),
            until: sanction.and_then(|one| one.bar.until).map(Moment),
            ended: sanction.and_then(|one| one.ended).map(Moment),
            counts,
            board: said.board,
            scope: scope(kind),
            facts,
            ground: ground.into(),
            automated,
            comments_removed: u64::try_from(count).unwrap_or(0),
            comments: taken_down.into_iter().map(TakenDownWith::from).collect(),
            redress: REDRESS,
            appeal_until: Moment(until),
            appeal: appeal.as_ref().map(Appeal::from),
        }
    }
}

impl From<(storage::comments::Line, String)> for TakenDownWith {
    fn from((line, title): (storage::comments::Line, String)) -> Self {
        Self { comment_id: Id(line.id.0), title, html: line.html }
    }
}

/// What was decided about the caller, newest first
///
/// Of what they were warned, and what was decided against them, also what has ended: the newest 50, each with why, until when, and what was
/// taken down with it. Who is suspended can read this, too, and appeal.
#[utoipa::path(
    get,
    path = "/api/v1/me/decisions",
    tag = "me",
    security(("token" = ["read"]), ("session" = [])),
    responses((status = 200, body = List<DecisionAboutMe>), NotLoggedIn)
)]
pub async fn list_decisions(State(app): State<App>, Member(who): Member, headers: HeaderMap) -> Answer {
    let (found, now) = (words::about(&app.ctx, &who).await?, app.ctx.now());
    let items = found.into_iter().map(|told| DecisionAboutMe::new(told, now)).collect();
    fresh(&headers, Audience::Nobody, &List { items, next: None })
}
