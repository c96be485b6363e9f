//! `λ_rul = 0.5` is best.

use std::fmt::Write as _;

use super::evidence::{means, seeds};
use super::finding::written;
use super::{Claim, Evidence, Extent, Finding, FindingTable, Plot, PlotPoint, PlotSeries, Published, Source, Verdict};
use crate::experiment::{Estimate, arg_min, mean_of};
use crate::measure::published_rmse;
use crate::session::RunConfig;

const FIGURE: &str = "λ_rul with the least test RMSE";

pub(super) const CLAIM: Claim = Claim {
    id: "optimum",
    title: "Equal weights are best",
    sentence: "A weight of 0.5 for the RUL loss gives the least test RMSE, on every subset.",
    published: &[
        Published {
            figure: "FD001: 11.3 at λ_rul 0.40, 11.0 at 0.45, 10.8 at 0.50, 11.0 at 0.55, 11.1 at 0.60",
            source: Source::Course,
        },
        Published { figure: "FD002: 15.6, 14.8, 13.9, 14.6, 15.4", source: Source::Course },
        Published { figure: "FD003: 11.9, 11.5, 11.2, 11.4, 11.7", source: Source::Course },
        Published { figure: "FD004: 18.8, 18.1, 17.4, 17.9, 18.2", source: Source::Course },
    ],
    doubts: &[
        "No seeds and no intervals are given, and the published differences between neighbours, 0.1 to 0.3 on FD001, are \
         less than seeds differ by here.",
        "A later comparison in the same course has uncertainty weighting (RMSE 9.15, NASA score 115.4) ahead of fixed \
         0.5/0.5 (10.08, 143.2) and of AMNL (10.43, 434.4 ± 239.8) on FD001; GradNorm 9.38, 127.6; DWA 10.58, 146.1.",
        "The same course, in its several editions, defines AMNL in three ways: by the current loss, by a bias-corrected \
         moving average, or with sample weights. The moving average (β = 0.99) is used here.",
    ],
    method: "The same training at each λ_rul of a grid and each seed, AMNL; the λ_rul with the least mean RMSE over the \
             seeds. Interval: seeds drawn with replacement, the same for all λ_rul.",
    rule: "Supported if the interval of the best λ_rul lies within 0.45 to 0.55; not supported if it does not contain \
           0.5; undecided otherwise.",
    conditions,
    judge,
};

pub(super) fn conditions(extent: &Extent) -> Vec<RunConfig> {
    extent.lambdas.iter().map(|lambda_rul| extent.at(*lambda_rul)).collect()
}

/// The λ of least mean over the seeds, with its interval: figures are `[lambdas][seeds]`.
pub(super) fn best(lambdas: &[f32], figures: &[Vec<f64>]) -> Estimate {
    Estimate::bootstrap(seeds(figures), |chosen| {
        let curve: Vec<f64> = figures.iter().map(|values| mean_of(values, chosen)).collect();
        arg_min(&curve).and_then(|place| lambdas.get(place)).map_or(f64::NAN, |lambda| number(*lambda))
    })
}

/// A λ as it was written: 0.45 and not 0.449999988.
pub(super) fn number(lambda: f32) -> f64 {
    (f64::from(lambda) * 1e6).round() / 1e6
}

fn judge(evidence: &Evidence) -> Finding {
    let lambdas = &evidence.extent().lambdas;
    let rmse = evidence.rmse(&conditions(evidence.extent()));
    if seeds(&rmse) < 2 {
        return Finding::unmeasured(FIGURE, seeds(&rmse));
    }
    let best = best(lambdas, &rmse);
    let verdict = Verdict::of(best.within(0.449, 0.551), best.apart_from(0.5, 0.5));
    let curve = means(&rmse);
    let half = lambdas.iter().position(|lambda| *lambda == 0.5).unwrap_or(0);
    let place = lambdas.iter().position(|lambda| number(*lambda) == best.value).unwrap_or(half);
    let behind =
        Estimate::bootstrap(seeds(&rmse), |chosen| mean_of(&rmse[half], chosen) - mean_of(&rmse[place], chosen));
    let mut words = format!(
        "The least mean RMSE, {:.2} cycles, is at λ_rul = {}; the interval reaches from {} to {}.",
        curve[place].value, best.value, best.low, best.high,
    );
    if place != half {
        let _ = write!(words, " At 0.5 it is {} cycles higher.", written(&behind, 2));
    }
    let mut table = FindingTable::new(&["λ_rul", "RMSE, cycles (95 % interval)", "published"]);
    let published =
        published_rmse(evidence.extent().recipe.data.subset).map(|(lambda, rmse)| (number(lambda), number(rmse)));
    for (lambda, estimate) in lambdas.iter().zip(&curve) {
        let there = published.iter().find(|(published, _)| *published == number(*lambda));
        table.push([
            lambda.to_string(),
            written(estimate, 2),
            there.map_or_else(String::new, |(_, rmse)| format!("{rmse:.1}")),
        ]);
    }
    let points = lambdas.iter().zip(&curve).map(|(lambda, estimate)| PlotPoint::measured(number(*lambda), *estimate));
    let plot = Plot {
        x: "λ_rul".to_owned(),
        y: "RMSE, cycles".to_owned(),
        categories: Vec::new(),
        series: vec![
            PlotSeries::measured("measured", points.collect()),
            PlotSeries::published("published [C]", published),
        ],
    };
    Finding::new(verdict, FIGURE, best, words).with(table, plot)
}
