//! From how an asset is written to the way to its evidence.

use std::path::PathBuf;

use crate::model::{AssetKind, Text};

use super::{
    Access, Address, Asset, Auth, Secret,
    raw::{RawAsset, RawAuth, RawSecret, RawVia},
    read::Checked,
    target::is_name,
};

/// Which ways there are to an asset, and which keys each of them reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Local,
    Ssh,
    Tcp,
    Import,
    File,
    Endpoint,
    Recorded,
    Manual,
    Unknown,
}

impl Way {
    fn needs(self) -> &'static [&'static str] {
        match self {
            Self::Ssh => &["address", "user", "host_key", "auth"],
            Self::Tcp => &["address", "auth"],
            Self::Import => &["path", "sha256"],
            Self::File | Self::Recorded => &["path"],
            Self::Endpoint => &["address"],
            Self::Unknown => &["unknown"],
            Self::Local | Self::Manual => &[],
        }
    }

    fn may(self) -> &'static [&'static str] {
        match self {
            Self::Tcp => &["tls"],
            // Where the asset itself answers is worth keeping beside what was recorded of it.
            Self::Recorded => &["sha256", "address"],
            Self::File => &["sha256"],
            Self::Unknown => &["address"],
            _ => &[],
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Local => "via: local",
            Self::Ssh => "via: ssh",
            Self::Tcp => "via: tcp",
            Self::Import => "via: import",
            Self::File => "path",
            Self::Endpoint => "address",
            Self::Recorded => "via: recorded",
            Self::Manual => "via: manual",
            Self::Unknown => "unknown",
        }
    }
}

/// The ways that a kind of asset has besides `recorded`, `manual` and `unknown`, which all have.
fn ways(kind: AssetKind) -> &'static [Way] {
    match kind {
        AssetKind::HostLinux => &[Way::Local, Way::Ssh, Way::Import],
        AssetKind::HostWindows => &[Way::Import],
        AssetKind::DbMysql | AssetKind::DbPostgresql | AssetKind::DbRedis => &[Way::Tcp, Way::Import],
        AssetKind::WebServerNginx | AssetKind::WebServerApache | AssetKind::WebServerTomcat => {
            &[Way::Local, Way::Ssh, Way::Import]
        }
        AssetKind::TlsEndpoint | AssetKind::WebSite | AssetKind::WebH5 => &[Way::Endpoint],
        AssetKind::AppPackage | AssetKind::NetworkNmap => &[Way::File],
        AssetKind::NetworkDevice => &[Way::Ssh, Way::Import],
        AssetKind::Terminal => &[Way::Import],
        AssetKind::Org => &[],
    }
}

/// The asset, where nothing is wrong with it.
pub(super) fn asset(mut raw: RawAsset, index: usize, checked: &mut Checked<'_>) -> Option<Asset> {
    let path = format!("assets[{index}]");
    special_keys(&raw, &path, checked);
    let way = way(&raw, &path, checked)?;
    let complete = has_keys(&raw, way, &path, checked);
    let access = access(&mut raw, way, &path, checked);
    if !complete {
        return None;
    }
    let probing = raw.probing.take().map(|probing| probing.checked(&format!("{path}.probing"), checked));
    let RawAsset { id, kind, name, serves, sni, starttls, intrusive, signers, vantage, .. } = raw;
    Some(Asset { id, kind, name, serves, access: access?, sni, starttls, probing, intrusive, signers, vantage })
}

fn way(raw: &RawAsset, path: &str, checked: &mut Checked<'_>) -> Option<Way> {
    let own = ways(raw.kind);
    let way = match (raw.via, &raw.unknown) {
        (Some(_), Some(_)) => {
            let message = Text::new("via 与 unknown 只能写一个", "an asset has via or unknown, not both");
            let help = Text::new("能采集就删去 unknown", "remove unknown if it can be looked at");
            checked.wrong_key(&format!("{path}.unknown"), message, help);
            return None;
        }
        (None, Some(_)) => Way::Unknown,
        (Some(RawVia::Local), None) => Way::Local,
        (Some(RawVia::Ssh), None) => Way::Ssh,
        (Some(RawVia::Tcp), None) => Way::Tcp,
        (Some(RawVia::Import), None) => Way::Import,
        (Some(RawVia::Recorded), None) => Way::Recorded,
        (Some(RawVia::Manual), None) => Way::Manual,
        // Where a kind has one way only, it need not be said.
        (None, None) => match own {
            [way @ (Way::Endpoint | Way::File)] => *way,
            [] => Way::Manual,
            _ => {
                let message = Text::new("缺少 via", "via is missing");
                checked.wrong_with_help(path, message, choices(own));
                return None;
            }
        },
    };
    if !own.contains(&way) && !matches!(way, Way::Recorded | Way::Manual | Way::Unknown) {
        let message = Text::new(
            format!("{} 不能用 {}", raw.kind, way.name()),
            format!("{} cannot be reached by {}", raw.kind, way.name()),
        );
        checked.wrong_with_help(&format!("{path}.via"), message, choices(own));
        return None;
    }
    Some(way)
}

fn choices(own: &[Way]) -> Text {
    let always = [Way::Recorded, Way::Manual];
    let names: Vec<_> = own.iter().chain(&always).map(|way| way.name()).collect();
    let list = names.join(", ");
    Text::new(
        format!("可用：{list}；无法查看时写 unknown: 原因"),
        format!("known here: {list}; or unknown: and why nobody can look at it"),
    )
}

/// Every key that the way needs is there, and none that it does not read. `false`: something is missing.
fn has_keys(raw: &RawAsset, way: Way, path: &str, checked: &mut Checked<'_>) -> bool {
    let given = [
        ("address", raw.address.is_some()),
        ("user", raw.user.is_some()),
        ("host_key", raw.host_key.is_some()),
        ("auth", raw.auth.is_some()),
        ("tls", raw.tls.is_some()),
        ("path", raw.path.is_some()),
        ("sha256", raw.sha256.is_some()),
        ("unknown", raw.unknown.is_some()),
    ];
    let mut complete = true;
    for (key, is_given) in given {
        let name = way.name();
        if way.needs().contains(&key) && !is_given {
            complete = false;
            let message = Text::new(format!("{name} 缺少 {key}"), format!("{name} needs {key}"));
            match key {
                "host_key" => {
                    let help = Text::new(
                        "用 ssh-keyscan 取得公钥，经 ssh-keygen -lf 得到 SHA256:…，并与管理员核对",
                        "take the SHA256:… that ssh-keygen -lf prints, and confirm it with the administrator",
                    );
                    checked.wrong_with_help(path, message, help);
                }
                _ => checked.wrong(path, message.zh, message.en),
            }
        }
        if is_given && !way.needs().contains(&key) && !way.may().contains(&key) {
            let message = Text::new(format!("{name} 不用 {key}"), format!("{key} means nothing with {name}"));
            let help = Text::new(format!("删除 {key}，或改写 via"), format!("remove {key}, or change via"));
            checked.wrong_key(&format!("{path}.{key}"), message, help);
        }
    }
    complete
}

fn special_keys(raw: &RawAsset, path: &str, checked: &mut Checked<'_>) {
    if !raw.signers.is_empty() && raw.kind != AssetKind::AppPackage {
        let (zh, en) = ("signers 只用于 app.package", "signers belong to app.package");
        checked.wrong(&format!("{path}.signers"), zh, en);
    }
    if raw.starttls.is_some() && raw.kind != AssetKind::TlsEndpoint {
        let (zh, en) = ("starttls 只用于 tls.endpoint", "starttls belongs to tls.endpoint");
        checked.wrong(&format!("{path}.starttls"), zh, en);
    }
    if raw.probing.is_some() && raw.kind != AssetKind::TlsEndpoint {
        let (zh, en) = ("probing 只用于 tls.endpoint", "probing belongs to tls.endpoint");
        checked.wrong(&format!("{path}.probing"), zh, en);
    }
    if raw.intrusive && raw.kind != AssetKind::TlsEndpoint {
        let (zh, en) = ("intrusive 只用于 tls.endpoint", "intrusive belongs to tls.endpoint");
        checked.wrong(&format!("{path}.intrusive"), zh, en);
    }
    if let Some(sni) = &raw.sni {
        if raw.kind != AssetKind::TlsEndpoint {
            let (zh, en) = ("sni 只用于 tls.endpoint", "sni belongs to tls.endpoint");
            checked.wrong(&format!("{path}.sni"), zh, en);
        } else if !is_name(sni) {
            let (zh, en) = ("sni 不是域名", "sni is not a host name");
            checked.wrong(&format!("{path}.sni"), zh, en);
        }
    }
    match (raw.kind, raw.vantage) {
        (AssetKind::NetworkNmap, None) if raw.unknown.is_none() => {
            let message = Text::new("network.nmap 缺少 vantage", "network.nmap needs vantage");
            let help = Text::new(
                "从哪里扫描的：internet、egov 或 internal",
                "from where it was scanned: internet, egov or internal",
            );
            checked.wrong_with_help(path, message, help);
        }
        (AssetKind::NetworkNmap, _) | (_, None) => {}
        (_, Some(_)) => {
            let (zh, en) = ("vantage 只用于 network.nmap", "vantage belongs to network.nmap");
            checked.wrong(&format!("{path}.vantage"), zh, en);
        }
    }
    if let Some(name) = &raw.name {
        checked.filled(&format!("{path}.name"), name);
    }
}

fn access(raw: &mut RawAsset, way: Way, path: &str, checked: &mut Checked<'_>) -> Option<Access> {
    let address = raw.address.take().map(|text| checked.parsed::<Address>(&format!("{path}.address"), &text));
    let auth = raw.auth.take().map(|raw| auth(raw, &format!("{path}.auth"), checked));
    match way {
        Way::Local => Some(Access::Local),
        Way::Manual => Some(Access::Manual),
        Way::Ssh => {
            let host_key = raw.host_key.take()?;
            let (user, auth) = (raw.user.take()?, auth?);
            checked.filled(&format!("{path}.user"), &user);
            if !is_fingerprint(&host_key) {
                let message =
                    Text::new("主机密钥应为 SHA256:…（43 个字符）", "a host key is SHA256: and 43 characters");
                let help = Text::new("ssh-keygen -lf 输出的第二列", "the second column of ssh-keygen -lf");
                checked.wrong_with_help(&format!("{path}.host_key"), message, help);
            }
            Some(Access::Ssh { address: address??, user, host_key, auth: ssh_login(auth?, path, checked)? })
        }
        Way::Tcp => {
            let auth = auth??;
            if auth.user.is_none() && auth.password.is_none() {
                checked.wrong(&format!("{path}.auth"), "缺少 user 或 password", "give a user or a password");
            }
            let address = address??;
            if address.port().is_none() {
                checked.wrong(&format!("{path}.address"), "地址缺少端口", "the address needs its port");
            }
            Some(Access::Tcp { address, tls: raw.tls.unwrap_or_default(), auth })
        }
        Way::Import => Some(Access::Import { path: file(raw.path.take()?, path, checked), sha256: raw.sha256? }),
        Way::File => Some(Access::File { path: file(raw.path.take()?, path, checked), sha256: raw.sha256 }),
        Way::Recorded => Some(Access::Recorded { path: file(raw.path.take()?, path, checked), sha256: raw.sha256 }),
        Way::Endpoint => {
            let address = address??;
            if address.port().is_none() && raw.kind == AssetKind::TlsEndpoint {
                let message = Text::new("地址缺少端口", "the address needs its port");
                let help = format!("\"{address}:443\"");
                checked.wrong_with_help(&format!("{path}.address"), message, Text::new(help.clone(), help));
            }
            Some(Access::Endpoint { address })
        }
        Way::Unknown => {
            let reason = raw.unknown.take()?;
            checked.filled(&format!("{path}.unknown"), &reason);
            Some(Access::Unknown { reason })
        }
    }
}

fn file(file: PathBuf, path: &str, checked: &mut Checked<'_>) -> PathBuf {
    if file.as_os_str().is_empty() {
        checked.wrong(&format!("{path}.path"), "不能为空", "this cannot be empty");
    }
    file
}

fn is_fingerprint(text: &str) -> bool {
    text.strip_prefix("SHA256:").is_some_and(|hash| {
        let hash = hash.strip_suffix('=').unwrap_or(hash);
        hash.len() == 43 && hash.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
    })
}

fn ssh_login(auth: Auth, path: &str, checked: &mut Checked<'_>) -> Option<Auth> {
    let ways = [auth.agent, auth.key.is_some(), auth.password.is_some()];
    if ways.iter().filter(|given| **given).count() != 1 {
        let message = Text::new("auth 应恰有一种：agent、key 或 password", "auth is one of agent, key or password");
        let help = Text::new("推荐 auth: {agent: true}", "auth: {agent: true} is best");
        checked.wrong_with_help(&format!("{path}.auth"), message, help);
        return None;
    }
    Some(auth)
}

fn auth(raw: RawAuth, path: &str, checked: &mut Checked<'_>) -> Option<Auth> {
    if raw.passphrase.is_some() && raw.key.is_none() {
        checked.wrong(&format!("{path}.passphrase"), "passphrase 需要 key", "a passphrase needs its key");
    }
    let mut secret = |key: &str, text: Option<RawSecret>| match text {
        None => Some(None),
        Some(RawSecret(text)) => reference(&text, &format!("{path}.{key}"), checked).map(Some),
    };
    let (password, key, passphrase) =
        (secret("password", raw.password), secret("key", raw.key), secret("passphrase", raw.passphrase));
    Some(Auth { agent: raw.agent, user: raw.user, password: password?, key: key?, passphrase: passphrase? })
}

/// Where a secret is to be found. Anything else would be the secret itself.
fn reference(text: &str, path: &str, checked: &mut Checked<'_>) -> Option<Secret> {
    let secret = match text.split_once(':') {
        Some(("env", name)) if is_variable(name) => Some(Secret::Env(name.to_owned())),
        Some(("file", file)) if !file.is_empty() => Some(Secret::File(file.into())),
        _ => None,
    };
    if secret.is_none() {
        let message = Text::new("不能把口令写进文件", "a secret is not written into a file");
        let help = Text::new(
            "写 \"env:变量名\" 或 \"file:路径\"（文件权限 0600）；已写入的口令应更换",
            "write \"env:NAME\" or \"file:PATH\" (mode 0600); change the secret that was written here",
        );
        checked.wrong_secret(path, message, help);
    }
    secret
}

fn is_variable(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !name.as_bytes()[0].is_ascii_digit()
}
