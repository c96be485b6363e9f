//! What can go wrong between this crate and a browser.

use wasm_bindgen::{JsCast, JsValue};

/// A failure in the browser. One type for page and worker, because each is reported to a person in one place: the page's
/// message line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebError {
    /// The document lacks an element that the program relies on.
    #[error("the page lacks `#{0}`; it and its program are of different versions: reload it")]
    MissingElement(String),
    /// An element is of another type than the program relies on.
    #[error("`#{0}` is not the element that the page's program expects; reload the page")]
    WrongElement(String),
    /// A browser interface that every current browser has is missing.
    #[error("this browser has no {0}")]
    Unsupported(&'static str),
    /// A message from or to a worker that the other side's version does not know.
    #[error("page and worker do not understand each other ({0}); reload the page")]
    Message(String),
    /// A fetch failed.
    #[error("could not load {address}: {why}")]
    Fetch {
        /// What was fetched.
        address: String,
        /// Why it failed.
        why: String,
    },
    /// A file that a person gave cannot be read.
    #[error("{name}: expected a file, found one that cannot be read: {why}")]
    File {
        /// Its name.
        name: String,
        /// What the browser said.
        why: String,
    },
    /// The browser refused a call.
    #[error("{doing}: {why}")]
    Call {
        /// What was being done.
        doing: &'static str,
        /// What the browser said.
        why: String,
    },
}

impl WebError {
    /// Turns a thrown value into an error that says what was being done.
    pub fn call(doing: &'static str) -> impl Fn(JsValue) -> Self {
        move |thrown| Self::Call { doing, why: words_of(&thrown) }
    }
}

/// The words in a thrown value.
#[must_use]
pub fn words_of(thrown: &JsValue) -> String {
    thrown
        .dyn_ref::<js_sys::Error>()
        .map(|error| String::from(error.message()))
        .or_else(|| thrown.as_string())
        .unwrap_or_else(|| format!("{thrown:?}"))
}
