//! Archives made byte by byte, so that tests can make them wrong.

use std::io::Write;

use flate2::{Compression, Crc, write::DeflateEncoder};

use super::{AnomalyKind, Archive, DEFLATED, STORED};

/// An entry to be written, with what its two headers say.
#[derive(Clone)]
pub(crate) struct Item {
    pub(crate) name: Vec<u8>,
    /// The bytes between local header and descriptor.
    pub(crate) data: Vec<u8>,
    pub(crate) method: u16,
    pub(crate) flags: u16,
    pub(crate) crc32: u32,
    pub(crate) compressed: u32,
    pub(crate) uncompressed: u32,
    /// Extra field of both headers.
    pub(crate) extra: Vec<u8>,
    /// Written behind the data.
    pub(crate) descriptor: Vec<u8>,
    /// Last changes to the local header.
    pub(crate) local: fn(&mut Vec<u8>),
}

impl Item {
    pub(crate) fn stored(name: impl AsRef<[u8]>, contents: impl AsRef<[u8]>) -> Self {
        Self::new(name.as_ref(), contents.as_ref(), contents.as_ref().to_vec(), STORED)
    }

    pub(crate) fn deflated(name: impl AsRef<[u8]>, contents: impl AsRef<[u8]>) -> Self {
        Self::new(name.as_ref(), contents.as_ref(), deflate(contents.as_ref()), DEFLATED)
    }

    fn new(name: &[u8], contents: &[u8], data: Vec<u8>, method: u16) -> Self {
        let mut crc = Crc::new();
        crc.update(contents);
        Self {
            name: name.to_vec(),
            method,
            flags: 0,
            crc32: crc.sum(),
            compressed: data.len() as u32,
            uncompressed: contents.len() as u32,
            data,
            extra: Vec::new(),
            descriptor: Vec::new(),
            local: |_| (),
        }
    }

    /// With a data descriptor, and a local header that knows neither sizes nor CRC-32.
    pub(crate) fn with_descriptor(mut self) -> Self {
        self.flags |= 8;
        self.local = |header| header[14..26].fill(0);
        self.descriptor = [&b"PK\x07\x08"[..], &le(self.crc32), &le(self.compressed), &le(self.uncompressed)].concat();
        self
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn fields(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for short in [20, self.flags, self.method, 0, 0x5a21] {
            out.extend(short.to_le_bytes());
        }
        for long in [self.crc32, self.compressed, self.uncompressed] {
            out.extend(le(long));
        }
        out.extend((self.name.len() as u16).to_le_bytes());
        out.extend((self.extra.len() as u16).to_le_bytes());
        out
    }
}

pub(crate) fn deflate(contents: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(contents).unwrap();
    encoder.finish().unwrap()
}

fn le(number: u32) -> [u8; 4] {
    number.to_le_bytes()
}

/// An archive under construction.
#[derive(Clone, Default)]
pub(crate) struct Builder {
    bytes: Vec<u8>,
    central: Vec<u8>,
    count: u16,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn add(mut self, item: Item) -> Self {
        let offset = self.bytes.len() as u32;
        let mut local = [b"PK\x03\x04", &item.fields()[..]].concat();
        (item.local)(&mut local);
        local.extend(&item.name);
        local.extend(&item.extra);
        self.bytes.extend([&local[..], &item.data, &item.descriptor].concat());
        self.central.extend([&b"PK\x01\x02\x14\x03"[..], &item.fields(), &[0; 10]].concat());
        self.central.extend([&le(offset)[..], &item.name, &item.extra].concat());
        self.count += 1;
        self
    }

    pub(crate) fn stored(self, name: &str, contents: &str) -> Self {
        self.add(Item::stored(name, contents))
    }

    pub(crate) fn deflated(self, name: &str, contents: &str) -> Self {
        self.add(Item::deflated(name, contents))
    }

    /// Bytes between entries, or between the last one and the central directory.
    pub(crate) fn raw(mut self, bytes: &[u8]) -> Self {
        self.bytes.extend(bytes);
        self
    }

    /// Bytes behind the records of the central directory that its size counts.
    pub(crate) fn central(mut self, bytes: &[u8]) -> Self {
        self.central.extend(bytes);
        self
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.finish_with(|_| ())
    }

    /// With last changes to the end record: number of entries at 8 and 10, size at 12, offset at 16, length of comment at 20.
    pub(crate) fn finish_with(self, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut end = b"PK\x05\x06\0\0\0\0".to_vec();
        end.extend([self.count.to_le_bytes(), self.count.to_le_bytes()].concat());
        end.extend([le(self.central.len() as u32), le(self.bytes.len() as u32)].concat());
        end.extend([0, 0]);
        change(&mut end);
        [self.bytes, self.central, end].concat()
    }
}

/// The anomalies of an archive that opens.
pub(crate) fn kinds(bytes: &[u8]) -> Vec<AnomalyKind> {
    let archive = Archive::open(&bytes).unwrap();
    archive.anomalies().iter().map(|anomaly| anomaly.kind).collect()
}
