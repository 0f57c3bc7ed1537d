//! A few people, boards, threads and comments to test with, stored as the actions store them. Ids and times count upwards.

use std::sync::atomic::{AtomicI64, Ordering};

use domain::authority::Admission;
use domain::{
    AccountId, ActorId, AppealState, BoardId, Cause, CommentId, EventKind, Illegality, NoticeState, Origin, Role,
    State, ThreadId, Time, Votes,
};

use crate::accounts::{self, Account};
use crate::actors::{self, Actor};
use crate::appeals::{Against, Appeal};
use crate::applications::{Application, State::Waiting};
use crate::boards::{self, Board};
use crate::comments::{self, NewComment, Words};
use crate::holds::{Hold, Stage};
use crate::invitations::Invitation;
use crate::notices::{Notice, Target};
use crate::preserved::{Content, Copy, Edition};
use crate::threads::{self, NewThread, Touch};
use crate::{Result, Write, search};

/// A number that this process has not given yet, greater than all before.
pub fn id() -> i64 {
    static LAST: AtomicI64 = AtomicI64::new(1_000_000);
    LAST.fetch_add(1, Ordering::Relaxed)
}

/// A moment after all before.
pub fn now() -> Time {
    Time(1_800_000_000_000 + id())
}

/// Somebody with an account.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// As who they write.
    pub actor: ActorId,
    /// As what they log in.
    pub account: AccountId,
}

/// Somebody new.
///
/// # Errors
/// As the statements fail; of all functions here.
pub fn person(tx: &mut Write, name: &str) -> Result<Person> {
    let (actor, account) = (ActorId(id()), AccountId(id()));
    actors::insert(tx, &local(actor, name))?;
    let new = Account {
        id: account,
        actor,
        name: name.to_owned(),
        password: None,
        role: Role::Member,
        email: None,
        created: now(),
    };
    accounts::insert(tx, &new)?;
    Ok(Person { actor, account })
}

/// A local actor, not stored.
#[must_use]
pub fn local(id: ActorId, name: &str) -> Actor {
    Actor {
        id,
        origin: Origin::Local,
        host: String::new(),
        name: name.to_owned(),
        about: String::new(),
        about_html: String::new(),
        created: now(),
    }
}

/// An application that waits, not stored.
#[must_use]
pub fn applicant(name: &str) -> Application {
    let (name, password) = (name.to_owned(), "$argon2id$".to_owned());
    Application { id: id(), name, password, answer: "Tides.".to_owned(), state: Waiting, created: now() }
}

/// An invitation of one use, not stored.
#[must_use]
pub fn invitation(inviter: Option<ActorId>) -> Invitation {
    Invitation { id: id(), inviter, inviter_name: None, uses_left: 1, created: now(), expires: now() }
}

/// That a comment waits because of a rule, not stored.
#[must_use]
pub fn hold(comment: CommentId, rule: &str, host: &str) -> Hold {
    let (stage, cause) = (Stage::Waiting, Cause::Rule);
    Hold {
        comment,
        stage,
        cause,
        rule: rule.to_owned(),
        host: host.to_owned(),
        held: now(),
        request: None,
        assigned: None,
    }
}

/// A new board.
///
/// # Errors
/// As the statements fail.
pub fn board(tx: &mut Write, name: &str) -> Result<BoardId> {
    let new = a_board(name);
    boards::insert(tx, &new)?;
    Ok(new.id)
}

/// A board, not stored.
#[must_use]
pub fn a_board(name: &str) -> Board {
    Board {
        slow: 0,
        id: BoardId(id()),
        name: name.to_owned(),
        host: String::new(),
        group: None,
        title: format!("All about {name}"),
        about: String::new(),
        about_html: String::new(),
        rules: String::new(),
        rules_html: String::new(),
        admission: Admission::Everybody,
        created: now(),
    }
}

/// A new thread with its root.
///
/// # Errors
/// As the statements fail.
pub fn thread(tx: &mut Write, board: BoardId, author: ActorId, title: &str) -> Result<ThreadId> {
    let (thread, published) = (ThreadId(id()), now());
    threads::insert(tx, &NewThread { id: thread, board, title, url: None, published, votes: Votes::default() })?;
    let root = NewComment {
        id: thread.root(),
        thread,
        parent: None,
        author,
        depth: 0,
        state: State::Published,
        published,
        votes: Votes::default(),
        words: None,
    };
    comments::insert(tx, &root)?;
    search::index(tx, thread.root(), title)?;
    Ok(thread)
}

/// A new answer to a comment.
///
/// # Errors
/// As the statements fail.
pub fn reply(tx: &mut Write, parent: CommentId, author: ActorId, text: &str) -> Result<CommentId> {
    let (comment, published) = (CommentId(id()), now());
    let spot = comments::spot(tx, parent)?.ok_or(crate::Error::Unknown("comments.parent_id"))?;
    let html = format!("<p>{text}</p>");
    let new = NewComment {
        id: comment,
        thread: spot.thread,
        parent: Some(parent),
        author,
        depth: spot.depth + 1,
        state: State::Published,
        published,
        votes: Votes::default(),
        words: Some(Words { source: text, html: &html }),
    };
    comments::insert(tx, &new)?;
    search::index(tx, comment, text)?;
    let event = Some((EventKind::Comment, comment));
    threads::touch(tx, spot.thread, Touch { comments: 1, active: Some(published), event, now: published })?;
    Ok(comment)
}

/// What the author of a comment says against a decision.
pub fn appeal(comment: CommentId, decision: i64) -> Appeal {
    Appeal {
        id: id(),
        against: Against::Comment(comment, decision),
        board: Some(BoardId(1)),
        title: None,
        author: ActorId(1),
        text: "It was a joke.".to_owned(),
        state: AppealState::Open,
        outcome: None,
        created: now(),
    }
}

/// A notice about these; `None`: about somebody's page.
#[must_use]
pub fn notice(id: i64, about: &[Option<CommentId>]) -> (Notice, Vec<Target>) {
    let new = Notice {
        id,
        category: Illegality::Privacy,
        explanation: "It names where she lives.".into(),
        name: "Ann Other".into(),
        email: "ann@mail.example".into(),
        state: NoticeState::Open,
        reason: String::new(),
        automated: false,
        decided: None,
        created: now(),
    };
    let target = |comment: &Option<CommentId>| {
        let path = comment.map_or_else(|| "u/ana".to_owned(), |comment| format!("c/{comment}"));
        let (address, comment) = (format!("https://c.example/{path}"), *comment);
        Target { notice: id, address, comment, actor: None, board: None, taken_down: false }
    };
    (new, about.iter().map(target).collect())
}

/// A copy of a comment, which was changed once, for a second.
#[must_use]
pub fn copy(id: i64, comment: CommentId, thread: ThreadId) -> (Copy, Content) {
    let created = now();
    let edition = Edition { source: "first".into(), html: "<p>first</p>".into(), replaced: created };
    let content = Content {
        title: None,
        url: None,
        source: "second".into(),
        html: "<p>second</p>".into(),
        published: created,
        edited: Some(created),
        editions: vec![edition],
        left_out: 3,
    };
    let (author, address) = ("ana".into(), format!("https://c.example/c/{comment}"));
    let (reason, until) = ("an order of a court".into(), created.plus_ms(1_000));
    (Copy { id, comment, thread, author, address, reason, created, until }, content)
}
