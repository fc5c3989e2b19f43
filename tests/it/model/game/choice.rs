//! What the raw numbers of an action mean as things stand.

use linq_tests::ROOT;

use super::Game;
use crate::{
    model::{
        action::{Much, Shape, Which, Who},
        oracle::JobBook,
    },
    prelude::*,
};

/// Prices of slots, from a unit to more than the first tier takes.
const PRICES: [u128; 8] = [1, 7, lnq(1) + 1, lnq(100), lnq(100) + 1, lnq(499), lnq(500), lnq(501)];

/// People and contracts.
pub(super) fn accounts(world: &World) -> Vec<Address> {
    let people = Cast::EVERYBODY.iter().map(|(person, _)| *person);
    people.chain(world.suite.addresses()).collect()
}

/// The owners of providers to be, their operators and payout addresses.
pub(super) fn households() -> [(Address, Address, Address); 4] {
    let cast = Cast::ALL;
    [
        (cast.owner, cast.operator, cast.payout),
        (cast.rival, cast.rival_operator, cast.rival_operator),
        (cast.mallory, cast.mallory_operator, cast.mallory),
        (cast.eve, cast.eve, cast.keeper),
    ]
}

impl Game<'_> {
    /// `right` in seven of eight cases, otherwise anybody.
    pub(super) fn who(&self, who: Who, right: Address) -> Address {
        if who.0 < 224 {
            return right;
        }
        let people = Cast::EVERYBODY;
        people[usize::from(who.0 - 224) % people.len()].0
    }

    /// A person who has LNQ at the start, or, rarely, a contract.
    pub(super) fn receiver(&self, who: Who) -> Address {
        if who.0 >= 226 {
            let odd = [self.world.suite.addresses().as_slice(), &[Address::ZERO]].concat();
            return odd[usize::from(who.0) % odd.len()];
        }
        let people = Cast::EVERYBODY;
        people[usize::from(who.0) % people.len()].0
    }

    pub(super) fn holder(&self, who: Who) -> Address {
        let cast = Cast::ALL;
        let holders = [cast.requester, cast.owner, cast.rival, cast.mallory, cast.eve, cast.deployer, cast.keeper];
        holders[usize::from(who.0) % holders.len()]
    }

    /// An amount around `whole`.
    pub(super) fn much(&self, much: Much, whole: u128) -> u128 {
        match much.0 % 8 {
            0 => 0,
            1 => 1,
            2 => whole / 2,
            3 => whole,
            4 => whole + 1,
            5 => whole.saturating_sub(1),
            6 => lnq(1).min(whole),
            _ => whole / 7,
        }
    }

    pub(super) fn provider(&self, which: Which) -> u32 {
        let count = self.oracle.registry.providers.len() as u32;
        if which.0 >= 240 || count == 0 { u32::from(which.0 % 9) } else { u32::from(which.0) % count + 1 }
    }

    /// A slot for which `suits` holds, sometimes any; `None` where there is none.
    pub(super) fn slot(&self, which: Which, suits: impl Fn(&JobBook, u16) -> bool) -> Option<(usize, u16)> {
        let jobs = &self.oracle.jobs.posted;
        let all = |keep: &dyn Fn(&JobBook, u16) -> bool| {
            let mut found = Vec::new();
            for (place, job) in jobs.iter().enumerate() {
                found.extend((0..job.slots.len() as u16).filter(|slot| keep(job, *slot)).map(|slot| (place, slot)));
            }
            found
        };
        let pick = |found: Vec<(usize, u16)>| (!found.is_empty()).then(|| found[usize::from(which.0) % found.len()]);
        if which.0 >= 240 {
            return pick(all(&|_, _| true));
        }
        let suitable = pick(all(&suits));
        // Where nothing suits, most attempts would only be refused for the same reason again.
        if suitable.is_none() && which.0.is_multiple_of(8) { pick(all(&|_, _| true)) } else { suitable }
    }

    pub(super) fn registration(&self, owner: Address, shape: Shape) -> Registration {
        let household = households().into_iter().find(|(known, _, _)| *known == owner);
        let (_, operator, payout) = household.unwrap_or((owner, owner, owner));
        let mut stated = self.world.registration(operator, payout);
        let [a, b, c, d] = shape.0.to_le_bytes();
        if a & 1 == 1 {
            stated.features |= 1 << 5;
        }
        match b % 16 {
            13 => stated.region = 840,
            14 => (stated.capacity.gpus, stated.capacity.gpuClass) = (2, 7),
            15 => stated.capacity.cpuMillis = 0,
            _ => {}
        }
        match c % 16 {
            12 => stated.offer.open = false,
            13 => stated.offer.minRunSecs = stated.offer.maxRunSecs + 1,
            14 => stated.payout = [Address::ZERO, self.world.suite.token][usize::from(a) % 2],
            15 => stated.operator = Address::ZERO,
            _ => {}
        }
        match d % 16 {
            13 => stated.stake = u96(lnq(1_399)),
            14 => stated.stake = u96(lnq(1_400)),
            15 => stated.stake = u96(SHARE + 1),
            _ => {}
        }
        stated
    }

    pub(super) fn offer(&self, shape: Shape) -> (Rates, StandingOffer) {
        let [a, b, c, _] = shape.0.to_le_bytes();
        let stated = self.registration(Cast::ALL.owner, Shape(0));
        let rates = Rates { cpuMilli: u64::from(a) * 10_000_000_000, ..stated.rates };
        let mut offer = stated.offer;
        match b % 8 {
            5 => offer.open = false,
            6 => offer.maxNoticeSecs = offer.maxHoldBackSecs + 1,
            7 => offer.maxLock = u96(lnq(1)),
            _ => offer.minPrice = u96(lnq(u128::from(c) % 4)),
        }
        (rates, offer)
    }

    pub(super) fn terms(&mut self, requester: Address, shape: Shape) -> Terms {
        let [a, b, c, d] = shape.0.to_le_bytes();
        self.salt = self.salt.wrapping_add(1);
        let mut terms = self.world.terms();
        terms.requester = requester;
        terms.salt = B256::repeat_byte(self.salt);
        terms.price = u96(PRICES[usize::from(a) % PRICES.len()]);
        terms.tasks = [1, 1, 1, 2, 3, 1, 2, 1][usize::from(a >> 3) % 8];
        terms.bidSecs = if b & 1 == 1 { 0 } else { terms.bidSecs };
        terms.anyoneMatches = b & 6 == 6;
        match (b >> 3) % 4 {
            1 => terms.judge = Cast::ALL.judge,
            2 => terms.expected = keccak256(ROOT),
            _ => {}
        }
        terms.attempts = [4, 2, 1, 4][usize::from(b >> 5) % 4];
        match c % 16 {
            9 => (terms.provider, terms.attempts) = (1, 1),
            10 => terms.regions = 840,
            11 => terms.regions = 840 << 64 | 276,
            12 => terms.features |= 1 << 5,
            13 => terms.tier = 1,
            14 => terms.resources.cpuMillis = 3_500,
            15 => (terms.resources.gpus, terms.resources.gpuClass) = (1, 7),
            _ => {}
        }
        terms.openSecs = [3_600, 300, 7_200, 3_600][usize::from(c >> 4) % 4];
        match d {
            240 => terms.tasks = 0,
            241 => terms.price = U96::ZERO,
            242 => terms.windowSecs = MIN_WINDOW - 1,
            243 => terms.runSecs = 0,
            244 => terms.parameters = 2,
            245 => terms.attempts = 5,
            246 => terms.endBy = self.oracle.now,
            247 => terms.openSecs = 0,
            248 => terms.bidSecs = 21_601,
            249 => terms.resources = Resources { gpuClass: 1, gpus: 0, ..terms.resources },
            250 => (terms.judge, terms.expected) = (Cast::ALL.judge, keccak256(ROOT)),
            251 => terms.endBy = self.oracle.now + 900,
            _ => terms.windowSecs = [MIN_WINDOW, 600, 3_600][usize::from(d) % 3],
        }
        terms
    }

    /// When a slot's state ends, or an unbonding does; the next few of those to come.
    pub(super) fn deadlines(&self) -> Vec<u64> {
        let now = self.oracle.now;
        let jobs = self.oracle.jobs.posted.iter();
        let slots = jobs.flat_map(|job| (0..job.slots.len() as u16).map(|slot| job.state(slot, now).1));
        let providers = self.oracle.registry.providers.iter();
        let unbondings = providers.flat_map(|book| book.unbondings.iter().map(|(_, end)| *end));
        let cases = self.oracle.disputes.opened.iter();
        let phases = cases.flat_map(|case| [case.evidence_end, case.lapses_at()]);
        let versions = self.oracle.registry.versions.iter().map(|(from, _)| *from);
        let mut deadlines: Vec<u64> =
            slots.chain(unbondings).chain(phases).chain(versions).filter(|end| *end > now).collect();
        deadlines.sort_unstable();
        deadlines.dedup();
        deadlines.truncate(3);
        deadlines
    }
}
