//! What we do, as activities.

use serde_json::{Value, json};

use super::document::{Context, Document, public};
use super::note::{self, Named, Note};
use crate::wire::addresses::{Addresses, OurActor, Ours};
use crate::wire::moment::written;

/// What every activity of ours begins with.
#[derive(Clone, Copy, Debug)]
pub struct Heading<'a> {
    /// What our things are called.
    pub addresses: &'a Addresses,
    /// The number of the activity, never used before.
    pub number: i64,
    /// Who acts.
    pub actor: &'a OurActor,
}

/// A follow as it was sent, by anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Follow<'a> {
    /// What it is called.
    pub id: &'a str,
    /// Who follows.
    pub actor: &'a str,
    /// Whom.
    pub object: &'a str,
}

/// In whose name a comment goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion<'a> {
    /// Its author's: the only one that Mastodon and GoToSocial obey.
    Author,
    /// A moderator's, with the reason. Lemmy takes a reason, be it empty, for the sign of a removal.
    Moderator {
        /// Why, plain text.
        reason: &'a str,
    },
}

/// What a group passes on.
#[derive(Clone, Debug, PartialEq)]
pub enum Announced {
    /// A thing, by id: Mastodon and its kin show it on timelines.
    Id(String),
    /// A whole activity, as it was sent (FEP-1b12): Lemmy and its kin act on it.
    Activity(Value),
}

impl Heading<'_> {
    fn id(self) -> String {
        self.addresses.of(&Ours::Activity(self.number))
    }

    fn actor(self) -> String {
        self.addresses.actor(self.actor)
    }

    fn followers(self) -> String {
        self.addresses.of(&Ours::Followers(self.actor.clone()))
    }

    /// An activity: its first three parts, and `rest`.
    pub(super) fn document(self, context: Context, kind: &str, rest: Value) -> Document {
        let head = json!({"id": self.id(), "type": kind, "actor": self.actor()});
        let mut document = Document::new(context, head);
        document.body.append(&mut Document::new(context, rest).body);
        document
    }

    /// An activity on a board, for everybody.
    fn on_board(self, context: Context, kind: &str, board: &str, rest: Value) -> Document {
        self.around(context, kind, &self.addresses.actor(&OurActor::Board(board.to_owned())), rest)
    }

    /// The same on a board of that id, here or elsewhere.
    fn around(self, context: Context, kind: &str, board: &str, rest: Value) -> Document {
        let around = json!({"to": [public()], "cc": [board], "audience": board});
        let mut document = self.document(context, kind, around);
        document.body.append(&mut Document::new(context, rest).body);
        document
    }
}

/// Somebody has written a comment.
#[must_use]
pub fn create(heading: Heading<'_>, comment: &Note) -> Document {
    about_note(heading, "Create", comment, comment.published)
}

/// Somebody has edited a comment.
#[must_use]
pub fn update(heading: Heading<'_>, comment: &Note) -> Document {
    about_note(heading, "Update", comment, comment.edited.unwrap_or(comment.published))
}

fn about_note(heading: Heading<'_>, kind: &str, comment: &Note, moment: i64) -> Document {
    let note = note::note(heading.addresses, comment);
    let part = |name| note.body.get(name).cloned().unwrap_or_default();
    let rest = json!({
        "published": written(moment),
        "to": part("to"),
        "cc": part("cc"),
        "audience": part("audience"),
        "object": note.body,
    });
    heading.document(Context::Note, kind, rest)
}

/// An actor of ours shows itself differently, or has a new key.
#[must_use]
pub fn update_actor(heading: Heading<'_>, actor: &Document) -> Document {
    let rest = json!({"to": [public()], "cc": [heading.followers()], "object": actor.body});
    heading.document(Context::Actor, "Update", rest)
}

/// A comment is deleted by its author, or removed by a moderator. `comment` is its id, here or elsewhere, and so is the board's.
#[must_use]
pub fn delete(heading: Heading<'_>, comment: &str, board: &Named, by: Deletion<'_>) -> Document {
    let rest = match by {
        Deletion::Author => json!({"object": note::tomb(comment)}),
        Deletion::Moderator { reason } => json!({"object": comment, "summary": reason}),
    };
    heading.around(Context::Plain, "Delete", &board.id, rest)
}

/// An actor of ours is gone.
#[must_use]
pub fn delete_actor(heading: Heading<'_>) -> Document {
    let rest = json!({"to": [public()], "cc": [heading.followers()], "object": heading.actor()});
    heading.document(Context::Plain, "Delete", rest)
}

/// An actor of ours wants to hear what `target` says.
#[must_use]
pub fn follow(heading: Heading<'_>, target: &str) -> Document {
    heading.document(Context::Plain, "Follow", json!({"to": [target], "object": target}))
}

/// What an actor of ours did is taken back. The whole of it is sent along: Mastodon wants its type.
#[must_use]
pub fn undo(heading: Heading<'_>, done: &Document) -> Document {
    let part = |name| done.body.get(name).cloned();
    let rest = json!({"to": part("to"), "cc": part("cc"), "audience": part("audience"), "object": done.body});
    heading.document(done.context, "Undo", rest)
}

/// Yes to a follow.
#[must_use]
pub fn accept(heading: Heading<'_>, follow: Follow<'_>) -> Document {
    answer(heading, "Accept", follow)
}

/// No to a follow, or no longer.
#[must_use]
pub fn reject(heading: Heading<'_>, follow: Follow<'_>) -> Document {
    answer(heading, "Reject", follow)
}

fn answer(heading: Heading<'_>, kind: &str, follow: Follow<'_>) -> Document {
    let embedded = json!({"id": follow.id, "type": "Follow", "actor": follow.actor, "object": follow.object});
    heading.document(Context::Plain, kind, json!({"to": [follow.actor], "object": embedded}))
}

/// Somebody likes something. `to` are those who are told: who wrote it, and on a board elsewhere the board, which counts.
#[must_use]
pub fn like(heading: Heading<'_>, object: &str, to: &[&str]) -> Document {
    heading.document(Context::Plain, "Like", json!({"to": to, "object": object}))
}

/// Somebody votes something down; `to` as in [`like`].
#[must_use]
pub fn dislike(heading: Heading<'_>, object: &str, to: &[&str]) -> Document {
    heading.document(Context::Plain, "Dislike", json!({"to": to, "object": object}))
}

/// A group passes something on to its followers, at `moment`, in Unix milliseconds.
#[must_use]
pub fn announce(heading: Heading<'_>, what: Announced, moment: i64) -> Document {
    let (context, object) = match what {
        Announced::Id(id) => (Context::Plain, json!(id)),
        Announced::Activity(activity) => (Context::Note, without_context(activity)),
    };
    let rest = json!({
        "published": written(moment),
        "to": [public()],
        "cc": [heading.followers()],
        "object": object,
    });
    heading.document(context, "Announce", rest)
}

/// The same of what somebody elsewhere did, `activity`, which is one JSON object: it is passed on byte by byte as it came, with its own
/// context, so that whatever proves it still does (FEP-1b12: unmodified).
#[must_use]
pub fn announce_received(heading: Heading<'_>, activity: &str, moment: i64) -> String {
    let rest = json!({"published": written(moment), "to": [public()], "cc": [heading.followers()]});
    let around = heading.document(Context::Note, "Announce", rest).json();
    let open = around.strip_suffix('}').unwrap_or(&around);
    format!("{open},\"object\":{}}}", activity.trim())
}

fn without_context(activity: Value) -> Value {
    match activity {
        Value::Object(mut body) => {
            body.shift_remove("@context");
            Value::Object(body)
        }
        other => other,
    }
}

/// Something elsewhere is reported to those who moderate it: what `author` wrote. The server itself reports, so that nobody learns who
/// was offended. Why is said twice: in words, and as a category, which another Rejoinder knows and nobody else looks at.
#[must_use]
pub fn flag(
    addresses: &Addresses,
    number: i64,
    author: &str,
    objects: &[String],
    (category, text): (&str, &str),
) -> Document {
    let heading = Heading { addresses, number, actor: &OurActor::Instance };
    // Mastodon knows by the author in it whose matter it is.
    let all: Vec<&str> = std::iter::once(author).chain(objects.iter().map(String::as_str)).collect();
    heading.document(
        Context::Plain,
        "Flag",
        json!({"to": [author], "object": all, "category": category, "content": text}),
    )
}

/// A moderator puts something into a collection of a board: pins a thread, appoints somebody.
#[must_use]
pub fn add(heading: Heading<'_>, object: &str, target: &str, board: &str) -> Document {
    heading.on_board(Context::Plain, "Add", board, json!({"object": object, "target": target}))
}

/// A moderator takes something out of a collection of a board.
#[must_use]
pub fn remove(heading: Heading<'_>, object: &str, target: &str, board: &str) -> Document {
    heading.on_board(Context::Plain, "Remove", board, json!({"object": object, "target": target}))
}

/// Somebody who is shut out from a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShutOut<'a> {
    /// Their id.
    pub person: &'a str,
    /// The name of the board.
    pub board: &'a str,
    /// When it ends, in Unix milliseconds; `None`: never.
    pub until: Option<i64>,
    /// Whether what they wrote there goes, too.
    pub with_comments: bool,
    /// Why, plain text.
    pub reason: &'a str,
}

/// A moderator shuts somebody out from a board, as Lemmy writes it.
#[must_use]
pub fn block(heading: Heading<'_>, out: ShutOut<'_>) -> Document {
    let target = heading.addresses.actor(&OurActor::Board(out.board.to_owned()));
    let rest = json!({
        "object": out.person,
        "target": target,
        "summary": out.reason,
        "endTime": out.until.map(written),
        "removeData": out.with_comments,
    });
    heading.on_board(Context::Note, "Block", out.board, rest)
}

/// A moderator closes a thread, given by the id of its root. Opened again, it is undone.
#[must_use]
pub fn lock(heading: Heading<'_>, root: &str, board: &str, reason: &str) -> Document {
    // An empty reason would be shown as one.
    let reason = Some(reason).filter(|reason| !reason.is_empty());
    heading.on_board(Context::Note, "Lock", board, json!({"object": root, "summary": reason}))
}

/// A report as it came from another server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flagged<'a> {
    /// What it is called there.
    pub id: &'a str,
    /// Who reports.
    pub actor: &'a str,
    /// What.
    pub object: &'a str,
    /// In their words.
    pub text: &'a str,
}

/// A moderator has looked at what was reported on a board. Lemmy, which alone understands it, takes it from moderators in person, and from
/// nobody else.
#[must_use]
pub fn resolve(heading: Heading<'_>, flag: Flagged<'_>, board: &str) -> Document {
    let board = heading.addresses.actor(&OurActor::Board(board.to_owned()));
    let Flagged { id, actor, object, text } = flag;
    let flag = json!({"id": id, "type": "Flag", "actor": actor, "to": [board], "object": object, "summary": text});
    heading.document(Context::Plain, "Resolve", json!({"to": [board], "object": flag}))
}
