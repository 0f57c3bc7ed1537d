//! The command line: what each command does, what it says, and by which status it ends.

use std::process::Stdio;

use rejoinder_tests::program::rejoinder;
use rejoinder_tests::{Site, within};
use serde_json::json;

use crate::entry::PASSWORD;

#[tokio::test]
async fn accounts_tokens_and_boards_are_made_beside_a_running_server() {
    let site = Site::new().await;
    let server = site.start().await;
    let create = ["account", "create", "ada", "--role", "admin", "--password-stdin", "--email", "ada@talk.test"];
    assert_eq!(site.run_with(&create, &format!("{PASSWORD}\n")).await.ok(), "made the account ada");
    let login = json!({ "name": "ada", "password": PASSWORD });
    server.anonymous().post("/api/v1/sessions", &login).await.expect(201);

    let said = site.run(&["account", "create", "bot"]).await.ok();
    assert!(said.contains("made the account bot") && said.contains("account password bot"), "{said}");
    let login = json!({ "name": "bot", "password": "" });
    assert!(server.anonymous().post("/api/v1/sessions", &login).await.status.is_client_error());
    let said = site.run_with(&["account", "password", "bot"], &format!("{PASSWORD}\n")).await.ok();
    assert_eq!(said, "bot has a new password and no second factor, and is logged out everywhere");
    let login = json!({ "name": "bot", "password": PASSWORD });
    server.anonymous().post("/api/v1/sessions", &login).await.expect(201);

    let _ = site.run(&["board", "create", "night", "--title", "Night talk"]).await.ok();
    let said = site.run(&["account", "role", "bot", "moderator", "--board", "night"]).await.ok();
    assert_eq!(said, "bot is moderator on one board");
    assert_eq!(site.run(&["account", "role", "bot", "helper"]).await.ok(), "bot is helper everywhere");

    for (scope, makes) in [("read", 403), ("write", 403), ("admin", 201)] {
        let token = site.run(&["token", "create", "ada", "--scope", scope, "--label", "a test"]).await.ok();
        assert_eq!(token.lines().count(), 1, "a token and nothing else is printed: {token:?}");
        let api = server.api(&token);
        assert_eq!(api.get("/api/v1/me").await.expect(200).json()["name"], "ada");
        api.post("/api/v1/boards", &json!({ "name": "by-token", "title": "By token" })).await.expect(makes);
    }
    let said = site.run(&["board", "create", "talk", "--title", "General talk", "--about", "*All* of it"]).await.ok();
    assert_eq!(said, "made the board talk at http://talk.test/b/talk");
    let boards = site.run(&["board", "list", "--json"]).await.json();
    let expected = json!([{ "name": "by-token", "title": "By token" }, { "name": "night", "title": "Night talk" }, { "name": "talk", "title": "General talk" }]);
    assert_eq!(boards, expected);
    let table = site.run(&["board", "list"]).await.ok();
    assert!(table.lines().any(|line| line.starts_with("talk ") && line.ends_with("General talk")), "{table}");
    assert_eq!(server.anonymous().get("/api/v1/boards/talk").await.expect(200).json()["title"], "General talk");
}

#[tokio::test]
async fn who_joins_is_decided_on_the_command_line() {
    let site = Site::new().await.set("REGISTRATION__MODE", "approval").set("REGISTRATION__QUESTION", "Why?");
    let server = site.start().await;
    let api = server.anonymous();
    for name in ["cy", "dan"] {
        let new = json!({ "name": name, "password": PASSWORD, "answer": "Tides." });
        api.post("/api/v1/accounts", &new).await.expect(202);
    }
    let waiting = site.run(&["account", "list", "--state", "waiting", "--json"]).await.json();
    assert_eq!(
        (&waiting[0]["name"], &waiting[1]["name"], &waiting[1]["answer"]),
        (&json!("dan"), &json!("cy"), &json!("Tides."))
    );
    assert_eq!(site.run(&["account", "approve", "cy"]).await.ok(), "cy has an account");
    assert_eq!(site.run(&["account", "reject", "dan"]).await.ok(), "dan was not let in, and the name is free");
    assert!(site.run(&["account", "approve", "dan"]).await.refusal(1).contains("There is no such person"));
    api.post("/api/v1/sessions", &json!({ "name": "cy", "password": PASSWORD })).await.expect(201);

    let address = site.run(&["invitation", "create", "--uses", "2"]).await.ok();
    let code = address.strip_prefix("http://talk.test/join?invitation=").unwrap();
    let new = json!({ "name": "eve", "password": PASSWORD, "invitation": code });
    api.post("/api/v1/accounts", &new).await.expect(201);
    let listed = site.run(&["invitation", "list", "--json"]).await.json();
    assert_eq!((&listed[0]["uses_left"], &listed[0]["by"]), (&json!(1), &json!(null)));
    let id = listed[0]["id"].as_str().unwrap();
    let said = site.run(&["invitation", "revoke", id]).await.ok();
    assert_eq!(said, format!("the invitation {id} is worth nothing from now on"));
    let table = site.run(&["account", "list"]).await.ok();
    assert!(table.lines().next().unwrap().starts_with("NAME") && table.contains("eve   member"), "{table}");
}

#[tokio::test]
async fn sessions_and_tokens_are_listed_and_ended_on_the_command_line() {
    let site = Site::new().await;
    let server = site.start().await;
    let _ = site.run_with(&["account", "create", "ada", "--password-stdin"], &format!("{PASSWORD}\n")).await.ok();
    let tokens = [
        site.run(&["token", "create", "ada", "--scope", "read", "--label", "a feed"]).await.ok(),
        site.run(&["token", "create", "ada", "--scope", "write"]).await.ok(),
    ];
    let listed = site.run(&["account", "sessions", "ada", "--json"]).await.json();
    assert_eq!((&listed[1]["kind"], &listed[1]["label"]), (&json!("token"), &json!("a feed")));
    let table = site.run(&["account", "sessions", "ada"]).await.ok();
    assert!(table.contains("a feed") && tokens.iter().all(|token| !table.contains(token.as_str())), "{table}");
    let id = listed[1]["id"].as_str().unwrap();
    let said = site.run(&["account", "log-out", "ada", "--id", id]).await.ok();
    assert_eq!(said, format!("{id} is worth nothing any more; 1 of ada left"));
    server.api(&tokens[0]).get("/api/v1/me").await.expect(401);
    server.api(&tokens[1]).get("/api/v1/me").await.expect(200);
    let again = site.run(&["account", "log-out", "ada", "--id", id]).await.refusal(1);
    assert!(again.contains("There is no such session or token"), "{again}");
    let _ = site.run(&["account", "log-out", "ada"]).await.ok();
    server.api(&tokens[1]).get("/api/v1/me").await.expect(401);
}

/// As where `head` has read enough: nobody is told of a fault that is none.
#[tokio::test]
async fn a_command_ends_without_a_word_where_nobody_reads_any_more() {
    let site = Site::new().await;
    let _ = site.run(&["board", "create", "talk", "--title", "Talk"]).await.ok();
    for arguments in
        [&["board", "list"][..], &["board", "list", "--json"], &["account", "create", "bot"], &["retention"]]
    {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = site.command(rejoinder());
        let child = command.args(arguments).stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
        let ended = within("the end of a command", child.wait_with_output()).await.unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!((ended.status.code(), &*said), (Some(128 + 13), ""), "{arguments:?}");
    }
    assert!(site.run(&["account", "list"]).await.ok().contains("bot"), "what was to be done is done");
}

/// A server notices within a second or so what another process has written.
#[tokio::test]
async fn rules_are_set_and_tried_on_the_command_line_and_count_for_the_server_that_runs() {
    let site = Site::new().await.unlimited();
    let server = site.start().await;
    let _ = site.run(&["board", "create", "talk"]).await.ok();
    let _ = site.run(&["account", "create", "ada"]).await.ok();
    let token = site.run(&["token", "create", "ada", "--scope", "write"]).await.ok();
    let api = server.api(&token);
    let write = async |title: &str| {
        let new = json!({ "title": title, "text": "Which?" });
        api.post("/api/v1/boards/talk/threads", &new).await.expect(201).json()["state"].clone()
    };
    assert_eq!(write("A xylophone").await, "published");
    let rules = site.folder().join("rules.json");
    let held = json!({ "rules": [{ "name": "words", "effect": "hold", "when": { "words": ["xylophone"] } }] });
    std::fs::write(&rules, held.to_string()).unwrap();
    let path = rules.to_str().unwrap();
    let tried = site.run(&["rules", "test", path]).await.ok();
    assert!(tried.contains("hold") && tried.ends_with("1 of the newest 1 comments; nothing was changed"), "{tried}");
    let said = site.run(&["rules", "set", path]).await.ok();
    assert_eq!(said, "1 rules count from the next comment on; a server that runs hears of them within a second");
    let listed = site.run(&["rules"]).await.json();
    assert_eq!((&listed["rules"][0]["name"], &listed["most_held"]), (&json!("words"), &json!(5000)));
    // The server is another process, and looks once a second.
    within("the rules to count", async { while write("Another xylophone").await != "held" {} }).await;
    std::fs::write(&rules, json!({ "rules": [{ "name": "x" }] }).to_string()).unwrap();
    assert!(site.run(&["rules", "set", path]).await.refusal(1).contains("holds no rules: missing field `effect`"));
}

#[tokio::test]
async fn what_a_command_writes_is_shown_by_the_server_that_runs() {
    let site = Site::new().await.unlimited();
    let server = site.start().await;
    let api = server.anonymous();
    assert_eq!(api.all("/api/v1/boards", "items").await.len(), 0, "and this is remembered");
    let _ = site.run(&["board", "create", "talk", "--title", "General talk"]).await.ok();
    within("the new board", async { while api.all("/api/v1/boards", "items").await.is_empty() {} }).await;
    assert_eq!(server.browser().open("/b/talk").await.expect(200).text("h1"), "General talk");
}

#[tokio::test]
async fn what_cannot_be_done_is_said_in_one_line_and_by_status_1() {
    let site = Site::new().await;
    let _ = site.run(&["account", "create", "ada"]).await.ok();
    let _ = site.run(&["board", "create", "talk"]).await.ok();
    let refused: [(&[&str], &str); 13] = [
        (&["account", "create", "Ada"], "is taken"),
        (&["account", "create", "no spaces"], "Use only the letters"),
        (&["account", "create", "bo", "--password-stdin"], "too few"),
        (&["account", "role", "nobody", "helper"], "You named “nobody”"),
        (&["account", "role", "ada", "helper", "--board", "nowhere"], "no board “nowhere”"),
        (&["token", "create", "nobody", "--scope", "read"], "There is no such person"),
        (&["board", "create", "TALK"], "is taken"),
        (&["board", "create", "bb", "--title", "\u{200b}"], "title is empty"),
        (&["board", "create", "ada"], "is taken"),
        (&["board", "follow", "@news@two.test", "--as", "nobody"], "as: no account here has the name “nobody”"),
        (&["board", "follow", "news", "--as", "ada"], "a handle is a name and a host"),
        (&["board", "follow", "@talk@talk.test", "--as", "ada"], "at home here"),
        (&["--config", "missing.toml", "board", "list"], "cannot read the configuration file missing.toml"),
    ];
    for (arguments, words) in refused {
        let said = site.run_with(arguments, "short\n").await.refusal(1);
        assert!(said.starts_with("rejoinder: ") && said.contains(words), "{arguments:?}: {said}");
    }
}

#[tokio::test]
async fn wrong_use_ends_with_status_2_and_names_the_right_one() {
    let site = Site::new().await;
    let wrong: [(&[&str], &str); 9] = [
        (&["serv"], "serve"),
        (&["--no-such-flag"], "Usage: rejoinder"),
        (&["account"], "create"),
        (&["account", "create"], "<NAME>"),
        (&["account", "create", "ada", "--role", "king"], "[possible values: member, helper, moderator, admin]"),
        (&["token", "create", "ada"], "--scope"),
        (&["token", "create", "ada", "--scope", "all"], "[possible values: read, write, moderate, admin]"),
        (&["import", "page-text", "file.txt"], "--board"),
        (&["import", "page-text", "file.txt", "--board", "talk", "--saved-at", "yesterday"], "--saved-at"),
    ];
    for (arguments, words) in wrong {
        let done = site.run(arguments).await;
        assert_eq!(done.status.code(), Some(2), "{arguments:?}: {done:?}");
        assert!(done.stdout.is_empty() && done.stderr.contains(words), "{arguments:?}: {done:?}");
    }
    assert!(site.run(&["--help"]).await.ok().contains("import"));
    assert!(site.run(&["import", "--help"]).await.ok().contains("--dry-run"));
    assert!(site.run(&["--version"]).await.ok().starts_with("rejoinder "));
}

#[tokio::test]
async fn the_configuration_is_checked_without_touching_anything() {
    let site = Site::new().await.set("STORAGE__URL", "postgres://talk:hidden@db.test/talk");
    let said = site.run(&["config", "check"]).await.ok();
    assert!(said.contains("address   http://talk.test") && said.contains("listen    127.0.0.1:0"), "{said}");
    assert!(said.contains("database  postgres://talk:***@db.test/talk") && !said.contains("hidden"), "{said}");
    let line = |key: &str| {
        let found = said.lines().find(|line| line.split_whitespace().next() == Some(key));
        found.unwrap_or_else(|| panic!("no {key} in {said}")).split_whitespace().skip(1).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("server.listen"), "\"127.0.0.1:0\" REJOINDER_SERVER__LISTEN");
    assert_eq!(line("limits.depth"), "200 default");
    let told = site.run(&["config", "check", "--json"]).await.json();
    let settings = told["settings"].as_array().unwrap();
    assert!(settings.iter().any(|one| one["key"] == "metrics.token" && one["origin"] == "default"), "{told}");
    assert!(!told.to_string().contains("hidden"), "{told}");

    let file = site.folder().join("other.toml");
    std::fs::write(&file, "[server]\nname = \"The Well\"\nlisten_on = \"127.0.0.1:1\"\n").unwrap();
    let done = site.run(&["--config", "other.toml", "config", "check"]).await;
    assert_eq!(done.status.code(), Some(1), "{done:?}");
    assert!(done.stderr.contains("server.listen_on") && done.stderr.contains("other.toml"), "{done:?}");
    assert!(done.stderr.contains("listen"), "the nearest known key is named: {done:?}");

    for (key, value, word) in [
        ("SERVER__PUBLIC_URL", "http://talk.example", "https"),
        ("SERVER__LISTEN", "everywhere", "server.listen"),
        ("LIMITS__DEPTH", "0", "limits.depth"),
        ("SERVER__LISTNE", "127.0.0.1:1", "server.listen"),
        ("STORAGE__URL", "mysql://db.test/talk", "storage.url"),
    ] {
        let done = site.set_apart(key, value).await;
        assert_eq!(done.status.code(), Some(1), "{key}: {done:?}");
        assert!(done.stderr.contains(word) && done.stderr.contains(&format!("REJOINDER_{key}")), "{key}: {done:?}");
    }
    assert!(!site.folder().join("data").exists(), "nothing was made");
}

#[tokio::test]
async fn what_was_set_in_a_file_is_shown_with_the_file() {
    let site = Site::new().await;
    std::fs::write(
        site.folder().join("other.toml"),
        "[limits]\ndepth = 7\n[metrics]\ntoken = \"sixteen-or-more-characters\"\n",
    )
    .unwrap();
    let said = site.run(&["--config", "other.toml", "config", "check"]).await.ok();
    let words = |key: &str| {
        let line = said.lines().find(|line| line.starts_with(key)).unwrap_or_default();
        line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(words("limits.depth"), ["limits.depth", "7", "other.toml"]);
    assert_eq!(words("metrics.token"), ["metrics.token", "***", "other.toml"]);
    assert!(!said.contains("sixteen-or-more"), "{said}");
}

/// Run in a folder that is not the server's, a command would otherwise make an empty database there and seem to have done its work.
#[tokio::test]
async fn commands_make_no_database_but_the_one_that_gives_the_first_link() {
    let site = Site::new().await.set("STORAGE__URL", "");
    let missing: [&[&str]; 8] = [
        &["account", "list"],
        &["account", "create", "ada"],
        &["board", "create", "talk"],
        &["peers"],
        &["migrate"],
        &["rules"],
        &["backup", "all.db"],
        &["export", "all.jsonl"],
    ];
    for arguments in missing {
        let said = site.run(arguments).await.refusal(1);
        for words in ["there is no database at sqlite://data/rejoinder.db", "start the server first", "server.data_dir"]
        {
            assert!(said.contains(words), "{arguments:?}: {said}");
        }
    }
    assert!(!site.folder().join("data").exists() && !site.folder().join("all.jsonl").exists(), "nothing was made");
    let _ = site.run(&["setup-link"]).await.ok();
    assert!(site.run(&["account", "list"]).await.ok().starts_with("NAME"));
}

#[tokio::test]
async fn what_was_done_on_the_machine_stands_in_the_log_for_everybody() {
    let site = Site::new().await;
    let server = site.start().await;
    let _ = site.run(&["board", "create", "talk"]).await.ok();
    let _ = site.run(&["account", "create", "ada", "--role", "moderator"]).await.ok();
    let _ = site.run(&["account", "create", "bo"]).await.ok();
    let _ = site.run_with(&["account", "password", "bo"], &format!("{PASSWORD}\n")).await.ok();
    let _ = site.run(&["peers", "loud.example", "--policy", "block", "--reason", "it floods us"]).await.ok();
    let _ = site.run(&["actor", "bo", "suspend", "--reason", "they flood us"]).await.ok();
    let log = server.anonymous().get("/api/v1/modlog").await.expect(200).json();
    let told: Vec<_> = log["items"].as_array().unwrap().iter().map(|one| one["deed"].as_str().unwrap()).collect();
    assert_eq!(told, ["suspend-actor", "block", "reset-password", "make-moderator", "make-board"]);
    for entry in log["items"].as_array().unwrap() {
        assert_eq!((&entry["role"], &entry["moderator"]), (&json!("host"), &json!(null)), "{entry}");
    }
    assert_eq!(log["items"][1]["reason"], "it floods us");
    let page = server.browser().open("/modlog").await.expect(200);
    let words = page.text("main");
    assert!(words.contains("The host (by the command line) blocked another server: loud.example"), "{words}");
    let table = site.run(&["log"]).await.ok();
    assert!(table.contains("the command line"), "{table}");
    let lifted = site.run(&["actor", "bo", "restore"]).await.ok();
    assert!(lifted.contains("stays ended: each has to follow again"), "{lifted}");
    assert!(
        server.browser().open("/transparency").await.expect(200).text("main").contains("Decisions about other servers")
    );
}

#[tokio::test]
async fn discussions_are_exported_and_come_in_on_another_instance() {
    let here = Site::new().await;
    let _ = here.run(&["board", "create", "talk", "--title", "General talk"]).await.ok();
    let server = here.start().await;
    let api = server.api(&here.token("ada", "member", "write").await);
    let new = json!({ "title": "Which kettle?", "text": "I want one that *lasts*." });
    let thread = api.post("/api/v1/boards/talk/threads", &new).await.expect(201).json();
    let path = format!("/api/v1/comments/{}/replies", thread["id"].as_str().unwrap());
    api.post(&path, &json!({ "text": "A copper one." })).await.expect(201);
    assert_eq!(here.run(&["export", "all.jsonl"]).await.ok(), "wrote 1 threads with 1 comments to all.jsonl");
    assert!(here.run(&["export", "all.jsonl"]).await.refusal(1).contains("cannot write all.jsonl"));
    let lines = here.run(&["export", "-", "--board", "talk"]).await.ok();
    assert_eq!(lines.lines().count(), 4, "{lines}");
    assert!(
        here.run(&["export", "none.jsonl", "--board", "nowhere"]).await.refusal(1).contains("There is no such board")
    );
    assert!(!here.folder().join("none.jsonl").exists());
    assert!(here.run(&["import", "rejoinder", "all.jsonl"]).await.refusal(1).contains("was exported here"));

    let there = Site::new().await.set("SERVER__PUBLIC_URL", "http://other.test");
    let file = here.folder().join("all.jsonl");
    let import = ["import", "rejoinder", file.to_str().unwrap()];
    assert!(there.run(&import).await.refusal(1).contains("make it with `rejoinder board create talk`"));
    let _ = there.run(&["board", "create", "talk"]).await.ok();
    let said = there.run(&import).await.ok();
    assert!(said.contains("Which kettle?") && said.contains("1 new, 0 known"), "{said}");
    assert!(there.run(&import).await.ok().contains("0 new, 1 known"));
    let server = there.start().await;
    let threads = server.anonymous().all("/api/v1/threads", "items").await;
    assert_eq!((threads.len(), &threads[0]["title"]), (1, &json!("Which kettle?")));
    let author = threads[0]["author"].to_string();
    assert!(author.contains("ada") && author.contains("talk.test"), "{author}");
}

#[tokio::test]
async fn migrating_what_is_up_to_date_changes_nothing() {
    let site = Site::new().await;
    for _ in 0..2 {
        assert_eq!(site.run(&["migrate"]).await.ok(), "the database has the schema of this version");
    }
    site.start().await.stop().await;
}

/// Cy writes, Bo moderates and reports, Ada administers.
#[tokio::test]
async fn reports_and_appeals_are_decided_on_the_command_line_in_somebodys_name() {
    let site = Site::new().await;
    let server = site.start().await;
    for (name, role) in [("ada", "admin"), ("bo", "moderator"), ("cy", "member")] {
        let _ = site.run(&["account", "create", name, "--role", role]).await.ok();
    }
    let _ = site.run(&["board", "create", "talk"]).await.ok();
    let token = async |name: &str, scope: &str| site.run(&["token", "create", name, "--scope", scope]).await.ok();
    let (bo, cy) = (server.api(&token("bo", "moderate").await), server.api(&token("cy", "write").await));
    let new = json!({ "title": "A thread", "text": "Buy!" });
    let thread =
        cy.post("/api/v1/boards/talk/threads", &new).await.expect(201).json()["id"].as_str().unwrap().to_owned();
    bo.post(&format!("/api/v1/comments/{thread}/reports"), &json!({ "category": "spam" })).await.expect(202);

    let listed = site.run(&["reports", "list", "--as", "ada", "--json"]).await.json();
    assert_eq!((&listed[0]["id"], &listed[0]["reports"][0]["by"]), (&json!(thread), &json!("bo")));
    let table = site.run(&["reports", "list", "--as", "ada"]).await.ok();
    assert!(table.contains("A thread") && table.contains("Buy!"), "{table}");
    assert!(site.run(&["reports", "list", "--as", "cy"]).await.refusal(1).contains("You may not"));
    assert!(site.run(&["reports", "list", "--as", "dan"]).await.refusal(1).contains("the name “dan”"));
    let decided = site.run(&["reports", "resolve", &thread, "--as", "ada", "--reason", "advertising"]).await.ok();
    assert_eq!(decided, format!("{thread}: its reports are resolved"));

    let remove = format!("/api/v1/admin/comments/{thread}/remove");
    bo.post(&remove, &json!({ "reason": "advertising" })).await.expect(200);
    cy.post("/api/v1/appeals", &json!({ "comment": thread, "text": "It was a joke." })).await.expect(201);
    let listed = site.run(&["appeals", "list", "--as", "ada", "--json"]).await.json();
    let id = listed[0]["appeal"]["id"].as_str().unwrap();
    assert!(site.run(&["appeals", "grant", id, "--as", "bo"]).await.refusal(1).contains("You removed the comment"));
    let decided = site.run(&["appeals", "grant", id, "--as", "ada", "--reason", "it was"]).await.ok();
    assert_eq!(decided, format!("{id}: the appeal is granted"));
    let log = site.run(&["log", "--moderator", "ada", "--json"]).await.json();
    let deeds: Vec<_> = log.as_array().unwrap().iter().map(|entry| entry["deed"].as_str().unwrap()).collect();
    assert_eq!(deeds, ["grant-appeal", "restore", "resolve-reports"]);
    let table = site.run(&["log", "--comment", &thread]).await.ok();
    assert!(table.lines().any(|line| line.contains("bo") && line.ends_with("advertising")), "{table}");
}

/// Cy writes, Bo and Ada moderate.
#[tokio::test]
async fn what_waits_is_decided_on_the_command_line_in_somebodys_name() {
    let site = Site::new().await.unlimited();
    for (name, role) in [("ada", "admin"), ("bo", "moderator"), ("cy", "member")] {
        let _ = site.run(&["account", "create", name, "--role", role]).await.ok();
    }
    let _ = site.run(&["board", "create", "talk"]).await.ok();
    let rules = site.folder().join("rules.json");
    let held = json!({ "rules": [{ "name": "words", "effect": "hold", "when": { "words": ["xylophone"] } }] });
    std::fs::write(&rules, held.to_string()).unwrap();
    let _ = site.run(&["rules", "set", rules.to_str().unwrap()]).await.ok();
    let server = site.start().await;
    let cy = server.api(&site.run(&["token", "create", "cy", "--scope", "write"]).await.ok());
    let made = async |path: &str, new: serde_json::Value| {
        cy.post(path, &new).await.expect(201).json()["id"].as_str().unwrap().to_owned()
    };
    let thread = made("/api/v1/boards/talk/threads", json!({ "title": "A thread" })).await;
    let replies = format!("/api/v1/comments/{thread}/replies");
    let text = "A xylophone from [my bank](https://evil.example/x)";
    let (one, two) = (made(&replies, json!({ "text": text })).await, made(&replies, json!({ "text": text })).await);
    let three = made(&replies, json!({ "text": text })).await;

    for list in [["queue", "list"], ["moderate", "--plain"]] {
        let table = site.run(&[&list[..], &["--as", "bo"]].concat()).await.ok();
        assert!(table.contains("my bank <https://evil.example/x>") && table.contains("by the rule"), "{table}");
        assert!([&one, &two, &three].iter().all(|id| table.contains(id.as_str())), "{table}");
        assert!(site.run(&[&list[..], &["--as", "cy"]].concat()).await.refusal(1).contains("You may not"));
    }
    let listed = site.run(&["queue", "list", "--as", "bo", "--json"]).await.json();
    assert_eq!((&listed[0]["id"], &listed[0]["edition"]), (&json!(one), &json!("0")));
    let said = site.run(&["queue", "note", &two, "Seen before", "--as", "bo"]).await.ok();
    assert_eq!(said, format!("{two}: The note is kept."));
    let listed = site.run(&["queue", "list", "--as", "ada", "--json"]).await.json();
    assert_eq!(listed[1]["notes"][0]["text"], "Seen before");

    let said = site.run(&["queue", "take", &two, "--as", "bo"]).await.ok();
    assert_eq!(said, format!("{two}: bo works on it"));
    let said = site.run(&["queue", "take", &two, "--as", "ada"]).await.refusal(1);
    assert!(said.contains("bo works on it already"), "{said}");
    let taken = site.run(&["queue", "take", &two, "--as", "ada", "--over", "--json"]).await.json();
    assert_eq!(taken, json!({ "comment_id": two, "assigned_to": "ada" }));

    // Of other words than were read, of several, of what is not there.
    let approve = ["queue", "approve", "--as", "ada"];
    let done = site.run(&[&approve[..], &["--edition", "5", &one]].concat()).await.refusal(1);
    assert!(done.contains(&format!("{one}: Its author has changed it")), "{done}");
    let done = site.run(&[&approve[..], &["--edition", "0", &one, &two]].concat()).await.refusal(1);
    assert!(done.contains("only that one"), "{done}");
    let said = site.run(&[&approve[..], &["--edition", "0", &one]].concat()).await.ok();
    assert_eq!(said, format!("{one}: Let out: a comment."));
    let done = site.run(&[&approve[..], &["999", &three]].concat()).await;
    assert_eq!((done.status.code(), done.stdout.trim_end()), (Some(1), &*format!("{three}: Let out: a comment.")));
    assert!(done.stderr.contains("999: There is no such comment"), "{done:?}");

    // Somebody was quicker: with the same, or with something else.
    let reject = ["queue", "reject", &two, "--reason", "advertising"];
    assert_eq!(site.run(&[&reject[..], &["--as", "bo"]].concat()).await.ok(), format!("{two}: Rejected: a comment."));
    let told = "(advertising).";
    let said = site.run(&[&reject[..], &["--as", "ada"]].concat()).await.ok();
    assert!(said.starts_with(&format!("{two}: bo ")) && said.contains(told), "{said}");
    let said = site.run(&[&reject[..], &["--as", "ada", "--json"]].concat()).await.json();
    assert!(said["done"].is_null() && said["problem"].as_str().unwrap().contains(told), "{said}");
    let done = site.run(&[&approve[..], &[&two]].concat()).await.refusal(1);
    assert!(done.contains(&format!("{two}: bo ")) && done.contains(told), "{done}");
    assert!(site.run(&["queue", "list", "--part", "rejected", "--as", "bo"]).await.ok().contains(&two));
    let said = site.run(&[&approve[..], &["--rejected", &two]].concat()).await.ok();
    assert_eq!(said, format!("{two}: Let out: a comment."));

    let said = site.run(&["queue", "remove", &one, "--as", "bo", "--json"]).await.json();
    assert_eq!(said, json!({ "comment_id": one, "done": "remove", "problem": null }));
    assert!(site.run(&["queue", "list", "--part", "removed", "--as", "bo"]).await.ok().contains(&one));
    let said = site.run(&["queue", "restore", &one, "--as", "bo"]).await.ok();
    assert_eq!(said, format!("{one}: Put back: a comment."));
    let log = site.run(&["log", "--json"]).await.json();
    let entry = |entry: &serde_json::Value| {
        format!("{} {}", entry["moderator"].as_str().unwrap_or("host"), entry["deed"].as_str().unwrap())
    };
    let entries: Vec<_> = log.as_array().unwrap().iter().map(entry).filter(|entry| !entry.contains("rules")).collect();
    assert_eq!(
        entries[..6],
        ["bo restore", "bo remove", "ada approve", "bo reject-comment", "ada approve", "ada approve"]
    );
}

/// Dan, who has no account, tells of what Cy wrote; Bo decides, and Ada reads what was kept.
#[tokio::test]
async fn notices_are_decided_and_copies_read_on_the_command_line_in_somebodys_name() {
    let site = Site::new().await;
    let server = site.start().await;
    for (name, role) in [("ada", "admin"), ("bo", "moderator"), ("cy", "member")] {
        let _ = site.run(&["account", "create", name, "--role", role]).await.ok();
    }
    let _ = site.run(&["board", "create", "talk"]).await.ok();
    let cy = server.api(&site.run(&["token", "create", "cy", "--scope", "write"]).await.ok());
    let new = json!({ "title": "A thread", "text": "She lives at the mill." });
    let thread =
        cy.post("/api/v1/boards/talk/threads", &new).await.expect(201).json()["id"].as_str().unwrap().to_owned();
    let notice = json!({ "addresses": [format!("http://talk.test/c/{thread}")], "category": "privacy",
        "explanation": "It says where she lives.", "name": "Dan", "email": "dan@mail.example", "good_faith": true });
    let told = server.anonymous().post("/api/v1/notices", &notice).await.expect(201).json();

    let listed = site.run(&["notices", "list", "--as", "bo", "--json"]).await.json();
    let id = listed[0]["id"].as_str().unwrap();
    let table = site.run(&["notices", "list", "--as", "bo"]).await.ok();
    assert!(table.contains("It says where she lives.") && table.contains("Dan dan@mail.example"), "{table}");
    assert!(site.run(&["notices", "list", "--as", "cy"]).await.refusal(1).contains("You may not"));
    let decide = ["notices", "decide", id, "removed", "--as", "bo", "--reason", "a private address"];
    assert_eq!(site.run(&decide).await.ok(), format!("{id}: removed"));
    let receipt = format!("/api/v1/notices/{}", told["secret"].as_str().unwrap());
    assert_eq!(server.anonymous().get(&receipt).await.expect(200).json()["reason"], "a private address");

    assert!(site.run(&["preserved", "list", "--as", "bo"]).await.refusal(1).contains("You may not"));
    let copies = site.run(&["preserved", "list", "--as", "ada", "--json"]).await.json();
    let copy = copies[0]["id"].as_str().unwrap();
    let read = site.run(&["preserved", "read", copy, "--as", "ada", "--reason", "asked by a court"]).await.json();
    assert_eq!((&read["title"], &read["source"]), (&json!("A thread"), &json!("She lives at the mill.")));
    let prolong = ["preserved", "prolong", copy, "--days", "400", "--as", "ada", "--reason", "the case goes on"];
    assert!(site.run(&prolong).await.ok().contains("is kept until"));
    let log = site.run(&["log", "--moderator", "ada", "--json"]).await.json();
    let deeds: Vec<_> = log.as_array().unwrap().iter().map(|entry| entry["deed"].as_str().unwrap()).collect();
    assert_eq!(deeds, ["prolong", "read-preserved"]);
    assert!(!server.anonymous().get("/api/v1/modlog").await.expect(200).json().to_string().contains("court"));
}

#[tokio::test]
async fn how_long_what_is_kept_is_told_with_the_settings_of_the_host() {
    let site = Site::new().await.set("RETENTION__NOTICES_DAYS", "1000");
    let table = site.run(&["retention"]).await.ok();
    let line = table.lines().find(|line| line.contains("retention.notices_days")).unwrap();
    assert!(line.starts_with("1000 days"), "{table}");
    let lines = site.run(&["retention", "--json"]).await.json();
    assert_eq!(lines[2]["kept"], "180 days");
    let few = Site::new().await.set("RETENTION__REPORTS_DAYS", "3");
    let refused = few.run(&["retention"]).await;
    assert_eq!(refused.status.code(), Some(1), "too few days to judge reports by");
    assert!(refused.stderr.contains("from 31 to"), "{refused:?}");
}

/// Bo moderates, Cy writes.
#[tokio::test]
async fn threads_are_rearranged_on_the_command_line_in_somebodys_name() {
    let site = Site::new().await;
    let server = site.start().await;
    for (name, role) in [("bo", "moderator"), ("cy", "member")] {
        let _ = site.run(&["account", "create", name, "--role", role]).await.ok();
    }
    for board in ["talk", "quiet"] {
        let _ = site.run(&["board", "create", board]).await.ok();
    }
    let cy = server.api(&site.run(&["token", "create", "cy", "--scope", "write"]).await.ok());
    let made = async |path: &str, new: serde_json::Value| {
        cy.post(path, &new).await.expect(201).json()["id"].as_str().unwrap().to_owned()
    };
    let thread = made("/api/v1/boards/talk/threads", json!({ "title": "A thread" })).await;
    let off = made(&format!("/api/v1/comments/{thread}/replies"), json!({ "text": "By the way" })).await;

    let said =
        site.run(&["threads", "move", &thread, "--board", "quiet", "--as", "bo", "--reason", "wrong place"]).await;
    assert_eq!(said.ok(), format!("{thread}: stands in thread {thread}, on quiet"));
    let said = site.run(&["threads", "split", &off, "--title", "Other", "--board", "talk", "--as", "bo"]).await.ok();
    assert_eq!(said, format!("{off}: stands in thread {off}, on talk"));
    let slow = site.run(&["threads", "slow", &off, "--seconds", "60", "--as", "bo", "--json"]).await.json();
    assert_eq!(slow["slow_seconds"], 60);
    let covered = site.run(&["threads", "nsfw", &off, "--as", "bo", "--json"]).await.json();
    assert_eq!(covered["sensitive"], true);
    let locked = site.run(&["threads", "lock", &off, "--as", "bo", "--json"]).await.json();
    assert_eq!(locked["locked"], true);
    let said = site.run(&["threads", "merge", &off, "--into", &thread, "--as", "bo"]).await.ok();
    assert_eq!(said, format!("{off}: stands in thread {thread}, on quiet"));
    assert!(site.run(&["threads", "pin", &off, "--as", "bo"]).await.refusal(1).contains("merged into thread"));
    assert!(
        site.run(&["threads", "move", &thread, "--board", "talk", "--as", "cy"])
            .await
            .refusal(1)
            .contains("You may not")
    );
    let read = server.anonymous().get(&format!("/api/v1/threads/{thread}")).await.expect(200).json();
    assert_eq!((&read["thread"]["board"], &read["comments"][0]["id"]), (&json!("quiet"), &json!(off)));
    let log = site.run(&["log", "--moderator", "bo", "--json"]).await.json();
    let deeds: Vec<_> = log.as_array().unwrap().iter().map(|entry| entry["deed"].as_str().unwrap()).collect();
    assert_eq!(deeds, ["merge", "lock", "cover", "slow", "split", "move"]);
}
