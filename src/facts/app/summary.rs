//! A package in sections of named values: the same on a terminal and in a report. What is not known says so, and why.

use serde::Serialize;

use super::{App, Platform, SignerFacts, UseFacts};
use crate::{
    formats::apk::signing::{Issue, Verified},
    model::{Fact, Lang, Reason, Text, Tri, Unread},
};

/// Rows of a list that a section shows; the others are counted.
const SHOWN: usize = 12;

/// How a value is to be taken. What colour says is said in words too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    Plain,
    Good,
    Weak,
    Bad,
    Undecided,
}

/// Named values under a heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    pub title: String,
    pub rows: Vec<Row>,
}

/// One value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    pub name: String,
    pub value: String,
    pub tone: Tone,
}

/// Everything worth showing of a package.
pub fn summary(app: &Fact<&App>, lang: Lang) -> Vec<Section> {
    match app {
        Fact::Known(app) => Words { app, lang }.sections(),
        Fact::Unread(why) => {
            let row = undecided("", why, lang);
            vec![Section { title: lang.pick("安装包", "Package").to_owned(), rows: vec![row] }]
        }
    }
}

fn undecided(name: &str, why: &Unread, lang: Lang) -> Row {
    let reason = Reason::from(why).describe(lang);
    let value = match lang {
        Lang::Zh => format!("未判定：{reason}"),
        Lang::En => format!("undecided: {reason}"),
    };
    Row { name: name.to_owned(), value, tone: Tone::Undecided }
}

struct Words<'a> {
    app: &'a App,
    lang: Lang,
}

impl Words<'_> {
    fn sections(&self) -> Vec<Section> {
        let mut all = vec![self.identity(), self.signature()];
        all.extend(self.signers());
        match self.app.platform.known() {
            Some(Platform::Android) => all.extend([self.android(), self.network(), self.code()]),
            Some(Platform::Harmony) => all.push(self.harmony()),
            Some(Platform::Ios) => all.push(self.ios()),
            None => {}
        }
        all.extend([self.contents(), self.coverage()]);
        all.retain(|section| !section.rows.is_empty());
        all
    }

    fn section(&self, zh: &str, en: &str, rows: Vec<Row>) -> Section {
        Section { title: self.lang.pick(zh, en).to_owned(), rows }
    }

    fn row(&self, zh: &str, en: &str, value: impl Into<String>, tone: Tone) -> Row {
        Row { name: self.lang.pick(zh, en).to_owned(), value: value.into(), tone }
    }

    /// A value in its words, or why it is undecided.
    fn told<T>(&self, zh: &str, en: &str, fact: &Fact<T>, words: impl FnOnce(&T) -> (String, Tone)) -> Row {
        match fact {
            Fact::Known(value) => {
                let (text, tone) = words(value);
                self.row(zh, en, text, tone)
            }
            Fact::Unread(why) => undecided(self.lang.pick(zh, en), why, self.lang),
        }
    }

    fn text(&self, zh: &str, en: &str, fact: &Fact<String>) -> Row {
        self.told(zh, en, fact, |text| (self.or_none(text), Tone::Plain))
    }

    fn number(&self, zh: &str, en: &str, fact: &Fact<i64>) -> Row {
        self.told(zh, en, fact, |number| (number.to_string(), Tone::Plain))
    }

    /// A flag, and what it means when it is set.
    fn flag(&self, zh: &str, en: &str, fact: &Fact<bool>, set: Tone) -> Row {
        self.told(zh, en, fact, |flag| (self.yes_no(*flag).to_owned(), if *flag { set } else { Tone::Plain }))
    }

    fn tri(&self, zh: &str, en: &str, tri: Tri, yes: Tone, no: Tone) -> Row {
        match tri {
            Tri::Yes => self.row(zh, en, self.yes_no(true), yes),
            Tri::No => self.row(zh, en, self.yes_no(false), no),
            Tri::Unknown => self.row(zh, en, self.lang.pick("未判定", "undecided"), Tone::Undecided),
        }
    }

    fn yes_no(&self, flag: bool) -> &'static str {
        if flag { self.lang.pick("是", "yes") } else { self.lang.pick("否", "no") }
    }

    fn or_none(&self, text: &str) -> String {
        if text.is_empty() { self.lang.pick("（无）", "(none)").to_owned() } else { text.to_owned() }
    }

    /// The first of a list, and how many there are.
    fn list(&self, all: &[String]) -> String {
        if all.is_empty() {
            return self.lang.pick("无", "none").to_owned();
        }
        let shown = all.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(self.lang.pick("、", ", "));
        match (all.len().saturating_sub(SHOWN), self.lang) {
            (0, _) => shown,
            (more, Lang::Zh) => format!("{shown} 等 {} 个", more + SHOWN),
            (more, Lang::En) => format!("{shown} and {more} more"),
        }
    }

    fn named<T>(&self, zh: &str, en: &str, fact: &Fact<Vec<T>>, some: Tone, name: impl Fn(&T) -> String) -> Row {
        self.told(zh, en, fact, |all| {
            let mut names: Vec<String> = all.iter().map(name).collect();
            names.dedup();
            (self.list(&names), if all.is_empty() { Tone::Plain } else { some })
        })
    }

    fn identity(&self) -> Section {
        let app = self.app;
        let rows = vec![
            self.told("种类", "kind", &app.kind, |kind| (kind.as_str().to_owned(), Tone::Plain)),
            self.text("包名", "package", &app.package),
            self.text("版本", "version", &app.version_name),
            self.number("版本号", "version code", &app.version_code),
            self.number("字节", "bytes", &app.file.bytes),
            self.told("SHA-256", "SHA-256", &app.file.sha256, |digest| (digest.hex(), Tone::Plain)),
            self.text("SM3", "SM3", &app.file.sm3),
        ];
        self.section("安装包", "Package", rows)
    }

    fn verified(&self, verified: Verified) -> (String, Tone) {
        let (text, tone) = match verified {
            Verified::Yes => (Text::new("验证通过", "verified"), Tone::Good),
            Verified::No => (Text::new("验证不通过", "does not verify"), Tone::Bad),
            Verified::Indeterminate => (Text::new("无法判定", "cannot be told"), Tone::Undecided),
        };
        (text.get(self.lang).to_owned(), tone)
    }

    fn signature(&self) -> Section {
        let app = self.app;
        let mut rows =
            vec![self.told("签名", "signature", &app.signature_verified, |verified| self.verified(*verified))];
        if let Fact::Known(schemes) = &app.signatures {
            for (name, scheme) in [
                ("v1", &schemes.v1),
                ("v2", &schemes.v2),
                ("v3", &schemes.v3),
                ("v3.1", &schemes.v3_1),
                ("v4", &schemes.v4),
            ] {
                let (mut text, mut tone) = match scheme.present {
                    true => self.verified(scheme.verified),
                    false => (self.lang.pick("没有", "absent").to_owned(), Tone::Plain),
                };
                if scheme.required {
                    text += self.lang.pick("（目标系统要求）", " (required by the systems it is for)");
                    tone = if scheme.present { tone } else { Tone::Bad };
                }
                if !scheme.errors.is_empty() {
                    let errors: Vec<_> = scheme.errors.iter().map(issue).collect();
                    text = format!("{text}: {}", self.list(&errors));
                }
                rows.push(Row { name: name.to_owned(), value: text, tone });
            }
        }
        rows.push(self.tri("签名证书在指定名单内", "signer is designated", app.signer_allowed, Tone::Good, Tone::Bad));
        self.section("签名", "Signature", rows)
    }

    fn signers(&self) -> Vec<Section> {
        let Fact::Known(signers) = &self.app.signers else { return Vec::new() };
        signers.iter().enumerate().map(|(index, signer)| self.signer(index + 1, signer)).collect()
    }

    fn signer(&self, number: usize, signer: &SignerFacts) -> Section {
        let key = [signer.key.algorithm.as_str(), &signer.key.curve, &signer.key.bits.to_string()].join(" ");
        let mut rows = vec![
            self.row("主体", "subject", signer.subject.clone(), Tone::Plain),
            self.row("颁发者", "issuer", signer.issuer.clone(), Tone::Plain),
            self.row(
                "有效期",
                "validity",
                format!("{} – {}", day(&signer.not_before), day(&signer.not_after)),
                Tone::Plain,
            ),
            self.row("密钥", "key", key, Tone::Plain),
            self.row("SHA-256", "SHA-256", signer.sha256.hex(), Tone::Plain),
        ];
        if signer.debug {
            rows.push(self.row("调试证书", "debug certificate", self.yes_no(true), Tone::Bad));
        }
        if !signer.public_test.is_empty() {
            rows.push(self.row("公开的测试密钥", "published test key", signer.public_test.clone(), Tone::Bad));
        }
        Section { title: format!("{} {number}", self.lang.pick("签名者", "Signer")), rows }
    }

    fn android(&self) -> Section {
        let app = self.app;
        let exported = app.components.as_ref().map(|all| {
            let open = all.iter().filter(|component| component.exported.known() == Some(&true));
            open.map(|component| format!("{} {}", component.kind, component.name)).collect::<Vec<_>>()
        });
        let dangerous = app.permissions.as_ref().map(|all| {
            let asked = all.iter().filter(|permission| permission.level == "dangerous" && !permission.implied);
            asked.map(|permission| short(&permission.name)).collect::<Vec<_>>()
        });
        let rows = vec![
            self.number("最低 SDK", "minimum SDK", &app.min_sdk),
            self.number("目标 SDK", "target SDK", &app.target_sdk),
            self.flag("可调试", "debuggable", &app.debuggable, Tone::Bad),
            self.flag("仅供测试", "test only", &app.test_only, Tone::Bad),
            self.flag("允许备份", "backup allowed", &app.allow_backup, Tone::Weak),
            self.told("对外开放的组件", "exported components", &exported, |all| {
                (self.counted(all), Tone::Plain)
            }),
            self.told("权限", "permissions", &app.permissions, |all| {
                (all.iter().filter(|permission| !permission.implied).count().to_string(), Tone::Plain)
            }),
            self.told("敏感权限", "dangerous permissions", &dangerous, |all| (self.counted(all), Tone::Plain)),
            self.named(
                "未见使用的敏感权限",
                "dangerous permissions not seen in use",
                &app.permissions_unused,
                Tone::Weak,
                |p| short(p),
            ),
        ];
        self.section("清单文件", "Manifest", rows)
    }

    fn counted(&self, all: &[String]) -> String {
        if all.is_empty() { self.list(all) } else { format!("{} ({})", all.len(), self.list(all)) }
    }

    fn network(&self) -> Section {
        let clear = self.tri("允许明文", "clear text allowed", self.app.cleartext_permitted, Tone::Bad, Tone::Good);
        let mut rows = vec![clear];
        if let Fact::Known(security) = &self.app.network_security {
            rows.extend([
                self.tri("网络安全配置", "network security configuration", security.declared, Tone::Plain, Tone::Plain),
                self.tri(
                    "信任用户安装的证书",
                    "user certificates trusted",
                    security.user_anchors,
                    Tone::Bad,
                    Tone::Good,
                ),
                self.tri("证书锁定", "pinning", security.pins, Tone::Plain, Tone::Plain),
            ]);
        }
        self.section("网络", "Network", rows)
    }

    fn code(&self) -> Section {
        let app = self.app;
        let use_of = |one: &UseFacts| format!("{} @ {}", one.what, one.location);
        let rows = vec![
            self.tri("代码可评估", "code can be assessed", app.code_assessable, Tone::Good, Tone::Undecided),
            self.named("证书校验", "TLS trust", &app.tls_trust, Tone::Bad, use_of),
            self.named("WebView", "WebView", &app.webview, Tone::Weak, use_of),
            self.named("密码算法", "cryptography", &app.crypto, Tone::Weak, use_of),
            self.named("国密算法", "SM algorithms", &app.sm_algorithms, Tone::Good, use_of),
            self.named("动态加载", "dynamic code", &app.dynamic_code, Tone::Weak, use_of),
            self.named("隐私相关接口", "privacy APIs", &app.privacy_apis, Tone::Plain, |one| one.api.clone()),
        ];
        self.section("代码", "Code", rows)
    }

    fn harmony(&self) -> Section {
        let Fact::Known(harmony) = &self.app.harmony else { return self.section("鸿蒙", "HarmonyOS", Vec::new()) };
        let abilities = harmony.abilities.as_ref().map(Vec::len);
        let permissions =
            harmony.permissions.as_ref().map(|all| all.iter().map(|one| one.name.clone()).collect::<Vec<_>>());
        let rows = vec![
            self.number("最低 API", "minimum API", &harmony.api_min),
            self.number("目标 API", "target API", &harmony.api_target),
            self.text("API 发布类型", "API release type", &harmony.api_release),
            self.flag("调试", "debug", &harmony.debug, Tone::Bad),
            self.text("签名描述文件类型", "profile type", &harmony.profile.kind),
            self.told("Ability", "abilities", &abilities, |count| (count.to_string(), Tone::Plain)),
            self.told("权限", "permissions", &permissions, |all| (self.counted(all), Tone::Plain)),
            self.row(
                "签名块错误",
                "signature errors",
                self.list(&harmony.errors),
                if harmony.errors.is_empty() { Tone::Plain } else { Tone::Bad },
            ),
            self.row(
                "源码映射",
                "source maps",
                self.list(&harmony.files.source_maps),
                if harmony.files.source_maps.is_empty() { Tone::Plain } else { Tone::Weak },
            ),
        ];
        self.section("鸿蒙", "HarmonyOS", rows)
    }

    fn ios(&self) -> Section {
        let Fact::Known(ios) = &self.app.ios else { return self.section("iOS", "iOS", Vec::new()) };
        let profile = ios.profile.as_ref().map(|profile| word(&profile.kind));
        let rows = vec![
            self.text("最低系统", "minimum system", &ios.min_os),
            self.flag("可附加调试器", "a debugger may attach", &ios.get_task_allow, Tone::Bad),
            self.told("描述文件类型", "profile type", &profile, |text| (text.clone(), Tone::Plain)),
            self.named("URL 方案", "URL schemes", &ios.url_schemes, Tone::Plain, String::clone),
            self.text("代码目录摘要", "code directory hash", &ios.code_directory_hash),
            self.tri("代码可评估", "code can be assessed", ios.code_assessable, Tone::Good, Tone::Undecided),
            self.row(
                "签名错误",
                "signature errors",
                self.list(&ios.signature_errors),
                if ios.signature_errors.is_empty() { Tone::Plain } else { Tone::Bad },
            ),
        ];
        self.section("iOS", "iOS", rows)
    }

    fn contents(&self) -> Section {
        let app = self.app;
        let plain = app.endpoints.as_ref().map(|all| {
            let open =
                all.iter().filter(|one| one.scheme == "http" && one.role == crate::formats::strings::Role::Endpoint);
            open.map(|one| one.url.clone()).collect::<Vec<_>>()
        });
        let mut rows = vec![
            self.named("加固", "packers", &app.packers, Tone::Weak, |one| one.vendor.clone()),
            self.named("密钥与口令", "secrets", &app.secrets, Tone::Bad, |one| {
                format!("{} {} @ {}", one.rule, one.masked, one.location)
            }),
            self.number("地址", "URLs", &app.endpoints_found),
            self.told("明文地址", "clear-text URLs", &plain, |all| {
                (self.counted(all), if all.is_empty() { Tone::Plain } else { Tone::Weak })
            }),
            self.named("第三方组件", "third-party components", &app.sdks, Tone::Plain, |one| {
                match one.version.is_empty() {
                    true => one.name.clone(),
                    false => format!("{} {}", one.name, one.version),
                }
            }),
            self.told("本地库", "native libraries", &app.native_libs, |all| (all.len().to_string(), Tone::Plain)),
            self.named("压缩包异常", "archive anomalies", &app.zip.anomalies, Tone::Weak, |one| {
                format!("{} {}", word(&one.kind), one.entry)
            }),
        ];
        rows.retain(|row| !row.name.is_empty());
        self.section("内容", "Contents", rows)
    }

    fn coverage(&self) -> Section {
        let coverage = &self.app.coverage;
        let dex = match (&coverage.dex_scanned, &coverage.dex_present) {
            (Fact::Known(scanned), Fact::Known(present)) => self.row(
                "已读代码文件",
                "code files read",
                format!("{scanned} / {present}"),
                if scanned == present { Tone::Plain } else { Tone::Undecided },
            ),
            (Fact::Unread(why), _) | (_, Fact::Unread(why)) => {
                undecided(self.lang.pick("已读代码文件", "code files read"), why, self.lang)
            }
        };
        let rows = vec![
            dex,
            self.number("已读条目", "entries read", &coverage.entries_scanned),
            self.named("未能读完的条目", "entries not read", &coverage.skipped, Tone::Undecided, |one| {
                format!("{} ({})", one.entry, one.reason)
            }),
        ];
        self.section("覆盖", "Coverage", rows)
    }
}

fn issue(issue: &Issue) -> String {
    let code = word(&issue.code);
    if issue.detail.is_empty() { code } else { format!("{code} ({})", issue.detail) }
}

/// The stable word of a code.
fn word(code: &impl Serialize) -> String {
    serde_json::to_value(code).ok().as_ref().and_then(|code| code.as_str()).unwrap_or_default().to_owned()
}

fn day(time: &str) -> &str {
    time.split('T').next().unwrap_or(time)
}

fn short(permission: &str) -> String {
    permission.strip_prefix("android.permission.").unwrap_or(permission).to_owned()
}
