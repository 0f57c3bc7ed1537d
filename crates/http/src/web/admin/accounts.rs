//! Accounts, those who have applied for one, and who has which role.

use actions::hosting::By;
use actions::joining::accounts::{self, Decision, Entry, Standing};
use actions::staffing::{self, Appointment};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::rights::{Reach, Right};
use domain::{Noun, Refusal, Role};
use pages::views::{
    Choice, DeskForm, DeskPage, DeskTab, Fact, Field, FieldKind, Find, Form, Line, LineDeed, LineForm, Notice, Problems,
};
use storage::staff::Staff;

use super::{PAGE, address, back, before, query_of, said, undone, unknown};
use crate::door::{App, Site};
use crate::web::convert::encoded;
use crate::web::shell::{Answer, Fields, Oops, Query, Shell, problems};

const LIST: &str = "/admin/accounts";
/// The tab of those with a role.
const STAFF: &str = "staff";
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
    if query.get("state") == STAFF {
        return staff(&shell, notice).await;
    }
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
    let mut tabs = tabs(Some(standing).filter(|_| name.is_empty()));
    tabs.push(with_role(false));
    let view = DeskPage {
        tabs,
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

/// The tabs, of which the one with this standing is shown; `None`: another one, or what was looked for.
fn tabs(shown: Option<Standing>) -> Vec<DeskTab> {
    let tab = |(known, word, title): &(Standing, &str, &'static str)| DeskTab {
        href: address(LIST, &[("state", word)]),
        title,
        current: Some(*known) == shown,
    };
    STATES.iter().map(tab).collect()
}

fn with_role(current: bool) -> DeskTab {
    DeskTab { href: address(LIST, &[("state", STAFF)]), title: "With a role", current }
}

/// Those with a role, by name.
async fn staff(shell: &Shell, notice: Option<Notice>) -> Answer {
    let mut frame = shell.desk(Right::RunAccounts).await?;
    let by = By::Administrator(shell.member("see accounts")?.clone());
    let (found, site) = (staffing::list(&shell.app.ctx, &by).await?, shell.app.site().await?);
    frame.notice = notice;
    let mut tabs = tabs(None);
    tabs.push(with_role(true));
    let line = |one: &Staff| Line {
        href: Some(format!("{LIST}/{}", encoded(&one.name))),
        facts: vec![Fact::Mark(one.role.name().into()), Fact::Words(reach(&site, &one.reach))],
        ..Line::new(one.name.to_lowercase(), &*one.name)
    };
    let lines = found.iter().map(line).collect();
    shell.page(&DeskPage { tabs, lines, empty: "Nobody.", ..DeskPage::new(frame, "Accounts", "") }).await
}

fn reach(site: &Site, reach: &Reach) -> String {
    match names(site, reach) {
        boards if boards.is_empty() => "on all boards".into(),
        boards => format!("on {boards}"),
    }
}

/// The boards on which somebody has their role, as the form takes them; empty: all.
fn names(site: &Site, reach: &Reach) -> String {
    let Reach::Boards(ids) = reach else { return String::new() };
    let names = site.boards.iter().filter(|board| ids.contains(&board.id)).map(|board| board.name.as_str());
    names.collect::<Vec<_>>().join(", ")
}

fn line(entry: Entry) -> Line {
    let mut facts = Vec::new();
    facts.extend(entry.role.filter(|role| *role != Role::Member).map(|role| Fact::Mark(role.name().into())));
    let on = |boards: Vec<String>| {
        if boards.is_empty() { "on no board".into() } else { format!("on {}", boards.join(", ")) }
    };
    facts.extend(entry.boards.map(|boards| Fact::Words(on(boards))));
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
    let done = async {
        // Without it, it would be about whichever waits by that name by now.
        let problem = "it cannot be told which application is meant; decide about it where it is shown";
        let which = fields.get("application").parse().ok();
        let which: i64 = which.ok_or_else(|| Refusal::field("application", problem))?;
        accounts::decide(&app.ctx, &by, (name.as_str(), Some(which)), decision, fields.get("reason")).await
    };
    match done.await {
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
        // Commas alone name no board, which the action refuses: they are not all of them.
        Ok(Appointment { role, boards: Some(boards).filter(|_| !self.boards.trim().is_empty()) })
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
        ("Joined".into(), pages::views::time::exact(entry.created.0)),
    ];
    facts.extend(entry.inviter.map(|inviter| ("Invited by".into(), inviter)));
    let view = DeskPage {
        links: vec![
            ("Page and comments".into(), format!("/u/{}", encoded(&entry.name))),
            ("What was decided about them".into(), super::actor_path(&entry.name, "")),
            ("Sessions and tokens".into(), format!("{LIST}/{}/sessions", encoded(&entry.name))),
        ],
        facts,
        forms: vec![role_form(&entry.name, &chosen, &problems)],
        ..DeskPage::new(frame, &*entry.name, "")
    };
    shell.form(&view, &problems).await
}

/// The boards of somebody with an account.
async fn boards_of(shell: &Shell, by: &By, name: &str) -> Result<String, Oops> {
    let staff = staffing::list(&shell.app.ctx, by).await?;
    let site = shell.app.site().await?;
    Ok(staff.iter().find(|one| one.name == name).map(|one| names(&site, &one.reach)).unwrap_or_default())
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
