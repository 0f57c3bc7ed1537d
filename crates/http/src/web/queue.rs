//! The queue of moderators as a page: without script each decision comes back to it, with script the next thing is there at once.

use actions::cases::Assignment;
use actions::queue::{self, Item, List, Outcome};
use actions::{Error, Person};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::rights::Right;
use domain::{CommentId, NotAnId, Noun, Refusal, State as CommentState};
use pages::views::{BoardLink, Notice, QueueAbove, QueueItem, QueuePage, QueueTab, QueueWord};
use storage::queue::Decided;
use url::form_urlencoded::Serializer;

use super::convert;
use super::shell::{Answer, Fields, Oops, Query, Shell, local, see};
use crate::door::{App, Site};
use crate::modlog::action;
use crate::queued::{LISTS, breadth, decision, deeds, done, list, quicker, record, told, why, word};

/// Comments on one page.
const PAGE: usize = 20;
/// Characters of a comment above.
const ABOVE: usize = 240;

/// What is shown of the queue.
struct Part {
    list: List,
    board: String,
    after: Option<i64>,
}

impl Part {
    fn asked(fields: &Fields) -> Result<Self, Refusal> {
        let after = match fields.get("after") {
            "" => None,
            text => Some(text.parse().ok().ok_or(Refusal::BadCursor)?),
        };
        Ok(Self { list: list(fields.get("list")), board: fields.text("board"), after })
    }

    fn address(&self, after: Option<i64>) -> String {
        let mut query = Serializer::new(String::new());
        query.append_pair("list", word(self.list));
        if !self.board.is_empty() {
            query.append_pair("board", &self.board);
        }
        if let Some(after) = after {
            query.append_pair("after", &after.to_string());
        }
        format!("/admin/queue?{}", query.finish())
    }
}

/// `GET /admin/queue`
pub async fn page(shell: Shell, Query(query): Query) -> Answer {
    let part = Part::asked(&query)?;
    let notice = said(query.get("said"), query.get("count"));
    shown(&shell, &part, StatusCode::OK, notice).await
}

/// What happened before this page came.
fn said(what: &str, count: &str) -> Option<Notice> {
    done(what, count.parse().unwrap_or(1)).map(Notice::Done)
}

async fn shown(shell: &Shell, part: &Part, status: StatusCode, notice: Option<Notice>) -> Answer {
    let person = shell.member("see the queue")?;
    let app = &shell.app;
    let board = Some(part.board.clone()).filter(|board| !board.is_empty());
    let (found, next) = queue::page(&app.ctx, person, (part.list, board), part.after, PAGE).await?;
    let (counts, site) = (queue::counts(&app.ctx, person).await?, app.site().await?);
    let mut frame = shell.desk(Right::SeeHeld).await?;
    frame.path = part.address(part.after);
    frame.notice = notice;
    let view = QueuePage {
        frame,
        tabs: tabs(part, counts),
        notices: actions::stats::noticed(&app.ctx, person).await?,
        list: word(part.list),
        board: part.board.clone(),
        boards: boards(&site, person, part),
        items: found.into_iter().map(|one| item(&site, person, part.list, one)).collect(),
        next: next.map(|next| part.address(Some(next))),
    };
    shell.page_with(status, &view).await
}

fn tabs(part: &Part, counts: queue::Counts) -> Vec<QueueTab> {
    let count = |list| match list {
        List::Held => Some(counts.held),
        List::Reported => Some(counts.reported),
        List::Rejected | List::Removed => None,
    };
    let tab = |(list, word, title): &(List, &'static str, &'static str)| QueueTab {
        word,
        title,
        count: count(*list).map(|count| if count < queue::MOST_COUNTED { count.to_string() } else { "1,000+".into() }),
        href: Part { list: *list, board: part.board.clone(), after: None }.address(None),
        current: *list == part.list,
    };
    LISTS.iter().map(tab).collect()
}

fn boards(site: &Site, person: &Person, part: &Part) -> Vec<(BoardLink, String, bool)> {
    let theirs = site.boards.iter().filter(|board| person.must_on(Right::SeeHeld, board.id).is_ok());
    let all = (BoardLink { name: String::new(), title: "All boards".into() }, String::new());
    let each = theirs.map(|board| (convert::board_link(board), board.address()));
    let link = |(link, board): (BoardLink, String)| {
        let current = board == part.board;
        (link, Part { list: part.list, board, after: None }.address(None), current)
    };
    let found: Vec<_> = std::iter::once(all).chain(each).map(link).collect();
    // One board and all of them are the same.
    if found.len() > 2 { found } else { Vec::new() }
}

fn item(site: &Site, person: &Person, list: List, item: Item) -> QueueItem {
    let above = |line: &storage::comments::Line| QueueAbove {
        id: line.id.0,
        author: convert::author(site, &line.author, None),
        excerpt: domain::text::excerpt(&domain::text::plain(&line.html), ABOVE),
    };
    let report = |report: &storage::reports::Report| QueueWord {
        by: crate::api::shape::handle(&report.name, &report.host),
        what: report.category.name().to_owned(),
        text: report.text.clone(),
        at_ms: report.created.0,
    };
    let note = |note: storage::cases::Note| QueueWord {
        by: note.author_name,
        what: String::new(),
        text: note.text,
        at_ms: note.created.0,
    };
    let seen = item.seen();
    // What was rejected its author does not let out: they appeal.
    let own = list == List::Rejected && item.line.author.id == person.actor;
    QueueItem {
        id: item.line.id.0,
        author: convert::author(site, &item.line.author, None),
        host: item.line.author.host.clone(),
        thread_title: convert::titled(&item.title, CommentState::Published),
        board: site.boards.iter().find(|board| board.id == item.board).map(convert::board_link),
        published_ms: item.line.published.0,
        why: why(&item),
        above: item.above.iter().map(above).collect(),
        record: record(&item.author),
        earlier: item.author.decided.iter().map(earlier).collect(),
        reports: item.reports.iter().map(report).collect(),
        notes: item.notes.into_iter().map(note).collect(),
        assigned: item.assigned,
        seen,
        html: item.line.html,
        deeds: if own { Vec::new() } else { deeds(list).to_vec() },
    }
}

fn earlier(decided: &Decided) -> QueueWord {
    QueueWord {
        by: decided.by.clone(),
        what: action(decided.deed).to_owned(),
        text: decided.reason.clone(),
        at_ms: decided.at.0,
    }
}

/// `POST /admin/queue/{id}`
pub async fn decided(shell: Shell, State(app): State<App>, Path(comment): Path<String>, fields: Fields) -> Answer {
    let id: CommentId = comment.parse().map_err(|NotAnId| Refusal::NotFound(Noun::Comment))?;
    let person = shell.member("decide")?;
    let word = fields.get("do");
    let done = match (word, decision(word)) {
        (_, Some(decision)) => {
            let what = (id, breadth(fields.get("with")), fields.get("seen").parse().ok());
            let board = Some(fields.get("board")).filter(|board| !board.is_empty());
            let place = (list(fields.get("list")), board);
            queue::decide(&app.ctx, person, place, what, decision, fields.get("reason")).await
        }
        ("take", None) => queue::assign(&app.ctx, person, id, Assignment { to: None, take: false }).await.map(|_| ONE),
        ("note", None) => queue::note(&app.ctx, person, id, fields.get("note")).await.map(|()| ONE),
        _ => return Err(Refusal::field("do", "this cannot be done here").into()),
    };
    match done {
        Ok(Outcome { before: Some(before), .. }) => again(&shell, &fields, StatusCode::CONFLICT, told(&before)).await,
        Ok(outcome) => Ok(see(&after(&fields, word, &outcome))),
        Err(Error::Refused(refusal)) => refused(&shell, person, id, &fields, refusal).await,
        Err(failed) => Err(failed.into()),
    }
}

const ONE: Outcome = Outcome { decided: 1, before: None, more: false };

/// Where the moderator came from, with what has happened.
fn after(fields: &Fields, word: &str, outcome: &Outcome) -> String {
    let back = local(fields.get("back"));
    let back = if back.starts_with("/admin/queue?") { back } else { "/admin/queue?list=held" };
    format!("{back}&said={word}&count={}", outcome.decided)
}

/// Says who was quicker, if that is why, or what is wrong.
async fn refused(shell: &Shell, person: &Person, id: CommentId, fields: &Fields, refusal: Refusal) -> Answer {
    let before = queue::decided(&shell.app.ctx, person, id).await?.filter(|before| before.by != person.name);
    match (before, refusal) {
        (Some(before), Refusal::Conflict | Refusal::Field { field: "id", .. }) => {
            again(shell, fields, StatusCode::CONFLICT, quicker(&before)).await
        }
        (_, Refusal::Overtaken(news)) => again(shell, fields, StatusCode::CONFLICT, news).await,
        (_, field @ Refusal::Field { .. }) => {
            again(shell, fields, StatusCode::UNPROCESSABLE_ENTITY, field.to_string()).await
        }
        (_, other) => Err(other.into()),
    }
}

/// The queue as it is now, with why it was not decided as asked.
async fn again(shell: &Shell, fields: &Fields, status: StatusCode, words: String) -> Answer {
    // The same part of it: what is not in there any more was decided.
    let query = local(fields.get("back")).strip_prefix("/admin/queue?").unwrap_or_default();
    let part = Part::asked(&Fields::parse(query.as_bytes()))?;
    let part = Part { list: list(fields.get("list")), ..part };
    let answer = shown(shell, &part, status, Some(Notice::Warning(words))).await;
    answer.map_err(|oops: Oops| oops.keeping(fields))
}
