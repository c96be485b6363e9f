//! Where each parameter block lives in the flat matrix `[members, parameters]`.

use burn::tensor::Tensor;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// One matrix of parameters, `[rows, columns]`, stored row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Name, unique in its layout; PyTorch's where PyTorch has the same block.
    pub name: &'static str,
    /// First parameter in the flat matrix.
    pub offset: usize,
    /// Rows: the inputs of the product, or 1 for a bias.
    pub rows: usize,
    /// Columns: the outputs.
    pub columns: usize,
    /// Number of inputs that decides the scale of the initial weights.
    pub fan_in: usize,
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

    /// The block's parameters of every member: `[members, rows, columns]` out of `[members, parameters]`.
    #[must_use]
    pub fn of(&self, parameters: &Tensor<2>) -> Tensor<3> {
        let [members, _] = parameters.dims();
        parameters.clone().narrow(1, self.offset, self.len()).reshape([members, self.rows, self.columns])
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
    pub fn push(&mut self, name: &'static str, rows: usize, columns: usize, fan_in: usize) -> Block {
        let block = Block { name, offset: self.parameters(), rows, columns, fan_in };
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

    /// Initial parameters of one member: uniform in `±1/√fan_in`, as PyTorch initializes the same layers.
    ///
    /// Drawn on the host, so that every backend starts from the same numbers.
    #[must_use]
    pub fn initial(&self, seed: u32) -> Vec<f32> {
        let mut random = ChaCha8Rng::seed_from_u64(u64::from(seed));
        self.blocks.iter().flat_map(|block| draw(block, &mut random)).collect()
    }
}

fn draw(block: &Block, random: &mut impl Rng) -> Vec<f32> {
    let bound = 1.0 / (block.fan_in as f32).sqrt();
    (0..block.len()).map(|_| random.random_range(-bound..bound)).collect()
}

/// Gather the blocks' gradients, `[members, rows, 2, columns]` each, into the flat `[members, 2, parameters]`.
#[must_use]
pub fn flatten(gradients: Vec<Tensor<4>>) -> Tensor<3> {
    let flat = gradients
        .into_iter()
        .map(|gradient| {
            let [members, rows, tasks, columns] = gradient.dims();
            gradient.swap_dims(1, 2).reshape([members, tasks, rows * columns])
        })
        .collect();
    Tensor::cat(flat, 2)
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
        assert_eq!((layout.parameters(), layout.shared()), (15, 12));
        let (first, again, other) = (layout.initial(1), layout.initial(1), layout.initial(2));
        assert_eq!(first, again);
        assert_ne!(first, other);
        assert!(first[..12].iter().all(|weight| weight.abs() <= 0.5));
        assert!(first[12..].iter().all(|weight| weight.abs() <= 0.25));
    }
}
