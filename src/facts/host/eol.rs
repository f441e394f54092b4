//! Last days of public support by release: what the makers published. A release that is not here is unknown.

/// The last day of public support (security fixes that everybody gets) of a release, where we know it.
///
/// `id` and `version` are `ID` and `VERSION_ID` of os-release, `name` its `PRETTY_NAME`.
pub fn last_day(id: &str, version: &str, name: &str) -> Option<&'static str> {
    let id = if id == "centos" && name.contains("Stream") { "centos-stream" } else { id };
    let major = version.split('.').next().unwrap_or(version);
    TABLE
        .iter()
        .find(|(of, release, _)| *of == id && (*release == version || *release == major))
        .map(|(_, _, day)| *day)
}

const TABLE: &[(&str, &str, &str)] = &[
    ("debian", "8", "2020-06-30"),
    ("debian", "9", "2022-06-30"),
    ("debian", "10", "2024-06-30"),
    ("debian", "11", "2026-08-31"),
    ("debian", "12", "2028-06-30"),
    ("debian", "13", "2030-06-30"),
    ("ubuntu", "14.04", "2019-04-25"),
    ("ubuntu", "16.04", "2021-04-30"),
    ("ubuntu", "18.04", "2023-05-31"),
    ("ubuntu", "20.04", "2025-05-31"),
    ("ubuntu", "22.04", "2027-06-01"),
    ("ubuntu", "24.04", "2029-05-31"),
    ("centos", "6", "2020-11-30"),
    ("centos", "7", "2024-06-30"),
    ("centos", "8", "2021-12-31"),
    ("centos-stream", "8", "2024-05-31"),
    ("centos-stream", "9", "2027-05-31"),
    ("rhel", "6", "2020-11-30"),
    ("rhel", "7", "2024-06-30"),
    ("rhel", "8", "2029-05-31"),
    ("rhel", "9", "2032-05-31"),
    ("rocky", "8", "2029-05-31"),
    ("rocky", "9", "2032-05-31"),
    ("almalinux", "8", "2029-03-01"),
    ("almalinux", "9", "2032-05-31"),
    ("ol", "7", "2024-12-31"),
    ("ol", "8", "2029-07-31"),
    ("ol", "9", "2032-06-30"),
    ("anolis", "7", "2024-06-30"),
    ("amzn", "2", "2026-06-30"),
    ("amzn", "2023", "2029-06-30"),
    ("sles", "12.5", "2024-10-31"),
    ("sles", "15.3", "2022-12-31"),
    ("sles", "15.4", "2023-12-31"),
    ("sles", "15.5", "2024-12-31"),
    ("sles", "15.6", "2025-12-31"),
];

#[cfg(test)]
mod tests {
    use super::last_day;

    #[test]
    fn a_release_is_found_by_its_version_or_its_major_number() {
        assert_eq!(last_day("ubuntu", "22.04", "Ubuntu 22.04.3 LTS"), Some("2027-06-01"));
        assert_eq!(last_day("rhel", "9.3", "Red Hat Enterprise Linux 9.3 (Plow)"), Some("2032-05-31"));
        assert_eq!(last_day("ubuntu", "23.10", "Ubuntu 23.10"), None);
    }

    #[test]
    fn centos_stream_is_not_centos_linux() {
        assert_eq!(last_day("centos", "8", "CentOS Linux 8"), Some("2021-12-31"));
        assert_eq!(last_day("centos", "8", "CentOS Stream 8"), Some("2024-05-31"));
    }
}
