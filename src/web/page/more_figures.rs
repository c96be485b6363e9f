//! The fold with the figures of RUL and health beyond the six.

use std::rc::Rc;

use web_sys::{HtmlDetailsElement, HtmlElement};

use super::App;
use super::dom::{append, create, create_text, element, listen, set_attribute};
use crate::session::{FigureRow, RunView, Stale};
use crate::web::WebError;

/// The fold and its table: a row a figure, a column a member.
pub struct MoreFigures {
    fold: HtmlDetailsElement,
    head: HtmlElement,
    rows: HtmlElement,
}

impl MoreFigures {
    /// Find it in the document.
    pub fn find() -> Result<Self, WebError> {
        Ok(Self {
            fold: element("more-figures")?,
            head: element("more-figures-head")?,
            rows: element("more-figures-rows")?,
        })
    }

    /// Write it when it is opened.
    pub fn wire(&self, app: &Rc<App>) -> Result<(), WebError> {
        let app = Rc::clone(app);
        listen(&self.fold, "toggle", move |_| app.mark(Stale { evaluations: true, ..Stale::default() }))
    }

    /// Show the members' figures at the end of the last epoch, while the fold is open.
    pub fn show(&self, view: &RunView) -> Result<(), WebError> {
        if !self.fold.open() {
            return Ok(());
        }
        let (members, rows) = view.figures();
        self.head.set_inner_html("");
        self.rows.set_inner_html("");
        for title in std::iter::once("Figure").chain(members.iter().map(String::as_str)) {
            let heading: HtmlElement = create_text("th", "", title)?;
            set_attribute(&heading, "scope", "col");
            append(&self.head, &[&heading])?;
        }
        rows.iter().try_for_each(|row| self.add(row))
    }

    fn add(&self, row: &FigureRow) -> Result<(), WebError> {
        let line: HtmlElement = create("tr", "")?;
        let name: HtmlElement = create_text("th", "", &row.title)?;
        set_attribute(&name, "scope", "row");
        append(&line, &[&name])?;
        for value in &row.values {
            let cell: HtmlElement = create_text("td", "", &row.written(*value))?;
            set_attribute(&cell, "data-value", &value.to_string());
            append(&line, &[&cell])?;
        }
        append(&self.rows, &[&line])
    }
}
