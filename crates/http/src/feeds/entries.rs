//! What stands in feeds: threads and comments as entries.

use std::borrow::Cow;

use actions::Ctx;
use actions::people::Titled;
use askama::filters::Escaper as _;
use domain::{State, Time};
use pages::escape::Markup;
use storage::comments::Line;
use storage::log::Listed;
use storage::threads::{Author, Thread};

use crate::api::shape::{handle, person_url};
use crate::modlog;
use crate::settings::Settings;

/// One entry of a feed.
pub(super) struct Entry {
    /// Its page; what it is known by, too.
    pub(super) url: String,
    pub(super) title: String,
    /// Clean HTML; all links are whole addresses.
    pub(super) html: String,
    pub(super) author: Writer,
    pub(super) published: Time,
    /// When its words last changed.
    pub(super) updated: Time,
    /// The page elsewhere that it is about.
    pub(super) about: Option<String>,
}

/// Who wrote it.
pub(super) struct Writer {
    pub(super) name: String,
    pub(super) url: String,
}

/// A thread: its link and its words.
pub(super) fn of_thread(settings: &Settings, thread: &Thread, root: &Line) -> Entry {
    let link = thread.url.as_deref().map(|url| {
        let url = url.replace('&', "&amp;");
        format!("<p><a href=\"{url}\">{url}</a></p>\n")
    });
    let url = format!("{}/t/{}", settings.public_url, thread.id);
    let entry = entry(settings, url, thread.title.clone(), root);
    Entry { html: link.unwrap_or_default() + &entry.html, about: thread.url.clone(), ..entry }
}

/// A comment of the thread with that title.
pub(super) fn of_comment(settings: &Settings, title: &str, line: &Line) -> Entry {
    match line.parent {
        Some(_) => entry(settings, format!("{}/c/{}", settings.public_url, line.id), format!("Re: {title}"), line),
        None => entry(settings, format!("{}/t/{}", settings.public_url, line.thread), title.to_owned(), line),
    }
}

/// The same, with the title beside it.
pub(super) fn of_titled(settings: &Settings, titled: &Titled) -> Entry {
    of_comment(settings, &titled.title, &titled.comment)
}

/// What a moderator did. It is known by its own id: several things may have been done to one comment.
pub(super) fn of_deed(ctx: &Ctx, settings: &Settings, listed: &Listed) -> Entry {
    let log = format!("{}/modlog", settings.public_url);
    let mut html = String::new();
    if !listed.entry.reason.is_empty() {
        html = format!("<p>{}</p>", escaped(&listed.entry.reason));
    }
    Entry {
        url: format!("{log}#e{}", listed.entry.id),
        title: format!("{} {}", modlog::who(ctx, listed), modlog::what(listed)),
        html,
        author: Writer { name: modlog::who(ctx, listed), url: log },
        published: listed.entry.at,
        updated: listed.entry.at,
        about: listed.entry.comment.map(|comment| format!("{}/c/{comment}", settings.public_url)),
    }
}

fn escaped(words: &str) -> String {
    let mut out = String::new();
    // Into memory: it cannot fail.
    let _ = Markup.write_escaped_str(&mut out, words);
    out
}

fn entry(settings: &Settings, url: String, title: String, line: &Line) -> Entry {
    let html = match line.state {
        State::Flagged => "<p>[flagged]</p>".to_owned(),
        // Readers of feeds know nothing that folds: there is its page, where it can be unfolded.
        _ if line.sensitive && !line.html.is_empty() => {
            format!("<p><a href=\"{url}\">Sensitive: read it there</a></p>")
        }
        _ => absolute(&line.html, &settings.public_url).into_owned(),
    };
    Entry {
        url,
        title,
        html,
        author: writer(settings, &line.author),
        published: line.published,
        updated: line.edited.unwrap_or(line.published),
        about: None,
    }
}

fn writer(settings: &Settings, author: &Author) -> Writer {
    let handle = handle(&author.name, &author.host);
    Writer { url: person_url(settings, &handle), name: author.name.clone() }
}

/// Clean HTML with its links within this instance made whole: a reader of feeds does not know where it is from. In clean HTML a
/// `<` begins a tag, and within a tag a `"` begins or ends a value.
#[must_use]
pub fn absolute<'a>(html: &'a str, public_url: &str) -> Cow<'a, str> {
    const LINK: &str = " href=\"";
    if !html.contains(" href=\"/") {
        return Cow::Borrowed(html);
    }
    let mut out = String::with_capacity(html.len() + 64);
    let (mut in_tag, mut in_value) = (false, false);
    for (at, c) in html.char_indices() {
        out.push(c);
        match c {
            '<' if !in_tag => in_tag = true,
            '>' if in_tag && !in_value => in_tag = false,
            '"' if in_tag => {
                in_value = !in_value;
                let rest = html.get(at + 1..).unwrap_or_default();
                let local = rest.starts_with('/') && !rest.starts_with("//");
                if in_value && local && out.ends_with(LINK) {
                    out.push_str(public_url);
                }
            }
            _ => {}
        }
    }
    Cow::Owned(out)
}
