//! What is measured when somebody asks for the measurements, and not when it happens: how much waits. Each number is about all servers
//! together: a series for each host would be as many as strangers like.

use std::time::Duration;

use actions::hosting::numbers::{Numbers, numbers};
use metrics::gauge;

use crate::door::Door;

/// How long it is believed: counting takes the longer the more waits.
pub(crate) const FRESH: Duration = Duration::from_secs(10);

/// Measures anew what was not measured lately. Where the database does not answer, the last numbers stand.
pub(crate) async fn refresh(app: &Door) {
    if app.measured.get(&()).await.is_some() {
        return;
    }
    match numbers(&app.ctx).await {
        Ok(numbers) => {
            set(&numbers);
            app.measured.insert((), ()).await;
        }
        Err(error) => tracing::warn!(%error, "what waits for other servers could not be counted"),
    }
}

fn set(numbers: &Numbers) {
    let Numbers { inbox_waiting, deliveries, peers, .. } = *numbers;
    gauge!("rejoinder_inbox_waiting").set(inbox_waiting as f64);
    gauge!("rejoinder_deliveries_waiting").set(deliveries.waiting as f64);
    gauge!("rejoinder_deliveries_given_up").set(deliveries.given_up as f64);
    gauge!("rejoinder_delivery_oldest_seconds").set(numbers.oldest_ms() as f64 / 1_000.0);
    let states =
        [("sound", peers.sound), ("failing", peers.failing), ("paused", peers.paused), ("asleep", peers.asleep)];
    for (state, count) in states {
        gauge!("rejoinder_peers", "state" => state).set(count as f64);
    }
}
