//! Records sealed and opened: AES-GCM and ChaCha20-Poly1305 by ring, AES-CBC with the MAC inside (RFC 5246 section 6.2.3,
//! RFC 5288, RFC 7905, RFC 2246 section 6.2.3.2 for the chained IV of TLS 1.0).

use aes::{Aes128, Aes256};
use cbc::{
    Decryptor, Encryptor,
    cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, block_padding::NoPadding},
};
use ring::{
    aead::{self, Aad, LessSafeKey, Nonce, UnboundKey},
    hmac,
};

use super::random;
use crate::formats::tls::{
    suites::{Mac, Suite},
    version::Version,
};

/// Of AES.
const BLOCK: usize = 16;
/// The part of a nonce of GCM that goes over the wire (RFC 5288 section 3).
const EXPLICIT: usize = 8;

/// What records of a suite are sealed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bulk {
    Gcm { key: usize },
    ChaCha,
    Cbc { key: usize, mac: Mac },
}

impl Bulk {
    /// None of a suite that this client does not speak.
    pub fn of(suite: &Suite) -> Option<Self> {
        match (suite.enc, suite.mac) {
            ("AES_128_GCM", Mac::Aead) => Some(Self::Gcm { key: 16 }),
            ("AES_256_GCM", Mac::Aead) => Some(Self::Gcm { key: 32 }),
            ("CHACHA20_POLY1305", Mac::Aead) => Some(Self::ChaCha),
            ("AES_128_CBC", mac @ (Mac::Sha1 | Mac::Sha256 | Mac::Sha384)) => Some(Self::Cbc { key: 16, mac }),
            ("AES_256_CBC", mac @ (Mac::Sha1 | Mac::Sha256 | Mac::Sha384)) => Some(Self::Cbc { key: 32, mac }),
            _ => None,
        }
    }

    /// Bytes of the MAC key, the key and the IV of one direction.
    pub fn lengths(self, version: Version) -> [usize; 3] {
        match self {
            Self::Gcm { key } => [0, key, 4],
            Self::ChaCha => [0, 32, 12],
            Self::Cbc { key, mac } => [mac_algorithm(mac).1, key, if version == Version::Tls10 { BLOCK } else { 0 }],
        }
    }
}

fn mac_algorithm(mac: Mac) -> (hmac::Algorithm, usize) {
    match mac {
        Mac::Sha256 => (hmac::HMAC_SHA256, 32),
        Mac::Sha384 => (hmac::HMAC_SHA384, 48),
        _ => (hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, 20),
    }
}

/// One direction of a connection.
pub(super) struct Sealed {
    bulk: Bulk,
    version: Version,
    sequence: u64,
    mac_key: Vec<u8>,
    key: Vec<u8>,
    /// The fixed part of a nonce, or the chained IV of TLS 1.0.
    iv: Vec<u8>,
}

impl Sealed {
    pub fn new(bulk: Bulk, version: Version, mac_key: Vec<u8>, key: Vec<u8>, iv: Vec<u8>) -> Self {
        Self { bulk, version, sequence: 0, mac_key, key, iv }
    }

    /// The body of a record. None where the keys do not fit, which a key block of the right length rules out.
    pub fn seal(&mut self, content: u8, plain: &[u8]) -> Option<Vec<u8>> {
        let body = match self.bulk {
            Bulk::Gcm { .. } | Bulk::ChaCha => {
                let explicit = self.sequence.to_be_bytes();
                let nonce = self.nonce(&explicit)?;
                let mut sealed = plain.to_vec();
                let aad = Aad::from(self.header(content, plain.len())?);
                self.aead()?.seal_in_place_append_tag(nonce, aad, &mut sealed).ok()?;
                if self.bulk == Bulk::ChaCha { sealed } else { [&explicit[..], &sealed].concat() }
            }
            Bulk::Cbc { mac, .. } => {
                let mut whole = [plain, &self.mac(mac, content, plain)?].concat();
                let padding = BLOCK - 1 - whole.len() % BLOCK;
                whole.extend(std::iter::repeat_n(u8::try_from(padding).ok()?, padding + 1));
                self.encrypt(&whole)?
            }
        };
        self.sequence += 1;
        Some(body)
    }

    /// What a record holds; none where it was not sealed with these keys.
    pub fn open(&mut self, content: u8, body: &[u8]) -> Option<Vec<u8>> {
        let plain = match self.bulk {
            Bulk::Gcm { .. } | Bulk::ChaCha => {
                let sequence = self.sequence.to_be_bytes();
                let (explicit, sealed) =
                    if self.bulk == Bulk::ChaCha { (&sequence[..], body) } else { body.split_at_checked(EXPLICIT)? };
                let nonce = self.nonce(explicit)?;
                let key = self.aead()?;
                let mut opened = sealed.to_vec();
                let length = sealed.len().checked_sub(key.algorithm().tag_len())?;
                key.open_in_place(nonce, Aad::from(self.header(content, length)?), &mut opened).ok()?;
                opened.truncate(length);
                opened
            }
            Bulk::Cbc { mac, .. } => {
                let mut whole = self.decrypt(body)?;
                let padding = usize::from(*whole.last()?) + 1;
                whole.truncate(whole.len().checked_sub(padding)?);
                let sent = whole.split_off(whole.len().checked_sub(mac_algorithm(mac).1)?);
                (self.mac(mac, content, &whole)? == sent).then_some(whole)?
            }
        };
        self.sequence += 1;
        Some(plain)
    }

    fn aead(&self) -> Option<LessSafeKey> {
        let algorithm = match self.bulk {
            Bulk::Gcm { key: 16 } => &aead::AES_128_GCM,
            Bulk::Gcm { .. } => &aead::AES_256_GCM,
            _ => &aead::CHACHA20_POLY1305,
        };
        UnboundKey::new(algorithm, &self.key).ok().map(LessSafeKey::new)
    }

    /// RFC 5288 puts the two parts in a row, RFC 7905 adds the sequence to the IV bit by bit.
    fn nonce(&self, explicit: &[u8]) -> Option<Nonce> {
        let bytes = if self.bulk == Bulk::ChaCha {
            let padded = [&[0; 4][..], explicit].concat();
            self.iv.iter().zip(padded).map(|(a, b)| a ^ b).collect()
        } else {
            [self.iv.as_slice(), explicit].concat()
        };
        Nonce::try_assume_unique_for_key(&bytes).ok()
    }

    /// What the tag or the MAC covers besides the content.
    fn header(&self, content: u8, length: usize) -> Option<Vec<u8>> {
        let mut header = self.sequence.to_be_bytes().to_vec();
        header.push(content);
        header.extend(self.version.number().to_be_bytes());
        header.extend(u16::try_from(length).ok()?.to_be_bytes());
        Some(header)
    }

    fn mac(&self, mac: Mac, content: u8, plain: &[u8]) -> Option<Vec<u8>> {
        let key = hmac::Key::new(mac_algorithm(mac).0, &self.mac_key);
        let covered = [&self.header(content, plain.len())?, plain].concat();
        Some(hmac::sign(&key, &covered).as_ref().to_vec())
    }

    /// Encrypts whole blocks; from TLS 1.1 on with an IV of their own before them.
    fn encrypt(&mut self, blocks: &[u8]) -> Option<Vec<u8>> {
        let explicit = if self.version == Version::Tls10 { Vec::new() } else { random::<BLOCK>().to_vec() };
        let iv = if explicit.is_empty() { &self.iv } else { &explicit };
        let sealed = if self.key.len() == 16 {
            Encryptor::<Aes128>::new_from_slices(&self.key, iv).ok()?.encrypt_padded_vec::<NoPadding>(blocks)
        } else {
            Encryptor::<Aes256>::new_from_slices(&self.key, iv).ok()?.encrypt_padded_vec::<NoPadding>(blocks)
        };
        self.chain(&sealed);
        Some([explicit, sealed].concat())
    }

    fn decrypt(&mut self, body: &[u8]) -> Option<Vec<u8>> {
        let (iv, sealed) =
            if self.version == Version::Tls10 { (self.iv.as_slice(), body) } else { body.split_at_checked(BLOCK)? };
        if sealed.is_empty() || !sealed.len().is_multiple_of(BLOCK) {
            return None;
        }
        let opened = if self.key.len() == 16 {
            Decryptor::<Aes128>::new_from_slices(&self.key, iv).ok()?.decrypt_padded_vec::<NoPadding>(sealed).ok()?
        } else {
            Decryptor::<Aes256>::new_from_slices(&self.key, iv).ok()?.decrypt_padded_vec::<NoPadding>(sealed).ok()?
        };
        self.chain(sealed);
        Some(opened)
    }

    /// In TLS 1.0 the last block of a record is the IV of the next.
    fn chain(&mut self, sealed: &[u8]) {
        if self.version == Version::Tls10
            && let Some(last) = sealed.len().checked_sub(BLOCK).and_then(|from| sealed.get(from..))
        {
            self.iv = last.to_vec();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Bulk, Sealed};
    use crate::formats::tls::{suites::all, version::Version};

    fn pair(bulk: Bulk, version: Version) -> (Sealed, Sealed) {
        let [mac, key, iv] = bulk.lengths(version);
        let new = || Sealed::new(bulk, version, vec![3; mac], vec![5; key], vec![7; iv]);
        (new(), new())
    }

    #[test]
    fn every_record_opens_again_in_its_turn_and_a_changed_one_never() {
        let mut kinds: Vec<Bulk> = all().iter().filter_map(Bulk::of).collect();
        kinds.dedup();
        assert!(kinds.len() > 8);
        for version in [Version::Tls10, Version::Tls11, Version::Tls12] {
            for bulk in &kinds {
                let (mut ours, mut theirs) = pair(*bulk, version);
                for length in [0, 1, 15, 16, 17, 300] {
                    let sealed = ours.seal(22, &vec![9; length]).unwrap();
                    assert_eq!(theirs.open(22, &sealed), Some(vec![9; length]), "{bulk:?}");
                }
                let mut sealed = ours.seal(22, b"hello").unwrap();
                assert_eq!(theirs.open(23, &sealed), None, "{bulk:?} {version:?}");
                let (mut ours, mut theirs) = pair(*bulk, version);
                sealed = ours.seal(22, b"hello").unwrap();
                sealed[3] ^= 1;
                assert_eq!(theirs.open(22, &sealed), None, "{bulk:?} {version:?}");
            }
        }
    }

    #[test]
    fn bodies_of_any_length_do_no_harm() {
        for bulk in [Bulk::Gcm { key: 16 }, Bulk::ChaCha, Bulk::Cbc { key: 16, mac: super::Mac::Sha1 }] {
            for version in [Version::Tls10, Version::Tls12] {
                for length in 0..64 {
                    assert_eq!(pair(bulk, version).1.open(22, &vec![0xaa; length]), None);
                }
            }
        }
    }
}
