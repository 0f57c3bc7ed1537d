//! What the place is called and what it is about; and what its configuration decides, which is changed on the machine.

use actions::Joining;
use axum::extract::State;
use domain::rights::Right;
use pages::views::{DeskForm, DeskPage, Field, FieldKind, Form, Notice, Problems};

use super::{back, said};
use crate::door::App;
use crate::web::shell::{Answer, Fields, Query, Shell, problems};

/// `GET /admin/settings`
pub async fn page(shell: Shell, Query(query): Query) -> Answer {
    shell.desk(Right::DescribeInstance).await?;
    let facts = shell.app.site().await?.facts.clone();
    form(&shell, (&facts.name, &facts.about), Problems::default(), said(&query)).await
}

async fn form(shell: &Shell, (name, about): (&str, &str), problems: Problems, notice: Option<Notice>) -> Answer {
    let mut frame = shell.desk(Right::DescribeInstance).await?;
    frame.notice = notice;
    let fields = vec![
        Field::new("name", "Name", FieldKind::Line)
            .value(name)
            .hint("Stands at the head of every page.")
            .required()
            .longest(100),
        Field::new("rules", "What it is about, and its rules", FieldKind::Text(10))
            .value(about)
            .hint("Shown on the page about this place, and to those who join. Markdown."),
    ];
    let form = Form::new("/admin/settings", "Save", fields).problems(&problems);
    let view = DeskPage {
        facts: decided(shell),
        forms: vec![DeskForm { id: "describe-title", title: "What people read", form, code: false }],
        ..DeskPage::new(
            frame,
            "Instance",
            "What the configuration decides is changed in its file on the machine, and counts from the next start.",
        )
    };
    shell.form(&view, &problems).await
}

fn decided(shell: &Shell) -> Vec<(String, String)> {
    let (limits, settings) = (shell.app.ctx.limits(), &shell.app.settings);
    let joining = match limits.joining {
        Joining::Open => "everybody",
        Joining::Approval => "everybody whom somebody lets in",
        Joining::Invitation => "whoever has an invitation",
        Joining::Closed => "nobody",
    };
    let names = if limits.log_names { "with names" } else { "with roles in the place of names" };
    let mut facts = vec![("Who may join", joining.to_owned())];
    if limits.joining == Joining::Approval && !limits.question.is_empty() {
        facts.push(("What they are asked", limits.question.clone()));
    }
    facts.extend([
        ("Public log", names.to_owned()),
        ("Address", settings.public_url.clone()),
        ("Longest comment", format!("{} characters", limits.text.max_chars)),
        ("Version", env!("CARGO_PKG_VERSION").to_owned()),
    ]);
    facts.into_iter().map(|(what, how)| (what.to_owned(), how)).collect()
}

/// `POST /admin/settings`
pub async fn described(shell: Shell, State(app): State<App>, fields: Fields) -> Answer {
    let person = shell.member("describe this place")?;
    let (name, about) = (fields.get("name"), fields.get("rules"));
    match actions::instance::describe(&app.ctx, person, Some(name), Some(about)).await {
        Ok(()) => Ok(back(&fields, "settings", "/admin/settings")),
        Err(error) => {
            let problems = problems(error, &[("title", "name"), ("text", "rules")])?;
            form(&shell, (name, about), problems, None).await
        }
    }
}
