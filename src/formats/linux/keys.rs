//! Public SSH keys: type, size and fingerprint of host keys; types and limits of authorized keys.

use sha2::{Digest as _, Sha256};

/// One public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// `rsa`, `dsa`, `ecdsa`, `ed25519`, `sm2` or the type as written.
    pub algorithm: String,
    pub bits: i64,
    /// `SHA256:...` as ssh-keygen prints it.
    pub fingerprint: String,
}

/// Reads a `.pub` file.
pub fn public_key(text: &str) -> Option<PublicKey> {
    let mut words = text.split_whitespace();
    let kind = words.next()?;
    let blob = decode(words.next()?)?;
    let mut rest = blob.as_slice();
    let inner = field(&mut rest)?;
    if inner != kind.as_bytes() {
        return None;
    }
    let digest = encode(&Sha256::digest(&blob));
    let (algorithm, bits) = match kind {
        "ssh-rsa" => {
            field(&mut rest)?;
            ("rsa", bits(field(&mut rest)?))
        }
        "ssh-dss" => ("dsa", bits(field(&mut rest)?)),
        "ssh-ed25519" => ("ed25519", 256),
        "ecdsa-sha2-nistp256" => ("ecdsa", 256),
        "ecdsa-sha2-nistp384" => ("ecdsa", 384),
        "ecdsa-sha2-nistp521" => ("ecdsa", 521),
        kind if kind.contains("sm2") => ("sm2", 256),
        other => (other, 0),
    };
    Some(PublicKey { algorithm: algorithm.to_owned(), bits, fingerprint: format!("SHA256:{digest}") })
}

fn field<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let (bytes, after) = after.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    *rest = after;
    Some(bytes)
}

fn bits(number: &[u8]) -> i64 {
    let number: &[u8] = match number.iter().position(|byte| *byte != 0) {
        Some(first) => &number[first..],
        None => return 0,
    };
    let all = i64::try_from(number.len()).unwrap_or(0).saturating_mul(8);
    all - i64::from(number.first().map_or(0, |byte| byte.leading_zeros()))
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 of RFC 4648; `None` for any other character. Padding is not asked for.
fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut held, mut count) = (0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let value = ALPHABET.iter().position(|letter| *letter == byte)?;
        held = held << 6 | u32::try_from(value).ok()?;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from(held >> count & 0xff).ok()?);
        }
    }
    Some(out)
}

fn encode(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let held = chunk.iter().fold(0_u32, |held, byte| held << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for at in 0..=chunk.len() {
            out.push(char::from(ALPHABET[(held >> (18 - 6 * at) & 63) as usize]));
        }
    }
    out
}

/// One line of authorized_keys without the key itself: what is left after the redactor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorized {
    pub kind: String,
    /// A `from=` option limits where it may be used.
    pub limited: bool,
}

const KINDS: &[&str] = &["ssh-", "ecdsa-", "sk-", "sm2"];

/// Reduces authorized_keys to its key types and to whether `from=` limits them: `limited ssh-ed25519`. Keys and
/// comments (names of people) are left out; the count is that of the lines.
pub fn redact_authorized(bytes: &[u8]) -> (Vec<u8>, u32) {
    let mut out = String::new();
    let mut count = 0;
    for (_, line) in super::conf::lines(&String::from_utf8_lossy(bytes)) {
        count += 1;
        let kind = line.split_whitespace().find(|word| KINDS.iter().any(|kind| word.starts_with(kind)));
        let options = kind.and_then(|kind| line.split_once(kind)).map_or("", |(options, _)| options);
        let limited = if options.contains("from=") { "limited" } else { "open" };
        out.push_str(&format!("{limited} {}\n", kind.unwrap_or("unreadable")));
    }
    (out.into_bytes(), count)
}

/// Reads what the redactor left.
pub fn authorized(text: &str) -> Vec<Authorized> {
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    lines.map(|(limit, kind)| Authorized { kind: kind.to_owned(), limited: limit == "limited" }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // A public key that nobody holds the private half of.
    const ED: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA x";

    #[test]
    fn type_size_and_fingerprint_are_those_of_ssh_keygen() {
        let key = public_key(ED).unwrap();
        assert_eq!((key.algorithm.as_str(), key.bits), ("ed25519", 256));
        assert_eq!(key.fingerprint.len(), 50);
        assert_eq!(public_key("ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIA=="), None);
    }

    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (plain, coded) in [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(encode(plain.as_bytes()), coded);
            assert_eq!(decode(coded).unwrap(), plain.as_bytes());
        }
    }

    #[test]
    fn sizes_of_numbers_do_not_count_leading_zeros() {
        assert_eq!((bits(&[0, 0x80]), bits(&[1, 0]), bits(&[0])), (8, 9, 0));
    }

    #[test]
    fn authorized_keys_lose_key_and_comment() {
        let text = format!("# team\nfrom=\"10.0.0.0/8\",no-pty {ED}\nssh-rsa AAAAB3PLANTED zhangsan@PLANTED\n");
        let (masked, count) = redact_authorized(text.as_bytes());
        let masked = String::from_utf8(masked).unwrap();
        assert!(!masked.contains("PLANTED") && !masked.contains("AAAA"));
        assert_eq!(count, 2);
        let keys = authorized(&masked);
        assert_eq!((keys[0].limited, keys[1].limited, keys[1].kind.as_str()), (true, false, "ssh-rsa"));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*|(ssh-rsa|ssh-dss| |AAAAB3NzaC1yc2EAAAAD|[A-Za-z0-9+/=])*") {
            let _ = (public_key(&text), redact_authorized(text.as_bytes()), authorized(&text));
        }
    }
}
