//! A temporal convolutional network (Bai 2018): causal, dilated convolutions with ReLU; the latent is the last step.
//!
//! ```text
//! hₗ(t) = relu(Σ_k hₗ₋₁(t − (K−1−k)·2ˡ) Wₗₖ + bₗ)    l = 0 … levels − 1    z = h(last)
//! ```
//!
//! Before the window there are zeros. Departures: no residual connections, no weight normalization, one convolution a
//! level; with four levels and three taps the last step sees 31 cycles, the whole window.
//!
//! Only the last step counts, and it hangs on few steps of the level below: of the default 4 × 30 steps, 26 are
//! needed. The others are never computed.

use std::collections::BTreeSet;

use super::convolution::Convolution;
use super::layout::Layout;

/// The causal, dilated encoder.
#[derive(Clone, Debug)]
pub struct Tcn {
    /// The levels, dilations 1, 2, 4, ….
    pub layers: Vec<Convolution>,
}

impl Tcn {
    /// An encoder of `hidden` channels over `kernel` taps and this many levels.
    pub fn new(
        (window, features): (usize, usize),
        hidden: usize,
        (kernel, levels): (usize, usize),
        layout: &mut Layout,
    ) -> Self {
        let offsets = |level: usize| -> Vec<isize> {
            (0..kernel).map(|tap| -(((kernel - 1 - tap) << level).cast_signed())).collect()
        };
        let needed = steps(window, levels, offsets);
        let layers = (0..levels).map(|level| {
            let inputs = if level == 0 { features } else { hidden };
            Convolution::new(level, (inputs, hidden), (&needed[level], &needed[level + 1]), &offsets(level), layout)
        });
        Self { layers: layers.collect() }
    }
}

/// The steps that are needed of the window and of each level, from the window up to the last level.
fn steps(window: usize, levels: usize, offsets: impl Fn(usize) -> Vec<isize>) -> Vec<Vec<usize>> {
    let mut needed = vec![vec![window.saturating_sub(1)]];
    for level in (1..levels).rev() {
        let offsets = offsets(level);
        let above = &needed[needed.len() - 1];
        let reached = above.iter().flat_map(|step| offsets.iter().filter_map(|o| step.checked_add_signed(*o)));
        needed.push(reached.collect::<BTreeSet<_>>().into_iter().collect());
    }
    // The window itself is there in any case, all of it.
    needed.push((0..window).collect());
    needed.reverse();
    needed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_moments_are_needed_and_the_first_level_reaches_the_whole_window() {
        let tcn = Tcn::new((30, 14), 32, (3, 4), &mut Layout::default());
        let steps: Vec<usize> = tcn.layers.iter().map(|layer| layer.moments_out).collect();
        assert_eq!(steps, [15, 7, 3, 1]);
        let read: BTreeSet<usize> =
            tcn.layers[0].taps.iter().flatten().flat_map(|r| r.from..r.from + r.steps).collect();
        assert_eq!(read, (0..30).collect());
    }
}
