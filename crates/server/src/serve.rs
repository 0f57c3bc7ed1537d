//! The server: listen, work off what is due, stop without losing what was accepted.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actions::elsewhere::{backfill, deliver, naming, work as arrivals};
use actions::webhooks::telling;
use actions::{Ctx, maintenance, setup};
use door::door::{App, Door};
use door::router::Scrape;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use storage::Holder;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::boot::{self, Failure};
use crate::config::Config;
use crate::listen;

/// How often due work is looked for.
const ROUND: Duration = Duration::from_secs(60);
/// How soon what is left over is gone on with.
const SOON: Duration = Duration::from_secs(1);

/// How often measurements are put together.
const UPKEEP: Duration = Duration::from_secs(5);

/// Runs until it is told to stop.
pub async fn run(config: Config) -> Result<(), Failure> {
    for warning in config.warnings() {
        tracing::warn!("{warning}");
    }
    let recorder = PrometheusBuilder::new().install_recorder()?;
    let tidied = recorder.clone();
    let metrics: Scrape = Arc::new(move || recorder.render());
    let ctx = boot::open(&config, Holder::Server)?;
    let listener = TcpListener::bind(config.server.listen).await.map_err(|error| {
        format!("cannot listen on {}: {error}; name another address in server.listen", config.server.listen)
    })?;
    let app = Door::new(ctx.clone(), boot::settings(&config));
    let (stop, stopping) = watch::channel(());
    let workers = tokio::spawn(work(ctx.clone(), app.clone(), stopping.clone()));
    let received = tokio::spawn(arrivals::run(ctx.clone(), ended(stopping.clone())));
    let deliveries = tokio::spawn(deliver::run(ctx.clone(), ended(stopping.clone())));
    let telling = tokio::spawn(telling::run(ctx.clone(), ended(stopping.clone())));
    let looks = tokio::spawn(backfill::run(ctx.clone(), ended(stopping.clone())));
    let names = tokio::spawn(naming::run(ctx.clone(), ended(stopping.clone())));
    let upkeep = tokio::spawn(keep_up(tidied, stopping.clone()));
    let extra = serve_metrics(&config, app.clone(), metrics.clone(), stopping.clone()).await?;
    // Before anybody is told that the server runs: they may want it to stop at once.
    let mut signals = Signals::listen()?;
    announce(&config, &ctx, listener.local_addr()?).await?;
    let router = door::router::router(app.clone(), metrics);
    let serving = tokio::spawn(listen::serve(listener, router, ended(stopping.clone())));
    let reason = signals.told_to_stop().await;
    tracing::info!(reason, "stopping: no new requests, finishing those in progress");
    app.stop();
    drop(stop);
    let grace = Duration::from_secs(config.server.shutdown_grace_seconds);
    match tokio::time::timeout(grace, serving).await {
        Ok(ended) => ended?,
        Err(_) => tracing::warn!(seconds = grace.as_secs(), "some requests did not end in time"),
    }
    workers.await?;
    received.await?;
    deliveries.await?;
    telling.await?;
    looks.await?;
    names.await?;
    upkeep.await?;
    if let Some(extra) = extra {
        extra.await?;
    }
    tracing::info!("stopped");
    Ok(())
}

#[expect(clippy::print_stdout, reason = "what the host is to read, and programs that start the server too")]
async fn announce(config: &Config, ctx: &Ctx, listening: SocketAddr) -> Result<(), Failure> {
    let url = config.server.public_url.as_str().trim_end_matches('/');
    println!("Rejoinder {} is ready at {url} (listening on {listening})", env!("CARGO_PKG_VERSION"));
    if let Some(secret) = setup::renew_if_needed(ctx).await? {
        println!("There is no administrator yet. This link makes the first one, once:\n  {url}/setup/{secret}");
    }
    Ok(())
}

/// The signals that ask for a stop. From `listen` on they no longer end the process by themselves.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn told_to_stop(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => "interrupt",
            _ = self.terminate.recv() => "terminate",
        }
    }
}

async fn ended(mut stopping: watch::Receiver<()>) {
    while stopping.changed().await.is_ok() {}
}

/// Does what is due, now and then, until the server stops.
async fn work(ctx: Ctx, app: App, stopping: watch::Receiver<()>) {
    if let Err(error) = maintenance::schedule(&ctx).await {
        tracing::warn!(%error, "housekeeping is not scheduled");
    }
    loop {
        let done = maintenance::run_due(&ctx).await;
        // A full piece means that there is more: others have had their turn by then.
        let round = if done.as_ref().is_ok_and(|rows| maintenance::is_full(*rows)) { SOON } else { ROUND };
        match done {
            Ok(0) => {}
            Ok(rows) => tracing::info!(rows, "housekeeping deleted what is over"),
            Err(error) => tracing::warn!(%error, "housekeeping will be tried again"),
        }
        app.throttle.tidy();
        tokio::select! {
            () = tokio::time::sleep(round) => {}
            () = ended(stopping.clone()) => return,
        }
    }
}

/// What has been measured since the last time is put together, whether or not anybody reads it: else it would grow.
async fn keep_up(recorder: PrometheusHandle, stopping: watch::Receiver<()>) {
    loop {
        recorder.run_upkeep();
        tokio::select! {
            () = tokio::time::sleep(UPKEEP) => {}
            () = ended(stopping.clone()) => return,
        }
    }
}

type Extra = tokio::task::JoinHandle<()>;

/// Serves `/metrics` on an address of its own, where the host wants it.
async fn serve_metrics(
    config: &Config,
    app: App,
    metrics: Scrape,
    stopping: watch::Receiver<()>,
) -> Result<Option<Extra>, Failure> {
    let Some(address) = config.metrics.listen else { return Ok(None) };
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| format!("cannot listen on {address}: {error}; name another address in metrics.listen"))?;
    let router = door::router::metrics_only(app, metrics);
    Ok(Some(tokio::spawn(listen::serve(listener, router, ended(stopping)))))
}
