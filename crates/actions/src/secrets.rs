//! Secrets: passwords, session and token secrets, set-up links. What is stored of them cannot be turned back.

use std::sync::{Arc, LazyLock};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Refusal;
use sha2::{Digest as _, Sha256};

use crate::{Ctx, Error, Result};

/// Shortest password, in characters (NIST SP 800-63B asks for 8 at least).
pub const MIN_PASSWORD: usize = 10;
/// Longest password, in bytes: enough for any passphrase, too little to make hashing slow.
pub const MAX_PASSWORD: usize = 256;

/// A hash that no password has, verified against when there is no account: so the answer takes as long as for one.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash_now("no account", &[7; 16]));

/// A fresh secret of 256 bits, as text for cookies, headers and addresses.
#[must_use]
pub fn secret(ctx: &Ctx) -> String {
    URL_SAFE_NO_PAD.encode(ctx.bytes::<32>())
}

/// What is stored of a secret. It has 256 bits of chance, so one round of SHA-256 is enough.
#[must_use]
pub fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// The same as text.
#[must_use]
pub fn digest_text(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(secret))
}

/// Checks that a password can be taken.
///
/// # Errors
/// What is wrong with it.
pub fn check_password(password: &str, name: &str) -> Result<()> {
    let refuse = |problem: String| Err(Error::Refused(Refusal::field("password", problem)));
    let chars = password.chars().count();
    if chars < MIN_PASSWORD {
        return refuse(format!(
            "{chars} characters are too few; use {MIN_PASSWORD} or more, a few random words are good"
        ));
    }
    if password.len() > MAX_PASSWORD {
        return refuse(format!("it is too long; use {MAX_PASSWORD} bytes or less"));
    }
    if password.to_lowercase().contains(&name.to_lowercase()) && chars < 2 * MIN_PASSWORD {
        return refuse("it contains the name; choose one that nobody can guess from it".into());
    }
    Ok(())
}

/// Hashes a password (argon2id), off the threads that answer requests.
///
/// # Errors
/// Only failures.
pub async fn hash(ctx: &Ctx, password: &str) -> Result<String> {
    let (password, salt) = (password.to_owned(), ctx.bytes::<16>());
    on_hashing_thread(ctx, move || hash_now(&password, &salt)).await?.ok_or_else(broken)
}

fn hash_now(password: &str, salt: &[u8; 16]) -> Option<String> {
    Argon2::default().hash_password_with_salt(password.as_bytes(), salt).ok().map(|hash| hash.to_string())
}

/// Whether the password is the one that was hashed; takes as long when there is none.
///
/// # Errors
/// Only failures.
pub async fn verify(ctx: &Ctx, password: &str, phc: Option<String>) -> Result<bool> {
    let password = password.to_owned();
    on_hashing_thread(ctx, move || {
        let known = phc.is_some();
        let phc = phc.or_else(|| NOBODY.clone()).unwrap_or_default();
        let matches = PasswordHash::new(&phc)
            .is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok());
        known && matches
    })
    .await
}

async fn on_hashing_thread<T: Send + 'static>(ctx: &Ctx, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let place = Arc::clone(ctx.passwords()).acquire_owned().await;
    let done = tokio::task::spawn_blocking(move || {
        let _place = place;
        work()
    });
    done.await.map_err(|panic| Error::Failed(storage::Error::Panicked(panic.to_string())))
}

fn broken() -> Error {
    Error::Failed(storage::Error::Panicked("argon2 refused its parameters".into()))
}
