//! Invitations: making one, whose code is shown once; who made which; making one worthless.

use actions::hosting::By;
use actions::joining::invitations::{self, Wanted};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::rights::Right;
use domain::{Noun, Refusal};
use pages::views::{DeskForm, DeskPage, Fact, Field, FieldKind, Form, Line, LineDeed, LineForm, Notice, Problems};
use storage::invitations::Invitation;

use super::{PAGE, address, back, before, said, unknown};
use crate::api::admin::invitations::{DAYS, address as address_of};
use crate::door::App;
use crate::web::shell::{Answer, Fields, Query, Shell, problems};

const LIST: &str = "/admin/invitations";

/// What a form holds, and what came of it.
#[derive(Default)]
struct Made {
    fields: Fields,
    problems: Problems,
    code: Option<String>,
}

/// `GET /admin/invitations`
pub async fn page(shell: Shell, Query(query): Query) -> Answer {
    let notice = said(&query);
    shown(&shell, &query, Made::default(), notice).await
}

async fn shown(shell: &Shell, query: &Fields, made: Made, notice: Option<Notice>) -> Answer {
    let mut frame = shell.desk(Right::RunAccounts).await?;
    let by = By::Administrator(shell.member("invite people")?.clone());
    let (found, next) = invitations::page(&shell.app.ctx, &by, before(query)?, PAGE).await?;
    frame.notice = notice;
    frame.path = address(LIST, &[("before", query.get("before"))]);
    let now = frame.now_ms;
    let once = |code: String| {
        let words = "Give this address to whom you invite. It is not shown again.";
        (words.to_owned(), address_of(&shell.app.settings.public_url, &code))
    };
    let view = DeskPage {
        once: made.code.map(once),
        forms: vec![form(&made.fields, &made.problems)],
        lines: found.iter().map(|one| line(one, now)).collect(),
        empty: "There are no invitations.",
        next: next.map(|id| address(LIST, &[("before", &id.to_string())])),
        ..DeskPage::new(frame, "Invitations", "Whoever has one joins at once, unless nobody can join here at all.")
    };
    let status = if made.problems.0.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    shell.page_with(status, &view).await
}

fn form(fields: &Fields, problems: &Problems) -> DeskForm {
    let or = |name: &str, value: &str| Some(fields.text(name)).filter(|text| !text.is_empty()).unwrap_or(value.into());
    let fields = vec![
        Field::new("uses", "How many may join with it", FieldKind::Line).value(or("uses", "1")).required().longest(4),
        Field::new("days", "For how many days", FieldKind::Line)
            .value(or("days", &DAYS.to_string()))
            .required()
            .longest(3),
        Field::new("reason", "Reason", FieldKind::Line)
            .value(fields.text("reason"))
            .hint("For the public log.")
            .longest(500),
    ];
    DeskForm {
        id: "make-title",
        title: "Invite somebody",
        form: Form::new(LIST, "Make an invitation", fields).problems(problems),
        code: false,
    }
}

fn line(invitation: &Invitation, now_ms: i64) -> Line {
    let by = invitation.inviter_name.as_deref().unwrap_or("whoever has the machine");
    let worthless = invitation.uses_left == 0 || invitation.expires.0 <= now_ms;
    let mut facts = vec![Fact::When("made", invitation.created.0)];
    facts.push(match (invitation.uses_left, invitation.expires.0 <= now_ms) {
        (0, _) => Fact::Mark("used up".into()),
        (_, true) => Fact::Mark("too old".into()),
        (1, _) => Fact::Words("one may join".into()),
        (uses, _) => Fact::Words(format!("{uses} may join")),
    });
    facts.push(Fact::Words(format!("until {}", pages::views::time::day(invitation.expires.0))));
    let revoke = LineForm {
        action: format!("{LIST}/{}", invitation.id),
        carried: Vec::new(),
        reasoned: false,
        deeds: vec![LineDeed { word: "revoke", label: "Revoke", first: false }],
    };
    Line { facts, form: (!worthless).then_some(revoke), ..Line::new(invitation.id, format!("By {by}")) }
}

/// `POST /admin/invitations`: shows the code, once.
pub async fn made(shell: Shell, State(app): State<App>, fields: Fields) -> Answer {
    let by = By::Administrator(shell.member("invite people")?.clone());
    let wanted = Wanted { uses: number(&fields, "uses"), days: number(&fields, "days") };
    match invitations::create(&app.ctx, &by, wanted, fields.get("reason")).await {
        Ok(issued) => {
            let made = Made { code: Some(issued.code), ..Made::default() };
            shown(&shell, &Fields::default(), made, None).await
        }
        Err(error) => {
            let problems = problems(error, &[])?;
            shown(&shell, &Fields::default(), Made { fields, problems, code: None }, None).await
        }
    }
}

/// What is no number is none that can be had: the action says what can.
fn number(fields: &Fields, name: &str) -> u32 {
    fields.get(name).trim().parse().unwrap_or(0)
}

/// `POST /admin/invitations/{id}`
pub async fn revoked(shell: Shell, State(app): State<App>, Path(id): Path<String>, fields: Fields) -> Answer {
    let by = By::Administrator(shell.member("revoke invitations")?.clone());
    if fields.get("do") != "revoke" {
        return Err(unknown());
    }
    let id = id.parse().ok().ok_or(Refusal::NotFound(Noun::Invitation))?;
    let was_worth_something = invitations::revoke(&app.ctx, &by, id).await?;
    Ok(back(&fields, if was_worth_something { "revoke" } else { "worthless" }, LIST))
}
