//! How everybody may read the moderation log: what was done, why, by which role, and by whom only where the host has said so. One place for
//! the page, the feed and the API. What is written for moderators alone (who reported, notes, who works on what) is not in the log at all.

use actions::Ctx;
use domain::{Deed, Role};
use storage::log::Listed;

use crate::api::value::DoneAs;

/// As what somebody did it. Whoever appeals about a comment wrote it, whatever else they are.
pub fn done_as(listed: &Listed) -> DoneAs {
    match (listed.entry.deed, listed.role) {
        (Deed::Appeal, _) if listed.entry.comment.is_some() => DoneAs::Author,
        _ if listed.entry.moderator.is_none() => DoneAs::Host,
        (_, None) => DoneAs::Elsewhere,
        (_, Some(Role::Member)) => DoneAs::Member,
        (_, Some(Role::Helper)) => DoneAs::Helper,
        (_, Some(Role::Moderator)) => DoneAs::Moderator,
        (_, Some(Role::Admin)) => DoneAs::Admin,
    }
}

/// Who did it, if everybody may know. A tombstone does not say whose it is, so that nobody learns who appealed.
pub fn name<'a>(ctx: &Ctx, listed: &'a Listed) -> Option<&'a str> {
    let may_be_known = ctx.limits().log_names && listed.entry.deed != Deed::Appeal;
    listed.entry.moderator.filter(|_| may_be_known).map(|_| listed.entry.moderator_name.as_str())
}

/// Who did it, in words.
pub fn who(ctx: &Ctx, listed: &Listed) -> String {
    let role = match done_as(listed) {
        DoneAs::Author => "The author",
        DoneAs::Elsewhere => "Somebody on another server",
        DoneAs::Member => "A member",
        DoneAs::Helper => "A helper",
        DoneAs::Moderator => "A moderator",
        DoneAs::Admin => "An administrator",
        DoneAs::Host => "The host (by the command line)",
    };
    name(ctx, listed).unwrap_or(role).to_owned()
}

/// What was done, and to whom if it was not to a comment.
pub fn what(listed: &Listed) -> String {
    let action = action(listed.entry.deed);
    match listed.entry.host.as_ref().or(listed.entry.person.as_ref()) {
        Some(whom) => format!("{action}: {whom}"),
        None => action.to_owned(),
    }
}

/// What somebody did, in the past tense.
pub fn action(deed: Deed) -> &'static str {
    match deed {
        Deed::Remove => "removed a comment",
        Deed::Restore => "restored a comment",
        Deed::Lock => "locked a thread",
        Deed::Unlock => "unlocked a thread",
        Deed::Pin => "pinned a thread",
        Deed::Unpin => "unpinned a thread",
        Deed::ResolveReports => "dealt with reports",
        Deed::DismissReports => "found nothing in reports",
        Deed::Pause => "paused what is brought to another server",
        Deed::Resume => "resumed what is brought to another server",
        Deed::Retry => "had another server tried again",
        Deed::Replay => "had something of another server dealt with again",
        Deed::Skip => "had something not brought to another server",
        Deed::Allow => "lifted what was decided about another server",
        Deed::Limit => "limited another server",
        Deed::Hold => "had comments of another server wait for a moderator",
        Deed::Reject => "rejected another server",
        Deed::Block => "blocked another server",
        Deed::Blocklist => "took over a list of other servers",
        Deed::Approve => "let a comment out that waited",
        Deed::MakeMember => "made a member again",
        Deed::MakeHelper => "made a helper",
        Deed::MakeModerator => "made a moderator",
        Deed::MakeAdmin => "made an administrator",
        Deed::Admit => "let in somebody who had applied",
        Deed::TurnAway => "did not let in somebody who had applied",
        Deed::Invite => "made an invitation",
        Deed::Uninvite => "revoked an invitation",
        Deed::RejectComment => "said no to a comment that waited",
        Deed::SetRules => "changed the rules that comments are looked at by",
        Deed::Warn => "warned",
        Deed::LimitActor => "limited",
        Deed::HoldActor => "had comments wait for a moderator",
        Deed::SuspendActor => "suspended",
        Deed::PurgeActor => "suspended and removed the comments of",
        Deed::RestoreActor => "lifted what was decided about",
        Deed::ReviveActor => "lifted what was decided about, and restored the comments of",
        Deed::ForwardReports => "told the home of a comment that it is reported",
        Deed::AddWebhook => "had a program of this server told of what happens",
        Deed::RemoveWebhook => "had a program told nothing any more",
        Deed::Appeal => "appealed against what was decided",
        Deed::RejectAppeal => "rejected an appeal: what was decided stays",
        Deed::GrantAppeal => "granted an appeal: what was decided is undone",
        Deed::Move => "moved a thread to another board",
        Deed::Split => "made a thread of a comment and the answers to it",
        Deed::Merge => "merged a thread into another",
        Deed::Slow => "said how fast people may write in a thread",
        Deed::Cover => "covered a comment as sensitive",
        Deed::Uncover => "uncovered a comment",
        Deed::GrantNotice => "took down what somebody had told to be against the law",
        Deed::RefuseNotice => "left what somebody had told to be against the law",
        Deed::Preserve => "had a copy kept",
        Deed::Prolong => "had a copy kept longer",
        Deed::ReadPreserved => "read a copy that is kept",
        Deed::Subscribe => "subscribed to a list of other servers",
        Deed::Unsubscribe => "ended the subscription to a list of other servers",
        Deed::ReviewList => "decided about what had changed in a list of other servers",
        Deed::EndSessions => "ended sessions and tokens of",
        Deed::MakeBoard => "made a board",
        Deed::ResetPassword => "gave a new password to",
        Deed::RotateKeys => "made new keys",
        Deed::GrantNoticeAlone => {
            "took down what somebody had told of themselves to be against the law, for nobody else could decide"
        }
        Deed::RefuseNoticeAlone => {
            "left what somebody had told of themselves to be against the law, for nobody else could decide"
        }
        Deed::RejectAppealAlone => {
            "decided an appeal against their own decision, for nobody else could: rejected, it stays"
        }
        Deed::GrantAppealAlone => {
            "decided an appeal against their own decision, for nobody else could: granted, it is undone"
        }
    }
}
