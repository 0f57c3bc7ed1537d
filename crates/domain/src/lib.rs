//! Nouns and rules of Rejoinder. Here lives what decides: ids, states, the tree of a thread, ranking, authority, text,
//! refusals. Not here: I/O, a clock, randomness, serde, SQL, HTTP.

pub mod authority;
pub mod cooling;
mod figure;
mod id;
pub mod joining;
pub mod listing;
mod month;
mod news;
pub mod notice;
pub mod policy;
pub mod rank;
mod refusal;
pub mod rights;
pub mod rules;
pub mod sanction;
mod state;
pub mod text;
mod time;
pub mod tree;
pub mod visit;
pub mod window;

pub use figure::Figure;
pub use id::{AccountId, ActorId, BoardId, CommentId, NotAnId, ThreadId, first_made_at, made_at, next_id};
pub use month::Month;
pub use news::News;
pub use notice::{Ground, Illegality, NoticeState};
pub use rank::{CommentSort, ThreadSort, Votes};
pub use refusal::{Noun, Refusal};
pub use state::{
    AppealState, Category, Cause, Deed, Effect, EventKind, Level, Origin, ReportState, Role, Sanction, Scope, State,
    Told, Word,
};
pub use time::Time;
