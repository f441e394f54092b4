//! The words for a grade: the same on a terminal and in a report.

use super::{Feature, Grade, GradeState, Letter};
use crate::model::{Fact, Lang};

impl Grade {
    /// The grade and what it rests on, as names and values.
    pub fn words(&self, lang: Lang) -> Vec<(String, String)> {
        let row = |zh: &str, en: &str, value: String| (lang.pick(zh, en).to_owned(), value);
        let mut rows = vec![row("等级", "grade", self.verdict(lang)), row("模型", "model", self.model.clone())];
        if self.state == GradeState::NotRated {
            return rows;
        }
        if let Some(letter) = self.before_caps.known() {
            rows.push(row("封顶前", "before caps", letter.as_str().to_owned()));
        }
        if let Some(score) = self.score_text.known() {
            rows.push(row("得分", "score", format!("{score}{}", self.parts_words(lang))));
        }
        let caps = self.caps.iter().map(|cap| {
            let title = cap.reason.title();
            row("封顶原因", "cap", format!("{}: {}", cap.cap.as_str(), title.get(lang)))
        });
        rows.extend(caps);
        if !self.open.is_empty() {
            let open: Vec<_> = self.open.iter().map(|path| fact(path, lang)).collect();
            rows.push(row("尚待查明", "still open", open.join(lang.pick("、", ", "))));
        }
        rows
    }

    fn verdict(&self, lang: Lang) -> String {
        match (self.state, &self.letter) {
            (GradeState::Rated, Fact::Known(letter)) => letter.as_str().to_owned(),
            (GradeState::NotRated, _) => format!("{}{}", lang.pick("不评级：", "not rated: "), self.why_not(lang)),
            _ => format!("{}{}", lang.pick("未定", "open"), self.at_best_words(lang)),
        }
    }

    fn at_best_words(&self, lang: Lang) -> String {
        let Some(letter) = self.at_best.known().copied().map(Letter::as_str) else { return String::new() };
        match lang {
            Lang::Zh => format!("，至多 {letter}"),
            Lang::En => format!(", {letter} at best"),
        }
    }

    fn why_not(&self, lang: Lang) -> &str {
        match self.reason.as_str() {
            "sm_only" => {
                lang.pick("只有国密套件，此模型只评国际套件", "nothing but SM suites, which this model does not rate")
            }
            "plain_http" => lang.pick("明文 HTTP", "plain HTTP"),
            "not_tls" => lang.pick("不是 TLS", "not TLS"),
            "closed" => lang.pick("未开放", "closed"),
            "name_not_served" => lang.pick("不提供所问的名称", "the name is not served"),
            other => other,
        }
    }

    fn parts_words(&self, lang: Lang) -> String {
        let parts = &self.parts;
        let (Some(protocol), Some(key), Some(cipher)) =
            (parts.protocol.known(), parts.key_exchange.known(), parts.cipher.known())
        else {
            return String::new();
        };
        match lang {
            Lang::Zh => format!("（协议 {protocol}，密钥交换 {key}，加密 {cipher}）"),
            Lang::En => format!(" (protocol {protocol}, key exchange {key}, cipher {cipher})"),
        }
    }
}

/// The title of a fact where it has one; its path otherwise.
fn fact(path: &str, lang: Lang) -> String {
    let feature = match path {
        "tls.heartbeat.heartbleed" => Feature::Heartbleed,
        "tls.ccs_injection" => Feature::CcsInjection,
        "tls.robot" => Feature::Robot,
        "tls.ticketbleed" => Feature::Ticketbleed,
        "tls.compression" => Feature::Compression,
        "tls.renegotiation.secure" => Feature::SecureRenegotiation,
        other => return other.to_owned(),
    };
    feature.title().get(lang).to_owned()
}
