//! Programs that are told of what happens: adding one, whose secret is shown once; how it goes with each; what it was not told.

use actions::hosting::By;
use actions::webhooks::{self, MOST_COUNTED, Order, Seen};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::rights::Right;
use domain::{News, Noun, Refusal};
use pages::views::{
    Choice, DeskForm, DeskPage, DeskTab, Fact, Field, FieldKind, Form, Line, LineDeed, LineForm, Notice, Problems, time,
};
use storage::webhooks::{Item, State as Told};

use super::{PAGE, address, back, said, unknown};
use crate::door::App;
use crate::web::shell::{Answer, Fields, Query, Shell, problems};

const LIST: &str = "/admin/webhooks";

const STATES: [(Told, &str, &str); 2] =
    [(Told::Waiting, "waiting", "Waiting"), (Told::GivenUp, "given-up", "Given up")];

/// What a form holds, and what came of it.
#[derive(Default)]
struct Added {
    fields: Fields,
    problems: Problems,
    secret: Option<String>,
}

/// `GET /admin/webhooks`
pub async fn page(shell: Shell, Query(query): Query) -> Answer {
    shown(&shell, Added::default(), said(&query)).await
}

async fn shown(shell: &Shell, added: Added, notice: Option<Notice>) -> Answer {
    let mut frame = shell.desk(Right::RunWebhooks).await?;
    let by = By::Administrator(shell.member("see webhooks")?.clone());
    let found = webhooks::list(&shell.app.ctx, &by).await?;
    frame.notice = notice;
    frame.path = LIST.into();
    let once = |secret| {
        let words = "By this secret the program knows that it is told by this server. It is not shown again.";
        (words.to_owned(), secret)
    };
    let view = DeskPage {
        once: added.secret.map(once),
        forms: vec![form(&added.fields, &added.problems)],
        lines: found.iter().map(line).collect(),
        empty: "No program is told anything.",
        ..DeskPage::new(frame, "Webhooks", "Programs of yours that are told of what happens here, as it happens.")
    };
    shell.form(&view, &added.problems).await
}

fn form(typed: &Fields, problems: &Problems) -> DeskForm {
    let all = News::ALL.iter().filter(|news| **news != News::Ping);
    let choices = all.map(|news| Choice { value: news.name().into(), label: news.name().into() }).collect();
    let chosen = typed.all("events").collect::<Vec<_>>().join(",");
    let fields = vec![
        Field::new("url", "Address", FieldKind::Url)
            .value(typed.text("url"))
            .required()
            .longest(2048)
            .hint("It begins with https://. Private addresses are not called."),
        Field::new("events", "Of what it is told", FieldKind::Several(choices))
            .value(chosen)
            .hint("Choose nothing, and it is told of all of it."),
        Field::new("reason", "Reason", FieldKind::Line)
            .value(typed.text("reason"))
            .hint("For the public log.")
            .longest(500),
    ];
    let form = Form::new(LIST, "Add it", fields).problems(problems);
    DeskForm { id: "add-title", title: "Add a program", form, code: false }
}

/// How much, as far as anybody counts.
fn many(count: i64) -> String {
    if count >= MOST_COUNTED { format!("{MOST_COUNTED} or more") } else { count.to_string() }
}

fn line(seen: &Seen) -> Line {
    let webhook = &seen.webhook;
    let mut facts = Vec::new();
    facts.extend(webhook.paused.then(|| Fact::Mark("paused".into())));
    facts.extend((webhook.failures > 0).then(|| Fact::Mark("takes nothing".into())));
    facts.push(Fact::Words(format!("{} waiting", many(seen.waiting))));
    facts.extend((seen.given_up > 0).then(|| Fact::Words(format!("{} given up", many(seen.given_up)))));
    facts.push(Fact::When("added", webhook.created.0));
    facts.extend(webhook.reached.map(|at| Fact::When("took something", at.0)));
    Line {
        href: Some(format!("{LIST}/{}", webhook.id)),
        facts,
        words: webhook.error.clone(),
        form: Some(orders(seen, false)),
        ..Line::new(webhook.id, &*webhook.url)
    }
}

/// What can be done about one; removing it only where one sees what it was still to be told.
fn orders(seen: &Seen, removes: bool) -> LineForm {
    let deed = |word, label, first| LineDeed { word, label, first };
    let turn = if seen.webhook.paused { deed("resume", "Resume", true) } else { deed("pause", "Pause", false) };
    let mut deeds = vec![turn, deed("test", "Send a ping", false)];
    deeds.extend((seen.given_up > 0).then(|| deed("replay", "Bring again what was given up", false)));
    deeds.extend(removes.then(|| deed("remove", "Remove it", false)));
    LineForm { action: format!("{LIST}/{}", seen.webhook.id), carried: Vec::new(), reasoned: false, deeds }
}

/// `POST /admin/webhooks`: shows the secret, once.
pub async fn added(shell: Shell, State(app): State<App>, fields: Fields) -> Answer {
    let by = By::Administrator(shell.member("add webhooks")?.clone());
    let done = async {
        let kinds = kinds(&fields).map_err(actions::Error::from)?;
        webhooks::add(&app.ctx, &by, fields.get("url").trim(), &kinds, fields.get("reason")).await
    };
    match done.await {
        Ok(new) => shown(&shell, Added { secret: Some(new.secret), ..Added::default() }, None).await,
        Err(error) => {
            let problems = problems(error, &[])?;
            shown(&shell, Added { fields, problems, secret: None }, None).await
        }
    }
}

fn kinds(fields: &Fields) -> Result<Vec<News>, Refusal> {
    let named = |name: &str| News::named(name).filter(|news| *news != News::Ping);
    let kind = |name| named(name).ok_or_else(|| Refusal::field("events", "choose from the list"));
    fields.all("events").map(kind).collect()
}

fn id(text: &str) -> Result<i64, Refusal> {
    text.parse().ok().ok_or(Refusal::NotFound(Noun::Webhook))
}

/// `GET /admin/webhooks/{id}`
pub async fn one(shell: Shell, Path(text): Path<String>, Query(query): Query) -> Answer {
    let mut frame = shell.desk(Right::RunWebhooks).await?;
    let by = By::Administrator(shell.member("see webhooks")?.clone());
    let (id, word) = (id(&text)?, query.get("state"));
    let found = webhooks::list(&shell.app.ctx, &by).await?.into_iter().find(|seen| seen.webhook.id == id);
    let seen = found.ok_or(Refusal::NotFound(Noun::Webhook))?;
    let state = STATES.iter().find(|(_, known, _)| *known == word).map_or(Told::Waiting, |(state, ..)| *state);
    let (items, next) = webhooks::page(&shell.app.ctx, &by, id, state, after(&query)?, PAGE).await?;
    let path = format!("{LIST}/{id}");
    frame.notice = said(&query);
    frame.path = address(&path, &[("state", word)]);
    let tab = |(known, word, title): &(Told, &str, &'static str)| DeskTab {
        href: address(&path, &[("state", word)]),
        title,
        current: *known == state,
    };
    let view = DeskPage {
        tabs: STATES.iter().map(tab).collect(),
        links: vec![("All webhooks".into(), LIST.into())],
        facts: facts(&seen),
        deeds: Some(orders(&seen, true)),
        lines: items.iter().map(untold).collect(),
        empty: "There is nothing of that kind. What it was told is not kept.",
        next: next.map(|id| address(&path, &[("state", word), ("after", &id.to_string())])),
        ..DeskPage::new(frame, &*seen.webhook.url, "")
    };
    shell.page_with(StatusCode::OK, &view).await
}

fn after(query: &Fields) -> Result<Option<i64>, Refusal> {
    match query.get("after") {
        "" => Ok(None),
        text => Ok(Some(text.parse().ok().ok_or(Refusal::BadCursor)?)),
    }
}

fn facts(seen: &Seen) -> Vec<(String, String)> {
    let webhook = &seen.webhook;
    let kinds: Vec<_> = webhook.kinds.iter().map(|kind| kind.name()).collect();
    let mut facts = vec![
        ("State", if webhook.paused { "paused" } else { "open" }.to_owned()),
        ("Told of", kinds.join(", ")),
        ("Waiting", many(seen.waiting)),
        ("Given up", many(seen.given_up)),
        ("Took something last", webhook.reached.map_or_else(|| "never".into(), |at| time::exact(at.0))),
    ];
    if webhook.failures > 0 {
        facts.push(("Took nothing, in a row", format!("{} times", webhook.failures)));
        facts.push(("Tried again", time::exact(webhook.next.0)));
        facts.push(("Last error", webhook.error.clone()));
    }
    facts.into_iter().map(|(what, how)| (what.to_owned(), how)).collect()
}

fn untold(item: &Item) -> Line {
    let mut facts = vec![Fact::When("happened", item.at.0)];
    facts.extend(item.comment.map(|comment| Fact::Link("its place".into(), format!("/c/{comment}"))));
    Line { facts, ..Line::new(item.id, format!("{} {}", item.kind.name(), item.id)) }
}

/// `POST /admin/webhooks/{id}`
pub async fn ordered(shell: Shell, State(app): State<App>, Path(text): Path<String>, fields: Fields) -> Answer {
    let by = By::Administrator(shell.member("decide about webhooks")?.clone());
    let id = id(&text)?;
    let (order, word) = match fields.get("do") {
        "pause" => (Order::Pause, "pause-webhook"),
        "resume" => (Order::Resume, "resume-webhook"),
        "test" => (Order::Test, "test-webhook"),
        "replay" => (Order::Replay, "replay-webhook"),
        "remove" => {
            webhooks::remove(&app.ctx, &by, id).await?;
            // Its own page is gone.
            return Ok(back(&Fields::default(), "remove-webhook", LIST));
        }
        _ => return Err(unknown()),
    };
    webhooks::order(&app.ctx, &by, id, order).await?;
    Ok(back(&fields, word, LIST))
}
