//! The story: a job that is done and paid, one whose first provider dies, and two whose results are disputed.

mod disputes;

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use alloy::{
    primitives::{Address, B256, U256},
    sol_types::{SolCall, SolEvent},
};
use eyre::{Result, WrapErr, bail, ensure, eyre};
use linq::client::{Linq, Suite};
use linq_abi::{
    IEscrow, IJobs, ILens, ILnqToken, Rates, Resources, Slot, Terms,
    codes::{Outcome, SlotState},
};
use linq_manifest::{Manifest, Posting, Resource};
use serde_json::Value;

use crate::{
    cast::{FIRST, KEEPER, Person, ProviderKeys, REQUESTER, SECOND, TREASURY},
    command::{Shell, transactions},
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

/// What each juror stakes, in LNQ.
pub const JUROR_STAKE: u64 = 1_000;

/// Everything the story needs while it is told.
pub struct Story<'a> {
    stage: &'a Stage,
    suite: Suite,
    report: Report,
    ledger: Ledger,
    folder: PathBuf,
    workload: PathBuf,
    relayers: Relayers,
    shell: Shell,
    /// The root that the work came to when the requester had it done again.
    replayed: Option<B256>,
    /// The people who judge, by their number; nobody on a chain whose clock is not ours, since they weigh from the next day on.
    jurors: BTreeMap<u32, Person>,
    /// What each of them has lost by penalties.
    lost: BTreeMap<u32, U256>,
}

/// What a provider asks for a core and hour in LNQ, and the rate that this comes to in base units for a millicore and
/// second.
const FIRST_PRICE: (u64, u64) = (180, 50_000_000_000_000);
const SECOND_PRICE: (u64, u64) = (216, 60_000_000_000_000);
/// The same of a GiB of memory and a MiB, and of a GiB of storage.
const MEMORY_PRICE: (&str, u64) = ("0.73728", 200_000_000_000);
const STORAGE_PRICE: (&str, u64) = ("0.00036", 100_000_000_000);

/// What a provider should have done.
struct Record {
    completed: u64,
    late: u64,
    /// Disputes.
    won: u64,
    lost: u64,
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

/// What is asked of a provider beside the work itself.
struct Order {
    /// The most that is paid, in base units, if it is not what the work's file says.
    price: Option<u128>,
    run_secs: u32,
}

/// A job that was posted.
struct Posted {
    id: B256,
    terms: Terms,
}

impl<'a> Story<'a> {
    /// Prepares the story on a deployed suite. `folder` holds what the relayers leave, `workload` the program to run.
    pub fn new(
        stage: &'a Stage,
        suite: Suite,
        report: Report,
        folder: PathBuf,
        workload: PathBuf,
        jurors: &[Person],
    ) -> Self {
        let relayers = Relayers {
            url: stage.url.clone(),
            jobs: suite.jobs,
            lens: suite.lens,
            folder: folder.clone(),
            file_roots: vec![folder.clone(), workload.clone()],
        };
        let shell = Shell { url: stage.url.clone(), folder: folder.clone() };
        Self {
            stage,
            suite,
            report,
            ledger: Ledger::default(),
            folder,
            workload,
            relayers,
            shell,
            replayed: None,
            jurors: disputes::numbered(jurors),
            lost: BTreeMap::new(),
        }
    }

    /// Tells it, and returns the report and the ledger compared with the chain.
    pub async fn tell(mut self) -> Result<(Report, Closed)> {
        self.hand_out().await?;
        self.open_ledger().await?;

        self.report.chapter("Two providers register, each with `linq provider`");
        let first = self.register(&FIRST, FIRST_PRICE).await?;
        let second = self.register(&SECOND, SECOND_PRICE).await?;
        self.offer(&first).await?;

        self.report.chapter("A job is posted, taken, run, checked and paid");
        let mut relayer = self.relayers.start(first.id, &FIRST.operator.key(), None)?;
        let run_secs = if self.stage.embedded() { RUN_SECS.0 } else { RUN_SECS.1 };
        let job = self.post(1, Order { price: None, run_secs }).await?;
        self.follow_to_result(&job, &first, &mut relayer).await?;
        self.fetch(&job).await?;
        self.pay_after_window(&job, &first).await?;
        relayer.stop().await?;

        self.report.chapter("The unhappy twin: the provider takes the job and dies");
        let job = self.post(2, Order { price: None, run_secs }).await?;
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

        let judged = !self.jurors.is_empty();
        if judged {
            self.disputes(&first, &second).await?;
        } else {
            self.report.chapter("Disputes are told on a chain of our own");
            self.report
                .say("jurors weigh from the day after they have staked, and this chain's clock is not ours to move");
        }

        self.report.chapter("Fees: half to the treasury, half burned");
        self.sweep().await?;

        self.report.chapter("What is known of the providers, and how one leaves");
        let disputed = u64::from(judged);
        self.record(&first, &Record { completed: 1 + disputed, late: 1, won: 0, lost: disputed }).await?;
        self.record(&second, &Record { completed: 1 + disputed, late: 0, won: disputed, lost: 0 }).await?;
        self.leave(&second).await?;

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
        let appeal = if self.jurors.is_empty() { 0 } else { disputes::APPEAL_PURSE };
        for (person, amount) in [(REQUESTER, PURSE), (FIRST.owner, STAKE + appeal), (SECOND.owner, STAKE)] {
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
        let contracts = [
            ("escrow contract", self.suite.escrow),
            ("registry contract", self.suite.registry),
            ("court contract", self.suite.court),
            ("jurors contract", self.suite.jurors),
        ];
        for (name, account) in contracts.into_iter().chain(disputes::accounts(&self.jurors)) {
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

    /// Types a command that sends transactions, and reports each of them.
    async fn type_in(&mut self, person: &Person, line: &str, what: impl Into<String>) -> Result<Value> {
        let document = self.shell.linq(person, line).await?;
        let (what, sent) = (what.into(), transactions(&document));
        ensure!(!sent.is_empty(), "`linq {line}` sent nothing: {document}");
        for transaction in sent {
            let gas = self.stage.client.receipt(transaction).await?.gas_used;
            self.report.step(&Step { who: person.name, what: what.clone(), transaction, gas });
        }
        Ok(document)
    }

    /// A provider looks at its machine, registers with its stake in one transaction, and its operator accepts.
    async fn register(&mut self, keys: &'static ProviderKeys, cpu: (u64, u64)) -> Result<Registered> {
        let (owner, operator, payout) = (&keys.owner, keys.operator.account, keys.payout.account);
        let file = format!("{}.toml", owner.name.replace(' ', "-"));
        let init = format!("provider init {file} --region 276 --operator {operator} --payout {payout}");
        let seen = self.shell.linq(owner, &init).await?;
        ensure!(self.shell.file(&file).exists(), "there is no {file}");
        self.report
            .say(&format!("{} looks at its machine, which has {} cores, and writes {file}", owner.name, seen["cores"]));

        // What is offered is not what this machine happens to have: the story is the same everywhere.
        let register = format!(
            "provider register --from {file} --cpu 4 --memory 8Gi --storage 100Gi --cpu-price {} --memory-price {} \
             --storage-price {} --stake {STAKE} --yes",
            cpu.0, MEMORY_PRICE.0, STORAGE_PRICE.0
        );
        let what = format!("registers 4 cores and 8 GiB with {STAKE} LNQ at stake");
        let registered = self.type_in(owner, &register, what).await?;
        let id = registered["provider"].as_u64().and_then(|id| u32::try_from(id).ok());
        let id = id.ok_or_else(|| eyre!("nobody was registered: {registered}"))?;
        self.ledger.moves(owner.account, self.suite.registry, U256::from(STAKE * LNQ), "stake")?;
        let accept = format!("provider accept-role --provider {id}");
        self.type_in(&keys.operator, &accept, format!("accepts to operate provider {id}")).await?;
        let profile = format!("provider profile --from {file} --metadata https://example.org/{id} --yes");
        self.type_in(owner, &profile, "says where to read about it, and which key to seal secrets to").await?;

        let rates = Rates { cpuMilli: cpu.1, memoryMib: MEMORY_PRICE.1, storageGib: STORAGE_PRICE.1, gpu: 0 };
        let known = self.reader().provider(id).await?;
        ensure!(known.rates == rates, "the registry has other rates than were asked for: {:?}", known.rates);
        Ok(Registered { id, keys, rates })
    }

    /// A provider opens its standing offer: from then on it can be given work without being asked.
    async fn offer(&mut self, provider: &Registered) -> Result<()> {
        let offer = "provider offer --open --min-run 1m --max-run 1day --max-window 3days --max-lock 100";
        self.type_in(&provider.keys.owner, offer, "opens its standing offer").await?;
        ensure!(self.reader().provider(provider.id).await?.offer.open, "the offer is not open");
        Ok(())
    }

    /// What the chain knows of a provider's work, and whether all of it is there.
    async fn record(&mut self, provider: &Registered, expected: &Record) -> Result<()> {
        let Record { completed, late, won, lost } = *expected;
        let (owner, id) = (&provider.keys.owner, provider.id);
        let status = self.shell.linq(owner, &format!("provider status {id}")).await?;
        let record = &status["record"];
        ensure!(record["completed"] == completed && record["late"] == late, "provider {id} did other work: {record}");
        ensure!(record["disputesWon"] == won && record["disputesLost"] == lost, "other disputes of {id}: {record}");
        ensure!(record["open"] == 0, "provider {id} has open work: {record}");
        let history = self.shell.linq(owner, &format!("provider history {id}")).await?;
        ensure!(history["complete"] == true, "the work of provider {id} does not fold into the word on the chain");
        let earned: U256 = record["earned"].as_str().unwrap_or_default().parse()?;
        let slashed: U256 = record["slashed"].as_str().unwrap_or_default().parse()?;
        self.report.say(&format!(
            "{}: {completed} completed, {late} late, {won} disputes won, {lost} lost, {} LNQ earned, {} LNQ slashed, tier {}; its history is whole",
            owner.name,
            lnq(earned),
            lnq(slashed),
            status["tier"]
        ));
        Ok(())
    }

    /// A provider takes no new work any more, and takes its stake out.
    async fn leave(&mut self, provider: &Registered) -> Result<()> {
        let owner = &provider.keys.owner;
        self.type_in(owner, "provider drain --yes", "takes no new work any more, for good").await?;
        let unbond = format!("provider unbond {STAKE} --yes");
        let begun = self.type_in(owner, &unbond, format!("begins to take {STAKE} LNQ of stake out")).await?;
        let end = begun["end"].as_u64().ok_or_else(|| eyre!("the stake has no end of unbonding: {begun}"))?;
        self.stage.reach(end).await?;
        self.type_in(owner, "provider withdraw", "has waited, and gets all of it").await?;
        self.ledger.moves(self.suite.registry, owner.account, U256::from(STAKE * LNQ), "stake back")?;
        let known = self.reader().provider(provider.id).await?;
        ensure!(known.draining && known.bonded.is_zero() && known.unbonding.is_zero(), "the provider has not left");
        Ok(())
    }

    /// The requester posts the workload as a job of one slot.
    async fn post(&mut self, number: u8, wanted: Order) -> Result<Posted> {
        let (mut manifest, mut order) = Resource::load(&self.workload.join("resource.yaml"))?;
        order.open_secs = OPEN_SECS;
        order.window_secs = WINDOW_SECS;
        order.run_secs = wanted.run_secs;
        if let Some(price) = wanted.price {
            order.price = linq_manifest::Price::Fixed(price);
        }
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

    async fn terms(&self, manifest: &Manifest, order: &linq_manifest::Order, number: u8) -> Result<Terms> {
        let limits = self.stage.client.call(self.suite.lens, &ILens::jobLimitsCall {}).await?;
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
    async fn fetch(&mut self, job: &Posted) -> Result<B256> {
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
        Ok(event.root)
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
