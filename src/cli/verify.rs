//! `jixian verify`: integrity, authenticity, origin of the catalogue and completeness, told apart.

use crate::evidence::{
    CatalogueStanding, EvidenceError, Integrity, PublicKey, Standing, VerifyOptions, VerifyReport, verify,
};
use crate::model::{Digest, Lang};

use super::args::{OutputFormat, Verify};
use super::context::Context;
use super::{DONE, INCOMPLETE, NEGATIVE, output};

/// Most problems that are printed; `--format json` has them all.
const SHOWN: usize = 50;

pub fn run(context: &Context, request: &Verify) -> anyhow::Result<u8> {
    let keys = request.key.iter().map(|path| PublicKey::read(path)).collect::<Result<Vec<_>, EvidenceError>>()?;
    let pinned = request.pinned_catalogue.as_deref().map(|text| digest(context, text)).transpose()?;
    let (catalogue, _) = context.catalogue()?;
    let options = VerifyOptions { keys, installed: Some(catalogue.digest()), pinned };
    let report = verify(&request.bundle, &options)?;
    match request.output.format {
        OutputFormat::Json => output::json(&report)?,
        OutputFormat::Text => print(&report, context.lang),
    }
    let named_key_is_missing = !request.key.is_empty() && report.authenticity.standing() != Standing::Valid;
    let other_catalogue = request.pinned_catalogue.is_some() && report.catalogue.standing != CatalogueStanding::Pinned;
    Ok(match report.is_sound() && !named_key_is_missing && !other_catalogue {
        false => NEGATIVE,
        true if is_complete(&report) => DONE,
        true => INCOMPLETE,
    })
}

fn digest(context: &Context, text: &str) -> anyhow::Result<Digest> {
    let message = context.t("不是 SHA-256 摘要（64 位十六进制）", "is no SHA-256 digest (64 hex digits)");
    text.parse().map_err(|_| anyhow::anyhow!("{text}: {message}"))
}

fn print(report: &VerifyReport, lang: Lang) {
    let t = |zh, en| lang.pick(zh, en);
    let row = |name: &str, value: &str| output::line(&format!("{name}{}{value}", t("：", ": ")));
    row(t("证据包", "bundle"), &report.path);
    row(t("根摘要", "root"), &report.root.map_or_else(|| "—".to_owned(), |root| root.to_string()));
    row(
        t("完整性", "integrity"),
        match report.integrity {
            Integrity::Intact => t("完好，与封存时一致", "intact, as it was sealed"),
            Integrity::Damaged => t("已损坏或被改动", "damaged or changed"),
        },
    );
    row(
        t("真实性", "authenticity"),
        match report.authenticity.standing() {
            Standing::Valid => t("有受信任公钥的有效签名", "signed by a trusted key"),
            Standing::UntrustedKey => t(
                "有签名，但公钥未被指定为可信（用 --key 指定）",
                "signed by a key that was not named as trusted (--key)",
            ),
            Standing::Unsigned => t("未签名", "not signed"),
            Standing::Invalid => t("签名无效", "a signature is invalid"),
        },
    );
    row(
        t("规则来源", "catalogue"),
        match report.catalogue.standing {
            CatalogueStanding::Installed => t("本程序内置的规则", "the one in this program"),
            CatalogueStanding::Pinned => t("指定的规则", "the pinned one"),
            CatalogueStanding::Bundle => {
                t("证据包自带的规则，不用于放行判定", "the bundle's own; never used by a gate")
            }
            CatalogueStanding::Absent => t("未知的规则", "unknown"),
        },
    );
    row(t("采集", "collection"), &completeness(report, lang));
    let counts = &report.counts;
    row(
        t("内容", "content"),
        &match lang {
            Lang::Zh => format!(
                "{} 个部分，{} 条记录，{} 个对象，{} 字节",
                counts.parts, counts.records, counts.objects, counts.bytes
            ),
            Lang::En => format!(
                "{} parts, {} records, {} objects, {} bytes",
                counts.parts, counts.records, counts.objects, counts.bytes
            ),
        },
    );
    for problem in report.problems.iter().take(SHOWN) {
        output::line(&format!("  {} {}", t("问题", "problem"), problem.describe(lang)));
    }
    let more = report.problems.len().saturating_sub(SHOWN);
    if more > 0 {
        output::line(&format!("  {} {more}", t("其余问题数", "further problems:")));
    }
    for note in &report.notes {
        output::line(&format!("  {} {}", t("提示", "note"), note.describe(lang)));
    }
}

fn is_complete(report: &VerifyReport) -> bool {
    let completeness = &report.completeness;
    completeness.sealed && completeness.missing.is_empty() && completeness.incomplete.is_empty()
}

fn completeness(report: &VerifyReport, lang: Lang) -> String {
    let completeness = &report.completeness;
    let names = |ids: &[crate::model::AssetId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if !completeness.sealed {
        return lang
            .pick("中断：未封存，已完成的记录可用", "interrupted: not sealed; finished records stand")
            .to_owned();
    }
    if is_complete(report) {
        return lang.pick("全部完成", "complete").to_owned();
    }
    match lang {
        Lang::Zh => {
            format!("不完整；缺少：{}；中断：{}", names(&completeness.missing), names(&completeness.incomplete))
        }
        Lang::En => format!(
            "incomplete; missing: {}; cut off: {}",
            names(&completeness.missing),
            names(&completeness.incomplete)
        ),
    }
}
