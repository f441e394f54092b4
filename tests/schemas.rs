//! The published schemas are those of the types, and real documents fit them. `UPDATE=1 cargo test --test schemas` writes
//! the files anew.
#![expect(clippy::disallowed_methods, reason = "a test reads and writes the files that it keeps")]

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
};

use assert_cmd::Command;
use jixian::{
    cli::schemas::{Published, published},
    model::CatalogueFiles,
    yaml::{Source, read},
};
use serde_json::{Value, json};

const HINT: &str = "run UPDATE=1 cargo test --test schemas";

#[test]
fn the_published_schemas_are_up_to_date() {
    let folder = root().join("docs/schema");
    let mut names = BTreeSet::new();
    for one in published() {
        let path = folder.join(one.file_name());
        let mut text = serde_json::to_string_pretty(&one.schema).expect("a schema is JSON");
        text.push('\n');
        if env::var("UPDATE").is_ok() {
            fs::create_dir_all(&folder).expect("the folder can be made");
            fs::write(&path, &text).expect("the file can be written");
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == text, "{} is behind: {HINT}", path.display());
        names.insert(one.file_name());
    }
    let kept: BTreeSet<_> = files_under(&folder).iter().map(|path| name_of(path)).collect();
    assert_eq!(kept, names, "no schema without its type");
}

#[test]
fn every_yaml_file_fits_the_schema_that_it_names() {
    let schemas = Schemas::published();
    let mut seen = BTreeSet::new();
    let embedded = CatalogueFiles::embedded();
    let catalogue = embedded.iter().filter(|(path, _)| path.ends_with(".yaml"));
    let mut documents: Vec<_> = catalogue.map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
    for path in
        files_under(&root().join("samples")).into_iter().filter(|path| path.extension().is_some_and(|e| e == "yaml"))
    {
        documents.push((path.display().to_string(), fs::read_to_string(&path).expect("a sample reads")));
    }
    for lang in [jixian::model::Lang::Zh, jixian::model::Lang::En] {
        documents.push((format!("init {lang:?}"), jixian::inventory::template(lang).to_owned()));
    }
    for (path, text) in documents {
        let document: Value = read(&Source::new(path.clone(), text)).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        let name = document["schema"].as_str().unwrap_or_else(|| panic!("{path} names no schema")).to_owned();
        schemas.hold(&name, &document, &path);
        seen.insert(name);
    }
    for name in ["check", "profile", "profile-items", "high-risk", "inventory", "answers", "adjudications", "waivers"] {
        assert!(seen.contains(&format!("jixian.{name}/v1")), "no file is a {name}");
    }
}

#[test]
fn a_policy_may_say_nothing_or_everything() {
    let schemas = Schemas::published();
    schemas.hold("jixian.gate/v1", &json!({"schema": "jixian.gate/v1"}), "the default");
    let whole = json!({
        "schema": "jixian.gate/v1", "scope": "profile", "min_decided": 90, "max_unknown": 5, "max_not_applicable": 40,
        "min_rate": {"gbt-22239-2019-l3": 70}, "max_age_days": 7, "new_only": {"since": "baseline.jxb"},
        "fail_on": {"severity": ["critical"], "high_risk": ["candidate"], "baseline_below": "B", "profiles": {"gbt-22239-2019-l3": "基本符合"}},
        "catalogue": format!("sha256:{}", "0".repeat(64)), "require_signatures": ["seal", "waivers"]
    });
    schemas.hold("jixian.gate/v1", &whole, "all of it");
}

#[test]
fn a_misspelt_key_or_another_major_version_does_not_fit() {
    let schemas = Schemas::published();
    let names: Vec<_> = schemas.authored().collect();
    assert_eq!(names.len(), 9);
    for name in names {
        let wrong = json!({"schema": name, "shcema": 1});
        assert!(schemas.complaints(&name, &wrong).iter().any(|c| c.contains("shcema")), "{name} takes any key");
        let newer = json!({"schema": name.replace("/v1", "/v2")});
        assert!(schemas.complaints(&name, &newer).iter().any(|c| c.contains("/v2")), "{name} takes any version");
        let minor = json!({"schema": name.replace("/v1", "/v1.3")});
        assert!(!schemas.complaints(&name, &minor).iter().any(|c| c.contains("/v1.3")), "{name} refuses a newer minor");
    }
}

#[test]
fn what_check_and_profile_print_fits() {
    let schemas = Schemas::published();
    for (name, args) in [
        ("jixian.checks/v1", &["check", "list"][..]),
        ("jixian.profiles/v1", &["profile", "list"]),
        ("jixian.coverage/v1", &["profile", "coverage", "gbt-22239-2019-l3"]),
    ] {
        schemas.hold(name, &printed(args, &[0]), &args.join(" "));
    }
}

#[test]
fn what_a_run_over_the_sample_prints_fits() {
    let schemas = Schemas::published();
    let sample = Sample::new();
    let (bundle, judged) = (sample.path("bundle"), sample.path("judged"));
    let (bundle, judged) = (bundle.as_str(), judged.as_str());
    run(&["collect", &sample.path("tianfu/inventory.yaml"), "--out", bundle]);
    run(&["evaluate", bundle, "--out", judged]);
    run(&["report", judged, "--format", "json", "--out", &sample.path("out")]);
    for subsite in ["city", "county", "dept"] {
        let text = fs::read_to_string(sample.path(&format!("out/{subsite}/assessment.json"))).expect("it was written");
        let assessment: Value = serde_json::from_str(&text).expect("it is JSON");
        schemas.hold("jixian.assessment/v1", &assessment, subsite);
    }
    schemas.hold("jixian.verify/v1", &printed(&["verify", judged], &[0]), "verify");
    schemas.hold("jixian.replay/v1", &printed(&["replay", judged], &[0]), "replay");
    schemas.hold("jixian.gate-decision/v1", &printed(&["gate", judged], &[0, 1]), "gate");
    facts_fit(&schemas, &sample.path("bundle"));
    damage(judged);
    schemas.hold("jixian.verify/v1", &printed(&["verify", judged], &[1]), "verify of a damaged bundle");
}

#[test]
fn what_a_scan_prints_fits() {
    let schemas = Schemas::published();
    let app = root().join("samples/tianfu/packages/tianfu-dept.apk").display().to_string();
    let nmap = root().join("samples/tianfu/scans/dmz.xml").display().to_string();
    for args in [["scan", "app", &app], ["scan", "nmap", &nmap]] {
        let scan = printed(&args, &[0]);
        schemas.hold("jixian.scan/v1", &scan, &args.join(" "));
        let facts = json!({"schema": "jixian.facts/v1", "facts": scan["facts"], "sources": scan["sources"]});
        schemas.hold("jixian.facts/v1", &facts, &args.join(" "));
    }
    schemas.hold("jixian.gate-decision/v1", &printed(&["gate", "--scan", "app", &app], &[0, 1]), "gate --scan app");
}

/// The facts beside each part, and those of a misread type do not.
fn facts_fit(schemas: &Schemas, bundle: &str) {
    let mut seen = 0;
    for path in files_under(&Path::new(bundle).join("parts")).into_iter().filter(|path| name_of(path) == "facts.json") {
        let text = fs::read_to_string(&path).expect("it was written");
        let kept: Value = serde_json::from_str(&text).expect("it is JSON");
        schemas.hold("jixian.facts/v1", &kept["facts"], &path.display().to_string());
        let mut wrong = kept["facts"].clone();
        if let Some(uid) = wrong.pointer_mut("/facts/host/accounts/0/uid") {
            *uid = "0".into();
            assert!(!schemas.complaints("jixian.facts/v1", &wrong).is_empty(), "a uid is a number");
            seen += 1;
        }
    }
    assert!(seen > 0, "no host had an account");
}

/// Changes one byte of one object.
fn damage(bundle: &str) {
    let objects = files_under(&Path::new(bundle).join("objects"));
    let object =
        objects.iter().find(|path| path.extension().is_none() && fs::metadata(path).is_ok_and(|m| m.len() > 0));
    let object = object.expect("a bundle has objects");
    let mut bytes = fs::read(object).expect("it reads");
    bytes[0] ^= 1;
    fs::remove_file(object).expect("it is ours");
    fs::write(object, bytes).expect("it is ours");
}

/// The sample without this machine, in a folder of its own.
struct Sample(tempfile::TempDir);

impl Sample {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let from = root().join("samples");
        for path in files_under(&from.join("tianfu")) {
            let to = folder.path().join(path.strip_prefix(&from).expect("it lies below"));
            fs::create_dir_all(to.parent().expect("it has a folder")).expect("the folder can be made");
            fs::copy(&path, &to).expect("it can be copied");
        }
        let inventory = folder.path().join("tianfu/inventory.yaml");
        let text = fs::read_to_string(&inventory).expect("it was copied");
        let text: String =
            text.lines().filter(|line| !line.contains("id: here,")).map(|line| format!("{line}\n")).collect();
        fs::write(&inventory, text.replace("total: 2, selected: [here, web-01]", "total: 1, selected: [web-01]"))
            .expect("it is ours");
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }
}

/// All published schemas, ready to be asked.
struct Schemas(BTreeMap<&'static str, (Value, jsonschema::Validator)>);

impl Schemas {
    fn published() -> Self {
        let ready = |one: Published| {
            let validator = jsonschema::validator_for(&one.schema).unwrap_or_else(|e| panic!("{}: {e}", one.name));
            (one.name, (one.schema, validator))
        };
        Self(published().into_iter().map(ready).collect())
    }

    /// Those of files that people write.
    fn authored(&self) -> impl Iterator<Item = String> {
        self.0
            .iter()
            .filter(|(_, (schema, _))| schema["properties"]["schema"]["pattern"].is_string())
            .map(|(name, _)| (*name).to_owned())
    }

    fn complaints(&self, name: &str, document: &Value) -> Vec<String> {
        let (_, validator) = self.0.get(name).unwrap_or_else(|| panic!("{name} is not published"));
        validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    fn hold(&self, name: &str, document: &Value, what: &str) {
        let wrong: Vec<_> = self.complaints(name, document).into_iter().take(10).collect();
        let cut = |text: &String| text.chars().take(400).collect::<String>();
        assert!(wrong.is_empty(), "{what} is no {name}:\n{}", wrong.iter().map(cut).collect::<Vec<_>>().join("\n"));
    }
}

fn jixian(args: &[&str]) -> std::process::Output {
    let mut command = Command::cargo_bin("jixian").expect("it is built with the tests");
    command.args(args).arg("--quiet").output().expect("it runs")
}

fn run(args: &[&str]) {
    let output = jixian(args);
    assert!(matches!(output.status.code(), Some(0 | 3)), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn printed(args: &[&str], codes: &[i32]) -> Value {
    let output = jixian(&[args, &["--format", "json"]].concat());
    let code = output.status.code().unwrap_or(-1);
    assert!(codes.contains(&code), "{args:?} gave {code}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("it prints JSON")
}

fn files_under(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in
        fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())).flatten().map(|entry| entry.path())
    {
        if path.is_dir() { found.extend(files_under(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
