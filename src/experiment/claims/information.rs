//! Equal weights keep what both tasks need.

use super::evidence::{means, seeds};
use super::finding::written;
use super::optimum::{conditions, number};
use super::{Claim, Evidence, Finding, FindingTable, Plot, PlotPoint, PlotSeries, Published, Source, Verdict};
use crate::experiment::{Estimate, mean_of};

const FIGURE: &str =
    "bound on the information at λ_rul = 0.5 as a share of the most over λ_rul, the lesser of both tasks";

/// "High": at least this share of the most there is over all weights.
const HIGH: f64 = 0.9;

pub(super) const CLAIM: Claim = Claim {
    id: "information",
    title: "Nothing is lost at equal weights",
    sentence: "With equal weights the representation keeps what both tasks need: I(Z; Y_rul) and I(Z; Y_health) are both \
               high at 0.5.",
    published: &[Published {
        figure: "I(Z; Y_rul) and I(Z; Y_health) both high at 0.5; no figures",
        source: Source::Course,
    }],
    doubts: &[
        "\"High\" is no figure. It is read as: hardly less than at the weight that is best for the task.",
        "Mutual information with a representation of many dimensions cannot be measured from a hundred engines; what can \
         be is a lower bound from how well the heads predict.",
    ],
    method: "Lower bounds on the test windows, I(Z; Y_rul) ≥ ½ ln(Var(Y) / MSE) for a Gaussian and I(Z; Y_health) ≥ H(Y) − \
             cross-entropy, at each λ_rul of the grid; that at 0.5 as a share of the most over λ_rul, in means over the \
             seeds. The most of several noisy means is a little too high, and the share a little too low. Interval: \
             seeds drawn with replacement, the same for all λ_rul.",
    rule: "Supported if for both tasks the interval of the share lies above 0.9; not supported if for one it lies below; \
           undecided otherwise.",
    conditions,
    judge,
};

fn judge(evidence: &Evidence) -> Finding {
    let lambdas = &evidence.extent().lambdas;
    let conditions = conditions(evidence.extent());
    let bounds =
        [0, 1].map(|task| evidence.gather(&conditions, |figures| Some(f64::from(figures.information_nats[task]))));
    let half = lambdas.iter().position(|lambda| *lambda == 0.5).unwrap_or(0);
    if seeds(&bounds[0]) < 2 {
        return Finding::unmeasured(FIGURE, seeds(&bounds[0]));
    }
    // Where no weight tells anything, there is no share.
    let shares = [&bounds[0], &bounds[1]].map(|bounds| {
        Estimate::bootstrap(seeds(bounds), |chosen| {
            let most = bounds.iter().map(|values| mean_of(values, chosen)).fold(f64::NEG_INFINITY, f64::max);
            if most > 0.0 { mean_of(&bounds[half], chosen) / most } else { f64::NAN }
        })
    });
    let lesser = if shares[0].value <= shares[1].value { shares[0] } else { shares[1] };
    let supported = shares.iter().all(|share| share.low >= HIGH);
    let contradicted = shares.iter().any(|share| share.high < HIGH);
    let curves = [means(&bounds[0]), means(&bounds[1])];
    let words = format!(
        "At 0.5 the bound for the RUL is {} nats, {} of the most over λ_rul; that for the health state {} nats, {} of \
         the most.",
        written(&curves[0][half], 2),
        written(&shares[0], 2),
        written(&curves[1][half], 2),
        written(&shares[1], 2),
    );
    let mut table = FindingTable::new(&["λ_rul", "I(Z; Y_rul) ≥, nats", "I(Z; Y_health) ≥, nats"]);
    for ((lambda, rul), health) in lambdas.iter().zip(&curves[0]).zip(&curves[1]) {
        table.push([lambda.to_string(), written(rul, 2), written(health, 2)]);
    }
    let series = |name: &str, curve: &[Estimate]| {
        let points = lambdas.iter().zip(curve).map(|(lambda, mean)| PlotPoint::measured(number(*lambda), *mean));
        PlotSeries::measured(name, points.collect())
    };
    let plot = Plot {
        x: "λ_rul".to_owned(),
        y: "lower bound, nats".to_owned(),
        categories: Vec::new(),
        series: vec![series("I(Z; Y_rul)", &curves[0]), series("I(Z; Y_health)", &curves[1])],
    };
    let mut finding = Finding::new(Verdict::of(supported, contradicted), FIGURE, lesser, words).with(table, plot);
    finding.measured = finding.measured.filter(|share| share.value.is_finite());
    finding
}
