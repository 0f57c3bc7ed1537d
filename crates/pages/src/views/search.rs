//! The search page.

use askama::Template;

use super::{Author, BoardLink, Choice, Field, FieldKind, Frame, Notice, Problems, Robots};

/// A piece of what was found; the pieces of an excerpt follow one another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Excerpt {
    /// As it stands.
    Plain(String),
    /// What was searched for.
    Match(String),
}

/// A comment or thread that was found.
#[derive(Debug, Clone)]
pub struct SearchResult {
    /// The comment.
    pub id: i64,
    /// Title of its thread.
    pub thread_title: String,
    /// Path of its thread.
    pub thread_path: String,
    /// Who wrote it.
    pub author: Option<Author<'static>>,
    /// When, Unix milliseconds.
    pub published_ms: i64,
    /// Ups minus downs.
    pub score: i64,
    /// Whether it is sensitive: then the part is unfolded by who wants to see it.
    pub covered: bool,
    /// The part of it that fits the search, as text.
    pub excerpt: Vec<Excerpt>,
}

/// The search and what it found: GET `/search` with `q`, `author`, `board`, `since`, `until`.
#[derive(Debug, Clone, Template)]
#[template(path = "search.html")]
pub struct SearchPage {
    /// What stands around it.
    pub frame: Frame,
    /// The words.
    pub query: String,
    /// Only from this author; may be empty.
    pub author: String,
    /// Only from this board, by name; may be empty.
    pub board: String,
    /// The boards to choose from.
    pub boards: Vec<BoardLink>,
    /// Only from this day on, `YYYY-MM-DD`; may be empty.
    pub since: String,
    /// Only up to this day, `YYYY-MM-DD`; may be empty.
    pub until: String,
    /// What is wrong with the search; fields as above.
    pub problems: Problems,
    /// What was found; nothing when nothing was asked.
    pub results: Option<Vec<SearchResult>>,
    /// Address of the next page.
    pub next: Option<String>,
}

impl SearchPage {
    fn fields(&self) -> Vec<Field> {
        let every = Choice { value: String::new(), label: "All boards".to_owned() };
        let boards = self.boards.iter().map(|board| Choice { value: board.name.clone(), label: board.title.clone() });
        let boards = FieldKind::Select(std::iter::once(every).chain(boards).collect());
        vec![
            Field::new("author", "Author", FieldKind::Line).value(self.author.clone()),
            Field::new("board", "Board", boards).value(self.board.clone()),
            Field::new("since", "From", FieldKind::Date).value(self.since.clone()),
            Field::new("until", "Until", FieldKind::Date).value(self.until.clone()),
        ]
        .into_iter()
        .map(|field| field.check(&self.problems))
        .collect()
    }

    fn is_narrowed(&self) -> bool {
        [&self.author, &self.board, &self.since, &self.until].into_iter().any(|filter| !filter.is_empty())
            || !self.problems.0.is_empty()
    }

    fn words(&self) -> Field {
        Field::new("q", "Words", FieldKind::Line)
            .value(self.query.clone())
            .required()
            .longest(200)
            .check(&self.problems)
    }
}
