//! What an answer or a request says it is. A file that somebody has uploaded to a server must not pass for something the server says
//! (CVE-2024-25623), so the type of what is read is checked by one exact rule.

/// The type of what is sent.
pub const ACTIVITY_JSON: &str = "application/activity+json";
/// What is asked for when a document is fetched: the two types of ActivityPub (section 3.2) and nothing else.
pub const ACTIVITY_ACCEPT: &str =
    r#"application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams""#;

const ACTIVITY_PROFILE: &str = "https://www.w3.org/ns/activitystreams";
/// Longer ones are refused unread.
const MAX_LENGTH: usize = 1_024;

/// A media type as RFC 9110 (8.3.1) writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct MediaType {
    /// Type and subtype, in lower case.
    essence: String,
    /// Names in lower case, each once, and values without quotes.
    parameters: Vec<(String, String)>,
}

/// Whether this is the type of an ActivityPub document: `application/activity+json`, or `application/ld+json` with the profile of
/// ActivityStreams. Either may say that it is in UTF-8, and nothing more.
#[must_use]
pub fn is_activity(text: &str) -> bool {
    let Some(media_type) = MediaType::parse(text) else { return false };
    match media_type.essence.as_str() {
        ACTIVITY_JSON => media_type.has_only(&[]),
        "application/ld+json" => {
            media_type.has_only(&["profile"])
                && media_type
                    .get("profile")
                    .is_some_and(|profiles| profiles.split(' ').any(|one| one == ACTIVITY_PROFILE))
        }
        _ => false,
    }
}

/// Whether this is JSON as WebFinger (RFC 7033) and NodeInfo send it. NodeInfo adds a profile with the version of its schema.
#[must_use]
pub fn is_json(text: &str) -> bool {
    MediaType::parse(text).is_some_and(|media_type| {
        ["application/jrd+json", "application/json"].contains(&media_type.essence.as_str())
            && media_type.has_only(&["profile"])
    })
}

/// Whether this is text that is read line by line: plain, or CSV. Servers that keep files for others say of CSV that it is plain text, or
/// only that it is bytes. A page for people is refused.
#[must_use]
pub fn is_lines(text: &str) -> bool {
    let known = ["text/plain", "text/csv", "application/csv", "application/octet-stream"];
    MediaType::parse(text).is_some_and(|media_type| known.contains(&media_type.essence.as_str()))
}

impl MediaType {
    fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_LENGTH {
            return None;
        }
        let (essence, mut rest) = cut(text, ';')?;
        let (kind, subtype) = essence.trim_matches(is_blank).split_once('/')?;
        if !is_token(kind) || !is_token(subtype) {
            return None;
        }
        let mut media_type = Self { essence: format!("{kind}/{subtype}").to_ascii_lowercase(), parameters: Vec::new() };
        while let Some(parameters) = rest {
            let parameter;
            (parameter, rest) = cut(parameters, ';')?;
            media_type.add(parameter.trim_matches(is_blank))?;
        }
        Some(media_type)
    }

    /// A parameter may be absent between two semicolons. One that is there twice could be read in two ways.
    fn add(&mut self, parameter: &str) -> Option<()> {
        if parameter.is_empty() {
            return Some(());
        }
        let (name, value) = parameter.split_once('=')?;
        let name = name.to_ascii_lowercase();
        if !is_token(&name) || self.get(&name).is_some() {
            return None;
        }
        let value = if is_token(value) { value.to_owned() } else { unquote(value)? };
        self.parameters.push((name, value));
        Some(())
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether there are no parameters but these, and no charset but UTF-8.
    fn has_only(&self, names: &[&str]) -> bool {
        self.parameters.iter().all(|(name, value)| match name.as_str() {
            "charset" => value.eq_ignore_ascii_case("utf-8"),
            other => names.contains(&other),
        })
    }
}

/// What stands before a character that is outside of quotes, and what after it, if it is there. `None` if a quotation does not end.
fn cut(text: &str, at: char) -> Option<(&str, Option<&str>)> {
    let (mut quoted, mut escaped) = (false, false);
    for (position, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if character == at && !quoted => {
                return Some((text.get(..position)?, text.get(position + at.len_utf8()..)));
            }
            _ => {}
        }
    }
    (!quoted).then_some((text, None))
}

/// The value of a quoted string (RFC 9110, 5.6.4).
fn unquote(text: &str) -> Option<String> {
    let mut characters = text.strip_prefix('"')?.strip_suffix('"')?.chars();
    let mut value = String::new();
    while let Some(character) = characters.next() {
        value.push(match character {
            '\\' => characters.next()?,
            '"' => return None,
            _ if character.is_ascii_control() && character != '\t' => return None,
            _ => character,
        });
    }
    Some(value)
}

fn is_blank(character: char) -> bool {
    character == ' ' || character == '\t'
}

/// RFC 9110, 5.6.2.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn activities_have_two_types() {
        for text in [
            "application/activity+json",
            "Application/Activity+JSON",
            " application/activity+json ; charset=utf-8",
            "application/activity+json;charset=\"UTF-8\"",
            "application/activity+json;",
            r#"application/ld+json; profile="https://www.w3.org/ns/activitystreams""#,
            r#"application/ld+json;profile="https://example.org/x https://www.w3.org/ns/activitystreams"; charset=utf-8"#,
        ] {
            assert!(is_activity(text), "{text}");
        }
    }

    #[test]
    fn b15_other_types_are_no_activities() {
        for text in [
            "",
            "text/html",
            "application/json",
            "application/octet-stream",
            "image/png",
            "application/activity+json, text/html",
            "application/activity+jsonx",
            "application /activity+json",
            "application/activity+json; charset=iso-8859-1",
            "application/activity+json; charset",
            "application/activity+json; charset = utf-8",
            "application/activity+json; charset=\"utf-8",
        ] {
            assert!(!is_activity(text), "{text}");
        }
    }

    #[test]
    fn b16_linked_data_needs_the_one_profile() {
        for text in [
            "application/ld+json",
            r#"application/ld+json; profile="https://www.w3.org/ns/activitystreams#""#,
            r#"application/ld+json; profile="https://evil.example/ https://www.w3.org/ns/activitystreamsx""#,
            r#"application/ld+json; profile="https://www.w3.org/ns/activitystreams"; profile="https://evil.example/""#,
            r"application/ld+json; profile=https://www.w3.org/ns/activitystreams",
            r#"application/ld+json; other=1; profile="https://www.w3.org/ns/activitystreams""#,
            r#"application/activity+json; profile="https://www.w3.org/ns/activitystreams""#,
        ] {
            assert!(!is_activity(text), "{text}");
        }
    }

    #[test]
    fn webfinger_and_nodeinfo_are_json() {
        for text in [
            "application/jrd+json; charset=utf-8",
            "application/json",
            r#"application/json; profile="http://nodeinfo.diaspora.software/ns/schema/2.1#""#,
        ] {
            assert!(is_json(text), "{text}");
        }
        for text in ["text/html", "application/xml", "application/xrd+xml", "text/json"] {
            assert!(!is_json(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn anything_may_be_read(text in ".{0,80}") {
            let _ = MediaType::parse(&text);
        }

        #[test]
        fn what_is_quoted_is_read_as_it_was(value in "[ -~]{0,40}") {
            let quoted = value.replace('\\', r"\\").replace('"', "\\\"");
            let read = MediaType::parse(&format!("a/b; c=\"{quoted}\" ; d=e")).unwrap();
            prop_assert_eq!(read.get("c"), Some(value.as_str()));
            prop_assert_eq!(read.get("d"), Some("e"));
        }
    }
}
