//! What is told to somebody: reports, the moderation log, notifications, events, visits.

use domain::rights::Reach;
use domain::sanction::Bar;
use domain::visit::Visit;
use domain::{
    AppealState, BoardId, Category, CommentId, Deed, EventKind, Figure, Month, ReportState, Role, Sanction, State,
    ThreadId, Time, Told, Word,
};
use storage::appeals::Against;
use storage::cases::{self, Case};
use storage::events::{self, Event};
use storage::figures::{self, Count};
use storage::log::{self, Entry, Sought};
use storage::notifications::Notification;
use storage::reports::{self, NewReport, Whose};
use storage::sanctions::{self, Decided, Sweep};
use storage::testing::{database, number, world};
use storage::threads::{self, Touch};
use storage::warnings::{self, Warning};
use storage::{appeals, comments, notifications, swept, visits};

use crate::{read, scene, write};

#[tokio::test]
async fn a_person_reports_a_comment_once() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let report = |comment: CommentId, reporter| NewReport {
            id: world::id(),
            comment,
            reporter,
            host: "",
            flag: None,
            category: Category::Spam,
            text: "buy",
            now: Time(1),
        };
        let root = scene.thread.root();
        let reply = world::reply(tx, root, scene.alice.actor, "Buy!")?;
        assert!(reports::insert(tx, &report(reply, scene.bob.actor))?);
        assert!(!reports::insert(tx, &report(reply, scene.bob.actor))?);
        assert!(reports::insert(tx, &report(reply, scene.alice.actor))?);
        assert!(reports::insert(tx, &report(root, scene.bob.actor))?);
        assert_eq!(number(tx, "SELECT count(*) FROM reports WHERE state = 0")?, 3);
        Ok(())
    })
    .await;
}

/// A case is opened by the first report, decided once, and opened again by whoever reports after that.
#[tokio::test]
async fn all_reports_on_a_comment_are_one_case() {
    let db = database().await;
    let scene = scene(&db).await;
    let (root, board, alice) = (scene.thread.root(), scene.board, scene.alice.actor);
    let report = move |reporter, id| {
        let (category, text, now) = (Category::Spam, "", world::now());
        NewReport { id, comment: root, reporter, host: "", flag: None, category, text, now }
    };
    let ids = [world::id(), world::id(), world::id()];
    write(&db, move |tx| {
        reports::insert(tx, &report(scene.bob.actor, ids[0]))?;
        reports::insert(tx, &report(alice, ids[1]))
    })
    .await;
    let open = |reach: Reach, after| read(&db, move |tx| cases::page(tx, ReportState::Open, (&reach, None), after, 9));
    let found = open(Reach::Everywhere, None).await;
    let expected = Case {
        comment: root,
        board,
        title: "The first".into(),
        state: ReportState::Open,
        opened: ids[0],
        assigned: None,
        forwarded: None,
    };
    assert_eq!(found, std::slice::from_ref(&expected));
    assert_eq!(open(Reach::Boards([board].into()), None).await, found);
    assert_eq!(open(Reach::Boards([BoardId(1)].into()), None).await, []);
    assert_eq!(open(Reach::Everywhere, Some(ids[0])).await, []);
    let decided = write(&db, move |tx| {
        cases::assign(tx, root, Some(alice))?;
        cases::note(tx, world::id(), root, alice, "look", world::now())?;
        let new = |tx: &mut storage::Read, seen| -> storage::Result<Vec<i64>> {
            Ok(reports::open_after(tx, root, seen)?.iter().map(|report| report.id).collect())
        };
        assert_eq!((new(tx, ids[0])?, new(tx, ids[1])?), (vec![ids[1]], vec![]));
        let first = cases::decide(tx, root, ReportState::Resolved, world::now().plus_ms(2 * 3_600_000))?;
        assert!(new(tx, 0)?.is_empty(), "they are decided");
        Ok((first, cases::decide(tx, root, ReportState::Dismissed, world::now())?))
    })
    .await;
    assert_eq!(decided, (true, false));
    let (case, reported, notes) =
        read(&db, move |tx| Ok((cases::find(tx, root)?, reports::on(tx, root)?, cases::notes(tx, root)?))).await;
    assert_eq!(case, Some(Case { state: ReportState::Resolved, assigned: Some(alice), ..expected.clone() }));
    assert!(reported.iter().all(|report| report.state == ReportState::Resolved));
    assert_eq!((notes[0].author_name.as_str(), notes[0].text.as_str()), ("Alice", "look"));
    let again = write(&db, move |tx| reports::insert(tx, &report(scene.bob.actor, ids[2]))).await;
    assert!(again, "who has reported it before may see it differently after an edit");
    assert_eq!(open(Reach::Everywhere, None).await, [Case { opened: ids[2], ..expected }]);
    let states =
        read(&db, move |tx| reports::on(tx, root)).await.into_iter().map(|report| (report.reporter, report.state));
    let states: Vec<_> = states.collect();
    assert_eq!(states, [(alice, ReportState::Resolved), (scene.bob.actor, ReportState::Open)], "another report");
    write(&db, move |tx| {
        let month = Month::of(world::now());
        let count = |figure, hours, count| Count { month, figure, hours, count };
        let expected = [count(Figure::Reported, 0, 3), count(Figure::Resolved, 0, 2), count(Figure::Waited, 2, 1)];
        assert_eq!(figures::since(tx, month)?, expected);
        assert!(figures::since(tx, month.plus(1))?.is_empty());
        assert!(cases::forward(tx, root, Time(9))?);
        assert!(!cases::forward(tx, root, Time(10))?, "once");
        assert_eq!(cases::find(tx, root)?.and_then(|case| case.forwarded), Some(Time(9)));
        for (whose, state, found) in [
            (Whose::Person(alice), ReportState::Resolved, 1),
            (Whose::Person(alice), ReportState::Open, 0),
            (Whose::Host("peer.example"), ReportState::Open, 0),
            (Whose::Host(""), ReportState::Open, 1),
        ] {
            assert_eq!(reports::count_since(tx, whose, state, Time(0))?, found, "{whose:?}");
        }
        let came = reports::came_since(tx, Whose::Host(""), Time(0), 9)?;
        assert!(came.len() == 2 && came[0] > came[1], "the newest first: {came:?}");
        assert_eq!(reports::came_since(tx, Whose::Host(""), came[1], 9)?, came[..1]);
        assert_eq!(reports::came_since(tx, Whose::Host(""), Time(0), 1)?, came[..1]);
        let both = reports::on_these(tx, &[root, CommentId(7)])?;
        assert_eq!(both, reports::on(tx, root)?);
        assert_eq!(cases::notes_beside(tx, &[root])?, cases::notes(tx, root)?);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn the_log_is_paged_newest_first() {
    let db = database().await;
    let scene = scene(&db).await;
    let entries = write(&db, move |tx| {
        let mut entries = Vec::new();
        for (n, &deed) in Deed::ALL.iter().enumerate() {
            let entry = Entry {
                id: world::id(),
                moderator: Some(scene.alice.actor),
                moderator_name: "Alice".into(),
                deed,
                comment: (n % 2 == 0).then_some(scene.thread.root()),
                host: (n % 2 == 1).then(|| "peer.example".to_owned()),
                person: (n % 3 == 0).then(|| "bo".to_owned()),
                reason: format!("because {n}"),
                at: world::now(),
            };
            log::insert(tx, &entry)?;
            entries.insert(0, entry);
        }
        Ok(entries)
    })
    .await;
    read(&db, move |tx| {
        let mut page = |sought, before, limit| -> storage::Result<Vec<Entry>> {
            let found = log::page(tx, sought, before, limit)?;
            assert!(found.iter().all(|listed| listed.role == Some(Role::Member)), "as it was then");
            Ok(found.into_iter().map(|listed| listed.entry).collect())
        };
        let all = Sought::default();
        assert_eq!(page(all, None, 100)?, entries);
        let first = page(all, None, 4)?;
        assert_eq!(first, entries[..4]);
        assert_eq!(page(all, Some(first[3].id), 100)?, entries[4..]);
        let sought = [
            Sought { deed: Some(entries[1].deed), ..all },
            Sought { moderator: entries[1].moderator, between: Some((entries[1].id, entries[0].id)), ..all },
            Sought { comment: entries[1].comment, deed: Some(entries[1].deed), ..all },
        ];
        for sought in sought {
            assert_eq!(page(sought, None, 100)?, entries[1..2], "{sought:?}");
        }
        assert!(page(Sought { comment: Some(CommentId(7)), ..all }, None, 100)?.is_empty());
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_was_done_by_the_command_line_names_nobody() {
    let db = database().await;
    let scene = scene(&db).await;
    let root = scene.thread.root();
    write(&db, move |tx| {
        let (id, deed, at) = (world::id(), Deed::Remove, world::now());
        let (moderator_name, reason) = (String::new(), String::new());
        let (host, person, comment) = (None, None, Some(root));
        log::insert(tx, &Entry { id, moderator: None, moderator_name, deed, comment, host, person, reason, at })
    })
    .await;
    read(&db, move |tx| {
        let found = log::page(tx, Sought::default(), None, 10)?.remove(0);
        assert_eq!((found.entry.moderator, found.entry.moderator_name.as_str(), found.role), (None, log::HOST, None));
        assert_eq!(log::last_removal(tx, root)?, Some(found.entry));
        assert_eq!(storage::queue::decisions(tx, &[root], 5)?.remove(0).by, log::HOST);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn notifications_come_once_are_paged_counted_and_read() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let alice = scene.alice.account;
        let mut told = Vec::new();
        for n in 0..10 {
            let comment = world::reply(tx, scene.thread.root(), scene.bob.actor, &format!("Answer {n}"))?;
            let id = world::id();
            notifications::insert(tx, id, alice, comment, Time(n))?;
            notifications::insert(tx, world::id(), alice, comment, Time(99))?;
            told.insert(0, (id, comment, Time(n)));
        }
        notifications::insert(tx, world::id(), scene.bob.account, told[0].1, Time(1))?;
        let pages = |tx: &mut storage::Read| -> storage::Result<Vec<_>> {
            let first = notifications::page(tx, alice, None, 4)?;
            let rest = notifications::page(tx, alice, first.last().map(|last| last.id), 100)?;
            Ok(first.into_iter().chain(rest).collect())
        };
        let listed = pages(tx)?;
        assert_eq!(listed.iter().map(|one| (one.id, one.comment, one.at)).collect::<Vec<_>>(), told);
        assert!(listed.iter().all(|one| one.read.is_none()));
        assert_eq!(notifications::unread(tx, alice, 100)?, 10);
        assert_eq!(notifications::unread(tx, alice, 3)?, 3);

        assert_eq!(notifications::read_up_to(tx, alice, told[4].0, Time(50))?, 6);
        assert_eq!(notifications::read_up_to(tx, alice, told[4].0, Time(51))?, 0);
        assert_eq!(notifications::unread(tx, alice, 100)?, 4);
        let read: Vec<_> = pages(tx)?.iter().map(|one| one.read).collect();
        assert_eq!(read, [vec![None; 4], vec![Some(Time(50)); 6]].concat());

        // What is no longer there to read is no news.
        let told_of = told[0].1;
        comments::set_state(tx, told[0].1, State::Removed)?;
        assert_eq!(notifications::unread(tx, alice, 100)?, 3);
        assert_eq!(pages(tx)?.len(), 9);

        // But that it was removed is, and each time.
        for entry in [70, 71] {
            let told = Told::Removed;
            let new =
                Notification { id: world::id(), comment: told_of, told, entry: Some(entry), at: Time(9), read: None };
            notifications::tell(tx, alice, &new)?;
            assert_eq!(pages(tx)?[0], new);
        }
        assert_eq!(notifications::unread(tx, alice, 100)?, 5);
        comments::set_state(tx, told_of, State::Held)?;
        assert_eq!(notifications::unread(tx, alice, 100)?, 3, "what is held is absent");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn events_are_told_again_from_any_version_until_they_are_forgotten() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let root = scene.thread.root();
        let mut expected = Vec::new();
        for (n, &kind) in EventKind::ALL.iter().enumerate() {
            let now = Time(i64::try_from(n).unwrap());
            let touch = Touch { comments: 0, active: None, event: Some((kind, root)), now };
            let version = threads::touch(tx, scene.thread, touch)?.version;
            expected.push(Event { version, kind, comment: root });
        }
        assert_eq!(events::after(tx, scene.thread, 1, 100)?, expected);
        assert_eq!(events::after(tx, scene.thread, 2, 2)?, expected[1..3]);
        assert_eq!(events::after(tx, scene.thread, 6, 100)?, []);
        assert_eq!(events::after(tx, ThreadId(1), 0, 100)?, []);
        assert_eq!(events::forget_before(tx, Time(2), 100)?, 2);
        assert_eq!(events::after(tx, scene.thread, 0, 100)?, expected[2..]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_visit_is_remembered_for_each_account_and_thread() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        let visit = |last| Visit { seen: Time(1), read: Time(2), last: Time(last) };
        assert_eq!(visits::find(tx, scene.alice.account, scene.thread)?, None);
        visits::keep(tx, scene.alice.account, scene.thread, visit(5))?;
        visits::keep(tx, scene.alice.account, scene.thread, visit(9))?;
        assert_eq!(visits::find(tx, scene.alice.account, scene.thread)?, Some(visit(9)));
        assert_eq!(visits::find(tx, scene.bob.account, scene.thread)?, None);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn each_decision_is_appealed_against_once_and_decided_once() {
    let db = database().await;
    let scene = scene(&db).await;
    let root = scene.thread.root();
    let entry = move |tx: &mut storage::Write, deed| -> storage::Result<Entry> {
        let (moderator, comment) = (Some(scene.bob.actor), Some(root));
        let (id, at, reason) = (world::id(), world::now(), String::new());
        let entry =
            Entry { id, moderator, moderator_name: "bob".into(), deed, comment, host: None, person: None, reason, at };
        log::insert(tx, &entry)?;
        Ok(entry)
    };
    let (first, second, outcome) = write(&db, move |tx| {
        let first = entry(tx, Deed::Remove)?;
        assert_eq!(log::last_removal(tx, root)?, Some(first.clone()));
        entry(tx, Deed::Restore)?;
        Ok((first, entry(tx, Deed::Remove)?, entry(tx, Deed::RejectAppeal)?))
    })
    .await;
    write(&db, move |tx| {
        assert_eq!(log::last_removal(tx, root)?, Some(second.clone()));
        let both = log::these(tx, &[first.id, second.id, 7])?;
        assert_eq!((both.len(), &both[&first.id]), (2, &first));
        let of = |decision| appeals::Appeal { author: scene.alice.actor, ..world::appeal(root, decision) };
        let (one, two) = (of(first.id), of(second.id));
        assert!(appeals::insert(tx, &one)? && appeals::insert(tx, &two)?);
        assert!(!appeals::insert(tx, &of(first.id))?, "once");
        let found = appeals::against(tx, first.id)?.unwrap();
        assert_eq!((found.id, &found.text, found.state), (one.id, &one.text, AppealState::Open));
        assert_eq!(appeals::newest(tx, root)?.map(|appeal| appeal.id), Some(two.id));
        assert_eq!(appeals::find(tx, 7)?, None);
        let ids = |found: Vec<appeals::Appeal>| found.into_iter().map(|one| one.id).collect::<Vec<_>>();
        assert_eq!(ids(appeals::of_author(tx, scene.alice.actor, None, 9)?), [two.id, one.id]);
        assert_eq!(ids(appeals::of_author(tx, scene.alice.actor, Some(two.id), 9)?), [one.id]);
        assert!(appeals::of_author(tx, scene.bob.actor, None, 9)?.is_empty());
        assert!(appeals::settle(tx, one.id, AppealState::Rejected, Some(outcome.id))?);
        assert!(!appeals::settle(tx, one.id, AppealState::Granted, Some(outcome.id))?, "decided once");
        let here = Reach::Boards([found.board.unwrap()].into());
        for reach in [&Reach::Everywhere, &here] {
            assert_eq!(ids(appeals::page(tx, AppealState::Open, reach, None, 9)?), [two.id]);
            assert_eq!(ids(appeals::page(tx, AppealState::Rejected, reach, None, 9)?), [one.id]);
        }
        assert!(appeals::page(tx, AppealState::Open, &Reach::Boards([BoardId(7)].into()), None, 9)?.is_empty());
        assert!(appeals::page(tx, AppealState::Open, &Reach::Everywhere, Some(two.id), 9)?.is_empty());
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_is_said_to_a_person_is_appealed_against_where_it_counts() {
    let db = database().await;
    let scene = scene(&db).await;
    let (board, root, alice) = (scene.board, scene.thread.root(), scene.alice.actor);
    write(&db, move |tx| {
        let bar = Bar { level: Sanction::Suspend, board: None, until: None };
        let (id, reason, created) = (world::id(), String::new(), world::now());
        let decided = Decided { id, actor: alice, bar, reason, by: None, created, ended: None, sweep: Sweep::Remove };
        sanctions::insert(tx, &decided)?;
        let those = swept::standing(tx, alice, None, id, 9)?;
        swept::remove(tx, id, &those)?;
        let taken: Vec<_> = those.iter().map(|one| one.id).collect();
        assert_eq!(swept::with(tx, taken[0])?, Some(id));
        assert_eq!(
            (swept::count(tx, id)?, swept::shown(tx, id, 1)?),
            (taken.len() as i64, vec![taken[taken.len() - 1]])
        );
        let say = |kind, sanction, board| Warning {
            id: world::id(),
            actor: alice,
            kind,
            sanction,
            board,
            by: None,
            reason: "spam".into(),
            at: world::now(),
            read: None,
        };
        let (suspended, lifted) = (say(Word::Sanction, Some(id), None), say(Word::Lifted, Some(id), None));
        let warned = say(Word::Warning, None, Some(board));
        for word in [&suspended, &lifted, &warned] {
            warnings::insert(tx, word)?;
        }
        assert_eq!(warnings::of_sanction(tx, id)?, Some(suspended.clone()));
        assert_eq!(warnings::find(tx, lifted.id)?, Some(lifted.clone()));
        assert_eq!(warnings::page(tx, alice, &Word::AGAINST, None, 9)?, [warned.clone(), suspended.clone()]);
        assert_eq!(warnings::page(tx, alice, Word::ALL, Some(warned.id), 1)?, [lifted]);

        let against = |word| appeals::Appeal { against: Against::Word(word), author: alice, ..world::appeal(root, 7) };
        let (one, two) = (against(suspended.id), against(warned.id));
        assert!(appeals::insert(tx, &one)? && appeals::insert(tx, &two)?);
        assert!(!appeals::insert(tx, &against(warned.id))?, "once");
        let found = appeals::against_words(tx, &[warned.id])?;
        assert_eq!((found[0].id, found[0].board, &found[0].title), (two.id, Some(board), &None));
        assert_eq!(appeals::find(tx, one.id)?.map(|one| (one.against, one.board)), Some((one.against, None)));
        let page = |tx: &mut storage::Write, reach: Reach| -> storage::Result<Vec<i64>> {
            let found = appeals::page(tx, AppealState::Open, &reach, None, 9)?;
            Ok(found.into_iter().map(|one| one.id).collect())
        };
        assert_eq!(page(tx, Reach::Everywhere)?, [one.id, two.id]);
        assert_eq!(page(tx, Reach::Boards([board].into()))?, [two.id], "who moderates boards has those of these");
        assert_eq!(page(tx, Reach::Boards([BoardId(7)].into()))?, Vec::<i64>::new());
        assert!(appeals::settle(tx, one.id, AppealState::Granted, None)?);
        Ok(())
    })
    .await;
}
