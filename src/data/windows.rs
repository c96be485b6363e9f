//! Windows over normalized engines: what the trainer sees.

/// The cap on RUL, in cycles: `y = min(125, L − t)`.
pub const RUL_CAP_CYCLES: f32 = 125.0;

/// One engine, normalized.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Sensor values, row by row: `[cycles, features]`.
    pub values: Vec<f32>,
    /// Capped RUL after each cycle, in cycles: `[cycles]`.
    pub rul_cycles: Vec<f32>,
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
    /// Time-major, because every encoder reads all windows of one moment together.
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

    /// Capped RUL at the end of a window, in cycles.
    #[must_use]
    pub fn rul_cycles(&self, window: u32) -> f32 {
        let Window { engine, end } = self.windows[window as usize];
        self.engines[engine as usize].rul_cycles[end as usize]
    }
}

/// Health class of a RUL in cycles: 0 healthy (`y > 80`), 1 degrading (`30 < y ≤ 80`), 2 critical (`y ≤ 30`).
#[must_use]
pub fn health_class(rul_cycles: f32) -> usize {
    if rul_cycles > 80.0 {
        0
    } else if rul_cycles > 30.0 {
        1
    } else {
        2
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
