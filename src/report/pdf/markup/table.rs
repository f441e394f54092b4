//! Tables: columns, rows and cells.

use roxmltree::Node;

use super::{Mistake, Read, Reader, bad_attribute, flow, has_class, inline, inline::LineBuilder, number};
use crate::report::pdf::{
    MarkupProblem,
    block::{Cell, CellText, ColumnWidth, Look, Row, Run, Table, TableStyle},
};

const POINTS_PER_MM: f32 = 72.0 / 25.4;
/// More columns cannot be read on A4.
const MAX_COLUMNS: usize = 40;

impl Reader {
    pub(super) fn table(&mut self, node: Node<'_, '_>) -> Read<Table> {
        let style = match () {
            () if has_class(node, "kv") => TableStyle::KeyValue,
            () if has_class(node, "compact") => TableStyle::Compact,
            () => TableStyle::Normal,
        };
        let zebra = style != TableStyle::KeyValue && !has_class(node, "plain");
        let mut table = Table { style, zebra, columns: declared_widths(node)?, ..Table::default() };
        for child in node.children().filter(Node::is_element) {
            match child.tag_name().name() {
                "caption" => table.caption = self.plain(child)?,
                "colgroup" => table.columns = column_group(child)?,
                "thead" => self.rows(child, &mut table.head)?,
                "tbody" => self.rows(child, &mut table.body)?,
                "tr" => {
                    let row = self.row(child)?;
                    table.body.push(row);
                }
                _ => return Err(Mistake::unknown(child, "table")),
            }
        }
        complete_columns(node, &mut table)?;
        Ok(table)
    }

    fn rows(&mut self, node: Node<'_, '_>, rows: &mut Vec<Row>) -> Read<()> {
        for child in node.children().filter(Node::is_element) {
            if child.tag_name().name() != "tr" {
                return Err(Mistake::unknown(child, node.tag_name().name()));
            }
            rows.push(self.row(child)?);
        }
        Ok(())
    }

    fn row(&mut self, node: Node<'_, '_>) -> Read<Row> {
        let id = self.id(node)?;
        let mut row = Row { id, group: has_class(node, "group"), cells: Vec::new() };
        for child in node.children().filter(Node::is_element) {
            match child.tag_name().name() {
                "td" | "th" => row.cells.push(self.deeper(child, |reader| reader.cell(child))?),
                _ => return Err(Mistake::unknown(child, "tr")),
            }
        }
        Ok(row)
    }

    fn cell(&mut self, node: Node<'_, '_>) -> Read<Cell> {
        if let Some(value) = node.attribute("rowspan").filter(|value| *value != "1") {
            return Err(bad_attribute(node, "rowspan", value, "left out: rows cannot be joined"));
        }
        let span = number(node, "colspan", 1.0)?;
        if !(1.0..=MAX_COLUMNS as f32).contains(&span) {
            return Err(bad_attribute(node, "colspan", &span.to_string(), "1 to 40"));
        }
        let mut cell = Cell { heading: node.tag_name().name() == "th", span: span as usize, ..Cell::default() };
        cell.align = flow::align_of(node);
        self.cell_content(node, &mut cell)?;
        Ok(cell)
    }

    fn cell_content(&mut self, node: Node<'_, '_>, cell: &mut Cell) -> Read<()> {
        let mut line = LineBuilder::default();
        for child in node.children().filter(|child| child.is_element() || child.is_text()) {
            if inline::is_inline(child) {
                self.inline(child, node.tag_name().name(), &Look::default(), &mut line)?;
                continue;
            }
            end_line(&mut line, cell);
            match child.tag_name().name() {
                "meter" => cell.meter = Some(meter(child)?),
                "p" | "div" => {
                    let runs = self.runs(child, &Look::default())?;
                    cell.lines.push(CellText { bullet: false, runs });
                }
                "ul" | "ol" => self.cell_list(child, cell)?,
                "pre" => cell.lines.push(CellText { bullet: false, runs: code_runs(child)? }),
                _ => return Err(Mistake::unknown(child, node.tag_name().name())),
            }
        }
        end_line(&mut line, cell);
        Ok(())
    }

    fn cell_list(&mut self, node: Node<'_, '_>, cell: &mut Cell) -> Read<()> {
        for item in node.children().filter(Node::is_element) {
            if item.tag_name().name() != "li" {
                return Err(Mistake::unknown(item, node.tag_name().name()));
            }
            let runs = self.runs(item, &Look::default())?;
            cell.lines.push(CellText { bullet: true, runs });
        }
        Ok(())
    }
}

fn end_line(line: &mut LineBuilder, cell: &mut Cell) {
    let runs = line.finish();
    if !runs.is_empty() {
        cell.lines.push(CellText { bullet: false, runs });
    }
}

fn code_runs(node: Node<'_, '_>) -> Read<Vec<Run>> {
    let text = flow::code(node)?;
    Ok(vec![Run { text, look: Look { mono: true, ..Look::default() } }])
}

fn meter(node: Node<'_, '_>) -> Read<f32> {
    let (value, least, most) = (number(node, "value", 0.0)?, number(node, "min", 0.0)?, number(node, "max", 1.0)?);
    if most <= least {
        return Err(bad_attribute(node, "max", &most.to_string(), "more than min"));
    }
    Ok(((value - least) / (most - least)).clamp(0.0, 1.0))
}

fn declared_widths(node: Node<'_, '_>) -> Read<Vec<ColumnWidth>> {
    let Some(widths) = node.attribute("data-widths") else { return Ok(Vec::new()) };
    let parsed: Option<Vec<_>> = widths.split_ascii_whitespace().map(|width| parse_width(width, true)).collect();
    parsed.ok_or_else(|| bad_attribute(node, "data-widths", widths, "millimetres, percentages or `auto`"))
}

fn column_group(node: Node<'_, '_>) -> Read<Vec<ColumnWidth>> {
    let mut columns = Vec::new();
    for child in node.children().filter(Node::is_element) {
        if child.tag_name().name() != "col" {
            return Err(Mistake::unknown(child, "colgroup"));
        }
        let style = child.attribute("style").unwrap_or("width:auto");
        let width = style.split(';').filter_map(|rule| rule.trim().strip_prefix("width:")).next().unwrap_or("auto");
        let width = parse_width(width.trim(), false)
            .ok_or_else(|| bad_attribute(child, "style", style, "a width in mm, in % or auto"))?;
        columns.push(width);
    }
    Ok(columns)
}

fn parse_width(text: &str, bare_is_mm: bool) -> Option<ColumnWidth> {
    if text == "auto" {
        return Some(ColumnWidth::Auto);
    }
    let finite = |number: &str| number.trim().parse::<f32>().ok().filter(|n| n.is_finite() && *n > 0.0 && *n < 1e4);
    if let Some(share) = text.strip_suffix('%') {
        return finite(share).map(|share| ColumnWidth::Share(share / 100.0));
    }
    let millimetres = match text.strip_suffix("mm") {
        Some(number) => finite(number),
        None if bare_is_mm => finite(text),
        None => None,
    };
    millimetres.map(|mm| ColumnWidth::Points(mm * POINTS_PER_MM))
}

/// Undeclared columns are automatic; a row with more cells than declared columns is a mistake.
fn complete_columns(node: Node<'_, '_>, table: &mut Table) -> Read<()> {
    let spans = |row: &Row| row.cells.iter().map(|cell| cell.span).sum::<usize>();
    let most = table.head.iter().chain(&table.body).map(spans).max().unwrap_or(0);
    let columns = if table.columns.is_empty() { MAX_COLUMNS } else { table.columns.len() };
    if most > columns {
        return Err(Mistake::at(node, MarkupProblem::TooManyCells { columns }));
    }
    if table.columns.is_empty() {
        table.columns = vec![ColumnWidth::Auto; most.max(1)];
    }
    Ok(())
}
