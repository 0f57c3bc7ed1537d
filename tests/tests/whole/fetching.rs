//! `rejoinder fetch`: comments of other servers by their address, and all that is missing in a thread.

use rejoinder_tests::Site;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::entry::set_up;

/// A server that shows Cy and what `notes` makes of a path and its own address, and nothing else.
async fn other(notes: impl Fn(&str, &str) -> Option<Value> + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let own = base.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            answer(stream, &own, &notes).await;
        }
    });
    base
}

async fn answer(mut stream: TcpStream, base: &str, notes: &(impl Fn(&str, &str) -> Option<Value> + Sync)) {
    let (mut head, mut part) = (Vec::new(), [0; 4096]);
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut part).await {
            Ok(count) if count > 0 => head.extend_from_slice(&part[..count]),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().trim_start_matches('/');
    let found = if path == "users/cy" { Some(cy(base)) } else { notes(path, base) };
    let (status, body) = found.map_or(("404 Not Found", String::new()), |found| ("200 OK", found.to_string()));
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/activity+json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    let _ = stream.write_all(answer.as_bytes()).await;
}

fn cy(base: &str) -> Value {
    let id = format!("{base}/users/cy");
    let pem = "-----BEGIN PUBLIC KEY-----\nMA==\n-----END PUBLIC KEY-----\n";
    json!({
        "id": id, "type": "Person", "preferredUsername": "cy", "inbox": format!("{id}/inbox"),
        "publicKey": { "id": format!("{id}#main-key"), "owner": id, "publicKeyPem": pem },
    })
}

fn note(base: &str, path: &str, to: &str, replies: &[String]) -> Value {
    json!({
        "id": format!("{base}/{path}"), "type": "Note", "attributedTo": format!("{base}/users/cy"), "inReplyTo": to,
        "to": ["https://www.w3.org/ns/activitystreams#Public"], "content": format!("<p>{path}</p>"),
        "replies": { "type": "Collection", "items": replies },
    })
}

#[tokio::test]
async fn what_has_not_come_is_fetched_by_command() {
    let site = Site::new().await.unlimited().set("FEDERATION__DANGEROUS_ALLOW_ADDRESSES", "[\"127.0.0.0/8\"]");
    let (server, _) = set_up(&site).await;
    let token = site.run(&["token", "create", "ada", "--scope", "write"]).await.ok();
    let new = json!({ "title": "Which kettle?" });
    let thread = server.api(&token).post("/api/v1/boards/talk/threads", &new).await.expect(201).json()["id"].clone();
    let thread = thread.as_str().unwrap().to_owned();
    let to = format!("http://talk.test/c/{thread}");
    let theirs = other(move |path, base| {
        let id = |path: &str| format!("{base}/{path}");
        match path {
            "notes/1" => Some(note(base, path, &to, &[id("notes/2"), id("notes/none")])),
            "notes/2" => Some(note(base, path, &id("notes/1"), &[])),
            _ => None,
        }
    })
    .await;

    let first = format!("{theirs}/notes/1");
    let said = site.run(&["fetch", &first]).await.ok();
    let expected = "0 known, 2 fetched, 1 failed: it was not found there (status 404)";
    assert_eq!(said, format!("{expected}\nthread    http://talk.test/t/{thread}"));
    let shown = server.anonymous().get(&format!("/api/v1/threads/{thread}")).await.expect(200).json();
    assert_eq!(shown["comments"].as_array().unwrap().len(), 2, "{shown}");

    let again = site.run(&["fetch", &thread, "--json"]).await.json();
    assert_eq!((&again["known"], &again["fetched"], &again["failed"]), (&json!(2), &json!(0), &json!(1)), "{again}");
    let again = site.run(&["fetch", &first, "--json"]).await.json();
    assert_eq!((&again["known"], &again["thread"]), (&json!(2), &json!(thread)), "{again}");

    let ours = site.run(&["fetch", &format!("http://talk.test/c/{thread}")]).await.refusal(1);
    assert!(ours.contains("is here already"), "{ours}");
    let missing = site.run(&["fetch", "7"]).await.refusal(1);
    assert!(missing.contains("There is no such thread"), "{missing}");
    let nothing = site.run(&["fetch", &format!("{theirs}/notes/none")]).await;
    assert_eq!(nothing.status.code(), Some(1), "{nothing:?}");
    assert!(nothing.stderr.contains("it is not here: it was not found there"), "{nothing:?}");
}
