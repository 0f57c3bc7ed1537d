//! How the queue looks in a terminal.

use actions::queue::{Breadth, List, MOST_COUNTED};
use door::queued;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::{Block, Borders, Clear, Paragraph, Wrap};

use super::screen::{Card, Mode, Notice, Screen};

/// From this width on the list stands beside what is looked at.
const WIDE: u16 = 90;

const HELP: &[&str] = &[
    "j k     next, previous",
    "Space   further down, PageUp back",
    "Tab     held, reported, rejected, removed",
    "m       write the reason",
    "w       this one, all by its author, all from there",
    "n       note for other moderators",
    "g       look again",
    "q       leave",
];

/// Draws everything.
pub fn draw(frame: &mut Frame<'_>, screen: &mut Screen) {
    let rows = [Constraint::Length(1), Constraint::Min(1), Constraint::Length(1), Constraint::Length(1)];
    let [head, body, reason, foot] = Layout::vertical(rows).areas(frame.area());
    frame.render_widget(tabs(screen), head);
    let item = if frame.area().width < WIDE {
        body
    } else {
        let [list, item] = Layout::horizontal([Constraint::Percentage(32), Constraint::Min(1)]).areas(body);
        frame.render_widget(titles(screen, list.height), list);
        item
    };
    let shown = Paragraph::new(words(screen)).wrap(Wrap { trim: false }).block(Block::new().borders(Borders::TOP));
    // No further than to its end: whoever went beyond would have to come back as far before anything moves.
    let below = shown.line_count(item.width).saturating_sub(usize::from(item.height));
    screen.scroll = screen.scroll.min(u16::try_from(below).unwrap_or(u16::MAX));
    frame.render_widget(shown.scroll((screen.scroll, 0)), item);
    frame.render_widget(line(screen), reason);
    frame.render_widget(last(screen), foot);
    if screen.mode == Mode::Help {
        help(frame, screen.list);
    }
}

fn tabs(screen: &Screen) -> Line<'static> {
    let count = |list| match list {
        List::Held => Some(screen.counts.held),
        List::Reported => Some(screen.counts.reported),
        List::Rejected | List::Removed => None,
    };
    let tab = |(list, _, title): &(List, &str, &str)| {
        let count = count(*list)
            .map(|count| if count < MOST_COUNTED { format!(" {count}") } else { format!(" {MOST_COUNTED}+") });
        let style = if *list == screen.list { Style::new().add_modifier(Modifier::REVERSED) } else { Style::new() };
        Span::styled(format!(" {title}{} ", count.unwrap_or_default()), style)
    };
    let mut spans: Vec<Span<'static>> = queued::LISTS.iter().map(tab).collect();
    spans.push(Span::raw(format!("  as {}", screen.name)));
    Line::from(spans)
}

fn titles(screen: &Screen, height: u16) -> Paragraph<'static> {
    let room = usize::from(height).saturating_sub(1).max(1);
    // What is looked at is always among what is seen.
    let first = (screen.at + 1).saturating_sub(room);
    let title = |(n, card): (usize, &Card)| {
        let mark = if n == screen.at { "> " } else { "  " };
        let style = if n == screen.at { Style::new().add_modifier(Modifier::BOLD) } else { Style::new() };
        Line::styled(format!("{mark}{}: {}", card.author, card.text.lines().next().unwrap_or_default()), style)
    };
    let lines: Vec<Line<'static>> = screen.cards.iter().enumerate().skip(first).take(room).map(title).collect();
    Paragraph::new(lines).block(Block::new().borders(Borders::TOP | Borders::RIGHT))
}

fn words(screen: &Screen) -> Text<'static> {
    let Some(card) = screen.card() else { return Text::raw("Nothing is left here.") };
    let dim = Style::new().add_modifier(Modifier::DIM);
    let mut lines =
        vec![Line::styled(format!("{} in {}", card.author, card.title), Style::new().add_modifier(Modifier::BOLD))];
    let place = [card.board.clone(), card.when.clone(), format!("{} of {}", screen.at + 1, screen.cards.len())];
    lines.extend(Some(&card.link).filter(|link| !link.is_empty()).map(|link| Line::raw(format!("leads to {link}"))));
    let taken = if card.assigned.is_empty() { None } else { Some(format!("taken on by {}", card.assigned)) };
    lines.push(Line::styled(place.into_iter().chain(taken).collect::<Vec<_>>().join(", "), dim));
    lines.push(Line::styled(card.address.clone(), dim));
    lines.extend(card.why.iter().map(|why| Line::styled(why.clone(), Style::new().add_modifier(Modifier::ITALIC))));
    lines.extend(card.above.iter().map(|above| Line::styled(format!("| {above}"), dim)));
    lines.push(Line::raw(""));
    lines.extend(card.text.lines().map(|line| Line::raw(line.to_owned())));
    lines.push(Line::raw(""));
    lines.extend(card.record.iter().map(|fact| Line::styled(fact.clone(), dim)));
    lines.extend(card.notes.iter().map(|note| Line::raw(note.clone())));
    Text::from(lines)
}

/// What is written, or with what it would be decided.
fn line(screen: &Screen) -> Line<'static> {
    let cursor = if screen.writes() { "_" } else { "" };
    if let Mode::Note(_, text) = &screen.mode {
        return Line::raw(format!("Note: {text}{cursor}"));
    }
    let what = match (screen.breadth, screen.card()) {
        (Breadth::Person, _) => "all here by this person".to_owned(),
        (Breadth::Host, Some(card)) => format!("all here from {}", card.host),
        (Breadth::Host, None) | (Breadth::This, _) => "this one".to_owned(),
    };
    Line::raw(format!("Reason: {}{cursor}  ({what})", screen.reason))
}

/// What was said last, or which keys there are.
fn last(screen: &Screen) -> Line<'static> {
    match &screen.notice {
        Some(Notice::Done(words)) => Line::raw(words.clone()),
        Some(Notice::Bad(words)) => Line::styled(words.clone(), Style::new().add_modifier(Modifier::REVERSED)),
        None => {
            let keys = queued::deeds(screen.list).iter().map(|deed| format!("{} {}", deed.key, deed.label));
            Line::raw(keys.chain(["? all keys".to_owned()]).collect::<Vec<_>>().join("   "))
        }
    }
}

fn help(frame: &mut Frame<'_>, list: List) {
    let deeds = queued::deeds(list).iter().map(|deed| format!("{:<8}{}", deed.key, deed.label));
    let lines: Vec<Line<'static>> = deeds.chain(HELP.iter().map(|line| (*line).to_owned())).map(Line::raw).collect();
    let (width, height) = (56.min(frame.area().width), (lines.len() as u16 + 2).min(frame.area().height));
    let (x, y) = ((frame.area().width - width) / 2, (frame.area().height - height) / 2);
    let area = Rect::new(x, y, width, height);
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(lines).block(Block::bordered().title(" Keys ")), area);
}
