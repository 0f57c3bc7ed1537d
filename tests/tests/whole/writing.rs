//! A discussion by forms alone: thread, reply, preview, edit, history, vote, report, deletion, and drafts that survive.

use rejoinder_tests::{Browser, Page, Site};
use serde_json::json;

use crate::entry::{PASSWORD, joined, set_up};

const SUBMIT: &str = "form[action='/b/talk/submit'] button:not([name])";

/// A thread that was just started: its id, and its page.
async fn thread(browser: &Browser, title: &str, text: &str) -> (String, Page) {
    let form = browser.open("/b/talk/submit").await.expect(200);
    let page = browser.press(&form, SUBMIT, &[("title", title), ("text", text)]).await.expect(200);
    let id = page.path.split('/').nth(2).unwrap_or_default().to_owned();
    assert!(page.path.starts_with("/t/") && id.parse::<i64>().is_ok(), "{}", page.path);
    (id, page)
}

/// The button that sends a form about a comment.
fn send(comment: &str, what: &str) -> String {
    format!("form[action='/c/{comment}/{what}'] button:not([name])")
}

fn preview(comment: &str, what: &str) -> String {
    format!("form[action='/c/{comment}/{what}'] button[value=preview]")
}

/// The comment that the page was opened at: `…#c7`.
fn at(page: &Page) -> String {
    page.path.split_once("#c").map(|(_, id)| id.to_owned()).unwrap_or_else(|| panic!("{} is at no comment", page.path))
}

/// What the page says of a comment's score; nothing of none.
fn score(page: &Page, comment: &str) -> String {
    page.texts(&format!("[id='c{comment}'] > header .score")).into_iter().next().unwrap_or_default()
}

#[tokio::test]
async fn a_discussion_needs_no_script() {
    let site = Site::new().await.unlimited();
    let (server, ada) = set_up(&site).await;
    let (id, page) = thread(&ada, "Which kettle?", "I want *one* that lasts.").await;
    assert_eq!(page.path, format!("/t/{id}/which-kettle"));
    assert_eq!(page.text("h1"), "Which kettle?");
    assert_eq!(page.text(".text em"), "one");

    // The answer form stands on the thread's page; a preview shows, and keeps, what was typed.
    let bo = joined(&server, "bo").await;
    let page = bo.open(&format!("/t/{id}")).await.expect(200);
    let words = "The **enamelled** one.\n\n> that lasts\n\n<b>no markup</b>";
    let shown = bo.press(&page, &preview(&id, "reply"), &[("text", words)]).await.expect(200);
    assert_eq!(shown.text(".preview strong"), "enamelled");
    assert_eq!(shown.text(".preview blockquote"), "that lasts");
    assert_eq!(shown.texts(".preview b"), Vec::<String>::new());
    let kept = shown.fields(&send(&id, "reply"));
    assert_eq!(kept, [("text".to_owned(), words.to_owned())]);
    assert!(bo.open(&format!("/t/{id}")).await.texts(".tree article").is_empty(), "a preview publishes nothing");

    let page = bo.press(&shown, &send(&id, "reply"), &[]).await.expect(200);
    let reply = at(&page);
    assert_eq!(page.text(&format!("[id='c{reply}'] .text strong")), "enamelled");

    // Edited, with its history.
    let form = bo.open(&format!("/c/{reply}/edit")).await.expect(200);
    assert_eq!(form.fields(&send(&reply, "edit"))[1..], kept, "the words as written, after the edition");
    let page = bo.press(&form, &send(&reply, "edit"), &[("text", "The copper one.")]).await.expect(200);
    assert_eq!(page.text(&format!("[id='c{reply}'] .text")), "The copper one.");
    let history = ada.open(&format!("/c/{reply}/history")).await.expect(200);
    let versions = history.texts(".revision .text");
    assert_eq!((versions.len(), versions[0].as_str()), (2, "The copper one."));
    assert!(versions[1].starts_with("The enamelled one."), "{versions:?}");

    votes(&ada, &format!("/t/{id}"), &reply).await;
    reports(&ada, &reply).await;

    // An answer below it, and then it is deleted: its place and the answer stay.
    let form = ada.open(&format!("/c/{reply}/reply")).await.expect(200);
    let below = at(&ada.press(&form, &send(&reply, "reply"), &[("text", "Copper it is.")]).await.expect(200));
    let news = bo.open("/notifications").await.expect(200);
    assert!(news.text("main").contains("ada") && news.text("main").contains("Copper it is."), "{news:?}");
    let form = bo.open(&format!("/c/{reply}/delete")).await.expect(200);
    let page = bo.press(&form, &send(&reply, "delete"), &[]).await.expect(200);
    assert_eq!(page.text(&format!("[id='c{reply}'] .gone")), "[deleted]");
    assert_eq!(page.text(&format!("[id='c{reply}'] [id='c{below}'] .text")), "Copper it is.");
    assert!(!page.answer.body.contains("The copper one."));
    assert!(bo.open(&format!("/c/{reply}/history")).await.answer.status.is_client_error());
    bo.open(&format!("/c/{reply}/edit")).await.expect(410);
}

/// Up, down and back again, each time on the page that one came from.
async fn votes(browser: &Browser, thread: &str, comment: &str) {
    let button = |label: &str| format!("button[form=votes][value='{comment}'][aria-label='{label}']");
    let mut page = browser.open(thread).await.expect(200);
    for (label, points) in [("Vote up", "1 point"), ("Vote down", "−1 point"), ("Vote down", "")] {
        page = browser.press(&page, &button(label), &[]).await.expect(200);
        assert_eq!(score(&page, comment), points, "after {label}");
        assert!(page.path.starts_with(thread), "{}", page.path);
    }
}

async fn reports(browser: &Browser, comment: &str) {
    let form = browser.open(&format!("/c/{comment}/report")).await.expect(200);
    let button = send(comment, "report");
    let unsure = browser.press(&form, &button, &[("category", "other"), ("text", "")]).await.expect(422);
    assert_eq!(unsure.attributes("[role=alert] a", "href"), ["#text"], "{unsure:?}");
    let page = browser.press(&unsure, &button, &[("category", "spam"), ("text", "Sells kettles.")]).await.expect(200);
    assert!(page.answer.body.contains(&format!("id=\"c{comment}\"")), "{page:?}");
}

#[tokio::test]
async fn what_is_refused_is_kept() {
    let site = Site::new().await.unlimited().set("LIMITS__COMMENT_CHARS", "50");
    let (_server, ada) = set_up(&site).await;
    let form = ada.open("/b/talk/submit").await.expect(200);
    let long = "words ".repeat(20);
    let refused = ada.press(&form, SUBMIT, &[("title", " "), ("text", &long)]).await.expect(422);
    assert_eq!(refused.attributes("[role=alert] a", "href"), ["#title"], "{refused:?}");
    assert!(refused.fields(SUBMIT).contains(&("text".to_owned(), long.clone())), "{:?}", refused.fields(SUBMIT));
    let refused = ada.press(&refused, SUBMIT, &[("title", "A title")]).await.expect(422);
    assert_eq!(refused.attributes("[role=alert] a", "href"), ["#text"], "{refused:?}");
    let page = ada.press(&refused, SUBMIT, &[("text", "Few words.")]).await.expect(200);
    assert_eq!(page.text("h1"), "A title");
}

#[tokio::test]
async fn what_is_far_too_large_is_refused_in_words() {
    let site = Site::new().await.unlimited();
    let (server, ada) = set_up(&site).await;
    let (id, _) = thread(&ada, "Which kettle?", "I want one that lasts.").await;
    let large = "far too much ".repeat(800_000);
    let form = ada.open(&format!("/c/{id}/reply")).await.expect(200);
    let refused = ada.press(&form, &send(&id, "reply"), &[("text", &large)]).await.expect(413);
    assert!(refused.text("main").contains("262144 bytes"), "{refused:?}");
    let token = site.run(&["token", "create", "ada", "--scope", "write"]).await.ok();
    let path = format!("/api/v1/comments/{id}/replies");
    let refused = server.api(&token).post(&path, &json!({ "text": large })).await.expect(413);
    assert_eq!(refused.header("content-type"), "application/problem+json", "{refused:?}");
    assert!(ada.open(&format!("/t/{id}")).await.texts(".tree article").is_empty());
}

#[tokio::test]
async fn a_draft_survives_its_session() {
    let site = Site::new().await.unlimited();
    let (server, ada) = set_up(&site).await;
    let (id, _) = thread(&ada, "Which kettle?", "I want one that lasts.").await;
    let bo = joined(&server, "bo").await;
    let words = "Line one, “quoted” & <kept>\n\n    as it is";

    for (path, button, field) in [
        (format!("/c/{id}/reply"), send(&id, "reply"), "text"),
        ("/b/talk/submit".to_owned(), SUBMIT.to_owned(), "text"),
        (format!("/c/{id}/report"), send(&id, "report"), "text"),
    ] {
        let form = bo.open(&path).await.expect(200);
        end_all_sessions(&server.browser(), "bo").await;
        let mut fields = vec![(field, words)];
        if path.ends_with("/report") {
            fields.push(("category", "abuse"));
        }
        if path.ends_with("/submit") {
            fields.push(("title", "Kept too"));
        }
        let login = bo.press(&form, &button, &fields).await.expect(401);
        assert!(login.text(".notice").contains("Your text is kept"), "{login:?}");
        // A mistyped password loses nothing.
        let credentials = [("name", "bo"), ("password", "not the password")];
        let login = bo.press(&login, "form[action='/login'] button", &credentials).await.expect(401);
        let credentials = [("name", "bo"), ("password", PASSWORD)];
        let form = bo.press(&login, "form[action='/login'] button", &credentials).await.expect(200);
        let kept = form.fields(&button);
        for (name, value) in &fields {
            assert!(kept.contains(&((*name).to_owned(), (*value).to_owned())), "{kept:?}");
        }
        if !path.ends_with("/report") {
            let sent = bo.press(&form, &button, &[]).await.expect(200);
            assert!(sent.texts(".text").iter().any(|text| text.contains("<kept>")), "{sent:?}");
        }
    }
}

/// As somebody who has come in elsewhere.
async fn end_all_sessions(browser: &Browser, name: &str) {
    let login = browser.open("/login?next=/settings").await.expect(200);
    let credentials = [("name", name), ("password", PASSWORD)];
    let mut page = browser.press(&login, "form[action='/login'] button", &credentials).await.expect(200);
    let ends = "form[action^='/settings/sessions/'] button";
    loop {
        let more = page.texts(ends).iter().any(|text| text.starts_with("End"));
        // The last to go is the one in use, which leads out.
        let own = page.attributes("li:has(.mark) form[action^='/settings/sessions/']", "action");
        let other = page.attributes("li:not(:has(.mark)) form[action^='/settings/sessions/']", "action");
        let Some(action) = other.first().or(own.first()) else { return };
        page = browser.press(&page, &format!("form[action='{action}'] button"), &[]).await;
        if !more {
            return;
        }
    }
}
