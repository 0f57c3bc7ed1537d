//! Links of the document.

use door::api::links::LINKS;

#[test]
fn links_lead_to_operations_that_are_there() {
    let document = serde_json::to_string(&door::api::document()).unwrap();
    for (from, _, _, followers) in LINKS {
        for name in followers.iter().chain([&from]) {
            assert!(document.contains(&format!("\"operationId\":\"{name}\",\"")), "{name}");
        }
    }
}
