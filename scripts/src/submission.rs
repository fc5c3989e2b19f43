//! From a `resource.yaml` to a posted job.

use std::path::{Path, PathBuf};

use alloy::primitives::{Address, B256, U256, keccak256};
use alloy::transports::http::reqwest::Url;
use linq_abi::{IJobs, ILens, JobParameters, Terms};
use linq_manifest::{Digest, Manifest, ManifestError, Order, Posting, Price, Resource};

use crate::client::{Linq, Sent};
use crate::cost::Estimate;
use crate::error::{Error, Result};
use crate::market;
use crate::units::{Lnq, now};

/// Longest URI that the chain takes.
const MAX_URI_BYTES: usize = 256;

/// What the command line says about the work, over what the file says.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The module: a path or URI. The file then names none.
    pub image: Option<String>,
    /// Its digest; needed for one that is not a local file.
    pub digest: Option<Digest>,
    /// The price of one task.
    pub price: Option<Lnq>,
    /// How many tasks.
    pub tasks: Option<u16>,
    /// How long a provider has.
    pub run_secs: Option<u32>,
    /// How long the result can be accepted or disputed.
    pub window_secs: Option<u32>,
    /// How long takes are accepted.
    pub open_secs: Option<u32>,
    /// How long a cheaper take displaces.
    pub bid_secs: Option<u32>,
    /// How many providers may try.
    pub attempts: Option<u8>,
}

/// Work as it was read: what runs, and what is offered for it.
#[derive(Clone, Debug)]
pub struct Work {
    /// What runs.
    pub manifest: Manifest,
    /// What is offered.
    pub order: Order,
}

/// Where the manifest is kept and under which URI providers find it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The file.
    pub file: PathBuf,
    /// The URI.
    pub uri: String,
}

/// Terms that are ready to be posted.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The terms.
    pub terms: Terms,
    /// Where the manifest is.
    pub publication: Publication,
    /// The standing offer to assign every task to, at its quote.
    pub assign: Option<market::Offer>,
    /// The parameters the terms name.
    pub parameters: JobParameters,
}

impl Work {
    /// Reads a `resource.yaml` and applies the changes.
    pub fn read(path: &Path, changes: &Changes) -> Result<Self> {
        let shown = path.display();
        let yaml = std::fs::read_to_string(path)
            .map_err(|error| Error::usage(format!("cannot read {shown}: {error}")).hint("check --resource"))?;
        let wrong = |error: ManifestError| {
            Error::usage(format!("{shown}: {error}"))
                .hint("correct the file; `linq manifest validate` says everything that is wrong with it")
        };
        let resource = match &changes.image {
            None => Resource::parse(&yaml).map_err(wrong)?,
            Some(image) => {
                let with_image = format!("{}\n{}\n", yaml.trim_end(), module_line(image, changes.digest)?);
                Resource::parse(&with_image).map_err(|error| match Resource::parse(&yaml) {
                    Ok(_) => Error::usage(format!("{shown} names a module, and so does --image"))
                        .hint("leave one of them out"),
                    Err(_) => wrong(error),
                })?
            }
        };
        let base = path.parent().unwrap_or(Path::new(""));
        let manifest = resource.resolve(base).map_err(wrong)?;
        let mut order = resource.order;
        changes.apply(&mut order);
        order.check().map_err(|error| Error::usage(error.to_string()))?;
        Ok(Self { manifest, order })
    }

    /// Writes the canonical manifest into `folder`, named by its hash. Without `base`, under which that folder can be
    /// reached from elsewhere, providers find it by a `file:` URI, which means on this machine.
    pub fn publish(&self, folder: &Path, base: Option<&Url>) -> Result<Publication> {
        let name = format!("{}.json", self.manifest.spec_hash().hex());
        let file = folder.join(&name);
        crate::files::write(&file, self.manifest.canonical().as_bytes())?;
        let uri = match base {
            Some(base) => {
                let mut folder = base.clone();
                if !folder.path().ends_with('/') {
                    folder.set_path(&format!("{}/", folder.path()));
                }
                folder.join(&name).map_err(|error| Error::usage(format!("--manifest-base cannot be used: {error}")))?
            }
            None => {
                let whole = std::fs::canonicalize(&file)
                    .map_err(|error| Error::failure(format!("{}: {error}", file.display())))?;
                Url::from_file_path(&whole).map_err(|()| Error::failure(format!("{} has no URI", whole.display())))?
            }
        };
        let uri = String::from(uri);
        if uri.len() > MAX_URI_BYTES {
            return Err(Error::usage(format!(
                "the manifest's URI has {} bytes, and {MAX_URI_BYTES} are allowed",
                uri.len()
            ))
            .hint("keep it at a shorter path with --manifests or --manifest-base"));
        }
        Ok(Publication { file, uri })
    }

    /// Makes the terms. A price that is left to the market is looked up; `assign` names the provider whose standing offer
    /// is to take every task.
    pub async fn submission(
        &self,
        linq: &Linq,
        requester: Address,
        publication: Publication,
        assign: Option<u32>,
        salt: B256,
    ) -> Result<Submission> {
        let limits = linq.client.call(linq.suite.lens, &ILens::jobLimitsCall {}).await?;
        let version = limits.currentParameters;
        let parameters = linq.client.call(linq.suite.lens, &ILens::jobParametersCall { version }).await?;
        // A development chain makes no blocks while nothing happens, and its clock may have been moved ahead.
        let now = linq.second().await?.max(now());
        let mut order = self.order.clone();
        if order.provider.is_some() {
            // A provider that left a slot cannot take it next, so one that is named has a single attempt.
            order.attempts = 1;
        }
        let make = |price: u128| {
            let posting = Posting { requester, price, now, parameters: version, salt };
            order
                .terms(&self.manifest, &posting)
                .map_err(|error| Error::usage(error.to_string()).hint("correct the flags or the resource file"))
        };
        if order.expected.is_none() && order.window_secs < limits.minWindowSecs {
            let least = crate::units::show_secs(limits.minWindowSecs.into());
            return Err(Error::usage(format!("the window has to be at least {least} on this chain"))
                .hint("lengthen it with --window"));
        }
        // The price plays no part in who can take it at all, so any stands in until it is known.
        let provisional = make(1)?;
        let offer = match assign {
            Some(provider) => Some(Self::offer_of(linq, provider, &provisional).await?),
            None if order.price == Price::Market => {
                Some(market::cheapest(linq, &provisional).await?.ok_or_else(|| {
                    Error::policy("no standing offer fits this work, so the market has no price for it")
                        .hint("say what you pay with --price, and providers can take it")
                })?)
            }
            None => None,
        };
        let price = match (order.price, offer) {
            (Price::Fixed(price), _) => price,
            (Price::Market, Some(offer)) => offer.quote.to_token().saturating_to(),
            (Price::Market, None) => return Err(Error::failure("the market was not asked")),
        };
        let terms = make(price)?;
        let assign = offer.filter(|_| assign.is_some());
        if let Some(offer) = assign.filter(|offer| offer.quote > Lnq(terms.price)) {
            return Err(Error::policy(format!(
                "provider {} asks for {}, and the price is {}",
                offer.provider,
                offer.quote,
                Lnq(terms.price)
            ))
            .hint("raise --price, or leave it out to pay what the provider asks for"));
        }
        Ok(Submission { terms, publication, assign, parameters })
    }

    async fn offer_of(linq: &Linq, id: u32, terms: &Terms) -> Result<market::Offer> {
        let provider = linq.provider(id).await?;
        if let Some(why) = market::unfit(&provider, terms) {
            return Err(Error::policy(format!("the standing offer of provider {id} does not fit: {why}"))
                .hint("`linq provider status` shows the offer; choose another provider, or post without --assign"));
        }
        Ok(market::Offer { provider: id, quote: linq.quote(id, terms.resources.clone(), terms.runSecs).await? })
    }
}

impl Submission {
    /// What the requester posted with this salt, if it did: the job, and what it consists of. Fails when that was other
    /// work.
    pub async fn posted(
        linq: &Linq,
        requester: Address,
        publication: Publication,
        assign: Option<u32>,
        (salt, spec_hash): (B256, Digest),
    ) -> Result<Option<(B256, Self)>> {
        let topics = [None, Some(requester.into_word()), None];
        let events = linq.client.events::<IJobs::JobPosted>(linq.suite.jobs, linq.suite.from_block, topics).await?;
        let Some(earlier) = events.into_iter().map(|(event, _)| event).find(|event| event.terms.salt == salt) else {
            return Ok(None);
        };
        let (job, terms) = (earlier.job, earlier.terms);
        if terms.specHash != spec_hash.bytes() {
            return Err(Error::policy(format!("other work was posted under this id: job {job}"))
                .hint("choose another --id for this work"));
        }
        let version = terms.parameters;
        let parameters = linq.client.call(linq.suite.lens, &ILens::jobParametersCall { version }).await?;
        let assign = match assign {
            Some(provider) => Some(market::Offer {
                provider,
                quote: linq.quote(provider, terms.resources.clone(), terms.runSecs).await?,
            }),
            None => None,
        };
        Ok(Some((job, Self { terms, publication, assign, parameters })))
    }

    /// What it costs. The gas is part of it once the escrow may take the price.
    pub async fn estimate(&self, linq: &Linq) -> Result<Estimate> {
        let gas_price_wei = linq.client.gas_price_wei().await?;
        let mut estimate = Estimate::new(&self.terms, &self.parameters, None, gas_price_wei)?;
        let allowed = linq.allowance(self.terms.requester, linq.suite.escrow).await?;
        if linq.client.account().is_ok() && allowed >= estimate.total.to_token() {
            estimate.gas = Some(linq.client.estimate(linq.suite.jobs, &self.call(), U256::ZERO).await?);
        }
        Ok(estimate)
    }

    /// Posts the job. The escrow must have been allowed to take the price of every task.
    pub async fn post(&self, linq: &Linq) -> Result<(B256, Sent)> {
        let sent = linq.client.send(linq.suite.jobs, &self.call(), U256::ZERO).await?;
        let job = sent.expect_event::<IJobs::JobPosted>(linq.suite.jobs)?.job;
        Ok((job, sent))
    }

    fn call(&self) -> IJobs::postCall {
        IJobs::postCall { terms: self.terms.clone(), uri: self.publication.uri.clone() }
    }
}

/// Gives one slot to a provider's standing offer.
pub async fn assign(linq: &Linq, terms: &Terms, slot: u16, offer: market::Offer) -> Result<Sent> {
    let call = IJobs::takeCall { terms: terms.clone(), slot, provider: offer.provider, price: offer.quote.0 };
    linq.client.send(linq.suite.jobs, &call, U256::ZERO).await
}

/// The salt that belongs to an id its requester chose, or one that no other submission has.
pub fn salt(id: Option<&str>) -> B256 {
    id.map_or_else(B256::random, keccak256)
}

impl Changes {
    fn apply(&self, order: &mut Order) {
        if let Some(price) = self.price {
            order.price = Price::Fixed(price.to_token().saturating_to());
        }
        order.tasks = self.tasks.unwrap_or(order.tasks);
        order.run_secs = self.run_secs.unwrap_or(order.run_secs);
        order.window_secs = self.window_secs.unwrap_or(order.window_secs);
        order.open_secs = self.open_secs.unwrap_or(order.open_secs);
        order.bid_secs = self.bid_secs.unwrap_or(order.bid_secs);
        order.attempts = self.attempts.unwrap_or(order.attempts);
    }
}

/// The line of `resource.yaml` that names a module. JSON strings are YAML strings.
fn module_line(image: &str, digest: Option<Digest>) -> Result<String> {
    // In the file a path is relative to the file; on the command line it is relative to where the command runs.
    let uri = match Url::parse(image) {
        Ok(url) if url.has_host() || url.scheme() == "file" => image.to_owned(),
        _ => std::fs::canonicalize(image)
            .map_err(|error| {
                Error::usage(format!("cannot read the module {image}: {error}"))
                    .hint("--image takes the path of a module, or a file:, http: or https: URI")
            })?
            .display()
            .to_string(),
    };
    let text = |value: &str| serde_json::Value::from(value).to_string();
    Ok(match digest {
        Some(digest) => format!("module: {{ uri: {}, digest: {} }}", text(&uri), text(&digest.to_string())),
        None => format!("module: {{ uri: {} }}", text(&uri)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    fn folder(yaml: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("program.wasm"), b"\0asm").unwrap();
        let path = folder.path().join("resource.yaml");
        std::fs::write(&path, yaml).unwrap();
        (folder, path)
    }

    #[test]
    fn flags_come_before_the_file() {
        let (_folder, path) = folder("module: { uri: program.wasm }\norder: { price: \"3\", runFor: 1h }\n");
        let changes =
            Changes { run_secs: Some(7_200), price: Some(Lnq::whole(5)), tasks: Some(2), ..Changes::default() };
        let work = Work::read(&path, &changes).unwrap();
        assert_eq!((work.order.run_secs, work.order.tasks), (7_200, 2));
        assert_eq!(work.order.price, Price::Fixed(5_000_000_000_000_000_000));
    }

    #[test]
    fn an_image_stands_in_for_a_module_the_file_does_not_name() {
        let (folder, path) = folder("resources: { cpu: 500m }\n");
        let image = folder.path().join("program.wasm").display().to_string();
        let work = Work::read(&path, &Changes { image: Some(image.clone()), ..Changes::default() }).unwrap();
        assert!(work.manifest.canonical().contains("program.wasm"));
        let by_uri = Url::from_file_path(&image).unwrap().to_string();
        let again = Work::read(&path, &Changes { image: Some(by_uri), ..Changes::default() }).unwrap();
        assert_eq!(again.manifest, work.manifest);
    }

    #[test]
    fn two_modules_are_one_too_many() {
        let (folder, path) = folder("module: { uri: program.wasm }\n");
        let image = folder.path().join("program.wasm").display().to_string();
        let error = Work::read(&path, &Changes { image: Some(image), ..Changes::default() }).unwrap_err();
        assert!(error.to_string().contains("--image"), "{error}");
    }

    #[test]
    fn a_mistake_in_the_file_names_file_and_field() {
        let (_folder, path) = folder("module: { uri: program.wasm }\norder: { pirce: \"3\" }\n");
        let error = Work::read(&path, &Changes::default()).unwrap_err();
        assert_eq!(error.kind(), Kind::Usage);
        assert!(
            error.to_string().contains("resource.yaml") && error.to_string().contains("did you mean `price`"),
            "{error}"
        );
    }

    #[test]
    fn a_module_that_is_not_there_is_named() {
        let (_folder, path) = folder("resources: { cpu: 1 }\n");
        for image in ["/nonexistent/program.wasm", "http://host/program.wasm"] {
            let error = Work::read(&path, &Changes { image: Some(image.into()), ..Changes::default() }).unwrap_err();
            assert_eq!(error.kind(), Kind::Usage, "{image}");
        }
        let digest = Some(Digest::of("module"));
        let changes = Changes { image: Some("http://host/program.wasm".into()), digest, ..Changes::default() };
        assert!(Work::read(&path, &changes).is_ok());
    }

    #[test]
    fn the_manifest_is_found_by_its_hash() {
        let (folder, path) = folder("module: { uri: program.wasm }\n");
        let work = Work::read(&path, &Changes::default()).unwrap();
        let place = folder.path().join("manifests");
        let local = work.publish(&place, None).unwrap();
        assert!(
            local.uri.starts_with("file:///")
                && local.uri.ends_with(&format!("{}.json", work.manifest.spec_hash().hex()))
        );
        assert_eq!(std::fs::read_to_string(&local.file).unwrap(), work.manifest.canonical());
        let base = "https://files.example.org/jobs".parse().unwrap();
        assert!(work.publish(&place, Some(&base)).unwrap().uri.starts_with("https://files.example.org/jobs/"));
        let long = format!("https://files.example.org/{}", "a".repeat(250)).parse().unwrap();
        assert_eq!(work.publish(&place, Some(&long)).unwrap_err().kind(), Kind::Usage);
    }
}
