//! Who gets through which entry: siblings alone where only a sibling may call (G-3), nobody before the suite is wired (G-4).

use crate::prelude::*;

/// Everybody, every contract of the suite, and nobody.
fn all_callers(world: &World) -> Vec<Address> {
    let people = Cast::EVERYBODY.iter().map(|(person, _)| *person);
    people.chain(world.suite.addresses()).chain([Address::ZERO, Address::repeat_byte(0x77)]).collect()
}

fn fund(world: &mut World) {
    for caller in all_callers(world) {
        world.node_mut().set_balance(caller, U256::from(lnq(1_000)));
    }
}

/// A request for work that the first provider could take.
fn work_request(world: &World) -> WorkRequest {
    let terms = world.terms();
    WorkRequest {
        provider: 1,
        caller: world.cast.operator,
        assignable: false,
        resources: terms.resources,
        features: terms.features,
        regions: terms.regions,
        tier: terms.tier,
        price: u96(lnq(80)),
        posted: terms.price,
        runSecs: terms.runSecs,
        windowSecs: terms.windowSecs,
        lock: u96(lnq(20)),
    }
}

/// The end of that work.
fn work_close(world: &World) -> WorkClose {
    WorkClose {
        work: B256::repeat_byte(1),
        provider: 1,
        payoutVersion: 0,
        end: WorkEnd::Displaced as u8,
        lock: u96(lnq(20)),
        standing: false,
        reserved: true,
        resources: world.terms().resources,
        claim: 0,
        share: 0,
        paid: U96::ZERO,
        fee: U96::ZERO,
        priceFee: U96::ZERO,
        tookSecs: 0,
        requester: world.cast.requester,
        owed: U96::ZERO,
        verdict: 0,
        trial: 0,
    }
}

/// Every entry that only jobs may call, with a call that would do something.
fn entries(world: &World) -> Vec<(&'static str, Address, Vec<u8>)> {
    let (registry, escrow) = (world.suite.registry, world.suite.escrow);
    let job = B256::repeat_byte(0x0b);
    let resources = world.terms().resources;
    let requester = world.cast.requester;
    let free = IRegistry::freeCall { provider: 1, operator: world.cast.operator, resources };
    let lock = IEscrow::lockCall { job, requester, price: u96(lnq(1)), slots: 3 };
    let settle = IEscrow::settleCall {
        job,
        payee: world.cast.payout,
        price: u96(lnq(1)),
        share: 20,
        owed: U96::ZERO,
        feeBps: 250,
    };
    vec![
        ("registry.take", registry, IRegistry::takeCall { request: work_request(world) }.abi_encode()),
        ("registry.free", registry, free.abi_encode()),
        ("registry.close", registry, IRegistry::closeCall { work: work_close(world) }.abi_encode()),
        ("escrow.lock", escrow, lock.abi_encode()),
        ("escrow.settle", escrow, settle.abi_encode()),
        ("escrow.forfeit", escrow, IEscrow::forfeitCall { job, price: u96(lnq(1)), share: 20 }.abi_encode()),
        ("escrow.refund", escrow, IEscrow::refundCall { job }.abi_encode()),
    ]
}

mod invariant_g_3_a_sibling_answers_its_fixed_callers_alone {
    use super::*;

    #[test]
    fn nobody_but_jobs_gets_through() {
        let mut world = World::with_providers();
        fund(&mut world);
        // So that settling and closing would find something.
        let jobs = world.suite.jobs;
        world.approve(world.cast.requester, world.suite.escrow);
        for (name, to, input) in entries(&world).into_iter().take(1) {
            world.transact(jobs, to, input).unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"));
        }
        for (name, to, input) in entries(&world) {
            for caller in all_callers(&world).into_iter().filter(|caller| *caller != jobs) {
                let refusal = world.transact(caller, to, input.clone()).expect_err(name);
                let expected = if to == world.suite.registry {
                    IRegistry::RegistryNotJobs { caller }.abi_encode()
                } else {
                    IEscrow::EscrowNotJobs { caller }.abi_encode()
                };
                assert_eq!(refusal.data, expected, "{name} by {}: {refusal:?}", world.name(caller));
            }
        }
    }

    #[test]
    fn jobs_gets_through() {
        let mut world = World::with_providers();
        fund(&mut world);
        let jobs = world.suite.jobs;
        world.approve(world.cast.requester, world.suite.escrow);
        let [take, free, close, lock, settle, forfeit, refund] = entries(&world).try_into().expect("seven entries");
        let freed_close = WorkClose { reserved: false, ..work_close(&world) };
        let close_freed = (close.0, close.1, IRegistry::closeCall { work: freed_close }.abi_encode());
        for (name, to, input) in [take.clone(), close, take, free, close_freed, lock, settle, forfeit, refund] {
            world.transact(jobs, to, input).unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"));
        }
    }
}

mod invariant_g_4_before_it_is_wired_every_entry_refuses {
    use super::*;

    #[test]
    fn siblings_answer_nobody() {
        let mut world = World::unwired();
        fund(&mut world);
        for (name, to, input) in entries(&world) {
            // Nobody can send from the zero address, which is where the registry keeps jobs until then.
            for caller in all_callers(&world).into_iter().filter(|caller| !caller.is_zero()) {
                let refusal = world.transact(caller, to, input.clone()).expect_err(name);
                let expected = if to == world.suite.registry {
                    IRegistry::RegistryNotJobs { caller }.abi_encode()
                } else {
                    IEscrow::EscrowNotWired {}.abi_encode()
                };
                assert_eq!(refusal.data, expected, "{name} by {}: {refusal:?}", world.name(caller));
            }
        }
    }

    #[test]
    fn nothing_can_be_posted_or_registered() {
        let mut world = World::unwired();
        let cast = world.cast;
        let terms = world.terms();
        assert_refused(world.post(&terms), &IJobs::JobsNotWired {});
        let registration = world.registration(cast.operator, cast.payout);
        assert_refused(world.register_as(cast.owner, registration), &IRegistry::RegistryNotWired {});
    }

    #[test]
    fn no_job_exists_to_act_on() {
        let mut world = World::unwired();
        let eve = world.cast.eve;
        let job = B256::repeat_byte(0x0b);
        let unknown = IJobs::JobsUnknownJob { job };
        assert_refused(world.submit(eve, job, 20), &unknown);
        assert_refused(world.jobs(eve, &IJobs::acceptCall { job, slot: 0 }), &unknown);
        assert_refused(world.jobs(eve, &IJobs::ruleCall { job, slot: 0, share: 0 }), &unknown);
        assert_refused(world.jobs(eve, &IJobs::unableCall { job, slot: 0, reason: 0 }), &unknown);
        assert_refused(world.jobs(eve, &IJobs::cancelCall { job, slot: 0 }), &unknown);
        assert_refused(world.jobs(eve, &IJobs::stepCall { job, slot: 0 }), &unknown);
    }
}

mod invariant_g_4_wiring_is_for_the_deployer_once {
    use super::*;

    /// Every contract's `wire` with its right siblings.
    fn wirings(world: &World) -> [(Address, Vec<u8>); 6] {
        let Suite { registry, escrow, jobs, disputes, court, jurors, beacon, .. } = world.suite;
        [
            (registry, IRegistry::wireCall { jobs }.abi_encode()),
            (escrow, IEscrow::wireCall { jobs }.abi_encode()),
            (jobs, IJobs::wireCall { registry, escrow, disputes }.abi_encode()),
            (disputes, IDisputes::wireCall { jobs, registry, escrow, court }.abi_encode()),
            (court, ICourt::wireCall { jurors, beacon, opener: disputes }.abi_encode()),
            (jurors, IJurors::wireCall { court }.abi_encode()),
        ]
    }

    #[test]
    fn nobody_else_can() {
        let mut world = World::unwired();
        fund(&mut world);
        for (to, input) in wirings(&world) {
            for caller in all_callers(&world).into_iter().filter(|caller| *caller != Cast::ALL.deployer) {
                assert!(
                    world.transact(caller, to, input.clone()).is_err(),
                    "{} by {}",
                    world.name(to),
                    world.name(caller)
                );
            }
            world.transact(Cast::ALL.deployer, to, input).expect("the deployer wires");
        }
    }

    #[test]
    fn nothing_can_be_re_pointed() {
        let mut world = World::new();
        let hostile = world.place(&Stub::word(1));
        let deployer = world.cast.deployer;
        let error = world.registry(deployer, &IRegistry::wireCall { jobs: hostile });
        assert_refused(error, &IRegistry::RegistryAlreadyWired {});
        let error = world.escrow(deployer, &IEscrow::wireCall { jobs: hostile });
        assert_refused(error, &IEscrow::EscrowAlreadyWired {});
        let call = IJobs::wireCall { registry: hostile, escrow: hostile, disputes: hostile };
        assert_refused(world.jobs(deployer, &call), &IJobs::JobsAlreadyWired {});
        let call = IDisputes::wireCall { jobs: hostile, registry: hostile, escrow: hostile, court: hostile };
        assert_refused(world.disputes(deployer, &call), &IDisputes::DisputesAlreadyWired {});
        let Suite { court, jurors, .. } = world.suite;
        let call = ICourt::wireCall { jurors: hostile, beacon: hostile, opener: hostile };
        assert_refused(world.send(deployer, court, &call), &ICourt::CourtAlreadyWired {});
        let error = world.send(deployer, jurors, &IJurors::wireCall { court: hostile });
        assert_refused(error, &IJurors::JurorsAlreadyWired {});
    }
}
