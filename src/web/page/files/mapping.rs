//! The dialog that asks what the columns of tables hold that are not in C-MAPSS form.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use web_sys::{File, HtmlDialogElement, HtmlElement, HtmlInputElement, HtmlSelectElement, HtmlTableSectionElement};

use super::super::App;
use super::super::controls::offer;
use super::super::dom::{append, create, create_text, element, listen, set_attribute, set_shown, set_text};
use crate::data::{ColumnHead, Mapping, Repeats, RulLimit, TableHead};
use crate::session::sentence;
use crate::web::WebError;

/// What a column may hold, with its words.
const ROLES: [(&str, &str); 6] = [
    ("none", "left out"),
    ("unit", "unit"),
    ("time", "time"),
    ("sensor", "sensor"),
    ("setting", "setting"),
    ("rul", "RUL"),
];

/// A refusal: the entry of the mapping that it is about, and its words.
type Refusal = (&'static str, String);

/// The dialog, the tables that it is open for, and the handles of their files.
pub struct MappingDialog {
    dialog: HtmlDialogElement,
    why: HtmlElement,
    name: HtmlInputElement,
    train: HtmlSelectElement,
    test: HtmlSelectElement,
    test_rul: HtmlSelectElement,
    columns: HtmlTableSectionElement,
    repeats: HtmlSelectElement,
    test_share: HtmlInputElement,
    seed: HtmlInputElement,
    cap: HtmlInputElement,
    health: [HtmlInputElement; 2],
    read: HtmlElement,
    cancel: HtmlElement,
    toml: HtmlElement,
    /// Where refusals stand, each with the entries that it is the place of; the last is the place of all others.
    places: [(HtmlElement, &'static [&'static str]); 5],
    tables: RefCell<Vec<TableHead>>,
    roles: RefCell<Vec<(String, HtmlSelectElement)>>,
    files: RefCell<Vec<File>>,
    /// What is being read: the number of the command.
    asked: Cell<Option<u32>>,
}

impl MappingDialog {
    /// Find it in the document.
    pub fn find() -> Result<Self, WebError> {
        Ok(Self {
            dialog: element("map")?,
            why: element("map-why")?,
            name: element("map-name")?,
            train: element("map-train")?,
            test: element("map-test")?,
            test_rul: element("map-test-rul")?,
            columns: element("map-columns")?,
            repeats: element("map-repeats")?,
            test_share: element("map-test-share")?,
            seed: element("map-seed")?,
            cap: element("map-cap")?,
            health: [element("map-healthy")?, element("map-critical")?],
            read: element("map-read")?,
            cancel: element("map-cancel")?,
            toml: element("map-toml")?,
            places: [
                (element("map-refused-files")?, &["name", "train", "test", "test_rul"]),
                (element("map-refused-columns")?, &["unit", "time", "sensors", "settings", "ignore", "rul"]),
                (element("map-refused-rows")?, &["repeats", "test_share", "seed"]),
                (element("map-refused-labels")?, &["cap", "health"]),
                (element("map-refused")?, &[]),
            ],
            tables: RefCell::default(),
            roles: RefCell::default(),
            files: RefCell::default(),
            asked: Cell::default(),
        })
    }

    /// Do what a person chooses.
    pub fn wire(&self, app: &Rc<App>) -> Result<(), WebError> {
        let heard = Rc::clone(app);
        listen(&self.train, "change", move |_| {
            if let Err(error) = heard.files.mapping.offer_columns() {
                heard.messages.wrong(&error.to_string());
            }
        })?;
        for name in ["input", "change"] {
            let heard = Rc::clone(app);
            listen(&self.dialog, name, move |_| heard.files.mapping.follow())?;
        }
        let heard = Rc::clone(app);
        listen(&self.read, "click", move |_| heard.read_mapped())?;
        let dialog = self.dialog.clone();
        listen(&self.cancel, "click", move |_| dialog.close())?;
        let heard = Rc::clone(app);
        // Also by Escape. What is being read arrives all the same.
        listen(&self.dialog, "close", move |_| heard.files.mapping.asked.set(None))
    }

    /// Ask what these tables hold, and say why they are not read as they are.
    pub fn open(&self, tables: Vec<TableHead>, why: &str, files: Vec<File>) -> Result<(), WebError> {
        let suggested = Mapping::suggested(&tables);
        set_text(&self.why, &sentence(why));
        for (select, none) in [
            (&self.train, None),
            (&self.test, Some("none: hold out a share of the units")),
            (&self.test_rul, Some("none: a column has it, or the units run to failure")),
        ] {
            select.set_inner_html("");
            none.map_or(Ok(()), |words| offer(select, "", words))?;
            tables.iter().try_for_each(|table| offer(select, &table.file, &table.file))?;
        }
        self.name.set_value(&suggested.name);
        self.train.set_value(&suggested.train);
        self.test.set_value(suggested.test.as_deref().unwrap_or_default());
        self.test_rul.set_value(suggested.test_rul.as_deref().unwrap_or_default());
        self.test_share.set_value(&suggested.test_share.to_string());
        self.seed.set_value(&suggested.seed.to_string());
        self.cap.set_value(&suggested.cap.to_string());
        for (input, limit) in self.health.iter().zip(suggested.health) {
            input.set_value(&limit.to_string());
        }
        self.files.replace(files);
        self.tables.replace(tables);
        self.asked.set(None);
        self.refuse(None);
        self.offer_columns()?;
        if self.dialog.open() { Ok(()) } else { self.dialog.show_modal().map_err(WebError::call("asking for columns")) }
    }

    /// A row for each column of the training table, with the role that its name says.
    fn offer_columns(&self) -> Result<(), WebError> {
        self.columns.set_inner_html("");
        let tables = self.tables.borrow();
        let train = self.train.value();
        let Some(table) = tables.iter().find(|table| table.file == train) else { return Ok(()) };
        let suggested = Mapping::suggested(std::slice::from_ref(table));
        let mut roles = Vec::with_capacity(table.columns.len());
        for (column, index) in table.columns.iter().zip(0..) {
            let select = self.offer_column(column, index)?;
            select.set_value(role(&suggested, &column.name));
            roles.push((column.name.clone(), select));
        }
        self.roles.replace(roles);
        drop(tables);
        self.follow();
        Ok(())
    }

    fn offer_column(&self, column: &ColumnHead, index: usize) -> Result<HtmlSelectElement, WebError> {
        let row: HtmlElement = create("tr", "")?;
        let id = format!("map-column-{index}");
        let head: HtmlElement = create("th", "")?;
        set_attribute(&head, "scope", "row");
        let label: HtmlElement = create_text("label", "", &column.name)?;
        set_attribute(&label, "for", &id);
        append(&head, &[&label])?;
        let values: HtmlElement = create_text("td", "", &column.values.join(", "))?;
        let cell: HtmlElement = create("td", "")?;
        let select: HtmlSelectElement = create("select", "")?;
        set_attribute(&select, "id", &id);
        let fits = |name: &str| column.is_numeric || matches!(name, "none" | "unit");
        ROLES.iter().filter(|(name, _)| fits(name)).try_for_each(|(name, words)| offer(&select, name, words))?;
        append(&cell, &[&select])?;
        append(&row, &[&head, &values, &cell])?;
        append(&self.columns, &[&row])?;
        Ok(select)
    }

    /// The mapping that the dialog shows.
    fn said(&self) -> Result<Mapping, Refusal> {
        let mut mapping = Mapping::suggested(&[]);
        let file = |select: &HtmlSelectElement| Some(select.value()).filter(|name| !name.is_empty());
        self.name.value().trim().clone_into(&mut mapping.name);
        mapping.train = self.train.value();
        mapping.test = file(&self.test);
        mapping.test_rul = file(&self.test_rul);
        mapping.unit = self.one("unit")?.unwrap_or_default();
        mapping.time = self.one("time")?.unwrap_or_default();
        mapping.rul = self.one("rul")?;
        (mapping.sensors, mapping.settings) = (self.all("sensor"), self.all("setting"));
        if mapping.sensors.is_empty() {
            return Err(("sensors", "`sensors` should be at least one column, found none".to_owned()));
        }
        mapping.repeats = if self.repeats.value() == "mean" { Repeats::Mean } else { Repeats::Refuse };
        mapping.test_share = number("test_share", "a share from 0.05 to 0.5", &self.test_share)?;
        mapping.seed = number("seed", "a whole number", &self.seed)?;
        mapping.cap = limit("cap", &self.cap)?;
        mapping.health = [limit("health", &self.health[0])?, limit("health", &self.health[1])?];
        Ok(mapping)
    }

    fn all(&self, role: &str) -> Vec<String> {
        let roles = self.roles.borrow();
        roles.iter().filter(|(_, select)| select.value() == role).map(|(name, _)| name.clone()).collect()
    }

    fn one(&self, role: &'static str) -> Result<Option<String>, Refusal> {
        let mut all = self.all(role);
        if all.len() > 1 {
            return Err((role, format!("`{role}` should be one column, found {}", all.join(" and "))));
        }
        Ok(all.pop())
    }

    /// Show the mapping as it stands, as TOML; what was refused may hold no longer.
    fn follow(&self) {
        self.refuse(None);
        let words = match self.said() {
            Ok(mapping) => mapping.to_string(),
            Err((_, why)) => format!("# {why}"),
        };
        set_text(&self.toml, &words);
    }

    /// Say at its place what was refused, or that nothing is.
    fn refuse(&self, refusal: Option<(&str, &str)>) {
        let place = refusal.map(|(entry, _)| {
            let named = self.places.iter().position(|(_, entries)| entries.contains(&entry));
            named.unwrap_or(self.places.len() - 1)
        });
        for (index, (element, _)) in self.places.iter().enumerate() {
            let words = refusal.filter(|_| place == Some(index)).map(|(_, why)| sentence(why));
            set_text(element, words.as_deref().unwrap_or_default());
            set_shown(element, words.is_some());
            if words.is_some() {
                element.scroll_into_view_with_bool(false);
            }
        }
        self.busy(false);
    }

    fn busy(&self, is_busy: bool) {
        set_attribute(&self.dialog, "aria-busy", if is_busy { "true" } else { "false" });
        set_text(&self.read, if is_busy { "Reading…" } else { "Read the tables" });
    }

    /// The tables were refused, if they are what this number stands for.
    pub fn refused(&self, id: u32, why: &str) -> bool {
        if self.asked.get() != Some(id) {
            return false;
        }
        self.asked.set(None);
        // Refusals of an entry begin with its name.
        let entry = why.strip_prefix('`').and_then(|rest| rest.split('`').next()).unwrap_or_default();
        self.refuse(Some((entry, why)));
        true
    }

    /// Whether tables are being read.
    pub fn is_reading(&self) -> bool {
        self.asked.get().is_some()
    }

    /// The worker that read them is gone.
    pub fn lost(&self) {
        self.asked.set(None);
    }

    /// They were read.
    pub fn done(&self) {
        self.asked.set(None);
        self.busy(false);
        self.dialog.close();
    }
}

/// The role of a column in a mapping.
fn role(mapping: &Mapping, name: &str) -> &'static str {
    let is = |names: &[String]| names.iter().any(|one| one == name);
    if mapping.unit == name {
        "unit"
    } else if mapping.time == name {
        "time"
    } else if mapping.rul.as_deref() == Some(name) {
        "rul"
    } else if is(&mapping.settings) {
        "setting"
    } else if is(&mapping.sensors) {
        "sensor"
    } else {
        "none"
    }
}

fn number<T: std::str::FromStr>(entry: &'static str, expected: &str, input: &HtmlInputElement) -> Result<T, Refusal> {
    let text = input.value();
    text.trim().parse().map_err(|_| (entry, format!("`{entry}` should be {expected}, found `{text}`")))
}

fn limit(entry: &'static str, input: &HtmlInputElement) -> Result<RulLimit, Refusal> {
    input.value().parse().map_err(|why: String| (entry, format!("`{entry}`: {why}")))
}

impl App {
    /// Read the tables as the dialog says.
    pub(super) fn read_mapped(self: &Rc<Self>) {
        let dialog = &self.files.mapping;
        if dialog.is_reading() {
            return;
        }
        let mapping = match dialog.said() {
            Ok(mapping) => mapping,
            Err((entry, why)) => return dialog.refuse(Some((entry, &why))),
        };
        let id = self.view.borrow_mut().number();
        let files = dialog.files.borrow();
        match self.crew.read(id, &files, Some(&mapping)) {
            Ok(true) => {
                dialog.refuse(None);
                dialog.asked.set(Some(id));
                dialog.busy(true);
            }
            Ok(false) => dialog.refuse(Some(("", "no worker is ready yet: try again in a moment"))),
            Err(error) => dialog.refuse(Some(("", &error.to_string()))),
        }
    }
}
