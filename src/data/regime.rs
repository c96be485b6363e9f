//! Operating regimes.

use super::{Engine, Row, Subset};

/// The six set points at which FD002 and FD004 fly: altitude in kft, Mach number, throttle resolver angle in %
/// (Saxena et al. 2008). FD001 and FD003 stay at the first.
pub const SET_POINTS: [[f32; 3]; 6] = [
    [0.0, 0.0, 100.0],
    [10.0, 0.25, 100.0],
    [20.0, 0.70, 100.0],
    [25.0, 0.62, 60.0],
    [35.0, 0.84, 100.0],
    [42.0, 0.84, 100.0],
];

/// Ranges of the settings over the set points.
const RANGES: [f32; 3] = [42.0, 0.84, 40.0];

/// Operating regime of a row: the index of the nearest set point in [`SET_POINTS`], always 0 for FD001 and FD003.
///
/// Settings stray from their set points by less than 0.01 kft and 0.001 Mach, so any distance tells them apart; the
/// one used measures each setting by its range.
#[must_use]
pub fn regime(subset: Subset, row: &Row<'_>) -> usize {
    if subset.regimes() == 1 { 0 } else { nearest(row).0 }
}

/// The nearest set point, and the square of the distance to it.
fn nearest(row: &Row<'_>) -> (usize, f32) {
    let distance = |point: &[f32; 3]| -> f32 {
        (0..3).map(|setting| ((row.settings[setting] - point[setting]) / RANGES[setting]).powi(2)).sum()
    };
    let mut nearest = (0, f32::INFINITY);
    for (index, point) in SET_POINTS.iter().enumerate() {
        let distance = distance(point);
        if distance < nearest.1 {
            nearest = (index, distance);
        }
    }
    nearest
}

/// How many set points the rows of these engines are at: those with at least a hundredth of the rows. 0 where rows lie
/// elsewhere, as they may in a person's own files.
pub(super) fn flown_set_points(engines: &[Engine]) -> usize {
    const NEAR: f32 = 0.01;
    let mut counts = [0_usize; SET_POINTS.len()];
    let mut rows = 0;
    for row in engines.iter().flat_map(|engine| &engine.rows) {
        let (point, distance) = nearest(&row);
        counts[point] += usize::from(distance < NEAR);
        rows += 1;
    }
    if counts.iter().sum::<usize>() < rows { 0 } else { counts.iter().filter(|count| 100 * **count >= rows).count() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_nearest_set_point() {
        // First rows of NASA's train_FD002.txt and their neighbourhood.
        let settings =
            [[34.9983, 0.8400, 100.0], [41.9982, 0.8408, 100.0], [24.9988, 0.6218, 60.0], [0.0016, 0.0, 100.0]];
        let row = |settings| Row { settings, sensors: &[0.0; 21] };
        assert_eq!(settings.map(|settings| regime(Subset::FD002, &row(settings))), [4, 5, 3, 0]);
        assert_eq!(regime(Subset::FD001, &row(settings[1])), 0);
        for (index, point) in SET_POINTS.into_iter().enumerate() {
            assert_eq!(regime(Subset::FD004, &row(point)), index);
        }
    }
}
