//! Rules for new passwords, as the effective modules of the password stack make them.

use std::collections::BTreeMap;

use super::{
    base,
    items::{self, Items},
    pam::{Stacks, arguments, int, named},
};
use crate::{
    facts::host::{PasswordPolicy, UNLIMITED},
    formats::linux::{conf, pam::Step, pam_walk::can_refuse},
    model::Fact,
};

const QUALITY: &[&str] = &["pam_pwquality.so", "pam_cracklib.so", "pam_passwdqc.so"];

/// Rules of the effective quality module.
#[derive(Clone, Default)]
struct Quality {
    module: &'static str,
    min_length: i64,
    classes: i64,
    enforce_for_root: bool,
    enforcing: bool,
    difok: i64,
    maxrepeat: i64,
    dictcheck: bool,
    usercheck: bool,
    retry: i64,
}

pub(super) fn password_policy(items: &Items<'_>, stacks: &Stacks) -> PasswordPolicy {
    let stack = stacks.stack("passwd", "password");
    let quality = stack.as_ref().and_then(|stack| quality(stack, stacks));
    let of = |pick: fn(&Quality) -> i64| quality.as_ref().map(pick);
    let is = |pick: fn(&Quality) -> bool| quality.as_ref().map(pick);
    let defs = base::login_defs(items);
    let def = |key: &'static str, otherwise: i64| defs.as_ref().map(|defs| int(defs, key, otherwise));
    let useradd = items.files("accounts.login_defs");
    PasswordPolicy {
        quality_module: quality.as_ref().map(|quality| quality.module.to_owned()),
        min_length: of(|quality| quality.min_length),
        classes: of(|quality| quality.classes),
        history: stack.as_ref().and_then(|stack| history(stack, stacks)),
        enforce_for_root: is(|quality| quality.enforce_for_root),
        enforcing: is(|quality| quality.enforcing),
        difok: of(|quality| quality.difok),
        maxrepeat: of(|quality| quality.maxrepeat),
        dictcheck: is(|quality| quality.dictcheck),
        usercheck: is(|quality| quality.usercheck),
        retry: of(|quality| quality.retry),
        hash: stack.as_ref().and_then(|stack| hash(stack, &defs)),
        max_days: def("PASS_MAX_DAYS", UNLIMITED).map(|days| if days < 0 { UNLIMITED } else { days }),
        min_days: def("PASS_MIN_DAYS", 0),
        warn_days: def("PASS_WARN_AGE", 0),
        inactive_days: useradd
            .get("/etc/default/useradd")
            .map(|file| file.map_or(-1, |file| int(&conf::equals(&file.text), "INACTIVE", -1))),
        uid_min: def("UID_MIN", 1000),
    }
}

fn quality(stack: &[Step], stacks: &Stacks) -> Fact<Quality> {
    let Some(module) = QUALITY.iter().find(|module| can_refuse(stack, "authtok_err", named(&[module]))) else {
        return Fact::Known(Quality { module: "none", min_length: unix_length(stack), ..Quality::default() });
    };
    let args = stack.iter().find(|step| step.module == **module).map(arguments).unwrap_or_default();
    match *module {
        "pam_pwquality.so" => stacks.pwquality().map(|mut set| {
            set.extend(args);
            pwquality(&set)
        }),
        "pam_cracklib.so" => Fact::Known(cracklib(&args)),
        _ => Fact::Known(passwdqc(&args)),
    }
}

/// Length that pam_unix itself asks for where no quality module does: `minlen`, or 6 with Debian's `obscure`.
fn unix_length(stack: &[Step]) -> i64 {
    if !can_refuse(stack, "authtok_err", named(&["pam_unix.so"])) {
        return 0;
    }
    let args = stack.iter().find(|step| step.module == "pam_unix.so").map(arguments).unwrap_or_default();
    int(&args, "minlen", if args.contains_key("obscure") { 6 } else { 0 })
}

const CREDITS: &[&str] = &["dcredit", "ucredit", "lcredit", "ocredit"];

fn pwquality(set: &BTreeMap<String, String>) -> Quality {
    // `enforcing = 0` only warns, so nothing is asked for then.
    let enforcing = int(set, "enforcing", 1) != 0;
    let credit = |key: &&&str| int(set, key, 0);
    let positive: i64 = CREDITS.iter().map(|key| credit(&key)).filter(|credit| *credit > 0).sum();
    let negative = CREDITS.iter().filter(|key| credit(key) < 0).count();
    let classes = int(set, "minclass", 0).max(items::number(negative));
    let min_length = int(set, "minlen", 8).saturating_sub(positive).max(6);
    Quality {
        module: "pwquality",
        min_length: if enforcing { min_length } else { 0 },
        classes: if enforcing { classes.clamp(0, 4) } else { 0 },
        enforce_for_root: set.get("enforce_for_root").is_some_and(|value| value != "0"),
        enforcing,
        difok: int(set, "difok", 1),
        maxrepeat: int(set, "maxrepeat", 0),
        dictcheck: int(set, "dictcheck", 1) != 0,
        usercheck: int(set, "usercheck", 1) != 0,
        retry: int(set, "retry", 1),
    }
}

/// pam_cracklib gives one credit for each kind of character unless told otherwise.
fn cracklib(args: &BTreeMap<String, String>) -> Quality {
    let credit = |key: &str| int(args, key, 1);
    let positive: i64 = CREDITS.iter().map(|key| credit(key)).filter(|credit| *credit > 0).sum();
    let negative = CREDITS.iter().filter(|key| credit(key) < 0).count();
    Quality {
        module: "cracklib",
        min_length: int(args, "minlen", 9).saturating_sub(positive).max(5),
        classes: int(args, "minclass", 0).max(items::number(negative)).clamp(0, 4),
        enforce_for_root: args.contains_key("enforce_for_root"),
        enforcing: true,
        difok: int(args, "difok", 5),
        maxrepeat: int(args, "maxrepeat", 0),
        dictcheck: true,
        usercheck: args.contains_key("reject_username"),
        retry: int(args, "retry", 1),
    }
}

/// pam_passwdqc: `min=N0,N1,N2,N3,N4`; the first kind that is not disabled is the fewest kinds that do.
fn passwdqc(args: &BTreeMap<String, String>) -> Quality {
    let min = args.get("min").map_or("disabled,24,11,8,7", String::as_str);
    let lengths: Vec<Option<i64>> = min.split(',').map(|length| length.parse().ok()).collect();
    let kinds = [(0, 1), (1, 2), (3, 3), (4, 4)];
    let fewest =
        kinds.iter().find(|(at, _)| lengths.get(*at).is_some_and(Option::is_some)).map_or(0, |(_, kinds)| *kinds);
    Quality {
        module: "passwdqc",
        min_length: lengths.iter().flatten().min().copied().unwrap_or(0),
        classes: fewest,
        enforce_for_root: args.get("enforce").is_none_or(|value| value == "everyone"),
        enforcing: args.get("enforce").is_none_or(|value| value != "none"),
        difok: 0,
        maxrepeat: 0,
        dictcheck: true,
        usercheck: true,
        retry: int(args, "retry", 3),
    }
}

fn history(stack: &[Step], stacks: &Stacks) -> Fact<i64> {
    let mut remembered = 0;
    if can_refuse(stack, "authtok_err", named(&["pam_pwhistory.so"])) {
        match stacks.file("/etc/security/pwhistory.conf") {
            Fact::Known(mut set) => {
                set.extend(
                    stack.iter().find(|step| step.module == "pam_pwhistory.so").map(arguments).unwrap_or_default(),
                );
                remembered = int(&set, "remember", 10);
            }
            Fact::Unread(why) => return Fact::Unread(why),
        }
    }
    if can_refuse(stack, "authtok_err", named(&["pam_unix.so"])) {
        let own =
            stack.iter().filter(|step| step.module == "pam_unix.so").map(|step| int(&arguments(step), "remember", 0));
        remembered = remembered.max(own.max().unwrap_or(0));
    }
    Fact::Known(remembered)
}

const HASHES: &[(&str, &str)] = &[
    ("sm3", "sm3"),
    ("gost_yescrypt", "gost-yescrypt"),
    ("yescrypt", "yescrypt"),
    ("blowfish", "bcrypt"),
    ("sha512", "sha512"),
    ("sha256", "sha256"),
    ("md5", "md5"),
    ("bigcrypt", "descrypt"),
];

fn hash(stack: &[Step], defs: &Fact<BTreeMap<String, String>>) -> Fact<String> {
    let args = stack.iter().find(|step| step.module == "pam_unix.so").map(|step| step.args.clone()).unwrap_or_default();
    if let Some((_, name)) = HASHES.iter().find(|(arg, _)| args.iter().any(|given| given == arg)) {
        return Fact::Known((*name).to_owned());
    }
    defs.as_ref().map(|defs| match defs.get("ENCRYPT_METHOD").map(|method| method.to_ascii_lowercase()).as_deref() {
        None | Some("des") => "descrypt".to_owned(),
        Some(method) => method.to_owned(),
    })
}
