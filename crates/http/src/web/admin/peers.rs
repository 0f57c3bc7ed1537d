//! Other servers: which are known, for which something waits longest, and what is done about one of them.

use actions::hosting::checkup::lasting;
use actions::hosting::peers::{self, Order, Standing};
use actions::hosting::{By, policies};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::policy::Coverage;
use domain::rights::Right;
use domain::{Level, Refusal};
use pages::views::{
    Choice, DeskForm, DeskPage, DeskTab, Fact, Field, FieldKind, Find, Form, Line, LineDeed, LineForm, Notice,
    Problems, time,
};
use storage::peers::State as PeerState;

use super::{PAGE, address, back, said, undone, unknown};
use crate::door::App;
use crate::web::convert::encoded;
use crate::web::shell::{Answer, Fields, Query, Shell, problems, see};

const LIST: &str = "/admin/peers";

/// `GET /admin/peers`
pub async fn page(shell: Shell, Query(query): Query) -> Answer {
    let frame = shell.desk(Right::RunPeers).await?;
    let wanted = query.get("host").trim();
    if !wanted.is_empty() {
        return Ok(see(&format!("{LIST}/{}", encoded(&wanted.to_ascii_lowercase()))));
    }
    let by = By::Administrator(shell.member("see other servers")?.clone());
    let by_lag = query.get("by") == "lag";
    let (found, next) = if by_lag {
        (peers::by_lag(&shell.app.ctx, &by, PAGE).await?, None)
    } else {
        peers::page(&shell.app.ctx, &by, query.get("after"), PAGE).await?
    };
    let tab = |href: &str, title, current| DeskTab { href: href.to_owned(), title, current };
    let view = DeskPage {
        tabs: vec![tab(LIST, "By name", !by_lag), tab("/admin/peers?by=lag", "Not heard everything", by_lag)],
        links: vec![
            ("Take over a list".into(), "/admin/peers/import".into()),
            ("Give away ours".into(), "/admin/peers/export".into()),
        ],
        find: Some(Find { action: LIST, name: "host", label: "Find by host name", value: String::new() }),
        lines: found.iter().map(line).collect(),
        empty: if by_lag { "Every server has heard everything." } else { "No other server is known." },
        next: next.map(|host| address(LIST, &[("after", &host)])),
        ..DeskPage::new(frame, "Servers", "")
    };
    shell.page(&view).await
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::Allow => "allowed",
        Level::Limit => "limited",
        Level::Hold => "held",
        Level::Reject => "rejected",
        Level::Block => "blocked",
    }
}

const fn state(state: PeerState) -> &'static str {
    match state {
        PeerState::Open => "open",
        PeerState::Paused => "paused",
        PeerState::Asleep => "asleep",
    }
}

fn software(standing: &Standing) -> String {
    format!("{} {}", standing.peer.software, standing.peer.version).trim().to_owned()
}

fn line(standing: &Standing) -> Line {
    let peer = &standing.peer;
    let mut facts = Vec::new();
    if peer.state != PeerState::Open {
        facts.push(Fact::Mark(state(peer.state).into()));
    }
    if standing.level != Level::Allow {
        facts.push(Fact::Mark(level(standing.level).into()));
    }
    facts.extend(Some(software(standing)).filter(|words| !words.is_empty()).map(Fact::Words));
    if standing.waiting > 0 {
        let behind = standing.lag_ms().map_or_else(String::new, lasting);
        facts.push(Fact::Words(format!("{} waiting, behind by {behind}", standing.waiting)));
    }
    if standing.given_up > 0 {
        facts.push(Fact::Words(format!("{} given up", standing.given_up)));
    }
    facts.extend((peer.heard.0 > 0).then_some(Fact::When("heard", peer.heard.0)));
    Line {
        href: Some(format!("{LIST}/{}", encoded(&peer.host))),
        facts,
        words: standing.reason.clone(),
        ..Line::new(&peer.host, &*peer.host)
    }
}

/// `GET /admin/peers/{host}`
pub async fn one(shell: Shell, Path(host): Path<String>, Query(query): Query) -> Answer {
    shown(&shell, &host, None, Problems::default(), (StatusCode::OK, said(&query))).await
}

/// What was chosen about a server.
struct Chosen {
    level: String,
    subdomains: bool,
}

async fn shown(
    shell: &Shell,
    host: &str,
    chosen: Option<Chosen>,
    problems: Problems,
    (status, notice): (StatusCode, Option<Notice>),
) -> Answer {
    let mut frame = shell.desk(Right::RunPeers).await?;
    let by = By::Administrator(shell.member("see other servers")?.clone());
    let standing = peers::look(&shell.app.ctx, &by, host).await?;
    let host = standing.peer.host.clone();
    frame.notice = notice;
    frame.path = format!("{LIST}/{}", encoded(&host));
    let list = |state: &str| address("/admin/deliveries", &[("state", state), ("host", &host)]);
    let links = [("What waits for it", "waiting"), ("What was given up", "given-up")];
    let links = links.into_iter().filter(|_| standing.is_met);
    let view = DeskPage {
        links: links.map(|(label, state)| (label.to_owned(), list(state))).collect(),
        facts: if standing.is_met { facts(&standing) } else { unmet(&standing) },
        deeds: standing.is_met.then(|| orders(&standing)),
        forms: vec![policy_form(&standing, chosen, &problems)],
        ..DeskPage::new(frame, host, "")
    };
    let status = if problems.0.is_empty() { status } else { StatusCode::UNPROCESSABLE_ENTITY };
    shell.page_with(status, &view).await
}

/// Of one that was never met there is only what was decided.
fn unmet(standing: &Standing) -> Vec<(String, String)> {
    let known = "not yet: nothing came from it, and nothing was to be brought there. What is decided here counts from its first word.";
    let mut facts = vec![("Known".to_owned(), known.to_owned())];
    facts.push(("How it is dealt with".into(), level(standing.level).to_owned()));
    facts.extend(reasoned(standing));
    facts
}

/// Why it is dealt with so, where that was decided by its name.
fn reasoned(standing: &Standing) -> Option<(String, String)> {
    let reason = standing.policy.as_ref()?.reason.clone();
    let reason = if reason.is_empty() { "no reason was given".into() } else { reason };
    Some(("Why it is dealt with so".into(), reason))
}

fn facts(standing: &Standing) -> Vec<(String, String)> {
    let peer = &standing.peer;
    let once = |at: domain::Time| if at.0 > 0 { time::exact(at.0) } else { "never".into() };
    let named = |words: String, none: &str| if words.is_empty() { none.to_owned() } else { words };
    let mut facts = vec![
        ("How it is dealt with", level(standing.level).to_owned()),
        ("State", state(peer.state).to_owned()),
        ("Runs", named(software(standing), "not known yet")),
        ("Last heard from", once(peer.heard)),
        ("Last reached", once(peer.reached)),
        ("Waiting", standing.waiting.to_string()),
        ("Given up", standing.given_up.to_string()),
        ("Behind by", standing.lag_ms().map_or_else(|| "nothing".into(), lasting)),
    ];
    if let Some(since) = peer.failing_since {
        facts.push(("Failing since", format!("{} ({} times)", time::exact(since.0), peer.failures)));
    }
    facts.extend(standing.next().map(|next| ("Tried again", time::exact(next.0))));
    facts.extend(Some(standing.reason.clone()).filter(|why| !why.is_empty()).map(|why| ("Last error", why)));
    let facts = facts.into_iter().map(|(what, how)| (what.to_owned(), how));
    facts.chain(reasoned(standing)).collect()
}

fn orders(standing: &Standing) -> LineForm {
    const PAUSE: LineDeed = LineDeed { word: "pause", label: "Pause", first: false };
    const RESUME: LineDeed = LineDeed { word: "resume", label: "Resume", first: true };
    const RETRY: LineDeed = LineDeed { word: "retry", label: "Try it now", first: true };
    let deeds = match standing.peer.state {
        PeerState::Open => vec![RETRY, PAUSE],
        PeerState::Paused => vec![RESUME],
        PeerState::Asleep => vec![RETRY, RESUME, PAUSE],
    };
    let action = format!("{LIST}/{}", encoded(&standing.peer.host));
    LineForm { action, carried: Vec::new(), reasoned: true, deeds }
}

fn policy_form(standing: &Standing, chosen: Option<Chosen>, problems: &Problems) -> DeskForm {
    let label = |level: &Level| match level {
        Level::Allow => "Allow: as everybody",
        Level::Limit => "Limit: known to those alone who follow",
        Level::Hold => "Hold: each new comment waits for a moderator",
        Level::Reject => "Reject: nothing is taken or brought any more",
        Level::Block => "Block: reject, and hide what is here",
    };
    let choices = Level::ALL.iter().map(|level| Choice { value: level.name().into(), label: label(level).into() });
    let known = standing.policy.as_ref().map(|policy| policy.entry.coverage);
    let Chosen { level, subdomains } = chosen.unwrap_or_else(|| Chosen {
        level: standing.level.name().into(),
        subdomains: known == Some(Coverage::Subdomains),
    });
    let covers = [("host", "This host alone"), ("subdomains", "And all servers below its name")];
    let covers = covers.map(|(value, label)| Choice { value: value.into(), label: label.into() });
    let fields = vec![
        Field::new("level", "How it is dealt with", FieldKind::Select(choices.collect())).value(level).required(),
        Field::new("covers", "For which servers", FieldKind::Select(covers.into()))
            .value(if subdomains { "subdomains" } else { "host" })
            .required(),
        Field::new("reason", "Reason", FieldKind::Line).hint("For the public log.").longest(500),
    ];
    let action = format!("{LIST}/{}/policy", encoded(&standing.peer.host));
    DeskForm {
        id: "policy-title",
        title: "Policy",
        form: Form::new(action, "Decide so", fields).problems(problems),
        code: false,
    }
}

/// `POST /admin/peers/{host}`
pub async fn ordered(shell: Shell, State(app): State<App>, Path(host): Path<String>, fields: Fields) -> Answer {
    let by = By::Administrator(shell.member("decide about servers")?.clone());
    let word = fields.get("do");
    let order = match word {
        "pause" => Order::Pause,
        "resume" => Order::Resume,
        "retry" => Order::Retry,
        _ => return Err(unknown()),
    };
    match peers::order(&app.ctx, &by, &host, order, fields.get("reason")).await {
        Ok(_) => Ok(back(&fields, word, LIST)),
        Err(error) => {
            let (status, notice) = undone(error)?;
            shown(&shell, &host, None, Problems::default(), (status, Some(notice))).await
        }
    }
}

/// `POST /admin/peers/{host}/policy`
pub async fn decided(shell: Shell, State(app): State<App>, Path(host): Path<String>, fields: Fields) -> Answer {
    let by = By::Administrator(shell.member("decide about servers")?.clone());
    let chosen = Chosen { level: fields.text("level"), subdomains: fields.get("covers") == "subdomains" };
    let done = async {
        let level = Level::named(&chosen.level).ok_or_else(|| Refusal::field("level", "choose one of the list"))?;
        let coverage = if chosen.subdomains { Coverage::Subdomains } else { Coverage::Host };
        let decision = policies::Decision { level, coverage, reason: fields.text("reason") };
        policies::decide(&app.ctx, &by, &host, decision).await
    };
    match done.await {
        Ok(standing) => Ok(back(&fields, "policy", &format!("{LIST}/{}", encoded(&standing.peer.host)))),
        Err(error) => {
            let problems = problems(error, &[("host", "")])?;
            shown(&shell, &host, Some(chosen), problems, (StatusCode::OK, None)).await
        }
    }
}
