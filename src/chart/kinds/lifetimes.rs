//! Lifetimes of the engines run to failure.

use super::fleets::extend;
use crate::chart::prelude::*;
use crate::measure::explore::Fleet;

pub(super) static CHART: Chart = Chart {
    name: "lifetimes",
    caption: "How many of the engines run to failure live how many flight cycles, in bins of 20 cycles; training and \
              validation engines are counted together.",
    look: Look {
        title: "How long engines live",
        fit: Fit { at_least: Some((0.0, 0.0)), ..Fit::FROM_ZERO },
        metric: Metric { name: "Share of the engines", unit: "%", higher_is_better: None },
        ..Look::EXPLORED
    },
    build: |scene| Some(ChartData::lifetimes(&scene.explored.known_fleets()?)),
    words: |scene| match scene.explored.fleets()[..] {
        [fleet] => fleet.life_words(),
        ref several => {
            let words = several.iter().map(|fleet| format!("{}: {}", fleet.summary.title(), fleet.life_words()));
            words.collect::<Vec<_>>().join(" ")
        }
    },
    ..Chart::EXPLORED
};

/// Width of a bin of the lifetimes.
const LIFE_BIN_CYCLES: u32 = 20;

const LIFETIME: Metric = Metric { name: "lifetime, cycles", unit: "", higher_is_better: None };

impl ChartData {
    /// Lifetimes of the engines run to failure, a histogram a fleet.
    #[must_use]
    pub fn lifetimes(fleets: &[&Fleet]) -> Self {
        let lives = |fleet: &&Fleet| fleet.lifetimes().map(|life| life / LIFE_BIN_CYCLES).collect::<Vec<_>>();
        let all: Vec<Vec<u32>> = fleets.iter().map(lives).collect();
        let first = all.iter().flatten().min().copied().unwrap_or(0);
        let last = all.iter().flatten().max().copied().unwrap_or(0);
        let width = f64::from(LIFE_BIN_CYCLES);
        let ends = (f64::from(first) * width, f64::from(last + 1) * width);
        let mut chart = Self::new(&CHART.look, LIFETIME, ends);
        let mut header = vec!["from".to_owned(), "to below".to_owned()];
        let bin = |bin: u32| vec![Some(f64::from(bin) * width), Some(f64::from(bin + 1) * width)];
        let mut rows: Vec<Vec<Option<f64>>> = (first..=last).map(bin).collect();
        for (fleet, lives) in fleets.iter().zip(&all) {
            let counts: Vec<usize> =
                (first..=last).map(|bin| lives.iter().filter(|life| **life == bin).count()).collect();
            chart.add_histogram(fleet, ends.0, width, &counts, lives.len());
            extend(&mut header, &mut rows, fleet, fleets.len(), "engines", &counts);
        }
        chart.legend_of_fleets(fleets);
        chart.fitted(Columns { header, rows })
    }
}
