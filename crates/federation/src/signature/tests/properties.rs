//! What holds for requests that nobody has listed.

use http::Method;
use proptest::prelude::*;
use url::Url;

use super::*;

fn any_value() -> impl Strategy<Value = HeaderValue> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..80),
        "[a-zA-Z0-9\"=,:;() @\\\\-]{0,80}".prop_map(String::into_bytes),
        "(keyId|headers|signature|created)=\"?[a-z() ]{0,20}\"?(,(keyId|headers|signature)=\"[a-z() ]{0,20}\"){0,3}"
            .prop_map(String::into_bytes),
        "sig1=(\\((\"[@a-z-]{0,12}\" ?){0,4}\\)(;[a-z]{1,8}=[0-9\"]{0,9}){0,3}|:[A-Za-z0-9+/=]{0,12}:)"
            .prop_map(String::into_bytes),
    ]
    .prop_filter_map("a header's value", |bytes| HeaderValue::from_bytes(&bytes).ok())
}

/// Requests of ours, ready to be tampered with.
fn signed() -> impl Strategy<Value = Sent> {
    (any::<bool>(), any::<bool>()).prop_map(|(new, post)| {
        let form = if new { Form::Rfc9421 } else { Form::Cavage };
        let (method, body) = if post { (Method::POST, Some(&b"{\"id\":1}"[..])) } else { (Method::GET, None) };
        let url = Url::parse("https://www.example.com/inbox").unwrap();
        let headers = sign(form, &peer(), KEY_ID, &method, &url, body, NOW).unwrap();
        let body = body.unwrap_or_default().to_vec();
        Sent { method: method.to_string(), target: "/inbox".to_owned(), headers, body }
    })
}

proptest! {
    #[test]
    fn arbitrary_headers_never_panic_and_never_verify(
        values in prop::collection::vec(("host|date|digest|content-digest|signature|signature-input|authorization", any_value()), 0..8),
        method in "GET|POST|[A-Z]{1,6}", target in "/.{0,40}", body in prop::collection::vec(any::<u8>(), 0..40), now_ms: i64,
    ) {
        let mut sent = Sent::new(&method, &target, "");
        sent.body = body;
        for (name, value) in values {
            sent.headers.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), value);
        }
        let rules = rules();
        let claim = read(&sent.incoming(), &Here { origin: rules.ours(), now_ms });
        prop_assert!(claim.and_then(|claim| claim.verify(&peers_key())).is_err());
    }

    #[test]
    fn a_change_of_anything_signed_breaks_the_signature(sent in signed(), at: prop::sample::Index, which: prop::sample::Index, to in b'!'..=b'~') {
        // Our form of the RFC covers neither of these three by itself.
        let new = sent.headers.contains_key("signature-input");
        let covered = |name: &str| !new || !matches!(name, "host" | "date" | "content-type");
        let names: Vec<_> = sent.headers.keys().filter(|name| covered(name.as_str())).cloned().collect();
        let name = which.get(&names);
        let mut bytes = sent.headers[name].as_bytes().to_vec();
        let at = at.index(bytes.len());
        prop_assume!(bytes[at] != to);
        bytes[at] = to;
        let mut changed = sent.clone();
        changed.headers.insert(name, HeaderValue::from_bytes(&bytes).unwrap());
        if changed.judged().is_ok() {
            // The draft signs neither its key id nor its label, and reads names in any case.
            prop_assert!(!new && name == "signature", "{:?}", changed);
            let (before, after) = (sent.read().unwrap(), changed.read().unwrap());
            prop_assert_eq!((before.bases, before.signature), (after.bases, after.signature));
        }
    }

    #[test]
    fn another_method_target_or_body_breaks_the_signature(sent in signed(), method in "GET|PUT|POST|get|post", target in "/[a-z?]{0,8}", body in "[a-z]{0,8}") {
        let mut changed = sent.clone();
        (changed.method, changed.target, changed.body) = (method, target, body.into());
        let same = changed.method.eq_ignore_ascii_case(&sent.method) && changed.body == sent.body;
        // By the draft, a query may be left out.
        let path = changed.target.split('?').next() == Some("/inbox");
        prop_assume!(!(same && path));
        prop_assert!(changed.judged().is_err());
    }

    #[test]
    fn a_time_outside_the_window_is_refused(sent in signed(), off in 3_601_000_i64..4_000_000_000_000) {
        let rules = rules();
        for (now_ms, why) in [(NOW + off, Refused::Old), (NOW - off, Refused::Future)] {
            prop_assert_eq!(read(&sent.incoming(), &Here { origin: rules.ours(), now_ms }), Err(why));
        }
    }
}
