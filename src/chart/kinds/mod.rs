//! The charts there are, a row each: what a chart shows stands in its own file.

mod before_failure;
mod bias_variance;
mod confusion;
mod cosine;
mod fleets;
mod gradient_norms;
mod gradient_plane;
mod gradient_share;
mod information;
mod lambda_curve;
mod lambda_map;
mod landscape;
mod lifetimes;
mod loss;
mod predictions;
mod regimes;
mod rmse;
mod rul_labels;
mod sensor;
mod trajectory;
mod weights;

pub use bias_variance::Over;
pub use fleets::origin_hue;
pub use lambda_curve::CurveFigure;
#[cfg(target_arch = "wasm32")]
pub(crate) use landscape::looked_for;
pub use sensor::{Glance, spark};

use super::data::ChartData;
use super::spec::Chart;
use crate::session::History;

macro_rules! charts {
    ($($(#[$doc:meta])* $kind:ident: $file:ident,)+) => {
        /// A chart of the page.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ChartKind {
            $($(#[$doc])* $kind,)+
        }
        impl ChartKind {
            /// Every chart, in the order of the page.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// What makes it differ from the others.
            #[must_use]
            pub const fn row(self) -> &'static Chart {
                match self {
                    $(Self::$kind => &$file::CHART,)+
                }
            }
        }
    };
}

charts! {
    /// Both tasks' gradients in the plane that they span.
    GradientPlane: gradient_plane,
    /// Figures against λ.
    LambdaCurve: lambda_curve,
    /// Figures over λ and epochs.
    LambdaMap: lambda_map,
    /// Bias², variance and their sum.
    BiasVariance: bias_variance,
    /// Test RMSE of each member at its evaluations.
    Rmse: rmse,
    /// Both losses around the present weights.
    Landscape: landscape,
    /// Both tasks' losses.
    Loss: loss,
    /// Cosine between the two tasks' gradients.
    Cosine: cosine,
    /// Norms of the two tasks' gradients, or their ratio.
    GradientNorms: gradient_norms,
    /// The weights λ.
    Weights: weights,
    /// Share of each task in the gradient that is applied.
    GradientShare: gradient_share,
    /// What the representation keeps of either label.
    Information: information,
    /// Predicted against true RUL.
    Predictions: predictions,
    /// Predicted against true health state.
    Confusion: confusion,
    /// Predicted and true RUL of one engine over its life.
    Trajectory: trajectory,
    /// Lifetimes of the engines run to failure.
    Lifetimes: lifetimes,
    /// RULs that windows are labelled with.
    RulLabels: rul_labels,
    /// Settings of single cycles, by operating regime.
    Regimes: regimes,
    /// One sensor of one engine over its cycles.
    Sensor: sensor,
    /// One sensor over all engines, against the cycles that they have left.
    BeforeFailure: before_failure,
}

impl ChartKind {
    /// What the chart shows of a history without more ado; empty where its figures are not in the history.
    ///
    /// `labels` name the members in their order; a member without one is called by its number, from 1.
    #[must_use]
    pub fn of_history<S: AsRef<str>>(self, history: &History, labels: &[S]) -> ChartData {
        let labels: Vec<String> = labels.iter().map(|label| label.as_ref().to_owned()).collect();
        self.row().recorded.chart(&self.row().look, history, &labels)
    }
}

#[cfg(test)]
mod tests;
