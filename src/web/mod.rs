//! The page and the worker: the only place that knows of a browser.
