//! An endpoint on a terminal: versions, suites, certificates and behaviour. What is not known says so, and why.

mod certificates;

use crate::facts::tls::{
    Endpoint, Feature, Grade, Named, Negotiated, Protocol, ProtocolStatus, Service, Suite, Tls, is_grave, weakness, why,
};
use crate::model::{Fact, Lang, Tri, Unread, UnreadStatus};

use super::page::{Page, Tone, Word};

/// Everything that is known of an endpoint.
pub fn page(facts: &Fact<Tls>, lang: Lang) -> Page {
    let mut page = Page::default();
    match facts {
        Fact::Known(tls) => View { tls, lang }.draw(&mut page),
        Fact::Unread(unread) => {
            page.heading(lang.pick("端点", "Endpoint"));
            page.line(undecided(unread, lang));
        }
    }
    page.heading(lang.pick("检查结果", "Checks"));
    page
}

/// What it took to learn it.
pub fn cost(facts: &Fact<Tls>, lang: Lang) -> Page {
    let mut page = Page::default();
    if let Fact::Known(Tls { cost, .. }) = facts {
        let (connections, bytes, ms) = (cost.connections, cost.bytes_sent, cost.ms);
        page.heading(lang.pick("探测代价", "Cost of probing"));
        page.line(Word::plain(match lang {
            Lang::Zh => format!("{connections} 个连接，发出 {bytes} 字节，各连接用时合计 {ms} 毫秒"),
            Lang::En => format!("{connections} connections, {bytes} bytes sent, {ms} ms summed over all connections"),
        }));
    }
    page
}

fn undecided(unread: &Unread, lang: Lang) -> Word {
    let reason = why(unread, lang);
    let text = match lang {
        Lang::Zh => format!("未判定：{reason}"),
        Lang::En => format!("undecided: {reason}"),
    };
    Word::new(text, Tone::Undecided)
}

/// The word for a value, or that it is undecided and why.
fn told<T>(fact: &Fact<T>, lang: Lang, word: impl FnOnce(&T) -> Word) -> Word {
    match fact {
        Fact::Known(value) => word(value),
        Fact::Unread(unread) => undecided(unread, lang),
    }
}

/// A three-valued fact, with the code for why it may be unknown.
fn asked(tri: Tri, code: &str) -> Fact<bool> {
    match tri {
        Tri::Yes => Fact::Known(true),
        Tri::No => Fact::Known(false),
        Tri::Unknown => Fact::unread(UnreadStatus::NotTested, code),
    }
}

struct View<'a> {
    tls: &'a Tls,
    lang: Lang,
}

impl View<'_> {
    fn t<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.lang.pick(zh, en)
    }

    fn list(&self, words: &[String]) -> String {
        words.join(self.t("、", ", "))
    }

    /// What colour says is said in words too.
    fn noted(&self, text: &str, note: &str) -> String {
        match self.lang {
            Lang::Zh => format!("{text}（{note}）"),
            Lang::En => format!("{text} ({note})"),
        }
    }

    fn draw(&self, page: &mut Page) {
        self.target(page);
        self.versions(page);
        if self.nothing_more() {
            page.heading(self.t("其余各项", "Everything else"));
            let unread = Unread { status: UnreadStatus::NotTested, reason: "no_version".to_owned() };
            page.line(undecided(&unread, self.lang));
            let left = self.t(
                "包括：密码套件、服务器顺序、群组、签名算法、DH 参数、证书、行为、商用密码",
                "That is: suites, server order, groups, signature schemes, DH size, certificates, behaviour, SM",
            );
            page.line(Word::plain(left));
            return;
        }
        self.suites(page);
        self.keys(page);
        self.certificates(page);
        self.features(page, self.t("行为", "Behaviour"), Feature::BEHAVIOUR);
        self.features(page, self.t("商用密码", "Commercial cryptography (SM)"), Feature::COMMERCIAL);
        if let Fact::Known(grade) = &self.tls.grade {
            self.grade(page, grade);
        }
    }

    /// Nothing there speaks any version, so that every further fact has the same reason for being unknown.
    fn nothing_more(&self) -> bool {
        self.tls.protocols.accepted().next().is_none()
            && self.tls.certificates.known().is_none()
            && self.tls.certificates_without_name.known().is_none()
            && self.tls.negotiated.known().is_none()
    }

    fn target(&self, page: &mut Page) {
        let Endpoint { host, port, addresses, unanswered, family, proxy, sni, starttls, .. } = &self.tls.endpoint;
        page.heading(self.t("端点", "Endpoint"));
        let mut rows = vec![
            (self.t("目标", "target"), Word::plain(format!("{host}:{port}"))),
            (self.t("地址", "addresses"), told(addresses, self.lang, |all| Word::plain(self.list(all)))),
        ];
        if !unanswered.is_empty() {
            rows.push((self.t("未应答的地址", "unanswered"), Word::new(self.list(unanswered), Tone::Undecided)));
        }
        if family != "all" {
            rows.push((self.t("只评估", "assessed"), Word::plain(family)));
        }
        if proxy != "none" {
            rows.push((self.t("经由代理", "through proxy"), Word::plain(proxy)));
        }
        let name = if sni.is_empty() { self.t("（未提供名称）", "(none given)") } else { sni };
        rows.push(("SNI", Word::plain(name)));
        if starttls != "none" {
            rows.push(("STARTTLS", Word::plain(starttls)));
        }
        rows.push((self.t("服务", "service"), told(&self.tls.service, self.lang, |service| self.service(*service))));
        rows.push((
            self.t("实际协商", "agreed on"),
            told(&self.tls.negotiated, self.lang, |agreed| Word::plain(agreed_on(agreed))),
        ));
        page.values(rows);
    }

    fn service(&self, service: Service) -> Word {
        let tone = if service == Service::PlainHttp { Tone::Bad } else { Tone::Plain };
        Word::new(service.title().get(self.lang), if service.is_encrypted() { Tone::Good } else { tone })
    }

    fn versions(&self, page: &mut Page) {
        page.heading(self.t("协议版本", "Protocol versions"));
        let rows = self.tls.protocols.each().map(|(name, protocol)| {
            let mut row = vec![Word::plain(name), self.status(name, protocol)];
            if protocol.status == Fact::Known(ProtocolStatus::Accepted) {
                row.push(told(&protocol.suites, self.lang, |suites| {
                    let count = suites.len();
                    Word::plain(match (self.lang, count) {
                        (Lang::Zh, _) => format!("{count} 个套件"),
                        (Lang::En, 1) => "1 suite".to_owned(),
                        (Lang::En, _) => format!("{count} suites"),
                    })
                }));
            }
            row
        });
        page.table(rows.into());
    }

    fn status(&self, name: &str, protocol: &Protocol) -> Word {
        told(&protocol.status, self.lang, |status| {
            let title = status.title();
            let tone = match (status, name) {
                (ProtocolStatus::Accepted, "SSLv2" | "SSLv3") => Tone::Bad,
                (ProtocolStatus::Accepted, "TLS 1.0" | "TLS 1.1") => Tone::Weak,
                (ProtocolStatus::Accepted, _) => Tone::Good,
                _ => Tone::Plain,
            };
            let alert = protocol.alert.known().filter(|alert| *status == ProtocolStatus::Refused && *alert != "none");
            let note = match tone {
                Tone::Bad | Tone::Weak => Some(self.t("已废止", "deprecated")),
                _ => alert.map(String::as_str),
            };
            Word::new(note.map_or(title.get(self.lang).to_owned(), |note| self.noted(title.get(self.lang), note)), tone)
        })
    }

    /// Suites of each version that is spoken.
    fn suites(&self, page: &mut Page) {
        for (name, protocol) in self.tls.protocols.accepted() {
            page.heading(&match self.lang {
                Lang::Zh => format!("{name} 的密码套件"),
                Lang::En => format!("Suites of {name}"),
            });
            let Fact::Known(suites) = &protocol.suites else {
                page.line(told(&protocol.suites, self.lang, |_| Word::default()));
                continue;
            };
            let why_none = if suites.len() == 1 { "one_suite" } else { "no_answer" };
            page.values(vec![(
                self.t("顺序", "order"),
                told(&asked(protocol.server_order, why_none), self.lang, |own| match own {
                    true => Word::plain(self.t("由服务器决定（下表按编号列出）", "the server's (listed by number)")),
                    false => Word::plain(self.t("由客户端决定（下表按编号列出）", "the client's (listed by number)")),
                }),
            )]);
            let mut suites: Vec<_> = suites.iter().collect();
            // Found in several questions side by side: the order of the facts is no rank.
            suites.sort_by(|a, b| a.id.cmp(&b.id));
            let heads = [
                ("编号", "id"),
                ("套件", "suite"),
                ("密钥交换", "kx"),
                ("认证", "auth"),
                ("加密", "encryption"),
                ("位", "bits"),
                ("前向保密", "fs"),
                ("弱点", "weaknesses"),
            ];
            let heads = heads.map(|(zh, en)| Word::plain(self.t(zh, en)));
            page.table(
                std::iter::once(heads.into()).chain(suites.into_iter().map(|suite| self.suite(suite))).collect(),
            );
        }
    }

    fn suite(&self, suite: &Suite) -> Vec<Word> {
        let grave = suite.weak.iter().any(|code| is_grave(code));
        let tone = match suite.weak.is_empty() {
            true => Tone::Good,
            false if grave => Tone::Bad,
            false => Tone::Weak,
        };
        let weak: Vec<_> = suite.weak.iter().map(|code| weakness(code, self.lang).to_owned()).collect();
        let weak = if weak.is_empty() { self.t("无", "none").to_owned() } else { self.list(&weak) };
        let fs = if suite.fs { self.t("有", "yes") } else { self.t("无", "no") };
        vec![
            Word::plain(&suite.id),
            Word::new(&suite.name, tone),
            Word::plain(&suite.kx),
            Word::plain(&suite.auth),
            Word::plain(&suite.enc),
            Word::plain(suite.bits.to_string()),
            Word::new(fs, if suite.fs { Tone::Good } else { Tone::Weak }),
            Word::new(weak, tone),
        ]
    }

    fn keys(&self, page: &mut Page) {
        page.heading(self.t("密钥协商与签名", "Key agreement and signatures"));
        let named = |fact: &Fact<Vec<Named>>| {
            told(fact, self.lang, |list| match list.as_slice() {
                [] => Word::plain(self.t("无", "none")),
                list => Word::plain(self.list(&list.iter().map(|one| one.words().to_owned()).collect::<Vec<_>>())),
            })
        };
        let dh = told(&self.tls.dh_bits, self.lang, |bits| match bits {
            0 => Word::plain(self.t("不使用 DH", "DH is not used")),
            bits => {
                let text = format!("{bits}{}", self.t(" 位", " bits"));
                match *bits < 2048 {
                    true => Word::new(self.noted(&text, self.t("过短", "too short")), Tone::Bad),
                    false => Word::new(text, Tone::Good),
                }
            }
        });
        page.values(vec![
            (self.t("群组", "groups"), named(&self.tls.groups)),
            (self.t("签名算法", "signature schemes"), named(&self.tls.signature_schemes)),
            (self.t("DH 参数", "DH size"), dh),
        ]);
    }

    fn features(&self, page: &mut Page, heading: &str, features: &[Feature]) {
        page.heading(heading);
        let mut rows: Vec<_> = features
            .iter()
            .map(|feature| {
                let found = self.tls.feature(*feature);
                if matches!(&found, Fact::Unread(why) if why.reason == "no_tlcp") {
                    let word = Word::plain(self.t("不适用", "not applicable"));
                    return vec![Word::plain(feature.title().get(self.lang)), word];
                }
                let word = told(&found, self.lang, |yes| {
                    let text = if *yes { self.t("是", "yes") } else { self.t("否", "no") };
                    match feature.good() {
                        Some(good) if good == *yes => Word::new(text, Tone::Good),
                        Some(true) => Word::new(self.noted(text, self.t("应为是", "should be yes")), Tone::Bad),
                        Some(false) => Word::new(self.noted(text, self.t("应为否", "should be no")), Tone::Bad),
                        None => Word::plain(text),
                    }
                });
                vec![Word::plain(feature.title().get(self.lang)), word]
            })
            .collect();
        if features == Feature::BEHAVIOUR {
            let alpn = told(&self.tls.alpn, self.lang, |names| match names.as_slice() {
                [] => Word::plain(self.t("服务器没有选择", "the server chose none")),
                names => Word::plain(self.list(names)),
            });
            rows.push(vec![Word::plain(self.t("应用协议（ALPN）", "ALPN")), alpn]);
        }
        page.table(rows);
    }

    fn grade(&self, page: &mut Page, grade: &Grade) {
        page.heading(self.t("评级", "Grade"));
        let words = grade.words(self.lang);
        page.values(words.iter().map(|(name, value)| (name.as_str(), Word::plain(value))).collect());
    }
}

fn agreed_on(agreed: &Negotiated) -> String {
    let version = match agreed.version.as_str() {
        "tls1_2" => "TLS 1.2",
        "tls1_3" => "TLS 1.3",
        other => other,
    };
    [version, &agreed.suite.name, &agreed.group].join(" ").trim_end().to_owned()
}

#[cfg(test)]
mod tests;
