//! What the two tasks' gradients do to each other and to the update.

use crate::loss::{RulLoss, RulUnit, TwoTaskLoss};
use crate::statistics::quantile;

/// The cosine between the gradients over the steps of one epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CosineBand {
    /// The epoch, counted from 1.
    pub epoch: u32,
    /// 10 % quantile.
    pub low: f64,
    /// Median.
    pub median: f64,
    /// 90 % quantile.
    pub high: f64,
    /// Steps that it is of.
    pub steps: usize,
}

/// The bands of a member's steps, given as `(epochs done after the step, cosine)` in order. Steps whose gradients were
/// not distinguished are left out.
#[must_use]
pub fn cosine_bands(steps: impl IntoIterator<Item = (f32, f32)>) -> Vec<CosineBand> {
    let mut epochs: Vec<(u32, Vec<f64>)> = Vec::new();
    for (done, cosine) in steps.into_iter().filter(|(_, cosine)| cosine.is_finite()) {
        #[expect(clippy::cast_sign_loss, reason = "an epoch is not negative")]
        let epoch = done.ceil().max(1.0) as u32;
        match epochs.last_mut() {
            Some((last, cosines)) if *last == epoch => cosines.push(f64::from(cosine)),
            _ => epochs.push((epoch, vec![f64::from(cosine)])),
        }
    }
    let band = |(epoch, mut cosines): (u32, Vec<f64>)| {
        cosines.sort_by(f64::total_cmp);
        let at = |share: f64| quantile(&cosines, share);
        CosineBand { epoch, low: at(0.1), median: at(0.5), high: at(0.9), steps: cosines.len() }
    };
    epochs.into_iter().map(band).collect()
}

/// The share of each task in the shared parameters' gradient that is applied, `u = Σ_i c_i g_i`:
///
/// ```text
/// s_i = ⟨c_i g_i, u⟩ / ‖u‖²
/// ```
///
/// The shares sum to 1. One above 1 means that the other task is dragged along against its will (its own is then
/// negative). `None` where nothing is applied or the gradients were not distinguished.
///
/// `coefficients` are what each task's gradient was multiplied by, `λ_i / N_i`; a factor common to both, such as
/// clipping, changes nothing. `norms` and `cosine` are of the raw gradients. Adam's division comes after and is no part
/// of this.
#[must_use]
pub fn gradient_shares(coefficients: [f32; 2], norms: [f32; 2], cosine: f32) -> Option<[f32; 2]> {
    let [rul, health] = [0, 1].map(|task| f64::from(coefficients[task]) * f64::from(norms[task]));
    let cross = f64::from(cosine) * rul * health;
    let whole = rul * rul + 2.0 * cross + health * health;
    let shares = [(rul * rul + cross) / whole, (health * health + cross) / whole];
    // Opposite gradients of one length cancel: what is left is rounding.
    let enough = whole > 1e-9 * (rul * rul + health * health);
    (enough && shares.iter().all(|share| share.is_finite())).then_some(shares.map(|share| share as f32))
}

/// The ratio `‖∇L_rul‖ / ‖∇L_health‖` that the same step would have with the RUL in the loss in cycles.
///
/// The squared error in cycles is cap² times what it is as a fraction, and so is its gradient; Huber's loss, whose
/// bend is given in cycles, too. The asymmetric penalty counts in cycles in either unit, and its ratio stays. `None`
/// where the health gradient vanishes.
#[must_use]
pub fn ratio_in_cycles([rul, health]: [f32; 2], loss: &TwoTaskLoss) -> Option<f32> {
    let unit = loss.labels.unit_cycles();
    let factor = match (loss.config.unit, loss.config.rul) {
        (RulUnit::Fraction, RulLoss::Squared | RulLoss::Huber { .. }) => unit * unit,
        (RulUnit::Cycles, _) | (_, RulLoss::Asymmetric) => 1.0,
    };
    Some(factor * rul / health).filter(|ratio| ratio.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Labels;
    use crate::loss::LossConfig;

    #[test]
    fn a_band_is_of_the_steps_of_its_epoch() {
        let first = (1..=10_u8).map(|step| (f32::from(step) / 10.0, f32::from(step) / 10.0));
        let second = [(1.5, -0.2), (1.75, f32::NAN), (2.0, 0.4)];
        let bands = cosine_bands(first.chain(second));
        assert_eq!(bands.iter().map(|band| (band.epoch, band.steps)).collect::<Vec<_>>(), [(1, 10), (2, 2)]);
        assert!((bands[0].median - 0.55).abs() < 1e-6 && (bands[0].low - 0.19).abs() < 1e-6, "{bands:?}");
        assert!((bands[1].median - 0.1).abs() < 1e-6 && bands[1].low < bands[1].high);
        assert!(cosine_bands([(0.5, f32::NAN)]).is_empty());
    }

    #[test]
    fn shares_sum_to_one_and_tell_who_is_dragged_along() {
        // c_rul g_rul = (3, 0), c_health g_health = (0, 1): 9 and 1 of 10.
        let orthogonal = gradient_shares([1.0, 0.5], [3.0, 2.0], 0.0).unwrap();
        assert!((orthogonal[0] - 0.9).abs() < 1e-6 && (orthogonal[1] - 0.1).abs() < 1e-6);
        let against = gradient_shares([1.0, 1.0], [3.0, 1.0], -0.9).unwrap();
        assert!(against[0] > 1.0 && against[1] < 0.0, "{against:?}");
        assert!((against[0] + against[1] - 1.0).abs() < 1e-5);
        assert_eq!(gradient_shares([1.0, 1.0], [2.0, 2.0], -1.0), None);
        assert_eq!(gradient_shares([0.0, 0.0], [2.0, 2.0], 0.5), None);
        assert_eq!(gradient_shares([0.5, 0.5], [f32::NAN; 2], f32::NAN), None);
    }

    #[test]
    fn cycles_make_the_squared_loss_dominate() {
        let of = |norms, unit, rul, rul_cap_cycles| {
            let config = LossConfig { unit, rul, ..LossConfig::default() };
            let labels = Labels { rul_cap_cycles, ..Labels::default() };
            ratio_in_cycles(norms, &TwoTaskLoss { config, labels })
        };
        let (squared, usual) = (RulLoss::Squared, Some(125.0));
        assert_eq!(of([0.5, 2.0], RulUnit::Fraction, squared, usual), Some(0.25 * 125.0 * 125.0));
        assert_eq!(of([0.5, 2.0], RulUnit::Fraction, squared, Some(130.0)), Some(0.25 * 130.0 * 130.0));
        assert_eq!(of([0.5, 2.0], RulUnit::Cycles, squared, usual), Some(0.25));
        assert_eq!(of([0.5, 2.0], RulUnit::Fraction, RulLoss::Asymmetric, usual), Some(0.25));
        assert_eq!(of([0.5, 0.0], RulUnit::Fraction, squared, None), None);
    }
}
