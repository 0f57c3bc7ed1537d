//! Accounts: making them, logging in and out, sessions, tokens, the password, the first administrator.

use domain::text::Giver;
use domain::{AccountId, ActorId, Noun, Origin, Refusal, Role, Scope, Time};
use storage::accounts::{self, Account, Credential, Kind, Login};
use storage::actors::{self, Actor};
use storage::{Read, Write, applications, second_factors, staff};

use crate::sanctions::known;
use crate::{Ctx, Error, Person, Result, naming, second_factor, secrets};

/// How long a session lasts: 90 days, in milliseconds.
pub const SESSION_MS: i64 = 90 * 24 * 3600 * 1000;
/// Longest label of a credential, in characters.
const MAX_LABEL: usize = 120;

/// A new session or token. The secret is shown once and never again.
#[derive(Clone, Debug)]
pub struct Granted {
    /// What the client shows from now on.
    pub secret: String,
    /// Whose it is.
    pub person: Person,
}

/// Makes an account. The log hears nothing of it: see [`crate::machine::create_account`].
///
/// # Errors
/// Refusals of name and password; failures.
pub async fn create(
    ctx: &Ctx,
    name: &str,
    password: Option<&str>,
    role: Role,
    email: Option<String>,
) -> Result<AccountId> {
    let (name, phc) = given(ctx, name, password).await?;
    let cx = ctx.clone();
    ctx.db().write(move |tx| store(tx, &cx, name, phc, role, email)).await
}

/// A name that the host gives, and the hash of a password for it.
pub(crate) async fn given(ctx: &Ctx, name: &str, password: Option<&str>) -> Result<(String, Option<String>)> {
    let name = naming::check_given(ctx, name, Giver::Host)?;
    let Some(password) = password else { return Ok((name, None)) };
    secrets::check_password(password, &name)?;
    let phc = secrets::hash(ctx, password).await?;
    Ok((name, Some(phc)))
}

pub(crate) fn store(
    tx: &mut Write,
    ctx: &Ctx,
    name: String,
    password: Option<String>,
    role: Role,
    email: Option<String>,
) -> Result<AccountId> {
    let (actor, id, now) = (ActorId(ctx.id()), AccountId(ctx.id()), ctx.now());
    let new = Actor {
        id: actor,
        origin: Origin::Local,
        host: String::new(),
        name: name.clone(),
        about: String::new(),
        about_html: String::new(),
        created: now,
    };
    naming::free(tx, &name)?;
    match actors::insert(tx, &new) {
        Err(storage::Error::Duplicate(_)) => return Err(Error::Refused(Refusal::NameTaken(name))),
        other => other?,
    }
    accounts::insert(tx, &Account { id, actor, name, password, role, email, created: now })?;
    Ok(id)
}

/// What somebody shows to log in.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The name.
    pub name: &'a str,
    /// The password.
    pub password: &'a str,
    /// A code of the second factor; empty for none.
    pub otp: &'a str,
}

/// Logs in by name and password alone.
///
/// # Errors
/// As [`log_in_by`].
pub async fn log_in(ctx: &Ctx, name: &str, password: &str, label: &str) -> Result<Granted> {
    log_in_by(ctx, Shown { name, password, otp: "" }, label).await
}

/// Logs in. `label` says where (the browser's name).
///
/// # Errors
/// [`Refusal::BadCredentials`], the same and after the same time whether the name or the password is wrong;
/// for whoever knows the password, [`Refusal::SecondFactorNeeded`] and [`Refusal::BadCode`]; [`Refusal::NotYetApproved`] for whoever knows the password of an application; failures.
pub async fn log_in_by(ctx: &Ctx, Shown { name, password, otp }: Shown<'_>, label: &str) -> Result<Granted> {
    let (account, phc) = match domain::text::name_given(name, Giver::Host) {
        Ok(wanted) => ctx.db().read(move |tx| known(tx, &wanted)).await?,
        Err(_) => (None, None),
    };
    if password.len() > secrets::MAX_PASSWORD || !secrets::verify(ctx, password, phc).await? {
        return Err(Error::Refused(Refusal::BadCredentials));
    }
    let account = account.ok_or(Error::Refused(Refusal::NotYetApproved))?;
    show_factor(ctx, account.id, otp).await?;
    let expires = ctx.now().plus_ms(SESSION_MS);
    grant(ctx, account, Kind::Session, Scope::Admin, label, expires).await
}

async fn show_factor(ctx: &Ctx, account: AccountId, otp: &str) -> Result<()> {
    if !ctx.db().read(move |tx| second_factor::is_asked(tx, account)).await? {
        return Ok(());
    }
    if otp.trim().is_empty() {
        return Err(Error::Refused(Refusal::SecondFactorNeeded));
    }
    let (cx, otp) = (ctx.clone(), otp.to_owned());
    ctx.db().write(move |tx| second_factor::take(tx, &cx, account, &otp)).await
}

/// The account of that name with its password, or the password of an application for it.
fn known(tx: &mut Read, name: &str) -> Result<(Option<Account>, Option<String>)> {
    if let Some(account) = accounts::by_name(tx, name)? {
        let phc = account.password.clone();
        return Ok((Some(account), phc));
    }
    let waiting = applications::by_name(tx, name)?.filter(|one| one.state == applications::State::Waiting);
    Ok((None, waiting.map(|one| one.password)))
}

/// Makes a session for an account without asking for its password: right after it was made.
///
/// # Errors
/// Failures, [`Refusal::BadCredentials`] when it is gone.
pub async fn open_session(ctx: &Ctx, account: AccountId, label: &str) -> Result<Granted> {
    let found = ctx.db().read(move |tx| accounts::find(tx, account)).await?;
    let account = found.ok_or(Error::Refused(Refusal::BadCredentials))?;
    let expires = ctx.now().plus_ms(SESSION_MS);
    grant(ctx, account, Kind::Session, Scope::Admin, label, expires).await
}

/// Makes a token for an account, by name. `days` is how long it lasts; `None` for good.
///
/// # Errors
/// An unknown name; failures.
pub async fn create_token(ctx: &Ctx, name: &str, scope: Scope, label: &str, days: Option<u32>) -> Result<Granted> {
    let wanted = name.to_owned();
    let account = ctx.db().read(move |tx| accounts::by_name(tx, &wanted)).await?;
    let account = account.ok_or(Error::missing(domain::Noun::Person))?;
    grant(ctx, account, Kind::Token, scope, label, lasting(ctx, days)).await
}

/// Longest life of a token that is to end, in days.
const MAX_DAYS: u32 = 3650;

/// Makes a token for oneself. It allows no more than the credential it is made with, and lasts no longer than a token it is
/// made with.
///
/// # Errors
/// A missing label, a scope above one's own, an impossible number of days; failures.
pub async fn issue_token(ctx: &Ctx, who: &Person, scope: Scope, label: &str, days: Option<u32>) -> Result<Granted> {
    who.must_be(Role::Member, "make tokens")?;
    if scope > who.scope {
        return Err(Error::Refused(Refusal::ScopeMissing(scope.name())));
    }
    if label.trim().is_empty() {
        return Err(Error::Refused(Refusal::field("label", "say what the token is for, so that you know it again")));
    }
    if days.is_some_and(|days| !(1..=MAX_DAYS).contains(&days)) {
        return Err(Error::Refused(Refusal::field("days", format!("choose from 1 to {MAX_DAYS}, or leave it out"))));
    }
    let id = who.account;
    let account = ctx.db().read(move |tx| accounts::find(tx, id)).await?.ok_or(Error::missing(domain::Noun::Person))?;
    let expires = lasting(ctx, days).min(who.until);
    grant(ctx, account, Kind::Token, scope, label.trim(), expires).await
}

fn lasting(ctx: &Ctx, days: Option<u32>) -> Time {
    days.map_or(Time(i64::MAX), |days| ctx.now().plus_ms(i64::from(days) * 24 * 3600 * 1000))
}

async fn grant(ctx: &Ctx, account: Account, kind: Kind, scope: Scope, label: &str, expires: Time) -> Result<Granted> {
    let secret = secrets::secret(ctx);
    let label = label.chars().filter(|c| !c.is_control()).take(MAX_LABEL).collect();
    let new = Credential { id: ctx.id(), account: account.id, kind, scope, label, created: ctx.now(), expires };
    let hash = secrets::digest(&secret);
    let credential = new.id;
    let Account { id, actor, name, role, .. } = account;
    let stored = move |tx: &mut Write| {
        accounts::insert_credential(tx, &new, &hash)?;
        staff::reach(tx, id, role)
    };
    let reach = ctx.db().write(stored).await?;
    known::refresh(ctx).await?;
    let (until, bars) = (until(kind, expires), known::of(ctx, actor));
    Ok(Granted { secret, person: Person { account: id, actor, name, role, scope, reach, credential, until, bars } })
}

/// Somebody with an account in whose name whoever has the machine decides something, as the log will say. What they may do is what the
/// account may.
///
/// # Errors
/// Refusal of a name that no account has; failures.
pub async fn stand_in(ctx: &Ctx, name: &str) -> Result<Person> {
    let wanted = name.to_owned();
    let found = ctx.db().read(move |tx| {
        let Some(account) = accounts::by_name(tx, &wanted)? else { return Ok(None) };
        let reach = staff::reach(tx, account.id, account.role)?;
        Ok::<_, storage::Error>(Some((account, reach)))
    });
    let (account, reach) = found.await?.ok_or_else(|| nobody(name))?;
    let (id, actor, name, role, scope) = (account.id, account.actor, account.name, account.role, Scope::Admin);
    known::refresh(ctx).await?;
    let bars = known::of(ctx, actor);
    Ok(Person { account: id, actor, name, role, reach, scope, credential: 0, until: ctx.now(), bars })
}

/// No account has the name that `--as` names.
pub(crate) fn nobody(name: &str) -> Error {
    Error::Refused(Refusal::field("as", format!("no account here has the name “{name}”")))
}

/// Until when what is made with a credential may last: a login by password bounds nothing, a token bounds to its own end.
fn until(kind: Kind, expires: Time) -> Time {
    match kind {
        Kind::Session => Time(i64::MAX),
        Kind::Token => expires,
    }
}

/// Somebody who showed a secret.
#[derive(Clone, Debug)]
pub struct Recognised {
    /// Who.
    pub person: Person,
    /// Whether by a session or a token.
    pub kind: Kind,
    /// Until when it counts.
    pub expires: Time,
}

impl Recognised {
    /// Whether a day or more of a session has passed, so that it is worth prolonging: whoever comes stays logged in.
    #[must_use]
    pub fn is_worn(&self, ctx: &Ctx) -> bool {
        self.kind == Kind::Session && self.expires < ctx.now().plus_ms(SESSION_MS - DAY_MS)
    }
}

const DAY_MS: i64 = 24 * 3600 * 1000;

/// Lets a session last as long as a new one.
///
/// # Errors
/// Failures only.
pub async fn prolong(ctx: &Ctx, session: &Person) -> Result<()> {
    let (id, expires) = (session.credential, ctx.now().plus_ms(SESSION_MS));
    Ok(ctx.db().write(move |tx| accounts::prolong(tx, id, expires)).await?)
}

/// Who shows this secret; `None` if it is worth nothing (any more).
///
/// # Errors
/// Failures only.
pub async fn recognise(ctx: &Ctx, secret: &str) -> Result<Option<Recognised>> {
    let (hash, now) = (secrets::digest(secret), ctx.now());
    let found = move |tx: &mut Read| {
        let Some(login) = accounts::login(tx, &hash, now)? else { return Ok(None) };
        let reach = staff::reach(tx, login.credential.account, login.role)?;
        Ok::<_, storage::Error>(Some((login, reach)))
    };
    known::refresh(ctx).await?;
    Ok(ctx.db().read(found).await?.map(|(login, reach)| {
        let Credential { id, account, kind, scope, expires, .. } = login.credential;
        let Login { actor, name, role, .. } = login;
        let (until, bars) = (until(kind, expires), known::of(ctx, actor));
        let person = Person { account, actor, name, role, scope, reach, credential: id, until, bars };
        Recognised { person, kind, expires }
    }))
}

/// The sessions and tokens of a person.
///
/// # Errors
/// Failures only.
pub async fn credentials(ctx: &Ctx, who: &Person) -> Result<Vec<Credential>> {
    let (account, now) = (who.account, ctx.now());
    Ok(ctx.db().read(move |tx| accounts::credentials(tx, account, now)).await?)
}

/// Makes one of a person's sessions or tokens worthless; their own in use: logs out.
///
/// # Errors
/// [`Refusal::NotFound`]; failures.
pub async fn revoke(ctx: &Ctx, who: &Person, credential: i64) -> Result<()> {
    if credential != who.credential {
        who.must_be(Role::Member, "end sessions")?;
    }
    let account = who.account;
    let found = ctx.db().write(move |tx| accounts::revoke(tx, account, credential)).await?;
    found.then_some(()).ok_or(Error::missing(domain::Noun::Credential))
}

/// Gives an account a password: see [`crate::machine::set_password`], which the log hears of.
///
/// # Errors
/// An unknown name, refusals of the password; failures.
pub async fn set_password(ctx: &Ctx, name: &str, password: &str) -> Result<()> {
    let (name, phc) = replacing(ctx, name, password).await?;
    ctx.db().write(move |tx| replace_password(tx, &name, &phc).map(drop)).await
}

/// The name of an account, and the hash of the password that it is to have.
pub(crate) async fn replacing(ctx: &Ctx, name: &str, password: &str) -> Result<(String, String)> {
    let name = domain::text::name_given(name, Giver::Host)?;
    secrets::check_password(password, &name)?;
    Ok((name, secrets::hash(ctx, password).await?))
}

/// Puts a password in the place of the one before. Ends sessions, and the second factor: whoever has lost that, too, has no other way back.
pub(crate) fn replace_password(tx: &mut Write, name: &str, phc: &str) -> Result<Account> {
    let account = accounts::by_name(tx, name)?.ok_or(Error::missing(Noun::Person))?;
    accounts::set_password(tx, account.id, phc)?;
    second_factors::end(tx, account.id)?;
    accounts::revoke_sessions(tx, account.id)?;
    Ok(account)
}

/// Changes the password, and logs out everywhere else.
///
/// # Errors
/// [`Refusal::BadCredentials`] when the old one is wrong, refusals of the new one; failures.
pub async fn change_password(ctx: &Ctx, who: &Person, old: &str, new: &str) -> Result<()> {
    if who.scope < Scope::Write {
        return Err(Error::Refused(Refusal::ScopeMissing(Scope::Write.name())));
    }
    let id = who.account;
    check_own_password(ctx, who, old).await?;
    secrets::check_password(new, &who.name)?;
    let phc = secrets::hash(ctx, new).await?;
    let credential = who.credential;
    ctx.db()
        .write(move |tx| {
            accounts::set_password(tx, id, &phc)?;
            accounts::revoke_all(tx, id, Some(credential))?;
            Ok(())
        })
        .await
}

/// Refuses whoever does not know the password of the account that they use.
///
/// # Errors
/// [`Refusal::BadCredentials`]; failures.
pub(crate) async fn check_own_password(ctx: &Ctx, who: &Person, password: &str) -> Result<()> {
    let id = who.account;
    let account = ctx.db().read(move |tx| accounts::find(tx, id)).await?;
    let phc = account.and_then(|account| account.password);
    if password.len() > secrets::MAX_PASSWORD || !secrets::verify(ctx, password, phc).await? {
        return Err(Error::Refused(Refusal::BadCredentials));
    }
    Ok(())
}

/// Whether anybody can administer this instance yet.
pub(crate) fn has_admin(tx: &mut Read) -> Result<bool> {
    Ok(accounts::count(tx, Some(Role::Admin))? > 0)
}
