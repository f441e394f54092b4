//! The radar chart.

use super::{Place, TEXT, plain_number, scale_of};
use crate::report::pdf::{
    block::Figure,
    canvas::{Item, Setting},
    layout::Layout,
    linebreak::break_lines,
    theme::{BLUE, INK, RULE},
};

pub(super) const HEIGHT: f32 = 236.0;
/// More axes than this cannot be told apart.
pub(super) const MAX_AXES: usize = 24;
const RADIUS: f32 = 88.0;
const GROUND: [f32; 3] = [0.8, 0.88, 0.95];
/// Lets the rings be seen through the area without transparency.
const RING_ON_GROUND: [f32; 3] = [0.66, 0.75, 0.85];

impl Layout<'_> {
    pub(super) fn radar(&mut self, figure: &Figure, place: Place) {
        let (cx, cy) = (place.x + place.width / 2.0, self.y + HEIGHT / 2.0);
        let axes = figure.data.len();
        let point = |axis: usize, share: f32| {
            let angle = std::f32::consts::TAU * axis as f32 / axes as f32 - std::f32::consts::FRAC_PI_2;
            (cx + RADIUS * share * angle.cos(), cy + RADIUS * share * angle.sin())
        };
        let scale = scale_of(figure, |datum| datum.values.iter().sum());
        let share = |axis: usize| (figure.data[axis].values.iter().sum::<f32>() / scale).clamp(0.0, 1.0);
        let area: Vec<_> = (0..axes).map(|axis| point(axis, share(axis))).collect();
        self.canvas.mark(place.node);
        let rings = [0.25, 0.5, 0.75, 1.0].map(|ring| (0..axes).map(|axis| point(axis, ring)).collect::<Vec<_>>());
        for ring in &rings {
            self.outline(ring.clone(), RULE, true);
        }
        self.canvas.put(Item::Shape { points: area.clone(), fill: Some(GROUND), stroke: None, closed: true });
        for (axis, end) in area.iter().enumerate() {
            self.outline(vec![*end, point(axis, 1.0)], RULE, false);
            self.outline(vec![(cx, cy), *end], RING_ON_GROUND, false);
        }
        self.canvas.put(Item::Shape { points: area.clone(), fill: None, stroke: Some((BLUE, 1.5)), closed: true });
        for (x, y) in area {
            self.canvas.put(Item::Fill { color: BLUE, areas: vec![[x - 1.6, y - 1.6, 3.2, 3.2]] });
        }
        for axis in 0..axes {
            self.axis_label(figure, axis, (point(axis, 1.09), cx), place);
        }
        self.y += HEIGHT;
    }

    fn outline(&mut self, points: Vec<(f32, f32)>, color: [f32; 3], closed: bool) {
        self.canvas.put(Item::Shape { points, fill: None, stroke: Some((color, 0.6)), closed });
    }

    fn axis_label(&mut self, figure: &Figure, axis: usize, ((x, y), cx): ((f32, f32), f32), place: Place) {
        let datum = &figure.data[axis];
        let value = plain_number(datum.values.iter().sum());
        let shaped = self.shape(&format!("{} {value}{}", datum.label, figure.unit), TEXT, false, INK);
        let middle = (x - cx).abs() < 6.0;
        let room = if middle { place.width * 0.5 } else { place.width / 2.0 - (x - cx).abs() - 4.0 };
        let lines = break_lines(&shaped, room.max(40.0), 0.0);
        let shown = lines.len().min(2);
        for (row, line) in lines.iter().take(2).enumerate() {
            let x = match () {
                () if middle => x - line.width / 2.0,
                () if x > cx => x,
                () => x - line.width,
            };
            let y = y + TEXT.size * 0.36 + (row as f32 - (shown as f32 - 1.0) / 2.0) * 10.0;
            self.canvas.line(Some(place.node), &shaped, line, Setting { x, y, justify: None });
        }
    }
}
