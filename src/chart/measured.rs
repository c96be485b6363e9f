//! Charts of what is measured across members: figures against λ, information, predictions.

use super::axis::{Axis, Fit, Scale};
use super::data::ChartData;
use super::kind::{ChartKind, ruls};
use super::legend::{LegendEntry, member_hue};
use super::number::reading;
use super::series::{Band, Hue, Line, Mark, Note, Point, Series, Shape, Span};
use super::table::{Columns, Twin};
use crate::Task;
use crate::data::{Labels, Subset};
use crate::measure::{
    BiasVariance, CosineBand, Information, Interval, LabelEntropy, LambdaCurve, Metric, Optimum, PUBLISHED,
    PUBLISHED_COSINE, Predictions, published_rmse,
};
use crate::session::MemberStep;

/// Which figure a λ-curve shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CurveFigure {
    /// RMSE of the RUL.
    #[default]
    Rmse,
    /// NASA score.
    NasaScore,
    /// Accuracy of the health class.
    Accuracy,
}

/// What the parts of an error are drawn against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// The weight of the RUL loss.
    Lambda,
    /// Epochs done, at one λ.
    Epoch,
}

const LAMBDA: Metric = Metric { name: "λ_rul", unit: "", higher_is_better: None };
const EPOCH: Metric = Metric { name: "epoch", unit: "", higher_is_better: None };
const HEALTH_INFORMATION: Metric = Metric { name: "I(Z; Y_health), nats", unit: "", higher_is_better: Some(true) };
const TRUE_RUL: Metric = Metric { name: "true RUL", unit: "cycles", higher_is_better: None };
const BRIER: Metric = Metric { name: "Brier score", unit: "", higher_is_better: Some(false) };

const UNIT: (f64, f64) = (0.0, 1.0);

impl ChartData {
    /// A figure against λ: the mean over the members of each point, its interval as a band, and the best λ with its own
    /// interval. With a subset, the published RMSE of that subset stands behind it.
    #[must_use]
    pub fn lambda_curve(curve: &LambdaCurve, figure: CurveFigure, published: Option<Subset>) -> Self {
        let (metric, optimum) = match figure {
            CurveFigure::Rmse => (Metric::RMSE, curve.by_rmse),
            CurveFigure::NasaScore => (Metric::NASA_SCORE, curve.by_score),
            CurveFigure::Accuracy => (Metric::ACCURACY, curve.by_accuracy),
        };
        let interval = |point: &crate::measure::CurvePoint| match figure {
            CurveFigure::Rmse => point.rmse_cycles,
            CurveFigure::NasaScore => point.nasa_score,
            CurveFigure::Accuracy => point.accuracy,
        };
        let intervals: Vec<(f64, Interval)> =
            curve.points.iter().map(|point| (f64::from(point.lambda), interval(point))).collect();
        let mean = intervals.iter().map(|(x, interval)| Point { x: *x, y: interval.mean }).collect();
        let hue = Hue::Task(if figure == CurveFigure::Accuracy { Task::Health } else { Task::Rul });
        let mut chart = Self::measured(ChartKind::LambdaCurve, LAMBDA, metric, UNIT);
        let published = published.filter(|_| figure == CurveFigure::Rmse).map(published_rmse);
        if let Some(published) = &published {
            let points = published.iter().map(|(x, y)| Point { x: f64::from(*x), y: f64::from(*y) }).collect();
            chart.add("measured here", hue, Line::Solid, Shape::Dotted, mean);
            chart.add(PUBLISHED, Hue::Neutral, Line::Dashed, Shape::Straight, points);
            chart.legend_of_series();
        } else {
            chart.add(metric.name, hue, Line::Solid, Shape::Dotted, mean);
        }
        chart.bands.push(Band {
            hue,
            points: intervals.iter().map(|(x, interval)| (*x, interval.low, interval.high)).collect(),
        });
        if let Some(Optimum { lambda, value, low, high, .. }) = optimum {
            let label = format!("best {}, likely {}", reading(lambda.into()), range(low, high));
            chart.marks.push(Mark { point: Point { x: lambda.into(), y: value }, hue, label: Some(label) });
            chart.spans.push(Span { low: low.into(), high: high.into(), at: None, label: String::new() });
        }
        let header = ["λ_rul", metric.name, "lower", "upper", "members"].map(str::to_owned).to_vec();
        let rows = intervals.iter().zip(&curve.points).map(|((x, interval), point)| {
            [*x, interval.mean, interval.low, interval.high, point.members.len() as f64].map(Some).to_vec()
        });
        chart.fitted(Columns { header, rows: rows.collect() })
    }

    /// Bias², variance and their sum against λ or the epochs: the RUL's in cycles², or the health state's, of its Brier
    /// score.
    #[must_use]
    pub fn bias_variance(parts: &[(f32, BiasVariance)], over: Over, task: Task) -> Self {
        let metric = match task {
            Task::Rul => Metric { name: "Squared error", unit: "cycles²", higher_is_better: Some(false) },
            Task::Health => BRIER,
        };
        let (x, range) = match over {
            Over::Lambda => (LAMBDA, UNIT),
            Over::Epoch => (EPOCH, (0.0, parts.iter().map(|(x, _)| f64::from(*x)).fold(1.0, f64::max))),
        };
        let mut chart = Self::measured(ChartKind::BiasVariance, x, metric, range);
        let of = |value: fn(&BiasVariance) -> f64| {
            parts.iter().map(|(x, parts)| Point { x: f64::from(*x), y: value(parts) }).collect::<Vec<_>>()
        };
        chart.add("bias²", Hue::Member(0), Line::Solid, Shape::Dotted, of(|parts| parts.bias_squared));
        chart.add("variance", Hue::Member(5), Line::Solid, Shape::Dotted, of(|parts| parts.variance));
        chart.add("sum", Hue::Neutral, Line::Dashed, Shape::Straight, of(|parts| parts.error));
        chart.legend_of_series();
        let header = [x.name, "bias²", "variance", "sum"].map(str::to_owned).to_vec();
        let row = |(x, parts): &(f32, BiasVariance)| {
            [f64::from(*x), parts.bias_squared, parts.variance, parts.error].map(Some).to_vec()
        };
        chart.fitted(Columns { header, rows: parts.iter().map(row).collect() })
    }

    /// The information plane: what each member's representation is known to keep of either label, over the training,
    /// from the small dot at its beginning to the large one at its end. Bounds below zero say nothing and are drawn at
    /// zero; the table has them as they are.
    #[must_use]
    pub fn information<S: AsRef<str>>(traces: &[(S, Vec<(f32, Information)>)], entropy: LabelEntropy) -> Self {
        let mut chart = Self::measured(
            ChartKind::Information,
            HEALTH_INFORMATION,
            ChartKind::Information.metric(),
            (0.0, entropy.health.max(0.1) * 1.05),
        );
        for (index, (label, trace)) in traces.iter().enumerate() {
            let hue = member_hue(index, traces.len());
            let points = trace.iter().map(|(_, known)| Point { x: known.health.max(0.0), y: known.rul.max(0.0) });
            chart.add(label.as_ref(), hue, Line::Solid, Shape::Straight, points.collect());
        }
        if (2..=super::legend::DISTINCT_MEMBERS).contains(&traces.len()) {
            chart.legend_of_series();
        }
        chart.notes.push(Note { value: entropy.rul, above: String::new(), below: "H(Y_rul)".into() });
        let at = Some(entropy.health);
        chart.spans.push(Span { low: entropy.health, high: entropy.health, at, label: "H(Y_health)".into() });
        let rows = traces.iter().enumerate().flat_map(|(index, (_, trace))| {
            trace.iter().map(move |(epoch, known)| {
                [(index + 1) as f64, f64::from(*epoch), known.health, known.rul].map(Some).to_vec()
            })
        });
        let header = ["member", "epoch", "I(Z; Y_health)", "I(Z; Y_rul)"].map(str::to_owned).to_vec();
        chart.fitted(Columns { header, rows: rows.collect() })
    }

    /// The two bounds over the epochs of one member's training, each below the entropy of its label.
    #[must_use]
    pub fn information_over_epochs(trace: &[(f32, Information)], entropy: LabelEntropy) -> Self {
        let end = trace.iter().map(|(epoch, _)| f64::from(*epoch)).fold(1.0, f64::max);
        let nats = Metric { name: "Bound, nats", unit: "", higher_is_better: Some(true) };
        let mut chart = Self::measured(ChartKind::Information, EPOCH, nats, (0.0, end));
        let of = |value: fn(&Information) -> f64| {
            trace.iter().map(|(epoch, known)| Point { x: f64::from(*epoch), y: value(known).max(0.0) }).collect()
        };
        chart.add("I(Z; Y_rul)", Hue::Task(Task::Rul), Line::Solid, Shape::Dotted, of(|known| known.rul));
        chart.add("I(Z; Y_health)", Hue::Task(Task::Health), Line::Solid, Shape::Dotted, of(|known| known.health));
        let level = |value: f64| [0.0, end].map(|x| Point { x, y: value }).to_vec();
        chart.add("H(Y_rul)", Hue::Task(Task::Rul), Line::Dashed, Shape::Straight, level(entropy.rul));
        chart.add("H(Y_health)", Hue::Task(Task::Health), Line::Dashed, Shape::Straight, level(entropy.health));
        chart.legend_of_series();
        let header = ["epoch", "I(Z; Y_rul)", "I(Z; Y_health)"].map(str::to_owned).to_vec();
        let row = |(epoch, known): &(f32, Information)| [f64::from(*epoch), known.rul, known.health].map(Some).to_vec();
        chart.fitted(Columns { header, rows: trace.iter().map(row).collect() })
    }

    /// What these members predicted for each test engine against the truth, in cycles.
    #[must_use]
    pub fn predictions<S: AsRef<str>>(predictions: &Predictions, members: &[(usize, S)]) -> Self {
        let largest = largest_rul(predictions.labels(), predictions.truth());
        let kind = ChartKind::Predictions;
        let mut chart = Self::measured(kind, TRUE_RUL, kind.metric(), (0.0, largest));
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
        let rows = predictions.truth().iter().enumerate().map(row).collect();
        chart.fitted_to(&ruls(largest), Columns { header, rows })
    }

    /// The predicted RUL of one engine over its cycles, and the true one as it is labelled: `(cycle, truth, predicted)`,
    /// one row a cycle, in cycles.
    #[must_use]
    pub fn trajectory<S: AsRef<str>>(cycles: &[f32], truth: &[f32], members: &[(S, &[f32])], labels: &Labels) -> Self {
        let kind = ChartKind::Trajectory;
        let cycle = Metric { name: "cycle", unit: "", higher_is_better: None };
        let ends = (cycles.first().copied().unwrap_or(0.0), cycles.last().copied().unwrap_or(1.0));
        let mut chart =
            Self::measured(kind, cycle, kind.metric(), (ends.0.into(), f64::from(ends.1.max(ends.0 + 1.0))));
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
        let rows = cycles.iter().enumerate().map(row).collect();
        chart.fitted_to(&ruls(largest_rul(labels, truth)), Columns { header, rows })
    }

    /// The cosine's chart with the band of each epoch behind its lines, from the 10 % to the 90 % quantile of its steps,
    /// and the published phases behind that.
    #[must_use]
    pub fn with_cosine_bands(mut self, bands: &[CosineBand], published: bool) -> Self {
        if published {
            let phases = PUBLISHED_COSINE.iter().filter(|phase| f64::from(phase.from) < self.x.high);
            let band = |phase: &crate::measure::CosinePhase| {
                let end = f64::from(phase.to).min(self.x.high);
                let (low, high) = (f64::from(phase.low), f64::from(phase.high));
                Band {
                    hue: Hue::Task(Task::Health),
                    points: [(f64::from(phase.from), low, high), (end, low, high)].into(),
                }
            };
            let phases: Vec<Band> = phases.map(band).collect();
            self.bands.extend(phases);
            let hue = Hue::Task(Task::Health);
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

    /// The RMSE's chart with that of the run before, `(epoch, RMSE in cycles)`, behind its lines.
    #[must_use]
    pub fn with_earlier(mut self, label: &str, rmse: &[(f32, f32)]) -> Self {
        let points: Vec<Point> = rmse.iter().map(|(x, y)| Point { x: (*x).into(), y: (*y).into() }).collect();
        let end = points.iter().map(|point| point.x).fold(0.0, f64::max);
        self.x.high = self.x.high.max(end);
        if self.legend.is_empty() {
            self.legend_of_series();
        }
        self.legend.push(LegendEntry { label: label.to_owned(), hue: Hue::Neutral, line: Line::Dashed });
        let (hue, line, shape) = (Hue::Neutral, Line::Dashed, Shape::Straight);
        self.series.insert(0, Series { label: label.to_owned(), hue, line, shape, points: points.into() });
        let spec = self.kind.spec();
        let values = self.series.iter().flat_map(|series| series.points.iter().map(|point| point.y));
        (self.y.low, self.y.high) = spec.fit.range(spec.scale, values);
        self
    }

    /// A chart without lines yet.
    pub(super) fn measured(kind: ChartKind, x: Metric, y: Metric, (low, high): (f64, f64)) -> Self {
        Self {
            kind,
            x: Axis { metric: x, scale: Scale::Linear, low, high },
            y: Axis { metric: y, scale: Scale::Linear, low: 0.0, high: 1.0 },
            series: Vec::new(),
            bands: Vec::new(),
            spans: Vec::new(),
            legend: Vec::new(),
            marks: Vec::new(),
            notes: Vec::new(),
            twin: Twin::Columns(Columns::default()),
        }
    }

    pub(super) fn add(&mut self, label: &str, hue: Hue, line: Line, shape: Shape, points: Vec<Point>) {
        self.series.push(Series { label: label.to_owned(), hue, line, shape, points: points.into() });
    }

    pub(super) fn legend_of_series(&mut self) {
        let entry = |series: &Series| LegendEntry { label: series.label.clone(), hue: series.hue, line: series.line };
        self.legend = self.series.iter().map(entry).collect();
    }

    /// With the vertical range that shows the lines and their bands, and this table twin.
    pub(super) fn fitted(self, columns: Columns) -> Self {
        let fit = &self.kind.spec().fit;
        self.fitted_to(fit, columns)
    }

    /// As [`Self::fitted`], with a range of its own.
    fn fitted_to(mut self, fit: &Fit, columns: Columns) -> Self {
        let lines =
            self.series.iter().filter(|series| series.line != Line::Faint).flat_map(|series| series.points.iter());
        let values = lines.map(|point| point.y).chain(self.notes.iter().map(|note| note.value));
        (self.y.low, self.y.high) = fit.range(self.kind.spec().scale, values);
        self.twin = Twin::Columns(columns);
        self
    }
}

/// The largest RUL that the axis of a chart has to hold.
fn largest_rul(labels: &Labels, truth: &[f32]) -> f64 {
    labels.largest_cycles(truth.iter().copied()).max(1.0).into()
}

fn range(low: f32, high: f32) -> String {
    if low < high { format!("{} to {}", reading(low.into()), reading(high.into())) } else { reading(low.into()) }
}

/// Share of a task in the gradient that is applied, of a step.
pub(super) fn share(step: &MemberStep, task: Task) -> f32 {
    let coefficients = [0, 1].map(|task| step.weights[task] / step.normalizers[task]);
    let shares = crate::measure::gradient_shares(coefficients, step.gradient_norms, step.cosine);
    let [rul, health] = shares.unwrap_or([f32::NAN; 2]);
    match task {
        Task::Rul => rul,
        Task::Health => health,
    }
}
