//! Answering and following from one's own server.

use actions::elsewhere::interact::{self, Known, Target, Way};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use domain::{CommentId, NotAnId, Noun, Refusal, ThreadId};
use pages::views::{Doing, InteractPage, Problems};

use super::convert;
use super::shell::{Answer, Fields, Oops, Shell, problems, see};
use crate::door::App;

/// What a form may do that leads to another server: browsers judge by it where the answer to the form may send them.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
     form-action 'self' https:; base-uri 'none'; frame-ancestors 'self'; manifest-src 'self'",
);

/// What a page is about.
struct Subject {
    doing: Doing,
    known: Known,
    title: String,
    back: String,
    path: String,
    /// Where the same is done here.
    here: Option<String>,
}

/// `GET /c/{comment}/elsewhere`
pub async fn answer(shell: Shell, State(app): State<App>, Path(comment): Path<String>) -> Answer {
    answer_page(&shell, &app, &comment).await
}

/// The page that asks for the handle of somebody who wants to answer.
///
/// # Errors
/// As for whoever opens the comment; of a thread that is locked.
pub async fn answer_page(shell: &Shell, app: &App, comment: &str) -> Answer {
    page(shell, comment_subject(app, comment).await?).await
}

/// `POST /c/{comment}/elsewhere`
pub async fn answered(shell: Shell, State(app): State<App>, Path(comment): Path<String>, fields: Fields) -> Answer {
    onward(&shell, comment_subject(&app, &comment).await?, &fields).await
}

/// `GET /t/{thread}/follow`
pub async fn thread(shell: Shell, State(app): State<App>, Path(thread): Path<String>) -> Answer {
    page(&shell, thread_subject(&app, &thread).await?).await
}

/// `POST /t/{thread}/follow`
pub async fn thread_followed(
    shell: Shell,
    State(app): State<App>,
    Path(thread): Path<String>,
    fields: Fields,
) -> Answer {
    onward(&shell, thread_subject(&app, &thread).await?, &fields).await
}

/// `GET /b/{board}/follow`
pub async fn board(shell: Shell, State(app): State<App>, Path(board): Path<String>) -> Answer {
    page(&shell, board_subject(&app, board).await?).await
}

/// `POST /b/{board}/follow`
pub async fn board_followed(shell: Shell, State(app): State<App>, Path(board): Path<String>, fields: Fields) -> Answer {
    onward(&shell, board_subject(&app, board).await?, &fields).await
}

async fn comment_subject(app: &App, comment: &str) -> Result<Subject, Oops> {
    let id: CommentId = comment.parse().map_err(|NotAnId| Refusal::NotFound(Noun::Comment))?;
    let known = interact::known(&app.ctx, Target::Comment(id)).await?;
    let thread = actions::reading::thread_of(&app.ctx, id).await?;
    let head = actions::reading::head(&app.ctx, thread).await?;
    if head.locked {
        return Err(Refusal::Locked.into());
    }
    Ok(Subject {
        doing: Doing::Answer,
        known,
        title: convert::title(&head),
        back: if thread.root() == id { convert::thread_path(&head) } else { format!("/c/{id}") },
        path: format!("/c/{id}/elsewhere"),
        here: Some(format!("/c/{id}/reply")),
    })
}

async fn thread_subject(app: &App, thread: &str) -> Result<Subject, Oops> {
    let id: ThreadId = thread.parse().map_err(|NotAnId| Refusal::NotFound(Noun::Thread))?;
    let known = interact::known(&app.ctx, Target::Thread(id)).await?;
    let head = actions::reading::head(&app.ctx, id).await?;
    Ok(Subject {
        doing: Doing::FollowThread,
        known,
        title: convert::title(&head),
        back: convert::thread_path(&head),
        path: format!("/t/{id}/follow"),
        here: None,
    })
}

async fn board_subject(app: &App, name: String) -> Result<Subject, Oops> {
    let board = actions::board::find(&app.ctx, &name).await?;
    // Of another server: it is followed from its own pages.
    if board.group.is_some() {
        return Err(Refusal::NotFound(Noun::Page).into());
    }
    let known = interact::known(&app.ctx, Target::Board(board.name.clone())).await?;
    let back = format!("/b/{}", convert::encoded(&board.name));
    let path = format!("{back}/follow");
    Ok(Subject { doing: Doing::FollowBoard, known, title: board.title, back, path, here: None })
}

async fn page(shell: &Shell, subject: Subject) -> Answer {
    shown(shell, StatusCode::OK, &view(shell, subject, String::new()).await?).await
}

/// On to where the server takes it, or back with what is to be done by hand.
async fn onward(shell: &Shell, subject: Subject, fields: &Fields) -> Answer {
    let handle = fields.get("handle");
    let way = interact::way(&shell.app.ctx, handle, &subject.known).await;
    let view = view(shell, subject, handle.to_owned()).await?;
    match way {
        Ok(Way::There(url)) => Ok(leave(&url)),
        Ok(Way::ByHand(host)) => shown(shell, StatusCode::OK, &InteractPage { by_hand: Some(host), ..view }).await,
        Err(error) => {
            let view = InteractPage { problems: problems(error, &[])?, ..view };
            shown(shell, StatusCode::UNPROCESSABLE_ENTITY, &view).await
        }
    }
}

/// Nobody else learns from which comment somebody came.
fn leave(url: &str) -> Response {
    let mut response = see(url);
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

async fn shown(shell: &Shell, status: StatusCode, view: &InteractPage) -> Answer {
    let mut response = shell.page_with(status, view).await?;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY);
    Ok(response)
}

async fn view(shell: &Shell, subject: Subject, handle: String) -> Result<InteractPage, Oops> {
    let Subject { doing, known, title, back, path, here } = subject;
    Ok(InteractPage {
        frame: shell.private_frame().await?,
        doing,
        path,
        title,
        back,
        id: known.id,
        handles: known.handle.map(|handle| handles(doing, handle)).unwrap_or_default(),
        login: here.filter(|_| shell.visitor.is_none()),
        handle,
        by_hand: None,
        problems: Problems::default(),
    })
}

/// What can be followed, and what one hears then.
fn handles(doing: Doing, handle: String) -> Vec<(String, &'static str)> {
    match (doing, handle.rsplit_once('@')) {
        (Doing::FollowBoard, Some((name, host))) => {
            let all = format!("{name}.all@{host}");
            vec![(handle, "every new thread"), (all, "every thread and every comment")]
        }
        _ => vec![(handle, "every new comment in it")],
    }
}
