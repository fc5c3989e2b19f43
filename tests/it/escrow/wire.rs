use crate::prelude::*;

mod when_the_caller_is_not_the_deployer {
    use super::*;

    #[test]
    fn it_reverts_with_not_deployer() {
        let mut world = World::unwired();
        let jobs = world.suite.jobs;
        for caller in [world.cast.eve, world.cast.treasury, world.cast.requester, jobs] {
            let result = world.escrow(caller, &IEscrow::wireCall { jobs });
            assert_refused(result, &IEscrow::EscrowNotDeployer { caller });
        }
    }
}

mod when_it_is_wired_already {
    use super::*;

    #[test]
    fn it_reverts_with_already_wired() {
        let mut world = World::new();
        let (deployer, token) = (world.cast.deployer, world.suite.token);
        let result = world.escrow(deployer, &IEscrow::wireCall { jobs: token });
        assert_refused(result, &IEscrow::EscrowAlreadyWired {});
    }
}

mod when_the_sibling_has_no_code {
    use super::*;

    #[test]
    fn it_reverts_with_bad_address() {
        let mut world = World::unwired();
        let (deployer, eve) = (world.cast.deployer, world.cast.eve);
        for given in [Address::ZERO, eve] {
            let result = world.escrow(deployer, &IEscrow::wireCall { jobs: given });
            assert_refused(result, &IEscrow::EscrowBadAddress { given });
        }
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_names_jobs_and_says_so() {
        let mut world = World::unwired();
        let (deployer, jobs, escrow) = (world.cast.deployer, world.suite.jobs, world.suite.escrow);
        let sent = world.escrow(deployer, &IEscrow::wireCall { jobs }).expect("wiring");
        assert_eq!(sent.emitted(), [emitted(escrow, &IEscrow::Wired { jobs })]);
        assert_eq!(world.read(escrow, &IEscrow::wiringCall {}).jobs, jobs);
    }
}
