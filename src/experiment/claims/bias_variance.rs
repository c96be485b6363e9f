//! Bias grows and variance falls with the weight of the health task.

use super::evidence::seeds;
use super::extent::BIAS_VARIANCE_LAMBDAS;
use super::finding::written;
use super::optimum::number;
use super::{Claim, Evidence, Extent, Finding, FindingTable, Plot, PlotPoint, PlotSeries, Published, Source, Verdict};
use crate::experiment::{Estimate, arg_min, slope};
use crate::session::RunConfig;

const FIGURE: &str = "λ_health with the least bias² + variance";

/// Published in words, by λ_health.
const PUBLISHED: [&str; 5] = [
    "bias lowest, variance highest, high error (overfit)",
    "bias low, variance moderate, error moderate",
    "bias moderate, variance lowest, error lowest",
    "bias high, variance low, error moderate",
    "bias highest, variance very low, high error (wrong task)",
];

pub(super) const CLAIM: Claim = Claim {
    id: "bias-variance",
    title: "A trade of bias for variance",
    sentence: "As the health task gains weight the bias of the predicted RUL grows and its variance falls; their sum is \
               least at equal weights.",
    published: &[Published {
        figure: "λ_health 0.0: bias lowest, variance highest, high error (overfit); 0.3: low, moderate, moderate; 0.5: \
                 moderate, lowest, lowest; 0.7: high, low, moderate; 1.0: highest, very low, high (wrong task)",
        source: Source::Course,
    }],
    doubts: &[
        "The published table is in words, without figures; and its variance is lowest at 0.5 and also \"very low\" at \
         1.0, so that it does not fall throughout.",
        "At λ_health = 1 nothing trains the RUL head, and whatever it gives is biased: that end of the table would hold \
         of any second task. It is shown and left out of the two trends.",
    ],
    method: "At each λ_health of the published table, members that differ in the bootstrap of the engines they train on, \
             from the same initial weights. On the test windows x with truth y: bias² = mean_x (mean_k f_k(x) − y)², \
             variance = mean_x var_k f_k(x); for K members the variance is that of a sample, divided by K − 1, and the \
             bias² is freed from variance / K. Trends are least-squares slopes over λ_health from 0 to 0.7. Interval: \
             members drawn with replacement.",
    rule: "Supported if the slope of the bias² lies above zero, that of the variance below, each with its interval, and \
           the interval of the best λ_health is 0.5 alone. Not supported if one of the three is contradicted by its \
           interval. Undecided otherwise.",
    conditions,
    judge,
};

fn conditions(extent: &Extent) -> Vec<RunConfig> {
    let condition = |lambda_rul: &f32| {
        let mut config = extent.at(*lambda_rul);
        // Any number: each repetition gets its own.
        config.members.iter_mut().for_each(|member| member.bootstrap = Some(0));
        config
    };
    BIAS_VARIANCE_LAMBDAS.iter().map(condition).collect()
}

/// What every two members of one λ have in common, and what sets them apart: all that bias and variance are made of.
struct Pairs {
    members: usize,
    /// `mean_x r_a(x) · r_b(x)` of the residuals: `[members, members]`.
    products: Vec<f64>,
}

impl Pairs {
    /// Of these residuals, `[members][windows]`.
    fn new(residuals: &[Vec<f64>]) -> Self {
        let product =
            |a: &Vec<f64>, b: &Vec<f64>| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() / a.len().max(1) as f64;
        let products = residuals.iter().flat_map(|a| residuals.iter().map(move |b| product(a, b))).collect();
        Self { members: residuals.len(), products }
    }

    /// Bias² and variance of the chosen members.
    ///
    /// ```text
    /// bias²    = mean over pairs a ≠ b of mean_x r_a · r_b             = mean_x r̄² − variance / K
    /// variance = mean over pairs a ≠ b of mean_x (r_a − r_b)² / 2      = mean_x of the sample variance over K − 1
    /// ```
    ///
    /// Their sum is the mean squared error of one member, whatever `K`, and few members do not look more biased than
    /// many. A member that was drawn twice is no pair with itself, which would make the variance of a resample too
    /// small. Not a number where all the chosen are one member.
    fn split(&self, chosen: &[usize]) -> (f64, f64) {
        let at = |a: usize, b: usize| self.products.get(a * self.members + b).copied().unwrap_or(f64::NAN);
        let (mut bias, mut variance, mut pairs) = (0.0, 0.0, 0.0);
        for (place, a) in chosen.iter().copied().enumerate() {
            for b in chosen[place + 1..].iter().copied().filter(|b| *b != a) {
                bias += at(a, b);
                variance += 0.5 * (at(a, a) + at(b, b)) - at(a, b);
                pairs += 1.0;
            }
        }
        (bias / pairs, variance / pairs)
    }
}

fn judge(evidence: &Evidence) -> Finding {
    let residuals = evidence.gather(&conditions(evidence.extent()), |figures| {
        Some(figures.residuals_cycles.iter().map(|residual| f64::from(*residual)).collect::<Vec<f64>>())
    });
    let members = seeds(&residuals);
    if members < 2 {
        return Finding::unmeasured(FIGURE, members);
    }
    let health: Vec<f64> = BIAS_VARIANCE_LAMBDAS.iter().map(|lambda_rul| number(1.0 - lambda_rul)).collect();
    let pairs: Vec<Pairs> = residuals.iter().map(|of_members| Pairs::new(of_members)).collect();
    let splits = |chosen: &[usize]| -> Vec<(f64, f64)> { pairs.iter().map(|pairs| pairs.split(chosen)).collect() };
    let trained = health.len() - 1;
    let bias_slope = Estimate::bootstrap(members, |chosen| {
        let bias: Vec<f64> = splits(chosen).iter().map(|(bias, _)| *bias).collect();
        slope(&health[..trained], &bias[..trained])
    });
    let variance_slope = Estimate::bootstrap(members, |chosen| {
        let variance: Vec<f64> = splits(chosen).iter().map(|(_, variance)| *variance).collect();
        slope(&health[..trained], &variance[..trained])
    });
    let best = Estimate::bootstrap(members, |chosen| {
        let sums: Vec<f64> = splits(chosen).iter().map(|(bias, variance)| bias + variance).collect();
        let sums = if sums.iter().all(|sum| sum.is_finite()) { sums } else { Vec::new() };
        arg_min(&sums).and_then(|place| health.get(place)).copied().unwrap_or(f64::NAN)
    });
    let supported = bias_slope.low > 0.0 && variance_slope.high < 0.0 && best.within(0.5, 0.5);
    let contradicted = bias_slope.high < 0.0 || variance_slope.low > 0.0 || best.apart_from(0.5, 0.5);
    let words = format!(
        "From λ_health 0 to 0.7 the bias² changes by {} cycles² for each unit of λ_health, the variance by {}. Their sum \
         is least at λ_health = {}; the interval reaches from {} to {}.",
        written(&bias_slope, 1),
        written(&variance_slope, 1),
        best.value,
        best.low,
        best.high,
    );
    let part = |place: usize, part: fn((f64, f64)) -> f64| {
        Estimate::bootstrap(members, |chosen| pairs.get(place).map_or(f64::NAN, |pairs| part(pairs.split(chosen))))
    };
    let mut table =
        FindingTable::new(&["λ_health", "bias², cycles²", "variance, cycles²", "sum, cycles²", "published"]);
    let mut series = [("bias²", Vec::new()), ("variance", Vec::new()), ("sum", Vec::new())];
    for (place, lambda) in health.iter().enumerate() {
        let parts = [part(place, |(bias, _)| bias), part(place, |(_, variance)| variance), part(place, |(b, v)| b + v)];
        let cells = parts.iter().map(|estimate| written(estimate, 1));
        table.push(std::iter::once(lambda.to_string()).chain(cells).chain([PUBLISHED[place].to_owned()]));
        // The untrained end would flatten all else.
        if place < trained {
            for ((_, points), estimate) in series.iter_mut().zip(parts) {
                points.push(PlotPoint::measured(*lambda, estimate));
            }
        }
    }
    let plot = Plot {
        x: "λ_health".to_owned(),
        y: "cycles²".to_owned(),
        categories: Vec::new(),
        series: series.into_iter().map(|(name, points)| PlotSeries::measured(name, points)).collect(),
    };
    Finding::new(Verdict::of(supported, contradicted), FIGURE, best, words).with(table, plot)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bias_and_variance_add_up_to_the_mean_squared_error() {
        let residuals = vec![vec![1.0, -2.0, 4.0], vec![3.0, 0.5, 4.0], vec![-1.0, 2.0, 1.0]];
        let (bias, variance) = Pairs::new(&residuals).split(&[0, 1, 2]);
        let squares: f64 = residuals.iter().flatten().map(|residual| residual * residual).sum();
        assert!((bias + variance - squares / 9.0).abs() < 1e-12);
        // Sample variances of the three windows: 4, 4.0833, 3.
        assert!((variance - (4.0 + 49.0 / 12.0 + 3.0) / 3.0).abs() < 1e-12);
    }

    #[test]
    fn members_that_agree_have_bias_alone() {
        let residuals = vec![vec![3.0, -3.0]; 4];
        assert_eq!(Pairs::new(&residuals).split(&[0, 1, 2, 3]), (9.0, 0.0));
    }

    #[test]
    fn a_member_drawn_twice_is_no_pair_with_itself() {
        let pairs = Pairs::new(&[vec![1.0], vec![3.0]]);
        assert_eq!(pairs.split(&[0, 1]), (3.0, 2.0));
        assert_eq!(pairs.split(&[0, 0, 1]), (3.0, 2.0));
        assert!(pairs.split(&[1, 1]).1.is_nan());
    }
}
