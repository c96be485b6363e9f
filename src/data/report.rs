//! What was assumed when files were read, in sentences.

use std::fmt;

use super::Manner;

/// Something that was assumed about files, or noticed. Displayed as one sentence that names them:
/// "`test_FD001.csv` and `train_FD001.csv`: header skipped", without the quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// Names of the files.
    pub files: Vec<String>,
    /// What of them.
    pub manner: Manner,
}

impl fmt::Display for Assumption {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (last, before) = self.files.split_last().map_or(("", &[][..]), |(last, before)| (last.as_str(), before));
        let and = if before.is_empty() { "" } else { " and " };
        write!(formatter, "{}{and}{last}: {}.", before.join(", "), self.manner)
    }
}

/// What was assumed about several files; what holds of more than one is said once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// In the order in which it was noticed.
    pub assumptions: Vec<Assumption>,
}

impl Report {
    /// Add what was assumed about a file.
    pub fn add(&mut self, file: &str, manners: impl IntoIterator<Item = Manner>) {
        for manner in manners {
            let file = file.to_owned();
            match self.assumptions.iter_mut().find(|assumption| assumption.manner == manner) {
                Some(assumption) if assumption.files.contains(&file) => {}
                Some(assumption) => assumption.files.push(file),
                None => self.assumptions.push(Assumption { files: vec![file], manner }),
            }
        }
    }

    /// A sentence each.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        self.assumptions.iter().map(ToString::to_string).collect()
    }
}
