//! shadow and gshadow without their hashes: what is left after the redactor, and the redactor itself.

/// The state of a password field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Password {
    /// Empty: no password is asked for.
    None,
    /// Cannot match; the algorithm where a hash stands behind the lock.
    Locked(Option<String>),
    Set(String),
}

/// One line of shadow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shadow {
    pub name: String,
    pub password: Password,
    /// Days since the epoch; `None` where the field is empty.
    pub last_change: Option<i64>,
    pub min: Option<i64>,
    pub max: Option<i64>,
    pub warn: Option<i64>,
    pub inactive: Option<i64>,
    /// Days since the epoch.
    pub expires: Option<i64>,
}

/// Replaces every hash by its algorithm: `{set=sha512}`, `{locked}`, `{locked=md5}`, `{none}`. Gives the number of
/// hashes that were masked. Works for shadow and for gshadow; a line without a colon is dropped whole.
pub fn redact(bytes: &[u8]) -> (Vec<u8>, u32) {
    let mut out = String::new();
    let mut masked = 0;
    for line in String::from_utf8_lossy(bytes).lines() {
        let Some((name, rest)) = line.split_once(':') else {
            masked += u32::from(!line.trim().is_empty());
            continue;
        };
        let (field, rest) = rest.split_once(':').map_or((rest, None), |(field, rest)| (field, Some(rest)));
        let (token, had_hash) = token(field);
        masked += u32::from(had_hash);
        out.push_str(&format!("{name}:{token}"));
        if let Some(rest) = rest {
            out.push(':');
            out.push_str(&ages(rest));
        }
        out.push('\n');
    }
    (out.into_bytes(), masked)
}

/// Behind the password only numbers, and names of members in gshadow, are let through.
fn ages(rest: &str) -> String {
    let harmless = |field: &str| {
        field.len() <= 512
            && !field.starts_with('$')
            && field.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ','))
    };
    rest.split(':').map(|field| if harmless(field) { field } else { "" }).collect::<Vec<_>>().join(":")
}

fn token(field: &str) -> (String, bool) {
    if field.starts_with('{') && field.ends_with('}') && field.len() < 32 {
        return (field.to_owned(), false);
    }
    match classify(field) {
        Password::None => ("{none}".to_owned(), false),
        Password::Locked(None) => ("{locked}".to_owned(), !matches!(field, "*" | "!" | "!!" | "!*" | "x")),
        Password::Locked(Some(algorithm)) => (format!("{{locked={algorithm}}}"), true),
        Password::Set(algorithm) => (format!("{{set={algorithm}}}"), true),
    }
}

/// What a raw password field means.
pub fn classify(field: &str) -> Password {
    if field.is_empty() {
        return Password::None;
    }
    let inner = field.trim_start_matches('!').trim_start_matches('*');
    if inner.len() < field.len() {
        return Password::Locked(algorithm(inner).filter(|_| inner.starts_with('$')).map(str::to_owned));
    }
    match algorithm(field) {
        Some(algorithm) => Password::Set(algorithm.to_owned()),
        // Too short for any hash, or of a form that crypt(3) does not know: nothing can match it.
        None => Password::Locked(None),
    }
}

fn algorithm(hash: &str) -> Option<&'static str> {
    let Some(rest) = hash.strip_prefix('$') else {
        let des = hash.len() == 13 || (hash.len() == 20 && hash.starts_with('_'));
        return des.then_some("descrypt");
    };
    let id = rest.split('$').next().unwrap_or_default();
    Some(match id {
        "1" => "md5",
        "2" | "2a" | "2b" | "2x" | "2y" => "bcrypt",
        "3" => "nt",
        "5" => "sha256",
        "6" => "sha512",
        "7" => "scrypt",
        "y" => "yescrypt",
        "gy" => "gost-yescrypt",
        "sm3" | "sm3-yescrypt" | "sm3y" => "sm3",
        "md5" | "sha1" => "weak",
        _ => "other",
    })
}

/// Reads shadow as the redactor left it (raw lines are understood too). The second value counts lines that are none.
pub fn read(text: &str) -> (Vec<Shadow>, usize) {
    let mut malformed = 0;
    let lines = text.lines().filter(|line| !line.trim().is_empty()).filter_map(|line| {
        let parsed = one(line);
        malformed += usize::from(parsed.is_none());
        parsed
    });
    (lines.collect(), malformed)
}

fn one(line: &str) -> Option<Shadow> {
    let fields: Vec<_> = line.split(':').collect();
    if fields.len() < 2 || fields[0].is_empty() {
        return None;
    }
    let number = |at: usize| fields.get(at).and_then(|field| field.trim().parse().ok());
    Some(Shadow {
        name: fields[0].to_owned(),
        password: untoken(fields[1]),
        last_change: number(2),
        min: number(3),
        max: number(4),
        warn: number(5),
        inactive: number(6),
        expires: number(7),
    })
}

fn untoken(field: &str) -> Password {
    match field.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        Some("none") => Password::None,
        Some("locked") => Password::Locked(None),
        Some(inner) => match inner.split_once('=') {
            Some(("locked", algorithm)) => Password::Locked(Some(algorithm.to_owned())),
            Some((_, algorithm)) => Password::Set(algorithm.to_owned()),
            None => Password::Set("other".to_owned()),
        },
        None => classify(field),
    }
}

/// The date of a day number of shadow, as ISO 8601; `""` for `None`, `Err` for a day outside the calendar.
pub fn date(day: Option<i64>) -> Result<String, i64> {
    let Some(day) = day else { return Ok(String::new()) };
    let span = jiff::Span::new().try_days(day).map_err(|_| day)?;
    jiff::civil::date(1970, 1, 1).checked_add(span).map(|date| date.to_string()).map_err(|_| day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RAW: &str = "root:$6$salt$PLANTEDHASH:19000:0:99999:7:::\n\
        daemon:*:18000:0:99999:7:::\n\
        old:$1$x$PLANTEDMD5:17000::::5:20000:\n\
        off:!$y$j9T$PLANTED$PLANTED:19000:0:90:7:::\n\
        open::19000:0:99999:7:::\n\
        never:!!:19000:0:99999:7:::\n";

    #[test]
    fn no_hash_survives_the_redactor_and_the_rest_is_kept() {
        let (masked, count) = redact(RAW.as_bytes());
        let masked = String::from_utf8(masked).unwrap();
        assert!(!masked.contains("PLANTED") && !masked.contains("salt"), "{masked}");
        assert_eq!(count, 3);
        assert_eq!(read(&masked), read(RAW));
    }

    #[test]
    fn states_and_algorithms_are_told_apart() {
        let (lines, malformed) = read(RAW);
        assert_eq!(malformed, 0);
        let states: Vec<_> = lines.iter().map(|line| &line.password).collect();
        assert_eq!(
            states,
            [
                &Password::Set("sha512".into()),
                &Password::Locked(None),
                &Password::Set("md5".into()),
                &Password::Locked(Some("yescrypt".into())),
                &Password::None,
                &Password::Locked(None),
            ]
        );
        assert_eq!((lines[2].inactive, lines[2].expires), (Some(5), Some(20000)));
    }

    #[test]
    fn the_algorithms_of_the_big_distributions_are_known() {
        for (hash, name) in
            [("$5$a$b", "sha256"), ("$2b$10$abc", "bcrypt"), ("$sm3$a$b", "sm3"), ("$y$j9T$a$b", "yescrypt")]
        {
            assert_eq!(classify(hash), Password::Set(name.into()));
        }
        assert_eq!(classify("abcdefghijklm"), Password::Set("descrypt".into()));
        assert_eq!(classify("x"), Password::Locked(None));
    }

    #[test]
    fn a_hash_in_the_wrong_field_does_not_survive_either() {
        let (masked, _) = redact(b"alice:x:$6$salt$PLANTED:0\nPLANTEDLINE\n");
        assert!(!String::from_utf8(masked).unwrap().contains("PLANTED"));
    }

    #[test]
    fn days_become_dates_and_absurd_days_are_refused() {
        assert_eq!(date(Some(0)), Ok("1970-01-01".into()));
        assert_eq!(date(Some(20_000)), Ok("2024-10-04".into()));
        assert_eq!(date(None), Ok(String::new()));
        assert_eq!(date(Some(i64::MAX)), Err(i64::MAX));
    }

    proptest! {
        #[test]
        fn any_bytes_are_masked_and_read(bytes in proptest::collection::vec(any::<u8>(), 0..256)) {
            let (masked, _) = redact(&bytes);
            let _ = read(&String::from_utf8_lossy(&masked));
        }

        #[test]
        fn whatever_the_hash_is_it_is_gone(hash in "\\$[a-z0-9]{1,3}\\$[A-Za-z0-9./]{8,40}") {
            let (masked, count) = redact(format!("u:{hash}:1:2:3:4:::\n").as_bytes());
            prop_assert!(!String::from_utf8_lossy(&masked).contains(hash.as_str()));
            prop_assert_eq!(count, 1);
        }
    }
}
