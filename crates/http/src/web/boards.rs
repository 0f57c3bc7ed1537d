//! The list of boards, a new board, what this place is, the moderation log.

use actions::board::Description;
use actions::elsewhere::following;
use actions::manage;
use actions::transparency::Numbers;
use axum::extract::{Path, State};
use domain::rights::Right;
use domain::{Figure, Refusal, Role};
use pages::views::{
    AboutPage, BoardEntry, BoardFollowing, BoardMaking, BoardsPage, DescribePage, LogEntry, LogPage, MonthView,
    NewBoardPage, NumbersPage, Problems,
};
use storage::log::Listed;

use super::convert;
use super::shell::{Answer, Fields, Query, Shell, feeds, problems, see};
use crate::door::App;
use crate::modlog;

/// Entries of the log on one page.
const PAGE: usize = 100;

/// `/boards`
pub async fn all(shell: Shell) -> Answer {
    let following = shell.visitor.is_some().then(BoardFollowing::default);
    list(&shell, following).await
}

async fn list(shell: &Shell, following: Option<BoardFollowing>) -> Answer {
    let app = &shell.app;
    let (site, numbers) = (app.site().await?, app.numbers().await?);
    let threads = |id| numbers.threads.iter().find(|(board, _)| *board == id).map_or(0, |(_, count)| *count);
    let boards = site.boards.iter().map(|board| BoardEntry {
        link: convert::board_link(board),
        description: domain::text::excerpt(&domain::text::plain(&board.about_html), 200),
        threads: u64::try_from(threads(board.id)).unwrap_or(0),
        host: Some(board.host.clone()).filter(|host| !host.is_empty()),
    });
    let admin = shell.visitor.as_ref().is_some_and(|person| person.role == Role::Admin);
    let making = if admin { BoardMaking::Allowed } else { BoardMaking::Refused };
    let none = Problems::default();
    let problems = following.as_ref().map_or(&none, |following| &following.problems).clone();
    let view = BoardsPage { frame: shell.frame().await?, boards: boards.collect(), making, following };
    shell.form(&view, &problems).await
}

/// `POST /boards/follow`: a board of another server, by its name.
pub async fn follow(shell: Shell, State(app): State<App>, fields: Fields) -> Answer {
    let person = shell.member("follow boards")?;
    match following::follow(&app.ctx, person, fields.get("name")).await {
        Ok(followed) => Ok(see(&format!("/b/{}", followed.board.address()))),
        Err(error) => {
            let problems = problems(error, &[])?;
            list(&shell, Some(BoardFollowing { name: fields.text("name"), problems })).await
        }
    }
}

/// `POST /b/{board}/followed`: a board of another server that is known here, or no longer.
pub async fn follow_known(shell: Shell, State(app): State<App>, Path(board): Path<String>, fields: Fields) -> Answer {
    let person = shell.member("follow boards")?;
    let known = actions::board::find(&app.ctx, &board).await?;
    let address = known.address();
    match (fields.get("intent"), &known.group) {
        ("unfollow", _) => drop(following::unfollow(&app.ctx, person, &address).await?),
        // By its id: nobody has to be asked whom the name means.
        (_, Some(group)) => drop(following::follow(&app.ctx, person, &group.uri).await?),
        (_, None) => drop(following::follow(&app.ctx, person, &address).await?),
    }
    Ok(see(&format!("/b/{address}")))
}

/// `GET /boards/new`
pub async fn new(shell: Shell) -> Answer {
    shell.member("make boards")?.must(Right::RunBoards)?;
    form(&shell, &Fields::default(), Problems::default()).await
}

/// `POST /boards/new`
pub async fn create(shell: Shell, State(app): State<App>, fields: Fields) -> Answer {
    let person = shell.member("make boards")?;
    let said = Description {
        title: fields.text("title"),
        about: fields.text("description"),
        rules: fields.text("rules"),
        ..Description::default()
    };
    match actions::board::create(&app.ctx, person, fields.get("name"), &said).await {
        Ok(board) => Ok(see(&format!("/b/{}", convert::encoded(&board.name)))),
        Err(error) => form(&shell, &fields, problems(error, &[("text", "description")])?).await,
    }
}

async fn form(shell: &Shell, fields: &Fields, problems: Problems) -> Answer {
    let view = NewBoardPage {
        frame: shell.private_frame().await?,
        name: fields.text("name"),
        title: fields.text("title"),
        description: fields.text("description"),
        rules: fields.text("rules"),
        problems,
    };
    shell.form(&view, &view.problems).await
}

/// `/about`
pub async fn about(shell: Shell, State(app): State<App>) -> Answer {
    let (site, numbers) = (app.site().await?, app.numbers().await?);
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    let administrators = site.staff.iter().filter(|one| one.role == Role::Admin).map(|one| one.name.clone());
    let view = AboutPage {
        frame: shell.frame().await?,
        description_html: site.facts.about_html.clone(),
        may_describe: shell.visitor.as_ref().is_some_and(|person| person.role == Role::Admin),
        registration: app.ctx.limits().joining.into(),
        administrators: administrators.collect(),
        people: count(numbers.accounts),
        threads: numbers.threads.iter().map(|(_, threads)| count(*threads)).sum(),
        comments: count(numbers.comments),
    };
    shell.page(&view).await
}

/// `GET /about/edit`
pub async fn describe(shell: Shell) -> Answer {
    shell.member("describe this place")?.must(Right::DescribeInstance)?;
    let facts = shell.app.site().await?.facts.clone();
    about_form(&shell, facts.name, facts.about, Problems::default()).await
}

/// `POST /about/edit`
pub async fn described(shell: Shell, State(app): State<App>, fields: Fields) -> Answer {
    let person = shell.member("describe this place")?;
    let (name, rules) = (fields.text("name"), fields.text("rules"));
    match actions::instance::describe(&app.ctx, person, Some(&name), Some(&rules)).await {
        Ok(()) => Ok(see("/about")),
        Err(error) => about_form(&shell, name, rules, problems(error, &[("title", "name"), ("text", "rules")])?).await,
    }
}

async fn about_form(shell: &Shell, name: String, rules: String, problems: Problems) -> Answer {
    let view = DescribePage { frame: shell.private_frame().await?, name, rules, problems };
    shell.form(&view, &view.problems).await
}

/// `/modlog`
pub async fn log(shell: Shell, State(app): State<App>, Query(query): Query) -> Answer {
    let before = match query.get("before") {
        "" => None,
        text => Some(text.parse().ok().ok_or(Refusal::BadCursor)?),
    };
    let (entries, next) = manage::log(&app.ctx, before, PAGE).await?;
    let mut frame = shell.frame().await?;
    frame.feeds = feeds("/modlog", "Moderation log");
    let view = LogPage {
        frame,
        entries: entries.iter().map(|listed| entry(&app, listed)).collect(),
        next: next.map(|next| format!("/modlog?before={next}")),
    };
    shell.page(&view).await
}

/// `/transparency`
pub async fn numbers(shell: Shell, State(app): State<App>) -> Answer {
    let months = app.months().await?.iter().map(month).collect();
    shell.page(&NumbersPage { frame: shell.frame().await?, months }).await
}

fn month(numbers: &Numbers) -> MonthView {
    const COUNTED: [(&str, Figure); 15] = [
        ("Comments removed", Figure::Removed),
        ("Comments put back", Figure::Restored),
        ("Comments let out that waited", Figure::Approved),
        ("Comments that waited and were not let out", Figure::Rejected),
        ("Reports received", Figure::Reported),
        ("Reports in which something was found", Figure::Resolved),
        ("Reports in which nothing was found", Figure::Dismissed),
        ("Appeals made", Figure::Appealed),
        ("Appeals rejected: what was decided stayed", Figure::AppealsRejected),
        ("Appeals granted: what was decided was undone", Figure::AppealsGranted),
        ("Notices that something is against the law", Figure::Noticed),
        ("Notices after which something was taken down", Figure::Granted),
        ("Notices after which nothing was", Figure::Refused),
        ("Comments taken down as against the law", Figure::Illegal),
        ("Decisions about other servers", Figure::Policies),
    ];
    let mut lines: Vec<_> = COUNTED.iter().map(|(what, figure)| (*what, numbers.of(*figure))).collect();
    lines.extend(numbers.median_hours().map(|hours| ("Hours until half of the reports were decided", hours)));
    MonthView { name: numbers.month.to_string(), numbers: lines }
}

fn entry(app: &App, listed: &Listed) -> LogEntry {
    let entry = &listed.entry;
    LogEntry {
        id: entry.id,
        at_ms: entry.at.0,
        moderator: modlog::who(&app.ctx, listed),
        action: modlog::what(listed),
        target: entry.comment.map(|comment| (format!("/c/{comment}"), "its place".into())),
        reason: entry.reason.clone(),
    }
}
