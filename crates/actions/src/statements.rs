//! What an author is told when something of theirs was taken down or not let out: what was decided and how far it goes, on which facts and
//! which ground, whether somebody had told of it, whether a program decided, and what can be done about it (Regulation (EU) 2022/2065,
//! article 17). What was taken down with its author has the statement of what was decided about them. Of a removal in the ordinary way the
//! log says all of that; of one as against the law there is a statement beside it.

use domain::{Cause, CommentId, Ground, Time};
use storage::statements::{self, Statement};
use storage::{Read, notices};

use crate::appeals::{self, Kind, Removal, TakenDown};
use crate::words::Told;
use crate::{Ctx, Error, Person, Result};

/// What went down, with what is stated of it.
#[derive(Clone, Debug)]
pub struct Stated {
    /// The comment, or what was decided about its author; and until when something can be said against it.
    pub down: TakenDown,
    /// What is stated.
    pub grounds: Grounds,
}

/// On what a decision rests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grounds {
    /// What it is about, and why that is against the law or the rules.
    pub facts: String,
    /// The ground.
    pub ground: Ground,
    /// Which law, or which rule; may be empty.
    pub provision: String,
    /// Whether somebody had told of it.
    pub on_notice: bool,
    /// Whether a program decided.
    pub automated: bool,
    /// Whether a program had the comment wait, about which somebody decided then.
    pub waited: bool,
}

/// What stands where nobody has said why.
pub const NO_REASON: &str = "No reason was given.";

/// What is stated of the newest decision about a comment, for its author.
///
/// # Errors
/// Refusals to everybody else, and of what was neither removed nor kept from coming out; failures.
pub async fn read(ctx: &Ctx, who: &Person, comment: CommentId) -> Result<Stated> {
    let down = appeals::removal(ctx, who, comment).await?;
    let grounds = match &down {
        TakenDown::Alone(removal) => grounds(ctx, removal).await?,
        TakenDown::WithAuthor(told, _) => about_person(told),
    };
    Ok(Stated { down, grounds })
}

async fn grounds(ctx: &Ctx, removal: &Removal) -> Result<Grounds> {
    let (entry, comment, at): (_, _, Time) = (removal.entry, removal.line.id, removal.decision.at);
    let find = move |tx: &mut Read| Ok::<_, Error>((statements::of(tx, entry)?, notices::were_about(tx, comment, at)?));
    let (written, on_notice) = ctx.db().read(find).await?;
    Ok(written.map_or_else(|| by_the_rules(removal, on_notice), of_statement))
}

fn of_statement(written: Statement) -> Grounds {
    let Statement { facts, ground, provision, on_notice, automated, .. } = written;
    Grounds { facts, ground, provision, on_notice, automated, waited: false }
}

/// Moderators decide by the rules of the place, of their own accord or because of a report, and no program does. What had to wait by a rule
/// names that.
fn by_the_rules(removal: &Removal, on_notice: bool) -> Grounds {
    let hold = removal.hold.as_ref().filter(|_| removal.decision.kind == Kind::Rejection);
    Grounds {
        provision: hold.map(|hold| hold.rule.clone()).unwrap_or_default(),
        waited: hold.is_some_and(|hold| matches!(hold.cause, Cause::Rule | Cause::Hook)),
        on_notice,
        ..plainly(&removal.decision.reason)
    }
}

/// What is stated of a decision about a person.
#[must_use]
pub fn about_person(told: &Told) -> Grounds {
    plainly(&told.said.word.reason)
}

fn plainly(reason: &str) -> Grounds {
    let facts = if reason.is_empty() { NO_REASON } else { reason }.to_owned();
    let (ground, provision) = (Ground::Rules, String::new());
    Grounds { facts, ground, provision, on_notice: false, automated: false, waited: false }
}
