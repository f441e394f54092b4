//! Draws tables: measured rows, a header on every page, rules and striped rows.

use crate::report::pdf::{
    PdfError,
    block::{Align, Cell, Row, Table, TableStyle},
    canvas::{Item, NodeId, Setting},
    columns::column_widths,
    layout::{Frame, Layout, baseline, numbered},
    linebreak::{Line, break_lines},
    shape::{BaseStyle, Shaped},
    theme::{self, CAPTION, CELL, COMPACT_CELL, INK, NAVY, RULE, Type, WHITE},
};

/// Space between a rule and the text beside it.
pub(super) const PAD_X: f32 = 4.6;
const RULE_WIDTH: f32 = 0.45;
/// Room for the headings above a table.
const HEADING_ROOM: f32 = 110.0;
const SPACE_BELOW: f32 = 9.0;
/// Height of the text area.
const PAGE_ROOM: f32 = theme::BOTTOM - theme::TOP;
/// A header taller than this share of a page is shown once and not repeated.
const MAX_HEAD: f32 = 0.4;
const BULLET_INDENT: f32 = 7.5;
/// In rows of more lines than this, short cells begin at the top instead of standing in the middle.
const MAX_CENTERED_LINES: usize = 5;

/// Size of the text in a table and the space above and below it.
pub(super) fn cell_type(style: TableStyle) -> (Type, f32) {
    match style {
        TableStyle::Compact => (COMPACT_CELL, 2.2),
        TableStyle::KeyValue => (CELL, 3.4),
        TableStyle::Normal => (CELL, 3.2),
    }
}

/// A row with its text broken into lines.
struct MeasuredRow<'a> {
    row: &'a Row,
    cells: Vec<MeasuredCell<'a>>,
    lines: usize,
    head: bool,
}

struct MeasuredCell<'a> {
    cell: &'a Cell,
    /// Left edge and width, from the left of the table.
    x: f32,
    width: f32,
    texts: Vec<Shaped>,
    /// Which text, which line of it, and whether a bullet stands before it.
    lines: Vec<(usize, Line, bool)>,
    text_width: f32,
}

/// A table while it is drawn down the pages.
struct Drawing<'t> {
    table: &'t Table,
    /// Left edges of the columns and, at the end, the right edge of the table.
    edges: Vec<f32>,
    x: f32,
    style: Type,
    pad_y: f32,
    node: NodeId,
    /// Where the vertical rule at each edge began on this page.
    open_rules: Vec<Option<f32>>,
    rules: Vec<[f32; 4]>,
}

impl Layout<'_> {
    pub(super) fn table(&mut self, id: Option<&str>, table: &Table, frame: Frame) -> Result<(), PdfError> {
        let edges = edges_of(&column_widths(self.fonts, table, frame.width));
        let (style, pad_y) = cell_type(table.style);
        let start = self.table_start_height(table, frame);
        self.gap(3.0);
        self.need(start)?;
        self.anchor(id);
        let node = self.canvas.node(frame.node, "Table");
        self.caption_above(node, table, frame);
        let open_rules = vec![None; edges.len()];
        let mut drawing = Drawing { table, edges, x: frame.x, style, pad_y, node, open_rules, rules: Vec::new() };
        self.rows(&mut drawing)?;
        self.end_rules(&mut drawing);
        self.y += SPACE_BELOW;
        Ok(())
    }

    /// Height of the caption, the header and the first row: what must not be parted.
    pub(super) fn table_start_height(&self, table: &Table, frame: Frame) -> f32 {
        let firsts = if table.body.first().is_some_and(|row| row.group) { 2 } else { 1 };
        self.height_of_rows(table, firsts, frame)
    }

    /// Height of the whole table on one page.
    pub(super) fn table_height(&self, table: &Table, frame: Frame) -> f32 {
        self.height_of_rows(table, table.body.len(), frame) + SPACE_BELOW
    }

    fn height_of_rows(&self, table: &Table, count: usize, frame: Frame) -> f32 {
        let edges = edges_of(&column_widths(self.fonts, table, frame.width));
        let (style, pad_y) = cell_type(table.style);
        let caption = if table.caption.is_empty() { 0.0 } else { CAPTION.leading + 3.0 };
        let rows = table.head.iter().chain(table.body.iter().take(count));
        let lines = rows.map(|row| self.measure(row, &edges, style, false).lines as f32);
        let height = caption + lines.map(|lines| lines * style.leading + 2.0 * pad_y).sum::<f32>();
        // What does not fit on a page is split anyway: a few lines are enough to begin with.
        if height < PAGE_ROOM - HEADING_ROOM { height } else { caption + 4.0 * style.leading }
    }

    fn caption_above(&mut self, parent: NodeId, table: &Table, frame: Frame) {
        if table.caption.is_empty() {
            return;
        }
        let number = self.counter.table();
        let title = numbered(&number, &table.caption, self.lang);
        let node = self.canvas.node(parent, "Caption");
        let shaped = self.shape(&title, CAPTION, true, INK);
        if let Some(line) = break_lines(&shaped, frame.width, 0.0).first() {
            let setting = Setting { x: frame.x, y: self.y + baseline(CAPTION), justify: None };
            self.canvas.line(Some(node), &shaped, line, setting);
        }
        self.canvas.unmark();
        self.y += CAPTION.leading + 3.0;
    }

    fn rows(&mut self, drawing: &mut Drawing<'_>) -> Result<(), PdfError> {
        let table = drawing.table;
        let head: Vec<_> =
            table.head.iter().map(|row| self.measure(row, &drawing.edges, drawing.style, true)).collect();
        self.begin_rules(drawing);
        let head_height: f32 = head.iter().map(|row| drawing.height(row.lines)).sum();
        let repeated = if head_height < MAX_HEAD * PAGE_ROOM { head.as_slice() } else { &[] };
        for row in &head {
            match repeated.is_empty() {
                true => self.long_row(drawing, row, &[], false)?,
                false => self.whole_row(drawing, row, false, false),
            }
        }
        let page_room = PAGE_ROOM - if repeated.is_empty() { 0.0 } else { head_height };
        let mut striped = false;
        for (index, row) in table.body.iter().enumerate() {
            let measured = self.measure(row, &drawing.edges, drawing.style, false);
            let follower = if row.group && index + 1 < table.body.len() { drawing.height(1) } else { 0.0 };
            let height = drawing.height(measured.lines);
            striped = !striped && !row.group;
            if height > page_room {
                self.long_row(drawing, &measured, repeated, striped)?;
                continue;
            }
            if height + follower > self.room() {
                self.next_page(drawing, repeated)?;
            }
            self.whole_row(drawing, &measured, striped, false);
        }
        Ok(())
    }

    /// Goes on with the table on a new page, below its header.
    fn next_page(&mut self, drawing: &mut Drawing<'_>, head: &[MeasuredRow<'_>]) -> Result<(), PdfError> {
        self.end_rules(drawing);
        self.new_page()?;
        self.begin_rules(drawing);
        for row in head {
            self.whole_row(drawing, row, false, true);
        }
        Ok(())
    }

    fn whole_row(&mut self, drawing: &mut Drawing<'_>, row: &MeasuredRow<'_>, striped: bool, repeated: bool) {
        let nodes = if repeated { Vec::new() } else { self.row_nodes(drawing.node, row) };
        self.anchor(row.row.id.as_deref());
        self.part_of_row(drawing, row, &nodes, (0, row.lines), striped);
    }

    /// A row taller than a page goes on over the page end.
    fn long_row(
        &mut self,
        drawing: &mut Drawing<'_>,
        row: &MeasuredRow<'_>,
        head: &[MeasuredRow<'_>],
        striped: bool,
    ) -> Result<(), PdfError> {
        let nodes = self.row_nodes(drawing.node, row);
        let mut done = 0;
        while done < row.lines {
            let mut fit = ((self.room() - 2.0 * drawing.pad_y) / drawing.style.leading).floor().max(0.0) as usize;
            if fit < 3 {
                self.next_page(drawing, head)?;
                fit = ((self.room() - 2.0 * drawing.pad_y) / drawing.style.leading).floor().max(1.0) as usize;
            }
            if done == 0 {
                self.anchor(row.row.id.as_deref());
            }
            let count = fit.min(row.lines - done);
            self.part_of_row(drawing, row, &nodes, (done, count), striped);
            done += count;
        }
        Ok(())
    }

    fn row_nodes(&mut self, table: NodeId, row: &MeasuredRow<'_>) -> Vec<NodeId> {
        let parent = self.canvas.node(table, "TR");
        let mut nodes = Vec::with_capacity(row.cells.len());
        for cell in &row.cells {
            let heading = row.head || cell.cell.heading;
            let node = self.canvas.node(parent, if heading { "TH" } else { "TD" });
            let element = &mut self.canvas.nodes[node];
            element.scope = heading.then_some(if row.head { "Column" } else { "Row" });
            element.span = cell.cell.span;
            nodes.push(node);
        }
        nodes
    }

    /// Draws `count` lines of a row from line `from` on. Without nodes it is decoration.
    fn part_of_row(
        &mut self,
        drawing: &mut Drawing<'_>,
        row: &MeasuredRow<'_>,
        nodes: &[NodeId],
        (from, count): (usize, usize),
        striped: bool,
    ) {
        let height = drawing.height(count);
        let (top, x) = (self.y, drawing.x);
        self.ground(drawing, row, height, striped);
        if nodes.is_empty() {
            self.canvas.unmark();
            self.canvas.put(Item::Artifact);
        }
        for (index, cell) in row.cells.iter().enumerate() {
            let visible = cell.lines.iter().skip(from).take(count);
            let shown = visible.len().max(usize::from(cell.cell.meter.is_some()));
            let middle = if row.lines > MAX_CENTERED_LINES { 0.0 } else { (count - shown.min(count)) as f32 / 2.0 };
            let y = top + drawing.pad_y + middle * drawing.style.leading;
            if from == 0 {
                self.meter(cell, x, y, drawing.style, nodes.is_empty());
            }
            for (line_index, (text, line, bullet)) in visible.enumerate() {
                let y = y + line_index as f32 * drawing.style.leading + baseline(drawing.style);
                self.cell_line(cell, (*text, line, *bullet), x, y, nodes.get(index).copied());
            }
            self.canvas.unmark();
        }
        if nodes.is_empty() {
            self.canvas.put(Item::End);
        }
        self.y += height;
        drawing.rule_row(row, top, self.y);
    }

    fn cell_line(
        &mut self,
        cell: &MeasuredCell<'_>,
        (text, line, bullet): (usize, &Line, bool),
        x: f32,
        y: f32,
        node: Option<NodeId>,
    ) {
        let shaped = &cell.texts[text];
        let indent = if bullet { BULLET_INDENT } else { 0.0 };
        let left = x + cell.x + cell.width - PAD_X - cell.text_width + indent;
        let free = cell.text_width - indent - line.width;
        let x = match cell.cell.align {
            Align::Start => left,
            Align::Center => left + free / 2.0,
            Align::End => left + free,
        };
        if bullet && line.start == 0 {
            let dot = self.shape("•", CELL, false, INK);
            self.one_line(node, &dot, left - BULLET_INDENT, y);
        }
        self.canvas.line(node, shaped, line, Setting { x, y, justify: None });
    }

    fn meter(&mut self, cell: &MeasuredCell<'_>, x: f32, y: f32, style: Type, decoration: bool) {
        let Some(share) = cell.cell.meter else { return };
        let width = cell.width - 2.0 * PAD_X - if cell.texts.is_empty() { 0.0 } else { cell.text_width + 5.0 };
        if width < 4.0 {
            return;
        }
        let bar = [x + cell.x + PAD_X, y + style.leading / 2.0 - 3.4, width, 6.8];
        let filled = [bar[0], bar[1], width * share, bar[3]];
        let draw = |canvas: &mut crate::report::pdf::canvas::Canvas| {
            canvas.put(Item::Fill { color: theme::FAINT, areas: vec![bar] });
            canvas.put(Item::Fill { color: theme::BLUE, areas: vec![filled] });
        };
        if decoration { draw(&mut self.canvas) } else { self.canvas.artifact(draw) }
    }

    fn ground(&mut self, drawing: &Drawing<'_>, row: &MeasuredRow<'_>, height: f32, striped: bool) {
        let width = drawing.edges.last().copied().unwrap_or(0.0);
        let y = self.y;
        let whole = [drawing.x, y, width, height];
        let fill = match () {
            () if row.head => Some((NAVY, vec![whole])),
            () if row.row.group => Some((theme::GROUP, vec![whole])),
            () if drawing.table.style == TableStyle::KeyValue => {
                let names = row.cells.iter().filter(|cell| cell.cell.heading);
                Some((theme::ZEBRA, names.map(|cell| [drawing.x + cell.x, y, cell.width, height]).collect()))
            }
            () if drawing.table.zebra && !striped => Some((theme::ZEBRA, vec![whole])),
            () => None,
        };
        if let Some((color, areas)) = fill.filter(|(_, areas)| !areas.is_empty()) {
            self.canvas.artifact(|canvas| canvas.put(Item::Fill { color, areas }));
        }
    }

    fn begin_rules(&mut self, drawing: &mut Drawing<'_>) {
        let width = drawing.edges.last().copied().unwrap_or(0.0);
        drawing.rules.push([drawing.x, self.y - RULE_WIDTH / 2.0, width, RULE_WIDTH]);
    }

    fn end_rules(&mut self, drawing: &mut Drawing<'_>) {
        let y = self.y;
        for edge in 0..drawing.edges.len() {
            drawing.close_rule(edge, y);
        }
        let areas = std::mem::take(&mut drawing.rules);
        self.canvas.artifact(|canvas| canvas.put(Item::Fill { color: RULE, areas }));
    }

    fn measure<'a>(&self, row: &'a Row, edges: &[f32], style: Type, head: bool) -> MeasuredRow<'a> {
        let mut cells = Vec::with_capacity(row.cells.len());
        let mut column = 0;
        for cell in &row.cells {
            let end = (column + cell.span).min(edges.len() - 1);
            let (x, width) = (edges[column], edges[end] - edges[column]);
            let bold = head || cell.heading || row.group;
            let color = if head { WHITE } else { INK };
            cells.push(self.measure_cell(cell, (x, width), BaseStyle { size: style.size, color, bold }));
            column = end;
        }
        let lines = cells.iter().map(|cell| cell.lines.len()).max().unwrap_or(1).max(1);
        MeasuredRow { row, cells, lines, head }
    }

    fn measure_cell<'a>(&self, cell: &'a Cell, (x, width): (f32, f32), base: BaseStyle) -> MeasuredCell<'a> {
        let full = (width - 2.0 * PAD_X).max(base.size);
        let mut measured = MeasuredCell { cell, x, width, texts: Vec::new(), lines: Vec::new(), text_width: full };
        measured.texts = cell.lines.iter().map(|line| Shaped::new(self.fonts, &line.runs, base)).collect();
        if cell.meter.is_some() {
            let natural = measured.texts.iter().map(Shaped::width).fold(0.0, f32::max);
            measured.text_width = natural.min(full * 0.6);
        }
        for (index, text) in measured.texts.iter().enumerate() {
            let bullet = cell.lines[index].bullet;
            let indent = if bullet { BULLET_INDENT } else { 0.0 };
            let lines = break_lines(text, (measured.text_width - indent).max(base.size) + 0.01, 0.0);
            measured.lines.extend(lines.into_iter().map(|line| (index, line, bullet)));
        }
        measured
    }
}

/// Left edges of columns and the right edge of the last.
fn edges_of(widths: &[f32]) -> Vec<f32> {
    let mut x = 0.0;
    let ends = widths.iter().map(|width| {
        x += width;
        x
    });
    std::iter::once(0.0).chain(ends).collect()
}

impl Drawing<'_> {
    fn height(&self, lines: usize) -> f32 {
        lines as f32 * self.style.leading + 2.0 * self.pad_y
    }

    /// Rules below a row and between its cells; an edge inside a joined cell gets none.
    fn rule_row(&mut self, row: &MeasuredRow<'_>, top: f32, bottom: f32) {
        let width = self.edges.last().copied().unwrap_or(0.0);
        self.rules.push([self.x, bottom - RULE_WIDTH / 2.0, width, RULE_WIDTH]);
        let mut here = vec![false; self.edges.len()];
        let mut column = 0;
        here[0] = true;
        for cell in &row.cells {
            column = (column + cell.cell.span).min(self.edges.len() - 1);
            here[column] = true;
        }
        if let Some(last) = here.last_mut() {
            *last = true;
        }
        for (edge, is_here) in here.into_iter().enumerate() {
            match (is_here, self.open_rules[edge]) {
                (true, None) => self.open_rules[edge] = Some(top),
                (false, Some(_)) => self.close_rule(edge, top),
                _ => {}
            }
        }
    }

    fn close_rule(&mut self, edge: usize, y: f32) {
        if let Some(from) = self.open_rules[edge].take() {
            self.rules.push([self.x + self.edges[edge] - RULE_WIDTH / 2.0, from, RULE_WIDTH, y - from]);
        }
    }
}
