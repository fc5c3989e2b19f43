//! Siblings that answer as ours never do: their reasons are passed on, and silence has a name.

use linq_tests::{job_parameters, jobs_arguments};

use super::*;

/// A jobs contract over siblings that always do the same, and terms for it.
struct Lonely {
    world: World,
    jobs: Address,
    registry: Address,
    escrow: Address,
    terms: Terms,
}

impl Lonely {
    fn over(registry: &Stub, escrow: &Stub) -> Self {
        let mut world = World::with_providers();
        let deployer = world.cast.deployer;
        let arguments = jobs_arguments(deployer, &job_parameters(), MIN_WINDOW);
        let jobs = world.construct("jobs", arguments).expect("construction");
        let (registry, escrow) = (world.place(registry), world.place(escrow));
        let disputes = world.suite.disputes;
        world.send(deployer, jobs, &IJobs::wireCall { registry, escrow, disputes }).expect("wiring");
        let terms = world.terms();
        Self { world, jobs, registry, escrow, terms }
    }

    fn post(&mut self) -> Result<Sent<B256>, Refusal> {
        let call = IJobs::postCall { terms: self.terms.clone(), uri: String::new() };
        self.world.send(self.terms.requester, self.jobs, &call)
    }

    fn take(&mut self) -> Result<Sent<IJobs::takeReturn>, Refusal> {
        let call = IJobs::takeCall { terms: self.terms.clone(), slot: 0, provider: 1, price: u96(lnq(80)) };
        let operator = self.world.cast.operator;
        self.world.send(operator, self.jobs, &call)
    }
}

/// What `escrow.lock` answers.
const DONE: Stub = Stub::Returns(Vec::new());

/// What `registry.take` answers: payout version 0, not standing.
fn taken() -> Stub {
    Stub::Returns(vec![0; 64])
}

/// Answers that are none.
fn silences() -> [Stub; 5] {
    [
        Stub::Returns(Vec::new()),
        Stub::Returns(vec![0; 63]),
        Stub::Returns(vec![0xff; 64]),
        Stub::Reverts(Vec::new()),
        Stub::Halts,
    ]
}

mod given_they_answer_as_they_should {
    use super::*;

    #[test]
    fn it_goes_on() {
        let mut lonely = Lonely::over(&taken(), &DONE);
        lonely.post().expect("post");
        lonely.take().expect("take");
    }
}

mod given_the_registry_does_not_answer {
    use super::*;

    #[test]
    fn it_reverts_with_sibling_failed() {
        for silence in silences() {
            let mut lonely = Lonely::over(&silence, &DONE);
            lonely.post().expect("post");
            let error = IJobs::JobsSiblingFailed { sibling: lonely.registry };
            assert_refused(lonely.take(), &error);
        }
    }
}

mod given_the_escrow_does_not_answer {
    use super::*;

    #[test]
    fn it_reverts_with_sibling_failed() {
        for silence in [Stub::Reverts(Vec::new()), Stub::Halts] {
            let mut lonely = Lonely::over(&taken(), &silence);
            let error = IJobs::JobsSiblingFailed { sibling: lonely.escrow };
            assert_refused(lonely.post(), &error);
        }
    }
}

mod given_they_give_a_reason {
    use super::*;

    #[test]
    fn it_passes_that_on() {
        let reason = IRegistry::RegistryNoCapacity { provider: 9 };
        let mut lonely = Lonely::over(&Stub::Reverts(reason.abi_encode()), &DONE);
        lonely.post().expect("post");
        assert_refused(lonely.take(), &reason);
        let reason = IEscrow::EscrowBadSlots { slots: 9 };
        let mut lonely = Lonely::over(&taken(), &Stub::Reverts(reason.abi_encode()));
        assert_refused(lonely.post(), &reason);
    }
}

mod given_they_call_back {
    use super::*;

    /// What jobs answers to an escrow that calls it in the middle of a post.
    fn reply(input: Vec<u8>) -> Bytes {
        let mut world = World::with_providers();
        let deployer = world.cast.deployer;
        let arguments = jobs_arguments(deployer, &job_parameters(), MIN_WINDOW);
        let jobs = world.construct("jobs", arguments).expect("construction");
        let escrow = world.place(&Stub::CallsBack { target: jobs, input, agrees: false });
        let registry = world.place(&taken());
        let disputes = world.suite.disputes;
        world.send(deployer, jobs, &IJobs::wireCall { registry, escrow, disputes }).expect("wiring");
        let call = IJobs::postCall { terms: world.terms(), uri: String::new() };
        let sent = world.send(world.cast.requester, jobs, &call).expect("post");
        let log = sent.receipt.logs.iter().find(|log| log.inner.address == escrow).expect("it called back");
        log.inner.data.data.clone()
    }

    #[test]
    fn it_reverts_with_empty_data() {
        let world = World::new();
        let terms = world.terms();
        let post = IJobs::postCall { terms: Terms { salt: B256::repeat_byte(1), ..terms.clone() }, uri: String::new() };
        assert_eq!(reply(post.abi_encode()), Bytes::new());
        let take = IJobs::takeCall { terms, slot: 0, provider: 1, price: U96::ZERO };
        assert_eq!(reply(take.abi_encode()), Bytes::new());
        assert_eq!(reply(IJobs::stepCall { job: NOWHERE, slot: 0 }.abi_encode()), Bytes::new());
        assert_eq!(reply(IJobs::conditionsCall { job: NOWHERE }.abi_encode()), Bytes::new());
    }
}
