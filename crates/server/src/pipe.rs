//! Whoever reads what a command prints may have had enough, as `head` has. The command then ends without a word, as others do that a closed
//! pipe kills; Rust's `println!` panics instead. Said here once, and not wherever something is printed.

use std::panic::{self, PanicHookInfo};
use std::process::exit;

/// What a shell reports of a program that a closed pipe has killed.
const CLOSED: i32 = 128 + 13;

/// Has the program end so from now on. Other panics are told as before.
pub fn end_quietly() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| if is_closed(info) { exit(CLOSED) } else { before(info) }));
}

/// `println!` says by which stream and why it failed in its message alone.
fn is_closed(info: &PanicHookInfo<'_>) -> bool {
    let words = info.payload().downcast_ref::<String>();
    words.is_some_and(|words| words.starts_with("failed printing to stdout") && words.contains("Broken pipe"))
}
