//! The form by which anybody tells that something here is against the law, and the receipt. Both work without script.

use std::net::IpAddr;

use actions::joining::challenge;
use actions::notices::{self, Receipt};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use domain::notice::Said;
use domain::{Illegality, NoticeState, Refusal};
use pages::views::{BAIT, Choice, NoticePage, Outcome, Problem, Problems, ReceiptPage};

use super::entry::effort;
use super::shell::{Answer, Fields, Query, Shell, problems, see};
use crate::api::notices::REDRESS;
use crate::door::App;
use crate::gate::Address;
use crate::throttle::Effort;

/// `GET /notice`
pub async fn form(shell: Shell, Query(query): Query) -> Answer {
    page(&shell, &query, Problems::default()).await
}

/// `POST /notice`
pub async fn told(shell: Shell, State(app): State<App>, Address(address): Address, fields: Fields) -> Answer {
    if !fields.get(BAIT).is_empty() {
        let words = "leave the field empty that says so; it is there for programs that fill in everything";
        return page(&shell, &fields, problems(Refusal::field(BAIT, words).into(), &[])?).await;
    }
    let Some(category) = Illegality::named(fields.get("category")) else {
        let nothing = Problem { field: "category", text: "Choose what it is.".into() };
        return page(&shell, &fields, Problems(vec![nothing])).await;
    };
    let effort = effort(&app, fields.get("challenge"), fields.get("proof")).await?;
    match told_from(&app, (address, effort), category, said(&fields)).await {
        Ok(receipt) => Ok(see(&format!("/notice/{}", receipt.secret))),
        Err(error) => page(&shell, &fields, problems(error, &[]).map_err(|oops| oops.keeping(&fields))?).await,
    }
}

fn said(fields: &Fields) -> Said {
    Said {
        addresses: fields.get("addresses").lines().map(str::to_owned).collect(),
        explanation: fields.text("explanation"),
        name: fields.text("name"),
        email: fields.text("email"),
        good_faith: !fields.get("good_faith").is_empty(),
    }
}

/// Takes a notice. Only those that could be taken count against the address.
///
/// # Errors
/// As [`notices::check`], and [`Refusal::Throttled`].
pub async fn told_from(
    app: &App,
    (address, effort): (IpAddr, Effort),
    category: Illegality,
    said: Said,
) -> actions::Result<Receipt> {
    let checked = notices::check(&app.ctx, category, said).await?;
    app.throttle.notice(address, effort)?;
    notices::tell(&app.ctx, checked).await
}

/// The form, with what was filled in before, or stands in the address of a link to it.
async fn page(shell: &Shell, given: &Fields, problems: Problems) -> Answer {
    let bits = shell.app.settings.proof_bits;
    let challenge = if bits > 0 { Some(challenge::issue(&shell.app.ctx, bits).await?.text) } else { None };
    let choice = |why: &Illegality| Choice { value: why.name().into(), label: label(*why).into() };
    let view = NoticePage {
        frame: shell.private_frame().await?,
        addresses: given.text("addresses"),
        categories: Illegality::ALL.iter().map(choice).collect(),
        category: given.text("category"),
        explanation: given.text("explanation"),
        name: given.text("name"),
        email: given.text("email"),
        good_faith: given.text("good_faith"),
        challenge,
        problems,
    };
    shell.form(&view, &view.problems).await
}

/// What somebody can say it is.
pub(super) fn label(why: Illegality) -> &'static str {
    match why {
        Illegality::Children => "Sexual abuse of children (you need not say who you are)",
        Illegality::Terror => "Terrorism",
        Illegality::Threats => "Threats, or calls to violence",
        Illegality::Hatred => "Hatred against groups of people",
        Illegality::Defamation => "Defamation or insult",
        Illegality::Privacy => "Something private, such as somebody’s address or picture",
        Illegality::IntellectualProperty => "Somebody else’s work or trade mark",
        Illegality::Fraud => "Fraud, or something that may not be sold",
        Illegality::Other => "Something else that is against the law",
    }
}

/// `GET /notice/{secret}`
pub async fn receipt(shell: Shell, State(app): State<App>, Path(secret): Path<String>) -> Answer {
    let told = notices::receipt(&app.ctx, &secret).await?;
    let outcome = match told.notice.state {
        NoticeState::Open => Outcome::Waits,
        NoticeState::Removed => Outcome::Removed,
        NoticeState::PartlyRemoved => Outcome::PartlyRemoved,
        NoticeState::Kept => Outcome::Kept,
    };
    let view = ReceiptPage {
        frame: shell.private_frame().await?,
        number: told.notice.id,
        url: app.url(&format!("/notice/{secret}")),
        sent_ms: told.notice.created.0,
        category: label(told.notice.category),
        put_back: told.about.iter().filter(|one| one.is_back()).map(|one| one.address.clone()).collect(),
        addresses: told.about.into_iter().map(|one| one.address).collect(),
        outcome,
        decided_ms: told.notice.decided.map_or(0, |time| time.0),
        because: told.notice.reason,
        automated: told.notice.automated,
        redress: REDRESS,
    };
    let mut page = shell.page(&view).await?;
    // Its address is its key.
    page.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(page)
}
