//! Figures: what a chart shows.

use roxmltree::Node;

use super::{Mistake, Read, Reader, bad_attribute, has_class, number, text};
use crate::report::pdf::{
    MarkupProblem,
    block::{ChartKind, Datum, Figure, Series, Tone},
};

const KINDS: [(&str, ChartKind); 6] = [
    ("bars", ChartKind::Bars),
    ("columns", ChartKind::Columns),
    ("heat", ChartKind::Heat),
    ("radar", ChartKind::Radar),
    ("segments", ChartKind::Segments),
    ("stack", ChartKind::Stack),
];

impl Reader {
    pub(super) fn figure(&mut self, node: Node<'_, '_>) -> Read<Figure> {
        let class = node.attribute("class").unwrap_or_default();
        let kind = KINDS.iter().find(|(name, _)| has_class(node, name)).map(|(_, kind)| *kind);
        let kind =
            kind.ok_or_else(|| bad_attribute(node, "class", class, "radar, bars, columns, stack, segments or heat"))?;
        let alt = node.attribute("data-alt").ok_or_else(|| missing(node, "data-alt"))?;
        let mut figure = Figure {
            kind,
            alt: text::printable(alt).into_owned(),
            caption: String::new(),
            max: number(node, "data-max", 0.0)?.max(0.0),
            unit: text::printable(node.attribute("data-unit").unwrap_or_default()).into_owned(),
            series: series(node),
            data: Vec::new(),
        };
        for child in node.children().filter(Node::is_element) {
            match child.tag_name().name() {
                "figcaption" => figure.caption = self.plain(child)?,
                "data" => {
                    let datum = self.datum(child, kind)?;
                    figure.data.push(datum);
                }
                _ => return Err(Mistake::unknown(child, "figure")),
            }
        }
        Ok(figure)
    }

    fn datum(&mut self, node: Node<'_, '_>, kind: ChartKind) -> Read<Datum> {
        let value = node.attribute("value").ok_or_else(|| missing(node, "value"))?;
        let label = match node.attribute("data-label").or(node.attribute("label")) {
            Some(label) => text::printable(label).into_owned(),
            None => self.plain(node)?,
        };
        let mut datum = Datum { label, tone: None, values: Vec::new(), tones: Vec::new() };
        datum.tone = node.attribute("class").and_then(Tone::of_class);
        if kind == ChartKind::Heat {
            datum.tones = value.split_ascii_whitespace().map(Tone::of_class).collect();
            return Ok(datum);
        }
        for word in value.split_ascii_whitespace() {
            let number = word.parse::<f32>().ok().filter(|number| number.is_finite() && *number >= 0.0);
            datum.values.push(number.ok_or_else(|| bad_attribute(node, "value", value, "numbers, none below 0"))?);
        }
        if datum.values.is_empty() || (kind != ChartKind::Stack && datum.values.len() > 1) {
            return Err(bad_attribute(node, "value", value, "one number (several only for `stack`)"));
        }
        Ok(datum)
    }
}

/// `符合:ok 不符合:bad` as names with tones.
fn series(node: Node<'_, '_>) -> Vec<Series> {
    let words = node.attribute("data-series").unwrap_or_default();
    words
        .split_ascii_whitespace()
        .map(|word| {
            let (name, tone) = word.rsplit_once(':').unwrap_or((word, ""));
            Series { name: text::printable(name).into_owned(), tone: Tone::of_class(tone).unwrap_or(Tone::Info) }
        })
        .collect()
}

fn missing(node: Node<'_, '_>, name: &'static str) -> Mistake {
    let tag = node.tag_name().name().to_owned();
    Mistake::at(node, MarkupProblem::MissingAttribute { tag, name })
}
