//! A small instance to act in.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use actions::board::Description;
use actions::elsewhere::Elsewhere;
use actions::joining::{self, Candidate, Joined};
use actions::start_thread::{Opening, start_thread};
use actions::{Clock, Ctx, Joining, Limits, Person, SystemChance, account, board, reply};
use domain::text::{Places, TextLimits};
use domain::{CommentId, Role, Scope, ThreadId, Time};
use storage::testing::{TestDb, database};

/// A clock that stands still until it is moved.
#[derive(Clone)]
pub struct Hands(Arc<AtomicI64>);

impl Hands {
    pub fn forward(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for Hands {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::SeqCst))
    }
}

/// An instance with a board, a member and a moderator.
pub struct World {
    _db: TestDb,
    pub ctx: Ctx,
    pub hands: Hands,
    pub ana: Person,
    pub bo: Person,
    pub mo: Person,
}

pub const PASSWORD: &str = "correct horse battery";

impl World {
    pub async fn new() -> Self {
        Self::on(Elsewhere::new("https://talk.example", Vec::new(), None).unwrap()).await
    }

    /// The same in that neighbourhood.
    pub async fn on(elsewhere: Elsewhere) -> Self {
        let db = database().await;
        let hands = Hands(Arc::new(AtomicI64::new(1_800_000_000_000)));
        let limits = Limits {
            text: TextLimits::default(),
            depth: 5,
            page: 50,
            joining: Joining::Open,
            question: String::new(),
            log_names: false,
            retention: actions::retention::Retention::default(),
        };
        let handle = (*db).clone();
        let ctx =
            Ctx::new(handle, Box::new(hands.clone()), Box::new(SystemChance), limits, Places::default(), elsewhere);
        board::create_as_host(&ctx, "talk", &Description::default()).await.unwrap();
        let ana = person(&ctx, "ana", Role::Member).await;
        let bo = person(&ctx, "bo", Role::Member).await;
        let mo = person(&ctx, "mo", Role::Moderator).await;
        Self { _db: db, ctx, hands, ana, bo, mo }
    }

    /// A thread by Ana.
    pub async fn thread(&self, title: &str) -> ThreadId {
        let opening = Opening { title: title.into(), text: "What do you think?".into(), ..Opening::default() };
        start_thread(&self.ctx, &self.ana, "talk", &opening, None).await.unwrap()
    }

    pub async fn reply(&self, who: &Person, to: CommentId, text: &str) -> CommentId {
        reply::reply(&self.ctx, who, to, text, None).await.unwrap()
    }
}

/// Somebody with an account and every scope.
pub async fn person(ctx: &Ctx, name: &str, role: Role) -> Person {
    account::create(ctx, name, None, role, None).await.unwrap();
    account::create_token(ctx, name, Scope::Admin, "test", None).await.unwrap().person
}

/// The code of a refusal; anything else is a fault of the test.
pub fn refusal<T: std::fmt::Debug>(outcome: actions::Result<T>) -> &'static str {
    match outcome {
        Err(actions::Error::Refused(refusal)) => refusal.code(),
        other => panic!("not refused: {other:?}"),
    }
}

/// Joins by form.
pub async fn join(ctx: &Ctx, name: &str, password: &str) -> actions::Result<Joined> {
    let candidate = Candidate { name: name.into(), password: password.into(), ..Candidate::default() };
    joining::join(ctx, &candidate).await
}
