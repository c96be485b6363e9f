//! The figures beyond the six, of each member, as a table.

use super::{RunView, letter};
use crate::measure::Metric;
use crate::session::Mode;

/// One figure of every member.
#[derive(Clone, Debug, PartialEq)]
pub struct FigureRow {
    /// Its name, its unit where it has one, and which way is better.
    pub title: String,
    /// One a member.
    pub values: Vec<f64>,
    decimals: usize,
}

impl FigureRow {
    fn new(metric: Metric, values: Vec<f64>) -> Self {
        let better = match metric.higher_is_better {
            Some(true) => ", higher is better",
            Some(false) => ", lower is better",
            None => "",
        };
        let (unit, decimals) = match metric.unit {
            "" => (String::new(), 3),
            unit => (format!(", {unit}"), 2),
        };
        Self { title: format!("{}{unit}{better}", metric.name), values, decimals }
    }

    /// A value as it is shown; a dash where there is none.
    #[must_use]
    pub fn written(&self, value: f64) -> String {
        if value.is_finite() { format!("{value:.*}", self.decimals) } else { "–".to_owned() }
    }
}

impl RunView {
    fn label(&self, member: usize) -> String {
        self.labels().into_iter().nth(member).unwrap_or_else(|| letter(member))
    }

    /// The members' names and their figures of RUL and health at the end of the last epoch, on the last window of each
    /// test engine. Of a λ-curve's many members it is the one in focus.
    #[must_use]
    pub fn figures(&self) -> (Vec<String>, Vec<FigureRow>) {
        let Some(predictions) = self.predictions() else { return Default::default() };
        let config = self.wanted();
        let all = 0..predictions.members();
        let members: Vec<usize> = match config.mode() {
            Mode::LambdaCurve => all.filter(|member| *member == self.focus).collect(),
            _ => all.collect(),
        };
        let of_member = |member: &usize| {
            let rul = predictions.rul_figures(*member, &config.prices);
            rul.rows().into_iter().chain(predictions.health_figures(*member).rows()).collect::<Vec<_>>()
        };
        let columns: Vec<Vec<(Metric, f64)>> = members.iter().map(of_member).collect();
        let row = |place: usize| {
            let values = columns.iter().filter_map(|column| column.get(place)).map(|(_, value)| *value).collect();
            columns.first().and_then(|column| column.get(place)).map(|(metric, _)| FigureRow::new(*metric, values))
        };
        let names = members.iter().map(|member| self.label(*member)).collect();
        (names, (0..columns.first().map_or(0, Vec::len)).filter_map(row).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Labels;
    use crate::measure::Predictions;
    use crate::session::{Evaluation, Event, RunConfig};

    #[test]
    fn each_member_has_a_column_and_the_cost_follows_the_prices() {
        let mut view = RunView::new(RunConfig::default().with_racer());
        // 60 and 40 cycles predicted where 50 are left: taken out of service after 50, which is too late, and after 30.
        let outputs = [60.0_f32, 40.0].iter().flat_map(|rul| [rul / 125.0, 0.0, 0.0, 0.0]).collect();
        let predictions = Some(Predictions::new(Labels::default(), vec![50.0], outputs));
        view.apply(Event::Evaluated { evaluation: Evaluation { step: 8, predictions, ..Evaluation::default() } });
        let cost = |view: &RunView| {
            let (members, rows) = view.figures();
            assert_eq!((members.len(), rows.len()), (2, 9));
            let row = rows.iter().find(|row| row.title.starts_with("Expected cost")).unwrap();
            row.values.iter().map(|value| row.written(*value)).collect::<Vec<_>>()
        };
        assert_eq!(cost(&view), ["100.000", "20.000"]);
        view.first.prices.unused_cycle = 3.0;
        assert_eq!(cost(&view), ["100.000", "60.000"]);
        let (_, rows) = view.figures();
        assert_eq!(rows[1].title, "Mean absolute error, cycles, lower is better");
        assert_eq!((rows[1].written(9.996), rows[1].written(f64::NAN)), ("10.00".to_owned(), "–".to_owned()));
    }
}
