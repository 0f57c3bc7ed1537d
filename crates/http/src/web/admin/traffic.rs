//! What came from other servers and what is brought to them, by what has become of it.

use actions::hosting::By;
use actions::hosting::deliveries::{self as outgoing, Delivery, Order};
use actions::hosting::inbox::{self, Listed};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::rights::Right;
use domain::{Noun, Refusal};
use pages::views::{DeskPage, DeskTab, Fact, Find, Line, LineDeed, LineForm, Notice};
use storage::inbox::Entry;
use storage::outbox::State as Sent;

use super::{PAGE, address, back, before, query_of, said, undone, unknown};
use crate::door::App;
use crate::web::convert::encoded;
use crate::web::shell::{Answer, Fields, Query, Shell};

const INBOX: &str = "/admin/inbox";
const OUTBOX: &str = "/admin/deliveries";

const CAME: [(Listed, &str, &str); 5] = [
    (Listed::Waiting, "waiting", "Waiting"),
    (Listed::Failed, "failed", "Failed"),
    (Listed::Refused, "refused", "Refused"),
    (Listed::Ignored, "ignored", "Ignored"),
    (Listed::Done, "done", "Done"),
];

const GOES: [(Sent, &str, &str); 3] = [
    (Sent::Waiting, "waiting", "Waiting"),
    (Sent::GivenUp, "given-up", "Given up"),
    (Sent::Skipped, "skipped", "Skipped"),
];

fn tab(path: &str, fields: &[(&str, &str)], title: &'static str, current: bool) -> DeskTab {
    DeskTab { href: address(path, fields), title, current }
}

fn times(attempts: i64) -> String {
    if attempts == 1 { "tried once".into() } else { format!("tried {attempts} times") }
}

fn server(host: &str) -> Fact {
    Fact::Link(host.to_owned(), format!("/admin/peers/{}", encoded(host)))
}

/// `GET /admin/inbox`
pub async fn arrivals(shell: Shell, Query(query): Query) -> Answer {
    let notice = said(&query);
    came(&shell, &query, StatusCode::OK, notice).await
}

async fn came(shell: &Shell, query: &Fields, status: StatusCode, notice: Option<Notice>) -> Answer {
    let mut frame = shell.desk(Right::RunPeers).await?;
    let by = By::Administrator(shell.member("see what came")?.clone());
    let word = query.get("state");
    let listed = CAME.iter().find(|(_, known, _)| *known == word).map_or(Listed::Waiting, |(listed, ..)| *listed);
    let (found, next) = inbox::page(&shell.app.ctx, &by, listed, before(query)?, PAGE).await?;
    frame.notice = notice;
    frame.path = address(INBOX, &[("state", word), ("before", query.get("before"))]);
    let tabs = CAME.iter().map(|(known, word, title)| tab(INBOX, &[("state", word)], title, *known == listed));
    let view = DeskPage {
        tabs: tabs.collect(),
        lines: found.into_iter().map(arrival).collect(),
        empty: "There is nothing of that kind.",
        next: next.map(|id| address(INBOX, &[("state", word), ("before", &id.to_string())])),
        ..DeskPage::new(frame, "Arrivals", "What other servers said. What had its effect at once is not listed.")
    };
    shell.page_with(status, &view).await
}

fn arrival(entry: Entry) -> Line {
    let again = matches!(Listed::from(entry.state), Listed::Failed | Listed::Refused);
    let replay = || LineForm {
        action: format!("{INBOX}/{}", entry.id),
        carried: Vec::new(),
        reasoned: false,
        deeds: vec![LineDeed { word: "replay", label: "Deal with it again", first: true }],
    };
    let mut facts = vec![server(&entry.host), Fact::Words(entry.actor), Fact::When("came", entry.received.0)];
    facts.extend((entry.attempts > 0).then(|| Fact::Words(times(entry.attempts))));
    let title = format!("{} {}", entry.kind, entry.uri);
    Line { facts, words: entry.reason, form: again.then(replay), ..Line::new(entry.id, title) }
}

/// `POST /admin/inbox/{id}`
pub async fn replayed(shell: Shell, State(app): State<App>, Path(id): Path<String>, fields: Fields) -> Answer {
    let by = By::Administrator(shell.member("deal with it again")?.clone());
    if fields.get("do") != "replay" {
        return Err(unknown());
    }
    let id = id.parse().ok().ok_or(Refusal::NotFound(Noun::Arrival))?;
    match inbox::replay(&app.ctx, &by, id, fields.get("reason")).await {
        Ok(_) => Ok(back(&fields, "replay", INBOX)),
        Err(error) => {
            let (status, notice) = undone(error)?;
            came(&shell, &query_of(&fields), status, Some(notice)).await
        }
    }
}

/// `GET /admin/deliveries`
pub async fn deliveries(shell: Shell, Query(query): Query) -> Answer {
    let notice = said(&query);
    goes(&shell, &query, StatusCode::OK, notice).await
}

async fn goes(shell: &Shell, query: &Fields, status: StatusCode, notice: Option<Notice>) -> Answer {
    let mut frame = shell.desk(Right::RunPeers).await?;
    let by = By::Administrator(shell.member("see what is brought")?.clone());
    let (word, host) = (query.get("state"), query.get("host").trim());
    let state = GOES.iter().find(|(_, known, _)| *known == word).map_or(Sent::Waiting, |(state, ..)| *state);
    let which = (state, Some(host).filter(|host| !host.is_empty()));
    let (found, next) = outgoing::page(&shell.app.ctx, &by, which, before(query)?, PAGE).await?;
    frame.notice = notice;
    frame.path = address(OUTBOX, &[("state", word), ("host", host), ("before", query.get("before"))]);
    let tabs =
        GOES.iter().map(|(known, word, title)| tab(OUTBOX, &[("state", word), ("host", host)], title, *known == state));
    let view = DeskPage {
        tabs: tabs.collect(),
        find: Some(Find { action: OUTBOX, name: "host", label: "To one server, by host name", value: host.into() }),
        lines: found.into_iter().map(delivery).collect(),
        empty: "There is nothing of that kind.",
        next: next.map(|id| address(OUTBOX, &[("state", word), ("host", host), ("before", &id.to_string())])),
        ..DeskPage::new(frame, "Deliveries", "What is on its way to other servers. What was brought is not kept.")
    };
    shell.page_with(status, &view).await
}

fn delivery(delivery: Delivery) -> Line {
    let Delivery { entry, said, kind, activity } = delivery;
    const RETRY: LineDeed = LineDeed { word: "retry", label: "Bring it again", first: true };
    const SKIP: LineDeed = LineDeed { word: "skip", label: "Do not bring it", first: false };
    let deeds = match entry.state {
        Sent::Waiting => vec![SKIP],
        Sent::GivenUp => vec![RETRY, SKIP],
        Sent::Skipped => vec![RETRY],
    };
    let mut facts = vec![server(&entry.host), Fact::When("said", said.0)];
    facts.push(Fact::Words(format!("to {}", entry.inbox)));
    facts.extend((entry.attempts > 0).then(|| Fact::Words(times(entry.attempts))));
    let action = format!("{OUTBOX}/{}", entry.id);
    let form = Some(LineForm { action, carried: Vec::new(), reasoned: false, deeds });
    Line { facts, words: entry.error, form, ..Line::new(entry.id, format!("{kind} {activity}")) }
}

/// `POST /admin/deliveries/{id}`
pub async fn ordered(shell: Shell, State(app): State<App>, Path(id): Path<String>, fields: Fields) -> Answer {
    let by = By::Administrator(shell.member("decide about deliveries")?.clone());
    let word = fields.get("do");
    let order = match word {
        "retry" => Order::Retry,
        "skip" => Order::Skip,
        _ => return Err(unknown()),
    };
    let id = id.parse().ok().ok_or(Refusal::NotFound(Noun::Delivery))?;
    match outgoing::order(&app.ctx, &by, id, order, fields.get("reason")).await {
        Ok(_) => Ok(back(&fields, word, OUTBOX)),
        Err(error) => {
            let (status, notice) = undone(error)?;
            goes(&shell, &query_of(&fields), status, Some(notice)).await
        }
    }
}
