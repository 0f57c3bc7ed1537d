//! What we sign is what we, and by the vectors others, read; and what the servers we know send is read.

use http::Method;
use url::Url;

use super::*;

/// A request of ours as the other server gets it.
fn delivered(form: Form, method: &Method, url: &str, body: Option<&[u8]>) -> Sent {
    let url = Url::parse(url).unwrap();
    let headers = sign(form, &peer(), KEY_ID, method, &url, body, NOW).unwrap();
    let target = url.query().map_or(url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    Sent { method: method.to_string(), target, headers, body: body.unwrap_or_default().to_vec() }
}

#[test]
fn what_we_sign_is_taken_in_both_forms() {
    for form in [Form::Cavage, Form::Rfc9421] {
        delivered(form, &Method::GET, "https://www.example.com/u/ana", None).must_be_taken();
        delivered(form, &Method::GET, "https://www.example.com/u/%61na/outbox?page=2&q=%C3%BC", None).must_be_taken();
        delivered(form, &Method::POST, "https://www.example.com/inbox", Some(b"{}")).must_be_taken();
        delivered(form, &Method::POST, "https://www.example.com/inbox", Some(b"")).must_be_taken();
        delivered(form, &Method::POST, "https://www.example.com/inbox#part", Some(b"{}")).must_be_taken();
    }
}

#[test]
fn what_we_sign_is_taken_on_a_test_network_with_ports() {
    let rules = Rules::new("http://a.test:8001", vec!["127.0.0.0/8".parse().unwrap()]).unwrap();
    for form in [Form::Cavage, Form::Rfc9421] {
        let sent = delivered(form, &Method::POST, "http://a.test:8001/inbox", Some(b"{}"));
        let claim = read(&sent.incoming(), &Here { origin: rules.ours(), now_ms: NOW }).unwrap();
        assert_eq!(claim.verify(&peers_key()), Ok(()));
    }
}

#[test]
fn the_draft_is_signed_as_old_servers_want_it() {
    let sent = delivered(Form::Cavage, &Method::POST, "https://www.example.com/inbox", Some(b"Hello world"));
    assert_eq!(sent.value("host"), "www.example.com");
    assert_eq!(sent.value("date"), DATE);
    assert_eq!(sent.value("digest"), HELLO);
    assert_eq!(sent.value("content-type"), "application/activity+json");
    let head = format!(
        r#"keyId="{KEY_ID}",algorithm="rsa-sha256",headers="(request-target) host date digest content-type",signature=""#
    );
    assert!(sent.value("signature").starts_with(&head));
    assert_eq!(sent.headers.len(), 5);
    let get = delivered(Form::Cavage, &Method::GET, "https://www.example.com/u/ana", None);
    assert!(get.value("signature").contains(r#"headers="(request-target) host date""#));
    assert_eq!(get.headers.len(), 3);
}

#[test]
fn the_rfc_is_signed_as_mastodon_wants_it() {
    let sent = delivered(Form::Rfc9421, &Method::POST, "https://www.example.com/inbox", Some(b"Hello world"));
    assert_eq!(sent.value("content-digest"), HELLO_CONTENT);
    assert_eq!(sent.value("signature-input"), format!("sig1=({USUAL_9421}){}", parameters_9421()));
    assert_eq!(sent.headers.len(), 6);
    // The other reading of the RFC, that of the tests, gives the same bytes: RSA PKCS #1 v1.5 has no chance in it.
    assert_eq!(sent.value("signature"), Sent::post().usual_9421().value("signature"));
}

#[test]
fn what_cannot_be_signed_is_a_failure() {
    let get = |key_id: &str, url: &str| {
        sign(Form::Cavage, &peer(), key_id, &Method::GET, &Url::parse(url).unwrap(), None, NOW).unwrap_err()
    };
    assert_eq!(get("https://a.example/\"", "https://b.example/"), CannotSign::KeyId);
    assert_eq!(get("https://a.example/\r\nX: y", "https://b.example/"), CannotSign::KeyId);
    assert_eq!(get("https://a.example/", "data:text/plain,x"), CannotSign::Address);
}

#[test]
fn what_the_servers_we_know_send_is_taken() {
    let hs2019 = format!(r#"keyId="{KEY_ID}",algorithm="hs2019""#);
    let old = format!(r#"keyId="{KEY_ID}",algorithm="rsa-sha256""#);
    let post = || Sent::post().with("content-type", "application/activity+json").with("content-length", "11");
    // Mastodon, GoToSocial, Misskey, Lemmy, Akkoma.
    post().cavage("(request-target) host date digest content-type", &old).must_be_taken();
    post().cavage("(request-target) host date digest", &hs2019).must_be_taken();
    post().cavage("(request-target) date host digest", &old).must_be_taken();
    post().cavage("(request-target) content-type date digest host", &hs2019).must_be_taken();
    post().cavage("(request-target) content-length date digest host", &old).must_be_taken();
    let created = format!("{hs2019},created={NOW_SECONDS},expires={}", NOW_SECONDS + 10);
    post().cavage("(request-target) (created) (expires) content-type date digest host", &created).must_be_taken();
    // Fedify: all that it sends, and another order of parameters in the RFC.
    let all = "(request-target) accept content-type date digest host user-agent";
    post().with("accept", "*/*").with("user-agent", "Fedify/2.0").cavage(all, &old).must_be_taken();
    post()
        .rfc9421(
            r#""@method" "@target-uri" "@authority" "host" "date" "content-digest""#,
            &format!(r#";alg="rsa-v1_5-sha256";keyid="{KEY_ID}";created={NOW_SECONDS}"#),
        )
        .must_be_taken();
    // GoToSocial's key has a path of its own.
    let gotosocial = r#"keyId="https://remote.domain/users/bob/main-key",algorithm="hs2019""#;
    Sent::get("/u/ana").cavage("(request-target) host date", gotosocial).must_be_taken();
}
