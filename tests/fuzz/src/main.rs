//! The long run: `cargo run --profile fuzz -p rejoinder-fuzz -- 10000000`.
#![expect(clippy::print_stdout, reason = "what it is for")]

use std::path::Path;
use std::process::ExitCode;
use std::{fs, io};

use clap::Parser;
use rejoinder_fuzz::run::{Run, Stretched, run, stretch};
use rejoinder_fuzz::targets::{ALL, Target};

/// Feeds the parsers of what others send.
#[derive(Parser)]
struct Asked {
    /// Inputs in all, shared among the targets.
    #[arg(default_value_t = 1_000_000)]
    executions: u64,
    /// One target, instead of all.
    #[arg(long)]
    target: Option<String>,
    /// Another seed makes other inputs.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> io::Result<ExitCode> {
    let asked = Asked::parse();
    let chosen: Vec<&'static Target> =
        ALL.iter().filter(|target| asked.target.as_deref().is_none_or(|name| name == target.name)).collect();
    if chosen.is_empty() {
        println!("there is no such target; there are: {}", ALL.map(|target| target.name).join(", "));
        return Ok(ExitCode::FAILURE);
    }
    let each = asked.executions.div_ceil(chosen.len() as u64);
    let (mut executions, mut findings) = (0, 0);
    for target in chosen {
        let run = run(target, each, asked.seed)?;
        tell(target, &run)?;
        executions += run.executions;
        findings += run.findings.len();
        let run = stretch(target, Stretched::Pairs)?;
        tell(target, &run)?;
        executions += run.executions;
        findings += run.findings.len();
    }
    println!("{executions} executions, {findings} findings");
    Ok(if findings == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tell(target: &Target, run: &Run) -> io::Result<()> {
    let rate = run.executions as f64 / run.took.as_secs_f64().max(0.001);
    let (slowest, input) = &run.slowest;
    let length = input.len();
    println!(
        "{:<12} {:>9} executions {rate:>8.0}/s, {:>5} outcomes, slowest {slowest:?} for {length} bytes, a text {:?}, {} findings",
        target.name,
        run.executions,
        run.outcomes,
        run.text,
        run.findings.len()
    );
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("found");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(format!("{}-slowest", target.name)), input)?;
    for (number, finding) in run.findings.iter().take(20).enumerate() {
        let file = folder.join(format!("{}-{number}", target.name));
        fs::write(&file, &finding.input)?;
        println!("  {}: {}", file.display(), finding.why.chars().take(300).collect::<String>());
    }
    Ok(())
}
