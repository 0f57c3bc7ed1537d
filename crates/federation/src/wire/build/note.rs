//! Our comments. All are Notes, the roots of threads too: Mastodon and GoToSocial show a Note whole, and of any other type a link.

use domain::authority::Openness;
use domain::{CommentId, ThreadId};
use serde_json::{Value, json};

use super::collection;
use super::document::{Context, Document, public};
use crate::wire::addresses::{Addresses, OurActor, Ours};
use crate::wire::moment::written;

/// A comment of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its number.
    pub id: CommentId,
    /// The thread it is in.
    pub thread: ThreadId,
    /// The board that the thread is on, here or elsewhere.
    pub board: Named,
    /// In whose name it stands.
    pub author: OurActor,
    /// What it is in its thread.
    pub part: Part,
    /// Who is mentioned in it, here and elsewhere.
    pub mentions: Vec<Named>,
    /// Clean HTML.
    pub html: String,
    /// The Markdown it was written in.
    pub markdown: String,
    /// Tag of its language, if that is known.
    pub language: Option<String>,
    /// When it was written, in Unix milliseconds.
    pub published: i64,
    /// When it was last edited, likewise; never otherwise, for Mastodon shows it as edited.
    pub edited: Option<i64>,
    /// Whether its thread takes new comments.
    pub openness: Openness,
    /// Where it can be read that the author of what it answers, who wants to be asked, has allowed it.
    pub approval: Option<String>,
    /// Whether it is shown to those only who want to see it.
    pub sensitive: bool,
    /// What answers it.
    pub replies: Replies,
}

/// What a comment is in its thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// The root.
    Root {
        /// The title of the thread, plain text.
        title: String,
        /// What the thread is about, http or https.
        link: Option<String>,
    },
    /// An answer.
    Answer {
        /// The id of what it answers, here or elsewhere.
        to: String,
        /// Who wrote that, unless they are gone.
        author: Option<Named>,
    },
}

/// Somebody, here or elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// What they are called.
    pub id: String,
    /// What they are called by people: `@name@host`.
    pub handle: String,
}

/// The first answers to a comment, which are sent with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replies {
    /// How many there are.
    pub total: u64,
    /// The ids of the first ones.
    pub first: Vec<String>,
    /// The number of the last of these, if others follow.
    pub next: Option<i64>,
}

/// The document of a comment.
#[must_use]
pub fn note(addresses: &Addresses, note: &Note) -> Document {
    let author = &note.author;
    let context = addresses.of(&Ours::Context(note.thread));
    let content = content(note);
    let named = named(note);
    let body = json!({
        "id": addresses.comment(note.id),
        "type": "Note",
        "attributedTo": addresses.actor(author),
        "inReplyTo": answered(note),
        // Lemmy needs everybody in `to` or `cc`, Mastodon in `to` to call it public.
        "to": [public()],
        "cc": copied(addresses, author, &named),
        "audience": note.board.id,
        "context": context,
        "conversation": context,
        "content": content,
        "contentMap": note.language.as_ref().map(|language| json!({ language: content })),
        "mediaType": "text/html",
        "source": {"content": note.markdown, "mediaType": "text/markdown"},
        "published": written(note.published),
        "updated": note.edited.map(written),
        "url": addresses.place(note.thread, note.id),
        "sensitive": note.sensitive,
        // Mastodon covers words only where there is a warning.
        "summary": note.sensitive.then_some(WARNING),
        "tag": named.iter().map(mention).collect::<Vec<_>>(),
        "attachment": attachment(note),
        // By its name of today and by that of GoToSocial before 0.21.
        "replyAuthorization": note.approval,
        "approvedBy": note.approval,
        "interactionPolicy": policy(addresses, author, note.openness),
        "replies": replies(addresses, note),
    });
    Document::new(Context::Note, body)
}

/// What stands where a comment was that is deleted or removed. It says what the comment `answered`: whoever has not known it in time
/// would otherwise have no place for those who answer it.
#[must_use]
pub fn tombstone(addresses: &Addresses, comment: CommentId, answered: Option<&str>) -> Document {
    let mut stone = tomb(&addresses.comment(comment));
    if let (Some(answered), Some(fields)) = (answered, stone.as_object_mut()) {
        fields.insert("inReplyTo".to_owned(), answered.into());
    }
    Document::new(Context::Plain, stone)
}

pub(super) fn tomb(id: &str) -> Value {
    json!({"id": id, "type": "Tombstone"})
}

/// Before what is sensitive. A moderator covers it, and says why in the log.
const WARNING: &str = "Sensitive";

/// The board first, for Lemmy takes the first group among the recipients for the community; then who is answered, then who is
/// mentioned; each once. Who is not mentioned is not sent anything by Mastodon and GoToSocial, the board included.
fn named(note: &Note) -> Vec<Named> {
    let mut named = vec![note.board.clone()];
    let answered = match &note.part {
        Part::Answer { author, .. } => author.as_ref(),
        Part::Root { .. } => None,
    };
    for somebody in answered.into_iter().chain(&note.mentions) {
        if !named.iter().any(|known| known.id == somebody.id) {
            named.push(somebody.clone());
        }
    }
    named
}

fn copied(addresses: &Addresses, author: &OurActor, named: &[Named]) -> Vec<String> {
    let mut ids: Vec<String> = named.iter().map(|somebody| somebody.id.clone()).collect();
    ids.insert(1.min(ids.len()), addresses.of(&Ours::Followers(author.clone())));
    ids
}

fn answered(note: &Note) -> Option<&str> {
    match &note.part {
        Part::Answer { to, .. } => Some(to),
        Part::Root { .. } => None,
    }
}

fn mention(somebody: &Named) -> Value {
    json!({"type": "Mention", "href": somebody.id, "name": somebody.handle})
}

/// The title stands in the content: Mastodon ignores `name` on a Note, GoToSocial makes a warning of it; Lemmy takes the first line
/// for the title.
fn content(note: &Note) -> String {
    match &note.part {
        Part::Answer { .. } => note.html.clone(),
        Part::Root { title, link } => {
            let link = link.as_deref().map(anchor).unwrap_or_default();
            format!("<p><strong>{}</strong></p>{link}{}", escaped(title), note.html)
        }
    }
}

fn anchor(link: &str) -> String {
    let link = escaped(link);
    format!(r#"<p><a href="{link}" rel="nofollow noopener noreferrer ugc">{link}</a></p>"#)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Lemmy takes the address of a post from here. Others ignore a `Link`.
fn attachment(note: &Note) -> Vec<Value> {
    match &note.part {
        Part::Root { link: Some(link), .. } => vec![json!({"type": "Link", "href": link})],
        Part::Root { link: None, .. } | Part::Answer { .. } => Vec::new(),
    }
}

/// What is said here is also kept: whoever finds it written knows that requests are answered. When a thread is closed, GoToSocial tells
/// its people so before they write; nobody is how it writes the author alone. Who announces something we do not judge.
fn policy(addresses: &Addresses, author: &OurActor, openness: Openness) -> Value {
    let everybody = json!({"automaticApproval": [public()]});
    let answering = match openness {
        Openness::Open => everybody.clone(),
        Openness::Locked => json!({"automaticApproval": [addresses.actor(author)]}),
    };
    json!({"canQuote": everybody, "canReply": answering, "canLike": everybody})
}

/// GoToSocial looks into nothing but an inline collection with an inline first page; what follows may be an address.
fn replies(addresses: &Addresses, note: &Note) -> Value {
    let of = Ours::Replies(note.id);
    let items: Vec<Value> = note.replies.first.iter().map(|id| json!(id)).collect();
    let first = collection::page(addresses, &of, 0, &items, note.replies.next);
    let mut replies = collection::collection(addresses, &of, note.replies.total, &collection::Contents::Counted);
    replies.body.insert("first".to_owned(), first.inner());
    replies.inner()
}
