//! Content by digest: from a `file:` or `http(s):` URI into a cache whose files are named by their SHA-256.
//!
//! URIs come from strangers. A `file:` URI is read only under configured folders; an `http:` one neither follows a
//! redirect nor connects to an address that is not public, unless the operator allows it; both end at a size and a
//! time. What arrives counts only with the right digest.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use backon::{ExponentialBuilder, Retryable as _};
use linq_manifest::{Artifact, Digest, Hasher};
use reqwest::{
    Client,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect,
};
use tempfile::NamedTempFile;
use thiserror::Error;
use url::{Host, Url};

/// Tries of one fetch, one after another, before it is reported as unreachable.
const TRIES: usize = 3;

/// What to fetch, and from where.
#[derive(Clone, Debug)]
pub struct FetchLimits {
    /// Largest manifest.
    pub manifest_bytes: u64,
    /// Largest module.
    pub module_bytes: u64,
    /// Largest input.
    pub input_bytes: u64,
    /// Time for one fetch.
    pub timeout: Duration,
    /// Whether to connect to addresses that are not public.
    pub allow_private_hosts: bool,
    /// Folders under which `file:` URIs are read; none means that they are refused.
    pub file_roots: Vec<PathBuf>,
}

/// Why content could not be had.
#[derive(Debug, Error)]
pub enum FetchError {
    /// The URI is one that is never fetched.
    #[error("{uri} is refused: {reason}")]
    Refused {
        /// The URI.
        uri: String,
        /// Which rule it breaks.
        reason: &'static str,
    },
    /// The content is larger than allowed.
    #[error("{uri} is larger than {limit} bytes")]
    TooLarge {
        /// The URI.
        uri: String,
        /// The most allowed.
        limit: u64,
    },
    /// The content is not the one named.
    #[error("{uri} has digest {found}, expected {expected}")]
    WrongDigest {
        /// The URI.
        uri: String,
        /// The digest named.
        expected: Digest,
        /// The digest it has.
        found: Digest,
    },
    /// Nothing, or not all, could be had.
    #[error("{uri} could not be had: {reason}")]
    Unreachable {
        /// The URI.
        uri: String,
        /// What happened.
        reason: String,
    },
    /// The cache could not be written.
    #[error("the cache: {0}")]
    Cache(#[from] io::Error),
}

impl FetchError {
    /// Whether another try may end otherwise.
    pub const fn retryable(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Cache(_))
    }

    /// Its name in metrics.
    pub const fn metric_label(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "refused",
            Self::TooLarge { .. } => "too_large",
            Self::WrongDigest { .. } => "wrong_digest",
            Self::Unreachable { .. } => "unreachable",
            Self::Cache(_) => "cache",
        }
    }
}

/// Fetches content into a cache.
#[derive(Clone, Debug)]
pub struct Fetcher {
    cache: PathBuf,
    client: Client,
    limits: FetchLimits,
}

impl Fetcher {
    /// A fetcher that keeps what it fetches in `cache`.
    ///
    /// Fails: [`FetchError::Cache`] when the folder cannot be made or the client not be set up.
    pub fn new(cache: PathBuf, limits: FetchLimits) -> Result<Self, FetchError> {
        fs::create_dir_all(&cache)?;
        let mut client = Client::builder()
            .redirect(redirect::Policy::none())
            .timeout(limits.timeout)
            .connect_timeout(limits.timeout)
            .no_proxy()
            .user_agent(concat!("linq/", env!("CARGO_PKG_VERSION")));
        if !limits.allow_private_hosts {
            client = client.dns_resolver(Arc::new(PublicOnly));
        }
        let client = client.build().map_err(io::Error::other)?;
        Ok(Self { cache, client, limits })
    }

    /// The limits it keeps.
    pub const fn limits(&self) -> &FetchLimits {
        &self.limits
    }

    /// The file that holds `artifact`, fetched unless the cache has it intact.
    ///
    /// Fails: every [`FetchError`].
    pub async fn fetch(&self, artifact: &Artifact, limit: u64) -> Result<PathBuf, FetchError> {
        let path = self.cache.join(artifact.digest.hex());
        if intact(&path, artifact.digest) {
            return Ok(path);
        }
        let attempt = || self.fetch_once(artifact, limit, &path);
        attempt
            .retry(ExponentialBuilder::default().with_max_times(TRIES - 1).with_jitter())
            .when(FetchError::retryable)
            .await?;
        Ok(path)
    }

    /// What is at `uri`, by the same rules, where no digest is known; nothing is kept.
    ///
    /// Fails: every [`FetchError`] but [`FetchError::WrongDigest`].
    pub async fn read(&self, uri: &str, limit: u64) -> Result<Vec<u8>, FetchError> {
        let sink = self.receive(uri, limit).await?;
        Ok(fs::read(sink.file.path())?)
    }

    async fn fetch_once(&self, artifact: &Artifact, limit: u64, path: &Path) -> Result<(), FetchError> {
        self.receive(&artifact.uri, limit).await?.keep(artifact.digest, path)
    }

    async fn receive<'a>(&self, uri: &'a str, limit: u64) -> Result<Sink<'a>, FetchError> {
        let url = Url::parse(uri).map_err(|_| refused(uri, "it is no URI"))?;
        let mut sink = Sink::new(&self.cache, uri, limit)?;
        match url.scheme() {
            "file" => self.read_file(&url, &mut sink)?,
            "http" | "https" => self.download(&url, &mut sink).await?,
            _ => return Err(refused(uri, "its scheme is not file, http or https")),
        }
        Ok(sink)
    }

    fn read_file(&self, url: &Url, sink: &mut Sink<'_>) -> Result<(), FetchError> {
        let path = url.to_file_path().map_err(|()| refused(url.as_str(), "it names no local file"))?;
        // Links are resolved first, so that none leads out of the folders allowed.
        let path = fs::canonicalize(path).map_err(|error| unreachable(url.as_str(), error.kind().to_string()))?;
        if !self.limits.file_roots.iter().any(|root| path.starts_with(root)) {
            return Err(refused(url.as_str(), "it lies under none of fetch.file_roots"));
        }
        let metadata = fs::metadata(&path).map_err(|error| unreachable(url.as_str(), error.to_string()))?;
        if !metadata.is_file() {
            return Err(refused(url.as_str(), "it is no regular file"));
        }
        if metadata.len() > sink.limit {
            return Err(sink.too_large());
        }
        let mut file = File::open(&path).map_err(|error| unreachable(url.as_str(), error.to_string()))?;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match io::Read::read(&mut file, &mut buffer)
                .map_err(|error| unreachable(url.as_str(), error.to_string()))?
            {
                0 => return Ok(()),
                read => sink.add(&buffer[..read])?,
            }
        }
    }

    async fn download(&self, url: &Url, sink: &mut Sink<'_>) -> Result<(), FetchError> {
        if !self.limits.allow_private_hosts && !public_host(url) {
            return Err(refused(url.as_str(), "its host is not public"));
        }
        let lost = |error: reqwest::Error| unreachable(url.as_str(), error.without_url().to_string());
        let mut response = self.client.get(url.clone()).send().await.map_err(lost)?;
        if !response.status().is_success() {
            return Err(unreachable(url.as_str(), response.status().to_string()));
        }
        if response.content_length().is_some_and(|length| length > sink.limit) {
            return Err(sink.too_large());
        }
        while let Some(chunk) = response.chunk().await.map_err(lost)? {
            sink.add(&chunk)?;
        }
        Ok(())
    }
}

/// Whether the cache holds this content. It is hashed again each time: a disk forgets.
fn intact(path: &Path, digest: Digest) -> bool {
    File::open(path).and_then(Digest::of_reader).is_ok_and(|(found, _)| found == digest)
}

/// Receives content up to a limit, and keeps it under its name only when its digest is right.
struct Sink<'a> {
    uri: &'a str,
    limit: u64,
    length: u64,
    hasher: Hasher,
    file: NamedTempFile,
}

impl<'a> Sink<'a> {
    fn new(cache: &Path, uri: &'a str, limit: u64) -> Result<Self, FetchError> {
        Ok(Self { uri, limit, length: 0, hasher: Hasher::default(), file: NamedTempFile::new_in(cache)? })
    }

    fn add(&mut self, bytes: &[u8]) -> Result<(), FetchError> {
        self.length += bytes.len() as u64;
        if self.length > self.limit {
            return Err(self.too_large());
        }
        self.hasher.update(bytes);
        Ok(self.file.write_all(bytes)?)
    }

    fn keep(self, expected: Digest, path: &Path) -> Result<(), FetchError> {
        let found = self.hasher.finish();
        if found != expected {
            return Err(FetchError::WrongDigest { uri: self.uri.to_owned(), expected, found });
        }
        self.file.as_file().sync_all()?;
        self.file.persist(path).map_err(|error| error.error)?;
        Ok(())
    }

    fn too_large(&self) -> FetchError {
        FetchError::TooLarge { uri: self.uri.to_owned(), limit: self.limit }
    }
}

fn refused(uri: &str, reason: &'static str) -> FetchError {
    FetchError::Refused { uri: uri.to_owned(), reason }
}

fn unreachable(uri: &str, reason: String) -> FetchError {
    FetchError::Unreachable { uri: uri.to_owned(), reason }
}

/// An address in a URI never meets the resolver, so it is looked at here.
fn public_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => public(address.into()),
        Some(Host::Ipv6(address)) => public(address.into()),
        Some(Host::Domain(_)) => true,
        None => false,
    }
}

/// Resolves names to public addresses only, so that a name cannot lead into the operator's own network.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let addresses: Vec<SocketAddr> = found.filter(|address| public(address.ip())).collect();
            match addresses.is_empty() {
                true => Err("no public address".into()),
                false => Ok(Box::new(addresses.into_iter()) as Addrs),
            }
        })
    }
}

/// Whether an address belongs to the public network.
fn public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let protocol = a == 192 && b == 0 && c == 0;
            let benchmark = a == 198 && (18..20).contains(&b);
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_multicast()
                || v4.is_documentation()
                || shared
                || protocol
                || benchmark
                || a == 0
                || a >= 240)
        }
        IpAddr::V6(v6) => {
            // Of the whole space only 2000::/3 is in public use; translated and mapped addresses lie in or beside it.
            let [first, second, ..] = v6.segments();
            let translated =
                first == 0x2002 || (first == 0x2001 && second < 0x200) || (first == 0x2001 && second == 0xdb8);
            first & 0xe000 == 0x2000 && !translated
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use axum::{Router, http::StatusCode, response::Redirect, routing::get};

    use super::*;

    const CONTENT: &[u8] = b"seventeen letters";

    fn limits(roots: &[&Path]) -> FetchLimits {
        FetchLimits {
            manifest_bytes: 100,
            module_bytes: 100,
            input_bytes: 100,
            timeout: Duration::from_secs(2),
            allow_private_hosts: true,
            file_roots: roots.iter().map(|root| fs::canonicalize(root).unwrap()).collect(),
        }
    }

    fn artifact(uri: impl Into<String>, content: &[u8]) -> Artifact {
        Artifact { digest: Digest::of(content), uri: uri.into() }
    }

    /// A folder with one file, and a fetcher that may read there.
    fn local() -> (tempfile::TempDir, Fetcher, String) {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("content"), CONTENT).unwrap();
        let uri = Url::from_file_path(dir.path().join("content")).unwrap().to_string();
        let fetcher = Fetcher::new(dir.path().join("cache"), limits(&[dir.path()])).unwrap();
        (dir, fetcher, uri)
    }

    async fn serve() -> String {
        let app = Router::new()
            .route("/content", get(|| async { CONTENT }))
            .route("/away", get(|| async { Redirect::temporary("/content") }))
            .route("/broken", get(|| async { StatusCode::INTERNAL_SERVER_ERROR }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        format!("http://{address}")
    }

    #[tokio::test]
    async fn content_is_fetched_once_and_then_found() {
        let (dir, fetcher, uri) = local();
        let path = fetcher.fetch(&artifact(&uri, CONTENT), 100).await.unwrap();
        assert_eq!(fs::read(&path).unwrap(), CONTENT);
        fs::remove_file(dir.path().join("content")).unwrap();
        assert_eq!(fetcher.fetch(&artifact(&uri, CONTENT), 100).await.unwrap(), path);
    }

    #[tokio::test]
    async fn what_has_no_digest_is_read_by_the_same_rules_and_not_kept() {
        let (dir, fetcher, uri) = local();
        assert_eq!(fetcher.read(&uri, 100).await.unwrap(), CONTENT);
        assert!(matches!(fetcher.read(&uri, 16).await, Err(FetchError::TooLarge { limit: 16, .. })));
        assert!(matches!(fetcher.read("ftp://host/content", 100).await, Err(FetchError::Refused { .. })));
        let outside = tempfile::NamedTempFile::new().unwrap();
        let outside = Url::from_file_path(outside.path()).unwrap();
        assert!(matches!(fetcher.read(outside.as_str(), 100).await, Err(FetchError::Refused { .. })));
        let base = serve().await;
        assert_eq!(fetcher.read(&format!("{base}/content"), 100).await.unwrap(), CONTENT);
        let strict = FetchLimits { allow_private_hosts: false, ..limits(&[dir.path()]) };
        let strict = Fetcher::new(dir.path().join("cache"), strict).unwrap();
        assert!(matches!(strict.read(&format!("{base}/content"), 100).await, Err(FetchError::Refused { .. })));
        assert_eq!(fs::read_dir(dir.path().join("cache")).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn a_spoilt_cache_is_fetched_again() {
        let (_dir, fetcher, uri) = local();
        let path = fetcher.fetch(&artifact(&uri, CONTENT), 100).await.unwrap();
        fs::write(&path, "rotten").unwrap();
        assert_eq!(fs::read(fetcher.fetch(&artifact(&uri, CONTENT), 100).await.unwrap()).unwrap(), CONTENT);
    }

    #[tokio::test]
    async fn what_has_another_digest_or_is_too_large_never_enters_the_cache() {
        let (dir, fetcher, uri) = local();
        let wrong = artifact(&uri, b"something else");
        assert!(matches!(fetcher.fetch(&wrong, 100).await, Err(FetchError::WrongDigest { .. })));
        assert!(matches!(
            fetcher.fetch(&artifact(&uri, CONTENT), 16).await,
            Err(FetchError::TooLarge { limit: 16, .. })
        ));
        assert_eq!(fs::read_dir(dir.path().join("cache")).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn a_file_outside_the_folders_allowed_is_refused_even_through_a_link() {
        let (dir, fetcher, _) = local();
        let outside = tempfile::NamedTempFile::new().unwrap();
        fs::write(outside.path(), CONTENT).unwrap();
        let link = dir.path().join("link");
        std::os::unix::fs::symlink(outside.path(), &link).unwrap();
        for path in [outside.path(), &link] {
            let uri = Url::from_file_path(path).unwrap();
            assert!(matches!(fetcher.fetch(&artifact(uri, CONTENT), 100).await, Err(FetchError::Refused { .. })));
        }
    }

    #[tokio::test]
    async fn http_content_has_the_same_limits() {
        let (_dir, fetcher, _) = local();
        let base = serve().await;
        let got = fetcher.fetch(&artifact(format!("{base}/content"), CONTENT), 100).await.unwrap();
        assert_eq!(fs::read(got).unwrap(), CONTENT);
        let other = artifact(format!("{base}/content"), b"other");
        assert!(matches!(fetcher.fetch(&other, 100).await, Err(FetchError::WrongDigest { .. })));
        let large = fetcher.fetch(&artifact(format!("{base}/content"), b"large"), 16).await;
        assert!(matches!(large, Err(FetchError::TooLarge { .. })));
    }

    #[tokio::test]
    async fn neither_redirects_nor_failures_are_taken_for_content() {
        let (_dir, fetcher, _) = local();
        let base = serve().await;
        for path in ["away", "broken", "absent"] {
            let got = fetcher.fetch(&artifact(format!("{base}/{path}"), b"other"), 100).await;
            assert!(matches!(got, Err(FetchError::Unreachable { .. })), "{path}");
        }
    }

    #[tokio::test]
    async fn a_private_host_is_refused_unless_allowed() {
        let base = serve().await;
        let dir = tempfile::tempdir().unwrap();
        let strict = FetchLimits { allow_private_hosts: false, ..limits(&[]) };
        let fetcher = Fetcher::new(dir.path().into(), strict).unwrap();
        let by_address = fetcher.fetch(&artifact(format!("{base}/content"), CONTENT), 100).await;
        assert!(matches!(by_address, Err(FetchError::Refused { .. })));
        let by_name = base.replace("127.0.0.1", "localhost");
        let by_name = fetcher.fetch(&artifact(format!("{by_name}/content"), CONTENT), 100).await;
        assert!(matches!(by_name, Err(FetchError::Unreachable { .. })));
    }

    #[test]
    fn only_public_addresses_are_public() {
        for private in
            ["10.0.0.1", "127.0.0.1", "169.254.169.254", "100.64.0.1", "192.168.1.1", "0.0.0.0", "255.255.255.255"]
        {
            assert!(!public(IpAddr::V4(private.parse::<Ipv4Addr>().unwrap())), "{private}");
        }
        for private in ["::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "2002:a00:1::", "64:ff9b::a00:1", "2001:db8::1"]
        {
            assert!(!public(IpAddr::V6(private.parse::<Ipv6Addr>().unwrap())), "{private}");
        }
        assert!(public("1.1.1.1".parse().unwrap()) && public("2606:4700::1111".parse().unwrap()));
    }
}
