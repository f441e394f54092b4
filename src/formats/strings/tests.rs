//! What a scan brings of the strings and texts of a package.

use proptest::prelude::*;

use super::{Address, Findings, MAX_ENDPOINTS, Role, Scanner};

fn text(text: &str) -> Findings {
    let mut scanner = Scanner::new();
    scanner.text("assets/app.js", text.as_bytes());
    scanner.finish()
}

fn urls(findings: &Findings) -> Vec<&str> {
    findings.endpoints.iter().map(|endpoint| endpoint.url.as_str()).collect()
}

#[test]
fn endpoints_come_with_their_parts_and_line() {
    let findings =
        text("// zw\nvar a = \"http://ftp:pw12@10.1.2.3:8080/api?x=1\";\nconnect('wss://Push.SC.gov.cn/ws')");
    let [plain, socket] = &findings.endpoints[..] else { panic!("two endpoints: {findings:?}") };
    assert_eq!(
        (plain.url.as_str(), plain.scheme.as_str(), plain.host.as_str()),
        ("http://***@10.1.2.3:8080/api", "http", "10.1.2.3")
    );
    assert_eq!(
        (plain.port, plain.address, plain.role, plain.credentials),
        (8080, Address::PrivateIp, Role::Endpoint, true)
    );
    assert_eq!(plain.location, "assets/app.js:2");
    assert_eq!(
        (socket.host.as_str(), socket.port, socket.location.as_str()),
        ("push.sc.gov.cn", 443, "assets/app.js:3")
    );
}

#[test]
fn namespaces_and_pages_for_people_are_told_apart() {
    let findings = text(concat!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:zw=\"http://zw.sc.gov.cn/ns\">",
        "<!-- http://www.apache.org/licenses/LICENSE-2.0 --><a href=\"http://zw.sc.gov.cn/x\">"
    ));
    let roles: Vec<_> = findings.endpoints.iter().map(|endpoint| (endpoint.role, endpoint.url.as_str())).collect();
    assert_eq!(
        roles,
        [
            (Role::Endpoint, "http://zw.sc.gov.cn/x"),
            (Role::Reference, "http://www.apache.org/licenses/LICENSE-2.0"),
            (Role::Namespace, "http://www.w3.org/2000/svg"),
            (Role::Namespace, "http://zw.sc.gov.cn/ns"),
        ]
    );
}

#[test]
fn a_path_that_is_a_secret_is_masked() {
    let findings = text("https://open.feishu.cn/open-apis/bot/v2/hook/4e1f9c3a-7b2d-4c5e-9f60-1a2b3c4d5e6f");
    assert_eq!(urls(&findings), ["https://open.feishu.cn/***"]);
    assert_eq!(findings.secrets[0].rule, "webhook");
}

#[test]
fn hosts_of_run_time_are_counted() {
    assert_eq!(text("'http://%s/a' 'https://${h}/b' 'http://a.cn'").url_templates, 2);
}

#[test]
fn of_too_many_the_first_are_kept_and_peers_before_names() {
    let mut scanner = Scanner::new();
    for number in 0..MAX_ENDPOINTS {
        scanner.string("classes.dex", format!("http://schemas.android.com/{number}").as_bytes());
        scanner.string("classes.dex", format!("http://h{number}.sc.gov.cn/").as_bytes());
    }
    let findings = scanner.finish();
    assert_eq!((findings.endpoints.len(), findings.endpoints_found), (MAX_ENDPOINTS, 2 * MAX_ENDPOINTS as i64));
    assert!(findings.endpoints.iter().all(|endpoint| endpoint.role == Role::Endpoint));
}

#[test]
fn named_values_are_judged_with_their_names() {
    let mut scanner = Scanner::new();
    let key = ["9f86d081884c7d65", "9a2feaa0c55ad015"].concat();
    scanner.named("AndroidManifest.xml", "com.amap.api.v2.apikey", &key);
    scanner.named("AndroidManifest.xml", "SERVER", "http://zw.sc.gov.cn");
    scanner.named("resources.arsc", "password_hint", "Password:");
    let findings = scanner.finish();
    assert_eq!(findings.secrets.iter().map(|secret| secret.rule.as_str()).collect::<Vec<_>>(), ["amap-key"]);
    assert_eq!(urls(&findings), ["http://zw.sc.gov.cn"]);
}

#[test]
fn strings_in_other_bytes_are_found_behind_their_lengths() {
    let mut scanner = Scanner::new();
    scanner.binary("ets/modules.abc", b"\0\x4chttp://zw.sc.gov.cn/a\0\x10https://\0");
    assert_eq!(urls(&scanner.finish()), ["http://zw.sc.gov.cn/a"]);
}

#[test]
fn utf16_is_text_too() {
    let mut scanner = Scanner::new();
    let units = "\u{feff}\"url\" = \"http://zw.sc.gov.cn\";".encode_utf16();
    scanner.text("a.strings", &units.flat_map(u16::to_le_bytes).collect::<Vec<_>>());
    assert_eq!(urls(&scanner.finish()), ["http://zw.sc.gov.cn"]);
}

/// A text of some length with something at every few lines.
fn long() -> String {
    (0..40_000)
        .map(|number| format!("line {number} http://h{}.sc.gov.cn/{}\n", number % 700, "x".repeat(number % 90)))
        .collect()
}

#[test]
fn pieces_of_any_size_and_any_order_of_entries_give_the_same() {
    let long = long();
    let whole = text(&long);
    for size in [1_000, 65_536, 1_000_003] {
        let mut scanner = Scanner::new();
        let mut windows = scanner.text_windows("assets/app.js");
        long.as_bytes().chunks(size).for_each(|piece| windows.push(piece));
        windows.end();
        assert_eq!(scanner.finish(), whole, "pieces of {size}");
    }
    let entries = [("a", &long[..200_000]), ("b", &long[200_000..600_000]), ("c", &long[600_000..])];
    let mut forward = Scanner::new();
    entries.iter().for_each(|(name, text)| forward.text(name, text.as_bytes()));
    let mut merged = Scanner::new();
    for (name, text) in entries.iter().rev() {
        let mut one = Scanner::new();
        one.text(name, text.as_bytes());
        merged.merge(one);
    }
    assert_eq!(forward.finish(), merged.finish());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_bytes_make_it_panic_and_pieces_change_nothing(
        pieces in prop::collection::vec(
            prop_oneof![
                prop::collection::vec(any::<u8>(), 0..40).boxed(),
                prop::sample::select(vec![
                    "http://", "wss:\\/\\/", "u:p@", "h.sc.gov.cn", "[::1]", ":80", "/a?password=", "-----BEGIN PRIVATE KEY-----", "\\n", "MIIE",
                    "eyJhbGciOiJIUzI1NiJ9.", "LTAI", "AKIA", "appSecret", "=\"", ":APA91b", "Basic dXNlcjpwYXNz", "wx0123456789abcdef", "xmlns=\"", "<",
                ]).prop_map(|text| text.as_bytes().to_vec()).boxed(),
            ],
            0..60,
        ),
        size in 1_usize..200,
    ) {
        let bytes = pieces.concat();
        let mut whole = Scanner::new();
        whole.text("a", &bytes);
        let mut scanner = Scanner::new();
        let mut windows = scanner.text_windows("a");
        bytes.chunks(size).for_each(|piece| windows.push(piece));
        windows.end();
        // A mark of UTF-16 counts in a whole text only.
        if !bytes.starts_with(&[0xff, 0xfe]) && !bytes.starts_with(&[0xfe, 0xff]) {
            prop_assert_eq!(scanner.finish(), whole.finish());
        }
        let mut binary = Scanner::new();
        binary.binary("a", &bytes);
        binary.named("a", &String::from_utf8_lossy(&bytes), &String::from_utf8_lossy(&bytes));
        binary.finish();
    }
}
