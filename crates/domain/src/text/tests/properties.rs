//! What holds for every input.

use proptest::prelude::*;

use super::*;
use crate::text::sanitise::sanitise;

/// Pieces that mean something to a parser, put together at random.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "word",
        " ",
        "\n",
        "\n\n",
        "> ",
        ">",
        "- ",
        "1. ",
        "    ",
        "  ",
        "*",
        "**",
        "_",
        "~~",
        "~",
        "`",
        "```",
        "[",
        "]",
        "](",
        "(",
        ")",
        "![",
        "[1]",
        "[1]: ",
        "<",
        ">",
        "</",
        "<b>",
        "</b>",
        "<script>",
        "</script>",
        "<p>",
        "<a href=",
        "<a href=\"",
        "\"",
        "'",
        "=",
        "<pre>",
        "</pre>",
        "<code>",
        "</code>",
        "<blockquote>",
        "</blockquote>",
        "<ul>",
        "<ol>",
        "<li>",
        "</li>",
        "</ul>",
        "<h1>",
        "<br>",
        "<hr>",
        "<img src=",
        "<span class=mention>",
        "</span>",
        "<!--",
        "-->",
        "<svg>",
        "<math>",
        "<table>",
        "<td>",
        "<style>",
        "<i>",
        "</i>",
        "javascript:alert(1)",
        "https://a.example/x",
        "https://",
        "www.a.example",
        "data:x",
        "//a.example",
        "@",
        "@ann",
        "@ann@a.example",
        "me@a.example",
        "&",
        "&lt;",
        "&#x202e;",
        "&#1;",
        "&colon;",
        "&nbsp;",
        "\\",
        "#",
        "---",
        "===",
        "|",
        "\0",
        "\u{1}",
        "\u{10}",
        "\u{202e}",
        "\u{301}",
        "\u{200d}",
        "é",
        "語",
        "שלום",
        "\t",
        "\r",
        "\r\n",
        ":",
        "!",
        ".",
        ",",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![4 => pieces(), 1 => any::<String>()]
}

/// The words in which there is something to see.
fn seen(plain: &str) -> Vec<&str> {
    plain.split(' ').filter(|word| characters::has_something_to_see(word)).collect()
}

fn is_safe(html: &str) {
    assert_eq!(sanitise(html), html, "is not its own sanitised form");
    for (at, _) in html.match_indices('<') {
        let tag = html.get(at + 1..).unwrap_or_default().trim_start_matches('/');
        let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        let allowed = [
            "a",
            "b",
            "blockquote",
            "br",
            "code",
            "del",
            "em",
            "hr",
            "i",
            "li",
            "ol",
            "p",
            "pre",
            "s",
            "span",
            "strong",
            "u",
            "ul",
        ];
        assert!(allowed.contains(&name), "{name:?} in {html:?}");
    }
    for href in html.split("<a href=\"").skip(1) {
        assert!(["https://", "http://", "mailto:", "/u/"].iter().any(|start| href.starts_with(start)), "{href:?}");
    }
    let steers = |c: char| {
        matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') || c.is_control() && !matches!(c, '\n' | '\t')
    };
    assert!(!html.contains(steers), "{html:?}");
}

fn is_whole(text: &Rendered, limits: &TextLimits) {
    is_safe(&text.html);
    assert!(!text.plain.contains("  ") && text.plain.trim() == text.plain && !text.plain.is_empty());
    assert!(text.links <= limits.max_links && text.mentions.len() <= limits.max_mentions);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn whatever_is_written_is_safe(source in any_text()) {
        let limits = TextLimits { max_links: 3, max_mentions: 2, ..TextLimits::default() };
        if let Ok(text) = render(&source, &limits, &Places::default()) {
            is_whole(&text, &limits);
            prop_assert!(text.html.len() <= 100 + 64 * source.len(), "{} of {}", text.html.len(), source.len());
        }
    }

    #[test]
    fn whatever_comes_from_elsewhere_is_safe(html in any_text()) {
        let limits = TextLimits { max_links: 3, max_mentions: 2, ..TextLimits::default() };
        if let Ok(text) = from_html(&html, &limits) {
            is_whole(&text, &limits);
            prop_assert!(text.html.len() <= 100 + 64 * html.len());
            let again = from_html(&text.html, &limits).unwrap();
            prop_assert_eq!(&again.plain, &text.plain);
        }
    }

    #[test]
    fn what_we_render_passes_as_foreign(source in pieces()) {
        if let Ok(text) = render(&source, &TextLimits::default(), &Places::default()) {
            let foreign = from_html(&text.html, &TextLimits::default()).unwrap();
            // Paragraphs of blanks and of marks that stand on nothing are left out of what comes from elsewhere.
            prop_assert_eq!(seen(&foreign.plain), seen(&text.plain));
        }
    }

    #[test]
    fn no_word_is_lost(words in prop::collection::vec("[a-z]{1,8}", 1..30), seams in prop::collection::vec(
        prop::sample::select(vec![" ", "\n", "\n\n", "\n> ", "\n- ", " *", "* ", " _", "_ ", "\n    ", " < ", "<", "> ", " [", "] ", "\n[1]: ", " ~~", "~~ ", " & ", "  \n", "\n# ", "\n---\n", "\\", " \"", "\n1. "]), 30)) {
        let source: String = words.iter().zip(&seams).map(|(word, seam)| format!("{word}{seam}")).collect();
        if let Ok(text) = render(&source, &TextLimits::default(), &Places::default()) {
            let mut rest = text.plain.as_str();
            for word in &words {
                let at = rest.find(word.as_str());
                prop_assert!(at.is_some(), "{} of {:?} not in {:?}", word, source, text.plain);
                rest = rest.get(at.unwrap() + word.len()..).unwrap();
            }
        }
    }

    #[test]
    fn what_is_edited_again_renders_safely(html in any_text()) {
        let source = html_to_source(&html);
        if let Ok(text) = render(&source, &TextLimits::default(), &Places::default()) {
            is_safe(&text.html);
        }
    }

    #[test]
    fn what_is_clean_need_not_be_cleaned_to_be_edited(foreign in any_text()) {
        let texts = [from_html(&foreign, &TextLimits::default()), render(&foreign, &TextLimits::default(), &Places::default())];
        for text in texts.into_iter().flatten() {
            prop_assert_eq!(text.source(), html_to_source(&text.html));
        }
    }

    #[test]
    fn the_small_ones_never_panic_and_keep_their_promise(raw in any_text(), max in 0_usize..80) {
        let short = excerpt(&raw, max);
        prop_assert!(short.chars().count() <= max);
        prop_assert!(slug(&raw).chars().count() <= 60);
        prop_assert_eq!(tidy(&tidy(&raw)), tidy(&raw));
        if let Ok(title) = title(&raw, &TextLimits::default()) {
            prop_assert_eq!(super::title(&title, &TextLimits::default()), Ok(title.clone()));
            prop_assert!(!title.contains(char::is_control));
        }
        if let Ok(name) = name(&raw) {
            prop_assert!(name.len() <= 30 && name.is_ascii());
        }
        if let Ok(url) = link(&raw) {
            prop_assert!(matches!(url.scheme(), "http" | "https"));
        }
    }
}
