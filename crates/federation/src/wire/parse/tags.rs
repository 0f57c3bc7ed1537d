//! What hangs on a note: people who are mentioned, topics.

use super::Refused;
use super::fields::Fields;
use crate::origin::Id;

/// Most tags of a note, emoji counted.
const MAX_TAGS: usize = 100;
/// Longest name of a tag, in characters: a user name and a host name are shorter.
const MAX_NAME: usize = 400;

/// Somebody is mentioned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Who.
    pub href: Id,
    /// As written, `@name@host` as a rule. Nothing follows from it.
    pub name: Option<String>,
}

/// The tags of a note that mean something here. Emoji and others are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    /// Who is mentioned.
    pub mentions: Vec<Mention>,
    /// Topics, without `#`.
    pub hashtags: Vec<String>,
}

impl Tags {
    pub(super) fn read(note: Fields<'_>) -> Result<Self, Refused> {
        let mut tags = Self::default();
        for tag in note.at_most("tag", MAX_TAGS)?.iter().filter_map(|tag| note.of(tag)) {
            match tag.text("type") {
                Some("Mention") => tags.mentions.extend(mention(tag)),
                Some("Hashtag") => tags.hashtags.extend(hashtag(tag)),
                _ => {}
            }
        }
        Ok(tags)
    }
}

fn mention(tag: Fields<'_>) -> Option<Mention> {
    let href = tag.id("href").ok().flatten()?;
    Some(Mention { href, name: tag.cut("name", MAX_NAME) })
}

fn hashtag(tag: Fields<'_>) -> Option<String> {
    let name = tag.cut("name", MAX_NAME)?;
    Some(name.trim_start_matches('#').to_owned()).filter(|name| !name.is_empty())
}
