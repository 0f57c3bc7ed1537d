//! What waits to be worked off: that it takes no memory, and keeps nobody waiting but who sent it.

use std::time::{Duration, Instant};

use bytes::Bytes;
use storage::objects;

use crate::load;
use crate::sections::elsewhere::{House, PATIENCE, Stock, middle};
use crate::strangers;
use crate::table::{Row, Table};
use crate::{Failure, Run};

/// The time between two replies of others.
const PAUSE: Duration = Duration::from_millis(200);
/// Between two looks for one of them.
const GLANCE: Duration = Duration::from_millis(5);
/// Connections from the server that sends very much.
const CONNECTIONS: usize = 32;
/// Others who answer once each, on servers of their own.
const OTHERS: usize = 150;

/// Measures it.
pub fn measure(run: &Run, table: &mut Table) -> Result<(), Failure> {
    many_servers(run, table)?;
    one_server(run, table)
}

/// One reply of somebody of whom nothing waits.
struct Single {
    note: String,
    request: Bytes,
}

/// What is seen while much waits.
#[derive(Default)]
struct Watch {
    /// How long single replies took until they stood in the tree, milliseconds.
    delays: Vec<f64>,
    /// The most memory that the server had, bytes.
    peak: u64,
}

impl Watch {
    /// Sends single replies now and then, for as long as much waits.
    fn keep(
        &mut self,
        house: &House,
        singles: Vec<Single>,
        much: impl Fn() -> Result<bool, Failure>,
    ) -> Result<(), Failure> {
        let mut singles = singles.into_iter();
        while much()? {
            if let Some(single) = singles.next() {
                let delay = self.delay(house, single)?;
                self.delays.push(delay);
            }
            self.glance(house)?;
            std::thread::sleep(PAUSE);
        }
        Ok(())
    }

    fn glance(&mut self, house: &House) -> Result<(), Failure> {
        self.peak = self.peak.max(house.server.process().resident()?);
        Ok(())
    }

    fn delay(&mut self, house: &House, single: Single) -> Result<f64, Failure> {
        let begun = Instant::now();
        if load::send(house.server.address(), vec![single.request], 1, 202)?.taken == 0 {
            return Err("a single reply was not taken".into());
        }
        while begun.elapsed() < PATIENCE {
            let note = single.note.clone();
            let found = house.stock.filling.ctx.db().read(move |tx| objects::by_uri(tx, &note));
            if house.stock.runtime.block_on(found)?.is_some() {
                return Ok(begun.elapsed().as_secs_f64() * 1000.0);
            }
            self.glance(house)?;
            std::thread::sleep(GLANCE);
        }
        Err("a single reply did not come into the tree".into())
    }

    /// A line about the single replies.
    fn row(mut self, what: String) -> Row {
        self.delays.sort_by(f64::total_cmp);
        let most = self.delays.last().copied().unwrap_or(f64::NAN);
        Row { p50: Some(middle(self.delays)), p99: Some(most), resident: Some(self.peak), ..Row::named(what) }
    }
}

/// Replies of those who come after the first so many.
fn singles(stock: &mut Stock, first: usize) -> Result<Vec<Single>, Failure> {
    let said = (0..OTHERS).map(|other| stock.talk.by(first + other)).collect::<Result<Vec<_>, Failure>>()?;
    let notes: Vec<String> = said.iter().map(strangers::Said::note).collect();
    let requests = stock.signed(said)?;
    Ok(notes.into_iter().zip(requests).map(|(note, request)| Single { note, request }).collect())
}

/// Much of many servers waits when ours is started.
fn many_servers(run: &Run, table: &mut Table) -> Result<(), Failure> {
    let (servers, each) = if run.arguments.quick { (500, 20) } else { (5_000, 20) };
    let all = servers * each;
    eprintln!("storing {all} replies that wait");
    let mut stock = Stock::new(run, &strangers::servers(servers + OTHERS), 1)?;
    stock.arrived(all, servers)?;
    let singles = singles(&mut stock, servers)?;
    let house = stock.open(run)?;
    let (begun, mut watch) = (Instant::now(), Watch::default());
    watch.keep(&house, singles, || Ok(house.stock.waiting()? > 0))?;
    let (took, used) = (begun.elapsed(), house.server.process().cpu()?);
    let row = Row {
        rate: Some(all as f64 / took.as_secs_f64()),
        cpu: Some(used.as_secs_f64() * 1000.0 / all as f64),
        resident: Some(watch.peak),
        ..Row::named(format!("{all} replies of {servers} servers wait and are worked off"))
    };
    table.push(row.at_most("", watch.peak as f64 / 1e6, 200.0, " MB"));
    table.push(watch.row(format!("a single reply while {all} wait")));
    Ok(())
}

/// One server sends much more than it may have waiting, as fast as it can.
fn one_server(run: &Run, table: &mut Table) -> Result<(), Failure> {
    let (waiting, more) = if run.arguments.quick { (1_000, 4_000) } else { (10_000, 50_000) };
    eprintln!("signing {more} replies");
    let mut stock = Stock::new(run, &strangers::servers(1 + OTHERS), 1)?;
    stock.arrived(waiting, 1)?;
    let singles = singles(&mut stock, 1)?;
    let flood = (0..more).map(|_| stock.talk.by(0)).collect::<Result<Vec<_>, Failure>>()?;
    let flood = stock.signed(flood)?;
    let house = stock.open(run)?;
    let (address, mut watch) = (house.server.address(), Watch::default());
    let taken = std::thread::scope(|scope| {
        let sending = scope.spawn(move || load::send(address, flood, CONNECTIONS, 202));
        watch.keep(&house, singles, || Ok(!sending.is_finished() || house.stock.waiting()? > 0))?;
        Ok::<_, Failure>(sending.join().map_err(|_panic| "the sender has panicked")??.taken)
    })?;
    let later = more - taken;
    let row = watch.row(format!(
        "a single reply while one server has {waiting} waiting and sends {more} more ({later} told to come later)"
    ));
    let slowest = row.p99.unwrap_or(f64::NAN);
    table.push(row.at_most("slowest ", slowest, 1000.0, " ms"));
    Ok(())
}
