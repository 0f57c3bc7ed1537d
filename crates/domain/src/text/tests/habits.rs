//! What CommonMark and the habits of discussion sites make of a source.

use super::*;

#[test]
fn paragraphs_flow_and_hard_breaks_stay() {
    assert_eq!(html("one\ntwo\n\nthree  \nfour\\\nfive"), "<p>one\ntwo</p><p>three<br>four<br>five</p>");
}

#[test]
fn emphasis_code_and_strikes() {
    assert_eq!(
        html("*a* _b_ **c** ~~d~~ `<e>` snake_case_d 2*3*4 ~5 to ~6"),
        "<p><em>a</em> <em>b</em> <strong>c</strong> <del>d</del> <code>&lt;e&gt;</code> snake_case_d 2<em>3</em>4 ~5 to ~6</p>"
    );
}

#[test]
fn quotations_end_with_their_markers() {
    assert_eq!(
        html("> a\nb\n> c\n\nd"),
        "<blockquote><p>a</p></blockquote><p>b</p><blockquote><p>c</p></blockquote><p>d</p>"
    );
    assert_eq!(html(">> a\n> b"), "<blockquote><blockquote><p>a</p></blockquote><p>b</p></blockquote>");
    assert_eq!(html(">a\n>\n>b"), "<blockquote><p>a</p><p>b</p></blockquote>");
    assert_eq!(html("a\n> b"), "<p>a</p><blockquote><p>b</p></blockquote>");
    assert_eq!(html("```\n> a\nb\n```"), "<pre><code>&gt; a\nb\n</code></pre>");
}

#[test]
fn code_by_fence_and_by_indent_is_exact() {
    let code = "[1]: https://a.example/_x_ <b> ~ @ann\n> \\*a\\*";
    let shown = "[1]: https://a.example/_x_ &lt;b&gt; ~ @ann\n&gt; \\*a\\*";
    assert_eq!(html(&format!("```rust\n{code}\n```")), format!("<pre><code>{shown}\n</code></pre>"));
    assert_eq!(html(&format!("    {}", code.replace('\n', "\n    "))), format!("<pre><code>{shown}</code></pre>"));
    assert_eq!(html("`https://a.example/_x_ @ann <b>`"), "<p><code>https://a.example/_x_ @ann &lt;b&gt;</code></p>");
}

#[test]
fn lists_keep_their_numbers() {
    assert_eq!(html("- a\n- b\n  - c"), "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>");
    assert_eq!(html("1. a\n2. b"), "<ol><li>a</li><li>b</li></ol>");
    assert_eq!(html("7. a\n\n   b"), "<ol start=\"7\"><li><p>a</p><p>b</p></li></ol>");
}

#[test]
fn headings_are_strong_paragraphs_and_rules_are_rules() {
    assert_eq!(
        html("# One *two*\n\nThree\n---\n\n***"),
        "<p><strong>One <em>two</em></strong></p><p><strong>Three</strong></p><hr>"
    );
}

#[test]
fn html_is_text_with_markdown_in_it() {
    assert_eq!(
        html("<b>*x*</b> <br/> <!-- y -->"),
        "<p>&lt;b&gt;<em>x</em>&lt;/b&gt; &lt;br/&gt; &lt;!-- y --&gt;</p>"
    );
    assert_eq!(html("<div>\n\n*x*\n</div>"), "<p>&lt;div&gt;</p><p><em>x</em>\n&lt;/div&gt;</p>");
    assert_eq!(html("&lt;b&gt; &copy; &nosuch; AT&T"), "<p>&lt;b&gt; © &amp;nosuch; AT&amp;T</p>");
}

#[test]
fn tables_are_text() {
    assert_eq!(html("|a|b|\n|-|-|\n|c|d|"), "<p>|a|b|\n|-|-|\n|c|d|</p>");
}

#[test]
fn links_of_every_kind() {
    let a = |href: &str, text: &str| format!("<a href=\"{href}\">{text}</a>");
    for (source, expected) in [
        ("[a *b*](https://a.example \"t\")", a("https://a.example/", "a <em>b</em>")),
        ("<https://a.example/x>", a("https://a.example/x", "https://a.example/x")),
        ("<me@a.example>", a("mailto:me@a.example", "me@a.example")),
        ("https://a.example/x_(y)", a("https://a.example/x_(y)", "https://a.example/x_(y)")),
        ("www.a.example/x", a("https://www.a.example/x", "www.a.example/x")),
        ("*https://a.example/_b_*", format!("<em>{}</em>", a("https://a.example/_b", "https://a.example/_b") + "_")),
        (
            "**see https://a.example/b_c_d**",
            format!("<strong>see {}</strong>", a("https://a.example/b_c_d", "https://a.example/b_c_d")),
        ),
        ("[https://a.example](https://b.example)", a("https://b.example/", "https://a.example")),
        ("![alt](https://a.example/p.png)", a("https://a.example/p.png", "alt")),
        ("![](https://a.example/p.png)", a("https://a.example/p.png", "https://a.example/p.png")),
        ("[![alt](https://a.example/p.png)](https://b.example)", a("https://b.example/", "alt")),
        ("[](https://a.example)", a("https://a.example/", "https://a.example")),
        ("https://a.example/?a=1&b=2", a("https://a.example/?a=1&amp;b=2", "https://a.example/?a=1&amp;b=2")),
    ] {
        assert_eq!(html(source), format!("<p>{expected}</p>"), "{source}");
    }
}

#[test]
fn every_link_says_what_it_is() {
    assert_eq!(
        rendered("https://a.example @ann").html,
        format!(
            "<p dir=\"auto\"><a href=\"https://a.example/\"{REL}>https://a.example</a> \
             <a href=\"/u/ann\" class=\"mention\"{REL}>@ann</a></p>"
        )
    );
}

#[test]
fn what_cannot_be_linked_to_is_shown() {
    for source in [
        "[a](javascript:alert(1))",
        "[a](/relative)",
        "![a](x.png)",
        "[a]()",
        "<ftp://a.example>",
        "https://me@a.example",
    ] {
        let text = source.replace('<', "&lt;").replace('>', "&gt;");
        assert_eq!(html(source), format!("<p>{text}</p>"));
    }
}

#[test]
fn long_addresses_are_shown_short_and_found_whole() {
    let long = format!("https://a.example/{}", "x".repeat(100));
    let rendered = rendered(&format!("see {long}."));
    assert!(rendered.html.contains(&format!("href=\"{long}\"")));
    assert!(rendered.html.contains(&format!(">https://a.example/{}…</a>.", "x".repeat(42))));
    assert_eq!(rendered.plain, format!("see {long}."));
}

#[test]
fn footnotes_stay_visible_line_by_line() {
    let a = "<a href=\"https://a.example/\">https://a.example</a>";
    assert_eq!(html("x[1]\n\n[1]: https://a.example\n[2] y"), format!("<p>x[1]</p><p>[1]: {a}<br>[2] y</p>"));
    assert_eq!(html("[1]: https://a.example \"title\""), format!("<p>[1]: {a} \"title\"</p>"));
    assert_eq!(
        html("> [1]: https://a.example\n> [1]: y"),
        format!("<blockquote><p>[1]: {a}<br>[1]: y</p></blockquote>")
    );
    assert_eq!(html("[one\ntwo]: https://a.example"), format!("<p>[one\ntwo]: {a}</p>"));
}

#[test]
fn references_are_links_and_their_definitions_stay() {
    let a = |text: &str| format!("<a href=\"https://a.example/\">{text}</a>");
    let definition = |label: &str| format!("<p>[{label}]: {}</p>", a("https://a.example"));
    for (source, text) in
        [("[see][x]", a("see")), ("[x][]", a("x")), ("[x]", "[x]".to_owned()), ("![see][X]", a("see"))]
    {
        assert_eq!(html(&format!("{source}\n\n[x]: https://a.example")), format!("<p>{text}</p>{}", definition("x")));
    }
    for (source, text) in [("[1][2]", "[1][2]".to_owned()), ("[see][2]", a("see")), ("[2]", "[2]".to_owned())] {
        assert_eq!(html(&format!("{source}\n\n[2]: https://a.example")), format!("<p>{text}</p>{}", definition("2")));
    }
}

#[test]
fn mentions_in_text_only() {
    let text = rendered(
        "@ann, @Ann and @bob@B.Example: a@b.example, `@code`, [@link](https://a.example), https://a.example/@path",
    );
    let names: Vec<_> = text.mentions.iter().map(Mention::handle).collect();
    assert_eq!(names, ["ann", "bob@b.example"]);
    assert_eq!(text.links, 2);
    assert!(text.html.contains("<a href=\"/u/bob@b.example\" class=\"mention\""));
}

#[test]
fn mentions_lead_where_the_instance_says() {
    let places = Places { person: "https://here.example/u/".to_owned(), host: Some("here.example".to_owned()) };
    let text = render("@ann@Here.Example @ann @bob@b.example", &TextLimits::default(), &places).unwrap();
    assert_eq!(text.mentions.iter().map(Mention::handle).collect::<Vec<_>>(), ["ann", "bob@b.example"]);
    assert_eq!(text.html.matches("href=\"https://here.example/u/ann\"").count(), 2);
}

#[test]
fn only_known_people_are_mentioned_if_asked() {
    let known = |mention: &Mention| mention.name == "ann";
    let text = render_known("@ann @media", &TextLimits::default(), &Places::default(), &known).unwrap();
    assert_eq!(bare(&text.html), "<p><a href=\"/u/ann\" class=\"mention\">@ann</a> @media</p>");
    assert_eq!(text.mentions.len(), 1);
}

#[test]
fn the_outermost_block_says_how_it_reads() {
    assert_eq!(
        rendered("> - שלום\n\n    x").html,
        "<blockquote dir=\"auto\"><ul><li>שלום</li></ul></blockquote><pre dir=\"auto\"><code>x</code></pre>"
    );
}

#[test]
fn plain_text_has_one_line_and_no_markup() {
    assert_eq!(
        rendered("# A\n\n> *b*\n\n- c\n- `d`\n\n```\ne  f\n```\n[g](https://a.example) &amp; <h>").plain,
        "A b c d e f g & <h>"
    );
}

#[test]
fn limits_are_refused_with_the_remedy() {
    let limits = TextLimits { max_chars: 10, max_block_depth: 2, ..TextLimits::default() };
    let refused = |source: &str| render(source, &limits, &Places::default()).unwrap_err();
    assert_eq!(refused("ääääääääääx"), TextRefusal::TooLong { chars: 11, max: 10 });
    assert_eq!(refused(">>> x"), TextRefusal::TooDeep { max: 2 });
    assert_eq!(refused("- - - x"), TextRefusal::TooDeep { max: 2 });
    for empty in ["", " \n\n ", "\u{200b}", "&#8203;", "---", "> ", "```\n```", "&#x202e;"] {
        assert_eq!(refused(empty), TextRefusal::Empty, "{empty:?}");
    }
    assert!(render("a\r\nb\r\nc\r\nd\r\n", &limits, &Places::default()).is_ok());
    assert!(render("ää\u{202e}ää", &limits, &Places::default()).is_ok());
}

#[test]
fn what_goes_beyond_the_number_of_links_and_mentions_is_text() {
    let limits = TextLimits { max_links: 1, max_mentions: 1, ..TextLimits::default() };
    let text = render(
        "https://a.example https://b.example [c](https://c.example) @ann @bob @ann",
        &limits,
        &Places::default(),
    )
    .unwrap();
    assert_eq!((text.links, text.mentions.len()), (1, 1));
    assert_eq!(
        bare(&text.html),
        "<p><a href=\"https://a.example/\">https://a.example</a> https://b.example [c](https://c.example) \
         <a href=\"/u/ann\" class=\"mention\">@ann</a> @bob <a href=\"/u/ann\" class=\"mention\">@ann</a></p>"
    );
}
