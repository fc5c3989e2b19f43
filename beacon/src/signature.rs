//! Keys and signatures.

use alloy_primitives::{B256, FixedBytesSliceExt, b256, hex, keccak256};
use ark_bn254::{Bn254, Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup, pairing::Pairing};
use ark_ff::{MontFp, PrimeField, Zero};

use crate::{
    curve::{number, word, words},
    hash::{hash_to_curve, message},
};

/// The secret of the beacon that local chains have. PUBLIC: everybody can sign with it, so that nothing of value may depend on
/// it.
pub const DEVELOPMENT_SECRET: B256 = b256!("0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec0dec");

/// What is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no key of a beacon")]
pub struct InvalidKey;

/// What is no signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSignature {
    /// It does not have 64 bytes.
    #[error("a signature has 64 bytes, and this has {0}")]
    Length(usize),
    /// It is no point of the curve with coordinates below the prime, or infinity.
    #[error("this is no point that could be a signature")]
    Point,
}

/// A key that signatures are checked with: a point of G2 other than infinity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey(G2Affine);

impl PublicKey {
    /// The key of drand's `evmnet`.
    pub(crate) const EVMNET: Self = Self(G2Affine::new_unchecked(
        Fq2::new(
            MontFp!("2416910118189096557713698606232949750075245832257361418817199221841198809231"),
            MontFp!("3565178688866727608783247307855519961161197286613423629330948765523825963906"),
        ),
        Fq2::new(
            MontFp!("18766085122067595057703228467555884757373773082319035490740181099798629248523"),
            MontFp!("263980444642394177375858669180402387903005329333277938776544051059273779190"),
        ),
    ));

    /// The key with these coordinates, in the order of the pairing precompile: imaginary part first.
    pub fn from_words(words: &[B256; 4]) -> Result<Self, InvalidKey> {
        let [x_imaginary, x_real, y_imaginary, y_real] = words.each_ref().map(number);
        let pair = |real: Option<Fq>, imaginary: Option<Fq>| Some(Fq2::new(real?, imaginary?));
        let (x, y) = pair(x_real, x_imaginary).zip(pair(y_real, y_imaginary)).ok_or(InvalidKey)?;
        let point = G2Affine::new_unchecked(x, y);
        let is_key = point.is_on_curve() && point.is_in_correct_subgroup_assuming_on_curve() && !point.is_zero();
        if is_key { Ok(Self(point)) } else { Err(InvalidKey) }
    }

    /// Its coordinates in the same order.
    pub fn words(&self) -> [B256; 4] {
        [self.0.x.c1, self.0.x.c0, self.0.y.c1, self.0.y.c0].map(word)
    }

    /// Whether `signature` is that of `round`.
    pub fn verify(&self, round: u64, signature: &Signature) -> bool {
        let points = [signature.0, -hash_to_curve(message(round))];
        Bn254::multi_pairing(points, [G2Affine::generator(), self.0]).is_zero()
    }
}

/// A key that signs.
#[derive(Clone, Debug)]
pub struct SecretKey(Fr);

impl SecretKey {
    /// The key of a secret number, reduced to the order of the groups.
    pub fn new(secret: &B256) -> Result<Self, InvalidKey> {
        let secret = Fr::from_be_bytes_mod_order(secret.as_slice());
        if secret.is_zero() { Err(InvalidKey) } else { Ok(Self(secret)) }
    }

    /// The key of the beacon that local chains have. PUBLIC: see [`DEVELOPMENT_SECRET`].
    pub fn development() -> Self {
        Self(Fr::from_be_bytes_mod_order(DEVELOPMENT_SECRET.as_slice()))
    }

    /// What its signatures are checked with.
    pub fn public(&self) -> PublicKey {
        PublicKey((G2Affine::generator() * self.0).into_affine())
    }

    /// Signs a round.
    pub fn sign(&self, round: u64) -> Signature {
        Signature((hash_to_curve(message(round)) * self.0).into_affine())
    }
}

/// What a network publishes of a round: a point of G1 other than infinity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature(G1Affine);

impl Signature {
    /// Reads the 64 bytes of x and y.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidSignature> {
        let ([x, y], []) = bytes.as_chunks::<32>() else { return Err(InvalidSignature::Length(bytes.len())) };
        Self::from_words(&[x.into(), y.into()])
    }

    /// Reads the 64 bytes of x and y in hexadecimal.
    pub fn from_hex(text: &str) -> Result<Self, InvalidSignature> {
        Self::from_bytes(&hex::decode(text).map_err(|_| InvalidSignature::Length(text.len() / 2))?)
    }

    /// The signature with these coordinates.
    pub fn from_words([x, y]: &[B256; 2]) -> Result<Self, InvalidSignature> {
        let (x, y) = number(x).zip(number(y)).ok_or(InvalidSignature::Point)?;
        let point = G1Affine::new_unchecked(x, y);
        // The curve has a prime order, so that every point of it is of the group. Zeros are not on it; the library takes them for
        // infinity, as the constant of the curve is not zero.
        if point.is_on_curve() && !point.is_zero() { Ok(Self(point)) } else { Err(InvalidSignature::Point) }
    }

    /// x and y.
    pub fn words(&self) -> [B256; 2] {
        words(&self.0)
    }

    /// The randomness that it is.
    pub fn randomness(&self) -> B256 {
        keccak256(self.words().as_flattened())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Network;

    /// Rounds of evmnet, published by the network and verified by another implementation of pairings.
    fn recorded() -> serde_json::Value {
        serde_json::from_str(include_str!("../../tests/data/drand-evmnet.json")).expect("the recorded rounds")
    }

    #[test]
    fn rounds_of_evmnet_verify_and_no_other() {
        let network = Network::evmnet();
        for entry in recorded()["rounds"].as_array().expect("rounds") {
            let round = entry["round"].as_u64().expect("a round");
            let signature = Signature::from_hex(entry["signature"].as_str().expect("a signature")).expect("a point");
            assert!(network.key.verify(round, &signature));
            assert!(!network.key.verify(round + 1, &signature));
            assert!(!SecretKey::development().public().verify(round, &signature));
        }
    }

    #[test]
    fn the_key_of_evmnet_is_the_recorded_one() {
        let key = Network::evmnet().key;
        assert_eq!(hex::encode(key.words().as_flattened()), recorded()["public_key_g2"]);
        assert_eq!(PublicKey::from_words(&key.words()), Ok(key));
    }

    #[test]
    fn a_message_is_hashed_to_the_recorded_point() {
        let expected = &recorded()["message_point_round_1"];
        let found = words(&hash_to_curve(message(1))).map(hex::encode);
        assert_eq!(found, ["x", "y"].map(|axis| expected[axis].as_str().expect("a coordinate").to_owned()));
    }

    #[test]
    fn what_is_no_point_is_no_signature_and_no_key() {
        let prime = b256!("30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47");
        for words in [
            [B256::ZERO; 2],
            [prime; 2],
            [B256::with_last_byte(1), B256::with_last_byte(3)],
            [B256::repeat_byte(0xff); 2],
        ] {
            assert_eq!(Signature::from_words(&words), Err(InvalidSignature::Point));
        }
        assert!(Signature::from_words(&[B256::with_last_byte(1), B256::with_last_byte(2)]).is_ok());
        assert_eq!(Signature::from_bytes(&[1; 63]), Err(InvalidSignature::Length(63)));
        assert_eq!(PublicKey::from_words(&[B256::ZERO; 4]), Err(InvalidKey));
        let mut key = Network::evmnet().key.words();
        key[0] ^= B256::with_last_byte(1);
        assert_eq!(PublicKey::from_words(&key), Err(InvalidKey));
        assert!(SecretKey::new(&B256::ZERO).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]

        #[test]
        fn what_a_key_signs_verifies_under_it_alone(secret: [u8; 32], round: u64) {
            let key = SecretKey::new(&secret.into()).expect("not zero");
            let signature = key.sign(round);
            prop_assert!(key.public().verify(round, &signature));
            prop_assert!(!key.public().verify(round ^ 1, &signature));
            prop_assert!(!SecretKey::development().public().verify(round, &signature));
            prop_assert_eq!(Signature::from_words(&signature.words()), Ok(signature));
            prop_assert_eq!(PublicKey::from_words(&key.public().words()), Ok(key.public()));
        }
    }
}
