//! Signed replies: verified, stored, parsed, put into the tree.

use crate::load::Outcome;
use crate::sections::elsewhere::{House, middle};
use crate::sections::median;
use crate::strangers;
use crate::table::{Row, Table};
use crate::{Failure, Run};

/// People who answer, each on a server of their own.
const PEOPLE: usize = 50;
/// Connections: each of the servers keeps one to us.
const CONNECTIONS: usize = PEOPLE;
/// Comments stored in the small database.
const FEW: usize = 1_000;
/// So many times the usual rounds: how long the disk takes to commit differs by a tenth from second to second.
const ROUNDS: usize = 5;

/// Measures it.
pub fn measure(run: &Run, table: &mut Table) -> Result<(), Failure> {
    let (sustained, round, many) = if run.arguments.quick { (2_000, 1_000, 10_000) } else { (20_000, 5_000, 100_000) };
    let servers = strangers::servers(PEOPLE);
    let mut house = House::with(run, &servers, FEW)?;
    let outcome = house.take_in(sustained, CONNECTIONS)?;
    drop(house);
    let row =
        row(format!("inbound: {sustained} signed replies of {PEOPLE} people, until they stand in the tree"), &outcome);
    table.push(row.at_most("CPU ", outcome.cpu, 0.4, " ms").at_least("", outcome.rate, 2000.0, "/s"));
    let mut large = House::with(run, &servers, many)?;
    let mut pairs = Vec::new();
    for turn in 0..run.rounds() * ROUNDS {
        // A new one each time: it is to have few.
        let mut small = House::with(run, &servers, FEW)?;
        // Which of them comes first changes: what one has left to be done slows the other.
        pairs.push(if turn % 2 == 0 {
            let few = small.take_in(round, CONNECTIONS)?;
            (few, large.take_in(round, CONNECTIONS)?)
        } else {
            let more = large.take_in(round, CONNECTIONS)?;
            (small.take_in(round, CONNECTIONS)?, more)
        });
    }
    compare(pairs, many, table);
    Ok(())
}

/// Each with the one that was measured within the same seconds: a machine is slower in one minute than in another.
fn compare(pairs: Vec<(Outcome, Outcome)>, many: usize, table: &mut Table) {
    let ratio = middle(pairs.iter().map(|(few, more)| more.rate / few.rate).collect());
    let (few, more) = pairs.into_iter().unzip();
    table.push(row(format!("inbound: {FEW} replies stored before"), &median(few)));
    let row = row(format!("inbound: {many} replies stored before"), &median(more)).against(ratio, "rate of the few");
    table.push(row.at_least("", ratio, 0.9, " ×"));
}

fn row(what: String, outcome: &Outcome) -> Row {
    Row { bytes: None, ..Row::load(what, outcome) }
}
