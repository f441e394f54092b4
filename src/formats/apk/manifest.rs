//! The Android manifest as the platform takes it: defaults of the target SDK filled in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Package, attributes,
    backup::{self, Backup},
    components::{self, Component, Context, Provider},
    declared::{self, DeclaredPermission},
    element::{Element, Value},
    network::{self, NetworkSecurity},
    oddities::Oddity,
    permissions::{self, Permission},
    resources::{Resources, cut},
    splits::{self, Split},
    uses::{self, Feature, Instrumentation, Library, Queries},
};
use crate::model::{DecodeFailure, Fact, Tri};

/// Components and permissions that are listed at most.
const MAX_LISTED: usize = 10_000;

/// What stands for the SDK of a preview, which is newer than every number we know.
const PREVIEW: i64 = 10_000;

/// What the manifest says, defaults filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Manifest {
    pub package: String,
    pub version_name: String,
    /// Major and minor in one number, as the platform has it.
    pub version_code: i64,
    pub min_sdk: i64,
    /// The minimum where no target is declared.
    pub target_sdk: i64,
    /// Which sandbox it asks for: from 2 on platforms ask for a signature of scheme 2. 1 where it does not say.
    pub target_sandbox: i64,
    /// The SDK it was built with; 0 where it does not say.
    pub compile_sdk: i64,
    /// Packages of one signer that share it share everything; empty where there is none.
    pub shared_user_id: String,
    /// Unread where it refers to a resource that cannot be resolved, or that depends on the device.
    pub debuggable: Fact<bool>,
    pub test_only: Fact<bool>,
    pub allow_backup: Fact<bool>,
    pub cleartext_permitted: Tri,
    pub application: Application,
    pub network_security: NetworkSecurity,
    pub backup: Backup,
    /// Declared ones, then implied ones.
    pub permissions: Vec<Permission>,
    /// Names of permissions that are asked for more than once, sorted.
    pub duplicate_permissions: Vec<String>,
    /// Permissions that the app defines for others.
    pub declared_permissions: Vec<DeclaredPermission>,
    pub components: Vec<Component>,
    /// Who may do what with the providers among the components.
    pub providers: Vec<Provider>,
    pub queries: Queries,
    pub features: Vec<Feature>,
    pub libraries: Vec<Library>,
    pub instrumentation: Vec<Instrumentation>,
    pub split: Split,
    /// What keeps the platform from installing it, sorted.
    pub install_errors: Vec<InstallError>,
    /// What no compiler would have written in the manifest, the resources and the configurations it names.
    pub oddities: Vec<Oddity>,
    /// Entries of the lists above that are beyond their caps.
    pub left_out: i64,
}

/// The application as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Application {
    /// The class that is there before all others, with its package; empty where it is the platform's.
    pub class: String,
    /// The class that makes all others; empty where it is the platform's.
    pub component_factory: String,
    /// Whether it has code of its own.
    pub has_code: Fact<bool>,
    /// Whether native libraries are unpacked on installation: written, else yes (build tools write no from SDK 23 on).
    pub extract_native_libs: Fact<bool>,
    /// Whether it sees the whole of the shared storage: written, else below target SDK 29; it counts below 30.
    pub request_legacy_external_storage: Fact<bool>,
    /// Whether pointers into the heap are tagged on devices that check them.
    pub heap_pointer_tagging: Fact<bool>,
}

/// Why the platform would refuse to install it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct InstallError {
    /// `alias_without_target`, `component_without_name`, `exported_not_declared`, `no_application`, `package_name`
    /// or `provider_without_authority`.
    pub kind: String,
    /// What it is about; empty for the manifest as a whole.
    pub subject: String,
}

/// Reads the tree. Oddities are added by the caller, which knows all parts.
pub(super) fn read(root: &Element, package: &mut Package<'_>) -> Result<Manifest, DecodeFailure> {
    if &*root.name != "manifest" {
        let what = format!("the manifest's root is `{}`", cut(&root.name).escape_debug());
        return Err(DecodeFailure::Malformed { offset: 0, what });
    }
    let resources = package.resources;
    // The platform takes the first application and passes over the others.
    let application = root.child("application");
    let nothing = Element::default();
    let app = application.unwrap_or(&nothing);
    let name = resources.text(root.plain("package"));
    let split = splits::read(root, resources);
    let (min_sdk, target_sdk) = sdks(root, resources);
    let own = declared::read(root, resources, MAX_LISTED);
    let asked = permissions::read(root, target_sdk, &own, resources, MAX_LISTED);
    let context = Context { package: &name, target_sdk, own: &own, resources };
    let parts = components::read(app, &context, MAX_LISTED);
    let (cleartext_permitted, network_security) = network::read(application, target_sdk, package);
    let backup = backup::read(application, (min_sdk, target_sdk), package);
    Ok(Manifest {
        version_name: resources.android(root, attributes::VERSION_NAME),
        version_code: version_code(root, resources),
        min_sdk,
        target_sdk,
        target_sandbox: resources.number(root.android(attributes::TARGET_SANDBOX_VERSION)).unwrap_or(1),
        compile_sdk: sdk(root.android(attributes::COMPILE_SDK_VERSION), resources).unwrap_or(0),
        shared_user_id: resources.android(root, attributes::SHARED_USER_ID),
        debuggable: resources.flag(app, attributes::DEBUGGABLE, false),
        test_only: resources.flag(app, attributes::TEST_ONLY, false),
        allow_backup: backup.allowed.clone(),
        cleartext_permitted,
        application: whole(app, &name, target_sdk, resources),
        network_security,
        backup,
        permissions: asked.permissions,
        duplicate_permissions: asked.duplicates,
        left_out: i64::try_from(parts.left_out.saturating_add(asked.left_out)).unwrap_or(i64::MAX),
        components: parts.components,
        providers: parts.providers,
        queries: uses::queries(root, resources),
        features: uses::features(root, resources),
        libraries: uses::libraries(app, resources),
        instrumentation: uses::instrumentation(root, resources),
        install_errors: install_errors(root, &name, &split, parts.errors),
        declared_permissions: own,
        split,
        oddities: Vec::new(),
        package: name,
    })
}

fn whole(app: &Element, package: &str, target_sdk: i64, resources: &Resources<'_>) -> Application {
    let class = |id| components::class(package, &resources.android(app, id));
    Application {
        class: class(attributes::NAME),
        component_factory: class(attributes::APP_COMPONENT_FACTORY),
        has_code: resources.flag(app, attributes::HAS_CODE, true),
        extract_native_libs: resources.flag(app, attributes::EXTRACT_NATIVE_LIBS, true),
        request_legacy_external_storage: resources.flag(
            app,
            attributes::REQUEST_LEGACY_EXTERNAL_STORAGE,
            target_sdk < 29,
        ),
        heap_pointer_tagging: resources.flag(app, attributes::ALLOW_NATIVE_HEAP_POINTER_TAGGING, true),
    }
}

fn version_code(root: &Element, resources: &Resources<'_>) -> i64 {
    let part = |id| resources.number(root.android(id)).unwrap_or(0);
    (part(attributes::VERSION_CODE_MAJOR) & 0x7fff_ffff) << 32 | part(attributes::VERSION_CODE) & 0xffff_ffff
}

/// The platform takes 1 for a missing minimum and the minimum for a missing target; a later element replaces an earlier.
fn sdks(root: &Element, resources: &Resources<'_>) -> (i64, i64) {
    let uses = root.each("uses-sdk").last();
    let of = |id| sdk(uses.and_then(|element| element.android(id)), resources);
    let min = of(attributes::MIN_SDK_VERSION).unwrap_or(1);
    (min, of(attributes::TARGET_SDK_VERSION).filter(|target| *target > 0).unwrap_or(min))
}

/// A number, or the letter of a preview.
fn sdk(value: Option<&Value>, resources: &Resources<'_>) -> Option<i64> {
    let letter = |text: String| text.starts_with(|c: char| c.is_ascii_uppercase()).then_some(PREVIEW);
    resources.number(value).or_else(|| letter(resources.text(value)))
}

fn install_errors(root: &Element, package: &str, split: &Split, mut out: Vec<InstallError>) -> Vec<InstallError> {
    let mut add = |kind: &str| out.push(InstallError { kind: kind.to_owned(), subject: String::new() });
    // Instrumentation alone is a package too.
    if root.child("application").is_none() && root.child("instrumentation").is_none() && split.name.is_empty() {
        add("no_application");
    }
    if !is_package_name(package) {
        add("package_name");
    }
    out.sort();
    out
}

/// Two words at least, each beginning with a letter (AOSP `FrameworkParsingPackageUtils.validateName`).
fn is_package_name(name: &str) -> bool {
    let word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    name.contains('.') && name.split('.').all(word) || name == "android"
}

#[cfg(test)]
mod tests;
