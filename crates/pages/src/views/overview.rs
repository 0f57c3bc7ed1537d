//! How the place fares, at a glance.

use askama::Template;

use super::plot::{Bars, Gauge};
use super::time::day;
use super::{Frame, Notice, Robots};

/// What came on a day.
#[derive(Debug, Clone, Copy)]
pub struct DayView {
    /// When it began, Unix milliseconds.
    pub begins_ms: i64,
    /// Comments.
    pub comments: u64,
    /// Reports; `None` for those whom they do not reach.
    pub reports: Option<u64>,
}

/// A number that leads to what it counts.
#[derive(Debug, Clone)]
pub struct Tile {
    /// The number, as people read it.
    pub number: String,
    /// What it counts.
    pub label: &'static str,
    /// Where it leads.
    pub href: &'static str,
    /// Whether somebody should look at it.
    pub warns: bool,
}

/// What has waited so long in the queue.
#[derive(Debug, Clone, Copy)]
pub struct AgeView {
    /// How long, in words.
    pub age: &'static str,
    /// Held comments.
    pub held: u64,
    /// Reported ones.
    pub reported: u64,
}

/// A server that has not heard everything.
#[derive(Debug, Clone)]
pub struct LagView {
    /// Its host.
    pub host: String,
    /// Since when something waits for it, in milliseconds.
    pub lag_ms: i64,
    /// The same in words.
    pub lag: String,
}

/// How it stands with other servers.
#[derive(Debug, Clone)]
pub struct ServersView {
    /// Whether every server was brought everything.
    pub all_heard: bool,
    /// How many servers are known.
    pub known: u64,
    /// What somebody should look at: in words, and where.
    pub warnings: Vec<(String, &'static str)>,
    /// Those for which something waits longest.
    pub lagging: Vec<LagView>,
}

/// The first page of those who run the place.
#[derive(Debug, Clone, Template)]
#[template(path = "overview.html")]
pub struct OverviewPage {
    /// What stands around it.
    pub frame: Frame,
    /// Numbers that lead on: what is heard by whom reads them, and the numbers.
    pub tiles: Vec<(&'static str, Vec<Tile>)>,
    /// How it stands with other servers, for those who look after that.
    pub servers: Option<ServersView>,
    /// What waits in the queue, by age.
    pub ages: Vec<AgeView>,
    /// The last days, the oldest first.
    pub days: Vec<DayView>,
}

impl OverviewPage {
    fn total(&self, of: fn(&DayView) -> u64) -> u64 {
        self.days.iter().map(of).fold(0, u64::saturating_add)
    }

    fn plot(&self, id: &'static str, title: &'static str, of: fn(&DayView) -> u64) -> Bars {
        let numbers: Vec<_> = self.days.iter().map(|one| (day(one.begins_ms), of(one))).collect();
        let most = numbers.iter().map(|(_, number)| *number).max().unwrap_or(0);
        let says = format!("{} in {} days; {most} on the day with the most.", self.total(of), numbers.len());
        Bars::new(id, title, says, &numbers)
    }

    fn plots(&self) -> Vec<(&'static str, u64, Bars)> {
        let plot = |id, title, of: fn(&DayView) -> u64| (title, self.total(of), self.plot(id, title, of));
        let mut plots = vec![plot("comments-plot", "Comments by day", |one| one.comments)];
        if self.tells_reports() {
            plots.push(plot("reports-plot", "Reports by day", |one| one.reports.unwrap_or(0)));
        }
        plots
    }

    fn tells_reports(&self) -> bool {
        self.days.iter().any(|day| day.reports.is_some())
    }

    fn gauge_of_age(&self, number: &u64) -> Gauge {
        let most = self.ages.iter().map(|age| age.held.max(age.reported)).max();
        Gauge::new(*number, most.unwrap_or(0))
    }

    fn gauge_of_lag(&self, lag_ms: &i64) -> Gauge {
        let lagging = self.servers.iter().flat_map(|servers| &servers.lagging);
        let most = lagging.map(|one| one.lag_ms.unsigned_abs()).max();
        Gauge::new(lag_ms.unsigned_abs(), most.unwrap_or(0))
    }

    fn waits(&self) -> bool {
        self.ages.iter().any(|age| age.held.max(age.reported) > 0)
    }
}
