//! A comment as its home shows it: put into the tree if it is new, made good if it has changed, and asked who answers it.

use domain::{CommentId, Time};
use federation::client::FetchError;
use federation::origin::Id;
use federation::wire::parse::{self, Found, Note};
use storage::objects::{self, Object};

use super::{List, ListKind, MOST_DEEP, Shown, Step, THERE_MS, Walk};
use crate::elsewhere::known::{self, Unknown};
use crate::elsewhere::place::{self, Told};
use crate::elsewhere::work::{Outcome, Postponed};
use crate::{Error, Result, retract};

impl Walk {
    /// A comment as its home shows it now.
    async fn shown(&self, id: &Id) -> Result<Result<Shown, FetchError>> {
        let client = crate::elsewhere::client(&self.ctx).await?;
        let document = match client.fetch(id, Some(&self.signer), &self.budget, self.ctx.now().0).await {
            Ok(document) => document,
            Err(FetchError::Gone) => return Ok(Ok(Shown::Gone)),
            Err(error) => return Ok(Err(error)),
        };
        Ok(Ok(match parse::object(&document.body, self.ctx.elsewhere().rules(), &document.id) {
            Ok(Found::Note(note)) => Shown::Note(note),
            Ok(Found::Gone) => Shown::Gone,
            Ok(Found::Activity(_) | Found::Stamp(_) | Found::Other(_)) => Shown::Nothing("it is no comment".to_owned()),
            Err(refused) => Shown::Nothing(refused.to_string()),
        }))
    }

    /// Asks for a comment that is here. What has become of it since is made good; a comment of a list is asked who answers it.
    pub(super) async fn again(&mut self, comment: CommentId, id: &Id, why: ListKind) -> Result<Step> {
        let note = match self.shown(id).await? {
            Ok(Shown::Note(note)) if note.id == *id => note,
            Ok(Shown::Note(_)) => return Ok(self.failed(id, "it has another id now")),
            Ok(Shown::Nothing(why)) => return Ok(self.failed(id, &why)),
            Ok(Shown::Gone) => return self.gone(comment).await,
            Err(error) => return Ok(self.trouble(id, &error)),
        };
        match why {
            ListKind::Context => self.memory().in_vain(id, self.ctx.now().plus_ms(THERE_MS)),
            ListKind::Replies => {
                let list = List { kind: ListKind::Replies, depth: 1, pages: 0 };
                self.look_into(note.replies.clone(), list).await?;
            }
        }
        self.renewed(*note).await?;
        Ok(Step::Done)
    }

    /// Its home has newer words than we have.
    async fn renewed(&mut self, note: Note) -> Result<()> {
        let Some(updated) = note.updated else { return Ok(()) };
        let (uri, author) = (note.id.to_string(), note.author.clone());
        let known = self.ctx.db().read(move |tx| {
            let known: Option<Object> = objects::by_uri(tx, &uri)?;
            Ok::<_, Error>((known, known::stored(tx, &author)?))
        });
        if let (Some(object), Some(by)) = known.await?
            && object.updated < Time(updated)
        {
            place::updated(&self.ctx, note, by, None).await?;
        }
        Ok(())
    }

    /// Its home says that a comment was deleted, which only its author could have done.
    pub(super) async fn gone(&mut self, comment: CommentId) -> Result<Step> {
        let cx = self.ctx.clone();
        if self.ctx.db().write(move |tx| retract::erase_for_author(tx, &cx, comment)).await? {
            self.rest.tally.gone += 1;
        }
        Ok(Step::Done)
    }

    pub(super) async fn new_one(&mut self, id: &Id, depth: usize) -> Result<Step> {
        // It may have come since it was named: above another one, or by itself.
        if self.is_here(id).await? {
            self.rest.tally.fetched += 1;
            return Ok(Step::Done);
        }
        match self.shown(id).await? {
            Ok(Shown::Note(note)) => self.place(id, *note, depth).await,
            Ok(Shown::Nothing(why)) => Ok(self.failed(id, &why)),
            Ok(Shown::Gone) => Ok(self.failed(id, "it was deleted")),
            Err(error) => Ok(self.trouble(id, &error)),
        }
    }

    async fn is_here(&self, id: &Id) -> Result<bool> {
        let uri = id.to_string();
        Ok(self.ctx.db().read(move |tx| objects::comment_of(tx, &uri)).await?.is_some())
    }

    async fn place(&mut self, asked: &Id, note: Note, depth: usize) -> Result<Step> {
        let (id, replies) = (note.id.clone(), note.replies.clone());
        if id != *asked && self.is_here(&id).await? {
            // Another address of what is known: nothing new, however often it is named.
            self.memory().in_vain(asked, self.ctx.now().plus_ms(THERE_MS));
            return Ok(Step::Done);
        }
        let by = match known::met(&self.ctx, &note.author, &self.budget).await {
            Ok(by) => by,
            Err(Unknown::Ours(error)) => return Err(error),
            Err(Unknown::Fetch(error)) => return Ok(self.trouble(asked, &error)),
            Err(other) => return Ok(self.refused(asked, &other.to_string())),
        };
        match place::created(&self.ctx, note, by, Told::Author, &self.budget).await {
            Ok(Outcome::Done) => {}
            Ok(Outcome::Ignored(why)) | Err(Postponed::Perhaps(why)) => return Ok(self.refused(asked, why)),
            Ok(Outcome::Refused(why)) => return Ok(self.refused(asked, &why)),
            Err(Postponed::Elsewhere(why)) => return Ok(self.failed(asked, &why)),
            // Another worker was quicker.
            Err(Postponed::Ours(Error::Failed(storage::Error::Duplicate(_)))) => return Ok(Step::Done),
            Err(Postponed::Ours(error)) => return Err(error),
        }
        self.rest.tally.fetched += 1;
        if depth < MOST_DEEP {
            let list = List { kind: ListKind::Replies, depth: depth + 1, pages: 0 };
            self.look_into(replies, list).await?;
        }
        Ok(Step::Done)
    }

    /// The collection of its thread that a root names, if its own home has it.
    ///
    /// # Errors
    /// Failures only.
    pub(in super::super) async fn context_of(&mut self, comment: CommentId, root: &Id) -> Result<Option<Id>> {
        let note = match self.shown(root).await? {
            Ok(Shown::Note(note)) if note.id == *root => note,
            Ok(Shown::Gone) => {
                self.gone(comment).await?;
                return Ok(None);
            }
            Ok(Shown::Note(_) | Shown::Nothing(_)) | Err(_) => return Ok(None),
        };
        let context = note.context.as_deref().and_then(|text| self.ctx.elsewhere().rules().id(text).ok());
        self.renewed(*note).await?;
        Ok(context.filter(|context| context.is_with(root)))
    }
}
