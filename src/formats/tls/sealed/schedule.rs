//! The key schedule of TLS 1.3 as far as the server's handshake keys: RFC 8446 section 7.1, over any hash.

use hkdf::SimpleHkdf;
use sm3::digest::{Digest, Output, block_api::BlockSizeUser};
use thiserror::Error;

/// A length that HKDF cannot give: with the labels below it never comes to that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a key of a length that HKDF does not give")]
pub struct WrongLength;

/// What seals the server's flight.
pub(super) struct Traffic<H: Digest> {
    /// server_handshake_traffic_secret.
    secret: Output<H>,
}

impl<H: Digest + BlockSizeUser + Clone> Traffic<H> {
    /// Of the agreed key and the hash of both hellos, without a shared key of before.
    pub(super) fn of(agreed: &[u8], hellos: &[u8]) -> Result<Self, WrongLength> {
        let zeros = Output::<H>::default();
        let (early, _) = SimpleHkdf::<H>::extract(Some(&zeros), &zeros);
        let salt = derive::<H>(&early, "derived", &H::digest([]))?;
        let (handshake, _) = SimpleHkdf::<H>::extract(Some(&salt), agreed);
        Ok(Self { secret: derive::<H>(&handshake, "s hs traffic", hellos)? })
    }

    pub(super) fn key<const N: usize>(&self) -> Result<[u8; N], WrongLength> {
        self.expand("key")
    }

    pub(super) fn iv(&self) -> Result<[u8; 12], WrongLength> {
        self.expand("iv")
    }

    /// What the Finished holds after these messages (RFC 8446 section 4.4.4).
    pub(super) fn finished(&self, transcript: &[u8]) -> Result<Output<H>, WrongLength> {
        let key = derive::<H>(&self.secret, "finished", &[])?;
        // HMAC is what HKDF extracts with.
        Ok(SimpleHkdf::<H>::extract(Some(&key), transcript).0)
    }

    fn expand<const N: usize>(&self, label: &str) -> Result<[u8; N], WrongLength> {
        let mut out = [0; N];
        expand_label::<H>(&self.secret, label, &[], &mut out)?;
        Ok(out)
    }
}

fn derive<H: Digest + BlockSizeUser + Clone>(
    secret: &[u8],
    label: &str,
    context: &[u8],
) -> Result<Output<H>, WrongLength> {
    let mut out = Output::<H>::default();
    expand_label::<H>(secret, label, context, &mut out)?;
    Ok(out)
}

/// HKDF-Expand-Label.
fn expand_label<H: Digest + BlockSizeUser + Clone>(
    secret: &[u8],
    label: &str,
    context: &[u8],
    out: &mut [u8],
) -> Result<(), WrongLength> {
    let length = u16::try_from(out.len()).map_err(|_| WrongLength)?.to_be_bytes();
    let label = [b"tls13 ", label.as_bytes()].concat();
    let lengths = (u8::try_from(label.len()), u8::try_from(context.len()));
    let (Ok(of_label), Ok(of_context)) = lengths else { return Err(WrongLength) };
    let parts: [&[u8]; 5] = [&length, &[of_label], &label, &[of_context], context];
    let hkdf = SimpleHkdf::<H>::from_prk(secret).map_err(|_| WrongLength)?;
    hkdf.expand_multi_info(&parts, out).map_err(|_| WrongLength)
}

#[cfg(test)]
mod tests {
    use sha2_current::{Digest as _, Sha256};

    use super::Traffic;
    use crate::formats::tls::{from_hex, hex};

    /// RFC 8448 section 3, "Simple 1-RTT Handshake": messages and agreed key, then what they lead to.
    #[test]
    fn the_schedule_is_that_of_rfc_8448() {
        let bytes = |text: &str| from_hex(&text.replace('\n', "")).unwrap();
        let hellos = bytes(include_str!("../../../../tests/data/tls/rfc8448-hellos.hex"));
        let messages = bytes(include_str!("../../../../tests/data/tls/rfc8448-messages.hex"));
        let agreed = bytes("8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d");
        let transcript = Sha256::digest(&hellos);
        assert_eq!(hex(&transcript), "860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8");
        let traffic = Traffic::<Sha256>::of(&agreed, &transcript).unwrap();
        assert_eq!(hex(&traffic.secret), "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38");
        assert_eq!(hex(&traffic.key::<16>().unwrap()), "3fce516009c21727d0f2e4e86ee403bc");
        assert_eq!(hex(&traffic.iv().unwrap()), "5d313eb2671276ee13000b30");
        let transcript = Sha256::digest([hellos, messages].concat());
        let finished = traffic.finished(&transcript).unwrap();
        assert_eq!(hex(&finished), "9b9b141d906337fbd2cbdce71df4deda4ab42c309572cb7fffee5454b78f0718");
    }
}
