//! Lists of servers: taking over one of somebody else's, after a look at what it changes, and giving away ours.

use actions::hosting::By;
use actions::hosting::policies::{self, Difference, Run};
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse as _;
use domain::policy::{Coverage, Entry};
use domain::rights::Right;
use pages::views::{DeskForm, DeskPage, Fact, Field, FieldKind, Form, Line, Notice, Problems};

use crate::door::App;
use crate::web::shell::{Answer, Fields, Shell, problems};

use super::rules::digest;

/// Lines of a difference that are shown; the notice says how many there are.
const SHOWN: usize = 500;

/// `GET /admin/peers/import`
pub async fn page(shell: Shell) -> Answer {
    shown(&shell, &Fields::default(), Problems::default(), None).await
}

/// What a list does, and whether it was done.
struct Seen {
    run: Run,
    found: Difference,
}

async fn shown(shell: &Shell, fields: &Fields, problems: Problems, seen: Option<Seen>) -> Answer {
    let mut frame = shell.desk(Right::RunPeers).await?;
    frame.notice = seen.as_ref().map(|seen| Notice::Done(summary(seen)));
    let list = fields.get("list");
    let asked = vec![
        Field::new("list", "List", FieldKind::Text(8))
            .value(list)
            .hint("As Mastodon writes it (CSV with #domain,#severity,…), or a host name on each line.")
            .required(),
        Field::new("reason", "Reason", FieldKind::Line)
            .value(fields.get("reason"))
            .hint("For the public log.")
            .longest(500),
    ];
    let mut form = Form::new("/admin/peers/import", "See what it changes", asked).problems(&problems);
    if seen.as_ref().is_some_and(|seen| seen.run == Run::Dry) {
        form = form.carries("seen", &digest(list)).button("Take it over", "take");
    }
    let view = DeskPage {
        forms: vec![DeskForm {
            id: "list-title",
            title: "A list of somebody else",
            form: form.cancel("/admin/peers"),
            code: true,
        }],
        lines: seen.map(|seen| lines(&seen.found)).unwrap_or_default(),
        ..DeskPage::new(
            frame,
            "Take over a list",
            "Each entry counts for the servers below it, too, unless the list says otherwise. Nothing becomes milder by a list.",
        )
    };
    shell.form(&view, &problems).await
}

fn summary(seen: &Seen) -> String {
    let Difference { new, changed, kept, refused } = &seen.found;
    let (new, changed, kept, refused) = (new.len(), changed.len(), kept.len(), refused.len());
    let counts = format!("{new} new, {changed} more strict, {kept} as they are, {refused} not understood");
    match seen.run {
        Run::Dry => format!("Nothing was changed yet. It would be: {counts}."),
        Run::Real => format!("Taken over: {counts}."),
    }
}

fn lines(found: &Difference) -> Vec<Line> {
    let fact = |words: String| vec![Fact::Words(words)];
    let new = found.new.iter().map(|(host, entry)| Line {
        facts: fact(format!("new: {}", dealt_with(*entry))),
        ..Line::new(format!("new-{host}"), &**host)
    });
    let changed = found.changed.iter().map(|(host, from, to)| Line {
        facts: fact(format!("{} \u{2192} {}", dealt_with(*from), dealt_with(*to))),
        ..Line::new(format!("changed-{host}"), &**host)
    });
    let refused = found.refused.iter().map(|unread| Line {
        facts: fact(format!("line {}: {}", unread.line, unread.reason)),
        ..Line::new(format!("line-{}", unread.line), &*unread.text)
    });
    refused.chain(changed).chain(new).take(SHOWN).collect()
}

/// An entry in words.
pub(super) fn dealt_with(entry: Entry) -> String {
    let below = if entry.coverage == Coverage::Subdomains { ", with those below it" } else { "" };
    format!("{}{below}", entry.level.name())
}

/// `POST /admin/peers/import`: takes over what was looked at, and nothing else.
pub async fn sent(shell: Shell, State(app): State<App>, fields: Fields) -> Answer {
    let by = By::Administrator(shell.member("take over lists")?.clone());
    let list = fields.get("list");
    let run = if fields.get("intent") == "take" && fields.get("seen") == digest(list) { Run::Real } else { Run::Dry };
    match policies::import(&app.ctx, &by, list, run, fields.get("reason")).await {
        Ok(found) => shown(&shell, &fields, Problems::default(), Some(Seen { run, found })).await,
        Err(error) => shown(&shell, &fields, problems(error, &[])?, None).await,
    }
}

/// `GET /admin/peers/export`: as a file.
pub async fn export(shell: Shell, State(app): State<App>) -> Answer {
    let by = By::Administrator(shell.member("see other servers")?.clone());
    let list = policies::export(&app.ctx, &by).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"servers.csv\""),
    ];
    Ok((shell.privately(), headers, list).into_response())
}
