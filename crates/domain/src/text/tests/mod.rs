//! Tests of the whole way from source or foreign HTML to what is stored.

use super::*;

mod discussion;
mod habits;
mod hostile;
mod properties;
mod round_trip;

/// What every link carries.
const REL: &str = " rel=\"nofollow noopener noreferrer ugc\"";

fn rendered(source: &str) -> Rendered {
    render(source, &TextLimits::default(), &Places::default()).unwrap_or_else(|refusal| panic!("{source:?}: {refusal}"))
}

/// The HTML of a source, without what every block and link carries.
fn html(source: &str) -> String {
    bare(&rendered(source).html)
}

/// The same of foreign HTML.
fn foreign(html: &str) -> String {
    let rendered = from_html(html, &TextLimits::default()).unwrap_or_else(|refusal| panic!("{html:?}: {refusal}"));
    bare(&rendered.html)
}

fn bare(html: &str) -> String {
    html.replace(" dir=\"auto\"", "").replace(REL, "")
}
