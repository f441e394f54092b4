//! Attributes of one tag: looked up by name, the five entities of XML resolved, every other one refused.

use std::borrow::Cow;

use quick_xml::events::BytesStart;

use crate::model::DecodeFailure;

/// Attributes are few in nmap's XML; a tag with more is hostile.
const MAX_ATTRIBUTES: usize = 64;

pub(super) struct Tag<'a> {
    start: &'a BytesStart<'a>,
    offset: u64,
}

impl<'a> Tag<'a> {
    pub(super) fn new(start: &'a BytesStart<'a>, offset: u64) -> Self {
        Self { start, offset }
    }

    /// The values of `names`, in that order; empty where there is no such attribute.
    pub(super) fn values<const N: usize>(&self, names: [&str; N]) -> Result<[Cow<'a, str>; N], DecodeFailure> {
        let mut out = [const { Cow::Borrowed("") }; N];
        let mut found = 0;
        for (count, attribute) in self.start.attributes().with_checks(false).enumerate() {
            if count >= MAX_ATTRIBUTES {
                return Err(self.malformed("too many attributes"));
            }
            let attribute = attribute.map_err(|e| self.malformed(&e.to_string()))?;
            if let Some(n) = names.iter().position(|name| attribute.key.as_ref() == *name) {
                found += 1;
                out[n] = attribute
                    .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                    .map_err(|e| self.malformed(&e.to_string()))?;
                if found == N {
                    break;
                }
            }
        }
        Ok(out)
    }

    pub(super) fn value(&self, name: &str) -> Result<Cow<'a, str>, DecodeFailure> {
        self.values([name]).map(|[value]| value)
    }

    pub(super) fn malformed(&self, what: &str) -> DecodeFailure {
        DecodeFailure::Malformed { offset: self.offset, what: what.to_owned() }
    }
}
