//! In which words it says what it says.

use std::sync::Arc;

use domain::authority::Act;
use domain::rules::Rules;
use domain::text::{Opening, Rendered, TextRefusal, from_html, opening, render, tidy};
use domain::{CommentId, Refusal};
use federation::wire::parse::{Attachment, Note, NoteKind};
use storage::remotes::Remote;
use storage::{Read, comments, objects};

use super::ask;
use super::changing::may_be_shown;
use crate::rules::hook::At;
use crate::rules::{Look, Words as Looked};
use crate::{Ctx, Error, Result, rules};

/// What is to be read of a comment, or why it cannot be taken. It is worked out before anything is locked: there may be much of it, and all
/// who write would wait.
pub(in crate::elsewhere) enum Text {
    /// Of an answer, as source and rendered.
    Answer(Result<(String, Rendered)>, Look),
    /// Of what begins a thread.
    Head(Result<Head>, Look),
}

impl Text {
    /// Of something that begins a thread, or does not.
    pub(in crate::elsewhere) fn new(ctx: &Ctx, note: &Note, rules: &Arc<Rules>, begins: bool) -> Self {
        let language = note.language.as_deref();
        if !begins {
            let words = words(ctx, note);
            let looked = words.as_ref().map(|(_, text)| Looked { language, ..Looked::of(text) });
            let look = looked.map(|looked| Look::new(rules, looked)).unwrap_or_default();
            return Self::Answer(words, look);
        }
        let head = head(ctx, note);
        let looked = head.as_ref().map(|head| Looked { language, ..head.looked() });
        let look = looked.map(|looked| Look::new(rules, looked)).unwrap_or_default();
        Self::Head(head, look)
    }

    /// What was found in it.
    pub(in crate::elsewhere) fn look(&self) -> &Look {
        match self {
            Self::Answer(_, look) | Self::Head(_, look) => look,
        }
    }

    /// Of a comment that is here, as its author changes it or puts it back; nothing if it is not.
    ///
    /// # Errors
    /// Failures only.
    pub(in crate::elsewhere) async fn of_known(
        ctx: &Ctx,
        note: &Note,
        (by, act): (&Remote, Act),
    ) -> Result<Option<Self>> {
        let uri = note.id.to_string();
        let known = ctx.db().read(move |tx| -> storage::Result<_> {
            let Some(comment) = objects::comment_of(tx, &uri)? else { return Ok(None) };
            Ok(begins(tx, comment)?.map(|begins| (comment, begins)))
        });
        let (known, rules) = (known.await?, rules::current(ctx).await?);
        let Some((comment, begins)) = known else { return Ok(None) };
        let mut text = Self::new(ctx, note, &rules, begins);
        // What is for a few from now on is shown to nobody here, and to no program.
        if may_be_shown(note) {
            ask(ctx, (note, by), Some(At::Instead(comment, act)), &mut text).await?;
        }
        Ok(Some(text))
    }
}

/// Whether a comment is what somebody began a thread with: not what was made one of here. Its author knows nothing of that title.
pub(super) fn begins(tx: &mut Read, comment: CommentId) -> storage::Result<Option<bool>> {
    let Some(spot) = comments::spot(tx, comment)? else { return Ok(None) };
    Ok(Some(spot.parent.is_none() && storage::grafts::split_of(tx, spot.thread)?.is_none()))
}

/// Its words, as source and rendered. A title and a warning stand before them.
pub(super) fn words(ctx: &Ctx, note: &Note) -> Result<(String, Rendered)> {
    let limits = &ctx.limits().text;
    if let Some(markdown) = note.markdown.as_deref().filter(|_| note.content.is_empty()) {
        return Ok((tidy(markdown), render(markdown, limits, ctx.places())?));
    }
    clean(ctx, &html(note, note.name.as_deref(), None))
}

/// All that is to be read of it, as it came: what stands `above`, a warning, the words, what is attached but for the `link`.
pub(super) fn html(note: &Note, above: Option<&str>, link: Option<&str>) -> String {
    let mut html = String::new();
    for line in above.into_iter().chain(note.warning.as_deref()) {
        html.push_str(&format!("<p><strong>{}</strong></p>", escaped(line)));
    }
    html.push_str(&note.content);
    for attachment in note.attachments.iter().filter(|attachment| Some(attachment.url.as_str()) != link) {
        let url = escaped(attachment.url.as_str());
        let name = attachment.name.as_deref().map_or_else(|| url.clone(), escaped);
        html.push_str(&format!("<p><a href=\"{url}\">{name}</a></p>"));
    }
    html
}

fn clean(ctx: &Ctx, html: &str) -> Result<(String, Rendered)> {
    let mut rendered = from_html(html, &ctx.limits().text)?;
    let ours = ctx.elsewhere().addresses().host();
    for mention in &mut rendered.mentions {
        mention.host = mention.host.take().filter(|host| host != ours);
    }
    Ok((rendered.source(), rendered))
}

/// What a thread begins with that was opened elsewhere.
pub(in crate::elsewhere) struct Head {
    pub(in crate::elsewhere) title: String,
    pub(in crate::elsewhere) link: Option<String>,
    /// As source and rendered; a title with a link may be all there is.
    pub(in crate::elsewhere) words: Option<(String, Rendered)>,
}

impl Head {
    fn looked(&self) -> Looked<'_> {
        let words = self.words.as_ref().map(|(_, text)| Looked::of(text)).unwrap_or_default();
        Looked { title: &self.title, link: self.link.as_deref(), ..words }
    }
}

pub(super) fn head(ctx: &Ctx, note: &Note) -> Result<Head> {
    let (limits, link) = (&ctx.limits().text, link(note));
    let whole = match note.markdown.as_deref().filter(|_| note.content.is_empty()) {
        Some(markdown) => render(markdown, limits, ctx.places()),
        None => from_html(&html(note, None, link.as_deref()), limits),
    };
    let whole = match whole {
        Err(TextRefusal::Empty) => String::new(),
        other => other?.html,
    };
    let Opening { title, html } = opening(&whole, note.name.as_deref(), link.as_deref(), limits)?;
    let words = match clean(ctx, &html) {
        Err(Error::Refused(Refusal::Text(TextRefusal::Empty))) => None,
        other => Some(other?),
    };
    Ok(Head { title, link, words })
}

/// What a thread from elsewhere is about: the first page that is attached (Lemmy's way, and ours); of what is more than a note, its own
/// page.
pub(super) fn link(note: &Note) -> Option<String> {
    let is_page =
        |attachment: &&Attachment| attachment.media_type.as_deref().is_none_or(|kind| kind.starts_with("text/html"));
    let attached = || note.attachments.iter().find(is_page).map(|page| page.url.to_string());
    match note.kind {
        NoteKind::Note | NoteKind::Page | NoteKind::Question => attached(),
        NoteKind::Article | NoteKind::Event | NoteKind::Video | NoteKind::Image | NoteKind::Audio => {
            note.url.as_ref().filter(|url| url.as_str() != note.id.as_str()).map(ToString::to_string).or_else(attached)
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
