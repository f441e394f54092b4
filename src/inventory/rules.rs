//! Rules of systems, subsites, populations and inheritance.

use std::collections::BTreeMap;

use crate::model::{AssetId, Text};

use super::{
    Inherit, InheritedBy, Population, Subsite, System,
    raw::{RawBy, RawInherit, RawInventory},
    read::Checked,
};

const SYSTEM: (&str, &str) = ("系统", "system");
const SUBSITE: (&str, &str) = ("子站", "subsite");
const ASSET: (&str, &str) = ("资产", "asset");

pub(super) fn check(raw: &RawInventory, checked: &mut Checked<'_>) {
    checked.unique("systems", raw.systems.iter().map(|system| system.id.as_str()));
    checked.unique("subsites", raw.subsites.iter().map(|subsite| subsite.id.as_str()));
    checked.unique("assets", raw.assets.iter().map(|asset| asset.id.as_str()));
    for (index, found) in raw.systems.iter().enumerate() {
        system(found, &format!("systems[{index}]"), raw, checked);
    }
    for (index, found) in raw.subsites.iter().enumerate() {
        subsite(found, &format!("subsites[{index}]"), raw, checked);
    }
    circles(raw, checked);
    for (index, found) in raw.population.iter().enumerate() {
        population(found, index, raw, checked);
    }
    references(raw, checked);
    limits(raw, checked);
}

fn system(system: &System, path: &str, raw: &RawInventory, checked: &mut Checked<'_>) {
    checked.filled(&format!("{path}.name"), &system.name);
    checked.filled(&format!("{path}.operator"), &system.operator);
    let levels = [("level", system.level), ("s", system.s), ("a", system.a)];
    let exists = |level: u8| (1..=4).contains(&level);
    for (key, level) in levels {
        if !exists(level) {
            checked.wrong(&format!("{path}.{key}"), "等级应为 1 至 4", "a level is 1 to 4");
        }
    }
    // What is no level at all cannot be compared, and one mistake is enough.
    if levels.iter().all(|(_, level)| exists(*level)) && system.level != system.s.max(system.a) {
        let message = Text::new(
            format!("等级 {} 不是 S{} 与 A{} 中较高者", system.level, system.s, system.a),
            format!("level {} is not the higher one of S{} and A{}", system.level, system.s, system.a),
        );
        let help =
            Text::new("依 GB/T 22240：系统等级取 S、A 中较高者", "GB/T 22240: a system has the higher one of S and A");
        checked.wrong_with_help(&format!("{path}.level"), message, help);
    }
    for (index, extension) in system.extensions.iter().enumerate() {
        if system.extensions[..index].contains(extension) {
            checked.wrong(&format!("{path}.extensions[{index}]"), "扩展要求重复", "this extension is named twice");
        }
    }
    if let Some(platform) = &system.platform {
        let at = format!("{path}.platform");
        let inherited = raw.inherits.iter().filter(|inherit| inherit.system == system.id).map(|inherit| &inherit.from);
        let known = raw.systems.iter().map(|other| &other.id).chain(inherited).map(|id| id.as_str());
        checked.known(&at, SYSTEM, platform.as_str(), known);
    }
}

fn subsite(subsite: &Subsite, path: &str, raw: &RawInventory, checked: &mut Checked<'_>) {
    checked.filled(&format!("{path}.name"), &subsite.name);
    checked.filled(&format!("{path}.organisation"), &subsite.organisation);
    let systems = raw.systems.iter().map(|system| system.id.as_str());
    checked.known(&format!("{path}.system"), SYSTEM, subsite.system.as_str(), systems);
    if let Some(parent) = &subsite.parent {
        let subsites = raw.subsites.iter().map(|other| other.id.as_str());
        checked.known(&format!("{path}.parent"), SUBSITE, parent.as_str(), subsites);
    }
    if let Some(division) = &subsite.division
        && (division.len() != 6 || !division.bytes().all(|b| b.is_ascii_digit()))
    {
        checked.wrong(&format!("{path}.division"), "行政区划代码为 6 位数字", "a division code has six digits");
    }
    if subsite.profiles.is_empty() {
        checked.wrong(&format!("{path}.profiles"), "至少写一个评估规范", "name at least one profile");
    }
    for (index, profile) in subsite.profiles.iter().enumerate() {
        if subsite.profiles[..index].contains(profile) {
            checked.wrong(&format!("{path}.profiles[{index}]"), "评估规范重复", "this profile is named twice");
        }
    }
    for (index, host) in subsite.hosts.iter().enumerate() {
        if !super::target::is_name(host) && host.parse::<std::net::IpAddr>().is_err() {
            let (zh, en) = (format!("{host} 不是域名"), format!("{host} is not a host name"));
            checked.wrong(&format!("{path}.hosts[{index}]"), zh, en);
        }
    }
}

/// Nothing is its own parent, platform or source, directly or round a corner.
fn circles(raw: &RawInventory, checked: &mut Checked<'_>) {
    let parents: BTreeMap<_, _> = raw
        .subsites
        .iter()
        .filter_map(|subsite| Some((subsite.id.as_str(), subsite.parent.as_ref()?.as_str())))
        .collect();
    for (index, subsite) in raw.subsites.iter().enumerate() {
        if is_circle(&parents, subsite.id.as_str()) {
            checked.wrong(&format!("subsites[{index}].parent"), "上级关系成环", "the parents go round in a circle");
        }
    }
    let platforms: BTreeMap<_, _> = raw
        .systems
        .iter()
        .filter_map(|system| Some((system.id.as_str(), system.platform.as_ref()?.as_str())))
        .collect();
    for (index, system) in raw.systems.iter().enumerate() {
        if is_circle(&platforms, system.id.as_str()) {
            checked.wrong(&format!("systems[{index}].platform"), "平台关系成环", "the platforms go round in a circle");
        }
    }
}

fn is_circle(above: &BTreeMap<&str, &str>, start: &str) -> bool {
    let mut at = above.get(start);
    for _ in 0..=above.len() {
        match at {
            None => return false,
            Some(next) if *next == start => return true,
            Some(next) => at = above.get(next),
        }
    }
    false
}

fn population(found: &Population, index: usize, raw: &RawInventory, checked: &mut Checked<'_>) {
    let path = format!("population[{index}]");
    let systems = raw.systems.iter().map(|system| system.id.as_str());
    checked.known(&format!("{path}.system"), SYSTEM, found.system.as_str(), systems);
    let before = &raw.population[..index];
    if before.iter().any(|other| other.system == found.system && other.objects == found.objects) {
        checked.wrong(&path, "同一系统的此类对象已声明", "this kind of object of this system is declared above");
    }
    let selected = found.selected.len();
    if u32::try_from(selected).map_or(true, |count| count > found.total) {
        let zh = format!("选取 {selected} 个，多于总数 {}", found.total);
        let en = format!("{selected} are selected of {}", found.total);
        checked.wrong(&format!("{path}.selected"), zh, en);
    }
    let said = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    if found.total == 0 && !(said(&found.reason) && said(&found.reviewed_by)) {
        let message = Text::new("总数为 0 须写 reason 和 reviewed_by", "a total of 0 needs reason and reviewed_by");
        let help = Text::new("此类对象将记为不适用", "it makes this kind of object not applicable");
        checked.wrong_with_help(&format!("{path}.total"), message, help);
    }
    if (selected as u64) < u64::from(found.total) && !(said(&found.method) && said(&found.reason)) {
        let message = Text::new("抽样须写 method 和 reason", "a sample needs method and reason");
        let help = Text::new("说明如何选取、为何这样选取", "say how they were chosen and why");
        checked.wrong_with_help(&path, message, help);
    }
    for (n, id) in found.selected.iter().enumerate() {
        chosen(found, id, &format!("{path}.selected[{n}]"), &found.selected[..n], raw, checked);
    }
}

fn chosen(
    found: &Population,
    id: &AssetId,
    at: &str,
    before: &[AssetId],
    raw: &RawInventory,
    checked: &mut Checked<'_>,
) {
    checked.known(at, ASSET, id.as_str(), raw.assets.iter().map(|asset| asset.id.as_str()));
    if before.contains(id) {
        checked.wrong(at, "同一资产选取两次", "this asset is selected twice");
    }
    let Some(asset) = raw.assets.iter().find(|asset| asset.id == *id) else { return };
    let object = asset.kind.object();
    if object != found.objects {
        let zh = format!("{id} 属于{}，不属于{}", object.title().zh, found.objects.title().zh);
        checked.wrong(at, zh, format!("{id} is one of {object}, not of {}", found.objects));
    }
    let serves = asset.serves.iter().filter_map(|id| raw.subsites.iter().find(|subsite| subsite.id == *id));
    if asset.serves.iter().all(|id| raw.subsites.iter().any(|subsite| subsite.id == *id))
        && !serves.into_iter().any(|subsite| subsite.system == found.system)
    {
        let zh = format!("{id} 不服务于系统 {} 的任何子站", found.system);
        checked.wrong(at, zh, format!("{id} serves no subsite of {}", found.system));
    }
}

fn references(raw: &RawInventory, checked: &mut Checked<'_>) {
    for (index, asset) in raw.assets.iter().enumerate() {
        let path = format!("assets[{index}].serves");
        if asset.serves.is_empty() {
            checked.wrong(&path, "至少服务一个子站", "an asset serves at least one subsite");
        }
        for (n, id) in asset.serves.iter().enumerate() {
            let at = format!("{path}[{n}]");
            checked.known(&at, SUBSITE, id.as_str(), raw.subsites.iter().map(|subsite| subsite.id.as_str()));
            if asset.serves[..n].contains(id) {
                checked.wrong(&at, "子站重复", "this subsite is named twice");
            }
        }
    }
    let systems = || raw.systems.iter().map(|system| system.id.as_str());
    for (index, inherit) in raw.inherits.iter().enumerate() {
        let path = format!("inherits[{index}]");
        checked.known(&format!("{path}.system"), SYSTEM, inherit.system.as_str(), systems());
        if inherit.system == inherit.from {
            checked.wrong(&format!("{path}.from"), "不能继承自身", "a system does not inherit from itself");
        }
        let before = &raw.inherits[..index];
        if before.iter().any(|other| (&other.system, &other.from) == (&inherit.system, &inherit.from)) {
            checked.wrong(&path, "继承关系重复", "this inheritance is declared above");
        }
        if matches!(inherit.by, RawBy::Run) {
            let at = format!("{path}.from");
            checked.known(&at, SYSTEM, inherit.from.as_str(), systems());
            assessed_here(inherit, &at, raw, checked);
        }
    }
}

/// What is inherited by this run is assessed in this run, and not from its own heir.
fn assessed_here(inherit: &RawInherit, at: &str, raw: &RawInventory, checked: &mut Checked<'_>) {
    let known = raw.systems.iter().any(|system| system.id == inherit.from);
    if known && !raw.subsites.iter().any(|subsite| subsite.system == inherit.from) {
        let message = Text::new(
            format!("系统 {} 没有子站，本次不会评估", inherit.from),
            format!("{} has no subsite, so this run does not assess it", inherit.from),
        );
        let help = Text::new(
            "加一个 kind: platform 的子站，或改为 by: bundle",
            "add a subsite of kind: platform, or inherit by: bundle",
        );
        checked.wrong_with_help(at, message, help);
    }
    let sources = raw.inherits.iter().filter(|other| matches!(other.by, RawBy::Run));
    let edges: Vec<_> = sources.map(|other| (&other.system, &other.from)).collect();
    let mut reached = vec![&inherit.from];
    let mut next = 0;
    while let Some(system) = reached.get(next).copied() {
        next += 1;
        for (_, from) in edges.iter().filter(|(heir, _)| *heir == system) {
            if !reached.contains(from) {
                reached.push(from);
            }
        }
    }
    if inherit.system != inherit.from && reached.contains(&&inherit.system) {
        checked.wrong(at, "继承关系成环", "the inheritance goes round in a circle");
    }
}

fn limits(raw: &RawInventory, checked: &mut Checked<'_>) {
    let defaults = &raw.defaults;
    for (key, value, max) in [
        ("parallel", u32::from(defaults.parallel), 1024),
        ("host_deadline_s", defaults.host_deadline_s, 86_400),
        ("item_timeout_s", defaults.item_timeout_s, 3_600),
    ] {
        if !(1..=max).contains(&value) {
            checked.wrong(&format!("defaults.{key}"), format!("应为 1 至 {max}"), format!("this is 1 to {max}"));
        }
    }
}

/// The inheritances, each with what its kind needs and nothing else.
pub(super) fn inherits(raw: Vec<RawInherit>, checked: &mut Checked<'_>) -> Option<Vec<Inherit>> {
    let read: Vec<_> = raw.into_iter().enumerate().map(|(index, raw)| inherit(raw, index, checked)).collect();
    read.into_iter().collect()
}

fn inherit(raw: RawInherit, index: usize, checked: &mut Checked<'_>) -> Option<Inherit> {
    let path = format!("inherits[{index}]");
    let given = [
        ("path", raw.path.is_some()),
        ("root", raw.root.is_some()),
        ("number", raw.number.is_some()),
        ("date", raw.date.is_some()),
        ("expires", raw.expires.is_some()),
    ];
    let (by, needed): (_, &[&str]) = match raw.by {
        RawBy::Run => ("run", &[]),
        RawBy::Bundle => ("bundle", &["path", "root"]),
        RawBy::Report => ("report", &["number", "date", "expires"]),
    };
    for (key, is_given) in given {
        match (needed.contains(&key), is_given) {
            (true, false) => checked.wrong(&path, format!("by: {by} 需要 {key}"), format!("by: {by} needs {key}")),
            (false, true) => {
                let at = format!("{path}.{key}");
                checked.wrong(&at, format!("by: {by} 不用 {key}"), format!("by: {by} has no {key}"));
            }
            _ => {}
        }
    }
    let by = match raw.by {
        RawBy::Run => InheritedBy::Run,
        RawBy::Bundle => InheritedBy::Bundle { path: raw.path?, root: raw.root? },
        RawBy::Report => InheritedBy::Report { number: raw.number?, date: raw.date?, expires: raw.expires? },
    };
    if let InheritedBy::Report { number, date, expires } = &by {
        checked.filled(&format!("{path}.number"), number);
        if expires < date {
            checked.wrong(&format!("{path}.expires"), "有效期早于报告日期", "it expires before its date");
        }
    }
    Some(Inherit { system: raw.system, from: raw.from, by })
}
