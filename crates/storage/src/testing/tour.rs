//! Every query function once, with arguments that find something in what [`super::generate`] made: for recording what is sent.

mod elsewhere;
mod law;

use domain::rights::Reach;
use domain::sanction::Bar;
use domain::visit::Visit;
use domain::{
    AccountId, ActorId, AppealState, BoardId, Category, CommentId, Deed, Effect, EventKind, Month, ReportState, Role,
    Sanction, State, ThreadSort, Time, Votes,
};

use super::generate::Landmarks;
use super::plans::{purpose, undone};
use super::world;
use crate::accounts::{Credential, Kind};
use crate::comments::{Area, NewComment, Words};
use crate::grafts::{Earlier, Graft, Split};
use crate::log::{Entry, Sought};
use crate::marks::Mark;
use crate::reports::{NewReport, Whose};
use crate::search::Query;
use crate::threads::Touch;
use crate::traces::{Of, Trace};
use crate::votes::Vote;
use crate::{
    Db, Error, Read, Result, Write, accounts, actors, applications, backfills, boards, cases, comments, events,
    following, follows, grafts, holds, idempotency, imports, introductions, invitations, jobs, log, marks,
    notifications, objects, queue, reports, sanctions, search, second_factors, settings, staff, stats, swept, threads,
    traces, visits, votes, warnings,
};
use crate::{announcements, appeals, figures};

const ACTOR: ActorId = ActorId(5);
const ACCOUNT: AccountId = AccountId(10_005);
const BOARD: BoardId = BoardId(1);
const NOW: Time = Time(1_790_000_000_000);
const PAGE: i64 = 30;

/// Runs everything; what is written is undone.
///
/// # Errors
/// As the statements fail.
pub async fn tour(db: &Db, content: Landmarks) -> Result<()> {
    purpose("Db::thread_version");
    db.thread_version(content.typical).await?;
    db.read(move |tx| {
        people(tx)?;
        lists(tx)?;
        thread(tx, content)?;
        away(tx, content)?;
        own(tx, content)?;
        elsewhere::reading(tx, content)?;
        law::reading(tx)?;
        sanctioned(tx)?;
        searches(tx)
    })
    .await?;
    let undone = db
        .write(move |tx| {
            writing(tx, content)?;
            elsewhere::writing(tx, content)?;
            moderating(tx, content)?;
            sanctioning(tx)?;
            telling(tx, content)?;
            keeping_house(tx, content)?;
            rearranging(tx, content)?;
            elsewhere::keeping_house(tx)?;
            Err::<(), _>(undone())
        })
        .await;
    match undone {
        Err(Error::Unknown(_)) => Ok(()),
        other => other,
    }
}

fn people(tx: &mut Read) -> Result<()> {
    purpose("actors::find");
    actors::find(tx, ACTOR)?;
    purpose("actors::by_handle");
    actors::by_handle(tx, "", "person5")?;
    purpose("accounts::by_name");
    accounts::by_name(tx, "person5")?;
    purpose("accounts::find");
    accounts::find(tx, ACCOUNT)?;
    purpose("accounts::of_actor");
    accounts::of_actor(tx, ACTOR)?;
    purpose("accounts::count all");
    accounts::count(tx, None)?;
    purpose("accounts::count");
    accounts::count(tx, Some(Role::Admin))?;
    purpose("staff::list");
    staff::list(tx)?;
    purpose("staff::reach");
    staff::reach(tx, ACCOUNT, Role::Helper)?;
    purpose("accounts::login");
    accounts::login(tx, b"secret", NOW)?;
    purpose("accounts::credentials");
    accounts::credentials(tx, ACCOUNT, NOW)?;
    purpose("settings::get");
    settings::get(tx, "name")?;
    joining(tx)
}

fn sanctioned(tx: &mut Read) -> Result<()> {
    purpose("sanctions::find");
    sanctions::find(tx, 7)?;
    purpose("sanctions::of_actor");
    sanctions::of_actor(tx, ACTOR, PAGE)?;
    purpose("sanctions::page");
    sanctions::page(tx, None, None, PAGE)?;
    sanctions::page(tx, Some(Sanction::Suspend), Some(7), PAGE)?;
    purpose("sanctions::all");
    sanctions::all(tx)?;
    purpose("sanctions::sweeping");
    sanctions::sweeping(tx, "peer7.example")?;
    purpose("sanctions::notes");
    sanctions::notes(tx, ACTOR, PAGE)?;
    purpose("warnings::page");
    warnings::page(tx, ACTOR, domain::Word::ALL, None, PAGE)?;
    purpose("warnings::find");
    warnings::find(tx, 7)?;
    purpose("warnings::of_sanction");
    warnings::of_sanction(tx, 7)?;
    purpose("warnings::unread");
    warnings::unread(tx, ACTOR, PAGE)?;
    purpose("swept::is_empty");
    swept::is_empty(tx, 7)?;
    purpose("swept::shown");
    swept::shown(tx, 7, PAGE)?;
    purpose("swept::count");
    swept::count(tx, 7)?;
    purpose("swept::with");
    swept::with(tx, CommentId(1))?;
    for board in [None, Some(BOARD)] {
        purpose("swept::unlisted");
        swept::unlisted(tx, &[ACTOR], board, domain::ThreadId(0), PAGE)?;
    }
    purpose("log::of_person");
    log::of_person(tx, "person5", PAGE)?;
    purpose("comments::tally");
    comments::tally(tx, ACTOR)?;
    purpose("reports::count_on");
    reports::count_on(tx, ACTOR)?;
    purpose("follows::followers");
    follows::followers(tx, follows::Followed::Person(ACTOR), PAGE)?;
    purpose("following::of_actor");
    following::of_actor(tx, ACTOR)?;
    Ok(())
}

fn sanctioning(tx: &mut Write) -> Result<()> {
    purpose("sanctions: a decision");
    sanctions::hold(tx, ACTOR)?;
    let bar = Bar { level: Sanction::Suspend, board: Some(BOARD), until: Some(NOW) };
    let (id, reason) = (world::id(), String::new());
    let sweep = sanctions::Sweep::Remove;
    let new = sanctions::Decided { id, actor: ACTOR, bar, reason, by: None, created: NOW, ended: None, sweep };
    sanctions::insert(tx, &new)?;
    sanctions::set_sweep(tx, id, sanctions::Sweep::Restore)?;
    sanctions::end(tx, id, NOW)?;
    let note = sanctions::Note { id: world::id(), author: Some(ACTOR), text: String::new(), created: NOW };
    sanctions::note(tx, ACTOR, &note)?;
    let (reason, read) = (String::new(), None);
    let (kind, sanction) = (domain::Word::Sanction, Some(id));
    let warning = warnings::Warning {
        id: world::id(),
        actor: ACTOR,
        kind,
        sanction,
        board: None,
        by: None,
        reason,
        at: NOW,
        read,
    };
    warnings::insert(tx, &warning)?;
    warnings::read_up_to(tx, ACTOR, i64::MAX, NOW)?;
    for board in [Some(BOARD), None] {
        purpose("swept: somebody");
        let those = swept::standing(tx, ACTOR, board, 7, 1)?;
        swept::remove(tx, id, &those)?;
        swept::stay(tx, those.first().map_or(CommentId(1), |one| one.id))?;
        swept::hand_over(tx, &[CommentId(1), CommentId(2)], id)?;
        let those = swept::of(tx, id, PAGE)?;
        swept::forget(tx, &those)?;
    }
    Ok(())
}

fn telling(tx: &mut Write, content: Landmarks) -> Result<()> {
    use crate::webhooks::{self, Item, State, Turn, Webhook};
    let (url, secret, error) = (String::new(), String::new(), String::new());
    let (kinds, reached) = (domain::News::ALL.to_vec(), None);
    let (created, next) = (NOW, Time(0));
    let id = world::id();
    purpose("webhooks: a program");
    let new =
        Webhook { id, url, secret, kinds, paused: false, created, failures: 0, error, next, reached, resumed: None };
    webhooks::insert(tx, &new)?;
    let item =
        Item { id: world::id(), kind: domain::News::Ping, comment: Some(content.typical.root()), entry: None, at: NOW };
    purpose("webhooks::tell");
    webhooks::is_wanted(tx, item.kind)?;
    webhooks::tell(tx, &item)?;
    webhooks::tell_one(tx, id, &Item { id: world::id(), ..item })?;
    purpose("webhooks::all");
    webhooks::all(tx, PAGE)?;
    purpose("webhooks::lease");
    webhooks::lease(tx, NOW, NOW.plus_ms(1), PAGE)?;
    webhooks::next_due(tx, NOW)?;
    purpose("webhooks: a turn");
    webhooks::page(tx, id, State::Waiting, 0, PAGE)?;
    webhooks::count(tx, id, State::Waiting, PAGE)?;
    webhooks::settle(tx, id, &Turn { told: vec![item.id], failed: Some((String::new(), NOW)) }, NOW)?;
    purpose("webhooks: giving up");
    webhooks::give_up_before(tx, id, NOW, PAGE)?;
    webhooks::replay(tx, id, PAGE, NOW)?;
    webhooks::forget_before(tx, id, NOW, PAGE)?;
    webhooks::set_paused(tx, id, true, NOW)?;
    webhooks::set_paused(tx, id, false, NOW)?;
    webhooks::stop(tx, id)?;
    webhooks::forget_some(tx, id, PAGE)?;
    webhooks::remove(tx, id)?;
    Ok(())
}

fn joining(tx: &mut Read) -> Result<()> {
    purpose("accounts::page");
    accounts::page(tx, None, PAGE)?;
    accounts::page(tx, Some(ACCOUNT.0), PAGE)?;
    purpose("applications::by_name");
    applications::by_name(tx, "person5")?;
    purpose("applications::page");
    applications::page(tx, applications::State::Waiting, None, PAGE)?;
    purpose("invitations::by_code");
    invitations::by_code(tx, b"code")?;
    purpose("invitations::page");
    invitations::page(tx, None, PAGE)?;
    purpose("second_factors::find");
    second_factors::find(tx, ACCOUNT)?;
    purpose("second_factors::count_recovery");
    second_factors::count_recovery(tx, ACCOUNT)?;
    purpose("invitations::inviters");
    invitations::inviters(tx, &[ACCOUNT])?;
    fares(tx)
}

/// How the instance fares, for its overview.
fn fares(tx: &mut Read) -> Result<()> {
    let yesterday = NOW.plus_ms(-24 * 3_600_000);
    purpose("stats::comments_between");
    stats::comments_between(tx, yesterday, NOW)?;
    purpose("stats::reports_between");
    stats::reports_between(tx, yesterday, NOW)?;
    purpose("stats::lagging");
    stats::lagging(tx, PAGE)?;
    purpose("stats::applied");
    stats::applied(tx, 1_000)?;
    Ok(())
}

fn lists(tx: &mut Read) -> Result<()> {
    purpose("boards::by_name");
    boards::by_name(tx, "board1")?;
    purpose("boards::by_address");
    boards::by_address(tx, "board1@example.org")?;
    purpose("boards::find");
    boards::find(tx, BOARD)?;
    purpose("boards::of_actor");
    boards::of_actor(tx, ACTOR)?;
    purpose("following::find");
    following::find(tx, ACTOR, BOARD)?;
    purpose("following::by_follow");
    following::by_follow(tx, 1)?;
    purpose("following::is_followed");
    following::is_followed(tx, BOARD)?;
    purpose("following::of_board");
    following::of_board(tx, BOARD)?;
    purpose("following::count");
    following::count(tx, ACTOR)?;
    purpose("boards::all");
    boards::all(tx)?;
    purpose("boards::thread_counts");
    boards::thread_counts(tx)?;
    for &sort in ThreadSort::ALL {
        for board in [None, Some(BOARD)] {
            purpose(&format!("threads::page {} {}", sort.name(), board.map_or("all", |_| "board")));
            let first = threads::page(tx, board, sort, None, PAGE)?;
            let after = first.last().map(|last| last.after(sort));
            threads::page(tx, board, sort, after, PAGE)?;
        }
    }
    purpose("threads::pinned");
    threads::pinned(tx, BOARD)?;
    purpose("comments::by_author");
    comments::by_author(tx, ACTOR, None, PAGE)?;
    purpose("log::page");
    log::page(tx, Sought::default(), None, PAGE)?;
    appealing(tx)?;
    Ok(())
}

fn appealing(tx: &mut Read) -> Result<()> {
    let sought = [
        Sought { deed: Some(Deed::Remove), ..Sought::default() },
        Sought { moderator: Some(ACTOR), ..Sought::default() },
        Sought { comment: Some(CommentId(1)), ..Sought::default() },
        Sought { between: Some((1, i64::MAX)), ..Sought::default() },
    ];
    for sought in sought {
        purpose("log::page sought");
        log::page(tx, sought, None, PAGE)?;
    }
    purpose("log::these");
    log::these(tx, &[1, 2])?;
    purpose("log::last_removal");
    log::last_removal(tx, CommentId(1))?;
    purpose("appeals::find");
    appeals::find(tx, 1)?;
    purpose("appeals::against");
    appeals::against(tx, 1)?;
    purpose("appeals::against_words");
    appeals::against_words(tx, &[1, 2])?;
    purpose("appeals::newest");
    appeals::newest(tx, CommentId(1))?;
    purpose("appeals::of_author");
    appeals::of_author(tx, ACTOR, None, PAGE)?;
    for reach in [Reach::Everywhere, Reach::Boards([BOARD].into())] {
        purpose("appeals::page");
        appeals::page(tx, AppealState::Open, &reach, None, PAGE)?;
    }
    Ok(())
}

fn thread(tx: &mut Read, content: Landmarks) -> Result<()> {
    purpose("threads::find");
    threads::find(tx, content.typical)?;
    purpose("threads::after");
    threads::after(tx, content.typical, PAGE)?;
    purpose("comments::leaves");
    comments::leaves(tx, content.thousand)?;
    purpose("comments::all_lines");
    comments::all_lines(tx, content.thousand)?;
    purpose("comments::children");
    comments::children(tx, content.typical.root(), None, PAGE)?;
    comments::count_children(tx, content.typical.root())?;
    comments::has_answers(tx, content.typical.root())?;
    purpose("comments::members");
    comments::members(tx, content.typical, CommentId(0), PAGE)?;
    comments::count_members(tx, content.typical)?;
    purpose("comments::newest");
    let newest = comments::newest(tx, content.typical, None, PAGE)?;
    purpose("comments::lines");
    let ids: Vec<CommentId> = newest.iter().map(|line| line.id).collect();
    comments::lines(tx, &ids)?;
    purpose("comments::spot");
    comments::spot(tx, content.typical.root())?;
    purpose("comments::htmls");
    comments::htmls(tx, &ids)?;
    purpose("comments::source");
    comments::source(tx, content.typical.root())?;
    purpose("comments::revisions");
    comments::revisions(tx, content.typical.root())?;
    purpose("comments::count_published");
    comments::count_published(tx)?;
    purpose("comments::count_local");
    comments::count_local(tx)?;
    purpose("events::after");
    events::after(tx, content.typical, 1, PAGE)?;
    Ok(())
}

fn away(tx: &mut Read, content: Landmarks) -> Result<()> {
    let (thread, root) = (content.thousand, content.thousand.root());
    purpose("backfills::find");
    backfills::find(tx, thread)?;
    purpose("backfills::after");
    backfills::after(tx, thread, root, PAGE)?;
    purpose("backfills::newest");
    backfills::newest(tx, thread, PAGE)?;
    purpose("backfills::of_these");
    backfills::of_these(tx, thread, &[root])?;
    purpose("backfills::count");
    backfills::count(tx, thread)?;
    purpose("follows::holders");
    follows::holders(tx, root)?;
    purpose("backfills::members");
    backfills::members(tx, thread, root, PAGE)?;
    purpose("objects::known");
    objects::known(tx, &["https://a.example/1".to_owned()])?;
    Ok(())
}

fn own(tx: &mut Read, content: Landmarks) -> Result<()> {
    purpose("votes::of_actor");
    votes::of_actor(tx, ACTOR, content.thousand)?;
    purpose("votes::one");
    votes::one(tx, content.typical.root(), ACTOR)?;
    purpose("visits::find");
    visits::find(tx, ACCOUNT, content.typical)?;
    purpose("notifications::page");
    notifications::page(tx, ACCOUNT, None, PAGE)?;
    purpose("notifications::unread");
    notifications::unread(tx, ACCOUNT, 100)?;
    purpose("idempotency::find");
    idempotency::find(tx, ACCOUNT, "key")?;
    purpose("imports::known");
    imports::known(tx, "example", &["1".to_owned(), "2".to_owned()])?;
    purpose("jobs::any");
    jobs::any(tx, "mail")?;
    Ok(())
}

/// Every way to search, by name.
#[must_use]
pub fn questions() -> Vec<(&'static str, Query)> {
    let words = |words: &str| Query { words: words.into(), ..Query::default() };
    let (since, until) = (Some(Time(1_750_000_000_000)), Some(Time(1_751_000_000_000)));
    vec![
        ("search common word", words("the")),
        ("search rare words", words("komkari elba")),
        ("search prefix", words("sak*")),
        ("search word of author", Query { author: Some(ACTOR), ..words("the") }),
        ("search word of silent author", Query { author: Some(ActorId(1_990)), ..words("the") }),
        ("search word in board", Query { board: Some(BOARD), ..words("the") }),
        ("search word in small board", Query { board: Some(BoardId(5)), ..words("the") }),
        ("search word between times", Query { since, until, ..words("the") }),
        ("search author", Query { author: Some(ACTOR), ..Query::default() }),
        ("search board", Query { board: Some(BOARD), ..Query::default() }),
        ("search small board", Query { board: Some(BoardId(5)), ..Query::default() }),
        ("search author in board", Query { author: Some(ACTOR), board: Some(BOARD), ..Query::default() }),
        ("search times", Query { since, until, ..Query::default() }),
    ]
}

fn searches(tx: &mut Read) -> Result<()> {
    for (name, query) in questions() {
        purpose(name);
        let first = search::find(tx, &query, None, PAGE)?;
        search::find(tx, &query, first.last().copied(), PAGE)?;
    }
    Ok(())
}

fn writing(tx: &mut Write, content: Landmarks) -> Result<()> {
    let (thread, root) = (content.typical, content.typical.root());
    purpose("writing: people and places");
    let person = world::person(tx, "Somebody new")?;
    actors::imported(tx, ActorId(world::id()), "example.org", "pat", NOW)?;
    actors::set_about(tx, person.actor, "", "")?;
    accounts::set_password(tx, person.account, "")?;
    purpose("staff::hold_roles");
    staff::hold_roles(tx)?;
    purpose("staff::appoint");
    staff::appoint(tx, person.account, Role::Helper, &Reach::Boards([BOARD].into()))?;
    staff::reach(tx, person.account, Role::Helper)?;
    let board = world::a_board("new");
    boards::insert(tx, &board)?;
    boards::update(tx, &board)?;
    following::ask(tx, person.actor, board.id, 7, NOW)?;
    following::answer(tx, 7, following::Stage::Accepted, NOW)?;
    following::end(tx, board.id, NOW)?;
    following::remove(tx, person.actor, board.id)?;
    settings::get_to_change(tx, "key")?;
    settings::set(tx, "key", "value")?;
    settings::remove(tx, "key")?;
    let credential = Credential {
        id: world::id(),
        account: person.account,
        kind: Kind::Session,
        scope: domain::Scope::Write,
        label: String::new(),
        created: NOW,
        expires: NOW,
    };
    accounts::insert_credential(tx, &credential, b"new")?;
    accounts::revoke(tx, person.account, credential.id)?;
    accounts::revoke_all(tx, person.account, None)?;
    purpose("writing: joining");
    let applicant = world::applicant("applicant");
    applications::insert(tx, &applicant)?;
    applications::turn_away(tx, applicant.id)?;
    applications::remove(tx, applicant.id)?;
    let invitation = world::invitation(Some(ACTOR));
    invitations::insert(tx, &invitation, b"a code")?;
    invitations::take(tx, invitation.id)?;
    invitations::record(tx, person.account, ACTOR)?;
    invitations::revoke(tx, invitation.id, NOW)?;
    second_factors::begin(tx, person.account, b"secret")?;
    second_factors::take_step(tx, person.account, 1)?;
    second_factors::insert_recovery(tx, person.account, &[[7; 32]])?;
    second_factors::take_recovery(tx, person.account, &[7; 32])?;
    second_factors::end(tx, person.account)?;

    purpose("writing: a thread");
    world::thread(tx, board.id, person.actor, "New")?;
    purpose("writing: a reply");
    let spot = comments::spot_to_change(tx, root)?.ok_or(Error::Unknown("the typical thread"))?;
    let reply = CommentId(world::id());
    let words = Some(Words { source: "s", html: "h" });
    let new = NewComment {
        id: reply,
        thread,
        parent: Some(spot.id),
        author: person.actor,
        depth: 1,
        state: State::Published,
        published: NOW,
        votes: Votes::default(),
        words,
    };
    comments::insert(tx, &new)?;
    search::index(tx, reply, "some words")?;
    let event = Some((EventKind::Comment, reply));
    threads::touch(tx, thread, Touch { comments: 1, active: Some(NOW), event, now: NOW })?;
    notifications::insert(tx, world::id(), ACCOUNT, reply, NOW)?;
    notifications::read_up_to(tx, ACCOUNT, i64::MAX, NOW)?;
    idempotency::insert(tx, ACCOUNT, "a key", b"", reply, NOW)?;
    imports::insert(tx, "example", "a new item", reply)?;
    visits::keep(tx, ACCOUNT, thread, Visit { seen: NOW, read: NOW, last: NOW })?;

    purpose("writing: a vote");
    votes::set(tx, reply, ACTOR, Some(Vote::Up), NOW)?;
    votes::renew(tx, reply, ACTOR, NOW)?;
    votes::set(tx, reply, ACTOR, None, NOW)?;
    threads::set_votes(tx, thread, NOW, Votes::default())?;
    purpose("writing: an edit");
    comments::edit(tx, reply, Words { source: "s", html: "h" }, world::id(), NOW)
}

fn moderating(tx: &mut Write, content: Landmarks) -> Result<()> {
    let (thread, root) = (content.typical, content.typical.root());
    purpose("moderating");
    let report = NewReport {
        id: world::id(),
        comment: root,
        reporter: ACTOR,
        host: "",
        flag: None,
        category: Category::Spam,
        text: "",
        now: NOW,
    };
    reports::insert(tx, &report)?;
    purpose("cases::find");
    cases::find(tx, root)?;
    for reach in [Reach::Everywhere, Reach::Boards([BOARD].into())] {
        purpose("cases::page");
        for board in [None, Some(BOARD)] {
            cases::page(tx, ReportState::Open, (&reach, board), None, PAGE)?;
        }
        purpose("holds::rejected");
        for board in [None, Some(BOARD)] {
            holds::rejected(tx, &reach, board, None, PAGE)?;
        }
        purpose("queue::removed");
        for board in [None, Some(BOARD)] {
            queue::removed(tx, &reach, board, None, PAGE)?;
        }
    }
    for reach in [Reach::Everywhere, Reach::Boards([BOARD].into())] {
        purpose("queue::lately");
        queue::lately(tx, ACTOR, &reach, PAGE)?;
    }
    purpose("queue::decisions");
    queue::decisions(tx, &[root, content.largest.root()], 5)?;
    purpose("reports::on");
    reports::on(tx, root)?;
    purpose("reports::on_these");
    reports::on_these(tx, &[root])?;
    purpose("reports::open_after");
    reports::open_after(tx, root, 0)?;
    purpose("cases::notes_beside");
    cases::notes_beside(tx, &[root])?;
    purpose("actors::names");
    actors::names(tx, &[ACTOR])?;
    waiting(tx, root)?;
    purpose("cases::assign");
    cases::assign(tx, root, Some(ACTOR))?;
    purpose("cases::note");
    cases::note(tx, world::id(), root, ACTOR, "", NOW)?;
    cases::notes(tx, root)?;
    purpose("cases::find_to_change");
    cases::find_to_change(tx, root)?;
    purpose("cases::decide");
    cases::decide(tx, root, ReportState::Resolved, NOW)?;
    purpose("cases::forward");
    cases::forward(tx, root, NOW)?;
    for whose in [Whose::Person(ACTOR), Whose::Host("peer.example")] {
        purpose("reports::came_since");
        reports::came_since(tx, whose, NOW, 3)?;
        purpose("reports::count_since");
        reports::count_since(tx, whose, ReportState::Dismissed, NOW)?;
    }
    purpose("figures::since");
    figures::since(tx, Month::of(NOW))?;
    let entry = Entry {
        id: world::id(),
        moderator: Some(ActorId(1)),
        moderator_name: String::new(),
        deed: Deed::Remove,
        comment: Some(root),
        host: None,
        person: None,
        reason: String::new(),
        at: NOW,
    };
    log::insert(tx, &entry)?;
    purpose("appeals");
    appeals::insert(tx, &world::appeal(root, entry.id))?;
    appeals::settle(tx, 1, AppealState::Rejected, Some(entry.id))?;
    law::writing(tx, (root, thread), entry.id)?;
    purpose("moderating");
    log::forget_closings(tx, root, NOW)?;
    comments::set_state(tx, root, State::Removed)?;
    comments::erase_words(tx, root)?;
    search::forget(tx, root)?;
    threads::set_listed(tx, thread, false)?;
    purpose("threads::list_again");
    threads::list_again(tx, thread)?;
    threads::retitle(tx, thread, "Another", None)?;
    threads::set_locked(tx, thread, true)?;
    threads::set_pinned(tx, thread, true)?;
    threads::set_slow(tx, thread, 60)?;
    comments::set_sensitive(tx, root, true)?;
    comments::set_edited(tx, root, NOW)?;
    threads::withhold(tx, thread)?;
    threads::give_back(tx, thread)?;
    threads::erase_title(tx, thread)
}

fn rearranging(tx: &mut Write, content: Landmarks) -> Result<()> {
    let (thread, other) = (content.typical, content.largest);
    purpose("announcements");
    announcements::taken_back(tx, thread.root())?;
    for _ in 0..2 {
        announcements::take_back(tx, thread.root())?;
    }
    purpose("grafts");
    grafts::found_by_words(tx, thread, CommentId(0), PAGE)?;
    grafts::graft(
        tx,
        Graft { comment: thread.root(), from: thread, depth: 0, to: other, below: Some((other.root(), 0)) },
    )?;
    grafts::recount(tx, other)?;
    grafts::end(tx, thread)?;
    grafts::begin_again(tx, thread, (BOARD, "Again"), (NOW, Votes::default()))?;
    grafts::set_board(tx, thread, BOARD)?;
    grafts::split(tx, Split { thread, from: other, parent: other.root() })?;
    grafts::stood(tx, thread, Earlier { board: BOARD, thread: other })?;
    grafts::split_of(tx, thread)?;
    grafts::split_off(tx, other, PAGE)?;
    grafts::merged(tx, other, thread)?;
    purpose("comments::newest_by");
    for there in [Area::Thread(other), Area::Board(BOARD)] {
        comments::newest_by(tx, ACTOR, there, Time(1_000))?;
    }
    purpose("comments::wrote_between");
    comments::hold_author(tx, ACTOR)?;
    comments::hold(tx, &[other.root()])?;
    for there in [Area::Thread(other), Area::Board(BOARD)] {
        comments::wrote_between(tx, ACTOR, there, Time(1_000), Time(2_000))?;
    }
    comments::replace_words(tx, thread.root(), Words { source: "Other", html: "<p>Other</p>" })
}

fn waiting(tx: &mut Write, comment: CommentId) -> Result<()> {
    purpose("holds");
    holds::put(tx, &world::hold(comment, "first", "a.example"))?;
    holds::find(tx, comment)?;
    holds::of(tx, &[comment])?;
    holds::ask(tx, comment, "https://a.example/requests/1")?;
    holds::assign(tx, comment, ACTOR)?;
    for host in [None, Some("a.example")] {
        purpose("holds::are_at_least");
        holds::are_at_least(tx, host, 500)?;
    }
    for (reach, board) in [(Reach::Everywhere, None), (Reach::Boards([BOARD].into()), Some(BOARD))] {
        purpose("holds::page");
        holds::page(tx, &reach, board, None, PAGE)?;
    }
    purpose("holds: decided");
    holds::reject(tx, comment)?;
    holds::forget(tx, comment)?;
    judged(tx, comment)
}

fn judged(tx: &mut Write, comment: CommentId) -> Result<()> {
    purpose("marks");
    marks::put(tx, &Mark { comment, rule: "first".into(), effect: Effect::Tag, at: NOW })?;
    marks::of(tx, &[comment])?;
    purpose("traces");
    traces::insert(tx, &Trace { comment, author: ACTOR, host: String::new(), board: BOARD, text: Some(1) })?;
    purpose("traces::count");
    for of in [Of::Author(ACTOR), Of::Host("a.example"), Of::Board(BOARD), Of::TextOfHost(1, ""), Of::TextOf(1, ACTOR)]
    {
        traces::count(tx, of, 1, 10)?;
    }
    traces::forget_before(tx, 1, 100)?;
    purpose("comments::count_public_by");
    comments::count_public_by(tx, ACTOR)?;
    purpose("comments::published_by");
    comments::published_by(tx, ACTOR, comment, 10)?;
    purpose("comments::any_of_host");
    comments::any_of_host(tx, "peer7.example", comment)?;
    purpose("comments::latest");
    comments::latest(tx, 1_000).map(drop)
}

fn keeping_house(tx: &mut Write, content: Landmarks) -> Result<()> {
    purpose("backfills");
    backfills::news(tx, content.typical, NOW, NOW)?;
    backfills::wanted(tx, content.typical, NOW)?;
    backfills::lease(tx, NOW, NOW.plus_ms(1), 10)?;
    backfills::lease_one(tx, content.typical, NOW, NOW.plus_ms(1))?;
    backfills::put_off(tx, content.typical, NOW)?;
    purpose("introductions");
    introductions::insert(tx, ACTOR, NOW)?;
    introductions::lease(tx, NOW, NOW.plus_ms(1), 10)?;
    introductions::again(tx, ACTOR, NOW)?;
    introductions::rename(tx, ACTOR, "example", "renamed")?;
    introductions::threads_of(tx, ACTOR, PAGE)?;
    introductions::done(tx, ACTOR)?;
    purpose("jobs");
    jobs::insert(tx, world::id(), "mail", "", NOW)?;
    for job in jobs::lease(tx, NOW, NOW.plus_ms(1), 10)? {
        jobs::again(tx, job.id, NOW, "")?;
        jobs::done(tx, job.id)?;
    }
    purpose("keeping house");
    let long_ago = Time(1_000);
    accounts::forget_expired(tx, long_ago, 100)?;
    applications::forget_before(tx, long_ago, 100)?;
    invitations::forget_expired(tx, long_ago, 100)?;
    events::forget_before(tx, long_ago, 100)?;
    idempotency::forget_before(tx, long_ago, 100)?;
    Ok(())
}
