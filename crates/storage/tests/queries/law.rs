//! Notices, statements of reasons, copies that are kept; and what is forgotten in time.

use domain::rights::Reach;
use domain::sanction::Bar;
use domain::{
    ActorId, Category, CommentId, Deed, Figure, Ground, Month, NoticeState, ReportState, Sanction, State, Time,
};
use storage::comments::Words;
use storage::log::{self, Entry, Sought};
use storage::notices::{self, Decided};
use storage::preserved;
use storage::reports::{self, NewReport};
use storage::sanctions::{self, Sweep};
use storage::statements::{self, Statement};
use storage::testing::{database, number, world};
use storage::{Db, Write, cases, comments, figures, swept};

use crate::{Scene, read, scene, write};

async fn tell(db: &Db, secret: &'static [u8], about: Vec<Option<CommentId>>) -> i64 {
    write(db, move |tx| {
        let id = world::id();
        let (new, targets) = world::notice(id, &about);
        notices::insert(tx, &new, secret, &targets)?;
        Ok(id)
    })
    .await
}

async fn listed(db: &Db, reach: Reach) -> Vec<i64> {
    let found = read(db, move |tx| notices::page(tx, NoticeState::Open, &reach, None, 10)).await;
    found.into_iter().map(|notice| notice.id).collect()
}

#[tokio::test]
async fn a_notice_is_found_by_its_secret_and_decided_once() {
    let db = database().await;
    let scene = scene(&db).await;
    let root = scene.thread.root();
    let id = tell(&db, b"one", vec![Some(root), None]).await;
    let found = read(&db, |tx| notices::by_secret(tx, b"one")).await.unwrap();
    assert_eq!((found.id, found.state, found.decided), (id, NoticeState::Open, None));
    assert_eq!(read(&db, |tx| notices::by_secret(tx, b"two")).await, None);
    let about = read(&db, move |tx| notices::targets(tx, &[id])).await;
    assert_eq!(about.iter().map(|one| one.comment).collect::<Vec<_>>(), [Some(root), None]);
    assert_eq!(about.iter().map(|one| one.board).collect::<Vec<_>>(), [Some(scene.board), None]);
    let (came, before) = (found.created, Time(found.created.0 - 1));
    let told = read(&db, move |tx| Ok((notices::were_about(tx, root, came)?, notices::were_about(tx, root, before)?)));
    assert_eq!(told.await, (true, false));
    write(&db, move |tx| notices::took_down(tx, id, &[root])).await;
    let about = read(&db, move |tx| notices::targets(tx, &[id])).await;
    assert_eq!(about.iter().map(|one| one.taken_down).collect::<Vec<_>>(), [true, false]);
    let decided = |state, reason| Decided { state, reason, automated: false, at: Time(7) };
    write(&db, move |tx| {
        assert!(notices::decide(tx, id, decided(NoticeState::Kept, "an opinion"))?);
        assert!(!notices::decide(tx, id, decided(NoticeState::Removed, "late"))?);
        Ok(())
    })
    .await;
    let found = read(&db, move |tx| notices::find(tx, id)).await.unwrap();
    assert_eq!((found.state, found.reason.as_str(), found.decided), (NoticeState::Kept, "an opinion", Some(Time(7))));
    let month = Month::of(found.created);
    let counted = read(&db, move |tx| figures::since(tx, month)).await;
    assert!(counted.iter().any(|count| count.figure == Figure::Noticed && count.count == 1), "{counted:?}");
}

/// Whoever moderates some boards sees what is about these alone.
#[tokio::test]
async fn notices_are_listed_for_those_whose_business_they_are() {
    let db = database().await;
    let scene = scene(&db).await;
    let (here, other, there) = write(&db, move |tx| {
        let other = world::board(tx, "other")?;
        let there = world::thread(tx, other, scene.bob.actor, "There")?;
        Ok((scene.thread.root(), other, there.root()))
    })
    .await;
    let (a, b) = (tell(&db, b"a", vec![Some(here)]).await, tell(&db, b"b", vec![Some(there)]).await);
    let (c, d) = (tell(&db, b"c", vec![Some(here), Some(there)]).await, tell(&db, b"d", vec![None]).await);
    assert_eq!(listed(&db, Reach::Everywhere).await, [a, b, c, d]);
    assert_eq!(listed(&db, Reach::Boards([scene.board].into())).await, [a]);
    assert_eq!(listed(&db, Reach::Boards([other].into())).await, [b]);
    assert_eq!(listed(&db, Reach::Boards([scene.board, other].into())).await, [a, b, c]);
}

#[tokio::test]
async fn decided_notices_are_forgotten_oldest_first_and_open_ones_never() {
    let db = database().await;
    let root = scene(&db).await.thread.root();
    let (open, old) = (tell(&db, b"a", vec![Some(root)]).await, tell(&db, b"b", vec![Some(root)]).await);
    let (older, new) = (tell(&db, b"c", vec![Some(root)]).await, tell(&db, b"d", vec![None]).await);
    write(&db, move |tx| {
        for (id, at) in [(old, 20), (older, 10), (new, 30)] {
            notices::decide(tx, id, Decided { state: NoticeState::Kept, reason: "", automated: false, at: Time(at) })?;
        }
        assert_eq!(notices::forget_decided(tx, Time(30), 1)?, 1);
        assert_eq!((notices::find(tx, older)?, notices::find(tx, old)?.is_some()), (None, true));
        assert_eq!(notices::forget_decided(tx, Time(30), 9)?, 1);
        assert_eq!(notices::forget_decided(tx, Time(30), 9)?, 0);
        assert!(notices::find(tx, open)?.is_some() && notices::find(tx, new)?.is_some());
        assert_eq!(number(tx, "SELECT count(*) FROM notice_targets")?, 2);
        Ok(())
    })
    .await;
}

fn entry(deed: Deed, comment: Option<CommentId>, by: ActorId) -> Entry {
    let (id, at) = (world::id(), world::now());
    let (host, person, reason) = (None, None, String::new());
    Entry { id, moderator: Some(by), moderator_name: String::new(), deed, comment, host, person, reason, at }
}

#[tokio::test]
async fn a_removal_has_one_statement_and_is_counted() {
    let db = database().await;
    let scene = scene(&db).await;
    let comment = scene.thread.root();
    let entry = entry(Deed::Remove, Some(comment), scene.bob.actor);
    let statement = Statement {
        entry: entry.id,
        comment,
        facts: "It names where she lives.".into(),
        ground: Ground::Law,
        provision: "section 1".into(),
        on_notice: true,
        automated: false,
        at: entry.at,
    };
    let month = Month::of(entry.at);
    let first = statement.clone();
    write(&db, move |tx| {
        log::insert(tx, &entry)?;
        assert!(statements::insert(tx, &first)?);
        assert!(!statements::insert(tx, &Statement { facts: "another".into(), ..first })?);
        Ok(())
    })
    .await;
    let id = statement.entry;
    assert_eq!(read(&db, move |tx| statements::of(tx, id)).await, Some(statement));
    assert_eq!(read(&db, |tx| statements::of(tx, 7)).await, None);
    let counted = read(&db, move |tx| figures::since(tx, month)).await;
    assert!(counted.iter().any(|count| count.figure == Figure::Illegal && count.count == 1), "{counted:?}");
}

#[tokio::test]
async fn a_copy_outlasts_what_it_was_made_of_and_has_its_end() {
    let db = database().await;
    let scene = scene(&db).await;
    let id = world::id();
    let (copy, content) = world::copy(id, scene.thread.root(), scene.thread);
    let (made, held) = (copy.clone(), content.clone());
    let until = copy.until;
    write(&db, move |tx| {
        preserved::insert(tx, &made, &held)?;
        comments::erase_words(tx, scene.thread.root())
    })
    .await;
    assert_eq!(read(&db, move |tx| preserved::content(tx, id)).await, Some(content));
    assert_eq!(read(&db, |tx| preserved::page(tx, None, 9)).await, std::slice::from_ref(&copy));
    assert_eq!(read(&db, move |tx| preserved::newest(tx, scene.thread.root())).await, Some(copy));
    write(&db, move |tx| {
        preserved::prolong(tx, id, until.plus_ms(5))?;
        assert_eq!(preserved::forget_ended(tx, until, 9)?, 0);
        assert_eq!(preserved::forget_ended(tx, until.plus_ms(5), 9)?, 1);
        assert_eq!((preserved::find(tx, id)?, preserved::content(tx, id)?), (None, None));
        assert_eq!(number(tx, "SELECT count(*) FROM preserved_editions")?, 0);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_is_not_for_everybody_is_left_out_of_the_public_log() {
    let db = database().await;
    let scene = scene(&db).await;
    write(&db, move |tx| {
        log::insert(tx, &entry(Deed::Remove, Some(scene.thread.root()), scene.bob.actor))?;
        Deed::WITHIN.into_iter().try_for_each(|deed| log::insert(tx, &entry(deed, None, scene.bob.actor)))
    })
    .await;
    let public = Sought { public: true, ..Sought::default() };
    let deeds = async |sought| {
        let found = read(&db, move |tx| log::page(tx, sought, None, 9)).await;
        found.into_iter().map(|listed| listed.entry.deed).collect::<Vec<_>>()
    };
    assert_eq!(deeds(public).await, [Deed::Remove]);
    assert_eq!(deeds(Sought::default()).await.len(), 4);
}

fn report(tx: &mut Write, scene: Scene, comment: CommentId, id: i64) -> storage::Result<bool> {
    let (category, text, now) = (Category::Spam, "", world::now());
    let (reporter, host, flag) = (scene.bob.actor, "", None);
    reports::insert(tx, &NewReport { id, comment, reporter, host, flag, category, text, now })
}

#[tokio::test]
async fn decided_reports_are_forgotten_and_open_ones_and_cases_are_not() {
    let db = database().await;
    let scene = scene(&db).await;
    let (came, decided) = (Time(1_800_000_000_000), Time(1_850_000_000_000));
    let later = decided.plus_ms(1);
    let old = move |n: i64| domain::first_made_at(came) + n;
    write(&db, move |tx| {
        let alice = scene.alice.actor;
        let root = scene.thread.root();
        let (first, second) = (world::reply(tx, root, alice, "One")?, world::reply(tx, root, alice, "Two")?);
        for (n, comment) in [(1, first), (2, second), (3, root)] {
            report(tx, scene, comment, old(n))?;
        }
        // Long after they came.
        cases::decide(tx, first, ReportState::Resolved, decided)?;
        cases::decide(tx, second, ReportState::Dismissed, decided)?;
        assert_eq!(reports::forget_decided(tx, decided, 9)?, 0, "they came before, and were not decided before");
        assert_eq!(reports::forget_decided(tx, later, 9)?, 2);
        assert_eq!((reports::on(tx, first)?.len(), reports::on(tx, root)?.len()), (0, 1));
        assert_eq!(cases::find(tx, first)?.unwrap().state, ReportState::Resolved);
        Ok(())
    })
    .await;
}

/// With all that they have written.
fn suspended(tx: &mut Write, actor: ActorId) -> storage::Result<()> {
    let bar = Bar { level: Sanction::Suspend, board: None, until: None };
    let (id, created, sweep) = (world::id(), world::now(), Sweep::Remove);
    let new = sanctions::Decided { id, actor, bar, reason: String::new(), by: None, created, ended: None, sweep };
    sanctions::insert(tx, &new)?;
    let those = swept::standing(tx, actor, None, id, 9)?;
    assert_eq!(those.len(), 1);
    swept::remove(tx, id, &those)
}

#[tokio::test]
async fn old_versions_of_what_was_removed_are_forgotten_and_others_are_not() {
    let db = database().await;
    let scene = scene(&db).await;
    // Long after they were written.
    let removed_at = Time(1_900_000_000_000);
    let (before, after) = (removed_at, removed_at.plus_ms(1_000));
    write(&db, move |tx| {
        let (root, alice) = (scene.thread.root(), scene.alice.actor);
        let cy = world::person(tx, "cy")?.actor;
        let (removed, other) = (world::reply(tx, root, alice, "One")?, world::reply(tx, root, alice, "One")?);
        let with_its_author = world::reply(tx, root, cy, "One")?;
        for comment in [other, removed, with_its_author] {
            for _ in 0..2 {
                let words = Words { source: "Two", html: "<p>Two</p>" };
                comments::edit(tx, comment, words, world::id(), world::now())?;
            }
        }
        comments::set_state(tx, removed, State::Removed)?;
        suspended(tx, cy)?;
        for comment in [removed, with_its_author] {
            let id = domain::first_made_at(removed_at) + comment.0 % 1_000;
            log::insert(tx, &Entry { id, ..entry(Deed::Remove, Some(comment), scene.bob.actor) })?;
        }
        assert_eq!(comments::forget_editions_of_removed(tx, before, 9)?, 0, "it was not removed that long ago");
        assert_eq!(comments::forget_editions_of_removed(tx, after, 1)?, 1);
        assert_eq!(comments::forget_editions_of_removed(tx, after, 9)?, 1);
        let left = [removed, other, with_its_author].map(|id| comments::revisions(tx, id).map(|found| found.len()));
        let [removed_has, other_has, with_its_author_has] = left;
        assert_eq!((removed_has?, other_has?, with_its_author_has?), (0, 2, 2));
        assert_eq!(comments::source(tx, removed)?.unwrap(), "Two", "what it said at last stays");
        Ok(())
    })
    .await;
}
