//! `jixian assess`: what it writes, what it refuses, and what it says of evidence that is not there or not right.

#![allow(clippy::disallowed_methods, reason = "tests run the binary and touch files")]

mod common;

use std::{
    fs,
    process::Command,
    time::{Duration, Instant},
};

use common::{DONE, ERROR, INCOMPLETE, Place, assessed, inventory, json, sample};
use serde_json::Value;

const SUBSITES: [&str; 3] = ["city", "county", "dept"];

#[test]
fn each_subsite_gets_its_report_in_three_forms_and_there_is_one_bundle() {
    let out = assessed().join("out");
    let mut names: Vec<_> =
        fs::read_dir(&out).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["bundle", "city", "county", "dept"]);
    for subsite in SUBSITES {
        let folder = out.join(subsite);
        let mut files: Vec<_> =
            fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        files.sort();
        assert_eq!(files, ["assessment.json", "report.html", "report.pdf"]);
        assert!(fs::read(folder.join("report.pdf")).unwrap().starts_with(b"%PDF-"));
        let html = fs::read_to_string(folder.join("report.html")).unwrap();
        assert!(html.starts_with("<!DOCTYPE html>") && html.trim_end().ends_with("</html>"));
        assert_eq!(json(&folder.join("assessment.json"))["subsite"]["id"], subsite);
    }
    let qpdf =
        Command::new("qpdf").arg("--check").arg(out.join("city/report.pdf")).output().expect("qpdf is installed");
    assert!(qpdf.status.success(), "{}", String::from_utf8_lossy(&qpdf.stdout));
}

#[test]
fn an_asset_of_two_subsites_is_collected_once() {
    let out = assessed().join("out");
    let assessments = SUBSITES.map(|subsite| json(&out.join(subsite).join("assessment.json")));
    let root = |assessment: &Value, asset: &str| {
        let assets = assessment["assets"].as_array().unwrap();
        assets.iter().find(|a| a["id"] == asset).map(|a| a["part"]["root"].clone())
    };
    for asset in ["web-01", "city-tls", "dmz"] {
        let [city, county] = [&assessments[0], &assessments[1]].map(|a| root(a, asset).expect("it serves both"));
        assert_eq!(city, county, "{asset}");
        assert!(city.is_string());
    }
    let said = fs::read_to_string(assessed().join("stderr")).unwrap();
    assert_eq!(said.lines().filter(|line| line.contains(" web-01 ")).count(), 1, "{said}");
    let manifest = json(&out.join("bundle/manifest.json"));
    let parts: Vec<_> = manifest["parts"].as_array().unwrap().iter().map(|p| p["asset"].as_str().unwrap()).collect();
    assert!(parts.is_sorted() && parts.windows(2).all(|pair| pair[0] != pair[1]), "{parts:?}");
    // All subsites name the same evidence.
    assert!(assessments.iter().all(|a| a["bundle"] == assessments[0]["bundle"]));
}

#[test]
fn this_machine_is_one_of_the_assets_and_was_looked_at_live() {
    let city = json(&assessed().join("out/city/assessment.json"));
    let evidence = city["evidence"].as_array().unwrap();
    let here: Vec<_> = evidence.iter().filter(|e| e["asset"] == "here").collect();
    assert!(here.len() >= 60, "{} items", here.len());
    assert!(here.iter().filter(|e| e["status"] == "ok").count() > 30);
    assert!(here.iter().all(|e| e["status"] != "ok" || e["sha256"].is_string()));
}

#[test]
fn a_report_has_the_same_bytes_each_time_and_those_that_assess_wrote() {
    let place = Place::new();
    let bundle = assessed().join("out/bundle").display().to_string();
    for out in ["once", "twice"] {
        let run = place.run(&["report", &bundle, "--subsite", "dept", "--out", out]).exits(DONE);
        assert_eq!(run.stdout.lines().count(), 3, "{}", run.stdout);
    }
    let once = place.files("once");
    assert_eq!(once.len(), 3);
    assert!(once == place.files("twice"), "two processes write other bytes");
    assert!(once.iter().map(|(_, bytes)| bytes).eq(common::files(&assessed().join("out/dept")).iter().map(|(_, b)| b)));
    // From an archive, too, once there is one; and never over what is there.
    let run =
        place.run(&["report", &bundle, "--subsite", "dept", "--format", "junit,html", "--out", "once"]).exits(ERROR);
    assert!(run.stderr.contains("once/dept/report.html"), "{}", run.stderr);
    assert!(!place.at("once/dept/junit.xml").exists(), "nothing is written where something is refused");
    assert!(place.files("once") == once);
}

#[test]
fn the_same_evidence_judged_at_the_same_moment_gives_the_same_results() {
    let place = Place::new();
    let bundle = assessed().join("out/bundle").display().to_string();
    let as_of = json(&assessed().join("out/dept/assessment.json"))["as_of"].as_str().unwrap().to_owned();
    place.run(&["evaluate", &bundle, "--as-of", &as_of, "--out", "again"]).exits(DONE);
    place.run(&["report", "again", "--format", "json", "--out", "reports"]).exits(DONE);
    for subsite in SUBSITES {
        let (mut then, mut now) = (
            json(&assessed().join("out").join(subsite).join("assessment.json")),
            json(&place.at(format!("reports/{subsite}/assessment.json"))),
        );
        assert_eq!(then["bundle"], now["bundle"], "judging again leaves the evidence as it is");
        for value in [&mut then, &mut now] {
            value.as_object_mut().unwrap().remove("inputs");
        }
        assert!(then == now, "{subsite}");
    }
}

#[test]
fn a_run_is_never_overwritten_and_that_is_said_before_anything_is_collected() {
    let place = Place::new();
    place.write("inventory.yaml", inventory(&["{id: here, kind: host.linux, serves: [site], via: local}"]));
    for taken in ["out/bundle/SEAL", "out/site/report.pdf", "out/site"] {
        place.write(taken.strip_suffix("site").map_or(taken, |_| "out/site/x"), "mine");
        let before = place.files("out");
        let begun = Instant::now();
        let run = place.run(&["assess", "inventory.yaml", "--out", "out"]).exits(ERROR);
        assert!(run.stderr.contains("不会覆盖") && !run.stderr.contains("[1/1]"), "{}", run.stderr);
        assert!(begun.elapsed() < Duration::from_secs(20));
        assert!(before == place.files("out"), "{taken}");
        fs::remove_dir_all(place.at("out")).unwrap();
    }
    // The same for the bundle of a collection, and for one that is judged again.
    place.write("taken/x", "mine");
    place.run(&["collect", "inventory.yaml", "--out", "taken"]).exits(ERROR);
    assert_eq!(place.files("taken").len(), 1);
    // A folder with other things in it is no run.
    place.write("inventory.yaml", inventory(&["{id: fw, kind: network.device, serves: [site], unknown: 无权查看}"]));
    place.write("shared/notes.txt", "mine");
    place.run(&["-q", "assess", "inventory.yaml", "--out", "shared"]).exits(DONE);
    assert_eq!(fs::read(place.at("shared/notes.txt")).unwrap(), b"mine");
}

#[test]
fn moments_in_a_report_are_those_of_the_inventorys_time_zone() {
    let place = Place::new();
    let asset = "{id: fw, kind: network.device, serves: [site], unknown: 无权查看}";
    place.write("inventory.yaml", inventory(&[asset]).replace("+08:00", "-03:30"));
    place.run(&["-q", "collect", "inventory.yaml", "--out", "collected"]).exits(DONE);
    place.run(&["-q", "evaluate", "collected", "--as-of", "2026-11-20T02:04:00Z", "--out", "bundle"]).exits(DONE);
    place.run(&["-q", "report", "bundle", "--format", "html,json", "--out", "reports"]).exits(DONE);
    let html = fs::read_to_string(place.at("reports/site/report.html")).unwrap();
    assert!(html.contains("2026-11-19 22:34 -03:30") && html.contains("JX-SITE-20261119-"));
    let mut old = json(&place.at("reports/site/assessment.json"));
    assert_eq!(old.as_object_mut().unwrap().remove("timezone").unwrap(), "-03:30");
    let old: jixian::assess::Assessment = serde_json::from_value(old).unwrap();
    assert_eq!(old.timezone.to_string(), "+08:00", "an earlier version wrote none");
}

#[test]
fn assets_that_are_not_there_have_a_part_with_a_reason_and_leave_the_others_alone() {
    let place = Place::new();
    fs::copy(sample().join("packages/tianfu-dept.apk"), place.at("app.apk")).unwrap();
    place.write(
        "inventory.yaml",
        inventory(&[
            "{id: app, kind: app.package, serves: [site], path: app.apk}",
            "{id: gone-app, kind: app.package, serves: [site], path: gone.apk}",
            "{id: gone-host, kind: host.linux, serves: [site], via: recorded, path: gone}",
            "{id: gone-scan, kind: network.nmap, serves: [site], path: gone.xml, vantage: internal}",
            "{id: ssh, kind: host.linux, serves: [site], via: ssh, address: 127.0.0.1, user: auditor, host_key: \"SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\", auth: {agent: true}}",
        ]),
    );
    let run = place.run(&["--lang", "en", "collect", "inventory.yaml", "--out", "bundle"]).exits(INCOMPLETE);
    for asset in ["gone-app", "gone-host", "gone-scan"] {
        assert!(run.stderr.lines().any(|line| line.starts_with(&format!("{asset}: "))), "{asset}: {}", run.stderr);
    }
    assert!(run.stderr.contains("ssh: unsupported"), "{}", run.stderr);
    for asset in ["gone-app", "gone-host", "gone-scan", "ssh"] {
        let records = fs::read_to_string(place.at(format!("bundle/parts/{asset}/records.jsonl"))).unwrap();
        let record: Value = serde_json::from_str(records.lines().next().unwrap()).unwrap();
        assert!(record["status"] != "ok" && record["note"].is_string(), "{record}");
    }
    let run = place.run(&["collect", "inventory.yaml", "--out", "again"]).exits(INCOMPLETE);
    for words in ["gone-app：gone.apk：文件或目录不存在", "ssh：当前版本不支持采集：Linux 主机"]
    {
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
    let run = place.run(&["--lang", "en", "verify", "bundle"]).exits(INCOMPLETE);
    assert!(run.stdout.contains("cut off: gone-app, gone-host, gone-scan, ssh"), "{}", run.stdout);

    place.run(&["-q", "evaluate", "bundle", "--out", "judged"]).exits(INCOMPLETE);
    place.run(&["-q", "report", "judged", "--format", "json,html", "--out", "reports"]).exits(INCOMPLETE);
    let report = fs::read_to_string(place.at("reports/site/report.html")).unwrap();
    assert!(report.contains("未采集到证据：当前版本不支持采集") && report.contains("未采集到证据：目标未能连通"));
    let assessment = json(&place.at("reports/site/assessment.json"));
    let mut seen = false;
    for outcome in assessment["outcomes"].as_array().unwrap() {
        let asset = outcome["asset"].as_str().unwrap();
        let verdict = outcome["verdict"].as_str().unwrap();
        match asset {
            "app" => seen |= verdict == "pass",
            _ => assert!(["unknown", "manual"].contains(&verdict), "{outcome}"),
        }
    }
    assert!(seen, "the package that is there is judged");
}

#[test]
fn a_file_that_is_not_what_the_inventory_means_is_not_judged() {
    let place = Place::new();
    let digest = "0".repeat(64);
    place.write("app.apk", fs::read(sample().join("packages/tianfu-dept.apk")).unwrap());
    let asset = format!("{{id: app, kind: app.package, serves: [site], path: app.apk, sha256: \"{digest}\"}}");
    place.write("inventory.yaml", inventory(&[&asset]));
    let run = place.run(&["--lang", "en", "collect", "inventory.yaml", "--out", "bundle"]).exits(INCOMPLETE);
    assert!(run.stderr.contains("its digest is"), "{}", run.stderr);
    assert!(!fs::read_to_string(place.at("bundle/parts/app/records.jsonl")).unwrap().contains("\"status\":\"ok\""));
}

/// Facts and verdict words of a scan.
fn scan(place: &Place, kind: &str, file: &str) -> (Value, Vec<String>) {
    let run = place.run(&["-q", "scan", kind, file, "--format", "json"]);
    assert!(matches!(run.code, Some(DONE | INCOMPLETE)), "{run:?}");
    let json = run.json();
    let words = common::verdicts(&json["outcomes"]).into_values().collect();
    (json["facts"].clone(), words)
}

#[test]
fn packages_that_are_none_decide_nothing() {
    let place = Place::new();
    let whole = fs::read(sample().join("packages/tianfu-dept.apk")).unwrap();
    place.write("empty.apk", "");
    place.write("text.apk", "this is no package");
    place.write("cut.apk", &whole[..whole.len() / 2]);
    place.write("folder.apk/x", "");
    for file in ["empty.apk", "text.apk", "cut.apk"] {
        let (_, words) = scan(&place, "app", file);
        assert!(!words.is_empty());
        assert!(words.iter().all(|word| word == "unknown"), "{file}: {words:?}");
    }
    for file in ["folder.apk", "nowhere.apk"] {
        place.run(&["scan", "app", file]).exits(ERROR);
    }
}

#[test]
fn a_scan_that_was_cut_off_says_so_and_a_bomb_does_not_go_off() {
    let place = Place::new();
    let whole = fs::read_to_string(sample().join("scans/dmz.xml")).unwrap();
    place.write("whole.xml", &whole);
    place.write("cut.xml", &whole[..whole.rfind("</host>").unwrap()]);
    place.write(
        "bomb.xml",
        "<?xml version=\"1.0\"?><!DOCTYPE nmaprun [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><nmaprun scanner=\"nmap\"><host>&c;</host></nmaprun>",
    );
    place.write("outside.xml", "<?xml version=\"1.0\"?><!DOCTYPE nmaprun [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><nmaprun scanner=\"nmap\">&x;</nmaprun>");
    place.write("empty.xml", "");

    let (facts, words) = scan(&place, "nmap", "whole.xml");
    assert_eq!(facts["network"]["scan"]["complete"], "yes", "{}", facts["network"]["scan"]);
    assert!(words.iter().any(|word| word == "pass"));
    let (facts, _) = scan(&place, "nmap", "cut.xml");
    assert_eq!(facts["network"]["scan"]["complete"], "no", "{}", facts["network"]["scan"]);
    let decided = place.run(&["-q", "scan", "nmap", "cut.xml", "--format", "json"]).json();
    let complete =
        decided["outcomes"].as_array().unwrap().iter().find(|o| o["check"] == "network.scan.complete").unwrap();
    assert_eq!(complete["verdict"], "fail", "{complete}");
    for file in ["bomb.xml", "outside.xml", "empty.xml"] {
        let begun = Instant::now();
        let (facts, words) = scan(&place, "nmap", file);
        assert!(words.iter().all(|word| word == "unknown"), "{file}: {words:?}");
        assert!(begun.elapsed() < Duration::from_secs(20));
        assert!(!facts.to_string().contains("root:x:"), "{facts}");
    }
}

#[test]
fn nothing_but_loopback_is_contacted_without_an_authorisation() {
    let place = Place::new();
    place.write(
        "inventory.yaml",
        inventory(&["{id: tls, kind: tls.endpoint, serves: [site], address: \"192.0.2.1:443\"}"]),
    );
    let begun = Instant::now();
    let run = place.run(&["--lang", "en", "collect", "inventory.yaml", "--out", "bundle"]).exits(INCOMPLETE);
    assert!(run.stderr.contains("unauthorised"), "{}", run.stderr);
    assert!(begun.elapsed() < Duration::from_secs(9), "it was refused and not tried");
    place.run(&["scan", "tls", "192.0.2.1:443"]).exits(INCOMPLETE);
}
