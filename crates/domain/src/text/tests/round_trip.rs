//! Foreign HTML, and the Markdown that is made of it to be edited.

use super::*;

#[test]
fn a_comment_from_hacker_news() {
    let comment = "That&#x27;s <i>not</i> it, 2 * 3.<p>&gt; quoted &amp; kept<p>See <a href=\"https:&#x2F;&#x2F;a.example&#x2F;blob&#x2F;main&#x2F;us_notes\" \
                   rel=\"nofollow\">https:&#x2F;&#x2F;a.example&#x2F;blob&#x2F;ma...</a> [1]<p><pre><code>  x = 1\n  y\n</code></pre>\n<p>[1] done";
    assert_eq!(
        foreign(comment),
        "<p>That's <i>not</i> it, 2 * 3.</p><p>&gt; quoted &amp; kept</p><p>See \
         <a href=\"https://a.example/blob/main/us_notes\">https://a.example/blob/ma...</a> [1]</p>\
         <pre><code>  x = 1\n  y\n</code></pre><p>[1] done</p>"
    );
    let source = html_to_source(comment);
    assert_eq!(
        source,
        "That's *not* it, 2 * 3.\n\n> quoted & kept\n\nSee https://a.example/blob/main/us_notes [1]\n\n```\n  x = 1\n  y\n```\n\n[1] done"
    );
    assert_eq!(
        html(&source),
        "<p>That's <em>not</em> it, 2 * 3.</p><blockquote><p>quoted &amp; kept</p></blockquote><p>See \
         <a href=\"https://a.example/blob/main/us_notes\">https://a.example/blob/main/us_notes</a> [1]</p>\
         <pre><code>  x = 1\n  y\n</code></pre><p>[1] done</p>"
    );
}

#[test]
fn a_note_from_mastodon() {
    let note = "<p><span class=\"h-card\" translate=\"no\"><a href=\"https://b.example/@bob\" class=\"u-url mention\">@<span>bob</span></a></span> \
                <a href=\"https://b.example/tags/x\" class=\"mention hashtag\" rel=\"tag\">#<span>x</span></a> \
                <a href=\"https://a.example/b_c/d\" target=\"_blank\"><span class=\"invisible\">https://</span><span class=\"ellipsis\">\
                a.example/b_c</span><span class=\"invisible\">/d</span></a><br />two</p>";
    let rendered = from_html(note, &TextLimits::default()).unwrap();
    assert_eq!(rendered.plain, "@bob #x https://a.example/b_c/d two");
    assert_eq!(rendered.mentions, [Mention { name: "bob".to_owned(), host: Some("b.example".to_owned()) }]);
    assert_eq!(rendered.links, 1);
    assert!(rendered.html.contains("<a href=\"https://b.example/@bob\" class=\"u-url mention\""));
    assert!(rendered.html.contains("<span class=\"invisible\">https://</span>"));
    assert_eq!(html_to_source(note), "@bob@b.example [#x](https://b.example/tags/x) https://a.example/b_c/d\\\ntwo");
}

#[test]
fn markdown_of_every_element() {
    for (html, markdown) in [
        ("<b> a </b>b <i></i><em>c <strong>d</strong></em>", "**a** b *c **d***"),
        ("<s>a</s> <del>b</del> <u>c</u> <i>d<em>e</em></i>", "~~a~~ ~~b~~ c *de*"),
        ("<code>a`b</code> <code>`</code>", "``a`b`` `` ` ``"),
        ("<h2>a</h2>b", "**a**\n\nb"),
        ("<ul><li>a<ul><li>b</ul><li>c</ul>d", "- a\n  - b\n- c\n\nd"),
        ("<ol start=9><li><p>a<p>b<li>c</ol>", "9. a\n\n   b\n\n10. c"),
        (
            "<blockquote>a<blockquote>b</blockquote><p>c</blockquote><blockquote>d</blockquote>",
            "> a\n>\n> > b\n>\n> c\n\n> d",
        ),
        ("<pre>a\n```\nb</pre>", "````\na\n```\nb\n````"),
        ("<ul><li><pre>a\nb</pre></ul>", "- ```\n  a\n  b\n  ```"),
        ("a<hr>b", "a\n\n---\n\nb"),
        ("<a href=https://a.example/x>y</a>", "[y](https://a.example/x)"),
        ("<a href=https://a.example/x_(y)>z</a>", "[z](<https://a.example/x_(y)>)"),
        ("<a href=https://a.example/x>https://a.example/x</a>", "https://a.example/x"),
        ("<a href=https://a.example>https://a.example</a>.", "https://a.example."),
        ("<a href=https://a.example/x.>https://a.example/x.</a>", "<https://a.example/x.>"),
        ("<a href=mailto:me@a.example>me@a.example</a>", "<me@a.example>"),
        (
            "*a* _b_ [c](d) &lt;https://a.example&gt; &amp;lt; snake_case",
            "\\*a\\* \\_b\\_ [c]\\(d) \\<https://a.example> \\&lt; snake_case",
        ),
        ("<p>- a<p># b<p>1. c<p>---", "\\- a\n\n\\# b\n\n1\\. c\n\n\\---"),
    ] {
        assert_eq!(html_to_source(html), markdown, "{html}");
    }
}

#[test]
fn what_is_rendered_can_be_edited_and_rendered_again() {
    for source in [
        "*a* **b** ~~c~~ `d`\n\n> e\n>\n> > f\n\n- g\n  - h\n- i\n\n3. j\n\n```\nk\n  l\n```\n\n[m](https://a.example/) https://b.example/n_o_p\n\nq\\\nr",
        "@ann and @bob@b.example, 2 * 3, a_b, ~4, [1] and <5>\n\n[1]: https://a.example/x",
        "[x](javascript:alert(1)) &amp;lt; \\*not\\* **a *b* c** \\# d",
    ] {
        let once = rendered(source);
        let again = rendered(&html_to_source(&once.html));
        assert_eq!(again.plain, once.plain);
        assert_eq!(bare(&again.html), bare(&once.html));
    }
}

/// What the sanitiser left, and characters that show nothing once they are taken away, may leave elements with nothing in them.
#[test]
fn what_is_clean_is_edited_as_what_is_not() {
    let marks = "\u{301}".repeat(4);
    for html in [
        format!("<p>e{marks}<b>\u{202e}</b>\u{301}</p>"),
        format!("<p>e{marks}<b>&#1;</b>\u{301}</p>"),
        "<pre>x\n\n\n\n<a href=\"https://a.example/\">\u{202e}</a>\ny</pre>".to_owned(),
        format!("<h1>{}a{}</h1>", "<b><i>".repeat(4), "</i></b>".repeat(4)),
        format!("<ul>{}a</ul>", "<li><blockquote>".repeat(40)),
        "<p>a \0 b</p><p>\0\tc</p>".to_owned(),
    ] {
        let text = from_html(&html, &TextLimits::default()).unwrap();
        assert_eq!(text.source(), html_to_source(&text.html), "{html:?}");
    }
}
