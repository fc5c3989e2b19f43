//! Whether a receipt holds: first by itself, then against a node.

use std::collections::BTreeSet;

use alloy::consensus::TrieAccount;
use alloy::primitives::{B256, U256, keccak256};
use alloy::rlp;
use alloy_trie::Nibbles;
use alloy_trie::proof::verify_proof;
use linq_abi::{IJobs, IRegistry};
use serde::Serialize;
use serde_json::Value;

use super::evidence::{Evidence, Folded, History, fold, history_place, work_of};
use super::{Receipt, VERSION, job_id};
use crate::client::Linq;
use crate::error::{Error, Result};

/// How many places that do not agree are named.
const MAX_PLACES: usize = 8;

/// The development chain, whose blocks have no root of their state.
const DEVELOPMENT_CHAIN: u64 = 412_346;

/// One thing that was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What.
    pub name: String,
    /// Whether it holds.
    pub ok: bool,
    /// In words.
    pub detail: String,
}

impl Check {
    fn new(name: impl Into<String>, result: std::result::Result<String, String>) -> Self {
        let ok = result.is_ok();
        let (Ok(detail) | Err(detail)) = result;
        Self { name: name.into(), ok, detail }
    }
}

/// Checks a receipt by itself: that the terms hash to the job, that the account follows from the logs, that the histories
/// fold into their words and have this job's work in them, and that their proofs prove them.
pub fn offline(document: &Value) -> Result<(Evidence, Vec<Check>)> {
    let unusable =
        |why: String| Error::usage(format!("this is no receipt: {why}")).hint("`linq receipt JOB --json` makes one");
    if document["version"] != VERSION {
        return Err(unusable(format!("its version is not {VERSION}")));
    }
    let evidence: Evidence =
        serde_json::from_value(document["evidence"].clone()).map_err(|error| unusable(error.to_string()))?;
    let mut checks =
        vec![Check::new("job", check_job(&evidence)), Check::new("account", check_account(document, &evidence))];
    checks.push(Check::new("providers", check_providers(&evidence)));
    for history in &evidence.histories {
        let name = format!("history of provider {}", history.provider);
        checks.push(Check::new(name, check_history(&evidence, history)));
        if history.proof.is_some() {
            let name = format!("proof of provider {}", history.provider);
            checks.push(Check::new(name, check_proof(&evidence, history)));
        }
    }
    Ok((evidence, checks))
}

/// Checks a receipt against what a node says: block, logs and histories.
pub async fn online(linq: &Linq, evidence: &Evidence) -> Result<Vec<Check>> {
    let chain = linq.client.chain_id();
    if chain != evidence.chain_id {
        return Err(Error::config(format!("the receipt is of chain {}, and the node of {chain}", evidence.chain_id))
            .hint("name another node with --rpc, or check it without one with --offline"));
    }
    let told = Evidence::gather(linq, evidence.job, Some(evidence.block.number), false).await?;
    let words = |evidence: &Evidence| -> Vec<_> {
        evidence.histories.iter().map(|history| (history.provider, history.word, history.work.clone())).collect()
    };
    let same = |name: &str, is: bool, detail: &str| {
        let detail = if is {
            format!("the node says the same of {detail}")
        } else {
            format!("the node says something else of {detail}")
        };
        Check::new(name, if is { Ok(detail) } else { Err(detail) })
    };
    Ok(vec![
        same("contracts on the chain", told.contracts == evidence.contracts, "where the contracts are"),
        same("block on the chain", told.block == evidence.block, &format!("block {}", evidence.block.number)),
        same("logs on the chain", told.logs == evidence.logs, &format!("all {} logs", told.logs.len())),
        same("histories on the chain", words(&told) == words(evidence), "the histories"),
    ])
}

fn check_job(evidence: &Evidence) -> std::result::Result<String, String> {
    let Evidence { chain_id, contracts, job, logs, .. } = evidence;
    let posted = logs.iter().find_map(|log| log.event::<IJobs::JobPosted>(contracts.jobs));
    let posted = posted.ok_or("there is no log of its posting")?;
    if job_id(*chain_id, contracts.jobs, &posted.terms) != *job {
        return Err("the terms do not hash to the job".into());
    }
    let works: BTreeSet<B256> = (0..posted.terms.tasks).map(|slot| work_of(*job, slot)).collect();
    for log in logs {
        let own = match log.event::<IRegistry::WorkClosed>(contracts.registry) {
            Some(closed) => works.contains(&closed.work),
            None => {
                [contracts.jobs, contracts.escrow, contracts.disputes].contains(&log.contract)
                    && log.topics.get(1) == Some(job)
            }
        };
        if !own {
            return Err(format!("log {} of block {} is not about it", log.log_index, log.block));
        }
    }
    Ok("the terms hash to it, and every log is about it".into())
}

fn check_account(document: &Value, evidence: &Evidence) -> std::result::Result<String, String> {
    let rebuilt = Receipt::from_evidence(evidence.clone()).map_err(|error| error.to_string())?;
    let rebuilt = serde_json::to_value(rebuilt).map_err(|error| error.to_string())?;
    let mut places = Vec::new();
    compare(document, &rebuilt, String::new(), &mut places);
    if places.is_empty() {
        return Ok(format!("it follows from the {} logs", evidence.logs.len()));
    }
    places.truncate(MAX_PLACES);
    Err(format!("it does not follow from the logs: {}", places.join(", ")))
}

/// Where two documents differ.
fn compare(one: &Value, other: &Value, at: String, places: &mut Vec<String>) {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let keys: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
            for key in keys {
                let at = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                let value = |map: &serde_json::Map<String, Value>| map.get(key).cloned().unwrap_or(Value::Null);
                compare(&value(one), &value(other), at, places);
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (index, (one, other)) in one.iter().zip(other).enumerate() {
                compare(one, other, format!("{at}[{index}]"), places);
            }
        }
        _ if one == other => {}
        _ => places.push(at),
    }
}

fn check_providers(evidence: &Evidence) -> std::result::Result<String, String> {
    let known: BTreeSet<u32> = evidence.histories.iter().map(|history| history.provider).collect();
    let takes = evidence.logs.iter().filter_map(|log| log.event::<IJobs::SlotTaken>(evidence.contracts.jobs));
    match takes.map(|take| take.provider).find(|provider| !known.contains(provider)) {
        Some(provider) => Err(format!("the history of provider {provider} is missing")),
        None => Ok(format!("the histories of all {} that had it are there", known.len())),
    }
}

fn check_history(evidence: &Evidence, history: &History) -> std::result::Result<String, String> {
    if fold(&history.work) != history.word {
        return Err("its work does not fold into the word".into());
    }
    let Evidence { contracts, job, logs, .. } = evidence;
    let closed = logs.iter().filter_map(|log| log.event::<IRegistry::WorkClosed>(contracts.registry));
    let logged: Vec<Folded> =
        closed.filter(|closed| closed.provider == history.provider).filter_map(|closed| Folded::of(&closed)).collect();
    let tasks = logs
        .iter()
        .find_map(|log| log.event::<IJobs::JobPosted>(contracts.jobs))
        .map_or(0, |posted| posted.terms.tasks);
    let works: BTreeSet<B256> = (0..tasks).map(|slot| work_of(*job, slot)).collect();
    let folded: Vec<Folded> = history.work.iter().filter(|one| works.contains(&one.work)).copied().collect();
    if logged != folded {
        return Err("what it has of this job is not what the logs say".into());
    }
    Ok(format!("{} pieces of work fold into the word, {} of this job", history.work.len(), folded.len()))
}

fn check_proof(evidence: &Evidence, history: &History) -> std::result::Result<String, String> {
    let Some(proof) = &history.proof else { return Err("there is none".into()) };
    let place = history_place(history.provider);
    let [storage] = proof.storage_proof.as_slice() else { return Err("it is not of one word".into()) };
    if proof.address != evidence.contracts.registry || U256::from_be_bytes(storage.key.as_b256().0) != place {
        return Err("it is of something else".into());
    }
    let word = U256::from_be_bytes(history.word.0);
    let value = (!word.is_zero()).then(|| rlp::encode(word));
    let key = Nibbles::unpack(keccak256(B256::from(place)));
    verify_proof(proof.storage_hash, key, value, &storage.proof).map_err(|error| format!("the word: {error}"))?;
    let root = proof.account_proof.first().map(keccak256).ok_or("it has no account in it")?;
    let account = TrieAccount {
        nonce: proof.nonce,
        balance: proof.balance,
        storage_root: proof.storage_hash,
        code_hash: proof.code_hash,
    };
    let key = Nibbles::unpack(keccak256(proof.address));
    verify_proof(root, key, Some(rlp::encode(account)), &proof.account_proof)
        .map_err(|error| format!("the registry: {error}"))?;
    match root == evidence.block.state_root {
        true => Ok("it leads from the word to the block's root".into()),
        false if evidence.chain_id == DEVELOPMENT_CHAIN => {
            Ok("it leads from the word to a root; blocks of a development chain have none to hold it against".into())
        }
        false => Err("it leads to another root than the block's".into()),
    }
}
