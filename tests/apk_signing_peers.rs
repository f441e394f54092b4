//! Packages that Debian's tools sign and that are then damaged: our verdict is that of `apksigner`.
//!
//! Where `apksigner`, `openssl`, `zip` or `zipalign` is not installed the tests count as ignored.
#![allow(clippy::disallowed_methods, reason = "packages are files, peers are processes")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use jixian::formats::{
    apk::signing::{self, Inflating, IssueCode, Request, Scheme, Signing, Verified},
    zip::Archive,
};
use libtest_mimic::{Arguments, Failed, Trial};
use tempfile::TempDir;

/// An app for Android 7.0 and newer, whose signature is taken off.
const APP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/tianfu/packages/tianfu-dept.apk");
/// The oldest platforms that verdicts are compared for.
const FLOORS: [i64; 3] = [21, 24, 28];

/// Signs, damages and compares.
type Case = fn(&Bench) -> Result<(), Failed>;

fn main() {
    let peers = [("apksigner", "--version"), ("openssl", "version"), ("zip", "-v"), ("zipalign", "")];
    let missing = peers.iter().find(|(peer, argument)| !is_there(peer, argument)).map(|(peer, _)| *peer);
    let cases: &[(&str, Case)] = &[
        ("all schemes with RSA", |bench| bench.same(&bench.sign("rsa", &[])?)),
        ("all schemes with P-256", |bench| bench.same(&bench.sign("p256", &[])?)),
        ("all schemes with P-521", |bench| bench.same(&bench.sign("p521", &[])?)),
        ("scheme 1 alone", |bench| bench.same(&bench.v1_only("rsa")?)),
        ("scheme 2 alone", |bench| bench.same(&bench.sign("rsa", &[V1_OFF, V3_OFF])?)),
        ("scheme 3 alone", |bench| bench.same(&bench.sign("p256", &[V1_OFF, V2_OFF])?)),
        ("a hash tree", |bench| bench.same(&bench.sign("rsa", &[&["--verity-enabled", "true"]])?)),
        ("two signers", two_signers),
        ("no signature", |bench| bench.same(&bench.bare)),
        ("damage in an entry", damage_in_an_entry),
        ("damage in the central directory", damage_in_the_directory),
        ("damage in the block", damage_in_the_block),
        ("a block that is gone", stripped),
        ("a block that was moved", moved),
        ("another signer's block", another_signer),
        ("an entry more", entry_more),
        ("an entry more in META-INF", entry_more_in_meta_inf),
        ("aligned after signing", aligned_after),
        ("a DEX file before the archive", janus),
        ("bytes after the archive", bytes_after),
        ("a local header with another name", another_name),
        ("a lineage", lineage),
        ("a source stamp", source_stamp),
        ("a file of scheme 4", idsig),
    ];
    let trials = cases.iter().map(|(name, case)| {
        let trial = Trial::test(*name, move || case(&Bench::new()?)).with_ignored_flag(missing.is_some());
        trial.with_kind(missing.map(|peer| format!("{peer} is not installed")).unwrap_or_default())
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit();
}

fn is_there(program: &str, argument: &str) -> bool {
    let arguments: Vec<&str> = [argument].into_iter().filter(|argument| !argument.is_empty()).collect();
    Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

const V1_OFF: &[&str] = &["--v1-signing-enabled", "false"];
const V2_OFF: &[&str] = &["--v2-signing-enabled", "false"];
const V3_OFF: &[&str] = &["--v3-signing-enabled", "false"];

/// A folder with keys and an app to sign.
struct Bench {
    folder: TempDir,
    bare: PathBuf,
}

impl Bench {
    fn new() -> Result<Self, Failed> {
        let folder = TempDir::new()?;
        let bare = folder.path().join("bare.apk");
        fs::write(&bare, without_block(&fs::read(APP)?))?;
        Ok(Self { folder, bare })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Arguments that name a key, which is made where there is none yet.
    fn key(&self, name: &str) -> Result<Vec<String>, Failed> {
        let (pem, pk8, certificate) =
            (self.path(&format!("{name}.pem")), self.path(&format!("{name}.pk8")), self.path(&format!("{name}.crt")));
        if !pk8.exists() {
            let kind: &[&str] = match name {
                "p256" => &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
                "p521" => &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
                _ => &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
            };
            run(Command::new("openssl").arg("genpkey").args(kind).arg("-out").arg(&pem))?;
            let subject = format!("/CN={name}");
            run(Command::new("openssl")
                .args(["req", "-x509", "-new", "-days", "9000", "-subj", &subject, "-key"])
                .arg(&pem)
                .arg("-out")
                .arg(&certificate))?;
            run(Command::new("openssl")
                .args(["pkcs8", "-topk8", "-nocrypt", "-outform", "DER", "-in"])
                .arg(&pem)
                .arg("-out")
                .arg(&pk8))?;
        }
        let text = |path: &Path| path.to_string_lossy().into_owned();
        Ok(["--key".to_owned(), text(&pk8), "--cert".to_owned(), text(&certificate)].to_vec())
    }

    fn sign(&self, key: &str, options: &[&[&str]]) -> Result<PathBuf, Failed> {
        self.sign_with(&self.key(key)?, options)
    }

    fn sign_with(&self, keys: &[String], options: &[&[&str]]) -> Result<PathBuf, Failed> {
        let out = self.path(&format!("signed-{}.apk", fs::read_dir(self.folder.path())?.count()));
        let mut command = Command::new("apksigner");
        command.args(["sign", "--min-sdk-version", "21", "--v1-signer-name", "CERT", "--v4-signing-enabled", "false"]);
        command.args(options.concat()).args(keys).arg("--out").arg(&out).arg(&self.bare);
        run(&mut command)?;
        Ok(out)
    }

    fn v1_only(&self, key: &str) -> Result<PathBuf, Failed> {
        self.sign(key, &[V2_OFF, V3_OFF])
    }

    /// A copy of a package, changed.
    fn changed(&self, package: &Path, change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Result<PathBuf, Failed> {
        let out = self.path(&format!("changed-{}.apk", fs::read_dir(self.folder.path())?.count()));
        fs::write(&out, change(fs::read(package)?))?;
        Ok(out)
    }

    /// Puts a file into a package, in the place of one that has its name.
    fn put(&self, package: &Path, name: &str, contents: &[u8]) -> Result<PathBuf, Failed> {
        let out = self.changed(package, |bytes| without_block(&bytes))?;
        let file = self.path(name);
        fs::create_dir_all(file.parent().ok_or("a folder")?)?;
        fs::write(&file, contents)?;
        run(Command::new("zip").current_dir(self.folder.path()).args(["-q", "-X"]).arg(&out).arg(name))?;
        Ok(out)
    }

    /// Holds our verdict against that of `apksigner`.
    fn same(&self, package: &Path) -> Result<(), Failed> {
        self.same_from(package, &FLOORS)
    }

    fn same_from(&self, package: &Path, floors: &[i64]) -> Result<(), Failed> {
        let bytes = fs::read(package)?;
        for min_sdk in floors.iter().copied() {
            let (theirs, ours) = (Theirs::of(package, min_sdk)?, verify(&bytes, min_sdk));
            let verdict = ours.as_ref().map_or(Verified::No, |signing| signing.signature_verified);
            let expected = if theirs.verifies { Verified::Yes } else { Verified::No };
            assert_eq!(verdict, expected, "from SDK {min_sdk} on: {ours:#?}");
            if let Some(ours) = ours.filter(|_| theirs.verifies) {
                let schemes = &ours.signatures;
                assert_eq!(
                    [&schemes.v1, &schemes.v2, &schemes.v3].map(counts),
                    theirs.schemes,
                    "from SDK {min_sdk} on"
                );
                let mut signers: Vec<_> = ours.signers.iter().map(|signer| signer.sha256.hex()).collect();
                signers.retain(|signer| theirs.signers.contains(signer));
                assert_eq!(signers, theirs.signers, "from SDK {min_sdk} on");
            }
        }
        Ok(())
    }
}

/// As `apksigner` counts it: looked at, and verified.
fn counts(scheme: &Scheme) -> bool {
    scheme.required && scheme.verified == Verified::Yes
}

/// What `apksigner` says.
struct Theirs {
    verifies: bool,
    /// Schemes 1, 2 and 3.
    schemes: [bool; 3],
    /// Sorted.
    signers: Vec<String>,
}

impl Theirs {
    fn of(package: &Path, min_sdk: i64) -> Result<Self, Failed> {
        let out = Command::new("apksigner")
            .args(["verify", "--verbose", "--print-certs", "--min-sdk-version", &min_sdk.to_string()])
            .arg(package)
            .output()?;
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        let scheme =
            |n: u8| text.lines().any(|l| l.starts_with(&format!("Verified using v{n} ")) && l.ends_with("true"));
        let signer =
            |line: &str| Some(line.strip_prefix("Signer #")?.split_once("certificate SHA-256 digest: ")?.1.to_owned());
        let mut signers: Vec<String> = text.lines().filter_map(signer).collect();
        signers.sort();
        Ok(Self { verifies: out.status.success(), schemes: [scheme(1), scheme(2), scheme(3)], signers })
    }
}

fn verify(bytes: &[u8], min_sdk: i64) -> Option<Signing> {
    let archive = Archive::open(&bytes).ok()?;
    Some(signing::verify(&archive, Request::from_sdk(min_sdk), &Inflating(&archive)))
}

fn run(command: &mut Command) -> Result<(), Failed> {
    let out = command.output()?;
    if out.status.success() {
        Ok(())
    } else {
        Err(format!("{command:?}: {}", String::from_utf8_lossy(&out.stderr)).into())
    }
}

fn u32_at(bytes: &[u8], at: usize) -> usize {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize
}

/// Where the end record and the central directory are; no package here has a comment.
fn places(bytes: &[u8]) -> (usize, usize) {
    let end = bytes.len() - 22;
    (end, u32_at(bytes, end + 16))
}

/// Where the signing block begins, if there is one.
fn block(bytes: &[u8]) -> Option<usize> {
    let (_, directory) = places(bytes);
    bytes[..directory].ends_with(b"APK Sig Block 42").then(|| directory - u32_at(bytes, directory - 24) - 8)
}

fn without_block(bytes: &[u8]) -> Vec<u8> {
    let Some(start) = block(bytes) else { return bytes.to_vec() };
    let (end, directory) = places(bytes);
    let offset = (start as u32).to_le_bytes();
    [&bytes[..start], &bytes[directory..end + 16], &offset, &bytes[end + 20..]].concat()
}

fn flipped(mut bytes: Vec<u8>, at: usize) -> Vec<u8> {
    bytes[at] ^= 1;
    bytes
}

fn two_signers(bench: &Bench) -> Result<(), Failed> {
    let keys = [bench.key("rsa")?, vec!["--next-signer".to_owned()], bench.key("p256")?].concat();
    let both = bench.sign_with(&keys, &[V3_OFF])?;
    bench.same(&both)?;
    let signing = verify(&fs::read(both)?, 21).ok_or("it opens")?;
    assert_eq!(signing.signers.len(), 2);
    assert!(signing.signers.iter().all(|signer| signer.scheme == ["v1", "v2"]));
    Ok(())
}

fn damage_in_an_entry(bench: &Bench) -> Result<(), Failed> {
    for package in [bench.sign("rsa", &[])?, bench.v1_only("rsa")?] {
        let archive = fs::read(&package)?;
        let entry = Archive::open(&archive)?.find("AndroidManifest.xml").and_then(|entry| entry.data).ok_or("data")?;
        bench.same(&bench.changed(&package, |bytes| flipped(bytes, usize::try_from(entry).unwrap() + 20))?)?;
    }
    Ok(())
}

/// The time of an entry is nothing that scheme 1 covers.
fn damage_in_the_directory(bench: &Bench) -> Result<(), Failed> {
    for package in [bench.sign("p256", &[V1_OFF])?, bench.v1_only("rsa")?] {
        bench.same(&bench.changed(&package, |bytes| {
            let (_, directory) = places(&bytes);
            flipped(bytes, directory + 12)
        })?)?;
    }
    Ok(())
}

fn damage_in_the_block(bench: &Bench) -> Result<(), Failed> {
    let package = bench.sign("p256", &[])?;
    let start = block(&fs::read(&package)?).ok_or("a block")?;
    // Lengths and ids, digests, and the signature of scheme 2.
    for at in [0, 8, 16, 30, 60, 700] {
        bench.same_from(&bench.changed(&package, |bytes| flipped(bytes, start + at))?, &[24])?;
    }
    Ok(())
}

fn stripped(bench: &Bench) -> Result<(), Failed> {
    let package = bench.sign("rsa", &[])?;
    let gone = bench.changed(&package, |bytes| without_block(&bytes))?;
    bench.same(&gone)?;
    let signing = verify(&fs::read(gone)?, 24).ok_or("it opens")?;
    assert!(signing.signatures.v1.errors.iter().any(|error| error.code == IssueCode::SchemeStripped));
    Ok(())
}

/// Four bytes between block and directory, and offsets that count them.
fn moved(bench: &Bench) -> Result<(), Failed> {
    let package = bench.sign("rsa", &[])?;
    bench.same(&bench.changed(&package, |bytes| {
        let (end, directory) = places(&bytes);
        let offset = (directory as u32 + 4).to_le_bytes();
        [&bytes[..directory], &[0; 4], &bytes[directory..end + 16], &offset, &bytes[end + 20..]].concat()
    })?)
}

fn another_signer(bench: &Bench) -> Result<(), Failed> {
    let (package, other) = (bench.v1_only("rsa")?, bench.v1_only("other")?);
    let bytes = fs::read(other)?;
    let archive = Archive::open(&bytes)?;
    let theirs = archive.read(archive.find("META-INF/CERT.RSA").ok_or("a block")?, 1 << 20)?;
    bench.same(&bench.put(&package, "META-INF/CERT.RSA", &theirs)?)
}

fn entry_more(bench: &Bench) -> Result<(), Failed> {
    bench.same(&bench.put(&bench.v1_only("rsa")?, "assets/more.txt", b"more")?)
}

/// Nothing there is covered.
fn entry_more_in_meta_inf(bench: &Bench) -> Result<(), Failed> {
    bench.same(&bench.put(&bench.v1_only("rsa")?, "META-INF/more.txt", b"more")?)
}

fn aligned_after(bench: &Bench) -> Result<(), Failed> {
    for package in [bench.sign("rsa", &[])?, bench.v1_only("rsa")?] {
        let out = bench.path("aligned.apk");
        run(Command::new("zipalign").args(["-f", "16"]).arg(&package).arg(&out))?;
        bench.same(&out)?;
    }
    Ok(())
}

/// The archive's own offsets count what stands before it, so that all tools read it.
fn janus(bench: &Bench) -> Result<(), Failed> {
    for (package, scheme_at_risk) in [(bench.v1_only("rsa")?, true), (bench.sign("rsa", &[V1_OFF])?, false)] {
        let shaped = bench.changed(&package, |bytes| {
            let dex = [&b"dex\n035\0"[..], &[0; 0x68]].concat();
            let (end, directory) = places(&bytes);
            let mut out = [&dex[..], &bytes].concat();
            let mut at = dex.len() + directory;
            while out[at..].starts_with(b"PK\x01\x02") {
                let lengths: usize =
                    [28, 30, 32].map(|n| usize::from(out[at + n]) | usize::from(out[at + n + 1]) << 8).iter().sum();
                let offset = (u32_at(&out, at + 42) + dex.len()) as u32;
                out[at + 42..at + 46].copy_from_slice(&offset.to_le_bytes());
                at += 46 + lengths;
            }
            let offset = (directory + dex.len()) as u32;
            out[dex.len() + end + 16..dex.len() + end + 20].copy_from_slice(&offset.to_le_bytes());
            out
        })?;
        bench.same(&shaped)?;
        let signing = verify(&fs::read(&shaped)?, 24).ok_or("it opens")?;
        assert!(signing.janus.shape);
        assert_eq!(signing.janus.scheme_at_risk, scheme_at_risk);
    }
    let newer = verify(&fs::read(bench.v1_only("rsa")?)?, 26).ok_or("it opens")?;
    assert!(!newer.janus.scheme_at_risk && !newer.janus.shape);
    Ok(())
}

fn bytes_after(bench: &Bench) -> Result<(), Failed> {
    for package in [bench.sign("rsa", &[])?, bench.v1_only("rsa")?] {
        bench.same_from(&bench.changed(&package, |bytes| [&bytes[..], b"more"].concat())?, &[21, 28])?;
    }
    Ok(())
}

fn another_name(bench: &Bench) -> Result<(), Failed> {
    let package = bench.v1_only("rsa")?;
    let archive = fs::read(&package)?;
    let at = Archive::open(&archive)?.find("AndroidManifest.xml").ok_or("a manifest")?.local_header;
    bench.same(&bench.changed(&package, |bytes| flipped(bytes, usize::try_from(at).unwrap() + 30))?)
}

fn lineage(bench: &Bench) -> Result<(), Failed> {
    let file = bench.path("lineage");
    let (old, new) = (bench.key("rsa")?, bench.key("p256")?);
    run(Command::new("apksigner")
        .arg("rotate")
        .arg("--out")
        .arg(&file)
        .arg("--old-signer")
        .args(&old)
        .args(["--set-rollback", "true", "--set-auth", "false", "--new-signer"])
        .args(&new))?;
    let file = file.to_string_lossy().into_owned();
    let keys = [old, vec!["--next-signer".to_owned()], new].concat();
    let rotated = bench.sign_with(&keys, &[&["--lineage", &file]])?;
    bench.same(&rotated)?;
    let signing = verify(&fs::read(rotated)?, 21).ok_or("it opens")?;
    let [first, second] = signing.lineage.as_slice() else { return Err(format!("{:?}", signing.lineage).into()) };
    assert_eq!((first.subject.as_str(), second.subject.as_str()), ("CN=rsa", "CN=p256"));
    assert_eq!(first.capabilities, ["installed_data", "shared_user_id", "permission", "rollback"]);
    let stamped = signing.signers.iter().map(|signer| (signer.subject.as_str(), signer.scheme.join(" ")));
    let mut signers: Vec<_> = stamped.collect();
    signers.sort();
    assert_eq!(signers, [("CN=p256", "v3".to_owned()), ("CN=rsa", "v1 v2".to_owned())]);
    Ok(())
}

fn source_stamp(bench: &Bench) -> Result<(), Failed> {
    let stamp = bench.key("other")?;
    let keys = [bench.key("rsa")?, vec!["--stamp-signer".to_owned()], stamp].concat();
    let stamped = bench.sign_with(&keys, &[])?;
    bench.same(&stamped)?;
    for min_sdk in FLOORS {
        let signing = verify(&fs::read(&stamped)?, min_sdk).ok_or("it opens")?;
        assert_eq!(signing.source_stamp.verified, Verified::Yes, "{:?}", signing.source_stamp);
    }
    Ok(())
}

fn idsig(bench: &Bench) -> Result<(), Failed> {
    let package = bench.sign("p256", &[&["--v4-signing-enabled", "true"]])?;
    let (bytes, file) = (fs::read(&package)?, fs::read(package.with_extension("apk.idsig"))?);
    let verified = |bytes: &[u8], file: &[u8]| -> Result<Scheme, Failed> {
        let archive = Archive::open(&bytes)?;
        let request = Request { idsig: Some(file), ..Request::from_sdk(24) };
        Ok(signing::verify(&archive, request, &Inflating(&archive)).signatures.v4)
    };
    let good = verified(&bytes, &file)?;
    assert_eq!(
        (good.verified, good.algorithms.as_slice()),
        (Verified::Yes, &["ecdsa-sha256".to_owned()][..]),
        "{good:?}"
    );
    for at in [4, 20, 60, 200, 400, file.len() - 1] {
        let damaged = verified(&bytes, &flipped(file.clone(), at))?;
        assert_ne!(damaged.verified, Verified::Yes, "byte {at}");
    }
    let of_another = fs::read(bench.sign("p256", &[V1_OFF])?)?;
    assert_eq!(verified(&of_another, &file)?.verified, Verified::No);
    Ok(())
}
