//! The files of `src/chart` import each other in one direction.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The modules that a source file of `module` (a path within the folder, such as `kinds::rmse`) imports from the folder.
fn imports(module: &[&str], source: &str, modules: &BTreeSet<String>) -> BTreeSet<String> {
    let code = source.split("#[cfg(test)]").next().unwrap();
    let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut found = BTreeSet::new();
    let mut add = |path: String| {
        // The longest beginning of the path that is a module; of the folder's own face, the folder.
        let parts: Vec<&str> = path.split("::").collect();
        let known = (1..=parts.len()).rev().map(|end| parts[..end].join("::")).find(|path| modules.contains(path));
        found.insert(known.unwrap_or_else(|| "mod".to_owned()));
    };
    for (at, _) in code.match_indices("crate::chart::") {
        add(path(&code[at + "crate::chart::".len()..]));
    }
    for (at, _) in code.match_indices("super::").filter(|(at, _)| !code[..*at].ends_with("super::")) {
        let rest = &code[at..];
        let ups = rest.split("::").take_while(|part| *part == "super").count();
        let parent = module[..module.len().saturating_sub(ups)].join("::");
        let path = path(&rest["super::".len() * ups..]);
        add(if parent.is_empty() { path } else { format!("{parent}::{path}") });
    }
    found.remove(&module.join("::"));
    // A module names those within it.
    let within = module.join("::") + "::";
    found.extend(modules.iter().filter(|name| name.starts_with(&within)).cloned());
    found
}

/// The path that a text begins with.
fn path(text: &str) -> String {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_' && c != ':').unwrap_or(text.len());
    text[..end].trim_end_matches(':').to_owned()
}

#[test]
fn no_two_files_of_the_charts_import_each_other() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/chart");
    let mut sources = BTreeMap::new();
    for (prefix, folder) in [("", folder.clone()), ("kinds::", folder.join("kinds"))] {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = entry.file_stem().unwrap().to_str().unwrap().to_owned();
            if entry.is_file() && !name.ends_with("tests") {
                let name =
                    if name == "mod" { prefix.trim_end_matches("::").to_owned() } else { prefix.to_owned() + &name };
                sources.insert(name, std::fs::read_to_string(entry).unwrap());
            }
        }
    }
    // The face of the folder names all and is imported by none.
    sources.remove("");
    let modules: BTreeSet<String> = sources.keys().cloned().collect();
    let edges: BTreeMap<&str, BTreeSet<String>> = sources
        .iter()
        .map(|(name, source)| (name.as_str(), imports(&name.split("::").collect::<Vec<_>>(), source, &modules)))
        .collect();
    assert!(edges["draw"].contains("data") && edges["kinds::rmse"].contains("prelude"), "{edges:?}");
    // What imports only what is settled is settled; what never is stands in a circle.
    let mut open: BTreeSet<&str> = edges.keys().copied().collect();
    loop {
        let is_settled = |name: &&str| edges[name].iter().all(|used| !open.contains(used.as_str()) && used != "mod");
        let settled: Vec<&str> = open.iter().copied().filter(is_settled).collect();
        if settled.is_empty() {
            break;
        }
        for name in settled {
            open.remove(name);
        }
    }
    let circle: Vec<_> = open.iter().map(|name| (name, &edges[name])).collect();
    assert!(circle.is_empty(), "these import each other: {circle:#?}");
}
