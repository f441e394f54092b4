//! Measures and colours of the page. All lengths are points (1/72 inch), y grows downwards.

use crate::report::pdf::block::Tone;

/// Red, green and blue, 0 to 1.
pub(super) type Rgb = [f32; 3];

/// A4.
pub(super) const PAGE_WIDTH: f32 = 595.28;
pub(super) const PAGE_HEIGHT: f32 = 841.89;
pub(super) const MARGIN: f32 = 54.0;
pub(super) const TOP: f32 = 68.0;
/// Lowest point of the text area.
pub(super) const BOTTOM: f32 = PAGE_HEIGHT - 58.0;
pub(super) const TEXT_WIDTH: f32 = PAGE_WIDTH - 2.0 * MARGIN;

pub(super) const HEADER_BASELINE: f32 = 42.0;
pub(super) const HEADER_RULE: f32 = 49.0;
pub(super) const FOOTER_BASELINE: f32 = PAGE_HEIGHT - 32.0;
pub(super) const FURNITURE_SIZE: f32 = 8.0;

pub(super) const INK: Rgb = [0.13, 0.13, 0.14];
pub(super) const NAVY: Rgb = [0.07, 0.21, 0.37];
pub(super) const BLUE: Rgb = [0.18, 0.43, 0.69];
pub(super) const LINK: Rgb = [0.08, 0.34, 0.65];
pub(super) const GREY: Rgb = [0.38, 0.4, 0.43];
pub(super) const RULE: Rgb = [0.66, 0.71, 0.76];
pub(super) const FAINT: Rgb = [0.88, 0.9, 0.93];
pub(super) const ZEBRA: Rgb = [0.957, 0.968, 0.98];
pub(super) const GROUP: Rgb = [0.89, 0.92, 0.955];
pub(super) const CODE_GROUND: Rgb = [0.955, 0.957, 0.962];
pub(super) const WATERMARK: Rgb = [0.925, 0.932, 0.94];
pub(super) const WHITE: Rgb = [1.0; 3];

/// Size and line distance of a kind of text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Type {
    pub size: f32,
    pub leading: f32,
}

pub(super) const BODY: Type = Type { size: 10.5, leading: 17.4 };
pub(super) const NOTE: Type = Type { size: 9.0, leading: 14.4 };
pub(super) const SMALL: Type = Type { size: 8.0, leading: 12.4 };
pub(super) const CODE: Type = Type { size: 7.8, leading: 11.4 };
pub(super) const CELL: Type = Type { size: 8.6, leading: 12.6 };
pub(super) const COMPACT_CELL: Type = Type { size: 7.4, leading: 10.4 };
pub(super) const CAPTION: Type = Type { size: 9.0, leading: 13.0 };
pub(super) const HEADINGS: [Type; 3] =
    [Type { size: 17.0, leading: 23.0 }, Type { size: 13.0, leading: 18.5 }, Type { size: 11.0, leading: 16.5 }];

/// Monospaced letters look larger than the text around them.
pub(super) const MONO_SCALE: f32 = 0.87;
pub(super) const BADGE_SCALE: f32 = 0.92;
/// Space inside a label, left and right, in em.
pub(super) const BADGE_PAD: f32 = 0.36;
/// Space between a label and its neighbours, in em.
pub(super) const BADGE_GAP: f32 = 0.16;
/// Space between Han and Latin, in em.
pub(super) const SCRIPT_GAP: f32 = 0.18;

/// The strong colour of a tone: white text on it has a contrast of at least 4.5.
pub(super) fn strong(tone: Tone) -> Rgb {
    match tone {
        Tone::Bad => [0.72, 0.16, 0.13],
        Tone::Info => [0.14, 0.37, 0.62],
        Tone::NotApplicable => [0.42, 0.45, 0.49],
        Tone::Ok => [0.1, 0.45, 0.26],
        Tone::Part => [0.62, 0.38, 0.0],
        Tone::Unknown => [0.4, 0.33, 0.55],
    }
}

/// The pale ground of a tone.
pub(super) fn pale(tone: Tone) -> Rgb {
    strong(tone).map(|channel| 1.0 - (1.0 - channel) * 0.09)
}

/// The sign that stands for a tone where there is no room for words.
pub(super) fn sign(tone: Tone) -> &'static str {
    match tone {
        Tone::Bad => "×",
        Tone::Info => "i",
        Tone::NotApplicable => "–",
        Tone::Ok => "✓",
        Tone::Part => "△",
        Tone::Unknown => "?",
    }
}

#[cfg(test)]
mod tests {
    use super::{Tone, WHITE, strong};

    fn luminance(color: super::Rgb) -> f32 {
        let linear = color.map(|c| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    #[test]
    fn labels_can_be_read_by_people_with_weak_sight() {
        for tone in [Tone::Bad, Tone::Info, Tone::NotApplicable, Tone::Ok, Tone::Part, Tone::Unknown] {
            let contrast = (luminance(WHITE) + 0.05) / (luminance(strong(tone)) + 0.05);
            assert!(contrast >= 4.5, "{tone:?} has a contrast of {contrast}");
        }
    }
}
