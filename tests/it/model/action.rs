//! What the players try. An action holds raw numbers; what they mean depends on how things stand when it is its turn, so
//! that most of them make sense and any of them can be left out when a failure is shrunk.

use proptest::prelude::*;

/// Somebody: the one who should, or anybody at all.
#[derive(Clone, Copy, Debug)]
pub struct Who(pub u8);

/// One of several things: one that suits, or any.
#[derive(Clone, Copy, Debug)]
pub struct Which(pub u8);

/// How much: one of the amounts that matter, from nothing to everything.
#[derive(Clone, Copy, Debug)]
pub struct Much(pub u8);

/// Details of what is stated when something is registered or posted.
#[derive(Clone, Copy, Debug)]
pub struct Shape(pub u32);

/// One attempt to do something.
#[derive(Clone, Copy, Debug)]
pub enum Action {
    Transfer {
        from: Who,
        to: Who,
        value: Much,
    },
    Approve {
        owner: Who,
        spender: Who,
        value: Much,
    },
    TransferFrom {
        caller: Who,
        from: Who,
        to: Who,
        value: Much,
    },
    Burn {
        from: Who,
        value: Much,
    },
    BurnFrom {
        caller: Who,
        from: Who,
        value: Much,
    },
    Permit {
        owner: Who,
        spender: Who,
        value: Much,
        forgery: u8,
    },
    Wire {
        caller: Who,
        contract: u8,
    },
    Register {
        owner: Who,
        shape: Shape,
    },
    RegisterWithPermit {
        owner: Who,
        shape: Shape,
        forgery: u8,
    },
    /// Accepts the ownership or the operator's role.
    AcceptRole {
        caller: Who,
        provider: Which,
    },
    SetKeys {
        caller: Who,
        provider: Which,
        shape: Shape,
    },
    SetCapacity {
        caller: Who,
        provider: Which,
        shape: Shape,
    },
    Drain {
        caller: Who,
        provider: Which,
    },
    SetParameters {
        caller: Who,
        shape: Shape,
    },
    Pause {
        caller: Who,
    },
    SetOffer {
        caller: Who,
        provider: Which,
        shape: Shape,
    },
    AddStake {
        from: Who,
        provider: Which,
        amount: Much,
    },
    AddStakeWithPermit {
        from: Who,
        provider: Which,
        amount: Much,
        forgery: u8,
    },
    Unbond {
        caller: Who,
        provider: Which,
        amount: Much,
    },
    Withdraw {
        caller: Who,
        provider: Which,
    },
    Post {
        requester: Who,
        shape: Shape,
    },
    Take {
        caller: Who,
        slot: Which,
        provider: Which,
        price: Much,
    },
    Submit {
        caller: Who,
        slot: Which,
        claim: u8,
        wrong: u8,
    },
    Accept {
        caller: Who,
        slot: Which,
    },
    Rule {
        caller: Who,
        slot: Which,
        share: u8,
    },
    Dispute {
        caller: Who,
        slot: Which,
        claim: u8,
    },
    Concede {
        caller: Who,
        slot: Which,
        claim: u8,
    },
    /// As the court decided.
    SettleDispute {
        slot: Which,
    },
    /// Without the court.
    SettleNeutral {
        slot: Which,
    },
    /// Lets a jury lapse that nobody drew.
    Lapse {
        dispute: Which,
    },
    Unable {
        caller: Who,
        slot: Which,
    },
    Cancel {
        caller: Who,
        slot: Which,
    },
    Step {
        slot: Which,
    },
    Sweep {
        caller: Who,
    },
    Skim {
        caller: Who,
    },
    /// Calls an entry that only a sibling may call.
    Trespass {
        caller: Who,
        entry: u8,
    },
    /// Lets time pass: to the end of a slot's state or around it, to the end of an unbonding, or some while.
    Wait {
        until: Which,
        how: u8,
    },
}

fn who() -> impl Strategy<Value = Who> {
    any::<u8>().prop_map(Who)
}

fn which() -> impl Strategy<Value = Which> {
    any::<u8>().prop_map(Which)
}

fn much() -> impl Strategy<Value = Much> {
    any::<u8>().prop_map(Much)
}

fn shape() -> impl Strategy<Value = Shape> {
    any::<u32>().prop_map(Shape)
}

/// Any action, those that bring work forward most often.
pub fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        2 => (who(), who(), much()).prop_map(|(from, to, value)| Action::Transfer { from, to, value }),
        2 => (who(), who(), much()).prop_map(|(owner, spender, value)| Action::Approve { owner, spender, value }),
        1 => (who(), who(), who(), much())
            .prop_map(|(caller, from, to, value)| Action::TransferFrom { caller, from, to, value }),
        1 => (who(), much()).prop_map(|(from, value)| Action::Burn { from, value }),
        1 => (who(), who(), much()).prop_map(|(caller, from, value)| Action::BurnFrom { caller, from, value }),
        1 => (who(), who(), much(), any::<u8>())
            .prop_map(|(owner, spender, value, forgery)| Action::Permit { owner, spender, value, forgery }),
        1 => (who(), any::<u8>()).prop_map(|(caller, contract)| Action::Wire { caller, contract }),
        2 => (who(), shape()).prop_map(|(owner, shape)| Action::Register { owner, shape }),
        1 => (who(), shape(), any::<u8>())
            .prop_map(|(owner, shape, forgery)| Action::RegisterWithPermit { owner, shape, forgery }),
        4 => (who(), which()).prop_map(|(caller, provider)| Action::AcceptRole { caller, provider }),
        3 => (who(), which(), shape()).prop_map(|(caller, provider, shape)| Action::SetKeys { caller, provider, shape }),
        2 => (who(), which(), shape())
            .prop_map(|(caller, provider, shape)| Action::SetCapacity { caller, provider, shape }),
        1 => (who(), which()).prop_map(|(caller, provider)| Action::Drain { caller, provider }),
        2 => (who(), shape()).prop_map(|(caller, shape)| Action::SetParameters { caller, shape }),
        1 => who().prop_map(|caller| Action::Pause { caller }),
        1 => (who(), which(), much(), any::<u8>()).prop_map(|(from, provider, amount, forgery)| {
            Action::AddStakeWithPermit { from, provider, amount, forgery }
        }),
        1 => (who(), which(), shape()).prop_map(|(caller, provider, shape)| Action::SetOffer { caller, provider, shape }),
        1 => (who(), which(), much()).prop_map(|(from, provider, amount)| Action::AddStake { from, provider, amount }),
        2 => (who(), which(), much()).prop_map(|(caller, provider, amount)| Action::Unbond { caller, provider, amount }),
        2 => (who(), which()).prop_map(|(caller, provider)| Action::Withdraw { caller, provider }),
        10 => (who(), shape()).prop_map(|(requester, shape)| Action::Post { requester, shape }),
        24 => (who(), which(), which(), much())
            .prop_map(|(caller, slot, provider, price)| Action::Take { caller, slot, provider, price }),
        14 => (who(), which(), any::<u8>(), any::<u8>())
            .prop_map(|(caller, slot, claim, wrong)| Action::Submit { caller, slot, claim, wrong }),
        4 => (who(), which()).prop_map(|(caller, slot)| Action::Accept { caller, slot }),
        6 => (who(), which(), any::<u8>()).prop_map(|(caller, slot, share)| Action::Rule { caller, slot, share }),
        8 => (who(), which(), any::<u8>()).prop_map(|(caller, slot, claim)| Action::Dispute { caller, slot, claim }),
        5 => (who(), which(), any::<u8>()).prop_map(|(caller, slot, claim)| Action::Concede { caller, slot, claim }),
        2 => which().prop_map(|slot| Action::SettleDispute { slot }),
        2 => which().prop_map(|slot| Action::SettleNeutral { slot }),
        3 => which().prop_map(|dispute| Action::Lapse { dispute }),
        3 => (who(), which()).prop_map(|(caller, slot)| Action::Unable { caller, slot }),
        2 => (who(), which()).prop_map(|(caller, slot)| Action::Cancel { caller, slot }),
        6 => which().prop_map(|slot| Action::Step { slot }),
        2 => who().prop_map(|caller| Action::Sweep { caller }),
        1 => who().prop_map(|caller| Action::Skim { caller }),
        2 => (who(), any::<u8>()).prop_map(|(caller, entry)| Action::Trespass { caller, entry }),
        9 => (which(), any::<u8>()).prop_map(|(until, how)| Action::Wait { until, how }),
    ]
}
