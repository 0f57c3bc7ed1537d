//! `rejoinder peers`, `inbox`, `deliveries`, `keys`: what goes to other servers and comes from them.
#![expect(clippy::print_stdout, reason = "commands answer on standard output")]

use actions::Ctx;
use actions::hosting::checkup::lasting;
use actions::hosting::deliveries::Delivery;
use actions::hosting::inbox::Listed;
use actions::hosting::keys::Whose;
use actions::hosting::peers::Standing;
use actions::hosting::policies::{Decision, Run};
use actions::hosting::{By, deliveries, inbox, keys, peers, policies};
use domain::policy::Coverage;
use door::api::admin;
use storage::inbox::Entry;
use storage::outbox;
use storage::peers::State;

use super::lists;
use super::table::{self, moment, print_json};
use crate::boot::Failure;
use crate::cli::{self, ArrivalState, DeliveryOrder, DeliveryState, InboxOrder, PeerOrder};

/// Entries that are read at a time.
const PAGE: usize = 100;

/// `rejoinder peers`
pub async fn peers(ctx: &Ctx, arguments: cli::Peers) -> Result<(), Failure> {
    if let Some(order) = arguments.order {
        let (order, one, done) = match order {
            PeerOrder::Pause(one) => (peers::Order::Pause, one, "is paused: it is brought nothing until it is resumed"),
            PeerOrder::Resume(one) => (peers::Order::Resume, one, "is brought what waits for it"),
            PeerOrder::Retry(one) => (peers::Order::Retry, one, "is tried now, and so is what came from there"),
            PeerOrder::Import(list) => return import(ctx, &list).await,
            PeerOrder::Lists(order) => return lists::run(ctx, order).await,
            PeerOrder::Export => {
                print!("{}", policies::export(ctx, &By::Host).await?);
                return Ok(());
            }
        };
        let standing = peers::order(ctx, &By::Host, &one.host, order, &one.reason).await?;
        return if one.json {
            print_json(&admin::peers::Peer::from(standing))
        } else {
            println!("{} {done}", standing.peer.host);
            Ok(())
        };
    }
    let found = match (&arguments.host, arguments.policy) {
        (Some(host), Some(level)) => {
            let decision = Decision { level: level.into(), coverage: Coverage::Host, reason: arguments.reason };
            vec![policies::decide(ctx, &By::Host, host, decision).await?]
        }
        (Some(host), None) => vec![peers::find(ctx, &By::Host, host).await?],
        (None, _) => all_peers(ctx).await?,
    };
    if arguments.json {
        return print_json(&found.into_iter().map(admin::peers::Peer::from).collect::<Vec<_>>());
    }
    match (arguments.host, found.as_slice()) {
        (Some(_), [one]) => print_peer(one),
        (_, all) => {
            let heads = ["HOST", "SOFTWARE", "STATE", "WAITING", "LAG", "GIVEN UP", "LAST REACHED", "LAST ERROR"];
            table::print(&heads, &all.iter().map(peer_row).collect::<Vec<_>>());
        }
    }
    Ok(())
}

async fn import(ctx: &Ctx, list: &cli::Blocklist) -> Result<(), Failure> {
    let (file, run) = (list.file.display(), if list.apply { Run::Real } else { Run::Dry });
    let text = std::fs::read(&list.file).map_err(|error| format!("cannot read {file}: {error}; name another file"))?;
    let found = policies::import(ctx, &By::Host, &String::from_utf8_lossy(&text), run, &list.reason).await?;
    if list.json {
        return print_json(&admin::blocklists::BlocklistDifference::new(run, found));
    }
    for (host, entry) in &found.new {
        println!("new      {host}: {}", dealt_with(*entry));
    }
    for (host, from, to) in &found.changed {
        println!("changed  {host}: {}, was {}", dealt_with(*to), dealt_with(*from));
    }
    for one in &found.refused {
        println!("refused  line {}: “{}” {}", one.line, one.text, one.reason);
    }
    let done = if list.apply { "" } else { "; nothing was changed, --apply takes it over" };
    let (new, changed, kept) = (found.new.len(), found.changed.len(), found.kept.len());
    println!("{new} new, {changed} changed, {kept} kept, {} refused{done}", found.refused.len());
    Ok(())
}

/// An entry, as it is written on the command line.
pub(super) fn dealt_with(entry: domain::policy::Entry) -> String {
    let below = if entry.coverage == Coverage::Subdomains { " (and all below it)" } else { "" };
    format!("{}{below}", entry.level.name())
}

async fn all_peers(ctx: &Ctx) -> Result<Vec<Standing>, Failure> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let (found, next) = peers::page(ctx, &By::Host, &after, PAGE).await?;
        all.extend(found);
        match next {
            Some(next) => after = next,
            None => return Ok(all),
        }
    }
}

fn state(standing: &Standing) -> String {
    match (standing.peer.state, standing.peer.failures) {
        _ if standing.level > domain::Level::Allow => standing.level.name().into(),
        (State::Open, 0) => "open".into(),
        (State::Open, failures) => format!("failed {failures}×"),
        (State::Paused, _) => "paused".into(),
        (State::Asleep, _) => "asleep".into(),
    }
}

fn peer_row(standing: &Standing) -> Vec<String> {
    let peer = &standing.peer;
    vec![
        peer.host.clone(),
        format!("{} {}", peer.software, peer.version).trim().to_owned(),
        state(standing),
        standing.waiting.to_string(),
        standing.lag_ms().map_or_else(String::new, lasting),
        standing.given_up.to_string(),
        moment(peer.reached),
        standing.reason.clone(),
    ]
}

fn print_peer(standing: &Standing) {
    let peer = &standing.peer;
    let lines = [
        ("host", peer.host.clone()),
        ("software", format!("{} {}", peer.software, peer.version).trim().to_owned()),
        ("policy", standing.level.name().to_owned()),
        ("reason", standing.policy.as_ref().map(|policy| policy.reason.clone()).unwrap_or_default()),
        ("dialect", format!("{:?}", peer.dialect).to_lowercase()),
        ("state", state(standing)),
        ("last heard", moment(peer.heard)),
        ("last reached", moment(peer.reached)),
        ("failing since", peer.failing_since.map(moment).unwrap_or_default()),
        ("failures", peer.failures.to_string()),
        ("last error", standing.reason.clone()),
        ("waiting", standing.waiting.to_string()),
        ("given up", standing.given_up.to_string()),
        ("lag", standing.lag_ms().map_or_else(String::new, lasting)),
        ("next attempt", standing.next().map(moment).unwrap_or_default()),
    ];
    table::print(&["", ""], &lines.map(|(name, value)| vec![name.to_owned(), value]));
}

/// `rejoinder inbox`
pub async fn inbox(ctx: &Ctx, arguments: cli::Inbox) -> Result<(), Failure> {
    if let Some(InboxOrder::Replay { id, json }) = arguments.order {
        let entry = inbox::replay(ctx, &By::Host, id, "").await?;
        return if json {
            print_json(&admin::inbox::Arrival::from(entry))
        } else {
            println!("{} of {} is dealt with again", entry.kind, entry.host);
            Ok(())
        };
    }
    let listed = match arguments.state {
        ArrivalState::Waiting => Listed::Waiting,
        ArrivalState::Failed => Listed::Failed,
        ArrivalState::Refused => Listed::Refused,
        ArrivalState::Ignored => Listed::Ignored,
        ArrivalState::Done => Listed::Done,
    };
    let (found, _) = inbox::page(ctx, &By::Host, listed, None, arguments.limit).await?;
    if arguments.json {
        return print_json(&found.into_iter().map(admin::inbox::Arrival::from).collect::<Vec<_>>());
    }
    let row = |entry: &Entry| {
        let (id, tried) = (entry.id.to_string(), entry.attempts.to_string());
        vec![id, moment(entry.received), entry.kind.clone(), entry.actor.clone(), tried, entry.reason.clone()]
    };
    let heads = ["ID", "RECEIVED", "KIND", "ACTOR", "TRIED", "REASON"];
    table::print(&heads, &found.iter().map(row).collect::<Vec<_>>());
    Ok(())
}

/// `rejoinder deliveries`
pub async fn deliveries(ctx: &Ctx, arguments: cli::Deliveries) -> Result<(), Failure> {
    if let Some(order) = arguments.order {
        let (order, one, done) = match order {
            DeliveryOrder::Retry(one) => (deliveries::Order::Retry, one, "is tried again"),
            DeliveryOrder::Skip(one) => (deliveries::Order::Skip, one, "is not brought"),
        };
        let delivery = deliveries::order(ctx, &By::Host, one.id, order, "").await?;
        return if one.json {
            print_json(&admin::deliveries::Delivery::from(delivery))
        } else {
            println!("{} to {} {done}", delivery.kind, delivery.entry.host);
            Ok(())
        };
    }
    let state = match arguments.state {
        DeliveryState::Waiting => outbox::State::Waiting,
        DeliveryState::GivenUp => outbox::State::GivenUp,
        DeliveryState::Skipped => outbox::State::Skipped,
    };
    let which = (state, arguments.host.as_deref());
    let (found, _) = deliveries::page(ctx, &By::Host, which, None, arguments.limit).await?;
    if arguments.json {
        return print_json(&found.into_iter().map(admin::deliveries::Delivery::from).collect::<Vec<_>>());
    }
    let row = |delivery: &Delivery| {
        let Delivery { entry, said, kind, .. } = delivery;
        let (id, tried) = (entry.id.to_string(), entry.attempts.to_string());
        vec![id, moment(*said), kind.clone(), entry.inbox.clone(), tried, entry.error.clone()]
    };
    let heads = ["ID", "SAID", "KIND", "INBOX", "TRIED", "ERROR"];
    table::print(&heads, &found.iter().map(row).collect::<Vec<_>>());
    Ok(())
}

/// `rejoinder keys rotate`
pub async fn rotate(ctx: &Ctx, whose: cli::Whose) -> Result<(), Failure> {
    let whose = match (whose.board, whose.account, whose.server) {
        (Some(board), ..) => Whose::Board(board),
        (_, Some(account), _) => Whose::Account(account),
        (.., true) => Whose::Server,
        _ => Whose::All,
    };
    for actor in keys::rotate(ctx, whose).await? {
        println!("{actor} has a new key");
    }
    Ok(())
}
