//! The files that pages load, compiled in: one stylesheet, one script, one icon. Their addresses
//! carry a hash of their content, so that they may be cached for ever.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// One file, with what its answer needs.
#[derive(Debug)]
pub struct Asset {
    /// Path below `/assets/`.
    pub name: &'static str,
    /// The media type, with its charset where it has one.
    pub content_type: &'static str,
    /// The content.
    pub body: &'static str,
    url: LazyLock<String>,
}

impl Asset {
    /// Where pages load it from: `/assets/NAME?v=HASH`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// The only stylesheet.
pub static STYLE: Asset = Asset {
    name: "style.css",
    content_type: "text/css; charset=utf-8",
    body: include_str!("../assets/style.css"),
    url: LazyLock::new(|| address(STYLE.name, STYLE.body)),
};

/// The only script; everything works without it.
pub static SCRIPT: Asset = Asset {
    name: "script.js",
    content_type: "text/javascript; charset=utf-8",
    body: include_str!("../assets/script.js"),
    url: LazyLock::new(|| address(SCRIPT.name, SCRIPT.body)),
};

/// The icon of the site.
pub static ICON: Asset = Asset {
    name: "icon.svg",
    content_type: "image/svg+xml",
    body: include_str!("../assets/icon.svg"),
    url: LazyLock::new(|| address(ICON.name, ICON.body)),
};

/// All of them, for the route that serves them.
pub static ALL: [&Asset; 3] = [&STYLE, &SCRIPT, &ICON];

fn address(name: &str, body: &str) -> String {
    let digest = Sha256::digest(body.as_bytes());
    let mut url = format!("/assets/{name}?v=");
    for byte in digest.iter().take(6) {
        url.push_str(&format!("{byte:02x}"));
    }
    url
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzipped(body: &str) -> usize {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(body.as_bytes()).unwrap();
        encoder.finish().unwrap().len()
    }

    #[test]
    fn the_stylesheet_and_the_script_stay_small() {
        assert!(gzipped(STYLE.body) < 12_000, "{}", gzipped(STYLE.body));
        assert!(gzipped(SCRIPT.body) < 8_000, "{}", gzipped(SCRIPT.body));
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere() {
        for asset in ALL {
            let own_names = asset.body.replace("http://www.w3.org/2000/svg", "");
            assert!(!own_names.contains("://"), "{}", asset.name);
        }
    }

    #[test]
    fn addresses_name_their_content() {
        assert!(STYLE.url().starts_with("/assets/style.css?v="));
        assert_eq!(STYLE.url().len(), "/assets/style.css?v=".len() + 12);
    }
}
