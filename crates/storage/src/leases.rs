//! What a server had taken and not ended when it was killed. Its successor takes it up again at once, and nobody waits until the leases
//! have run out: that is for nodes whose end nobody has noticed.

/// Gives back whatever is leased. Whoever does this knows that no other server works on the same database; what a command has taken
/// beside it is done twice, which changes nothing the second time.
///
/// What has been begun more than three times is left to its lease: it may be what the server dies of, and must not kill it again before
/// anything else is done. A thread that is looked at is due again when its lease runs out, unless something new has come since.
pub(crate) const FREE: &str = "
    UPDATE jobs SET leased_until = 0 WHERE leased_until > 0 AND attempts <= 3;
    UPDATE introductions SET leased_until = 0 WHERE leased_until > 0 AND attempts <= 3;
    UPDATE inbox SET leased_until = 0 WHERE state IN (0, 1) AND leased_until > 0 AND attempts <= 3;
    UPDATE peers SET leased_until = 0 WHERE leased_until > 0;
    UPDATE webhooks SET leased_until = 0 WHERE leased_until > 0;
    UPDATE backfills SET next_at = 0 WHERE leased_until > 0 AND next_at = leased_until;
    UPDATE backfills SET leased_until = 0 WHERE leased_until > 0;
";
