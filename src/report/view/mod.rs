//! The view model: every text and number of a report, from one assessment. Formats only read it.

mod appendix;
mod endpoints;
mod front;
mod issues;
mod open;
mod packages;
mod results;
mod scope;
mod words;

use serde::Serialize;

use crate::assess::Assessment;
use crate::model::Lang;

/// A name and its value, one row of a table of keys.
#[derive(Clone, Debug, Serialize)]
pub struct KeyValue {
    pub name: String,
    pub value: String,
}

impl KeyValue {
    fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

/// What the templates see. All texts are in one language; all are plain text that the template escapes.
#[derive(Debug, Serialize)]
pub struct View {
    pub lang: &'static str,
    pub header: front::Header,
    pub cover: front::Cover,
    pub basics: Vec<KeyValue>,
    pub statement: Vec<String>,
    pub conclusions: Vec<front::Conclusion>,
    pub risk_counts: Vec<KeyValue>,
    pub summary: Vec<String>,
    pub worst: Vec<front::Worst>,
    pub overview: scope::Overview,
    pub objects: scope::Objects,
    pub method: scope::MethodView,
    pub baseline: results::BaselineView,
    pub profiles: Vec<results::ProfileView>,
    pub findings_text: String,
    pub findings_none: String,
    pub findings: Vec<issues::FindingView>,
    pub conflicts: Vec<issues::ConflictView>,
    pub risk: issues::RiskView,
    pub waivers: issues::WaiversView,
    pub plan: Vec<issues::PlanRow>,
    pub undecided: open::Undecided,
    pub inherited: open::Inherited,
    pub statuses: Vec<String>,
    pub collection: Vec<appendix::Collection>,
    pub records: Vec<appendix::Records>,
    pub outcomes: Vec<appendix::OutcomeRow>,
    pub endpoints: Vec<endpoints::EndpointView>,
    pub packages: Vec<packages::PackageView>,
    pub evidence: Vec<appendix::EvidenceRow>,
    pub versions: Vec<KeyValue>,
    pub terms: Vec<KeyValue>,
    pub rederive: appendix::Rederive,
}

impl View {
    /// Words an assessment in one language. `fonts` are the faces that the report is drawn with, by name and digest.
    pub fn new(assessment: &Assessment, fonts: &[(String, String)], lang: Lang) -> Self {
        Self {
            lang: lang.pick("zh-CN", "en"),
            header: front::header(assessment, lang),
            cover: front::cover(assessment, lang),
            basics: front::basics(assessment, lang),
            statement: front::statement(assessment, lang),
            conclusions: front::conclusions(assessment, lang),
            risk_counts: front::risk_counts(assessment, lang),
            summary: front::summary(assessment, lang),
            worst: front::worst(assessment, lang),
            overview: scope::overview(assessment, lang),
            objects: scope::objects(assessment, lang),
            method: scope::method(assessment, lang),
            baseline: results::baseline(assessment, lang),
            profiles: results::profiles(assessment, lang),
            findings_text: issues::findings_text(assessment, lang),
            findings_none: issues::findings_none(assessment, lang),
            findings: issues::findings(assessment, lang),
            conflicts: issues::conflicts(assessment, lang),
            risk: issues::risk(assessment, lang),
            waivers: issues::waivers(assessment, lang),
            plan: issues::plan(assessment, lang),
            undecided: open::undecided(assessment, lang),
            inherited: open::inherited(assessment, lang),
            statuses: appendix::statuses(lang),
            collection: appendix::collection(assessment),
            records: appendix::records(assessment, lang),
            outcomes: appendix::outcomes(assessment, lang),
            endpoints: endpoints::endpoints(assessment, lang),
            packages: packages::packages(assessment, lang),
            evidence: appendix::evidence(assessment, lang),
            versions: appendix::versions(assessment, fonts, lang),
            terms: appendix::terms(lang),
            rederive: appendix::rederive(assessment, lang),
        }
    }

    /// What a document calls itself.
    pub fn title(&self) -> String {
        format!("{} {}", self.cover.subsite, self.cover.title)
    }
}
