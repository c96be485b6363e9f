//! After normalization both tasks contribute equally to the gradient.

use super::alignment::conditions;
use super::finding::written;
use super::{Claim, Evidence, Finding, FindingTable, Plot, PlotPoint, PlotSeries, Published, Source, Verdict};
use crate::experiment::{EpochGradients, Estimate, mean_of};

const FIGURE: &str = "ratio of the normalized losses' gradient norms, RUL to health";

/// "Near 1": neither more than a quarter above the other.
const NEAR: [f64; 2] = [0.8, 1.25];

pub(super) const CLAIM: Claim = Claim {
    id: "balance",
    title: "Both tasks pull equally",
    sentence: "After normalization both tasks contribute equally to the gradient of the shared parameters.",
    published: &[
        Published { figure: "ratio of the normalized losses' gradient norms near 1", source: Source::Course },
        Published {
            figure: "ratio of the raw gradient norms about 500 (300–800), and elsewhere the opposite direction",
            source: Source::Course,
        },
        Published {
            figure: "scaling by gradient magnitude is said to give more weight to components with large gradients; its \
                     formula w = k/(‖∇L‖ + ε) gives less",
            source: Source::Shaa,
        },
    ],
    doubts: &[
        "Dividing losses by their size makes losses alike, not their gradients: a loss near its floor may have a small \
         gradient whatever it is divided by.",
        "The raw ratio depends on the unit of the RUL in the loss: in cycles it is 125² times what it is as a fraction. \
         The normalized ratio does not.",
    ],
    method: "At λ_rul = 0.5 with AMNL, at every step (‖∇L_rul‖ / N_rul) / (‖∇L_health‖ / N_health) over the shared \
             parameters; the geometric mean over the run and over the seeds. Interval: seeds drawn with replacement.",
    rule: "Supported if the interval of the ratio lies within 0.8 to 1.25; not supported if it lies outside; undecided \
           otherwise.",
    conditions,
    judge,
};

fn judge(evidence: &Evidence) -> Finding {
    let gathered = evidence.gather(&conditions(evidence.extent()), |figures| {
        (!figures.gradients.is_empty()).then(|| figures.gradients.clone())
    });
    let runs = gathered.into_iter().next().unwrap_or_default();
    if runs.len() < 2 {
        return Finding::unmeasured(FIGURE, runs.len());
    }
    let ratio = |of: &dyn Fn(&EpochGradients) -> f32, epochs: &dyn Fn(usize) -> bool| {
        let logarithms: Vec<f64> = runs
            .iter()
            .map(|run| {
                let chosen = run.iter().enumerate().filter(|(epoch, _)| epochs(*epoch));
                let chosen: Vec<f64> = chosen.map(|(_, epoch)| f64::from(of(epoch)).ln()).collect();
                chosen.iter().sum::<f64>() / chosen.len().max(1) as f64
            })
            .collect();
        Estimate::bootstrap(runs.len(), |seeds| mean_of(&logarithms, seeds).exp())
    };
    let (normalized, raw) =
        (|epoch: &EpochGradients| epoch.normalized_ratio, |epoch: &EpochGradients| epoch.norm_ratio);
    let whole = ratio(&normalized, &|_| true);
    let whole_raw = ratio(&raw, &|_| true);
    let [low, high] = NEAR;
    let verdict = Verdict::of(whole.within(low, high), whole.apart_from(low, high));
    let cycles =
        Estimate { value: whole_raw.value * 15_625.0, low: whole_raw.low * 15_625.0, high: whole_raw.high * 15_625.0 };
    let words = format!(
        "After normalization the RUL gradient is {} times as long as the health gradient. Before, it is {} times as long \
         with the RUL as a fraction; in cycles that would be {} times.",
        written(&whole, 2),
        written(&whole_raw, 2),
        written(&cycles, 0),
    );
    let mut table = FindingTable::new(&["epoch", "normalized ratio (95 % interval)", "raw ratio, RUL as a fraction"]);
    let mut points = [Vec::new(), Vec::new()];
    let epochs = runs.iter().map(Vec::len).min().unwrap_or(0);
    for (number, epoch) in (1_u32..).zip(0..epochs) {
        let [of_epoch, raw_of_epoch] = [ratio(&normalized, &|at| at == epoch), ratio(&raw, &|at| at == epoch)];
        table.push([number.to_string(), written(&of_epoch, 2), written(&raw_of_epoch, 2)]);
        points[0].push(PlotPoint::measured(f64::from(number), of_epoch));
        points[1].push(PlotPoint::measured(f64::from(number), raw_of_epoch));
    }
    let [normalized, raw] = points;
    let plot = Plot {
        x: "epoch".to_owned(),
        y: "ratio of gradient norms".to_owned(),
        categories: Vec::new(),
        series: vec![
            PlotSeries::measured("normalized", normalized),
            PlotSeries::measured("raw, RUL as a fraction", raw),
            PlotSeries::published("published, normalized: near 1 [C]", [(1.0, 1.0), (epochs as f64, 1.0)]),
        ],
    };
    Finding::new(verdict, FIGURE, whole, words).with(table, plot)
}
