//! The shape that every foreign format is read into, and what is said when a file cannot be read. Here: types, nothing that knows
//! a format. Not here: how a discussion gets into storage.

/// What the person who imports tells about the file, because the file may not say it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given<'a> {
    /// When the page was saved, Unix milliseconds: ages such as “3 hours ago” count from here. Formats with exact times do not
    /// look at it.
    pub saved_at: i64,
    /// The discussion's title; wins over the file's own.
    pub title: Option<&'a str>,
    /// The address that is discussed; wins over the file's own.
    pub url: Option<&'a str>,
}

/// A discussion as it was found elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignThread {
    /// Where the ids come from: `hn` or `page-text`. Ids of one source never mean two things.
    pub source: String,
    /// The thread's id at its source, the same whenever the same discussion is read again.
    pub id: String,
    /// Its title as plain text; `None` when neither the file nor the importing person names one.
    pub title: Option<String>,
    /// The address that is discussed, as found: not yet checked.
    pub url: Option<String>,
    /// Who began it, as named there.
    pub author: Option<String>,
    /// The root's own words.
    pub text: ForeignText,
    /// What readers saw of the root. A published one may be without words: then it is a title and a link.
    pub state: ForeignState,
    /// When it began, Unix milliseconds, never negative.
    pub published: i64,
    /// The root's score; 0 when the file tells none.
    pub score: i64,
    /// Every comment below the root, depth first in the order of the file, so that parents stand before their children.
    pub comments: Vec<ForeignComment>,
    /// What could not be placed, and why. Nothing of the file is missing from both lists.
    pub unplaced: Vec<Unplaced>,
    /// What was placed although the file is unclear there.
    pub doubts: Vec<Doubt>,
}

/// One comment as it was found elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignComment {
    /// Its id at its source, the same whenever the same comment is read again.
    pub id: String,
    /// What it answers, as an index into [`ForeignThread::comments`], smaller than its own; `None` answers the root.
    pub parent: Option<usize>,
    /// Who wrote it, as named there; `None` when the source no longer says.
    pub author: Option<String>,
    /// Its words. Never [`ForeignText::None`] when the state is [`ForeignState::Published`].
    pub text: ForeignText,
    /// When it was written, Unix milliseconds, never negative. Made from an age it is never before what it answers; an exact time
    /// is what the source says.
    pub published: i64,
    /// Its score, where the source tells it.
    pub score: Option<i64>,
    /// What readers saw of it.
    pub state: ForeignState,
}

/// What readers saw of a foreign comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ForeignState {
    /// Its words.
    Published,
    /// Hidden by readers' reports; its words are not known.
    Flagged,
    /// Taken back, or without words in the file; only its place is known.
    Deleted,
    /// Taken down at its source; its words may be known.
    Dead,
}

/// Foreign words, with the language they are written in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForeignText {
    /// No words.
    None,
    /// CommonMark.
    Markdown(String),
    /// HTML that nobody has cleaned: it may be unbalanced and hostile.
    Html(String),
}

/// Something of the file that has no place in the thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unplaced {
    /// Where it stands: `line 812` or `item 8863`.
    pub place: String,
    /// Why it has no place, as a sentence.
    pub reason: String,
    /// How it begins.
    pub words: String,
}

/// Something that was placed, though the file is unclear there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// Where it stands: `line 812` or `item 8863`.
    pub place: String,
    /// What is unclear and what was made of it, as a sentence.
    pub reason: String,
}

/// The two lists of a thread that grow while it is read.
#[derive(Debug, Default)]
pub struct Findings {
    /// What has no place in the thread.
    pub unplaced: Vec<Unplaced>,
    /// What may have been understood wrongly.
    pub doubts: Vec<Doubt>,
}

impl Findings {
    /// Notes something that has no place.
    pub fn unplaced(&mut self, place: impl Into<String>, reason: impl Into<String>, words: &str) {
        let (place, reason) = (place.into(), reason.into());
        self.unplaced.push(Unplaced { place, reason, words: excerpt(words) });
    }

    /// Notes a doubt.
    pub fn doubt(&mut self, place: impl Into<String>, reason: impl Into<String>) {
        let (place, reason) = (place.into(), reason.into());
        self.doubts.push(Doubt { place, reason });
    }
}

const EXCERPT_CHARS: usize = 200;

/// The beginning of a text on one line.
pub fn excerpt(words: &str) -> String {
    let mut spaced = words.split_whitespace().flat_map(|word| word.chars().chain([' ']));
    let head: String = spaced.by_ref().take(EXCERPT_CHARS).collect();
    let more = if spaced.next().is_some() { "…" } else { "" };
    format!("{}{more}", head.trim_end())
}

/// Why a file cannot be read at all. `Display` says what is wrong, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Nothing in it.
    #[error("The file is empty. Save the discussion again and import that file.")]
    Empty,
    /// Not text at all, or text in two-byte units.
    #[error("The file is {0}. Save or convert it as UTF-8 text (for example with `{1}`) and import the result.")]
    Encoding(&'static str, &'static str),
    /// Not UTF-8.
    #[error(
        "The file is not UTF-8: byte {byte} (on line {line}) fits no character. \
         Convert it first, for example with `iconv -f WINDOWS-1252 -t UTF-8 FILE`."
    )]
    NotUtf8 {
        /// How many bytes stand before the first wrong one.
        byte: usize,
        /// The line it is on, from 1.
        line: usize,
    },
    /// A web page in its source form.
    #[error("The file is an HTML page, not {expected}. {remedy}")]
    WebPage {
        /// What the format expects.
        expected: &'static str,
        /// How to get that.
        remedy: &'static str,
    },
    /// Page text without a single comment.
    #[error(
        "No comment was found in {lines} lines. Each begins with a line such as `alice 3 hours ago` that stands between blank lines, \
         or `• alice 3 hours ago` for a reply.{hint}"
    )]
    NoComments {
        /// How many lines were read.
        lines: usize,
        /// What the file seems to be instead, as a sentence that begins with a space; or empty.
        hint: &'static str,
    },
    /// Not JSON, or cut off.
    #[error("The file is not complete JSON: {problem} at line {line}, column {column}. {remedy}")]
    Json {
        /// What the JSON parser found.
        problem: String,
        /// From 1.
        line: usize,
        /// From 1, in bytes.
        column: usize,
        /// What to do about it.
        remedy: &'static str,
    },
    /// Nested deeper than anything that people write.
    #[error(
        "The JSON is nested deeper than {levels} levels of comments: level {levels} is passed at byte {byte}. \
         No real discussion is; check how the file was made."
    )]
    TooDeep {
        /// The deepest level of comments that is read.
        levels: usize,
        /// Where one bracket too many opens.
        byte: usize,
    },
    /// JSON of another kind.
    #[error("The file holds {found}, not {expected}. {remedy}")]
    OtherJson {
        /// What it seems to be.
        found: String,
        /// What the format expects.
        expected: &'static str,
        /// What to do about it.
        remedy: String,
    },
    /// A field without which the thread cannot be made.
    #[error("{place}: the field `{field}` {problem}. Fetch the item again; if it stays so, it cannot be imported.")]
    Field {
        /// Which item.
        place: String,
        /// Which field.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
}
