//! A browser without script: it keeps cookies, follows redirects, and sends only what stands on a page.

use std::net::SocketAddr;

use reqwest::header::{HOST, LOCATION, ORIGIN, REFERER};
use reqwest::{Client, Method, StatusCode};
use scraper::{ElementRef, Html, Selector};
use url::form_urlencoded;

use crate::site::PUBLIC_URL;
use crate::{Answer, LIMIT};

/// The browser.
#[derive(Clone, Debug)]
pub struct Browser {
    client: Client,
    base: String,
}

/// A page as it came, with the address it came from.
#[derive(Clone)]
pub struct Page {
    /// Path and query of its address.
    pub path: String,
    /// The last answer, after all redirects.
    pub answer: Answer,
}

/// What can be read of it; the markup would fill the screen.
impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = self.texts("body").join(" ");
        f.debug_struct("Page")
            .field("path", &self.path)
            .field("status", &self.answer.status)
            .field("text", &text)
            .finish()
    }
}

/// A form, ready to be sent.
#[derive(Clone, Debug)]
pub struct Sending {
    action: String,
    fields: Vec<(String, String)>,
}

impl Browser {
    /// A new browser before the server at this address. It believes itself at [`PUBLIC_URL`].
    ///
    /// # Panics
    /// If there can be no client.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        let client = Client::builder().cookie_store(true).timeout(LIMIT).redirect(reqwest::redirect::Policy::none());
        Self { client: client.build().expect("no HTTP client"), base: format!("http://{address}") }
    }

    /// The same person at another server process, with the cookies of the first.
    #[must_use]
    pub fn moved(&self, address: SocketAddr) -> Self {
        Self { client: self.client.clone(), base: format!("http://{address}") }
    }

    /// Opens an address of the site: a path, or a whole address as it is printed.
    ///
    /// # Panics
    /// If there is no answer.
    pub async fn open(&self, address: &str) -> Page {
        self.follow(Method::GET, address, None, None).await
    }

    /// Presses a button of a page, after having filled in these fields.
    ///
    /// # Panics
    /// If the page has no such button, or its form no such field; if there is no answer.
    pub async fn press(&self, page: &Page, button: &str, fields: &[(&str, &str)]) -> Page {
        let sending = page.sending(button, fields);
        self.follow(Method::POST, &sending.action, Some(sending.body()), Some(&page.path)).await
    }

    /// Sends a form as a page of another site would: with this browser's cookies.
    ///
    /// # Panics
    /// If there is no answer.
    pub async fn post_from(&self, origin: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let sending = Sending { action: path.to_owned(), fields: fields.collect() };
        let request = self.request(Method::POST, path, Some(sending.body())).header(ORIGIN, origin);
        Answer::read(request.send().await.expect("no answer")).await.expect("half an answer")
    }

    /// Opens one address, redirects and all.
    async fn follow(&self, method: Method, address: &str, body: Option<String>, from: Option<&str>) -> Page {
        let (mut method, mut body) = (method, body);
        let mut path = local(address);
        let mut from = from.map(str::to_owned);
        for _ in 0..10 {
            let mut request = self.request(method.clone(), &path, body.take());
            if method == Method::POST {
                request = request.header(ORIGIN, PUBLIC_URL);
            }
            if let Some(from) = &from {
                request = request.header(REFERER, format!("{PUBLIC_URL}{from}"));
            }
            let answer = Answer::read(request.send().await.expect("no answer")).await.expect("half an answer");
            if !answer.status.is_redirection() || answer.status == StatusCode::NOT_MODIFIED {
                return Page { path, answer };
            }
            assert!(method == Method::GET || answer.status == StatusCode::SEE_OTHER, "{answer:?}");
            from = Some(path);
            path = local(answer.header(LOCATION.as_str()));
            method = Method::GET;
        }
        panic!("redirects without an end, the last one to {path}");
    }

    fn request(&self, method: Method, path: &str, body: Option<String>) -> reqwest::RequestBuilder {
        let path = path.split('#').next().unwrap_or_default();
        let host = PUBLIC_URL.split_once("://").map_or("", |(_, host)| host);
        let request = self.client.request(method, format!("{}{path}", self.base)).header(HOST, host);
        let request = request.header("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        match body {
            Some(body) => request.header("content-type", "application/x-www-form-urlencoded").body(body),
            None => request,
        }
    }
}

/// The path of an address of the site.
fn local(address: &str) -> String {
    let path = address.strip_prefix(PUBLIC_URL).unwrap_or(address);
    assert!(path.starts_with('/') && !path.starts_with("//"), "{address:?} leads away from the site");
    path.to_owned()
}

impl Sending {
    fn body(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.fields).finish()
    }
}

impl Page {
    /// The page, if its answer had this status.
    ///
    /// # Panics
    /// If it had another.
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.answer.status.as_u16(), status, "{self:?}");
        self
    }

    /// The texts of the elements that a selector names, white space made one space.
    #[must_use]
    pub fn texts(&self, selector: &str) -> Vec<String> {
        let words =
            |element: ElementRef<'_>| element.text().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
        Html::parse_document(&self.answer.body).select(&selected(selector)).map(words).collect()
    }

    /// The text of the first of them.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn text(&self, selector: &str) -> String {
        self.texts(selector).into_iter().next().unwrap_or_else(|| panic!("no {selector} on {self:?}"))
    }

    /// An attribute of the elements that a selector names, of those that have it.
    #[must_use]
    pub fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let html = Html::parse_document(&self.answer.body);
        html.select(&selected(selector)).filter_map(|element| element.attr(name)).map(str::to_owned).collect()
    }

    /// The values that a form on this page would send, by the selector of its button.
    ///
    /// # Panics
    /// If there is no such button.
    #[must_use]
    pub fn fields(&self, button: &str) -> Vec<(String, String)> {
        self.sending(button, &[]).fields
    }

    fn sending(&self, button: &str, given: &[(&str, &str)]) -> Sending {
        let html = Html::parse_document(&self.answer.body);
        let button = html.select(&selected(button)).next().unwrap_or_else(|| panic!("no {button} on {self:?}"));
        let form = form_of(&html, button);
        assert_eq!(form.attr("method"), Some("post"), "the form of {button:?}");
        let mut fields = values(form);
        for (name, value) in given {
            let known = form.select(&selected(&format!("[name='{name}']"))).next().is_some();
            assert!(known, "no field {name} in the form of {button:?} on {self:?}");
            fields.retain(|(other, _)| other != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        if let Some(name) = button.attr("name") {
            fields.push((name.to_owned(), button.attr("value").unwrap_or_default().to_owned()));
        }
        let action = button.attr("formaction").or(form.attr("action")).unwrap_or(&self.path);
        Sending { action: action.to_owned(), fields }
    }
}

/// The form that a button belongs to: the one it names, or the one around it.
fn form_of<'a>(html: &'a Html, button: ElementRef<'a>) -> ElementRef<'a> {
    let named = button.attr("form").and_then(|id| html.select(&selected(&format!("form[id='{id}']"))).next());
    let around = || button.ancestors().filter_map(ElementRef::wrap).find(|element| element.value().name() == "form");
    named.or_else(around).expect("the button has no form")
}

/// What a form sends as it stands, buttons apart.
fn values(form: ElementRef<'_>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for field in form.select(&selected("input[name], textarea[name], select[name]")) {
        let Some(name) = field.attr("name") else { continue };
        let value = match (field.value().name(), field.attr("type").unwrap_or("text")) {
            ("textarea", _) => Some(field.text().collect()),
            ("select", _) => chosen(field),
            (_, "checkbox" | "radio") => field.attr("checked").map(|_| field.attr("value").unwrap_or("on").to_owned()),
            (_, "submit" | "button" | "reset" | "image") => None,
            _ => Some(field.attr("value").unwrap_or_default().to_owned()),
        };
        found.extend(value.map(|value| (name.to_owned(), value)));
    }
    found
}

fn chosen(select: ElementRef<'_>) -> Option<String> {
    let option = select.select(&selected("option[selected]")).next();
    let option = option.or_else(|| select.select(&selected("option")).next())?;
    Some(option.attr("value").map_or_else(|| option.text().collect(), str::to_owned))
}

fn selected(selector: &str) -> Selector {
    Selector::parse(selector).unwrap_or_else(|error| panic!("{selector}: {error}"))
}
