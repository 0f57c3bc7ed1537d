//! The second factor of those who have a role: a one-time code of an authenticator (TOTP, RFC 6238), or a recovery code. Each counts once.

use aws_lc_rs::hmac;
use domain::{AccountId, Refusal, Role};
use storage::second_factors::{self as rows, SecondFactor, State};
use storage::{Read, Write, accounts};

use crate::{Ctx, Error, Person, Result, secrets};

const DOING: &str = "use a second factor";
/// How long a code lasts, in milliseconds; the one before and the one after count as well, for clocks that differ.
const STEP_MS: i64 = 30_000;
const IS_ON: &str = "A second factor is switched on. To have another one, switch that off first.";
const NOTHING_WAITS: &str = "No second factor waits to be confirmed: either it is on already, or it was not begun.";
const DIGITS: u32 = 1_000_000;
const RECOVERY_CODES: usize = 10;
/// RFC 4648: what authenticators read.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// How somebody's factor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// Whether it is asked for; `None`: there is none.
    pub state: Option<State>,
    /// How many recovery codes are left.
    pub recovery_left: i64,
}

/// A new factor, for the authenticator.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The secret in base32, to be typed.
    pub secret: String,
    /// The same as an address that authenticators read.
    pub uri: String,
}

/// How one's factor stands.
///
/// # Errors
/// Failures only.
pub async fn status(ctx: &Ctx, who: &Person) -> Result<Status> {
    let account = who.account;
    ctx.db()
        .read(move |tx| {
            let state = rows::find(tx, account)?.map(|factor| factor.state);
            Ok(Status { state, recovery_left: rows::count_recovery(tx, account)? })
        })
        .await
}

/// Makes a factor that counts once its owner has confirmed it. One that counts already has to be ended first. The password is asked for:
/// whoever has only found a session open is not to lock its owner out.
///
/// # Errors
/// Refusals of those without a role; [`Refusal::BadCredentials`]; [`Refusal::OutOfTurn`]; failures.
pub async fn begin(ctx: &Ctx, who: &Person, password: &str) -> Result<Begun> {
    who.must_be(Role::Moderator, DOING)?;
    crate::account::check_own_password(ctx, who, password).await?;
    let (account, secret) = (who.account, ctx.bytes::<20>());
    ctx.db()
        .write(move |tx| {
            if is_on(rows::find(tx, account)?.as_ref()) {
                return Err(Error::Refused(Refusal::OutOfTurn(IS_ON)));
            }
            Ok(rows::begin(tx, account, &secret)?)
        })
        .await?;
    let (secret, host) = (base32(&secret), ctx.elsewhere().addresses().host());
    let uri = format!("otpauth://totp/{host}:{}?secret={secret}&issuer={host}", who.name);
    Ok(Begun { secret, uri })
}

/// Switches a factor on by a code of the authenticator, and ends all other sessions and tokens. Answers the recovery codes, which are shown
/// once.
///
/// # Errors
/// As [`begin`]; [`Refusal::BadCode`].
pub async fn confirm(ctx: &Ctx, who: &Person, otp: &str) -> Result<Vec<String>> {
    who.must_be(Role::Moderator, DOING)?;
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| base32(&ctx.bytes::<10>())).collect();
    let hashes: Vec<[u8; 32]> = codes.iter().map(|code| secrets::digest(code)).collect();
    let (cx, account, credential, otp) = (ctx.clone(), who.account, who.credential, otp.to_owned());
    ctx.db()
        .write(move |tx| {
            let factor = rows::find(tx, account)?.filter(|factor| factor.state == State::Pending);
            let factor = factor.ok_or(Error::Refused(Refusal::OutOfTurn(NOTHING_WAITS)))?;
            take_code(tx, &cx, account, &factor, &otp)?;
            rows::insert_recovery(tx, account, &hashes)?;
            // Whoever got in by the password alone is not to stay.
            accounts::revoke_all(tx, account, Some(credential))?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(codes)
}

/// Ends one's factor, by one of its codes: whoever has found a browser that is logged in is not to do it.
///
/// # Errors
/// As [`confirm`].
pub async fn end(ctx: &Ctx, who: &Person, otp: &str) -> Result<()> {
    who.must_be(Role::Member, DOING)?;
    let (cx, account, otp) = (ctx.clone(), who.account, otp.to_owned());
    ctx.db()
        .write(move |tx| {
            take(tx, &cx, account, &otp)?;
            Ok(rows::end(tx, account)?)
        })
        .await
}

/// Whether an account asks for a second factor.
pub(crate) fn is_asked(tx: &mut Read, account: AccountId) -> Result<bool> {
    Ok(is_on(rows::find(tx, account)?.as_ref()))
}

fn is_on(factor: Option<&SecondFactor>) -> bool {
    factor.is_some_and(|factor| factor.state == State::On)
}

/// Uses a code of the authenticator or a recovery code, where the account has a factor that counts.
pub(crate) fn take(tx: &mut Write, ctx: &Ctx, account: AccountId, otp: &str) -> Result<()> {
    let Some(factor) = rows::find(tx, account)?.filter(|factor| factor.state == State::On) else { return Ok(()) };
    if rows::take_recovery(tx, account, &secrets::digest(&typed(otp)))? {
        return Ok(());
    }
    take_code(tx, ctx, account, &factor, otp)
}

/// A code as it was shown, without the spaces and hyphens that people put into it.
fn typed(otp: &str) -> String {
    otp.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

fn take_code(tx: &mut Write, ctx: &Ctx, account: AccountId, factor: &SecondFactor, otp: &str) -> Result<()> {
    let (now, otp) = (ctx.now().0.div_euclid(STEP_MS), typed(otp));
    let step = (now - 1..=now + 1).find(|step| *step > factor.last_step && code(&factor.secret, *step) == otp);
    let step = step.ok_or(Error::Refused(Refusal::BadCode))?;
    rows::take_step(tx, account, step)?.then_some(()).ok_or(Error::Refused(Refusal::BadCode))
}

/// RFC 4226 with the step for a counter.
#[must_use]
pub fn code(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let mac = hmac::sign(&key, &step.to_be_bytes());
    let bytes = mac.as_ref();
    let offset = usize::from(bytes.last().copied().unwrap_or_default() & 0xf);
    let four = bytes.get(offset..).and_then(|rest| rest.first_chunk::<4>()).copied().unwrap_or_default();
    format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % DIGITS)
}

/// Without padding; the lengths used here, 10 and 20 bytes, need none.
#[must_use]
pub fn base32(bytes: &[u8]) -> String {
    let bits = |five: &[u8; 5]| five.iter().fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
    let letters = |five: u64| (0..8).rev().map(move |n| usize::try_from(five >> (5 * n) & 31).unwrap_or_default());
    let fives = bytes.as_chunks::<5>().0.iter();
    fives.flat_map(|five| letters(bits(five))).filter_map(|n| BASE32.get(n)).map(|byte| char::from(*byte)).collect()
}
