//! The ledger: claims about loss weighting, published elsewhere, each put to the test by runs of one's own.
//!
//! A [`Claim`] is a card: what is claimed, the published figures, what is doubtful about them, how it is measured, the
//! rule that decides. Its plan is a set of runs; its verdict a function of their records. Runs are known by their
//! configuration, so that claims share them.
//!
//! Published figures come from two texts: \[C\] a course section on why equal weights work in AMNL (adaptive multi-task
//! normalized loss), and \[D\] A. Shaa, *Dynamically Weighting Loss Function Components in Machine Learning Models*,
//! 2023. They stand beside what is measured here and are never taken for it.

mod alignment;
mod balance;
mod bias_variance;
mod degradation;
mod encoders;
mod evidence;
mod extent;
mod finding;
mod information;
mod normalization;
mod optimum;

#[cfg(test)]
mod tests;

pub use evidence::Evidence;
pub use extent::Extent;
pub use finding::{Finding, FindingTable, Plot, PlotPoint, PlotSeries, Verdict};

use serde::Serialize;

use super::Record;
use super::record::key;
use crate::session::RunConfig;

/// The text that a figure was published in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Source {
    /// The course section on AMNL.
    #[serde(rename = "C")]
    Course,
    /// Shaa 2023.
    #[serde(rename = "D")]
    Shaa,
}

impl Source {
    /// Its mark.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Course => "[C]",
            Self::Shaa => "[D]",
        }
    }

    /// What it is.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Course => "a course section on why equal weights work in AMNL (adaptive multi-task normalized loss)",
            Self::Shaa => "A. Shaa, Dynamically Weighting Loss Function Components in Machine Learning Models, 2023",
        }
    }
}

/// A figure published elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Published {
    /// The figure, in words.
    pub figure: &'static str,
    /// Where it stands.
    pub source: Source,
}

/// A claim and how it is put to the test.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Claim {
    /// Its short name: `optimum`, `degradation`, ….
    pub id: &'static str,
    /// A few words to stand above its card.
    pub title: &'static str,
    /// The claim, in a sentence.
    pub sentence: &'static str,
    /// Figures published for it.
    pub published: &'static [Published],
    /// What is doubtful about it.
    pub doubts: &'static [&'static str],
    /// How it is measured here.
    pub method: &'static str,
    /// The rule that decides, in words.
    pub rule: &'static str,
    #[serde(skip)]
    conditions: fn(&Extent) -> Vec<RunConfig>,
    #[serde(skip)]
    judge: fn(&Evidence) -> Finding,
}

/// Every claim, in the order of the ledger.
pub static ALL: [Claim; 8] = [
    optimum::CLAIM,
    degradation::CLAIM,
    normalization::CLAIM,
    bias_variance::CLAIM,
    alignment::CLAIM,
    balance::CLAIM,
    encoders::CLAIM,
    information::CLAIM,
];

impl Claim {
    /// The claim of this name.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        ALL.iter().find(|claim| claim.id == id)
    }

    /// The runs that it needs: every condition with every seed.
    #[must_use]
    pub fn plan(&self, extent: &Extent) -> Vec<RunConfig> {
        let conditions = (self.conditions)(extent);
        let runs = conditions.iter().flat_map(|condition| extent.repetitions(condition));
        runs.collect()
    }

    /// What the records say about it; records of other runs do not matter, missing ones leave it undecided, and those
    /// of failed runs are counted.
    #[must_use]
    pub fn verdict(&self, extent: &Extent, records: &[Record]) -> Finding {
        let evidence = Evidence::new(extent, records);
        let plan = self.plan(extent);
        let finished = plan.iter().filter(|config| evidence.figures(config).is_some()).count();
        let mut finding = (self.judge)(&evidence);
        self.id.clone_into(&mut finding.claim);
        (finding.runs, finding.planned) = (finished, plan.len());
        finding.failed = plan.iter().filter(|config| evidence.failed(config)).count();
        finding
    }
}

/// The runs that these claims need together, each once.
#[must_use]
pub fn plan<'a>(claims: impl IntoIterator<Item = &'a Claim>, extent: &Extent) -> Vec<RunConfig> {
    let mut seen = std::collections::HashSet::new();
    let runs = claims.into_iter().flat_map(|claim| claim.plan(extent));
    runs.filter(|config| seen.insert(key(config))).collect()
}
