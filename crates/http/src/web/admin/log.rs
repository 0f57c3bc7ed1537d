//! The log as those who moderate read it: with names, also where everybody learns the role alone.

use actions::hosting::By;
use actions::manage::{LogQuery, search_log};
use domain::rights::Right;
use pages::views::{DeskPage, Fact, Find, Line, Notice};
use storage::log::Listed;

use super::{PAGE, address, before};
use crate::modlog;
use crate::web::shell::{Answer, Query, Shell};

const LIST: &str = "/admin/log";

/// `GET /admin/log`
pub async fn page(shell: Shell, Query(query): Query) -> Answer {
    let mut frame = shell.desk(Right::SeeLog).await?;
    let by = By::Administrator(shell.member("see who did what")?.clone());
    let name = query.get("moderator").trim();
    let wanted = LogQuery { moderator: Some(name.to_owned()).filter(|name| !name.is_empty()), ..LogQuery::default() };
    let found = search_log(&shell.app.ctx, &by, &wanted, before(&query)?, PAGE).await;
    let (entries, next) = match found {
        Ok(found) => found,
        Err(actions::Error::Refused(refusal @ domain::Refusal::NotFound(_))) => {
            frame.notice = Some(Notice::Warning(refusal.to_string()));
            (Vec::new(), None)
        }
        Err(other) => return Err(other.into()),
    };
    let view = DeskPage {
        links: vec![
            ("What everybody can read".into(), "/modlog".into()),
            ("In numbers".into(), "/transparency".into()),
        ],
        find: Some(Find { action: LIST, name: "moderator", label: "What one person did, by name", value: name.into() }),
        lines: entries.iter().map(line).collect(),
        empty: "Nothing has been done yet.",
        next: next.map(|id| address(LIST, &[("moderator", name), ("before", &id.to_string())])),
        ..DeskPage::new(frame, "Log", "What was done here, by whom, and why.")
    };
    shell.page(&view).await
}

fn line(listed: &Listed) -> Line {
    let entry = &listed.entry;
    let mut facts = vec![Fact::When("", entry.at.0)];
    facts.extend(entry.comment.map(|comment| Fact::Link("its place".into(), format!("/c/{comment}"))));
    let title = format!("{} {}", entry.moderator_name, modlog::what(listed));
    Line { facts, words: entry.reason.clone(), ..Line::new(entry.id, title) }
}
