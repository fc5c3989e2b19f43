//! The jurors of the court, beside the suite, and crowds of them.

use alloy::{
    primitives::{Address, B256, U256, keccak256},
    sol_types::{SolCall, SolValue},
};
use linq_abi::{IJurors, Juror};

use crate::{Cast, Refusal, Sent, Stub, World, lnq, u96};

/// How long stake waits that leaves, with jurors of a local chain.
pub const UNSTAKING: u32 = 60;

/// Seconds of a UTC day.
const DAY: u64 = 86_400;

/// Children of a node of the tree of weights.
const CHILDREN: usize = 7;

/// A world with jurors in it, and a court whose calls are made in its name.
pub struct Bench {
    /// The world.
    pub world: World,
    /// The contract of the jurors.
    pub jurors: Address,
    /// The court.
    pub court: Address,
}

impl Bench {
    /// Jurors that know their court, in the morning of a day, so that what a test does lies in one day.
    ///
    /// # Panics
    ///
    /// When they cannot be deployed.
    pub fn new() -> Self {
        let mut bench = Self::unwired();
        let (deployer, court) = (Cast::ALL.deployer, bench.court);
        bench.send(deployer, &IJurors::wireCall { court }).expect("wiring");
        bench
    }

    /// Jurors that do not know their court yet.
    ///
    /// # Panics
    ///
    /// When they cannot be deployed.
    pub fn unwired() -> Self {
        let mut world = World::new();
        let morning = (world.now() / DAY + 1) * DAY + 3_600;
        world.at(morning);
        let court = world.place(&Stub::word(7));
        world.node_mut().set_balance(court, U256::from(lnq(1_000)));
        let token = world.suite.token;
        let jurors = world.construct("jurors", jurors_arguments(token, UNSTAKING)).expect("construction");
        for person in [Cast::ALL.requester, Cast::ALL.owner, Cast::ALL.rival, Cast::ALL.mallory, Cast::ALL.eve] {
            world.approve(person, jurors);
        }
        Self { world, jurors, court }
    }

    /// Sends to the jurors' contract.
    pub fn send<C: SolCall>(&mut self, from: Address, call: &C) -> Result<Sent<C::Return>, Refusal> {
        self.world.send(from, self.jurors, call)
    }

    /// Reads from it what there is no reason to refuse.
    #[track_caller]
    pub fn read<C: SolCall>(&self, call: &C) -> C::Return {
        self.world.read(self.jurors, call)
    }

    /// `person` stakes so many whole LNQ. Returns the number of the juror.
    ///
    /// # Panics
    ///
    /// When that is refused.
    #[track_caller]
    pub fn stake(&mut self, person: Address, amount: u128) -> u32 {
        self.send(person, &IJurors::stakeCall { amount: u96(lnq(amount)) }).expect("stake").value
    }

    /// The court takes from stakes. Returns what it got, by juror.
    pub fn seize(&mut self, penalties: &[(u32, u128)]) -> Result<Sent<Vec<u128>>, Refusal> {
        let (jurors, amounts) = penalties.iter().map(|(juror, amount)| (*juror, u96(*amount))).unzip();
        let court = self.court;
        let Sent { value, receipt, calldata_gas } = self.send(court, &IJurors::seizeCall { jurors, amounts })?;
        Ok(Sent { value: value.iter().map(|taken| taken.to()).collect(), receipt, calldata_gas })
    }

    /// Does `work` and turns everything back to what it was before.
    ///
    /// # Panics
    ///
    /// When the chain forgets what it was.
    pub fn rehearse<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.world.node_mut().snapshot();
        let result = work(self);
        assert!(self.world.node_mut().revert(before), "the snapshot is there");
        result
    }

    /// A juror's record.
    pub fn juror(&self, id: u32) -> Juror {
        self.read(&IJurors::jurorCall { id })
    }

    /// The present UTC day.
    pub fn today(&self) -> u16 {
        (self.world.now() / DAY) as u16
    }

    /// Goes on to the second hour of the UTC day that is so many days ahead.
    pub fn go_on(&mut self, days: u64) {
        let second = (self.world.now() / DAY + days) * DAY + 3_600;
        self.world.at(second);
    }

    /// The weight of all jurors at the start of a day.
    pub fn total(&self, day: u16) -> u32 {
        self.read(&IJurors::totalCall { day })
    }

    /// The weight of one juror at the start of a day.
    pub fn weight(&self, juror: u32, day: u16) -> u32 {
        self.read(&IJurors::weightCall { juror, day })
    }

    /// The word of a node as it is, or with `version` as it was.
    pub fn node(&self, level: u8, index: u32, version: Option<u16>) -> B256 {
        self.world.slot(self.jurors, node_slot(level, index, version))
    }

    /// Puts jurors in place by hand, one for each of `weights` whole LNQ, as if all had staked on the first of `days` and
    /// every node of the tree had changed on each of the others without a difference.
    ///
    /// # Panics
    ///
    /// When the jurors' contract has some already.
    pub fn crowd(&mut self, weights: &[u32], days: &[u16]) {
        assert_eq!(self.read(&IJurors::countCall {}), 0, "a crowd comes first");
        let total: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
        self.world.give(self.jurors, lnq(total));
        let count = weights.len() as u32;
        let settings = U256::from_be_bytes(self.world.slot(self.jurors, U256::from(1)).0);
        self.put(U256::from(1), settings | (U256::from(count) << 160));
        for (juror, weight) in (1..).zip(weights) {
            let account = U256::from_be_bytes(member(juror).into_word().0);
            self.put(mapped(U256::from(juror), 4), account | (U256::from(lnq((*weight).into())) << 160));
            self.put(mapped(account, 5), U256::from(juror));
        }
        let mut sums = weights.to_vec();
        for level in 0.. {
            let above: Vec<u32> = sums.chunks(CHILDREN).map(|children| children.iter().sum()).collect();
            for (index, children) in (0..).zip(sums.chunks(CHILDREN)) {
                self.put_node(level, index, children, days);
            }
            sums = above;
            if sums.len() <= 1 {
                return;
            }
        }
    }

    /// Lets a juror of a crowd stake: ether for gas, 1,000 LNQ more, and an allowance.
    pub fn enrich(&mut self, juror: u32) -> Address {
        let (account, jurors) = (member(juror), self.jurors);
        self.world.node_mut().set_balance(account, U256::from(lnq(1)));
        self.world.give(account, lnq(1_000));
        self.world.approve(account, jurors);
        account
    }

    /// A node with the same sums on each of `days`: the last of them as it is, the others as it was.
    fn put_node(&mut self, level: u8, index: u32, children: &[u32], days: &[u16]) {
        let sums = (1..).zip(children).fold(U256::ZERO, |word, (place, sum)| word | (U256::from(*sum) << (32 * place)));
        for (version, day) in (0..).zip(days) {
            let now = usize::from(version) + 1 == days.len();
            let slot = node_slot(level, index, (!now).then_some(version));
            self.put(slot, sums | (U256::from(version) << 16) | U256::from(*day));
        }
    }

    fn put(&mut self, slot: U256, word: U256) {
        let jurors = self.jurors;
        self.world.node_mut().set_storage(jurors, slot, word.into());
    }
}

impl Default for Bench {
    fn default() -> Self {
        Self::new()
    }
}

/// What jurors are constructed with, encoded.
pub fn jurors_arguments(token: Address, unstake_secs: u32) -> Vec<u8> {
    (Cast::ALL.deployer, token, Cast::ALL.guardian, unstake_secs).abi_encode_params()
}

/// Stakes of a crowd, as unequal as real ones are: from 10,320 LNQ down to 320.
pub fn unequal_stakes(count: u32) -> Vec<u32> {
    (1..=count).map(|juror: u32| 320 + 10_000 / (1 + juror.wrapping_mul(2_654_435_761) % 64)).collect()
}

/// The address of a juror in a crowd.
pub fn member(juror: u32) -> Address {
    Address::from_word(U256::from((1_u64 << 40) + u64::from(juror)).into())
}

/// The numbers that a draw by `seed` puts into seats `from` to `from + count − 1`, found by counting through `weights`.
pub fn drawn_by_counting(weights: &[u32], seed: B256, from: u8, count: u8, least: u32) -> Vec<u32> {
    let total: u64 = weights.iter().map(|weight| u64::from(*weight)).sum();
    let attempt = |seat: u8, attempt: u8| {
        let hash = keccak256([seed.as_slice(), &[seat, attempt]].concat());
        let point = (U256::from_be_bytes(hash.0) % U256::from(total)).to::<u64>();
        let mut end = 0;
        let hit = weights.iter().position(|weight| {
            end += u64::from(*weight);
            point < end
        });
        hit.filter(|hit| weights[*hit] >= least).map_or(0, |hit| hit as u32 + 1)
    };
    let seat = |seat| (0..16).map(|number| attempt(seat, number)).find(|juror| *juror > 0).unwrap_or_default();
    (0..count).map(|number| if total == 0 { 0 } else { seat(from + number) }).collect()
}

/// Where a map of the contract in `root` keeps what is under `key`.
fn mapped(key: U256, root: u8) -> U256 {
    keccak256((key, U256::from(root)).abi_encode()).into()
}

fn node_slot(level: u8, index: u32, version: Option<u16>) -> U256 {
    let place = (u64::from(level) << 32) | u64::from(index);
    match version {
        None => mapped(U256::from(place), 6),
        Some(version) => mapped(U256::from((u64::from(version) << 40) | place), 7),
    }
}
