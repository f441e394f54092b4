//! Masking of secrets in configuration text, applied on the host before anything is written down.

use std::sync::LazyLock;

use regex::{Captures, Regex};

/// What stands in the place of a secret.
pub const MASK: &str = "{masked}";

/// Patterns with the secret in the group `s`. Each is linear: the `regex` crate has no backtracking.
static PATTERNS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    const SECRET_NAME: &str = r"[A-Za-z0-9_.\-]*(?:passwd|password|passphrase|passwort|pwd|secret|token|apikey|api_key|api-key|access_key|accesskey|private_key|credential|default_authtok|community|psk|wskey)[A-Za-z0-9_.\-]*";
    [
        // A PEM block.
        r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?s:(?P<s>.*?))-----END".to_owned(),
        // user:password@ in an address.
        r"(?i)\b[a-z][a-z0-9+.\-]{1,20}://[^\s/:@]*:(?P<s>[^\s/@]+)@".to_owned(),
        // "name": "value" and name="value", quoted values with blanks.
        format!(r#"(?i){SECRET_NAME}["']?\s*[:=]\s*(?:"(?P<s>[^"\n]+)"|'(?P<t>[^'\n]+)')"#),
        // name = value, name: value.
        format!(r#"(?i){SECRET_NAME}["']?[ \t]*[:=][ \t]*(?P<s>[^\s"'{{#;,&][^\s"',;&]*)"#),
        // --password value, --token value.
        r"(?i)[ \t]--?(?:[a-z\-]*(?:password|passwd|passphrase|secret|token|api-?key|pwd)[a-z\-]*)[ \t]+(?P<s>[^\s{\-][^\s]*)".to_owned(),
        // mysql -pSECRET, sshpass -p SECRET, curl -u user:SECRET.
        r"\b(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump|xtrabackup|mariabackup)\b[^\n|;]*?\s-p(?P<s>[^\s{]\S*)".to_owned(),
        r"\bsshpass\s+-p\s*(?P<s>[^\s{]\S*)".to_owned(),
        r"\s(?:-u|--user)[ \t=]+[^\s:]+:(?P<s>[^\s{]\S*)".to_owned(),
        r"(?i)\bauthorization:\s*(?:basic|bearer|digest)\s+(?P<s>[^\s{]\S*)".to_owned(),
        // crypt(3) hashes wherever they stand.
        r"(?P<s>\$(?:1|2[abxy]?|5|6|7|y|gy|sm3)\$[A-Za-z0-9./$=,+\-]{8,})".to_owned(),
        r"(?P<s>grub\.pbkdf2\.sha512\.[A-Za-z0-9.]+)".to_owned(),
    ]
    .iter()
    .filter_map(|pattern| Regex::new(pattern).ok())
    .collect()
});

/// Replaces secrets in text by [`MASK`] and counts them. What is not UTF-8 is replaced too.
pub fn secrets(bytes: &[u8]) -> (Vec<u8>, u32) {
    let mut text = String::from_utf8_lossy(bytes).into_owned();
    let mut count = 0;
    for pattern in PATTERNS.iter() {
        let replaced = pattern.replace_all(&text, |captures: &Captures<'_>| {
            let whole = &captures[0];
            let begin = captures.get(0).map_or(0, |all| all.start());
            let Some(secret) = captures.name("s").or_else(|| captures.name("t")) else { return whole.to_owned() };
            if secret.as_str().starts_with('{') || secret.as_str().is_empty() || harmless(secret.as_str()) {
                return whole.to_owned();
            }
            count += 1;
            let (from, to) = (secret.start() - begin, secret.end() - begin);
            format!("{}{MASK}{}", &whole[..from], &whole[to..])
        });
        if let std::borrow::Cow::Owned(masked) = replaced {
            text = masked;
        }
    }
    (text.into_bytes(), count)
}

/// The same for GRUB, whose `password USER SECRET` would be a harmless line anywhere else.
pub fn grub(bytes: &[u8]) -> (Vec<u8>, u32) {
    let mut out = String::new();
    let mut count = 0;
    for line in String::from_utf8_lossy(bytes).split_inclusive('\n') {
        let mut words = line.split_whitespace();
        match (words.next(), words.next(), words.next()) {
            (Some(word @ ("password" | "password_pbkdf2")), Some(user), Some(_)) => {
                out.push_str(&format!("{word} {user} {MASK}\n"));
                count += 1;
            }
            _ => out.push_str(line),
        }
    }
    let (masked, more) = secrets(out.as_bytes());
    (masked, count + more)
}

/// Values that decoders need and that are no secrets: switches, small numbers, paths, variables.
fn harmless(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "yes" | "no" | "true" | "false" | "on" | "off" | "none" | "nullok")
        || value.starts_with('/')
        || value.starts_with("$(")
        || value.starts_with("${")
}

/// Only the number of lines is kept: for listings whose lines may hold what people typed by mistake.
pub fn count_only(bytes: &[u8]) -> (Vec<u8>, u32) {
    let lines = String::from_utf8_lossy(bytes).lines().filter(|line| !line.trim().is_empty()).count();
    (format!("lines {lines}\n").into_bytes(), u32::try_from(lines).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn masked(text: &str) -> String {
        String::from_utf8(secrets(text.as_bytes()).0).unwrap()
    }

    #[test]
    fn every_pattern_compiles() {
        assert_eq!(PATTERNS.len(), 11);
    }

    #[test]
    fn planted_secrets_do_not_survive_in_any_of_the_usual_places() {
        for text in [
            "ldap_default_authtok = PLANTED",
            "password=PLANTED",
            "db_password: \"PLANTED with blanks\"",
            "{\"auth-token\": \"PLANTED\", \"x\": 1}",
            "proxy=http://user:PLANTED@10.0.0.1:3128",
            "deb https://bob:PLANTED@repo.example/ stable main",
            "0 2 * * * root mysqldump -u root -pPLANTED all > /b",
            "0 2 * * * root sshpass -p PLANTED scp a b",
            "curl -u admin:PLANTED http://x",
            "tool --password PLANTED --x",
            "export MYSQL_PWD=PLANTED",
            "Authorization: Bearer PLANTED",
            "GRUB2_PASSWORD=grub.pbkdf2.sha512.10000.PLANTED",
            "rootpw --iscrypted $6$salt$PLANTEDPLANTED",
            "-----BEGIN RSA PRIVATE KEY-----\nPLANTED\n-----END RSA PRIVATE KEY-----",
            "rocommunity=PLANTED",
        ] {
            let out = masked(text);
            assert!(!out.contains("PLANTED"), "{text} -> {out}");
        }
    }

    #[test]
    fn passwords_of_grub_are_masked_in_both_forms() {
        let (out, count) =
            grub(b"  password root PLANTED\npassword_pbkdf2 a grub.pbkdf2.sha512.10000.PLANTED\nset x=1\n");
        assert_eq!(count, 2);
        assert!(!String::from_utf8_lossy(&out).contains("PLANTED"));
    }

    #[test]
    fn what_decoders_need_is_left_alone() {
        for text in [
            "PasswordAuthentication no",
            "password requisite pam_pwquality.so retry=3 minlen=12",
            "account\t[success=1 new_authtok_reqd=done default=ignore]\tpam_unix.so use_authtok",
            "-password   optional\tpam_gnome_keyring.so use_authtok",
            "PASS_MAX_DAYS 90",
            "enforce_for_root",
            "set superusers=\"root\"",
            "password=yes",
            "*.* action(type=\"omfwd\" target=\"10.0.0.1\" port=\"514\" protocol=\"tcp\")",
        ] {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn masking_twice_changes_nothing() {
        let once = masked("password=PLANTED token: abc --secret x");
        assert_eq!(masked(&once), once);
    }

    proptest! {
        #[test]
        fn any_bytes_are_masked(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = (secrets(&bytes), count_only(&bytes));
        }

        #[test]
        fn whatever_the_password_is_it_is_gone(secret in "[A-Za-z0-9!@%^*_+]{6,24}") {
            prop_assume!(!harmless(&secret));
            let out = masked(&format!("db.password={secret}\n"));
            prop_assert!(!out.contains(&secret), "{}", out);
        }
    }
}
