//! What can be wrong with a configuration, in words that say what to do. No rules here: those are in `check` and
//! in the types of `value`.

use std::fmt;
use std::path::PathBuf;

/// Why there is no configuration to start with.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read as text.
    #[error("cannot read the configuration file {path}: {reason}; create it or name another with --config", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system or the decoder said.
        reason: std::io::Error,
    },
    /// The file is no TOML. The reason shows the line.
    #[error("the configuration file {path} is no valid TOML: {reason}", path = path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        reason: String,
    },
    /// Keys that do not exist, or values that cannot be.
    #[error("the configuration cannot be used:{}", lines(.0))]
    Unusable(Vec<Problem>),
}

/// One key or value that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The key, `section.key`.
    pub key: String,
    /// The value as written; secrets are masked. `None` where the key itself is the problem.
    pub value: Option<String>,
    /// The file or the environment variable that says so, or `default`.
    pub origin: String,
    /// What is wrong, and the remedy.
    pub complaint: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.key)?;
        if let Some(value) = &self.value {
            write!(f, " = {value}")?;
        }
        write!(f, " ({}): {}", self.origin, self.complaint)
    }
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("\n  {problem}")).collect()
}
