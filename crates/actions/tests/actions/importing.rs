//! Importing merges.

use actions::board::Description;
use actions::import::foreign::Given;
use actions::import::merge::{Plan, Report, Run, merge};
use actions::import::{hn_algolia, hn_firebase, page_text};
use actions::search::{self, Ask};
use actions::{board, passage, reading, retract};
use domain::{CommentSort, State};
use storage::comments;

use crate::world::{World, refusal};

const PAGE: &str = "ada 2 hours ago\n\nBoats are slow.\n\n  • ben an hour ago\n\n    [flagged]\n\n    • ada 50 minutes ago\n\n      Why?\n\ncy an hour ago\n\nTrains are slow too, see https://example.com/trains\n";
const LATER: &str = "ada 3 hours ago\n\nBoats are slow.\n\n  • ben 2 hours ago\n\n    [flagged]\n\n    • ada an hour ago\n\n      Why?\n\n    • dee 5 minutes ago\n\n      Nobody knows.\n\ncy 2 hours ago\n\nTrains are slow too, see https://example.com/trains\n";

async fn try_import(world: &World, page: &str, title: &str, url: Option<&str>, run: Run) -> actions::Result<Report> {
    let given = Given { saved_at: 1_800_000_000_000, title: Some(title), url };
    let foreign = page_text::parse(page.as_bytes(), &given).unwrap();
    let plan = Plan { board: "talk".into(), site: "elsewhere.example".into(), run };
    merge(&world.ctx, foreign, plan, |_, _| {}).await
}

async fn import(world: &World, page: &str, title: &str, run: Run) -> Report {
    try_import(world, page, title, None, run).await.unwrap()
}

#[tokio::test]
async fn a_page_comes_in_whole_and_only_once() {
    let world = World::new().await;
    let dry = import(&world, PAGE, "Slowness", Run::Dry).await;
    assert_eq!((dry.comments, dry.new, dry.thread), (4, 4, None));
    let first = import(&world, PAGE, "Slowness", Run::Real).await;
    assert_eq!((first.new, first.known, first.flagged, first.authors), (4, 0, 1, 3));
    assert_eq!(first.depths, [2, 1, 1]);
    let again = import(&world, PAGE, "Slowness", Run::Real).await;
    assert_eq!((again.new, again.known, again.thread), (0, 4, first.thread));

    let stretch = passage::stretch(&world.ctx, first.thread.unwrap(), CommentSort::Best, None, 50).await.unwrap();
    let lines: Vec<_> = stretch
        .comments
        .iter()
        .map(|one| (one.line.depth - 1, one.line.author.name.as_str(), one.line.state))
        .collect();
    let expected = [
        (0, "ada", State::Published),
        (1, "ben", State::Flagged),
        (2, "ada", State::Published),
        (0, "cy", State::Published),
    ];
    assert_eq!(lines, expected);
    assert_eq!((stretch.thread.comments, stretch.comments[0].line.author.host.as_str()), (4, "elsewhere.example"));
}

#[tokio::test]
async fn a_page_saved_again_later_under_another_title_brings_only_what_is_new() {
    let world = World::new().await;
    let first = import(&world, PAGE, "Slowness", Run::Real).await;
    let later = import(&world, LATER, "Slowness, continued", Run::Real).await;
    assert_eq!((later.new, later.known, later.thread), (1, 4, first.thread));
    assert_eq!(later.title, "Slowness");
    assert_eq!(doubts(&later), ["It was imported before. It is called “Slowness” here, and keeps that title."]);
    assert_eq!(reading::head(&world.ctx, first.thread.unwrap()).await.unwrap().comments, 5);
}

fn doubts(report: &Report) -> Vec<&str> {
    report.doubts.iter().map(|doubt| doubt.reason.as_str()).collect()
}

#[tokio::test]
async fn what_is_here_stays_on_its_board_and_whoever_names_another_is_told() {
    let world = World::new().await;
    board::create_as_host(&world.ctx, "walk", &Description::default()).await.unwrap();
    let named = r#""title": "Old""#;
    let first = story(&world, 7, named, Run::Real).await;
    for run in [Run::Dry, Run::Real] {
        let again = story_to(&world, "walk", 7, named, run).await;
        assert_eq!(again.thread, first.thread);
        assert_eq!(doubts(&again), ["It was imported before. It stands on the board “talk”, and stays there."]);
    }
    assert_eq!(reading::head(&world.ctx, first.thread.unwrap()).await.unwrap().board_name, "talk");
}

const OTHER: &str = "eve 2 hours ago\n\nTea is hot.\n\n  • fay an hour ago\n\n    Not mine.\n";

#[tokio::test]
async fn another_page_of_the_same_title_is_refused_and_nothing_is_written() {
    let world = World::new().await;
    let first = import(&world, PAGE, "Slowness", Run::Real).await.thread.unwrap();
    for run in [Run::Dry, Run::Real] {
        let words = try_import(&world, OTHER, "Slowness", None, run).await.unwrap_err().to_string();
        assert!(words.contains(&first.to_string()) && words.contains("--url") && words.contains("--title"), "{words}");
    }
    assert_eq!(reading::head(&world.ctx, first).await.unwrap().comments, 4);
    let by_url = try_import(&world, OTHER, "Slowness", Some("https://tea.example/"), Run::Real).await.unwrap();
    let by_title = import(&world, OTHER, "Tea", Run::Real).await;
    assert!(by_url.new == 2 && by_url.thread.unwrap() != first, "{by_url:?}");
    assert_eq!((by_title.new, by_title.known, by_title.thread), (0, 2, by_url.thread));
}

#[tokio::test]
async fn a_later_save_that_is_mostly_new_is_known_by_its_title() {
    let world = World::new().await;
    let first = import(&world, PAGE, "Slowness", Run::Real).await;
    let more: String = (0..60).map(|n| format!("\nnew{n} 5 minutes ago\n\nRemark {n}.\n")).collect();
    let later = import(&world, &format!("{more}\n{LATER}"), "Slowness", Run::Real).await;
    assert_eq!((later.new, later.known, later.thread), (61, 4, first.thread));
}

#[tokio::test]
async fn what_stands_too_deep_moves_up_and_is_listed() {
    let world = World::new().await;
    let mut item = serde_json::json!({ "id": 30, "type": "comment", "author": "z", "text": "deepest", "created_at_i": 1_700_000_000, "children": [] });
    for id in (1..30).rev() {
        item = serde_json::json!({ "id": id, "type": if id == 1 { "story" } else { "comment" }, "title": "Deep", "author": "y",
            "text": format!("level {id}"), "created_at_i": 1_700_000_000, "children": [item] });
    }
    let foreign = hn_algolia::parse(item.to_string().as_bytes(), &Given::default()).unwrap();
    let plan = Plan { board: "talk".into(), site: "elsewhere.example".into(), run: Run::Real };
    let report = merge(&world.ctx, foreign, plan, |_, _| {}).await.unwrap();
    // This world allows depths 0 to 5.
    assert_eq!((report.new, report.depths.as_slice(), report.doubts.len()), (29, [1, 1, 1, 1, 1, 24].as_slice(), 23));
}

#[tokio::test]
async fn an_interrupted_import_is_finished_by_the_next() {
    let world = World::new().await;
    let given = Given { saved_at: 1_800_000_000_000, title: Some("Slowness"), url: None };
    let mut half = page_text::parse(PAGE.as_bytes(), &given).unwrap();
    half.comments.truncate(2);
    let plan = Plan { board: "talk".into(), site: "elsewhere.example".into(), run: Run::Real };
    merge(&world.ctx, half, plan, |_, _| {}).await.unwrap();
    let rest = import(&world, PAGE, "Slowness", Run::Real).await;
    assert_eq!((rest.new, rest.known), (2, 2));

    // Interrupted after the root.
    let given = Given { title: Some("Tea"), ..given };
    let mut root = page_text::parse(OTHER.as_bytes(), &given).unwrap();
    root.comments.clear();
    let plan = Plan { board: "talk".into(), site: "elsewhere.example".into(), run: Run::Real };
    merge(&world.ctx, root, plan, |_, _| {}).await.unwrap();
    assert_eq!(import(&world, OTHER, "Tea", Run::Real).await.new, 2);
}

/// A story of the Firebase API with one answer.
async fn story(world: &World, id: u64, fields: &str, run: Run) -> Report {
    story_to(world, "talk", id, fields, run).await
}

async fn story_to(world: &World, board: &str, id: u64, fields: &str, run: Run) -> Report {
    let items = format!(
        r#"[{{"id": {id}, "type": "story", "by": "ann", "time": 1700000000, "kids": [{answer}], {fields}}},
        {{"id": {answer}, "parent": {id}, "type": "comment", "by": "bob", "time": 1700000001, "text": "kept"}}]"#,
        answer = id + 1
    );
    let foreign = hn_firebase::parse(items.as_bytes(), &Given::default()).unwrap();
    let plan = Plan { board: board.into(), site: "news.ycombinator.com".into(), run };
    merge(&world.ctx, foreign, plan, |_, _| {}).await.unwrap()
}

async fn found(world: &World, ask: Ask) -> usize {
    search::search(&world.ctx, &ask, None, 1_000).await.unwrap().0.len()
}

fn asked(words: &str, author: &str, board: &str) -> Ask {
    Ask { words: words.into(), author: author.into(), board: board.into(), ..Ask::default() }
}

#[tokio::test]
async fn the_words_of_a_root_come_in_whole_or_are_listed() {
    let world = World::new().await;
    let long = format!(r#""title": "Long", "text": "{}""#, "word ".repeat(30_000));
    let report = story(&world, 10, &long, Run::Real).await;
    assert_eq!((report.new, report.unplaced.len()), (1, 0));
    let root = report.thread.unwrap().root();
    let source = world.ctx.db().read(move |tx| comments::source(tx, root)).await.unwrap().unwrap();
    assert!(source.len() > 140_000, "{}", source.len());

    let longer = format!(r#""title": "Longer", "text": "{}""#, "word ".repeat(60_000));
    for run in [Run::Dry, Run::Real] {
        let report = story(&world, 20, &longer, run).await;
        let [lost] = report.unplaced.as_slice() else { panic!("{:?}", report.unplaced) };
        assert_eq!((report.new, lost.place.as_str()), (1, "item 20"));
        assert!(lost.reason.contains("200000") && lost.words.starts_with("word word"), "{lost:?}");
    }
}

#[tokio::test]
async fn a_deleted_root_is_a_tombstone_above_its_comments() {
    let world = World::new().await;
    let fields = r#""deleted": true, "title": "Gone", "url": "https://gone.example/", "text": "gone too""#;
    let thread = story(&world, 10, fields, Run::Real).await.thread.unwrap();
    let head = reading::head(&world.ctx, thread).await.unwrap();
    assert_eq!((head.state, head.title.as_str(), head.url, head.comments), (State::Deleted, "", None, 1));
    assert!(!head.listed);
    assert_eq!(found(&world, asked("gone", "", "")).await, 0);
    assert_eq!(found(&world, asked("", "", "talk")).await, 1);
}

#[tokio::test]
async fn a_dead_root_is_flagged_until_a_moderator_restores_it() {
    let world = World::new().await;
    let thread =
        story(&world, 10, r#""dead": true, "title": "Doubtful", "text": "hidden""#, Run::Real).await.thread.unwrap();
    let head = reading::head(&world.ctx, thread).await.unwrap();
    assert_eq!((head.state, head.title.as_str()), (State::Flagged, "Doubtful"));
    // Readers see its title, and not its words.
    assert_eq!(found(&world, asked("doubtful", "", "")).await, 1);
    assert_eq!(found(&world, asked("hidden", "", "")).await, 0);
    retract::restore(&world.ctx, &world.mo, thread.root(), "").await.unwrap();
    assert_eq!(found(&world, asked("hidden", "", "")).await, 1);
}

#[tokio::test]
async fn a_bad_link_in_the_file_is_listed_and_stops_nothing() {
    let world = World::new().await;
    let report = story(&world, 10, r#""title": "Linked", "url": "ftp://a.example/""#, Run::Real).await;
    assert!(report.doubts.iter().any(|doubt| doubt.place == "item 10" && doubt.reason.contains("ftp")), "{report:?}");
    let head = reading::head(&world.ctx, report.thread.unwrap()).await.unwrap();
    assert_eq!((head.url, head.comments), (None, 1));
    // One that the importing person gives is for them to mend.
    assert_eq!(
        refusal(try_import(&world, PAGE, "Slowness", Some("ftp://a.example/"), Run::Real).await),
        "text-refused"
    );
}

#[tokio::test]
async fn flagged_comments_are_found_by_author_and_board() {
    let world = World::new().await;
    let page: String = (0..165)
        .map(|n| {
            let words = if n % 33 == 7 { "[flagged]".to_owned() } else { format!("Remark {n}.") };
            format!("author{n} 2 hours ago\n\n{words}\n\n")
        })
        .collect();
    let report = import(&world, &page, "Remarks", Run::Real).await;
    assert_eq!((report.new, report.flagged), (165, 5));
    // And the root.
    assert_eq!(found(&world, asked("", "", "talk")).await, 166);
    assert_eq!(found(&world, asked("", "author7@elsewhere.example", "talk")).await, 1);
    assert_eq!(found(&world, asked("", "author7@elsewhere.example", "")).await, 1);
    assert_eq!(found(&world, asked("flagged", "", "")).await, 0);
}

#[tokio::test]
async fn a_site_is_a_host_name_in_lower_case() {
    let world = World::new().await;
    let try_from = async |site: &str| {
        let given = Given { saved_at: 1_800_000_000_000, title: Some("Slowness"), url: None };
        let foreign = page_text::parse(PAGE.as_bytes(), &given).unwrap();
        merge(&world.ctx, foreign, Plan { board: "talk".into(), site: site.into(), run: Run::Real }, |_, _| {}).await
    };
    for bad in ["", "https://news.example/", "news.example:80", "a b", "-", "a..b", "127.0.0.1", "@news.example"] {
        let words = try_from(bad).await.unwrap_err().to_string();
        assert!(words.starts_with("from: ") && words.contains("news.example"), "{bad}: {words}");
    }
    try_from(" News.Example ").await.unwrap();
    assert_eq!(found(&world, asked("", "ada@news.example", "")).await, 2);
}
