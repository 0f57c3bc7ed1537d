//! What must be refused, by the lines of the list of adversarial cases.

use super::*;

const RIGHT: &str = "ZOyIygCyaOW6GjVnihtTFtIS9PNmskdyMlNKiuyjfzw=";
const OTHER: &str = "X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=";

fn labelled(algorithm: &str) -> String {
    format!(r#"keyId="{KEY_ID}",algorithm="{algorithm}""#)
}

fn structured(header: &'static str) -> Refused {
    Refused::Structured(header)
}

#[test]
fn a01_a_post_without_a_signature_is_refused() {
    Sent::post().must_be_refused(&Refused::Unsigned);
    Sent::post().with("authorization", "Bearer secret").must_be_refused(&Refused::Unsigned);
}

#[test]
fn a02_a_body_changed_after_signing_is_refused() {
    for mut sent in [Sent::post().usual(), Sent::post().usual_9421()] {
        sent.body = b"Hello worlds".to_vec();
        assert!(matches!(sent.judged(), Err(Refused::OtherBody(_))));
    }
}

#[test]
fn a03_a_digest_that_is_not_signed_is_refused() {
    Sent::post()
        .cavage("(request-target) host date", &labelled("hs2019"))
        .must_be_refused(&Refused::NotCovered("digest"));
    Sent::post()
        .rfc9421(r#""@method" "@target-uri""#, &parameters_9421())
        .must_be_refused(&Refused::NotCovered("content-digest"));
}

#[test]
fn a04_a_signed_length_is_no_digest() {
    Sent::post()
        .with("content-length", "11")
        .without("digest")
        .cavage("(request-target) host date content-length", &labelled("hs2019"))
        .must_be_refused(&Refused::NotCovered("digest"));
    Sent::post().without("digest").usual().must_be_refused(&Refused::HeaderMissing("digest".to_owned()));
}

#[test]
fn a05_a_digest_must_be_one_and_what_its_label_says() {
    let refused = Refused::Digest("Digest");
    for digest in [
        format!("SHA-256={RIGHT},SHA-256={OTHER}"),
        format!("SHA-256={OTHER},SHA-256={RIGHT}"),
        format!("SHA-256={RIGHT},SHA-256={RIGHT}"),
        format!("SHA-512={RIGHT}"),
        format!("SHA-512={}", STANDARD.encode([0; 64])),
        format!("SHA-256={}", STANDARD.encode([0; 16])),
        "MD5=PiWWCnnbxptnTNTsZ6csYg==".to_owned(),
        format!("MD5=PiWWCnnbxptnTNTsZ6csYg==,SHA-256={RIGHT}"),
        RIGHT.to_owned(),
        format!("SHA-256 ={RIGHT}"),
        format!("SHA-256={}", RIGHT.trim_end_matches('=')),
        String::new(),
    ] {
        Sent::post().with("digest", &digest).usual().must_be_refused(&refused);
    }
    Sent::post().with("digest", &format!("SHA-256={OTHER}")).usual().must_be_refused(&Refused::OtherBody("Digest"));
    Sent::post().usual().and("digest", HELLO).must_be_refused(&Refused::HeaderRepeated("digest".to_owned()));
    for label in ["sha-256", "Sha-256", "SHA-256"] {
        Sent::post().with("digest", &format!("{label}={RIGHT}")).usual().must_be_taken();
    }
}

#[test]
fn a05_every_content_digest_that_we_can_compute_must_be_right() {
    let right = "kZIV+5f1N2evVhWs53cI3Zc7KG6QKRTpe6R3rJ4+9Eo=";
    assert_ne!(right, RIGHT);
    let sha512 = STANDARD.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA512, b"Hello world"));
    let send = |digest: &str| Sent::post().with("content-digest", digest).usual_9421();
    send(&format!("sha-512=:{sha512}:")).must_be_taken();
    send(&format!("sha-256=:{RIGHT}:, sha-512=:{sha512}:")).must_be_taken();
    send(&format!("sha-256=:{RIGHT}:, unknown=:{RIGHT}:")).must_be_taken();
    let other_body = Refused::OtherBody("Content-Digest");
    send(&format!("sha-256=:{RIGHT}:, sha-512=:{RIGHT}:")).must_be_refused(&other_body);
    send(&format!("sha-256=:{OTHER}:, sha-512=:{sha512}:")).must_be_refused(&other_body);
    send(&format!("sha-256=:{right}:")).must_be_refused(&other_body);
    send("sha-256=::").must_be_refused(&other_body);
    for unknown in [format!("md5=:{RIGHT}:"), format!("sha-256=\"{RIGHT}\""), "sha-256".to_owned()] {
        send(&unknown).must_be_refused(&Refused::Digest("Content-Digest"));
    }
    for unreadable in [
        format!("sha-256=:{OTHER}:, sha-256=:{RIGHT}:"),
        format!("SHA-256=:{RIGHT}:"),
        format!("sha-256={RIGHT}"),
        format!("sha-256=:{}:", RIGHT.trim_end_matches('=')),
    ] {
        send(&unreadable).must_be_refused(&structured("Content-Digest"));
    }
}

#[test]
fn a06_digest_only_signature_is_refused() {
    Sent::post().cavage("digest", &labelled("hs2019")).must_be_refused(&Refused::NotCovered("(request-target)"));
    Sent::post()
        .cavage("digest date host", &labelled("hs2019"))
        .must_be_refused(&Refused::NotCovered("(request-target)"));
    Sent::post()
        .cavage("(request-target) digest date", &labelled("hs2019"))
        .must_be_refused(&Refused::NotCovered("host"));
}

#[test]
fn a07_a_captured_request_is_refused_at_another_path() {
    for mut sent in [Sent::post().usual(), Sent::post().usual_9421()] {
        sent.target = "/u/ana/inbox".to_owned();
        sent.must_be_refused(&Refused::Wrong);
    }
}

#[test]
fn a08_a_request_for_another_host_is_refused() {
    let refused = Refused::OtherHost { ours: "www.example.com".to_owned() };
    for host in ["other.example", "www.example.com:8443", "www.example.com.", "www.example.com:443:443", "", "www"] {
        Sent::post().with("host", host).usual().must_be_refused(&refused);
        Sent::post().with("host", host).usual_9421().must_be_refused(&refused);
    }
    Sent::post().usual().without("host").must_be_refused(&Refused::HeaderMissing("host".to_owned()));
    Sent::post().usual().and("host", "www.example.com").must_be_refused(&Refused::HeaderRepeated("host".to_owned()));
    for host in ["WWW.example.com", "www.example.com:443"] {
        Sent::post().with("host", host).usual().must_be_taken();
    }
}

#[test]
fn a09_a_date_in_the_future_is_refused() {
    let sent = |date: &str| Sent::post().with("date", date).usual();
    sent("Wed, 20 Dec 2023 11:00:01 GMT").must_be_refused(&Refused::Future);
    sent("Sun, 20 Dec 2043 10:00:00 GMT").must_be_refused(&Refused::Future);
    sent("Wed, 20 Dec 2023 11:00:00 GMT").must_be_taken();
}

#[test]
fn a10_a_date_older_than_the_window_is_refused() {
    let sent = |date: &str| Sent::post().with("date", date).usual();
    sent("Wed, 20 Dec 2023 08:59:59 GMT").must_be_refused(&Refused::Old);
    sent("Thu, 01 Jan 1970 00:00:00 GMT").must_be_refused(&Refused::Old);
    sent("Wed, 20 Dec 2023 09:00:00 GMT").must_be_taken();
}

#[test]
fn a11_a_request_without_a_signed_date_is_refused() {
    let no_date = Refused::NotCovered("date or (created)");
    Sent::post().cavage("(request-target) host digest", &labelled("hs2019")).must_be_refused(&no_date);
    Sent::post().without("date").cavage("(request-target) host digest", &labelled("hs2019")).must_be_refused(&no_date);
    Sent::post().without("date").usual().must_be_refused(&Refused::HeaderMissing("date".to_owned()));
    for date in ["garbage", "", "1703066400", "2023-12-20T10:00:00Z", "Wed, 20 Dec 2023 10:00:00 CET"] {
        Sent::post().with("date", date).usual().must_be_refused(&Refused::NotADate);
    }
}

#[test]
fn a12_times_in_the_parameters_are_held_to_the_clock() {
    let times = |covered: &str, times: &str| {
        Sent::post()
            .cavage(&format!("(request-target) host digest {covered}"), &format!("{},{times}", labelled("hs2019")))
    };
    times("(created)", &format!("created={NOW_SECONDS}")).must_be_taken();
    times("(created)", &format!("created=\"{NOW_SECONDS}\"")).must_be_taken();
    times("(created) (expires)", &format!("created={NOW_SECONDS},expires={}", NOW_SECONDS + 300)).must_be_taken();
    times("(created)", &format!("created={}", NOW_SECONDS + 3_601)).must_be_refused(&Refused::Future);
    times("(created)", &format!("created={}", NOW_SECONDS - 3_601)).must_be_refused(&Refused::Old);
    times("date", &format!("created={}", NOW_SECONDS + 3_601)).must_be_refused(&Refused::Future);
    times("date", "created=4071000000").must_be_refused(&Refused::Future);
    times("date", &format!("expires={NOW_SECONDS}")).must_be_refused(&Refused::Expired);
    times("date (expires)", &format!("expires={}", NOW_SECONDS - 1)).must_be_refused(&Refused::Expired);
    for odd in ["soon", "1.5", "-1", "+1", "1e9", "99999999999999999999", "0x10"] {
        times("date", &format!("expires={odd}")).must_be_refused(&Refused::NotSeconds("expires"));
        times("date", &format!("created=\"{odd}\"")).must_be_refused(&Refused::NotSeconds("created"));
    }
    times("date", &format!("expires={}", i64::MAX)).must_be_refused(&Refused::NotSeconds("expires"));
}

#[test]
fn a12_created_and_expires_need_the_new_label() {
    let covered = "(request-target) host digest date (created)";
    for label in ["rsa-sha256", "rsa-sha512"] {
        let parameters = format!("{},created={NOW_SECONDS}", labelled(label));
        Sent::post().cavage(covered, &parameters).must_be_refused(&Refused::OldLabel);
    }
    let unlabelled = format!(r#"keyId="{KEY_ID}",created={NOW_SECONDS}"#);
    Sent::post().cavage(covered, &unlabelled).must_be_taken();
    // Named, and not given.
    let sent = Sent::post().cavage(covered, &unlabelled);
    let without = sent.value("signature").replace(&format!("created={NOW_SECONDS},"), "");
    sent.with("signature", &without).must_be_refused(&Refused::ParameterMissing("created"));
}

#[test]
fn a16_a_request_with_two_signatures_is_refused() {
    let one = Sent::post().usual();
    let value = one.value("signature");
    one.clone().and("signature", &value).must_be_refused(&Refused::SeveralSignatures);
    for scheme in ["Signature", "signature", "SIGNATURE"] {
        let beside = one.clone().with("authorization", &format!("{scheme} {value}"));
        beside.clone().must_be_refused(&Refused::SeveralSignatures);
        beside.without("signature").must_be_taken();
    }
    one.clone().with("authorization", "Signature").must_be_refused(&Refused::SeveralSignatures);
    one.clone()
        .without("signature")
        .with("authorization", &format!("Signature {value}"))
        .and("authorization", &format!("Signature {value}"))
        .must_be_refused(&Refused::SeveralSignatures);
    one.with("authorization", "Bearer secret").must_be_taken();
}

#[test]
fn a16_an_authorization_beside_the_rfcs_signature_is_refused() {
    let one = Sent::post().usual_9421();
    let value = one.value("signature");
    one.clone().with("authorization", &format!("Signature {value}")).must_be_refused(&Refused::SeveralSignatures);
    one.clone()
        .without("signature")
        .with("authorization", &format!("Signature {value}"))
        .must_be_refused(&Refused::HeaderMissing("signature".to_owned()));
    let input = one.value("signature-input");
    one.and("signature-input", &input).must_be_refused(&Refused::HeaderRepeated("signature-input".to_owned()));
}

#[test]
fn a19_the_claim_says_whose_key_it_is_and_another_key_does_not_verify() {
    let claim = Sent::post().usual().read().unwrap();
    assert_eq!(claim.key_id, KEY_ID);
    assert_eq!(rules().document_of(&claim.key_id).unwrap().as_str(), "https://remote.domain/users/bob");
    let other = PublicKey::from_pem(&PrivateKey::generate().unwrap().public_pem()).unwrap();
    assert_eq!(claim.verify(&other), Err(Refused::Wrong));
}

#[test]
fn a21_a_key_id_that_is_no_public_address_is_refused() {
    for key_id in
        ["acct:bob@remote.domain", "http://127.0.0.1/key", "https://127.0.0.1/key", "data:text/plain,x", "", "/key"]
    {
        let sent = Sent::post().cavage(USUAL, &format!(r#"keyId="{key_id}""#));
        assert!(rules().document_of(&sent.read().unwrap().key_id).is_err(), "{key_id}");
    }
    let long = format!("https://remote.domain/{}", "x".repeat(MAX_ID));
    Sent::post().cavage(USUAL, &format!(r#"keyId="{long}""#)).must_be_refused(&Refused::LongKeyId);
    let parameters = format!(r#";created={NOW_SECONDS};keyid="{long}""#);
    Sent::post().rfc9421(USUAL_9421, &parameters).must_be_refused(&Refused::LongKeyId);
}

#[test]
fn a22_a_label_that_contradicts_the_key_is_refused() {
    for label in ["hmac-sha256", "none", "rsa-sha1", "ed25519", "ecdsa-sha256", "rsa-v1_5-sha256", "", "RSA-SHA256 "] {
        Sent::post().cavage(USUAL, &labelled(label)).must_be_refused(&Refused::Algorithm);
    }
    for label in ["hs2019", "rsa-sha256"] {
        Sent::post().cavage(USUAL, &labelled(label)).must_be_taken();
    }
    // The label says SHA-512, and the signature is over SHA-256.
    Sent::post().cavage(USUAL, &labelled("rsa-sha512")).must_be_refused(&Refused::Wrong);
}

#[test]
fn a22_sha512_verifies_where_the_label_allows_it() {
    use aws_lc_rs::signature::{RSA_PKCS1_SHA512, RsaKeyPair};
    let pair = RsaKeyPair::from_pkcs8(&peer().to_pkcs8().unwrap()).unwrap();
    for (label, verdict) in [("hs2019", Ok(())), ("rsa-sha512", Ok(())), ("rsa-sha256", Err(Refused::Wrong))] {
        let sent = Sent::get("/u/ana");
        let base = format!("(request-target): get /u/ana\nhost: www.example.com\ndate: {DATE}");
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&RSA_PKCS1_SHA512, &aws_lc_rs::rand::SystemRandom::new(), base.as_bytes(), &mut signature).unwrap();
        let (label, signature) = (labelled(label), STANDARD.encode(signature));
        let value = format!(r#"{label},headers="(request-target) host date",signature="{signature}""#);
        assert_eq!(sent.with("signature", &value).judged(), verdict);
    }
}

#[test]
fn a27_blanks_around_a_value_are_not_part_of_it_and_nothing_else_is_forgiven() {
    let sent = Sent::post().usual();
    let padded = sent.headers.iter().fold(sent.clone(), |sent, (name, value)| {
        let value = format!(" \t{}\t ", value.to_str().unwrap());
        sent.with(name.as_str(), &value)
    });
    padded.must_be_taken();
    // A line break cannot be in a value at all; what is not printable ASCII is refused.
    assert!(HeaderValue::from_bytes(b"a\r\n b").is_err());
    let mut odd = sent.clone();
    odd.headers.insert("date", HeaderValue::from_bytes(b"Wed, 20 Dec 2023 10:00:00 GMT\xa0").unwrap());
    odd.must_be_refused(&Refused::HeaderUnreadable("date".to_owned()));
    let mut odd = sent;
    odd.headers.insert("signature", HeaderValue::from_bytes(b"keyId=\"\xff\"").unwrap());
    odd.must_be_refused(&Refused::HeaderUnreadable("signature".to_owned()));
}

#[test]
fn a27_parameters_that_two_parsers_could_read_in_two_ways_are_refused() {
    let good = Sent::post().usual();
    let value = good.value("signature");
    for twice in [
        format!(r#"{value},keyId="https://victim.example/u""#),
        format!(r#"keyid="https://victim.example/u",{value}"#),
        format!(r#"{value},headers="date""#),
        format!(r#"{value},algorithm="hs2019""#),
    ] {
        let refused = good.clone().with("signature", &twice).judged();
        assert!(matches!(refused, Err(Refused::ParameterRepeated(_))), "{twice}");
    }
    for odd in [
        "",
        "keyId",
        "keyId=",
        "garbage",
        r#"keyId="unfinished"#,
        r#"keyId="a\"b",headers="date",signature="""#,
        &format!("{value},"),
        &format!(",{value}"),
        &value.replace(',', ";"),
        &value.replace("keyId=", "keyId ="),
        &value.replace("signature=\"", "signature=\"!"),
        &"a=b=c,".repeat(1_000),
        &(0..40).map(|n| format!("a{n}=1")).collect::<Vec<_>>().join(","),
    ] {
        good.clone().with("signature", odd).must_be_refused(&Refused::Parameters);
    }
    for (lacks, name) in [("keyId", "keyId"), ("headers", "headers"), ("signature=", "signature")] {
        let rest: Vec<_> = value.split(',').filter(|part| !part.starts_with(lacks)).collect();
        good.clone().with("signature", &rest.join(",")).must_be_refused(&Refused::ParameterMissing(name));
    }
    good.with("signature", &format!(r#"{value},x="{}""#, "x".repeat(8_192)))
        .must_be_refused(&Refused::HeaderUnreadable("signature".to_owned()));
}

#[test]
fn a27_a_header_that_is_covered_must_be_there_once() {
    Sent::post()
        .cavage(&format!("{USUAL} date"), &labelled("hs2019"))
        .must_be_refused(&Refused::CoveredTwice("date".to_owned()));
    Sent::post()
        .cavage(&format!("{USUAL} accept"), &labelled("hs2019"))
        .must_be_refused(&Refused::HeaderMissing("accept".to_owned()));
    Sent::post()
        .usual()
        .and("date", "Wed, 20 Dec 2023 10:10:00 GMT")
        .must_be_refused(&Refused::HeaderRepeated("date".to_owned()));
    for odd in ["(query)", "a@b", "@method", &"x".repeat(65)] {
        let refused = Sent::post().cavage(&format!("{USUAL} {odd}"), &labelled("hs2019")).judged();
        assert!(matches!(refused, Err(Refused::Component(name)) if name.len() <= 64), "{odd}");
    }
    let many: Vec<_> = (0..70).map(|n| format!("x-{n}")).collect();
    Sent::post()
        .cavage(&format!("{USUAL} {}", many.join(" ")), &labelled("hs2019"))
        .must_be_refused(&Refused::CoversTooMuch);
    Sent::post().cavage("(Request-Target) Host Date Digest", &labelled("hs2019")).must_be_refused(&Refused::Wrong);
}

#[test]
fn a28_what_the_rfcs_signature_must_cover_and_say_is_asked_for() {
    let post = |covered: &str| Sent::post().rfc9421(covered, &parameters_9421());
    post(r#""@target-uri" "content-digest""#).must_be_refused(&Refused::NotCovered("@method"));
    post(r#""@method" "content-digest""#).must_be_refused(&Refused::NotCovered("@target-uri"));
    post(r#""@method" "@authority" "@path" "content-digest""#).must_be_refused(&Refused::NotCovered("@target-uri"));
    post(r#""@method" "@target-uri""#).must_be_refused(&Refused::NotCovered("content-digest"));
    let with = |parameters: &str| Sent::post().rfc9421(USUAL_9421, parameters);
    with(&format!(";created={NOW_SECONDS}")).must_be_refused(&Refused::ParameterMissing("keyid"));
    with(&format!(";keyid=\"{KEY_ID}\"")).must_be_refused(&Refused::ParameterMissing("created"));
    with(&format!(";created={NOW_SECONDS};keyid={NOW_SECONDS}")).must_be_refused(&structured("Signature-Input"));
    with(&format!(";created={NOW_SECONDS};keyid=\"{KEY_ID}\"")).must_be_taken();
    with(&format!(";created={NOW_SECONDS};keyid=\"{KEY_ID}\";nonce=\"x\";tag=\"y\"")).must_be_taken();
}

#[test]
fn a28_the_rfcs_algorithm_is_the_one_of_the_key() {
    for alg in ["\"rsa-pss-sha512\"", "\"ed25519\"", "\"hmac-sha256\"", "\"rsa-v1_5-sha512\"", "rsa-v1_5-sha256", "1"] {
        Sent::post()
            .rfc9421(USUAL_9421, &format!(";created={NOW_SECONDS};keyid=\"{KEY_ID}\";alg={alg}"))
            .must_be_refused(&Refused::Algorithm);
    }
}

#[test]
fn a28_the_rfcs_times_are_held_to_the_clock() {
    let with = |times: &str| Sent::post().rfc9421(USUAL_9421, &format!(";{times};keyid=\"{KEY_ID}\""));
    with(&format!("created={}", NOW_SECONDS + 3_601)).must_be_refused(&Refused::Future);
    with(&format!("created={}", NOW_SECONDS - 3_601)).must_be_refused(&Refused::Old);
    with("created=-1").must_be_refused(&Refused::Old);
    with(&format!("created={NOW_SECONDS};expires={NOW_SECONDS}")).must_be_refused(&Refused::Expired);
    with(&format!("created={NOW_SECONDS};expires={}", NOW_SECONDS + 300)).must_be_taken();
    for odd in [format!("created={NOW_SECONDS}.5"), format!("created=\"{NOW_SECONDS}\""), "created".to_owned()] {
        with(&odd).must_be_refused(&Refused::NotSeconds("created"));
    }
    with(&format!("created={NOW_SECONDS};expires=\"soon\"")).must_be_refused(&Refused::NotSeconds("expires"));
    Sent::post()
        .with("date", "Wed, 20 Dec 2023 08:00:00 GMT")
        .rfc9421(&format!("{USUAL_9421} \"date\""), &parameters_9421())
        .must_be_refused(&Refused::Old);
}

#[test]
fn a28_two_labels_and_labels_that_do_not_meet_are_refused() {
    let one = Sent::post().usual_9421();
    let (input, signature) = (one.value("signature-input"), one.value("signature"));
    let other_input = input.replacen("sig1", "sig2", 1);
    let other_signature = signature.replacen("sig1", "sig2", 1);
    one.clone()
        .with("signature-input", &format!("{input}, {other_input}"))
        .with("signature", &format!("{signature}, {other_signature}"))
        .must_be_refused(&Refused::SeveralSignatures);
    one.clone()
        .with("signature", &format!("{signature}, {other_signature}"))
        .must_be_refused(&Refused::SeveralSignatures);
    one.clone().with("signature", &other_signature).must_be_refused(&structured("Signature"));
    one.clone().with("signature", &format!("{signature}, {signature}")).must_be_refused(&structured("Signature"));
    one.clone().with("signature-input", &format!("{input}, {input}")).must_be_refused(&structured("Signature-Input"));
    one.clone().without("signature").must_be_refused(&Refused::Unsigned);
    one.clone().with("signature", "").must_be_refused(&structured("Signature"));
    one.clone().with("signature-input", "").must_be_refused(&structured("Signature-Input"));
    one.clone().with("signature-input", "sig1=1").must_be_refused(&structured("Signature-Input"));
    one.clone().with("signature", "sig1=(:AAAA:)").must_be_refused(&structured("Signature"));
    // A signature of the draft does not become better by a header of the RFC.
    Sent::post().usual().with("signature-input", &input).must_be_refused(&structured("Signature"));
}

#[test]
fn a28_components_that_are_not_plain_names_are_refused() {
    for odd in [
        r#""date";sf"#,
        r#""date";bs"#,
        r#""@method";req"#,
        r#""@query-param";name="page""#,
        r#""@query""#,
        r#""@status""#,
        r#""@signature-params""#,
        r#""Date""#,
        "date",
        "1",
    ] {
        let one = Sent::post().usual_9421();
        let input =
            one.value("signature-input").replacen("\"content-digest\")", &format!("\"content-digest\" {odd})"), 1);
        let refused = one.with("signature-input", &input).judged();
        assert!(matches!(refused, Err(Refused::Component(_))), "{odd}: {refused:?}");
    }
    Sent::post()
        .rfc9421(&format!("{USUAL_9421} \"@method\""), &parameters_9421())
        .must_be_refused(&Refused::CoveredTwice("@method".to_owned()));
    Sent::post()
        .rfc9421(&format!("{USUAL_9421} \"accept\""), &parameters_9421())
        .must_be_refused(&Refused::HeaderMissing("accept".to_owned()));
    let one = Sent::post().usual_9421();
    let twice = format!("{};created={NOW_SECONDS}", one.value("signature-input"));
    one.with("signature-input", &twice).must_be_refused(&structured("Signature-Input"));
}

#[test]
fn a_body_on_a_get_must_be_signed() {
    let mut sent = Sent::get("/u/ana");
    sent.body = b"Hello world".to_vec();
    sent.clone()
        .cavage("(request-target) host date", &labelled("hs2019"))
        .must_be_refused(&Refused::NotCovered("digest"));
    sent.with("digest", HELLO).usual().must_be_taken();
}
