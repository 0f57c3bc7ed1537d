//! The lines of a saved page with their indentation. Not here: what a line means.

/// Tab stops stand as far apart as in the terminals and editors that turn spaces into tabs.
const TAB_STOP: usize = 8;

/// A line of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// From 1.
    pub number: usize,
    /// In columns.
    pub indent: usize,
    /// Without indentation and trailing white space; empty for a blank line.
    pub text: &'a str,
    /// Whether tabs stand in the indentation.
    pub tabs: bool,
}

impl Line<'_> {
    pub fn place(&self) -> String {
        format!("line {}", self.number)
    }
}

/// A line of a comment's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BodyLine<'a> {
    /// In columns beyond the comment's own indentation.
    pub indent: usize,
    /// As in [`Line`].
    pub text: &'a str,
}

/// All lines, whether they end as on Unix, on Windows or on old Macs.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let unix = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    unix.flat_map(|line| line.split('\r')).zip(1..).map(|(line, number)| read(line, number)).collect()
}

fn read(line: &str, number: usize) -> Line<'_> {
    let text = line.trim_start_matches([' ', '\t', '\u{A0}']);
    let white = line.strip_suffix(text).unwrap_or("");
    let indent = white.chars().fold(0, |column, c| match c {
        '\t' => (column / TAB_STOP + 1) * TAB_STOP,
        _ => column + 1,
    });
    Line { number, indent, text: text.trim_end(), tabs: white.contains('\t') }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> Vec<(usize, usize, &str)> {
        lines(text).iter().map(|line| (line.number, line.indent, line.text)).collect()
    }

    #[test]
    fn every_line_end_counts_once() {
        let expected = [(1, 0, "a"), (2, 0, ""), (3, 2, "b")];
        for text in ["a\n\n  b", "a\r\n\r\n  b", "a\r\r  b", "a \n \t\n  b\t "] {
            let found: Vec<_> =
                seen(text).into_iter().map(|(n, i, t)| (n, if t.is_empty() { 0 } else { i }, t)).collect();
            assert_eq!(found, expected, "{text:?}");
        }
    }

    #[test]
    fn tabs_and_hard_spaces_are_indentation() {
        assert_eq!(seen("\ta\n  \tb\n\u{A0} c"), [(1, 8, "a"), (2, 8, "b"), (3, 2, "c")]);
        assert!(lines("\ta")[0].tabs && !lines(" a\t")[0].tabs);
    }
}
