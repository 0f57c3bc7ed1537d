//! How the place fares, at a glance.

use actions::hosting::checkup::{Finding, lasting};
use actions::hosting::{By, subscriptions};
use actions::stats::{self, Age, Day, Servers, Waits};
use domain::rights::Right;
use pages::views::{AgeView, DayView, LagView, OverviewPage, ServersView, Tile};

use super::many;
use crate::web::shell::{Answer, Shell};

/// `GET /admin`
pub async fn page(shell: Shell) -> Answer {
    let frame = shell.desk(Right::SeeHeld).await?;
    let (app, person) = (&shell.app, shell.member("run this place")?);
    let waits = stats::waits(&app.ctx, person).await?;
    let applied = stats::applied(&app.ctx, person).await?;
    let noticed = stats::noticed(&app.ctx, person).await?;
    let (servers, listed) = match person.must(Right::RunPeers) {
        Ok(()) => {
            let listed = subscriptions::waiting(&app.ctx, &By::Administrator(person.clone())).await?;
            (Some(app.servers().await?), Some(listed))
        }
        Err(_) => (None, None),
    };
    let days = app.days(person).await?.into_iter().map(day).collect();
    let view = OverviewPage {
        frame,
        tiles: tiles(&waits, (applied, noticed, listed), servers.as_deref()),
        servers: servers.as_deref().map(view),
        ages: waits.by_age.iter().map(age).collect(),
        days,
    };
    shell.page(&view).await
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn day(day: Day) -> DayView {
    DayView { begins_ms: day.begins.0, comments: count(day.comments), reports: day.reports.map(count) }
}

fn age(&(age, held, reported): &(Age, usize, usize)) -> AgeView {
    let words = match age {
        Age::Hour => "less than an hour",
        Age::Day => "less than a day",
        Age::Days => "one to three days",
        Age::Week => "three to seven days",
        Age::More => "longer than a week",
    };
    let count = |number| u64::try_from(number).unwrap_or(u64::MAX);
    AgeView { age: words, held: count(held), reported: count(reported) }
}

fn tile(number: i64, label: &'static str, href: &'static str) -> Tile {
    let number = if number == 0 { "0".into() } else { many(number) };
    Tile { number, label, href, warns: false }
}

/// Something that should not be.
fn alarm(number: i64, label: &'static str, href: &'static str) -> Tile {
    Tile { warns: number > 0, number: number.to_string(), label, href }
}

fn tiles(
    waits: &Waits,
    (applied, noticed, listed): (Option<i64>, Option<(i64, i64)>, Option<i64>),
    servers: Option<&Servers>,
) -> Vec<(&'static str, Vec<Tile>)> {
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let mut people = vec![
        tile(number(waits.held()), "held", "/admin/queue?list=held"),
        tile(number(waits.reported()), "reported", "/admin/queue?list=reported"),
    ];
    let applications = |count| if count == 1 { "application" } else { "applications" };
    people.extend(applied.map(|count| tile(count, applications(count), "/admin/accounts?state=waiting")));
    let notices = |(waiting, overdue)| {
        let overdue = (overdue > 0).then(|| alarm(overdue, "notices overdue", "/admin/notices"));
        std::iter::once(tile(waiting, "notices", "/admin/notices")).chain(overdue)
    };
    people.extend(noticed.into_iter().flat_map(notices));
    // On most places nobody subscribes to anything.
    people.extend(listed.filter(|count| *count > 0).map(|count| tile(count, "on blocklists", "/admin/blocklists")));
    let servers = servers.map(|servers| ("Other servers", between(servers)));
    std::iter::once(("What waits for people here", people)).chain(servers).collect()
}

fn between(servers: &Servers) -> Vec<Tile> {
    let (deliveries, peers) = (servers.numbers.deliveries, servers.numbers.peers);
    let exact = |number: i64, label, href| Tile { number: number.to_string(), ..tile(0, label, href) };
    vec![
        exact(deliveries.waiting, "deliveries waiting", "/admin/deliveries"),
        alarm(deliveries.given_up, "deliveries given up", "/admin/deliveries?state=given-up"),
        exact(servers.numbers.inbox_waiting, "arrivals waiting", "/admin/inbox"),
        alarm(peers.failing, "servers failing", "/admin/peers?by=lag"),
        exact(peers.paused, "servers paused", "/admin/peers"),
        alarm(peers.asleep, "servers asleep", "/admin/peers"),
    ]
}

fn view(servers: &Servers) -> ServersView {
    let peers = servers.numbers.peers;
    let lag = |lag: &storage::stats::Lag| {
        let lag_ms = servers.lag_ms(lag);
        LagView { host: lag.host.clone(), lag_ms, lag: lasting(lag_ms) }
    };
    let warnings = servers.warnings().into_iter();
    ServersView {
        all_heard: servers.all_heard(),
        known: count(peers.sound + peers.failing + peers.paused + peers.asleep),
        warnings: warnings.map(|found| (in_short(servers, &found), where_to_look(servers, found.check))).collect(),
        lagging: servers.lagging.iter().map(lag).collect(),
    }
}

/// Which servers fail, and why, is said where the link leads.
fn in_short(servers: &Servers, found: &Finding) -> String {
    let peers = servers.numbers.peers;
    match found.check {
        "peers" => format!("{} of {} servers cannot be reached", peers.failing, peers.sound + peers.failing),
        _ => found.says.clone(),
    }
}

/// Deliveries may only have waited for long: then the servers say for how long.
fn where_to_look(servers: &Servers, check: &str) -> &'static str {
    match check {
        "deliveries" if servers.numbers.deliveries.given_up > 0 => "/admin/deliveries?state=given-up",
        "inbox" => "/admin/inbox",
        _ => "/admin/peers?by=lag",
    }
}
