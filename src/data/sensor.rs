//! What the sensors measure.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{SENSORS, USED_SENSORS};

/// A sensor of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sensor {
    /// Its number, from 1.
    pub number: usize,
    /// The symbol by which it is known.
    pub symbol: Cow<'static, str>,
    /// What it measures.
    pub name: Cow<'static, str>,
    /// The unit, or empty.
    pub unit: Cow<'static, str>,
}

impl Sensor {
    /// A sensor of a person's own fleet, by the name of its column.
    #[must_use]
    pub fn named(number: usize, name: &str) -> Self {
        let name: Cow<'static, str> = Cow::Owned(name.to_owned());
        Self { number, symbol: name.clone(), name, unit: Cow::Borrowed("") }
    }

    /// Name and unit as constants, of a sensor of C-MAPSS.
    #[must_use]
    pub fn known(&self) -> Option<(&'static str, &'static str)> {
        ALL.iter().find(|known| *known == self).and_then(|known| match (&known.name, &known.unit) {
            (Cow::Borrowed(name), Cow::Borrowed(unit)) => Some((*name, *unit)),
            _ => None,
        })
    }

    /// Number, name and unit: `11 · static pressure at HPC outlet (psia)`.
    #[must_use]
    pub fn title(&self) -> String {
        let unit = if self.unit.is_empty() { String::new() } else { format!(" ({})", self.unit) };
        format!("{} · {}{unit}", self.number, self.name)
    }
}

/// The sensors of a data set, and which of them a model is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sensors {
    all: Vec<Sensor>,
    used: Vec<usize>,
}

impl Sensors {
    /// The 21 of C-MAPSS, of which a model is given [`USED_SENSORS`].
    #[must_use]
    pub fn cmapss() -> Self {
        Self { all: ALL.to_vec(), used: USED_SENSORS.map(|number| number - 1).to_vec() }
    }

    /// Sensors by the names of their columns; a model is given those of the indices `used`, in that order. An index
    /// without a sensor is left out.
    #[must_use]
    pub fn named(names: &[String], used: &[usize]) -> Self {
        let all: Vec<_> = (1..).zip(names).map(|(number, name)| Sensor::named(number, name)).collect();
        let used = used.iter().copied().filter(|index| *index < all.len()).collect();
        Self { all, used }
    }

    /// All of them, in the order of a row.
    #[must_use]
    pub fn all(&self) -> &[Sensor] {
        &self.all
    }

    /// Indices in a row of those that a model is given: its features, in order.
    #[must_use]
    pub fn used(&self) -> &[usize] {
        &self.used
    }

    /// Those that a model is given, in order.
    pub fn features(&self) -> impl Iterator<Item = &Sensor> {
        self.used.iter().filter_map(|index| self.all.get(*index))
    }
}

const fn sensor(number: usize, symbol: &'static str, name: &'static str, unit: &'static str) -> Sensor {
    Sensor { number, symbol: Cow::Borrowed(symbol), name: Cow::Borrowed(name), unit: Cow::Borrowed(unit) }
}

/// Sensors 1 to 21 (Saxena, Goebel, Simon and Eklund 2008, table 2). LPC and HPC are the low- and the high-pressure
/// compressor, LPT and HPT the turbines.
static ALL: [Sensor; SENSORS] = [
    sensor(1, "T2", "total temperature at fan inlet", "°R"),
    sensor(2, "T24", "total temperature at LPC outlet", "°R"),
    sensor(3, "T30", "total temperature at HPC outlet", "°R"),
    sensor(4, "T50", "total temperature at LPT outlet", "°R"),
    sensor(5, "P2", "pressure at fan inlet", "psia"),
    sensor(6, "P15", "total pressure in bypass duct", "psia"),
    sensor(7, "P30", "total pressure at HPC outlet", "psia"),
    sensor(8, "Nf", "physical fan speed", "rpm"),
    sensor(9, "Nc", "physical core speed", "rpm"),
    sensor(10, "epr", "engine pressure ratio", ""),
    sensor(11, "Ps30", "static pressure at HPC outlet", "psia"),
    sensor(12, "phi", "ratio of fuel flow to Ps30", "pps/psi"),
    sensor(13, "NRf", "corrected fan speed", "rpm"),
    sensor(14, "NRc", "corrected core speed", "rpm"),
    sensor(15, "BPR", "bypass ratio", ""),
    sensor(16, "farB", "burner fuel-air ratio", ""),
    sensor(17, "htBleed", "bleed enthalpy", ""),
    sensor(18, "Nf_dmd", "demanded fan speed", "rpm"),
    sensor(19, "PCNfR_dmd", "demanded corrected fan speed", "rpm"),
    sensor(20, "W31", "HPT coolant bleed", "lbm/s"),
    sensor(21, "W32", "LPT coolant bleed", "lbm/s"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_found_by_their_place() {
        let sensors = Sensors::cmapss();
        let numbers: Vec<usize> = sensors.features().map(|sensor| sensor.number).collect();
        assert_eq!(numbers, USED_SENSORS);
        let titles: Vec<String> = sensors.features().map(Sensor::title).collect();
        assert_eq!(
            (titles[6].as_str(), titles[10].as_str()),
            ("11 · static pressure at HPC outlet (psia)", "15 · bypass ratio")
        );
        let own = Sensors::named(&["a".to_owned(), "b".to_owned()], &[1, 2]);
        assert_eq!(own.features().map(Sensor::title).collect::<Vec<_>>(), ["2 · b"]);
        assert!((1..).zip(&ALL).all(|(number, sensor)| sensor.number == number));
    }
}
