//! The map of states: rows and columns of coloured fields, each with a sign.

use super::{Place, ROW, TEXT};
use crate::report::pdf::{
    PdfError,
    block::{Figure, Tone},
    canvas::Setting,
    layout::Layout,
    linebreak::break_lines,
    shape::Shaped,
    theme::{self, INK, Type},
};

pub(super) const HEAD: f32 = 26.0;
const SIGN: Type = Type { size: 9.0, leading: 12.0 };
const TONES: [(Tone, &str, &str); 6] = [
    (Tone::Ok, "符合", "met"),
    (Tone::Part, "部分符合", "partly met"),
    (Tone::Bad, "不符合", "not met"),
    (Tone::Unknown, "未判定", "undecided"),
    (Tone::NotApplicable, "不适用", "not applicable"),
    (Tone::Info, "说明", "note"),
];

impl Layout<'_> {
    pub(super) fn heat(&mut self, figure: &Figure, place: Place) -> Result<(), PdfError> {
        let labels: Vec<Shaped> = figure.data.iter().map(|datum| self.shape(&datum.label, TEXT, false, INK)).collect();
        let widest = labels.iter().map(Shaped::width).fold(0.0, f32::max).min(place.width * 0.36) + 8.0;
        let columns = figure.data.iter().map(|datum| datum.tones.len()).max().unwrap_or(0).max(figure.series.len());
        let slot = ((place.width - widest) / columns.max(1) as f32).min(86.0);
        self.heat_head(figure, place, widest, slot);
        for (datum, label) in figure.data.iter().zip(&labels) {
            self.need(ROW)?;
            let y = self.y + ROW / 2.0;
            self.fitted(place.node, label, (place.x, y + TEXT.size * 0.36), widest - 8.0, 0.0);
            for (column, tone) in datum.tones.iter().enumerate() {
                let field = [place.x + widest + slot * column as f32, self.y, slot - 1.5, ROW - 1.5];
                self.field(place, *tone, field);
            }
            self.y += ROW;
        }
        self.sign_legend(figure, place);
        Ok(())
    }

    fn heat_head(&mut self, figure: &Figure, place: Place, widest: f32, slot: f32) {
        for (column, series) in figure.series.iter().enumerate() {
            let shaped = self.shape(&series.name, TEXT, true, INK);
            let lines = break_lines(&shaped, slot - 2.0, 0.0);
            let shown = lines.len().min(2);
            for (row, line) in lines.iter().take(2).enumerate() {
                let x = place.x + widest + slot * (column as f32 + 0.5) - line.width / 2.0;
                let y = self.y + HEAD - 5.0 - (shown - 1 - row) as f32 * 10.0;
                self.canvas.line(Some(place.node), &shaped, line, Setting { x, y, justify: None });
            }
        }
        self.y += if figure.series.is_empty() { 0.0 } else { HEAD };
    }

    fn field(&mut self, place: Place, tone: Option<Tone>, field: [f32; 4]) {
        self.fill(place.node, tone.map_or(theme::FAINT, theme::strong), field);
        let Some(tone) = tone else { return };
        let sign = self.shape(theme::sign(tone), SIGN, true, theme::WHITE);
        let x = field[0] + (field[2] - sign.width()) / 2.0;
        self.one_line(Some(place.node), &sign, x, field[1] + field[3] / 2.0 + SIGN.size * 0.36);
    }

    /// Says what the signs mean that occur.
    fn sign_legend(&mut self, figure: &Figure, place: Place) {
        let occurs = |tone: Tone| figure.data.iter().any(|datum| datum.tones.contains(&Some(tone)));
        let entries = TONES.iter().filter(|(tone, ..)| occurs(*tone));
        let entries: Vec<_> = entries
            .map(|(tone, zh, en)| (format!("{} {}", theme::sign(*tone), self.lang.pick(zh, en)), Some(*tone)))
            .collect();
        self.y += 3.0;
        self.legend(&entries, place);
    }
}
