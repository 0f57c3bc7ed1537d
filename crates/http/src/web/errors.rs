//! The page of an error: made here, after everything else, because only here is known who asks for what.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{Method, StatusCode, header, request::Parts};
use axum::response::{IntoResponse as _, Response};
use domain::Refusal;
use pages::views::{ErrorPage, Kept};

use super::shell::{Fields, Oops, Shell, unreadable};
use crate::body::Unread;
use crate::door::App;
use crate::gate::Visitor;
use crate::problem::{Form, Problem};

/// Makes of the error of a page a page; `further` answers the request.
pub async fn as_pages(app: &App, request: Request, further: impl AsyncFnOnce(Request) -> Response) -> Response {
    let (parts, body) = request.into_parts();
    let mut shell = Shell::before(&parts, app);
    let method = parts.method.clone();
    let place = if is_form(&parts, app.settings.body_bytes) { app.forms.try_acquire().ok() } else { None };
    let (response, form) = match place {
        Some(_place) => match opened(app, body).await {
            Ok(form) => (further(Request::from_parts(parts, Body::from(form.clone()))).await, form),
            Err(refused) => (refused.into_response(), Bytes::new()),
        },
        None => (further(Request::from_parts(parts, body)).await, Bytes::new()),
    };
    let problem = response.extensions().get::<Arc<Problem>>().filter(|problem| problem.form() == Form::Page).cloned();
    let Some(problem) = problem else { return response };
    let mut problem = Problem::clone(&problem);
    // What another site makes a browser send is nobody's here.
    if problem.kept.is_empty() && problem.code != Refusal::ForeignOrigin.code() {
        problem.kept = Fields::parse(&form).written();
    }
    if problem.code == "login-required" && method == Method::GET {
        return super::entry::lead_to_login(&shell.path);
    }
    // Who asks is found out further in; here nothing depends on it but the corner of the page.
    shell.visitor = response.extensions().get::<Visitor>().and_then(|visitor| visitor.0.clone());
    let mut made = page(&shell, &problem).await;
    if made.is_err() && shell.visitor.take().is_some() {
        made = page(&shell, &problem).await;
    }
    match made {
        Ok(page) => {
            let (mut parts, _) = response.into_parts();
            let (made, body) = page.into_parts();
            parts.headers.extend(made.headers);
            parts.headers.remove(header::CONTENT_LENGTH);
            Response::from_parts(parts, body)
        }
        // Without the database there is no page around it: plain words must do, and what was written must not be lost.
        Err(_) => {
            let (mut parts, _) = response.into_parts();
            parts.headers.remove(header::CONTENT_LENGTH);
            Response::from_parts(parts, Body::from(plain(&problem)))
        }
    }
}

/// Whether what is sent is what somebody filled in on a page, and no more than it may be.
fn is_form(parts: &Parts, max: usize) -> bool {
    let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    parts.method == Method::POST
        && Form::of_parts(parts) == Form::Page
        && text(header::CONTENT_TYPE).starts_with("application/x-www-form-urlencoded")
        && text(header::CONTENT_LENGTH).parse::<usize>().is_ok_and(|length| length <= max)
}

/// A form, read here already: whoever refuses it further in may not have read it, and nothing of it is to be lost.
async fn opened(app: &App, body: Body) -> Result<Bytes, Problem> {
    let max = app.settings.body_bytes;
    let read = tokio::time::timeout(app.settings.request_timeout, crate::body::read(body, max)).await;
    read.unwrap_or(Err(Unread::CutOff)).map_err(|unread| unreadable(unread, max))
}

fn plain(problem: &Problem) -> String {
    let kept = problem.kept.iter().map(|(label, text)| format!("\n\n{label}:\n{text}"));
    std::iter::once(problem.detail.clone()).chain(kept).collect()
}

async fn page(shell: &Shell, problem: &Problem) -> Result<Response, Oops> {
    let view = ErrorPage {
        frame: shell.private_frame().await?,
        status: problem.status.as_u16(),
        title: title(problem.status).into(),
        detail: problem.detail.clone(),
        remedy: String::new(),
        kept: problem.kept.iter().map(|(label, text)| Kept { label: (*label).into(), text: text.clone() }).collect(),
        request_id: String::new(),
    };
    Ok(shell.page_with(problem.status, &view).await?.into_response())
}

fn title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "Not here",
        StatusCode::GONE => "Gone",
        StatusCode::UNAUTHORIZED => "Log in first",
        StatusCode::FORBIDDEN => "Not allowed",
        StatusCode::TOO_MANY_REQUESTS => "Too many requests",
        StatusCode::PAYLOAD_TOO_LARGE => "Too large",
        StatusCode::SERVICE_UNAVAILABLE => "Not available at the moment",
        status if status.is_server_error() => "Something went wrong here",
        _ => "This did not work",
    }
}
