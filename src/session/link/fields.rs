//! The settings of a link, one row each: the only list of them.

use super::values::{
    boolean, bootstrap, curve, encoder, ensemble, in_range, list, normalization, one_of, regularization, rul_loss,
    strategy,
};
use super::{BackendChoice, Link};
use crate::data::{DataConfig, Origin, Scaling, Subset};
use crate::loss::RulUnit;
use crate::train::{MemberConfig, OptimizerKind};

/// One setting.
pub struct Field {
    /// Its name in the link.
    pub key: &'static str,
    /// What its value should be, in words that follow "should be".
    pub expected: &'static str,
    /// Whether it stands in every link, even at its default.
    pub always: bool,
    /// Set it, or give `None` for a value it cannot take.
    pub read: fn(&mut Link, &str) -> Option<()>,
    /// Its value.
    pub write: fn(&Link) -> String,
}

/// Every setting, in the order in which they are written.
pub const FIELDS: [Field; 28] = [
    Field {
        key: "data",
        expected: "FD001 to FD004, alone or followed by -nasa or -emulated",
        always: true,
        read: |link, value| {
            (link.config.data.subset, link.config.data.origin) = data_source(value)?;
            Some(())
        },
        write: |link| data_source_name(&link.config.data),
    },
    Field {
        key: "encoder",
        expected: "cnn[:HIDDEN[:KERNEL]] (an odd kernel), tcn[:HIDDEN[:KERNEL[:LEVELS]]], gru[:HIDDEN], lstm[:HIDDEN] or \
                   transformer[:HIDDEN[:HEADS]] (heads that divide the width)",
        always: true,
        read: |link, value| set(&mut link.config.encoder, encoder::read(value)),
        write: |link| encoder::write(&link.config.encoder),
    },
    Field {
        key: "lambda",
        expected: "a weight of the RUL loss from 0 to 1, or one a member, separated by commas",
        always: true,
        read: |link, value| {
            let lambdas = list(value, |item| in_range(item, 0.0..=1.0))?;
            ensemble(&mut link.config.members, &lambdas, |member, &lambda_rul| {
                member.weighting.set_base_lambda(lambda_rul);
            })
        },
        write: |link| joined(members(link), |member| member.weighting.base_lambda().unwrap_or(0.5).to_string()),
    },
    Field {
        key: "strategy",
        expected: "a strategy and what differs from its defaults, such as pcgrad or gradnorm:alpha=0.5:rate=0.01, or one \
                   a member, separated by commas",
        always: false,
        read: |link, value| {
            let strategies = list(value, strategy::read)?;
            ensemble(&mut link.config.members, &strategies, |member, strategy| {
                let lambda_rul = member.weighting.base_lambda();
                member.weighting = strategy.clone();
                if let Some(lambda_rul) = lambda_rul {
                    member.weighting.set_base_lambda(lambda_rul);
                }
            })
        },
        write: |link| joined_shortly(members(link), |member| strategy::write(&member.weighting)),
    },
    Field {
        key: "norm",
        expected: "none, amnl, amnl:BETA, batch, initial or manual:RUL:HEALTH, or one a member, separated by commas",
        always: true,
        read: |link, value| {
            let normalizations = list(value, normalization::read)?;
            ensemble(&mut link.config.members, &normalizations, |member, normalization| {
                member.normalization = normalization.clone();
            })
        },
        write: |link| joined(members(link), |member| normalization::write(&member.normalization)),
    },
    Field {
        key: "regularization",
        expected: "none or what differs from it, such as l1=0.0001:dropout=0.1, or one a member, separated by commas",
        always: false,
        read: |link, value| {
            let regularizations = list(value, regularization::read)?;
            ensemble(&mut link.config.members, &regularizations, |member, regularization| {
                member.regularization = regularization.clone();
            })
        },
        write: |link| joined_shortly(members(link), |member| regularization::write(&member.regularization)),
    },
    Field {
        key: "unit",
        expected: "fraction or cycles",
        always: true,
        read: |link, value| {
            set(
                &mut link.config.loss.unit,
                one_of(value, &[("fraction", RulUnit::Fraction), ("cycles", RulUnit::Cycles)]),
            )
        },
        write: |link| {
            match link.config.loss.unit {
                RulUnit::Fraction => "fraction",
                RulUnit::Cycles => "cycles",
            }
            .to_owned()
        },
    },
    Field {
        key: "lr",
        expected: "a learning rate above 0, at most 1",
        always: true,
        read: |link, value| {
            set(&mut link.config.optimizer.learning_rate, in_range(value, 0.0..=1.0).filter(|rate| *rate > 0.0))
        },
        write: |link| link.config.optimizer.learning_rate.to_string(),
    },
    Field {
        key: "batch",
        expected: "a number of windows from 1 to 4096",
        always: true,
        read: |link, value| set(&mut link.config.batch_size, in_range(value, 1..=4096)),
        write: |link| link.config.batch_size.to_string(),
    },
    Field {
        key: "epochs",
        expected: "a number of epochs from 1 to 1000",
        always: true,
        read: |link, value| set(&mut link.config.epochs, in_range(value, 1..=1000)),
        write: |link| link.config.epochs.to_string(),
    },
    Field {
        key: "seed",
        expected: "a whole number from 0 to 4294967295",
        always: true,
        read: |link, value| set(&mut link.config.seed, value.parse().ok()),
        write: |link| link.config.seed.to_string(),
    },
    Field {
        key: "backend",
        expected: "auto, cpu or webgpu",
        always: true,
        read: |link, value| {
            let choices =
                [BackendChoice::Auto, BackendChoice::Cpu, BackendChoice::WebGpu].map(|choice| (choice.name(), choice));
            set(&mut link.backend, one_of(value, &choices))
        },
        write: |link| link.backend.name().to_owned(),
    },
    Field {
        key: "curve",
        expected: "POINTSxBOOTSTRAPS such as 11x6, or weights from 0 to 1 such as 0.4,0.5,0.6x6, or none",
        always: false,
        read: |link, value| {
            let none = value.eq_ignore_ascii_case("none");
            link.config.curve = if none { None } else { Some(curve::read(value)?) };
            Some(())
        },
        write: |link| curve::write(link.config.curve.as_ref()),
    },
    Field {
        key: "bootstrap",
        expected: "the seed of a bootstrap of the engines or all, or one a member, separated by commas",
        always: false,
        read: |link, value| {
            let bootstraps = list(value, |one| bootstrap::read(one).ok())?;
            ensemble(&mut link.config.members, &bootstraps, |member, bootstrap| member.bootstrap = *bootstrap)
        },
        write: |link| {
            let written = joined(members(link), |member| bootstrap::write(member.bootstrap));
            // One word for all, as it would be with one member.
            if written.split(',').all(|one| one == "all") { "all".to_owned() } else { written }
        },
    },
    Field {
        key: "autoplay",
        expected: "0 or 1",
        always: false,
        read: |link, value| set(&mut link.autoplay, boolean::read(value)),
        write: |link| boolean::write(link.autoplay),
    },
    Field {
        key: "task-gradients",
        expected: "0 or 1",
        always: false,
        read: |link, value| set(&mut link.config.task_gradients, boolean::read(value)),
        write: |link| boolean::write(link.config.task_gradients),
    },
    Field {
        key: "window",
        expected: "a number of cycles from 2 to 120",
        always: false,
        read: |link, value| set(&mut link.config.data.window, in_range(value, 2..=120)),
        write: |link| link.config.data.window.to_string(),
    },
    Field {
        key: "stride",
        expected: "a number of cycles from 1 to 100",
        always: false,
        read: |link, value| set(&mut link.config.data.stride, in_range(value, 1..=100)),
        write: |link| link.config.data.stride.to_string(),
    },
    Field {
        key: "validation",
        expected: "a share of the training engines from 0 to 0.5",
        always: false,
        read: |link, value| set(&mut link.config.data.validation_share, in_range(value, 0.0..=0.5)),
        write: |link| link.config.data.validation_share.to_string(),
    },
    Field {
        key: "scaling",
        expected: "per-regime or global",
        always: false,
        read: |link, value| set(&mut link.config.data.scaling, value.parse::<Scaling>().ok()),
        write: |link| link.config.data.scaling.name().to_owned(),
    },
    Field {
        key: "rul-loss",
        expected: "squared, huber:CYCLES (above 0) or asymmetric",
        always: false,
        read: |link, value| set(&mut link.config.loss.rul, rul_loss::read(value)),
        write: |link| rul_loss::write(link.config.loss.rul),
    },
    Field {
        key: "sample-weighted",
        expected: "0 or 1",
        always: false,
        read: |link, value| set(&mut link.config.loss.sample_weighted, boolean::read(value)),
        write: |link| boolean::write(link.config.loss.sample_weighted),
    },
    Field {
        key: "class-weighted",
        expected: "0 or 1",
        always: false,
        read: |link, value| set(&mut link.config.loss.class_weighted, boolean::read(value)),
        write: |link| boolean::write(link.config.loss.class_weighted),
    },
    Field {
        key: "optimizer",
        expected: "adam or adamw",
        always: false,
        read: |link, value| {
            set(
                &mut link.config.optimizer.kind,
                one_of(value, &[("adam", OptimizerKind::Adam), ("adamw", OptimizerKind::AdamW)]),
            )
        },
        write: |link| {
            match link.config.optimizer.kind {
                OptimizerKind::Adam => "adam",
                OptimizerKind::AdamW => "adamw",
            }
            .to_owned()
        },
    },
    Field {
        key: "decay",
        expected: "a weight decay from 0 to 1",
        always: false,
        read: |link, value| set(&mut link.config.optimizer.weight_decay, in_range(value, 0.0..=1.0)),
        write: |link| link.config.optimizer.weight_decay.to_string(),
    },
    Field {
        key: "clip",
        expected: "a gradient norm from 0 (no clipping) to 1000000",
        always: false,
        read: |link, value| set(&mut link.config.optimizer.clip_norm, in_range(value, 0.0..=1e6)),
        write: |link| link.config.optimizer.clip_norm.to_string(),
    },
    Field {
        key: "warmup",
        expected: "a number of epochs from 0 to 1000",
        always: false,
        read: |link, value| set(&mut link.config.optimizer.warmup_epochs, in_range(value, 0.0..=1000.0)),
        write: |link| link.config.optimizer.warmup_epochs.to_string(),
    },
    Field {
        key: "cosine-decay",
        expected: "0 or 1",
        always: false,
        read: |link, value| set(&mut link.config.optimizer.cosine_decay, boolean::read(value)),
        write: |link| boolean::write(link.config.optimizer.cosine_decay),
    },
];

/// The name of a data source in a link and in the page's selector.
#[must_use]
pub fn data_source_name(data: &DataConfig) -> String {
    match data.origin {
        None => data.subset.to_string(),
        Some(origin) => format!("{}-{}", data.subset, origin.name()),
    }
}

/// The data source of this name.
#[must_use]
pub fn data_source(name: &str) -> Option<(Subset, Option<Origin>)> {
    let (subset, origin) = match name.split_once('-') {
        None => (name, None),
        Some((subset, origin)) => (subset, Some(one_of(origin, &Origin::ALL.map(|origin| (origin.name(), origin)))?)),
    };
    let subsets =
        [("FD001", Subset::FD001), ("FD002", Subset::FD002), ("FD003", Subset::FD003), ("FD004", Subset::FD004)];
    Some((one_of(subset, &subsets)?, origin))
}

/// The members that stand in a link: of a curve the first alone, the pattern of all others.
fn members(link: &Link) -> &[MemberConfig] {
    let members = &link.config.members;
    if link.config.curve.is_some() { &members[..members.len().min(1)] } else { members }
}

fn set<T>(place: &mut T, value: Option<T>) -> Option<()> {
    *place = value?;
    Some(())
}

fn joined<T>(items: &[T], write: impl Fn(&T) -> String) -> String {
    items.iter().map(write).collect::<Vec<_>>().join(",")
}

/// As [`joined`], without what repeats at its end: a list of weights precedes it in every link, and a list that is shorter
/// ends in its last value.
fn joined_shortly<T>(items: &[T], write: impl Fn(&T) -> String) -> String {
    let mut values: Vec<String> = items.iter().map(write).collect();
    while values.len() > 1 && values[values.len() - 1] == values[values.len() - 2] {
        values.pop();
    }
    values.join(",")
}
