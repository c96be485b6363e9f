//! A page, its workers and their sessions, joined by channels that delay, and by workers that fail: whatever is done in
//! whatever order, at rest all agree.
//!
//! A message is delivered when the case says so. What one worker says keeps its order, as a browser's channels do; what
//! several say comes in any order.

#![allow(clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod stub;
mod world;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::data::{Catalog, DataConfig};
use crate::model::EncoderConfig;
use crate::session::trains::Trains;
use crate::session::{Run, RunConfig};
use stub::Stub;
use world::{Op, World, op};

fn tiny() -> RunConfig {
    RunConfig {
        data: DataConfig { window: 10, stride: 60, validation_share: 0.0, ..DataConfig::default() },
        encoder: EncoderConfig::Cnn { hidden: 2, kernel: 3 },
        batch_size: 64,
        epochs: 2,
        ..RunConfig::default()
    }
}

fn simulate<R: Trains>(ops: &[Op], catalog: &Catalog) {
    let mut world = World::<R>::new(tiny(), catalog.clone());
    for op in ops {
        world.apply(*op);
    }
    world.rest();
}

fn cases(cases: u32, seed: u64) -> ProptestConfig {
    ProptestConfig { cases, rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..ProptestConfig::default() }
}

// A hundred thousand interleavings, in parts that run beside one another.
proptest! {
    #![proptest_config(cases(25_000, 1))]
    #[test]
    fn page_and_workers_agree_1(ops in proptest::collection::vec(op(), 1..25)) {
        simulate::<Stub>(&ops, &Catalog::default());
    }
}

proptest! {
    #![proptest_config(cases(25_000, 2))]
    #[test]
    fn page_and_workers_agree_2(ops in proptest::collection::vec(op(), 1..25)) {
        simulate::<Stub>(&ops, &Catalog::default());
    }
}

proptest! {
    #![proptest_config(cases(25_000, 3))]
    #[test]
    fn page_and_workers_agree_3(ops in proptest::collection::vec(op(), 1..25)) {
        simulate::<Stub>(&ops, &Catalog::default());
    }
}

proptest! {
    #![proptest_config(cases(25_000, 4))]
    #[test]
    fn page_and_workers_agree_4(ops in proptest::collection::vec(op(), 1..25)) {
        simulate::<Stub>(&ops, &Catalog::default());
    }
}

/// The emulated data set, drawn once.
fn drawn() -> Catalog {
    let mut catalog = Catalog::default();
    catalog.dataset(&tiny().data).expect("the emulator draws");
    catalog
}

proptest! {
    #![proptest_config(cases(1, 5))]
    #[test]
    fn page_and_real_sessions_agree(cases in proptest::collection::vec(proptest::collection::vec(op(), 1..30), 200)) {
        let catalog = drawn();
        for ops in cases {
            simulate::<Run>(&ops, &catalog);
        }
    }
}
