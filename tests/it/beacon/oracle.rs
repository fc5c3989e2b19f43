//! The contract beside the other library: random keys, rounds and signatures.

use linq_beacon::PublicKey;
use proptest::prelude::*;

use super::*;

/// Keys of a run, and rounds tried under each: 10^4 at night.
const fn size(nightly: bool) -> (u32, usize) {
    if nightly { (100, 100) } else { (3, 20) }
}

/// What is brought of a round, of which some is right.
#[derive(Clone, Copy, Debug)]
enum Brought {
    Its,
    OfTheNextRound,
    OfAnotherKey,
    Across,
}

fn brought() -> impl Strategy<Value = Brought> {
    let others = prop_oneof![Just(Brought::OfTheNextRound), Just(Brought::OfAnotherKey), Just(Brought::Across)];
    prop_oneof![Just(Brought::Its), others]
}

fn signature(key: &SecretKey, round: u64, brought: Brought) -> Signature {
    match brought {
        Brought::Its => key.sign(round),
        Brought::OfTheNextRound => key.sign(round + 1),
        Brought::OfAnotherKey => SecretKey::development().sign(round),
        Brought::Across => {
            let [x, y] = key.sign(round).words();
            let across = prime() - U256::from_be_bytes(y.0);
            Signature::from_words(&[x, across.into()]).expect("a point as well")
        }
    }
}

/// What the contract says.
fn verdict(world: &World, beacon: Address, round: u64, signature: &Signature) -> Result<bool, Refusal> {
    match world.call(world.cast.eve, beacon, &submission(round, signature)) {
        Ok(_) => Ok(true),
        Err(refusal) if refusal.is(&IBeacon::BeaconWrongSignature { round }) => Ok(false),
        Err(refusal) => Err(refusal),
    }
}

fn agree(secret: B256, tried: &[(u64, Brought)]) -> Result<(), TestCaseError> {
    let key = SecretKey::new(&secret).expect("a number other than zero");
    let public: PublicKey = key.public();
    let (world, beacon) = beacon_of(&Network { key: public, ..local() });
    for (round, brought) in tried {
        let signature = signature(&key, *round, *brought);
        let verified = public.verify(*round, &signature);
        prop_assert_eq!(verdict(&world, beacon, *round, &signature), Ok(verified));
        prop_assert_eq!(verified, matches!(brought, Brought::Its));
    }
    Ok(())
}

#[test]
fn it_takes_what_the_other_library_takes_and_nothing_else() {
    let (keys, rounds) = size(linq_tests::is_nightly());
    let tried = prop::collection::vec((1..=1_000_000_000u64, brought()), rounds);
    proptest!(ProptestConfig::with_cases(keys), |(secret: [u8; 32], tried in tried)| agree(secret.into(), &tried)?);
}
