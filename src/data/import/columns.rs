//! Where in a record the columns of a mapping stand.

use super::{Mapping, refused};
use crate::data::columns::title;
use crate::data::parse::MAX_SENSORS;
use crate::data::table::{Form, number};
use crate::data::{DataError, error::shortened};

/// Which column of a file is what.
pub struct Columns {
    pub names: Vec<String>,
    pub unit: usize,
    pub time: usize,
    pub rul: Option<usize>,
    /// Settings, then sensors.
    pub values: Vec<usize>,
}

impl Columns {
    /// Whether a column has a role, be it that of being left out on purpose.
    pub fn has(&self, mapping: &Mapping, column: usize) -> bool {
        [Some(self.unit), Some(self.time), self.rul].contains(&Some(column))
            || self.values.contains(&column)
            || mapping.ignore.contains(&self.names[column])
    }

    pub fn of(mapping: &Mapping, file: &str, form: &Form, wanted: Option<&[String]>) -> Result<Self, DataError> {
        let Some(names) = form.names.clone() else {
            return Err(DataError::Ambiguous {
                file: file.to_owned(),
                what: "it has no header with a name for each column".to_owned(),
                instead: "add one: the mapping names columns by it",
            });
        };
        let column = |name: &str, field| {
            let mut found = names.iter().enumerate().filter(|(_, other)| *other == name).map(|(column, _)| column);
            match (found.next(), found.next()) {
                (Some(column), None) => Ok(column),
                (Some(_), Some(_)) => Err(refused(
                    field,
                    "a column whose name occurs once",
                    format!("`{}` twice in {file}", shortened(name)),
                )),
                (None, _) => {
                    let found = format!("`{}` where {file} has {}", shortened(name), shortened(&names.join(", ")));
                    Err(refused(field, "the name of a column", found))
                }
            }
        };
        let (unit, time) = (column(&mapping.unit, "unit")?, column(&mapping.time, "time")?);
        let rul = mapping.rul.as_ref().map(|name| column(name, "rul")).transpose()?;
        for name in &mapping.ignore {
            column(name, "ignore")?;
        }
        let all = |names: &[String], field| names.iter().map(|name| column(name, field)).collect::<Result<Vec<_>, _>>();
        let values = if let Some(wanted) = wanted {
            all(wanted, "sensors")?
        } else {
            let mut values = all(&mapping.settings, "settings")?;
            if mapping.sensors.is_empty() {
                let taken = |column: &usize| {
                    [Some(unit), Some(time), rul].contains(&Some(*column)) || mapping.ignore.contains(&names[*column])
                };
                // A column with a number is one of numbers: what is missing in it is reported with its place.
                let is_numeric = |column: &usize| {
                    let fields = || form.rows.iter().filter_map(|row| row.get(*column));
                    fields().any(|field| number(field, form.layout.decimal_comma).is_some())
                };
                let is_sensor = |column: &usize| !taken(column) && !values.contains(column) && is_numeric(column);
                let others: Vec<usize> = (0..form.width).filter(is_sensor).collect();
                values.extend(others);
            } else {
                values.extend(all(&mapping.sensors, "sensors")?);
            }
            values
        };
        if values.is_empty() || values.len() > MAX_SENSORS {
            return Err(refused("sensors", "from 1 to 1000 columns", values.len().to_string()));
        }
        let mut once = values.clone();
        once.extend([unit, time]);
        once.extend(rul);
        once.sort_unstable();
        if let Some(twice) = once.windows(2).find(|pair| pair[0] == pair[1]) {
            let found = format!("{} twice", title(Some(&names), twice[0]));
            return Err(refused("sensors", "columns that have no other role", found));
        }
        Ok(Self { names, unit, time, rul, values })
    }
}
