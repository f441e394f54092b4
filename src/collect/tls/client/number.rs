//! Powers modulo a number of the peer's, for RSA and Diffie-Hellman. Not in constant time: nothing here is worth stealing.

use crypto_bigint::{
    BoxedUint, NonZero, Odd,
    modular::{BoxedMontyForm, BoxedMontyParams},
};

/// No server has a longer modulus, and a longer one would keep us busy.
pub(super) const LONGEST: usize = 1024;
/// One shorter is broken and says nothing that counts; padding would not fit.
const SHORTEST: usize = 64;

/// `base` to the power of `exponent` in as many bytes as the modulus has. None of an even modulus, or one of no sensible
/// size, or an exponent that is none.
pub(super) fn power(base: &[u8], exponent: &[u8], modulus: &[u8]) -> Option<Vec<u8>> {
    let modulus = trimmed(modulus);
    let exponent = trimmed(exponent);
    if !(SHORTEST..=LONGEST).contains(&modulus.len()) || exponent.is_empty() || exponent.len() > modulus.len() {
        return None;
    }
    let bits = u32::try_from(modulus.len() * 8).ok()?;
    let number = BoxedUint::from_be_slice(modulus, bits).ok()?;
    let odd = Option::<Odd<BoxedUint>>::from(Odd::new(number.clone()))?;
    let divisor = Option::<NonZero<BoxedUint>>::from(NonZero::new(number))?;
    let base = BoxedUint::from_be_slice(last(base, modulus.len()), bits).ok()?.rem_vartime(&divisor);
    let params = BoxedMontyParams::new_vartime(odd);
    let exponent = BoxedUint::from_be_slice_vartime(exponent);
    let result = BoxedMontyForm::new(base, &params).pow(&exponent).retrieve().to_be_bytes();
    let result = last(&result, modulus.len());
    Some([vec![0; modulus.len().saturating_sub(result.len())], result.to_vec()].concat())
}

/// Without zeros in front.
pub(super) fn trimmed(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

fn last(bytes: &[u8], count: usize) -> &[u8] {
    bytes.get(bytes.len().saturating_sub(count)..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{SHORTEST, power};

    #[test]
    fn fermat_holds_modulo_a_prime() {
        // 2^521 - 1, in 66 bytes.
        let mut prime = vec![0xff; 66];
        prime[0] = 1;
        let mut less_one = prime.clone();
        less_one[65] = 0xfe;
        let mut one = vec![0; 66];
        one[65] = 1;
        assert_eq!(power(&[7], &less_one, &prime), Some(one));
        let mut nine = vec![0; 66];
        nine[65] = 9;
        assert_eq!(power(&[3], &[2], &[&[0, 0][..], &prime].concat()), Some(nine));
    }

    #[test]
    fn what_a_hostile_key_may_hold_is_refused() {
        assert_eq!(power(&[3], &[3], &[]), None);
        assert_eq!(power(&[3], &[3], &[0; 256]), None);
        assert_eq!(power(&[3], &[3], &[0xff; SHORTEST - 1]), None);
        assert_eq!(power(&[3], &[], &[0xff; SHORTEST]), None);
        assert_eq!(power(&[3], &[3], &[0xfe; SHORTEST]), None);
        assert_eq!(power(&[3], &[3], &[0xff; 2000]), None);
        assert!(power(&[0xff; 3000], &[0xff; SHORTEST], &[0xff; SHORTEST]).is_some());
    }
}
