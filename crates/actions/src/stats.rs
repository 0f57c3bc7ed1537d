//! How the instance fares, at a glance: what came on the last days, how long what waits for moderators has waited, whether every server has
//! heard everything. Who asks is told what their rights reach, and nothing of the rest.

use domain::rights::Right;
use domain::{ReportState, Time, made_at};
use storage::peers::{self, Peer};
use storage::stats::{self, Lag};
use storage::{Read, cases, holds, notices};

use crate::hosting::checkup::{Finding, Level, of_queues};
use crate::hosting::numbers::{Numbers, numbers};
use crate::notices::{MOST_OPEN, OVERDUE_DAYS};
use crate::queue::MOST_COUNTED;
use crate::{Ctx, Person, Result};

/// Days that are shown, this one included.
pub const DAYS: i64 = 30;
/// Servers that are named.
const NAMED: i64 = 10;
/// How long a day is.
pub const DAY_MS: i64 = 24 * 3_600_000;

/// What came on a day (UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// When it began.
    pub begins: Time,
    /// Comments that readers can see.
    pub comments: i64,
    /// Reports, on all boards; `None` for those whom they do not reach.
    pub reports: Option<i64>,
}

impl Day {
    /// As it is told to somebody. Comments that readers can see everybody can count; reports are for those who see those of all boards.
    #[must_use]
    pub fn told_to(self, who: &Person) -> Self {
        let reports = self.reports.filter(|_| Right::SeeReports.everywhere(&who.standing()).is_ok());
        Self { reports, ..self }
    }
}

/// When the days began that are shown, the oldest first.
pub fn days(now: Time) -> impl Iterator<Item = Time> {
    let today = now.0.div_euclid(DAY_MS);
    (today - DAYS + 1..=today).map(|day| Time(day * DAY_MS))
}

/// Counts what came on a day: of days that are over, callers keep the numbers for a while.
///
/// # Errors
/// Failures only.
pub async fn day(ctx: &Ctx, begins: Time) -> Result<Day> {
    let ends = begins.plus_ms(DAY_MS);
    ctx.db()
        .read(move |tx| {
            let (comments, reports) =
                (stats::comments_between(tx, begins, ends)?, stats::reports_between(tx, begins, ends)?);
            Ok(Day { begins, comments, reports: Some(reports) })
        })
        .await
}

/// How long something has waited for moderators, as it is told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// Less than an hour.
    Hour,
    /// Less than a day.
    Day,
    /// Less than three.
    Days,
    /// Less than a week.
    Week,
    /// Longer.
    More,
}

impl Age {
    /// All, the youngest first.
    pub const ALL: [Self; 5] = [Self::Hour, Self::Day, Self::Days, Self::Week, Self::More];

    fn of(since: Time, now: Time) -> Self {
        match now.0.saturating_sub(since.0) / 3_600_000 {
            ..1 => Self::Hour,
            1..24 => Self::Day,
            24..72 => Self::Days,
            72..168 => Self::Week,
            _ => Self::More,
        }
    }
}

/// How much has waited how long, on the boards of whoever asks; nobody counts beyond [`MOST_COUNTED`] of each kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waits {
    /// Held comments and reported ones, by age.
    pub by_age: Vec<(Age, usize, usize)>,
    /// Since when the oldest waits.
    pub oldest: Option<Time>,
}

impl Waits {
    /// What waits since those times.
    #[must_use]
    pub fn of(held: &[Time], reported: &[Time], now: Time) -> Self {
        let count = |times: &[Time], age| times.iter().filter(|since| Age::of(**since, now) == age).count();
        Self {
            by_age: Age::ALL.iter().map(|age| (*age, count(held, *age), count(reported, *age))).collect(),
            oldest: held.iter().chain(reported).min().copied(),
        }
    }

    /// How many comments are held.
    #[must_use]
    pub fn held(&self) -> usize {
        self.by_age.iter().map(|(_, held, _)| held).sum()
    }

    /// How many are reported.
    #[must_use]
    pub fn reported(&self) -> usize {
        self.by_age.iter().map(|(.., reported)| reported).sum()
    }
}

/// How long what waits has waited.
///
/// # Errors
/// Refusals to those who have no part in it; failures.
pub async fn waits(ctx: &Ctx, who: &Person) -> Result<Waits> {
    who.must(Right::SeeHeld)?;
    let (reach, now) = (who.reach.clone(), ctx.now());
    let most = i64::try_from(MOST_COUNTED).unwrap_or(i64::MAX);
    ctx.db()
        .read(move |tx| {
            let held: Vec<_> = holds::page(tx, &reach, None, None, most)?.iter().map(|one| one.hold.held).collect();
            let open = cases::page(tx, ReportState::Open, (&reach, None), None, most)?;
            let reported: Vec<_> = open.iter().map(|case| made_at(case.opened)).collect();
            Ok(Waits::of(&held, &reported, now))
        })
        .await
}

/// How it stands between this server and others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Servers {
    /// How much waits.
    pub numbers: Numbers,
    /// Those for which something waits longest.
    pub lagging: Vec<Lag>,
    /// Those that are tried and fail, the longest first.
    pub failing: Vec<Peer>,
}

impl Servers {
    /// How long something has waited for a server, in milliseconds.
    #[must_use]
    pub fn lag_ms(&self, lag: &Lag) -> i64 {
        self.numbers.now.0.saturating_sub(lag.oldest.0).max(0)
    }

    /// What somebody should look at: as the checkup says it, where it has nobody else to ask.
    #[must_use]
    pub fn warnings(&self) -> Vec<Finding> {
        let found = of_queues(&self.numbers, &self.failing).into_iter();
        found.filter(|finding| finding.level > Level::Good).collect()
    }

    /// Whether every server has heard everything.
    #[must_use]
    pub fn all_heard(&self) -> bool {
        self.lagging.is_empty() && self.numbers.deliveries.given_up == 0
    }
}

/// How it stands with other servers. Counts: callers keep it some seconds.
///
/// # Errors
/// Failures only. Whoever shows it asks for [`Right::RunPeers`].
pub async fn servers(ctx: &Ctx) -> Result<Servers> {
    let numbers = numbers(ctx).await?;
    ctx.db()
        .read(move |tx| {
            let (lagging, failing) = (stats::lagging(tx, NAMED)?, peers::failing(tx, NAMED)?);
            Ok(Servers { numbers, lagging, failing })
        })
        .await
}

/// How many notices wait, and how many of these are overdue; `None` for those who do not decide about all of them.
///
/// # Errors
/// Failures only.
pub async fn noticed(ctx: &Ctx, who: &Person) -> Result<Option<(i64, i64)>> {
    if Right::DecideNotices.everywhere(&who.standing()).is_err() {
        return Ok(None);
    }
    open_notices(ctx).await.map(Some)
}

/// The same, for whoever has the machine.
pub(crate) async fn open_notices(ctx: &Ctx) -> Result<(i64, i64)> {
    let (now, late) = (ctx.now().plus_ms(1), ctx.now().plus_ms(-OVERDUE_DAYS * DAY_MS));
    let count = move |tx: &mut Read| {
        Ok((notices::open_before(tx, now, MOST_OPEN)?, notices::open_before(tx, late, MOST_OPEN)?))
    };
    ctx.db().read(count).await
}

/// How many have applied and wait; `None` for those who do not decide about that.
///
/// # Errors
/// Failures only.
pub async fn applied(ctx: &Ctx, who: &Person) -> Result<Option<i64>> {
    if who.must(Right::RunAccounts).is_err() {
        return Ok(None);
    }
    let most = i64::try_from(MOST_COUNTED).unwrap_or(i64::MAX);
    Ok(Some(ctx.db().read(move |tx: &mut Read| stats::applied(tx, most)).await?))
}
