//! What a URL is written for: a name of a vocabulary, a page for people, or a peer that the app talks to.

use std::{collections::HashMap, sync::LazyLock};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a URL is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A peer, as far as anybody can tell: the only role in which plain HTTP says something.
    Endpoint,
    /// Licences, documentation, issue trackers, and names reserved for examples.
    Reference,
    /// The name of an XML vocabulary, a parser feature or a document type; never opened.
    Namespace,
}

/// Lines of the table by host; of one host the longest path comes first.
static TABLE: LazyLock<HashMap<&str, Vec<(&str, Role)>>> = LazyLock::new(|| {
    let mut table: HashMap<&str, Vec<(&str, Role)>> = HashMap::new();
    for (role, host, path) in lines() {
        table.entry(host).or_default().push((path, role));
    }
    table.values_mut().for_each(|lines| lines.sort_by_key(|(path, _)| std::cmp::Reverse(path.len())));
    table
});

fn lines() -> impl Iterator<Item = (Role, &'static str, &'static str)> {
    include_str!("roles.tsv").lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut fields = line.split('\t');
        let role = match fields.next()? {
            "namespace" => Role::Namespace,
            "reference" => Role::Reference,
            _ => Role::Endpoint,
        };
        Some((role, fields.next()?, fields.next()?))
    })
}

/// The role of a host and a path by the table, and by what stands right before the URL.
pub(super) fn of(host: &str, path: &str, before: &[u8]) -> Role {
    if names_a_vocabulary(before) { Role::Namespace } else { by_table(host, path) }
}

/// Whether an entry is one that licences and notes for people are in.
pub(super) fn is_notice(location: &str) -> bool {
    const NAMES: [&str; 7] = ["AUTHORS", "CHANGELOG", "COPYING", "COPYRIGHT", "LICENSE", "NOTICE", "README"];
    let name = location.rsplit('/').next().unwrap_or_default().to_ascii_uppercase();
    NAMES.iter().any(|one| name.starts_with(one))
}

fn by_table(host: &str, path: &str) -> Role {
    let path = if path.is_empty() { "/" } else { path };
    let found = |host: &str| {
        let lines = TABLE.get(host)?;
        lines.iter().find(|(prefix, _)| path.starts_with(prefix)).map(|(_, role)| *role)
    };
    if let Some(role) = found(host) {
        return role;
    }
    let mut rest = host;
    loop {
        if let Some(role) = found(&format!(".{rest}")) {
            return role;
        }
        match rest.split_once('.') {
            Some((_, parent)) => rest = parent,
            None => return Role::Endpoint,
        }
    }
}

/// `xmlns="`, `xmlns:a="`, `targetNamespace="`, or anything in a document type declaration.
fn names_a_vocabulary(before: &[u8]) -> bool {
    let before = &before[before.len().saturating_sub(200)..];
    let tag = before.iter().rposition(|byte| *byte == b'<').map_or(before, |at| &before[at..]);
    if tag.starts_with(b"<!DOCTYPE") && !tag.contains(&b'>') {
        return true;
    }
    let quoted = before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'"));
    let Some(name) = quoted.map(<[u8]>::trim_ascii_end).and_then(|text| text.strip_suffix(b"=")) else { return false };
    let name = name.trim_ascii_end();
    let length =
        name.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-' | b'_')).count();
    let name = &name[name.len() - length..];
    name == b"xmlns" || name.starts_with(b"xmlns:") || name == b"targetNamespace"
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Role, is_notice, lines, of};

    #[test]
    fn the_table_tells_names_and_pages_from_peers() {
        for (host, path, role) in [
            ("schemas.android.com", "/apk/res/android", Role::Namespace),
            ("www.w3.org", "/2000/svg", Role::Namespace),
            ("www.apache.org", "/licenses/LICENSE-2.0", Role::Reference),
            ("docs.example.com", "", Role::Reference),
            ("example.com", "", Role::Reference),
            ("host.invalid", "", Role::Reference),
            ("api.github.com", "/repos", Role::Endpoint),
            ("gitee.com", "/api/v5", Role::Endpoint),
            ("gitee.com", "/x/y", Role::Reference),
            ("www.apple.com", "/DTDs/PropertyList-1.0.dtd", Role::Namespace),
            ("www.apple.com", "/cn", Role::Endpoint),
            ("notexample.com", "", Role::Endpoint),
            ("zwfw.sc.gov.cn", "/api", Role::Endpoint),
        ] {
            assert_eq!(of(host, path, b""), role, "{host}{path}");
        }
    }

    #[test]
    fn a_declaration_before_it_makes_it_a_name() {
        for before in
            ["<a xmlns=\"", "<a xmlns:zw = '", "<schema targetNamespace=\"", "<!DOCTYPE html PUBLIC \"-//W3C//DTD\" \""]
        {
            assert_eq!(of("zw.gov.cn", "/ns", before.as_bytes()), Role::Namespace, "{before}");
        }
        for before in ["<a href=\"", "<!DOCTYPE html><a href=\"", "xmlns ", "\""] {
            assert_eq!(of("zw.gov.cn", "/ns", before.as_bytes()), Role::Endpoint, "{before}");
        }
    }

    #[test]
    fn notes_for_people_are_known_by_their_names() {
        assert!(
            ["license/NOTICE", "LICENSE-junit.txt", "assets/a/README.md", "META-INF/NOTICE.txt"]
                .iter()
                .all(|name| is_notice(name))
        );
        assert!(["assets/config.json", "assets/notes/app.js", "classes.dex"].iter().all(|name| !is_notice(name)));
    }

    #[test]
    fn every_line_is_read_once() {
        let text = include_str!("roles.tsv").lines().filter(|line| !line.starts_with('#')).count();
        let lines: Vec<_> = lines().map(|(_, host, path)| (host, path)).collect();
        assert_eq!(lines.len(), text);
        assert_eq!(lines.iter().collect::<BTreeSet<_>>().len(), text, "a host and path stand twice");
        assert!(lines.iter().all(|(host, path)| host.to_lowercase() == *host && path.starts_with('/')));
    }
}
