//! A real discussion, as people save it, where it is at hand.

use std::path::Path;

use super::*;

/// Its paragraphs. They are parted by blank lines; what stands in front of them is the depth of the comment.
fn paragraphs(page: &str) -> impl Iterator<Item = String> + '_ {
    page.split("\n\n").map(|paragraph| paragraph.lines().map(str::trim).collect::<Vec<_>>().join("\n"))
}

#[test]
fn every_paragraph_of_a_real_discussion_is_kept() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/discussion.txt");
    let Ok(page) = std::fs::read_to_string(path) else { return };
    let mut links = 0;
    for paragraph in paragraphs(&page).filter(|paragraph| !paragraph.trim().is_empty()) {
        let text = rendered(&paragraph);
        links += text.links;
        let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
        assert_eq!(letters(&text.plain), letters(&paragraph));
        let again = rendered(&html_to_source(&text.html));
        assert_eq!(again.plain, text.plain);
    }
    assert_eq!(links, page.matches("http").count());
}
