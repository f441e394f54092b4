//! Widths of table columns: as declared, and by content for the rest.

use crate::report::pdf::{
    block::{ColumnWidth, Row, Table},
    fonts::FontBook,
    linebreak::natural_width,
    shape::{BaseStyle, Shaped},
    table::{PAD_X, cell_type},
    theme::INK,
};

/// Rows that are looked at to find automatic widths: a long table does not change its mind on page 40.
const SAMPLE: usize = 48;
/// No automatic column is narrower, unless its content is.
const LEAST: f32 = 34.0;

/// One width a column; together `total`.
pub(super) fn column_widths(fonts: &FontBook, table: &Table, total: f32) -> Vec<f32> {
    let fixed: Vec<Option<f32>> = table.columns.iter().map(|column| fixed_width(*column, total)).collect();
    let taken: f32 = fixed.iter().flatten().sum();
    let automatic = fixed.iter().filter(|width| width.is_none()).count();
    if automatic == 0 {
        return fixed.iter().map(|width| width.unwrap_or(0.0) * total / taken.max(1.0)).collect();
    }
    // Declared widths leave at least LEAST to each automatic column.
    let room = (total - taken).max(automatic as f32 * LEAST.min(total / table.columns.len() as f32));
    let squeeze = if taken > 0.0 { ((total - room) / taken).min(1.0) } else { 1.0 };
    let wanted = natural_widths(fonts, table, room);
    let shared = share(&wanted, &fixed, room);
    fixed.iter().zip(shared).map(|(width, shared)| width.map_or(shared, |width| width * squeeze)).collect()
}

fn fixed_width(column: ColumnWidth, total: f32) -> Option<f32> {
    match column {
        ColumnWidth::Auto => None,
        ColumnWidth::Points(points) => Some(points),
        ColumnWidth::Share(share) => Some(share * total),
    }
}

/// Distributes `room` over the automatic columns in proportion to what they want, narrow ones first served.
fn share(wanted: &[f32], fixed: &[Option<f32>], room: f32) -> Vec<f32> {
    let automatic: Vec<usize> = (0..fixed.len()).filter(|index| fixed[*index].is_none()).collect();
    let mut out = vec![0.0; fixed.len()];
    let sum: f32 = automatic.iter().map(|index| wanted[*index]).sum();
    if sum <= room {
        automatic.iter().for_each(|index| out[*index] = wanted[*index] * room / sum.max(1.0));
        return out;
    }
    let fair = room / automatic.len() as f32;
    let small: f32 = automatic.iter().filter(|index| wanted[**index] <= fair).map(|index| wanted[*index]).sum();
    let large: f32 = automatic.iter().filter(|index| wanted[**index] > fair).map(|index| wanted[*index]).sum();
    for index in automatic {
        out[index] = if wanted[index] <= fair { wanted[index] } else { wanted[index] / large * (room - small) };
    }
    out
}

fn natural_widths(fonts: &FontBook, table: &Table, room: f32) -> Vec<f32> {
    let mut wanted = vec![LEAST.min(room); table.columns.len()];
    for row in table.head.iter().chain(table.body.iter().take(SAMPLE)) {
        widen(fonts, table, row, &mut wanted, room);
    }
    wanted
}

fn widen(fonts: &FontBook, table: &Table, row: &Row, wanted: &mut [f32], room: f32) {
    let size = cell_type(table.style).0.size;
    let mut column = 0;
    for cell in &row.cells {
        if cell.span == 1 && table.columns.get(column) == Some(&ColumnWidth::Auto) {
            let texts = cell.lines.iter().map(|line| {
                let base = BaseStyle { size, color: INK, bold: cell.heading };
                natural_width(&Shaped::new(fonts, &line.runs, base))
            });
            let natural = texts.fold(0.0, f32::max) + 2.0 * PAD_X + 1.0 + if cell.meter.is_some() { 70.0 } else { 0.0 };
            // A very long text does not starve its neighbours.
            wanted[column] = wanted[column].max(natural.min(room * 0.6));
        }
        column += cell.span;
    }
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn narrow_columns_keep_their_width_and_wide_ones_share_the_rest() {
        let widths = share(&[50.0, 400.0, 200.0], &[None, None, None], 450.0);
        assert_eq!(widths[0], 50.0);
        assert!((widths.iter().sum::<f32>() - 450.0).abs() < 0.01);
        assert!((widths[1] / widths[2] - 2.0).abs() < 0.01);
    }

    #[test]
    fn room_to_spare_is_given_away_in_proportion() {
        assert_eq!(share(&[50.0, 100.0], &[None, None], 300.0), [100.0, 200.0]);
    }
}
