//! RULs that windows are labelled with.

use super::fleets::{extend, outline};
use crate::chart::prelude::*;
use crate::data::Labels;
use crate::measure::RUL_BIN_CYCLES;
use crate::measure::explore::Fleet;

pub(super) static CHART: Chart = Chart {
    name: "rul-labels",
    caption: "How many of the windows have how many cycles of remaining useful life (RUL) left, in bins of 10 cycles: \
              the last bin holds all that are capped, and the upright lines are where one health state ends and \
              the next begins.",
    look: Look {
        title: "What the windows are labelled with",
        fit: Fit { at_least: Some((0.0, 0.0)), ..Fit::FROM_ZERO },
        metric: Metric { name: "Share of the windows", unit: "%", higher_is_better: None },
        ..Look::EXPLORED
    },
    build: |scene| Some(ChartData::rul_labels(&scene.explored.known_fleets()?)),
    ..Chart::EXPLORED
};

const RUL: Metric = Metric { name: "RUL, cycles", unit: "", higher_is_better: None };

impl ChartData {
    /// The RULs that windows are labelled with: of one fleet its training windows and its test engines, of several their
    /// training windows.
    #[must_use]
    pub fn rul_labels(fleets: &[&Fleet]) -> Self {
        let splits = fleets.iter().flat_map(|fleet| &fleet.splits);
        let bins = splits.map(|figures| figures.labels.rul_bins.len()).max().unwrap_or(1);
        let width = f64::from(RUL_BIN_CYCLES);
        let end = bins as f64 * width;
        let mut chart = Self::new(&CHART.look, RUL, (0.0, end));
        let mut header = vec!["from".to_owned(), "to below".to_owned()];
        let mut rows: Vec<Vec<Option<f64>>> =
            (0..bins).map(|bin| vec![Some(bin as f64 * width), Some((bin + 1) as f64 * width)]).collect();
        for fleet in fleets {
            for figures in &fleet.splits {
                let counts: Vec<usize> = figures.labels.rul_bins.iter().map(|count| *count as usize).collect();
                let name = format!("{} windows", figures.split.name());
                extend(&mut header, &mut rows, fleet, fleets.len(), &name, &counts);
            }
            let [training, _, test] = &fleet.splits;
            let counts = |bins: &[u32]| bins.iter().map(|count| *count as usize).collect::<Vec<_>>();
            chart.add_histogram(
                fleet,
                0.0,
                width,
                &counts(&training.labels.rul_bins),
                training.labels.windows as usize,
            );
            if let [_] = fleets {
                let line = outline(0.0, width, &counts(&test.labels.rul_bins), test.labels.windows as usize);
                chart.add("last window of each test engine", Hue::Neutral, Line::Dashed, Shape::Outlined, line);
            }
        }
        if let ([_], Some(first)) = (fleets, chart.series.first_mut()) {
            "training windows".clone_into(&mut first.label);
            chart.legend_of_series();
        } else {
            chart.legend_of_fleets(fleets);
        }
        let [healthy, critical] =
            fleets.first().map_or_else(Labels::default, |fleet| fleet.summary.labels).health_cycles.map(f64::from);
        for (value, label) in [(critical, "critical"), (healthy, "degrading")] {
            chart.spans.push(Span { low: value, high: value, at: Some(value), label: label.to_owned() });
        }
        // Before the last bin, which all that are capped make higher than the others.
        let before = end - width;
        chart.spans.push(Span { low: before, high: before, at: None, label: "healthy".to_owned() });
        chart.fitted(Columns { header, rows })
    }
}
