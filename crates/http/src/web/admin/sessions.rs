//! Sessions and tokens of somebody, for whoever runs the place: an account that somebody else has got into is closed here.

use actions::hosting::{By, credentials};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::rights::Right;
use domain::{Noun, Refusal};
use pages::views::{DeskPage, Fact, Line, LineDeed, LineForm, Notice, time};
use storage::accounts::{Credential, Kind};

use super::{back, said, undone, unknown};
use crate::door::App;
use crate::web::convert::encoded;
use crate::web::shell::{Answer, Fields, Query, Shell};

fn path(name: &str) -> String {
    format!("/admin/accounts/{}/sessions", encoded(name))
}

/// `GET /admin/accounts/{name}/sessions`
pub async fn page(shell: Shell, Path(name): Path<String>, Query(query): Query) -> Answer {
    shown(&shell, &name, (StatusCode::OK, said(&query))).await
}

async fn shown(shell: &Shell, name: &str, (status, notice): (StatusCode, Option<Notice>)) -> Answer {
    let mut frame = shell.desk(Right::EndSessions).await?;
    let who = shell.member("end sessions of others")?;
    let found = credentials::list(&shell.app.ctx, &By::Administrator(who.clone()), name).await?;
    frame.notice = notice;
    frame.path = path(name);
    let all = LineForm {
        action: path(name),
        carried: Vec::new(),
        reasoned: true,
        deeds: vec![LineDeed { word: "end-all", label: "End all of them", first: false }],
    };
    let view = DeskPage {
        links: vec![("Account".into(), format!("/admin/accounts/{}", encoded(name)))],
        deeds: (!found.is_empty()).then_some(all),
        lines: found.iter().map(|one| line(name, who.credential, one)).collect(),
        empty: "Nobody is logged in with this account, and no program has a token of it.",
        ..DeskPage::new(
            frame,
            format!("Sessions of {name}"),
            "Browsers that are logged in, and programs with a token. Whoever knows the password can log in again.",
        )
    };
    shell.page_with(status, &view).await
}

fn line(name: &str, in_use: i64, credential: &Credential) -> Line {
    let kind = match credential.kind {
        Kind::Session => "session",
        Kind::Token => "token",
    };
    let mut facts = vec![Fact::Mark(kind.into())];
    facts.extend((credential.id == in_use).then(|| Fact::Mark("yours, in use".into())));
    // A session allows whatever its owner may do.
    let scope = Some(credential.scope).filter(|_| credential.kind == Kind::Token);
    facts.extend(scope.map(|scope| Fact::Words(format!("allows: {}", scope.name()))));
    facts.push(Fact::When("since", credential.created.0));
    facts.push(Fact::Words(match credential.expires.0 {
        i64::MAX => "for good".into(),
        until => format!("until {}", time::day(until)),
    }));
    let form = LineForm {
        action: path(name),
        carried: vec![("id", credential.id.to_string())],
        reasoned: false,
        deeds: vec![LineDeed { word: "end", label: "End it", first: false }],
    };
    let label = if credential.label.is_empty() { "Without a name" } else { &credential.label };
    Line { facts, form: Some(form), ..Line::new(credential.id, label) }
}

/// `POST /admin/accounts/{name}/sessions`
pub async fn ended(shell: Shell, State(app): State<App>, Path(name): Path<String>, fields: Fields) -> Answer {
    let by = By::Administrator(shell.member("end sessions of others")?.clone());
    let one = match fields.get("do") {
        "end" => Some(fields.get("id").parse().ok().ok_or(Refusal::NotFound(Noun::Credential))?),
        "end-all" => None,
        _ => return Err(unknown()),
    };
    match credentials::end(&app.ctx, &by, &name, one, fields.get("reason")).await {
        Ok(_) => Ok(back(&fields, "end-sessions", &path(&name))),
        // Whoever was quicker has done the same.
        Err(actions::Error::Refused(Refusal::NotFound(Noun::Credential))) => {
            Ok(back(&fields, "end-sessions", &path(&name)))
        }
        Err(error) => {
            let (status, notice) = undone(error)?;
            shown(&shell, &name, (status, Some(notice))).await
        }
    }
}
