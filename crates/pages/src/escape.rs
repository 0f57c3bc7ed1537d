//! The escaper that askama applies to every printed value. What is already markup (a sanitised
//! comment, a rendered part) says so in its template with `safe` or by being `HtmlSafe`.

use std::fmt::{self, Write};

use askama::filters::Escaper;

/// Escapes `& < > " '` and drops the control characters that HTML does not allow.
///
/// Dropping them is what keeps the marks of [`super::slots`] unforgeable: a name, a title or a
/// search that contains such a character cannot open a slot.
#[derive(Debug, Clone, Copy, Default)]
pub struct Markup;

impl Escaper for Markup {
    fn write_escaped_str<W: Write>(&self, mut dest: W, string: &str) -> fmt::Result {
        let mut rest = string;
        while let Some(at) = rest.bytes().position(is_special) {
            // Every special character is one ASCII byte, so both cuts fall between characters.
            let Some((plain, tail)) = rest.split_at_checked(at) else {
                break;
            };
            let Some((special, tail)) = tail.split_at_checked(1) else {
                break;
            };
            dest.write_str(plain)?;
            dest.write_str(replacement(special))?;
            rest = tail;
        }
        dest.write_str(rest)
    }
}

const fn is_special(byte: u8) -> bool {
    match byte {
        b'&' | b'<' | b'>' | b'"' | b'\'' | 0x7f => true,
        b'\t' | b'\n' | b'\r' => false,
        other => other < 0x20,
    }
}

fn replacement(special: &str) -> &'static str {
    match special {
        "&" => "&amp;",
        "<" => "&lt;",
        ">" => "&gt;",
        "\"" => "&#34;",
        "'" => "&#39;",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(text: &str) -> String {
        let mut out = String::new();
        Markup.write_escaped_str(&mut out, text).unwrap();
        out
    }

    #[test]
    fn markup_becomes_text() {
        assert_eq!(escaped(r#"<b title="a'b">&c"#), "&lt;b title=&#34;a&#39;b&#34;&gt;&amp;c");
    }

    #[test]
    fn control_characters_vanish_and_line_breaks_stay() {
        assert_eq!(escaped("a\u{1}V7\u{2}b\u{3}\0\u{7f}\r\n\tc"), "aV7b\r\n\tc");
    }

    #[test]
    fn other_scripts_pass_unchanged() {
        assert_eq!(escaped("مرحبا – 日本 🦀"), "مرحبا – 日本 🦀");
    }
}
