//! The page and the worker: the only place that knows of a browser.
//!
//! `page` draws and listens and does no arithmetic; `worker` is what stands around a session inside a worker. They share
//! [`message`], the two directions of the protocol as JavaScript values.

mod error;
pub mod message;

#[cfg(feature = "bench")]
pub mod bench;

#[cfg(feature = "page")]
pub mod page;
#[cfg(feature = "train")]
pub mod worker;

pub use error::{WebError, words_of};
