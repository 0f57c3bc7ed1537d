//! Coming in: logging in and out, joining, the set-up link.

use std::net::IpAddr;

use actions::Person;
use actions::account::{self, Granted, Shown};
use actions::joining::{self, Candidate, Joined, challenge};
use actions::setup::{self, Decisions};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::{Noun, Refusal, Sanction};
use pages::views::{BAIT, Carried, Factor, JoinPage, LoginPage, Problems, SetupPage, WaitingPage};

use super::shell::{Answer, Fields, KEPT, Oops, Query, Shell, local, problems, see};
use super::writing;
use crate::door::App;
use crate::gate::Address;
use crate::settings::Settings;
use crate::throttle::Effort;

/// `GET /login`
pub async fn login(shell: Shell, Query(query): Query) -> Answer {
    if shell.visitor.is_some() {
        return Ok(see(local(query.get("next"))));
    }
    login_page(&shell, StatusCode::OK, query.get("next"), Vec::new(), "", Problems::default()).await
}

/// The login page for somebody whose session lapsed while they wrote: what they wrote comes along.
pub async fn login_keeping(shell: &Shell, fields: &Fields) -> Answer {
    let path = shell.path.split('?').next().unwrap_or("/").to_owned();
    let carried = fields
        .0
        .iter()
        .filter(|(name, _)| name != "intent")
        .map(|(name, value)| Carried { name: name.clone(), value: value.clone() });
    login_page(shell, StatusCode::UNAUTHORIZED, &path, carried.collect(), "", Problems::default()).await
}

async fn login_page(
    shell: &Shell,
    status: StatusCode,
    next: &str,
    carried: Vec<Carried>,
    name: &str,
    problems: Problems,
) -> Answer {
    let next = local(next).to_owned();
    let frame = shell.private_frame().await?;
    let is_about_factor = problems.0.iter().any(|problem| problem.field == "otp");
    let factor = if is_about_factor { Factor::Asked } else { Factor::NotAsked };
    shell.page_with(status, &LoginPage { frame, next, carried, name: name.to_owned(), factor, problems }).await
}

/// `POST /login`
pub async fn log_in(shell: Shell, State(app): State<App>, Address(address): Address, fields: Fields) -> Answer {
    let name = fields.get("name");
    let carried: Vec<Carried> = fields
        .0
        .iter()
        .filter_map(|(field, value)| Some(Carried { name: field.strip_prefix(KEPT)?.to_owned(), value: value.clone() }))
        .collect();
    let label = label(&shell.headers);
    let shown = Shown { name, password: fields.get("password"), otp: fields.get("otp") };
    let login = account::log_in_by(&app.ctx, shown, &label);
    match app.tries.attempt(name, address, login).await {
        Ok(granted) => entered(shell, &app, &granted, fields.get("next"), carried).await,
        Err(error) => {
            let wait = match &error {
                actions::Error::Refused(Refusal::Throttled { seconds }) => Some(*seconds),
                _ => None,
            };
            let status = match &error {
                actions::Error::Refused(Refusal::Throttled { .. }) => StatusCode::TOO_MANY_REQUESTS,
                actions::Error::Refused(Refusal::NotYetApproved) => StatusCode::FORBIDDEN,
                _ => StatusCode::UNAUTHORIZED,
            };
            let mut page = login_page(&shell, status, fields.get("next"), carried, name, problems(error, &[])?).await?;
            page.headers_mut().extend(wait.map(|seconds| (header::RETRY_AFTER, HeaderValue::from(seconds))));
            Ok(page)
        }
    }
}

/// On with what they came for, with the new cookie; with what they had written, if they had.
async fn entered(mut shell: Shell, app: &App, granted: &Granted, next: &str, carried: Vec<Carried>) -> Answer {
    shell.visitor = Some(granted.person.clone());
    let next = local(next);
    let suspended = granted.person.bars.everywhere() == Some(Sanction::Suspend);
    let mut response = if carried.is_empty() {
        // Whoever can do nothing else is told first why, until when, and how to appeal.
        see(if suspended { "/decisions" } else { next })
    } else {
        let fields = Fields(carried.into_iter().map(|one| (one.name, one.value)).collect());
        match writing::resume(&shell, next, &fields).await? {
            Some(page) => page,
            None => see(next),
        }
    };
    set_cookie(&mut response, &app.settings, &granted.secret, account::SESSION_MS / 1000);
    Ok(response)
}

/// `POST /logout`
pub async fn log_out(shell: Shell, State(app): State<App>) -> Answer {
    if let Some(Person { credential, .. }) = &shell.visitor {
        let person = shell.member("log out")?;
        match account::revoke(&app.ctx, person, *credential).await {
            Ok(()) | Err(actions::Error::Refused(_)) => {}
            Err(failure) => return Err(failure.into()),
        }
    }
    let mut response = see("/");
    set_cookie(&mut response, &app.settings, "", 0);
    Ok(response)
}

/// `GET /join`
pub async fn join(shell: Shell, Query(query): Query) -> Answer {
    join_page(&shell, &query, Problems::default()).await
}

/// `POST /join`
pub async fn joined(shell: Shell, State(app): State<App>, Address(address): Address, fields: Fields) -> Answer {
    let candidate = Candidate {
        name: fields.text("name"),
        password: fields.text("password"),
        answer: fields.text("answer"),
        invitation: Some(fields.text("invitation")).filter(|code| !code.trim().is_empty()),
    };
    if !fields.get(BAIT).is_empty() {
        let refusal = Refusal::field(
            BAIT,
            "leave the field empty that says so; it is there for programs that fill in everything",
        );
        return join_page(&shell, &fields, problems(refusal.into(), &[])?).await;
    }
    let effort = effort(&app, fields.get("challenge"), fields.get("proof")).await?;
    match join_from(&app, (address, effort), &candidate).await {
        Ok(Joined::Account(id)) => {
            let granted = account::open_session(&app.ctx, id, &label(&shell.headers)).await?;
            entered(shell, &app, &granted, fields.get("next"), Vec::new()).await
        }
        Ok(Joined::Waiting) => {
            let view = WaitingPage { frame: shell.private_frame().await?, name: candidate.name.trim().to_owned() };
            shell.page_with(StatusCode::ACCEPTED, &view).await
        }
        Err(error) => {
            let more_with_proof = matches!(&error, actions::Error::Refused(Refusal::Throttled { .. }))
                && effort == Effort::Unproven
                && app.settings.proof_bits > 0;
            let mut found = problems(error, &[])?;
            if more_with_proof {
                found.0.iter_mut().for_each(|problem| problem.text.push_str(PROOF_HELPS));
            }
            join_page(&shell, &fields, found).await
        }
    }
}

/// What can be done against a limit that is lower for those who show no proof of work.
const PROOF_HELPS: &str = " Or switch scripts on and load this page anew: it then shows by some work of your device that you are no \
                           program, and more are let in.";

/// Makes an account, or an application for one. Only those that could be made count against the address: each brings allowances of its
/// own.
///
/// # Errors
/// As [`joining::join`], and [`Refusal::Throttled`].
pub async fn join_from(
    app: &App,
    (address, effort): (IpAddr, Effort),
    candidate: &Candidate,
) -> actions::Result<Joined> {
    joining::may_join(&app.ctx, candidate).await?;
    app.throttle.join(address, effort)?;
    joining::join(&app.ctx, candidate).await
}

/// Whether whoever joins has shown a proof of work, for the first time. What does not count is no reason to refuse somebody: it may be the
/// clock, or a page that stood open.
///
/// # Errors
/// Failures only.
pub async fn effort(app: &App, challenge: &str, proof: &str) -> actions::Result<Effort> {
    if app.settings.proof_bits == 0 {
        return Ok(Effort::Proven);
    }
    if !challenge::is_met(&app.ctx, challenge, proof).await? {
        return Ok(Effort::Unproven);
    }
    let is_first = app.met.entry_by_ref(challenge).or_insert(()).is_fresh();
    Ok(if is_first { Effort::Proven } else { Effort::Unproven })
}

/// The form, with what was filled in before, or stands in the address of an invitation.
async fn join_page(shell: &Shell, given: &Fields, problems: Problems) -> Answer {
    let site = shell.app.site().await?;
    let (limits, bits) = (shell.app.ctx.limits(), shell.app.settings.proof_bits);
    let challenge = if bits > 0 { Some(challenge::issue(&shell.app.ctx, bits).await?.text) } else { None };
    let view = JoinPage {
        frame: shell.private_frame().await?,
        registration: limits.joining.into(),
        question: limits.question.clone(),
        rules_html: site.facts.about_html.clone(),
        name: given.text("name"),
        answer: given.text("answer"),
        invitation: given.text("invitation"),
        challenge,
        next: local(given.get("next")).to_owned(),
        problems,
    };
    shell.form(&view, &view.problems).await
}

/// `GET /setup/{secret}`
pub async fn setup(shell: Shell, State(app): State<App>, Path(secret): Path<String>) -> Answer {
    if !setup::opens(&app.ctx, &secret).await? {
        return Err(Refusal::NotFound(Noun::SetupLink).into());
    }
    setup_page(&shell, secret, &Fields::default(), Problems::default()).await
}

/// `POST /setup/{secret}`
pub async fn set_up(shell: Shell, State(app): State<App>, Path(secret): Path<String>, fields: Fields) -> Answer {
    let decisions = Decisions {
        name: fields.text("name"),
        password: fields.text("password"),
        instance: fields.text("instance"),
        board: fields.text("board"),
        board_title: fields.text("title"),
    };
    // What is wrong in other fields, if something is in one.
    let mistakes = setup::mistakes(&app.ctx, &decisions);
    match setup::claim(&app.ctx, &secret, decisions).await {
        Ok(id) => {
            let granted = account::open_session(&app.ctx, id, &label(&shell.headers)).await?;
            entered(shell, &app, &granted, "/", Vec::new()).await
        }
        Err(error @ actions::Error::Refused(Refusal::NotFound(_))) => Err(error.into()),
        Err(error) => {
            let all = if mistakes.is_empty() { vec![error] } else { mistakes };
            let found: Vec<Problems> = all.into_iter().map(|error| problems(error, &[])).collect::<Result<_, _>>()?;
            let found = Problems(found.into_iter().flat_map(|found| found.0).collect());
            setup_page(&shell, secret, &fields, found).await
        }
    }
}

async fn setup_page(shell: &Shell, token: String, fields: &Fields, problems: Problems) -> Answer {
    let view = SetupPage {
        frame: shell.private_frame().await?,
        token,
        name: fields.text("name"),
        instance: fields.text("instance"),
        board: fields.text("board"),
        title: fields.text("title"),
        problems,
    };
    shell.form(&view, &view.problems).await
}

/// How a session is named in the list of sessions: the browser and the system, as far as the browser says.
pub fn label(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let known = |names: &[(&'static str, &'static str)]| {
        names.iter().find(|(part, _)| agent.contains(part)).map(|(_, name)| *name)
    };
    let browser = known(&[
        ("Firefox", "Firefox"),
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Chrom", "Chromium"),
        ("Safari", "Safari"),
        ("curl", "curl"),
    ]);
    let system = known(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.into(),
        _ => "a browser".into(),
    }
}

/// Sets the session cookie; an empty one with no time left deletes it.
pub fn set_cookie(response: &mut Response, settings: &Settings, secret: &str, seconds: i64) {
    let secure = if settings.secure() { "; Secure" } else { "" };
    let cookie = format!("{}={secret}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}", settings.cookie());
    if let Ok(value) = HeaderValue::try_from(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// An error on a page that only people with an account can see leads to the login page.
pub fn lead_to_login(path: &str) -> Response {
    let next: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
    let mut response = see(&format!("/login?next={next}"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.into_response()
}

impl From<Oops> for Response {
    fn from(oops: Oops) -> Self {
        oops.into_response()
    }
}
