//! Lists of servers that somebody else keeps: subscribing to them, and deciding, line by line or at once, about what has changed.

use actions::hosting::By;
use actions::hosting::subscriptions::review::{self, Proposed, Rest, Review, Verdict};
use actions::hosting::subscriptions::{self, fetching};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::listing::{Alarm, Proposal};
use domain::rights::Right;
use domain::{Noun, Refusal};
use pages::views::{
    DeskForm, DeskPage, Fact, Field, FieldKind, Form, Line, LineDeed, LineForm, Notice, Problems, time,
};
use storage::blocklists::{Blocklist, Unread};

use super::lists::dealt_with;
use super::{back, said, undone, unknown};
use crate::door::App;
use crate::web::shell::{Answer, Fields, Query, Shell, problems};

const LIST: &str = "/admin/blocklists";
/// Lines of a review that are shown; what is said above them is how many there are.
const SHOWN: usize = 500;

/// `GET /admin/blocklists`
pub async fn page(shell: Shell, Query(query): Query) -> Answer {
    shown(&shell, &Fields::default(), Problems::default(), said(&query)).await
}

async fn shown(shell: &Shell, fields: &Fields, problems: Problems, notice: Option<Notice>) -> Answer {
    let mut frame = shell.desk(Right::RunPeers).await?;
    let by = By::Administrator(shell.member("see lists of servers")?.clone());
    let found = subscriptions::list(&shell.app.ctx, &by).await?;
    frame.notice = notice;
    frame.path = LIST.to_owned();
    let view = DeskPage {
        links: vec![
            ("Take over a list once".into(), "/admin/peers/import".into()),
            ("Give away ours".into(), "/admin/peers/export".into()),
        ],
        forms: vec![form(fields, &problems)],
        lines: found.iter().map(line).collect(),
        empty: "There are no subscriptions.",
        ..DeskPage::new(
            frame,
            "Blocklists",
            "Lists of servers that somebody else keeps. They are looked at each day, and nothing of them counts before you say so.",
        )
    };
    shell.form(&view, &problems).await
}

fn form(fields: &Fields, problems: &Problems) -> DeskForm {
    let asked = vec![
        Field::new("url", "Address", FieldKind::Line)
            .value(fields.get("url"))
            .hint("Of a list as Mastodon writes it (CSV), or with a host name on each line; it begins with https://.")
            .longest(2048)
            .required(),
        Field::new("reason", "Reason", FieldKind::Line)
            .value(fields.get("reason"))
            .hint("For the public log.")
            .longest(500),
    ];
    let form = Form::new(LIST, "Subscribe", asked).problems(problems);
    DeskForm { id: "subscribe-title", title: "Subscribe to a list", form, code: false }
}

fn line(list: &Blocklist) -> Line {
    let state = &list.state;
    let mut facts = vec![Fact::Words(format!("{} to decide", state.waiting))];
    facts.extend(state.alarm.map(|alarm| Fact::Mark(in_short(alarm).into())));
    facts.extend((state.failures > 0).then(|| Fact::Mark("cannot be had".into())));
    facts.push(state.fetched.map_or(Fact::Words("never had".into()), |at| Fact::When("had", at.0)));
    Line {
        href: Some(format!("{LIST}/{}", list.id)),
        facts,
        words: state.error.clone(),
        ..Line::new(list.id, &*list.url)
    }
}

const fn in_short(alarm: Alarm) -> &'static str {
    match alarm {
        Alarm::Emptied => "all gone",
        Alarm::Upset => "much changed",
    }
}

/// `POST /admin/blocklists`
pub async fn subscribed(shell: Shell, State(app): State<App>, fields: Fields) -> Answer {
    let by = By::Administrator(shell.member("subscribe to lists")?.clone());
    match subscriptions::subscribe(&app.ctx, &by, fields.get("url"), fields.get("reason")).await {
        Ok(list) => Ok(back(&Fields::default(), "subscribe", &format!("{LIST}/{}", list.id))),
        Err(error) => shown(&shell, &fields, problems(error, &[])?, None).await,
    }
}

fn number(id: &str) -> Result<i64, Refusal> {
    id.parse().ok().ok_or(Refusal::NotFound(Noun::Blocklist))
}

/// `GET /admin/blocklists/{id}`
pub async fn one(shell: Shell, Path(id): Path<String>, Query(query): Query) -> Answer {
    reviewed(&shell, number(&id)?, (StatusCode::OK, said(&query))).await
}

async fn reviewed(shell: &Shell, id: i64, (status, notice): (StatusCode, Option<Notice>)) -> Answer {
    let mut frame = shell.desk(Right::RunPeers).await?;
    let by = By::Administrator(shell.member("see lists of servers")?.clone());
    let review = review::look(&shell.app.ctx, &by, id).await?;
    frame.notice = notice;
    frame.path = format!("{LIST}/{id}");
    let unread = review.list.state.unread.iter().map(unread);
    let lines = review.lines.iter().take(SHOWN).map(|one| proposed(&review, one)).chain(unread).collect();
    let view = DeskPage {
        links: vec![("All lists".into(), LIST.into())],
        facts: facts(&review),
        deeds: Some(orders(&review)),
        lines,
        empty: "Nothing waits for a decision.",
        ..DeskPage::new(
            frame,
            review.list.url.clone(),
            "Nothing becomes milder by a list, but where it had brought what it does not name any more. What you refuse is not proposed again until the list says something else.",
        )
    };
    shell.page_with(status, &view).await
}

fn facts(review: &Review) -> Vec<(String, String)> {
    let state = &review.list.state;
    let mut facts = vec![
        ("To decide", review.lines.len().to_string()),
        ("Last had", state.fetched.map_or("never".into(), |at| time::exact(at.0))),
        ("Looked at next", time::exact(state.next.0)),
    ];
    if state.failures > 0 {
        facts.push(("Cannot be had", format!("{} ({} times)", state.error, state.failures)));
    }
    facts.extend(state.alarm.map(|alarm| ("Look twice", why(alarm).to_owned())));
    facts.into_iter().map(|(what, how)| (what.to_owned(), how)).collect()
}

const fn why(alarm: Alarm) -> &'static str {
    match alarm {
        Alarm::Emptied => "it had entries, and has none any more: it may have moved, or somebody may have wiped it out",
        Alarm::Upset => "more than half of its entries came, went or changed at once",
    }
}

const APPROVE: LineDeed = LineDeed { word: "approve", label: "Approve", first: true };
const REFUSE: LineDeed = LineDeed { word: "refuse", label: "Refuse", first: false };

/// What can be done about all of it. What is not shown is decided with the rest.
fn orders(review: &Review) -> LineForm {
    const ALL: LineDeed = LineDeed { word: "approve-all", label: "Approve all", first: true };
    const NONE: LineDeed = LineDeed { word: "refuse-all", label: "Refuse all", first: false };
    const FETCH: LineDeed = LineDeed { word: "fetch", label: "Fetch it now", first: false };
    const END: LineDeed = LineDeed { word: "unsubscribe", label: "End the subscription", first: false };
    let decide = if review.lines.is_empty() { vec![] } else { vec![ALL, NONE] };
    LineForm {
        action: format!("{LIST}/{}", review.list.id),
        carried: vec![("version", review.version.clone())],
        reasoned: true,
        deeds: decide.into_iter().chain([FETCH, END]).collect(),
    }
}

fn proposed(review: &Review, one: &Proposed) -> Line {
    let words = match one.proposal {
        Proposal::Follow { from: None, to } => format!("new: {}", dealt_with(to)),
        Proposal::Follow { from: Some(from), to } => format!("{} \u{2192} {}", dealt_with(from), dealt_with(to)),
        Proposal::Lift { from } => format!("lift, as the list does not name it any more: {}", dealt_with(from)),
    };
    let also = one.also.iter().map(|url| Fact::Words(format!("also on {url}")));
    let form = LineForm {
        action: format!("{LIST}/{}", review.list.id),
        carried: vec![("version", review.version.clone()), ("host", one.host.clone())],
        reasoned: false,
        deeds: vec![APPROVE, REFUSE],
    };
    Line {
        facts: std::iter::once(Fact::Words(words)).chain(also).collect(),
        words: one.reason.clone(),
        form: Some(form),
        ..Line::new(format!("host-{}", one.host), &*one.host)
    }
}

fn unread(unread: &Unread) -> Line {
    let facts = vec![Fact::Mark("not taken".into()), Fact::Words(format!("line {}: {}", unread.line, unread.reason))];
    let title = if unread.text.is_empty() { "(nothing)" } else { &unread.text };
    Line { facts, ..Line::new(format!("line-{}", unread.line), title) }
}

/// `POST /admin/blocklists/{id}`
pub async fn ordered(shell: Shell, State(app): State<App>, Path(id): Path<String>, fields: Fields) -> Answer {
    let (by, id) = (By::Administrator(shell.member("decide about lists")?.clone()), number(&id)?);
    let here = format!("{LIST}/{id}");
    let word = fields.get("do");
    let done = match word {
        "fetch" => fetching::fetch(&app.ctx, &by, id).await.map(drop),
        "unsubscribe" => {
            subscriptions::unsubscribe(&app.ctx, &by, id).await?;
            return Ok(back(&Fields::default(), word, LIST));
        }
        _ => review::decide(&app.ctx, &by, id, verdict(&fields)?).await.map(drop),
    };
    match done {
        Ok(()) => Ok(back(&Fields::default(), if word == "fetch" { "fetch" } else { "review" }, &here)),
        Err(error) => {
            let (status, notice) = undone(error)?;
            reviewed(&shell, id, (status, Some(notice))).await
        }
    }
}

fn verdict(fields: &Fields) -> Result<Verdict, crate::web::shell::Oops> {
    let (host, mut verdict) = (vec![fields.text("host")], Verdict::default());
    match fields.get("do") {
        "approve" => verdict.approve = host,
        "refuse" => verdict.refuse = host,
        "approve-all" => verdict.rest = Some(Rest::Approve),
        "refuse-all" => verdict.rest = Some(Rest::Refuse),
        _ => return Err(unknown()),
    }
    Ok(Verdict { version: fields.text("version"), reason: fields.text("reason"), ..verdict })
}
