//! The OpenAPI document by itself; that it says what the server does is in `documented`.

use std::collections::BTreeMap;

use door::api::document::{TAGS, document, operations};

#[test]
fn every_operation_has_a_name_of_its_own_and_words() {
    let mut document = document();
    let mut names = BTreeMap::new();
    for (path, item) in &mut document.paths.paths {
        for (_, operation) in operations(item) {
            let name = operation.operation_id.clone().unwrap();
            assert_eq!(names.insert(name.clone(), path.clone()), None, "{name} twice");
            assert!(operation.summary.is_some(), "{name} has no summary");
            assert!(operation.tags.iter().flatten().all(|tag| TAGS.iter().any(|(known, _)| known == tag)), "{name}");
        }
    }
    assert!(names.len() >= 40, "{}", names.len());
}

/// Every reference leads to a schema that is there.
#[test]
fn no_reference_leads_nowhere() {
    let text = serde_json::to_string(&document()).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    for part in text.split("\"$ref\":\"#").skip(1) {
        let pointer = part.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
}

/// Of two schemas of one name the document has one, and says what is wrong of the other.
#[test]
fn every_schema_has_a_name_of_its_own() {
    let mut known = BTreeMap::new();
    for components in door::api::operations().described().filter_map(|document| document.components) {
        for (name, schema) in components.schemas {
            let schema = serde_json::to_value(schema).unwrap();
            let before = known.entry(name.clone()).or_insert_with(|| schema.clone());
            assert_eq!(*before, schema, "{name}");
        }
    }
    assert!(known.len() > 100, "{}", known.len());
}
