//! Exact fractions: grades are compared exactly and rounded only where a person reads them.

use std::{cmp::Ordering, fmt};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A fraction in lowest terms, never negative, denominator above 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Ratio {
    #[serde(rename = "numerator")]
    num: u64,
    #[serde(rename = "denominator")]
    den: u64,
}

impl Ratio {
    pub const ZERO: Self = Self { num: 0, den: 1 };

    /// `None` where `den` is 0.
    pub fn new(num: u64, den: u64) -> Option<Self> {
        Self::reduced(u128::from(num), u128::from(den))
    }

    pub fn whole(n: u64) -> Self {
        Self { num: n, den: 1 }
    }

    fn reduced(num: u128, den: u128) -> Option<Self> {
        if den == 0 {
            return None;
        }
        let divisor = gcd(num, den).max(1);
        Some(Self { num: u64::try_from(num / divisor).ok()?, den: u64::try_from(den / divisor).ok()? })
    }

    /// `None` where the sum does not fit.
    pub fn plus(self, other: Self) -> Option<Self> {
        let (a, b) = (wide(self), wide(other));
        Self::reduced((a.0 * b.1).checked_add(b.0 * a.1)?, a.1 * b.1)
    }

    /// The difference, 0 where `other` is larger; `None` where it does not fit.
    pub fn minus_or_zero(self, other: Self) -> Option<Self> {
        let (a, b) = (wide(self), wide(other));
        Self::reduced((a.0 * b.1).saturating_sub(b.0 * a.1), a.1 * b.1)
    }

    /// `None` where the product does not fit.
    pub fn times(self, other: Self) -> Option<Self> {
        let (a, b) = (wide(self), wide(other));
        Self::reduced(a.0 * b.0, a.1 * b.1)
    }

    /// `None` for a division by 0 or where it does not fit.
    pub fn over(self, other: Self) -> Option<Self> {
        let (a, b) = (wide(self), wide(other));
        Self::reduced(a.0 * b.1, a.1 * b.0)
    }

    /// How many parts of `1/scale` it is, rounded half up; `None` where that does not fit.
    pub fn parts_of(self, scale: u32) -> Option<u64> {
        let (num, den) = wide(self);
        u64::try_from((num * u128::from(scale) * 2 + den) / (den * 2)).ok()
    }

    /// As a decimal with `places` digits, rounded half up.
    pub fn decimal(self, places: u32) -> String {
        let scale = 10u128.pow(places.min(12));
        let rounded = (u128::from(self.num) * scale * 2 + u128::from(self.den)) / (u128::from(self.den) * 2);
        let (whole, part) = (rounded / scale, rounded % scale);
        if places == 0 { whole.to_string() } else { format!("{whole}.{part:0width$}", width = places.min(12) as usize) }
    }
}

fn wide(ratio: Ratio) -> (u128, u128) {
    (u128::from(ratio.num), u128::from(ratio.den))
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        let (a, b) = (wide(*self), wide(*other));
        (a.0 * b.1).cmp(&(b.0 * a.1))
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Two decimals, as rates are printed.
impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.decimal(2))
    }
}

#[cfg(test)]
mod tests {
    use super::Ratio;

    #[test]
    fn rounds_half_up_only_when_printed() {
        let third = Ratio::new(100, 3).unwrap();
        assert_eq!(third.to_string(), "33.33");
        assert_eq!(third.times(Ratio::whole(3)), Some(Ratio::whole(100)));
        assert_eq!(Ratio::new(1, 8).unwrap().decimal(2), "0.13");
        assert_eq!(Ratio::new(5, 2).unwrap().decimal(0), "3");
    }

    #[test]
    fn never_divides_by_zero_and_never_goes_below_it() {
        assert_eq!(Ratio::new(1, 0), None);
        assert_eq!(Ratio::whole(1).over(Ratio::ZERO), None);
        assert_eq!(Ratio::whole(1).minus_or_zero(Ratio::whole(2)), Some(Ratio::ZERO));
    }

    #[test]
    fn compares_exactly_where_decimals_agree() {
        let edge = Ratio::new(90, 1).unwrap();
        let above = Ratio::new(9_000_000_000_001, 100_000_000_000).unwrap();
        assert!(above > edge);
        assert_eq!(above.to_string(), edge.to_string());
    }
}
