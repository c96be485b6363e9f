//! A running mean for records that are not evenly spaced.

/// Exponentially weighted means of `(step, value)`, one for each entry.
///
/// ```text
/// m_t = (Σ_{s ≤ t} e^{−(t − s)/τ} x_s) / (Σ_{s ≤ t} e^{−(t − s)/τ})
/// ```
///
/// The division makes the first entries means of what there is, not of a made-up zero. Decay goes by steps, not by
/// entries, since the past is decimated. A value that is not finite stays a gap and leaves the mean alone.
pub(super) fn running_mean(values: impl Iterator<Item = (u32, f64)>, tau_steps: f64) -> impl Iterator<Item = f64> {
    let (mut sum, mut weight, mut before) = (0.0, 0.0, None);
    // Steps are evenly spaced but for where decimation changes.
    let mut decay_of = (0, 1.0);
    values.map(move |(step, value)| {
        if !value.is_finite() {
            return f64::NAN;
        }
        let elapsed = before.map_or(0, |before| step.saturating_sub(before));
        before = Some(step);
        if decay_of.0 != elapsed {
            decay_of = (elapsed, (-f64::from(elapsed) / tau_steps).exp());
        }
        let decay = decay_of.1;
        sum = sum * decay + value;
        weight = weight * decay + 1.0;
        sum / weight
    })
}

/// How many steps to smooth over when this many are shown: 8 at least, about a sixtieth of them, a power of two so
/// that the line is redrawn differently only when the run has doubled.
pub(super) fn tau_steps(shown_steps: u32) -> f64 {
    f64::from((shown_steps / 60).max(8).checked_next_power_of_two().unwrap_or(1 << 31))
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "values that are exact")]
mod tests {
    use super::*;

    fn mean(values: &[(u32, f64)], tau: f64) -> Vec<f64> {
        running_mean(values.iter().copied(), tau).collect()
    }

    #[test]
    fn a_constant_stays_itself() {
        assert!(mean(&[(1, 3.0), (2, 3.0), (9, 3.0)], 8.0).iter().all(|m| (m - 3.0).abs() < 1e-12));
    }

    #[test]
    fn it_starts_at_the_first_value_and_follows() {
        let means = mean(&[(1, 0.0), (2, 1.0), (1000, 5.0)], 8.0);
        assert_eq!(means[0], 0.0);
        assert!(means[1] > 0.5 && means[1] < 0.6);
        assert!((means[2] - 5.0).abs() < 1e-9);
    }

    #[test]
    fn a_gap_stays_a_gap_and_does_not_spread() {
        let means = mean(&[(1, 2.0), (2, f64::NAN), (3, f64::INFINITY), (4, 2.0)], 8.0);
        assert!(means[1].is_nan() && means[2].is_nan());
        assert!((means[3] - 2.0).abs() < 1e-12);
    }

    #[test]
    fn the_window_grows_with_the_run() {
        assert_eq!([0, 400, 1000, 10_000].map(tau_steps), [8.0, 8.0, 16.0, 256.0]);
    }
}
