//! Mutation of bytes.

use crate::chance::Chance;

/// The longest input that is made, in bytes. Whoever reads has limits of its own at 1 MiB.
pub const LONGEST: usize = (1 << 20) + 16;

/// An input made of one and parts of another, with words of the language that is read.
#[must_use]
pub fn mutated(chance: &mut Chance, input: &[u8], other: &[u8], words: &[&str]) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..=chance.below(6) {
        step(chance, &mut bytes, other, words);
    }
    bytes.truncate(LONGEST);
    bytes
}

fn step(chance: &mut Chance, bytes: &mut Vec<u8>, other: &[u8], words: &[&str]) {
    let at = chance.below(bytes.len() + 1);
    let end = (at + chance.below(16)).min(bytes.len());
    match chance.below(12) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << chance.below(8);
            }
        }
        1 => bytes.insert(at, u8::try_from(chance.below(256)).unwrap_or(0)),
        2 => drop(bytes.drain(at..end)),
        3 => bytes.truncate(at),
        4 => {
            let part = part(chance, other).to_vec();
            bytes.splice(at..at, part);
        }
        5 => {
            let part = part(chance, bytes).to_vec();
            bytes.splice(at..at, part);
        }
        6 => {
            let part = bytes.get(at..end).unwrap_or_default().to_vec();
            many(chance, bytes, at, &part);
        }
        7 => {
            let word = chance.one_of(words).copied().unwrap_or("0");
            many(chance, bytes, at, word.as_bytes());
        }
        8 => {
            let word = chance.one_of(words).copied().unwrap_or("0");
            bytes.splice(at..end, word.bytes());
        }
        _ => {
            let word = chance.one_of(words).copied().unwrap_or("0");
            bytes.splice(at..at, word.bytes());
        }
    }
}

/// A part, as a rule a short one.
fn part<'a>(chance: &mut Chance, bytes: &'a [u8]) -> &'a [u8] {
    let from = chance.below(bytes.len() + 1);
    let longest = if chance.once_in(4) { bytes.len() } else { 32 };
    let to = (from + chance.below(longest + 1)).min(bytes.len());
    bytes.get(from..to).unwrap_or_default()
}

/// The same again and again: rarely so often that the whole is as long as it may be.
fn many(chance: &mut Chance, bytes: &mut Vec<u8>, at: usize, part: &[u8]) {
    let most = if chance.once_in(200) { 1 << 20 } else { 1 << 12 };
    let times = (1_usize << chance.below(18)).min(most / part.len().max(1)).max(1);
    let room = LONGEST.saturating_sub(bytes.len()) / part.len().max(1);
    bytes.splice(at..at, part.repeat(times.min(room)));
}
