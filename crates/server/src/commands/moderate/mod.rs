//! `rejoinder moderate`: the queue of moderators in a terminal, by the keys of its page; `rejoinder queue`: the same, one order at a time.
#![expect(clippy::print_stdout, reason = "commands answer on standard output")]

mod draw;
mod screen;
mod terminal;

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use actions::cases::Assignment;
use actions::queue::{self, Before, Breadth, Counts, Decision, Item, List};
use actions::{Ctx, Error, Person, account};
use domain::{CommentId, Refusal};
use door::api::admin::queue::QueueItem;
use door::queued;
use ratatui::crossterm::event::Event;
use storage::boards::Board;
use storage::comments::Line;
use storage::queue::Decided;

use self::screen::{Card, Notice, Screen, Wish};
use self::terminal::{Ends, Events, Opened};
use super::table::{self, moment, print_json};
use crate::boot::Failure;
use crate::cli::{Moderate, Queue, QueueDeciding, QueuePart};

/// Comments that are shown at once.
const PAGE: usize = 100;
/// Characters of a text in a table.
const EXCERPT: usize = 60;
/// Characters of a comment above.
const ABOVE: usize = 240;
/// How often it is looked whether something has changed: another process may have written it.
const EVERY: Duration = Duration::from_secs(5);

/// `rejoinder moderate`
pub async fn moderate(ctx: &Ctx, given: Moderate) -> Result<(), Failure> {
    if given.plain || !std::io::stdout().is_terminal() {
        return list(ctx, &given.as_whom.account, given.part, PAGE, given.as_whom.json).await;
    }
    let mut desk = Desk::new(ctx, Screen::new(&given.as_whom.account, given.part.into()));
    // A refusal is said on the terminal as it was.
    desk.show(given.part.into()).await?;
    let ends = Ends::listen()?;
    let mut terminal = terminal::open()?;
    desk.work(&mut terminal, terminal::events(), ends).await
}

/// Somebody at work.
struct Desk<'a> {
    ctx: &'a Ctx,
    screen: Screen,
    begun: Instant,
    /// What was pressed before was meant for what was seen then, and counts no more.
    deaf_until: Instant,
}

impl<'a> Desk<'a> {
    fn new(ctx: &'a Ctx, screen: Screen) -> Self {
        let begun = Instant::now();
        Self { ctx, screen, begun, deaf_until: begun }
    }

    async fn work(&mut self, terminal: &mut Opened, mut events: Events, mut ends: Ends) -> Result<(), Failure> {
        let mut look = tokio::time::interval(EVERY);
        let mut was_changed = true;
        loop {
            terminal.draw(|frame| draw::draw(frame, &mut self.screen))?;
            let now = Instant::now();
            self.screen.drawn(self.since_begun(now));
            if was_changed {
                self.deaf_until = now;
            }
            let wish = tokio::select! {
                event = events.recv() => event.map_or(Some(Wish::Quit), |(event, at)| self.hear(event, at)),
                () = ends.told() => Some(Wish::Quit),
                _ = look.tick() => Some(Wish::Show(self.screen.list)),
            };
            was_changed = match wish {
                Some(Wish::Quit) => return Ok(()),
                Some(wish) => self.fulfil(wish).await,
                None => false,
            };
        }
    }

    fn since_begun(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.begun).as_millis()).unwrap_or(u64::MAX)
    }

    fn hear(&mut self, event: Event, at: Instant) -> Option<Wish> {
        let is_stale = at < self.deaf_until;
        match event {
            Event::Key(key) if !is_stale || screen::leaves(key) => {
                self.screen.notice = None;
                self.screen.press(key, self.since_begun(at))
            }
            Event::Paste(text) if !is_stale => {
                self.screen.paste(&text);
                None
            }
            _ => None,
        }
    }

    /// As whom: what they may do is looked up each time.
    async fn person(&self) -> Result<Person, Error> {
        account::stand_in(self.ctx, &self.screen.name).await
    }

    /// Says whether keys that were pressed meanwhile were meant for something else. Looking whether something has changed is not asked for,
    /// and where nothing has, nobody loses a letter by it.
    async fn fulfil(&mut self, wish: Wish) -> bool {
        let (before, is_look) = (self.looked_at(), matches!(wish, Wish::Show(_)));
        let done = match (wish, self.screen.card().cloned()) {
            (Wish::Show(list), _) => self.show(list).await,
            (Wish::Decide(word, decision), Some(card)) => self.decide(word, decision, &card).await,
            (Wish::Take, Some(card)) => self.take(&card).await,
            (Wish::Note(beside, text), _) => self.note(CommentId(beside), &text).await,
            _ => Ok(()),
        };
        let problem = problem(done, is_look);
        if let Some(problem) = problem {
            self.screen.notice = Some(Notice::Bad(problem));
        }
        !is_look || self.looked_at() != before
    }

    fn looked_at(&self) -> (List, Option<i64>) {
        (self.screen.list, self.screen.card().map(|card| card.id))
    }

    async fn show(&mut self, list: List) -> Result<(), Error> {
        let found = self.look(list).await;
        if let Err(Error::Refused(_)) = &found {
            // Who may no longer see them sees them no longer.
            self.screen.show(list, Vec::new(), Counts { held: 0, reported: 0 });
        }
        let (cards, counts) = found?;
        self.screen.show(list, cards, counts);
        Ok(())
    }

    async fn look(&self, list: List) -> Result<(Vec<Card>, Counts), Error> {
        let who = self.person().await?;
        let (items, boards) = read(self.ctx, &who, list, PAGE).await?;
        let counts = queue::counts(self.ctx, &who).await?;
        Ok((items.iter().map(|item| card(self.ctx, &boards, item)).collect(), counts))
    }

    async fn decide(&mut self, word: &str, decision: Decision, card: &Card) -> Result<(), Error> {
        let (who, list) = (self.person().await?, self.screen.list);
        let what = (CommentId(card.id), self.screen.breadth, card.seen);
        let reason = self.screen.reason.clone();
        let said = match queue::decide(self.ctx, &who, (list, None), what, decision, &reason).await {
            Ok(outcome) => match outcome.before {
                Some(before) => {
                    self.screen.forget();
                    Some(Notice::Bad(queued::told(&before)))
                }
                None => {
                    self.screen.decided(word, outcome.decided);
                    None
                }
            },
            Err(Error::Refused(refusal)) => Some(Notice::Bad(refused(self.ctx, &who, what.0, refusal).await?)),
            Err(failed) => return Err(failed),
        };
        self.show(list).await?;
        if said.is_some() {
            self.screen.notice = said;
        }
        Ok(())
    }

    async fn take(&mut self, card: &Card) -> Result<(), Error> {
        let assignment = Assignment { to: None, take: false };
        queue::assign(self.ctx, &self.person().await?, CommentId(card.id), assignment).await?;
        self.show(self.screen.list).await?;
        self.screen.notice = queued::done("take", 1).map(Notice::Done);
        Ok(())
    }

    async fn note(&mut self, beside: CommentId, text: &str) -> Result<(), Error> {
        queue::note(self.ctx, &self.person().await?, beside, text).await?;
        self.show(self.screen.list).await?;
        self.screen.notice = queued::done("note", 1).map(Notice::Done);
        Ok(())
    }
}

/// What is said of something that was not done. A failure ends nothing: what is seen is still true, nobody loses what they wrote, and the next
/// look may succeed. It says whether a decision was made.
fn problem(done: Result<(), Error>, is_look: bool) -> Option<String> {
    match done {
        Ok(()) => None,
        Err(Error::Refused(refusal)) => Some(refusal.to_string()),
        Err(failed) if is_look => Some(format!("The queue could not be read anew: {failed}")),
        Err(failed) => Some(format!("This failed and may not have been done; press g to look again: {failed}")),
    }
}

/// Why it could not be decided: who was quicker, if that is why.
async fn refused(ctx: &Ctx, who: &Person, comment: CommentId, refusal: Refusal) -> Result<String, Error> {
    if !matches!(refusal, Refusal::Conflict | Refusal::Field { field: "id", .. }) {
        return Ok(refusal.to_string());
    }
    let before = queue::decided(ctx, who, comment).await?;
    let quicker = before.filter(|before| before.by != who.name);
    Ok(quicker.map_or_else(|| refusal.to_string(), |before| queued::quicker(&before)))
}

async fn read(ctx: &Ctx, who: &Person, list: List, limit: usize) -> Result<(Vec<Item>, Vec<Board>), Error> {
    let (items, _) = queue::page(ctx, who, (list, None), None, limit).await?;
    Ok((items, actions::board::all(ctx).await?))
}

fn handle(line: &Line) -> String {
    door::api::shape::handle(&line.author.name, &line.author.host)
}

fn card(ctx: &Ctx, boards: &[Board], item: &Item) -> Card {
    let by = |name: &str| if name.is_empty() { "Somebody".to_owned() } else { name.to_owned() };
    let words = |line: &Line| domain::text::lines(&line.html);
    let above = |line: &Line| tame(&format!("{}: {}", handle(line), domain::text::excerpt(&words(line), ABOVE)));
    let report = |report: &storage::reports::Report| {
        let who = door::api::shape::handle(&report.name, &report.host);
        tame(&format!("{who}: {} {}", report.category.name(), report.text))
    };
    let note = |note: &storage::cases::Note| tame(&format!("{} noted: {}", note.author_name, note.text));
    let earlier =
        |one: &Decided| tame(&format!("{}, {}: {} {}", moment(one.at), by(&one.by), one.deed.name(), one.reason));
    let why = Some(queued::why(item)).filter(|why| !why.is_empty());
    Card {
        id: item.line.id.0,
        seen: item.seen(),
        address: ctx.elsewhere().addresses().comment(item.line.id),
        title: tame(&item.title),
        link: item.link.as_deref().map(tame).unwrap_or_default(),
        board: boards.iter().find(|board| board.id == item.board).map(|board| tame(&board.title)).unwrap_or_default(),
        author: tame(&handle(&item.line)),
        host: tame(&item.line.author.host),
        when: moment(item.line.published),
        assigned: item.assigned.clone().unwrap_or_default(),
        why: why.into_iter().chain(item.reports.iter().map(report)).collect(),
        above: item.above.iter().map(above).collect(),
        text: words(&item.line).lines().map(tame).collect::<Vec<_>>().join("\n"),
        record: std::iter::once(queued::record(&item.author).join(", "))
            .chain(item.author.decided.iter().map(earlier))
            .collect(),
        notes: item.notes.iter().map(note).collect(),
    }
}

/// A line that moves no cursor and turns no text around, whoever wrote it.
fn tame(text: &str) -> String {
    let wild = |c: char| {
        c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
    };
    text.chars().map(|c| if wild(c) { ' ' } else { c }).collect()
}

/// `rejoinder queue`
pub async fn queue(ctx: &Ctx, order: Queue) -> Result<(), Failure> {
    let (given, word, decision) = match order {
        Queue::List { part, limit, as_whom } => return list(ctx, &as_whom.account, part, limit, as_whom.json).await,
        Queue::Note { id, text, as_whom } => {
            let who = account::stand_in(ctx, &as_whom.account).await?;
            queue::note(ctx, &who, CommentId(id), &text).await?;
            return said(id, "note", None, as_whom.json);
        }
        Queue::Take { id, to, over, as_whom } => {
            let who = account::stand_in(ctx, &as_whom.account).await?;
            let name = queue::assign(ctx, &who, CommentId(id), Assignment { to, take: over }).await?;
            if as_whom.json {
                return print_json(&serde_json::json!({ "comment_id": id.to_string(), "assigned_to": name }));
            }
            println!("{id}: {name} works on it");
            return Ok(());
        }
        Queue::Approve { edition, rejected, given } => {
            if edition.is_some() && given.ids.len() > 1 {
                return Err("--edition is about the words of one comment: name only that one".into());
            }
            let among = if rejected { List::Rejected } else { List::Held };
            return decide(ctx, given, ("approve", Decision::Approve), (among, edition)).await;
        }
        Queue::Reject(given) => (given, "reject", Decision::Reject),
        Queue::Remove(given) => (given, "remove", Decision::Remove),
        Queue::Restore(given) => (given, "restore", Decision::Restore),
    };
    // Not as one of those that are reported: whoever decides about reports says so by `rejoinder reports`.
    decide(ctx, given, (word, decision), (List::Held, None)).await
}

/// Decides about each by itself: where one cannot be decided, the others are all the same, and the end says which.
async fn decide(
    ctx: &Ctx,
    given: QueueDeciding,
    (word, decision): (&'static str, Decision),
    (among, edition): (List, Option<i64>),
) -> Result<(), Failure> {
    let who = account::stand_in(ctx, &given.as_whom.account).await?;
    let mut problems = Vec::new();
    for id in given.ids {
        let what = (CommentId(id), Breadth::This, edition);
        match queue::decide(ctx, &who, (among, None), what, decision, &given.reason).await {
            Ok(outcome) => said(id, word, outcome.before.as_ref(), given.as_whom.json)?,
            Err(Error::Refused(refusal)) => {
                problems.push(format!("{id}: {}", refused(ctx, &who, what.0, refusal).await?));
            }
            // What was decided before is said, and what comes after is tried.
            Err(failed) => problems.push(format!("{id}: {failed}")),
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("; ").into()) }
}

/// What was done, or who had done it before.
fn said(id: i64, word: &'static str, before: Option<&Before>, json: bool) -> Result<(), Failure> {
    let told = before.map(queued::told);
    if json {
        let done = told.is_none().then_some(word);
        return print_json(&serde_json::json!({ "comment_id": id.to_string(), "done": done, "problem": told }));
    }
    println!("{id}: {}", told.or_else(|| queued::done(word, 1)).unwrap_or_default());
    Ok(())
}

async fn list(ctx: &Ctx, name: &str, part: QueuePart, limit: usize, json: bool) -> Result<(), Failure> {
    let who = account::stand_in(ctx, name).await?;
    let (items, boards) = read(ctx, &who, part.into(), limit).await?;
    if json {
        return print_json(&items.into_iter().map(|item| QueueItem::of(&boards, item)).collect::<Vec<_>>());
    }
    let row = |item: &Item| {
        let card = card(ctx, &boards, item);
        vec![
            card.id.to_string(),
            card.author,
            card.title,
            card.why.join(" "),
            domain::text::excerpt(&tame(&card.text), EXCERPT),
        ]
    };
    table::print(&["COMMENT", "AUTHOR", "THREAD", "WHY", "WORDS"], &items.iter().map(row).collect::<Vec<_>>());
    Ok(())
}

#[cfg(test)]
mod tests;
