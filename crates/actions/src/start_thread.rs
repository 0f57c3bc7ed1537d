//! Starting a thread: a title, and a link or words or both.

use domain::text::{Rendered, TextRefusal, tidy};
use domain::{BoardId, CommentId, Noun, Role, State, ThreadId, Votes};
use storage::comments::{self, NewComment, Words};
use storage::threads::{self, NewThread};
use storage::{Write, boards};

use crate::elsewhere::say::{self, Home};
use crate::once::{self, Once};
use crate::writing::{index, notify, render};
use crate::{Ctx, Error, Person, Result};

/// What a thread begins with, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// The title.
    pub title: String,
    /// What is discussed; empty if it is the words.
    pub url: String,
    /// The words; empty if it is the link.
    pub text: String,
}

/// An opening that can be published.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The title, cleaned.
    pub title: String,
    /// The link.
    pub url: Option<String>,
    /// The words, rendered; `None` where there are none.
    pub text: Option<Rendered>,
}

/// Checks an opening without publishing it.
///
/// # Errors
/// The refusal of the part that cannot be taken.
pub fn check(ctx: &Ctx, opening: &Opening) -> Result<Checked> {
    let title = domain::text::title(&opening.title, &ctx.limits().text)?;
    let url = match opening.url.trim() {
        "" => None,
        url => Some(domain::text::link(url)?.to_string()),
    };
    let text = match render(ctx, &opening.text) {
        Ok(text) => Some(text),
        Err(Error::Refused(domain::Refusal::Text(TextRefusal::Empty)))
            if url.is_some() || opening.text.trim().is_empty() =>
        {
            None
        }
        Err(error) => return Err(error),
    };
    Ok(Checked { title, url, text })
}

/// Publishes a thread and returns its id. With `once`, the same request again returns the same thread.
///
/// # Errors
/// Refusals of the opening, an unknown board; failures.
pub async fn start_thread(
    ctx: &Ctx,
    who: &Person,
    board: &str,
    opening: &Opening,
    once: Option<Once>,
) -> Result<ThreadId> {
    who.must_be(Role::Member, "start threads")?;
    let checked = check(ctx, opening)?;
    let (cx, who, board, source) = (ctx.clone(), who.clone(), board.to_owned(), tidy(&opening.text));
    ctx.db()
        .write(move |tx| {
            if let Some(comment) = once::seen(tx, &who, once.as_ref())? {
                return Ok(ThreadId(comment.0));
            }
            let board = boards::by_name(tx, &board)?.ok_or(Error::missing(Noun::Board))?;
            let thread = publish(tx, &cx, &who, board.id, &checked, &source)?;
            say::published(tx, &cx, thread.root(), Home::Here(&who.name))?;
            once::remember(tx, &who, once.as_ref(), thread.root(), cx.now())?;
            Ok(thread)
        })
        .await
}

fn publish(
    tx: &mut Write,
    ctx: &Ctx,
    who: &Person,
    board: BoardId,
    checked: &Checked,
    source: &str,
) -> Result<ThreadId> {
    let (id, now) = (ThreadId(ctx.id()), ctx.now());
    let votes = Votes::default();
    let url = checked.url.as_deref();
    threads::insert(tx, &NewThread { id, board, title: &checked.title, url, published: now, votes })?;
    let root = NewComment {
        id: CommentId(id.0),
        thread: id,
        parent: None,
        author: who.actor,
        depth: 0,
        state: State::Published,
        published: now,
        votes,
        words: checked.text.as_ref().map(|text| Words { source, html: &text.html }),
    };
    comments::insert(tx, &root)?;
    let (plain, mentions) = checked.text.as_ref().map_or(("", &[][..]), |text| (&text.plain, &text.mentions));
    index(tx, id.root(), root.state, Some(&checked.title), plain)?;
    notify(tx, ctx, id.root(), who.actor, None, mentions, now)?;
    Ok(id)
}
