//! What people say against what was decided about their comments and themselves, and what becomes of it.

use actions::appeals::{self, Appealed, Kind, Matter, Verdict};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::rights::Right;
use domain::{AppealState, Noun, Refusal, Sanction};
use pages::views::{DeskPage, DeskTab, Fact, Line, LineDeed, LineForm, Notice};

use super::{PAGE, actor_path, address, back, query_of, said, undone, unknown};
use crate::door::App;
use crate::web::shell::{Answer, Fields, Query, Shell};

const LIST: &str = "/admin/appeals";

const STATES: [(AppealState, &str); 3] =
    [(AppealState::Open, "Open"), (AppealState::Rejected, "Rejected"), (AppealState::Granted, "Granted")];

/// `GET /admin/appeals`
pub async fn page(shell: Shell, Query(query): Query) -> Answer {
    let notice = said(&query);
    shown(&shell, &query, StatusCode::OK, notice).await
}

async fn shown(shell: &Shell, query: &Fields, status: StatusCode, notice: Option<Notice>) -> Answer {
    let mut frame = shell.desk(Right::DecideAppeals).await?;
    let person = shell.member("decide appeals")?;
    let state = AppealState::named(query.get("state")).unwrap_or(AppealState::Open);
    let after = match query.get("after") {
        "" => None,
        text => Some(text.parse().ok().ok_or(Refusal::BadCursor)?),
    };
    let (found, next) = appeals::page(&shell.app.ctx, person, state, after, PAGE).await?;
    frame.notice = notice;
    frame.path = address(LIST, &[("state", query.get("state")), ("after", query.get("after"))]);
    let tab = |(known, title): &(AppealState, &'static str)| DeskTab {
        href: address(LIST, &[("state", known.name())]),
        title,
        current: *known == state,
    };
    let view = DeskPage {
        tabs: STATES.iter().map(tab).collect(),
        lines: found.into_iter().map(line).collect(),
        empty: if state == AppealState::Open {
            "Nobody waits for a decision."
        } else {
            "There is nothing of that kind."
        },
        next: next.map(|id| address(LIST, &[("state", state.name()), ("after", &id.to_string())])),
        ..DeskPage::new(
            frame,
            "Appeals",
            "Somebody else decides than who decided what it is against, where there is somebody else. Who appealed is told.",
        )
    };
    shell.page_with(status, &view).await
}

fn line(appealed: Appealed) -> Line {
    let Appealed { appeal, author, matter, decision, outcome } = appealed;
    let why = if decision.reason.is_empty() { String::new() } else { format!(": {}", decision.reason) };
    let by = decision.name.as_deref().unwrap_or("whoever has the machine");
    let (place, about) = match matter {
        Matter::Comment(line) => {
            (Fact::Link("its place".into(), format!("/c/{}", line.id)), domain::text::plain(&line.html))
        }
        Matter::Person(_) => (Fact::Link("all about them".into(), actor_path(&author, "")), String::new()),
    };
    let mut facts = vec![
        Fact::When("appealed", appeal.created.0),
        Fact::Words(format!("{} by {by}{why}", done(decision.kind))),
        place,
    ];
    facts.extend(outcome.map(|entry| Fact::Words(format!("decided by {}", entry.moderator_name))));
    let decide = LineForm {
        action: format!("{LIST}/{}", appeal.id),
        carried: Vec::new(),
        reasoned: true,
        deeds: deeds(decision.kind),
    };
    Line {
        facts,
        about,
        words: appeal.text,
        form: (appeal.state == AppealState::Open).then_some(decide),
        ..Line::new(appeal.id, author)
    }
}

/// What it is against.
fn done(kind: Kind) -> &'static str {
    match kind {
        Kind::Removal => "removed",
        Kind::Rejection => "not let out",
        Kind::Warning => "warned",
        Kind::Sanction(Sanction::Limit) => "limited",
        Kind::Sanction(Sanction::Hold) => "held",
        Kind::Sanction(Sanction::Suspend) => "suspended",
    }
}

fn deeds(kind: Kind) -> Vec<LineDeed> {
    let (reject, grant) = match kind {
        Kind::Removal => ("Reject: it stays removed", "Grant: put it back"),
        Kind::Rejection => ("Reject: it does not come out", "Grant: let it out"),
        Kind::Warning => ("Reject: the warning stays", "Grant: take it back"),
        Kind::Sanction(_) => ("Reject: it stays so", "Grant: lift it"),
    };
    vec![
        LineDeed { word: "reject-appeal", label: reject, first: true },
        LineDeed { word: "grant-appeal", label: grant, first: false },
    ]
}

/// `POST /admin/appeals/{id}`
pub async fn decided(shell: Shell, State(app): State<App>, Path(id): Path<String>, fields: Fields) -> Answer {
    let person = shell.member("decide appeals")?;
    let word = fields.get("do");
    let verdict = match word {
        "reject-appeal" => Verdict::Reject,
        "grant-appeal" => Verdict::Grant,
        _ => return Err(unknown()),
    };
    let id = id.parse().ok().ok_or(Refusal::NotFound(Noun::Appeal))?;
    match appeals::decide(&app.ctx, person, id, verdict, fields.get("reason")).await {
        Ok(_) => Ok(back(&fields, word, LIST)),
        Err(error) => {
            let (status, notice) = undone(error)?;
            shown(&shell, &query_of(&fields), status, Some(notice)).await
        }
    }
}
