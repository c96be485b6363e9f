use proptest::prelude::*;

use super::*;
use crate::chart::axis::{Axis, Scale};
use crate::measure::Metric;

const DASH: Dash = Dash { on_px: 6.0, off_px: 4.0, most: 80 };

fn projection(high: f64, low_px: f64, high_px: f64) -> Projection {
    Projection::new(&Axis { metric: Metric::LOSS, scale: Scale::Linear, low: 0.0, high }, low_px, high_px)
}

fn line(values: &[f64], shape: Shape) -> Vec<Vec<Px>> {
    let points: Vec<Point> = values.iter().zip(0_u32..).map(|(&y, x)| Point { x: f64::from(x), y }).collect();
    let x = projection(100.0, 0.0, 1000.0);
    let y = projection(10.0, 100.0, 0.0);
    runs(&points, shape, &x, &y, 1.0)
}

#[test]
fn gaps_break_the_line() {
    let found = line(&[1.0, 2.0, f64::NAN, 3.0, f64::INFINITY, 4.0], Shape::Straight);
    assert_eq!(found, [vec![(0.0, 90.0), (10.0, 80.0)], vec![(30.0, 70.0)], vec![(50.0, 60.0)]]);
}

#[test]
fn a_held_value_goes_level_and_then_upright() {
    let found = line(&[1.0, 1.0, 2.0], Shape::Stepped);
    assert_eq!(found, [vec![(0.0, 90.0), (20.0, 90.0), (20.0, 80.0)]]);
}

#[test]
fn a_part_above_the_frame_is_cut_where_it_leaves() {
    let run = vec![(0.0, -10.0), (10.0, 10.0), (20.0, 10.0), (30.0, -10.0), (40.0, -10.0), (50.0, 10.0)];
    let parts = clip(run, 0.0, 100.0);
    assert_eq!(parts, [vec![(5.0, 0.0), (10.0, 10.0), (20.0, 10.0), (25.0, 0.0)], vec![(45.0, 0.0), (50.0, 10.0)]]);
    assert!(clip(vec![(0.0, -5.0), (9.0, -5.0)], 0.0, 100.0).is_empty());
}

#[test]
fn dashes_follow_the_line_and_are_bounded() {
    let run = [(0.0, 0.0), (10.0, 0.0), (20.0, 0.0)];
    assert_eq!(
        dashes(&run, DASH, 1.0).iter().map(|d| (d[0].0, d[d.len() - 1].0)).collect::<Vec<_>>(),
        [(0.0, 6.0), (10.0, 16.0)]
    );
    let restless: Vec<Px> = (0..1000_u32).map(|n| (f64::from(n), if n % 2 == 0 { 0.0 } else { 500.0 })).collect();
    assert!(dashes(&restless, DASH, 1.0).len() <= 81);
}

proptest! {
    #[test]
    fn thinning_keeps_the_extremes_and_bounds_the_points(
        values in proptest::collection::vec(0.0_f64..10.0, 1..3000),
    ) {
        let points: Vec<Point> =
            values.iter().zip(0_u32..).map(|(&y, x)| Point { x: f64::from(x) * 100.0 / 3000.0, y }).collect();
        let x = projection(100.0, 0.0, 200.0);
        let y = projection(10.0, 400.0, 0.0);
        let found = runs(&points, Shape::Straight, &x, &y, 1.0);
        prop_assert_eq!(found.len(), 1);
        prop_assert!(found[0].len() <= 4 * 201);
        let top = |all: &mut dyn Iterator<Item = f64>| all.fold(f64::INFINITY, f64::min);
        let drawn = top(&mut found[0].iter().map(|px| px.1));
        let exact = top(&mut values.iter().map(|&v| y.px_from_value(v)));
        prop_assert!((drawn - exact).abs() <= 0.5);
    }

    #[test]
    fn clipped_parts_stay_inside(heights in proptest::collection::vec(-50.0_f64..150.0, 1..50)) {
        let run: Vec<Px> = heights.iter().zip(0_u32..).map(|(&y, x)| (f64::from(x), y)).collect();
        for part in clip(run, 0.0, 100.0) {
            prop_assert!(part.iter().all(|px| (0.0..=100.0).contains(&px.1)));
            prop_assert!(part.is_sorted_by(|a, b| a.0 <= b.0));
        }
    }
}
