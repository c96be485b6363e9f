//! Rows as whole numbers, each predicted by those before it.

use super::bytes::damaged;
use crate::data::range_coder::{Coder, MAX_BITS, NumberModel, Probability, tree};
use crate::data::{DataError, Row, SET_POINTS, Subset, regime};

/// Decimals that stand for "not decimal": the bits of the number are kept.
const RAW: u8 = 255;
/// Most decimals that are tried.
const MAX_DECIMALS: u8 = 7;
/// Numbers that are kept are smaller than this, their differences fit [`MAX_BITS`].
const LIMIT: i64 = 1 << (MAX_BITS - 3);
/// Values over which the running mean is taken, at most. On FD001 12 and 20 give packs 0.3 % and 1.2 % larger.
const MEMORY: i64 = 8;
/// Fraction bits of the running mean.
const FRACTION_BITS: u32 = 4;

/// How a column is kept.
pub struct Column {
    /// Digits after the point, or [`RAW`].
    pub decimals: u8,
    /// Its value where there is only one.
    pub constant: Option<f32>,
}

impl Column {
    pub fn fit(values: &(impl Iterator<Item = f32> + Clone)) -> Self {
        let mut all = values.clone();
        let constant = all.next().filter(|first| all.all(|value| value.to_bits() == first.to_bits()));
        let exact = |decimals: &u8| {
            let column = Self { decimals: *decimals, constant: None };
            values.clone().all(|value| column.value(column.number(value)) == Ok(value))
        };
        Self { decimals: (0..=MAX_DECIMALS).find(exact).unwrap_or(RAW), constant }
    }

    pub fn number(&self, value: f32) -> i64 {
        match self.decimals {
            RAW => i64::from(value.to_bits()),
            decimals => (f64::from(value) * 10_f64.powi(decimals.into())).round() as i64,
        }
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "numbers are below 2³⁷")]
    pub fn value(&self, number: i64) -> Result<f32, DataError> {
        match self.decimals {
            _ if number.unsigned_abs() >= LIMIT.unsigned_abs() => {
                Err(damaged("a value within bounds", number.to_string()))
            }
            RAW => u32::try_from(number).map(f32::from_bits).map_err(|_| damaged("32 bits", number.to_string())),
            decimals if decimals <= MAX_DECIMALS => Ok((number as f64 / 10_f64.powi(decimals.into())) as f32),
            decimals => Err(damaged("at most 7 decimals", decimals.to_string())),
        }
    }
}

/// Running mean of a column in a regime.
#[derive(Clone, Copy, Default)]
struct Mean {
    /// In units of 2⁻⁴.
    mean: i64,
    count: i64,
}

impl Mean {
    fn prediction(self) -> i64 {
        self.mean >> FRACTION_BITS
    }

    fn add(&mut self, number: i64) {
        self.count = (self.count + 1).min(MEMORY);
        self.mean += ((number << FRACTION_BITS) - self.mean) / self.count;
    }
}

/// What both ends know after the rows so far.
pub struct State<'a> {
    subset: Subset,
    columns: &'a [Column],
    models: Vec<NumberModel>,
    /// `[columns × regimes]`: within the engine, and over the first values of engines.
    means: Vec<Mean>,
    starts: Vec<Mean>,
    regime: [Probability; 8],
    /// Settings and sensors of the latest row.
    row: Vec<f32>,
}

impl<'a> State<'a> {
    pub fn new(subset: Subset, columns: &'a [Column]) -> Self {
        let means = vec![Mean::default(); columns.len() * subset.regimes()];
        let models = columns.iter().map(|_| NumberModel::new()).collect();
        Self {
            subset,
            columns,
            models,
            starts: means.clone(),
            means,
            regime: [Probability::EVEN; 8],
            row: vec![0.0; columns.len()],
        }
    }

    pub fn start_engine(&mut self) {
        self.means.fill(Mean::default());
    }

    /// Code a row, or decode one where there is none: settings, then sensors.
    pub fn code(&mut self, coder: &mut impl Coder, row: Option<&Row<'_>>) -> Result<&[f32], DataError> {
        let mut regime = 0;
        if self.subset.regimes() > 1 {
            let known = row.map_or(0, |row| regime::regime(self.subset, row));
            let number = tree(coder, &mut self.regime, 3, known as u64);
            regime = usize::try_from(number)
                .ok()
                .filter(|regime| *regime < SET_POINTS.len())
                .ok_or_else(|| damaged("one of six regimes", number.to_string()))?;
        }
        if let Some(row) = row {
            self.row.clear();
            self.row.extend(row.values());
        }
        for (index, (column, value)) in self.columns.iter().zip(&mut self.row).enumerate() {
            if let Some(constant) = column.constant {
                *value = constant;
                continue;
            }
            let slot = index * self.subset.regimes() + regime;
            let (mean, start) = (&mut self.means[slot], &mut self.starts[slot]);
            let prediction = if mean.count > 0 { mean.prediction() } else { start.prediction() };
            let known = row.map_or(prediction, |_| column.number(*value));
            let difference = self.models[index].code(coder, known - prediction);
            let number = prediction + difference.ok_or_else(|| damaged("a number that can be", "a longer one"))?;
            *value = column.value(number)?;
            if mean.count == 0 {
                start.add(number);
            }
            mean.add(number);
        }
        Ok(&self.row)
    }
}
