//! The list of members, where there is more than one.

use std::cell::RefCell;
use std::rc::Rc;

use web_sys::{HtmlElement, HtmlInputElement};

use super::App;
use super::dom::{append, create, create_text, element, listen, set_attribute, set_shown, set_text};
use crate::chart::{Hue, Style};
use crate::session::{RunView, letter};
use crate::web::WebError;

/// Members that have a colour of their own; charts grade the colours of more.
const DISTINCT: usize = 8;

/// The panel and its rows.
pub struct Members {
    panel: HtmlElement,
    list: HtmlElement,
    rows: RefCell<Vec<Row>>,
}

struct Row {
    choice: HtmlInputElement,
    swatch: HtmlElement,
    lambda: HtmlElement,
    rmse: HtmlElement,
}

impl Members {
    /// Find the panel in the document.
    pub fn find() -> Result<Self, WebError> {
        Ok(Self { panel: element("members-panel")?, list: element("members")?, rows: RefCell::default() })
    }

    /// Show each member's λ and test error, and which one is in focus.
    pub fn show(&self, view: &RunView, app: &Rc<App>) -> Result<(), WebError> {
        let count = view.wanted.members.len();
        set_shown(&self.panel, count > 1);
        if count <= 1 {
            self.list.set_inner_html("");
            self.rows.borrow_mut().clear();
            return Ok(());
        }
        let mut rows = self.rows.borrow_mut();
        if rows.len() > count {
            self.list.set_inner_html("");
            rows.clear();
        }
        for member in rows.len()..count {
            rows.push(self.add_row(member, app)?);
        }
        let style = if app.theme.is_dark() { Style::dark() } else { Style::light() };
        for (member, row) in rows.iter().enumerate() {
            row.choice.set_checked(member == view.focus);
            set_text(&row.lambda, &format!("λ {:.2}", view.lambda_rul(member)));
            let test = view.evaluation.as_ref().and_then(|evaluation| evaluation.test.get(member));
            set_text(&row.rmse, &test.map_or_else(|| "–".to_owned(), |test| format!("RMSE {:.2}", test.rmse_cycles)));
            let hue =
                if count <= DISTINCT { Hue::Member(member) } else { Hue::Graded(member as f64 / (count - 1) as f64) };
            let _ = row.swatch.style().set_property("background", &style.color(hue).css());
        }
        Ok(())
    }

    fn add_row(&self, member: usize, app: &Rc<App>) -> Result<Row, WebError> {
        let label: HtmlElement = create("label", "member")?;
        let choice: HtmlInputElement = create("input", "")?;
        choice.set_type("radio");
        choice.set_name("member");
        choice.set_value(&member.to_string());
        let swatch: HtmlElement = create("span", "swatch")?;
        set_attribute(&swatch, "aria-hidden", "true");
        let name: HtmlElement = create_text("b", "", &letter(member))?;
        let lambda: HtmlElement = create("span", "member-lambda")?;
        let rmse: HtmlElement = create("span", "member-rmse")?;
        append(&label, &[&choice, &swatch, &name, &lambda, &rmse])?;
        append(&self.list, &[&label])?;
        let app = Rc::clone(app);
        listen(&choice, "change", move |_| app.focus(member))?;
        Ok(Row { choice, swatch, lambda, rmse })
    }
}
