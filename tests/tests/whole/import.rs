//! Bringing discussions in: each format, as a trial, for good, and again; files that are none; and a real discussion, read
//! back in every way there is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use rejoinder_tests::program::rejoinder;
use rejoinder_tests::site::PUBLIC_URL;
use rejoinder_tests::{Api, Browser, Site, within};
use serde_json::{Value, json};

fn fixture(name: &str) -> String {
    format!("{}/tests/whole/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))
}

async fn site() -> Site {
    let site = Site::new().await.unlimited();
    let _ = site.run(&["board", "create", "talk", "--title", "General talk"]).await.ok();
    site
}

async fn import(site: &Site, format: &str, file: &str, more: &[&str]) -> Value {
    let arguments = [&["import", format, file, "--board", "talk", "--json"], more].concat();
    site.run(&arguments).await.json()
}

fn numbers(report: &Value) -> [u64; 5] {
    ["comments", "new", "known", "authors", "flagged"].map(|key| report[key].as_u64().unwrap())
}

#[tokio::test]
async fn page_text_is_tried_imported_and_known_again() {
    let site = site().await;
    let file = fixture("kettles.txt");
    let given = ["--title", "Kettles", "--url", "https://kettles.example/", "--saved-at", "2026-05-01T12:00:00Z"];

    let trial = import(&site, "page-text", &file, &[&given[..], &["--dry-run"]].concat()).await;
    assert_eq!((numbers(&trial), &trial["thread"]), ([6, 6, 0, 4, 1], &Value::Null), "{trial}");
    assert_eq!((&trial["depths"], &trial["unplaced"]), (&json!([2, 3, 1]), &json!([])), "{trial}");
    let server = site.start().await;
    let api = server.anonymous();
    assert_eq!(api.all("/api/v1/threads", "items").await, Vec::<Value>::new(), "a trial writes nothing");

    let report = import(&site, "page-text", &file, &given).await;
    assert_eq!(numbers(&report), [6, 6, 0, 4, 1], "{report}");
    let again = import(&site, "page-text", &file, &given).await;
    assert_eq!((numbers(&again), &again["thread"]), ([6, 0, 6, 4, 1], &report["thread"]), "{again}");

    let thread = report["thread"].as_str().unwrap();
    let read = api.get(&format!("/api/v1/threads/{thread}?sort=old")).await.expect(200).json();
    assert_eq!(
        (&read["thread"]["title"], &read["thread"]["url"]),
        (&json!("Kettles"), &json!("https://kettles.example/"))
    );
    let told: Vec<(u64, &str, &str)> = read["comments"].as_array().unwrap().iter().map(told).collect();
    let expected = [
        (0, "marta", "2026-05-01T09:00:00"),
        (1, "jonas", "2026-05-01T10:00:00"),
        (2, "marta", "2026-05-01T11:00:00"),
        (1, "ilse", "2026-05-01T10:00:00"),
        (0, "olu", "2026-05-01T10:00:00"),
        (1, "jonas", "2026-05-01T11:00:00"),
    ];
    assert_eq!(told, expected);
    let html = read["comments"][0]["html"].as_str().unwrap();
    assert!(html.contains("<em>descaling</em>") && html.contains("<blockquote"), "{html}");

    // For people, as a table; the thread's address can be opened.
    let said = site.run(&[&["import", "page-text", &file, "--board", "talk"], &given[..]].concat()).await.ok();
    assert!(said.contains("comments  6: 0 new, 6 known"), "{said}");
    let address = said.lines().find_map(|line| line.strip_prefix("thread    ")).unwrap();
    assert_eq!(server.browser().open(address).await.expect(200).text("h1"), "Kettles");
}

/// Depth, author and time to the second.
fn told(comment: &Value) -> (u64, &str, &str) {
    let author = comment["author"]["name"].as_str().unwrap_or("");
    let time = comment["published"].as_str().and_then(|time| time.get(..19)).unwrap();
    (comment["depth"].as_u64().unwrap(), author, time)
}

#[tokio::test]
async fn both_formats_of_hacker_news_name_the_same_discussion() {
    let site = site().await;
    let (algolia, firebase) = (fixture("ladders.algolia.json"), fixture("ladders.firebase.json"));
    let trial = import(&site, "hn-algolia", &algolia, &["--dry-run"]).await;
    assert_eq!((numbers(&trial), &trial["thread"]), ([4, 4, 0, 3, 0], &Value::Null), "{trial}");
    let report = import(&site, "hn-algolia", &algolia, &[]).await;
    assert_eq!((numbers(&report), &report["depths"]), ([4, 4, 0, 3, 0], &json!([2, 2])), "{report}");
    let again = import(&site, "hn-algolia", &algolia, &[]).await;
    assert_eq!(numbers(&again), [4, 0, 4, 3, 0], "{again}");

    // The other format of the same discussion finds everything known, and reports the line that is broken.
    let other = import(&site, "hn-firebase", &firebase, &[]).await;
    assert_eq!((numbers(&other), &other["thread"]), ([4, 0, 4, 3, 0], &report["thread"]), "{other}");
    assert_eq!(other["unplaced"].as_array().map(Vec::len), Some(1), "{other}");
    assert_eq!(other["unplaced"][0]["place"], "line 6", "{other}");

    let server = site.start().await;
    let api = server.anonymous();
    let read = api.get(&format!("/api/v1/threads/{}?sort=old", report["thread"].as_str().unwrap())).await.json();
    assert_eq!(read["thread"]["title"], "Ladders & how to lend them");
    assert_eq!(read["thread"]["author"]["host"], "news.ycombinator.com");
    let comments = read["comments"].as_array().unwrap();
    let find = |words: &str| comments.iter().find(|one| one["html"].as_str().unwrap().contains(words)).unwrap();
    let answered = &find("What did it say?")["parent_id"];
    let deleted = comments.iter().find(|one| one["id"] == *answered).unwrap();
    assert_eq!(
        (&deleted["state"], &deleted["author"]),
        (&json!("deleted"), &Value::Null),
        "answers to it stay: {read}"
    );
    let html = find("Ours was stolen")["html"].as_str().unwrap();
    assert!(html.contains("<em>the list") || html.contains("<i>the list"), "{html}");
}

#[tokio::test]
async fn files_that_are_none_are_refused_by_name_and_change_nothing() {
    let site = site().await;
    let write = |name: &str, bytes: &[u8]| {
        let path = site.folder().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let mut nested = b"[".repeat(100_000);
    nested.extend(b"]".repeat(100_000));
    let files: [(&str, PathBuf); 12] = [
        ("page-text", site.folder().join("missing.txt")),
        ("page-text", site.folder().to_owned()),
        ("page-text", write("empty.txt", b"")),
        ("page-text", write("binary.txt", &[0x7f, b'E', b'L', b'F', 0, 1, 2, 3, 0xff, 0xfe, 0xfd])),
        ("page-text", write("prose.txt", b"Nothing in here is a discussion.\n")),
        ("hn-algolia", write("empty.json", b"")),
        ("hn-algolia", write("cut.json", b"{\"id\": 1, \"type\": \"story\", \"chil")),
        ("hn-algolia", write("list.json", b"[1, 2, 3]")),
        ("hn-algolia", write("nested.json", &nested)),
        ("hn-firebase", write("words.json", b"\"just words\"")),
        ("hn-firebase", write("page.html", b"<!DOCTYPE html><title>502 Bad Gateway</title>")),
        ("hn-firebase", write("latin.json", b"{\"id\": 1, \"title\": \"caf\xe9\"")),
    ];
    for (format, file) in files {
        let name = file.display().to_string();
        let said = site.run(&["import", format, &name, "--board", "talk"]).await.refusal(1);
        assert!(said.starts_with("rejoinder: ") && said.contains(&name), "{format}: {said}");
    }
    let said = site.run(&["import", "page-text", &fixture("kettles.txt"), "--board", "nowhere"]).await.refusal(1);
    assert!(said.contains("There is no such board"), "{said}");
    let server = site.start().await;
    assert_eq!(server.anonymous().all("/api/v1/threads", "items").await, Vec::<Value>::new());
}

#[tokio::test]
async fn an_import_that_was_killed_is_finished_by_the_next() {
    let site = site().await;
    let file = site.folder().join("large.txt");
    let count = 3_000;
    let text: String =
        (0..count).map(|number| format!("author{} an hour ago\n\nRemark {number}.\n\n", number % 99)).collect();
    std::fs::write(&file, text).unwrap();
    let file = file.display().to_string();
    let server = site.start().await;
    let api = server.anonymous();

    let mut begun = site.command(rejoinder());
    begun.args(["import", "page-text", &file, "--board", "talk", "--title", "Large"]).stdout(Stdio::null());
    let mut begun = begun.kill_on_drop(true).spawn().unwrap();
    // Its thread is there long before its last comment.
    within("the import to begin", async { while api.all("/api/v1/threads", "items").await.is_empty() {} }).await;
    begun.kill().await.unwrap();

    let report = import(&site, "page-text", &file, &["--title", "Large"]).await;
    let [comments, new, known, ..] = numbers(&report);
    assert_eq!((comments, new + known), (count, count), "{report}");
    let address = format!("/api/v1/threads/{}?sort=old&limit=500", report["thread"].as_str().unwrap());
    let read = api.all(&address, "comments").await;
    let different: BTreeSet<&str> = read.iter().filter_map(|one| one["text"].as_str()).collect();
    assert_eq!((read.len() as u64, different.len() as u64), (count, count));
    assert_eq!(api.get(&address).await.json()["thread"]["comments_count"], count);
    println!("{known} of {count} were there after the kill");
}

/// The discussion that everything is tried on, where it is at hand: it is somebody else's text and no part of this
/// repository. Its place is taken by one of the same shape otherwise.
fn discussion(site: &Site) -> PathBuf {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/discussion.txt");
    if beside.exists() {
        return beside;
    }
    let path = site.folder().join("discussion.txt");
    std::fs::write(&path, invented()).unwrap();
    path
}

/// How many comments stand at each depth.
const DEPTHS: [usize; 9] = [31, 30, 27, 33, 17, 13, 9, 4, 1];
const AUTHORS: usize = 81;
const FLAGGED: usize = 5;
const COMMENTS: usize = 165;

/// Page text with that many comments at each depth, by as many authors, as many of them flagged: chains that begin at the
/// top. Where a depth has more comments than the one above it, the rest stand beside the first ones.
fn invented() -> String {
    let (mut text, mut number) = (String::new(), 0);
    for chain in 0..DEPTHS[0] {
        for depth in 0..DEPTHS.len() {
            let chains = *DEPTHS[..=depth].iter().min().unwrap();
            let beside = DEPTHS[depth] - chains;
            for _ in 0..usize::from(chain < beside) + usize::from(chain < chains) {
                push(&mut text, number, depth);
                number += 1;
            }
        }
    }
    text
}

fn push(text: &mut String, number: usize, depth: usize) {
    let (bullet, indent) =
        if depth == 0 { (String::new(), 0) } else { (format!("{}• ", " ".repeat(2 * depth)), 2 * depth + 2) };
    let words = if number % 33 == 7 {
        "[flagged]".to_owned()
    } else {
        format!("Remark number {number} of unheard{number} things.")
    };
    let author = format!("author{}", number % AUTHORS);
    text.push_str(&format!("{bullet}{author} {} hours ago\n\n{}{words}\n\n", number % 20 + 2, " ".repeat(indent)));
}

#[tokio::test]
async fn a_real_discussion_comes_in_whole_and_is_read_in_every_way() {
    let site = site().await;
    let file = discussion(&site).display().to_string();
    let given = ["--title", "A real discussion", "--saved-at", "2026-05-01T12:00:00Z"];
    let expected = [COMMENTS, COMMENTS, 0, AUTHORS, FLAGGED].map(|number| number as u64);
    let trial = import(&site, "page-text", &file, &[&given[..], &["--dry-run"]].concat()).await;
    assert_eq!((numbers(&trial), &trial["depths"]), (expected, &json!(DEPTHS)), "{trial}");
    let report = import(&site, "page-text", &file, &given).await;
    assert_eq!((numbers(&report), &report["unplaced"]), (expected, &json!([])), "{report}");
    let again = import(&site, "page-text", &file, &given).await;
    assert_eq!((again["new"].as_u64(), again["known"].as_u64()), (Some(0), Some(COMMENTS as u64)), "{again}");

    let server = site.start().await;
    let (api, thread) = (server.anonymous(), report["thread"].as_str().unwrap());
    // By pages of an odd size, in every order, each comment once.
    let mut comments = BTreeMap::new();
    for sort in ["best", "top", "new", "old", "controversial"] {
        let read = api.all(&format!("/api/v1/threads/{thread}?sort={sort}&limit=13"), "comments").await;
        assert_eq!(read.len(), COMMENTS, "{sort}");
        comments = read.into_iter().map(|one| (one["id"].as_str().unwrap().to_owned(), one)).collect();
        assert_eq!(comments.len(), COMMENTS, "{sort}");
    }
    let ids: BTreeSet<String> = comments.keys().cloned().collect();
    let at = |depth: usize| comments.values().filter(|one| one["depth"] == depth).count();
    assert_eq!([0, 1, 2, 3, 4, 5, 6, 7, 8].map(at), DEPTHS);
    let authors: BTreeSet<&str> = comments.values().filter_map(|one| one["author"]["name"].as_str()).collect();
    assert_eq!(authors.len(), AUTHORS);
    assert_eq!(comments.values().filter(|one| one["state"] == "flagged").count(), FLAGGED);

    let page = server.browser().open(&format!("/t/{thread}")).await.expect(200);
    assert_eq!(page.texts(".tree article").len(), COMMENTS);
    assert_eq!(page.texts(".tree article .gone, .tree article .veil").len(), FLAGGED);
    let shown: BTreeSet<String> =
        page.attributes(".tree article", "id").iter().map(|id| id.trim_start_matches('c').to_owned()).collect();
    assert_eq!(shown, ids);

    assert_eq!(in_json_feed(&api, &format!("/t/{thread}/feed.json")).await, ids);
    assert_eq!(in_atom_feed(&server.browser(), &format!("/t/{thread}/feed.atom")).await, ids);
    found_by_search(&api, &comments).await;
}

/// The comments that a JSON Feed has, on all its pages.
async fn in_json_feed(api: &Api, address: &str) -> BTreeSet<String> {
    let (mut found, mut next) = (BTreeSet::new(), Some(address.to_owned()));
    while let Some(address) = next {
        let feed = api.get(&address).await.expect(200).json();
        found.extend(feed["items"].as_array().unwrap().iter().filter_map(|item| comment_of(item["url"].as_str()?)));
        next = feed["next_url"].as_str().map(|url| url.trim_start_matches(PUBLIC_URL).to_owned());
    }
    found
}

/// The same of an Atom feed.
async fn in_atom_feed(browser: &Browser, address: &str) -> BTreeSet<String> {
    let (mut found, mut next) = (BTreeSet::new(), Some(address.to_owned()));
    while let Some(address) = next {
        let feed = browser.open(&address).await.expect(200);
        found.extend(feed.attributes("entry > link", "href").iter().filter_map(|url| comment_of(url)));
        next = feed.attributes("feed > link[rel=next]", "href").into_iter().next();
    }
    found
}

/// The id at the end of a comment's address; `None` where the address is the thread's.
fn comment_of(url: &str) -> Option<String> {
    url.split_once("/c/").map(|(_, id)| id.to_owned())
}

/// Every comment is found by its longest words; the flagged ones, whose words nobody may read, by their authors.
async fn found_by_search(api: &Api, comments: &BTreeMap<String, Value>) {
    for (id, comment) in comments {
        let query = match words(comment) {
            Some(words) => format!("q={words}"),
            None => format!("author={}@saved-page", comment["author"]["name"].as_str().unwrap()),
        };
        let found = api.all(&format!("/api/v1/search?{query}"), "items").await;
        assert!(found.iter().any(|one| one["id"] == *id), "{query} does not find {comment}");
    }
}

/// The three longest of the words that consist of plain letters.
fn words(comment: &Value) -> Option<String> {
    let text = comment["text"].as_str().unwrap_or("");
    let plain = |word: &&str| word.len() > 1 && word.chars().all(|letter| letter.is_ascii_alphabetic());
    let mut words: Vec<&str> = text.split_whitespace().filter(plain).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.truncate(3);
    (!words.is_empty()).then(|| words.join("+"))
}
