//! How often somebody may ask.

use std::num::NonZeroU32;

use axum::http::HeaderMap;
use domain::Refusal;
use door::settings::Rates;
use door::throttle::{Effort, Kind, Left, Throttle, Who};

fn rates() -> Rates {
    Rates { address_writes: NonZeroU32::new(2), ..Rates::default() }
}

#[test]
fn an_address_has_its_allowance_and_a_network_of_64_bits_is_one_address() {
    let throttle = Throttle::new(rates());
    let first = Who::at("2001:db8::1".parse().unwrap());
    let second = Who::at("2001:db8::2".parse().unwrap());
    assert_eq!(first, second);
    assert!(throttle.request(first, Kind::Write).unwrap().is_some());
    assert!(throttle.request(second, Kind::Write).is_ok());
    assert!(matches!(throttle.request(first, Kind::Write), Err(Refusal::Throttled { seconds: 1..=60 })));
    assert_eq!(throttle.request(first, Kind::Read), Ok(None));
    let mapped = Who::at("::ffff:192.0.2.1".parse().unwrap());
    assert_eq!(mapped, Who::at("192.0.2.1".parse().unwrap()));
}

#[test]
fn who_sends_what_is_refused_is_not_heard_for_a_while_and_others_are() {
    let throttle = Throttle::new(rates());
    let [one, other, proxy] = ["93.184.216.34", "93.184.216.35", "10.0.0.1"].map(|text| text.parse().unwrap());
    for _ in 0..=300 {
        assert!(throttle.hear(one).is_ok() && throttle.hear(proxy).is_ok());
        throttle.refused(one);
        throttle.refused(proxy);
    }
    throttle.refused(one);
    assert!(matches!(throttle.hear(one), Err(Refusal::Throttled { seconds: 60 })));
    assert!(throttle.hear(other).is_ok() && throttle.hear(proxy).is_ok());
}

#[test]
fn who_shows_no_work_joins_less_often() {
    let (of_a_day, unproven) = (NonZeroU32::new(3), NonZeroU32::new(1));
    let rates = Rates { address_joins_of_a_day: of_a_day, address_unproven_joins: unproven, ..Rates::default() };
    let throttle = Throttle::new(rates);
    let address = "192.0.2.1".parse().unwrap();
    assert!(throttle.join(address, Effort::Unproven).is_ok());
    assert!(matches!(throttle.join(address, Effort::Unproven), Err(Refusal::Throttled { seconds: 86_000..=86_401 })));
    assert!(throttle.join(address, Effort::Proven).is_ok() && throttle.join(address, Effort::Proven).is_ok());
    assert!(matches!(throttle.join(address, Effort::Proven), Err(Refusal::Throttled { seconds: 28_000..=28_801 })));
}

#[test]
fn headers_say_what_is_left() {
    let mut headers = HeaderMap::new();
    Left { name: "address-reads", quota: 60, window: 60, rest: 59 }.write(&mut headers);
    assert_eq!(headers["ratelimit-policy"], "\"address-reads\";q=60;w=60");
    assert_eq!(headers["ratelimit"], "\"address-reads\";r=59;t=1");
}
