//! App Transport Security: which connections may be insecure (Apple Developer Documentation, `NSAppTransportSecurity`).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    plist::{Dictionary, Value},
    values::{MAX_LIST, cut, declared, dictionary, switch, text},
};

/// What the app declares, and what that comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ats {
    /// The key is there at all; without it all connections have to be secure.
    pub declared: bool,
    /// Any host may be reached insecurely. From iOS 10 on a narrower key beside it takes its place, so that it then counts only
    /// where older systems may run the app.
    pub arbitrary_loads: bool,
    /// `NSAllowsArbitraryLoads` as it is written.
    pub arbitrary_loads_declared: bool,
    pub arbitrary_loads_in_web_content: bool,
    pub arbitrary_loads_for_media: bool,
    pub local_networking: bool,
    /// Sorted by domain; at most 500.
    pub exceptions: Vec<AtsException>,
    /// Domains whose certificates are pinned, sorted.
    pub pinned_domains: Vec<String>,
}

/// A domain with rules of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct AtsException {
    pub domain: String,
    pub subdomains: bool,
    /// Plain HTTP, and certificates that do not hold.
    pub insecure_loads: bool,
    /// `TLSv1.2` where it says nothing.
    pub min_tls: String,
    /// Suites without forward secrecy are refused, as they are where it says nothing.
    pub forward_secrecy: bool,
}

pub(super) fn of(pairs: Option<&Dictionary>, min_os: &str) -> Ats {
    let Some(pairs) = pairs else { return Ats::default() };
    const NARROWER: [&str; 3] =
        ["NSAllowsArbitraryLoadsForMedia", "NSAllowsArbitraryLoadsInWebContent", "NSAllowsLocalNetworking"];
    let all = switch(pairs, "NSAllowsArbitraryLoads");
    let narrowed = NARROWER.iter().any(|key| declared(pairs, key).is_some());
    let since_10 =
        min_os.split('.').next().and_then(|major| major.trim().parse::<u32>().ok()).is_some_and(|major| major >= 10);
    let domains = |key: &str| dictionary(pairs, key).into_iter().flatten().take(MAX_LIST);
    Ats {
        declared: true,
        arbitrary_loads: all && !(narrowed && since_10),
        arbitrary_loads_declared: all,
        arbitrary_loads_in_web_content: switch(pairs, "NSAllowsArbitraryLoadsInWebContent"),
        arbitrary_loads_for_media: switch(pairs, "NSAllowsArbitraryLoadsForMedia"),
        local_networking: switch(pairs, "NSAllowsLocalNetworking"),
        exceptions: domains("NSExceptionDomains").map(|(domain, rules)| exception(domain, rules)).collect(),
        pinned_domains: domains("NSPinnedDomains").map(|(domain, _)| cut(domain)).collect(),
    }
}

/// The names of the keys changed over time, and the old ones still count.
fn exception(domain: &str, rules: &Value) -> AtsException {
    const PREFIXES: [&str; 3] = ["NSException", "NSThirdPartyException", "NSTemporaryException"];
    let empty = Dictionary::new();
    let rules = rules.as_dictionary().unwrap_or(&empty);
    let first = |name: &str| PREFIXES.iter().find_map(|prefix| declared(rules, &format!("{prefix}{name}")));
    let version =
        PREFIXES.iter().map(|prefix| text(rules, &format!("{prefix}MinimumTLSVersion"))).find(|v| !v.is_empty());
    AtsException {
        domain: cut(domain),
        subdomains: switch(rules, "NSIncludesSubdomains"),
        insecure_loads: first("AllowsInsecureHTTPLoads").unwrap_or(false),
        min_tls: version.unwrap_or_else(|| "TLSv1.2".to_owned()),
        forward_secrecy: first("RequiresForwardSecrecy").unwrap_or(true),
    }
}

#[cfg(test)]
mod tests {
    use super::{Ats, of};
    use crate::formats::ios::plist;

    fn ats(body: &str, min_os: &str) -> Ats {
        let value = plist::read(format!("<plist><dict>{body}</dict></plist>").as_bytes()).unwrap();
        of(value.as_dictionary(), min_os)
    }

    #[test]
    fn without_a_declaration_all_is_secure() {
        assert!(!of(None, "12.0").arbitrary_loads && !of(None, "12.0").declared);
        assert!(ats("<key>NSAllowsArbitraryLoads</key><true/>", "12.0").arbitrary_loads);
    }

    #[test]
    fn a_narrower_key_takes_the_place_of_the_wide_one_from_ios_10_on() {
        let both = "<key>NSAllowsArbitraryLoads</key><true/><key>NSAllowsArbitraryLoadsInWebContent</key><false/>";
        assert!(!ats(both, "10.0").arbitrary_loads);
        assert!(ats(both, "10.0").arbitrary_loads_declared);
        assert!(ats(both, "9.3").arbitrary_loads);
        assert!(ats(both, "").arbitrary_loads, "nobody says that older systems do not run it");
    }

    #[test]
    fn exceptions_have_their_defaults_and_old_names() {
        let ats = ats(
            "<key>NSExceptionDomains</key><dict><key>b.example</key><dict/><key>a.example</key><dict>\
             <key>NSTemporaryExceptionAllowsInsecureHTTPLoads</key><true/><key>NSIncludesSubdomains</key><true/>\
             <key>NSExceptionMinimumTLSVersion</key><string>TLSv1.0</string>\
             <key>NSExceptionRequiresForwardSecrecy</key><false/></dict></dict>",
            "12.0",
        );
        let [a, b] = &ats.exceptions[..] else { panic!("{ats:?}") };
        assert!(a.domain == "a.example" && a.insecure_loads && a.subdomains && !a.forward_secrecy);
        assert_eq!((a.min_tls.as_str(), b.min_tls.as_str()), ("TLSv1.0", "TLSv1.2"));
        assert!(!b.insecure_loads && b.forward_secrecy && !b.subdomains);
    }
}
