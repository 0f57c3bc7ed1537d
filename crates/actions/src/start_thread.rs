//! Starting a thread: a title, and a link or words or both.

use domain::authority::{Standing, may_start};
use domain::rules::Occasion;
use domain::text::{Rendered, TextRefusal, tidy};
use domain::{Level, News, Noun, Origin, Refusal, Role, ThreadId, Time, Votes};
use storage::boards::{self, Board};
use storage::comments::{self, NewComment, Pace, Words};
use storage::threads::{self, NewThread};
use storage::{Write, following};

use crate::elsewhere::say::{self, Home};
use crate::once::{self, Once};
use crate::pace::Came;
use crate::rules::hook::{self, At, Question};
use crate::rules::{self, Entering, Look, Matter, Words as Looked};
use crate::writing::{index, notify, render};
use crate::{Ctx, Error, Person, Result, pace, webhooks};

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
    let mut look = Look::new(&rules::current(ctx).await?, looked(&checked));
    // As it will be stored, and nothing else.
    let source = tidy(&opening.text);
    if ctx.hook().is_some() {
        asked(ctx, who, board, (&source, &checked), &mut look).await?;
    }
    let (cx, who, board) = (ctx.clone(), who.clone(), board.to_owned());
    ctx.db()
        .write(move |tx| {
            if let Some(comment) = once::seen(tx, &who, once.as_ref())? {
                return Ok(ThreadId(comment.0));
            }
            let board = boards::by_address(tx, &board)?.ok_or(Error::missing(Noun::Board))?;
            let (id, now) = (ThreadId(cx.id()), cx.now());
            let words = checked.text.as_ref().map(|text| (source.as_str(), text));
            let (title, url) = (checked.title.as_str(), checked.url.as_deref());
            let entering = Entering { host: "", level: Level::Allow, look: &look };
            let new = New { id, board: &board, title, url, words, published: now, came: Came::Now, entering };
            let level = open(tx, &cx, (&who.standing(), Origin::Local), &new)?;
            if level != Level::Hold {
                say::published(tx, &cx, id.root(), Home::of(&who.name, level))?;
            }
            once::remember(tx, &who, once.as_ref(), id.root(), now)?;
            Ok(id)
        })
        .await
}

/// Asks the host's program about a thread.
async fn asked(
    ctx: &Ctx,
    who: &Person,
    board: &str,
    (source, checked): (&str, &Checked),
    look: &mut Look,
) -> Result<()> {
    let address = board.to_owned();
    let Some(board) = ctx.db().read(move |tx| boards::by_address(tx, &address)).await? else { return Ok(()) };
    let words = checked.text.as_ref().map(|text| (source, text));
    let (at, link) = (At::On(Box::new(board), Origin::Local), checked.url.as_deref());
    hook::ask(ctx, look, Question { who: who.standing(), host: "", at, title: &checked.title, link, words }).await
}

/// A thread to be opened.
pub(crate) struct New<'a> {
    /// Its number.
    pub(crate) id: ThreadId,
    /// Where.
    pub(crate) board: &'a Board,
    /// Its title.
    pub(crate) title: &'a str,
    /// What it discusses.
    pub(crate) url: Option<&'a str>,
    /// Its words as written and rendered, if it has any.
    pub(crate) words: Option<(&'a str, &'a Rendered)>,
    /// When it was published.
    pub(crate) published: Time,
    /// By what slow mode measures it.
    pub(crate) came: Came,
    /// Where it comes from, and what was found in it: what is not taken as everybody's stands in no list.
    pub(crate) entering: Entering<'a>,
}

/// What the rules look at.
fn looked(checked: &Checked) -> Looked<'_> {
    let words = checked.text.as_ref().map(Looked::of).unwrap_or_default();
    Looked { title: &checked.title, link: checked.url.as_deref(), ..words }
}

/// Opens a thread, whoever wrote it and wherever. Says how it is dealt with.
pub(crate) fn open(tx: &mut Write, ctx: &Ctx, (who, origin): (&Standing, Origin), new: &New<'_>) -> Result<Level> {
    may_start(who, origin, (new.board.id, new.board.admission))?;
    // Nobody would bring here what is answered there.
    if new.board.group.is_some() && !following::is_followed(tx, new.board.id)? {
        let remedy = "Nobody here follows it. Follow it, and try again once it has said yes.";
        return Err(Error::Refused(Refusal::Forbidden("start threads on this board", remedy)));
    }
    let New { id, board, title, url, words, published, came, entering } = *new;
    pace::keep(tx, ctx, who, (None, board.id), (Pace { thread: 0, board: board.slow }, came))?;
    let matter = Matter { who, comment: id.root(), board: board.id, occasion: Occasion::New };
    let ruling = rules::ask(tx, ctx, entering, matter)?;
    let level = ruling.level;
    let votes = Votes::default();
    threads::insert(tx, &NewThread { id, board: board.id, title, url, published, votes })?;
    let root = NewComment {
        id: id.root(),
        thread: id,
        parent: None,
        author: who.actor,
        depth: 0,
        state: level.state(),
        published,
        votes,
        words: words.map(|(source, text)| Words { source, html: &text.html }),
    };
    comments::insert(tx, &root)?;
    ruling.keep(tx, ctx)?;
    let (plain, mentions) = words.map_or(("", &[][..]), |(_, text)| (&text.plain, &text.mentions));
    index(tx, id.root(), root.state, Some(title), plain)?;
    if level != Level::Hold {
        webhooks::happened(tx, ctx, News::ThreadStarted, id.root())?;
    }
    if level != Level::Allow {
        threads::set_listed(tx, id, false)?;
        return Ok(level);
    }
    notify(tx, ctx, id.root(), who.actor, None, mentions, ctx.now())?;
    Ok(level)
}
