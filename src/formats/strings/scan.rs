//! One pass over bytes: literals of endpoints and secrets by automaton, and a closer look where one stands.

use std::{ops::Range, sync::LazyLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::{
    roles,
    secrets::{self, Candidate, Found},
    url::{self, Reading, Url},
};

/// What a literal stands for.
#[derive(Clone, Copy, Debug)]
enum Trigger {
    /// The bytes after the colon, two slashes in some writing.
    Url(usize),
    Secret(Candidate),
}

struct Triggers {
    automaton: AhoCorasick,
    /// Bytes of the longest literal, less one.
    longest: usize,
    /// In the order of the automaton's patterns.
    meaning: Vec<Trigger>,
}

static TRIGGERS: LazyLock<Option<Triggers>> = LazyLock::new(|| {
    let urls = [("://", 2), (":\\/\\/", 4), (":\\u002F\\u002F", 12), (":\\u002f\\u002f", 12)];
    let urls = urls.map(|(literal, slashes)| (literal, Trigger::Url(slashes)));
    let secrets = secrets::candidates().into_iter().map(|(literal, candidate)| (literal, Trigger::Secret(candidate)));
    let (literals, meaning): (Vec<&str>, Vec<_>) = urls.into_iter().chain(secrets).unzip();
    let longest = literals.iter().map(|literal| literal.len()).max().unwrap_or(1) - 1;
    // The literals are constants of some hundred bytes; the automaton is built in every test.
    let automaton = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostFirst)
        .kind(Some(AhoCorasickKind::DFA))
        .build(literals)
        .ok()?;
    Some(Triggers { automaton, longest, meaning })
});

/// What was found at one place.
pub(super) enum Finding<'a> {
    Url {
        url: &'a Url<'a>,
        path: &'a str,
        role: roles::Role,
    },
    /// A URL whose host is put in at run time.
    Template,
    Secret(Found<'a>),
}

/// Looks at every candidate that begins within `range`; what surrounds it may be looked at too. `at` of a finding is where its
/// candidate begins.
pub(super) fn scan(bytes: &[u8], range: Range<usize>, tolerant: bool, found: &mut dyn FnMut(usize, Finding<'_>)) {
    let Some(triggers) = &*TRIGGERS else { return };
    // A literal that begins within the range may end behind it.
    let end = range.end.saturating_add(triggers.longest).min(bytes.len());
    let input = aho_corasick::Input::new(bytes).range(range.start.min(end)..end);
    let mut hits = triggers.automaton.find_iter(input);
    while let Some(hit) = hits.next().filter(|hit| hit.start() < range.end) {
        let at = hit.start();
        match triggers.meaning.get(hit.pattern().as_usize()) {
            Some(Trigger::Url(slashes)) => at_url(bytes, at, *slashes, tolerant, found),
            Some(Trigger::Secret(candidate)) => {
                secrets::look(*candidate, bytes, at).into_iter().for_each(|secret| found(at, Finding::Secret(secret)));
            }
            None => {}
        }
    }
}

fn at_url(bytes: &[u8], at: usize, slashes: usize, tolerant: bool, found: &mut dyn FnMut(usize, Finding<'_>)) {
    let url = match url::read(bytes, at, slashes, tolerant) {
        Reading::Url(url) => url,
        Reading::Template => return found(at, Finding::Template),
        Reading::Nothing => return,
    };
    let (secrets, in_path) = secrets::in_url(&url);
    secrets.into_iter().for_each(|secret| found(at, Finding::Secret(secret)));
    let path = if in_path || hides_a_secret(&url.path) { "/***" } else { &url.path };
    let role = roles::of(&url.host.name, &url.path, &bytes[at.saturating_sub(300).min(url.start)..url.start]);
    found(at, Finding::Url { url: &url, path, role });
}

/// Whether something in a path is a secret by any rule; the scan itself comes by it later.
fn hides_a_secret(path: &str) -> bool {
    let Some(triggers) = &*TRIGGERS else { return false };
    triggers.automaton.find_iter(path).any(|hit| match triggers.meaning.get(hit.pattern().as_usize()) {
        Some(Trigger::Secret(candidate)) => !secrets::look(*candidate, path.as_bytes(), hit.start()).is_empty(),
        _ => false,
    })
}
