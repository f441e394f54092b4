//! PAM: stacks of services, and lockout as it takes effect in them.

use std::collections::BTreeMap;

use super::{
    base,
    items::{Files, Items},
    ssh,
};
use crate::{
    facts::host::{ControlModule, Lockout, Pam, PasswordPolicy, ServiceLockout},
    formats::linux::{
        conf,
        pam::{PHASES, PamError, Services, Step},
        pam_walk::{can_refuse, is_open, reachable, reached, reached_after_failure},
    },
    model::{Fact, UnreadStatus},
};

/// Services through which people log in.
const LOGIN: &[&str] = &["login", "sshd"];
const SECOND_FACTORS: &[&str] = &[
    "pam_google_authenticator.so",
    "pam_oath.so",
    "pam_u2f.so",
    "pam_pkcs11.so",
    "pam_p11.so",
    "pam_yubico.so",
    "pam_duo.so",
    "pam_radius_auth.so",
    "pam_radius.so",
    "pam_otpw.so",
    "pam_ukey.so",
    "pam_biometric.so",
];

/// All stacks of the host, and the settings of modules that stand in files of their own.
pub(super) struct Stacks {
    services: Services,
    /// Why a file of a service could not be read: any stack that needs it is unread.
    trouble: Option<UnreadStatus>,
    problem: Option<Fact<()>>,
    settings: Files,
    /// sshd asks PAM (`UsePAM`); unread where its configuration is.
    sshd_uses_pam: Fact<bool>,
    sshd_installed: Fact<bool>,
}

impl Stacks {
    pub(super) fn read(items: &Items<'_>, sshd: &Fact<BTreeMap<String, String>>) -> Self {
        let files = items.files("pam.stacks");
        let mut services = Services::default();
        for file in files.raw().iter().filter(|file| file.status.unread().is_none()) {
            services.add(file.path.rsplit('/').next().unwrap_or_default(), &file.text);
        }
        let problem = match files.chosen(|_| false) {
            Fact::Known(_) => None,
            Fact::Unread(why) => Some(Fact::Unread(why)),
        };
        Self {
            services,
            trouble: files.trouble(),
            problem,
            settings: items.files("pam.settings"),
            sshd_uses_pam: ssh::uses_pam(items, sshd),
            sshd_installed: base::exists(items, "/usr/sbin/sshd"),
        }
    }

    pub(super) fn stack(&self, service: &str, phase: &str) -> Fact<Vec<Step>> {
        if let Some(problem) = &self.problem {
            return problem.clone().map(|()| Vec::new());
        }
        match self.services.stack(service, phase) {
            Ok(stack) => Fact::Known(stack),
            // Without PAM there is no rule of PAM; with unreadable files nothing can be said.
            Err(PamError::NoService { .. }) if self.trouble.is_none() => Fact::Known(Vec::new()),
            Err(error) => Fact::unread(self.trouble.unwrap_or(UnreadStatus::Error), format!("pam.stacks: {error}")),
        }
    }

    /// Login services that this host has.
    fn login_services(&self) -> Vec<&'static str> {
        let here = |service: &&str| {
            self.services.has(service) && (*service != "sshd" || self.sshd_installed != Fact::Known(false))
        };
        LOGIN.iter().copied().filter(here).collect()
    }

    pub(super) fn file(&self, path: &str) -> Fact<BTreeMap<String, String>> {
        self.settings.get(path).map(|file| file.map(|file| conf::equals(&file.text)).unwrap_or_default())
    }

    /// pwquality.conf.d in order, then pwquality.conf, which wins.
    pub(super) fn pwquality(&self) -> Fact<BTreeMap<String, String>> {
        self.settings.chosen(|path| path.contains("/pwquality.conf")).map(|files| {
            let (main, parts): (Vec<_>, Vec<_>) =
                files.into_iter().partition(|file| file.path.ends_with("/pwquality.conf"));
            parts.into_iter().chain(main).flat_map(|file| conf::equals(&file.text)).collect()
        })
    }
}

pub(super) fn named<'a>(names: &'a [&'a str]) -> impl Fn(&Step) -> bool + 'a {
    move |step| names.contains(&step.module.as_str())
}

pub(super) fn arguments(step: &Step) -> BTreeMap<String, String> {
    let pair = |arg: &String| {
        arg.split_once('=').map_or_else(|| (arg.clone(), String::new()), |(k, v)| (k.to_owned(), v.to_owned()))
    };
    step.args.iter().map(pair).collect()
}

pub(super) fn int(map: &BTreeMap<String, String>, key: &str, otherwise: i64) -> i64 {
    map.get(key).and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

pub(super) fn lockout(stacks: &Stacks) -> Lockout {
    let services = service_lockouts(stacks);
    let of = |pick: fn(&[ServiceLockout]) -> i64| services.as_ref().map(|all| pick(all));
    let module = |all: &Vec<ServiceLockout>| {
        let effective = all.iter().all(|service| service.effective);
        all.first().filter(|_| effective).map_or("none", |service| service.module.as_str()).to_owned()
    };
    let interval = both_interval(stacks, &services);
    Lockout {
        module: services.as_ref().map(module),
        deny: of(|all| {
            let weakest = all.iter().map(|service| if service.effective { service.deny } else { 0 });
            if all.iter().any(|service| !service.effective || service.deny == 0) {
                0
            } else {
                weakest.max().unwrap_or(0)
            }
        }),
        // 0 opens never by itself, so it is the strongest.
        unlock_seconds: of(|all| {
            let timed = all.iter().filter(|service| service.effective).map(|service| service.unlock_seconds);
            timed.filter(|seconds| *seconds > 0).min().unwrap_or(0)
        }),
        interval_seconds: interval,
        root_too: services
            .as_ref()
            .map(|all| !all.is_empty() && all.iter().all(|service| service.effective && service.root_too)),
        services,
    }
}

fn both_interval(stacks: &Stacks, services: &Fact<Vec<ServiceLockout>>) -> Fact<i64> {
    let uses = services.as_ref().map(|all| all.iter().any(|service| service.effective && service.module == "faillock"));
    uses.and_then(|uses| {
        if !uses {
            return Fact::Known(0);
        }
        let args = stacks.stack("login", "auth").map(|stack| {
            stack.iter().filter(|step| step.module == "pam_faillock.so").flat_map(arguments).collect::<BTreeMap<_, _>>()
        });
        stacks.file("/etc/security/faillock.conf").and_then(|mut set| {
            args.map(|args| {
                set.extend(args);
                int(&set, "fail_interval", 900)
            })
        })
    })
}

fn service_lockouts(stacks: &Stacks) -> Fact<Vec<ServiceLockout>> {
    let mut all = Vec::new();
    for service in stacks.login_services() {
        let found = stacks.stack(service, "auth").and_then(|stack| service_lockout(service, &stack, stacks));
        match found {
            Fact::Known(found) => all.push(found),
            Fact::Unread(why) => return Fact::Unread(why),
        }
    }
    match &stacks.problem {
        Some(problem) => problem.clone().map(|()| all),
        None => Fact::Known(all),
    }
}

fn service_lockout(service: &str, stack: &[Step], stacks: &Stacks) -> Fact<ServiceLockout> {
    let none = ServiceLockout {
        service: service.to_owned(),
        module: "none".to_owned(),
        effective: false,
        deny: 0,
        unlock_seconds: 0,
        root_too: false,
    };
    // sshd that does not ask PAM is not bound by it.
    if service == "sshd" {
        match &stacks.sshd_uses_pam {
            Fact::Known(true) => {}
            Fact::Known(false) => return Fact::Known(none),
            Fact::Unread(why) => return Fact::Unread(why.clone()),
        }
    }
    let counts = |step: &Step| step.module == "pam_faillock.so" && step.args.iter().any(|arg| arg == "authfail");
    let refuses = |step: &Step| step.module == "pam_faillock.so" && !counts(step);
    if stack.iter().any(|step| step.module == "pam_faillock.so") {
        let effective = can_refuse(stack, "auth_err", refuses) && reached_after_failure(stack, counts);
        return stacks
            .file("/etc/security/faillock.conf")
            .map(|set| faillock(none, stack.iter().filter(|step| refuses(step)), &set, effective));
    }
    for (module, name) in [("pam_tally2.so", "tally2"), ("pam_tally.so", "tally")] {
        if let Some(step) = stack.iter().find(|step| step.module == module) {
            let args = arguments(step);
            return Fact::Known(ServiceLockout {
                module: name.to_owned(),
                effective: can_refuse(stack, "auth_err", named(&[module])) && int(&args, "deny", 0) > 0,
                deny: int(&args, "deny", 0),
                unlock_seconds: int(&args, "unlock_time", 0),
                root_too: args.contains_key("even_deny_root"),
                ..none
            });
        }
    }
    Fact::Known(none)
}

/// The weakest of the lines that refuse, each with faillock.conf below its own arguments.
fn faillock<'a>(
    none: ServiceLockout,
    lines: impl Iterator<Item = &'a Step>,
    set: &BTreeMap<String, String>,
    effective: bool,
) -> ServiceLockout {
    let all: Vec<_> = lines
        .map(|step| {
            let mut own = set.clone();
            own.extend(arguments(step));
            (
                int(&own, "deny", 3),
                int(&own, "unlock_time", if own.contains_key("unlock_time") { 0 } else { 600 }),
                own.contains_key("even_deny_root"),
            )
        })
        .collect();
    let deny =
        if all.iter().any(|(deny, ..)| *deny == 0) { 0 } else { all.iter().map(|(deny, ..)| *deny).max().unwrap_or(0) };
    ServiceLockout {
        module: "faillock".to_owned(),
        effective: effective && deny > 0,
        deny,
        unlock_seconds: all.iter().map(|(_, seconds, _)| *seconds).filter(|seconds| *seconds > 0).min().unwrap_or(0),
        root_too: !all.is_empty() && all.iter().all(|(.., root)| *root),
        ..none
    }
}

pub(super) fn facts(stacks: &Stacks, lockout: &Lockout, policy: &PasswordPolicy) -> Pam {
    let password = stacks.stack("passwd", "password");
    let logins = |phase: &'static str| -> Fact<Vec<Vec<Step>>> {
        let all = stacks.login_services().into_iter().map(|service| stacks.stack(service, phase));
        let mut known = Vec::new();
        for stack in all {
            match stack {
                Fact::Known(stack) => known.push(stack),
                Fact::Unread(why) => return Fact::Unread(why),
            }
        }
        stacks.problem.clone().map_or(Fact::Known(()), |problem| problem).map(|()| known)
    };
    let su = stacks.stack("su", "auth");
    let restricts =
        |step: &Step| step.module == "pam_wheel.so" && !step.args.iter().any(|arg| arg == "trust" || arg == "deny");
    let su_wheel = su.as_ref().map(|stack| can_refuse(stack, "perm_denied", restricts));
    Pam {
        quality_effective: policy.quality_module.as_ref().map(|module| module != "none"),
        history_effective: both_history(&password, policy),
        lockout_effective: lockout
            .services
            .as_ref()
            .map(|all| !all.is_empty() && all.iter().all(|service| service.effective)),
        nullok: logins("auth").map(|stacks| {
            let nullok = |step: &Step| step.module == "pam_unix.so" && step.args.iter().any(|arg| arg == "nullok");
            stacks.iter().any(|stack| reached(stack, nullok))
        }),
        su_group: su.and_then(|stack| {
            su_wheel.clone().map(|effective| {
                let step = stack.iter().find(|step| restricts(step)).filter(|_| effective);
                step.map(|step| arguments(step).get("group").cloned().unwrap_or_else(|| "wheel".to_owned()))
                    .unwrap_or_default()
            })
        }),
        su_wheel,
        open_services: open_services(stacks),
        mfa_modules: logins("auth").map(|stacks| {
            let effective =
                |module: &&&str| stacks.iter().any(|stack| can_refuse(stack, "auth_err", named(&[**module])));
            SECOND_FACTORS.iter().filter(effective).map(|module| (*module).to_owned()).collect()
        }),
        effective: effective(stacks),
        limits_effective: logins("session")
            .map(|stacks| stacks.iter().any(|stack| reached(stack, named(&["pam_limits.so"])))),
    }
}

fn both_history(password: &Fact<Vec<Step>>, policy: &PasswordPolicy) -> Fact<bool> {
    password.as_ref().and_then(|_| policy.history.as_ref().map(|history| *history > 0))
}

fn open_services(stacks: &Stacks) -> Fact<Vec<String>> {
    if let Some(problem) = &stacks.problem {
        return problem.clone().map(|()| Vec::new());
    }
    let mut open = Vec::new();
    for service in stacks.services.names() {
        match stacks.stack(service, "auth") {
            Fact::Known(stack) if is_open(&stack) => open.push(service.to_owned()),
            Fact::Known(_) => {}
            Fact::Unread(why) => return Fact::Unread(why),
        }
    }
    Fact::Known(open)
}

fn effective(stacks: &Stacks) -> Fact<Vec<ControlModule>> {
    let mut all = Vec::new();
    let services = stacks
        .login_services()
        .into_iter()
        .chain(["su", "sudo", "passwd"])
        .filter(|service| stacks.services.has(service));
    for service in services {
        for phase in PHASES {
            match stacks.stack(service, phase) {
                Fact::Known(stack) => all.extend(reachable(&stack).into_iter().map(|step| ControlModule {
                    service: service.to_owned(),
                    phase: (*phase).to_owned(),
                    module: step.module.clone(),
                    control: step.control.clone(),
                    args: step.args.clone(),
                    place: step.place.clone(),
                })),
                Fact::Unread(why) => return Fact::Unread(why),
            }
        }
    }
    stacks.problem.clone().map_or(Fact::Known(()), |problem| problem).map(|()| all)
}

/// Masks that pam_umask sets in login sessions: its `umask=`, or login.defs where it names none.
pub(super) fn umask(stacks: &Stacks, login_defs: &Fact<String>) -> Fact<String> {
    for service in stacks.login_services() {
        match stacks.stack(service, "session") {
            Fact::Unread(why) => return Fact::Unread(why),
            Fact::Known(stack) => {
                let step = stack.iter().find(|step| step.module == "pam_umask.so");
                if let Some(step) = step.filter(|_| reached(&stack, named(&["pam_umask.so"]))) {
                    return match arguments(step).get("umask") {
                        Some(mask) => Fact::Known(mask.clone()),
                        None => login_defs.clone(),
                    };
                }
            }
        }
    }
    stacks.problem.clone().map_or(Fact::Known(()), |problem| problem).map(|()| String::new())
}
