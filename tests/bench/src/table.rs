//! The table: what was measured, what it should be, whether it is.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::load::Outcome;

/// One line.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// What was measured.
    pub what: String,
    /// Requests a second.
    pub rate: Option<f64>,
    /// Milliseconds.
    pub p50: Option<f64>,
    /// Milliseconds.
    pub p99: Option<f64>,
    /// CPU time of the server for one of them, milliseconds.
    pub cpu: Option<f64>,
    /// Bytes on the wire of one answer.
    pub bytes: Option<f64>,
    /// Resident memory of the server, bytes.
    pub resident: Option<u64>,
    /// Against what it was measured in the same run.
    pub ratio: Option<Ratio>,
    /// What it should be, and whether it is.
    pub targets: Vec<Target>,
}

/// A share of something else.
#[derive(Clone, Debug)]
pub struct Ratio {
    /// How many times it.
    pub value: f64,
    /// It.
    pub of: &'static str,
}

/// What a row should be.
#[derive(Clone, Debug)]
pub struct Target {
    /// In words.
    pub words: String,
    /// Whether it is.
    pub met: bool,
}

impl Row {
    /// A line about nothing but its name so far.
    pub fn named(what: impl Into<String>) -> Self {
        Self { what: what.into(), ..Self::default() }
    }

    /// A line about load.
    pub fn load(what: impl Into<String>, outcome: &Outcome) -> Self {
        Self {
            what: what.into(),
            rate: Some(outcome.rate),
            p50: Some(outcome.p50),
            p99: Some(outcome.p99),
            cpu: Some(outcome.cpu),
            bytes: Some(outcome.bytes),
            resident: Some(outcome.resident),
            ..Self::default()
        }
    }

    /// With a ratio.
    #[must_use]
    pub fn against(self, value: f64, of: &'static str) -> Self {
        Self { ratio: Some(Ratio { value, of }), ..self }
    }

    /// With a target for a value that may be at most so much.
    #[must_use]
    pub fn at_most(self, name: &str, value: f64, limit: f64, unit: &str) -> Self {
        self.should(format!("{name}≤ {limit}{unit}"), value <= limit)
    }

    /// With a target for a value that must be at least so much.
    #[must_use]
    pub fn at_least(self, name: &str, value: f64, limit: f64, unit: &str) -> Self {
        self.should(format!("{name}≥ {limit}{unit}"), value >= limit)
    }

    fn should(mut self, words: String, met: bool) -> Self {
        self.targets.push(Target { words, met });
        self
    }

    fn cells(&self) -> [String; 10] {
        let met: Vec<&str> = self.targets.iter().map(|target| if target.met { "yes" } else { "**no**" }).collect();
        let targets: Vec<&str> = self.targets.iter().map(|target| target.words.as_str()).collect();
        [
            self.what.clone(),
            cell(self.rate, figures),
            cell(self.p50, figures),
            cell(self.p99, figures),
            cell(self.cpu, figures),
            cell(self.bytes, |bytes| format!("{:.1}", bytes / 1000.0)),
            cell(self.resident, |bytes| format!("{:.0}", bytes as f64 / 1e6)),
            cell(self.ratio.as_ref(), |ratio| format!("{} × {}", figures(ratio.value), ratio.of)),
            targets.join("; "),
            met.join("; "),
        ]
    }

    fn json(&self) -> Value {
        let targets: Vec<Value> =
            self.targets.iter().map(|target| json!({ "target": target.words, "met": target.met })).collect();
        json!({
            "what": self.what, "rate": self.rate, "p50_ms": self.p50, "p99_ms": self.p99, "cpu_ms": self.cpu,
            "wire_bytes": self.bytes, "resident_bytes": self.resident,
            "ratio": self.ratio.as_ref().map(|ratio| json!({ "value": ratio.value, "of": ratio.of })),
            "targets": targets,
        })
    }
}

fn cell<T>(value: Option<T>, show: impl FnOnce(T) -> String) -> String {
    value.map(show).unwrap_or_default()
}

/// Three figures, whatever the size.
fn figures(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value if value >= 1.0 => format!("{value:.2}"),
        value => format!("{value:.3}"),
    }
}

const HEADS: [&str; 10] =
    ["what", "rate/s", "p50 ms", "p99 ms", "CPU ms each", "kB on the wire", "RSS MB", "ratio", "target", "met"];

/// All lines.
#[derive(Clone, Debug, Default)]
pub struct Table {
    rows: Vec<Row>,
}

impl Table {
    /// Adds a line, and shows it to whoever waits.
    pub fn push(&mut self, row: Row) {
        let cells = row.cells();
        let shown: Vec<String> = HEADS
            .iter()
            .zip(&cells)
            .skip(1)
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(head, cell)| format!("{head} {cell}"))
            .collect();
        eprintln!("{}: {}", row.what, shown.join(", "));
        self.rows.push(row);
    }

    /// As Markdown.
    pub fn markdown(&self) -> String {
        let mut text = format!("| {} |\n|{}\n", HEADS.join(" | "), " --- |".repeat(HEADS.len()));
        for row in &self.rows {
            // Writing to a string does not fail.
            let _ = writeln!(text, "| {} |", row.cells().join(" | "));
        }
        text
    }

    /// For programs.
    pub fn json(&self) -> Value {
        self.rows.iter().map(Row::json).collect()
    }

    /// How many targets there are, and how many are met.
    pub fn score(&self) -> (usize, usize) {
        let all: Vec<bool> = self.rows.iter().flat_map(|row| &row.targets).map(|target| target.met).collect();
        (all.len(), all.iter().filter(|met| **met).count())
    }
}
