//! Keys: ours, which signs, and those of others, which verify. RSA with PKCS #1 v1.5, the one algorithm that every server has.
//!
//! Not here: whose key it is, where keys are kept, what is signed.

use std::fmt;
use std::ops::RangeInclusive;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA512, RSA_PKCS1_SHA256,
    RsaKeyPair, RsaParameters, RsaSubjectPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The longest text of a public key that is looked at, in bytes. A key of 4,096 bits takes 800.
pub const MAX_PEM: usize = 16 * 1_024;

/// The hash that a signature is made over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// SHA-256, in use nearly everywhere.
    Sha256,
    /// SHA-512, in use at PeerTube.
    Sha512,
}

/// Why a text is no public key of another server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// Longer than [`MAX_PEM`].
    #[error("the public key is longer than {MAX_PEM} bytes")]
    Long,
    /// Not one block of base64 between the two lines.
    #[error("the public key is not one PEM block BEGIN PUBLIC KEY or BEGIN RSA PUBLIC KEY")]
    NotPem,
    /// Another type of key, an even modulus, an exponent that is even, 1, or longer than 33 bits, or bytes that are no key.
    #[error("the public key is not an RSA key with an odd modulus and an odd exponent from 3 to 33 bits")]
    NotRsa,
    /// Could be factored.
    #[error("the public key has {0} bits; make one of 2048")]
    Small(u32),
    /// Costs us too much.
    #[error("the public key has {0} bits; make one of 2048, and none above 4096")]
    Large(u32),
}

/// What went wrong with our own key. A failure of ours, never of whoever asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFailure {
    /// None could be made.
    #[error("no key could be generated")]
    Generate,
    /// What was kept is none.
    #[error("the private key is not an RSA key of at least 2048 bits in PKCS #8")]
    Unreadable,
    /// It could not be written down.
    #[error("the key could not be encoded")]
    Encode,
    /// It did not sign.
    #[error("the private key did not sign")]
    Sign,
}

/// A signature does not belong to the message and the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not belong to the message and the key")]
pub struct WrongSignature;

/// A key of ours.
pub struct PrivateKey {
    pair: RsaKeyPair,
    public_pem: String,
}

impl PrivateKey {
    /// Makes a key of 2,048 bits. Takes some tenths of a second of processor time: not for an async worker.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn generate() -> Result<Self, KeyFailure> {
        Self::of(RsaKeyPair::generate(KeySize::Rsa2048).ok().ok_or(KeyFailure::Generate)?)
    }

    /// Reads what [`Self::to_pkcs8`] wrote: PKCS #8 in DER, without a password.
    ///
    /// # Errors
    /// When it is no RSA key of at least 2,048 bits, or its parts contradict each other.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyFailure> {
        Self::of(RsaKeyPair::from_pkcs8(der).ok().ok_or(KeyFailure::Unreadable)?)
    }

    fn of(pair: RsaKeyPair) -> Result<Self, KeyFailure> {
        let der = AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key()).ok().ok_or(KeyFailure::Encode)?;
        let public_pem = pem("PUBLIC KEY", der.as_ref());
        Ok(Self { pair, public_pem })
    }

    /// The key in PKCS #8, DER, without a password. Secret.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn to_pkcs8(&self) -> Result<Vec<u8>, KeyFailure> {
        let der = self.pair.as_der().ok().ok_or(KeyFailure::Encode)?;
        Ok(der.as_ref().to_vec())
    }

    /// The public half as others read it in `publicKeyPem`: SPKI in PEM.
    #[must_use]
    pub fn public_pem(&self) -> String {
        self.public_pem.clone()
    }

    /// Signs: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, section 8.2).
    ///
    /// # Errors
    /// When the key is not sound, or there is no memory for it.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyFailure> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .ok()
            .ok_or(KeyFailure::Sign)?;
        Ok(signature)
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey").finish_non_exhaustive()
    }
}

/// A key of another server, read and found fit for use. Reading costs twice as much as verifying: keep it.
#[derive(Clone, Debug)]
pub struct PublicKey {
    sha256: ParsedPublicKey,
    sha512: ParsedPublicKey,
}

/// Which keys are fit for use.
struct Policy {
    bits: RangeInclusive<u32>,
    sha256: &'static RsaParameters,
    sha512: &'static RsaParameters,
}

const POLICY: Policy =
    Policy { bits: 2_048..=4_096, sha256: &RSA_PKCS1_2048_8192_SHA256, sha512: &RSA_PKCS1_2048_8192_SHA512 };

impl PublicKey {
    /// Reads `publicKeyPem`: SPKI (`BEGIN PUBLIC KEY`) or PKCS #1 (`BEGIN RSA PUBLIC KEY`), RSA of 2,048 to 4,096 bits.
    ///
    /// # Errors
    /// What is wrong with it. The time is bounded whatever stands there: 16 kB are decoded, and no key above 16 kbit is computed with.
    pub fn from_pem(text: &str) -> Result<Self, BadKey> {
        Self::read(text, &POLICY)
    }

    fn read(text: &str, policy: &Policy) -> Result<Self, BadKey> {
        let key = subject(text)?;
        let bits = RsaParameters::public_modulus_len(key.as_ref()).ok().ok_or(BadKey::NotRsa)?;
        if bits < *policy.bits.start() {
            return Err(BadKey::Small(bits));
        }
        if bits > *policy.bits.end() {
            return Err(BadKey::Large(bits));
        }
        let parsed = |with| ParsedPublicKey::new(with, key.as_ref()).ok().ok_or(BadKey::NotRsa);
        Ok(Self { sha256: parsed(policy.sha256)?, sha512: parsed(policy.sha512)? })
    }

    /// Verifies RSASSA-PKCS1-v1_5 over a message.
    ///
    /// # Errors
    /// When the signature is not this key's, or not over this message.
    pub fn verify(&self, message: &[u8], signature: &[u8], hash: Hash) -> Result<(), WrongSignature> {
        let key = match hash {
            Hash::Sha256 => &self.sha256,
            Hash::Sha512 => &self.sha512,
        };
        key.verify_sig(message, signature).ok().ok_or(WrongSignature)
    }

    /// A key as short as those that old drafts print.
    #[cfg(test)]
    pub(crate) fn from_pem_of_a_draft(text: &str) -> Result<Self, BadKey> {
        use aws_lc_rs::signature::{
            RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        };
        let policy = Policy {
            bits: 1_024..=4_096,
            sha256: &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
            sha512: &RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        };
        Self::read(text, &policy)
    }
}

/// The RSA key in a PEM text, of whatever size.
fn subject(text: &str) -> Result<RsaSubjectPublicKey, BadKey> {
    if text.len() > MAX_PEM {
        return Err(BadKey::Long);
    }
    let (spki, pkcs1) = (block("PUBLIC KEY", text), block("RSA PUBLIC KEY", text));
    let der = spki.as_ref().or(pkcs1.as_ref()).ok_or(BadKey::NotPem)?;
    let key = RsaSubjectPublicKey::from_der(der).ok().ok_or(BadKey::NotRsa)?;
    let written = match spki {
        Some(_) => AsDer::<PublicKeyX509Der<'_>>::as_der(&key).ok().map(|der| der.as_ref().to_vec()),
        None => Some(key.as_ref().to_vec()),
    };
    // The parser lets bytes follow the key, and takes each form under the other's name. Nobody else need read such a text alike.
    if written.as_ref() == Some(der) { Ok(key) } else { Err(BadKey::NotRsa) }
}

/// The bytes of a text that is one PEM block of this label (RFC 7468), and nothing else.
fn block(label: &str, text: &str) -> Option<Vec<u8>> {
    let body = text.trim().strip_prefix(&format!("-----BEGIN {label}-----"))?;
    let body = body.strip_suffix(&format!("-----END {label}-----"))?;
    let letters: String = body.split_ascii_whitespace().collect();
    STANDARD.decode(letters).ok()
}

fn pem(label: &str, der: &[u8]) -> String {
    let mut text = format!("-----BEGIN {label}-----");
    for (at, letter) in STANDARD.encode(der).chars().enumerate() {
        if at % 64 == 0 {
            text.push('\n');
        }
        text.push(letter);
    }
    text.push_str(&format!("\n-----END {label}-----\n"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PAIR: &[u8] = include_bytes!("../tests/fixtures/rsa-2048.pk8");

    fn ours() -> PrivateKey {
        PrivateKey::from_pkcs8(PAIR).unwrap()
    }

    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap();
        let mut out = vec![tag];
        match length {
            0..=127 => out.push(length as u8),
            128..=255 => out.extend([0x81, length as u8]),
            _ => out.extend([&[0x82][..], &length.to_be_bytes()].concat()),
        }
        out.extend(content);
        out
    }

    /// A public key in PKCS #1 with this modulus, whose first bit must not be set, and this exponent.
    fn pkcs1(modulus: &[u8], exponent: &[u8]) -> String {
        pem("RSA PUBLIC KEY", &der(0x30, &[der(2, modulus), der(2, exponent)].concat()))
    }

    fn modulus(bits: usize) -> Vec<u8> {
        let mut modulus = vec![0xff; bits / 8 + 1];
        modulus[0] = 0;
        modulus
    }

    #[test]
    fn what_a_key_signs_its_public_half_verifies_and_no_other() {
        let (one, other) = (ours(), PrivateKey::generate().unwrap());
        let signature = one.sign(b"message").unwrap();
        let public = PublicKey::from_pem(&one.public_pem()).unwrap();
        assert!(public.verify(b"message", &signature, Hash::Sha256).is_ok());
        assert_eq!(public.verify(b"messagf", &signature, Hash::Sha256), Err(WrongSignature));
        assert_eq!(public.verify(b"message", &signature, Hash::Sha512), Err(WrongSignature));
        assert_eq!(public.verify(b"message", &[], Hash::Sha256), Err(WrongSignature));
        let other = PublicKey::from_pem(&other.public_pem()).unwrap();
        assert_eq!(other.verify(b"message", &signature, Hash::Sha256), Err(WrongSignature));
    }

    #[test]
    fn a_key_is_kept_and_read_again() {
        let made = PrivateKey::generate().unwrap();
        let read = PrivateKey::from_pkcs8(&made.to_pkcs8().unwrap()).unwrap();
        assert_eq!(made.public_pem(), read.public_pem());
        assert!(made.public_pem().lines().all(|line| line.len() <= 64));
        assert_eq!(PrivateKey::from_pkcs8(b"no key").unwrap_err(), KeyFailure::Unreadable);
    }

    #[test]
    fn a_private_key_does_not_print_itself() {
        assert_eq!(format!("{:?}", ours()), "PrivateKey { .. }");
    }

    #[test]
    fn both_forms_of_pem_are_read_however_their_lines_end() {
        let spki = ours().public_pem();
        let crlf = spki.replace('\n', "\r\n");
        let one_line = format!("  {}", spki.trim().replacen("-----\n", "-----", 1));
        let bytes = pem("RSA PUBLIC KEY", ours().pair.public_key().as_ref());
        for text in [spki, crlf, one_line, bytes] {
            assert!(PublicKey::from_pem(&text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a23_keys_unfit_for_use_are_refused() {
        let three = &[3][..];
        let mut even = modulus(2_048);
        *even.last_mut().unwrap() = 0xfe;
        for (text, why) in [
            (pkcs1(&modulus(512), three), BadKey::Small(512)),
            (pkcs1(&modulus(1_024), three), BadKey::Small(1_024)),
            (pkcs1(&modulus(2_040), three), BadKey::Small(2_040)),
            (pkcs1(&modulus(4_104), three), BadKey::Large(4_104)),
            (pkcs1(&modulus(16_384), three), BadKey::Large(16_384)),
            (pkcs1(&modulus(32_768), three), BadKey::NotRsa),
            (pkcs1(&even, three), BadKey::NotRsa),
            (pkcs1(&modulus(2_048), &[1]), BadKey::NotRsa),
            (pkcs1(&modulus(2_048), &[0]), BadKey::NotRsa),
            (pkcs1(&modulus(2_048), &[4]), BadKey::NotRsa),
            (pkcs1(&modulus(2_048), &[0x7f; 64]), BadKey::NotRsa),
            (pkcs1(&[0xff; 257], three), BadKey::NotRsa),
            (format!("{}{}", ours().public_pem(), " ".repeat(MAX_PEM)), BadKey::Long),
        ] {
            assert_eq!(PublicKey::from_pem(&text).unwrap_err(), why, "{text}");
        }
        assert!(PublicKey::from_pem(&pkcs1(&modulus(2_048), three)).is_ok());
        assert!(PublicKey::from_pem(&pkcs1(&modulus(4_096), three)).is_ok());
    }

    #[test]
    fn a23_a_text_that_is_not_one_block_is_refused() {
        let good = ours().public_pem();
        let spki = block("PUBLIC KEY", &good).unwrap();
        let bytes = ours().pair.public_key().as_ref().to_vec();
        for text in [
            String::new(),
            "garbage".to_owned(),
            good.repeat(2),
            good.replace("PUBLIC", "PRIVATE"),
            good.replace("-----END", "====\n-----END"),
            format!("a comment\n{good}"),
            good.replace("-----BEGIN PUBLIC KEY-----\n", "-----BEGIN PUBLIC KEY-----\nProc-Type: 4,ENCRYPTED\n"),
        ] {
            assert_eq!(PublicKey::from_pem(&text).unwrap_err(), BadKey::NotPem, "{text}");
        }
        for text in [
            pem("PUBLIC KEY", &bytes),
            pem("RSA PUBLIC KEY", &spki),
            pem("PUBLIC KEY", &[&spki[..], b"more"].concat()),
            pem("RSA PUBLIC KEY", &[&bytes[..], b"more"].concat()),
            pem("PUBLIC KEY", &[]),
        ] {
            assert_eq!(PublicKey::from_pem(&text).unwrap_err(), BadKey::NotRsa, "{text}");
        }
    }

    #[test]
    fn a22_a_key_of_another_type_is_refused() {
        // RFC 8410, section 10.1.
        let ed25519 = "-----BEGIN PUBLIC KEY-----\n\
            MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n\
            -----END PUBLIC KEY-----";
        assert_eq!(PublicKey::from_pem(ed25519).unwrap_err(), BadKey::NotRsa);
    }

    proptest! {
        #[test]
        fn no_bytes_make_a_key_panic(bytes in prop::collection::vec(any::<u8>(), 0..600), text in ".{0,200}") {
            let _ = PublicKey::from_pem(&text);
            prop_assert!(PublicKey::from_pem(&pem("PUBLIC KEY", &bytes)).is_err());
            prop_assert!(PublicKey::from_pem(&pem("RSA PUBLIC KEY", &bytes)).is_err());
        }

        #[test]
        fn no_change_to_a_key_makes_it_panic(at in any::<prop::sample::Index>(), to: u8) {
            let mut bytes = block("PUBLIC KEY", &ours().public_pem()).unwrap();
            let at = at.index(bytes.len());
            bytes[at] = to;
            let _ = PublicKey::from_pem(&pem("PUBLIC KEY", &bytes));
        }
    }
}
