//! What holds of the sources as text: layers, what belongs where, what must not be there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use lambdascope::data::DatasetFile;

/// Lines of a file that no longer tells one story.
const MOST_LINES: usize = 400;

/// What an end-to-end test would wait by the clock with.
const CLOCKS: [&str; 5] = ["setTimeout", "setInterval", "waitForTimeout", "timers/promises", "sleep("];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The files below a folder whose names end like this, relative to the root with `/`, and what they hold.
fn sources(folder: &str, end: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let path = format!("{folder}/{}", entry.file_name().to_str().unwrap());
            if entry.file_type().unwrap().is_dir() {
                folders.push(path);
            } else if path.ends_with(end) {
                files.push((path.clone(), read(&path)));
            }
        }
    }
    assert!(!files.is_empty(), "{folder} should hold files that end in {end}");
    files
}

/// The layers from the ground up: the first column of the table in `src/lib.rs`.
fn layers(text: &str) -> Vec<&str> {
    let names = text
        .lines()
        .filter_map(|line| line.strip_prefix("//! | ")?.split(['`', '[', ']']).find(|name| !name.is_empty()));
    names.filter(|name| name.chars().all(char::is_alphanumeric)).collect()
}

/// Names that stand behind `crate::` in a source, and the lines they stand in.
fn uses(source: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (place, _) in source.match_indices("crate::") {
        let line = source[..place].matches('\n').count() + 1;
        let rest = &source[place + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => {
                let group = group.split('}').next().unwrap_or_default();
                found.extend(group.split(',').map(|name| (line, word(name.trim()))));
            }
            None => found.push((line, word(rest))),
        }
    }
    found
}

/// The identifier that a text begins with.
fn word(text: &str) -> &str {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap_or_default()
}

/// Uses of a layer above the file's own. What stands below all layers uses none.
fn upward(layers: &[&str], path: &str, source: &str) -> Vec<String> {
    let height = |name: &str| layers.iter().position(|layer| *layer == name).map(|place| place + 1);
    let own = path.trim_start_matches("src/").split(['/', '.']).next().and_then(height).unwrap_or(0);
    let above = |(_, name): &(usize, &str)| height(name).is_some_and(|height| height > own);
    uses(source).into_iter().filter(above).map(|(line, name)| format!("{path}:{line} uses {name}")).collect()
}

#[test]
fn arrows_only_point_down_the_layers() {
    let lib = read("src/lib.rs");
    let layers = layers(&lib);
    assert!(layers.len() == 11 && layers[0] == "parameter" && layers[10] == "web", "{layers:?}");
    for layer in &layers {
        assert!(lib.contains(&format!("pub mod {layer};")), "src/lib.rs should have the module {layer}");
    }
    let sources = sources("src", ".rs");
    let below = sources.iter().filter(|(path, _)| !path.starts_with("src/bin/") && path != "src/lib.rs");
    let found: Vec<String> = below.flat_map(|(path, source)| upward(&layers, path, source)).collect();
    assert!(found.is_empty(), "a layer should use only those below it, found:\n{}", found.join("\n"));
}

#[test]
fn an_arrow_that_points_up_is_found() {
    let layers = ["data", "model", "web"];
    let found =
        upward(&layers, "src/model/a.rs", "use crate::data::X;\nuse crate::{Task, web::Y};\nuse crate::web_like;\n");
    assert_eq!(found, ["src/model/a.rs:2 uses web"]);
    assert_eq!(upward(&layers, "src/error.rs", "crate::data"), ["src/error.rs:1 uses data"]);
}

#[test]
fn every_layer_has_an_invariant_and_what_holds_it() {
    let (lib, text) = (read("src/lib.rs"), read("ARCHITECTURE.md"));
    let table = text.split("| layer |").nth(1).unwrap_or_default();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let rows: Vec<Vec<&str>> = rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect();
    let quoted = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let named: Vec<String> = rows.iter().flat_map(|row| quoted(row[0])).collect();
    assert_eq!(named, layers(&lib), "ARCHITECTURE.md should have the layers of src/lib.rs, in their order");
    for row in &rows {
        let holders = quoted(row[3]);
        assert!(!row[2].is_empty() && !holders.is_empty(), "{} should have an invariant and its test", row[0]);
        for path in holders {
            assert!(root().join(&path).exists(), "{} should be held by {path}, which is not there", row[0]);
        }
    }
}

#[test]
fn only_the_top_layer_knows_the_browser() {
    for (path, source) in sources("src", ".rs") {
        if path.starts_with("src/web/") || path.starts_with("src/bin/") {
            continue;
        }
        for name in ["web_sys", "js_sys", "wasm_bindgen"] {
            assert!(!source.contains(name), "{path} should not know {name}: what the browser has belongs to src/web");
        }
    }
}

#[test]
fn a_file_tells_one_story() {
    let long = sources("src", ".rs").into_iter().chain(sources("xtask/src", ".rs")).chain(sources("tests", "s"));
    let long = long.map(|(path, source)| (path, source.lines().count())).filter(|(_, lines)| *lines > MOST_LINES);
    assert_eq!(long.collect::<Vec<_>>(), [], "no file should have more than {MOST_LINES} lines");
}

#[test]
fn no_file_of_nasas_is_tracked() {
    let Ok(listed) = Command::new("git").args(["ls-files"]).current_dir(root()).output() else { return };
    let listed = String::from_utf8(listed.stdout).unwrap();
    let is_nasas = |path: &&str| {
        let name = path.rsplit('/').next().unwrap_or_default().to_lowercase();
        DatasetFile::from_name(&name).is_some()
            || name.contains("cmapssdata")
            || name.rsplit('.').next() == Some("pack")
    };
    assert_eq!(listed.lines().filter(is_nasas).collect::<Vec<_>>(), [""; 0], "NASA's files stay out of the repository");
}

#[test]
fn end_to_end_tests_wait_for_what_they_mean() {
    for (path, source) in sources("tests/e2e", ".mjs") {
        for clock in CLOCKS {
            assert!(!source.contains(clock), "{path} should wait for a condition in the page, not with {clock}");
        }
    }
}

#[test]
fn elements_that_the_page_looks_up_are_in_its_document() {
    let html = read("www/index.html");
    let mut found = 0;
    for (path, source) in sources("src/web", ".rs") {
        // `element("id")`, `element::<Type>("id")` and `Part::find("id")`.
        for (place, _) in source.match_indices("(\"") {
            let call = source[..place].rsplit([' ', '(', '!', '\n']).next().unwrap_or_default();
            if call.starts_with("element") || call.ends_with("::element") || call.ends_with("::find") {
                let id = source[place + 2..].split('"').next().unwrap_or_default();
                assert!(html.contains(&format!("id=\"{id}\"")), "{path}: www/index.html should hold the id `{id}`");
                found += 1;
            }
        }
    }
    assert!(found > 50, "elements are looked up by their ids, found {found}");
}
