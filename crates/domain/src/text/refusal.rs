//! Why a text, a title or a link cannot be taken, with what to do about it. Not here: names, which have refusals of their own.

/// Why a text, a title or a link cannot be taken. `Display` is for the person, with the remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextRefusal {
    /// There is nothing in the text that could be seen.
    #[error("The text is empty. Write something first.")]
    Empty,
    /// The text is too long.
    #[error("The text has {chars} characters. Shorten it to {max}, or continue in a reply to yourself.")]
    TooLong {
        /// How many it has.
        chars: usize,
        /// How many it may have.
        max: usize,
    },
    /// Quotations and lists are nested too deep.
    #[error(
        "Quotations and lists stand more than {max} deep within each other. Remove some of the “>” or of the indentation."
    )]
    TooDeep {
        /// How deep they may be.
        max: usize,
    },
    /// There is nothing in the title that could be seen.
    #[error("The title is empty. Say in a few words what it is about.")]
    EmptyTitle,
    /// The title is too long.
    #[error("The title has {chars} characters. Shorten it to {max}, and put the rest into the text.")]
    TitleTooLong {
        /// How many it has.
        chars: usize,
        /// How many it may have.
        max: usize,
    },
    /// The link is no address.
    #[error("The link is not a complete address ({reason}). It should look like https://example.org/page.")]
    BadLink {
        /// What the parser says.
        reason: String,
    },
    /// The link leads elsewhere than to the web.
    #[error("The link begins with “{scheme}:”. Only addresses that begin with https:// or http:// can be linked to.")]
    LinkScheme {
        /// The scheme it has.
        scheme: String,
    },
    /// The link contains a user name or a password.
    #[error("The link contains a user name or a password before an “@”. Remove that part.")]
    LinkUserinfo,
    /// The link is too long.
    #[error(
        "The link has {chars} characters, and {max} are possible. Remove what is not needed, often everything after the “?”."
    )]
    LinkTooLong {
        /// How many it has.
        chars: usize,
        /// How many it may have.
        max: usize,
    },
}

impl TextRefusal {
    /// Which field of what was typed is meant: `text`, `title` or `url`.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::Empty | Self::TooLong { .. } | Self::TooDeep { .. } => "text",
            Self::EmptyTitle | Self::TitleTooLong { .. } => "title",
            Self::BadLink { .. } | Self::LinkScheme { .. } | Self::LinkUserinfo | Self::LinkTooLong { .. } => "url",
        }
    }
}
