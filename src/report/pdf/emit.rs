//! Placed items become the page operations of `printpdf`.

use std::collections::BTreeMap;

use printpdf::{
    Actions, BorderArray, Color, Destination, DictItem, Line, LinePoint, LinkAnnotation, Mm, Op, PaintMode,
    PdfDocument, PdfFontHandle, PdfPage, PdfSaveOptions, Point, Polygon, PolygonRing, Pt, Rect, Rgb as PdfRgb,
    TextItem, TextMatrix, WindingOrder,
};

use crate::report::pdf::{
    FontBook, PdfError,
    block::Target,
    canvas::{Area, Item, LinkArea, LinkTarget, Page, Segment},
    embed::{MISSING, Usage, font_id},
    layout::LaidOut,
    theme::{PAGE_HEIGHT, Rgb},
};

/// The document as `lopdf` objects, still without structure and outline.
pub(super) fn emit(document: &LaidOut, fonts: &FontBook, usage: &Usage) -> Result<lopdf::Document, PdfError> {
    let mut pdf = PdfDocument::new("");
    pdf.resources.fonts.map = usage.embed(fonts)?;
    let pages = document.canvas.pages.iter().map(|page| {
        let mut ops = Ops { fonts, list: Vec::new(), state: State::default() };
        page.items.iter().for_each(|item| ops.item(item));
        ops.links(page, document);
        PdfPage::new(Mm(210.0), Mm(297.0), ops.list)
    });
    let pages: Vec<_> = pages.collect();
    pdf.with_pages(pages);
    let mut warnings = Vec::new();
    Ok(pdf.to_lopdf_document(&PdfSaveOptions::default(), &mut warnings))
}

/// What the page's graphics state is known to be: nothing is set twice.
#[derive(Default)]
struct State {
    fill: Option<Rgb>,
    stroke: Option<(Rgb, f32)>,
    font: Option<(u8, f32)>,
    tracking: f32,
}

struct Ops<'a> {
    fonts: &'a FontBook,
    list: Vec<Op>,
    state: State,
}

impl Ops<'_> {
    fn item(&mut self, item: &Item) {
        match item {
            Item::Begin { tag, mcid } => {
                let mcid = BTreeMap::from([("MCID".to_owned(), DictItem::Int(i64::from(*mcid)))]);
                let properties = DictItem::Dict { map: mcid };
                self.list.push(Op::BeginMarkedContentWithProperties { tag: (*tag).to_owned(), properties });
            }
            Item::Artifact => self.list.push(Op::BeginMarkedContent { tag: "Artifact".to_owned() }),
            Item::End => self.list.push(Op::EndMarkedContent),
            Item::Fill { color, areas } => {
                self.fill(*color);
                areas.iter().for_each(|area| self.list.push(filled(*area)));
            }
            Item::Spaced { text } => {
                let units = std::iter::once(0xfeff).chain(text.encode_utf16());
                let data = units.flat_map(u16::to_be_bytes).collect();
                let text = BTreeMap::from([("ActualText".to_owned(), DictItem::String { data, literal: false })]);
                let properties = DictItem::Dict { map: text };
                self.list.push(Op::BeginMarkedContentWithProperties { tag: "Span".to_owned(), properties });
            }
            Item::Shape { points, fill, stroke, closed } => self.shape(points, *fill, *stroke, *closed),
            Item::Text { x, y, rotated, segments } => self.text((*x, *y), *rotated, segments),
        }
    }

    fn fill(&mut self, color: Rgb) {
        if self.state.fill != Some(color) {
            self.state.fill = Some(color);
            self.list.push(Op::SetFillColor { col: pdf_color(color) });
        }
    }

    fn stroke(&mut self, color: Rgb, width: f32) {
        if self.state.stroke != Some((color, width)) {
            self.state.stroke = Some((color, width));
            self.list.push(Op::SetOutlineColor { col: pdf_color(color) });
            self.list.push(Op::SetOutlineThickness { pt: Pt(width) });
        }
    }

    fn shape(&mut self, points: &[(f32, f32)], fill: Option<Rgb>, stroke: Option<(Rgb, f32)>, closed: bool) {
        if let Some(color) = fill {
            self.fill(color);
        }
        if let Some((color, width)) = stroke {
            self.stroke(color, width);
        }
        let points: Vec<_> = points.iter().map(|at| LinePoint { p: point(*at), bezier: false }).collect();
        let mode = match (fill, stroke) {
            (Some(_), Some(_)) => PaintMode::FillStroke,
            (Some(_), None) => PaintMode::Fill,
            _ => PaintMode::Stroke,
        };
        self.list.push(match closed || fill.is_some() {
            true => {
                let rings = vec![PolygonRing { points }];
                Op::DrawPolygon { polygon: Polygon { rings, mode, winding_order: WindingOrder::NonZero } }
            }
            false => Op::DrawLine { line: Line { points, is_closed: false } },
        });
    }

    fn text(&mut self, at: (f32, f32), rotated: bool, segments: &[Segment]) {
        if segments.is_empty() {
            return;
        }
        self.list.push(Op::StartTextSection);
        self.list.push(match rotated {
            true => {
                let place = point(at);
                Op::SetTextMatrix { matrix: TextMatrix::Raw([SLANT, SLANT, -SLANT, SLANT, place.x.0, place.y.0]) }
            }
            false => Op::SetTextCursor { pos: point(at) },
        });
        for segment in segments {
            self.segment(segment);
        }
        self.list.push(Op::EndTextSection);
    }

    fn segment(&mut self, segment: &Segment) {
        if self.state.font != Some((segment.face, segment.size)) {
            self.state.font = Some((segment.face, segment.size));
            let font = PdfFontHandle::External(font_id(segment.face));
            self.list.push(Op::SetFont { font, size: Pt(rounded(segment.size)) });
        }
        self.fill(segment.color);
        let tracking = (segment.tracking * 1000.0).round() / 1000.0;
        if self.state.tracking != tracking {
            self.state.tracking = tracking;
            self.list.push(Op::SetCharacterSpacing { multiplier: tracking });
        }
        let face = &self.fonts.faces()[usize::from(segment.face)];
        let mut items = Vec::with_capacity(segment.parts.len() * 2);
        for (text, behind) in &segment.parts {
            let shown = text.chars().map(|c| if face.has(c) { c } else { MISSING }).collect();
            items.push(TextItem::Text(shown));
            let offset = (-behind / segment.size * 1000.0).round();
            if offset != 0.0 {
                items.push(TextItem::Offset(offset));
            }
        }
        self.list.push(Op::ShowText { items });
    }

    fn links(&mut self, page: &Page, document: &LaidOut) {
        for link in &page.links {
            if let Some(actions) = actions(link, document) {
                let border = Some(BorderArray::Solid([0.0, 0.0, 0.0]));
                let link = LinkAnnotation::new(rect(link.area), actions, border, None, None);
                self.list.push(Op::LinkAnnotation { link });
            }
        }
    }
}

/// Every link has a target: the markup reader refuses unknown names. The top of the document stands in all the same.
fn actions(link: &LinkArea, document: &LaidOut) -> Option<Actions> {
    let (page, y) = match &link.target {
        LinkTarget::Named(Target::Uri(uri)) => return Some(Actions::uri(uri.clone())),
        LinkTarget::Named(Target::Id(id)) => document.anchors.get(id).copied().unwrap_or((0, 0.0)),
        LinkTarget::Heading(index) => {
            document.bookmarks.get(*index).map_or((0, 0.0), |bookmark| (bookmark.page, bookmark.y))
        }
    };
    let top = Some(rounded(PAGE_HEIGHT - y + 8.0));
    Some(Actions::go_to(Destination::Xyz { page: page + 1, left: Some(0.0), top, zoom: None }))
}

fn filled(area: Area) -> Op {
    Op::DrawRectangle { rectangle: Rect { mode: Some(PaintMode::Fill), ..rect(area) } }
}

fn rect([x, y, width, height]: Area) -> Rect {
    Rect {
        x: Pt(rounded(x)),
        y: Pt(rounded(PAGE_HEIGHT - y - height)),
        width: Pt(rounded(width)),
        height: Pt(rounded(height)),
        mode: None,
        winding_order: None,
    }
}

fn point((x, y): (f32, f32)) -> Point {
    Point { x: Pt(rounded(x)), y: Pt(rounded(PAGE_HEIGHT - y)) }
}

/// Sine and cosine of 45 degrees.
const SLANT: f32 = std::f32::consts::FRAC_1_SQRT_2;

/// Hundredths of a point are finer than any printer.
fn rounded(value: f32) -> f32 {
    (value * 100.0).round() / 100.0
}

fn pdf_color([red, green, blue]: Rgb) -> Color {
    let round = |channel: f32| (channel * 1000.0).round() / 1000.0;
    Color::Rgb(PdfRgb::new(round(red), round(green), round(blue), None))
}
