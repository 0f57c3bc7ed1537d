//! What our things are called. An id is given once and for ever: whoever changes a pattern here cuts off every comment that was ever
//! answered elsewhere. Ids are the addresses of the pages, without slug and query.

use domain::{CommentId, ThreadId};

use crate::origin::{Id, Origin};

/// An actor of ours.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum OurActor {
    /// Somebody with an account here, by name.
    Person(String),
    /// A board, by name: it announces threads.
    Board(String),
    /// The same board as an actor that announces every comment as well.
    BoardAll(String),
    /// A thread, which announces its comments.
    Thread(ThreadId),
    /// The server itself.
    Instance,
}

impl OurActor {
    /// Its ActivityStreams type.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Person(_) => "Person",
            Self::Board(_) | Self::BoardAll(_) | Self::Thread(_) => "Group",
            Self::Instance => "Application",
        }
    }
}

/// A thing of ours that others may name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Ours {
    /// Somebody who acts.
    Actor(OurActor),
    /// Who follows them.
    Followers(OurActor),
    /// Whom they follow.
    Following(OurActor),
    /// What they have said.
    Outbox(OurActor),
    /// What is pinned on a board.
    Featured(String),
    /// Who moderates a board.
    Moderators(String),
    /// All comments of a thread, the root included (FEP-7888).
    Context(ThreadId),
    /// A comment, or the root of a thread.
    Comment(CommentId),
    /// The answers to a comment.
    Replies(CommentId),
    /// Something that was done, by its number.
    Activity(i64),
    /// The permission for something that was done elsewhere with a comment, by its number.
    Authorization(i64),
}

/// What a vote says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Yes.
    Like,
    /// No.
    Dislike,
}

/// Makes and reads the ids of our things.
#[derive(Clone, Debug)]
pub struct Addresses {
    base: String,
    host: String,
}

impl Addresses {
    /// `ours` is our own origin.
    #[must_use]
    pub fn new(ours: &Origin) -> Self {
        Self { base: ours.to_string(), host: ours.authority() }
    }

    /// The host, as it stands after the `@` of a handle.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The address of this instance, without a slash at the end.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The id of a thing.
    #[must_use]
    pub fn of(&self, thing: &Ours) -> String {
        match thing {
            Ours::Actor(actor) => self.actor(actor),
            Ours::Followers(actor) => format!("{}/followers", self.actor(actor)),
            Ours::Following(actor) => format!("{}/following", self.actor(actor)),
            Ours::Outbox(actor) => format!("{}/outbox", self.actor(actor)),
            Ours::Featured(board) => format!("{}/b/{board}/featured", self.base),
            Ours::Moderators(board) => format!("{}/b/{board}/moderators", self.base),
            Ours::Context(thread) => format!("{}/t/{thread}/context", self.base),
            Ours::Comment(comment) => self.comment(*comment),
            Ours::Replies(comment) => format!("{}/replies", self.comment(*comment)),
            Ours::Activity(number) => format!("{}/activities/{number}", self.base),
            Ours::Authorization(number) => format!("{}/authorizations/{number}", self.base),
        }
    }

    /// The id of an actor.
    #[must_use]
    pub fn actor(&self, actor: &OurActor) -> String {
        match actor {
            OurActor::Person(name) => format!("{}/u/{name}", self.base),
            OurActor::Board(name) => format!("{}/b/{name}", self.base),
            OurActor::BoardAll(name) => format!("{}/b/{name}.all", self.base),
            OurActor::Thread(id) => format!("{}/t/{id}", self.base),
            OurActor::Instance => format!("{}/actor", self.base),
        }
    }

    /// The id of a comment.
    #[must_use]
    pub fn comment(&self, comment: CommentId) -> String {
        format!("{}/c/{comment}", self.base)
    }

    /// The id of the vote that somebody gave a comment at that time, in Unix milliseconds. It can be told again when the vote is taken back,
    /// and is no document: nobody can fetch it, as with Mastodon's likes.
    #[must_use]
    pub fn vote(&self, actor: &OurActor, side: Side, comment: CommentId, given_ms: i64) -> String {
        let side = match side {
            Side::Like => "likes",
            Side::Dislike => "dislikes",
        };
        format!("{}#{side}/{comment}/{given_ms}", self.actor(actor))
    }

    /// The id under which a group announces a comment by its id. It can be told again when that is taken back, and is no document either.
    /// `before`: how often one was taken back before; who has heard of that takes the same id for the same announcement.
    #[must_use]
    pub fn announcement(&self, actor: &OurActor, comment: CommentId, before: i64) -> String {
        let first = format!("{}#announces/{comment}", self.actor(actor));
        if before == 0 { first } else { format!("{first}/{before}") }
    }

    /// What stands before the `@` of an actor's handle.
    #[must_use]
    pub fn username(&self, actor: &OurActor) -> String {
        match actor {
            OurActor::Person(name) | OurActor::Board(name) => name.clone(),
            OurActor::BoardAll(name) => format!("{name}.all"),
            OurActor::Thread(id) => format!("t-{id}"),
            OurActor::Instance => self.host.clone(),
        }
    }

    /// The id of an actor's key. Each actor has a key under its own name, for a key belongs to one owner, though several may be the same.
    #[must_use]
    pub fn key(&self, actor: &OurActor) -> String {
        format!("{}#main-key", self.actor(actor))
    }

    /// Where an actor takes activities.
    #[must_use]
    pub fn inbox(&self, actor: &OurActor) -> String {
        match actor {
            OurActor::Instance => self.shared_inbox(),
            OurActor::Person(_) | OurActor::Board(_) | OurActor::BoardAll(_) | OurActor::Thread(_) => {
                format!("{}/inbox", self.actor(actor))
            }
        }
    }

    /// Where this server takes activities for all.
    #[must_use]
    pub fn shared_inbox(&self) -> String {
        format!("{}/inbox", self.base)
    }

    /// The page that people read about an actor.
    #[must_use]
    pub fn page(&self, actor: &OurActor) -> String {
        match actor {
            OurActor::BoardAll(name) => format!("{}/b/{name}", self.base),
            OurActor::Instance => format!("{}/about", self.base),
            OurActor::Person(_) | OurActor::Board(_) | OurActor::Thread(_) => self.actor(actor),
        }
    }

    /// The place on a page where people read a comment.
    #[must_use]
    pub fn place(&self, thread: ThreadId, comment: CommentId) -> String {
        let page = self.actor(&OurActor::Thread(thread));
        if thread.root() == comment { page } else { format!("{page}#c{comment}") }
    }

    /// One page of a collection: what stands in it after the entry of that number, from its beginning if that is 0.
    #[must_use]
    pub fn page_of(&self, collection: &Ours, after: i64) -> String {
        format!("{}?after={after}", self.of(collection))
    }

    /// Which thing of ours an id names. Nothing if it is none of ours, or has a query. Whether the thing exists is another question.
    #[must_use]
    pub fn read(&self, id: &Id) -> Option<Ours> {
        let path = id.as_str().strip_prefix(&self.base)?.strip_prefix('/')?;
        let parts: Vec<&str> = path.splitn(4, '/').collect();
        match *parts.as_slice() {
            ["c", id] => Some(Ours::Comment(id.parse().ok()?)),
            ["c", id, "replies"] => Some(Ours::Replies(id.parse().ok()?)),
            ["activities", number] => Some(Ours::Activity(number.parse::<CommentId>().ok()?.0)),
            ["authorizations", number] => Some(Ours::Authorization(number.parse::<CommentId>().ok()?.0)),
            ["u", name, ref rest @ ..] => about(OurActor::Person(named(name)?), rest),
            ["b", name, ref rest @ ..] => about(board(name)?, rest),
            ["t", id, ref rest @ ..] => about(OurActor::Thread(id.parse().ok()?), rest),
            ["actor", ref rest @ ..] => about(OurActor::Instance, rest),
            _ => None,
        }
    }
}

fn about(actor: OurActor, rest: &[&str]) -> Option<Ours> {
    match (actor, rest) {
        (actor, []) => Some(Ours::Actor(actor)),
        (actor, ["followers"]) => Some(Ours::Followers(actor)),
        (actor, ["following"]) => Some(Ours::Following(actor)),
        (actor, ["outbox"]) => Some(Ours::Outbox(actor)),
        (OurActor::Board(name), ["featured"]) => Some(Ours::Featured(name)),
        (OurActor::Board(name), ["moderators"]) => Some(Ours::Moderators(name)),
        (OurActor::Thread(id), ["context"]) => Some(Ours::Context(id)),
        _ => None,
    }
}

fn board(name: &str) -> Option<OurActor> {
    match name.strip_suffix(".all") {
        Some(name) => named(name).map(OurActor::BoardAll),
        None => named(name).map(OurActor::Board),
    }
}

/// A name that could be one here. An escaped character would make a second address for the same name.
fn named(name: &str) -> Option<String> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (!name.is_empty() && name.bytes().all(is_name)).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origin::Rules;

    fn rules() -> Rules {
        Rules::new("https://c.example", Vec::new()).unwrap()
    }

    fn addresses() -> Addresses {
        Addresses::new(rules().ours())
    }

    fn actors() -> Vec<OurActor> {
        vec![
            OurActor::Person("ana".to_owned()),
            OurActor::Board("news".to_owned()),
            OurActor::BoardAll("news".to_owned()),
            OurActor::Thread(ThreadId(42)),
            OurActor::Instance,
        ]
    }

    #[test]
    fn every_id_that_is_made_reads_back() {
        let mut things = vec![
            Ours::Featured("news".to_owned()),
            Ours::Moderators("news".to_owned()),
            Ours::Context(ThreadId(42)),
            Ours::Comment(CommentId(43)),
            Ours::Replies(CommentId(43)),
            Ours::Activity(44),
            Ours::Authorization(45),
        ];
        for actor in actors() {
            things.push(Ours::Followers(actor.clone()));
            things.push(Ours::Following(actor.clone()));
            things.push(Ours::Outbox(actor.clone()));
            things.push(Ours::Actor(actor));
        }
        for thing in things {
            let id = rules().id(&addresses().of(&thing)).unwrap();
            assert_eq!(addresses().read(&id), Some(thing), "{id}");
        }
    }

    #[test]
    fn the_addresses_are_those_of_the_pages() {
        let written = |actor: &OurActor| {
            let addresses = addresses();
            [addresses.actor(actor), addresses.username(actor), addresses.inbox(actor), addresses.page(actor)].join(" ")
        };
        let expected = [
            "https://c.example/u/ana ana https://c.example/u/ana/inbox https://c.example/u/ana",
            "https://c.example/b/news news https://c.example/b/news/inbox https://c.example/b/news",
            "https://c.example/b/news.all news.all https://c.example/b/news.all/inbox https://c.example/b/news",
            "https://c.example/t/42 t-42 https://c.example/t/42/inbox https://c.example/t/42",
            "https://c.example/actor c.example https://c.example/inbox https://c.example/about",
        ];
        assert_eq!(actors().iter().map(written).collect::<Vec<_>>(), expected);
        assert_eq!(addresses().place(ThreadId(42), CommentId(42)), "https://c.example/t/42");
        assert_eq!(addresses().place(ThreadId(42), CommentId(43)), "https://c.example/t/42#c43");
        assert_eq!(addresses().key(&OurActor::Instance), "https://c.example/actor#main-key");
        let vote = |side| addresses().vote(&OurActor::Person("ana".to_owned()), side, CommentId(43), 1_000);
        assert_eq!(vote(Side::Like), "https://c.example/u/ana#likes/43/1000");
        assert_eq!(vote(Side::Dislike), "https://c.example/u/ana#dislikes/43/1000");
    }

    #[test]
    fn what_names_nothing_of_ours_is_nothing() {
        for text in [
            "https://c.example",
            "https://c.example/",
            "https://c.example/u/",
            "https://c.example/u/a%6ea",
            "https://c.example/u/ana/featured",
            "https://c.example/u/ana/",
            "https://c.example/c/042",
            "https://c.example/c/x",
            "https://c.example/c/42?after=0",
            "https://c.example/c/42/replies/1",
            "https://c.example/b/.all",
            "https://c.example/activities/-1",
            "https://c.example/authorizations/07",
            "https://other.example/c/42",
            "https://c.example.evil.example/c/42",
        ] {
            assert_eq!(addresses().read(&rules().id(text).unwrap()), None, "{text}");
        }
    }

    #[test]
    fn a_server_on_a_test_network_has_its_port_in_its_name() {
        let rules = Rules::new("http://a.test:8001/", vec!["127.0.0.0/8".parse().unwrap()]).unwrap();
        let addresses = Addresses::new(rules.ours());
        assert_eq!(addresses.host(), "a.test:8001");
        let id = addresses.comment(CommentId(7));
        assert_eq!(id, "http://a.test:8001/c/7");
        assert_eq!(addresses.read(&rules.id(&id).unwrap()), Some(Ours::Comment(CommentId(7))));
    }
}
