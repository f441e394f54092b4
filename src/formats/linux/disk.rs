//! Mounts, swap, block devices and crypttab.

use serde_json::Value;

/// One mounted file system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    pub source: String,
    pub target: String,
    pub fstype: String,
    pub options: Vec<String>,
}

/// Reads `/proc/self/mounts`.
pub fn mounts(text: &str) -> Vec<Mount> {
    let lines = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let mut next = || words.next().map(unescape);
        Some(Mount {
            source: next()?,
            target: next()?,
            fstype: next()?,
            options: next()?.split(',').map(str::to_owned).collect(),
        })
    });
    lines.collect()
}

/// Blanks in a path are written `\040`.
fn unescape(word: &str) -> String {
    word.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\")
}

/// Reads `/proc/swaps`: name, kind, bytes.
pub fn swaps(text: &str) -> Vec<(String, String, i64)> {
    let lines = text.lines().skip(1).filter_map(|line| {
        let mut words = line.split_whitespace();
        let (name, kind) = (words.next()?, words.next()?);
        let kib: i64 = words.next()?.parse().ok()?;
        Some((unescape(name), kind.to_owned(), kib.checked_mul(1024)?))
    });
    lines.collect()
}

/// Mount points that lie on a device of type crypt, from `lsblk -J -o NAME,TYPE,FSTYPE,MOUNTPOINT`. `None` where the
/// text is no such listing; the second value is whether any such device is there.
pub fn encrypted(text: &str) -> Option<(Vec<String>, bool)> {
    let root: Value = serde_json::from_str(text).ok()?;
    let mut mounts = Vec::new();
    let mut any = false;
    for device in root.get("blockdevices")?.as_array()? {
        walk(device, false, 0, &mut mounts, &mut any);
    }
    mounts.sort();
    mounts.dedup();
    Some((mounts, any))
}

fn walk(device: &Value, inside: bool, depth: usize, mounts: &mut Vec<String>, any: &mut bool) {
    let crypt = device.get("type").and_then(Value::as_str) == Some("crypt");
    *any |= crypt;
    let inside = inside || crypt;
    if let Some(point) = device.get("mountpoint").and_then(Value::as_str).filter(|_| inside) {
        mounts.push(point.to_owned());
    }
    for child in device.get("children").and_then(Value::as_array).into_iter().flatten().filter(|_| depth < 32) {
        walk(child, inside, depth + 1, mounts, any);
    }
}

/// Names in crypttab.
pub fn crypttab(text: &str) -> Vec<String> {
    super::conf::lines(text).filter_map(|(_, line)| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn mounts_keep_their_options_and_blanks() {
        let mounts = mounts("tmpfs /tmp tmpfs rw,nosuid,nodev 0 0\n/dev/sda1 /mnt/a\\040b ext4 rw 0 0\nbroken\n");
        assert_eq!(mounts[0].options, ["rw", "nosuid", "nodev"]);
        assert_eq!(mounts[1].target, "/mnt/a b");
        assert_eq!(mounts.len(), 2);
    }

    #[test]
    fn what_lies_on_a_crypt_device_is_encrypted() {
        let text = r#"{"blockdevices": [{"name":"sda","type":"disk","mountpoint":null,"children":[{"name":"sda1","type":"part","mountpoint":"/boot"},
            {"name":"luks","type":"crypt","mountpoint":null,"children":[{"name":"root","type":"lvm","mountpoint":"/"}]}]}]}"#;
        assert_eq!(encrypted(text), Some((vec!["/".to_owned()], true)));
        assert_eq!(encrypted("lsblk: failed"), None);
    }

    #[test]
    fn swap_is_counted_in_bytes() {
        let text = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/dev/dm-1                               partition\t2097148\t\t0\t\t-2\n";
        assert_eq!(swaps(text), [("/dev/dm-1".to_owned(), "partition".to_owned(), 2_147_479_552)]);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*|[ a-z0-9\\n\\\\]*") {
            let _ = (mounts(&text), swaps(&text), encrypted(&text), crypttab(&text));
        }
    }
}
