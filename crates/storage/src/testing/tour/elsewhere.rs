//! What is asked and kept of other servers.

use domain::policy::{Coverage, Entry};
use domain::{ActorId, BoardId, CommentId, Level, Origin, State, ThreadId};

use super::{ACTOR, BOARD, NOW, PAGE};
use crate::actors::Actor;
use crate::blocklists;
use crate::follows::{self, Address, Followed};
use crate::inbox::{self, Arrival};
use crate::keys::{self, Holder, Pair};
use crate::objects::{self, Object};
use crate::outbox::{self, Activity, Reach};
use crate::peers::{self, Dialect, Failure};
use crate::policies::{self, Policy};
use crate::remotes::{self, Kind, Presence, Remote};
use crate::testing::generate::Landmarks;
use crate::testing::generate::elsewhere::{FIRST_REMOTE, actor, host};
use crate::testing::plans::purpose;
use crate::testing::world;
use crate::{Error, Read, Result, Write, actors, boards, hidden};

const REMOTE: ActorId = ActorId(FIRST_REMOTE + 7);

pub(super) fn reading(tx: &mut Read, content: Landmarks) -> Result<()> {
    actors_there(tx)?;
    let root = content.typical.root();
    purpose("objects::by_uri");
    objects::by_uri(tx, "https://peer7.example/notes/7")?;
    purpose("objects::comment_of");
    objects::comment_of(tx, "https://peer7.example/notes/7")?;
    purpose("objects::of_comments");
    objects::of_comments(tx, &[root, CommentId(1)])?;
    purpose("objects::is_barred");
    objects::is_barred(tx, "https://peer7.example/gone/7")?;
    purpose("keys::find");
    keys::find(tx, Holder::Person(ACTOR))?;
    for followed in [
        Followed::Threads(BOARD),
        Followed::Everything(BOARD),
        Followed::Thread(content.typical),
        Followed::Person(ACTOR),
    ] {
        purpose("follows::count");
        follows::count(tx, followed)?;
        purpose("follows::addresses");
        follows::addresses(tx, &[followed])?;
    }
    decisions(tx)?;
    arrivals(tx)?;
    deliveries(tx)
}

fn decisions(tx: &mut Read) -> Result<()> {
    purpose("policies::find");
    policies::find(tx, &host(7))?;
    purpose("policies::page");
    policies::page(tx, "", PAGE)?;
    purpose("policies::all");
    policies::all(tx)?;
    purpose("policies::all_with_times");
    policies::all_with_times(tx)?;
    purpose("blocklists::all");
    blocklists::all(tx, 20)?;
    purpose("blocklists");
    blocklists::find(tx, 7)?;
    blocklists::lines(tx, 7)?;
    blocklists::naming(tx, &[host(7)])?;
    purpose("policies::of_hosts");
    policies::of_hosts(tx, &["a.peer7.example"])?;
    purpose("hidden::hosts");
    hidden::hosts(tx, "", 10)?;
    purpose("hidden::actors_of");
    hidden::actors_of(tx, &host(7), "", PAGE)?;
    purpose("hidden::any");
    hidden::any(tx, &host(7))?;
    purpose("hidden::is_hidden");
    hidden::is_hidden(tx, CommentId(1))?;
    purpose("follows::of_actors");
    follows::of_actors(tx, &[REMOTE, ACTOR])?;
    purpose("boards::of_host");
    boards::of_host(tx, &host(7))?;
    Ok(())
}

fn actors_there(tx: &mut Read) -> Result<()> {
    purpose("remotes::any");
    remotes::any(tx)?;
    purpose("remotes::by_uri");
    remotes::by_uri(tx, &actor(7))?;
    purpose("remotes::of_actor");
    remotes::of_actor(tx, REMOTE)?;
    purpose("remotes::uris");
    remotes::uris(tx, &[REMOTE, ACTOR])?;
    purpose("remotes::is_taken");
    remotes::is_taken(tx, &host(7), "stranger7", "https://peer7.example/users/other")?;
    Ok(())
}

fn arrivals(tx: &mut Read) -> Result<()> {
    purpose("inbox::is_known");
    inbox::is_known(tx, "https://peer7.example/activities/7", Some(NOW))?;
    purpose("inbox::page");
    let first = inbox::page(tx, inbox::State::Refused, None, PAGE)?;
    let last = first.last().map(|last| last.id);
    inbox::page(tx, inbox::State::Refused, last, PAGE)?;
    purpose("inbox::find");
    inbox::find(tx, last.unwrap_or(1))?;
    purpose("inbox::waiting");
    inbox::waiting(tx)?;
    Ok(())
}

fn deliveries(tx: &mut Read) -> Result<()> {
    purpose("outbox::public");
    outbox::public(tx, 7)?;
    purpose("outbox::due");
    outbox::due(tx, NOW, 320)?;
    purpose("outbox::waiting");
    outbox::waiting(tx, &host(7), &["https://peer7.example/users/9/inbox".to_owned()], 16)?;
    for host in [None, Some(host(7))] {
        purpose("outbox::page");
        let first = outbox::page(tx, outbox::State::GivenUp, host.as_deref(), None, PAGE)?;
        outbox::page(tx, outbox::State::Waiting, host.as_deref(), first.last().map(|last| last.id), PAGE)?;
    }
    purpose("outbox::find");
    outbox::find(tx, 7)?;
    purpose("outbox::last_error");
    outbox::last_error(tx, &host(7))?;
    purpose("outbox::totals");
    outbox::totals(tx)?;
    purpose("peers::find");
    peers::find(tx, &host(7))?;
    purpose("peers::page");
    peers::page(tx, &host(7), PAGE)?;
    purpose("peers::backlog");
    peers::backlog(tx, &host(7))?;
    purpose("peers::oldest");
    peers::oldest(tx, &host(7))?;
    purpose("peers::failing");
    peers::failing(tx, PAGE)?;
    purpose("peers::census");
    peers::census(tx)?;
    purpose("peers::next_due");
    peers::next_due(tx, NOW)?;
    Ok(())
}

pub(super) fn writing(tx: &mut Write, content: Landmarks) -> Result<()> {
    purpose("elsewhere: somebody new");
    let new = stranger(tx)?;
    remotes::update(tx, &new)?;
    let followed = Followed::Thread(content.typical);
    follows::insert(tx, followed, new.actor, "https://peer7.example/follow", NOW)?;
    follows::renew(tx, followed, new.actor, "https://peer7.example/again", NOW)?;
    follows::take_back(tx, followed, new.actor, NOW)?;
    follows::remove(tx, followed, new.actor)?;
    follows::take_back_by_uri(tx, REMOTE, "https://peer7.example/follow", NOW)?;
    remotes::set_gone(tx, new.actor, NOW)?;
    follows::remove_all(tx, new.actor)?;
    follows::drop_inbox(tx, "https://peer7.example/users/7/inbox")?;
    purpose("elsewhere: a comment");
    objects::hold(tx, "https://peer7.example/notes/new")?;
    let (uri, comment) = ("https://peer7.example/notes/new".to_owned(), comment_of_ours(tx, content.typical)?);
    objects::insert(tx, &Object { uri: uri.clone(), comment, url: None, updated: NOW, announced: true })?;
    objects::set_updated(tx, &uri, NOW.plus_ms(1))?;
    objects::bar(tx, "https://peer7.example/gone/new", NOW)?;
    objects::unbar(tx, "https://peer7.example/gone/newer")?;
    let pair = Pair { private: vec![0], public: String::new() };
    keys::keep(tx, Holder::Board(BoardId(5)), pair.clone(), NOW)?;
    keys::replace(tx, Holder::Board(BoardId(5)), pair, NOW)?;
    came(tx)?;
    said(tx)?;
    decided(tx)
}

fn decided(tx: &mut Write) -> Result<()> {
    purpose("policies::set");
    let entry = Entry { level: Level::Block, coverage: Coverage::Host };
    let policy = Policy { host: host(7), entry, reason: String::new(), by: Some(ACTOR), decided: NOW };
    policies::set(tx, &policy)?;
    purpose("policies::remove");
    policies::remove(tx, &host(7))?;
    purpose("blocklists: one");
    let id = world::id();
    let state = blocklists::State::default();
    blocklists::insert(tx, &blocklists::Blocklist { id, url: String::new(), created: NOW, state: state.clone() })?;
    blocklists::set(tx, id, &state)?;
    let (refused, applied, reason) = (Some(None), Some(NOW), String::new());
    blocklists::keep(tx, id, &blocklists::Line { host: host(7), says: None, reason, refused, applied })?;
    blocklists::forget(tx, id, &host(7))?;
    blocklists::remove(tx, id)?;
    purpose("hidden: a host");
    hidden::of_host(tx, &host(7), PAGE)?;
    let those = hidden::seen_of(tx, &[ACTOR], 1)?;
    hidden::hide(tx, &host(7), &those, (State::Removed, State::Held))?;
    hidden::show(tx, &those)?;
    hidden::forget(tx, &those)?;
    hidden::stay(tx, CommentId(1))?;
    outbox::drop_host(tx, &host(7), i64::MAX)?;
    Ok(())
}

fn stranger(tx: &mut Write) -> Result<Remote> {
    let id = ActorId(world::id());
    actors::insert(tx, &Actor { host: host(7), origin: Origin::Remote, ..world::local(id, "new") })?;
    let uri = "https://peer7.example/users/new".to_owned();
    let new = Remote {
        actor: id,
        kind: Kind::Person,
        inbox: format!("{uri}/inbox"),
        shared_inbox: None,
        followers: None,
        url: None,
        key_id: format!("{uri}#main-key"),
        key: "a key".into(),
        presence: Presence::There,
        fetched: NOW,
        uri,
    };
    remotes::insert(tx, &new)?;
    Ok(new)
}

/// One that is at home here.
fn comment_of_ours(tx: &mut Write, thread: ThreadId) -> Result<CommentId> {
    let root = thread.root();
    world::reply(tx, root, ACTOR, "from elsewhere")
}

fn came(tx: &mut Write) -> Result<()> {
    purpose("inbox::insert");
    let (uri, by, host) = ("https://peer7.example/activities/new", actor(7), host(7));
    let new = Arrival {
        id: world::id(),
        uri,
        actor: &by,
        host: &host,
        kind: "Create",
        body: "{}",
        received: NOW,
        again: None,
    };
    inbox::insert(tx, &new)?;
    purpose("inbox::lease");
    let leased = inbox::lease(tx, NOW, NOW.plus_ms(1), 16, &mut |_| true)?;
    purpose("inbox: settling");
    let one = leased.first().ok_or(Error::Unknown("what came and waits"))?.id;
    inbox::again(tx, one, NOW, "")?;
    inbox::give_back(tx, &[one])?;
    inbox::settle(tx, one, inbox::State::Done, "")?;
    inbox::settle(tx, one, inbox::State::Failed, "")?;
    inbox::replay(tx, one, NOW)?;
    inbox::hasten(tx, &host, NOW)?;
    Ok(())
}

fn said(tx: &mut Write) -> Result<()> {
    purpose("outbox::say");
    let activity = Activity {
        id: world::id(),
        body: "{}".into(),
        signer: Holder::Instance,
        key_id: String::new(),
        reach: Reach::Public,
        created: NOW,
        words_of: None,
    };
    let (place, number) = (Address { inbox: "https://peer7.example/inbox".into(), host: host(7) }, world::id());
    outbox::say(tx, &activity, &[place], || number)?;
    purpose("outbox: settling");
    outbox::failed(tx, number, "")?;
    outbox::give_up(tx, number, "")?;
    outbox::retry(tx, number)?;
    outbox::skip(tx, number)?;
    outbox::brought(tx, &[number])?;
    outbox::end_inbox(tx, &host(7), "https://peer7.example/users/7/inbox", "")?;
    purpose("outbox::take_back");
    outbox::take_back(tx, CommentId(1))?;
    purpose("peers: settling");
    let failure = Failure { since: NOW, failures: 1, next: NOW, soonest: NOW, state: peers::State::Open, error: "" };
    peers::heard(tx, &host(7), NOW)?;
    peers::set_asked(tx, &host(7), NOW)?;
    peers::set_software(tx, &host(7), ("lemmy", "1"), Dialect::Groups, NOW)?;
    peers::lease(tx, &host(7), NOW, NOW.plus_ms(1))?;
    peers::failed(tx, &host(7), &failure)?;
    peers::answered(tx, &host(7))?;
    peers::reached(tx, &host(7), NOW)?;
    peers::release(tx, &host(7))?;
    peers::pause(tx, &host(7))?;
    peers::resume(tx, &host(7))?;
    peers::retry(tx, &host(7)).map(drop)
}

pub(super) fn keeping_house(tx: &mut Write) -> Result<()> {
    purpose("elsewhere: keeping house");
    inbox::forget_before(tx, NOW, 100)?;
    objects::unbar_before(tx, NOW, 100)?;
    outbox::give_up_before(tx, NOW, 100)?;
    outbox::forget_ended_before(tx, NOW, 100)?;
    outbox::forget_before(tx, NOW, 100).map(drop)
}
