//! Mandatory access control: SELinux, AppArmor, Kylin's kysec.

use std::collections::BTreeMap;

/// What `sestatus` says of SELinux now: `enforcing`, `permissive` or `disabled`.
pub fn sestatus(text: &str) -> Option<&'static str> {
    let map: BTreeMap<_, _> =
        text.lines().filter_map(|line| line.split_once(':')).map(|(key, value)| (key.trim(), value.trim())).collect();
    match (map.get("SELinux status").copied()?, map.get("Current mode").copied()) {
        ("disabled", _) => Some("disabled"),
        (_, Some("enforcing")) => Some("enforcing"),
        (_, Some("permissive")) => Some("permissive"),
        _ => None,
    }
}

/// `/sys/fs/selinux/enforce`.
pub fn enforce(text: &str) -> Option<&'static str> {
    match text.trim() {
        "1" => Some("enforcing"),
        "0" => Some("permissive"),
        _ => None,
    }
}

/// Mode and policy of `/etc/selinux/config`.
pub fn selinux_config(text: &str) -> (String, String) {
    let map = super::conf::equals(text);
    let get = |key: &str| map.get(key).map(|value| value.to_ascii_lowercase()).unwrap_or_default();
    (get("SELINUX"), get("SELINUXTYPE"))
}

/// Profiles that AppArmor enforces and that only complain, from `/sys/kernel/security/apparmor/profiles`.
pub fn apparmor_profiles(text: &str) -> (i64, i64) {
    let count = |mode: &str| text.lines().filter(|line| line.trim_end().ends_with(mode)).count();
    (to_i64(count("(enforce)") + count("(kill)")), to_i64(count("(complain)")))
}

fn to_i64(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Kylin's `getstatus`: `enabled`, `softmode` or `disabled`.
pub fn kysec(text: &str) -> Option<&'static str> {
    let line = text.lines().find(|line| line.to_ascii_lowercase().contains("kysec status"))?.to_ascii_lowercase();
    let value = line.split_once(':')?.1.trim().to_owned();
    Some(match value.as_str() {
        "enabled" | "enable" | "normal" => "enabled",
        "softmode" | "soft mode" => "softmode",
        "disabled" | "disable" => "disabled",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn modes_are_told_apart() {
        assert_eq!(
            sestatus("SELinux status:                 enabled\nCurrent mode:                   permissive\n"),
            Some("permissive")
        );
        assert_eq!(sestatus("SELinux status:                 disabled\n"), Some("disabled"));
        assert_eq!(
            selinux_config("# x\nSELINUX=Enforcing\nSELINUXTYPE=targeted\n"),
            ("enforcing".into(), "targeted".into())
        );
        assert_eq!(apparmor_profiles("a (enforce)\nb (complain)\nc//d (enforce)\n"), (2, 1));
        assert_eq!(kysec("KySec status: enabled\n\nexec control: off\n"), Some("enabled"));
        assert_eq!(kysec("KySec status: Softmode\n"), Some("softmode"));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*|(SELinux status:|enabled|\\n|KySec status:)*") {
            let _ = (sestatus(&text), enforce(&text), selinux_config(&text), apparmor_profiles(&text), kysec(&text));
        }
    }
}
