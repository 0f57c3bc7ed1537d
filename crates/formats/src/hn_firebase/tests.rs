use proptest::prelude::*;

use super::*;
use crate::foreign::{ForeignState, ForeignText};

const TEAPOT: &str = include_str!("../fixtures/teapot.firebase.json");

fn read(json: &str) -> ForeignThread {
    parse(json.as_bytes(), &Given::default()).unwrap()
}

fn refused(json: &str) -> String {
    parse(json.as_bytes(), &Given::default()).unwrap_err().to_string()
}

/// Id and index of the parent.
fn tree(thread: &ForeignThread) -> Vec<(&str, Option<usize>)> {
    thread.comments.iter().map(|comment| (comment.id.as_str(), comment.parent)).collect()
}

fn unplaced(thread: &ForeignThread) -> Vec<(&str, &str)> {
    thread.unplaced.iter().map(|lost| (lost.place.as_str(), lost.reason.as_str())).collect()
}

#[test]
fn items_in_any_order_become_a_thread() {
    let thread = read(TEAPOT);
    assert_eq!((thread.source.as_str(), thread.id.as_str(), thread.score), ("hn", "100", 42));
    assert_eq!(thread.title.as_deref(), Some("Teapots & their spouts"));
    assert_eq!(tree(&thread), [("101", None), ("103", Some(0)), ("102", None), ("104", Some(2))]);
    assert_eq!(thread.comments[0].text, ForeignText::Html("Mine drips.<p>Always.".to_owned()));
    assert_eq!((thread.comments[2].state, thread.comments[2].published), (ForeignState::Deleted, 1_714_558_200_000));
    assert_eq!((&thread.unplaced, &thread.doubts), (&vec![], &vec![]));
}

#[test]
fn lists_lines_and_mere_sequences_are_the_same() {
    let items: Vec<&str> =
        TEAPOT.lines().filter(|line| line.starts_with("  {")).map(|line| line.trim().trim_end_matches(',')).collect();
    let list = read(TEAPOT);
    for other in [
        items.join("\n"),
        items.join("\r\n\r\n"),
        items.join(""),
        items.join("\n").replace("{", "{\n"),
        format!("\u{FEFF}[{}]", items.join(",")),
    ] {
        assert_eq!(read(&other), list, "{other}");
    }
}

#[test]
fn a_single_story_is_a_thread_whose_answers_are_missing() {
    let thread = read(r#"{"id": 1, "type": "story", "by": "ann", "time": 5, "title": "T", "kids": [2, 3]}"#);
    assert_eq!(thread.comments, []);
    assert_eq!(thread.doubts[0].reason, "2 of its answers are not in the file: 2, 3.");
}

#[test]
fn a_broken_line_breaks_nothing_else() {
    let lines = "{\"id\": 1, \"type\": \"story\", \"time\": 5}\n{\"id\": 2, \"type\": \"com\n{\"id\": 3, \"parent\": 1, \"type\": \"comment\", \"text\": \"x\"}\nnull\n7\n";
    let thread = read(lines);
    assert_eq!(tree(&thread), [("3", None)]);
    let places: Vec<&str> = thread.unplaced.iter().map(|lost| lost.place.as_str()).collect();
    assert_eq!(places, ["line 2", "line 5"]);
    assert_eq!(thread.doubts[0].place, "line 4");
}

#[test]
fn answers_stand_in_the_order_of_kids_and_then_of_ids() {
    let thread = read(
        r#"[{"id": 1, "type": "story", "time": 5, "kids": [4, 2]}, {"id": 2, "parent": 1, "text": "x"}, {"id": 6, "parent": 1, "text": "x"},
        {"id": 5, "parent": 1, "text": "x"}, {"id": 4, "parent": 1, "text": "x"}]"#,
    );
    assert_eq!(tree(&thread), [("4", None), ("2", None), ("5", None), ("6", None)]);
}

#[test]
fn what_an_item_answers_may_be_told_by_either_side() {
    let thread = read(
        r#"[{"id": 1, "type": "story", "time": 5, "kids": [2, 3]}, {"id": 2, "text": "x", "kids": [4]},
        {"id": 3, "parent": 1, "text": "x"}, {"id": 4, "parent": 3, "text": "x"}]"#,
    );
    assert_eq!(tree(&thread), [("2", None), ("3", None), ("4", Some(1))]);
    let doubted: Vec<&str> = thread.doubts.iter().map(|doubt| doubt.place.as_str()).collect();
    assert_eq!(doubted, ["item 2", "item 4"]);
}

#[test]
fn what_has_no_place_is_listed_with_the_reason() {
    let thread = read(
        r#"[{"id": 1, "type": "story", "time": 5}, {"id": 2, "parent": 9, "type": "comment", "text": "orphan"},
        {"id": 3, "parent": 2, "type": "comment", "text": "below the orphan"}, {"id": 4, "parent": 5, "type": "comment", "text": "round"},
        {"id": 5, "parent": 4, "kids": [12], "type": "comment", "text": "and round"}, {"id": 6, "parent": 6, "type": "comment", "text": "self"},
        {"id": 7, "type": "comment", "text": "loose"}, {"id": 8, "parent": 1, "type": "riddle", "text": "?"},
        {"id": 10, "parent": 8, "type": "comment", "text": "!"}, {"id": 11, "poll": 99, "type": "pollopt", "text": "choice"},
        {"id": 12, "type": "comment", "text": "listed by a circle"}, {"id": 2, "parent": 1, "type": "comment", "text": "twice"}, {"parent": 1, "text": "no id"}, "text", null]"#,
    );
    assert_eq!(tree(&thread), []);
    let expected = [
        ("item 2", "It occurs more than once. The first occurrence was placed."),
        ("entry 13", "It has no usable `id`, without which it would double when imported again."),
        ("entry 14", "It is no object."),
        ("item 11", "It is an option of another poll."),
        ("item 2", "It answers item 9, which is not in the file."),
        ("item 3", "It answers item 2, which could not be placed."),
        ("item 4", "It answers item 5, and what that answers leads in a circle."),
        ("item 5", "It answers item 4, and what that answers leads in a circle."),
        ("item 6", "It answers item 6, and what that answers leads in a circle."),
        ("item 7", "It does not say what it answers, and no item lists it."),
        ("item 8", "Its type `riddle` is unknown."),
        ("item 10", "It answers item 8, which could not be placed."),
        ("item 12", "It answers item 5, and what that answers leads in a circle."),
    ];
    assert_eq!(unplaced(&thread), expected);
    assert_eq!(thread.unplaced[4].words, "orphan");
    assert_eq!(thread.doubts[1].place, "item 12");
}

#[test]
fn the_choices_of_a_poll_are_listed_in_its_order() {
    let thread = read(
        r#"[{"id": 3, "type": "pollopt", "poll": 1, "text": "Tea", "score": 7}, {"id": 2, "type": "pollopt", "poll": 1, "text": "Milk", "score": 2},
        {"id": 1, "type": "poll", "text": "Well?", "time": 5, "parts": [3, 2, 8], "title": "Which?"}]"#,
    );
    assert_eq!(
        thread.text,
        ForeignText::Html("Well?<ul><li>Tea (7 points)</li><li>Milk (2 points)</li></ul>".to_owned())
    );
    assert_eq!(thread.doubts[0].reason, "1 of its options are not in the file: 8.");
}

#[test]
fn dead_and_deleted_are_told_apart() {
    let thread = read(
        r#"[{"id": 1, "type": "story", "time": 5}, {"id": 2, "parent": 1, "dead": true, "text": "spam"}, {"id": 3, "parent": 1, "dead": true},
        {"id": 4, "parent": 1, "dead": true, "text": "[flagged]"}, {"id": 5, "parent": 1, "deleted": true, "dead": true, "text": "x"},
        {"id": 6, "parent": 1, "dead": true, "text": "[dead]"}, {"id": 7, "parent": 1, "by": "ann", "text": " "}]"#,
    );
    use ForeignState::{Dead, Deleted, Flagged};
    let states: Vec<ForeignState> = thread.comments.iter().map(|comment| comment.state).collect();
    assert_eq!(states, [Dead, Dead, Flagged, Deleted, Dead, Deleted]);
    let with_words = thread.comments.iter().filter(|comment| comment.text != ForeignText::None).count();
    assert_eq!(with_words, 1);
}

#[test]
fn a_root_keeps_its_state() {
    use ForeignState::{Dead, Deleted, Flagged, Published};
    let root = |fields: &str| {
        let thread = read(&format!(r#"{{"id": 1, "type": "story", "time": 5, {fields}}}"#));
        (thread.state, thread.text != ForeignText::None)
    };
    assert_eq!(root(r#""title": "T""#), (Published, false));
    assert_eq!(root(r#""title": "T", "dead": true, "text": "x""#), (Dead, true));
    assert_eq!(root(r#""title": "T", "text": "[flagged]""#), (Flagged, false));
    assert_eq!(root(r#""deleted": true, "dead": true, "text": "x""#), (Deleted, false));
}

#[test]
fn a_link_that_cannot_be_taken_is_left_out_and_listed() {
    let json = r#"{"id": 1, "type": "story", "time": 5, "title": "T", "url": "javascript:alert(1)"}"#;
    let thread = read(json);
    assert_eq!((thread.url, thread.doubts.len()), (None, 1));
    assert!(thread.doubts[0].reason.contains("`javascript:alert(1)`"), "{:?}", thread.doubts);
    let given = Given { url: Some("https://a.example/"), ..Given::default() };
    let thread = parse(json.as_bytes(), &given).unwrap();
    assert_eq!((thread.url.as_deref(), thread.doubts.len()), (given.url, 0));
}

#[test]
fn other_files_are_refused_with_a_remedy() {
    for (json, remedy) in [
        (r#"{"id": 5, "type": "story", "children": []}"#, "`hn-algolia`"),
        (r#"{"hits": []}"#, "one discussion"),
        (r#"{"id": 5, "parent": 4, "type": "comment", "text": "x"}"#, "Add item 4"),
        ("[]", "Add the item of the story"),
        ("[1, 2]", "Add the item of the story"),
        (r#"[{"id": 5, "type": "story"}, {"id": 6, "type": "job"}]"#, "2 discussions (items 5, 6, …)"),
        (r#"[{"id": 5, "type": "story"}, {"id": 6"#, "cut off"),
        (r#"{"id": 5, "type": "sto"#, "cut off"),
        ("{\n\"id\": 5,\n\"type\"", "line 3"),
        ("<html>", "from the API"),
        ("\u{FEFF}", "empty"),
        ("tea", "not complete JSON"),
    ] {
        assert!(refused(json).contains(remedy), "{json}: {}", refused(json));
    }
    assert!(refused(&"[".repeat(100_000)).contains("1000 levels"));
}

#[test]
fn a_hundred_thousand_answers_may_stand_below_each_other() {
    let chain: String =
        (2..=100_001).map(|id| format!("{{\"id\":{id},\"parent\":{},\"text\":\"x\"}}\n", id - 1)).collect();
    let thread = read(&format!("{{\"id\":1,\"type\":\"story\",\"time\":5}}\n{chain}"));
    assert_eq!((thread.comments.len(), thread.comments[99_999].parent), (100_000, Some(99_998)));
    let orphans = read(&format!("{{\"id\":900000,\"type\":\"story\",\"time\":5}}\n{chain}"));
    assert_eq!((orphans.comments.len(), orphans.unplaced.len()), (0, 100_000));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes, &Given::default());
    }

    #[test]
    fn any_change_to_a_good_file_is_read_or_refused(at in 0..TEAPOT.len(), cut in 0..40_usize, new in "[\\[\\]{}\",:0-9a-z-]{0,6}") {
        let mut bytes = TEAPOT.as_bytes().to_vec();
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, new.into_bytes());
        let _ = parse(&bytes, &Given::default());
    }

    /// Whatever the items say of each other: each is placed once or listed.
    #[test]
    fn every_item_is_placed_or_listed(parents in prop::collection::vec((0..12_u64, prop::collection::vec(0..12_u64, 0..3)), 1..10)) {
        let items: Vec<String> = (2..).zip(&parents).map(|(id, (parent, kids))| {
            let parent = if *parent == 0 { "null".to_owned() } else { parent.to_string() };
            format!(r#"{{"id": {id}, "parent": {parent}, "kids": {kids:?}, "text": "x", "type": "comment"}}"#)
        }).collect();
        let thread = read(&format!(r#"[{{"id": 1, "type": "story", "time": 5}}, {}]"#, items.join(",")));
        prop_assert_eq!(thread.comments.len() + thread.unplaced.len(), items.len());
        prop_assert!((0..).zip(&thread.comments).all(|(index, comment)| comment.parent.is_none_or(|parent| parent < index)));
    }
}
