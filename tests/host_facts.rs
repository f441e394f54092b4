//! Facts of Linux hosts of five families, from items of the shapes that they really have.

mod host_support;

use host_support::Host;
use jixian::{
    facts::{Artifacts, FactDocument, host},
    model::ItemStatus,
};
use serde_json::{Value, json};

const HOSTS: &[&str] = &["centos7", "debian12", "kylinv10", "openeuler2203", "rhel9", "ubuntu2204"];

fn facts(host: &Host) -> Value {
    host::derive(host).facts["host"].clone()
}

fn on(host: &Host) -> Value {
    let mut facts = facts(host);
    host::at_evaluation(&mut facts, jiff::civil::date(2026, 11, 21));
    facts
}

#[test]
fn the_facts_of_each_family_are_these() {
    for name in HOSTS {
        let FactDocument { mut facts, sources, .. } = host::derive(&Host::read(name));
        shorten(&mut facts);
        insta::assert_json_snapshot!(format!("host_{name}"), json!({"facts": facts["host"], "sources": sources}));
    }
}

/// Long lists are shown by their first members and their length, so that a reader can follow a change.
fn shorten(value: &mut Value) {
    match value {
        Value::Array(list) => {
            let length = list.len();
            if length > 8 {
                list.truncate(6);
                list.push(json!(format!("... {length} in all")));
            }
            list.iter_mut().for_each(shorten);
        }
        Value::Object(map) => map.values_mut().for_each(shorten),
        _ => {}
    }
}

#[test]
fn facts_are_of_the_published_schema() {
    let schema = serde_json::to_value(schemars::schema_for!(host::Host)).unwrap();
    let mut lenient = schema.clone();
    allow_unread(&mut lenient);
    let validator = jsonschema::validator_for(&lenient).unwrap();
    for name in HOSTS {
        let facts = on(&Host::read(name));
        let errors: Vec<_> = validator.iter_errors(&facts).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
    }
}

/// What is marked unreadable may also be its status.
fn allow_unread(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            map.values_mut().for_each(allow_unread);
            if map.remove("x-unreadable").is_some() {
                let own = Value::Object(std::mem::take(map));
                let unread = json!({"type": "object", "required": ["$status", "reason"]});
                map.insert("anyOf".into(), json!([own, unread]));
            }
        }
        Value::Array(list) => list.iter_mut().for_each(allow_unread),
        _ => {}
    }
}

/// The heart of honesty: a value that rests on an item is unread or the same when the item cannot be read; it never
/// turns into another value.
#[test]
fn losing_an_item_never_changes_a_value_into_another() {
    // These have a second source that says the same in other words, or less of it.
    const FALLBACKS: &[(&str, &str)] = &[
        // Whether shadow could be read is what this value says.
        ("accounts.shadow", ".privileged"),
        ("net.sockets", "listeners"),
        ("firewall.firewalld", "firewall"),
        ("firewall.ufw", "firewall"),
        ("accounts.passwd", "owner"),
        ("accounts.group", "group"),
    ];
    let mut wrong = Vec::new();
    for name in HOSTS {
        let host = Host::read(name);
        let before = facts(&host);
        for item in host.names().into_iter().filter(|item| host.status(item) == Some(ItemStatus::Ok)) {
            let ways: &[_] =
                if *name == "rhel9" { &[ItemStatus::Denied, ItemStatus::Timeout] } else { &[ItemStatus::Denied] };
            for status in ways {
                let after = facts(&Host::read(name).with(&item, *status));
                let mut changed = Vec::new();
                compare("", &before, &after, &mut changed);
                changed.retain(|path| !FALLBACKS.iter().any(|(of, within)| *of == item && path.contains(within)));
                wrong.extend(changed.into_iter().map(|path| format!("{name}: {item} {status}: {path}")));
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{} values changed:\n{}", wrong.len(), wrong[..wrong.len().min(60)].join("\n"));
}

fn compare(path: &str, before: &Value, after: &Value, changed: &mut Vec<String>) {
    if after.get("$status").is_some()
        || before == after
        || before.get("$status").is_some() && after.get("$status").is_none() && path.is_empty()
    {
        return;
    }
    match (before, after) {
        (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => {
            a.iter().for_each(|(key, value)| compare(&format!("{path}.{key}"), value, &b[key], changed));
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().for_each(|(i, (a, b))| compare(&format!("{path}[{i}]"), a, b, changed));
        }
        _ => changed.push(format!("{path}: {before} -> {after}")),
    }
}

#[test]
fn nothing_at_all_gives_facts_of_which_none_is_known_wrongly() {
    let mut host = Host::read("debian12");
    for item in host.names() {
        host = host.with(&item, ItemStatus::Denied);
    }
    let facts = facts(&host);
    for path in ["accounts", "sudo", "listeners", "services", "files", "suid", "packages", "malware", "mounts"] {
        assert_eq!(facts[path]["$status"], "denied", "{path}");
    }
}

#[test]
fn planted_secrets_are_in_no_item_and_in_no_fact() {
    for name in HOSTS {
        let host = Host::read(name);
        for item in host.names() {
            let text = String::from_utf8_lossy(&host.bytes(&item).unwrap()).into_owned();
            assert!(!text.contains("PLANTED"), "{name} {item}: {text}");
        }
        assert!(!facts(&host).to_string().contains("PLANTED"), "{name}");
    }
}

#[test]
fn ubuntu_locks_after_five_and_asks_for_a_second_factor() {
    let facts = on(&Host::read("ubuntu2204"));
    assert_eq!(facts["lockout"]["module"], "faillock");
    assert_eq!((&facts["lockout"]["deny"], &facts["lockout"]["unlock_seconds"]), (&json!(5), &json!(900)));
    assert_eq!(facts["lockout"]["root_too"], true);
    assert_eq!(facts["password_policy"]["min_length"], 12);
    assert_eq!(facts["password_policy"]["classes"], 4);
    assert_eq!(facts["password_policy"]["history"], 5);
    assert_eq!(facts["pam"]["mfa_modules"], json!(["pam_google_authenticator.so"]));
    assert_eq!((&facts["pam"]["su_wheel"], &facts["pam"]["su_group"]), (&json!(true), &json!("sudo")));
    // A read-only TMOUT cannot be undone by what comes later.
    assert_eq!((&facts["idle_timeout"], &facts["idle"]["readonly"]), (&json!(600), &json!(true)));
    assert_eq!(facts["logs"]["retention_days"], 182);
    assert_eq!(facts["logs"]["remote_targets"][0]["host"], "10.0.0.99");
    assert_eq!(facts["firewall"]["tool"], "ufw");
    assert_eq!(facts["firewall"]["source_limited_ports"], json!(["tcp/22"]));
    assert_eq!(facts["sshd"]["idle_seconds"], 600);
    assert_eq!(facts["sshd"]["limited"], true);
}

#[test]
fn ages_and_expiry_are_those_of_the_day() {
    let facts = on(&Host::read("ubuntu2204"));
    let account =
        |name: &str| facts["accounts"].as_array().unwrap().iter().find(|a| a["name"] == name).unwrap().clone();
    assert_eq!((&account("leaver")["expired"], &account("sysadm")["expired"]), (&json!("yes"), &json!("no")));
    assert_eq!(account("sysadm")["last_login_days"], 1);
    assert_eq!(account("root")["last_login_days"], -1);
    assert_eq!(account("leaver")["hash_algorithm"], "sha512");
    assert_eq!(facts["os"]["eol"], "no");
    assert_eq!(on(&Host::read("centos7"))["os"]["eol"], "yes");
    assert_eq!(on(&Host::read("kylinv10"))["os"]["eol"], "unknown");
}

#[test]
fn centos_seven_does_not_lock_over_ssh_although_the_module_is_there() {
    let facts = on(&Host::read("centos7"));
    let services = facts["lockout"]["services"].as_array().unwrap();
    let of = |name: &str| services.iter().find(|service| service["service"] == name).unwrap()["effective"].clone();
    assert_eq!((of("login"), of("sshd")), (json!(true), json!(false)));
    assert_eq!(facts["lockout"]["deny"], 0);
    assert_eq!(facts["password_policy"]["quality_module"], "cracklib");
    // minlen 10 less one credit each for small letters and other characters.
    assert_eq!((&facts["password_policy"]["min_length"], &facts["password_policy"]["classes"]), (&json!(8), &json!(2)));
    assert_eq!(facts["password_policy"]["history"], 3);
    assert_eq!(facts["identity"]["uid0"], json!(["root", "toor"]));
    assert_eq!(facts["identity"]["empty_passwords"], json!(["open"]));
    assert_eq!(facts["identity"]["missing_groups"], json!(["open"]));
    assert_eq!(facts["umask"]["effective"], "0002");
    assert_eq!(facts["shell"]["root_path_relative"], json!(["."]));
    assert_eq!(facts["logs"]["retention_days"], 28);
    assert_eq!(
        (&facts["firewall"]["default_inbound"], &facts["firewall"]["default_inbound_v6"]),
        (&json!("reject"), &json!("accept"))
    );
    assert_eq!(facts["time"]["synchronised"], false);
    // Without ss the kernel's tables say everything but the process.
    assert_eq!(facts["listeners"].as_array().unwrap().len(), 3);
    assert_eq!(facts["listeners"][0]["process"]["$status"], "no_tool");
    assert_eq!(facts["audit"]["enabled"], false);
    assert_eq!(facts["trust_files"].as_array().unwrap().len(), 2);
}

#[test]
fn rhel_nine_is_read_as_authselect_wrote_it() {
    let facts = on(&Host::read("rhel9"));
    assert_eq!((&facts["lockout"]["deny"], &facts["lockout"]["unlock_seconds"]), (&json!(3), &json!(300)));
    assert_eq!(facts["lockout"]["root_too"], false);
    // The main file wins over its parts.
    assert_eq!(
        (&facts["password_policy"]["min_length"], &facts["password_policy"]["classes"]),
        (&json!(10), &json!(3))
    );
    assert_eq!(facts["password_policy"]["history"], 5);
    assert_eq!(facts["boot"]["password"], true);
    assert_eq!(facts["mac"]["enforcing"], true);
    assert_eq!(facts["firewall"]["tool"], "firewalld");
    assert_eq!(facts["firewall"]["source_limited_ports"], json!(["tcp/22"]));
    assert_eq!(facts["updates"]["pending_security"], 2);
    assert_eq!(facts["time"]["synchronised"], true);
    assert_eq!(facts["umask"]["effective"], "0027");
    assert_eq!(facts["audit"]["log"]["retention_days"]["$status"], "not_tested");
    assert_eq!(facts["sysctl"]["kernel.kptr_restrict"]["$status"], "denied");
}

#[test]
fn home_made_systems_are_read_by_their_tools_and_not_by_their_names() {
    let euler = on(&Host::read("openeuler2203"));
    assert_eq!((&euler["os"]["family"], &euler["os"]["arch"]), (&json!("rhel"), &json!("aarch64")));
    assert_eq!(euler["accounts"][0]["hash_algorithm"], "sm3");
    assert_eq!(euler["password_policy"]["hash"], "sm3");
    assert_eq!((&euler["lockout"]["deny"], &euler["lockout"]["root_too"]), (&json!(3), &json!(true)));
    assert_eq!(euler["trust"]["pcr_banks"], json!(["sha256", "sm3_256"]));
    assert_eq!(euler["trust"]["secure_boot"], "yes");
    let kylin = on(&Host::read("kylinv10"));
    assert_eq!((&kylin["os"]["family"], &kylin["mac"]["kysec"]), (&json!("rhel"), &json!("enabled")));
    assert_eq!(kylin["mac"]["enforcing"], true);
    assert_eq!(kylin["malware"][0]["product"], "奇安信天擎");
}

#[test]
fn a_host_read_without_root_says_denied_and_never_empty() {
    let facts = on(&Host::read("kylinv10"));
    assert_eq!(facts["privileged"], false);
    assert_eq!(facts["accounts"][0]["password"]["$status"], "denied");
    assert_eq!(facts["sudo"]["$status"], "denied");
    assert_eq!(facts["sshd"]["effective"]["$status"], "denied");
    assert_eq!(facts["sshd"]["declared"]["permitrootlogin"], "no");
    assert_eq!(facts["audit"]["rules"]["$status"], "denied");
    assert_eq!(facts["audit"]["coverage"]["identity"]["$status"], "denied");
    assert_eq!(facts["logs"]["oldest_record_days"]["$status"], "denied");
    assert_eq!(facts["updates"]["pending_security"]["$status"], "timeout");
    assert_eq!(facts["firewall"]["active"]["$status"], "denied");
}

#[test]
fn a_line_of_pam_that_cannot_be_read_leaves_the_policy_open() {
    let broken =
        Host::read("rhel9").with_file("pam.stacks", "/etc/pam.d/system-auth", "password nonsense pam_pwquality.so\n");
    assert_eq!(on(&broken)["password_policy"]["min_length"]["$status"], "error");
    let gone = Host::read("rhel9").with_file("pam.stacks", "/etc/pam.d/passwd", "password substack nowhere\n");
    assert_eq!(on(&gone)["password_policy"]["min_length"]["$status"], "error");
}

#[test]
fn an_unread_line_of_sudoers_leaves_the_rules_open() {
    let host = Host::read("rhel9").with_file("sudo.rules", "/etc/sudoers", "root ALL=(ALL) ALL\nthis is nothing\n");
    let facts = on(&host);
    assert_eq!(facts["sudo"]["$status"], "error");
    assert_eq!(facts["sudoers"]["malformed_lines"], 1);
}

#[test]
fn a_walk_that_was_cut_short_is_no_empty_list() {
    let host = Host::read("rhel9").with_text("files.walk", "suid\t4755\t0\t0\t1\t1\tfile\t/usr/bin/x\ncut\t/opt\n");
    for group in ["suid", "unowned"] {
        assert_eq!(on(&host)[group]["$status"], "too_large");
    }
    assert_eq!(on(&host)["world_writable"]["files"]["$status"], "too_large");
}

#[test]
fn sshd_that_does_not_ask_pam_is_not_bound_by_its_lockout() {
    let effective = String::from_utf8(Host::read("rhel9").bytes("ssh.effective").unwrap()).unwrap();
    let host = Host::read("rhel9").with_text("ssh.effective", &effective.replace("usepam yes", "usepam no"));
    assert_eq!(on(&host)["lockout"]["deny"], 0);
}
