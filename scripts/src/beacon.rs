//! Rounds of a randomness beacon, and where they come from.
//!
//! Nobody on the way is trusted: what a relay answers is checked against the network's key before anything is done with it.

use std::time::Duration;

use alloy::primitives::{Address, B256, U256};
use alloy::transports::http::reqwest::Url;
use linq_abi::IBeacon;
use linq_beacon::{Network, PublicKey, SecretKey, Signature};
use reqwest::StatusCode;
use serde::Deserialize;

use crate::client::{Client, Sent};
use crate::error::{Error, Result};

/// A public relay of drand.
pub const PUBLIC_RELAY: &str = "https://api.drand.sh";

/// What drand's API calls the network.
const EVMNET: &str = "evmnet";

/// Time for an answer.
const ANSWER_TIME: Duration = Duration::from_secs(20);

/// Largest answer of a relay; a round takes some 300 bytes.
pub const MAX_ANSWER_BYTES: usize = 16 << 10;

/// Where rounds come from.
#[derive(Debug)]
pub enum Source {
    /// A relay of drand's `evmnet`.
    Relay(Box<Relay>),
    /// The development key, which everybody knows.
    Local,
}

impl Source {
    /// The relay that is named, or what suits a beacon with this key: the development key signs its rounds itself, those of
    /// `evmnet` come from drand.
    pub fn of(key: &PublicKey, relay: Option<&str>) -> Result<Self> {
        if *key == SecretKey::development().public() {
            return Ok(Self::Local);
        }
        if *key == Network::evmnet().key {
            return Ok(Self::Relay(Box::new(Relay::new(relay.unwrap_or(PUBLIC_RELAY))?)));
        }
        Err(Error::config("the key of this beacon is neither evmnet's nor the development key")
            .hint("bring its rounds with the tools of its own network"))
    }

    /// The signature of a round.
    pub async fn round(&self, round: u64) -> Result<Signature> {
        match self {
            Self::Relay(relay) => relay.round(round).await,
            Self::Local => Ok(SecretKey::development().sign(round)),
        }
    }
}

/// A drand HTTP relay, asked for rounds of `evmnet`.
#[derive(Debug)]
pub struct Relay {
    base: Url,
    network: Network,
    client: reqwest::Client,
}

/// What a relay says of a round; it says more that follows from this.
#[derive(Deserialize)]
struct Answer {
    round: u64,
    signature: String,
}

impl Relay {
    /// The relay at `url`.
    pub fn new(url: &str) -> Result<Self> {
        let wrong = |why: String| {
            Error::usage(format!("the address of the relay {why}")).hint("write it like https://api.drand.sh")
        };
        let mut base: Url = url.parse().map_err(|error| wrong(format!("is no URL: {error}")))?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err(wrong(format!("uses `{}`, and only http and https are supported", base.scheme())));
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        let client = reqwest::Client::builder().timeout(ANSWER_TIME).build();
        let client = client.map_err(|error| Error::failure(format!("cannot prepare connections: {error}")))?;
        Ok(Self { base, network: Network::evmnet(), client })
    }

    /// The signature of a round, which verifies under the network's key.
    pub async fn round(&self, round: u64) -> Result<Signature> {
        // The second version of the API first; older relays know the first alone.
        let paths = [
            format!("v2/beacons/{EVMNET}/rounds/{round}"),
            format!("{}/public/{round}", alloy::hex::encode(Network::EVMNET_HASH)),
        ];
        for path in paths {
            if let Some(answer) = self.get(&path).await? {
                return self.checked(round, &answer);
            }
        }
        Err(Error::not_found(format!("{} has no round {round} of {EVMNET}", self.host())).hint(
            "the round may not be due yet, or the relay may not carry this network: name another one with --relay",
        ))
    }

    /// What is at `path`, unless there is nothing.
    async fn get(&self, path: &str) -> Result<Option<Vec<u8>>> {
        let url = self.base.join(path).map_err(|error| Error::failure(error.to_string()))?;
        let failed = |error: reqwest::Error| self.unreachable(error.without_url());
        let mut response = self.client.get(url).send().await.map_err(failed)?;
        // 425 is what a relay answers to a round that is not due.
        if matches!(response.status(), StatusCode::NOT_FOUND | StatusCode::TOO_EARLY) {
            return Ok(None);
        }
        if !response.status().is_success() {
            return Err(self.unreachable(format!("it answers {}", response.status())));
        }
        let mut answer = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(failed)? {
            answer.extend_from_slice(&piece);
            if answer.len() > MAX_ANSWER_BYTES {
                return Err(self.unusable("its answer is longer than a round"));
            }
        }
        Ok(Some(answer))
    }

    /// The signature in an answer, if it is that of the round.
    fn checked(&self, round: u64, answer: &[u8]) -> Result<Signature> {
        let answer: Answer = serde_json::from_slice(answer)
            .map_err(|error| self.unusable(format!("its answer is no round: {error}")))?;
        if answer.round != round {
            return Err(self.unusable(format!("it answers with round {} instead of {round}", answer.round)));
        }
        let signature = Signature::from_hex(&answer.signature).map_err(|error| self.unusable(error))?;
        if !self.network.key.verify(round, &signature) {
            return Err(self.unusable(format!("what it gives as round {round} is not signed by {EVMNET}")));
        }
        Ok(signature)
    }

    fn host(&self) -> &str {
        self.base.host_str().unwrap_or("the relay")
    }

    fn unreachable(&self, why: impl std::fmt::Display) -> Error {
        Error::network(format!("cannot fetch from {}: {why}", self.host())).hint("name another relay with --relay")
    }

    fn unusable(&self, why: impl std::fmt::Display) -> Error {
        Error::network(format!("{} cannot be used: {why}", self.host())).hint("name another relay with --relay")
    }
}

/// A `beacon` contract.
#[derive(Clone, Debug)]
pub struct Beacon<'a> {
    client: &'a Client,
    address: Address,
    /// The network whose rounds it verifies.
    pub network: Network,
}

impl<'a> Beacon<'a> {
    /// Asks the contract at `address` whose rounds it verifies.
    pub async fn at(client: &'a Client, address: Address) -> Result<Self> {
        let key = client.call(address, &IBeacon::keyCall {}).await?;
        let schedule = client.call(address, &IBeacon::scheduleCall {}).await?;
        let words = [key.xImaginary, key.xReal, key.yImaginary, key.yReal].map(B256::from);
        let key = PublicKey::from_words(&words).map_err(|error| {
            Error::failure(format!("the key of {address} is none: {error}")).hint("check the address of the beacon")
        })?;
        let network = Network { key, genesis: schedule.genesis, period_secs: schedule.periodSecs };
        Ok(Self::new(client, address, network))
    }

    /// The contract at `address`, which is known to verify the rounds of `network`.
    pub const fn new(client: &'a Client, address: Address, network: Network) -> Self {
        Self { client, address, network }
    }

    /// The last round that is due by the chain's clock.
    pub async fn due(&self) -> Result<u64> {
        let time = self.client.chain_time().await?;
        self.network.round_at(time).ok_or_else(|| {
            Error::policy("no round of this beacon is due yet")
                .hint("round 1 is due at its genesis: `linq beacon show`")
        })
    }

    /// What is kept of a round; nothing until it was brought.
    pub async fn randomness(&self, round: u64) -> Result<Option<B256>> {
        let kept = self.client.call(self.address, &IBeacon::randomnessCall { round }).await?;
        Ok(Some(kept).filter(|kept| !kept.is_zero()))
    }

    /// Brings the signature of a round.
    pub async fn submit(&self, round: u64, signature: &Signature) -> Result<Sent> {
        let [x, y] = signature.words().map(Into::into);
        self.client.send(self.address, &IBeacon::submitCall { round, x, y }, U256::ZERO).await
    }
}
