//! Boards of other servers that are followed from here, and threads that others open here: said and heard by a server that is not ours.

use actions::elsewhere::work;
use serde_json::{Value, json};
use storage::inbox::State;

use crate::peer::Peer;
use crate::received::{reason, waiting};
use crate::world::{HOST, World};

/// A path of the API about a board.
fn board(name: &str, rest: &str) -> String {
    let name = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
    format!("/api/v1/boards/{name}{rest}")
}

/// A board of another server that Ana follows.
struct Followed {
    world: World,
    peer: Peer,
    /// Its id.
    group: String,
    /// Its handle.
    handle: String,
}

impl Followed {
    /// Nobody has said yes yet.
    async fn asked() -> Self {
        let (world, peer) = (World::new().await, Peer::new().await);
        let group = peer.group("news");
        let answer = world.ana.post(&board(&group, "/follow"), json!({})).await.is(200);
        let handle = format!("news@{}", peer.host());
        assert_eq!((answer.text("/state"), answer.text("/board/handle")), ("asked".into(), handle.clone()));
        Self { world, peer, group, handle }
    }

    async fn new() -> Self {
        let followed = Self::asked().await;
        let follow = followed.said("Follow").await.remove(0);
        followed.answer("accepts/1", "Accept", &follow).await;
        assert_eq!(followed.state().await, "accepted");
        followed
    }

    /// What was said to the other server, of one kind.
    async fn said(&self, kind: &str) -> Vec<Value> {
        waiting(&self.world, &self.peer).await.into_iter().filter(|said| said["type"] == kind).collect()
    }

    async fn answer(&self, path: &str, kind: &str, follow: &Value) {
        self.peer.say(&self.world, &self.peer.activity_of("news", path, kind, follow)).await;
    }

    async fn state(&self) -> String {
        self.world.ana.get(&board(&self.handle, "/follow")).await.is(200).text("/state")
    }

    /// A note of Bo's that begins a thread, which the board passes on; its id.
    async fn passed_on(&self, path: &str, note: &Value) -> String {
        self.peer.show(path, note.clone());
        let id = self.peer.id(path);
        let announce = self.peer.activity_of("news", &format!("announces/{path}"), "Announce", &json!(id));
        self.peer.say(&self.world, &announce).await;
        id
    }

    /// The threads of the board.
    async fn threads(&self) -> Value {
        self.world.anon.get(&board(&self.handle, "/threads")).await.is(200).at("/items")
    }
}

fn opening(peer: &Peer, path: &str, content: &str) -> Value {
    let mut note = peer.note(path, "", content);
    note.as_object_mut().unwrap().remove("inReplyTo");
    note
}

#[tokio::test]
async fn a_board_elsewhere_is_asked_and_listed_with_its_server() {
    let it = Followed::asked().await;
    let follow = it.said("Follow").await.remove(0);
    assert_eq!((&follow["object"], &follow["actor"]), (&json!(it.group), &json!(format!("{HOST}/u/ana"))));
    // What is said to one is shown to nobody else.
    let path = follow["id"].as_str().unwrap().trim_start_matches(HOST).to_owned();
    it.world.document(&path).await.refused(404, "not-found");
    let listed = it.world.anon.get("/api/v1/boards").await.is(200);
    assert_eq!(listed.all("/items", "/handle"), [json!("talk"), json!(it.handle)]);
    let one = it.world.anon.get(&board(&it.handle, "")).await.is(200);
    assert_eq!((one.text("/host"), one.text("/uri")), (it.peer.host().to_owned(), it.group.clone()));
    assert_eq!(
        (one.text("/title"), one.text("/about_html")),
        ("All about news".into(), "<p dir=\"auto\">Whatever is <b>new</b>.</p>".into())
    );
    // Asked again at once, nothing more is said.
    it.world.ana.post(&board(&it.handle, "/follow"), json!({})).await;
    it.world.ana.post(&board(&it.group, "/follow"), json!({})).await.is(200);
    assert_eq!(it.said("Follow").await.len(), 1);
}

#[tokio::test]
async fn c21_only_who_was_asked_answers_and_only_what_was_sent() {
    let it = Followed::asked().await;
    let follow = it.said("Follow").await.remove(0);
    // Somebody else says yes; the board says yes to what was never asked.
    it.peer.say(&it.world, &it.peer.activity("accepts/1", "Accept", &follow)).await;
    it.answer("accepts/2", "Accept", &json!(format!("{HOST}/activities/7"))).await;
    it.answer("accepts/3", "Accept", &json!(it.peer.id("follows/1"))).await;
    let mut by_another = follow.clone();
    by_another.as_object_mut().unwrap().remove("id");
    by_another["actor"] = json!(format!("{HOST}/u/bo"));
    it.answer("accepts/4", "Accept", &by_another).await;
    // Another board of that server answers for this one.
    let other = it.peer.group("other");
    it.world.bo.post(&board(&other, "/follow"), json!({})).await.is(200);
    it.peer.say(&it.world, &it.peer.activity_of("other", "accepts/5", "Accept", &follow)).await;
    assert_eq!(it.state().await, "asked");
    assert_eq!(reason(&it.world, State::Ignored).await, "it answers nothing that was asked of who says it");
    // Then it is so; by the id alone, too.
    it.answer("accepts/6", "Accept", &follow["id"]).await;
    assert_eq!(it.state().await, "accepted");
    it.answer("rejects/1", "Reject", &follow).await;
    assert_eq!(it.state().await, "refused");
    assert_eq!(it.world.anon.get("/api/v1/boards").await.all("/items", "/handle").len(), 2, "Bo has asked the other");
}

#[tokio::test]
async fn what_is_no_board_elsewhere_is_not_followed() {
    let (world, peer) = (World::new().await, Peer::new().await);
    for (name, why) in [
        (peer.id("users/bo"), "it is no board"),
        (peer.id("users/nobody"), "could not be fetched"),
        (format!("{HOST}/b/talk"), "at home here"),
        ("talk@talk.example".into(), "at home here"),
        ("talk".into(), "a name and a host"),
        ("javascript://x".into(), "address"),
    ] {
        let refused = world.ana.post(&board(&name, "/follow"), json!({})).await.refused(422, "bad-field");
        assert!(refused.text("/detail").contains(why), "{name}: {}", refused.body());
    }
    world.ana.delete(&board("talk", "/follow")).await.refused(422, "bad-field");
    world.ana.delete(&board("news@nowhere.example", "/follow")).await.refused(404, "not-found");
    world.ana.get(&board("talk", "/follow")).await.refused(404, "not-found");
    assert_eq!(world.anon.get("/api/v1/boards").await.all("/items", "/handle"), [json!("talk")]);
}

#[tokio::test]
async fn what_a_followed_board_passes_on_begins_threads_on_it() {
    let it = Followed::new().await;
    let mut page = opening(&it.peer, "notes/1", "<p>It whistles.</p>");
    page["type"] = json!("Page");
    page["name"] = json!("A kettle");
    page["audience"] = json!(it.group);
    page["attachment"] = json!([{ "type": "Link", "href": "https://kettles.example/1" }]);
    it.passed_on("notes/1", &page).await;
    it.passed_on("notes/2", &opening(&it.peer, "notes/2", "<p>Which <b>pan</b>?</p><p>I have none.</p>")).await;
    // The same again, by the activity that made it, as FEP-1b12 has it.
    let create = it.peer.activity("creates/1", "Create", &page);
    it.peer.say(&it.world, &it.peer.activity_of("news", "announces/again", "Announce", &create)).await;
    let threads = it.threads().await;
    let titles: Vec<_> = threads.as_array().unwrap().iter().map(|thread| thread["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["Which pan?", "A kettle"], "{threads}");
    assert_eq!((&threads[1]["url"], &threads[1]["board"]), (&json!("https://kettles.example/1"), &json!(it.handle)));
    assert_eq!(threads[0]["author"]["handle"], json!(format!("bo@{}", it.peer.host())));
    let id = threads[0]["id"].as_str().unwrap();
    let thread = it.world.anon.get(&format!("/api/v1/threads/{id}")).await.is(200);
    assert_eq!(thread.text("/thread/html"), "<p dir=\"auto\">I have none.</p>");
    // Comments come by what they answer; those that come first find their thread.
    it.peer.show("notes/3", opening(&it.peer, "notes/3", "<p>Pots</p>"));
    it.peer.show("notes/4", it.peer.note("notes/4", &it.peer.id("notes/3"), "<p>Of clay.</p>"));
    let comment = it.peer.activity_of("news", "announces/4", "Announce", &json!(it.peer.id("notes/4")));
    it.peer.say(&it.world, &comment).await;
    assert_eq!(
        (&it.threads().await[0]["title"], &it.threads().await[0]["comments_count"]),
        (&json!("Pots"), &json!(1))
    );
}

#[tokio::test]
async fn what_nobody_here_follows_begins_nothing() {
    let it = Followed::asked().await;
    // It has not said yes.
    it.passed_on("notes/1", &opening(&it.peer, "notes/1", "<p>Too early.</p>")).await;
    let follow = it.said("Follow").await.remove(0);
    it.answer("accepts/1", "Accept", &follow).await;
    // Not the board, but somebody: whether they say that it is for the board or not.
    let mut note = opening(&it.peer, "notes/2", "<p>Not passed on.</p>");
    note["cc"] = json!([it.group]);
    note["audience"] = json!(it.group);
    it.peer.show("notes/2", note.clone());
    it.peer.say(&it.world, &it.peer.activity("announces/2", "Announce", &json!(it.peer.id("notes/2")))).await;
    it.peer.say(&it.world, &it.peer.activity("creates/2", "Create", &note)).await;
    assert_eq!(it.threads().await, json!([]));
    // Nobody any more.
    it.world.ana.delete(&board(&it.handle, "/follow")).await.is(204);
    it.world.ana.delete(&board(&it.handle, "/follow")).await.is(204);
    let undone = it.said("Undo").await;
    assert_eq!((undone.len(), &undone[0]["object"]["id"]), (1, &follow["id"]));
    assert_eq!((&undone[0]["object"]["type"], &undone[0]["actor"]), (&json!("Follow"), &follow["actor"]));
    it.passed_on("notes/3", &opening(&it.peer, "notes/3", "<p>Too late.</p>")).await;
    assert_eq!(reason(&it.world, State::Ignored).await, "it answers nothing, and is for no board that is here");
    assert_eq!(it.threads().await, json!([]));
    assert_eq!(it.world.anon.get("/api/v1/boards").await.all("/items", "/handle"), [json!("talk")]);
    it.world.anon.get(&board(&it.handle, "")).await.is(200);
    let new = json!({ "title": "Hello", "text": "Is anybody there?" });
    it.world.ana.post(&board(&it.handle, "/threads"), new).await.refused(403, "forbidden");
}

#[tokio::test]
async fn what_is_said_here_on_a_board_elsewhere_goes_there_and_is_passed_on_by_it() {
    let it = Followed::new().await;
    it.passed_on("notes/1", &opening(&it.peer, "notes/1", "<p>Which pan?</p>")).await;
    // Somebody follows all that our boards say: they say nothing of what is not theirs.
    it.peer.say(&it.world, &it.peer.activity("follows/1", "Follow", &json!(format!("{HOST}/b/talk.all")))).await;
    let thread = it.threads().await[0]["id"].as_str().unwrap().to_owned();
    let comment = it.world.reply(&it.world.ana, &thread, "An *iron* one.").await;
    it.world.ana.patch(&format!("/api/v1/comments/{comment}"), json!({ "text": "A steel one." })).await.is(200);
    let created = it.said("Create").await.remove(0);
    let note = &created["object"];
    assert_eq!(note["inReplyTo"], json!(it.peer.id("notes/1")));
    assert_eq!(
        (&note["audience"], &note["cc"][0], &created["audience"]),
        (&json!(it.group), &json!(it.group), &json!(it.group))
    );
    assert_eq!(note["tag"][0], json!({ "type": "Mention", "href": it.group, "name": format!("@{}", it.handle) }));
    assert_eq!(it.world.document(&format!("/c/{comment}")).await.is(200).at("/audience"), json!(it.group));
    assert_eq!((it.said("Update").await.len(), it.said("Announce").await.len()), (1, 0));
    // What comes back is ours, and stands once.
    let mine = json!(format!("{HOST}/c/{comment}"));
    it.peer.say(&it.world, &it.peer.activity_of("news", "announces/mine", "Announce", &mine)).await;
    let shown = it.world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200);
    assert_eq!(shown.all("/comments", "/id"), [json!(comment)]);

    it.world.ana.delete(&format!("/api/v1/comments/{comment}")).await.is(204);
    let deleted = it.said("Delete").await.remove(0);
    assert_eq!((&deleted["object"]["id"], &deleted["audience"]), (&mine, &json!(it.group)));
}

#[tokio::test]
async fn votes_go_to_the_board_and_to_the_author() {
    let it = Followed::new().await;
    it.passed_on("notes/1", &opening(&it.peer, "notes/1", "<p>Which pan?</p>")).await;
    let thread = it.threads().await[0]["id"].as_str().unwrap().to_owned();
    let mine = it.world.reply(&it.world.ana, &thread, "An iron one.").await;
    for (who, what) in [(&it.world.ana, &thread), (&it.world.bo, &mine)] {
        it.world.anon.get(&format!("/api/v1/comments/{what}")).await.is(200);
        who.put(&format!("/api/v1/comments/{what}/vote"), json!({ "value": 1 })).await.is(200);
    }
    let inboxes = inboxes(&it).await;
    // Both are at home on one server, which takes it once.
    let to = it.peer.id("inbox");
    let expected = [(it.peer.id("notes/1"), to.clone()), (format!("{HOST}/c/{mine}"), to)];
    assert_eq!(inboxes, expected);
    assert_eq!(it.said("Like").await[0]["to"], json!([it.peer.id("users/bo"), it.group]));
    it.world.bo.put(&format!("/api/v1/comments/{mine}/vote"), json!({ "value": 0 })).await.is(200);
    assert_eq!(it.said("Undo").await[0]["object"]["object"], json!(format!("{HOST}/c/{mine}")));
}

/// What was liked, and where that is brought.
async fn inboxes(it: &Followed) -> Vec<(String, String)> {
    let host = it.peer.host().to_owned();
    let waiting = it.world.app.ctx.db().read(move |tx| storage::outbox::waiting(tx, &host, &[], 100)).await.unwrap();
    let mut likes = Vec::new();
    for delivery in waiting {
        let body: Value = serde_json::from_str(&delivery.body).unwrap();
        if body["type"] == "Like" {
            likes.push((body["object"].as_str().unwrap().to_owned(), delivery.inbox));
        }
    }
    likes.sort();
    likes
}

#[tokio::test]
async fn a_thread_on_a_board_elsewhere_is_no_actor_of_ours() {
    let it = Followed::new().await;
    let root = it.passed_on("notes/1", &opening(&it.peer, "notes/1", "<p>Which pan?</p>")).await;
    let theirs = it.threads().await[0]["id"].as_str().unwrap().to_owned();
    let new = json!({ "title": "Which pot?", "text": "I need one." });
    let ours = it.world.ana.post(&board(&it.handle, "/threads"), new).await.is(201).text("/id");
    for (thread, home) in [(&theirs, root), (&ours, format!("{HOST}/c/{ours}"))] {
        let answer = it.world.document(&format!("/t/{thread}")).await.is(302);
        assert_eq!(answer.header("location"), home);
        for part in ["followers", "outbox"] {
            it.world.document(&format!("/t/{thread}/{part}")).await.refused(404, "not-found");
        }
        let name = format!("/.well-known/webfinger?resource=acct:t-{thread}@talk.example");
        it.world.anon.get(&name).await.refused(404, "not-found");
        let follow = it.peer.activity(&format!("follows/{thread}"), "Follow", &json!(format!("{HOST}/t/{thread}")));
        it.peer.say(&it.world, &follow).await;
        assert_eq!(reason(&it.world, State::Refused).await, "what is to be followed is nobody here");
        // Readers find the page.
        it.world.anon.get_with(&format!("/t/{thread}"), "accept", "text/html").await.is(303);
    }
    for path in [format!("/b/{}", it.handle), format!("/b/{}", it.handle.replace('@', "%40"))] {
        let answer = it.world.document(&path).await.is(302);
        assert_eq!(answer.header("location"), it.group);
    }
    it.world.document("/b/none@nowhere.example").await.refused(404, "not-found");
    assert_eq!(it.world.document("/u/ana/following").await.is(200).at("/totalItems"), json!(1));
}

#[tokio::test]
async fn a_public_note_that_names_a_board_of_ours_begins_a_thread_there() {
    let (world, peer) = (World::new().await, Peer::new().await);
    peer.say(&world, &peer.activity("follows/1", "Follow", &json!(format!("{HOST}/b/talk")))).await;
    let mut note = opening(
        &peer,
        "notes/1",
        "<p><a href=\"https://talk.example/b/talk\" class=\"u-url mention\">@talk</a> Which kettle?</p>",
    );
    note["tag"] = json!([{ "type": "Mention", "href": format!("{HOST}/b/talk"), "name": "@talk@talk.example" }]);
    peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
    peer.say(&world, &peer.activity("creates/2", "Create", &note)).await;
    let listed = world.anon.get("/api/v1/boards/talk/threads").await.is(200);
    assert_eq!(listed.all("/items", "/title"), [json!("Which kettle?")]);
    let thread = listed.text("/items/0/id");
    // It is ours to pass on, and an actor of ours.
    let announced = waiting(&world, &peer).await.pop().unwrap();
    assert_eq!((&announced["type"], &announced["object"]), (&json!("Announce"), &note["id"]));
    world.document(&format!("/t/{thread}")).await.is(200);
    // Its author can call it otherwise.
    let mut changed = note.clone();
    changed["content"] = json!("<p>Which pot?</p><p>Of clay.</p>");
    changed["updated"] = json!("2027-01-15T07:30:00Z");
    peer.say(&world, &peer.activity("updates/1", "Update", &changed)).await;
    let shown = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200);
    assert_eq!(
        (shown.text("/thread/title"), shown.text("/thread/html")),
        ("Which pot?".into(), "<p dir=\"auto\">Of clay.</p>".into())
    );
    changed["content"] = json!("<p>Which bowl?</p><p>Of clay.</p>");
    changed["updated"] = json!("2027-01-15T07:40:00Z");
    peer.say(&world, &peer.activity("updates/2", "Update", &changed)).await;
    let renamed = world.anon.get(&format!("/api/v1/threads/{thread}")).await.is(200);
    assert_eq!(renamed.text("/thread/title"), "Which bowl?");
    assert_ne!(renamed.header("etag"), shown.header("etag"));
    let found = world.anon.get("/api/v1/search?q=bowl").await.is(200);
    assert_eq!(found.at("/items").as_array().unwrap().len(), 1);

    world.admin.patch("/api/v1/boards/talk", json!({ "remote_threads": false })).await.is(200);
    let other = opening(&peer, "notes/2", "<p>Another</p>");
    let mut other = other;
    other["to"].as_array_mut().unwrap().push(json!(format!("{HOST}/b/talk")));
    peer.say(&world, &peer.activity("creates/3", "Create", &other)).await;
    assert!(reason(&world, State::Refused).await.contains("Only people of its own server may"));
    // What is private, or has nothing to be called by, or is for nobody here.
    world.admin.patch("/api/v1/boards/talk", json!({ "remote_threads": true })).await.is(200);
    let mut private = other.clone();
    private["id"] = json!(peer.id("notes/3"));
    private["to"] = json!([format!("{HOST}/b/talk")]);
    private["cc"] = json!([]);
    peer.say(&world, &peer.activity("creates/4", "Create", &private)).await;
    assert_eq!(reason(&world, State::Ignored).await, "it is private, and is shown to nobody");
    let mut empty = other.clone();
    empty["id"] = json!(peer.id("notes/4"));
    empty["content"] = json!("<p>@talk@talk.example</p>");
    peer.say(&world, &peer.activity("creates/5", "Create", &empty)).await;
    assert!(reason(&world, State::Refused).await.contains("title"), "{}", reason(&world, State::Refused).await);
    let nowhere = opening(&peer, "notes/5", "<p>For nobody</p>");
    peer.say(&world, &peer.activity("creates/6", "Create", &nowhere)).await;
    assert_eq!(reason(&world, State::Ignored).await, "it answers nothing, and is for no board that is here");
    assert_eq!(world.anon.get("/api/v1/boards/talk/threads").await.at("/items").as_array().unwrap().len(), 1);
    assert_eq!(work::round(&world.app.ctx).await.unwrap(), 0);
}

#[tokio::test]
async fn what_comes_from_elsewhere_is_not_counted_as_ours() {
    let (world, peer) = (World::new().await, Peer::new().await);
    let thread = world.thread("Ours").await;
    world.reply(&world.bo, &thread, "Ours, too.").await;
    let mut note = opening(&peer, "notes/1", "<p>Theirs</p>");
    note["audience"] = json!(format!("{HOST}/b/talk"));
    peer.say(&world, &peer.activity("creates/1", "Create", &note)).await;
    let answer = peer.note("notes/2", &format!("{HOST}/c/{thread}"), "<p>Theirs, too.</p>");
    peer.say(&world, &peer.activity("creates/2", "Create", &answer)).await;
    let numbers = world.anon.get("/nodeinfo/2.1").await.is(200);
    assert_eq!((numbers.at("/usage/localPosts"), numbers.at("/usage/localComments")), (json!(1), json!(1)));
    assert_eq!(world.anon.get("/api/v1/threads").await.at("/items").as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn pages_say_where_a_board_is_at_home_and_have_forms_to_follow_it() {
    let it = Followed::new().await;
    let path = format!("/b/{}", it.handle);
    let page = it.world.anon.get(&path).await.is(200).body();
    assert!(page.contains("at home on") && page.contains(&it.group) && !page.contains("Unfollow"), "{page}");
    let page = it.world.ana.get(&path).await.is(200).body();
    assert!(page.contains("You follow it.") && page.contains("Unfollow"), "{page}");
    it.world.ana.form(&format!("{path}/followed"), &[("intent", "unfollow")]).await.is(303);
    assert!(it.world.ana.get(&path).await.body().contains(">Follow<"));
    let followed = it.world.ana.form(&format!("{path}/followed"), &[("intent", "follow")]).await.is(303);
    assert_eq!(followed.header("location"), path);
    assert!(it.world.ana.get(&path).await.body().contains("it has not answered yet"));

    let boards = it.world.ana.get("/boards").await.is(200).body();
    assert!(boards.contains("Follow a board of another server") && boards.contains(it.peer.host()), "{boards}");
    assert!(!it.world.anon.get("/boards").await.body().contains("Follow a board of another server"));
    let other = it.peer.group("other");
    let followed = it.world.ana.form("/boards/follow", &[("name", &other)]).await.is(303);
    assert_eq!(followed.header("location"), format!("/b/other@{}", it.peer.host()));
    let refused = it.world.ana.form("/boards/follow", &[("name", "nothing <b>")]).await.is(422).body();
    assert!(refused.contains("a name and a host") && refused.contains("nothing &lt;b&gt;"), "{refused}");
}

#[tokio::test]
async fn a_board_that_is_gone_is_followed_by_nobody_and_can_still_be_read() {
    let it = Followed::new().await;
    it.passed_on("notes/1", &opening(&it.peer, "notes/1", "<p>Which pan?</p>")).await;
    let leaves = |path: &str| it.peer.activity_of("news", path, "Delete", &json!(it.group));
    it.peer.say(&it.world, &leaves("deletes/1")).await;
    assert_eq!(it.state().await, "accepted", "its server does not say so");
    it.peer.show("users/news", Value::Null);
    it.peer.say(&it.world, &leaves("deletes/2")).await;
    assert_eq!(it.state().await, "refused");
    assert_eq!(it.world.anon.get("/api/v1/boards").await.all("/items", "/handle"), [json!("talk")]);
    assert_eq!(it.threads().await.as_array().unwrap().len(), 1);
    it.world.ana.post(&board(&it.group, "/follow"), json!({})).await.refused(422, "bad-field");
    // Who leaves it has nobody to tell.
    it.world.ana.delete(&board(&it.handle, "/follow")).await.is(204);
    assert_eq!(it.said("Undo").await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_board_that_calls_itself_otherwise_is_called_so_here() {
    let it = Followed::new().await;
    let mut group = it.peer.actor("news", &it.peer.key);
    group["type"] = json!("Group");
    group["name"] = json!("What is new");
    it.peer.show("users/news", group.clone());
    it.peer.say(&it.world, &it.peer.activity_of("news", "updates/1", "Update", &group)).await;
    let now = it.world.anon.get(&board(&it.handle, "")).await.is(200);
    assert_eq!((now.text("/title"), now.text("/about_html")), ("What is new".into(), String::new()));
    // It is described there, and not here.
    let change = json!({ "title": "Ours" });
    it.world.admin.patch(&board(&it.handle, ""), change).await.refused(403, "forbidden");
}
