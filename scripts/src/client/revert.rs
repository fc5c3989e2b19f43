//! Why the chain refused a call, in words.
//!
//! The tables below are matched without a wildcard: an error that is added to an interface of `linq_abi`, or an
//! argument that is renamed, does not compile here until somebody has written what to do about it.

use std::fmt;

use alloy::primitives::aliases::{U48, U96};
use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::sol;
use alloy::sol_types::{ContractError, GenericContractError, SolInterface};
use linq_abi::codes::SlotState;
use linq_abi::{IBeacon, ICourt, IDisputes, IEscrow, IJobs, IJurors, ILens, ILnqToken, IProfiles, IRegistry};
use serde::Serialize;

use crate::units::{Lnq, show_moment};

sol! {
    /// Errors of the contract that deploys, activates and constructs in one transaction.
    #[derive(Debug, PartialEq, Eq)]
    interface IStylusDeployerErrors {
        error ContractDeploymentError(bytes bytecode);
        error ContractInitializationError(address newContract, bytes data);
        error RefundExcessValueError(uint256 excessValue);
        error EmptyBytecode();
        error InitValueButNotInitData();
    }

    /// Errors of the precompile that activates programs.
    #[derive(Debug, PartialEq, Eq)]
    interface IArbWasmErrors {
        error ProgramNotWasm();
        error ProgramNotActivated();
        error ProgramNeedsUpgrade(uint16 version, uint16 stylusVersion);
        error ProgramExpired(uint64 ageInSeconds);
        error ProgramUpToDate();
        error ProgramKeepaliveTooSoon(uint64 ageInSeconds);
        error ProgramInsufficientValue(uint256 have, uint256 want);
    }
}

/// Why the chain refused a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Revert {
    /// The name of the error; absent when the data is none that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'static str>,
    /// Its arguments in order.
    #[serde(serialize_with = "as_map")]
    arguments: Vec<Argument>,
    /// What was returned, for errors that are not known.
    data: Bytes,
    #[serde(skip)]
    hint: Option<&'static str>,
    #[serde(skip)]
    said: Option<String>,
}

/// One argument of an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// Its name in the interface.
    pub name: &'static str,
    /// Numbers in decimals, everything else in hexadecimals.
    pub value: String,
    /// The same for people, where that says more.
    pub meaning: Option<String>,
}

fn as_map<S: serde::Serializer>(arguments: &[Argument], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(arguments.iter().map(|argument| (argument.name, &argument.value)))
}

impl Revert {
    /// Decodes revert data. `said` is the text of the node, which is all there is when the data is empty.
    pub fn decode(data: Bytes, said: Option<&str>) -> Self {
        let known = IJobs::IJobsErrors::abi_decode(&data)
            .ok()
            .map(jobs)
            .or_else(|| IRegistry::IRegistryErrors::abi_decode(&data).ok().map(registry))
            .or_else(|| IEscrow::IEscrowErrors::abi_decode(&data).ok().map(escrow))
            .or_else(|| IBeacon::IBeaconErrors::abi_decode(&data).ok().map(beacon))
            .or_else(|| IDisputes::IDisputesErrors::abi_decode(&data).ok().map(disputes))
            .or_else(|| ICourt::ICourtErrors::abi_decode(&data).ok().map(court))
            .or_else(|| IJurors::IJurorsErrors::abi_decode(&data).ok().map(jurors))
            .or_else(|| ILens::ILensErrors::abi_decode(&data).ok().map(lens))
            .or_else(|| IProfiles::IProfilesErrors::abi_decode(&data).ok().map(profiles))
            .or_else(|| ILnqToken::ILnqTokenErrors::abi_decode(&data).ok().map(token))
            .or_else(|| IArbWasmErrors::IArbWasmErrorsErrors::abi_decode(&data).ok().map(arb_wasm));
        if let Some((name, arguments, hint)) = known {
            return Self { name: Some(name), arguments, data, hint, said: None };
        }
        match IStylusDeployerErrors::IStylusDeployerErrorsErrors::abi_decode(&data) {
            // What the constructor said is the reason; that a deployer stood in between is not.
            Ok(IStylusDeployerErrors::IStylusDeployerErrorsErrors::ContractInitializationError(inner)) => {
                let hint = Some(
                    "the constructor refused its arguments: check the profile and the addresses given to `linq deploy`",
                );
                let reason = Self::decode(inner.data, None);
                return Self { hint: reason.hint.or(hint), ..reason };
            }
            Ok(other) => {
                let (name, arguments, hint) = deployer(other);
                return Self { name: Some(name), arguments, data, hint, said: None };
            }
            Err(_) => {}
        }
        let said = match GenericContractError::abi_decode(&data) {
            Ok(ContractError::Revert(reason)) => Some(reason.reason),
            Ok(ContractError::Panic(panic)) => Some(panic.to_string()),
            _ => {
                said.map(|text| text.trim_start_matches("execution reverted").trim_start_matches(':').trim().to_owned())
            }
        };
        Self { name: None, arguments: Vec::new(), data, hint: None, said: said.filter(|text| !text.is_empty()) }
    }

    /// The name of the error, if it is known.
    pub const fn name(&self) -> Option<&'static str> {
        self.name
    }

    /// Its arguments in order.
    pub fn arguments(&self) -> &[Argument] {
        &self.arguments
    }

    /// What was returned.
    pub const fn data(&self) -> &Bytes {
        &self.data
    }

    /// What to do about it; `None` when the name says all there is, or nothing can be done from here.
    pub const fn hint(&self) -> Option<&'static str> {
        self.hint
    }
}

impl fmt::Display for Revert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(name) = self.name else {
            return match &self.said {
                Some(said) => write!(f, "the call failed: {said}"),
                None if self.data.is_empty() => f.write_str("the call failed and gave no reason"),
                None => write!(f, "the call failed with data that is not known here: {}", self.data),
            };
        };
        write!(f, "the contract refused: {name}")?;
        for (position, argument) in self.arguments.iter().enumerate() {
            let value = argument.meaning.as_ref().unwrap_or(&argument.value);
            write!(f, "{}{} = {value}", if position == 0 { " (" } else { ", " }, argument.name)?;
        }
        f.write_str(if self.arguments.is_empty() { "" } else { ")" })
    }
}

/// Name, arguments, hint.
type Known = (&'static str, Vec<Argument>, Option<&'static str>);

/// How a type of argument is written.
trait Show {
    fn value(&self) -> String;
    fn meaning(&self, _name: &str) -> Option<String> {
        None
    }
}

macro_rules! show_as_text {
    ($($type:ty),+) => {
        $(impl Show for $type {
            fn value(&self) -> String {
                self.to_string()
            }
        })+
    };
}

show_as_text!(B256, Bytes, u16, u32, U48, U256);

impl Show for Address {
    fn value(&self) -> String {
        // As everywhere in the JSON documents; people get the checksum.
        format!("{self:#x}")
    }

    fn meaning(&self, _: &str) -> Option<String> {
        Some(self.to_string())
    }
}

impl Show for u8 {
    fn value(&self) -> String {
        self.to_string()
    }

    fn meaning(&self, name: &str) -> Option<String> {
        (name == "state").then(|| SlotState::from_u8(*self).map(|state| state.to_string()))?
    }
}

impl Show for u64 {
    fn value(&self) -> String {
        self.to_string()
    }

    fn meaning(&self, name: &str) -> Option<String> {
        let moment =
            matches!(name, "deadline" | "until" | "next" | "endBy" | "earliest" | "latest" | "validUntil") && *self > 0;
        moment.then(|| show_moment(*self))
    }
}

impl Show for U96 {
    fn value(&self) -> String {
        self.to_string()
    }

    fn meaning(&self, _: &str) -> Option<String> {
        Some(Lnq(*self).to_string())
    }
}

macro_rules! errors {
    ($function:ident, $interface:ident :: $enumeration:ident {
        $($error:ident $(($($argument:ident),+))? => $hint:expr;)+
    }) => {
        fn $function(error: $interface::$enumeration) -> Known {
            match error {
                $($interface::$enumeration::$error($interface::$error { $($($argument),+)? }) => (
                    stringify!($error),
                    vec![$($(Argument {
                        name: stringify!($argument),
                        value: Show::value(&$argument),
                        meaning: Show::meaning(&$argument, stringify!($argument)),
                    }),+)?],
                    $hint,
                ),)+
            }
        }
    };
}

const WIRE: Option<&str> = Some("finish the deployment: run `linq deploy` again with the key it was started with");
const DEPLOYER: Option<&str> = Some("use the key that deployed the contracts");
const INTERNAL: Option<&str> = Some("only a sibling contract may call this; use the command for what you want to do");
const ALLOW: Option<&str> =
    Some("allow the contract to take the amount (`approve`), or let the command do it without --no-approve");

errors! { token, ILnqToken::ILnqTokenErrors {
    ERC20InsufficientBalance(sender, balance, needed) => Some("send LNQ to that address first; `linq doctor` shows the balances");
    ERC20InvalidApprover(approver) => None;
    ERC20InvalidReceiver(receiver) => Some("neither the zero address nor the token itself can receive LNQ");
    ERC20InsufficientAllowance(spender, allowance, needed) => ALLOW;
    ERC20InvalidSpender(spender) => None;
    ERC2612ExpiredSignature(deadline) => Some("sign the permit again with a later deadline");
    ERC2612InvalidSigner(signer, owner) => Some("sign the permit with the key of the owner, for this chain and its next nonce");
    ECDSAInvalidSignature => Some("sign again: this is no signature");
    ECDSAInvalidSignatureLength(length) => Some("a signature of a key has 65 bytes");
    ECDSAInvalidSignatureS(s) => Some("sign again with a signer that gives the low form");
    InvalidAccountNonce(account, currentNonce) => Some("sign again over the account's next nonce");
    VotesExpiredSignature(expiry) => Some("sign the delegation again with a later expiry");
    VotesInvalidSigner(signer, delegator) => Some("sign the delegation with the key of the delegator, for this chain and its next nonce");
    ERC5805FutureLookup(timepoint, clock) => Some("only seconds that have passed can be looked up");
    VotesNoCheckpoint(index, length) => None;
    LnqBadHolders(holders, amounts) => Some("give each holder of --allocate one amount, and fewer of them");
    LnqBadAllocation(given, supply) => Some("the amounts of --allocate must add up to 1000000000 LNQ");
} }

errors! { escrow, IEscrow::IEscrowErrors {
    EscrowNotDeployer(caller) => DEPLOYER;
    EscrowNotWired => WIRE;
    EscrowAlreadyWired => None;
    EscrowBadAddress(given) => Some("the address is zero or has no code: check it and that the contract is deployed");
    EscrowNotJobs(caller) => INTERNAL;
    EscrowAlreadyLocked(job) => None;
    EscrowBadPrice(price, limit) => Some("choose a price above zero and up to the limit");
    EscrowBadSlots(slots) => Some("a job has 1 to 256 tasks");
    EscrowNothingLocked(job) => Some("the job is settled already, or was never posted: `linq status` shows it");
    EscrowPriceAbovePosted(price, posted) => Some("a take may not cost more than the posted price");
    EscrowBadShare(share) => Some("a share is counted in twentieths, 0 to 20");
    EscrowBadFee(feeBps, limit) => None;
    EscrowOverflow => None;
    EscrowTokenFailed => ALLOW;
} }

errors! { beacon, IBeacon::IBeaconErrors {
    BeaconBadKey => Some("a key is a point of G2 in the order of the pairing precompile: the imaginary part of each coordinate first");
    BeaconBadPeriod => Some("a period is at least one second");
    BeaconNoRound(round) => Some("rounds are counted from 1");
    BeaconNotYet(round, time) => Some("wait until the round is due by the clock of the chain");
    BeaconBadPoint(x, y) => Some("this is no signature: fetch the round again");
    BeaconWrongSignature(round) => Some("the signature is that of another round or of another network: fetch it from a relay of the network whose key the beacon has");
    BeaconOverflow => None;
    BeaconPrecompileFailed => Some("give the transaction more gas");
} }

errors! { disputes, IDisputes::IDisputesErrors {
    DisputesNotDeployer(caller) => DEPLOYER;
    DisputesNotWired => WIRE;
    DisputesAlreadyWired => None;
    DisputesBadAddress(given) => Some("the address is zero or has no code: check it and that the contract is deployed");
    DisputesNotRequester(job, caller) => Some("use the key that posted the job: only its requester disputes a result");
    DisputesNotParty(job, slot, caller) => Some("use the key of the requester, or of the provider's owner or operator");
    DisputesBadClaim(claim, least, most) => Some("claim between the two bounds, in twentieths");
    DisputesNotDisputed(job, slot) => Some("the result is not disputed: `linq status` shows where it stands");
    DisputesTooLate(dispute) => Some("claims move until the beacon's time; now the jury decides");
    DisputesUndecided(dispute, phase) => Some("the court has not decided: `linq dispute show` says what it waits for");
    DisputesTooEarly(dispute, neutralFrom) => Some("the court has until then to decide");
    DisputesSiblingFailed => Some("`linq doctor` checks whether the contracts are deployed, active and wired");
    DisputesOverflow => None;
} }

errors! { court, ICourt::ICourtErrors {
    CourtNotDeployer(caller) => DEPLOYER;
    CourtNotWired => WIRE;
    CourtAlreadyWired => None;
    CourtBadAddress(given) => Some("the address is zero or has no code: check it and that the contract is deployed");
    CourtNotGovernor(caller) => Some("only the governor announces parameters");
    CourtBadParameters => Some("choose parameters within the limits of the protocol");
    CourtParametersPending(from) => Some("the version announced last has to count first: try again from that second on");
    CourtUnknownParameters(version, current) => Some("the parameters changed meanwhile: run the command again");
    CourtNotOpener(caller) => INTERNAL;
    CourtBadValue(value, limit) => Some("what is in dispute is above zero and up to the limit");
    CourtUnknownDispute(dispute) => Some("check the number of the dispute: `linq dispute show` names it");
    CourtUnknownRound(dispute, round) => Some("rounds are counted from 0: `linq dispute show` lists them");
    CourtWrongPhase(dispute, phase, until) => Some("`linq dispute show` says what can be done in this phase");
    CourtUriTooLong(length, limit) => Some("keep the file at a shorter address");
    CourtBeaconSilent(beaconRound) => Some("bring the round first: `linq beacon submit --round N`");
    CourtEmptySeat(dispute, round, seat) => Some("nobody sits there: `linq dispute show` lists the seats");
    CourtNotJuror(juror, caller) => Some("use the key of the juror who sits there");
    CourtSeatHasActed(dispute, round, seat) => None;
    CourtNoCommitment(dispute, round, seat) => Some("no vote was sealed for this seat");
    CourtWrongPreimage => Some("this is not the vote that was sealed: check vote, salt and seat");
    CourtBadVote(vote) => Some("vote 0 to 20 twentieths, or refuse");
    CourtBadSide(side) => Some("appeal for the requester or for the provider");
    CourtAlreadySettled(dispute, round) => None;
    CourtNotSettled(dispute, round) => Some("settle the round first: `linq dispute step`");
    CourtNothingToClaim(dispute, round, juror) => Some("the reward was claimed, or there is none");
    CourtOverflow => None;
    CourtSiblingFailed(sibling) => Some("`linq doctor` checks whether the contracts are deployed, active and wired");
} }

errors! { jurors, IJurors::IJurorsErrors {
    JurorsNotDeployer(caller) => DEPLOYER;
    JurorsNotWired => Some("the jurors do not know their court yet: wait until the deployment is finished");
    JurorsAlreadyWired => None;
    JurorsBadAddress(given) => Some("the address is zero or has no code: check it and that the contract is deployed");
    JurorsBadUnstaking(secs) => Some("stake that leaves waits between a minute and 120 days");
    JurorsNotGuardian(caller) => None;
    JurorsPaused(until) => Some("no stake can be added before then; stake that is there can leave");
    JurorsPausedLately(next) => None;
    JurorsNoAmount => Some("give an amount above zero");
    JurorsTooLittle(active, least) => Some("stake a whole LNQ or more: less weighs nothing");
    JurorsNotJuror(caller) => Some("become a juror with `linq juror stake AMOUNT`, or use another key");
    JurorsNotActive(amount, active) => Some("ask for no more than what is active: `linq juror status` shows it");
    JurorsNothingToWithdraw(next) => Some("wait until then; with 0, let some leave first with `linq juror leave AMOUNT`");
    JurorsNotCourt(caller) => INTERNAL;
    JurorsTooMany(given, limit) => Some("ask for fewer at a time");
    JurorsUnequalLists(jurors, amounts) => None;
    JurorsDayAhead(day, today) => Some("weights are known up to the start of the present UTC day");
    JurorsOverflow => None;
    JurorsTokenFailed => ALLOW;
} }

errors! { lens, ILens::ILensErrors {
    LensBadAddress(given) => Some("the address is zero or has no code: check it and that the contract is deployed");
    LensUnknownJob(job) => Some("check the job id and the network: `linq status` lists your jobs");
    LensUnknownParameters(version, current) => Some("the parameters changed meanwhile: run the command again");
    LensUnknownProvider(provider) => Some("check the provider id: `linq provider status` without an id shows your own");
    LensSiblingFailed => Some("the lens looks at contracts of another version: deploy one for this suite");
} }

errors! { profiles, IProfiles::IProfilesErrors {
    ProfilesBadAddress(given) => Some("the address is zero or has no code: check it and that the contract is deployed");
    ProfilesUnknownProvider(provider) => Some("check the provider id: `linq provider status` without an id shows your own");
    ProfilesNotOwner(provider, caller) => Some("use the key of the provider's owner: no other may name the key that secrets are sealed to");
    ProfilesNotOperator(provider, caller) => Some("use the key of the owner, or the operator's after `linq provider accept-role` with it");
    ProfilesMetadataTooLong(length, limit) => Some("keep the metadata at a shorter address");
    ProfilesBadSelfTest(validUntil, latest) => Some("let the self-test count from now on and for 90 days at most");
    ProfilesRegistryFailed => Some("`linq doctor` checks whether the contracts are deployed and active");
} }

errors! { registry, IRegistry::IRegistryErrors {
    RegistryNotDeployer(caller) => DEPLOYER;
    RegistryNotWired => WIRE;
    RegistryAlreadyWired => None;
    RegistryBadAddress(given) => Some("the address is zero or has no code: check it and that the contract is deployed");
    RegistryNotJobs(caller) => INTERNAL;
    RegistryBadParameters => Some("choose parameters within the limits of the protocol; a higher tier may not ask for less");
    RegistryUnknownProvider(provider) => Some("check the provider id: `linq provider status` without an id shows your own");
    RegistryNotOwner(provider, caller) => Some("use the key of the provider's owner");
    RegistryNotOperator(provider, caller) => Some("use the operator's key, after `linq provider accept-role` with it");
    RegistryNotInvited(provider, caller) => Some("the owner has to name this address as operator or owner first; a role that counts already needs no acceptance");
    RegistryNotGovernor(caller) => Some("only the governor announces parameters");
    RegistryParametersPending(from) => Some("the version announced last has to count first: try again from that second on");
    RegistryNotGuardian(caller) => Some("only the guardian pauses");
    RegistryPaused(until) => Some("nobody can register for now: try again from that second on");
    RegistryPausedLately(next) => Some("a pause may follow another after 30 days only");
    RegistryCapacityInUse(provider) => Some("state at least what running work has reserved, and the same class of GPUs");
    RegistryDraining(provider) => Some("the provider is leaving and takes no work: choose another one");
    RegistryAddressTaken(account, provider) => Some("an address is owner or operator of one provider only: use another one");
    RegistryBadPayout(payout) => Some("earnings cannot go to the zero address, to LNQ or to a contract of the suite: choose another --payout");
    RegistryBadCapacity => Some("offer at least CPU and memory, and a GPU class exactly when there are GPUs");
    RegistryBadOffer => Some("an open offer needs --max-run, --max-window and --max-lock, and its shortest run may not be longer than its longest");
    RegistryStakeTooLow(stake, minimum) => Some("raise --stake to the minimum");
    RegistryNoAmount => Some("give an amount above zero");
    RegistryNotFree(amount, free) => Some("only stake that is not locked can leave: take the free amount, or wait until work is closed");
    RegistryTooManyUnbondings(provider, limit) => Some("withdraw what has finished unbonding first: `linq provider withdraw`");
    RegistryNothingToWithdraw(provider, next) => Some("wait until the next unbonding ends");
    RegistryBelowMinimum(provider, bonded, minimum) => Some("the provider has to add stake: `linq provider add-stake`");
    RegistryNoCapacity(provider) => Some("its capacity is in use: wait for it, or choose another provider");
    RegistryMissingFeatures(provider, missing) => Some("choose a provider that has the features, or ask for fewer");
    RegistryWrongRegion(provider, region) => Some("choose a provider of an allowed region, or allow its region");
    RegistryTierTooLow(provider, tier, needed) => Some("choose a provider of a higher tier, or ask for a lower one");
    RegistryPriceAboveTier(provider, posted, cap) => Some("post a price within the cap of the provider's tier, or choose a provider of a higher tier");
    RegistryNotEnoughStake(provider, free, needed) => Some("the provider has to add stake or finish other work first");
    RegistryNotAssignable(provider, caller) => Some("only the requester may assign this job to a standing offer");
    RegistryOfferClosed(provider) => Some("the provider takes no work unasked now: choose another one, or post without --assign");
    RegistryOutsideOffer(provider) => Some("run time, window or collateral are outside its standing offer: `linq provider status` shows the limits");
    RegistryNotTheQuote(provider, price, quote) => Some("a standing offer is taken at its own quote: use that price");
    RegistryBadWork(provider) => INTERNAL;
    RegistryOverflow => None;
    RegistryTokenFailed => ALLOW;
} }

errors! { jobs, IJobs::IJobsErrors {
    JobsNotDeployer(caller) => DEPLOYER;
    JobsNotWired => WIRE;
    JobsAlreadyWired => None;
    JobsBadAddress(given) => Some("the address is zero or has no code: check it and that the contract is deployed");
    JobsBadParameters(feeBps, collateralBps, maxAttempts, minWindowSecs) => Some("choose parameters within the limits of the protocol");
    JobsNotGovernor(caller) => Some("only the governor announces parameters");
    JobsParametersPending(from) => Some("the version announced last has to count first: try again from that second on");
    JobsNotGuardian(caller) => Some("only the guardian pauses");
    JobsPaused(until) => Some("nothing is posted or taken for now: try again from that second on; all that was posted and taken goes its way");
    JobsPausedLately(next) => Some("a pause may follow another after 30 days only");
    JobsNotRequester(job, caller) => Some("use the key that posted the job");
    JobsAlreadyPosted(job) => Some("these very terms are posted already; leave out --id to post them once more");
    JobsUnknownParameters(version, current) => Some("the parameters changed meanwhile: run the command again");
    JobsBadTasks(tasks) => Some("a job has 1 to 256 tasks");
    JobsBadPrice(price, limit) => Some("choose a price above zero and up to the limit");
    JobsBadResources => Some("a slot needs CPU and memory, and a GPU class exactly when it needs GPUs");
    JobsJudgeAndExpected => Some("name a judge or an expected result, not both");
    JobsBadBidding(bidSecs, limit) => Some("shorten --bid-for to the limit");
    JobsBadRun(runSecs, limit) => Some("choose a --duration above zero and up to the limit");
    JobsBadWindow(windowSecs, least, most) => Some("choose a --window between the two bounds (in seconds)");
    JobsBadAttempts(attempts, limit) => Some("choose --attempts between 1 and the limit");
    JobsBadEnd(endBy, earliest, latest) => Some("leave more time until --end-by, or shorten the run");
    JobsBadOpening(openSecs) => Some("leave at least a second for takes: --open-for");
    JobsUriTooLong(length, limit) => Some("keep the file at a shorter address");
    JobsUnknownJob(job) => Some("check the job id and the network: `linq status` lists your jobs");
    JobsUnknownSlot(job, slot) => Some("the job has fewer tasks: `linq status` shows them, counted from 0");
    JobsWrongState(job, slot, state) => Some("`linq status` shows what can be done in this state");
    JobsTooLate(job, slot, deadline) => Some("the deadline has passed: `linq step` takes the slot to what follows");
    JobsOtherProviderNamed(named, provider) => Some("the terms name another provider; only it may take the job");
    JobsPriceTooHigh(price, limit) => Some("ask for at most the limit");
    JobsProviderLeft(job, slot, provider) => Some("a provider that left a slot cannot take it again next: choose another one");
    JobsAlreadyTheirs(job, slot, provider) => None;
    JobsBadClaim(claim, least, most) => Some("claim between the two bounds, in twentieths");
    JobsWrongResult(given, expected) => Some("the result is not the expected one; nothing was submitted");
    JobsNotJudge(job, caller) => Some("use the key of the judge the terms name");
    JobsBadShare(share, claim) => Some("rule for a share up to the claim, in twentieths");
    JobsJudged(job) => Some("the judge that the terms name decides on this job; it cannot be disputed");
    JobsNotDisputes(caller) => INTERNAL;
    JobsBadVerdict(verdict, trial) => INTERNAL;
    JobsNothingDue(job, slot, state, until) => Some("nothing to do yet: try again when the state ends");
    JobsSiblingFailed(sibling) => Some("`linq doctor` checks whether the contracts are deployed, active and wired");
    JobsOverflow => None;
} }

errors! { arb_wasm, IArbWasmErrors::IArbWasmErrorsErrors {
    ProgramNotWasm => Some("the code is no Stylus program: build the contracts again with `cargo xtask build`");
    ProgramNotActivated => Some("activate the program, or run `linq deploy` again");
    ProgramNeedsUpgrade(version, stylusVersion) => Some("the chain moved to another Stylus version: activate the program again");
    ProgramExpired(ageInSeconds) => Some("activate the program again; programs expire after a year");
    ProgramUpToDate => None;
    ProgramKeepaliveTooSoon(ageInSeconds) => Some("a program can be kept alive from 31 days after its activation on");
    ProgramInsufficientValue(have, want) => Some("the activation fee rose meanwhile: run the command again");
} }

errors! { deployer, IStylusDeployerErrors::IStylusDeployerErrorsErrors {
    ContractDeploymentError(bytecode) => Some("the code was not accepted: it may be too large, or already be at this address");
    ContractInitializationError(newContract, data) => None;
    RefundExcessValueError(excessValue) => Some("the sending account must be able to receive ether");
    EmptyBytecode => Some("build the contracts again with `cargo xtask build`");
    InitValueButNotInitData => None;
} }

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use alloy::primitives::b256;
    use alloy::sol_types::SolError;

    use super::*;

    const JOB: B256 = b256!("00000000000000000000000000000000000000000000000000000000000000aa");

    fn decode(error: &impl SolError) -> Revert {
        Revert::decode(error.abi_encode().into(), None)
    }

    #[test]
    fn a_known_error_has_name_arguments_and_hint() {
        let revert =
            decode(&IRegistry::RegistryStakeTooLow { stake: U96::from(5), minimum: "1100".parse::<Lnq>().unwrap().0 });
        assert_eq!(revert.name(), Some("RegistryStakeTooLow"));
        assert_eq!(revert.hint(), Some("raise --stake to the minimum"));
        assert_eq!(
            revert.to_string(),
            "the contract refused: RegistryStakeTooLow (stake = 0.000000000000000005 LNQ, minimum = 1100 LNQ)"
        );
    }

    #[test]
    fn json_has_raw_values() {
        let revert = decode(&IJobs::JobsWrongState { job: JOB, slot: 3, state: 1 });
        let json = serde_json::to_value(&revert).unwrap();
        assert_eq!(json["name"], "JobsWrongState");
        assert_eq!(json["arguments"]["slot"], "3");
        assert_eq!(json["arguments"]["state"], "1");
        assert!(revert.to_string().contains("state = taken"));
    }

    #[test]
    fn the_reason_of_a_constructor_shows_through_the_deployer() {
        let inner = ILnqToken::LnqBadAllocation { given: U256::from(1), supply: U256::from(2) };
        let outer = IStylusDeployerErrors::ContractInitializationError {
            newContract: Address::ZERO,
            data: inner.abi_encode().into(),
        };
        assert_eq!(decode(&outer).name(), Some("LnqBadAllocation"));
    }

    #[test]
    fn texts_and_panics_of_other_contracts_are_read() {
        let text = Revert::decode(alloy::sol_types::Revert::from("not today").abi_encode().into(), None);
        assert_eq!(text.to_string(), "the call failed: not today");
        let panic = Revert::decode(alloy::sol_types::Panic::from(0x11).abi_encode().into(), None);
        assert!(panic.to_string().contains("overflow"), "{panic}");
    }

    #[test]
    fn what_is_not_known_is_shown_as_it_is() {
        let data = Bytes::from_static(&[1, 2, 3, 4]);
        assert!(Revert::decode(data, None).to_string().ends_with("0x01020304"));
        assert_eq!(
            Revert::decode(Bytes::new(), Some("execution reverted")).to_string(),
            "the call failed and gave no reason"
        );
        assert_eq!(Revert::decode(Bytes::new(), Some("out of gas")).to_string(), "the call failed: out of gas");
    }

    #[test]
    fn no_two_errors_share_a_selector() {
        let mut seen = BTreeSet::new();
        for selector in IJobs::IJobsErrors::SELECTORS
            .iter()
            .chain(IRegistry::IRegistryErrors::SELECTORS)
            .chain(IEscrow::IEscrowErrors::SELECTORS)
            .chain(ILens::ILensErrors::SELECTORS)
            .chain(IProfiles::IProfilesErrors::SELECTORS)
            .chain(IBeacon::IBeaconErrors::SELECTORS)
            .chain(IDisputes::IDisputesErrors::SELECTORS)
            .chain(ICourt::ICourtErrors::SELECTORS)
            .chain(IJurors::IJurorsErrors::SELECTORS)
            .chain(ILnqToken::ILnqTokenErrors::SELECTORS)
            .chain(IArbWasmErrors::IArbWasmErrorsErrors::SELECTORS)
            .chain(IStylusDeployerErrors::IStylusDeployerErrorsErrors::SELECTORS)
        {
            assert!(seen.insert(*selector), "{selector:?}");
        }
    }
}
