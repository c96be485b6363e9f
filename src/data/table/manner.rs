//! What is unusual about how a file is written, in words.

use std::fmt;

use super::{Layout, Separator};

/// One thing that was assumed about a file, in order to read it. Displayed as a half-sentence that follows the file's
/// name: "its header is skipped".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manner {
    /// UTF-16.
    Utf16,
    /// Lines end with a carriage return alone.
    CarriageReturns,
    /// No-break blanks and the like.
    Blanks,
    /// Columns are separated otherwise than by blanks, or numbers have decimal commas.
    Separated {
        /// How.
        layout: Layout,
    },
    /// The first lines are no rows, and the last of them names the columns.
    Header {
        /// How many they are.
        lines: usize,
    },
    /// The first lines are no rows.
    Skipped {
        /// How many they are.
        lines: usize,
    },
    /// There are comment lines.
    Comments,
    /// Columns are taken by their names.
    ByName,
    /// A column counts the rows.
    Index {
        /// Its number, from 1, and its name where it has one.
        column: String,
    },
    /// Columns hold nothing.
    Empty {
        /// How many.
        columns: usize,
    },
    /// A column that is not asked for.
    LeftOut {
        /// Its number, from 1, and its name where it has one.
        column: String,
    },
    /// A RUL column that agrees with the labels.
    Rul {
        /// Its number, from 1, and its name where it has one.
        column: String,
        /// Where it is capped.
        cap: Option<u32>,
    },
    /// Units and cycles are written as decimal numbers.
    WholeNumbers,
    /// Cycles count from 0.
    CyclesFromZero,
    /// Rows are not in order.
    Sorted,
    /// Units are not numbered 1, 2, 3, ….
    Renumbered {
        /// Least number.
        first: u32,
        /// Greatest number.
        last: u32,
        /// How many there are.
        count: usize,
    },
    /// RULs have unit numbers.
    RulByUnit,
    /// RULs have none.
    RulByPosition,
    /// The file has another name than NASA's.
    TakenFor {
        /// NASA's name.
        name: String,
    },
    /// Another file of the same role, less like NASA's by its name, was passed over.
    Preferred {
        /// The other one.
        other: String,
    },
    /// The values are those of a file of NASA's of another name.
    HoldsNasas {
        /// That file.
        name: String,
    },
    /// The values are those of NASA's file, but not those of the two others.
    IsNasas,
    /// More set points are flown than the subset has regimes.
    SetPoints {
        /// Set points that are flown.
        found: usize,
        /// Regimes of the subset.
        regimes: usize,
    },
    /// Engines have fewer cycles than a usual window.
    Short {
        /// Engines that have.
        engines: usize,
        /// Engines in all.
        of: usize,
        /// Cycles of the usual window.
        window: usize,
        /// Cycles of the longest engine.
        longest: usize,
    },
}

impl fmt::Display for Manner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Utf16 => write!(formatter, "read as UTF-16"),
            Self::CarriageReturns => write!(formatter, "carriage returns alone end its lines"),
            Self::Blanks => write!(formatter, "no-break blanks are taken for blanks"),
            Self::Separated { layout } => write!(formatter, "{layout}"),
            Self::Header { lines: 1 } => write!(formatter, "header skipped"),
            Self::Header { lines } => write!(formatter, "{lines} lines skipped, the last of them a header"),
            Self::Skipped { lines: 1 } => write!(formatter, "its first line is no row and is skipped"),
            Self::Skipped { lines } => write!(formatter, "its first {lines} lines are no rows and are skipped"),
            Self::Comments => write!(formatter, "comment lines are skipped"),
            Self::ByName => write!(formatter, "columns are taken by their names in the header"),
            Self::Index { column } => write!(formatter, "{column} counts the rows and is left out"),
            Self::Empty { columns: 1 } => write!(formatter, "an empty column is left out"),
            Self::Empty { columns } => write!(formatter, "{columns} empty columns are left out"),
            Self::LeftOut { column } => write!(formatter, "{column} is left out"),
            Self::Rul { column, cap: None } => write!(formatter, "{column} is left out, agrees with the labels"),
            Self::Rul { column, cap: Some(cap) } => {
                write!(formatter, "{column} is left out, agrees with the labels up to its cap of {cap}")
            }
            Self::WholeNumbers => {
                write!(formatter, "units and cycles written as decimal numbers are read as whole ones")
            }
            Self::CyclesFromZero => write!(formatter, "cycles count from 0 and are numbered from 1"),
            Self::Sorted => write!(formatter, "rows are sorted by unit and cycle"),
            Self::Renumbered { first, last, count } => {
                write!(formatter, "units {first} to {last} are renumbered 1 to {count}")
            }
            Self::RulByUnit => write!(formatter, "RULs are matched to the test engines by unit number"),
            Self::RulByPosition => {
                write!(
                    formatter,
                    "RULs are matched to the test engines by position, in the order of their unit numbers"
                )
            }
            Self::TakenFor { name } => write!(formatter, "taken for {name}"),
            Self::Preferred { other } => {
                write!(formatter, "its name is the exact one; {other}, which differs, is passed over")
            }
            Self::HoldsNasas { name } => write!(formatter, "holds the values of NASA's {name}"),
            Self::IsNasas => write!(
                formatter,
                "holds NASA's values, but not all three files do: together they are not NASA's data set"
            ),
            Self::SetPoints { found, regimes } => {
                let plural = if *regimes == 1 { "one" } else { "six" };
                write!(
                    formatter,
                    "its settings are at {found} set points where its name stands for {plural}: sensors are normalized \
                     for {plural}, as the name says"
                )
            }
            Self::Short { engines, of, window, longest } => write!(
                formatter,
                "{engines} of {of} engines have fewer than {window} cycles, the usual window (the longest has \
                 {longest}): windows repeat their first row"
            ),
        }
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = match self.separator {
            Separator::Blanks => "blanks",
            Separator::Byte(b'\t') => "tabs",
            Separator::Byte(b';') => "semicolons",
            Separator::Byte(b'|') => "bars",
            Separator::Byte(_) => "commas",
        };
        let comma = if self.decimal_comma { ", with decimal commas" } else { "" };
        write!(formatter, "columns separated by {by}{comma}")
    }
}
