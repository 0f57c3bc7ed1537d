//! Views: one plain struct per page, and the template that shows it. They hold strings, numbers and
//! small enums, nothing of storage or the network; whoever fills them has already decided who may
//! see what. Whatever is called `html` is sanitised markup; everything else is text and is escaped.

mod account;
mod appeal;
mod context;
mod desk;
mod entry;
mod forms;
mod frame;
#[cfg(test)]
mod hostile;
mod interact;
mod lists;
mod notice;
mod overview;
mod people;
mod places;
pub mod plot;
mod queue;
mod reference;
mod search;
mod thread;
pub mod time;
mod tree;
mod writing;

pub use account::{
    FactorView, NotificationView, NotificationsPage, SessionView, SettingsPage, TokenView, WaitingView, WarningView,
};
pub use appeal::{AppealPage, Appealing, DecidedView, DecisionView, DecisionsPage, DownView, Stating};
pub use context::{ContextPage, HistoryPage, Revision};
pub use desk::{DeskForm, DeskLink, DeskPage, DeskTab, Fact, Find, Line, LineDeed, LineForm};
pub use entry::{BAIT, Carried, Factor, JoinPage, LoginPage, Registration, SetupPage, WaitingPage};
pub use forms::{Button, Choice, Compose, Field, FieldKind, Form, Problem, Problems};
pub use frame::{BoardLink, Direction, FeedLink, Frame, Notice, Robots};
pub use interact::{Doing, InteractPage};
pub use lists::{BoardFollow, BoardHead, BoardHome, ListPage, ListSort, ThreadRow};
pub use notice::{NoticePage, NoticeView, NoticedView, NoticesPage, Outcome, ReceiptPage};
pub use overview::{AgeView, DayView, LagView, OverviewPage, ServersView, Tile};
pub use people::{PersonPage, PlacedComment};
pub use places::{
    AboutPage, BoardEntry, BoardFollowing, BoardMaking, BoardsPage, DescribePage, ErrorPage, Kept, LogEntry, LogPage,
    MonthView, NewBoardPage, NumbersPage,
};
pub use queue::{QueueAbove, QueueDeed, QueueItem, QueuePage, QueueTab, QueueWord};
pub use reference::{ApiPage, OperationGroup, OperationView, ParameterView, ResponseView};
pub use search::{Excerpt, SearchPage, SearchResult};
pub use thread::{CommentSort, Joint, ThreadHead, ThreadPage};
pub use time::machine;
pub use tree::{Author, Comment, CommentState, Origin, Replies, Role, Tree, TreeFrame};
pub use writing::{DeletePage, EditPage, HeldPage, ReplyPage, ReportPage, SubmitPage};

use crate::slots::Slotted;

/// What a page takes without its list or tree, in bytes.
const FRAME_ROOM: usize = 16 * 1024;

/// Renders a page and finds its slots.
///
/// # Errors
///
/// When a template cannot be written, which memory alone can cause.
pub fn render(page: &impl askama::Template) -> askama::Result<Slotted> {
    render_large(page, 0)
}

/// Renders a page that will take about `room` bytes besides its frame (see [`Tree::room`]).
///
/// # Errors
///
/// As [`render`].
pub fn render_large(page: &impl askama::Template, room: usize) -> askama::Result<Slotted> {
    let mut marked = String::with_capacity(FRAME_ROOM + room);
    page.render_into(&mut marked)?;
    Ok(Slotted::parse(marked))
}
