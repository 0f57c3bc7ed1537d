//! Accounts, and those who have applied for one.

use actions::hosting::By;
use actions::joining::accounts::{self, Decision, Entry, Standing};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::answer::{Answer, Audience, fresh, json};
use crate::api::cursor::List as Cursor;
use crate::api::input::{Json, Path, Query, limit};
use crate::api::refusals::{Conflict, Forbidden, Missing, NotLoggedIn, Refused};
use crate::api::shape::List;
use crate::api::value::{Id, Moment, Role};
use crate::door::App;
use crate::gate::Member;

/// Somebody who has joined, or wants to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Account {
    /// The name.
    name: String,
    /// The id of the application; null for those with an account.
    #[schema(required)]
    application: Option<Id>,
    /// Where they stand.
    state: AccountState,
    /// What they may do; null for those without an account.
    #[schema(required)]
    role: Option<Role>,
    /// The boards on which they have that role; null: on all.
    #[schema(required)]
    boards: Option<Vec<String>>,
    /// What they answered to the question that applicants are asked; null once that is decided.
    #[schema(required)]
    answer: Option<String>,
    /// Who invited them; null if they came by themselves, or were invited from the command line.
    #[schema(required)]
    invited_by: Option<String>,
    /// When the account, or the application for it, was made.
    created: Moment,
}

/// Where somebody stands who has joined, or wants to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AccountState {
    /// They have an account.
    Active,
    /// They have applied for one, and nobody has decided.
    Waiting,
    /// They were not let in. Known for thirty days; the name is free.
    Rejected,
}

impl From<Standing> for AccountState {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Active => Self::Active,
            Standing::Waiting => Self::Waiting,
            Standing::TurnedAway => Self::Rejected,
        }
    }
}

impl From<AccountState> for Standing {
    fn from(state: AccountState) -> Self {
        match state {
            AccountState::Active => Self::Active,
            AccountState::Waiting => Self::Waiting,
            AccountState::Rejected => Self::TurnedAway,
        }
    }
}

impl From<Entry> for Account {
    fn from(entry: Entry) -> Self {
        let Entry { application, name, standing, role, boards, answer, inviter, created } = entry;
        let (application, state, role) = (application.map(Id), standing.into(), role.map(Role::from));
        Self { name, application, state, role, boards, answer, invited_by: inviter, created: Moment(created) }
    }
}

/// Which of them, which page, how long.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AccountPages {
    /// In which state; `active` if it is left out.
    #[param(nullable = false, inline)]
    state: Option<AccountState>,
    /// Where the page begins: `next` of the page before.
    #[param(nullable = false, pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Option<String>,
    /// How many entries it holds; 30 if it is left out.
    #[param(minimum = 1, maximum = 100, nullable = false)]
    limit: Option<u32>,
}

/// Accounts, and those who have applied for one, newest first
#[utoipa::path(
    get,
    path = "/api/v1/admin/accounts",
    tag = "joining",
    params(AccountPages),
    security(("token" = ["admin"]), ("session" = [])),
    responses((status = 200, body = List<Account>), NotLoggedIn, Forbidden)
)]
pub async fn list_accounts(
    State(app): State<App>,
    Member(who): Member,
    Query(pages): Query<AccountPages>,
    headers: HeaderMap,
) -> Answer {
    let before = Cursor::Accounts.read(pages.cursor.as_deref())?;
    let (state, limit) = (pages.state.unwrap_or(AccountState::Active), limit(pages.limit, 30, 100)?);
    let (found, next) = accounts::page(&app.ctx, &By::Administrator(who), state.into(), before, limit).await?;
    let items = found.into_iter().map(Account::from).collect();
    fresh(&headers, Audience::Nobody, &List { items, next: next.map(|id| Cursor::Accounts.after(id)) })
}

/// Why, and about which application.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplicationDecision {
    /// For the moderation log, which everybody can read; at most 500 characters, may be empty.
    #[schema(max_length = 500)]
    reason: String,
    /// The application that was looked at. If another one waits by now, nothing is decided. Whichever waits if it is left out.
    #[schema(nullable = false)]
    application: Option<Id>,
}

macro_rules! decisions {
    ($($(#[doc = $doc:literal])+ $name:ident $path:literal $decision:ident),+ $(,)?) => {$(
        $(#[doc = $doc])+
        #[utoipa::path(
            post,
            path = $path,
            tag = "joining",
            params(("name" = String, Path, description = "The name that was applied for")),
            request_body = ApplicationDecision,
            security(("token" = ["admin"]), ("session" = [])),
            responses((status = 200, body = Account), NotLoggedIn, Forbidden, Missing, Conflict, Refused)
        )]
        pub async fn $name(
            State(app): State<App>,
            Member(who): Member,
            Path(name): Path<String>,
            Json(given): Json<ApplicationDecision>,
        ) -> Answer {
            let by = By::Administrator(who);
            let which = (name.as_str(), given.application.map(|id| id.0));
            let entry = accounts::decide(&app.ctx, &by, which, Decision::$decision, &given.reason).await?;
            json(StatusCode::OK, &Account::from(entry))
        }
    )+};
}

decisions! {
    /// Gives somebody the account that they have applied for
    approve_account "/api/v1/admin/accounts/{name}/approve" Admit,
    /// Does not let in somebody who has applied; the name is free again
    reject_account "/api/v1/admin/accounts/{name}/reject" TurnAway,
}
