//! The members' figures side by side, in an order that a person chooses.

use super::{RunView, letter, score_words};
use crate::measure::Metrics;

/// A column of the comparison.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Column {
    /// The order in which the members came.
    #[default]
    Member,
    /// Test RMSE of the RUL, in cycles.
    Rmse,
    /// NASA score.
    Score,
    /// Accuracy of the health class.
    Accuracy,
    /// Macro-F1 of the health class.
    MacroF1,
}

impl Column {
    /// Every column, from left to right.
    pub const ALL: [Self; 5] = [Self::Member, Self::Rmse, Self::Score, Self::Accuracy, Self::MacroF1];

    /// Its name in the document.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Rmse => "rmse",
            Self::Score => "score",
            Self::Accuracy => "accuracy",
            Self::MacroF1 => "macro-f1",
        }
    }

    /// Its heading.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Member => "Member",
            Self::Rmse => "RMSE, cycles",
            Self::Score => "NASA score",
            Self::Accuracy => "Accuracy",
            Self::MacroF1 => "Macro-F1",
        }
    }

    fn value(self, figures: &Metrics) -> f32 {
        match self {
            Self::Member => f32::NAN,
            Self::Rmse => figures.rmse_cycles,
            Self::Score => figures.nasa_score,
            Self::Accuracy => figures.accuracy,
            Self::MacroF1 => figures.macro_f1,
        }
    }

    const fn higher_is_better(self) -> bool {
        matches!(self, Self::Accuracy | Self::MacroF1)
    }

    fn words(self, value: f32) -> String {
        match self {
            Self::Score => score_words(value),
            Self::Accuracy => format!("{:.1} %", value * 100.0),
            _ => format!("{value:.2}"),
        }
    }

    fn difference_words(self, difference: f32) -> String {
        let size = match self {
            Self::Accuracy => format!("{:.1}", difference.abs() * 100.0),
            // Beside a score without decimals.
            Self::Score if (10.0..100.0).contains(&difference.abs()) => format!("{:.0}", difference.abs()),
            _ => self.words(difference.abs()),
        };
        // What is rounded to nothing has no sign.
        let sign = match size.chars().any(|c| c.is_ascii_digit() && c != '0') {
            true if difference > 0.0 => "+",
            true => "−",
            false => "±",
        };
        format!("{sign}{size}")
    }
}

/// How the rows are ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// By this column.
    pub by: Column,
    /// The other way round: the worst figure first.
    pub reversed: bool,
}

impl Order {
    /// What a press on a column's heading makes of it: that column's order, or its reverse.
    #[must_use]
    pub fn pressed(self, by: Column) -> Self {
        Self { by, reversed: self.by == by && !self.reversed }
    }

    /// The value of `aria-sort` on a column's heading.
    #[must_use]
    pub fn aria(self, column: Column) -> &'static str {
        match (self.by == column, column.higher_is_better() != self.reversed) {
            (false, _) => "none",
            (true, true) => "descending",
            (true, false) => "ascending",
        }
    }
}

/// A figure and how far it is from the first row's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// The figure, or a dash where it was not measured.
    pub words: String,
    /// The difference to the first row; empty in the first row itself.
    pub difference: String,
    /// Whether it is better than the first row's, worse, or neither.
    pub better: Option<bool>,
    /// The figure in full precision.
    pub value: f32,
}

/// A member's row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The member.
    pub member: usize,
    /// What it is called, as in the charts' legends.
    pub label: String,
    /// One entry for each of [`Column::ALL`] after the first.
    pub cells: Vec<Cell>,
}

impl RunView {
    /// The members' latest figures on the test engines. A figure that is not a number comes last, and rows that are
    /// alike keep the members' order.
    #[must_use]
    pub fn comparison(&self, order: Order) -> Vec<Row> {
        let figures = |member: usize| self.evaluation.as_ref().and_then(|evaluation| evaluation.test.get(member));
        let mut members: Vec<usize> = (0..self.wanted().members.len()).collect();
        if order.by == Column::Member {
            if order.reversed {
                members.reverse();
            }
        } else {
            let sign = if order.by.higher_is_better() == order.reversed { 1.0 } else { -1.0 };
            let key = |member: usize| {
                let value = figures(member).map_or(f32::NAN, |figures| order.by.value(figures));
                if value.is_finite() { sign * value } else { f32::INFINITY }
            };
            members.sort_by(|a, b| key(*a).total_cmp(&key(*b)));
        }
        let labels = self.labels();
        let first = members.first().and_then(|member| figures(*member)).cloned();
        let label = |member: usize| {
            let name = labels.get(member).cloned().unwrap_or_else(|| letter(member));
            let held = self.evaluation.as_ref().and_then(|evaluation| evaluation.states.get(member)?.stopped());
            held.map_or_else(|| name.clone(), |epoch| format!("{name}, stopped: epoch {epoch}"))
        };
        let row = |(index, member): (usize, usize)| Row {
            member,
            label: label(member),
            cells: Column::ALL[1..]
                .iter()
                .map(|column| cell(*column, figures(member), first.as_ref().filter(|_| index > 0)))
                .collect(),
        };
        members.into_iter().enumerate().map(row).collect()
    }
}

fn cell(column: Column, figures: Option<&Metrics>, first: Option<&Metrics>) -> Cell {
    let Some(value) = figures.map(|figures| column.value(figures)).filter(|value| value.is_finite()) else {
        return Cell { words: "–".to_owned(), value: f32::NAN, ..Cell::default() };
    };
    let difference = first.map(|first| value - column.value(first)).filter(|difference| difference.is_finite());
    let words = difference.map(|difference| column.difference_words(difference)).unwrap_or_default();
    let tells = difference.filter(|_| !words.starts_with('±'));
    Cell {
        words: column.words(value),
        difference: words,
        better: tells.map(|difference| (difference > 0.0) == column.higher_is_better()),
        value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Evaluation, Event, RunConfig};

    fn raced(rmse: &[f32]) -> RunView {
        let config = (1..rmse.len()).fold(RunConfig::default(), |config, _| config.with_racer());
        let mut view = RunView::new(config);
        let of = |rmse_cycles: &f32| Metrics {
            rmse_cycles: *rmse_cycles,
            nasa_score: 100.0 * rmse_cycles,
            accuracy: 1.0 - rmse_cycles / 100.0,
            ..Metrics::default()
        };
        let test = rmse.iter().map(of).collect();
        let evaluation = Evaluation { step: 1, epoch: 0.1, test, validation: None, ..Evaluation::default() };
        view.apply(Event::Evaluated { evaluation });
        view
    }

    fn order(rows: &[Row]) -> Vec<usize> {
        rows.iter().map(|row| row.member).collect()
    }

    #[test]
    fn differences_are_to_the_row_that_stands_first() {
        let view = raced(&[15.0, 14.5, 15.75]);
        let rows = view.comparison(Order::default());
        assert_eq!(order(&rows), [0, 1, 2]);
        let rmse: Vec<&str> = rows.iter().map(|row| row.cells[0].difference.as_str()).collect();
        assert_eq!(rmse, ["", "−0.50", "+0.75"]);
        assert_eq!(rows[1].cells[2].difference, "+0.5");
        assert_eq!((rows[1].cells[0].better, rows[1].cells[2].better), (Some(true), Some(true)));
        assert_eq!((rows[2].cells[0].better, rows[0].cells[0].better), (Some(false), None));

        let rows = view.comparison(Order::default().pressed(Column::Rmse));
        assert_eq!(order(&rows), [1, 0, 2]);
        assert_eq!(rows[1].cells[0].difference, "+0.50");
    }

    #[test]
    fn the_best_comes_first_and_a_second_press_turns_that_round() {
        let view = raced(&[15.0, 14.0, 16.0]);
        for column in [Column::Rmse, Column::Score, Column::Accuracy] {
            let best_first = Order::default().pressed(column);
            assert_eq!(order(&view.comparison(best_first)), [1, 0, 2], "{column:?}");
            assert_eq!(order(&view.comparison(best_first.pressed(column))), [2, 0, 1], "{column:?}");
        }
        let accuracy = Order::default().pressed(Column::Accuracy);
        assert_eq!((accuracy.aria(Column::Accuracy), accuracy.aria(Column::Rmse)), ("descending", "none"));
        assert_eq!(accuracy.pressed(Column::Accuracy).aria(Column::Accuracy), "ascending");
        assert_eq!(Order::default().aria(Column::Member), "ascending");
    }

    #[test]
    fn a_figure_that_is_no_number_comes_last_either_way() {
        let view = raced(&[f32::NAN, 14.0, 16.0]);
        let rising = Order::default().pressed(Column::Rmse);
        assert_eq!(order(&view.comparison(rising)), [1, 2, 0]);
        assert_eq!(order(&view.comparison(rising.pressed(Column::Rmse))), [2, 1, 0]);
        assert_eq!(view.comparison(rising)[2].cells[0].words, "–");
    }

    #[test]
    fn figures_that_look_alike_do_not_differ() {
        let rows = raced(&[15.0, 15.001]).comparison(Order::default());
        assert_eq!((rows[1].cells[0].difference.as_str(), rows[1].cells[0].better), ("±0.00", None));
    }
}
