//! A chart's table twin in the document.

use web_sys::{HtmlTableElement, HtmlTableSectionElement};

use wasm_bindgen::JsCast;

use crate::chart::{ChartData, Table};
use crate::web::WebError;

/// Rows of a table: few enough to be kept up to date four times a second, and more than the steps in between, so that
/// none is missed by a person who keeps reading it.
pub const ROWS: usize = 100;

/// A table, and what is written in it.
pub struct Twin {
    table: HtmlTableElement,
    header: Vec<String>,
    /// The rows, newest first; whole, since a run begun anew has the same steps with other figures.
    rows: Vec<String>,
}

impl Twin {
    /// An empty table.
    pub const fn new(table: HtmlTableElement) -> Self {
        Self { table, header: Vec::new(), rows: Vec::new() }
    }

    /// Write the chart's latest records, at most so many.
    ///
    /// Most of the time a few rows came since the last time and all others stay: only those are written.
    pub fn fill(&mut self, data: &ChartData, most: usize) -> Result<(), WebError> {
        let table = data.table(most);
        let written: Vec<String> = table.rows.iter().map(|row| row.join("\t")).collect();
        let new = self.rows.first().and_then(|newest| written.iter().position(|row| row == newest));
        match (new, self.body()) {
            (Some(new), Some(body)) if self.header == table.header && is_continued(&self.rows, &written[new..]) => {
                let failed = WebError::call("writing a table");
                body.insert_adjacent_html("afterbegin", &rows(&table.rows[..new])).map_err(&failed)?;
                for _ in written.len()..self.rows.len() + new {
                    body.delete_row(-1).map_err(&failed)?;
                }
            }
            _ => self.write(&table),
        }
        self.rows = written;
        self.header = table.header;
        Ok(())
    }

    fn body(&self) -> Option<HtmlTableSectionElement> {
        self.table.t_bodies().item(0)?.dyn_into().ok()
    }

    /// As text, because parsing a hundred rows takes the browser far less than adding six hundred elements one by one.
    fn write(&self, table: &Table) {
        let names = table
            .header
            .iter()
            .fold(String::new(), |names, name| names + "<th scope=\"col\">" + &escaped(name) + "</th>");
        self.table.set_inner_html(&format!(
            "<caption>{}</caption><thead><tr>{names}</tr></thead><tbody>{}</tbody>",
            escaped(&table.caption),
            rows(&table.rows)
        ));
    }
}

/// Whether the old rows go on below the new ones, as far as there is room.
fn is_continued(old: &[String], below: &[String]) -> bool {
    below.len() <= old.len() && old[..below.len()] == *below
}

fn rows(rows: &[Vec<String>]) -> String {
    let mut html = String::new();
    for row in rows {
        html.push_str("<tr>");
        for cell in row {
            html.push_str("<td>");
            html.push_str(&escaped(cell));
            html.push_str("</td>");
        }
        html.push_str("</tr>");
    }
    html
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
