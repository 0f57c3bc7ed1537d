//! What was read, told in lines that a person can check. What is absent is not told.

use std::fmt::{Debug, Display};

use federation::origin::Id;
use federation::wire::parse::{Activity, Actor, Collection, Envelope, Found, Inner, Note, Object, Permission, Wish};

/// Lines of `name: value`.
#[derive(Default)]
pub struct Lines(Vec<String>);

impl Lines {
    fn tell(&mut self, name: &str, value: impl Display) {
        self.0.push(format!("  {name}: {value}"));
    }

    fn some(&mut self, name: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.tell(name, value);
        }
    }

    fn debug(&mut self, name: &str, value: Option<impl Debug>) {
        if let Some(value) = value {
            self.tell(name, format!("{value:?}"));
        }
    }

    fn ids(&mut self, name: &str, ids: &[Id]) {
        if !ids.is_empty() {
            self.tell(name, ids.iter().map(Id::as_str).collect::<Vec<_>>().join(" "));
        }
    }

    pub fn done(self) -> String {
        self.0.join("\n")
    }
}

pub fn envelope(lines: &mut Lines, envelope: &Envelope, names: &[Id]) {
    lines.tell("by", format!("{} as {}", envelope.actor, envelope.id));
    lines.ids("names", names);
}

pub fn activity(lines: &mut Lines, activity: &Activity) {
    match activity {
        Activity::Follow { target } => lines.tell("follow", target),
        Activity::Undo(what) => inner(lines, "undo", what),
        Activity::Accept { of, stamp } => {
            inner(lines, "accept", of);
            lines.some("stamp", stamp.as_ref());
        }
        Activity::Reject(what) => inner(lines, "reject", what),
        Activity::Create(what) => object(lines, "create", what),
        Activity::Update(what) => object(lines, "update", what),
        Activity::UpdateActor => lines.tell("update", "the actor"),
        Activity::Delete { object, reason } => {
            lines.tell("delete", object);
            lines.some("reason", reason.as_ref());
        }
        Activity::DeleteActor => lines.tell("delete", "the actor"),
        Activity::Like { object, emoji } => {
            lines.tell("like", object);
            lines.some("emoji", emoji.as_ref());
        }
        Activity::Ask { wish, target } => {
            lines.tell("ask for", target);
            match wish {
                Wish::Reply(what) => object(lines, "to reply", what),
                Wish::Like(id) => lines.tell("to like", id),
            }
        }
        Activity::Dislike { object } => lines.tell("dislike", object),
        Activity::Announce(what) => inner(lines, "announce", what),
        Activity::Flag { objects, category, text } => {
            lines.ids("flag", objects);
            lines.some("category", category.as_ref());
            lines.tell("text", text);
        }
        Activity::Block { object, target, until, removes, reason } => {
            lines.tell("block", object);
            lines.some("from", target.as_ref());
            lines.some("until", until.as_ref());
            lines.some("with what they wrote", removes.then_some("yes"));
            lines.some("reason", reason.as_ref());
        }
        Activity::Unblock { object, target, restores } => {
            lines.tell("let in", object);
            lines.some("where", target.as_ref());
            lines.some("with what they wrote", restores.then_some("yes"));
        }
        Activity::Lock { object } => lines.tell("lock", object),
        Activity::Add { object, target } => lines.tell("add", format!("{object} to {target}")),
        Activity::Remove { object, target } => lines.tell("remove", format!("{object} from {target}")),
        Activity::Move { target } => lines.tell("move", target),
        Activity::Ignored { kind } => lines.tell("ignored", kind),
    }
}

fn inner(lines: &mut Lines, name: &str, inner: &Inner) {
    lines.tell(name, inner.kind.as_ref().map_or("something", |kind| kind.name()));
    lines.some("its id", inner.id.as_ref());
    lines.some("its actor", inner.actor.as_ref());
    lines.some("its object", inner.object.as_ref());
}

fn object(lines: &mut Lines, name: &str, object: &Object) {
    match object {
        Object::Here(told) => note(lines, name, told),
        Object::There(id) => lines.tell(name, format!("{id}, to be fetched")),
    }
}

fn note(lines: &mut Lines, name: &str, note: &Note) {
    lines.tell(name, format!("{:?} {}", note.kind, note.id));
    lines.tell("author", &note.author);
    lines.some("answers", note.in_reply_to.as_ref());
    lines.tell("visibility", format!("{:?}", note.recipients.visibility(followers_of(note).as_ref())));
    lines.ids("to", &note.recipients.to);
    lines.ids("cc", &note.recipients.cc);
    lines.some("audience", note.audience.as_ref());
    lines.some("name", note.name.as_ref());
    lines.debug("content", Some(&note.content));
    lines.debug("markdown", note.markdown.as_ref());
    lines.some("warning", note.warning.as_ref());
    lines.some("sensitive", note.sensitive.then_some("yes"));
    lines.some("published", note.published);
    lines.some("updated", note.updated);
    lines.some("url", note.url.as_ref());
    lines.some("language", note.language.as_ref());
    for mention in &note.tags.mentions {
        lines.tell("mention", format!("{} {:?}", mention.href, mention.name));
    }
    lines.some("hashtags", Some(note.tags.hashtags.join(" ")).filter(|tags| !tags.is_empty()));
    lines.some("context", note.context.as_ref());
    lines.some("conversation", note.conversation.as_ref());
    permission(lines, "may reply", &note.policy.reply);
    permission(lines, "may like", &note.policy.like);
    permission(lines, "may announce", &note.policy.announce);
    lines.some("approved by", note.approved_by.as_ref());
    for attachment in &note.attachments {
        lines.tell("attachment", format!("{} {:?} {:?}", attachment.url, attachment.media_type, attachment.name));
    }
    lines.some("options", Some(note.options.join(", ")).filter(|options| !options.is_empty()));
    if note.replies != Collection::default() {
        collection(lines, &note.replies);
    }
}

/// Here the collection whose address says so; a server knows it from the actor's document.
fn followers_of(note: &Note) -> Option<Id> {
    let mut all = note.recipients.to.iter().chain(&note.recipients.cc);
    all.find(|id| id.as_str().contains("/followers")).cloned()
}

fn permission(lines: &mut Lines, name: &str, permission: &Permission) {
    if let Permission::Listed { automatic, manual } = permission {
        let told = |ids: &[Id]| ids.iter().map(Id::as_str).collect::<Vec<_>>().join(" ");
        let [free, asked] = [told(&automatic.ids), told(&manual.ids)];
        lines.tell(name, format!("[{free}], when asked [{asked}], anybody {:?}", permission.grant(&[])));
    }
}

pub fn collection(lines: &mut Lines, collection: &Collection) {
    lines.some("collection", collection.id.as_ref());
    lines.some("owner", collection.owner.as_ref());
    lines.ids("items", &collection.items);
    lines.some("first", collection.first.as_ref());
    lines.some("next", collection.next.as_ref());
    lines.some("total", collection.total);
}

pub fn found(lines: &mut Lines, found: &Found) {
    match found {
        Found::Note(told) => note(lines, "found", told),
        Found::Gone => lines.tell("found", "a tombstone"),
        Found::Activity(told) => inner(lines, "found", told),
        Found::Stamp(stamp) => {
            lines.tell("found", format!("{} by {}", stamp.kind, stamp.author));
            lines.tell("of", &stamp.object);
            lines.some("with", stamp.target.as_ref());
        }
        Found::Other(kind) => lines.tell("found", format!("some {kind}")),
    }
}

pub fn actor(lines: &mut Lines, actor: &Actor) {
    lines.tell("actor", format!("{:?} {} {}", actor.kind, actor.username, actor.id));
    lines.some("webfinger", actor.webfinger.as_ref());
    lines.some("name", actor.name.as_ref());
    lines.debug("summary", actor.summary.as_ref());
    lines.tell("inbox", &actor.inbox);
    lines.some("shared inbox", actor.shared_inbox.as_ref());
    lines.some("outbox", actor.outbox.as_ref());
    lines.some("followers", actor.followers.as_ref());
    lines.some("featured", actor.featured.as_ref());
    lines.some("moderators", actor.moderators.as_ref());
    lines.some("url", actor.url.as_ref());
    lines.some("key", actor.key.as_ref().map(|key| format!("{} of {} bytes", key.id, key.pem.len())));
    lines.some("moved to", actor.moved_to.as_ref());
    lines.ids("also known as", &actor.also_known_as);
    let says = [
        (actor.approves_followers, "approves followers"),
        (actor.indexable, "indexable"),
        (actor.suspended, "suspended"),
    ];
    for (_, word) in says.iter().filter(|(said, _)| *said) {
        lines.tell("says", word);
    }
    lines.some("published", actor.published);
}
