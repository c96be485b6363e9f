//! Charts: what each shows, as data, and how it is drawn.
//!
//! [`ChartData`] is *what*: series, axes and a table twin, built from the [`History`](crate::session::History) and free
//! of pixels. [`draw`] is *how*: one function for every chart, over any plotters drawing area, natively [`svg`] and in
//! the browser a canvas. It returns a [`HoverMap`], the way back from the pointer to the values.
//!
//! Charts against λ and of predictions are built from measures instead (`measured.rs`), those of the data itself from
//! what is told about it (`explored.rs`), and drawn by the same function.
//!
//! A further chart is one more [`ChartKind`] with its row in `kind.rs`: name, words, metric, axis and channels.

mod axis;
mod data;
mod draw;
mod explored;
#[cfg(any(feature = "cli", feature = "page"))]
mod finding;
mod hover;
mod kind;
mod layout;
mod legend;
mod measured;
mod number;
mod path;
mod pen;
mod series;
mod smooth;
mod spark;
mod style;
mod svg;
mod table;

pub use axis::{Axis, Scale};
pub use data::ChartData;
pub use draw::draw;
pub use explored::{Glance, origin_hue, spark};
#[cfg(any(feature = "cli", feature = "page"))]
pub use finding::{draw_finding, finding_svg};
pub use hover::{Hover, HoverMap, Reading};
pub use kind::ChartKind;
pub use legend::{LegendEntry, member_hue};
pub use measured::{CurveFigure, Over};
pub use number::plain;
pub use series::{Band, Hue, Line, Mark, Note, Point, Series, Shape, Span};
pub use spark::{draw_spark, spark_svg};
pub use style::{Rgb, Style};
pub use svg::svg;
pub use table::Table;

/// Why a chart was not drawn. One type, because a caller can do the same about either: leave the old picture be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChartError {
    /// The area has no room for axes.
    #[error("a chart should be at least {least} by {least} pixels, found {width} by {height}")]
    TooSmall {
        /// Smallest side in CSS pixels.
        least: u32,
        /// Width found, in CSS pixels.
        width: u32,
        /// Height found, in CSS pixels.
        height: u32,
    },
    /// The drawing backend failed.
    #[error("the chart could not be drawn: {0}")]
    Backend(String),
}
