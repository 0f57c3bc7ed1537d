//! Writing: threads, answers, edits, deletions, votes, reports. Each form works without script, keeps what was typed when it
//! is refused, and can be looked at before it is sent.

use actions::edit::{self, Of};
use actions::start_thread::{self, Opening};
use actions::{comment, reply, report, retract};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use domain::authority::Act;
use domain::{Category, CommentId, NotAnId, Noun, Refusal, Time};
use pages::views::{
    Choice, DeletePage, EditPage, HistoryPage, Notice, Problem, Problems, ReplyPage, ReportPage, Revision, SubmitPage,
};
use storage::comments::Line;
use storage::votes::Vote;

use super::appeals::About;
use super::shell::{Answer, Fields, Oops, Shell, problems, see};
use super::{convert, entry, interact, thread};
use crate::door::App;

fn id(text: &str) -> Result<CommentId, Refusal> {
    text.parse().map_err(|NotAnId| Refusal::NotFound(Noun::Comment))
}

/// A comment with what a page about it says of its thread.
struct Found {
    line: Line,
    title: String,
    path: String,
}

/// Also one that is held, for whoever knows of it.
async fn found(shell: &Shell, id: CommentId) -> Result<Found, Oops> {
    let app = &shell.app;
    let line = comment::find_as(&app.ctx, shell.visitor.as_ref(), id).await?;
    let head = actions::reading::head(&app.ctx, line.thread).await?;
    Ok(Found { line, title: convert::title(&head), path: convert::thread_path(&head) })
}

/// `GET /b/{board}/submit`
pub async fn submit(shell: Shell, Path(board): Path<String>) -> Answer {
    shell.member("start threads")?;
    submit_page(&shell, &board, &Fields::default(), None, Problems::default()).await
}

/// `POST /b/{board}/submit`
pub async fn submitted(shell: Shell, State(app): State<App>, Path(board): Path<String>, fields: Fields) -> Answer {
    let Some(person) = &shell.visitor else { return entry::login_keeping(&shell, &fields).await };
    let opening = opening(&fields);
    if fields.wants_preview() {
        return match start_thread::check(&app.ctx, &opening) {
            Ok(checked) => {
                let html = checked.text.map(|text| text.html).unwrap_or_default();
                submit_page(&shell, &board, &fields, Some(html), Problems::default()).await
            }
            Err(error) => {
                submit_page(&shell, &board, &fields, None, problems(error, &[]).map_err(|oops| oops.keeping(&fields))?)
                    .await
            }
        };
    }
    match start_thread::start_thread(&app.ctx, person, &board, &opening, None).await {
        Ok(thread) => {
            let begun = comment::find_as(&app.ctx, Some(person), thread.root()).await?;
            // One that waits is seen by its author at its own address.
            Ok(see(&format!("/{}/{thread}", if begun.state == domain::State::Held { 'c' } else { 't' })))
        }
        Err(error) => {
            submit_page(&shell, &board, &fields, None, problems(error, &[]).map_err(|oops| oops.keeping(&fields))?)
                .await
        }
    }
}

fn opening(fields: &Fields) -> Opening {
    Opening { title: fields.text("title"), url: fields.text("url"), text: fields.text("text") }
}

async fn submit_page(
    shell: &Shell,
    board: &str,
    fields: &Fields,
    preview: Option<String>,
    problems: Problems,
) -> Answer {
    let board = actions::board::find(&shell.app.ctx, board).await?;
    let view = SubmitPage {
        frame: shell.private_frame().await?,
        board: convert::board_link(&board),
        rules_html: board.rules_html,
        title: fields.text("title"),
        url: fields.text("url"),
        text: fields.text("text"),
        preview,
        problems,
    };
    shell.form(&view, &view.problems).await
}

/// `GET /c/{comment}/reply`
pub async fn reply(shell: Shell, State(app): State<App>, Path(comment): Path<String>) -> Answer {
    let id = id(&comment)?;
    // Whoever has no account here may have one elsewhere.
    let Some(person) = &shell.visitor else { return interact::answer_page(&shell, &app, &comment).await };
    reply::permitted_to(&app.ctx, person, id).await?;
    reply_page(&shell, id, "", None, Problems::default()).await
}

/// `POST /c/{comment}/reply`
pub async fn replied(shell: Shell, State(app): State<App>, Path(comment): Path<String>, fields: Fields) -> Answer {
    let id = id(&comment)?;
    let Some(person) = &shell.visitor else { return entry::login_keeping(&shell, &fields).await };
    let text = fields.get("text");
    if fields.wants_preview() {
        return match actions::render(&app.ctx, text) {
            Ok(rendered) => reply_page(&shell, id, text, Some(rendered.html), Problems::default()).await,
            Err(error) => {
                reply_page(&shell, id, text, None, problems(error, &[]).map_err(|oops| oops.keeping(&fields))?).await
            }
        };
    }
    match reply::reply(&app.ctx, person, id, text, None).await {
        Ok(new) => back(&shell, &app, new).await,
        Err(error) => {
            reply_page(&shell, id, text, None, problems(error, &[]).map_err(|oops| oops.keeping(&fields))?).await
        }
    }
}

async fn reply_page(shell: &Shell, id: CommentId, text: &str, preview: Option<String>, problems: Problems) -> Answer {
    let found = found(shell, id).await?;
    let site = shell.app.site().await?;
    let mut frame = shell.private_frame().await?;
    if let Some(host) = asked(shell, id).await {
        let words =
            format!("Whoever wrote this, on {host}, agrees to each answer first. Until then nobody else sees yours.");
        frame.notice = Some(Notice::Warning(words));
    }
    let view = ReplyPage {
        parent: thread::alone(&site, &found.line, frame.now_ms),
        frame,
        id: id.0,
        thread_title: found.title,
        thread_path: found.path,
        text: text.to_owned(),
        preview,
        problems,
    };
    shell.form(&view, &view.problems).await
}

/// The host on which somebody has to be asked before an answer is published. What else there is against answering is said elsewhere.
async fn asked(shell: &Shell, id: CommentId) -> Option<String> {
    let person = shell.visitor.as_ref()?;
    reply::permitted_to(&shell.app.ctx, person, id).await.ok().flatten()
}

/// To the comment at its place: on the thread's page where it is on the first one, or on its own.
async fn back(shell: &Shell, app: &App, id: CommentId) -> Answer {
    let line = comment::find_as(&app.ctx, shell.visitor.as_ref(), id).await?;
    if line.state == domain::State::Held {
        let waits = match &shell.visitor {
            Some(person) => comment::waiting(&app.ctx, person, id).await?,
            None => None,
        };
        let shown = waits.is_some() && !line.html.is_empty();
        return Ok(see(&if shown { format!("/c/{id}") } else { format!("/t/{}", line.thread) }));
    }
    let head = actions::reading::head(&app.ctx, line.thread).await?;
    let small = usize::try_from(head.comments).is_ok_and(|comments| comments <= app.ctx.limits().page);
    let path = convert::thread_path(&head);
    Ok(see(&if small { format!("{path}#c{id}") } else { format!("/c/{id}#c{id}") }))
}

/// `GET /c/{comment}/edit`
pub async fn edit(shell: Shell, State(app): State<App>, Path(comment): Path<String>) -> Answer {
    let id = id(&comment)?;
    let person = shell.member("edit comments")?;
    comment::permitted(&app.ctx, Some(person), Act::Edit, id).await?;
    // The edition first: words that are newer than it are refused, older ones would overwrite.
    let edited = comment::find_as(&app.ctx, Some(person), id).await?.edited;
    let source = comment::source(&app.ctx, Some(person), id).await?;
    edit_page(&shell, id, (&source, &edition(edited)), None, Problems::default()).await
}

/// `POST /c/{comment}/edit`
pub async fn edited(shell: Shell, State(app): State<App>, Path(comment): Path<String>, fields: Fields) -> Answer {
    let id = id(&comment)?;
    let Some(person) = &shell.visitor else { return entry::login_keeping(&shell, &fields).await };
    let (text, of) = (fields.get("text"), fields.get("of"));
    if fields.wants_preview() {
        return match actions::render(&app.ctx, text) {
            Ok(rendered) => edit_page(&shell, id, (text, of), Some(rendered.html), Problems::default()).await,
            Err(error) => {
                edit_page(&shell, id, (text, of), None, problems(error, &[]).map_err(|oops| oops.keeping(&fields))?)
                    .await
            }
        };
    }
    match edit::edit(&app.ctx, person, id, text, edited_of(of)).await {
        Ok(()) => back(&shell, &app, id).await,
        Err(error) => {
            edit_page(&shell, id, (text, of), None, problems(error, &[]).map_err(|oops| oops.keeping(&fields))?).await
        }
    }
}

/// An edition as a form carries it.
fn edition(edited: Option<Time>) -> String {
    edited.map_or(0, |time| time.0).to_string()
}

fn edited_of(edition: &str) -> Of {
    match edition.parse() {
        Ok(0) => Of::Edition(None),
        Ok(edited) => Of::Edition(Some(Time(edited))),
        Err(_) => Of::Anything,
    }
}

/// `text` is what is being written, `of` the edition that it is to replace.
async fn edit_page(
    shell: &Shell,
    id: CommentId,
    (text, of): (&str, &str),
    preview: Option<String>,
    problems: Problems,
) -> Answer {
    let found = found(shell, id).await?;
    let view = EditPage {
        frame: shell.private_frame().await?,
        id: id.0,
        thread_title: found.title,
        thread_path: found.path,
        text: text.to_owned(),
        of: of.to_owned(),
        preview,
        problems,
    };
    shell.form(&view, &view.problems).await
}

/// `GET /c/{comment}/delete`
pub async fn delete(shell: Shell, State(app): State<App>, Path(comment): Path<String>) -> Answer {
    let id = id(&comment)?;
    let person = shell.member("delete comments")?;
    comment::permitted(&app.ctx, Some(person), Act::Delete, id).await?;
    let found = found(&shell, id).await?;
    let site = app.site().await?;
    let frame = shell.private_frame().await?;
    let view = DeletePage { comment: thread::alone(&site, &found.line, frame.now_ms), frame, id: id.0 };
    shell.page(&view).await
}

/// `POST /c/{comment}/delete`
pub async fn deleted(shell: Shell, State(app): State<App>, Path(comment): Path<String>) -> Answer {
    let id = id(&comment)?;
    retract::delete(&app.ctx, shell.member("delete comments")?, id).await?;
    back(&shell, &app, id).await
}

/// `GET /c/{comment}/report`
pub async fn report(shell: Shell, State(app): State<App>, Path(comment): Path<String>) -> Answer {
    let id = id(&comment)?;
    let person = shell.member("report comments")?;
    comment::permitted(&app.ctx, Some(person), Act::Report, id).await?;
    report_page(&shell, id, &Fields::default(), Problems::default()).await
}

/// `POST /c/{comment}/report`
pub async fn reported(shell: Shell, State(app): State<App>, Path(comment): Path<String>, fields: Fields) -> Answer {
    let id = id(&comment)?;
    let Some(person) = &shell.visitor else { return entry::login_keeping(&shell, &fields).await };
    let Ok(category) = comment::category(fields.get("category")) else {
        let nothing = Problem { field: "category", text: "Choose what is wrong with it.".into() };
        return report_page(&shell, id, &fields, Problems(vec![nothing])).await;
    };
    match report::report(&app.ctx, person, id, category, fields.get("text")).await {
        Ok(()) => back(&shell, &app, id).await,
        Err(error) => {
            report_page(&shell, id, &fields, problems(error, &[]).map_err(|oops| oops.keeping(&fields))?).await
        }
    }
}

async fn report_page(shell: &Shell, id: CommentId, fields: &Fields, problems: Problems) -> Answer {
    let found = found(shell, id).await?;
    let site = shell.app.site().await?;
    let frame = shell.private_frame().await?;
    let categories = Category::ALL.iter().map(|category| Choice {
        value: category.name().into(),
        label: match category {
            Category::Spam => "Spam: advertising, repetition, fraud",
            Category::Abuse => "Abuse: insults, threats, harassment",
            Category::OffTopic => "Off the subject of the thread",
            Category::Illegal => "Against the law",
            Category::Other => "Something else",
        }
        .into(),
    });
    let view = ReportPage {
        comment: thread::alone(&site, &found.line, frame.now_ms),
        frame,
        id: id.0,
        address: shell.app.url(&format!("/c/{id}")),
        categories: categories.collect(),
        category: fields.text("category"),
        text: fields.text("text"),
        problems,
    };
    shell.form(&view, &view.problems).await
}

/// `GET /c/{comment}/history`
pub async fn history(shell: Shell, State(app): State<App>, Path(comment): Path<String>) -> Answer {
    let id = id(&comment)?;
    let earlier = comment::history(&app.ctx, id).await?;
    let found = found(&shell, id).await?;
    let site = app.site().await?;
    // A revision knows when it was replaced, which is when the one after it was written.
    let mut written: Vec<i64> = earlier.iter().map(|revision| revision.replaced.0).collect();
    written.push(found.line.published.0);
    let words = std::iter::once(found.line.html.clone()).chain(earlier.into_iter().map(|revision| revision.html));
    let cover = |html: &str| convert::covered(found.line.sensitive, html).into_owned();
    let view = HistoryPage {
        frame: shell.private_frame().await?,
        id: id.0,
        thread_title: found.title,
        author: Some(convert::author(&site, &found.line.author, None)),
        revisions: words.zip(written).map(|(html, written_ms)| Revision { written_ms, html: cover(&html) }).collect(),
    };
    shell.page(&view).await
}

/// `POST /vote`, of which one field names the comment: `up`, `down` or `clear`. Answers a script with the new score, and anybody
/// else with the page they came from.
pub async fn vote(shell: Shell, State(app): State<App>, fields: Fields) -> Answer {
    let casts = [("up", Some(Vote::Up)), ("down", Some(Vote::Down)), ("clear", None)];
    let cast = casts.into_iter().find(|(name, _)| !fields.get(name).is_empty());
    let (name, vote) = cast.ok_or_else(|| Refusal::field("up", "name a comment as up, down or clear"))?;
    let id = id(fields.get(name))?;
    let script = accepts_json(&shell);
    let counts = match shell.member("vote") {
        Ok(person) => actions::vote::vote(&app.ctx, person, id, vote).await.map_err(Oops::from),
        Err(refusal) => Err(refusal),
    };
    match counts {
        Ok(counts) if script => {
            let value = match vote {
                Some(Vote::Up) => 1,
                Some(Vote::Down) => -1,
                None => 0,
            };
            Ok(Json(serde_json::json!({ "score": counts.score(), "vote": value })).into_response())
        }
        Ok(_) => came_from(&shell, &app, id).await,
        Err(Oops(problem)) if script => Err(Oops(problem.for_programs())),
        Err(oops) => Err(oops),
    }
}

fn accepts_json(shell: &Shell) -> bool {
    let accept = shell.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.contains("application/json") && !accept.contains("text/html")
}

/// Back to the page of this site that the request came from, at the comment.
async fn came_from(shell: &Shell, app: &App, id: CommentId) -> Answer {
    let from = shell
        .headers
        .get(header::REFERER)
        .and_then(|from| from.to_str().ok())
        .and_then(|from| url::Url::parse(from).ok());
    let host = shell.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let same = from.filter(|from| Some(from.authority()) == host && from.path() != "/vote");
    match same {
        Some(from) => {
            let query = from.query().map(|query| format!("?{query}")).unwrap_or_default();
            Ok(see(&format!("{}{query}#c{id}", super::shell::local(from.path()))))
        }
        None => back(shell, app, id).await,
    }
}

/// The form that somebody had filled in when their session had lapsed, filled in again.
///
/// # Errors
/// Refusals that have come up in between; failures.
pub async fn resume(shell: &Shell, path: &str, fields: &Fields) -> Result<Option<Response>, Oops> {
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let page = match segments.as_slice() {
        ["c", comment, "reply"] => {
            reply_page(shell, id(comment)?, fields.get("text"), None, Problems::default()).await?
        }
        ["c", comment, "edit"] => {
            let words = (fields.get("text"), fields.get("of"));
            edit_page(shell, id(comment)?, words, None, Problems::default()).await?
        }
        ["c", comment, "report"] => report_page(shell, id(comment)?, fields, Problems::default()).await?,
        [place @ ("appeal" | "decisions"), id] => {
            super::appeals::page(shell, About::of(place, id)?, fields, Problems::default()).await?
        }
        ["b", board, "submit"] => submit_page(shell, board, fields, None, Problems::default()).await?,
        _ => return Ok(None),
    };
    Ok(Some(page))
}
