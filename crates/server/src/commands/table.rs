//! Answers of commands: tables for people, with columns as wide as what stands in them; JSON for programs.
#![expect(clippy::print_stdout, reason = "commands answer on standard output")]

use serde::Serialize;

use crate::boot::Failure;

/// Prints rows below their heads. What other servers wrote is shown without what would move a terminal's cursor.
pub fn print(heads: &[&str], rows: &[Vec<String>]) {
    for line in lines(heads, rows) {
        println!("{line}");
    }
}

/// A moment in the words of RFC 3339; nothing for never.
pub fn moment(time: domain::Time) -> String {
    let known = jiff::Timestamp::from_millisecond(time.0).ok().filter(|_| time.0 > 0);
    known.map(|moment| format!("{moment:.0}")).unwrap_or_default()
}

/// Prints something for programs.
pub fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    println!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}

fn lines(heads: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
    let rows: Vec<Vec<String>> =
        std::iter::once(&heads).chain(rows).map(|row| row.iter().map(|cell| plain(cell)).collect()).collect();
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

fn plain(cell: &str) -> String {
    cell.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_their_heads_and_move_no_cursor() {
        let rows = [vec!["long.example".to_owned(), "\u{1b}[2Jé".to_owned()], vec!["é".to_owned(), String::new()]];
        assert_eq!(lines(&["HOST", "WHY"], &rows), ["HOST          WHY", "long.example   [2Jé", "é"]);
    }
}
