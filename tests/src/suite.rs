//! Deploying the suite, and lending chains that have it.

use std::sync::Mutex;

use alloy::{
    primitives::{Address, Bytes, U256, aliases::U96},
    rpc::types::TransactionRequest,
    sol_types::SolValue,
};
use linq_abi::{JobParameters, RegistryParameters, TierRule};
use linq_beacon::SecretKey;
use nitro_devnode::{Node, NodeConfig, SnapshotId};

use crate::{
    Cast, Refusal, artefacts,
    courtroom::{court_arguments, court_parameters},
    jurors::{UNSTAKING, jurors_arguments},
};

/// `amount` as the contracts take it.
///
/// # Panics
///
/// When it does not fit 96 bits.
pub fn u96(amount: u128) -> U96 {
    U96::from(amount)
}

/// `amount` whole LNQ in base units.
pub const fn lnq(amount: u128) -> u128 {
    amount * 1_000_000_000_000_000_000
}

/// LNQ that exist at the start.
pub const SUPPLY: u128 = lnq(1_000_000_000);

/// What requester, owners, mallory and eve start with; the deployer has the rest.
pub const SHARE: u128 = lnq(1_000_000);

/// The fee of the suite's first parameters.
pub const FEE_BPS: u16 = 250;

/// The collateral of the suite's first parameters, of the posted price.
pub const COLLATERAL_BPS: u16 = 2_000;

/// The most attempts of the suite's first parameters.
pub const MAX_ATTEMPTS: u8 = 4;

/// The shortest window of a local suite.
pub const MIN_WINDOW: u32 = 60;

/// How long stake waits on a local suite.
pub const UNBONDING: u32 = 60;

/// Where the contracts are.
#[derive(Clone, Copy, Debug)]
pub struct Suite {
    /// LNQ.
    pub token: Address,
    /// Providers.
    pub registry: Address,
    /// Rewards.
    pub escrow: Address,
    /// Jobs.
    pub jobs: Address,
    /// Views over registry and jobs.
    pub lens: Address,
    /// What providers say of themselves.
    pub profiles: Address,
    /// What becomes of disputed results.
    pub disputes: Address,
    /// Juries.
    pub court: Address,
    /// Jurors and their stake.
    pub jurors: Address,
    /// What juries are drawn by: a round every second, signed by the development key.
    pub beacon: Address,
}

impl Suite {
    /// Every contract.
    pub fn addresses(&self) -> [Address; 10] {
        let Self { token, registry, escrow, jobs, lens, profiles, disputes, court, jurors, beacon } = *self;
        [token, registry, escrow, jobs, lens, profiles, disputes, court, jurors, beacon]
    }

    /// Name of a contract, for messages.
    pub fn name(&self, address: Address) -> Option<&'static str> {
        let names =
            ["token", "registry", "escrow", "jobs", "lens", "profiles", "disputes", "court", "jurors", "beacon"];
        self.addresses().into_iter().zip(names).find_map(|(known, name)| (known == address).then_some(name))
    }
}

/// A chain with the suite constructed but not wired.
pub(crate) struct Ready {
    pub node: Node,
    pub suite: Suite,
    fresh: SnapshotId,
}

/// Chains that nobody uses at present. There are never more than tests at one time.
static IDLE: Mutex<Vec<Ready>> = Mutex::new(Vec::new());

pub(crate) fn lend() -> Ready {
    let idle = IDLE.lock().expect("nothing panics while it is held").pop();
    idle.unwrap_or_else(deploy)
}

pub(crate) fn give_back(mut ready: Ready) {
    assert!(ready.node.revert(ready.fresh), "the first snapshot is never reverted by a test");
    ready.fresh = ready.node.snapshot();
    IDLE.lock().expect("nothing panics while it is held").push(ready);
}

/// The suite before it is wired, with 1 M LNQ each for those who need some.
fn deploy() -> Ready {
    let mut node = Node::new(NodeConfig::default());
    node.set_auto_impersonate(true);
    for (person, _) in Cast::EVERYBODY {
        fund(&mut node, person);
    }
    let cast = Cast::ALL;
    let mut holders = vec![cast.requester, cast.owner, cast.rival, cast.mallory, cast.eve];
    let mut amounts = vec![U256::from(SHARE); holders.len()];
    amounts.push(U256::from(SUPPLY - SHARE * holders.len() as u128));
    holders.push(cast.deployer);

    let token = program(&mut node, "lnq-token", (holders, amounts).abi_encode_params());
    let registry = program(&mut node, "registry", registry_arguments(cast.deployer, token, registry_parameters()));
    let escrow = program(&mut node, "escrow", (cast.deployer, token, cast.treasury).abi_encode_params());
    let jobs = program(&mut node, "jobs", jobs_arguments(cast.deployer, &job_parameters(), MIN_WINDOW));
    let lens = program(&mut node, "lens", (registry, jobs).abi_encode_params());
    let profiles = program(&mut node, "profiles", (registry,).abi_encode_params());
    let disputes = program(&mut node, "disputes", (cast.deployer,).abi_encode_params());
    let arguments = court_arguments(cast.deployer, token, cast.governor, MIN_WINDOW, &court_parameters());
    let court = program(&mut node, "court", arguments);
    let jurors = program(&mut node, "jurors", jurors_arguments(token, UNSTAKING));
    let beacon = program(&mut node, "beacon", beacon_arguments());
    let suite = Suite { token, registry, escrow, jobs, lens, profiles, disputes, court, jurors, beacon };
    let fresh = node.snapshot();
    Ready { node, suite, fresh }
}

/// What the beacon is constructed with, encoded: the development key, and a round every second from the first one on.
pub fn beacon_arguments() -> Vec<u8> {
    let [x_imaginary, x_real, y_imaginary, y_real] = SecretKey::development().public().words();
    (x_imaginary, x_real, y_imaginary, y_real, 1_u64, 1_u32).abi_encode_params()
}

/// Ether for gas; contracts of the suite need it too where a test sends in their name.
fn fund(node: &mut Node, address: Address) {
    node.set_balance(address, U256::from(lnq(10_000)));
}

fn program(node: &mut Node, name: &str, arguments: Vec<u8>) -> Address {
    construct(node, name, arguments).unwrap_or_else(|refusal| panic!("constructing {name}: {refusal:?}"))
}

/// Selector of the constructor that the Stylus SDK generates.
const CONSTRUCTOR: [u8; 4] = [0x55, 0x85, 0x25, 0x8d];

/// Deploys a program, activates it unless the same code is active already, and constructs it.
pub(crate) fn construct(node: &mut Node, name: &str, arguments: Vec<u8>) -> Result<Address, Refusal> {
    let address = node.deploy_code(&artefacts::code(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    // Activation counts for all programs of one code; a second one fails and changes nothing.
    let _ = node.activate(address);
    fund(node, address);
    call_constructor(node, address, arguments)?;
    Ok(address)
}

pub(crate) fn call_constructor(node: &mut Node, program: Address, arguments: Vec<u8>) -> Result<(), Refusal> {
    let input = [&CONSTRUCTOR[..], &arguments].concat();
    let request = TransactionRequest::default().from(Cast::ALL.deployer).to(program).input(Bytes::from(input).into());
    node.transact(request)?;
    Ok(())
}

/// The parameters of the registry: the defaults of the protocol, with the shortest unbonding of a local chain.
pub fn registry_parameters() -> RegistryParameters {
    let tier = |stake_multiple, age_days, reputation_bps, price_cap_lnq| TierRule {
        stakeMultiple: stake_multiple,
        ageDays: age_days,
        reputationBps: reputation_bps,
        priceCapLnq: price_cap_lnq,
    };
    RegistryParameters {
        minimumLnq: 1_000,
        perCoreLnq: 100,
        perGpuLnq: 1_000,
        unbondingSecs: UNBONDING,
        priceCapLnq: 500,
        tier1: tier(4, 7, 5_000, 5_000),
        tier2: tier(16, 30, 8_000, 50_000),
        tier3: tier(64, 90, 9_500, u32::MAX),
    }
}

/// What the registry is constructed with, encoded.
pub fn registry_arguments(deployer: Address, token: Address, parameters: RegistryParameters) -> Vec<u8> {
    (deployer, token, Cast::ALL.governor, Cast::ALL.guardian, parameters).abi_encode_params()
}

/// The first version of the parameters of jobs.
pub fn job_parameters() -> JobParameters {
    JobParameters { feeBps: FEE_BPS, collateralBps: COLLATERAL_BPS, maxAttempts: MAX_ATTEMPTS }
}

/// What jobs is constructed with, encoded.
pub fn jobs_arguments(deployer: Address, parameters: &JobParameters, min_window_secs: u32) -> Vec<u8> {
    // A `uint8` is encoded as any other number is.
    let attempts = u16::from(parameters.maxAttempts);
    let Cast { governor, guardian, .. } = Cast::ALL;
    let JobParameters { feeBps, collateralBps, .. } = *parameters;
    (deployer, governor, guardian, min_window_secs, feeBps, collateralBps, attempts).abi_encode_params()
}
