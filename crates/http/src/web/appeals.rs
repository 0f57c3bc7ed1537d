//! The pages on which people read what was decided about their comments and about themselves, and say something against it. They work without
//! script, and for those who are suspended, too.

use actions::appeals::{self, Aim, Appealed, Kind, Removal, TakenDown};
use actions::statements::{self, Grounds, NO_REASON};
use actions::words::{self, Said, Told};
use axum::extract::{Path, State};
use domain::{AppealState, CommentId, Ground, NotAnId, Noun, Refusal, Sanction, State as CommentState, Word};
use pages::views::{AppealPage, Appealing, DecidedView, DecisionView, DecisionsPage, DownView, Problems, Stating};

use super::shell::{Answer, Fields, Shell, problems, see};
use super::{convert, entry};
use crate::api::statements::{REDRESS, scope};
use crate::door::App;

/// What a page is about.
#[derive(Clone, Copy)]
pub(super) enum About {
    /// What was done with a comment.
    Comment(CommentId),
    /// What was decided about whoever asks.
    Person(i64),
}

impl About {
    /// By the first part of the address, and the second.
    pub(super) fn of(place: &str, id: &str) -> Result<Self, Refusal> {
        if place == "decisions" {
            return id.parse().ok().map(Self::Person).ok_or(Refusal::NotFound(Noun::Decision));
        }
        id.parse().map(Self::Comment).map_err(|NotAnId| Refusal::NotFound(Noun::Comment))
    }

    fn path(self) -> String {
        match self {
            Self::Comment(comment) => format!("/appeal/{comment}"),
            Self::Person(word) => format!("/decisions/{word}"),
        }
    }

    fn aim(self) -> Aim {
        match self {
            Self::Comment(comment) => Aim::Comment(comment),
            Self::Person(word) => Aim::Word(word),
        }
    }
}

/// `GET /appeal/{comment}`
pub async fn form(shell: Shell, Path(comment): Path<String>) -> Answer {
    fresh(&shell, About::of("appeal", &comment)?).await
}

/// `POST /appeal/{comment}`
pub async fn made(shell: Shell, State(app): State<App>, Path(comment): Path<String>, fields: Fields) -> Answer {
    appeal(&shell, &app, About::of("appeal", &comment)?, &fields).await
}

/// `GET /decisions/{id}`
pub async fn decision(shell: Shell, Path(id): Path<String>) -> Answer {
    fresh(&shell, About::of("decisions", &id)?).await
}

/// `POST /decisions/{id}`
pub async fn appealed(shell: Shell, State(app): State<App>, Path(id): Path<String>, fields: Fields) -> Answer {
    appeal(&shell, &app, About::of("decisions", &id)?, &fields).await
}

async fn fresh(shell: &Shell, about: About) -> Answer {
    page(shell, about, &Fields::default(), Problems::default()).await
}

async fn appeal(shell: &Shell, app: &App, about: About, fields: &Fields) -> Answer {
    let Some(person) = &shell.visitor else { return entry::login_keeping(shell, fields).await };
    match appeals::appeal(&app.ctx, person, about.aim(), fields.get("text")).await {
        Ok(_) => Ok(see(&about.path())),
        Err(error) => {
            let problems = problems(error, &[]).map_err(|oops| oops.keeping(fields))?;
            page(shell, about, fields, problems).await
        }
    }
}

/// The form, or what became of what was said; with what had been written when a session lapsed.
pub(super) async fn page(shell: &Shell, about: About, fields: &Fields, problems: Problems) -> Answer {
    let person = shell.member("appeal")?;
    let comment = match about {
        About::Person(word) => {
            let told = words::read(&shell.app.ctx, person, word).await?;
            return of_person(shell, told, fields, problems).await;
        }
        About::Comment(comment) => comment,
    };
    let stated = statements::read(&shell.app.ctx, person, comment).await?;
    match stated.down {
        TakenDown::Alone(removal) => of_comment(shell, *removal, &stated.grounds, (fields, problems)).await,
        // One statement for all that was taken down together.
        TakenDown::WithAuthor(told, _) => Ok(see(&About::Person(told.said.word.id).path())),
    }
}

async fn of_comment(
    shell: &Shell,
    removal: Removal,
    grounds: &Grounds,
    (fields, problems): (&Fields, Problems),
) -> Answer {
    let (decision, id) = (&removal.decision, removal.line.id);
    let what = if decision.kind == Kind::Rejection { "was not let out" } else { "was removed" };
    let is_down = matches!(removal.line.state, CommentState::Removed | CommentState::Held);
    let view = AppealPage {
        frame: shell.private_frame().await?,
        action: About::Comment(id).path(),
        decided: DecidedView {
            what,
            board: None,
            until_ms: None,
            at_ms: decision.at.0,
            because: because(&decision.reason),
        },
        alone: true,
        statement: stating(grounds, decision.kind, &decision.reason),
        stands: standing(removal.appeal.as_ref(), (is_down, removal.until), shell.app.ctx.now()),
        down: vec![down(removal.line, &removal.title)],
        count: 1,
        text: fields.text("text"),
        problems,
    };
    shell.form(&view, &view.problems).await
}

async fn of_person(shell: &Shell, told: Told, fields: &Fields, problems: Problems) -> Answer {
    let (grounds, now) = (statements::about_person(&told), shell.app.ctx.now());
    let view = AppealPage {
        frame: shell.private_frame().await?,
        action: About::Person(told.said.word.id).path(),
        decided: decided(&told.said),
        alone: false,
        count: u64::try_from(told.count).unwrap_or(0),
        statement: stating(&grounds, told.said.kind(), &told.said.word.reason),
        stands: standing(told.appeal.as_ref(), (told.stands, told.until), now),
        down: told.taken_down.into_iter().map(|(line, title)| down(line, &title)).collect(),
        text: fields.text("text"),
        problems,
    };
    shell.form(&view, &view.problems).await
}

fn down(line: storage::comments::Line, title: &str) -> DownView {
    DownView { id: line.id.0, thread_title: convert::titled(title, CommentState::Published), html: line.html }
}

fn because(reason: &str) -> String {
    if reason.is_empty() { NO_REASON } else { reason }.to_owned()
}

/// What was said to somebody, in a line.
pub(super) fn decided(said: &Said) -> DecidedView {
    let until = said.sanction.as_ref().filter(|_| said.word.kind == Word::Sanction).and_then(|one| one.bar.until);
    DecidedView {
        what: what(said),
        board: said.board.clone(),
        until_ms: until.map(|until| until.0),
        at_ms: said.word.at.0,
        because: because(&said.word.reason),
    }
}

fn what(said: &Said) -> &'static str {
    let level = said.sanction.as_ref().map(|one| one.bar.level);
    match (said.word.kind, level) {
        (Word::Warning, _) | (Word::Sanction, None) => "The moderators warn you",
        (Word::Sanction, Some(Sanction::Limit)) => "What you write is made known to nobody who did not ask for it",
        (Word::Sanction, Some(Sanction::Hold)) => "What you write waits for a moderator",
        (Word::Sanction, Some(Sanction::Suspend)) => "You are suspended",
        (Word::Lifted, Some(Sanction::Suspend)) => "You are not suspended any more",
        (Word::Lifted, Some(Sanction::Hold)) => "What you write does not wait for a moderator any more",
        (Word::Lifted, Some(Sanction::Limit) | None) => "What you write is made known again",
        (Word::AppealRejected, _) => "Your appeal was rejected: what was decided about you stays",
        (Word::AppealGranted, _) => "Your appeal was granted: what was decided about you is undone",
    }
}

fn stating(grounds: &Grounds, kind: Kind, reason: &str) -> Stating {
    let is_said = [reason, NO_REASON].contains(&grounds.facts.as_str());
    Stating {
        scope: scope(kind),
        facts: if is_said { String::new() } else { grounds.facts.clone() },
        ground: match grounds.ground {
            Ground::Law => "It is against the law",
            Ground::Rules => "It is against the rules here",
        },
        provision: grounds.provision.clone(),
        origin: match grounds.on_notice {
            true => "Somebody had told of it.",
            false => "Nobody had sent a notice of it.",
        },
        means: match (grounds.automated, grounds.waited) {
            (true, _) => "A program decided.",
            (false, true) => "A program had it wait; a person decided.",
            (false, false) => "A person decided, and no program.",
        },
        redress: REDRESS,
    }
}

fn standing(appeal: Option<&Appealed>, (stands, until): (bool, domain::Time), now: domain::Time) -> Appealing {
    let Some(found) = appeal else {
        return match (stands, until < now) {
            (false, _) => Appealing::Over,
            (true, true) => Appealing::TooLate,
            (true, false) => Appealing::Possible,
        };
    };
    let text = found.appeal.text.clone();
    let because = found.outcome.as_ref().map(|entry| entry.reason.clone()).unwrap_or_default();
    match how(found.appeal.state, found.decision.kind) {
        Some(how) => Appealing::Decided { text, how, because },
        None => Appealing::Waits { text },
    }
}

/// What became of an appeal, in words.
fn how(state: AppealState, kind: Kind) -> Option<&'static str> {
    Some(match (state, kind) {
        (AppealState::Open, _) => return None,
        (AppealState::Rejected, Kind::Removal) => "Your appeal was rejected: the comment stays removed.",
        (AppealState::Rejected, Kind::Rejection) => "Your appeal was rejected: the comment does not come out.",
        (AppealState::Rejected, Kind::Warning | Kind::Sanction(_)) => {
            "Your appeal was rejected: what was decided stays."
        }
        (AppealState::Granted, Kind::Removal | Kind::Rejection) => "Your appeal was granted: the comment is back.",
        (AppealState::Granted, Kind::Warning | Kind::Sanction(_)) => {
            "Your appeal was granted: what was decided is undone."
        }
    })
}

/// `GET /decisions`
pub async fn decisions(shell: Shell, State(app): State<App>) -> Answer {
    let person = shell.member("read what was decided about you")?;
    let (found, now) = (words::about(&app.ctx, person).await?, app.ctx.now());
    let view = DecisionsPage {
        frame: shell.private_frame().await?,
        suspended: person.bars.everywhere() == Some(Sanction::Suspend),
        decisions: found.iter().map(|told| listed(told, now)).collect(),
    };
    shell.page(&view).await
}

fn listed(told: &Told, now: domain::Time) -> DecisionView {
    let state = told.appeal.as_ref().map(|found| found.appeal.state);
    DecisionView {
        href: About::Person(told.said.word.id).path(),
        decided: decided(&told.said),
        stands: match (state, told.said.counts(now)) {
            (Some(AppealState::Open), _) => "You have appealed; nobody has decided yet.",
            (Some(AppealState::Rejected), _) => "You appealed, and it stays.",
            (Some(AppealState::Granted), _) => "You appealed, and it is undone.",
            (None, true) => "It counts.",
            (None, false) => "It is over.",
        },
    }
}
