//! The optimum does not depend on the encoder.

use super::evidence::{means, seeds};
use super::finding::written;
use super::optimum::{best, number};
use super::{Claim, Evidence, Extent, Finding, FindingTable, Plot, PlotPoint, PlotSeries, Published, Source, Verdict};
use crate::experiment::Estimate;
use crate::model::EncoderConfig;
use crate::session::RunConfig;

const FIGURE: &str = "largest distance of an encoder's best λ_rul from 0.5";

/// Encoder, best λ_rul, RMSE at 0.5, best RMSE.
const PUBLISHED: [(&str, f64, f64, f64); 5] = [
    ("lstm", 0.50, 13.9, 13.9),
    ("gru", 0.50, 14.2, 14.2),
    ("transformer", 0.50, 14.8, 14.7),
    ("tcn", 0.50, 15.1, 15.1),
    ("cnn", 0.50, 15.4, 15.3),
];

pub(super) const CLAIM: Claim = Claim {
    id: "encoders",
    title: "Whatever the encoder",
    sentence: "The best λ_rul is within 0.05 of 0.5 for every encoder.",
    published: &[Published {
        figure: "best λ_rul, RMSE at 0.5, best RMSE: LSTM 0.50, 13.9, 13.9; GRU 0.50, 14.2, 14.2; Transformer 0.50, 14.8, \
                 14.7; TCN 0.50, 15.1, 15.1; 1D-CNN 0.50, 15.4, 15.3",
        source: Source::Course,
    }],
    doubts: &[
        "For the Transformer and the CNN the best RMSE is said to be lower than that at 0.5, and the best λ_rul to be \
         0.5: both cannot be.",
        "Which subset it is, is not given; the RMSE is that of FD002.",
    ],
    method: "For each encoder at its own size the same training at each λ_rul of a grid and each seed, AMNL; the λ_rul \
             with the least mean RMSE. Interval: seeds drawn with replacement, the same for all λ_rul.",
    rule: "Supported if for every encoder the interval of the best λ_rul lies within 0.45 to 0.55; not supported if for \
           some encoder it lies outside; undecided otherwise.",
    conditions: |extent| extent.encoders.iter().flat_map(|encoder| of(extent, encoder)).collect(),
    judge,
};

fn of(extent: &Extent, encoder: &EncoderConfig) -> Vec<RunConfig> {
    let condition = |lambda_rul: &f32| RunConfig { encoder: encoder.clone(), ..extent.at(*lambda_rul) };
    extent.encoder_lambdas.iter().map(condition).collect()
}

fn judge(evidence: &Evidence) -> Finding {
    let extent = evidence.extent();
    let lambdas = &extent.encoder_lambdas;
    let half = lambdas.iter().position(|lambda| *lambda == 0.5).unwrap_or(0);
    let mut table = FindingTable::new(&[
        "encoder",
        "best λ_rul (95 % interval)",
        "RMSE at 0.5",
        "best RMSE",
        "published: best λ_rul, at 0.5, best",
    ]);
    let mut series = Vec::new();
    let mut found: Vec<(&str, Estimate)> = Vec::new();
    for encoder in &extent.encoders {
        let rmse = evidence.rmse(&of(extent, encoder));
        if seeds(&rmse) < 2 {
            return Finding::unmeasured(FIGURE, seeds(&rmse));
        }
        let (best, curve) = (best(lambdas, &rmse), means(&rmse));
        let least = curve.iter().map(|mean| mean.value).fold(f64::INFINITY, f64::min);
        let there = PUBLISHED.iter().find(|(name, ..)| *name == encoder.name());
        table.push([
            encoder.name().to_owned(),
            written(&best, 2),
            curve.get(half).map_or_else(String::new, |mean| written(mean, 2)),
            format!("{least:.2}"),
            there.map_or_else(String::new, |(_, lambda, at_half, best)| format!("{lambda:.2}, {at_half}, {best}")),
        ]);
        let points = lambdas.iter().zip(&curve).map(|(lambda, mean)| PlotPoint::measured(number(*lambda), *mean));
        series.push(PlotSeries::measured(encoder.name(), points.collect()));
        found.push((encoder.name(), best));
    }
    let supported = found.iter().all(|(_, best)| best.within(0.449, 0.551));
    let contradicted = found.iter().any(|(_, best)| best.apart_from(0.449, 0.551));
    let outside: Vec<&str> =
        found.iter().filter(|(_, best)| best.apart_from(0.449, 0.551)).map(|(name, _)| *name).collect();
    let inside = found.iter().filter(|(_, best)| best.within(0.449, 0.551)).count();
    let farthest = found.iter().map(|(_, best)| farthest(best)).max_by(|a, b| a.value.total_cmp(&b.value));
    let words = format!(
        "The interval of the best λ_rul lies within 0.45 to 0.55 for {inside} of {} encoders and outside for {}.",
        found.len(),
        if outside.is_empty() { "none".to_owned() } else { outside.join(", ") },
    );
    let plot = Plot { x: "λ_rul".to_owned(), y: "RMSE, cycles".to_owned(), categories: Vec::new(), series };
    match farthest {
        Some(farthest) => Finding::new(Verdict::of(supported, contradicted), FIGURE, farthest, words).with(table, plot),
        None => Finding::unmeasured(FIGURE, 0),
    }
}

/// The distance of a best λ from 0.5 with the bounds that its interval gives.
fn farthest(best: &Estimate) -> Estimate {
    let distances = [best.low, best.high].map(|end| (end - 0.5).abs());
    let spans = best.low <= 0.5 && best.high >= 0.5;
    let low = if spans { 0.0 } else { distances[0].min(distances[1]) };
    Estimate { value: (best.value - 0.5).abs(), low, high: distances[0].max(distances[1]) }
}
