//! Secrets inside of URLs: user and password, keys of robots, and keys of map services in queries.

use super::{
    Found,
    assigned::is_tencent_map_key,
    value::{entropy, has_sequence, is_hex, is_placeholder, is_uuid},
};
use crate::formats::strings::url::Url;

/// Passwords that documentation writes, or that some text has only for its form.
const STAND_INS: [&str; 12] =
    ["password", "passwd", "pass", "pwd", "pw", "secret", "x", "xx", "xxx", "user", "host", "token"];

/// What a URL gives away, and whether its path does and must not be shown.
pub(in crate::formats::strings) fn of<'a>(url: &Url<'a>) -> (Vec<Found<'static>>, bool) {
    let mut found = Vec::new();
    if let Some(password) = url.userinfo.as_deref().and_then(password) {
        let rule = if is_database(url.scheme) { "jdbc-password" } else { "url-credentials" };
        found.push(Found::owned(rule, password.as_bytes()));
    }
    if is_database(url.scheme) {
        let named = ["password", "pwd", "PASSWORD", "PWD", "Password"]
            .iter()
            .find_map(|name| parameter(&url.rest, name.as_bytes()));
        found.extend(named.filter(|value| is_meant(value)).map(|value| Found::owned("jdbc-password", value)));
    }
    found.extend(map_key(url));
    let (robot, in_path) = robot(url);
    found.extend(robot);
    (found, in_path)
}

fn is_database(scheme: &str) -> bool {
    const DATABASES: [&str; 13] = [
        "dm",
        "gbase",
        "kingbase",
        "kingbase8",
        "mariadb",
        "mongodb",
        "mongodb+srv",
        "mysql",
        "postgres",
        "postgresql",
        "redis",
        "rediss",
        "sqlserver",
    ];
    DATABASES.contains(&scheme)
}

/// The password before the `@`, where it is one.
fn password(userinfo: &str) -> Option<&str> {
    let (_, password) = userinfo.split_once(':')?;
    is_meant(password.as_bytes()).then_some(password)
}

fn is_meant(password: &[u8]) -> bool {
    let lower = password.to_ascii_lowercase();
    let template = password.iter().any(|byte| matches!(byte, b'{' | b'}' | b'<' | b'>' | b'$' | b'*') || *byte <= b' ')
        || password.starts_with(b"%") && !password.get(1).is_some_and(u8::is_ascii_hexdigit);
    password.len() >= 3
        && !template
        && !is_placeholder(password)
        && !STAND_INS.iter().any(|word| lower == word.as_bytes())
}

/// The value of a parameter after `?`, `&` or `;`.
fn parameter<'a>(rest: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let end = rest
        .iter()
        .position(|byte| *byte <= b' ' || matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'`'))
        .unwrap_or(rest.len());
    rest[..end].split(|byte| matches!(byte, b'?' | b'&' | b';')).skip(1).find_map(|pair| {
        let value = pair.strip_prefix(name)?.strip_prefix(b"=")?;
        Some(&value[..value.iter().position(|byte| matches!(byte, b'\\' | b'#')).unwrap_or(value.len())])
    })
}

/// Group robots: who has the URL may post. The second value says whether the key is in the path.
fn robot(url: &Url<'_>) -> (Option<Found<'static>>, bool) {
    let rest = &url.rest[..];
    let query = |host: &str, path: &str, name: &str| {
        (url.host.name == host && url.path == path).then(|| parameter(rest, name.as_bytes())).flatten()
    };
    if let Some(token) = query("oapi.dingtalk.com", "/robot/send", "access_token") {
        let real = token.len() == 64 && is_hex(token) && !has_sequence(token);
        return (real.then(|| Found::owned("webhook", token)), false);
    }
    if let Some(key) = query("qyapi.weixin.qq.com", "/cgi-bin/webhook/send", "key") {
        return (is_uuid(key).then(|| Found::owned("webhook", key)), false);
    }
    let last = url.path.rsplit('/').next().unwrap_or_default().as_bytes();
    let found = match url.host.name.as_str() {
        "open.feishu.cn" if url.path.starts_with("/open-apis/bot/v2/hook/") && is_uuid(last) => Some(("webhook", last)),
        "hooks.slack.com" if url.path.starts_with("/services/T") && last.len() == 24 && !has_sequence(last) => {
            Some(("webhook", last))
        }
        "api.telegram.org" => {
            url.path.strip_prefix("/bot").and_then(telegram).map(|token| ("telegram-bot-token", token))
        }
        _ => None,
    };
    let found = found.filter(|(_, value)| !is_placeholder(value)).map(|(rule, value)| Found::owned(rule, value));
    let in_path = found.is_some();
    (found, in_path)
}

/// A number, a colon, 35 characters.
fn telegram(path: &str) -> Option<&[u8]> {
    let token = path.split('/').next().unwrap_or_default();
    let (number, key) = token.split_once(':')?;
    let fits = number.len() >= 6
        && number.bytes().all(|b| b.is_ascii_digit())
        && key.len() == 35
        && entropy(key.as_bytes()) >= 3.5;
    fits.then_some(token.as_bytes())
}

/// Keys in queries of map services.
fn map_key(url: &Url<'_>) -> Option<Found<'static>> {
    let host = url.host.name.as_str();
    let hex = |value: &&[u8]| value.len() == 32 && is_hex(value) && !has_sequence(value);
    if matches!(host, "webapi.amap.com" | "restapi.amap.com") {
        parameter(&url.rest, b"key").filter(hex).map(|key| Found::owned("amap-key", key))
    } else if host == "tianditu.gov.cn" || host.ends_with(".tianditu.gov.cn") {
        parameter(&url.rest, b"tk").filter(hex).map(|key| Found::owned("tianditu-key", key))
    } else if matches!(host, "map.qq.com" | "apis.map.qq.com") {
        parameter(&url.rest, b"key")
            .filter(|key| is_tencent_map_key(key))
            .map(|key| Found::owned("tencent-map-key", key))
    } else if host == "api.map.baidu.com" {
        let random = |key: &&[u8]| {
            (24..=40).contains(&key.len()) && key.iter().all(u8::is_ascii_alphanumeric) && entropy(key) >= 3.5
        };
        parameter(&url.rest, b"ak").filter(random).map(|key| Found::owned("baidu-map-key", key))
    } else {
        None
    }
}
