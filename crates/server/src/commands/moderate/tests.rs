use actions::queue::{Breadth, Counts, Decision, List};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::draw::draw;
use super::screen::{Card, Mode, Notice, Screen, Wish};
use super::{problem, tame};

fn waiting(id: i64, author: &str) -> Card {
    let host = author.split_once('@').map(|(_, host)| host.to_owned()).unwrap_or_default();
    Card {
        id,
        seen: Some(0),
        address: format!("https://talk.test/c/{id}"),
        title: "Which kettle?".into(),
        link: "https://kettles.test/".into(),
        board: "General talk".into(),
        author: author.into(),
        host,
        text: format!("Words of {id}."),
        why: vec!["Held by the rule “links”.".into()],
        above: vec!["ana: I want one that lasts.".into()],
        record: vec!["known since 2027-01-15, 2 held".into()],
        ..Card::default()
    }
}

fn screen() -> Screen {
    let mut screen = Screen::new("mo", List::Held);
    let cards = vec![waiting(1, "bo@peer.example"), waiting(2, "cy"), waiting(3, "bo@peer.example")];
    screen.show(List::Held, cards, Counts { held: 3, reported: 1 });
    screen.drawn(0);
    screen
}

fn now(screen: &mut Screen, list: List, cards: Vec<Card>) {
    screen.show(list, cards, Counts { held: 0, reported: 0 });
}

fn lost(screen: &Screen) -> bool {
    matches!(&screen.notice, Some(Notice::Bad(words)) if words.contains("is gone"))
}

/// One key after the other, a second apart.
fn type_in(screen: &mut Screen, keys: &str) -> Vec<Wish> {
    let code = |c: char| if c == '\n' { KeyCode::Enter } else { KeyCode::Char(c) };
    let press = |(n, c): (usize, char)| screen.press(KeyEvent::from(code(c)), (n as u64 + 1) * 1_000);
    keys.chars().enumerate().filter_map(press).collect()
}

fn drawn(screen: &Screen, width: u16, height: u16) -> Vec<String> {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(frame, &mut screen.clone())).unwrap();
    let buffer = terminal.backend().buffer();
    let line = |y| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
    (0..height).map(line).collect()
}

#[test]
fn what_is_needed_to_decide_is_seen_at_a_glance() {
    let lines = drawn(&screen(), 100, 20);
    let all = lines.join("\n");
    for part in [
        "Held 3",
        "Reported 1",
        "as mo",
        "> bo@peer.example: Words of 1.",
        "cy: Words of 2.",
        "Which kettle?",
        "General talk",
        "leads to https://kettles.test/",
        "https://talk.test/c/1",
        "1 of 3",
        "Held by the rule “links”.",
        "| ana: I want one that lasts.",
        "known since 2027-01-15",
        "Reason:   (this one)",
        "a Let it out   r Reject it   t Take it on   ? all keys",
    ] {
        assert!(all.contains(part), "{part} is not in\n{all}");
    }
    // Narrow, what is looked at has the whole of it; and nothing is too small.
    let narrow = drawn(&screen(), 60, 20).join("\n");
    assert!(narrow.contains("Words of 1.") && !narrow.contains("Words of 2."), "{narrow}");
    drawn(&screen(), 3, 2);
    let mut screen = screen();
    type_in(&mut screen, "?");
    assert!(drawn(&screen, 60, 20).join("\n").contains("held, reported, rejected, removed"));
    drawn(&screen, 3, 2);
}

#[test]
fn each_thing_is_done_with_one_key() {
    let mut screen = screen();
    assert_eq!(type_in(&mut screen, "a"), [Wish::Decide("approve", Decision::Approve)]);
    assert_eq!(type_in(&mut screen, "jr"), [Wish::Decide("reject", Decision::Reject)]);
    assert_eq!(screen.card().map(|card| card.id), Some(2));
    assert_eq!(type_in(&mut screen, "jjkx"), [], "nothing is removed that waits");
    assert_eq!(screen.card().map(|card| card.id), Some(2));
    assert_eq!(screen.press(KeyEvent::from(KeyCode::Tab), 0), Some(Wish::Show(List::Reported)));
    assert_eq!(screen.press(KeyEvent::from(KeyCode::BackTab), 0), Some(Wish::Show(List::Removed)));
    screen.show(List::Reported, vec![waiting(9, "ana")], Counts { held: 3, reported: 1 });
    let wishes = [Wish::Decide("dismiss", Decision::Dismiss), Wish::Decide("remove", Decision::Remove), Wish::Take];
    assert_eq!(type_in(&mut screen, "dxt"), wishes);
    assert_eq!(type_in(&mut screen, "gq"), [Wish::Show(List::Reported), Wish::Quit]);
    let stop = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
    assert_eq!(screen.press(stop, 0), Some(Wish::Quit));
}

#[test]
fn a_key_that_is_held_down_decides_once() {
    let mut screen = screen();
    let key = KeyEvent::from(KeyCode::Char('a'));
    let wishes: Vec<_> = [1_000, 1_500, 1_530, 1_560, 1_590].iter().filter_map(|at| screen.press(key, *at)).collect();
    assert_eq!(wishes.len(), 1);
    assert!(screen.press(key, 5_000).is_some());
}

#[test]
fn what_is_written_is_no_order() {
    let mut screen = screen();
    assert_eq!(type_in(&mut screen, "mqa rx\n"), []);
    assert_eq!((screen.reason.as_str(), &screen.mode), ("qa rx", &Mode::Keys));
    assert_eq!(type_in(&mut screen, "nSeen before.\n"), [Wish::Note(1, "Seen before.".into())]);
    type_in(&mut screen, "nq");
    screen.press(KeyEvent::from(KeyCode::Esc), 0);
    assert_eq!(type_in(&mut screen, "n \n"), [], "there is no empty note");
    // The reason was for what was decided.
    screen.decided("approve", 2);
    assert_eq!((screen.reason.as_str(), screen.notice), ("", Some(Notice::Done("Let out: 2 comments.".into()))));
}

#[test]
fn more_is_decided_alike_where_there_is_more() {
    let mut screen = screen();
    let mut widths = Vec::new();
    for _ in 0..3 {
        type_in(&mut screen, "w");
        widths.push(screen.breadth);
    }
    assert_eq!(widths, [Breadth::Person, Breadth::Host, Breadth::This]);
    type_in(&mut screen, "wj");
    assert_eq!(screen.breadth, Breadth::This, "it was about the one before");
    type_in(&mut screen, "ww");
    assert_eq!(screen.breadth, Breadth::This, "people here have no server");
}

#[test]
fn whoever_looks_at_something_goes_on_looking_at_it() {
    let mut screen = screen();
    type_in(&mut screen, "j");
    let counts = Counts { held: 2, reported: 0 };
    screen.show(List::Held, vec![waiting(2, "cy"), waiting(3, "bo@peer.example")], counts);
    assert_eq!(screen.card().map(|card| card.id), Some(2));
    // What is decided is followed by what stood after it, and by what stood before it at the end.
    screen.show(List::Held, vec![waiting(3, "bo@peer.example")], counts);
    assert_eq!(screen.card().map(|card| card.id), Some(3));
    screen.show(List::Held, Vec::new(), counts);
    assert_eq!((screen.card(), drawn(&screen, 60, 8).join("\n").contains("Nothing is left here.")), (None, true));
    assert_eq!(type_in(&mut screen, "atjk w"), []);
}

#[test]
fn what_was_meant_for_one_comment_is_not_passed_on_to_another() {
    let others = || vec![waiting(2, "cy"), waiting(3, "bo@peer.example")];
    let mut screen = screen();
    type_in(&mut screen, "wmadvertising\n");
    now(&mut screen, List::Held, others());
    assert_eq!((screen.breadth, screen.reason.as_str(), lost(&screen)), (Breadth::This, "", true));

    screen.notice = None;
    type_in(&mut screen, "mnot quite");
    now(&mut screen, List::Held, others());
    assert_eq!((screen.reason.as_str(), &screen.mode, lost(&screen)), ("not quite", &Mode::Reason, false));
    now(&mut screen, List::Held, vec![waiting(3, "bo@peer.example")]);
    assert_eq!((screen.reason.as_str(), &screen.mode, lost(&screen)), ("", &Mode::Keys, true));

    screen.notice = None;
    type_in(&mut screen, "nknown");
    now(&mut screen, List::Held, Vec::new());
    assert_eq!((&screen.mode, lost(&screen)), (&Mode::Keys, true));

    now(&mut screen, List::Held, others());
    type_in(&mut screen, "wmspam\nj");
    assert_eq!((screen.breadth, screen.reason.as_str(), lost(&screen)), (Breadth::This, "", true));
    screen.notice = None;
    type_in(&mut screen, "wm0\nk");
    screen.notice = None;
    type_in(&mut screen, "jk");
    assert!(!lost(&screen), "nothing was");
}

#[test]
fn what_comes_under_the_cursor_by_itself_is_not_decided_before_it_can_be_read() {
    let mut screen = screen();
    let press = |screen: &mut Screen, c: char, at: u64| screen.press(KeyEvent::from(KeyCode::Char(c)), at);
    let approve = Some(Wish::Decide("approve", Decision::Approve));
    assert_eq!(press(&mut screen, 'a', 1_000), approve);
    now(&mut screen, List::Held, vec![waiting(2, "cy"), waiting(3, "bo@peer.example")]);
    assert_eq!(press(&mut screen, 'r', 9_000), None, "it was not even drawn");
    screen.drawn(9_000);
    assert_eq!(press(&mut screen, 'a', 9_500), None);
    assert!(matches!(&screen.notice, Some(Notice::Bad(words)) if words.contains("read it")));
    assert_eq!(press(&mut screen, 'r', 9_600), Some(Wish::Decide("reject", Decision::Reject)));
    // Whoever goes there knows where they go, and what has stayed there was read before.
    assert_eq!(press(&mut screen, 'j', 10_000), None);
    assert_eq!(press(&mut screen, 'r', 10_700), Some(Wish::Decide("reject", Decision::Reject)));
    now(&mut screen, List::Held, vec![waiting(3, "bo@peer.example")]);
    assert_eq!(press(&mut screen, 'a', 11_000), approve);
    now(&mut screen, List::Removed, vec![waiting(8, "cy")]);
    assert_eq!(press(&mut screen, 'u', 12_000), Some(Wish::Decide("restore", Decision::Restore)));
}

#[test]
fn what_is_pasted_is_words_and_no_orders() {
    let mut screen = screen();
    screen.paste("arq");
    assert_eq!((&screen.mode, screen.at, &screen.notice), (&Mode::Keys, 0, &None));
    type_in(&mut screen, "m");
    screen.paste("one\r\ntwo\nthree\n");
    assert_eq!((screen.reason.as_str(), &screen.mode), ("one two three", &Mode::Reason));
    type_in(&mut screen, "\nn");
    screen.paste("a\u{1b}b");
    assert_eq!(type_in(&mut screen, "\n"), [Wish::Note(1, "a b".into())]);
    type_in(&mut screen, "n");
    screen.paste(&"x".repeat(9_000));
    assert_eq!(screen.mode, Mode::Note(1, "x".repeat(500)));
}

#[test]
fn nobody_goes_further_down_than_to_the_end() {
    let mut screen = screen();
    screen.cards[0].text = (0..40).map(|n| format!("Line {n}.\n")).collect();
    type_in(&mut screen, &" ".repeat(50));
    let mut terminal = Terminal::new(TestBackend::new(60, 20)).unwrap();
    terminal.draw(|frame| draw(frame, &mut screen)).unwrap();
    assert!(drawn(&screen, 60, 20).join("\n").contains("known since 2027-01-15"), "the end is seen");
    let end = screen.scroll;
    screen.press(KeyEvent::from(KeyCode::PageUp), 0);
    assert_eq!((screen.scroll, end > 20), (end - 10, true), "and the way back begins there");
    type_in(&mut screen, "j  ");
    terminal.draw(|frame| draw(frame, &mut screen)).unwrap();
    assert_eq!(screen.scroll, 0, "all of it is seen");
}

#[test]
fn what_people_write_moves_no_cursor_and_turns_no_text_around() {
    assert_eq!(tame("a\u{1b}[2J\u{202e}b\tc"), "a [2J b c");
}

#[test]
fn a_failure_is_told_and_ends_nothing() {
    let failed = || Err(actions::Error::Failed(storage::Error::Unavailable("disk full".into())));
    assert_eq!(problem(Ok(()), false), None);
    assert!(problem(failed(), true).unwrap().starts_with("The queue could not be read anew"));
    let told = problem(failed(), false).unwrap();
    assert!(told.contains("may not have been done") && told.contains("disk full"), "{told}");
}
