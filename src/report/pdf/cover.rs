//! Draws the cover page, signature lines and code.

use crate::report::pdf::{
    PdfError,
    block::{Align, CoverPart, Look, Run, Runs, Signature, Tone},
    canvas::{Item, NodeId, ROOT, Setting, rounded},
    layout::{Flow, Frame, Layout, baseline},
    linebreak::{Line, break_lines},
    shape::Shaped,
    theme::{self, BODY, CODE, GREY, INK, MARGIN, NAVY, PAGE_HEIGHT, PAGE_WIDTH, RULE, Rgb, TEXT_WIDTH, Type},
};

const TITLE: Type = Type { size: 29.0, leading: 42.0 };
const SUBTITLE: Type = Type { size: 17.0, leading: 27.0 };
const LINE: Type = Type { size: 12.0, leading: 21.0 };
const SMALL_LINE: Type = Type { size: 9.0, leading: 15.0 };
const FIRST_LINE: f32 = 168.0;
/// A longer note stands below the mark instead of beside it.
const MAX_GRADE_LINES: usize = 7;
/// Where the foot of the cover ends.
const FOOT: f32 = PAGE_HEIGHT - 74.0;

impl Layout<'_> {
    pub(super) fn cover(&mut self, parts: &[CoverPart]) -> Result<(), PdfError> {
        self.fresh_page()?;
        let page = self.canvas.page;
        self.bare_pages.push(page);
        self.canvas.artifact(|canvas| {
            let bands = vec![[0.0, 0.0, PAGE_WIDTH, 15.0], [0.0, PAGE_HEIGHT - 5.0, PAGE_WIDTH, 5.0]];
            canvas.put(Item::Fill { color: NAVY, areas: bands });
        });
        self.y = FIRST_LINE;
        for part in parts {
            self.cover_part(part)?;
        }
        let foot = self.foot_height(parts);
        self.y = self.y.max(FOOT - foot);
        for part in parts {
            self.cover_foot(part)?;
        }
        Ok(())
    }

    fn cover_part(&mut self, part: &CoverPart) -> Result<(), PdfError> {
        match part {
            CoverPart::Title(runs) => self.centered(runs, TITLE, true, NAVY, 16.0),
            CoverPart::Subtitle(runs) => self.centered(runs, SUBTITLE, false, INK, 3.0),
            CoverPart::Line(runs) => self.centered(runs, LINE, false, INK, 1.0),
            CoverPart::Small(runs) => self.centered(runs, SMALL_LINE, false, GREY, 6.0),
            CoverPart::Grade { tone, mark, note } => self.grade(*tone, mark, note),
            CoverPart::Foot(_) | CoverPart::Facts(_) => Ok(()),
        }
    }

    fn cover_foot(&mut self, part: &CoverPart) -> Result<(), PdfError> {
        match part {
            CoverPart::Foot(runs) => self.centered(runs, LINE, false, INK, 0.0),
            CoverPart::Facts(table) => self.table(None, table, facts_frame()),
            _ => Ok(()),
        }
    }

    fn foot_height(&self, parts: &[CoverPart]) -> f32 {
        let height = |part: &CoverPart| match part {
            CoverPart::Foot(_) => LINE.leading,
            CoverPart::Facts(table) => self.table_height(table, facts_frame()),
            _ => 0.0,
        };
        parts.iter().map(height).sum()
    }

    fn centered(&mut self, runs: &Runs, style: Type, bold: bool, color: Rgb, below: f32) -> Result<(), PdfError> {
        let shaped = self.shape_runs(runs, style, bold, color);
        let lines = break_lines(&shaped, TEXT_WIDTH, 0.0);
        let node = self.canvas.node(ROOT, "P");
        self.lines(node, &shaped, &lines, Flow { align: Align::Center, ..Flow::ragged(style) })?;
        self.y += below;
        Ok(())
    }

    /// The large mark in its coloured frame with a note beside it.
    fn grade(&mut self, tone: Tone, mark_text: &str, runs: &Runs) -> Result<(), PdfError> {
        let style = Type { size: 30.0, leading: 46.0 };
        let mark = self.shape(mark_text, style, true, theme::WHITE).fit(self.fonts, TEXT_WIDTH * 0.5);
        let note_style = Type { size: 11.0, leading: 17.0 };
        let note = self.shape_runs(runs, note_style, false, INK);
        let mark_width = (mark.width() + 30.0).max(58.0);
        let note_room = TEXT_WIDTH - mark_width - 60.0;
        let lines = break_lines(&note, note_room, 0.0);
        if lines.len() > MAX_GRADE_LINES && !runs.is_empty() {
            self.grade(tone, mark_text, &Runs::new())?;
            return self.centered(runs, note_style, false, INK, 0.0);
        }
        let note_width = lines.iter().map(|line| line.width).fold(0.0, f32::max);
        let height = (lines.len() as f32 * note_style.leading + 16.0).max(56.0);
        self.y += 22.0;
        self.need(height)?;
        let width = mark_width + if note_width > 0.0 { note_width + 32.0 } else { 0.0 };
        let area = [(PAGE_WIDTH - width) / 2.0, self.y, width, height];
        let left = [area[0], area[1], mark_width, height];
        self.canvas.artifact(|canvas| {
            let frame = Some((theme::strong(tone), 1.0));
            canvas.put(Item::Shape {
                points: rounded(area, 5.0),
                fill: Some(theme::pale(tone)),
                stroke: frame,
                closed: true,
            });
            canvas.put(Item::Shape {
                points: rounded(left, 5.0),
                fill: Some(theme::strong(tone)),
                stroke: None,
                closed: true,
            });
        });
        let node = self.canvas.node(ROOT, "P");
        let y = self.y + height / 2.0 + style.size * 0.36;
        self.one_line(Some(node), &mark, area[0] + (mark_width - mark.width()) / 2.0, y);
        self.y += (height - lines.len() as f32 * note_style.leading) / 2.0;
        let flow = Flow { x: area[0] + mark_width + 16.0, width: note_room, ..Flow::ragged(note_style) };
        self.lines(node, &note, &lines, flow)?;
        self.y = area[1] + height + 16.0;
        Ok(())
    }

    /// Blank lines to sign on, two side by side.
    pub(super) fn signature(&mut self, id: Option<&str>, signature: &Signature, frame: Frame) -> Result<(), PdfError> {
        const ROW: f32 = 40.0;
        self.gap(4.0);
        self.need(ROW)?;
        self.anchor(id);
        for label in &signature.labels {
            self.need(ROW)?;
            let node = self.canvas.node(frame.node, "P");
            self.sign_here(node, label, &signature.date, frame);
            self.y += ROW;
        }
        self.y += 6.0;
        Ok(())
    }

    fn sign_here(&mut self, node: NodeId, label: &str, date: &str, frame: Frame) {
        let y = self.y + 26.0;
        let label = self
            .shape(&format!("{label}{}", self.lang.pick("：", ":")), BODY, false, INK)
            .fit(self.fonts, frame.width * 0.34);
        let label_width = label.width();
        self.one_line(Some(node), &label, frame.x, y);
        let mut lines = vec![[frame.x + label_width + 4.0, y + 3.0, frame.width * 0.62 - label_width - 14.0, 0.7]];
        if !date.is_empty() {
            let date = self
                .shape(&format!("{date}{}", self.lang.pick("：", ":")), BODY, false, INK)
                .fit(self.fonts, frame.width * 0.2);
            let x = frame.x + frame.width * 0.64;
            let width = self.one_line(Some(node), &date, x, y);
            lines.push([x + width + 4.0, y + 3.0, frame.width * 0.36 - width - 4.0, 0.7]);
        }
        self.canvas.artifact(|canvas| canvas.put(Item::Fill { color: GREY, areas: lines }));
    }

    /// Code on a grey ground; long lines go on below.
    pub(super) fn code(&mut self, id: Option<&str>, text: &str, frame: Frame) -> Result<(), PdfError> {
        const PAD: f32 = 6.0;
        let look = Look { mono: true, ..Default::default() };
        let size = CODE.size / theme::MONO_SCALE;
        let runs = vec![Run { text: text.to_owned(), look }];
        let shaped = self.shape_runs(&runs, Type { size, ..CODE }, false, INK);
        let lines = break_lines(&shaped, frame.width - 2.0 * PAD, 0.0);
        self.need(2.0 * PAD + CODE.leading * lines.len().min(3) as f32)?;
        self.anchor(id);
        let node = self.canvas.node(frame.node, "P");
        let code = self.canvas.node(node, "Code");
        let mut done = 0;
        while done < lines.len() {
            let room = ((self.room() - 2.0 * PAD) / CODE.leading).floor().max(0.0) as usize;
            if room == 0 {
                self.new_page()?;
                continue;
            }
            let part = &lines[done..(done + room).min(lines.len())];
            self.code_part(code, &shaped, part, frame, PAD);
            done += part.len();
        }
        self.y += 7.0;
        Ok(())
    }

    fn code_part(&mut self, node: NodeId, shaped: &Shaped, lines: &[Line], frame: Frame, pad: f32) {
        let height = lines.len() as f32 * CODE.leading + 2.0 * pad;
        let area = [frame.x, self.y, frame.width, height];
        let edge = [frame.x, self.y, 2.0, height];
        self.canvas.artifact(|canvas| {
            canvas.put(Item::Fill { color: theme::CODE_GROUND, areas: vec![area] });
            canvas.put(Item::Fill { color: RULE, areas: vec![edge] });
        });
        for (index, line) in lines.iter().enumerate() {
            let y = self.y + pad + index as f32 * CODE.leading + baseline(CODE);
            let setting = Setting { x: frame.x + pad + 2.0, y, justify: None };
            self.canvas.line(Some(node), shaped, line, setting);
        }
        self.canvas.unmark();
        self.y += height;
    }
}

/// The column of the table at the foot.
fn facts_frame() -> Frame {
    let width = TEXT_WIDTH * 0.78;
    Frame { node: ROOT, x: MARGIN + (TEXT_WIDTH - width) / 2.0, width, depth: 0 }
}
