//! Who plays. Every key is one of the well-known development keys: public, and never to hold value.

use alloy::{
    primitives::{Address, B256, keccak256},
    signers::local::PrivateKeySigner,
};
use eyre::Result;
use linq::client::Client;
use nitro_devnode::chain::accounts::WELL_KNOWN;

/// One person of the story.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// Name for the listing.
    pub name: &'static str,
    /// Account.
    pub account: Address,
    key: B256,
}

impl Person {
    const fn new(name: &'static str, index: usize) -> Self {
        let (account, key) = WELL_KNOWN[index];
        Self { name, account, key }
    }

    /// The private key in hexadecimal, for a process that acts in this person's name.
    pub fn key(&self) -> String {
        self.key.to_string()
    }

    /// A connection that signs in this person's name.
    pub fn on(&self, client: &Client) -> Result<Client> {
        Ok(client.with_signer(PrivateKeySigner::from_bytes(&self.key)?)?)
    }
}

/// Deploys the suite and hands out LNQ.
pub const DEPLOYER: Person = Person::new("deployer", 0);
/// Receives half of the fees.
pub const TREASURY: Person = Person::new("treasury", 1);
/// The people who stake as jurors.
const JURORS: [&str; 20] = [
    "juror 1", "juror 2", "juror 3", "juror 4", "juror 5", "juror 6", "juror 7", "juror 8", "juror 9", "juror 10",
    "juror 11", "juror 12", "juror 13", "juror 14", "juror 15", "juror 16", "juror 17", "juror 18", "juror 19",
    "juror 20",
];

/// The jurors. The well-known accounts are too few: their keys follow from their names, and are as public.
pub fn jurors() -> Result<Vec<Person>> {
    let person = |name| {
        let key = keccak256(name);
        Ok(Person { name, account: PrivateKeySigner::from_bytes(&key)?.address(), key })
    };
    JURORS.into_iter().map(person).collect()
}

/// Posts jobs and pays.
pub const REQUESTER: Person = Person::new("requester", 2);
/// Calls what anyone may call.
pub const KEEPER: Person = Person::new("keeper", 9);

/// One provider: its three keys, and what it asks.
#[derive(Clone, Copy, Debug)]
pub struct ProviderKeys {
    /// Owns stake and keys.
    pub owner: Person,
    /// Takes and submits.
    pub operator: Person,
    /// Receives earnings.
    pub payout: Person,
}

/// The provider that does the first job and dies in the second.
pub const FIRST: ProviderKeys = ProviderKeys {
    owner: Person::new("provider A", 3),
    operator: Person::new("operator A", 4),
    payout: Person::new("payout A", 5),
};

/// The provider that does what the other left.
pub const SECOND: ProviderKeys = ProviderKeys {
    owner: Person::new("provider B", 6),
    operator: Person::new("operator B", 7),
    payout: Person::new("payout B", 8),
};
