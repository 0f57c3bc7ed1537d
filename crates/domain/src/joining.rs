//! Who may make an account, and whether it can be used at once. Not here: names and passwords, how often somebody may try.

use crate::Refusal;
use crate::text::tidy;

/// Longest answer of somebody who wants to join, in characters.
pub const MAX_ANSWER: usize = 2_000;

/// Who may make an account by form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joining {
    /// Anybody.
    Open,
    /// Anybody whom an administrator lets in afterwards.
    Approval,
    /// Whoever has an invitation.
    Invitation,
    /// Nobody.
    Closed,
}

/// What somebody who wants to join has in hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// Nothing.
    Nothing,
    /// A code that somebody gave them.
    Invitation,
}

/// How somebody comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entrance {
    /// With an account.
    AtOnce,
    /// With an application, which an administrator decides about.
    OnceApproved,
}

impl Joining {
    /// How somebody with this pass comes in. Whoever invites somebody has looked at them: nobody has to do so again.
    ///
    /// # Errors
    /// [`Refusal::RegistrationClosed`], [`Refusal::InvitationNeeded`].
    pub fn entrance(self, pass: Pass) -> Result<Entrance, Refusal> {
        match (self, pass) {
            (Self::Closed, _) => Err(Refusal::RegistrationClosed),
            (_, Pass::Invitation) | (Self::Open, Pass::Nothing) => Ok(Entrance::AtOnce),
            (Self::Approval, Pass::Nothing) => Ok(Entrance::OnceApproved),
            (Self::Invitation, Pass::Nothing) => Err(Refusal::InvitationNeeded),
        }
    }
}

/// The answer to the question that applicants are asked, as it is kept. Where nothing is asked, it may be empty.
///
/// # Errors
/// [`Refusal::Field`] of `answer`, when it is missing or too long.
pub fn answer(question: &str, raw: &str) -> Result<String, Refusal> {
    let answer = tidy(raw);
    let answer = answer.trim();
    if answer.is_empty() && !question.is_empty() {
        return Err(Refusal::field("answer", "answer the question; whoever lets people in has nothing else to go by"));
    }
    if answer.chars().count() > MAX_ANSWER {
        return Err(Refusal::field("answer", format!("it is too long; use {MAX_ANSWER} characters or less")));
    }
    Ok(answer.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mode_and_the_pass_decide_together() {
        let with = |joining: Joining| [joining.entrance(Pass::Nothing), joining.entrance(Pass::Invitation)];
        assert_eq!(with(Joining::Open), [Ok(Entrance::AtOnce), Ok(Entrance::AtOnce)]);
        assert_eq!(with(Joining::Approval), [Ok(Entrance::OnceApproved), Ok(Entrance::AtOnce)]);
        assert_eq!(with(Joining::Invitation), [Err(Refusal::InvitationNeeded), Ok(Entrance::AtOnce)]);
        assert_eq!(with(Joining::Closed), [Err(Refusal::RegistrationClosed), Err(Refusal::RegistrationClosed)]);
    }

    #[test]
    fn what_is_asked_has_to_be_answered() {
        assert_eq!(answer("Why?", " because\0 "), Ok("because".into()));
        assert_eq!(answer("", " "), Ok(String::new()));
        for bad in [String::new(), "\n ".into(), "x".repeat(MAX_ANSWER + 1)] {
            assert!(matches!(answer("Why?", &bad), Err(Refusal::Field { field: "answer", .. })), "{bad:?}");
        }
    }
}
