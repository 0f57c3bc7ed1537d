//! What the law asks for: notices, statements of reasons, copies that are kept, and forgetting.

use domain::rights::Reach;
use domain::{BoardId, CommentId, Ground, NoticeState, ThreadId, Time};

use crate::log::Sought;
use crate::notices::Decided;
use crate::statements::Statement;
use crate::testing::plans::purpose;
use crate::testing::world;
use crate::{Read, Result, Write, comments, log, notices, preserved, reports, statements, threads};

const NOW: Time = Time(1_790_000_000_000);
const PAGE: i64 = 30;

pub(super) fn reading(tx: &mut Read) -> Result<()> {
    purpose("log::page public");
    log::page(tx, Sought { public: true, ..Sought::default() }, None, PAGE)?;
    purpose("notices::find");
    notices::find(tx, 1)?;
    purpose("notices::by_secret");
    notices::by_secret(tx, b"secret")?;
    purpose("notices::page");
    for reach in [Reach::Everywhere, Reach::Boards([BoardId(1)].into())] {
        notices::page(tx, NoticeState::Open, &reach, None, PAGE)?;
    }
    purpose("notices::targets");
    notices::targets(tx, &[1, 2])?;
    notices::were_about(tx, CommentId(1), NOW)?;
    notices::open_before(tx, NOW, PAGE)?;
    purpose("threads::head_words");
    threads::head_words(tx, ThreadId(1))?;
    purpose("comments::count_revisions");
    comments::count_revisions(tx, CommentId(1))?;
    purpose("statements::of");
    statements::of(tx, 1)?;
    purpose("preserved");
    preserved::page(tx, None, PAGE)?;
    preserved::find(tx, 1)?;
    preserved::newest(tx, CommentId(1))?;
    preserved::content(tx, 1).map(drop)
}

pub(super) fn writing(tx: &mut Write, (comment, thread): (CommentId, ThreadId), entry: i64) -> Result<()> {
    purpose("notices");
    let id = world::id();
    let (new, targets) = world::notice(id, &[Some(comment), None]);
    notices::insert(tx, &new, b"another secret", &targets)?;
    notices::took_down(tx, id, &[comment])?;
    notices::decide(tx, id, Decided { state: NoticeState::Kept, reason: "", automated: false, at: NOW })?;
    purpose("statements");
    let (facts, provision) = (String::new(), String::new());
    let ground = Ground::Law;
    let (on_notice, automated, at) = (true, false, NOW);
    statements::insert(tx, &Statement { entry, comment, facts, ground, provision, on_notice, automated, at })?;
    purpose("preserved: making and ending");
    let (copy, content) = world::copy(id, comment, thread);
    preserved::insert(tx, &copy, &content)?;
    preserved::prolong(tx, id, NOW)?;
    purpose("forgetting");
    let later = Time(2_000_000_000_000);
    notices::forget_decided(tx, later, PAGE)?;
    preserved::forget_ended(tx, later, PAGE)?;
    reports::forget_decided(tx, later, PAGE)?;
    comments::forget_editions_of_removed(tx, later, PAGE).map(drop)
}
