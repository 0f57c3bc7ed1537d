//! What every handler works with. Made once; shared by all requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actions::instance::{Facts, Numbers};
use actions::stats::{self, Day, Servers};
use actions::transparency::Numbers as Month;
use actions::{Ctx, Person, Result};
use domain::rights::Reach;
use domain::{ActorId, Role, Time};
use moka::future::Cache;
use storage::boards::Board;
use storage::staff::Staff;

use crate::cache::{Pages, Places};
use crate::live::Told;
use crate::settings::Settings;
use crate::throttle::Throttle;
use crate::tries::Tries;

/// The state of the router.
pub type App = Arc<Door>;

/// Everything behind the routes.
pub struct Door {
    /// What actions need.
    pub ctx: Ctx,
    /// What the host decided.
    pub settings: Settings,
    /// Rendered pages.
    pub pages: Pages,
    /// Who has asked how often.
    pub throttle: Throttle,
    /// Who has tried passwords in vain.
    pub tries: Tries,
    /// Challenges that somebody has met: each counts once, on each node.
    pub met: moka::sync::Cache<String, ()>,
    /// Places for those who watch live.
    pub live: crate::seats::Seats,
    /// What those who watch were told last.
    pub told: Told,
    /// Places for pages that are being rendered: they may take all the time of this many threads, and no more.
    pub rendering: Places,
    /// Places for forms that are read before it is known whether they may be sent. Without one a form is read later, and what was
    /// written is given back by fewer refusals.
    pub forms: tokio::sync::Semaphore,
    site: Cache<u64, Arc<Site>>,
    numbers: Cache<(), Arc<Numbers>>,
    months: Cache<(), Arc<Vec<Month>>>,
    days: Cache<Time, Day>,
    servers: Cache<(), Arc<Servers>>,
    /// Whether what is measured when somebody asks was measured lately.
    pub(crate) measured: Cache<(), ()>,
    stopping: AtomicBool,
    stop: tokio::sync::Notify,
}

/// What stands on many pages.
#[derive(Clone, Debug)]
pub struct Site {
    /// Name and rules.
    pub facts: Facts,
    /// All boards.
    pub boards: Vec<Board>,
    /// Those who moderate or administer, by name.
    pub staff: Vec<Staff>,
}

impl Site {
    /// What an actor may do everywhere here. Who moderates some boards has no mark that stands beside all that they write.
    #[must_use]
    pub fn role(&self, actor: ActorId) -> Role {
        let everywhere = self.staff.iter().find(|one| one.actor == actor && one.reach == Reach::Everywhere);
        everywhere.map_or(Role::Member, |one| one.role)
    }
}

/// Each may take as many bytes as a body.
const FORMS: usize = 256;
/// Challenges that are remembered; each takes about two hundred bytes.
const MET: u64 = 100_000;
/// For how long: as long as they count.
const MET_LASTING: std::time::Duration =
    std::time::Duration::from_millis(actions::joining::challenge::LASTING_MS.unsigned_abs());
/// Pages that are rendered at the same time.
const RENDERING: usize = 2;
/// How long counted numbers are shown before they are counted again.
const NUMBERS_FRESH: std::time::Duration = std::time::Duration::from_secs(300);
/// The same for days that are over: of their comments only some are deleted or removed later.
const DAY_FRESH: std::time::Duration = std::time::Duration::from_secs(3_600);

impl Door {
    /// Puts it together.
    #[must_use]
    pub fn new(ctx: Ctx, settings: Settings) -> App {
        Arc::new(Self {
            pages: Pages::new(settings.page_cache_bytes),
            throttle: Throttle::new(settings.rates),
            tries: Tries::new(settings.rates.login_tries, settings.rates.login_minutes),
            met: moka::sync::Cache::builder().max_capacity(MET).time_to_live(MET_LASTING).build(),
            live: crate::seats::Seats::new(settings.live_connections),
            told: Told::default(),
            rendering: Arc::new(tokio::sync::Semaphore::new(RENDERING)),
            forms: tokio::sync::Semaphore::new(FORMS),
            site: Cache::builder().max_capacity(2).build(),
            numbers: Cache::builder().max_capacity(1).time_to_live(NUMBERS_FRESH).build(),
            months: Cache::builder().max_capacity(1).time_to_live(NUMBERS_FRESH).build(),
            days: Cache::builder().max_capacity(2 * stats::DAYS.unsigned_abs()).time_to_live(DAY_FRESH).build(),
            servers: Cache::builder().max_capacity(1).time_to_live(crate::measured::FRESH).build(),
            measured: Cache::builder().max_capacity(1).time_to_live(crate::measured::FRESH).build(),
            stopping: AtomicBool::new(false),
            stop: tokio::sync::Notify::new(),
            ctx,
            settings,
        })
    }

    /// Name, rules and boards; read once for each epoch of the site.
    ///
    /// # Errors
    /// Failures only.
    pub async fn site(&self) -> Result<Arc<Site>> {
        let epoch = self.ctx.db().changes().epoch();
        if let Some(site) = self.site.get(&epoch).await {
            return Ok(site);
        }
        let mut facts = actions::instance::facts(&self.ctx).await?;
        if facts.name.is_empty() {
            facts.name.clone_from(&self.settings.name);
        }
        let boards = actions::board::all(&self.ctx).await?;
        let staff = actions::instance::staff(&self.ctx).await?;
        let site = Arc::new(Site { facts, boards, staff });
        self.site.insert(epoch, Arc::clone(&site)).await;
        Ok(site)
    }

    /// How much there is, as of the last few minutes.
    ///
    /// # Errors
    /// Failures only.
    pub async fn numbers(&self) -> Result<Arc<Numbers>> {
        if let Some(numbers) = self.numbers.get(&()).await {
            return Ok(numbers);
        }
        let numbers = Arc::new(actions::instance::numbers(&self.ctx).await?);
        self.numbers.insert((), Arc::clone(&numbers)).await;
        Ok(numbers)
    }

    /// How much was moderated, by month; at most five minutes old.
    ///
    /// # Errors
    /// Failures only.
    pub async fn months(&self) -> Result<Arc<Vec<Month>>> {
        if let Some(months) = self.months.get(&()).await {
            return Ok(months);
        }
        let months = Arc::new(actions::transparency::months(&self.ctx).await?);
        self.months.insert((), Arc::clone(&months)).await;
        Ok(months)
    }

    /// What came on the last days, as far as it is for this person to know, the oldest first: today as it is, the others at most an hour
    /// old.
    ///
    /// # Errors
    /// Failures only.
    pub async fn days(&self, who: &Person) -> Result<Vec<Day>> {
        let now = self.ctx.now();
        let mut days = Vec::new();
        for begins in stats::days(now) {
            let is_over = begins.plus_ms(stats::DAY_MS) <= now;
            let kept = if is_over { self.days.get(&begins).await } else { None };
            let day = match kept {
                Some(day) => day,
                None => self.counted(begins, is_over).await?,
            };
            days.push(day.told_to(who));
        }
        Ok(days)
    }

    async fn counted(&self, begins: Time, is_over: bool) -> Result<Day> {
        let day = stats::day(&self.ctx, begins).await?;
        if is_over {
            self.days.insert(begins, day).await;
        }
        Ok(day)
    }

    /// How it stands with other servers; at most ten seconds old.
    ///
    /// # Errors
    /// Failures only.
    pub async fn servers(&self) -> Result<Arc<Servers>> {
        if let Some(servers) = self.servers.get(&()).await {
            return Ok(servers);
        }
        let servers = Arc::new(stats::servers(&self.ctx).await?);
        self.servers.insert((), Arc::clone(&servers)).await;
        Ok(servers)
    }

    /// An absolute address here.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.settings.public_url)
    }

    /// Ends what would otherwise go on for ever: live connections.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
        self.stop.notify_waiters();
    }

    /// Waits until the server is to stop.
    pub async fn stopped(&self) {
        let notified = self.stop.notified();
        if !self.stopping.load(Ordering::Acquire) {
            notified.await;
        }
    }
}
