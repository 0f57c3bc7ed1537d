//! Lists: the answers that stand in a comment, page by page, and the collection of a whole thread, which is compared with what is here.

use domain::{CommentId, ThreadId};
use federation::origin::Id;
use federation::wire::parse::{self, Collection};
use storage::{backfills, objects};

use super::{Compared, List, ListKind, MOST_NAMED, MOST_UNLISTED, Step, Task, Walk};
use crate::Result;

impl Walk {
    /// Compares a thread's collection at its home with what is here, of which `ours` is the digest.
    ///
    /// # Errors
    /// Failures only.
    pub(in super::super) async fn compare(&mut self, context: &Id, ours: &str) -> Result<Compared> {
        self.rest.pages.insert(context.to_string());
        let client = crate::elsewhere::client(&self.ctx).await?;
        let fetched = client.fetch_list(context, Some(&self.signer), &self.budget, self.ctx.now().0).await;
        let document = match fetched {
            Ok(document) => document,
            Err(error) => {
                self.rest.tally.note(&error.to_string());
                return Ok(Compared::Unread);
            }
        };
        let rules = self.ctx.elsewhere().rules();
        if parse::members_digest(&document.body, rules).is_ok_and(|theirs| theirs.as_deref() == Some(ours)) {
            return Ok(Compared::Same);
        }
        match parse::collection(&document.body, rules, &document.id) {
            Ok(collection) => {
                let list = List { kind: ListKind::Context, depth: 0, pages: 0 };
                self.go_through(collection, list).await?;
                Ok(Compared::Listed)
            }
            Err(refused) => {
                self.rest.tally.note(&refused.to_string());
                Ok(Compared::Unread)
            }
        }
    }

    pub(super) async fn page(&mut self, id: &Id, list: List) -> Result<Step> {
        let client = crate::elsewhere::client(&self.ctx).await?;
        let fetched = client.fetch_list(id, Some(&self.signer), &self.budget, self.ctx.now().0).await;
        let document = match fetched {
            Ok(document) => document,
            Err(error) => return Ok(self.trouble(id, &error)),
        };
        match parse::collection(&document.body, self.ctx.elsewhere().rules(), &document.id) {
            Ok(collection) => self.go_through(collection, list).await?,
            Err(refused) => return Ok(self.failed(id, &refused.to_string())),
        }
        Ok(Step::Done)
    }

    /// Goes through a list that stands in a comment: written out, in parts, or by its id alone.
    pub(super) async fn look_into(&mut self, mut collection: Collection, list: List) -> Result<()> {
        let is_bare = collection.items.is_empty() && collection.first.is_none() && collection.next.is_none();
        if is_bare && collection.total != Some(0) {
            collection.first = collection.id.clone();
        }
        self.go_through(collection, list).await
    }

    async fn go_through(&mut self, collection: Collection, list: List) -> Result<()> {
        self.take(&collection.items, list).await?;
        let Some(next) = collection.first.or(collection.next) else {
            return if list.kind == ListKind::Context { self.ask_for_unlisted().await } else { Ok(()) };
        };
        let (is_ours, is_vain) = (self.ctx.elsewhere().rules().is_ours(&next), self.is_vain(&next));
        let is_new = !is_ours && !is_vain && self.rest.pages.insert(next.to_string());
        if is_new && list.pages < list.kind.most_pages() {
            self.rest.queue.push_back(Task::Page { id: next, list: List { pages: list.pages + 1, ..list } });
        }
        Ok(())
    }

    /// Notes what is not here of what a list names.
    async fn take(&mut self, items: &[Id], list: List) -> Result<()> {
        let mut new = Vec::new();
        for id in items {
            let is_ours = self.ctx.elsewhere().rules().is_ours(id);
            if !is_ours && self.rest.named.len() < MOST_NAMED && self.rest.named.insert(id.to_string()) {
                new.push(id);
            }
        }
        let uris: Vec<String> = new.iter().map(|id| id.to_string()).collect();
        let known = self.ctx.db().read(move |tx| objects::known(tx, &uris)).await?;
        for id in new {
            if !known.contains(id.as_str()) && !self.is_vain(id) {
                self.rest.queue.push_back(Task::New { id: id.clone(), depth: list.depth });
            }
        }
        Ok(())
    }

    /// The collection of the thread is read to its end. What is here and at home there, and is not in it, may have been deleted.
    async fn ask_for_unlisted(&mut self) -> Result<()> {
        let Some(thread) = self.thread.filter(|_| self.rest.named.len() < MOST_NAMED) else { return Ok(()) };
        let (mut after, mut asked) = (CommentId(0), 0);
        let home = self.home_of_root(thread).await?;
        let Some(home) = home else { return Ok(()) };
        while asked < MOST_UNLISTED {
            let batch = self.ctx.db().read(move |tx| backfills::after(tx, thread, after, 256)).await?;
            let Some((last, _)) = batch.last() else { break };
            after = *last;
            for (comment, uri) in batch {
                let id = self.ctx.elsewhere().rules().id(&uri).ok().filter(|id| id.is_with(&home));
                let Some(id) = id.filter(|id| !self.rest.named.contains(id.as_str()) && !self.is_vain(id)) else {
                    continue;
                };
                self.rest.queue.push_back(Task::Unlisted { comment, id });
                asked += 1;
            }
        }
        Ok(())
    }

    async fn home_of_root(&self, thread: ThreadId) -> Result<Option<Id>> {
        let root = thread.root();
        let object = self.ctx.db().read(move |tx| objects::of_comments(tx, &[root])).await?.remove(&root);
        Ok(object.and_then(|object| self.ctx.elsewhere().rules().id(&object.uri).ok()))
    }
}
