use super::*;

/// The identifier of an interface: all its selectors combined.
fn identifier(selectors: &[[u8; 4]]) -> [u8; 4] {
    selectors.iter().fold([0; 4], |id, selector| std::array::from_fn(|byte| id[byte] ^ selector[byte]))
}

fn supports(world: &World, id: [u8; 4]) -> bool {
    world.read(world.suite.token, &ILnqToken::supportsInterfaceCall { interfaceId: id.into() })
}

#[test]
fn it_supports_what_it_has() {
    use ILnqToken as T;
    let world = World::new();
    let known = [
        identifier(&[T::supportsInterfaceCall::SELECTOR]),
        identifier(&[
            T::totalSupplyCall::SELECTOR,
            T::balanceOfCall::SELECTOR,
            T::transferCall::SELECTOR,
            T::allowanceCall::SELECTOR,
            T::approveCall::SELECTOR,
            T::transferFromCall::SELECTOR,
        ]),
        identifier(&[T::nameCall::SELECTOR, T::symbolCall::SELECTOR, T::decimalsCall::SELECTOR]),
        identifier(&[T::permit_0Call::SELECTOR, T::noncesCall::SELECTOR, T::DOMAIN_SEPARATORCall::SELECTOR]),
        identifier(&[T::eip712DomainCall::SELECTOR]),
        identifier(&[T::clockCall::SELECTOR, T::CLOCK_MODECall::SELECTOR]),
        identifier(&[
            T::getVotesCall::SELECTOR,
            T::getPastVotesCall::SELECTOR,
            T::getPastTotalSupplyCall::SELECTOR,
            T::delegatesCall::SELECTOR,
            T::delegateCall::SELECTOR,
            T::delegateBySig_0Call::SELECTOR,
        ]),
    ];
    for id in known {
        assert!(supports(&world, id), "{id:02x?}");
        let other = [id[0], id[1], id[2], id[3] ^ 1];
        assert!(!supports(&world, other), "{other:02x?}");
    }
}

#[test]
fn it_supports_nothing_else() {
    let world = World::new();
    for id in [[0xff; 4], [0; 4], [0x80, 0xac, 0x58, 0xcd]] {
        assert!(!supports(&world, id), "{id:02x?}");
    }
}
