//! Boot chain: GRUB passwords, Secure Boot, kernel modules, rescue shells, IMA.

/// Whether GRUB asks for a password before its entries can be edited: a superuser is named and has a password.
/// `texts` are grub.cfg and what it may load (user.cfg).
pub fn grub_password<'a>(texts: impl Iterator<Item = &'a str>) -> bool {
    let (mut superuser, mut password, mut user_cfg) = (false, false, false);
    for text in texts {
        for (_, line) in super::conf::lines(text) {
            superuser |= line.contains("set superusers=") && !line.contains("superusers=\"\"");
            password |= line.starts_with("password_pbkdf2 ") || line.starts_with("password ");
            // The RHEL family keeps the hash apart; its grub.cfg names the superuser.
            user_cfg |= line.starts_with("GRUB2_PASSWORD=") && line.len() > "GRUB2_PASSWORD=".len();
        }
    }
    user_cfg || superuser && password
}

/// `mokutil --sb-state`: `Some(true)` for enabled; `None` where it says neither.
pub fn secure_boot(text: &str) -> Option<bool> {
    let text = text.to_ascii_lowercase();
    if text.contains("secureboot enabled") {
        Some(true)
    } else if text.contains("secureboot disabled")
        || text.contains("doesn't support secure boot")
        || text.contains("not supported on this system")
    {
        Some(false)
    } else {
        None
    }
}

/// Names of loaded modules from `/proc/modules`.
pub fn modules(text: &str) -> Vec<String> {
    let mut names: Vec<_> = text.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect();
    names.sort();
    names
}

/// Modules that modprobe cannot load (`install NAME /bin/false` or `true`) and those that are only blacklisted.
pub fn modprobe(text: &str) -> (Vec<String>, Vec<String>) {
    let (mut disabled, mut blacklisted) = (Vec::new(), Vec::new());
    for (_, line) in super::conf::lines(text) {
        let words: Vec<_> = line.split_whitespace().collect();
        match words[..] {
            ["install", name, command, ..]
                if matches!(command.rsplit('/').next(), Some("false" | "true" | "nologin")) =>
            {
                disabled.push(name.replace('-', "_"));
            }
            ["blacklist", name, ..] => blacklisted.push(name.replace('-', "_")),
            _ => {}
        }
    }
    (disabled, blacklisted)
}

/// Whether a rescue unit asks for root's password (sulogin) before it gives a shell.
pub fn asks_password(unit: &str) -> bool {
    super::conf::lines(unit).any(|(_, line)| {
        line.starts_with("ExecStart=") && (line.contains("sulogin") || line.contains("systemd-sulogin-shell"))
    })
}

/// The word in brackets of a list such as `none [integrity] confidentiality`.
pub fn chosen(text: &str) -> Option<&str> {
    text.split_once('[')?.1.split_once(']').map(|(word, _)| word)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_password_needs_a_superuser_too() {
        assert!(grub_password(["set superusers=\"root\"\npassword_pbkdf2 root {masked}\n"].into_iter()));
        assert!(!grub_password(["password_pbkdf2 root {masked}\n"].into_iter()));
        assert!(grub_password(["GRUB2_PASSWORD={masked}\n"].into_iter()));
        assert!(!grub_password(["# set superusers=\"root\"\n"].into_iter()));
    }

    #[test]
    fn what_cannot_be_loaded_is_more_than_what_is_blacklisted() {
        let (disabled, blacklisted) =
            modprobe("install usb-storage /bin/true\nblacklist usb_storage\ninstall x /sbin/modprobe y\n");
        assert_eq!((disabled, blacklisted), (vec!["usb_storage".to_owned()], vec!["usb_storage".to_owned()]));
    }

    #[test]
    fn other_signs_are_read() {
        assert_eq!(secure_boot("SecureBoot enabled\n"), Some(true));
        assert_eq!(secure_boot("EFI variables are not supported on this system\n"), Some(false));
        assert_eq!(secure_boot("failed"), None);
        assert!(asks_password("[Service]\nExecStart=-/lib/systemd/systemd-sulogin-shell rescue\n"));
        assert_eq!(chosen("none [integrity] confidentiality\n"), Some("integrity"));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*|(install|blacklist| |a|/bin/true|\\[|\\]|\\n)*") {
            let _ = (secure_boot(&text), modules(&text), modprobe(&text), chosen(&text), asks_password(&text));
            let _ = grub_password([text.as_str()].into_iter());
        }
    }
}
