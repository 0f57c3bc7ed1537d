//! The baseline: what RSA alone costs on this machine, in this run, by the library that the server uses.

use std::time::{Duration, Instant};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey};

use crate::table::{Row, Table};
use crate::{Failure, Run};

/// What is signed: as long as what is signed of a request.
const MESSAGE: [u8; 250] = [b'x'; 250];

/// What was found.
pub struct Raw {
    /// One signature, in milliseconds of processor time.
    pub signature: f64,
    /// A thousand signatures by two threads, in milliseconds.
    pub thousand: f64,
}

/// Measures it.
pub fn measure(run: &Run, table: &mut Table) -> Result<Raw, Failure> {
    let key = RsaKeyPair::generate(KeySize::Rsa2048)?;
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref().to_vec());
    let signature = sign(&key)?;
    let mut rounds = Vec::new();
    let mut verified = Vec::new();
    for _ in 0..run.rounds() {
        rounds.push(thousand(&key)?);
        let (begun, count) = (Instant::now(), 10_000);
        for _ in 0..count {
            public.verify(&MESSAGE, &signature)?;
        }
        verified.push(begun.elapsed().as_secs_f64() * 1000.0 / f64::from(count));
    }
    let thousand = super::middle(rounds.iter().map(|(took, _)| took.as_secs_f64() * 1000.0).collect());
    let signature = super::middle(rounds.iter().map(|(_, used)| used.as_secs_f64()).collect());
    let verification = super::middle(verified);
    let row = |what: &str, cpu: f64, rate: f64| Row { rate: Some(rate), cpu: Some(cpu), ..Row::named(what) };
    table.push(row("RSA-2048 signature, aws-lc-rs alone, two threads", signature, 1e6 / thousand));
    table.push(row("RSA-2048 verification, aws-lc-rs alone, key read each time", verification, 1000.0 / verification));
    Ok(Raw { signature, thousand })
}

fn sign(key: &RsaKeyPair) -> Result<Vec<u8>, Failure> {
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &MESSAGE, &mut signature)?;
    Ok(signature)
}

/// A thousand signatures by two threads: how long it took, and what was used in all.
fn thousand(key: &RsaKeyPair) -> Result<(Duration, Duration), Failure> {
    let (begun, before) = (Instant::now(), crate::process::own_cpu());
    std::thread::scope(|scope| {
        let half = || (0..500).try_for_each(|_| sign(key).map(drop));
        let running = [scope.spawn(half), scope.spawn(half)];
        running.into_iter().try_for_each(|one| one.join().map_err(|_panic| "a thread has panicked")?)
    })?;
    Ok((begun.elapsed(), crate::process::own_cpu().saturating_sub(before)))
}
