use std::collections::{BTreeMap, HashSet};

use proptest::prelude::*;

use super::*;
use crate::foreign::{Doubt, Unplaced};

const HOUR: i64 = 3_600_000;
const SAVED: i64 = 1_700_000_000_000;

fn read(page: &str) -> ForeignThread {
    parse(page.as_bytes(), &titled("A title")).unwrap()
}

fn titled(title: &str) -> Given<'_> {
    Given { saved_at: SAVED, title: Some(title), url: None }
}

fn markdown_of(comment: &ForeignComment) -> &str {
    match &comment.text {
        ForeignText::Markdown(text) => text,
        ForeignText::Html(_) => panic!("page text holds no HTML"),
        ForeignText::None => "",
    }
}

/// Author, parent's author, words.
fn tree(thread: &ForeignThread) -> Vec<(&str, &str, &str)> {
    let above = |comment: &ForeignComment| comment.parent.map_or("", |parent| author_of(&thread.comments[parent]));
    thread.comments.iter().map(|comment| (author_of(comment), above(comment), markdown_of(comment))).collect()
}

fn author_of(comment: &ForeignComment) -> &str {
    comment.author.as_deref().unwrap_or("")
}

fn places(doubts: &[Doubt]) -> Vec<&str> {
    doubts.iter().map(|doubt| doubt.place.as_str()).collect()
}

#[test]
fn a_page_becomes_a_thread() {
    let page = "\
ann 3 hours ago

Tea is better.

Much better.

  • bob 2 hours ago

    Is it?

    • ann an hour ago

      Yes.

  • cid 2 hours ago

    [flagged]

dora a day ago

Coffee.
";
    let thread = read(page);
    let expected = [
        ("ann", "", "Tea is better.\n\nMuch better."),
        ("bob", "ann", "Is it?"),
        ("ann", "bob", "Yes."),
        ("cid", "ann", ""),
        ("dora", "", "Coffee."),
    ];
    assert_eq!(tree(&thread), expected);
    assert_eq!(thread.comments[3].state, ForeignState::Flagged);
    assert_eq!((thread.comments[0].published, thread.comments[2].published), (SAVED - 3 * HOUR, SAVED - HOUR));
    assert_eq!(thread.published, SAVED - 24 * HOUR - 1);
    assert_eq!((thread.source.as_str(), thread.title.as_deref()), ("page-text", Some("A title")));
    assert_eq!((thread.text, thread.author, thread.score), (ForeignText::None, None, 0));
    assert_eq!((thread.unplaced, thread.doubts), (vec![], vec![]));
}

#[test]
fn marks_stand_for_words_that_are_not_known() {
    let page = "a 1 hour ago\n\n[flagged]\n\nb 1 hour ago\n\n[dead]\n\nc 1 hour ago\n\n[deleted]\n\nd 1 hour ago\n\n[flagged] again\n";
    let states: Vec<ForeignState> = read(page).comments.iter().map(|comment| comment.state).collect();
    use ForeignState::{Dead, Deleted, Flagged, Published};
    assert_eq!(states, [Flagged, Dead, Deleted, Published]);
}

#[test]
fn text_that_reads_like_a_header_is_text_and_remarked_upon() {
    let page = "\
ann 3 hours ago

He came
bob 2 days ago
and went.

It began a day ago

cid 2 days ago
as they say

  • eve 1 hour ago

    fay 1 hour ago

    • not a header

      gus 1 hour ago
";
    let thread = read(page);
    let expected = [
        ("ann", "", "He came\nbob 2 days ago\nand went.\n\nIt began a day ago\n\ncid 2 days ago\nas they say"),
        ("eve", "ann", "fay 1 hour ago\n\n• not a header\n\n```\ngus 1 hour ago\n```"),
    ];
    assert_eq!(tree(&thread), expected);
    assert_eq!(places(&thread.doubts), ["line 4", "line 9", "line 14", "line 16", "line 18"]);
}

#[test]
fn a_bullet_without_its_blank_line_still_begins_a_reply() {
    let thread = read("ann 3 hours ago\n\nOne.\n  • bob 1 hour ago\n\n    Two.\n\n  • cid 1 hour ago\n    Three.\n");
    assert_eq!(tree(&thread), [("ann", "", "One."), ("bob", "ann", "Two."), ("cid", "ann", "Three.")]);
    assert_eq!(places(&thread.doubts), ["line 4", "line 8"]);
}

#[test]
fn wrong_levels_find_the_nearest_comment_to_answer() {
    let page = "\
ann 5 hours ago

One.

      • bob 4 hours ago

        Two.

      • cid 4 hours ago

        Three.

   • dot 4 hours ago

     Four.

• eve 4 hours ago

  Five.
";
    let thread = read(page);
    let expected = [
        ("ann", "", "One."),
        ("bob", "ann", "Two."),
        ("cid", "ann", "Three."),
        ("dot", "ann", "Four."),
        ("eve", "ann", "Five."),
    ];
    assert_eq!(tree(&thread), expected);
    assert_eq!(places(&thread.doubts), ["line 5", "line 9", "line 13", "line 17"]);
    assert!(thread.doubts[0].reason.contains("2 level(s) too far right"), "{}", thread.doubts[0].reason);
}

#[test]
fn a_reply_to_nothing_stands_at_the_top() {
    let thread = read("  • bob 4 hours ago\n\n    Two.\n");
    assert_eq!(tree(&thread), [("bob", "", "Two.")]);
    assert!(thread.doubts[0].reason.contains("Placed at the top"));
}

#[test]
fn what_stands_before_the_first_comment_is_reported() {
    let thread = read("A site\nits menu\n\nA title\n\nann 3 hours ago\n\nOne.\n");
    let found: Vec<(&str, &str)> =
        thread.unplaced.iter().map(|Unplaced { place, words, .. }| (&**place, &**words)).collect();
    assert_eq!(found, [("line 1", "A site its menu"), ("line 4", "A title")]);
}

#[test]
fn a_header_without_text_keeps_its_answers() {
    let thread = read("ann 3 hours ago\n\n  • bob 1 hour ago\n\n    Two.\n\ncid 1 hour ago\n");
    assert_eq!(tree(&thread), [("ann", "", ""), ("bob", "ann", "Two."), ("cid", "", "")]);
    assert_eq!(thread.comments[0].state, ForeignState::Deleted);
    assert_eq!(places(&thread.doubts), ["line 1", "line 7"]);
}

#[test]
fn text_too_far_left_stays_with_its_comment() {
    let thread = read("ann 3 hours ago\n\n  • bob 1 hour ago\n\n    Two.\n\nThree.\n");
    assert_eq!(tree(&thread)[1].2, "Two.\n\nThree.");
    assert_eq!(places(&thread.doubts), ["line 1", "line 7"]);
}

#[test]
fn line_ends_marks_and_tabs_do_not_matter() {
    let page = "ann 3 hours ago\n\nOne.\n\n  • bob 1 hour ago\n\n    Two.\n";
    let plain = read(page);
    for other in
        [format!("\u{FEFF}{page}"), page.replace('\n', "\r\n"), page.replace('\n', "\r"), page.replace("  ", "\u{A0} ")]
    {
        assert_eq!(read(&other), plain, "{other:?}");
    }
    let tabbed = read("ann 3 hours ago\n\nOne.\n\n\t• bob 1 hour ago\n\n\t  Two.\n");
    assert_eq!(tree(&tabbed), tree(&plain));
    assert!(tabbed.doubts[0].reason.starts_with("Tabs"));
}

#[test]
fn an_unindented_line_may_follow_verbatim_lines() {
    let thread = read("ann 3 hours ago\n\nSee:\n\n    1 - x\n      2 - y\n\n    3 - z\nGo on.\n");
    assert_eq!(tree(&thread)[0].2, "See:\n\n```\n1 - x\n  2 - y\n\n3 - z\n```\n\nGo on.");
}

#[test]
fn ages_outside_of_time_are_drawn_in() {
    let page = "a on Jan 1, 2099\n\nx\n\nb 900 years ago\n\ny\n";
    let thread = read(page);
    assert_eq!((thread.comments[0].published, thread.comments[1].published, thread.published), (SAVED, 0, 0));
    assert_eq!(thread.doubts.len(), 2);
}

#[test]
fn rounded_ages_keep_the_order_of_the_page() {
    let page = "a 1 hour ago\n\nx\n\n  • b 2 hours ago\n\n    y\n\n  • c 1 hour ago\n\n    z\n\nd 1 hour ago\n\nw\n";
    let times: Vec<i64> = read(page).comments.iter().map(|comment| comment.published - SAVED + HOUR).collect();
    assert_eq!(times, [0, 1, 2, 3]);
}

#[test]
fn files_that_are_no_saved_page_are_refused_with_a_remedy() {
    let said = |bytes: &[u8]| parse(bytes, &titled("t")).unwrap_err().to_string();
    assert!(said(b"").contains("empty"));
    assert!(said(b"just\nwords\n").contains("No comment was found in 3 lines"));
    assert!(said(b"{\"id\": 1}").contains("hn-algolia"));
    assert!(said(b"<html><body>ann 3 hours ago").contains("plain text"));
    assert!(said(b"ann 3 hours ago\n\n\xFF").contains("byte 17 (on line 3)"));
}

mod ids {
    use super::*;

    const PAGE: &str = "\
ann 3 hours ago

First.

  • bob 2 hours ago

    Same.

  • bob 1 hour ago

    Same.

cid 2 hours ago

First.

  • bob 1 hour ago

    [flagged]
";

    fn ids(thread: &ForeignThread) -> Vec<&str> {
        thread.comments.iter().map(|comment| comment.id.as_str()).collect()
    }

    #[test]
    fn all_differ_and_stay() {
        let thread = read(PAGE);
        assert_eq!(ids(&thread).iter().collect::<HashSet<_>>().len(), thread.comments.len());
        assert_eq!(thread, read(PAGE));
        // Written down, because ids that change between versions of this program double every imported discussion.
        assert_eq!(thread.id, "ac57f83fb87ab7657e934e5bbc532a52");
        assert_eq!(ids(&thread)[0], "8c2eaa133f3e9748f1e1be759b329d9c-ac57f83fb87ab7657e934e5bbc532a52");
    }

    #[test]
    fn a_later_page_names_the_same_comments() {
        let later = "\
new 5 minutes ago

Hello.

cid a day ago

First.

  • bob a day ago

    [flagged]

  • new 1 minute ago

    Indeed.

ann a day ago

First.

  • bob a day ago

    Same.

  • bob a day ago

    Same.

  • bob 5 minutes ago

    Same.
";
        let (before, after) = (read(PAGE), read(later));
        assert_eq!(before.id, after.id);
        let (before, after): (HashSet<_>, HashSet<_>) =
            (ids(&before).into_iter().collect(), ids(&after).into_iter().collect());
        assert!(before.is_subset(&after), "{before:?}\n{after:?}");
        assert_eq!(after.len(), 8);
    }

    #[test]
    fn an_edit_changes_no_other_id() {
        let (before, after) = (read(PAGE), read(&PAGE.replacen("First.", "First. Edit: second.", 1)));
        let changed = ids(&before).iter().zip(ids(&after)).filter(|(before, after)| **before != *after).count();
        assert_eq!(changed, 1);
    }

    #[test]
    fn the_thread_is_known_by_address_then_title_then_oldest_comment() {
        let id = |title, url| parse(PAGE.as_bytes(), &Given { saved_at: SAVED, title, url }).unwrap().id;
        assert_eq!(id(Some("A  title "), None), id(Some("a Title"), None));
        assert_ne!(id(Some("a title"), None), id(Some("another title"), None));
        assert_eq!(id(Some("x"), Some("https://a.example/")), id(None, Some(" https://a.example/")));
        let grown = format!("new 1 minute ago\n\nHi.\n\n{PAGE}");
        let grown = parse(grown.as_bytes(), &Given { saved_at: SAVED, title: None, url: None }).unwrap().id;
        assert_eq!(id(None, None), grown);
    }

    #[test]
    fn the_same_words_elsewhere_are_another_comment_until_renamed() {
        let (known, mut found) = (read(PAGE), parse(PAGE.as_bytes(), &titled("Another")).unwrap());
        assert_ne!(ids(&known)[0], ids(&found)[0]);
        assert_eq!(fingerprint(ids(&known)[0]), fingerprint(ids(&found)[0]));
        rename(&mut found, &known.id);
        assert_eq!((ids(&known), &known.id), (ids(&found), &found.id));
    }
}

mod words {
    use super::*;

    fn shown(text: &str) -> String {
        let indented = text.lines().map(|line| format!("    {line}\n")).collect::<String>();
        let thread = read(&format!("x 3 hours ago\n\nx\n\n  • ann 1 hour ago\n\n{indented}"));
        markdown_of(&thread.comments[1]).to_owned()
    }

    #[test]
    fn what_people_mean_as_markup_stays() {
        for text in [
            "plain *emphasis*, _emphasis_ and `code_with **stars**`",
            "> quoted\n\nanswer",
            "> one\n>\n> two",
            "- a\n- b",
            "- only one",
            "* a\n* b",
            "+ a\n\n+ b",
            "1. a\n2. b",
            "1) a\n\n2) b\n\n3) c",
            "see [1]\n\n[1]: https://a.example/b_c_d__e",
            "[1]: https://a.example/x\n[2]: http://b.example/y",
            "[1]: \"So they said\" -- somewhere",
            "[words](https://a.example/b), <https://a.example/__c>, https://a.example/__d__?e=*f*",
            "a < b && c > d, AT&T 3 <4",
            "snake_case_name, 2 * 3 * 4, ~5, #6, +7, -8, C#",
            "a ~~b~~ c",
            "^ this",
        ] {
            assert_eq!(shown(text), text);
        }
    }

    #[test]
    fn what_only_looks_like_markup_is_escaped() {
        for (text, markdown) in [
            ("# no heading", "\\# no heading"),
            ("###", "\\###"),
            ("1984. What a year", "1984\\. What a year"),
            ("2. without a first", "2\\. without a first"),
            ("1. a\n3. c", "1. a\n3\\. c"),
            ("1. a\n\n1. b", "1. a\n\n1\\. b"),
            ("1. a\n\nb\n\n2. c", "1. a\n\nb\n\n2\\. c"),
            ("01. a", "01\\. a"),
            ("text\n---", "text\n\\---"),
            ("text\n===", "text\n\\==="),
            ("***", "\\***"),
            ("- - -", "\\- - -"),
            ("-", "\\-"),
            ("+ one to this", "\\+ one to this"),
            ("* a footnote", "\\* a footnote"),
            ("- # - a", "- \\# - a"),
            ("1. > a", "1. \\> a"),
            ("- - a", "- \\- a"),
            ("> # a", "> \\# a"),
            (">a", "> a"),
            (">     a", "> a"),
            ("> 1. a", "> 1\\. a"),
            ("> a\nb", "> a\n\nb"),
            (">> a\n> b", "> > a\n\n> b"),
            ("```rust", "\\`\\`\\`rust"),
            ("~~~", "\\~\\~\\~"),
            ("one ` only", "one \\` only"),
            ("a ``b` c", "a \\`\\`b\\` c"),
            ("<b>bold</b> <!-- x --> </p>", "\\<b>bold\\</b> \\<!-- x --> \\</p>"),
            ("&lt; &#60; &#x3c; &", "\\&lt; \\&#60; \\&#x3c; &"),
            ("¯\\_(x)_/¯", "¯\\\\\\_(x)_/¯"),
            ("C:\\dir \\*", "C:\\dir \\\\\\*"),
            ("end\\", "end\\\\"),
            ("2*3*4 and 2**3**4", "2\\*3\\*4 and 2\\*\\*3\\*\\*4"),
            ("__init__", "\\_\\_init\\_\\_"),
            ("see[1](below) and [1][2], wow![3]", "see[1]\\(below) and [1]\\[2], wow!\\[3]"),
            ("[1]: yes", "\\[1]: yes"),
            ("[1]: see \"x\"", "\\[1]: see \"x\""),
            ("a\u{2028}# b", "a # b"),
            ("a\u{0}b\u{b}# c", "a b # c"),
        ] {
            assert_eq!(shown(text), markdown, "{text}");
        }
    }

    #[test]
    fn verbatim_text_gets_a_fence_longer_than_any_inside() {
        assert_eq!(shown("  ````\n  x"), "`````\n````\nx\n`````");
        assert_eq!(shown("a\n  b\n    c\n\n  d\ne"), "a\n\n```\nb\n  c\n\nd\n```\n\ne");
    }

    #[test]
    fn quotations_do_not_nest_without_end() {
        assert_eq!(shown(&format!("{} x", ">".repeat(12))), "> > > > > > > > \\>>>> x");
    }

    #[test]
    fn long_lines_take_time_that_grows_with_their_length() {
        // A quadratic step would take minutes for these.
        for unit in ["`` ` ", "&", "<", "[1](", "_*", "\\", "https://a.example/ ", "> ", "1. a\n", "* a\n\n", "~~~x\n"]
        {
            let text = unit.repeat(500_000 / unit.len());
            assert_eq!(read(&format!("ann 3 hours ago\n\n{text}\n")).comments.len(), 1);
        }
    }

    #[test]
    fn ten_megabytes_are_a_comment_too() {
        let text = "word ".repeat(2_000_000);
        let thread = read(&format!("ann 3 hours ago\n\n{text}\n"));
        assert_eq!(markdown_of(&thread.comments[0]), text.trim_end());
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse(&bytes, &Given::default());
    }

    #[test]
    fn any_lines_are_read_or_refused(lines in prop::collection::vec(line(), 0..30), saved_at: i64) {
        let page = lines.join("\n");
        if let Ok(thread) = parse(page.as_bytes(), &Given { saved_at, title: None, url: None }) {
            hold_to_its_promises(&thread);
        }
    }

    #[test]
    fn what_is_shown_is_what_the_page_showed(lines in prop::collection::vec(line(), 1..12)) {
        let page = format!("first an hour ago\n\n{}", lines.join("\n"));
        for (comment, draft) in both(&page).iter() {
            prop_assert_eq!(signs(&shown(comment)), signs(&draft.join("")), "{}", comment);
        }
    }

    #[test]
    fn no_word_is_lost(lines in prop::collection::vec(line(), 0..30)) {
        let page = format!("first an hour ago\n\n{}", lines.join("\n"));
        let thread = read(&page);
        let found = counted(thread.comments.iter().flat_map(|comment| {
            [comment.author.clone().unwrap_or_default(), markdown_of(comment).to_owned()]
        }));
        for (word, count) in counted([page.clone()]) {
            let header = ["an", "hour", "ago", "flagged", "2", "days"].contains(&word.as_str());
            prop_assert!(header || found.get(&word) == Some(&count), "{word} {count} {found:?}");
        }
    }
}

/// Lines as they occur in saved pages, well and badly formed.
fn line() -> impl Strategy<Value = String> {
    let indent = prop::sample::select(vec!["", "", "  ", "    ", "      ", " ", "   ", "\t", "\u{A0}\u{A0}"]);
    let text = prop_oneof![
        3 => Just(String::new()),
        2 => "(• )?(amy|ben|[a-z]{1,3}-?) (an hour|2 days) ago",
        1 => Just("[flagged]".to_owned()),
        3 => "(> |>|- |[+*] |1[.] |2[)] |#|```|~~~|\\[1\\]: |)([a-z<>&*_`\\\\\\[\\]()!#=-]{1,6} ){1,4}",
        1 => "[-=*_`~ ]{1,5}",
    ];
    (indent, text).prop_map(|(indent, text)| format!("{indent}{text}"))
}

fn counted(texts: impl IntoIterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for text in texts {
        for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            *counts.entry(word.to_owned()).or_default() += 1;
        }
    }
    counts
}

/// The discussion that this project is tried out on, where it lies beside the checkout.
fn real_page() -> Option<String> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/discussion.txt");
    std::fs::read_to_string(beside).ok()
}

#[test]
fn a_real_discussion_comes_in_whole() {
    let Some(page) = real_page() else { return };
    let thread = read(&page);
    let mut depths: Vec<usize> = Vec::new();
    for comment in &thread.comments {
        depths.push(comment.parent.map_or(0, |parent| depths[parent] + 1));
    }
    let histogram: Vec<usize> = (0..=8).map(|depth| depths.iter().filter(|found| **found == depth).count()).collect();
    assert_eq!(histogram, [31, 30, 27, 33, 17, 13, 9, 4, 1]);
    let authors: Vec<&str> = thread.comments.iter().filter_map(|comment| comment.author.as_deref()).collect();
    assert_eq!((authors.len(), authors.iter().collect::<HashSet<_>>().len()), (165, 81));
    assert_eq!(authors.iter().filter(|author| **author == "dang").count(), 1);
    let flagged = thread.comments.iter().filter(|comment| comment.state == ForeignState::Flagged).count();
    assert_eq!((flagged, thread.comments.iter().filter(|comment| comment.text == ForeignText::None).count()), (5, 5));
    assert_eq!((&thread.unplaced, &thread.doubts), (&vec![], &vec![]));
    hold_to_its_promises(&thread);
}

#[test]
fn every_word_of_a_real_discussion_survives() {
    let Some(page) = real_page() else { return };
    let ago = |line: &&str| line.ends_with(" ago") && line.split_whitespace().count() <= 5;
    let bodies: Vec<&str> = page.lines().filter(|line| !ago(line)).collect();
    let thread = read(&page);
    let found = thread.comments.iter().map(|comment| match comment.state {
        ForeignState::Flagged => "[flagged]",
        _ => markdown_of(comment),
    });
    assert_eq!(in_order(found), in_order(bodies.into_iter()));
}

/// The Markdown of each comment with words, and the lines of the page that it was made of.
fn both(page: &str) -> Vec<(String, Vec<String>)> {
    let lines = lines::lines(page);
    let mut parsed = Page::default();
    parsed.read(&lines);
    let published = parsed.drafts.iter().filter(|draft| draft.state == ForeignState::Published);
    published
        .map(|draft| (markdown::markdown(&draft.body), draft.body.iter().map(|line| line.text.to_owned()).collect()))
        .collect()
}

/// All signs of a text but those that are kept as markup: emphasis, code, quotations, bullets, and what stands after the numbers
/// of lists.
fn signs(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !"*_`~>-+.)".contains(*c)).collect()
}

/// What a reader sees, the numbers of lists included.
fn shown(markdown: &str) -> String {
    use domain::text::{Places, TextLimits, from_html, render};
    let limits = TextLimits { max_chars: 1_000_000, ..TextLimits::default() };
    let html = render(markdown, &limits, &Places::default()).map(|rendered| numbered(&rendered.html));
    match html.and_then(|html| from_html(&html, &limits)) {
        Ok(rendered) => rendered.plain,
        Err(domain::text::TextRefusal::Empty) => String::new(),
        Err(refusal) => panic!("{refusal}: {markdown}"),
    }
}

/// The HTML with the numbers of its lists written out.
fn numbered(html: &str) -> String {
    let mut next: Vec<Option<u32>> = Vec::new();
    let mut out = String::new();
    for piece in html.split_inclusive('>') {
        out.push_str(piece);
        let tag = piece.rsplit_once('<').map_or("", |(_, tag)| tag).trim_end_matches('>');
        assert!(!tag.contains("start="), "a list that does not begin with 1: {tag}");
        match tag.split(' ').next() {
            Some("ul") => next.push(None),
            Some("ol") => next.push(Some(1)),
            Some("/ul" | "/ol") => drop(next.pop()),
            Some("li") => {
                if let Some(Some(number)) = next.last_mut() {
                    out.push_str(&format!("{number}. "));
                    *number += 1;
                }
            }
            _ => {}
        }
    }
    out
}

#[test]
fn a_real_discussion_is_shown_as_it_was() {
    let Some(page) = real_page() else { return };
    for (comment, draft) in both(&page) {
        assert_eq!(signs(&shown(&comment)), signs(&draft.join(" ")), "{comment}");
    }
}

fn in_order<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    texts.flat_map(|text| text.split(|c: char| !c.is_alphanumeric())).filter(|word| !word.is_empty()).collect()
}

fn hold_to_its_promises(thread: &ForeignThread) {
    let mut ids = HashSet::new();
    for (index, comment) in thread.comments.iter().enumerate() {
        let above = comment.parent.map_or(thread.published, |parent| thread.comments[parent].published);
        assert!(comment.parent.is_none_or(|parent| parent < index));
        assert!(comment.published >= above && thread.published >= 0);
        assert!(ids.insert(&comment.id));
        assert_eq!(comment.text == ForeignText::None, comment.state != ForeignState::Published);
    }
}
