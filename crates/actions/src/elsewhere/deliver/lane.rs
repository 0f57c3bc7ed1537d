//! A lane: what waits for one server is brought there one after the other. Not here: which lanes there are, what is written of it.

use std::time::Duration;

use federation::client::{Answer, CannotSign, Client, SendError};
use federation::origin::Id;
use federation::signature::Form;
use storage::outbox::Delivery;
use storage::peers::Peer;
use tokio::sync::watch;

use super::habits::Habits;
use super::verdict::{Case, Verdict, judge};
use crate::Ctx;
use crate::elsewhere::policy;
use crate::elsewhere::signer::Signer;

/// How long a lane goes on before it writes down what it has done. With the longest request it stays within [`super::LEASE_MS`].
const TURN_MS: i64 = 15_000;
/// What is under way when the server stops may still take so long.
const GRACE: Duration = Duration::from_secs(3);

/// What a lane is to do, and what is known of where it leads.
#[derive(Clone, Debug)]
pub(super) struct Load {
    /// The server.
    pub peer: Peer,
    /// What waits for it, in order.
    pub waiting: Vec<Delivery>,
}

/// What came of one attempt.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    /// The number of the delivery.
    pub delivery: i64,
    /// Where it was brought.
    pub inbox: String,
    /// What follows.
    pub verdict: Verdict,
}

/// What a lane has done.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    /// The server, with its failures before the last attempt.
    pub peer: Peer,
    /// What came of each attempt; after one that failed for the whole server there is none.
    pub outcomes: Vec<Outcome>,
    /// An inbox that answered, and not that it cannot at the moment.
    pub answered: Option<Id>,
    /// What was learned.
    pub habits: Habits,
}

/// How long a server is left alone.
#[derive(Clone, Copy, Debug)]
pub(super) struct PutOff<'a> {
    /// In milliseconds.
    pub wait_ms: i64,
    /// No shorter if it is heard of in the meantime, in milliseconds.
    pub at_least_ms: i64,
    /// Why.
    pub error: &'a str,
}

/// Brings a load to its server, until it fails or the server is told to stop.
pub(super) async fn turn(
    ctx: Ctx,
    client: Client,
    load: Load,
    habits: Habits,
    mut stopping: watch::Receiver<bool>,
) -> Turn {
    let until = ctx.now().plus_ms(TURN_MS);
    let mut turn = Turn { peer: load.peer, outcomes: Vec::new(), answered: None, habits };
    let spoken_to = is_spoken_to(&ctx, &turn.peer.host).await;
    for delivery in load.waiting {
        if *stopping.borrow() || ctx.now() >= until {
            break;
        }
        // What is left of the load may have been dropped: it is loaded again.
        if spoken_to && !is_spoken_to(&ctx, &turn.peer.host).await {
            break;
        }
        if turn.leaves_alone(&delivery.inbox) {
            continue;
        }
        let inbox = match client.rules().id(&delivery.inbox) {
            Ok(inbox) => inbox,
            Err(why) => {
                turn.conclude(&delivery, Verdict::GivenUp(format!("the inbox {why}")));
                continue;
            }
        };
        let form = turn.habits.form(&delivery.inbox);
        let sent = tokio::select! {
            sent = attempt(&ctx, &client, &inbox, &delivery, form) => sent,
            () = cut_off(&mut stopping) => break,
        };
        turn.note(&ctx, &delivery, (inbox, form), &sent);
        if turn.failed().is_some() {
            break;
        }
    }
    turn
}

/// From memory, nearly always. Where that is not to be had, the client still asks before it sends.
async fn is_spoken_to(ctx: &Ctx, host: &str) -> bool {
    policy::current(ctx).await.is_ok_and(|policies| policies.level(host).is_spoken_to())
}

async fn attempt(ctx: &Ctx, client: &Client, inbox: &Id, delivery: &Delivery, form: Form) -> Result<Answer, SendError> {
    let signer = Signer::of(ctx, delivery.signer, delivery.key_id.clone(), form).await;
    let signing = signer.map_err(|error| CannotSign(error.to_string()))?;
    client.post(inbox, delivery.body.clone().into(), &signing, ctx.now().0).await
}

impl Turn {
    fn leaves_alone(&self, inbox: &str) -> bool {
        let bars = |verdict: &Verdict| matches!(verdict, Verdict::Aside { .. } | Verdict::Gone(_));
        self.outcomes.iter().any(|outcome| outcome.inbox == inbox && bars(&outcome.verdict))
    }

    fn note(&mut self, ctx: &Ctx, delivery: &Delivery, (inbox, form): (Id, Form), sent: &Result<Answer, SendError>) {
        let (strikes, faults) = self.habits.counts(&delivery.inbox, delivery.id);
        let chance = u16::from_le_bytes(ctx.bytes());
        let verdict = judge(sent, Case { strikes, faults, failures: self.peer.failures, chance });
        self.habits.learn(&delivery.inbox, delivery.id, form, &verdict, ctx.now());
        if sent.is_ok() && !matches!(verdict, Verdict::Later { .. }) {
            self.answered = self.answered.take().or(Some(inbox));
            (self.peer.failures, self.peer.failing_since) = (0, None);
        }
        self.conclude(delivery, verdict);
    }

    fn conclude(&mut self, delivery: &Delivery, verdict: Verdict) {
        metrics::counter!("rejoinder_deliveries_total", "outcome" => verdict.name()).increment(1);
        tracing::debug!(
            inbox = delivery.inbox,
            delivery = delivery.id,
            ?verdict,
            "an activity was brought, or was not"
        );
        self.outcomes.push(Outcome { delivery: delivery.id, inbox: delivery.inbox.clone(), verdict });
    }

    /// That the server is left alone; `None` if it took what it was brought, or refused it.
    pub(super) fn failed(&self) -> Option<PutOff<'_>> {
        match self.outcomes.last().map(|outcome| &outcome.verdict) {
            Some(Verdict::Later { wait_ms, at_least_ms, error, .. }) => {
                Some(PutOff { wait_ms: *wait_ms, at_least_ms: *at_least_ms, error })
            }
            _ => None,
        }
    }
}

/// Ends some time after the server was told to stop.
async fn cut_off(stopping: &mut watch::Receiver<bool>) {
    // A sender that is gone stops as well.
    let _ = stopping.wait_for(|told| *told).await;
    tokio::time::sleep(GRACE).await;
}
