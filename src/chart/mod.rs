//! Charts: what each shows, as data, and how it is drawn.
//!
//! A [`Chart`] is a row: what one chart shows, how that is built, what is chosen about it, when it is shown and when it is
//! stale. [`ChartKind`] lists them, each in a file of its own under `kinds/`. [`ChartData`] is *what* a chart shows:
//! series, axes and a table twin, built from a [`Scene`] and free of pixels. [`draw`] is *how*: one function for every
//! chart, over any plotters drawing area, natively [`svg`] and in the browser a canvas. It returns a [`HoverMap`], the way
//! back from the pointer to the values.

mod axes;
mod axis;
mod contour;
mod data;
mod draw;
mod draw_sketch;
#[cfg(any(feature = "cli", feature = "page"))]
mod finding;
mod hover;
mod kinds;
mod layout;
mod legend;
mod lines;
mod number;
mod path;
mod pen;
mod prelude;
mod series;
mod sketch;
mod smooth;
mod spark;
mod spec;
mod style;
mod svg;
mod table;

pub use axis::{Axis, Scale};
pub use data::ChartData;
pub use draw::draw;
#[cfg(any(feature = "cli", feature = "page"))]
pub use finding::{draw_finding, finding_svg};
pub use hover::{Hover, HoverMap, Reading};
#[cfg(target_arch = "wasm32")]
pub(crate) use kinds::looked_for;
pub use kinds::{ChartKind, CurveFigure, Glance, Over, origin_hue, spark};
pub use legend::{LegendEntry, member_hue};
pub use number::plain;
pub use pen::ChartError;
pub use series::{Band, Hue, Line, MARKERS, Mark, Note, Point, Series, Shape, Span};
pub use sketch::{Area, Arrow, Cell, Place, Sketch, Spot, Words};
pub use spark::{draw_spark, spark_svg};
pub use spec::{Chart, Choice, Chosen, Explored, News, Range, Scene, Width};
pub use style::{Rgb, Style};
pub use svg::svg;
pub use table::Table;
