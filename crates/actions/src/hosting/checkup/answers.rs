//! What the answers of our public address mean: decided from values alone.

use federation::client::{NoAnswer, Seen, SendError};
use federation::webfinger::Jrd;
use federation::wire::addresses::OurActor;
use serde::Deserialize;

use super::{Finding, is_private, lasting};
use crate::Ctx;

/// Other servers refuse what is signed at another time than theirs: GoToSocial and Misskey allow some minutes.
const OFF_MS: i64 = 5 * 60 * 1_000;
/// So much is worth a look.
const DRIFT_MS: i64 = 30 * 1_000;

/// Nothing was answered.
pub(super) fn unreached(error: &SendError) -> Finding {
    if is_private(error) {
        let says =
            format!("from here the public name leads into a private network, where this server calls nobody: {error}");
        let remedy = "Ask `curl -i` for the public address with /healthz from outside; that it answers, cannot be told from here.";
        return Finding::warning("reach", says, remedy);
    }
    if let SendError::NoAnswer(NoAnswer::Certificate { reason }) = error {
        let says = format!("the certificate of the public address is not accepted: {reason}");
        let remedy =
            "Give the proxy a certificate for this name from an authority that others know, with its whole chain.";
        return Finding::error("tls", says, remedy);
    }
    let says = format!("the public address does not answer: {error}");
    let remedy =
        "Start the server; look at server.public_url, the name's entry in the DNS, the firewall, and the proxy.";
    Finding::error("reach", says, remedy)
}

/// Something was.
pub(super) fn reached(ctx: &Ctx, seen: &Seen) -> Vec<Finding> {
    let mut found = Vec::new();
    if ctx.elsewhere().rules().ours().to_string().starts_with("https:") {
        found.push(Finding::good("tls", "the certificate of the public address is accepted"));
    }
    found.push(match (seen.status, seen.location()) {
        (200, _) => Finding::good("reach", "the public address answers"),
        (status, Some(to)) => {
            let says = format!("the public address redirects to {to} (status {status})");
            let remedy = "Other servers do not follow it where they post. Write where it leads in server.public_url, if no id was given yet; or have it answer itself.";
            Finding::error("reach", says, remedy)
        }
        (status, None) => {
            let says = format!("the public address answers /healthz with status {status}");
            Finding::error("reach", says, "Look at the log of the proxy: it does not reach this server, or reaches another.")
        }
    });
    found
}

/// Another clock beside ours.
#[must_use]
pub fn clock(check: &'static str, whose: &str, now_ms: i64, date_ms: Option<i64>) -> Finding {
    let Some(date_ms) = date_ms else {
        let says = format!("{whose} does not say what time it is");
        return Finding::warning(check, says, "Compare the clock of this machine with another one.");
    };
    let (off_ms, direction) = (now_ms.abs_diff(date_ms), if now_ms > date_ms { "ahead of" } else { "behind" });
    let off_ms = i64::try_from(off_ms).unwrap_or(i64::MAX);
    let says = format!("our clock is {} {direction} that of {whose}", lasting(off_ms));
    let remedy = "Let the machine set its clock by NTP (`timedatectl set-ntp true`).";
    if off_ms > OFF_MS {
        Finding::error(check, format!("{says}; other servers refuse what is signed so far from their time"), remedy)
    } else if off_ms > DRIFT_MS {
        Finding::warning(check, says, remedy)
    } else {
        Finding::good(check, format!("our clock and that of {whose} say the same"))
    }
}

/// A path of ours was not answered.
pub(super) fn unanswered(check: &'static str, path: &str, error: &SendError) -> Finding {
    Finding::error(check, format!("{path} is not answered: {error}"), REMEDY)
}

const REMEDY: &str =
    "Let the proxy pass on everything under /.well-known/ and /nodeinfo/, but for what it needs itself.";

/// Who the server is said to be.
pub(super) fn webfinger(ctx: &Ctx, handle: &str, asked: &Result<Seen, SendError>) -> Finding {
    let seen = match asked {
        Ok(seen) => seen,
        Err(error) => return unanswered("webfinger", "/.well-known/webfinger", error),
    };
    if seen.status != 200 {
        let says = format!("WebFinger answers with status {} for {handle}", seen.status);
        return Finding::error("webfinger", says, REMEDY);
    }
    let jrd = match Jrd::read(&seen.body) {
        Ok(jrd) => jrd,
        Err(bad) => return Finding::error("webfinger", format!("WebFinger's answer cannot be read: {bad}"), REMEDY),
    };
    let actor = ctx.elsewhere().addresses().actor(&OurActor::Instance);
    let named = jrd.actor(ctx.elsewhere().rules());
    if jrd.subject != handle || named.as_ref().map(|id| id.as_str()) != Some(actor.as_str()) {
        let says = format!("WebFinger says that {handle} is {:?}", jrd.subject);
        let remedy = "Another server answers under this name, or a copy that was kept; look at the proxy and at server.public_url.";
        return Finding::error("webfinger", says, remedy);
    }
    Finding::good("webfinger", format!("{handle} is found"))
}

/// The path of the document about this server, if the list of such documents names one of ours.
pub(super) fn document(links: &Seen, ours: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Links {
        links: Vec<Link>,
    }
    #[derive(Deserialize)]
    struct Link {
        href: String,
    }
    let known: Links = serde_json::from_slice(&links.body).ok().filter(|_| links.status == 200)?;
    let mut paths = known.links.iter().filter_map(|link| link.href.strip_prefix(ours));
    paths.find(|path| path.starts_with("/nodeinfo/")).map(str::to_owned)
}

/// It names none.
pub(super) fn no_document(links: &Seen) -> Finding {
    let says = format!("/.well-known/nodeinfo (status {}) names no document of this server", links.status);
    Finding::error("nodeinfo", says, REMEDY)
}

/// What the document says that runs here.
pub(super) fn node(seen: &Seen) -> Finding {
    #[derive(Deserialize)]
    struct Node {
        software: Software,
    }
    #[derive(Deserialize)]
    struct Software {
        name: String,
        version: String,
    }
    match serde_json::from_slice::<Node>(&seen.body) {
        Ok(Node { software }) if seen.status == 200 && software.name == "rejoinder" => {
            Finding::good("nodeinfo", format!("others are told that Rejoinder {} runs here", software.version))
        }
        Ok(Node { software }) if seen.status == 200 => {
            let says = format!("others are told that {} runs here", software.name);
            Finding::error("nodeinfo", says, REMEDY)
        }
        _ => Finding::error("nodeinfo", format!("the document about this server has status {}", seen.status), REMEDY),
    }
}
