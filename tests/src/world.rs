//! The chain, the suite on it, and how to talk to it.

use alloy::{
    eips::BlockId,
    primitives::{Address, B256, U256, keccak256},
    rpc::types::TransactionRequest,
    sol_types::{SolCall, SolEvent},
};
use linq_abi::{ICourt, IDisputes, IEscrow, IJobs, IJurors, ILnqToken, IRegistry};
use nitro_devnode::{CallOptions, Node, Receipt, chain::accounts::DEV_ACCOUNT};

use crate::{
    Cast, Refusal, Stub,
    emitted::Emitted,
    suite::{self, Ready, Suite},
};

/// Gas limit of every transaction. It is given, because a node asked to estimate would refuse a failing transaction
/// before it is in a block, and then nothing would be shown about what a failed call leaves behind.
const GAS_LIMIT: u64 = 30_000_000;

/// The chain with the suite on it.
///
/// Worlds are lent from a few chains that exist for the whole process: one starts as the suite was deployed, and when it is
/// dropped its chain is turned back to that moment for the next test.
pub struct World {
    ready: Option<Ready>,
    /// Where the contracts are.
    pub suite: Suite,
    /// Who is who.
    pub cast: Cast,
}

/// A transaction that succeeded, and what its outermost call returned.
#[derive(Debug)]
pub struct Sent<R> {
    /// Return value.
    pub value: R,
    /// Receipt.
    pub receipt: Receipt,
    /// Gas of the calldata: 4 for a zero byte, 16 for any other.
    pub calldata_gas: u64,
}

impl<R> Sent<R> {
    /// Every event of type `E` it emitted, in order.
    pub fn events<E: SolEvent>(&self) -> Vec<E> {
        self.receipt.logs.iter().filter_map(|log| E::decode_log_data(&log.inner.data).ok()).collect()
    }

    /// Everything it emitted, by whom, in order.
    pub fn emitted(&self) -> Vec<Emitted> {
        self.receipt.logs.iter().map(Emitted::from).collect()
    }

    /// Gas used without the intrinsic 21,000 and calldata: what the execution cost, after refunds.
    pub fn exec_gas(&self) -> u64 {
        self.receipt.gas_used - 21_000 - self.calldata_gas
    }
}

impl World {
    /// A world with the suite deployed and wired, nobody registered, and LNQ in the hands of requester, owners and deployer.
    pub fn new() -> Self {
        let mut world = Self::unwired();
        world.wire();
        world
    }

    /// A world in which no contract knows its siblings yet.
    pub fn unwired() -> Self {
        let ready = suite::lend();
        Self { suite: ready.suite, cast: Cast::ALL, ready: Some(ready) }
    }

    /// The chain.
    pub fn node(&self) -> &Node {
        &self.ready.as_ref().expect("it is given back on drop alone").node
    }

    /// The chain, to do with it what only a development chain can.
    pub fn node_mut(&mut self) -> &mut Node {
        &mut self.ready.as_mut().expect("it is given back on drop alone").node
    }

    /// Sends a transaction and returns what it did, or why it was refused.
    pub fn send<C: SolCall>(&mut self, from: Address, to: Address, call: &C) -> Result<Sent<C::Return>, Refusal> {
        let input = call.abi_encode();
        let calldata_gas = input.iter().map(|byte| if *byte == 0 { 4 } else { 16 }).sum();
        let receipt = self.transact(from, to, input)?;
        let value = C::abi_decode_returns(&receipt.output).unwrap_or_else(|error| panic!("{}: {error}", C::SIGNATURE));
        Ok(Sent { value, receipt, calldata_gas })
    }

    /// Sends a transaction with any calldata.
    pub fn transact(&mut self, from: Address, to: Address, input: Vec<u8>) -> Result<Receipt, Refusal> {
        let request = TransactionRequest::default().from(from).to(to).input(input.into()).gas_limit(GAS_LIMIT);
        Ok(self.node_mut().transact(request)?.clone())
    }

    /// Calls without changing anything, at the second the next transaction would see.
    pub fn call<C: SolCall>(&self, from: Address, to: Address, call: &C) -> Result<C::Return, Refusal> {
        let request = TransactionRequest::default().from(from).to(to).input(call.abi_encode().into());
        let called = self.node().call_with(&request, &CallOptions::at(BlockId::pending()))?;
        let output = called.result?;
        Ok(C::abi_decode_returns(&output).unwrap_or_else(|error| panic!("{}: {error}", C::SIGNATURE)))
    }

    /// Reads a view that has no reason to fail.
    #[track_caller]
    pub fn read<C: SolCall>(&self, to: Address, call: &C) -> C::Return {
        self.call(Address::ZERO, to, call).unwrap_or_else(|refusal| panic!("{}: {refusal:?}", C::SIGNATURE))
    }

    /// Sends to the token.
    pub fn token<C: SolCall>(&mut self, from: Address, call: &C) -> Result<Sent<C::Return>, Refusal> {
        self.send(from, self.suite.token, call)
    }

    /// Sends to the registry.
    pub fn registry<C: SolCall>(&mut self, from: Address, call: &C) -> Result<Sent<C::Return>, Refusal> {
        self.send(from, self.suite.registry, call)
    }

    /// Sends to the escrow.
    pub fn escrow<C: SolCall>(&mut self, from: Address, call: &C) -> Result<Sent<C::Return>, Refusal> {
        self.send(from, self.suite.escrow, call)
    }

    /// Sends to jobs.
    pub fn jobs<C: SolCall>(&mut self, from: Address, call: &C) -> Result<Sent<C::Return>, Refusal> {
        self.send(from, self.suite.jobs, call)
    }

    /// Sends to the disputes.
    pub fn disputes<C: SolCall>(&mut self, from: Address, call: &C) -> Result<Sent<C::Return>, Refusal> {
        self.send(from, self.suite.disputes, call)
    }

    /// Sends to the profiles.
    pub fn profiles<C: SolCall>(&mut self, from: Address, call: &C) -> Result<Sent<C::Return>, Refusal> {
        self.send(from, self.suite.profiles, call)
    }

    /// LNQ of `account`.
    pub fn balance(&self, account: Address) -> u128 {
        self.read(self.suite.token, &ILnqToken::balanceOfCall { account }).to()
    }

    /// LNQ of everybody and of every contract of the suite.
    pub fn holdings(&self) -> Holdings {
        let people = Cast::EVERYBODY.iter().map(|(person, _)| *person);
        let accounts = people.chain(self.suite.addresses());
        Holdings(accounts.map(|account| (account, self.balance(account))).collect())
    }

    /// How holdings have changed since `before`, without those that are the same; who gained has a positive number.
    pub fn changes(&self, before: &Holdings) -> Vec<(&'static str, i128)> {
        let after = self.holdings();
        let pairs = before.0.iter().zip(after.0);
        let differences = pairs.map(|((account, old), (_, new))| (*account, new as i128 - *old as i128));
        differences
            .filter(|(_, difference)| *difference != 0)
            .map(|(account, difference)| (self.name(account), difference))
            .collect()
    }

    /// Name of an address, for messages.
    pub fn name(&self, address: Address) -> &'static str {
        Cast::name(address).or_else(|| self.suite.name(address)).unwrap_or("somebody")
    }

    /// Lets `spender` take any amount from `owner`.
    pub fn approve(&mut self, owner: Address, spender: Address) {
        self.token(owner, &ILnqToken::approveCall { spender, value: U256::MAX }).expect("approval");
    }

    /// Gives `amount` from the deployer's LNQ.
    pub fn give(&mut self, to: Address, amount: u128) {
        let deployer = self.cast.deployer;
        self.token(deployer, &ILnqToken::transferCall { to, value: U256::from(amount) }).expect("gift");
    }

    /// Wires the suite.
    fn wire(&mut self) {
        let Suite { registry, escrow, jobs, disputes, court, jurors, beacon, .. } = self.suite;
        let deployer = self.cast.deployer;
        self.registry(deployer, &IRegistry::wireCall { jobs }).expect("wiring the registry");
        self.escrow(deployer, &IEscrow::wireCall { jobs }).expect("wiring the escrow");
        self.send(deployer, jurors, &IJurors::wireCall { court }).expect("wiring the jurors");
        self.send(deployer, court, &ICourt::wireCall { jurors, beacon, opener: disputes }).expect("wiring the court");
        self.disputes(deployer, &IDisputes::wireCall { jobs, registry, escrow, court }).expect("wiring the disputes");
        self.jobs(deployer, &IJobs::wireCall { registry, escrow, disputes }).expect("wiring jobs");
    }

    /// Deploys one more program of contract `name` and constructs it with encoded arguments.
    pub fn construct(&mut self, name: &str, arguments: Vec<u8>) -> Result<Address, Refusal> {
        suite::construct(self.node_mut(), name, arguments)
    }

    /// Tries to construct a program that was constructed.
    pub fn construct_again(&mut self, program: Address, arguments: Vec<u8>) -> Result<(), Refusal> {
        suite::call_constructor(self.node_mut(), program, arguments)
    }

    /// Where the next program goes.
    pub fn next_contract(&self) -> Address {
        let nonce = self.node().nonce(DEV_ACCOUNT, BlockId::latest()).expect("the latest state is kept");
        DEV_ACCOUNT.create(nonce)
    }

    /// Puts a small contract on the chain, at an address that follows from what it does.
    pub fn place(&mut self, stub: &Stub) -> Address {
        let code = stub.code();
        let address = Address::from_word(keccak256(&code));
        self.node_mut().set_code(address, code.into());
        address
    }

    /// Moves the clock on and makes a block.
    pub fn warp(&mut self, seconds: u64) {
        self.node_mut().warp(seconds);
    }

    /// Activates the suite again, which the chain forgets after a year.
    pub fn renew(&mut self) {
        for program in self.suite.addresses() {
            self.node_mut().activate(program).expect("activation");
        }
    }

    /// Sets the clock, so that the next transaction sees `second`. It never goes back.
    ///
    /// # Panics
    ///
    /// When that second has passed.
    #[track_caller]
    pub fn at(&mut self, second: u64) {
        assert!(second >= self.now(), "it is {} already, {second} has passed", self.now());
        self.node_mut().set_time(second);
    }

    /// The present second, as the next transaction will see it.
    pub fn now(&self) -> u64 {
        self.node().now()
    }

    /// Does `work` and turns everything back to what it was before.
    pub fn rehearse<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.node_mut().snapshot();
        let result = work(self);
        assert!(self.node_mut().revert(before), "the snapshot is there");
        result
    }

    /// LNQ that the escrow owes: rewards of unsettled slots and fees.
    pub fn escrow_owes(&self) -> u128 {
        let owed = self.read(self.suite.escrow, &IEscrow::liabilitiesCall {});
        owed.rewards.to::<u128>() + owed.fees.to::<u128>()
    }

    /// One word of a contract's storage.
    pub fn slot(&self, contract: Address, key: U256) -> B256 {
        self.node().storage(contract, key, BlockId::latest()).expect("the latest state is kept")
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(ready) = self.ready.take() {
            suite::give_back(ready);
        }
    }
}

/// What everybody held at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holdings(Vec<(Address, u128)>);
