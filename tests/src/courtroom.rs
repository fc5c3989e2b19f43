//! A court with real jurors, beside the suite.

use alloy::{
    primitives::{Address, B256, U256, keccak256},
    sol_types::{SolCall, SolEvent, SolValue},
};
use linq_abi::{CourtParameters, IBeacon, ICourt, IJurors, codes::CourtPhase};
use linq_beacon::SecretKey;

use crate::{Emitted, Refusal, Sent, Stub, Suite, World, emitted, lnq, u96};

/// The juror stake of each of a courtroom's jurors.
pub const JUROR_STAKE: u128 = lnq(10_000);

/// The value of a dispute that begins with three seats of 10 LNQ each.
pub const LARGE: u128 = lnq(1_000);

/// The value of a dispute that begins with one seat of 10 LNQ.
pub const SMALL: u128 = lnq(100);

/// The round of the beacon that every jury is drawn by, and what it says.
pub const BEACON_WORD: u8 = 7;

/// What a juror reveals to refuse.
pub const REFUSAL: u8 = 255;

/// The id of the embedded chain.
const CHAIN: u64 = 412_346;

/// How long stake that leaves waits.
const UNSTAKE_SECS: u32 = 56 * 86_400;

/// The parameters of a courtroom: short phases of different lengths.
pub fn court_parameters() -> CourtParameters {
    CourtParameters {
        evidenceSecs: 300,
        appealEvidenceSecs: 200,
        commitSecs: 100,
        revealSecs: 90,
        appealSecs: 80,
        drawSecs: 70,
        floorMilliLnq: 10_000,
    }
}

/// What a court is constructed with, encoded.
pub fn court_arguments(
    deployer: Address,
    token: Address,
    governor: Address,
    min_window_secs: u32,
    parameters: &CourtParameters,
) -> Vec<u8> {
    (deployer, token, governor, min_window_secs, parameters.clone()).abi_encode_params()
}

/// A world with a court in it, and jurors who have staked yesterday.
pub struct Courtroom {
    /// The suite beside it.
    pub world: World,
    /// The court.
    pub court: Address,
    /// The jurors' contract.
    pub jurors: Address,
    /// A beacon that answers every question with one word.
    pub beacon: Address,
    /// The contract that opens disputes.
    pub opener: Address,
    /// How many jurors there are, numbered from 1.
    pub count: u32,
}

/// One round as the court keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundWords {
    /// Dispute, stage, ballots, funding, and four words of jurors.
    pub words: Vec<B256>,
}

impl RoundWords {
    /// The code of every seat's ballot.
    pub fn ballots(&self) -> [u8; 31] {
        self.words[2][..31].try_into().expect("31 bytes")
    }

    /// The juror of every seat, 0 for nobody.
    pub fn jurors(&self) -> Vec<u32> {
        let bytes = self.words[4..].iter().flat_map(|word| word.0).collect::<Vec<u8>>();
        bytes.chunks(4).map(|four| u32::from_be_bytes(four.try_into().expect("four bytes"))).collect()
    }

    /// The round of the beacon that the seats are drawn by.
    pub fn beacon_round(&self) -> u64 {
        u64::from_be_bytes(self.words[1][16..24].try_into().expect("eight bytes"))
    }

    /// The day that juries are drawn by.
    pub fn day(&self) -> u16 {
        u16::from_be_bytes([self.words[0][16], self.words[0][17]])
    }

    /// How many seats the jury has.
    pub fn seats(&self) -> u8 {
        self.words[1][32 - 7]
    }

    /// What was collected, or the bonus of a settled round.
    pub fn purse(&self) -> u128 {
        let word = U256::from_be_bytes(self.words[1].0);
        ((word >> (8_usize * 19)) & U256::from((1_u128 << 96) - 1)).to::<u128>()
    }
}

impl Courtroom {
    /// A courtroom with twenty jurors.
    pub fn new() -> Self {
        Self::with_jurors(20)
    }

    /// A courtroom with `count` jurors of the same stake.
    pub fn with_jurors(count: u32) -> Self {
        let mut room = Self::unwired();
        room.populate(count);
        room
    }

    /// The court of a world's own suite, with `count` jurors; its beacon's rounds are signed with the development key.
    pub fn in_suite(world: World, count: u32) -> Self {
        let Suite { court, jurors, beacon, disputes: opener, .. } = world.suite;
        let mut room = Self { world, court, jurors, beacon, opener, count: 0 };
        room.seat(count);
        room
    }

    /// Names the siblings, and has `count` jurors stake yesterday.
    pub fn populate(&mut self, count: u32) {
        self.wire();
        self.seat(count);
    }

    /// Has `count` jurors stake yesterday.
    fn seat(&mut self, count: u32) {
        self.count = count;
        for juror in 1..=count {
            self.stake(juror, JUROR_STAKE);
        }
        // What was staked today weighs from tomorrow on.
        self.world.warp(86_400);
        self.approve_all();
    }

    /// A courtroom whose contracts do not know each other yet.
    pub fn unwired() -> Self {
        let mut world = World::new();
        let (cast, token) = (world.cast, world.suite.token);
        let arguments = (cast.deployer, token, cast.guardian, UNSTAKE_SECS).abi_encode_params();
        let jurors = world.construct("jurors", arguments).expect("the jurors");
        let arguments = court_arguments(cast.deployer, token, cast.governor, 60, &court_parameters());
        let court = world.construct("court", arguments).expect("the court");
        let beacon = world.place(&Stub::word(BEACON_WORD));
        let opener = world.place(&Stub::word(1));
        world.node_mut().set_balance(opener, U256::from(lnq(1_000)));
        Self { world, court, jurors, beacon, opener, count: 0 }
    }

    /// Names the siblings.
    pub fn wire(&mut self) {
        let (deployer, court, jurors) = (self.world.cast.deployer, self.court, self.jurors);
        let call = ICourt::wireCall { jurors, beacon: self.beacon, opener: self.opener };
        self.send(deployer, &call).expect("wiring the court");
        self.world.send(deployer, jurors, &IJurors::wireCall { court }).expect("wiring the jurors");
    }

    /// The account of a juror.
    pub fn account(&self, juror: u32) -> Address {
        Address::from_word(keccak256(("juror", juror).abi_encode()))
    }

    /// Has a juror stake.
    fn stake(&mut self, juror: u32, amount: u128) {
        let (account, jurors) = (self.account(juror), self.jurors);
        self.world.node_mut().set_balance(account, U256::from(lnq(1_000)));
        self.world.give(account, amount);
        self.world.approve(account, jurors);
        let staked = self.world.send(account, jurors, &IJurors::stakeCall { amount: u96(amount) }).expect("stake");
        assert_eq!(staked.value, juror, "jurors are numbered in order");
    }

    /// Lets the court take what juries cost from those who pay for them.
    fn approve_all(&mut self) {
        let (cast, court) = (self.world.cast, self.court);
        for payer in [cast.requester, cast.owner, cast.eve] {
            self.world.approve(payer, court);
        }
    }

    /// Sends to the court.
    pub fn send<C: SolCall>(&mut self, from: Address, call: &C) -> Result<Sent<C::Return>, Refusal> {
        self.world.send(from, self.court, call)
    }

    /// Sends to the court what must succeed.
    #[track_caller]
    pub fn done<C: SolCall>(&mut self, from: Address, call: &C) -> Sent<C::Return> {
        self.send(from, call).unwrap_or_else(|refusal| panic!("{}: {refusal:?}", C::SIGNATURE))
    }

    /// An event of the court.
    pub fn emits<E: SolEvent>(&self, event: &E) -> Emitted {
        emitted(self.court, event)
    }

    /// Opens a dispute over `value` at the requester's cost.
    #[track_caller]
    pub fn open(&mut self, value: u128) -> u64 {
        let (opener, funder) = (self.opener, self.world.cast.requester);
        self.done(opener, &ICourt::openCall { funder, value: u96(value), version: 1 }).value.dispute
    }

    /// The last round of a dispute, its phase, and when that ends.
    #[track_caller]
    pub fn phase(&self, dispute: u64) -> (u8, CourtPhase, u64) {
        let found = self.world.read(self.court, &ICourt::phaseCall { dispute });
        (found.round, CourtPhase::from_u8(found.phase).expect("a phase"), found.until)
    }

    /// One round as the court keeps it.
    pub fn round(&self, dispute: u64, round: u8) -> RoundWords {
        RoundWords { words: self.world.read(self.court, &ICourt::recordsCall { dispute, round }) }
    }

    /// Waits until the present phase of a dispute has ended.
    #[track_caller]
    pub fn wait(&mut self, dispute: u64) {
        let (_, _, until) = self.phase(dispute);
        self.world.at(until);
    }

    /// Waits for the round of a real beacon that the last jury is drawn by, and brings it. Its rounds are numbered by the
    /// second in which they are due. Answers what it is worth.
    #[track_caller]
    pub fn bring(&mut self, dispute: u64) -> B256 {
        let (number, _, _) = self.phase(dispute);
        let round = self.round(dispute, number).beacon_round();
        self.world.at(round.max(self.world.now()));
        let [x, y] = SecretKey::development().sign(round).words().map(Into::into);
        let (keeper, beacon) = (self.world.cast.keeper, self.beacon);
        self.world.send(keeper, beacon, &IBeacon::submitCall { round, x, y }).expect("a round");
        self.world.read(beacon, &IBeacon::randomnessCall { round })
    }

    /// Waits for the beacon and draws every seat of the last round. Answers who sits there.
    #[track_caller]
    pub fn draw(&mut self, dispute: u64) -> Vec<u32> {
        let (round, phase, _) = self.phase(dispute);
        if phase == CourtPhase::Evidence {
            self.wait(dispute);
        }
        let keeper = self.world.cast.keeper;
        let seats = self.round(dispute, round).seats();
        while self.done(keeper, &ICourt::drawCall { dispute }).value < seats {}
        self.round(dispute, round).jurors()[..usize::from(seats)].to_vec()
    }

    /// The salt that a seat's vote is sealed with.
    pub fn salt(round: u8, seat: u8) -> B256 {
        keccak256([b's', round, seat])
    }

    /// What seals a vote.
    pub fn commitment(&self, dispute: u64, round: u8, seat: u8, juror: u32, vote: u8) -> B256 {
        let (vote, number, place) = (u64::from(vote), u64::from(round), u64::from(seat));
        let words = (CHAIN, self.court, dispute, number, place, juror, vote, Self::salt(round, seat));
        keccak256(words.abi_encode())
    }

    /// What seals the vote of a seat of the last round.
    pub fn commit_of(&self, dispute: u64, seat: u8, vote: u8) -> ICourt::commitCall {
        let (round, _, _) = self.phase(dispute);
        let juror = self.round(dispute, round).jurors()[usize::from(seat)];
        let commitment = self.commitment(dispute, round, seat, juror, vote);
        ICourt::commitCall { dispute, round, seat, commitment }
    }

    /// Has the juror of a seat of the last round seal a vote.
    #[track_caller]
    pub fn commit(&mut self, dispute: u64, seat: u8, vote: u8) -> Sent<ICourt::commitReturn> {
        let call = self.commit_of(dispute, seat, vote);
        let juror = self.round(dispute, call.round).jurors()[usize::from(seat)];
        self.done(self.account(juror), &call)
    }

    /// What shows the vote of a seat of the last round.
    pub fn reveal_of(&self, dispute: u64, seat: u8, vote: u8) -> ICourt::revealCall {
        let (round, _, _) = self.phase(dispute);
        ICourt::revealCall { dispute, round, seat, vote, salt: Self::salt(round, seat) }
    }

    /// What shows it too early.
    pub fn expose_of(&self, dispute: u64, seat: u8, vote: u8) -> ICourt::exposeCall {
        let ICourt::revealCall { round, salt, .. } = self.reveal_of(dispute, seat, vote);
        ICourt::exposeCall { dispute, round, seat, vote, salt }
    }

    /// Shows the vote of a seat of the last round.
    #[track_caller]
    pub fn reveal(&mut self, dispute: u64, seat: u8, vote: u8) {
        let (keeper, call) = (self.world.cast.keeper, self.reveal_of(dispute, seat, vote));
        self.done(keeper, &call);
    }

    /// Draws the last round and has its seats vote: nothing for a seat that stays silent, which the phases wait for.
    #[track_caller]
    pub fn vote(&mut self, dispute: u64, votes: &[Option<u8>]) {
        self.draw(dispute);
        let given: Vec<(u8, u8)> = (0..).zip(votes).filter_map(|(seat, vote)| vote.map(|vote| (seat, vote))).collect();
        for (seat, vote) in &given {
            self.commit(dispute, *seat, *vote);
        }
        if given.len() < votes.len() {
            self.wait(dispute);
        }
        for (seat, vote) in &given {
            self.reveal(dispute, *seat, *vote);
        }
    }

    /// Orders the next jury in the name of a side, at the cost of `payer`.
    #[track_caller]
    pub fn appeal(&mut self, payer: Address, dispute: u64, side: u8) -> u128 {
        let (round, _, _) = self.phase(dispute);
        self.done(payer, &ICourt::appealCall { dispute, round, side }).value.to()
    }

    /// Settles a round, in as many calls as it takes.
    #[track_caller]
    pub fn settle(&mut self, dispute: u64, round: u8) {
        let keeper = self.world.cast.keeper;
        while !self.done(keeper, &ICourt::settleCall { dispute, round }).value {}
    }

    /// Claims for every juror of a settled round. Answers what each was paid.
    #[track_caller]
    pub fn claim_all(&mut self, dispute: u64, round: u8) -> Vec<(u32, u128)> {
        let mut jurors: Vec<u32> =
            self.round(dispute, round).jurors().into_iter().filter(|juror| *juror != 0).collect();
        jurors.sort_unstable();
        jurors.dedup();
        let keeper = self.world.cast.keeper;
        let claim = |room: &mut Self, juror| room.send(keeper, &ICourt::claimCall { dispute, round, juror }).ok();
        jurors.into_iter().filter_map(|juror| Some((juror, claim(self, juror)?.value.to()))).collect()
    }

    /// The verdict: phase, share, whether a jury voted it, and what the first jury used up.
    #[track_caller]
    pub fn verdict(&self, dispute: u64) -> (CourtPhase, u8, bool, u128) {
        let found = self.world.read(self.court, &ICourt::verdictCall { dispute });
        (CourtPhase::from_u8(found.phase).expect("a phase"), found.share, found.voted, found.used.to())
    }

    /// LNQ of the court.
    pub fn held(&self) -> u128 {
        self.world.balance(self.court)
    }

    /// Active stake of a juror.
    pub fn stake_of(&self, juror: u32) -> u128 {
        self.world.read(self.jurors, &IJurors::jurorCall { id: juror }).active.to()
    }

    /// What the beacon answers from now on.
    pub fn set_beacon(&mut self, word: u8) {
        let (beacon, code) = (self.beacon, Stub::word(word).code());
        self.world.node_mut().set_code(beacon, code.into());
    }
}

impl Default for Courtroom {
    fn default() -> Self {
        Self::new()
    }
}
