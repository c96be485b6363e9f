//! What a person chooses about single charts.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlSelectElement};

use super::super::App;
use super::super::controls::offer;
use super::super::dom::{append, create, create_text, document, listen, set_attribute};
use crate::Task;
use crate::chart::{ChartKind, CurveFigure, Over};
use crate::measure::Trajectory;
use crate::session::{Command, TestEngine};
use crate::web::WebError;

/// The choices.
#[expect(clippy::struct_excessive_bools, reason = "independent choices, each made or not")]
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Which figure the λ-curve shows.
    pub figure: CurveFigure,
    /// Whether the run before stands behind the RMSE.
    pub earlier: bool,
    /// Whether published figures stand behind the λ-curve.
    pub published_curve: bool,
    /// Whether the published phases stand behind the cosine.
    pub published_cosine: bool,
    /// Whether the strength of the pulls is shown as their ratio.
    pub ratio: bool,
    /// Whether what is known of the labels is shown over the epochs, not as a plane.
    pub known_over_epochs: bool,
    /// Whose error is taken apart.
    pub task: Task,
    /// What its parts are drawn against.
    pub over: Over,
    /// The λ of the parts over the epochs.
    pub lambda: f32,
    /// The test engine whose life is shown.
    pub engine: TestEngine,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            figure: CurveFigure::default(),
            earlier: true,
            published_curve: true,
            published_cosine: false,
            ratio: false,
            known_over_epochs: false,
            task: Task::Rul,
            over: Over::Lambda,
            lambda: 0.5,
            engine: TestEngine::Longest,
        }
    }
}

/// What there is to choose.
enum Range {
    /// One of some values, each with its words.
    OneOf(&'static [(&'static str, &'static str)]),
    /// Ticked or not.
    Tick,
    /// A whole number from 1.
    Number,
}

/// A choice: its name in the document, what it is called, what there is to choose, and what that changes.
struct Choice {
    id: &'static str,
    label: &'static str,
    range: Range,
    apply: fn(&mut Options, &str),
}

/// The choices of a chart.
const fn choices(kind: ChartKind) -> &'static [Choice] {
    match kind {
        ChartKind::LambdaCurve => &[
            Choice {
                id: "curve-figure",
                label: "Figure",
                range: Range::OneOf(&[("rmse", "RMSE"), ("score", "NASA score"), ("accuracy", "accuracy")]),
                apply: |options, value| {
                    options.figure = match value {
                        "score" => CurveFigure::NasaScore,
                        "accuracy" => CurveFigure::Accuracy,
                        _ => CurveFigure::Rmse,
                    };
                },
            },
            Choice {
                id: "curve-published",
                label: "published curve",
                range: Range::Tick,
                apply: |options, value| options.published_curve = value == "true",
            },
        ],
        ChartKind::BiasVariance => &[
            Choice {
                id: "parts-task",
                label: "Error of",
                range: Range::OneOf(&[("rul", "RUL"), ("health", "health state")]),
                apply: |options, value| options.task = if value == "health" { Task::Health } else { Task::Rul },
            },
            Choice {
                id: "parts-over",
                label: "against",
                range: Range::OneOf(&[
                    ("lambda", "λ"),
                    ("0", "epochs, λ 0"),
                    ("0.25", "epochs, λ near 0.25"),
                    ("0.5", "epochs, λ near 0.5"),
                    ("0.75", "epochs, λ near 0.75"),
                    ("1", "epochs, λ 1"),
                ]),
                apply: |options, value| {
                    options.over = value.parse().map_or(Over::Lambda, |lambda| {
                        options.lambda = lambda;
                        Over::Epoch
                    });
                },
            },
        ],
        ChartKind::Rmse => &[Choice {
            id: "rmse-earlier",
            label: "run before",
            range: Range::Tick,
            apply: |options, value| options.earlier = value == "true",
        }],
        ChartKind::Cosine => &[Choice {
            id: "cosine-published",
            label: "published phases",
            range: Range::Tick,
            apply: |options, value| options.published_cosine = value == "true",
        }],
        ChartKind::GradientNorms => &[Choice {
            id: "norms-as",
            label: "Show",
            range: Range::OneOf(&[("norms", "both norms"), ("ratio", "their ratio")]),
            apply: |options, value| options.ratio = value == "ratio",
        }],
        ChartKind::Information => &[Choice {
            id: "information-as",
            label: "Show",
            range: Range::OneOf(&[("plane", "the plane"), ("epochs", "over the epochs")]),
            apply: |options, value| options.known_over_epochs = value == "epochs",
        }],
        ChartKind::Trajectory => &[Choice {
            id: "trajectory-engine",
            label: "Test engine",
            range: Range::Number,
            apply: |options, value| options.engine = value.parse().map_or(TestEngine::Longest, TestEngine::Number),
        }],
        _ => &[],
    }
}

/// A row with a chart's choices, if it has any.
pub fn build(kind: ChartKind) -> Result<Option<HtmlElement>, WebError> {
    if choices(kind).is_empty() {
        return Ok(None);
    }
    let row: HtmlElement = create("div", "options")?;
    let defaults = Options::default();
    for choice in choices(kind) {
        let label: HtmlElement = create("label", "")?;
        let words: HtmlElement = create_text("span", "", choice.label)?;
        match choice.range {
            Range::OneOf(values) => {
                let select: HtmlSelectElement = create("select", "")?;
                set_attribute(&select, "id", choice.id);
                set_attribute(&select, "autocomplete", "off");
                values.iter().try_for_each(|(value, words)| offer(&select, value, words))?;
                append(&label, &[&words, &select])?;
            }
            Range::Tick => {
                let tick: HtmlInputElement = create("input", "")?;
                tick.set_type("checkbox");
                tick.set_checked(match kind {
                    ChartKind::LambdaCurve => defaults.published_curve,
                    ChartKind::Rmse => defaults.earlier,
                    _ => defaults.published_cosine,
                });
                set_attribute(&tick, "id", choice.id);
                append(&label, &[&tick, &words])?;
            }
            Range::Number => {
                let number: HtmlInputElement = create("input", "")?;
                number.set_type("number");
                number.set_min("1");
                set_attribute(&number, "id", choice.id);
                set_attribute(&number, "autocomplete", "off");
                append(&label, &[&words, &number])?;
            }
        }
        append(&row, &[&label])?;
    }
    Ok(Some(row))
}

/// Hear what is chosen about a chart, and draw it anew.
pub fn wire(kind: ChartKind, row: &Element, app: &Rc<App>) -> Result<(), WebError> {
    let app = Rc::clone(app);
    listen(row, "change", move |event| {
        let Some(control) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
        let Some(choice) = choices(kind).iter().find(|choice| choice.id == control.id()) else { return };
        let input = || control.dyn_ref::<HtmlInputElement>();
        let value = match choice.range {
            Range::OneOf(_) => control.dyn_ref::<HtmlSelectElement>().map(HtmlSelectElement::value),
            Range::Tick => input().map(|tick| tick.checked().to_string()),
            Range::Number => input().map(HtmlInputElement::value),
        };
        let options: &Cell<Options> = &app.charts.options;
        let mut next = options.get();
        (choice.apply)(&mut next, &value.unwrap_or_default());
        options.set(next);
        if kind == ChartKind::Trajectory {
            app.follow_engine();
        }
        app.charts.renew(kind);
        app.request_frame();
    })
}

/// Show which engine's life is drawn, unless a person is choosing another one.
pub fn show_engine(row: &Element, trajectory: &Trajectory) {
    let number = row.query_selector("input").ok().flatten().and_then(|input| input.dyn_into::<HtmlInputElement>().ok());
    let Some(number) = number else { return };
    let chosen =
        document().ok().and_then(|document| document.active_element()).is_some_and(|active| active == **number);
    number.set_max(&trajectory.engines.to_string());
    if !chosen {
        number.set_value(&trajectory.engine.to_string());
    }
}

impl App {
    /// Ask for the test engine's life that a person wants to see; it is told anew at the end of every epoch.
    pub(in super::super) fn follow_engine(self: &Rc<Self>) {
        self.send(Command::Follow { engine: self.charts.options.get().engine });
    }
}
