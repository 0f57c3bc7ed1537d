//! Input that means harm, and exactly what becomes of it.

use super::*;

#[test]
fn sources_that_mean_harm() {
    for (source, safe) in [
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("<img src=x onerror=alert(1)>", "<p>&lt;img src=x onerror=alert(1)&gt;</p>"),
        ("<svg/onload=alert(1)//@>", "<p>&lt;svg/onload=alert(1)//@&gt;</p>"),
        ("<a href=javascript:alert(1)>x</a>", "<p>&lt;a href=javascript:alert(1)&gt;x&lt;/a&gt;</p>"),
        ("<javascript:alert(1)>", "<p>&lt;javascript:alert(1)&gt;</p>"),
        ("<data:text/html,x>", "<p>&lt;data:text/html,x&gt;</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("[x](JaVaScRiPt:alert(1))", "<p>[x](JaVaScRiPt:alert(1))</p>"),
        ("[x](java&#115;cript&colon;alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("[x](<java\tscript:alert(1)>)", "<p>[x](java\tscript:alert(1))</p>"),
        ("[x](data:text/html;base64,PHNjcmlwdD4=)", "<p>[x](data:text/html;base64,PHNjcmlwdD4=)</p>"),
        ("[x](//evil.example)", "<p>[x](//evil.example)</p>"),
        ("[x](vbscript:x)", "<p>[x](vbscript:x)</p>"),
        ("![x](javascript:alert(1))", "<p>![x](javascript:alert(1))</p>"),
        ("[x]: javascript:alert(1)\n\n[y][x]", "<p>[x]: javascript:alert(1)</p><p>[y][x]</p>"),
        (
            "[x](https://a.example/\"onmouseover=\"alert(1))",
            "<p><a href=\"https://a.example/%22onmouseover=%22alert(1)\">x</a></p>",
        ),
        ("[x](https://a.example \"t\\\" onclick=alert(1)\")", "<p><a href=\"https://a.example/\">x</a></p>"),
        (
            "https://a.example/\"><script>alert(1)</script>",
            "<p><a href=\"https://a.example/\">https://a.example/</a>\"&gt;&lt;script&gt;alert(1)&lt;/script&gt;</p>",
        ),
        (
            "https://a.example/'onclick='x",
            "<p><a href=\"https://a.example/'onclick='x\">https://a.example/'onclick='x</a></p>",
        ),
        ("`</code><script>`", "<p><code>&lt;/code&gt;&lt;script&gt;</code></p>"),
        ("```\"><script>\nx\n```", "<pre><code>x\n</code></pre>"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("&#60;script&#62;", "<p>&lt;script&gt;</p>"),
        ("a&#x202e;b&#0;c&#8;d&#x2067;e", "<p>ab\u{fffd}cde</p>"),
        ("a\u{202e}b\0c\u{8}d\u{2067}e", "<p>abcde</p>"),
        ("\u{1}\u{10}\u{11}\u{12}\u{13}\u{14}x", "<p>x</p>"),
        ("a\u{1}[1]: https://a.example", "<p>a[1]: <a href=\"https://a.example/\">https://a.example</a></p>"),
        ("@\"onclick=x", "<p>@\"onclick=x</p>"),
        ("@../../admin", "<p>@../../admin</p>"),
        (
            "@ann@evil.example/../x",
            "<p><a href=\"/u/ann@evil.example\" class=\"mention\">@ann@evil.example</a>/../x</p>",
        ),
        ("[click](https://bank.example@evil.example)", "<p>[click](https://bank.example@evil.example)</p>"),
    ] {
        assert_eq!(html(source), safe, "{source:?}");
    }
}

#[test]
fn foreign_html_that_means_harm() {
    for (html, safe) in [
        ("a<script>alert(1)</script>b", "<p>ab</p>"),
        ("a<script>alert(1)", "<p>a</p>"),
        ("<scr<script>ipt>alert(1)</script>x", "<p>ipt&gt;alert(1)x</p>"),
        ("<img src=x onerror=alert(1)>a", "<p>a</p>"),
        ("<p onclick=alert(1) style=position:fixed id=login class=admin>a", "<p>a</p>"),
        ("<a href=javascript:alert(1)>a</a>", "<p>a</p>"),
        ("<a href=' java&#10;script:alert(1)'>a</a>", "<p>a</p>"),
        ("<a href=&#106;avascript&colon;alert(1)>a</a>", "<p>a</p>"),
        ("<a href=//evil.example>a</a>", "<p>a</p>"),
        (
            "<a href='https://a.example' target=_top rel=opener ping=//evil.example>a</a>",
            "<p><a href=\"https://a.example/\">a</a></p>",
        ),
        (
            "<a href=\"https://a.example/&quot; onclick=&quot;alert(1)\">a</a>",
            "<p><a href=\"https://a.example/%22%20onclick=%22alert(1)\">a</a></p>",
        ),
        ("<svg onload=alert(1)><script>x</script><a xlink:href=javascript:x>a</a></svg>", "<p>a</p>"),
        (
            "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">a",
            "<p>a</p>",
        ),
        ("<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">a", "<p>a</p>"),
        ("<template><script>x</script>a</template>", "<p>a</p>"),
        ("<iframe srcdoc='<script>x</script>'>b</iframe>a", "<p>a</p>"),
        ("<textarea><script>x</script></textarea>a", "<p>a</p>"),
        ("<style>@import url(//evil.example)</style>a", "<p>a</p>"),
        ("<title><img src=x onerror=alert(1)></title>a", "<p>a</p>"),
        ("a<script>b<p></script>c<style>d</style><noembed>e</noembed>", "<p>ac</p>"),
        ("<!--><script>x</script>-->a", "<p>a</p>"),
        ("<![CDATA[<script>x</script>]]>a", "<p>x]]&gt;a</p>"),
        ("<?php x ?>a", "<p>a</p>"),
        ("<form action=//evil.example><input name=password><button>b</button></form>a", "<p>b</p><p>a</p>"),
        ("<object data=x><embed src=y>a</object>", "<p>a</p>"),
        ("<base href=//evil.example><meta http-equiv=refresh content=0>a", "<p>a</p>"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("a&#x202e;b&#0;c\u{202e}d\0e", "<p>ab\u{fffd}cde</p>"),
        ("<pre>\n<script>x</script>a</pre>", "<pre><code>\na</code></pre>"),
        ("<span class='mention invisible admin'>a</span>", "<p><span class=\"mention invisible\">a</span></p>"),
        ("<a href='https://a.example' href='javascript:x'>a</a>", "<p><a href=\"https://a.example/\">a</a></p>"),
        ("<p <b>a", "<p>a</p>"),
        ("a<b", "<p>a&lt;b</p>"),
        ("<ol start='1\" onclick=\"x'><li>a</ol>", "<ol><li>a</li></ol>"),
        ("</p></div></body>a", "<p>a</p>"),
    ] {
        assert_eq!(foreign(html), safe, "{html:?}");
    }
}

/// Sources on which parsers have hung or overflowed their stack: this ends, and soon.
#[test]
fn floods_are_survived() {
    let limits = TextLimits { max_chars: 5_000, ..TextLimits::default() };
    let markdown = [
        ">", "> ", "- ", "1. ", "[", "![", "[](", "*a _b ", "`a", "``` ", "~~", "<", "\\", "\n", "@", "> a\nb\n",
        "[a]: b\n",
    ];
    let html = [
        "<b>",
        "<blockquote>",
        "<ul><li>",
        "<p><b a>",
        "<table><tr><td>",
        "</",
        "<svg>",
        "<pre>x",
        "<script>",
        "<!--",
        "<a ",
    ];
    let both = [
        "&",
        "&#x2F;",
        "=",
        "\"'",
        "@a@b.c ",
        "https://a.example/(",
        "<a href=https://a.example>x",
        "\u{301}",
        "\u{202e}",
    ];
    for flood in markdown.into_iter().chain(html).chain(both) {
        let flood = flood.repeat(limits.max_chars / flood.len());
        let _ = render(&flood, &limits, &Places::default());
        let _ = from_html(&flood, &limits);
    }
}

#[test]
fn too_much_is_refused_before_it_is_parsed() {
    let limits = TextLimits::default();
    let much = "x".repeat(10_000_000);
    let refusal = TextRefusal::TooLong { chars: 10_000_000, max: 20_000 };
    assert_eq!(render(&much, &limits, &Places::default()), Err(refusal.clone()));
    assert_eq!(from_html(&much, &limits), Err(refusal));
    assert_eq!(
        from_html(&format!("<p>{}</p>", "&#x78;".repeat(20_001)), &limits),
        Err(TextRefusal::TooLong { chars: 20_001, max: 20_000 })
    );
}

#[test]
fn depth_is_bounded() {
    let limits = TextLimits { max_chars: 1_000_000, ..TextLimits::default() };
    let refused = Err(TextRefusal::TooDeep { max: 16 });
    for deep in [">".repeat(100_000), "> ".repeat(17) + "x", "- ".repeat(17) + "x", "1. > ".repeat(50_000) + "x"] {
        assert_eq!(render(&deep, &limits, &Places::default()), refused);
    }
    let indented: String = (0..17).map(|depth| format!("{}- x\n", "  ".repeat(depth))).collect();
    assert_eq!(render(&indented, &limits, &Places::default()), refused);
    assert!(render(&("> ".repeat(16) + "x"), &limits, &Places::default()).is_ok());
    assert_eq!(html(&format!("{}\n\nx", "- ".repeat(300))), "<hr><p>x</p>");
    assert_eq!(
        html(&format!("```\n{}\n```", ">".repeat(1_000))),
        format!("<pre><code>{}\n</code></pre>", "&gt;".repeat(1_000))
    );
    let styles = "*a **b ".repeat(50) + &"c** d* ".repeat(50);
    assert_eq!(html(&styles).matches("<em>").count() + html(&styles).matches("<strong>").count(), 8);
    let foreign = foreign(&"<blockquote><ul><li>x".repeat(1_000));
    assert_eq!(foreign.matches('x').count(), 1_000);
    assert_eq!(foreign.matches("<blockquote>").count() - foreign.matches("</blockquote><blockquote>").count(), 8);
}

#[test]
fn long_runs_of_lines_and_marks_are_cut() {
    assert_eq!(html(&format!("```\na{}b\n```", "\n".repeat(10_000))), "<pre><code>a\n\n\n\nb\n</code></pre>");
    assert_eq!(html(&format!("a{}", "\u{301}".repeat(1_000))).matches('\u{301}').count(), 4);
    assert_eq!(html(&format!("a{}", "&#x301;".repeat(1_000))).matches('\u{301}').count(), 4);
}

#[test]
fn lines_in_which_nothing_stands_push_nobody_off_the_page() {
    let limits = TextLimits::default();
    let foreign = |html: &str| from_html(html, &limits).unwrap().html;
    assert_eq!(foreign(&format!("a{}b", "<br>".repeat(500))), "<p dir=\"auto\">a<br><br><br><br>b</p>");
    assert_eq!(foreign(&format!("a{}b", "<p>&nbsp;</p>".repeat(500))), "<p dir=\"auto\">a</p><p dir=\"auto\">b</p>");
    assert_eq!(html(&format!("a{}b", "\\\n".repeat(500))).matches("<br>").count(), 4);
    for line in ["<br>", "<hr>", "<li>"] {
        let many = from_html(&line.repeat(limits.max_chars + 1), &limits);
        assert!(matches!(many, Err(TextRefusal::TooLong { .. })), "{line}");
    }
}
