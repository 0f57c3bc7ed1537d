//! The program `rejoinder`.
mod config;

use std::process::ExitCode;

/// Checks the configuration and says what is wrong with it.
fn main() -> ExitCode {
    match config::Config::load(None, std::env::vars_os()) {
        Ok(config) => {
            for warning in config.warnings() {
                eprintln!("warning: {warning}");
            }
            println!("{} keeps its data in {}", config.server.public_url.as_str(), config.database_url());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
