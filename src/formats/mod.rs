//! Decoders of foreign bytes: TLS records, X.509, AXML, zip, dex, nmap XML, sshd and PAM files. Pure, bounded, fuzzed.

use std::{
    fs::File,
    io::{Read, Write},
};

use serde::Serialize;
use serde_json::Value;

use crate::model::{DecodeFailure, Decoder};

pub mod aab;
pub mod abc;
pub mod apk;
pub mod ber;
pub mod cms;
pub mod code;
pub mod ct_logs;
mod der;
pub mod dex;
pub mod files;
pub mod hap;
pub mod http_connect;
pub mod ios;
pub mod linux;
pub mod native;
pub mod nmap;
pub mod ocsp;
pub mod package;
pub mod packers;
pub mod public_key;
pub mod sdks;
pub mod signature;
pub mod sm2;
pub mod strings;
pub mod tls;
pub mod x509;
pub mod zip;

/// Names of items that collectors write and facts ask for.
pub mod items {
    /// Why an asset was not looked at; the note begins with the code of a reason.
    pub const ACCESS: &str = "asset.access";
    /// An app package; digest and size only where it is too large to keep.
    pub const PACKAGE: &str = "app.package";
    /// What the decoder made of a package at collection, where the package itself is not kept.
    pub const PACKAGE_DECODED: &str = "app.decoded";
    /// The XML of an nmap run.
    pub const NMAP: &str = "nmap.xml";
}

/// What a decoder gives, before it becomes JSON.
trait Output {
    fn value(&self) -> Result<Value, serde_json::Error>;
    fn write(&self, out: &mut dyn Write) -> Result<(), serde_json::Error>;
}

impl<T: Serialize> Output for T {
    fn value(&self) -> Result<Value, serde_json::Error> {
        serde_json::to_value(self)
    }

    fn write(&self, out: &mut dyn Write) -> Result<(), serde_json::Error> {
        serde_json::to_writer(out, self)
    }
}

/// Where foreign bytes come from.
pub enum Input<'a> {
    /// Read once, in windows.
    Stream(&'a mut dyn Read),
    /// A regular file, read where the decoder likes.
    File(File),
}

/// Formats that are read here and there rather than from the beginning to the end.
pub fn wants_file(format: &str) -> bool {
    format == "app-package"
}

/// One line a format; the child process and the tests come through here.
fn decoded(format: &str, input: Input<'_>) -> Result<Box<dyn Output>, DecodeFailure> {
    Ok(match (format, input) {
        ("app-package", Input::Stream(stream)) => Box::new(package::decode_stream(stream)?),
        ("app-package", Input::File(file)) => Box::new(package::decode_file(file)?),
        ("nmap-xml", Input::Stream(stream)) => Box::new(nmap::decode(stream)?),
        ("nmap-xml", Input::File(mut file)) => Box::new(nmap::decode(&mut file)?),
        (other, _) => return Err(DecodeFailure::NoSuchFormat { format: other.to_owned() }),
    })
}

/// Decodes one foreign file.
pub fn decode(format: &str, input: &mut dyn Read) -> Result<Value, DecodeFailure> {
    decoded(format, Input::Stream(input))?.value().map_err(|e| DecodeFailure::Crashed { what: e.to_string() })
}

/// Decodes one foreign file and writes the JSON, without building its tree.
pub fn write(format: &str, input: Input<'_>, out: &mut dyn Write) -> Result<(), DecodeFailure> {
    decoded(format, input)?.write(out).map_err(|e| DecodeFailure::Crashed { what: e.to_string() })
}

/// Decodes in this very process: for tests, and for bytes that we made ourselves.
#[derive(Clone, Copy, Debug, Default)]
pub struct InProcess;

impl Decoder for InProcess {
    fn decode(&self, format: &str, bytes: &[u8]) -> Result<Value, DecodeFailure> {
        decode(format, &mut &*bytes)
    }

    fn decode_stream(&self, format: &str, input: &mut dyn Read) -> Result<Value, DecodeFailure> {
        decode(format, input)
    }
}
