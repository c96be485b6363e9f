//! Which column of a table is which of C-MAPSS's.

use super::table::{Form, Manner};
use super::{COLUMNS, DataError, SENSORS, SETTINGS, Sensors};

/// Columns of the text files: unit and cycle, then settings and sensors.
const ALL: usize = 2 + COLUMNS;

/// Names of the unit, in lower case and without what is neither letter nor digit.
const UNIT: [&str; 14] = [
    "unit",
    "unitnumber",
    "unitnr",
    "unitno",
    "unitid",
    "engine",
    "enginenumber",
    "engineid",
    "engineno",
    "enginenr",
    "id",
    "machineid",
    "asset",
    "assetid",
];
const CYCLE: [&str; 9] =
    ["cycle", "cycles", "timecycles", "timecycle", "timeincycles", "time", "cyclenumber", "timestep", "t"];
const RUL: [&str; 6] = ["rul", "remainingusefullife", "remaininglife", "ttf", "timetofailure", "truerul"];
const INDEX: [&str; 4] = ["", "unnamed0", "index", "level0"];
/// What stands before the number of a setting or a sensor.
const SETTING: [&str; 9] =
    ["setting", "settings", "opsetting", "operationalsetting", "operatingsetting", "opset", "op", "os", "set"];
const SENSOR: [&str; 8] =
    ["sensor", "s", "sm", "sensormeasurement", "measurement", "sens", "sensormeasure", "sensormeasurment"];
/// Settings by what they are.
const SETTING_NAMES: [&[&str]; SETTINGS] = [&["altitude", "alt"], &["mach", "machnumber"], &["tra", "throttle"]];

/// What a column of a table holds, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// This one of unit, cycle, settings and sensors.
    Of(usize),
    Rul,
    Index,
    Unknown,
}

impl Kind {
    pub fn of(name: &str) -> Self {
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        let numbered = |stems: &[&str], most: usize| {
            let (stem, number) = name.split_at(name.trim_end_matches(|last: char| last.is_ascii_digit()).len());
            let number: usize = number.parse().ok()?;
            (stems.contains(&stem) && (1..=most).contains(&number)).then(|| number - 1)
        };
        let has = |names: &[&str]| names.contains(&name.as_str());
        let symbol = || {
            Sensors::cmapss().all().iter().position(|sensor| {
                sensor
                    .symbol
                    .chars()
                    .filter(char::is_ascii_alphanumeric)
                    .collect::<String>()
                    .eq_ignore_ascii_case(&name)
            })
        };
        if has(&UNIT) {
            Self::Of(0)
        } else if has(&CYCLE) {
            Self::Of(1)
        } else if has(&RUL) {
            Self::Rul
        } else if has(&INDEX) {
            Self::Index
        } else if let Some(setting) = numbered(&SETTING, SETTINGS) {
            Self::Of(2 + setting)
        } else if let Some(setting) = SETTING_NAMES.iter().position(|names| has(names)) {
            Self::Of(2 + setting)
        } else if let Some(sensor) = numbered(&SENSOR, SENSORS) {
            Self::Of(2 + SETTINGS + sensor)
        } else {
            symbol().map_or(Self::Unknown, |sensor| Self::Of(2 + SETTINGS + sensor))
        }
    }
}

/// Where in a record unit, cycle, settings and sensors stand, and what else does.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// Columns of a record.
    pub width: usize,
    /// The index of each in a record.
    pub columns: [usize; ALL],
    /// A RUL that is checked.
    pub rul: Option<usize>,
    /// A column that counts the rows, without a name that says so: it is checked.
    pub index: Option<usize>,
    /// Columns that should be empty.
    pub empty: Vec<usize>,
    /// What is to be said.
    pub manners: Vec<Manner>,
    names: Option<Vec<String>>,
}

impl Plan {
    /// Find the columns of a table of engines.
    ///
    /// # Errors
    ///
    /// [`DataError::Ambiguous`] where names and places contradict each other or columns are too many to tell;
    /// `None` where there are too few: the first row then says so.
    pub fn of(file: &str, form: &Form) -> Result<Self, DataError> {
        let mut plan = Self {
            width: form.width,
            columns: std::array::from_fn(|column| column),
            rul: None,
            index: None,
            empty: (0..form.width).filter(|column| form.is_empty(*column)).collect(),
            manners: Vec::new(),
            names: form.names.clone(),
        };
        let mut left: Vec<usize> = (0..form.width).filter(|column| !plan.empty.contains(column)).collect();
        let kinds: Vec<Kind> = form
            .names
            .as_ref()
            .map_or_else(|| vec![Kind::Unknown; form.width], |names| names.iter().map(|n| Kind::of(n)).collect());
        if !plan.empty.is_empty() {
            plan.manners.push(Manner::Empty { columns: plan.empty.len() });
        }
        if left.first().is_some_and(|first| form.names.is_some() && kinds[*first] == Kind::Index) {
            plan.manners.push(Manner::Index { column: plan.title(left.remove(0)) });
        }
        plan.rul = left.iter().position(|column| kinds[*column] == Kind::Rul).map(|place| left.remove(place));
        if plan.by_name(&left, &kinds) {
            return Ok(plan);
        }
        // Without names: 26, one more with an index before or a RUL behind, two more with both.
        if left.len() > ALL && form.counts_rows(left[0]) {
            plan.index = Some(left.remove(0));
            plan.manners.push(Manner::Index { column: plan.title(left[0] - 1) });
        }
        if left.len() == ALL + 1 && plan.rul.is_none() {
            plan.rul = left.pop();
        }
        if left.len() > ALL {
            return Err(DataError::Ambiguous {
                file: file.to_owned(),
                what: format!("it has {} columns, and which of them are C-MAPSS's 26 is not clear", left.len()),
                instead: "name them in a header: unit_number, time_cycles, setting_1 to setting_3, sensor_1 to sensor_21",
            });
        }
        let misplaced = left
            .iter()
            .zip(0..ALL)
            .find(|(column, place)| matches!(kinds[**column], Kind::Of(other) if other != *place && left.len() == ALL));
        if let Some((column, _)) = misplaced {
            return Err(DataError::Ambiguous {
                file: file.to_owned(),
                what: format!(
                    "{} stands in another place than NASA's, and not all names are known",
                    plan.title(*column)
                ),
                instead: "name all columns: unit_number, time_cycles, setting_1 to setting_3, sensor_1 to sensor_21",
            });
        }
        if left.len() == ALL {
            plan.columns.copy_from_slice(&left);
        }
        Ok(plan)
    }

    /// Take the columns by their names, if all 26 are there, each once.
    fn by_name(&mut self, left: &[usize], kinds: &[Kind]) -> bool {
        let mut found = [None; ALL];
        for column in left {
            if let Kind::Of(place) = kinds[*column]
                && found[place].replace(*column).is_some()
            {
                return false;
            }
        }
        if found.iter().any(Option::is_none) {
            return false;
        }
        let known: Vec<usize> = found.into_iter().flatten().collect();
        for column in left.iter().filter(|column| !known.contains(column)) {
            self.manners.push(Manner::LeftOut { column: self.title(*column) });
        }
        if !known.is_sorted() {
            self.manners.push(Manner::ByName);
        }
        self.columns.copy_from_slice(&known);
        true
    }

    /// Number and name of a column: "column 27 (`RUL`)".
    pub fn title(&self, column: usize) -> String {
        title(self.names.as_deref(), column)
    }
}

/// Number and name of a column: "column 27 (`RUL`)", or its number alone.
pub(super) fn title(names: Option<&[String]>, column: usize) -> String {
    match names.and_then(|names| names.get(column)).filter(|name| !name.is_empty()) {
        Some(name) => format!("column {} (`{}`)", column + 1, super::error::shortened(name)),
        None => format!("column {}", column + 1),
    }
}
