//! Predicted against true RUL.

use crate::chart::prelude::*;
use crate::data::RUL_CAP_CYCLES;
use crate::measure::Predictions;

pub(super) static ROW: Chart = Chart {
    name: "predictions",
    caption: "The predicted remaining useful life (RUL) of each test engine against its true one, capped at 125 cycles: \
              a dot above the faint line is an engine that is thought to last longer than it does, which is the \
              dangerous side.",
    look: Look {
        title: "Predicted against true",
        fit: Fit { at_least: Some((0.0, 125.0)), within: (-50.0, 200.0), ..Fit::FROM_ZERO },
        metric: Metric { name: "Predicted RUL", unit: "cycles", higher_is_better: None },
        ..Look::MEASURED
    },
    whole_table: true,
    build: |scene| {
        let member = (scene.view.focus, scene.focus("predicted"));
        Some(ChartData::predictions(scene.view.predictions()?, &[member]))
    },
    ..Chart::EVALUATIONS
};

const TRUE_RUL: Metric = Metric { name: "true RUL", unit: "cycles", higher_is_better: None };

impl ChartData {
    /// What these members predicted for each test engine against the truth, in cycles.
    #[must_use]
    pub fn predictions<S: AsRef<str>>(predictions: &Predictions, members: &[(usize, S)]) -> Self {
        let cap = f64::from(RUL_CAP_CYCLES);
        let mut chart = Self::new(&ROW.look, TRUE_RUL, (0.0, cap));
        let exact = [0.0, cap].map(|value| Point { x: value, y: value });
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
