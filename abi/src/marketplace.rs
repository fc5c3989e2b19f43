//! Providers and jobs: the shared structs, the registry and the life of a job.
//!
//! One macro call holds both, because a struct of one `sol!` call cannot be a field in another.

use alloy_sol_types::sol;
#[cfg(feature = "contract")]
#[allow(unused_imports, reason = "what the SDK derives names `String` when an interface is exported")]
use {alloc::string::String, stylus_sdk::prelude::*};

sol! {
    /// A vector of resources: what a provider has, what is in use, or what one slot needs.
    #[cfg_attr(feature = "contract", derive(AbiType))]
    #[derive(Debug, Default, PartialEq, Eq)]
    struct Resources {
        /// Thousandths of a CPU core.
        uint32 cpuMillis;
        uint32 memoryMib;
        uint32 storageGib;
        uint16 gpus;
        /// Which kind of GPU; 0 when `gpus` is 0.
        uint16 gpuClass;
        uint32 bandwidthMbps;
    }

    /// Base units per second for one unit of each resource.
    #[cfg_attr(feature = "contract", derive(AbiType))]
    #[derive(Debug, Default, PartialEq, Eq)]
    struct Rates {
        uint64 cpuMilli;
        uint64 memoryMib;
        uint64 storageGib;
        uint64 gpu;
    }

    /// The work a provider takes without being asked.
    #[cfg_attr(feature = "contract", derive(AbiType))]
    #[derive(Debug, Default, PartialEq, Eq)]
    struct StandingOffer {
        bool open;
        /// The least price of one slot, whatever the rates say.
        uint96 minPrice;
        uint32 minRunSecs;
        uint32 maxRunSecs;
        uint32 maxWindowSecs;
        /// Longest hold-back of a lease.
        uint32 maxHoldBackSecs;
        /// Longest notice of a lease.
        uint32 maxNoticeSecs;
        /// Largest stake that one piece of work may lock.
        uint96 maxLock;
    }

    /// Everything a provider states when it registers.
    #[cfg_attr(feature = "contract", derive(AbiType))]
    #[derive(Debug, PartialEq, Eq)]
    struct Registration {
        /// The hot key that takes and submits; counts once it has accepted.
        address operator;
        /// Who receives earnings; never zero, the token or a contract of the suite.
        address payout;
        Resources capacity;
        /// Feature bits: architecture, isolation, TEE, VM, persistence, public address, WASI.
        uint64 features;
        /// ISO 3166-1 numeric country code.
        uint16 region;
        Rates rates;
        StandingOffer offer;
        /// First stake, taken from the caller by allowance.
        uint96 stake;
    }

    /// An EIP-2612 signature by which the caller lets the registry take exactly what a call is about.
    #[cfg_attr(feature = "contract", derive(AbiType))]
    #[derive(Debug, PartialEq, Eq)]
    struct Permit {
        uint256 deadline;
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    /// What the jobs contract asks of the registry when a slot is taken.
    #[cfg_attr(feature = "contract", derive(AbiType))]
    #[derive(Debug, PartialEq, Eq)]
    struct WorkRequest {
        uint32 provider;
        /// Who called; the provider's operator takes at any price, anybody else only inside the standing offer.
        address caller;
        /// Whether somebody who is not the operator may assign this work at all.
        bool assignable;
        Resources resources;
        uint64 features;
        /// Up to eight `uint16` region codes, packed from the low end; 0 = anywhere.
        uint128 regions;
        uint8 tier;
        /// The price of the take; from the standing offer it must be the provider's own quote.
        uint96 price;
        /// The posted price, which a tier caps.
        uint96 posted;
        uint32 runSecs;
        uint32 windowSecs;
        /// Collateral to lock.
        uint96 lock;
    }

    /// How a piece of work ends in the registry's books.
    #[cfg_attr(feature = "contract", derive(AbiType))]
    #[derive(Debug, PartialEq, Eq)]
    struct WorkClose {
        /// keccak256(job id, slot): what the history names it by.
        bytes32 work;
        uint32 provider;
        /// Which payout address was in force when it was taken.
        uint16 payoutVersion;
        /// A `WorkEnd` code.
        uint8 end;
        /// Collateral that was locked for it.
        uint96 lock;
        /// Whether the work came from the standing offer.
        bool standing;
        /// Whether capacity is still reserved and has to be returned now.
        bool reserved;
        Resources resources;
        /// Claim as submitted and share as settled, in twentieths.
        uint8 claim;
        uint8 share;
        /// What the provider gets, before the fee.
        uint96 paid;
        /// The fee really taken from that.
        uint96 fee;
        /// The fee that the whole price of the take would bear: what lateness and overclaiming cost in reputation.
        uint96 priceFee;
        /// Seconds from take to close.
        uint32 tookSecs;
        /// Who posted the work: what an overclaim and the jury's cost return of the lock is theirs.
        address requester;
        /// What of the jury's cost the pay did not cover; comes out of the lock first.
        uint96 owed;
        /// A `Verdict` code: how the share was found, which says what is slashed and who gets it.
        uint8 verdict;
        /// A `Trial` code.
        uint8 trial;
    }

    /// What a provider did so far.
    #[cfg_attr(feature = "contract", derive(AbiType))]
    #[derive(Debug, Default, PartialEq, Eq)]
    struct Record {
        /// Work taken and not displaced: what is open, completed, late or unable.
        uint32 accepted;
        uint32 completed;
        uint32 late;
        uint32 unable;
        /// Disputes in which its claim was the nearer one, and the others.
        uint32 disputesWon;
        uint32 disputesLost;
        uint96 earned;
        /// Taken of its stake in all: burned, or paid to requesters.
        uint96 slashed;
        /// What each closed piece of work was folded into.
        bytes32 history;
    }

    /// One provider, whole.
    #[cfg_attr(feature = "contract", derive(AbiType))]
    #[derive(Debug, PartialEq, Eq)]
    struct Provider {
        address owner;
        /// Who was offered the ownership and has not accepted yet, or zero.
        address invitedOwner;
        address operator;
        bool operatorAccepted;
        address payout;
        /// Whether it takes no work any more, for good.
        bool draining;
        Resources capacity;
        Resources used;
        uint64 features;
        uint16 region;
        Rates rates;
        StandingOffer offer;
        uint96 bonded;
        uint96 locked;
        uint96 unbonding;
        uint64 registeredAt;
        Record record;
        /// Reputation in bps.
        uint16 reputation;
        uint8 tier;
    }

    /// One request to unbond.
    #[cfg_attr(feature = "contract", derive(AbiType))]
    #[derive(Debug, PartialEq, Eq)]
    struct Unbonding {
        uint96 amount;
        /// From this second on it can be withdrawn.
        uint64 end;
    }

    /// What a tier above 0 asks for.
    #[cfg_attr(feature = "contract", derive(AbiType))]
    #[derive(Debug, Default, PartialEq, Eq)]
    struct TierRule {
        /// Bonded stake as a multiple of the minimum.
        uint16 stakeMultiple;
        /// Whole days since registration.
        uint8 ageDays;
        uint16 reputationBps;
        /// Highest posted price of one slot, in whole LNQ; the largest number stands for none.
        uint32 priceCapLnq;
    }

    /// What the registry is set up with.
    #[cfg_attr(feature = "contract", derive(AbiType))]
    #[derive(Debug, Default, PartialEq, Eq)]
    struct RegistryParameters {
        /// Minimum stake of any provider, in whole LNQ.
        uint32 minimumLnq;
        /// What each started CPU core adds to it, in whole LNQ.
        uint32 perCoreLnq;
        /// What each GPU adds to it, in whole LNQ.
        uint32 perGpuLnq;
        /// How long stake waits between being unbonded and being withdrawn.
        uint32 unbondingSecs;
        /// Highest posted price of one slot for tier 0, in whole LNQ.
        uint32 priceCapLnq;
        TierRule tier1;
        TierRule tier2;
        TierRule tier3;
    }

    /// Providers, their stake and their record.
    #[derive(Debug, PartialEq, Eq)]
    interface IRegistry {
        event Wired(address jobs);
        /// Counts from the second `from` on, the beginning of a UTC day.
        event ParametersSet(uint16 indexed version, uint64 from, RegistryParameters parameters);
        /// Nobody registers before `until`.
        event Paused(uint64 until);
        event ProviderRegistered(uint32 indexed provider, address indexed owner, address indexed operator, Registration registration);
        event OperatorAccepted(uint32 indexed provider, address indexed operator);
        /// `invitedOwner` is zero unless somebody was offered the ownership; the operator counts once it has accepted.
        event KeysChanged(uint32 indexed provider, address invitedOwner, address operator, address payout);
        event OwnerChanged(uint32 indexed provider, address indexed owner);
        event CapacityChanged(uint32 indexed provider, Resources capacity, uint64 features, uint16 region);
        /// The provider takes no work any more, for good.
        event Draining(uint32 indexed provider);
        event OfferChanged(uint32 indexed provider, Rates rates, StandingOffer offer);
        event StakeAdded(uint32 indexed provider, address indexed from, uint96 amount, uint96 bonded);
        event UnbondingStarted(uint32 indexed provider, uint96 amount, uint64 end, uint96 bonded);
        event StakeWithdrawn(uint32 indexed provider, address indexed owner, uint96 amount);
        event WorkTaken(uint32 indexed provider, uint96 lock, uint96 locked);
        event CapacityFreed(uint32 indexed provider);
        /// `end` is a `WorkEnd` code, `trial` a `Trial` code; `compensated` of `slashed` went to the requester, the rest burned.
        /// The history of the provider becomes keccak256(abi.encode(history, work, end, tookSecs, paid)), unless displaced.
        event WorkClosed(uint32 indexed provider, bytes32 indexed work, uint8 end, uint32 tookSecs, uint96 paid, uint8 trial, uint96 unlocked, uint96 slashed, uint96 compensated, uint96 bonded);

        error RegistryNotDeployer(address caller);
        error RegistryNotWired();
        error RegistryAlreadyWired();
        error RegistryBadAddress(address given);
        error RegistryNotJobs(address caller);
        /// A parameter lies outside its limits, or a higher tier asks for less than a lower one.
        error RegistryBadParameters();
        error RegistryNotGovernor(address caller);
        /// The version announced last begins at `from`; one follows the other.
        error RegistryParametersPending(uint64 from);
        error RegistryNotGuardian(address caller);
        error RegistryPaused(uint64 until);
        error RegistryPausedLately(uint64 next);
        error RegistryUnknownProvider(uint32 provider);
        error RegistryNotOwner(uint32 provider, address caller);
        /// The caller is not the operator, or has not accepted the role yet.
        error RegistryNotOperator(uint32 provider, address caller);
        /// No role of the provider waits for the caller's consent.
        error RegistryNotInvited(uint32 provider, address caller);
        /// The address is owner or operator of that provider already.
        error RegistryAddressTaken(address account, uint32 provider);
        error RegistryBadPayout(address payout);
        error RegistryBadCapacity();
        /// Less than what is reserved, or another class of GPUs than those in use.
        error RegistryCapacityInUse(uint32 provider);
        error RegistryBadOffer();
        error RegistryStakeTooLow(uint96 stake, uint96 minimum);
        error RegistryNoAmount();
        error RegistryNotFree(uint96 amount, uint96 free);
        error RegistryTooManyUnbondings(uint32 provider, uint8 limit);
        error RegistryNothingToWithdraw(uint32 provider, uint64 next);
        /// Why a provider cannot take a piece of work.
        error RegistryBelowMinimum(uint32 provider, uint96 bonded, uint96 minimum);
        error RegistryDraining(uint32 provider);
        error RegistryNoCapacity(uint32 provider);
        error RegistryMissingFeatures(uint32 provider, uint64 missing);
        error RegistryWrongRegion(uint32 provider, uint16 region);
        error RegistryTierTooLow(uint32 provider, uint8 tier, uint8 needed);
        error RegistryPriceAboveTier(uint32 provider, uint96 posted, uint96 cap);
        error RegistryNotEnoughStake(uint32 provider, uint96 free, uint96 needed);
        error RegistryNotAssignable(uint32 provider, address caller);
        error RegistryOfferClosed(uint32 provider);
        error RegistryOutsideOffer(uint32 provider);
        error RegistryNotTheQuote(uint32 provider, uint96 price, uint96 quote);
        /// Work ends with a code, claim or share that there is none of, or with more than is reserved or locked.
        error RegistryBadWork(uint32 provider);
        /// A number left its range; no honest call gets there.
        error RegistryOverflow();
        error RegistryTokenFailed();

        function wire(address jobs) external;
        function setParameters(RegistryParameters calldata parameters) external;
        function pause() external;
        function register(Registration calldata registration) external returns (uint32 provider);
        function registerWithPermit(Registration calldata registration, Permit calldata permit) external returns (uint32 provider);
        /// Invites another owner, names another operator, pays elsewhere; what is given as it is stays as it is.
        function setKeys(uint32 provider, address owner, address operator, address payout) external;
        function acceptRole(uint32 provider) external;
        function setCapacity(uint32 provider, Resources calldata capacity, uint64 features, uint16 region) external;
        function drain(uint32 provider) external;
        function setOffer(uint32 provider, Rates calldata rates, StandingOffer calldata offer) external;
        function addStake(uint32 provider, uint96 amount) external;
        function addStakeWithPermit(uint32 provider, uint96 amount, Permit calldata permit) external;
        function unbond(uint32 provider, uint96 amount) external returns (uint64 end);
        function withdraw(uint32 provider) external returns (uint96 amount);

        function take(WorkRequest calldata request) external returns (uint16 payoutVersion, bool standing);
        function free(uint32 provider, address operator, Resources calldata resources) external;
        function close(WorkClose calldata work) external returns (address payout, uint96 slashed);

        /// The words of a provider that matching reads, in the order of their kinds; all zero for an id not given out.
        function records(uint32 id) external view returns (bytes32[] memory words);
        /// One word of a provider, of any kind; `number` is 0 for a kind that it has one of.
        function record(uint32 id, uint16 kind, uint16 number) external view returns (bytes32 word);
        function providerOf(address account) external view returns (uint32 id);
        /// The words that hold for all providers; the lens says what is in them.
        function settings() external view returns (bytes32[] memory words);
        function wiring() external view returns (address deployer, address token, address jobs);
    }

    /// What a piece of work asks of a provider.
    #[cfg_attr(feature = "contract", derive(AbiType))]
    #[derive(Debug, Default, PartialEq, Eq)]
    struct Requirements {
        /// What one slot needs.
        Resources resources;
        /// Feature bits a provider must have.
        uint64 features;
        /// Up to eight `uint16` region codes, packed from the low end; 0 = anywhere.
        uint128 regions;
        /// Least tier.
        uint8 tier;
        /// The posted price of one slot; 0 for what each provider quotes.
        uint96 price;
        uint32 runSecs;
        uint32 windowSecs;
        /// Whether it is to be taken from the standing offer, or by the operator.
        bool standing;
    }

    /// Everything that people and matching read; no authority, and replaceable.
    #[derive(Debug, PartialEq, Eq)]
    interface ILens {
        error LensBadAddress(address given);
        error LensUnknownProvider(uint32 provider);
        error LensUnknownJob(bytes32 job);
        error LensUnknownParameters(uint16 version, uint16 current);
        /// A sibling did not answer as its interface says.
        error LensSiblingFailed();

        /// How many providers were ever registered; ids go from 1 to this.
        function providerCount() external view returns (uint32);
        function provider(uint32 id) external view returns (Provider memory);
        /// Up to `limit` providers from id `from` on, and the id to go on from; 0 when there are no more.
        function providers(uint32 from, uint16 limit) external view returns (Provider[] memory page, uint32 next);
        function unbondings(uint32 id) external view returns (Unbonding[] memory);
        function minimumStake(Resources calldata capacity) external view returns (uint96);
        function quote(uint32 id, Resources calldata resources, uint32 runSecs) external view returns (uint96);
        /// An `Obstacle` code, 0 when the provider is eligible; and its quote.
        function eligible(uint32 id, Requirements calldata requirements) external view returns (uint8 obstacle, uint96 quote);
        /// The cheapest eligible provider of a page, the better reputation among equals, 0 for none; and the id to go on
        /// from, 0 when there are no more.
        function bestMatch(Requirements calldata requirements, uint32 from, uint16 limit) external view returns (uint32 provider, uint96 quote, uint16 reputation, uint32 next);
        /// The id that terms have as a job on this chain, posted or not.
        function jobId(Terms calldata terms) external view returns (bytes32 job);
        /// What is kept of a job.
        function job(bytes32 id) external view returns (Job memory);
        /// One version of the parameters of jobs.
        function jobParameters(uint16 version) external view returns (JobParameters memory);
        /// The shortest window, the version of the parameters that jobs name now, and until when nothing is posted or taken, or 0.
        function jobLimits() external view returns (uint32 minWindowSecs, uint16 currentParameters, uint64 pausedUntil);
        /// What `step` would do to a slot, an `Action` code, from which second on.
        function nextAction(bytes32 job, uint16 slot) external view returns (uint8 action, uint64 since);
        /// The registry's parameters that count now.
        function parameters() external view returns (RegistryParameters memory);
        /// Who sets the registry's parameters, who pauses, the version announced last and the second from which on it
        /// counts, and until when nobody registers, or 0.
        function governance() external view returns (address governor, address guardian, uint16 version, uint64 from, uint64 pausedUntil);
        function wiring() external view returns (address registry, address jobs);
    }

    /// A job. Its id is keccak256(abi.encode(chain id, jobs contract, terms)): accepting an id is accepting exactly these terms.
    #[cfg_attr(feature = "contract", derive(AbiType))]
    #[derive(Debug, Default, PartialEq, Eq)]
    struct Terms {
        address requester;
        /// SHA-256 of the canonical manifest.
        bytes32 specHash;
        /// The most one slot pays; also what collateral is reckoned from.
        uint96 price;
        /// Number of slots, 1–256.
        uint16 tasks;
        /// What one slot needs.
        Resources resources;
        /// Feature bits a provider must have.
        uint64 features;
        /// Up to eight `uint16` region codes, packed from the low end; 0 = anywhere.
        uint128 regions;
        /// Least tier of a provider.
        uint8 tier;
        /// The only provider that may take it, or 0.
        uint32 provider;
        /// Who rules on results instead of a jury, or zero.
        address judge;
        /// keccak256 of the output root that is paid at once, or zero.
        bytes32 expected;
        /// How long takes are accepted after posting.
        uint32 openSecs;
        /// How long a take can be displaced; 0 = the first is final.
        uint32 bidSecs;
        uint32 runSecs;
        /// How long a result can be accepted, ruled on or disputed.
        uint32 windowSecs;
        uint8 attempts;
        /// No attempt begins that could not end by this second.
        uint64 endBy;
        /// Whether anyone may assign it to a standing offer, or the requester alone.
        bool anyoneMatches;
        /// Version of the parameters it is made under.
        uint16 parameters;
        bytes32 salt;
    }

    /// The parameters a job names by version.
    #[cfg_attr(feature = "contract", derive(AbiType))]
    #[derive(Debug, PartialEq, Eq)]
    struct JobParameters {
        uint16 feeBps;
        uint16 collateralBps;
        uint8 maxAttempts;
    }

    /// What jobs keeps of a job. Its terms are in `JobPosted`; the escrow knows what it still pays.
    #[cfg_attr(feature = "contract", derive(AbiType))]
    #[derive(Debug, PartialEq, Eq)]
    struct Job {
        uint16 tasks;
        Resources resources;
        uint32 bidSecs;
        uint32 runSecs;
        uint32 windowSecs;
        uint64 openUntil;
        uint64 endBy;
        uint8 attempts;
        uint16 parameters;
        bool judged;
        bool expects;
    }

    /// One slot at the present second.
    #[cfg_attr(feature = "contract", derive(AbiType))]
    #[derive(Debug, PartialEq, Eq)]
    struct Slot {
        /// A `SlotState` code.
        uint8 state;
        /// When that state ends; 0 once closed.
        uint64 until;
        /// An `Outcome` code.
        uint8 outcome;
        /// The provider that has it, or had it last.
        uint32 provider;
        /// The provider that left it last, which may not take it next.
        uint32 left;
        /// Attempts used up or under way.
        uint8 attempt;
        uint96 price;
        /// Collateral locked for it.
        uint96 lock;
        uint64 takenAt;
        uint64 due;
        uint8 claim;
        bool standing;
        uint16 payoutVersion;
    }

    /// Posting, taking, running and settling.
    #[derive(Debug, PartialEq, Eq)]
    interface IJobs {
        event Wired(address registry, address escrow, address disputes);
        /// The version of the parameters that jobs name from the second `from` on, the beginning of a UTC day.
        event ParametersSet(uint16 indexed version, uint64 from, JobParameters parameters);
        /// Nothing is posted or taken before `until`.
        event Paused(uint64 until);
        event JobPosted(bytes32 indexed job, address indexed requester, Terms terms, uint64 openUntil, string uri);
        event SlotTaken(bytes32 indexed job, uint16 indexed slot, uint32 indexed provider, uint8 attempt, uint96 price, uint96 lock, uint64 bidUntil, uint64 due, bool standing);
        event SlotDisplaced(bytes32 indexed job, uint16 indexed slot, uint32 indexed provider);
        event ResultSubmitted(bytes32 indexed job, uint16 indexed slot, uint32 indexed provider, uint8 attempt, bytes32 root, uint8 claim, uint64 windowEnd, string uri);
        /// The provider says it cannot go on, for a `reason` of its own numbering; what becomes of the slot follows in the same call.
        event UnableReported(bytes32 indexed job, uint16 indexed slot, uint32 indexed provider, uint8 attempt, uint8 reason);
        /// The provider left without a result (`end` is a `WorkEnd` code) and the slot is open again.
        event SlotReopened(bytes32 indexed job, uint16 indexed slot, uint32 indexed provider, uint8 end, uint8 attempt);
        /// The requester disputes the result. Without a ruling before, the slot can be settled without the court from `until` on.
        event SlotDisputed(bytes32 indexed job, uint16 indexed slot, uint32 indexed provider, uint64 until);
        /// `outcome` is an `Outcome` code; `provider` is 0 when nobody had it; `paid` is net of `fee`.
        event SlotClosed(bytes32 indexed job, uint16 indexed slot, uint32 indexed provider, uint8 outcome, uint96 paid, uint96 fee);

        error JobsNotDeployer(address caller);
        error JobsNotWired();
        error JobsAlreadyWired();
        error JobsBadAddress(address given);
        error JobsBadParameters(uint16 feeBps, uint16 collateralBps, uint8 maxAttempts, uint32 minWindowSecs);
        error JobsNotGovernor(address caller);
        /// The version announced last begins at `from`; one follows the other.
        error JobsParametersPending(uint64 from);
        error JobsNotGuardian(address caller);
        error JobsPaused(uint64 until);
        error JobsPausedLately(uint64 next);
        error JobsNotRequester(bytes32 job, address caller);
        error JobsAlreadyPosted(bytes32 job);
        error JobsUnknownParameters(uint16 version, uint16 current);
        error JobsBadTasks(uint16 tasks);
        error JobsBadPrice(uint96 price, uint96 limit);
        error JobsBadResources();
        error JobsJudgeAndExpected();
        error JobsBadBidding(uint32 bidSecs, uint32 limit);
        error JobsBadRun(uint32 runSecs, uint32 limit);
        error JobsBadWindow(uint32 windowSecs, uint32 least, uint32 most);
        error JobsBadAttempts(uint8 attempts, uint8 limit);
        error JobsBadEnd(uint64 endBy, uint64 earliest, uint64 latest);
        error JobsBadOpening(uint32 openSecs);
        error JobsUriTooLong(uint32 length, uint32 limit);
        error JobsUnknownJob(bytes32 job);
        error JobsUnknownSlot(bytes32 job, uint16 slot);
        error JobsWrongState(bytes32 job, uint16 slot, uint8 state);
        error JobsTooLate(bytes32 job, uint16 slot, uint64 deadline);
        error JobsOtherProviderNamed(uint32 named, uint32 provider);
        error JobsPriceTooHigh(uint96 price, uint96 limit);
        error JobsProviderLeft(bytes32 job, uint16 slot, uint32 provider);
        error JobsAlreadyTheirs(bytes32 job, uint16 slot, uint32 provider);
        error JobsBadClaim(uint8 claim, uint8 least, uint8 most);
        error JobsWrongResult(bytes32 given, bytes32 expected);
        error JobsNotJudge(bytes32 job, address caller);
        /// A judge rules on results of this job; there is nothing to dispute.
        error JobsJudged(bytes32 job);
        error JobsNotDisputes(address caller);
        /// A dispute cannot end like that.
        error JobsBadVerdict(uint8 verdict, uint8 trial);
        error JobsBadShare(uint8 share, uint8 claim);
        error JobsNothingDue(bytes32 job, uint16 slot, uint8 state, uint64 until);
        error JobsSiblingFailed(address sibling);
        error JobsOverflow();

        function wire(address registry, address escrow, address disputes) external;
        function setParameters(uint16 feeBps, uint16 collateralBps, uint8 maxAttempts) external;
        function pause() external;
        function post(Terms calldata terms, string calldata uri) external returns (bytes32 job);
        function take(Terms calldata terms, uint16 slot, uint32 provider, uint96 price) external;
        function submit(bytes32 job, uint16 slot, bytes32 root, uint8 claim, string calldata uri) external;
        function accept(bytes32 job, uint16 slot) external;
        function rule(bytes32 job, uint16 slot, uint8 share) external;
        function unable(bytes32 job, uint16 slot, uint8 reason) external;
        function cancel(bytes32 job, uint16 slot) external;
        function step(bytes32 job, uint16 slot) external;
        /// Freezes a result that is disputed. From `until` on it can be settled without the court.
        function dispute(bytes32 job, uint16 slot, uint64 until) external;
        /// Settles a disputed slot. `owed` of the jury's cost comes out of the pay, and what that does not cover out of the
        /// lock; `verdict` is a `Verdict` code, `trial` a `Trial` code.
        function settle(bytes32 job, uint16 slot, uint8 share, uint96 owed, uint8 verdict, uint8 trial) external;

        /// The word that is kept of a job, zero if there is none; the lens says what is in it.
        function conditions(bytes32 job) external view returns (bytes32 word);
        function slot(bytes32 id, uint16 index) external view returns (Slot memory);
        /// What holds for all jobs, as the contract keeps it: the escrow in the first 20 bytes of a word with the rules of
        /// now, the registry, the deployer, the governor, the guardian, the disputes contract; and one version of the
        /// parameters, zero where there is none. The lens says what is in them.
        function settings(uint16 version) external view returns (bytes32[] memory words);
    }
}
