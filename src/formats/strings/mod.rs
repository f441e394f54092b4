//! Strings and texts inside a package: the peers it names, and secrets that are written into it.
//!
//! Everything goes through one automaton of literals; only where one stands is anything looked at closely. What is kept does
//! not depend on the order in which entries come, so that scanners may run side by side and be merged.

mod host;
mod kept;
mod roles;
mod scan;
mod secrets;
mod url;
mod windows;

use std::{borrow::Cow, ops::Range};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use kept::Kept;
use scan::Finding;

pub use host::Address;
pub use roles::Role;
pub use secrets::{RULES, Rule, Secret, SecretConfidence, SecretKind};
pub use windows::Windows;

/// Endpoints that are listed at most, those of the role `endpoint` before all others.
pub const MAX_ENDPOINTS: usize = 2_000;
/// Secrets that are listed at most.
pub const MAX_SECRETS: usize = 500;
/// A text in UTF-16 of more bytes is looked at as it is.
const MAX_UTF16: usize = 16 << 20;

/// A URL in the package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Endpoint {
    /// Credentials masked, query and fragment cut, a path that is a secret masked.
    pub url: String,
    /// Lower case, without the colon.
    pub scheme: String,
    /// Lower case; addresses in their shortest form, IPv6 in brackets (RFC 5952).
    pub host: String,
    /// As written or of the scheme; 0 where neither says one.
    pub port: i64,
    pub address: Address,
    pub role: Role,
    /// Whether a user name or password stands before the host.
    pub credentials: bool,
    /// The entry it is in, with the line where it is text. Of several places the first by name.
    pub location: String,
}

/// What a scan brought, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Findings {
    pub endpoints: Vec<Endpoint>,
    /// Different URLs in all, those beyond [`MAX_ENDPOINTS`] included; counts to 100,000.
    pub endpoints_found: i64,
    /// Places where a URL gets its host at run time: what is said over plain HTTP there stays open.
    pub url_templates: i64,
    pub secrets: Vec<Secret>,
    /// Different secrets in all, those beyond [`MAX_SECRETS`] included; counts to 100,000.
    pub secrets_found: i64,
}

/// Takes strings and texts and collects what they name.
#[derive(Debug)]
pub struct Scanner {
    endpoints: Kept<(Role, String), Endpoint>,
    secrets: Kept<(&'static str, u64), Secret>,
    url_templates: i64,
}

/// Where bytes come from.
#[derive(Clone, Copy, Debug)]
struct Place<'a> {
    location: &'a str,
    /// Lines before the bytes; `None` where lines say nothing.
    lines: Option<usize>,
}

impl Default for Scanner {
    fn default() -> Self {
        Self::new()
    }
}

impl Scanner {
    pub fn new() -> Self {
        Self { endpoints: Kept::new(MAX_ENDPOINTS), secrets: Kept::new(MAX_SECRETS), url_templates: 0 }
    }

    /// One string of a table: of a dex file, of the resources, of a property list.
    pub fn string(&mut self, location: &str, text: &[u8]) {
        self.look(Place { location, lines: None }, text, 0..text.len(), false);
    }

    /// A value under the name that its document gives it: meta-data of a manifest, a string resource, an entry of a property
    /// list.
    pub fn named(&mut self, location: &str, name: &str, value: &str) {
        let found = secrets::under_name(name, value.as_bytes())
            .map(|found| (found.rule.id, found.fingerprint(), found.masked(location)));
        if let Some((rule, fingerprint, secret)) = found {
            self.add_secret((rule, fingerprint), secret);
        }
        self.string(location, value.as_bytes());
    }

    /// An entry that is text. Locations carry its lines.
    pub fn text(&mut self, location: &str, bytes: &[u8]) {
        let bytes = utf8(bytes);
        self.look(Place { location, lines: Some(0) }, &bytes, 0..bytes.len(), false);
    }

    /// An entry with strings in it, such as a native library or bytecode of another kind.
    pub fn binary(&mut self, location: &str, bytes: &[u8]) {
        self.look(Place { location, lines: None }, bytes, 0..bytes.len(), true);
    }

    /// The same for a text that comes in pieces.
    pub fn text_windows(&mut self, location: &str) -> Windows<'_> {
        Windows::new(self, location, true)
    }

    /// The same for other bytes that come in pieces.
    pub fn binary_windows(&mut self, location: &str) -> Windows<'_> {
        Windows::new(self, location, false)
    }

    /// Takes over what another scanner found.
    pub fn merge(&mut self, other: Self) {
        self.endpoints.merge(other.endpoints, earlier_endpoint);
        self.secrets.merge(other.secrets, earlier_secret);
        self.url_templates = self.url_templates.saturating_add(other.url_templates);
    }

    pub fn finish(self) -> Findings {
        let (endpoints_found, secrets_found) = (self.endpoints.found(), self.secrets.found());
        let mut secrets: Vec<_> = self.secrets.into_values().collect();
        secrets.sort();
        Findings {
            endpoints: self.endpoints.into_values().collect(),
            endpoints_found,
            url_templates: self.url_templates,
            secrets,
            secrets_found,
        }
    }

    fn look(&mut self, place: Place<'_>, bytes: &[u8], range: Range<usize>, tolerant: bool) {
        let notice = roles::is_notice(place.location);
        let mut lines = Lines { place, bytes, counted: 0, before: 0 };
        scan::scan(bytes, range, tolerant, &mut |at, finding| match finding {
            Finding::Url { url, path, role } => {
                let role = if notice { role.max(Role::Reference) } else { role };
                let url_text = url.shown(path);
                let endpoint = Endpoint {
                    scheme: url.scheme.to_owned(),
                    host: url.host.name.clone(),
                    port: i64::from(url.port.unwrap_or(url.default_port)),
                    address: url.host.address,
                    role,
                    credentials: url.userinfo.is_some(),
                    location: lines.location(at),
                    url: url_text.clone(),
                };
                self.endpoints.add((role, url_text), endpoint, earlier_endpoint);
            }
            Finding::Template => self.url_templates = self.url_templates.saturating_add(1),
            Finding::Secret(found) => {
                let secret = found.masked(&lines.location(at));
                self.add_secret((found.rule.id, found.fingerprint()), secret);
            }
        });
    }

    fn add_secret(&mut self, key: (&'static str, u64), secret: Secret) {
        self.secrets.add(key, secret, earlier_secret);
    }
}

fn earlier_endpoint(known: &mut Endpoint, other: Endpoint) {
    if other.location < known.location {
        known.location = other.location;
    }
    known.credentials |= other.credentials;
}

fn earlier_secret(known: &mut Secret, other: Secret) {
    if other.location < known.location {
        known.location = other.location;
    }
}

/// Counts lines up to places that only go forward.
struct Lines<'a> {
    place: Place<'a>,
    bytes: &'a [u8],
    counted: usize,
    before: usize,
}

impl Lines<'_> {
    fn location(&mut self, at: usize) -> String {
        let Some(lines) = self.place.lines else { return self.place.location.to_owned() };
        if let Some(new) = self.bytes.get(self.counted..at) {
            self.before += memchr::memchr_iter(b'\n', new).count();
            self.counted = at;
        }
        format!("{}:{}", self.place.location, lines + self.before + 1)
    }
}

/// A text in UTF-16 with its mark, as Windows and Apple's tools write some, as UTF-8.
fn utf8(bytes: &[u8]) -> Cow<'_, [u8]> {
    let decode = |units: &[u8], read: fn([u8; 2]) -> u16| {
        let units = units.as_chunks::<2>().0.iter().map(|pair| read(*pair));
        let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        Cow::Owned(text.into_bytes())
    };
    match bytes {
        [0xff, 0xfe, units @ ..] if units.len() <= MAX_UTF16 => decode(units, u16::from_le_bytes),
        [0xfe, 0xff, units @ ..] if units.len() <= MAX_UTF16 => decode(units, u16::from_be_bytes),
        _ => Cow::Borrowed(bytes),
    }
}

#[cfg(test)]
mod tests;
