//! Settings of single cycles, by operating regime.

use crate::chart::prelude::*;
use crate::measure::explore::{Fleet, RegimeFigures};

pub(super) static CHART: Chart = Chart {
    name: "regimes",
    caption: "Altitude and Mach number of single flight cycles, coloured by the regime that they are assigned to, which \
              is that of the nearest published set point (ringed, with the regime's number and the throttle beside it).",
    look: Look {
        title: "Operating regimes",
        fit: Fit { at_least: Some((-4.0, 44.0)), ..Fit::ANY },
        metric: Metric { name: "Altitude", unit: "thousand feet", higher_is_better: None },
        ..Look::EXPLORED
    },
    place: "charts-regimes",
    shown: |scene| scene.explored.has_regimes(),
    build: |scene| Some(ChartData::regimes(scene.explored.fleet.as_deref()?)),
    ..Chart::EXPLORED
};

const MACH: Metric = Metric { name: "Mach number", unit: "", higher_is_better: None };

impl ChartData {
    /// The settings of single cycles in the plane of altitude and Mach number, and the set points.
    #[must_use]
    pub fn regimes(fleet: &Fleet) -> Self {
        let mut chart = Self::new(&CHART.look, MACH, (-0.05, 1.05));
        let all: u32 = fleet.regimes.iter().map(|regime| regime.cycles).sum();
        let share = |cycles: u32| 100.0 * f64::from(cycles) / f64::from(all.max(1));
        for (regime, figures) in fleet.regimes.iter().enumerate() {
            let [altitude, mach, throttle] = figures.set_point.map(f64::from);
            let flown = fleet.flights.iter().filter(|flight| flight.regime == regime);
            let mut points: Vec<Point> =
                flown.map(|flight| Point { x: flight.settings[1].into(), y: flight.settings[0].into() }).collect();
            points.sort_by(|a, b| a.x.total_cmp(&b.x));
            chart.add(&format!("regime {}", regime + 1), Hue::Member(regime), Line::Solid, Shape::Scattered, points);
            let label = format!("{} · {throttle:.0} %", regime + 1);
            let point = Point { x: mach, y: altitude };
            chart.marks.push(Mark { point, hue: Hue::Member(regime), label: Some(label) });
        }
        let header = ["regime", "altitude, kft", "Mach number", "throttle, %", "cycles", "share, %"];
        let strays = ["altitude strays by", "Mach strays by"];
        let header = header.into_iter().chain(strays).map(str::to_owned).collect();
        let row = |(index, figures): (usize, &RegimeFigures)| {
            let named = [(index + 1) as f64].into_iter().chain(figures.set_point.map(f64::from));
            let counted = [f64::from(figures.cycles), share(figures.cycles)];
            let strays = [figures.stray[0], figures.stray[1]].map(f64::from);
            named.chain(counted).chain(strays).map(Some).collect()
        };
        chart.fitted(Columns { header, rows: fleet.regimes.iter().enumerate().map(row).collect() })
    }
}
