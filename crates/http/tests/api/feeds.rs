//! Feeds, read back as their readers read them.

use std::path::Path;

use actions::import::foreign::Given;
use actions::import::merge::{Plan, Run, merge};
use actions::import::page_text;
use atom_syndication::{Feed, Link};
use serde_json::{Value, json};

use crate::world::{HOST, World};

async fn atom(world: &World, path: &str) -> Feed {
    let answer = world.anon.get(path).await.is(200);
    assert_eq!(answer.header("content-type"), "application/atom+xml; charset=utf-8");
    Feed::read_from(answer.bytes.as_slice()).unwrap()
}

async fn json_feed(world: &World, path: &str) -> Value {
    let answer = world.anon.get(path).await.is(200);
    assert_eq!(answer.header("content-type"), "application/feed+json");
    let feed = answer.json();
    assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1");
    feed
}

fn link<'a>(links: &'a [Link], rel: &str) -> Option<&'a str> {
    links.iter().find(|link| link.rel == rel).map(|link| link.href.as_str())
}

#[tokio::test]
async fn a_comment_stands_in_the_feed_of_its_thread_as_it_is_shown() {
    let world = World::new().await;
    let thread = world.thread("Ampersands & <tags>").await;
    let text = "5 < 6 && \"q\" 'a' ]]> <b> @ana `<a href=\"/x\">`";
    let comment = world.reply(&world.bo, &thread, text).await;
    let html = world.anon.get(&format!("/api/v1/comments/{comment}")).await.is(200).text("/html");
    let html = html.replace("href=\"/u/ana\"", "href=\"https://talk.example/u/ana\"");
    let feed = atom(&world, &format!("/t/{thread}/feed.atom")).await;
    assert_eq!((feed.title.as_str(), feed.id.as_str()), ("Ampersands & <tags>", &*format!("{HOST}/t/{thread}")));
    assert_eq!(link(&feed.links, "self"), Some(&*format!("{HOST}/t/{thread}/feed.atom")));
    let [entry] = &feed.entries[..] else { panic!("{feed:?}") };
    assert_eq!(entry.id, format!("{HOST}/c/{comment}"));
    assert_eq!(entry.title.as_str(), "Re: Ampersands & <tags>");
    let content = entry.content.as_ref().unwrap();
    assert_eq!((content.content_type.as_deref(), content.value.as_deref()), (Some("html"), Some(html.as_str())));
    assert_eq!(entry.authors[0].name, "bo");
    assert_eq!(entry.published.unwrap().to_rfc3339(), "2027-01-15T08:00:00+00:00");
    let feed = json_feed(&world, &format!("/t/{thread}/feed.json")).await;
    assert_eq!((&feed["items"][0]["content_html"], &feed["items"][0]["id"]), (&html.into(), &entry.id.clone().into()));
    assert_eq!(feed["items"][0]["authors"], json!([{ "name": "bo", "url": "https://talk.example/u/bo" }]));
}

#[tokio::test]
async fn the_site_and_a_board_tell_of_their_threads() {
    let world = World::new().await;
    let new = json!({ "title": "A link", "url": "https://example.org/?a=1&b=2", "text": "See." });
    let thread = world.ana.post("/api/v1/boards/talk/threads", new).await.is(201).text("/id");
    for n in 0..59 {
        world.hands.forward(1000);
        world.thread(&format!("Thread {n}")).await;
    }
    for place in ["", "/b/talk"] {
        let first = atom(&world, &format!("{place}/feed.atom")).await;
        assert_eq!((first.entries.len(), first.entries[0].title.as_str()), (50, "Thread 58"));
        let next = link(&first.links, "next").unwrap().strip_prefix(HOST).unwrap().to_owned();
        let second = atom(&world, &next).await;
        assert_eq!((second.entries.len(), link(&second.links, "next")), (10, None));
        let last = second.entries.last().unwrap();
        assert_eq!(link(&last.links, "related"), Some("https://example.org/?a=1&b=2"));
        let html = "<p><a href=\"https://example.org/?a=1&amp;b=2\">https://example.org/?a=1&amp;b=2</a></p>\n<p dir=\"auto\">See.</p>";
        assert_eq!(last.content.as_ref().unwrap().value.as_deref(), Some(html));
        let first = json_feed(&world, &format!("{place}/feed.json")).await;
        let next = first["next_url"].as_str().unwrap().strip_prefix(HOST).unwrap().to_owned();
        let second = json_feed(&world, &next).await;
        assert_eq!((first["items"].as_array().unwrap().len(), second["items"].as_array().unwrap().len()), (50, 10));
        assert_eq!(second["items"][9]["external_url"], "https://example.org/?a=1&b=2");
        assert_eq!(second["next_url"], Value::Null);
    }
    assert_eq!(atom(&world, "/feed.atom").await.title.as_str(), "Talk about it");
    assert_eq!(atom(&world, "/b/talk/feed.atom").await.title.as_str(), "Talk");
    world.ana.delete(&format!("/api/v1/comments/{thread}")).await.is(204);
    let next = json_feed(&world, "/feed.json").await["next_url"].as_str().unwrap().replace(HOST, "");
    assert_eq!(json_feed(&world, &next).await["items"].as_array().unwrap().len(), 9);
}

#[tokio::test]
async fn a_person_has_a_feed() {
    let world = World::new().await;
    let thread = world.thread("Started here").await;
    let comment = world.reply(&world.ana, &thread, "and went on").await;
    let feed = atom(&world, "/u/ana/feed.atom").await;
    let entries: Vec<_> = feed.entries.iter().map(|entry| (entry.id.clone(), entry.title.to_string())).collect();
    let expected =
        [(format!("{HOST}/c/{comment}"), "Re: Started here"), (format!("{HOST}/t/{thread}"), "Started here")];
    assert_eq!(entries, expected.map(|(id, title)| (id, title.to_owned())));
    assert_eq!(json_feed(&world, "/u/ana/feed.json").await["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn tombstones_are_left_out() {
    let world = World::new().await;
    let thread = world.thread("Tombstones").await;
    let kept = world.reply(&world.bo, &thread, "kept").await;
    let deleted = world.reply(&world.bo, &thread, "deleted").await;
    let removed = world.reply(&world.bo, &thread, "removed").await;
    world.bo.delete(&format!("/api/v1/comments/{deleted}")).await.is(204);
    world.mo.post(&format!("/api/v1/admin/comments/{removed}/remove"), json!({ "reason": "" })).await.is(200);
    for path in [format!("/t/{thread}/feed.atom"), "/u/bo/feed.atom".into()] {
        let ids: Vec<_> = atom(&world, &path).await.entries.into_iter().map(|entry| entry.id).collect();
        assert_eq!(ids, [format!("{HOST}/c/{kept}")], "{path}");
    }
}

#[tokio::test]
async fn feeds_that_have_not_changed_are_not_sent_again() {
    let world = World::new().await;
    let thread = world.thread("Tags").await;
    for path in ["/feed.atom", "/feed.json", "/b/talk/feed.atom", "/u/ana/feed.json"]
        .map(str::to_owned)
        .into_iter()
        .chain([format!("/t/{thread}/feed.atom"), format!("/t/{thread}/feed.json")])
    {
        let tag = world.anon.get(&path).await.is(200).header("etag").to_owned();
        let again = world.anon.get_with(&path, "if-none-match", &tag).await.is(304);
        assert!(again.bytes.is_empty(), "{path}");
        world.reply(&world.ana, &thread, &format!("news for {path}")).await;
        world.thread(&format!("News for {path}")).await;
        world.anon.get_with(&path, "if-none-match", &tag).await.is(200);
    }
}

#[tokio::test]
async fn feeds_that_are_not_there_and_pages_that_cannot_be() {
    let world = World::new().await;
    let thread = world.thread("Pages").await;
    for path in ["/b/none/feed.atom", "/t/1/feed.json", "/u/nobody/feed.atom"] {
        world.anon.get(path).await.refused(404, "not-found");
    }
    world.anon.get("/t/x/feed.atom").await.refused(400, "bad-path");
    world.anon.get("/u/%00/feed.atom").await.refused(400, "bad-path");
    for path in ["/feed.atom", "/b/talk/feed.json", &format!("/t/{thread}/feed.atom"), "/u/ana/feed.atom"] {
        world.anon.get(&format!("{path}?before=%00")).await.refused(400, "bad-cursor");
        world.anon.get(&format!("{path}?utm_source=reader")).await.is(200);
    }
}

/// The page that people save: all 165 comments, the 5 flagged ones as placeholders.
#[tokio::test]
async fn a_real_discussion_is_in_its_feed_whole() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/discussion.txt");
    let Ok(page) = std::fs::read(page) else { return };
    let world = World::with(crate::world::Wishes { depth: 50, ..Default::default() }).await;
    let given = Given { saved_at: 1_800_000_000_000, title: Some("A discussion"), url: None };
    let plan = Plan { board: "talk".into(), site: "elsewhere.example".into(), run: Run::Real };
    let report = merge(&world.app.ctx, page_text::parse(&page, &given).unwrap(), plan, |_, _| {}).await.unwrap();
    let thread = report.thread.unwrap();
    let feed = atom(&world, &format!("/t/{thread}/feed.atom")).await;
    let flagged = |html: Option<&str>| html == Some("<p>[flagged]</p>");
    let count =
        feed.entries.iter().filter(|entry| flagged(entry.content.as_ref().and_then(|c| c.value.as_deref()))).count();
    assert_eq!((feed.entries.len(), count, link(&feed.links, "next")), (165, 5, None));
    let items = json_feed(&world, &format!("/t/{thread}/feed.json")).await;
    assert_eq!(items["items"].as_array().unwrap().len(), 165);
    let read = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200);
    let mut depths = [0; 9];
    for depth in read.all("/comments", "/depth") {
        depths[usize::try_from(depth.as_u64().unwrap()).unwrap()] += 1;
    }
    assert_eq!(depths, [31, 30, 27, 33, 17, 13, 9, 4, 1]);
    assert_eq!(read.all("/comments", "/state").iter().filter(|state| *state == "flagged").count(), 5);
}
