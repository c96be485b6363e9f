//! A run at rest, as bytes.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::RunConfig;

/// A run after a step, to go on from: in another tab, after a reload, on another worker or another device. The data is
/// not in it; the same data set must be at hand.
///
/// It holds all that the next step depends on, so that a run that goes on from it takes the same steps, bit for bit, as
/// if it had never been put away: parameters and moments, every member's strategy, normalizer, early stopping with its
/// best parameters, what has been summed of the epoch, and who has diverged.
///
/// [`Snapshot::to_bytes`] is for what outlives the program:
///
/// ```text
/// "LSSN"      4 bytes
/// version     4 bytes, little endian
/// CRC-32      4 bytes, little endian, of all that follows
/// CBOR        of the snapshot
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The configuration in force.
    pub config: RunConfig,
    /// Steps taken.
    #[serde(default)]
    pub step: u32,
    /// What the steps have made of it; [`Run::restored`](super::Run::restored) reads it.
    #[serde(with = "serde_bytes")]
    state: Vec<u8>,
    /// What whoever shows the run wants to keep beside it, such as its history. The run does not read it.
    #[serde(default, with = "serde_bytes")]
    pub history: Vec<u8>,
}

/// Bytes that are no snapshot, or one that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// Something else, or the beginning of one.
    #[error("a snapshot should begin with `LSSN`, found {found} bytes that do not")]
    Foreign {
        /// How many bytes there are.
        found: usize,
    },
    /// Another version of the format.
    #[error("the snapshot should have version {VERSION} of the format, found version {found}")]
    Version {
        /// The version found.
        found: u32,
    },
    /// Bytes that are not those that were written.
    #[error("the snapshot should have the checksum {expected:08x}, found {found:08x}: it is damaged")]
    Checksum {
        /// What its beginning says.
        expected: u32,
        /// What the rest has.
        found: u32,
    },
    /// Bytes that do not say what they should.
    #[error("the snapshot should hold the state of a run, found something else: {0}")]
    Content(String),
}

const MAGIC: &[u8; 4] = b"LSSN";
const VERSION: u32 = 1;
const HEADER: usize = 12;

impl Snapshot {
    /// A run with this configuration and this state.
    ///
    /// # Errors
    ///
    /// A state that cannot be written.
    #[cfg(feature = "train")]
    pub(super) fn new(config: RunConfig, state: &impl Serialize) -> Result<Self, SnapshotError> {
        Ok(Self { config, step: 0, state: written(state)?, history: Vec::new() })
    }

    /// The same, taken after this step.
    #[cfg(feature = "train")]
    pub(super) fn at(self, step: u32) -> Self {
        Self { step, ..self }
    }

    /// The state, which is of this type.
    ///
    /// # Errors
    ///
    /// Bytes of something else.
    #[cfg(feature = "train")]
    pub(super) fn state<T: DeserializeOwned>(&self) -> Result<T, SnapshotError> {
        read(&self.state)
    }

    /// The snapshot as bytes that can be kept.
    ///
    /// # Errors
    ///
    /// None that a snapshot is known to cause; the encoder can report one.
    pub fn to_bytes(&self) -> Result<Vec<u8>, SnapshotError> {
        let body = written(self)?;
        let mut bytes = Vec::with_capacity(HEADER + body.len());
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend(crc32fast::hash(&body).to_le_bytes());
        bytes.extend(body);
        Ok(bytes)
    }

    /// Read what [`Snapshot::to_bytes`] has written. No more memory is asked for than there are bytes.
    ///
    /// # Errors
    ///
    /// Bytes that are no snapshot, one of another version, and one that is damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let foreign = || SnapshotError::Foreign { found: bytes.len() };
        let (magic, rest) = bytes.split_first_chunk().ok_or_else(foreign)?;
        let (version, rest) = rest.split_first_chunk().ok_or_else(foreign)?;
        let (checksum, body) = rest.split_first_chunk().ok_or_else(foreign)?;
        let (version, expected) = (u32::from_le_bytes(*version), u32::from_le_bytes(*checksum));
        let found = crc32fast::hash(body);
        if magic != MAGIC {
            return Err(foreign());
        }
        if version != VERSION {
            return Err(SnapshotError::Version { found: version });
        }
        if expected != found {
            return Err(SnapshotError::Checksum { expected, found });
        }
        read(body)
    }
}

fn written(value: &impl Serialize) -> Result<Vec<u8>, SnapshotError> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).map_err(|error| SnapshotError::Content(error.to_string()))?;
    Ok(bytes)
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, SnapshotError> {
    ciborium::from_reader(bytes).map_err(|error| SnapshotError::Content(error.to_string()))
}

#[cfg(all(test, feature = "train"))]
#[allow(clippy::unwrap_used, reason = "a test stops where it fails")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn snapshot() -> Snapshot {
        let mut config = RunConfig::default();
        config.members[0].weighting.set_base_lambda(0.45);
        Snapshot { history: vec![7; 3], ..Snapshot::new(config, &(1.5_f64, vec![f32::MIN_POSITIVE; 2])).unwrap() }
    }

    #[test]
    fn bytes_read_back_as_they_were_written() {
        let snapshot = snapshot();
        let read = Snapshot::from_bytes(&snapshot.to_bytes().unwrap()).unwrap();
        assert_eq!(read, snapshot);
        assert_eq!(read.state::<(f64, Vec<f32>)>().unwrap(), (1.5, vec![f32::MIN_POSITIVE; 2]));
        let text = serde_json::to_string(&snapshot).unwrap();
        assert_eq!(serde_json::from_str::<Snapshot>(&text).unwrap(), snapshot);
    }

    #[test]
    fn what_is_no_snapshot_is_refused_in_a_sentence() {
        let refused = |bytes: &[u8]| Snapshot::from_bytes(bytes).unwrap_err().to_string();
        let good = snapshot().to_bytes().unwrap();
        assert_eq!(refused(b"LSPK"), "a snapshot should begin with `LSSN`, found 4 bytes that do not");
        assert_eq!(
            refused(&[b"LSPK", &good[4..]].concat()).split(',').next(),
            Some("a snapshot should begin with `LSSN`")
        );
        let mut other = good.clone();
        other[4] = 9;
        assert_eq!(refused(&other), "the snapshot should have version 1 of the format, found version 9");
        assert!(refused(&good[..good.len() - 1]).ends_with(": it is damaged"));
        let wrong = written(&"a text").unwrap();
        let sealed = [&MAGIC[..], &VERSION.to_le_bytes(), &crc32fast::hash(&wrong).to_le_bytes(), &wrong].concat();
        assert!(refused(&sealed).starts_with("the snapshot should hold the state of a run, found something else: "));
        assert!(snapshot().state::<String>().is_err());
    }

    proptest! {
        #[test]
        fn no_byte_can_change_unnoticed(at in any::<prop::sample::Index>(), change in 1..=255_u8) {
            let mut bytes = snapshot().to_bytes().unwrap();
            let at = at.index(bytes.len());
            bytes[at] ^= change;
            prop_assert!(Snapshot::from_bytes(&bytes).is_err());
        }

        /// A checksum that is right does not make what follows right: nothing panics, no memory is asked for in vain.
        #[test]
        fn garbage_behind_a_right_checksum_is_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let sealed = [&MAGIC[..], &VERSION.to_le_bytes(), &crc32fast::hash(&body).to_le_bytes(), &body].concat();
            prop_assert!(Snapshot::from_bytes(&sealed).is_err());
        }
    }
}
