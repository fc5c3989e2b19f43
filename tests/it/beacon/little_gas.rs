use alloy::rpc::types::TransactionRequest;

use super::*;

#[test]
fn a_submission_that_runs_out_of_gas_decides_nothing() {
    let (mut world, beacon) = beacon();
    let (eve, call) = (world.cast.eve, signed(7));
    let request =
        |gas| TransactionRequest::default().from(eve).to(beacon).input(call.abi_encode().into()).gas_limit(gas);
    let needed = world.rehearse(|world| world.node_mut().transact(request(30_000_000)).expect("it succeeds").gas_used);
    let (mut refused, mut done) = (0, 0);
    for gas in (25_000..needed + 20_000).step_by(997) {
        world.rehearse(|world| {
            let result = world.node_mut().transact(request(gas)).map(|_| ());
            let kept = world.read(beacon, &IBeacon::randomnessCall { round: 7 });
            match result.map_err(Refusal::from) {
                Ok(()) => {
                    done += 1;
                    assert_eq!(kept, SecretKey::development().sign(7).randomness());
                }
                Err(refusal) => {
                    refused += 1;
                    let is_named = refusal.is(&IBeacon::BeaconPrecompileFailed {});
                    assert!(is_named || refusal.data.is_empty(), "with {gas} gas it is refused with {refusal:?}");
                    assert_eq!(kept, B256::ZERO);
                }
            }
        });
    }
    assert!(refused > 10 && done > 10, "{refused} refused, {done} done");
}
