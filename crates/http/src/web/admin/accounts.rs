//! Accounts, those who have applied for one, and who has which role.

use actions::hosting::By;
use actions::joining::accounts::{self, Decision, Entry, Standing};
use actions::staffing::{self, Appointment};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::rights::{Reach, Right};
use domain::{Noun, Refusal, Role};

use super::{PAGE, address, back, before, query_of, said, undone, unknown};
use crate::door::App;
use crate::pages::views::{
    Choice, DeskForm, DeskPage, DeskTab, Fact, Field, FieldKind, Find, Form, Line, LineDeed, LineForm, Notice, Problems,
};
use crate::web::convert::encoded;
use crate::web::shell::{Answer, Fields, Oops, Query, Shell, problems};

const LIST: &str = "/admin/accounts";
const STATES: [(Standing, &str, &str); 3] = [
    (Standing::Active, "active", "Accounts"),
    (Standing::Waiting, "waiting", "Applications"),
    (Standing::TurnedAway, "rejected", "Not let in"),
];

fn state(word: &str) -> Standing {
    STATES.iter().find(|(_, known, _)| *known == word).map_or(Standing::Active, |(standing, ..)| *standing)
}

/// `GET /admin/accounts`
pub async fn page(shell: Shell, Query(query): Query) -> Answer {
    let notice = said(&query);
    shown(&shell, &query, StatusCode::OK, notice).await
}

async fn shown(shell: &Shell, query: &Fields, status: StatusCode, notice: Option<Notice>) -> Answer {
    let mut frame = shell.desk(Right::RunAccounts).await?;
    let (ctx, by) = (&shell.app.ctx, By::Administrator(shell.member("see accounts")?.clone()));
    let (standing, name) = (state(query.get("state")), query.get("name").trim());
    let (found, next) = if name.is_empty() {
        accounts::page(ctx, &by, standing, before(query)?, PAGE).await?
    } else {
        (accounts::named(ctx, &by, name).await?, None)
    };
    frame.notice = notice;
    frame.path = address(LIST, &[("state", query.get("state")), ("name", name), ("before", query.get("before"))]);
    let word = query.get("state");
    let view = DeskPage {
        tabs: tabs(standing, name.is_empty()),
        find: Some(Find { action: LIST, name: "name", label: "Find by name", value: name.into() }),
        lines: found.into_iter().map(line).collect(),
        empty: if name.is_empty() {
            "Nobody."
        } else {
            "Nobody has that name, or has applied for it. Names are looked for whole."
        },
        next: next.map(|id| address(LIST, &[("state", word), ("before", &id.to_string())])),
        ..DeskPage::new(frame, "Accounts", "")
    };
    shell.page_with(status, &view).await
}

fn tabs(standing: Standing, is_list: bool) -> Vec<DeskTab> {
    let tab = |(known, word, title): &(Standing, &str, &'static str)| DeskTab {
        href: address(LIST, &[("state", word)]),
        title,
        current: is_list && *known == standing,
    };
    STATES.iter().map(tab).collect()
}

fn line(entry: Entry) -> Line {
    let mut facts = Vec::new();
    facts.extend(entry.role.filter(|role| *role != Role::Member).map(|role| Fact::Mark(role.name().into())));
    facts.push(match entry.standing {
        Standing::Active => Fact::When("joined", entry.created.0),
        Standing::Waiting => Fact::When("applied", entry.created.0),
        Standing::TurnedAway => Fact::When("applied, and was not let in,", entry.created.0),
    });
    facts.extend(entry.inviter.map(|name| Fact::Words(format!("invited by {name}"))));
    let active = entry.standing == Standing::Active;
    Line {
        href: active.then(|| format!("{LIST}/{}", encoded(&entry.name))),
        facts,
        words: entry.answer.unwrap_or_default(),
        form: entry.application.filter(|_| entry.standing == Standing::Waiting).map(|id| decision(&entry.name, id)),
        ..Line::new(entry.application.map_or_else(|| entry.name.to_lowercase(), |id| id.to_string()), &*entry.name)
    }
}

fn decision(name: &str, application: i64) -> LineForm {
    LineForm {
        action: format!("{LIST}/{}", encoded(name)),
        carried: vec![("application", application.to_string())],
        reasoned: true,
        deeds: vec![
            LineDeed { word: "approve", label: "Let in", first: true },
            LineDeed { word: "reject", label: "Do not let in", first: false },
        ],
    }
}

/// `POST /admin/accounts/{name}`: about the application that was looked at.
pub async fn decided(shell: Shell, State(app): State<App>, Path(name): Path<String>, fields: Fields) -> Answer {
    let by = By::Administrator(shell.member("decide about applications")?.clone());
    let word = fields.get("do");
    let decision = match word {
        "approve" => Decision::Admit,
        "reject" => Decision::TurnAway,
        _ => return Err(unknown()),
    };
    let which = (name.as_str(), fields.get("application").parse().ok());
    match accounts::decide(&app.ctx, &by, which, decision, fields.get("reason")).await {
        Ok(_) => Ok(back(&fields, word, "/admin/accounts?state=waiting")),
        Err(error) => {
            let (status, notice) = undone(error)?;
            shown(&shell, &query_of(&fields), status, Some(notice)).await
        }
    }
}

/// `GET /admin/accounts/{name}`
pub async fn one(shell: Shell, Path(name): Path<String>, Query(query): Query) -> Answer {
    about(&shell, &name, None, Problems::default(), said(&query)).await
}

/// What was chosen for somebody's role.
struct Chosen {
    role: String,
    boards: String,
}

impl Chosen {
    fn appointment(&self) -> Result<Appointment, Refusal> {
        let role = Role::named(&self.role).ok_or_else(|| Refusal::field("role", "choose one of the list"))?;
        let names: Vec<_> = self.boards.split([',', ' ']).map(str::trim).filter(|name| !name.is_empty()).collect();
        let boards = names.iter().map(|name| (*name).to_owned()).collect();
        Ok(Appointment { role, boards: Some(boards).filter(|_| !names.is_empty()) })
    }
}

async fn about(
    shell: &Shell,
    name: &str,
    chosen: Option<Chosen>,
    problems: Problems,
    notice: Option<Notice>,
) -> Answer {
    let mut frame = shell.desk(Right::RunAccounts).await?;
    let by = By::Administrator(shell.member("see accounts")?.clone());
    let found = accounts::named(&shell.app.ctx, &by, name).await?;
    let entry = found.into_iter().find(|one| one.standing == Standing::Active);
    let entry = entry.ok_or(Refusal::NotFound(Noun::Person))?;
    let boards = boards_of(shell, &by, &entry.name).await?;
    frame.notice = notice;
    let role = entry.role.unwrap_or(Role::Member);
    let chosen = chosen.unwrap_or_else(|| Chosen { role: role.name().into(), boards: boards.clone() });
    let reach = if boards.is_empty() { String::new() } else { format!(" on {boards}") };
    let mut facts = vec![
        ("Role".into(), format!("{}{reach}", role.name())),
        ("Joined".into(), crate::pages::views::time::exact(entry.created.0)),
    ];
    facts.extend(entry.inviter.map(|inviter| ("Invited by".into(), inviter)));
    let view = DeskPage {
        links: vec![("Page and comments".into(), format!("/u/{}", encoded(&entry.name)))],
        facts,
        forms: vec![role_form(&entry.name, &chosen, &problems)],
        ..DeskPage::new(frame, &*entry.name, "")
    };
    shell.form(&view, &problems).await
}

/// The boards on which somebody has their role, as the form takes them; empty: all.
async fn boards_of(shell: &Shell, by: &By, name: &str) -> Result<String, Oops> {
    let staff = staffing::list(&shell.app.ctx, by).await?;
    let Some(Reach::Boards(ids)) = staff.into_iter().find(|one| one.name == name).map(|one| one.reach) else {
        return Ok(String::new());
    };
    let site = shell.app.site().await?;
    let names = site.boards.iter().filter(|board| ids.contains(&board.id)).map(|board| board.name.as_str());
    Ok(names.collect::<Vec<_>>().join(", "))
}

fn role_form(name: &str, chosen: &Chosen, problems: &Problems) -> DeskForm {
    let label = |role: &Role| match role {
        Role::Member => "Member",
        Role::Helper => "Helper: sees the queue and works on reports",
        Role::Moderator => "Moderator",
        Role::Admin => "Administrator",
    };
    let roles = Role::ALL.iter().map(|role| Choice { value: role.name().into(), label: label(role).into() });
    let fields = vec![
        Field::new("role", "Role", FieldKind::Select(roles.collect())).value(&*chosen.role).required(),
        Field::new("boards", "On which boards", FieldKind::Line)
            .value(&*chosen.boards)
            .hint("Names with commas between them, for helpers and moderators. Leave it empty for all boards."),
        Field::new("reason", "Reason", FieldKind::Line).hint("For the public log.").longest(500),
    ];
    let form = Form::new(format!("{LIST}/{}/role", encoded(name)), "Give this role", fields).problems(problems);
    DeskForm { id: "role-title", title: "Role", form, code: false }
}

/// `POST /admin/accounts/{name}/role`
pub async fn appointed(shell: Shell, State(app): State<App>, Path(name): Path<String>, fields: Fields) -> Answer {
    let by = By::Administrator(shell.member("give roles")?.clone());
    let chosen = Chosen { role: fields.text("role"), boards: fields.text("boards") };
    let done = async {
        let to = chosen.appointment().map_err(actions::Error::from)?;
        staffing::appoint(&app.ctx, &by, &name, to, fields.get("reason")).await
    };
    match done.await {
        Ok(_) => Ok(back(&fields, "role", &format!("{LIST}/{}", encoded(&name)))),
        Err(error) => about(&shell, &name, Some(chosen), problems(error, &[])?, None).await,
    }
}
