//! The words of webhooks.

use domain::News;
use door::api::admin::webhooks::WebhookEvent;

#[test]
fn events_are_called_as_they_are_told() {
    for news in News::ALL {
        let named = serde_json::to_value(WebhookEvent::from(*news)).unwrap();
        assert_eq!((named, News::from(WebhookEvent::from(*news))), (news.name().into(), *news));
    }
}
