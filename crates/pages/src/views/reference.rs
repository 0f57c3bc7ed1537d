//! The readable page of the API.

use askama::Template;

use super::{Frame, Notice, Robots};

/// A parameter of an operation, or a field of its body.
#[derive(Debug, Clone)]
pub struct ParameterView {
    /// Its name.
    pub name: String,
    /// Where it goes: `path`, `query`, `header`, `body`.
    pub place: String,
    /// Its type in words: `string`, `integer`.
    pub kind: String,
    /// Whether it has to be given.
    pub required: bool,
    /// What it means.
    pub description: String,
}

/// A response of an operation.
#[derive(Debug, Clone)]
pub struct ResponseView {
    /// The HTTP status, or a range such as `4XX`.
    pub status: String,
    /// What it means.
    pub description: String,
}

/// One operation.
#[derive(Debug, Clone)]
pub struct OperationView {
    /// Unique, for the address of its place on the page.
    pub id: String,
    /// The HTTP method in capitals.
    pub method: String,
    /// The path with its parameters in braces.
    pub path: String,
    /// What it does, in a line.
    pub summary: String,
    /// What there is to know besides; may be empty.
    pub description: String,
    /// What it takes.
    pub parameters: Vec<ParameterView>,
    /// What it answers.
    pub responses: Vec<ResponseView>,
}

/// Operations that belong together.
#[derive(Debug, Clone)]
pub struct OperationGroup {
    /// What they are about.
    pub title: String,
    /// The operations.
    pub operations: Vec<OperationView>,
}

/// The API for people.
#[derive(Debug, Clone, Template)]
#[template(path = "api.html")]
pub struct ApiPage {
    /// What stands around it.
    pub frame: Frame,
    /// Path of the OpenAPI document.
    pub document: String,
    /// All operations, by group.
    pub groups: Vec<OperationGroup>,
}
