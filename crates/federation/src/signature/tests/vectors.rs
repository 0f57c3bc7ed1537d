//! Examples printed elsewhere: draft-cavage-12 Appendix C, RFC 9421 sections 4.3 and B.2.6, and the cases of Mastodon's tests, signed anew.

use super::*;
use crate::signature::cavage::Parameters;
use crate::signature::rfc9421::Labelled;

/// Appendix C of the draft: 1,024 bits, whatever the text says.
const DRAFT_KEY: &str = "-----BEGIN PUBLIC KEY-----\n\
    MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCFENGw33yGihy92pDjZQhl0C3\n\
    6rPJj+CvfSC8+q28hxA161QFNUd13wuCTUcq0Qd2qsBe/2hFyc2DCJJg0h1L78+6\n\
    Z4UMR7EOcpfdUE9Hf3m/hs+FUR45uBJeDK1HSFHD8bHKD6kv8FPGfJTotc+2xjJw\n\
    oYi+1hqp1fIekaxsyQIDAQAB\n\
    -----END PUBLIC KEY-----\n";

const C1: &str = "SjWJWbWN7i0wzBvtPl8rbASWz5xQW6mcJmn+ibttBqtifLN7Sazz6m79cNfwwb8DMJ5cou1s7uEGKKCs+FLEEaDV5lp7q25WqS+lavg7T8hc0GppauB6hbgEKTwblDHYGEtbGmtdHgVCk9SuS13F0hZ8FD0k/5OxEPXe5WozsbM=";
const C2: &str = "qdx+H7PHHDZgy4y/Ahn9Tny9V3GP6YgBPyUXMmoxWtLbHpUnXS2mg2+SbrQDMCJypxBLSPQR2aAjn7ndmw2iicw3HMbe8VfEdKFYRqzic+efkb3nndiv/x1xSHDJWeSWkx3ButlYSuBskLu6kd9Fswtemr3lgdDEmn04swr2Os0=";
const C3: &str = "vSdrb+dS3EceC9bcwHSo4MlyKS59iFIrhgYkz8+oVLEEzmYZZvRs8rgOp+63LEM3v+MFHB32NfpB2bEKBIvB1q52LaEUHFv120V01IL+TAD48XaERZFukWgHoBTLMhYS2Gb51gWxpeIq8knRmPnYePbF5MOkR0Zkly4zKH7s1dE=";

fn drafts_request() -> Sent {
    Sent::new("POST", "/foo?param=value&pet=dog", r#"{"hello": "world"}"#)
        .with("host", "example.com")
        .with("date", "Sun, 05 Jan 2014 21:31:40 GMT")
        .with("content-type", "application/json")
        .with("digest", "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=")
        .with("content-length", "18")
}

/// Whether the signature is the draft's key's over these headers, whatever our rules say of them.
fn is_of_the_draft(covered: &str, signature: &str) -> bool {
    let text = format!(
        r#"keyId="Test",algorithm="rsa-sha256",created=1402170695,expires=1402170699,headers="{covered}",signature="{signature}""#
    );
    let parameters = Parameters::read(&text).unwrap();
    let sent = drafts_request();
    let base = parameters.base(&sent.incoming(), &sent.target).unwrap();
    let key = PublicKey::from_pem_of_a_draft(DRAFT_KEY).unwrap();
    key.verify(base.as_bytes(), &parameters.signature, Hash::Sha256).is_ok()
}

#[test]
fn v1_the_examples_of_the_draft_verify() {
    assert!(is_of_the_draft("date", C1));
    assert!(is_of_the_draft("(request-target) host date", C2));
    assert!(is_of_the_draft("(request-target) host date content-type digest content-length", C3));
}

#[test]
fn v1_the_list_that_the_draft_prints_for_its_last_example_does_not_verify() {
    assert!(!is_of_the_draft("(request-target) (created) (expires) host date content-type digest content-length", C3));
    assert!(!is_of_the_draft("(request-target) host date", C1));
}

#[test]
fn v1_the_key_of_the_draft_is_too_small() {
    assert_eq!(PublicKey::from_pem(DRAFT_KEY).unwrap_err(), crate::keys::BadKey::Small(1_024));
}

#[test]
fn v2_the_rfcs_example_for_another_type_of_key_is_refused() {
    let sent = Sent::new("POST", "/foo?param=Value&Pet=dog", r#"{"hello": "world"}"#)
        .with("host", "example.com")
        .with("date", "Tue, 20 Apr 2021 02:07:55 GMT")
        .with("content-type", "application/json")
        .with("content-length", "18")
        .with("signature-input", r#"sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519""#)
        .with("signature", "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:");
    let rules = Rules::new("https://example.com", Vec::new()).unwrap();
    let here = Here { origin: rules.ours(), now_ms: 1_618_884_473_000 };
    assert_eq!(read(&sent.incoming(), &here), Err(Refused::NotCovered("@target-uri")));
}

/// RFC 9421, section B.1.1.
const RFC_KEY: &str = "-----BEGIN RSA PUBLIC KEY-----\n\
    MIIBCgKCAQEAhAKYdtoeoy8zcAcR874L8cnZxKzAGwd7v36APp7Pv6Q2jdsPBRrw\n\
    WEBnez6d0UDKDwGbc6nxfEXAy5mbhgajzrw3MOEt8uA5txSKobBpKDeBLOsdJKFq\n\
    MGmXCQvEG7YemcxDTRPxAleIAgYYRjTSd/QBwVW9OwNFhekro3RtlinV0a75jfZg\n\
    kne/YiktSvLG34lw2zqXBDTC5NHROUqGTlML4PlNZS5Ri2U4aCNx2rUPRcKIlE0P\n\
    uKxI4T+HIaFpv8+rdV6eUgOrB2xeI1dSFFn/nnv5OoZJEIB+VmuKn3DCUcCZSFlQ\n\
    PSXSfBDiUGhwOw76WuSSsf1D4b/vLoJ10wIDAQAB\n\
    -----END RSA PUBLIC KEY-----\n";

#[test]
fn v3_the_rfcs_example_for_rsa_has_this_base_and_verifies() {
    let sent = Sent::new("POST", "/foo", r#"{"hello": "world"}"#)
        .with("host", "origin.host.internal.example")
        .with("content-type", "application/json")
        .with("content-length", "18")
        .with(
            "content-digest",
            "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
        )
        .with("forwarded", "for=192.0.2.123;host=example.com;proto=https");
    let rules = Rules::new("https://origin.host.internal.example", Vec::new()).unwrap();
    let here = Here { origin: rules.ours(), now_ms: 1_618_884_480_000 };
    let input = r#"proxy_sig=("@method" "@authority" "@path" "content-digest" "content-type" "content-length" "forwarded");created=1618884480;keyid="test-key-rsa";alg="rsa-v1_5-sha256";expires=1618884540"#;
    let signature = "proxy_sig=:S6ZzPXSdAMOPjN/6KXfXWNO/f7V6cHm7BXYUh3YD/fRad4BCaRZxP+JH+8XY1I6+8Cy+CM5g92iHgxtRPz+MjniOaYmdkDcnL9cCpXJleXsOckpURl49GwiyUpZ10KHgOEe11sx3G2gxI8S0jnxQB+Pu68U9vVcasqOWAEObtNKKZd8tSFu7LB5YAv0RAGhB8tmpv7sFnIm9y+7X5kXQfi8NMaZaA8i2ZHwpBdg7a6CMfwnnrtflzvZdXAsD3LH2TwevU+/PBPv0B6NMNk93wUs/vfJvye+YuI87HU38lZHowtznbLVdp770I6VHR6WfgS9ddzirrswsE1w5o0LV/g==:";
    let labelled = Labelled::read(input, signature).unwrap();
    let base = labelled.base(&sent.incoming(), &here).unwrap();
    assert_eq!(
        base,
        r#""@method": POST
"@authority": origin.host.internal.example
"@path": /foo
"content-digest": sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:
"content-type": application/json
"content-length": 18
"forwarded": for=192.0.2.123;host=example.com;proto=https
"@signature-params": ("@method" "@authority" "@path" "content-digest" "content-type" "content-length" "forwarded");created=1618884480;keyid="test-key-rsa";alg="rsa-v1_5-sha256";expires=1618884540"#
    );
    let key = PublicKey::from_pem(RFC_KEY).unwrap();
    assert!(key.verify(base.as_bytes(), &labelled.signature, Hash::Sha256).is_ok());
    // The digest is right, too; what our rules miss is the target.
    let value = sent.value("content-digest");
    assert_eq!(digest::check_content(&value, &sent.body), Ok(()));
    let sent = sent.with("signature-input", input).with("signature", signature);
    assert_eq!(read(&sent.incoming(), &here), Err(Refused::NotCovered("@target-uri")));
}

#[test]
fn v4_mastodons_cases_for_the_draft() {
    let get = || Sent::get("/activitypub/success");
    let usual = |sent: Sent| sent.cavage("date host (request-target)", &format!(r#"keyId="{KEY_ID}""#));
    get().must_be_refused(&Refused::Unsigned);
    usual(get()).must_be_taken();
    let mut other_path = usual(get());
    other_path.target = "/activitypub/alternative-path".to_owned();
    other_path.must_be_refused(&Refused::Wrong);
    let mut other_method = usual(Sent::new("GET", "/activitypub/success", ""));
    other_method.method = "HEAD".to_owned();
    other_method.must_be_refused(&Refused::Wrong);
    usual(get().with("date", "wrong date")).must_be_refused(&Refused::NotADate);
    usual(get().with("date", "Mon, 18 Dec 2023 10:00:00 GMT")).must_be_refused(&Refused::Old);
    let post = || Sent::new("POST", "/activitypub/success", "Hello world");
    post()
        .cavage("host date (request-target)", &format!(r#"keyId="{KEY_ID}""#))
        .must_be_refused(&Refused::NotCovered("digest"));
    post().with("digest", HELLO).usual().must_be_taken();
    post()
        .with("digest", "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=")
        .usual()
        .must_be_refused(&Refused::OtherBody("Digest"));
}

#[test]
fn v4_a_query_may_be_signed_or_left_out() {
    let sign = |target: &str| Sent::get(target).cavage("date host (request-target)", &format!(r#"keyId="{KEY_ID}""#));
    sign("/outbox?page=2").must_be_taken();
    let mut left_out = sign("/outbox");
    left_out.target = "/outbox?page=2".to_owned();
    left_out.must_be_taken();
    let mut other = sign("/outbox?page=1");
    other.target = "/outbox?page=2".to_owned();
    other.clone().must_be_refused(&Refused::Wrong);
    other.target = "/outbox".to_owned();
    other.must_be_refused(&Refused::Wrong);
}

#[test]
fn v4_a_key_that_was_changed_does_not_verify_what_the_old_one_signed() {
    let other = PublicKey::from_pem(RFC_KEY).unwrap();
    assert_eq!(Sent::post().usual().read().unwrap().verify(&other), Err(Refused::Wrong));
    assert_eq!(Sent::post().usual_9421().read().unwrap().verify(&other), Err(Refused::Wrong));
}

#[test]
fn v4_mastodons_cases_for_the_rfc() {
    let get = || Sent::get("/activitypub/success");
    let usual = |sent: Sent| sent.rfc9421(r#""@method" "@target-uri""#, &parameters_9421());
    usual(get()).must_be_taken();
    usual(Sent::get("/outbox?page=2")).must_be_taken();
    let mut left_out = usual(Sent::get("/outbox"));
    left_out.target = "/outbox?page=2".to_owned();
    left_out.must_be_refused(&Refused::Wrong);
    let mut other_method = usual(get());
    other_method.method = "HEAD".to_owned();
    other_method.must_be_refused(&Refused::Wrong);
    Sent::post().usual_9421().must_be_taken();
    Sent::post()
        .with("content-digest", "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:")
        .usual_9421()
        .must_be_refused(&Refused::OtherBody("Content-Digest"));
}

#[test]
fn v6_digests_are_what_everybody_computes() {
    assert_eq!(digest::sha256(b""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    assert_eq!(digest::sha256(br#"{"hello": "world"}"#), "X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=");
    assert_eq!(digest::check("SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", b""), Ok(()));
}
