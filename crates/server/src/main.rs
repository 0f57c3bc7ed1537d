//! The program `rejoinder`: command line, configuration, boot, shutdown. Not here: anything that a handler or an action does.

mod boot;
mod cli;
mod commands;
mod config;
mod listen;
mod logging;
mod pipe;
mod serve;

use std::process::ExitCode;

use clap::Parser as _;

/// Takes and gives back memory; SQLite's, too (`override`). What it is worth stands in ARCHITECTURE.md. <https://docs.rs/mimalloc>
#[cfg(target_os = "linux")]
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Exit status 0 done, 1 failed, 2 wrong use (clap's own).
fn main() -> ExitCode {
    pipe::end_quietly();
    let arguments = cli::Arguments::parse();
    let config = match config::Config::load(arguments.config.as_deref(), std::env::vars_os()) {
        Ok(config) => config,
        Err(error) => return failed(&error),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    match runtime.block_on(commands::run(arguments, config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&*error),
    }
}

#[expect(clippy::print_stderr, reason = "the last word of a command that failed")]
fn failed(error: &(impl std::fmt::Display + ?Sized)) -> ExitCode {
    eprintln!("rejoinder: {error}");
    ExitCode::FAILURE
}
