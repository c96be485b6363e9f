//! Test RMSE of each member at its evaluations.

use crate::chart::prelude::*;
use crate::session::{Earlier, sentence};

pub(super) static CHART: Chart = Chart {
    name: "rmse",
    caption: "How far the predicted remaining useful life (RUL) is from the true one on test engines, in flight cycles: \
              the root mean squared error (RMSE), lower is better, the best so far is ringed; very high first values \
              may leave the frame.",
    look: Look {
        title: "Test error",
        metric: Metric::RMSE,
        fit: Fit { empty: (0.0, 50.0), multiple: Some(3.0), room_below: 0.22, ..Fit::FROM_ZERO },
        empty: "No evaluations yet",
        ..Look::MEASURED
    },
    width: Width::Third,
    choices: &[EARLIER],
    recorded: Recorded::Evaluations(Lines {
        shape: Shape::Dotted,
        hue: Hue::Task(Task::Rul),
        best_marked: true,
        ..Lines::of(&[Channel::lone("RMSE", |m| m.rmse_cycles)])
    }),
    build: |scene| {
        let earlier = scene.view.earlier.as_ref().filter(|_| scene.chosen.is_ticked(&EARLIER))?;
        let label = if scene.labels.len() == 1 { &earlier.label } else { "run before" };
        Some(scene.lines(&CHART).with_earlier(label, &earlier.rmse))
    },
    words: |scene| scene.view.earlier.as_ref().and_then(words).unwrap_or_default(),
    offers: |scene| scene.view.earlier.is_some(),
    ..Chart::EVALUATIONS
};

const EARLIER: Choice = Choice { id: "rmse-earlier", label: "run before", range: Range::Tick(true) };

/// What the run before came to.
fn words(earlier: &Earlier) -> Option<String> {
    let [(epoch, best), (_, last)] = earlier.best_and_last()?;
    let [best, last, epoch] = [best, last, epoch].map(|value| plain(value.into(), 4));
    Some(sentence(&format!("{}, best {best} at epoch {epoch}, last {last}", earlier.label)))
}

impl ChartData {
    /// The RMSE's chart with that of the run before, `(epoch, RMSE in cycles)`, behind its lines.
    #[must_use]
    pub fn with_earlier(mut self, label: &str, rmse: &[(f32, f32)]) -> Self {
        let points: Vec<Point> = rmse.iter().map(|(x, y)| Point { x: (*x).into(), y: (*y).into() }).collect();
        self.x.high = points.iter().map(|point| point.x).fold(self.x.high, f64::max);
        if self.legend.is_empty() {
            self.legend_of_series();
        }
        let (hue, line, shape) = (Hue::Neutral, Line::Dashed, Shape::Straight);
        self.legend.push(LegendEntry { label: label.to_owned(), hue, line });
        self.series.insert(0, Series { label: label.to_owned(), hue, line, shape, points: points.into() });
        (self.y.low, self.y.high) = self.look.range(self.series.iter().flat_map(Series::values));
        self
    }
}
