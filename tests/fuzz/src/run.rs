//! Runs: so many inputs for one target, counted and timed.

use std::any::Any;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};
use std::{io, thread};

use rustix::time::{ClockId, clock_gettime};

use crate::chance::Chance;
use crate::targets::{Language, Setting, Target, html, ordinary_text};
use crate::{json, mutate};

/// Inputs that are kept because their outcome was a new one.
const MOST_KEPT: usize = 4_096;
/// Bytes of the longest that is kept.
const LONGEST_KEPT: usize = 1 << 11;
/// The stack on which inputs are read: half of that on which the server reads them.
const STACK: usize = 1 << 20;
/// How many times as long as an ordinary text an input of 1 MiB may take of a processor; a smaller one may as well. The slowest that takes
/// time by its length alone, 16,000 paragraphs of one character, takes 16 times as long; one whose texts were written in time by the square
/// of what they have to escape, 35 times.
const MOST_TEXTS: u32 = 25;

/// What came of a run.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// Inputs that were read.
    pub executions: u64,
    /// Different outcomes.
    pub outcomes: usize,
    /// Time on the clock.
    pub took: Duration,
    /// What an ordinary text takes of a processor, as long as one may be.
    pub text: Duration,
    /// What the slowest input took of a processor, and the input.
    pub slowest: (Duration, Vec<u8>),
    /// Inputs that must not be, and why.
    pub findings: Vec<Finding>,
}

impl Run {
    /// A run that has not begun, on this machine as it is now.
    fn beside(setting: &Setting) -> Self {
        let text = ordinary_text(setting);
        let timed = || {
            let begun = processor_time();
            html(setting, &text);
            processor_time().saturating_sub(begun)
        };
        Self { text: (0..5).map(|_| timed()).min().unwrap_or_default(), ..Self::default() }
    }
}

/// An input that must not be.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The input.
    pub input: Vec<u8>,
    /// What is wrong.
    pub why: String,
}

/// Reads the seeds of a target and as many mutations of them as asked for.
///
/// # Errors
/// When there are no seeds, or no thread.
pub fn run(target: &'static Target, executions: u64, seed: u64) -> io::Result<Run> {
    on_a_small_stack(target, move || fuzz(target, executions, seed))
}

/// What is repeated to make a long input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stretched {
    /// Each word of the language.
    Words,
    /// Each word, and each two.
    Pairs,
}

/// Reads words again and again: up to the longest input, and up to the longest texts that are read whole. What takes time by the square
/// of the length shows here.
///
/// # Errors
/// When there is no thread.
pub fn stretch(target: &'static Target, what: Stretched) -> io::Result<Run> {
    on_a_small_stack(target, move || {
        let setting = Setting::new()?;
        let (mut ways, mut run) = (HashSet::new(), Run::beside(&setting));
        let begun = Instant::now();
        for word in target.words {
            for length in [19_000, 300_000, 1 << 20] {
                one(target, &setting, &repeated(word, length), &mut ways, &mut run);
            }
            one(target, &setting, format!("x{}", word.repeat(MOST_CHARS)).as_bytes(), &mut ways, &mut run);
            for second in target.words.iter().filter(|_| what == Stretched::Pairs) {
                one(target, &setting, &repeated(&format!("{word}{second}"), 19_000), &mut ways, &mut run);
            }
        }
        (run.outcomes, run.took) = (ways.len(), begun.elapsed());
        Ok(run)
    })
}

/// A text may have 20,000 characters, and each may be written as a word: what is escaped is longer than it counts. Behind a letter, because
/// spaces alone are no text.
const MOST_CHARS: usize = 19_990;

fn repeated(word: &str, length: usize) -> Vec<u8> {
    word.repeat(length / word.len().max(1)).into_bytes()
}

fn on_a_small_stack(target: &Target, body: impl FnOnce() -> io::Result<Run> + Send + 'static) -> io::Result<Run> {
    let thread = thread::Builder::new().name(target.name.to_owned()).stack_size(STACK).spawn(body)?;
    thread.join().map_err(|panic| io::Error::other(words(&*panic)))?
}

fn fuzz(target: &Target, executions: u64, seed: u64) -> io::Result<Run> {
    let (setting, mut pool) = (Setting::new()?, target.seeds()?);
    let (mut chance, mut ways, mut run) = (Chance::new(seed), HashSet::new(), Run::beside(&setting));
    let begun = Instant::now();
    for input in pool.clone() {
        one(target, &setting, &input, &mut ways, &mut run);
    }
    while run.executions < executions {
        let input = next(target, &mut chance, &pool);
        let is_new = one(target, &setting, &input, &mut ways, &mut run);
        // Long ones are read once: whatever is made of them takes as long, and there would be less of it.
        if is_new && pool.len() < MOST_KEPT && input.len() < LONGEST_KEPT {
            pool.push(input);
        }
    }
    run.outcomes = ways.len();
    run.took = begun.elapsed();
    Ok(run)
}

fn next(target: &Target, chance: &mut Chance, pool: &[Vec<u8>]) -> Vec<u8> {
    let [one, two] = [(); 2].map(|()| chance.one_of(pool).map(Vec::as_slice).unwrap_or_default());
    let made = match target.language {
        Language::Json if !chance.once_in(4) => json::mutated(chance, one, two),
        Language::Json | Language::Bytes => None,
    };
    made.unwrap_or_else(|| mutate::mutated(chance, one, two, target.words))
}

/// Reads one input; says whether its outcome was a new one.
fn one(target: &Target, setting: &Setting, input: &[u8], ways: &mut HashSet<u64>, run: &mut Run) -> bool {
    let begun = processor_time();
    let read = catch_unwind(AssertUnwindSafe(|| (target.read)(setting, input)));
    let took = processor_time().saturating_sub(begun);
    run.executions += 1;
    if took > run.slowest.0 {
        run.slowest = (took, input.to_vec());
    }
    let found = |why| Finding { input: input.to_vec(), why };
    if took > run.text * MOST_TEXTS * u32::try_from(input.len().div_ceil(1 << 20).max(1)).unwrap_or(1) {
        run.findings.push(found(format!("{} bytes took {took:?}, an ordinary text {:?}", input.len(), run.text)));
    }
    match read {
        Ok(way) => ways.insert(way),
        Err(panic) => {
            run.findings.push(found(words(&*panic)));
            false
        }
    }
}

/// What this thread has had of a processor: another program on the machine makes no input slow.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let (seconds, rest) = (u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0));
    Duration::new(seconds, rest)
}

fn words(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<String>().cloned();
    words
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "a panic".to_owned())
}
