//! Cursors: where the next page of a list begins, as text that clients hand back unread.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{CommentId, Refusal, ThreadSort};
use storage::threads::After;

/// A list that is read in pages. A cursor of one list is refused by the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// The comments of a thread.
    Thread,
    /// What somebody wrote.
    Actor,
    /// What was found.
    Search,
    /// Notifications.
    Notifications,
    /// The moderation log.
    Log,
    /// A feed of comments.
    Feed,
    /// What came from other servers.
    Arrivals,
    /// What is brought to them.
    Deliveries,
    /// What waits for a moderator.
    Held,
    /// What is reported.
    Reports,
    /// What waited and was not let out.
    Rejected,
    /// What was taken down.
    Removed,
    /// Accounts, or applications for one.
    Accounts,
    /// Invitations.
    Invitations,
    /// What was decided against people.
    Sanctions,
    /// Appeals.
    Appeals,
    /// What programs were not told.
    News,
    /// Notices that something is against the law.
    Notices,
    /// Copies of what was taken down.
    Preserved,
}

impl List {
    fn letter(self) -> char {
        match self {
            Self::Thread => 't',
            Self::Actor => 'a',
            Self::Search => 's',
            Self::Notifications => 'n',
            Self::Log => 'l',
            Self::Feed => 'f',
            Self::Arrivals => 'i',
            Self::Deliveries => 'd',
            Self::Held => 'h',
            Self::Reports => 'r',
            Self::Rejected => 'j',
            Self::Removed => 'm',
            Self::Accounts => 'u',
            Self::Invitations => 'v',
            Self::Sanctions => 'x',
            Self::Appeals => 'q',
            Self::News => 'w',
            Self::Notices => 'z',
            Self::Preserved => 'y',
        }
    }

    /// The cursor for what follows the entry of that id.
    #[must_use]
    pub fn after(self, id: i64) -> String {
        encode(&format!("{}.{id}", self.letter()))
    }

    /// The id in a cursor of this list.
    ///
    /// # Errors
    /// [`Refusal::BadCursor`].
    pub fn read(self, cursor: Option<&str>) -> Result<Option<i64>, Refusal> {
        let Some(cursor) = cursor else { return Ok(None) };
        let text = decode(cursor)?;
        let id = text.strip_prefix(self.letter()).and_then(|rest| rest.strip_prefix('.'));
        let id = id.and_then(|id| id.parse::<CommentId>().ok()).ok_or(Refusal::BadCursor)?;
        Ok(Some(id.0))
    }
}

/// The cursor for the threads after this place.
#[must_use]
pub fn after(sort: ThreadSort, after: After) -> String {
    encode(&format!("{}.{}.{}", sort.name(), after.key, after.id))
}

/// The place in a cursor of a list of threads in this order.
///
/// # Errors
/// [`Refusal::BadCursor`].
pub fn read(sort: ThreadSort, cursor: Option<&str>) -> Result<Option<After>, Refusal> {
    let Some(cursor) = cursor else { return Ok(None) };
    let text = decode(cursor)?;
    let place = || {
        let (key, id) = text.strip_prefix(sort.name())?.strip_prefix('.')?.split_once('.')?;
        Some(After { key: key.parse().ok()?, id: id.parse().ok()? })
    };
    place().map(Some).ok_or(Refusal::BadCursor)
}

/// The cursor for the servers after this one.
#[must_use]
pub fn after_host(host: &str) -> String {
    encode(&format!("p.{host}"))
}

/// The host in a cursor of the list of servers; empty at its beginning.
///
/// # Errors
/// [`Refusal::BadCursor`].
pub fn read_host(cursor: Option<&str>) -> Result<String, Refusal> {
    let Some(cursor) = cursor else { return Ok(String::new()) };
    let text = decode_up_to(MAX_HOST, cursor)?;
    let host = text.strip_prefix("p.").filter(|host| !host.is_empty() && !host.contains(char::is_control));
    host.map(str::to_owned).ok_or(Refusal::BadCursor)
}

/// A name of 253 bytes, a port, and what stands before them.
const MAX_HOST: usize = 264;

fn encode(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

fn decode(cursor: &str) -> Result<String, Refusal> {
    decode_up_to(64, cursor)
}

fn decode_up_to(most: usize, cursor: &str) -> Result<String, Refusal> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok().filter(|bytes| bytes.len() <= most);
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(Refusal::BadCursor)
}
