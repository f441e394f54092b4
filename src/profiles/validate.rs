//! What a profile must hold in itself: complete, answerable, and every item with something essential.

use std::collections::{BTreeMap, BTreeSet};

use super::{Aspect, Item, ProfileSet, Responsibility, Scope, is_view, load::Loaded};
use crate::model::{AssetKind, Text};
use crate::yaml::Mistakes;

/// Rules of one profile. Counts are only compared where every file was read whole.
pub(super) fn profile(loaded: &Loaded, counts: &BTreeMap<Scope, u32>, complete: bool, mistakes: &mut Mistakes) {
    let mut seen = BTreeSet::new();
    for (index, item) in loaded.profile.items.iter().enumerate() {
        let mut rules = Rules { loaded, index, mistakes };
        if !seen.insert(&item.id) {
            rules.wrong("id", format!("条款 {} 重复", item.id), format!("the item {} is given twice", item.id));
        }
        rules.item(item);
    }
    if complete {
        compare(loaded, counts, mistakes);
    }
}

/// What an item continues is an item of the lower level, where that profile is there.
pub(super) fn continues(set: &ProfileSet, mistakes: &mut Mistakes) {
    for loaded in set.loaded() {
        let Some(lower) = loaded.profile.standard.level.and_then(|l| set.at_level(&loaded.profile, l.checked_sub(1)?))
        else {
            continue;
        };
        let mut seen = BTreeSet::new();
        for (index, item) in loaded.profile.items.iter().enumerate() {
            let Some(from) = &item.continues else { continue };
            let mut rules = Rules { loaded, index, mistakes };
            if lower.item(from).is_none() {
                let zh = format!("{} 中没有条款 {from}", lower.id);
                rules.wrong("continues", zh, format!("{} has no item {from}", lower.id));
            }
            if !seen.insert(from) {
                let zh = format!("条款 {from} 已由另一条款承接");
                rules.wrong("continues", zh, format!("another item continues {from} already"));
            }
        }
    }
}

struct Rules<'a> {
    loaded: &'a Loaded,
    index: usize,
    mistakes: &'a mut Mistakes,
}

impl Rules<'_> {
    fn wrong(&mut self, path: &str, zh: impl Into<String>, en: impl Into<String>) {
        let mistake = self.loaded.places.mistake(self.index, path, Text::new(zh, en), None);
        self.mistakes.push(mistake);
    }

    fn item(&mut self, item: &Item) {
        if !(1..=3).contains(&item.weight) {
            self.wrong("weight", "weight 应为 1、2 或 3", "a weight is 1, 2 or 3");
        }
        if item.objects.is_empty() {
            self.wrong("objects", "至少写一类对象", "name at least one kind of object");
        }
        if item.methods.is_empty() {
            self.wrong("methods", "至少写一种测评方法", "name at least one method");
        }
        if item.aspects.is_empty() {
            self.wrong("aspects", "至少写一个方面", "an item has at least one aspect");
        } else if !item.aspects.iter().any(|aspect| aspect.essential) {
            self.wrong("aspects", "至少有一个方面是必备的（essential）", "at least one aspect is essential");
        }
        self.sections(item);
        let mut seen = BTreeSet::new();
        for (at, aspect) in item.aspects.iter().enumerate() {
            if !seen.insert(&aspect.id) {
                let (zh, en) = (format!("方面 {} 重复", aspect.id), format!("the aspect {} is given twice", aspect.id));
                self.wrong(&format!("aspects[{at}].id"), zh, en);
            }
            self.aspect(item, aspect, &format!("aspects[{at}]"));
        }
        self.coverage(item);
    }

    fn sections(&mut self, item: &Item) {
        for clause in [item.class(), item.control()] {
            if !self.loaded.profile.sections.contains_key(clause) && !clause.is_empty() {
                let zh = format!("profile.yaml 的 sections 缺少 {clause}");
                self.wrong("id", zh, format!("sections of profile.yaml lack {clause}"));
            }
        }
    }

    fn aspect(&mut self, item: &Item, aspect: &Aspect, path: &str) {
        if aspect.asks().is_none() {
            let zh = "写明 question，或以 title 代替问题";
            self.wrong(path, zh, "give a question, or a title that stands for one");
        }
        for (at, used) in aspect.checks.iter().enumerate() {
            let path = format!("{path}.checks[{at}]");
            if used.kinds.is_empty() {
                self.wrong(&path, "for 至少写一类资产", "name at least one kind of asset in `for`");
            }
            for kind in &used.kinds {
                self.kind(item, aspect, *kind, &format!("{path}.for"));
            }
            let again = |before: &&super::CheckUse| {
                before.check == used.check && before.kinds.iter().any(|kind| used.kinds.contains(kind))
            };
            if aspect.checks[..at].iter().find(again).is_some() {
                self.wrong(&format!("{path}.use"), "此检查在本方面已用过", "this aspect uses the check already");
            }
            if item.responsibility == Responsibility::Platform {
                let zh = "平台负责的条款不在分站点资产上检查；应为 shared 或 subsite";
                self.wrong(
                    &path,
                    zh,
                    "an item of the platform is not checked on a subsite's assets: shared or subsite",
                );
            }
        }
    }

    fn kind(&mut self, item: &Item, aspect: &Aspect, kind: AssetKind, path: &str) {
        if !item.objects.contains(&kind.object()) {
            let zh = format!("条款的 objects 不含 {kind} 所属的 {}", kind.object());
            self.wrong(path, zh, format!("the item's objects lack {}, which {kind} counts as", kind.object()));
        }
        if !aspect.kinds.is_empty() && !aspect.kinds.contains(&kind) {
            let zh = format!("本方面只适用于 for 所列资产，不含 {kind}");
            self.wrong(path, zh, format!("the aspect is not for {kind}"));
        }
    }

    /// Every kind of object that the item names has an aspect there; otherwise nothing could be said about it.
    fn coverage(&mut self, item: &Item) {
        for object in &item.objects {
            let of = |kind: &&AssetKind| kind.object() == *object;
            if !AssetKind::ALL.iter().filter(of).any(|kind| item.aspects_of(*kind).next().is_some()) {
                let zh = format!("没有一个方面适用于 {object}");
                self.wrong("objects", zh, format!("no aspect applies to {object}"));
            }
        }
        for (at, aspect) in item.aspects.iter().enumerate() {
            let idle = |kind: &&AssetKind| is_view(**kind) && aspect.uses_on(**kind).next().is_none();
            if !aspect.kinds.is_empty() && aspect.kinds.iter().all(|kind| idle(&kind)) {
                let zh = "只适用于视角类资产（端点、扫描）的方面须有检查";
                self.wrong(&format!("aspects[{at}].for"), zh, "an aspect of views (endpoint, scan) only needs a check");
            }
        }
    }
}

fn compare(loaded: &Loaded, counts: &BTreeMap<Scope, u32>, mistakes: &mut Mistakes) {
    for scope in Scope::ALL {
        let expected = counts.get(scope).copied().unwrap_or(0) as usize;
        let found = loaded.profile.items.iter().filter(|item| item.scope == *scope).count();
        if expected != found {
            let scope = scope.as_str();
            let message = Text::new(
                format!("{scope} 应有 {expected} 个条款，实有 {found} 个"),
                format!("{scope} should have {expected} items and has {found}"),
            );
            let help = Text::new("标准的每个条款都要在其中", "every item of the standard is in its profile");
            mistakes.push(loaded.places.header("counts", message, Some(help)));
        }
    }
}
