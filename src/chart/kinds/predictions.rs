//! Predicted against true RUL.

use crate::chart::prelude::*;
use crate::data::Labels;
use crate::measure::Predictions;

pub(super) static CHART: Chart = Chart {
    name: "predictions",
    caption: "The predicted remaining useful life (RUL) of each test engine against its true one, which is \
              capped as in training, usually at 125 cycles: a dot above the faint line is an engine that is thought to \
              last longer than it does, which is the dangerous side.",
    look: Look {
        title: "Predicted against true",
        fit: Fit::ruls(125.0),
        metric: Metric { name: "Predicted RUL", unit: "cycles", higher_is_better: None },
        ..Look::MEASURED
    },
    width: Width::Third,
    whole_table: true,
    build: |scene| {
        let member = (scene.view.focus, scene.focus("predicted"));
        Some(ChartData::predictions(scene.view.predictions()?, &[member]))
    },
    ..Chart::EVALUATIONS
};

const TRUE_RUL: Metric = Metric { name: "true RUL", unit: "cycles", higher_is_better: None };

/// The largest RUL that the axis of a chart has to hold.
pub(super) fn largest_rul(labels: &Labels, truth: &[f32]) -> f64 {
    labels.largest_cycles(truth.iter().copied()).max(1.0).into()
}

impl ChartData {
    /// What these members predicted for each test engine against the truth, in cycles.
    #[must_use]
    pub fn predictions<S: AsRef<str>>(predictions: &Predictions, members: &[(usize, S)]) -> Self {
        let largest = largest_rul(predictions.labels(), predictions.truth());
        let look = Look { fit: Fit::ruls(largest), ..CHART.look };
        let mut chart = Self::new(&look, TRUE_RUL, (0.0, largest));
        let exact = [0.0, largest].map(|value| Point { x: value, y: value });
        chart.add("exact", Hue::Neutral, Line::Faint, Shape::Straight, exact.to_vec());
        for (member, label) in members {
            let hue = if members.len() == 1 { Hue::Task(Task::Rul) } else { Hue::Member(*member) };
            let rows = predictions.of(*member).iter().zip(predictions.truth());
            let mut points: Vec<Point> =
                rows.map(|(row, truth)| Point { x: f64::from(*truth), y: f64::from(row[0]) }).collect();
            points.sort_by(|a, b| a.x.total_cmp(&b.x));
            chart.add(label.as_ref(), hue, Line::Solid, Shape::Scattered, points);
        }
        if members.len() > 1 {
            chart.legend_of_series();
            chart.legend.retain(|entry| entry.line != Line::Faint);
        }
        let labels = members.iter().map(|(_, label)| label.as_ref().to_owned());
        let header = ["engine".to_owned(), "true RUL".to_owned()].into_iter().chain(labels).collect();
        let row = |(engine, truth): (usize, &f32)| {
            let of = |(member, _): &(usize, S)| predictions.of(*member).get(engine).map(|row| f64::from(row[0]));
            let named = [(engine + 1) as f64, f64::from(*truth)].map(Some);
            named.into_iter().chain(members.iter().map(of)).collect()
        };
        chart.fitted(Columns { header, rows: predictions.truth().iter().enumerate().map(row).collect() })
    }
}
