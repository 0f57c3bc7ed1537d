//! A few seconds of it, the same in every run.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use rejoinder_fuzz::run::{Run, Stretched, run, stretch};
use rejoinder_fuzz::targets::ALL;

/// Inputs for each target.
const EACH: u64 = 1_000;

fn is_sound(name: &str) {
    let target = ALL.iter().find(|target| target.name == name).unwrap();
    let run = run(target, EACH, 7).unwrap();
    finds_nothing(&run);
    assert!(run.executions >= EACH && run.outcomes > 1, "{} outcomes", run.outcomes);
    finds_nothing(&stretch(target, Stretched::Words).unwrap());
}

#[track_caller]
fn finds_nothing(run: &Run) {
    for finding in &run.findings {
        println!(
            "{:?}: {}",
            String::from_utf8_lossy(&finding.input).chars().take(500).collect::<String>(),
            finding.why
        );
    }
    assert!(run.findings.is_empty(), "{} findings", run.findings.len());
    let (slowest, input) = &run.slowest;
    let (executions, outcomes, length) = (run.executions, run.outcomes, input.len());
    println!("{executions} executions, {outcomes} outcomes, {slowest:?} for {length} bytes, {:?} for a text", run.text);
}

macro_rules! targets {
    ($($name:ident),+) => {
        $(#[test] fn $name() { is_sound(stringify!($name)); })+

        #[test]
        fn every_target_is_run() {
            let mut named = [$(stringify!($name)),+];
            let mut all = ALL.map(|target| target.name);
            named.sort_unstable();
            all.sort_unstable();
            assert_eq!(named.as_slice(), all.as_slice());
        }
    };
}

targets!(
    activity, envelope, actor, object, collection, jrd, signature, rfc9421, handle, id, media_type, key, html, markdown
);
