//! The story: a job that is done and paid, then one whose first provider dies.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use alloy::{
    primitives::{Address, B256, U256, aliases::U96},
    sol_types::{SolCall, SolEvent},
};
use eyre::{Result, WrapErr, bail, ensure, eyre};
use linq::client::{Linq, Suite};
use linq_abi::{
    IEscrow, IJobs, ILnqToken, IRegistry, Rates, Registration, Resources, Slot, StandingOffer, Terms,
    codes::{Outcome, SlotState},
};
use linq_manifest::{Manifest, Order, Posting, Resource};

use crate::{
    cast::{FIRST, KEEPER, Person, ProviderKeys, REQUESTER, SECOND, TREASURY},
    ledger::{Closed, Ledger},
    relayers::{Relayer, Relayers},
    report::{Report, Step, lnq},
    stage::Stage,
};

/// Longest time the relayers get for anything they do by themselves.
const PATIENCE: Duration = Duration::from_secs(90);
/// How often the chain is asked whether they have.
const PAUSE: Duration = Duration::from_millis(50);

/// Largest result that the requester downloads.
const MAX_RESULT_BYTES: u64 = 1 << 20;

/// How long a job is open: long enough for a second provider after the first has let its time run out.
const OPEN_SECS: u32 = 3_600;
/// How long a result can be disputed: the shortest time of a local suite, since nobody will.
const WINDOW_SECS: u32 = 60;
/// How long a provider may run on a chain whose clock we move, and on one that we wait for.
const RUN_SECS: (u32, u32) = (600, 60);

/// What one LNQ is in base units.
const LNQ: u128 = 1_000_000_000_000_000_000;
/// What each provider stakes, in LNQ: the minimum for its cores and some more.
const STAKE: u128 = 2_000;
/// What the requester starts with, in LNQ.
const PURSE: u128 = 1_000;
/// Shares of a price that the protocol keeps, of which half is burned.
const FEE_BPS: u128 = 250;
/// Share of a posted price that a provider locks.
const COLLATERAL_BPS: u128 = 2_000;

/// Everything the story needs while it is told.
pub struct Story<'a> {
    stage: &'a Stage,
    suite: Suite,
    report: Report,
    ledger: Ledger,
    folder: PathBuf,
    workload: PathBuf,
    relayers: Relayers,
}

/// A registered provider.
struct Registered {
    id: u32,
    keys: &'static ProviderKeys,
    rates: Rates,
}

impl Registered {
    /// What it asks for one slot by its rates, reckoned apart from the contract.
    fn quote(&self, terms: &Terms) -> U256 {
        let of = |units: u32, rate: u64| u128::from(units) * u128::from(rate);
        let Resources { cpuMillis, memoryMib, storageGib, gpus, .. } = terms.resources;
        let per_second = of(cpuMillis, self.rates.cpuMilli)
            + of(memoryMib, self.rates.memoryMib)
            + of(storageGib, self.rates.storageGib)
            + of(gpus.into(), self.rates.gpu);
        U256::from(per_second * u128::from(terms.runSecs))
    }
}

/// A job that was posted.
struct Posted {
    id: B256,
    terms: Terms,
}

impl<'a> Story<'a> {
    /// Prepares the story on a deployed suite. `folder` holds what the relayers leave, `workload` the program to run.
    pub fn new(stage: &'a Stage, suite: Suite, report: Report, folder: PathBuf, workload: PathBuf) -> Self {
        let relayers = Relayers {
            url: stage.url.clone(),
            jobs: suite.jobs,
            lens: suite.lens,
            folder: folder.clone(),
            file_roots: vec![folder.clone(), workload.clone()],
        };
        Self { stage, suite, report, ledger: Ledger::default(), folder, workload, relayers }
    }

    /// Tells it, and returns the report and the ledger compared with the chain.
    pub async fn tell(mut self) -> Result<(Report, Closed)> {
        self.hand_out().await?;
        self.open_ledger().await?;

        self.report.chapter("Two providers stake and offer");
        let first = self.register(&FIRST, 50_000_000_000_000).await?;
        let second = self.register(&SECOND, 60_000_000_000_000).await?;

        self.report.chapter("A job is posted, taken, run, checked and paid");
        let mut relayer = self.relayers.start(first.id, &FIRST.operator.key(), None)?;
        let job = self.post(1).await?;
        self.follow_to_result(&job, &first, &mut relayer).await?;
        self.fetch(&job).await?;
        self.pay_after_window(&job, &first).await?;
        relayer.stop().await?;

        self.report.chapter("The unhappy twin: the provider takes the job and dies");
        let job = self.post(2).await?;
        let mut dying = self.relayers.start(first.id, &FIRST.operator.key(), Some("run-begun"))?;
        self.follow_to_take(&job, &first, &mut dying).await?;
        let status = dying.ended(PATIENCE).await?;
        self.report
            .say(&format!("the relayer of provider A is gone ({status}); nobody else can harm it more than time"));
        self.late(&job, &first).await?;
        let mut relayer = self.relayers.start(second.id, &SECOND.operator.key(), None)?;
        self.follow_to_result(&job, &second, &mut relayer).await?;
        self.fetch(&job).await?;
        self.pay_after_window(&job, &second).await?;
        relayer.stop().await?;

        self.report.chapter("Fees: half to the treasury, half burned");
        self.sweep().await?;

        self.report.chapter("Where every wei went");
        let closed = self.close_ledger().await?;
        self.report.ledger(&closed);
        Ok((self.report, closed))
    }

    fn linq(&self, person: &Person) -> Result<Linq> {
        Ok(Linq::new(person.on(&self.stage.client)?, self.suite))
    }

    fn reader(&self) -> Linq {
        Linq::new(self.stage.client.clone(), self.suite)
    }

    /// Sends a call in a person's name and reports it.
    async fn send<C: SolCall>(
        &mut self,
        person: &Person,
        to: Address,
        call: &C,
        what: impl Into<String>,
    ) -> Result<linq::client::Sent> {
        let sent = self.linq(person)?.client.send(to, call, U256::ZERO).await.wrap_err_with(|| C::SIGNATURE)?;
        let step = Step { who: person.name, what: what.into(), transaction: sent.hash, gas: sent.gas_used };
        self.report.step(&step);
        Ok(sent)
    }

    /// Gives everybody the LNQ they begin with.
    async fn hand_out(&mut self) -> Result<()> {
        self.report.chapter("LNQ for the people of the story");
        let token = self.suite.token;
        for (person, amount) in [(REQUESTER, PURSE), (FIRST.owner, STAKE), (SECOND.owner, STAKE)] {
            let call = ILnqToken::transferCall { to: person.account, value: U256::from(amount * LNQ) };
            self.send(&crate::cast::DEPLOYER, token, &call, format!("gives {amount} LNQ to {}", person.name)).await?;
        }
        Ok(())
    }

    async fn open_ledger(&mut self) -> Result<()> {
        let reader = self.reader();
        let supply = reader.client.call(self.suite.token, &ILnqToken::totalSupplyCall {}).await?;
        self.ledger = Ledger::new(supply);
        for person in [REQUESTER, FIRST.owner, FIRST.payout, SECOND.owner, SECOND.payout, TREASURY] {
            let balance = reader.lnq_balance(person.account).await?;
            self.ledger.follow(person.name, person.account, balance);
        }
        for (name, account) in [("escrow contract", self.suite.escrow), ("registry contract", self.suite.registry)] {
            let balance = reader.lnq_balance(account).await?;
            self.ledger.follow(name, account, balance);
        }
        Ok(())
    }

    async fn close_ledger(&mut self) -> Result<Closed> {
        let reader = self.reader();
        let ledger = std::mem::take(&mut self.ledger);
        let mut balances = BTreeMap::new();
        for account in ledger.accounts() {
            balances.insert(account, reader.lnq_balance(account).await?);
        }
        let supply = reader.client.call(self.suite.token, &ILnqToken::totalSupplyCall {}).await?;
        ledger.close(&balances, supply)
    }

    /// A provider approves its stake, registers, and its operator accepts.
    async fn register(&mut self, keys: &'static ProviderKeys, cpu_rate: u64) -> Result<Registered> {
        let registry = self.suite.registry;
        let stake = U256::from(STAKE * LNQ);
        let approval = ILnqToken::approveCall { spender: registry, value: stake };
        self.send(&keys.owner, self.suite.token, &approval, "lets the registry take its stake").await?;
        let rates = Rates { cpuMilli: cpu_rate, memoryMib: 200_000_000_000, storageGib: 100_000_000_000, gpu: 0 };
        let registration = Registration {
            operator: keys.operator.account,
            payout: keys.payout.account,
            capacity: Resources { cpuMillis: 4_000, memoryMib: 8_192, storageGib: 100, ..Resources::default() },
            features: linq_manifest::feature::WASI,
            region: 276,
            rates: rates.clone(),
            offer: StandingOffer::default(),
            stake: U96::from(stake),
        };
        let what = format!("registers 4 cores and 8 GiB with {STAKE} LNQ at stake");
        let sent = self.send(&keys.owner, registry, &IRegistry::registerCall { registration }, what).await?;
        let id = sent.expect_event::<IRegistry::ProviderRegistered>(registry)?.provider;
        self.ledger.moves(keys.owner.account, registry, stake, "stake")?;
        let accept = IRegistry::acceptRoleCall { provider: id };
        self.send(&keys.operator, registry, &accept, format!("accepts to operate provider {id}")).await?;
        Ok(Registered { id, keys, rates })
    }

    /// The requester posts the workload as a job of one slot.
    async fn post(&mut self, number: u8) -> Result<Posted> {
        let (mut manifest, mut order) = Resource::load(&self.workload.join("resource.yaml"))?;
        order.open_secs = OPEN_SECS;
        order.window_secs = WINDOW_SECS;
        order.run_secs = if self.stage.embedded() { RUN_SECS.0 } else { RUN_SECS.1 };
        manifest.limits.seconds = manifest.limits.seconds.min(order.run_secs);
        let terms = self.terms(&manifest, &order, number).await?;
        let uri = self.publish(&manifest)?;
        let price = U256::from(terms.price);
        let approval = ILnqToken::approveCall { spender: self.suite.escrow, value: price };
        self.send(&REQUESTER, self.suite.token, &approval, "lets the escrow take the price").await?;
        let call = IJobs::postCall { terms: terms.clone(), uri };
        let what = format!("posts job {number} for at most {} LNQ", lnq(price));
        let sent = self.send(&REQUESTER, self.suite.jobs, &call, what).await?;
        let id = sent.expect_event::<IJobs::JobPosted>(self.suite.jobs)?.job;
        self.ledger.moves(REQUESTER.account, self.suite.escrow, price, &format!("price of job {number}"))?;
        self.report.say(&format!("the work: {}, specification {}", manifest.name, manifest.spec_hash()));
        Ok(Posted { id, terms })
    }

    async fn terms(&self, manifest: &Manifest, order: &Order, number: u8) -> Result<Terms> {
        let limits = self.stage.client.call(self.suite.jobs, &IJobs::limitsCall {}).await?;
        let linq_manifest::Price::Fixed(price) = order.price else {
            bail!("the demo's resource.yaml has to name a price");
        };
        let posting = Posting {
            requester: REQUESTER.account,
            price,
            now: self.stage.client.chain_time().await?,
            parameters: limits.currentParameters,
            salt: B256::with_last_byte(number),
        };
        Ok(order.terms(manifest, &posting)?)
    }

    /// Puts the manifest where the URI of the job says that it is.
    fn publish(&self, manifest: &Manifest) -> Result<String> {
        let path = self.folder.join(format!("{}.json", manifest.spec_hash().hex()));
        std::fs::write(&path, manifest.canonical())?;
        Ok(format!("file://{}", path.display()))
    }

    async fn slot(&self, job: &Posted) -> Result<(SlotState, Slot)> {
        let slot = self.reader().slot(job.id, 0).await?;
        let state = SlotState::from_u8(slot.state).ok_or_else(|| eyre!("the slot is in state {}", slot.state))?;
        Ok((state, slot))
    }

    /// Waits until the slot is in one of `states`, watching the relayer that should bring it there.
    async fn wait_for(&self, job: &Posted, states: &[SlotState], relayer: &mut Relayer, may_end: bool) -> Result<Slot> {
        let watch = async {
            loop {
                let (state, slot) = self.slot(job).await?;
                if states.contains(&state) {
                    return Ok(slot);
                }
                if !may_end {
                    relayer.check()?;
                }
                tokio::time::sleep(PAUSE).await;
            }
        };
        match tokio::time::timeout(PATIENCE, watch).await {
            Ok(slot) => slot,
            Err(_) => bail!("the relayer did not bring the slot to {states:?} within {PATIENCE:?}"),
        }
    }

    async fn follow_to_take(&mut self, job: &Posted, provider: &Registered, relayer: &mut Relayer) -> Result<()> {
        let states = [SlotState::Taken, SlotState::Running, SlotState::Submitted];
        let slot = self.wait_for(job, &states, relayer, true).await?;
        ensure!(slot.provider == provider.id, "provider {} took the job instead of {}", slot.provider, provider.id);
        let expected = provider.quote(&job.terms);
        ensure!(U256::from(slot.price) == expected, "taken for {} instead of {}", slot.price, lnq(expected));
        let what = format!(
            "takes it for {} LNQ with {} LNQ of its stake locked",
            lnq(U256::from(slot.price)),
            lnq(U256::from(slot.lock))
        );
        self.relayed::<IJobs::SlotTaken>(job, provider.keys.operator.name, what).await
    }

    async fn follow_to_result(&mut self, job: &Posted, provider: &Registered, relayer: &mut Relayer) -> Result<()> {
        self.follow_to_take(job, provider, relayer).await?;
        self.wait_for(job, &[SlotState::Submitted], relayer, false).await?;
        let what = "has run it and submits the root of the output".to_owned();
        self.relayed::<IJobs::ResultSubmitted>(job, provider.keys.operator.name, what).await
    }

    /// Reports the latest transaction by which a relayer emitted an event of this kind for the job.
    async fn relayed<E: SolEvent>(&mut self, job: &Posted, who: &'static str, what: String) -> Result<()> {
        let client = &self.stage.client;
        let topics = [Some(job.id), None, None];
        let events = client.events::<E>(self.suite.jobs, self.suite.from_block, topics).await?;
        let (_, log) = events.last().ok_or_else(|| eyre!("there is no {} of job {}", E::SIGNATURE, job.id))?;
        let transaction = log.transaction_hash.ok_or_else(|| eyre!("a log without transaction"))?;
        let gas = client.receipt(transaction).await?.gas_used;
        self.report.step(&Step { who, what, transaction, gas });
        Ok(())
    }

    /// The requester reads the result and recomputes its root from the bytes.
    async fn fetch(&mut self, job: &Posted) -> Result<()> {
        let client = &self.stage.client;
        let topics = [Some(job.id), None, None];
        let events = client.events::<IJobs::ResultSubmitted>(self.suite.jobs, self.suite.from_block, topics).await?;
        ensure!(events.len() == 1, "job {} has {} results: a workload ran twice or not at all", job.id, events.len());
        let (event, _) = &events[0];
        let place = self.folder.join(format!("fetched-{}", job.id));
        let output = linq::results::fetch(&event.uri, event.root, &place, MAX_RESULT_BYTES).await?;
        ensure!(output.succeeded(), "the program ended with {} and code {}", output.ending, output.exit_code);
        let result = std::fs::read_to_string(place.join("stdout"))?;
        self.report.say(&format!("the requester recomputes root {} from the files; the program said:", event.root));
        for line in result.lines().take(6) {
            self.report.say(&format!("    {line}"));
        }
        self.report.workload(job.id, event.provider, events.len());
        Ok(())
    }

    /// The window passes without a dispute, and a keeper's step pays.
    async fn pay_after_window(&mut self, job: &Posted, provider: &Registered) -> Result<()> {
        let (_, slot) = self.slot(job).await?;
        self.report.say("nobody objects while the window is open; time passes");
        self.stage.reach(slot.until).await?;
        let step = IJobs::stepCall { job: job.id, slot: 0 };
        let price = provider.quote(&job.terms);
        let fee = price * U256::from(FEE_BPS) / U256::from(10_000);
        let what = format!(
            "steps: {} LNQ go to {}, {} LNQ are the fee",
            lnq(price - fee),
            provider.keys.payout.name,
            lnq(fee)
        );
        self.send(&KEEPER, self.suite.jobs, &step, what).await?;
        let (state, slot) = self.slot(job).await?;
        ensure!(state == SlotState::Closed && slot.outcome == Outcome::Undisputed as u8, "the slot was not paid");
        let escrow = self.suite.escrow;
        let posted = U256::from(job.terms.price);
        self.ledger.moves(escrow, provider.keys.payout.account, price - fee, "earned")?;
        self.ledger.moves(escrow, REQUESTER.account, posted - price, "posted above the price taken")
    }

    /// The provider is late: a quarter of its lock burns, and the slot is open again.
    async fn late(&mut self, job: &Posted, provider: &Registered) -> Result<()> {
        let (_, slot) = self.slot(job).await?;
        self.report.say("its time runs out");
        self.stage.reach(slot.due).await?;
        let lock = (U256::from(job.terms.price) * U256::from(COLLATERAL_BPS)).div_ceil(U256::from(10_000));
        ensure!(U256::from(slot.lock) == lock, "{} is locked instead of {}", slot.lock, lnq(lock));
        let burned = lock / U256::from(4);
        let step = IJobs::stepCall { job: job.id, slot: 0 };
        let what = format!("steps: {} of the {} LNQ locked burn, and the slot is open again", lnq(burned), lnq(lock));
        self.send(&KEEPER, self.suite.jobs, &step, what).await?;
        self.ledger.burns(self.suite.registry, burned, "a quarter of a late provider's lock")?;
        let (state, _) = self.slot(job).await?;
        ensure!(state == SlotState::Open, "the slot is {state} instead of open again");
        let record = self.reader().provider(provider.id).await?;
        ensure!(record.record.late == 1 && record.locked.is_zero(), "the registry did not record the lateness");
        Ok(())
    }

    async fn sweep(&mut self) -> Result<()> {
        let escrow = self.suite.escrow;
        let owed = self.stage.client.call(escrow, &IEscrow::liabilitiesCall {}).await?;
        ensure!(owed.rewards.is_zero(), "the escrow still holds the reward of a slot");
        let fees = U256::from(owed.fees);
        let half = fees / U256::from(2);
        self.send(&KEEPER, escrow, &IEscrow::sweepCall {}, format!("sweeps {} LNQ of fees", lnq(fees))).await?;
        self.ledger.moves(escrow, TREASURY.account, half, "half of the fees")?;
        self.ledger.burns(escrow, fees - half, "half of the fees")
    }
}
