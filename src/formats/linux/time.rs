//! Clock: timedatectl, chrony, ntpd, timesyncd.

use super::conf;

/// What `timedatectl show` says; fields are `None` where it does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timedatectl {
    pub synchronised: Option<bool>,
    pub ntp: Option<bool>,
    pub timezone: Option<String>,
}

/// Reads `timedatectl show`.
pub fn timedatectl(text: &str) -> Timedatectl {
    let map = conf::equals(text);
    let yes = |name: &str| map.get(name).map(|value| value == "yes");
    Timedatectl { synchronised: yes("NTPSynchronized"), ntp: yes("NTP"), timezone: map.get("Timezone").cloned() }
}

/// Whether `chronyc -n tracking` says that the clock follows a source; `None` where the text is no such report.
pub fn chrony_tracking(text: &str) -> Option<bool> {
    let leap = text.lines().find_map(|line| line.strip_prefix("Leap status"))?;
    Some(leap.trim_start_matches([' ', ':']).trim() != "Not synchronised")
}

/// Whether `ntpq -pn` shows a peer that is followed (`*` or `o`); `None` where the text is no such table.
pub fn ntpq(text: &str) -> Option<bool> {
    text.contains("refid").then(|| text.lines().any(|line| line.starts_with(['*', 'o']) && line.contains('.')))
}

/// Servers, pools and peers of chrony.conf, its source files, or ntp.conf.
pub fn servers(text: &str) -> Vec<String> {
    conf::lines(text)
        .filter(|(_, line)| !line.starts_with(['!', '%']))
        .filter_map(|(_, line)| {
            let mut words = line.split_whitespace();
            let word = words.next()?.to_ascii_lowercase();
            let host = words.find(|word| !word.starts_with('-'))?;
            let local = host.starts_with("127.127.");
            (matches!(word.as_str(), "server" | "pool" | "peer" | "refclock") && !local).then(|| host.to_owned())
        })
        .collect()
}

/// Servers of timesyncd.conf: `NTP=`, or else `FallbackNTP=`.
pub fn timesyncd(text: &str) -> Vec<String> {
    let map = conf::section(text, "Time");
    let servers = map.get("NTP").filter(|list| !list.is_empty()).or_else(|| map.get("FallbackNTP"));
    servers.map(|list| list.split_whitespace().map(str::to_owned).collect()).unwrap_or_default()
}

/// The zone that a link such as `/usr/share/zoneinfo/Asia/Shanghai` names.
pub fn zone_of_link(target: &str) -> Option<&str> {
    target.split_once("zoneinfo/").map(|(_, zone)| zone.trim()).filter(|zone| !zone.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_clock_without_a_source_is_not_synchronised() {
        assert_eq!(timedatectl("Timezone=Asia/Shanghai\nNTP=yes\nNTPSynchronized=no\n").synchronised, Some(false));
        assert_eq!(chrony_tracking("Reference ID    : 7F7F0101 ()\nLeap status     : Not synchronised\n"), Some(false));
        assert_eq!(chrony_tracking("Reference ID    : CB107EAB\nLeap status     : Normal\n"), Some(true));
        assert_eq!(chrony_tracking("506 Cannot talk to daemon\n"), None);
        assert_eq!(ntpq("     remote           refid\n=====\n*10.0.0.1   .GPS.\n"), Some(true));
    }

    #[test]
    fn the_local_clock_is_no_source() {
        assert_eq!(
            servers("server 127.127.1.0\n# server x\npool ntp.example iburst\nserver -4 10.0.0.1\n"),
            ["ntp.example", "10.0.0.1"]
        );
        assert_eq!(timesyncd("[Time]\nNTP=\nFallbackNTP=0.debian.pool.ntp.org 1.debian.pool.ntp.org\n").len(), 2);
        assert_eq!(zone_of_link("../usr/share/zoneinfo/Asia/Shanghai"), Some("Asia/Shanghai"));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*|(server|pool|NTP|=|\\[Time\\]| |\\n)*") {
            let _ = (timedatectl(&text), chrony_tracking(&text), ntpq(&text), servers(&text), timesyncd(&text));
        }
    }
}
