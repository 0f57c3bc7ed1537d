//! What it costs to make a page that is not kept: rows read and arranged, page rendered; and, apart, compressed. Measured in
//! a process of its own that calls what the server calls, with nothing kept from one time to the next.

use std::process::{Command, Stdio};
use std::time::Duration;

use actions::reading::{self, Part};
use domain::{CommentSort, ThreadId};
use door::cache::{brotli, gzip};
use door::door::{App, Door};
use door::settings::{Documents, Rates, Settings};
use door::web::thread::{Extent, View, compose};
use pages::views::{Direction, Frame, Robots};

use crate::populate::{context, open, runtime};
use crate::process::own_cpu;
use crate::sections::store::Stock;
use crate::table::{Row, Table};
use crate::{Failure, Run};

/// Milliseconds of CPU for one page.
struct Cost {
    read: f64,
    rendered: f64,
    compressed: f64,
}

impl Cost {
    fn made(&self) -> f64 {
        self.read + self.rendered
    }
}

/// Measures threads of 1,000 and 10,000 comments, each whole on one page.
pub fn measure(run: &Run, url: &str, stock: &Stock, table: &mut Table) -> Result<(), Failure> {
    let (long, short) = if run.arguments.quick { (5, 2) } else { (40, 8) };
    let thousand = cost(url, stock.thousand.id, long)?;
    let ten_thousand = cost(url, stock.ten_thousand.id, short)?;
    for (name, cost, limit) in [("1,000", &thousand, 5.0), ("10,000", &ten_thousand, 50.0)] {
        let Cost { read, rendered, compressed } = cost;
        let made = cost.made();
        let what =
            format!("page of all {name} comments, not cached: {read:.2} read and arranged + {rendered:.2} rendered");
        table.push(Row { cpu: Some(made), ..Row::named(what) }.at_most("", made, limit, " ms CPU"));
        table.push(Row {
            cpu: Some(*compressed),
            ..Row::named(format!("compressing it, br and gzip ({name} comments)"))
        });
    }
    let growth = ten_thousand.made() / thousand.made() / 10.0;
    let row = Row::named("growth from 1,000 to 10,000, for each comment").against(growth, "1,000");
    table.push(row.at_most("", growth, 1.25, " × (linear)"));
    Ok(())
}

fn cost(url: &str, thread: ThreadId, times: u32) -> Result<Cost, Failure> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["uncached", url, &thread.to_string(), &times.to_string()]).stderr(Stdio::inherit());
    let said = String::from_utf8(command.output()?.stdout)?;
    let numbers: Vec<f64> = said.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    let [read, rendered, compressed] = numbers[..] else {
        return Err(format!("nothing was measured: {said:?}").into());
    };
    Ok(Cost { read, rendered, compressed })
}

/// The process: prints milliseconds of CPU for reading, rendering, compressing; of each the median.
pub fn make(url: &str, thread: &str, times: u32) -> Result<(), Failure> {
    let mut spent = runtime()?.block_on(spend(url, thread.parse()?, times))?;
    for times in &mut spent {
        times.sort_unstable();
        let middle = times.get(times.len() / 2).copied().unwrap_or_default();
        println!("{:.4}", middle.as_secs_f64() * 1000.0);
    }
    Ok(())
}

async fn spend(url: &str, thread: ThreadId, times: u32) -> Result<[Vec<Duration>; 3], Failure> {
    let db = open(url)?;
    let door = Door::new(context(db.clone()), settings());
    let view = View { part: Part::Whole { after: None }, sort: CommentSort::default(), extent: Extent::All };
    let mut spent = [const { Vec::new() }; 3];
    // The first time opens connections and warms the disk's cache; it is not counted.
    for turn in 0..=times {
        let ctx = context(db.clone());
        let begun = own_cpu();
        let page = reading::page(&ctx, thread, view.part, view.sort, view.budget(&door)).await?;
        let read = own_cpu();
        let fresh = compose(&door, &*door.site().await?, frame(&door).await?, &page, view)?;
        let rendered = own_cpu();
        let html = bytes::Bytes::from(fresh.slotted.html);
        let packed = [brotli(&html), gzip(&html)];
        let compressed = own_cpu();
        if turn > 0 {
            for (times, part) in spent.iter_mut().zip([read - begun, rendered - read, compressed - rendered]) {
                times.push(part);
            }
        }
        drop(packed);
    }
    Ok(spent)
}

async fn frame(door: &App) -> Result<Frame, Failure> {
    let site = door.site().await?;
    Ok(Frame {
        instance: site.facts.name.clone(),
        lang: "en".into(),
        direction: Direction::LeftToRight,
        boards: Vec::new(),
        path: "/".into(),
        canonical: None,
        feeds: Vec::new(),
        robots: Robots::Index,
        desk: Vec::new(),
        notice: None,
        source_url: "/source".into(),
        version: String::new(),
        now_ms: door.ctx.now().0,
    })
}

fn settings() -> Settings {
    Settings {
        public_url: "http://localhost:8536".into(),
        name: "Measured".into(),
        security_contact: None,
        source: &[],
        trusted_proxies: Vec::new(),
        body_bytes: 262_144,
        request_timeout: Duration::from_secs(30),
        rates: Rates::default(),
        proof_bits: 0,
        page_cache_bytes: 0,
        live_connections: 1,
        documents: Documents::Open,
        metrics_token: None,
    }
}
