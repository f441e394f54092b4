//! bom.cdx.json (CycloneDX 1.6): what an app package is made of. The same package and date give the same bytes.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::model::Digest;

/// What the bill is of.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    pub app: AppPackage,
    pub parts: Vec<Part>,
    pub libraries: Vec<Library>,
    pub certificates: Vec<Certificate>,
    /// The date of the report, RFC 3339.
    pub as_of: String,
}

/// The package itself.
#[derive(Clone, Debug, Default)]
pub struct AppPackage {
    /// Package name or bundle identifier.
    pub name: String,
    pub version: String,
    /// `apk`, `hap` and so on.
    pub kind: String,
    pub sha256: Option<Digest>,
    /// In hexadecimal digits; empty where it was not computed.
    pub sm3: String,
}

/// An SDK, framework or library, by marks or by what build tools wrote down.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// A name, or `group:artifact` where there is a package URL.
    pub name: String,
    pub vendor: String,
    pub version: String,
    pub kind: String,
    /// Where it was seen.
    pub source: String,
    pub tracker: bool,
    pub purl: String,
}

/// A native library.
#[derive(Clone, Debug, Default)]
pub struct Library {
    pub path: String,
    pub version: String,
    pub sha256: Option<Digest>,
    /// Libraries that were linked into it: name and version.
    pub embedded: Vec<(String, String)>,
}

/// A certificate that signed the package.
#[derive(Clone, Debug, Default)]
pub struct Certificate {
    pub subject: String,
    pub issuer: String,
    /// RFC 3339; empty where the certificate does not say it in a readable way.
    pub not_before: String,
    pub not_after: String,
    pub sha256: Option<Digest>,
}

/// The bill of materials.
pub fn cyclonedx(contents: &Contents) -> Value {
    let mut refs = References::default();
    let app = app(&contents.app, &mut refs);
    let mut components: Vec<Value> = Vec::new();
    components.extend(contents.parts.iter().map(|part| self::part(part, &mut refs)));
    components.extend(contents.libraries.iter().flat_map(|library| self::library(library, &mut refs)));
    components.extend(contents.certificates.iter().map(|certificate| self::certificate(certificate, &mut refs)));
    components.sort_by(|a, b| a["bom-ref"].as_str().cmp(&b["bom-ref"].as_str()));
    let depends_on: Vec<_> = components.iter().map(|component| component["bom-ref"].clone()).collect();
    let mut bill = object(json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "tools": {"components": [{"type": "application", "name": "jixian", "version": env!("CARGO_PKG_VERSION")}]},
            "component": app,
        },
        "components": components,
        "dependencies": [{"ref": app["bom-ref"], "dependsOn": depends_on}],
    }));
    if let Some(digest) = &contents.app.sha256 {
        bill.insert("serialNumber".to_owned(), json!(serial_number(digest)));
    }
    if !contents.as_of.is_empty() {
        bill["metadata"]["timestamp"] = json!(contents.as_of);
    }
    Value::Object(bill)
}

/// A UUID of the form that RFC 9562 leaves to applications (version 8), out of the digest of the file.
fn serial_number(digest: &Digest) -> String {
    let digits: Vec<char> = digest.hex().chars().take(32).collect();
    let digit = |at: usize| digits.get(at).copied().unwrap_or('0');
    let variant = char::from_digit(digit(16).to_digit(16).unwrap_or(0) & 3 | 8, 16).unwrap_or('8');
    let text: String = (0..32)
        .map(|at| {
            if at == 12 {
                '8'
            } else if at == 16 {
                variant
            } else {
                digit(at)
            }
        })
        .collect();
    let groups = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)];
    let groups: Vec<_> = groups.iter().filter_map(|(from, to)| text.get(*from..*to)).collect();
    format!("urn:uuid:{}", groups.join("-"))
}

/// References, of which no two may be the same.
#[derive(Default)]
struct References(BTreeSet<String>);

impl References {
    fn of(&mut self, name: String) -> String {
        let mut reference = name.clone();
        let mut number = 2;
        while !self.0.insert(reference.clone()) {
            reference = format!("{name}#{number}");
            number += 1;
        }
        reference
    }
}

fn app(app: &AppPackage, refs: &mut References) -> Value {
    let mut component = component("application", refs.of(format!("app:{}", app.name)), &app.name, &app.version);
    hashes(&mut component, app.sha256.as_ref());
    properties(&mut component, [("jixian:kind", app.kind.as_str()), ("jixian:sm3", &app.sm3)]);
    Value::Object(component)
}

fn part(part: &Part, refs: &mut References) -> Value {
    let kind = if part.kind == "framework" { "framework" } else { "library" };
    let reference =
        if part.purl.is_empty() { format!("sdk:{}@{}", part.name, part.version) } else { part.purl.clone() };
    let (group, name) = match part.name.split_once(':') {
        Some((group, name)) if !part.purl.is_empty() => (group, name),
        _ => ("", part.name.as_str()),
    };
    let mut component = component(kind, refs.of(reference), name, &part.version);
    let mut text = |key: &str, value: &str| {
        if !value.is_empty() {
            component.insert(key.to_owned(), json!(value));
        }
    };
    text("group", group);
    text("purl", &part.purl);
    if !part.vendor.is_empty() {
        component.insert("supplier".to_owned(), json!({"name": part.vendor}));
    }
    occurrence(&mut component, &part.source);
    let tracker = if part.tracker { "yes" } else { "no" };
    properties(&mut component, [("jixian:kind", part.kind.as_str()), ("jixian:tracker", tracker)]);
    Value::Object(component)
}

fn library(library: &Library, refs: &mut References) -> Vec<Value> {
    let name = library.path.rsplit('/').next().unwrap_or_default();
    let mut file = component("library", refs.of(format!("file:{}", library.path)), name, &library.version);
    hashes(&mut file, library.sha256.as_ref());
    occurrence(&mut file, &library.path);
    let inside = library.embedded.iter().map(|(name, version)| {
        let mut inside = component("library", refs.of(format!("embedded:{name}@{version}")), name, version);
        occurrence(&mut inside, &library.path);
        Value::Object(inside)
    });
    let inside: Vec<_> = inside.collect();
    std::iter::once(Value::Object(file)).chain(inside).collect()
}

fn certificate(certificate: &Certificate, refs: &mut References) -> Value {
    let digest = certificate.sha256.map(|digest| digest.hex()).unwrap_or_default();
    let reference = refs.of(format!("certificate:{}", if digest.is_empty() { &certificate.subject } else { &digest }));
    let mut component = component("cryptographic-asset", reference, &certificate.subject, "");
    hashes(&mut component, certificate.sha256.as_ref());
    let texts = [
        ("subjectName", &certificate.subject),
        ("issuerName", &certificate.issuer),
        ("notValidBefore", &certificate.not_before),
        ("notValidAfter", &certificate.not_after),
    ];
    let mut facts: Map<_, _> =
        texts.iter().filter(|(_, text)| !text.is_empty()).map(|(key, text)| ((*key).to_owned(), json!(text))).collect();
    facts.insert("certificateFormat".to_owned(), json!("X.509"));
    component
        .insert("cryptoProperties".to_owned(), json!({"assetType": "certificate", "certificateProperties": facts}));
    Value::Object(component)
}

fn component(kind: &str, reference: String, name: &str, version: &str) -> Map<String, Value> {
    let mut component = object(json!({"type": kind, "bom-ref": reference, "name": name}));
    if !version.is_empty() {
        component.insert("version".to_owned(), json!(version));
    }
    component
}

fn hashes(component: &mut Map<String, Value>, sha256: Option<&Digest>) {
    if let Some(digest) = sha256 {
        component.insert("hashes".to_owned(), json!([{"alg": "SHA-256", "content": digest.hex()}]));
    }
}

fn occurrence(component: &mut Map<String, Value>, location: &str) {
    if !location.is_empty() {
        component.insert("evidence".to_owned(), json!({"occurrences": [{"location": location}]}));
    }
}

fn properties<'a>(component: &mut Map<String, Value>, properties: impl IntoIterator<Item = (&'a str, &'a str)>) {
    let all = properties.into_iter().filter(|(_, value)| !value.is_empty());
    let all: Vec<_> = all.map(|(name, value)| json!({"name": name, "value": value})).collect();
    if !all.is_empty() {
        component.insert("properties".to_owned(), Value::Array(all));
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::{AppPackage, Certificate, Contents, Library, Part, cyclonedx};
    use crate::model::Digest;

    fn contents() -> Contents {
        Contents {
            app: AppPackage {
                name: "cn.gov.sc.zwfw".to_owned(),
                version: "5.0.1".to_owned(),
                kind: "apk".to_owned(),
                sha256: Some(Digest::of(b"apk")),
                sm3: "66c7f0f4".to_owned(),
            },
            parts: vec![
                Part {
                    name: "androidx.core:core".to_owned(),
                    vendor: "Google".to_owned(),
                    version: "1.9.0".to_owned(),
                    kind: "library".to_owned(),
                    source: "META-INF/androidx.core_core.version".to_owned(),
                    tracker: false,
                    purl: "pkg:maven/androidx.core/core@1.9.0".to_owned(),
                },
                Part { name: "Flutter".to_owned(), kind: "framework".to_owned(), ..Part::default() },
                Part {
                    name: "友盟统计".to_owned(), kind: "analytics".to_owned(), tracker: true, ..Part::default()
                },
            ],
            libraries: ["arm64-v8a", "armeabi-v7a"]
                .map(|abi| Library {
                    path: format!("lib/{abi}/libssl.so"),
                    version: String::new(),
                    sha256: Some(Digest::of(abi.as_bytes())),
                    embedded: vec![("OpenSSL".to_owned(), "1.1.1k".to_owned())],
                })
                .into(),
            certificates: vec![Certificate {
                subject: "CN=Zwfw".to_owned(),
                issuer: "CN=Zwfw".to_owned(),
                not_before: "2020-01-01T00:00:00Z".to_owned(),
                not_after: String::new(),
                sha256: Some(Digest::of(b"certificate")),
            }],
            as_of: "2026-11-21T00:00:00Z".to_owned(),
        }
    }

    fn named<'a>(bill: &'a Value, name: &str) -> &'a Value {
        bill["components"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap()
    }

    #[test]
    fn the_bill_has_what_version_1_6_requires() {
        let bill = cyclonedx(&contents());
        assert_eq!(
            (&bill["bomFormat"], &bill["specVersion"], &bill["version"]),
            (&"CycloneDX".into(), &"1.6".into(), &1.into())
        );
        assert_eq!(bill["metadata"]["timestamp"], "2026-11-21T00:00:00Z");
        assert_eq!(bill["metadata"]["component"]["type"], "application");
        let kinds = ["application", "framework", "library", "cryptographic-asset"];
        let components = bill["components"].as_array().unwrap();
        assert_eq!(components.len(), 8);
        let mut references: BTreeSet<_> = components.iter().map(|one| one["bom-ref"].as_str().unwrap()).collect();
        assert_eq!(references.len(), components.len(), "each reference once");
        for component in components {
            assert!(
                kinds.iter().any(|kind| component["type"] == *kind) && component["name"].is_string(),
                "{component}"
            );
        }
        let app = bill["metadata"]["component"]["bom-ref"].as_str().unwrap();
        assert!(references.insert(app));
        let [of_app] = &bill["dependencies"].as_array().unwrap()[..] else { panic!("one") };
        assert_eq!(of_app["ref"], app);
        assert!(of_app["dependsOn"].as_array().unwrap().iter().all(|one| references.contains(one.as_str().unwrap())));
    }

    #[test]
    fn parts_carry_their_coordinates_hashes_and_places() {
        let bill = cyclonedx(&contents());
        let core = named(&bill, "core");
        assert_eq!(
            (&core["group"], &core["purl"]),
            (&"androidx.core".into(), &"pkg:maven/androidx.core/core@1.9.0".into())
        );
        assert_eq!(core["supplier"]["name"], "Google");
        assert_eq!(core["evidence"]["occurrences"][0]["location"], "META-INF/androidx.core_core.version");
        assert_eq!(named(&bill, "Flutter")["type"], "framework");
        assert_eq!(named(&bill, "libssl.so")["hashes"][0]["alg"], "SHA-256");
        assert_eq!(named(&bill, "OpenSSL")["version"], "1.1.1k");
        let certificate = &named(&bill, "CN=Zwfw")["cryptoProperties"];
        assert_eq!(certificate["assetType"], "certificate");
        assert!(certificate["certificateProperties"].get("notValidAfter").is_none(), "what is not known is left out");
        let trackers = named(&bill, "友盟统计")["properties"].as_array().unwrap();
        assert!(trackers.iter().any(|one| one["name"] == "jixian:tracker" && one["value"] == "yes"));
    }

    #[test]
    fn the_serial_number_follows_the_file() {
        let one = cyclonedx(&contents());
        assert_eq!(one, cyclonedx(&contents()));
        let digits = one["serialNumber"].as_str().unwrap().strip_prefix("urn:uuid:").unwrap().to_owned();
        assert_eq!(digits.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert!(
            digits[14..].starts_with('8') && ['8', '9', 'a', 'b'].contains(&digits.chars().nth(19).unwrap()),
            "{digits}"
        );
        let other = Contents { app: AppPackage { sha256: Some(Digest::of(b"other")), ..contents().app }, ..contents() };
        assert_ne!(cyclonedx(&other)["serialNumber"], one["serialNumber"]);
        let none = Contents { app: AppPackage { sha256: None, ..contents().app }, ..contents() };
        assert!(cyclonedx(&none).get("serialNumber").is_none());
    }

    #[test]
    fn an_empty_package_has_a_bill_too() {
        let bill = cyclonedx(&Contents::default());
        assert_eq!(bill["components"], Value::Array(Vec::new()));
        assert!(bill["metadata"].get("timestamp").is_none());
    }
}
