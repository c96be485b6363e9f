//! One sensor over all engines, against the cycles that they have left.

use super::fleets::{column, origin_hue, titles};
use super::sensor::{metric, words};
use crate::chart::prelude::*;
use crate::measure::explore::{BinFigures, Fleet, PROFILE_BIN_CYCLES, SensorView};

pub(super) static CHART: Chart = Chart {
    name: "before-failure",
    caption: "Mean of the sensor over the engines run to failure, in steps of 5 cycles before they fail, with one \
              standard deviation to either side as a band; the table has the number of values behind each.",
    look: Look { title: "This sensor before failure, over all engines", fit: Fit::ANY, ..Look::EXPLORED },
    place: "charts-engine",
    stale_after: &[News::Fleet, News::Sensor],
    build: |scene| {
        let explored = scene.explored;
        Some(ChartData::before_failure(&explored.known_fleets()?, explored.feature, explored.view))
    },
    words: |scene| format!("{}; {}.", words(scene.explored), titles(&scene.explored.fleets())),
    ..Chart::EXPLORED
};

const TO_FAILURE: Metric = Metric { name: "cycles to failure", unit: "", higher_is_better: None };

impl ChartData {
    /// Mean and deviation of a sensor over the engines run to failure, against the cycles that they have left; a line
    /// and a band a fleet.
    #[must_use]
    pub fn before_failure(fleets: &[&Fleet], feature: usize, view: SensorView) -> Self {
        let bins = fleets.first().map_or(0, |fleet| fleet.profile(view).of_feature(feature).len());
        let width = PROFILE_BIN_CYCLES as f64;
        let middle = |bin: usize| -(bin as f64 * width + (width - 1.0) / 2.0);
        let measured = fleets.first().map_or(CHART.look.metric, |fleet| metric(fleet, feature, view));
        let look = Look { metric: measured, ..CHART.look };
        let mut chart = Self::new(&look, TO_FAILURE, (-(bins as f64) * width, 0.0));
        let mut header = vec!["cycles left, from".to_owned(), "to".to_owned()];
        let ends = |bin: usize| vec![Some(bin as f64 * width), Some((bin + 1) as f64 * width - 1.0)];
        let mut rows: Vec<Vec<Option<f64>>> = (0..bins).map(ends).collect();
        for fleet in fleets {
            let hue = origin_hue(fleet.summary.origin);
            // Oldest first: time goes to the right.
            let found: Vec<(f64, &BinFigures)> = fleet
                .profile(view)
                .of_feature(feature)
                .iter()
                .enumerate()
                .map(|(bin, m)| (middle(bin), m))
                .rev()
                .collect();
            let mean = found.iter().map(|(x, figures)| Point { x: *x, y: figures.mean.into() }).collect();
            chart.add(&fleet.summary.title(), hue, Line::Solid, Shape::Straight, mean);
            let band = |(x, figures): &(f64, &BinFigures)| {
                let (mean, deviation) = (f64::from(figures.mean), f64::from(figures.deviation));
                (*x, mean - deviation, mean + deviation)
            };
            chart.bands.push(Band { hue, points: found.iter().map(band).filter(|band| band.1.is_finite()).collect() });
            for name in ["mean", "deviation", "values"] {
                header.push(column(fleet, fleets.len(), name));
            }
            for (row, figures) in rows.iter_mut().zip(fleet.profile(view).of_feature(feature)) {
                let finite = |value: f32| Some(f64::from(value)).filter(|value| value.is_finite());
                row.extend([finite(figures.mean), finite(figures.deviation), Some(f64::from(figures.count))]);
            }
        }
        chart.legend_of_fleets(fleets);
        let mut chart = chart.fitted(Columns { header, rows });
        // The bands belong to what is shown, not only the lines.
        let ends = chart.bands.iter().flat_map(|band| band.points.iter().flat_map(|point| [point.1, point.2]));
        (chart.y.low, chart.y.high) = look.range(ends);
        chart
    }
}
