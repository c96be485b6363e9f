//! Activations that a compiler can vectorize: no branch, no call, no table.
#![expect(clippy::inline_always, reason = "a call in a loop is what keeps it from being vectorized")]

/// `eˣ` to about one unit in the last place, for `|x|` up to 87; beyond it stays at the ends.
///
/// With `n = round(x / ln 2)` and `r = x − n ln 2`, `eˣ = 2ⁿ eʳ`; `|r| ≤ 0.347`, where the first seven terms of the
/// series for `eʳ` leave less than 2e-7.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    /// Adding 1.5 · 2²³ leaves a float's unit in its last bit: the sum is rounded, and its low bits are the integer.
    const ROUNDER: f32 = 12_582_912.0;
    /// ln 2 in two parts; the first has few bits, so that its product with `n` is exact.
    const LN2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    let x = x.clamp(-87.0, 87.0);
    let rounded = x * std::f32::consts::LOG2_E + ROUNDER;
    let n = rounded - ROUNDER;
    let r = (x - n * LN2[0]) - n * LN2[1];
    let series = 1.0 + r * (1.0 + r * (1.0 / 2.0 + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0 + r / 720.0)))));
    let power = f32::from_bits((rounded.to_bits() << 23).wrapping_add(1.0_f32.to_bits()));
    series * power
}

/// `1 / (1 + e⁻ˣ)`.
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// The hyperbolic tangent, `1 − 2 / (1 + e²ˣ)`; the error is absolute, below 2e-7.
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    1.0 - 2.0 / (1.0 + exp(2.0 * x))
}

/// `max(x, 0)` in place.
pub fn relu(values: &mut [f32]) {
    for value in values {
        *value = value.max(0.0);
    }
}

/// Zero a cotangent where the activation was shut.
pub fn relu_back(cotangents: &mut [f32], activations: &[f32]) {
    for (cotangent, activation) in cotangents.iter_mut().zip(activations) {
        *cotangent = if *activation > 0.0 { *cotangent } else { 0.0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_to_the_exact_functions_everywhere() {
        for step in -4000..=4000_i16 {
            let x = f32::from(step) / 40.0;
            let (wide, found) = (f64::from(x), [sigmoid(x), tanh(x)].map(f64::from));
            assert!((found[0] - 1.0 / (1.0 + (-wide).exp())).abs() < 2e-7, "sigmoid({x}) = {}", found[0]);
            assert!((found[1] - wide.tanh()).abs() < 2e-7, "tanh({x}) = {}", found[1]);
            if x.abs() < 87.0 {
                assert!((f64::from(exp(x)) / wide.exp() - 1.0).abs() < 3e-7, "exp({x})");
            }
        }
        assert_eq!([sigmoid(f32::INFINITY), tanh(f32::INFINITY), tanh(f32::NEG_INFINITY)], [1.0, 1.0, -1.0]);
        assert!(sigmoid(f32::NAN).is_nan() && tanh(f32::NAN).is_nan());
    }
}
