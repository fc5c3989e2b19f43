//! What people do to each other: registering, posting, taking, submitting.

use alloy::primitives::{Address, B256, keccak256};
use linq_abi::{IJobs, ILens, IRegistry, Job, Provider, Rates, Registration, Resources, Slot, StandingOffer, Terms};

use crate::{Refusal, Sent, World, lnq, u96};

/// The lengths of time that the world's terms use by default.
#[derive(Clone, Copy, Debug)]
pub struct Times;

impl Times {
    /// How long takes are accepted.
    pub const OPEN: u32 = 3_600;
    /// How long a take can be displaced.
    pub const BID: u32 = 120;
    /// How long a provider may run.
    pub const RUN: u32 = 600;
    /// How long a result can be questioned; also the shortest window of a local suite.
    pub const WINDOW: u32 = 60;
}

/// Where the manifest of every job lies.
pub const MANIFEST: &str = "file:///manifest.json";

/// Where every result lies.
pub const RESULT: &str = "file:///result";

/// The root of every result.
pub const ROOT: B256 = B256::repeat_byte(0x5e);

impl World {
    /// A world in which the first two providers are registered, have accepted operators and open standing offers.
    pub fn with_providers() -> Self {
        let mut world = Self::new();
        let cast = world.cast;
        assert_eq!(world.register(cast.owner, cast.operator, cast.payout), 1);
        assert_eq!(world.register(cast.rival, cast.rival_operator, cast.rival_operator), 2);
        world
    }

    /// A registration that satisfies every rule: four cores, 10,000 LNQ, a standing offer.
    pub fn registration(&self, operator: Address, payout: Address) -> Registration {
        Registration {
            operator,
            payout,
            capacity: Resources {
                cpuMillis: 4_000,
                memoryMib: 8_192,
                storageGib: 100,
                gpus: 0,
                gpuClass: 0,
                bandwidthMbps: 1_000,
            },
            features: 1 | 1 << 10,
            region: 276,
            rates: Rates {
                cpuMilli: 1_000_000_000_000,
                memoryMib: 100_000_000_000,
                storageGib: 100_000_000_000,
                gpu: 0,
            },
            offer: StandingOffer {
                open: true,
                minPrice: u96(lnq(1)),
                minRunSecs: 60,
                maxRunSecs: 86_400,
                maxWindowSecs: 1_209_600,
                maxHoldBackSecs: 604_800,
                maxNoticeSecs: 604_800,
                maxLock: u96(lnq(1_000)),
            },
            stake: u96(lnq(10_000)),
        }
    }

    /// Registers a provider and lets its operator accept; returns its id.
    pub fn register(&mut self, owner: Address, operator: Address, payout: Address) -> u32 {
        let registration = self.registration(operator, payout);
        let provider = self.register_as(owner, registration).expect("registration").value;
        self.registry(operator, &IRegistry::acceptRoleCall { provider }).expect("acceptance");
        provider
    }

    /// Registers a provider, with the registry approved; the operator has yet to accept.
    pub fn register_as(&mut self, owner: Address, registration: Registration) -> Result<Sent<u32>, Refusal> {
        self.approve(owner, self.suite.registry);
        self.registry(owner, &IRegistry::registerCall { registration })
    }

    /// Terms that satisfy every rule: one task for at most 100 LNQ, anybody may take it.
    pub fn terms(&self) -> Terms {
        Terms {
            requester: self.cast.requester,
            specHash: keccak256("a manifest"),
            price: u96(lnq(100)),
            tasks: 1,
            resources: Resources {
                cpuMillis: 1_000,
                memoryMib: 512,
                storageGib: 1,
                gpus: 0,
                gpuClass: 0,
                bandwidthMbps: 0,
            },
            features: 1,
            regions: 0,
            tier: 0,
            provider: 0,
            judge: Address::ZERO,
            expected: B256::ZERO,
            openSecs: Times::OPEN,
            bidSecs: Times::BID,
            runSecs: Times::RUN,
            windowSecs: Times::WINDOW,
            attempts: 4,
            endBy: self.now() + 30 * 86_400,
            anyoneMatches: false,
            parameters: 1,
            salt: B256::ZERO,
        }
    }

    /// Posts `terms` as their requester, with the escrow approved.
    pub fn post(&mut self, terms: &Terms) -> Result<Sent<B256>, Refusal> {
        self.approve(terms.requester, self.suite.escrow);
        self.post_as(terms.requester, terms)
    }

    /// Posts `terms` as anybody.
    pub fn post_as(&mut self, caller: Address, terms: &Terms) -> Result<Sent<B256>, Refusal> {
        self.jobs(caller, &IJobs::postCall { terms: terms.clone(), uri: MANIFEST.into() })
    }

    /// `caller` takes slot 0 for `provider` at `price`.
    pub fn take(
        &mut self,
        caller: Address,
        terms: &Terms,
        provider: u32,
        price: u128,
    ) -> Result<Sent<IJobs::takeReturn>, Refusal> {
        let call = IJobs::takeCall { terms: terms.clone(), slot: 0, provider, price: u96(price) };
        self.jobs(caller, &call)
    }

    /// `caller` submits [`ROOT`] for slot 0 with `claim`.
    pub fn submit(&mut self, caller: Address, job: B256, claim: u8) -> Result<Sent<IJobs::submitReturn>, Refusal> {
        self.jobs(caller, &IJobs::submitCall { job, slot: 0, root: ROOT, claim, uri: RESULT.into() })
    }

    /// Does whatever is due for slot 0, as the keeper.
    pub fn step(&mut self, job: B256) -> Result<Sent<IJobs::stepReturn>, Refusal> {
        self.jobs(self.cast.keeper, &IJobs::stepCall { job, slot: 0 })
    }

    /// Slot 0 of a job.
    pub fn slot_of(&self, job: B256) -> Slot {
        self.read(self.suite.jobs, &IJobs::slotCall { id: job, index: 0 })
    }

    /// A job.
    pub fn job(&self, id: B256) -> Job {
        self.read(self.suite.lens, &ILens::jobCall { id })
    }

    /// A provider.
    pub fn provider(&self, id: u32) -> Provider {
        self.read(self.suite.lens, &ILens::providerCall { id })
    }

    /// What a provider asks for `resources` over `run_secs`.
    pub fn quote(&self, id: u32, resources: &Resources, run_secs: u32) -> u128 {
        let call = ILens::quoteCall { id, resources: resources.clone(), runSecs: run_secs };
        self.read(self.suite.lens, &call).to()
    }
}
