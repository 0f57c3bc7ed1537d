//! A piece of writing from elsewhere, of whatever type: a note, a page with a title, a video with a description. What is shown of it, and
//! how it is cleaned, is decided behind this.

use serde_json::Value;
use url::Url;

use super::fields::Fields;
use super::{Collection, Policy, Recipients, Refused, Tags};
use crate::origin::Id;

/// Longest content and source, in bytes.
const MAX_CONTENT: usize = 1_000_000;
/// Longest title and description of an attachment, in characters: what Mastodon keeps of names.
const MAX_NAME: usize = 2_048;
/// Longest warning, in characters.
const MAX_SUMMARY: usize = 20_000;
/// Longest name of a conversation, in bytes; some are no addresses.
const MAX_CONVERSATION: usize = 2_048;
/// Most attachments.
const MAX_ATTACHMENTS: usize = 16;
/// Answers to a question that are shown.
const MAX_OPTIONS: usize = 32;
/// Longest tag of a language (RFC 5646 4.4.1), in bytes.
const MAX_LANGUAGE: usize = 35;
/// Longest media type that is kept, in characters.
const MAX_MEDIA_TYPE: usize = 128;

/// What a piece of writing calls itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteKind {
    /// A post without title.
    Note,
    /// A post with title (Lemmy).
    Page,
    /// A long text with title.
    Article,
    /// A poll.
    Question,
    /// An event.
    Event,
    /// A video (PeerTube).
    Video,
    /// A picture.
    Image,
    /// A sound.
    Audio,
}

/// A piece of writing. Whatever is said in it is said by its author: its id is on the author's server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it is called; not one of ours.
    pub id: Id,
    /// What it is.
    pub kind: NoteKind,
    /// Who wrote it, on the same server.
    pub author: Id,
    /// What it answers.
    pub in_reply_to: Option<Id>,
    /// Whom it is sent to.
    pub recipients: Recipients,
    /// The group it was written for (FEP-1b12).
    pub audience: Option<Id>,
    /// The title, at most 2,048 characters.
    pub name: Option<String>,
    /// HTML as it came, at most 1 MB.
    pub content: String,
    /// The Markdown that it was written in, or in which it came.
    pub markdown: Option<String>,
    /// A warning that readers want to see first, HTML or text, at most 20,000 characters. The summary of an article is none.
    pub warning: Option<String>,
    /// Whether what is attached should be hidden at first.
    pub sensitive: bool,
    /// When it was written, in Unix milliseconds, as its server says.
    pub published: Option<i64>,
    /// When it was last edited, likewise.
    pub updated: Option<i64>,
    /// Its page for people, on the same server.
    pub url: Option<Url>,
    /// Tag of its language.
    pub language: Option<String>,
    /// Who is mentioned, which topics.
    pub tags: Tags,
    /// The collection of its discussion (FEP-7888), or an opaque name.
    pub context: Option<String>,
    /// The same in the older way.
    pub conversation: Option<String>,
    /// What others may do with it.
    pub policy: Policy,
    /// Where the approval is of who wrote what it answers, which is to be fetched and compared: here it is only claimed (GoToSocial's
    /// `replyAuthorization`, before 0.21 `approvedBy`).
    pub approved_by: Option<Id>,
    /// Answers to it, as its server knows them.
    pub replies: Collection,
    /// Addresses of what is attached, at most 16.
    pub attachments: Vec<Attachment>,
    /// The answers of a question, as text.
    pub options: Vec<String>,
}

/// What is attached, to be linked to. It may be anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its address, http or https.
    pub url: Url,
    /// What it is said to be.
    pub media_type: Option<String>,
    /// What it shows, in words.
    pub name: Option<String>,
}

impl NoteKind {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "Note" => Some(Self::Note),
            "Page" => Some(Self::Page),
            "Article" => Some(Self::Article),
            "Question" => Some(Self::Question),
            "Event" => Some(Self::Event),
            "Video" => Some(Self::Video),
            "Image" => Some(Self::Image),
            "Audio" => Some(Self::Audio),
            _ => None,
        }
    }
}

impl Note {
    pub(super) fn read(kind: NoteKind, note: Fields<'_>) -> Result<Self, Refused> {
        let id = note.own_id()?;
        if note.rules().is_ours(&id) {
            return Err(Refused::Ours("id"));
        }
        let author = author(note)?;
        if !author.is_with(&id) {
            return Err(Refused::Elsewhere("attributedTo"));
        }
        let (content, markdown) = content(note)?;
        Ok(Self {
            kind,
            author,
            in_reply_to: note.id_or_array_of_one("inReplyTo")?,
            recipients: Recipients::read(note)?,
            audience: note.ids("audience", 1).pop(),
            name: note.cut("name", MAX_NAME),
            content,
            markdown,
            warning: warning(kind, note),
            sensitive: note.says("sensitive"),
            published: note.time("published"),
            updated: note.time("updated"),
            url: note.page(&id),
            language: language(note),
            tags: Tags::read(note)?,
            context: conversation(note, "context"),
            conversation: conversation(note, "conversation"),
            policy: Policy::read(note),
            approved_by: ["replyAuthorization", "approvedBy"].into_iter().find_map(|name| note.id(name).ok().flatten()),
            replies: note
                .value("replies")
                .and_then(|replies| Collection::inline(note, replies, &id))
                .unwrap_or_default(),
            attachments: attachments(note)?,
            options: options(note),
            id,
        })
    }
}

/// Exactly one author. Of several (PeerTube names the account and its channel), the only one that says it is a person.
fn author(note: Fields<'_>) -> Result<Id, Refused> {
    let several = Refused::Shape { field: "attributedTo", due: "one actor, or several of which one is a Person" };
    let is_person = |value: &&Value| value.get("type").and_then(Value::as_str) == Some("Person");
    match note.at_most("attributedTo", 8)? {
        [] => Err(Refused::Missing("attributedTo")),
        [one] => note.id_of("attributedTo", one),
        many => {
            let mut persons = many.iter().filter(is_person);
            let person = persons.next().filter(|_| persons.next().is_none());
            note.id_of("attributedTo", person.ok_or(several)?)
        }
    }
}

/// HTML, and Markdown where there is some. PeerTube's `content` is itself Markdown, and says so.
fn content(note: Fields<'_>) -> Result<(String, Option<String>), Refused> {
    let is_markdown = |thing: Fields<'_>| thing.text("mediaType").is_some_and(|kind| kind.starts_with("text/markdown"));
    let plain = note.whole("content", MAX_CONTENT)?;
    if is_markdown(note) {
        return Ok((String::new(), plain.map(str::to_owned)));
    }
    let mapped = || note.inside("contentMap").and_then(first_text).map_or("", |(_, text)| text);
    let source = note.inside("source").filter(|source| is_markdown(*source));
    let markdown = source.map(|source| source.whole("content", MAX_CONTENT)).transpose()?.flatten();
    Ok((plain.unwrap_or_else(mapped).to_owned(), markdown.map(str::to_owned)))
}

/// Mastodon's custom: what is short has no summary, so that the place is free for a warning. WordPress and Mbin put an excerpt there.
fn warning(kind: NoteKind, note: Fields<'_>) -> Option<String> {
    let is_short = matches!(kind, NoteKind::Note | NoteKind::Question);
    note.cut("summary", MAX_SUMMARY).filter(|_| is_short || note.says("sensitive"))
}

fn first_text(map: Fields<'_>) -> Option<(&str, &str)> {
    map.entries().find_map(|(name, value)| value.as_str().map(|text| (name.as_str(), text)))
}

/// The language that the author named: Lemmy's `language`, or the first of `contentMap`.
fn language(note: Fields<'_>) -> Option<String> {
    let named = note.inside("language").and_then(|language| language.text("identifier"));
    let mapped = || note.inside("contentMap").and_then(first_text).map(|(language, _)| language);
    let is_tag = |tag: &&str| {
        (2..=MAX_LANGUAGE).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    // `und` is how Lemmy says that it does not know.
    named.or_else(mapped).filter(is_tag).filter(|tag| *tag != "und").map(str::to_owned)
}

fn conversation(note: Fields<'_>, name: &str) -> Option<String> {
    let inside = || note.inside(name).and_then(|collection| collection.text("id"));
    note.text(name).or_else(inside).filter(|name| name.len() <= MAX_CONVERSATION).map(str::to_owned)
}

fn attachments(note: Fields<'_>) -> Result<Vec<Attachment>, Refused> {
    let all = note.at_most("attachment", MAX_ATTACHMENTS)?.iter().filter_map(|value| note.of(value));
    Ok(all.filter_map(attachment).collect())
}

fn attachment(file: Fields<'_>) -> Option<Attachment> {
    let link = || file.inside("url").and_then(|link| link.text("href"));
    let address = file.text("url").or_else(|| file.text("href")).or_else(link)?;
    let url = domain::text::link(address).ok()?;
    Some(Attachment { url, media_type: file.cut("mediaType", MAX_MEDIA_TYPE), name: file.cut("name", MAX_NAME) })
}

fn options(note: Fields<'_>) -> Vec<String> {
    let all = note.many("oneOf").iter().chain(note.many("anyOf"));
    all.filter_map(|option| note.of(option)?.cut("name", MAX_NAME)).take(MAX_OPTIONS).collect()
}
