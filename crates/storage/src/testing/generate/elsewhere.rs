//! Other servers in any amount: actors on them, what they follow and have said, what is to be brought to them. As on an instance in
//! bad times: much waits for servers that are away, much was refused, some was given up.

use diesel::prelude::*;
use domain::{Origin, next_id};

use super::{PEOPLE, START_MS};
use crate::Result;
use crate::conn::Conn;
use crate::rows::{self, Whole};
use crate::schema;

/// Other servers: `peer0.example`, `peer1.example`, …
pub const PEERS: i64 = 200;
/// Actors on them, each on the next.
pub const REMOTES: i64 = 4_000;
/// The first of them; they are in order.
pub const FIRST_REMOTE: i64 = 100_001;
/// What came from them, and what was said to them.
pub const SAID: i64 = 6_000;
/// Places that each thing said goes to.
const PLACES: i64 = 3;
/// Of so many comments one is at home elsewhere.
const OBJECTS: usize = 3;

/// A server by its number.
#[must_use]
pub fn host(number: i64) -> String {
    format!("peer{}.example", number % PEERS)
}

/// The id of an actor there by its number.
#[must_use]
pub fn actor(number: i64) -> String {
    format!("https://{}/users/{number}", host(number))
}

/// A number whose upper bits are the moment that many seconds after the beginning.
fn moment(seconds: i64) -> i64 {
    next_id(0, START_MS + 1_000 * seconds, 1)
}

pub(super) fn store(conn: &mut Conn) -> Result<()> {
    Whole::store(conn, &(0..PEERS).map(peer).collect::<Vec<_>>())?;
    Whole::store(conn, &(0..REMOTES).map(stranger).collect::<Vec<_>>())?;
    Whole::store(conn, &(0..REMOTES).map(remote).collect::<Vec<_>>())?;
    let comments = schema::comments::table.select(schema::comments::id).order(schema::comments::id);
    let comments: Vec<i64> = comments.load(conn)?;
    Whole::store(
        conn,
        &comments.iter().step_by(OBJECTS).zip(0..).map(|(id, number)| object(*id, number)).collect::<Vec<_>>(),
    )?;
    Whole::store(conn, &(0..1_000).map(gone).collect::<Vec<_>>())?;
    let threads: Vec<i64> = schema::threads::table.select(schema::threads::id).limit(1_000).load(conn)?;
    let of_threads = threads.iter().zip(0..).map(|(id, number)| follow(2, *id, number));
    let of_others =
        (0..REMOTES).flat_map(|number| [follow(number % 2, 1, number), follow(3, 1 + number % 500, number)]);
    Whole::store(conn, &of_threads.chain(of_others).collect::<Vec<_>>())?;
    Whole::store(conn, &(0..SAID).map(arrival).collect::<Vec<_>>())?;
    Whole::store(conn, &(0..SAID).map(activity).collect::<Vec<_>>())?;
    Whole::store(conn, &(0..SAID * PLACES).map(delivery).collect::<Vec<_>>())?;
    Whole::store(conn, &(0..500).map(pair).collect::<Vec<_>>())
}

fn peer(number: i64) -> rows::peers {
    let fails = number % 3 == 0;
    rows::peers {
        host: host(number),
        software: "mastodon".into(),
        version: "4.5.0".into(),
        dialect: 0,
        state: if number % 20 == 0 { 2 } else { 0 },
        asked_at: START_MS,
        heard_at: START_MS + number,
        reached_at: if number % 7 == 0 { 0 } else { START_MS + number },
        failing_since: fails.then_some(START_MS),
        failures: if fails { 1 + number % 9 } else { 0 },
        next_at: if fails { START_MS + 1_000 * number } else { 0 },
        leased_until: 0,
        error: String::new(),
        soonest_at: 0,
    }
}

fn stranger(number: i64) -> rows::actors {
    rows::actors {
        id: FIRST_REMOTE + number,
        origin: Origin::Remote.code(),
        host: host(number),
        name: format!("stranger{number}"),
        name_key: format!("stranger{number}"),
        about: String::new(),
        about_html: String::new(),
        created_at: START_MS,
    }
}

fn remote(number: i64) -> rows::remotes {
    let (uri, host) = (actor(number), host(number));
    rows::remotes {
        actor_id: FIRST_REMOTE + number,
        kind: 0,
        inbox: format!("{uri}/inbox"),
        shared_inbox: (number % 5 != 0).then(|| format!("https://{host}/inbox")),
        followers: Some(format!("{uri}/followers")),
        url: None,
        key_id: format!("{uri}#main-key"),
        key: "a key".into(),
        state: i16::from(number % 50 == 0),
        fetched_at: START_MS,
        uri,
    }
}

fn object(comment: i64, number: i64) -> rows::objects {
    let uri = format!("https://{}/notes/{number}", host(number));
    let digest = crate::objects::digest(&uri).to_vec();
    rows::objects { uri, comment_id: comment, url: None, updated_at: START_MS, announced: true, digest }
}

fn gone(number: i64) -> rows::gone {
    rows::gone { uri: format!("https://{}/gone/{number}", host(number)), gone_at: START_MS + number }
}

fn follow(followed: i64, followed_id: i64, number: i64) -> rows::follows {
    let uri = format!("{}/follows/{followed}/{followed_id}", actor(number));
    let followed = i16::try_from(followed).unwrap_or_default();
    rows::follows { followed, followed_id, actor_id: FIRST_REMOTE + number, uri, created_at: START_MS }
}

fn arrival(number: i64) -> rows::inbox {
    // Of twelve two wait, one is to be tried again, five are done, the others ended otherwise.
    let state = match number % 12 {
        0 | 1 => 0,
        2 => 1,
        3..8 => 2,
        8 | 9 => 3,
        10 => 4,
        _ => 5,
    };
    rows::inbox {
        id: moment(number),
        uri: format!("https://{}/activities/{number}", host(number)),
        actor: actor(number),
        host: host(number),
        kind: "Create".into(),
        body: "{}".into(),
        state,
        reason: String::new(),
        turn: number / PEERS,
        next_at: START_MS + number,
        leased_until: 0,
        attempts: 1,
        received_at: START_MS + 1_000 * number,
    }
}

fn activity(number: i64) -> rows::activities {
    let id = moment(number);
    let body = format!("{{\"type\":\"Announce\",\"id\":\"https://ours.example/activities/{id}\"}}");
    let signer_id = 1 + number % PEOPLE as i64;
    rows::activities {
        id,
        body,
        signer: 1,
        signer_id,
        key_id: String::new(),
        public: true,
        created_at: START_MS + 1_000 * number,
        comment_id: None,
    }
}

fn delivery(number: i64) -> rows::deliveries {
    let (said, place) = (number / PLACES, number % PLACES);
    // Most of what waits, waits for few.
    let host = host(said % 10 + 20 * place);
    let state = match number % 10 {
        0 => 1,
        1 => 2,
        _ => 0,
    };
    let inbox = format!("https://{host}/inbox");
    rows::deliveries {
        id: moment(said) + 1 + place,
        activity_id: moment(said),
        host,
        inbox,
        state,
        attempts: 1,
        error: String::new(),
    }
}

fn pair(number: i64) -> rows::keys {
    rows::keys { holder: 1, holder_id: 1 + number, private: vec![0], public: String::new(), created_at: START_MS }
}
