//! Key agreement on curveSM2 as TLS 1.3 does it (RFC 8998 section 3.2.1): a scalar of ours, a point of the server's.

use sm2::{
    AffinePoint, FieldBytes, NonZeroScalar, PublicKey,
    elliptic_curve::{point::AffineCoordinates, sec1::ToSec1Point},
};

use super::Sm2Error;

/// Our half of one agreement.
#[derive(Clone)]
pub struct Ephemeral(NonZeroScalar);

impl Ephemeral {
    /// Of 32 bytes, the most significant first; `None` where they are no scalar of the curve, as one in 2^32 is not.
    pub fn of(scalar: &[u8]) -> Option<Self> {
        let bytes: [u8; 32] = scalar.try_into().ok()?;
        NonZeroScalar::from_repr(FieldBytes::from(bytes)).into_option().map(Self)
    }

    /// The share that goes into a hello: a point, uncompressed.
    pub fn share(&self) -> Vec<u8> {
        PublicKey::from_secret_scalar(&self.0).to_sec1_point(false).as_bytes().to_vec()
    }

    /// The first coordinate of what both halves make.
    ///
    /// # Errors
    /// What the server sent is no uncompressed point of the curve (RFC 8446 section 4.2.8.2).
    pub fn agree(&self, share: &[u8]) -> Result<[u8; 32], Sm2Error> {
        if share.first() != Some(&4) {
            return Err(Sm2Error::NotAnSm2Key);
        }
        let key = PublicKey::from_sec1_bytes(share).map_err(|_| Sm2Error::NotAnSm2Key)?;
        let point: AffinePoint = (key.to_projective() * *self.0).to_affine();
        Ok(point.x().into())
    }
}

#[cfg(test)]
mod tests {
    use super::{Ephemeral, Sm2Error};

    #[test]
    fn both_sides_agree() {
        let (ours, theirs) = (Ephemeral::of(&[7; 32]).unwrap(), Ephemeral::of(&[9; 32]).unwrap());
        assert_eq!(ours.share().len(), 65);
        assert_eq!(ours.agree(&theirs.share()), theirs.agree(&ours.share()));
        assert_ne!(ours.agree(&theirs.share()), ours.agree(&ours.share()));
    }

    #[test]
    fn what_is_no_scalar_and_what_is_no_point_is_refused() {
        assert!(Ephemeral::of(&[0; 32]).is_none() && Ephemeral::of(&[255; 32]).is_none());
        assert!(Ephemeral::of(&[1; 31]).is_none() && Ephemeral::of(&[1; 33]).is_none());
        let ours = Ephemeral::of(&[7; 32]).unwrap();
        let mut share = ours.share();
        share[64] ^= 1;
        for wrong in [&share[..], &share[..64], &[0], &[]] {
            assert_eq!(ours.agree(wrong), Err(Sm2Error::NotAnSm2Key));
        }
    }
}
