//! PAM configuration: lines of service files, includes and substacks resolved into the stack of one phase.

use std::collections::BTreeMap;

/// The four phases of PAM.
pub const PHASES: &[&str] = &["auth", "account", "password", "session"];

/// Includes deeper than this are taken for a loop.
const DEPTH: usize = 16;
/// Lines of one resolved stack.
const LINES: usize = 512;
/// Files that one stack may read, each as often as it is included.
const READS: usize = 256;

/// One line of a service file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub phase: String,
    pub control: Control,
    /// Module with its folder cut, or the file that is included.
    pub module: String,
    pub args: Vec<String>,
    /// The leading `-`: a missing module is no error.
    pub optional_module: bool,
    /// Line number from 1.
    pub number: usize,
}

/// What a line does with its module's result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Control {
    Include,
    Substack,
    /// Return code to action, `default` included; a plain word is written as the actions it stands for.
    Actions {
        text: String,
        actions: BTreeMap<String, Action>,
    },
}

/// What happens after a module returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    Ignore,
    Ok,
    Done,
    Bad,
    Die,
    Reset,
    Jump(usize),
}

/// The files of `/etc/pam.d` by service name, parsed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Services {
    files: BTreeMap<String, Vec<Line>>,
    /// `file:line` of lines that are none.
    pub malformed: Vec<String>,
}

/// One module line of a resolved stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub module: String,
    pub args: Vec<String>,
    pub control: String,
    pub actions: BTreeMap<String, Action>,
    /// 0 for the service's own lines, one more in each substack.
    pub level: usize,
    /// `file:line`.
    pub place: String,
}

/// Why a stack could not be resolved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PamError {
    #[error("`{place}` includes `{file}`, which is not there")]
    MissingInclude { place: String, file: String },
    #[error("includes of `{service}` go too deep")]
    TooDeep { service: String },
    #[error("`{place}` cannot be read as a line of PAM")]
    Malformed { place: String },
    #[error("there is neither `{service}` nor `other`")]
    NoService { service: String },
}

impl Services {
    /// Adds the file of one service. A file that was read earlier wins (`/etc/pam.d` before `/usr/lib/pam.d`).
    pub fn add(&mut self, service: &str, text: &str) {
        if self.files.contains_key(service) {
            return;
        }
        let mut lines = Vec::new();
        for (number, line) in logical(text) {
            match parse(&line, number) {
                Some(mut parsed) => lines.append(&mut parsed),
                None => self.malformed.push(format!("{service}:{number}")),
            }
        }
        self.files.insert(service.to_owned(), lines);
    }

    pub fn has(&self, service: &str) -> bool {
        self.files.contains_key(service)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// The stack of one phase of a service, or of `other` where the service has no file.
    pub fn stack(&self, service: &str, phase: &str) -> Result<Vec<Step>, PamError> {
        let file = if self.has(service) { service } else { "other" };
        if !self.has(file) {
            return Err(PamError::NoService { service: service.to_owned() });
        }
        let mut steps = Vec::new();
        let mut budget = READS;
        self.append(file, phase, (0, 0), &mut budget, &mut steps)?;
        Ok(steps)
    }

    /// `at` is the level of substacks and the depth of includes.
    fn append(
        &self,
        file: &str,
        phase: &str,
        at: (usize, usize),
        budget: &mut usize,
        steps: &mut Vec<Step>,
    ) -> Result<(), PamError> {
        let (level, depth) = at;
        *budget = budget.saturating_sub(1);
        if depth > DEPTH || steps.len() > LINES || *budget == 0 {
            return Err(PamError::TooDeep { service: file.to_owned() });
        }
        let own = format!("{file}:");
        if let Some(place) = self.malformed.iter().find(|place| place.starts_with(&own)) {
            return Err(PamError::Malformed { place: place.clone() });
        }
        for line in self.files.get(file).into_iter().flatten().filter(|line| line.phase == phase) {
            let place = format!("{file}:{}", line.number);
            match &line.control {
                Control::Include | Control::Substack => {
                    if !self.has(&line.module) {
                        return Err(PamError::MissingInclude { place, file: line.module.clone() });
                    }
                    let deeper = level + usize::from(line.control == Control::Substack);
                    self.append(&line.module, phase, (deeper, depth + 1), budget, steps)?;
                }
                Control::Actions { text, actions } => steps.push(Step {
                    module: line.module.clone(),
                    args: line.args.clone(),
                    control: text.clone(),
                    actions: actions.clone(),
                    level,
                    place,
                }),
            }
        }
        Ok(())
    }
}

/// Lines with `\` continuations joined, comments and blank lines left out.
fn logical(text: &str) -> Vec<(usize, String)> {
    let mut lines = Vec::new();
    let mut held: Option<(usize, String)> = None;
    for (i, raw) in text.lines().enumerate() {
        let (number, mut line) = held.take().unwrap_or((i + 1, String::new()));
        let raw = raw.split('#').next().unwrap_or_default();
        if let Some(head) = raw.trim_end().strip_suffix('\\') {
            line.push_str(head);
            line.push(' ');
            held = Some((number, line));
            continue;
        }
        line.push_str(raw);
        lines.push((number, line.trim().to_owned()));
    }
    lines.extend(held);
    lines.retain(|(_, line)| !line.is_empty());
    lines
}

/// One logical line; `@include` counts for all phases.
fn parse(line: &str, number: usize) -> Option<Vec<Line>> {
    if let Some(file) = line.strip_prefix("@include") {
        let file = base(file.trim()).to_owned();
        let one = |phase: &&str| Line {
            phase: (*phase).to_owned(),
            control: Control::Include,
            module: file.clone(),
            args: Vec::new(),
            optional_module: false,
            number,
        };
        return (!file.is_empty()).then(|| PHASES.iter().map(one).collect());
    }
    let (phase, rest) = line.split_once(char::is_whitespace)?;
    let (optional_module, phase) = phase.strip_prefix('-').map_or((false, phase), |phase| (true, phase));
    let phase = phase.to_ascii_lowercase();
    if !PHASES.contains(&phase.as_str()) {
        return None;
    }
    let (control, rest) = control(rest.trim_start())?;
    let mut words = arguments(rest).into_iter();
    let module = base(&words.next()?).to_owned();
    Some(vec![Line { phase, control, module, args: words.collect(), optional_module, number }])
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn control(rest: &str) -> Option<(Control, &str)> {
    if let Some(inner) = rest.strip_prefix('[') {
        let (inner, rest) = inner.split_once(']')?;
        let mut actions = BTreeMap::new();
        for pair in inner.split_whitespace() {
            let (code, action) = pair.split_once('=')?;
            actions.insert(code.to_owned(), named(action)?);
        }
        return Some((Control::Actions { text: format!("[{}]", inner.trim()), actions }, rest));
    }
    let (word, rest) = rest.split_once(char::is_whitespace)?;
    let word = word.to_ascii_lowercase();
    let pairs: &[(&str, Action)] = match word.as_str() {
        "include" => return Some((Control::Include, rest)),
        "substack" => return Some((Control::Substack, rest)),
        "required" => &[("default", Action::Bad), ("ignore", Action::Ignore), OK, NEW_OK],
        "requisite" => &[("default", Action::Die), ("ignore", Action::Ignore), OK, NEW_OK],
        "sufficient" => &[("default", Action::Ignore), ("success", Action::Done), ("new_authtok_reqd", Action::Done)],
        "optional" => &[("default", Action::Ignore), OK, NEW_OK],
        _ => return None,
    };
    let actions = pairs.iter().map(|(code, action)| ((*code).to_owned(), *action)).collect();
    Some((Control::Actions { text: word, actions }, rest))
}

const OK: (&str, Action) = ("success", Action::Ok);
const NEW_OK: (&str, Action) = ("new_authtok_reqd", Action::Ok);

fn named(action: &str) -> Option<Action> {
    Some(match action {
        "ignore" => Action::Ignore,
        "ok" => Action::Ok,
        "done" => Action::Done,
        "bad" => Action::Bad,
        "die" => Action::Die,
        "reset" => Action::Reset,
        number => Action::Jump(number.parse().ok().filter(|n| *n > 0)?),
    })
}

/// Words, where `[...]` holds one argument with blanks.
fn arguments(rest: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = rest.trim_start();
    while !rest.is_empty() {
        let (word, after) = match rest.strip_prefix('[') {
            Some(inner) => inner.split_once(']').unwrap_or((inner, "")),
            None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn includes_and_substacks_are_resolved_with_their_level() {
        let mut services = Services::default();
        services
            .add("sshd", "auth substack password-auth\nauth include postlogin\n-auth optional pam_reauthorize.so\n");
        services.add("password-auth", "auth required pam_env.so\nauth sufficient /lib64/security/pam_unix.so nullok\n");
        services.add("postlogin", "# nothing\n");
        let stack = services.stack("sshd", "auth").unwrap();
        let seen: Vec<_> = stack.iter().map(|step| (step.module.as_str(), step.level, step.place.as_str())).collect();
        assert_eq!(
            seen,
            [
                ("pam_env.so", 1, "password-auth:1"),
                ("pam_unix.so", 1, "password-auth:2"),
                ("pam_reauthorize.so", 0, "sshd:3")
            ]
        );
    }

    #[test]
    fn debian_includes_hold_for_every_phase_and_other_stands_in() {
        let mut services = Services::default();
        services.add("other", "@include common-auth\n@include common-password\n");
        services
            .add("common-auth", "auth\t[success=1 default=ignore]\tpam_unix.so nullok\nauth requisite pam_deny.so\n");
        services.add("common-password", "password requisite pam_pwquality.so retry=3 \\\n minlen=12\n");
        assert_eq!(services.stack("nosuch", "auth").unwrap()[0].actions["success"], Action::Jump(1));
        assert_eq!(services.stack("nosuch", "password").unwrap()[0].args, ["retry=3", "minlen=12"]);
    }

    #[test]
    fn what_is_missing_or_malformed_is_an_error_and_no_stack() {
        let mut services = Services::default();
        services.add("a", "auth include gone\n");
        services.add("b", "auth sometimes pam_unix.so\n");
        services.add("c", "auth include c\n");
        assert!(matches!(services.stack("a", "auth"), Err(PamError::MissingInclude { .. })));
        assert!(matches!(services.stack("b", "auth"), Err(PamError::Malformed { .. })));
        assert!(matches!(services.stack("c", "auth"), Err(PamError::TooDeep { .. })));
        assert!(matches!(services.stack("d", "auth"), Err(PamError::NoService { .. })));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(auth|password|@include| |\\[|\\]|=|success|[0-9]|a|\\\\|\\n|#|substack|include|\\PC)*") {
            let mut services = Services::default();
            services.add("a", &text);
            for phase in PHASES {
                let _ = services.stack("a", phase);
            }
        }
    }
}
