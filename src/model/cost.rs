//! What a model costs: the numbers that a pass holds and the multiplications that it takes, for one window and member.
//!
//! The counts follow the passes of `model/cpu`, array by array; a test holds them to what is really allocated. They are
//! known without any arithmetic, so that a run that is too large is refused before it begins.

use super::layout::Block;
use super::recurrent::Recurrent;
use super::transformer::Transformer;
use super::{Encoder, Network, OUTPUTS, cnn::Cnn, convolution::Convolution, tcn::Tcn};

/// What one window takes of one member's pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Numbers held from the way forward until the way back is done.
    pub kept: u64,
    /// Numbers that a way back holds beside them.
    pub back: u64,
    /// Multiplications of the way forward; a way back takes about twice as many for each task.
    pub multiplications: u64,
}

impl Network {
    /// The cost of a window with this many steps.
    #[must_use]
    pub fn cost(&self, window: usize) -> Cost {
        let encoder = self.encoder().cost(window);
        // The latent, the outputs and their cotangents, and the latent's cotangents.
        let (hidden, outputs) = (wide(self.head_weight().rows), wide(OUTPUTS));
        Cost {
            kept: encoder.kept + hidden + outputs,
            back: encoder.back + 2 * outputs + 2 * hidden,
            multiplications: encoder.multiplications + elements(self.head_weight()),
        }
    }
}

impl Encoder {
    /// What a window with this many steps takes of the encoder.
    pub(super) fn cost(&self, window: usize) -> Cost {
        let time = wide(window);
        match self {
            Self::Cnn(Cnn { layers }) => convolutions(layers, true),
            Self::Tcn(Tcn { layers }) => convolutions(layers, false),
            // Gates, q and states; on the way back the gates' cotangents and the candidate's.
            Self::Gru(cell) => recurrent(&cell.0, time, (5, 4)),
            // Gates, the shown cell, cells and states; on the way back the gates' cotangents.
            Self::Lstm(cell) => recurrent(&cell.0, time, (7, 4)),
            Self::Transformer(encoder) => attention(encoder, time),
            Self::Open(open) => open.cost(),
        }
    }
}

/// Layers of convolutions: each one's output is kept, and its cotangents beside those of the layer below. The mean over
/// time has the whole window's cotangents, too.
fn convolutions(layers: &[Convolution], mean: bool) -> Cost {
    let sizes: Vec<u64> = layers.iter().map(|layer| wide(layer.moments_out) * wide(layer.outputs())).collect();
    let pairs = sizes.windows(2).map(|pair| pair.iter().sum());
    let top = sizes.last().copied().unwrap_or_default();
    Cost {
        kept: sizes.iter().sum(),
        back: pairs.max().unwrap_or(if mean { 2 * top } else { top }),
        multiplications: layers.iter().map(|layer| wide(layer.multiplications())).sum(),
    }
}

/// A recurrence that holds so many times its state at every step, on the way forward and on the way back.
fn recurrent(cell: &Recurrent, time: u64, (kept, back): (u64, u64)) -> Cost {
    let hidden = wide(cell.hidden);
    Cost {
        kept: kept * time * hidden,
        back: back * time * hidden,
        multiplications: time * (elements(&cell.input_weight) + elements(&cell.state_weight)),
    }
}

/// Two layers, each with its normalizations (twice 2 times the width), queries, keys and values (3), what the heads give
/// (1), the inside of the feed-forward network (2) and the heads' shares; the last normalization (2). On the way back ten
/// times the width.
fn attention(encoder: &Transformer, time: u64) -> Cost {
    let (hidden, heads) = (wide(encoder.hidden), wide(encoder.heads));
    let shares = heads * time * time;
    let products = |layer: &super::transformer::Layer| {
        let linear = [&layer.project, &layer.merge, &layer.widen, &layer.narrow];
        linear.iter().map(|linear| time * elements(&linear.weight)).sum::<u64>() + 2 * time * time * hidden
    };
    Cost {
        kept: 2 * (10 * time * hidden + shares) + 2 * time * hidden,
        back: 10 * time * hidden,
        multiplications: time * elements(&encoder.embed.weight) + encoder.layers.iter().map(products).sum::<u64>(),
    }
}

fn elements(block: &Block) -> u64 {
    wide(block.rows) * wide(block.columns)
}

/// A count in 64 bits: `usize` has 32 in a browser.
pub(crate) const fn wide(count: usize) -> u64 {
    count as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EncoderConfig;

    #[test]
    fn multiplications_are_those_of_the_benchmarks() {
        let forward = |config: &EncoderConfig| Network::new(config, 30, 14).cost(30).multiplications;
        // docs/benchmarks.md: a step of the CNN of 32 channels on 64 windows has 73.2 million operations. The first layer
        // has no way back to its input, and zeros beyond the window are not multiplied.
        let cnn = 3 * 2 * 64 * forward(&EncoderConfig::Cnn { hidden: 32, kernel: 5 });
        assert!((73_200_000..90_000_000).contains(&cnn), "{cnn}");
        assert_eq!(forward(&EncoderConfig::Gru { hidden: 32 }), 30 * (14 + 32) * 96 + 32 * 4);
        assert_eq!(forward(&EncoderConfig::Lstm { hidden: 8 }), 30 * (14 + 8) * 32 + 8 * 4);
    }
}
