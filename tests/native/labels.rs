//! Caps on RUL and thresholds of the health states other than the usual ones, from the data to the figures.

#![cfg(feature = "train")]

use lambdascope::chart::ChartData;
use lambdascope::data::{Catalog, DataConfig, Labels};
use lambdascope::loss::{LossConfig, RulUnit};
use lambdascope::measure::Predictions;
use lambdascope::measure::explore::{About, Answer, Question, answer};
use lambdascope::model::EncoderConfig;
use lambdascope::session::{Command, Event, RunConfig, Session};
use lambdascope::train::Device;

const WIDER: [f32; 2] = [100.0, 50.0];

fn config(labels: Labels) -> RunConfig {
    RunConfig {
        data: DataConfig { window: 10, stride: 30, validation_share: 0.0, labels, ..DataConfig::default() },
        encoder: EncoderConfig::Cnn { hidden: 6, kernel: 3 },
        batch_size: 32,
        epochs: 2,
        ..RunConfig::default()
    }
}

/// The losses of all steps and the last predictions of a run.
fn trained(config: RunConfig) -> (Vec<[f32; 2]>, Predictions, Labels) {
    let mut session = Session::new(Device::Cpu, Catalog::default());
    let mut events = pollster::block_on(session.apply(Command::Start { config }));
    events.extend(pollster::block_on(session.apply(Command::Play)));
    while session.phase() == lambdascope::session::Phase::Training {
        events.extend(pollster::block_on(session.advance()));
    }
    let (mut losses, mut predictions, mut told) = (Vec::new(), None, None);
    for event in events {
        match event {
            Event::Started { data, .. } => told = Some(data.labels),
            Event::Steps { steps } => losses.extend(steps.iter().map(|step| step.members[0].losses)),
            Event::Evaluated { evaluation } => predictions = evaluation.predictions.or(predictions),
            _ => {}
        }
    }
    (losses, predictions.unwrap(), told.unwrap())
}

#[test]
fn chosen_labels_reach_data_losses_and_figures() {
    for rul_cap_cycles in [Some(130.0), None] {
        let labels = Labels { rul_cap_cycles, health_cycles: WIDER };
        let (losses, predictions, told) = trained(config(labels));
        assert_eq!((told, *predictions.labels()), (labels, labels));
        assert!(losses.iter().flatten().all(|loss| loss.is_finite()), "{losses:?}");
        let mut catalog = Catalog::default();
        let dataset = catalog.dataset(&config(labels).data).unwrap();
        let expected: Vec<f32> =
            dataset.test_rul.iter().map(|rul| rul.min(rul_cap_cycles.unwrap_or(f32::MAX))).collect();
        assert_eq!(predictions.truth(), expected);
        assert!(expected.iter().any(|rul| *rul > 125.0));
        // Rows of the confusion matrix are the true classes.
        let confusion = predictions.metrics()[0].confusion;
        let count = |of: fn(f32) -> bool| expected.iter().filter(|rul| of(**rul)).count() as u32;
        let classes = [count(|rul| rul > 100.0), count(|rul| rul > 50.0 && rul <= 100.0), count(|rul| rul <= 50.0)];
        assert_eq!(confusion.map(|row| row.iter().sum::<u32>()), classes);
    }
}

/// The factor between the two units is the square of the cap, or of the usual one where there is none.
#[test]
fn a_loss_in_cycles_is_that_of_the_fraction_times_the_square_of_the_unit() {
    for (rul_cap_cycles, unit_cycles) in [(Some(130.0), 130.0), (None, 125.0_f32)] {
        let labels = Labels { rul_cap_cycles, health_cycles: WIDER };
        let first = |unit| {
            let loss = LossConfig { unit, ..LossConfig::default() };
            trained(RunConfig { loss, epochs: 1, ..config(labels) }).0[0]
        };
        let ([fraction, health], [cycles, same]) = (first(RulUnit::Fraction), first(RulUnit::Cycles));
        assert!((cycles / fraction / unit_cycles.powi(2) - 1.0).abs() < 1e-4, "{cycles} {fraction}");
        assert_eq!(health.to_bits(), same.to_bits());
    }
}

#[test]
fn charts_reach_as_far_as_the_labels() {
    let ends = |rul_cap_cycles, largest: f32| {
        let labels = Labels { rul_cap_cycles, ..Labels::default() };
        let outputs = [0.5, 0.0, 0.0, 0.0].repeat(2);
        let predictions = Predictions::new(labels, vec![20.0, largest], outputs);
        let chart = ChartData::predictions(&predictions, &[(0, "A")]);
        let cycles = ChartData::trajectory::<&str>(&[1.0, 2.0], predictions.truth(), &[], &labels);
        (chart.x.high, chart.y.high, cycles.y.high)
    };
    assert_eq!(ends(Some(125.0), 125.0).0, 125.0);
    assert_eq!(ends(Some(130.0), 60.0).0, 130.0);
    let (x, y, life) = ends(None, 310.0);
    assert!(x == 310.0 && y >= 310.0 && life >= 310.0, "{x} {y} {life}");
}

#[test]
fn the_explorer_counts_up_to_the_cap_or_the_largest() {
    for (rul_cap_cycles, bins) in [(Some(130.0), Some(14)), (None, None)] {
        let labels = Labels { rul_cap_cycles, health_cycles: WIDER };
        let question = Question { data: config(labels).data, seed: 1, about: About::Fleet { overlay: false } };
        let Answer::Fleet { fleet, .. } = answer(&mut Catalog::default(), &question) else { unreachable!() };
        let training = &fleet.splits[0].labels;
        // Windows of 10 cycles, every 30 cycles, counted back from the end of a life.
        let largest = fleet.lifetimes().map(|life| (life as usize - 10) / 30 * 30).max().unwrap();
        assert_eq!(training.rul_bins.len(), bins.unwrap_or(largest / 10 + 1));
        assert_eq!(training.rul_bins.iter().sum::<u32>(), training.windows);
        let chart = ChartData::rul_labels(&[&fleet]);
        let ends: Vec<f64> = chart.spans.iter().map(|span| span.low).take(2).collect();
        assert_eq!(ends, [50.0, 100.0]);
        let table = chart.table(usize::MAX);
        assert!(table.rows.iter().all(|row| row.len() == table.header.len()));
    }
}
