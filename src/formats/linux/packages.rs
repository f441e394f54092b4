//! Installed packages, waiting updates, and sources of packages.

use super::conf;

/// An installed package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Package {
    pub name: String,
    pub version: String,
    pub arch: String,
}

/// Reads `dpkg-query -W -f '${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\n'`: what is installed.
pub fn dpkg(text: &str) -> Vec<Package> {
    sorted(text.lines().filter_map(|line| {
        let mut fields = line.split('\t');
        (fields.next()? == "installed").then_some(())?;
        package(fields)
    }))
}

/// Reads `rpm -qa --qf '%{NAME}\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\t%{ARCH}\n'`.
pub fn rpm(text: &str) -> Vec<Package> {
    sorted(text.lines().filter_map(|line| package(line.split('\t'))).filter(|package| package.name != "gpg-pubkey"))
}

fn package<'a>(mut fields: impl Iterator<Item = &'a str>) -> Option<Package> {
    let mut next = || fields.next().filter(|field| !field.is_empty()).map(str::to_owned);
    Some(Package { name: next()?, version: next()?, arch: next().unwrap_or_default() })
}

fn sorted(packages: impl Iterator<Item = Package>) -> Vec<Package> {
    let mut all: Vec<_> = packages.collect();
    all.sort();
    all
}

/// Counts what our own comparison of apt's lists found: all that wait, and those from a security source. `None` where
/// its last line, which says that it ended, is missing.
pub fn apt_pending(text: &str) -> Option<(i64, i64)> {
    text.lines().last()?.strip_prefix("lists\t")?;
    let of = |tag: &str| to_i64(text.lines().filter(|line| line.starts_with(tag)).count());
    Some((of("security\t") + of("other\t"), of("security\t")))
}

/// Counts lines of `dnf -C -q updateinfo list --security`: distinct packages with a security notice.
pub fn updateinfo(text: &str) -> i64 {
    let mut names: Vec<_> = text
        .lines()
        .filter_map(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            (words.len() == 3 && words[1].contains("Sec")).then(|| words[2])
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    to_i64(names.len())
}

fn to_i64(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Names of sections with `gpgcheck=0` in a yum or dnf file; the main section's value holds where a repository has none.
/// Repositories that are switched off do not count.
pub fn unsigned_repos(path: &str, text: &str) -> Vec<String> {
    conf::sections(text)
        .into_iter()
        .filter(|(name, keys)| {
            let off =
                |key: &str| keys.get(key).is_some_and(|value| matches!(value.as_str(), "0" | "no" | "false" | "False"));
            !name.is_empty() && off("gpgcheck") && !off("enabled")
        })
        .map(|(name, _)| format!("{path} [{name}]"))
        .collect()
}

/// Lines of sources.list, or stanzas of a `.sources` file, that trust without a signature.
pub fn unsigned_apt(path: &str, text: &str) -> Vec<String> {
    conf::lines(text)
        .filter(|(_, line)| {
            let line = line.to_ascii_lowercase().replace(' ', "");
            line.starts_with("deb") && line.contains("trusted=yes") || line.starts_with("trusted:yes")
        })
        .map(|(number, _)| format!("{path}:{number}"))
        .collect()
}

/// Whether apt's own configuration switches unattended upgrades on; the last value wins.
pub fn unattended(text: &str) -> Option<bool> {
    let values = conf::lines(text).filter(|(_, line)| !line.starts_with("//")).filter_map(|(_, line)| {
        let rest = line.strip_prefix("APT::Periodic::Unattended-Upgrade")?;
        Some(rest.trim().trim_end_matches(';').trim_matches(['"', ' ']) != "0")
    });
    values.last()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_is_installed_counts() {
        let packages = dpkg("installed\tbash\t5.2.15-2+b8\tamd64\nconfig-files\ttelnetd\t0.17\tamd64\n");
        assert_eq!(packages.len(), 1);
        assert_eq!(packages[0].name, "bash");
        assert_eq!(rpm("bash\t5.1.8-6.el9\tx86_64\ngpg-pubkey\tfd431d51-4ae0493b\t(none)\n").len(), 1);
    }

    #[test]
    fn waiting_updates_are_counted_and_an_error_is_no_zero() {
        let text = "security\tlibc6\t2.36-9\t2.36-9+deb12u13\nother\ttzdata\t2024a\t2025b\nlists\t3\n";
        assert_eq!(apt_pending(text), Some((2, 1)));
        assert_eq!(apt_pending("security\tlibc6\t1\t2\n"), None);
        assert_eq!(
            updateinfo(
                "RHSA-2024:1 Important/Sec. openssl-3.0.7-1.el9.x86_64\nRHBA-2024:2 bugfix bash-5\nFEDORA-1 Moderate/Sec. openssl-3.0.7-1.el9.x86_64\n"
            ),
            1
        );
    }

    #[test]
    fn sources_without_signatures_are_named() {
        assert_eq!(
            unsigned_repos("/r", "[main]\ngpgcheck=1\n[a]\ngpgcheck=0\n[b]\ngpgcheck=0\nenabled=0\n"),
            ["/r [a]"]
        );
        assert_eq!(unsigned_apt("/s", "deb [trusted=yes] http://x y\ndeb http://x y\n"), ["/s:1"]);
        assert_eq!(unattended("APT::Periodic::Unattended-Upgrade \"1\";\n"), Some(true));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*|(installed|\\t|a|security\\t|\\[|\\n|gpgcheck=0|deb )*") {
            let _ = (dpkg(&text), rpm(&text), apt_pending(&text), updateinfo(&text), unattended(&text));
            let _ = (unsigned_repos("p", &text), unsigned_apt("p", &text));
        }
    }
}
