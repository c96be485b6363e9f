//! Predicted and true RUL of one engine over its life.

use crate::chart::prelude::*;
use crate::data::RUL_CAP_CYCLES;
use crate::measure::Trajectory;
use crate::session::TestEngine;

pub(super) static ROW: Chart = Chart {
    name: "trajectory",
    caption: "The predicted remaining useful life (RUL) of one test engine after each of its cycles, and the true one, \
              capped at 125 cycles.",
    look: Look {
        title: "One engine's life",
        fit: Fit { at_least: Some((0.0, 125.0)), within: (-50.0, 200.0), ..Fit::FROM_ZERO },
        metric: Metric { name: "RUL", unit: "cycles", higher_is_better: None },
        ..Look::MEASURED
    },
    choices: &[ENGINE],
    whole_table: true,
    build: |scene| {
        let trajectory = scene.view.trajectory.as_ref()?;
        let lines: Vec<_> = (0..scene.labels.len()).map(|member| trajectory.predicted(member)).collect();
        let members: Vec<_> = scene.labels.iter().zip(&lines).map(|(label, line)| (label, &line[..])).collect();
        Some(ChartData::trajectory(&trajectory.cycles(), trajectory.predictions.truth(), &members))
    },
    words: |scene| scene.view.trajectory.as_ref().map(words).unwrap_or_default(),
    ..Chart::EVALUATIONS
};

const ENGINE: Choice = Choice { id: "trajectory-engine", label: "Test engine", range: Range::TestEngine };

const CYCLE: Metric = Metric { name: "cycle", unit: "", higher_is_better: None };

impl Chosen {
    /// The test engine whose life is shown.
    #[must_use]
    pub fn test_engine(&self) -> TestEngine {
        self.value(&ENGINE).parse().map_or(TestEngine::Longest, TestEngine::Number)
    }
}

/// How long the engine was on record, and how long it lived on.
fn words(Trajectory { engines, predictions, .. }: &Trajectory) -> String {
    let cycles = predictions.truth().len();
    let left = match predictions.truth().last() {
        Some(left) if *left >= RUL_CAP_CYCLES => "125 or more".to_owned(),
        Some(left) => plain(f64::from(*left), 3),
        None => "no".to_owned(),
    };
    format!("Of {engines} test engines: {cycles} cycles on record, {left} to live after them.")
}

impl ChartData {
    /// The predicted RUL of one engine over its cycles, and the true one: `(cycle, truth, predicted)`, one row a cycle,
    /// in cycles.
    #[must_use]
    pub fn trajectory<S: AsRef<str>>(cycles: &[f32], truth: &[f32], members: &[(S, &[f32])]) -> Self {
        let ends = (cycles.first().copied().unwrap_or(0.0), cycles.last().copied().unwrap_or(1.0));
        let mut chart = Self::new(&ROW.look, CYCLE, (ends.0.into(), f64::from(ends.1.max(ends.0 + 1.0))));
        let line = |values: &[f32]| {
            cycles.iter().zip(values).map(|(x, y)| Point { x: f64::from(*x), y: f64::from(*y) }).collect::<Vec<_>>()
        };
        chart.add("true", Hue::Neutral, Line::Dashed, Shape::Straight, line(truth));
        for (index, (label, values)) in members.iter().enumerate() {
            let hue = if members.len() == 1 { Hue::Task(Task::Rul) } else { member_hue(index, members.len()) };
            chart.add(label.as_ref(), hue, Line::Solid, Shape::Straight, line(values));
        }
        chart.legend_of_series();
        let header = ["cycle".to_owned(), "true RUL".to_owned()];
        let header = header.into_iter().chain(members.iter().map(|(label, _)| label.as_ref().to_owned())).collect();
        let row = |(index, cycle): (usize, &f32)| {
            let at = |values: &[f32]| values.get(index).map(|value| f64::from(*value));
            let named = [Some(f64::from(*cycle)), at(truth)];
            named.into_iter().chain(members.iter().map(|(_, values)| at(values))).collect()
        };
        chart.fitted(Columns { header, rows: cycles.iter().enumerate().map(row).collect() })
    }
}
