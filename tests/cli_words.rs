//! What people read: mistakes in their language, with what was meant.

#![allow(clippy::disallowed_methods, reason = "tests run the binary and touch files")]

mod common;

use std::fs;

use common::{DONE, ERROR, INCOMPLETE, Place, han, inventory, json};

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
