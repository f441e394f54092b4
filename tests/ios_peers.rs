//! Mach-O files that others built, signed and took apart: clang and lld make them for iOS, companies signed them for Macs,
//! and LLVM's own tools say what is in them.
#![expect(clippy::disallowed_methods, reason = "tests start programs and read files")]

#[path = "common/skip.rs"]
mod skip;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use jixian::{
    formats::ios::{
        ImportUse, Signing, Slice, Verified,
        code_signature::{Beside, CodeSignature, examine},
        macho,
    },
    model::{Fact, UnreadStatus},
};
use skip::not_tested;

/// What a program prints; none where it is not there or fails.
fn printed(program: &str, args: &[&str]) -> Option<String> {
    // Debian puts some of LLVM's tools nowhere but in LLVM's own folder.
    let own =
        fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|folder| folder.path().join("bin").join(program));
    let found =
        own.filter(|path| path.is_file() && path.starts_with("/usr/lib") && path.to_string_lossy().contains("/llvm-"));
    let program = found.max().unwrap_or_else(|| PathBuf::from(program));
    let output = Command::new(program).args(args).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn fetched(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/ios-peers").join(name);
    path.is_file().then_some(path)
}

fn slices(path: &Path) -> Vec<(Slice, CodeSignature)> {
    let read = macho::read(&fs::read(path).unwrap()).unwrap();
    let slices = read.into_iter().map(|slice| slice.unwrap());
    slices.map(|scanned| (scanned.slice.clone(), examine(&scanned).complete(&Beside::default()))).collect()
}

/// Holds every slice of a file against LLVM's tools.
fn compare(path: &Path) -> Option<()> {
    let file = path.to_str().unwrap();
    let slices = slices(path);
    let archs: BTreeSet<String> =
        printed("llvm-lipo", &["-archs", file])?.split_whitespace().map(str::to_owned).collect();
    assert_eq!(slices.iter().map(|(slice, _)| slice.arch.clone()).collect::<BTreeSet<_>>(), archs, "{file}");
    for (slice, _) in &slices {
        let arch = format!("--arch={}", slice.arch);
        let header = printed("llvm-objdump", &["--macho", "--private-headers", &arch, file])?;
        let fields = Fields(&header);
        assert_eq!(slice.pie, Fact::Known(header.contains(" PIE") || slice.kind != "executable"), "{file}");
        assert_eq!(slice.stack_execution, Fact::Known(header.contains("ALLOW_STACK_EXECUTION")), "{file}");
        assert_eq!(slice.encrypted, Fact::Known(fields.all("cryptid").iter().any(|id| id != "0")), "{file}");
        let paths: BTreeSet<String> = fields.all("path").into_iter().collect();
        assert_eq!(slice.rpaths.iter().cloned().collect::<BTreeSet<_>>(), paths, "{file}");
        // Which of the two is the library itself says only the command before it.
        let own = fields.after("LC_ID_DYLIB", "name");
        let names: BTreeSet<String> =
            fields.all("name").into_iter().filter(|name| Some(name) != own.as_ref()).collect();
        let libraries: BTreeSet<String> = slice.libraries.iter().map(|library| library.name.clone()).collect();
        assert!(libraries.is_subset(&names), "{file}: {libraries:?} {names:?}");
        assert!(names.iter().all(|name| libraries.contains(name) || name.contains("dyld")), "{file}: {names:?}");
        imports(file, &arch, slice)?;
    }
    Some(())
}

/// All undefined symbols are those that LLVM lists.
fn imports(file: &str, arch: &str, slice: &Slice) -> Option<()> {
    let undefined = printed("llvm-nm", &["--undefined-only", "--format=just-symbols", arch, file])?;
    let undefined: BTreeSet<&str> = undefined.lines().map(str::trim).filter(|line| line.starts_with('_')).collect();
    for import in &slice.imports {
        assert!(undefined.contains(import.name.as_str()), "{file} {arch}: {import:?}");
    }
    let listed: BTreeSet<&str> = slice.imports.iter().map(|import| import.name.as_str()).collect();
    for name in
        ["_strcpy", "_sprintf", "_CC_MD5", "_random", "_dlopen", "_dlsym", "_stat", "_mach_absolute_time", "_ptrace"]
    {
        assert_eq!(undefined.contains(name), listed.contains(name), "{file} {arch}: {name}");
    }
    let canary = undefined.contains("___stack_chk_fail") || undefined.contains("___stack_chk_guard");
    assert_eq!(slice.canary, Fact::Known(canary), "{file} {arch}");
    Some(())
}

/// Lines of a name and its value, as `llvm-objdump` prints load commands.
struct Fields<'a>(&'a str);

impl Fields<'_> {
    fn all(&self, name: &str) -> Vec<String> {
        self.0.lines().filter_map(|line| Self::value(line, name)).collect()
    }

    fn after(&self, command: &str, name: &str) -> Option<String> {
        self.0.lines().skip_while(|line| !line.ends_with(command)).find_map(|line| Self::value(line, name))
    }

    fn value(line: &str, name: &str) -> Option<String> {
        let value = line.trim().strip_prefix(name)?.strip_prefix(' ')?;
        Some(value.split(" (offset").next().unwrap_or(value).trim().to_owned())
    }
}

#[test]
fn slices_are_what_llvm_makes_of_them() {
    for name in ["esbuild", "fsevents.node", "sentry-cli", "bun"] {
        let Some(path) = fetched(name) else { return not_tested("scripts/fetch-ios-peers.sh did not run") };
        if compare(&path).is_none() {
            return not_tested("LLVM's tools are not installed");
        }
    }
}

#[test]
fn signatures_that_tools_made_without_a_key_are_verified() {
    let Some(path) = fetched("esbuild") else { return not_tested("scripts/fetch-ios-peers.sh did not run") };
    let [(_, signature)] = &slices(&path)[..] else { panic!("one slice") };
    assert_eq!((signature.signing, signature.content_verified), (Signing::Adhoc, Verified::Yes));
    assert_eq!((signature.hash.as_str(), signature.directories[0].page_size), ("sha256", 4096));
    assert!(signature.directories[0].flags.contains(&"linker_signed".to_owned()));
    let mut changed = fs::read(&path).unwrap();
    changed[5_000_000] ^= 1;
    let [slice] = macho::read(&changed).unwrap().try_into().unwrap();
    let signature = examine(&slice.unwrap()).complete(&Beside::default());
    assert_eq!((signature.content_verified, signature.directories[0].pages_changed), (Verified::No, 1));
}

#[test]
fn a_signature_below_apples_root_is_verified() {
    let Some(path) = fetched("bun") else { return not_tested("scripts/fetch-ios-peers.sh did not run") };
    let [(_, signature)] = &slices(&path)[..] else { panic!("one slice") };
    assert_eq!(signature.errors, [""; 0]);
    assert_eq!((signature.content_verified, signature.message_verified), (Verified::Yes, Verified::Yes));
    assert_eq!(signature.directories[0].page_size, 16_384);
    let chain = signature.chain.as_ref().unwrap();
    assert_eq!((chain.root.as_str(), chain.purpose.as_str()), ("apple_root_ca", "developer_id"));
    assert_eq!((chain.links_verified, chain.length), (Verified::Yes, 3));
    let entitlements = signature.entitlements.known().unwrap();
    assert!(entitlements.unusual.contains(&"com.apple.security.cs.allow-jit".to_owned()));
}

const CODE: &str = "@interface NSObject\n+ (id)new;\n@end\n@interface A : NSObject { id x; }\n- (void)setY:(id)v;\n@end\n\
    @implementation A\n- (void)setY:(id)v { x = v; }\n@end\nextern char *strcpy(char *, const char *);\n\
    int main(int argc, char **argv) { char b[64]; strcpy(b, argv[0]); A *a = [A new]; [a setY:a]; return b[0]; }\n";

const COUNTED_BY_HAND: &str = "@interface NSObject\n- (id)retain; - (void)release;\n@end\n@interface A : NSObject { id x; }\n\
    - (void)setY:(id)v;\n@end\n@implementation A\n- (void)setY:(id)v { [v retain]; [x release]; x = v; }\n@end\n\
    int main(void) { return 0; }\n";

/// What a linker is told of a system library.
fn stub(name: &str, exports: &str) -> String {
    format!(
        "--- !tapi-tbd\ntbd-version: 4\ntargets: [ arm64-ios ]\ninstall-name: '/usr/lib/{name}'\nexports:\n\
             \x20 - targets: [ arm64-ios ]\n{exports}...\n"
    )
}

/// Compiles and links for iOS; none where the tools are not there.
fn linked(folder: &Path, code: &str, flags: &[&str]) -> Option<PathBuf> {
    let system = "    symbols: [ _strcpy, ___stack_chk_fail, ___stack_chk_guard, dyld_stub_binder ]\n";
    let objc = "    symbols: [ _objc_storeStrong, _objc_release, _objc_retain, _objc_msgSend, _objc_opt_new, _objc_alloc_init, \
                __objc_empty_cache ]\n    objc-classes: [ NSObject ]\n";
    fs::write(folder.join("libSystem.tbd"), stub("libSystem.B.dylib", system)).unwrap();
    fs::write(folder.join("libobjc.tbd"), stub("libobjc.A.dylib", objc)).unwrap();
    fs::write(folder.join("app.m"), code).unwrap();
    let out = folder.join("app");
    let mut clang = Command::new("clang");
    clang.args([
        "-target",
        "arm64-apple-ios13.0",
        "-fuse-ld=lld",
        "-nostdlib",
        "-L.",
        "-lSystem",
        "-lobjc",
        "app.m",
        "-o",
        "app",
    ]);
    let output = clang.args(flags).current_dir(folder).output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(out)
}

#[test]
fn what_the_compiler_was_told_is_seen_in_what_the_linker_made() {
    let folder = tempfile::tempdir().unwrap();
    let hardened =
        ["-fobjc-arc", "-fstack-protector-all", "-Wl,-adhoc_codesign", "-Wl,-rpath,@executable_path/Frameworks"];
    let Some(path) = linked(folder.path(), CODE, &hardened) else {
        return not_tested("clang and lld are not installed");
    };
    let [(slice, signature)] = &slices(&path)[..] else { panic!("one slice") };
    assert_eq!(
        (slice.pie.clone(), slice.canary.clone(), slice.arc.clone()),
        (Fact::Known(true), Fact::Known(true), Fact::Known(true))
    );
    assert_eq!((slice.platform.as_str(), slice.min_os.as_str()), ("ios", "13.0"));
    assert!(slice.objective_c && slice.imports.iter().any(|import| import.purpose == ImportUse::UnsafeC));
    assert_eq!(slice.rpaths, ["@executable_path/Frameworks"]);
    assert_eq!((signature.signing, signature.content_verified), (Signing::Adhoc, Verified::Yes));
    if compare(&path).is_none() {
        return not_tested("LLVM's tools are not installed");
    }
    let plain =
        linked(folder.path(), CODE, &["-fno-stack-protector", "-Wl,-no_pie", "-Wl,-no_adhoc_codesign"]).unwrap();
    let [(slice, signature)] = &slices(&plain)[..] else { panic!("one slice") };
    assert_eq!((slice.canary.clone(), slice.arc.clone()), (Fact::Known(false), Fact::Known(false)));
    assert_eq!(signature.signing, Signing::Unsigned);
    let manual = linked(folder.path(), COUNTED_BY_HAND, &["-fno-objc-arc"]).unwrap();
    let [(slice, _)] = &slices(&manual)[..] else { panic!("one slice") };
    // Newer compilers call these for messages too, so that they prove nothing.
    assert_eq!(slice.arc, Fact::unread(UnreadStatus::NotTested, "retain_release_only"));
}
