//! From the bytes of a file to text: the encoding is checked and every wrong one named. Not here: what the text means.

use crate::foreign::ParseError;

/// What the text should be, for the error when it is a web page.
#[derive(Clone, Copy)]
pub enum Expected {
    /// The text of a page.
    PageText,
    /// JSON.
    Json,
}

/// The file's text, without a byte order mark.
///
/// # Errors
/// When there is none, or it is none in UTF-8, or a web page; with the remedy.
pub fn text(bytes: &[u8], expected: Expected) -> Result<&str, ParseError> {
    refuse_other_encodings(bytes)?;
    let text = std::str::from_utf8(bytes).map_err(|error| not_utf8(bytes, error.valid_up_to()))?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(ParseError::Empty);
    }
    if is_web_page(text) { Err(web_page(expected)) } else { Ok(text) }
}

fn refuse_other_encodings(bytes: &[u8]) -> Result<(), ParseError> {
    let refuse = |what, how| Err(ParseError::Encoding(what, how));
    match bytes {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => refuse("UTF-16 text", "iconv -f UTF-16 -t UTF-8 FILE"),
        [0, first, ..] if first.is_ascii_graphic() => refuse("UTF-16 text", "iconv -f UTF-16BE -t UTF-8 FILE"),
        [first, 0, ..] if first.is_ascii_graphic() => refuse("UTF-16 text", "iconv -f UTF-16LE -t UTF-8 FILE"),
        [0x1F, 0x8B, ..] => refuse("packed with gzip", "gunzip FILE"),
        [b'P', b'K', 3, 4, ..] => refuse("a zip archive", "unzip FILE"),
        [b'%', b'P', b'D', b'F', ..] => refuse("a PDF", "pdftotext -layout FILE"),
        _ => Ok(()),
    }
}

fn not_utf8(bytes: &[u8], byte: usize) -> ParseError {
    let line = bytes.iter().take(byte).filter(|byte| **byte == b'\n').count() + 1;
    ParseError::NotUtf8 { byte, line }
}

fn is_web_page(text: &str) -> bool {
    let head: String = text.trim_start().chars().take(15).collect();
    let head = head.to_ascii_lowercase();
    ["<!doctype html", "<html", "<head", "<body", "<?xml"].iter().any(|tag| head.starts_with(tag))
}

fn web_page(expected: Expected) -> ParseError {
    let (expected, remedy) = match expected {
        Expected::PageText => ("its text", "Open it in a browser and save it as plain text."),
        Expected::Json => ("JSON", "Fetch the item from the API, not the page that people read."),
    };
    ParseError::WebPage { expected, remedy }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(bytes: &[u8]) -> String {
        text(bytes, Expected::PageText).unwrap_err().to_string()
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        assert_eq!(text(b"\xEF\xBB\xBFplain", Expected::Json), Ok("plain"));
    }

    #[test]
    fn nothing_is_said_to_be_nothing() {
        for nothing in [&b""[..], b"\xEF\xBB\xBF", b" \r\n\t\n"] {
            assert_eq!(text(nothing, Expected::PageText), Err(ParseError::Empty));
        }
    }

    #[test]
    fn a_wrong_byte_is_named_with_its_line_and_the_remedy() {
        let error = text(b"one\ntwo\nna\xEFve", Expected::PageText).unwrap_err();
        assert_eq!(error, ParseError::NotUtf8 { byte: 10, line: 3 });
        assert!(error.to_string().contains("byte 10 (on line 3)") && error.to_string().contains("iconv"));
    }

    #[test]
    fn other_encodings_and_archives_are_called_by_their_name() {
        assert!(said(b"\xFF\xFEa\0").contains("UTF-16"));
        assert!(said(b"\xFE\xFF\0a").contains("UTF-16"));
        assert!(said(b"a\0b\0").contains("UTF-16LE"));
        assert!(said(b"\0a\0b").contains("UTF-16BE"));
        assert!(said(b"\x1F\x8B\x08\0").contains("gunzip"));
        assert!(said(b"PK\x03\x04").contains("zip"));
        assert!(said(b"%PDF-1.7").contains("PDF"));
    }

    #[test]
    fn a_web_page_is_not_its_text() {
        for page in ["<!DOCTYPE html><title>x", "\n  <html lang=en>", "<?xml version='1.0'?><html>"] {
            assert!(said(page.as_bytes()).contains("plain text"), "{page}");
            let error = text(page.as_bytes(), Expected::Json).unwrap_err();
            assert!(error.to_string().contains("from the API"), "{error}");
        }
        assert!(text(b"<3 this is text", Expected::PageText).is_ok());
    }
}
