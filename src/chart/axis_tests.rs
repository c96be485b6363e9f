use proptest::prelude::*;

use super::*;

const ANY: Fit = Fit {
    empty: (0.0, 1.0),
    at_least: None,
    within: (f64::NEG_INFINITY, f64::INFINITY),
    multiple: None,
    room_below: 0.0,
};

fn axis(scale: Scale, (low, high): (f64, f64)) -> Axis {
    Axis { metric: Metric::LOSS, scale, low, high }
}

fn labels(scale: Scale, range: (f64, f64), target: usize) -> Vec<String> {
    ticks(&axis(scale, range), target).into_iter().map(|tick| tick.label).collect()
}

#[test]
fn titles_carry_unit_and_scale() {
    assert_eq!(Axis { metric: Metric::RMSE, ..axis(Scale::Linear, (0.0, 1.0)) }.title(), "RMSE (cycles)");
    assert_eq!(axis(Scale::Log, (1.0, 10.0)).title(), "Loss (log scale)");
    assert_eq!(axis(Scale::Linear, (0.0, 1.0)).title(), "Loss");
}

#[test]
fn ranges_are_robust() {
    let range = |values: &[f64]| ANY.range(Scale::Linear, values.iter().copied());
    assert_eq!(range(&[]), (0.0, 1.0));
    assert_eq!(range(&[f64::NAN, f64::INFINITY]), (0.0, 1.0));
    assert_eq!(range(&[-0.4, f64::NAN, -0.1]), (-0.4, -0.1));
    let (low, high) = range(&[5.0, 5.0]);
    assert!(low < 5.0 && 5.0 < high);
    assert_eq!(range(&[0.0]), (-1.0, 1.0));
}

#[test]
fn the_first_evaluations_may_leave_the_frame_but_not_most() {
    let fit = Fit { multiple: Some(3.0), ..ANY };
    let mut values = vec![90.0];
    values.extend([15.0; 9]);
    assert_eq!(fit.range(Scale::Linear, values.iter().copied()).1, 45.0);
    let falling: Vec<f64> = (1..=10).map(|n| f64::from(n) * 10.0).collect();
    assert!(fit.range(Scale::Linear, falling.iter().copied()).1 >= 80.0);
}

#[test]
fn linear_ticks_are_few_and_round() {
    assert_eq!(labels(Scale::Linear, (0.0, 1.0), 5), ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
    assert_eq!(labels(Scale::Linear, (-0.4, 0.2), 4), ["−0.4", "−0.2", "0", "0.2"]);
}

#[test]
fn log_ticks_suit_their_span() {
    assert_eq!(labels(Scale::Log, (0.01, 10.0), 4), ["0.01", "0.1", "1", "10"]);
    assert_eq!(labels(Scale::Log, (0.2, 2.0), 4), ["0.2", "0.5", "1", "2"]);
    assert_eq!(labels(Scale::Log, (2.0, 5.0), 4), ["2", "3", "4", "5"]);
    let huge = labels(Scale::Log, (1e-20, 1e20), 5);
    assert!((3..=6).contains(&huge.len()), "{huge:?}");
    let widest = labels(Scale::Log, (1e-45, 1e38), 4);
    assert!((2..=5).contains(&widest.len()) && widest.iter().all(|label| label.starts_with('1')), "{widest:?}");
}

proptest! {
    #[test]
    fn every_range_holds_its_values_and_has_ticks(
        values in proptest::collection::vec(-1e6_f64..1e6, 1..20), log in any::<bool>(), target in 2_usize..8,
    ) {
        let scale = if log { Scale::Log } else { Scale::Linear };
        let values: Vec<f64> = values.into_iter().map(|v| if log { v.abs() + 1e-9 } else { v }).collect();
        let (low, high) = ANY.range(scale, values.iter().copied());
        prop_assert!(low < high && low.is_finite() && high.is_finite());
        let room = 1e-6 * (high - low);
        prop_assert!(values.iter().all(|v| (low - room..=high + room).contains(v)), "{low} {high} {values:?}");
        let found = ticks(&axis(scale, (low, high)), target);
        prop_assert!((1..=2 * target + 3).contains(&found.len()), "{found:?}");
    }

    #[test]
    fn pixels_and_values_invert_each_other(low in -1e3_f64..1e3, span in 1e-3_f64..1e3, share in 0.0_f64..1.0) {
        for scale in [Scale::Linear, Scale::Log] {
            let (low, high) = if scale == Scale::Log { (low.abs() + 1e-3, low.abs() + 1e-3 + span) } else { (low, low + span) };
            let projection = Projection::new(&axis(scale, (low, high)), 300.0, 20.0);
            let px = 20.0 + 280.0 * share;
            prop_assert!((projection.px_from_value(projection.value_from_px(px)) - px).abs() < 1e-3);
        }
    }
}
