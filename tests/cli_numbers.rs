#![allow(clippy::disallowed_methods, reason = "tests run the binary and touch files")]

mod common;

use std::{collections::BTreeSet, fs};

use common::reports::{Report, number, parsed, percent, share, squeezed, sum, tally, text};
use common::{DONE, Place, assessed, json};
use regex::Regex;
use roxmltree::Document;
use serde_json::Value;

#[test]
fn the_baseline_is_what_the_outcomes_add_up_to() {
    for report in Report::all() {
        let baseline = &report.json["baseline"];
        let count = |verdict| report.outcomes(verdict).len() as u64;
        assert_eq!(number(&baseline["passed"]), count("pass"), "{}", report.subsite);
        assert_eq!(number(&baseline["failed"]), count("fail"), "{}", report.subsite);
        assert_eq!(number(&baseline["not_applicable"]), count("not_applicable"), "{}", report.subsite);
        assert_eq!(number(&baseline["unknown"]), count("unknown") + count("manual"), "{}", report.subsite);
        let decided = count("pass") + count("fail") + count("not_applicable");
        assert_eq!(number(&baseline["planned"]), decided + number(&baseline["unknown"]));
        assert_eq!(percent(&baseline["coverage"]), share(decided, number(&baseline["planned"])));
    }
}

#[test]
fn the_baseline_is_the_same_on_the_cover_in_the_conclusion_in_the_summary_and_by_domain() {
    for report in Report::all() {
        let baseline = &report.json["baseline"];
        let (planned, coverage) = (number(&baseline["planned"]), percent(&baseline["coverage"]));
        let counts = ["passed", "failed", "not_applicable", "unknown"].map(|name| number(&baseline[name]));
        let letter = baseline["letter"].as_str().unwrap_or("未评级");

        let document = report.document();
        let cover = document.descendants().find(|node| node.attribute("class") == Some("cover")).unwrap();
        let grade = cover.descendants().find(|node| node.has_tag_name("b")).unwrap();
        assert_eq!(text(grade), letter);
        assert!(text(cover).contains(&format!("已判定 {coverage}")), "{}", text(cover));
        report.says(&format!("{letter}自动检查基线等级已判定{coverage}"));
        report.says(&format!("计划 {planned} 项，已判定 {coverage}"));
        let [passed, failed, not_applicable, unknown] = counts;
        report.says(&format!(
            "计划自动检查 {planned} 项，通过 {passed}、不通过 {failed}、不适用 {not_applicable}、未判定 {unknown}"
        ));
        if let Some(share) = baseline["share"].as_object() {
            report.says(&format!("加权通过率 {}", percent(&Value::Object(share.clone()))));
        }

        let domains = &report.tables("自动检查基线")[0];
        assert_eq!(domains[0][1..6], ["计划", "通过", "不通过", "不适用", "未判定"]);
        assert_eq!(sum(domains, 1), planned);
        assert_eq!([2, 3, 4, 5].map(|column| sum(domains, column)), counts);
        for row in &domains[1..] {
            let decided = parsed(&row[2]) + parsed(&row[3]) + parsed(&row[4]);
            assert_eq!(row[6], share(decided, parsed(&row[1])), "{row:?}");
        }
    }
}

#[test]
fn the_contents_of_the_html_are_those_of_the_pdf_and_lead_somewhere() {
    for report in Report::all() {
        let document = report.document();
        let nav = document.descendants().find(|node| node.has_tag_name("nav")).unwrap();
        let links: Vec<_> = nav.descendants().filter(|node| node.has_tag_name("a")).collect();
        let headings: Vec<_> =
            document.descendants().filter(|node| ["h1", "h2"].contains(&node.tag_name().name())).collect();
        assert!(links.len() > 15 && links.len() == headings.len());
        for (link, heading) in links.iter().zip(&headings) {
            assert_eq!(link.attribute("href").unwrap(), format!("#{}", heading.attribute("id").unwrap()));
            let shown = squeezed(&text(*link));
            assert!(shown.ends_with(&squeezed(&text(*heading))) && report.pdf.contains(&shown), "{shown}");
        }
    }
}

#[test]
fn items_are_counted_once_and_the_same_everywhere() {
    for report in Report::all() {
        let result = &report.profile()["result"];
        let items = result["items"].as_array().unwrap();
        let by_item = &result["by_item"];
        let count = |word: &str, pending: bool| {
            items.iter().filter(|item| item["result"] == word && item["pending"] == pending).count() as u64
        };
        for (name, counted) in [
            ("total", items.len() as u64),
            ("compliant", count("compliant", false)),
            ("partial", count("partial", false)),
            ("partial_pending", count("partial", true)),
            ("non_compliant", count("non_compliant", false)),
            ("not_applicable", count("not_applicable", false)),
            ("undecided", count("undecided", false)),
            ("inherited", items.iter().filter(|item| item["inherited"] == true).count() as u64),
        ] {
            assert_eq!(number(&by_item[name]), counted, "{} {name}", report.subsite);
        }
        for grade in ["grade", "grade_with_waivers"] {
            assert_eq!(report.profile()[grade]["by_item"]["counts"]["total"], by_item["total"]);
        }
        assert_eq!(report.profile()["grade"]["by_item"]["counts"], *by_item);
        assert_eq!(report.profile()["grade"]["by_pair"]["counts"], result["by_pair"]);

        let open = number(&by_item["undecided"]) + number(&by_item["partial_pending"]);
        report.says(&format!(
            "合计 {} 个条款：符合 {}、部分符合 {}、不符合 {}、不适用 {}，尚有 {open} 个未判定或待补证",
            by_item["total"],
            by_item["compliant"],
            by_item["partial"],
            by_item["non_compliant"],
            by_item["not_applicable"]
        ));
        report.says(&format!("未判定或待补证的条款共 {open} 个"));
        report.says(&format!("其中继承 {} 个", by_item["inherited"]));
        if open > 0 {
            assert_eq!(report.tables("未判定的条款")[0].len() as u64 - 1, open, "{}", report.subsite);
        }
        if number(&by_item["inherited"]) > 0 {
            assert_eq!(report.tables("继承的条款")[0].len() as u64 - 1, number(&by_item["inherited"]));
        }
    }
}

#[test]
fn the_table_of_classes_adds_up_to_the_items() {
    for report in Report::all() {
        let by_item = &report.profile()["result"]["by_item"];
        let title = report.profile()["title"]["zh"].as_str().unwrap();
        let tables = report.tables(title);
        let classes = tables.iter().find(|table| table[0][0] == "安全类").expect("a table of classes");
        assert_eq!(classes[0][1..7], ["条款", "符合", "部分符合", "不符合", "未判定", "不适用"]);
        let names = ["total", "compliant", "partial", "non_compliant", "undecided", "not_applicable"];
        for (column, name) in names.into_iter().enumerate() {
            let pending = if name == "undecided" { number(&by_item["partial_pending"]) } else { 0 };
            assert_eq!(sum(classes, column + 1), number(&by_item[name]) + pending, "{} {name}", report.subsite);
        }
    }
}

#[test]
fn rates_floor_ceiling_and_coverage_are_printed_as_they_were_graded() {
    for report in Report::all() {
        let grade = &report.profile()["grade"];
        let by_item = &grade["by_item"];
        let [value, floor, ceiling, coverage] =
            ["value", "floor", "ceiling", "coverage"].map(|name| percent(&by_item[name]));
        let row = &report.tables("评估结论")[0][1];
        assert_eq!(row[2..6], [value.clone(), floor.clone(), ceiling.clone(), coverage.clone()], "{}", report.subsite);
        report.says(&format!("（覆盖率 {coverage}）；符合率 {value}，下限 {floor}，上限 {ceiling}"));
        let [value, floor, ceiling, coverage] =
            ["value", "floor", "ceiling", "coverage"].map(|name| percent(&grade["by_pair"][name]));
        report.says(&format!("按条款×对象：率 {value}, 下限 {floor}, 上限 {ceiling}, 覆盖率 {coverage}"));

        // The floor, the rate and the ceiling of djbh-2025 with their formula, from the counts alone.
        let counts = &by_item["counts"];
        let applicable = number(&counts["total"]) - number(&counts["not_applicable"]);
        let open = number(&counts["undecided"]) + number(&counts["partial_pending"]);
        assert_eq!(percent(&by_item["coverage"]), share(applicable - open, applicable));
        assert_eq!(percent(&by_item["floor"]), share(number(&counts["compliant"]), applicable));
    }
}

#[test]
fn the_conclusion_is_the_same_word_everywhere() {
    for report in Report::all() {
        let row = &report.tables("评估结论")[0][1];
        let word = row[1].strip_prefix("自评预判：").unwrap_or_else(|| panic!("{row:?}"));
        let expected = match report.profile()["grade"]["word"].as_str().unwrap() {
            "insufficient_evidence" => "证据不足",
            "basic" => "基本符合",
            "non_compliant" => "不符合",
            other => panic!("the sample does not conclude {other}"),
        };
        assert_eq!(word, expected);
        let title = report.profile()["title"]["zh"].as_str().unwrap();
        let coverage = percent(&report.profile()["grade"]["by_item"]["coverage"]);
        report.says(&format!("{title}　自评预判：{word}　覆盖率 {coverage}"));
        // Below the limit of coverage there is no conclusion, and one sample is on each side.
        assert_eq!(report.subsite == "dept", word == "证据不足");
    }
}

#[test]
fn the_appendix_of_items_has_one_row_for_each_item_on_each_object() {
    for report in Report::all() {
        let result = &report.profile()["result"];
        let table = &report.tables("单项记录")[0];
        assert_eq!(table[0][..4], ["条款", "名称", "对象", "结果"]);
        let by_pair = &result["by_pair"];
        assert_eq!(table.len() as u64 - 1, number(&by_pair["total"]), "{}", report.subsite);
        let tally = tally(table, 3);
        for (word, name) in [
            ("符合", "compliant"),
            ("部分符合", "partial"),
            ("部分符合·待补证", "partial_pending"),
            ("不符合", "non_compliant"),
            ("不适用", "not_applicable"),
            ("未判定", "undecided"),
        ] {
            assert_eq!(tally.get(word).copied().unwrap_or(0), number(&by_pair[name]), "{} {word}", report.subsite);
        }
        // The further objects of an item leave its number out.
        let listed: BTreeSet<_> = table[1..].iter().map(|row| row[0].as_str()).filter(|id| !id.is_empty()).collect();
        let items: BTreeSet<_> =
            result["items"].as_array().unwrap().iter().map(|i| i["item"].as_str().unwrap()).collect();
        assert_eq!(listed, items);
        for item in items {
            assert!(report.pdf.contains(item), "{}: the PDF has no {item}", report.subsite);
        }
    }
}

#[test]
fn the_appendix_of_checks_has_every_outcome() {
    for report in Report::all() {
        let table = &report.tables("自动检查记录")[0];
        let outcomes = report.json["outcomes"].as_array().unwrap();
        assert_eq!(table.len() - 1, outcomes.len());
        let tally = tally(table, 2);
        for (word, verdict) in [
            ("通过", "pass"),
            ("不通过", "fail"),
            ("不适用", "not_applicable"),
            ("待人工判定", "manual"),
            ("未判定", "unknown"),
        ] {
            let count = outcomes.iter().filter(|o| o["verdict"] == verdict).count() as u64;
            assert_eq!(tally.get(word).copied().unwrap_or(0), count, "{} {word}", report.subsite);
        }
        for (row, outcome) in table[1..].iter().zip(outcomes) {
            let check = format!("{}@{}", outcome["check"].as_str().unwrap(), outcome["revision"]);
            assert!(row[0].ends_with(&check) && row[1] == outcome["asset"], "{row:?} is not {check}");
        }
    }
}

#[test]
fn findings_are_labelled_in_order_of_their_severity_and_counted_by_it() {
    for report in Report::all() {
        let findings = report.json["findings"].as_array().unwrap();
        let labels: Vec<_> = findings.iter().map(|f| f["label"].as_str().unwrap().to_owned()).collect();
        let expected: Vec<_> = (1..=findings.len()).map(|n| format!("T{n:03}")).collect();
        assert_eq!(labels, expected);
        let rank = |f: &Value| ["critical", "high", "medium", "low", "info"].iter().position(|s| f["severity"] == *s);
        assert!(findings.is_sorted_by_key(rank), "{}", report.subsite);

        let document = report.document();
        let headings = document
            .descendants()
            .filter(|n| n.has_tag_name("h3") && n.attribute("id").is_some_and(|id| id.starts_with('T')));
        let headings: Vec<_> = headings.map(|n| n.attribute("id").unwrap().to_owned()).collect();
        assert_eq!(headings, expected);
        report.says(&format!("共发现 {} 个问题", findings.len()));
        report.says(&format!("共 {} 个问题", findings.len()));
        for finding in findings {
            report.says(&format!(
                "{}　{}",
                finding["label"].as_str().unwrap(),
                finding["title"]["zh"].as_str().unwrap()
            ));
        }

        let counted = report.tables("评估结论").pop().unwrap();
        let row =
            |name: &str| parsed(&counted.iter().find(|row| row[0] == name).unwrap_or_else(|| panic!("{name}"))[1]);
        for (name, severity) in
            [("严重", "critical"), ("高", "high"), ("中", "medium"), ("低", "low"), ("提示", "info")]
        {
            let count = findings.iter().filter(|f| f["severity"] == severity).count() as u64;
            assert_eq!(row(&format!("{name}风险问题")), count, "{} {severity}", report.subsite);
        }
        let cases = report.json["high_risk"]["cases"].as_array().unwrap();
        let state = |state: &str| cases.iter().filter(|case| case["state"] == state).count() as u64;
        assert_eq!(row("高风险情形（待确认）"), state("candidate"));
        assert_eq!(row("高风险情形（已确认）"), state("confirmed"));
        report.says(&format!("目前待确认 {} 个，已确认 {} 个", state("candidate"), state("confirmed")));
    }
}

#[test]
fn every_failing_outcome_is_a_finding_and_every_finding_of_a_check_fails() {
    for report in Report::all() {
        let key = |v: &Value| (v["check"].to_string(), v["asset"].to_string(), v["params_digest"].to_string());
        let outcomes = report.json["outcomes"].as_array().unwrap();
        let failing: Vec<_> = outcomes.iter().filter(|o| o["verdict"] == "fail").map(key).collect();
        let findings = report.json["findings"].as_array().unwrap();
        let of_checks: Vec<_> = findings.iter().filter(|f| !f["check"].is_null()).map(key).collect();
        let (failing_set, finding_set): (BTreeSet<_>, BTreeSet<_>) =
            (failing.iter().cloned().collect(), of_checks.iter().cloned().collect());
        assert_eq!(failing_set, finding_set, "{}", report.subsite);
        assert_eq!(of_checks.len(), failing.len());
        let of_people = findings.iter().filter(|f| f["check"].is_null());
        assert!(of_people.clone().all(|f| !f["answer"].is_null()), "{}", report.subsite);
    }
}

#[test]
fn evidence_is_numbered_once_and_every_number_that_is_cited_exists() {
    // `CVE-2014-0160` is no evidence.
    let cited = Regex::new(r"\bE-\d{4,}").unwrap();
    for report in Report::all() {
        let evidence = report.json["evidence"].as_array().unwrap();
        let numbers: Vec<_> = evidence.iter().map(|e| e["number"].as_str().unwrap().to_owned()).collect();
        let expected: Vec<_> = (1..=evidence.len()).map(|n| format!("E-{n:04}")).collect();
        assert_eq!(numbers, expected, "{}", report.subsite);
        let known: BTreeSet<_> = numbers.iter().map(String::as_str).collect();
        let html = report.text();
        for text in [html.as_str(), report.pdf.as_str(), &report.json.to_string()] {
            let unknown: Vec<_> = cited.find_iter(text).map(|m| m.as_str()).filter(|n| !known.contains(n)).collect();
            assert_eq!(unknown, [""; 0], "{}", report.subsite);
        }
        let table = &report.tables("证据清单")[0];
        assert_eq!(table.len() - 1, evidence.len());
        for (row, record) in table[1..].iter().zip(evidence) {
            assert_eq!(
                [&row[0], &row[1], &row[2]].map(String::as_str),
                ["number", "asset", "item"].map(|k| record[k].as_str().unwrap())
            );
            match record["sha256"].as_str() {
                Some(digest) => assert_eq!(row[5], digest.trim_start_matches("sha256:")),
                None => assert_eq!(row[5].trim_matches(['—', ' ']), ""),
            }
            assert!(report.pdf.contains(&row[0]));
        }
        // A finding of a check rests on something that was collected.
        for finding in report.json["findings"].as_array().unwrap().iter().filter(|f| !f["check"].is_null()) {
            assert!(!finding["evidence"].as_array().unwrap().is_empty(), "{finding}");
        }
    }
}

#[test]
fn junit_and_sarif_count_what_the_assessment_counts() {
    let place = Place::new();
    let bundle = assessed().join("out/bundle").display().to_string();
    place.run(&["report", &bundle, "--format", "junit,sarif", "--out", "more"]).exits(DONE);
    for report in Report::all() {
        let outcomes = report.json["outcomes"].as_array().unwrap();
        let count = |verdict: &str| outcomes.iter().filter(|o| o["verdict"] == verdict).count();
        let junit = fs::read_to_string(place.at(format!("more/{}/junit.xml", report.subsite))).unwrap();
        let document = Document::parse(&junit).unwrap();
        let root = document.root_element();
        let attribute = |name: &str| root.attribute(name).unwrap().parse::<usize>().unwrap();
        assert_eq!(attribute("tests"), outcomes.len(), "{}", report.subsite);
        assert_eq!(attribute("failures"), count("fail"), "{}", report.subsite);
        assert_eq!(attribute("errors"), count("unknown"), "{}", report.subsite);
        assert_eq!(attribute("skipped"), count("not_applicable") + count("manual"), "{}", report.subsite);
        let elements = |name: &str| document.descendants().filter(|n| n.has_tag_name(name)).count();
        assert_eq!((elements("testcase"), elements("failure")), (outcomes.len(), count("fail")));

        let sarif = json(&place.at(format!("more/{}/findings.sarif", report.subsite)));
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        let failing: BTreeSet<_> =
            results.iter().filter(|r| r["kind"] == "fail").map(|r| r["ruleId"].to_string()).collect();
        let expected: BTreeSet<_> =
            outcomes.iter().filter(|o| o["verdict"] == "fail").map(|o| o["check"].to_string()).collect();
        assert_eq!(failing, expected, "{}", report.subsite);
        let rules: BTreeSet<_> = sarif["runs"][0]["tool"]["driver"]["rules"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| r["id"].to_string())
            .collect();
        assert!(failing.is_subset(&rules));
    }
}

#[test]
fn what_the_terminal_says_is_what_the_report_says() {
    let said = fs::read_to_string(assessed().join("stdout")).unwrap();
    for report in Report::all() {
        let baseline = &report.json["baseline"];
        let line = format!(
            "{}　基线 {}（已判定 {}）　问题 {} 个",
            report.json["subsite"]["name"].as_str().unwrap(),
            baseline["letter"].as_str().unwrap_or("未评级"),
            percent(&baseline["coverage"]),
            report.json["findings"].as_array().unwrap().len()
        );
        assert!(said.contains(&line), "`{line}` is not in\n{said}");
    }
}
