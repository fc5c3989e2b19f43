//! Secrets that follow from a juror's key by what it signs.
//!
//! Signatures are deterministic (RFC 6979), so a key gives the same secret whenever it is asked. Each domain names chain and
//! court, and no contract reads these messages: a signature of one means nothing else.

use alloy::primitives::{Address, B256, Signature, U256, keccak256};
use alloy::sol;
use alloy::sol_types::Eip712Domain;

use super::Seat;
use crate::client::Client;
use crate::error::Result;

sol! {
    /// What the salt of a seat is the signature of.
    #[derive(Debug)]
    struct VoteSalt {
        uint64 dispute;
        uint8 round;
        uint8 seat;
    }

    /// What the key of a file of votes is the signature of.
    #[derive(Debug)]
    struct VoteFileKey {
        address juror;
    }
}

/// The salt of a seat whose juror's key the connection signs with.
pub fn salt(client: &Client, seat: &Seat) -> Result<B256> {
    let message = VoteSalt { dispute: seat.dispute, round: seat.round, seat: seat.seat };
    client.sign(&message, &domain(seat.chain_id, seat.court)).map(secret)
}

/// What the file of votes of the connection's account is encrypted with.
pub fn file_key(client: &Client, court: Address) -> Result<B256> {
    let message = VoteFileKey { juror: client.account()? };
    client.sign(&message, &domain(client.chain_id(), court)).map(secret)
}

fn domain(chain_id: u64, court: Address) -> Eip712Domain {
    let (name, version) = ("Linq Juror".into(), "1".into());
    Eip712Domain::new(Some(name), Some(version), Some(U256::from(chain_id)), Some(court), None)
}

/// keccak256 of r ‖ s ‖ v, 65 bytes, with s in the lower half and v 27 or 28.
fn secret(signature: Signature) -> B256 {
    keccak256(signature.normalized_s().as_bytes())
}

#[cfg(test)]
mod tests {
    use alloy::primitives::{address, b256};
    use alloy::signers::SignerSync;
    use alloy::sol_types::SolStruct;

    use super::super::{Vote, restore};
    use super::*;
    use crate::devnode;

    const COURT: Address = address!("00000000000000000000000000000000000000c0");

    /// The vector of the manual, which ethers gives as well.
    #[test]
    fn the_secrets_of_a_known_key_are_known() {
        let signer = devnode::account(1).unwrap();
        let signed = |hash| secret(signer.sign_hash_sync(&hash).unwrap());
        let (domain, message) = (domain(412_346, COURT), VoteSalt { dispute: 7, round: 1, seat: 2 });
        let salt = signed(message.eip712_signing_hash(&domain));
        assert_eq!(salt, b256!("9a6fb8880d38912cae14d095286d4531c1b8e19fc09d9c4d2e6d3fb3f6a0e7d1"));
        let message = VoteFileKey { juror: signer.address() };
        let key = signed(message.eip712_signing_hash(&domain));
        assert_eq!(key, b256!("b2dd790b2efd11b9eebc7988111faa442aaa545319a03b7a53610928cb376ef0"));

        let seat = Seat { chain_id: 412_346, court: COURT, dispute: 7, round: 1, seat: 2, juror: 9 };
        let commitment = b256!("8c9dca744484b756228124be8e35b89e8434a54c4b42a5dff3f99972992c72d6");
        assert_eq!(restore(&seat, salt, commitment), Vote::new(18));
    }

    #[test]
    fn the_form_of_the_signature_does_not_matter() {
        let signer = devnode::account(1).unwrap();
        let signature = signer.sign_hash_sync(&B256::repeat_byte(1)).unwrap();
        let order = U256::from_be_bytes(b256!("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141").0);
        let high = Signature::new(signature.r(), order - signature.s(), !signature.v());
        assert_eq!(secret(high), secret(signature));
    }
}
