//! The random numbers of a training step, and dropout of the shared latent: which of its numbers a step leaves out.

/// Draws have 24 bits, so that a single-precision number holds each of them exactly, on every backend.
const DRAWS: f32 = 16_777_216.0;

/// What decides every random number that a training step draws: the same step of a run with the same seed draws the same
/// ones, on every backend and after a reload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draw {
    /// Seed of the run.
    pub seed: u32,
    /// Steps taken before.
    pub step: u32,
}

impl Draw {
    const fn key(self) -> u32 {
        mix(mix(self.seed).wrapping_add(self.step))
    }

    /// As many whole numbers below 2²⁴ for the layer of this index; layers draw apart, and apart from the latent's dropout.
    #[cfg(feature = "open")]
    pub(super) fn numbers(self, layer: u32, count: usize) -> impl Iterator<Item = u32> {
        let key = mix(self.key().wrapping_add(mix(layer.wrapping_add(1))));
        (0..count as u32).map(move |position| mix(mix(position).wrapping_add(key)) >> 8)
    }
}

/// Dropout (Srivastava et al. 2014, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting"), in its inverted
/// form: a number of the latent is left out with probability `rate`, and the others are multiplied by `1 / (1 − rate)`,
/// so that predictions, which never drop, need no correction.
///
/// ```text
/// draw(window, unit) = mix(mix(window · hidden + unit) + key) / 2⁸,   dropped where draw < rate · 2²⁴
/// key = mix(mix(seed) + step)
/// ```
///
/// in wrapping arithmetic on 32 bits, `mix` being the `lowbias32` hash (Wellons 2018, "Prospecting for Hash Functions").
/// Masks follow from seed, step, window and unit alone, not from the member: members that race with one rate see the same
/// masks, and every backend computes the same ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dropout {
    rate: f32,
    key: u32,
}

impl Dropout {
    /// The masks of this step; `None` for a rate that leaves nothing out.
    #[must_use]
    pub fn new(rate: f32, draw: Draw) -> Option<Self> {
        (rate > 0.0).then(|| Self { rate, key: draw.key() })
    }

    /// Leave numbers of a member's latents `[batch, hidden]`, or of their cotangents, out and scale the others.
    pub fn apply(self, latents: &mut [f32]) {
        let (threshold, scale) = (self.threshold(), self.scale());
        for (position, value) in (0_u32..).zip(latents) {
            let draw = mix(mix(position).wrapping_add(self.key)) >> 8;
            *value = if (draw as f32) < threshold { 0.0 } else { *value * scale };
        }
    }

    /// Draws below it are left out.
    pub(super) const fn threshold(self) -> f32 {
        self.rate * DRAWS
    }

    /// What the others are multiplied by.
    pub(super) const fn scale(self) -> f32 {
        1.0 / (1.0 - self.rate)
    }

    /// What sets this step's masks apart from another's.
    #[cfg(feature = "webgpu")]
    pub(super) const fn key(self) -> u32 {
        self.key
    }
}

/// `lowbias32`.
const fn mix(mut bits: u32) -> u32 {
    bits ^= bits >> 16;
    bits = bits.wrapping_mul(0x7feb_352d);
    bits ^= bits >> 15;
    bits = bits.wrapping_mul(0x846c_a68b);
    bits ^ (bits >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(rate: f32, seed: u32, step: u32) -> Vec<f32> {
        let mut values = vec![1.0; 20_000];
        Dropout::new(rate, Draw { seed, step }).unwrap().apply(&mut values);
        values
    }

    #[test]
    fn the_share_left_out_is_the_rate_and_the_mean_stays() {
        for rate in [0.1, 0.5, 0.9] {
            let values = mask(rate, 1, 0);
            let dropped = values.iter().filter(|value| **value == 0.0).count() as f32 / 20_000.0;
            assert!((dropped - rate).abs() < 0.012, "{rate}: {dropped}");
            let mean = values.iter().sum::<f32>() / 20_000.0;
            assert!((mean - 1.0).abs() < 0.08, "{rate}: {mean}");
        }
        assert_eq!(Dropout::new(0.0, Draw { seed: 1, step: 0 }), None);
    }

    #[test]
    fn masks_of_other_steps_and_seeds_are_unrelated() {
        let first = mask(0.5, 1, 0);
        assert_eq!(first, mask(0.5, 1, 0));
        for (seed, step) in [(1, 1), (1, 2), (2, 0), (2, 1)] {
            let alike = mask(0.5, seed, step).iter().zip(&first).filter(|(a, b)| a == b).count() as f32 / 20_000.0;
            assert!((alike - 0.5).abs() < 0.015, "seed {seed}, step {step}: {alike}");
        }
        // What a lower rate leaves out a higher one leaves out, too.
        let pairs = mask(0.2, 1, 0).into_iter().zip(mask(0.6, 1, 0));
        assert!(pairs.filter(|(low, _)| *low == 0.0).all(|(_, high)| high == 0.0));
    }

    #[test]
    fn the_hash_is_the_published_one() {
        // Computed apart from this code.
        assert_eq!([0, 1, 2, u32::MAX].map(mix), [0, 0x6889_90c0, 0xd113_2181, 0x6768_824a]);
    }
}
