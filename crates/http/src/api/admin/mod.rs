//! For those who run the instance: who joins; other servers, what came from them, what is brought to them. Each change takes a reason, answers the
//! state that results, and writes the moderation log; doing it twice answers the same and does nothing. Nobody but an administrator is
//! answered: a signature of another server stands for nobody here.

pub mod accounts;
pub mod deliveries;
pub mod inbox;
pub mod invitations;
pub mod peers;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::door::App;

/// The routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(accounts::list_accounts))
        .routes(routes!(accounts::approve_account))
        .routes(routes!(accounts::reject_account))
        .routes(routes!(invitations::list_invitations, invitations::invite))
        .routes(routes!(invitations::uninvite))
        .routes(routes!(peers::list_peers))
        .routes(routes!(peers::read_peer))
        .routes(routes!(peers::pause_peer))
        .routes(routes!(peers::resume_peer))
        .routes(routes!(peers::retry_peer))
        .routes(routes!(inbox::list_arrivals))
        .routes(routes!(inbox::replay_arrival))
        .routes(routes!(deliveries::list_deliveries))
        .routes(routes!(deliveries::retry_delivery))
        .routes(routes!(deliveries::skip_delivery))
}
