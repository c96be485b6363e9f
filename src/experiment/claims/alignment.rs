//! The two gradients stay positively aligned, less so later.

use super::evidence::{means, seeds};
use super::finding::written;
use super::{Claim, Evidence, Extent, Finding, FindingTable, Plot, PlotPoint, PlotSeries, Published, Source, Verdict};
use crate::experiment::{EpochGradients, Estimate, mean_of};
use crate::session::RunConfig;

const FIGURE: &str = "cosine in the first phase less cosine in the last";

/// Where a phase ends, as a share of the run, its published bounds, and its published name.
const PHASES: [(f64, [f64; 2], &str); 3] =
    [(0.2, [0.6, 0.8], "epochs 1–20"), (0.5, [0.4, 0.6], "epochs 20–50"), (1.0, [0.3, 0.5], "epochs 50+")];

pub(super) const CLAIM: Claim = Claim {
    id: "alignment",
    title: "The tasks pull the same way",
    sentence: "The gradients of the two tasks stay positively aligned throughout training, less so later.",
    published: &[Published {
        figure: "cosine 0.6–0.8 in epochs 1–20, 0.4–0.6 in epochs 20–50, 0.3–0.5 after",
        source: Source::Course,
    }],
    doubts: &[
        "How long the published run was is not given. A run here is much shorter, its learning rate falls to zero by its \
         end: phases are compared by their share of the run, as if the published one had 100 epochs, that is the first \
         20 %, up to 50 %, and the rest.",
        "The cosine of a batch is noisy; whether the published one is of a batch or of all data is not given. Here it is \
         the mean over the steps, each on its batch.",
    ],
    method: "At λ_rul = 0.5 with AMNL, the cosine between the tasks' gradients of the shared parameters at every step, \
             averaged over the epochs of each phase. Interval: seeds drawn with replacement.",
    rule: "Supported if the cosine of every phase and its fall from the first to the last lie above zero, each with its \
           interval. Not supported if the interval of any of them lies below zero. Undecided otherwise.",
    conditions,
    judge,
};

/// Equal weights, the tasks' gradients distinguished.
pub(super) fn conditions(extent: &Extent) -> Vec<RunConfig> {
    vec![RunConfig { task_gradients: true, ..extent.at(0.5) }]
}

/// The mean cosine of each phase; `None` where a run has fewer than three epochs.
fn phases(epochs: &[EpochGradients]) -> Option<[f64; 3]> {
    let count = epochs.len();
    let ends = PHASES.map(|(end, ..)| (end * count as f64).round());
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count of epochs")]
    let ends = [(ends[0] as usize).max(1), (ends[1] as usize).max(2), count];
    let starts = [0, ends[0], ends[1]];
    let mut means = [0.0; 3];
    for ((mean, start), end) in means.iter_mut().zip(starts).zip(ends) {
        let phase = epochs.get(start..end).filter(|phase| !phase.is_empty())?;
        *mean = phase.iter().map(|epoch| f64::from(epoch.cosine)).sum::<f64>() / phase.len() as f64;
    }
    Some(means)
}

fn judge(evidence: &Evidence) -> Finding {
    let gathered = evidence.gather(&conditions(evidence.extent()), |figures| phases(&figures.gradients));
    let of_seeds = gathered.into_iter().next().unwrap_or_default();
    if of_seeds.len() < 2 {
        return Finding::unmeasured(FIGURE, of_seeds.len());
    }
    let by_phase: Vec<Vec<f64>> = (0..3).map(|phase| of_seeds.iter().map(|cosines| cosines[phase]).collect()).collect();
    let cosines = means(&by_phase);
    let fall =
        Estimate::bootstrap(seeds(&by_phase), |chosen| mean_of(&by_phase[0], chosen) - mean_of(&by_phase[2], chosen));
    let supported = fall.low > 0.0 && cosines.iter().all(|cosine| cosine.low > 0.0);
    let contradicted = fall.high < 0.0 || cosines.iter().any(|cosine| cosine.high < 0.0);
    let inside =
        cosines.iter().zip(PHASES).filter(|(cosine, (_, [low, high], _))| !cosine.apart_from(*low, *high)).count();
    let words = format!(
        "The cosine is {} in the first fifth of the run, {} up to its half and {} after: it {} by {}. {inside} of the \
         three phases touch the published bounds.",
        written(&cosines[0], 2),
        written(&cosines[1], 2),
        written(&cosines[2], 2),
        if fall.value > 0.0 { "falls" } else { "rises" },
        written(&positive(fall), 2),
    );
    let mut table = FindingTable::new(&["phase here", "cosine (95 % interval)", "phase published", "published"]);
    let here = ["first 20 % of the run", "20 to 50 %", "50 to 100 %"];
    for ((phase, cosine), (_, [low, high], name)) in here.iter().zip(&cosines).zip(PHASES) {
        table.push([(*phase).to_owned(), written(cosine, 2), name.to_owned(), format!("{low}–{high}")]);
    }
    let points = (0_u32..).zip(&cosines).map(|(x, cosine)| PlotPoint::measured(f64::from(x), *cosine));
    let published = (0_u32..).zip(PHASES).map(|(x, (_, [low, high], _))| PlotPoint {
        x: f64::from(x),
        y: f64::midpoint(low, high),
        low,
        high,
    });
    let plot = Plot {
        x: "phase of the run".to_owned(),
        y: "cosine".to_owned(),
        categories: here.iter().map(|phase| (*phase).to_owned()).collect(),
        series: vec![
            PlotSeries::measured("measured", points.collect()),
            PlotSeries { name: "published [C]".to_owned(), published: true, points: published.collect() },
        ],
    };
    Finding::new(Verdict::of(supported, contradicted), FIGURE, fall, words).with(table, plot)
}

/// The size of a change, its interval the way round that the change goes.
fn positive(change: Estimate) -> Estimate {
    if change.value >= 0.0 {
        return change;
    }
    Estimate { value: -change.value, low: -change.high, high: -change.low }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_are_shares_of_the_run() {
        let epochs = |count: u8| -> Vec<EpochGradients> {
            (0..count).map(|epoch| EpochGradients { cosine: f32::from(epoch), ..EpochGradients::default() }).collect()
        };
        assert_eq!(phases(&epochs(10)), Some([0.5, 3.0, 7.0]));
        assert_eq!(phases(&epochs(4)), Some([0.0, 1.0, 2.5]));
        assert_eq!(phases(&epochs(3)), Some([0.0, 1.0, 2.0]));
        assert_eq!(phases(&epochs(2)), None);
    }
}
