//! A person's own settings: what they say of themselves, password, sessions, tokens.

use actions::account;
use actions::people;
use axum::extract::{Path, State};
use domain::{Noun, Refusal, Scope};
use pages::views::{Choice, FactorView, Notice, Problems, SessionView, SettingsPage, TokenView};
use storage::accounts::Kind;

use super::second_factor;
use super::shell::{Answer, Fields, Oops, Shell, problems, see};
use crate::door::App;
use crate::gate::Address;

/// What the page shows besides what is stored.
#[derive(Default)]
pub(super) struct Said {
    about: Option<String>,
    fresh_token: Option<String>,
    notice: Option<Notice>,
    factor: Option<FactorView>,
    factor_problems: Problems,
    about_problems: Problems,
    password_problems: Problems,
    token_problems: Problems,
}

impl Said {
    /// Something about the second factor that is shown this once.
    pub(super) fn once(factor: FactorView) -> Self {
        Self { factor: Some(factor), ..Self::default() }
    }

    /// What is wrong with its code.
    pub(super) fn wrong_code(factor_problems: Problems) -> Self {
        Self { factor_problems, ..Self::default() }
    }
}

/// `GET /settings`
pub async fn page(shell: Shell) -> Answer {
    show(&shell, Said::default()).await
}

pub(super) async fn show(shell: &Shell, said: Said) -> Answer {
    let person = shell.member("have settings")?;
    let ctx = &shell.app.ctx;
    let profile = people::find(ctx, &person.name).await?;
    let (mut sessions, mut tokens) = (Vec::new(), Vec::new());
    for credential in account::credentials(ctx, person).await? {
        match credential.kind {
            Kind::Session => sessions.push(SessionView {
                id: credential.id,
                program: credential.label,
                began_ms: credential.created.0,
                current: credential.id == person.credential,
            }),
            Kind::Token => tokens.push(TokenView {
                id: credential.id,
                name: credential.label,
                scopes: credential.scope.name().into(),
                made_ms: credential.created.0,
                ends_ms: (credential.expires.0 != i64::MAX).then_some(credential.expires.0),
            }),
        }
    }
    let mut frame = shell.private_frame().await?;
    frame.notice = said.notice;
    let view = SettingsPage {
        frame,
        name: person.name.clone(),
        about: said.about.unwrap_or(profile.actor.about),
        sessions,
        tokens,
        scopes: scopes(),
        fresh_token: said.fresh_token,
        factor: match said.factor {
            Some(factor) => factor,
            None => second_factor::view(ctx, person).await?,
        },
        factor_problems: said.factor_problems,
        about_problems: said.about_problems,
        password_problems: said.password_problems,
        token_problems: said.token_problems,
    };
    let problems = [&view.about_problems, &view.password_problems, &view.token_problems, &view.factor_problems];
    let first = problems.into_iter().find(|problems| !problems.0.is_empty()).unwrap_or(&view.about_problems);
    shell.form(&view, first).await
}

fn scopes() -> Vec<Choice> {
    let label = |scope: &Scope| match scope {
        Scope::Read => "Read",
        Scope::Write => "Read and write, vote, report",
        Scope::Moderate => "And moderate, as far as you may",
        Scope::Admin => "And administer, as far as you may",
    };
    Scope::ALL.iter().map(|scope| Choice { value: scope.name().into(), label: label(scope).into() }).collect()
}

/// `POST /settings/about`
pub async fn about(shell: Shell, State(app): State<App>, fields: Fields) -> Answer {
    let person = shell.member("have settings")?;
    match people::describe(&app.ctx, person, fields.get("about")).await {
        Ok(()) => show(&shell, done("Your page was changed.")).await,
        Err(error) => {
            let about_problems = problems(error, &[("text", "about")])?;
            show(&shell, Said { about: Some(fields.text("about")), about_problems, ..Said::default() }).await
        }
    }
}

/// `POST /settings/password`
pub async fn password(shell: Shell, State(app): State<App>, Address(address): Address, fields: Fields) -> Answer {
    let person = shell.member("have settings")?;
    let change = account::change_password(&app.ctx, person, fields.get("current"), fields.get("password"));
    match app.tries.attempt(&person.name, address, change).await {
        Ok(()) => show(&shell, done("Your password was changed, and your other sessions were ended.")).await,
        Err(error) => {
            let password_problems = match error {
                actions::Error::Refused(Refusal::BadCredentials) => not_their_password("current"),
                other => problems(other, &[])?,
            };
            show(&shell, Said { password_problems, ..Said::default() }).await
        }
    }
}

/// What is said beside the field of a password that is not theirs.
pub(super) fn not_their_password(field: &'static str) -> Problems {
    let text = "This is not your present password. Check it; capital letters count.".into();
    Problems(vec![pages::views::Problem { field, text }])
}

pub(super) fn done(words: &str) -> Said {
    Said { notice: Some(Notice::Done(words.into())), ..Said::default() }
}

/// `POST /settings/tokens`: shows the secret, once.
pub async fn make_token(shell: Shell, State(app): State<App>, fields: Fields) -> Answer {
    let person = shell.member("have settings")?;
    let made = async {
        let scope = Scope::named(fields.get("scope"));
        let scope =
            scope.ok_or_else(|| actions::Error::from(Refusal::field("scope", "choose what the token may do")))?;
        account::issue_token(&app.ctx, person, scope, fields.get("name"), None).await
    };
    match made.await {
        Ok(granted) => show(&shell, Said { fresh_token: Some(granted.secret), ..Said::default() }).await,
        Err(error) => {
            show(&shell, Said { token_problems: problems(error, &[("label", "name")])?, ..Said::default() }).await
        }
    }
}

/// `POST /settings/tokens/{id}/revoke` and `POST /settings/sessions/{id}/end`
pub async fn revoke(shell: Shell, State(app): State<App>, Path(id): Path<String>) -> Answer {
    let person = shell.member("have settings")?;
    let id: i64 = id.parse().ok().ok_or(Refusal::NotFound(Noun::Credential))?;
    match account::revoke(&app.ctx, person, id).await {
        // Gone already is what was wanted.
        Ok(()) | Err(actions::Error::Refused(_)) => Ok(see("/settings")),
        Err(failure) => Err(Oops::from(failure)),
    }
}
