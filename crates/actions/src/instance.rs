//! The instance as a whole: its name, its rules, its numbers.

use domain::rights::Right;
use domain::text::TextRefusal;
use domain::{BoardId, Refusal};
use storage::{accounts, boards, comments, settings};

use crate::{Ctx, Error, Person, Result};

/// Setting: what the instance is called.
pub(crate) const NAME: &str = "name";
/// Setting: its rules and what it is about, as written.
const ABOUT: &str = "about";

/// What everybody may know of the instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// What it is called; empty when nobody has named it.
    pub name: String,
    /// What it is about and its rules, as written.
    pub about: String,
    /// The same, rendered; empty where there is nothing.
    pub about_html: String,
}

/// How much there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// Local people.
    pub accounts: i64,
    /// Comments that can be read, roots included.
    pub comments: i64,
    /// Threads by people here.
    pub own_threads: i64,
    /// Comments by people here, roots not included.
    pub own_comments: i64,
    /// Listed threads by board.
    pub threads: Vec<(BoardId, i64)>,
}

/// What everybody may know.
///
/// # Errors
/// Failures only.
pub async fn facts(ctx: &Ctx) -> Result<Facts> {
    let cx = ctx.clone();
    ctx.db()
        .read(move |tx| {
            let name = settings::get(tx, NAME)?.unwrap_or_default();
            let about = settings::get(tx, ABOUT)?.unwrap_or_default();
            let about_html = domain::text::render(&about, &cx.limits().text, cx.places()).map(|text| text.html);
            Ok(Facts { name, about, about_html: about_html.unwrap_or_default() })
        })
        .await
}

/// How much there is. Counts; callers keep the result for a while.
///
/// # Errors
/// Failures only.
pub async fn numbers(ctx: &Ctx) -> Result<Numbers> {
    ctx.db()
        .read(|tx| {
            let (own_threads, own_comments) = comments::count_local(tx)?;
            Ok(Numbers {
                own_threads,
                own_comments,
                accounts: accounts::count(tx, None)?,
                comments: comments::count_published(tx)?,
                threads: boards::thread_counts(tx)?,
            })
        })
        .await
}

/// Names the instance and says what it is about; what is not given stays.
///
/// # Errors
/// Refusals; failures.
pub async fn describe(ctx: &Ctx, who: &Person, name: Option<&str>, about: Option<&str>) -> Result<()> {
    who.must(Right::DescribeInstance)?;
    let name = name.map(|name| check_name(ctx, "name", name)).transpose()?;
    if let Some(about) = about.filter(|about| !about.trim().is_empty()) {
        crate::writing::render(ctx, about)?;
    }
    let about = about.map(domain::text::tidy);
    ctx.db()
        .write(move |tx| {
            for (key, value) in [(NAME, name), (ABOUT, about)] {
                if let Some(value) = value {
                    settings::set(tx, key, &value)?;
                }
            }
            Ok(())
        })
        .await
}

/// What the instance is to be called, as it stands in that field.
pub(crate) fn check_name(ctx: &Ctx, field: &'static str, name: &str) -> Result<String> {
    let problem = match domain::text::title(name, &ctx.limits().text) {
        Ok(name) => return Ok(name),
        Err(TextRefusal::EmptyTitle) => "it is empty; write what this place is called".to_owned(),
        Err(TextRefusal::TitleTooLong { chars, max }) => format!("{chars} characters are too many; say it in {max}"),
        Err(other) => return Err(other.into()),
    };
    Err(Error::Refused(Refusal::field(field, problem)))
}

/// Those with a role above member.
///
/// # Errors
/// Failures only.
pub async fn staff(ctx: &Ctx) -> Result<Vec<storage::staff::Staff>> {
    Ok(ctx.db().read(storage::staff::list).await?)
}
