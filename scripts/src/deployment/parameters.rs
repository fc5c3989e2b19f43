//! What the contracts are set up with.

use alloy::primitives::{Address, B256};
use clap::ValueEnum;
use linq_abi::{CourtParameters, RegistryParameters, TierRule};
use linq_beacon::{Network, SecretKey};
use serde::{Deserialize, Serialize};

use crate::devnode;
use crate::error::{Error, Result};
use crate::network::LOCAL_CHAIN;
use crate::units::Lnq;

/// All LNQ there will ever be.
const SUPPLY_LNQ: u64 = 1_000_000_000;

/// A named set of parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Short times, for development chains.
    Local,
    /// The defaults of the protocol.
    Public,
}

/// One of the first holders of LNQ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    /// Who.
    pub holder: Address,
    /// How much.
    pub amount: Lnq,
}

/// Who has a part in the protocol, as far as somebody was named.
#[derive(Clone, Copy, Debug, Default)]
pub struct Appointments {
    /// Who gets half of the fees.
    pub treasury: Option<Address>,
    /// Who announces parameters.
    pub governor: Option<Address>,
    /// Who can keep newcomers out for a week.
    pub guardian: Option<Address>,
}

/// What the contracts are set up with. None of it changes afterwards, except by the protocol's own governance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Parameters {
    /// The profile the rest comes from.
    pub profile: Profile,
    /// Who gets all LNQ there will ever be.
    pub allocations: Vec<Allocation>,
    /// Who gets half of the fees.
    pub treasury: Address,
    /// Who announces parameters, inside the limits of the contracts; zero for nobody.
    pub governor: Address,
    /// Who can keep newcomers out for a week; zero for nobody.
    pub guardian: Address,
    /// Shortest time in which a result can be disputed.
    pub min_window_secs: u32,
    /// Protocol fee.
    pub fee_bps: u16,
    /// Stake that is locked for work, as a share of the posted price.
    pub collateral_bps: u16,
    /// Most attempts of one slot.
    pub max_attempts: u8,
    /// How long free stake waits before it can be withdrawn.
    pub unbonding_secs: u32,
    /// Least stake of a provider, in whole LNQ.
    pub minimum_lnq: u32,
    /// What every started core adds to it.
    pub per_core_lnq: u32,
    /// What every GPU adds to it.
    pub per_gpu_lnq: u32,
    /// Highest posted price of a slot for tiers 0, 1 and 2, in whole LNQ; tier 3 has none.
    pub price_caps_lnq: [u32; 3],
    /// How long juror stake waits that leaves; longer than any dispute.
    pub unstake_secs: u32,
    /// The phases of a dispute, and what a seat costs.
    pub court: Court,
    /// Where randomness comes from.
    pub beacon: Beacon,
}

/// How long each phase of a dispute takes, and the least that a seat of a jury costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Court {
    /// From the dispute to the beacon's time.
    pub evidence_secs: u32,
    /// From an appeal to the beacon's time.
    pub appeal_evidence_secs: u32,
    /// How long votes are sealed.
    pub commit_secs: u32,
    /// How long they are shown.
    pub reveal_secs: u32,
    /// How long a verdict can be appealed.
    pub appeal_secs: u32,
    /// How long a draw is waited for.
    pub draw_secs: u32,
    /// The least fee of a seat, in thousandths of one LNQ.
    pub floor_milli_lnq: u32,
}

/// The network whose rounds juries are drawn by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Beacon {
    /// Its key, as the pairing precompile takes it.
    pub key: [B256; 4],
    /// The second of round 1.
    pub genesis: u64,
    /// The time between two rounds.
    pub period_secs: u32,
}

impl Court {
    /// The phases of a profile; a local chain has the shortest that the court takes.
    fn of(profile: Profile) -> Self {
        const HOUR: u32 = 3_600;
        let (evidence_secs, appeal_evidence_secs, phase, draw_secs) = match profile {
            Profile::Local => (60, 60, 60, 60),
            Profile::Public => (36 * HOUR, 25 * HOUR, 48 * HOUR, 72 * HOUR),
        };
        Self {
            evidence_secs,
            appeal_evidence_secs,
            commit_secs: phase,
            reveal_secs: phase,
            appeal_secs: phase,
            draw_secs,
            floor_milli_lnq: 10_000,
        }
    }

    /// As the court takes them.
    pub fn encoded(&self) -> CourtParameters {
        CourtParameters {
            evidenceSecs: self.evidence_secs,
            appealEvidenceSecs: self.appeal_evidence_secs,
            commitSecs: self.commit_secs,
            revealSecs: self.reveal_secs,
            appealSecs: self.appeal_secs,
            drawSecs: self.draw_secs,
            floorMilliLnq: self.floor_milli_lnq,
        }
    }
}

impl Beacon {
    /// drand's `evmnet`; on a local chain the same scheme with the development key, which everybody knows.
    fn of(profile: Profile) -> Self {
        let network = match profile {
            Profile::Local => Network { key: SecretKey::development().public(), genesis: 1, period_secs: 3 },
            Profile::Public => Network::evmnet(),
        };
        Self { key: network.key.words(), genesis: network.genesis, period_secs: network.period_secs }
    }
}

impl Parameters {
    /// The parameters of a profile.
    ///
    /// On a local chain the supply goes to the development accounts and the treasury is the last of them; elsewhere both
    /// have to be said.
    pub fn new(
        profile: Profile,
        chain_id: u64,
        allocations: Vec<Allocation>,
        appointments: Appointments,
    ) -> Result<Self> {
        let local = chain_id == LOCAL_CHAIN;
        if profile == Profile::Local && !local {
            return Err(Error::usage(format!(
                "the profile `local` is for chain {LOCAL_CHAIN}, and this is chain {chain_id}"
            ))
            .hint("its times are too short to be safe: use --profile public"));
        }
        let allocations = match allocations {
            given if !given.is_empty() => given,
            _ if local => development_allocations(),
            _ => {
                return Err(Error::usage("nobody is named who gets the supply of LNQ")
                    .hint(format!("give --allocate ADDRESS=AMOUNT, once or several times, {SUPPLY_LNQ} LNQ in all")));
            }
        };
        check_supply(&allocations)?;
        let Appointments { treasury, governor, guardian } = appointments;
        let treasury = match treasury {
            Some(address) if address.is_zero() => return Err(Error::usage("the treasury cannot be the zero address")),
            Some(address) => address,
            None if local => last_development_account()?,
            None => {
                return Err(Error::usage("no treasury is named")
                    .hint("give --treasury ADDRESS, which receives half of the fees"));
            }
        };
        let (min_window_secs, unbonding_secs, unstake_secs) = match profile {
            Profile::Local => (60, 60, 3_600),
            Profile::Public => (36 * 3_600, 28 * 86_400, 56 * 86_400),
        };
        Ok(Self {
            profile,
            allocations,
            treasury,
            governor: appointed(governor, local)?,
            guardian: appointed(guardian, local)?,
            min_window_secs,
            fee_bps: 250,
            collateral_bps: 2_000,
            max_attempts: 4,
            unbonding_secs,
            minimum_lnq: 1_000,
            per_core_lnq: 100,
            per_gpu_lnq: 1_000,
            price_caps_lnq: [500, 5_000, 50_000],
            unstake_secs,
            court: Court::of(profile),
            beacon: Beacon::of(profile),
        })
    }

    /// What the registry is constructed with.
    pub fn registry(&self) -> RegistryParameters {
        let tier = |stake_multiple, age_days, reputation_bps, price_cap_lnq| TierRule {
            stakeMultiple: stake_multiple,
            ageDays: age_days,
            reputationBps: reputation_bps,
            priceCapLnq: price_cap_lnq,
        };
        RegistryParameters {
            minimumLnq: self.minimum_lnq,
            perCoreLnq: self.per_core_lnq,
            perGpuLnq: self.per_gpu_lnq,
            unbondingSecs: self.unbonding_secs,
            priceCapLnq: self.price_caps_lnq[0],
            tier1: tier(4, 7, 5_000, self.price_caps_lnq[1]),
            tier2: tier(16, 30, 8_000, self.price_caps_lnq[2]),
            tier3: tier(64, 90, 9_500, u32::MAX),
        }
    }
}

/// The one named; else the last development account on a local chain, and nobody elsewhere.
fn appointed(named: Option<Address>, local: bool) -> Result<Address> {
    match named {
        Some(address) => Ok(address),
        None if local => last_development_account(),
        None => Ok(Address::ZERO),
    }
}

impl std::str::FromStr for Allocation {
    type Err = String;

    /// `ADDRESS=AMOUNT`.
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (holder, amount) = text.split_once('=').ok_or_else(|| format!("`{text}` is not ADDRESS=AMOUNT"))?;
        Ok(Self { holder: crate::units::parse_address(holder)?, amount: amount.parse()? })
    }
}

fn development_allocations() -> Vec<Allocation> {
    let holders: Vec<Address> = devnode::accounts().map(|(address, _)| address).collect();
    let each = SUPPLY_LNQ / holders.len() as u64;
    holders.into_iter().map(|holder| Allocation { holder, amount: Lnq::whole(each) }).collect()
}

fn last_development_account() -> Result<Address> {
    devnode::accounts()
        .last()
        .map(|(address, _)| address)
        .ok_or_else(|| Error::failure("there are no development accounts"))
}

fn check_supply(allocations: &[Allocation]) -> Result<()> {
    let sum = allocations.iter().try_fold(Lnq::default(), |sum, one| sum.0.checked_add(one.amount.0).map(Lnq));
    let supply = Lnq::whole(SUPPLY_LNQ);
    if sum == Some(supply) {
        return Ok(());
    }
    let given = sum.map_or("more than the contracts can hold".to_owned(), |sum| sum.to_string());
    Err(Error::usage(format!("the allocations add up to {given}, and the supply is {supply}"))
        .hint("correct the amounts of --allocate"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    fn all_to(text: &str) -> Vec<Allocation> {
        vec![format!("0x70997970C51812dc3A010C7d01b50e0d17dc79C8={text}").parse().unwrap()]
    }

    fn treasury() -> Appointments {
        Appointments { treasury: Some(Address::repeat_byte(1)), ..Appointments::default() }
    }

    #[test]
    fn the_local_profile_needs_no_arguments() {
        let parameters = Parameters::new(Profile::Local, LOCAL_CHAIN, Vec::new(), Appointments::default()).unwrap();
        assert_eq!(parameters.allocations.len(), 10);
        assert_eq!(parameters.min_window_secs, 60);
        check_supply(&parameters.allocations).unwrap();
    }

    #[test]
    fn short_times_stay_on_local_chains() {
        let error = Parameters::new(Profile::Local, 42_161, all_to("1000000000"), treasury()).unwrap_err();
        assert_eq!(error.kind(), Kind::Usage);
    }

    #[test]
    fn a_public_deployment_has_to_name_holders_and_treasury() {
        assert!(Parameters::new(Profile::Public, 42_161, Vec::new(), treasury()).is_err());
        assert!(Parameters::new(Profile::Public, 42_161, all_to("1000000000"), Appointments::default()).is_err());
        let parameters = Parameters::new(Profile::Public, 42_161, all_to("1000000000"), treasury()).unwrap();
        assert_eq!((parameters.min_window_secs, parameters.unbonding_secs), (129_600, 2_419_200));
    }

    #[test]
    fn the_supply_is_fixed() {
        for amount in ["999999999", "1000000000.000000000000000001", "79228162514"] {
            let error = Parameters::new(Profile::Public, 1, all_to(amount), treasury()).unwrap_err();
            assert_eq!(error.kind(), Kind::Usage, "{amount}");
        }
    }

    #[test]
    fn allocations_that_mean_nothing_are_refused() {
        for text in [
            "",
            "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
            "0x12=5",
            "0x70997970C51812dc3A010C7d01b50e0d17dc79C8=-5",
        ] {
            assert!(text.parse::<Allocation>().is_err(), "{text}");
        }
    }
}
