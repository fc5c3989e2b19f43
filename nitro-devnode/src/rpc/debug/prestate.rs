//! Accounts before and after a run, as geth's `prestateTracer` shows them.

use alloy::primitives::{B256, U256, keccak256};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::chain::{AccountState, Replay, Touched};

/// What clients may say about it.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Config {
    diff_mode: bool,
    disable_code: bool,
    disable_storage: bool,
    include_empty: bool,
}

/// The accounts a run looked at, as they were; or what it changed.
pub(super) fn show(replay: &Replay, config: Config) -> Value {
    if config.diff_mode {
        return difference(replay, config);
    }
    let shown = |touched: &Touched| {
        // A contract that the run created was nothing before.
        let created = touched.before.is_none() && touched.after.as_ref().is_some_and(|after| after.nonce > 0);
        if created && !config.include_empty {
            return None;
        }
        let state = touched.before.clone().unwrap_or_default();
        let slots: Vec<_> = touched.slots.iter().map(|(key, before, _)| (*key, *before)).collect();
        Some((touched.address.to_string(), account(&state, &slots, config)))
    };
    lowercase(replay.touched.iter().filter_map(shown).collect())
}

/// Only what changed: in `pre` accounts as they were, in `post` their new values.
fn difference(replay: &Replay, config: Config) -> Value {
    let (mut pre, mut post) = (Map::new(), Map::new());
    for touched in &replay.touched {
        let changed: Vec<_> = touched.slots.iter().filter(|(_, before, after)| before != after).collect();
        if touched.before == touched.after && changed.is_empty() {
            continue;
        }
        let name = touched.address.to_string();
        if let Some(before) = &touched.before {
            let slots: Vec<_> = changed
                .iter()
                .filter(|(_, before, _)| !before.is_zero())
                .map(|(key, before, _)| (*key, *before))
                .collect();
            pre.insert(name.clone(), account(before, &slots, config));
        }
        if let Some(after) = &touched.after {
            let slots: Vec<_> =
                changed.iter().filter(|(.., after)| !after.is_zero()).map(|(key, _, after)| (*key, *after)).collect();
            post.insert(name, changes(touched.before.as_ref(), after, &slots, config));
        }
    }
    json!({ "pre": lowercase(pre), "post": lowercase(post) })
}

/// Addresses as geth writes them where they are keys.
fn lowercase(accounts: Map<String, Value>) -> Value {
    accounts.into_iter().map(|(address, account)| (address.to_lowercase(), account)).collect::<Map<_, _>>().into()
}

fn account(state: &AccountState, slots: &[(U256, U256)], config: Config) -> Value {
    let mut object = json!({ "balance": state.balance });
    if state.nonce > 0 {
        object["nonce"] = state.nonce.into();
    }
    put_code(&mut object, state, config);
    put_slots(&mut object, slots, config);
    object
}

/// The values of `after` that are not those of `before`.
fn changes(before: Option<&AccountState>, after: &AccountState, slots: &[(U256, U256)], config: Config) -> Value {
    let blank = AccountState::default();
    let before = before.unwrap_or(&blank);
    let mut object = json!({});
    if before.balance != after.balance {
        object["balance"] = json!(after.balance);
    }
    if before.nonce != after.nonce {
        object["nonce"] = after.nonce.into();
    }
    if before.code != after.code {
        put_code(&mut object, after, config);
    }
    put_slots(&mut object, slots, config);
    object
}

fn put_code(object: &mut Value, state: &AccountState, config: Config) {
    if !config.disable_code && !state.code.is_empty() {
        object["code"] = json!(state.code);
        object["codeHash"] = json!(keccak256(&state.code));
    }
}

fn put_slots(object: &mut Value, slots: &[(U256, U256)], config: Config) {
    if !config.disable_storage && !slots.is_empty() {
        let word = |value: U256| B256::from(value).to_string();
        object["storage"] =
            slots.iter().map(|(key, value)| (word(*key), json!(word(*value)))).collect::<Map<_, _>>().into();
    }
}
