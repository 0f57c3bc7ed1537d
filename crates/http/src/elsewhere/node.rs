//! What runs here, and how much of it there is (NodeInfo 2.1).

use actions::Joining;
use actions::instance::Numbers;
use axum::extract::State;
use axum::http::HeaderMap;
use federation::nodeinfo::{Discovery, Document, Registrations, Usage, Users};
use federation::wire::addresses::OurActor;

use super::shared;
use crate::api::answer::{Answer, encode};
use crate::door::App;

const JSON: &str = "application/json";
const JSON_2_1: &str = r#"application/json; profile="http://nodeinfo.diaspora.software/ns/schema/2.1#""#;

/// `/.well-known/nodeinfo`, with the server's own actor beside the document (FEP-2677).
pub async fn discovery(State(app): State<App>, headers: HeaderMap) -> Answer {
    let actor = app.ctx.elsewhere().addresses().actor(&OurActor::Instance);
    Ok(shared(&headers, JSON, encode(&Discovery::new(&app.url("/nodeinfo/2.1"), &actor))?))
}

/// `/nodeinfo/2.1`
pub async fn document(State(app): State<App>, headers: HeaderMap) -> Answer {
    let registrations = match app.ctx.limits().joining {
        Joining::Open | Joining::Approval => Registrations::Open,
        Joining::Invitation | Joining::Closed => Registrations::Closed,
    };
    let usage = usage(&*app.numbers().await?);
    Ok(shared(&headers, JSON_2_1, encode(&Document::new(env!("CARGO_PKG_VERSION"), registrations, usage))?))
}

fn usage(numbers: &Numbers) -> Usage {
    let whole = |number: i64| u64::try_from(number).unwrap_or(0);
    Usage {
        users: Users { total: whole(numbers.accounts), active_halfyear: None, active_month: None },
        local_posts: whole(numbers.own_threads),
        local_comments: whole(numbers.own_comments),
    }
}
