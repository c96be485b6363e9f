//! A convolution over time: which step of the output reads which step of the input through which tap.

use super::layout::{Block, Layout};

/// Steps of the output from `to` on that read as many steps of the input from `from` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// First step of the output.
    pub to: usize,
    /// First step of the input.
    pub from: usize,
    /// Number of steps.
    pub steps: usize,
}

/// One convolution with bias, followed by ReLU.
///
/// Its input and output hold only the steps that are needed, in ascending order. A tap that reaches out of the window
/// reads zeros, which is to say that it has no run there.
#[derive(Clone, Debug)]
pub struct Convolution {
    /// The kernel, `[taps · inputs, outputs]`, tap by tap.
    pub weight: Block,
    /// The bias.
    pub bias: Block,
    /// The runs of each tap.
    pub taps: Vec<Vec<Run>>,
    /// Steps of the input.
    pub moments_in: usize,
    /// Steps of the output.
    pub moments_out: usize,
}

impl Convolution {
    /// A layer `enc.INDEX` from these steps of its input to these of its output, with a tap at each of these offsets
    /// in time.
    pub fn new(
        index: usize,
        (inputs, outputs): (usize, usize),
        (from, to): (&[usize], &[usize]),
        offsets: &[isize],
        layout: &mut Layout,
    ) -> Self {
        let fan_in = offsets.len() * inputs;
        Self {
            weight: layout.push(format!("enc.{index}.weight"), fan_in, outputs, fan_in),
            bias: layout.push(format!("enc.{index}.bias"), 1, outputs, fan_in),
            taps: offsets.iter().map(|offset| runs(from, to, *offset)).collect(),
            moments_in: from.len(),
            moments_out: to.len(),
        }
    }

    /// Features of the input.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.weight.rows / self.taps.len()
    }

    /// Features of the output.
    #[must_use]
    pub const fn outputs(&self) -> usize {
        self.weight.columns
    }

    /// Multiplications of a pass over one window.
    #[must_use]
    pub fn multiplications(&self) -> usize {
        let steps: usize = self.taps.iter().flatten().map(|run| run.steps).sum();
        steps * self.inputs() * self.outputs()
    }
}

/// The steps `to` that find their step `to + offset` in `from`, as few runs as possible.
fn runs(from: &[usize], to: &[usize], offset: isize) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (index, step) in to.iter().enumerate() {
        let source = step.checked_add_signed(offset).and_then(|source| from.binary_search(&source).ok());
        let Some(source) = source else { continue };
        match runs.last_mut() {
            Some(last) if last.to + last.steps == index && last.from + last.steps == source => last.steps += 1,
            _ => runs.push(Run { to: index, from: source, steps: 1 }),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taps_read_shifted_moments_and_nothing_outside() {
        let all: Vec<usize> = (0..6).collect();
        assert_eq!(runs(&all, &all, -2), [Run { to: 2, from: 0, steps: 4 }]);
        assert_eq!(runs(&all, &all, 1), [Run { to: 0, from: 1, steps: 5 }]);
        assert_eq!(runs(&[1, 3, 5], &[1, 5], -2), [Run { to: 1, from: 1, steps: 1 }]);
        assert_eq!(runs(&[1, 3, 5], &[3, 5], 0), [Run { to: 0, from: 1, steps: 2 }]);
    }
}
