use proptest::prelude::*;

use super::*;
use crate::foreign::{ForeignState, ForeignText};
use crate::hn_firebase;

const TEAPOT: &str = include_str!("../fixtures/teapot.algolia.json");

const START: i64 = 1_714_557_600_000;

fn read(json: &str) -> ForeignThread {
    parse(json.as_bytes(), &Given::default()).unwrap()
}

fn refused(json: &str) -> String {
    parse(json.as_bytes(), &Given::default()).unwrap_err().to_string()
}

fn html(text: &str) -> ForeignText {
    ForeignText::Html(text.to_owned())
}

/// Id, index of the parent, state.
fn tree(thread: &ForeignThread) -> Vec<(&str, Option<usize>, ForeignState)> {
    thread.comments.iter().map(|comment| (comment.id.as_str(), comment.parent, comment.state)).collect()
}

#[test]
fn a_discussion_is_read() {
    use ForeignState::{Deleted, Published};
    let thread = read(TEAPOT);
    assert_eq!((thread.source.as_str(), thread.id.as_str()), ("hn", "100"));
    assert_eq!(thread.title.as_deref(), Some("Teapots & their spouts"));
    assert_eq!(thread.url.as_deref(), Some("https://teapot.example/spouts"));
    assert_eq!((thread.author.as_deref(), thread.score, thread.published), (Some("ann"), 42, START));
    assert_eq!(thread.text, ForeignText::None);
    let expected =
        [("101", None, Published), ("103", Some(0), Published), ("102", None, Deleted), ("104", Some(2), Published)];
    assert_eq!(tree(&thread), expected);
    assert_eq!(thread.comments[0].text, html("<p>Mine drips.</p><p>Always.</p>"));
    assert_eq!((thread.comments[0].author.as_deref(), thread.comments[2].author.as_deref()), (Some("bob"), None));
    let times: Vec<i64> = thread.comments.iter().map(|comment| comment.published - START).collect();
    assert_eq!(times, [300_000, 900_000, 0, 1_800_000]);
    assert_eq!((thread.unplaced, thread.doubts), (vec![], vec![]));
}

#[test]
fn what_the_importing_person_says_wins() {
    let given = Given { saved_at: 0, title: Some("Pots"), url: Some("https://pots.example/") };
    let thread = parse(TEAPOT.as_bytes(), &given).unwrap();
    assert_eq!((thread.title.as_deref(), thread.url.as_deref()), (Some("Pots"), Some("https://pots.example/")));
}

#[test]
fn both_formats_name_the_same_comments() {
    let other = include_bytes!("../fixtures/teapot.firebase.json");
    let (one, other) = (read(TEAPOT), hn_firebase::parse(other, &Given::default()).unwrap());
    assert_eq!((&one.source, &one.id, tree(&one)), (&other.source, &other.id, tree(&other)));
    assert_eq!(
        (one.title, one.url, one.author, one.published),
        (other.title, other.url, other.author, other.published)
    );
}

#[test]
fn the_choices_of_a_poll_are_listed_with_their_points() {
    let poll = r#"{"id": 1, "type": "poll", "title": "Which?", "text": "<p>Well?</p>", "created_at_i": 5, "options": [
        {"id": 2, "type": "pollopt", "text": "Tea", "points": 7}, {"id": 3, "type": "pollopt", "text": "Milk"}, 4],
        "children": [{"id": 5, "type": "pollopt", "text": "Rum", "points": 1}]}"#;
    let thread = read(poll);
    assert_eq!(thread.text, html("<p>Well?</p><ul><li>Tea (7 points)</li><li>Milk</li><li>Rum (1 points)</li></ul>"));
    assert_eq!((thread.comments.len(), thread.unplaced.len()), (0, 1));
}

#[test]
fn what_has_no_place_is_listed_and_the_rest_is_read() {
    let json = r#"{"id": 1, "type": "story", "created_at_i": 5, "children": [
        {"id": 2, "type": "comment", "text": "here", "created_at_i": 6, "children": [
            {"type": "comment", "text": "nameless", "children": [{"id": 3, "type": "comment", "text": "below"}]},
            7, null]},
        {"id": 2, "type": "comment", "text": "again", "children": [{"id": 4, "type": "comment", "text": "new"}]},
        {"id": 1, "type": "comment", "text": "the root's id"},
        {"id": 5, "type": "mystery", "text": "?"},
        {"id": 6, "type": "story", "text": "another"},
        {"id": 8, "type": "comment", "text": "last", "created_at_i": 7}]}"#;
    let thread = read(json);
    let ids: Vec<&str> = thread.comments.iter().map(|comment| comment.id.as_str()).collect();
    assert_eq!(ids, ["2", "4", "8"]);
    let found: Vec<(&str, &str)> = thread.unplaced.iter().map(|lost| (&*lost.place, &*lost.words)).collect();
    let expected = [
        ("an answer to item 2", "nameless"),
        ("item 3", "below"),
        ("an answer to item 2", "7"),
        ("an answer to item 2", "null"),
        ("item 2", "again"),
        ("item 1", "the root's id"),
        ("item 5", "?"),
        ("item 6", "another"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn fields_of_the_wrong_type_cost_no_more_than_themselves() {
    let json = r#"{"id": "1", "type": "story", "title": 5, "points": "many", "created_at_i": 99999999999999999999, "children": [
        {"id": 2, "type": "comment", "author": [], "text": {"a": 1}, "created_at_i": 9223372036854775807, "children": "none"},
        {"id": 3, "type": "comment", "text": "\ud800", "created_at": "yesterday"},
        {"id": 4, "type": "comment", "author": "dot", "text": "fine", "created_at_i": 10, "points": 3}]}"#;
    let thread = read(json);
    assert_eq!((thread.title, thread.score, thread.published), (None, 0, 10_000));
    let states: Vec<ForeignState> = thread.comments.iter().map(|comment| comment.state).collect();
    assert_eq!(states, [ForeignState::Deleted, ForeignState::Deleted, ForeignState::Published]);
    assert_eq!((thread.comments[0].published, thread.comments[2].score), (10_000, Some(3)));
    assert_eq!(thread.unplaced.len(), 2);
    let doubted: Vec<&str> = thread.doubts.iter().map(|doubt| doubt.reason.split('`').nth(1).unwrap_or("")).collect();
    assert_eq!(doubted, ["created_at_i", "title", "points", "author", "created_at_i", "children", "created_at", ""]);
}

#[test]
fn states_are_told_apart() {
    let json = r#"{"id": 1, "type": "story", "created_at_i": 5, "children": [
        {"id": 2, "type": "comment", "author": "a", "text": "<p>[flagged]</p>", "children": []},
        {"id": 3, "type": "comment", "author": "b", "text": "", "children": []},
        {"id": 4, "type": "comment", "author": "c", "text": "[dead]", "children": []}]}"#;
    let thread = read(json);
    let states: Vec<ForeignState> = thread.comments.iter().map(|comment| comment.state).collect();
    assert_eq!(states, [ForeignState::Flagged, ForeignState::Deleted, ForeignState::Dead]);
    assert!(thread.comments.iter().all(|comment| comment.text == ForeignText::None));
}

#[test]
fn a_deleted_root_still_holds_its_comments() {
    let thread = read(r#"{"id": 1, "children": [{"id": 2, "type": "comment", "text": "x", "created_at_i": 9}]}"#);
    assert_eq!((thread.title, thread.author, thread.published), (None, None, 9_000));
    assert_eq!(thread.state, ForeignState::Deleted);
    assert_eq!((thread.comments.len(), thread.doubts.len()), (1, 1));
}

#[test]
fn other_files_are_refused_with_a_remedy() {
    for (json, remedy) in [
        (r#"{"hits": [], "nbHits": 0}"#, "items/ID"),
        (r#"{"id": 5, "type": "story", "by": "ann", "kids": [6], "time": 7}"#, "`hn-firebase`"),
        (r#"{"id": 5, "type": "comment", "story_id": 4, "children": []}"#, "items/4"),
        (r#"{"id": 5, "type": "pollopt", "parent_id": 3, "children": []}"#, "items/3"),
        (r#"{"id": 5, "type": "comment", "children": []}"#, "whole discussion"),
        (r#"{"id": 5, "type": "painting", "children": []}"#, "`painting`"),
        (r#"{"id": -5, "type": "story", "children": []}"#, "should be a positive whole number but is `-5`"),
        (r#"{"title": "x", "children": []}"#, "without `id`"),
        (r#"{"id": 5}"#, "with `type` and `children`"),
        ("[]", "no JSON object"),
        ("7", "no JSON object"),
        ("<!doctype html><p>", "from the API"),
        ("", "empty"),
        (r#"{"id": 5, "type": "story", "children": [{"id": 6"#, "cut off"),
        ("tea", "not complete JSON"),
    ] {
        assert!(refused(json).contains(remedy), "{json}: {}", refused(json));
    }
}

fn nested(levels: u64) -> String {
    let open: String = (1..=levels + 1).map(|id| format!("{{\"id\":{id},\"children\":[")).collect();
    open + &"]}".repeat(levels as usize + 1)
}

#[test]
fn a_thousand_levels_are_read_and_more_are_refused() {
    let thread = read(&nested(1_000));
    assert_eq!((thread.comments.len(), thread.comments[999].parent), (1_000, Some(998)));
    assert!(refused(&nested(1_001)).contains("1000 levels"));
    assert!(refused(&nested(100_000)).contains("1000 levels"));
    assert!(refused(&"[".repeat(100_000)).contains("1000 levels"));
    assert!(refused(&"{\"a\":".repeat(100_000)).contains("1000 levels"));
}

#[test]
fn a_comment_of_ten_megabytes_is_read() {
    let words = "word ".repeat(2_000_000);
    let thread =
        read(&format!(r#"{{"id":1,"type":"story","children":[{{"id":2,"type":"comment","text":"{words}"}}]}}"#));
    assert_eq!(thread.comments[0].text, html(&words));
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
        if let Ok(thread) = parse(&bytes, &Given::default()) {
            for (index, comment) in thread.comments.iter().enumerate() {
                prop_assert!(comment.parent.is_none_or(|parent| parent < index));
                prop_assert!(comment.state != ForeignState::Published || comment.text != ForeignText::None);
                prop_assert!(comment.published >= 0);
            }
        }
    }
}
