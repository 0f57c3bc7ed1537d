//! People, here or elsewhere, as moderators see them: what counts against whom, what is known of one of them, and what is done about them.
//! Each thing that can be done has a form of its own, of which one is shown: two on one page would have two fields of the same name.

use actions::hosting::By;
use actions::sanctions::{self, Decision, Dossier, Titled, Written};
use actions::{Error, Person};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::rights::{Reach, Right};
use domain::{Deed, Noun, Origin, Refusal, Sanction, Time};
use pages::views::{
    Choice, DeskForm, DeskPage, DeskTab, Fact, Field, FieldKind, Find, Form, Line, LineDeed, LineForm, Notice,
    Problems, time,
};

use super::{PAGE, address, back, before, said, unknown};
use crate::api::shape::handle as handle_of;
use crate::door::{App, Site};
use crate::modlog;
use crate::web::convert::{encoded, encoded_handle};
use crate::web::shell::{Answer, Fields, Oops, Query, Shell, problems, see};

const LIST: &str = "/admin/actors";

const LEVELS: [(Sanction, &str); 3] =
    [(Sanction::Suspend, "Suspended"), (Sanction::Hold, "Held"), (Sanction::Limit, "Limited")];

/// What can be done: its word, its tab, its button.
const FORMS: [(&str, &str, &str); 6] = [
    ("note", "Note", "Keep the note"),
    ("warn", "Warn", "Warn them"),
    ("limit", "Limit", "Limit them"),
    ("hold", "Hold", "Hold what they write"),
    ("suspend", "Suspend", "Suspend them"),
    ("lift", "Lift", "Lift it"),
];

/// The page of somebody, by name and host.
pub(in crate::web) fn path(name: &str, host: &str) -> String {
    format!("{LIST}/{}", encoded_handle(name, host))
}

/// `GET /admin/actors`
pub async fn page(shell: Shell, Query(query): Query) -> Answer {
    if !query.get("comment").is_empty() {
        return author(&shell, &query).await;
    }
    let wanted = query.get("handle").trim().trim_start_matches('@');
    if !wanted.is_empty() {
        return Ok(see(&format!("{LIST}/{}", encoded(wanted))));
    }
    let mut frame = shell.desk(Right::SeeActors).await?;
    let by = By::Administrator(shell.member("see what was decided about people")?.clone());
    let word = query.get("state");
    let level = LEVELS.iter().map(|(level, _)| *level).find(|level| level.name() == word);
    let (found, next) = sanctions::page(&shell.app.ctx, &by, level, before(&query)?, PAGE).await?;
    frame.notice = said(&query);
    frame.path = address(LIST, &[("state", word), ("before", query.get("before"))]);
    let view = DeskPage {
        tabs: tabs(level),
        find: Some(Find {
            action: LIST,
            name: "handle",
            label: "Find somebody, by name or name@host",
            value: String::new(),
        }),
        lines: found.iter().map(counting).collect(),
        empty: "Nothing counts against anybody.",
        next: next.map(|id| address(LIST, &[("state", word), ("before", &id.to_string())])),
        ..DeskPage::new(frame, "People", "Against whom something counts now, here or on one board.")
    };
    shell.page(&view).await
}

/// Whoever wrote a comment, with the form that was asked for.
async fn author(shell: &Shell, query: &Fields) -> Answer {
    let _ = shell.desk(Right::SeeActors).await?;
    let missing = Refusal::NotFound(Noun::Comment);
    let Ok(id) = query.get("comment").parse() else { return Err(missing.into()) };
    let line = actions::comment::find_as(&shell.app.ctx, shell.visitor.as_ref(), id).await?;
    if line.state == domain::State::Deleted {
        return Err(missing.into());
    }
    Ok(see(&address(&path(&line.author.name, &line.author.host), &[("do", query.get("do"))])))
}

fn tabs(shown: Option<Sanction>) -> Vec<DeskTab> {
    let all = DeskTab { href: LIST.into(), title: "All", current: shown.is_none() };
    let tab = |(level, title): &(Sanction, &'static str)| DeskTab {
        href: address(LIST, &[("state", level.name())]),
        title,
        current: Some(*level) == shown,
    };
    std::iter::once(all).chain(LEVELS.iter().map(tab)).collect()
}

fn counting(titled: &Titled) -> Line {
    let path = format!("{LIST}/{}", encoded(&titled.handle));
    let label = if titled.board.is_some() { "Lift it" } else { "Lift all of it" };
    let lift = LineForm {
        action: path.clone(),
        carried: vec![("board", titled.board.clone().unwrap_or_default())],
        reasoned: true,
        deeds: vec![LineDeed { word: "lift", label, first: false }],
    };
    Line {
        href: Some(path),
        facts: facts_of(titled),
        words: titled.decided.reason.clone(),
        form: Some(lift),
        ..Line::new(titled.decided.id, &*titled.handle)
    }
}

const fn level(level: Sanction) -> &'static str {
    match level {
        Sanction::Limit => "limited",
        Sanction::Hold => "held",
        Sanction::Suspend => "suspended",
    }
}

fn facts_of(titled: &Titled) -> Vec<Fact> {
    let Titled { decided, board, by, .. } = titled;
    let place = board.as_ref().map_or_else(|| "everywhere".into(), |board| format!("on {board}"));
    let mut facts = vec![Fact::Mark(level(decided.bar.level).into()), Fact::Words(place)];
    facts.push(Fact::When("since", decided.created.0));
    facts.push(Fact::Words(format!("by {}", decider(by.as_ref()))));
    facts.extend(decided.bar.until.map(|until| Fact::Words(format!("until {}", time::exact(until.0)))));
    if decided.sweep == storage::sanctions::Sweep::Remove {
        facts.push(Fact::Words("with their comments".into()));
    }
    facts
}

fn decider(by: Option<&String>) -> &str {
    by.map_or("whoever has the machine", String::as_str)
}

/// `GET /admin/actors/{handle}`, with `do` for one of the forms
pub async fn one(shell: Shell, Path(handle): Path<String>, Query(query): Query) -> Answer {
    shown(&shell, &handle, &query, Problems::default(), (StatusCode::OK, said(&query))).await
}

async fn shown(
    shell: &Shell,
    handle: &str,
    typed: &Fields,
    problems: Problems,
    (status, notice): (StatusCode, Option<Notice>),
) -> Answer {
    let mut frame = shell.desk(Right::SeeActors).await?;
    let who = shell.member("see what was decided about people")?;
    let dossier = sanctions::find(&shell.app.ctx, &By::Administrator(who.clone()), handle).await?;
    let (path, name) =
        (path(&dossier.actor.name, &dossier.actor.host), handle_of(&dossier.actor.name, &dossier.actor.host));
    let forms = offered(&dossier);
    let form = forms.iter().find(|(word, ..)| *word == typed.get("do")).unwrap_or(&FORMS[0]);
    frame.notice = notice;
    frame.path = address(&path, &[("do", form.0)]);
    let tab = |(word, title, _): &(&str, &'static str, &str)| DeskTab {
        href: address(&path, &[("do", word)]),
        title,
        current: *word == form.0,
    };
    let site = shell.app.site().await?;
    let view = DeskPage {
        links: links(who, &dossier),
        tabs: forms.iter().map(tab).collect(),
        facts: facts(&dossier),
        forms: vec![desk_form(&path, form, (places(&site, who), typed), &problems)],
        lines: lines(&dossier),
        empty: "Nothing was decided about them, and nobody has noted anything.",
        ..DeskPage::new(frame, name, "")
    };
    let status = if problems.0.is_empty() { status } else { StatusCode::UNPROCESSABLE_ENTITY };
    shell.page_with(status, &view).await
}

/// People elsewhere cannot be warned, and where nothing counts there is nothing to lift.
fn offered(dossier: &Dossier) -> Vec<(&'static str, &'static str, &'static str)> {
    let is_here = dossier.actor.origin == Origin::Local;
    let lifts = dossier.decided.iter().any(|one| one.counts || one.decided.sweep == storage::sanctions::Sweep::Remove);
    let wanted = |word: &str| match word {
        "warn" => is_here,
        "lift" => lifts,
        _ => true,
    };
    FORMS.into_iter().filter(|(word, ..)| wanted(word)).collect()
}

fn links(who: &Person, dossier: &Dossier) -> Vec<(String, String)> {
    let (actor, mut links) = (&dossier.actor, Vec::new());
    links.push(("Page and comments".into(), format!("/u/{}", encoded_handle(&actor.name, &actor.host))));
    if dossier.role.is_some() && who.must(Right::RunAccounts).is_ok() {
        links.push(("Account".into(), format!("/admin/accounts/{}", encoded(&actor.name))));
    }
    if !actor.host.is_empty() && who.must(Right::RunPeers).is_ok() {
        links.push(("Their server".into(), format!("/admin/peers/{}", encoded(&actor.host))));
    }
    links
}

fn facts(dossier: &Dossier) -> Vec<(String, String)> {
    let counts: Vec<_> = dossier.decided.iter().filter(|one| one.counts).map(stands).collect();
    let counts = if counts.is_empty() { "nothing".into() } else { counts.join("; ") };
    let facts = [
        ("Counts against them", counts),
        ("Role", dossier.role.map_or("no account here", |role| role.name()).into()),
        ("Known since", time::day(dossier.actor.created.0)),
        ("Comments that readers see", dossier.standing.to_string()),
        ("Comments that moderators took down", dossier.removed.to_string()),
        ("Reports on what they wrote", dossier.reports.to_string()),
    ];
    facts.into_iter().map(|(what, how)| (what.to_owned(), how)).collect()
}

fn stands(titled: &Titled) -> String {
    let place = titled.board.as_ref().map_or_else(|| "everywhere".into(), |board| format!("on {board}"));
    let until = titled.decided.bar.until.map(|until| format!(" until {}", time::exact(until.0))).unwrap_or_default();
    format!("{} {place}{until}", level(titled.decided.bar.level))
}

/// Where something can be decided: its name as it is sent, and in words.
fn places(site: &Site, who: &Person) -> Vec<Choice> {
    let everywhere = Choice { value: String::new(), label: "The whole instance".into() };
    let within = |id| who.reach.includes(id);
    let boards = site.boards.iter().filter(|board| within(board.id)).map(|board| board.address());
    let boards = boards.map(|address| Choice { value: address.clone(), label: address });
    let all = Some(everywhere).filter(|_| who.reach == Reach::Everywhere);
    all.into_iter().chain(boards).collect()
}

fn desk_form(
    path: &str,
    (word, title, button): &(&'static str, &'static str, &'static str),
    (places, typed): (Vec<Choice>, &Fields),
    problems: &Problems,
) -> DeskForm {
    let mut fields = fields(word, places, typed);
    fields.push(Field::new("do", "", FieldKind::Hidden).value(*word));
    let form = Form::new(path, button, fields).problems(problems);
    DeskForm { id: "deed-title", title, form, code: false }
}

fn fields(word: &str, places: Vec<Choice>, typed: &Fields) -> Vec<Field> {
    if word == "note" {
        let text = Field::new("text", "For other moderators", FieldKind::Text(4)).value(typed.text("text"));
        return vec![text.required().longest(2000).hint("It is in no log, and they never see it.")];
    }
    let place = match word {
        "warn" => "What it is about",
        "lift" => "Where it is lifted: for the whole instance, all of it is, on each board",
        _ => "Where it counts",
    };
    let mut fields = vec![Field::new("board", place, FieldKind::Select(places)).value(typed.text("board"))];
    if matches!(word, "limit" | "hold" | "suspend") {
        let until = Field::new("until", "Until which day", FieldKind::Date).value(typed.text("until"));
        fields.push(until.hint("It ends as that day begins (UTC). Leave it empty: until somebody lifts it."));
    }
    fields.extend(comments(word, typed));
    fields.push(reason(word, typed));
    fields
}

/// What becomes of what they have written, where that is asked.
fn comments(word: &str, typed: &Fields) -> Option<Field> {
    let (label, hint, choices) = match word {
        "suspend" => ("What they have written there", SUSPENDED, [("stay", "Stays"), ("turn", "Is taken down")]),
        "lift" => ("What was taken down with it", LIFTED, [("stay", "Stays down"), ("turn", "Is put back")]),
        _ => return None,
    };
    let choices = choices.map(|(value, label)| Choice { value: value.into(), label: label.into() });
    let chosen = if typed.get("comments") == "turn" { "turn" } else { "stay" };
    Some(Field::new("comments", label, FieldKind::Select(choices.into())).value(chosen).required().hint(hint))
}

/// What ends with a suspension besides, and for good: servers were told, and nobody can follow in somebody else's name.
const SUSPENDED: &str =
    "What they follow, and who follows them from other servers, ends. Lifting it does not bring that back.";
const LIFTED: &str =
    "What they followed, and who followed them from other servers, stays ended: each has to follow again.";

fn reason(word: &str, typed: &Fields) -> Field {
    let field = Field::new("reason", "Reason", FieldKind::Line).value(typed.text("reason")).longest(500);
    if word == "warn" {
        return field.required().hint("They read it among their notifications, and everybody in the public log.");
    }
    field.hint("For the public log.")
}

/// What was decided, warned of, noted and lifted, the newest first.
fn lines(dossier: &Dossier) -> Vec<Line> {
    let decided = dossier.decided.iter().map(|one| (one.decided.created, decided(one)));
    let warned = dossier.warnings.iter().map(|(one, by)| {
        let read = one.read.map_or(Fact::Words("not read yet".into()), |read| Fact::When("read", read.0));
        let facts = vec![Fact::When("", one.at.0), read];
        let title = format!("{} warned them", decider(by.as_ref()));
        (one.at, Line { facts, words: one.reason.clone(), ..Line::new(one.id, title) })
    });
    let noted = dossier.notes.iter().map(|(note, by)| {
        let facts = vec![Fact::When("", note.created.0)];
        let title = format!("{} noted", decider(by.as_ref()));
        (note.created, Line { facts, words: note.text.clone(), ..Line::new(note.id, title) })
    });
    let mut all: Vec<_> = decided.chain(warned).chain(noted).chain(logged(dossier)).collect();
    all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    all.into_iter().map(|(_, line)| line).collect()
}

fn decided(titled: &Titled) -> Line {
    let mut facts = facts_of(titled);
    let ended = titled.decided.ended.filter(|_| !titled.counts);
    facts.extend(ended.map(|ended| Fact::When("ended", ended.0)));
    if !titled.counts && ended.is_none() {
        facts.push(Fact::Words("over".into()));
    }
    Line { facts, words: titled.decided.reason.clone(), ..Line::new(titled.decided.id, "Decision") }
}

/// What the log says and nothing else here: decisions and warnings have lines of their own.
fn logged(dossier: &Dossier) -> impl Iterator<Item = (Time, Line)> {
    let told = |deed| {
        use Deed::{HoldActor, LimitActor, PurgeActor, SuspendActor, Warn};
        matches!(deed, LimitActor | HoldActor | SuspendActor | PurgeActor | Warn)
    };
    dossier.log.iter().filter(move |listed| !told(listed.entry.deed)).map(|listed| {
        let entry = &listed.entry;
        let title = format!("{} {}", entry.moderator_name, modlog::what(listed));
        let facts = vec![Fact::When("", entry.at.0)];
        (entry.at, Line { facts, words: entry.reason.clone(), ..Line::new(entry.id, title) })
    })
}

/// `POST /admin/actors/{handle}`
pub async fn done(shell: Shell, State(app): State<App>, Path(handle): Path<String>, fields: Fields) -> Answer {
    let by = By::Administrator(shell.member("decide about people")?.clone());
    let word = fields.get("do");
    if !FORMS.iter().any(|(known, ..)| *known == word) {
        return Err(unknown());
    }
    match act(&app, &by, &handle, &fields).await {
        Ok(_) if word == "note" => Ok(back(&fields, "noted", &format!("{LIST}/{}", encoded(&handle)))),
        Ok(_) => Ok(back(&fields, "actor", &format!("{LIST}/{}", encoded(&handle)))),
        Err(error) => refused(&shell, &handle, &fields, error).await,
    }
}

/// Who may not decide about this one may well see the page: it says why, beside what was typed.
async fn refused(shell: &Shell, handle: &str, fields: &Fields, error: Error) -> Answer {
    if let Error::Refused(refusal @ Refusal::Forbidden(..)) = &error {
        let notice = Some(Notice::Warning(refusal.to_string()));
        return shown(shell, handle, fields, Problems::default(), (StatusCode::FORBIDDEN, notice)).await;
    }
    let problems: Result<Problems, Oops> = problems(error, &[]);
    shown(shell, handle, fields, problems?, (StatusCode::OK, None)).await
}

async fn act(app: &App, by: &By, handle: &str, fields: &Fields) -> Result<Dossier, Error> {
    let (ctx, reason) = (&app.ctx, fields.get("reason"));
    let board = Some(fields.get("board")).filter(|board| !board.is_empty());
    let written = if fields.get("comments") == "turn" { Written::Turns } else { Written::Stays };
    let level = match fields.get("do") {
        "note" => return sanctions::note(ctx, by, handle, fields.get("text")).await,
        "warn" => return sanctions::warn(ctx, by, handle, board, reason).await,
        "lift" => return sanctions::restore(ctx, by, handle, board, written, reason).await,
        "limit" => Sanction::Limit,
        "hold" => Sanction::Hold,
        _ => Sanction::Suspend,
    };
    let (board, reason) = (board.map(str::to_owned), reason.to_owned());
    let decision = Decision { level, board, until: until(fields.get("until"))?, written, reason };
    sanctions::sanction(ctx, by, handle, decision).await
}

/// The first moment of a day; `None` where none is named.
///
/// # Errors
/// The refusal of what is no day.
pub fn until(text: &str) -> Result<Option<Time>, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let day = text.parse::<jiff::civil::Date>().ok().map(|day| day.at(0, 0, 0, 0));
    let moment = day.and_then(|day| jiff::tz::TimeZone::UTC.to_timestamp(day).ok());
    let moment = moment.ok_or_else(|| Refusal::field("until", "write a day like 2026-11-23, or leave it empty"))?;
    Ok(Some(Time(moment.as_millisecond())))
}
