//! The second half: a wrong result that is found out, and a right one that is disputed in vain.

use std::collections::{BTreeMap, BTreeSet};

use alloy::primitives::{Address, B256, U256};
use eyre::{Result, ensure, eyre};
use linq_abi::{IJobs, codes::SlotState};
use linq_manifest::{Content, Ending, Output};
use serde_json::Value;

use super::{COLLATERAL_BPS, FEE_BPS, JUROR_STAKE, LNQ, Order, Posted, Registered, Story};
use crate::{
    cast::{FIRST, KEEPER, Person, REQUESTER, SECOND},
    command::transactions,
    jury::{Jury, Vote, odd_one},
    report::{Step, lnq},
};

/// What the owner of a provider keeps for an appeal, in LNQ: the cost of seven seats.
pub const APPEAL_PURSE: u128 = 70;
/// What a seat of these juries is paid, in LNQ: the least there is.
const SEAT_FEE: u128 = 10;

/// What the requester offers for the disputed work, in LNQ: so much that three jurors sit.
const OFFERED: (u128, u128) = (300, 360);
/// How long a provider may take for it; providers ask by the second.
const RUN_SECS: u32 = 5_700;

/// How long after the evidence time a round of the local beacon is due at the latest.
const BEACON_PERIOD_SECS: u64 = 3;
/// How long after the time to seal votes has run out `linq juror reveal` shows them at the earliest, and a second.
const SAFE_SECS: u64 = 16;
const DAY_SECS: u64 = 86_400;

/// The whole of a price in twentieths, and nothing of it.
const ALL: u8 = 20;
const NOTHING: u8 = 0;

/// The file in which the requester keeps what a replay came to.
const EVIDENCE: &str = "replay.json";

/// What the liar says that the program has said.
const INVENTED: &str = "the readings fall into 3 clusters\n";

impl Story<'_> {
    /// Tells both. `liar` is without its relayer; `honest` works as before.
    pub(super) async fn disputes(&mut self, liar: &Registered, honest: &Registered) -> Result<()> {
        self.report.chapter("Twenty jurors stake, and weigh from the next day on");
        self.stake_jurors().await?;

        self.report.chapter("A wrong result: the provider makes it up, and the requester disputes it");
        let job = self.wrong_result(liar).await?;
        let dispute = self.dispute(&job).await?;
        self.bring_evidence(dispute).await?;
        let first = self.draw(dispute).await?;
        let wrong = odd_one(&first).map(|juror| (juror, Some(ALL)));
        let first = self.vote(dispute, &first, NOTHING, wrong).await?;

        self.report.chapter("The provider's owner appeals, and a larger jury says the same");
        self.appeal(dispute, &FIRST.owner).await?;
        let second = self.draw(dispute).await?;
        let silent = odd_one(&second).map(|juror| (juror, None));
        let second = self.vote(dispute, &second, NOTHING, silent).await?;
        self.finish(dispute).await?;
        self.settle_wrong(&job)?;
        self.share_out(dispute, NOTHING, &[first, second]).await?;

        self.report.chapter("The twin: the requester disputes a right result, and pays for it");
        let job = self.right_result(honest).await?;
        let dispute = self.dispute(&job).await?;
        let jurors = self.draw(dispute).await?;
        let jury = self.vote(dispute, &jurors, ALL, None).await?;
        self.finish(dispute).await?;
        self.settle_right(&job, honest)?;
        self.share_out(dispute, ALL, &[jury]).await
    }

    /// Everybody stakes, and the next UTC day begins.
    async fn stake_jurors(&mut self) -> Result<()> {
        let mut steps = Vec::new();
        for (number, juror) in self.jurors.clone() {
            let document = self.shell.linq(&juror, &format!("juror stake {JUROR_STAKE} --yes")).await?;
            ensure!(document["juror"] == number, "{} has another number: {document}", juror.name);
            for transaction in transactions(&document) {
                let gas = self.stage.client.receipt(transaction).await?.gas_used;
                steps.push(Step { who: juror.name, what: format!("stakes {JUROR_STAKE} LNQ"), transaction, gas });
            }
            self.ledger.moves(juror.account, self.suite.jurors, U256::from(u128::from(JUROR_STAKE) * LNQ), "stake")?;
        }
        self.report.many("jurors", &format!("stake {JUROR_STAKE} LNQ each"), &steps);
        let tomorrow = (self.stage.client.chain_time().await? / DAY_SECS + 1) * DAY_SECS;
        self.stage.reach(tomorrow).await
    }

    /// A provider is given work, does none of it, and submits what it made up.
    async fn wrong_result(&mut self, liar: &Registered) -> Result<Posted> {
        let job = self.post(3, Order { price: Some(OFFERED.0 * LNQ), run_secs: RUN_SECS }).await?;
        let line = format!("assign {} --provider {}", job.id, liar.id);
        self.type_in(&REQUESTER, &line, format!("gives it to the standing offer of {}", liar.keys.owner.name)).await?;

        let output = Output {
            version: Output::VERSION,
            ending: Ending::Exited,
            exit_code: 0,
            stdout: Content::of(INVENTED),
            stderr: Content::of(""),
            files: Vec::new(),
        };
        let place = self.folder.join("made-up");
        std::fs::create_dir_all(&place)?;
        std::fs::write(place.join("stdout"), INVENTED)?;
        std::fs::write(place.join("stderr"), "")?;
        std::fs::write(place.join("result.json"), output.canonical())?;
        let uri = format!("file://{}/result.json", place.display());
        let submit = IJobs::submitCall { job: job.id, slot: 0, root: output.root(), claim: ALL, uri };
        self.send(&liar.keys.operator, self.suite.jobs, &submit, "submits a result without having run anything")
            .await?;
        self.fetch(&job).await?;
        self.replay(&job, output.root()).await?;
        Ok(job)
    }

    /// A provider works as it should.
    async fn right_result(&mut self, honest: &Registered) -> Result<Posted> {
        let job = self.post(4, Order { price: Some(OFFERED.1 * LNQ), run_secs: RUN_SECS }).await?;
        let mut relayer = self.relayers.start(honest.id, &SECOND.operator.key(), None)?;
        self.follow_to_result(&job, honest, &mut relayer).await?;
        relayer.stop().await?;
        let submitted = self.fetch(&job).await?;
        ensure!(self.replayed == Some(submitted), "what the provider did comes to something else here");
        self.report.say("it is what the requester's own replay came to; the requester disputes it all the same");
        Ok(job)
    }

    /// The requester has the work done again on its own machine, and finds that it does not come to what was submitted.
    async fn replay(&mut self, job: &Posted, submitted: B256) -> Result<()> {
        let (same, found) = self.shell.ask(&REQUESTER, &format!("replay {} 0", job.id)).await?;
        ensure!(
            !same && found["matches"] == false && found["certain"] == true,
            "the replay says something else: {found}"
        );
        let root: B256 = found["replayed"]["root"].as_str().unwrap_or_default().parse()?;
        ensure!(root != submitted, "what the provider made up is right");
        self.report.say(&format!("`linq replay` does the work again, and comes to another root: {root}"));
        std::fs::write(self.shell.file(EVIDENCE), serde_json::to_string_pretty(&found)?)?;
        self.replayed = Some(root);
        Ok(())
    }

    /// The requester says that nothing is due. Answers the number of the dispute.
    async fn dispute(&mut self, job: &Posted) -> Result<u64> {
        let line = format!("dispute open {} 0 --claim {NOTHING} --yes", job.id);
        let cost = U256::from(3 * SEAT_FEE * LNQ);
        let what = format!("disputes it: nothing is due; pays three jurors, {} LNQ", lnq(cost));
        let opened = self.type_in(&REQUESTER, &line, what).await?;
        ensure!(opened["seats"] == 3 && opened["cost"] == cost.to_string(), "another jury was ordered: {opened}");
        let (state, _) = self.slot(job).await?;
        ensure!(state == SlotState::Disputed, "the slot is {state} instead of disputed");
        let dispute = opened["dispute"].as_u64().ok_or_else(|| eyre!("no dispute was opened: {opened}"))?;
        self.ledger.moves(REQUESTER.account, self.suite.court, cost, &format!("jury of dispute {dispute}"))?;
        Ok(dispute)
    }

    /// The requester says why: what the replay came to, which every juror can do as well.
    async fn bring_evidence(&mut self, dispute: u64) -> Result<()> {
        let line = format!("dispute evidence {dispute} --file {EVIDENCE}");
        self.type_in(&REQUESTER, &line, "brings evidence: what the work gives when it is done").await?;
        let shown = self.shown(dispute).await?;
        ensure!(shown["evidence"].as_array().is_some_and(|evidence| evidence.len() == 1), "no evidence: {shown}");
        Ok(())
    }

    /// Time passes, and a keeper brings the beacon's round and draws. Answers who sits where.
    async fn draw(&mut self, dispute: u64) -> Result<Vec<u32>> {
        self.pass(dispute, BEACON_PERIOD_SECS).await?;
        self.step(dispute).await?;
        let shown = self.shown(dispute).await?;
        ensure!(shown["phase"] == "commit", "the jury was not drawn: {shown}");
        let seats = shown["rounds"].as_array().and_then(|rounds| rounds.last()).map(|round| &round["seats"]);
        let seats = seats.and_then(Value::as_array).ok_or_else(|| eyre!("no seats: {shown}"))?;
        let juror = |seat: &Value| seat["juror"].as_u64().and_then(|juror| u32::try_from(juror).ok());
        let drawn: Vec<u32> = seats.iter().filter_map(juror).collect();
        ensure!(drawn.len() == seats.len(), "a seat stayed empty: {shown}");
        let names: Vec<String> = drawn.iter().map(u32::to_string).collect();
        self.report.say(&format!("verified on the chain, the round seats jurors {}", names.join(", ")));
        Ok(drawn)
    }

    /// The jurors of the last round seal what they think and show it: `vote`, but for the one that does otherwise.
    async fn vote(&mut self, dispute: u64, seats: &[u32], vote: u8, other: Option<(u32, Vote)>) -> Result<Jury> {
        let by_juror = |juror: u32| other.filter(|(odd, _)| *odd == juror).map_or(Some(vote), |(_, vote)| vote);
        let jury = Jury {
            fee: U256::from(SEAT_FEE * LNQ),
            seats: seats.iter().map(|juror| (*juror, by_juror(*juror))).collect(),
        };
        let decided: BTreeMap<u32, Vote> = jury.seats.iter().copied().collect();
        for (juror, vote) in &decided {
            let Some(vote) = vote else { continue };
            let line = format!("juror commit {dispute} --vote {vote} --yes");
            self.type_in(&self.juror(*juror)?, &line, "seals a vote").await?;
        }
        if decided.values().any(Option::is_none) {
            self.report.say("one seat stays silent; time passes");
            self.pass(dispute, SAFE_SECS).await?;
        }
        for (juror, vote) in decided {
            let Some(vote) = vote else { continue };
            let line = format!("juror reveal {dispute}");
            self.type_in(&self.juror(juror)?, &line, format!("shows it: {vote} of 20")).await?;
        }
        let shown = self.shown(dispute).await?;
        ensure!(shown["verdict"]["share"] == vote && shown["verdict"]["voted"] == true, "another verdict: {shown}");
        self.report.say(&format!("the verdict: {vote} of 20 are due"));
        Ok(jury)
    }

    /// Orders the next jury in the provider's name, at the cost of `payer`.
    async fn appeal(&mut self, dispute: u64, payer: &Person) -> Result<()> {
        let cost = U256::from(7 * SEAT_FEE * LNQ);
        let line = format!("dispute appeal {dispute} --for provider --yes");
        let what = format!("orders seven jurors for the provider's side, {} LNQ", lnq(cost));
        let ordered = self.type_in(payer, &line, what).await?;
        ensure!(ordered["seats"] == 7 && ordered["cost"] == cost.to_string(), "another jury was ordered: {ordered}");
        self.ledger.moves(payer.account, self.suite.court, cost, "an appeal that fails")
    }

    /// The time for appeals passes, and a keeper settles the slot and every round.
    async fn finish(&mut self, dispute: u64) -> Result<()> {
        self.report.say("nobody appeals while it is time; the verdict is final");
        self.pass(dispute, 0).await?;
        self.step(dispute).await?;
        let shown = self.shown(dispute).await?;
        let rounds = shown["rounds"].as_array().into_iter().flatten();
        ensure!(rounds.clone().all(|round| round["settled"] == true), "a round is not settled: {shown}");
        ensure!(shown["settled"]["share"] == shown["verdict"]["share"], "the slot was settled otherwise: {shown}");
        self.report.dispute(shown);
        Ok(())
    }

    /// Where the money of a slot goes of which nothing was due: the price back, the jury's cost and half of the rest of the
    /// lock to the requester; the other half burns.
    fn settle_wrong(&mut self, job: &Posted) -> Result<()> {
        let posted = U256::from(job.terms.price);
        let lock = (posted * U256::from(COLLATERAL_BPS)).div_ceil(U256::from(10_000));
        let owed = U256::from(3 * SEAT_FEE * LNQ);
        let half = (lock - owed) / U256::from(2);
        let (escrow, registry, requester) = (self.suite.escrow, self.suite.registry, REQUESTER.account);
        self.ledger.moves(escrow, requester, posted, "repaid: nothing was due")?;
        self.ledger.moves(registry, requester, owed, "the jury's cost, out of the provider's lock")?;
        self.ledger.moves(registry, requester, half, "half of what the lie cost")?;
        self.ledger.burns(registry, lock - owed - half, "half of what the lie cost")
    }

    /// Where the money of a slot goes of which all was due: as if nobody had disputed it.
    fn settle_right(&mut self, job: &Posted, provider: &Registered) -> Result<()> {
        let (posted, price) = (U256::from(job.terms.price), provider.quote(&job.terms));
        let fee = price * U256::from(FEE_BPS) / U256::from(10_000);
        self.ledger.moves(self.suite.escrow, provider.keys.payout.account, price - fee, "earned, though disputed")?;
        self.ledger.moves(self.suite.escrow, REQUESTER.account, posted - price, "posted above the price taken")
    }

    /// The jurors take what they were awarded, and the ledger learns what every jury lost and earned.
    async fn share_out(&mut self, dispute: u64, verdict: u8, juries: &[Jury]) -> Result<()> {
        let (court, jurors) = (self.suite.court, self.suite.jurors);
        let mut awarded: BTreeMap<u32, U256> = BTreeMap::new();
        for jury in juries {
            let shares = jury.shares(verdict);
            for (juror, lost) in &shares.lost {
                let reason = format!("penalty of juror {juror}");
                self.ledger.moves(jurors, court, *lost, &reason)?;
            }
            for (juror, paid) in &shares.paid {
                *awarded.entry(*juror).or_default() += paid;
                let account = self.juror(*juror)?.account;
                self.ledger.moves(court, account, *paid, "paid for a vote at the verdict")?;
            }
            self.ledger.burns(court, shares.burned, "what nobody on the jury earned")?;
        }
        for (juror, amount) in awarded {
            let line = format!("juror claim {dispute}");
            let what = format!("takes what it was awarded, {} LNQ", lnq(amount));
            let claimed = self.type_in(&self.juror(juror)?, &line, what).await?;
            ensure!(claimed["total"] == amount.to_string(), "juror {juror} was awarded something else: {claimed}");
        }
        self.check_stakes(dispute, juries, verdict).await
    }

    /// Whether the jurors of a dispute lost just what they should have.
    async fn check_stakes(&mut self, dispute: u64, juries: &[Jury], verdict: u8) -> Result<()> {
        let lost = juries.iter().map(|jury| jury.shares(verdict).lost);
        for (juror, amount) in lost.flatten() {
            *self.lost.entry(juror).or_default() += amount;
        }
        let seated: BTreeSet<u32> = juries.iter().flat_map(|jury| jury.seats.iter().map(|(juror, _)| *juror)).collect();
        for juror in seated {
            let status = self.shell.linq(&self.juror(juror)?, "juror status").await?;
            let active: U256 = status["active"].as_str().unwrap_or_default().parse()?;
            let expected =
                U256::from(u128::from(JUROR_STAKE) * LNQ) - self.lost.get(&juror).copied().unwrap_or_default();
            ensure!(active == expected, "after dispute {dispute} juror {juror} has {} LNQ at stake", lnq(active));
        }
        Ok(())
    }

    /// Lets the present phase of a dispute pass, and some seconds.
    async fn pass(&self, dispute: u64, more_secs: u64) -> Result<()> {
        let shown = self.shown(dispute).await?;
        let until = shown["until"].as_u64().ok_or_else(|| eyre!("the phase has no end: {shown}"))?;
        self.stage.reach(until + more_secs).await
    }

    /// A keeper does whatever is due.
    async fn step(&mut self, dispute: u64) -> Result<()> {
        let document = self.shell.linq(&KEEPER, &format!("dispute step --dispute {dispute}")).await?;
        for done in document["done"].as_array().into_iter().flatten() {
            let transaction: B256 = done["txHash"].as_str().unwrap_or_default().parse()?;
            let (what, gas) = (done["what"].as_str().unwrap_or_default(), done["gasUsed"].as_u64().unwrap_or_default());
            self.report.step(&Step { who: KEEPER.name, what: what.to_owned(), transaction, gas });
        }
        Ok(())
    }

    async fn shown(&self, dispute: u64) -> Result<Value> {
        self.shell.linq(&KEEPER, &format!("dispute show --dispute {dispute}")).await
    }

    fn juror(&self, number: u32) -> Result<Person> {
        self.jurors.get(&number).copied().ok_or_else(|| eyre!("there is no juror {number}"))
    }
}

/// The people who become jurors, by the number that each will have.
pub fn numbered(jurors: &[Person]) -> BTreeMap<u32, Person> {
    (1..).zip(jurors.iter().copied()).collect()
}

/// The accounts of jurors, for the ledger.
pub fn accounts(jurors: &BTreeMap<u32, Person>) -> impl Iterator<Item = (&'static str, Address)> + '_ {
    jurors.values().map(|juror| (juror.name, juror.account))
}
