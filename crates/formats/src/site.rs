//! The site that imported names belong to: the `host` in `name@host`.

use domain::Refusal;
use url::Host;

/// The longest host name of the DNS, in bytes.
const LONGEST: usize = 253;

/// A host name as it stands in handles and links: in lower case, other scripts in their ASCII form.
///
/// # Errors
/// What is no host name would make handles and links that lead nowhere.
pub fn site(raw: &str) -> Result<String, Refusal> {
    match Host::parse(raw.trim()) {
        Ok(Host::Domain(host)) if is_name(&host) => Ok(host),
        _ => {
            let problem = format!("“{raw}” is no host name. Write it like news.example, without https:// or a path.");
            Err(Refusal::field("from", problem))
        }
    }
}

/// The parser of addresses lets signs through that no host has.
fn is_name(host: &str) -> bool {
    let plain = |label: &str| label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let label = |label: &str| !label.is_empty() && plain(label) && !label.starts_with('-') && !label.ends_with('-');
    host.len() <= LONGEST && host.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_are_host_names_in_lower_case() {
        for (raw, expected) in [
            ("News.Example", "news.example"),
            (" news.ycombinator.com\n", "news.ycombinator.com"),
            ("saved-page", "saved-page"),
            ("Bücher.example", "xn--bcher-kva.example"),
        ] {
            assert_eq!(site(raw).unwrap(), expected);
        }
        let long = "a.".repeat(127) + "example";
        for bad in ["", "a/b", "a:80", "a@b", "a..b", ".a", "a.", "-a", "a-", "a_b", "a*b", "1.2.3.4", "[::1]", &long] {
            assert!(site(bad).is_err(), "{bad}");
        }
    }
}
