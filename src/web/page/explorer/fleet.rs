//! What is said about all engines: a table, sentences, and the list to choose one from.

use web_sys::{EventTarget, HtmlElement, HtmlInputElement, HtmlSelectElement};

use super::super::controls::offer;
use super::super::dom::{append, create, create_text, element, set_attribute, set_shown, set_text};
use crate::data::Origin;
use crate::measure::explore::{EngineEntry, Fleet, SplitFigures, SplitKind};
use crate::session::grouped;
use crate::web::WebError;

const COLUMNS: [&str; 8] =
    ["Split", "Engines", "Windows", "Healthy", "Degrading", "Critical", "H(health), nats", "H(RUL), nats"];

/// The elements that are about all engines.
pub struct FleetPanel {
    source: HtmlElement,
    assumptions: HtmlElement,
    overlay_row: HtmlElement,
    overlay: HtmlInputElement,
    overlay_name: HtmlElement,
    table: HtmlElement,
    regimes: HtmlElement,
    set_points: HtmlElement,
}

impl FleetPanel {
    /// Find them in the document.
    pub fn find() -> Result<Self, WebError> {
        Ok(Self {
            source: element("explore-source")?,
            assumptions: element("explore-assumptions")?,
            overlay_row: element("explore-overlay-row")?,
            overlay: element("explore-overlay")?,
            overlay_name: element("explore-overlay-name")?,
            table: element("table-fleet")?,
            regimes: element("explore-regimes")?,
            set_points: element("explore-set-points")?,
        })
    }

    /// The tick that lays the other data set over the one that is shown.
    pub fn overlay(&self) -> &EventTarget {
        &self.overlay
    }

    /// Whether that is ticked.
    pub fn wants_overlay(&self) -> bool {
        self.overlay.checked()
    }

    /// Say what there is: one fleet, or two.
    pub fn show(&self, fleets: &[&Fleet], both_at_hand: bool) -> Result<(), WebError> {
        let Some(fleet) = fleets.first() else { return Ok(()) };
        let (subset, origin) = (fleet.summary.subset, fleet.summary.origin);
        let source = match (origin, both_at_hand) {
            (Origin::Nasa | Origin::Own, _) => format!("You see {}.", fleet.summary.title()),
            (Origin::Emulated, true) => {
                format!("You see emulated engines of {subset}; NASA’s are at hand as well.")
            }
            (Origin::Emulated, false) => format!(
                "You see emulated engines of {subset}. NASA’s are not at hand, so the emulation cannot be held beside \
                 them here: drop NASA’s files of {subset} on this page to do that."
            ),
        };
        set_text(&self.source, &source);
        set_shown(&self.overlay_row, both_at_hand);
        let other = if origin == Origin::Emulated { "NASA’s engines" } else { "emulated engines" };
        set_text(&self.overlay_name, &format!("Lay {other} of {subset} over them"));
        let assumptions: Vec<&str> =
            fleets.iter().flat_map(|fleet| fleet.summary.assumptions.iter().map(String::as_str)).collect();
        set_shown(&self.assumptions, !assumptions.is_empty());
        let assumes = if origin == Origin::Own { "Your files were read so" } else { "The emulation assumes" };
        set_text(&self.assumptions, &format!("{assumes}: {}", assumptions.join(" ")));
        set_text(&self.regimes, &fleet.regime_words());
        self.set_points.set_inner_html("");
        let all: u32 = fleet.regimes.iter().map(|regime| regime.cycles).sum();
        for figures in fleet.regimes.iter().filter(|_| fleet.regimes.len() > 1) {
            let share = 100.0 * f64::from(figures.cycles) / f64::from(all.max(1));
            let words = format!("{}: {} cycles ({share:.0} %)", figures.words(), grouped(figures.cycles));
            let item: HtmlElement = create_text("li", "", &words)?;
            append(&self.set_points, &[&item])?;
        }
        set_shown(&self.set_points, fleet.regimes.len() > 1);
        self.fill(fleets)
    }

    fn fill(&self, fleets: &[&Fleet]) -> Result<(), WebError> {
        self.table.set_inner_html("");
        let labels = fleets.first().map(|fleet| fleet.summary.labels).unwrap_or_default();
        let words = format!("Windows by their label, and how much there is to know of it ({labels})");
        let caption: HtmlElement = create_text("caption", "", &words)?;
        let (head, body): (HtmlElement, HtmlElement) = (create("thead", "")?, create("tbody", "")?);
        let heads: HtmlElement = create("tr", "")?;
        for name in COLUMNS {
            let cell: HtmlElement = create_text("th", "", name)?;
            set_attribute(&cell, "scope", "col");
            append(&heads, &[&cell])?;
        }
        append(&head, &[&heads])?;
        for fleet in fleets {
            for figures in &fleet.splits {
                let name = if fleets.len() > 1 {
                    format!("{}, {}", fleet.summary.title(), figures.split.name())
                } else {
                    figures.split.name().to_owned()
                };
                append(&body, &[&*row(&name, figures)?])?;
            }
        }
        append(&self.table, &[&caption, &head, &body])
    }
}

fn row(name: &str, figures: &SplitFigures) -> Result<HtmlElement, WebError> {
    let row: HtmlElement = create("tr", "")?;
    let head: HtmlElement = create_text("th", "", name)?;
    set_attribute(&head, "scope", "row");
    append(&row, &[&head])?;
    let share = |count: u32| {
        let share = 100.0 * f64::from(count) / f64::from(figures.labels.windows.max(1));
        format!("{} ({share:.0} %)", grouped(count))
    };
    let [healthy, degrading, critical] = figures.labels.classes.map(share);
    let entropy = |nats: f64| format!("{nats:.3}");
    let cells = [
        grouped(figures.engines),
        grouped(figures.labels.windows),
        healthy,
        degrading,
        critical,
        entropy(figures.entropy.health),
        entropy(figures.entropy.rul),
    ];
    for words in cells {
        let cell: HtmlElement = create_text("td", "", &words)?;
        append(&row, &[&cell])?;
    }
    Ok(row)
}

/// Offer every engine; the one that was chosen stays chosen where there is still one of its name.
pub fn offer_engines(select: &HtmlSelectElement, fleet: &Fleet) -> Result<(), WebError> {
    let before = select.value();
    select.set_inner_html("");
    for split in SplitKind::ALL {
        let engines: Vec<&EngineEntry> = fleet.engines.iter().filter(|engine| engine.split == split).collect();
        if engines.is_empty() {
            continue;
        }
        let group: HtmlElement = create("optgroup", "")?;
        let label = match split {
            SplitKind::Training => "Trained on, run to failure",
            SplitKind::Validation => "Held out for validation, run to failure",
            SplitKind::Test => "Test, cut before failure",
        };
        set_attribute(&group, "label", label);
        for engine in engines {
            let EngineEntry { unit, cycles, rul_cycles, .. } = engine;
            let words = match split {
                SplitKind::Test => format!("test engine {unit}: {cycles} cycles, {rul_cycles} left"),
                _ => format!("engine {unit}: {cycles} cycles"),
            };
            offer(&group, &format!("{}-{unit}", split.name()), &words)?;
        }
        append(select, &[&group])?;
    }
    select.set_value(&before);
    if select.selected_index() < 0 {
        select.set_selected_index(0);
    }
    Ok(())
}
