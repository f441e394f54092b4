//! Detached Ed25519 signatures over the root of a bundle. SM2 comes with a later version.
//!
//! What is signed is one line of text, `jixian.bundle/v1 sha256:<root>`, so that OpenSSL can check it without jixian:
//! `openssl pkeyutl -verify -rawin -pubin -inkey KEY.pem -in LINE -sigfile SIG`.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
};

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use rustls::pki_types::{PrivatePkcs8KeyDer, SubjectPublicKeyInfoDer, pem::PemObject as _};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Digest;

use super::{
    Bundle, EvidenceError,
    canonical::{canonical, from_canonical},
    disk::{make_folders, new_file},
    inspect::MAX_SMALL,
    layout,
};

const SCHEMA: &str = "jixian.signature/v1";
const ALGORITHM: &str = "ed25519";
/// Everything in an Ed25519 SubjectPublicKeyInfo before the 32 bytes of the key (RFC 8410).
const SPKI_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// A private Ed25519 key, as `openssl genpkey -algorithm ed25519` makes it.
pub struct SigningKey(Ed25519KeyPair);

/// A public Ed25519 key. Pinned by the user, it makes a signature authentic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublicKey([u8; 32]);

/// A `.sig` file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    schema: String,
    algorithm: String,
    /// Of whoever signed: 64 hex digits.
    pub public_key: String,
    /// What was signed.
    pub root: Digest,
    /// 128 hex digits.
    pub signature: String,
}

/// How one signature stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignatureStatus {
    /// By a pinned key, over this root.
    Valid,
    /// Over this root, by a key that nobody pinned: it says nothing about who signed.
    UntrustedKey,
    /// Not a signature of this bundle.
    Invalid,
}

impl SigningKey {
    /// Reads a PKCS#8 key, PEM or DER. On Unix the file must be closed to others, as for ssh.
    pub fn read(path: &Path) -> Result<Self, EvidenceError> {
        refuse_exposed(path)?;
        let bytes = read_small(path)?;
        Self::parse(&bytes).map_err(|why| EvidenceError::Key { path: path.to_owned(), why })
    }

    /// Reads a PKCS#8 key, PEM or DER.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let der = if is_pem(bytes) {
            PrivatePkcs8KeyDer::from_pem_slice(bytes).map_err(|_| "not a PKCS#8 private key in PEM".to_owned())?
        } else {
            PrivatePkcs8KeyDer::from(bytes)
        };
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(der.secret_pkcs8_der())
            .map(Self)
            .map_err(|why| format!("not an Ed25519 private key ({why})"))
    }

    pub fn public(&self) -> PublicKey {
        let mut key = [0; 32];
        key.copy_from_slice(self.0.public_key().as_ref());
        PublicKey(key)
    }

    /// Signs a root.
    pub fn sign(&self, root: Digest) -> Signature {
        Signature {
            schema: SCHEMA.to_owned(),
            algorithm: ALGORITHM.to_owned(),
            public_key: hex(&self.public().0),
            root,
            signature: hex(self.0.sign(message(root).as_bytes()).as_ref()),
        }
    }
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo, PEM or DER.
    pub fn read(path: &Path) -> Result<Self, EvidenceError> {
        let bytes = read_small(path)?;
        Self::parse(&bytes).map_err(|why| EvidenceError::Key { path: path.to_owned(), why })
    }

    /// Reads a SubjectPublicKeyInfo, PEM or DER.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let der = if is_pem(bytes) {
            SubjectPublicKeyInfoDer::from_pem_slice(bytes).map_err(|_| "not a public key in PEM".to_owned())?
        } else {
            SubjectPublicKeyInfoDer::from(bytes)
        };
        let key = der.strip_prefix(&SPKI_PREFIX).and_then(|key| key.try_into().ok());
        key.map(Self).ok_or_else(|| "not an Ed25519 public key".to_owned())
    }

    /// The name of the key: the first 16 hex digits of the SHA-256 of its SubjectPublicKeyInfo.
    pub fn id(&self) -> String {
        Digest::of(&[&SPKI_PREFIX[..], &self.0].concat()).hex()[..16].to_owned()
    }
}

impl Signature {
    /// Reads a `.sig` file.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let signature: Self = from_canonical(bytes)?;
        if signature.schema == SCHEMA && signature.algorithm == ALGORITHM {
            Ok(signature)
        } else {
            Err("of a kind that this version does not know".to_owned())
        }
    }

    /// The id of the key that is said to have signed.
    pub fn key_id(&self) -> Option<String> {
        self.key().map(|key| key.id())
    }

    /// Whether this is a signature over `root`, and by one of the `pinned` keys.
    pub fn check(&self, root: Digest, pinned: &[PublicKey]) -> SignatureStatus {
        let (Some(key), Some(signature)) = (self.key(), unhex::<64>(&self.signature)) else {
            return SignatureStatus::Invalid;
        };
        let holds = UnparsedPublicKey::new(&ED25519, &key.0).verify(message(root).as_bytes(), &signature).is_ok();
        match (holds && self.root == root, pinned.contains(&key)) {
            (false, _) => SignatureStatus::Invalid,
            (true, true) => SignatureStatus::Valid,
            (true, false) => SignatureStatus::UntrustedKey,
        }
    }

    fn key(&self) -> Option<PublicKey> {
        unhex(&self.public_key).map(PublicKey)
    }
}

/// Signs a sealed bundle and gives the path of the signature: inside the folder, or beside a `.jxb`.
pub fn sign(bundle: &Path, key: &SigningKey) -> Result<PathBuf, EvidenceError> {
    let opened = Bundle::open(bundle)?;
    if !opened.is_sealed() {
        let why = "only a sealed bundle can be signed; this run was interrupted".to_owned();
        return Err(EvidenceError::NotABundle { path: bundle.to_owned(), why });
    }
    let signature = canonical(&key.sign(opened.root()));
    let id = key.public().id();
    let path = if bundle.is_dir() { bundle.join(layout::signature(&id)) } else { beside(bundle, &id) };
    path.parent().map_or(Ok(()), make_folders)?;
    let mut file = match new_file(&path) {
        // Ed25519 is deterministic: signing again with the same key gives what is there.
        Err(_) if read_small(&path).is_ok_and(|there| there == signature) => return Ok(path),
        created => created.map_err(EvidenceError::io("create", &path))?,
    };
    file.write_all(&signature).and_then(|()| file.sync_all()).map_err(EvidenceError::io("write", &path))?;
    Ok(path)
}

/// Signatures that lie beside a `.jxb`, as `NAME.jxb.<key>.sig`.
pub(super) fn signatures_beside(archive: &Path) -> Result<Vec<(String, Vec<u8>)>, EvidenceError> {
    let Some(name) = archive.file_name().and_then(|name| name.to_str()) else { return Ok(Vec::new()) };
    let folder = archive.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(EvidenceError::io("list", folder))?.flatten() {
        let file = entry.file_name().to_string_lossy().into_owned();
        let key = file.strip_prefix(name).and_then(|rest| rest.strip_prefix('.')?.strip_suffix(".sig"));
        if key.is_some_and(|key| layout::is_bundle_file(&layout::signature(key))) {
            found.push((file, read_small(&entry.path())?));
        }
    }
    found.sort();
    Ok(found)
}

fn beside(archive: &Path, id: &str) -> PathBuf {
    let mut name = archive.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{id}.sig"));
    archive.with_file_name(name)
}

/// The line that is signed. Its first word keeps signatures over roots from being used for anything else.
fn message(root: Digest) -> String {
    format!("jixian.bundle/v1 {root}\n")
}

fn is_pem(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"-----BEGIN")
}

fn read_small(path: &Path) -> Result<Vec<u8>, EvidenceError> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(EvidenceError::io("read", path))?;
    file.take(MAX_SMALL).read_to_end(&mut bytes).map_err(EvidenceError::io("read", path))?;
    Ok(bytes)
}

#[cfg(unix)]
fn refuse_exposed(path: &Path) -> Result<(), EvidenceError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path).map_err(EvidenceError::io("read", path))?.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let why = format!("others can read this private key (mode {:04o}); chmod 600 it", mode & 0o7777);
    Err(EvidenceError::Key { path: path.to_owned(), why })
}

#[cfg(not(unix))]
fn refuse_exposed(_: &Path) -> Result<(), EvidenceError> {
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let mut out = [0; N];
    for (byte, pair) in out.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(out)
}
