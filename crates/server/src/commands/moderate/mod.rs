//! `rejoinder moderate`: the queue of moderators in a terminal, by the keys of its page; `rejoinder queue`: the same, one order at a time.
#![expect(clippy::print_stdout, reason = "commands answer on standard output")]

mod draw;
mod screen;

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use actions::cases::{self, Assignment};
use actions::queue::{self, Breadth, Decision, Item, List};
use actions::{Ctx, Error, Person, account};
use domain::{CommentId, Refusal};
use door::api::admin::queue::QueueItem;
use door::queued;
use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event};
use storage::boards::Board;
use storage::comments::Line;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use self::screen::{Card, Notice, Screen, Wish};
use super::table::{self, moment, print_json};
use crate::boot::Failure;
use crate::cli::{Moderate, Queue, QueueDeciding, QueuePart};

/// Comments that are shown at once.
const PAGE: usize = 100;
/// Characters of a text in a table.
const EXCERPT: usize = 60;
/// How often it is looked whether something has changed: another process may have written it.
const EVERY: Duration = Duration::from_secs(5);

/// `rejoinder moderate`
pub async fn moderate(ctx: &Ctx, given: Moderate) -> Result<(), Failure> {
    if given.plain || !std::io::stdout().is_terminal() {
        return list(ctx, &given.as_whom.account, given.part, PAGE, given.as_whom.json).await;
    }
    let mut desk = Desk { ctx, screen: Screen::new(&given.as_whom.account, given.part.into()) };
    // A refusal is said on the terminal as it was.
    desk.show(given.part.into()).await?;
    let mut terminal = ratatui::init();
    let ended = desk.work(&mut terminal, keys()).await;
    ratatui::restore();
    ended
}

/// The keys that are pressed, from a thread that waits for them.
fn keys() -> UnboundedReceiver<Event> {
    let (tell, keys) = unbounded_channel();
    std::thread::spawn(move || {
        while let Ok(event) = event::read() {
            if tell.send(event).is_err() {
                return;
            }
        }
    });
    keys
}

/// Somebody at work.
struct Desk<'a> {
    ctx: &'a Ctx,
    screen: Screen,
}

impl Desk<'_> {
    async fn work(
        &mut self,
        terminal: &mut DefaultTerminal,
        mut keys: UnboundedReceiver<Event>,
    ) -> Result<(), Failure> {
        let (begun, mut look) = (Instant::now(), tokio::time::interval(EVERY));
        loop {
            terminal.draw(|frame| draw::draw(frame, &self.screen))?;
            let wish = tokio::select! {
                event = keys.recv() => match event {
                    Some(Event::Key(key)) => {
                        self.screen.notice = None;
                        let now = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
                        self.screen.press(key, now)
                    }
                    Some(_) => None,
                    None => Some(Wish::Quit),
                },
                _ = look.tick() => Some(Wish::Show(self.screen.list)),
            };
            match wish {
                Some(Wish::Quit) => return Ok(()),
                Some(wish) => self.fulfil(wish).await?,
                None => {}
            }
        }
    }

    /// As whom: what they may do is looked up each time.
    async fn person(&self) -> Result<Person, Error> {
        account::stand_in(self.ctx, &self.screen.name).await
    }

    async fn fulfil(&mut self, wish: Wish) -> Result<(), Failure> {
        let done = match (wish, self.screen.card().cloned()) {
            (Wish::Show(list), _) => self.show(list).await,
            (Wish::Decide(word, decision), Some(card)) => self.decide(word, decision, &card).await,
            (Wish::Take, Some(card)) => self.take(&card).await,
            (Wish::Note(text), Some(card)) => self.note(&card, &text).await,
            _ => Ok(()),
        };
        match done {
            Err(Error::Refused(refusal)) => self.screen.notice = Some(Notice::Bad(refusal.to_string())),
            Err(failed) => return Err(failed.into()),
            Ok(()) => {}
        }
        Ok(())
    }

    async fn show(&mut self, list: List) -> Result<(), Error> {
        let who = self.person().await?;
        let (items, boards) = read(self.ctx, &who, list, PAGE).await?;
        let counts = queue::counts(self.ctx, &who).await?;
        self.screen.show(list, items.iter().map(|item| card(&boards, item)).collect(), counts);
        Ok(())
    }

    async fn decide(&mut self, word: &str, decision: Decision, card: &Card) -> Result<(), Error> {
        let (who, list) = (self.person().await?, self.screen.list);
        let what = (CommentId(card.id), self.screen.breadth, card.seen);
        let reason = self.screen.reason.clone();
        let said = match queue::decide(self.ctx, &who, (list, None), what, decision, &reason).await {
            Ok(outcome) => match outcome.before {
                Some(before) => Some(Notice::Bad(queued::told(&before))),
                None => {
                    self.screen.decided(word, outcome.decided);
                    None
                }
            },
            Err(Error::Refused(refusal)) => Some(Notice::Bad(self.refused(&who, card, refusal).await?)),
            Err(failed) => return Err(failed),
        };
        self.show(list).await?;
        if said.is_some() {
            self.screen.notice = said;
        }
        Ok(())
    }

    /// Who was quicker, if that is why.
    async fn refused(&self, who: &Person, card: &Card, refusal: Refusal) -> Result<String, Error> {
        let before = queue::decided(self.ctx, who, CommentId(card.id)).await?;
        let quicker = before.filter(|before| before.by != who.name);
        Ok(match (quicker, refusal) {
            (Some(before), Refusal::Conflict | Refusal::Field { field: "id", .. }) => queued::told(&before),
            (_, other) => other.to_string(),
        })
    }

    async fn take(&mut self, card: &Card) -> Result<(), Error> {
        let assignment = Assignment { to: None, take: false };
        cases::assign(self.ctx, &self.person().await?, CommentId(card.id), assignment).await?;
        self.show(self.screen.list).await?;
        self.screen.notice = queued::done("take", 1).map(Notice::Done);
        Ok(())
    }

    async fn note(&mut self, card: &Card, text: &str) -> Result<(), Error> {
        queue::note(self.ctx, &self.person().await?, CommentId(card.id), text).await?;
        self.show(self.screen.list).await?;
        self.screen.notice = queued::done("note", 1).map(Notice::Done);
        Ok(())
    }
}

async fn read(ctx: &Ctx, who: &Person, list: List, limit: usize) -> Result<(Vec<Item>, Vec<Board>), Error> {
    let (items, _) = queue::page(ctx, who, (list, None), None, limit).await?;
    Ok((items, actions::board::all(ctx).await?))
}

fn handle(line: &Line) -> String {
    door::api::shape::handle(&line.author.name, &line.author.host)
}

fn card(boards: &[Board], item: &Item) -> Card {
    let by = |name: &str| if name.is_empty() { "Somebody".to_owned() } else { name.to_owned() };
    let words = |line: &Line| domain::text::plain(&line.html);
    let report = |report: &storage::reports::Report| {
        let who = door::api::shape::handle(&report.name, &report.host);
        tame(&format!("{who}: {} {}", report.category.name(), report.text))
    };
    let note = |note: &storage::cases::Note| tame(&format!("{} noted: {}", note.author_name, note.text));
    let earlier = |one: &storage::queue::Decided| {
        tame(&format!("{}, {}: {} {}", moment(one.at), by(&one.by), one.deed.name(), one.reason))
    };
    let why = Some(queued::why(item)).filter(|why| !why.is_empty());
    Card {
        id: item.line.id.0,
        seen: item.seen(),
        title: tame(&item.title),
        board: boards.iter().find(|board| board.id == item.board).map(|board| tame(&board.title)).unwrap_or_default(),
        author: tame(&handle(&item.line)),
        host: tame(&item.line.author.host),
        when: moment(item.line.published),
        assigned: item.assigned.clone().unwrap_or_default(),
        why: why.into_iter().chain(item.reports.iter().map(report)).collect(),
        above: item.above.iter().map(|line| tame(&format!("{}: {}", handle(line), words(line)))).collect(),
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
            return said(id, "note", as_whom.json);
        }
        Queue::Approve(given) => (given, "approve", Decision::Approve),
        Queue::Reject(given) => (given, "reject", Decision::Reject),
        Queue::Remove(given) => (given, "remove", Decision::Remove),
        Queue::Restore(given) => (given, "restore", Decision::Restore),
    };
    decide(ctx, given, word, decision).await
}

async fn decide(ctx: &Ctx, given: QueueDeciding, word: &'static str, decision: Decision) -> Result<(), Failure> {
    let who = account::stand_in(ctx, &given.as_whom.account).await?;
    for id in given.ids {
        // Not as one of those that are reported: whoever decides about reports says so by `rejoinder reports`.
        let what = (CommentId(id), Breadth::This, None);
        queue::decide(ctx, &who, (List::Held, None), what, decision, &given.reason).await?;
        said(id, word, given.as_whom.json)?;
    }
    Ok(())
}

fn said(id: i64, word: &'static str, json: bool) -> Result<(), Failure> {
    if json {
        return print_json(&serde_json::json!({ "comment_id": id.to_string(), "done": word }));
    }
    println!("{id}: {}", queued::done(word, 1).unwrap_or_default());
    Ok(())
}

async fn list(ctx: &Ctx, name: &str, part: QueuePart, limit: usize, json: bool) -> Result<(), Failure> {
    let who = account::stand_in(ctx, name).await?;
    let (items, boards) = read(ctx, &who, part.into(), limit).await?;
    if json {
        return print_json(&items.into_iter().map(|item| QueueItem::of(&boards, item)).collect::<Vec<_>>());
    }
    let row = |item: &Item| {
        let card = card(&boards, item);
        vec![
            card.id.to_string(),
            card.author,
            card.title,
            card.why.join(" "),
            domain::text::excerpt(&card.text, EXCERPT),
        ]
    };
    table::print(&["COMMENT", "AUTHOR", "THREAD", "WHY", "WORDS"], &items.iter().map(row).collect::<Vec<_>>());
    Ok(())
}

#[cfg(test)]
mod tests;
