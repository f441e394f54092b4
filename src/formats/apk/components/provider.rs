//! Who may read and write what a content provider offers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Component, Context, permission_level};
use crate::{
    formats::apk::{attributes, declared::DeclaredPermission, element::Element},
    model::Fact,
};

/// Paths of one provider that are listed at most.
const MAX_PATHS: usize = 200;

/// Between authorities.
const SEPARATOR: char = ';';

/// A content provider and the access to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Provider {
    /// As written.
    pub name: String,
    /// Whether other apps can reach it, as of its component.
    pub exported: Fact<bool>,
    /// Names it is asked by.
    pub authorities: Vec<String>,
    /// What a reader needs; empty where nothing.
    pub read_permission: String,
    pub read_level: String,
    /// What a writer needs; empty where nothing.
    pub write_permission: String,
    pub write_level: String,
    /// Whether the app can hand out access to any of its URIs.
    pub grant_uri_permissions: Fact<bool>,
    /// Callers have to be granted access even where they could reach it.
    pub force_uri_permissions: Fact<bool>,
    /// Paths that access is handed out to, where not to all.
    pub grant_paths: Vec<String>,
    /// Paths with permissions of their own, which let in as well.
    pub path_permissions: Vec<PathPermission>,
}

/// A part of a provider with other permissions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct PathPermission {
    pub path: String,
    pub read_permission: String,
    pub read_level: String,
    pub write_permission: String,
    pub write_level: String,
}

impl Provider {
    /// The permission of reading or of writing, whichever keeps fewer out.
    pub fn weaker(&self, own: &[DeclaredPermission]) -> String {
        let strength = |name: &str| match &*permission_level(name, own) {
            "" => 0,
            "normal" => 1,
            "other" => 2,
            "dangerous" => 3,
            "special" => 4,
            _ => 5,
        };
        let (read, write) = (&self.read_permission, &self.write_permission);
        if strength(write) < strength(read) { write } else { read }.clone()
    }
}

/// `guard` is what is asked for where reading or writing say nothing.
pub(super) fn read(element: &Element, component: &Component, guard: &str, context: &Context<'_>) -> Provider {
    let resources = context.resources;
    let or_guard = |id| Some(resources.fixed(element, id)).filter(|p| !p.is_empty()).unwrap_or_else(|| guard.into());
    let read_permission = or_guard(attributes::READ_PERMISSION);
    let write_permission = or_guard(attributes::WRITE_PERMISSION);
    let authorities = resources.android(element, attributes::AUTHORITIES);
    let mut authorities: Vec<String> =
        authorities.split(SEPARATOR).filter(|name| !name.is_empty()).take(MAX_PATHS).map(str::to_owned).collect();
    authorities.sort();
    let mut grant_paths: Vec<String> =
        element.each("grant-uri-permission").take(MAX_PATHS).filter_map(|e| path(e, context)).collect();
    grant_paths.sort();
    let mut path_permissions: Vec<PathPermission> =
        element.each("path-permission").take(MAX_PATHS).filter_map(|e| path_permission(e, context)).collect();
    path_permissions.sort();
    Provider {
        name: component.name.clone(),
        exported: component.exported.clone(),
        authorities,
        read_level: permission_level(&read_permission, context.own),
        read_permission,
        write_level: permission_level(&write_permission, context.own),
        write_permission,
        // A path that is handed out switches it on.
        grant_uri_permissions: if grant_paths.is_empty() {
            resources.flag(element, attributes::GRANT_URI_PERMISSIONS, false)
        } else {
            Fact::Known(true)
        },
        force_uri_permissions: resources.flag(element, attributes::FORCE_URI_PERMISSIONS, false),
        grant_paths,
        path_permissions,
    }
}

/// The first of them that is written, in the order in which the platform asks; a prefix ends with `*`.
fn path(element: &Element, context: &Context<'_>) -> Option<String> {
    let forms = [
        (attributes::PATH_ADVANCED_PATTERN, "", ""),
        (attributes::PATH_PATTERN, "", ""),
        (attributes::PATH_PREFIX, "", "*"),
        (attributes::PATH_SUFFIX, "*", ""),
        (attributes::PATH, "", ""),
    ];
    let written = |(id, before, after)| {
        element.android(id)?;
        Some(format!("{before}{}{after}", context.resources.android(element, id)))
    };
    forms.into_iter().find_map(written)
}

/// None where it names no permission or no path: the platform passes over it.
fn path_permission(element: &Element, context: &Context<'_>) -> Option<PathPermission> {
    let text = |id| context.resources.fixed(element, id);
    let both = text(attributes::PERMISSION);
    let or_both = |own: String| if own.is_empty() { both.clone() } else { own };
    let read_permission = or_both(text(attributes::READ_PERMISSION));
    let write_permission = or_both(text(attributes::WRITE_PERMISSION));
    if read_permission.is_empty() && write_permission.is_empty() {
        return None;
    }
    Some(PathPermission {
        path: path(element, context)?,
        read_level: permission_level(&read_permission, context.own),
        read_permission,
        write_level: permission_level(&write_permission, context.own),
        write_permission,
    })
}
