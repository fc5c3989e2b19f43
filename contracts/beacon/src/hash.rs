//! From a round to a point: `hash_to_curve` of RFC 9380 but for the last sum.

use alloy_primitives::{B256, U256};
use stylus_sdk::crypto;

use crate::{curve::Point, field::Fp};

/// The suite, as drand names it, and behind it its length: the end of everything that is hashed.
const SUITE: &[u8; 44] = b"BLS_SIG_BN254G1_XMD:KECCAK-256_SVDW_RO_NUL_+";
/// Bytes that keccak-256 takes at a time.
const BLOCK: usize = 136;
/// Bytes that are asked for: two numbers of 48.
const WANTED: u8 = 96;

/// The two points whose sum a message is hashed to.
pub fn hash_to_points(message: B256) -> [Point; 2] {
    hash_to_field(message).map(|number| Point::mapped(&number))
}

/// Two numbers modulo the prime, of 48 bytes each.
fn hash_to_field(message: B256) -> [Fp; 2] {
    let [first, second, third] = expand(message).map(|block| U256::from_be_bytes(block.0));
    [Fp::wide(first >> 128, (first << 128) | (second >> 128)), Fp::wide((second << 128) >> 128, third)]
}

/// `expand_message_xmd` (RFC 9380, 5.3.1) to three blocks.
fn expand(message: B256) -> [B256; 3] {
    let begin = crypto::keccak([&[0; BLOCK][..], message.as_slice(), &[0, WANTED, 0], SUITE].concat());
    let block = |chained: B256, number: u8| crypto::keccak([chained.as_slice(), &[number], SUITE].concat());
    let first = block(begin, 1);
    let second = block(begin ^ first, 2);
    [first, second, block(begin ^ second, 3)]
}

#[cfg(test)]
mod tests {
    use ark_bn254::Fq;
    use ark_ff::{BigInteger, Field, PrimeField};
    use proptest::prelude::*;

    use super::*;

    /// A number as the other library has it.
    fn theirs(number: &Fp) -> Fq {
        Fq::from_be_bytes_mod_order(&number.word().to_be_bytes::<32>())
    }

    fn ours(number: Fq) -> Fp {
        Fp::canonical(U256::from_be_slice(&number.into_bigint().to_bytes_be())).unwrap()
    }

    /// How many of everything; the nightly run tries 10^4.
    fn config() -> ProptestConfig {
        let nightly = std::env::var("LINQ_NIGHTLY").is_ok_and(|value| value == "1");
        ProptestConfig::with_cases(if nightly { 10_000 } else { 100 })
    }

    #[track_caller]
    fn maps_alike(u: Fq) {
        let expected = linq_beacon::map_to_curve(u);
        let found = Point::mapped(&ours(u)).words();
        assert_eq!(found, linq_beacon::words(&expected), "{u}");
    }

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn every_message_becomes_the_numbers_of_the_other_library(message: [u8; 32]) {
            let found = hash_to_field(message.into());
            prop_assert_eq!(found.map(|number| theirs(&number)), linq_beacon::hash_to_field(message.into()));
        }

        #[test]
        fn every_message_becomes_the_points_of_the_other_library(message: [u8; 32]) {
            let expected = linq_beacon::hash_to_field(message.into()).map(linq_beacon::map_to_curve);
            let found = hash_to_points(message.into());
            prop_assert_eq!(found.map(|point| point.words()), expected.map(|point| linq_beacon::words(&point)));
        }

        #[test]
        fn what_is_mapped_is_on_the_curve_and_what_is_beside_it_is_not(message: [u8; 32], bit in 0..256usize) {
            let [point, _] = hash_to_points(message.into());
            let [x, y] = point.words().map(Into::into);
            prop_assert_eq!(Point::on_curve(x, y), Some(point));
            let flipped = U256::from(1) << bit;
            prop_assert_eq!(Point::on_curve(x, y ^ flipped), None);
            prop_assert_eq!(Point::on_curve(x ^ flipped, y), None);
        }
    }

    #[test]
    fn numbers_at_which_the_map_divides_by_nothing_are_mapped_as_well() {
        let half = Fq::from(2).inverse().unwrap();
        for u in [Fq::from(0), half, -half, Fq::from(1), -Fq::from(1), Fq::from(2), -Fq::from(2)] {
            maps_alike(u);
        }
    }

    #[test]
    fn every_candidate_of_the_map_is_reached() {
        (0..64).for_each(|number| maps_alike(Fq::from(number)));
    }

    #[test]
    fn infinity_is_no_point() {
        assert_eq!(Point::on_curve(U256::ZERO, U256::ZERO), None);
    }
}
