//! The module graph is a table: an import outside it fails, and so does a table that ARCHITECTURE.md does not show.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// What each module may import, in the order of the arrow.
const ALLOWED: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("yaml", &["model"]),
    ("formats", &["model"]),
    ("inventory", &["model", "yaml"]),
    ("evidence", &["model", "yaml"]),
    ("collect", &["model", "formats", "inventory", "evidence"]),
    ("facts", &["model", "formats", "inventory", "evidence"]),
    ("checks", &["model", "yaml", "facts"]),
    ("profiles", &["model", "yaml", "inventory", "facts", "checks"]),
    ("grade", &["model", "facts", "checks", "profiles"]),
    ("assess", &["model", "yaml", "inventory", "evidence", "facts", "checks", "profiles", "grade"]),
    ("report", &["model", "yaml", "inventory", "evidence", "facts", "checks", "profiles", "grade", "assess"]),
    ("gate", &["model", "yaml", "profiles", "grade", "assess"]),
];

/// Modules that may import everything.
const FREE: &[&str] = &["cli", "lib", "main"];

#[test]
fn modules_import_only_earlier_stages() {
    let allowed: BTreeMap<_, _> = ALLOWED.iter().copied().collect();
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let module = module_of(&file);
        // Tests build what they need from any stage.
        if FREE.contains(&module.as_str()) || is_test(&file) {
            continue;
        }
        let Some(ok) = allowed.get(module.as_str()) else {
            wrong.push(format!("{}: module `{module}` is not in the table", file.display()));
            continue;
        };
        for to in imports(&code_of(&text)) {
            if to != module && !ok.contains(&to.as_str()) {
                wrong.push(format!("{}: {module} -> {to}", file.display()));
            }
        }
        if code_of(&text).contains("super::super") {
            wrong.push(format!("{}: write `crate::module::`, so that this test can see it", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_begins_with_its_charter() {
    let without: Vec<_> = sources()
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(file, _)| file.display().to_string())
        .collect();
    assert!(without.is_empty(), "no `//!` charter on the first line: {without:?}");
}

#[test]
fn no_source_file_is_longer_than_800_lines() {
    let long: Vec<_> = sources()
        .into_iter()
        .filter(|(_, text)| text.lines().count() > 800)
        .map(|(file, _)| file.display().to_string())
        .collect();
    assert!(long.is_empty(), "split these: {long:?}");
}

#[test]
fn the_architecture_page_shows_the_same_table() {
    let page = fs::read_to_string("ARCHITECTURE.md").expect("ARCHITECTURE.md is there");
    for (module, ok) in ALLOWED {
        let imports = if ok.is_empty() { "-".to_owned() } else { ok.join(", ") };
        let row = page.lines().find(|line| line.starts_with(&format!("| `{module}` |")));
        let row = row.unwrap_or_else(|| panic!("ARCHITECTURE.md has no row for `{module}`"));
        assert!(row.trim_end().ends_with(&format!("| {imports} |")), "{module} may import: {imports}\n{row}");
    }
}

fn sources() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    walk(Path::new("src"), &mut files);
    files.sort();
    files.into_iter().map(|file| (file.clone(), fs::read_to_string(&file).expect("a listed file reads"))).collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("src is there").flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn module_of(file: &Path) -> String {
    let relative = file.strip_prefix("src").expect("sources lie under src");
    let first = relative.iter().next().expect("a file has a name").to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

fn is_test(file: &Path) -> bool {
    file.iter().any(|part| matches!(part.to_str(), Some("tests" | "tests.rs" | "testing.rs")))
        || file.to_string_lossy().ends_with("_tests.rs")
}

fn code_of(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The modules named by `crate::x` and by the first level of `crate::{x::.., y}`.
fn imports(code: &str) -> Vec<String> {
    code.split("crate::")
        .skip(1)
        .flat_map(|rest| match rest.strip_prefix('{') {
            Some(group) => first_level(group),
            None => vec![name_at(rest)],
        })
        .filter(|name| !name.is_empty() && name != "Result")
        .collect()
}

fn first_level(group: &str) -> Vec<String> {
    let mut depth = 0;
    let mut names = vec![String::new()];
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(String::new()),
            c if depth == 0 => names.last_mut().expect("never empty").push(c),
            _ => {}
        }
    }
    names.iter().map(|name| name_at(name.trim())).collect()
}

fn name_at(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}
