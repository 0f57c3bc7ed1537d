//! What cannot be understood is refused in words, with the right status, and never as a fault of ours.

use axum::body::Body;
use axum::http::Method;
use serde_json::json;

use crate::world::{Answer, BODY, Caller, World};

async fn send(caller: &Caller, method: Method, path: &str, kind: &str, body: impl Into<Body>) -> Answer {
    let request = caller.request(method, path).header("content-type", kind).body(body.into()).unwrap();
    caller.send(request).await
}

#[tokio::test]
async fn queries() {
    let world = World::new().await;
    let thread = world.thread("Queries").await;
    let long = format!("cursor={}", "A".repeat(5000));
    for (query, code) in [
        ("sort=worst", "bad-query"),
        ("sort=", "bad-query"),
        ("sort=best&sort=new", "bad-query"),
        ("limit=0", "bad-query"),
        ("limit=501", "bad-query"),
        ("limit=-1", "bad-query"),
        ("limit=ten", "bad-query"),
        ("limit=99999999999999999999", "bad-query"),
        ("limti=10", "bad-query"),
        ("cursor=%00", "bad-query"),
        ("sort=best%0a", "bad-query"),
        ("%1b=1", "bad-query"),
        ("cursor=", "bad-cursor"),
        ("cursor=x", "bad-cursor"),
        ("cursor=%F0%9F%92%A9", "bad-cursor"),
        ("cursor=%ff%fe", "bad-cursor"),
        ("cursor=dC43", "bad-cursor"),
        (&long, "bad-cursor"),
    ] {
        world.anon.get(&format!("/api/v1/threads/{thread}?{query}")).await.refused(400, code);
    }
    for path in [
        "/api/v1/threads",
        "/api/v1/boards/talk/threads",
        "/api/v1/actors/ana/comments",
        "/api/v1/search",
        "/api/v1/modlog",
        "/api/v1/notifications",
    ] {
        world.ana.get(&format!("{path}?nonsense=1")).await.refused(400, "bad-query");
        world.ana.get(&format!("{path}?limit=101")).await.refused(400, "bad-query");
        world.ana.get(&format!("{path}?cursor=nonsense")).await.refused(400, "bad-cursor");
    }
    let remedy = world.anon.get("/api/v1/threads?sort=worst").await.refused(400, "bad-query").text("/detail");
    assert!(remedy.contains("`hot`") && remedy.contains("`active`"), "{remedy}");
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused() {
    let world = World::new().await;
    let thread = world.thread("Cursors").await;
    world.thread("Another").await;
    for text in ["one", "two"] {
        world.reply(&world.bo, &thread, text).await;
    }
    let threads = world.anon.get("/api/v1/threads?sort=new&limit=1").await.is(200).text("/next");
    world.anon.get(&format!("/api/v1/threads?sort=top&cursor={threads}")).await.refused(400, "bad-cursor");
    let comments = world.anon.get(&format!("/api/v1/threads/{thread}?limit=1")).await.is(200).text("/next");
    world.anon.get(&format!("/api/v1/modlog?cursor={comments}")).await.refused(400, "bad-cursor");
}

#[tokio::test]
async fn paths() {
    let world = World::new().await;
    for id in
        ["0", "07", "-7", "+7", "x", "%20", "7%00", "%ff", "10000000000000000000", "%EF%BC%97", "7;8", "null", "1e3"]
    {
        for path in [
            "/api/v1/threads/ID",
            "/api/v1/comments/ID",
            "/api/v1/comments/ID/source",
            "/api/v1/comments/ID/history",
            "/api/v1/threads/ID/events",
        ] {
            world.anon.get(&path.replace("ID", id)).await.refused(400, "bad-path");
        }
        world.bo.post(&format!("/api/v1/comments/{id}/replies"), json!({ "text": "x" })).await.refused(400, "bad-path");
    }
    world.anon.get("/api/v1/threads/9999999999999999999").await.refused(404, "not-found");
    for name in ["%00", "talk%00", "%1f", "%7f", "%ff"] {
        world.anon.get(&format!("/api/v1/boards/{name}")).await.refused(400, "bad-path");
        world.anon.get(&format!("/api/v1/actors/{name}")).await.refused(400, "bad-path");
    }
    for name in ["..%2f..", "%E2%80%AEtalk", "'%3B--", "%F0%9F%92%A9", &"x".repeat(5000)] {
        world.anon.get(&format!("/api/v1/boards/{name}")).await.refused(404, "not-found");
        world.anon.get(&format!("/api/v1/boards/{name}/threads")).await.refused(404, "not-found");
        world.anon.get(&format!("/api/v1/actors/{name}")).await.refused(404, "not-found");
    }
}

#[tokio::test]
async fn addresses_and_methods_that_are_not_there() {
    let world = World::new().await;
    for path in
        ["/api/v1", "/api/v1/", "/api/v1/nonsense", "/api/v2/threads", "/api/v1/boards/", "/api/v1/threads/7/nonsense"]
    {
        world.anon.get(path).await.refused(404, "not-found");
        world.bo.post(path, json!({})).await.refused(404, "not-found");
    }
    let refused = world.bo.delete("/api/v1/boards").await.refused(405, "method-not-allowed");
    assert_eq!(refused.header("allow"), "GET,HEAD,POST");
    world.bo.put("/api/v1/comments/7", json!({})).await.refused(405, "method-not-allowed");
    let request = world.anon.request(Method::OPTIONS, "/api/v1/threads").body(Body::empty()).unwrap();
    world.anon.send(request).await.refused(405, "method-not-allowed");
}

#[tokio::test]
async fn bodies() {
    let world = World::new().await;
    let thread = world.thread("Bodies").await;
    let path = format!("/api/v1/comments/{thread}/replies");
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    let cases: Vec<(Vec<u8>, u16, &str)> = vec![
        (b"".into(), 400, "malformed-json"),
        (b"{".into(), 400, "malformed-json"),
        (b"{\"text\":\"x\"} trailing".into(), 400, "malformed-json"),
        (b"text=x".into(), 400, "malformed-json"),
        (b"\xef\xbb\xbf{\"text\":\"x\"}".into(), 400, "malformed-json"),
        (b"{\"text\":\"\xff\xfe\"}".into(), 400, "malformed-json"),
        (b"{\"text\":\"\x00\"}".into(), 400, "malformed-json"),
        (b"{\"text\":\"\\ud800\"}".into(), 400, "malformed-json"),
        (deep.clone().into_bytes(), 422, "bad-body"),
        (format!("{{\"text\":{deep}}}").into_bytes()[..BODY].to_vec(), 422, "bad-body"),
        (b"null".into(), 422, "bad-body"),
        (b"[]".into(), 422, "bad-body"),
        (b"\"text\"".into(), 422, "bad-body"),
        (b"{}".into(), 422, "bad-body"),
        (b"{\"text\":null}".into(), 422, "bad-body"),
        (b"{\"text\":7}".into(), 422, "bad-body"),
        (b"{\"text\":[\"x\"]}".into(), 422, "bad-body"),
        (b"{\"text\":\"x\",\"text\":\"y\"}".into(), 422, "bad-body"),
        (b"{\"text\":\"x\",\"nonsense\":1}".into(), 422, "bad-body"),
    ];
    for (body, status, code) in cases {
        let answer = send(&world.bo, Method::POST, &path, "application/json", body.clone()).await;
        let words = String::from_utf8_lossy(&body).chars().take(60).collect::<String>();
        assert_eq!(answer.status.as_u16(), status, "{words}: {}", String::from_utf8_lossy(&answer.bytes));
        answer.refused(status, code);
    }
}

#[tokio::test]
async fn types_of_bodies() {
    let world = World::new().await;
    let thread = world.thread("Types").await;
    let path = format!("/api/v1/comments/{thread}/replies");
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "json",
        "",
        "multipart/form-data; boundary=x",
    ] {
        let answer = send(&world.bo, Method::POST, &path, kind, "{\"text\":\"x\"}").await;
        answer.refused(415, "unsupported-media-type");
    }
    let request = world.bo.request(Method::POST, &path).header("content-type", "application/json");
    let packed = request.header("content-encoding", "gzip").body(Body::from("{\"text\":\"x\"}")).unwrap();
    world.bo.send(packed).await.refused(415, "unsupported-media-type");
    for kind in ["application/json", "Application/JSON; charset=utf-8", "application/json;charset=UTF-8"] {
        send(&world.bo, Method::POST, &path, kind, "{\"text\":\"x\"}").await.is(201);
    }
}

#[tokio::test]
async fn a_body_of_ten_megabytes() {
    let world = World::new().await;
    let thread = world.thread("Large").await;
    let path = format!("/api/v1/comments/{thread}/replies");
    for size in [BODY + 1, 10_000_000] {
        let text = json!({ "text": "x".repeat(size) }).to_string();
        let refused = send(&world.bo, Method::POST, &path, "application/json", text).await.refused(413, "too-large");
        assert!(refused.text("/detail").contains(&BODY.to_string()), "{refused:?}");
    }
    // Without a length, in pieces.
    let pieces = futures::stream::iter((0..200).map(|_| Ok::<_, std::io::Error>("x".repeat(50_000))));
    let answer = send(&world.bo, Method::POST, &path, "application/json", Body::from_stream(pieces)).await;
    answer.refused(413, "too-large");
    // Announced, and not sent until asked for.
    let request = world.bo.request(Method::POST, &path).header("content-type", "application/json");
    let request = request.header("content-length", "10000000").header("expect", "100-continue");
    let never = Body::from_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>());
    world.bo.send(request.body(never).unwrap()).await.refused(413, "too-large");
}

#[tokio::test]
async fn a_body_that_breaks_off() {
    let world = World::new().await;
    let thread = world.thread("Broken").await;
    let pieces = futures::stream::iter([Ok("{\"text\":"), Err(std::io::Error::other("the line is dead"))]);
    let path = format!("/api/v1/comments/{thread}/replies");
    let answer = send(&world.bo, Method::POST, &path, "application/json", Body::from_stream(pieces)).await;
    answer.refused(400, "cut-off");
}

#[tokio::test]
async fn texts_that_want_to_do_harm_come_out_harmless() {
    let world = World::new().await;
    let thread = world.thread("Harm").await;
    let path = format!("/api/v1/comments/{thread}/replies");
    for (text, source, html) in [
        ("a\0b\u{1b}[31m", "ab[31m", "<p dir=\"auto\">ab[31m</p>"),
        ("\u{202e}evil\u{202c}", "evil", "<p dir=\"auto\">evil</p>"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))", ""),
        ("<script>alert(1)</script> words", "<script>alert(1)</script> words", ""),
        ("<svg onload=alert(1)> words", "<svg onload=alert(1)> words", ""),
    ] {
        let made = world.bo.post(&path, json!({ "text": text })).await.is(201);
        assert_eq!(made.text("/text"), source);
        let shown = made.text("/html");
        assert!(html.is_empty() || shown == html, "{text:?}: {shown}");
        assert!(
            !shown.contains("<script") && !shown.contains("<svg") && !shown.contains("href=\"javascript"),
            "{shown}"
        );
    }
    let zalgo = format!("e{}", "\u{301}".repeat(1000));
    let made = world.bo.post(&path, json!({ "text": zalgo })).await.is(201);
    assert!(made.text("/html").chars().count() < 40);
    let nested = format!("{} deep", ">".repeat(19_000));
    world.bo.post(&path, json!({ "text": nested })).await.refused(422, "text-refused");
}
