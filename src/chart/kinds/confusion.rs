//! Predicted against true health state.

use crate::chart::prelude::*;
use crate::model::HEALTH_CLASSES;
use crate::session::Mode;

pub(super) static CHART: Chart = Chart {
    name: "confusion",
    caption: "How many test engines of each true health state (a row) are predicted to be in each state (a column): what \
              is right stands on the diagonal from the upper left to the lower right, and the colour is the share of the \
              row; a critical engine that is thought to be healthy, at the lower left, is the dangerous mistake.",
    look: Look {
        title: "Health state: predicted against true",
        metric: Metric { name: "Test engines", unit: "", higher_is_better: None },
        ..Look::MEASURED
    },
    width: Width::Third,
    whole_table: true,
    shown: |scene| scene.view.wanted().mode() != Mode::LambdaCurve,
    build: |scene| {
        let test = &scene.view.evaluation.as_ref()?.test;
        Some(ChartData::confusion(&test.get(scene.view.focus)?.confusion))
    },
    words: |scene| if scene.labels.len() > 1 { format!("Of {}.", scene.focus("the member")) } else { String::new() },
    ..Chart::EVALUATIONS
};

const CLASSES: [&str; HEALTH_CLASSES] = ["healthy", "degrading", "critical"];

impl ChartData {
    /// `confusion[true][predicted]`, counts.
    #[must_use]
    pub fn confusion(confusion: &[[u32; HEALTH_CLASSES]; HEALTH_CLASSES]) -> Self {
        let side = HEALTH_CLASSES as f64;
        let none = Metric { name: "", unit: "", higher_is_better: None };
        let metric = Metric { name: "Test engines: true state by row, predicted by column", ..CHART.look.metric };
        let mut chart = Self::new(&Look { metric, ..CHART.look }, none, (-0.95, side));
        (chart.y.low, chart.y.high) = (-0.45, side);
        chart.sketch.is_without_ticks = true;
        for (row, counts) in confusion.iter().enumerate() {
            let total: u32 = counts.iter().sum();
            let bottom = side - 1.0 - row as f64;
            for (column, count) in counts.iter().enumerate() {
                let share = if total > 0 { f64::from(*count) / f64::from(total) } else { 0.0 };
                let left = column as f64;
                let (x, y) = ([left, left + 1.0], [bottom, bottom + 1.0]);
                chart.sketch.cells.push(Cell { x, y, share, label: count.to_string() });
                let percent = format!("{} ({} %)", count, plain((share * 100.0).round(), 3));
                chart.sketch.spots.push(Spot {
                    at: [left + 0.5, bottom + 0.5],
                    title: format!("{} predicted as {}", CLASSES[row], CLASSES[column]),
                    readings: vec![("engines".to_owned(), Hue::Heat(share), f64::from(*count), percent)],
                });
            }
            chart.sketch.words.push(Words { at: [-0.48, bottom + 0.5], text: CLASSES[row].to_owned() });
            chart.sketch.words.push(Words { at: [row as f64 + 0.5, -0.22], text: CLASSES[row].to_owned() });
        }
        let header = ["true state", "healthy", "degrading", "critical"].map(str::to_owned).to_vec();
        let row = |(class, counts): (usize, &[u32; HEALTH_CLASSES])| {
            (CLASSES[class].to_owned(), counts.iter().map(|count| f64::from(*count)).collect())
        };
        chart.twin = Twin::Named(Named { header, rows: confusion.iter().enumerate().map(row).collect() });
        chart
    }
}
