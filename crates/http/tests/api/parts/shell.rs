//! What every page handler uses.

use door::web::shell::{Fields, local};

#[test]
fn only_paths_of_this_site_are_gone_to() {
    assert_eq!(local("/t/7/x?sort=new#c9"), "/t/7/x?sort=new#c9");
    for bad in ["", "https://evil.example", "//evil.example", "/\\evil.example", "t/7", "/a\r\nb", "javascript:x"] {
        assert_eq!(local(bad), "/", "{bad:?}");
    }
}

#[test]
fn forms_are_read() {
    let fields = Fields::parse(b"text=a+b%26&text=second&intent=preview");
    assert_eq!((fields.get("text"), fields.get("none"), fields.wants_preview()), ("a b&", "", true));
}
