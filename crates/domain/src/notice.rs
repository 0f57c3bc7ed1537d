//! Notices that something here is against the law, from anybody (Regulation (EU) 2022/2065, articles 16 and 17): what one says, what becomes
//! of it, and on which ground something is taken down.

use crate::rank::named;
use crate::state::coded;
use crate::{CommentId, Refusal, ThreadId};

coded! {
    /// Why somebody holds something to be against the law.
    Illegality {
        /// Sexual abuse of children. Who tells of it need not say who they are (article 16(2)(c)).
        Children = 0 "children",
        /// Terrorist content.
        Terror = 1 "terror",
        /// Threats, and calls to violence.
        Threats = 2 "threats",
        /// Hatred against groups of people.
        Hatred = 3 "hatred",
        /// Defamation and insults.
        Defamation = 4 "defamation",
        /// What is private, such as addresses or pictures of somebody.
        Privacy = 5 "privacy",
        /// Somebody else's work or mark.
        IntellectualProperty = 6 "intellectual-property",
        /// Fraud, and what may not be sold.
        Fraud = 7 "fraud",
        /// Anything else; the explanation says what.
        Other = 8 "other",
    }
}

impl Illegality {
    /// Whether somebody who tells of it has to say who they are.
    #[must_use]
    pub fn asks_who(self) -> bool {
        self != Self::Children
    }
}

coded! {
    /// Where a notice stands.
    NoticeState {
        /// Nobody has decided.
        Open = 0 "open",
        /// What it names was taken down.
        Removed = 1 "removed",
        /// Some of it was.
        PartlyRemoved = 2 "partly-removed",
        /// It stays.
        Kept = 3 "kept",
    }
}

coded! {
    /// On which ground something was taken down.
    Ground {
        /// It is against the law.
        Law = 0 "law",
        /// It is against the rules of the place.
        Rules = 1 "rules",
    }
}

/// What an address of ours leads to, as far as a notice can be about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A comment, or the root of a thread.
    Comment(CommentId),
    /// The page of somebody of this handle: what they say of themselves.
    Person(String),
    /// The page of the board of this name.
    Board(String),
}

impl Target {
    /// What a path of ours, with its fragment, leads to; `None`: to nothing that somebody wrote. `path` begins with a slash.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        let (path, fragment) = path.split_once('#').unwrap_or((path, ""));
        let path = path.split('?').next().unwrap_or_default();
        let parts: Vec<&str> = path.trim_start_matches('/').trim_end_matches('/').split('/').collect();
        match *parts.as_slice() {
            ["c", id, ..] => Some(Self::Comment(id.parse().ok()?)),
            ["t", id, ..] => {
                // The place of a comment on the page of its thread.
                let below = fragment.strip_prefix('c').and_then(|id| id.parse().ok());
                let root = || id.parse().ok().map(ThreadId::root);
                below.or_else(root).map(Self::Comment)
            }
            // A handle's `@` may be written out.
            ["u", name] if !name.is_empty() => Some(Self::Person(name.replace("%40", "@"))),
            ["b", name] if !name.is_empty() => Some(Self::Board(name.replace("%40", "@"))),
            _ => None,
        }
    }
}

/// The most addresses of one notice.
pub const MOST_ADDRESSES: usize = 20;
/// The longest address, in bytes.
pub const MAX_ADDRESS: usize = 2_000;
/// The longest explanation, in Unicode scalar values.
pub const MAX_EXPLANATION: usize = 5_000;
/// The longest name, in Unicode scalar values.
pub const MAX_NAME: usize = 200;
/// The longest e-mail address, in bytes (RFC 5321).
pub const MAX_EMAIL: usize = 254;

/// What somebody says in a notice, as they filled in the form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The addresses of what it is about.
    pub addresses: Vec<String>,
    /// Why it is against the law, in their words.
    pub explanation: String,
    /// Who they are.
    pub name: String,
    /// Where they can be written to.
    pub email: String,
    /// Whether they say that they believe it to be true and complete.
    pub good_faith: bool,
}

/// Whether there is something in it that is seen by nobody, or turns what is read around.
fn is_no_address(text: &str) -> bool {
    crate::text::tidy(text) != text || text.chars().any(char::is_whitespace)
}

impl Said {
    /// The same as it is stored: tidied, and each address once.
    ///
    /// # Errors
    /// [`Refusal::Field`] of what is missing, or too long.
    pub fn check(self, why: Illegality) -> Result<Self, Refusal> {
        let said = self.tidied();
        said.check_addresses()?;
        let chars = said.explanation.chars().count();
        if chars == 0 || chars > MAX_EXPLANATION {
            let problem = format!("say what is against the law, and why, in {MAX_EXPLANATION} characters at most");
            return Err(Refusal::field("explanation", problem));
        }
        said.check_who(why)?;
        if !said.good_faith {
            let problem = "say that you believe what you write to be true and complete; a notice needs that";
            return Err(Refusal::field("good_faith", problem));
        }
        Ok(said)
    }

    fn tidied(self) -> Self {
        let mut addresses: Vec<String> = Vec::new();
        for address in self.addresses.iter().map(|address| address.trim()).filter(|address| !address.is_empty()) {
            if !addresses.iter().any(|known| known == address) {
                addresses.push(address.to_owned());
            }
        }
        let tidy = |text: &str| crate::text::tidy(text).trim().to_owned();
        let line = |text: &str| tidy(text).replace('\n', " ");
        let explanation = tidy(&self.explanation);
        Self { addresses, explanation, name: line(&self.name), email: line(&self.email), ..self }
    }

    fn check_addresses(&self) -> Result<(), Refusal> {
        let problem = if self.addresses.is_empty() {
            "write the address of what it is about, as your browser shows it".to_owned()
        } else if self.addresses.len() > MOST_ADDRESSES {
            format!("write {MOST_ADDRESSES} at most; send another notice for the others")
        } else if self.addresses.iter().any(|address| address.len() > MAX_ADDRESS) {
            format!("one is longer than {MAX_ADDRESS} bytes; write each on a line of its own")
        } else if self.addresses.iter().any(|address| is_no_address(address)) {
            "one has characters in it that no address has; copy it as your browser shows it".to_owned()
        } else {
            return Ok(());
        };
        Err(Refusal::field("addresses", problem))
    }

    fn check_who(&self, why: Illegality) -> Result<(), Refusal> {
        if self.name.chars().count() > MAX_NAME || (self.name.is_empty() && why.asks_who()) {
            return Err(Refusal::field("name", format!("write your name, in {MAX_NAME} characters at most")));
        }
        let is_missing = self.email.is_empty() && why.asks_who();
        if is_missing || !(self.email.is_empty() || is_email(&self.email)) {
            return Err(Refusal::field("email", "write an e-mail address at which you can be reached"));
        }
        Ok(())
    }
}

/// Whether it has the form of an e-mail address. Whether anybody reads it shows only when something is sent there.
fn is_email(text: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || c.is_control();
    let parts = text.rsplit_once('@');
    let named = parts.is_some_and(|(name, host)| !name.is_empty() && host.len() > 2 && host.contains('.'));
    named && text.len() <= MAX_EMAIL && !text.contains(odd)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said() -> Said {
        Said {
            addresses: vec![" https://c.example/c/7 ".into(), String::new(), "https://c.example/c/7".into()],
            explanation: " It names where she lives.\u{202e} ".into(),
            name: "Ann\nOther".into(),
            email: "ann@mail.example".into(),
            good_faith: true,
        }
    }

    fn field(said: Said, why: Illegality) -> &'static str {
        match said.check(why) {
            Err(Refusal::Field { field, .. }) => field,
            _ => "",
        }
    }

    #[test]
    fn an_address_has_nothing_in_it_that_nobody_sees() {
        for bad in ["https://c.example/c/7\u{0}", "https://c.example/\u{202e}c/7", "https://c.example/c/7 and more"] {
            assert_eq!(
                field(Said { addresses: vec![bad.into()], ..said() }, Illegality::Privacy),
                "addresses",
                "{bad}"
            );
        }
        assert_eq!(field(said(), Illegality::Privacy), "");
    }

    #[test]
    fn a_notice_says_where_what_who_and_in_good_faith() {
        let checked = said().check(Illegality::Privacy).unwrap();
        assert_eq!(checked.addresses, ["https://c.example/c/7"]);
        assert_eq!((checked.explanation.as_str(), checked.name.as_str()), ("It names where she lives.", "Ann Other"));
        let why = Illegality::Privacy;
        assert_eq!(field(Said { addresses: Vec::new(), ..said() }, why), "addresses");
        let many = (0..=MOST_ADDRESSES).map(|n| format!("https://c.example/c/{n}")).collect();
        assert_eq!(field(Said { addresses: many, ..said() }, why), "addresses");
        assert_eq!(field(Said { addresses: vec!["x".repeat(MAX_ADDRESS + 1)], ..said() }, why), "addresses");
        assert_eq!(field(Said { explanation: " \u{202e}\n ".into(), ..said() }, why), "explanation");
        assert_eq!(field(Said { explanation: "x".repeat(MAX_EXPLANATION + 1), ..said() }, why), "explanation");
        assert_eq!(field(Said { name: String::new(), ..said() }, why), "name");
        assert_eq!(field(Said { name: "x".repeat(MAX_NAME + 1), ..said() }, why), "name");
        for email in ["", "ann", "ann@", "@mail.example", "ann@mail", "a nn@mail.example", &"x".repeat(300)] {
            assert_eq!(field(Said { email: email.into(), ..said() }, why), "email", "{email}");
        }
        assert_eq!(field(Said { good_faith: false, ..said() }, why), "good_faith");
    }

    #[test]
    fn who_tells_of_what_is_done_to_children_need_not_say_who_they_are() {
        let nobody = || Said { name: String::new(), email: String::new(), ..said() };
        assert_eq!(field(nobody(), Illegality::Children), "");
        assert_eq!(field(Said { email: "ann".into(), ..nobody() }, Illegality::Children), "email");
        for why in Illegality::ALL.iter().filter(|why| **why != Illegality::Children) {
            assert_eq!(field(nobody(), *why), "name", "{why:?}");
        }
    }

    #[test]
    fn addresses_lead_to_what_somebody_wrote_or_to_nothing() {
        let comment = |id| Some(Target::Comment(CommentId(id)));
        for (path, target) in [
            ("/c/7", comment(7)),
            ("/c/7/history", comment(7)),
            ("/t/5", comment(5)),
            ("/t/5/a-slug?sort=new", comment(5)),
            ("/t/5/a-slug#c7", comment(7)),
            ("/t/5/a-slug#top", comment(5)),
            ("/u/bo%40peer.example", Some(Target::Person("bo@peer.example".into()))),
            ("/b/talk/", Some(Target::Board("talk".into()))),
            ("/c/x", None),
            ("/t/x#c7x", None),
            ("/u/", None),
            ("/about", None),
            ("/", None),
            ("", None),
        ] {
            assert_eq!(Target::of(path), target, "{path}");
        }
    }
}
