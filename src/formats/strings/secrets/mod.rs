//! Secrets by their value: what a rule finds must prove itself, and only its masked form leaves this module.

mod assigned;
mod credentials;
mod known;
mod private_keys;
mod rules;
mod tokens;
mod value;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) use credentials::of as in_url;
pub use rules::{RULES, Rule, SecretConfidence, SecretKind};

/// A secret, masked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Secret {
    /// The id of a rule.
    pub rule: String,
    pub kind: SecretKind,
    pub confidence: SecretConfidence,
    /// The entry it is in, with the line where it is text. Of several places the first by name.
    pub location: String,
    /// At most the first four and the last two characters, and never more than a third of them.
    pub masked: String,
}

/// What a rule found. Neither printed nor serialised: the value goes no further than its mask.
pub(super) struct Found<'a> {
    pub rule: &'static Rule,
    value: Cow<'a, [u8]>,
}

impl Found<'_> {
    fn owned(rule: &str, value: &[u8]) -> Found<'static> {
        Found { rule: Rule::of(rule), value: Cow::Owned(value.to_vec()) }
    }

    /// Tells values apart without showing them.
    pub(super) fn fingerprint(&self) -> u64 {
        super::kept::fingerprint(&*self.value)
    }

    pub(super) fn masked(&self, location: &str) -> Secret {
        Secret {
            rule: self.rule.id.to_owned(),
            kind: self.rule.kind,
            confidence: self.rule.confidence,
            location: location.to_owned(),
            masked: value::masked(&self.value),
        }
    }
}

/// What a literal that begins a candidate asks to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Candidate {
    Form(usize),
    Jwt,
    Pem,
    BareKey,
    Fcm,
    Basic,
    Name,
}

/// Every literal that a candidate begins with, or that its name has in it.
pub(super) fn candidates() -> Vec<(&'static str, Candidate)> {
    let mut all: Vec<_> =
        tokens::FORMS.iter().enumerate().map(|(index, form)| (form.prefix, Candidate::Form(index))).collect();
    all.extend([
        ("eyJ", Candidate::Jwt),
        ("-----BEGIN ", Candidate::Pem),
        (":APA91b", Candidate::Fcm),
        ("Basic ", Candidate::Basic),
    ]);
    all.extend(private_keys::BEGINNINGS.map(|begin| (begin, Candidate::BareKey)));
    all.extend(assigned::WORDS.map(|word| (word, Candidate::Name)));
    all
}

/// Looks at a candidate whose literal is at `at`.
pub(super) fn look(candidate: Candidate, bytes: &[u8], at: usize) -> Vec<Found<'_>> {
    let one = match candidate {
        Candidate::Form(index) => {
            return tokens::FORMS.get(index).map(|form| tokens::of_form(form, bytes, at)).unwrap_or_default();
        }
        Candidate::Jwt => tokens::jwt(bytes, at),
        Candidate::Pem => private_keys::pem(bytes, at),
        Candidate::BareKey => private_keys::bare(bytes, at),
        Candidate::Fcm => tokens::fcm(bytes, at),
        Candidate::Basic => tokens::basic(bytes, at),
        Candidate::Name => assigned::at(bytes, at),
    };
    one.into_iter().collect()
}

/// A value that a document itself puts under a name.
pub(super) fn under_name<'a>(name: &str, value: &'a [u8]) -> Option<Found<'a>> {
    let rule = assigned::judge(name.as_bytes(), value, b"")?;
    Some(Found { rule: Rule::of(rule), value: Cow::Borrowed(value) })
}

#[cfg(test)]
mod tests;
