use crate::prelude::*;

fn wire(world: &World) -> IJobs::wireCall {
    let Suite { registry, escrow, disputes, .. } = world.suite;
    IJobs::wireCall { registry, escrow, disputes }
}

/// The siblings that jobs knows: registry, escrow and disputes.
fn siblings(world: &World) -> [Address; 3] {
    let words = world.read(world.suite.jobs, &IJobs::settingsCall { version: 0 });
    [Address::from_word(words[1]), Address::from_slice(&words[0][..20]), Address::from_word(words[5])]
}

mod when_the_caller_is_not_the_deployer {
    use super::*;

    #[test]
    fn it_reverts_with_not_deployer() {
        let mut world = World::unwired();
        let call = wire(&world);
        for caller in [world.cast.eve, world.cast.treasury, world.suite.registry, world.suite.escrow] {
            assert_refused(world.jobs(caller, &call), &IJobs::JobsNotDeployer { caller });
        }
    }
}

mod when_it_is_wired_already {
    use super::*;

    #[test]
    fn it_reverts_with_already_wired() {
        let mut world = World::new();
        let (deployer, call) = (world.cast.deployer, wire(&world));
        assert_refused(world.jobs(deployer, &call), &IJobs::JobsAlreadyWired {});
    }
}

mod when_a_sibling_has_no_code {
    use super::*;

    #[test]
    fn it_reverts_with_bad_address() {
        let mut world = World::unwired();
        let (deployer, eve) = (world.cast.deployer, world.cast.eve);
        for given in [Address::ZERO, eve] {
            let call = IJobs::wireCall { registry: given, ..wire(&world) };
            assert_refused(world.jobs(deployer, &call), &IJobs::JobsBadAddress { given });
            let call = IJobs::wireCall { escrow: given, ..wire(&world) };
            assert_refused(world.jobs(deployer, &call), &IJobs::JobsBadAddress { given });
            let call = IJobs::wireCall { disputes: given, ..wire(&world) };
            assert_refused(world.jobs(deployer, &call), &IJobs::JobsBadAddress { given });
        }
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_names_the_siblings_and_says_so() {
        let mut world = World::unwired();
        let (deployer, jobs) = (world.cast.deployer, world.suite.jobs);
        let Suite { registry, escrow, disputes, .. } = world.suite;
        assert_eq!(siblings(&world), [Address::ZERO; 3]);
        let call = wire(&world);
        let sent = world.jobs(deployer, &call).expect("wiring");
        assert_eq!(sent.emitted(), [emitted(jobs, &IJobs::Wired { registry, escrow, disputes })]);
        assert_eq!(siblings(&world), [registry, escrow, disputes]);
    }
}
