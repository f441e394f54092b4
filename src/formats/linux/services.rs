//! systemd units, System V links and xinetd services.

use std::collections::BTreeMap;

/// Reads `systemctl list-unit-files --no-legend`: unit to state (`enabled`, `static`, `masked`, ...).
pub fn unit_files(text: &str) -> BTreeMap<String, String> {
    let lines = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let unit = words.next().filter(|unit| unit.contains('.'))?;
        Some((unit.to_owned(), words.next()?.to_owned()))
    });
    lines.collect()
}

/// One line of `systemctl list-units --all --plain --no-legend`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    pub load: String,
    pub active: String,
    pub sub: String,
}

/// Reads `systemctl list-units`: unit to its state.
pub fn units(text: &str) -> BTreeMap<String, Unit> {
    let lines = text.lines().filter_map(|line| {
        let mut words = line.trim_start_matches(['●', '*', '×', '○', ' ']).split_whitespace();
        let unit = words.next().filter(|unit| unit.contains('.'))?;
        let mut next = || words.next().map(str::to_owned);
        Some((unit.to_owned(), Unit { load: next()?, active: next()?, sub: next()? }))
    });
    lines.collect()
}

/// Names of services that System V runlevel folders start: `rc3.d/S20ssh` gives `ssh`.
pub fn sysv(paths: &[String]) -> Vec<String> {
    let mut names: Vec<_> = paths
        .iter()
        .filter_map(|path| {
            let (folder, name) = path.rsplit_once('/')?;
            let rest = name.strip_prefix('S').filter(|_| folder.contains("/rc"))?;
            let service = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            (service.len() < rest.len() && !service.is_empty()).then(|| service.to_owned())
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Services of one xinetd file with whether they are on: `disable = no`, or no word of it.
pub fn xinetd(text: &str) -> Vec<(String, bool)> {
    let mut services: Vec<(String, bool)> = Vec::new();
    for (_, line) in super::conf::lines(text) {
        if let Some(name) = line.strip_prefix("service ") {
            services.push((name.trim().trim_end_matches('{').trim().to_owned(), true));
        } else if let (Some((_, on)), Some((key, value))) = (services.last_mut(), line.split_once('='))
            && key.trim() == "disable"
        {
            *on = !value.trim().eq_ignore_ascii_case("yes");
        }
    }
    services
}

/// Services of inetd.conf that are not commented out.
pub fn inetd(text: &str) -> Vec<String> {
    super::conf::lines(text).filter_map(|(_, line)| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn states_of_units_are_read_in_old_and_new_layouts() {
        let files = unit_files("sshd.service    enabled enabled\ntelnet.socket   disabled\n\n2 unit files listed.\n");
        assert_eq!(files["sshd.service"], "enabled");
        assert_eq!(files["telnet.socket"], "disabled");
        let units = units(
            "● kdump.service loaded failed failed Crash recovery\n  sshd.service loaded active running OpenSSH\n",
        );
        assert_eq!(units["kdump.service"].active, "failed");
        assert_eq!(units["sshd.service"].sub, "running");
    }

    #[test]
    fn links_and_xinetd_files_say_what_starts() {
        let paths = ["/etc/rc3.d/S20ssh", "/etc/rc3.d/K01x", "/etc/rc2.d/S20ssh", "/etc/init.d/ssh"].map(str::to_owned);
        assert_eq!(sysv(&paths), ["ssh"]);
        assert_eq!(
            xinetd("service telnet\n{\n disable = yes\n}\nservice tftp {\n}\n"),
            [("telnet".into(), false), ("tftp".into(), true)]
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*|(service|disable|=|a\\.service| |\\n|●)*") {
            let _ = (unit_files(&text), units(&text), xinetd(&text), inetd(&text), sysv(std::slice::from_ref(&text)));
        }
    }
}
