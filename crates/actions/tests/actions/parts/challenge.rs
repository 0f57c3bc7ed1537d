//! Work that a challenge asks for.

use actions::joining::challenge::{bits, zero_bits};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Time;

#[test]
fn zeros_are_counted_from_the_left() {
    assert_eq!([zero_bits(&[0x80]), zero_bits(&[0x01]), zero_bits(&[0, 0x10]), zero_bits(&[0, 0])], [0, 7, 11, 16]);
}

#[test]
fn only_our_own_challenges_count_and_only_for_their_time() {
    let [ours, other] = [b"ours", b"them"].map(|key| hmac::Key::new(hmac::HMAC_SHA256, key));
    let mac = URL_SAFE_NO_PAD.encode(hmac::sign(&ours, b"100.16.abc"));
    let good = format!("100.16.abc.{mac}");
    assert_eq!(bits(&ours, &good, Time(99)), Some(16));
    assert_eq!(bits(&ours, &good, Time(100)), None);
    assert_eq!(bits(&other, &good, Time(99)), None);
    for bad in ["", ".", "100.16.abc.", &format!("100.0.abc.{mac}"), &format!("{good}x")] {
        assert_eq!(bits(&ours, bad, Time(0)), None, "{bad}");
    }
}
