//! Lists of servers, as people pass them on: Mastodon's CSV (`#domain,#severity,…,#public_comment,…`), and plain lists with a name on each
//! line. Pure functions from text and back; what is done with an entry is `policies`'.

use domain::Level;
use domain::policy::{BadHost, Coverage, Entry, Network, subject};
use storage::policies::Policy;

/// The longest list, in bytes. The longest that are passed on have a few thousand entries.
pub const MAX_BYTES: usize = 1 << 20;
/// The most entries of one.
pub const MAX_ENTRIES: usize = 20_000;

/// An entry of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its host.
    pub host: String,
    /// What the list wants done with it, and whether with those below it: as with Mastodon it is so where the list does not say.
    pub entry: Entry,
    /// Why.
    pub reason: String,
}

/// A line that is no entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Which, from 1.
    pub line: usize,
    /// How it begins.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

/// The columns that are read.
#[derive(Clone, Copy)]
struct Columns {
    domain: usize,
    severity: Option<usize>,
    comment: Option<usize>,
    subdomains: Option<usize>,
}

/// Reads a list.
#[must_use]
pub fn read(text: &str, ours: &str, network: Network) -> (Vec<Listed>, Vec<Unread>) {
    let (mut listed, mut unread) = (Vec::new(), Vec::new());
    let (mut columns, mut entries) =
        (Columns { domain: 0, severity: None, comment: None, subdomains: None }, rows(text).into_iter().peekable());
    if let Some(head) = entries.next_if(|row| is_head(&row.fields)) {
        columns = named(&head.fields);
    }
    for row in entries {
        let first = row.fields.get(columns.domain).map_or("", |field| field.trim());
        if (first.is_empty() && !row.open) || first.starts_with('#') {
            continue;
        }
        let read = if row.open { Err(OPEN.to_owned()) } else { entry(&row.fields, columns, (ours, network)) };
        match read {
            Ok(entry) => listed.push(entry),
            Err(reason) => unread.push(Unread { line: row.line, text: domain::text::excerpt(first, 100), reason }),
        }
    }
    (listed, unread)
}

/// What follows was taken for part of it: who wrote the list has to say what is.
const OPEN: &str = "has a quotation mark that is not closed, and what follows it in the list was not read";

fn entry(fields: &[String], columns: Columns, (ours, network): (&str, Network)) -> Result<Listed, String> {
    let field = |column: Option<usize>| column.and_then(|column| fields.get(column)).map_or("", |field| field.trim());
    let level = level(field(columns.severity))?;
    let covers = if field(columns.subdomains).eq_ignore_ascii_case("false") { Coverage::Host } else { COVERAGE };
    let read = subject(field(Some(columns.domain)), covers, ours, network);
    let (host, coverage) = read.map_err(|bad: BadHost| bad.to_string())?;
    // An entry is not refused for a long reason; its end is left out.
    let reason = domain::text::excerpt(field(columns.comment), MAX_REASON);
    Ok(Listed { host, entry: Entry { level, coverage }, reason })
}

/// The longest reason that is taken over, in characters.
const MAX_REASON: usize = 500;

/// Mastodon's words, and ours. A list without any wants those in it blocked.
fn level(severity: &str) -> Result<Level, String> {
    match severity {
        "" | "suspend" => Ok(Level::Block),
        "silence" => Ok(Level::Limit),
        "noop" => Err("asks for nothing that is done here".to_owned()),
        other => Level::named(other)
            .ok_or_else(|| format!("asks for “{}”, which is not known here", domain::text::excerpt(other, 40))),
    }
}

fn is_head(fields: &[String]) -> bool {
    fields.first().is_some_and(|first| matches!(column(first), "domain" | "host"))
}

fn column(name: &str) -> &str {
    name.trim().trim_start_matches('#')
}

fn named(head: &[String]) -> Columns {
    let at = |name: &str| head.iter().position(|field| column(field) == name);
    Columns { domain: 0, severity: at("severity"), comment: at("public_comment"), subdomains: at("subdomains") }
}

/// Fields with the line that they begin on.
struct Row {
    line: usize,
    fields: Vec<String>,
    /// Whether a quotation in it does not end.
    open: bool,
}

/// Cuts CSV (RFC 4180) into rows: a field in quotation marks may hold commas, line breaks, and quotation marks that are doubled.
fn rows(text: &str) -> Vec<Row> {
    let (mut rows, mut line) = (Vec::new(), 1);
    let (mut row, mut field, mut quoted) = (Row { line, fields: Vec::new(), open: false }, String::new(), false);
    let mut rest = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if quoted && rest.next_if_eq(&'"').is_some() => field.push('"'),
            '"' if quoted => quoted = false,
            '"' if field.is_empty() => quoted = true,
            ',' if !quoted => row.fields.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                line += 1;
                row.fields.push(std::mem::take(&mut field));
                rows.push(std::mem::replace(&mut row, Row { line, fields: Vec::new(), open: false }));
            }
            '\r' if !quoted => {}
            other => {
                line += usize::from(other == '\n');
                field.push(other);
            }
        }
    }
    row.fields.push(field);
    row.open = quoted;
    rows.push(row);
    rows
}

/// What was decided, as other servers read it. Of `hold` and `reject` Mastodon knows nothing, and leaves those lines out; of `subdomains`
/// neither: there each entry counts for those below.
#[must_use]
pub(super) fn write(policies: &[Policy]) -> String {
    let mut text =
        String::from("#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate,#subdomains\n");
    for policy in policies {
        let (severity, shut) = match policy.entry.level {
            Level::Block => ("suspend", true),
            Level::Limit => ("silence", false),
            Level::Allow => continue,
            other @ (Level::Hold | Level::Reject) => (other.name(), other == Level::Reject),
        };
        let (reason, below) = (quoted(&policy.reason), policy.entry.coverage == Coverage::Subdomains);
        text.push_str(&format!("{},{severity},{shut},{shut},{reason},false,{below}\n", policy.host));
    }
    text
}

fn quoted(text: &str) -> String {
    // What begins like a formula would be one in a spreadsheet.
    let text = if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// For whom an entry from elsewhere counts: Mastodon's are for those below, too.
pub(super) const COVERAGE: Coverage = Coverage::Subdomains;
