//! Planted secrets of every rule are found, and what only looks like one is not. Values are put together here, so that no
//! file of ours has one.

use super::{RULES, Secret};
use crate::formats::strings::Scanner;

/// Letters and digits that look like chance, the same in every run.
fn random(alphabet: &str, length: usize, seed: u64) -> String {
    let alphabet: Vec<char> = alphabet.chars().collect();
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        alphabet[(state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % alphabet.len()]
    };
    (0..length).map(|_| next()).collect()
}

const HEX: &str = "0123456789abcdef";
const BASE32: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE62: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

fn scan(text: &str) -> Vec<Secret> {
    let mut scanner = Scanner::new();
    scanner.text("assets/a.js", text.as_bytes());
    scanner.finish().secrets
}

fn rules(text: &str) -> Vec<String> {
    scan(text).into_iter().map(|secret| secret.rule).collect()
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        let digits = (0..4).map(|at| char::from(DIGITS[(bits >> (18 - 6 * at)) as usize & 63]));
        out.extend(digits.take(chunk.len() + 1));
        out.extend(std::iter::repeat_n('=', 3 - chunk.len()));
    }
    out
}

fn der(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = match body.len() {
        short @ 0..=0x7f => vec![short as u8],
        middle @ 0x80..=0xff => vec![0x81, middle as u8],
        long => vec![0x82, (long >> 8) as u8, long as u8],
    };
    [vec![tag], length, body.to_vec()].concat()
}

/// A private key by its structure, of `length` bytes that mean nothing.
fn pkcs8(length: usize) -> Vec<u8> {
    let rsa = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    let noise = random(BASE62, length, 7).into_bytes();
    der(0x30, &[der(2, &[0]), der(0x30, &rsa), der(4, &noise)].concat())
}

fn pkcs1() -> Vec<u8> {
    der(0x30, &[der(2, &[0]), der(2, random(BASE62, 257, 8).as_bytes())].concat())
}

fn sec1() -> Vec<u8> {
    let p256 = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    der(0x30, &[der(2, &[1]), der(4, random(BASE62, 32, 9).as_bytes()), der(0xa0, &p256)].concat())
}

fn certificate() -> String {
    base64(&der(0x30, &[der(0x30, &[der(0xa0, &der(2, &[2])), der(2, &[7; 16])].concat()), vec![5; 400]].concat()))
}

fn armoured(label: &str, body: &str, end_of_line: &str) -> String {
    let lines: Vec<_> = body.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
    let text = lines.join(end_of_line);
    format!("-----BEGIN {label}-----{end_of_line}{text}{end_of_line}-----END {label}-----")
}

/// A token with the checksum that GitHub and npm describe.
fn checked(prefix: &str) -> String {
    // The body of the example that GitHub published with the format.
    format!("{prefix}zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17")
}

fn jwt() -> String {
    let part = |json: &str| base64(json.as_bytes()).trim_end_matches('=').replace('+', "-").replace('/', "_");
    format!(
        "{}.{}.{}",
        part(r#"{"alg":"HS256","typ":"JWT"}"#),
        part(r#"{"sub":"zwfw-510000","exp":1}"#),
        random(BASE62, 43, 3)
    )
}

/// Every rule with a text that it finds something in.
fn planted() -> Vec<(&'static str, String)> {
    let hex = |length, seed| random(HEX, length, seed);
    let mixed = |length, seed| random(BASE62, length, seed);
    let aliyun = format!("LTAI5t{}", mixed(18, 1));
    let tencent = format!("AKID{}", mixed(32, 2));
    let aws = format!("AKIA{}", random(BASE32, 16, 4));
    let groups: Vec<_> = (0..6).map(|seed| random("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 5, 40 + seed)).collect();
    vec![
        ("aliyun-access-key-id", format!("oss.init('{aliyun}')")),
        ("aliyun-access-key-secret", format!("{{\"id\": \"{aliyun}\", \"key\": \"{}\"}}", mixed(30, 5))),
        ("amap-key", format!("<meta-data android:name=\"com.amap.api.v2.apikey\" android:value=\"{}\"/>", hex(32, 6))),
        ("aws-access-key-id", format!("id={aws} ")),
        ("aws-secret-access-key", format!("{aws}\n{}", mixed(40, 7))),
        ("baidu-cloud-access-key-id", format!("\"ALTAK{}\"", mixed(21, 8))),
        (
            "baidu-map-key",
            format!("<meta-data android:name=\"com.baidu.lbsapi.API_KEY\" android:value=\"{}\"/>", mixed(32, 9)),
        ),
        ("basic-authorization", format!("Authorization: Basic {}", base64(b"zwfw:Sc@2026!pw"))),
        ("encryption-key", format!("var sm4Key = \"{}\";", hex(32, 10))),
        ("fcm-server-key", format!("key=AAAA{}:APA91b{}", mixed(7, 11), mixed(134, 12))),
        ("generic-secret", format!("clientSecret: '{}'", mixed(32, 13))),
        ("github-token", checked("ghp_")),
        ("gitlab-token", format!("glpat-{}", mixed(20, 14))),
        ("google-api-key", format!("AIza{}", mixed(35, 15))),
        ("huawei-cloud-secret-key", format!("obs.myhuaweicloud.com\nsecretAccessKey=\"{}\"", mixed(40, 16))),
        ("jdbc-password", "jdbc:mysql://10.1.2.3:3306/zw?user=root&password=Zw2026%21db&ssl=0".to_owned()),
        ("jwt", format!("Bearer {}", jwt())),
        ("npm-token", checked("npm_")),
        ("private-key", armoured("PRIVATE KEY", &base64(&pkcs8(600)), "\n")),
        ("private-key-encrypted", armoured("ENCRYPTED PRIVATE KEY", &base64(&der(0x30, &[3; 600])), "\n")),
        ("private-key-hex", format!("sm2PrivateKey: \"{}\"", hex(64, 17))),
        ("sendgrid-key", format!("SG.{}.{}", mixed(22, 18), mixed(43, 19))),
        ("slack-token", format!("xoxb-123456789012-{}", mixed(24, 20))),
        ("stripe-key", format!("sk_live_{}", mixed(24, 21))),
        ("telegram-bot-token", format!("https://api.telegram.org/bot1234567890:{}/send", mixed(35, 22))),
        ("tencent-cloud-secret-id", format!("'{tencent}'")),
        ("tencent-cloud-secret-key", format!("'{tencent}', '{}'", mixed(32, 23))),
        ("tencent-map-key", format!("qqmapKey\": \"\", \"apiKey\": \"{}\"", groups.join("-"))),
        ("tianditu-key", format!("https://t0.tianditu.gov.cn/vec_w/wmts?tk={}", hex(32, 24))),
        ("url-credentials", "ftp://upload:Sc@2026pw@files.sc.gov.cn/in".to_owned()),
        ("volcengine-access-key-id", format!("AKLT{}", mixed(43, 25))),
        ("webhook", format!("https://oapi.dingtalk.com/robot/send?access_token={}", hex(64, 26))),
        ("wechat-app-secret", format!("{{\"appid\":\"wx{}\",\"appsecret\":\"{}\"}}", hex(16, 27), hex(32, 28))),
    ]
}

#[test]
fn every_rule_finds_what_it_is_for_and_shows_no_more_than_a_third() {
    let planted = planted();
    assert_eq!(
        planted.iter().map(|(rule, _)| *rule).collect::<Vec<_>>(),
        RULES.iter().map(|rule| rule.id).collect::<Vec<_>>()
    );
    for (rule, text) in planted {
        let found = scan(&text);
        let secret = found
            .iter()
            .find(|secret| secret.rule == rule)
            .unwrap_or_else(|| panic!("{rule} not in {text}: {found:?}"));
        let shown = secret.masked.replace("***", "");
        assert!(shown.chars().count() <= 6 && secret.masked.contains("***"), "{rule}: {}", secret.masked);
        assert!(secret.location.starts_with("assets/a.js:"), "{rule}: {}", secret.location);
    }
}

#[test]
fn other_forms_of_the_same_are_found() {
    let key = base64(&pkcs8(600));
    let groups = "open.feishu.cn/open-apis/bot/v2/hook/4e1f9c3a-7b2d-4c5e-9f60-1a2b3c4d5e6f";
    for (rule, text) in [
        ("private-key", armoured("RSA PRIVATE KEY", &base64(&pkcs1()), "\n")),
        ("private-key", armoured("EC PRIVATE KEY", &base64(&sec1()), "\r\n")),
        ("private-key", format!("{{\"key\": \"{}\"}}", armoured("PRIVATE KEY", &key, "\\n"))),
        ("private-key", format!("\"{}\"", armoured("PRIVATE KEY", &key, "\\n\" +\n    \""))),
        (
            "private-key",
            armoured(
                "OPENSSH PRIVATE KEY",
                &base64(&[&b"openssh-key-v1\0\0\0\0\x04none"[..], &[9; 200]].concat()),
                "\n",
            ),
        ),
        ("private-key", format!("RSA_PRIVATE = \"{key}\"")),
        ("private-key", format!("RSA_PRIVATE = \"{}\"", base64(&pkcs1()))),
        (
            "private-key-encrypted",
            armoured("RSA PRIVATE KEY", &base64(&[0x5a; 600]), "\n")
                .replacen('\n', "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n", 1)
                .replace(&base64(&[0x5a; 48]), &base64(&[&der(0x30, &[1; 600])[..48]].concat())),
        ),
        (
            "private-key-encrypted",
            armoured(
                "OPENSSH PRIVATE KEY",
                &base64(&[&b"openssh-key-v1\0\0\0\0\x0aaes256-ctr"[..], &[9; 200]].concat()),
                "\n",
            ),
        ),
        ("github-token", checked("gho_")),
        ("jdbc-password", "redis://:Zw2026redis@10.0.0.8:6379/0".to_owned()),
        ("jdbc-password", "jdbc:sqlserver://10.0.0.9:1433;databaseName=zw;user=sa;password=Zw!2026db;".to_owned()),
        ("jdbc-password", "mongodb+srv://zw:Zw2026mongo@c0.mongo.sc.cn/zw".to_owned()),
        ("webhook", format!("https://{groups}")),
        (
            "webhook",
            "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=4e1f9c3a-7b2d-4c5e-9f60-1a2b3c4d5e6f".to_owned(),
        ),
        ("generic-secret", format!("app.secret={}\n", random(BASE62, 32, 31))),
        ("generic-secret", format!("<string name=\"app_secret\">{}</string>", random(BASE62, 32, 32))),
        ("generic-secret", format!("<key>AppSecret</key>\n  <string>{}</string>", random(HEX, 32, 33))),
        ("generic-secret", format!("map.put(\"accessToken\", \"{}\")", random(HEX, 40, 34))),
        ("generic-secret", format!("{{\\\"appKey\\\":\\\"{}\\\"}}", random(BASE62, 24, 35))),
        ("amap-key", format!("https://webapi.amap.com/maps?v=2.0&key={}", random(HEX, 32, 36))),
    ] {
        assert!(rules(&text).iter().any(|found| found == rule), "{rule} not in {text}: {:?}", scan(&text));
    }
}

#[test]
fn near_misses_are_no_secrets() {
    let hex32 = random(HEX, 32, 50);
    let long = random(BASE62, 40, 51);
    for text in [
        // Labels and code.
        "Password:".to_owned(),
        "password_toggle_content_description".to_owned(),
        "<string name=\"password\">请输入登录密码</string>".to_owned(),
        "accessToken = getAccessTokenFromServer2();".to_owned(),
        "secretKey: e.secretKey, token: t.headers.token".to_owned(),
        "token=\"com.example.auth.TokenProvider1A\"".to_owned(),
        "\"apiKey\": \"YOUR_API_KEY_GOES_HERE_1234567890\"".to_owned(),
        "appSecret: \"${APP_SECRET}\"".to_owned(),
        "password: '********************'".to_owned(),
        // Identifiers, digests, public things, pictures.
        format!("token: \"4e1f9c3a-7b2d-4c5e-9f60-1a2b3c4d5e6f\""),
        format!("secretHash: \"{hex32}\""),
        format!("tokenSha256: \"{}\"", random(HEX, 64, 52)),
        "secret: \"d41d8cd98f00b204e9800998ecf8427e\"".to_owned(),
        "secret: \"0123456789abcdef0123456789abcdef\"".to_owned(),
        format!("publicKeyToken: \"{long}\""),
        format!("token: \"iVBORw0KGgo{long}\""),
        format!("appkey: \"{}\"", certificate()),
        format!("md5 {hex32}"),
        // Labels of libraries, certificates, public keys.
        "-----BEGIN RSA PRIVATE KEY-----".to_owned(),
        "\"-----BEGIN PRIVATE KEY-----\" + key + \"-----END PRIVATE KEY-----\"".to_owned(),
        armoured("CERTIFICATE", &certificate(), "\n"),
        armoured("PUBLIC KEY", &certificate(), "\n"),
        certificate(),
        armoured("PRIVATE KEY", &base64(&[0x41; 300]), "\n"),
        base64(&pkcs8(600))[..120].to_owned(),
        // Wrong length, alphabet, checksum or structure.
        "AKIAIOSFODNN7EXAMPLE".to_owned(),
        format!("AKIA{}", random(BASE32, 15, 53)),
        format!("XAKIA{}", random(BASE32, 16, 53)),
        "AKIA0189ABCDEFGHIJKL".to_owned(),
        "LTAInternational".to_owned(),
        format!("LTAI{}", random(BASE62, 30, 54)),
        format!("AIza{}", random(BASE62, 36, 55)),
        checked("ghp_").replace("Lq17", "Lq18"),
        "ghp_000000000000000000000000000000000000".to_owned(),
        "glpat-xxxxxxxxxxxxxxxxxxxx".to_owned(),
        "xoxo-hugs-and-kisses-to-everybody-here".to_owned(),
        jwt().replace("eyJhbGciOi", "eyJhbGdiOi"),
        "eyJhbGciOiJIUzI1NiJ9.not-json.abcdefghijklmnopqrstuvwxyz0123".to_owned(),
        "Basic Information about the Application".to_owned(),
        format!("Basic {}", base64(b"user:password")),
        // URLs without a password that somebody means.
        "http://user@a.cn/".to_owned(),
        "http://user:password@a.cn/".to_owned(),
        "http://%s:%s@a.cn/".to_owned(),
        "http://{user}:{pass}@a.cn/".to_owned(),
        "jdbc:mysql://db.sc.cn/zw?user=a&password=${PW}".to_owned(),
        "https://oapi.dingtalk.com/robot/send?access_token=xxxx".to_owned(),
        format!("tk={hex32}"),
    ] {
        assert_eq!(rules(&text), Vec::<String>::new(), "{text}: {:?}", scan(&text));
    }
}

#[test]
fn the_sample_token_of_the_documentation_is_none() {
    let part = |json: &str| base64(json.as_bytes()).trim_end_matches('=').to_owned();
    let sample = part(r#"{"sub":"1234567890","name":"John Doe","iat":1516239022}"#);
    let text = format!("{}.{sample}.{}", part(r#"{"alg":"HS256","typ":"JWT"}"#), random(BASE62, 43, 60));
    assert_eq!(rules(&text), Vec::<String>::new());
}

#[test]
fn the_value_itself_is_nowhere_in_the_result() {
    for (rule, text) in planted() {
        let mut scanner = Scanner::new();
        scanner.text("a", text.as_bytes());
        let json = serde_json::to_string(&scanner.finish()).unwrap();
        let words = text
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| word.len() >= 16 && !word.starts_with("510000"));
        for word in words.filter(|word| word.bytes().any(|b| b.is_ascii_digit())) {
            assert!(!json.contains(word), "{rule}: {word} in {json}");
        }
    }
}
