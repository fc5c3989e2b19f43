//! The contracts of the suite: what each is constructed with and which siblings it is told.

use std::fmt;

use alloy::primitives::{Address, Bytes, U256};
use alloy::sol_types::{SolCall, SolValue};
use linq_abi::{ICourt, IDisputes, IEscrow, IJobs, IJurors, IRegistry};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::parameters::Beacon;
use super::program::constructor_data;
use super::{Deployment, Parameters};
use crate::client::{Client, Sent, Suite};
use crate::error::{Error, Result};

/// A contract of the suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Contract {
    /// Rounds of randomness.
    Beacon,
    /// Juries.
    Court,
    /// What becomes of disputed results.
    Disputes,
    /// Rewards and fees.
    Escrow,
    /// The life of a job.
    Jobs,
    /// Jurors and their stake.
    Jurors,
    /// Views over registry and jobs.
    Lens,
    /// LNQ.
    LnqToken,
    /// What providers say of themselves.
    Profiles,
    /// Providers.
    Registry,
}

/// What a contract is constructed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Construction {
    /// Call data of the constructor.
    pub data: Bytes,
    /// Its arguments for people.
    pub named: Map<String, Value>,
}

impl Contract {
    /// Every contract, each after those it is constructed with.
    pub const ALL: [Self; 10] = [
        Self::LnqToken,
        Self::Registry,
        Self::Escrow,
        Self::Jobs,
        Self::Lens,
        Self::Profiles,
        Self::Beacon,
        Self::Jurors,
        Self::Court,
        Self::Disputes,
    ];

    /// The contracts that are told their siblings. Jobs comes last: work can be posted from then on.
    pub const WIRED: [Self; 6] = [Self::Registry, Self::Escrow, Self::Jurors, Self::Court, Self::Disputes, Self::Jobs];

    /// The name of its crate and of its files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Beacon => "beacon",
            Self::Court => "court",
            Self::Disputes => "disputes",
            Self::Jurors => "jurors",
            Self::LnqToken => "lnq-token",
            Self::Registry => "registry",
            Self::Escrow => "escrow",
            Self::Jobs => "jobs",
            Self::Lens => "lens",
            Self::Profiles => "profiles",
        }
    }

    /// What it is constructed with in this deployment.
    pub(super) fn construction(self, deployment: &Deployment) -> Result<Construction> {
        let parameters = &deployment.parameters;
        let deployer = deployment.deployer;
        let address = |contract: Self| {
            let deployed = deployment.contracts.get(&contract);
            deployed
                .map(|deployed| deployed.address)
                .ok_or_else(|| Error::failure(format!("the {contract} has to be deployed first")))
        };
        let (arguments, named) = match self {
            Self::LnqToken => {
                let holders: Vec<Address> = parameters.allocations.iter().map(|one| one.holder).collect();
                let amounts: Vec<U256> = parameters.allocations.iter().map(|one| one.amount.to_token()).collect();
                let texts: Vec<String> = amounts.iter().map(U256::to_string).collect();
                ((holders.clone(), amounts).abi_encode_params(), json!({ "holders": holders, "amounts": texts }))
            }
            Self::Registry => {
                let token = address(Self::LnqToken)?;
                let registry = parameters.registry();
                let named = json!({
                    "deployer": deployer,
                    "token": token,
                    "governor": parameters.governor,
                    "guardian": parameters.guardian,
                    "parameters": {
                        "minimumLnq": registry.minimumLnq,
                        "perCoreLnq": registry.perCoreLnq,
                        "perGpuLnq": registry.perGpuLnq,
                        "unbondingSecs": registry.unbondingSecs,
                        "priceCapsLnq": parameters.price_caps_lnq,
                    },
                });
                ((deployer, token, parameters.governor, parameters.guardian, registry).abi_encode_params(), named)
            }
            Self::Escrow => {
                let (token, treasury) = (address(Self::LnqToken)?, parameters.treasury);
                let named = json!({ "deployer": deployer, "token": token, "treasury": treasury });
                ((deployer, token, treasury).abi_encode_params(), named)
            }
            Self::Jobs => {
                let Parameters { governor, guardian, .. } = parameters;
                let named = json!({
                    "deployer": deployer,
                    "governor": governor,
                    "guardian": guardian,
                    "minWindowSecs": parameters.min_window_secs,
                    "feeBps": parameters.fee_bps,
                    "collateralBps": parameters.collateral_bps,
                    "maxAttempts": parameters.max_attempts,
                });
                let Parameters { min_window_secs, fee_bps, collateral_bps, max_attempts, .. } = parameters;
                // A `uint8` is encoded as any other number; as a Rust `u8` it would be a byte of a string.
                let max_attempts = u16::from(*max_attempts);
                let arguments =
                    (deployer, *governor, *guardian, *min_window_secs, *fee_bps, *collateral_bps, max_attempts);
                (arguments.abi_encode_params(), named)
            }
            Self::Lens => {
                let (registry, jobs) = (address(Self::Registry)?, address(Self::Jobs)?);
                ((registry, jobs).abi_encode_params(), json!({ "registry": registry, "jobs": jobs }))
            }
            Self::Profiles => {
                let registry = address(Self::Registry)?;
                ((registry,).abi_encode_params(), json!({ "registry": registry }))
            }
            Self::Beacon => {
                let Beacon { key, genesis, period_secs } = &parameters.beacon;
                let named = json!({ "key": key, "genesis": genesis, "periodSecs": period_secs });
                let [x_imaginary, x_real, y_imaginary, y_real] = *key;
                ((x_imaginary, x_real, y_imaginary, y_real, *genesis, *period_secs).abi_encode_params(), named)
            }
            Self::Jurors => {
                let (token, guardian, unstake_secs) =
                    (address(Self::LnqToken)?, parameters.guardian, parameters.unstake_secs);
                let named =
                    json!({ "deployer": deployer, "token": token, "guardian": guardian, "unstakeSecs": unstake_secs });
                ((deployer, token, guardian, unstake_secs).abi_encode_params(), named)
            }
            Self::Court => {
                let token = address(Self::LnqToken)?;
                let Parameters { governor, min_window_secs, court, .. } = parameters;
                let named = json!({
                    "deployer": deployer,
                    "token": token,
                    "governor": governor,
                    "minWindowSecs": min_window_secs,
                    "parameters": court,
                });
                ((deployer, token, *governor, *min_window_secs, court.encoded()).abi_encode_params(), named)
            }
            Self::Disputes => ((deployer,).abi_encode_params(), json!({ "deployer": deployer })),
        };
        let Value::Object(named) = named else { return Err(Error::failure("the arguments have no names")) };
        Ok(Construction { data: constructor_data(arguments), named })
    }

    /// Whether it knows its siblings. Fails when it knows other ones.
    pub(super) async fn is_wired(self, client: &Client, suite: &Suite) -> Result<bool> {
        let (known, expected) = match self {
            Self::LnqToken | Self::Lens | Self::Profiles | Self::Beacon => return Ok(true),
            Self::Registry => {
                let wiring = client.call(suite.registry, &IRegistry::wiringCall {}).await?;
                (vec![wiring.jobs], vec![suite.jobs])
            }
            Self::Escrow => {
                let wiring = client.call(suite.escrow, &IEscrow::wiringCall {}).await?;
                (vec![wiring.jobs], vec![suite.jobs])
            }
            Self::Jobs => {
                let words = client.call(suite.jobs, &IJobs::settingsCall { version: 0 }).await?;
                let [setup, registry, _, _, _, disputes, _] = words[..] else {
                    return Err(Error::failure("jobs answers as it never should"));
                };
                // The escrow stands before the rules of now, in the first word.
                let escrow = Address::from_slice(&setup[..20]);
                let known = vec![Address::from_word(registry), escrow, Address::from_word(disputes)];
                (known, vec![suite.registry, suite.escrow, suite.disputes])
            }
            Self::Jurors => {
                let wiring = client.call(suite.jurors, &IJurors::wiringCall {}).await?;
                (vec![wiring.court], vec![suite.court])
            }
            Self::Court => {
                let words = client.call(suite.court, &ICourt::settingsCall { version: 0 }).await?;
                let [setup, _, jurors, beacon, ..] = words[..] else {
                    return Err(Error::failure("the court answers as it never should"));
                };
                // Who opens disputes stands at the end of the first word.
                let known = [jurors, beacon, setup].map(Address::from_word).to_vec();
                (known, vec![suite.jurors, suite.beacon, suite.disputes])
            }
            Self::Disputes => {
                let wiring = client.call(suite.disputes, &IDisputes::wiringCall {}).await?;
                let known = vec![wiring.jobs, wiring.registry, wiring.escrow, wiring.court];
                (known, vec![suite.jobs, suite.registry, suite.escrow, suite.court])
            }
        };
        if known.iter().all(|address| address.is_zero()) {
            return Ok(false);
        }
        if known == expected {
            return Ok(true);
        }
        Err(Error::config(format!("{self} was told other siblings than this deployment has"))
            .hint("that cannot be undone: start another deployment with --replace and another --salt"))
    }

    /// Tells it its siblings.
    pub(super) async fn wire(self, client: &Client, suite: &Suite) -> Result<Sent> {
        async fn send<C: SolCall>(client: &Client, to: Address, call: C) -> Result<Sent> {
            client.send(to, &call, U256::ZERO).await
        }
        let Suite { registry, escrow, jobs, disputes, court, jurors, beacon, .. } = *suite;
        match self {
            Self::LnqToken | Self::Lens | Self::Profiles | Self::Beacon => {
                Err(Error::failure(format!("the {self} is told no siblings")))
            }
            Self::Registry => send(client, registry, IRegistry::wireCall { jobs }).await,
            Self::Escrow => send(client, escrow, IEscrow::wireCall { jobs }).await,
            Self::Jurors => send(client, jurors, IJurors::wireCall { court }).await,
            Self::Court => send(client, court, ICourt::wireCall { jurors, beacon, opener: disputes }).await,
            Self::Disputes => send(client, disputes, IDisputes::wireCall { jobs, registry, escrow, court }).await,
            Self::Jobs => send(client, jobs, IJobs::wireCall { registry, escrow, disputes }).await,
        }
    }
}

impl fmt::Display for Contract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
