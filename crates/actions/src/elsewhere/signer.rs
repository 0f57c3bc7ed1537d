//! Our signature under what is fetched and sent.

use std::sync::Arc;

use federation::client::{CannotSign, Signing};
use federation::keys::PrivateKey;
use federation::signature::{Form, sign};
use federation::wire::addresses::OurActor;
use http::{HeaderMap, Method};
use storage::keys::Holder;
use url::Url;

use super::pairs;
use crate::{Ctx, Result};

/// A key with its id, and the form in which it signs.
pub(crate) struct Signer {
    key: Arc<PrivateKey>,
    key_id: String,
    form: Form,
}

impl Signer {
    /// What the instance signs with: everything that is fetched. Another server can read its actor without a signature of its own, so
    /// that two that each want a signature never wait for one another.
    ///
    /// # Errors
    /// Failures only.
    pub(crate) async fn instance(ctx: &Ctx) -> Result<Self> {
        let key_id = ctx.elsewhere().addresses().key(&OurActor::Instance);
        Self::of(ctx, Holder::Instance, key_id, Form::Cavage).await
    }

    /// What somebody signs with.
    ///
    /// # Errors
    /// Failures only.
    pub(crate) async fn of(ctx: &Ctx, holder: Holder, key_id: String, form: Form) -> Result<Self> {
        Ok(Self { key: pairs::private(ctx, holder).await?, key_id, form })
    }
}

impl Signing for Signer {
    fn headers(&self, method: &str, url: &Url, body: Option<&[u8]>, now_ms: i64) -> Result<HeaderMap, CannotSign> {
        let method: Method = method.parse().map_err(|_not_one| CannotSign("the method has no name".into()))?;
        sign(self.form, &self.key, &self.key_id, &method, url, body, now_ms).map_err(|why| CannotSign(why.to_string()))
    }
}
