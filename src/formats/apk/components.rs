//! The parts of an app that the system can start, with what holds where nothing is written.
//!
//! Rules: AOSP `com.android.internal.pm.pkg.component` (`ParsedActivityUtils`, `ParsedServiceUtils`, `ParsedProviderUtils`).

mod links;
mod provider;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    attributes,
    declared::DeclaredPermission,
    element::Element,
    manifest::InstallError,
    permissions,
    resources::{Resources, cut},
};
use crate::model::Fact;

pub use links::Link;
pub use provider::{PathPermission, Provider};

/// Actions of one component that are listed at most.
const MAX_ACTIONS: usize = 200;

/// The first target SDK that has to say what is exported.
const EXPLICIT: i64 = 31;

/// A part of the app that the system can start.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Component {
    /// `activity`, `service`, `receiver` or `provider`; an alias is an activity.
    pub kind: String,
    /// As written.
    pub name: String,
    /// The name with its package.
    pub class: String,
    /// The activity that an alias stands for; empty where it is none.
    pub alias_of: String,
    /// Whether other apps can reach it, and it is enabled. Unread where it refers to a resource that cannot be resolved.
    pub exported: Fact<bool>,
    /// Whether `exported` is written.
    pub explicit: bool,
    /// Whether it and the application are enabled from the start.
    pub enabled: Fact<bool>,
    /// What a caller needs; empty where nothing is asked for. Of a provider the weaker of reading and writing.
    pub permission: String,
    /// The level of that permission, empty where there is none: `normal` keeps nobody out; `other` is defined by
    /// neither the platform nor the app, so that whoever is there first defines it.
    pub permission_level: String,
    /// URL schemes that start it.
    pub schemes: Vec<String>,
    /// It is what the launcher starts.
    pub launcher: bool,
    /// Actions that it listens to, sorted.
    pub actions: Vec<String>,
    /// Links that open it, one an intent filter with the action `VIEW`.
    pub links: Vec<Link>,
    /// Of an activity: `standard`, `singleTop`, `singleTask`, `singleInstance` or `singleInstancePerTask`.
    pub launch_mode: String,
    /// Of an activity: the task it wants to be in; empty where it wants none.
    pub task_affinity: String,
    /// Of an activity: whether it moves over to the task of that name when one comes to the front.
    pub allow_task_reparenting: Fact<bool>,
    /// Of a service: whether it runs without the permissions of the app.
    pub isolated: Fact<bool>,
}

/// All that an application is made of.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// Sorted.
    pub components: Vec<Component>,
    /// Who may do what with the providers among them, sorted.
    pub providers: Vec<Provider>,
    /// What about them keeps the app from being installed, sorted.
    pub errors: Vec<InstallError>,
    /// Components beyond the cap.
    pub left_out: usize,
}

/// What the components of one manifest share.
pub(super) struct Context<'a> {
    pub package: &'a str,
    pub target_sdk: i64,
    pub own: &'a [DeclaredPermission],
    pub resources: &'a Resources<'a>,
}

/// Reads the children of the application.
pub(super) fn read(application: &Element, context: &Context<'_>, cap: usize) -> Parts {
    let shared = Shared {
        enabled: context.resources.flag(application, attributes::ENABLED, true),
        guard: context.resources.fixed(application, attributes::PERMISSION),
        affinity: affinity(application, context.package.to_owned(), context.resources),
        reparenting: context.resources.flag(application, attributes::ALLOW_TASK_REPARENTING, false),
    };
    let mut out = Parts::default();
    for element in &application.children {
        let kind = match &*element.name {
            "activity" | "activity-alias" => "activity",
            "service" => "service",
            "receiver" => "receiver",
            "provider" => "provider",
            _ => continue,
        };
        if out.components.len() >= cap {
            out.left_out += 1;
            continue;
        }
        let guard = guard(element, &shared, context);
        let mut component = component(kind, element, &guard, &shared, context);
        if kind == "provider" {
            let provider = provider::read(element, &component, &guard, context);
            component.permission = provider.weaker(context.own);
            component.permission_level = permission_level(&component.permission, context.own);
            out.providers.push(provider);
        }
        out.errors.extend(refusals(element, &component, context));
        out.components.push(component);
    }
    out.components.sort();
    out.providers.sort();
    out.errors.sort();
    out
}

/// What the application sets for all of them.
struct Shared {
    enabled: Fact<bool>,
    guard: String,
    affinity: String,
    reparenting: Fact<bool>,
}

/// A filter without an action does not count for an activity or a receiver.
fn filters<'a>(kind: &str, element: &'a Element) -> impl Iterator<Item = &'a Element> + Clone {
    let any = matches!(kind, "service" | "provider");
    element
        .children
        .iter()
        .filter(|child| &*child.name == "intent-filter")
        .filter(move |filter| any || filter.child("action").is_some())
}

fn is_alias(element: &Element) -> bool {
    &*element.name == "activity-alias"
}

/// An alias does not have the permission of the application.
fn guard(element: &Element, shared: &Shared, context: &Context<'_>) -> String {
    let written = context.resources.fixed(element, attributes::PERMISSION);
    if !written.is_empty() || is_alias(element) { written } else { shared.guard.clone() }
}

fn component(kind: &str, element: &Element, guard: &str, shared: &Shared, context: &Context<'_>) -> Component {
    let resources = context.resources;
    let alias = is_alias(element);
    // Without a word: a provider was open before SDK 17, the others are open when they listen to something.
    let listens = filters(kind, element).next().is_some();
    let default = if kind == "provider" { context.target_sdk < 17 } else { listens };
    let enabled = both(&shared.enabled, resources.flag(element, attributes::ENABLED, true));
    let exported = both(&enabled, resources.flag(element, attributes::EXPORTED, default));
    let name = resources.android(element, attributes::NAME);
    let target = if alias { resources.android(element, attributes::TARGET_ACTIVITY) } else { String::new() };
    let activity = kind == "activity" && !alias;
    Component {
        kind: kind.to_owned(),
        class: class(context.package, &name),
        name,
        alias_of: class(context.package, &target),
        exported,
        explicit: element.android(attributes::EXPORTED).is_some(),
        enabled,
        permission: guard.to_owned(),
        permission_level: permission_level(guard, context.own),
        schemes: links::schemes(filters(kind, element), resources),
        launcher: filters(kind, element).any(|filter| launcher(filter, resources)),
        actions: actions(filters(kind, element), resources),
        links: links::read(filters(kind, element), resources),
        launch_mode: if activity { launch_mode(element, resources) } else { String::new() },
        task_affinity: if activity { affinity(element, shared.affinity.clone(), resources) } else { String::new() },
        allow_task_reparenting: match element.android(attributes::ALLOW_TASK_REPARENTING) {
            _ if !activity => Fact::Known(false),
            None => shared.reparenting.clone(),
            Some(_) => resources.flag(element, attributes::ALLOW_TASK_REPARENTING, false),
        },
        isolated: resources.flag(element, attributes::ISOLATED_PROCESS, false),
    }
}

/// Both hold; what is not known stays so unless the other one does not hold.
fn both(one: &Fact<bool>, other: Fact<bool>) -> Fact<bool> {
    match (one, &other) {
        (Fact::Known(false), _) | (_, Fact::Known(false)) => Fact::Known(false),
        (Fact::Known(true), _) => other,
        (unread, _) => unread.clone(),
    }
}

fn permission_level(name: &str, own: &[DeclaredPermission]) -> String {
    if name.is_empty() { String::new() } else { permissions::level(name, own).0.to_owned() }
}

/// With the package where it begins with a point or has none.
pub(super) fn class(package: &str, name: &str) -> String {
    match name {
        "" => String::new(),
        name if name.starts_with('.') => cut(&format!("{package}{name}")),
        name if !name.contains('.') => cut(&format!("{package}.{name}")),
        name => name.to_owned(),
    }
}

/// Of its own, that of the application, or the package; an empty one is none.
fn affinity(element: &Element, default: String, resources: &Resources<'_>) -> String {
    match element.android(attributes::TASK_AFFINITY) {
        None => default,
        Some(value) => resources.text(Some(value)),
    }
}

fn launch_mode(element: &Element, resources: &Resources<'_>) -> String {
    match resources.number(element.android(attributes::LAUNCH_MODE)).unwrap_or(0) {
        1 => "singleTop",
        2 => "singleTask",
        3 => "singleInstance",
        4 => "singleInstancePerTask",
        _ => "standard",
    }
    .to_owned()
}

fn named(filter: &Element, tag: &str, name: &str, resources: &Resources<'_>) -> bool {
    filter.each(tag).any(|element| resources.android(element, attributes::NAME) == name)
}

fn launcher(filter: &Element, resources: &Resources<'_>) -> bool {
    named(filter, "action", "android.intent.action.MAIN", resources)
        && named(filter, "category", "android.intent.category.LAUNCHER", resources)
}

fn actions<'a>(filters: impl Iterator<Item = &'a Element>, resources: &Resources<'_>) -> Vec<String> {
    let all = filters.flat_map(|filter| &filter.children).filter(|child| &*child.name == "action").take(MAX_ACTIONS);
    let mut out: Vec<_> = all.map(|action| resources.android(action, attributes::NAME)).collect();
    out.sort();
    out.dedup();
    out
}

/// Why the platform would not install an app with this component.
fn refusals(element: &Element, component: &Component, context: &Context<'_>) -> Vec<InstallError> {
    let listens = filters(&component.kind, element).next().is_some();
    let provider = component.kind == "provider";
    let silent = context.target_sdk >= EXPLICIT && listens && !component.explicit && !provider;
    let alias = is_alias(element);
    let nobody = provider && context.resources.android(element, attributes::AUTHORITIES).is_empty();
    [
        (silent, "exported_not_declared"),
        (component.name.is_empty(), "component_without_name"),
        (alias && component.alias_of.is_empty(), "alias_without_target"),
        (nobody, "provider_without_authority"),
    ]
    .into_iter()
    .filter(|(refused, _)| *refused)
    .map(|(_, kind)| InstallError { kind: kind.to_owned(), subject: component.class.clone() })
    .collect()
}

#[cfg(test)]
mod tests;
