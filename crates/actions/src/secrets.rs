//! Secrets: passwords, session and token secrets, set-up links. What is stored of them cannot be turned back.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use argon2::password_hash::phc::{Ident, Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Refusal;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use crate::{Ctx, Error, Result};

/// Shortest password, in characters (NIST SP 800-63B asks for 8 at least).
pub const MIN_PASSWORD: usize = 10;
/// Longest password, in bytes: enough for any passphrase, too little to make hashing slow.
pub const MAX_PASSWORD: usize = 256;

/// A hash that no password has, verified against when there is no account: so the answer takes as long as for one.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash_now(&mut Vec::new(), "no account", &[7; 16]));

/// Where passwords are hashed: so many at the same time as there are places, each in memory that is kept for the next one.
/// What a thread allocates for itself an allocator may keep for that thread: 19 MiB for each that ever hashed.
pub(crate) struct Hashing {
    places: Arc<Semaphore>,
    memory: Mutex<Vec<Memory>>,
}

type Memory = Vec<Block>;

impl Hashing {
    /// Each password takes a core, and at least half of the machine is for others.
    pub(crate) fn new() -> Self {
        let places = std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1));
        Self { places: Arc::new(Semaphore::new(places)), memory: Mutex::default() }
    }

    fn with_memory<T>(&self, work: impl FnOnce(&mut Memory) -> T) -> T {
        let kept = || self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let mut memory = kept().pop().unwrap_or_default();
        let done = work(&mut memory);
        kept().push(memory);
        done
    }
}

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
    on_hashing_thread(ctx, move |memory| hash_now(memory, &password, &salt)).await?.ok_or_else(broken)
}

/// Hashes a password in that memory, as a PHC string.
pub fn hash_now(memory: &mut Memory, password: &str, salt: &[u8; 16]) -> Option<String> {
    let params = Params::DEFAULT;
    let hash = PasswordHash {
        algorithm: Ident::new(Algorithm::Argon2id.as_str()).ok()?,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).ok()?,
        salt: Some(Salt::new(salt).ok()?),
        hash: Some(derive(memory, password, salt, params)?),
    };
    Some(hash.to_string())
}

fn derive(memory: &mut Memory, password: &str, salt: &[u8], params: Params) -> Option<Output> {
    memory.resize(params.block_count(), Block::default());
    let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut out, memory).ok()?;
    Output::new(&out).ok()
}

/// Whether a password is the one of a PHC string; nothing, if that is none.
pub fn matches(memory: &mut Memory, password: &str, phc: &str) -> Option<bool> {
    let hash = PasswordHash::new(phc).ok()?;
    let derived = derive(memory, password, hash.salt.as_ref()?, Params::try_from(&hash).ok()?)?;
    // Compared in constant time, as outputs are.
    Some(Some(derived) == hash.hash)
}

/// Whether the password is the one that was hashed; takes as long when there is none.
///
/// # Errors
/// Only failures.
pub async fn verify(ctx: &Ctx, password: &str, phc: Option<String>) -> Result<bool> {
    let password = password.to_owned();
    on_hashing_thread(ctx, move |memory| {
        let known = phc.is_some();
        let phc = phc.or_else(|| NOBODY.clone()).unwrap_or_default();
        matches(memory, &password, &phc) == Some(true) && known
    })
    .await
}

async fn on_hashing_thread<T: Send + 'static>(
    ctx: &Ctx,
    work: impl FnOnce(&mut Memory) -> T + Send + 'static,
) -> Result<T> {
    let hashing = Arc::clone(ctx.hashing());
    let place = Arc::clone(&hashing.places).acquire_owned().await;
    let done = tokio::task::spawn_blocking(move || {
        let _place = place;
        hashing.with_memory(work)
    });
    done.await.map_err(|panic| Error::Failed(storage::Error::Panicked(panic.to_string())))
}

fn broken() -> Error {
    Error::Failed(storage::Error::Panicked("argon2 refused its parameters".into()))
}
