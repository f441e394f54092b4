//! The operating system: os-release and the older release files, uname.

use std::collections::BTreeMap;

/// What the release files say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Release {
    pub id: String,
    pub id_like: Vec<String>,
    pub version: String,
    pub name: String,
}

/// Reads release files given as path to text: os-release first, then the one-line files of the RPM family, such as
/// `CentOS Linux release 7.9.2009 (Core)`. `None` where none of them says anything.
pub fn release(files: &BTreeMap<String, String>) -> Option<Release> {
    let of = |path: &str| files.get(path).filter(|text| !text.trim().is_empty());
    if let Some(text) = of("/etc/os-release").or_else(|| of("/usr/lib/os-release")) {
        let map = super::conf::equals(text);
        let get = |key: &str| map.get(key).cloned().unwrap_or_default();
        let name = if get("PRETTY_NAME").is_empty() {
            format!("{} {}", get("NAME"), get("VERSION"))
        } else {
            get("PRETTY_NAME")
        };
        return Some(Release {
            id: get("ID"),
            id_like: get("ID_LIKE").split_whitespace().map(str::to_owned).collect(),
            version: get("VERSION_ID"),
            name: name.trim().to_owned(),
        });
    }
    const OLD: &[(&str, &str, &str)] = &[
        ("/etc/kylin-release", "kylin", "rhel"),
        ("/etc/openEuler-release", "openEuler", "rhel"),
        ("/etc/anolis-release", "anolis", "rhel"),
        ("/etc/uos-release", "uos", ""),
        ("/etc/centos-release", "centos", "rhel"),
        ("/etc/redhat-release", "rhel", "rhel"),
        ("/etc/debian_version", "debian", "debian"),
    ];
    OLD.iter().find_map(|(path, id, like)| {
        let line = of(path)?.lines().next()?.trim().to_owned();
        let id = if *id == "rhel" && line.starts_with("CentOS") { "centos" } else { id };
        let version = line.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        Some(Release {
            id: (*id).to_owned(),
            id_like: like.split_whitespace().map(str::to_owned).collect(),
            version: version.unwrap_or_default().to_owned(),
            name: line,
        })
    })
}

impl Release {
    /// `debian`, `rhel`, `suse` or `other`, by id and kinship.
    pub fn family(&self) -> &'static str {
        let ids: Vec<_> = std::iter::once(&self.id).chain(&self.id_like).map(String::as_str).collect();
        let any = |names: &[&str]| ids.iter().any(|id| names.contains(id));
        if any(&["debian", "ubuntu", "deepin"]) {
            "debian"
        } else if any(&["rhel", "fedora", "centos", "openEuler", "anolis", "rocky", "almalinux", "amzn"]) {
            "rhel"
        } else if any(&["suse", "sles", "opensuse"]) {
            "suse"
        } else {
            "other"
        }
    }
}

/// Kernel release and machine from `uname -srm`.
pub fn uname(text: &str) -> Option<(String, String)> {
    let words: Vec<_> = text.split_whitespace().collect();
    match words[..] {
        ["Linux", kernel, machine] => Some((kernel.to_owned(), machine.to_owned())),
        _ => None,
    }
}

/// Whole seconds of `/proc/uptime`.
pub fn uptime(text: &str) -> Option<i64> {
    text.split(['.', ' ']).next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn files(path: &str, text: &str) -> BTreeMap<String, String> {
        BTreeMap::from([(path.to_owned(), text.to_owned())])
    }

    #[test]
    fn releases_of_home_made_systems_are_told_by_what_they_say() {
        let kylin = release(&files("/etc/os-release", "NAME=\"Kylin Linux Advanced Server\"\nVERSION=\"V10 (Lance)\"\nID=\"kylin\"\nVERSION_ID=\"V10\"\nPRETTY_NAME=\"Kylin Linux Advanced Server V10 (Lance)\"\n")).unwrap();
        assert_eq!((kylin.id.as_str(), kylin.version.as_str(), kylin.family()), ("kylin", "V10", "other"));
        let euler =
            release(&files("/etc/os-release", "NAME=\"openEuler\"\nID=\"openEuler\"\nVERSION_ID=\"22.03\"\n")).unwrap();
        assert_eq!(euler.family(), "rhel");
    }

    #[test]
    fn one_line_files_stand_in_where_there_is_no_os_release() {
        let old = release(&files("/etc/redhat-release", "CentOS release 6.10 (Final)\n")).unwrap();
        assert_eq!((old.id.as_str(), old.version.as_str()), ("centos", "6.10"));
        assert_eq!(release(&BTreeMap::new()), None);
    }

    #[test]
    fn the_kernel_speaks_for_itself() {
        assert_eq!(
            uname("Linux 4.19.90-52.22.v2207.ky10.aarch64 aarch64\n"),
            Some(("4.19.90-52.22.v2207.ky10.aarch64".into(), "aarch64".into()))
        );
        assert_eq!(uptime("35721.07 70244.97\n"), Some(35721));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*") {
            let _ = (release(&files("/etc/os-release", &text)), release(&files("/etc/redhat-release", &text)), uname(&text), uptime(&text));
        }
    }
}
