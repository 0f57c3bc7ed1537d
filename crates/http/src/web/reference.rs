//! The API's reference for people, from the same document that programs read.

use std::sync::LazyLock;

use pages::views::{ApiPage, OperationGroup, OperationView, ParameterView, ResponseView};
use serde_json::Value;

use super::shell::{Answer, Shell};

/// Methods in the order in which they are shown.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// `/api`
pub async fn page(shell: Shell) -> Answer {
    static GROUPS: LazyLock<Vec<OperationGroup>> = LazyLock::new(|| {
        let document = serde_json::to_value(crate::api::document()).unwrap_or_default();
        groups(&document)
    });
    let frame = shell.frame().await?;
    shell.page(&ApiPage { frame, document: "/api/v1/openapi.json".into(), groups: GROUPS.clone() }).await
}

/// The operations, in groups by the first word of their path.
#[must_use]
pub fn groups(document: &Value) -> Vec<OperationGroup> {
    let mut groups: Vec<OperationGroup> = Vec::new();
    let paths = document.get("paths").and_then(Value::as_object);
    for (path, methods) in paths.into_iter().flatten() {
        let title = path.trim_start_matches("/api/v1/").split('/').next().unwrap_or_default();
        for method in METHODS {
            let Some(operation) = methods.get(method) else { continue };
            let view = view(method, path, operation);
            match groups.iter_mut().find(|group| group.title == title) {
                Some(group) => group.operations.push(view),
                None => groups.push(OperationGroup { title: title.to_owned(), operations: vec![view] }),
            }
        }
    }
    groups
}

fn view(method: &str, path: &str, operation: &Value) -> OperationView {
    let list = |name: &str| operation.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut parameters: Vec<ParameterView> = list("parameters").iter().map(parameter).collect();
    parameters.extend(body(operation));
    let responses = operation.get("responses").and_then(Value::as_object);
    OperationView {
        id: text(operation, "operationId"),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(operation, "summary"),
        description: text(operation, "description"),
        parameters,
        responses: responses
            .into_iter()
            .flatten()
            .map(|(status, response)| ResponseView {
                status: status.clone(),
                description: text(response, "description"),
            })
            .collect(),
    }
}

fn parameter(parameter: &Value) -> ParameterView {
    ParameterView {
        name: text(parameter, "name"),
        place: text(parameter, "in"),
        kind: parameter.get("schema").map(kind).unwrap_or_default(),
        required: parameter.get("required").and_then(Value::as_bool).unwrap_or(false),
        description: text(parameter, "description"),
    }
}

/// The body as one more parameter.
fn body(operation: &Value) -> Option<ParameterView> {
    let body = operation.get("requestBody")?;
    let schema = body.get("content")?.as_object()?.values().next()?.get("schema")?;
    Some(ParameterView {
        name: "body".into(),
        place: "body".into(),
        kind: kind(schema),
        required: body.get("required").and_then(Value::as_bool).unwrap_or(false),
        description: text(body, "description"),
    })
}

/// A schema in a word or two.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        return name.rsplit('/').next().unwrap_or_default().to_owned();
    }
    match schema.get("type") {
        Some(Value::String(kind)) => kind.clone(),
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").collect(),
        _ => String::new(),
    }
}

fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}
