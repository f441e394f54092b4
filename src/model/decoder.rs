//! The way pure stages ask for a foreign file to be decoded without touching a process themselves.

use std::io::Read;

use serde_json::Value;
use thiserror::Error;

/// Decodes a foreign file (package, XML, archive, export) into canonical JSON.
///
/// `collect` implements it with a bounded child process of the same binary; `cli` hands it to `assess`.
pub trait Decoder: Sync {
    /// `format` names a decoder of `formats`, such as `nmap-xml`; `bytes` is the whole artifact.
    fn decode(&self, format: &str, bytes: &[u8]) -> Result<Value, DecodeFailure>;

    /// The same from a stream. Decoders that can pass it on in windows do, so that a large artifact is never held whole.
    fn decode_stream(&self, format: &str, input: &mut dyn Read) -> Result<Value, DecodeFailure> {
        let mut bytes = Vec::new();
        match input.read_to_end(&mut bytes) {
            Ok(_) => self.decode(format, &bytes),
            Err(e) => Err(DecodeFailure::Malformed { offset: bytes.len() as u64, what: e.to_string() }),
        }
    }
}

/// Why a foreign file could not be decoded. Each is an `Unknown` of what rests on the file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DecodeFailure {
    #[error("no decoder is called `{format}`")]
    NoSuchFormat { format: String },
    #[error("malformed at byte {offset}: {what}")]
    Malformed { offset: u64, what: String },
    #[error("over the budget: {what}")]
    Budget { what: String },
    #[error("the decoding process was killed after {millis} ms")]
    Killed { millis: u64 },
    #[error("the decoding process crashed: {what}")]
    Crashed { what: String },
}
