//! Draws figures as vectors: radar, bars, columns, stacks, one segmented bar, and a map of states.

mod heat;
mod radar;

use crate::report::pdf::{
    PdfError,
    block::{ChartKind, Datum, Figure, Tone},
    canvas::{Area, Item, NodeId, Setting},
    layout::{Frame, Layout, baseline, numbered},
    linebreak::break_lines,
    shape::Shaped,
    theme::{self, BLUE, CAPTION, FAINT, INK, Rgb, SMALL, Type, WHITE},
};

const ROW: f32 = 19.0;
const BAR: f32 = 11.0;
const COLUMNS_HEIGHT: f32 = 150.0;
const LEGEND_ROW: f32 = 16.0;
/// Rows of bars drawn in one piece; more go on another page.
const MAX_ROWS: usize = 30;
/// More columns than this are drawn as bars, which have room for their names.
const MAX_COLUMNS: usize = 16;
const TEXT: Type = SMALL;

/// Where and as what a chart is drawn.
#[derive(Clone, Copy)]
struct Place {
    node: NodeId,
    x: f32,
    width: f32,
}

impl Layout<'_> {
    pub(super) fn figure(&mut self, id: Option<&str>, figure: &Figure, frame: Frame) -> Result<(), PdfError> {
        self.gap(4.0);
        self.need(self.figure_height(figure, frame).min(theme::BOTTOM - theme::TOP))?;
        self.anchor(id);
        let node = self.canvas.node(frame.node, "Figure");
        self.canvas.nodes[node].alt = figure.alt.clone();
        let place = Place { node, x: frame.x, width: frame.width };
        match drawn_kind(figure) {
            ChartKind::Radar => self.radar(figure, place),
            ChartKind::Columns => self.upright(figure, place),
            ChartKind::Segments => self.segments(figure, place),
            ChartKind::Heat => self.heat(figure, place)?,
            ChartKind::Bars | ChartKind::Stack => self.bars(figure, place)?,
        }
        self.canvas.unmark();
        self.figure_caption(node, figure, frame);
        self.y += 10.0;
        Ok(())
    }

    pub(super) fn figure_height(&self, figure: &Figure, frame: Frame) -> f32 {
        let caption = if figure.caption.is_empty() { 0.0 } else { CAPTION.leading + 4.0 };
        let rows = figure.data.len().min(MAX_ROWS) as f32;
        caption
            + match drawn_kind(figure) {
                ChartKind::Radar => radar::HEIGHT,
                ChartKind::Columns => COLUMNS_HEIGHT,
                ChartKind::Segments => 26.0 + self.legend_height(&segment_legend(figure), frame.width),
                ChartKind::Heat => heat::HEAD + (rows + 1.0) * ROW,
                ChartKind::Bars => rows * ROW + 4.0,
                ChartKind::Stack => rows * ROW + 4.0 + self.legend_height(&stack_legend(figure), frame.width),
            }
    }

    fn figure_caption(&mut self, parent: NodeId, figure: &Figure, frame: Frame) {
        if figure.caption.is_empty() {
            return;
        }
        let number = self.counter.figure();
        let title = numbered(&number, &figure.caption, self.lang);
        let node = self.canvas.node(parent, "Caption");
        let shaped = self.shape(&title, CAPTION, false, INK);
        if let Some(line) = break_lines(&shaped, frame.width, 0.0).first() {
            let x = frame.x + (frame.width - line.width) / 2.0;
            self.canvas.line(
                Some(node),
                &shaped,
                line,
                Setting { x, y: self.y + 4.0 + baseline(CAPTION), justify: None },
            );
        }
        self.canvas.unmark();
        self.y += CAPTION.leading + 4.0;
    }

    /// Horizontal bars, plain or stacked, one row a datum.
    fn bars(&mut self, figure: &Figure, place: Place) -> Result<(), PdfError> {
        let labels: Vec<Shaped> = figure.data.iter().map(|datum| self.shape(&datum.label, TEXT, false, INK)).collect();
        let widest = labels.iter().map(Shaped::width).fold(0.0, f32::max).min(place.width * 0.36);
        let scale = scale_of(figure, |datum| datum.values.iter().sum());
        if figure.kind == ChartKind::Stack {
            self.legend(&stack_legend(figure), place);
        }
        for (datum, label) in figure.data.iter().zip(&labels) {
            self.need(ROW)?;
            let y = self.y + ROW / 2.0;
            self.fitted(place.node, label, (place.x + widest, y + TEXT.size * 0.36), widest, 1.0);
            let bar = [place.x + widest + 8.0, y - BAR / 2.0, place.width - widest - 62.0, BAR];
            self.bar(figure, datum, bar, scale, place.node);
            self.y += ROW;
        }
        self.y += 4.0;
        Ok(())
    }

    fn bar(&mut self, figure: &Figure, datum: &Datum, bar: Area, scale: f32, node: NodeId) {
        let total: f32 = datum.values.iter().sum();
        let end = bar[2] * (total / scale).clamp(0.0, 1.0);
        self.fill(node, FAINT, bar);
        if figure.kind == ChartKind::Stack {
            let parts = datum.values.iter().enumerate();
            let parts = parts.map(|(index, value)| (*value, figure.series.get(index).map(|series| series.tone)));
            self.stacked(node, parts, [bar[0], bar[1], end, bar[3]]);
        } else {
            let color = datum.tone.map_or(BLUE, theme::strong);
            self.fill(node, color, [bar[0], bar[1], end, bar[3]]);
        }
        let value = self.shape(&format!("{}{}", plain_number(total), figure.unit), TEXT, true, INK);
        self.one_line(Some(node), &value, bar[0] + bar[2] + 6.0, bar[1] + bar[3] / 2.0 + TEXT.size * 0.36);
    }

    /// Parts side by side, each with its number where it fits.
    fn stacked(&mut self, node: NodeId, parts: impl Iterator<Item = (f32, Option<Tone>)>, area: Area) {
        let parts: Vec<_> = parts.collect();
        let total: f32 = parts.iter().map(|(value, _)| value).sum();
        let mut x = area[0];
        for (value, tone) in parts.into_iter().filter(|(value, _)| *value > 0.0) {
            let width = area[2] * value / total.max(f32::MIN_POSITIVE);
            self.fill(node, tone.map_or(BLUE, theme::strong), [x, area[1], (width - 0.6).max(0.3), area[3]]);
            let number = self.shape(&plain_number(value), Type { size: 7.0, ..TEXT }, true, WHITE);
            if number.width() + 3.0 < width {
                let y = area[1] + area[3] / 2.0 + 7.0 * 0.36;
                self.one_line(Some(node), &number, x + (width - 0.6 - number.width()) / 2.0, y);
            }
            x += width;
        }
    }

    /// One bar for the whole, with a legend that gives each part's number and share.
    fn segments(&mut self, figure: &Figure, place: Place) {
        let parts = figure.data.iter().map(|datum| (datum.values.iter().sum::<f32>(), datum.tone));
        let area = [place.x, self.y + 2.0, place.width, 18.0];
        self.fill(place.node, FAINT, area);
        self.stacked(place.node, parts, area);
        self.y += 26.0;
        self.legend(&segment_legend(figure), place);
    }

    fn upright(&mut self, figure: &Figure, place: Place) {
        let scale = scale_of(figure, |datum| datum.values.iter().sum());
        let slot = (place.width / figure.data.len().max(1) as f32).min(86.0);
        let left = place.x + (place.width - slot * figure.data.len() as f32) / 2.0;
        let ground = self.y + COLUMNS_HEIGHT - 30.0;
        self.fill(place.node, theme::GREY, [left, ground, slot * figure.data.len() as f32, 0.7]);
        for (index, datum) in figure.data.iter().enumerate() {
            let value: f32 = datum.values.iter().sum();
            let height = (COLUMNS_HEIGHT - 48.0) * (value / scale).clamp(0.0, 1.0);
            let center = left + slot * (index as f32 + 0.5);
            let width = (slot * 0.52).min(40.0);
            let color = datum.tone.map_or(BLUE, theme::strong);
            self.fill(place.node, color, [center - width / 2.0, ground - height, width, height]);
            let value = self.shape(&format!("{}{}", plain_number(value), figure.unit), TEXT, true, INK);
            self.fitted(place.node, &value, (center, ground - height - 4.0), slot, 0.5);
            let label = self.shape(&datum.label, TEXT, false, INK);
            for (row, line) in break_lines(&label, slot - 2.0, 0.0).iter().take(2).enumerate() {
                let y = ground + 11.0 + row as f32 * 10.0;
                let setting = Setting { x: center - line.width / 2.0, y, justify: None };
                self.canvas.line(Some(place.node), &label, line, setting);
            }
        }
        self.y += COLUMNS_HEIGHT;
    }

    /// Names with their colours, as many in a row as fit.
    fn legend(&mut self, entries: &[(String, Option<Tone>)], place: Place) {
        let mut x = place.x;
        for (name, tone) in entries {
            let shaped = self.shape(name, TEXT, false, INK).fit(self.fonts, place.width - 30.0);
            let width = 13.0 + shaped.width() + 16.0;
            if x > place.x && x + width > place.x + place.width {
                x = place.x;
                self.y += LEGEND_ROW;
            }
            self.fill(place.node, tone.map_or(BLUE, theme::strong), [x, self.y + 4.0, 8.0, 8.0]);
            self.one_line(Some(place.node), &shaped, x + 12.0, self.y + 8.0 + TEXT.size * 0.36);
            x += width;
        }
        if !entries.is_empty() {
            self.y += LEGEND_ROW + 3.0;
        }
    }

    fn legend_height(&self, entries: &[(String, Option<Tone>)], width: f32) -> f32 {
        let mut rows = usize::from(!entries.is_empty());
        let mut x = 0.0;
        for (name, _) in entries {
            let entry = 29.0 + self.shape(name, TEXT, false, INK).width().min(width - 30.0);
            if x > 0.0 && x + entry > width {
                x = 0.0;
                rows += 1;
            }
            x += entry;
        }
        rows as f32 * LEGEND_ROW + 3.0
    }

    fn fill(&mut self, node: NodeId, color: Rgb, area: Area) {
        self.canvas.mark(node);
        self.canvas.put(Item::Fill { color, areas: vec![area] });
    }

    /// One line of text, cut if wider than `room`; `align` 0 is left of the point, 1 ends at it.
    fn fitted(&mut self, node: NodeId, shaped: &Shaped, (x, y): (f32, f32), room: f32, align: f32) {
        let shaped = shaped.clone().fit(self.fonts, room);
        self.one_line(Some(node), &shaped, x - shaped.width() * align, y);
    }
}

/// What is really drawn: charts that cannot show their data well become bars.
fn drawn_kind(figure: &Figure) -> ChartKind {
    match figure.kind {
        ChartKind::Radar if figure.data.len() < 3 || figure.data.len() > radar::MAX_AXES => ChartKind::Bars,
        ChartKind::Columns if figure.data.len() > MAX_COLUMNS => ChartKind::Bars,
        kind => kind,
    }
}

/// The value at the end of the scale.
fn scale_of(figure: &Figure, value: impl Fn(&Datum) -> f32) -> f32 {
    let largest = figure.data.iter().map(value).fold(0.0, f32::max);
    if figure.max > 0.0 {
        figure.max
    } else if largest > 0.0 {
        largest
    } else {
        1.0
    }
}

fn stack_legend(figure: &Figure) -> Vec<(String, Option<Tone>)> {
    figure.series.iter().map(|series| (series.name.clone(), Some(series.tone))).collect()
}

fn segment_legend(figure: &Figure) -> Vec<(String, Option<Tone>)> {
    let total: f32 = figure.data.iter().flat_map(|datum| &datum.values).sum();
    let entry = |datum: &Datum| {
        let value: f32 = datum.values.iter().sum();
        let share = if total > 0.0 { value / total * 100.0 } else { 0.0 };
        (format!("{} {}{} ({share:.1}%)", datum.label, plain_number(value), figure.unit), datum.tone)
    };
    figure.data.iter().map(entry).collect()
}

/// `20`, `68.5`: at most two places, no zeros behind them.
fn plain_number(value: f32) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::plain_number;

    #[test]
    fn numbers_have_no_needless_places() {
        assert_eq!([20.0, 68.5, 0.0, 99.999].map(plain_number), ["20", "68.5", "0", "100"]);
    }
}
