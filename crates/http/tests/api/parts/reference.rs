//! The API's reference for people.

use door::web::reference::groups;
use pages::views::OperationView;

#[test]
fn every_operation_of_the_document_is_shown_with_words() {
    let document = serde_json::to_value(door::api::document()).unwrap();
    let groups = groups(&document);
    let shown: Vec<&OperationView> = groups.iter().flat_map(|group| &group.operations).collect();
    let written: usize =
        document["paths"].as_object().unwrap().values().map(|path| path.as_object().unwrap().len()).sum();
    assert_eq!(shown.len(), written);
    for operation in shown {
        assert!(!operation.summary.is_empty() && !operation.responses.is_empty(), "{operation:?}");
    }
}
