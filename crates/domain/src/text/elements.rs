//! The elements of foreign HTML and what each is taken for. Not here: how they nest.

/// What an element is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    Paragraph,
    /// A paragraph of strong text.
    Heading,
    Quote,
    List,
    NumberedList,
    Item,
    Verbatim,
    /// Stands within a paragraph, by the name it is written with.
    Inline(&'static str),
}

impl Element {
    /// What an element of that name, in lower case, is taken for. None if its tags are left out.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "p" => Self::Paragraph,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Self::Heading,
            "blockquote" => Self::Quote,
            "ul" | "menu" | "dir" => Self::List,
            "ol" => Self::NumberedList,
            "li" => Self::Item,
            "pre" | "listing" | "xmp" => Self::Verbatim,
            "a" => Self::Inline("a"),
            "b" => Self::Inline("b"),
            "strong" => Self::Inline("strong"),
            "i" | "cite" | "dfn" | "var" => Self::Inline("i"),
            "em" => Self::Inline("em"),
            "u" | "ins" => Self::Inline("u"),
            "s" | "strike" => Self::Inline("s"),
            "del" => Self::Inline("del"),
            "code" | "kbd" | "samp" | "tt" => Self::Inline("code"),
            "span" => Self::Inline("span"),
            _ => return None,
        })
    }

    /// The name it is written with.
    pub fn name(self) -> &'static str {
        match self {
            Self::Paragraph | Self::Heading => "p",
            Self::Quote => "blockquote",
            Self::List => "ul",
            Self::NumberedList => "ol",
            Self::Item => "li",
            Self::Verbatim => "pre",
            Self::Inline(name) => name,
        }
    }

    /// What is always written within it: opening and closing tag.
    pub fn inner(self) -> (&'static str, &'static str) {
        match self {
            Self::Heading => ("<strong>", "</strong>"),
            Self::Verbatim => ("<code>", "</code>"),
            _ => ("", ""),
        }
    }

    /// Stands within a paragraph.
    pub fn is_inline(self) -> bool {
        matches!(self, Self::Inline(_))
    }

    /// Contains text, not blocks.
    pub fn is_leaf(self) -> bool {
        matches!(self, Self::Paragraph | Self::Heading | Self::Verbatim)
    }

    /// Contains items.
    pub fn is_list(self) -> bool {
        matches!(self, Self::List | Self::NumberedList)
    }

    /// Contains blocks.
    pub fn is_container(self) -> bool {
        self.is_list() || matches!(self, Self::Quote | Self::Item)
    }
}

/// Elements whose text was never meant to be read.
pub(super) const UNREAD: [&str; 6] = ["iframe", "noembed", "noframes", "script", "style", "title"];

/// Elements that are not kept, but part the texts before, in and behind them.
pub(super) const PARTING: [&str; 33] = [
    "address",
    "article",
    "aside",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "header",
    "hgroup",
    "html",
    "legend",
    "main",
    "nav",
    "noscript",
    "option",
    "section",
    "summary",
    "table",
    "tbody",
    "template",
    "tfoot",
    "thead",
    "tr",
];
