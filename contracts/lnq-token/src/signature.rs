//! What is hashed and signed, as plain bytes.

use alloc::vec::Vec;

use alloy_primitives::{Address, B256, FixedBytes, U256, address, b256};
use stylus_sdk::keccak_const::Keccak256;

use crate::spelled::{Word, spelled};

/// Which parts the signing domain has: name, version, chain and address.
pub const FIELDS: FixedBytes<1> = FixedBytes([0x0f]);

/// Name in the signing domain.
pub const NAME: &str = "LNQ";

/// Version in the signing domain.
pub const VERSION: &str = "1";

/// The precompile that recovers a signer.
pub const ECRECOVER: Address = address!("0000000000000000000000000000000000000001");

/// Half of the order of secp256k1: of a signature's two forms only the one with the lower `s` counts.
const HALF_ORDER: B256 = b256!("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");

/// ERC-1271's `isValidSignature(bytes32,bytes)`, and what it returns where it agrees, in front of zeros.
const IS_VALID_SIGNATURE: u32 = 0x1626_ba7e;

const DOMAIN_TYPE: Word = hash("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
const PERMIT_TYPE: Word = hash("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
const DELEGATION_TYPE: Word = hash("Delegation(address delegatee,uint256 nonce,uint256 expiry)");

/// A signature as ERC-2612 carries it.
pub struct Signature {
    /// 27 or 28.
    pub v: u8,
    /// First number.
    pub r: B256,
    /// Second number.
    pub s: B256,
}

impl Signature {
    /// The signature that 65 bytes are: `r`, `s`, `v`.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (words, rest) = bytes.as_chunks::<32>();
        match (words, rest) {
            ([r, s], [v]) => Some(Self { v: *v, r: r.into(), s: s.into() }),
            _ => None,
        }
    }

    /// Whether `s` is in the lower half.
    pub fn is_low(&self) -> bool {
        U256::from_be_bytes(self.s.0) <= U256::from_be_bytes(spelled!(HALF_ORDER.0))
    }

    /// The precompile's input.
    pub fn recovery_words(&self, digest: B256) -> [[u8; 32]; 4] {
        [digest.0, B256::with_last_byte(self.v).0, self.r.0, self.s.0]
    }
}

/// What the domain separator is the hash of.
pub fn domain_words(chain: u64, token: Address) -> [Word; 5] {
    [
        spelled!(DOMAIN_TYPE),
        spelled!(hash(NAME)),
        spelled!(hash(VERSION)),
        U256::from(chain).to_be_bytes(),
        token.into_word().0,
    ]
}

/// What the message hash of a permit is the hash of.
pub fn permit_words(owner: Address, spender: Address, value: U256, nonce: U256, deadline: U256) -> [Word; 6] {
    [
        spelled!(PERMIT_TYPE),
        owner.into_word().0,
        spender.into_word().0,
        value.to_be_bytes(),
        nonce.to_be_bytes(),
        deadline.to_be_bytes(),
    ]
}

/// What the message hash of a delegation is the hash of.
pub fn delegation_words(delegatee: Address, nonce: U256, expiry: U256) -> [Word; 4] {
    [spelled!(DELEGATION_TYPE), delegatee.into_word().0, nonce.to_be_bytes(), expiry.to_be_bytes()]
}

/// The call that asks a contract whether `given` is its signature of `digest`.
pub fn question(digest: B256, given: &[u8]) -> Vec<u8> {
    let [offset, length] = [64, given.len()].map(|number| U256::from(number).to_be_bytes::<32>());
    let padded = given.len().next_multiple_of(32);
    let mut call = Vec::with_capacity(padded.saturating_add(100));
    call.extend_from_slice(&IS_VALID_SIGNATURE.to_be_bytes());
    call.extend_from_slice([digest.0, offset, length].as_flattened());
    call.extend_from_slice(given);
    call.resize(padded.saturating_add(100), 0);
    call
}

/// Whether the answer to a [`question`] says yes: exactly its selector, in front of zeros.
pub fn is_agreed(answer: &[u8]) -> bool {
    let yes = U256::from(IS_VALID_SIGNATURE).wrapping_shl(224).to_be_bytes::<32>();
    answer.first_chunk::<32>() == Some(&yes)
}

/// What the signed digest is the hash of.
pub fn typed_bytes(domain: B256, message: B256) -> [u8; 66] {
    let mut bytes = [0; 66];
    let parts = [0x19, 0x01].into_iter().chain(domain).chain(message);
    for (to, from) in bytes.iter_mut().zip(parts) {
        *to = from;
    }
    bytes
}

const fn hash(text: &str) -> Word {
    Keccak256::new().update(text.as_bytes()).finalize()
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{hex, keccak256};
    use alloy_sol_types::{Eip712Domain, SolCall, SolStruct, sol};
    use linq_abi::typed;
    use proptest::prelude::*;

    use super::*;

    sol! {
        function isValidSignature(bytes32 hash, bytes signature) returns (bytes4);
    }

    fn digest(chain: u64, token: Address, words: &[Word]) -> B256 {
        let domain = keccak256(domain_words(chain, token).as_flattened());
        keccak256(typed_bytes(domain, keccak256(words.as_flattened())))
    }

    fn domain(chain: u64, token: Address) -> Eip712Domain {
        Eip712Domain::new(Some("LNQ".into()), Some("1".into()), Some(U256::from(chain)), Some(token), None)
    }

    proptest! {
        #[test]
        fn the_digest_of_a_permit_is_the_one_of_eip_712(
            chain: u64, token: [u8; 20], owner: [u8; 20], spender: [u8; 20], value: [u8; 32], nonce: [u8; 32], deadline: [u8; 32],
        ) {
            let permit = typed::Permit {
                owner: owner.into(),
                spender: spender.into(),
                value: U256::from_be_bytes(value),
                nonce: U256::from_be_bytes(nonce),
                deadline: U256::from_be_bytes(deadline),
            };
            let words = permit_words(permit.owner, permit.spender, permit.value, permit.nonce, permit.deadline);
            let token = token.into();
            prop_assert_eq!(digest(chain, token, &words), permit.eip712_signing_hash(&domain(chain, token)));
        }

        #[test]
        fn the_digest_of_a_delegation_is_the_one_of_eip_712(
            chain: u64, token: [u8; 20], delegatee: [u8; 20], nonce: [u8; 32], expiry: [u8; 32],
        ) {
            let delegation = typed::Delegation {
                delegatee: delegatee.into(),
                nonce: U256::from_be_bytes(nonce),
                expiry: U256::from_be_bytes(expiry),
            };
            let words = delegation_words(delegation.delegatee, delegation.nonce, delegation.expiry);
            let token = token.into();
            prop_assert_eq!(digest(chain, token, &words), delegation.eip712_signing_hash(&domain(chain, token)));
        }

        #[test]
        fn a_question_is_the_call_of_erc_1271(digest: [u8; 32], given in proptest::collection::vec(any::<u8>(), 0..200)) {
            let call = isValidSignatureCall { hash: digest.into(), signature: given.clone().into() };
            prop_assert_eq!(question(digest.into(), &given), call.abi_encode());
        }

        #[test]
        fn sixty_five_bytes_are_a_signature(bytes in proptest::collection::vec(any::<u8>(), 0..130)) {
            match (Signature::from_bytes(&bytes), bytes.len()) {
                (Some(Signature { v, r, s }), 65) => {
                    prop_assert_eq!([r.as_slice(), s.as_slice(), &[v]].concat(), bytes);
                }
                (signature, length) => prop_assert!(signature.is_none() && length != 65),
            }
        }
    }

    #[test]
    fn only_the_magic_word_agrees() {
        let yes = isValidSignatureCall::abi_encode_returns(&isValidSignatureCall::SELECTOR.into());
        assert!(is_agreed(&yes));
        assert!(is_agreed(&[yes.as_slice(), &[1]].concat()), "more may follow");
        assert!(!is_agreed(&yes[..31]));
        assert!(!is_agreed(&[]));
        for byte in 0..32 {
            let mut other = yes.clone();
            other[byte] ^= 1;
            assert!(!is_agreed(&other), "byte {byte}");
        }
    }

    #[test]
    fn the_permit_type_is_the_well_known_one() {
        assert_eq!(PERMIT_TYPE, hex!("6e71edae12b1b97f4d1f60370fef10105fa2faae0126114a169c64845d6126c9"));
    }

    #[test]
    fn only_the_lower_half_counts() {
        let with = |s: B256| Signature { v: 27, r: B256::ZERO, s };
        assert!(with(HALF_ORDER).is_low());
        let above = U256::from_be_bytes(HALF_ORDER.0) + U256::from(1);
        assert!(!with(above.into()).is_low());
        assert!(!with(B256::repeat_byte(0xff)).is_low());
    }
}
