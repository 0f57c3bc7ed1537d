//! Setting up and ending one's second factor, on the page of one's settings.

use actions::{Ctx, Person, second_factor};
use axum::extract::State;
use domain::{Refusal, Role};
use pages::views::FactorView;
use storage::second_factors;

use super::settings::{Said, done, not_their_password, show};
use super::shell::{Answer, Fields, Shell, problems};
use crate::door::App;
use crate::gate::Address;

/// How it stands. A secret is shown once: one that was never confirmed is as good as none.
pub(super) async fn view(ctx: &Ctx, who: &Person) -> actions::Result<FactorView> {
    let status = second_factor::status(ctx, who).await?;
    Ok(match status.state {
        Some(second_factors::State::On) => FactorView::On { left: status.recovery_left },
        _ if who.role < Role::Moderator => FactorView::Unavailable,
        _ => FactorView::Off,
    })
}

/// `POST /settings/second-factor`
pub async fn begin(shell: Shell, State(app): State<App>, Address(address): Address, fields: Fields) -> Answer {
    let person = shell.member("have settings")?;
    let begun = second_factor::begin(&app.ctx, person, fields.get("factor-password"));
    match app.tries.attempt(&person.name, address, begun).await {
        Ok(begun) => {
            let factor = FactorView::Begun { secret: begun.secret, uri: begun.uri };
            show(&shell, Said::once(factor)).await
        }
        Err(actions::Error::Refused(Refusal::BadCredentials)) => {
            show(&shell, Said::wrong_code(not_their_password("factor-password"))).await
        }
        Err(error) => show(&shell, Said::wrong_code(problems(error, &[])?)).await,
    }
}

/// `POST /settings/second-factor/confirm`: shows the recovery codes, once.
pub async fn confirm(shell: Shell, State(app): State<App>, Address(address): Address, fields: Fields) -> Answer {
    let person = shell.member("have settings")?;
    let confirmed = second_factor::confirm(&app.ctx, person, fields.get("otp"));
    match app.tries.attempt(&person.name, address, confirmed).await {
        Ok(codes) => show(&shell, Said::once(FactorView::Confirmed { codes })).await,
        Err(error) => show(&shell, Said::wrong_code(problems(error, &[])?)).await,
    }
}

/// `POST /settings/second-factor/end`
pub async fn end(shell: Shell, State(app): State<App>, Address(address): Address, fields: Fields) -> Answer {
    let person = shell.member("have settings")?;
    let ended = second_factor::end(&app.ctx, person, fields.get("otp"));
    match app.tries.attempt(&person.name, address, ended).await {
        Ok(()) => show(&shell, done("Your second factor was switched off.")).await,
        Err(error) => show(&shell, Said::wrong_code(problems(error, &[])?)).await,
    }
}
