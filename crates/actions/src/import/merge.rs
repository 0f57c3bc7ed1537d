//! Brings a foreign discussion into a board: merges, never wipes, and adds nothing twice. What it cannot place it lists and goes on.
//!
//! It works in batches, each committed by itself. An import that is cut short is finished by running it again.

mod root;

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::text::{Rendered, TextLimits};
use domain::{ActorId, CommentId, Noun, Refusal, State, ThreadId, Time, Votes};
use formats::foreign::{Doubt, ForeignComment, ForeignState, ForeignText, ForeignThread, Unplaced, excerpt};
use formats::page_text;
use formats::site::site;
use storage::comments::{self, NewComment, Words};
use storage::threads::{self, Touch};
use storage::{Write, actors, boards, imports};

use self::root::Root;
use super::rejoinder;
use crate::writing::index;
use crate::{Ctx, Error, Result};

/// Comments committed together.
const BATCH: usize = 250;
/// Imported texts may be longer than those written here; beyond this they are listed and left out.
const MAX_CHARS: usize = 200_000;
/// The name of authors whom the source does not tell.
pub const NOBODY: &str = "unknown";
/// How many comments of a saved page are looked for, to know it again.
const PRINTS: usize = 40;

/// Whether anything is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// Write.
    Real,
    /// Only say what would be written.
    Dry,
}

/// Where and how to import.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Name of the board.
    pub board: String,
    /// The site that the authors' names belong to, a host name: `news.ycombinator.com`.
    pub site: String,
    /// Whether to write.
    pub run: Run,
}

/// What an import did, or would do.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The thread; `None` if it is not there (a dry run).
    pub thread: Option<ThreadId>,
    /// Its title.
    pub title: String,
    /// Comments in the file that have a place.
    pub comments: usize,
    /// Those that are new here.
    pub new: usize,
    /// Those that were imported before.
    pub known: usize,
    /// How many comments there are at each depth, from the top.
    pub depths: Vec<usize>,
    /// Different authors of comments.
    pub authors: usize,
    /// Comments whose words readers' reports have hidden.
    pub flagged: usize,
    /// What has no place, and why.
    pub unplaced: Vec<Unplaced>,
    /// What was placed although the file is unclear.
    pub doubts: Vec<Doubt>,
}

/// Merges a discussion. `progress` is told how many comments are done, of how many.
///
/// # Errors
/// An unknown board, a site that is no host name, an unusable title, another page's title; failures. What was committed before a failure stays.
pub async fn merge(ctx: &Ctx, foreign: ForeignThread, plan: Plan, progress: impl Fn(usize, usize)) -> Result<Report> {
    let board_name = plan.board.clone();
    let board = ctx.db().read(move |tx| boards::by_name(tx, &board_name)).await?.ok_or(Error::missing(Noun::Board))?;
    let mut import = Import::new(ctx, foreign, plan, board.id)?;
    import.look_up().await?;
    import.place_root();
    import.place();
    if import.plan.run == Run::Dry {
        return Ok(import.report());
    }
    import.root().await?;
    let total = import.foreign.comments.len();
    let mut done = 0;
    while done < total {
        let until = (done + BATCH).min(total);
        import.batch(done..until).await?;
        done = until;
        progress(done, total);
    }
    Ok(import.report())
}

struct Import<'a> {
    ctx: &'a Ctx,
    foreign: ForeignThread,
    plan: Plan,
    board: domain::BoardId,
    title: String,
    url: Option<String>,
    thread: Option<ThreadId>,
    known: HashMap<String, imports::Known>,
    /// For each comment of the file its place, once it has one.
    places: Vec<Option<Place>>,
    words: Vec<Option<Text>>,
    root_words: Option<Text>,
    new: usize,
}

/// Where a comment stands: below another comment of the file (or the root), at a depth counted from 1 below the root.
#[derive(Clone, Copy)]
struct Place {
    parent: Option<usize>,
    depth: u32,
    id: Option<CommentId>,
}

#[derive(Clone)]
struct Text {
    source: String,
    rendered: Rendered,
}

impl<'a> Import<'a> {
    fn new(ctx: &'a Ctx, foreign: ForeignThread, plan: Plan, board: domain::BoardId) -> Result<Self> {
        let plan = Plan { site: site(&plan.site)?, ..plan };
        let title = foreign.title.clone().unwrap_or_else(|| "Imported discussion".into());
        let title = domain::text::title(&title, &ctx.limits().text)?;
        let url = foreign.url.as_deref().map(domain::text::link).transpose()?.map(|url| url.to_string());
        let count = foreign.comments.len();
        Ok(Self {
            ctx,
            plan,
            board,
            title,
            url,
            thread: None,
            known: HashMap::new(),
            places: vec![None; count],
            words: vec![None; count],
            root_words: None,
            new: 0,
            foreign,
        })
    }

    async fn look_up(&mut self) -> Result<()> {
        if self.foreign.source == page_text::SOURCE {
            self.find_again().await?;
        }
        let mut items: Vec<String> = self.foreign.comments.iter().map(|comment| comment.id.clone()).collect();
        items.push(self.foreign.id.clone());
        let source = self.foreign.source.clone();
        self.known = self.ctx.db().read(move |tx| imports::known(tx, &source, &items)).await?;
        self.thread = self.known.get(&self.foreign.id).map(|known| known.thread);
        let Some(thread) = self.thread else { return Ok(()) };
        let Some(head) = self.ctx.db().read(move |tx| threads::find(tx, thread)).await? else { return Ok(()) };
        self.refuse_namesake(&head)?;
        self.keep_head(head);
        Ok(())
    }

    /// A thread that is here stays where it is and as it is called: it may have been moved, or renamed, since it came. Whoever wanted
    /// it otherwise is told. One whose root was deleted has no title.
    fn keep_head(&mut self, head: threads::Thread) {
        let mut doubt = |reason| self.foreign.doubts.push(Doubt { place: format!("thread {}", head.id), reason });
        if head.board != self.board {
            let board = boards::address(&head.board_name, &head.board_host);
            doubt(format!("It was imported before. It stands on the board “{board}”, and stays there."));
        }
        if head.title.is_empty() || head.title == self.title {
            return;
        }
        if self.foreign.title.is_some() {
            doubt(format!("It was imported before. It is called “{}” here, and keeps that title.", head.title));
        }
        self.title = head.title;
    }

    /// A saved page that is given no address is told from others by its title, and two discussions may have the same one. Where the
    /// thread of that title knows no comment of this file, it is another discussion.
    fn refuse_namesake(&self, head: &threads::Thread) -> Result<()> {
        let (thread, by_title) = (head.id, self.foreign.source == page_text::SOURCE && self.foreign.url.is_none());
        let is_here =
            |comment: &ForeignComment| self.known.get(&comment.id).is_some_and(|known| known.thread == thread);
        // A thread without comments is what an import leaves that was cut short behind the root.
        if !by_title || head.comments == 0 || self.foreign.comments.iter().any(is_here) {
            return Ok(());
        }
        let problem = format!(
            "a page of this title was imported before, as the thread {thread}, and none of the comments in this file are \
             in it. For another discussion, give its address with --url, or another --title."
        );
        Err(Error::Refused(Refusal::field("title", problem)))
    }

    /// A saved page does not say which discussion it is. If it was imported before with another title or address, it is known by
    /// its comments: whichever thread holds at least half of those that are looked for is the same one.
    async fn find_again(&mut self) -> Result<()> {
        let prints = self.foreign.comments.iter().map(|comment| page_text::fingerprint(&comment.id).to_owned());
        let prints: Vec<String> = prints.take(PRINTS).collect();
        let (source, sought) = (self.foreign.source.clone(), prints.len());
        let found = self.ctx.db().read(move |tx| imports::beginning(tx, &source, &prints)).await?;
        let mut threads: HashMap<&str, usize> = HashMap::new();
        for item in &found {
            if let Some((_, thread)) = item.split_once('-') {
                *threads.entry(thread).or_default() += 1;
            }
        }
        let best = threads.into_iter().max_by_key(|(thread, count)| (*count, *thread == self.foreign.id));
        if let Some((thread, _)) = best.filter(|(_, count)| 2 * count >= sought) {
            let thread = thread.to_owned();
            page_text::rename(&mut self.foreign, &thread);
        }
        Ok(())
    }

    /// Renders the words of a root that is new here. Those that cannot be taken are listed, and the thread does without.
    fn place_root(&mut self) {
        if self.thread.is_some() {
            return;
        }
        let place = format!("item {}", self.foreign.id);
        if self.foreign.state == ForeignState::Deleted {
            let reason =
                "The root was deleted at its source. Its thread has no title and stands in no list.".to_owned();
            self.foreign.doubts.push(Doubt { place: place.clone(), reason });
        }
        match text(self.ctx, &limits(self.ctx), &self.foreign.text) {
            Ok(text) => self.root_words = text,
            Err(reason) => {
                let reason = format!("The root stands without its words. {reason}");
                self.foreign.unplaced.push(Unplaced { place, reason, words: beginning(&self.foreign.text) });
            }
        }
    }

    /// Finds each comment's place and renders its words. What has none is listed; its answers move up to the next one that has.
    fn place(&mut self) {
        let limits = limits(self.ctx);
        let comments = std::mem::take(&mut self.foreign.comments);
        for (at, comment) in comments.iter().enumerate() {
            let known = self.known.get(&comment.id);
            if let Some(elsewhere) = known.filter(|known| Some(known.thread) != self.thread) {
                let reason = format!("It is here already, in the thread {}; its answers move up.", elsewhere.thread);
                self.foreign.unplaced.push(Unplaced { place: item(&comments, at), reason, words: String::new() });
                continue;
            }
            let known = known.map(|known| (known.comment, known.depth));
            let text = match text(self.ctx, &limits, &comment.text) {
                Ok(text) => text,
                Err(reason) if known.is_none() => {
                    let words = beginning(&comment.text);
                    self.foreign.unplaced.push(Unplaced { place: format!("item {}", comment.id), reason, words });
                    continue;
                }
                Err(_) => None,
            };
            let mut place = self.below(at, &comments);
            if let Some((id, depth)) = known {
                place = Place { id: Some(id), depth, ..place };
            }
            if let (Some(slot), Some(words)) = (self.places.get_mut(at), self.words.get_mut(at)) {
                *slot = Some(place);
                *words = text;
            }
        }
        self.foreign.comments = comments;
    }

    fn below(&mut self, at: usize, comments: &[ForeignComment]) -> Place {
        let deepest = self.ctx.limits().depth + 1;
        let parent_of = |at: usize| comments.get(at).and_then(|comment| comment.parent);
        let mut parent = parent_of(at);
        loop {
            let Some(index) = parent.filter(|index| *index < at) else {
                return Place { parent: None, depth: 1, id: None };
            };
            match self.places.get(index).copied().flatten() {
                // Its own place is missing: take the place above it.
                None => parent = parent_of(index),
                Some(place) if place.depth >= deepest => {
                    let reason = format!("It stands deeper than {} levels; it was put further up.", deepest - 1);
                    self.foreign.doubts.push(Doubt { place: item(comments, at), reason });
                    return Place { parent: place.parent, depth: place.depth, id: None };
                }
                Some(place) => return Place { parent: Some(index), depth: place.depth + 1, id: None },
            }
        }
    }

    async fn root(&mut self) -> Result<()> {
        if self.thread.is_some() {
            return Ok(());
        }
        let root = Root {
            board: self.board,
            title: self.title.clone(),
            url: self.url.clone(),
            source: self.foreign.source.clone(),
            item: self.foreign.id.clone(),
            author: self.author(self.foreign.author.as_deref()),
            published: Time(self.foreign.published),
            votes: votes(Some(self.foreign.score)),
            state: root::state(self.foreign.state),
            text: self.root_words.take(),
        };
        let ctx = self.ctx.clone();
        self.thread = Some(self.ctx.db().write(move |tx| root.store(tx, &ctx)).await?);
        Ok(())
    }

    async fn batch(&mut self, range: std::ops::Range<usize>) -> Result<()> {
        let thread = self.thread.ok_or(Error::missing(Noun::Thread))?;
        // Not the thread's, if what was imported was merged into another thread since.
        let root = self.known.get(&self.foreign.id).map_or(thread.root(), |known| known.comment);
        let mut rows = Vec::new();
        for at in range {
            let Some(place) = self.places.get(at).copied().flatten().filter(|place| place.id.is_none()) else {
                continue;
            };
            let Some(comment) = self.foreign.comments.get(at) else { continue };
            let parent = match place.parent {
                None => root,
                Some(parent) => self.places.get(parent).copied().flatten().and_then(|place| place.id).unwrap_or(root),
            };
            let id = CommentId(self.ctx.id());
            rows.push(Row {
                id,
                parent,
                item: comment.id.clone(),
                author: self.author(comment.author.as_deref()),
                state: state(comment.state),
                published: Time(comment.published),
                votes: votes(comment.score),
                text: self.words.get_mut(at).and_then(Option::take),
            });
            if let Some(Some(place)) = self.places.get_mut(at) {
                place.id = Some(id);
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        self.new += rows.len();
        let batch = Batch { source: self.foreign.source.clone(), rows };
        let ctx = self.ctx.clone();
        self.ctx.db().write(move |tx| batch.store(tx, &ctx)).await
    }

    /// The site and the name of an author. Another Rejoinder has people of other servers, too, and says of each where they are from.
    fn author(&self, name: Option<&str>) -> (String, String) {
        let parts = name.filter(|_| self.foreign.source == rejoinder::SOURCE).and_then(|name| name.rsplit_once('@'));
        let elsewhere = parts.and_then(|(name, host)| Some((site(host).ok()?, author(Some(name)))));
        elsewhere.unwrap_or_else(|| (self.plan.site.clone(), author(name)))
    }

    fn report(self) -> Report {
        let mut report = Report {
            thread: self.thread,
            title: self.title,
            unplaced: self.foreign.unplaced,
            doubts: self.foreign.doubts,
            ..Report::default()
        };
        let mut authors = HashSet::new();
        for (comment, place) in self.foreign.comments.iter().zip(&self.places) {
            let Some(place) = place else { continue };
            report.comments += 1;
            report.known += usize::from(self.known.contains_key(&comment.id));
            report.flagged += usize::from(comment.state == ForeignState::Flagged);
            authors.extend(comment.author.as_deref());
            let depth = (place.depth as usize).saturating_sub(1);
            if report.depths.len() <= depth {
                report.depths.resize(depth + 1, 0);
            }
            if let Some(count) = report.depths.get_mut(depth) {
                *count += 1;
            }
        }
        report.authors = authors.len();
        report.new = report.comments - report.known;
        report
    }
}

struct Batch {
    source: String,
    rows: Vec<Row>,
}

struct Row {
    id: CommentId,
    parent: CommentId,
    item: String,
    /// The site and the name.
    author: (String, String),
    state: State,
    published: Time,
    votes: Votes,
    text: Option<Text>,
}

impl Batch {
    fn store(self, tx: &mut Write, ctx: &Ctx) -> Result<()> {
        let now = ctx.now();
        let mut authors: HashMap<(String, String), ActorId> = HashMap::new();
        self.hold(tx)?;
        // Each with what it answers: parts of the discussion may have become threads of their own, or it may hang below another. Whoever
        // touches several threads does so in the order of their ids.
        let mut touched: BTreeMap<ThreadId, (i64, Time)> = BTreeMap::new();
        let mut places: HashMap<CommentId, (ThreadId, u32)> = HashMap::new();
        for row in &self.rows {
            let author = match authors.get(&row.author) {
                Some(author) => *author,
                None => actors::imported(tx, ActorId(ctx.id()), &row.author.0, &row.author.1, now)?,
            };
            authors.insert(row.author.clone(), author);
            let (thread, depth) = below(tx, &places, row.parent)?;
            places.insert(row.id, (thread, depth));
            comments::insert(tx, &row.comment(thread, author, depth))?;
            imports::insert(tx, &self.source, &row.item, row.id)?;
            index(tx, row.id, row.state, None, row.text.as_ref().map_or("", Text::plain))?;
            let (counted, active) = touched.entry(thread).or_insert((0, row.published));
            *counted += i64::from(matches!(row.state, State::Published | State::Flagged));
            *active = row.published.max(*active);
        }
        for (thread, (comments, active)) in touched {
            threads::touch(tx, thread, Touch { comments, active: Some(active), event: None, now })?;
        }
        Ok(())
    }

    /// What is answered stays where it is until this batch is stored: a thread may be put in order at this moment.
    fn hold(&self, tx: &mut Write) -> Result<()> {
        let own: HashSet<CommentId> = self.rows.iter().map(|row| row.id).collect();
        let answered: Vec<_> = self.rows.iter().map(|row| row.parent).filter(|parent| !own.contains(parent)).collect();
        Ok(comments::hold(tx, &answered)?)
    }
}

/// Where an answer to this comment stands.
fn below(tx: &mut Write, known: &HashMap<CommentId, (ThreadId, u32)>, parent: CommentId) -> Result<(ThreadId, u32)> {
    if let Some((thread, depth)) = known.get(&parent) {
        return Ok((*thread, depth + 1));
    }
    let spot = comments::spot(tx, parent)?.ok_or(Error::missing(Noun::Comment))?;
    Ok((spot.thread, spot.depth + 1))
}

impl Row {
    fn comment(&self, thread: ThreadId, author: ActorId, depth: u32) -> NewComment<'_> {
        NewComment {
            id: self.id,
            thread,
            parent: Some(self.parent),
            author,
            depth,
            state: self.state,
            published: self.published,
            votes: self.votes,
            words: self.text.as_ref().map(Text::words),
        }
    }
}

impl Text {
    fn plain(&self) -> &str {
        &self.rendered.plain
    }

    fn words(&self) -> Words<'_> {
        Words { source: &self.source, html: &self.rendered.html }
    }
}

/// The longest name that is imported, in characters.
const MAX_NAME: usize = 80;

/// An author's name on one line, without what cannot be seen; [`NOBODY`] where nothing is left of it.
fn author(name: Option<&str>) -> String {
    let clean = domain::text::tidy(name.unwrap_or_default());
    let line: String =
        clean.split_whitespace().collect::<Vec<_>>().join(" ").replace(['@', '/'], "").chars().take(MAX_NAME).collect();
    if line.is_empty() { NOBODY.into() } else { line }
}

/// How the report names a comment of the file.
fn item(comments: &[ForeignComment], at: usize) -> String {
    comments.get(at).map(|comment| format!("item {}", comment.id)).unwrap_or_default()
}

fn limits(ctx: &Ctx) -> TextLimits {
    let own = &ctx.limits().text;
    TextLimits { max_chars: MAX_CHARS.max(own.max_chars), ..own.clone() }
}

/// How the report shows words that are left out.
fn beginning(text: &ForeignText) -> String {
    match text {
        ForeignText::Markdown(words) | ForeignText::Html(words) => excerpt(words),
        ForeignText::None => String::new(),
    }
}

/// The foreign words rendered; the reason, if they cannot be.
fn text(ctx: &Ctx, limits: &TextLimits, text: &ForeignText) -> Result<Option<Text>, String> {
    match text {
        ForeignText::None => Ok(None),
        ForeignText::Markdown(source) => {
            let rendered = domain::text::render(source, limits, ctx.places()).map_err(|refusal| refusal.to_string())?;
            Ok(Some(Text { source: domain::text::tidy(source), rendered }))
        }
        ForeignText::Html(html) => {
            let rendered = domain::text::from_html(html, limits).map_err(|refusal| refusal.to_string())?;
            Ok(Some(Text { source: rendered.source(), rendered }))
        }
    }
}

fn state(state: ForeignState) -> State {
    match state {
        ForeignState::Published => State::Published,
        ForeignState::Flagged => State::Flagged,
        ForeignState::Deleted => State::Deleted,
        ForeignState::Dead => State::Removed,
    }
}

/// A source tells a score and not who voted: it becomes votes of one kind.
fn votes(score: Option<i64>) -> Votes {
    let score = score.unwrap_or(0).clamp(-1_000_000_000, 1_000_000_000);
    Votes { ups: score.max(0), downs: score.min(0).abs() }
}
