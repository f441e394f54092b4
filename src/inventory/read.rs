//! From the file to the inventory: every rule, each mistake at its place.

use crate::{
    model::Text,
    yaml::{self, Document, Mistakes, Positions, Source, did_you_mean},
};

use super::{Authorisation, Inventory, Scope, Window, access, raw::RawAuthorisation, raw::RawInventory, rules};

const SCHEMA: yaml::Schema = yaml::Schema::new("jixian.inventory", 1, 0);

pub(super) fn read(source: &Source) -> Result<Inventory, Mistakes> {
    let Document { value, mistakes, positions, .. } = yaml::read_recovering::<RawInventory>(source, Some(SCHEMA));
    // What was left out because it is wrong may be what a reference means, so those are judged in whole files only.
    let is_whole = mistakes.is_empty();
    let mut checked = Checked { positions: &positions, mistakes, is_whole };
    let inventory = value.and_then(|raw| inventory(raw, &mut checked));
    match inventory {
        Some(inventory) => checked.mistakes.or(inventory),
        None => checked.mistakes.or(()).and(Err(Mistakes::default())),
    }
}

/// Collects what is wrong.
pub(super) struct Checked<'a> {
    positions: &'a Positions,
    mistakes: Mistakes,
    is_whole: bool,
}

impl Checked<'_> {
    pub fn wrong(&mut self, path: &str, zh: impl Into<String>, en: impl Into<String>) {
        self.mistakes.push(self.positions.mistake(path, Text::new(zh, en), None));
    }

    pub fn wrong_with_help(&mut self, path: &str, message: Text, help: Text) {
        self.mistakes.push(self.positions.mistake(path, message, help));
    }

    /// A mistake at a secret: the line is shown without it.
    pub fn wrong_secret(&mut self, path: &str, message: Text, help: Text) {
        self.mistakes.push(self.positions.mistake(path, message, help).without_value());
    }

    pub fn wrong_key(&mut self, path: &str, message: Text, help: Text) {
        self.mistakes.push(self.positions.mistake_at_key(path, message, help));
    }

    pub fn filled(&mut self, path: &str, text: &str) {
        if text.trim().is_empty() {
            self.wrong(path, "不能为空", "this cannot be empty");
        }
    }

    /// A text that is read further; both languages of what is wrong come from its type.
    pub fn parsed<T: std::str::FromStr<Err = String>>(&mut self, path: &str, text: &str) -> Option<T> {
        match text.parse() {
            Ok(value) => Some(value),
            Err(words) => {
                self.mistakes.push(self.positions.mistake(path, yaml::both_languages(&words), None));
                None
            }
        }
    }

    /// A reference names something that is there.
    pub fn known<'n>(&mut self, path: &str, what: (&str, &str), name: &str, known: impl Iterator<Item = &'n str>) {
        let known: Vec<_> = known.collect();
        if known.contains(&name) || !self.is_whole {
            return;
        }
        let (zh, en) = what;
        let message = Text::new(format!("没有名为 {name} 的{zh}"), format!("there is no {en} called {name}"));
        let help = did_you_mean(name, known.iter().copied());
        let help = help.map(|near| Text::new(format!("是否想写 {near}？"), format!("did you mean {near}?")));
        self.mistakes.push(self.positions.mistake(path, message, help));
    }

    /// Ids in a list are unique.
    pub fn unique<'n>(&mut self, list: &str, ids: impl Iterator<Item = &'n str>) {
        let mut seen = std::collections::BTreeSet::new();
        for (index, id) in ids.enumerate() {
            if !seen.insert(id) {
                let (zh, en) = (format!("编号 {id} 重复"), format!("the id {id} is taken"));
                self.wrong(&format!("{list}[{index}].id"), zh, en);
            }
        }
    }
}

fn inventory(raw: RawInventory, checked: &mut Checked<'_>) -> Option<Inventory> {
    rules::check(&raw, checked);
    let authorisation =
        raw.authorisation.map(|raw_authorisation| authorisation(raw_authorisation, raw.timezone, checked));
    let inherits = rules::inherits(raw.inherits, checked);
    let assets: Vec<_> =
        raw.assets.into_iter().enumerate().map(|(index, raw)| access::asset(raw, index, checked)).collect();
    let mut inventory = Inventory {
        timezone: raw.timezone,
        authorisation: match authorisation {
            None => None,
            Some(read) => Some(read?),
        },
        systems: raw.systems,
        subsites: raw.subsites,
        population: raw.population,
        inherits: inherits?,
        defaults: raw.defaults,
        judgements: raw.judgements,
        trust: raw.trust,
        assets: assets.into_iter().collect::<Option<_>>()?,
    };
    inventory.systems.sort_by(|a, b| a.id.cmp(&b.id));
    inventory.subsites.sort_by(|a, b| a.id.cmp(&b.id));
    inventory.assets.sort_by(|a, b| a.id.cmp(&b.id));
    inventory.population.sort_by(|a, b| (&a.system, a.objects).cmp(&(&b.system, b.objects)));
    inventory.inherits.sort_by(|a, b| (&a.system, &a.from).cmp(&(&b.system, &b.from)));
    Some(inventory)
}

fn authorisation(raw: RawAuthorisation, zone: yaml::TimeZone, checked: &mut Checked<'_>) -> Option<Authorisation> {
    checked.filled("authorisation.document", &raw.document);
    checked.filled("authorisation.person", &raw.person);
    if raw.scope.is_empty() {
        checked.wrong("authorisation.scope", "授权范围为空", "the scope is empty");
    }
    let window = Window { from: raw.window.from.moment(zone), to: raw.window.to.moment(zone) };
    if window.to < window.from {
        checked.wrong("authorisation.window.to", "授权结束早于开始", "the window ends before it begins");
    }
    let scope: Vec<Option<Scope>> = raw
        .scope
        .iter()
        .enumerate()
        .map(|(index, text)| checked.parsed(&format!("authorisation.scope[{index}]"), text))
        .collect();
    Some(Authorisation {
        document: raw.document,
        sha256: raw.sha256,
        scope: scope.into_iter().collect::<Option<_>>()?,
        window,
        person: raw.person,
        hosting_consent: raw.hosting_consent,
        intrusive: raw.intrusive,
    })
}
