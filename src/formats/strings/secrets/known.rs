//! Values that look like secrets and are known to everybody: keys that libraries carry for their own start-up tests.

use sha2::{Digest, Sha256};

/// SHA-256 of the digits of base 64, without line ends and padding, and where they stand.
const KNOWN: &[(&str, &str)] = &[(
    "90e3dd2ca70761a200ed4267aa46fb0b3fe36734515ae37f8668a6ce299000f2",
    "netty, OpenSsl.PROBING_KEY: tries whether a key manager works",
)];

/// Whether a library published this very value.
pub(super) fn is_published(value: &[u8]) -> bool {
    let digest: String = Sha256::digest(value).iter().map(|byte| format!("{byte:02x}")).collect();
    KNOWN.iter().any(|(known, _)| *known == digest)
}
