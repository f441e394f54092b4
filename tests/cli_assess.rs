//! `jixian assess`: what it writes, what it refuses, and what it says of evidence that is not there or not right.

#![allow(clippy::disallowed_methods, reason = "tests run the binary and touch files")]

mod common;

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::TcpListener,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use common::{DONE, ERROR, INCOMPLETE, Place, Run, assessed, han, inventory, json, sample};
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
fn mistakes_of_the_command_line_name_what_was_meant_in_both_languages() {
    let place = Place::new();
    place.write("inventory.yaml", inventory(&["{id: fw, kind: network.device, serves: [site], unknown: 无权查看}"]));
    for (args, zh, en) in [
        (&["nowhere.yaml"][..], "nowhere.yaml: 文件或目录不存在", "nowhere.yaml: No such file or directory"),
        (
            &["inventory.yaml", "--profile", "gbt-22239-2019-13"],
            "是否为 gbt-22239-2019-l3？",
            "did you mean gbt-22239-2019-l3?",
        ),
        (
            &["inventory.yaml", "--answers", "nowhere.yaml"],
            "nowhere.yaml: 文件或目录不存在",
            "nowhere.yaml: No such file",
        ),
        (
            &["inventory.yaml", "--sign-key", "nowhere.pem"],
            "nowhere.pem: 文件或目录不存在",
            "nowhere.pem: No such file",
        ),
        (&["inventory.yaml", "--font", "nowhere.ttf"], "nowhere.ttf: 文件或目录不存在", "nowhere.ttf: No such file"),
        (&["inventory.yaml", "--templates", "nowhere"], "nowhere: 文件或目录不存在", "nowhere: No such file"),
        (&["inventory.yaml", "--sign-key", "inventory.yaml"], "不能作为密钥读取", "inventory.yaml: "),
        (&["inventory.yaml", "--out", "inventory.yaml/out"], "路径中有一段不是目录", "Not a directory"),
    ] {
        let run = place.run(&[&["assess"], args].concat()).exits(ERROR);
        assert!(run.stderr.contains(zh) && run.stderr.starts_with("错误: "), "{args:?}: {}", run.stderr);
        let run = place.run(&[&["--lang", "en", "assess"], args].concat()).exits(ERROR);
        assert_eq!(run.stderr.matches(en).count(), 1, "{args:?}: {}", run.stderr);
        assert!(han(&run.stderr).is_empty() && run.stderr.starts_with("error: "), "{}", run.stderr);
        assert!(!place.at("out").exists() && run.stdout.is_empty());
    }
}

#[test]
fn an_argument_that_does_not_exist_is_said_in_the_language_of_the_reader() {
    let place = Place::new();
    for (args, zh, en) in [
        (
            &["report", "b", "--frmat", "pdf"][..],
            "不认识的参数 '--frmat'\n  建议: 是否指参数 '--format'？\n\n用法: jixian report",
            "unexpected argument '--frmat'",
        ),
        (&["asess"], "是否指命令 'assess'", "a similar subcommand exists: 'assess'"),
        (&["assess"], "缺少必需的参数：<INVENTORY>", "were not provided"),
        (&["report", "b", "--format", "doc"], "可用: html、json、junit、pdf、sarif", "[possible values: html"),
    ] {
        let run = place.run(args).exits(ERROR);
        assert!(run.stderr.starts_with("错误: ") && run.stderr.contains(zh), "{}", run.stderr);
        assert!(run.stderr.contains("--help") && run.stdout.is_empty(), "{}", run.stderr);
        let run = place.run(&[&["--lang", "en"], args].concat()).exits(ERROR);
        assert!(run.stderr.contains(en) && han(&run.stderr).is_empty(), "{}", run.stderr);
    }
    assert!(place.run(&["--help"]).exits(DONE).stdout.contains("安全基线"));
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
fn every_mistake_in_an_inventory_is_shown_with_its_line() {
    let place = Place::new();
    let good = inventory(&["{id: fw, kind: network.device, serves: [site], unknown: 无权查看}"]);
    let line = |wanted: &str| good.lines().position(|line| line.contains(wanted)).unwrap() + 1;
    let column = |wanted: &str, part: &str| {
        let line = good.lines().find(|line| line.contains(wanted)).unwrap();
        line[..line.find(part).unwrap()].chars().count() + 1
    };
    for (from, to, zh, en) in [
        ("unknown: 无权查看", "unknwn: 无权查看", "unknwn", "unknwn"),
        ("network.device", "network.devise", "network.devise", "network.devise"),
        ("serves: [site]", "serves: [cite]", "cite", "cite"),
        ("kind: web", "kind: wep", "wep", "wep"),
        ("level: 2", "level: two", "two", "two"),
    ] {
        let wrong = good.replacen(from, to, 1);
        assert_ne!(wrong, good);
        place.write("wrong.yaml", &wrong);
        let place_of = format!("wrong.yaml:{}:", line(from));
        for (lang, words) in [("zh", zh), ("en", en)] {
            let run = place.run(&["--lang", lang, "assess", "wrong.yaml"]).exits(ERROR);
            assert!(run.stderr.contains(&place_of) && run.stderr.contains(words), "{lang} {to}: {}", run.stderr);
            let offending = wrong.lines().nth(line(from) - 1).unwrap().trim();
            assert!(run.stderr.contains(offending), "{lang} {to}: {}", run.stderr);
        }
    }
    // Two in one go; columns count characters, not bytes, and stand there once.
    let wrong = good.replacen("kind: web", "kind: wep", 1).replacen("exposure: internal", "exposure: outside", 1);
    place.write("wrong.yaml", &wrong);
    let run = place.run(&["--lang", "en", "assess", "wrong.yaml"]).exits(ERROR);
    for part in ["web, name", "internal, profiles"] {
        let expected = format!("--> wrong.yaml:{}:{}\n", line("kind: web"), column("kind: web", part));
        assert!(run.stderr.contains(&expected), "{expected}: {}", run.stderr);
    }
    for (text, words) in [
        ("", "the file is empty"),
        ("schema: jixian.inventory/v9\n", "jixian.inventory/v9"),
        ("schema: jixian.inventory/v1\nsystems: [&a 1, *a]\n", "wrong.yaml:2:"),
        ("\u{0}", "wrong.yaml:1:1"),
        ("a: [", "wrong.yaml:1:"),
    ] {
        place.write("wrong.yaml", text);
        let run = place.run(&["--lang", "en", "assess", "wrong.yaml"]).exits(ERROR);
        assert!(run.stderr.contains(words), "{text:?}: {}", run.stderr);
    }
    place.write("wrong.yaml", [0xb8, 0xd6, 0xd2, 0xaa]);
    let run = place.run(&["assess", "wrong.yaml"]).exits(ERROR);
    assert!(run.stderr.contains("UTF-8"), "{}", run.stderr);
    place.write("wrong.yaml", "# ".to_owned() + &"x".repeat(300 * 1024));
    place.run(&["assess", "wrong.yaml"]).exits(ERROR);
    assert!(!place.at("out").exists());
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
fn english_is_english_everywhere_but_in_names() {
    let place = Place::new();
    let text = inventory(&[
        "{id: fw, kind: network.device, serves: [site], unknown: nobody here may look}",
        "{id: gone, kind: app.package, serves: [site], path: gone.apk}",
    ]);
    let text = text.replace("系统", "the system").replace("单位", "the office").replace("站点", "the site");
    place.write("inventory.yaml", text);
    let mut said = Vec::new();
    let mut run = |args: &[&str], code: i32| {
        let run = place.run(&[&["--lang", "en"], args].concat()).exits(code);
        said.push((args.join(" "), run.said()));
    };
    run(&["assess", "inventory.yaml", "--out", "out", "--operator", "An auditor"], INCOMPLETE);
    run(&["verify", "out/bundle"], INCOMPLETE);
    run(&["replay", "out/bundle"], DONE);
    run(&["gate", "out/bundle"], common::NEGATIVE);
    run(&["collect", "inventory.yaml", "--out", "collected"], INCOMPLETE);
    run(&["evaluate", "collected", "--out", "judged"], INCOMPLETE);
    run(&["report", "judged", "--format", "html,json,junit,sarif", "--out", "reports"], INCOMPLETE);
    run(&["scan", "app", "inventory.yaml"], DONE);
    run(&["check", "test"], DONE);
    run(&["profile", "show", "gbt-22239-2019-l2"], DONE);
    for (args, said) in said {
        assert_eq!(han(&said), [], "{args}: {said}");
    }
    let junit = fs::read_to_string(place.at("reports/site/junit.xml")).unwrap();
    assert_eq!(han(&junit), [], "{junit}");
    let assessment = json(&place.at("out/site/assessment.json"));
    assert_eq!(assessment["operator"], "An auditor");
    let html = fs::read_to_string(place.at("out/site/report.html")).unwrap();
    assert!(html.contains("<html lang=\"en\">") && html.contains("An auditor"));
}

/// A listener that takes connections and never says a word.
fn silent() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

fn signal(child: &std::process::Child, name: &str) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// An inventory whose second asset hangs, and the run of it at the moment when it does.
fn hanging(place: &Place, port: u16, command: &str) -> (std::process::Child, BufReader<std::process::ChildStderr>) {
    fs::copy(sample().join("scans/dmz.xml"), place.at("dmz.xml")).unwrap();
    let text = inventory(&[
        "{id: a-dmz, kind: network.nmap, serves: [site], path: dmz.xml, vantage: internal}",
        &format!("{{id: b-tls, kind: tls.endpoint, serves: [site], address: \"127.0.0.1:{port}\", sni: localhost}}"),
        "{id: c-here, kind: host.linux, serves: [site], via: local}",
    ]);
    let text = text.replace("parallel: 2", "parallel: 1").replace("item_timeout_s: 10", "item_timeout_s: 60");
    place.write("inventory.yaml", text.replace("host_deadline_s: 60", "host_deadline_s: 300"));
    let mut child = place
        .command(&["--lang", "en", command, "inventory.yaml", "--out", "out"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    assert!(line.starts_with("[1/3] a-dmz"), "{line}");
    std::thread::sleep(Duration::from_millis(300));
    (child, stderr)
}

fn rest(stderr: BufReader<std::process::ChildStderr>) -> String {
    stderr.lines().map(|line| line.unwrap() + "\n").collect()
}

#[test]
fn ctrl_c_seals_what_is_finished_and_reports_on_it() {
    let (listener, port) = silent();
    let place = Place::new();
    let (mut child, stderr) = hanging(&place, port, "assess");
    let begun = Instant::now();
    signal(&child, "-INT");
    let said = rest(stderr);
    let code = child.wait().unwrap().code();
    assert_eq!(code, Some(INCOMPLETE), "{said}");
    assert!(begun.elapsed() < Duration::from_secs(30), "a silent peer holds nobody up: {:?}", begun.elapsed());
    assert!(said.contains("stopping: "), "{said}");
    assert!(said.contains("c-here: stopped before it was begun"), "{said}");
    drop(listener);

    let run = place.run(&["--lang", "en", "verify", "out/bundle"]).exits(INCOMPLETE);
    assert!(run.stdout.contains("integrity: intact"), "{}", run.stdout);
    assert!(run.stdout.contains("missing: c-here; cut off: b-tls"), "{}", run.stdout);
    let assessment = json(&place.at("out/site/assessment.json"));
    assert_eq!(assessment["bundle"]["state"], "incomplete");
    let verdicts = common::verdicts(&assessment["outcomes"]);
    assert!(verdicts.iter().any(|((_, asset), verdict)| asset == "a-dmz" && verdict == "pass"));
    for ((check, asset), verdict) in &verdicts {
        assert!(asset == "a-dmz" || ["unknown", "manual"].contains(&verdict.as_str()), "{check} on {asset}: {verdict}");
    }
    // Nothing of it is green.
    let run = place.run(&["gate", "out/bundle"]);
    assert_eq!(run.code, Some(common::NEGATIVE), "{run:?}");
}

#[test]
fn a_second_ctrl_c_and_a_kill_leave_a_bundle_with_what_was_finished() {
    for signals in [&["-TERM", "-TERM"][..], &["-KILL"]] {
        let (listener, port) = silent();
        let place = Place::new();
        let (mut child, stderr) = hanging(&place, port, "collect");
        for name in signals {
            signal(&child, name);
        }
        let status = child.wait().unwrap();
        assert!(status.code().is_none_or(|code| code == ERROR || code == INCOMPLETE), "{status:?}: {}", rest(stderr));
        drop(listener);
        let run = place.run(&["--lang", "en", "verify", "out"]).exits(INCOMPLETE);
        assert!(run.stdout.contains("integrity: intact"), "{}", run.stdout);
        assert!(place.at("out/parts/a-dmz/SEAL").exists());
        let run: Run = place.run(&["-q", "evaluate", "out", "--out", "judged"]).exits(INCOMPLETE);
        assert!(run.stdout.contains("jixian report judged"), "{}", run.stdout);
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
