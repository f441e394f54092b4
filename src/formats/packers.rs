//! Hardening of Android packages: whose it is, how sure that is, and whether the code that runs can be seen at all.
//!
//! Markers are names that hardening products leave in packages, each known from two public descriptions at least (lists of
//! packer markers of APKiD's and ApkCheckPack's documentation, and analyses of the products). No rule of theirs is used.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Tri;

/// What hides the code, and whether it can be seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Packing {
    pub packers: Vec<Packer>,
    /// Whether the code that runs is the code that lies here.
    pub code_assessable: Tri,
    /// `packed`, `classes_missing`, `no_code`, `not_android`, or `open`.
    pub reason: String,
}

/// A product that hides code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Packer {
    pub vendor: String,
    /// `high`: a library or asset and the class that starts it; `medium`: one of them; `low`: a name that others use as well.
    pub confidence: String,
    pub markers: Vec<String>,
}

/// What the platform starts, and what the code defines.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// Names of all entries.
    pub entries: &'a [&'a str],
    /// The application class; empty where the manifest names none.
    pub application: &'a str,
    /// Classes of components, with their package.
    pub components: &'a [&'a str],
    pub defined: &'a BTreeSet<String>,
    /// Whether all code was read.
    pub complete: bool,
}

/// What a vendor leaves behind.
struct Marks {
    vendor: &'static str,
    /// How names of libraries begin, without folder.
    libraries: &'static [&'static str],
    /// Names of files in `assets/` and below, without folder.
    assets: &'static [&'static str],
    /// How the names of the classes that start the app begin.
    classes: &'static [&'static str],
}

/// Alibaba's security SDK (`libsgmain`, `libsgsecuritybody`) and Bugly hide nothing and are not here.
const VENDORS: &[Marks] = &[
    marks("梆梆安全 Bangcle", &["libSecShell", "libDexHelper", "libsecexe", "libsecmain"], &[], &["com.secneo."]),
    marks("360 加固保 Jiagu", &["libjiagu", "libprotectClass"], &[], &["com.stub.StubApp"]),
    marks("爱加密 Ijiami", &["libexecmain", "libexec.so"], &["ijiami.dat", "ijiami.ajm"], &["s.h.e.l.l.S"]),
    marks("腾讯乐固 Legu", &["libshella-", "libshellx-", "libtup.so"], &["mix.dex"], &[]),
    marks("腾讯御安全 Tencent Yu", &["libtosprotection."], &[], &[]),
    marks("百度加固 Baidu", &["libbaiduprotect"], &[], &[]),
    marks("阿里聚安全 Alibaba", &["libmobisec"], &["aliprotect.dat"], &[]),
    marks("娜迦 Nagapt", &["libchaosvmp", "libddog", "libfdog"], &[], &[]),
    marks("几维安全 Kiwisec", &["libkws"], &[], &[]),
    marks("网易易盾 NetEase", &["libnesec"], &[], &[]),
    marks("通付盾 PayEgis", &["libegis"], &[], &[]),
    marks("顶像 DingXiang", &["libx3g"], &[], &[]),
];

const fn marks(
    vendor: &'static str,
    libraries: &'static [&'static str],
    assets: &'static [&'static str],
    classes: &'static [&'static str],
) -> Marks {
    Marks { vendor, libraries, assets, classes }
}

/// Looks for hardening, and says whether the code can be seen.
pub fn look(seen: Seen<'_>) -> Packing {
    let mut packers: Vec<Packer> = VENDORS.iter().filter_map(|marks| marks.found(seen)).collect();
    packers.sort();
    let (code_assessable, reason) = assessable(seen, &packers);
    Packing { packers, code_assessable, reason: reason.to_owned() }
}

impl Packing {
    /// Of packages that no such product is made for.
    pub fn not_android(code_assessable: Tri) -> Self {
        Self { packers: Vec::new(), code_assessable, reason: "not_android".to_owned() }
    }
}

impl Marks {
    fn found(&self, seen: Seen<'_>) -> Option<Packer> {
        let mut markers = BTreeSet::new();
        for entry in seen.entries {
            let file = entry.rsplit('/').next().unwrap_or(entry);
            let is_library = file.ends_with(".so") && self.libraries.iter().any(|start| file.starts_with(start));
            let is_asset = entry.starts_with("assets/") && self.assets.iter().any(|name| file == *name);
            if is_library || is_asset {
                markers.insert((*entry).to_owned());
            }
        }
        let has_file = !markers.is_empty();
        let starts = self.classes.iter().any(|start| seen.application.starts_with(start));
        if starts {
            markers.insert(seen.application.to_owned());
        }
        let confidence = match (has_file, starts) {
            (false, false) => return None,
            (true, true) => "high",
            _ => "medium",
        };
        Some(Packer {
            vendor: self.vendor.to_owned(),
            confidence: confidence.to_owned(),
            markers: markers.into_iter().take(20).collect(),
        })
    }
}

/// Classes that the platform starts and nobody defines are made when the app runs, whoever does it.
fn assessable(seen: Seen<'_>, packers: &[Packer]) -> (Tri, &'static str) {
    if !packers.is_empty() {
        return (Tri::No, "packed");
    }
    if seen.defined.is_empty() {
        return (Tri::Unknown, "no_code");
    }
    if !seen.complete {
        return (Tri::Unknown, "not_read");
    }
    let is_missing = |class: &&&str| !class.is_empty() && !seen.defined.contains(**class);
    let missing = seen.components.iter().filter(is_missing).count();
    // One class may be left over from a component that was taken out; when most are gone, they are hidden.
    if missing * 2 > seen.components.len() {
        (Tri::No, "classes_missing")
    } else {
        (Tri::Yes, "open")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Seen, look};
    use crate::model::Tri;

    fn seen<'a>(entries: &'a [&'a str], application: &'a str, defined: &'a BTreeSet<String>) -> Seen<'a> {
        Seen { entries, application, components: &["cn.example.Main"], defined, complete: true }
    }

    fn classes(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_library_and_the_class_that_starts_it_are_sure_and_one_of_them_is_likely() {
        let defined = classes(&["com.stub.StubApp"]);
        let both = look(seen(&["assets/libjiagu.so"], "com.stub.StubApp", &defined));
        assert_eq!((both.packers[0].confidence.as_str(), both.code_assessable), ("high", Tri::No));
        let one = look(seen(&["lib/arm64-v8a/libSecShell.so"], "cn.example.App", &defined));
        assert_eq!((one.packers[0].confidence.as_str(), one.code_assessable), ("medium", Tri::No));
    }

    #[test]
    fn sdks_of_the_same_houses_are_no_packers() {
        let defined = classes(&["cn.example.Main"]);
        let found = look(seen(&["lib/arm64-v8a/libsgmain.so", "lib/arm64-v8a/libBugly.so"], "cn.example.App", &defined));
        assert_eq!((found.packers.len(), found.code_assessable), (0, Tri::Yes));
    }

    #[test]
    fn code_that_lacks_what_the_manifest_starts_is_hidden_by_somebody() {
        let defined = classes(&["a.b.C"]);
        let found = look(seen(&["classes.dex"], "", &defined));
        assert_eq!((found.code_assessable, found.reason.as_str()), (Tri::No, "classes_missing"));
    }

    #[test]
    fn without_code_or_with_code_unread_nobody_can_tell() {
        assert_eq!(look(seen(&[], "", &BTreeSet::new())).code_assessable, Tri::Unknown);
        let defined = classes(&["a.b.C"]);
        assert_eq!(look(Seen { complete: false, ..seen(&[], "", &defined) }).code_assessable, Tri::Unknown);
    }
}
