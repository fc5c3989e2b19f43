use linq_tests::{job_parameters, jobs_arguments};

use crate::prelude::*;

fn construct(
    world: &mut World,
    deployer: Address,
    parameters: JobParameters,
    min_window: u32,
) -> Result<Address, Refusal> {
    world.construct("jobs", jobs_arguments(deployer, &parameters, min_window))
}

mod when_the_deployer_is_zero {
    use super::*;

    #[test]
    fn it_reverts_with_bad_address() {
        let mut world = World::new();
        let result = construct(&mut world, Address::ZERO, job_parameters(), MIN_WINDOW);
        assert_refused(result, &IJobs::JobsBadAddress { given: Address::ZERO });
    }
}

mod when_a_parameter_is_outside_its_limits {
    use super::*;

    /// Tries parameters one of which is wrong.
    fn refused(fee_bps: u16, collateral_bps: u16, max_attempts: u8, min_window_secs: u32) {
        let mut world = World::new();
        let deployer = world.cast.deployer;
        let parameters = JobParameters { feeBps: fee_bps, collateralBps: collateral_bps, maxAttempts: max_attempts };
        let error = IJobs::JobsBadParameters {
            feeBps: fee_bps,
            collateralBps: collateral_bps,
            maxAttempts: max_attempts,
            minWindowSecs: min_window_secs,
        };
        assert_refused(construct(&mut world, deployer, parameters, min_window_secs), &error);
    }

    #[test]
    fn it_reverts_with_bad_parameters_for_the_fee() {
        refused(49, 2_000, 4, 60);
        refused(1_001, 2_000, 4, 60);
    }

    #[test]
    fn it_reverts_with_bad_parameters_for_the_collateral() {
        refused(250, 499, 4, 60);
        refused(250, 10_001, 4, 60);
    }

    #[test]
    fn it_reverts_with_bad_parameters_for_the_attempts() {
        refused(250, 2_000, 0, 60);
        refused(250, 2_000, 9, 60);
    }

    #[test]
    fn it_reverts_with_bad_parameters_for_the_window() {
        refused(250, 2_000, 4, 59);
        refused(250, 2_000, 4, 14 * 86_400 + 1);
    }
}

mod when_it_was_constructed_before {
    use super::*;

    #[test]
    fn it_reverts() {
        let mut world = World::new();
        let (jobs, eve) = (world.suite.jobs, world.cast.eve);
        let arguments = jobs_arguments(eve, &job_parameters(), MIN_WINDOW);
        assert!(world.construct_again(jobs, arguments).is_err());
        let deployer = world.read(jobs, &IJobs::settingsCall { version: 0 })[2];
        assert_eq!(deployer, world.cast.deployer.into_word());
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_keeps_the_parameters_as_version_one() {
        let mut world = World::new();
        let deployer = world.cast.deployer;
        for (parameters, min_window) in [
            (job_parameters(), 60),
            (JobParameters { feeBps: 50, collateralBps: 500, maxAttempts: 1 }, 60),
            (JobParameters { feeBps: 1_000, collateralBps: 10_000, maxAttempts: 8 }, 14 * 86_400),
        ] {
            let jobs = construct(&mut world, deployer, parameters.clone(), min_window).expect("construction");
            let arguments = (world.suite.registry, jobs).abi_encode_params();
            let lens = world.construct("lens", arguments).expect("a lens over it");
            assert_eq!(world.read(lens, &ILens::jobParametersCall { version: 1 }), parameters);
            let limits = world.read(lens, &ILens::jobLimitsCall {});
            assert_eq!((limits.minWindowSecs, limits.currentParameters), (min_window, 1));
            assert_eq!(limits.pausedUntil, 0);
            let words = world.read(jobs, &IJobs::settingsCall { version: 0 });
            let (nobody, Cast { governor, guardian, .. }) = (Address::ZERO, world.cast);
            let named = [nobody, deployer, governor, guardian, nobody].map(|address| address.into_word());
            assert_eq!(words[1..6], named);
            assert_eq!((&words[0][..20], words[6]), (nobody.as_slice(), B256::ZERO));
        }
    }
}
