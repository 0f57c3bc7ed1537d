//! Links in feeds.

use door::feeds::entries::absolute;

#[test]
fn links_become_whole_and_words_stay() {
    let host = "https://talk.example";
    let cases = [
        ("<p>no link</p>", "<p>no link</p>"),
        (
            "<a href=\"/u/ana\" rel=\"nofollow\">@ana</a>",
            "<a href=\"https://talk.example/u/ana\" rel=\"nofollow\">@ana</a>",
        ),
        ("<a class=\"mention\" href=\"/u/é\">é</a>", "<a class=\"mention\" href=\"https://talk.example/u/é\">é</a>"),
        ("<a href=\"https://a.example/\">x</a>", "<a href=\"https://a.example/\">x</a>"),
        (
            "<a href=\"//a.example\" title=\"a > b\">x</a> href=\"/y\"",
            "<a href=\"//a.example\" title=\"a > b\">x</a> href=\"/y\"",
        ),
        ("<code>&lt;a href=\"/x\"&gt;</code>", "<code>&lt;a href=\"/x\"&gt;</code>"),
    ];
    for (html, expected) in cases {
        assert_eq!(absolute(html, host), expected);
    }
}
