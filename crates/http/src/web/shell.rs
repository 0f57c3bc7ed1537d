//! What every page handler uses: what the request says of itself, the frame around a page, sending a page to its reader,
//! reading a form.

use actions::{Person, stats};
use axum::extract::{FromRequest, FromRequestParts, OriginalUri, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::rights::Right;
use domain::{Refusal, Sanction};
use pages::personal::AccountCorner;
use pages::slots::{SlotKind, Slotted};
use pages::views::{self, Direction, FeedLink, Frame, Problems, Robots};

use crate::body::Unread;
use crate::door::App;
use crate::gate::Visitor;
use crate::problem::{Form, Problem};

/// How a page handler ends: with a page, or with an error that becomes one.
pub type Answer = Result<Response, Oops>;

/// An error of a page handler.
#[derive(Debug)]
pub struct Oops(pub Problem);

impl Oops {
    /// Gives back what the person had written with the error: nothing of it is to be lost.
    #[must_use]
    pub fn keeping(mut self, fields: &Fields) -> Self {
        self.0.kept = fields.written();
        self
    }
}

impl<E: Into<actions::Error>> From<E> for Oops {
    fn from(error: E) -> Self {
        Self(Problem::new(error.into(), Form::Page))
    }
}

impl IntoResponse for Oops {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

/// What a handler needs besides what it is about.
pub struct Shell {
    /// The door.
    pub app: App,
    /// Who asks.
    pub visitor: Option<Person>,
    /// Path and query as asked for.
    pub path: String,
    /// The request's headers.
    pub headers: HeaderMap,
}

impl FromRequestParts<App> for Shell {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Visitor(visitor) = Visitor::from_request_parts(parts, app).await?;
        Ok(Self { visitor, headers: parts.headers.clone(), ..Self::before(parts, app) })
    }
}

impl Shell {
    /// The same before anything is known of who asks, and without what only handlers read.
    #[must_use]
    pub fn before(parts: &Parts, app: &App) -> Self {
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |uri| &uri.0);
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Self { app: app.clone(), visitor: None, path, headers: HeaderMap::new() }
    }

    /// Who asks, if it is somebody with an account.
    ///
    /// # Errors
    /// The refusal that sends others to the login page.
    pub fn member(&self, doing: &'static str) -> Result<&Person, Oops> {
        self.visitor.as_ref().ok_or_else(|| Oops::from(Refusal::LoginRequired(doing)))
    }

    /// The frame of a page that search engines may list.
    ///
    /// # Errors
    /// Failures only.
    pub async fn frame(&self) -> Result<Frame, Oops> {
        let site = self.app.site().await?;
        Ok(Frame {
            instance: site.facts.name.clone(),
            lang: "en".into(),
            direction: Direction::LeftToRight,
            boards: site.boards.iter().take(6).map(super::convert::board_link).collect(),
            path: self.path.clone(),
            canonical: None,
            feeds: Vec::new(),
            robots: Robots::Index,
            desk: Vec::new(),
            notice: None,
            source_url: "/source".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            now_ms: self.app.ctx.now().0,
        })
    }

    /// The frame of a form, a search, or what belongs to one person.
    ///
    /// # Errors
    /// Failures only.
    pub async fn private_frame(&self) -> Result<Frame, Oops> {
        Ok(Frame { robots: Robots::Ignore, ..self.frame().await? })
    }

    /// Renders a view for this reader.
    ///
    /// # Errors
    /// Failures only.
    pub async fn page(&self, view: &impl askama::Template) -> Answer {
        self.page_with(StatusCode::OK, view).await
    }

    /// Renders a form, with the status that tells programs too whether it was refused.
    ///
    /// # Errors
    /// Failures only.
    pub async fn form(&self, view: &impl askama::Template, problems: &Problems) -> Answer {
        let status = if problems.0.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        self.page_with(status, view).await
    }

    /// Renders a view with any status.
    ///
    /// # Errors
    /// Failures only.
    pub async fn page_with(&self, status: StatusCode, view: &impl askama::Template) -> Answer {
        let slotted = slotted(view)?;
        let html = match self.corner().await? {
            Some(corner) => slotted.fill(|kind, _| (kind == SlotKind::Account).then(|| corner.clone())),
            None => slotted.html,
        };
        Ok((status, self.privately(), Html(html)).into_response())
    }

    /// The account corner of this reader; `None` for nobody in particular.
    ///
    /// # Errors
    /// Failures only.
    pub async fn corner(&self) -> Result<Option<String>, Oops> {
        let Some(person) = &self.visitor else { return Ok(None) };
        let ctx = &self.app.ctx;
        let (unread, applications) =
            (actions::personal::unread(ctx, person).await?, stats::applied(ctx, person).await?);
        let corner = AccountCorner {
            name: person.name.clone(),
            unread: u32::try_from(unread).unwrap_or(u32::MAX),
            suspended: person.bars.everywhere() == Some(Sanction::Suspend),
            moderates: person.must(Right::SeeHeld).is_ok(),
            applications: applications.and_then(|count| u32::try_from(count).ok()),
        };
        Ok(Some(rendered(&corner)?))
    }

    /// How what is made for this reader may be kept by others: not at all.
    pub fn privately(&self) -> [(header::HeaderName, HeaderValue); 2] {
        let control = if self.visitor.is_some() { "private, no-store" } else { "no-cache" };
        let vary = HeaderValue::from_static("Accept, Cookie");
        [(header::CACHE_CONTROL, HeaderValue::from_static(control)), (header::VARY, vary)]
    }
}

/// Renders a view and finds its slots.
///
/// # Errors
/// A template that fails is a fault of ours.
pub fn slotted(view: &impl askama::Template) -> Result<Slotted, actions::Error> {
    slotted_large(view, 0)
}

/// Renders a page whose trees take about so many bytes.
///
/// # Errors
/// A template that fails is a fault of ours.
pub fn slotted_large(view: &impl askama::Template, room: usize) -> Result<Slotted, actions::Error> {
    views::render_large(view, room).map_err(failed)
}

/// Renders a part of a page.
///
/// # Errors
/// A template that fails is a fault of ours.
pub fn rendered(part: &impl askama::Template) -> Result<String, actions::Error> {
    part.render().map_err(failed)
}

#[expect(clippy::needless_pass_by_value, reason = "the form that map_err hands over")]
fn failed(error: askama::Error) -> actions::Error {
    actions::Error::Failed(storage::Error::Panicked(format!("template: {error}")))
}

/// The two feeds at an address.
pub fn feeds(base: &str, title: &str) -> Vec<FeedLink> {
    [("atom", "application/atom+xml", "Atom"), ("json", "application/feed+json", "JSON")]
        .map(|(ending, kind, name)| FeedLink {
            href: format!("{base}/feed.{ending}"),
            kind,
            title: format!("{title} ({name})"),
        })
        .into()
}

/// "See other": after a form was sent.
pub fn see(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// A path of this site, or the front page: nobody is led elsewhere by a `next` in an address.
#[must_use]
pub fn local(path: &str) -> &str {
    let inside =
        path.starts_with('/') && !path.starts_with("//") && !path.contains(|c: char| c == '\\' || c.is_control());
    if inside { path } else { "/" }
}

/// The fields of a form, or of a query.
#[derive(Clone, Debug, Default)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// Reads `a=b&c=d`.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(bytes).into_owned().collect())
    }

    /// The value of a field; empty when it was not sent.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// The value of a field as an owned text.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        self.get(name).to_owned()
    }

    /// All values of a field of which several can be chosen.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// What somebody wrote in it, by the label of its field; no secrets. Also what is carried through logging in.
    #[must_use]
    pub fn written(&self) -> Vec<(&'static str, String)> {
        const NAMED: [(&str, &str); 10] = [
            ("title", "Title"),
            ("url", "Link"),
            ("text", "Text"),
            ("about", "About"),
            ("answer", "Answer"),
            ("explanation", "Explanation"),
            ("description", "Description"),
            ("rules", "Rules"),
            ("document", "Rules"),
            ("list", "List"),
        ];
        let label = |name: &str| NAMED.iter().find(|(known, _)| *known == name).map(|(_, label)| *label);
        let fields = self.0.iter().filter(|(_, value)| !value.is_empty());
        fields.filter_map(|(name, value)| Some((label(name.trim_start_matches(KEPT))?, value.clone()))).collect()
    }

    /// Whether the form was sent to be looked at first.
    #[must_use]
    pub fn wants_preview(&self) -> bool {
        self.get("intent") == "preview"
    }
}

impl FromRequest<App> for Fields {
    type Rejection = Oops;

    async fn from_request(request: Request, app: &App) -> Result<Self, Oops> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let known = kind.is_empty() || kind.starts_with("application/x-www-form-urlencoded");
        if !known {
            let words = "This form cannot be read. Send it from the page it stands on.";
            return Err(Oops(Problem::request(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                words,
                Form::Page,
            )));
        }
        let max = app.settings.body_bytes;
        let read = crate::body::read(request.into_body(), max).await;
        let bytes = read.map_err(|unread| Oops(unreadable(unread, max)))?;
        Ok(Self::parse(&bytes))
    }
}

/// A form that holds more than it may, or that never came to its end.
pub fn unreadable(unread: Unread, max: usize) -> Problem {
    match unread {
        Unread::TooLarge => {
            let words = format!(
                "What was sent could not be taken: it may hold at most {max} bytes. Shorten it and send it again."
            );
            Problem::request(StatusCode::PAYLOAD_TOO_LARGE, "too-large", words, Form::Page)
        }
        Unread::CutOff => {
            let words = "What was sent did not arrive whole. Nothing was changed; send it again.";
            Problem::request(StatusCode::BAD_REQUEST, "cut-off", words, Form::Page)
        }
    }
}

/// What a field that is carried through logging in is called in the form.
pub const KEPT: &str = "kept:";

/// The query of an address.
pub struct Query(pub Fields);

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(Fields::parse(parts.uri.query().unwrap_or_default().as_bytes())))
    }
}

/// A refusal as words beside the field it is about; failures stay errors.
///
/// # Errors
/// What is not a refusal, or not one that the form can show.
pub fn problems(error: actions::Error, names: &[(&str, &'static str)]) -> Result<Problems, Oops> {
    let actions::Error::Refused(refusal) = &error else { return Err(error.into()) };
    let field = match refusal {
        Refusal::Field { field, .. } => *field,
        Refusal::Text(refused) => refused.field(),
        Refusal::TooDeep { .. } => "text",
        Refusal::Name(_) | Refusal::NameTaken(_) => "name",
        Refusal::InvitationNeeded => "invitation",
        Refusal::SecondFactorNeeded | Refusal::BadCode => "otp",
        Refusal::NotYetApproved
        | Refusal::BadCredentials
        | Refusal::Throttled { .. }
        | Refusal::TooSoon { .. }
        | Refusal::ApplicationsFull { .. }
        | Refusal::Conflict
        | Refusal::OutOfTurn(_)
        | Refusal::Locked => "",
        _ => return Err(error.into()),
    };
    let field = names.iter().find(|(from, _)| *from == field).map_or(field, |(_, to)| *to);
    let text = match refusal {
        Refusal::Field { problem, .. } => capitalised(problem),
        other => Problem::words(other),
    };
    Ok(Problems(vec![views::Problem { field, text }]))
}

/// A sentence that begins as one.
pub(super) fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
