//! What is done with a whole thread: locked, pinned, slowed down, moved, split, merged; and with a comment in it: removed, covered. For those who manage threads on its board; each reader's
//! link to it stands in the thread's page where their own links do, so that the page is the same for all.

use actions::reading;
use actions::rearrange::{self, Opening};
use actions::{Ctx, Error, Person, manage, retract};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::rights::Right;
use domain::{CommentId, Deed, Noun, Refusal, ThreadId};
use pages::views::{Choice, DeskForm, DeskPage, DeskTab, Field, FieldKind, Form, LineDeed, LineForm, Notice, Problems};
use storage::threads::Thread;

use super::{address, back, said, undone, unknown};
use crate::door::App;
use crate::web::shell::{Answer, Fields, Query, Shell, problems, see};

/// What has a form of its own: its word, its tab, its button.
const FORMS: [(&str, &str, &str); 6] = [
    ("remove", "Remove", "Remove the comment"),
    ("slow", "Slow down", "Set the pause"),
    ("move", "Move", "Move the thread"),
    ("split", "Split", "Make a thread of it"),
    ("merge", "Merge", "Merge the thread"),
    ("cover", "Cover", "Say who sees it"),
];

/// The one that is shown to whoever asks for none.
const SLOW: (&str, &str, &str) = FORMS[1];

fn path(thread: ThreadId) -> String {
    format!("/admin/threads/{thread}")
}

fn id(text: &str) -> Result<ThreadId, Refusal> {
    text.parse().ok().map(ThreadId).ok_or(Refusal::NotFound(Noun::Thread))
}

/// `GET /admin/threads/{id}`, with `do` for one of the forms
pub async fn one(shell: Shell, Path(thread): Path<String>, Query(query): Query) -> Answer {
    shown(&shell, id(&thread)?, &query, Problems::default(), (StatusCode::OK, said(&query))).await
}

async fn shown(
    shell: &Shell,
    thread: ThreadId,
    typed: &Fields,
    problems: Problems,
    (status, notice): (StatusCode, Option<Notice>),
) -> Answer {
    let mut frame = shell.desk(Right::ManageThreads).await?;
    let thread = reading::head(&shell.app.ctx, thread).await?;
    shell.member("manage threads")?.must_on(Right::ManageThreads, thread.board)?;
    let form = FORMS.iter().find(|(word, ..)| *word == typed.get("do")).unwrap_or(&SLOW);
    frame.notice = notice;
    // Somebody has come from a comment, and what can be done with it has two tabs.
    let comment = typed.get("comment");
    frame.path = address(&path(thread.id), &[("do", form.0), ("comment", comment)]);
    let tab = |(word, title, _): &(&str, &'static str, &str)| DeskTab {
        href: address(&path(thread.id), &[("do", word), ("comment", comment)]),
        title,
        current: *word == form.0,
    };
    let view = DeskPage {
        links: links(thread.id, comment),
        tabs: FORMS.iter().map(tab).collect(),
        facts: facts(&thread),
        deeds: Some(switches(&thread)),
        forms: vec![desk_form(&thread, form, typed, &problems)],
        ..DeskPage::new(frame, &*thread.title, "")
    };
    let status = if problems.0.is_empty() { status } else { StatusCode::UNPROCESSABLE_ENTITY };
    shell.page_with(status, &view).await
}

/// The thread, and the comment from which somebody has come.
fn links(thread: ThreadId, comment: &str) -> Vec<(String, String)> {
    let comment = comment.parse::<i64>().ok().map(|id| ("The comment".into(), format!("/c/{id}")));
    std::iter::once(("The thread".into(), format!("/t/{thread}"))).chain(comment).collect()
}

fn facts(thread: &Thread) -> Vec<(String, String)> {
    let pause = if thread.slow == 0 { "none".into() } else { format!("{} seconds", thread.slow) };
    let facts = [
        ("Board", thread.board_address()),
        ("New comments", if thread.locked { "none: it is locked" } else { "are taken" }.into()),
        ("Place", if thread.pinned { "pinned at the head of its board" } else { "as it is sorted" }.into()),
        ("Pause between two comments of the same person", pause),
    ];
    facts.into_iter().map(|(what, how)| (what.to_owned(), how)).collect()
}

fn switches(thread: &Thread) -> LineForm {
    let lock = if thread.locked { ("unlock", "Unlock") } else { ("lock", "Lock") };
    let pin = if thread.pinned { ("unpin", "Unpin") } else { ("pin", "Pin") };
    let deeds = [lock, pin].map(|(word, label)| LineDeed { word, label, first: false });
    LineForm { action: path(thread.id), carried: Vec::new(), reasoned: true, deeds: deeds.into() }
}

fn desk_form(
    thread: &Thread,
    (word, title, button): &(&'static str, &'static str, &'static str),
    typed: &Fields,
    problems: &Problems,
) -> DeskForm {
    let mut fields = fields(word, thread, typed);
    fields.push(Field::new("do", "", FieldKind::Hidden).value(*word));
    fields.push(
        Field::new("reason", "Reason", FieldKind::Line)
            .value(typed.get("reason"))
            .hint("For the public log.")
            .longest(500),
    );
    let form = Form::new(path(thread.id), button, fields).problems(problems);
    DeskForm { id: "deed-title", title, form, code: false }
}

fn fields(word: &str, thread: &Thread, typed: &Fields) -> Vec<Field> {
    let line = |name, label, known: String| {
        let value = if typed.get(name).is_empty() { known } else { typed.text(name) };
        Field::new(name, label, FieldKind::Line).value(value)
    };
    let comment = |label| line("comment", label, String::new()).required().hint("Its id, as in /c/ and its address.");
    match word {
        "slow" => vec![
            line("seconds", "Seconds between two comments of the same person", thread.slow.to_string())
                .required()
                .hint("0: as fast as they like."),
        ],
        "move" => vec![line("board", "To which board", String::new()).required().hint("Its name.")],
        "split" => vec![
            comment("Of which comment, with all below it"),
            line("title", "Its title", String::new()).required(),
            line("board", "On which board", String::new()).hint("Its name. Leave it empty for the same."),
        ],
        "merge" => {
            vec![line("into", "Into which thread", String::new()).required().hint("Its id, as in /t/ and its address.")]
        }
        "remove" => vec![comment("Which comment")],
        _ => vec![comment("Which comment"), cover(typed)],
    }
}

fn cover(typed: &Fields) -> Field {
    let choices = [("yes", "Those only who want to see it"), ("no", "Everybody")];
    let choices = choices.map(|(value, label)| Choice { value: value.into(), label: label.into() });
    let chosen = if typed.get("sensitive") == "no" { "no" } else { "yes" };
    Field::new("sensitive", "Who sees its words", FieldKind::Select(choices.into())).value(chosen).required()
}

/// `POST /admin/threads/{id}`
pub async fn done(shell: Shell, State(app): State<App>, Path(thread): Path<String>, fields: Fields) -> Answer {
    let thread = id(&thread)?;
    let word = fields.get("do");
    if let Some(deed) = switch(word) {
        let person = shell.member("manage threads")?;
        return match manage::manage(&app.ctx, person, thread, deed, fields.get("reason")).await {
            Ok(()) => Ok(back(&fields, "thread", &path(thread))),
            Err(error) => {
                let (status, notice) = undone(error)?;
                shown(&shell, thread, &fields, Problems::default(), (status, Some(notice))).await
            }
        };
    }
    if !FORMS.iter().any(|(known, ..)| *known == word) {
        return Err(unknown());
    }
    match formed(&app, shell.member("manage threads")?, thread, &fields).await {
        // Of one that was merged there is no page: its address leads to where it is now.
        Ok(()) if word == "merge" => Ok(see(&format!("/t/{thread}"))),
        // Whoever reads on does so where they were.
        Ok(()) if word == "remove" => Ok(see(&format!("/t/{thread}#c{}", fields.get("comment").trim()))),
        Ok(()) => Ok(see(&address(&path(thread), &[("do", word), ("said", "thread")]))),
        Err(error) => {
            let problems = problems(error, &[]).map_err(|oops| oops.keeping(&fields))?;
            shown(&shell, thread, &fields, problems, (StatusCode::OK, None)).await
        }
    }
}

fn switch(word: &str) -> Option<Deed> {
    match word {
        "lock" => Some(Deed::Lock),
        "unlock" => Some(Deed::Unlock),
        "pin" => Some(Deed::Pin),
        "unpin" => Some(Deed::Unpin),
        _ => None,
    }
}

async fn formed(app: &App, who: &Person, thread: ThreadId, fields: &Fields) -> Result<(), Error> {
    let (ctx, why) = (&app.ctx, fields.get("reason"));
    match fields.get("do") {
        "slow" => {
            // What is no number is refused in the same words as one that is too small.
            let seconds = fields.get("seconds").trim().parse().unwrap_or(-1);
            manage::slow(ctx, who, thread, seconds, why).await
        }
        "move" => rearrange::move_thread(ctx, who, thread, fields.get("board").trim(), why).await,
        "split" => {
            let board = Some(fields.get("board").trim().to_owned()).filter(|board| !board.is_empty());
            let opening = Opening { title: fields.text("title"), board };
            rearrange::split(ctx, who, CommentId(within(fields, "comment")?), &opening, why).await
        }
        "remove" => removed(ctx, who, CommentId(within(fields, "comment")?), why).await,
        "merge" => rearrange::merge(ctx, who, thread, ThreadId(within(fields, "into")?), why).await,
        _ => manage::cover(ctx, who, CommentId(within(fields, "comment")?), fields.get("sensitive") != "no", why).await,
    }
}

async fn removed(ctx: &Ctx, who: &Person, comment: CommentId, why: &str) -> Result<(), Error> {
    if retract::remove(ctx, who, comment, why).await? {
        return Ok(());
    }
    let problem = "it is removed already; the queue has what was removed, where it can be put back";
    Err(Error::Refused(Refusal::field("comment", problem)))
}

/// An id as it was typed.
fn within(fields: &Fields, name: &'static str) -> Result<i64, Refusal> {
    let typed = fields.get(name).trim();
    typed.parse().ok().ok_or_else(|| Refusal::field(name, "give its id, which is a number"))
}
