//! Seals of letters.

use actions::sealed::{ID, SIGNATURE, TIMESTAMP, headers};
use domain::Time;
use http::HeaderName;

/// By `printf '1800000000.{}' | openssl dgst -sha256 -hmac key`.
#[test]
fn a_seal_is_what_other_programs_compute() {
    let headers = headers("key", 7, b"{}", Time(1_800_000_000_999));
    let value = |name: &HeaderName| headers[name].to_str().unwrap().to_owned();
    assert_eq!((value(&ID).as_str(), value(&TIMESTAMP).as_str()), ("7", "1800000000"));
    assert_eq!(value(&SIGNATURE), "sha256=7321475872b03ff21bdc2dfd86ea2d99ec29c479fbe4a77aa6acf4509505493f");
}
