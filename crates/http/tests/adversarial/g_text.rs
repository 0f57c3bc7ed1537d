//! G: what is shown of what others write.

use serde_json::{Value, json};

use crate::house::House;
use crate::scene::Scene;

/// All elements that the text of a comment may have.
const ELEMENTS: [&str; 22] = [
    "p",
    "br",
    "hr",
    "a",
    "strong",
    "em",
    "b",
    "i",
    "del",
    "s",
    "code",
    "pre",
    "blockquote",
    "ul",
    "ol",
    "li",
    "span",
    "sub",
    "sup",
    "u",
    "mark",
    "q",
];

/// Tags of a text, without their angle brackets.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or(rest))
}

/// Makes sure that a text has no element, attribute or address that does anything.
#[track_caller]
fn is_clean(html: &str, from: &str) {
    for tag in tags(html) {
        let name = tag.trim_start_matches('/').split([' ', '/', '\t', '\n']).next().unwrap().to_lowercase();
        assert!(ELEMENTS.contains(&name.as_str()), "<{name}> of {from:?}: {html}");
        let attributes = tag.to_lowercase();
        for bad in [
            " on",
            " style",
            "srcset",
            " src=",
            "formaction",
            "xlink",
            " id=",
            " name=",
            "data-",
            "javascript:",
            "vbscript:",
        ] {
            let quoted = attributes.split('"').step_by(2).collect::<String>();
            assert!(!quoted.contains(bad), "{bad} of {from:?}: {html}");
        }
        if let Some((_, address)) = tag.split_once("href=\"") {
            let address = address.split('"').next().unwrap();
            let is_fine =
                ["https://", "http://", "mailto:", "/u/", "/b/"].iter().any(|start| address.starts_with(start));
            assert!(is_fine, "{address} of {from:?}");
            let is_ours = address.starts_with('/') || address.starts_with("https://talk.example/");
            assert!(
                is_ours || ["nofollow", "noopener"].iter().all(|rel| tag.contains(rel)) || tag.contains("mention"),
                "{tag}"
            );
        }
    }
}

impl Scene {
    /// What is shown of a note with this text, everywhere; nothing if there is nothing to see in it.
    async fn shows(&self, number: usize, change: impl FnOnce(&mut Value)) -> Option<String> {
        let mut note = self.note(&format!("notes/{number}"), "");
        change(&mut note);
        self.says(&self.peer, &self.create(&format!("creates/{number}"), &note)).await;
        let comment = self.comment(&self.peer.id(&format!("notes/{number}"))).await?;
        let html = self.house.get(&format!("/api/v1/comments/{comment}")).await.is(200).text("/html");
        let page = self.house.page(&format!("/c/{comment}")).await.is(200).body;
        // Only what belongs to the page itself does anything in it.
        for bad in
            ["alert(", "onerror", "onload=", "javascript:", "<svg on", "<iframe", "<object", "<embed", "<base", "<math"]
        {
            let live = tags(&page).any(|tag| tag.to_lowercase().contains(bad.trim_start_matches('<')));
            assert!(!live, "{bad} of {note}");
        }
        Some(html)
    }
}

#[tokio::test]
async fn g01_no_element_and_no_attribute_that_does_anything_is_shown() {
    let s = Scene::new().await;
    for (number, text) in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<p onclick=alert(1)>x</p>",
        "<p style=\"position:fixed\">x</p>",
        "<svg onload=alert(1)><style><img src=x onerror=alert(1)></style></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<iframe src=javascript:alert(1)></iframe>",
        "<embed src=x><object data=x></object>",
        "<base href=//evil.example/>",
        "<form action=//evil.example><input name=x><button formaction=javascript:alert(1)>x",
        "<meta http-equiv=refresh content=0;url=//evil.example>",
        "<link rel=stylesheet href=//evil.example>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<template><script>alert(1)</script></template>",
        "<a href=\"x\" onmouseover=alert(1)>x</a>",
        "<p id=main class=\"toolbar login\" data-x=1 name=y>x</p>",
        "<!--><img src=x onerror=alert(1)>-->",
        "<![CDATA[><img src=x onerror=alert(1)>]]>",
        "<xmp><img src=x onerror=alert(1)></xmp>",
        "<textarea><img src=x onerror=alert(1)></textarea>",
        "<title></title><script>alert(1)</script>",
        "</p></div></main><script>alert(1)</script>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
        "<details open ontoggle=alert(1)>x",
        "<select><style></select><img src=x onerror=alert(1)></style>",
        "<table><td background=javascript:alert(1)>x",
        "<video><source onerror=alert(1)></video>",
        "<a href=\"https://a.example/\"><a href=\"https://b.example/\" onclick=alert(1)>x",
        "<\0script>alert(1)</script>",
    ]
    .iter()
    .enumerate()
    {
        let html = s.shows(number, |note| note["content"] = json!(format!("{text} and so on"))).await;
        is_clean(&html.unwrap_or_default(), text);
        // Stored as it is shown: the text itself is not kept for somebody to forget about.
        for row in s.house.table("texts").await {
            let html = row.split("html: ").nth(1).unwrap_or_default().to_lowercase();
            assert!(!html.contains("<script") && !html.contains("<svg") && !html.contains("<iframe"), "{row}");
        }
        // As Markdown, which some send.
        let markdown = s.shows(1_000 + number, |note| {
            (note["mediaType"], note["content"]) = (json!("text/markdown"), json!(format!("{text}\n\nand so on")));
        });
        is_clean(&markdown.await.unwrap_or_default(), text);
    }
}

#[tokio::test]
async fn g02_links_lead_to_pages_and_say_that_they_are_not_ours() {
    let s = Scene::new().await;
    for (number, address) in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "\u{1}javascript:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "java&#115;cript:alert(1)",
        "java&Tab;script:alert(1)",
        "&#x6A;avascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://talk.example/x",
        "//evil.example/x",
        "\\\\evil.example\\x",
        "/logout",
        "/c/7/delete",
        "?x",
        "#x",
        "https://user:pass@evil.example/",
        "https:evil.example",
        "intent://x",
        "view-source:https://a.example/",
        "https://a.example/\"onmouseover=\"alert(1)",
    ]
    .iter()
    .enumerate()
    {
        let text = format!("<p>See <a href=\"{address}\" rel=\"opener\" target=\"_top\">this</a>.</p>");
        let html = s.shows(number, |note| note["content"] = json!(text)).await.unwrap();
        is_clean(&html, address);
        assert!(!html.contains("target=") && html.contains("this"), "{html}");
    }
    let text = "<p>See <a href=\"https://a.example/x?y=1&amp;z#w\">this</a>.</p>";
    let html = s.shows(999, |note| note["content"] = json!(text)).await.unwrap();
    assert!(html.contains("href=\"https://a.example/x?y=1&amp;z#w\""), "{html}");
    for word in ["nofollow", "noopener", "ugc"] {
        assert!(html.contains(word), "{word}: {html}");
    }
}

#[tokio::test]
async fn g03_addresses_beside_the_text_are_links_to_pages_or_nothing() {
    let s = Scene::new().await;
    let bad = [
        "javascript:alert(1)",
        "data:text/html,x",
        "https://evil.example/login",
        "//evil.example",
        "http://127.0.0.1/",
        "file:///x",
    ];
    for (number, address) in bad.iter().enumerate() {
        let html = s.shows(number, |note| {
            note["content"] = json!("<p>Look.</p>");
            note["url"] = json!([address, { "type": "Link", "href": address, "mediaType": "text/html" }]);
            note["icon"] = json!({ "type": "Image", "url": address });
            note["image"] = json!({ "type": "Image", "url": address });
            note["tag"] = json!([{ "type": "Emoji", "name": ":x:", "icon": { "type": "Image", "url": address } }]);
            note["attachment"] =
                json!([{ "type": "Image", "url": address, "name": "<b onclick=alert(1)>A picture</b>" }]);
        });
        is_clean(&html.await.unwrap(), address);
    }
    // The page that a note or an actor names is on its own server, or there is none.
    for row in s.house.table("objects").await {
        assert!(row.contains("url: None"), "{row}");
    }
    for address in bad {
        let mut actor = s.peer.actor();
        (actor["url"], actor["icon"]) = (json!(address), json!({ "type": "Image", "url": address }));
        s.peer.show("/users/bo", actor);
        s.says(&s.peer, &s.peer.activity(&format!("updates/{}", address.len()), "Update", &json!(s.peer.me()))).await;
        for row in s.house.table("remotes").await {
            assert!(!row.contains(address), "{row}");
        }
    }
}

#[tokio::test]
async fn g06_characters_that_climb_turn_or_fill_stay_in_their_place() {
    let s = Scene::new().await;
    let html = s.shows(1, |note| note["content"] = json!(format!("<p>z{}</p>", "\u{300}\u{489}".repeat(5_000)))).await;
    assert!(html.unwrap_or_default().chars().count() < 2_000, "marks are piled up");
    for (number, turning) in
        ["\u{202e}", "\u{202d}", "\u{2066}", "\u{2067}", "\u{2068}", "&#x202e;", "&rlm;\u{202e}"].iter().enumerate()
    {
        let html =
            s.shows(10 + number, |note| note["content"] = json!(format!("<p>abc{turning}def</p>"))).await.unwrap();
        assert!(!html.contains(['\u{202e}', '\u{202d}', '\u{2066}', '\u{2067}', '\u{2068}']), "{html:?}");
    }
    let lines = s.shows(20, |note| note["content"] = json!(format!("<p>a{}b</p>", "<br>".repeat(2_000)))).await;
    assert!(lines.unwrap_or_default().matches("<br>").count() < 100, "empty lines fill the page");
    let lines = s.shows(21, |note| note["content"] = json!(format!("a{}b", "<p>&nbsp;</p>".repeat(1_000)))).await;
    assert!(lines.unwrap_or_default().matches("<p>").count() < 100, "empty paragraphs fill the page");
    // What is written stands apart from the page, in its own direction.
    let page = s.house.page(&format!("/c/{}", s.comment(&s.peer.id("notes/10")).await.unwrap())).await.is(200).body;
    assert!(page.contains("dir=\"auto\""), "{page}");
    // Names of people and titles, too.
    let mut actor = s.peer.actor();
    actor["name"] = json!("\u{202e}na\u{202c}");
    s.peer.show("/users/bo", actor);
    s.says(&s.peer, &s.peer.activity("updates/1", "Update", &json!(s.peer.me()))).await;
    assert!(!s.house.page(&format!("/t/{}", s.thread)).await.body.contains('\u{202e}'));
}

#[tokio::test]
async fn g07_nothing_is_loaded_from_where_others_say() {
    let s = Scene::new().await;
    let html = s.shows(1, |note| {
        note["content"] = json!("<p>Look: <img src=\"https://track.example/x.png\" alt=\"a kettle\"></p>");
        note["attachment"] = json!([
            { "type": "Image", "mediaType": "image/png", "url": "https://track.example/y.png", "name": "A kettle" },
            { "type": "Video", "mediaType": "video/mp4", "url": "https://track.example/z.mp4" },
            { "type": "Document", "mediaType": "image/svg+xml", "url": "https://track.example/x.svg" },
        ]);
    });
    let html = html.await.unwrap();
    is_clean(&html, "pictures");
    let comment = s.comment(&s.peer.id("notes/1")).await.unwrap();
    for path in [format!("/c/{comment}"), "/u/bo@".to_owned() + s.peer.host()] {
        let page = s.house.page(&path).await;
        let loads = tags(&page.body).filter(|tag| tag.contains("src=") || tag.starts_with("link "));
        for tag in loads {
            assert!(!tag.contains("track.example"), "{tag}");
        }
        let policy = page.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("img-src 'self' data:"), "{policy}");
    }
    assert!(s.peer.asked().is_empty(), "{:?}", s.peer.asked());
}

#[tokio::test]
async fn g08_nothing_that_somebody_wrote_is_served_as_an_activity() {
    let s = Scene::new().await;
    let forged = s.peer.activity("creates/forged", "Create", &s.note("notes/forged", "x")).to_string();
    let comment = s.house.reply("ben", &s.thread, &forged).await;
    let served = async |house: &House, path: &str| {
        let answer = house.document(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        (answer.header("content-type").to_owned(), answer.body)
    };
    for path in [
        "/source".into(),
        "/robots.txt".into(),
        "/feed.json".into(),
        "/feed.atom".into(),
        "/b/talk/feed.json".into(),
        format!("/t/{}/feed.json", s.thread),
        "/u/ben/feed.atom".into(),
        format!("/api/v1/comments/{comment}"),
        format!("/api/v1/comments/{comment}/source"),
        format!("/api/v1/threads/{}", s.thread),
        "/api/v1/openapi.json".into(),
        "/search?q=creates".into(),
        format!("/c/{comment}/history"),
        "/nodeinfo/2.1".into(),
        format!("/{}", "x".repeat(30)),
    ] {
        let (kind, _) = served(&s.house, &path).await;
        assert!(!kind.contains("activity+json") && !kind.contains("ld+json"), "{path}: {kind}");
    }
    // The document of a comment is ours, and the forged one only a text in it.
    let (kind, body) = served(&s.house, &format!("/c/{comment}")).await;
    let note: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (kind.as_str(), &note["id"]),
        ("application/activity+json", &json!(s.house.id(&format!("c/{comment}"))))
    );
    // There is nowhere to put a file.
    for path in ["/upload", "/media", "/files", "/api/v1/media", "/api/v1/uploads", "/pictrs/image"] {
        for method in ["POST", "PUT"] {
            let answer = s.house.api("ana", method, path, &json!({})).await;
            assert!(matches!(answer.status, 404 | 405), "{path}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn g09_what_is_written_is_escaped_for_where_it_stands() {
    let s = Scene::new().await;
    let title = "</script></title><script>alert(1)</script>]]>&\"'<b>";
    let new = json!({ "title": title, "text": "x ]]> </script><script>alert(1)</script> \u{2028} end" });
    let thread = s.house.api("ana", "POST", "/api/v1/boards/talk/threads", &new).await.is(201).text("/id");
    let note = s.peer.note(
        "notes/1",
        &s.house.id(&format!("c/{thread}")),
        "<p>]]&gt; &lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;</p>",
    );
    s.says(&s.peer, &s.create("creates/1", &note)).await;
    for path in [
        "/".into(),
        "/b/talk".into(),
        format!("/t/{thread}"),
        "/search?q=alert".into(),
        "/search?q=%3Cscript%3Ealert(1)%3C/script%3E".into(),
    ] {
        let answer = s.house.page(&path).await;
        let page =
            if answer.status == 303 { s.house.page(answer.header("location")).await.is(200) } else { answer.is(200) };
        assert!(!page.body.contains("<script>alert"), "{path}");
        assert!(tags(&page.body).all(|tag| !tag.starts_with("script>")), "{path}");
    }
    for path in ["/feed.json".into(), format!("/t/{thread}/feed.json"), format!("/api/v1/threads/{thread}")] {
        let answer = s.house.get(&path).await.is(200);
        assert!(answer.json().is_object() && answer.header("content-type").contains("json"), "{path}");
    }
    for path in ["/feed.atom".into(), format!("/t/{thread}/feed.atom")] {
        let feed = s.house.get(&path).await.is(200).body;
        let (_, content) = feed.split_once("<title").unwrap();
        assert!(!content.contains("<script>") && !content.contains("<b>") && !feed.contains("]]>"), "{path}: {feed}");
    }
    for path in [format!("/c/{thread}"), format!("/t/{thread}"), format!("/t/{thread}/outbox?after=0")] {
        let document = s.house.document(&path).await.is(200).body;
        for content in document.split("\"content\":\"<").skip(1) {
            let content = content.split("\",\"").next().unwrap();
            assert!(!content.contains("<script>"), "{path}: {content}");
        }
    }
}
