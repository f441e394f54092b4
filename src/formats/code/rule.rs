//! What a rule is: something that code does, with a condition on constants that can be seen.

/// The fact that a rule belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Crypto,
    DynamicCode,
    Logging,
    Platform,
    PrivacyApis,
    Resilience,
    SmAlgorithms,
    Storage,
    TlsTrust,
    Webview,
}

/// Rules of one fact.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    pub kind: Kind,
    /// Packages whose own code does not count: a library that calls itself is no use of it.
    pub outside: &'static [&'static str],
    pub rules: &'static [Rule],
}

/// One rule. Several may share an id: each is one way of doing the same.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Stable, snake case: what reports and checks call it.
    pub id: &'static str,
    pub on: On,
    pub when: When,
    /// The name of the method is telling enough to count it also on an object of the app's own class that is defined in
    /// another dex file.
    pub telling: bool,
    /// Permissions of which one lets an app do it; of privacy APIs only.
    pub grants: &'static [Grant],
    /// Tests of the OWASP MASTG that it serves.
    pub tests: &'static [&'static str],
}

/// What a rule looks at. Classes are written as people do; one that ends with `*` stands for all that begin so.
#[derive(Clone, Copy, Debug)]
pub enum On {
    /// A method of one of these classes, or of a class of the app that inherits it, is called.
    Call { classes: &'static [&'static str], method: &'static str },
    /// A static field is read.
    Read { classes: &'static [&'static str], field: &'static str },
    /// Code loads a string that is one of these, or begins with one that ends with `*`.
    Text(&'static [&'static str]),
    /// The package has a class whose name begins with one of these.
    Defines(&'static [&'static str]),
    /// A class of the app that is one of these has such a method.
    Body { classes: &'static [&'static str], method: &'static str, shape: Shape },
}

/// What a method does, seen by its code alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// It throws nothing and asks nobody who might.
    NeverRejects,
    /// It asks for nothing but the dates of certificates.
    ChecksDatesOnly,
    /// It returns `true` whatever happens.
    ReturnsTrue,
}

/// A condition on what a call hands over. Parameters count from 0, without the object.
#[derive(Clone, Copy, Debug)]
pub enum When {
    Always,
    /// The parameter is this number; 1 for `true`, 0 for `false`.
    Number(usize, i64),
    /// The parameter is a number within, both ends included.
    Within(usize, i64, i64),
    /// The parameter is one of these numbers.
    OneOf(usize, &'static [i64]),
    /// The parameter has one of these bits.
    Bits(usize, i64),
    /// The parameter has none of these bits.
    Lacks(usize, i64),
    /// The parameter is a string of which that is true.
    Text(usize, fn(&str) -> bool),
    /// The parameter is an array, or bytes of a string, of constants alone.
    ConstantBytes(usize),
    /// The parameter is a constant number or constant bytes.
    Constant(usize),
    /// The call is in a method of that name.
    Caller(&'static str),
    /// The method has this shorty: its result, then its parameters, references as `L`.
    Shorty(&'static [&'static str]),
    All(&'static [When]),
}

/// A permission, and the API levels on which it is the one that is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    pub permission: &'static str,
    pub from: i64,
    /// The last one; [`Grant::NOW`] where it is still needed.
    pub until: i64,
}

impl Grant {
    pub const NOW: i64 = i64::MAX;

    pub(super) const fn always(permission: &'static str) -> Self {
        Self { permission, from: 1, until: Self::NOW }
    }

    pub(super) const fn from(permission: &'static str, from: i64) -> Self {
        Self { permission, from, until: Self::NOW }
    }

    pub(super) const fn until(permission: &'static str, until: i64) -> Self {
        Self { permission, from: 1, until }
    }
}

pub(super) const fn call(id: &'static str, classes: &'static [&'static str], method: &'static str) -> Rule {
    rule(id, On::Call { classes, method })
}

pub(super) const fn read(id: &'static str, classes: &'static [&'static str], field: &'static str) -> Rule {
    rule(id, On::Read { classes, field })
}

pub(super) const fn text(id: &'static str, texts: &'static [&'static str]) -> Rule {
    rule(id, On::Text(texts))
}

pub(super) const fn defines(id: &'static str, prefixes: &'static [&'static str]) -> Rule {
    rule(id, On::Defines(prefixes))
}

pub(super) const fn body(
    id: &'static str,
    classes: &'static [&'static str],
    method: &'static str,
    shape: Shape,
) -> Rule {
    rule(id, On::Body { classes, method, shape })
}

const fn rule(id: &'static str, on: On) -> Rule {
    Rule { id, on, when: When::Always, telling: false, grants: &[], tests: &[] }
}

impl Rule {
    pub(super) const fn when(mut self, when: When) -> Self {
        self.when = when;
        self
    }

    pub(super) const fn telling(mut self) -> Self {
        self.telling = true;
        self
    }

    pub(super) const fn grants(mut self, grants: &'static [Grant]) -> Self {
        self.grants = grants;
        self
    }

    pub(super) const fn tests(mut self, tests: &'static [&'static str]) -> Self {
        self.tests = tests;
        self
    }

    /// Permissions of which one is needed on an API level.
    pub fn permissions_at(&self, api: i64) -> impl Iterator<Item = &'static str> {
        let on = move |grant: &&Grant| (grant.from..=grant.until).contains(&api);
        self.grants.iter().filter(on).map(|grant| grant.permission)
    }

    /// The permission that a current platform asks for; empty for none.
    pub fn permission(&self) -> &'static str {
        self.grants.iter().find(|grant| grant.until == Grant::NOW).or(self.grants.first()).map_or("", |g| g.permission)
    }
}
