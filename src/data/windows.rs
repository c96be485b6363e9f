//! Windows over normalized engines: what the trainer sees.

use crate::statistics::Resampler;

/// One engine, normalized.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Sensor values, row by row: `[cycles, features]`.
    pub values: Vec<f32>,
    /// Capped RUL after each cycle, in cycles: `[cycles]`.
    pub rul_cycles: Vec<f32>,
    /// The same without a cap: `[cycles]`.
    pub left_cycles: Vec<f32>,
}

/// A window: the `window` cycles of one engine up to and including `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Index of the engine in its split.
    pub engine: u32,
    /// Index of the last cycle in the engine's series, inclusive; a window that begins before the first cycle repeats
    /// the first row.
    pub end: u32,
}

/// Engines and the windows cut from them. Windows are gathered from the series when a batch is made, never stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// Features of a row.
    pub features: usize,
    /// Cycles of a window.
    pub window: usize,
    /// Engines.
    pub engines: Vec<Series>,
    /// Windows, engine by engine.
    pub windows: Vec<Window>,
}

impl Split {
    /// Lay the given windows out time-major, `[window, batch, features]`, replacing what `out` held.
    ///
    /// Time-major, because every encoder reads all windows of one step together.
    pub fn gather(&self, windows: &[u32], out: &mut Vec<f32>) {
        out.clear();
        for step in 0..self.window {
            for &index in windows {
                let Window { engine, end } = self.windows[index as usize];
                let row = (end as usize + step + 1).saturating_sub(self.window) * self.features;
                out.extend_from_slice(&self.engines[engine as usize].values[row..row + self.features]);
            }
        }
    }

    /// One engine alone, with a window that ends at each of its cycles. Without any for an engine that there is not.
    #[must_use]
    pub fn life(&self, engine: usize) -> Self {
        let engines: Vec<Series> = self.engines.get(engine).cloned().into_iter().collect();
        let cycles = engines.first().map_or(0, |series| series.rul_cycles.len());
        let windows = (0..cycles as u32).map(|end| Window { engine: 0, end }).collect();
        Self { features: self.features, window: self.window, engines, windows }
    }

    /// RUL at the end of a window without a cap, in cycles.
    #[must_use]
    pub fn left_cycles(&self, window: u32) -> f32 {
        let Window { engine, end } = self.windows[window as usize];
        self.engines[engine as usize].left_cycles[end as usize]
    }

    /// Capped RUL at the end of a window, in cycles.
    #[must_use]
    pub fn rul_cycles(&self, window: u32) -> f32 {
        let Window { engine, end } = self.windows[window as usize];
        self.engines[engine as usize].rul_cycles[end as usize]
    }
}

/// The three parts of a data set, normalized on the training engines alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared {
    /// Engines that are trained on.
    pub train: Split,
    /// Engines held out of training; may be empty.
    pub validation: Split,
    /// Test engines, one window each: the last.
    pub test: Split,
}

/// Last cycles (indices from 0) of the windows of an engine, ascending: every `stride`-th, counted back from its last
/// cycle, so that the end of its life is always seen. Windows lie inside the engine; one that is shorter than a window
/// has a single window, its last, which repeats the first row.
pub(crate) fn window_ends(cycles: usize, window: usize, stride: usize) -> impl Iterator<Item = usize> {
    let count = match cycles {
        0 => 0,
        _ => 1 + cycles.saturating_sub(window) / stride.max(1),
    };
    (0..count).rev().map(move |back| cycles - 1 - back * stride)
}

/// Windows of a bootstrap of the engines: as many engines as the split has, drawn with replacement, and all windows of
/// each; an engine drawn twice gives its windows twice (Efron 1979; by engine, because windows of one engine overlap).
#[must_use]
pub fn bootstrap(split: &Split, seed: u32) -> Vec<u32> {
    let mut of_engine = vec![Vec::new(); split.engines.len()];
    for (index, window) in (0..).zip(&split.windows) {
        if let Some(windows) = of_engine.get_mut(window.engine as usize) {
            windows.push(index);
        }
    }
    let drawn = Resampler::new(seed.into()).draw(of_engine.len());
    drawn.into_iter().flat_map(|engine| of_engine[engine].iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Engines of one feature that counts cycles from 0.
    fn split(window: usize, lifetimes: &[u8]) -> Split {
        let series = |cycles: &u8| Series {
            values: (0..*cycles).map(f32::from).collect(),
            rul_cycles: (0..*cycles).rev().map(f32::from).collect(),
            left_cycles: (0..*cycles).rev().map(f32::from).collect(),
        };
        let engines: Vec<_> = lifetimes.iter().map(series).collect();
        let ends = |(engine, cycles): (u32, &u8)| {
            window_ends(usize::from(*cycles), window, 1).map(move |end| Window { engine, end: end as u32 })
        };
        let windows = (0..).zip(lifetimes).flat_map(ends).collect();
        Split { features: 1, window, engines, windows }
    }

    #[test]
    fn gathers_time_major_and_pads_with_the_first_row() {
        let split = split(4, &[6, 2]);
        let mut out = vec![9.0];
        split.gather(&[2, 3], &mut out);
        assert_eq!(out, [2.0, 0.0, 3.0, 0.0, 4.0, 0.0, 5.0, 1.0]);
        assert_eq!((split.rul_cycles(0), split.rul_cycles(3)), (2.0, 0.0));
    }

    #[test]
    fn a_bootstrap_draws_whole_engines() {
        let split = split(4, &[6, 9, 4, 12, 5]);
        let of_engine = |engine| (0..).zip(&split.windows).filter(move |(_, w)| w.engine == engine).map(|(i, _)| i);
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..50 {
            let drawn = bootstrap(&split, seed);
            assert_eq!(drawn, bootstrap(&split, seed));
            let mut rest = drawn.as_slice();
            let mut engines = Vec::new();
            while let Some(first) = rest.first() {
                let engine = split.windows[*first as usize].engine;
                let windows: Vec<u32> = of_engine(engine).collect();
                assert_eq!(rest[..windows.len()], windows);
                rest = &rest[windows.len()..];
                engines.push(engine);
            }
            assert_eq!(engines.len(), 5);
            seen.insert(engines);
        }
        assert!(seen.len() > 40);
        assert!(bootstrap(&Split { engines: Vec::new(), windows: Vec::new(), ..split }, 1).is_empty());
    }
}
