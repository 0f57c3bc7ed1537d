//! What a search shows of what it found.

use door::web::people::excerpt;
use pages::views::Excerpt;

#[test]
fn an_excerpt_begins_near_the_first_match() {
    let text = (0..40).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ") + " Crème brûlée, and more";
    let parts = excerpt(&text, "creme");
    assert!(matches!(&parts[0], Excerpt::Plain(before) if before.starts_with("… w28 ")), "{parts:?}");
    assert_eq!(parts[1], Excerpt::Match("Crème".into()));
    assert_eq!(excerpt("nothing here", "x"), [Excerpt::Plain("nothing here ".into())]);
}
