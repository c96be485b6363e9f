//! Predicted and true RUL of one engine over its life.

use super::predictions::largest_rul;
use crate::chart::prelude::*;
use crate::data::Labels;
use crate::measure::Trajectory;
use crate::session::TestEngine;

pub(super) static CHART: Chart = Chart {
    name: "trajectory",
    caption: "The predicted remaining useful life (RUL) of one test engine after each of its cycles, and the true one, \
              capped as in training, usually at 125 cycles.",
    look: Look {
        title: "One engine's life",
        fit: Fit::ruls(125.0),
        metric: Metric { name: "RUL", unit: "cycles", higher_is_better: None },
        ..Look::MEASURED
    },
    choices: &[ENGINE],
    width: Width::Third,
    whole_table: true,
    build: |scene| {
        let trajectory = scene.view.trajectory.as_ref()?;
        let lines: Vec<_> = (0..scene.labels.len()).map(|member| trajectory.predicted(member)).collect();
        let members: Vec<_> = scene.labels.iter().zip(&lines).map(|(label, line)| (label, &line[..])).collect();
        let predictions = &trajectory.predictions;
        Some(ChartData::trajectory(&trajectory.cycles(), predictions.truth(), &members, predictions.labels()))
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
        Some(left) if predictions.labels().rul_cap_cycles.is_some_and(|cap| *left >= cap) => {
            format!("{} or more", plain(f64::from(*left), 4))
        }
        Some(left) => plain(f64::from(*left), 3),
        None => "no".to_owned(),
    };
    format!("Of {engines} test engines: {cycles} cycles on record, {left} to live after them.")
}

impl ChartData {
    /// The predicted RUL of one engine over its cycles, and the true one as it is labelled: `(cycle, truth, predicted)`,
    /// one row a cycle, in cycles.
    #[must_use]
    pub fn trajectory<S: AsRef<str>>(cycles: &[f32], truth: &[f32], members: &[(S, &[f32])], labels: &Labels) -> Self {
        let look = Look { fit: Fit::ruls(largest_rul(labels, truth)), ..CHART.look };
        let ends = (cycles.first().copied().unwrap_or(0.0), cycles.last().copied().unwrap_or(1.0));
        let mut chart = Self::new(&look, CYCLE, (ends.0.into(), f64::from(ends.1.max(ends.0 + 1.0))));
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
