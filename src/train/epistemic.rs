//! How far models that the same data allow differ in what they predict.
//!
//! With several members the ensemble is asked; a single one is asked again and again with parts of its latent left out
//! (Monte-Carlo dropout: Gal and Ghahramani 2016, "Dropout as a Bayesian Approximation").

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::model::{Network, OUTPUTS};
use crate::statistics::softmax;

/// Passes with different masks.
const PASSES: usize = 8;

/// Share of the latent that a mask leaves out.
const RATE: f32 = 0.1;

/// The mean variance over the windows of the predicted RUL (as a fraction, times `scale²`) and of the class
/// probabilities (summed over classes). Of each model its parameters and latents `[batch, hidden]` are given; the masks
/// of a single one are drawn from the seed.
pub fn variances(network: &Network, models: &[(&[f32], &[f32])], scale: f32, seed: u64) -> [f32; 2] {
    let passes: Vec<Vec<f32>> = match models {
        [(parameters, latents)] => {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            let mut masked =
                || -> Vec<f32> { latents.iter().map(|value| dropped(*value, random.random_range(0.0..1.0))).collect() };
            (0..PASSES).map(|_| predictions(network, parameters, &masked())).collect()
        }
        _ => models.iter().map(|(parameters, latents)| predictions(network, parameters, latents)).collect(),
    };
    let windows = passes.first().map_or(1, |first| first.len() / OUTPUTS).max(1) as f32;
    let mut sums = [0.0; 2];
    for index in 0..passes.first().map_or(0, Vec::len) {
        let task = usize::from(index % OUTPUTS > 0);
        sums[task] += variance(passes.iter().map(|pass| pass[index]));
    }
    [sums[0] / windows * scale * scale, sums[1] / windows]
}

/// A number that is left out or makes up for those that are.
fn dropped(value: f32, draw: f32) -> f32 {
    if draw < RATE { 0.0 } else { value / (1.0 - RATE) }
}

/// The heads' predictions, a row a window: the RUL, then the class probabilities.
fn predictions(network: &Network, parameters: &[f32], latents: &[f32]) -> Vec<f32> {
    let weight = &parameters[network.head_weight().range()];
    let bias = &parameters[network.head_bias().range()];
    let of_window = |latent: &[f32]| {
        let output = |column: usize| {
            latent.iter().zip(weight.chunks_exact(OUTPUTS)).map(|(value, row)| value * row[column]).sum::<f32>()
                + bias[column]
        };
        let [rul, logits @ ..]: [f32; OUTPUTS] = std::array::from_fn(output);
        let ([healthy, degrading, critical], _) = softmax(&logits);
        [rul, healthy, degrading, critical]
    };
    latents.chunks_exact(network.head_weight().rows).flat_map(of_window).collect()
}

fn variance(values: impl ExactSizeIterator<Item = f32> + Clone) -> f32 {
    let count = values.len() as f32;
    let mean = values.clone().sum::<f32>() / count;
    values.map(|value| (value - mean) * (value - mean)).sum::<f32>() / count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EncoderConfig;

    #[test]
    fn members_that_agree_have_no_variance_and_masks_always_some() {
        let network = Network::new(&EncoderConfig::Gru { hidden: 6 }, 4, 2);
        let latents: Vec<f32> = (0..30_u8).map(|value| f32::from(value) / 20.0 - 0.7).collect();
        let one = network.initial(1, 3);
        let (one, latents) = (&one[..], &latents[..]);
        let alike = variances(&network, &[(one, latents); 2], 1.0, 1);
        assert_eq!(alike, [0.0, 0.0]);
        let masked = |scale, seed| variances(&network, &[(one, latents)], scale, seed);
        let fractions = masked(1.0, 1);
        assert!(fractions[0] > 0.0 && fractions[1] > 0.0);
        assert_eq!(fractions, masked(1.0, 1));
        assert_ne!(fractions, masked(1.0, 2));
        let cycles = masked(125.0, 1);
        assert!((cycles[0] / fractions[0] / 15_625.0 - 1.0).abs() < 1e-4 && cycles[1] == fractions[1]);

        let mut apart = one.to_vec();
        apart[network.head_bias().offset] += 2.0;
        let found = variances(&network, &[(one, latents), (&apart[..], latents)], 1.0, 1);
        assert!((found[0] - 1.0).abs() < 1e-5 && found[1] == 0.0, "{found:?}");
    }
}
