//! The queue of moderators in words, for its page and for terminals: its parts, what can be done in each and by which key, why something
//! is there.

use actions::queue::{Before, Breadth, Decision, Item, List, Record};
use domain::{Cause, State};
use pages::views::QueueDeed;
use storage::holds::Hold;
use storage::queue::Decided;

use crate::modlog::action;

/// The parts, as they are called in addresses and by people.
pub const LISTS: [(List, &str, &str); 4] = [
    (List::Held, "held", "Held"),
    (List::Reported, "reported", "Reported"),
    (List::Rejected, "rejected", "Rejected"),
    (List::Removed, "removed", "Removed"),
];

/// The part of this name; what is held, if there is none.
#[must_use]
pub fn list(word: &str) -> List {
    LISTS.iter().find(|(_, known, _)| *known == word).map_or(List::Held, |(list, ..)| *list)
}

/// What a part is called in addresses.
#[must_use]
pub fn word(list: List) -> &'static str {
    LISTS.iter().find(|(known, ..)| *known == list).map_or("", |(_, word, _)| *word)
}

const fn does(word: &'static str, label: &'static str, key: &'static str) -> QueueDeed {
    QueueDeed { word, label, key, first: false, stays: false }
}

const APPROVE: QueueDeed = QueueDeed { first: true, ..does("approve", "Let it out", "a") };
const APPROVE_AFTER_ALL: QueueDeed = QueueDeed { label: "Let it out after all", ..APPROVE };
const REJECT: QueueDeed = does("reject", "Reject it", "r");
const REMOVE: QueueDeed = does("remove", "Remove it", "x");
const RESTORE: QueueDeed = QueueDeed { first: true, ..does("restore", "Put it back", "u") };
const RESOLVE: QueueDeed = does("resolve", "Dealt with", "e");
const DISMISS: QueueDeed = QueueDeed { first: true, ..does("dismiss", "Nothing in it", "d") };
const TAKE: QueueDeed = QueueDeed { stays: true, ..does("take", "Take it on", "t") };

/// What can be done in a part.
#[must_use]
pub fn deeds(list: List) -> &'static [QueueDeed] {
    match list {
        List::Held => &[APPROVE, REJECT, TAKE],
        List::Reported => &[DISMISS, REMOVE, RESOLVE, TAKE],
        List::Rejected => &[APPROVE_AFTER_ALL],
        List::Removed => &[RESTORE],
    }
}

/// The decision of this name, if it is one.
#[must_use]
pub fn decision(word: &str) -> Option<Decision> {
    Some(match word {
        "approve" => Decision::Approve,
        "reject" => Decision::Reject,
        "remove" => Decision::Remove,
        "restore" => Decision::Restore,
        "resolve" => Decision::Resolve,
        "dismiss" => Decision::Dismiss,
        _ => return None,
    })
}

/// What else is decided alike.
#[must_use]
pub fn breadth(word: &str) -> Breadth {
    match word {
        "author" => Breadth::Person,
        "host" => Breadth::Host,
        _ => Breadth::This,
    }
}

/// What has happened to so many comments.
#[must_use]
pub fn done(word: &str, count: u64) -> Option<String> {
    let comments = if count == 1 { "a comment".to_owned() } else { format!("{count} comments") };
    Some(match word {
        "approve" => format!("Let out: {comments}."),
        "reject" => format!("Rejected: {comments}."),
        "remove" => format!("Removed: {comments}."),
        "restore" => format!("Put back: {comments}."),
        "resolve" => format!("Dealt with: reports on {comments}."),
        "dismiss" => format!("Nothing in them: reports on {comments}."),
        "take" => "You have taken it on.".into(),
        "note" => "The note is kept.".into(),
        _ => return None,
    })
}

/// Why something is held, and what marked it; empty where nothing did.
#[must_use]
pub fn why(item: &Item) -> String {
    item.hold.iter().map(held).chain(marked(&item.marks)).collect::<Vec<_>>().join(" ")
}

fn held(hold: &Hold) -> String {
    match hold.cause {
        Cause::Rule => format!("Held by the rule \u{201c}{}\u{201d}.", hold.rule),
        Cause::Person => "All that its author writes waits.".into(),
        Cause::Server => format!("All from {} waits.", hold.host),
        Cause::Hook => format!("Held by this server\u{2019}s own program: {}", hold.rule),
    }
}

fn marked(rules: &[String]) -> Option<String> {
    let names: Vec<_> = rules.iter().map(|rule| format!("\u{201c}{rule}\u{201d}")).collect();
    (!names.is_empty()).then(|| format!("Marked by {}.", names.join(", ")))
}

/// What is known of an author, fact by fact.
#[must_use]
pub fn record(record: &Record) -> Vec<String> {
    let since = record.since.map(|since| format!("known since {}", pages::views::time::day(since.0)));
    let word = |state: &State| match state {
        State::Published => "published",
        State::Flagged => "flagged",
        State::Held => "held",
        State::Deleted => "deleted",
        State::Removed => "removed",
    };
    let counts = record.lately.iter().map(|(state, count)| format!("{count} {}", word(state)));
    since.into_iter().chain(counts).collect()
}

/// Why nothing was done.
#[must_use]
pub fn told(before: &Before) -> String {
    match before {
        Before::Decided(decided) => quicker(decided),
        Before::Never => "It was so already. Nothing was done now.".into(),
    }
}

/// Who was quicker, when, and what they did.
#[must_use]
pub fn quicker(before: &Decided) -> String {
    let when = pages::views::time::day(before.at.0);
    let why = if before.reason.is_empty() { String::new() } else { format!(" ({})", before.reason) };
    format!("{} {} on {when}{why}. Nothing was done now.", before.by, action(before.deed))
}
