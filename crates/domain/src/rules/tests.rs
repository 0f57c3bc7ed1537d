//! Rules as a whole: what each asks, which one counts, what cannot be a rule.

use std::convert::Infallible;

use proptest::prelude::*;

use super::*;

/// What is known of an author, and how often it was asked.
#[derive(Default)]
struct Known {
    published: u32,
    server: bool,
    age_ms: i64,
    repeated: u32,
    written: u32,
    asked: usize,
}

impl Known {
    fn count<T>(&mut self, value: T) -> Result<T, Infallible> {
        self.asked += 1;
        Ok(value)
    }
}

impl Facts for Known {
    type Error = Infallible;
    fn published(&mut self, most: u32) -> Result<u32, Infallible> {
        self.count(self.published.min(most))
    }
    fn server_has_published(&mut self) -> Result<bool, Infallible> {
        self.count(self.server)
    }
    fn known_for_ms(&mut self) -> Result<i64, Infallible> {
        self.count(self.age_ms)
    }
    fn repeated(&mut self, _: i64, most: u32) -> Result<u32, Infallible> {
        self.count(self.repeated.min(most))
    }
    fn written(&mut self, _: Per, _: i64, most: u32) -> Result<u32, Infallible> {
        self.count(self.written.min(most))
    }
}

const BOARD: BoardId = BoardId(1);

fn rule(name: &str, effect: Effect, when: When) -> Rule {
    let message = "Write otherwise.".to_owned();
    Rule { name: name.into(), board: None, whom: Whom::Everybody, trust: Trust::Ignores, effect, message, when }
}

fn rules(rules: Vec<Rule>) -> Rules {
    Rules::new(Rulebook { rules, ..Rulebook::default() }).unwrap()
}

fn subject<'a>(host: &'a str, hits: &'a Hits) -> Subject<'a> {
    Subject {
        board: BOARD,
        host,
        links: 0,
        link_hosts: &[],
        mentions: 0,
        language: None,
        hits,
        occasion: Occasion::New,
    }
}

/// Whether a rule that asks this matches.
fn matches(when: When, subject: Subject<'_>, mut known: Known) -> bool {
    let rules = rules(vec![rule("one", Effect::Hold, when)]);
    !rules.judge(subject, &mut known).unwrap().matched.is_empty()
}

fn strings(list: &[&str]) -> Vec<String> {
    list.iter().map(|&one| one.to_owned()).collect()
}

#[test]
fn each_question_is_answered_by_what_it_is_about() {
    let none = Hits::default();
    let (here, elsewhere) = (subject("", &none), subject("chat.a.example", &none));
    let when = When::default;
    assert!(matches(when(), here, Known::default()), "what asks nothing matches everything");

    let first = || When { first_of_author: true, ..when() };
    assert!(matches(first(), here, Known::default()));
    assert!(!matches(first(), here, Known { published: 1, ..Known::default() }));
    let first = || When { first_of_server: true, ..when() };
    assert!(matches(first(), elsewhere, Known::default()));
    assert!(!matches(first(), elsewhere, Known { server: true, ..Known::default() }));
    let young = || When { younger_than_ms: Some(1000), ..when() };
    assert!(matches(young(), here, Known { age_ms: 999, ..Known::default() }));
    assert!(!matches(young(), here, Known { age_ms: 1000, ..Known::default() }));

    let links = || When { links_more_than: Some(2), ..when() };
    assert!(matches(links(), Subject { links: 3, ..here }, Known::default()));
    assert!(!matches(links(), Subject { links: 2, ..here }, Known::default()));
    let mentions = || When { mentions_more_than: Some(0), ..when() };
    assert!(matches(mentions(), Subject { mentions: 1, ..here }, Known::default()));
    assert!(!matches(mentions(), here, Known::default()));
    let to = || When { links_to: strings(&["b.example", "spam.example"]), ..when() };
    for (host, expected) in [("spam.example", true), ("www.spam.example", true), ("nospam.example", false)] {
        let hosts = strings(&[host]);
        assert_eq!(matches(to(), Subject { link_hosts: &hosts, ..here }, Known::default()), expected, "{host}");
    }
    let german = || When { languages: strings(&["de"]), ..when() };
    for (language, expected) in
        [(Some("de"), true), (Some("de-AT"), true), (Some("den"), false), (Some("d"), false), (None, false)]
    {
        assert_eq!(matches(german(), Subject { language, ..here }, Known::default()), expected, "{language:?}");
    }
    let servers = || When { servers: strings(&["a.example"]), ..when() };
    assert!(matches(servers(), elsewhere, Known::default()) && !matches(servers(), here, Known::default()));
}

#[test]
fn words_and_patterns_are_looked_for_in_the_text() {
    let all = rules(vec![
        rule("words", Effect::Hold, When { words: strings(&["casino", "buy now"]), ..When::default() }),
        rule("pattern", Effect::Hold, When { patterns: strings(&["zzz", r"(?i)\bv[i1]agra\b"]), ..When::default() }),
        rule(
            "both",
            Effect::Hold,
            When { words: strings(&["casino"]), patterns: strings(&["^The"]), ..When::default() },
        ),
    ]);
    let found = |text: &str| {
        let hits = all.look_through(text);
        let verdict = all.judge(subject("", &hits), &mut Known::default()).unwrap();
        verdict.matched.iter().map(|rule| rule.name.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(found("The casino."), ["words", "both"]);
    assert_eq!(found("A casino with V1AGRA: buy  NOW"), ["words", "pattern"]);
    assert_eq!(found("nothing of it"), [] as [&str; 0]);
}

#[test]
fn what_comes_often_is_counted_and_edits_are_not() {
    let often = Often { more_than: 2, within_ms: 1000 };
    let repeated = || When { repeated: Some(often), ..When::default() };
    let rate = || When { rate: Some(Rate { per: Per::Board, often }), ..When::default() };
    let hits = Hits::default();
    let new = subject("", &hits);
    for (times, expected) in [(2, false), (3, true)] {
        assert_eq!(matches(repeated(), new, Known { repeated: times, ..Known::default() }), expected);
        assert_eq!(matches(rate(), new, Known { written: times, ..Known::default() }), expected);
        let edit = Subject { occasion: Occasion::Edit, ..new };
        assert!(!matches(rate(), edit, Known { written: times, ..Known::default() }));
        assert!(!matches(repeated(), edit, Known { repeated: times, ..Known::default() }));
    }
}

#[test]
fn who_is_trusted_is_spared_unless_the_rule_says_otherwise() {
    let of = |trust, published| {
        let book = Rulebook {
            trusted_after: 3,
            rules: vec![Rule { trust, ..rule("one", Effect::Hold, When::default()) }],
            ..Rulebook::default()
        };
        let mut known = Known { published, ..Known::default() };
        !Rules::new(book).unwrap().judge(subject("", &Hits::default()), &mut known).unwrap().matched.is_empty()
    };
    assert_eq!([of(Trust::Spares, 2), of(Trust::Spares, 3), of(Trust::Ignores, 3)], [true, false, true]);
    // Where nobody is ever trusted, nobody is spared.
    let book = Rulebook {
        rules: vec![Rule { trust: Trust::Spares, ..rule("one", Effect::Hold, When::default()) }],
        ..Rulebook::default()
    };
    let mut known = Known { published: 99, ..Known::default() };
    assert_eq!(Rules::new(book).unwrap().judge(subject("", &Hits::default()), &mut known).unwrap().matched.len(), 1);
}

#[test]
fn a_rule_counts_where_and_for_whom_it_is() {
    let for_whom = |whom| Rule { whom, ..rule(whom.name(), Effect::Tag, When::default()) };
    let there = Rule { board: Some(BoardId(2)), ..rule("there", Effect::Tag, When::default()) };
    let all = rules(vec![for_whom(Whom::Everybody), for_whom(Whom::Remote), for_whom(Whom::Local), there]);
    let hits = Hits::default();
    let found = |subject: Subject<'_>| {
        let verdict = all.judge(subject, &mut Known::default()).unwrap();
        verdict.matched.iter().map(|rule| rule.name.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(found(subject("", &hits)), ["everybody", "local"]);
    assert_eq!(found(subject("a.example", &hits)), ["everybody", "remote"]);
    assert_eq!(found(Subject { board: BoardId(2), ..subject("", &hits) }), ["everybody", "local", "there"]);
}

#[test]
fn nothing_is_looked_up_that_does_not_decide() {
    let asking = |links: Option<u32>| When { first_of_author: true, links_more_than: links, ..When::default() };
    let hits = Hits::default();
    let asked = |all: &Rules| {
        let mut known = Known::default();
        all.judge(subject("", &hits), &mut known).unwrap();
        known.asked
    };
    assert_eq!(asked(&rules(vec![])), 0);
    assert_eq!(asked(&rules(vec![rule("one", Effect::Hold, asking(Some(1)))])), 0);
    assert_eq!(asked(&rules(vec![rule("one", Effect::Hold, asking(None))])), 1);
    // What refuses is the last.
    let refusing = rule("one", Effect::Refuse, When::default());
    assert_eq!(asked(&rules(vec![refusing, rule("two", Effect::Hold, asking(None))])), 0);
}

fn refused(book: Rulebook) -> String {
    Rules::new(book).unwrap_err().to_string()
}

fn book(rules: Vec<Rule>) -> Rulebook {
    Rulebook { rules, ..Rulebook::default() }
}

#[test]
fn what_cannot_be_a_rule_is_refused_with_the_reason() {
    let many = (0..100_000).map(|number| rule(&number.to_string(), Effect::Tag, When::default())).collect();
    assert!(refused(book(many)).starts_with("100000 rules are too many"));
    let of = |when| rule("one", Effect::Hold, when);
    let patterns = |patterns: &[&str]| book(vec![of(When { patterns: strings(patterns), ..When::default() })]);
    assert_eq!(refused(patterns(&["ok", "(un"])), "the rule “one” has a pattern that cannot be used: unclosed group");
    for exploding in ["(((a{100}){100}){100}){100}", r"\w{1000}{1000}", r"(?:\pL{500}\PL{500}){50}"] {
        assert!(refused(patterns(&[exploding])).contains("cannot be used"), "{exploding}");
    }
    assert!(refused(patterns(&[&"(".repeat(10_000)])).contains("cannot be used"));
    // No look-around, no references back: there is no linear way to do them.
    assert!(refused(patterns(&[r"(a)\1"])).contains("backreferences are not supported"));
    // Each is small enough, and all of them are not.
    assert_eq!(refused(patterns(&[r"\w{20}"; 40])), BadRule::TooLarge.to_string());
    let long = "x".repeat(70_000);
    assert!(refused(book(vec![of(When { words: vec![long], ..When::default() })])).contains("at most 65536"));
    assert!(refused(book(vec![of(When { words: strings(&["…"]), ..When::default() })])).contains("no word"));
    assert!(refused(book(vec![of(When::default()), of(When::default())])).contains("two rules are called “one”"));
    assert!(refused(book(vec![rule(" ", Effect::Tag, When::default())])).starts_with("rule 1 needs a name"));
    let silent = Rule { message: " ".into(), ..rule("one", Effect::Refuse, When::default()) };
    assert!(refused(book(vec![silent])).contains("has no message"));
    for often in [
        Often { more_than: 1001, within_ms: 1 },
        Often { more_than: 1, within_ms: 0 },
        Often { more_than: 1, within_ms: i64::MAX },
    ] {
        assert!(
            refused(book(vec![of(When { repeated: Some(often), ..When::default() })])).contains("counts more than")
        );
    }
    let counting = |n: usize| {
        let often = Often { more_than: 1, within_ms: 1 };
        rule(&n.to_string(), Effect::Tag, When { repeated: Some(often), ..When::default() })
    };
    assert!(refused(book((0..51).map(counting).collect())).contains("51 rules count"));
    assert!(refused(Rulebook { most_held: 0, ..Rulebook::default() }).contains("queue"));
    assert!(refused(Rulebook { trusted_after: 5_000, ..Rulebook::default() }).contains("trusted"));
}

fn any_effect() -> impl Strategy<Value = Effect> {
    prop::sample::select(Effect::ALL)
}

fn any_when() -> impl Strategy<Value = When> {
    (any::<bool>(), prop::option::of(0_u32..4), prop::option::of(0_u32..3), prop::collection::vec("[ab]{1,2}", 0..3))
        .prop_map(|(first_of_author, links_more_than, mentions_more_than, words)| When {
            first_of_author,
            links_more_than,
            mentions_more_than,
            words,
            ..When::default()
        })
}

proptest! {
    /// Which one counts does not depend on what else matches: it is the strictest of those that match by themselves.
    #[test]
    fn the_strictest_rule_that_matches_by_itself_counts(
        asked in prop::collection::vec((any_effect(), any_when()), 0..8), text in "[ab ]{0,12}", links in 0_usize..5, published in 0_u32..2,
    ) {
        let each: Vec<Rule> = asked.into_iter().enumerate().map(|(n, (effect, when))| rule(&n.to_string(), effect, when)).collect();
        let judged = |some: Vec<Rule>| {
            let rules = rules(some);
            let hits = rules.look_through(&text);
            let subject = Subject { links, ..subject("", &hits) };
            let mut known = Known { published, ..Known::default() };
            rules.judge(subject, &mut known).unwrap().decisive().map(|rule| rule.effect)
        };
        let alone = each.iter().filter_map(|rule| judged(vec![rule.clone()])).max();
        prop_assert_eq!(judged(each), alone);
    }

    /// Whatever somebody writes as a pattern is refused or works, and no text is too much for it.
    #[test]
    fn any_pattern_is_refused_or_works(pattern in ".{0,40}", text in ".{0,200}") {
        let when = When { patterns: vec![pattern], ..When::default() };
        if let Ok(rules) = Rules::new(book(vec![rule("one", Effect::Tag, when)])) {
            let hits = rules.look_through(&text);
            prop_assert!(!hits.has_words_of(0));
        }
    }

    /// A text that was taken apart is no other text.
    #[test]
    fn case_and_punctuation_do_not_make_another_text(words in prop::collection::vec("[a-z]{3,9}", 6..12)) {
        let loud = words.iter().map(|word| word.to_uppercase()).collect::<Vec<_>>().join("! ");
        prop_assert_eq!(fingerprint(&words.join(" ")), fingerprint(&loud));
    }
}
