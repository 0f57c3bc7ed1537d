//! How long what is kept: one table, by which the housekeeping works, which `rejoinder retention` prints, and which `docs/retention.md` shows.
//! What is in it is forgotten when its time is over, piece by piece. Not here: what is held in memory alone, which a restart forgets.

use domain::{Time, first_made_at};
use storage::{
    Write, accounts, applications, comments, events, idempotency, inbox, invitations, notices, objects, outbox,
    preserved, reports, traces,
};

use crate::{Result, webhooks};

const HOUR_MS: i64 = 3600 * 1000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// How many rows are forgotten of a kind at once: others wait to write.
pub const AT_ONCE: i64 = 5_000;

/// What the host has decided, in days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Reports that were decided.
    pub reports_days: u32,
    /// Notices that were decided, with the names of those who told them.
    pub notices_days: u32,
    /// Copies of what was taken down as against the law.
    pub preserved_days: u32,
    /// What removed comments said before they were changed.
    pub editions_days: u32,
    /// Applications that were turned away, or that nobody has decided about, and invitations that are over.
    pub applications_days: u32,
    /// What other servers sent, also where it was refused.
    pub arrivals_days: u32,
    /// What was said to other servers, also where it was given up.
    pub deliveries_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            reports_days: 365,
            notices_days: 365,
            preserved_days: 180,
            editions_days: 90,
            // An administrator has had time to have things tried again, and to remember whom they turned away; queues of other servers
            // last days.
            applications_days: 30,
            arrivals_days: 30,
            deliveries_days: 30,
        }
    }
}

/// How long something is kept.
#[derive(Clone, Copy, Debug)]
pub enum Keeps {
    /// For so many days, as the host decides by a setting.
    Setting(&'static str, fn(&Retention) -> u32),
    /// For so many hours.
    Hours(i64),
    /// Until the end that each has.
    ItsEnd,
}

/// A line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Kept {
    /// What it is, for people.
    pub what: &'static str,
    /// The tables it stands in.
    pub tables: &'static [&'static str],
    /// How long it is kept.
    pub keeps: Keeps,
    /// Forgets what is older than the first moment, or over at the second.
    forget: fn(&mut Write, Time, Time) -> storage::Result<usize>,
}

/// A signature is good for hours; nobody comes back to a request, or to news of a thread, after a week.
const WEEK: Keeps = Keeps::Hours(7 * 24);

/// The table.
pub const TABLE: [Kept; 14] = [
    Kept {
        what: "Reports that were decided, and who sent them; the case stays, without them",
        tables: &["reports"],
        keeps: Keeps::Setting("retention.reports_days", |days| days.reports_days),
        forget: |tx, before, _| reports::forget_decided(tx, before, AT_ONCE),
    },
    Kept {
        what: "Notices of illegal content that were decided, with name and address of whoever told it",
        tables: &["notices", "notice_targets"],
        keeps: Keeps::Setting("retention.notices_days", |days| days.notices_days),
        forget: |tx, before, _| notices::forget_decided(tx, before, AT_ONCE),
    },
    Kept {
        what: "Copies of what was taken down as against the law; each can be prolonged",
        tables: &["preserved", "preserved_editions"],
        keeps: Keeps::Setting("retention.preserved_days", |days| days.preserved_days),
        forget: |tx, _, now| preserved::forget_ended(tx, now, AT_ONCE),
    },
    Kept {
        what: "What removed comments said before they were changed",
        tables: &["revisions"],
        keeps: Keeps::Setting("retention.editions_days", |days| days.editions_days),
        forget: |tx, before, _| comments::forget_editions_of_removed(tx, before, AT_ONCE),
    },
    Kept {
        // Those that wait, too: strangers could fill the places for good.
        what: "Applications for an account that were turned away, or that nobody has decided about",
        tables: &["applications"],
        keeps: Keeps::Setting("retention.applications_days", |days| days.applications_days),
        forget: |tx, before, _| applications::forget_before(tx, before, AT_ONCE),
    },
    Kept {
        what: "Invitations that are over",
        tables: &["invitations"],
        keeps: Keeps::Setting("retention.applications_days", |days| days.applications_days),
        forget: |tx, before, _| invitations::forget_expired(tx, before, AT_ONCE),
    },
    Kept {
        what: "What other servers sent, dealt with or refused",
        tables: &["inbox"],
        keeps: Keeps::Setting("retention.arrivals_days", |days| days.arrivals_days),
        forget: |tx, before, _| inbox::forget_before(tx, before, AT_ONCE),
    },
    Kept {
        what: "What was said to other servers and waits for none, or was given up",
        tables: &["activities", "deliveries"],
        keeps: Keeps::Setting("retention.deliveries_days", |days| days.deliveries_days),
        forget: |tx, before, _| {
            // Whoever has missed it fetches what it was about.
            Ok(outbox::give_up_before(tx, before, AT_ONCE)?
                + outbox::forget_ended_before(tx, before, AT_ONCE)?
                + outbox::forget_before(tx, before, AT_ONCE)?)
        },
    },
    Kept {
        what: "News for programs of the host that were given up; what was told goes at once",
        tables: &["news"],
        keeps: Keeps::Hours(webhooks::KEPT_HOURS),
        forget: webhooks::tidy,
    },
    Kept {
        what: "Sessions, and tokens that end",
        tables: &["credentials"],
        keeps: Keeps::ItsEnd,
        forget: |tx, _, now| accounts::forget_expired(tx, now, AT_ONCE),
    },
    Kept {
        what: "Who wrote what how often, while a rule asks for it; no rule asks for more than a day",
        tables: &["traces"],
        keeps: Keeps::Hours(25),
        forget: |tx, before, _| traces::forget_before(tx, first_made_at(before), AT_ONCE),
    },
    Kept {
        what: "Keys by which a request that comes twice is known",
        tables: &["idempotency"],
        keeps: WEEK,
        forget: |tx, before, _| idempotency::forget_before(tx, before, AT_ONCE),
    },
    Kept {
        what: "News of threads, for those who read them live",
        tables: &["events"],
        keeps: WEEK,
        forget: |tx, before, _| events::forget_before(tx, before, AT_ONCE),
    },
    Kept {
        what: "Ids of what other servers said was gone before it came",
        tables: &["gone"],
        keeps: WEEK,
        forget: |tx, before, _| objects::unbar_before(tx, before, AT_ONCE),
    },
];

/// What stays, and why. Each table stands here or in [`TABLE`]; a test says so.
pub const STAYS: [(&str, &[&str]); 8] = [
    (
        "People, here and elsewhere, their accounts, keys and what they have chosen: as long as they are known here",
        &[
            "actors",
            "accounts",
            "account_boards",
            "remotes",
            "keys",
            "moves",
            "moderators",
            "introductions",
            "invited",
            "second_factors",
            "recovery_codes",
            "follows",
            "following",
        ],
    ),
    (
        "What was written and voted, where it stands and whence it came. The words of what its author deletes go at once, with their versions",
        &[
            "boards",
            "threads",
            "splits",
            "stood",
            "announcements",
            "withheld",
            "comments",
            "texts",
            "votes",
            "imports",
            "objects",
            "answering",
            "liking",
            "approvals",
            "wishes",
            "permissions",
        ],
    ),
    ("What an account has read, and was told: its own", &["visits", "notifications"]),
    (
        "The moderation log, what was decided about people and servers, and what authors said against it: so that it can be looked at again",
        &[
            "moderation_log",
            "appeals",
            "statements",
            "sanctions",
            "warnings",
            "policies",
            "swept",
            "hidden",
            "holds",
            "marks",
        ],
    ),
    (
        "What moderators wrote for one another about people and comments: as long as those are there",
        &["notes", "actor_notes", "cases"],
    ),
    ("How often something happened, by month: about nobody", &["figures"]),
    ("How other servers stand, and what of theirs is looked for: about nobody", &["peers", "backfills"]),
    (
        "What the instance is called, its rules, its work, which programs are told of it, which lists of servers it looks at: about nobody",
        &["settings", "jobs", "webhooks", "blocklists", "blocklist_lines"],
    ),
];

impl Kept {
    /// How long, in days or hours, with the host's setting; for people.
    #[must_use]
    pub fn how_long(&self, retention: &Retention) -> String {
        match self.keeps {
            Keeps::Setting(_, days) => format!("{} days", days(retention)),
            Keeps::Hours(hours) if hours % 24 == 0 => format!("{} days", hours / 24),
            Keeps::Hours(hours) => format!("{hours} hours"),
            Keeps::ItsEnd => "until its end".to_owned(),
        }
    }

    /// The setting that says how long; empty if none does.
    #[must_use]
    pub fn setting(&self) -> &'static str {
        if let Keeps::Setting(name, _) = self.keeps { name } else { "" }
    }

    fn before(&self, now: Time, retention: &Retention) -> Time {
        match self.keeps {
            Keeps::Setting(_, days) => now.plus_ms(-i64::from(days(retention)) * DAY_MS),
            Keeps::Hours(hours) => now.plus_ms(-hours * HOUR_MS),
            Keeps::ItsEnd => now,
        }
    }

    /// Forgets what its time is over of. Says how many rows those were.
    pub(crate) fn forget(&self, tx: &mut Write, now: Time, retention: &Retention) -> Result<usize> {
        Ok((self.forget)(tx, self.before(now, retention), now)?)
    }
}

/// Both tables as they stand in `docs/retention.md`.
#[must_use]
pub fn document(retention: &Retention) -> String {
    let line = |kept: &Kept| {
        let (how_long, tables) = (kept.how_long(retention), named(kept.tables));
        let setting = if kept.setting().is_empty() { String::new() } else { format!("`{}`", kept.setting()) };
        format!("| {} | {how_long} | {setting} | {tables} |\n", kept.what)
    };
    let stays = |(why, tables): &(&str, &[&str])| format!("| {why} | {} |\n", named(tables));
    let kept: String = TABLE.iter().map(line).collect();
    let stays: String = STAYS.iter().map(stays).collect();
    format!(
        "| what | how long | setting | tables |\n| --- | --- | --- | --- |\n{kept}\n| what stays | tables |\n| --- | --- |\n{stays}"
    )
}

fn named(tables: &[&str]) -> String {
    tables.iter().map(|table| format!("`{table}`")).collect::<Vec<_>>().join(", ")
}
