//! The certificates of an endpoint on a terminal.

use crate::facts::tls::{Certificate, ChainStatus, Ocsp, OcspStatus, Timestamped};
use crate::model::{Fact, Lang, Tri, UnreadStatus};

use super::{View, asked, told};
use crate::cli::scan::page::{Page, Tone, Word};

/// Fewer days than these are a reason to look.
const SOON: i64 = 30;

impl View<'_> {
    pub(super) fn certificates(&self, page: &mut Page) {
        match &self.tls.certificates {
            Fact::Known(list) => {
                for (n, certificate) in list.iter().enumerate() {
                    let title = certificate.role.title();
                    let title = title.get(self.lang);
                    page.heading(&match self.lang {
                        Lang::Zh => format!("证书 {}：{title}", n + 1),
                        Lang::En => format!("Certificate {}: {title}", n + 1),
                    });
                    page.values(self.certificate(certificate));
                }
            }
            unread @ Fact::Unread(_) => {
                page.heading(self.t("证书", "Certificates"));
                page.line(told(unread, self.lang, |_| Word::default()));
            }
        }
        if self.tls.endpoint.sni.is_empty() {
            // No name was asked for: what is above is what everybody gets.
            return;
        }
        page.heading(self.t("不带名称时出示的证书", "Certificates for who names nothing"));
        page.line(told(&self.tls.certificates_without_name, self.lang, |list| self.without_name(list)));
    }

    fn without_name(&self, list: &[Certificate]) -> Word {
        let with: &[Certificate] = self.tls.certificates.known().map_or(&[], Vec::as_slice);
        let shown: Vec<_> = list
            .iter()
            .map(|one| match with.iter().position(|other| other.about.sha256 == one.about.sha256) {
                Some(n) => format!("{}{}", self.t("证书 ", "certificate "), n + 1),
                None => format!("{}, sha256:{}", one.about.subject, one.about.sha256.hex()),
            })
            .collect();
        Word::plain(self.list(&shown))
    }

    fn certificate(&self, certificate: &Certificate) -> Vec<(&str, Word)> {
        let about = &certificate.about;
        let t = |zh, en| self.lang.pick(zh, en);
        let matches = told(&asked(certificate.name_matches, "no_name"), self.lang, |yes| match yes {
            true => Word::new(t("是", "yes"), Tone::Good),
            false => Word::new(t("否", "no"), Tone::Bad),
        });
        let proven = told(&asked(certificate.key_proven, "session"), self.lang, |yes| match yes {
            true => Word::new(t("已证明", "proven"), Tone::Good),
            false => Word::new(t("证明有误", "the proof is wrong"), Tone::Bad),
        });
        let names = match about.san.as_slice() {
            [] => Word::new(t("无", "none"), Tone::Bad),
            san => Word::plain(self.list(san)),
        };
        vec![
            (t("主体", "subject"), or_none(&about.subject, t("（空）", "(empty)"))),
            (t("颁发者", "issuer"), or_none(&about.issuer, t("（空）", "(empty)"))),
            (t("名称（SAN）", "names (SAN)"), names),
            (t("名称相符", "name matches"), matches),
            (t("有效期", "validity"), self.validity(certificate)),
            (t("剩余天数", "days left"), told(&certificate.days_left, self.lang, |days| self.days_left(*days))),
            (t("公钥", "key"), self.key(certificate)),
            (t("签名", "signature"), self.signature(certificate)),
            (t("证书链", "chain"), self.chain(certificate)),
            (t("持有私钥", "private key"), proven),
            (t("装订的 OCSP", "stapled OCSP"), self.ocsp(&certificate.ocsp)),
            (t("证书透明度", "SCTs"), told(&certificate.scts, self.lang, |scts| self.timestamps(scts))),
            (t("OCSP 地址", "OCSP addresses"), or_none(&self.list(&about.ocsp_urls), t("无", "none"))),
            (t("CRL 地址", "CRL addresses"), or_none(&self.list(&about.crl_urls), t("无", "none"))),
            ("SHA-256", Word::plain(about.sha256.hex())),
            (t("公钥 SHA-256", "key SHA-256"), Word::plain(about.spki_sha256.hex())),
        ]
    }

    fn validity(&self, certificate: &Certificate) -> Word {
        let about = &certificate.about;
        let unknown = self.t("未判定：无法表示的时间", "undecided: a time that cannot be written");
        let day = |time: &str| time.split('T').next().filter(|day| !day.is_empty()).unwrap_or(unknown).to_owned();
        let (from, to, days) = (day(&about.not_before), day(&about.not_after), about.lifetime_days);
        Word::plain(match self.lang {
            Lang::Zh => format!("{from} 至 {to}（共 {days} 天）"),
            Lang::En => format!("{from} to {to} ({days} days)"),
        })
    }

    fn chain(&self, certificate: &Certificate) -> Word {
        let chain = &certificate.chain;
        let status = match &chain.status {
            // The roots were asked and could not tell: that is no verdict.
            Fact::Known(ChainStatus::Unknown) => Fact::unread(UnreadStatus::Error, "chain"),
            other => other.clone(),
        };
        let length = chain.length;
        let sent = match self.lang {
            Lang::Zh => format!("共收到 {length} 张"),
            Lang::En => format!("{length} received"),
        };
        let mut word = told(&status, self.lang, |status| {
            let tone = if *status == ChainStatus::Trusted { Tone::Good } else { Tone::Bad };
            Word::new(status.title().get(self.lang), tone)
        });
        word.text.push_str(&format!("{}{sent}", self.t("，", ", ")));
        if let Some(root) = chain.root.known().filter(|root| !root.is_empty()) {
            word.text.push_str(&format!("{}{root}", self.t("，根 ", ", root ")));
        }
        word
    }

    /// No staple is no fault, and no verdict on revocation either.
    fn ocsp(&self, ocsp: &Fact<Ocsp>) -> Word {
        match ocsp {
            Fact::Unread(why) if why.reason == "no_staple" => Word::plain(self.t("无", "none")),
            other => told(other, self.lang, |ocsp| {
                let sound = ocsp.signature_ok == Tri::Yes && ocsp.current == Tri::Yes;
                let tone = match ocsp.certificate {
                    OcspStatus::Good if sound => Tone::Good,
                    OcspStatus::Good | OcspStatus::Unknown => Tone::Weak,
                    OcspStatus::Revoked => Tone::Bad,
                };
                Word::new(ocsp.words(self.lang), tone)
            }),
        }
    }

    /// How many, and what became of their signatures.
    fn timestamps(&self, scts: &[Timestamped]) -> Word {
        let count = |verified| scts.iter().filter(|sct| sct.verified == verified).count();
        let all = scts.len().to_string();
        let (yes, no, open) = (count(Tri::Yes), count(Tri::No), count(Tri::Unknown));
        let words = [
            (yes, self.t("个签名有效", "verified")),
            (no, self.t("个签名不符", "with a wrong signature")),
            (open, self.t("个未核验", "not verified")),
        ];
        let notes: Vec<_> = words.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
        let tone = if no > 0 { Tone::Bad } else { Tone::Plain };
        Word::new(if notes.is_empty() { all } else { self.noted(&all, &self.list(&notes)) }, tone)
    }

    fn days_left(&self, days: i64) -> Word {
        match days {
            ..0 => Word::new(self.noted(&days.to_string(), self.t("已过期", "over")), Tone::Bad),
            0..SOON => Word::new(self.noted(&days.to_string(), self.t("即将到期", "soon over")), Tone::Weak),
            _ => Word::new(days.to_string(), Tone::Good),
        }
    }

    fn key(&self, certificate: &Certificate) -> Word {
        let key = &certificate.about.key;
        let text = format!("{} {}", certificate.key_words(), self.t("位", "bits"));
        let short = matches!(key.algorithm.as_str(), "rsa" | "dsa") && key.bits < 2048 || key.bits < 224;
        match short {
            true => Word::new(self.noted(&text, self.t("过短", "too short")), Tone::Bad),
            false => Word::plain(text),
        }
    }

    fn signature(&self, certificate: &Certificate) -> Word {
        let text = certificate.signature_words();
        match matches!(certificate.about.signature.hash.as_str(), "md2" | "md5" | "sha1") {
            true => Word::new(self.noted(&text, self.t("已被攻破", "broken")), Tone::Bad),
            false => Word::plain(text),
        }
    }
}

fn or_none(text: &str, none: &str) -> Word {
    Word::plain(if text.is_empty() { none } else { text })
}
