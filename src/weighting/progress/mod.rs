//! Strategies that go by the course of training: λ moves between two values, by the clock or by what has been reached.

mod pace;
mod schedule;
mod trigger;

pub use schedule::{Schedule, ScheduleShape};
pub use trigger::{PerformanceTrigger, TriggerMetric};
