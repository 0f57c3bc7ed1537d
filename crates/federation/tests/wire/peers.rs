//! What other software sends, in its own shapes, and what is understood of it. The documents are written after what each of them was
//! seen to send; hosts, names and words are invented.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use federation::origin::Rules;
use federation::wire::parse;
use serde_json::Value;

use crate::golden;
use crate::telling::{self, Lines};

pub fn rules() -> Rules {
    Rules::new("https://ours.example", Vec::new()).unwrap()
}

#[test]
fn what_other_software_sends_is_understood() {
    for software in golden::entries(&golden::place("in")) {
        let mut told = String::new();
        for file in golden::entries(&software) {
            if file.extension().is_some_and(|extension| extension == "json") {
                writeln!(told, "{}\n{}\n", file.file_stem().unwrap().display(), read(&file)).unwrap();
            }
        }
        golden::compare(&software.join("understood.txt"), &told);
    }
}

fn read(file: &Path) -> String {
    let bytes = fs::read(file).unwrap();
    let document: Value = serde_json::from_slice(&bytes).unwrap();
    let mut lines = Lines::default();
    match tell(&mut lines, &bytes, &document) {
        Ok(()) => lines.done(),
        Err(refused) => format!("  refused: {refused}"),
    }
}

fn tell(lines: &mut Lines, bytes: &[u8], document: &Value) -> Result<(), parse::Refused> {
    let rules = rules();
    let kind = document["type"].as_str().unwrap();
    // Pleroma's notes have an `actor`, too.
    if document.get("actor").is_some() && kind != "Note" {
        telling::envelope(lines, &parse::envelope(bytes, &rules)?, &parse::names(bytes, &rules)?);
        telling::activity(lines, &parse::parse(bytes, &rules)?);
        return Ok(());
    }
    let asked = rules.id(document["id"].as_str().unwrap()).unwrap();
    if document.get("inbox").is_some() {
        telling::actor(lines, &parse::actor(bytes, &rules, &asked)?);
    } else if kind.contains("Collection") {
        telling::collection(lines, &parse::collection(bytes, &rules, &asked)?);
    } else {
        telling::found(lines, &parse::object(bytes, &rules, &asked)?);
    }
    Ok(())
}
