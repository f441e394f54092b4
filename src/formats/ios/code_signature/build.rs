//! Signatures for tests, byte by byte, by a key that is made for each.

use rcgen::{BasicConstraints, CertificateParams, CustomExtension, DnType, IsCa, Issuer, KeyPair, SigningKey as _};

use crate::formats::{
    der::{OCTET_STRING, OID, SEQUENCE, context, element},
    ios::macho::{Algorithm, build::Build},
};

const SET: u8 = 0x31;

/// Someone who signs, below a root of their own.
pub(in crate::formats::ios) struct Someone {
    key: KeyPair,
    pub leaf: Vec<u8>,
    pub root: Vec<u8>,
    issuer: Vec<u8>,
}

impl Someone {
    /// `mark` is the last number of Apple's mark for what a certificate is made out for.
    pub(in crate::formats::ios) fn new(name: &str, mark: u64) -> Self {
        let (root_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let mut root = CertificateParams::default();
        root.distinguished_name.push(DnType::CommonName, "Some root");
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let mut leaf = CertificateParams::default();
        leaf.distinguished_name.push(DnType::CommonName, name);
        leaf.serial_number = Some(vec![7_u8].into());
        let id = [1, 2, 840, 113_635, 100, 6, 1, mark];
        leaf.custom_extensions = vec![CustomExtension::from_oid_content(&id, vec![5, 0])];
        let root_der = root.self_signed(&root_key).unwrap().der().to_vec();
        let leaf = leaf.signed_by(&key, &Issuer::from_params(&root, &root_key)).unwrap().der().to_vec();
        let (_, parsed) = x509_parser::parse_x509_certificate(&root_der).unwrap();
        let issuer = parsed.subject().as_raw().to_vec();
        Self { key, leaf, root: root_der, issuer }
    }

    /// A message over this content, which is inside or not.
    pub(in crate::formats::ios) fn message(&self, content: &[u8], inside: bool, more: &[Vec<u8>]) -> Vec<u8> {
        const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
        const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
        const CONTENT_TYPE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 3];
        const MESSAGE_DIGEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 4];
        const ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
        let digest = element(OCTET_STRING, &Algorithm::Sha256.digest(content));
        let attributes =
            [vec![attribute(CONTENT_TYPE, &element(OID, DATA)), attribute(MESSAGE_DIGEST, &digest)], more.to_vec()];
        let attributes = attributes.concat().concat();
        let signature = self.key.sign(&element(SET, &attributes)).unwrap();
        let hash = sequence(&[element(OID, SHA_256)]);
        let signer = sequence(&[
            vec![2, 1, 1],
            sequence(&[self.issuer.clone(), vec![2, 1, 7]]),
            hash.clone(),
            element(context(0), &attributes),
            sequence(&[element(OID, ECDSA)]),
            element(OCTET_STRING, &signature),
        ]);
        let octets = if inside { element(context(0), &element(OCTET_STRING, content)) } else { Vec::new() };
        let data = sequence(&[
            vec![2, 1, 1],
            element(SET, &hash),
            sequence(&[element(OID, DATA), octets]),
            element(context(0), &[self.leaf.clone(), self.root.clone()].concat()),
            element(SET, &signer),
        ]);
        sequence(&[element(OID, SIGNED_DATA), element(context(0), &data)])
    }
}

const SHA_256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(SEQUENCE, &parts.concat())
}

fn attribute(id: &[u8], values: &[u8]) -> Vec<u8> {
    sequence(&[element(OID, id), element(SET, values)])
}

/// The attribute that names digests of directories, as pairs.
pub(in crate::formats::ios) fn agility(directories: &[&[u8]]) -> Vec<u8> {
    let pair = |directory: &&[u8]| {
        sequence(&[element(OID, SHA_256), element(OCTET_STRING, &Algorithm::Sha256.digest(directory))])
    };
    let values: Vec<u8> = directories.iter().flat_map(pair).collect();
    attribute(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x63, 0x64, 9, 2], &values)
}

/// How code is signed.
#[derive(Clone, Debug)]
pub(in crate::formats::ios) struct Plan {
    /// Number of the hash and power of two of the page, for each directory.
    pub directories: Vec<(u8, u8)>,
    pub flags: u32,
    pub info_plist: Option<Vec<u8>>,
    pub code_resources: Option<Vec<u8>>,
    pub entitlements: Option<Vec<u8>>,
    pub der_entitlements: Option<Vec<u8>>,
    /// The alternates' digests are signed.
    pub agile: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            directories: vec![(2, 12)],
            flags: 0,
            info_plist: None,
            code_resources: None,
            entitlements: None,
            der_entitlements: None,
            agile: true,
        }
    }
}

pub(in crate::formats::ios) fn blob(magic: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 8).unwrap();
    [magic.to_be_bytes().to_vec(), length.to_be_bytes().to_vec(), body.to_vec()].concat()
}

pub(in crate::formats::ios) fn superblob(blobs: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let count = u32::try_from(blobs.len()).unwrap();
    let (mut table, mut bodies) = (count.to_be_bytes().to_vec(), Vec::new());
    let mut at = 12 + 8 * blobs.len();
    for (slot, body) in blobs {
        table.extend([slot.to_be_bytes(), u32::try_from(at).unwrap().to_be_bytes()].concat());
        bodies.extend(body);
        at += body.len();
    }
    blob(0xfade_0cc0, &[table, bodies].concat())
}

impl Plan {
    /// A thin file with its signature; by nobody it is ad hoc.
    pub(in crate::formats::ios) fn sign(&self, build: &Build, by: Option<&Someone>) -> Vec<u8> {
        const ROOM: usize = 20_000;
        let mut file = Build { signature: Some(ROOM), ..build.clone() }.bytes();
        let signed = file.len() - ROOM;
        let signature = self.signature(&file[..signed], by);
        file[signed..signed + signature.len()].copy_from_slice(&signature);
        file
    }

    fn signature(&self, code: &[u8], by: Option<&Someone>) -> Vec<u8> {
        let mut blobs = vec![(2, blob(0xfade_0c01, &[0; 4]))];
        blobs.extend(self.entitlements.as_ref().map(|xml| (5, blob(0xfade_7171, xml))));
        blobs.extend(self.der_entitlements.as_ref().map(|der| (7, blob(0xfade_7172, der))));
        let directories: Vec<_> =
            self.directories.iter().map(|(hash, page)| self.directory(code, *hash, *page, &blobs)).collect();
        let message = by.map(|someone| {
            let all: Vec<&[u8]> = directories.iter().map(Vec::as_slice).collect();
            let more = if self.agile { vec![agility(&all)] } else { Vec::new() };
            someone.message(&directories[0], false, &more)
        });
        for (n, directory) in directories.into_iter().enumerate() {
            blobs.push((if n == 0 { 0 } else { 0xfff + u32::try_from(n).unwrap() }, directory));
        }
        blobs.extend(message.map(|message| (0x1_0000, blob(0xfade_0b01, &message))));
        superblob(&blobs)
    }

    fn directory(&self, code: &[u8], hash: u8, page: u8, blobs: &[(u32, Vec<u8>)]) -> Vec<u8> {
        const HEAD: usize = 88;
        const NAMES: &[u8] = b"org.example.app\0TEAM123456\0";
        let (algorithm, size) = match hash {
            1 => (Algorithm::Sha1, 20),
            3 => (Algorithm::Sha256, 20),
            _ => (Algorithm::Sha256, 32),
        };
        let digest = |bytes: &[u8]| algorithm.digest(bytes)[..size].to_vec();
        let in_slot = |slot: u32| blobs.iter().find(|(of, _)| *of == slot).map(|(_, blob)| blob.clone());
        let specials =
            [in_slot(7), None, in_slot(5), None, self.code_resources.clone(), in_slot(2), self.info_plist.clone()];
        let mut digests: Vec<u8> =
            specials.iter().flat_map(|part| part.as_ref().map_or(vec![0; size], |part| digest(part))).collect();
        let first = HEAD + NAMES.len() + digests.len();
        digests.extend(code.chunks(1 << page).flat_map(digest));
        let word = |n: usize| u32::try_from(n).unwrap().to_be_bytes();
        let body = [
            0x2_0400_u32.to_be_bytes(),
            self.flags.to_be_bytes(),
            word(first),
            word(HEAD),
            word(7),
            word(code.len().div_ceil(1 << page)),
            word(code.len()),
            [u8::try_from(size).unwrap(), hash, 0, page],
            [0; 4],
            [0; 4],
            word(HEAD + 16),
        ];
        let mut body = body.concat();
        body.resize(HEAD - 8, 0);
        body[HEAD - 9] = 1;
        blob(0xfade_0c02, &[body, NAMES.to_vec(), digests].concat())
    }
}
