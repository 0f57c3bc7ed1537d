//! People, here or elsewhere, as moderators see them: what was decided against them, what is known of them, and what is done about them.

use actions::hosting::By;
use actions::sanctions::{self, Decision, Dossier, Titled, Written};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::answer::{Answer, Audience, fresh, json};
use crate::api::cursor::List as Cursor;
use crate::api::input::{Json, Path, Query, limit};
use crate::api::refusals::{Forbidden, Missing, NotLoggedIn, Refused};
use crate::api::shape::{List, LogEntry, handle};
use crate::api::value::{Id, Moment, Role, Sanction};
use crate::door::App;
use crate::gate::Member;

/// Somebody, and all that moderators know of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModeratedActor {
    /// `name` for somebody here, `name@host` for somebody elsewhere.
    handle: String,
    /// What they may do here; null for those without an account here.
    #[schema(required)]
    role: Option<Role>,
    /// The severest that counts on the whole instance now; null if nothing does.
    #[schema(required)]
    state: Option<Sanction>,
    /// What was decided against them, the newest first, also what has ended.
    sanctions: Vec<OneSanction>,
    /// What moderators wrote about them, the newest first.
    notes: Vec<ActorNote>,
    /// Of what they were warned, the newest first.
    warnings: Vec<OneWarning>,
    /// Their comments that readers see.
    comments_count: u64,
    /// Those that moderators took down.
    removed_count: u64,
    /// Reports on what they wrote.
    reports_count: u64,
    /// What the moderation log says of them, the newest first.
    log: Vec<LogEntry>,
}

/// A decision against somebody.
#[derive(Debug, Serialize, ToSchema)]
pub struct OneSanction {
    /// Its id.
    id: Id,
    /// Against whom.
    handle: String,
    /// How severe it is.
    level: Sanction,
    /// The board on which it counts; null: on the whole instance.
    #[schema(required)]
    board: Option<String>,
    /// Whether it counts now.
    counts: bool,
    /// When it ends by itself; null: never.
    #[schema(required)]
    until: Option<Moment>,
    /// When it ended; null if it has not.
    #[schema(required)]
    ended: Option<Moment>,
    /// Whether what they had written was taken down with it.
    removes_comments: bool,
    /// Why; may be empty.
    reason: String,
    /// Who decided; null: whoever has the machine.
    #[schema(required)]
    by: Option<String>,
    /// When.
    at: Moment,
}

/// What a moderator wrote about somebody.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActorNote {
    /// Who; null: whoever has the machine.
    #[schema(required)]
    by: Option<String>,
    /// What.
    text: String,
    /// When.
    at: Moment,
}

/// A warning, as moderators see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OneWarning {
    /// Who warned; null: whoever has the machine.
    #[schema(required)]
    by: Option<String>,
    /// Of what.
    reason: String,
    /// When.
    at: Moment,
    /// When it was read; null if not yet.
    #[schema(required)]
    read: Option<Moment>,
}

impl From<Titled> for OneSanction {
    fn from(titled: Titled) -> Self {
        let Titled { decided, handle, board, by, counts } = titled;
        Self {
            id: Id(decided.id),
            handle,
            level: decided.bar.level.into(),
            board,
            counts,
            until: decided.bar.until.map(Moment),
            ended: decided.ended.map(Moment),
            removes_comments: decided.sweep == storage::sanctions::Sweep::Remove,
            reason: decided.reason,
            by,
            at: Moment(decided.created),
        }
    }
}

impl From<Dossier> for ModeratedActor {
    fn from(dossier: Dossier) -> Self {
        let everywhere = dossier.decided.iter().filter(|one| one.counts && one.board.is_none());
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        Self {
            handle: handle(&dossier.actor.name, &dossier.actor.host),
            role: dossier.role.map(Role::from),
            state: everywhere.map(|one| one.decided.bar.level).max().map(Sanction::from),
            comments_count: count(dossier.standing),
            removed_count: count(dossier.removed),
            reports_count: count(dossier.reports),
            sanctions: dossier.decided.into_iter().map(OneSanction::from).collect(),
            notes: dossier
                .notes
                .into_iter()
                .map(|(note, by)| ActorNote { by, text: note.text, at: Moment(note.created) })
                .collect(),
            warnings: dossier
                .warnings
                .into_iter()
                .map(|(one, by)| OneWarning { by, reason: one.reason, at: Moment(one.at), read: one.read.map(Moment) })
                .collect(),
            log: dossier.log.into_iter().map(LogEntry::whole).collect(),
        }
    }
}

/// Which of them, which page, how long.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SanctionPages {
    /// Of which severity; all if it is left out.
    #[param(nullable = false, inline)]
    state: Option<Sanction>,
    /// Where the page begins: `next` of the page before.
    #[param(nullable = false, pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Option<String>,
    /// How many entries it holds; 30 if it is left out.
    #[param(minimum = 1, maximum = 100, nullable = false)]
    limit: Option<u32>,
}

/// What was decided against people and counts now, the newest first
#[utoipa::path(
    get,
    path = "/api/v1/admin/actors",
    tag = "moderation",
    params(SanctionPages),
    security(("token" = ["moderate"]), ("session" = [])),
    responses((status = 200, body = List<OneSanction>), NotLoggedIn, Forbidden)
)]
pub async fn list_sanctions(
    State(app): State<App>,
    Member(who): Member,
    Query(pages): Query<SanctionPages>,
    headers: HeaderMap,
) -> Answer {
    let before = Cursor::Sanctions.read(pages.cursor.as_deref())?;
    let (level, limit) = (pages.state.map(Into::into), limit(pages.limit, 30, 100)?);
    let (found, next) = sanctions::page(&app.ctx, &By::Administrator(who), level, before, limit).await?;
    let items = found.into_iter().map(OneSanction::from).collect();
    fresh(&headers, Audience::Nobody, &List { items, next: next.map(|id| Cursor::Sanctions.after(id)) })
}

/// What is known of somebody
#[utoipa::path(
    get,
    path = "/api/v1/admin/actors/{handle}",
    tag = "moderation",
    params(("handle" = String, Path, description = "`name` for somebody here, `name@host` for somebody elsewhere")),
    security(("token" = ["moderate"]), ("session" = [])),
    responses((status = 200, body = ModeratedActor), NotLoggedIn, Forbidden, Missing)
)]
pub async fn read_moderated_actor(
    State(app): State<App>,
    Member(who): Member,
    Path(handle): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let found = sanctions::find(&app.ctx, &By::Administrator(who), &handle).await?;
    fresh(&headers, Audience::Nobody, &ModeratedActor::from(found))
}

/// Why, where, and for how long.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSanction {
    /// For the moderation log, which everybody can read; at most 500 characters, may be empty.
    #[schema(max_length = 500)]
    reason: String,
    /// The board on which it is to count; left out or null: on the whole instance, for those who moderate all boards.
    board: Option<String>,
    /// When it ends by itself; left out or null: never.
    until: Option<Moment>,
}

/// The same, and what becomes of what they have written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSuspension {
    /// For the moderation log, which everybody can read; at most 500 characters, may be empty.
    #[schema(max_length = 500)]
    reason: String,
    /// The board on which it is to count; left out or null: on the whole instance, for those who moderate all boards.
    board: Option<String>,
    /// When it ends by itself; left out or null: never.
    until: Option<Moment>,
    /// Whether what they have written there is taken down. It does not come back by itself.
    #[serde(default)]
    remove_comments: bool,
}

/// What is lifted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Restoration {
    /// For the moderation log, which everybody can read; at most 500 characters, may be empty.
    #[schema(max_length = 500)]
    reason: String,
    /// The board on which it counts; left out or null: all of it, for those who moderate all boards.
    board: Option<String>,
    /// Whether what a suspension took down is put back; what was taken down singly stays so.
    #[serde(default)]
    restore_comments: bool,
}

/// Of what somebody is warned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWarning {
    /// For them, and for the moderation log, which everybody can read; at most 500 characters.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
    /// The board that it is about; left out or null: the whole instance, for those who moderate all boards.
    board: Option<String>,
}

/// Something for other moderators.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewActorNote {
    /// At most 2,000 characters.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
}

fn written(turns: bool) -> Written {
    if turns { Written::Turns } else { Written::Stays }
}

macro_rules! routes {
    ($($(#[doc = $doc:literal])+ $name:ident $path:literal $body:ident |$ctx:ident, $by:ident, $handle:ident, $given:ident| $act:expr),+ $(,)?) => {$(
        $(#[doc = $doc])+
        #[utoipa::path(
            post,
            path = $path,
            tag = "moderation",
            params(("handle" = String, Path, description = "`name` for somebody here, `name@host` for somebody elsewhere")),
            request_body = $body,
            security(("token" = ["moderate"]), ("session" = [])),
            responses((status = 200, body = ModeratedActor), NotLoggedIn, Forbidden, Missing, Refused)
        )]
        pub async fn $name(
            State(app): State<App>,
            Member(who): Member,
            Path($handle): Path<String>,
            Json($given): Json<$body>,
        ) -> Answer {
            let ($ctx, $by) = (&app.ctx, &By::Administrator(who));
            let now = $act.await?;
            json(StatusCode::OK, &ModeratedActor::from(now))
        }
    )+};
}

fn decision(level: domain::Sanction, given: NewSanction) -> Decision {
    let NewSanction { reason, board, until } = given;
    Decision { level, board, until: until.map(|until| until.0), written: Written::Stays, reason }
}

fn suspension(given: NewSuspension) -> Decision {
    let NewSuspension { reason, board, until, remove_comments } = given;
    let level = domain::Sanction::Suspend;
    Decision { level, board, until: until.map(|until| until.0), written: written(remove_comments), reason }
}

routes! {
    /// Warns somebody who has an account here
    ///
    /// They read it among their notifications.
    warn_actor "/api/v1/admin/actors/{handle}/warn" NewWarning |ctx, by, handle, given|
        sanctions::warn(ctx, by, &handle, given.board.as_deref(), &given.reason),
    /// Has each new comment of somebody wait for a moderator
    hold_actor "/api/v1/admin/actors/{handle}/hold" NewSanction |ctx, by, handle, given|
        sanctions::sanction(ctx, by, &handle, decision(domain::Sanction::Hold, given)),
    /// Has what somebody writes made known to nobody who did not ask for it
    ///
    /// It stands where it answers; no list shows their threads, and nobody is notified.
    limit_actor "/api/v1/admin/actors/{handle}/limit" NewSanction |ctx, by, handle, given|
        sanctions::sanction(ctx, by, &handle, decision(domain::Sanction::Limit, given)),
    /// Has somebody write, vote and report nothing any more
    ///
    /// They can still read, and take back what they wrote. They follow nothing any more, and nobody elsewhere follows them.
    suspend_actor "/api/v1/admin/actors/{handle}/suspend" NewSuspension |ctx, by, handle, given|
        sanctions::sanction(ctx, by, &handle, suspension(given)),
    /// Lifts what was decided against somebody
    restore_actor "/api/v1/admin/actors/{handle}/restore" Restoration |ctx, by, handle, given|
        sanctions::restore(ctx, by, &handle, given.board.as_deref(), written(given.restore_comments), &given.reason),
    /// Writes something about somebody that nobody but moderators sees
    note_actor "/api/v1/admin/actors/{handle}/note" NewActorNote |ctx, by, handle, given|
        sanctions::note(ctx, by, &handle, &given.text),
}
