//! What authors say against removals, and what becomes of it.

use actions::appeals::{self, Appealed, Verdict};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::rights::Right;
use domain::{AppealState, Noun, Refusal};

use super::{PAGE, address, back, query_of, said, undone, unknown};
use crate::api::shape::handle;
use crate::door::App;
use crate::pages::views::{DeskPage, DeskTab, Fact, Line, LineDeed, LineForm, Notice};
use crate::web::shell::{Answer, Fields, Query, Shell};

const LIST: &str = "/admin/appeals";

const STATES: [(AppealState, &str); 3] =
    [(AppealState::Open, "Open"), (AppealState::Upheld, "Stayed removed"), (AppealState::Overturned, "Put back")];

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
            "Somebody else decides than who removed the comment, where there is somebody else. The author is told.",
        )
    };
    shell.page_with(status, &view).await
}

fn line(appealed: Appealed) -> Line {
    let Appealed { appeal, line, decision, outcome } = appealed;
    let why = if decision.reason.is_empty() { String::new() } else { format!(": {}", decision.reason) };
    let mut facts = vec![
        Fact::When("appealed", appeal.created.0),
        Fact::Words(format!("removed by {}{why}", decision.moderator_name)),
        Fact::Link("its place".into(), format!("/c/{}", line.id)),
    ];
    facts.extend(outcome.map(|entry| Fact::Words(format!("decided by {}", entry.moderator_name))));
    let decide = LineForm {
        action: format!("{LIST}/{}", appeal.id),
        carried: Vec::new(),
        reasoned: true,
        deeds: vec![
            LineDeed { word: "uphold", label: "It stays removed", first: true },
            LineDeed { word: "overturn", label: "Put it back", first: false },
        ],
    };
    Line {
        facts,
        about: domain::text::plain(&line.html),
        words: appeal.text,
        form: (appeal.state == AppealState::Open).then_some(decide),
        ..Line::new(appeal.id, handle(&line.author.name, &line.author.host))
    }
}

/// `POST /admin/appeals/{id}`
pub async fn decided(shell: Shell, State(app): State<App>, Path(id): Path<String>, fields: Fields) -> Answer {
    let person = shell.member("decide appeals")?;
    let word = fields.get("do");
    let verdict = match word {
        "uphold" => Verdict::Uphold,
        "overturn" => Verdict::Overturn,
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
