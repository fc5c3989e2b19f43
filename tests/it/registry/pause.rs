use super::*;

const DAY: u64 = 86_400;
const PAUSE: IRegistry::pauseCall = IRegistry::pauseCall {};

/// The first second of the present UTC day.
fn midnight(world: &World) -> u64 {
    world.now() / DAY * DAY
}

fn pause(world: &mut World) -> Result<Sent<IRegistry::pauseReturn>, Refusal> {
    let guardian = world.cast.guardian;
    world.registry(guardian, &PAUSE)
}

fn register(world: &mut World) -> Result<Sent<u32>, Refusal> {
    let registration = world.registration(world.cast.operator, world.cast.payout);
    world.register_as(world.cast.owner, registration)
}

mod when_the_caller_is_not_the_guardian {
    use super::*;

    #[test]
    fn it_reverts_with_not_guardian() {
        let mut world = World::new();
        for (caller, _) in Cast::EVERYBODY.into_iter().filter(|(person, _)| *person != Cast::ALL.guardian) {
            assert_refused(world.registry(caller, &PAUSE), &IRegistry::RegistryNotGuardian { caller });
        }
        register(&mut world).expect("nothing is paused");
    }
}

mod given_it_was_paused_lately {
    use super::*;

    #[test]
    fn it_reverts_with_paused_lately_for_thirty_days() {
        let mut world = World::new();
        let next = midnight(&world) + 30 * DAY;
        pause(&mut world).expect("pause");
        for second in [world.now(), next - 23 * DAY, next - 1] {
            world.at(second);
            assert_refused(pause(&mut world), &IRegistry::RegistryPausedLately { next });
        }
        world.at(next);
        pause(&mut world).expect("a second pause");
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_keeps_newcomers_out_for_seven_days_and_says_so() {
        let mut world = World::new();
        let until = midnight(&world) + 7 * DAY;
        let sent = pause(&mut world).expect("pause");
        assert_eq!(sent.emitted(), [by_registry(&world, &IRegistry::Paused { until })]);
        for second in [world.now(), until - 1] {
            world.at(second);
            assert_refused(register(&mut world), &IRegistry::RegistryPaused { until });
        }
        world.at(until);
        register(&mut world).expect("it ends by itself");
    }

    #[test]
    fn it_keeps_them_out_with_a_permit_as_well() {
        let mut world = World::new();
        let owner = world.cast.owner;
        let until = midnight(&world) + 7 * DAY;
        pause(&mut world).expect("pause");
        let registration = world.registration(world.cast.operator, world.cast.payout);
        let (permit, _) = permit(&world, owner, owner, lnq(10_000));
        let call = IRegistry::registerWithPermitCall { registration, permit };
        assert_refused(world.registry(owner, &call), &IRegistry::RegistryPaused { until });
    }

    #[test]
    fn it_stops_nothing_else() {
        let mut world = World::with_providers();
        pause(&mut world).expect("pause");
        let (cast, request, work) = (world.cast, request(&world), settled(&world));
        take(&mut world, &request).expect("take");
        close(&mut world, &work).expect("close");
        let stated = world.provider(1);
        let amount = u96(lnq(1));
        let owner = cast.owner;
        let keys = IRegistry::setKeysCall { provider: 1, owner, operator: cast.keeper, payout: cast.payout };
        let capacity = IRegistry::setCapacityCall {
            provider: 1,
            capacity: stated.capacity,
            features: stated.features,
            region: stated.region,
        };
        let offer = IRegistry::setOfferCall { provider: 1, rates: stated.rates, offer: stated.offer };
        world.registry(owner, &keys).expect("keys");
        world.registry(cast.keeper, &IRegistry::acceptRoleCall { provider: 1 }).expect("acceptance");
        world.registry(owner, &capacity).expect("capacity");
        world.registry(owner, &offer).expect("offer");
        world.registry(owner, &IRegistry::addStakeCall { provider: 1, amount }).expect("stake");
        world.registry(owner, &IRegistry::unbondCall { provider: 1, amount }).expect("unbonding");
        world.registry(owner, &IRegistry::drainCall { provider: 1 }).expect("drain");
        world.warp(u64::from(linq_tests::UNBONDING));
        world.registry(owner, &IRegistry::withdrawCall { provider: 1 }).expect("withdrawal");
    }
}
