//! People and what they wrote, search, notifications.

use actions::elsewhere::approval::Waiting;
use actions::people::{self, Titled};
use actions::personal::{Kind, News};
use actions::search::{self, Ask};
use actions::words::Said;
use axum::extract::{Path, State};
use domain::rights::Right;
use domain::text::fold;
use domain::{CommentId, NotAnId, Origin, Refusal, State as CommentState, Word};
use pages::views::{
    Excerpt, NotificationView, NotificationsPage, PersonPage, PlacedComment, Problems, SearchPage, SearchResult,
    WaitingView, WarningView,
};

use super::shell::{Answer, Oops, Query, Shell, feeds, problems, see};
use super::{appeals, convert};
use crate::door::{App, Site};

/// Comments on one page.
const PAGE: usize = 50;

fn before(text: &str) -> Result<Option<CommentId>, Refusal> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|NotAnId| Refusal::BadCursor) }
}

/// `/u/{handle}`
pub async fn person(shell: Shell, State(app): State<App>, Path(handle): Path<String>, Query(query): Query) -> Answer {
    let profile = people::find(&app.ctx, &handle).await?;
    let (wrote, next) = people::comments(&app.ctx, &profile, before(query.get("before"))?, PAGE).await?;
    let site = app.site().await?;
    let mut frame = shell.frame().await?;
    let path = format!("/u/{}", convert::encoded_handle(&profile.actor.name, &profile.actor.host));
    frame.feeds = feeds(&path, "Comments");
    frame.canonical = Some(app.url(&path));
    let author = storage::threads::Author {
        id: profile.actor.id,
        name: profile.actor.name.clone(),
        host: profile.actor.host.clone(),
        origin: profile.actor.origin,
    };
    let moderates = |who: &actions::Person| who.must(Right::SeeActors).is_ok();
    let can_be = profile.actor.origin != Origin::Imported && shell.visitor.as_ref().is_some_and(moderates);
    let view = PersonPage {
        moderated: can_be.then(|| super::admin::actor_path(&profile.actor.name, &profile.actor.host)),
        person: convert::author(&site, &author, None),
        about_html: profile.actor.about_html.clone(),
        since_ms: profile.actor.created.0,
        comments: u64::try_from(people::count(&app.ctx, &profile).await?).unwrap_or(0),
        placed: wrote.into_iter().map(placed).collect(),
        next: next.map(|next| format!("{path}?before={next}")),
        frame,
    };
    shell.page(&view).await
}

fn placed(found: Titled) -> PlacedComment {
    let comment = found.comment;
    PlacedComment {
        id: comment.id.0,
        thread_title: convert::titled(&found.title, CommentState::Published),
        thread_path: format!("/t/{}", comment.thread),
        published_ms: comment.published.0,
        score: comment.votes.score(),
        html: if comment.state == CommentState::Flagged {
            "<p>[flagged]</p>".into()
        } else {
            convert::words(&comment).into_owned()
        },
    }
}

/// `/search`
pub async fn search(shell: Shell, State(app): State<App>, Query(query): Query) -> Answer {
    let ask = Ask {
        words: query.text("q"),
        author: query.text("author"),
        board: query.text("board"),
        since: query.text("since"),
        until: query.text("until"),
    };
    let asked = ask != Ask::default();
    let site = app.site().await?;
    let (results, next, problems) = match search::search(&app.ctx, &ask, before(query.get("before"))?, PAGE).await {
        Ok((found, next)) => {
            (asked.then(|| found.iter().map(|one| result(&site, one, &ask.words)).collect()), next, Problems::default())
        }
        Err(error) => (None, None, problems(error, &[])?),
    };
    let view = SearchPage {
        frame: shell.private_frame().await?,
        boards: site.boards.iter().map(convert::board_link).collect(),
        next: next.map(|next| next_page(&ask, next)),
        query: ask.words,
        author: ask.author,
        board: ask.board,
        since: ask.since,
        until: ask.until,
        problems,
        results,
    };
    shell.form(&view, &view.problems).await
}

fn next_page(ask: &Ask, next: CommentId) -> String {
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("q", &ask.words)
        .append_pair("author", &ask.author)
        .append_pair("board", &ask.board)
        .append_pair("since", &ask.since)
        .append_pair("until", &ask.until)
        .append_pair("before", &next.to_string())
        .finish();
    format!("/search?{query}")
}

fn result(site: &Site, found: &Titled, words: &str) -> SearchResult {
    let comment = &found.comment;
    let text = match comment.state {
        CommentState::Flagged => "[flagged]".to_owned(),
        _ => domain::text::plain(&comment.html),
    };
    SearchResult {
        id: comment.id.0,
        thread_title: convert::titled(&found.title, CommentState::Published),
        thread_path: format!("/t/{}", comment.thread),
        author: Some(convert::author(site, &comment.author, None)),
        published_ms: comment.published.0,
        score: comment.votes.score(),
        covered: comment.sensitive && comment.state != CommentState::Flagged,
        excerpt: excerpt(&text, words),
    }
}

/// Words of context before the first match.
const BEFORE: usize = 12;
/// Words of an excerpt.
const AROUND: usize = 45;

/// The part of a text around the first word looked for, with every match marked.
#[must_use]
pub fn excerpt(text: &str, sought: &str) -> Vec<Excerpt> {
    let sought: Vec<String> = sought.split_whitespace().flat_map(fold).collect();
    let matches = |word: &str| fold(word).iter().any(|part| sought.iter().any(|term| part.starts_with(term.as_str())));
    let words: Vec<&str> = text.split_whitespace().collect();
    let first = words.iter().position(|word| matches(word)).unwrap_or(0);
    let start = first.saturating_sub(BEFORE);
    let mut parts = Vec::new();
    let mut plain = if start > 0 { "… ".to_owned() } else { String::new() };
    for word in words.iter().skip(start).take(AROUND) {
        if matches(word) {
            parts.push(Excerpt::Plain(std::mem::take(&mut plain)));
            parts.push(Excerpt::Match((*word).to_owned()));
            plain.push(' ');
        } else {
            plain.push_str(word);
            plain.push(' ');
        }
    }
    if words.len() > start + AROUND {
        plain.push('…');
    }
    parts.push(Excerpt::Plain(plain));
    parts
}

/// `/notifications`
pub async fn notifications(shell: Shell, State(app): State<App>, Query(query): Query) -> Answer {
    let person = shell.member("have notifications")?;
    let before = before(query.get("before"))?.map(|before| before.0);
    let (news, next) = actions::personal::news(&app.ctx, person, before, PAGE).await?;
    let waiting = match before {
        None => actions::personal::waiting(&app.ctx, person).await?,
        Some(_) => Vec::new(),
    };
    let warnings = actions::personal::warnings(&app.ctx, person, Word::ALL, before, next).await?;
    let site = app.site().await?;
    let view = NotificationsPage {
        frame: shell.private_frame().await?,
        warnings: warnings.iter().map(warned).collect(),
        waiting: waiting.iter().map(|(waiting, title)| waits(waiting, title)).collect(),
        notifications: news
            .into_iter()
            .map(|one| NotificationView {
                comment: one.comment.id.0,
                author: matches!(one.kind, Kind::Answer | Kind::Mention)
                    .then(|| convert::author(&site, &one.comment.author, None)),
                what: happened(one.kind, one.notification.entry.is_some()).into(),
                appeal: can_appeal(&one).then(|| format!("/appeal/{}", one.comment.id)),
                reason: one.reason.unwrap_or_default(),
                thread_title: convert::titled(&one.title, CommentState::Published),
                covered: one.comment.sensitive,
                excerpt: domain::text::excerpt(&domain::text::plain(&one.comment.html), 240),
                at_ms: one.notification.at.0,
                read: one.notification.read.is_some(),
            })
            .collect(),
        next: next.map(|next| format!("/notifications?before={next}")),
    };
    shell.page(&view).await
}

fn warned(said: &Said) -> WarningView {
    let word = &said.word;
    let href = match word.kind {
        Word::Warning | Word::Sanction => format!("/decisions/{}", word.id),
        Word::Lifted | Word::AppealRejected | Word::AppealGranted => "/decisions".into(),
    };
    WarningView { decided: appeals::decided(said), href, read: word.read.is_some() }
}

/// What was taken down, or was not let out, by moderators.
fn can_appeal(one: &News) -> bool {
    one.kind == Kind::Removed || (one.kind == Kind::Refusal && one.notification.entry.is_some())
}

/// In the words that stand before “in” and the title of the thread.
fn happened(kind: Kind, moderated: bool) -> &'static str {
    match kind {
        Kind::Refusal if moderated => "A moderator did not let out what you wrote",
        Kind::Answer => "answered you",
        Kind::Mention => "mentioned you",
        Kind::Refusal => "You were not allowed to answer",
        Kind::Removed => "Your comment was removed",
        Kind::Restored => "Your comment was put back",
        Kind::Resolved => "The moderators dealt with what you reported",
        Kind::Dismissed => "The moderators found nothing in what you reported",
        Kind::Gone => "Its author has deleted what you reported",
        Kind::AppealRejected => "Your appeal was rejected: it stays as it was with your comment",
        Kind::AppealGranted => "Your appeal was granted: your comment is back",
    }
}

fn waits(waiting: &Waiting, title: &str) -> WaitingView {
    WaitingView {
        comment: waiting.comment.0,
        waits: convert::waits(waiting),
        thread_title: convert::titled(title, CommentState::Published),
    }
}

/// `POST /notifications/read`: all of them.
pub async fn read(shell: Shell, State(app): State<App>) -> Answer {
    let person = shell.member("have notifications")?;
    actions::personal::mark_read(&app.ctx, person, i64::MAX).await.map_err(Oops::from)?;
    Ok(see("/notifications"))
}
