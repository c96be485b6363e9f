//! One claim's card: what is claimed, what was measured, and the buttons that measure it here.

use web_sys::{Element, HtmlButtonElement, HtmlElement, HtmlProgressElement};

use super::super::dom::{append, create, create_text, set_attribute, set_shown, set_text};
use crate::chart::{Style, finding_svg};
use crate::experiment::Advance;
use crate::experiment::claims::{Claim, Finding, FindingTable};
use crate::web::WebError;

/// Size of a finding's picture, in CSS pixels; it is scaled to the card's width.
const PICTURE_PX: (u32, u32) = (560, 300);

/// What a card shows of a measurement.
pub struct Progress {
    /// How far the runs are.
    pub runs: Advance,
    /// Whether the runs go on.
    pub state: State,
    /// Words beside the bar.
    pub words: String,
}

/// Whether a measurement goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing happens.
    Idle,
    /// Runs are trained.
    Measuring,
    /// They wait for a person.
    Paused,
}

/// The card's elements.
pub struct Card {
    pub claim: &'static Claim,
    pub measure: HtmlButtonElement,
    pub cancel: HtmlButtonElement,
    pub forget: HtmlButtonElement,
    progress: HtmlProgressElement,
    words: HtmlElement,
    here: HtmlElement,
    shipped: HtmlElement,
}

impl Card {
    /// Put a card into the document.
    pub fn build(claim: &'static Claim, place: &Element) -> Result<Self, WebError> {
        let card: HtmlElement = create("article", "claim")?;
        card.set_id(&format!("claim-{}", claim.id));
        let title: HtmlElement = create_text("h3", "", claim.title)?;
        let sentence: HtmlElement = create_text("p", "claim-sentence", claim.sentence)?;
        let about: HtmlElement = create("details", "")?;
        let summary: HtmlElement =
            create_text("summary", "", "What was published, what is doubtful, how it is judged")?;
        append(&about, &[&summary])?;
        let published =
            claim.published.iter().map(|published| format!("{} {}", published.figure, published.source.mark()));
        list(&about, "Published", published)?;
        list(&about, "Doubtful", claim.doubts.iter().map(|doubt| (*doubt).to_owned()))?;
        list(&about, "Measured here", std::iter::once(claim.method.to_owned()))?;
        list(&about, "Verdict", std::iter::once(claim.rule.to_owned()))?;

        let buttons: HtmlElement = create("div", "claim-buttons")?;
        let button = |words: &str, class: &str| -> Result<HtmlButtonElement, WebError> {
            let button: HtmlButtonElement = create_text("button", class, words)?;
            button.set_type("button");
            set_attribute(&button, "aria-describedby", &format!("claim-{}-words", claim.id));
            Ok(button)
        };
        let (measure, cancel, forget) = (
            button("Measure it here", "")?,
            button("Cancel", "quiet")?,
            button("Forget what was measured here", "link")?,
        );
        measure.set_class_name("measure");
        let progress: HtmlProgressElement = create("progress", "")?;
        set_attribute(&progress, "aria-label", &format!("Runs done: {}", claim.title));
        let words: HtmlElement = create("span", "help")?;
        words.set_id(&format!("claim-{}-words", claim.id));
        append(&buttons, &[&measure, &cancel, &words, &forget])?;
        let (here, shipped): (HtmlElement, HtmlElement) = (create("div", "finding")?, create("div", "finding")?);
        set_attribute(&here, "data-measured", "here");
        set_attribute(&shipped, "data-measured", "shipped");
        append(&card, &[&title, &sentence, &about, &shipped, &here, &buttons, &progress])?;
        append(place, &[&card])?;
        Ok(Self { claim, measure, cancel, forget, progress, words, here, shipped })
    }

    /// Show what ships with the page, and by what it was measured.
    pub fn show_shipped(&self, finding: &Finding, by: &str, style: &Style) -> Result<(), WebError> {
        show(&self.shipped, by, finding, style)
    }

    /// Show what was measured here, if anything was.
    pub fn show_here(&self, finding: Option<&Finding>, style: &Style) -> Result<(), WebError> {
        set_shown(&self.here, finding.is_some());
        set_shown(&self.forget, finding.is_some());
        let Some(finding) = finding else { return Ok(()) };
        show(&self.here, &format!("Measured here, {}", finding.counted()), finding, style)
    }

    /// Show how far it is.
    pub fn show_progress(&self, Progress { runs, state, words }: &Progress, others_wait: bool) {
        set_text(
            &self.measure,
            match state {
                State::Idle if runs.done > 0 && runs.done < runs.planned => "Go on measuring",
                State::Idle => "Measure it here",
                State::Measuring => "Pause",
                State::Paused => "Go on",
            },
        );
        self.measure.set_disabled((others_wait && *state == State::Idle) || runs.done >= runs.planned);
        set_shown(&self.cancel, *state != State::Idle);
        set_shown(&self.progress, *state != State::Idle || runs.done > 0);
        self.forget.set_disabled(*state != State::Idle);
        self.progress.set_max(runs.planned as f64);
        self.progress.set_value(runs.done as f64 + f64::from(runs.present));
        set_text(&self.words, words);
    }
}

/// A heading and what stands below it, if anything does.
fn list(place: &Element, heading: &str, items: impl Iterator<Item = String>) -> Result<(), WebError> {
    let rows: HtmlElement = create("ul", "")?;
    for item in items {
        let row: HtmlElement = create_text("li", "", &item)?;
        append(&rows, &[&row])?;
    }
    if rows.child_element_count() > 0 {
        let heading: HtmlElement = create_text("h4", "", heading)?;
        append(place, &[&heading, &rows])?;
    }
    Ok(())
}

/// Write a finding: by what it was measured, the verdict, the figure, words, and behind a fold picture and table.
fn show(place: &HtmlElement, by: &str, finding: &Finding, style: &Style) -> Result<(), WebError> {
    place.set_inner_html("");
    let line: HtmlElement = create("p", "finding-line")?;
    let verdict: HtmlElement = create_text("b", "verdict", finding.verdict.words())?;
    set_attribute(&verdict, "data-verdict", finding.verdict.words());
    let by: HtmlElement = create_text("span", "muted", by)?;
    append(&line, &[&verdict, &by])?;
    let words: HtmlElement = create_text("p", "", &finding.words)?;
    append(place, &[&line, &words])?;
    if let Some(measured) = &finding.measured {
        let figure = format!(
            "{}: {} ({} to {})",
            finding.figure,
            plain(measured.value),
            plain(measured.low),
            plain(measured.high)
        );
        let figure: HtmlElement = create_text("p", "finding-figure", &figure)?;
        append(place, &[&figure])?;
    }
    let details: HtmlElement = create("details", "")?;
    let summary: HtmlElement = create_text("summary", "", "The figures")?;
    append(&details, &[&summary])?;
    if let Some(plot) = &finding.plot {
        let picture: HtmlElement = create("div", "finding-picture")?;
        set_attribute(&picture, "role", "img");
        set_attribute(&picture, "aria-label", &format!("{} against {}; the table has the figures", plot.y, plot.x));
        // A picture that cannot be drawn leaves the table.
        if let Ok(svg) = finding_svg(plot, PICTURE_PX.0, PICTURE_PX.1, style) {
            picture.set_inner_html(&svg);
            append(&details, &[&picture])?;
        }
    }
    let table = table(&finding.table)?;
    append(&details, &[&table])?;
    if finding.plot.is_some() || !finding.table.rows.is_empty() {
        append(place, &[&details])?;
    }
    Ok(())
}

fn table(figures: &FindingTable) -> Result<HtmlElement, WebError> {
    let scroller: HtmlElement = create("div", "scroller")?;
    let table: HtmlElement = create("table", "")?;
    let row = |cells: &[String], tag: &str| -> Result<HtmlElement, WebError> {
        let row: HtmlElement = create("tr", "")?;
        for cell in cells {
            let cell: HtmlElement = create_text(tag, "", cell)?;
            append(&row, &[&cell])?;
        }
        Ok(row)
    };
    let (head, body): (HtmlElement, HtmlElement) = (create("thead", "")?, create("tbody", "")?);
    append(&head, &[&row(&figures.headers, "th")? as &Element])?;
    for cells in &figures.rows {
        append(&body, &[&row(cells, "td")? as &Element])?;
    }
    append(&table, &[&head, &body])?;
    append(&scroller, &[&table])?;
    Ok(scroller)
}

/// A number with as many decimals as tell something.
fn plain(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.decimals$}")
}
