//! Codes and secrets of a second factor.

use actions::second_factor::{base32, code};

#[test]
fn codes_are_those_of_rfc_6238() {
    let secret = b"12345678901234567890";
    for (seconds, expected) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924")] {
        assert_eq!(code(secret, seconds / 30), expected);
    }
}

#[test]
fn secrets_are_written_as_rfc_4648_says() {
    assert_eq!(base32(b"12345678901234567890"), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    assert_eq!(base32(b"foobarfoob"), "MZXW6YTBOJTG633C");
}
