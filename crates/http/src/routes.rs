//! How a handler becomes a route. Axum wraps each handler in a dozen types of its own, and the compiler proves for each of them anew that
//! what the handler awaits may be sent to another thread: half the time that it had for this crate. Here every handler is first made
//! one of the same type, at the price of one jump for a request, and only that type is wrapped.

use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::Response;
use axum::routing::{self, MethodRouter};
use utoipa::__dev::{SchemaReferences, Tags};
use utoipa::openapi::{HttpMethod, OpenApi};
use utoipa_axum::PathItemExt as _;

use crate::door::App;

type Answer = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A handler, whatever its arguments.
#[derive(Clone)]
struct Erased(Arc<dyn Fn(Request, App) -> Answer + Send + Sync>);

impl Handler<(), App> for Erased {
    type Future = Answer;

    fn call(self, request: Request, app: App) -> Answer {
        (self.0)(request, app)
    }
}

fn erased<H, T>(handler: H) -> Erased
where
    H: Handler<T, App, Future = Answer>,
{
    Erased(Arc::new(move |request, app| handler.clone().call(request, app)))
}

/// Answers GET and HEAD.
pub fn get<H, T>(handler: H) -> MethodRouter<App>
where
    H: Handler<T, App, Future = Answer>,
{
    routing::get(erased(handler))
}

/// Answers POST.
pub fn post<H, T>(handler: H) -> MethodRouter<App>
where
    H: Handler<T, App, Future = Answer>,
{
    routing::post(erased(handler))
}

/// A page, and what is sent from its form.
pub fn form<H, T, I, U>(page: H, sent: I) -> MethodRouter<App>
where
    H: Handler<T, App, Future = Answer>,
    I: Handler<U, App, Future = Answer>,
{
    get(page).merge(post(sent))
}

/// An operation of the API. What the document says of it is written when somebody reads the document, and not by every start.
pub struct Operation {
    path: String,
    methods: Vec<HttpMethod>,
    handler: Erased,
    describe: fn(&mut OpenApi),
}

/// An operation of which `#[utoipa::path]` has written `P`.
pub fn operation<P, H, T>(handler: H) -> Operation
where
    P: utoipa::Path + Tags<'static> + SchemaReferences,
    H: Handler<T, App, Future = Answer>,
{
    Operation { path: P::path(), methods: P::methods(), handler: erased(handler), describe: describe::<P> }
}

fn describe<P: utoipa::Path + Tags<'static> + SchemaReferences>(document: &mut OpenApi) {
    let mut operation = P::operation();
    let tags = P::tags();
    if !tags.is_empty() {
        operation.tags.get_or_insert_default().extend(tags.into_iter().map(String::from));
    }
    document.paths.add_path_operation(P::path(), P::methods(), operation);
    let mut schemas = Vec::new();
    P::schemas(&mut schemas);
    document.components.get_or_insert_default().schemas.extend(schemas);
}

/// Operations of the API.
#[derive(Default)]
pub struct Operations(Vec<Operation>);

impl Operations {
    /// Adds those of one address.
    #[must_use]
    pub fn routes(mut self, operations: impl IntoIterator<Item = Operation>) -> Self {
        self.0.extend(operations);
        self
    }

    /// Adds others.
    #[must_use]
    pub fn merge(self, others: Self) -> Self {
        self.routes(others.0)
    }

    /// Their routes.
    pub fn router(self) -> Router<App> {
        self.0.into_iter().fold(Router::new(), |router, one| {
            let every =
                |all: MethodRouter<App>, method: &HttpMethod| all.on(method.to_method_filter(), one.handler.clone());
            router.route(&one.path, one.methods.iter().fold(MethodRouter::new(), every))
        })
    }

    /// What the document says of each by itself.
    pub fn described(&self) -> impl Iterator<Item = OpenApi> {
        self.0.iter().map(|one| {
            let mut document = OpenApi::default();
            (one.describe)(&mut document);
            document
        })
    }

    /// Adds to a document what it says of them.
    pub fn describe(&self, document: &mut OpenApi) {
        for one in &self.0 {
            (one.describe)(document);
        }
    }
}

/// The operations of one address: `routes!(module::one, module::other)`, each with `#[utoipa::path]`. What `utoipa_axum::routes` is, for
/// handlers of one type and a document that is written later.
macro_rules! routes {
    ($($module:ident::$handler:ident),+) => {
        utoipa_axum::paste! {
            [$($crate::routes::operation::<$module::[<__path_ $handler>], _, _>($module::$handler)),+]
        }
    };
}
pub(crate) use routes;
