//! Handlers of the pages: each gathers by an action, fills a view of `pages::views`, and sends what comes out. Not here:
//! markup, rules, SQL.

pub mod admin;
mod appeals;
mod boards;
mod convert;
pub(crate) mod entry;
pub mod errors;
mod interact;
mod lists;
mod noticed;
pub(crate) mod notices;
pub mod people;
mod queue;
pub mod reference;
mod second_factor;
mod settings;
pub mod shell;
pub mod thread;
mod writing;

use axum::{Router, middleware};

use crate::door::App;
use crate::routes::{form, get, post};

/// All pages. Who may call each is in the extractors of its handler.
pub fn routes(app: &App) -> Router<App> {
    Router::new()
        .merge(ids(app))
        .merge(admin::routes())
        .route("/", get(lists::front))
        .route("/boards", get(boards::all))
        .route("/boards/new", form(boards::new, boards::create))
        .route("/boards/follow", post(boards::follow))
        .route("/b/{board}/followed", post(boards::follow_known))
        .route("/b/{board}/submit", form(writing::submit, writing::submitted))
        .route("/c/{comment}/reply", form(writing::reply, writing::replied))
        .route("/c/{comment}/elsewhere", form(interact::answer, interact::answered))
        .route("/t/{thread}/follow", form(interact::thread, interact::thread_followed))
        .route("/b/{board}/follow", form(interact::board, interact::board_followed))
        .route("/c/{comment}/edit", form(writing::edit, writing::edited))
        .route("/c/{comment}/delete", form(writing::delete, writing::deleted))
        .route("/c/{comment}/report", form(writing::report, writing::reported))
        .route("/c/{comment}/history", get(writing::history))
        .route("/appeal/{comment}", form(appeals::form, appeals::made))
        .route("/decisions", get(appeals::decisions))
        .route("/decisions/{id}", form(appeals::decision, appeals::appealed))
        .route("/notice", form(notices::form, notices::told))
        .route("/notice/{secret}", get(notices::receipt))
        .route("/vote", post(writing::vote))
        .route("/search", get(people::search))
        .route("/notifications", get(people::notifications))
        .route("/notifications/read", post(people::read))
        .route("/modlog", get(boards::log))
        .route("/admin/queue", get(queue::page))
        .route("/admin/queue/{comment}", post(queue::decided))
        .route("/admin/notices", get(noticed::page))
        .route("/admin/notices/{id}", post(noticed::decided))
        .route("/transparency", get(boards::numbers))
        .route("/about", get(boards::about))
        .route("/about/edit", form(boards::describe, boards::described))
        .route("/api", get(reference::page))
        .route("/login", form(entry::login, entry::log_in))
        .route("/logout", post(entry::log_out))
        .route("/join", form(entry::join, entry::joined))
        .route("/setup/{secret}", form(entry::setup, entry::set_up))
        .route("/settings", get(settings::page))
        .route("/settings/about", post(settings::about))
        .route("/settings/password", post(settings::password))
        .route("/settings/second-factor", post(second_factor::begin))
        .route("/settings/second-factor/confirm", post(second_factor::confirm))
        .route("/settings/second-factor/end", post(second_factor::end))
        .route("/settings/tokens", post(settings::make_token))
        .route("/settings/tokens/{id}/revoke", post(settings::revoke))
        .route("/settings/sessions/{id}/end", post(settings::revoke))
}

/// Pages whose addresses are ids: other servers find a document there.
fn ids(app: &App) -> Router<App> {
    Router::new()
        .route("/b/{board}", get(lists::board))
        .route("/t/{thread}", get(thread::bare))
        .route("/t/{thread}/{slug}", get(thread::slugged))
        .route("/c/{comment}", get(thread::comment))
        .route("/u/{handle}", get(people::person))
        .route_layer(middleware::from_fn_with_state(app.clone(), crate::elsewhere::or_page))
}
