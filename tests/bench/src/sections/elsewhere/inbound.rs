//! Signed replies: verified, stored, parsed, put into the tree.

use crate::load::Outcome;
use crate::sections::elsewhere::{Stored, middle};
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
/// So many times the usual rounds: how quick a machine is, and how long the disk takes to commit, differ by a tenth and more from second to
/// second.
const ROUNDS: usize = 5;
/// Those that are compared take turns so often within a round: each comes first as often as the others.
const SLICES: usize = 6;

/// Measures it.
pub fn measure(run: &Run, table: &mut Table) -> Result<(), Failure> {
    let (sustained, slice, many) = if run.arguments.quick { (2_000, 200, 10_000) } else { (20_000, 1_000, 100_000) };
    let servers = strangers::servers(PEOPLE);
    let (little, much) = (Stored::new(run, &servers, FEW)?, Stored::new(run, &servers, many)?);
    let outcome = little.open(run, FEW)?.take_in(sustained, CONNECTIONS)?;
    let what = format!("inbound: {sustained} signed replies of {PEOPLE} people, until they stand in the tree");
    table.push(row(what, &outcome).at_most("CPU ", outcome.cpu, 0.4, " ms").at_least("", outcome.rate, 2000.0, "/s"));
    let (mut few, mut any, mut alike) = (Vec::new(), Vec::new(), Vec::new());
    for turn in 0..run.rounds() * ROUNDS {
        let mut three = [
            (little.open(run, FEW)?, &mut few, Vec::new()),
            (much.open(run, many)?, &mut any, Vec::new()),
            (much.open(run, FEW)?, &mut alike, Vec::new()),
        ];
        // A server that has just been started has nothing in memory.
        for (house, ..) in &mut three {
            house.take_in(slice, CONNECTIONS)?;
        }
        // Which of them comes after which changes: what one has left to be done slows the next.
        if turn % 2 == 1 {
            three.reverse();
        }
        for _ in 0..SLICES {
            three.rotate_left(1);
            for (house, _, slices) in &mut three {
                slices.push(house.take_in(slice, CONNECTIONS)?);
            }
        }
        for (_, outcomes, slices) in three {
            outcomes.push(together(slices));
        }
    }
    table.push(row(format!("inbound: {FEW} replies stored before"), &median(few.clone())));
    table.push(compared(format!("inbound: {many} replies stored before, any of them is answered"), &few, any));
    table.push(compared(format!("inbound: {many} replies stored before, {FEW} of them are answered"), &few, alike));
    Ok(())
}

/// What came of slices of the same size. The slowest hundredth is the slowest that one of them has.
fn together(slices: Vec<Outcome>) -> Outcome {
    let count = slices.len() as f64;
    let took: f64 = slices.iter().map(|slice| 1.0 / slice.rate).sum();
    let cpu: f64 = slices.iter().map(|slice| slice.cpu).sum();
    let p50 = middle(slices.iter().map(|slice| slice.p50).collect());
    let p99 = slices.iter().map(|slice| slice.p99).fold(0.0, f64::max);
    Outcome { rate: count / took, p50, p99, cpu: cpu / count, ..slices.into_iter().last().unwrap_or_default() }
}

/// Each with the one that was measured within the same seconds: a machine is slower in one minute than in another.
fn compared(what: String, few: &[Outcome], more: Vec<Outcome>) -> Row {
    let ratio = middle(few.iter().zip(&more).map(|(few, more)| more.rate / few.rate).collect());
    row(what, &median(more)).against(ratio, "rate of the few").at_least("", ratio, 0.9, " ×")
}

fn row(what: String, outcome: &Outcome) -> Row {
    Row { bytes: None, ..Row::load(what, outcome) }
}
