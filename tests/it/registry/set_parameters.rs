use linq_abi::{RegistryParameters, TierRule};
use linq_tests::{UNBONDING, registry_parameters};

use super::*;

/// Twice the stake, a day of unbonding, nothing without a tier.
fn harsher() -> RegistryParameters {
    RegistryParameters {
        minimumLnq: 20_000,
        perCoreLnq: 200,
        perGpuLnq: 2_000,
        unbondingSecs: 86_400,
        priceCapLnq: 0,
        ..registry_parameters()
    }
}

fn set(world: &mut World, parameters: &RegistryParameters) -> Result<Sent<IRegistry::setParametersReturn>, Refusal> {
    let governor = world.cast.governor;
    world.registry(governor, &IRegistry::setParametersCall { parameters: parameters.clone() })
}

fn shown(world: &World) -> RegistryParameters {
    world.read(world.suite.lens, &ILens::parametersCall {})
}

fn unbond(world: &mut World, amount: u128) -> u64 {
    let owner = world.cast.owner;
    let call = IRegistry::unbondCall { provider: 1, amount: u96(amount) };
    world.registry(owner, &call).expect("unbonding").value
}

mod when_the_caller_is_not_the_governor {
    use super::*;

    #[test]
    fn it_reverts_with_not_governor() {
        let mut world = World::with_providers();
        for (caller, _) in Cast::EVERYBODY.into_iter().filter(|(person, _)| *person != Cast::ALL.governor) {
            let result = world.registry(caller, &IRegistry::setParametersCall { parameters: harsher() });
            assert_refused(result, &IRegistry::RegistryNotGovernor { caller });
        }
    }
}

mod when_a_parameter_is_outside_its_limits {
    use super::*;

    #[test]
    fn it_reverts_with_bad_parameters() {
        let mut world = World::new();
        for parameters in unsound() {
            assert_refused(set(&mut world, &parameters), &IRegistry::RegistryBadParameters {});
        }
        assert_eq!(shown(&world), registry_parameters());
    }

    #[test]
    fn it_lets_the_limits_themselves_through() {
        let mut world = World::new();
        let top = || TierRule { stakeMultiple: 1, ageDays: 255, reputationBps: 10_000, priceCapLnq: u32::MAX };
        let most = RegistryParameters {
            minimumLnq: 1_000_000,
            perCoreLnq: 1_000_000,
            perGpuLnq: 1_000_000,
            unbondingSecs: 60 * 86_400,
            priceCapLnq: u32::MAX,
            tier1: top(),
            tier2: top(),
            tier3: TierRule { stakeMultiple: u16::MAX, ..top() },
        };
        set(&mut world, &most).expect("the most");
        let tomorrow = next_day(&world);
        world.at(tomorrow);
        assert_eq!(shown(&world), most);
        let nothing = TierRule { stakeMultiple: 1, ..TierRule::default() };
        let least = RegistryParameters {
            unbondingSecs: 60,
            tier1: nothing.clone(),
            tier2: nothing.clone(),
            tier3: nothing,
            ..RegistryParameters::default()
        };
        set(&mut world, &least).expect("the least");
        let tomorrow = next_day(&world);
        world.at(tomorrow);
        assert_eq!(shown(&world), least);
    }
}

mod given_another_version_is_announced {
    use super::*;

    #[test]
    fn it_reverts_with_parameters_pending_until_that_one_counts() {
        let mut world = World::new();
        let from = next_day(&world);
        set(&mut world, &harsher()).expect("parameters");
        for second in [world.now(), from - 1] {
            world.at(second);
            let result = set(&mut world, &registry_parameters());
            assert_refused(result, &IRegistry::RegistryParametersPending { from });
        }
        world.at(from);
        set(&mut world, &registry_parameters()).expect("parameters");
    }
}

mod given_there_were_as_many_versions_as_can_be {
    use super::*;

    /// Where the announcement lies, with the version in its low 16 bits.
    const ANNOUNCEMENT: U256 = U256::from_limbs([6, 0, 0, 0]);

    #[test]
    fn it_reverts_with_overflow() {
        let mut world = World::new();
        let registry = world.suite.registry;
        let last = U256::from_be_bytes(world.slot(registry, ANNOUNCEMENT).0) | U256::from(u16::MAX);
        world.node_mut().set_storage(registry, ANNOUNCEMENT, last.into());
        assert_eq!(world.read(world.suite.lens, &ILens::governanceCall {}).version, u16::MAX);
        assert_refused(set(&mut world, &harsher()), &IRegistry::RegistryOverflow {});
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_counts_from_the_next_day_on_and_says_so() {
        let mut world = World::new();
        let from = next_day(&world);
        let sent = set(&mut world, &harsher()).expect("parameters");
        let set = IRegistry::ParametersSet { version: 2, from, parameters: harsher() };
        assert_eq!(sent.emitted(), [by_registry(&world, &set)]);
        for (second, expected) in [(from - 1, registry_parameters()), (from, harsher())] {
            world.at(second);
            assert_eq!(shown(&world), expected);
        }
    }

    #[test]
    fn it_puts_the_version_before_in_force_when_the_next_is_announced() {
        let mut world = World::new();
        let middle = RegistryParameters { minimumLnq: 7, ..harsher() };
        let last = RegistryParameters { minimumLnq: 8, unbondingSecs: 61, priceCapLnq: 3, ..harsher() };
        for (version, parameters) in [(2, harsher()), (3, middle), (4, last)] {
            let before = shown(&world);
            let sent = set(&mut world, &parameters).expect("parameters");
            assert_eq!(sent.events::<IRegistry::ParametersSet>()[0].version, version);
            assert_eq!(shown(&world), before, "not yet");
            let from = next_day(&world);
            world.at(from);
            assert_eq!(shown(&world), parameters);
        }
        // Long after, without any call in between.
        let later = world.now() + 100 * 86_400;
        world.at(later);
        assert_eq!(shown(&world).minimumLnq, 8);
    }

    #[test]
    fn it_decides_from_then_on_who_registers() {
        let mut world = World::new();
        let (cast, from) = (world.cast, next_day(&world));
        set(&mut world, &harsher()).expect("parameters");
        let registration = world.registration(cast.operator, cast.payout);
        world.at(from - 1);
        world.rehearse(|world| world.register_as(cast.owner, registration.clone()).map(drop)).expect("registration");
        world.at(from);
        // 20,000 and 200 for each of four cores.
        let error = IRegistry::RegistryStakeTooLow { stake: u96(lnq(10_000)), minimum: u96(lnq(20_800)) };
        assert_refused(world.register_as(cast.owner, registration.clone()), &error);
        let enough = Registration { stake: u96(lnq(20_800)), ..registration };
        world.register_as(cast.owner, enough).expect("registration");
    }

    #[test]
    fn it_decides_from_then_on_who_takes_and_keeps_what_was_taken() {
        let mut world = taken();
        let (from, request, work) = (next_day(&world), request(&world), settled(&world));
        set(&mut world, &harsher()).expect("parameters");
        world.at(from - 1);
        take(&mut world, &request).expect("the day before");
        world.at(from);
        let error =
            IRegistry::RegistryBelowMinimum { provider: 1, bonded: u96(lnq(10_000)), minimum: u96(lnq(20_800)) };
        assert_refused(take(&mut world, &request), &error);
        let owner = world.cast.owner;
        let amount = u96(lnq(20_000));
        world.registry(owner, &IRegistry::addStakeCall { provider: 1, amount }).expect("stake");
        let error = IRegistry::RegistryPriceAboveTier { provider: 1, posted: request.posted, cap: U96::ZERO };
        assert_refused(take(&mut world, &request), &error);
        for _ in 0..2 {
            assert_eq!(close(&mut world, &work).expect("close").value.slashed, U96::ZERO);
        }
        assert_eq!(world.provider(1).locked, U96::ZERO);
    }

    #[test]
    fn it_leaves_requests_to_unbond_their_time() {
        let mut world = World::with_providers();
        let (owner, from) = (world.cast.owner, next_day(&world));
        set(&mut world, &harsher()).expect("parameters");
        world.at(from - 1);
        assert_eq!(unbond(&mut world, lnq(1)), from - 1 + u64::from(UNBONDING));
        world.at(from);
        assert_eq!(unbond(&mut world, lnq(2)), from + 86_400);
        world.at(from - 1 + u64::from(UNBONDING));
        let withdrawn = world.registry(owner, &IRegistry::withdrawCall { provider: 1 }).expect("withdrawal");
        assert_eq!(withdrawn.value, u96(lnq(1)));
    }

    #[test]
    fn it_hands_out_shorter_waits_without_holding_them_up() {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        set(&mut world, &harsher()).expect("parameters");
        let from = next_day(&world);
        world.at(from);
        let long = unbond(&mut world, lnq(1));
        set(&mut world, &registry_parameters()).expect("parameters");
        let from = next_day(&world);
        world.at(from);
        let short = unbond(&mut world, lnq(2));
        assert!(long <= short, "the longer wait began a day earlier");
        world.at(short);
        let withdrawn = world.registry(owner, &IRegistry::withdrawCall { provider: 1 }).expect("withdrawal");
        assert_eq!(withdrawn.value, u96(lnq(3)));
    }
}
