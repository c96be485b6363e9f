//! RMSE rises about quadratically with the distance from 0.5.

use super::evidence::seeds;
use super::finding::written;
use super::optimum::{conditions, number};
use super::{Claim, Evidence, Finding, FindingTable, Plot, PlotPoint, PlotSeries, Published, Source, Verdict};
use crate::experiment::{Estimate, mean_of, power_law};

const FIGURE: &str = "exponent p of RMSE(λ) − RMSE(0.5) = c · |λ − 0.5|^p";

/// Published distance from 0.5 and increase of the RMSE.
const PUBLISHED: [(f64, f64); 6] = [(0.05, 0.45), (0.10, 1.10), (0.15, 1.85), (0.20, 2.70), (0.30, 4.30), (0.40, 6.20)];

/// Distances that count as far: there the published increase is largest against what seeds differ by.
const FAR: f64 = 0.2;

pub(super) const CLAIM: Claim = Claim {
    id: "degradation",
    title: "Off balance, the error grows as a square",
    sentence: "The RMSE rises about quadratically with the distance of λ_rul from 0.5.",
    published: &[Published {
        figure: "increase of the RMSE at a distance of 0.05: 0.45 (3.4 %), 0.10: 1.10 (8.3 %), 0.15: 1.85 (13.9 %), 0.20: \
                 2.70 (20.3 %), 0.30: 4.30 (32.3 %), 0.40: 6.20 (46.6 %)",
        source: Source::Course,
    }],
    doubts: &[
        "The published table does not show a square: from 0.05 to 0.40 the increase grows 13.8 times, an exponent of \
         about 1.26, where a square would grow 64 times.",
        "It does not agree with the published RMSE by λ_rul: averaged over the subsets that gives +0.46 at 0.05 (here \
         0.45), but +0.93 at 0.10 (here 1.10).",
    ],
    method: "The mean RMSE at both sides of 0.5 less that at 0.5, by distance, and the power law nearest to it in least \
             squares. Interval: seeds drawn with replacement, the same for all λ_rul.",
    rule: "Not supported if there is no rise to speak of: the mean increase at distances of 0.2 and more is, with its \
           interval, below half the published one; or if the interval of p does not contain 2. Supported if the increase \
           is above zero and the interval of p lies within 1.5 to 2.5. Undecided otherwise.",
    conditions,
    judge,
};

fn judge(evidence: &Evidence) -> Finding {
    let lambdas: Vec<f64> = evidence.extent().lambdas.iter().map(|lambda| number(*lambda)).collect();
    let rmse = evidence.rmse(&conditions(evidence.extent()));
    let Some(half) = lambdas.iter().position(|lambda| *lambda == 0.5).filter(|_| seeds(&rmse) > 1) else {
        return Finding::unmeasured(FIGURE, seeds(&rmse));
    };
    let mut distances: Vec<f64> = lambdas.iter().map(|lambda| distance(*lambda)).filter(|d| *d > 0.0).collect();
    distances.sort_by(f64::total_cmp);
    distances.dedup();
    let rise = |at: f64, chosen: &[usize]| {
        let sides: Vec<f64> = lambdas
            .iter()
            .zip(&rmse)
            .filter(|(lambda, _)| distance(**lambda) == at)
            .map(|(_, values)| mean_of(values, chosen) - mean_of(&rmse[half], chosen))
            .collect();
        sides.iter().sum::<f64>() / sides.len().max(1) as f64
    };
    let rises = |chosen: &[usize]| distances.iter().map(|at| rise(*at, chosen)).collect::<Vec<f64>>();
    // A curve that falls has no exponent.
    let exponent = Estimate::bootstrap(seeds(&rmse), |chosen| {
        let (c, p) = power_law(&distances, &rises(chosen));
        if c > 0.0 { p } else { f64::NAN }
    });
    let far: Vec<f64> = distances.iter().copied().filter(|at| *at >= FAR).collect();
    let mean_rise = Estimate::bootstrap(seeds(&rmse), |chosen| {
        far.iter().map(|at| rise(*at, chosen)).sum::<f64>() / far.len().max(1) as f64
    });
    let flat = mean_rise.high < 0.5 * published_mean(&far);
    let contradicted = flat || (mean_rise.low > 0.0 && exponent.apart_from(2.0, 2.0));
    let verdict = Verdict::of(mean_rise.low > 0.0 && exponent.within(1.5, 2.5), contradicted);
    let mut words = format!(
        "At distances of {FAR} and more the RMSE is {} cycles higher than at 0.5, where {:.1} was published.",
        written(&mean_rise, 2),
        published_mean(&far)
    );
    let tail = match (exponent.value.is_finite(), flat) {
        (false, _) => " It does not rise at all, so that there is no exponent.".to_owned(),
        (true, true) => {
            format!(" That is next to nothing, so that the exponent, {}, means little.", written(&exponent, 2))
        }
        (true, false) => format!(" The exponent is {}.", written(&exponent, 2)),
    };
    words += &tail;
    let estimates: Vec<Estimate> =
        distances.iter().map(|at| Estimate::bootstrap(seeds(&rmse), |chosen| rise(*at, chosen))).collect();
    let mut table = FindingTable::new(&["distance from 0.5", "increase, cycles (95 % interval)", "published"]);
    for (at, estimate) in distances.iter().zip(&estimates) {
        let there = PUBLISHED.iter().find(|(published, _)| published == at);
        table.push([
            at.to_string(),
            written(estimate, 2),
            there.map_or_else(String::new, |(_, rise)| format!("{rise:.2}")),
        ]);
    }
    let points = distances.iter().zip(&estimates).map(|(at, estimate)| PlotPoint::measured(*at, *estimate));
    let plot = Plot {
        x: "distance of λ_rul from 0.5".to_owned(),
        y: "increase of the RMSE, cycles".to_owned(),
        categories: Vec::new(),
        series: vec![
            PlotSeries::measured("measured", points.collect()),
            PlotSeries::published("published [C]", PUBLISHED),
        ],
    };
    let mut finding = Finding::new(verdict, FIGURE, exponent, words).with(table, plot);
    finding.measured = finding.measured.filter(|exponent| exponent.value.is_finite());
    finding
}

/// Distance from 0.5, rounded so that both sides have the same.
fn distance(lambda: f64) -> f64 {
    ((lambda - 0.5).abs() * 1e6).round() / 1e6
}

/// The published increase, on average over these distances, where it was published.
fn published_mean(distances: &[f64]) -> f64 {
    let there: Vec<f64> = PUBLISHED.iter().filter(|(at, _)| distances.contains(at)).map(|(_, rise)| *rise).collect();
    there.iter().sum::<f64>() / there.len().max(1) as f64
}
