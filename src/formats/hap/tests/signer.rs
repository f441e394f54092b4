//! A signer of packages for tests: certificates by `rcgen`, messages by the `openssl` program, digests and blocks written from
//! the published format and not with the code under test.
#![expect(clippy::disallowed_methods, reason = "openssl is another program, and it reads files")]

use std::{fs, process::Command};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, PKCS_ECDSA_P256_SHA256,
    PKCS_ECDSA_P384_SHA384, date_time_ymd,
};
use sha2::{Digest, Sha256, Sha384, Sha512};
use tempfile::TempDir;

pub(super) const SIGNATURE: u32 = 0x2000_0000;
pub(super) const PROFILE: u32 = 0x2000_0002;
pub(super) const PROPERTY: u32 = 0x2000_0003;

/// How a leaf signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    EcdsaP256Sha256,
    EcdsaP384Sha384,
    RsaSha256,
    RsaPssSha256,
    RsaPssSha512,
}

impl Way {
    pub(super) const ALL: [Self; 5] =
        [Self::EcdsaP256Sha256, Self::EcdsaP384Sha384, Self::RsaSha256, Self::RsaPssSha256, Self::RsaPssSha512];

    fn number(self) -> u32 {
        match self {
            Self::EcdsaP256Sha256 => 0x201,
            Self::EcdsaP384Sha384 => 0x202,
            Self::RsaSha256 => 0x104,
            Self::RsaPssSha256 => 0x101,
            Self::RsaPssSha512 => 0x103,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::EcdsaP256Sha256 => "ecdsa-sha256",
            Self::EcdsaP384Sha384 => "ecdsa-sha384",
            Self::RsaSha256 => "rsa-sha256",
            Self::RsaPssSha256 => "rsa-pss-sha256",
            Self::RsaPssSha512 => "rsa-pss-sha512",
        }
    }

    fn hash(self) -> &'static str {
        match self {
            Self::EcdsaP384Sha384 => "sha384",
            Self::RsaPssSha512 => "sha512",
            _ => "sha256",
        }
    }

    fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::EcdsaP384Sha384 => Sha384::digest(bytes).to_vec(),
            Self::RsaPssSha512 => Sha512::digest(bytes).to_vec(),
            _ => Sha256::digest(bytes).to_vec(),
        }
    }

    fn key(self) -> KeyPair {
        match self {
            Self::EcdsaP256Sha256 => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap(),
            Self::EcdsaP384Sha384 => KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap(),
            _ => KeyPair::from_pem(&openssl(&["genpkey", "-quiet", "-algorithm", "RSA"])).unwrap(),
        }
    }
}

/// Subject of a certificate: organisation, unit, name.
pub(super) type Name = [&'static str; 3];

/// A root, an authority below it, and what both issue.
pub(super) struct Authority {
    root: (CertificateParams, KeyPair, String),
    below: (CertificateParams, KeyPair, String),
}

impl Authority {
    pub(super) fn new(root: Name, below: Name) -> Self {
        let (root_params, root_key) = (authority(root), KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap());
        let root_pem = root_params.self_signed(&root_key).unwrap().pem();
        let (params, key) = (authority(below), KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap());
        let pem = params.signed_by(&key, &Issuer::from_params(&root_params, &root_key)).unwrap().pem();
        Self { root: (root_params, root_key, root_pem), below: (params, key, pem) }
    }

    pub(super) fn province() -> Self {
        Self::new(["Province", "Apps", "Province Root"], ["Province", "Apps", "Province Authority"])
    }

    pub(super) fn leaf(&self, name: Name, way: Way, until: i32) -> Leaf {
        let key = way.key();
        let mut params = subject(name);
        params.not_after = date_time_ymd(until, 1, 1);
        let certificate = params.signed_by(&key, &Issuer::from_params(&self.below.0, &self.below.1)).unwrap();
        let chain = format!("{}{}", self.below.2, self.root.2);
        Leaf { pem: certificate.pem(), key: key.serialize_pem(), chain, way }
    }
}

fn subject([organisation, unit, name]: Name) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CountryName, "CN");
    params.distinguished_name.push(DnType::OrganizationName, organisation);
    params.distinguished_name.push(DnType::OrganizationalUnitName, unit);
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2060, 1, 1);
    params
}

fn authority(name: Name) -> CertificateParams {
    let mut params = subject(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

/// A key with its certificate and those above.
pub(super) struct Leaf {
    pub(super) pem: String,
    key: String,
    pub(super) chain: String,
    way: Way,
}

impl Leaf {
    /// A signed message with its content inside.
    pub(super) fn message(&self, content: &[u8]) -> Vec<u8> {
        let folder = TempDir::new().unwrap();
        let put = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let (input, signer) = (put("content", content), put("leaf.pem", self.pem.as_bytes()));
        let (key, chain) = (put("key.pem", self.key.as_bytes()), put("chain.pem", self.chain.as_bytes()));
        let out = put("out", b"");
        let mut args = vec!["cms", "-sign", "-binary", "-nodetach", "-nosmimecap", "-outform", "DER", "-in", &input];
        args.extend(["-signer", &signer, "-inkey", &key, "-certfile", &chain, "-md", self.way.hash(), "-out", &out]);
        if matches!(self.way, Way::RsaPssSha256 | Way::RsaPssSha512) {
            args.extend(["-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:digest"]);
        }
        openssl(&args);
        fs::read(&out).unwrap()
    }

    /// A signature over bytes alone.
    fn plain(&self, bytes: &[u8]) -> Vec<u8> {
        let folder = TempDir::new().unwrap();
        let (key, input, out) = (folder.path().join("key"), folder.path().join("in"), folder.path().join("out"));
        fs::write(&key, &self.key).unwrap();
        fs::write(&input, bytes).unwrap();
        let path = |path: &std::path::Path| path.to_str().unwrap().to_owned();
        openssl(&["dgst", "-sha256", "-sign", &path(&key), "-out", &path(&out), &path(&input)]);
        fs::read(&out).unwrap()
    }

    /// A permission block over profile and module (kinds 1 and 2), for a leaf with ECDSA P-256.
    pub(super) fn permission_block(&self, profile: &[u8], module: &[u8]) -> Vec<u8> {
        let mut block = vec![0x7d, 0x6a, 0x03, 0x93, 0x0f, 0x45, 0xe2, 0x28];
        block.extend(0x201_u32.to_le_bytes());
        block.extend(72_u32.to_le_bytes());
        block.extend(2_u16.to_le_bytes());
        for (kind, bytes) in [(1_u32, profile), (2, module)] {
            block.extend(kind.to_le_bytes());
            block.extend(Sha256::digest(bytes));
        }
        let signature = self.plain(&block);
        block.extend((signature.len() as u32).to_le_bytes());
        block.extend(signature);
        property_entry(0x3000_0002, &block)
    }

    /// Signs a zip archive, with optional sub-blocks in their order.
    pub(super) fn sign(&self, archive: &[u8], version: u32, optional: &[(u32, Vec<u8>)]) -> Vec<u8> {
        let end = archive.len() - 22;
        let directory = u32::from_le_bytes(archive[end + 16..end + 20].try_into().unwrap()) as usize;
        let (contents, central, end) = (&archive[..directory], &archive[directory..end], &archive[end..]);
        let digest = self.digest(&[contents, central, end], optional);
        let mut content = Vec::new();
        let length = digest.len() as u32;
        for number in [2, 1, length + 8, self.way.number(), length] {
            content.extend(number.to_le_bytes());
        }
        content.extend(digest);
        let mut blocks = optional.to_vec();
        blocks.push((SIGNATURE, self.message(&content)));
        let block = block(&blocks, version);
        let mut end = end.to_vec();
        end[16..20].copy_from_slice(&((directory + block.len()) as u32).to_le_bytes());
        [contents, &block, central, &end].concat()
    }

    fn digest(&self, sections: &[&[u8]], optional: &[(u32, Vec<u8>)]) -> Vec<u8> {
        let pieces: Vec<&[u8]> = sections.iter().flat_map(|section| section.chunks(1_048_576)).collect();
        let mut list = vec![0x5a];
        list.extend((pieces.len() as u32).to_le_bytes());
        for piece in pieces {
            let length = (piece.len() as u32).to_le_bytes();
            list.extend(self.way.digest(&[&[0xa5], &length[..], piece].concat()));
        }
        for (_, bytes) in optional {
            list.extend(bytes);
        }
        self.way.digest(&list)
    }
}

/// A signing block.
pub(super) fn block(blocks: &[(u32, Vec<u8>)], version: u32) -> Vec<u8> {
    let (mut table, mut bodies) = (Vec::new(), Vec::new());
    for (kind, body) in blocks {
        let offset = blocks.len() * 12 + bodies.len();
        for number in [*kind, body.len() as u32, offset as u32] {
            table.extend(number.to_le_bytes());
        }
        bodies.extend(body);
    }
    let size = (table.len() + bodies.len() + 32) as u64;
    let magic: &[u8; 16] = if version < 3 { b"HAP Sig Block 42" } else { b"<hap sign block>" };
    let head = [&(blocks.len() as u32).to_le_bytes()[..], &size.to_le_bytes(), magic, &version.to_le_bytes()].concat();
    [table, bodies, head].concat()
}

/// One block of a property.
pub(super) fn property_entry(kind: u32, body: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(body.len() as u32).to_le_bytes(), &12_u32.to_le_bytes(), body].concat()
}

/// What it prints.
fn openssl(args: &[&str]) -> String {
    let output = Command::new("openssl").args(args).output().expect("openssl is installed");
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
