//! Who is meant by a name (WebFinger, RFC 7033), and where to ask for that (RFC 6415, which older servers read first).

use actions::elsewhere::handles::{find, read};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use federation::webfinger::{Account, JRD_JSON, Jrd};
use federation::wire::addresses::{Addresses, OurActor};

use super::shared;
use crate::api::answer::{Answer, encode};
use crate::door::App;
use crate::problem::{Form, Problem};

/// `/.well-known/webfinger`
pub async fn webfinger(State(app): State<App>, RawQuery(query): RawQuery, headers: HeaderMap) -> Answer {
    let resource = resource(query.as_deref().unwrap_or_default());
    let asked = resource.and_then(|resource| read(&app.ctx, &resource)).ok_or_else(unreadable)?;
    let actors = find(&app.ctx, asked).await?;
    let answer = described(app.ctx.elsewhere().addresses(), &actors);
    Ok(shared(&headers, JRD_JSON, encode(&answer)?))
}

/// What is asked about. Two resources in one request would be read differently by whoever stands in between.
fn resource(query: &str) -> Option<String> {
    let mut all = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "resource");
    let (_, resource) = all.next()?;
    all.next().is_none().then(|| resource.into_owned())
}

fn unreadable() -> Problem {
    let words =
        "Ask for one resource: “acct:” with a name and this host, such as acct:ana@example.org, or the id of an actor.";
    Problem::request(StatusCode::BAD_REQUEST, "bad-resource", words, Form::Json)
}

/// Those who share a name, in one answer.
fn described(addresses: &Addresses, actors: &[OurActor]) -> Jrd {
    let each = actors.iter().map(|actor| {
        Jrd::of(Account {
            handle: &format!("{}@{}", addresses.username(actor), addresses.host()),
            id: &addresses.actor(actor),
            page: &addresses.page(actor),
            kind: actor.kind(),
            subscribe: None,
            intents: &[],
        })
    });
    let joined = each.reduce(|mut all, one| {
        all.aliases.extend(one.aliases);
        all.links.extend(one.links);
        all
    });
    joined.unwrap_or_default()
}

/// `/.well-known/host-meta`
pub async fn host_meta(State(app): State<App>, headers: HeaderMap) -> Response {
    let template = app.url("/.well-known/webfinger?resource={uri}");
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\"><Link rel=\"lrdd\" template=\"{template}\"/></XRD>\n"
    );
    shared(&headers, "application/xrd+xml", body.into_bytes())
}
