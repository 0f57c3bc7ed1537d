//! Boards: which there are, and what is said of each. Making one has a page that stands outside (`web::boards`).

use actions::board::{self, Description};
use axum::extract::{Path, State};
use domain::authority::Admission;
use domain::rights::Right;
use pages::views::{Choice, DeskForm, DeskPage, Fact, Field, FieldKind, Form, Line, Notice, Problems};
use storage::boards::Board;

use super::{back, said};
use crate::door::App;
use crate::web::convert::encoded;
use crate::web::shell::{Answer, Fields, Query, Shell, problems};

/// `GET /admin/boards`
pub async fn page(shell: Shell) -> Answer {
    let frame = shell.desk(Right::RunBoards).await?;
    let (site, numbers) = (shell.app.site().await?, shell.app.numbers().await?);
    let threads = |board: &Board| numbers.threads.iter().find(|(id, _)| *id == board.id).map_or(0, |(_, count)| *count);
    let view = DeskPage {
        links: vec![("New board".into(), "/boards/new".into())],
        lines: site.boards.iter().map(|board| line(board, threads(board))).collect(),
        empty: "There are no boards yet.",
        ..DeskPage::new(frame, "Boards", "")
    };
    shell.page(&view).await
}

fn line(board: &Board, threads: i64) -> Line {
    let path = encoded(&board.address()).replace("%40", "@");
    let mut facts = vec![Fact::Words(board.address())];
    facts.push(Fact::Words(if threads == 1 { "1 thread".into() } else { format!("{threads} threads") }));
    let ours = board.host.is_empty();
    facts.push(Fact::Link("its threads".into(), format!("/b/{path}")));
    Line {
        href: ours.then(|| format!("/admin/boards/{path}")),
        facts,
        words: domain::text::excerpt(&domain::text::plain(&board.about_html), 200),
        ..Line::new(board.id, &*board.title)
    }
}

/// `GET /admin/boards/{board}`
pub async fn one(shell: Shell, Path(name): Path<String>, Query(query): Query) -> Answer {
    shell.desk(Right::RunBoards).await?;
    let board = board::find(&shell.app.ctx, &name).await?;
    let Board { title, about, rules, admission, slow, .. } = board;
    let known = Description { title, about, rules, admission, slow };
    let typed = Typed { slow: slow.to_string(), said: known };
    form(&shell, &name, &typed, Problems::default(), said(&query)).await
}

/// What the form holds.
struct Typed {
    said: Description,
    /// The pause as it was typed, which may be no number.
    slow: String,
}

async fn form(shell: &Shell, name: &str, typed: &Typed, problems: Problems, notice: Option<Notice>) -> Answer {
    let mut frame = shell.desk(Right::RunBoards).await?;
    frame.notice = notice;
    let known = &typed.said;
    let fields = vec![
        Field::new("title", "Title", FieldKind::Line).value(&*known.title).required().longest(100),
        Field::new("description", "Description", FieldKind::Text(4)).value(&*known.about).hint("What belongs here."),
        Field::new("rules", "Rules", FieldKind::Text(8))
            .value(&*known.rules)
            .hint("Shown beside the threads and where a thread is started."),
        Field::new("admission", "Who may start threads", FieldKind::Select(admissions()))
            .value(if known.admission == Admission::Everybody { "everybody" } else { "ours" })
            .required(),
        Field::new("slow_seconds", "Seconds between two comments of the same person", FieldKind::Line)
            .value(&*typed.slow)
            .hint("For a while when it is heated. 0: as fast as they like.")
            .longest(6),
    ];
    let action = format!("/admin/boards/{}", encoded(name));
    let form = Form::new(action, "Save", fields).problems(&problems).cancel("/admin/boards");
    let view = DeskPage {
        links: vec![("Its threads".into(), format!("/b/{}", encoded(name)))],
        forms: vec![DeskForm { id: "describe-title", title: "What is said of it", form, code: false }],
        ..DeskPage::new(frame, if known.title.trim().is_empty() { name } else { &known.title }, "")
    };
    shell.form(&view, &problems).await
}

fn admissions() -> Vec<Choice> {
    let choice = |value: &str, label: &str| Choice { value: value.into(), label: label.into() };
    vec![choice("everybody", "Everybody, from other servers too"), choice("ours", "People with an account here")]
}

/// `POST /admin/boards/{board}`
pub async fn described(shell: Shell, State(app): State<App>, Path(name): Path<String>, fields: Fields) -> Answer {
    let person = shell.member("describe boards")?;
    person.must(Right::RunBoards)?;
    let old = board::find(&app.ctx, &name).await?;
    let slow = fields.text("slow_seconds");
    let said = Description {
        title: fields.text("title"),
        about: fields.text("description"),
        rules: fields.text("rules"),
        admission: match fields.get("admission") {
            "everybody" => Admission::Everybody,
            "ours" => Admission::OurPeople,
            _ => old.admission,
        },
        // What is no number is refused in the same words as one that is too small.
        slow: slow.trim().parse().unwrap_or(-1),
    };
    match board::describe(&app.ctx, person, &name, &said).await {
        Ok(_) => Ok(back(&fields, "board", &format!("/admin/boards/{}", encoded(&name)))),
        Err(error) => {
            let typed = Typed { said, slow };
            form(&shell, &name, &typed, problems(error, &[("text", "description")])?, None).await
        }
    }
}
