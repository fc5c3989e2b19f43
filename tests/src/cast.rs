//! The people of every story.

use alloy::primitives::{Address, address};

/// Who is who.
///
/// The first ten are the well-known development accounts, whose keys are public; they can sign. The others are addresses
/// that the chain lets send without a key.
#[derive(Clone, Copy, Debug)]
pub struct Cast {
    /// Deploys and wires the suite.
    pub deployer: Address,
    /// Receives half of the fees.
    pub treasury: Address,
    /// Posts jobs and pays.
    pub requester: Address,
    /// Owns the first provider.
    pub owner: Address,
    /// Hot key of the first provider.
    pub operator: Address,
    /// Receives what the first provider earns.
    pub payout: Address,
    /// Owns the second provider.
    pub rival: Address,
    /// Hot key of the second provider; also its payout address.
    pub rival_operator: Address,
    /// Calls what anyone may call.
    pub keeper: Address,
    /// Tries what nobody may do.
    pub eve: Address,
    /// Rules on results where the terms say so.
    pub judge: Address,
    /// Posts jobs too, and owns the third provider: deals with itself.
    pub mallory: Address,
    /// Hot key of the third provider.
    pub mallory_operator: Address,
    /// Announces parameters.
    pub governor: Address,
    /// Pauses what lets newcomers in.
    pub guardian: Address,
}

impl Cast {
    /// Everybody.
    pub const ALL: Self = Self {
        deployer: address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266"),
        treasury: address!("70997970C51812dc3A010C7d01b50e0d17dc79C8"),
        requester: address!("3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"),
        owner: address!("90F79bf6EB2c4f870365E785982E1f101E93b906"),
        operator: address!("15d34AAf54267DB7D7c367839AAf71A00a2C6A65"),
        payout: address!("9965507D1a55bcC2695C58ba16FB37d819B0A4dc"),
        rival: address!("976EA74026E726554dB657fA54763abd0C3a0aa9"),
        rival_operator: address!("14dC79964da2C08b23698B3D3cc7Ca32193d9955"),
        keeper: address!("23618e81E3f5cdF7f54C3d65f7FBc0aBf5B21E8f"),
        eve: address!("a0Ee7A142d267C1f36714E4a8F75612F20a79720"),
        judge: address!("1111111111111111111111111111111111111111"),
        mallory: address!("2222222222222222222222222222222222222222"),
        mallory_operator: address!("3333333333333333333333333333333333333333"),
        governor: address!("4444444444444444444444444444444444444444"),
        guardian: address!("5555555555555555555555555555555555555555"),
    };

    /// Everybody with their names.
    pub const EVERYBODY: [(Address, &str); 15] = [
        (Self::ALL.deployer, "deployer"),
        (Self::ALL.treasury, "treasury"),
        (Self::ALL.requester, "requester"),
        (Self::ALL.owner, "owner"),
        (Self::ALL.operator, "operator"),
        (Self::ALL.payout, "payout"),
        (Self::ALL.rival, "rival"),
        (Self::ALL.rival_operator, "rival operator"),
        (Self::ALL.keeper, "keeper"),
        (Self::ALL.eve, "eve"),
        (Self::ALL.judge, "judge"),
        (Self::ALL.mallory, "mallory"),
        (Self::ALL.mallory_operator, "mallory's operator"),
        (Self::ALL.governor, "governor"),
        (Self::ALL.guardian, "guardian"),
    ];

    /// Name of a person, for messages.
    pub fn name(address: Address) -> Option<&'static str> {
        Self::EVERYBODY.into_iter().find_map(|(known, name)| (known == address).then_some(name))
    }
}
