//! The page: controls, figures and charts around one [`RunView`].
//!
//! An event of a worker or of a person changes the view at once; what it makes untrue on the page is gathered and
//! put right once an animation frame.

mod address;
mod backend;
mod cache;
mod charts;
mod client;
mod comparison;
mod controls;
mod crew;
mod dialog;
mod dom;
mod explorer;
mod figures;
mod files;
mod frame;
mod kept_run;
mod keys;
mod ledger;
mod members;
mod messages;
mod more_figures;
mod theme;
mod transport;
mod workers;

use std::cell::RefCell;
use std::rc::Rc;

use crate::session::{BackendChoice, Event, Link, Notice, Plan, RunConfig, RunView, Stale, grouped};
use crate::web::WebError;

use address::Address;
use backend::BackendLine;
use charts::Charts;
use comparison::Comparison;
use controls::Controls;
use crew::Crew;
use dialog::Dialog;
use explorer::Explorer;
use figures::Figures;
use files::Files;
use frame::Frame;
use kept_run::KeptRun;
use ledger::Ledger;
use members::Members;
use messages::Messages;
use more_figures::MoreFigures;
use theme::Theme;
use transport::Transport;
use workers::Devices;

/// Everything on the page.
pub struct App {
    view: RefCell<RunView>,
    /// What the link asked for besides the run's configuration, which is the view's.
    backend: BackendChoice,
    autoplay: bool,
    crew: Rc<Crew>,
    devices: Devices,
    kept_run: KeptRun,
    /// The configuration that the run which goes on had when the page was left.
    resumed_as: RefCell<Option<RunConfig>>,
    stale: RefCell<Stale>,
    frame: Frame,
    address: Address,
    messages: Messages,
    transport: Transport,
    controls: Controls,
    members: Members,
    comparison: Comparison,
    more_figures: MoreFigures,
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
            view: RefCell::new(RunView::new(link.config.expanded()).training_at_once(link.autoplay)),
            backend: link.backend,
            autoplay: link.autoplay,
            crew: Crew::new(crew::most_workers()),
            devices: Devices::default(),
            kept_run: KeptRun::default(),
            resumed_as: RefCell::default(),
            stale: RefCell::default(),
            frame: Frame::default(),
            address: Address::find()?,
            messages: Messages::find()?,
            transport: Transport::find()?,
            controls: Controls::find()?,
            members: Members::find()?,
            comparison: Comparison::find()?,
            more_figures: MoreFigures::find()?,
            explorer: Explorer::build()?,
            ledger: Ledger::build()?,
            figures: Figures::find()?,
            charts: Charts::build()?,
            files: Files::find()?,
            dialog: Dialog::find()?,
            backend_line: BackendLine::find()?,
            theme: Theme::find()?,
        });
        // Before anything else is wired: the worker may have been ready for a while.
        app.look_for_kept_files();
        app.look_for_kept_run();
        app.start_workers();
        app.messages.wire(&app)?;
        app.transport.wire(&app)?;
        app.controls.wire(&app)?;
        app.members.wire(&app)?;
        app.comparison.wire(&app)?;
        app.more_figures.wire(&app)?;
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

    /// Take in what the workers reported.
    fn heard(self: &Rc<Self>, event: Event) {
        let event = match event {
            Event::Explored { question, answer } => return self.take_answer(&question, answer),
            Event::Ready { backend, why } => return self.worker_ready(backend, why),
            Event::Loading { bytes, whole } => return self.backend_line.loading(bytes, whole),
            Event::Unfit { why } => return self.no_webgpu(&why),
            Event::Refused { id, ref why } if self.files.refused(id, why) => return,
            event => event,
        };
        let data_changed = matches!(event, Event::Started { .. } | Event::FilesLoaded { .. });
        let answers = matches!(event, Event::Applied { .. } | Event::Refused { .. } | Event::Started { .. });
        match &event {
            Event::Reading { file, share } => self.files.reading(file, *share),
            Event::FilesLoaded { data, missing } => {
                // What was wrong with the files before these.
                self.messages.settle();
                self.take_data(data, missing);
            }
            Event::Unmapped { tables, why } => self.map_tables(tables, why),
            Event::Replaced { .. } => self.worker_replaced(&event),
            Event::Broken { .. } => self.files.give_up(),
            _ => {}
        }
        let has_begun = matches!(event, Event::Started { .. });
        let is_not_resumed = matches!(event, Event::Refused { id, .. } if self.view.borrow().is_resumed_by(id));
        let (stale, next, usual) = {
            let mut view = self.view.borrow_mut();
            let stale = view.apply(event);
            (stale, view.next_change(), view.usual_run())
        };
        self.mark(stale);
        self.dispatch(Vec::from_iter(next));
        if answers {
            self.update_address();
            self.messages.offer(usual);
        }
        if is_not_resumed && let Some(config) = self.resumed_as.take() {
            let requests = self.view.borrow_mut().start_run(config, self.autoplay);
            self.dispatch(requests);
        }
        if has_begun {
            if let Some(config) = self.resumed_as.take() {
                self.change(&config);
            }
            self.follow_engine();
        }
        if data_changed {
            self.explore_anew();
        }
    }

    /// Begin the run that the link asks for, where it was when this page was left, if it is the same one.
    fn begin_run(self: &Rc<Self>) {
        if self.kept_run.is_looking() {
            let app = Rc::clone(self);
            return self.kept_run.once_looked(move || app.begin_run());
        }
        // A person may have asked for another run meanwhile.
        if !self.view.borrow().is_settled() || self.resume_kept_run() {
            return;
        }
        let requests = {
            let mut view = self.view.borrow_mut();
            let first = view.wanted().into_owned();
            view.start_run(first, self.autoplay)
        };
        self.dispatch(requests);
    }

    /// Train on the data that is always at hand, at a person's wish.
    fn begin_usual_run(self: &Rc<Self>) {
        let requests = {
            let mut view = self.view.borrow_mut();
            view.usual_run().map(|usual| view.start_run(usual, true)).unwrap_or_default()
        };
        self.dispatch(requests);
        self.wants();
    }

    /// Remember what no longer shows the truth, and tell at once what must be reported.
    fn mark(self: &Rc<Self>, stale: Stale) {
        let Stale { phase, controls, steps, evaluations, members, run, notice } = stale;
        match &notice {
            Some(Notice::Said(words)) => self.messages.say(words),
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
                self.remember_run(&self.link());
                self.transport.show(&view);
                self.messages.show(&view);
            }
            if stale.run {
                self.figures.show_run(&view, self.crew.look(|workers| workers.places().len()));
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
                self.more_figures.show(&view)?;
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

    /// Go to another configuration: at once where training goes on, and after asking where it starts anew.
    fn change(self: &Rc<Self>, next: &RunConfig) {
        // What is set for one member of a curve is set for all.
        let next = next.expanded();
        let plan = self.view.borrow().plan(&next);
        match plan {
            Plan::Nothing => {}
            Plan::Live => {
                let requests = self.view.borrow_mut().change_live(&next);
                self.dispatch(requests);
                self.wants();
            }
            Plan::Restart(what) => {
                let app = Rc::clone(self);
                self.ask_to_restart(&format!("{what}: a change starts training anew."), move || {
                    let requests = app.view.borrow_mut().change_anew(&next);
                    app.dispatch(requests);
                    app.wants();
                });
            }
        }
    }

    /// Another configuration is on its way.
    fn wants(self: &Rc<Self>) {
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
