//! Pages that have been rendered: by thread, version and view, compressed once, made once however many ask at the same time.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use domain::authority::{Openness, Subject};
use domain::{ActorId, BoardId, CommentId, State, ThreadId, Time};
use moka::future::Cache;
use pages::slots::Slotted;
use sha2::{Digest as _, Sha256};
use tokio::sync::{OnceCell, Semaphore};
use tokio::task::JoinError;

/// What a rendered page is found by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// The thread.
    pub thread: ThreadId,
    /// Its version.
    pub version: i64,
    /// The epoch of what stands on many pages.
    pub epoch: u64,
    /// The minute that ages are counted from: see [`Key::tick`].
    pub tick: i64,
    /// Which page of the thread in which order: path and query in canonical form.
    pub view: String,
}

impl Key {
    /// Ages on a page go stale within a minute.
    #[must_use]
    pub fn tick(now_ms: i64) -> i64 {
        now_ms.div_euclid(60_000)
    }
}

/// What is known of a comment on a page, to tell its author's and its new readers' pages apart.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    /// The comment.
    pub id: CommentId,
    /// Who wrote it.
    pub author: ActorId,
    /// When.
    pub published: Time,
    /// What became of it.
    pub state: State,
}

impl Mark {
    /// What the table of rights has to know of it.
    #[must_use]
    pub fn subject(&self, board: BoardId, thread: Openness) -> Subject {
        Subject { author: self.author, state: self.state, board, thread }
    }
}

/// Places for work that takes a thread for itself: rendering and compressing. So much of it is done at the same time, and no more.
pub type Places = Arc<Semaphore>;

/// A text in every form it may be asked for. Each is made once, when it is first asked for: most clients take the same.
pub struct Packed {
    plain: Bytes,
    gzip: OnceCell<Bytes>,
    brotli: OnceCell<Bytes>,
    etag: HeaderValue,
}

impl std::fmt::Debug for Packed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Packed").field("etag", &self.etag).finish_non_exhaustive()
    }
}

impl Packed {
    /// Gives a text its tag.
    #[must_use]
    pub fn new(text: impl Into<Bytes>) -> Self {
        let plain = text.into();
        let digest = Sha256::digest(&plain);
        let tag: String = digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
        let etag = HeaderValue::try_from(format!("W/\"{tag}\"")).unwrap_or(HeaderValue::from_static("W/\"\""));
        Self { gzip: OnceCell::new(), brotli: OnceCell::new(), plain, etag }
    }

    /// How many bytes it takes, or about as many as it will take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.plain.len() + self.plain.len() / 2
    }

    /// The answer for everybody: 304 when the client has it, otherwise in the smallest form it takes. HTML, unless the caller says otherwise.
    pub async fn respond(&self, headers: &HeaderMap, places: &Places) -> Response {
        let mut response = Response::new(Body::empty());
        let out = response.headers_mut();
        out.insert(header::ETAG, self.etag.clone());
        out.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        out.insert(header::VARY, HeaderValue::from_static("Accept, Accept-Encoding, Cookie"));
        if matches_etag(headers, &self.etag) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        let (body, encoding) = self.encoded(headers, places).await;
        out.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        if let Some(encoding) = encoding {
            out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        *response.body_mut() = Body::from(body);
        response
    }

    async fn encoded(&self, headers: &HeaderMap, places: &Places) -> (Bytes, Option<&'static str>) {
        let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let takes = |name: &str| {
            accepted.split(',').any(|entry| {
                let (coding, weight) = entry.split_once(';').unwrap_or((entry, ""));
                coding.trim() == name && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
            })
        };
        let (made, name) = match () {
            () if takes("br") => (self.made(&self.brotli, brotli, places).await, "br"),
            () if takes("gzip") => (self.made(&self.gzip, gzip, places).await, "gzip"),
            () => return (self.plain.clone(), None),
        };
        made.map_or_else(|_| (self.plain.clone(), None), |bytes| (bytes, Some(name)))
    }

    /// A form, made now if nobody has asked for it yet; others who ask for the same wait for this one.
    async fn made(
        &self,
        form: &OnceCell<Bytes>,
        compress: fn(&[u8]) -> Bytes,
        places: &Places,
    ) -> Result<Bytes, JoinError> {
        let make = async || {
            let (plain, place) = (self.plain.clone(), Arc::clone(places).acquire_owned().await);
            tokio::task::spawn_blocking(move || {
                let _place = place;
                compress(&plain)
            })
            .await
        };
        form.get_or_try_init(make).await.cloned()
    }
}

/// A page that has just been rendered.
#[derive(Clone, Debug)]
pub struct Fresh {
    /// With its slots, to be filled for one reader.
    pub slotted: Slotted,
    /// Its canonical path.
    pub path: String,
    /// The slug in it, for a thread's page.
    pub slug: Option<String>,
    /// When the thread's last comment came.
    pub active: Time,
    /// The thread's board.
    pub board: BoardId,
    /// Whether the thread takes new comments.
    pub openness: Openness,
    /// What is known of the comments on it.
    pub marks: Vec<Mark>,
}

/// Texts up to so many bytes are copied when they are kept: a copy takes microseconds.
const COPIED: usize = 64 * 1024;

impl Fresh {
    /// Makes it ready to be kept and sent.
    #[must_use]
    pub fn pack(self) -> Rendered {
        let Self { mut slotted, path, slug, active, board, openness, mut marks } = self;
        marks.sort_unstable_by_key(|mark| mark.id);
        // Memory beyond the text is not counted by the cache. Cut in place, a small buffer leaves a hole behind it that no other page
        // fits into; a large one is pages of the kernel, which go back to it.
        if slotted.html.len() <= COPIED {
            slotted.html = slotted.html.as_str().to_owned();
        } else {
            slotted.html.shrink_to(slotted.html.len() / 8 * 9);
        }
        let slotted = Arc::new(slotted);
        Rendered {
            packed: Packed::new(Bytes::from_owner(Html(Arc::clone(&slotted)))),
            slotted,
            path,
            slug,
            active,
            board,
            openness,
            marks,
        }
    }
}

/// The bytes of a page, which its slots share.
struct Html(Arc<Slotted>);

impl AsRef<[u8]> for Html {
    fn as_ref(&self) -> &[u8] {
        self.0.html.as_bytes()
    }
}

/// A rendered page, ready to be sent.
pub struct Rendered {
    /// With its slots, to be filled for one reader.
    pub slotted: Arc<Slotted>,
    /// Its canonical path.
    pub path: String,
    /// The slug in it, for a thread's page.
    pub slug: Option<String>,
    /// When the thread's last comment came.
    pub active: Time,
    /// The thread's board.
    pub board: BoardId,
    /// Whether the thread takes new comments.
    pub openness: Openness,
    marks: Vec<Mark>,
    packed: Packed,
}

impl Rendered {
    /// What is known of a comment on this page.
    #[must_use]
    pub fn mark(&self, id: CommentId) -> Option<&Mark> {
        let at = self.marks.binary_search_by_key(&id, |mark| mark.id).ok()?;
        self.marks.get(at)
    }

    /// The answer for everybody.
    pub async fn respond(&self, headers: &HeaderMap, places: &Places) -> Response {
        self.packed.respond(headers, places).await
    }

    fn weight(&self) -> u32 {
        let slots = 64 * self.slotted.slots.len() + 24 * self.marks.len();
        u32::try_from(self.packed.bytes() + slots + 512).unwrap_or(u32::MAX)
    }
}

/// Whether the client has what this tag names (weak comparison, RFC 9110 section 13.1.2).
#[must_use]
pub fn matches_etag(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    names_etag(headers, &header::IF_NONE_MATCH, etag)
}

/// Whether a condition of a request names this tag, weak or not, or any.
#[must_use]
pub fn names_etag(headers: &HeaderMap, condition: &HeaderName, etag: &HeaderValue) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let ours = bare(etag.to_str().unwrap_or_default());
    let given = headers.get_all(condition).iter().filter_map(|value| value.to_str().ok());
    given.flat_map(|value| value.split(',')).any(|tag| tag.trim() == "*" || bare(tag) == ours)
}

/// Compresses by gzip.
#[must_use]
pub fn gzip(plain: &[u8]) -> Bytes {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::with_capacity(plain.len() / 4), flate2::Compression::new(6));
    // Writing to memory does not fail; were it to, an empty stream would be refused by every client and seen at once.
    let written = encoder.write_all(plain).and_then(|()| encoder.finish());
    Bytes::from(written.unwrap_or_default())
}

/// Compresses by Brotli, at 5: about the time of gzip at 6 and a tenth smaller.
#[must_use]
pub fn brotli(plain: &[u8]) -> Bytes {
    // A window larger than the text finds nothing more, and the encoder's memory grows with it. Below 17 it would take another
    // way, which clears megabytes for each text.
    let lgwin = (usize::BITS - plain.len().leading_zeros()).clamp(17, 20).cast_signed();
    let params = brotli::enc::BrotliEncoderParams { quality: 5, lgwin, size_hint: plain.len(), ..Default::default() };
    let mut out = Vec::with_capacity(plain.len() / 4);
    let written = brotli::BrotliCompress(&mut &*plain, &mut out, &params);
    if written.is_err() {
        out.clear();
    }
    Bytes::from(out)
}

/// The pages that are kept.
pub struct Pages {
    pages: Cache<Key, Arc<Rendered>>,
}

impl Pages {
    /// Keeps at most so many bytes.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        let pages = Cache::builder().max_capacity(bytes).weigher(|_, page: &Arc<Rendered>| page.weight());
        Self { pages: pages.build() }
    }

    /// The page of that key, if it is kept.
    pub async fn get(&self, key: &Key) -> Option<Arc<Rendered>> {
        self.pages.get(key).await
    }

    /// The page of that key, made now if it is not kept; others who ask for the same wait for this one.
    ///
    /// # Errors
    /// What `make` returns; every waiting one gets it.
    pub async fn get_or_make(
        &self,
        key: Key,
        make: impl Future<Output = actions::Result<Rendered>>,
    ) -> Result<Arc<Rendered>, Arc<actions::Error>> {
        self.pages.try_get_with(key, async { make.await.map(Arc::new) }).await
    }
}
