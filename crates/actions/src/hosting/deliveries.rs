//! What was not brought to other servers, or not yet: having it tried again, or not brought at all.

use domain::{Deed, Noun, Time, made_at};
use federation::wire::addresses::Ours;
use storage::outbox::{self, Entry, State};
use storage::{Read, Write};

use super::{By, and_one, cut};
use crate::writing::reasoned;
use crate::{Ctx, Error, Result};

/// A delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// What is kept of it.
    pub entry: Entry,
    /// When it was said.
    pub said: Time,
    /// The id of what is brought.
    pub activity: String,
    /// Its type.
    pub kind: String,
}

fn delivery(ctx: &Ctx, entry: Entry) -> Delivery {
    #[derive(serde::Deserialize)]
    struct Said {
        #[serde(rename = "type")]
        kind: String,
    }
    let kind = serde_json::from_str(&entry.body).map(|said: Said| said.kind).unwrap_or_default();
    let activity = ctx.elsewhere().addresses().of(&Ours::Activity(entry.activity));
    Delivery { said: made_at(entry.id), activity, kind, entry }
}

/// A page of deliveries in that state, to that server or to any, newest first, and the number below which the next page begins.
///
/// # Errors
/// Refusals of those who do not run this instance; failures.
pub async fn page(
    ctx: &Ctx,
    by: &By,
    (state, host): (State, Option<&str>),
    before: Option<i64>,
    limit: usize,
) -> Result<(Vec<Delivery>, Option<i64>)> {
    by.allowed()?;
    let host = host.map(|host| host.trim().to_ascii_lowercase());
    let page = move |tx: &mut Read| outbox::page(tx, state, host.as_deref(), before, and_one(limit));
    let mut found = ctx.db().read(page).await?;
    let next = cut(&mut found, limit, |entry| entry.id);
    Ok((found.into_iter().map(|entry| delivery(ctx, entry)).collect(), next))
}

/// What is to become of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// It is tried again, from the beginning; when, depends on its server.
    Retry,
    /// It is not brought.
    Skip,
}

impl Order {
    const fn deed(self) -> Deed {
        match self {
            Self::Retry => Deed::Retry,
            Self::Skip => Deed::Skip,
        }
    }

    /// Says whether it made a difference.
    fn give(self, tx: &mut Write, id: i64) -> storage::Result<bool> {
        match self {
            Self::Retry => outbox::retry(tx, id),
            Self::Skip => outbox::skip(tx, id),
        }
    }
}

/// Has a delivery tried again or skipped, and says how it stands then. Doing it twice does nothing the second time.
///
/// # Errors
/// [`domain::Refusal::NotFound`], also for what has been brought; as for [`page`].
pub async fn order(ctx: &Ctx, by: &By, id: i64, order: Order, reason: &str) -> Result<Delivery> {
    by.allowed()?;
    let (cx, by, reason) = (ctx.clone(), by.clone(), reasoned(reason)?);
    let entry = ctx
        .db()
        .write(move |tx| {
            let entry = outbox::find(tx, id)?.ok_or(Error::missing(Noun::Delivery))?;
            if order.give(tx, id)? {
                by.note(tx, &cx, order.deed(), Some(&entry.host), &reason)?;
            }
            outbox::find(tx, id)?.ok_or(Error::missing(Noun::Delivery))
        })
        .await?;
    Ok(delivery(ctx, entry))
}
