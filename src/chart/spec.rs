//! What makes one chart differ from another, and what it is built from.

use std::collections::BTreeMap;

use super::data::{ChartData, Look};
use super::lines::Recorded;
use crate::measure::explore::{EngineRecord, Fleet, SensorView};
use crate::session::{Mode, RunView};

/// One chart. The page makes its figure, its choices and its table from this.
pub struct Chart {
    /// The NAME in `canvas#chart-NAME` and `table#table-NAME`.
    pub name: &'static str,
    /// One sentence that explains the chart and each of its terms to a newcomer.
    pub caption: &'static str,
    /// Where on the page it stands: the id of an element.
    pub place: &'static str,
    /// How much of the page's width it takes.
    pub width: Width,
    /// What is chosen about it.
    pub choices: &'static [Choice],
    /// After which news its picture no longer holds.
    pub stale_after: &'static [News],
    /// Whether its table has all rows: the figures of one step, not of a run that goes on.
    pub whole_table: bool,
    pub(super) look: Look,
    pub(super) recorded: Recorded,
    /// What it shows besides or instead of the history's lines; `None` where that is not known.
    pub(super) build: fn(&Scene) -> Option<ChartData>,
    pub(super) shown: fn(&Scene) -> bool,
    pub(super) words: fn(&Scene) -> String,
    pub(super) offers: fn(&Scene) -> bool,
}

impl Chart {
    /// What holds for charts of every training step: of the many members of a λ-curve no single line is to be seen.
    pub(super) const STEPS: Self = Self {
        name: "",
        caption: "",
        place: "charts",
        width: Width::Half,
        choices: &[],
        stale_after: &[News::Steps, News::Members],
        whole_table: false,
        look: Look { empty: "No steps yet", ..Look::MEASURED },
        recorded: Recorded::Nothing,
        build: |_| None,
        shown: |scene| scene.view.wanted().mode() != Mode::LambdaCurve,
        words: |_| String::new(),
        offers: |_| true,
    };

    /// What holds for charts of the evaluations.
    pub(super) const EVALUATIONS: Self =
        Self { stale_after: &[News::Evaluations, News::Members], look: Look::MEASURED, ..Self::STEPS };

    /// What holds for charts of the data itself.
    pub(super) const EXPLORED: Self = Self {
        place: "charts-fleet",
        stale_after: &[News::Fleet],
        whole_table: true,
        look: Look::EXPLORED,
        shown: |_| true,
        ..Self::STEPS
    };

    /// A few words to stand above it.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        self.look.title
    }

    /// What it shows.
    #[must_use]
    pub fn data(&self, scene: &Scene) -> ChartData {
        (self.build)(scene).unwrap_or_else(|| scene.lines(self))
    }

    /// Whether it says something in the run's mode and of the data at hand.
    #[must_use]
    pub fn is_shown(&self, scene: &Scene) -> bool {
        (self.shown)(scene)
    }

    /// What it does not show, in words; empty where there is nothing to say.
    #[must_use]
    pub fn words(&self, scene: &Scene) -> String {
        (self.words)(scene)
    }

    /// Whether its choices have something to choose from.
    #[must_use]
    pub fn offers_choices(&self, scene: &Scene) -> bool {
        !self.choices.is_empty() && (self.offers)(scene)
    }
}

/// Share of the page's width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// A third.
    Third,
    /// A half.
    Half,
    /// Two thirds, and higher: the picture that is looked at first, and drawn anew at every frame.
    Stage,
    /// All of it where it is narrow, a half else.
    Wide,
}

/// What has happened since a chart was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// The run took steps.
    Steps,
    /// The run was evaluated.
    Evaluations,
    /// Members or their names changed: they are in legends and in the headers of tables.
    Members,
    /// The engines are known, or others are.
    Fleet,
    /// Another sensor is looked at, or its values in another form.
    Sensor,
    /// Another engine is looked at.
    Engine,
    /// The window moved over the engine's cycles: no figure of a table changes.
    Window,
}

/// What charts are built from.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The run.
    pub view: &'a RunView,
    /// Names of its members.
    pub labels: &'a [String],
    /// What is known of the data itself.
    pub explored: &'a Explored,
    /// What is chosen about single charts.
    pub chosen: &'a Chosen,
}

impl Scene<'_> {
    /// What a chart shows of the history without more ado.
    ///
    /// The horizontal axis reaches to one, two, four, … epochs: it stands still most of the time, and the first steps
    /// of a long run are to be seen all the same.
    pub(super) fn lines(&self, chart: &Chart) -> ChartData {
        let view = self.view;
        let done = view.latest.as_ref().map_or(0.0, |step| step.epoch);
        let mut epochs = 1;
        while (epochs as f32) < done {
            epochs *= 2;
        }
        let lines = chart.recorded.chart(&chart.look, &view.history, self.labels);
        lines.with_epochs(epochs.min(view.wanted().epochs.max(1)))
    }

    /// The name of the member in focus, or else these words.
    pub(super) fn focus<'b>(&'b self, otherwise: &'b str) -> &'b str {
        self.labels.get(self.view.focus).map_or(otherwise, String::as_str)
    }
}

/// What is known of the data itself, and what of it is looked at.
#[derive(Debug, Default)]
pub struct Explored {
    /// All engines of the run's data.
    pub fleet: Option<Box<Fleet>>,
    /// Those of the other origin, where they are laid over.
    pub other: Option<Box<Fleet>>,
    /// The engine that is looked at.
    pub engine: Option<Box<EngineRecord>>,
    /// Cycles of a window.
    pub window: usize,
    /// The last cycle of the window that is looked at, from 1.
    pub cycle: usize,
    /// The sensor, by its index among the used ones.
    pub feature: usize,
    /// The form in which its values are looked at.
    pub view: SensorView,
    /// The form in which the run's model sees them.
    pub seen: SensorView,
}

impl Explored {
    /// The fleets, that of the run first.
    #[must_use]
    pub fn fleets(&self) -> Vec<&Fleet> {
        self.fleet.iter().chain(&self.other).map(AsRef::as_ref).collect()
    }

    /// The fleets, once they are known.
    pub(super) fn known_fleets(&self) -> Option<Vec<&Fleet>> {
        self.fleet.is_some().then(|| self.fleets())
    }

    /// Whether engines fly in several regimes.
    #[must_use]
    pub fn has_regimes(&self) -> bool {
        self.fleet.as_ref().is_some_and(|fleet| fleet.regimes.len() > 1)
    }
}

/// Something to choose about a chart.
#[derive(Debug)]
pub struct Choice {
    /// Its name in the document.
    pub id: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// What there is to choose.
    pub range: Range,
}

/// What there is to choose.
#[derive(Debug)]
pub enum Range {
    /// One of some values, each with its words; the first where nothing is chosen.
    OneOf(&'static [(&'static str, &'static str)]),
    /// Ticked or not, and which of it where nothing is chosen.
    Tick(bool),
    /// Nothing: something is done at once.
    Press,
    /// A test engine by its number, from 1. The worker that trains is asked for it.
    TestEngine,
}

/// What is chosen about charts.
#[derive(Clone, Debug, Default)]
pub struct Chosen(BTreeMap<&'static str, String>);

impl Chosen {
    /// Choose a value.
    pub fn choose(&mut self, choice: &Choice, value: String) {
        self.0.insert(choice.id, value);
    }

    /// The value of a choice.
    #[must_use]
    pub fn value(&self, choice: &Choice) -> &str {
        self.0.get(choice.id).map_or_else(|| choice.range.first(), String::as_str)
    }

    /// Whether a choice is ticked.
    #[must_use]
    pub fn is_ticked(&self, choice: &Choice) -> bool {
        self.value(choice) == "true"
    }
}

impl Range {
    fn first(&self) -> &'static str {
        match self {
            Self::OneOf(values) => values.first().map_or("", |(value, _)| value),
            Self::Tick(true) => "true",
            Self::Tick(false) => "false",
            Self::Press | Self::TestEngine => "",
        }
    }
}
