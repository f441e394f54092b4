//! App packages of every platform: which kind a file is by what is inside, and what it is where it is none.

mod android;
mod contents;
mod decode;
mod document;
mod foreign;
mod har;
mod kind;
mod sets;
mod tie;
mod walk;

use thiserror::Error;

use super::zip::{Archive, ReadAt, ZipError};

pub use decode::{MAX_STREAM, decode, decode_file, decode_stream};
pub use document::{Coverage, Document, Member};
pub use foreign::Foreign;
pub use kind::Kind;
pub use tie::{Compared, Tie};
pub use walk::Skipped;

/// A file that is an app package.
pub struct Package<'a> {
    pub kind: Kind,
    /// None for a HarmonyOS library that is a compressed tar.
    pub archive: Option<Archive<'a>>,
}

/// Why a file is not taken for an app package.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NotAPackage {
    #[error("the file is empty")]
    Empty,
    #[error("{}, not an app package", .0.en)]
    Foreign(Foreign),
    #[error("an archive, but of no kind of app package")]
    NoKind,
    #[error(transparent)]
    Zip(#[from] ZipError),
}

/// Opens a package and tells its kind, never by the name of the file. What reads as an archive is one, whatever it begins with.
pub fn recognise(source: &dyn ReadAt) -> Result<Package<'_>, NotAPackage> {
    if source.is_empty() {
        return Err(NotAPackage::Empty);
    }
    match Archive::open(source) {
        Ok(archive) => match Kind::of(&archive) {
            Some(kind) => Ok(Package { kind, archive: Some(archive) }),
            None => Err(Foreign::archive(&archive)
                .or(Foreign::begins(source))
                .map_or(NotAPackage::NoKind, NotAPackage::Foreign)),
        },
        Err(_) if har::is_har(source) => Ok(Package { kind: Kind::Har, archive: None }),
        Err(error) => {
            Err(Foreign::begins(source).or(Foreign::cut(source)).map_or(NotAPackage::Zip(error), NotAPackage::Foreign))
        }
    }
}

#[cfg(test)]
mod tests;
