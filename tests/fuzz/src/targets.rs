//! What reads what others send, each under a name, with the words of its language, and what must hold of what comes out.

use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;

use domain::text::{Places, TextLimits, from_html, html_to_source, link, render};
use federation::keys::PublicKey;
use federation::media_type::{is_activity, is_json};
use federation::origin::{Id, Rules};
use federation::signature::{Here, Incoming, read};
use federation::webfinger::{Handle, Jrd};
use federation::wire::parse;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::corpus;

/// One of them.
pub struct Target {
    /// Its name, and that of its folder in the corpus.
    pub name: &'static str,
    /// What it is mutated as.
    pub language: Language,
    /// Words of its language.
    pub words: &'static [&'static str],
    /// Reads an input, and makes sure of what comes out. What is returned is the same for inputs that go the same way.
    pub read: fn(&Setting, &[u8]) -> u64,
}

/// As what an input is mutated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// As JSON, and now and then as bytes.
    Json,
    /// As bytes.
    Bytes,
}

/// Where an input is read.
pub struct Setting {
    rules: Rules,
    asked: Id,
    limits: TextLimits,
    places: Places,
}

impl Setting {
    /// An instance as on the internet.
    ///
    /// # Errors
    /// None that could happen.
    pub fn new() -> io::Result<Self> {
        let rules = Rules::new("https://ours.example", Vec::new()).map_err(io::Error::other)?;
        let asked = rules.id("https://a.example/u/x").map_err(io::Error::other)?;
        let (limits, places) = (TextLimits::default(), Places::default());
        Ok(Self { rules, asked, limits, places })
    }
}

/// All of them.
pub const ALL: [Target; 14] = [
    Target { name: "activity", language: Language::Json, words: JSON, read: activity },
    Target { name: "envelope", language: Language::Json, words: JSON, read: envelope },
    Target { name: "actor", language: Language::Json, words: JSON, read: actor },
    Target { name: "object", language: Language::Json, words: JSON, read: object },
    Target { name: "collection", language: Language::Json, words: JSON, read: collection },
    Target { name: "jrd", language: Language::Json, words: JSON, read: jrd },
    Target { name: "signature", language: Language::Bytes, words: SIGNATURE, read: signature },
    Target { name: "rfc9421", language: Language::Bytes, words: RFC9421, read: rfc9421 },
    Target { name: "handle", language: Language::Bytes, words: HANDLE, read: handle },
    Target { name: "id", language: Language::Bytes, words: ID, read: id },
    Target { name: "media_type", language: Language::Bytes, words: MEDIA_TYPE, read: media_type },
    Target { name: "key", language: Language::Bytes, words: KEY, read: key },
    Target { name: "html", language: Language::Bytes, words: HTML, read: html },
    Target { name: "markdown", language: Language::Bytes, words: MARKDOWN, read: markdown },
];

impl Target {
    /// What mutation begins with.
    ///
    /// # Errors
    /// When the corpus is not there.
    pub fn seeds(&self) -> io::Result<Vec<Vec<u8>>> {
        let mut seeds = corpus::kept(self.name)?;
        if matches!(self.name, "activity" | "envelope" | "actor" | "object" | "collection") {
            seeds.extend(corpus::of_peers()?);
        }
        if seeds.is_empty() {
            seeds.push(self.words.concat().into_bytes());
        }
        Ok(seeds)
    }
}

/// The way that an input went, from what came of it: without the digits and quoted parts of messages, which differ without end.
fn way(outcome: &impl Debug) -> u64 {
    let text = format!("{outcome:?}");
    let mut hasher = DefaultHasher::new();
    for part in text.chars().take(400).filter(|c| c.is_ascii_uppercase() || "{(,:".contains(*c)) {
        part.hash(&mut hasher);
    }
    (text.len() / 64).min(32).hash(&mut hasher);
    hasher.finish()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn activity(setting: &Setting, input: &[u8]) -> u64 {
    let read = parse::parse(input, &setting.rules);
    // What is read whole was read small, and the other way round only more is refused.
    assert!(read.is_err() || parse::envelope(input, &setting.rules).is_ok(), "whole and not small");
    way(&read.map_err(|why| why.to_string().chars().take(20).collect::<String>()))
}

fn envelope(setting: &Setting, input: &[u8]) -> u64 {
    let read = parse::envelope(input, &setting.rules);
    if let Ok(envelope) = &read {
        assert!(!setting.rules.is_ours(&envelope.actor), "somebody speaks for us");
        assert!(envelope.id.document().is_with(&envelope.actor), "one server speaks for another");
        let names = parse::names(input, &setting.rules);
        assert!(names.is_ok_and(|names| names.len() <= 500), "too many names, or none to be read");
    }
    way(&read.map_err(|why| why.to_string().chars().take(20).collect::<String>()))
}

fn actor(setting: &Setting, input: &[u8]) -> u64 {
    // Asked for under the name that it gives itself, so that what is behind the first question is read.
    let asked = named(setting, input);
    let read = parse::actor(input, &setting.rules, &asked);
    if let Ok(actor) = &read {
        let own = [Some(&actor.inbox), actor.shared_inbox.as_ref(), actor.outbox.as_ref(), actor.followers.as_ref()];
        assert!(own.into_iter().flatten().all(|address| address.is_with(&asked)), "an address elsewhere");
        assert!(actor.id == asked && !setting.rules.is_ours(&asked), "somebody else");
        assert!(actor.also_known_as.len() <= 256 && actor.username.len() <= 128, "too much");
    }
    way(&read.map_err(|why| why.to_string().chars().take(20).collect::<String>()))
}

fn object(setting: &Setting, input: &[u8]) -> u64 {
    let asked = named(setting, input);
    let read = parse::object(input, &setting.rules, &asked);
    if let Ok(parse::Found::Note(note)) = &read {
        assert!(note.id == asked && note.author.is_with(&asked), "somebody else's");
        assert!(!setting.rules.is_ours(&note.id), "ours");
        assert!(note.attachments.len() <= 16 && note.tags.mentions.len() <= 100, "too much");
        if let Some(page) = &note.url {
            assert_eq!(page.host_str(), asked.url().host_str(), "a page elsewhere");
        }
    }
    way(&read.map_err(|why| why.to_string().chars().take(20).collect::<String>()))
}

fn collection(setting: &Setting, input: &[u8]) -> u64 {
    let asked = named(setting, input);
    let read = parse::collection(input, &setting.rules, &asked);
    if let Ok(list) = &read {
        assert!(list.items.len() <= parse::MAX_ITEMS, "too many items");
        let own = [&list.first, &list.next];
        assert!(own.into_iter().flatten().all(|page| page.is_with(&asked)), "a page elsewhere");
    }
    way(&read.map_err(|why| why.to_string().chars().take(20).collect::<String>()))
}

/// The id that a document gives itself, or some other one.
fn named(setting: &Setting, input: &[u8]) -> Id {
    let text = text(input.get(..input.len().min(4_096)).unwrap_or_default());
    let named = text.split_once("\"id\":\"").and_then(|(_, rest)| setting.rules.id(rest.split('"').next()?).ok());
    named.unwrap_or_else(|| setting.asked.clone())
}

fn jrd(setting: &Setting, input: &[u8]) -> u64 {
    let read = Jrd::read(input);
    if let Ok(jrd) = &read {
        let _ = jrd.actor(&setting.rules);
        let subject = jrd.subject.strip_prefix("acct:").map(|name| Handle::parse(name, &setting.rules));
        if let Some(Ok(handle)) = subject {
            let there = federation::webfinger::remote_interaction(jrd, &handle, &setting.asked, &setting.rules);
            assert!(there.is_none_or(|there| there.scheme() == "https"), "people are sent to another scheme");
        }
    }
    way(&read)
}

/// The headers of a request, as far as they can be such at all.
fn headers(lines: &[(&'static str, &[u8])]) -> HeaderMap {
    let pair = |(name, value): &(&'static str, &[u8])| {
        Some((HeaderName::from_static(name), HeaderValue::from_bytes(value).ok()?))
    };
    lines.iter().filter_map(pair).collect()
}

fn claimed(setting: &Setting, headers: &HeaderMap) -> u64 {
    let request = Incoming { method: "POST", target: "/inbox", headers, body: b"Hello world" };
    let read = read(&request, &Here { origin: setting.rules.ours(), now_ms: 1_703_066_400_000 });
    if let Ok(claim) = &read {
        assert!(claim.key_id.len() <= federation::origin::MAX_ID, "a long key id");
        let _ = setting.rules.document_of(&claim.key_id);
    }
    way(&read.map_err(|why| why.to_string()))
}

const DIGEST: &[u8] = b"SHA-256=ZOyIygCyaOW6GjVnihtTFtIS9PNmskdyMlNKiuyjfzw=";
const CONTENT_DIGEST: &[u8] = b"sha-256=:ZOyIygCyaOW6GjVnihtTFtIS9PNmskdyMlNKiuyjfzw=:";
const DATE: &[u8] = b"Wed, 20 Dec 2023 10:00:00 GMT";

fn signature(setting: &Setting, input: &[u8]) -> u64 {
    let lines: [(&str, &[u8]); 4] =
        [("host", b"ours.example"), ("date", DATE), ("digest", DIGEST), ("signature", input)];
    claimed(setting, &headers(&lines))
}

fn rfc9421(setting: &Setting, input: &[u8]) -> u64 {
    // Two headers in one input.
    let at = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let (one, two) = (input.get(..at).unwrap_or_default(), input.get(at + 1..).unwrap_or_default());
    let lines: [(&str, &[u8]); 5] = [
        ("host", b"ours.example"),
        ("date", DATE),
        ("content-digest", CONTENT_DIGEST),
        ("signature-input", one),
        ("signature", two),
    ];
    claimed(setting, &headers(&lines))
}

fn handle(setting: &Setting, input: &[u8]) -> u64 {
    let text = text(input);
    let read = Handle::parse(&text, &setting.rules);
    if let Ok(handle) = &read {
        let again = Handle::parse(&handle.to_string(), &setting.rules);
        assert!(
            again.is_ok_and(|again| again.is_same(handle)),
            "a handle that is not one when it is written again: {text:?}"
        );
        assert_eq!(handle.server().url().path(), "/", "a handle with a path: {text:?}");
    }
    way(&read)
}

fn id(setting: &Setting, input: &[u8]) -> u64 {
    let text = text(input);
    let read = setting.rules.id(&text);
    if let Ok(id) = &read {
        assert_eq!(
            setting.rules.id(id.as_str()).as_ref(),
            Ok(id),
            "an id that is another when it is written again: {text:?}"
        );
        assert!(id.as_str().starts_with("https://"), "{text:?}");
        assert_eq!(id.host().eq_ignore_ascii_case("ours.example"), setting.rules.is_ours(id), "{text:?}");
    }
    let linked = link(&text);
    if let Ok(url) = &linked {
        assert!(matches!(url.scheme(), "http" | "https" | "mailto"), "{text:?}");
    }
    way(&(read.map_err(|why| why.to_string()), linked.is_ok()))
}

fn media_type(_: &Setting, input: &[u8]) -> u64 {
    let text = text(input);
    let (activity, json) = (is_activity(&text), is_json(&text));
    assert!(!(activity && json), "{text:?}");
    if activity || json {
        let lower = text.to_ascii_lowercase();
        assert!(!lower.contains("html") || lower.contains('"'), "{text:?}");
    }
    (text.len().min(40) as u64) << 2 | u64::from(activity) << 1 | u64::from(json)
}

fn key(_: &Setting, input: &[u8]) -> u64 {
    way(&PublicKey::from_pem(&text(input)).map(|_| ()))
}

/// Marks that no text of a comment may have, whatever it was made of.
const FORBIDDEN: [&str; 14] = [
    "<script",
    "<style",
    "<svg",
    "<math",
    "<iframe",
    "<img",
    "<input",
    "<form",
    "<base",
    "<meta",
    "<link",
    "<object",
    "<template",
    "<title",
];

/// Makes sure that a text can be put into a page.
fn is_clean(html: &str, from: &str) {
    let lower = html.to_ascii_lowercase();
    for mark in FORBIDDEN {
        assert!(!lower.contains(mark), "{mark} of {from:?}");
    }
    for tag in lower.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        // Outside of quotes, that is.
        let bare: String = tag.split('"').step_by(2).collect();
        assert!(!bare.contains(" on") && !bare.contains(" style"), "<{tag}> of {from:?}");
        if let Some((_, address)) = tag.split_once("href=\"") {
            let is_fine = ["https:", "http:", "mailto:", "/"].iter().any(|start| address.starts_with(start));
            assert!(is_fine && !address.starts_with("//"), "{address} of {from:?}");
        }
    }
    assert!(!html.contains(['\0', '\u{202e}', '\u{2066}']), "a character that turns the page, of {from:?}");
}

pub(crate) fn html(setting: &Setting, input: &[u8]) -> u64 {
    let text = text(input);
    let read = from_html(&text, &setting.limits);
    if let Ok(rendered) = &read {
        is_clean(&rendered.html, &text);
        assert!(rendered.mentions.len() <= setting.limits.max_mentions, "too many mentions");
        assert!(rendered.links <= setting.limits.max_links, "too many links");
        // Markdown that was made of it can be rendered again, or is refused; what comes out is clean, too.
        let source = rendered.source();
        assert_eq!(source, html_to_source(&rendered.html), "clean HTML was not clean");
        if let Ok(again) = render(&source, &setting.limits, &setting.places) {
            is_clean(&again.html, &source);
        }
    }
    way(&read.map(|rendered| shape(&rendered.html)).map_err(|why| why.to_string()))
}

/// What people write, as long as it may be, as HTML from elsewhere: what other inputs are measured by.
pub(crate) fn ordinary_text(setting: &Setting) -> Vec<u8> {
    let paragraph = "<p>The kettle was <em>not</em> broken, said a neighbour: its <a href=\"https://a.example/plug\">plug</a> was.</p>";
    let chars = 60;
    let text = paragraph.repeat(setting.limits.max_chars / chars);
    assert!(from_html(&text, &setting.limits).is_ok(), "an ordinary text is refused");
    text.into_bytes()
}

fn markdown(setting: &Setting, input: &[u8]) -> u64 {
    let text = text(input);
    let read = render(&text, &setting.limits, &setting.places);
    if let Ok(rendered) = &read {
        is_clean(&rendered.html, &text);
        assert!(rendered.mentions.len() <= setting.limits.max_mentions, "too many mentions");
    }
    way(&read.map(|rendered| shape(&rendered.html)).map_err(|why| why.to_string()))
}

/// The elements of a text, in capitals, so that they are part of its way.
fn shape(html: &str) -> String {
    let names = html.split('<').skip(1).take(24).filter_map(|rest| rest.split(['>', ' ']).next());
    names.map(str::to_ascii_uppercase).collect::<Vec<_>>().join(",")
}

const JSON: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "null",
    "true",
    "0",
    "-1",
    "1e999",
    "\\u0000",
    "\\ud800",
    "\\\"",
    "\"id\":",
    "\"type\":",
    "\"@graph\":[]",
    "\u{feff}",
    "\"$serde_json::private::Number\"",
    "\"$serde_json::private::RawValue\"",
];
const SIGNATURE: &[&str] = &[
    "keyId=",
    "headers=",
    "signature=",
    "algorithm=",
    "created=",
    "expires=",
    "\"",
    ",",
    "=",
    " ",
    "\\",
    "\"hs2019\"",
    "\"rsa-sha256\"",
    "(request-target)",
    "(created)",
    "(expires)",
    "host",
    "date",
    "digest",
    "content-type",
    "1703066400",
    "-1",
    "99999999999999999999",
    "\t",
    "AAAA",
    "https://a.example/u/x#main-key",
];
const RFC9421: &[&str] = &[
    "sig1=",
    "sig2=",
    "(",
    ")",
    ";",
    "\"",
    ":",
    ",",
    " ",
    "\n",
    "\"@method\"",
    "\"@target-uri\"",
    "\"content-digest\"",
    "\"@path\"",
    "\"@authority\"",
    "\"date\"",
    ";created=",
    ";expires=",
    ";keyid=",
    ";alg=",
    "\"rsa-v1_5-sha256\"",
    "1703066400",
    ":AAAA:",
    ";sf",
    ";req",
    "?1",
    "*",
    "999999999999999",
];
const HANDLE: &[&str] = &[
    "@",
    "acct:",
    ".",
    "-",
    "_",
    ":",
    "8443",
    "a.example",
    "xn--",
    "ü",
    "%40",
    "/",
    "?",
    "#",
    "\\",
    " ",
    "\n",
    "127.0.0.1",
    "[::1]",
    "ours.example",
    "\u{3002}",
    "\u{ad}",
];
const ID: &[&str] = &[
    "https://",
    "http://",
    "HTTPS:",
    "a.example",
    "ours.example",
    "OURS.example",
    "@",
    ":",
    "443",
    "8443",
    "/",
    "\\",
    "?",
    "#",
    "%2e",
    ".",
    "..",
    "\t",
    "\n",
    " ",
    "127.0.0.1",
    "[::1]",
    "0x7f.1",
    "xn--",
    "ü",
    "\u{3002}",
    "\u{ad}",
    "\u{ff0e}",
    "javascript:",
    "mailto:",
    "data:",
    "//",
];
const MEDIA_TYPE: &[&str] = &[
    "application/",
    "activity+json",
    "ld+json",
    "jrd+json",
    "json",
    "text/html",
    ";",
    "=",
    "\"",
    "\\",
    ",",
    " ",
    "\t",
    "profile=",
    "charset=utf-8",
    "https://www.w3.org/ns/activitystreams",
    "q=1",
];
const KEY: &[&str] = &[
    "-----BEGIN PUBLIC KEY-----",
    "-----END PUBLIC KEY-----",
    "-----BEGIN RSA PUBLIC KEY-----",
    "-----END RSA PUBLIC KEY-----",
    "\n",
    "\r\n",
    "MIIB",
    "AQAB",
    "AAAA",
    "////",
    "=",
    " ",
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA",
];
const HTML: &[&str] = &[
    "<",
    ">",
    "</",
    "/>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<p>",
    "</p>",
    "<br>",
    "<hr>",
    "<a href=\"",
    "\">",
    "</a>",
    "<b>",
    "</b>",
    "<script>",
    "</script>",
    "<style>",
    "</style>",
    "<svg>",
    "<math>",
    "<table>",
    "<td>",
    "<ul><li>",
    "<ol start=9>",
    "</li>",
    "<blockquote>",
    "<pre><code>",
    "</code></pre>",
    "<img src=x alt=\"",
    "<template>",
    "<noscript>",
    "<select>",
    "<title>",
    "<h1>",
    " class=\"mention u-url\"",
    " onclick=alert(1)",
    " style=\"x\"",
    "javascript:",
    "https://a.example/",
    "https://ours.example/u/ana",
    "&lt;",
    "&#x202e;",
    "&#0;",
    "&nbsp;",
    "&amp",
    "\u{a0}",
    "\u{a7}",
    "@ann@a.example",
    "\u{202e}",
    "\u{300}",
    "\0",
    "\u{2028}",
    "'",
    "\"",
    "=",
];
const MARKDOWN: &[&str] = &[
    "*",
    "_",
    "**",
    "`",
    "```\n",
    "~~",
    "> ",
    "- ",
    "1. ",
    "# ",
    "[",
    "](",
    ")",
    "![",
    "<",
    ">",
    "\n",
    "\n\n",
    "    ",
    "\\",
    "|",
    "---",
    "https://a.example/",
    "@ann",
    "@ann@a.example",
    "[1]: https://a.example\n",
    "[1]",
    "&nbsp;",
    "\u{a0}",
    "\u{a7}",
    "&#x202e;",
    "<script>",
    "javascript:",
    "\u{202e}",
    "\u{300}",
    "\0",
    "\r\n",
    "^",
    "$",
    "~",
    "(",
    "((((",
];
