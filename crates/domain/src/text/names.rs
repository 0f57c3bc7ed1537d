//! Names of people and boards at home here. Not here: whether a name is taken.

/// Shortest and longest name, in characters.
const SHORTEST_NAME: usize = 2;
pub(super) const LONGEST_NAME: usize = 30;

/// Names that are pages, routes and files of the instance. Lower case. Words that name a topic are left to boards.
#[rustfmt::skip]
const PLACES: &[&str] = &[
    "about", "account", "accounts", "actor", "actors", "all", "anonymous", "api", "assets", "auth", "board", "boards",
    "comment", "comments", "deleted", "edit", "everyone", "favicon.ico", "feed", "feed.atom", "feed.json", "flagged",
    "followers", "following", "healthz", "host-meta", "inbox", "instance", "invitations", "join", "login", "logout",
    "me", "metrics", "moderation", "modlog", "new", "nobody", "nodeinfo", "notifications", "null", "oauth",
    "openapi.json", "outbox", "readyz", "register", "rejoinder", "removed", "robots.txt", "rules", "search",
    "security.txt", "sessions", "settings", "setup", "signin", "signup", "sitemap.xml", "static", "submit", "thread",
    "threads", "undefined", "unsubscribe", "user", "users", "webfinger", "well-known", "www",
];

/// Names that would be mistaken for those who run the instance, or to whom mail about it is written (RFC 2142). Lower case.
#[rustfmt::skip]
const OFFICES: &[&str] = &[
    "abuse", "admin", "administrator", "administrators", "admins", "help", "helpdesk", "hostmaster", "mailer-daemon",
    "mod", "moderator", "moderators", "mods", "no-reply", "noc", "noreply", "official", "operator", "operators",
    "owner", "postmaster", "root", "security", "staff", "support", "sysadmin", "system", "webmaster",
];

/// Who gives a name to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Giver {
    /// Anybody, to themselves.
    Anybody,
    /// Whoever runs the instance: they may have accounts that say so.
    Host,
}

/// Why a name cannot be taken. `Display` says what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameRefusal {
    /// Nothing in it.
    #[error("The name is empty. Choose one of {SHORTEST_NAME} to {LONGEST_NAME} letters and digits.")]
    Empty,
    /// Too short or too long.
    #[error("The name is {chars} long. Choose one of {SHORTEST_NAME} to {LONGEST_NAME} characters.")]
    Length {
        /// How many it has.
        chars: usize,
    },
    /// A character that other servers could not address.
    #[error("The name contains “{}”. Use only the letters a to z, digits, “_”, “-” and “.”.", .found.escape_debug())]
    Character {
        /// The first such character.
        found: char,
    },
    /// `-` or `.` at the beginning or the end.
    #[error("The name begins or ends with “-” or “.”. Let it begin and end with a letter, a digit or “_”.")]
    Edge,
    /// Kept for the instance itself.
    #[error("The name “{name}” is kept for the instance itself. Choose another one.")]
    Reserved {
        /// The name.
        name: String,
    },
}

/// The name of a person or a board at home here, as it is stored: 2 to 30 ASCII letters, digits, `_`, and inside also `-` and `.`. Case is
/// kept; whoever stores names compares them without regard to it.
///
/// Refused besides are names that would be mistaken for the instance, and those kept for actors that are no persons: `t-…` is a
/// thread, `….all` a board with all its comments.
///
/// # Errors
///
/// [`NameRefusal`], by the first rule that is broken.
pub fn name(raw: &str) -> Result<String, NameRefusal> {
    name_given(raw, Giver::Anybody)
}

/// The same as somebody else gives it: those who run the instance may be called by their office.
///
/// # Errors
///
/// [`NameRefusal`], by the first rule that is broken.
pub fn name_given(raw: &str, giver: Giver) -> Result<String, NameRefusal> {
    let name = raw.trim();
    if name.is_empty() {
        return Err(NameRefusal::Empty);
    }
    if let Some(found) = name.chars().find(|&c| !is_name_character(c)) {
        return Err(NameRefusal::Character { found });
    }
    let chars = name.len();
    if !(SHORTEST_NAME..=LONGEST_NAME).contains(&chars) {
        return Err(NameRefusal::Length { chars });
    }
    if name.starts_with(['-', '.']) || name.ends_with(['-', '.']) {
        return Err(NameRefusal::Edge);
    }
    if is_reserved(name, giver) {
        return Err(NameRefusal::Reserved { name: name.to_owned() });
    }
    Ok(name.to_owned())
}

fn is_name_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

fn is_reserved(name: &str, giver: Giver) -> bool {
    let lower = name.to_ascii_lowercase();
    let is_office = giver == Giver::Anybody && OFFICES.contains(&lower.as_str());
    is_office || lower.starts_with("t-") || lower.ends_with(".all") || PLACES.contains(&lower.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_names_are_kept_as_written() {
        for good in ["ann", "Ann_B", "_x", "a.b-c", "42", "t_x", "tea-time", "a".repeat(30).as_str()] {
            assert_eq!(name(good).as_deref(), Ok(good));
        }
        assert_eq!(name("  ann \n").as_deref(), Ok("ann"));
    }

    #[test]
    fn bad_names_are_refused_with_the_reason() {
        assert_eq!(name(" "), Err(NameRefusal::Empty));
        assert_eq!(name("a"), Err(NameRefusal::Length { chars: 1 }));
        assert_eq!(name(&"a".repeat(31)), Err(NameRefusal::Length { chars: 31 }));
        for (bad, found) in
            [("a b", ' '), ("a@b", '@'), ("änn", 'ä'), ("a/b", '/'), ("a\0b", '\0'), ("a\u{202e}b", '\u{202e}')]
        {
            assert_eq!(name(bad), Err(NameRefusal::Character { found }));
        }
        for bad in [".ann", "-ann", "ann.", "ann-", ".."] {
            assert_eq!(name(bad), Err(NameRefusal::Edge));
        }
    }

    #[test]
    fn the_instances_own_names_are_reserved() {
        for bad in
            ["admin", "ADMIN", "api", "inbox", "actor", "instance", "search", "t-7", "T-x", "news.all", "News.ALL"]
        {
            assert_eq!(name(bad), Err(NameRefusal::Reserved { name: bad.to_owned() }));
        }
    }

    #[test]
    fn only_the_host_calls_somebody_by_an_office() {
        for office in ["admin", "Support", "postmaster", "abuse"] {
            assert_eq!(name(office), Err(NameRefusal::Reserved { name: office.to_owned() }));
            assert_eq!(name_given(office, Giver::Host).as_deref(), Ok(office));
        }
        for place in ["api", "t-7", "news.all"] {
            assert!(name_given(place, Giver::Host).is_err(), "{place}");
        }
    }

    #[test]
    fn the_lists_are_in_order_and_in_lower_case() {
        for list in [PLACES, OFFICES] {
            assert!(list.is_sorted());
            assert!(list.iter().all(|name| name.to_ascii_lowercase() == *name));
        }
    }

    #[test]
    fn the_refusal_says_what_would_be_right() {
        assert_eq!(
            NameRefusal::Character { found: '\0' }.to_string(),
            "The name contains “\\0”. Use only the letters a to z, digits, “_”, “-” and “.”."
        );
        assert_eq!(
            NameRefusal::Length { chars: 1 }.to_string(),
            "The name is 1 long. Choose one of 2 to 30 characters."
        );
    }
}
