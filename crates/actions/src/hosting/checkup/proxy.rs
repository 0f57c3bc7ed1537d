//! Whether a request arrives as it was sent: what a signature covers must not be changed on the way (`/healthz/echo/…`).

use std::collections::BTreeMap;

use federation::client::{CannotSign, Client, Probe, Signing as _};
use serde_json::Value;

use super::{Finding, answers};
use crate::elsewhere::signer::Signer;
use crate::{Ctx, Error, Result};

/// Everything in a path and a query that a proxy may want to write in another way.
const PATH: &str = "/healthz/echo/a%2Fb%3Fc/%7Ed//e?f=%2Fg&h=%26%20";
const BODY: &[u8] = br#"{"type":"Probe"}"#;
/// Headers that are signed.
const SIGNED: [&str; 3] = ["date", "digest", "signature"];

const HOST: &str = "Let the proxy pass on the Host of the request: `proxy_set_header Host $host;` in nginx, `ProxyPreserveHost On` in Apache; Caddy and Traefik do so by themselves.";
const TARGET: &str = "Let the proxy pass on the path as it came: in nginx `proxy_pass` without a path after the host, and `merge_slashes off;`; in Apache `AllowEncodedSlashes NoDecode` and `nocanon`.";
const HEADERS: &str = "Let the proxy pass on the headers Date, Digest, Signature and Content-Type as they came.";

pub(super) async fn findings(ctx: &Ctx, client: &Client) -> Result<Vec<Finding>> {
    let (signer, now_ms) = (Signer::instance(ctx).await?, ctx.now().0);
    let probe = Probe::Post(BODY.into(), &signer);
    let seen = match client.ask_ourselves(PATH, probe, now_ms).await {
        Ok(seen) => seen,
        Err(error) => return Ok(vec![answers::unanswered("proxy", "a signed request", &error)]),
    };
    let Ok(arrived) = serde_json::from_slice::<BTreeMap<String, Value>>(&seen.body) else {
        let says = format!("a signed request is answered with status {} before it reaches this server", seen.status);
        return Ok(vec![Finding::error("proxy", says, TARGET)]);
    };
    let text = |name: &str| arrived.get(name).and_then(Value::as_str).unwrap_or_default();
    Ok(vec![
        host(ctx.elsewhere().addresses().host(), text("host")),
        target(text("target")),
        headers(&sent(ctx, &signer, now_ms)?, &text),
    ])
}

/// What was signed: the same again, for RSA signs the same thing in the same way.
fn sent(ctx: &Ctx, signer: &Signer, now_ms: i64) -> Result<BTreeMap<&'static str, String>> {
    let rules = ctx.elsewhere().rules();
    let url = rules.id(&format!("{}{PATH}", rules.ours()));
    let unsigned = |why: String| Error::Failed(storage::Error::Unavailable(why));
    let url = url.map_err(|bad| unsigned(format!("our own address {bad}")))?;
    let headers = signer.headers("POST", url.url(), Some(BODY), now_ms);
    let headers = headers.map_err(|CannotSign(why)| unsigned(why))?;
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    Ok(SIGNED.iter().map(|name| (*name, text(name))).collect())
}

fn host(ours: &str, arrived: &str) -> Finding {
    if arrived == ours {
        return Finding::good("host", "the Host of requests arrives as it was sent");
    }
    let says =
        format!("requests to {ours} arrive here with the Host {arrived:?}: no signature of another server is valid");
    Finding::error("host", says, HOST)
}

fn target(arrived: &str) -> Finding {
    if arrived == PATH {
        return Finding::good("path", "paths arrive as they were sent");
    }
    let says = format!("a path is changed on the way here: {PATH} arrives as {arrived}");
    Finding::error("path", says, TARGET)
}

fn headers<'a>(sent: &BTreeMap<&'static str, String>, arrived: &impl Fn(&str) -> &'a str) -> Finding {
    let changed: Vec<_> = sent.iter().filter(|(name, value)| arrived(name) != value.as_str()).collect();
    if changed.is_empty() {
        return Finding::good("signature", "signatures and what they cover arrive as they were sent");
    }
    let names: Vec<_> = changed.into_iter().map(|(name, _)| *name).collect();
    let says =
        format!("of a signed request these headers are changed or missing when it arrives: {}", names.join(", "));
    Finding::error("signature", says, HEADERS)
}
