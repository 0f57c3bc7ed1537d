//! `rejoinder notices`, `preserved`, `retention`: what the law asks for.
#![expect(clippy::print_stdout, reason = "commands answer on standard output")]

use actions::hosting::By;
use actions::notices::{self, Ruling, Told};
use actions::retention::{self, Retention};
use actions::{Ctx, account, preserving};
use domain::CommentId;
use door::api::admin::notices::Notice;
use door::api::admin::preserved::{PreservedContent, PreservedCopy};
use storage::preserved::Copy;

use super::table::{self, moment, print_json};
use crate::boot::Failure;
use crate::cli::{AsWhom, NoticeRuling, Notices, Preserved};

/// Characters of a text in a table.
const EXCERPT: usize = 60;

/// `rejoinder notices`
pub async fn notices(ctx: &Ctx, order: Notices) -> Result<(), Failure> {
    match order {
        Notices::List { state, limit, as_whom } => {
            let who = account::stand_in(ctx, &as_whom.account).await?;
            let (found, _) = notices::page(ctx, &who, state.into(), None, limit).await?;
            if as_whom.json {
                return print_json(&found.into_iter().map(Notice::from).collect::<Vec<_>>());
            }
            let heads = ["ID", "SINCE", "WHAT", "BY", "ABOUT", "WHY"];
            table::print(&heads, &found.iter().map(told).collect::<Vec<_>>());
            Ok(())
        }
        Notices::Decide(given) => decide(ctx, given).await,
    }
}

fn told(one: &Told) -> Vec<String> {
    let about: Vec<&str> = one.about.iter().map(|about| about.address.as_str()).collect();
    vec![
        one.notice.id.to_string(),
        moment(one.notice.created),
        one.notice.category.name().to_owned(),
        format!("{} {}", one.notice.name, one.notice.email).trim().to_owned(),
        about.join(" "),
        domain::text::excerpt(&one.notice.explanation, EXCERPT),
    ]
}

async fn decide(ctx: &Ctx, given: NoticeRuling) -> Result<(), Failure> {
    let who = account::stand_in(ctx, &given.as_whom.account).await?;
    let ruling = Ruling {
        verdict: given.decision.into(),
        comments: given.comments.into_iter().map(CommentId).collect(),
        reason: given.reason,
        facts: given.facts,
        ground: given.ground.into(),
        provision: given.provision,
        // Whoever types this is none.
        automated: false,
    };
    let now = notices::decide(ctx, &who, given.id, ruling).await?;
    if given.as_whom.json {
        return print_json(&Notice::from(now));
    }
    println!("{}: {}", given.id, now.notice.state.name());
    Ok(())
}

/// `rejoinder preserved`. As an account, so that the log says who has read what.
pub async fn preserved(ctx: &Ctx, order: Preserved) -> Result<(), Failure> {
    match order {
        Preserved::List { limit, as_whom } => {
            let (found, _) = preserving::page(ctx, &by(ctx, &as_whom).await?, None, limit).await?;
            if as_whom.json {
                return print_json(&found.into_iter().map(PreservedCopy::from).collect::<Vec<_>>());
            }
            let heads = ["ID", "COMMENT", "AUTHOR", "MADE", "UNTIL", "WHY"];
            table::print(&heads, &found.iter().map(copy).collect::<Vec<_>>());
            Ok(())
        }
        Preserved::Read { id, reason, as_whom } => {
            let read = preserving::read(ctx, &by(ctx, &as_whom).await?, id, &reason).await?;
            print_json(&PreservedContent::from(read))
        }
        Preserved::Prolong { id, days, reason, as_whom } => {
            said(preserving::prolong(ctx, &by(ctx, &as_whom).await?, id, days, &reason).await?, &as_whom)
        }
        Preserved::Make { comment, reason, as_whom } => {
            let by = by(ctx, &as_whom).await?;
            said(preserving::preserve(ctx, &by, CommentId(comment), &reason).await?, &as_whom)
        }
    }
}

async fn by(ctx: &Ctx, as_whom: &AsWhom) -> Result<By, Failure> {
    Ok(By::Administrator(account::stand_in(ctx, &as_whom.account).await?))
}

fn said(now: Copy, as_whom: &AsWhom) -> Result<(), Failure> {
    if as_whom.json {
        return print_json(&PreservedCopy::from(now));
    }
    println!("{} is kept until {}", now.id, moment(now.until));
    Ok(())
}

fn copy(copy: &Copy) -> Vec<String> {
    let (made, until) = (moment(copy.created), moment(copy.until));
    vec![copy.id.to_string(), copy.comment.to_string(), copy.author.clone(), made, until, copy.reason.clone()]
}

/// `rejoinder retention`
pub fn retention(days: &Retention, json: bool) -> Result<(), Failure> {
    if json {
        let line = |kept: &retention::Kept| serde_json::json!({ "what": kept.what, "kept": kept.how_long(days), "setting": kept.setting(), "tables": kept.tables });
        return print_json(&retention::TABLE.iter().map(line).collect::<Vec<_>>());
    }
    let line = |kept: &retention::Kept| vec![kept.how_long(days), kept.setting().to_owned(), kept.what.to_owned()];
    table::print(&["KEPT", "SETTING", "WHAT"], &retention::TABLE.iter().map(line).collect::<Vec<_>>());
    Ok(())
}
