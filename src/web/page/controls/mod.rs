//! The controls of the run's configuration, apart from λ, which has a file of its own.

mod advisor;
mod choices;
mod curve;
mod lambda;
mod parameters;
mod regularization;
mod strategy;

use std::rc::Rc;

use web_sys::{HtmlElement, HtmlInputElement, HtmlSelectElement};

use super::App;
use super::dom::{element, listen, set_shown, set_text};
use crate::data::Origin;
use crate::loss::{Normalization, RulUnit};
use crate::model::EncoderConfig;
use crate::session::{RunConfig, RunView, Stale, data_source, data_source_name};
use crate::web::WebError;

use advisor::Advisor;
pub use choices::offer;
use choices::{fill, keep_choosable};
use curve::CurvePanel;
use lambda::Lambda;
use regularization::RegularizationPanel;
use strategy::StrategyPanel;

/// The controls.
pub struct Controls {
    lambda: Lambda,
    strategy: StrategyPanel,
    advisor: Advisor,
    curve: CurvePanel,
    regularization: RegularizationPanel,
    normalization: HtmlSelectElement,
    normalization_help: HtmlElement,
    beta_row: HtmlElement,
    beta: HtmlInputElement,
    divisors_row: HtmlElement,
    divisors: [HtmlInputElement; 2],
    unit: HtmlSelectElement,
    encoder: HtmlSelectElement,
    dataset: HtmlSelectElement,
    scaling: HtmlSelectElement,
    assumptions: HtmlElement,
    batch_size: HtmlSelectElement,
    seed: HtmlInputElement,
    learning_rate: HtmlInputElement,
    epochs: HtmlInputElement,
    data_source: HtmlElement,
}

impl Controls {
    /// Find them in the document and offer what there is to choose.
    pub fn find() -> Result<Self, WebError> {
        let controls = Self {
            lambda: Lambda::find()?,
            strategy: StrategyPanel::find()?,
            advisor: Advisor::build()?,
            curve: CurvePanel::find()?,
            regularization: RegularizationPanel::find()?,
            normalization: element("normalization")?,
            normalization_help: element("normalization-help")?,
            beta_row: element("beta-row")?,
            beta: element("beta")?,
            divisors_row: element("divisors-row")?,
            divisors: [element("divisor-rul")?, element("divisor-health")?],
            unit: element("rul-unit")?,
            encoder: element("encoder")?,
            dataset: element("dataset")?,
            scaling: element("scaling")?,
            assumptions: element("assumptions")?,
            batch_size: element("batch-size")?,
            seed: element("seed")?,
            learning_rate: element("learning-rate")?,
            epochs: element("epochs")?,
            data_source: element("data-source")?,
        };
        fill(&controls.normalization, Normalization::NAMES.map(|name| (name, choices::normalization_words(name).0)))?;
        fill(&controls.encoder, EncoderConfig::NAMES.map(|name| (name, choices::encoder_words(name))))?;
        fill(&controls.batch_size, ["32", "64", "128", "256", "512"].map(|size| (size, size)))?;
        Ok(controls)
    }

    /// Change the configuration as they say.
    pub fn wire(&self, app: &Rc<App>) -> Result<(), WebError> {
        self.lambda.wire(app)?;
        self.strategy.wire(app)?;
        self.advisor.wire(app)?;
        self.curve.wire(app)?;
        self.regularization.wire(app)?;
        let select = |control: &HtmlSelectElement, change: fn(&mut RunConfig, usize, &str) -> Option<()>| {
            let (app, from) = (Rc::clone(app), control.clone());
            listen(control, "change", move |_| {
                let mut next = app.view.borrow().wanted.clone();
                let focus = app.view.borrow().focus;
                if change(&mut next, focus, &from.value()).is_some() {
                    app.change(&next);
                }
                app.mark(Stale { controls: !app.dialog.is_open(), ..Stale::default() });
            })
        };
        select(&self.normalization, |config, focus, name| {
            config.members.get_mut(focus)?.normalization = Normalization::from_name(name)?;
            Some(())
        })?;
        select(&self.unit, |config, _, unit| {
            config.loss.unit = if unit == "cycles" { RulUnit::Cycles } else { RulUnit::Fraction };
            Some(())
        })?;
        select(&self.encoder, |config, _, name| {
            config.encoder = EncoderConfig::from_name(name)?;
            Some(())
        })?;
        select(&self.dataset, |config, _, name| {
            (config.data.subset, config.data.origin) = data_source(name)?;
            Some(())
        })?;
        select(&self.scaling, |config, _, name| {
            config.data.scaling = name.parse().ok()?;
            Some(())
        })?;
        select(&self.batch_size, |config, _, size| {
            config.batch_size = size.parse().ok()?;
            Some(())
        })?;
        self.wire_numbers(app)
    }

    fn wire_numbers(&self, app: &Rc<App>) -> Result<(), WebError> {
        let number = |control: &HtmlInputElement, words: &'static str, change: NumberChange| {
            let (app, from) = (Rc::clone(app), control.clone());
            listen(control, "change", move |_| {
                let mut next = app.view.borrow().wanted.clone();
                let focus = app.view.borrow().focus;
                let number = Some(from.value_as_number()).filter(|number| number.is_finite());
                match number.and_then(|number| change(&mut next, focus, number)) {
                    Some(()) => app.change(&next),
                    None => app.messages.wrong(&format!("{words}, found `{}`", from.value())),
                }
                app.mark(Stale { controls: !app.dialog.is_open(), ..Stale::default() });
            })
        };
        number(&self.seed, "the seed should be a whole number from 0 to 4294967295", |config, _, number| {
            config.seed = whole(number)?;
            Some(())
        })?;
        number(&self.epochs, "epochs should be a whole number from 1 to 1000", |config, _, number| {
            config.epochs = whole(number).filter(|epochs| (1..=1000).contains(epochs))?;
            Some(())
        })?;
        number(&self.learning_rate, "the learning rate should be above 0, at most 1", |config, _, number| {
            config.optimizer.learning_rate = positive(number).filter(|rate| *rate <= 1.0)?;
            Some(())
        })?;
        number(&self.beta, "β should be in [0, 1)", |config, focus, number| {
            let beta = Some(single(number)).filter(|beta| (0.0..1.0).contains(beta))?;
            config.members.get_mut(focus)?.normalization = Normalization::Amnl { beta };
            Some(())
        })?;
        let divisor = "a divisor should be above 0";
        number(&self.divisors[0], divisor, |config, focus, number| set_divisor(config, focus, 0, number))?;
        number(&self.divisors[1], divisor, |config, focus, number| set_divisor(config, focus, 1, number))
    }

    /// Show the configuration wanted.
    pub fn show(&self, view: &RunView) {
        let config = &view.wanted;
        self.lambda.show(view);
        self.strategy.show(view);
        self.curve.show(view);
        self.regularization.show(view);
        if let Some(member) = config.members.get(view.focus) {
            self.show_normalization(&member.normalization);
        }
        self.unit.set_value(match config.loss.unit {
            RulUnit::Fraction => "fraction",
            RulUnit::Cycles => "cycles",
        });
        self.encoder.set_value(config.encoder.name());
        self.dataset.set_value(&data_source_name(&config.data));
        self.scaling.set_value(config.data.scaling.name());
        keep_choosable(&self.batch_size, &config.batch_size.to_string());
        set_number(&self.seed, &config.seed.to_string());
        set_number(&self.learning_rate, &config.optimizer.learning_rate.to_string());
        set_number(&self.epochs, &config.epochs.to_string());
    }

    /// Say which member the slider moves.
    pub fn show_focus(&self, view: &RunView) {
        self.lambda.show_focus(view);
    }

    /// Say where the data comes from.
    pub fn show_data(&self, view: &RunView) {
        let Some(data) = &view.data else { return };
        set_text(&self.data_source, &data.title());
        super::dom::set_attribute(&self.data_source, "data-kind", data.origin.name());
        let words = format!(
            "{} training engines ({} windows), {} test engines",
            data.train_engines, data.train_windows, data.test_engines
        );
        super::dom::set_attribute(&self.data_source, "title", &words);
        set_shown(&self.assumptions, !data.assumptions.is_empty());
        set_text(
            &self.assumptions,
            &format!(
                "{}: {}",
                match data.origin {
                    Origin::Emulated => "Emulated without NASA’s training files of this subset. Assumed",
                    Origin::Nasa => "Of this run",
                    Origin::Own => "Your files were read so",
                },
                data.assumptions.join(" ")
            ),
        );
    }

    fn show_normalization(&self, normalization: &Normalization) {
        self.normalization.set_value(normalization.name());
        set_text(&self.normalization_help, choices::normalization_words(normalization.name()).1);
        set_shown(&self.beta_row, matches!(normalization, Normalization::Amnl { .. }));
        set_shown(&self.divisors_row, matches!(normalization, Normalization::Manual { .. }));
        match normalization {
            Normalization::Amnl { beta } => set_number(&self.beta, &beta.to_string()),
            Normalization::Manual { divisors } => {
                for (control, divisor) in self.divisors.iter().zip(divisors) {
                    set_number(control, &divisor.to_string());
                }
            }
            Normalization::None | Normalization::Batch | Normalization::Initial => {}
        }
    }
}

/// Sets a number of the configuration, or of the member in focus, unless it is out of range.
type NumberChange = fn(&mut RunConfig, usize, f64) -> Option<()>;

fn set_divisor(config: &mut RunConfig, focus: usize, task: usize, number: f64) -> Option<()> {
    let Normalization::Manual { divisors } = &mut config.members.get_mut(focus)?.normalization else { return None };
    divisors[task] = positive(number)?;
    Some(())
}

/// Writing the value that is there already would move the caret.
fn set_number(control: &HtmlInputElement, value: &str) {
    if control.value() != value {
        control.set_value(value);
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked")]
fn whole(number: f64) -> Option<u32> {
    (number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number)).then_some(number as u32)
}

fn positive(number: f64) -> Option<f32> {
    Some(single(number)).filter(|number| *number > 0.0 && number.is_finite())
}

fn single(number: f64) -> f32 {
    number as f32
}
