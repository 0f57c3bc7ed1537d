//! Hashes of passwords.

use actions::secrets::{hash_now, matches};
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;

#[test]
fn a_password_matches_its_own_hash_only() {
    let memory = &mut Vec::new();
    let phc = hash_now(memory, "seven kettles by the river", &[1; 16]).unwrap();
    assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
    assert_eq!(matches(memory, "seven kettles by the river", &phc), Some(true));
    assert_eq!(matches(memory, "seven kettles by the sea", &phc), Some(false));
    assert_eq!(matches(memory, "seven kettles by the river", "junk"), None);
}

#[test]
fn hashes_are_those_of_other_programs() {
    use argon2::PasswordVerifier as _;
    let phc = hash_now(&mut Vec::new(), "an octopus mends umbrellas", &[2; 16]).unwrap();
    assert!(
        Argon2::default().verify_password(b"an octopus mends umbrellas", &PasswordHash::new(&phc).unwrap()).is_ok()
    );
}
