//! A discussion as the Firebase API of Hacker News gives it: every item for itself
//! (`https://hacker-news.firebaseio.com/v0/item/ID.json`), collected in one file in any order, as a list, as lines, or simply one
//! after the other. `parent` says what an item answers, `kids` in which order. Not here: the meaning of the other fields.

mod entries;

use std::collections::{HashMap, HashSet};

use self::entries::Entry;
use crate::decoding::{self, Expected};
use crate::foreign::{Findings, ForeignThread, Given, ParseError};
use crate::hn::{self, Growing, Kind, Names};

const NAMES: Names = Names { author: "by", seconds: "time", score: "score" };

const EXPECTED: &str = "items of the Firebase API of Hacker News";

/// Missing items that are named one by one.
const NAMED: usize = 20;

/// Reads the collected items of one story, poll or job.
///
/// # Errors
///
/// When the file is no complete JSON in UTF-8, or does not hold exactly one item that begins a discussion. What is wrong with a
/// single comment is listed in the result, and the rest is read.
pub fn parse(bytes: &[u8], given: &Given<'_>) -> Result<ForeignThread, ParseError> {
    let text = decoding::text(bytes, Expected::Json)?;
    let mut findings = Findings::default();
    let entries = entries::read(text, &mut findings)?;
    let root = the_root(&entries)?;
    let tree = Tree::new(&entries, &mut findings);
    let item = hn::item(&root.object, &NAMES, &hn::place(root.id), &mut findings);
    let mut thread = Growing::new(root.id, item, findings);
    tree.add_options(root, &mut thread);
    tree.add_comments(root, &mut thread);
    tree.report_missing(&mut thread);
    tree.report_unplaced(&mut thread);
    Ok(thread.finish(given))
}

fn other(found: impl Into<String>, remedy: impl Into<String>) -> ParseError {
    ParseError::OtherJson { found: found.into(), expected: EXPECTED, remedy: remedy.into() }
}

fn the_root<'e, 'a>(entries: &'e [Entry<'a>]) -> Result<&'e Entry<'a>, ParseError> {
    let roots: Vec<&Entry<'_>> = entries.iter().filter(|entry| entry.kind == Kind::Root).collect();
    match roots.as_slice() {
        [root] => Ok(root),
        [] => Err(no_root(entries)),
        [first, second, ..] => {
            let found = format!("{} discussions (items {}, {}, …)", roots.len(), first.id, second.id);
            Err(other(found, "Put each into a file of its own and import them one by one."))
        }
    }
}

fn no_root(entries: &[Entry<'_>]) -> ParseError {
    let known: HashSet<u64> = entries.iter().map(|entry| entry.id).collect();
    let above = entries.iter().filter_map(|entry| entry.parent).find(|parent| !known.contains(parent));
    let remedy = match above {
        Some(above) => format!("Add item {above}, which is answered in it, and whatever that answers up to the story."),
        None => "Add the item of the story.".to_owned(),
    };
    other("comments without the story, poll or job that they belong to", remedy)
}

/// The items and how they hang together.
struct Tree<'e, 'a> {
    entries: &'e [Entry<'a>],
    by_id: HashMap<u64, &'e Entry<'a>>,
    /// What each comment answers.
    above: HashMap<u64, u64>,
    /// The comments below each item, in order.
    answers: HashMap<u64, Vec<&'e Entry<'a>>>,
}

impl<'e, 'a> Tree<'e, 'a> {
    fn new(entries: &'e [Entry<'a>], findings: &mut Findings) -> Self {
        let by_id = entries.iter().map(|entry| (entry.id, entry)).collect();
        let listed = listed(entries);
        let mut above = HashMap::new();
        let mut answers: HashMap<u64, Vec<&Entry<'_>>> = HashMap::new();
        for entry in entries.iter().filter(|entry| entry.is_comment()) {
            if let Some(parent) = parent(entry, &listed, findings) {
                above.insert(entry.id, parent);
                answers.entry(parent).or_default().push(entry);
            }
        }
        for (parent, answers) in &mut answers {
            let rank =
                |entry: &&Entry<'_>| listed.get(&entry.id).filter(|spot| spot.parent == *parent).map(|spot| spot.rank);
            answers.sort_by_key(|entry| (rank(entry).unwrap_or(usize::MAX), entry.id));
        }
        Self { entries, by_id, above, answers }
    }

    fn add_comments(&self, root: &Entry<'_>, thread: &mut Growing) {
        let mut waiting: Vec<(&Entry<'_>, Option<usize>)> = self.below(root.id).map(|entry| (entry, None)).collect();
        while let Some((entry, parent)) = waiting.pop() {
            let item = hn::item(&entry.object, &NAMES, &hn::place(entry.id), &mut thread.findings);
            if let hn::Placing::New(index) = thread.add(entry.id, item, parent) {
                waiting.extend(self.below(entry.id).map(|entry| (entry, Some(index))));
            }
        }
    }

    /// The answers to an item, the last one first.
    fn below(&self, id: u64) -> impl Iterator<Item = &'e Entry<'a>> {
        self.answers.get(&id).into_iter().flatten().rev().copied()
    }

    fn add_options(&self, root: &Entry<'_>, thread: &mut Growing) {
        let parts = root.ids("parts", &mut thread.findings);
        let rank: HashMap<u64, usize> = parts.iter().copied().zip(0..).collect();
        let options = self.entries.iter().filter(|entry| entry.kind == Kind::PollOption);
        let (mut own, foreign): (Vec<&Entry<'_>>, Vec<&Entry<'_>>) =
            options.partition(|entry| rank.contains_key(&entry.id) || entry.belongs_to_poll(root.id));
        own.sort_by_key(|entry| (rank.get(&entry.id).copied().unwrap_or(usize::MAX), entry.id));
        for entry in own {
            let item = hn::item(&entry.object, &NAMES, &hn::place(entry.id), &mut thread.findings);
            thread.add_option(&item);
        }
        for entry in foreign {
            let reason = "It is an option of another poll.";
            thread.findings.unplaced(hn::place(entry.id), reason, &hn::words(&entry.object));
        }
        self.report_absent(root.id, "options", &parts, thread);
    }

    /// Answers that items of the thread name but the file does not have.
    fn report_missing(&self, thread: &mut Growing) {
        for entry in self.entries.iter().filter(|entry| thread.is_placed(entry.id)).collect::<Vec<_>>() {
            self.report_absent(entry.id, "answers", &entry.kids, thread);
        }
    }

    fn report_absent(&self, id: u64, what: &str, named: &[u64], thread: &mut Growing) {
        let absent: Vec<u64> = named.iter().copied().filter(|id| !self.by_id.contains_key(id)).collect();
        if !absent.is_empty() {
            let some: Vec<String> = absent.iter().take(NAMED).map(u64::to_string).collect();
            let more = if absent.len() > NAMED { ", …" } else { "" };
            let reason = format!("{} of its {what} are not in the file: {}{more}.", absent.len(), some.join(", "));
            thread.findings.doubt(hn::place(id), reason);
        }
    }

    fn report_unplaced(&self, thread: &mut Growing) {
        let cut_off = self.cut_off(thread);
        for entry in self.entries {
            let reason = match &entry.kind {
                Kind::Root | Kind::PollOption => continue,
                _ if thread.is_placed(entry.id) => continue,
                Kind::Other(kind) => format!("Its type `{kind}` is unknown."),
                Kind::Comment | Kind::Unsaid => self.why_unplaced(entry.id, &cut_off),
            };
            thread.findings.unplaced(hn::place(entry.id), reason, &hn::words(&entry.object));
        }
    }

    fn why_unplaced(&self, id: u64, cut_off: &HashSet<u64>) -> String {
        match self.above.get(&id) {
            None => "It does not say what it answers, and no item lists it.".to_owned(),
            Some(above) if !self.by_id.contains_key(above) => {
                format!("It answers item {above}, which is not in the file.")
            }
            Some(above) if cut_off.contains(&id) => format!("It answers item {above}, which could not be placed."),
            Some(above) => format!("It answers item {above}, and what that answers leads in a circle."),
        }
    }

    /// The items that hang below something without a place, other than below a circle.
    fn cut_off(&self, thread: &Growing) -> HashSet<u64> {
        let is_comment = |id: &u64| self.by_id.get(id).is_some_and(|entry| entry.is_comment());
        let is_top = |id: &u64| !self.above.get(id).is_some_and(is_comment);
        let mut waiting: Vec<u64> =
            self.by_id.keys().copied().filter(|id| !thread.is_placed(*id) && is_top(id)).collect();
        let mut found = HashSet::new();
        while let Some(id) = waiting.pop() {
            if found.insert(id) {
                waiting.extend(self.below(id).map(|entry| entry.id));
            }
        }
        found
    }
}

/// Where an item's `kids` put another one.
struct Spot {
    parent: u64,
    rank: usize,
}

fn listed(entries: &[Entry<'_>]) -> HashMap<u64, Spot> {
    let mut listed = HashMap::new();
    for entry in entries {
        for (kid, rank) in entry.kids.iter().zip(0..) {
            listed.entry(*kid).or_insert(Spot { parent: entry.id, rank });
        }
    }
    listed
}

/// What an item answers: its own word counts, then that of the item that lists it.
fn parent(entry: &Entry<'_>, listed: &HashMap<u64, Spot>, findings: &mut Findings) -> Option<u64> {
    let lister = listed.get(&entry.id).map(|spot| spot.parent);
    match (entry.parent, lister) {
        (None, Some(lister)) => {
            let reason = format!("It does not say what it answers. Placed below item {lister}, which lists it.");
            findings.doubt(hn::place(entry.id), reason);
        }
        (Some(parent), Some(lister)) if parent != lister => {
            let reason = format!("Item {lister} lists it, but it answers item {parent}. Placed below that.");
            findings.doubt(hn::place(entry.id), reason);
        }
        _ => {}
    }
    entry.parent.or(lister)
}

#[cfg(test)]
mod tests;
