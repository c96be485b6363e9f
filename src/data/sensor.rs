//! What the sensors measure.

use super::{SENSORS, USED_SENSORS};

/// A sensor of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sensor {
    /// Its number, from 1.
    pub number: usize,
    /// The symbol by which it is known.
    pub symbol: &'static str,
    /// What it measures.
    pub name: &'static str,
    /// The unit, or empty.
    pub unit: &'static str,
}

impl Sensor {
    /// A sensor by its index among [`USED_SENSORS`].
    #[must_use]
    pub fn of_feature(feature: usize) -> Option<Self> {
        USED_SENSORS.get(feature).and_then(|number| ALL.get(number - 1)).copied()
    }

    /// Number, name and unit: `11 · static pressure at HPC outlet (psia)`.
    #[must_use]
    pub fn title(&self) -> String {
        let unit = if self.unit.is_empty() { String::new() } else { format!(" ({})", self.unit) };
        format!("{} · {}{unit}", self.number, self.name)
    }
}

const fn sensor(number: usize, symbol: &'static str, name: &'static str, unit: &'static str) -> Sensor {
    Sensor { number, symbol, name, unit }
}

/// Sensors 1 to 21 (Saxena, Goebel, Simon and Eklund 2008, table 2). LPC and HPC are the low- and the high-pressure
/// compressor, LPT and HPT the turbines.
const ALL: [Sensor; SENSORS] = [
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
        for (feature, number) in USED_SENSORS.into_iter().enumerate() {
            assert_eq!(Sensor::of_feature(feature).map(|sensor| sensor.number), Some(number));
        }
        assert_eq!(Sensor::of_feature(6).unwrap().title(), "11 · static pressure at HPC outlet (psia)");
        assert_eq!(Sensor::of_feature(10).unwrap().title(), "15 · bypass ratio");
        assert_eq!(Sensor::of_feature(14), None);
        assert!((1..).zip(ALL).all(|(number, sensor)| sensor.number == number));
    }
}
