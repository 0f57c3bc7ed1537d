//! For those who run the instance: who joins, who has which role; other servers, what came from them, what is brought to them. Each change
//! takes a reason, answers the state that results, and writes the moderation log; doing it twice answers the same and does nothing. Who may
//! call what stands in `permissions`; a signature of another server stands for nobody here.

pub mod accounts;
pub mod actors;
pub mod appeals;
pub mod blocklists;
pub mod credentials;
pub mod deliveries;
pub mod inbox;
pub mod invitations;
pub mod log;
pub mod notices;
pub mod peers;
pub mod permissions;
pub mod preserved;
pub mod queue;
pub mod queue_live;
pub mod rearranging;
pub mod reports;
pub mod rules;
pub mod staff;
pub mod stats;
pub mod subscriptions;
pub mod webhooks;

use crate::routes::{Operations, routes};

/// The operations.
pub fn operations() -> Operations {
    Operations::default()
        .routes(routes!(permissions::list_permissions))
        .routes(routes!(stats::read_stats))
        .routes(routes!(rearranging::move_thread))
        .routes(routes!(rearranging::split_thread))
        .routes(routes!(rearranging::merge_thread))
        .routes(routes!(rearranging::slow_thread))
        .routes(routes!(queue::read_queue))
        .routes(routes!(queue_live::queue_events))
        .routes(routes!(queue::note_comment))
        .routes(routes!(queue::decide_in_bulk))
        .routes(routes!(reports::list_reports))
        .routes(routes!(reports::assign_reports))
        .routes(routes!(reports::note_reports))
        .routes(routes!(reports::resolve_reports))
        .routes(routes!(reports::dismiss_reports))
        .routes(routes!(rules::list_rules, rules::set_rules))
        .routes(routes!(rules::test_rules))
        .routes(routes!(actors::list_sanctions))
        .routes(routes!(actors::read_moderated_actor))
        .routes(routes!(actors::warn_actor))
        .routes(routes!(actors::hold_actor))
        .routes(routes!(actors::limit_actor))
        .routes(routes!(actors::suspend_actor))
        .routes(routes!(actors::restore_actor))
        .routes(routes!(actors::note_actor))
        .routes(routes!(reports::forward_reports))
        .routes(routes!(appeals::list_open_appeals))
        .routes(routes!(appeals::reject_appeal))
        .routes(routes!(appeals::grant_appeal))
        .routes(routes!(notices::list_notices))
        .routes(routes!(notices::decide_notice))
        .routes(routes!(preserved::list_preserved))
        .routes(routes!(preserved::read_preserved))
        .routes(routes!(preserved::prolong_preserved))
        .routes(routes!(preserved::preserve_comment))
        .routes(routes!(log::list_log))
        .routes(routes!(staff::list_staff))
        .routes(routes!(staff::set_role))
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
        .routes(routes!(peers::decide_about_peer))
        .routes(routes!(blocklists::import_peers))
        .routes(routes!(blocklists::export_peers))
        .routes(routes!(subscriptions::list_blocklists, subscriptions::subscribe_blocklist))
        .routes(routes!(subscriptions::unsubscribe_blocklist))
        .routes(routes!(subscriptions::fetch_blocklist))
        .routes(routes!(subscriptions::read_blocklist_review, subscriptions::decide_blocklist_review))
        .routes(routes!(inbox::list_arrivals))
        .routes(routes!(inbox::replay_arrival))
        .routes(routes!(deliveries::list_deliveries))
        .routes(routes!(deliveries::retry_delivery))
        .routes(routes!(deliveries::skip_delivery))
        .routes(routes!(webhooks::list_webhooks, webhooks::add_webhook))
        .routes(routes!(webhooks::remove_webhook))
        .routes(routes!(webhooks::pause_webhook))
        .routes(routes!(webhooks::resume_webhook))
        .routes(routes!(webhooks::test_webhook))
        .routes(routes!(webhooks::replay_webhook))
        .routes(routes!(webhooks::list_webhook_deliveries))
        .routes(routes!(queue::assign_comment))
        .routes(routes!(credentials::list_credentials))
        .routes(routes!(credentials::end_credentials))
}
