//! Equal weights need normalization by a moving average.

use std::fmt::Write as _;

use super::evidence::{means, seeds};
use super::finding::written;
use super::{Claim, Evidence, Extent, Finding, FindingTable, Plot, PlotPoint, PlotSeries, Published, Source, Verdict};
use crate::data::Subset;
use crate::experiment::{Estimate, arg_min, mean_of};
use crate::loss::{Normalization, RulUnit};
use crate::session::RunConfig;

const FIGURE: &str = "RMSE with equal weights and no normalization less RMSE with AMNL, in cycles";

/// Published RMSE on FD002: AMNL, batch, tuned weights without normalization, none.
const PUBLISHED: [f64; 4] = [13.9, 15.2, 15.9, 16.8];
const NAMES: [&str; 4] = ["AMNL", "batch", "tuned weights, none", "equal weights, none"];

/// A gap of less than this share of the published one is no need.
const SHARE: f64 = 0.1;

pub(super) const CLAIM: Claim = Claim {
    id: "normalization",
    title: "Equal weights need normalization",
    sentence: "Equal weights are best only if each loss is first divided by its moving average; without, the RUL loss \
               dominates the gradients.",
    published: &[Published {
        figure: "RMSE on FD002: AMNL 13.9, batch normalization 15.2, tuned weights without normalization 15.9, equal \
                 weights without 16.8 (\"RUL dominates the gradients\")",
        source: Source::Course,
    }],
    doubts: &[
        "Which task dominates without normalization depends on the unit of the RUL in its loss: in cycles its squared \
         error is 125² times what it is as a fraction. The unit is not given, so both are measured.",
        "The same course, in its several editions, defines AMNL in three ways; one of them, division by the current \
         loss, is the \"batch\" normalization that it is compared with here.",
        "Adam divides a gradient by its own size: a common factor of the losses cancels, their ratio does not.",
    ],
    method: "With the RUL in each unit: AMNL, batch and no normalization at λ_rul = 0.5, and without normalization a \
             small grid of λ_rul of which the one with the least mean validation RMSE counts as tuned. On FD002, as \
             published, where NASA's files of it are at hand, else on the subset of the other claims. Interval: seeds \
             drawn with replacement, the same for all.",
    rule: "Supported if equal weights without normalization are worse than AMNL in both units, the intervals of the \
           difference above zero. Not supported if in either unit the whole interval lies below a tenth of the \
           published difference of 2.9 cycles. Undecided otherwise.",
    conditions: |extent| UNITS.iter().flat_map(|unit| of_unit(extent, *unit)).collect(),
    judge,
};

const UNITS: [RulUnit; 2] = [RulUnit::Fraction, RulUnit::Cycles];

const fn name(unit: RulUnit) -> &'static str {
    match unit {
        RulUnit::Fraction => "fraction",
        RulUnit::Cycles => "cycles",
    }
}

fn tuned_lambdas(extent: &Extent, unit: RulUnit) -> &[f32] {
    match unit {
        RulUnit::Fraction => &extent.tuned_fraction,
        RulUnit::Cycles => &extent.tuned_cycles,
    }
}

/// AMNL, batch and none at 0.5, then none at each λ among which the tuned one is looked for.
fn of_unit(extent: &Extent, unit: RulUnit) -> Vec<RunConfig> {
    let condition = |lambda_rul: f32, normalization: Normalization| {
        let mut config = extent.at(lambda_rul);
        config.data = extent.normalization_data.clone();
        config.loss.unit = unit;
        config.members.iter_mut().for_each(|member| member.normalization = normalization.clone());
        config
    };
    let even = [Normalization::default(), Normalization::Batch, Normalization::None];
    let even = even.into_iter().map(|normalization| condition(0.5, normalization));
    let tuned = tuned_lambdas(extent, unit).iter().map(|lambda| condition(*lambda, Normalization::None));
    even.chain(tuned).collect()
}

/// What was found with the RUL in one unit.
struct Found {
    unit: RulUnit,
    /// Means in the order of [`NAMES`].
    means: Vec<Estimate>,
    tuned: f32,
    gap: Estimate,
}

fn of(evidence: &Evidence, unit: RulUnit) -> Result<Found, usize> {
    let conditions = of_unit(evidence.extent(), unit);
    let rmse = evidence.rmse(&conditions);
    if seeds(&rmse) < 2 {
        return Err(seeds(&rmse));
    }
    let all: Vec<usize> = (0..seeds(&rmse)).collect();
    // Chosen where a person would choose: on held-out engines, not on the test engines. Without any, on the test's.
    let validation = evidence.gather(&conditions, |figures| {
        Some(f64::from(figures.validation.as_ref().unwrap_or(&figures.test).rmse_cycles))
    });
    let curve: Vec<f64> = validation.iter().skip(3).map(|values| mean_of(values, &all)).collect();
    let place = arg_min(&curve).unwrap_or(0);
    let chosen = [0, 1, 3 + place, 2].map(|condition| rmse.get(condition).cloned().unwrap_or_default());
    let gap = Estimate::bootstrap(all.len(), |seeds| mean_of(&chosen[3], seeds) - mean_of(&chosen[0], seeds));
    let tuned = tuned_lambdas(evidence.extent(), unit).get(place).copied().unwrap_or(0.5);
    Ok(Found { unit, means: means(&chosen), tuned, gap })
}

fn judge(evidence: &Evidence) -> Finding {
    let (fraction, cycles) = match (of(evidence, UNITS[0]), of(evidence, UNITS[1])) {
        (Ok(fraction), Ok(cycles)) => (fraction, cycles),
        (Err(seeds), _) | (_, Err(seeds)) => return Finding::unmeasured(FIGURE, seeds),
    };
    let needless = SHARE * (PUBLISHED[3] - PUBLISHED[0]);
    let gaps = [fraction.gap, cycles.gap];
    let verdict = Verdict::of(gaps.iter().all(|gap| gap.low > 0.0), gaps.iter().any(|gap| gap.high < needless));
    let least = if gaps[0].value <= gaps[1].value { &fraction } else { &cycles };
    let subset = evidence.extent().normalization_data.subset;
    let mut words = format!(
        "Without normalization, equal weights are {} cycles worse than AMNL with the RUL as a fraction and {} with the \
         RUL in cycles.",
        written(&gaps[0], 2),
        written(&gaps[1], 2),
    );
    if subset != Subset::FD002 {
        let _ = write!(
            words,
            " Measured on {subset}: the files of FD002, on which the figures were published, are not at hand."
        );
    }
    let figure =
        format!("{FIGURE}; the smaller one, RUL as {}", if least.unit == UNITS[0] { "a fraction" } else { "cycles" });
    let units = [&fraction, &cycles];
    Finding::new(verdict, &figure, least.gap, words).with(table(&units), plot(&units))
}

fn table(units: &[&Found]) -> FindingTable {
    let mut table = FindingTable::new(&[
        "RUL in the loss",
        "normalization",
        "λ_rul",
        "RMSE, cycles (95 % interval)",
        "published, FD002",
    ]);
    for found in units {
        for (place, (name_of, mean)) in NAMES.iter().zip(&found.means).enumerate() {
            let lambda = if place == 2 { found.tuned } else { 0.5 };
            table.push([
                name(found.unit).to_owned(),
                (*name_of).to_owned(),
                lambda.to_string(),
                written(mean, 2),
                format!("{:.1}", PUBLISHED[place]),
            ]);
        }
    }
    table
}

fn plot(units: &[&Found]) -> Plot {
    let measured = |found: &&Found| {
        let points = (0_u32..).zip(&found.means).map(|(x, mean)| PlotPoint::measured(f64::from(x), *mean));
        PlotSeries::measured(&format!("measured, RUL as {}", name(found.unit)), points.collect())
    };
    let published = PlotSeries::published("published, FD002 [C]", (0_u32..).map(f64::from).zip(PUBLISHED));
    Plot {
        x: "normalization".to_owned(),
        y: "RMSE, cycles".to_owned(),
        categories: NAMES.iter().map(|name| (*name).to_owned()).collect(),
        series: units.iter().map(measured).chain([published]).collect(),
    }
}
