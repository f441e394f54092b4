//! The appendix of TLS endpoints: versions and suites as a matrix, certificates, behaviour, grade.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::assess::{Assessment, CertificateInfo, EndpointInfo, EndpointRecord, ProtocolInfo};
use crate::facts::tls::{ChainStatus, Feature, Ocsp, ProtocolStatus, Suite, is_grave, weakness, why};
use crate::model::{Fact, Lang, Tri, Unread, UnreadStatus};

use super::KeyValue;
use super::words::{list, said};

#[derive(Debug, Serialize)]
pub struct EndpointView {
    pub title: String,
    /// Why there is nothing to show; empty where there is.
    pub unread: String,
    pub about: Vec<KeyValue>,
    pub versions: Vec<VersionRow>,
    /// Versions that are spoken: the columns of the matrix.
    pub columns: Vec<String>,
    pub suites: Vec<SuiteRow>,
    /// How the matrix is to be read, and what it cannot show.
    pub notes: Vec<String>,
    pub certificates: Vec<CertificateView>,
    /// Why there are none to show; empty where there are.
    pub no_certificates: String,
    pub features: Vec<FeatureRow>,
    /// Empty where nobody graded it.
    pub grade: Vec<KeyValue>,
}

#[derive(Debug, Serialize)]
pub struct VersionRow {
    pub version: String,
    pub status: String,
    pub badge: &'static str,
    /// The alert, that it is deprecated, or why it is undecided.
    pub note: String,
    pub suites: String,
    pub order: String,
}

#[derive(Debug, Serialize)]
pub struct SuiteRow {
    pub id: String,
    pub name: String,
    pub properties: String,
    /// One a column.
    pub cells: Vec<String>,
    pub weak: Vec<Weak>,
}

/// A weakness of a suite, or that it has none.
#[derive(Debug, Serialize)]
pub struct Weak {
    pub text: String,
    pub badge: &'static str,
}

#[derive(Debug, Serialize)]
pub struct CertificateView {
    pub title: String,
    pub rows: Vec<KeyValue>,
}

#[derive(Debug, Serialize)]
pub struct FeatureRow {
    pub name: String,
    pub value: String,
    pub badge: &'static str,
    pub note: String,
}

pub fn endpoints(assessment: &Assessment, lang: Lang) -> Vec<EndpointView> {
    let wording = Wording { lang };
    assessment.endpoints.iter().map(|record| wording.endpoint(record)).collect()
}

#[derive(Clone, Copy)]
struct Wording {
    lang: Lang,
}

impl Wording {
    fn t<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        self.lang.pick(zh, en)
    }

    fn noted(self, text: &str, note: &str) -> String {
        match self.lang {
            Lang::Zh => format!("{text}（{note}）"),
            Lang::En => format!("{text} ({note})"),
        }
    }

    fn undecided(self, unread: &Unread) -> String {
        format!("{}{}", self.t("未判定：", "undecided: "), why(unread, self.lang))
    }

    /// The words for a value, or that it is undecided and why.
    fn told<T>(self, fact: &Fact<T>, words: impl FnOnce(&T) -> String) -> String {
        match fact {
            Fact::Known(value) => words(value),
            Fact::Unread(unread) => self.undecided(unread),
        }
    }

    fn tri(self, tri: Tri, yes: &str, no: &str, code: &str) -> String {
        match tri {
            Tri::Yes => yes.to_owned(),
            Tri::No => no.to_owned(),
            Tri::Unknown => self.undecided(&Unread { status: UnreadStatus::NotTested, reason: code.to_owned() }),
        }
    }

    fn names(self, names: &Fact<Vec<String>>) -> String {
        self.told(names, |names| match names.is_empty() {
            true => self.t("无", "none").to_owned(),
            false => list(names, self.lang),
        })
    }

    fn endpoint(self, record: &EndpointRecord) -> EndpointView {
        let asset = record.asset.to_string();
        match &record.found {
            Fact::Known(info) => self.known(asset, info),
            Fact::Unread(unread) => EndpointView {
                title: asset,
                unread: self.undecided(unread),
                about: Vec::new(),
                versions: Vec::new(),
                columns: Vec::new(),
                suites: Vec::new(),
                notes: Vec::new(),
                certificates: Vec::new(),
                no_certificates: String::new(),
                features: Vec::new(),
                grade: Vec::new(),
            },
        }
    }

    fn known(self, asset: String, info: &EndpointInfo) -> EndpointView {
        let spoken: Vec<_> = info.protocols.iter().filter(|protocol| is_accepted(protocol)).collect();
        EndpointView {
            title: self.noted(&asset, &format!("{}:{}", info.endpoint.host, info.endpoint.port)),
            unread: String::new(),
            about: self.about(info),
            versions: info.protocols.iter().map(|protocol| self.version(protocol)).collect(),
            columns: spoken.iter().map(|protocol| protocol.version.clone()).collect(),
            suites: self.suites(info, &spoken),
            notes: self.notes(info, &spoken),
            certificates: self.certificates(info),
            no_certificates: match &info.certificates {
                Fact::Known(list) if list.is_empty() => self.t("没有证书。", "There are none.").to_owned(),
                Fact::Known(_) => String::new(),
                Fact::Unread(unread) => self.undecided(unread),
            },
            // Where nothing is spoken the note above has said it of all of them.
            features: match spoken.is_empty() {
                true => Vec::new(),
                false => info.features.iter().map(|(feature, told)| self.feature(*feature, told)).collect(),
            },
            grade: match info.grade.known() {
                Some(grade) => {
                    grade.words(self.lang).into_iter().map(|(name, value)| KeyValue::new(name, value)).collect()
                }
                None => Vec::new(),
            },
        }
    }

    fn about(self, info: &EndpointInfo) -> Vec<KeyValue> {
        let endpoint = &info.endpoint;
        let name = if endpoint.sni.is_empty() { self.t("未提供", "none given") } else { &endpoint.sni };
        let mut rows = vec![
            KeyValue::new(
                self.t("服务", "Service"),
                self.told(&info.service, |service| said(&service.title(), self.lang)),
            ),
            KeyValue::new(self.t("地址", "Addresses"), self.names(&endpoint.addresses)),
            KeyValue::new(self.t("所问名称（SNI）", "Name asked for (SNI)"), name),
        ];
        if !endpoint.unanswered.is_empty() {
            rows.push(KeyValue::new(self.t("未应答的地址", "Unanswered"), list(&endpoint.unanswered, self.lang)));
        }
        if endpoint.family != "all" {
            rows.push(KeyValue::new(self.t("只评估", "Assessed"), &endpoint.family));
        }
        if endpoint.proxy != "none" {
            rows.push(KeyValue::new(self.t("经由代理", "Through proxy"), &endpoint.proxy));
        }
        if endpoint.starttls != "none" {
            rows.push(KeyValue::new("STARTTLS", &endpoint.starttls));
        }
        let dh = self.told(&info.dh_bits, |bits| match bits {
            0 => self.t("不使用 DH", "DH is not used").to_owned(),
            bits => format!("{bits} {}", self.t("位", "bits")),
        });
        let alpn = self.told(&info.alpn, |names| match names.is_empty() {
            true => self.t("服务器没有选择", "the server chose none").to_owned(),
            false => list(names, self.lang),
        });
        let (connections, bytes) = (info.cost.connections, info.cost.bytes_sent);
        let cost = match self.lang {
            Lang::Zh => format!("{connections} 个连接，发出 {bytes} 字节"),
            Lang::En => format!("{connections} connections, {bytes} bytes sent"),
        };
        rows.extend([
            KeyValue::new(self.t("密钥协商群组", "Groups"), self.names(&info.groups)),
            KeyValue::new(self.t("签名算法", "Signature schemes"), self.names(&info.signature_schemes)),
            KeyValue::new(self.t("DH 参数", "DH size"), dh),
            KeyValue::new(self.t("应用协议（ALPN）", "ALPN"), alpn),
            KeyValue::new(self.t("探测代价", "Cost of probing"), cost),
        ]);
        rows
    }

    fn version(self, protocol: &ProtocolInfo) -> VersionRow {
        let accepted = is_accepted(protocol);
        let old = matches!(protocol.version.as_str(), "SSLv2" | "SSLv3" | "TLS 1.0" | "TLS 1.1");
        let alert = protocol.alert.known().filter(|alert| *alert != "none").cloned().unwrap_or_default();
        let (status, badge, note) = match &protocol.status {
            Fact::Known(status) => {
                let (badge, note) = match status {
                    ProtocolStatus::Accepted if old => ("bad", self.t("已废止", "deprecated").to_owned()),
                    ProtocolStatus::Accepted => ("ok", String::new()),
                    ProtocolStatus::Refused => ("na", alert),
                    ProtocolStatus::Closed | ProtocolStatus::Timeout => ("na", String::new()),
                };
                (said(&status.title(), self.lang), badge, note)
            }
            Fact::Unread(unread) => (self.t("未判定", "undecided").to_owned(), "unknown", why(unread, self.lang)),
        };
        let dash = || "—".to_owned();
        let one = protocol.suites.known().is_some_and(|suites| suites.len() == 1);
        let order = self.tri(
            protocol.server_order,
            self.t("由服务器决定", "the server's"),
            self.t("由客户端决定", "the client's"),
            if one { "one_suite" } else { "no_answer" },
        );
        VersionRow {
            version: protocol.version.clone(),
            status,
            badge,
            note,
            suites: if accepted { self.told(&protocol.suites, |suites| suites.len().to_string()) } else { dash() },
            order: if accepted { order } else { dash() },
        }
    }

    /// The newest version's suites first, each version's by number. Found in several questions side by side,
    /// the order of the facts is no rank.
    fn suites(self, info: &EndpointInfo, spoken: &[&ProtocolInfo]) -> Vec<SuiteRow> {
        let known: BTreeMap<_, _> = info.suites.iter().map(|suite| (suite.id.as_str(), suite)).collect();
        let mut ids: Vec<&String> = Vec::new();
        for protocol in spoken.iter().rev() {
            let mut of_version: Vec<_> = protocol.suites.known().into_iter().flatten().collect();
            of_version.sort();
            of_version.retain(|id| !ids.contains(id));
            ids.extend(of_version);
        }
        ids.into_iter().filter_map(|id| known.get(id.as_str())).map(|suite| self.suite(suite, spoken)).collect()
    }

    fn suite(self, suite: &Suite, spoken: &[&ProtocolInfo]) -> SuiteRow {
        let fs = if suite.fs {
            self.t("前向保密", "forward secrecy")
        } else {
            self.t("无前向保密", "no forward secrecy")
        };
        let badge = |code: &str| if is_grave(code) { "bad" } else { "part" };
        let mut weak: Vec<_> = suite
            .weak
            .iter()
            .map(|code| Weak { text: weakness(code, self.lang).to_owned(), badge: badge(code) })
            .collect();
        if weak.is_empty() {
            weak.push(Weak { text: self.t("无", "none").to_owned(), badge: "ok" });
        }
        SuiteRow {
            id: suite.id.clone(),
            name: suite.name.clone(),
            properties: format!("{} / {} / {} {}, {fs}", suite.kx, suite.auth, suite.enc, suite.bits),
            cells: spoken.iter().map(|protocol| self.cell(protocol, &suite.id)).collect(),
            weak,
        }
    }

    /// Whether a version takes a suite.
    fn cell(self, protocol: &ProtocolInfo, id: &str) -> String {
        let taken = protocol.suites.known().map(|suites| suites.iter().any(|suite| suite == id));
        match taken {
            Some(true) => self.t("接受", "yes"),
            Some(false) => "—",
            None => self.t("未判定", "undecided"),
        }
        .to_owned()
    }

    fn notes(self, info: &EndpointInfo, spoken: &[&ProtocolInfo]) -> Vec<String> {
        if spoken.is_empty() {
            let text = self.t(
                "没有接受任何版本，因此没有密码套件；与之相关的各项均未判定。",
                "No version was accepted, so that there are no suites; whatever depends on them is undecided.",
            );
            return vec![text.to_owned()];
        }
        let mut notes = Vec::new();
        if !info.suites.is_empty() {
            let text = self.t(
                "“接受”表示服务器接受该套件，“—”表示不接受；同一版本的套件按编号列出。",
                "“yes”: the server takes the suite; “—”: it does not. Suites of a version are listed by number.",
            );
            notes.push(text.to_owned());
        }
        notes.extend(spoken.iter().filter_map(|protocol| match &protocol.suites {
            Fact::Unread(unread) => Some(format!("{}: {}", protocol.version, self.undecided(unread))),
            Fact::Known(_) => None,
        }));
        notes
    }

    fn certificates(self, info: &EndpointInfo) -> Vec<CertificateView> {
        let known = info.certificates.known().into_iter().flatten();
        known
            .map(|one| CertificateView { title: said(&one.role.title(), self.lang), rows: self.certificate(one) })
            .collect()
    }

    fn certificate(self, one: &CertificateInfo) -> Vec<KeyValue> {
        let (yes, no) = (self.t("是", "yes"), self.t("否", "no"));
        let day = |time: &str| match time.split_once('T') {
            Some((day, _)) => day.to_owned(),
            None => self.t("未判定：无法表示的时间", "undecided: a time that cannot be written").to_owned(),
        };
        let days = self.told(&one.days_left, |days| match self.lang {
            Lang::Zh => format!("剩余 {days} 天"),
            Lang::En => format!("{days} days left"),
        });
        let validity = format!("{} {} {}", day(&one.not_before), self.t("至", "to"), day(&one.not_after));
        let names = if one.san.is_empty() { self.t("无", "none").to_owned() } else { list(&one.san, self.lang) };
        let proven =
            self.tri(one.key_proven, self.t("已证明", "proven"), self.t("证明有误", "the proof is wrong"), "session");
        vec![
            KeyValue::new(self.t("主体", "Subject"), or_empty(&one.subject, self)),
            KeyValue::new(self.t("颁发者", "Issuer"), or_empty(&one.issuer, self)),
            KeyValue::new(self.t("名称（SAN）", "Names (SAN)"), names),
            KeyValue::new(self.t("与所问名称相符", "Matches the name"), self.tri(one.name_matches, yes, no, "no_name")),
            KeyValue::new(self.t("有效期", "Validity"), self.noted(&validity, &days)),
            KeyValue::new(self.t("公钥", "Key"), format!("{} {}", one.key, self.t("位", "bits"))),
            KeyValue::new(self.t("签名", "Signature"), &one.signature),
            KeyValue::new(self.t("证书链", "Chain"), self.chain(one)),
            KeyValue::new(self.t("持有私钥", "Private key"), proven),
            KeyValue::new(self.t("装订的 OCSP", "Stapled OCSP"), self.ocsp(&one.ocsp)),
            KeyValue::new(self.t("透明度时间戳", "Signed timestamps"), self.timestamps(one)),
            KeyValue::new("SHA-256", one.sha256.hex()),
        ]
    }

    fn ocsp(self, ocsp: &Fact<Ocsp>) -> String {
        match ocsp {
            Fact::Unread(why) if why.reason == "no_staple" => {
                self.t("无；是否吊销未查", "none; nobody asked whether it is revoked").to_owned()
            }
            other => self.told(other, |ocsp| ocsp.words(self.lang)),
        }
    }

    fn timestamps(self, one: &CertificateInfo) -> String {
        let count = one.ct_scts.to_string();
        match one.ct_scts_wrong {
            Fact::Known(0) => count,
            _ => {
                let wrong = self.told(&one.ct_scts_wrong, ToString::to_string);
                self.noted(&count, &format!("{}{wrong}", self.t("签名不符：", "wrong signatures: ")))
            }
        }
    }

    fn chain(self, one: &CertificateInfo) -> String {
        let status = match &one.chain {
            // The roots were asked and could not tell: that is no verdict.
            Fact::Known(ChainStatus::Unknown) => Fact::unread(UnreadStatus::Error, "chain"),
            other => other.clone(),
        };
        let mut parts = vec![self.told(&status, |status| said(&status.title(), self.lang))];
        parts.push(match self.lang {
            Lang::Zh => format!("共收到 {} 张", one.chain_length),
            Lang::En => format!("{} received", one.chain_length),
        });
        if let Some(root) = one.root.known().filter(|root| !root.is_empty()) {
            parts.push(format!("{} {root}", self.t("根", "root")));
        }
        parts.join(self.t("，", ", "))
    }

    fn feature(self, feature: Feature, told: &Fact<bool>) -> FeatureRow {
        let (yes, no) = (self.t("是", "yes"), self.t("否", "no"));
        let word = |value: bool| if value { yes } else { no }.to_owned();
        let (value, badge, note) = match told {
            Fact::Known(value) => {
                let (badge, note) = match feature.good() {
                    Some(good) if good == *value => ("ok", String::new()),
                    Some(good) => ("bad", format!("{}{}", self.t("应为", "should be "), word(good))),
                    None => ("na", String::new()),
                };
                (word(*value), badge, note)
            }
            Fact::Unread(unread) if unread.reason == "no_tlcp" => {
                (self.t("不适用", "not applicable").to_owned(), "na", self.t("不使用 TLCP", "no TLCP").to_owned())
            }
            Fact::Unread(unread) => (self.t("未判定", "undecided").to_owned(), "unknown", why(unread, self.lang)),
        };
        FeatureRow { name: said(&feature.title(), self.lang), value, badge, note }
    }
}

fn or_empty(text: &str, wording: Wording) -> &str {
    if text.is_empty() { wording.t("（空）", "(empty)") } else { text }
}

fn is_accepted(protocol: &ProtocolInfo) -> bool {
    protocol.status == Fact::Known(ProtocolStatus::Accepted)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{EndpointView, Wording};
    use crate::assess::EndpointRecord;
    use crate::facts::tls::{Feature, Tls, testing};
    use crate::model::{Fact, Lang};

    fn view(tls: &Tls, lang: Lang) -> EndpointView {
        Wording { lang }.endpoint(&EndpointRecord::new("web".parse().unwrap(), &json!({"tls": tls})))
    }

    #[test]
    fn the_matrix_has_every_suite_of_every_version_and_no_other() {
        for tls in [testing::good(), testing::tlcp_only(), testing::dual(), testing::closed()] {
            let view = view(&tls, Lang::Zh);
            let accepted: Vec<_> = tls.protocols.accepted().collect();
            assert_eq!(view.columns, accepted.iter().map(|(name, _)| *name).collect::<Vec<_>>());
            for (column, (name, protocol)) in accepted.into_iter().enumerate() {
                let shown: Vec<_> =
                    view.suites.iter().filter(|row| row.cells[column] != "—").map(|row| row.id.as_str()).collect();
                let facts = protocol.suites.known().unwrap();
                assert_eq!(shown.len(), facts.len(), "{name}");
                assert!(facts.iter().all(|suite| shown.contains(&suite.id.as_str())), "{name}");
                let row = view.versions.iter().find(|row| row.version == name).unwrap();
                assert_eq!(row.suites, facts.len().to_string());
            }
            assert_eq!(view.certificates.len(), tls.certificates.known().map_or(0, Vec::len));
        }
    }

    #[test]
    fn a_cell_says_whether_a_version_takes_a_suite() {
        let dual = view(&testing::dual(), Lang::Zh);
        let cells = |id: &str| dual.suites.iter().find(|row| row.id == id).unwrap().cells.clone();
        assert_eq!(cells("0xc030"), ["—", "接受", "—", "—"]);
        assert_eq!(cells("0x000a"), ["接受", "—", "—", "—"]);
    }

    #[test]
    fn whatever_is_unknown_says_so_and_why() {
        let tls = testing::with_unknowns();
        for (lang, word) in [(Lang::Zh, "未判定"), (Lang::En, "undecided")] {
            let view = view(&tls, lang);
            let unknown = Feature::ALL.iter().filter(|feature| matches!(tls.feature(**feature), Fact::Unread(_)));
            let shown: Vec<_> = view.features.iter().filter(|row| row.value == word).collect();
            assert_eq!(shown.len(), unknown.count());
            assert!(shown.iter().all(|row| !row.note.is_empty() && row.badge == "unknown"));
            let text = serde_json::to_string(&view).unwrap();
            assert!(!text.contains("\"value\":\"\"") && !text.contains("$status"), "{text}");
            assert_eq!(view.suites[0].cells[0], word, "the list of TLS 1.2 has no end");
        }
        let nobody = EndpointRecord::new("web".parse().unwrap(), &json!({}));
        assert_eq!(Wording { lang: Lang::Zh }.endpoint(&nobody).unread, "未判定：未采集");
    }
}
