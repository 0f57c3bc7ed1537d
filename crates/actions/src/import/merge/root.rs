//! The root of an imported thread, and what became of it at its source.

use domain::{ActorId, BoardId, State, ThreadId, Time, Votes};
use storage::comments::{self, NewComment};
use storage::threads::{self, NewThread};
use storage::{Write, actors, imports};

use super::Text;
use crate::import::foreign::ForeignState;
use crate::writing::index;
use crate::{Ctx, Result};

pub(super) struct Root {
    pub board: BoardId,
    pub title: String,
    pub url: Option<String>,
    pub source: String,
    pub item: String,
    /// The site and the name.
    pub author: (String, String),
    pub state: State,
    pub published: Time,
    pub votes: Votes,
    pub text: Option<Text>,
}

/// A dead root is flagged, not removed: that would take the title from the thread and it from the lists, as a decision of this
/// instance's moderators that none of them has made.
pub(super) fn state(state: ForeignState) -> State {
    match state {
        ForeignState::Published => State::Published,
        ForeignState::Flagged | ForeignState::Dead => State::Flagged,
        ForeignState::Deleted => State::Deleted,
    }
}

impl Root {
    pub fn store(mut self, tx: &mut Write, ctx: &Ctx) -> Result<ThreadId> {
        let (id, now) = (ThreadId(ctx.id()), ctx.now());
        if self.state == State::Deleted {
            // Title and link are words of its author too.
            (self.title, self.url, self.text) = (String::new(), None, None);
        }
        let author = actors::imported(tx, ActorId(ctx.id()), &self.author.0, &self.author.1, now)?;
        threads::insert(tx, &self.thread(id))?;
        comments::insert(tx, &self.comment(id, author))?;
        imports::insert(tx, &self.source, &self.item, id.root())?;
        index(tx, id.root(), self.state, Some(&self.title), self.text.as_ref().map_or("", Text::plain))?;
        if self.state == State::Deleted {
            threads::set_listed(tx, id, false)?;
        }
        Ok(id)
    }

    fn thread(&self, id: ThreadId) -> NewThread<'_> {
        NewThread {
            id,
            board: self.board,
            title: &self.title,
            url: self.url.as_deref(),
            published: self.published,
            votes: self.votes,
        }
    }

    fn comment(&self, id: ThreadId, author: ActorId) -> NewComment<'_> {
        NewComment {
            id: id.root(),
            thread: id,
            parent: None,
            author,
            depth: 0,
            state: self.state,
            published: self.published,
            votes: self.votes,
            words: self.text.as_ref().map(Text::words),
        }
    }
}
