//! What every request passes first: whose address it is, who asks, whether a page of another site sends it, whether it
//! comes too often. What is found out is put into the request for the extractors.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use actions::Person;
use actions::account::Recognised;
use axum::extract::{ConnectInfo, FromRequestParts, Request};
use axum::http::{Extensions, HeaderMap, HeaderValue, Method, header, request::Parts};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use domain::Refusal;
use storage::accounts::Kind as Credential;

use crate::door::App;
use crate::problem::{Form, Problem};
use crate::throttle::{Kind, Who};
use crate::web::entry::set_cookie;

/// Who asks: somebody with an account, or nobody in particular.
#[derive(Clone, Debug, Default)]
pub struct Visitor(pub Option<Person>);

/// Proof that somebody with an account asks.
#[derive(Clone, Debug)]
pub struct Member(pub Person);

/// The address that a request comes from.
#[derive(Clone, Copy, Debug)]
pub struct Address(pub IpAddr);

/// Session or token, as shown.
pub enum Shown {
    /// A session, in a cookie.
    Session(String),
    /// A token; empty where there is something else in its place.
    Token(String),
}

/// Lets a request in, or not. All routes but `/healthz` and the assets are behind it.
pub async fn pass(app: &App, mut request: Request, next: Next) -> Response {
    let form = Form::of(&request);
    let admitted = match admit(app, &mut request).await {
        Ok(admitted) => admitted,
        Err(error) => return Problem::new(error, form).into_response(),
    };
    let visitor = request.extensions().get::<Visitor>().cloned();
    let mut response = next.run(request).await;
    // The page of an error is made further out, and has a corner for its reader too.
    if let Some(visitor) = visitor {
        response.extensions_mut().insert(visitor);
    }
    if let Some(left) = admitted.left {
        left.write(response.headers_mut());
    }
    // An answer that sets the cookie itself knows better: it logs in or out.
    if let Some(secret) = admitted.prolonged.filter(|_| !response.headers().contains_key(header::SET_COOKIE)) {
        set_cookie(&mut response, &app.settings, &secret, actions::account::SESSION_MS / 1000);
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    }
    response
}

/// What is to be said in the answer to a request that came in.
struct Admitted {
    left: Option<crate::throttle::Left>,
    /// The secret of a session that lasts longer from now on.
    prolonged: Option<String>,
}

async fn admit(app: &App, request: &mut Request) -> actions::Result<Admitted> {
    let address = address_of(app, request.extensions(), request.headers());
    let kind = if request.method().is_safe() { Kind::Read } else { Kind::Write };
    let shown = shown(request.headers(), app.settings.cookie());
    if kind == Kind::Write && !matches!(shown, Some(Shown::Token(_))) {
        same_origin(request.headers(), &app.settings.public_url)?;
    }
    let is_token = matches!(shown, Some(Shown::Token(_)));
    let (person, prolonged) = match shown {
        None => (None, None),
        Some(Shown::Session(secret)) => {
            let found = recognise(app, &secret, Credential::Session).await?;
            let worn = found.as_ref().filter(|found| found.is_worn(&app.ctx));
            let prolonged = match worn {
                Some(found) => actions::account::prolong(&app.ctx, &found.person).await.is_ok().then_some(secret),
                None => None,
            };
            (found.map(|found| found.person), prolonged)
        }
        Some(Shown::Token(secret)) => {
            (recognise(app, &secret, Credential::Token).await?.map(|found| found.person), None)
        }
    };
    let who = person.as_ref().map_or(Who::at(address), |person| Who::Account(person.account));
    let left = app.throttle.request(who, kind)?;
    // Counted first: guesses are requests of the address they come from.
    if is_token && person.is_none() {
        return Err(Refusal::BadToken.into());
    }
    request.extensions_mut().insert(Address(address));
    request.extensions_mut().insert(Visitor(person));
    Ok(Admitted { left, prolonged })
}

async fn recognise(app: &App, secret: &str, kind: Credential) -> actions::Result<Option<Recognised>> {
    let known = actions::account::recognise(&app.ctx, secret).await?;
    Ok(known.filter(|found| found.kind == kind))
}

/// Where a request comes from.
pub fn address_of(app: &App, extensions: &Extensions, headers: &HeaderMap) -> IpAddr {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    address(peer, headers, &app.settings.trusted_proxies)
}

/// The address of the client: the peer's, or what the nearest proxy that is not trusted was seen with.
#[must_use]
pub fn address(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[ipnet::IpNet]) -> IpAddr {
    let mut address = peer.unwrap_or(Ipv4Addr::LOCALHOST.into()).to_canonical();
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let forwarded = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = forwarded.flat_map(|value| value.split(',')).collect();
    for hop in hops.iter().rev() {
        if !is_trusted(&address) {
            break;
        }
        match hop.trim().parse::<IpAddr>() {
            Ok(hop) => address = hop.to_canonical(),
            Err(_) => break,
        }
    }
    address
}

/// What a request has with it to say who asks.
#[must_use]
pub fn shown(headers: &HeaderMap, cookie: &str) -> Option<Shown> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let (scheme, secret) = value.to_str().unwrap_or_default().split_once(' ').unwrap_or_default();
        return Some(Shown::Token(if scheme.eq_ignore_ascii_case("bearer") {
            secret.trim().to_owned()
        } else {
            String::new()
        }));
    }
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == cookie).map(|(_, secret)| Shown::Session(secret.to_owned()))
}

/// Refuses requests that a page of another site makes a browser send. Every browser of today says where a POST comes from;
/// programs that say nothing have no cookie of anybody's to misuse, unless they chose to.
///
/// # Errors
/// [`Refusal::ForeignOrigin`].
pub fn same_origin(headers: &HeaderMap, public_url: &str) -> Result<(), Refusal> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    match (text("sec-fetch-site"), text("origin")) {
        (Some("same-origin" | "none"), _) => Ok(()),
        (None, Some(origin)) if origin == public_url || Some(host_of(origin)) == text("host") => Ok(()),
        (None, None) if !headers.contains_key(header::COOKIE) => Ok(()),
        _ => Err(Refusal::ForeignOrigin),
    }
}

fn host_of(origin: &str) -> &str {
    origin.split_once("://").map_or("", |(_, host)| host)
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

impl<S: Sync> FromRequestParts<S> for Member {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let visitor = parts.extensions.get::<Visitor>().cloned().unwrap_or_default();
        let doing = if parts.method == Method::GET { "see this page" } else { "do this" };
        visitor.0.map(Self).ok_or_else(|| Problem::new(Refusal::LoginRequired(doing).into(), Form::of_parts(parts)))
    }
}

impl<S: Sync> FromRequestParts<S> for Address {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or(Self(Ipv4Addr::LOCALHOST.into())))
    }
}
