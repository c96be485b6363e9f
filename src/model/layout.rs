//! Where each parameter block lives in the flat matrix `[members, parameters]`.

use std::ops::Range;

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// One matrix of parameters, `[rows, columns]`, stored row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Name, unique in its layout; PyTorch's where PyTorch has the same block.
    pub name: String,
    /// First parameter in the flat matrix.
    pub offset: usize,
    /// Rows: the inputs of the product, or 1 for a bias.
    pub rows: usize,
    /// Columns: the outputs.
    pub columns: usize,
    /// Number of inputs that decides the scale of the initial weights.
    pub fan_in: usize,
    /// How its parameters begin.
    pub start: Start,
}

/// How a block's parameters begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Uniform in `±1/√fan_in`, as PyTorch initializes linear, convolutional and recurrent layers.
    Uniform,
    /// All the same: a normalization's scale begins at 1, its shift at 0.
    Constant(u8),
}

impl Block {
    /// Number of parameters.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows * self.columns
    }

    /// Whether the block holds nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where the block lies in one member's parameters.
    #[must_use]
    pub const fn range(&self) -> Range<usize> {
        self.offset..self.offset + self.len()
    }
}

/// All blocks of a model, the shared encoder's first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    blocks: Vec<Block>,
    shared: usize,
}

impl Layout {
    /// Append a block and return it.
    pub fn push(&mut self, name: impl Into<String>, rows: usize, columns: usize, fan_in: usize) -> Block {
        self.append(Block { name: name.into(), offset: 0, rows, columns, fan_in, start: Start::Uniform })
    }

    /// Append a row of parameters that all begin at this value.
    pub fn push_constant(&mut self, name: impl Into<String>, columns: usize, value: u8) -> Block {
        let start = Start::Constant(value);
        self.append(Block { name: name.into(), offset: 0, rows: 1, columns, fan_in: columns, start })
    }

    fn append(&mut self, block: Block) -> Block {
        let block = Block { offset: self.parameters(), ..block };
        self.blocks.push(block.clone());
        block
    }

    /// Declare that all blocks so far belong to the shared encoder.
    pub fn close_shared(&mut self) {
        self.shared = self.parameters();
    }

    /// Number of parameters of one member.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.blocks.last().map_or(0, |last| last.offset + last.len())
    }

    /// Number of parameters that both tasks share; they come first.
    #[must_use]
    pub const fn shared(&self) -> usize {
        self.shared
    }

    /// The blocks in the order in which they are stored.
    #[must_use]
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Initial parameters of one member, as each block's [`Start`] says.
    ///
    /// Drawn on the host, so that every backend starts from the same numbers.
    #[must_use]
    pub fn initial(&self, seed: u32) -> Vec<f32> {
        let mut random = ChaCha8Rng::seed_from_u64(u64::from(seed));
        self.blocks.iter().flat_map(|block| draw(block, &mut random)).collect()
    }
}

fn draw(block: &Block, random: &mut impl Rng) -> Vec<f32> {
    match block.start {
        Start::Constant(value) => vec![f32::from(value); block.len()],
        Start::Uniform => {
            let bound = 1.0 / (block.fan_in as f32).sqrt();
            (0..block.len()).map(|_| random.random_range(-bound..bound)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initial_weights_depend_on_the_seed_alone_and_stay_in_bounds() {
        let mut layout = Layout::default();
        layout.push("a", 4, 3, 4);
        layout.close_shared();
        layout.push("b", 1, 3, 16);
        layout.push_constant("scale", 2, 1);
        assert_eq!((layout.parameters(), layout.shared()), (17, 12));
        let (first, again, other) = (layout.initial(1), layout.initial(1), layout.initial(2));
        assert_eq!(first, again);
        assert_ne!(first, other);
        assert!(first[..12].iter().all(|weight| weight.abs() <= 0.5));
        assert!(first[12..15].iter().all(|weight| weight.abs() <= 0.25));
        assert_eq!(first[15..], [1.0, 1.0]);
    }
}
