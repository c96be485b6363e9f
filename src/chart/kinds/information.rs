//! What the representation keeps of either label.

use crate::chart::prelude::*;
use crate::measure::{Information, LabelEntropy};

pub(super) static CHART: Chart = Chart {
    name: "information",
    caption: "Lower bounds on how much the representation Z tells of the health state (to the right) and of the remaining \
              useful life (upwards) as training goes on, in nats; the lines marked H are the entropies, all that there \
              is to know of each label.",
    look: Look {
        title: "What the shared part keeps",
        fit: Fit { at_least: Some((0.0, 1.0)), ..Fit::FROM_ZERO },
        metric: Metric { name: "I(Z; Y_rul)", unit: "nats", higher_is_better: Some(true) },
        ..Look::MEASURED
    },
    choices: &[SHOW],
    build: |scene| {
        let (traces, entropy) = scene.view.information()?;
        Some(match traces.get(scene.view.focus) {
            Some((_, trace)) if scene.chosen.value(&SHOW) == "epochs" => {
                ChartData::information_over_epochs(trace, entropy)
            }
            _ => ChartData::information(&traces, entropy),
        })
    },
    ..Chart::EVALUATIONS
};

const SHOW: Choice = Choice {
    id: "information-as",
    label: "Show",
    range: Range::OneOf(&[("plane", "the plane"), ("epochs", "over the epochs")]),
};

const HEALTH_INFORMATION: Metric = Metric { name: "I(Z; Y_health), nats", unit: "", higher_is_better: Some(true) };

impl ChartData {
    /// The information plane: what each member's representation is known to keep of either label, over the training,
    /// from the small dot at its beginning to the large one at its end. Bounds below zero say nothing and are drawn at
    /// zero; the table has them as they are.
    #[must_use]
    pub fn information<S: AsRef<str>>(traces: &[(S, Vec<(f32, Information)>)], entropy: LabelEntropy) -> Self {
        let mut chart = Self::new(&CHART.look, HEALTH_INFORMATION, (0.0, entropy.health.max(0.1) * 1.05));
        for (index, (label, trace)) in traces.iter().enumerate() {
            let hue = member_hue(index, traces.len());
            let points = trace.iter().map(|(_, known)| Point { x: known.health.max(0.0), y: known.rul.max(0.0) });
            chart.add(label.as_ref(), hue, Line::Solid, Shape::Straight, points.collect());
        }
        if (2..=DISTINCT_MEMBERS).contains(&traces.len()) {
            chart.legend_of_series();
        }
        chart.notes.push(Note::new(entropy.rul, "", "H(Y_rul)"));
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
        let metric = Metric { name: "Bound, nats", unit: "", higher_is_better: Some(true) };
        let mut chart = Self::new(&Look { metric, ..CHART.look }, EPOCH, (0.0, end));
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
}
