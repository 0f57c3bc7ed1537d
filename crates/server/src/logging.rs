//! Log lines: to standard error, for people on a terminal and as JSON for programs.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::Subscriber;

use crate::config::{LogFormat, Server};

/// Starts logging. The filter has been checked with the configuration.
pub fn start(config: &Server) {
    let filter = EnvFilter::new(&config.log_filter);
    let json = match config.log_format {
        LogFormat::Auto => !std::io::stderr().is_terminal(),
        LogFormat::Text => false,
        LogFormat::Json => true,
    };
    let lines = Subscriber::builder().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // A second subscriber in one process (a test) is no reason to stop.
    let _ = if json {
        tracing::subscriber::set_global_default(lines.json().flatten_event(true).finish())
    } else {
        tracing::subscriber::set_global_default(lines.finish())
    };
}
