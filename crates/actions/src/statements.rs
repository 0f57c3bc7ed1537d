//! What an author is told when something of theirs was taken down: what was decided and how far it goes, on which facts and which ground,
//! whether somebody had told of it, whether a program decided, and what can be done about it (Regulation (EU) 2022/2065, article 17).
//! Of a removal in the ordinary way the log says all of that; of one as against the law there is a statement beside it.

use domain::{CommentId, Ground};
use storage::statements::{self, Statement};
use storage::{Read, notices};

use crate::appeals::{self, Removal};
use crate::{Ctx, Error, Person, Result};

/// A removal with what is stated of it.
#[derive(Clone, Debug)]
pub struct Stated {
    /// The removal, and until when something can be said against it.
    pub removal: Removal,
    /// What is stated.
    pub statement: Statement,
}

/// What is stated of the newest removal of a comment, for its author.
///
/// # Errors
/// Refusals to everybody else, and of what was not removed; failures.
pub async fn read(ctx: &Ctx, who: &Person, comment: CommentId) -> Result<Stated> {
    let removal = appeals::removal(ctx, who, comment).await?;
    let entry = removal.decision.id;
    let at = removal.decision.at;
    let find = move |tx: &mut Read| Ok::<_, Error>((statements::of(tx, entry)?, notices::were_about(tx, comment, at)?));
    let (written, on_notice) = ctx.db().read(find).await?;
    Ok(Stated { statement: written.unwrap_or_else(|| by_the_rules(&removal, comment, on_notice)), removal })
}

/// Moderators remove by the rules of the place, of their own accord or because of a report, and no program does.
fn by_the_rules(removal: &Removal, comment: CommentId, on_notice: bool) -> Statement {
    Statement {
        entry: removal.decision.id,
        comment,
        facts: removal.decision.reason.clone(),
        ground: Ground::Rules,
        provision: String::new(),
        on_notice,
        automated: false,
        at: removal.decision.at,
    }
}
