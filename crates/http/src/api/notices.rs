//! Notices that something here is against the law, from anybody; and the receipt at which they see what became of it. Not here: deciding
//! them (`admin::notices`).

use actions::notices::{self, Told};
use axum::extract::State;
use axum::http::HeaderMap;
use domain::notice::Said;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Answer, Audience, created, fresh};
use super::input::{Json, Path};
use super::refusals::{Missing, Refused};
use super::value::{Id, Illegality, Moment, NoticeState};
use crate::door::App;
use crate::gate::Address;
use crate::web::entry::effort;
use crate::web::notices::told_from;

/// What whoever tells something can do when they do not agree with what was decided.
pub const REDRESS: &str = "If you think that this is wrong, send another notice that says what was not seen, or go to a court. In the \
     European Union you can also turn to a body that settles disputes out of court, or to the Digital Services Coordinator of your country.";

/// What is against the law here, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNotice {
    /// The exact addresses of what it is about, as a browser shows them: of comments, threads, people's pages, boards.
    #[schema(min_items = 1, max_items = 20)]
    addresses: Vec<String>,
    /// What kind of thing it is.
    category: Illegality,
    /// Why it is against the law, as plain text.
    #[schema(min_length = 1, max_length = 5000)]
    explanation: String,
    /// Who tells it. Not needed for `children`. Only those who decide see it.
    #[schema(max_length = 200, nullable = false)]
    name: Option<String>,
    /// An e-mail address at which they can be reached. Not needed for `children`. This server sends nothing there.
    #[schema(max_length = 254, nullable = false)]
    email: Option<String>,
    /// That whoever tells it believes it to be true and complete.
    good_faith: bool,
    /// A `challenge` of this instance that was met (`POST /accounts/challenge`). Without one, fewer are taken from one address within a day.
    #[schema(nullable = false)]
    challenge: Option<String>,
    /// What meets it.
    #[schema(nullable = false)]
    proof: Option<String>,
}

/// That a notice has come, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Receipt {
    /// The number under which those who run this instance know it.
    number: Id,
    /// Where it stands.
    state: NoticeState,
    /// What kind of thing it is about.
    category: Illegality,
    /// The addresses of what it is about.
    addresses: Vec<String>,
    /// Those of them that were taken down and are shown again since, after an appeal or another decision.
    put_back: Vec<String>,
    /// When it came.
    at: Moment,
    /// When it was decided; null if it was not yet.
    #[schema(required)]
    decided_at: Option<Moment>,
    /// Why it was decided so; null if it was not yet.
    #[schema(required)]
    reason: Option<String>,
    /// Whether a program decided; null if nobody has yet.
    #[schema(required)]
    automated: Option<bool>,
    /// What can be done by whoever does not agree; null if nothing was decided yet.
    #[schema(required)]
    redress: Option<String>,
}

/// A receipt, and where it is found from now on.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewReceipt {
    /// The page at which what becomes of it is told. It is shown once: whoever has it can read the receipt, and nobody is written to.
    url: String,
    /// The same for programs: `GET /notices/{secret}`.
    secret: String,
    /// The receipt.
    receipt: Receipt,
}

impl From<Told> for Receipt {
    fn from(told: Told) -> Self {
        let Told { notice, about, .. } = told;
        let put_back = about.iter().filter(|one| one.is_back()).map(|one| one.address.clone()).collect();
        let decided = notice.decided;
        Self {
            number: Id(notice.id),
            state: notice.state.into(),
            category: notice.category.into(),
            addresses: about.into_iter().map(|one| one.address).collect(),
            put_back,
            at: Moment(notice.created),
            decided_at: decided.map(Moment),
            reason: decided.map(|_| notice.reason),
            automated: decided.map(|_| notice.automated),
            redress: decided.map(|_| REDRESS.to_owned()),
        }
    }
}

/// Tells that something here is against the law
///
/// No account is needed. The answer is the receipt; its address is the way to learn what became of it, for nobody is written to. The author
/// of what it is about does not learn who told it.
#[utoipa::path(
    post,
    path = "/api/v1/notices",
    tag = "instance",
    request_body = NewNotice,
    responses((status = 201, body = NewReceipt, headers(("Location" = String))), Refused)
)]
pub async fn give_notice(State(app): State<App>, Address(address): Address, Json(new): Json<NewNotice>) -> Answer {
    let NewNotice { addresses, category, explanation, name, email, good_faith, challenge, proof } = new;
    let effort = effort(&app, &challenge.unwrap_or_default(), &proof.unwrap_or_default()).await?;
    let (name, email) = (name.unwrap_or_default(), email.unwrap_or_default());
    let said = Said { addresses, explanation, name, email, good_faith };
    let receipt = told_from(&app, (address, effort), category.into(), said).await?;
    let told = notices::receipt(&app.ctx, &receipt.secret).await?;
    let (url, location) =
        (app.url(&format!("/notice/{}", receipt.secret)), format!("/api/v1/notices/{}", receipt.secret));
    created(&location, &NewReceipt { url, secret: receipt.secret, receipt: told.into() })
}

/// What became of a notice, for whoever has its receipt
#[utoipa::path(
    get,
    path = "/api/v1/notices/{secret}",
    tag = "instance",
    params(("secret" = String, Path, description = "What `POST /notices` has answered")),
    responses((status = 200, body = Receipt), Missing)
)]
pub async fn read_receipt(State(app): State<App>, Path(secret): Path<String>, headers: HeaderMap) -> Answer {
    let told = notices::receipt(&app.ctx, &secret).await?;
    fresh(&headers, Audience::Nobody, &Receipt::from(told))
}
