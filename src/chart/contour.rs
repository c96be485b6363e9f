//! Lines of one value on a grid of values: marching squares, joined to long lines.

use std::collections::{BTreeMap, VecDeque};

/// A place on the grid: column and row, in steps of the grid.
pub(super) type GridPlace = [f64; 2];

/// A place that can be compared: between two neighbours of a grid there is at most one of a value.
type Key = (usize, usize, bool);

/// The lines along which a grid, `values` row by row with `columns` columns, has this value. Fields with a corner that is
/// no finite number have none.
///
/// A field whose diagonal corners lie on the same side of the value (a saddle) is taken to be divided as its mean says.
pub(super) fn contour(values: &[f64], columns: usize, level: f64) -> Vec<Vec<GridPlace>> {
    let rows = values.len() / columns.max(1);
    let at = |column: usize, row: usize| values[row * columns + column];
    let mut places: BTreeMap<Key, GridPlace> = BTreeMap::new();
    let mut neighbours: BTreeMap<Key, Vec<Key>> = BTreeMap::new();
    for row in 0..rows.saturating_sub(1) {
        for column in 0..columns.saturating_sub(1) {
            // From the lower left corner, against the clock.
            let corners = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)];
            let own = corners.map(|(column, row)| at(column, row));
            if !own.iter().all(|value| value.is_finite()) {
                continue;
            }
            let mut crossed: Vec<(usize, Key)> = Vec::new();
            for side in 0..4 {
                let (a, b) = (side, (side + 1) % 4);
                if (own[a] > level) == (own[b] > level) {
                    continue;
                }
                let share = (level - own[a]) / (own[b] - own[a]);
                let (from, to) = (corners[a], corners[b]);
                let along = |from: usize, to: usize| from as f64 + (to as f64 - from as f64) * share;
                let key = (from.0.min(to.0), from.1.min(to.1), from.0 == to.0);
                places.insert(key, [along(from.0, to.0), along(from.1, to.1)]);
                crossed.push((side, key));
            }
            let pairs: Vec<(Key, Key)> = match crossed[..] {
                [(_, a), (_, b)] => vec![(a, b)],
                [(_, a), (_, b), (_, c), (_, d)] => {
                    let is_high = own.iter().sum::<f64>() / 4.0 > level;
                    // The first corner lies between the last side and the first.
                    if (own[0] > level) == is_high { vec![(a, b), (c, d)] } else { vec![(d, a), (b, c)] }
                }
                _ => Vec::new(),
            };
            for (a, b) in pairs {
                neighbours.entry(a).or_default().push(b);
                neighbours.entry(b).or_default().push(a);
            }
        }
    }
    let mut lines = Vec::new();
    while let Some((start, _)) = neighbours.first_key_value() {
        let start = *start;
        let mut line: VecDeque<Key> = VecDeque::from([start]);
        while let Some(next) = take(&mut neighbours, line[line.len() - 1]) {
            line.push_back(next);
        }
        while let Some(next) = take(&mut neighbours, line[0]) {
            line.push_front(next);
        }
        lines.push(line.iter().filter_map(|key| places.get(key).copied()).collect());
    }
    lines
}

/// Go from a place to a neighbour, on a way that was not taken yet.
fn take(neighbours: &mut BTreeMap<Key, Vec<Key>>, from: Key) -> Option<Key> {
    let next = neighbours.get_mut(&from)?.pop()?;
    for (a, b) in [(from, next), (next, from)] {
        if let Some(others) = neighbours.get_mut(&a) {
            if let Some(place) = others.iter().position(|other| *other == b) {
                others.remove(place);
            }
            if others.is_empty() {
                neighbours.remove(&a);
            }
        }
    }
    Some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slope_has_one_straight_line() {
        let values: Vec<f64> = (0..12).map(|index| f64::from(index % 4)).collect();
        let lines = contour(&values, 4, 1.5);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].len(), 3);
        assert!(lines[0].iter().all(|[x, _]| (x - 1.5).abs() < 1e-12), "{lines:?}");
        assert!(contour(&values, 4, 9.0).is_empty());
    }

    #[test]
    fn a_bowl_has_a_closed_ring() {
        let side = 21;
        let value = |index: usize| {
            let [x, y] = [index % side, index / side].map(|place| place as f64 - 10.0);
            x * x + y * y
        };
        let lines = contour(&(0..side * side).map(value).collect::<Vec<_>>(), side, 25.0);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!(lines[0].first(), lines[0].last());
        for [x, y] in &lines[0] {
            assert!(((x - 10.0).hypot(y - 10.0) - 5.0).abs() < 0.1, "{x} {y}");
        }
    }

    #[test]
    fn a_saddle_has_two_lines_and_a_hole_none() {
        assert_eq!(contour(&[1.0, 0.0, 0.0, 1.0], 2, 0.4).len(), 2);
        assert_eq!(contour(&[1.0, 0.0, 0.0, 1.0], 2, 0.6).len(), 2);
        assert!(contour(&[f64::NAN, 0.0, 0.0, 1.0], 2, 0.4).is_empty());
        assert!(contour(&[], 2, 0.4).is_empty());
    }
}
