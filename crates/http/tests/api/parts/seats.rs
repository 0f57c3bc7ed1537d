//! Places for those who watch threads live.

use door::seats::Seats;
use door::throttle::Who;

fn at(last: u8) -> Who {
    Who::at(std::net::Ipv4Addr::new(192, 0, 2, last).into())
}

#[test]
fn one_address_never_has_all_seats_and_gives_back_what_it_had() {
    let seats = Seats::new(20);
    let mut own: Vec<_> = (0..8).map(|_| seats.take(at(1)).unwrap()).collect();
    assert!(seats.take(at(1)).is_none());
    assert!(seats.take(at(2)).is_some());
    own.pop();
    assert!(seats.take(at(1)).is_some());
}

#[test]
fn there_are_no_more_than_there_are() {
    let seats = Seats::new(3);
    let all: Vec<_> = (0..3).map(|n| seats.take(at(n)).unwrap()).collect();
    assert!(seats.take(at(9)).is_none());
    assert_eq!(seats.addresses(), 3, "nothing is remembered of those who got none");
    drop(all);
    assert!(seats.take(at(9)).is_some());
    assert_eq!(seats.addresses(), 0);
}
