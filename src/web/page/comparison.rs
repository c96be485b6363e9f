//! The table that sets the members' figures side by side.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use web_sys::HtmlElement;

use super::App;
use super::dom::{append, create, create_text, element, listen, set_attribute, set_shown};
use super::members::paint;
use crate::chart::{Style, member_hue};
use crate::session::{Column, Mode, Order, Row, RunView, Stale};
use crate::web::WebError;

/// The table, and how its rows are ordered.
pub struct Comparison {
    panel: HtmlElement,
    head: HtmlElement,
    rows: HtmlElement,
    order: Cell<Order>,
    /// What is written there.
    shown: RefCell<(bool, Vec<Row>)>,
}

impl Comparison {
    /// Find it in the document.
    pub fn find() -> Result<Self, WebError> {
        Ok(Self {
            panel: element("comparison")?,
            head: element("comparison-head")?,
            rows: element("comparison-rows")?,
            order: Cell::default(),
            shown: RefCell::default(),
        })
    }

    /// A heading for each column, which orders the rows.
    pub fn wire(&self, app: &Rc<App>) -> Result<(), WebError> {
        for column in Column::ALL {
            let heading: HtmlElement = create("th", "")?;
            set_attribute(&heading, "scope", "col");
            set_attribute(&heading, "data-column", column.name());
            let button: HtmlElement = create_text("button", "", column.title())?;
            set_attribute(&button, "type", "button");
            append(&heading, &[&button])?;
            append(&self.head, &[&heading])?;
            let app = Rc::clone(app);
            listen(&button, "click", move |_| {
                let order = &app.comparison.order;
                order.set(order.get().pressed(column));
                app.comparison.show_order();
                app.mark(Stale { evaluations: true, ..Stale::default() });
            })?;
        }
        self.show_order();
        Ok(())
    }

    fn show_order(&self) {
        let headings = self.head.children();
        for (index, column) in (0..).zip(Column::ALL) {
            if let Some(heading) = headings.item(index) {
                set_attribute(&heading, "aria-sort", self.order.get().aria(column));
            }
        }
    }

    /// Show the members' latest figures, where there are several members.
    pub fn show(&self, view: &RunView, is_dark: bool) -> Result<(), WebError> {
        let racing = view.wanted().mode() == Mode::Compare;
        set_shown(&self.panel, racing);
        if !racing {
            return Ok(());
        }
        let rows = view.comparison(self.order.get());
        if *self.shown.borrow() == (is_dark, rows.clone()) {
            return Ok(());
        }
        let style = if is_dark { Style::dark() } else { Style::light() };
        self.rows.set_inner_html("");
        for row in &rows {
            let line: HtmlElement = create("tr", "")?;
            set_attribute(&line, "data-member", &row.member.to_string());
            let name: HtmlElement = create("th", "")?;
            set_attribute(&name, "scope", "row");
            let swatch: HtmlElement = create("span", "swatch")?;
            paint(&swatch, &style, member_hue(row.member, rows.len()));
            let words: HtmlElement = create_text("span", "", &row.label)?;
            append(&name, &[&swatch, &words])?;
            append(&line, &[&name])?;
            for cell in &row.cells {
                let figure: HtmlElement = create_text("td", "", &cell.words)?;
                set_attribute(&figure, "data-value", &cell.value.to_string());
                let class = if cell.better == Some(true) { "better" } else { "" };
                let difference: HtmlElement = create_text("span", class, &cell.difference)?;
                append(&figure, &[&difference])?;
                append(&line, &[&figure])?;
            }
            append(&self.rows, &[&line])?;
        }
        self.shown.replace((is_dark, rows));
        Ok(())
    }
}
