//! The page on which an author says something against the removal of a comment. It works without script.

use actions::appeals::{self, Removal};
use actions::statements;
use axum::extract::{Path, State};
use domain::{AppealState, CommentId, Ground, NotAnId, Noun, Refusal, State as CommentState};

use storage::statements::Statement;

use super::shell::{Answer, Fields, Shell, problems, see};
use super::{convert, entry};
use crate::api::statements::{REDRESS, SCOPE};
use crate::door::App;
use crate::pages::views::{AppealPage, Appealing, Problems, Stating};

fn id(text: &str) -> Result<CommentId, Refusal> {
    text.parse().map_err(|NotAnId| Refusal::NotFound(Noun::Comment))
}

/// `GET /appeal/{comment}`
pub async fn form(shell: Shell, Path(comment): Path<String>) -> Answer {
    let id = id(&comment)?;
    shell.member("appeal")?;
    page(&shell, id, &Fields::default(), Problems::default()).await
}

/// `POST /appeal/{comment}`
pub async fn made(shell: Shell, State(app): State<App>, Path(comment): Path<String>, fields: Fields) -> Answer {
    let id = id(&comment)?;
    let Some(person) = &shell.visitor else { return entry::login_keeping(&shell, &fields).await };
    match appeals::appeal(&app.ctx, person, id, fields.get("text")).await {
        Ok(_) => Ok(see(&format!("/appeal/{id}"))),
        Err(error) => page(&shell, id, &fields, problems(error, &[]).map_err(|oops| oops.keeping(&fields))?).await,
    }
}

/// The form, or what became of what was said; with what had been written when a session lapsed.
pub(super) async fn page(shell: &Shell, id: CommentId, fields: &Fields, problems: Problems) -> Answer {
    let person = shell.member("appeal")?;
    let stated = statements::read(&shell.app.ctx, person, id).await?;
    let removal = &stated.removal;
    let view = AppealPage {
        frame: shell.private_frame().await?,
        id: id.0,
        thread_title: convert::titled(&removal.title, CommentState::Published),
        removed_ms: removal.decision.at.0,
        because: removal.decision.reason.clone(),
        statement: stating(&stated.statement, &removal.decision.reason),
        stands: standing(removal, shell.app.ctx.now()),
        text: fields.text("text"),
        problems,
    };
    shell.form(&view, &view.problems).await
}

fn stating(statement: &Statement, reason: &str) -> Stating {
    Stating {
        scope: SCOPE,
        facts: Some(&statement.facts).filter(|facts| *facts != reason).cloned().unwrap_or_default(),
        ground: match statement.ground {
            Ground::Law => "It is against the law",
            Ground::Rules => "It is against the rules here",
        },
        provision: statement.provision.clone(),
        origin: match statement.on_notice {
            true => "Somebody had told of it.",
            false => "Nobody had sent a notice of it.",
        },
        means: match statement.automated {
            true => "A program decided.",
            false => "A person decided, and no program.",
        },
        redress: REDRESS,
    }
}

fn standing(removal: &Removal, now: domain::Time) -> Appealing {
    let said = removal.appeal.as_ref().map(|found| {
        let because = found.outcome.as_ref().map(|entry| entry.reason.clone()).unwrap_or_default();
        (found.appeal.state, found.appeal.text.clone(), because)
    });
    match said {
        Some((AppealState::Open, text, _)) => Appealing::Waits { text },
        Some((AppealState::Upheld, text, because)) => Appealing::Upheld { text, because },
        Some((AppealState::Overturned, text, because)) => Appealing::Overturned { text, because },
        None if removal.line.state != CommentState::Removed => Appealing::Restored,
        None if removal.until < now => Appealing::TooLate,
        None => Appealing::Possible,
    }
}
