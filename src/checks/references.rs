//! Pointers of a check to what is public outside the standards, and which of them name a known weakness or test.

use std::collections::BTreeMap;

use crate::model::Text;

use super::{Check, text};

/// The key of a catalogue, and whether a text is an identifier of it.
type Catalogue = (&'static str, fn(&str) -> bool);

/// What a reference can point into: its key in the file, and whether an identifier has the right shape.
const CATALOGUES: &[Catalogue] = &[
    ("cve", |id| numbered(id, "CVE-", &[4, 4])),
    ("cwe", |id| numbered(id, "CWE-", &[1])),
    ("fips", not_empty),
    ("forum", not_empty),
    ("gm", not_empty),
    ("mastg", |id| ["MASTG-BEST-", "MASTG-KNOW-", "MASTG-TEST-"].iter().any(|head| numbered(id, head, &[4]))),
    ("masvs", |id| MASVS.iter().any(|group| id == *group || numbered(id, &format!("{group}-"), &[1]))),
    ("registry", not_empty),
    ("rfc", not_empty),
    ("url", |id| id.starts_with("https://")),
];

/// The groups of OWASP MASVS 2.
const MASVS: [&str; 8] = [
    "MASVS-AUTH",
    "MASVS-CODE",
    "MASVS-CRYPTO",
    "MASVS-NETWORK",
    "MASVS-PLATFORM",
    "MASVS-PRIVACY",
    "MASVS-RESILIENCE",
    "MASVS-STORAGE",
];

/// Catalogues of weaknesses and of tests, whose identifiers other tools know.
const KNOWN_BY_TOOLS: [&str; 4] = ["cve", "cwe", "mastg", "masvs"];

/// What may stand beside the identifier.
const BESIDE: [&str; 2] = ["about", "name"];

impl Check {
    /// Every reference as people read it, such as `CWE-489` or `RFC 9325, section 4.1`.
    pub fn cited(&self) -> impl Iterator<Item = String> {
        self.references.iter().filter_map(|reference| {
            let (_, id) = identifier(reference)?;
            let about = reference.get("about").map(|about| format!(", {about}")).unwrap_or_default();
            Some(format!("{id}{about}"))
        })
    }

    /// The weaknesses and tests that it is about: CVE, CWE, MASTG and MASVS.
    pub fn weaknesses(&self) -> impl Iterator<Item = &str> {
        let named = self.references.iter().filter_map(identifier);
        named.filter(|(catalogue, _)| KNOWN_BY_TOOLS.contains(catalogue)).map(|(_, id)| id)
    }
}

/// The catalogue and the identifier of a reference.
fn identifier(reference: &BTreeMap<String, String>) -> Option<(&'static str, &str)> {
    CATALOGUES.iter().find_map(|(key, _)| Some((*key, reference.get(*key)?.as_str())))
}

/// What is wrong with a reference: it names one catalogue, with an identifier as that catalogue has them.
pub(super) fn mistake(reference: &BTreeMap<String, String>) -> Option<Text> {
    let keys: Vec<_> = CATALOGUES.iter().map(|(key, _)| *key).collect();
    let mut named = CATALOGUES.iter().filter(|(key, _)| reference.contains_key(*key));
    let (Some((key, is_shaped)), None) = (named.next(), named.next()) else {
        let keys = keys.join(", ");
        return Some(text!("参考应指明一个目录：{keys}", "a reference names one catalogue of {keys}"));
    };
    if let Some(other) = reference.keys().find(|name| *name != key && !BESIDE.contains(&name.as_str())) {
        return Some(text!("参考中没有 `{other}`", "a reference has no `{other}`"));
    }
    let id = reference.get(*key).map(String::as_str).unwrap_or_default();
    (!is_shaped(id)).then(|| text!("`{id}` 不是 {key} 的编号", "`{id}` is no identifier of {key}"))
}

fn not_empty(id: &str) -> bool {
    !id.trim().is_empty()
}

/// Whether `head` is followed by runs of digits with `-` between them, each of at least so many.
fn numbered(id: &str, head: &str, digits: &[usize]) -> bool {
    let Some(rest) = id.strip_prefix(head) else { return false };
    let runs: Vec<_> = rest.split('-').collect();
    let is_run = |(run, least): (&&str, &usize)| run.len() >= *least && run.bytes().all(|b| b.is_ascii_digit());
    runs.len() == digits.len() && runs.iter().zip(digits).all(is_run)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::mistake;

    fn is_right(fields: &[(&str, &str)]) -> bool {
        let reference: BTreeMap<_, _> = fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        mistake(&reference).is_none()
    }

    #[test]
    fn a_reference_names_one_catalogue_by_an_identifier_of_it() {
        for right in [
            ("cve", "CVE-2017-13156"),
            ("cwe", "CWE-489"),
            ("gm", "GM/T 0009-2023"),
            ("mastg", "MASTG-TEST-0226"),
            ("masvs", "MASVS-NETWORK"),
            ("masvs", "MASVS-NETWORK-1"),
            ("rfc", "RFC 9325"),
        ] {
            assert!(is_right(&[right]), "{right:?}");
        }
        for wrong in [
            ("cve", "CVE-17-1"),
            ("cwe", "489"),
            ("cwe", "CWE-489x"),
            ("mastg", "MASTG-TEST-26"),
            ("mastg", "MSTG-CODE-2"),
            ("masvs", "MASVS-WEB"),
            ("rfc", " "),
            ("url", "http://example.org/"),
        ] {
            assert!(!is_right(&[wrong]), "{wrong:?}");
        }
    }

    #[test]
    fn beside_the_identifier_there_is_only_a_name_and_what_it_is_about() {
        assert!(is_right(&[("rfc", "RFC 9325"), ("about", "section 4.1"), ("name", "x")]));
        assert!(!is_right(&[("rfc", "RFC 9325"), ("section", "4.1")]));
        assert!(!is_right(&[("about", "section 4.1")]));
        assert!(!is_right(&[("cwe", "CWE-489"), ("cve", "CVE-2017-13156")]));
    }
}
