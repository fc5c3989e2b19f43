//! The map to the curve y² = x³ + 3, step by step as RFC 9380 writes it.

use alloy_primitives::B256;
use ark_bn254::{Fq, G1Affine};
use ark_ec::AffineRepr;
use ark_ff::{AdditiveGroup, BigInteger, Field, MontFp, PrimeField};

/// The even root of −12, the constant c3 of the map.
const C3: Fq = MontFp!("8815841940592487685674414971303048083897117035520822607866");

/// The map of Shallue and van de Woestijne (RFC 9380, 6.6.1) with Z = 1.
///
/// # Panics
///
/// Never: whatever `u` is, one of the three candidates is the x of a point, which is what the map rests on.
pub fn map_to_curve(u: Fq) -> G1Affine {
    let curve = |x: Fq| x.square() * x + Fq::from(3);
    let z = Fq::ONE;
    let c1 = curve(z);
    let c2 = -z / Fq::from(2);
    let c4 = -Fq::from(4) * c1 / Fq::from(3);

    let t1 = u.square() * c1;
    let (t2, t1) = (Fq::ONE + t1, Fq::ONE - t1);
    let t3 = (t1 * t2).inverse().unwrap_or(Fq::ZERO);
    let t4 = u * t1 * t3 * C3;
    let candidates = [c2 - t4, c2 + t4, (t2.square() * t3).square() * c4 + z];
    let (x, y) =
        candidates.into_iter().find_map(|x| Some((x, curve(x).sqrt()?))).expect("one of the three always has a point");
    let y = if is_odd(y) == is_odd(u) { y } else { -y };
    G1Affine::new(x, y)
}

/// The two coordinates of a point, 32 bytes each; zeros of infinity.
pub fn words(point: &G1Affine) -> [B256; 2] {
    point.xy().map_or([B256::ZERO; 2], |(x, y)| [word(x), word(y)])
}

/// A number as 32 bytes, the highest first.
pub(crate) fn word(number: Fq) -> B256 {
    B256::from_slice(&number.into_bigint().to_bytes_be())
}

/// The number that 32 bytes are, if it is below the prime.
pub(crate) fn number(word: &B256) -> Option<Fq> {
    let number = Fq::from_be_bytes_mod_order(word.as_slice());
    (self::word(number) == *word).then_some(number)
}

fn is_odd(number: Fq) -> bool {
    number.into_bigint().is_odd()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constant_is_the_even_root() {
        assert_eq!(C3.square(), -Fq::from(12));
        assert!(!is_odd(C3));
    }
}
