//! The question that is asked before curves are lost.

use std::cell::RefCell;
use std::rc::Rc;

use web_sys::{HtmlDialogElement, HtmlElement};

use super::dom::{element, listen, set_text};
use crate::web::WebError;

type Answer = Box<dyn FnOnce()>;

/// What to do at yes, and at no.
type Pending = Rc<RefCell<Option<(Answer, Answer)>>>;

/// The dialog, and the question it is open for.
pub struct Dialog {
    element: HtmlDialogElement,
    text: HtmlElement,
    pending: Pending,
}

impl Dialog {
    /// Find it in the document.
    pub fn find() -> Result<Self, WebError> {
        Ok(Self { element: element("confirm")?, text: element("confirm-text")?, pending: Pending::default() })
    }

    /// Hear the answer: a button's, or Escape, which is no.
    pub fn wire(&self) -> Result<(), WebError> {
        let (dialog, pending) = (self.element.clone(), Rc::clone(&self.pending));
        listen(&self.element, "close", move |_| {
            let answers = pending.borrow_mut().take();
            if let Some((yes, no)) = answers {
                if dialog.return_value() == "yes" { yes() } else { no() }
            }
        })
    }

    /// Ask, and do one or the other.
    pub fn ask(&self, words: &str, yes: impl FnOnce() + 'static, no: impl FnOnce() + 'static) -> Result<(), WebError> {
        // A second question while one is open can only come from a script; the newer one counts.
        if let Some((_, no)) = self.pending.borrow_mut().replace((Box::new(yes), Box::new(no))) {
            no();
        }
        set_text(&self.text, words);
        self.element.set_return_value("no");
        if self.element.open() {
            return Ok(());
        }
        self.element.show_modal().map_err(WebError::call("asking before a restart"))
    }

    /// Whether a question is open.
    pub fn is_open(&self) -> bool {
        self.element.open()
    }
}
