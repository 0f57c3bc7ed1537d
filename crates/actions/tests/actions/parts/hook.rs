//! What a hook says.

use actions::rules::hook::{Verdict, understood};

#[test]
fn an_answer_is_understood_or_none() {
    let said = understood(br#"{"verdict":"hold","reason":" spam? ","tags":["links",""],"later":1}"#).unwrap();
    assert_eq!((said.verdict, said.reason.as_str(), said.tags), (Verdict::Hold, "spam?", vec!["links".to_owned()]));
    for nonsense in
        [r#"["approve"]"#, "{}", "[]", "\"approve\"", r#"{"verdict":"maybe"}"#, r#"{"verdict":"hold","tags":[1]}"#, "{"]
    {
        assert!(understood(nonsense.as_bytes()).is_err(), "{nonsense}");
    }
}

#[test]
fn what_it_says_is_bounded() {
    let long =
        serde_json::json!({ "verdict": "approve", "reason": "é".repeat(9_000), "tags": vec!["x".repeat(99); 50] });
    let said = understood(long.to_string().as_bytes()).unwrap();
    assert_eq!((said.reason.chars().count(), said.tags.len(), said.tags[0].len()), (500, 10, 60));
}
