//! Cosine between the two tasks' gradients.

use crate::chart::prelude::*;
use crate::measure::{CosineBand, CosinePhase, PUBLISHED, PUBLISHED_COSINE};

pub(super) static CHART: Chart = Chart {
    name: "cosine",
    caption: "The cosine between the directions (gradients) in which the two tasks pull the shared weights: 1 means \
              the same way, 0 unrelated, below 0 against each other; the faint line is single steps, the strong one \
              their running mean.",
    look: Look {
        title: "Do the tasks agree?",
        metric: Metric::COSINE,
        fit: Fit { empty: (-1.0, 1.0), at_least: Some((-0.2, 0.2)), within: (-1.0, 1.0), ..Fit::ANY },
        ..Chart::STEPS.look
    },
    width: Width::Third,
    choices: &[PHASES],
    recorded: Recorded::Steps(Lines {
        note: Some((0.0, "tasks agree", "tasks conflict")),
        ..Lines::smoothed(&[Channel::lone("cosine", |m| m.cosine)])
    }),
    build: |scene| {
        // With several members the bands would be of one among many lines.
        let bands = if scene.labels.len() == 1 { scene.view.cosine_bands() } else { Vec::new() };
        Some(scene.lines(&CHART).with_cosine_bands(&bands, scene.chosen.is_ticked(&PHASES)))
    },
    ..Chart::STEPS
};

const PHASES: Choice = Choice { id: "cosine-published", label: "published phases", range: Range::Tick(false) };

impl ChartData {
    /// The cosine's chart with the band of each epoch behind its lines, from the 10 % to the 90 % quantile of its steps,
    /// and the published phases behind that.
    #[must_use]
    pub fn with_cosine_bands(mut self, bands: &[CosineBand], published: bool) -> Self {
        if published {
            let hue = Hue::Task(Task::Health);
            let ahead = self.x.high;
            let band = |phase: &CosinePhase| {
                let (from, end) = (f64::from(phase.from), f64::from(phase.to).min(ahead));
                let (low, high) = (f64::from(phase.low), f64::from(phase.high));
                Band { hue, points: [(from, low, high), (end, low, high)].into() }
            };
            self.bands.extend(PUBLISHED_COSINE.iter().filter(|phase| f64::from(phase.from) < ahead).map(band));
            self.legend.push(LegendEntry { label: PUBLISHED.to_owned(), hue, line: Line::Faint });
            self.y.high = self.y.high.max(0.8);
        }
        let steps = |band: &CosineBand| {
            let end = f64::from(band.epoch);
            [(end - 1.0, band.low, band.high), (end, band.low, band.high)]
        };
        if !bands.is_empty() {
            self.bands.push(Band { hue: Hue::Neutral, points: bands.iter().flat_map(steps).collect() });
        }
        self
    }
}
