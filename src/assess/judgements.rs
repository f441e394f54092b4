//! Answers, adjudications and waivers of all layers, put together.

use crate::evidence::LayerKind;
use crate::profiles::adjudications::Adjudications;
use crate::profiles::answers::Answers;
use crate::profiles::waivers::Waivers;
use crate::yaml::{Mistakes, Source};

/// Everything that people judged.
#[derive(Clone, Debug, Default)]
pub struct Judgements {
    pub answers: Answers,
    pub adjudications: Adjudications,
    pub waivers: Waivers,
}

impl Judgements {
    /// Adds the file of one layer. Layers of other kinds bring no judgements.
    ///
    /// # Errors
    /// Every mistake in the file.
    pub fn add(&mut self, kind: LayerKind, source: &Source) -> Result<(), Mistakes> {
        match kind {
            LayerKind::Answers => self.answers.answers.extend(Answers::read(source)?.answers),
            LayerKind::Adjudications => {
                self.adjudications.adjudications.extend(Adjudications::read(source)?.adjudications);
            }
            LayerKind::Waivers => {
                let read = Waivers::read(source)?;
                self.waivers.timezone = read.timezone;
                self.waivers.waivers.extend(read.waivers);
            }
            LayerKind::Import | LayerKind::Retest => {}
        }
        Ok(())
    }
}
