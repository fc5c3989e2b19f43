//! What is hashed and signed, as plain bytes.

use alloy_primitives::{Address, B256, U256, address, b256};
use stylus_sdk::keccak_const::Keccak256;

/// Name in the signing domain.
pub const NAME: &str = "LNQ";

/// Version in the signing domain.
pub const VERSION: &str = "1";

/// The precompile that recovers a signer.
pub const ECRECOVER: Address = address!("0000000000000000000000000000000000000001");

/// Half of the order of secp256k1: of a signature's two forms only the one with the lower `s` counts.
const HALF_ORDER: B256 = b256!("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");

const DOMAIN_TYPE: [u8; 32] =
    hash("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
const PERMIT_TYPE: [u8; 32] =
    hash("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

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
    /// Whether `s` is in the lower half.
    pub fn is_low(&self) -> bool {
        self.s <= HALF_ORDER
    }

    /// The precompile's input.
    pub fn recovery_words(&self, digest: B256) -> [[u8; 32]; 4] {
        [digest.0, B256::with_last_byte(self.v).0, self.r.0, self.s.0]
    }
}

/// What the domain separator is the hash of.
pub fn domain_words(chain: u64, token: Address) -> [[u8; 32]; 5] {
    [DOMAIN_TYPE, const { hash(NAME) }, const { hash(VERSION) }, U256::from(chain).to_be_bytes(), token.into_word().0]
}

/// What the message hash of a permit is the hash of.
pub fn permit_words(owner: Address, spender: Address, value: U256, nonce: u32, deadline: U256) -> [[u8; 32]; 6] {
    [
        PERMIT_TYPE,
        owner.into_word().0,
        spender.into_word().0,
        value.to_be_bytes(),
        U256::from(nonce).to_be_bytes(),
        deadline.to_be_bytes(),
    ]
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

const fn hash(text: &str) -> [u8; 32] {
    Keccak256::new().update(text.as_bytes()).finalize()
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{hex, keccak256};
    use alloy_sol_types::{Eip712Domain, SolStruct, sol};
    use proptest::prelude::*;

    use super::*;

    mod typed {
        use super::*;

        sol! {
            struct Permit {
                address owner;
                address spender;
                uint256 value;
                uint256 nonce;
                uint256 deadline;
            }
        }
    }

    fn digest(chain: u64, token: Address, permit: &typed::Permit, nonce: u32) -> B256 {
        let domain = keccak256(domain_words(chain, token).as_flattened());
        let words = permit_words(permit.owner, permit.spender, permit.value, nonce, permit.deadline);
        keccak256(typed_bytes(domain, keccak256(words.as_flattened())))
    }

    proptest! {
        #[test]
        fn the_digest_is_the_one_of_eip_712(
            chain: u64, token: [u8; 20], owner: [u8; 20], spender: [u8; 20], value: [u8; 32], nonce: u32, deadline: [u8; 32],
        ) {
            let token = Address::from(token);
            let permit = typed::Permit {
                owner: owner.into(),
                spender: spender.into(),
                value: U256::from_be_bytes(value),
                nonce: U256::from(nonce),
                deadline: U256::from_be_bytes(deadline),
            };
            let domain = Eip712Domain::new(Some("LNQ".into()), Some("1".into()), Some(U256::from(chain)), Some(token), None);
            prop_assert_eq!(digest(chain, token, &permit, nonce), permit.eip712_signing_hash(&domain));
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
