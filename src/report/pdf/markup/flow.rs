//! Blocks: paragraphs, headings, lists, boxes and the cover.

use roxmltree::Node;

use super::{Mistake, Read, Reader, bad_attribute, has_class, inline, inline::LineBuilder, number, text};
use crate::report::pdf::block::{
    Align, Block, BlockKind, Callout, CoverPart, Heading, List, ListItem, Look, Numbering, Para, ParaKind, Runs,
    Signature, Toc, Tone,
};

impl Reader {
    /// The blocks inside `node`; loose text becomes paragraphs.
    pub(super) fn flow(&mut self, node: Node<'_, '_>) -> Read<Vec<Block>> {
        let mut blocks = Vec::new();
        let mut line = LineBuilder::default();
        for child in node.children().filter(|child| child.is_element() || child.is_text()) {
            if inline::is_inline(child) {
                self.inline(child, node.tag_name().name(), &Look::default(), &mut line)?;
            } else {
                end_line(&mut line, &mut blocks);
                self.deeper(child, |reader| reader.block(child, node.tag_name().name(), &mut blocks))?;
            }
        }
        end_line(&mut line, &mut blocks);
        Ok(blocks)
    }

    fn block(&mut self, node: Node<'_, '_>, parent: &str, blocks: &mut Vec<Block>) -> Read<()> {
        let kind = match node.tag_name().name() {
            "div" | "section" => return self.division(node, blocks),
            "figure" => BlockKind::Figure(self.figure(node)?),
            "h1" => self.heading(node, 1)?,
            "h2" => self.heading(node, 2)?,
            "h3" => self.heading(node, 3)?,
            "nav" => toc(node)?,
            "ol" => self.list(node, true)?,
            "p" => BlockKind::Para(self.para(node)?),
            "pre" => BlockKind::Code(code(node)?),
            "table" => BlockKind::Table(self.table(node)?),
            "ul" => self.list(node, false)?,
            _ => return Err(Mistake::unknown(node, parent)),
        };
        let starts_page = matches!(&kind, BlockKind::Heading(heading) if heading.level == 1);
        if starts_page && node.attribute("data-break") != Some("no") {
            blocks.push(Block { id: None, kind: BlockKind::PageBreak });
        }
        let id = self.id(node)?;
        blocks.push(Block { id, kind });
        Ok(())
    }

    fn division(&mut self, node: Node<'_, '_>, blocks: &mut Vec<Block>) -> Read<()> {
        let id = self.id(node)?;
        let kind = match () {
            () if has_class(node, "cover") => BlockKind::Cover(self.cover(node)?),
            () if has_class(node, "callout") => {
                let tone = node.attribute("class").and_then(Tone::of_class).unwrap_or(Tone::Info);
                BlockKind::Callout(Callout { tone, blocks: self.flow(node)? })
            }
            () if has_class(node, "keep") => BlockKind::Keep(self.flow(node)?),
            () if has_class(node, "pagebreak") => BlockKind::PageBreak,
            () if has_class(node, "signature") => BlockKind::Signature(self.signature(node)?),
            () => {
                if id.is_some() {
                    blocks.push(Block { id, kind: BlockKind::Anchor });
                }
                blocks.extend(self.flow(node)?);
                return Ok(());
            }
        };
        blocks.push(Block { id, kind });
        Ok(())
    }

    fn heading(&mut self, node: Node<'_, '_>, level: u8) -> Read<BlockKind> {
        let numbering = match () {
            () if has_class(node, "plain") => Numbering::Plain,
            () if has_class(node, "appendix") && level == 1 => Numbering::Appendix,
            () => Numbering::Chapter,
        };
        Ok(BlockKind::Heading(Heading { level, numbering, text: self.plain(node)? }))
    }

    fn para(&mut self, node: Node<'_, '_>) -> Read<Para> {
        let kind = match () {
            () if has_class(node, "note") => ParaKind::Note,
            () if has_class(node, "small") => ParaKind::Small,
            () => ParaKind::Body,
        };
        let indent = has_class(node, "indent");
        Ok(Para { kind, align: align_of(node), indent, runs: self.runs(node, &Look::default())? })
    }

    fn list(&mut self, node: Node<'_, '_>, ordered: bool) -> Read<BlockKind> {
        let mut items = Vec::new();
        for child in node.children().filter(Node::is_element) {
            if child.tag_name().name() != "li" {
                return Err(Mistake::unknown(child, node.tag_name().name()));
            }
            let id = self.id(child)?;
            items.push(ListItem { id, blocks: self.flow(child)? });
        }
        Ok(BlockKind::List(List { ordered, items }))
    }

    fn signature(&mut self, node: Node<'_, '_>) -> Read<Signature> {
        let mut labels = Vec::new();
        for child in node.children().filter(Node::is_element) {
            if child.tag_name().name() != "p" {
                return Err(Mistake::unknown(child, "div class=\"signature\""));
            }
            labels.push(self.plain(child)?);
        }
        let date = text::printable(node.attribute("data-date").unwrap_or_default()).into_owned();
        Ok(Signature { labels, date })
    }

    fn cover(&mut self, node: Node<'_, '_>) -> Read<Vec<CoverPart>> {
        node.children().filter(Node::is_element).map(|child| self.cover_part(child)).collect()
    }

    fn cover_part(&mut self, node: Node<'_, '_>) -> Read<CoverPart> {
        let class = |name| has_class(node, name);
        match node.tag_name().name() {
            "table" => Ok(CoverPart::Facts(self.table(node)?)),
            "div" if class("grade") => self.grade(node),
            "p" | "div" => {
                let runs = self.runs(node, &Look::default())?;
                Ok(match () {
                    () if class("title") => CoverPart::Title(runs),
                    () if class("subtitle") => CoverPart::Subtitle(runs),
                    () if class("small") => CoverPart::Small(runs),
                    () if class("foot") => CoverPart::Foot(runs),
                    () => CoverPart::Line(runs),
                })
            }
            _ => Err(Mistake::unknown(node, "section class=\"cover\"")),
        }
    }

    fn grade(&mut self, node: Node<'_, '_>) -> Read<CoverPart> {
        let tone = node.attribute("class").and_then(Tone::of_class).unwrap_or(Tone::Unknown);
        let runs = self.runs(node, &Look::default())?;
        let (mark, mut note): (Runs, Runs) = runs.into_iter().partition(|run| run.look.bold);
        if let Some(first) = note.first_mut() {
            first.text = first.text.trim_start().to_owned();
        }
        Ok(CoverPart::Grade { tone, mark: mark.into_iter().map(|run| run.text).collect(), note })
    }
}

pub(super) fn align_of(node: Node<'_, '_>) -> Align {
    match () {
        () if has_class(node, "center") => Align::Center,
        () if has_class(node, "end") || has_class(node, "num") => Align::End,
        () => Align::Start,
    }
}

/// The text of `<pre>`, tabs and line feeds kept, a first line feed dropped as in HTML.
pub(super) fn code(node: Node<'_, '_>) -> Read<String> {
    let mut out = String::new();
    for part in node.descendants().skip(1) {
        match part.text().filter(|_| part.is_text()) {
            Some(content) => out.push_str(content),
            None if part.is_element() && part.tag_name().name() != "code" => return Err(Mistake::unknown(part, "pre")),
            None => {}
        }
    }
    let lines = out.replace("\r\n", "\n").replace('\t', "    ");
    let lines = lines.strip_prefix('\n').unwrap_or(&lines);
    Ok(text::printable(lines.trim_end_matches('\n')).replace('\r', "\\x0d"))
}

fn toc(node: Node<'_, '_>) -> Read<BlockKind> {
    let depth = number(node, "data-depth", 2.0)?;
    if !(1.0..=3.0).contains(&depth) {
        return Err(bad_attribute(node, "data-depth", &depth.to_string(), "1, 2 or 3"));
    }
    let title = text::printable(node.attribute("data-title").unwrap_or_default()).into_owned();
    Ok(BlockKind::Toc(Toc { title, depth: depth as u8 }))
}

fn end_line(line: &mut LineBuilder, blocks: &mut Vec<Block>) {
    if !line.is_empty() {
        let para = Para { runs: line.finish(), ..Para::default() };
        if !para.runs.is_empty() {
            blocks.push(Block { id: None, kind: BlockKind::Para(para) });
        }
    }
    *line = LineBuilder::default();
}
