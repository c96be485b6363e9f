//! The page: controls, figures and charts around one [`RunView`].
//!
//! An event of the engine or of a person changes the view at once; what it makes untrue on the page is gathered and
//! put right once an animation frame.

mod address;
mod backend;
mod charts;
mod client;
mod comparison;
mod controls;
mod dialog;
mod dom;
mod engines;
mod explorer;
mod figures;
mod files;
mod frame;
mod keys;
mod ledger;
mod members;
mod messages;
mod pool;
mod theme;
mod transport;

use std::cell::RefCell;
use std::rc::Rc;

use crate::data::DataConfig;
use crate::session::{BackendChoice, Command, Event, Link, Notice, Plan, RunConfig, RunView, Stale, grouped};
use crate::web::WebError;

use address::Address;
use backend::BackendLine;
use charts::Charts;
use comparison::Comparison;
use controls::Controls;
use dialog::Dialog;
use engines::Engines;
use explorer::Explorer;
use figures::Figures;
use files::Files;
use frame::Frame;
use ledger::Ledger;
use members::Members;
use messages::Messages;
use theme::Theme;
use transport::Transport;

/// Everything on the page.
pub struct App {
    view: RefCell<RunView>,
    /// What the link asked for besides the run's configuration, which is the view's.
    backend: BackendChoice,
    autoplay: bool,
    engines: RefCell<Engines>,
    stale: RefCell<Stale>,
    frame: Frame,
    address: Address,
    messages: Messages,
    transport: Transport,
    controls: Controls,
    members: Members,
    comparison: Comparison,
    explorer: Explorer,
    ledger: Ledger,
    figures: Figures,
    charts: Charts,
    files: Files,
    dialog: Dialog,
    backend_line: BackendLine,
    theme: Theme,
}

/// Start the page's program.
pub fn start() {
    console_error_panic_hook::set_once();
    // Nothing but the message line can tell a person of an error this early; without even that, the console has it.
    if let Err(error) = App::start() {
        match Messages::find() {
            Ok(messages) => messages.wrong(&error.to_string()),
            Err(_) => web_sys::console::error_1(&error.to_string().into()),
        }
    }
}

impl App {
    fn start() -> Result<(), WebError> {
        let (link, problems) = Link::parse(&dom::window()?.location().hash().unwrap_or_default());
        let app = Rc::new(Self {
            view: RefCell::new(RunView::new(link.config.expanded())),
            backend: link.backend,
            autoplay: link.autoplay,
            engines: RefCell::default(),
            stale: RefCell::default(),
            frame: Frame::default(),
            address: Address::find()?,
            messages: Messages::find()?,
            transport: Transport::find()?,
            controls: Controls::find()?,
            members: Members::find()?,
            comparison: Comparison::find()?,
            explorer: Explorer::build()?,
            ledger: Ledger::build()?,
            figures: Figures::find()?,
            charts: Charts::build()?,
            files: Files::find()?,
            dialog: Dialog::find()?,
            backend_line: BackendLine::find()?,
            theme: Theme::find()?,
        });
        // Before anything else is wired: the engine may have been ready for a while.
        app.look_for_kept_files();
        app.start_engines();
        app.messages.wire()?;
        app.transport.wire(&app)?;
        app.controls.wire(&app)?;
        app.members.wire(&app)?;
        app.comparison.wire(&app)?;
        app.explorer.wire(&app)?;
        app.ledger.wire(&app)?;
        app.charts.wire(&app)?;
        app.files.wire(&app)?;
        app.dialog.wire()?;
        app.backend_line.wire(&app)?;
        app.theme.wire(&app)?;
        keys::wire(&app)?;
        app.address.wire(&app)?;
        if !problems.is_empty() {
            let words = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            app.messages.wrong(&format!("Part of the link was left out: {words}."));
        }
        let everything = Stale { phase: true, controls: true, members: true, run: true, ..Stale::default() };
        app.mark(everything);
        app.update_address();
        Ok(())
    }

    /// Take in an event of the engine in use.
    fn heard(self: &Rc<Self>, event: Event) {
        let event = match event {
            Event::Explored { question, answer } => return self.take_answer(&question, answer),
            event => event,
        };
        let data_changed = matches!(event, Event::Started { .. } | Event::FilesLoaded { .. });
        let refused = matches!(event, Event::Rejected { .. });
        match &event {
            Event::Reading { file, share } => self.files.reading(file, *share),
            Event::FilesLoaded { data, missing } => {
                // What was wrong with the files before these.
                self.messages.settle();
                self.take_data(data, missing);
            }
            // The engine may be another one than before.
            Event::Started { .. } => self.follow_engine(),
            Event::FilesRefused { .. } => self.files.refused(),
            _ => {}
        }
        let stale = self.view.borrow_mut().apply(event);
        self.mark(stale);
        if data_changed {
            self.explore_anew();
        }
        if refused {
            self.messages.show(&self.view.borrow());
            self.start_something();
        }
    }

    /// A link may ask for data that is not at hand. Rather than nothing, the page then shows the usual data.
    fn start_something(self: &Rc<Self>) {
        let next = {
            let view = self.view.borrow();
            let usual = RunConfig { data: DataConfig::default(), ..view.wanted.clone() };
            (view.in_force.is_none() && view.wanted.data != usual.data).then_some(usual)
        };
        let Some(config) = next else { return };
        self.send(&Command::Start { config: config.clone() });
        if self.autoplay {
            self.send(&Command::Play);
        }
        self.want(config);
    }

    /// Remember what no longer shows the truth, and tell at once what must be told.
    fn mark(self: &Rc<Self>, stale: Stale) {
        let Stale { phase, controls, steps, evaluations, members, run, notice } = stale;
        match &notice {
            Some(Notice::Told(words)) => self.messages.told(words),
            Some(Notice::Wrong(words)) => self.messages.wrong(words),
            None => {}
        }
        let mut marked = self.stale.borrow_mut();
        *marked = Stale {
            phase: marked.phase | phase,
            controls: marked.controls | controls,
            steps: marked.steps | steps,
            evaluations: marked.evaluations | evaluations,
            members: marked.members | members,
            run: marked.run | run,
            notice: None,
        };
        drop(marked);
        self.request_frame();
    }

    fn request_frame(self: &Rc<Self>) {
        let app = Rc::clone(self);
        if let Err(error) = self.frame.request(move || app.show()) {
            self.messages.wrong(&error.to_string());
        }
    }

    /// Put right what no longer shows the truth.
    fn show(self: &Rc<Self>) {
        self.frame.arrived();
        let measured = self.charts.measure();
        let stale = self.stale.take();
        let view = self.view.borrow();
        let phase_or_run = stale.phase || stale.run;
        let shown = (|| {
            if phase_or_run {
                self.transport.show(&view);
                self.messages.show(&view);
            }
            if stale.run {
                self.figures.show_run(&view, self.engines.borrow().in_use());
                self.controls.show_data(&view);
            }
            if stale.controls {
                self.controls.show(&view);
            }
            if stale.members || stale.controls {
                self.members.show(&view, self)?;
                self.controls.show_focus(&view);
            }
            if stale.members || stale.controls || stale.evaluations {
                self.comparison.show(&view, self.theme.is_dark())?;
            }
            if phase_or_run || stale.steps || stale.evaluations || stale.members {
                self.figures.show(&view);
            }
            Ok(())
        })();
        self.charts.mark(&stale);
        let unfinished = self.charts.draw(self, &view, &self.theme);
        let unfinished = unfinished.and_then(|left| self.explorer.draw(&self.theme).map(|()| left));
        drop(view);
        if let Err(error) = measured.and(shown).and(unfinished.as_ref().map(|_| ()).map_err(WebError::clone)) {
            self.messages.wrong(&error.to_string());
        }
        if unfinished == Ok(true) {
            self.request_frame();
        }
    }

    /// Say something to the engine in use, if it listens; before that, the configuration wanted is what it starts with.
    fn send(self: &Rc<Self>, command: &Command) {
        self.engage(command);
        let sent = self.engines.borrow_mut().send(command);
        if let Err(error) = sent {
            self.messages.wrong(&error.to_string());
        }
    }

    /// Go to another configuration: at once where training goes on, and after asking where it starts anew.
    fn change(self: &Rc<Self>, next: &RunConfig) {
        // What is set for one member of a curve is set for all.
        let next = next.expanded();
        let plan = self.view.borrow().plan(&next);
        match plan {
            Plan::Nothing => {}
            Plan::Live(command) => {
                self.send(&command);
                self.want(next);
            }
            Plan::Restart { what, commands } => {
                let app = Rc::clone(self);
                self.ask_to_restart(&format!("Changing {what} starts training anew."), move || {
                    for command in &commands {
                        app.send(command);
                    }
                    app.want(next);
                });
            }
        }
    }

    fn want(self: &Rc<Self>, next: RunConfig) {
        {
            let mut view = self.view.borrow_mut();
            // The first member of a curve is the pattern of all.
            if next.curve.is_some() {
                view.focus = 0;
            }
            view.wanted = next;
        }
        self.mark(Stale { members: true, ..Stale::default() });
        self.update_address();
    }

    /// Do what loses the present curves, if the person agrees; there is nothing to ask while there are none.
    fn ask_to_restart(self: &Rc<Self>, what: &str, then: impl FnOnce() + 'static) {
        let steps = self.view.borrow().steps_taken();
        if steps == 0 {
            then();
            return;
        }
        let app = Rc::clone(self);
        let refused = move || app.mark(Stale { controls: true, ..Stale::default() });
        let words = format!("{what} The present run, its {} steps and its curves will be lost.", grouped(steps));
        if let Err(error) = self.dialog.ask(&words, then, refused) {
            self.messages.wrong(&error.to_string());
        }
    }

    /// The λ slider and the figures are about this member now.
    fn focus(self: &Rc<Self>, member: usize) {
        self.view.borrow_mut().focus = member;
        self.mark(Stale { controls: true, members: true, ..Stale::default() });
    }
}
